package woocommerce

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/channeltest"
)

func data(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", channeltest.APIData, name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func suite(t *testing.T) channeltest.API {
	order := data(t, "order.json")
	fault := func(code string, status int) string {
		return fmt.Sprintf(`{"code":%q,"message":"No.","data":{"status":%d}}`, code, status)
	}
	date := http.Header{"Date": {"Wed, 11 Nov 2026 01:00:00 GMT"}}
	return channeltest.API{
		Credentials: map[string]string{"consumer_key": "ck_0123456789abcdef0123456789abcdef01234567", "consumer_secret": "cs_89abcdef0123456789abcdef0123456789abcdef", "webhook_secret": "mall-webhook-secret"},
		Orders: []channeltest.RawOrder{{Raw: order, No: "number,id", Status: "status", Quantity: "line_items.0.quantity"},
			{Raw: data(t, "refunded.json"), No: "number,id", Status: "status", Quantity: "line_items.0.quantity"}},
		Cases: [][]byte{data(t, "refund.json")},
		Lists: []channeltest.Listed{{Body: `[` + string(order) + `,{"id":null,"line_items":3}]`, Nos: []string{"727", ""}, Total: -1}},
		Looked: func(r *http.Request, _ string) (string, bool) {
			switch {
			case r.Method != http.MethodGet || r.URL.Query().Get("per_page") == "1":
				return "", false
			case strings.HasSuffix(r.URL.Path, "/notes"):
				return `[]`, true
			}
			// A status of the store's own, not paid: every effect goes on.
			return strings.NewReplacer(`"id": 727`, `"id": 9007199254740993001`, `"number": "727"`, `"number": "9007199254740993001"`, `"status": "processing"`, `"status": "awaiting-pickup"`,
				`"date_paid_gmt": "2026-11-11T01:00:30"`, `"date_paid_gmt": null`, `"73100000000000"`, `"YT2600216627986"`).Replace(string(order)), true
		},
		Faults: []channeltest.Fault{
			{Name: "key", Status: 401, Header: date, Body: fault("woocommerce_rest_authentication_error", 401), Want: channel.ErrSignature},
			{Name: "clock", Status: 401, Header: http.Header{"Date": {"Wed, 11 Nov 2026 03:00:00 GMT"}}, Body: fault("woocommerce_rest_authentication_error", 401), Want: channel.ErrClock},
			{Name: "time", Status: 401, Body: `{"code":"woocommerce_rest_authentication_error","message":"Invalid timestamp."}`, Want: channel.ErrClock},
			{Name: "permission", Status: 401, Body: fault("woocommerce_rest_cannot_view", 401), Want: channel.ErrPermission},
			{Name: "firewall", Status: 403, Body: "<html>Forbidden</html>", Want: channel.ErrIPNotListed},
			{Name: "unknown", Status: 404, Body: fault("woocommerce_rest_shop_order_invalid_id", 404), Want: channel.ErrNotFound},
			{Name: "no store here", Status: 404, Body: fault("rest_no_route", 404), Want: channel.ErrAnswer},
			{Name: "parameter", Status: 400, Body: fault("rest_invalid_param", 400), Want: channel.ErrRefused},
			{Name: "page", Status: 400, Body: fault("rest_post_invalid_page_number", 400), Want: channel.ErrPaging},
			{Name: "throttled", Status: 429, Header: http.Header{"Retry-After": {"7"}}, Body: "<html>", Want: channel.ErrThrottled, RetryMS: 7000},
			{Name: "maintenance", Status: 503, Body: "<html>Briefly unavailable for scheduled maintenance.</html>", Want: channel.ErrUnavailable},
			{Name: "critical", Status: 500, Body: fault("internal_server_error", 500), Want: channel.ErrUnavailable},
		},
	}
}

func TestTheAPIConforms(t *testing.T) { channeltest.Client(t, Manifest, suite(t)) }

