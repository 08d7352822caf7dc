package woocommerce

import (
	"bytes"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

type obj = map[string]any

const code = "woocommerce"

const (
	root    = "/wp-json/wc/v3"
	maxSkew = int64(15 * 60_000)
)

// Platform is a WooCommerce site.
func Platform() world.Platform {
	p := &pusher{}
	return world.Platform{
		Code: code, Name: "WooCommerce", Handler: handler, Push: p.push,
		AppKey: func(r *world.Random) string { return "ck_" + r.Hex(40) },
		Secret: func(r *world.Random) string { return "cs_" + r.Hex(40) },
		Credentials: func(s *world.Shop) map[string]string {
			return map[string]string{"consumer_key": s.AppKey, "consumer_secret": s.Secret, "webhook_secret": hookSecret(s)}
		},
		OrderNo: func(s *world.Shop, _ int64, serial uint64) string {
			return strconv.FormatUint(uint64(s.Number)*1_000_000+1000+serial*3, 10) // #nosec G115 -- shops are few
		},
		LineNo: func(_ string, serial uint64, i int) string { return strconv.FormatUint(serial*10+uint64(i)+1, 10) }, // #nosec G115 -- lines are few
		CaseNo: func(s *world.Shop, _ int64, serial uint64) string {
			return strconv.FormatUint(uint64(s.Number)*1_000_000+1001+serial*3, 10)
		}, // #nosec G115 -- shops are few
		ItemNo:  func(n uint64) string { return strconv.FormatUint(n-599_999_000, 10) },
		NoSplit: true, NoPresale: true, NoRisk: true, NoWishes: true,
	}
}

// call is one proved request of a site.
type call struct {
	t    *world.Tx
	r    *http.Request
	q    url.Values
	body []byte
}

// failed is WordPress' error.
type failed struct {
	status        int
	code, message string
}

func (f *failed) Error() string { return f.message }

func fail(status int, code, message string) error { return &failed{status, code, message} }

// answer is a body and how many things a list has in all, -1 for no list.
type answer struct {
	status int
	body   any
	total  int
	size   int
}

func one(v any) answer { return answer{http.StatusOK, v, -1, 1} }

var routes = map[string]func(*call) (answer, error){
	"GET /orders":                               listOrders,
	"GET /orders/{id}":                          getOrder,
	"PUT /orders/{id}":                          putOrder,
	"GET /orders/{id}/notes":                    listNotes,
	"POST /orders/{id}/notes":                   addNote,
	"GET /orders/{id}/refunds":                  listRefunds,
	"POST /orders/{id}/refunds":                 addRefund,
	"GET /orders/{id}/refunds/{refund}":         getRefund,
	"GET /refunds":                              allRefunds,
	"GET /products":                             listProducts,
	"GET /products/{id}/variations":             listVariations,
	"GET /products/{id}/variations/{variation}": getVariation,
	"PUT /products/{id}/variations/{variation}": putVariation,
	"POST /products/{id}/variations/batch":      batchVariations,
}

func handler(w *world.World) http.Handler {
	m := http.NewServeMux()
	for pattern, f := range routes {
		method, path, _ := strings.Cut(pattern, " ")
		m.HandleFunc(method+" "+root+path, proving(w, f))
		if method == http.MethodPut { // WordPress takes POST for it too
			m.HandleFunc("POST "+root+path, proving(w, f))
		}
	}
	m.HandleFunc("/", func(rw http.ResponseWriter, _ *http.Request) {
		write(rw, spell(answer{}, fail(http.StatusNotFound, "rest_no_route", "No route was found matching the URL and request method.")))
	})
	return m
}

func proving(w *world.World, f func(*call) (answer, error)) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, 1<<20))
		if err != nil {
			return
		}
		q := r.URL.Query()
		shop := w.ByApp(code, consumer(r, q))
		if shop == nil {
			write(rw, spell(answer{}, fail(http.StatusUnauthorized, "woocommerce_rest_authentication_error", "Consumer key is invalid.")))
			return
		}
		shop.Exchange(rw, r, func(t *world.Tx, v world.Verdict) world.Reply {
			if reply, bad := refuse(v); bad {
				return reply
			}
			if err := prove(t, r, q); err != nil {
				return spell(answer{}, err)
			}
			return spell(f(&call{t, r, q, body}))
		})
	}
}

// consumer is the key with which a request says whose it is.
func consumer(r *http.Request, q url.Values) string {
	if user, _, ok := r.BasicAuth(); ok {
		return user
	}
	for _, name := range []string{"consumer_key", "oauth_consumer_key"} {
		if k := q.Get(name); k != "" {
			return k
		}
	}
	return oauthHeader(r).Get("oauth_consumer_key")
}

