// Package pdd is Pinduoduo's side of the wire (POP), written from the platform's
// documents: one gateway, types by name, flat signed parameters, answers whose outer
// key does not follow from the type, messages over a websocket.
package pdd

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

const (
	code   = "pdd"
	minute = int64(60_000)
	day    = 24 * 60 * minute
)

// Platform is Pinduoduo.
func Platform() world.Platform {
	return world.Platform{
		Code: code, Name: "Pinduoduo", Handler: handler, Groups: true, OneLine: true, NoSplit: true, NoWishes: true, Labels: labels,
		OrderNo: func(s *world.Shop, at int64, serial uint64) string {
			return time.UnixMilli(at).In(time.FixedZone("CST", 8*3600)).Format("060102") + fmt.Sprintf("-%03d%012d", s.Number%1000, serial)
		},
		ItemNo: func(n uint64) string { return strconv.FormatUint(n*97, 10) },
		AppKey: func(r *world.Random) string { return r.Hex(32) }, Secret: func(r *world.Random) string { return r.Hex(40) },
		Credentials: func(s *world.Shop) map[string]string {
			return map[string]string{"client_id": s.AppKey, "client_secret": s.Secret}
		},
		TokenTTL: year, RefreshTTL: year, FixedTokens: true, DecryptDaily: 100,
	}
}

const year = 365 * day

// Sign is the signature of a call's parameters.
func Sign(secret string, params url.Values) string {
	names := make([]string, 0, len(params))
	for k := range params {
		if k != "sign" {
			names = append(names, k)
		}
	}
	slices.Sort(names)
	var text strings.Builder
	text.WriteString(secret)
	for _, k := range names {
		text.WriteString(k + params.Get(k))
	}
	text.WriteString(secret)
	sum := md5.Sum([]byte(text.String()))
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

type call struct {
	t *world.Tx
	p url.Values
}

// fault is an error_response.
type fault struct {
	code     int
	msg      string
	sub, why string
}

// method is one type: key is the answer's outer key.
type method struct {
	key     string
	session bool
	do      func(call) (any, *fault)
}

func methods() map[string]method {
	return map[string]method{
		"pdd.order.list.get":                  {"order_list_get_response", true, orderList},
		"pdd.order.basic.list.get":            {"order_basic_list_get_response", true, basicList},
		"pdd.order.number.list.increment.get": {"order_sn_increment_get_response", true, incrementList},
		"pdd.order.information.get":           {"order_info_get_response", true, information},
		"pdd.order.status.get":                {"order_status_get_response", true, statusGet},
		"pdd.order.note.update":               {"response", true, noteUpdate},
		"pdd.order.update.address":            {"response", true, updateAddress},
		"pdd.order.upload.extra.logistics":    {"upload_extra_logistics_response", true, uploadExtra},
		"pdd.logistics.online.send":           {"logistics_online_send_response", true, onlineSend},
		"pdd.logistics.companies.get":         {"logistics_companies_get_response", false, companies},
		"pdd.refund.list.increment.get":       {"refund_increment_get_response", true, refundList},
		"pdd.refund.information.get":          {"refund_information_get_response", true, refundInformation},
		"pdd.refund.agree":                    {"response", true, refundAgree},
		"pdd.refund.returngoods.agree":        {"response", true, returngoodsAgree},
		"pdd.refund.exchange.shipping":        {"response", true, exchangeShipping},
		"pdd.goods.quantity.update":           {"goods_quantity_update_response", true, quantityUpdate},
		"pdd.open.decrypt.batch":              {"open_decrypt_batch_response", true, decryptBatch},
		"pdd.open.decrypt.mask.batch":         {"open_decrypt_mask_batch_response", true, decryptMask},
		"pdd.open.kms.search.batch":           {"open_kms_search_batch_response", true, kmsSearch},
		"pdd.pop.auth.token.create":           {"pop_auth_token_create_response", false, tokenCreate},
		"pdd.pop.auth.token.refresh":          {"pop_auth_token_refresh_response", false, tokenRefresh},
		"pdd.pmc.user.permit":                 {"pmc_user_permit_response", true, permit},
		"pdd.waybill.get":                     {"pdd_waybill_get_response", true, waybillGet},
		"pdd.waybill.update":                  {"pdd_waybill_update_response", true, waybillUpdate},
		"pdd.waybill.cancel":                  {"pdd_waybill_cancel_response", true, waybillCancel},
		"pdd.waybill.search":                  {"pdd_waybill_search_response", true, waybillSearch},
		"pdd.waybill.query.by.waybillcode":    {"pdd_waybill_query_by_waybillcode_response", true, waybillRead},
		"pdd.cloudprint.stdtemplates.get":     {"pdd_cloudprint_stdtemplates_get_response", true, standardTemplates},
		"pdd.time.get":                        {"time_get_response", false, timeGet},
	}
}

func handler(w *world.World) http.Handler {
	m := http.NewServeMux()
	all := methods()
	gateway := func(rw http.ResponseWriter, r *http.Request) {
		p, err := params(r)
		if err != nil {
			write(rw, (&fault{10000, "参数错误", "10000", err.Error()}).reply("0"))
			return
		}
		s := w.ByApp(code, p.Get("client_id"))
		if s == nil {
			write(rw, (&fault{10016, "client下线或者clientId不正确", "10016", "client下线或者clientId不正确"}).reply("0"))
			return
		}
		s.Exchange(rw, r, func(t *world.Tx, v world.Verdict) world.Reply { return answer(call{t, p}, all, v) })
	}
	m.HandleFunc("/", gateway)
	m.HandleFunc("/api/router", gateway)
	m.HandleFunc("/message/{client}/{at}/{digest}", func(rw http.ResponseWriter, r *http.Request) { stream(w, rw, r) })
	m.HandleFunc("/authorize", func(rw http.ResponseWriter, r *http.Request) { authorize(w, rw, r) })
	m.HandleFunc("POST /oauth/token", func(rw http.ResponseWriter, r *http.Request) { oauthToken(w, rw, r) })
	return m
}

// params reads a form, or a flat JSON object as the texts that were signed.
func params(r *http.Request) (url.Values, error) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		err := r.ParseForm()
		return r.Form, err
	}
	raw, err := io.ReadAll(io.LimitReader(r.Body, 4<<20))
	if err != nil {
		return nil, err
	}
	var flat map[string]json.RawMessage
	if err := json.Unmarshal(raw, &flat); err != nil {
		return nil, err
	}
	out := r.URL.Query()
	for k, v := range flat {
		var text string
		if json.Unmarshal(v, &text) != nil {
			text = string(v)
		}
		out.Set(k, text)
	}
	return out, nil
}

