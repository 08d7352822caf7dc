package openmall

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/channeltest"
	"github.com/ordercove/ordercove/internal/kit/clock"
)

const docSecret = "open-mall-secret-0001"

func read(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", channeltest.APIData, name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func suite(t *testing.T) channeltest.API {
	order := read(t, "order.json")
	fault := func(code string) string {
		b, _ := json.Marshal(map[string]any{"code": code, "message": "no", "retry_after_ms": nil})
		return string(b)
	}
	return channeltest.API{
		Credentials: map[string]string{"app_key": "k_demo", "secret": docSecret},
		Orders: []channeltest.RawOrder{{Raw: order, No: "no", Status: "status", Quantity: "lines.0.quantity"},
			{Raw: read(t, "presale.json"), No: "no", Status: "status", Quantity: "lines.0.quantity"}},
		Cases: [][]byte{read(t, "case.json")},
		Lists: []channeltest.Listed{
			{Body: `{"server_time": 1794326401000, "total": 102, "page": 1, "page_size": 100, "orders": [` + string(order) + `,{"no":null,"lines":3}]}`,
				Nos: []string{"9007199254741993001", ""}, Total: 102, More: true},
			{Body: `{"server_time": 1794326401000, "total": 0, "page": 1, "page_size": 100, "orders": []}`},
		},
		Faults: []channeltest.Fault{
			{Name: "parameter", Status: 400, Body: fault("invalid"), Want: channel.ErrRefused},
			{Name: "window", Status: 400, Body: fault("window"), Want: channel.ErrWindow},
			{Name: "app", Status: 401, Body: fault("app"), Want: channel.ErrSignature},
			{Name: "signature", Status: 401, Body: fault("signature"), Want: channel.ErrSignature},
			{Name: "clock", Status: 401, Body: fault("clock"), Want: channel.ErrClock},
			{Name: "address", Status: 403, Body: fault("ip"), Want: channel.ErrIPNotListed},
			{Name: "permission", Status: 403, Body: fault("permission"), Want: channel.ErrPermission},
			{Name: "unknown", Status: 404, Body: fault("not_found"), Want: channel.ErrNotFound},
			{Name: "unsupported", Status: 404, Body: fault("unsupported"), Want: channel.ErrUnsupported},
			{Name: "refused", Status: 409, Body: fault("refused"), Want: channel.ErrRefused},
			{Name: "done", Status: 409, Body: fault("done"), Want: channel.ErrDone},
			{Name: "paging", Status: 409, Body: fault("paging"), Want: channel.ErrPaging},
			{Name: "throttled by header", Status: 429, Header: http.Header{"Retry-After": {"7"}}, Body: fault("throttled"), Want: channel.ErrThrottled, RetryMS: 7000},
			{Name: "throttled by body", Status: 429, Body: `{"code":"throttled","retry_after_ms":2500}`, Want: channel.ErrThrottled, RetryMS: 2500},
			{Name: "throttled by a proxy", Status: 429, Header: http.Header{"Retry-After": {"9"}}, Body: `<html>`, Want: channel.ErrThrottled, RetryMS: 9000},
			{Name: "internal", Status: 500, Body: fault("internal"), Want: channel.ErrUnavailable},
			{Name: "soon", Status: 503, Header: http.Header{"Retry-After": {"3"}}, Body: fault("internal"), Want: channel.ErrThrottled, RetryMS: 3000},
			{Name: "another word", Status: 400, Body: fault("tuesday"), Want: channel.ErrAnswer},
			{Name: "another protocol", Status: 404, Body: `404 page not found`, Want: channel.ErrAnswer},
		},
	}
}

func TestConformance(t *testing.T) {
	channeltest.Run(t, Manifest)
	channeltest.Client(t, Manifest, suite(t))
}

// sent answers every request with answer and keeps the latest.
type sent struct {
	r    *http.Request
	body string
	n    int
}

func (s *sent) answering(answer string) channeltest.RoundTrip {
	return func(r *http.Request) (*http.Response, error) {
		b, _ := io.ReadAll(r.Body)
		s.r, s.body = r, string(b)
		s.n++
		return channeltest.Answered(200, nil, answer)(r)
	}
}

