package taobao

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
	"time"

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

const companies = `{"logistics_companies_get_response":{"logistics_companies":{"logistics_company":[` +
	`{"id":"502","code":"STO","name":"申通快递"},{"id":"500","code":"ZTO","name":"中通快递"},{"id":"101","code":"YTO","name":"圆通速递"}]}}}`

func refusal(code, sub, msg string) string {
	b, _ := json.Marshal(map[string]any{"error_response": map[string]any{"code": json.Number(code), "msg": "refused", "sub_code": sub, "sub_msg": msg, "request_id": "x1"}})
	return string(b)
}

func suite(t *testing.T) channeltest.API {
	trade := string(apiData(t, "trade.json"))
	return channeltest.API{
		Credentials: map[string]string{appKey: "23012345", appSecret: "0123456789abcdef0123456789abcdef"},
		Token:       channel.Token{Access: "6100123abcDEFsession", Refresh: "6101r3fr3sh", Account: "小满家"},
		Orders:      []channeltest.RawOrder{{Raw: []byte(trade), No: "tid_str,tid", Status: "status", Quantity: "orders.order.0.num"}},
		Cases:       [][]byte{apiData(t, "refund.json")},
		Looked:      looked,
		Waybills:    waybills,
		Lists: []channeltest.Listed{
			{Body: `{"trades_sold_increment_get_response":{"total_results":51,"trades":{"trade":[` + trade + `,{"tid":1,"orders":3}]},"request_id":"r"}}`,
				Nos: []string{"2600000000000000001", "1"}, Total: 51, More: true},
			{Body: `{"trades_sold_increment_get_response":{"total_results":0,"request_id":"r"}}`},
		},
		Faults: []channeltest.Fault{
			{Name: "banned", Body: refusal("7", "accesscontrol.limited-by-dynamic-access-count", "This ban will last for 42 more seconds"), Want: channel.ErrThrottled, RetryMS: 43_000},
			{Name: "the day's calls are used up", Body: refusal("7", "accesscontrol.limited-by-app-access-count", ""), Want: channel.ErrThrottled, RetryMS: 15 * 3600_000},
			{Name: "signature", Body: refusal("25", "", ""), Want: channel.ErrSignature},
			{Name: "session missing", Body: refusal("26", "", ""), Want: channel.ErrTokenExpired},
			{Name: "session invalid", Body: refusal("27", "invalid-sessionkey", ""), Want: channel.ErrTokenExpired},
			{Name: "clock", Body: refusal("31", "", ""), Want: channel.ErrClock},
			{Name: "permission", Body: refusal("11", "isv.permission-api-package-limit", ""), Want: channel.ErrPermission},
			{Name: "their trouble", Body: refusal("15", "isp.remote-service-timeout", ""), Want: channel.ErrUnavailable},
			{Name: "argument", Body: refusal("41", "isv.invalid-parameter", ""), Want: channel.ErrRefused},
			{Name: "unknown order", Body: refusal("15", "isv.trade-not-exist", ""), Want: channel.ErrNotFound},
			{Name: "shipped already", Body: refusal("15", "isv.logistics-offline-service-error:B150", "发货异常：订单不能重复发货"), Want: channel.ErrDone},
			{Name: "gateway", Status: 504, Body: "<html>", Want: channel.ErrUnavailable},
		},
	}
}

func TestTheAPIConforms(t *testing.T) { channeltest.Client(t, Manifest, suite(t)) }

func TestRequestsAreSignedAsTheVectorsSay(t *testing.T) {
	var file struct {
		Vectors []struct {
			Name, Secret, Sign string
			SignMethod         string `json:"sign_method"`
			Params             map[string]string
		}
	}
	if err := json.Unmarshal(apiData(t, "sign.json"), &file); err != nil || len(file.Vectors) < 5 {
		t.Fatal(err, len(file.Vectors))
	}
	for _, v := range file.Vectors {
		if got := sign(v.SignMethod, v.Secret, v.Params); got != v.Sign {
			t.Errorf("%s: %s, want %s", v.Name, got, v.Sign)
		}
	}
}

