package sandbox

import (
	"encoding/json"
	"errors"
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
	fault := func(status int, code string) string {
		b, _ := json.Marshal(map[string]any{"code": code, "message": "no", "status": status})
		return string(b)
	}
	return channeltest.API{
		Credentials: map[string]string{"app_key": "shop-1", "secret": "s3cr3t-0f-th3-sh0p"},
		Orders:      []channeltest.RawOrder{{Raw: order, No: "no", Status: "status", Quantity: "lines.0.quantity"}},
		Cases:       [][]byte{read(t, "case.json")},
		Lists: []channeltest.Listed{{Body: `{"server_time": 1794326401000, "total": 102, "page": 1, "orders": [` + string(order) + `,{"no":null,"lines":3}]}`,
			Nos: []string{"9007199254741993001", ""}, Total: 102, More: true}},
		Faults: []channeltest.Fault{
			{Name: "window", Status: 400, Body: fault(400, "window"), Want: channel.ErrWindow},
			{Name: "signature", Status: 401, Body: fault(401, "signature"), Want: channel.ErrSignature},
			{Name: "clock", Status: 401, Body: fault(401, "clock"), Want: channel.ErrClock},
			{Name: "address", Status: 403, Body: fault(403, "ip"), Want: channel.ErrIPNotListed},
			{Name: "permission", Status: 403, Body: fault(403, "permission"), Want: channel.ErrPermission},
			{Name: "unknown", Status: 404, Body: fault(404, "not_found"), Want: channel.ErrNotFound},
			{Name: "refused", Status: 409, Body: fault(409, "refused"), Want: channel.ErrRefused},
			{Name: "done", Status: 409, Body: fault(409, "done"), Want: channel.ErrDone},
			{Name: "paging", Status: 409, Body: fault(409, "paging"), Want: channel.ErrPaging},
			{Name: "throttled by header", Status: 429, Header: http.Header{"Retry-After": {"7"}}, Body: fault(429, "throttled"), Want: channel.ErrThrottled, RetryMS: 7000},
			{Name: "throttled by body", Status: 429, Body: `{"code":"throttled","retry_after_ms":2500}`, Want: channel.ErrThrottled, RetryMS: 2500},
			{Name: "internal", Status: 500, Body: fault(500, "internal"), Want: channel.ErrUnavailable},
			{Name: "another word", Status: 400, Body: fault(400, "tuesday"), Want: channel.ErrAnswer},
		},
	}
}

func TestConformance(t *testing.T) {
	channeltest.Run(t, Manifest)
	channeltest.Client(t, Manifest, suite(t))
}

func TestARequestIsSignedAsItIsSent(t *testing.T) {
	var got *http.Request
	var body string
	c := channeltest.Dial(t, Manifest, suite(t), channeltest.RoundTrip(func(r *http.Request) (*http.Response, error) {
		b, _ := io.ReadAll(r.Body)
		got, body = r, string(b)
		return channeltest.Answered(200, nil, `{}`)(r)
	}))
	err := c.(channel.Shipper).Ship(t.Context(), channel.ShipRequest{Key: "k/1", OrderNo: "a/b", Carrier: "ZTO", Waybill: "731", Lines: []channel.ParcelLine{{LineNo: "1", Quantity: 2}}})
	if err != nil {
		t.Fatal(err)
	}
	if got.URL.EscapedPath() != "/base/v1/orders/a%2Fb/shipments" || body != `{"carrier":"ZTO","key":"k/1","last":false,"lines":[{"no":"1","quantity":2}],"waybill":"731"}` {
		t.Errorf("%s %s", got.URL, body)
	}
	// Computed apart from this code: printf 'POST\n/base/v1/orders/a%%2Fb/shipments\n1794358800000\n<sha256>' | openssl dgst -sha256 -hmac …
	if h := got.Header; h.Get("X-Sandbox-App") != "shop-1" || h.Get("X-Sandbox-Time") != "1794358800000" || h.Get("X-Sandbox-Sign") != "588db96d3b3ce20773696e0fa156b276fe5ec9e739c3fb309e9e97d9b0c3a3be" {
		t.Errorf("%v", h)
	}
}

