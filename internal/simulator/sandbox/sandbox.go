// Package sandbox is the sandbox channel's side of the wire, written from
// docs/sandbox-channel.md.
package sandbox

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

const (
	code        = "sandbox"
	minute      = int64(60_000)
	windowLimit = 24 * 60 * minute
	pageLimit   = 100
)

// Platform is the sandbox channel.
func Platform() world.Platform {
	return world.Platform{
		Code: code, Name: "Sandbox", Handler: handler, Groups: true,
		CaseNo: func(_ *world.Shop, _ int64, serial uint64) string { return fmt.Sprintf("AS%d", serial) },
		LineNo: func(_ string, _ uint64, i int) string { return strconv.Itoa(i + 1) },
		Push:   push, Acknowledged: acknowledged,
		Credentials: func(s *world.Shop) map[string]string {
			return map[string]string{"app_key": s.AppKey, "secret": s.Secret}
		},
	}
}

// Sign is what stands in X-Sandbox-Sign: of a request with its method and target, of
// a push without.
func Sign(secret, method, target, at string, body []byte) string {
	digest := sha256.Sum256(body)
	text := at + "\n" + hex.EncodeToString(digest[:])
	if method != "" {
		text = method + "\n" + target + "\n" + text
	}
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(text))
	return hex.EncodeToString(m.Sum(nil))
}

type call struct {
	t    *world.Tx
	r    *http.Request
	body []byte
}

func handler(w *world.World) http.Handler {
	m := http.NewServeMux()
	for pattern, f := range map[string]func(call) world.Reply{
		"GET /v1/ping":                            ping,
		"GET /v1/orders":                          orders,
		"GET /v1/orders/{no}":                     oneOrder,
		"POST /v1/orders/{no}/shipments":          ship,
		"PUT /v1/orders/{no}/shipments/{waybill}": rewaybill,
		"PUT /v1/orders/{no}/memo":                memo,
		"POST /v1/orders/{no}/close":              closeOrder,
		"POST /v1/orders/{no}/address-answer":     answerWish,
		"PUT /v1/orders/{no}/price":               reprice,
		"PUT /v1/stock":                           stock,
		"GET /v1/aftersales":                      aftersales,
		"GET /v1/aftersales/{no}":                 oneCase,
		"POST /v1/aftersales/{no}/decision":       decide,
	} {
		m.HandleFunc(pattern, func(rw http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(io.LimitReader(r.Body, 4<<20))
			if err != nil {
				return
			}
			s := w.ByApp(code, r.Header.Get("X-Sandbox-App"))
			if s == nil {
				write(rw, fail(http.StatusUnauthorized, "app", "unknown app"))
				return
			}
			s.Exchange(rw, r, func(t *world.Tx, v world.Verdict) world.Reply {
				if refusal, bad := check(t, r, body, v); bad {
					return refusal
				}
				return f(call{t, r, body})
			})
		})
	}
	m.HandleFunc("/", func(rw http.ResponseWriter, _ *http.Request) {
		write(rw, fail(http.StatusNotFound, "not_found", "no such address"))
	})
	return m
}

func write(rw http.ResponseWriter, reply world.Reply) {
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	rw.WriteHeader(reply.Status)
	_, _ = rw.Write(reply.Body)
}

func fail(status int, code, message string) world.Reply {
	return world.JSON(status, map[string]any{"code": code, "message": message})
}

// check refuses what is wrongly signed, too far from the clock, or meets a fault.
func check(t *world.Tx, r *http.Request, body []byte, v world.Verdict) (world.Reply, bool) {
	at := r.Header.Get("X-Sandbox-Time")
	sent, err := strconv.ParseInt(at, 10, 64)
	want := Sign(t.Secret, r.Method, r.RequestURI, at, body)
	switch {
	case v.Fault == world.Internal:
		return fail(http.StatusInternalServerError, "internal", "internal error"), true
	case !hmac.Equal([]byte(want), []byte(r.Header.Get("X-Sandbox-Sign"))):
		return fail(http.StatusUnauthorized, "signature", "wrong signature"), true
	case err != nil || sent < t.Now()-10*minute || sent > t.Now()+10*minute:
		return fail(http.StatusUnauthorized, "clock", "clock is more than 10 minutes off"), true
	case v.Fault == world.IPNotListed:
		return fail(http.StatusForbidden, "ip", "address is not listed"), true
	case v.Fault == world.NoPermission:
		return fail(http.StatusForbidden, "permission", "the app may not do this"), true
	case v.Fault == world.Throttled:
		reply := world.JSON(http.StatusTooManyRequests, map[string]any{"code": "throttled", "message": "too many requests", "retry_after_ms": v.BanSeconds * 1000})
		reply.Header.Set("Retry-After", strconv.FormatInt(v.BanSeconds, 10))
		return reply, true
	}
	return world.Reply{}, false
}

