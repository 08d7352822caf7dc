package woocommerce

import (
	"cmp"
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

// site is the zone of the dates that have no _gmt.
var site = time.FixedZone("CST", 8*3600)

func dates(doc obj, name string, ms int64) {
	if ms == 0 {
		doc[name], doc[name+"_gmt"] = nil, nil
		return
	}
	at := time.UnixMilli(ms)
	doc[name], doc[name+"_gmt"] = at.In(site).Format("2006-01-02T15:04:05"), at.UTC().Format("2006-01-02T15:04:05")
}

// parse reads a date of a query: with its zone, or in GMT or the site's as
// dates_are_gmt says.
func (c *call) parse(name string, missing int64) (int64, error) {
	s := c.q.Get(name)
	if s == "" {
		return missing, nil
	}
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		return at.UnixMilli(), nil
	}
	zone := site
	if g := c.q.Get("dates_are_gmt"); g == "true" || g == "1" {
		zone = time.UTC
	}
	at, err := time.ParseInLocation("2006-01-02T15:04:05", s, zone)
	if err != nil {
		return 0, fail(http.StatusBadRequest, "rest_invalid_param", "Invalid parameter(s): "+name)
	}
	return at.UnixMilli(), nil
}

func statusOf(o *world.Order) string {
	switch o.Status {
	case world.AwaitingShipment, world.PartlyShipped:
		return "processing"
	case world.Shipped, world.Delivered, world.Completed:
		if o.Refund == world.RefundDone {
			return "refunded"
		}
		return "completed"
	case world.Closed:
		if o.PaidAt > 0 {
			return "refunded"
		}
		return "cancelled"
	}
	return "pending"
}

func number(s string) json.Number { return json.Number(s) }

// firstVariation is the number of the first variation; a listing's is its place
// after it.
const firstVariation = 7001

func render(o *world.Order, cases []*world.Case) obj {
	p := o.Receiver
	address := obj{"first_name": p.Name, "last_name": "", "company": "", "address_1": p.District + p.Town + p.Detail, "address_2": "", "city": p.City,
		"state": p.Province, "postcode": "", "country": "CN", "phone": p.Phone}
	billing := obj{"email": o.BuyerKey + "@example.com"}
	for k, v := range address {
		billing[k] = v
	}
	lines := []obj{}
	for _, l := range o.Lines {
		lines = append(lines, obj{"id": number(l.No), "name": l.Title, "product_id": number(l.ItemNo), "variation_id": firstVariation + l.SKU, "quantity": l.Quantity,
			"tax_class": "", "subtotal": world.Yuan(l.Goods()), "subtotal_tax": "0.00", "total": world.Yuan(l.Paid()), "total_tax": "0.00", "taxes": []obj{},
			"meta_data": []obj{{"id": 1, "key": "pa_spec", "value": l.SKUText, "display_key": "规格", "display_value": l.SKUText}},
			"sku":       l.Code, "price": world.YuanNumber(l.Paid() / l.Quantity), "image": nil, "parent_name": nil})
	}
	refunds := []obj{}
	for _, c := range cases {
		if c.State == world.CaseRefunded {
			refunds = append(refunds, obj{"id": number(c.No), "reason": c.Reason, "total": "-" + world.Yuan(c.Refund)})
		}
	}
	meta := []obj{}
	for i, x := range o.Parcels {
		if x.Waybill == "" {
			continue
		}
		meta = append(meta, obj{"id": 2*i + 1, "key": "_tracking_number", "value": x.Waybill}, obj{"id": 2*i + 2, "key": "_tracking_provider", "value": carrierOf(x)})
	}
	doc := obj{"id": number(o.No), "parent_id": 0, "status": statusOf(o), "currency": "CNY", "version": "9.4.1", "prices_include_tax": false,
		"discount_total": world.Yuan(o.Goods() + o.Adjust() - (o.BuyerPaid() - o.Freight)), "discount_tax": "0.00", "shipping_total": world.Yuan(o.Freight), "shipping_tax": "0.00",
		"cart_tax": "0.00", "total": world.Yuan(o.BuyerPaid()), "total_tax": "0.00", "customer_id": 0, "order_key": "wc_order_" + o.No, "billing": billing, "shipping": address,
		"payment_method": "wechatpay", "payment_method_title": "微信支付", "transaction_id": "", "customer_ip_address": "", "customer_note": o.BuyerNote, "cart_hash": "",
		"number": o.No, "meta_data": meta, "line_items": lines, "tax_lines": []obj{}, "fee_lines": []obj{}, "coupon_lines": []obj{}, "refunds": refunds,
		"shipping_lines": []obj{{"id": 1, "method_title": "快递", "method_id": "flat_rate", "total": world.Yuan(o.Freight)}}}
	if o.PaidAt > 0 {
		doc["transaction_id"] = o.PaymentNo
	}
	dates(doc, "date_created", o.CreatedAt)
	dates(doc, "date_modified", o.ModifiedAt)
	dates(doc, "date_paid", o.PaidAt)
	dates(doc, "date_completed", o.ShippedAt)
	o.Spoil(doc, "total", "date_created_gmt", "line_items")
	return doc
}

