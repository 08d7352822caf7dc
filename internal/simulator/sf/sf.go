// Package sf is the carrier's side of SF Express's open platform (丰桥): one gateway,
// a service code in a form, the message and its digest beside it.
package sf

import (
	"crypto/md5"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

const code = "sf"

// carrier is how the world counts what this gateway issues.
const carrier = "SF"

// Platform is the carrier; a shop of it is an account with a monthly card.
func Platform() world.Platform {
	return world.Platform{
		Code: code, Name: "SF Express", Courier: true, Labels: map[string]string{carrier: carrier},
		Handler: func(w *world.World) http.Handler { return &gateway{w} },
		Credentials: func(s *world.Shop) map[string]string {
			return map[string]string{"partner_id": s.AppKey, "checkword": s.Secret, "monthly_card": card(s)}
		},
		AppKey: func(r *world.Random) string { return "OC" + strings.ToUpper(r.Hex(8)) },
	}
}

// card is an account's monthly card (月结卡号).
func card(s *world.Shop) string { return "755" + strconv.Itoa(1_000_000+s.Number) }

type gateway struct{ w *world.World }

// digest signs a message: Base64 of the MD5 of its URL-encoded text, time and checkword.
func digest(message, timestamp, checkword string) string {
	sum := md5.Sum([]byte(url.QueryEscape(message + timestamp + checkword)))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// gatewayFault is an answer of the gateway itself: A1000 lets a request through.
func gatewayFault(code, message string) world.Reply {
	return world.JSON(0, map[string]any{"apiResultCode": code, "apiErrorMsg": message, "apiResponseID": "", "apiResultData": nil})
}

// answer is what a service says, a JSON text within the JSON.
func answer(ok bool, errorCode, message string, data any) world.Reply {
	inner, err := world.Encode(map[string]any{"success": ok, "errorCode": errorCode, "errorMsg": message, "msgData": data})
	if err != nil {
		inner = nil
	}
	return world.JSON(0, map[string]any{"apiResultCode": "A1000", "apiErrorMsg": "", "apiResponseID": "", "apiResultData": string(inner)})
}

func no(errorCode, message string) world.Reply { return answer(false, errorCode, message, nil) }

// ServeHTTP answers one request.
func (g *gateway) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(rw, r.Body, 1<<20)
	if err := r.ParseForm(); err != nil || r.Method != http.MethodPost {
		http.Error(rw, "bad request", http.StatusBadRequest)
		return
	}
	f := r.PostForm
	shop := g.w.ByApp(code, f.Get("partnerID"))
	if shop == nil {
		_, _ = rw.Write(gatewayFault("A1001", "必传参数不可为空或 partnerID 不存在").Body)
		return
	}
	shop.Exchange(rw, r, func(t *world.Tx, v world.Verdict) world.Reply { return serve(t, v, f) })
}

var services = map[string]func(*world.Tx, []byte) world.Reply{
	"EXP_RECE_CREATE_ORDER": create, "EXP_RECE_SEARCH_ORDER_RESP": search, "EXP_RECE_UPDATE_ORDER": update,
	"EXP_RECE_FILTER_ORDER_BSP": filter, "EXP_RECE_QUERY_DELIVERTM": deliverTime, "EXP_RECE_SEARCH_ROUTES": routes,
}

func serve(t *world.Tx, v world.Verdict, f url.Values) world.Reply {
	switch v.Fault {
	case world.Internal:
		return gatewayFault("A1099", "系统异常")
	case world.Throttled:
		return gatewayFault("A1005", "并发量超限，请稍后再试")
	case world.IPNotListed:
		return gatewayFault("A1003", "IP 无效")
	case world.NoPermission:
		return gatewayFault("A1004", "无对应服务权限")
	}
	want := digest(f.Get("msgData"), f.Get("timestamp"), t.Secret)
	if subtle.ConstantTimeCompare([]byte(want), []byte(f.Get("msgDigest"))) != 1 {
		return gatewayFault("A1006", "数字签名无效")
	}
	do, ok := services[f.Get("serviceCode")]
	if !ok || f.Get("requestID") == "" {
		return gatewayFault("A1002", "请求时效已过期或服务代码不存在")
	}
	return do(t, []byte(f.Get("msgData")))
}

type contact struct {
	Type     int    `json:"contactType"`
	Contact  string `json:"contact"`
	Mobile   string `json:"mobile"`
	Province string `json:"province"`
	City     string `json:"city"`
	County   string `json:"county"`
	Address  string `json:"address"`
}

func (c contact) person() world.Person {
	return world.Person{Name: c.Contact, Phone: c.Mobile, Province: c.Province, City: c.City, District: c.County, Detail: c.Address}
}

func create(t *world.Tx, message []byte) world.Reply {
	var p struct {
		OrderID  string    `json:"orderId"`
		Contacts []contact `json:"contactInfoList"`
		Cargo    []struct {
			Name string `json:"name"`
		} `json:"cargoDetails"`
		Card     string `json:"monthlyCard"`
		Pay      int    `json:"payMethod"`
		Product  int    `json:"expressTypeId"`
		Parcels  int    `json:"parcelQty"`
		Language string `json:"language"`
	}
	if json.Unmarshal(message, &p) != nil || p.OrderID == "" || len(p.OrderID) > 64 || p.Language == "" || p.Product == 0 {
		return no("8001", "JSON 报文不合法")
	}
	if p.Pay == 1 && p.Card != card(t.Shop) {
		return no("8057", "月结卡号不存在或未绑定")
	}
	if _, err := t.LabelByKey(p.OrderID); err == nil {
		return no("8016", "重复下单")
	}
	i := world.Issue{Key: p.OrderID, Orders: []string{p.OrderID}, Carrier: carrier, Pieces: max(1, p.Parcels)}
	for _, c := range p.Contacts {
		if c.Type == 1 {
			i.Sender = c.person()
		} else {
			i.Receiver = c.person()
		}
	}
	if len(p.Cargo) == 0 {
		return no("8002", "托寄物信息不能为空")
	}
	i.Goods = p.Cargo[0].Name
	l, err := t.IssueLabel(i)
	switch world.KindOf(err) {
	case "":
		return answer(true, "S0000", "", issued(l))
	case world.Unreached:
		return answer(true, "S0000", "", map[string]any{"orderId": p.OrderID, "filterResult": 3, "remark": "2", "waybillNoInfoList": []any{}})
	}
	return no("8003", err.Error())
}

// issued is a waybill as create and search tell it.
func issued(l world.Label) map[string]any {
	numbers := []any{map[string]any{"waybillType": 1, "waybillNo": l.No}}
	for _, child := range l.Children() {
		numbers = append(numbers, map[string]any{"waybillType": 2, "waybillNo": child})
	}
	sortCode, mark, bag := l.Route()
	route := map[string]any{"waybillNo": l.No, "destRouteLabel": sortCode, "destTeamCode": mark, "codingMapping": bag, "codingMappingOut": "",
		"twoDimensionCode": "MMM={'k1':'755W','k2':'" + sortCode + "','k5':'" + l.No + "'}", "proCode": "标快", "xbFlag": "0", "printIcon": "00000000"}
	return map[string]any{"orderId": l.Key, "filterResult": 2, "waybillNoInfoList": numbers, "routeLabelInfo": []any{map[string]any{"code": "1000", "routeLabelData": route}}}
}

func search(t *world.Tx, message []byte) world.Reply {
	var p struct {
		OrderID string `json:"orderId"`
	}
	if json.Unmarshal(message, &p) != nil || p.OrderID == "" {
		return no("8001", "JSON 报文不合法")
	}
	l, err := t.LabelByKey(p.OrderID)
	if err != nil {
		return no("8009", "订单不存在")
	}
	out := issued(l)
	if l.Cancelled {
		out["orderStatus"] = "2" // 已取消
	}
	return answer(true, "S0000", "", out)
}

func update(t *world.Tx, message []byte) world.Reply {
	var p struct {
		OrderID string `json:"orderId"`
		Deal    int    `json:"dealType"`
	}
	if json.Unmarshal(message, &p) != nil || p.OrderID == "" || p.Deal != 2 {
		return no("8001", "JSON 报文不合法")
	}
	l, err := t.LabelByKey(p.OrderID)
	if err != nil {
		return no("8009", "订单不存在")
	}
	switch err := t.CancelLabel(carrier, l.No); world.KindOf(err) {
	case "":
		return answer(true, "S0000", "", map[string]any{"orderId": p.OrderID, "resStatus": 2})
	case world.Done:
		return no("8037", "订单已取消")
	default:
		return no("8024", "订单已揽收，不可取消")
	}
}

func filter(_ *world.Tx, message []byte) world.Reply {
	var p struct {
		Contacts []contact `json:"contactInfos"`
	}
	if json.Unmarshal(message, &p) != nil || len(p.Contacts) == 0 {
		return no("8001", "JSON 报文不合法")
	}
	result, remark := 2, ""
	for _, c := range p.Contacts {
		if strings.Contains(c.Address, world.Nowhere) {
			result, remark = 3, "2"
		}
	}
	return answer(true, "S0000", "", map[string]any{"filterResult": result, "remark": remark})
}

func deliverTime(_ *world.Tx, message []byte) world.Reply {
	var p struct {
		Weight json.Number `json:"weight"`
		From   struct {
			Province string `json:"province"`
		} `json:"srcAddress"`
		To struct {
			Province string `json:"province"`
		} `json:"destAddress"`
		At string `json:"consignedTime"`
	}
	if json.Unmarshal(message, &p) != nil || p.To.Province == "" {
		return no("8001", "JSON 报文不合法")
	}
	at, ok := world.ParseChina(p.At)
	if !ok {
		return no("8002", "consignedTime 格式不正确")
	}
	kilograms, err := strconv.ParseFloat(p.Weight.String(), 64)
	if err != nil {
		kilograms = 1
	}
	first, more, days := int64(1200), int64(200), int64(1)
	if p.From.Province != p.To.Province {
		first, more, days = 2300, 800, 2
	}
	var rows []any
	for i, product := range []string{"1", "2"} {
		fee := (first + more*max(0, int64(kilograms+.999)-1)) * int64(10-i*3) / 10
		rows = append(rows, map[string]any{"businessType": product, "fee": world.YuanNumber(fee), "deliverTime": world.China(at + (days+int64(i))*24*3600_000)})
	}
	return answer(true, "S0000", "", map[string]any{"deliverTmDto": rows})
}

func routes(t *world.Tx, message []byte) world.Reply {
	var p struct {
		Numbers []string `json:"trackingNumber"`
	}
	if json.Unmarshal(message, &p) != nil || len(p.Numbers) == 0 {
		return no("8001", "JSON 报文不合法")
	}
	out := []any{}
	for _, number := range p.Numbers {
		steps := []any{}
		if l, err := t.Label(carrier, number); err == nil && l.Collected {
			steps = append(steps, map[string]any{"acceptTime": world.China(l.IssuedAt + 3600_000), "acceptAddress": "杭州市", "remark": "顺丰速运 已收取快件",
				"opCode": "50", "firstStatusCode": "1", "firstStatusName": "已揽收"})
		}
		out = append(out, map[string]any{"mailNo": number, "routes": steps})
	}
	return answer(true, "S0000", "", map[string]any{"routeResps": out})
}
