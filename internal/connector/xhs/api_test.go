package xhs

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"reflect"
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

// part is one member of the sample order.
func part(t *testing.T, name string) string {
	t.Helper()
	var all map[string]json.RawMessage
	if err := json.Unmarshal(apiData(t, "order.json"), &all); err != nil {
		t.Fatal(err)
	}
	return string(all[name])
}

const (
	app    = "21d6f0a3c4b748be8de0"
	secret = "429a0b1c2d3e4f5061728394a3aee9ef9e4a858210"
	no     = "P763821122427443521"
)

func answer(data string) string {
	return `{"error_code":0,"error_msg":"","success":true,"data":` + data + `}`
}

func refusal(code int, msg string) string {
	b, _ := json.Marshal(map[string]any{"error_code": code, "error_msg": msg, "success": false, "data": nil})
	return string(b)
}

const (
	companies = `{"expressCompanyInfos":[{"expressCompanyId":1,"expressCompanyCode":"zhongtong","expressCompanyName":"中通快递","comment":""},{"expressCompanyId":2,"expressCompanyCode":"yuantong","expressCompanyName":"圆通速递"}]}`
	stockData = `{"response":{"success":true,"code":0,"msg":""},"apiVersion":"v1","skuStockInfo":{"skuId":"811","skuStockInfo":{"total":20,"available":15}}}`
)

func methodOf(body string) string {
	var in struct{ Method string }
	_ = json.Unmarshal([]byte(body), &in)
	return in.Method
}

func suite(t *testing.T) channeltest.API {
	order := part(t, "order")
	looked := map[string]string{"common.getExpressCompanyList": companies, "inventory.getSkuStockV2": stockData, "order.getOrderDetail": order,
		"express.queryEbillSubscribes": accountsData, "express.queryEbillTemplates": templatesData}
	return channeltest.API{
		Credentials: map[string]string{appID: app, appSecret: secret},
		Token:       channel.Token{Access: "acc3ss-t0ken", Refresh: "r3fr3sh-t0ken", Account: "5f"},
		Orders:      []channeltest.RawOrder{{Raw: apiData(t, "order.json"), No: "order.orderId", Status: "order.orderStatus", Quantity: "order.skuList.0.skuQuantity"}},
		Cases:       [][]byte{apiData(t, "case.json"), apiData(t, "case_detail.json")},
		Looked: func(_ *http.Request, body string) (string, bool) {
			data, ok := looked[methodOf(body)]
			return answer(data), ok
		},
		Waybills: waybills,
		Lists: []channeltest.Listed{
			{Body: answer(`{"total":101,"pageNo":1,"pageSize":100,"maxPageNo":2,"orderList":[{"orderId":"P1","orderStatus":4,"updateTime":1612518379000},{"orderId":2}]}`), Nos: []string{"P1", "2"}, Total: 101, More: true},
			{Body: answer(`{"code":0,"msg":"","success":true,"data":{"total":1,"orderList":[{"orderId":"P1"}]}}`), Nos: []string{"P1"}, Total: 1},
			{Body: answer(`{"total":0,"pageNo":1,"pageSize":100,"maxPageNo":0,"orderList":[]}`)},
		},
		Faults: []channeltest.Fault{
			{Name: "signature", Body: refusal(-1, "签名错误"), Want: channel.ErrSignature},
			{Name: "no such app", Body: refusal(-1, "appId 不存在"), Want: channel.ErrSignature},
			{Name: "clock", Body: refusal(-1, "timestamp 无效"), Want: channel.ErrClock},
			{Name: "token", Body: refusal(-1, "accessToken已过期"), Want: channel.ErrTokenExpired},
			{Name: "not agreed", Body: refusal(-1, "商家未授权该应用"), Want: channel.ErrTokenExpired},
			{Name: "address", Body: refusal(-1, "IP不在白名单内"), Want: channel.ErrIPNotListed},
			{Name: "permission", Body: refusal(-1, "应用无该接口权限"), Want: channel.ErrPermission},
			{Name: "throttled", Body: refusal(-1, "请求过于频繁，触发限流"), Want: channel.ErrThrottled, RetryMS: 1000},
			{Name: "internal", Body: refusal(-1, "系统异常"), Want: channel.ErrUnavailable},
			{Name: "parameter", Body: refusal(-2000400, "请求参数错误"), Want: channel.ErrRefused},
			{Name: "no order", Body: refusal(-2000101, "包裹不存在"), Want: channel.ErrNotFound},
			{Name: "done", Body: refusal(-1, "订单已发货"), Want: channel.ErrDone},
			{Name: "within", Body: answer(`{"code":-1,"msg":"系统错误","success":false,"data":null}`), Want: channel.ErrUnavailable},
			{Name: "neither", Body: `{"error_code":0}`, Want: channel.ErrAnswer},
			{Name: "nothing", Body: `{}`, Want: channel.ErrAnswer},
		},
	}
}