// TestTheVectorsAreMet: signatures of WooCommerce itself and requests of its own client.
func TestTheVectorsAreMet(t *testing.T) {
	var v struct {
		Webhook []struct {
			Stored    string `json:"secret_as_stored_by_wordpress"`
			Body      string `json:"body"`
			Signature string `json:"X-WC-Webhook-Signature"`
		} `json:"webhook"`
		Requests []struct {
			Key      string `json:"consumer_key"`
			Secret   string `json:"consumer_secret"`
			Captured struct {
				Method string
				URL    string
				Auth   *struct{ Username, Password string }
				Params map[string]any
			}
		} `json:"rest_requests"`
	}
	d := json.NewDecoder(strings.NewReader(string(data(t, "sign.json"))))
	d.UseNumber()
	if err := d.Decode(&v); err != nil || len(v.Webhook) < 2 || len(v.Requests) < 4 {
		t.Fatalf("%v %+v", err, v)
	}
	c := channeltest.Dial(t, Manifest, suite(t), nil).(channel.PushReceiver)
	for _, w := range v.Webhook {
		if got := webhookSign(decoded(w.Stored), []byte(w.Body)); got != w.Signature {
			t.Errorf("%s: %s", w.Body, got)
		}
		in := channel.Inbound{Method: "POST", URL: &url.URL{}, Header: http.Header{}, Body: []byte(w.Body), At: 7}
		in.Header.Set("X-WC-Webhook-Signature", w.Signature)
		in.Header.Set("X-WC-Webhook-Resource", "order")
		in.Header.Set("X-WC-Webhook-Delivery-ID", "d-1")
		hints, reply, err := c.Receive(in)
		if err != nil || len(hints) != 1 || hints[0].OrderNo != w.Body[6:9] || hints[0].ID != "d-1" || hints[0].At != 7 || reply.Status != 200 {
			t.Errorf("%+v %v", hints, err)
		}
		in.Body = append([]byte(" "), in.Body...)
		if _, _, err := c.Receive(in); !errors.Is(err, channel.ErrSignature) {
			t.Errorf("another body: %v", err)
		}
	}
	signed := 0
	for _, r := range v.Requests {
		want, ok := r.Captured.Params["oauth_signature"].(string)
		if !ok {
			continue
		}
		signed++
		u, err := url.Parse(r.Captured.URL)
		if err != nil {
			t.Fatal(err)
		}
		at, _ := r.Captured.Params["oauth_timestamp"].(json.Number).Int64()
		q := oauth(r.Key, r.Secret, strings.ToUpper(r.Captured.Method), &url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}, u.Query(), r.Captured.Params["oauth_nonce"].(string), at)
		if q.Get("oauth_signature") != want {
			t.Errorf("%s: %s, want %s", u, q.Get("oauth_signature"), want)
		}
		for name, value := range r.Captured.Params {
			if q.Get(name) != fmt.Sprint(value) {
				t.Errorf("%s is %s, want %v", name, q.Get(name), value)
			}
		}
	}
	if signed != 1 {
		t.Errorf("%d signed requests", signed)
	}
}

type sent struct {
	r      *http.Request
	body   string
	method []string
}

func (s *sent) over(next channeltest.RoundTrip) channeltest.RoundTrip {
	return func(r *http.Request) (*http.Response, error) {
		b, _ := io.ReadAll(r.Body)
		s.r, s.body, s.method = r, string(b), append(s.method, r.Method+" "+r.URL.Path)
		return next(r)
	}
}

