package xhs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
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
	c := &client{t: t, s: s, base: server.URL, secret: s.Secret}
	s.Do(func(t *world.Tx) { c.token = t.Access().Access })
	return c
}

func (c *client) send(method string, params obj) (map[string]any, error) {
	c.t.Helper()
	at := fmt.Sprint((c.s.World().Now() + c.ahead) / 1000)
	body := obj{"method": method, "appId": c.s.AppKey, "accessToken": c.token, "timestamp": at, "version": "2.0",
		"sign": signOf(c.secret, method, c.s.AppKey, at, "2.0")}
	for k, v := range params {
		body[k] = v
	}
	raw, err := json.Marshal(body)
	if err != nil {
		c.t.Fatal(err)
	}
	a, err := http.Post(c.base, "application/json", bytes.NewReader(raw))
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

func (c *client) want(code int, method string, params obj) map[string]any {
	c.t.Helper()
	v, err := c.send(method, params)
	if err != nil || v["error_code"] != json.Number(fmt.Sprint(code)) || v["success"] != (code == 0) {
		c.t.Fatalf("%s: %v %v", method, v, err)
	}
	d, _ := v["data"].(map[string]any)
	return d
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

func TestSignaturesTokensAndConsent(t *testing.T) {
	c := start(t)
	now := c.s.World().Now() / 1000
	ask := obj{"timeType": 2, "startTime": now - 60, "endTime": now}
	c.want(0, "order.getOrderList", ask)
	c.secret = "wrong"
	c.want(badSign, "order.getOrderList", ask)
	c.secret, c.ahead = c.s.Secret, 3600_000
	c.want(badTime, "order.getOrderList", ask)
	c.ahead = 0
	c.s.World().Advance(8 * 24 * time.Hour)
	c.want(oldToken, "order.getOrderList", ask)
	stay := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	a, err := stay.Get(c.base + "/ark/authorization?appId=" + c.s.AppKey + "&state=x&redirectUri=" + url.QueryEscape("https://erp.example.com/back"))
	if err != nil {
		t.Fatal(err)
	}
	a.Body.Close()
	to, err := a.Location()
	if err != nil || to.Query().Get("state") != "x" {
		t.Fatal(to, err)
	}
	g := c.want(0, "oauth.getAccessToken", obj{"code": to.Query().Get("code")})
	c.want(badToken, "oauth.getAccessToken", obj{"code": to.Query().Get("code")})
	g = c.want(0, "oauth.refreshToken", obj{"refreshToken": g["refreshToken"]})
	c.token = g["accessToken"].(string)
	c.want(0, "order.getOrderList", ask)
	c.do(func(t *world.Tx) { t.SetFaults(world.Faults{ThrottleRate: 1}) })
	c.want(tooMany, "order.getOrderList", ask)
}

func TestPagesFromTheLastToTheFirstMissNothingThatMoves(t *testing.T) {
	c := start(t)
	made := map[string]bool{}
	from := c.s.World().Now() / 1000
	for range 130 {
		made[c.order(world.Wanted{Paid: true}).No] = true
		c.s.World().Advance(time.Second)
	}
	to := c.s.World().Now()/1000 - 1
	c.s.World().Advance(time.Minute)
	c.do(func(t *world.Tx) { t.SetFaults(world.Faults{MutatePageRate: 1}) })
	ask := obj{"timeType": 2, "startTime": from, "endTime": to, "pageSize": 20, "pageNo": 1}
	pages, _ := c.want(0, "order.getOrderList", ask)["maxPageNo"].(json.Number).Int64()
	seen := map[string]bool{}
	for p := pages; p >= 1; p-- {
		ask["pageNo"] = p
		for _, o := range c.want(0, "order.getOrderList", ask)["orderList"].([]any) {
			seen[o.(map[string]any)["orderId"].(string)] = true
		}
	}
	for no := range made {
		if !seen[no] && c.truth(no).ModifiedAt/1000 <= to {
			t.Error("missed", no)
		}
	}
	ask["endTime"] = to + 3600
	c.want(badParameter, "order.getOrderList", ask)
	ask["timeType"] = 1
	c.want(0, "order.getOrderList", ask)
}

func TestParcelsGoOnceAndWholeLines(t *testing.T) {
	c := start(t)
	var o *world.Order
	for o == nil || o.Lines[0].SKUNo == o.Lines[1].SKUNo {
		o = c.order(world.Wanted{Paid: true, Lines: 2, Quantity: 2})
	}
	ship := obj{"orderId": o.No, "expressNo": "w1", "expressCompanyCode": "zhongtong", "unpack": true, "skuIdList": []string{o.Lines[0].SKUNo}}
	c.do(func(t *world.Tx) { t.SetFaults(world.Faults{DropRate: 1}) })
	if _, err := c.send("order.orderDeliver", ship); err == nil {
		t.Fatal("the answer was not lost")
	}
	c.do(func(t *world.Tx) { t.SetFaults(world.Faults{}) })
	c.want(notAllowed, "order.orderDeliver", ship)
	d := c.want(0, "order.getOrderDetail", obj{"orderId": o.No})
	if d["orderStatus"] != json.Number("5") || len(d["simpleDeliveryOrderList"].([]any)) != 1 {
		t.Fatal(d)
	}
	c.want(0, "order.orderDeliver", obj{"orderId": o.No, "expressNo": "w2", "expressCompanyCode": "shunfeng"})
	c.want(0, "order.modifyOrderExpressInfo", obj{"orderId": o.No, "expressNo": "w3", "expressCompanyCode": "shunfeng", "oldExpressNo": "w2"})
	c.want(0, "order.modifySellerMarkInfo", obj{"orderId": o.No, "sellerMarkNote": "急🎁", "operator": "店长", "sellerMarkPriority": 2})
	if w := c.truth(o.No); w.Status != world.Shipped || w.Parcels[1].Waybill != "w3" || w.Lines[0].Sent != 2 || w.Flag != 1 {
		t.Fatalf("%+v", w)
	}
	c.want(noOrder, "order.getOrderDetail", obj{"orderId": "P1"})
}

func TestReceiversOnlyWhileToBeShippedAndTenDecryptionsADay(t *testing.T) {
	c := start(t)
	o := c.order(world.Wanted{Paid: true})
	d := c.want(0, "order.getOrderDetail", obj{"orderId": o.No})
	q := obj{"receiverQueries": []obj{{"orderId": o.No, "openAddressId": d["openAddressId"]}}}
	r := c.want(0, "order.getOrderReceiverInfo", q)["receiverInfos"].([]any)[0].(map[string]any)
	ask := obj{"baseInfos": []obj{{"dataTag": o.No, "encryptedData": r["receiverPhone"]}}, "actionType": "1", "appUserId": "x"}
	for range 10 {
		x := c.want(0, "data.batchDecrypt", ask)["dataInfoList"].([]any)[0].(map[string]any)
		if x["decryptedData"] != o.Receiver.Phone {
			t.Fatal(x)
		}
	}
	c.want(noQuota, "data.batchDecrypt", ask)
	c.do(func(t *world.Tx) { _ = t.Perform(o.No, world.ActMove) })
	if r := c.want(0, "order.getOrderReceiverInfo", q)["receiverInfos"].([]any)[0].(map[string]any); r["matched"] != false {
		t.Error("an old address id matches", r)
	}
	c.want(0, "order.orderDeliver", obj{"orderId": o.No, "expressNo": "w2", "expressCompanyCode": "shunfeng"})
	d = c.want(0, "order.getOrderDetail", obj{"orderId": o.No})
	q = obj{"receiverQueries": []obj{{"orderId": o.No, "openAddressId": d["openAddressId"]}}}
	if r := c.want(0, "order.getOrderReceiverInfo", q)["receiverInfos"].([]any)[0].(map[string]any); r["matched"] != false {
		t.Error("a shipped order shows its receiver", r)
	}
}

func TestCasesAndStock(t *testing.T) {
	c := start(t)
	o := c.order(world.Wanted{Paid: true, Lines: 1, Acts: []world.Act{world.ActAskRefund}})
	now := c.s.World().Now()
	d := c.want(0, "afterSale.listAfterSaleInfos", obj{"timeType": 2, "startTime": now - 1000, "endTime": now + 1000, "pageNo": 1, "pageSize": 50})
	x := d["afterSaleBasicInfos"].([]any)[0].(map[string]any)
	if x["returnType"] != json.Number("5") || x["status"] != json.Number("1") {
		t.Error(x)
	}
	c.want(notAllowed, "afterSale.auditReturns", obj{"returnsId": x["returnsId"], "action": 2})
	c.want(badParameter, "afterSale.auditReturns", obj{"returnsId": x["returnsId"], "action": 3, "reason": 7})
	c.want(0, "afterSale.auditReturns", obj{"returnsId": x["returnsId"], "action": 3, "reason": 2, "description": "已发货"})
	c.want(alreadyDone, "afterSale.auditReturns", obj{"returnsId": x["returnsId"], "action": 1})
	sku := o.Lines[0].SKUNo
	c.want(0, "inventory.syncSkuStock", obj{"skuId": sku, "qty": 9})
	c.want(0, "inventory.incSkuStock", obj{"skuId": sku, "qty": -4})
	s := c.want(0, "inventory.getSkuStockV2", obj{"skuId": sku})["data"].(map[string]any)["skuStockInfo"].(map[string]any)
	if s["available"] != json.Number("5") {
		t.Error(s)
	}
}

func TestAReturnIsRefundedOnceItIsBack(t *testing.T) {
	c := start(t)
	for range 20 {
		o := c.order(world.Wanted{Paid: true, Lines: 1, Acts: []world.Act{world.ActShipElsewhere, world.ActAskRefund}})
		var x *world.Case
		c.do(func(t *world.Tx) { x = t.CasesOf(o.No)[0] })
		if x.Kind != "return" {
			continue
		}
		c.want(notAllowed, "afterSale.auditReturns", obj{"returnsId": x.No, "action": 1})
		c.want(0, "afterSale.auditReturns", obj{"returnsId": x.No, "action": 2})
		c.want(notAllowed, "afterSale.confirmReceive", obj{"returnsId": x.No, "action": 1})
		c.do(func(t *world.Tx) { _ = t.Perform(o.No, world.ActReturnGoods) })
		c.want(0, "afterSale.confirmReceive", obj{"returnsId": x.No, "action": 1})
		if w := c.truth(o.No); w.Refund != world.RefundDone || w.Refunded != x.Refund {
			t.Errorf("%+v", w)
		}
		return
	}
	t.Fatal("no return was asked for")
}
