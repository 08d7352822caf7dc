package jd

import (
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

const (
	key    = "A1B2C3D4E5F60718293A4B5C6D7E8F90"
	secret = "9a1b8c7d6e5f40312233445566778899"

	carrierList = `{"success":true,"data":[{"id":467,"providerCode":"SF","providerName":"顺丰快递"},{"id":1499,"providerCode":"ZTO","providerName":"中通速递"},{"id":463,"providerCode":"YTO","providerName":"圆通快递"}]}`
)

func answer(data string) string {
	return `{"extension":{"requestId":"r"},"success":true,"data":` + data + `}`
}

func refused(code, text string) string {
	return `{"extension":{"requestId":"r"},"success":false,"data":null,"errorList":[{"code":"` + code + `","message":"` + text + `","details":""}]}`
}

func listed(total, data string) string {
	return `{"success":true,"data":[` + data + `],"paginationData":{"currentPage":1,"pageSize":100,"totalItems":` + total + `,"totalPages":2,"hasNextPage":true}}`
}

func suite(t *testing.T) channeltest.API {
	order := string(apiData(t, "order.json"))
	return channeltest.API{
		Credentials: map[string]string{appKey: key, appSecret: secret},
		Token:       channel.Token{Access: "acc3ss-t0ken", Refresh: "r3fr3sh-t0ken", Account: "10268"},
		Orders:      []channeltest.RawOrder{{Raw: []byte(order), No: "orderId", Status: "orderStatus", Quantity: "skuItemInfoList.0.num"}},
		Cases:       [][]byte{apiData(t, "case.json")},
		Looked: func(r *http.Request, _ string) (string, bool) {
			switch {
			case strings.HasSuffix(r.URL.Path, "/carriers"):
				return carrierList, true
			case r.Method == "GET" && strings.Contains(r.URL.Path, "/sp-order/v0/orders/"):
				return answer(order), true
			}
			return "", false
		},
		Lists: []channeltest.Listed{
			{Body: listed("101", order+`,{"orderId":"1","skuItemInfoList":7}`), Nos: []string{"9200000010000000123", "1"}, Total: 101, More: true},
			{Body: `{"success":true,"data":null,"paginationData":{"totalItems":0}}`},
		},
		Faults: []channeltest.Fault{
			{Name: "often", Body: refused("2", "限制时间内调用失败次数"), Want: channel.ErrThrottled, RetryMS: 60_000},
			{Name: "often, in words", Body: refused("10201001099", "调用过于频繁"), Want: channel.ErrThrottled},
			{Name: "clock", Body: refused("8", "非法的时间戳参数"), Want: channel.ErrClock},
			{Name: "signature", Body: refused("10", "无效签名"), Want: channel.ErrSignature},
			{Name: "app", Body: refused("20", "无效app_key"), Want: channel.ErrSignature},
			{Name: "token", Body: refused("19", "token已过期或者不存在，请重新授权"), Want: channel.ErrTokenExpired},
			{Name: "token at the gateway", Body: `{"error_response":{"code":"19","zh_desc":"无效access_token","en_desc":"Invalid access_token"}}`, Want: channel.ErrTokenExpired},
			{Name: "permission", Body: refused("22", "应用无权访问该接口"), Want: channel.ErrPermission},
			{Name: "address", Body: refused("60", "IP不在白名单内"), Want: channel.ErrIPNotListed},
			{Name: "internal", Body: refused("43", "系统处理错误"), Want: channel.ErrUnavailable},
			{Name: "internal with its own status", Status: 500, Body: refused("10201009999", "系统异常"), Want: channel.ErrUnavailable},
			{Name: "unknown", Body: refused("10201001018", "订单不存在"), Want: channel.ErrNotFound},
			{Name: "business, alone", Body: `{"success":false,"errorList":{"code":"10201011001","message":"参数错误"}}`, Want: channel.ErrRefused},
			{Name: "no reason", Body: `{"success":false}`, Want: channel.ErrAnswer},
			{Name: "no word", Body: `{}`, Want: channel.ErrAnswer},
		},
	}
}

func TestTheAPIConforms(t *testing.T) { channeltest.Client(t, Manifest, suite(t)) }

func TestRequestsAreSignedAsTheVectorsSay(t *testing.T) {
	var file struct {
		API struct {
			Vectors []struct {
				Name   string
				Secret string            `json:"app_secret"`
				Signed map[string]string `json:"signed_map_in_order"`
				Query  map[string]string
				Path   map[string]string
				Body   string
				System struct{ AppKey, AccessToken, Timestamp, SignMethod string }
				Want   string `json:"X-JOS-Sign"`
			}
		} `json:"sp_api"`
	}
	if err := json.Unmarshal(apiData(t, "sign.json"), &file); err != nil || len(file.API.Vectors) < 4 {
		t.Fatal(err)
	}
	for _, v := range file.API.Vectors {
		head := names{"X-JOS-App-Key": v.System.AppKey, "X-JOS-Access-Token": v.System.AccessToken, "X-JOS-Timestamp": v.System.Timestamp}
		if v.System.SignMethod != "" {
			head["X-JOS-Sign-Method"] = v.System.SignMethod
		}
		if got := sign(v.Secret, v.Body, head, v.Query, v.Path); got != v.Want {
			t.Errorf("%s: %s, want %s", v.Name, got, v.Want)
		}
		// Backwards: what the vector signed is all there is to sign.
		if got := sign(v.Secret, "", v.Signed); got != v.Want {
			t.Errorf("%s: the vector's own names give %s", v.Name, got)
		}
	}
}

func TestAnOrderIsReadWhole(t *testing.T) {
	o, err := channeltest.Dial(t, Manifest, suite(t), nil).Map(apiData(t, "order.json"))
	if err != nil {
		t.Fatal(err)
	}
	want := channel.Receiver{Name: "林**", Phone: "138****0001", Province: "浙江", City: "杭州市", District: "西湖区", Town: "北山街道", Detail: "孤山路**号"}
	if o.Receiver != want || o.Status != channel.PartlyShipped || o.Flag != 3 || o.PaymentMethod != "在线支付" || o.Waybill.Carrier != "中通速递" || o.Waybills != nil || o.ShipByAt != 1778610000000 ||
		o.ModifiedAt != 1778525000123 || o.RefundState != channel.RefundInProgress || len(o.Holds)+len(o.Flags) != 0 || *o.TotalQuantity != 5 {
		t.Errorf("%+v", o)
	}
	m := o.Money
	if *m.Goods != 23560 || *m.BuyerPaid != 20510 || *m.PlatformDiscount != 1000 || *m.Goods+*m.Freight-*m.MerchantDiscount-*m.PlatformDiscount-*m.PaymentDiscount != *m.BuyerPaid || *m.MerchantReceivable != 21660 {
		t.Errorf("%+v", m)
	}
	l := o.Lines
	if l[0].ChannelLineNo != "1_100012043978_1" || l[0].ChannelSKUNo != "100012043978123456" || l[0].Status != channel.Shipped || l[1].Status != channel.AwaitingShipment || l[1].RefundState != channel.RefundInProgress ||
		l[1].MerchantSKUCode != "TW-001-BL" || !l[2].IsGift || *l[0].PriceFen != 8990 {
		t.Errorf("%+v", l)
	}
}

func TestWhatChangesAnOrder(t *testing.T) {
	c := channeltest.Dial(t, Manifest, suite(t), nil)
	for change, want := range map[[2]string]func(channel.Order) bool{
		{`WAIT_SELLER_STOCK_OUT`, `LOCKED`}: func(o channel.Order) bool {
			return reflect.DeepEqual(o.Holds, []string{channel.HoldLocked}) && o.Status == channel.PartlyShipped
		},
		{`WAIT_SELLER_STOCK_OUT`, `POP_ORDER_PAUSE`}:                                     func(o channel.Order) bool { return reflect.DeepEqual(o.Holds, []string{channel.HoldPaused}) },
		{`"partialShipment": true`, `"partialShipment": false`}:                          func(o channel.Order) bool { return o.Status == channel.AwaitingShipment },
		{`WAIT_SELLER_STOCK_OUT`, `WAIT_GOODS_RECEIVE_CONFIRM`}:                          func(o channel.Order) bool { return o.Status == channel.Shipped && o.Lines[1].Status == channel.Shipped },
		{`WAIT_SELLER_STOCK_OUT`, `TRADE_CANCELED`}:                                      func(o channel.Order) bool { return o.Status == channel.Closed },
		{`"preSaleOrder": false`, `"preSaleOrder": true`}:                                func(o channel.Order) bool { return reflect.DeepEqual(o.Flags, []string{channel.FlagPresale}) },
		{`"paymentType": 4`, `"paymentType": 1`}:                                         func(o channel.Order) bool { return reflect.DeepEqual(o.Flags, []string{channel.FlagCOD}) },
		{`"paymentConfirmTime": 1778524500000`, `"paymentConfirmTime": -62135596800000`}: func(o channel.Order) bool { return o.PaidAt == 0 && *o.Money.BuyerPaid == 0 },
		{`待审核`, `审核不通过`}:                                                                 func(o channel.Order) bool { return o.Lines[1].RefundState == channel.RefundRejected },
		{`待审核`, `完成`}: func(o channel.Order) bool {
			return o.Lines[1].RefundState == channel.RefundDone && o.RefundState == channel.RefundPart
		},
		{`待审核`, `天知道`}: func(o channel.Order) bool { return o.Lines[1].RefundState == channel.RefundUnknown },
		{`205.1,
  "payDiscountAmount"`, `205.10,
  "payDiscountAmount"`}: func(o channel.Order) bool { return *o.Money.BuyerPaid == 20510 },
	} {
		raw := string(apiData(t, "order.json"))
		if !strings.Contains(raw, change[0]) {
			t.Fatal(change[0])
		}
		if o, err := c.Map([]byte(strings.Replace(raw, change[0], change[1], 1))); err != nil || !want(o) {
			t.Errorf("%s: %v %+v", change[1], err, o)
		}
	}
}

func TestACaseGoesByThePlatformsWords(t *testing.T) {
	c := channeltest.Dial(t, Manifest, suite(t), nil).(channel.AftersaleLister)
	raw := string(apiData(t, "case.json"))
	got, err := c.MapAftersale([]byte(raw))
	if err != nil || got.No != "2400001234567890" || got.Kind != "return" || got.LineNo != "1_35509093276_2" || got.RefundFen != 2790 || got.Quantity != 1 || got.Reason != "商品破损" || got.Note != "开线了" ||
		got.ReturnWaybill != "SF1234567890123" || got.DecideByAt != 1778772800000 || got.State != channel.AftersaleRequested {
		t.Errorf("%+v %v", got, err)
	}
	for word, want := range map[string]channel.AftersaleState{"待用户发货": channel.AftersaleReturning, "待收货": channel.AftersaleReceiving, "完成": channel.AftersaleRefunded,
		"审核不通过": channel.AftersaleRefused, "用户取消": channel.AftersaleClosed, "天知道": channel.AftersaleUnknown} {
		if got, err := c.MapAftersale([]byte(strings.ReplaceAll(raw, "待审核", word))); err != nil || got.State != want || got.StateRaw != word {
			t.Errorf("%s: %+v %v", word, got, err)
		}
	}
	if got, err := c.MapAftersale([]byte(strings.Replace(raw, `"afsCount": 1`, `"x": 1`, 1))); err != nil || got.Quantity != 1 {
		t.Errorf("as lists tell it: %+v %v", got, err)
	}
	if got, err := c.MapAftersale([]byte(strings.ReplaceAll(strings.ReplaceAll(raw, "待审核", "完成"), `"退货"`, `"换货"`))); err != nil || got.State != channel.AftersaleExchanged {
		t.Errorf("%+v %v", got, err)
	}
}

type sentRequest struct{ method, path, body string }

func recorded(t *testing.T, answers map[string]string) (*client, *[]sentRequest) {
	var sent []sentRequest
	c := channeltest.Dial(t, Manifest, suite(t), channeltest.RoundTrip(func(r *http.Request) (*http.Response, error) {
		b, _ := io.ReadAll(r.Body)
		path := strings.TrimPrefix(r.URL.Path, "/base")
		sent = append(sent, sentRequest{r.Method, path, string(b)})
		head := names{"X-JOS-App-Key": key, "X-JOS-Access-Token": "acc3ss-t0ken", "X-JOS-Timestamp": "1794358800000"}
		for n, v := range head {
			if r.Header.Get(n) != v {
				t.Errorf("%s is %s", n, r.Header.Get(n))
			}
		}
		in, query := names{}, names{}
		if parts := strings.Split(path, "/"); len(parts) > 4 && parts[3] == "orders" {
			in["orderId"] = parts[4]
		}
		for n := range r.URL.Query() {
			query[n] = r.URL.Query().Get(n)
		}
		if r.Header.Get("X-JOS-Sign") != sign(secret, string(b), head, in, query) || r.Header.Get("X-JOS-Request-Identity") != "vender" {
			t.Errorf("%s is signed wrongly", path)
		}
		return channeltest.Answered(200, nil, answers[r.Method+" "+path])(r)
	}))
	return c.(*client), &sent
}

func TestEffectsSayWhatThePlatformExpects(t *testing.T) {
	const no = "9200000010000000123"
	at := "/sp-order/v0/orders/" + no
	answers := map[string]string{"GET /sp-order/v0/carriers": carrierList, "GET " + at: answer(string(apiData(t, "order.json")))}
	for _, p := range []string{"POST " + at + "/shipments", "PUT " + at + "/shipments", "PUT " + at + "/vender-remarks", "PUT " + at + "/consignees"} {
		answers[p] = answer(`{"orderId":` + no + `}`)
	}
	answers["PUT /sp-product/v0/sku-stocks/batch"] = answer(`[]`)
	c, sent := recorded(t, answers)
	ctx := t.Context()
	must := func(err error, method, path, body string) {
		t.Helper()
		if got := (*sent)[len(*sent)-1]; err != nil || got != (sentRequest{method, path, body}) {
			t.Errorf("%v\n%+v\nwant %s", err, got, body)
		}
	}
	s := channel.ShipRequest{Key: "k1", OrderNo: no, Carrier: "ZTO", Waybill: "731"}
	must(c.Ship(ctx, s), "POST", at+"/shipments", `{"orderShipmentDTO":{"orderId":`+no+`,"packageInfoList":[{"companyId":"1499","waybillCode":"731"}]}}`)
	s.Lines = []channel.ParcelLine{{LineNo: "1_35509093276_2", SKUNo: "35509093276", Quantity: 1}}
	must(c.Ship(ctx, s), "POST", at+"/shipments", `{"orderShipmentDTO":{"orderId":`+no+`,"packageInfoList":[{"companyId":"1499","waybillCode":"731","outboundGoodsFacetDTOList":[{"skuId":35509093276,"skuUuid":"1_35509093276_2","skuNum":1}]}]}}`)
	s.Carrier = "SF"
	must(c.ChangeWaybill(ctx, s, "ZTO", "73100000000009"), "PUT", at+"/shipments", `{"orderShipmentDTO":{"orderId":`+no+`,"packageInfoList":[{"companyId":"467","waybillCode":"731","shipmentId":8801}]}}`)
	must(c.WriteMemo(ctx, channel.Memo{OrderNo: no, Text: "加急", Flag: 5}), "PUT", at+"/vender-remarks", `{"orderVenderRemarkDTO":{"flagId":5,"orderId":`+no+`,"remark":"加急"}}`)
	to := channel.Receiver{Name: "林小满", Phone: "13800000001", Province: "浙江省", City: "杭州市", District: "西湖区", Detail: "南山路2号"}
	must(c.ChangeAddress(ctx, no, to), "PUT", at+"/consignees", `{"orderConsigneeDTO":{"cityId":1213,"countyId":3038,"customerName":"林小满","customerPhone":"13800000001","detailAddress":"南山路2号","orderId":`+no+`,"provinceId":15,"townId":59931}}`)
	to.District = "上城区"
	if err := c.ChangeAddress(ctx, no, to); !errors.Is(err, channel.ErrRefused) {
		t.Errorf("another area: %v", err)
	}
	each, err := c.PushStock(ctx, []channel.StockLevel{{Key: "s1", SKUNo: "35509093276", Quantity: 7}})
	must(errors.Join(err, each[0]), "PUT", "/sp-product/v0/sku-stocks/batch", `{"putSkuStockList":[{"skuId":35509093276,"stockNum":7}],"stockRfID":"s1"}`)
	if err := c.WriteMemo(ctx, channel.Memo{OrderNo: "no number"}); !errors.Is(err, channel.ErrRefused) {
		t.Error(err)
	}
}

func TestListsAskForWhatMapNeeds(t *testing.T) {
	var asked url.Values
	c := channeltest.Dial(t, Manifest, suite(t), channeltest.RoundTrip(func(r *http.Request) (*http.Response, error) {
		asked = r.URL.Query()
		return channeltest.Answered(200, nil, listed("0", ""))(r)
	}))
	if _, err := c.List(t.Context(), channel.Query{Stream: channel.ByModified, From: 1778524433000, To: 1778524434000, Page: 3, Size: 50}); err != nil {
		t.Fatal(err)
	}
	for n, want := range map[string]string{"startTime": "1778524433000", "endTime": "1778524434000", "page": "3", "pageSize": "50", "sortBy": "modifiedTime"} {
		if asked.Get(n) != want {
			t.Errorf("%s is %s", n, asked.Get(n))
		}
	}
	if !strings.Contains(asked.Get("scopeSet"), "consigneeInfo") || !strings.Contains(asked.Get("orderStatus"), "LOCKED") {
		t.Error(asked)
	}
}

func TestTokensComeFromACodeAndAreRenewed(t *testing.T) {
	var asked []string
	body := `{"access_token":"new","expires_in":86400,"refresh_token":"r2","scope":"snsapi_base","open_id":"oX","uid":10268,"code":0}`
	a := channeltest.Access(Manifest, suite(t), channeltest.RoundTrip(func(r *http.Request) (*http.Response, error) {
		q := r.URL.Query()
		if q.Get("app_key") != key || q.Get("app_secret") != secret {
			t.Error(q)
		}
		asked = append(asked, r.URL.Path+" "+q.Get("grant_type")+" "+q.Get("code")+q.Get("refresh_token"))
		return channeltest.Answered(200, nil, body)(r)
	}))
	o := Manifest.API.OAuth
	want := channel.Token{Access: "new", Refresh: "r2", Account: "10268", ExpiresAt: channeltest.At.UnixMilli() + day}
	for _, get := range []func() (channel.Token, error){
		func() (channel.Token, error) { return o.Exchange(t.Context(), a, "c0de", "https://x.example/") },
		func() (channel.Token, error) { return o.Refresh(t.Context(), a) },
	} {
		if got, err := get(); err != nil || got != want {
			t.Errorf("%+v %v", got, err)
		}
	}
	if !reflect.DeepEqual(asked, []string{"/base/oauth2/access_token authorization_code c0de", "/base/oauth2/refresh_token refresh_token r3fr3sh-t0ken"}) {
		t.Errorf("%q", asked)
	}
	for text, want := range map[string]error{`{"code":400,"msg":"refresh_token过期"}`: channel.ErrTokenExpired, `{"code":403,"msg":"app_secret 错误"}`: channel.ErrSignature,
		`{"code":500,"msg":"系统繁忙"}`: channel.ErrUnavailable, `{}`: channel.ErrAnswer} {
		body = text
		if _, err := o.Refresh(t.Context(), a); !errors.Is(err, want) || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", text, err)
		}
	}
	a.BaseURL = gateway
	address, err := o.AuthorizeURL(a, "s&t", "https://shop.example/back")
	u, parseErr := url.Parse(address)
	if err != nil || parseErr != nil || u.Host != "open-oauth.jd.com" || u.Query().Get("app_key") != key || u.Query().Get("state") != "s&t" || u.Query().Get("redirect_uri") != "https://shop.example/back" || u.Query().Has("app_secret") {
		t.Error(address, err)
	}
}

