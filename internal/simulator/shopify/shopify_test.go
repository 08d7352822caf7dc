package shopify

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/simulator/world"
)

// client is a plain client of one shop.
type client struct {
	t     *testing.T
	s     *world.Shop
	base  string
	token string
}

func start(t *testing.T, hook string) *client {
	t.Helper()
	w, err := world.New(world.Config{Seed: 7, Clock: clock.NewFake(time.UnixMilli(1794326401000))})
	if err != nil {
		t.Fatal(err)
	}
	p := Platform()
	s := w.Add(p, 1, hook)
	server := httptest.NewServer(http.StripPrefix("/shopify", p.Handler(w)))
	t.Cleanup(server.Close)
	return &client{t: t, s: s, base: server.URL + "/shopify/admin/api/2025-01", token: token(s)}
}

func (c *client) send(method, address string, body any) (*http.Response, map[string]any, error) {
	c.t.Helper()
	raw, _ := json.Marshal(body)
	if !strings.HasPrefix(address, "http") {
		address = c.base + address
	}
	r, err := http.NewRequest(method, address, bytes.NewReader(raw))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("X-Shopify-Access-Token", c.token)
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, nil, err
	}
	defer a.Body.Close()
	d := json.NewDecoder(a.Body)
	d.UseNumber()
	var v map[string]any
	_ = d.Decode(&v)
	return a, v, nil
}

func (c *client) want(status int, method, address string, body any) (map[string]any, *http.Response) {
	c.t.Helper()
	a, v, err := c.send(method, address, body)
	if err != nil || a.StatusCode != status {
		c.t.Fatalf("%s %s: %v %v", method, address, v, err)
	}
	return v, a
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

func TestTheDoorAndItsFaults(t *testing.T) {
	c := start(t, "")
	c.want(200, "GET", "/shop.json", nil)
	c.token = "shpat_wrong"
	c.want(401, "GET", "/shop.json", nil)
	c.token = token(c.s)
	c.want(404, "GET", "/orders/1.json", nil)
	c.do(func(t *world.Tx) { t.SetFaults(world.Faults{PermissionDenied: true}) })
	c.want(403, "GET", "/shop.json", nil)
	c.do(func(t *world.Tx) { t.SetFaults(world.Faults{ThrottleRate: 1, BanSeconds: 2}) })
	if _, a := c.want(429, "GET", "/shop.json", nil); a.Header.Get("Retry-After") != "2.0" {
		t.Error(a.Header)
	}
}

var next = regexp.MustCompile(`<([^>]+)>; rel="next"`)

func TestPagesMissNothingThatMoves(t *testing.T) {
	for _, order := range []string{"updated_at+asc", "updated_at+desc"} {
		c := start(t, "")
		made := map[string]bool{}
		from := c.s.World().Now()
		for i := range 120 {
			made[c.order(world.Wanted{Paid: true}).No] = true
			if i%4 == 0 {
				c.s.World().Advance(time.Second)
			}
		}
		to := c.s.World().Now()
		c.s.World().Advance(time.Minute)
		c.do(func(t *world.Tx) { t.SetFaults(world.Faults{MutatePageRate: 1, ShortPageRate: .3}) })
		utc := func(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339) }
		address := "/orders.json?status=any&limit=20&order=" + order + "&updated_at_min=" + utc(from) + "&updated_at_max=" + utc(to)
		seen := map[string]bool{}
		for address != "" {
			v, a := c.want(200, "GET", address, nil)
			for _, o := range v["orders"].([]any) {
				no := o.(map[string]any)["id"].(json.Number).String()
				if seen[no] {
					t.Error("twice", no)
				}
				seen[no] = true
			}
			address = ""
			if m := next.FindStringSubmatch(a.Header.Get("Link")); m != nil {
				address = m[1]
				c.want(400, "GET", address+"&status=any", nil)
			}
		}
		for no := range made {
			if !seen[no] && c.truth(no).ModifiedAt <= to {
				t.Error(order, "missed", no)
			}
		}
	}
}

