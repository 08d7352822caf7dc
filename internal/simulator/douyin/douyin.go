// Package douyin is the Douyin shop's side of the wire, written from the platform's
// documents: a path per method, a signed JSON parameter, answers in one envelope,
// signed pushes.
package douyin

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

const (
	code   = "douyin"
	minute = int64(60_000)
	day    = 24 * 60 * minute
)

// Platform is the Douyin shop.
func Platform() world.Platform {
	return world.Platform{
		Code: code, Name: "Douyin", Handler: handler, Groups: true, QuietMemo: true, Labels: labels,
		AppKey: func(r *world.Random) string { return r.Digits(19) },
		Secret: func(r *world.Random) string {
			return r.Hex(8) + "-" + r.Hex(4) + "-" + r.Hex(4) + "-" + r.Hex(4) + "-" + r.Hex(12)
		},
		ItemNo: func(n uint64) string { return strconv.FormatUint(3_500_000_000_000_000_000+n, 10) },
		Credentials: func(s *world.Shop) map[string]string {
			return map[string]string{"app_key": s.AppKey, "app_secret": s.Secret, "shop_id": s.ID}
		},
		Push: push, Acknowledged: acknowledged, TokenTTL: 7 * day, RefreshTTL: 14 * day,
	}
}

// Sign is a call's signature: hmac-sha256, or md5 of the same pattern.
func Sign(secret, signMethod, appKey, method, param, timestamp string) string {
	pattern := secret + "app_key" + appKey + "method" + method + "param_json" + param + "timestamp" + timestamp + "v2" + secret
	if signMethod == "hmac-sha256" {
		m := hmac.New(sha256.New, []byte(secret))
		m.Write([]byte(pattern))
		return hex.EncodeToString(m.Sum(nil))
	}
	sum := md5.Sum([]byte(pattern))
	return hex.EncodeToString(sum[:])
}

// EventSign is the signature of a push.
func EventSign(appKey, secret string, body []byte) string {
	sum := md5.Sum([]byte(appKey + string(body) + secret))
	return hex.EncodeToString(sum[:])
}

// call is one method call.
type call struct {
	t     *world.Tx
	param []byte
}

type fault struct {
	code     int
	msg      string
	sub, why string
}

type method struct {
	session bool
	do      func(call) (any, *fault)
}

var methods = map[string]method{
	"order.searchList":               {true, searchList},
	"order.orderDetail":              {true, orderDetail},
	"order.logisticsAdd":             {true, logisticsAdd},
	"order.logisticsAddSinglePack":   {true, addSinglePack},
	"order.logisticsAddMultiPack":    {true, addMultiPack},
	"order.logisticsEdit":            {true, logisticsEdit},
	"order.logisticsEditByPack":      {true, editByPack},
	"order.logisticsCompanyList":     {true, companyList},
	"order.addOrderRemark":           {true, addRemark},
	"order.addressConfirm":           {true, addressConfirm},
	"order.addressModify":            {true, addressModify},
	"order.updateOrderAmount":        {true, updateOrderAmount},
	"order.updatePostAmount":         {true, updatePostAmount},
	"order.batchDecrypt":             {true, batchDecrypt},
	"order.batchSensitive":           {true, batchSensitive},
	"order.getSearchIndex":           {true, searchIndex},
	"order.BatchSearchIndex":         {true, batchSearchIndex},
	"afterSale.List":                 {true, afterSaleList},
	"afterSale.Detail":               {true, afterSaleDetail},
	"afterSale.operate":              {true, afterSaleOperate},
	"afterSale.rejectReasonCodeList": {true, rejectReasons},
	"sku.syncStock":                  {true, syncStock},
	"sku.syncStockBatch":             {true, syncStockBatch},
	"sku.stockNum":                   {true, stockNum},
	"logistics.newCreateOrder":       {true, newCreateOrder},
	"logistics.waybillApply":         {true, waybillApply},
	"logistics.cancelOrder":          {true, cancelOrder},
	"logistics.listShopNetsite":      {true, listShopNetsite},
	"logistics.templateList":         {true, templateList},
	"token.create":                   {false, tokenCreate},
	"token.refresh":                  {false, tokenRefresh},
}

func handler(w *world.World) http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("/authorize", func(rw http.ResponseWriter, r *http.Request) { authorize(w, rw, r) })
	m.HandleFunc("/", func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, 4<<20))
		if err != nil {
			return
		}
		q := r.URL.Query()
		if len(body) == 0 {
			body = []byte(q.Get("param_json"))
		}
		s := w.ByApp(code, q.Get("app_key"))
		if s == nil {
			write(rw, (&fault{40003, "非法的参数", "isv.app-id-invalid", "认证失败，app_key格式不正确，应为19位纯数字"}).reply())
			return
		}
		name := strings.ReplaceAll(strings.Trim(r.URL.Path, "/"), "/", ".")
		s.Exchange(rw, r, func(t *world.Tx, v world.Verdict) world.Reply { return answer(call{t, body}, name, q, v) })
	})
	return m
}

