// Package taobao is Taobao's and Tmall's side of the wire (TOP), written from the
// platform's documents: one gateway, methods by name, signed forms, answers with an
// outer key per method.
package taobao

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

const (
	code   = "taobao"
	minute = int64(60_000)
	day    = 24 * 60 * minute
)

// Platform is Taobao and Tmall.
func Platform() world.Platform {
	return world.Platform{
		Code: code, Name: "Taobao / Tmall", Handler: handler, Groups: true, GiftOrders: true, NoWishes: true, Labels: labels,
		Credentials: func(s *world.Shop) map[string]string {
			return map[string]string{"app_key": s.AppKey, "app_secret": s.Secret}
		},
		TokenTTL: 30 * day, RefreshTTL: 30 * day,
	}
}

// Sign is the signature of a call's parameters under a sign method: md5, hmac or
// hmac-sha256.
func Sign(secret, method string, params url.Values) string {
	names := make([]string, 0, len(params))
	for k := range params {
		if k != "sign" && params.Get(k) != "" {
			names = append(names, k)
		}
	}
	slices.Sort(names)
	var text strings.Builder
	for _, k := range names {
		text.WriteString(k)
		text.WriteString(params.Get(k))
	}
	var h hash.Hash
	switch method {
	case "hmac":
		h = hmac.New(md5.New, []byte(secret))
		h.Write([]byte(text.String()))
	case "hmac-sha256":
		h = hmac.New(sha256.New, []byte(secret))
		h.Write([]byte(text.String()))
	default:
		h = md5.New()
		h.Write([]byte(secret + text.String() + secret))
	}
	return strings.ToUpper(hex.EncodeToString(h.Sum(nil)))
}

// call is one method call.
type call struct {
	t      *world.Tx
	p      url.Values
	method string
}

// fault is an error_response.
type fault struct {
	code         int
	msg          string
	sub, subText string
}

type method struct {
	session bool
	do      func(call) (map[string]any, *fault)
}

var methods = map[string]method{
	"taobao.trades.sold.get":                  {true, soldGet},
	"taobao.trades.sold.increment.get":        {true, incrementGet},
	"taobao.trades.sold.incrementv.get":       {true, incrementvGet},
	"taobao.trade.fullinfo.get":               {true, fullinfo},
	"taobao.trade.get":                        {true, fullinfo},
	"taobao.trade.memo.update":                {true, memoUpdate},
	"taobao.trade.memo.add":                   {true, memoUpdate},
	"taobao.trade.close":                      {true, tradeClose},
	"taobao.trade.shippingaddress.update":     {true, addressUpdate},
	"taobao.trade.postage.update":             {true, postageUpdate},
	"taobao.logistics.offline.send":           {true, offlineSend},
	"taobao.logistics.dummy.send":             {true, dummySend},
	"taobao.logistics.consign.resend":         {true, consignResend},
	"taobao.logistics.companies.get":          {false, companies},
	"taobao.refunds.receive.get":              {true, refundsReceive},
	"taobao.refund.get":                       {true, refundGet},
	"taobao.rp.refunds.agree":                 {true, refundsAgree},
	"taobao.rp.refund.review":                 {true, refundReview},
	"taobao.refund.refuse":                    {true, refundRefuse},
	"taobao.rp.returngoods.agree":             {true, returngoodsAgree},
	"taobao.skus.quantity.update":             {true, skusQuantity},
	"taobao.item.quantity.update":             {true, itemQuantity},
	"taobao.traderates.get":                   {true, traderates},
	"taobao.traderate.explain.add":            {true, explainAdd},
	"taobao.top.oaid.decrypt":                 {true, oaidDecrypt},
	"taobao.top.oaid.merge":                   {true, oaidMerge},
	"taobao.tmc.user.permit":                  {true, tmcPermit},
	"taobao.tmc.messages.consume":             {false, tmcConsume},
	"taobao.tmc.messages.confirm":             {false, tmcConfirm},
	"taobao.time.get":                         {false, timeGet},
	"taobao.user.seller.get":                  {true, userSeller},
	"cainiao.waybill.ii.get":                  {true, waybillGet},
	"cainiao.waybill.ii.update":               {true, waybillUpdate},
	"cainiao.waybill.ii.cancel":               {true, waybillCancel},
	"cainiao.waybill.ii.search":               {true, waybillSearch},
	"cainiao.waybill.ii.query.by.waybillcode": {true, waybillRead},
	"cainiao.cloudprint.stdtemplates.get":     {true, standardTemplates},
	"taobao.top.auth.token.create":            {false, tokenCreate},
	"taobao.top.auth.token.refresh":           {false, tokenRefresh},
}