func TestAPIConformance(t *testing.T) { channeltest.Client(t, Manifest, suite(t)) }

func TestSignaturesAreThoseOfTheOtherImplementation(t *testing.T) {
	var file struct {
		Vectors []struct{ AppID, AppSecret, Method, Timestamp, Version, Sign string }
	}
	if err := json.Unmarshal(apiData(t, "sign.json"), &file); err != nil || len(file.Vectors) != 3 {
		t.Fatal(err)
	}
	for _, v := range file.Vectors {
		if got := sign(v.AppSecret, v.Method, v.AppID, v.Timestamp); got != v.Sign || v.Version != version {
			t.Errorf("%s: %s, want %s", v.Method, got, v.Sign)
		}
		if sign(v.AppSecret, v.Method, v.AppID, v.Timestamp+"0") == v.Sign {
			t.Errorf("%s: another time has the same signature", v.Method)
		}
	}
}

func TestAnOrderIsReadWhole(t *testing.T) {
	o, err := channeltest.Dial(t, Manifest, suite(t), nil).Map(apiData(t, "order.json"))
	if err != nil {
		t.Fatal(err)
	}
	want := channel.Receiver{Name: "#QmFt#nameC1pher#2##", Phone: "#QmFt#phoneC1pher#3##", Detail: "#QmFt#addressC1pher#1##", Province: "浙江省", City: "杭州市", District: "西湖区", Town: "北山街道", Encrypted: true}
	if o.Receiver != want {
		t.Errorf("%+v", o.Receiver)
	}
	if o.ChannelOrderNo != no || o.Status != channel.AwaitingShipment || o.Flag != 1 || o.PaymentMethod != "微信" || o.Waybill != nil || o.ShipByAt != 1780574400000 || len(o.Holds)+len(o.Flags) != 0 || o.ShopHint != "小满家" {
		t.Errorf("%+v", o)
	}
	m := o.Money
	if *m.Goods != 10000 || *m.BuyerPaid != 9500 || *m.Goods+*m.Freight-*m.MerchantDiscount-*m.PlatformDiscount-*m.PaymentDiscount != *m.BuyerPaid || *m.MerchantReceivable != 9800 {
		t.Errorf("%+v %d", m, *m.BuyerPaid)
	}
	l := o.Lines
	if len(l) != 2 || l[0].ChannelLineNo != "64f1a0b2c3d4e50001a2b3c4" || *l[0].PaidFen != 8800 || l[0].PriceFen != nil || l[1].ChannelItemNo != "9007199254740993090" || !l[1].IsGift || l[1].RefundState != channel.RefundNone {
		t.Errorf("%+v", l)
	}
}

