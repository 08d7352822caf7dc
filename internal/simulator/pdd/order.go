package pdd

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

// visible orders are those that came about: paid, and their group complete.
func visible(o *world.Order) bool { return o.ConfirmedAt > 0 }

func orderStatus(o *world.Order) int {
	switch o.Status {
	case world.Shipped:
		return 2
	case world.Delivered, world.Completed:
		return 3
	case world.Closed:
		if o.ShippedAt > 0 {
			return 2
		}
	}
	return 1
}

func refundStatus(o *world.Order) int {
	switch o.Refund {
	case world.RefundOpen:
		return 2
	case world.RefundPart, world.RefundDone:
		return 4
	}
	return 1
}

// caseStatus is after_sales_status.
func caseStatus(x *world.Case) int {
	if x == nil {
		return 0
	}
	switch x.State {
	case world.CaseRequested:
		return map[string]int{"refund": 2, "return": 3, "exchange": 14}[x.Kind]
	case world.CaseReturning:
		return 7
	case world.CaseReceiving:
		return 3
	case world.CaseRefused:
		return 6
	case world.CaseClosed:
		return 11
	case world.CaseExchanged:
		return 16
	}
	return 10
}

// cipher is a ciphered field; half of the orders have the older kind, which carries
// what it can be searched with.
func cipher(s *world.Shop, o *world.Order, field, text string) string {
	if text == "" {
		return ""
	}
	mark, body, index := "~", "AgAAAAMAAA"+s.Cipher(o, field, text), s.Index(field, text)
	if field == "phone" {
		mark, body, index = "$", index, body
	}
	if o.Serial%2 == 0 {
		return mark + body + mark + index + mark + "1" + mark + mark
	}
	return mark + "AgAAAAMAAA" + s.Cipher(o, field, text) + mark + "1" + mark
}

func money(fen int64) json.Number { return world.YuanNumber(fen) }

func first(o *world.Order) world.Line {
	for _, l := range o.Lines {
		if !l.Gift {
			return l
		}
	}
	return o.Lines[0]
}

