package wechat

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
)

// ListAftersales implements channel.AftersaleLister. The list has numbers only, on
// pages of the platform's own size.
func (c *client) ListAftersales(ctx context.Context, q channel.Query) (channel.Page, error) {
	p := object{"begin_update_time": q.From / second, "end_update_time": q.To / second}
	if q.Cursor != "" {
		p["next_key"] = q.Cursor
	}
	var l struct {
		IDs []wire.Text `json:"after_sale_order_id_list"`
		pages
	}
	a, err := c.Call(ctx, false, "/channels/ec/aftersale/getaftersalelist", p, &l)
	if err != nil {
		return channel.Page{}, err
	}
	return l.page(a, l.IDs), nil
}

// GetAftersale implements channel.AftersaleLister.
func (c *client) GetAftersale(ctx context.Context, no, _ string) (channel.Item, error) {
	var one struct {
		Case json.RawMessage `json:"after_sale_order"`
	}
	if _, err := c.Call(ctx, false, "/channels/ec/aftersale/getaftersaleorder", object{"after_sale_order_id": no}, &one); err != nil {
		return channel.Item{}, wire.NotFound(err, no)
	}
	if len(one.Case) == 0 || string(one.Case) == "null" {
		return channel.Item{}, channel.ErrNotFound.With("no", no)
	}
	return channel.Item{No: wire.Field(one.Case, "after_sale_order_id").String(), ModifiedAt: wire.Field(one.Case, "update_time").Number() * second, Raw: one.Case}, nil
}

var caseKinds = map[wire.Text]string{"REFUND": "refund", "RETURN": "return", "EXCHANGE": "exchange", "RESHIP": "reship"}

// caseStates leaves out those in which the buyer has to answer: we have no word for them.
var caseStates = map[wire.Text]channel.AftersaleState{
	"MERCHANT_PROCESSING": channel.AftersaleRequested, "USER_WAIT_RETURN": channel.AftersaleReturning, "MERCHANT_WAIT_RECEIPT": channel.AftersaleReceiving,
	"MERCHANT_OVERDUE_REFUND": channel.AftersaleRefunding, "PLATFORM_REFUNDING": channel.AftersaleRefunding, "PLATFORM_REFUND_FAIL": channel.AftersaleRefunding,
	"WAIT_PACKAGE_INTERCEPT": channel.AftersaleRefunding, "MERCHANT_REFUND_SUCCESS": channel.AftersaleRefunded, "MERCHANT_RETURN_SUCCESS": channel.AftersaleRefunded,
	"MERCHANT_EXCHANGE_SUCCESS": channel.AftersaleExchanged, "MERCHANT_REJECT_REFUND": channel.AftersaleRefused, "MERCHANT_REJECT_RETURN": channel.AftersaleRefused,
	"MERCHANT_REJECT_EXCHANGE": channel.AftersaleRefused, "MERCHANT_REJECT_RESHIP": channel.AftersaleRefused, "USER_CANCELD": channel.AftersaleClosed,
	"RETURN_CLOSED": channel.AftersaleClosed, "MERCHANT_REFUND_RETRY_FAIL": channel.AftersaleClosed, "MERCHANT_FAIL": channel.AftersaleClosed,
}

// MapAftersale implements channel.AftersaleLister.
func (c *client) MapAftersale(raw []byte) (channel.Case, error) {
	var s apiCase
	if err := wire.Decode(raw, &s); err != nil {
		return channel.Case{}, err
	}
	if s.ID == "" || s.OrderID == "" {
		return channel.Case{}, wire.Bad(channel.MissingOrderNo, "after_sale_order_id", s.ID)
	}
	out := channel.Case{No: s.ID.String(), OrderNo: s.OrderID.String(), Kind: caseKinds[s.Type], State: caseStates[s.Status], StateRaw: s.Status.String(),
		RefundFen: s.Refund.Amount.N, Quantity: s.Product.Count.N, Reason: channel.FirstOf(s.ReasonText.String(), s.Reason.String()), Note: s.Details.Text.String(),
		ReturnCarrier: channel.FirstOf(s.Return.Name.String(), s.Return.Company.String()), ReturnWaybill: s.Return.Waybill.String(),
		CreatedAt: s.CreateTime.N * second, ModifiedAt: s.UpdateTime.N * second, DecideByAt: s.Deadline.N * second}
	if s.Product.ProductID != "" {
		out.LineNo = lineNo(s.Product.ProductID.String(), s.Product.SKUID.String(), false, 0)
	}
	if out.Kind == "" {
		out.Kind = "other"
	}
	if out.State == "" {
		out.State = channel.AftersaleUnknown
	}
	return out, nil
}

// DecideAftersale implements channel.AftersaleDecider. Consent to a return is said
// twice: before the goods are sent back and once they are here. An exchange that has
// come back is answered with another parcel (ShipExchange).
func (c *client) DecideAftersale(ctx context.Context, d channel.Decision) error {
	switch {
	case d.Case.Kind == "exchange" && d.Case.State != channel.AftersaleRequested, d.Case.Kind == "reship", d.Case.Kind == "other":
		return channel.ErrUnsupported
	case !d.Approve:
		return c.reject(ctx, d)
	}
	p := object{"after_sale_order_id": d.Case.No}
	if d.ReturnAddressNo != "" {
		p["address_id"] = d.ReturnAddressNo
	}
	return c.change(ctx, "/channels/ec/aftersale/acceptapply", d.Case.No, p)
}

// ShipExchange implements channel.ExchangeShipper.
func (c *client) ShipExchange(ctx context.Context, s channel.ExchangeShipment) error {
	if s.Case.Kind != "exchange" && s.Case.Kind != "reship" {
		return channel.ErrUnsupported
	}
	company, err := c.company(ctx, channel.ShipRequest{Carrier: s.Carrier, CarrierName: s.CarrierName})
	if err != nil {
		return err
	}
	return c.change(ctx, "/channels/ec/aftersale/acceptexchangereship", s.Case.No, object{"after_sale_order_id": s.Case.No, "waybill_id": s.Waybill, "delivery_id": company})
}

// scenes are what the reasons of a refusal are for.
var scenes = map[string]int64{"refund": 1, "return": 4, "exchange": 5}

// reject refuses a case under the reason of the platform's list that says what the person
// wrote, or else the first of the case's kind.
func (c *client) reject(ctx context.Context, d channel.Decision) error {
	type reason struct {
		Type  wire.Int  `json:"reject_reason_type"`
		Name  wire.Text `json:"reject_reason_type_text"`
		Text  wire.Text `json:"reject_reason"`
		Scene wire.Int  `json:"reject_scene"`
	}
	var l struct {
		All  []reason `json:"reason_list"`
		Also []reason `json:"reject_reason_list"` // as it is called by some answers
	}
	if _, err := c.Call(ctx, false, "/channels/ec/aftersale/rejectreason/get", object{}, &l); err != nil {
		return err
	}
	p := object{"after_sale_order_id": d.Case.No, "reject_reason": d.Reason}
	found := false
	for _, r := range append(l.All, l.Also...) {
		if scene := scenes[d.Case.Kind]; r.Scene.Set && scene != 0 && r.Scene.N != scene {
			continue
		}
		said := d.Reason != "" && (strings.Contains(r.Name.String(), d.Reason) || strings.Contains(r.Text.String(), d.Reason))
		if said || !found {
			p["reject_reason_type"], found = r.Type.N, true
		}
		if said {
			break
		}
	}
	return c.change(ctx, "/channels/ec/aftersale/rejectapply", d.Case.No, p)
}