func TestFulfilmentsOfPartsHappenOnce(t *testing.T) {
	c := start(t, "")
	o := c.order(world.Wanted{Paid: true, Lines: 2, Quantity: 2})
	v, _ := c.want(200, "GET", "/orders/"+o.No+"/fulfillment_orders.json", nil)
	f := v["fulfillment_orders"].([]any)[0].(map[string]any)
	item := f["line_items"].([]any)[0].(map[string]any)
	ask := func(number string, items []obj) obj {
		return obj{"fulfillment": obj{"tracking_info": obj{"number": number, "company": "ZTO Express"},
			"line_items_by_fulfillment_order": []obj{{"fulfillment_order_id": f["id"], "fulfillment_order_line_items": items}}}}
	}
	part := ask("w1", []obj{{"id": item["id"], "quantity": 1}})
	c.do(func(t *world.Tx) { t.SetFaults(world.Faults{DropRate: 1}) })
	if _, _, err := c.send("POST", "/fulfillments.json", part); err == nil {
		t.Fatal("the answer was not lost")
	}
	c.do(func(t *world.Tx) { t.SetFaults(world.Faults{}) })
	c.want(422, "POST", "/fulfillments.json", part)
	v, _ = c.want(200, "GET", "/orders/"+o.No+".json", nil)
	if d := v["order"].(map[string]any); d["fulfillment_status"] != "partial" || len(d["fulfillments"].([]any)) != 1 {
		t.Fatal(d)
	}
	v, _ = c.want(201, "POST", "/fulfillments.json", ask("w2", nil))
	id := v["fulfillment"].(map[string]any)["id"].(json.Number).String()
	c.want(200, "POST", "/fulfillments/"+id+"/update_tracking.json", obj{"fulfillment": obj{"tracking_info": obj{"number": "w3", "company": "SF Express"}}})
	c.want(200, "PUT", "/orders/"+o.No+".json", obj{"order": obj{"tags": "急🎁"}})
	if w := c.truth(o.No); w.Status != world.Shipped || len(w.Parcels) != 2 || w.Parcels[1].Waybill != "w3" || w.Memo != "急🎁" {
		t.Fatalf("%+v", w)
	}
	bare := c.order(world.Wanted{Paid: true, Lines: 1})
	v, _ = c.want(200, "GET", "/orders/"+bare.No+"/fulfillment_orders.json", nil)
	own := v["fulfillment_orders"].([]any)[0].(map[string]any)["id"]
	v, _ = c.want(201, "POST", "/fulfillments.json", obj{"fulfillment": obj{"line_items_by_fulfillment_order": []obj{{"fulfillment_order_id": own}}}})
	if f := v["fulfillment"].(map[string]any); f["tracking_number"] != nil || c.truth(bare.No).Status != world.Shipped {
		t.Errorf("%v", f)
	}
	u := c.order(world.Wanted{Still: true})
	c.want(200, "POST", "/orders/"+u.No+"/cancel.json", obj{})
	c.want(422, "POST", "/orders/"+u.No+"/cancel.json", obj{})
	sku := json.Number(o.Lines[0].SKUNo)
	c.want(200, "POST", "/inventory_levels/set.json", obj{"inventory_item_id": sku, "location_id": location, "available": 7})
	v, _ = c.want(200, "GET", "/inventory_levels.json?inventory_item_ids="+sku.String(), nil)
	if v["inventory_levels"].([]any)[0].(map[string]any)["available"] != json.Number("7") {
		t.Error(v)
	}
}

func TestWebhooksCarryTheWholeOrder(t *testing.T) {
	var c *client
	topics := map[string]string{}
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Header.Get("X-Shopify-Hmac-Sha256") != webhookSign(c.s.Secret, body) || r.Header.Get("X-Shopify-Shop-Domain") != "shopify-1.myshopify.com" {
			t.Error("wrong signature")
		}
		topics[r.Header.Get("X-Shopify-Topic")] = string(body)
	}))
	defer hook.Close()
	c = start(t, hook.URL)
	o := c.order(world.Wanted{Paid: true, Lines: 1, Acts: []world.Act{world.ActAskRefund, world.ActGrantRefund}})
	c.s.Deliver(t.Context(), 10)
	if !strings.Contains(topics["orders/paid"], `"id":`+o.No) || !strings.Contains(topics["refunds/create"], `"order_id":`+o.No) || topics["orders/create"] == "" {
		t.Error(topics)
	}
}