func handler(w *world.World) http.Handler {
	m := http.NewServeMux()
	gateway := func(rw http.ResponseWriter, r *http.Request) {
		if err := r.ParseMultipartForm(4 << 20); err != nil && r.Form == nil {
			http.Error(rw, "bad form", http.StatusBadRequest)
			return
		}
		s := w.ByApp(code, r.Form.Get("app_key"))
		if s == nil {
			f := fault{code: 29, msg: "Invalid app Key", sub: "isv.appkey-not-exists"}
			if r.Form.Get("app_key") == "" {
				f = fault{code: 28, msg: "Missing app key"}
			}
			write(rw, f.reply("0"))
			return
		}
		s.Exchange(rw, r, func(t *world.Tx, v world.Verdict) world.Reply {
			return answer(call{t, r.Form, r.Form.Get("method")}, v)
		})
	}
	m.HandleFunc("/", gateway)
	m.HandleFunc("/router/rest", gateway)
	m.HandleFunc("/authorize", func(rw http.ResponseWriter, r *http.Request) { authorize(w, rw, r) })
	m.HandleFunc("POST /token", func(rw http.ResponseWriter, r *http.Request) { oauthToken(w, rw, r) })
	return m
}

func write(rw http.ResponseWriter, reply world.Reply) {
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	if reply.Status != 0 {
		rw.WriteHeader(reply.Status)
	}
	_, _ = rw.Write(reply.Body)
}

func (f *fault) reply(id string) world.Reply {
	e := map[string]any{"code": f.code, "msg": f.msg, "request_id": id}
	if f.sub != "" {
		e["sub_code"], e["sub_msg"] = f.sub, f.subText
	}
	return world.JSON(http.StatusOK, map[string]any{"error_response": e})
}

// answer checks the system parameters in the gateway's order and calls the method.
func answer(c call, v world.Verdict) world.Reply {
	id := "15r" + strconv.FormatInt(c.t.Now()%1e9, 36)
	if f := check(c, v); f != nil {
		return f.reply(id)
	}
	body, f := methods[c.method].do(c)
	if f != nil {
		return f.reply(id)
	}
	body["request_id"] = id
	if c.p.Get("simplify") == "true" {
		return world.JSON(http.StatusOK, body)
	}
	key := strings.ReplaceAll(strings.TrimPrefix(c.method, "taobao."), ".", "_") + "_response"
	return world.JSON(http.StatusOK, map[string]any{key: body})
}

func check(c call, v world.Verdict) *fault {
	m, known := methods[c.method]
	at, readable := instant(c.p.Get("timestamp"))
	want := Sign(c.t.Secret, c.p.Get("sign_method"), c.p)
	switch {
	case v.Fault == world.Internal:
		return &fault{15, "Remote service error", "isp.remote-service-error", "连接远程服务错误"}
	case c.method == "":
		return &fault{code: 21, msg: "Missing method"}
	case !known:
		return &fault{22, "Invalid method", "isv.invalid-method", "不存在的方法名"}
	case c.p.Get("format") != "json":
		return &fault{code: 23, msg: "Invalid format"}
	case c.p.Get("v") != "2.0":
		return &fault{code: 33, msg: "Invalid version"}
	case c.p.Get("sign") == "":
		return &fault{code: 24, msg: "Missing signature"}
	case !hmac.Equal([]byte(want), []byte(c.p.Get("sign"))):
		return &fault{code: 25, msg: "Invalid signature"}
	case c.p.Get("timestamp") == "":
		return &fault{code: 30, msg: "Missing timestamp"}
	case !readable || at < c.t.Now()-10*minute || at > c.t.Now()+10*minute:
		return &fault{code: 31, msg: "Invalid timestamp"}
	case v.Fault == world.IPNotListed:
		return &fault{11, "Insufficient isv permissions", "isv.permission-ip-whitelist-limit", "IP限制不允许访问"}
	case v.Fault == world.NoPermission:
		return &fault{11, "Insufficient isv permissions", "isv.permission-api-package-limit", "scope ids is empty"}
	case v.Fault == world.Throttled:
		return &fault{7, "App Call Limited", "accesscontrol.limited-by-api-access-count",
			fmt.Sprintf("This ban will last for %d more seconds", v.BanSeconds)}
	case !m.session:
		return nil
	case c.p.Get("session") == "":
		return &fault{code: 26, msg: "Missing session"}
	}
	if c.t.CheckToken(c.p.Get("session")) != world.TokenGood {
		return &fault{27, "Invalid session", "invalid-sessionkey", "SessionKey非法"}
	}
	return nil
}

// instant reads a timestamp: the documented wall clock of China, or the milliseconds
// that TOP's own Python SDK sends.
func instant(text string) (int64, bool) {
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil {
		return ms, true
	}
	return world.ParseChina(text)
}

func missing(name string) *fault {
	return &fault{40, "Missing required arguments:" + name, "isv.missing-parameter", "缺少必选参数 " + name}
}

func wrong(name string) *fault {
	return &fault{41, "Invalid arguments:" + name, "isv.invalid-parameter", "参数 " + name + " 无效"}
}

