package wxmall

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/simulator/world"
)

// client is a plain client of one mini-program.
type client struct {
	t     *testing.T
	s     *world.Shop
	base  string
	token string
}

func start(t *testing.T) *client {
	t.Helper()
	w, err := world.New(world.Config{Seed: 7, Clock: clock.NewFake(time.UnixMilli(1794326401000))})
	if err != nil {
		t.Fatal(err)
	}
	p := Platform()
	s := w.Add(p, 1, "")
	server := httptest.NewServer(p.Handler(w))
	t.Cleanup(server.Close)
	c := &client{t: t, s: s, base: server.URL}
	_, v, _ := c.send("/cgi-bin/stable_token", obj{"grant_type": "client_credential", "appid": s.AppKey, "secret": s.Secret})
	c.token = v["access_token"].(string)
	return c
}

func (c *client) send(path string, body any) (int, map[string]any, error) {
	c.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		c.t.Fatal(err)
	}
	a, err := http.Post(c.base+path+"?access_token="+c.token, "application/json", bytes.NewReader(raw))
	if err != nil {
		return 0, nil, err
	}
	defer a.Body.Close()
	d := json.NewDecoder(a.Body)
	d.UseNumber()
	var v map[string]any
	_ = d.Decode(&v)
	return a.StatusCode, v, nil
}

