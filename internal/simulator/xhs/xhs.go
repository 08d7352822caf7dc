package xhs

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

const code = "xhs"

const (
	minute  = int64(60_000)
	day     = 24 * 60 * minute
	maxSkew = 10 * minute
)

// What the gateway answers.
const (
	badParameter = -2000400
	noOrder      = -2000101
	notAllowed   = -2000102
	alreadyDone  = -2000103
	internal     = -1000
	badSign      = -1001
	badTime      = -1002
	badToken     = -1003
	oldToken     = -1004
	badAddress   = -1005
	noPermission = -1006
	tooMany      = -1007
	noQuota      = -1008
)

// Platform is the Xiaohongshu shop.
func Platform() world.Platform {
	return world.Platform{
		Code: code, Name: "小红书",
		Handler: func(w *world.World) http.Handler { return &server{w} },
		AppKey:  func(r *world.Random) string { return r.Hex(20) },
		Secret:  func(r *world.Random) string { return r.Hex(42) },
		Credentials: func(s *world.Shop) map[string]string {
			return map[string]string{"app_id": s.AppKey, "app_secret": s.Secret}
		},
		OrderNo: func(s *world.Shop, at int64, serial uint64) string {
			return "P" + strconv.FormatInt(700_000_000_000_000_000+int64(s.Number)*1_000_000_000+int64(serial), 10) // #nosec G115 -- serials are small
		},
		CaseNo: func(_ *world.Shop, at int64, serial uint64) string {
			return "R" + strconv.FormatUint(7_500_000_000_000_000_000+serial, 10)
		},
		TokenTTL: 7 * day, RefreshTTL: 14 * day, DecryptDaily: 10, NoWishes: true, Labels: labels,
	}
}

type server struct{ w *world.World }

// call is one proved request of a shop.
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

type system struct {
	Method      string `json:"method"`
	AppID       string `json:"appId"`
	AccessToken string `json:"accessToken"`
	Timestamp   string `json:"timestamp"`
	Version     string `json:"version"`
	Sign        string `json:"sign"`
}

var methods = map[string]func(*call) (any, error){
	"oauth.getAccessToken":         getToken,
	"oauth.refreshToken":           refreshToken,
	"order.getOrderList":           listOrders,
	"order.getOrderDetail":         orderDetail,
	"order.getOrderReceiverInfo":   receivers,
	"order.orderDeliver":           deliver,
	"order.modifyOrderExpressInfo": modifyExpress,
	"order.modifySellerMarkInfo":   mark,
	"common.getExpressCompanyList": companyList,
	"afterSale.listAfterSaleInfos": listCases,
	"afterSale.getAfterSaleInfo":   caseInfo,
	"afterSale.auditReturns":       audit,
	"afterSale.confirmReceive":     confirmReceive,
	"afterSale.rejectReasons":      rejectReasons,
	"express.queryEbillSubscribes": accounts,
	"express.queryEbillTemplates":  templates,
	"express.createEbillOrders":    createLabels,
	"express.updateEbillOrder":     updateLabel,
	"express.queryEbillOrder":      readLabel,
	"express.cancelEbillOrder":     cancelLabel,
	"data.batchDecrypt":            decrypt,
	"data.batchDesensitise":        desensitise,
	"data.batchIndex":              batchIndex,
	"inventory.getSkuStockV2":      getStock,
	"inventory.syncSkuStock":       syncStock,
	"inventory.syncSkuStockV2":     syncStock,
	"inventory.incSkuStock":        incStock,
}

// ServeHTTP answers one request of the gateway, whatever the path behind the base
// address; only the page on which sellers agree has one of its own.
func (s *server) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "/authorization") {
		s.authorize(rw, r)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, 1<<20))
	if err != nil {
		return
	}
	var in system
	if r.Method != http.MethodPost || json.Unmarshal(body, &in) != nil {
		write(rw, spell(nil, fail(badParameter, "请求参数错误")))
		return
	}
	shop := s.w.ByApp(code, in.AppID)
	if shop == nil {
		write(rw, spell(nil, fail(badSign, "appId 不存在")))
		return
	}
	shop.Exchange(rw, r, func(t *world.Tx, v world.Verdict) world.Reply {
		if err := admit(t, v, in); err != nil {
			return spell(nil, err)
		}
		return spell(methods[in.Method](&call{t, body}))
	})
}

