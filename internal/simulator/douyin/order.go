package douyin

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

func orderStatus(o *world.Order) int64 {
	switch o.Status {
	case world.PendingPayment:
		return 1
	case world.PartlyPaid:
		return 103
	case world.AwaitingShipment:
		if o.Held(world.HoldGroup) || o.Held(world.HoldRisk) {
			return 105
		}
		return 2
	case world.PartlyShipped:
		return 101
	case world.Shipped, world.Delivered:
		return 3
	case world.Completed:
		return 5
	}
	return 4
}

// lineStatus is a product order's; one closed after payment was refunded.
func lineStatus(o *world.Order, l world.Line) int64 {
	one := *o
	one.Status = l.Status
	return orderStatus(&one)
}

func mainStatus(o *world.Order) int64 {
	switch {
	case o.Status == world.Closed && o.ShippedAt > 0:
		return 22
	case o.Status == world.Closed && o.PaidAt > 0:
		return 21
	}
	return orderStatus(o)
}

// cipher is a ciphered field; a third of the orders have the newer kind, of which nothing
// says where it bears what it can be searched with.
func cipher(s *world.Shop, o *world.Order, field, text string) string {
	if text == "" {
		return ""
	}
	mark := "#"
	if field == "phone" {
		mark = "$"
	}
	if o.Serial%3 == 2 {
		return mark + mark + s.Index("new/"+field, text) + "_" + s.Cipher(o, field, text) + mark + "1" + mark + mark
	}
	return mark + s.Index(field, text) + mark + s.Cipher(o, field, text) + mark + "1" + mark + mark
}

func place(name, id string) map[string]any { return map[string]any{"name": name, "id": id} }

func seconds(at int64) int64 { return at / 1000 }

func (c call) order(o *world.Order) map[string]any {
	p := o.Receiver
	area := func(detail string) map[string]any {
		return map[string]any{"province": place(p.Province, "33"), "city": place(p.City, "330100"), "town": place(p.District, "330106"), "street": place(p.Town, "330106001"), "encrypt_detail": detail}
	}
	mask := area("")
	delete(mask, "encrypt_detail")
	mask["detail"] = world.MaskDetail(p.Detail)
	var rows []any
	for _, l := range o.Lines {
		rows = append(rows, c.line(o, l))
	}
	promised, _ := world.Encode(map[string]any{"ship_time": seconds(o.ShipBy)})
	d := map[string]any{
		"shop_id": json.Number(c.t.ID), "shop_name": c.t.Title, "order_id": o.No, "open_id": "", "doudian_open_id": "1@#" + o.BuyerKey, "order_level": 2, "biz": 2, "order_type": 0,
		"trade_type": tradeType(o), "order_status": orderStatus(o), "main_status": mainStatus(o), "create_time": seconds(o.CreatedAt), "pay_time": seconds(o.PaidAt), "ship_time": seconds(o.ShippedAt),
		"finish_time": seconds(max(o.CompletedAt, o.ClosedAt)), "update_time": seconds(o.ModifiedAt), "order_expire_time": seconds(o.PayBy - o.CreatedAt), "exp_ship_time": seconds(o.ShipBy),
		"appointment_ship_time": 0, "promise_info": string(promised), "pay_type": 2, "channel_payment_no": o.PaymentNo, "cancel_reason": o.CloseCause,
		"order_amount": o.BuyerPaid(), "pay_amount": o.BuyerPaid(), "post_amount": o.Freight, "post_insurance_amount": 0, "modify_amount": o.Adjust(), "modify_post_amount": 0,
		"promotion_amount": o.MerchantDiscount() + o.PlatformDiscount(), "promotion_shop_amount": o.MerchantDiscount(), "promotion_platform_amount": o.PlatformDiscount(),
		"promotion_talent_amount": 0, "promotion_pay_amount": 0, "shop_cost_amount": o.MerchantDiscount(), "platform_cost_amount": o.PlatformDiscount(),
		"only_platform_cost_amount": o.PlatformDiscount(), "author_cost_amount": 0, "tax_amount": 0, "buyer_words": o.BuyerNote, "seller_words": o.Memo, "seller_remark_stars": stars[o.Flag],
		"post_tel": "", "post_receiver": "", "encrypt_post_tel": cipher(c.t.Shop, o, "phone", p.Phone), "encrypt_post_receiver": cipher(c.t.Shop, o, "name", p.Name),
		"post_addr": area(cipher(c.t.Shop, o, "address", p.Detail)), "mask_post_tel": world.MaskPhone(p.Phone), "mask_post_receiver": world.MaskName(p.Name), "mask_post_addr": mask,
		"open_address_id": "#" + c.t.Shop.Index("place", p.Name+"|"+p.Phone+"|"+p.Detail),
		"sku_order_list":  rows, "logistics_info": c.parcels(o), "order_phase_list": phases(o), "serial_number_list": []any{}, "shop_order_tag_ui": []any{},
	}
	o.Spoil(d, "pay_amount", "create_time", "sku_order_list")
	return d
}

