package pdd

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/channeltest"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/httpx"
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
	companies = `{"logistics_companies_get_response":{"logistics_companies":[{"available":0,"id":9,"logistics_company":"中通快递","code":"ZTO"},` +
		`{"available":1,"id":115,"logistics_company":"中通快递","code":"ZTO"},{"available":1,"id":85,"logistics_company":"圆通快递","code":"YTO"}]}}`
	regions = `{"logistics_address_get_response":{"logistics_address_list":[{"id":12,"parent_id":1,"region_name":"浙江省"},{"id":122,"parent_id":12,"region_name":"杭州市"},` +
		`{"id":1221,"parent_id":122,"region_name":"西湖区"},{"id":999,"parent_id":998,"region_name":"西湖区"}]}}`
)

func refusal(code int, msg string) string {
	b, _ := json.Marshal(map[string]any{"error_response": map[string]any{"error_code": code, "error_msg": msg, "sub_code": nil, "sub_msg": nil, "request_id": "16"}})
	return string(b)
}

func suite(t *testing.T) channeltest.API {
	order := string(apiData(t, "order.json"))
	api := channeltest.API{
		Credentials: map[string]string{clientID: "7a1c2d3e4f5061728394a5b6c7d8e9f0", clientSecret: "e1b0c44298fc1c149afbf4c8996fb92427ae41e4"},
		Token:       channel.Token{Access: "f0e1d2c3b4a59687access", Refresh: "r3fr3sh-me", Account: "100"},
		Ciphers: []channeltest.Ciphered{
			{Field: "phone", Text: "$Zm9v$AgAAAAIyS2g$1$$", Index: "Zm9v", Body: `{"open_kms_search_batch_response":{"search_text_list":[{"input":"x","search_text":"Zm9v","success":true}]}}`},
			{Field: "name", Text: "~AgAAAAIyS2gFC9XHxQ=~bUfLvXht~2~~", Index: "bUfLvXht"},
			{Field: "address", Text: "~AgAAAAIyS2gIC9XHxQ==~4Uc5fqNU~1~~", Index: "4Uc5fqNU"},
			{Field: "name", Text: "~AgAAAAIyS2gFC9XHxQ=~0~"}, {Field: "phone", Text: "$AgAAAAIyS2gGdMbadQ=$4$"}, {Field: "phone", Text: "$138$AgAAAAIyS2g$2$"}},
		Orders: []channeltest.RawOrder{{Raw: []byte(order), No: "order_sn", Status: "order_status", Quantity: "item_list.0.goods_count"}},
		Cases:  [][]byte{apiData(t, "case.json"), apiData(t, "case_detail.json")},
		Looked: func(_ *http.Request, body string) (string, bool) {
			if strings.Contains(body, "pdd.logistics.address.get") {
				return regions, true
			}
			if strings.Contains(body, "pdd.cloudprint.stdtemplates.get") {
				return templates, true
			}
			return companies, strings.Contains(body, "pdd.logistics.companies.get")
		},
		Waybills: waybills,
		Lists: []channeltest.Listed{{Body: `{"order_sn_increment_get_response":{"total_count":101,"has_next":true,"order_sn_list":[` + order + `,{"order_sn":"260601-2","item_list":3}],"request_id":"x"}}`,
			Nos: []string{"260601-111111111111111", "260601-2"}, Total: 101, More: true}},
	}
	for code, want := range map[int]error{20004: channel.ErrSignature, 20005: channel.ErrIPNotListed, 20031: channel.ErrPermission, 10019: channel.ErrTokenExpired,
		52101: channel.ErrThrottled, 70031: channel.ErrThrottled, 70036: channel.ErrThrottled, 52102: channel.ErrUnavailable, 70033: channel.ErrUnavailable,
		70034: channel.ErrPermission, 50000: channel.ErrUnavailable, 52002: channel.ErrUnavailable, 40001: channel.ErrRefused} {
		f := channeltest.Fault{Name: "code", Body: refusal(code, "no")}
		if !errors.As(want, &f.Want) {
			t.Fatal(want)
		}
		api.Faults = append(api.Faults, f)
	}
	api.Faults = append(api.Faults, channeltest.Fault{Name: "clock", Body: refusal(10000, "timestamp is out of range"), Want: channel.ErrClock},
		channeltest.Fault{Name: "unknown", Body: refusal(50001, "订单不存在"), Want: channel.ErrNotFound},
		channeltest.Fault{Name: "done", Body: refusal(50001, "订单已发货，不可重复发货"), Want: channel.ErrDone})
	return api
}