// TestTheDocumentsVectorsAreMet: section 2 of docs/openmall.md.
func TestTheDocumentsVectorsAreMet(t *testing.T) {
	s := &sent{}
	a := channeltest.Access(Manifest, suite(t), s.answering(`{"server_time":1,"total":0,"orders":[]}`))
	a.BaseURL, a.Clock = "https://mall.example.cn/api/openmall/", clock.NewFake(time.UnixMilli(1794326401000))
	c, err := openClient(a)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.List(t.Context(), channel.Query{Stream: channel.ByModified, From: 1794322800000, To: 1794326400000, Page: 1, Size: 100}); err != nil {
		t.Fatal(err)
	}
	h := s.r.Header
	if s.r.URL.Path != "/api/openmall/v1/orders" || h.Get("X-Openmall-Key") != "k_demo" || h.Get("X-Openmall-Time") != "1794326401000" ||
		h.Get("X-Openmall-Sign") != sign(docSecret, nil, "1794326401000", "GET", s.r.URL.RequestURI()) {
		t.Errorf("%s %v", s.r.URL, h)
	}
	for _, v := range []struct{ want, body, at, method, target string }{
		{"91c77bc47e0cbe261872a32214760607ac3deb9c96ed7d88f2d71110bc6b3c49", "", "1794326401000", "GET",
			"/api/openmall/v1/orders?by=modified&from=1794322800000&to=1794326400000&page=1&page_size=100"},
		{"d2cee6f1f3ff42862f3fdac235f346d34071c9fded103dd68c289e47f38d97fc", `{"key":"c-77","text":"加急🎁 & 包好+谢谢%","flag":1}`, "1794326401001", "PUT",
			"/api/openmall/v1/orders/9007199254741993001/memo"},
	} {
		if got := sign(docSecret, []byte(v.body), v.at, v.method, v.target); got != v.want {
			t.Errorf("%s %s: %s", v.method, v.target, got)
		}
	}
}

func TestNoSignatureIsSentTwice(t *testing.T) {
	s := &sent{}
	c := channeltest.Dial(t, Manifest, suite(t), s.answering(`{"version":1}`))
	seen := map[string]bool{}
	for range 3 { // the clock stands still
		if err := c.Test(t.Context()); err != nil {
			t.Fatal(err)
		}
		seen[s.r.Header.Get("X-Openmall-Sign")] = true
	}
	if len(seen) != 3 {
		t.Errorf("%d signatures", len(seen))
	}
	if err := channeltest.Dial(t, Manifest, suite(t), channeltest.Answered(200, nil, `{"version":2}`)).Test(t.Context()); !errors.Is(err, channel.ErrAnswer) {
		t.Errorf("another version: %v", err)
	}
}

func TestAShortSecretIsNamed(t *testing.T) {
	a := suite(t)
	a.Credentials = map[string]string{"app_key": "k", "secret": "tooshort"}
	if _, err := openClient(channeltest.Access(Manifest, a, nil)); !errors.Is(err, channel.ErrCredentials) {
		t.Error(err)
	}
}

func TestARepeatedParcelIsTheSameRequest(t *testing.T) {
	s := &sent{}
	c := channeltest.Dial(t, Manifest, suite(t), s.answering(`{"shipment_no":"1"}`)).(channel.Shipper)
	ship := channel.ShipRequest{Key: "k/1", OrderNo: "a/b", CarrierName: "山间速递", Waybill: "731", Lines: []channel.ParcelLine{{LineNo: "1", Quantity: 2}},
		Serials: map[string][]string{"2": {"x"}, "1": {"y", "z"}, "3": {}}}
	var first, sign string
	for range 3 {
		if err := c.Ship(t.Context(), ship); err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = s.body
		}
		if s.body != first || s.r.Header.Get("X-Openmall-Sign") == sign {
			t.Errorf("another request, or the same signature: %s", s.body)
		}
		sign = s.r.Header.Get("X-Openmall-Sign")
	}
	want := `{"carrier":"山间速递","key":"k/1","last":false,"lines":[{"no":"1","quantity":2}],"serials":[{"no":"1","codes":["y","z"]},{"no":"2","codes":["x"]},{"no":"3","codes":[]}],"waybill":"731"}`
	if first != want || s.r.URL.EscapedPath() != "/base/v1/orders/a%2Fb/shipments" || s.r.Method != "POST" {
		t.Errorf("%s %s\n%s", s.r.Method, s.r.URL, first)
	}
}

func TestWhatGoesWithoutACarrierSaysHow(t *testing.T) {
	s := &sent{}
	c := channeltest.Dial(t, Manifest, suite(t), s.answering(`{"shipment_no":"1"}`)).(channel.NumberlessShipper)
	err := c.ShipWithoutNumber(t.Context(), channel.ShipRequest{Key: "k1", OrderNo: "1", Lines: []channel.ParcelLine{{LineNo: "1", Quantity: 2}}, How: channel.BuyerFetches})
	if want := `{"key":"k1","last":true,"lines":[],"way":"self_pickup"}`; err != nil || s.body != want {
		t.Errorf("%v %s, want %s", err, s.body, want)
	}
}

