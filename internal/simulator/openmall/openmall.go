package openmall

import (
	"bytes"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

const code = "openmall"

// Limits of docs/openmall.md.
const (
	minute    = int64(60_000)
	maxSkew   = 10 * minute
	maxSpan   = 7 * 24 * 60 * minute
	maxPage   = 100
	maxOrders = 50_000
	maxBody   = 1 << 20
)

// Platform is the own mall.
func Platform() world.Platform {
	return world.Platform{
		Code: code, Name: "Open mall",
		Handler: func(w *world.World) http.Handler { return newServer(w) },
		Push:    push,
		Acknowledged: func(status int, body []byte) bool {
			var a struct{ OK bool }
			return status == http.StatusOK && json.Unmarshal(body, &a) == nil && a.OK
		},
		Credentials: func(s *world.Shop) map[string]string {
			return map[string]string{"app_key": s.AppKey, "secret": s.Secret}
		},
		AppKey:       func(r *world.Random) string { return "k_" + r.Hex(12) },
		LineNo:       func(_ string, _ uint64, i int) string { return strconv.Itoa(i + 1) },
		DecryptDaily: 2000, Groups: true,
	}
}

type server struct {
	w   *world.World
	mux *http.ServeMux
	mu  sync.Mutex
	did map[string]string // shop and key → the request that was carried out
}

// call is one request of a shop, its signature proved.
type call struct {
	t    *world.Tx
	r    *http.Request
	body []byte
}

// failed is an error of section 3.
type failed struct {
	status        int
	code, message string
	waitMS        int64
}

func (f *failed) Error() string { return f.message }

func fail(status int, code, message string) error {
	return &failed{status: status, code: code, message: message}
}

func newServer(w *world.World) http.Handler {
	s := &server{w: w, mux: http.NewServeMux(), did: map[string]string{}}
	for pattern, f := range map[string]func(*call) (any, error){
		"GET /v1/hello": hello, "GET /v1/orders": listOrders, "GET /v1/orders/{no}": getOrder,
		"GET /v1/stock": getStock, "GET /v1/aftersales": listCases, "GET /v1/aftersales/{no}": getCase,
		"GET /v1/reviews": listReviews, "POST /v1/receivers/decrypt": decrypt,
	} {
		s.mux.HandleFunc(pattern, s.answering(f))
	}
	for pattern, f := range map[string]func(*call, string) (any, error){
		"POST /v1/orders/{no}/shipments": ship, "PUT /v1/orders/{no}/shipments/{waybill}": changeWaybill,
		"PUT /v1/orders/{no}/memo": memo, "POST /v1/orders/{no}/close": closeOrder, "PUT /v1/orders/{no}/receiver": readdress,
		"POST /v1/orders/{no}/address-answer": answerAddress, "PUT /v1/orders/{no}/price": reprice, "PUT /v1/stock": setStock,
		"POST /v1/aftersales/{no}/decision": decide, "POST /v1/reviews/{no}/reply": reply,
	} {
		s.mux.HandleFunc(pattern, s.answering(s.once(f)))
	}
	s.mux.HandleFunc("/", s.answering(func(*call) (any, error) { return nil, fail(http.StatusNotFound, "unsupported", "no such request") }))
	return s.mux
}

// answering proves a request and spells its answer.
func (s *server) answering(f func(*call) (any, error)) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, maxBody))
		if err != nil {
			return
		}
		shop := s.w.ByApp(code, r.Header.Get("X-Openmall-Key"))
		if shop == nil {
			write(rw, spell(nil, fail(http.StatusUnauthorized, "app", "unknown app key")))
			return
		}
		shop.Exchange(rw, r, func(t *world.Tx, v world.Verdict) world.Reply {
			if err := admit(t, v, r, body); err != nil {
				return spell(nil, err)
			}
			return spell(f(&call{t, r, body}))
		})
	}
}

func write(rw http.ResponseWriter, a world.Reply) {
	for k, v := range a.Header {
		rw.Header()[k] = v
	}
	rw.WriteHeader(a.Status)
	_, _ = rw.Write(a.Body)
}

func admit(t *world.Tx, v world.Verdict, r *http.Request, body []byte) error {
	switch v.Fault {
	case world.Internal:
		return fail(http.StatusInternalServerError, "internal", "internal error")
	case world.Throttled:
		return &failed{http.StatusTooManyRequests, "throttled", "too many calls", v.BanSeconds * 1000}
	case world.IPNotListed:
		return fail(http.StatusForbidden, "ip", "address is not listed")
	case world.NoPermission:
		return fail(http.StatusForbidden, "permission", "the app key may not do this")
	}
	at := r.Header.Get("X-Openmall-Time")
	ms, err := strconv.ParseInt(at, 10, 64)
	if err != nil || ms < t.Now()-maxSkew || ms > t.Now()+maxSkew {
		return fail(http.StatusUnauthorized, "clock", "the time is more than 10 minutes off")
	}
	want := requestSign(t.Secret, at, r.Method, r.RequestURI, body)
	if subtle.ConstantTimeCompare([]byte(want), []byte(r.Header.Get("X-Openmall-Sign"))) != 1 {
		return fail(http.StatusUnauthorized, "signature", "wrong signature")
	}
	return nil
}