func TestTheAPIConforms(t *testing.T) { channeltest.Client(t, Manifest, suite(t)) }

func TestRequestsAndTheStreamAreSignedAsTheVectorsSay(t *testing.T) {
	var file struct {
		API []struct {
			Name, Sign string
			Secret     string `json:"client_secret"`
			Params     map[string]string
		} `json:"api_sign"`
		WS []struct {
			ID     string `json:"client_id"`
			Secret string `json:"client_secret"`
			Millis string `json:"time_millis"`
			Digest string
		} `json:"ws_connect"`
	}
	if err := json.Unmarshal(apiData(t, "sign.json"), &file); err != nil || len(file.API) < 4 || len(file.WS) < 2 {
		t.Fatal(err)
	}
	for _, v := range file.API {
		if got := sign(v.Secret, v.Params); got != v.Sign {
			t.Errorf("%s: %s, want %s", v.Name, got, v.Sign)
		}
	}
	for _, v := range file.WS {
		if got := digest(v.ID, v.Secret, v.Millis); got != v.Digest {
			t.Errorf("%s, want %s", got, v.Digest)
		}
	}
}

func TestAnOrderIsReadWhole(t *testing.T) {
	o, err := channeltest.Dial(t, Manifest, suite(t), nil).Map(apiData(t, "order.json"))
	if err != nil {
		t.Fatal(err)
	}
	if o.Status != channel.AwaitingShipment || o.StatusRaw != "1/1/1" || o.Flag != 4 || len(o.Holds)+len(o.Flags) != 0 || o.RefundState != channel.RefundNone {
		t.Errorf("%+v", o)
	}
	if o.ShipByAt-o.PaidAt != 2*day || o.PaidAt != time.Date(2026, 6, 1, 2, 0, 0, 0, time.UTC).UnixMilli() || o.ModifiedAt != o.PaidAt+3000 {
		t.Errorf("times %d %d %d", o.PaidAt, o.ShipByAt, o.ModifiedAt)
	}
	want := channel.Receiver{Name: "~AgAAAAIyS2gFC9XHxQ~bUfL~0~", Phone: "$Zm9v$AgAAAAIyS2g$1$$", Detail: "~AgAAAAIyS2gFC9XHxQ~sEkd~0~", Province: "浙江省", City: "杭州市", District: "西湖区", Encrypted: true, PhoneIndex: "Zm9v"}
	if o.Receiver != want {
		t.Errorf("%+v", o.Receiver)
	}
	if l := o.Lines; len(l) != 2 || l[0].ChannelItemNo != "9007199254740993123" || l[0].ChannelSKUNo != "4611686018427387911" || *l[0].PriceFen != 12900 || !l[1].IsGift || *l[1].Quantity != 2 || *l[1].PriceFen != 0 {
		t.Errorf("%+v", l)
	}
	m := o.Money
	if *m.BuyerPaid != 12793 || *m.PaymentDiscount != 7 || *m.MerchantReceivable != 13000 || *m.MerchantDiscount != 500 || *m.PlatformDiscount != 200 ||
		*m.Goods+*m.Freight-*m.MerchantDiscount-*m.PlatformDiscount-*m.PaymentDiscount != *m.BuyerPaid {
		t.Errorf("%d %d %d", *m.BuyerPaid, *m.MerchantReceivable, *m.MerchantDiscount)
	}
}

