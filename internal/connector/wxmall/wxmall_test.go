package wxmall

import (
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/channeltest"
)

func order(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("testdata/api/order.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

const (
	companyList = `{"errcode":0,"delivery_list":[{"delivery_id":"SF","delivery_name":"顺丰速运"},{"delivery_id":"YTO","delivery_name":"圆通速递"},{"delivery_id":"ZTO","delivery_name":"中通快递"}],"count":3}`
	secret      = "0c64c1c3f4b14a1f9d2e3b5a6c7d8e9f"
)

func refusal(code, msg string) string {
	return `{"errcode":` + code + `,"errmsg":"` + msg + ` rid: 6561b70c-5e73923b-5cc9dcf2"}`
}

func suite(t *testing.T) channeltest.API {
	one := order(t)
	return channeltest.API{
		Credentials: map[string]string{appID: "wx0123456789abcdef", appSecret: secret, mchID: "1672058712"},
		Token:       channel.Token{Access: "acc3ss-t0ken", Account: "wx0123456789abcdef"},
		Orders:      []channeltest.RawOrder{{Raw: []byte(one), No: "merchant_trade_no,transaction_id", Status: "order_state"}},
		Looked: func(r *http.Request, _ string) (string, bool) {
			switch {
			case strings.HasSuffix(r.URL.Path, "/get_delivery_list"):
				return companyList, true
			case strings.HasSuffix(r.URL.Path, "/get_order"):
				return `{"errcode":0,"order":` + one + `}`, true
			}
			return "", false
		},
		Lists: []channeltest.Listed{
			{Body: `{"errcode":0,"order_list":[` + one + `,{"transaction_id":42,"shipping":7}],"last_index":"x","has_more":true}`, Nos: []string{"9007199254740993001", "42"}, Total: -1, More: true},
			{Body: `{"errcode":0,"order_list":[],"last_index":"","has_more":false}`, Total: -1},
		},
		Faults: []channeltest.Fault{
			{Name: "address", Status: 403, Body: "Forbidden", Want: channel.ErrIPNotListed},
			{Name: "token invalid", Body: refusal("40001", "invalid credential"), Want: channel.ErrTokenExpired},
			{Name: "token ended", Body: refusal("42001", "access_token expired"), Want: channel.ErrTokenExpired},
			{Name: "secret", Body: refusal("40125", "invalid appsecret"), Want: channel.ErrSignature},
			{Name: "permission", Body: refusal("48001", "api unauthorized"), Want: channel.ErrPermission},
			{Name: "a minute's calls", Body: refusal("45011", "api minute-quota reach limit"), Want: channel.ErrThrottled, RetryMS: 60_000},
			{Name: "a day's calls", Body: refusal("45009", "reach max api daily quota limit"), Want: channel.ErrThrottled, RetryMS: 15 * 3600_000},
			{Name: "unknown", Body: refusal("10060001", "支付单不存在"), Want: channel.ErrNotFound},
			{Name: "shipped", Body: refusal("10060002", "支付单已完成发货，无法继续发货"), Want: channel.ErrDone},
			{Name: "the same", Body: refusal("10060023", "发货信息未更新"), Want: channel.ErrDone},
			{Name: "corrected already", Body: refusal("10060003", "支付单已使用重新发货机会"), Want: channel.ErrRefused},
			{Name: "state", Body: refusal("10060004", "支付单处于不可发货的状态"), Want: channel.ErrRefused},
			{Name: "internal", Body: refusal("-1", "system error"), Want: channel.ErrUnavailable},
			{Name: "no code", Body: `{}`, Want: channel.ErrAnswer},
		},
	}
}

func TestTheAPIConforms(t *testing.T) { channeltest.Client(t, Manifest, suite(t)) }

func TestAPaymentIsOneLine(t *testing.T) {
	c := channeltest.Dial(t, Manifest, suite(t), nil)
	o, err := c.Map([]byte(order(t)))
	if err != nil || o.ChannelOrderNo != "9007199254740993001" || o.Status != channel.PartlyShipped || o.Lines[0].Title != "云柔毛巾*2;木梳*1" || *o.Lines[0].Quantity != 1 || *o.Money.BuyerPaid != 8860 ||
		o.Waybill.No != "YT2600216627986" || o.Waybills != nil || o.ShippedAt != 0 || o.PaidAt != 1778335900000 || o.Receiver != (channel.Receiver{}) {
		t.Errorf("%+v %v", o, err)
	}
	for change, want := range map[[2]string]func(channel.Order) bool{
		{`"finish_shipping": false`, `"finish_shipping": true`}: func(o channel.Order) bool { return o.ShippedAt == 1778336900000 },
		{`"order_state": 1`, `"order_state": 2`}:                func(o channel.Order) bool { return o.Status == channel.Shipped },
		{`"order_state": 1`, `"order_state": 3`}:                func(o channel.Order) bool { return o.Status == channel.Delivered },
		{`"order_state": 1`, `"order_state": "4"`}:              func(o channel.Order) bool { return o.Status == channel.Completed },
		{`"order_state": 1`, `"order_state": 5`}:                func(o channel.Order) bool { return o.Status == channel.Closed && o.RefundState == channel.RefundDone },
		{`"order_state": 1`, `"order_state": 6`}:                func(o channel.Order) bool { return o.Status == channel.Delivered },
		{`"in_complaint": false`, `"in_complaint": true`}: func(o channel.Order) bool {
			return o.RefundState == channel.RefundInProgress && o.Lines[0].RefundState == channel.RefundInProgress
		},
		{`"shipping_list": [{`, `"shipping_list": [{"tracking_no": "SF1", "express_company": "SF"}, {`}: func(o channel.Order) bool { return len(o.Waybills) == 2 && o.Waybill.No == "SF1" },
	} {
		if o, err := c.Map([]byte(strings.Replace(order(t), change[0], change[1], 1))); err != nil || !want(o) {
			t.Errorf("%s: %v %+v", change[1], err, o)
		}
	}
}

func recorded(t *testing.T, payment string) (*client, *[]string) {
	var sent []string
	c := channeltest.Dial(t, Manifest, suite(t), channeltest.RoundTrip(func(r *http.Request) (*http.Response, error) {
		b, _ := io.ReadAll(r.Body)
		if r.Method != "POST" || r.URL.Query().Get("access_token") != "acc3ss-t0ken" {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		answer := `{"errcode":0,"errmsg":"ok"}`
		switch r.URL.Path {
		case "/base/cgi-bin/express/delivery/open_msg/get_delivery_list":
			answer = companyList
		case "/base/wxa/sec/order/get_order":
			if string(b) != `{"merchant_id":"1672058712","merchant_trade_no":"9007199254740993001"}` {
				t.Error(string(b))
			}
			answer = `{"errcode":0,"order":` + payment + `}`
		default:
			sent = append(sent, strings.TrimPrefix(r.URL.Path, "/base/wxa/sec/order/")+" "+string(b))
		}
		return channeltest.Answered(200, nil, answer)(r)
	}))
	return c.(*client), &sent
}

func TestReportsSayWhatThePlatformExpects(t *testing.T) {
	c, sent := recorded(t, order(t))
	const head, tail = `"order_key":{"order_number_type":2,"transaction_id":"4200002600202605091234567890"},"payer":{"openid":"oWxSI64sda083kUSXMRhCDyG3Y5o"},"shipping_list":[`, `],"upload_time":"2026-11-11T09:00:00.000+08:00"}`
	s := channel.ShipRequest{OrderNo: "9007199254740993001", Carrier: "ZTO", Waybill: "731", Last: true, Text: "云柔毛巾", ReceiverPhone: "138****0001"}
	want := []string{
		`upload_shipping_info {"delivery_mode":1,"logistics_type":1,` + head + `{"tracking_no":"731","express_company":"ZTO","item_desc":"云柔毛巾"}` + tail,
		`upload_shipping_info {"delivery_mode":2,"is_all_delivered":true,"logistics_type":1,` + head + `{"tracking_no":"731","express_company":"ZTO","item_desc":"云柔毛巾*2;木梳*1"},` +
			`{"tracking_no":"SF1","express_company":"SF","item_desc":"云柔毛巾*2;木梳*1","contact":{"receiver_contact":"138****0001"}}` + tail,
		`upload_shipping_info {"delivery_mode":1,"logistics_type":1,` + head + `{"tracking_no":"731","express_company":"ZTO","item_desc":"` + strings.Repeat("梳", 120) + `"}` + tail,
	}
	if err := c.Ship(t.Context(), s); err != nil {
		t.Error(err)
	}
	s.Text, s.All = "", []channel.Parcel{{Carrier: "ZTO", Waybill: "731"}, {Carrier: "SF", Waybill: "SF1"}}
	if err := c.Ship(t.Context(), s); err != nil {
		t.Error(err)
	}
	s.Text = strings.Repeat("梳", 130)
	if err := c.ChangeWaybill(t.Context(), s, "YTO", "YT2600216627986"); err != nil {
		t.Error(err)
	}
	for i := range want {
		if i >= len(*sent) || (*sent)[i] != want[i] {
			t.Errorf("%q\nwant %q", *sent, want[i])
			break
		}
	}
}

func TestAReportedPaymentIsNotReportedAgain(t *testing.T) {
	c, sent := recorded(t, strings.Replace(order(t), `"finish_shipping": false`, `"finish_shipping": true`, 1))
	s := channel.ShipRequest{OrderNo: "9007199254740993001", Carrier: "ZTO", Waybill: "731", Last: true}
	if err := c.Ship(t.Context(), s); !errors.Is(err, channel.ErrDone) || len(*sent) != 0 {
		t.Errorf("%v after %q", err, *sent)
	}
}

func TestWhatGoesWithoutACarrierIsReportedInItsWay(t *testing.T) {
	for way, number := range map[channel.Way]string{channel.TownCourier: "2", channel.NothingTravels: "3", channel.BuyerFetches: "4"} {
		c, sent := recorded(t, order(t))
		if err := c.ShipWithoutNumber(t.Context(), channel.ShipRequest{OrderNo: "9007199254740993001", Last: true, Text: "云柔毛巾", How: way}); err != nil {
			t.Fatal(way, err)
		}
		want := `upload_shipping_info {"delivery_mode":1,"logistics_type":` + number +
			`,"order_key":{"order_number_type":2,"transaction_id":"4200002600202605091234567890"},"payer":{"openid":"oWxSI64sda083kUSXMRhCDyG3Y5o"},"shipping_list":[{"item_desc":"云柔毛巾"}],"upload_time":"2026-11-11T09:00:00.000+08:00"}`
		if len(*sent) != 1 || (*sent)[0] != want {
			t.Errorf("%s: %q\nwant %q", way, *sent, want)
		}
	}
	done := strings.Replace(order(t), `"finish_shipping": false`, `"finish_shipping": true`, 1)
	c, sent := recorded(t, done)
	if err := c.ShipWithoutNumber(t.Context(), channel.ShipRequest{OrderNo: "9007199254740993001", How: channel.BuyerFetches}); !errors.Is(err, channel.ErrDone) || len(*sent) != 0 {
		t.Errorf("%v after %q", err, *sent)
	}
}

func TestATokenIsForcedOnlyWhenThePlatformRefusesTheOneItGives(t *testing.T) {
	forced, refuse := 0, false
	a := channeltest.Access(Manifest, suite(t), channeltest.RoundTrip(func(r *http.Request) (*http.Response, error) {
		b, _ := io.ReadAll(r.Body)
		answer := `{"errcode":0,"order_list":[]}`
		switch {
		case strings.Contains(string(b), `"force_refresh":true`):
			forced++
			answer = `{"access_token":"forced","expires_in":7200}`
		case strings.HasSuffix(r.URL.Path, "/stable_token"):
			answer = `{"access_token":"stands","expires_in":3600}`
		case refuse:
			answer = refusal("42001", "access_token expired")
		}
		return channeltest.Answered(200, nil, answer)(r)
	}))
	at := channeltest.At.UnixMilli()
	for _, c := range []struct {
		held   string
		refuse bool
		want   channel.Token
		forced int
	}{
		{"", false, channel.Token{Access: "stands", Account: "wx0123456789abcdef", ExpiresAt: at + 3600_000}, 0},
		{"stands", false, channel.Token{Access: "stands", Account: "wx0123456789abcdef", ExpiresAt: at + 3600_000}, 0},
		{"older", true, channel.Token{Access: "stands", Account: "wx0123456789abcdef", ExpiresAt: at + 3600_000}, 0},
		{"stands", true, channel.Token{Access: "forced", Account: "wx0123456789abcdef", ExpiresAt: at + 7200_000}, 1},
	} {
		a.Token.Access, refuse = c.held, c.refuse
		if got, err := Manifest.API.OAuth.Fetch(t.Context(), a); err != nil || got != c.want || forced != c.forced {
			t.Errorf("%+v %v, forced %d", got, err, forced)
		}
	}
}