// TestAChangedMemoIsNoRepetition: a key used before would give the old answer.
func TestAChangedMemoIsNoRepetition(t *testing.T) {
	s := &sent{}
	c := channeltest.Dial(t, Manifest, suite(t), s.answering(`{}`)).(channel.MemoWriter)
	keys := map[string]bool{}
	for _, text := range []string{"a", "b", "a"} {
		if err := c.WriteMemo(t.Context(), channel.Memo{OrderNo: "1", Text: text, Flag: 2}); err != nil {
			t.Fatal(err)
		}
		var b struct{ Key string }
		if err := json.Unmarshal([]byte(s.body), &b); err != nil || len(b.Key) == 0 || len(b.Key) > 64 {
			t.Errorf("key %q %v", b.Key, err)
		}
		keys[b.Key] = true
	}
	if len(keys) != 3 {
		t.Errorf("three memos, %d keys", len(keys))
	}
}

func TestAPresaleIsReadWhole(t *testing.T) {
	c := channeltest.Dial(t, Manifest, suite(t), nil)
	o, err := c.Map(read(t, "presale.json"))
	if err != nil {
		t.Fatal(err)
	}
	if o.Status != channel.PartlyPaid || *o.Money.BuyerPaid != 2000 || *o.Money.MerchantReceivable != 10500 || o.Flag != 3 || o.BuyerNote != "轻放" || o.SellerNote != "加急" {
		t.Errorf("%+v", o)
	}
	if !reflect.DeepEqual(o.Holds, []string{channel.HoldGroupPending, channel.HoldLocked}) || !reflect.DeepEqual(o.Flags, []string{channel.FlagAddressWish, channel.FlagPresale}) {
		t.Errorf("holds %v, flags %v", o.Holds, o.Flags)
	}
	if r := o.Receiver; r.Name != "c.n" || r.Phone != "c.p" || r.Detail != "c.d" || !r.Encrypted || r.Province != "浙江省" {
		t.Errorf("%+v", r)
	}
	if l := o.Lines[0]; l.RefundState != channel.RefundUnknown || l.ChannelSKUNo != "9007199254741993083" {
		t.Errorf("%+v", l)
	}
	if len(o.Waybills) != 2 || o.Waybill.No != "731" || o.ShippedAt != 1794400000000 {
		t.Errorf("%+v %+v", o.Waybill, o.Waybills)
	}
	plain, err := c.Map(read(t, "order.json"))
	if err != nil || plain.Receiver.Name != "张小云" || plain.Receiver.Encrypted || *plain.Money.BuyerPaid != 3780 || plain.Waybills != nil || plain.Waybill.Carrier != "ZTO" ||
		plain.PaymentMethod != "wechat_pay" || plain.ShipByAt != 1794499211000 || *plain.Lines[0].PaidFen != 3780 {
		t.Errorf("%+v %v", plain, err)
	}
}

