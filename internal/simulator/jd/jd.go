package jd

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

const code = "jd"

const (
	day     = int64(24 * 3600_000)
	maxSkew = int64(10 * 60_000)
)

// Platform is JD.
func Platform() world.Platform {
	return world.Platform{
		Code: code, Name: "京东", Handler: handler,
		AppKey: func(r *world.Random) string { return strings.ToUpper(r.Hex(32)) },
		Credentials: func(s *world.Shop) map[string]string {
			return map[string]string{"app_key": s.AppKey, "app_secret": s.Secret}
		},
		OrderNo: func(s *world.Shop, _ int64, serial uint64) string {
			return strconv.FormatUint(9_200_000_000_000_001+uint64(s.Number)*10_000_000_000+serial*2, 10) // #nosec G115 -- shops are few
		},
		LineNo:       func(no string, _ uint64, i int) string { return no + "_" + strconv.Itoa(i+1) },
		DecryptDaily: 1000, NoWishes: true,
	}
}

// call is one proved request of a shop.
type call struct {
	t    *world.Tx
	r    *http.Request
	body []byte
}

type failed struct{ code, message string }

func (f *failed) Error() string { return f.message }

func fail(code, message string) error { return &failed{code, message} }

// answer is data and, of lists, their place.
type answer struct {
	data any
	page obj
}

var routes = map[string]func(*call) (answer, error){
	"GET /sp-order/v0/orders":                          listOrders,
	"GET /sp-order/v0/orders/{orderId}":                getOrder,
	"POST /sp-order/v0/orders/{orderId}/shipments":     ship,
	"PUT /sp-order/v0/orders/{orderId}/shipments":      reship,
	"PUT /sp-order/v0/orders/{orderId}/vender-remarks": remark,
	"PUT /sp-order/v0/orders/{orderId}/consignees":     changeConsignee,
	"GET /sp-order/v0/order-oaid-addresses":            oaidAddresses,
	"POST /sp-order/v0/order-oaid-addresses":           oaidAddresses,
	"GET /sp-order/v0/carriers":                        listCarriers,
	"GET /sp-aftercare/v0/afs-orders":                  listCases,
	"GET /sp-aftercare/v0/afs-orders/{afsOrderId}":     getCase,
	"PATCH /sp-aftercare/v0/afs-orders/{afsOrderId}":   patchCase,
	"PUT /sp-product/v0/sku-stocks/batch":              putStocks,
	"GET /sp-product/v0/sku-stocks":                    listStocks,
}

var placeholder = regexp.MustCompile(`\{(\w+)\}`)

func handler(w *world.World) http.Handler {
	m := http.NewServeMux()
	for pattern, f := range routes {
		var names []string
		for _, found := range placeholder.FindAllStringSubmatch(pattern, -1) {
			names = append(names, found[1])
		}
		m.HandleFunc(pattern, proving(w, names, f))
	}
	for _, path := range []string{"/oauth2/to_login", "/oauth2/access_token", "/oauth2/refresh_token"} {
		m.HandleFunc(path, oauth(w))
	}
	m.HandleFunc("/", func(rw http.ResponseWriter, _ *http.Request) {
		write(rw, spell(answer{}, fail("13", "不存在的方法名")))
	})
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if rest, ok := strings.CutPrefix(r.URL.Path, "/rest"); ok {
			r.URL.Path = rest
		}
		m.ServeHTTP(rw, r)
	})
}

func proving(w *world.World, names []string, f func(*call) (answer, error)) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, 1<<20))
		if err != nil {
			return
		}
		shop := w.ByApp(code, r.Header.Get("X-JOS-App-Key"))
		if shop == nil {
			write(rw, spell(answer{}, fail("20", "无效app_key")))
			return
		}
		shop.Exchange(rw, r, func(t *world.Tx, v world.Verdict) world.Reply {
			if err := admit(t, v, r, names, body); err != nil {
				return spell(answer{}, err)
			}
			return spell(f(&call{t, r, body}))
		})
	}
}

func admit(t *world.Tx, v world.Verdict, r *http.Request, names []string, body []byte) error {
	switch v.Fault {
	case world.Internal:
		return fail("43", "系统处理错误")
	case world.Throttled:
		return fail("2", "限制时间内调用失败次数")
	case world.IPNotListed:
		return fail("60", "IP不在白名单内")
	case world.NoPermission:
		return fail("22", "应用无权访问该接口")
	}
	headers, query, path := map[string]string{}, map[string]string{}, map[string]string{}
	for _, h := range []string{"X-JOS-App-Key", "X-JOS-Access-Token", "X-JOS-Timestamp", "X-JOS-Sign-Method"} {
		if one := r.Header.Get(h); one != "" {
			headers[h] = one
		}
	}
	for k, values := range r.URL.Query() {
		query[k] = strings.Join(values, ",")
	}
	for _, n := range names {
		path[n] = r.PathValue(n)
	}
	at, err := strconv.ParseInt(headers["X-JOS-Timestamp"], 10, 64)
	if err != nil || at < t.Now()-maxSkew || at > t.Now()+maxSkew {
		return fail("8", "非法的时间戳参数")
	}
	want := signOf(t.Secret, signed(headers, query, path, body))
	if subtle.ConstantTimeCompare([]byte(want), []byte(r.Header.Get("X-JOS-Sign"))) != 1 {
		return fail("10", "无效签名")
	}
	if t.CheckToken(headers["X-JOS-Access-Token"]) != world.TokenGood {
		return fail("19", "token已过期或者不存在，请重新授权")
	}
	return nil
}