func TestTheSecretTravelsOverHTTPSOnly(t *testing.T) {
	for _, base := range []string{"https://mall.example.com", "http://mall.example.com/shop/"} {
		s := &sent{}
		a := channeltest.Access(Manifest, suite(t), s.over(channeltest.Answered(200, nil, `[]`)))
		a.BaseURL = base
		c, err := openClient(a)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.List(t.Context(), channel.Query{Stream: channel.ByModified, From: 1794358800500, To: 1794358861000, Page: 2, Size: 100}); err != nil {
			t.Fatal(err)
		}
		user, secret, basic := s.r.BasicAuth()
		q := s.r.URL.Query()
		if q.Get("modified_after") != "2026-11-11T00:59:59" || q.Get("modified_before") != "2026-11-11T01:01:02" || q.Get("dates_are_gmt") != "true" || q.Get("page") != "2" ||
			q.Get("orderby") != "modified" || q.Get("order") != "desc" || q.Get("per_page") != "100" {
			t.Errorf("%v", q)
		}
		if strings.HasPrefix(base, "https") {
			if !basic || user != a.Credentials[consumerKey] || secret != a.Credentials[consumerSecret] || q.Has("oauth_signature") || s.r.URL.Path != "/wp-json/wc/v3/orders" {
				t.Errorf("%s %v", s.r.URL, s.r.Header)
			}
		} else if basic || strings.Contains(s.r.URL.String(), a.Credentials[consumerSecret]) || q.Get("oauth_timestamp") != "1794358800" || len(q.Get("oauth_nonce")) < 16 || s.r.URL.Path != "/shop/wp-json/wc/v3/orders" {
			t.Errorf("%s %v", s.r.URL, s.r.Header)
		}
	}
}

func TestTheFirstPingNeedsNoSignature(t *testing.T) {
	c := channeltest.Dial(t, Manifest, suite(t), nil).(channel.PushReceiver)
	in := channel.Inbound{Method: "POST", URL: &url.URL{}, Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, Body: []byte("webhook_id=3")}
	if hints, reply, err := c.Receive(in); err != nil || len(hints) != 0 || reply.Status != 200 {
		t.Errorf("%v %+v %v", hints, reply, err)
	}
	for _, body := range []string{"webhook_id=x", "webhook_id=3&id=727", `{"id":727}`, ""} {
		in.Body = []byte(body)
		if _, _, err := c.Receive(in); !errors.Is(err, channel.ErrSignature) {
			t.Errorf("%q: %v", body, err)
		}
	}
}

func TestASecretIsTakenAsTypedAndAsWordPressKeepsIt(t *testing.T) {
	body := []byte(`{"id":727,"number":"727"}`)
	for _, typed := range []string{`a&b<c>"d'`, `a&amp;b&lt;c&gt;&quot;d&#039;`} {
		a := suite(t)
		a.Credentials = map[string]string{"consumer_key": "k", "consumer_secret": "s", "webhook_secret": typed}
		c := channeltest.Dial(t, Manifest, a, nil).(channel.PushReceiver)
		in := channel.Inbound{Header: http.Header{}, Body: body}
		in.Header.Set("X-WC-Webhook-Signature", webhookSign(`a&b<c>"d'`, body))
		in.Header.Set("X-WC-Webhook-Resource", "order")
		if hints, _, err := c.Receive(in); err != nil || len(hints) != 1 {
			t.Errorf("%s: %v", typed, err)
		}
		in.Header.Set("X-WC-Webhook-Resource", "product")
		if hints, _, err := c.Receive(in); err != nil || len(hints) != 0 {
			t.Errorf("a product: %v %v", hints, err)
		}
	}
	a := suite(t)
	a.Credentials = map[string]string{"consumer_key": "k", "consumer_secret": "s"}
	in := channel.Inbound{Header: http.Header{}, Body: body}
	in.Header.Set("X-WC-Webhook-Signature", webhookSign("", body))
	if _, _, err := channeltest.Dial(t, Manifest, a, nil).(channel.PushReceiver).Receive(in); !errors.Is(err, channel.ErrSignature) {
		t.Errorf("no secret: %v", err)
	}
}

