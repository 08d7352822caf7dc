package shopify

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

func num(s string) json.Number { return json.Number(s) }

var zone = time.FixedZone("CST", 8*3600)

func date(ms int64) any {
	if ms == 0 {
		return nil
	}
	return time.UnixMilli(ms).In(zone).Format(time.RFC3339)
}

func financial(o *world.Order) string {
	switch {
	case o.PaidAt == 0 && o.Status == world.Closed:
		return "voided"
	case o.PaidAt == 0:
		return "pending"
	case o.Refunded >= o.BuyerPaid() || o.Refund == world.RefundDone:
		return "refunded"
	case o.Refunded > 0:
		return "partially_refunded"
	}
	return "paid"
}

func fulfilment(sent, all int64) any {
	switch {
	case sent == 0:
		return nil
	case sent < all:
		return "partial"
	}
	return "fulfilled"
}

func render(o *world.Order, cases []*world.Case) obj {
	p := o.Receiver
	address := obj{"first_name": p.Name, "last_name": "", "name": p.Name, "phone": p.Phone, "address1": p.District + p.Town + p.Detail, "address2": "", "city": p.City,
		"province": p.Province, "province_code": nil, "country": "China", "country_code": "CN", "zip": "", "company": nil}
	var sent, all int64
	lines := []obj{}
	for _, l := range o.Lines {
		left := l.Quantity - l.Sent
		if l.Status == world.Closed {
			left = 0
		} else {
			sent, all = sent+l.Sent, all+l.Quantity
		}
		off := l.Goods() - l.Paid()
		lines = append(lines, obj{"id": num(l.No), "variant_id": num(l.SKUNo), "product_id": num(l.ItemNo), "title": l.Title, "variant_title": l.SKUText,
			"name": l.Title + " - " + l.SKUText, "sku": l.Code, "quantity": l.Quantity, "current_quantity": l.Quantity, "fulfillable_quantity": left,
			"fulfillment_status": fulfilment(l.Sent, l.Quantity), "price": world.Yuan(l.Price), "total_discount": "0.00", "requires_shipping": true, "taxable": false, "gift_card": false,
			"grams": 200, "discount_allocations": []obj{{"amount": world.Yuan(off), "discount_application_index": 0}}, "tax_lines": []obj{}, "properties": []obj{}})
	}
	doc := obj{"id": num(o.No), "admin_graphql_api_id": "gid://shopify/Order/" + o.No, "name": name(o), "order_number": 1000 + o.Serial,
		"email": o.BuyerKey + "@example.com", "phone": nil, "created_at": date(o.CreatedAt), "processed_at": date(o.CreatedAt), "updated_at": date(o.ModifiedAt),
		"closed_at": date(o.CompletedAt), "cancelled_at": date(o.ClosedAt), "cancel_reason": nil, "currency": "CNY", "total_line_items_price": world.Yuan(o.Goods()),
		"subtotal_price": world.Yuan(o.BuyerPaid() - o.Freight), "total_discounts": world.Yuan(o.Goods() - (o.BuyerPaid() - o.Freight)), "total_tax": "0.00", "total_price": world.Yuan(o.BuyerPaid()),
		"financial_status": financial(o), "fulfillment_status": fulfilment(sent, all), "note": o.BuyerNote, "note_attributes": attributes(o), "tags": o.Memo, "test": false, "confirmed": true,
		"payment_gateway_names": []string{"wechat_pay"}, "customer": obj{"id": num(o.BuyerKey[1:]), "first_name": o.BuyerNick, "last_name": ""},
		"shipping_address": address, "billing_address": address, "line_items": lines, "discount_applications": []obj{}, "tax_lines": []obj{},
		"shipping_lines": []obj{{"id": 1, "title": "快递", "price": world.Yuan(o.Freight), "discounted_price": world.Yuan(o.Freight)}},
		"fulfillments":   fulfilments(o), "refunds": refunds(cases)}
	if o.Status == world.Closed {
		doc["cancel_reason"] = "customer"
	}
	o.Spoil(doc, "total_price", "created_at", "line_items")
	return doc
}

// name is how people call an order.
func name(o *world.Order) string { return "#" + strconv.FormatUint(1000+o.Serial, 10) }

// attributes are the additional details of an order; the seller's note is one here.
func attributes(o *world.Order) []obj {
	if o.Memo == "" {
		return []obj{}
	}
	return []obj{{"name": sellerNote, "value": o.Memo}}
}

const sellerNote = "seller_note"

// fulfilmentID is a parcel's number.
func fulfilmentID(o *world.Order, i int) int64 { return int64(o.Serial)*100 + int64(i) + 1 } // #nosec G115 -- serials are small

func renderFulfilment(o *world.Order, i int) obj {
	p := o.Parcels[i]
	if p.Elsewhere {
		p.Carrier = "YTO Express"
	}
	lines := []obj{}
	for _, x := range p.Lines {
		lines = append(lines, obj{"id": num(x.No), "quantity": x.Quantity})
	}
	var no any
	nos := []string{}
	if p.Waybill != "" {
		no, nos = p.Waybill, append(nos, p.Waybill)
	}
	return obj{"id": fulfilmentID(o, i), "order_id": num(o.No), "status": "success", "created_at": date(p.ShippedAt), "updated_at": date(p.ShippedAt), "tracking_company": p.Carrier,
		"tracking_number": no, "tracking_numbers": nos, "tracking_urls": []string{}, "location_id": location, "line_items": lines}
}

func fulfilments(o *world.Order) []obj {
	out := []obj{}
	for i := range o.Parcels {
		out = append(out, renderFulfilment(o, i))
	}
	return out
}

