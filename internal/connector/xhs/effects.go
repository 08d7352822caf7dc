package xhs

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/clock"
)

// change sends an effect whose answer says nothing more.
func (c *client) change(ctx context.Context, method, no string, p object) error {
	_, err := c.call(ctx, true, method, p, &json.RawMessage{})
	return wire.NotFound(err, no)
}

// company is the platform's code of a carrier of ours, or of one that a person wrote.
func (c *client) company(ctx context.Context, s channel.ShipRequest) (string, error) {
	one, err := c.companies.Find(ctx, clock.Millis(c.Clock), channel.FirstOf(s.Carrier, s.CarrierName), func(ctx context.Context) ([]wire.Company, error) {
		var answer struct {
			All []struct {
				ID   wire.Text `json:"expressCompanyId"`
				Code wire.Text `json:"expressCompanyCode"`
				Name wire.Text `json:"expressCompanyName"`
			} `json:"expressCompanyInfos"`
		}
		if _, err := c.call(ctx, false, "common.getExpressCompanyList", nil, &answer); err != nil {
			return nil, err
		}
		var out []wire.Company
		for _, one := range answer.All {
			out = append(out, wire.Company{ID: one.ID.String(), Code: one.Code.String(), Name: one.Name.String()})
		}
		return out, nil
	})
	return one.Code, err
}

// Ship implements channel.Shipper. A parcel of an order that goes in several names its
// SKUs; the platform does not split the pieces of one.
func (c *client) Ship(ctx context.Context, s channel.ShipRequest) error {
	company, err := c.company(ctx, s)
	if err != nil {
		return err
	}
	p := object{"orderId": s.OrderNo, "expressNo": s.Waybill, "expressCompanyCode": company, "unpack": false}
	if len(s.Lines) > 0 || len(s.All) > 1 {
		skus, err := c.unpacked(ctx, s)
		if err != nil {
			return err
		}
		p["unpack"], p["skuIdList"] = true, skus
	}
	return c.change(ctx, "order.orderDeliver", s.OrderNo, p)
}

// unpacked are the SKUs of a parcel: those of its lines, or what is left.
func (c *client) unpacked(ctx context.Context, s channel.ShipRequest) ([]string, error) {
	var o apiOrder
	if _, err := c.call(ctx, false, "order.getOrderDetail", object{"orderId": s.OrderNo}, &o); err != nil {
		return nil, wire.NotFound(err, s.OrderNo)
	}
	left := map[string]int64{}
	var out []string
	for _, l := range o.items() {
		if st := o.statusOf(l.SKUID, statuses[o.Status]); st == channel.AwaitingShipment {
			if left[l.SKUID.String()] == 0 {
				out = append(out, l.SKUID.String())
			}
			left[l.SKUID.String()] += l.Quantity.N
		}
	}
	if len(s.Lines) == 0 {
		if len(out) == 0 {
			return nil, channel.Told(channel.ErrDone, o.Status.String(), "nothing is left to ship")
		}
		return out, nil
	}
	asked := map[string]int64{}
	out = nil
	for _, l := range s.Lines {
		sku := channel.FirstOf(l.SKUNo, l.LineNo)
		if asked[sku] == 0 {
			out = append(out, sku)
		}
		asked[sku] += l.Quantity
	}
	for sku, n := range asked {
		switch all, open := left[sku]; {
		case !open && statuses[o.Status] != channel.AwaitingShipment:
			return nil, channel.Told(channel.ErrDone, o.Status.String(), "SKU "+sku+" is shipped")
		case n != all:
			return nil, channel.Told(channel.ErrRefused, "skuIdList", "the platform ships all pieces of an SKU in one parcel")
		}
	}
	return out, nil
}

// ChangeWaybill implements channel.WaybillChanger.
func (c *client) ChangeWaybill(ctx context.Context, s channel.ShipRequest, _, oldWaybill string) error {
	company, err := c.company(ctx, s)
	if err != nil {
		return err
	}
	return c.change(ctx, "order.modifyOrderExpressInfo", s.OrderNo, object{"orderId": s.OrderNo, "expressNo": s.Waybill, "expressCompanyCode": company, "oldExpressNo": oldWaybill})
}