// TestAHintIsTakenOnceSignedAndFresh: the vector of section 9.
func TestAHintIsTakenOnceSignedAndFresh(t *testing.T) {
	c := channeltest.Dial(t, Manifest, suite(t), nil).(channel.PushReceiver)
	body := []byte(`{"event_id":"e-1","topic":"order.paid","shop_id":"s1","order_no":"9007199254741993001","aftersale_no":"","at":1794326411000}`)
	in := channel.Inbound{Method: "POST", URL: &url.URL{Path: "/x"}, Header: http.Header{}, Body: body, At: 1794326411000}
	in.Header.Set("X-Openmall-Key", "k_demo")
	in.Header.Set("X-Openmall-Time", "1794326411000")
	in.Header.Set("X-Openmall-Sign", "85fba4c80990912671a9f2d77e2a5846abca8f68ccc51629abe56c0cca4b12a9")
	hints, reply, err := c.Receive(in)
	want := channel.Hint{ID: "e-1", Topic: "order.paid", OrderNo: "9007199254741993001", Account: "s1", At: 1794326411000}
	if err != nil || len(hints) != 1 || hints[0] != want || reply.Status != 200 || string(reply.Body) != `{"ok":true}` {
		t.Fatalf("%+v %+v %v", hints, reply, err)
	}
	late := in
	late.At += 10*60*1000 + 1
	if _, _, err := c.Receive(late); !errors.Is(err, channel.ErrClock) {
		t.Errorf("late: %v", err)
	}
	for _, name := range []string{"X-Openmall-Key", "X-Openmall-Time", "X-Openmall-Sign"} {
		bad := in
		bad.Header = in.Header.Clone()
		bad.Header.Set(name, in.Header.Get(name)+"1")
		if _, _, err := c.Receive(bad); !errors.Is(err, channel.ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
	bad := in
	bad.Body = append([]byte(" "), body...)
	if _, _, err := c.Receive(bad); !errors.Is(err, channel.ErrSignature) {
		t.Errorf("another body: %v", err)
	}
	in.Body = []byte(`{"event_id":"e-2","topic":"test"}`)
	in.Header.Set("X-Openmall-Sign", sign(docSecret, in.Body, "1794326411000"))
	if hints, reply, err := c.Receive(in); err != nil || len(hints) != 0 || reply.Status != 200 {
		t.Errorf("a test: %v %v", hints, err)
	}
}

func TestStockAndCipherTextsAreAnsweredOneByOne(t *testing.T) {
	c := channeltest.Dial(t, Manifest, suite(t), channeltest.Answered(200, nil, `{"results":[{"ok":true,"plain":"张小云"},{"ok":false,"code":"not_found","message":"x","plain":"y"}]}`))
	each, err := c.(channel.StockPusher).PushStock(t.Context(), []channel.StockLevel{{Key: "a", SKUNo: "1"}, {Key: "b", SKUNo: "2"}})
	if err != nil || each[0] != nil || !errors.Is(each[1], channel.ErrNotFound) {
		t.Errorf("%v %v", each, err)
	}
	if _, err := c.(channel.StockPusher).PushStock(t.Context(), []channel.StockLevel{{Key: "a"}}); !errors.Is(err, channel.ErrUnknownOutcome) {
		t.Errorf("too many results: %v", err)
	}
	plain, err := c.(channel.Decrypter).Decrypt(t.Context(), []channel.Cipher{{OrderNo: "1", Field: "name", Text: "c"}, {OrderNo: "1", Field: "address", Text: "d"}}, "ship")
	if err != nil || !reflect.DeepEqual(plain, []string{"张小云", ""}) {
		t.Errorf("%q %v", plain, err)
	}
	s := &sent{}
	many := make([]channel.StockLevel, 51)
	rt := func(r *http.Request) (*http.Response, error) {
		var b struct{ Levels []any }
		_ = json.NewDecoder(r.Body).Decode(&b)
		s.n++
		out := make([]map[string]bool, len(b.Levels))
		for i := range out {
			out[i] = map[string]bool{"ok": true}
		}
		answer, _ := json.Marshal(map[string]any{"results": out})
		return channeltest.Answered(200, nil, string(answer))(r)
	}
	if each, err := channeltest.Dial(t, Manifest, suite(t), channeltest.RoundTrip(rt)).(channel.StockPusher).PushStock(t.Context(), many); err != nil || len(each) != 51 || s.n != 2 {
		t.Errorf("%d levels in %d requests, %v", len(each), s.n, err)
	}
}

func TestReviewsAreReadAndAnswered(t *testing.T) {
	s := &sent{}
	c := channeltest.Dial(t, Manifest, suite(t), s.answering(`{"server_time":1,"total":2,"reviews":[{"no":"r1","order_no":"1","line_no":"2","item_no":"3","score":5,"text":"好","reply":"","created_at":7},{"no":"r2","score":"x"}]}`)).(channel.Reviewer)
	rows, p, err := c.ListReviews(t.Context(), channel.Query{From: 1, To: 9, Page: 1, Size: 20})
	if err != nil || len(rows) != 1 || rows[0] != (channel.Review{No: "r1", OrderNo: "1", LineNo: "2", ItemNo: "3", Score: 5, Text: "好", CreatedAt: 7}) || len(p.Items) != 2 || p.More {
		t.Errorf("%+v %+v %v", rows, p, err)
	}
	if s.r.URL.Path != "/base/v1/reviews" {
		t.Error(s.r.URL)
	}
	if err := c.ReplyReview(t.Context(), rows[0], "谢谢"); err != nil || s.r.URL.Path != "/base/v1/reviews/r1/reply" {
		t.Error(err, s.r.URL)
	}
}

func TestANumberOfTwoPhonesStaysWhole(t *testing.T) {
	s := &sent{}
	c := channeltest.Dial(t, Manifest, suite(t), s.answering(`{}`)).(channel.AddressChanger)
	for phone, want := range map[string][2]string{"18400913965-7576": {"18400913965", "7576"}, "0571-88888888": {"0571-88888888", ""}} {
		if err := c.ChangeAddress(t.Context(), "1", channel.Receiver{Name: "林小满", Phone: phone, Detail: "孤山路 1 号"}); err != nil {
			t.Fatal(err)
		}
		var b struct {
			Receiver struct{ Phone, Extension string }
		}
		if err := json.Unmarshal([]byte(s.body), &b); err != nil || b.Receiver.Phone != want[0] || b.Receiver.Extension != want[1] {
			t.Errorf("%s: %+v", phone, b)
		}
	}
}
