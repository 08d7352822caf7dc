package wechat

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

const companyList = `{"errcode":0,"errmsg":"ok","company_list":[{"delivery_id":"SF","delivery_name":"顺丰速运"},{"delivery_id":"YTO","delivery_name":"圆通快速"},{"delivery_id":"ZTO","delivery_name":"中通快速"}]}`

func refusal(code, msg string) string {
	return `{"errcode":` + code + `,"errmsg":"` + msg + ` rid: 6561b70c-5e73923b-5cc9dcf2"}`
}

const secret = "0c64c1c3f4b14a1f9d2e3b5a6c7d8e9f"

func suite(t *testing.T) channeltest.API {
	order := string(apiData(t, "order.json"))
	return channeltest.API{
		Credentials: map[string]string{appID: "wx0123456789abcdef", appSecret: secret, pushToken: "qhToken2024", pushKey: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"},
		Token:       channel.Token{Access: "acc3ss-t0ken", Account: "wx0123456789abcdef"},
		Orders: []channeltest.RawOrder{
			{Raw: []byte(order), No: "order_id", Status: "status", Quantity: "order_detail.product_infos.0.sku_cnt"},
			{Raw: published(t), No: "order_id", Status: "status", Quantity: "order_detail.product_infos.0.sku_cnt"},
		},
		Cases: [][]byte{apiData(t, "case.json")},
		Looked: func(r *http.Request, _ string) (string, bool) {
			switch {
			case strings.HasSuffix(r.URL.Path, "/deliverycompanylist/new/get"):
				return companyList, true
			case strings.HasSuffix(r.URL.Path, place+"delivery/get"):
				return issuers, true
			case strings.HasSuffix(r.URL.Path, place+"account/get"):
				return accounts, true
			case strings.HasSuffix(r.URL.Path, "/ec/order/get"):
				return `{"errcode":0,"order":` + order + `}`, true
			}
			return "", false
		},
		Waybills: waybills(),
		Lists: []channeltest.Listed{
			{Body: `{"errcode":0,"errmsg":"ok","order_id_list":["3704612354559743232",3704849110714209536],"next_key":"THE_NEXT_KEY_NEW","has_more":true}`,
				Nos: []string{"3704612354559743232", "3704849110714209536"}, Total: -1, More: true},
			{Body: `{"errcode":0,"errmsg":"ok","order_id_list":[],"next_key":"x","has_more":false}`, Total: -1},
		},
		Faults: []channeltest.Fault{
			{Name: "address", Status: 403, Body: "Forbidden", Want: channel.ErrIPNotListed},
			{Name: "address by number", Body: refusal("40164", "invalid ip"), Want: channel.ErrIPNotListed},
			{Name: "token invalid", Body: refusal("40001", "invalid credential"), Want: channel.ErrTokenExpired},
			{Name: "token illegal", Body: refusal("40014", "invalid access_token"), Want: channel.ErrTokenExpired},
			{Name: "token ended", Body: refusal("42001", "access_token expired"), Want: channel.ErrTokenExpired},
			{Name: "secret", Body: refusal("40125", "invalid appsecret"), Want: channel.ErrSignature},
			{Name: "permission", Body: refusal("48001", "api unauthorized"), Want: channel.ErrPermission},
			{Name: "a minute's calls", Body: refusal("45011", "api minute-quota reach limit"), Want: channel.ErrThrottled, RetryMS: 60_000},
			{Name: "a day's calls, until midnight in China", Body: refusal("45009", "reach max api daily quota limit"), Want: channel.ErrThrottled, RetryMS: 15 * 3600_000},
			{Name: "other parameters than the first page's", Body: refusal("606006", "next_key"), Want: channel.ErrPaging},
			{Name: "too many", Body: refusal("31042", "too many"), Want: channel.ErrWindow},
			{Name: "unknown", Body: refusal("100002", "Not exist"), Want: channel.ErrNotFound},
			{Name: "state", Body: refusal("101100", "订单状态错误，不允许执行此操作"), Want: channel.ErrRefused},
			{Name: "done", Body: refusal("101100", "订单已发货"), Want: channel.ErrDone},
			{Name: "internal", Body: refusal("-1", "system error"), Want: channel.ErrUnavailable},
			{Name: "no code", Body: `{}`, Want: channel.ErrAnswer},
		},
	}
}

// published is the order of the platform's own example.
func published(t *testing.T) []byte {
	t.Helper()
	var file struct{ Order json.RawMessage }
	if err := json.Unmarshal(apiData(t, "published.json"), &file); err != nil {
		t.Fatal(err)
	}
	return file.Order
}

func TestTheAPIConforms(t *testing.T) { channeltest.Client(t, Manifest, suite(t)) }

func TestPushesAreSignedAndSealedAsTheVectorsSay(t *testing.T) {
	type vector struct {
		Name, AppID, Encrypt, Nonce, Plaintext, Timestamp, Token string

		Key       string `json:"encoding_aes_key"`
		Signature string `json:"msg_signature"`
	}
	var file struct {
		Messages  []vector                                                       `json:"encrypted_messages"`
		Published []vector                                                       `json:"published_by_tencent"`
		Checks    []struct{ Echostr, Nonce, Signature, Timestamp, Token string } `json:"url_verification"`
	}
	if err := json.Unmarshal(apiData(t, "push.json"), &file); err != nil || len(file.Messages) < 3 || len(file.Published) < 1 || len(file.Checks) < 1 {
		t.Fatal(err)
	}
	for _, v := range append(file.Messages, file.Published...) {
		got, app, err := openMessage(v.Key, v.Encrypt)
		if err != nil || string(got) != v.Plaintext || app != v.AppID {
			t.Errorf("%s: %q of %s, %v", v.Name, got, app, err)
		}
		if got := pushSign(v.Token, v.Timestamp, v.Nonce, v.Encrypt); got != v.Signature {
			t.Errorf("%s: %s, want %s", v.Name, got, v.Signature)
		}
	}
	a := suite(t)
	for _, v := range file.Checks {
		a.Credentials[pushToken] = v.Token
		c := channeltest.Dial(t, Manifest, a, nil).(channel.PushReceiver)
		q := url.Values{"signature": {v.Signature}, "timestamp": {v.Timestamp}, "nonce": {v.Nonce}, "echostr": {v.Echostr}}
		in := channel.Inbound{Method: "GET", URL: &url.URL{RawQuery: q.Encode()}}
		if hints, reply, err := c.Receive(in); err != nil || len(hints) != 0 || string(reply.Body) != v.Echostr || reply.Status != 200 {
			t.Errorf("%+v %v", reply, err)
		}
		q.Set("nonce", "1")
		in.URL.RawQuery = q.Encode()
		if _, _, err := c.Receive(in); !errors.Is(err, channel.ErrSignature) {
			t.Errorf("another's question: %v", err)
		}
	}
	for i, v := range file.Messages[:2] {
		c := channeltest.Dial(t, Manifest, a, nil).(channel.PushReceiver)
		q := url.Values{"msg_signature": {v.Signature}, "timestamp": {v.Timestamp}, "nonce": {v.Nonce}, "encrypt_type": {"aes"}}
		body := `{"ToUserName":"gh_0123456789ab","Encrypt":"` + v.Encrypt + `"}`
		if i == 1 {
			body = "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><Encrypt><![CDATA[" + v.Encrypt + "]]></Encrypt></xml>"
		}
		in := channel.Inbound{Method: "POST", URL: &url.URL{RawQuery: q.Encode()}, Body: []byte(body), At: 5}
		hints, reply, err := c.Receive(in)
		if err != nil || len(hints) != 1 || hints[0].OrderNo != "3705115058471208928" || hints[0].Topic != []string{"channels_ec_order_pay", "channels_ec_order_new"}[i] ||
			hints[0].At != 1719800000000+int64(i)*1000 || string(reply.Body) != "success" || hints[0].Account != a.Credentials[appID] {
			t.Errorf("%+v %+v %v", hints, reply, err)
		}
		in.Body = []byte(strings.Replace(body, v.Encrypt[:4], "AAAA", 1))
		if _, _, err := c.Receive(in); !errors.Is(err, channel.ErrSignature) {
			t.Errorf("tampered: %v", err)
		}
		in.Body = []byte(v.Plaintext)
		if _, _, err := c.Receive(in); !errors.Is(err, channel.ErrSignature) {
			t.Errorf("not sealed: %v", err)
		}
	}
}

func TestMessagesAreReadInEveryShapeOfThePlatform(t *testing.T) {
	c := channeltest.Dial(t, Manifest, suite(t), nil).(*client)
	for message, want := range map[string]channel.Hint{
		`{"CreateTime":1,"Event":"channels_ec_order_deliver","order_info":{"order_id":9223372036854775807,"finish_delivery":1}}`:                                                    {Topic: "channels_ec_order_deliver", OrderNo: "9223372036854775807", At: 1000},
		`{"Event":"channels_ec_aftersale_update","finder_shop_aftersale_status_update":{"status":"MERCHANT_PROCESSING","after_sale_order_id":2000000464521234123,"order_id":"37"}}`: {Topic: "channels_ec_aftersale_update", OrderNo: "37", AftersaleNo: "2000000464521234123", At: 5},
		`<xml><CreateTime>7</CreateTime><Event><![CDATA[channels_ec_order_pay]]></Event><order_info><order_id>3705115058471208928</order_id></order_info></xml>`:                    {Topic: "channels_ec_order_pay", OrderNo: "3705115058471208928", At: 7000},
	} {
		if got, err := c.hint([]byte(`{"Event":"channels_ec_stock_no_enough","product_id":"1"}`), 5); err != nil || len(got) != 0 {
			t.Errorf("of stock: %v %v", got, err)
		}
		got, err := c.hint([]byte(message), 5)
		if err != nil || len(got) != 1 || got[0].ID == "" {
			t.Fatalf("%s: %v %v", message, got, err)
		}
		want.ID, want.Account = got[0].ID, "wx0123456789abcdef"
		if got[0] != want {
			t.Errorf("%+v, want %+v", got[0], want)
		}
	}
}

func TestAnOrderIsReadWhole(t *testing.T) {
	o, err := channeltest.Dial(t, Manifest, suite(t), nil).Map(apiData(t, "order.json"))
	if err != nil {
		t.Fatal(err)
	}
	want := channel.Receiver{Name: "林小满", Phone: "13800000001", Province: "浙江省", City: "杭州市", District: "西湖区", Detail: "北山街道孤山路1号", Zip: "310000", GroupKey: "3f9a"}
	if o.Receiver != want || o.Status != channel.PartlyShipped || o.PaymentMethod != "微信支付" || o.Waybill.Carrier != "中通快递" || o.Waybills != nil || o.ShipByAt != 1778500000000 ||
		o.ShippedAt != 0 || o.BuyerKey == "" || o.RefundState != channel.RefundInProgress || len(o.Holds)+len(o.Flags) != 0 || *o.TotalQuantity != 4 {
		t.Errorf("%+v", o)
	}
	m := o.Money
	if *m.Goods+*m.Freight-*m.MerchantDiscount-*m.PlatformDiscount != *m.BuyerPaid || *m.BuyerPaid != 26600 || *m.MerchantDiscount != 1300 || *m.PlatformDiscount != 200 || *m.MerchantReceivable != 26800 {
		t.Errorf("%+v", m)
	}
	l := o.Lines
	if l[0].ChannelLineNo != "10032050454081-3212231191366444" || l[2].ChannelLineNo != l[0].ChannelLineNo+"-gift" || l[0].Status != channel.Shipped || l[1].Status != channel.AwaitingShipment ||
		l[2].Status != channel.AwaitingShipment || !l[2].IsGift || l[1].RefundState != channel.RefundInProgress || *l[0].PaidFen != 24300 || l[0].SKUText != "1L;银" {
		t.Errorf("%+v", l)
	}
}

func TestWhatChangesAnOrder(t *testing.T) {
	c := channeltest.Dial(t, Manifest, suite(t), nil)
	for change, want := range map[[2]string]func(channel.Order) bool{
		{`"status": 21`, `"status": 12`}: func(o channel.Order) bool {
			return o.Status == channel.AwaitingShipment && reflect.DeepEqual(o.Holds, []string{channel.HoldGiftPending})
		},
		{`"status": 21`, `"status": 13`}:                      func(o channel.Order) bool { return reflect.DeepEqual(o.Holds, []string{channel.HoldGroupPending}) },
		{`"status": 21`, `"status": "20"`}:                    func(o channel.Order) bool { return o.Status == channel.AwaitingShipment && o.Holds == nil },
		{`"status": 21`, `"status": 30`}:                      func(o channel.Order) bool { return o.Status == channel.Shipped && o.ShippedAt == 1778336900000 },
		{`"status": 21`, `"status": 250`}:                     func(o channel.Order) bool { return o.Status == channel.Closed },
		{`"status": 21`, `"status": 100, "order_detail_": 0`}: func(o channel.Order) bool { return o.Status == channel.Completed },
		{`"is_present": false`, `"is_present": true`}:         func(o channel.Order) bool { return reflect.DeepEqual(o.Flags, []string{channel.FlagGiftOrder}) },
		{`"stock_type": 0`, `"stock_type": 1`}:                func(o channel.Order) bool { return reflect.DeepEqual(o.Flags, []string{channel.FlagPresale}) },
		{`"ship_done_time": 0`, `"ship_done_time": 0, "address_under_review": {"user_name": "林", "detail_info": "南山路"}`}: func(o channel.Order) bool {
			return reflect.DeepEqual(o.Flags, []string{channel.FlagAddressWish})
		},
		{`"tel_number": "13800000001"`, `"tel_number": "", "virtual_order_tel_number": "18400001111-1234"`}: func(o channel.Order) bool { return o.Receiver.Phone == "18400001111-1234" },
		{`"change_freight": 0`, `"change_freight": 300`}:                                                    func(o channel.Order) bool { return *o.Money.Freight == 800 },
		{`"is_change_freight": false`, `"is_change_freight": true`}:                                         func(o channel.Order) bool { return *o.Money.Freight == 0 },
		{`"pay_time": 1778335900`, `"pay_time": 0`}:                                                         func(o channel.Order) bool { return *o.Money.BuyerPaid == 0 && o.PaymentMethod == "" },
		{`"finish_aftersale_sku_cnt": 0`, `"finish_aftersale_sku_cnt": 1`}:                                  func(o channel.Order) bool { return o.Lines[0].RefundState == channel.RefundPart },
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

func TestEveryStateOfACaseHasAMeaning(t *testing.T) {
	c := channeltest.Dial(t, Manifest, suite(t), nil).(channel.AftersaleLister)
	raw := string(apiData(t, "case.json"))
	got, err := c.MapAftersale([]byte(raw))
	if err != nil || got.Kind != "return" || got.LineNo != "10032050454099-3212231191366555" || got.RefundFen != 1500 || got.Quantity != 1 || got.Reason != "不想要了" || got.DecideByAt != 1778572800000 || got.ReturnCarrier != "顺丰速运" {
		t.Errorf("%+v %v", got, err)
	}
	for word, want := range map[string]channel.AftersaleState{"USER_CANCELD": channel.AftersaleClosed, "MERCHANT_WAIT_RECEIPT": channel.AftersaleReceiving,
		"MERCHANT_EXCHANGE_SUCCESS": channel.AftersaleExchanged, "PLATFORM_REFUNDING": channel.AftersaleRefunding, "USER_WAIT_CONFIRM": channel.AftersaleUnknown, "NEW_WORD": channel.AftersaleUnknown} {
		if got, err := c.MapAftersale([]byte(strings.Replace(raw, "MERCHANT_PROCESSING", word, 1))); err != nil || got.State != want || got.StateRaw != word {
			t.Errorf("%s: %+v %v", word, got, err)
		}
	}
}

type request struct{ path, body string }

func recorded(t *testing.T, answers map[string]string) (*client, *[]request) {
	var sent []request
	c := channeltest.Dial(t, Manifest, suite(t), channeltest.RoundTrip(func(r *http.Request) (*http.Response, error) {
		b, _ := io.ReadAll(r.Body)
		path := strings.TrimPrefix(r.URL.Path, "/base/channels/ec/")
		sent = append(sent, request{path, string(b)})
		if r.Method != "POST" || r.URL.Query().Get("access_token") != "acc3ss-t0ken" {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		answer := answers[path]
		if answer == "" {
			answer = `{"errcode":0,"errmsg":"ok"}`
		}
		return channeltest.Answered(200, nil, answer)(r)
	}))
	return c.(*client), &sent
}

func TestEffectsSayWhatThePlatformExpects(t *testing.T) {
	order := string(apiData(t, "order.json"))
	c, sent := recorded(t, map[string]string{"order/deliverycompanylist/new/get": companyList, "order/get": `{"errcode":0,"order":` + order + `}`,
		"aftersale/rejectreason/get": `{"errcode":0,"reason_list":[{"reject_reason_type":6,"reject_reason_type_text":"已协商取消","reject_reason":"已协商","reject_scene":1},
			{"reject_reason_type":21,"reject_reason_type_text":"非本订单商品","reject_reason":"退回的不是本店商品","reject_scene":4},
			{"reject_reason_type":20,"reject_reason_type_text":"影响二次销售","reject_reason":"商品已拆封","reject_scene":4}]}`})
	ctx := t.Context()
	must := func(err error, path, body string) {
		t.Helper()
		if got := (*sent)[len(*sent)-1]; err != nil || got.path != path || got.body != body {
			t.Errorf("%v\n%s %s\nwant %s", err, got.path, got.body, body)
		}
	}
	s := channel.ShipRequest{Key: "k1", OrderNo: "3712231191366444026", Carrier: "ZTO", Waybill: "731"}
	must(c.Ship(ctx, s), "order/delivery/send", `{"delivery_list":[{"delivery_id":"ZTO","waybill_id":"731","deliver_type":1,"product_infos":[`+
		`{"product_id":"10032050454099","sku_id":"3212231191366555","product_cnt":1},{"product_id":"10032050454081","sku_id":"3212231191366444","product_cnt":1}]}],"order_id":"3712231191366444026"}`)
	s.Lines = []channel.ParcelLine{{LineNo: "10032050454081-3212231191366444-gift", Quantity: 1}, {LineNo: "x", ItemNo: "1", SKUNo: "2", Quantity: 3}}
	must(c.Ship(ctx, s), "order/delivery/send", `{"delivery_list":[{"delivery_id":"ZTO","waybill_id":"731","deliver_type":1,"product_infos":[`+
		`{"product_id":"10032050454081","sku_id":"3212231191366444","product_cnt":1},{"product_id":"1","sku_id":"2","product_cnt":3}]}],"order_id":"3712231191366444026"}`)
	s.Lines = []channel.ParcelLine{{ItemNo: "10032050454099", Quantity: 1}}
	must(c.Ship(ctx, s), "order/delivery/send", `{"delivery_list":[{"delivery_id":"ZTO","waybill_id":"731","deliver_type":1,"product_infos":[`+
		`{"product_id":"10032050454099","sku_id":"3212231191366555","product_cnt":1}]}],"order_id":"3712231191366444026"}`)
	s.Lines[0].ItemNo = "404"
	if err := c.Ship(ctx, s); !errors.Is(err, channel.ErrRefused) {
		t.Error(err)
	}
	must(c.ShipWithoutNumber(ctx, channel.ShipRequest{Key: "k2", OrderNo: "3712231191366444026", How: channel.NothingTravels}), "order/delivery/send",
		`{"delivery_list":[{"delivery_id":"","waybill_id":"","deliver_type":3,"product_infos":[`+
			`{"product_id":"10032050454099","sku_id":"3212231191366555","product_cnt":1},{"product_id":"10032050454081","sku_id":"3212231191366444","product_cnt":1}]}],"order_id":"3712231191366444026"}`)
	s.Carrier = "SF"
	must(c.ChangeWaybill(ctx, s, "ZTO", "73100000000009"), "order/deliveryinfo/update", `{"delivery_list":[{"delivery_id":"SF","waybill_id":"731","deliver_type":1,"product_infos":[`+
		`{"product_id":"10032050454081","sku_id":"3212231191366444","product_cnt":2}]}],"order_id":"3712231191366444026"}`)
	must(c.WriteMemo(ctx, channel.Memo{OrderNo: "37", Text: "加急", Flag: 3}), "order/merchantnotes/update", `{"merchant_notes":"加急","order_id":"37"}`)
	must(c.AnswerAddressChange(ctx, channel.AddressAnswer{OrderNo: "37", Accept: true}), "order/addressmodify/accept", `{"order_id":"37"}`)
	must(c.AnswerAddressChange(ctx, channel.AddressAnswer{OrderNo: "37", Reason: "已打包"}), "order/addressmodify/reject", `{"order_id":"37"}`)
	must(c.ChangeAddress(ctx, "37", channel.Receiver{Name: "林小满", Phone: "13800000001", Province: "浙江省", City: "杭州市", District: "西湖区", Town: "北山街道", Detail: "孤山路1号", Zip: "310000"}), "order/address/update",
		`{"order_id":"37","user_address":{"city_name":"杭州市","county_name":"西湖区","detail_info":"北山街道孤山路1号","postal_code":"310000","province_name":"浙江省","tel_number":"13800000001","user_name":"林小满"}}`)
	must(c.ChangePrice(ctx, channel.PriceChange{OrderNo: "37", Lines: []channel.LinePrice{{LineNo: "1234-5678", Was: 400, Now: 300}, {LineNo: "1-2", Was: 1, Now: 1}}, Freight: 0}), "order/price/update",
		`{"change_express":true,"change_order_infos":[{"change_price":300,"product_id":"1234","sku_id":"5678"}],"express_fee":0,"order_id":"37"}`)
	each, err := c.PushStock(ctx, []channel.StockLevel{{ItemNo: "324545", SKUNo: "9328425", Quantity: 10}})
	must(errors.Join(err, each[0]), "product/stock/update", `{"diff_type":3,"num":10,"product_id":"324545","sku_id":"9328425"}`)
	d := channel.Decision{Approve: true, ReturnAddressNo: "123", Case: channel.Case{No: "1768034782998651", Kind: "return", State: channel.AftersaleRequested}}
	must(c.DecideAftersale(ctx, d), "aftersale/acceptapply", `{"address_id":"123","after_sale_order_id":"1768034782998651"}`)
	d.Approve, d.Reason = false, "已发出"
	must(c.DecideAftersale(ctx, d), "aftersale/rejectapply", `{"after_sale_order_id":"1768034782998651","reject_reason":"已发出","reject_reason_type":21}`)
	d.Reason = "二次销售"
	must(c.DecideAftersale(ctx, d), "aftersale/rejectapply", `{"after_sale_order_id":"1768034782998651","reject_reason":"二次销售","reject_reason_type":20}`)
	d.Case.Kind, d.Reason = "refund", "已发出"
	must(c.DecideAftersale(ctx, d), "aftersale/rejectapply", `{"after_sale_order_id":"1768034782998651","reject_reason":"已发出","reject_reason_type":6}`)
	if err := c.DecideAftersale(ctx, channel.Decision{Case: channel.Case{Kind: "exchange", State: channel.AftersaleReceiving}}); !errors.Is(err, channel.ErrUnsupported) {
		t.Error(err)
	}
	if each, err := c.PushStock(ctx, []channel.StockLevel{{Code: "A"}}); err != nil || !errors.Is(each[0], channel.ErrRefused) {
		t.Error(each, err)
	}
}

func TestNothingLeftToShipIsDone(t *testing.T) {
	order := strings.Replace(string(apiData(t, "order.json")), `"product_cnt": 2`, `"product_cnt": 3`, 1)
	order = strings.ReplaceAll(order, `"finish_aftersale_sku_cnt": 0`, `"finish_aftersale_sku_cnt": 1`)
	c, sent := recorded(t, map[string]string{"order/deliverycompanylist/new/get": companyList, "order/get": `{"errcode":0,"order":` + order + `}`})
	if err := c.Ship(t.Context(), channel.ShipRequest{OrderNo: "37", Carrier: "ZTO", Waybill: "731"}); !errors.Is(err, channel.ErrDone) || len(*sent) != 2 {
		t.Errorf("%v after %d requests", err, len(*sent))
	}
}

func TestMaskedReceiversAreOpenedByOrder(t *testing.T) {
	c, sent := recorded(t, map[string]string{"order/sensitiveinfo/decode": `{"errcode":0,"address_info":{"user_name":"陈先生","detail_info":"大塘","tel_number":"13900000002"}}`})
	got, err := c.Decrypt(t.Context(), []channel.Cipher{{OrderNo: "1", Field: "name"}, {OrderNo: "1", Field: "phone"}, {OrderNo: "1", Field: "address"}}, "ship")
	if err != nil || !reflect.DeepEqual(got, []string{"陈先生", "13900000002", "大塘"}) || len(*sent) != 1 {
		t.Error(got, err, *sent)
	}
}

func TestATokenIsForcedOnlyWhenThePlatformRefusesTheOneItGives(t *testing.T) {
	var bodies []string
	stands, refused := "stands", ""
	a := channeltest.Access(Manifest, suite(t), channeltest.RoundTrip(func(r *http.Request) (*http.Response, error) {
		b, _ := io.ReadAll(r.Body)
		if !strings.HasSuffix(r.URL.Path, "/cgi-bin/stable_token") {
			if r.URL.Query().Get("access_token") == refused {
				return channeltest.Answered(200, nil, refusal("40001", "invalid credential"))(r)
			}
			return channeltest.Answered(200, nil, `{"errcode":0,"order_id_list":[]}`)(r)
		}
		if r.URL.RawQuery != "" {
			t.Error("an old token was sent")
		}
		bodies = append(bodies, string(b))
		answer := `{"access_token":"` + stands + `","expires_in":3600}`
		if strings.Contains(string(b), `"force_refresh":true`) {
			answer = `{"access_token":"forced","expires_in":7200}`
		}
		return channeltest.Answered(200, nil, answer)(r)
	}))
	at := channeltest.At.UnixMilli()
	get := func(held string) channel.Token {
		t.Helper()
		a.Token.Access = held
		got, err := Manifest.API.OAuth.Fetch(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	want := channel.Token{Access: "stands", Account: "wx0123456789abcdef", ExpiresAt: at + 3600_000}
	if got := get(""); got != want {
		t.Errorf("%+v", got)
	}
	if got := get("stands"); got != want || len(bodies) != 2 {
		t.Errorf("renewed ahead of its end: %+v after %d", got, len(bodies))
	}
	refused = "stands"
	if got := get("another"); got != want || len(bodies) != 3 {
		t.Errorf("somebody renewed it: %+v after %d", got, len(bodies))
	}
	if got := get("stands"); got.Access != "forced" || got.ExpiresAt != at+7200_000 || len(bodies) != 5 ||
		bodies[4] != `{"appid":"wx0123456789abcdef","force_refresh":true,"grant_type":"client_credential","secret":"`+secret+`"}` {
		t.Errorf("%+v after %q", got, bodies)
	}
}

// TestAPulledOrderIsTheExportedOne: the same order stands in testdata as an export.
func TestAPulledOrderIsTheExportedOne(t *testing.T) {
	pulled, err := channeltest.Dial(t, Manifest, suite(t), nil).Map([]byte(`{"order_id":"3754410632636188896","status":100,"create_time":1778450166,"update_time":1778843237,"openid":"o1",
		"order_detail":{"product_infos":[
			{"product_id":"10032436490886","sku_id":"11","sku_code":"TW-001-BL","title":"【两件装】云柔毛巾 加厚,吸水","sku_cnt":1,"sale_price":2590,"real_price":2331,"finish_aftersale_sku_cnt":1,"sku_attrs":[{"attr_value":"浅蓝色"},{"attr_value":"两条装"}]},
			{"product_id":"10099980472016","sku_id":"12","sku_code":"SNX 60","title":"收纳箱（特大号）","sku_cnt":2,"sale_price":3500,"real_price":6000,"sku_attrs":[{"attr_value":"透明 60L"}]}],
		"pay_info":{"pay_time":1778450490,"payment_method":1},
		"price_info":{"product_price":9590,"order_price":8331,"freight":0,"merchant_receieve_price":8631,"merchant_discounted_price":959,"cash_coupon_discounted_price":300,"deduction_price":0},
		"delivery_info":{"address_info":{"user_name":"吴**","tel_number":"183****2243","province_name":"新疆维吾尔自治区","city_name":"乌鲁木齐市","county_name":"天山区","detail_info":"村委会旁，见面打电话"},
			"delivery_product_info":[{"waybill_id":"7876587639111","delivery_id":"ZTO","delivery_name":"中通快递","delivery_time":1778469526}]},
		"ext_info":{"customer_notes":"周末派送,勿放驿站","confirm_receipt_time":1778843237}}}`))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile("testdata/微信小店订单导出.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	a := channeltest.Read(t, Manifest, channeltest.Batch(t, Manifest, channeltest.Open(t, "f.xlsx", raw)), channel.Options{})
	filed := a.Orders[pulled.ChannelOrderNo]
	// What only one of the two tells.
	pulled.MemoTold = false
	pulled.StatusRaw, pulled.ModifiedAt, pulled.BuyerKey, pulled.RefundFen, pulled.Money.TalentDiscount = filed.StatusRaw, 0, "", filed.RefundFen, filed.Money.TalentDiscount
	for i := range pulled.Lines {
		l := &pulled.Lines[i]
		l.ChannelLineNo, l.ChannelSKUNo, l.RefundFen = "", "", filed.Lines[i].RefundFen
	}
	f, err1 := json.Marshal(filed)
	p, err2 := json.Marshal(pulled)
	if err1 != nil || err2 != nil || string(f) != string(p) {
		t.Errorf("\nfile %s\n API %s", f, p)
	}
}