func tradeType(o *world.Order) int64 {
	switch {
	case o.Presale != nil:
		return 2
	case o.Held(world.HoldGroup):
		return 1
	}
	return 0
}

// stars: our none, red, yellow, green, blue, purple as the platform's 0 grey,
// 1 purple, 2 cyan, 3 green, 4 orange, 5 red.
var stars = []int{0, 5, 4, 3, 2, 1}

func phases(o *world.Order) []any {
	p := o.Presale
	if p == nil {
		return []any{}
	}
	one := func(n int, fen, open, paid int64) any {
		return map[string]any{"phase_order_id": o.No + strconv.Itoa(n), "total_phase": 2, "current_phase": n, "pay_success": paid > 0, "sku_order_id": o.Lines[0].No,
			"phase_pay_amount": fen, "phase_payable_price": fen, "phase_open_time": seconds(open), "phase_pay_time": seconds(paid), "phase_order_amount": fen}
	}
	return []any{one(1, p.Deposit, o.CreatedAt, p.DepositPaidAt), one(2, o.BuyerPaid()-p.Deposit, p.FinalFrom, o.PaidAt)}
}

func packID(waybill string) string { return "pk" + waybill }

func (c call) parcels(o *world.Order) []any {
	out := []any{}
	for _, p := range o.Parcels {
		company := p.Carrier
		if p.Elsewhere {
			company = "yuantong"
		}
		goods := []any{}
		for _, pl := range p.Lines {
			l := o.Line(pl.No)
			goods = append(goods, map[string]any{"product_name": l.Title, "price": l.Price, "product_id": json.Number(l.ItemNo), "sku_id": json.Number(l.SKUNo), "sku_order_id": l.No,
				"product_count": pl.Quantity, "product_id_str": l.ItemNo, "outer_sku_id": l.Code})
		}
		out = append(out, map[string]any{"tracking_no": p.Waybill, "company": company, "company_name": companyName(company), "ship_time": seconds(p.ShippedAt), "delivery_id": packID(p.Waybill),
			"product_info": goods})
	}
	return out
}

func (c call) line(o *world.Order, l world.Line) map[string]any {
	given := "MASTER"
	if l.Gift {
		given = "FREE"
	}
	after := map[string]any{"after_sale_status": 0, "after_sale_type": 0, "refund_status": 0}
	if x := c.t.Case(l.CaseNo); x != nil {
		after = map[string]any{"after_sale_status": caseStatus(x), "after_sale_type": caseKind(x), "refund_status": refundStatus(x)}
	}
	return map[string]any{
		"order_id": l.No, "parent_order_id": o.No, "order_level": 3, "order_status": lineStatus(o, l), "main_status": lineStatus(o, l), "trade_type": tradeType(o), "order_type": 0,
		"pay_time": seconds(o.PaidAt), "create_time": seconds(o.CreatedAt), "update_time": seconds(o.ModifiedAt), "ship_time": seconds(o.ShippedAt), "exp_ship_time": seconds(o.ShipBy),
		"order_amount": l.Paid(), "pay_amount": l.Paid(), "modify_amount": l.Adjust, "promotion_amount": l.MerchantDiscount + l.PlatformDiscount, "promotion_shop_amount": l.MerchantDiscount,
		"promotion_platform_amount": l.PlatformDiscount, "promotion_talent_amount": 0, "promotion_pay_amount": 0, "shop_cost_amount": l.MerchantDiscount, "platform_cost_amount": l.PlatformDiscount,
		"only_platform_cost_amount": l.PlatformDiscount, "author_cost_amount": 0, "post_amount": 0, "tax_amount": 0, "code": l.Code, "out_sku_id": l.Code, "out_product_id": "",
		"product_id": json.Number(l.ItemNo), "product_id_str": l.ItemNo, "sku_id": json.Number(l.SKUNo), "product_name": l.Title, "product_pic": "", "spec": []any{map[string]any{"name": "规格", "value": l.SKUText}},
		"item_num": l.Quantity, "origin_amount": l.Price, "sum_amount": l.Goods(), "goods_type": 0, "given_product_type": given, "master_sku_order_id_list": masters(o, l), "inventory_list": []any{},
		"reduce_stock_type": 1, "pre_sale_type": bit(o.Presale != nil) * 2, "is_comment": 0, "need_serial_number": false, "after_sale_info": after, "bundle_sku_info": []any{},
	}
}

