package kuaishou

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/channeltest"
)

func apiData(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile("testdata/api/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

const (
	key    = "ks650770123456789012"
	secret = "a3aee9ef9e4a858210bcdef012345678"
)

func answer(members string) string {
	return `{"result":1,"code":"1","msg":"SUCCESS","sub_code":"","sub_msg":"","error_msg":""` + members + `}`
}

func refusal(result int, msg string) string {
	b, _ := json.Marshal(map[string]any{"result": result, "error_msg": msg, "requestId": "r"})
	return string(b)
}

const item = `,"data":{"kwaiItemId":81,"skuList":[{"kwaiSkuId":811,"skuStock":3},{"kwaiSkuId":812,"skuStock":7}]}`

func suite(t *testing.T) channeltest.API {
	order := string(apiData(t, "order.json"))
	return channeltest.API{
		Credentials: map[string]string{appKey: key, appSecret: "s3cret-of-app", signSecret: secret, messageKey: "MDEyMzQ1Njc4OWFiY2RlZg=="},
		Token:       channel.Token{Access: "acc3ss-t0ken", Refresh: "r3fr3sh-t0ken", Account: "f18s"},
		Ciphers: []channeltest.Ciphered{
			{Field: "phone", Text: "$odMHb6BG=$Ci1tZXJj==&Ci1tZXJj=$1$$", Index: "odMHb6BG=", Body: answer(`,"indexResultList":[{"searchIndex":"odMHb6BG=","errorCode":1}]`)},
			{Field: "name", Text: "#aYUfZile#Ci1tZXJj&Ci1tZXJj=#1##", Index: "aYUfZile"}, {Field: "address", Text: "~4ZIlCF4T~Ci1tZXJj~1~~", Index: "4ZIlCF4T"},
			{Field: "name", Text: "##e5a4bG=="}, {Field: "phone", Text: "#aYUfZile#Ci1tZXJj#1##"}},
		Orders: []channeltest.RawOrder{{Raw: []byte(order), No: "orderBaseInfo.oid", Status: "orderBaseInfo.status", Quantity: "orderItemInfo.num"}},
		Cases:  [][]byte{apiData(t, "case.json")},
		Looked: func(r *http.Request, _ string) (string, bool) {
			switch {
			case strings.HasSuffix(r.URL.Path, "/open/order/detail"):
				return answer(`,"data":` + order), true
			case strings.HasSuffix(r.URL.Path, "/open/item/get"):
				return answer(item), true
			case strings.HasSuffix(r.URL.Path, "/open/express/subscribe/query"):
				return answer(accountsData), true
			case strings.HasSuffix(r.URL.Path, "/open/express/standard/template/list/get"):
				return answer(templatesData), true
			}
			return "", false
		},
		Waybills: issuedBills,
		Lists: []channeltest.Listed{
			{Body: answer(`,"data":{"pageSize":50,"cursor":"next-1","orderList":[` + order + `,{"orderBaseInfo":{"oid":1},"orderItemInfo":7}]}`), Nos: []string{"4781320682406083640", "1"}, Total: -1, More: true},
			{Body: answer(`,"data":{"cursor":"nomore","orderList":null}`), Total: -1},
		},
		Faults: []channeltest.Fault{
			{Name: "token taken back", Body: refusal(24, "AUTHORIZATION_REVOKED"), Want: channel.ErrTokenExpired},
			{Name: "token ended", Body: refusal(100200102, "TOKEN过期"), Want: channel.ErrTokenExpired},
			{Name: "refresh token used twice", Body: `{"result":100200102,"error":"access_denied","error_msg":"refreshToken.discarded"}`, Want: channel.ErrTokenExpired},
			{Name: "no scope", Body: refusal(100200106, "token中无scope权限"), Want: channel.ErrPermission},
			{Name: "client", Body: refusal(100200101, "unauthorized_client"), Want: channel.ErrSignature},
			{Name: "signature", Body: refusal(1011, "签名校验失败"), Want: channel.ErrSignature},
			{Name: "clock", Body: refusal(1012, "timestamp 过期"), Want: channel.ErrClock},
			{Name: "address", Body: refusal(1015, "请求IP不在白名单内"), Want: channel.ErrIPNotListed},
			{Name: "too fast", Body: refusal(1016, "Exceed qps limit, KEY [apiId:open.order.cursor.list;appkey:ks1], MAX_QPS [300.0]"), Want: channel.ErrThrottled, RetryMS: 1000},
			// 15 hours are left of the day in China.
			{Name: "too many", Body: refusal(1017, "Exceed quota limit, KEY [appkey:ks6887777777779839]"), Want: channel.ErrThrottled, RetryMS: 15 * 60 * minute},
			{Name: "internal", Body: refusal(100200500, "server_error"), Want: channel.ErrUnavailable},
			{Name: "cursor", Body: refusal(1013, "cursor 错误"), Want: channel.ErrPaging},
			{Name: "not its order", Body: refusal(21, "order operation reject"), Want: channel.ErrNotFound},
			{Name: "no case", Body: refusal(300011, "退款单不存在"), Want: channel.ErrNotFound},
			{Name: "decided", Body: refusal(300018, "当前退款状态不可操作"), Want: channel.ErrDone},
			{Name: "changed", Body: refusal(300014, "退款单状态已更新，请刷新重试"), Want: channel.ErrRefused},
			{Name: "blocked parcel", Body: refusal(11, "运单号和物流公司不匹配"), Want: channel.ErrRefused},
			{Name: "no result", Body: `{}`, Want: channel.ErrAnswer},
		},
	}
}

func TestAPIConformance(t *testing.T) { channeltest.Client(t, Manifest, suite(t)) }

func TestSignaturesAreThoseOfTheOtherImplementations(t *testing.T) {
	var file struct {
		Vectors []struct {
			Name, Sign string
			SignSecret string `json:"sign_secret"`
			Params     map[string]string
		}
	}
	if err := json.Unmarshal(apiData(t, "sign.json"), &file); err != nil {
		t.Fatal(err)
	}
	proved := 0
	for _, v := range file.Vectors {
		if v.Params["signMethod"] != "HMAC_SHA256" {
			continue
		}
		q := url.Values{}
		for k, p := range v.Params {
			q.Set(k, p)
		}
		if got := sign(v.SignSecret, q); got != v.Sign {
			t.Errorf("%s: %s, want %s", v.Name, got, v.Sign)
		}
		q.Set("param", q.Get("param")+" ")
		if sign(v.SignSecret, q) == v.Sign {
			t.Errorf("%s: other parameters have the same signature", v.Name)
		}
		proved++
	}
	if proved != 2 {
		t.Errorf("%d vectors", proved)
	}
	// The other direction: what we send of the vectors' parameters is what they signed.
	list := object{"orderViewStatus": 1, "pageSize": 50, "sort": 1, "queryType": 2, "cursor": "", "beginTime": 1719715200000, "endTime": 1719801600000}
	if got, err := canonical(list); err != nil || got != file.Vectors[2].Params["param"] {
		t.Error(got, err)
	}
	if got, err := canonical(object{"flag": 1, "note": "请发顺丰 & 包好+谢谢%🎁", "orderId": id("2401230000123456")}); err != nil || got != file.Vectors[3].Params["param"] {
		t.Error(got, err)
	}
}

func TestAnOrderIsReadWhole(t *testing.T) {
	o, err := channeltest.Dial(t, Manifest, suite(t), nil).Map(apiData(t, "order.json"))
	if err != nil {
		t.Fatal(err)
	}
	want := channel.Receiver{Name: "##e5a4bG==", Phone: "$$dGVs", Detail: "##YWRkcg", Province: "浙江省", City: "杭州市", District: "西湖区", Town: "北山街道", Encrypted: true}
	if o.Receiver != want {
		t.Errorf("%+v", o.Receiver)
	}
	if o.Status != channel.AwaitingShipment || o.Flag != 1 || o.SellerNote != "加急" || o.PaymentMethod != "微信" || o.Waybill != nil || o.ShipByAt != 1780574400000 || o.BuyerKey != "f18d6c7ae1" || len(o.Holds) != 0 ||
		!reflect.DeepEqual(o.Flags, []string{channel.FlagHasGiftOrder}) || *o.TotalQuantity != 3 {
		t.Errorf("%+v", o)
	}
	if m := o.Money; *m.Goods != 10000 || *m.BuyerPaid != 9500 || *m.Freight != 700 || m.MerchantDiscount != nil || m.PlatformDiscount != nil {
		t.Errorf("%+v", m)
	}
	l := o.Lines
	if len(l) != 2 || l[0].ChannelLineNo != "4781320682406083640" || l[0].ChannelItemNo != "9007199254740993088" || l[0].ChannelSKUNo != "4611686018427387999" || l[0].MerchantSKUCode != "TW-01" ||
		l[1].ChannelLineNo != "4781320682406083641" || !l[1].IsGift || *l[1].PriceFen != 0 {
		t.Errorf("%+v", l)
	}
}

// changed is the sample with members set, by path.
func changed(t *testing.T, changes ...any) []byte {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(apiData(t, "order.json"), &doc); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(changes); i += 2 {
		at := doc
		path := strings.Split(changes[i].(string), ".")
		for _, p := range path[:len(path)-1] {
			if p == "0" {
				continue
			}
			switch next := at[p].(type) {
			case map[string]any:
				at = next
			case []any:
				at = next[0].(map[string]any)
			default:
				made := map[string]any{}
				at[p] = made
				at = made
			}
		}
		at[path[len(path)-1]] = changes[i+1]
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestWhatChangesAnOrder(t *testing.T) {
	c := channeltest.Dial(t, Manifest, suite(t), nil)
	steps := func(first, second int) any {
		return map[string]any{"orderPaymentSteps": []any{map[string]any{"payStepStatus": first, "paymentFee": 2000}, map[string]any{"payStepStatus": second, "paymentFee": 7500}}}
	}
	for name, one := range map[string]struct {
		raw  []byte
		want func(channel.Order) bool
	}{
		"unpaid": {changed(t, "orderBaseInfo.status", 10, "orderBaseInfo.payTime", 0), func(o channel.Order) bool { return o.Status == channel.PendingPayment && *o.Money.BuyerPaid == 0 }},
		"deposit paid": {changed(t, "orderBaseInfo.status", 10, "orderBaseInfo.payTime", 0, "orderStepInfo", steps(30, 10)), func(o channel.Order) bool {
			return o.Status == channel.PartlyPaid && *o.Money.BuyerPaid == 2000 && o.Flags[0] == channel.FlagPresale
		}},
		"one piece of two went": {changed(t, "orderBaseInfo.status", 40, "orderDeliveryInfo.deliveryNum", 1), func(o channel.Order) bool {
			return o.Status == channel.PartlyShipped && o.Lines[0].Status == channel.PartlyShipped && o.Waybill.No == "YT8800000000001" && o.Waybill.Carrier == "圆通速递"
		}},
		"without the present": {changed(t, "orderBaseInfo.status", 40, "orderDeliveryInfo.deliveryNum", 2), func(o channel.Order) bool {
			return o.Status == channel.PartlyShipped && o.Lines[0].Status == channel.Shipped
		}},
		"the present only": {changed(t, "subOrderInfo.subOrderBaseInfo.status", 40, "subOrderInfo.subOrderDeliveryInfo.deliveryNum", 1), func(o channel.Order) bool { return o.Status == channel.PartlyShipped }},
		"all of it": {changed(t, "orderBaseInfo.status", 40, "orderDeliveryInfo.deliveryNum", 2, "subOrderInfo.subOrderBaseInfo.status", 40, "subOrderInfo.subOrderDeliveryInfo.deliveryNum", 1,
			"subOrderInfo.subOrderLogisticsInfo", []any{map[string]any{"expressNo": "73100000000001", "expressCode": 9, "logisticsId": 7}}),
			func(o channel.Order) bool {
				return o.Status == channel.Shipped && len(o.Waybills) == 2 && o.Waybills[1].Carrier == "中通快递"
			}},
		"signed for": {changed(t, "orderBaseInfo.status", 50), func(o channel.Order) bool { return o.Status == channel.Delivered }},
		"a group is not complete, and it is looked at": {changed(t, "orderBaseInfo.disableDeliveryReasonCode", []any{1, 2, 2}), func(o channel.Order) bool {
			return reflect.DeepEqual(o.Holds, []string{channel.HoldGroupPending, channel.HoldRiskReview})
		}},
		"held for a reason nobody knows": {changed(t, "orderBaseInfo.disableDeliveryReasonCode", []any{77}), func(o channel.Order) bool { return reflect.DeepEqual(o.Holds, []string{channel.HoldPaused}) }},
		"risky":                          {changed(t, "orderBaseInfo.riskCode", 10001), func(o channel.Order) bool { return reflect.DeepEqual(o.Holds, []string{channel.HoldRiskReview}) }},
		"not to be shipped":              {changed(t, "orderBaseInfo.validPromiseShipmentTimeStamp", 0), func(o channel.Order) bool { return reflect.DeepEqual(o.Holds, []string{channel.HoldPaused}) }},
		"a refund is asked for": {changed(t, "orderRefundList", []any{map[string]any{"refundId": 2, "refundStatus": 10}, map[string]any{"refundId": 1, "refundStatus": 60}}), func(o channel.Order) bool {
			return o.Lines[0].RefundState == channel.RefundInProgress && o.RefundState == channel.RefundInProgress
		}},
		"a case failed":   {changed(t, "orderRefundList", []any{map[string]any{"refundId": 2, "refundStatus": 70}}), func(o channel.Order) bool { return o.Lines[0].RefundState == channel.RefundNone }},
		"the buyer urges": {changed(t, "orderBaseInfo.remindShipmentSign", 2), func(o channel.Order) bool { return slices.Contains(o.Flags, channel.FlagUrged) }},
		"it ships first":  {changed(t, "orderBaseInfo.priorityDelivery", true), func(o channel.Order) bool { return slices.Contains(o.Flags, channel.FlagShipFirst) }},
		"it goes by the transit warehouse": {changed(t, "orderBaseInfo.orderLabels", []int{1}), func(o channel.Order) bool {
			return slices.Contains(o.Flags, channel.FlagConsolidation) && slices.Contains(o.Flags, channel.FlagConsolidationTo+"xinjiang")
		}},
		"the buyer wants another place": {changed(t, "addressUpdateAuditInfo.auditStatus", 10), func(o channel.Order) bool { return o.Flags[1] == channel.FlagAddressWish }},
		"masked only": {changed(t, "orderAddress.encryptedConsignee", "", "orderAddress.encryptedMobile", "", "orderAddress.encryptedAddress", ""), func(o channel.Order) bool {
			return !o.Receiver.Encrypted && o.Receiver.Name == "林**" && o.Receiver.Kind() == "masked"
		}},
	} {
		if o, err := c.Map(one.raw); err != nil || !one.want(o) {
			t.Errorf("%s: %v %+v", name, err, o)
		}
	}
}

func TestACaseWaitsForWhomItSays(t *testing.T) {
	c := channeltest.Dial(t, Manifest, suite(t), nil).(channel.AftersaleLister)
	for change, want := range map[string]channel.AftersaleState{
		`"status":11`: channel.AftersaleRequested, `"status":10,"negotiateStatus":3`: channel.AftersaleRefused, `"status":10,"negotiateStatus":2`: channel.AftersaleRefunding,
		`"status":30`: channel.AftersaleReturning, `"status":40`: channel.AftersaleReceiving, `"status":60`: channel.AftersaleRefunded, `"status":60,"handlingWay":3`: channel.AftersaleExchanged,
		`"status":70`: channel.AftersaleClosed, `"status":20`: channel.AftersaleUnknown, `"status":999`: channel.AftersaleUnknown,
	} {
		raw := strings.TrimSuffix(strings.TrimSpace(string(apiData(t, "case.json"))), "}") + "," + change + "}"
		got, err := c.MapAftersale([]byte(raw))
		if err != nil || got.State != want || got.Version != "1780500001000" || got.RefundFen != 9500 || got.ReturnCarrier != "顺丰速运" {
			t.Errorf("%s: %v %+v", change, err, got)
		}
	}
}

func TestWhatABuyerShowsIsReadFromOneText(t *testing.T) {
	c := channeltest.Dial(t, Manifest, suite(t), nil).(channel.AftersaleLister)
	want := []string{"https://img.example.com/1.jpg", "https://img.example.com/2.jpg"}
	for _, text := range []string{`["https://img.example.com/1.jpg","https://img.example.com/2.jpg"]`, "https://img.example.com/1.jpg, https://img.example.com/2.jpg"} {
		raw := strings.TrimSuffix(strings.TrimSpace(string(apiData(t, "case.json"))), "}") + `,"pictures":` + strconv.Quote(text) + "}"
		if got, err := c.MapAftersale([]byte(raw)); err != nil || !slices.Equal(got.Evidence, want) {
			t.Errorf("%s: %q %v", text, got.Evidence, err)
		}
	}
}

type request struct{ how, path, param string }

func recorded(t *testing.T, answers map[string]string) (*client, *[]request) {
	var sent []request
	c := channeltest.Dial(t, Manifest, suite(t), channeltest.RoundTrip(func(r *http.Request) (*http.Response, error) {
		q := r.URL.Query()
		if r.Method == http.MethodPost {
			b, _ := io.ReadAll(r.Body)
			q, _ = url.ParseQuery(string(b))
		}
		path := strings.TrimPrefix(r.URL.Path, "/base")
		sent = append(sent, request{r.Method, path, q.Get("param")})
		proof := q.Get("sign")
		if proof != sign(secret, q) || q.Get("timestamp") != "1794358800000" || q.Get("method") != strings.ReplaceAll(path[1:], "/", ".") || q.Get("access_token") != "acc3ss-t0ken" || q.Get("appkey") != key {
			t.Errorf("signed or dated wrongly: %v", q)
		}
		body, ok := answers[path]
		if !ok {
			body = answer("")
		}
		return channeltest.Answered(200, nil, body)(r)
	}))
	return c.(*client), &sent
}

func TestEffectsSayWhatThePlatformExpects(t *testing.T) {
	answers := map[string]string{"/open/item/get": answer(item), "/open/order/detail": answer(`,"data":` + string(apiData(t, "order.json"))),
		"/open/refund/reject/reason": answer(`,"data":[{"reasonCode":100,"reasonDesc":"要图","requiredRejectImage":true},{"reasonCode":101,"reasonDesc":"已发货，请拒收后重新申请"},{"reasonCode":102,"reasonDesc":"与买家协商一致"}]`)}
	c, sent := recorded(t, answers)
	ctx := t.Context()
	last := func(how, path, param string) {
		t.Helper()
		if got := (*sent)[len(*sent)-1]; got != (request{how, path, param}) {
			t.Errorf("%+v\nwant %s %s %s", got, how, path, param)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	s := channel.ShipRequest{Key: "k1", OrderNo: "4781320682406083640", Carrier: "ZTO", Waybill: "731"}
	must(c.Ship(ctx, s))
	last("POST", "/open/order/goods/split/deliver", `{"deliveryItemInfoList":[{"deliveryGoodsInfoList":[{"deliveryNum":2,"oid":4781320682406083640},{"deliveryNum":1,"oid":4781320682406083641}],`+
		`"expressCode":9,"expressNo":"731"}],"mainOrderId":4781320682406083640}`)
	s.Lines = []channel.ParcelLine{{Quantity: 1}}
	must(c.Ship(ctx, s))
	last("POST", "/open/order/goods/split/deliver", `{"deliveryItemInfoList":[{"deliveryGoodsInfoList":[{"deliveryNum":1,"oid":4781320682406083640}],"expressCode":9,"expressNo":"731"}],"mainOrderId":4781320682406083640}`)
	answers["/open/order/detail"] = answer(`,"data":` + string(changed(t, "subOrderInfo", []any{}, "orderBaseInfo.oid", json.Number("4781320682406083640"))))
	s.Lines = nil
	must(c.Ship(ctx, s))
	last("POST", "/open/seller/order/goods/deliver", `{"expressCode":9,"expressNo":"731","orderId":4781320682406083640}`)
	s.Carrier, s.CarrierName = "", "顺丰速运"
	must(c.AppendParcel(ctx, s))
	last("POST", "/open/seller/order/goods/logistics/append", `{"expressCode":4,"expressNo":"731","oid":4781320682406083640}`)
	s.CarrierName = "没有这家"
	if err := c.Ship(ctx, s); !errors.Is(err, channel.ErrRefused) {
		t.Error(err)
	}
	s.Carrier = "ZTO"
	answers["/open/order/detail"] = answer(`,"data":` + string(apiData(t, "order.json")))
	must(c.ChangeWaybill(ctx, s, "YTO", "YT8800000000001"))
	last("POST", "/open/seller/order/logistics/update", `{"expressCode":9,"expressNo":"731","logisticsId":9007199254740993001,"orderId":4781320682406083640}`)
	must(c.WriteMemo(ctx, channel.Memo{OrderNo: "69", Text: "加急 <b>&", Flag: 1}))
	last("POST", "/open/seller/order/note/add", `{"flag":1,"note":"加急 <b>&","orderId":69}`)
	must(c.WriteMemo(ctx, channel.Memo{OrderNo: "69"}))
	last("POST", "/open/seller/order/note/add", `{"flag":6,"note":"","orderId":69}`)
	must(c.CloseOrder(ctx, "69", "缺货"))
	last("POST", "/open/seller/order/close", `{"orderId":69}`)
	must(c.AnswerAddressChange(ctx, channel.AddressAnswer{OrderNo: "69", Accept: true}))
	last("GET", "/open/order/address/audit/approve", `{"oid":69}`)
	must(c.AnswerAddressChange(ctx, channel.AddressAnswer{OrderNo: "69"}))
	last("GET", "/open/order/address/audit/reject", `{"oid":69}`)
	if err := c.CloseOrder(ctx, "not a number", ""); !errors.Is(err, channel.ErrRefused) {
		t.Error(err)
	}
	d := channel.Decision{Approve: true, ReturnAddressNo: "5", Case: channel.Case{No: "71", Kind: "return", State: channel.AftersaleRequested, StateRaw: "11/1", Version: "1780500001000", RefundFen: 9500}}
	must(c.DecideAftersale(ctx, d))
	last("POST", "/open/seller/order/refund/returngoods/approve", `{"addressId":5,"refundAmount":9500,"refundId":71}`)
	d.Case.Kind = "exchange"
	must(c.DecideAftersale(ctx, d))
	last("POST", "/open/seller/order/refund/returngoods/approve", `{"addressId":5,"refundAmount":0,"refundId":71}`)
	d.Case.Kind, d.Case.StateRaw = "refund", "10/1"
	must(c.DecideAftersale(ctx, d))
	last("POST", "/open/seller/order/refund/approve", `{"negotiateStatus":1,"refundAmount":9500,"refundHandingWay":10,"refundId":71,"status":10}`)
	d.Approve, d.Reason = false, "协商一致"
	must(c.DecideAftersale(ctx, d))
	last("POST", "/open/refund/reject", `{"reasonCode":102,"refundId":71,"refundVersion":1780500001000,"rejectDesc":"协商一致"}`)
	d.Reason = "别的"
	must(c.DecideAftersale(ctx, d))
	last("POST", "/open/refund/reject", `{"reasonCode":101,"refundId":71,"refundVersion":1780500001000,"rejectDesc":"别的"}`)
	d.Case.State = channel.AftersaleReceiving
	if err := c.DecideAftersale(ctx, d); !errors.Is(err, channel.ErrUnsupported) {
		t.Error(err)
	}
}

func TestStockIsSetByTheDifference(t *testing.T) {
	c, sent := recorded(t, map[string]string{"/open/item/get": answer(item)})
	each, err := c.PushStock(t.Context(), []channel.StockLevel{{ItemNo: "81", SKUNo: "811", Quantity: 5}, {ItemNo: "81", SKUNo: "812", Quantity: 0}, {ItemNo: "81", SKUNo: "811", Quantity: 3},
		{ItemNo: "81", SKUNo: "404", Quantity: 1}, {Code: "TW-01", Quantity: 1}})
	if err != nil || each[0] != nil || each[1] != nil || each[2] != nil || !errors.Is(each[3], channel.ErrNotFound) || !errors.Is(each[4], channel.ErrRefused) {
		t.Error(each, err)
	}
	want := []request{{"GET", "/open/item/get", `{"kwaiItemId":81}`},
		{"POST", "/open/item/sku/stock/update", `{"changeType":1,"kwaiItemId":81,"skuChangeStock":2,"skuId":811}`},
		{"POST", "/open/item/sku/stock/update", `{"changeType":2,"kwaiItemId":81,"skuChangeStock":7,"skuId":812}`}}
	if !reflect.DeepEqual(*sent, want) {
		t.Errorf("%+v", *sent)
	}
}

func TestCasesOfAWideWindowAreReadDayByDay(t *testing.T) {
	pages := []string{`,"data":{"pcursor":"c1","refundOrderInfoList":[{"refundId":1,"updateTime":5}]}`, `,"data":{"pcursor":"nomore","refundOrderInfoList":[{"refundId":2}]}`, `,"data":{"pcursor":"nomore"}`}
	answers := map[string]string{}
	c, sent := recorded(t, answers)
	q := channel.Query{Stream: channel.ByModified, From: 1000, To: 1000 + day + 500, Size: 50}
	var nos []string
	for i := 0; ; i++ {
		answers["/open/seller/order/refund/pcursor/list"] = answer(pages[i])
		p, err := c.ListAftersales(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range p.Items {
			nos = append(nos, one.No)
		}
		if q.Cursor = p.Next; !p.More {
			break
		}
	}
	if !reflect.DeepEqual(nos, []string{"1", "2"}) || len(*sent) != 3 {
		t.Error(nos, len(*sent))
	}
	for i, want := range []string{fmt.Sprintf(`"beginTime":1000,"currentPage":1,"endTime":%d`, 1000+day), `"pcursor":"c1"`, fmt.Sprintf(`"beginTime":%d,"currentPage":1,"endTime":%d`, 1000+day, 1500+day)} {
		if got := (*sent)[i].param; !strings.Contains(got, want) {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestReceiversAreOpenedAndReviewsRead(t *testing.T) {
	c, sent := recorded(t, map[string]string{
		"/open/order/decrypt/batch":      answer(`,"batchDecryptResultList":[{"encryptedData":"$$b","decryptedData":"","errorCode":3},{"encryptedData":"##a","decryptedData":"林小满","errorCode":1}]`),
		"/open/order/search/index/batch": answer(`,"indexResultList":[{"searchIndex":"MTM4","errorCode":1}]`),
		"/open/comment/list/get":         answer(`,"data":{"total":21,"rootComment":[{"commentId":9,"orderId":69,"itemId":81,"content":"好","qualityScore":4,"createTime":7,"sellerReply":false},{"commentId":10,"sellerReply":true}]}`)})
	got, err := c.Decrypt(t.Context(), []channel.Cipher{{OrderNo: "1", Text: "##a"}, {OrderNo: "1", Text: "$$b"}}, "ship")
	if err != nil || !reflect.DeepEqual(got, []string{"林小满", ""}) {
		t.Error(got, err)
	}
	if text, err := c.SearchIndex(t.Context(), "phone", "13800000001"); err != nil || text != "MTM4" || (*sent)[1] != (request{"POST", "/open/order/search/index/batch", `{"indexParamList":[{"plainText":"13800000001","type":3}]}`}) {
		t.Error(text, err, (*sent)[1])
	}
	reviews, page, err := c.ListReviews(t.Context(), channel.Query{From: 1, To: 2})
	if err != nil || len(reviews) != 1 || reviews[0] != (channel.Review{No: "9", OrderNo: "69", ItemNo: "81", Score: 4, Text: "好", CreatedAt: 7}) || !page.More || page.Next != "20" || page.Total != 21 {
		t.Errorf("%+v %+v %v", reviews, page, err)
	}
	if err := c.ReplyReview(t.Context(), reviews[0], "谢谢"); err != nil || (*sent)[3].param != `{"content":"谢谢","outInfo":{"outOrderNo":"69"},"replyToCommentId":9}` {
		t.Error(err, (*sent)[3])
	}
}

func TestTokensComeFromACodeAndAreRenewed(t *testing.T) {
	var bodies []string
	a := channeltest.Access(Manifest, suite(t), channeltest.RoundTrip(func(r *http.Request) (*http.Response, error) {
		b, _ := io.ReadAll(r.Body)
		bodies = append(bodies, r.URL.Path+"?"+string(b))
		return channeltest.Answered(200, nil, `{"result":1,"access_token":"new","refresh_token":"r2","open_id":"f18s","expires_in":172800,"scopes":["merchant_order"]}`)(r)
	}))
	at := channeltest.At.UnixMilli()
	want := channel.Token{Access: "new", Refresh: "r2", Account: "f18s", ExpiresAt: at + 2*day, RefreshExpiresAt: at + 180*day}
	o := Manifest.API.OAuth
	for _, get := range []func() (channel.Token, error){
		func() (channel.Token, error) { return o.Exchange(t.Context(), a, "c0de", "") },
		func() (channel.Token, error) { return o.Refresh(t.Context(), a) },
	} {
		if got, err := get(); err != nil || got != want {
			t.Errorf("%+v %v", got, err)
		}
	}
	if !reflect.DeepEqual(bodies, []string{"/base/oauth2/access_token?app_id=" + key + "&app_secret=s3cret-of-app&code=c0de&grant_type=code",
		"/base/oauth2/refresh_token?app_id=" + key + "&app_secret=s3cret-of-app&grant_type=refresh_token&refresh_token=r3fr3sh-t0ken"}) {
		t.Errorf("%q", bodies)
	}
	address, err := o.AuthorizeURL(a, "s&t", "https://erp.example/back")
	if u, parseErr := url.Parse(address); err != nil || parseErr != nil || u.Query().Get("app_id") != key || u.Query().Get("state") != "s&t" || u.Query().Get("redirect_uri") != "https://erp.example/back" {
		t.Error(address, err)
	}
}
