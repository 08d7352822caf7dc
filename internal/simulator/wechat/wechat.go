package wechat

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

const code = "wechat"

const (
	day      = int64(24 * 3600_000)
	maxBody  = 1 << 20
	tokenTTL = int64(7200_000)
)

// Platform is the WeChat shop.
func Platform() world.Platform {
	return world.Platform{
		Code: code, Name: "微信小店",
		Handler: func(w *world.World) http.Handler { return &server{w: w, forced: map[string]*forced{}} },
		Push:    push, Acknowledged: func(status int, body []byte) bool { return status == http.StatusOK && string(body) == "success" },
		AppKey: func(r *world.Random) string { return "wx" + r.Hex(16) },
		Credentials: func(s *world.Shop) map[string]string {
			return map[string]string{"app_id": s.AppKey, "app_secret": s.Secret, "token": pushToken(s), "encoding_aes_key": pushKey(s)}
		},
		ItemNo:   func(n uint64) string { return "1000" + itoa(int64(n)) }, // #nosec G115 -- small
		Labels:   labels,
		TokenTTL: tokenTTL, DecryptDaily: 200, Groups: true, GiftOrders: true, NoPresale: true, NoRisk: true,
	}
}

type server struct {
	w      *world.World
	mu     sync.Mutex
	forced map[string]*forced // by shop: how often a token was forced today
	named  uint64             // issues of waybills that were given a number beforehand
}

type forced struct{ day, times, last int64 }

// call is one request of a shop.
type call struct {
	s    *server
	t    *world.Tx
	body []byte
}

// failed is an errcode.
type failed struct {
	code    int
	message string
	carrier string // what the carrier said
}

func (f *failed) Error() string { return f.message }

func fail(code int, message string) error { return &failed{code: code, message: message} }

// use is one address: whether it takes GET instead of POST, and what it does.
type use struct {
	get bool
	do  func(*call) (obj, error)
}

var uses = map[string]use{
	"/channels/ec/basics/info/get":                   {true, basics},
	"/channels/ec/order/deliverycompanylist/get":     {true, companyList},
	"/channels/ec/order/deliverycompanylist/new/get": {false, companyList},
	"/channels/ec/order/list/get":                    {false, listOrders},
	"/channels/ec/order/get":                         {false, getOrder},
	"/channels/ec/order/delivery/send":               {false, send},
	"/channels/ec/order/deliveryinfo/update":         {false, updateDelivery},
	"/channels/ec/order/merchantnotes/update":        {false, updateNotes},
	"/channels/ec/order/price/update":                {false, updatePrice},
	"/channels/ec/order/address/update":              {false, updateAddress},
	"/channels/ec/order/addressmodify/accept":        {false, answerWish(true)},
	"/channels/ec/order/addressmodify/reject":        {false, answerWish(false)},
	"/channels/ec/order/sensitiveinfo/decode":        {false, decode},
	"/channels/ec/order/virtualtelnumber/get":        {false, virtualNumber},
	"/channels/ec/product/stock/update":              {false, updateStock},
	"/channels/ec/product/stock/get":                 {false, getStock},
	"/channels/ec/product/stock/batchget":            {false, batchStock},
	"/channels/ec/aftersale/getaftersalelist":        {false, listCases},
	"/channels/ec/aftersale/getaftersaleorder":       {false, getCase},
	"/channels/ec/aftersale/acceptapply":             {false, decide(true)},
	"/channels/ec/aftersale/rejectapply":             {false, decide(false)},
	"/channels/ec/aftersale/acceptexchangereship":    {false, sendExchange},
	"/channels/ec/aftersale/rejectreason/get":        {false, rejectReasons},

	"/channels/ec/logistics/ewaybill/biz/delivery/get":    {false, labelCarriers},
	"/channels/ec/logistics/ewaybill/biz/account/get":     {false, labelAccounts},
	"/channels/ec/logistics/ewaybill/biz/order/precreate": {false, nameLabel},
	"/channels/ec/logistics/ewaybill/biz/order/create":    {false, createLabel},
	"/channels/ec/logistics/ewaybill/biz/order/get":       {false, getLabel},
	"/channels/ec/logistics/ewaybill/biz/order/cancel":    {false, cancelLabel},
	"/channels/ec/logistics/ewaybill/biz/print/get":       {false, printLabel},
	"/channels/ec/logistics/ewaybill/biz/order/print":     {false, printedLabel},
}

