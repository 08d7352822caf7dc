package woocommerce

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/simulator/world"
)

// client is a plain client of one site, by Basic or OAuth 1.0a.
type client struct {
	t      *testing.T
	s      *world.Shop
	base   string
	secret string
	oauth  bool
	ahead  int64
}

func start(t *testing.T, hook string) *client {
	t.Helper()
	w, err := world.New(world.Config{Seed: 7, Clock: clock.NewFake(time.UnixMilli(1794326401000))})
	if err != nil {
		t.Fatal(err)
	}
	p := Platform()
	s := w.Add(p, 1, hook)
	server := httptest.NewServer(http.StripPrefix("/woocommerce", p.Handler(w)))
	t.Cleanup(server.Close)
	return &client{t: t, s: s, base: server.URL + "/woocommerce" + root, secret: s.Secret}
}

func (c *client) send(method, path string, q url.Values, body any) (*http.Response, []byte, error) {
	c.t.Helper()
	var raw []byte
	if body != nil {
		raw, _ = json.Marshal(body)
	}
	if q == nil {
		q = url.Values{}
	}
	if c.oauth {
		q.Set("oauth_consumer_key", c.s.AppKey)
		q.Set("oauth_nonce", "n1")
		q.Set("oauth_signature_method", "HMAC-SHA256")
		q.Set("oauth_timestamp", fmt.Sprint((c.s.World().Now()+c.ahead)/1000))
		q.Set("oauth_version", "1.0")
		q.Set("oauth_signature", oauthSign(c.secret, method, c.base+path, q))
	}
	r, err := http.NewRequest(method, c.base+path+"?"+q.Encode(), bytes.NewReader(raw))
	if err != nil {
		c.t.Fatal(err)
	}
	if !c.oauth {
		r.SetBasicAuth(c.s.AppKey, c.secret)
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, nil, err
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	return a, b, err
}

func (c *client) want(status int, method, path string, q url.Values, body any, to any) *http.Response {
	c.t.Helper()
	a, b, err := c.send(method, path, q, body)
	if err != nil || a.StatusCode != status {
		c.t.Fatalf("%s %s: %v %s", method, path, err, b)
	}
	if to != nil {
		d := json.NewDecoder(bytes.NewReader(b))
		d.UseNumber()
		if err := d.Decode(to); err != nil {
			c.t.Fatal(err)
		}
	}
	return a
}

func (c *client) do(f func(*world.Tx)) { c.s.Do(f) }

func (c *client) order(want world.Wanted) (o *world.Order) {
	c.t.Helper()
	c.do(func(t *world.Tx) {
		var err error
		if o, err = t.Create(want); err != nil {
			c.t.Fatal(err)
		}
	})
	return o
}

func (c *client) truth(no string) (o *world.Order) {
	c.do(func(t *world.Tx) { o = t.Order(no) })
	return o
}

func TestBothWaysToProveARequest(t *testing.T) {
	c := start(t, "")
	for _, c.oauth = range []bool{false, true} {
		c.secret = c.s.Secret
		c.want(200, "GET", "/orders", url.Values{"status": {"processing"}, "per_page": {"100"}}, nil, nil)
		c.secret = "cs_wrong"
		c.want(401, "GET", "/orders", nil, nil, nil)
	}
	c.secret, c.ahead = c.s.Secret, 3600_000
	c.want(401, "GET", "/orders", nil, nil, nil)
	c.oauth = false
	a, err := http.Get(c.base + "/orders?consumer_key=" + c.s.AppKey + "&consumer_secret=" + c.s.Secret)
	if err != nil || a.StatusCode != 200 {
		t.Error(a, err)
	}
	a.Body.Close()
	c.do(func(t *world.Tx) { t.SetFaults(world.Faults{ThrottleRate: 1, BanSeconds: 3}) })
	if a := c.want(429, "GET", "/orders", nil, nil, nil); a.Header.Get("Retry-After") != "3" {
		t.Error(a.Header)
	}
}

func TestPagesCountAndMissNothing(t *testing.T) {
	c := start(t, "")
	made := map[string]bool{}
	from := c.s.World().Now()
	for range 130 {
		c.s.World().Advance(time.Second)
		made[c.order(world.Wanted{Paid: true}).No] = true
	}
	to := c.s.World().Now() + 1000
	c.s.World().Advance(time.Minute)
	c.do(func(t *world.Tx) { t.SetFaults(world.Faults{MutatePageRate: 1}) })
	gmt := func(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05") }
	ask := func(page int) (url.Values, *[]map[string]any) {
		return url.Values{"orderby": {"modified"}, "order": {"desc"}, "dates_are_gmt": {"true"}, "modified_after": {gmt(from)}, "modified_before": {gmt(to)},
			"per_page": {"20"}, "page": {fmt.Sprint(page)}}, &[]map[string]any{}
	}
	q, list := ask(1)
	a := c.want(200, "GET", "/orders", q, nil, list)
	if a.Header.Get("X-WP-Total") != "129" && a.Header.Get("X-WP-Total") != "130" || a.Header.Get("X-WP-TotalPages") != "7" {
		t.Error(a.Header)
	}
	seen := map[string]bool{}
	for page := 7; page >= 1; page-- {
		q, list := ask(page)
		c.want(200, "GET", "/orders", q, nil, list)
		for _, o := range *list {
			seen[o["id"].(json.Number).String()] = true
		}
	}
	for no := range made {
		if !seen[no] && c.truth(no).ModifiedAt < to {
			t.Error("missed", no)
		}
	}
	q, _ = ask(1)
	q.Set("per_page", "101")
	c.want(400, "GET", "/orders", q, nil, nil)
	// The site's own zone, eight hours ahead: nothing was changed that long ago.
	q, list = ask(1)
	q.Set("dates_are_gmt", "false")
	if c.want(200, "GET", "/orders", q, nil, list); len(*list) != 0 {
		t.Error("dates of the site's zone were taken for GMT")
	}
}

func TestAnOrderIsShippedByItsStatus(t *testing.T) {
	c := start(t, "")
	o := c.order(world.Wanted{Paid: true, Lines: 2})
	path := "/orders/" + o.No
	body := obj{"status": "completed", "meta_data": []obj{{"key": "_tracking_number", "value": "73100000000000"}, {"key": "_tracking_provider", "value": "ZTO"}}}
	c.do(func(t *world.Tx) { t.SetFaults(world.Faults{DropRate: 1}) })
	if _, _, err := c.send("PUT", path, nil, body); err == nil {
		t.Fatal("the answer was not lost")
	}
	c.do(func(t *world.Tx) { t.SetFaults(world.Faults{}) })
	var doc map[string]any
	if c.want(200, "PUT", path, nil, body, &doc); doc["status"] != "completed" || doc["total"] != world.Yuan(o.BuyerPaid()) {
		t.Error(doc)
	}
	if w := c.truth(o.No); len(w.Parcels) != 1 || w.Parcels[0].Waybill != "73100000000000" {
		t.Fatalf("%+v", w.Parcels)
	}
	body["meta_data"] = []obj{{"key": "_wc_shipment_tracking_items", "value": []obj{{"tracking_number": "SF1", "custom_tracking_provider": "SF"}}}}
	c.want(200, "PUT", path, nil, body, nil)
	if w := c.truth(o.No); w.Parcels[0].Waybill != "SF1" || w.Parcels[0].Carrier != "SF" {
		t.Errorf("%+v", w.Parcels)
	}
	c.want(201, "POST", path+"/notes", nil, obj{"note": "急🎁"}, nil)
	_, raw, _ := c.send("GET", path+"/notes", nil, nil)
	if !strings.Contains(string(raw), `\u6025\ud83c\udf81`) {
		t.Error(string(raw))
	}
	c.want(201, "POST", path+"/notes", nil, obj{"note": "请补全门牌号", "customer_note": true}, nil)
	if w := c.truth(o.No); w.Memo != "急🎁" || len(w.Told) != 1 {
		t.Errorf("memo %q, told %v", w.Memo, w.Told)
	}
	for kind, n := range map[string]int{"customer": 1, "internal": 1, "": 2} {
		var notes []obj
		if c.want(200, "GET", path+"/notes", url.Values{"type": {kind}}, nil, &notes); len(notes) != n {
			t.Errorf("notes of type %q: %v", kind, notes)
		}
	}
	bare := c.order(world.Wanted{Paid: true})
	c.want(200, "PUT", "/orders/"+bare.No, nil, obj{"status": "completed"}, nil)
	if w := c.truth(bare.No); w.Status != world.Shipped || w.Parcels[0].Waybill != "" {
		t.Errorf("%+v", w)
	}
	c.want(404, "GET", "/orders/1", nil, nil, nil)
}

func TestRefundsPricesAndStock(t *testing.T) {
	c := start(t, "")
	o := c.order(world.Wanted{Paid: true, Lines: 1})
	refund := obj{"amount": world.Yuan(o.Lines[0].Paid()), "reason": "缺货"}
	c.want(201, "POST", "/orders/"+o.No+"/refunds", nil, refund, nil)
	c.want(400, "POST", "/orders/"+o.No+"/refunds", nil, obj{"amount": "99999.00"}, nil)
	var doc map[string]any
	if c.want(200, "GET", "/orders/"+o.No, nil, nil, &doc); doc["status"] != "refunded" || len(doc["refunds"].([]any)) != 1 {
		t.Error(doc)
	}
	u := c.order(world.Wanted{Still: true, Lines: 1})
	c.want(200, "PUT", "/orders/"+u.No, nil, obj{"line_items": []obj{{"id": json.Number(u.Lines[0].No), "total": "3.05"}}, "shipping_lines": []obj{{"id": 1, "total": "0.50"}}}, &doc)
	if doc["total"] != "3.55" {
		t.Error(doc["total"])
	}
	if c.want(200, "PUT", "/orders/"+u.No, nil, obj{"status": "cancelled"}, &doc); doc["status"] != "cancelled" {
		t.Error(doc)
	}
	var products []map[string]any
	c.want(200, "GET", "/products", url.Values{"sku": {o.Lines[0].Code}}, nil, &products)
	path := fmt.Sprintf("/products/%v/variations/%v", products[0]["id"], products[0]["variations"].([]any)[0])
	if c.want(200, "PUT", path, nil, obj{"stock_quantity": 7}, &doc); doc["stock_quantity"] != json.Number("7") || doc["sku"] != o.Lines[0].Code {
		t.Error(doc)
	}
}

func TestTheFirstWebhookIsAnUnsignedPing(t *testing.T) {
	var kinds []string
	var c *client
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Header.Get("X-WC-Webhook-Signature") == "" {
			kinds = append(kinds, string(body))
			return
		}
		if r.Header.Get("X-WC-Webhook-Signature") != webhookSign(hookSecret(c.s), body) || bytes.TrimSpace(body)[0] != '{' {
			t.Error("wrong signature")
		}
		kinds = append(kinds, r.Header.Get("X-WC-Webhook-Topic"))
	}))
	defer hook.Close()
	c = start(t, hook.URL)
	c.order(world.Wanted{Paid: true})
	c.order(world.Wanted{Still: true})
	c.s.Deliver(t.Context(), 10)
	if strings.Join(kinds, " ") != "webhook_id=1 order.updated order.created" {
		t.Error(kinds)
	}
}