// TestAPulledOrderIsTheExportedOne gives the same facts as a file.
func TestAPulledOrderIsTheExportedOne(t *testing.T) {
	pulled, err := channeltest.Dial(t, Manifest, suite(t), nil).Map(apiData(t, "order.json"))
	if err != nil {
		t.Fatal(err)
	}
	names := "商品,订单号,订单状态,商品总价(元),邮费(元),店铺优惠折扣(元),平台优惠折扣(元),多多支付立减金额(元),用户实付金额(元),商家实收金额(元),商品数量(件),商品id,商品规格,样式ID,商家编码-规格维度,商家编码-商品维度," +
		"商家备注,售后状态,订单成交时间,支付时间,承诺发货时间,赠品名称,赠品id,赠品数量\n"
	row := "儿童羽绒服 2026新款,260601-111111111111111,待发货,129.00,6.00,5.00,2.00,0.07,127.93,130.00,1,9007199254740993123,红色 120cm,4611686018427387911,YRF-120-R,SPU-YRF," +
		"已核对,无售后或售后取消,2026-06-01 10:00:00,2026-06-01 10:00:00,2026-06-03 10:00:00,收纳袋,8801,2\n"
	filed := channeltest.ReadCSV(t, Manifest, channel.Options{}, "f.csv", names+row).Orders[pulled.ChannelOrderNo]
	if filed.Status != pulled.Status || filed.PlacedAt != pulled.PlacedAt || filed.PlacedOn != pulled.PlacedOn || filed.PaidAt != pulled.PaidAt || filed.ShipByAt != pulled.ShipByAt ||
		filed.SellerNote != pulled.SellerNote || filed.RefundState != pulled.RefundState || *filed.TotalQuantity != *pulled.TotalQuantity || !reflect.DeepEqual(filed.Money, pulled.Money) {
		t.Errorf("%+v\n%+v", filed, pulled)
	}
	if len(filed.Lines) != len(pulled.Lines) {
		t.Fatalf("%+v\n%+v", filed.Lines, pulled.Lines)
	}
	for i := range filed.Lines {
		f, p := filed.Lines[i], pulled.Lines[i]
		if f.ChannelLineNo != p.ChannelLineNo || f.Title != p.Title || f.SKUText != p.SKUText || f.MerchantSKUCode != p.MerchantSKUCode || f.ChannelItemNo != p.ChannelItemNo ||
			*f.Quantity != *p.Quantity || f.IsGift != p.IsGift {
			t.Errorf("%+v\n%+v", f, p)
		}
	}
}