func write(rw http.ResponseWriter, reply world.Reply) {
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	if reply.Status != 0 {
		rw.WriteHeader(reply.Status)
	}
	_, _ = rw.Write(reply.Body)
}

func envelope(code int, msg, sub, why string, data any) world.Reply {
	// err_no and message are what clients of the gateway's first years read.
	no := code
	if code == 10000 {
		no = 0
	}
	return world.JSON(http.StatusOK, map[string]any{"code": code, "msg": msg, "sub_code": sub, "sub_msg": why, "data": data, "log_id": "20261111000000A1B2C3D4E5F6",
		"err_no": no, "message": msg})
}

func (f *fault) reply() world.Reply { return envelope(f.code, f.msg, f.sub, f.why, nil) }

func answer(c call, name string, q url.Values, v world.Verdict) world.Reply {
	if f := check(c, name, q, v); f != nil {
		return f.reply()
	}
	data, f := methods[name].do(c)
	if f != nil {
		return f.reply()
	}
	return envelope(10000, "success", "", "", data)
}

// instant reads seconds, or China time.
func instant(s string) (int64, bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n * 1000, true
	}
	return world.ParseChina(s)
}

func check(c call, name string, q url.Values, v world.Verdict) *fault {
	m, known := methods[name]
	at, readable := instant(q.Get("timestamp"))
	want := Sign(c.t.Secret, q.Get("sign_method"), q.Get("app_key"), name, string(c.param), q.Get("timestamp"))
	invalid := func(sub, why string) *fault { return &fault{40003, "非法的参数", sub, why} }
	switch {
	case v.Fault == world.Internal:
		return &fault{20000, "服务不可用", "dop.service-error", "服务调用失败，请稍后重试"}
	case !known:
		return &fault{70000, "接口服务已下线", "isp.api-service-off", "API不存在或API已下线"}
	case q.Get("method") != name:
		return invalid("isv.parameter-invalid", "method与请求路径不一致")
	case q.Get("v") != "2":
		return invalid("isv.parameter-invalid", "v应为2")
	case q.Get("sign") == "":
		return &fault{40001, "缺少必选参数", "isv.signature-missing", "获取签名失败，请根据文档确保参数拼装正确"}
	case !readable:
		return invalid("isv.timestamp-format-error", "时间戳格式错误")
	case at < c.t.Now()-10*minute || at > c.t.Now()+10*minute:
		return invalid("isv.timestamp-invalid", "时间戳不合法")
	case !hmac.Equal([]byte(want), []byte(q.Get("sign"))):
		return invalid("isv.signature-invalid", "签名校验失败")
	case v.Fault == world.IPNotListed:
		return &fault{30002, "IP不在白名单", "dop.ip-not-in-white-list", "请求ip不在应用ip白名单内"}
	case v.Fault == world.NoPermission:
		return &fault{30001, "操作权限不足", "isv.app-permissions-insufficient", "应用无权限调用该接口，请先申请接口权限包"}
	case v.Fault == world.Throttled:
		return &fault{60000, "触发限流，请稍后重试", "isv.traffic-limited", "请求太频繁，请稍后重试"}
	case !json.Valid(c.param):
		return invalid("isv.parameter-format-invalid", "业务参数json解析失败，所有参数需为string类型")
	case !m.session:
		return nil
	case q.Get("access_token") == "":
		return &fault{40001, "缺少必选参数", "isv.access-token-missing", "认证失败，access_token不能为空"}
	}
	switch c.t.CheckToken(q.Get("access_token")) {
	case world.TokenExpired:
		return invalid("isv.access-token-expired", "access_token已过期")
	case world.TokenUnknown:
		return invalid("isv.access-token-no-existed", "access_token不存在，请使用最新的access_token访问")
	}
	return nil
}

// word is a text that clients send as a text or as a number.
type word string

// UnmarshalJSON reads both.
func (w *word) UnmarshalJSON(raw []byte) error {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		*w = word(s)
		return nil
	}
	var n json.Number
	err := json.Unmarshal(raw, &n)
	*w = word(n)
	return err
}

func (w word) int() int64 {
	n, _ := strconv.ParseInt(string(w), 10, 64)
	return n
}

func (c call) read(v any) *fault {
	if err := json.Unmarshal(c.param, v); err != nil {
		return &fault{40003, "非法的参数", "isv.parameter-invalid", err.Error()}
	}
	return nil
}

func wrong(name string) *fault {
	return &fault{40003, "非法的参数", "isv.parameter-invalid", name + "参数错误"}
}

// business is how the platform says no.
func business(sub, why string) *fault {
	return &fault{50002, "业务处理失败", "isv.business-failed:" + sub, why}
}

func refuse(err error) *fault {
	switch world.KindOf(err) {
	case world.NotFound:
		return business("order-not-found", "订单不存在")
	case world.Done:
		return business("already-done", "订单已发货，请勿重复操作: "+err.Error())
	case world.Invalid:
		return wrong(err.Error())
	}
	return business("not-allowed", "当前状态不允许操作: "+err.Error())
}