func renderRefund(x *world.Case) obj {
	restock := "cancel"
	if x.Kind == "return" {
		restock = "return"
	}
	return obj{"id": num(x.No), "order_id": num(x.OrderNo), "created_at": date(x.ModifiedAt), "note": x.Reason, "restock": true,
		"refund_line_items": []obj{{"id": 1, "line_item_id": num(x.LineNo), "quantity": x.Quantity, "subtotal": world.Yuan(x.Refund), "total_tax": "0.00", "restock_type": restock}},
		"transactions":      []obj{{"id": 1, "kind": "refund", "status": "success", "amount": world.Yuan(x.Refund), "currency": "CNY"}}}
}

func refunds(cases []*world.Case) []obj {
	out := []obj{}
	for _, x := range cases {
		if x.State == world.CaseRefunded {
			out = append(out, renderRefund(x))
		}
	}
	return out
}

func (c *call) render(o *world.Order) obj { return render(o, c.t.CasesOf(o.No)) }

func shopInfo(c *call) (answer, error) {
	return answer{status: http.StatusOK, body: obj{"shop": obj{"id": num(c.t.ID), "name": c.t.Title, "domain": domain(c.t.Shop), "myshopify_domain": domain(c.t.Shop),
		"currency": "CNY", "iana_timezone": "Asia/Shanghai"}}}, nil
}

// cursor is page_info: the question, and where its next page begins.
type cursor struct {
	By     world.By     `json:"b"`
	From   int64        `json:"f"`
	To     int64        `json:"t"`
	Oldest bool         `json:"o"`
	Status string       `json:"s"`
	Name   string       `json:"n"`
	Place  world.Cursor `json:"p"`
}

// ask reads a list's question: page_info stands alone, beside limit only.
func (c *call) ask() (k cursor, err error) {
	q := c.r.URL.Query()
	if info := q.Get("page_info"); info != "" {
		b, err := base64.RawURLEncoding.DecodeString(info)
		if err != nil || json.Unmarshal(b, &k) != nil || q.Has("status") || q.Has("updated_at_min") || q.Has("created_at_min") || q.Has("order") {
			return k, fail(http.StatusBadRequest, obj{"page_info": "Invalid value."})
		}
		return k, nil
	}
	k = cursor{By: world.ByCreated, From: 0, To: math.MaxInt64 - 1, Status: q.Get("status"), Name: strings.TrimPrefix(q.Get("name"), "#"), Oldest: strings.HasSuffix(q.Get("order"), "asc")}
	low, high := "created_at_min", "created_at_max"
	if q.Has("updated_at_min") || q.Has("updated_at_max") || strings.HasPrefix(q.Get("order"), "updated_at") {
		k.By, low, high = world.ByModified, "updated_at_min", "updated_at_max"
	}
	for name, to := range map[string]*int64{low: &k.From, high: &k.To} {
		if s := q.Get(name); s != "" {
			at, err := time.Parse(time.RFC3339, s)
			if err != nil {
				return k, fail(http.StatusBadRequest, obj{name: "Invalid value."})
			}
			*to = at.UnixMilli()
		}
	}
	return k, nil
}

func ofStatus(status string) func(*world.Order) bool {
	return func(o *world.Order) bool {
		switch status {
		case "any":
			return true
		case "cancelled":
			return o.Status == world.Closed
		case "closed":
			return o.Status == world.Completed
		}
		return o.Status != world.Closed && o.Status != world.Completed
	}
}

func listOrders(c *call) (answer, error) {
	k, err := c.ask()
	if err != nil {
		return answer{}, err
	}
	size := 50
	if s := c.r.URL.Query().Get("limit"); s != "" {
		if size, err = strconv.Atoi(s); err != nil || size < 1 || size > 250 {
			return answer{}, fail(http.StatusBadRequest, obj{"limit": "must be between 1 and 250"})
		}
	}
	fits := ofStatus(k.Status)
	q := world.Query{By: k.By, From: k.From, To: k.To, Oldest: k.Oldest}
	q.Keep = func(o *world.Order) bool {
		return fits(o) && !k.Place.Has(o.No) && (k.Name == "" || name(o) == "#"+k.Name)
	}
	var offset int
	q.From, q.To, offset = k.Place.Narrow(q.From, q.To, k.Oldest)
	page, total := c.t.List(q, offset, size)
	list := []obj{}
	for _, o := range page {
		list = append(list, c.render(o))
		at := o.CreatedAt
		if k.By == world.ByModified {
			at = o.ModifiedAt
		}
		k.Place = k.Place.Tell(at, o.No)
	}
	a := answer{status: http.StatusOK, body: obj{"orders": list}}
	if total > offset+len(page) {
		b, err := json.Marshal(k)
		if err != nil {
			return answer{}, err
		}
		path, _, _ := strings.Cut(c.r.RequestURI, "?")
		a.link = "<http://" + c.r.Host + path + "?limit=" + strconv.Itoa(size) + "&page_info=" + base64.RawURLEncoding.EncodeToString(b) + `>; rel="next"`
	}
	return a, nil
}

// order finds the order of the path, whose last part may end in .json.
func (c *call) order() (*world.Order, error) {
	if o := c.t.Order(strings.TrimSuffix(c.r.PathValue("id"), ".json")); o != nil {
		return o, nil
	}
	return nil, fail(http.StatusNotFound, "Not Found")
}

func getOrder(c *call) (answer, error) {
	o, err := c.order()
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusOK, body: obj{"order": c.render(o)}}, nil
}