func TestThreeMembersTellAStatus(t *testing.T) {
	c := channeltest.Dial(t, Manifest, suite(t), nil)
	for change, want := range map[string]func(channel.Order) bool{
		`"confirm_status": 2`: func(o channel.Order) bool { return o.Status == channel.Closed },
		`"refund_status": 4`: func(o channel.Order) bool {
			return o.Status == channel.Closed && o.RefundState == channel.RefundDone
		},
		`"order_status": 3, "receive_time": "2026-06-09 10:00:00"`: func(o channel.Order) bool { return o.Status == channel.Completed && o.CompletedAt > o.PaidAt },
		`"group_status": 0`:        func(o channel.Order) bool { return reflect.DeepEqual(o.Holds, []string{channel.HoldGroupPending}) },
		`"risk_control_status": 1`: func(o channel.Order) bool { return reflect.DeepEqual(o.Holds, []string{channel.HoldRiskReview}) },
		`"trade_type": 1, "step_order_info": {"step_trade_status": 1, "step_paid_fee": 20.01}`: func(o channel.Order) bool {
			return o.Status == channel.PartlyPaid && *o.Money.BuyerPaid == 2001 && reflect.DeepEqual(o.Flags, []string{channel.FlagPresale})
		},
		`"order_tag_list": [{"name": "has_sf_express_service", "value": 1}, {"name": "free_sf", "value": 0}], "home_delivery_type": 2`: func(o channel.Order) bool {
			return reflect.DeepEqual(o.Flags, []string{channel.FlagCarrier + "SF", channel.FlagToDoor})
		},
		`"order_tag_list": [{"name": "ship_hold", "value": 1}]`: func(o channel.Order) bool { return reflect.DeepEqual(o.Holds, []string{channel.HoldPaused}) },
		`"order_tag_list": [{"name": "ship_hold", "value": 0}], "urge_shipping_time": "2026-06-09 10:00:00"`: func(o channel.Order) bool {
			return len(o.Holds) == 0 && reflect.DeepEqual(o.Flags, []string{channel.FlagUrged})
		},
		`"consolidate_info": {"consolidate_type": 1}`: func(o channel.Order) bool {
			return reflect.DeepEqual(o.Flags, []string{channel.FlagConsolidation, channel.FlagConsolidationTo + "xinjiang"})
		},
		`"consolidate_info": {"consolidate_type": 99}`: func(o channel.Order) bool {
			return reflect.DeepEqual(o.Flags, []string{channel.FlagConsolidation})
		},
		`"order_tag_list": [{"name": "has_sf_express_service", "value": 0}], "free_sf": 1`: func(o channel.Order) bool {
			return reflect.DeepEqual(o.Flags, []string{channel.FlagCarrier + "SF"})
		},
		`"receiver_name": "", "contact_mobile": "", "receiver_address": ""`: func(o channel.Order) bool {
			return !o.Receiver.Encrypted && o.Receiver.Name == "林**" && o.Receiver.Kind() == "masked"
		},
		`"order_status": 2, "tracking_number": "731"`: func(o channel.Order) bool { return o.Status == channel.Shipped && o.Waybill.No == "731" },
		`"refund_status": 9`:                          func(o channel.Order) bool { return o.RefundState == channel.RefundUnknown },
	} {
		raw := strings.TrimSuffix(strings.TrimSpace(string(apiData(t, "order.json"))), "}") + "," + change + "}"
		if o, err := c.Map([]byte(raw)); err != nil || !want(o) {
			t.Errorf("%s: %v %+v", change, err, o)
		}
	}
}

func TestACaseIsTheSameInListAndDetail(t *testing.T) {
	c := channeltest.Dial(t, Manifest, suite(t), nil).(channel.AftersaleLister)
	list, err1 := c.MapAftersale(apiData(t, "case.json"))
	detail, err2 := c.MapAftersale(apiData(t, "case_detail.json"))
	if err1 != nil || err2 != nil || list.Kind != "return" || detail.Kind != "return" || list.RefundFen != 12800 || detail.RefundFen != 12800 || list.CreatedAt != detail.CreatedAt ||
		list.State != channel.AftersaleRequested || detail.State != channel.AftersaleReturning || detail.DecideByAt != 1780538400000 {
		t.Errorf("%+v %v\n%+v %v", list, err1, detail, err2)
	}
	raw := strings.TrimSuffix(strings.TrimSpace(string(apiData(t, "case_detail.json"))), "}") + `,"images":["https://img.example.com/1.jpg"]}`
	if got, err := c.MapAftersale([]byte(raw)); err != nil || len(got.Evidence) != 1 || got.Evidence[0] != "https://img.example.com/1.jpg" {
		t.Errorf("what the buyer shows: %q %v", got.Evidence, err)
	}
}

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
		if form.Get("sign") != sign("e1b0c44298fc1c149afbf4c8996fb92427ae41e4", params) || form.Get("timestamp") != "1794358800" {
			t.Errorf("signed or dated wrongly: %v", form)
		}
		return channeltest.Answered(200, nil, answers[form.Get("type")])(r)
	}))
	return c, &sent
}

