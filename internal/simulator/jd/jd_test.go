package jd

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/simulator/world"
)

// client is a plain client of one shop.
type client struct {
	t             *testing.T
	s             *world.Shop
	base          string
	token, secret string
	ahead         int64
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
	c := &client{t: t, s: s, base: server.URL + "/rest", secret: s.Secret}
	s.Do(func(t *world.Tx) { c.token = t.Access().Access })
	return c
}

func (c *client) send(method, path string, names map[string]string, query url.Values, body any) (map[string]any, error) {
	c.t.Helper()
	var raw []byte
	if body != nil {
		raw, _ = json.Marshal(body)
	}
	for k, v := range names {
		path = strings.Replace(path, "{"+k+"}", v, 1)
	}
	r, err := http.NewRequest(method, c.base+path+"?"+query.Encode(), bytes.NewReader(raw))
	if err != nil {
		c.t.Fatal(err)
	}
	h := map[string]string{"X-JOS-App-Key": c.s.AppKey, "X-JOS-Access-Token": c.token, "X-JOS-Timestamp": fmt.Sprint(c.s.World().Now() + c.ahead)}
	q := map[string]string{}
	for k := range query {
		q[k] = query.Get(k)
	}
	for k, v := range h {
		r.Header.Set(k, v)
	}
	r.Header.Set("X-JOS-Sign", signOf(c.secret, signed(h, q, names, raw)))
	r.Header.Set("X-JOS-Request-Identity", "vender")
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer a.Body.Close()
	d := json.NewDecoder(a.Body)
	d.UseNumber()
	var v map[string]any
	if err := d.Decode(&v); err != nil {
		c.t.Fatal(err)
	}
	return v, nil
}

