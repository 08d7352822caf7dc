package openmall

import (
	"net/http"
	"strconv"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

type obj = map[string]any

func keepsReceivers(s *world.Shop) bool { return s.Number%2 == 0 }

func hello(c *call) (any, error) {
	can := []string{"ship_lines", "append_parcel", "change_waybill", "memo", "close", "change_address", "answer_address", "change_price",
		"push_stock", "aftersales", "decide_aftersales", "reviews", "push"}
	if keepsReceivers(c.t.Shop) {
		can = append(can, "decrypt")
	}
	return obj{"version": 1, "server_time": c.t.Now(), "shop": obj{"id": c.t.ID, "name": c.t.Title}, "capabilities": can}, nil
}

func listOrders(c *call) (any, error) {
	w, err := c.window()
	if err != nil {
		return nil, err
	}
	q := world.Query{From: w.from, To: w.to}
	switch c.r.URL.Query().Get("by") {
	case "modified":
	case "created":
		q.By = world.ByCreated
	default:
		return nil, fail(http.StatusBadRequest, "invalid", "by is modified or created")
	}
	page, total := c.t.List(q, w.offset(), int(w.size))
	list := []obj{}
	for _, o := range page {
		list = append(list, render(c.t.Shop, o))
	}
	return w.answer(c.t, total, "orders", list)
}

func getOrder(c *call) (any, error) {
	o := c.t.Order(c.r.PathValue("no"))
	if o == nil {
		return nil, fail(http.StatusNotFound, "not_found", "no such order")
	}
	return render(c.t.Shop, o), nil
}

func instant(ms int64) any {
	if ms == 0 {
		return nil
	}
	return ms
}

func render(s *world.Shop, o *world.Order) obj {
	kind := "normal"
	switch {
	case o.Presale != nil:
		kind = "presale"
	case o.Held(world.HoldGroup):
		kind = "group"
	case o.Virtual:
		kind = "virtual"
	}
	doc := obj{
		"no": o.No, "status": o.Status, "kind": kind, "created_at": o.CreatedAt, "paid_at": instant(o.PaidAt), "modified_at": o.ModifiedAt,
		"pay_by_at": instant(o.PayBy), "ship_by_at": instant(o.ShipBy), "shipped_at": instant(o.ShippedAt), "completed_at": instant(o.CompletedAt),
		"closed_at": instant(o.ClosedAt), "close_reason": o.CloseCause, "buyer": obj{"key": o.BuyerKey, "nick": world.MaskName(o.BuyerNick)},
		"receiver": receiver(s, o, o.Receiver), "buyer_note": o.BuyerNote, "seller_note": o.Memo, "flag": o.Flag, "holds": holds(o), "tags": []string{},
		"address_change": nil, "payment": nil, "stages": stages(o), "lines": lines(o), "refund_status": o.Refund, "refund": o.Refunded, "parcels": parcels(o), "invoice": nil,
		"amounts": obj{"goods": o.Goods(), "merchant_discount": o.MerchantDiscount() - o.Adjust(), "platform_discount": o.PlatformDiscount(), "freight": o.Freight,
			"buyer_paid": o.BuyerPaid(), "merchant_receivable": o.Receivable()},
	}
	if o.Wish != nil {
		doc["address_change"] = obj{"at": o.ModifiedAt, "receiver": receiver(s, o, *o.Wish)}
	}
	if o.PaidAt > 0 {
		doc["payment"] = obj{"method": "wechat_pay", "no": o.PaymentNo}
	}
	o.Spoil(doc, "amounts", "created_at", "lines")
	return doc
}

func holds(o *world.Order) []string {
	if o.Holds == nil {
		return []string{}
	}
	return o.Holds
}

func receiver(s *world.Shop, o *world.Order, p world.Person) obj {
	r := obj{"name": p.Name, "phone": p.Phone, "extension": "", "country": "CN", "province": p.Province, "city": p.City, "district": p.District,
		"town": p.Town, "detail": p.Detail, "zip": "", "encrypted": false, "cipher": nil}
	if keepsReceivers(s) {
		r["encrypted"], r["name"], r["phone"], r["detail"] = true, world.MaskName(p.Name), world.MaskPhone(p.Phone), world.MaskDetail(p.Detail)
		r["cipher"] = obj{"name": s.Cipher(o, "name", p.Name), "phone": s.Cipher(o, "phone", p.Phone), "detail": s.Cipher(o, "detail", p.Detail)}
	}
	return r
}

func stages(o *world.Order) []obj {
	p := o.Presale
	if p == nil {
		return []obj{}
	}
	return []obj{
		{"name": "deposit", "amount": p.Deposit, "paid_at": instant(p.DepositPaidAt), "from_at": o.CreatedAt, "to_at": o.PayBy},
		{"name": "balance", "amount": o.BuyerPaid() - p.Deposit, "paid_at": instant(o.PaidAt), "from_at": p.FinalFrom, "to_at": o.PayBy},
	}
}

func lines(o *world.Order) []obj {
	out := []obj{}
	for _, l := range o.Lines {
		out = append(out, obj{"no": l.No, "title": l.Title, "sku_text": l.SKUText, "sku_code": l.Code, "item_no": l.ItemNo, "sku_no": l.SKUNo, "image_url": "",
			"quantity": l.Quantity, "price": l.Price, "discount": l.Goods() - l.Paid(), "paid": l.Paid(), "gift": l.Gift, "shipped": l.Sent,
			"status": l.Status, "refund_status": l.Refund, "refund": l.Refunded})
	}
	return out
}

func parcels(o *world.Order) []obj {
	out := []obj{}
	for _, p := range o.Parcels {
		in := []obj{}
		for _, x := range p.Lines {
			in = append(in, obj{"no": x.No, "quantity": x.Quantity})
		}
		carrier := p.Carrier
		if p.Elsewhere && carrier == "" {
			carrier = "YTO"
		}
		one := obj{"carrier": carrier, "waybill": p.Waybill, "shipped_at": p.ShippedAt, "lines": in}
		if p.Way != "" {
			one["way"] = p.Way
		}
		out = append(out, one)
	}
	return out
}

func getStock(c *call) (any, error) {
	asked := c.r.URL.Query()["sku_no"]
	if len(asked) == 0 || len(asked) > 50 {
		return nil, fail(http.StatusBadRequest, "invalid", "1 to 50 sku_no")
	}
	out := []obj{}
	for _, no := range asked {
		for _, l := range c.t.Listings() {
			if l.SKUNo == no {
				out = append(out, obj{"item_no": l.ItemNo, "sku_no": l.SKUNo, "code": l.Code, "quantity": l.Stock})
			}
		}
	}
	return obj{"levels": out}, nil
}

func renderCase(k *world.Case) obj {
	return obj{"no": k.No, "order_no": k.OrderNo, "line_no": k.LineNo, "kind": k.Kind, "state": k.State, "version": strconv.FormatInt(k.Version, 10),
		"refund": k.Refund, "quantity": k.Quantity, "reason": k.Reason, "note": k.Note, "return_carrier": k.ReturnCarrier, "return_waybill": k.ReturnWaybill,
		"created_at": k.CreatedAt, "modified_at": k.ModifiedAt, "decide_by_at": instant(k.DecideBy)}
}

func listCases(c *call) (any, error) {
	w, err := c.window()
	if err != nil {
		return nil, err
	}
	page, total := c.t.Cases(w.from, w.to, false, nil, w.offset(), int(w.size))
	list := []obj{}
	for _, k := range page {
		list = append(list, renderCase(k))
	}
	return w.answer(c.t, total, "aftersales", list)
}

func getCase(c *call) (any, error) {
	k := c.t.Case(c.r.PathValue("no"))
	if k == nil {
		return nil, fail(http.StatusNotFound, "not_found", "no such case")
	}
	return renderCase(k), nil
}

func listReviews(c *call) (any, error) {
	w, err := c.window()
	if err != nil {
		return nil, err
	}
	page, total := c.t.Reviews(w.from, w.to, w.offset(), int(w.size))
	list := []obj{}
	for _, r := range page {
		list = append(list, obj{"no": r.No, "order_no": r.OrderNo, "line_no": r.LineNo, "item_no": r.ItemNo, "score": r.Score, "text": r.Text,
			"reply": r.Reply, "created_at": r.CreatedAt})
	}
	return w.answer(c.t, total, "reviews", list)
}

func decrypt(c *call) (any, error) {
	if !keepsReceivers(c.t.Shop) {
		return nil, fail(http.StatusNotFound, "unsupported", "receivers are not ciphered")
	}
	var ask struct {
		Items []struct {
			OrderNo string `json:"order_no"`
			Field   string
			Text    string
		}
		Purpose string
	}
	if err := c.read(&ask); err != nil {
		return nil, err
	}
	if len(ask.Items) == 0 || len(ask.Items) > 50 || ask.Purpose == "" {
		return nil, fail(http.StatusBadRequest, "invalid", "1 to 50 items and a purpose")
	}
	if !c.t.TakeDecrypt(int64(len(ask.Items))) {
		return nil, &failed{http.StatusTooManyRequests, "throttled", "today's quota is used up", 3600_000}
	}
	out := []obj{}
	for _, i := range ask.Items {
		o := c.t.Order(i.OrderNo)
		plain := ""
		if o != nil {
			plain = map[string]string{"name": o.Receiver.Name, "phone": o.Receiver.Phone, "detail": o.Receiver.Detail}[i.Field]
		}
		if plain == "" || c.t.Cipher(o, i.Field, plain) != i.Text {
			out = append(out, obj{"ok": false, "code": "refused", "message": "the text is not this order's"})
			continue
		}
		out = append(out, obj{"ok": true, "plain": plain})
	}
	return obj{"results": out}, nil
}