// changed is the sample order, without its receiver, with other members.
func changed(t *testing.T, members string) []byte {
	t.Helper()
	var all map[string]json.RawMessage
	for _, text := range []string{part(t, "order"), "{" + members + "}"} {
		if err := json.Unmarshal([]byte(text), &all); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := json.Marshal(map[string]any{"order": all})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestWhatChangesAnOrder(t *testing.T) {
	c := channeltest.Dial(t, Manifest, suite(t), nil)
	for change, want := range map[string]func(channel.Order) bool{
		`"orderStatus": 1, "paidTime": 0`: func(o channel.Order) bool { return o.Status == channel.PendingPayment && *o.Money.BuyerPaid == 0 },
		`"orderStatus": 2`: func(o channel.Order) bool {
			return o.Status == channel.AwaitingShipment && reflect.DeepEqual(o.Holds, []string{channel.HoldPaused})
		},
		`"cancelStatus": 1`: func(o channel.Order) bool { return reflect.DeepEqual(o.Holds, []string{channel.HoldPaused}) },
		`"orderStatus": 5, "simpleDeliveryOrderList": [{"status": 6, "expressTrackingNo": "73100000000001", "expressCompanyCode": "zhongtong", "skuIdList": ["64f1a0b2c3d4e50001a2b3c4"]}, {"status": 4, "expressTrackingNo": "", "skuIdList": ["9223372036854775001"]}]`: func(o channel.Order) bool {
			return o.Status == channel.PartlyShipped && o.Lines[0].Status == channel.Shipped && o.Lines[1].Status == channel.AwaitingShipment && o.Waybill.Carrier == "中通快递" && o.Waybills == nil
		},
		`"orderStatus": 6, "simpleDeliveryOrderList": [{"status": 6, "expressTrackingNo": "731", "expressCompanyCode": "zhongtong"}, {"status": 6, "expressTrackingNo": "YT2", "expressCompanyCode": "yuantong"}]`: func(o channel.Order) bool {
			return o.Status == channel.Shipped && len(o.Waybills) == 2 && o.Waybills[1] == channel.Waybill{Carrier: "圆通速递", No: "YT2"}
		},
		`"orderStatus": 6, "expressTrackingNo": "SF1", "expressCompanyCode": "odd"`: func(o channel.Order) bool { return *o.Waybill == channel.Waybill{Carrier: "odd", No: "SF1"} },
		`"orderStatus": 7, "finishTime": 1780999999000`:                             func(o channel.Order) bool { return o.Status == channel.Completed && o.CompletedAt == 1780999999000 },
		`"orderStatus": 9`:              func(o channel.Order) bool { return o.Status == channel.Closed },
		`"orderStatus": 10`:             func(o channel.Order) bool { return o.Status == "" && o.StatusRaw == "10" },
		`"orderType": 4`:                func(o channel.Order) bool { return reflect.DeepEqual(o.Flags, []string{channel.FlagPresale}) },
		`"totalChangePriceAmount": 100`: func(o channel.Order) bool { return o.Money.Goods == nil },
		`"skuList": [{"skuId":"1","skuQuantity":1},{"skuId":"1","skuQuantity":2}]`: func(o channel.Order) bool {
			return o.Lines[0].ChannelLineNo == "" && *o.TotalQuantity == 3 && o.Money.Goods == nil
		},
		`"skuList": null, "itemList": [{"skuId":"1","skuQuantity":4,"skuAfterSaleStatus":2}]`:            func(o channel.Order) bool { return *o.TotalQuantity == 4 && o.RefundState == channel.RefundInProgress },
		`"orderAfterSalesStatus": 2, "skuList": [{"skuId":"1","skuQuantity":4}]`:                         func(o channel.Order) bool { return o.RefundState == channel.RefundInProgress },
		`"orderAfterSalesStatus": 1, "skuList": [{"skuId":"1","skuQuantity":4,"skuAfterSaleStatus":99}]`: func(o channel.Order) bool { return o.RefundState == channel.RefundUnknown },
	} {
		o, err := c.Map(changed(t, change))
		if err != nil || !want(o) {
			t.Errorf("%s: %v %+v", change, err, o)
		}
		if o.Receiver.Encrypted || o.Receiver.Name != "" || o.Receiver.City != "杭州市" {
			t.Errorf("a receiver of nowhere: %+v", o.Receiver)
		}
	}
}

func TestACaseIsTheSameInListAndDetail(t *testing.T) {
	c := channeltest.Dial(t, Manifest, suite(t), nil).(channel.AftersaleLister)
	list, err1 := c.MapAftersale(apiData(t, "case.json"))
	detail, err2 := c.MapAftersale(apiData(t, "case_detail.json"))
	if err1 != nil || err2 != nil || list.No != detail.No || list.OrderNo != no || list.Kind != "return" || detail.Kind != "return" || list.RefundFen != 8800 || detail.RefundFen != 8800 ||
		list.State != channel.AftersaleRequested || detail.State != channel.AftersaleReceiving || detail.ReturnWaybill != "SF1234567890123" || detail.ReturnCarrier != "顺丰速运" ||
		detail.LineNo != "64f1a0b2c3d4e50001a2b3c4" || detail.Quantity != 2 || detail.DecideByAt != 0 || list.DecideByAt != 1780672800000 {
		t.Errorf("%+v %v\n%+v %v", list, err1, detail, err2)
	}
	for change, want := range map[string]channel.AftersaleState{`"status":2`: channel.AftersaleReturning, `"status":4`: channel.AftersaleRefunded, `"status":4,"refundStatus":1`: channel.AftersaleRefunding,
		`"status":4,"returnType":2`: channel.AftersaleExchanged, `"status":5`: channel.AftersaleClosed, `"status":9001`: channel.AftersaleRefused, `"status":14`: channel.AftersaleUnknown} {
		raw := strings.TrimSuffix(strings.TrimSpace(string(apiData(t, "case.json"))), "}") + "," + change + "}"
		if got, err := c.MapAftersale([]byte(raw)); err != nil || got.State != want {
			t.Errorf("%s: %v %+v", change, err, got)
		}
	}
}

// request is a method with its parameters, without those of the system.
type request struct{ method, params string }

func recorded(t *testing.T, answers map[string]string) (*client, *[]request) {
	var sent []request
	c := channeltest.Dial(t, Manifest, suite(t), channeltest.RoundTrip(func(r *http.Request) (*http.Response, error) {
		b, _ := io.ReadAll(r.Body)
		var in map[string]any
		d := json.NewDecoder(bytes.NewReader(b))
		d.UseNumber()
		if err := d.Decode(&in); err != nil {
			t.Error(err)
		}
		text := func(name string) string {
			s, _ := in[name].(string)
			delete(in, name)
			return s
		}
		method := text("method")
		if r.Method != http.MethodPost || r.URL.String() != "https://channel.example/base" || text("sign") != sign(secret, method, app, "1794358800") || text("timestamp") != "1794358800" ||
			text("appId") != app || text("version") != "2.0" || text("accessToken") != "acc3ss-t0ken" {
			t.Errorf("signed or dated wrongly: %s %s %s", r.Method, r.URL, b)
		}
		var out bytes.Buffer
		e := json.NewEncoder(&out)
		e.SetEscapeHTML(false)
		_ = e.Encode(in)
		sent = append(sent, request{method, strings.TrimSpace(out.String())})
		data, ok := answers[method]
		if !ok {
			data = `"成功"`
		}
		return channeltest.Answered(200, nil, answer(data))(r)
	}))
	return c.(*client), &sent
}

func TestEffectsSayWhatThePlatformExpects(t *testing.T) {
	answers := map[string]string{"common.getExpressCompanyList": companies, "order.getOrderDetail": part(t, "order"), "inventory.getSkuStockV2": stockData,
		"afterSale.rejectReasons": `{"rejectReasons":[{"reasonType":0,"reasonId":7,"reasonName":"商品已发出"},{"reasonType":0,"reasonId":99,"reasonName":"其他"}]}`}
	c, sent := recorded(t, answers)
	ctx := t.Context()
	last := func(method, params string) {
		t.Helper()
		if got := (*sent)[len(*sent)-1]; got != (request{method, params}) {
			t.Errorf("%+v\nwant %s %s", got, method, params)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	s := channel.ShipRequest{Key: "k1", OrderNo: no, Carrier: "ZTO", Waybill: "731", All: []channel.Parcel{{Waybill: "731"}}}
	must(c.Ship(ctx, s))
	last("order.orderDeliver", `{"expressCompanyCode":"zhongtong","expressNo":"731","orderId":"`+no+`","unpack":false}`)
	s.Lines = []channel.ParcelLine{{SKUNo: "64f1a0b2c3d4e50001a2b3c4", Quantity: 2}}
	must(c.Ship(ctx, s))
	last("order.orderDeliver", `{"expressCompanyCode":"zhongtong","expressNo":"731","orderId":"`+no+`","skuIdList":["64f1a0b2c3d4e50001a2b3c4"],"unpack":true}`)
	s.Lines[0].Quantity = 1
	if err := c.Ship(ctx, s); !errors.Is(err, channel.ErrRefused) {
		t.Error("a piece of an SKU:", err)
	}
	answers["order.getOrderDetail"] = strings.TrimSuffix(strings.TrimSpace(part(t, "order")), "}") + `,"orderStatus":5,"simpleDeliveryOrderList":[{"status":6,"skuIdList":["64f1a0b2c3d4e50001a2b3c4"]}]}`
	s.Lines[0].Quantity = 2
	if err := c.Ship(ctx, s); !errors.Is(err, channel.ErrDone) {
		t.Error("a shipped SKU:", err)
	}
	s.Lines, s.All = nil, append(s.All, channel.Parcel{Waybill: "732"})
	must(c.Ship(ctx, s))
	last("order.orderDeliver", `{"expressCompanyCode":"zhongtong","expressNo":"731","orderId":"`+no+`","skuIdList":["9223372036854775001"],"unpack":true}`)
	must(c.ChangeWaybill(ctx, s, "YTO", "YT1"))
	last("order.modifyOrderExpressInfo", `{"expressCompanyCode":"zhongtong","expressNo":"731","oldExpressNo":"YT1","orderId":"`+no+`"}`)
	must(c.WriteMemo(ctx, channel.Memo{OrderNo: "P1", Text: "加急 <b>&", Flag: 5}))
	last("order.modifySellerMarkInfo", `{"operator":"Ordercove","orderId":"P1","sellerMarkNote":"加急 <b>&","sellerMarkPriority":6}`)
	each, err := c.PushStock(ctx, []channel.StockLevel{{SKUNo: "811", Quantity: 7}, {Code: "TW-01", Quantity: 7}})
	if err != nil || each[0] != nil || !errors.Is(each[1], channel.ErrRefused) {
		t.Error(each, err)
	}
	// Five pieces of twenty are reserved.
	last("inventory.syncSkuStock", `{"qty":12,"skuId":"811"}`)
	d := channel.Decision{Approve: true, ReturnAddressNo: "5", Case: channel.Case{No: "R1", Kind: "return", State: channel.AftersaleRequested}}
	must(c.DecideAftersale(ctx, d))
	last("afterSale.auditReturns", `{"action":2,"receiverInfo":{"sellerAddressRecordId":5},"returnsId":"R1"}`)
	d.ReturnAddressNo = ""
	if err := c.DecideAftersale(ctx, d); !errors.Is(err, channel.ErrRefused) {
		t.Error("without an address:", err)
	}
	d.Case.Kind = "refund"
	must(c.DecideAftersale(ctx, d))
	last("afterSale.auditReturns", `{"action":1,"returnsId":"R1"}`)
	d.Approve, d.Reason = false, "已发出"
	must(c.DecideAftersale(ctx, d))
	last("afterSale.auditReturns", `{"action":3,"description":"已发出","reason":7,"returnsId":"R1"}`)
	answers["afterSale.rejectReasons"] = `[{"reasonId":3,"reasonName":"少件"}]`
	d.Case.Kind, d.Case.State = "return", channel.AftersaleReceiving
	must(c.DecideAftersale(ctx, d))
	last("afterSale.confirmReceive", `{"action":2,"description":"已发出","reason":3,"returnsId":"R1"}`)
	d.Approve = true
	must(c.DecideAftersale(ctx, d))
	last("afterSale.confirmReceive", `{"action":1,"returnsId":"R1"}`)
	d.Case.State = channel.AftersaleReturning
	if err := c.DecideAftersale(ctx, d); !errors.Is(err, channel.ErrUnsupported) {
		t.Error(err)
	}
}

func TestAnOrderIsAskedForWithItsReceiver(t *testing.T) {
	answers := map[string]string{"order.getOrderDetail": part(t, "order"), "order.getOrderReceiverInfo": `{"receiverInfos":[` + part(t, "receiver") + `]}`}
	c, sent := recorded(t, answers)
	i, err := c.Get(t.Context(), no)
	if err != nil || i.No != no || i.ModifiedAt != 1780405000000 || len(*sent) != 2 || (*sent)[1].params != `{"isReturn":false,"receiverQueries":[{"openAddressId":"f1d2d2f924e986ac86fdf7b36c94bcdf32beec15","orderId":"`+no+`"}]}` {
		t.Errorf("%+v %v %v", i, err, *sent)
	}
	whole, err1 := c.Map(i.Raw)
	sample, err2 := c.Map(apiData(t, "order.json"))
	if err1 != nil || err2 != nil || !reflect.DeepEqual(whole, sample) {
		t.Errorf("%v %v\n%+v\n%+v", err1, err2, whole, sample)
	}
	answers["order.getOrderReceiverInfo"] = `{"receiverInfos":[{"orderId":"` + no + `","matched":false}]}`
	if i, err := c.Get(t.Context(), no); err != nil || len(*sent) != 6 {
		t.Errorf("a receiver that changed is asked for twice: %d %v", len(*sent), err)
	} else if o, err := c.Map(i.Raw); err != nil || o.Receiver.Name != "" || o.Receiver.City != "杭州市" {
		t.Errorf("%+v %v", o.Receiver, err)
	}
	answers["order.getOrderDetail"] = `{"orderId":"` + no + `","orderStatus":6,"openAddressId":"f1"}`
	if _, err := c.Get(t.Context(), no); err != nil || len(*sent) != 7 {
		t.Errorf("a shipped order's receiver was asked for: %d %v", len(*sent), err)
	}
}

func TestReceiversAreOpened(t *testing.T) {
	c, sent := recorded(t, map[string]string{"data.batchDecrypt": `{"dataInfoList":[{"encryptedData":"#b","decryptedData":"","errorCode":5},{"encryptedData":"#a","decryptedData":"林小满","errorCode":0}]}`})
	got, err := c.Decrypt(t.Context(), []channel.Cipher{{OrderNo: "P1", Text: "#a"}, {OrderNo: "P2", Text: "#b"}}, "ship")
	if err != nil || !reflect.DeepEqual(got, []string{"林小满", ""}) || (*sent)[0].params != `{"actionType":"2","appUserId":"Ordercove","baseInfos":[{"dataTag":"P1","encryptedData":"#a"},{"dataTag":"P2","encryptedData":"#b"}]}` {
		t.Error(got, err, (*sent)[0])
	}
}

func TestWindowsAreWithinWhatThePlatformLists(t *testing.T) {
	c, sent := recorded(t, map[string]string{"order.getOrderList": `{"total":0}`, "afterSale.listAfterSaleInfos": `{"totalCount":0}`})
	q := channel.Query{Stream: channel.ByModified, From: 1_780_000_000_001, To: 1_780_000_000_001 + limits.ModifiedSpan, Page: 3, Size: 50}
	if _, err := c.List(t.Context(), q); err != nil || (*sent)[0].params != `{"endTime":1780001800,"pageNo":3,"pageSize":50,"startTime":1780000000,"timeType":2}` {
		t.Error(err, (*sent)[0])
	}
	if _, err := c.ListAftersales(t.Context(), q); err != nil || (*sent)[1].params != `{"endTime":1780001799001,"pageNo":3,"pageSize":50,"startTime":1780000000001,"timeType":2}` {
		t.Error(err, (*sent)[1])
	}
}

func TestTokensComeFromACodeAndAreRenewed(t *testing.T) {
	var bodies []string
	a := channeltest.Access(Manifest, suite(t), channeltest.RoundTrip(func(r *http.Request) (*http.Response, error) {
		b, _ := io.ReadAll(r.Body)
		bodies = append(bodies, string(b))
		return channeltest.Answered(200, nil, answer(`{"accessToken":"new","accessTokenExpiresAt":1794963600000,"refreshToken":"r2","refreshTokenExpiresAt":1795568400000,"sellerId":"5f","sellerName":"小满家"}`))(r)
	}))
	want := channel.Token{Access: "new", Refresh: "r2", Account: "5f", ExpiresAt: 1794963600000, RefreshExpiresAt: 1795568400000}
	o := Manifest.API.OAuth
	for _, get := range []func() (channel.Token, error){
		func() (channel.Token, error) { return o.Exchange(t.Context(), a, "c0de", "") },
		func() (channel.Token, error) { return o.Refresh(t.Context(), a) },
	} {
		if got, err := get(); err != nil || got != want {
			t.Errorf("%+v %v", got, err)
		}
	}
	if !strings.Contains(bodies[0], `"code":"c0de"`) || !strings.Contains(bodies[1], `"refreshToken":"r3fr3sh-t0ken"`) || strings.Contains(bodies[0]+bodies[1], "acc3ss") {
		t.Errorf("%q", bodies)
	}
	address, err := o.AuthorizeURL(a, "s&t", "https://erp.example/back")
	if u, parseErr := url.Parse(address); err != nil || parseErr != nil || u.Query().Get("appId") != app || u.Query().Get("state") != "s&t" || u.Query().Get("redirectUri") != "https://erp.example/back" {
		t.Error(address, err)
	}
}
