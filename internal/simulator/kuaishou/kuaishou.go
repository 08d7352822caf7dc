package kuaishou

import (
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

const code = "kuaishou"

const (
	day     = int64(24 * 3600_000)
	maxSkew = int64(10 * 60_000)
)

// Platform is the Kuaishou shop.
func Platform() world.Platform {
	return world.Platform{
		Code: code, Name: "快手小店",
		Handler: func(w *world.World) http.Handler { return &server{w} },
		Push:    push, Acknowledged: acknowledged,
		AppKey: func(r *world.Random) string { return "ks" + r.Digits(18) },
		Credentials: func(s *world.Shop) map[string]string {
			return map[string]string{"app_key": s.AppKey, "app_secret": s.Secret, "sign_secret": signSecret(s), "message_key": messageKey(s)}
		},
		TokenTTL: 2 * day, RefreshTTL: 180 * day, DecryptDaily: 500, Groups: true, OneLine: true, NoWishes: true, Labels: labels,
	}
}

// signSecret is the secret that signs; the app's own secret only fetches tokens.
func signSecret(s *world.Shop) string { return world.Stream(1, s.Name, s.AppKey, "sign").Hex(32) }

type server struct{ w *world.World }

// call is one proved request of a shop.
type call struct {
	t     *world.Tx
	param []byte
}

// failed is a result that is not 1.
type failed struct {
	result        int64
	word, message string
}

func (f *failed) Error() string { return f.message }

func fail(result int64, message string) error { return &failed{result: result, message: message} }

var methods = map[string]func(*call) (obj, error){
	"open.order.cursor.list":                       listOrders,
	"open.order.detail":                            orderDetail,
	"open.seller.order.goods.deliver":              deliver,
	"open.order.goods.split.deliver":               splitDeliver,
	"open.seller.order.goods.logistics.append":     appendLogistics,
	"open.seller.order.logistics.update":           updateLogistics,
	"open.seller.order.note.add":                   addNote,
	"open.seller.order.close":                      closeOrder,
	"open.order.address.update":                    updateAddress,
	"open.seller.order.refund.pcursor.list":        listCases,
	"open.seller.order.refund.detail":              caseDetail,
	"open.seller.order.refund.approve":             approve,
	"open.seller.order.refund.returngoods.approve": approve,
	"open.refund.reject":                           reject,
	"open.refund.reject.reason":                    rejectReasons,
	"open.item.get":                                getItem,
	"open.item.sku.stock.update":                   updateStock,
	"open.comment.list.get":                        listComments,
	"open.comment.add":                             addComment,
	"open.express.ebill.get":                       ebillGet,
	"open.express.ebill.cancel":                    ebillCancel,
	"open.express.subscribe.query":                 subscriptions,
	"open.express.standard.template.list.get":      labelTemplates,
	"open.order.decrypt.batch":                     decrypt,
	"open.order.desensitise.batch":                 desensitise,
	"open.order.search.index.batch":                searchIndex,
}

// ServeHTTP answers one request: parameters in the address or in a form.
func (s *server) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(rw, r.Body, 1<<20)
	if err := r.ParseForm(); err != nil {
		write(rw, spell(nil, fail(1013, "请求参数错误")))
		return
	}
	if strings.HasPrefix(r.URL.Path, "/oauth") {
		s.oauth(rw, r)
		return
	}
	shop := s.w.ByApp(code, r.Form.Get("appkey"))
	if shop == nil {
		write(rw, spell(nil, &failed{100200101, "unauthorized_client", "app 非法"}))
		return
	}
	shop.Exchange(rw, r, func(t *world.Tx, v world.Verdict) world.Reply {
		if err := admit(t, v, r.URL.Path, r.Form); err != nil {
			return spell(nil, err)
		}
		param := r.Form.Get("param")
		if param == "" {
			param = "{}"
		}
		return spell(methods[r.Form.Get("method")](&call{t, []byte(param)}))
	})
}

func admit(t *world.Tx, v world.Verdict, path string, q url.Values) error {
	switch v.Fault {
	case world.Internal:
		return &failed{100200500, "server_error", "服务异常，请稍后重试"}
	case world.Throttled:
		return fail(1016, "Exceed qps limit, KEY [apiId:"+q.Get("method")+";appkey:"+t.AppKey+"], MAX_QPS [300.0]")
	case world.IPNotListed:
		return fail(1015, "请求IP不在白名单内")
	case world.NoPermission:
		return &failed{100200106, "invalid_scope", "token中无scope的权限"}
	}
	ms, err := strconv.ParseInt(q.Get("timestamp"), 10, 64)
	switch {
	case err != nil || ms < t.Now()-maxSkew || ms > t.Now()+maxSkew:
		return fail(1012, "timestamp 过期")
	case methods[q.Get("method")] == nil || path != "/"+strings.ReplaceAll(q.Get("method"), ".", "/"):
		return fail(1014, "Invalid url")
	case subtle.ConstantTimeCompare([]byte(signOf(signSecret(t.Shop), q.Get)), []byte(q.Get("sign"))) != 1 || q.Get("sign") == "":
		return fail(1011, "签名校验失败")
	}
	switch t.CheckToken(q.Get("access_token")) {
	case world.TokenExpired:
		return &failed{100200102, "access_denied", "TOKEN过期"}
	case world.TokenUnknown:
		return &failed{100200102, "access_denied", "无效token"}
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
func spell(v obj, err error) world.Reply {
	if err == nil {
		if v == nil {
			v = obj{}
		}
		v["result"], v["code"], v["msg"], v["sub_code"], v["sub_msg"], v["error_msg"] = 1, "1", "SUCCESS", "", "", ""
		return world.JSON(http.StatusOK, v)
	}
	f := failedOf(err)
	out := obj{"result": f.result, "error_msg": f.message, "code": strconv.FormatInt(f.result, 10), "msg": f.message, "sub_code": "", "sub_msg": "", "requestId": "sim"}
	if f.word != "" {
		out["error"] = f.word
	}
	return world.JSON(http.StatusOK, out)
}

func (c *call) read(to any) error {
	if err := json.Unmarshal(c.param, to); err != nil {
		return fail(1013, "param: "+err.Error())
	}
	return nil
}

// id is a number that clients write bare or as a string.
type id string

func (n *id) UnmarshalJSON(b []byte) error {
	*n = id(strings.Trim(string(b), `"`))
	return nil
}