func admit(t *world.Tx, v world.Verdict, in system) error {
	switch v.Fault {
	case world.Internal:
		return fail(internal, "系统异常")
	case world.Throttled:
		return fail(tooMany, "请求过于频繁，触发限流")
	case world.IPNotListed:
		return fail(badAddress, "IP不在白名单内")
	case world.NoPermission:
		return fail(noPermission, "应用无该接口权限")
	}
	at, err := strconv.ParseInt(in.Timestamp, 10, 64)
	switch {
	case subtle.ConstantTimeCompare([]byte(signOf(t.Secret, in.Method, in.AppID, in.Timestamp, in.Version)), []byte(in.Sign)) != 1:
		return fail(badSign, "签名错误")
	case err != nil || at*1000 < t.Now()-maxSkew || at*1000 > t.Now()+maxSkew:
		return fail(badTime, "timestamp 无效")
	case in.Version != "2.0" || methods[in.Method] == nil:
		return fail(badParameter, "method 或 version 不存在")
	case strings.HasPrefix(in.Method, "oauth."):
		return nil
	}
	switch t.CheckToken(in.AccessToken) {
	case world.TokenExpired:
		return fail(oldToken, "accessToken已过期")
	case world.TokenUnknown:
		return fail(badToken, "accessToken无效")
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

func spell(v any, err error) world.Reply {
	if err == nil {
		return world.JSON(http.StatusOK, obj{"error_code": 0, "error_msg": "", "success": true, "data": v})
	}
	f := failedOf(err)
	return world.JSON(http.StatusOK, obj{"error_code": f.code, "error_msg": f.message, "success": false, "data": nil})
}

// failedOf is a refusal in the gateway's numbers.
func failedOf(err error) *failed {
	f := &failed{notAllowed, err.Error()}
	if !errors.As(err, &f) {
		switch world.KindOf(err) {
		case world.NotFound:
			f.code = noOrder
		case world.Done:
			f.code = alreadyDone
		case world.Invalid:
			f.code = badParameter
		}
	}
	return f
}

func (c *call) read(to any) error {
	if err := json.Unmarshal(c.body, to); err != nil {
		return fail(badParameter, "请求参数错误: "+err.Error())
	}
	return nil
}

func grantOf(t *world.Tx, g world.Grant, err error) (any, error) {
	if err != nil {
		return nil, fail(badToken, err.Error())
	}
	return obj{"accessToken": g.Access, "accessTokenExpiresAt": g.ExpiresAt, "refreshToken": g.Refresh, "refreshTokenExpiresAt": g.RefreshUntil,
		"sellerId": t.ID, "sellerName": t.Title}, nil
}

func getToken(c *call) (any, error) {
	var in struct{ Code string }
	if err := c.read(&in); err != nil {
		return nil, err
	}
	g, err := c.t.GrantByCode(in.Code)
	return grantOf(c.t, g, err)
}

func refreshToken(c *call) (any, error) {
	var in struct {
		Refresh string `json:"refreshToken"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	g, err := c.t.GrantByRefresh(in.Refresh)
	return grantOf(c.t, g, err)
}

// authorize is the page on which a seller agrees; here he does so at once.
func (s *server) authorize(rw http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	shop := s.w.ByApp(code, q.Get("appId"))
	back, err := url.Parse(q.Get("redirectUri"))
	if shop == nil || err != nil || back.Host == "" {
		write(rw, spell(nil, fail(badParameter, "appId 或 redirectUri 错误")))
		return
	}
	var c string
	shop.Do(func(t *world.Tx) { c = t.NewCode() })
	to := back.Query()
	to.Set("code", c)
	if state := q.Get("state"); state != "" {
		to.Set("state", state)
	}
	back.RawQuery = to.Encode()
	http.Redirect(rw, r, back.String(), http.StatusFound)
}
