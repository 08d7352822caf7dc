package pdd

import (
	"context"
	"encoding/json"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
)

// ListAftersales implements channel.AftersaleLister. 1 is every kind and state.
func (c *client) ListAftersales(ctx context.Context, q channel.Query) (channel.Page, error) {
	p := window(q, "updated_at")
	p["after_sales_type"], p["after_sales_status"] = "1", "1"
	var l listAnswer
	a, err := c.call(ctx, false, "pdd.refund.list.increment.get", p, &l)
	if err != nil {
		return channel.Page{}, err
	}
	return page(a, l.Total, l.Refunds, q, "id"), nil
}

// GetAftersale implements channel.AftersaleLister.
func (c *client) GetAftersale(ctx context.Context, no, orderNo string) (channel.Item, error) {
	var raw json.RawMessage
	if _, err := c.call(ctx, false, "pdd.refund.information.get", map[string]string{"after_sales_id": no, "order_sn": orderNo}, &raw); err != nil {
		return channel.Item{}, wire.NotFound(err, no)
	}
	i := item(raw, "id")
	if i.No == "" {
		return channel.Item{}, channel.ErrNotFound.With("no", no)
	}
	return i, nil
}

var (
	// The list counts kinds as its own filter does, the detail begins one lower.
	listKinds   = map[wire.Text]string{"2": "refund", "3": "return", "4": "exchange", "5": "reship", "6": "repair"}
	detailKinds = map[wire.Text]string{"1": "refund", "2": "return", "3": "exchange", "4": "reship", "5": "repair"}

	caseStates = map[wire.Text]channel.AftersaleState{
		"2": channel.AftersaleRequested, "3": channel.AftersaleRequested, "14": channel.AftersaleRequested, "21": channel.AftersaleRequested, "32": channel.AftersaleRequested,
		"4": channel.AftersaleRefunding, "5": channel.AftersaleRefunding, "31": channel.AftersaleRefunding, "33": channel.AftersaleRefunding,
		"6": channel.AftersaleRefused, "7": channel.AftersaleReturning, "15": channel.AftersaleReturning, "22": channel.AftersaleReturning,
		"0": channel.AftersaleClosed, "9": channel.AftersaleClosed, "11": channel.AftersaleClosed, "12": channel.AftersaleClosed, "13": channel.AftersaleClosed,
		"17": channel.AftersaleClosed, "24": channel.AftersaleClosed, "25": channel.AftersaleClosed,
		"10": channel.AftersaleRefunded, "16": channel.AftersaleExchanged,
	}
)

// MapAftersale implements channel.AftersaleLister.
func (c *client) MapAftersale(raw []byte) (channel.Case, error) {
	var s apiCase
	if err := wire.Decode(raw, &s); err != nil {
		return channel.Case{}, err
	}
	if s.ID == "" || s.OrderSN == "" {
		return channel.Case{}, wire.Bad(channel.MissingOrderNo, "id", s.ID)
	}
	out := channel.Case{No: s.ID.String(), OrderNo: s.OrderSN.String(), Kind: listKinds[s.Type], State: caseStates[s.Status], StateRaw: s.Status.String(),
		RefundFen: int64(s.RefundAmount.Fen), Quantity: s.Number.N, Reason: channel.FirstOf(s.Reason.String(), s.DetailReason.String()), Note: s.Remark.String(),
		ReturnCarrier: s.ShippingName.String(), ReturnWaybill: channel.FirstOf(s.TrackingNo.String(), s.DetailExpress.String()),
		CreatedAt: int64(s.CreatedTime), ModifiedAt: int64(s.UpdatedTime), DecideByAt: instant(s.ExpireTime)}
	for _, one := range s.Images {
		out.Evidence = append(out.Evidence, one.String())
	}
	if s.RecreatedAt.Set {
		out.Kind, out.CreatedAt = detailKinds[s.Type], instant(s.RecreatedAt)
		out.RefundFen /= 100 // it was read as yuan
	}
	if out.Kind == "" {
		out.Kind = "other"
	}
	if out.State == "" {
		out.State = channel.AftersaleUnknown
	}
	if s.Status == "3" && out.ReturnWaybill != "" {
		out.State = channel.AftersaleReceiving
	}
	return out, nil
}

// instant reads seconds or milliseconds since 1970.
func instant(n wire.Int) int64 {
	if n.N > 0 && n.N < 1e11 {
		return n.N * second
	}
	return max(n.N, 0)
}

// DecideAftersale implements channel.AftersaleDecider. Refusing is left to the back
// office: the platform has no call for it.
func (c *client) DecideAftersale(ctx context.Context, d channel.Decision) error {
	if !d.Approve || d.Case.Kind != "refund" && d.Case.Kind != "return" {
		return channel.ErrUnsupported
	}
	request := map[string]any{"after_sales_id": json.Number(d.Case.No), "order_sn": d.Case.OrderNo, "operate_desc": d.Reason}
	method := "pdd.refund.agree"
	if d.Case.Kind == "return" && d.Case.State == channel.AftersaleRequested {
		method, request["return_address_id"] = "pdd.refund.returngoods.agree", d.ReturnAddressNo
	}
	b, err := json.Marshal(request)
	if err != nil {
		return channel.ErrNotFound.With("no", d.Case.No)
	}
	return c.change(ctx, method, d.Case.No, map[string]string{"request": string(b)})
}

// ShipExchange implements channel.ExchangeShipper: the call is for exchanges alone.
func (c *client) ShipExchange(ctx context.Context, s channel.ExchangeShipment) error {
	if s.Case.Kind != "exchange" {
		return channel.ErrUnsupported
	}
	company, err := c.carrier(ctx, channel.FirstOf(s.Carrier, s.CarrierName))
	if err != nil {
		return err
	}
	b, err := json.Marshal(map[string]any{"after_sales_id": json.Number(s.Case.No), "order_sn": s.Case.OrderNo, "shipping_id": json.Number(company.ID), "shipping_name": company.Name, "tracking_number": s.Waybill})
	if err != nil {
		return channel.ErrNotFound.With("no", s.Case.No)
	}
	return c.change(ctx, "pdd.refund.exchange.shipping", s.Case.No, map[string]string{"request": string(b)})
}