func write(rw http.ResponseWriter, reply world.Reply) {
	rw.Header().Set("Content-Type", "application/json;charset=UTF-8")
	if reply.Status != 0 {
		rw.WriteHeader(reply.Status)
	}
	_, _ = rw.Write(reply.Body)
}

func (f *fault) reply(id string) world.Reply {
	e := map[string]any{"error_code": f.code, "error_msg": f.msg, "request_id": id, "sub_code": nil, "sub_msg": ""}
	if f.sub != "" {
		e["sub_code"], e["sub_msg"] = f.sub, f.why
	}
	return world.JSON(http.StatusOK, map[string]any{"error_response": e})
}

func answer(c call, all map[string]method, v world.Verdict) world.Reply {
	id := strconv.FormatInt(c.t.Now(), 10)
	m, known := all[c.p.Get("type")]
	if f := check(c, m, known, v); f != nil {
		return f.reply(id)
	}
	body, f := m.do(c)
	if f != nil {
		return f.reply(id)
	}
	if o, ok := body.(map[string]any); ok {
		o["request_id"] = id
	}
	return world.JSON(http.StatusOK, map[string]any{m.key: body})
}

func plain(code int, msg string) *fault { return &fault{code, msg, strconv.Itoa(code), msg} }

func check(c call, m method, known bool, v world.Verdict) *fault {
	at, err := strconv.ParseInt(c.p.Get("timestamp"), 10, 64)
	switch {
	case v.Fault == world.Internal:
		return plain(50000, "系统内部错误")
	case c.p.Get("type") == "":
		return plain(10001, "公共参数错误:type")
	case !known:
		return plain(10017, "type不正确")
	case err != nil || at*1000 < c.t.Now()-10*minute || at*1000 > c.t.Now()+10*minute:
		return plain(10001, "公共参数错误:timestamp")
	case c.p.Get("sign") == "":
		return plain(10001, "公共参数错误:sign")
	case Sign(c.t.Secret, c.p) != c.p.Get("sign"):
		return plain(20004, "签名sign校验失败")
	case v.Fault == world.IPNotListed:
		return plain(20005, "ip无权访问接口，请加入ip白名单")
	case v.Fault == world.NoPermission:
		return plain(20031, "用户没有授权访问此接口")
	case v.Fault == world.Throttled:
		return plain(70031, "调用过于频繁，请调整调用频率")
	case !m.session:
		return nil
	case c.p.Get("access_token") == "":
		return plain(10001, "公共参数错误:access_token")
	}
	if c.t.CheckToken(c.p.Get("access_token")) != world.TokenGood {
		return plain(10019, "access_token已过期")
	}
	return nil
}