// masters are the lines that a present hangs on.
func masters(o *world.Order, l world.Line) []string {
	out := []string{}
	for _, m := range o.Lines {
		if l.Gift && !m.Gift {
			out = append(out, m.No)
		}
	}
	return out
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func searchList(c call) (any, *fault) {
	var p struct {
		CreateStart word `json:"create_time_start"`
		CreateEnd   word `json:"create_time_end"`
		UpdateStart word `json:"update_time_start"`
		UpdateEnd   word `json:"update_time_end"`
		Page        *word
		Size        *word
		OrderAsc    bool `json:"order_asc"`
		Combine     []struct {
			OrderStatus string `json:"order_status"`
		} `json:"combine_status"`
	}
	if f := c.read(&p); f != nil {
		return nil, f
	}
	if p.Page == nil || p.Size == nil || p.Page.int() < 0 || p.Size.int() < 1 || p.Size.int() > 100 {
		return nil, wrong("page,size")
	}
	page, size := p.Page.int(), p.Size.int()
	if (page+1)*size > 50_000 {
		return nil, business("page-too-deep", "查询数据超过50000条，请缩小时间范围")
	}
	created := p.CreateStart.int() > 0 && p.CreateEnd.int() > 0
	updated := p.UpdateStart.int() > 0 && p.UpdateEnd.int() > 0
	if !created && !updated {
		return nil, wrong("create_time,update_time")
	}
	var wanted []string
	for _, x := range p.Combine {
		wanted = append(wanted, strings.Split(x.OrderStatus, ",")...)
	}
	oldest := c.t.Now() - 90*day
	q := world.Query{By: world.ByCreated, From: p.CreateStart.int() * 1000, To: p.CreateEnd.int()*1000 + 999, Oldest: p.OrderAsc}
	if updated {
		q.By, q.From, q.To = world.ByModified, p.UpdateStart.int()*1000, p.UpdateEnd.int()*1000+999
	}
	q.Keep = func(o *world.Order) bool {
		if o.CreatedAt < oldest || created && updated && (o.CreatedAt < p.CreateStart.int()*1000 || o.CreatedAt > p.CreateEnd.int()*1000+999) {
			return false
		}
		status := strconv.FormatInt(orderStatus(o), 10)
		for _, w := range wanted {
			if strings.TrimSpace(w) == status {
				return true
			}
		}
		return len(wanted) == 0
	}
	found, total := c.t.List(q, int(page*size), int(size))
	rows := []any{}
	for _, o := range found {
		rows = append(rows, c.order(o))
	}
	return map[string]any{"page": page, "total": total, "size": len(rows), "shop_order_list": rows}, nil
}

func orderDetail(c call) (any, *fault) {
	var p struct {
		ID word `json:"shop_order_id"`
	}
	if f := c.read(&p); f != nil {
		return nil, f
	}
	o := c.t.Order(strings.TrimSuffix(string(p.ID), "A"))
	if o == nil {
		return nil, business("order-not-found", "订单不存在")
	}
	return map[string]any{"shop_order_detail": c.order(o)}, nil
}