func TestAnOrderIsReadWhole(t *testing.T) {
	c := channeltest.Dial(t, Manifest, suite(t), nil)
	o, err := c.Map(read(t, "order.json"))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(o.Holds, []string{channel.HoldGroupPending}) || !reflect.DeepEqual(o.Flags, []string{channel.FlagAddressWish}) {
		t.Errorf("holds %v, flags %v", o.Holds, o.Flags)
	}
	if l := o.Lines[0]; l.ChannelItemNo != "9007199254741993081" || *l.Quantity != 2 || *l.PaidFen != 3780 || o.Lines[1].ChannelLineNo != "2" || !o.Lines[1].IsGift {
		t.Errorf("%+v", o.Lines)
	}
	if *o.TotalQuantity != 3 || o.Waybill.No != "73100000000000" || o.ShippedAt != 1794400000000 || o.Flag != 3 || o.CompletedAt != 0 || *o.Money.BuyerPaid != 3780 {
		t.Errorf("%+v", o)
	}
}

func TestAPushIsTakenOnceSignedAndFresh(t *testing.T) {
	c := channeltest.Dial(t, Manifest, suite(t), nil).(channel.PushReceiver)
	body := []byte(`{"event_id":"e-1","topic":"order.paid","order_no":9007199254741993001,"aftersale_no":"","at":1794326411000}`)
	at := channeltest.At.UnixMilli()
	in := channel.Inbound{Method: "POST", URL: &url.URL{Path: "/x"}, Header: http.Header{}, Body: body, At: at}
	in.Header.Set("X-Sandbox-Time", "1794358800000")
	in.Header.Set("X-Sandbox-Sign", sign("s3cr3t-0f-th3-sh0p", body, "1794358800000"))
	hints, reply, err := c.Receive(in)
	if err != nil || len(hints) != 1 || hints[0].OrderNo != "9007199254741993001" || hints[0].ID != "e-1" || string(reply.Body) != `{"ok":true}` {
		t.Fatalf("%+v %+v %v", hints, reply, err)
	}
	late := in
	late.At += 11 * 60 * 1000
	if _, _, err := c.Receive(late); !errors.Is(err, channel.ErrClock) {
		t.Errorf("late: %v", err)
	}
	for _, spoil := range []func(*channel.Inbound){
		func(i *channel.Inbound) { i.Body = append([]byte(" "), body...) },
		func(i *channel.Inbound) { i.Header = http.Header{} },
		func(i *channel.Inbound) {
			i.Header = i.Header.Clone()
			i.Header.Set("X-Sandbox-Time", "1794358800001")
		},
	} {
		bad := in
		spoil(&bad)
		if _, _, err := c.Receive(bad); !errors.Is(err, channel.ErrSignature) {
			t.Errorf("spoiled: %v", err)
		}
	}
}

func TestStockAnswersLevelByLevel(t *testing.T) {
	c := channeltest.Dial(t, Manifest, suite(t), channeltest.Answered(200, nil, `{"results":[{"ok":true},{"ok":false,"code":"not_found","message":"x"}]}`)).(channel.StockPusher)
	each, err := c.PushStock(t.Context(), []channel.StockLevel{{Key: "a", ItemNo: "1"}, {Key: "b", ItemNo: "2"}})
	if err != nil || each[0] != nil || !errors.Is(each[1], channel.ErrNotFound) {
		t.Errorf("%v %v", each, err)
	}
	if _, err := c.PushStock(t.Context(), []channel.StockLevel{{Key: "a"}}); !errors.Is(err, channel.ErrAnswer) {
		t.Errorf("too many results: %v", err)
	}
}

// TestAChangedMemoIsNoRepetition: a key used before would give the old answer.
func TestAChangedMemoIsNoRepetition(t *testing.T) {
	var keys []string
	rt := channeltest.RoundTrip(func(r *http.Request) (*http.Response, error) {
		var b struct{ Key string }
		if err := json.NewDecoder(r.Body).Decode(&b); err != nil || len(b.Key) == 0 || len(b.Key) > 64 || strings.ContainsAny(b.Key, " \n") {
			t.Errorf("key %q %v", b.Key, err)
		}
		keys = append(keys, b.Key)
		return channeltest.Answered(200, nil, `{}`)(r)
	})
	c := channeltest.Dial(t, Manifest, suite(t), rt).(channel.MemoWriter)
	for _, text := range []string{"a", "b"} {
		if err := c.WriteMemo(t.Context(), channel.Memo{OrderNo: "1", Text: text}); err != nil {
			t.Fatal(err)
		}
	}
	if keys[0] == keys[1] {
		t.Error("two memos, one key")
	}
}