func refusal(err error) world.Reply {
	switch world.KindOf(err) {
	case world.NotFound:
		return fail(http.StatusNotFound, "not_found", err.Error())
	case world.Done:
		return fail(http.StatusConflict, "done", err.Error())
	case world.Invalid:
		return fail(http.StatusBadRequest, "invalid", err.Error())
	}
	return fail(http.StatusConflict, "refused", err.Error())
}

func ping(c call) world.Reply {
	return world.JSON(http.StatusOK, map[string]any{"server_time": c.t.Now()})
}

// window reads from, to, page and page_size.
func (c call) window() (from, to int64, page, size int, bad *world.Reply) {
	q := c.r.URL.Query()
	from, err1 := strconv.ParseInt(q.Get("from"), 10, 64)
	to, err2 := strconv.ParseInt(q.Get("to"), 10, 64)
	page, size = 1, pageLimit
	var err3, err4 error
	if v := q.Get("page"); v != "" {
		page, err3 = strconv.Atoi(v)
	}
	if v := q.Get("page_size"); v != "" {
		size, err4 = strconv.Atoi(v)
	}
	refuse := func(code, message string) *world.Reply { r := fail(http.StatusBadRequest, code, message); return &r }
	switch {
	case err1 != nil || err2 != nil || err3 != nil || err4 != nil || page < 1 || size < 1 || size > pageLimit || to < from:
		bad = refuse("invalid", "from, to, page or page_size is wrong")
	case to-from > windowLimit:
		bad = refuse("window", "a window has 24 hours at most")
	case page > 1000:
		bad = refuse("window", "a window has 1,000 pages at most")
	}
	return from, to, page, size, bad
}

func orders(c call) world.Reply {
	from, to, page, size, bad := c.window()
	if bad != nil {
		return *bad
	}
	q := world.Query{From: from, To: to}
	switch c.r.URL.Query().Get("by") {
	case "modified":
	case "created":
		q.By = world.ByCreated
	default:
		return fail(http.StatusBadRequest, "invalid", "by is modified or created")
	}
	list, total := c.t.List(q, (page-1)*size, size)
	if total > size*1000 {
		return fail(http.StatusBadRequest, "window", "the window holds too many orders")
	}
	docs := make([]any, len(list))
	for i, o := range list {
		docs[i] = render(o)
	}
	return world.JSON(http.StatusOK, map[string]any{"server_time": c.t.Now(), "total": total, "page": page, "page_size": size, "orders": docs})
}

func oneOrder(c call) world.Reply {
	o := c.t.Order(c.r.PathValue("no"))
	if o == nil {
		return fail(http.StatusNotFound, "not_found", "no such order")
	}
	return world.JSON(http.StatusOK, render(o))
}

func instant(at int64) any {
	if at == 0 {
		return nil
	}
	return at
}