func wrong(name string) *fault {
	return &fault{10000, "参数错误", "10000", name + " 参数不合法"}
}

// business is how the platform says no: its business error with the reason below.
func business(why string) *fault { return &fault{50001, "业务服务错误", "50001", why} }

func refuse(err error) *fault {
	switch world.KindOf(err) {
	case world.NotFound:
		return business("订单不存在")
	case world.Done:
		return business("订单已发货或已处理: " + err.Error())
	case world.Invalid:
		return wrong(err.Error())
	}
	return business("当前状态不允许操作: " + err.Error())
}

func (c call) int(name string, or, lo, hi int64) (int64, *fault) {
	v := c.p.Get(name)
	if v == "" {
		return or, nil
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n < lo || n > hi {
		return 0, wrong(name)
	}
	return n, nil
}

func grantBody(s *world.Shop, now int64, g world.Grant) map[string]any {
	left, re := (g.ExpiresAt-now)/1000, (g.RefreshUntil-now)/1000
	d := map[string]any{"access_token": g.Access, "expires_in": left, "expires_at": g.ExpiresAt / 1000, "refresh_token": g.Refresh,
		"refresh_token_expires_in": re, "refresh_token_expires_at": g.RefreshUntil / 1000, "owner_id": s.ID, "owner_name": "pdd" + s.ID, "scope": []string{"pdd.order.list.get"}}
	for _, level := range []string{"r1", "r2", "w1", "w2"} {
		d[level+"_expires_in"], d[level+"_expires_at"] = left, g.ExpiresAt/1000
	}
	return d
}

func tokenCreate(c call) (any, *fault) {
	g, err := c.t.GrantByCode(c.p.Get("code"))
	if err != nil {
		return nil, business("code已过期或已使用")
	}
	return grantBody(c.t.Shop, c.t.Now(), g), nil
}

func tokenRefresh(c call) (any, *fault) {
	g, err := c.t.GrantSame(c.p.Get("refresh_token"))
	if err != nil {
		return nil, plain(10019, "refresh_token已过期")
	}
	return grantBody(c.t.Shop, c.t.Now(), g), nil
}

func timeGet(c call) (any, *fault) { return map[string]any{"time": world.China(c.t.Now())}, nil }

// authorize is the page on which a seller agrees.
func authorize(w *world.World, rw http.ResponseWriter, r *http.Request) {
	s := w.ByApp(code, r.FormValue("client_id"))
	back, err := url.Parse(r.FormValue("redirect_uri"))
	if s == nil || err != nil || !back.IsAbs() || r.FormValue("response_type") != "code" {
		http.Error(rw, "client_id or redirect_uri is wrong", http.StatusBadRequest)
		return
	}
	if r.Method != http.MethodPost {
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(rw, `<!doctype html><meta charset="utf-8"><title>授权</title><form method="post"><p>%s 授权应用 %s?</p><button>登录并授权</button></form>`,
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
	p, err := params(r)
	s := w.ByApp(code, p.Get("client_id"))
	if err != nil || s == nil || p.Get("client_secret") != s.Secret {
		write(rw, plain(10016, "client下线或者clientId不正确").reply("0"))
		return
	}
	s.Exchange(rw, r, func(t *world.Tx, _ world.Verdict) world.Reply {
		g, err := t.GrantSame(p.Get("refresh_token"))
		if p.Get("grant_type") == "authorization_code" {
			g, err = t.GrantByCode(p.Get("code"))
		}
		if err != nil {
			return plain(10019, err.Error()).reply("0")
		}
		return world.JSON(http.StatusOK, grantBody(s, t.Now(), g))
	})
}