func TestEffectsSayWhatThePlatformExpects(t *testing.T) {
	opened, sent := recorded(t, map[string]string{"pdd.logistics.companies.get": companies, "pdd.logistics.address.get": regions,
		"pdd.logistics.online.send": `{"logistics_online_send_response":{"is_success":true}}`, "pdd.order.upload.extra.logistics": `{"upload_extra_logistics_response":{"success":true}}`,
		"pdd.order.note.update": `{"response":{"success":true}}`, "pdd.order.update.address": `{"response":{"success":true,"result":{"order_sn":"1"}}}`,
		"pdd.goods.quantity.update": `{"goods_quantity_update_response":{"is_success":false}}`, "pdd.refund.agree": `{"response":{"result":{"succ":false,"message":"售后单已处理"}}}`,
		"pdd.refund.returngoods.agree": `{"response":{"success":true,"result":{"success":true}}}`})
	c := opened.(*client)
	ctx := t.Context()
	last := func(want map[string]string) {
		t.Helper()
		form := (*sent)[len(*sent)-1]
		for k, v := range want {
			if form.Get(k) != v {
				t.Errorf("%s: %s is %q, want %q", form.Get("type"), k, form.Get(k), v)
			}
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	s := channel.ShipRequest{OrderNo: "260601-1", Carrier: "ZTO", Waybill: "731"}
	must(c.Ship(ctx, s))
	last(map[string]string{"order_sn": "260601-1", "logistics_id": "115", "tracking_number": "731", "redelivery_type": "1"})
	must(c.ChangeWaybill(ctx, s, "YTO", "1"))
	last(map[string]string{"redelivery_type": "2"})
	must(c.AppendParcel(ctx, s))
	last(map[string]string{"extra_track_list": `[{"shipping_id":115,"tracking_number":"731"}]`, "extra_track_type": "1"})
	s.Lines = []channel.ParcelLine{{LineNo: "1", Quantity: 1}}
	if err := c.Ship(ctx, s); !errors.Is(err, channel.ErrUnsupported) {
		t.Error("a parcel of some lines would ship all:", err)
	}
	must(c.WriteMemo(ctx, channel.Memo{OrderNo: "260601-1", Text: "加急", Flag: 5}))
	last(map[string]string{"note": "加急", "tag": "5", "tag_name": "紫色"})
	must(c.ChangeAddress(ctx, "260601-1", channel.Receiver{Name: "林小满", Phone: "13800000001", Province: "浙江省", City: "杭州市", District: "西湖区", Town: "北山街道", Detail: "孤山路 1 号"}))
	last(map[string]string{"province_id": "12", "city_id": "122", "town_id": "1221", "address": "北山街道孤山路 1 号"})
	if each, err := c.PushStock(ctx, []channel.StockLevel{{ItemNo: "1", Code: "A", Quantity: 0}}); err != nil || !errors.Is(each[0], channel.ErrRefused) {
		t.Error(each, err)
	}
	last(map[string]string{"outer_id": "A", "quantity": "0", "update_type": "1"})
	d := channel.Decision{Approve: true, Case: channel.Case{No: "9007199254740993777", OrderNo: "260601-1", Kind: "refund", State: channel.AftersaleRequested}}
	if err := c.DecideAftersale(ctx, d); !errors.Is(err, channel.ErrDone) {
		t.Error(err)
	}
	last(map[string]string{"request": `{"after_sales_id":9007199254740993777,"operate_desc":"","order_sn":"260601-1"}`})
	d.Case.Kind, d.ReturnAddressNo = "return", "5"
	must(c.DecideAftersale(ctx, d))
	d.Approve = false
	if err := c.DecideAftersale(ctx, d); !errors.Is(err, channel.ErrUnsupported) {
		t.Error(err)
	}
}

func TestReceiversAreOpened(t *testing.T) {
	c, sent := recorded(t, map[string]string{"pdd.open.decrypt.batch": `{"open_decrypt_batch_response":{"data_decrypt_list":[
		{"data_tag":"1","encrypted_data":"~b","decrypted_data":"","error_code":1},{"data_tag":"1","encrypted_data":"~a","decrypted_data":"18400913965","virtual_number_type":1,"virtual_identify_number":"7576"}]}}`,
		"pdd.open.kms.search.batch": `{"open_kms_search_batch_response":{"search_text_list":[{"input":"x","search_text":"Zm9v","success":true}]}}`})
	got, err := c.(channel.Decrypter).Decrypt(t.Context(), []channel.Cipher{{OrderNo: "1", Text: "~a"}, {OrderNo: "1", Text: "~b"}}, "ship")
	if err != nil || !reflect.DeepEqual(got, []string{"18400913965-7576", ""}) {
		t.Error(got, err)
	}
	if text, err := c.(channel.SearchIndexer).SearchIndex(t.Context(), "phone", "13800000001"); err != nil || text != "Zm9v" || (*sent)[1].Get("input_list") != `[{"input":"13800000001","type":"phone"}]` {
		t.Error(text, err)
	}
}

func TestTokensEndWhenThePlatformSays(t *testing.T) {
	a := channeltest.Access(Manifest, suite(t), channeltest.Answered(200, nil,
		`{"pop_auth_token_create_response":{"access_token":"new","refresh_token":"r2","expires_at":1794445200,"expires_in":86400,"refresh_token_expires_in":100,"owner_id":100,"scope":[]}}`))
	want := channel.Token{Access: "new", Refresh: "r2", ExpiresAt: 1794445200000, RefreshExpiresAt: channeltest.At.UnixMilli() + 100_000, Account: "100"}
	if got, err := Manifest.API.OAuth.Exchange(t.Context(), a, "c", ""); err != nil || got != want {
		t.Errorf("%+v %v", got, err)
	}
	if got, err := Manifest.API.OAuth.Refresh(t.Context(), a); err != nil || got != want {
		t.Errorf("%+v %v", got, err)
	}
	if address, err := Manifest.API.OAuth.AuthorizeURL(a, "s", "https://x.example/b"); err != nil || !strings.HasPrefix(address, "https://mms.pinduoduo.com/open.html?client_id=7a1c") {
		t.Error(address, err)
	}
}

// TestMessagesArriveAndAreAcknowledged talks to a server of this test, through the
// product's own transport.
func TestMessagesArriveAndAreAcknowledged(t *testing.T) {
	said := make(chan map[string]any, 8)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			_, _ = io.WriteString(w, `{"pmc_user_permit_response":{"is_success":true}}`)
			return
		}
		if !strings.HasPrefix(r.URL.Path, "/gw/message/7a1c2d3e4f5061728394a5b6c7d8e9f0/1794358800000/") {
			t.Errorf("asked for %s", r.URL.Path)
		}
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.CloseNow()
		for _, f := range []string{`{"commandType":"HeartBeat","time":1}`, `not JSON`, `{"id":9007199254740993,"commandType":"Common","time":1700000000123,"sendTime":1700000000123,
			"message":{"type":"pdd_trade_TradeConfirmed","mallID":100,"content":"{\"mall_id\":100,\"tid\":\"240701-123456789012345\"}"}}`} {
			if err := conn.Write(r.Context(), websocket.MessageText, []byte(f)); err != nil {
				t.Error(err)
			}
		}
		_, b, err := conn.Read(r.Context())
		if err != nil {
			t.Error(err)
			return
		}
		d := json.NewDecoder(strings.NewReader(string(b)))
		d.UseNumber()
		var m map[string]any
		if err := d.Decode(&m); err != nil {
			t.Error(err)
		}
		said <- m
	}))
	defer server.Close()
	hc, err := httpx.New(httpx.Options{Allow: []string{"127.0.0.1"}})
	if err != nil {
		t.Fatal(err)
	}
	a := channeltest.Access(Manifest, suite(t), nil)
	a.HTTP, a.BaseURL, a.Clock = hc, server.URL+"/gw", clock.NewFake(channeltest.At)
	c, err := openClient(a)
	if err != nil {
		t.Fatal(err)
	}
	var got []channel.Hint
	err = c.(channel.HintStream).StreamHints(t.Context(), func(_ context.Context, h channel.Hint) error {
		got = append(got, h)
		return nil
	})
	if !errors.Is(err, channel.ErrUnavailable) {
		t.Error("the end of the connection:", err)
	}
	want := []channel.Hint{{ID: "9007199254740993", Topic: "pdd_trade_TradeConfirmed", OrderNo: "240701-123456789012345", Account: "100", At: 1700000000123}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	ack := map[string]any{"commandType": "Ack", "time": json.Number("1794358800000"), "id": json.Number("9007199254740993"), "sendTime": json.Number("1700000000123"),
		"type": "pdd_trade_TradeConfirmed", "mallID": json.Number("100")}
	if m := <-said; !reflect.DeepEqual(m, ack) {
		t.Errorf("%v", m)
	}
}

