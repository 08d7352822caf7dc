package shopify

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

type obj = map[string]any

const code = "shopify"

// Platform is a Shopify shop.
func Platform() world.Platform {
	return world.Platform{
		Code: code, Name: "Shopify", Handler: handler, Push: push,
		AppKey: func(r *world.Random) string { return r.Hex(32) },
		Secret: func(r *world.Random) string { return "shpss_" + r.Hex(32) },
		Credentials: func(s *world.Shop) map[string]string {
			return map[string]string{"shop_domain": domain(s), "access_token": token(s), "client_secret": s.Secret}
		},
		// Shopify's numbers are read as doubles by its JavaScript clients: none is beyond 2^53.
		OrderNo: func(s *world.Shop, _ int64, serial uint64) string {
			return strconv.FormatUint(4_000_000_000_000+uint64(s.Number)*1_000_000_000+serial*100, 10) // #nosec G115 -- shops are few
		},
		LineNo: func(no string, _ uint64, i int) string { return fmt.Sprintf("%s%02d", no, i+1) },
		CaseNo: func(s *world.Shop, _ int64, serial uint64) string {
			return strconv.FormatUint(930_000_000_000+uint64(s.Number)*1_000_000_000+serial, 10) // #nosec G115 -- shops are few
		},
		SKUNo:     func(n uint64) string { return strconv.FormatUint(44_000_000_000_000+n, 10) },
		NoPresale: true, NoRisk: true, NoWishes: true,
	}
}

func domain(s *world.Shop) string { return s.Name + ".myshopify.com" }

func token(s *world.Shop) string {
	return "shpat_" + world.Stream(1, s.Name, s.AppKey, "token").Hex(32)
}

// call is one proved request of a shop.
type call struct {
	t    *world.Tx
	r    *http.Request
	body []byte
}

// failed is what stands in errors.
type failed struct {
	status int
	errors any
}

func (f *failed) Error() string { return fmt.Sprint(f.errors) }

func fail(status int, what any) error { return &failed{status, what} }

type answer struct {
	status int
	body   obj
	link   string
}

var routes = map[string]func(*call) (answer, error){
	"GET /shop.json":                               shopInfo,
	"GET /orders.json":                             listOrders,
	"GET /orders/{id}":                             getOrder,
	"PUT /orders/{id}":                             putOrder,
	"POST /orders/{id}/cancel.json":                cancel,
	"GET /orders/{id}/fulfillment_orders.json":     fulfillmentOrders,
	"POST /fulfillments.json":                      fulfill,
	"POST /fulfillments/{id}/update_tracking.json": updateTracking,
	"GET /variants/{id}":                           variant,
	"GET /inventory_levels.json":                   levels,
	"POST /inventory_levels/set.json":              setLevel,
	"GET /locations.json":                          locations,
}

func handler(w *world.World) http.Handler {
	m := http.NewServeMux()
	for pattern, f := range routes {
		method, path, _ := strings.Cut(pattern, " ")
		m.HandleFunc(method+" /admin/api/{version}"+path, proving(w, f))
	}
	m.HandleFunc("/", func(rw http.ResponseWriter, _ *http.Request) {
		write(rw, spell(answer{}, fail(http.StatusNotFound, "Not Found")))
	})
	return m
}

func proving(w *world.World, f func(*call) (answer, error)) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, 1<<20))
		if err != nil {
			return
		}
		got := []byte(r.Header.Get("X-Shopify-Access-Token"))
		shop := w.Find(code, func(s *world.Shop) bool { return subtle.ConstantTimeCompare([]byte(token(s)), got) == 1 })
		if shop == nil {
			write(rw, spell(answer{}, fail(http.StatusUnauthorized, "[API] Invalid API key or access token (unrecognized login or wrong password)")))
			return
		}
		shop.Exchange(rw, r, func(t *world.Tx, v world.Verdict) world.Reply {
			switch v.Fault {
			case world.Internal:
				return spell(answer{}, fail(http.StatusInternalServerError, "Internal Server Error"))
			case world.Throttled:
				a := spell(answer{}, fail(http.StatusTooManyRequests, "Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service."))
				a.Header.Set("Retry-After", strconv.FormatInt(v.BanSeconds, 10)+".0")
				return a
			case world.IPNotListed:
				return world.Reply{Status: http.StatusForbidden, Body: []byte("Forbidden")}
			case world.NoPermission:
				return spell(answer{}, fail(http.StatusForbidden, "[API] This action requires merchant approval for read_orders scope."))
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

func spell(a answer, err error) world.Reply {
	if err != nil {
		f := &failed{http.StatusUnprocessableEntity, obj{"base": []string{err.Error()}}}
		if !errors.As(err, &f) && world.KindOf(err) == world.NotFound {
			f = &failed{http.StatusNotFound, "Not Found"}
		}
		a = answer{status: f.status, body: obj{"errors": f.errors}}
	}
	reply := world.JSON(a.status, a.body)
	reply.Header.Set("X-Shopify-Shop-Api-Call-Limit", "1/40")
	if a.link != "" {
		reply.Header.Set("Link", a.link)
	}
	return reply
}

func (c *call) read(to any) error {
	if err := json.Unmarshal(c.body, to); err != nil {
		return fail(http.StatusBadRequest, obj{"base": []string{"Required parameter missing or invalid"}})
	}
	return nil
}