func (c *client) want(code int, path string, body any) map[string]any {
	c.t.Helper()
	_, v, err := c.send(path, body)
	if err != nil || v["errcode"] != json.Number(fmt.Sprint(code)) {
		c.t.Fatalf("%s: %v %v", path, v, err)
	}
	return v
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

const uploadPath = "/wxa/sec/order/upload_shipping_info"

func (c *client) report(o *world.Order, mode int, all bool, waybill string) obj {
	return obj{"order_key": obj{"order_number_type": 2, "transaction_id": transaction(o)}, "logistics_type": 1, "delivery_mode": mode, "is_all_delivered": all,
		"shipping_list": []obj{{"tracking_no": waybill, "express_company": "ZTO", "item_desc": "毛巾"}}, "upload_time": "2026-11-11T00:00:01.000+08:00", "payer": obj{"openid": o.BuyerKey}}
}

func TestTokensAndFaults(t *testing.T) {
	c := start(t)
	if v := c.want(0, "/wxa/sec/order/is_trade_managed", obj{"appid": c.s.AppKey}); v["is_trade_managed"] != true {
		t.Error(v)
	}
	force := obj{"grant_type": "client_credential", "appid": c.s.AppKey, "secret": c.s.Secret, "force_refresh": true}
	if _, v, _ := c.send("/cgi-bin/stable_token", force); v["access_token"] == c.token || v["access_token"] == nil {
		t.Error(v)
	}
	c.want(45011, "/cgi-bin/stable_token", force)
	c.s.World().Advance(2 * time.Minute)
	c.want(42001, "/wxa/sec/order/get_order", obj{})
	c.do(func(t *world.Tx) { t.SetFaults(world.Faults{IPNotListed: true}) })
	if status, v, _ := c.send("/wxa/sec/order/get_order", obj{}); status != 403 || v != nil {
		t.Error(status, v)
	}
}

func TestPaymentsAreListedPageByPage(t *testing.T) {
	c := start(t)
	made := map[string]bool{}
	from := c.s.World().Now() / 1000
	for i := range 130 {
		made[c.order(world.Wanted{Paid: true}).No] = true
		if i%4 == 0 {
			c.s.World().Advance(time.Second)
		}
	}
	c.order(world.Wanted{Still: true})
	c.do(func(t *world.Tx) { t.SetFaults(world.Faults{MutatePageRate: 1, ShortPageRate: .3}) })
	ask := obj{"pay_time_range": obj{"begin_time": from, "end_time": c.s.World().Now() / 1000}, "page_size": 50}
	for more := true; more; {
		v := c.want(0, "/wxa/sec/order/get_order_list", ask)
		for _, o := range v["order_list"].([]any) {
			no := o.(map[string]any)["merchant_trade_no"].(string)
			if !made[no] {
				t.Error("twice or not made", no)
			}
			delete(made, no)
		}
		more, ask["last_index"] = v["has_more"].(bool), v["last_index"]
	}
	if len(made) != 0 {
		t.Error("missed", made)
	}
	ask["page_size"] = 51
	c.want(10060014, "/wxa/sec/order/get_order_list", ask)
}

func TestShippingIsReportedOnceAndCorrectedOnce(t *testing.T) {
	c := start(t)
	o := c.order(world.Wanted{Paid: true, Lines: 1, Quantity: 1})
	c.do(func(t *world.Tx) { t.SetFaults(world.Faults{DropRate: 1}) })
	if _, _, err := c.send(uploadPath, c.report(o, 1, true, "w1")); err == nil {
		t.Fatal("the answer was not lost")
	}
	c.do(func(t *world.Tx) { t.SetFaults(world.Faults{}) })
	c.want(10060023, uploadPath, c.report(o, 1, true, "w1"))
	got := c.want(0, "/wxa/sec/order/get_order", obj{"merchant_id": merchant(c.s), "merchant_trade_no": o.No})["order"].(map[string]any)
	if got["order_state"] != json.Number("2") || len(got["shipping"].(map[string]any)["shipping_list"].([]any)) != 1 {
		t.Fatal(got)
	}
	c.want(0, uploadPath, c.report(o, 1, true, "w2"))
	c.want(10060003, uploadPath, c.report(o, 1, true, "w3"))
	c.want(0, "/wxa/sec/order/notify_confirm_receive", obj{"transaction_id": transaction(o), "received_time": 1})
	if w := c.truth(o.No); len(w.Parcels) != 1 || w.Parcels[0].Waybill != "w2" {
		t.Errorf("%+v", w.Parcels)
	}
}

func TestPartsAndWrongReports(t *testing.T) {
	c := start(t)
	o := c.order(world.Wanted{Paid: true, Lines: 1, Quantity: 2})
	c.want(0, uploadPath, c.report(o, 2, false, "w1"))
	if w := c.truth(o.No); w.Status != world.PartlyShipped {
		t.Fatal(w.Status)
	}
	c.want(0, uploadPath, c.report(o, 2, true, "w2"))
	if w := c.truth(o.No); w.Status != world.Shipped || len(w.Parcels) != 2 {
		t.Fatalf("%+v", w)
	}
	other := c.order(world.Wanted{Paid: true})
	wrong := c.report(other, 1, true, "w9")
	wrong["payer"] = obj{"openid": "nobody"}
	c.want(10060031, uploadPath, wrong)
	wrong = c.report(other, 1, true, "w9")
	wrong["upload_time"] = "yesterday"
	c.want(268485216, uploadPath, wrong)
	wrong = c.report(other, 1, true, "SF1")
	wrong["shipping_list"].([]obj)[0]["express_company"] = "SF"
	c.want(10060014, uploadPath, wrong)
	wrong["shipping_list"].([]obj)[0]["contact"] = obj{"receiver_contact": "138****1234"}
	c.want(0, uploadPath, wrong)
	c.want(10060001, "/wxa/sec/order/get_order", obj{"transaction_id": "4200001"})
}

func TestWhatGoesWithoutACarrierHasNoWaybill(t *testing.T) {
	c := start(t)
	for _, way := range []int{2, 3, 4} {
		o := c.order(world.Wanted{Paid: true, Lines: 1, Quantity: 2})
		r := c.report(o, 1, true, "w1")
		r["logistics_type"], r["shipping_list"] = way, []obj{}
		c.want(10060024, uploadPath, r)
		r["shipping_list"] = []obj{{"item_desc": "毛巾"}}
		c.want(0, uploadPath, r)
		c.want(10060003, uploadPath, r)
		got := c.want(0, "/wxa/sec/order/get_order", obj{"transaction_id": transaction(o)})["order"].(map[string]any)
		s := got["shipping"].(map[string]any)
		if got["order_state"] != json.Number("2") || s["logistics_type"] != json.Number(strconv.Itoa(way)) || s["shipping_list"].([]any)[0].(map[string]any)["tracking_no"] != "" {
			t.Error(got)
		}
	}
}