func TestWindowsAndPagesAreAskedAsDocumented(t *testing.T) {
	c, sent := recorded(t, map[string]string{"pdd.order.list.get": `{"order_list_get_response":{"total_count":0,"order_list":[]}}`,
		"pdd.order.number.list.increment.get": `{"order_sn_increment_get_response":{"total_count":0,"order_sn_list":[]}}`})
	at := channeltest.At.UnixMilli()
	q := channel.Query{From: at - 30*minute, To: at + 1, Page: 3, Size: 100}
	for _, q.Stream = range []channel.Stream{channel.ByModified, channel.ByCreated} {
		if _, err := c.List(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	for i, by := range []string{"updated_at", "confirm_at"} {
		// What happened within the last second is not left out.
		if f := (*sent)[i]; f.Get("start_"+by) != "1794357000" || f.Get("end_"+by) != "1794358801" || f.Get("page") != "3" || f.Get("page_size") != "100" ||
			f.Get("order_status") != "5" || f.Get("refund_status") != "5" || f.Get("use_has_next") != "false" {
			t.Errorf("%v", f)
		}
	}
}

// TestAReasonIsANoAndSilenceIsNot: 50001 is what the services behind the gateway say;
// an order's reason means that nothing happened, their own trouble means nothing at all.
func TestAReasonIsANoAndSilenceIsNot(t *testing.T) {
	for why, want := range map[string]struct{ effect, question error }{
		"时间跨度不能超过24小时": {channel.ErrRefused, channel.ErrRefused},
		"订单已发货":        {channel.ErrDone, channel.ErrDone},
		"运单号格式错误":      {channel.ErrRefused, channel.ErrRefused},
		"":             {channel.ErrUnknownOutcome, channel.ErrUnavailable},
		"业务服务错误":       {channel.ErrUnknownOutcome, channel.ErrUnavailable},
		"系统异常，请稍后重试":   {channel.ErrUnknownOutcome, channel.ErrUnavailable},
		"调用服务超时":       {channel.ErrUnknownOutcome, channel.ErrUnavailable},
		"Read timeout": {channel.ErrUnknownOutcome, channel.ErrUnavailable},
	} {
		c := channeltest.Dial(t, Manifest, suite(t), channeltest.RoundTrip(func(r *http.Request) (*http.Response, error) {
			if err := r.ParseForm(); err != nil {
				return nil, err
			}
			body := reason(50001, why)
			if r.PostForm.Get("type") == "pdd.logistics.companies.get" {
				body = companies
			}
			return channeltest.Answered(0, nil, body)(r)
		}))
		err := c.(channel.Shipper).Ship(t.Context(), channel.ShipRequest{OrderNo: "260601-111111111111111", Carrier: "ZTO", Waybill: "78001000000017", Last: true})
		if !errors.Is(err, want.effect) {
			t.Errorf("ship, %q: %v, want %v", why, err, want.effect)
		}
		if _, err := c.Get(t.Context(), "260601-111111111111111"); !errors.Is(err, want.question) {
			t.Errorf("ask, %q: %v, want %v", why, err, want.question)
		}
	}
}