// oauthHeader are the parameters of an OAuth Authorization header.
func oauthHeader(r *http.Request) url.Values {
	out := url.Values{}
	rest, ok := strings.CutPrefix(r.Header.Get("Authorization"), "OAuth ")
	if !ok {
		return out
	}
	for _, part := range strings.Split(rest, ",") {
		k, v, _ := strings.Cut(strings.TrimSpace(part), "=")
		if u, err := url.QueryUnescape(strings.Trim(v, `"`)); err == nil {
			out.Set(k, u)
		}
	}
	return out
}

func prove(t *world.Tx, r *http.Request, q url.Values) error {
	same := func(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
	bad := fail(http.StatusUnauthorized, "woocommerce_rest_authentication_error", "Consumer secret is invalid.")
	if _, secret, ok := r.BasicAuth(); ok {
		if same(secret, t.Secret) {
			return nil
		}
		return bad
	}
	if q.Has("consumer_key") {
		if same(q.Get("consumer_secret"), t.Secret) {
			return nil
		}
		return bad
	}
	all := url.Values{}
	for _, from := range []url.Values{asPHP(q), oauthHeader(r)} {
		for k, v := range from {
			all[k] = v
		}
	}
	at, err := strconv.ParseInt(all.Get("oauth_timestamp"), 10, 64)
	if err != nil || at*1000 < t.Now()-maxSkew || at*1000 > t.Now()+maxSkew {
		return fail(http.StatusUnauthorized, "woocommerce_rest_authentication_error", "Invalid timestamp.")
	}
	path, _, _ := strings.Cut(r.RequestURI, "?")
	if all.Get("oauth_signature_method") != "HMAC-SHA256" || !same(all.Get("oauth_signature"), oauthSign(t.Secret, r.Method, "http://"+r.Host+path, all)) {
		return fail(http.StatusUnauthorized, "woocommerce_rest_authentication_error", "Invalid signature - provided signature does not match.")
	}
	return nil
}

// refuse is what a site's host answers in WordPress' place.
func refuse(v world.Verdict) (world.Reply, bool) {
	html := http.Header{"Content-Type": {"text/html"}}
	switch v.Fault {
	case world.Internal:
		return world.Reply{Status: http.StatusInternalServerError, Header: html, Body: []byte("<html><body>There has been a critical error on this website.</body></html>")}, true
	case world.Throttled:
		html.Set("Retry-After", strconv.FormatInt(v.BanSeconds, 10))
		return world.Reply{Status: http.StatusTooManyRequests, Header: html, Body: []byte("<html><body>429 Too Many Requests</body></html>")}, true
	case world.IPNotListed:
		return world.Reply{Status: http.StatusForbidden, Header: html, Body: []byte("<html><body>403 Forbidden</body></html>")}, true
	case world.NoPermission:
		return spell(answer{}, fail(http.StatusUnauthorized, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")), true
	}
	return world.Reply{}, false
}

func write(rw http.ResponseWriter, a world.Reply) {
	for k, v := range a.Header {
		rw.Header()[k] = v
	}
	rw.WriteHeader(a.Status)
	_, _ = rw.Write(a.Body)
}

func spell(a answer, err error) world.Reply {
	if err != nil {
		f := &failed{http.StatusBadRequest, "woocommerce_rest_invalid_order", err.Error()}
		if !errors.As(err, &f) && world.KindOf(err) == world.NotFound {
			f.status, f.code, f.message = http.StatusNotFound, "woocommerce_rest_shop_order_invalid_id", "Invalid ID."
		}
		a = answer{f.status, obj{"code": f.code, "message": f.message, "data": obj{"status": f.status}}, -1, 1}
	}
	reply := world.JSON(a.status, a.body)
	reply.Body = ascii(reply.Body)
	if a.total >= 0 {
		reply.Header.Set("X-WP-Total", strconv.Itoa(a.total))
		reply.Header.Set("X-WP-TotalPages", strconv.Itoa((a.total+a.size-1)/a.size))
	}
	return reply
}

// ascii writes JSON as WordPress does, without a character beyond ASCII.
func ascii(b []byte) []byte {
	var out bytes.Buffer
	for _, r := range string(b) {
		switch {
		case r < 0x80:
			out.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(&out, `\u%04x`, r)
		default:
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, hi, lo)
		}
	}
	return out.Bytes()
}

func (c *call) read(to any) error {
	if err := json.Unmarshal(c.body, to); err != nil {
		return fail(http.StatusBadRequest, "rest_invalid_json", "Invalid JSON body passed.")
	}
	return nil
}

// page reads per_page and page.
func (c *call) page() (offset, size int, err error) {
	size, page := 10, 1
	if v := c.q.Get("per_page"); v != "" {
		size, err = strconv.Atoi(v)
	}
	if v := c.q.Get("page"); v != "" && err == nil {
		page, err = strconv.Atoi(v)
	}
	if err != nil || size < 1 || size > 100 || page < 1 {
		return 0, 0, fail(http.StatusBadRequest, "rest_invalid_param", "Invalid parameter(s): per_page must be between 1 (inclusive) and 100 (inclusive)")
	}
	return (page - 1) * size, size, nil
}