// basic is what every list has: no personal data.
func (c call) basic(o *world.Order) map[string]any {
	var items []any
	for _, l := range o.Lines {
		items = append(items, map[string]any{"goods_id": json.Number(l.ItemNo), "sku_id": json.Number(l.SKUNo), "goods_name": l.Title, "goods_spec": l.SKUText,
			"goods_count": l.Quantity, "goods_price": money(l.Price), "outer_id": l.Code, "outer_goods_id": "G" + l.Code, "goods_img": ""})
	}
	d := map[string]any{
		"order_sn": o.No, "order_status": orderStatus(o), "refund_status": refundStatus(o), "confirm_time": world.China(o.ConfirmedAt), "updated_at": world.China(o.ModifiedAt),
		"goods_amount": money(o.Goods() + o.Adjust()), "discount_amount": money(o.MerchantDiscount() + o.PlatformDiscount()), "platform_discount": money(o.PlatformDiscount()),
		"seller_discount": money(o.MerchantDiscount()), "capital_free_discount": 0, "pay_amount": money(o.BuyerPaid()), "postage": money(o.Freight),
		"risk_control_status": bit(o.Held(world.HoldRisk)), "is_lucky_flag": 1, "trade_type": bit(o.Presale != nil), "item_list": items, "step_order_info": nil,
	}
	if p := o.Presale; p != nil {
		d["step_order_info"] = map[string]any{"step_trade_status": 2, "advanced_paid_fee": money(p.Deposit), "step_paid_fee": money(o.BuyerPaid()), "step_discount_amount": 0}
	}
	return d
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// full is a whole order. Cipher texts come only while it is to be shipped and no
// risk review stands.
func (c call) full(o *world.Order) map[string]any {
	d := c.basic(o)
	p := o.Receiver
	for k, v := range map[string]any{
		"confirm_status": 1, "group_status": 1, "created_time": world.China(o.CreatedAt), "pay_time": world.China(o.PaidAt), "pay_no": o.PaymentNo, "pay_type": "WEIXIN",
		"shipping_time": world.China(o.ShippedAt), "receive_time": world.China(max(o.DeliveredAt, 0)), "last_ship_time": world.China(o.ShipBy), "promise_delivery_time": "",
		"urge_shipping_time": "", "order_change_amount": money(-o.Adjust()), "duo_duo_pay_reduction": 0, "promotion_detail_list": []any{}, "buyer_memo": o.BuyerNote,
		"remark": o.Memo, "remark_tag": nil, "remark_tag_name": nil, "country": "中国", "country_id": 0, "province": p.Province, "city": p.City, "town": p.District,
		"province_id": 30, "city_id": 374, "town_id": 3165, "receiver_name": "", "receiver_phone": "", "receiver_address": "", "address": "",
		"receiver_name_mask": world.MaskName(p.Name), "receiver_phone_mask": world.MaskPhone(p.Phone), "receiver_address_mask": world.MaskDetail(p.Detail),
		"address_mask": p.Province + p.City + p.District + world.MaskDetail(p.Detail), "logistics_id": 0, "tracking_number": "", "extra_delivery_list": []any{},
		"gift_list": []any{}, "gift_delivery_list": []any{}, "resend_delivery_list": []any{}, "order_tag_list": []any{map[string]any{"name": "no_trace_delivery", "value": 0}},
		"is_pre_sale": 0, "pre_sale_time": "", "stock_out_handle_status": -1, "is_stock_out": 0, "after_sales_status": caseStatus(c.t.Case(first(o).CaseNo)),
		"return_freight_payer": 0, "free_sf": 0, "service_fee_detail": []any{}, "card_info_list": []any{},
	} {
		d[k] = v
	}
	if orderStatus(o) == 1 && o.Status != world.Closed && !o.Held(world.HoldRisk) {
		d["receiver_name"] = cipher(c.t.Shop, o, "name", p.Name)
		d["receiver_phone"] = cipher(c.t.Shop, o, "phone", p.Phone)
		d["receiver_address"] = cipher(c.t.Shop, o, "address", p.Detail)
		d["address"] = cipher(c.t.Shop, o, "full", p.Province+p.City+p.District+p.Detail)
	}
	if o.Flag > 0 {
		d["remark_tag"], d["remark_tag_name"] = o.Flag, []string{"", "红色", "黄色", "绿色", "蓝色", "紫色"}[o.Flag]
	}
	extra := []any{}
	for i, x := range o.Parcels {
		if i == 0 {
			d["logistics_id"], d["tracking_number"] = carrierID(x.Carrier), x.Waybill
			continue
		}
		extra = append(extra, map[string]any{"logistics_id": carrierID(x.Carrier), "tracking_number": x.Waybill})
	}
	d["extra_delivery_list"] = extra
	o.Spoil(d, "pay_amount", "created_time", "item_list")
	return d
}

func carrierID(carrier string) int64 {
	n, err := strconv.ParseInt(carrier, 10, 64)
	if err != nil {
		return 85 // what the back office shipped with
	}
	return n
}

// span reads a window of seconds, both ends in it.
func (c call) span(from, to string, widest int64) (lo, hi int64, f *fault) {
	lo, f = c.int(from, -1, 0, 1<<40)
	if f == nil {
		hi, f = c.int(to, -1, 0, 1<<40)
	}
	switch {
	case f != nil:
	case lo < 0:
		f = wrong(from)
	case hi < lo:
		f = wrong(to)
	case (hi-lo)*1000 > widest:
		f = business("开始时间结束时间间距超过限制")
	}
	return lo * 1000, hi*1000 + 999, f
}

func (c call) list(key string, q world.Query, render func(*world.Order) map[string]any) (any, *fault) {
	page, f := c.int("page", 1, 1, 1_000_000)
	if f != nil {
		return nil, f
	}
	size, f := c.int("page_size", 100, 1, 100)
	if f != nil {
		return nil, f
	}
	status, f := c.int("order_status", -1, 1, 5)
	if f != nil || status < 0 {
		return nil, wrong("order_status")
	}
	refund, f := c.int("refund_status", -1, 1, 5)
	if f != nil || refund < 0 {
		return nil, wrong("refund_status")
	}
	kind, f := c.int("trade_type", -1, 0, 1)
	if f != nil {
		return nil, f
	}
	q.Keep = func(o *world.Order) bool {
		return visible(o) && (status == 5 || int64(orderStatus(o)) == status) && (refund == 5 || int64(refundStatus(o)) == refund) && (kind < 0 || int64(bit(o.Presale != nil)) == kind)
	}
	found, total := c.t.List(q, int((page-1)*size), int(size))
	rows := []any{}
	for _, o := range found {
		rows = append(rows, render(o))
	}
	out := map[string]any{key: rows}
	if c.p.Get("use_has_next") == "true" {
		out["has_next"] = int64(total) > page*size
	} else {
		out["total_count"] = total
	}
	return out, nil
}

func orderList(c call) (any, *fault) {
	lo, hi, f := c.span("start_confirm_at", "end_confirm_at", day)
	if f != nil {
		return nil, f
	}
	return c.list("order_list", world.Query{By: world.ByConfirmed, From: lo, To: hi}, c.full)
}

func basicList(c call) (any, *fault) {
	lo, hi, f := c.span("start_confirm_at", "end_confirm_at", day)
	if f != nil {
		return nil, f
	}
	return c.list("order_list", world.Query{By: world.ByConfirmed, From: lo, To: hi}, c.basic)
}

func incrementList(c call) (any, *fault) {
	lo, hi, f := c.span("start_updated_at", "end_updated_at", 30*minute)
	if f != nil {
		return nil, f
	}
	if _, f := c.int("is_lucky_flag", -1, 0, 2); f != nil || c.p.Get("is_lucky_flag") == "" {
		return nil, wrong("is_lucky_flag")
	}
	return c.list("order_sn_list", world.Query{From: lo, To: hi}, c.full)
}

func information(c call) (any, *fault) {
	o := c.t.Order(c.p.Get("order_sn"))
	if o == nil || !visible(o) {
		return nil, business("订单不存在")
	}
	return map[string]any{"order_info": c.full(o)}, nil
}

func statusGet(c call) (any, *fault) {
	sns := strings.Split(c.p.Get("order_sns"), ",")
	if len(sns) > 100 {
		return nil, wrong("order_sns")
	}
	rows := []any{}
	for _, sn := range sns {
		row := map[string]any{"orderSn": sn, "order_status": 0, "refund_status": 0}
		if o := c.t.Order(strings.TrimSpace(sn)); o != nil && visible(o) {
			row["order_status"], row["refund_status"] = orderStatus(o), refundStatus(o)
		}
		rows = append(rows, row)
	}
	return map[string]any{"order_status_list": rows}, nil
}