func (c *client) want(code, method, path string, names map[string]string, query url.Values, body any) map[string]any {
	c.t.Helper()
	v, err := c.send(method, path, names, query, body)
	got := ""
	if l, ok := v["errorList"].([]any); ok {
		got = l[0].(map[string]any)["code"].(string)
	}
	if err != nil || got != code || v["success"] != (code == "") {
		c.t.Fatalf("%s %s: %v %v", method, path, v, err)
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

const (
	ordersPath = "/sp-order/v0/orders"
	orderPath  = "/sp-order/v0/orders/{orderId}"
	shipPath   = orderPath + "/shipments"
	casePath   = "/sp-aftercare/v0/afs-orders/{afsOrderId}"
)

func TestSignaturesTokensAndConsent(t *testing.T) {
	c := start(t)
	c.want("", "GET", "/sp-order/v0/carriers", nil, nil, nil)
	c.secret = "wrong"
	c.want("10", "GET", "/sp-order/v0/carriers", nil, nil, nil)
	c.secret, c.ahead = c.s.Secret, 3600_000
	c.want("8", "GET", "/sp-order/v0/carriers", nil, nil, nil)
	c.ahead = 0
	c.do(func(t *world.Tx) { t.ExpireTokens(false) })
	c.want("19", "GET", "/sp-order/v0/carriers", nil, nil, nil)
	stay := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	a, err := stay.Get(c.base + "/oauth2/to_login?response_type=code&state=x&scope=snsapi_base&app_key=" + c.s.AppKey + "&redirect_uri=" + url.QueryEscape("https://erp.example.com/back"))
	if err != nil {
		t.Fatal(err)
	}
	a.Body.Close()
	to, err := a.Location()
	if err != nil || to.Query().Get("state") != "x" {
		t.Fatal(to, err)
	}
	get := func(path string, q url.Values) (v map[string]any) {
		q.Set("app_key", c.s.AppKey)
		q.Set("app_secret", c.s.Secret)
		a, err := http.Get(c.base + path + "?" + q.Encode())
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		_ = json.NewDecoder(a.Body).Decode(&v)
		return v
	}
	v := get("/oauth2/access_token", url.Values{"grant_type": {"authorization_code"}, "code": {to.Query().Get("code")}})
	v = get("/oauth2/refresh_token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {v["refresh_token"].(string)}})
	c.token = v["access_token"].(string)
	c.want("", "GET", "/sp-order/v0/carriers", nil, nil, nil)
	c.do(func(t *world.Tx) { t.SetFaults(world.Faults{IPNotListed: true}) })
	c.want("60", "GET", "/sp-order/v0/carriers", nil, nil, nil)
}

func TestPagesFromTheLastToTheFirstMissNothingThatMoves(t *testing.T) {
	c := start(t)
	made := map[string]bool{}
	from := c.s.World().Now()
	for range 130 {
		made[c.order(world.Wanted{Paid: true}).No] = true
		c.s.World().Advance(time.Second)
	}
	c.order(world.Wanted{Still: true})
	to := c.s.World().Now() - 1
	c.s.World().Advance(time.Minute)
	c.do(func(t *world.Tx) { t.SetFaults(world.Faults{MutatePageRate: 1}) })
	ask := url.Values{"startTime": {fmt.Sprint(from)}, "endTime": {fmt.Sprint(to)}, "sortBy": {"modifiedTime"}, "page": {"1"}, "pageSize": {"20"}}
	n, _ := c.want("", "GET", ordersPath, nil, ask, nil)["paginationData"].(map[string]any)["totalPages"].(json.Number).Int64()
	seen := map[string]bool{}
	for p := n; p >= 1; p-- {
		ask.Set("page", fmt.Sprint(p))
		for _, o := range c.want("", "GET", ordersPath, nil, ask, nil)["data"].([]any) {
			seen[o.(map[string]any)["orderId"].(json.Number).String()] = true
		}
	}
	for no := range made {
		if !seen[no] && c.truth(no).ModifiedAt <= to {
			t.Error("missed", no)
		}
	}
	ask.Set("startTime", fmt.Sprint(from-32*day))
	c.want("invalidParameter", "GET", ordersPath, nil, ask, nil)
}

func TestUnpaidOrdersAreNotSeen(t *testing.T) {
	c := start(t)
	o := c.order(world.Wanted{Still: true})
	c.want("order.notFound", "GET", orderPath, map[string]string{"orderId": o.No}, nil, nil)
	if len(o.No) != 16 || o.No < "9007199254740993" {
		t.Error("a float64 could hold", o.No)
	}
}

func TestPartsGoOncePerPackage(t *testing.T) {
	c := start(t)
	o := c.order(world.Wanted{Paid: true, Lines: 2, Quantity: 2})
	id := map[string]string{"orderId": o.No}
	pack := func(waybill string, line, n int) obj {
		return obj{"packageInfoList": []obj{{"companyId": "1499", "waybillCode": waybill,
			"outboundGoodsFacetDTOList": []obj{{"skuId": json.Number(o.Lines[line].SKUNo), "skuUuid": o.Lines[line].No, "skuNum": n}}}}}
	}
	c.do(func(t *world.Tx) { t.SetFaults(world.Faults{DropRate: 1}) })
	if _, err := c.send("POST", shipPath, id, nil, pack("w1", 0, 1)); err == nil {
		t.Fatal("the answer was not lost")
	}
	c.do(func(t *world.Tx) { t.SetFaults(world.Faults{}) })
	c.want("order.alreadyDone", "POST", shipPath, id, nil, pack("w1", 0, 1))
	c.want("order.notAllowed", "POST", shipPath, id, nil, pack("w2", 0, 2))
	d := c.want("", "GET", orderPath, id, nil, nil)["data"].(map[string]any)
	if d["orderFlag"].(map[string]any)["partialShipment"] != true || len(d["transportInfo"].(map[string]any)["partialShipmentList"].([]any)) != 1 {
		t.Fatal(d)
	}
	c.want("", "POST", shipPath, id, nil, obj{"orderShipmentDTO": obj{"packageInfoList": []obj{{"companyId": 467, "waybillCode": "SF1"}}}})
	c.want("", "PUT", shipPath, id, nil, obj{"packageInfoList": []obj{{"companyId": "467", "waybillCode": "SF2", "shipmentId": shipmentID(o, 1)}}})
	c.want("", "PUT", orderPath+"/vender-remarks", id, nil, obj{"remark": "急🎁", "flagId": 1})
	if w := c.truth(o.No); w.Status != world.Shipped || len(w.Parcels) != 2 || w.Parcels[1].Waybill != "SF2" || w.Flag != 1 {
		t.Fatalf("%+v", w)
	}
}

func TestReceiversOpenWithTheirOAID(t *testing.T) {
	c := start(t)
	o := c.order(world.Wanted{Paid: true})
	id := map[string]string{"orderId": o.No}
	got := c.want("", "GET", orderPath, id, nil, nil)["data"].(map[string]any)["consigneeInfo"].(map[string]any)
	if got["mobile"] == o.Receiver.Phone {
		t.Error("not masked")
	}
	ask := obj{"sceneType": "1", "dcryptOrderOaidList": []string{o.No + ":" + got["oaid"].(string)}}
	x := c.want("", "POST", "/sp-order/v0/order-oaid-addresses", nil, nil, ask)["data"].([]any)[0].(map[string]any)
	if x["customerMobilePhone"] != o.Receiver.Phone {
		t.Error(x)
	}
	c.do(func(t *world.Tx) { t.SetFaults(world.Faults{DecryptDaily: 1}) })
	q := url.Values{"sceneType": {"1"}, "dcryptOrderOaidList": {o.No + ":" + got["oaid"].(string)}}
	c.want("order.decryptQuota", "GET", "/sp-order/v0/order-oaid-addresses", nil, q, nil)
	c.want("", "PUT", orderPath+"/consignees", id, nil, obj{"customerName": "林一诺"})
	c.want("order.oaidMismatch", "POST", "/sp-order/v0/order-oaid-addresses", nil, nil, ask)
}

func TestCasesAndStock(t *testing.T) {
	c := start(t)
	o := c.order(world.Wanted{Paid: true, Lines: 1, Acts: []world.Act{world.ActAskRefund}})
	now := c.s.World().Now()
	q := url.Values{"updateStartTime": {fmt.Sprint(now - 1000)}, "updateEndTime": {fmt.Sprint(now + 1000)}, "page": {"1"}, "pageSize": {"10"}}
	x := c.want("", "GET", "/sp-aftercare/v0/afs-orders", nil, q, nil)["data"].([]any)[0].(map[string]any)
	id := map[string]string{"afsOrderId": x["afsOrderId"].(json.Number).String()}
	c.want("invalidParameter", "PATCH", casePath, id, nil, obj{"operateType": 1})
	c.want("order.notAllowed", "PATCH", casePath, id, nil, obj{"operateType": 1, "onlyRefundInfo": obj{"submitRefundAmount": json.Number("99999.99")}})
	d := c.want("", "PATCH", casePath, id, nil, obj{"operateType": 1, "onlyRefundInfo": obj{"submitRefundAmount": x["refundInfo"].(map[string]any)["applyRefundAmount"]}})
	if d["data"].(map[string]any)["afsOrderStatusInfo"].(map[string]any)["mainStatus"] != json.Number("5") {
		t.Error(d)
	}
	c.want("order.alreadyDone", "PATCH", casePath, id, nil, obj{"operateType": 2, "approveRejectInfo": obj{"rejectType": 1}})
	sku := o.Lines[0].SKUNo
	set := obj{"stockRfID": "r1", "putSkuStockList": []obj{{"skuId": json.Number(sku), "stockNum": 9}}}
	c.want("", "PUT", "/sp-product/v0/sku-stocks/batch", nil, nil, set)
	add := obj{"stockRfID": "r2", "putSkuStockList": []obj{{"skuId": json.Number(sku), "incrStockNum": -4}}}
	c.want("", "PUT", "/sp-product/v0/sku-stocks/batch", nil, nil, add)
	c.want("", "PUT", "/sp-product/v0/sku-stocks/batch", nil, nil, add)
	s := c.want("", "GET", "/sp-product/v0/sku-stocks", nil, url.Values{"skuIdList": {sku}}, nil)["data"].([]any)[0].(map[string]any)
	if s["stockNum"] != json.Number("5") {
		t.Error(s)
	}
}
