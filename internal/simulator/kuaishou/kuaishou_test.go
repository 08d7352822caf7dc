package kuaishou

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
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

// client is a plain client of one shop.
type client struct {
	t           *testing.T
	s           *world.Shop
	base        string
	token, sign string
	how         string
	ahead       int64
}

func start(t *testing.T, hook string) *client {
	t.Helper()
	w, err := world.New(world.Config{Seed: 7, Clock: clock.NewFake(time.UnixMilli(1794326401000))})
	if err != nil {
		t.Fatal(err)
	}
	p := Platform()
	s := w.Add(p, 1, hook)
	server := httptest.NewServer(p.Handler(w))
	t.Cleanup(server.Close)
	c := &client{t: t, s: s, base: server.URL, sign: signSecret(s), how: "MD5"}
	s.Do(func(t *world.Tx) { c.token = t.Access().Access })
	return c
}

func (c *client) send(method string, param any) (map[string]any, error) {
	c.t.Helper()
	raw, err := json.Marshal(param)
	if err != nil {
		c.t.Fatal(err)
	}
	q := url.Values{"appkey": {c.s.AppKey}, "access_token": {c.token}, "method": {method}, "version": {"1"}, "param": {string(raw)},
		"signMethod": {c.how}, "timestamp": {fmt.Sprint(c.s.World().Now() + c.ahead)}}
	q.Set("sign", signOf(c.sign, q.Get))
	a, err := http.PostForm(c.base+"/"+strings.ReplaceAll(method, ".", "/"), q)
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

func (c *client) want(result int, method string, param any) map[string]any {
	c.t.Helper()
	v, err := c.send(method, param)
	if err != nil || v["result"] != json.Number(fmt.Sprint(result)) {
		c.t.Fatalf("%s: %v %v", method, v, err)
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

func TestSignaturesTokensAndFaults(t *testing.T) {
	c := start(t, "")
	ask := obj{"orderViewStatus": 1, "queryType": 2, "sort": 2, "pageSize": 50, "cursor": "", "beginTime": c.s.World().Now() - 1000, "endTime": c.s.World().Now()}
	c.want(1, "open.order.cursor.list", ask)
	c.how = "HMAC_SHA256"
	c.want(1, "open.order.cursor.list", ask)
	c.sign = "wrong"
	c.want(1011, "open.order.cursor.list", ask)
	c.sign, c.ahead = signSecret(c.s), 3600_000
	c.want(1012, "open.order.cursor.list", ask)
	c.ahead = 0
	c.s.World().Advance(49 * time.Hour)
	if v := c.want(100200102, "open.order.cursor.list", ask); v["error"] != "access_denied" {
		t.Error(v)
	}
	c.do(func(t *world.Tx) { c.token = t.Access().Access; t.SetFaults(world.Faults{ThrottleRate: 1}) })
	c.want(1016, "open.order.cursor.list", ask)
}

func TestASellersConsentGivesTokensThatRenew(t *testing.T) {
	c := start(t, "")
	stay := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	a, err := stay.Get(c.base + "/oauth/authorize?response_type=code&state=x&redirect_uri=" + url.QueryEscape("https://erp.example.com/back") + "&app_id=" + c.s.AppKey)
	if err != nil {
		t.Fatal(err)
	}
	a.Body.Close()
	to, err := a.Location()
	if err != nil || to.Query().Get("state") != "x" {
		t.Fatal(to, err)
	}
	get := func(path string, q url.Values) map[string]any {
		q.Set("app_id", c.s.AppKey)
		q.Set("app_secret", c.s.Secret)
		a, err := http.PostForm(c.base+path, q)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		var v map[string]any
		_ = json.NewDecoder(a.Body).Decode(&v)
		return v
	}
	code := url.Values{"grant_type": {"code"}, "code": {to.Query().Get("code")}}
	v := get("/oauth2/access_token", code)
	if v["result"] != 1.0 || v["expires_in"] != 172800.0 {
		t.Fatal(v)
	}
	if v := get("/oauth2/access_token", code); v["result"] != 100200105.0 {
		t.Error("a code was good twice", v)
	}
	next := get("/oauth2/refresh_token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {v["refresh_token"].(string)}})
	c.token = next["access_token"].(string)
	c.want(1, "open.refund.reject.reason", obj{})
}

func TestCursorsMissNothingThatMoves(t *testing.T) {
	for _, sort := range []int{1, 2} {
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
		ask := obj{"orderViewStatus": 1, "queryType": 2, "sort": sort, "pageSize": 20, "cursor": "", "beginTime": from, "endTime": to}
		seen := map[string]bool{}
		for ask["cursor"] != "nomore" {
			d := c.want(1, "open.order.cursor.list", ask)["data"].(map[string]any)
			for _, o := range d["orderList"].([]any) {
				no := o.(map[string]any)["orderBaseInfo"].(map[string]any)["oid"].(json.Number).String()
				if seen[no] {
					t.Error("twice", no)
				}
				seen[no] = true
			}
			ask["cursor"] = d["cursor"]
		}
		for no := range made {
			if !seen[no] && c.truth(no).ModifiedAt <= to {
				t.Error(sort, "missed", no)
			}
		}
		ask["beginTime"] = to - 8*day
		ask["cursor"] = ""
		c.want(300004, "open.order.cursor.list", ask)
	}
}

func TestParcelsGoOnce(t *testing.T) {
	c := start(t, "")
	o := c.order(world.Wanted{Paid: true, Quantity: 3})
	no := json.Number(o.No)
	split := func(n int, waybill string) obj {
		return obj{"mainOrderId": no, "deliveryItemInfoList": []obj{{"expressCode": 9, "expressNo": waybill, "deliveryGoodsInfoList": []obj{{"oid": no, "deliveryNum": n}}}}}
	}
	c.do(func(t *world.Tx) { t.SetFaults(world.Faults{DropRate: 1}) })
	if _, err := c.send("open.order.goods.split.deliver", split(1, "w1")); err == nil {
		t.Fatal("the answer was not lost")
	}
	c.do(func(t *world.Tx) { t.SetFaults(world.Faults{}) })
	c.want(11, "open.order.goods.split.deliver", split(1, "w1"))
	c.want(11, "open.order.goods.split.deliver", split(3, "w2"))
	d := c.want(1, "open.order.detail", obj{"oid": no})["data"].(map[string]any)
	if d["orderDeliveryInfo"].(map[string]any)["deliveryNum"] != json.Number("1") || len(d["orderLogisticsInfo"].([]any)) != 1 {
		t.Fatal(d)
	}
	c.want(1, "open.seller.order.goods.deliver", obj{"orderId": no, "expressCode": 4, "expressNo": "SF1"})
	c.want(1, "open.seller.order.goods.logistics.append", obj{"oid": no, "expressCode": 4, "expressNo": "SF2"})
	c.want(1, "open.seller.order.logistics.update", obj{"orderId": no, "expressCode": 4, "expressNo": "SF3", "logisticsId": logisticsID(o, 1)})
	c.want(11, "open.seller.order.goods.deliver", obj{"orderId": no, "expressCode": 4444, "expressNo": "SF1"})
	if w := c.truth(o.No); w.Status != world.Shipped || len(w.Parcels) != 3 || w.Parcels[1].Waybill != "SF3" {
		t.Fatalf("%+v", w)
	}
	c.want(21, "open.order.detail", obj{"oid": 1})
}

func TestHeldOrdersHaveNoReceiverAndAreNotShipped(t *testing.T) {
	c := start(t, "")
	o := c.order(world.Wanted{Paid: true, Group: true})
	d := c.want(1, "open.order.detail", obj{"oid": json.Number(o.No)})["data"].(map[string]any)
	if fmt.Sprint(d["orderBaseInfo"].(map[string]any)["disableDeliveryReasonCode"]) != "[1]" || d["orderAddress"].(map[string]any)["encryptedMobile"] != "" {
		t.Error(d)
	}
	c.want(11, "open.seller.order.goods.deliver", obj{"orderId": json.Number(o.No), "expressCode": 4, "expressNo": "SF1"})
}

func TestReceiversOpenWithinAQuota(t *testing.T) {
	c := start(t, "")
	o := c.order(world.Wanted{Paid: true})
	a := c.want(1, "open.order.detail", obj{"oid": json.Number(o.No)})["data"].(map[string]any)["orderAddress"].(map[string]any)
	ask := obj{"batchDecryptList": []obj{{"encryptedData": a["encryptedMobile"], "bizId": o.No}, {"encryptedData": "forged", "bizId": o.No}}}
	open := func() []any { return c.want(1, "open.order.decrypt.batch", ask)["batchDecryptResultList"].([]any) }
	got := open()
	if got[0].(map[string]any)["decryptedData"] != o.Receiver.Phone || got[1].(map[string]any)["errorCode"] == json.Number("1") {
		t.Error(got)
	}
	c.do(func(t *world.Tx) { t.SetFaults(world.Faults{DecryptDaily: 1}) })
	if got := open(); got[0].(map[string]any)["decryptedData"] != "" {
		t.Error("beyond the quota", got)
	}
	if v := c.want(1, "open.order.search.index.batch", obj{"indexParamList": []obj{{"plainText": "13800001234", "type": 3}}}); len(v["indexResultList"].([]any)) != 1 {
		t.Error(v)
	}
}

func TestCasesNotesStockAndReviews(t *testing.T) {
	c := start(t, "")
	o := c.order(world.Wanted{Paid: true, Acts: []world.Act{world.ActAskRefund}})
	now := c.s.World().Now()
	d := c.want(1, "open.seller.order.refund.pcursor.list", obj{"beginTime": now - 1000, "endTime": now + 1000, "type": 9, "pageSize": 10, "queryType": 2, "pcursor": ""})["data"].(map[string]any)
	x := d["refundOrderInfoList"].([]any)[0].(map[string]any)
	c.want(300014, "open.seller.order.refund.approve", obj{"refundId": x["refundId"], "refundAmount": 1})
	c.want(300014, "open.refund.reject", obj{"refundId": x["refundId"], "reasonCode": 101, "refundVersion": 5})
	c.want(1, "open.seller.order.refund.approve", obj{"refundId": x["refundId"], "refundAmount": x["refundFee"]})
	c.want(300018, "open.seller.order.refund.approve", obj{"refundId": x["refundId"], "refundAmount": x["refundFee"]})
	if w := c.truth(o.No); w.Status != world.Closed {
		t.Errorf("%+v", w)
	}
	p := c.order(world.Wanted{Paid: true, Acts: []world.Act{world.ActShipElsewhere, world.ActComplete, world.ActReview}})
	c.want(1, "open.seller.order.note.add", obj{"orderId": json.Number(p.No), "note": "请发顺丰 & 包好🎁", "flag": 1})
	r := c.want(1, "open.comment.list.get", obj{"limit": 20, "offset": 0})["data"].(map[string]any)["rootComment"].([]any)[0].(map[string]any)
	c.want(1, "open.comment.add", obj{"replyToCommentId": r["commentId"], "content": "谢谢"})
	c.want(11, "open.comment.add", obj{"replyToCommentId": r["commentId"], "content": "谢谢"})
	l := p.Lines[0]
	c.want(1, "open.item.sku.stock.update", obj{"kwaiItemId": json.Number(l.ItemNo), "skuId": json.Number(l.SKUNo), "skuChangeStock": 5, "changeType": 2})
	unpaid := c.order(world.Wanted{Still: true})
	c.want(1, "open.seller.order.close", obj{"orderId": json.Number(unpaid.No)})
}

func TestMessagesAreEncrypted(t *testing.T) {
	var heard []string
	var c *client
	hook := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		key, _ := base64.StdEncoding.DecodeString(messageKey(c.s))
		b, err := base64.StdEncoding.DecodeString(string(raw))
		if err != nil {
			t.Error(err)
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			t.Error(err)
		}
		cipher.NewCBCDecrypter(block, make([]byte, 16)).CryptBlocks(b, b)
		heard = append(heard, string(b[:len(b)-int(b[len(b)-1])]))
		_, _ = io.WriteString(rw, `{"result":1}`)
	}))
	defer hook.Close()
	c = start(t, hook.URL)
	o := c.order(world.Wanted{Paid: true})
	c.s.Deliver(t.Context(), 10)
	c.s.Deliver(t.Context(), 10)
	if len(heard) != 2 || !strings.Contains(heard[0], "kwaishop_order_addOrder") || !strings.Contains(heard[0], `\"oid\":`+o.No) {
		t.Error(heard)
	}
}