func render(o *world.Order) map[string]any {
	p := o.Receiver
	lines := make([]any, len(o.Lines))
	for i, l := range o.Lines {
		lines[i] = map[string]any{"no": l.No, "title": l.Title, "sku_text": l.SKUText, "sku_code": l.Code, "item_no": l.ItemNo, "sku_no": l.SKUNo,
			"quantity": l.Quantity, "price": l.Price, "paid": l.Paid(), "gift": l.Gift, "status": l.Status, "refund_status": l.Refund, "refund": l.Refunded}
	}
	parcels := []any{}
	for _, x := range o.Parcels {
		carrier := x.Carrier
		if x.Elsewhere {
			carrier = "YTO"
		}
		parcels = append(parcels, map[string]any{"carrier": carrier, "waybill": x.Waybill, "shipped_at": x.ShippedAt})
	}
	holds := []string{}
	for _, h := range o.Holds {
		if h == world.HoldGift {
			h = "paused"
		}
		holds = append(holds, h)
	}
	doc := map[string]any{
		"no": o.No, "status": o.Status, "created_at": o.CreatedAt, "paid_at": instant(o.PaidAt), "modified_at": o.ModifiedAt,
		"ship_by_at": instant(o.ShipBy), "completed_at": instant(o.CompletedAt),
		"buyer": map[string]any{"key": o.BuyerKey, "nick": world.MaskName(o.BuyerNick)},
		"receiver": map[string]any{"name": world.MaskName(p.Name), "phone": world.MaskPhone(p.Phone), "province": p.Province, "city": p.City,
			"district": p.District, "town": p.Town, "detail": world.MaskDetail(p.Detail), "encrypted": false},
		"buyer_note": o.BuyerNote, "seller_note": o.Memo, "flag": o.Flag, "holds": holds,
		"amounts": map[string]any{"goods": o.Goods(), "merchant_discount": o.MerchantDiscount() - o.Adjust(), "platform_discount": o.PlatformDiscount(),
			"freight": o.Freight, "buyer_paid": o.BuyerPaid(), "merchant_receivable": o.Receivable()},
		"lines": lines, "refund_status": o.Refund, "refund": o.Refunded, "parcels": parcels,
	}
	o.Spoil(doc, "amounts", "created_at", "lines")
	return doc
}

func aftersales(c call) world.Reply {
	from, to, page, size, bad := c.window()
	if bad != nil {
		return *bad
	}
	list, total := c.t.Cases(from, to, false, nil, (page-1)*size, size)
	docs := make([]any, len(list))
	for i, x := range list {
		docs[i] = renderCase(x)
	}
	return world.JSON(http.StatusOK, map[string]any{"server_time": c.t.Now(), "total": total, "page": page, "page_size": size, "aftersales": docs})
}

func oneCase(c call) world.Reply {
	x := c.t.Case(c.r.PathValue("no"))
	if x == nil {
		return fail(http.StatusNotFound, "not_found", "no such case")
	}
	return world.JSON(http.StatusOK, renderCase(x))
}

func renderCase(c *world.Case) map[string]any {
	return map[string]any{"no": c.No, "order_no": c.OrderNo, "line_no": c.LineNo, "kind": c.Kind, "state": c.State, "version": strconv.FormatInt(c.Version, 10),
		"refund": c.Refund, "quantity": c.Quantity, "reason": c.Reason, "note": c.Note, "return_carrier": c.ReturnCarrier, "return_waybill": c.ReturnWaybill,
		"created_at": c.CreatedAt, "modified_at": c.ModifiedAt, "decide_by_at": c.DecideBy}
}

// read decodes the body; every effect has a key.
func (c call) read(v any, key *string) *world.Reply {
	d := json.NewDecoder(bytes.NewReader(c.body))
	if err := d.Decode(v); err != nil {
		r := fail(http.StatusBadRequest, "invalid", err.Error())
		return &r
	}
	if *key == "" || len(*key) > 64 {
		r := fail(http.StatusBadRequest, "invalid", "key has 1 to 64 characters")
		return &r
	}
	return nil
}

func answer(err error, v map[string]any) world.Reply {
	if err != nil {
		return refusal(err)
	}
	return world.JSON(http.StatusOK, v)
}

func ship(c call) world.Reply {
	var b struct {
		Key, Carrier, Waybill string
		Lines                 []world.ParcelLine
		Last                  bool
	}
	if bad := c.read(&b, &b.Key); bad != nil {
		return *bad
	}
	if b.Carrier == "" {
		return fail(http.StatusBadRequest, "invalid", "carrier is missing")
	}
	no, err := c.t.Ship(c.r.PathValue("no"), world.Shipment{Key: b.Key, Carrier: b.Carrier, Waybill: b.Waybill, Lines: b.Lines})
	return answer(err, map[string]any{"shipment_no": no})
}

func rewaybill(c call) world.Reply {
	var b struct{ Key, Carrier, Waybill string }
	if bad := c.read(&b, &b.Key); bad != nil {
		return *bad
	}
	return answer(c.t.Rewaybill(c.r.PathValue("no"), b.Key, c.r.PathValue("waybill"), b.Carrier, b.Waybill), map[string]any{})
}