// recorded answers every request with body and keeps the last form that was sent.
func recorded(t *testing.T, answers map[string]string) (channel.Client, *[]url.Values) {
	var sent []url.Values
	c := channeltest.Dial(t, Manifest, suite(t), channeltest.RoundTrip(func(r *http.Request) (*http.Response, error) {
		b, _ := io.ReadAll(r.Body)
		form, err := url.ParseQuery(string(b))
		if err != nil {
			t.Error(err)
		}
		sent = append(sent, form)
		params := map[string]string{}
		for k := range form {
			params[k] = form.Get(k)
		}
		if form.Get("sign") != sign(signSHA256, "0123456789abcdef0123456789abcdef", params) || form.Get("timestamp") != "2026-11-11 09:00:00" {
			t.Errorf("signed or dated wrongly: %v", form)
		}
		body, ok := answers[form.Get("method")]
		if !ok {
			t.Errorf("unexpected %s", form.Get("method"))
		}
		return channeltest.Answered(200, nil, body)(r)
	}))
	return c, &sent
}

func TestATradeIsReadWhole(t *testing.T) {
	o, err := channeltest.Dial(t, Manifest, suite(t), nil).Map(apiData(t, "trade.json"))
	if err != nil {
		t.Fatal(err)
	}
	china := func(h, m, s int) int64 {
		return time.Date(2026, 6, 8, h-8, m, s, 0, time.UTC).UnixMilli()
	}
	if o.ChannelOrderNo != "2600000000000000001" || o.Status != channel.AwaitingShipment || o.PlacedAt != china(21, 50, 11) || o.PaidAt != china(21, 51, 0) || o.ModifiedAt != china(22, 20, 5) {
		t.Errorf("%+v", o)
	}
	// The second line promises the earlier day.
	if want := time.Date(2026, 6, 9, 15, 59, 59, 0, time.UTC).UnixMilli(); o.ShipByAt != want {
		t.Errorf("ship by %d, want %d", o.ShipByAt, want)
	}
	m := o.Money
	// 2×19 + 60 − 2 − 5 − 5 − 4 = 82, 6.07 freight: 88.07.
	if *m.Goods != 9800 || *m.MerchantDiscount != 1600 || *m.Freight != 607 || *m.BuyerPaid != 8807 || *m.PlatformDiscount != 200 || m.MerchantReceivable != nil {
		t.Errorf("%d %d %d %d", *m.Goods, *m.MerchantDiscount, *m.Freight, *m.BuyerPaid)
	}
	if *m.Goods-*m.MerchantDiscount+*m.Freight != *m.BuyerPaid {
		t.Error("the amounts do not add up")
	}
	l := o.Lines
	if len(l) != 3 || l[0].ChannelItemNo != "9007199254740993007" || l[0].ChannelSKUNo != "4611686018427387905" || l[0].MerchantSKUCode != "TW-01" || *l[0].PaidFen != 3100 ||
		l[1].MerchantSKUCode != "BX" || l[1].RefundState != channel.RefundInProgress || !l[2].IsGift || l[2].Status != channel.Closed {
		t.Errorf("%+v", l)
	}
	if o.RefundState != channel.RefundInProgress || o.Flag != 4 || *o.TotalQuantity != 4 || o.Receiver.Zip != "" || o.Receiver.Encrypted || o.Receiver.Kind() != "masked" || len(o.Holds)+len(o.Flags) != 0 {
		t.Errorf("%+v", o)
	}
}

func TestWhatHoldsATradeHolds(t *testing.T) {
	c := channeltest.Dial(t, Manifest, suite(t), nil)
	for change, want := range map[string]func(channel.Order) bool{
		`"team_buy_hold": 1`: func(o channel.Order) bool { return reflect.DeepEqual(o.Holds, []string{channel.HoldGroupPending}) },
		`"top_hold": 1`:      func(o channel.Order) bool { return reflect.DeepEqual(o.Holds, []string{channel.HoldLocked}) },
		`"status": "PAID_FORBID_CONSIGN"`: func(o channel.Order) bool {
			return o.Status == channel.AwaitingShipment && reflect.DeepEqual(o.Holds, []string{channel.HoldLocked})
		},
		`"status": "WAIT_BUYER_PAY", "pay_time": null`: func(o channel.Order) bool { return o.Status == channel.PendingPayment && *o.Money.BuyerPaid == 0 },
		`"status": "WAIT_BUYER_PAY", "step_trade_status": "FRONT_PAID_FINAL_NOPAID", "step_paid_fee": "10.01"`: func(o channel.Order) bool {
			return o.Status == channel.PartlyPaid && *o.Money.BuyerPaid == 1001 && reflect.DeepEqual(o.Flags, []string{channel.FlagPresale})
		},
		`"status": "TRADE_FINISHED", "end_time": "2026-06-12 10:00:00", "received_payment": "80.00"`: func(o channel.Order) bool {
			return o.Status == channel.Completed && o.CompletedAt != 0 && *o.Money.MerchantReceivable == 8000
		},
		`"status": "TRADE_BUYER_SIGNED", "type": "cod"`: func(o channel.Order) bool {
			return o.Status == channel.Delivered && reflect.DeepEqual(o.Flags, []string{channel.FlagCOD})
		},
		`"status": "TRADE_CLOSED", "step_trade_status": "FRONT_PAID_FINAL_NOPAID"`: func(o channel.Order) bool { return o.Status == channel.Closed },
		`"asdp_ads": "201"`: func(o channel.Order) bool { return reflect.DeepEqual(o.Flags, []string{channel.FlagToDoor}) },
		`"ob_tag": "lg"`:    func(o channel.Order) bool { return reflect.DeepEqual(o.Flags, []string{channel.FlagUrged}) },
		`"priority_consign_time": "2026-06-09 10:00:00"`: func(o channel.Order) bool {
			return reflect.DeepEqual(o.Flags, []string{channel.FlagShipFirst})
		},
		`"receiver_name": "~AbCd~1~"`: func(o channel.Order) bool { return o.Receiver.Encrypted && o.Receiver.Name == "~AbCd~1~" },
	} {
		// Of two equal names in JSON the later one counts.
		raw := strings.TrimSuffix(strings.TrimSpace(string(apiData(t, "trade.json"))), "}") + "," + change + "}"
		if o, err := c.Map([]byte(raw)); err != nil || !want(o) {
			t.Errorf("%s: %v %+v", change, err, o)
		}
	}
}