func grantBody(t *world.Tx, g world.Grant) map[string]any {
	return map[string]any{"access_token": g.Access, "expires_in": (g.ExpiresAt - t.Now()) / 1000, "refresh_token": g.Refresh, "scope": "SCOPE",
		"shop_id": json.Number(t.ID), "shop_name": t.Title, "authority_id": t.ID, "auth_subject_type": "WuXing"}
}

func tokenCreate(c call) (any, *fault) {
	var p struct {
		Code      string `json:"code"`
		GrantType string `json:"grant_type"`
		ShopID    word   `json:"shop_id"`
	}
	if f := c.read(&p); f != nil {
		return nil, f
	}
	failed := func(sub, why string) *fault {
		return &fault{50001, "平台处理失败", "dop.token-generate-failed:" + sub, why}
	}
	switch p.GrantType {
	case "authorization_self":
		if string(p.ShopID) != c.t.ID {
			return nil, failed("no-authorization", "生成token失败，店铺授权已失效，请重新引导商家完成店铺授权")
		}
		return grantBody(c.t, c.t.GrantSelf()), nil
	case "authorization_code":
		g, err := c.t.GrantByCode(p.Code)
		if err != nil {
			return nil, failed("code-expired", "生成token失败，code已经失效（code的有效期为10分钟）")
		}
		return grantBody(c.t, g), nil
	}
	return nil, failed("grant-type-invalid", "生成token失败，grant_type参数取值不正确")
}

func tokenRefresh(c call) (any, *fault) {
	var p struct {
		Refresh string `json:"refresh_token"`
	}
	if f := c.read(&p); f != nil {
		return nil, f
	}
	g, err := c.t.GrantByRefresh(p.Refresh)
	if err != nil {
		return nil, &fault{50001, "平台处理失败", "dop.token-generate-failed:token-expired", "生成token失败，token已过期"}
	}
	return grantBody(c.t, g), nil
}

// authorize is the page on which a seller agrees. The way back is registered with
// the app at the platform; here the caller names it.
func authorize(w *world.World, rw http.ResponseWriter, r *http.Request) {
	s := w.ByApp(code, r.FormValue("app_key"))
	if s == nil {
		s = w.Find(code, func(s *world.Shop) bool { return s.ID == r.FormValue("service_id") })
	}
	back, err := url.Parse(r.FormValue("redirect_uri"))
	if s == nil || err != nil || !back.IsAbs() {
		http.Error(rw, "app_key or redirect_uri is wrong", http.StatusBadRequest)
		return
	}
	if r.Method != http.MethodPost {
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(rw, `<!doctype html><meta charset="utf-8"><title>授权</title><form method="post"><p>%s 授权应用 %s?</p><button>同意授权</button></form>`,
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

// tags are the push's kinds.
var tags = map[world.Topic]string{
	world.TopicCreated: "100", world.TopicDepositPaid: "110", world.TopicPaid: "101", world.TopicShipped: "102", world.TopicPartlyShipped: "108", world.TopicCompleted: "103",
	world.TopicParcels: "104", world.TopicAddress: "105", world.TopicClosed: "106", world.TopicPrice: "109", world.TopicHold: "110", world.TopicWish: "111", world.TopicMemo: "113",
	world.TopicRefundCreated: "200", world.TopicRefundAgreed: "201", world.TopicRefundReturn: "203", world.TopicRefundRefused: "204", world.TopicRefundDone: "206", world.TopicRefundClosed: "207",
}

func push(s *world.Shop, e world.Event) (world.Push, bool) {
	tag, ok := tags[e.Topic]
	if !ok {
		return world.Push{}, false
	}
	o := e.Order
	kids := make([]json.Number, len(o.Lines))
	for i, l := range o.Lines {
		kids[i] = json.Number(l.No)
	}
	data := map[string]any{"p_id": json.Number(o.No), "s_ids": kids, "shop_id": json.Number(s.ID), "order_status": orderStatus(o), "order_type": 0,
		"pay_amount": o.BuyerPaid(), "pay_time": o.PaidAt / 1000, "update_time": o.ModifiedAt / 1000, "create_time": o.CreatedAt / 1000, "biz": 2}
	if x := e.Case; x != nil {
		data["aftersale_id"], data["aftersale_type"], data["aftersale_status"] = json.Number(x.No), caseKind(x), caseStatus(x)
		data["refund_amount"], data["s_id"], data["modify_time"] = x.Refund, json.Number(x.LineNo), x.ModifiedAt/1000
	}
	text, err := world.Encode(data)
	if err != nil {
		return world.Push{}, false
	}
	body, err := world.Encode([]any{map[string]any{"tag": tag, "msg_id": fmt.Sprintf("7%018d:0:%s:%d:1", e.Serial, o.No, e.At/1000), "data": string(text)}})
	if err != nil {
		return world.Push{}, false
	}
	return world.Push{Body: body, Header: http.Header{"Content-Type": {"application/json"}, "App-Id": {s.AppKey}, "Event-Sign": {EventSign(s.AppKey, s.Secret, body)}}}, true
}

func acknowledged(status int, body []byte) bool {
	var a struct {
		Code *word `json:"code"`
	}
	return status == http.StatusOK && json.Unmarshal(body, &a) == nil && a.Code != nil && *a.Code == "0"
}