// TestAPulledOrderIsTheExportedOne: the same order stands in testdata as an export.
func TestAPulledOrderIsTheExportedOne(t *testing.T) {
	pulled, err := channeltest.Dial(t, Manifest, suite(t), nil).Map([]byte(`{"orderId":852465238532,"orderStatus":"LOCKED","createdTime":1778530554000,"modifiedTime":1778531000000,"xidBuyer":"o*1",
		"buyerRemark":{"remark":"周末派送,勿放驿站"},"venderRemarkInfo":{"remark":"已核对地址","flagId":0},
		"consigneeInfo":{"fullName":"李**","mobile":"1******9205","fullAddress":"浙江杭州市余杭区仓前街道测试大道88号(近地铁B口)**室"},
		"paymentInfo":{"paymentType":4,"paymentTypeDesc":"在线支付","paymentConfirmTime":1778530910000,"actualPayAmount":1523,"freightFee":6.00},
		"sellerTradePriceInfo":{"totalOriginalPriceAmount":1527.0,"totalSellerDiscountAmount":10,"totalSellerReceivableAmount":1517},
		"skuItemInfoList":[
			{"skuId":46387457586,"skuUuid":"u1","productId":1,"skuName":"龙井茶叶礼盒（明前）","num":1,"jdPrice":1299,"outerSkuId":"LJ=250"},
			{"skuId":23805200924,"skuUuid":"u2","productId":2,"skuName":"猫粮 10kg+试吃装","num":1,"jdPrice":158.00,"outerSkuId":"CAT10KG"},
			{"skuId":60443202048,"skuUuid":"u3","productId":3,"skuName":"收纳箱（特大号）","num":2,"jdPrice":"35","outerSkuId":"SNX 60"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile("testdata/jd_orders.csv")
	if err != nil {
		t.Fatal(err)
	}
	a := channeltest.Read(t, Manifest, channeltest.Batch(t, Manifest, channeltest.Open(t, "f.csv", raw)), channel.Options{})
	filed := a.Orders[pulled.ChannelOrderNo]
	if len(filed.Lines) != len(pulled.Lines) {
		t.Fatalf("%+v", filed)
	}
	// What only one of the two tells; the export has the SKU's number as the item's.
	pulled.StatusRaw, pulled.ModifiedAt, pulled.BuyerKey, pulled.BuyerNick = filed.StatusRaw, 0, "", filed.BuyerNick
	pulled.MemoTold, pulled.FlagTold = false, false
	pulled.Money.MerchantDiscount, pulled.Money.PlatformDiscount = filed.Money.MerchantDiscount, filed.Money.PlatformDiscount
	for i := range pulled.Lines {
		l := &pulled.Lines[i]
		l.ChannelItemNo, l.ChannelLineNo, l.Status = "", "", "" // the file calls the SKU 商品ID, and has no product
	}
	f, err1 := json.Marshal(filed)
	p, err2 := json.Marshal(pulled)
	if err1 != nil || err2 != nil || string(f) != string(p) {
		t.Errorf("\nfile %s\n API %s", f, p)
	}
}