// spell makes the answer of a result or an error.
func spell(v any, err error) world.Reply {
	if err == nil {
		a := world.JSON(http.StatusOK, v)
		a.Header.Set("X-Openmall-Version", "1")
		return a
	}
	f := &failed{status: http.StatusBadRequest, code: "invalid", message: err.Error()}
	if !errors.As(err, &f) {
		switch world.KindOf(err) {
		case world.NotFound:
			f.status, f.code = http.StatusNotFound, "not_found"
		case world.Refused:
			f.status, f.code = http.StatusConflict, "refused"
		case world.Done:
			f.status, f.code = http.StatusConflict, "done"
		}
	}
	doc := obj{"code": f.code, "message": f.message, "retry_after_ms": nil}
	if f.waitMS > 0 {
		doc["retry_after_ms"] = f.waitMS
	}
	a := world.JSON(f.status, doc)
	a.Header.Set("X-Openmall-Version", "1")
	if f.waitMS > 0 {
		a.Header.Set("Retry-After", strconv.FormatInt(f.waitMS/1000, 10))
	}
	return a
}

// once reads the key of a request that changes something and refuses one that was
// used for another.
func (s *server) once(f func(*call, string) (any, error)) func(*call) (any, error) {
	return func(c *call) (any, error) {
		var with struct{ Key string }
		if err := c.read(&with); err != nil {
			return nil, err
		}
		if with.Key == "" || len(with.Key) > 64 {
			return nil, fail(http.StatusBadRequest, "invalid", "key has 1 to 64 characters")
		}
		id := c.t.Name + "|" + with.Key
		request := hash([]byte(c.r.Method + " " + c.r.RequestURI + "\n" + string(c.body)))
		s.mu.Lock()
		before, used := s.did[id]
		s.mu.Unlock()
		if used && before != request {
			return nil, fail(http.StatusConflict, "refused", "the key was used for another request")
		}
		v, err := f(c, with.Key)
		if err == nil {
			s.mu.Lock()
			s.did[id] = request
			s.mu.Unlock()
		}
		return v, err
	}
}

func (c *call) read(to any) error {
	d := json.NewDecoder(bytes.NewReader(c.body))
	if err := d.Decode(to); err != nil {
		return fail(http.StatusBadRequest, "invalid", "body: "+err.Error())
	}
	return nil
}

func (c *call) number(name string, fallback int64) (int64, error) {
	s := c.r.URL.Query().Get(name)
	if s == "" && fallback >= 0 {
		return fallback, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0, fail(http.StatusBadRequest, "invalid", name)
	}
	return n, nil
}

// window is what every list asks for.
type window struct {
	from, to, page, size int64
}

func (c *call) window() (w window, err error) {
	for _, f := range []struct {
		to       *int64
		name     string
		fallback int64
	}{{&w.from, "from", -1}, {&w.to, "to", -1}, {&w.page, "page", 1}, {&w.size, "page_size", maxPage}} {
		if *f.to, err = c.number(f.name, f.fallback); err != nil {
			return w, err
		}
	}
	switch {
	case w.page < 1 || w.size < 1 || w.size > maxPage:
		return w, fail(http.StatusBadRequest, "invalid", "page, page_size")
	case w.to < w.from:
		return w, fail(http.StatusBadRequest, "invalid", "to is before from")
	case w.to-w.from > maxSpan:
		return w, fail(http.StatusBadRequest, "window", "the window is wider than 7 days")
	}
	return w, nil
}

func (w window) offset() int { return int((w.page - 1) * w.size) }

func (w window) answer(t *world.Tx, total int, name string, list any) (any, error) {
	if total > maxOrders {
		return nil, fail(http.StatusBadRequest, "window", "the window holds more than 50000")
	}
	return obj{"server_time": t.Now(), "total": total, "page": w.page, "page_size": w.size, name: list}, nil
}

func push(s *world.Shop, e world.Event) (world.Push, bool) {
	topic := map[world.Topic]string{world.TopicCreated: "order.created", world.TopicPaid: "order.paid", world.TopicShipped: "order.shipped",
		world.TopicCompleted: "order.completed", world.TopicClosed: "order.closed"}[e.Topic]
	caseNo := ""
	switch {
	case e.Case != nil:
		topic, caseNo = "aftersale.changed", e.Case.No
	case e.Topic == world.TopicReviewed:
		topic = "review.created"
	case topic == "":
		topic = "order.changed"
	}
	body, err := world.Encode(obj{"event_id": s.Name + "-" + strconv.FormatUint(e.Serial, 10), "topic": topic, "shop_id": s.ID,
		"order_no": e.Order.No, "aftersale_no": caseNo, "at": e.At})
	if err != nil {
		return world.Push{}, false
	}
	at := strconv.FormatInt(s.World().Now(), 10)
	return world.Push{Body: body, Header: http.Header{"Content-Type": {"application/json"}, "X-Openmall-Key": {s.AppKey},
		"X-Openmall-Time": {at}, "X-Openmall-Sign": {hintSign(s.Secret, at, body)}}}, true
}