func carrierOf(p world.Parcel) string {
	if p.Elsewhere {
		return "YTO"
	}
	return p.Carrier
}

func (c *call) render(o *world.Order) obj { return render(o, c.t.CasesOf(o.No)) }

func listOrders(c *call) (answer, error) {
	offset, size, err := c.page()
	if err != nil {
		return answer{}, err
	}
	by := world.ByCreated
	if c.q.Get("orderby") == "modified" || c.q.Has("modified_after") || c.q.Has("modified_before") {
		by = world.ByModified
	}
	after, before := "after", "before"
	if by == world.ByModified {
		after, before = "modified_after", "modified_before"
	}
	// Both ends are exclusive, and dates have whole seconds.
	from, err := c.parse(after, -1000)
	if err != nil {
		return answer{}, err
	}
	to, err := c.parse(before, math.MaxInt64)
	if err != nil {
		return answer{}, err
	}
	states := named(c.q, "status")
	q := world.Query{By: by, From: from/1000*1000 + 1000, To: to - 1, Oldest: c.q.Get("order") == "asc"}
	q.Keep = func(o *world.Order) bool {
		return len(states) == 0 || slices.Contains(states, "any") || slices.Contains(states, statusOf(o))
	}
	page, total := c.t.List(q, offset, size)
	list := []obj{}
	for _, o := range page {
		list = append(list, c.render(o))
	}
	return answer{http.StatusOK, list, total, size}, nil
}