func TestAPulledOrderIsReadWhole(t *testing.T) {
	c := channeltest.Dial(t, Manifest, suite(t), nil)
	o, err := c.Map(data(t, "order.json"))
	if err != nil {
		t.Fatal(err)
	}
	if r := o.Receiver; r.Name != "林小满" || r.Phone != "13800001234" || r.Province != "浙江省" || r.City != "杭州市" || r.Detail != "西湖区孤山路 1 号 2 幢" || r.Zip != "310007" {
		t.Errorf("%+v", r)
	}
	if l := o.Lines[0]; *l.PriceFen != 1990 || *l.PaidFen != 3780 || l.ChannelItemNo != "93" || l.ChannelSKUNo != "7001" || l.SKUText != "蓝色" || l.MerchantSKUCode != "TW-01" || l.ChannelLineNo != "315" {
		t.Errorf("%+v", l)
	}
	if *o.Money.BuyerPaid != 4380 || *o.Money.Goods != 3980 || *o.Money.Freight != 600 || *o.Money.MerchantDiscount != 200 || o.PlacedAt != 1794358801000 || o.ModifiedAt != 1794358831000 ||
		o.BuyerKey != "26" || o.Status != channel.AwaitingShipment || o.Waybill.No != "73100000000000" || o.Waybill.Carrier != "中通快递" || o.RefundFen != nil {
		t.Errorf("%+v", o)
	}
	if o, err = c.Map(data(t, "refunded.json")); err != nil {
		t.Fatal(err)
	}
	if o.ChannelOrderNo != "WEB-728" || o.Status != channel.Completed || o.RefundState != channel.RefundPart || *o.RefundFen != 1050 || o.Receiver.Name != "Ann Lee" || o.Receiver.Province != "浙江省" ||
		!reflect.DeepEqual(o.Flags, []string{channel.FlagCOD}) || o.BuyerKey != "" || o.Lines[0].ChannelSKUNo != "" || o.ShippedAt == 0 ||
		!reflect.DeepEqual(o.Waybills, []channel.Waybill{{Carrier: "ZTO", No: "731"}, {Carrier: "YTO", No: "732"}}) {
		t.Errorf("%+v", o)
	}
	for old, to := range map[string]string{`"CNY"`: `"EUR"`, `2026-11-11T01:00:01`: `11.11.2026`, `"30.00", "customer_id"`: `"30.001", "customer_id"`} {
		if _, err := c.Map([]byte(strings.Replace(string(data(t, "refunded.json")), old, to, 1))); err == nil {
			t.Errorf("%s is taken", to)
		}
	}
}

// TestANumberOfAnExtensionIsSearchedFor: the order whose id it is may be another one.
func TestANumberOfAnExtensionIsSearchedFor(t *testing.T) {
	s := &sent{}
	c := channeltest.Dial(t, Manifest, suite(t), s.over(func(r *http.Request) (*http.Response, error) {
		if r.URL.Query().Get("search") == "1001" {
			return channeltest.Answered(200, nil, `[{"id":5,"number":"10011"},{"id":727,"number":"1001"}]`)(r)
		}
		return channeltest.Answered(200, nil, `{"id":1001,"number":"1275"}`)(r)
	}))
	if i, err := c.Get(t.Context(), "1001"); err != nil || i.No != "1001" || !strings.Contains(string(i.Raw), "727") {
		t.Errorf("%+v %v", i, err)
	}
	if len(s.method) != 2 {
		t.Errorf("%q", s.method)
	}
}

