package wxmall

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

// transactionPrefix stands before an order's number in that of its payment.
const transactionPrefix = "420000200"

func transaction(o *world.Order) string { return transactionPrefix + o.No }

// stateOf is order_state: 1 to be shipped, 2 shipped, 3 received, 4 completed, 5
// refunded.
func stateOf(o *world.Order) int {
	switch o.Status {
	case world.Shipped:
		return 2
	case world.Delivered:
		return 3
	case world.Completed:
		return 4
	case world.Closed:
		return 5
	}
	return 1
}

func describe(o *world.Order) string {
	var words []string
	for _, l := range o.Lines {
		words = append(words, l.Title)
	}
	return strings.Join(words, "、")
}

// express is the logistics_type of parcels with a waybill.
const express = 1

func render(s *world.Shop, o *world.Order) obj {
	list := []obj{}
	for _, p := range o.Parcels {
		if p.Elsewhere {
			p.Carrier = "YTO"
		}
		list = append(list, obj{"tracking_no": p.Waybill, "express_company": p.Carrier, "goods_desc": describe(o), "upload_time": p.ShippedAt / 1000,
			"contact": obj{"consignor_contact": "", "receiver_contact": ""}})
	}
	way := express
	if n := len(o.Parcels); n > 0 && o.Parcels[n-1].Way != "" {
		way, _ = strconv.Atoi(o.Parcels[n-1].Way)
	}
	shipping := obj{"delivery_mode": 1, "logistics_type": way, "finish_shipping": o.ShippedAt > 0 && o.Status != world.PartlyShipped, "goods_desc": describe(o),
		"finish_shipping_count": min(1, len(list)), "shipping_list": list}
	if len(list) > 1 {
		shipping["delivery_mode"] = 2
	}
	doc := obj{"transaction_id": transaction(o), "merchant_id": merchant(s), "sub_merchant_id": "", "merchant_trade_no": o.No, "description": describe(o),
		"paid_amount": o.BuyerPaid(), "openid": o.BuyerKey, "trade_create_time": o.CreatedAt / 1000, "pay_time": o.PaidAt / 1000, "order_state": stateOf(o),
		"in_complaint": o.Refund == world.RefundOpen, "shipping": shipping}
	o.Spoil(doc, "paid_amount", "pay_time", "shipping")
	return doc
}