func memo(c call) world.Reply {
	var b struct {
		Key, Text string
		Flag      int
	}
	if bad := c.read(&b, &b.Key); bad != nil {
		return *bad
	}
	if b.Flag < 0 || b.Flag > 5 {
		return fail(http.StatusBadRequest, "invalid", "flag is 0 to 5")
	}
	return answer(c.t.Memo(c.r.PathValue("no"), b.Key, &b.Text, &b.Flag), map[string]any{})
}

func closeOrder(c call) world.Reply {
	var b struct{ Key, Reason string }
	if bad := c.read(&b, &b.Key); bad != nil {
		return *bad
	}
	return answer(c.t.Close(c.r.PathValue("no"), b.Key, b.Reason), map[string]any{})
}

func answerWish(c call) world.Reply {
	var b struct {
		Key, Reason string
		Accept      bool
	}
	if bad := c.read(&b, &b.Key); bad != nil {
		return *bad
	}
	return answer(c.t.AnswerWish(c.r.PathValue("no"), b.Key, b.Accept, b.Reason), map[string]any{})
}

func reprice(c call) world.Reply {
	b := struct {
		Key   string
		Lines []struct {
			No   string
			Paid int64
		}
		Freight int64
	}{Freight: -1}
	if bad := c.read(&b, &b.Key); bad != nil {
		return *bad
	}
	paid := map[string]int64{}
	for _, l := range b.Lines {
		paid[l.No] = l.Paid
	}
	return answer(c.t.Reprice(c.r.PathValue("no"), b.Key, paid, b.Freight), map[string]any{})
}

func stock(c call) world.Reply {
	var b struct {
		Key    string
		Levels []struct {
			ItemNo   string `json:"item_no"`
			SKUNo    string `json:"sku_no"`
			Code     string
			Quantity int64
		}
	}
	if bad := c.read(&b, &b.Key); bad != nil {
		return *bad
	}
	results := []any{}
	for i, l := range b.Levels {
		err := c.t.SetStock(world.Level{Key: b.Key + "/" + strconv.Itoa(i), ItemNo: l.ItemNo, SKUNo: l.SKUNo, Code: l.Code, Quantity: l.Quantity})
		one := map[string]any{"ok": err == nil, "code": "", "message": ""}
		if err != nil {
			one["code"], one["message"] = string(world.KindOf(err)), err.Error()
		}
		results = append(results, one)
	}
	return world.JSON(http.StatusOK, map[string]any{"results": results})
}

func decide(c call) world.Reply {
	var b struct {
		Key, Reason string
		Approve     bool
		Amount      int64
	}
	if bad := c.read(&b, &b.Key); bad != nil {
		return *bad
	}
	return answer(c.t.Decide(world.Decision{Key: b.Key, CaseNo: c.r.PathValue("no"), Approve: b.Approve, Amount: b.Amount, Reason: b.Reason}), map[string]any{})
}

// topics are the events that the sandbox tells of.
var topics = map[world.Topic]string{world.TopicRefundCreated: "aftersale.created", world.TopicRefundAgreed: "aftersale.changed",
	world.TopicRefundRefused: "aftersale.changed", world.TopicRefundReturn: "aftersale.changed", world.TopicRefundClosed: "aftersale.changed", world.TopicRefundDone: "aftersale.changed"}

func push(s *world.Shop, e world.Event) (world.Push, bool) {
	topic, ok := topics[e.Topic]
	if !ok {
		topic = "order." + string(e.Topic)
	}
	no := ""
	if e.Case != nil {
		no = e.Case.No
	}
	body, err := world.Encode(map[string]any{"event_id": fmt.Sprintf("e-%s-%d", s.ID, e.Serial), "topic": topic, "order_no": e.Order.No, "aftersale_no": no, "at": e.At})
	if err != nil {
		return world.Push{}, false
	}
	at := strconv.FormatInt(e.SentAt, 10)
	return world.Push{Body: body, Header: http.Header{"Content-Type": {"application/json"}, "X-Sandbox-App": {s.AppKey}, "X-Sandbox-Time": {at},
		"X-Sandbox-Sign": {Sign(s.Secret, "", "", at, body)}}}, true
}

func acknowledged(status int, body []byte) bool {
	var a struct{ OK bool }
	return status == http.StatusOK && json.Unmarshal(body, &a) == nil && a.OK
}