// TestAPulledTradeIsTheExportedOne: what stands in the export of the same trade.
func TestAPulledTradeIsTheExportedOne(t *testing.T) {
	pulled, err := channeltest.Dial(t, Manifest, suite(t), nil).Map([]byte(`{"tid":2600000000000000001,"status":"WAIT_SELLER_SEND_GOODS","created":"2026-06-08 21:50:11",
		"pay_time":"2026-06-08 21:51:00","payment":"88.00","post_fee":"0.00","seller_memo":"","orders":{"order":[
		{"oid":2600000000000000002,"status":"WAIT_SELLER_SEND_GOODS","refund_status":"NO_REFUND","num":1,"price":"1.00","payment":"1.00"},
		{"oid":2600000000000000003,"status":"WAIT_SELLER_SEND_GOODS","refund_status":"WAIT_SELLER_AGREE","num":1,"price":"1.00","payment":"1.00"}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	b := channeltest.Batch(t, Manifest, report(t, "发货报表.csv", "销售明细.csv", "订单报表.csv")...)
	filed := channeltest.Read(t, Manifest, b, channel.Options{}).Orders["2600000000000000001"]
	if filed.ChannelOrderNo != pulled.ChannelOrderNo || filed.Status != pulled.Status || filed.RefundState != pulled.RefundState || len(filed.Lines) != len(pulled.Lines) {
		t.Fatalf("%+v\n%+v", filed, pulled)
	}
	for i := range filed.Lines {
		f, p := filed.Lines[i], pulled.Lines[i]
		if f.ChannelLineNo != p.ChannelLineNo || f.Status != p.Status || f.RefundState != p.RefundState || *f.Quantity != *p.Quantity {
			t.Errorf("%+v\n%+v", f, p)
		}
	}
}

func TestEffectsSayWhatThePlatformExpects(t *testing.T) {
	ok := func(method string) string {
		return `{"` + strings.ReplaceAll(strings.TrimPrefix(method, "taobao."), ".", "_") + `_response":{"shipping":{"is_success":true}}}`
	}
	answers := map[string]string{"taobao.logistics.companies.get": companies}
	for _, m := range []string{"taobao.logistics.offline.send", "taobao.logistics.dummy.send", "taobao.logistics.consign.resend", "taobao.trade.memo.update", "taobao.trade.close", "taobao.skus.quantity.update",
		"taobao.item.quantity.update", "taobao.rp.refunds.agree", "taobao.rp.returngoods.agree", "taobao.refund.refuse"} {
		answers[m] = ok(m)
	}
	opened, sent := recorded(t, answers)
	c := opened.(*client)
	ctx := t.Context()
	last := func(want map[string]string) {
		t.Helper()
		form := (*sent)[len(*sent)-1]
		for k, v := range want {
			if form.Get(k) != v {
				t.Errorf("%s: %s is %q, want %q", form.Get("method"), k, form.Get(k), v)
			}
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	s := channel.ShipRequest{OrderNo: "26", Carrier: "ZTO", Waybill: "731", Lines: []channel.ParcelLine{{LineNo: "2", Quantity: 1}, {LineNo: "3", Quantity: 1}}}
	must(c.Ship(ctx, s))
	last(map[string]string{"tid": "26", "out_sid": "731", "company_code": "ZTO", "is_split": "1", "sub_tid": "2,3"})
	s.Lines = nil
	must(c.Ship(ctx, s))
	last(map[string]string{"is_split": "", "sub_tid": ""})
	if len(*sent) != 3 {
		t.Errorf("%d requests: the list of companies is asked once", len(*sent))
	}
	must(c.ShipWithoutNumber(ctx, channel.ShipRequest{OrderNo: "27", Last: true}))
	last(map[string]string{"method": "taobao.logistics.dummy.send", "tid": "27", "out_sid": "", "company_code": ""})
	must(c.ChangeWaybill(ctx, s, "YTO", "1"))
	last(map[string]string{"method": "taobao.logistics.consign.resend", "out_sid": "731"})
	must(c.WriteMemo(ctx, channel.Memo{OrderNo: "26", Text: "", Flag: 5}))
	last(map[string]string{"flag": "5", "reset": "true"})
	d := channel.Decision{Approve: true, AmountFen: 5100, Case: channel.Case{No: "18", Kind: "refund", State: channel.AftersaleRequested, Version: "1781100000123|onsale"}}
	must(c.DecideAftersale(ctx, d))
	last(map[string]string{"refund_infos": "18|5100|1781100000123|onsale"})
	d.Case.Kind, d.ReturnAddressNo = "return", "77"
	must(c.DecideAftersale(ctx, d))
	last(map[string]string{"method": "taobao.rp.returngoods.agree", "seller_address_id": "77"})
	d.Approve, d.Reason = false, "已使用"
	must(c.DecideAftersale(ctx, d))
	last(map[string]string{"method": "taobao.refund.refuse", "refuse_message": "已使用"})
	n := len(*sent)
	each, err := c.PushStock(ctx, []channel.StockLevel{{ItemNo: "1", SKUNo: "11", Quantity: 3}, {ItemNo: "2", Quantity: 4}, {ItemNo: "1", SKUNo: "12", Quantity: 0}})
	if err != nil || !reflect.DeepEqual(each, []error{nil, nil, nil}) || len(*sent) != n+2 {
		t.Errorf("%v %v, %d requests", each, err, len(*sent)-n)
	}
	if f := (*sent)[n]; f.Get("skuid_quantities") != "11:3;12:0" || f.Get("type") != "1" {
		t.Errorf("%v", f)
	}
}

func TestTheirTroubleDuringAnEffectLeavesTheOutcomeOpen(t *testing.T) {
	c := channeltest.Dial(t, Manifest, suite(t), channeltest.Answered(200, nil, refusal("15", "isp.remote-service-timeout", "timeout")))
	if err := c.(*client).CloseOrder(t.Context(), "26", "缺货"); !errors.Is(err, channel.ErrUnknownOutcome) {
		t.Error(err)
	}
}

func TestTokensComeFromACodeAndAreRenewed(t *testing.T) {
	result := `{"access_token":"new","refresh_token":"r2","expires_in":86400,"re_expires_in":"172800","taobao_user_nick":"%E5%B0%8F%E6%BB%A1%E5%AE%B6"}`
	quoted, _ := json.Marshal(result)
	var seen url.Values
	a := channeltest.Access(Manifest, suite(t), channeltest.RoundTrip(func(r *http.Request) (*http.Response, error) {
		b, _ := io.ReadAll(r.Body)
		seen, _ = url.ParseQuery(string(b))
		return channeltest.Answered(200, nil, `{"top_auth_token_create_response":{"token_result":`+string(quoted)+`}}`)(r)
	}))
	at := channeltest.At.UnixMilli()
	want := channel.Token{Access: "new", Refresh: "r2", ExpiresAt: at + day, RefreshExpiresAt: at + 2*day, Account: "小满家"}
	got, err := Manifest.API.OAuth.Exchange(t.Context(), a, "c0de", "")
	if err != nil || got != want || seen.Get("code") != "c0de" || seen.Has("session") {
		t.Errorf("%+v %v %v", got, err, seen)
	}
	if got, err = Manifest.API.OAuth.Refresh(t.Context(), a); err != nil || got != want || seen.Get("refresh_token") != "6101r3fr3sh" {
		t.Errorf("%+v %v %v", got, err, seen)
	}
	address, err := Manifest.API.OAuth.AuthorizeURL(a, "st&te", "https://shop.example/back?x=1")
	u, parseErr := url.Parse(address)
	if err != nil || parseErr != nil || u.Host != "oauth.taobao.com" || u.Query().Get("state") != "st&te" || u.Query().Get("redirect_uri") != "https://shop.example/back?x=1" {
		t.Errorf("%s %v", address, err)
	}
}

func TestMessagesBecomeHints(t *testing.T) {
	c, sent := recorded(t, map[string]string{"taobao.tmc.user.permit": `{"tmc_user_permit_response":{"is_success":true}}`,
		"taobao.tmc.messages.confirm": `{"tmc_messages_confirm_response":{"is_success":true}}`,
		"taobao.tmc.messages.consume": `{"tmc_messages_consume_response":{"messages":{"tmc_message":[{"id":9007199254740993001,"topic":"taobao_refund_RefundCreated",
			"pub_time":"2026-11-11 08:59:00","user_nick":"小满家","content":"{\"tid\":2600000000000000001,\"refund_id\":180000000000000007}"},{"id":2,"content":"<xml/>"}]}}}`})
	p := c.(channel.HintPuller)
	for range 2 {
		hints, err := p.PullHints(t.Context())
		if err != nil || len(hints) != 2 || hints[0].ID != "9007199254740993001" || hints[0].OrderNo != "2600000000000000001" || hints[0].AftersaleNo != "180000000000000007" ||
			hints[0].Account != "小满家" || hints[0].At != channeltest.At.UnixMilli()-minute {
			t.Errorf("%+v %v", hints, err)
		}
	}
	if err := p.ConfirmHints(t.Context(), []string{"1", "2"}); err != nil || len(*sent) != 4 || (*sent)[3].Get("s_message_ids") != "1,2" {
		t.Error(err, len(*sent))
	}
}

func TestReceiversAreOpenedByTheOaidOfTheMoment(t *testing.T) {
	c, sent := recorded(t, map[string]string{"taobao.trade.fullinfo.get": `{"trade_fullinfo_get_response":{"trade":` + string(apiData(t, "trade.json")) + `}}`,
		"taobao.top.oaid.decrypt": `{"top_oaid_decrypt_response":{"receiver_list":{"receiver":[{"tid":"2600000000000000001","matched":true,"name":"林小满","mobile":"13800000001","address_detail":"孤山路 1 号"}]}}}`})
	got, err := c.(channel.Decrypter).Decrypt(t.Context(), []channel.Cipher{{OrderNo: "2600000000000000001", Field: "phone"}, {OrderNo: "2600000000000000001", Field: "name"}}, "aftersale")
	if err != nil || !reflect.DeepEqual(got, []string{"13800000001", "林小满"}) || len(*sent) != 2 ||
		(*sent)[1].Get("query_list") != `[{"tid":"2600000000000000001","oaid":"1ABC2defAAbicG9hk5d","scene":"2001"}]` {
		t.Errorf("%v %v %v", got, err, *sent)
	}
}

func TestABuyersWordsAreFetched(t *testing.T) {
	if i := tradeItem([]byte(`{"tid":1,"has_buyer_message":true,"modified":"2026-11-11 08:59:00"}`)); i.Raw != nil || i.No != "1" || i.ModifiedAt == 0 {
		t.Errorf("%+v", i)
	}
}

func TestWindowsAndPagesAreAskedAsDocumented(t *testing.T) {
	c, sent := recorded(t, map[string]string{"taobao.trades.sold.get": `{"trades_sold_get_response":{"total_results":0}}`,
		"taobao.trades.sold.increment.get": `{"trades_sold_increment_get_response":{"total_results":0}}`})
	at := channeltest.At.UnixMilli()
	q := channel.Query{Stream: channel.ByModified, From: at - 30*minute, To: at + 1, Page: 3, Size: 50}
	for _, q.Stream = range []channel.Stream{channel.ByModified, channel.ByCreated} {
		if _, err := c.List(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	for i, by := range []string{"modified", "created"} {
		// What happened within the last second is not left out.
		if f := (*sent)[i]; f.Get("start_"+by) != "2026-11-11 08:30:00" || f.Get("end_"+by) != "2026-11-11 09:00:01" || f.Get("page_no") != "3" || f.Get("page_size") != "50" ||
			f.Get("use_has_next") != "false" || !strings.Contains(f.Get("type"), "step") || !strings.Contains(f.Get("fields"), "receiver_phone") {
			t.Errorf("%v", f)
		}
	}
}