// ServeHTTP answers one request.
func (s *server) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, maxBody))
	if err != nil {
		return
	}
	switch r.URL.Path {
	case "/cgi-bin/stable_token":
		s.stableToken(rw, r, body)
		return
	case "/cgi-bin/token":
		s.plainToken(rw, r)
		return
	case "/-/check-hook":
		s.checkHook(rw, r)
		return
	}
	u, ok := uses[r.URL.Path]
	if !ok {
		write(rw, spell(nil, fail(40066, "invalid url")))
		return
	}
	token := r.URL.Query().Get("access_token")
	if token == "" {
		write(rw, spell(nil, fail(41001, "access_token missing")))
		return
	}
	shop, state := s.holder(token)
	if shop == nil {
		write(rw, spell(nil, fail(40001, "invalid credential, access_token is invalid or not latest")))
		return
	}
	shop.Exchange(rw, r, func(t *world.Tx, v world.Verdict) world.Reply {
		if v.Fault == world.IPNotListed {
			return world.Reply{Status: http.StatusForbidden, Body: []byte("Forbidden")}
		}
		err := admit(v)
		switch {
		case err != nil:
		case state == world.TokenExpired:
			err = fail(42001, "access_token expired")
		case u.get && r.Method != http.MethodGet:
			err = fail(43001, "require GET method")
		case !u.get && r.Method != http.MethodPost:
			err = fail(43002, "require POST method")
		}
		if err != nil {
			return spell(nil, err)
		}
		return spell(u.do(&call{s, t, body}))
	})
}

func admit(v world.Verdict) error {
	switch v.Fault {
	case world.Internal:
		return fail(-1, "system error")
	case world.Throttled:
		return fail(45011, "api minute-quota reach limit, must slower, retry next minute")
	case world.NoPermission:
		return fail(48001, "api unauthorized")
	}
	return nil
}

// holder finds whose token it is.
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
	if r.Method != http.MethodPost {
		write(rw, spell(nil, fail(43002, "require POST method")))
		return
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
		switch {
		case v.Fault == world.IPNotListed:
			return world.Reply{Status: http.StatusForbidden, Body: []byte("Forbidden")}
		case v.Fault != world.NoFault:
			return spell(nil, admit(v))
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

// plainToken is the older way to a token: by GET, a new one each time, after which the
// one before stays good for a short while.
func (s *server) plainToken(rw http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	shop := s.w.ByApp(code, q.Get("appid"))
	if shop == nil {
		write(rw, spell(nil, fail(40013, "invalid appid")))
		return
	}
	shop.Exchange(rw, r, func(t *world.Tx, v world.Verdict) world.Reply {
		switch {
		case v.Fault == world.IPNotListed:
			return world.Reply{Status: http.StatusForbidden, Body: []byte("Forbidden")}
		case v.Fault != world.NoFault:
			return spell(nil, admit(v))
		case q.Get("grant_type") != "client_credential":
			return spell(nil, fail(40002, "invalid grant_type"))
		case q.Get("secret") != t.Secret:
			return spell(nil, fail(40125, "invalid appsecret"))
		}
		g := t.GrantSelf()
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

// spell makes the answer of a result or an error; errors are HTTP 200 too.
func spell(v obj, err error) world.Reply {
	if err == nil {
		if v == nil {
			v = obj{}
		}
		v["errcode"], v["errmsg"] = 0, "ok"
		return world.JSON(http.StatusOK, v)
	}
	f := &failed{code: 101100, message: "订单状态错误，不允许执行此操作"}
	if !errors.As(err, &f) {
		switch world.KindOf(err) {
		case world.NotFound:
			f = &failed{code: 100002, message: "Not exist"}
		case world.Invalid:
			f = &failed{code: 40097, message: "invalid args"}
		}
		f.message += ": " + err.Error()
	}
	out := obj{"errcode": f.code, "errmsg": f.message + " rid: 6561b70c-5e73923b-5cc9dcf2"}
	if f.carrier != "" {
		out["delivery_error_msg"] = f.carrier
	}
	return world.JSON(http.StatusOK, out)
}

func (c *call) read(to any) error {
	if err := json.Unmarshal(c.body, to); err != nil {
		return fail(47001, "data format error")
	}
	return nil
}
