package taobao

import (
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

// statuses are a trade's and an order's; closed depends on whether it was paid.
var statuses = map[world.Status]string{world.PendingPayment: "WAIT_BUYER_PAY", world.PartlyPaid: "WAIT_BUYER_PAY", world.AwaitingShipment: "WAIT_SELLER_SEND_GOODS",
	world.PartlyShipped: "SELLER_CONSIGNED_PART", world.Shipped: "WAIT_BUYER_CONFIRM_GOODS", world.Delivered: "WAIT_BUYER_CONFIRM_GOODS", world.Completed: "TRADE_FINISHED"}

func status(s world.Status, paid bool) string {
	if s != world.Closed {
		return statuses[s]
	}
	if paid {
		return "TRADE_CLOSED"
	}
	return "TRADE_CLOSED_BY_TAOBAO"
}

var caseStates = map[world.CaseState]string{world.CaseRequested: "WAIT_SELLER_AGREE", world.CaseReturning: "WAIT_BUYER_RETURN_GOODS", world.CaseReceiving: "WAIT_SELLER_CONFIRM_GOODS",
	world.CaseRefused: "SELLER_REFUSE_BUYER", world.CaseClosed: "CLOSED", world.CaseRefunded: "SUCCESS", world.CaseExchanged: "SUCCESS"}

func oaid(s *world.Shop, o *world.Order) string {
	if o.Held(world.HoldGift) {
		return ""
	}
	return s.Cipher(o, "oaid", o.Receiver.Name+o.Receiver.Phone+o.Receiver.Province+o.Receiver.Detail)
}

// trade renders an order with every field there is; fields cuts it down.
func (c call) trade(o *world.Order) map[string]any {
	p := o.Receiver
	if o.Held(world.HoldGift) {
		p = world.Person{}
	}
	d := map[string]any{
		"tid": number(o.No), "tid_str": o.No, "status": status(o.Status, o.PaidAt > 0), "type": "guarantee_trade", "title": c.t.Title,
		"seller_nick": c.t.Title, "buyer_nick": world.MaskName(o.BuyerNick), "buyer_open_uid": "AA" + o.BuyerKey,
		"created": world.China(o.CreatedAt), "modified": world.China(o.ModifiedAt), "total_fee": world.Yuan(o.Goods()),
		"payment": world.Yuan(o.BuyerPaid()), "post_fee": world.Yuan(o.Freight), "discount_fee": world.Yuan(o.PlatformDiscount()),
		"adjust_fee": world.Yuan(o.Adjust()), "platform_subsidy_fee": world.Yuan(o.PlatformDiscount()), "received_payment": "0.00", "coupon_fee": 0,
		"num": 0, "alipay_no": o.PaymentNo, "seller_flag": o.Flag, "has_buyer_message": o.BuyerNote != "", "shipping_type": "express",
		"receiver_name": world.MaskName(p.Name), "receiver_mobile": world.MaskPhone(p.Phone), "receiver_phone": "", "receiver_state": p.Province,
		"receiver_city": p.City, "receiver_district": p.District, "receiver_town": p.Town, "receiver_address": "***", "receiver_zip": "000000",
		"receiver_country": "中国", "oaid": oaid(c.t.Shop, o), "is_part_consign": len(o.Parcels) > 1 || o.Status == world.PartlyShipped,
		"team_buy_hold": flag(o.Held(world.HoldGroup)), "top_hold": flag(o.Held(world.HoldRisk)),
	}
	for name, v := range map[string]string{"pay_time": world.China(o.PaidAt), "consign_time": world.China(o.ShippedAt), "end_time": world.China(max(o.CompletedAt, o.ClosedAt)),
		"buyer_message": o.BuyerNote, "seller_memo": o.Memo, "delivery_time": world.China(o.ShipBy)} {
		if v != "" {
			d[name] = v
		}
	}
	if o.CompletedAt > 0 {
		d["received_payment"] = world.Yuan(o.Receivable() - o.Refunded)
	}
	if o.Gift {
		d["gifting"] = "1"
	}
	if s := o.Presale; s != nil {
		d["type"], d["general_new_presell"] = "step", true
		switch {
		case o.PaidAt > 0:
			d["step_trade_status"], d["step_paid_fee"] = "FRONT_PAID_FINAL_PAID", world.Yuan(o.BuyerPaid())
		case s.DepositPaidAt > 0:
			d["step_trade_status"], d["step_paid_fee"] = "FRONT_PAID_FINAL_NOPAID", world.Yuan(s.Deposit)
		default:
			d["step_trade_status"], d["step_paid_fee"] = "FRONT_NOPAID_FINAL_NOPAID", "0.00"
		}
	}
	var rows, promotions []any
	pieces := int64(0)
	for _, l := range o.Lines {
		rows = append(rows, c.order(o, l))
		pieces += l.Quantity
		if l.PlatformDiscount > 0 {
			promotions = append(promotions, map[string]any{"id": number(l.No), "promotion_name": "平台优惠", "discount_fee": world.Yuan(l.PlatformDiscount), "promotion_id": "platform-" + l.No})
		}
		if l.Gift {
			promotions = append(promotions, map[string]any{"id": number(o.No), "promotion_name": "满就送", "gift_item_id": l.ItemNo, "gift_item_name": l.Title, "gift_item_num": strconv.FormatInt(l.Quantity, 10)})
		}
	}
	d["num"] = pieces
	d["orders"] = c.list(rows, "order")
	d["promotion_details"] = c.list(promotions, "promotion_detail")
	o.Spoil(d, "payment", "created", "orders")
	return d
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (c call) order(o *world.Order, l world.Line) map[string]any {
	paid := l.Goods() + l.Adjust - l.MerchantDiscount
	if len(o.Lines) == 1 {
		paid = o.BuyerPaid()
	}
	d := map[string]any{
		"oid": number(l.No), "oid_str": l.No, "num_iid": number(l.ItemNo), "sku_id": l.SKUNo, "outer_iid": l.Code, "outer_sku_id": l.Code,
		"title": l.Title, "sku_properties_name": "规格:" + l.SKUText, "num": l.Quantity, "price": world.Yuan(l.Price), "total_fee": world.Yuan(l.Goods() + l.Adjust - l.MerchantDiscount),
		"payment": world.Yuan(paid), "discount_fee": world.Yuan(l.MerchantDiscount), "adjust_fee": world.Yuan(l.Adjust), "divide_order_fee": world.Yuan(l.Paid()),
		"part_mjz_discount": world.Yuan(l.PlatformDiscount), "status": status(l.Status, o.PaidAt > 0), "refund_status": "NO_REFUND", "is_free_gift": l.Gift,
		"is_oversold": false, "seller_type": "B", "buyer_rate": false,
	}
	if x := c.t.Case(l.CaseNo); x != nil {
		d["refund_status"], d["refund_id"] = caseStates[x.State], x.No
	}
	for _, p := range o.Parcels {
		for _, pl := range p.Lines {
			if pl.No == l.No {
				d["invoice_no"], d["logistics_company"], d["consign_time"] = p.Waybill, companyName(p), world.China(p.ShippedAt)
			}
		}
	}
	if o.ShipBy > 0 {
		d["delivery_time"] = world.China(o.ShipBy)
	}
	return d
}

// cut keeps the asked fields. The oaid comes only with the five that it is made for.
func (c call) cut(d map[string]any) map[string]any {
	asked := map[string]bool{}
	var sub []string
	for f := range strings.SplitSeq(c.p.Get("fields"), ",") {
		f = strings.TrimSpace(f)
		if inner, ok := strings.CutPrefix(f, "orders."); ok {
			sub, f = append(sub, inner), "orders"
		} else if f == "orders" {
			sub = append(sub, "*")
		}
		asked[f] = true
	}
	out := map[string]any{}
	for k, v := range d {
		if asked[k] || k == "tid" {
			out[k] = v
		}
	}
	for _, need := range []string{"receiver_name", "receiver_address", "created", "receiver_mobile", "receiver_phone"} {
		if !asked[need] {
			delete(out, "oaid")
		}
	}
	if c.p.Get("include_oaid") != "" {
		out["oaid"] = d["oaid"]
	}
	if list, ok := out["orders"].(map[string]any); ok && len(sub) > 0 && !contains(sub, "*") {
		for _, row := range list["order"].([]any) {
			r := row.(map[string]any)
			for k := range r {
				if !contains(sub, k) {
					delete(r, k)
				}
			}
		}
	}
	return out
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// span reads a window; widest bounds it, back is how far it may reach into the past.
func (c call) span(from, to string, widest int64, required bool) (lo, hi int64, f *fault) {
	now := c.t.Now()
	lo, hi = now-widest, now
	for _, one := range []struct {
		name string
		into *int64
		plus int64
	}{{from, &lo, 0}, {to, &hi, 999}} {
		v := c.p.Get(one.name)
		if v == "" {
			if required {
				return 0, 0, missing(one.name)
			}
			continue
		}
		at, ok := world.ParseChina(v)
		if !ok {
			return 0, 0, wrong(one.name)
		}
		*one.into = at + one.plus
	}
	if hi < lo || hi-lo > widest+999 {
		return 0, 0, wrong(from + "," + to + " 时间跨度超限")
	}
	return lo, hi, nil
}

func (c call) trades(q world.Query) (map[string]any, *fault) {
	if c.p.Get("fields") == "" {
		return nil, missing("fields")
	}
	page, f := c.int("page_no", 1, 1, 1_000_000)
	if f != nil {
		return nil, f
	}
	size, f := c.int("page_size", 40, 1, 100)
	if f != nil {
		return nil, f
	}
	want, types := c.p.Get("status"), c.p.Get("type")
	if types == "" {
		types = "guarantee_trade,auto_delivery,ec,cod,step"
	}
	q.Keep = func(o *world.Order) bool {
		kind := "guarantee_trade"
		if o.Presale != nil {
			kind = "step"
		}
		return (want == "" || want == status(o.Status, o.PaidAt > 0)) && contains(strings.Split(types, ","), kind)
	}
	list, total := c.t.List(q, (page-1)*size, size)
	var rows []any
	for _, o := range list {
		rows = append(rows, c.cut(c.trade(o)))
	}
	out := map[string]any{"trades": c.list(rows, "trade")}
	if c.p.Get("use_has_next") == "true" {
		out["has_next"] = total > page*size
	} else {
		out["total_results"] = total
	}
	return out, nil
}

func soldGet(c call) (map[string]any, *fault) {
	lo, hi, f := c.span("start_created", "end_created", 93*day, false)
	if f != nil {
		return nil, f
	}
	return c.trades(world.Query{By: world.ByCreated, From: lo, To: hi})
}

func incrementGet(c call) (map[string]any, *fault) {
	lo, hi, f := c.span("start_modified", "end_modified", day, true)
	if f != nil {
		return nil, f
	}
	return c.trades(world.Query{From: lo, To: hi})
}

func incrementvGet(c call) (map[string]any, *fault) {
	lo, hi, f := c.span("start_create", "end_create", day, true)
	if f != nil {
		return nil, f
	}
	return c.trades(world.Query{From: lo, To: hi})
}

func fullinfo(c call) (map[string]any, *fault) {
	if c.p.Get("fields") == "" {
		return nil, missing("fields")
	}
	o := c.t.Order(c.p.Get("tid"))
	if o == nil {
		return nil, &fault{15, "Remote service error", "isv.trade-not-exist", "交易订单不存在"}
	}
	return map[string]any{"trade": c.cut(c.trade(o))}, nil
}
