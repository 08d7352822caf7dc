package shopify

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

func data(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", channeltest.APIData, name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

const fulfilmentOrders = `{"fulfillment_orders":[{"id":50,"status":"closed","line_items":[{"id":500,"line_item_id":9007199254740993601,"fulfillable_quantity":0}]},
 {"id":51,"status":"open","line_items":[{"id":511,"line_item_id":9007199254740993601,"fulfillable_quantity":2},{"id":512,"line_item_id":9007199254740993602,"fulfillable_quantity":3}]}]}`

func looked(order string) func(*http.Request, string) (string, bool) {
	return func(r *http.Request, _ string) (string, bool) {
		switch path := r.URL.Path; {
		case r.Method != http.MethodGet || r.URL.Query().Get("limit") == "1":
			return "", false
		case strings.HasSuffix(path, "/fulfillment_orders.json"):
			return fulfilmentOrders, true
		case strings.HasSuffix(path, "/locations.json"):
			return `{"locations":[{"id":1,"active":false},{"id":2,"active":true}]}`, true
		case strings.Contains(path, "/variants/"):
			return `{"variant":{"id":811,"inventory_item_id":9007199254740993001}}`, true
		case strings.HasSuffix(path, "/orders.json"):
			return `{"orders":[` + order + `]}`, true
		}
		return `{"order":` + order + `}`, true
	}
}

func suite(t *testing.T) channeltest.API {
	order := string(data(t, "order.json"))
	pending := strings.NewReplacer("#2001", "9007199254740993001", "partially_refunded", "pending", `"732"`, `"YT2600216627986"`).Replace(order)
	return channeltest.API{
		Credentials: map[string]string{"access_token": "shpat_0123456789abcdef", "client_secret": "hush-hush-hush"},
		Orders:      []channeltest.RawOrder{{Raw: []byte(order), No: "name", Status: "fulfillment_status", Quantity: "line_items.0.quantity"}},
		Cases:       [][]byte{data(t, "refund.json")},
		Lists:       []channeltest.Listed{{Body: `{"orders":[` + order + `,{"name":null}]}`, Nos: []string{"#2001", ""}, Total: -1}},
		Looked:      looked(pending),
		Faults: []channeltest.Fault{
			{Name: "token", Status: 401, Body: `{"errors":"[API] Invalid API key or access token (unrecognized login or wrong password)"}`, Want: channel.ErrSignature},
			{Name: "scope", Status: 403, Body: `{"errors":"[API] This action requires merchant approval for read_orders scope."}`, Want: channel.ErrPermission},
			{Name: "frozen", Status: 402, Body: `{"errors":"Unavailable Shop"}`, Want: channel.ErrPermission},
			{Name: "wall", Status: 403, Body: `Forbidden`, Want: channel.ErrIPNotListed},
			{Name: "unknown", Status: 404, Body: `{"errors":"Not Found"}`, Want: channel.ErrNotFound},
			{Name: "cursor", Status: 400, Body: `{"errors":{"page_info":"Invalid value."}}`, Want: channel.ErrPaging},
			{Name: "refused", Status: 422, Body: `{"errors":{"base":["no"]}}`, Want: channel.ErrRefused},
			{Name: "throttled", Status: 429, Header: http.Header{"Retry-After": {"2.0"}}, Body: `{"errors":"Exceeded 2 calls per second"}`, Want: channel.ErrThrottled, RetryMS: 2000},
			{Name: "internal", Status: 500, Body: `{"errors":"Internal Server Error"}`, Want: channel.ErrUnavailable},
		},
	}
}

func TestTheAPIConforms(t *testing.T) { channeltest.Client(t, Manifest, suite(t)) }

func TestWebhooksAreProvedByTheVectors(t *testing.T) {
	var v struct {
		Webhook []struct {
			Secret, Body string
			Sign         string `json:"x-shopify-hmac-sha256"`
		}
	}
	if err := json.Unmarshal(data(t, "sign.json"), &v); err != nil || len(v.Webhook) < 2 {
		t.Fatal(err, v)
	}
	for _, w := range v.Webhook {
		a := suite(t)
		a.Credentials = map[string]string{"access_token": "x", "client_secret": w.Secret}
		c := channeltest.Dial(t, Manifest, a, nil).(channel.PushReceiver)
		in := channel.Inbound{Method: "POST", URL: &url.URL{}, Header: http.Header{}, Body: []byte(w.Body), At: 7}
		in.Header.Set("X-Shopify-Hmac-Sha256", w.Sign)
		in.Header.Set("X-Shopify-Topic", "orders/paid")
		in.Header.Set("X-Shopify-Webhook-Id", "w-1")
		in.Header.Set("X-Shopify-Shop-Domain", "some-shop.myshopify.com")
		hints, _, err := c.Receive(in)
		if w.Body == "{}" {
			if !errors.Is(err, channel.ErrAnswer) {
				t.Errorf("an empty order: %v", err)
			}
			in.Header.Set("X-Shopify-Topic", "products/update")
			if hints, reply, err := c.Receive(in); err != nil || len(hints) != 0 || reply.Status != 200 {
				t.Errorf("a product: %v %v", hints, err)
			}
		} else if want := (channel.Hint{ID: "w-1", Topic: "orders/paid", OrderNo: "820982911946154508", Account: "some-shop.myshopify.com", At: 7}); err != nil || len(hints) != 1 || hints[0] != want {
			t.Errorf("%+v %v", hints, err)
		}
		in.Body = append(in.Body, ' ')
		if _, _, err := c.Receive(in); !errors.Is(err, channel.ErrSignature) {
			t.Errorf("tampered: %v", err)
		}
	}
	a := suite(t)
	a.Credentials = map[string]string{"access_token": "x"}
	in := channel.Inbound{Header: http.Header{"X-Shopify-Hmac-Sha256": {webhookSign("", nil)}}}
	if _, _, err := channeltest.Dial(t, Manifest, a, nil).(channel.PushReceiver).Receive(in); !errors.Is(err, channel.ErrSignature) {
		t.Errorf("without a secret: %v", err)
	}
}

func TestAPulledOrderIsReadWhole(t *testing.T) {
	c := channeltest.Dial(t, Manifest, suite(t), nil)
	o, err := c.Map(data(t, "order.json"))
	if err != nil {
		t.Fatal(err)
	}
	if o.Status != channel.PartlyShipped || o.StatusRaw != "partially_refunded/partial" || o.RefundState != channel.RefundPart || *o.RefundFen != 1000 || *o.Money.BuyerPaid != 7380 ||
		*o.Money.Freight != 600 || *o.Money.Goods != 6980 || *o.Money.MerchantDiscount != 200 || o.PlacedAt != 1794358801000 || o.PaidAt != 1794358805000 || o.SellerNote != "包好" || o.BuyerNote != "加急🎁" {
		t.Errorf("%+v", o)
	}
	a, b := o.Lines[0], o.Lines[1]
	if a.Status != channel.Shipped || *a.PaidFen != 3780 || a.Title != "毛巾 - 蓝色" || a.SKUText != "蓝色" || a.ChannelSKUNo != "9007199254740993701" || a.RefundFen != nil ||
		b.Status != channel.AwaitingShipment || b.RefundState != channel.RefundPart || *b.RefundFen != 1000 {
		t.Errorf("%+v\n%+v", a, b)
	}
	if !reflect.DeepEqual(o.Waybills, []channel.Waybill{{Carrier: "中通快递", No: "731"}, {Carrier: "中通快递", No: "732"}}) || o.ShippedAt != 1794366000000 {
		t.Errorf("%+v %d", o.Waybills, o.ShippedAt)
	}
	gone := strings.Replace(string(data(t, "order.json")), `"cancelled_at": null`, `"cancelled_at": "2026-11-12T01:00:31Z"`, 1)
	if o, err := c.Map([]byte(gone)); err != nil || o.Status != channel.Closed {
		t.Errorf("cancelled: %s %v", o.Status, err)
	}
	if _, err := c.Map([]byte(strings.Replace(gone, "CNY", "USD", 1))); !errors.Is(err, channel.UnsupportedCurrency.Err()) {
		t.Errorf("dollars: %v", err)
	}
}

type sent struct {
	r    *http.Request
	body string
}

func (s *sent) over(lookup func(*http.Request, string) (string, bool), answer string) channeltest.RoundTrip {
	return func(r *http.Request) (*http.Response, error) {
		if text, ok := lookup(r, ""); ok {
			return channeltest.Answered(200, nil, text)(r)
		}
		b, _ := io.ReadAll(r.Body)
		s.r, s.body = r, string(b)
		return channeltest.Answered(200, nil, answer)(r)
	}
}

func TestAParcelTakesItsLinesFromTheOpenFulfilmentOrder(t *testing.T) {
	order := string(data(t, "order.json"))
	ship := channel.ShipRequest{OrderNo: "#2001", Carrier: "ZTO", CarrierName: "中通快递", Waybill: "9"}
	for _, x := range []struct {
		lines []channel.ParcelLine
		want  string
		err   error
	}{
		{nil, `[{"id":511,"quantity":2},{"id":512,"quantity":3}]`, nil},
		{[]channel.ParcelLine{{LineNo: "9007199254740993602", Quantity: 1}}, `[{"id":512,"quantity":1}]`, nil},
		{[]channel.ParcelLine{{LineNo: "9007199254740993602", Quantity: 4}}, "", channel.ErrRefused},
	} {
		s := &sent{}
		c := channeltest.Dial(t, Manifest, suite(t), s.over(looked(order), `{"fulfillment":{"id":1}}`)).(channel.Shipper)
		ship.Lines = x.lines
		if err := c.Ship(t.Context(), ship); !errors.Is(err, x.err) {
			t.Errorf("%v: %v", x.lines, err)
		}
		want := `{"fulfillment":{"line_items_by_fulfillment_order":[{"fulfillment_order_id":51,"fulfillment_order_line_items":` + x.want + `}],"notify_customer":false,"tracking_info":{"number":"9","company":"中通快递"}}}`
		if x.err == nil && s.body != want || x.err != nil && s.r != nil {
			t.Errorf("%s\n%s", s.body, want)
		}
	}
	s := &sent{}
	c := channeltest.Dial(t, Manifest, suite(t), s.over(looked(order), `{}`)).(channel.Shipper)
	ship.Waybill = "732"
	if err := c.Ship(t.Context(), ship); !errors.Is(err, channel.ErrDone) || s.r != nil {
		t.Errorf("a waybill that is there: %v", err)
	}
}

func TestWhatGoesWithoutACarrierIsAFulfilmentWithoutTracking(t *testing.T) {
	s := &sent{}
	c := channeltest.Dial(t, Manifest, suite(t), s.over(looked(string(data(t, "order.json"))), `{"fulfillment":{"id":1}}`)).(channel.NumberlessShipper)
	err := c.ShipWithoutNumber(t.Context(), channel.ShipRequest{OrderNo: "#2001", Lines: []channel.ParcelLine{{LineNo: "9007199254740993602", Quantity: 1}}, How: channel.BuyerFetches})
	const want = `{"fulfillment":{"line_items_by_fulfillment_order":[{"fulfillment_order_id":51,"fulfillment_order_line_items":[{"id":511,"quantity":2},{"id":512,"quantity":3}]}],"notify_customer":false}}`
	if err != nil || s.body != want {
		t.Errorf("%v %s\n%s", err, s.body, want)
	}
}

func TestAMemoLeavesOtherAttributes(t *testing.T) {
	s := &sent{}
	c := channeltest.Dial(t, Manifest, suite(t), s.over(looked(string(data(t, "order.json"))), `{"order":{"id":1}}`)).(channel.MemoWriter)
	if err := c.WriteMemo(t.Context(), channel.Memo{OrderNo: "#2001", Text: "改"}); err != nil {
		t.Fatal(err)
	}
	if s.body != `{"order":{"id":9007199254740993508,"note_attributes":[{"name":"gift","value":"yes"},{"name":"seller_note","value":"改"}]}}` {
		t.Error(s.body)
	}
}

func TestACursorStandsAlone(t *testing.T) {
	s := &sent{}
	rt := func(r *http.Request) (*http.Response, error) {
		s.r = r
		return channeltest.Answered(200, http.Header{"Link": {`<https://x/admin/api/2025-01/orders.json?limit=2&page_info=back>; rel="previous", <https://x/orders.json?limit=2&page_info=go%3D>; rel="next"`}}, `{"orders":[]}`)(r)
	}
	c := channeltest.Dial(t, Manifest, suite(t), channeltest.RoundTrip(rt))
	p, err := c.List(t.Context(), channel.Query{Stream: channel.ByCreated, From: 1794358800500, To: 1794358860500, Size: 2})
	if err != nil || p.Next != "go=" || !p.More {
		t.Fatal(p, err)
	}
	if q := s.r.URL.Query(); q.Get("created_at_min") != "2026-11-11T01:00:00Z" || q.Get("created_at_max") != "2026-11-11T01:01:01Z" || q.Get("order") != "created_at asc" || q.Get("status") != "any" ||
		s.r.Header.Get("X-Shopify-Access-Token") != "shpat_0123456789abcdef" {
		t.Errorf("%v", q)
	}
	if _, err := c.List(t.Context(), channel.Query{Stream: channel.ByCreated, Cursor: p.Next, Size: 2}); err != nil || s.r.URL.RawQuery != "limit=2&page_info=go%3D" {
		t.Errorf("%s %v", s.r.URL.RawQuery, err)
	}
}