func (c *call) order() (*world.Order, error) {
	if o := c.t.Order(c.r.PathValue("id")); o != nil {
		return o, nil
	}
	return nil, fail(http.StatusNotFound, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")
}

func getOrder(c *call) (answer, error) {
	o, err := c.order()
	if err != nil {
		return answer{}, err
	}
	return one(c.render(o)), nil
}

// note is the seller's memo, or a message to the buyer. A site keeps all memos, this one
// the last.
func note(o *world.Order, text string, customer bool) obj {
	n := obj{"id": number(o.No + "1"), "author": "admin", "note": text, "customer_note": customer}
	dates(n, "date_created", o.ModifiedAt)
	return n
}

func listNotes(c *call) (answer, error) {
	o, err := c.order()
	if err != nil {
		return answer{}, err
	}
	notes := []obj{} // newest first
	kind := c.r.URL.Query().Get("type")
	if kind != "internal" {
		for _, text := range o.Told {
			notes = append([]obj{note(o, text, true)}, notes...)
		}
	}
	if o.Memo != "" && kind != "customer" {
		notes = append(notes, note(o, o.Memo, false))
	}
	return one(notes), nil
}

func refundOf(x *world.Case) obj {
	d := obj{"id": number(x.No), "amount": world.Yuan(x.Refund), "reason": x.Reason, "refunded_by": 1, "refunded_payment": true, "meta_data": []obj{},
		"line_items": []obj{{"id": number(x.No), "quantity": -x.Quantity, "total": "-" + world.Yuan(x.Refund), "meta_data": []obj{{"id": 1, "key": "_refunded_item_id", "value": x.LineNo}}}}}
	dates(d, "date_created", x.ModifiedAt)
	return d
}

func listRefunds(c *call) (answer, error) {
	o, err := c.order()
	if err != nil {
		return answer{}, err
	}
	list := []obj{}
	for _, x := range c.t.CasesOf(o.No) {
		if x.State == world.CaseRefunded {
			list = append(list, refundOf(x))
		}
	}
	return answer{http.StatusOK, list, len(list), max(1, len(list))}, nil
}

func getRefund(c *call) (answer, error) {
	o, err := c.order()
	if err != nil {
		return answer{}, err
	}
	if x := c.t.Case(c.r.PathValue("refund")); x != nil && x.OrderNo == o.No && x.State == world.CaseRefunded {
		return one(refundOf(x)), nil
	}
	return answer{}, fail(http.StatusNotFound, "woocommerce_rest_shop_order_refund_invalid_id", "Invalid ID.")
}

// allRefunds lists the refunds of all orders by their creation; each says whose it is.
func allRefunds(c *call) (answer, error) {
	offset, size, err := c.page()
	if err != nil {
		return answer{}, err
	}
	from, err := c.parse("after", -1000)
	if err != nil {
		return answer{}, err
	}
	to, err := c.parse("before", math.MaxInt64)
	if err != nil {
		return answer{}, err
	}
	var all []*world.Case
	for _, x := range c.t.AllCases(0, math.MaxInt) {
		if x.State == world.CaseRefunded && x.ModifiedAt >= from/1000*1000+1000 && x.ModifiedAt < to {
			all = append(all, x)
		}
	}
	slices.SortFunc(all, func(a, b *world.Case) int {
		if c.q.Get("order") != "asc" {
			a, b = b, a
		}
		return cmp.Compare(a.ModifiedAt, b.ModifiedAt)
	})
	list := []obj{}
	for _, x := range all[min(offset, len(all)):min(offset+size, len(all))] {
		d := refundOf(x)
		d["parent_id"] = number(x.OrderNo)
		list = append(list, d)
	}
	return answer{http.StatusOK, list, len(all), size}, nil
}

func variation(l world.Listing, i int) obj {
	return obj{"id": firstVariation + i, "sku": l.Code, "price": world.Yuan(l.Price), "regular_price": world.Yuan(l.Price), "status": "publish", "manage_stock": true,
		"stock_quantity": l.Stock, "stock_status": map[bool]string{true: "instock", false: "outofstock"}[l.Stock > 0],
		"attributes": []obj{{"id": 1, "name": "规格", "option": l.SKUText}}}
}

func listProducts(c *call) (answer, error) {
	offset, size, err := c.page()
	if err != nil {
		return answer{}, err
	}
	list, total := []obj{}, 0
	for i, l := range c.t.Listings() {
		if sku := c.q.Get("sku"); sku != "" && sku != l.Code {
			continue
		}
		if total >= offset && len(list) < size {
			list = append(list, obj{"id": number(l.ItemNo), "name": l.Title, "type": "variable", "status": "publish", "sku": "", "variations": []int{firstVariation + i}, "manage_stock": false})
		}
		total++
	}
	return answer{http.StatusOK, list, total, size}, nil
}

// listing finds the product and, where the path has one, the variation.
func (c *call) listing() (l world.Listing, i int, err error) {
	want := c.r.PathValue("variation")
	for i, l := range c.t.Listings() {
		if l.ItemNo == c.r.PathValue("id") && (want == "" || want == strconv.Itoa(firstVariation+i)) {
			return l, i, nil
		}
	}
	return l, 0, fail(http.StatusNotFound, "woocommerce_rest_product_variation_invalid_id", "Invalid ID.")
}

func listVariations(c *call) (answer, error) {
	l, i, err := c.listing()
	if err != nil {
		return answer{}, err
	}
	return answer{http.StatusOK, []obj{variation(l, i)}, 1, 1}, nil
}

func getVariation(c *call) (answer, error) {
	l, i, err := c.listing()
	if err != nil {
		return answer{}, err
	}
	return one(variation(l, i)), nil
}