// operator is who the platform's journal says wrote a note.
const operator = "Ordercove"

// WriteMemo implements channel.MemoWriter: 1 is grey, the flag of an order that has
// none, and the others follow in our order.
func (c *client) WriteMemo(ctx context.Context, m channel.Memo) error {
	return c.change(ctx, "order.modifySellerMarkInfo", m.OrderNo, object{"orderId": m.OrderNo, "sellerMarkNote": m.Text, "operator": operator, "sellerMarkPriority": m.Flag + 1})
}

// PushStock implements channel.StockPusher. The platform is told the total, in which
// what is reserved counts; how much that is, it tells first.
func (c *client) PushStock(ctx context.Context, levels []channel.StockLevel) ([]error, error) {
	out := make([]error, len(levels))
	for i, l := range levels {
		if l.SKUNo == "" {
			out[i] = channel.Told(channel.ErrRefused, "stock", "an SKU of the platform is needed")
			continue
		}
		reserved, err := c.reserved(ctx, l.SKUNo)
		if err == nil {
			err = c.change(ctx, "inventory.syncSkuStock", l.SKUNo, object{"skuId": l.SKUNo, "qty": l.Quantity + reserved})
		}
		out[i] = err
	}
	return out, nil
}

func (c *client) reserved(ctx context.Context, sku string) (int64, error) {
	var raw json.RawMessage
	if _, err := c.call(ctx, false, "inventory.getSkuStockV2", object{"skuId": sku}, &raw); err != nil {
		return 0, wire.NotFound(err, sku)
	}
	total, available, ok := stock(raw)
	if !ok {
		return 0, channel.Told(channel.ErrAnswer, "inventory.getSkuStockV2", "no stock in the answer")
	}
	return max(total-available, 0), nil
}

// stock finds the numbers in an answer that the platform's own kits read at different
// depths.
func stock(raw json.RawMessage) (total, available int64, ok bool) {
	var level struct {
		Total     wire.Int        `json:"total"`
		Available wire.Int        `json:"available"`
		Data      json.RawMessage `json:"data"`
		Info      json.RawMessage `json:"skuStockInfo"`
	}
	if len(raw) == 0 || json.Unmarshal(raw, &level) != nil {
		return 0, 0, false
	}
	if level.Total.Set && level.Available.Set {
		return level.Total.N, level.Available.N, true
	}
	if total, available, ok = stock(level.Info); ok {
		return total, available, true
	}
	return stock(level.Data)
}

// ListAftersales implements channel.AftersaleLister. Instants of this list are
// milliseconds.
func (c *client) ListAftersales(ctx context.Context, q channel.Query) (channel.Page, error) {
	var l struct {
		Total wire.Int          `json:"totalCount"`
		Cases []json.RawMessage `json:"afterSaleBasicInfos"`
	}
	p := object{"timeType": stream(q), "startTime": q.From, "endTime": max(q.To, q.From+1), "pageNo": max(q.Page, 1), "pageSize": size(q)}
	a, err := c.call(ctx, false, "afterSale.listAfterSaleInfos", p, &l)
	if err != nil {
		return channel.Page{}, err
	}
	out := page(a, q, l.Total)
	for _, raw := range l.Cases {
		out.Items = append(out.Items, channel.Item{No: wire.Field(raw, "returnsId").String(), ModifiedAt: wire.Field(raw, "updatedAt").Number(), Raw: raw})
	}
	return out, nil
}

// GetAftersale implements channel.AftersaleLister.
func (c *client) GetAftersale(ctx context.Context, no, _ string) (channel.Item, error) {
	var raw json.RawMessage
	if _, err := c.call(ctx, false, "afterSale.getAfterSaleInfo", object{"returnsId": no}, &raw); err != nil {
		return channel.Item{}, wire.NotFound(err, no)
	}
	one, err := c.MapAftersale(raw)
	if err != nil {
		return channel.Item{}, channel.ErrNotFound.With("no", no).Because(err)
	}
	return channel.Item{No: one.No, ModifiedAt: one.ModifiedAt, Raw: raw}, nil
}

// What is answered to a case on review, and to goods that came back.
const (
	refundNow    = 1
	sendBack     = 2
	refuseReview = 3
	received     = 1
	refuseGoods  = 2
)