func listOrders(c *call) (obj, error) {
	var in struct {
		Paid *struct {
			Begin int64 `json:"begin_time"`
			End   int64 `json:"end_time"`
		} `json:"pay_time_range"`
		State  int    `json:"order_state"`
		OpenID string `json:"openid"`
		Last   string `json:"last_index"`
		Size   int    `json:"page_size"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if in.Size == 0 {
		in.Size = 50
	}
	if in.Size < 1 || in.Size > 50 {
		return nil, fail(10060014, "参数错误: page_size 最大50")
	}
	k, ok := world.ReadCursor(in.Last)
	if !ok {
		return nil, fail(10060014, "参数错误: last_index")
	}
	q := world.Query{By: world.ByConfirmed, To: c.t.Now()}
	if in.Paid != nil {
		q.From, q.To = in.Paid.Begin*1000, in.Paid.End*1000+999
	}
	var offset int
	q.From, q.To, offset = k.Narrow(q.From, q.To, false)
	q.Keep = func(o *world.Order) bool {
		return !k.Has(o.No) && (in.State == 0 || stateOf(o) == in.State) && (in.OpenID == "" || o.BuyerKey == in.OpenID)
	}
	page, total := c.t.List(q, offset, in.Size)
	list := []obj{}
	for _, o := range page {
		list = append(list, render(c.t.Shop, o))
		k = k.Tell(o.ConfirmedAt, o.No)
	}
	return obj{"last_index": k.Text(), "has_more": total > offset+len(page), "order_list": list}, nil
}

// orderKey names a payment: by the merchant's number (1) or the payment's own (2).
type orderKey struct {
	Type        int    `json:"order_number_type"`
	Transaction string `json:"transaction_id"`
	Merchant    string `json:"mchid"`
	TradeNo     string `json:"out_trade_no"`
}

func (c *call) find(k orderKey) (*world.Order, error) {
	no := k.TradeNo
	switch {
	case k.Type == 2:
		no = strings.TrimPrefix(k.Transaction, transactionPrefix)
	case k.Type != 1:
		return nil, fail(10060014, "参数错误: order_number_type")
	case k.Merchant != merchant(c.t.Shop):
		return nil, fail(10060001, "支付单不存在")
	}
	o := c.t.Order(no)
	if o == nil || o.PaidAt == 0 {
		return nil, fail(10060001, "支付单不存在")
	}
	return o, nil
}

type question struct {
	Transaction string `json:"transaction_id"`
	Merchant    string `json:"merchant_id"`
	TradeNo     string `json:"merchant_trade_no"`
}

func (q question) key() orderKey {
	if q.Transaction != "" {
		return orderKey{Type: 2, Transaction: q.Transaction}
	}
	return orderKey{Type: 1, Merchant: q.Merchant, TradeNo: q.TradeNo}
}

func getOrder(c *call) (obj, error) {
	var in question
	if err := c.read(&in); err != nil {
		return nil, err
	}
	o, err := c.find(in.key())
	if err != nil {
		return nil, err
	}
	return obj{"order": render(c.t.Shop, o)}, nil
}

// notify reminds the buyer to confirm; it changes nothing.
func notify(c *call) (obj, error) {
	var in struct {
		question
		At int64 `json:"received_time"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	o, err := c.find(in.key())
	switch {
	case err != nil:
		return nil, err
	case o.Status != world.Shipped && o.Status != world.Delivered:
		return nil, fail(10060004, "支付单处于不可提醒的状态")
	}
	return nil, nil
}

var companies = [][2]string{{"SF", "顺丰速运"}, {"ZTO", "中通快递"}, {"YTO", "圆通速递"}, {"STO", "申通快递"}, {"YD", "韵达速递"}, {"JTSD", "极兔速递"},
	{"JD", "京东物流"}, {"EMS", "EMS"}, {"YZPY", "邮政快递包裹"}, {"DBL", "德邦快递"}}

func deliveryList(*call) (obj, error) {
	list := []obj{}
	for _, x := range companies {
		list = append(list, obj{"delivery_id": x[0], "delivery_name": x[1]})
	}
	return obj{"delivery_list": list, "count": len(list)}, nil
}

type parcel struct {
	No      string `json:"tracking_no"`
	Company string `json:"express_company"`
	Item    string `json:"item_desc"`
	Contact struct {
		Consignor string `json:"consignor_contact"`
		Receiver  string `json:"receiver_contact"`
	}
}

type report struct {
	Key       orderKey `json:"order_key"`
	Logistics int      `json:"logistics_type"`
	Mode      int      `json:"delivery_mode"`
	All       *bool    `json:"is_all_delivered"`
	List      []parcel `json:"shipping_list"`
	At        string   `json:"upload_time"`
	Payer     struct{ OpenID string }
}

func (r report) check() error {
	_, err := time.Parse(time.RFC3339, r.At)
	switch {
	case err != nil:
		return fail(268485216, "上传时间非法，请按照RFC3339格式填写")
	case r.Logistics < 1 || r.Logistics > 4:
		return fail(10060005, "物流类型有误")
	case r.Mode != 1 && r.Mode != 2:
		return fail(268485224, "发货模式非法")
	case r.Mode == 2 && r.Logistics != express:
		return fail(10060006, "非快递发货时不允许分拆发货")
	case r.Mode == 2 && r.All == nil:
		return fail(10060007, "分拆发货模式下必须填写 is_all_delivered 字段")
	case len(r.List) == 0 || r.Mode == 1 && len(r.List) != 1 || len(r.List) > 10:
		return fail(10060024, "物流信息列表长度错误")
	}
	for _, p := range r.List {
		switch {
		case p.Item == "":
			return fail(10060008, "商品描述 item_desc 字段不能为空")
		case len([]rune(p.Item)) > 120:
			return fail(10060009, "商品描述超过长度")
		case r.Logistics == express && (p.No == "" || p.Company == ""):
			return fail(10060014, "参数错误: tracking_no、express_company")
		case p.Company == "SF" && !strings.Contains(p.Contact.Consignor+p.Contact.Receiver, "****"):
			return fail(10060014, "参数错误: 顺丰需要掩码的联系方式")
		}
	}
	return nil
}

// upload reports parcels. A waybill that is known changes nothing; another one for a
// payment that is shipped replaces its waybill, once.
func upload(c *call) (obj, error) {
	var in report
	if err := c.read(&in); err != nil {
		return nil, err
	}
	o, err := c.find(in.Key)
	if err == nil {
		err = in.check()
	}
	if err != nil {
		return nil, err
	}
	if in.Payer.OpenID != o.BuyerKey {
		return nil, fail(10060031, "该笔支付单不属于 openid 所指定的用户")
	}
	if len(in.List) > 1 && len(in.List) == len(o.Parcels) && (o.Status == world.Shipped || o.Status == world.Delivered) {
		return nil, c.correct(o, in.List)
	}
	if in.Logistics != express {
		return nil, c.bare(o, in.Logistics)
	}
	for i, p := range in.List {
		last := in.Mode == 1 || *in.All && i == len(in.List)-1
		if err := c.one(o.No, p, last, in.Mode == 2); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// bare reports what goes without a carrier.
func (c *call) bare(o *world.Order, way int) error {
	switch o.Status {
	case world.Shipped, world.Delivered:
		return fail(10060003, "支付单已使用重新发货机会")
	case world.Completed:
		return fail(10060002, "支付单已完成发货，无法继续发货")
	}
	_, err := c.t.Ship(o.No, world.Shipment{Numberless: true, Way: strconv.Itoa(way)})
	return err
}

// correct replaces the parcels of a payment that is shipped by as many others, in
// their order.
func (c *call) correct(o *world.Order, list []parcel) error {
	key, changed := corrected, false
	for i, p := range list {
		if old := o.Parcels[i]; old.Waybill != p.No || old.Carrier != p.Company {
			err := c.t.Rewaybill(o.No, key, old.Waybill, p.Company, p.No)
			if world.KindOf(err) == world.Refused {
				return fail(10060003, "支付单已使用重新发货机会")
			}
			if err != nil {
				return err
			}
			key, changed = "", true
		}
	}
	if !changed {
		return fail(10060023, "发货信息未更新")
	}
	return nil
}

func (c *call) one(no string, p parcel, last, split bool) error {
	o := c.t.Order(no)
	known := slices.ContainsFunc(o.Parcels, func(x world.Parcel) bool { return x.Waybill == p.No })
	s := world.Shipment{Carrier: p.Company, Waybill: p.No}
	switch {
	case known && (last || o.Status != world.PartlyShipped):
		return fail(10060023, "发货信息未更新")
	case known:
		return nil
	case split && (o.Status == world.Shipped || o.Status == world.Delivered):
		s.Append = true
	case o.Status == world.Shipped || o.Status == world.Delivered:
		err := c.t.Rewaybill(no, corrected, "", p.Company, p.No)
		if world.KindOf(err) == world.Refused {
			return fail(10060003, "支付单已使用重新发货机会")
		}
		return err
	case o.Status == world.Completed:
		return fail(10060002, "支付单已完成发货，无法继续发货")
	}
	if !last {
		for _, l := range o.Lines {
			if l.Status != world.Closed && l.Sent < l.Quantity {
				s.Lines = []world.ParcelLine{{No: l.No, Quantity: 1}}
				break
			}
		}
	}
	_, err := c.t.Ship(no, s)
	return err
}

// corrected is the key under which a payment's one correction is known.
const corrected = "corrected"