func TestAnOrderIsShippedOnceAndWhole(t *testing.T) {
	order := string(data(t, "order.json"))
	for status, want := range map[string]error{"processing": nil, "completed": channel.ErrDone, "cancelled": channel.ErrRefused, "pending": channel.ErrRefused, "refunded": channel.ErrRefused} {
		s := &sent{}
		c := channeltest.Dial(t, Manifest, suite(t), s.over(channeltest.Answered(200, nil, strings.Replace(order, "processing", status, 1)))).(channel.Shipper)
		err := c.Ship(t.Context(), channel.ShipRequest{OrderNo: "727", Carrier: "ZTO", CarrierName: "中通快递", Waybill: "2", Last: true,
			All: []channel.Parcel{{Carrier: "YTO", CarrierName: "圆通速递", Waybill: "1"}, {Carrier: "ZTO", CarrierName: "中通快递", Waybill: "2"}}})
		if !errors.Is(err, want) {
			t.Errorf("%s: %v", status, err)
		}
		if want != nil {
			if len(s.method) != 1 {
				t.Errorf("%s: %q", status, s.method)
			}
			continue
		}
		const meta = `{"meta_data":[{"key":"_wc_shipment_tracking_items","value":[{"tracking_provider":"","custom_tracking_provider":"圆通速递","custom_tracking_link":"","tracking_number":"1","date_shipped":"1794358800","tracking_id":"1"},{"tracking_provider":"","custom_tracking_provider":"中通快递","custom_tracking_link":"","tracking_number":"2","date_shipped":"1794358800","tracking_id":"2"}]}],"status":"completed"}`
		if s.body != meta || s.r.Method != "PUT" || s.r.URL.Path != "/base/wp-json/wc/v3/orders/727" {
			t.Errorf("%s %s", s.r.URL, s.body)
		}
	}
}

func TestWhatGoesWithoutACarrierCompletesTheOrder(t *testing.T) {
	order := string(data(t, "order.json"))
	for status, want := range map[string]error{"processing": nil, "completed": channel.ErrDone, "cancelled": channel.ErrRefused} {
		s := &sent{}
		c := channeltest.Dial(t, Manifest, suite(t), s.over(channeltest.Answered(200, nil, strings.Replace(order, "processing", status, 1)))).(channel.NumberlessShipper)
		err := c.ShipWithoutNumber(t.Context(), channel.ShipRequest{OrderNo: "727", How: channel.TownCourier})
		if !errors.Is(err, want) || want == nil && s.body != `{"status":"completed"}` || want != nil && len(s.method) != 1 {
			t.Errorf("%s: %v %s", status, err, s.body)
		}
	}
}

func TestProvincesHaveACode(t *testing.T) {
	for name, code := range map[string]string{"浙江省": "CN12", "北京": "CN2", "新疆维吾尔自治区": "CN32", "内蒙古": "CN6", "Zhejiang": "Zhejiang", "": ""} {
		if got := regionCode(name); got != code {
			t.Errorf("%s: %s", name, got)
		}
	}
	if province("CN0") != "CN0" || province("CN33") != "CN33" || province("CN32") != "新疆维吾尔自治区" || province("ZJ") != "ZJ" {
		t.Error("codes")
	}
}

func TestASKUWithoutNumbersIsFoundByItsCode(t *testing.T) {
	s := &sent{}
	c := channeltest.Dial(t, Manifest, suite(t), s.over(func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodGet {
			return channeltest.Answered(200, nil, map[string]string{"V": `[{"id":7001,"parent_id":93,"sku":"V"}]`, "S": `[{"id":94,"parent_id":0,"sku":"S"}]`, "X": `[]`}[r.URL.Query().Get("sku")])(r)
		}
		return channeltest.Answered(200, nil, `{"id":1,"stock_quantity":5}`)(r)
	})).(channel.StockPusher)
	each, err := c.PushStock(t.Context(), []channel.StockLevel{{Code: "V", Quantity: 5}, {Code: "S", Quantity: 5}, {Code: "X", Quantity: 5}, {ItemNo: "95", SKUNo: "7005", Quantity: 0}})
	if err != nil || each[0] != nil || each[1] != nil || !errors.Is(each[2], channel.ErrNotFound) || each[3] != nil {
		t.Errorf("%v %v", each, err)
	}
	var puts []string
	for _, m := range s.method {
		if path, ok := strings.CutPrefix(m, "PUT /base/wp-json/wc/v3"); ok {
			puts = append(puts, path)
		}
	}
	if !reflect.DeepEqual(puts, []string{"/products/93/variations/7001", "/products/94", "/products/95/variations/7005"}) || s.body != `{"manage_stock":true,"stock_quantity":0}` {
		t.Errorf("%q %s", puts, s.body)
	}
}