// DecideAftersale implements channel.AftersaleDecider.
func (c *client) DecideAftersale(ctx context.Context, d channel.Decision) error {
	p := object{"returnsId": d.Case.No}
	back := d.Case.Kind == "return" || d.Case.Kind == "exchange"
	switch review := d.Case.State == channel.AftersaleRequested; {
	case !review && (d.Case.State != channel.AftersaleReceiving || d.Case.Kind == "exchange"):
		return channel.ErrUnsupported
	case !d.Approve && review:
		return c.refuse(ctx, d, "afterSale.auditReturns", refuseReview, 1)
	case !d.Approve:
		return c.refuse(ctx, d, "afterSale.confirmReceive", refuseGoods, 2)
	case !review:
		p["action"] = received
		return c.change(ctx, "afterSale.confirmReceive", d.Case.No, p)
	case back && d.ReturnAddressNo == "":
		return channel.Told(channel.ErrRefused, "sellerAddressRecordId", "a return address of the platform is needed")
	case back:
		p["action"], p["receiverInfo"] = sendBack, object{"sellerAddressRecordId": json.Number(d.ReturnAddressNo)}
	default:
		p["action"] = refundNow
	}
	return c.change(ctx, "afterSale.auditReturns", d.Case.No, p)
}

// refuse gives the reason of the platform's list that says what the person wrote, or
// else the last, which is the most general.
func (c *client) refuse(ctx context.Context, d channel.Decision, method string, action, kind int) error {
	var raw json.RawMessage
	if _, err := c.call(ctx, false, "afterSale.rejectReasons", object{"returnsId": d.Case.No, "rejectReasonType": kind}, &raw); err != nil {
		return wire.NotFound(err, d.Case.No)
	}
	type reason struct {
		ID   wire.Text `json:"reasonId"`
		Name string    `json:"reasonName"`
	}
	var all []reason
	if json.Unmarshal(raw, &all) != nil {
		var wrapped struct {
			All []reason `json:"rejectReasons"`
		}
		if err := json.Unmarshal(raw, &wrapped); err != nil {
			return channel.Told(channel.ErrAnswer, "afterSale.rejectReasons", "unreadable list of reasons").Because(err)
		}
		all = wrapped.All
	}
	if len(all) == 0 {
		return channel.Told(channel.ErrRefused, "reason", "the platform gives no reason for a refusal")
	}
	chosen := all[len(all)-1]
	if i := slices.IndexFunc(all, func(r reason) bool { return d.Reason != "" && strings.Contains(r.Name, d.Reason) }); i >= 0 {
		chosen = all[i]
	}
	return c.change(ctx, method, d.Case.No, object{"returnsId": d.Case.No, "action": action, "reason": json.Number(chosen.ID), "description": d.Reason})
}

const (
	decryptAtOnce = 100
	oneOrder      = "1" // what the platform wants to know: one is looked at, or many are printed
	manyOrders    = "2"
)

// Decrypt implements channel.Decrypter.
func (c *client) Decrypt(ctx context.Context, ciphers []channel.Cipher, _ string) ([]string, error) {
	plain := map[string]string{}
	for part := range slices.Chunk(ciphers, decryptAtOnce) {
		var list []object
		action := oneOrder
		for _, one := range part {
			list = append(list, object{"dataTag": one.OrderNo, "encryptedData": one.Text})
			if one.OrderNo != part[0].OrderNo {
				action = manyOrders
			}
		}
		var answer struct {
			All []struct {
				Cipher wire.Text `json:"encryptedData"`
				Plain  wire.Text `json:"decryptedData"`
				Code   wire.Int  `json:"errorCode"`
			} `json:"dataInfoList"`
		}
		if _, err := c.call(ctx, false, "data.batchDecrypt", object{"baseInfos": list, "actionType": action, "appUserId": operator}, &answer); err != nil {
			return nil, err
		}
		for _, one := range answer.All {
			if one.Code.N == 0 {
				plain[one.Cipher.String()] = one.Plain.String()
			}
		}
	}
	out := make([]string, len(ciphers))
	for i, one := range ciphers {
		out[i] = plain[one.Text]
	}
	return out, nil
}