// refuse spells a refusal: what is a name for the thing that the call was about.
func refuse(what string, err error) *fault {
	switch world.KindOf(err) {
	case world.NotFound:
		return &fault{15, "Remote service error", "isv." + what + "-not-exist", "不存在: " + err.Error()}
	case world.Done:
		return &fault{15, "Remote service error", "isv." + what + "-service-error:ALREADY_DONE", "已经处理: " + err.Error()}
	case world.Invalid:
		return wrong(err.Error())
	}
	return &fault{15, "Remote service error", "isv." + what + "-service-error:NOT_ALLOWED", "不允许操作: " + err.Error()}
}

// list wraps a list as TOP does, or leaves it bare.
func (c call) list(items []any, inner string) any {
	if items == nil {
		items = []any{}
	}
	if c.p.Get("simplify") == "true" {
		return items
	}
	return map[string]any{inner: items}
}

func (c call) int(name string, or, lo, hi int) (int, *fault) {
	v := c.p.Get(name)
	if v == "" {
		return or, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < lo || n > hi {
		return 0, wrong(name)
	}
	return n, nil
}

func grantBody(s *world.Shop, now int64, g world.Grant) map[string]any {
	left := (g.ExpiresAt - now) / 1000
	re := (g.RefreshUntil - now) / 1000
	return map[string]any{"access_token": g.Access, "token_type": "Bearer", "expires_in": left, "refresh_token": g.Refresh, "re_expires_in": re,
		"r1_expires_in": left, "r2_expires_in": left, "w1_expires_in": left, "w2_expires_in": left,
		"taobao_user_nick": url.QueryEscape(s.Title), "taobao_user_id": s.ID, "expire_time": g.ExpiresAt, "refresh_token_valid_time": g.RefreshUntil}
}

func tokenAnswer(c call, g world.Grant, err error) (map[string]any, *fault) {
	if err != nil {
		return nil, &fault{15, "Remote service error", "isv.invalid-parameter", "无效的授权: " + err.Error()}
	}
	text, err := world.Encode(grantBody(c.t.Shop, c.t.Now(), g))
	if err != nil {
		return nil, wrong(err.Error())
	}
	return map[string]any{"token_result": string(text)}, nil
}

func tokenCreate(c call) (map[string]any, *fault) {
	if c.p.Get("code") == "" {
		return nil, missing("code")
	}
	g, err := c.t.GrantByCode(c.p.Get("code"))
	return tokenAnswer(c, g, err)
}

func tokenRefresh(c call) (map[string]any, *fault) {
	g, err := c.t.GrantByRefresh(c.p.Get("refresh_token"))
	return tokenAnswer(c, g, err)
}

func timeGet(c call) (map[string]any, *fault) {
	return map[string]any{"time": world.China(c.t.Now())}, nil
}

// authorize is the page on which a seller agrees.
func authorize(w *world.World, rw http.ResponseWriter, r *http.Request) {
	s := w.ByApp(code, r.FormValue("client_id"))
	back, err := url.Parse(r.FormValue("redirect_uri"))
	if s == nil || err != nil || !back.IsAbs() || r.FormValue("response_type") != "code" {
		http.Error(rw, "invalid_client or redirect_uri", http.StatusBadRequest)
		return
	}
	if r.Method != http.MethodPost {
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(rw, `<!doctype html><meta charset="utf-8"><title>授权</title><form method="post"><p>%s 授权应用 %s 访问店铺数据?</p><button>授权并登录</button></form>`,
			html.EscapeString(s.Title), html.EscapeString(s.AppKey))
		return
	}
	var c string
	s.Do(func(t *world.Tx) { c = t.NewCode() })
	q := back.Query()
	q.Set("code", c)
	q.Set("state", r.FormValue("state"))
	back.RawQuery = q.Encode()
	http.Redirect(rw, r, back.String(), http.StatusFound)
}

func oauthToken(w *world.World, rw http.ResponseWriter, r *http.Request) {
	s := w.ByApp(code, r.FormValue("client_id"))
	refuse := func(what string) {
		write(rw, world.JSON(http.StatusBadRequest, map[string]any{"error": what, "error_description": what}))
	}
	if s == nil || r.FormValue("client_secret") != s.Secret {
		refuse("invalid_client")
		return
	}
	s.Exchange(rw, r, func(t *world.Tx, _ world.Verdict) world.Reply {
		g, err := t.GrantByRefresh(r.FormValue("refresh_token"))
		if r.FormValue("grant_type") == "authorization_code" {
			g, err = t.GrantByCode(r.FormValue("code"))
		}
		if err != nil {
			return world.JSON(http.StatusBadRequest, map[string]any{"error": "invalid_grant", "error_description": err.Error()})
		}
		return world.JSON(http.StatusOK, grantBody(s, t.Now(), g))
	})
}

// number is an id as TOP writes it: a bare number beyond 2^53.
func number(no string) json.Number { return json.Number(no) }
