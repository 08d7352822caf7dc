package wxmall

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

type obj = map[string]any

const code = "wxmall"

const (
	day      = int64(24 * 3600_000)
	tokenTTL = int64(7200_000)
)

// Platform is a mini-program's own mall.
func Platform() world.Platform {
	return world.Platform{
		Code: code, Name: "微信小程序商城",
		Handler: func(w *world.World) http.Handler { return &server{w: w, forced: map[string]*forced{}} },
		AppKey:  func(r *world.Random) string { return "wx" + r.Hex(16) },
		Credentials: func(s *world.Shop) map[string]string {
			return map[string]string{"app_id": s.AppKey, "app_secret": s.Secret, "mch_id": merchant(s)}
		},
		TokenTTL: tokenTTL, NoPresale: true, NoRisk: true, NoWishes: true,
	}
}

// merchant is the shop's number at the payment service.
func merchant(s *world.Shop) string { return "16" + s.ID }

type server struct {
	w      *world.World
	mu     sync.Mutex
	forced map[string]*forced // by shop: how often a token was forced today
}

type forced struct{ day, times, last int64 }

type call struct {
	t    *world.Tx
	body []byte
}

type failed struct {
	code    int
	message string
}

func (f *failed) Error() string { return f.message }

func fail(code int, message string) error { return &failed{code, message} }

var uses = map[string]func(*call) (obj, error){
	"/wxa/sec/order/upload_shipping_info":                       upload,
	"/wxa/sec/order/get_order":                                  getOrder,
	"/wxa/sec/order/get_order_list":                             listOrders,
	"/wxa/sec/order/notify_confirm_receive":                     notify,
	"/wxa/sec/order/is_trade_managed":                           func(*call) (obj, error) { return obj{"is_trade_managed": true}, nil },
	"/wxa/sec/order/is_trade_management_confirmation_completed": func(*call) (obj, error) { return obj{"completed": true}, nil },
	"/cgi-bin/express/delivery/open_msg/get_delivery_list":      deliveryList,
}

// ServeHTTP answers one request.
func (s *server) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, 1<<20))
	if err != nil {
		return
	}
	use := uses[r.URL.Path]
	token := r.URL.Query().Get("access_token")
	switch {
	case r.Method != http.MethodPost:
		write(rw, spell(nil, fail(43002, "require POST method")))
		return
	case r.URL.Path == "/cgi-bin/stable_token":
		s.stableToken(rw, r, body)
		return
	case use == nil:
		write(rw, spell(nil, fail(40066, "invalid url")))
		return
	case token == "":
		write(rw, spell(nil, fail(41001, "access_token missing")))
		return
	}
	shop, state := s.holder(token)
	if shop == nil {
		write(rw, spell(nil, fail(40001, "invalid credential, access_token is invalid or not latest")))
		return
	}
	shop.Exchange(rw, r, func(t *world.Tx, v world.Verdict) world.Reply {
		if reply, bad := refuse(v); bad {
			return reply
		}
		if state == world.TokenExpired {
			return spell(nil, fail(42001, "access_token expired"))
		}
		return spell(use(&call{t, body}))
	})
}

func refuse(v world.Verdict) (world.Reply, bool) {
	switch v.Fault {
	case world.Internal:
		return spell(nil, fail(-1, "system error")), true
	case world.Throttled:
		return spell(nil, fail(45011, "api minute-quota reach limit, must slower, retry next minute")), true
	case world.IPNotListed:
		return world.Reply{Status: http.StatusForbidden, Body: []byte("Forbidden")}, true
	case world.NoPermission:
		return spell(nil, fail(48001, "api unauthorized")), true
	}
	return world.Reply{}, false
}

func (s *server) holder(token string) (*world.Shop, world.TokenState) {
	for _, shop := range s.w.ShopsOf(code) {
		var state world.TokenState
		shop.Do(func(t *world.Tx) { state = t.CheckToken(token) })
		if state != world.TokenUnknown {
			return shop, state
		}
	}
	return nil, world.TokenUnknown
}

// stableToken gives the token that stands with what is left of its life, or a new one
// when it is forced: 20 times a day, 30 seconds apart.
func (s *server) stableToken(rw http.ResponseWriter, r *http.Request, body []byte) {
	var in struct {
		GrantType string `json:"grant_type"`
		AppID     string `json:"appid"`
		Secret    string
		Force     bool `json:"force_refresh"`
	}
	if json.Unmarshal(body, &in) != nil {
		write(rw, spell(nil, fail(47001, "data format error")))
		return
	}
	shop := s.w.ByApp(code, in.AppID)
	if shop == nil {
		write(rw, spell(nil, fail(40013, "invalid appid")))
		return
	}
	shop.Exchange(rw, r, func(t *world.Tx, v world.Verdict) world.Reply {
		if reply, bad := refuse(v); bad {
			return reply
		}
		switch {
		case in.GrantType != "client_credential":
			return spell(nil, fail(40002, "invalid grant_type"))
		case in.Secret != t.Secret:
			return spell(nil, fail(40125, "invalid appsecret"))
		case in.Force && !s.mayForce(t):
			return spell(nil, fail(45011, "api minute-quota reach limit, must slower, retry next minute"))
		}
		g := t.Access()
		if in.Force {
			g = t.GrantSelf()
		}
		return world.JSON(http.StatusOK, obj{"access_token": g.Access, "expires_in": (g.ExpiresAt - t.Now()) / 1000})
	})
}

func (s *server) mayForce(t *world.Tx) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.forced[t.Name]
	if f == nil {
		f = &forced{}
		s.forced[t.Name] = f
	}
	if today := (t.Now() + 8*3600_000) / day; today != f.day {
		f.day, f.times = today, 0
	}
	if f.times >= 20 || t.Now()-f.last < 30_000 {
		return false
	}
	f.times, f.last = f.times+1, t.Now()
	return true
}

func write(rw http.ResponseWriter, a world.Reply) {
	for k, v := range a.Header {
		rw.Header()[k] = v
	}
	rw.WriteHeader(a.Status)
	_, _ = rw.Write(a.Body)
}

func spell(v obj, err error) world.Reply {
	if err == nil {
		if v == nil {
			v = obj{}
		}
		v["errcode"], v["errmsg"] = 0, "ok"
		return world.JSON(http.StatusOK, v)
	}
	f := &failed{10060004, "支付单处于不可发货的状态: " + err.Error()}
	if !errors.As(err, &f) && world.KindOf(err) == world.NotFound {
		f = &failed{10060001, "支付单不存在"}
	}
	return world.JSON(http.StatusOK, obj{"errcode": f.code, "errmsg": f.message})
}

func (c *call) read(to any) error {
	if err := json.Unmarshal(c.body, to); err != nil {
		return fail(47001, "data format error")
	}
	return nil
}