func write(rw http.ResponseWriter, a world.Reply) {
	for k, v := range a.Header {
		rw.Header()[k] = v
	}
	rw.WriteHeader(a.Status)
	_, _ = rw.Write(a.Body)
}

// spell makes the answer of a result or an error; errors are HTTP 200 too.
func spell(a answer, err error) world.Reply {
	doc := obj{"extension": obj{"requestId": "sim-0"}, "success": err == nil, "data": a.data}
	if a.page != nil {
		doc["paginationData"] = a.page
	}
	if err != nil {
		f := &failed{"order.notAllowed", err.Error()}
		if !errors.As(err, &f) {
			switch world.KindOf(err) {
			case world.NotFound:
				f.code = "order.notFound"
			case world.Done:
				f.code = "order.alreadyDone"
			case world.Invalid:
				f.code = "invalidParameter"
			}
		}
		doc["data"], doc["errorList"] = nil, []obj{{"code": f.code, "message": f.message, "details": f.message}}
	}
	return world.JSON(http.StatusOK, doc)
}

// read reads a body, bare or inside the request object of that name.
func (c *call) read(wrapped string, to any) error {
	body := c.body
	var outer map[string]json.RawMessage
	if json.Unmarshal(body, &outer) == nil && outer[wrapped] != nil {
		body = outer[wrapped]
	}
	if err := json.Unmarshal(body, to); err != nil {
		return fail("invalidParameter", err.Error())
	}
	return nil
}

func (c *call) number(name string, fallback int64) int64 {
	if n, err := strconv.ParseInt(c.r.URL.Query().Get(name), 10, 64); err == nil {
		return n
	}
	return fallback
}

// id is a number that clients write bare or as a string.
type id string

func (n *id) UnmarshalJSON(b []byte) error {
	*n = id(strings.Trim(string(b), `"`))
	return nil
}

// oauth answers the page on which sellers agree (here at once) and the two ways to
// a token.
func oauth(w *world.World) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(rw, r.Body, 1<<16)
		shop := w.ByApp(code, r.FormValue("app_key"))
		if shop == nil {
			write(rw, world.JSON(http.StatusOK, obj{"code": 21, "msg": "app_key 无效"}))
			return
		}
		if r.URL.Path == "/oauth2/to_login" {
			agree(rw, r, shop)
			return
		}
		shop.Exchange(rw, r, func(t *world.Tx, v world.Verdict) world.Reply {
			if v.Fault != world.NoFault {
				return world.JSON(http.StatusOK, obj{"code": 500, "msg": "系统繁忙"})
			}
			if r.FormValue("app_secret") != t.Secret {
				return world.JSON(http.StatusOK, obj{"code": 403, "msg": "app_secret 错误"})
			}
			g, err := world.Grant{}, error(nil)
			if r.URL.Path == "/oauth2/access_token" {
				g, err = t.GrantByCode(r.FormValue("code"))
			} else {
				g, err = t.GrantByRefresh(r.FormValue("refresh_token"))
			}
			if err != nil {
				return world.JSON(http.StatusOK, obj{"code": 400, "msg": err.Error()})
			}
			return world.JSON(http.StatusOK, obj{"code": 0, "access_token": g.Access, "expires_in": (g.ExpiresAt - t.Now()) / 1000, "refresh_token": g.Refresh,
				"scope": "snsapi_base", "open_id": "o" + t.ID, "uid": t.ID, "time": t.Now(), "token_type": "bearer", "xid": "o*" + t.ID})
		})
	}
}

func agree(rw http.ResponseWriter, r *http.Request, shop *world.Shop) {
	back, err := url.Parse(r.FormValue("redirect_uri"))
	if err != nil || back.Host == "" {
		write(rw, world.JSON(http.StatusBadRequest, obj{"code": 400, "msg": "redirect_uri"}))
		return
	}
	var c string
	shop.Do(func(t *world.Tx) { c = t.NewCode() })
	q := back.Query()
	q.Set("code", c)
	q.Set("state", r.FormValue("state"))
	back.RawQuery = q.Encode()
	http.Redirect(rw, r, back.String(), http.StatusFound)
}
