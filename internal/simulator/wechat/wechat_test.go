package wechat

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
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
	server := httptest.NewServer(p.Handler(w))
	t.Cleanup(server.Close)
	c := &client{t: t, s: s, base: server.URL}
	c.token = c.ask("/cgi-bin/stable_token", obj{"grant_type": "client_credential", "appid": s.AppKey, "secret": s.Secret})["access_token"].(string)
	return c
}

func (c *client) send(method, path string, body any) (int, map[string]any, error) {
	c.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		c.t.Fatal(err)
	}
	r, err := http.NewRequest(method, c.base+path+"?access_token="+c.token, bytes.NewReader(raw))
	if err != nil {
		c.t.Fatal(err)
	}
	a, err := http.DefaultClient.Do(r)
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

func (c *client) ask(path string, body any) map[string]any {
	c.t.Helper()
	status, v, err := c.send("POST", path, body)
	if err != nil || status != 200 {
		c.t.Fatal(path, status, err)
	}
	return v
}

func (c *client) want(code int, path string, body any) map[string]any {
	c.t.Helper()
	v := c.ask(path, body)
	if v["errcode"] != json.Number(fmt.Sprint(code)) {
		c.t.Fatalf("%s: %v", path, v)
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

func (c *client) now() int64 { return c.s.World().Now() / 1000 }

func TestATokenStandsUntilItIsForcedOrEnds(t *testing.T) {
	c := start(t, "")
	ask := obj{"grant_type": "client_credential", "appid": c.s.AppKey, "secret": c.s.Secret}
	c.s.World().Advance(time.Hour)
	if v := c.ask("/cgi-bin/stable_token", ask); v["access_token"] != c.token || v["expires_in"] != json.Number("3600") {
		t.Error(v)
	}
	ask["force_refresh"] = true
	v := c.ask("/cgi-bin/stable_token", ask)
	if v["access_token"] == c.token {
		t.Error("not forced")
	}
	c.want(45011, "/cgi-bin/stable_token", ask)
	for range 19 {
		c.s.World().Advance(time.Minute)
		v = c.ask("/cgi-bin/stable_token", ask)
	}
	c.s.World().Advance(time.Minute)
	c.want(45011, "/cgi-bin/stable_token", ask)
	c.want(42001, "/channels/ec/order/list/get", obj{})
	c.token = v["access_token"].(string)
	c.want(40097, "/channels/ec/order/list/get", obj{})
	c.token = "nobody's"
	c.want(40001, "/channels/ec/order/list/get", obj{})
	ask["secret"] = "wrong"
	c.want(40125, "/cgi-bin/stable_token", ask)
}

func TestFaultsAreSpelledAsThePlatformDoes(t *testing.T) {
	c := start(t, "")
	faults := func(f world.Faults) { c.do(func(t *world.Tx) { t.SetFaults(f) }) }
	c.want(43001, "/channels/ec/basics/info/get", obj{})
	if _, v, _ := c.send("GET", "/channels/ec/basics/info/get", nil); v["errcode"] != json.Number("0") {
		t.Error(v)
	}
	faults(world.Faults{IPNotListed: true})
	if status, v, _ := c.send("POST", "/channels/ec/order/get", obj{}); status != 403 || v["errcode"] != nil {
		t.Error(status, v)
	}
	faults(world.Faults{PermissionDenied: true})
	c.want(48001, "/channels/ec/order/get", obj{})
	faults(world.Faults{ThrottleRate: 1})
	c.want(45011, "/channels/ec/order/get", obj{})
}

func TestPagesMissNothingThatMovesAndRefuseOtherParameters(t *testing.T) {
	c := start(t, "")
	made := map[string]bool{}
	from := c.now()
	for i := range 130 {
		made[c.order(world.Wanted{Paid: true}).No] = true
		if i%3 == 0 {
			c.s.World().Advance(time.Second)
		}
	}
	to := c.now()
	c.s.World().Advance(time.Minute)
	c.do(func(t *world.Tx) { t.SetFaults(world.Faults{MutatePageRate: 1, ShortPageRate: .5}) })
	ask := obj{"update_time_range": obj{"start_time": from, "end_time": to}, "page_size": 20}
	seen := map[string]bool{}
	for more := true; more; {
		v := c.want(0, "/channels/ec/order/list/get", ask)
		for _, id := range v["order_id_list"].([]any) {
			if seen[id.(string)] {
				t.Error("twice", id)
			}
			seen[id.(string)] = true
		}
		more = v["has_more"].(bool)
		ask["next_key"] = v["next_key"]
	}
	for no := range made {
		if !seen[no] && c.truth(no).ModifiedAt/1000 <= to {
			t.Error("missed", no)
		}
	}
	ask["page_size"] = 21
	c.want(606006, "/channels/ec/order/list/get", ask)
	c.want(40097, "/channels/ec/order/list/get", obj{"update_time_range": obj{"start_time": 1, "end_time": 8 * 86400}, "page_size": 20})
}

func TestShippingPartsOncePerParcel(t *testing.T) {
	c := start(t, "")
	o := c.order(world.Wanted{Paid: true, Lines: 2, Quantity: 2})
	got := c.want(0, "/channels/ec/order/get", obj{"order_id": o.No})["order"].(map[string]any)
	if got["status"] != json.Number("20") || got["order_id"] != o.No {
		t.Fatal(got)
	}
	pieces := func(n int64, lines ...int) (out []obj) {
		for _, i := range lines {
			out = append(out, obj{"product_id": o.Lines[i].ItemNo, "sku_id": o.Lines[i].SKUNo, "product_cnt": n})
		}
		return out
	}
	parcel := obj{"delivery_id": "ZTO", "waybill_id": "73100000000000", "deliver_type": 1, "product_infos": pieces(1, 0)}
	ship := obj{"order_id": json.Number(o.No), "delivery_list": []obj{parcel}}
	c.do(func(t *world.Tx) { t.SetFaults(world.Faults{DropRate: 1}) })
	if _, _, err := c.send("POST", "/channels/ec/order/delivery/send", ship); err == nil {
		t.Fatal("the answer was not lost")
	}
	c.do(func(t *world.Tx) { t.SetFaults(world.Faults{}) })
	c.want(101100, "/channels/ec/order/delivery/send", ship)
	got = c.want(0, "/channels/ec/order/get", obj{"order_id": o.No})["order"].(map[string]any)
	if n := len(got["order_detail"].(map[string]any)["delivery_info"].(map[string]any)["delivery_product_info"].([]any)); n != 1 || got["status"] != json.Number("21") {
		t.Fatal(n, got["status"])
	}
	rest := []obj{{"delivery_id": "SF", "waybill_id": "SF1", "deliver_type": 1, "product_infos": pieces(1, 0)},
		{"delivery_id": "SF", "waybill_id": "SF2", "deliver_type": 1, "product_infos": pieces(2, 1)}}
	c.want(0, "/channels/ec/order/delivery/send", obj{"order_id": o.No, "delivery_list": rest})
	parcel["waybill_id"] = "73100000000001"
	c.want(0, "/channels/ec/order/deliveryinfo/update", obj{"order_id": o.No, "delivery_list": append([]obj{parcel}, rest...)})
	if w := c.truth(o.No); w.Status != world.Shipped || len(w.Parcels) != 3 || w.Parcels[0].Waybill != "73100000000001" {
		t.Fatalf("%+v", w)
	}
}

func TestGoodsThatNeedNoDeliveryGoWithoutACarrier(t *testing.T) {
	c := start(t, "")
	send := func(o *world.Order, code int) {
		t.Helper()
		l := o.Lines[0]
		c.want(code, "/channels/ec/order/delivery/send", obj{"order_id": o.No, "delivery_list": []obj{{"deliver_type": 3,
			"product_infos": []obj{{"product_id": l.ItemNo, "sku_id": l.SKUNo, "product_cnt": l.Quantity}}}}})
	}
	send(c.order(world.Wanted{Paid: true, Lines: 1}), 40097)
	o := c.order(world.Wanted{Paid: true, Lines: 1, Virtual: true})
	send(o, 0)
	send(o, 101100)
	got := c.want(0, "/channels/ec/order/get", obj{"order_id": o.No})["order"].(map[string]any)
	d := got["order_detail"].(map[string]any)["delivery_info"].(map[string]any)
	p := d["delivery_product_info"].([]any)[0].(map[string]any)
	if got["status"] != json.Number("30") || d["deliver_method"] != json.Number("1") || p["deliver_type"] != json.Number("3") || p["waybill_id"] != "" {
		t.Error(got["status"], d)
	}
}

func TestWhatSellersDoBesides(t *testing.T) {
	c := start(t, "")
	o := c.order(world.Wanted{Lines: 1, Still: true})
	l := o.Lines[0]
	c.want(0, "/channels/ec/order/price/update", obj{"order_id": o.No, "change_express": true, "express_fee": 0,
		"change_order_infos": []obj{{"product_id": l.ItemNo, "sku_id": l.SKUNo, "change_price": 300}}})
	c.want(0, "/channels/ec/order/merchantnotes/update", obj{"order_id": o.No, "merchant_notes": "加急🎁"})
	if w := c.truth(o.No); w.BuyerPaid() != 300 || w.Memo != "加急🎁" {
		t.Errorf("%+v", w)
	}
	paid := c.order(world.Wanted{Paid: true, Lines: 1, Acts: []world.Act{world.ActWish}})
	got := c.want(0, "/channels/ec/order/get", obj{"order_id": paid.No})["order"].(map[string]any)
	if got["order_detail"].(map[string]any)["delivery_info"].(map[string]any)["address_under_review"] == nil {
		t.Error("no wish")
	}
	c.want(0, "/channels/ec/order/addressmodify/accept", obj{"order_id": paid.No})
	c.want(101100, "/channels/ec/order/addressmodify/accept", obj{"order_id": paid.No})
	stock := obj{"product_id": l.ItemNo, "sku_id": l.SKUNo, "diff_type": 3, "num": 9}
	c.want(0, "/channels/ec/product/stock/update", stock)
	stock["diff_type"], stock["num"] = 2, 4
	c.want(0, "/channels/ec/product/stock/update", stock)
	if v := c.want(0, "/channels/ec/product/stock/get", stock)["data"].(map[string]any); v["normal_stock_num"] != json.Number("5") {
		t.Error(v)
	}
	c.want(100002, "/channels/ec/order/get", obj{"order_id": "1"})
}

func TestCasesAndMaskedReceivers(t *testing.T) {
	c := start(t, "")
	o := c.order(world.Wanted{Paid: true, Lines: 1, Acts: []world.Act{world.ActAskRefund}})
	v := c.want(0, "/channels/ec/aftersale/getaftersalelist", obj{"begin_update_time": c.now() - 60, "end_update_time": c.now() + 60})
	no := v["after_sale_order_id_list"].([]any)[0]
	x := c.want(0, "/channels/ec/aftersale/getaftersaleorder", obj{"after_sale_order_id": no})["after_sale_order"].(map[string]any)
	if x["status"] != "MERCHANT_PROCESSING" || x["order_id"] != o.No || x["type"] != "REFUND" {
		t.Error(x)
	}
	c.want(0, "/channels/ec/aftersale/acceptapply", obj{"after_sale_order_id": no})
	c.want(10021041, "/channels/ec/aftersale/acceptapply", obj{"after_sale_order_id": no})
	a := func() map[string]any {
		return c.want(0, "/channels/ec/order/get", obj{"order_id": o.No})["order"].(map[string]any)["order_detail"].(map[string]any)["delivery_info"].(map[string]any)["address_info"].(map[string]any)
	}()
	if a["tel_number"] == o.Receiver.Phone {
		t.Error("a closed order shows its receiver")
	}
	c.do(func(t *world.Tx) { t.SetFaults(world.Faults{DecryptDaily: 1}) })
	if v := c.want(0, "/channels/ec/order/sensitiveinfo/decode", obj{"order_id": o.No})["address_info"].(map[string]any); v["tel_number"] != o.Receiver.Phone {
		t.Error(v)
	}
	c.want(45009, "/channels/ec/order/sensitiveinfo/decode", obj{"order_id": o.No})
}

// open reads an encrypted message with code of the test's own.
func open(t *testing.T, key, sealed string) string {
	t.Helper()
	k, err := base64.StdEncoding.DecodeString(key + "=")
	if err != nil {
		t.Fatal(err)
	}
	b, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(k)
	if err != nil {
		t.Fatal(err)
	}
	cipher.NewCBCDecrypter(block, k[:16]).CryptBlocks(b, b)
	n := int(b[16])<<24 | int(b[17])<<16 | int(b[18])<<8 | int(b[19])
	return string(b[20 : 20+n])
}

func TestCallbacksAreEncryptedAndAddressesChecked(t *testing.T) {
	var heard []string
	var c *client
	hook := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if echo := q.Get("echostr"); echo != "" {
			if q.Get("signature") == signature(pushToken(c.s), q.Get("timestamp"), q.Get("nonce")) {
				_, _ = io.WriteString(rw, echo)
			}
			return
		}
		var in struct{ Encrypt string }
		if json.NewDecoder(r.Body).Decode(&in) != nil || q.Get("msg_signature") != signature(pushToken(c.s), q.Get("timestamp"), q.Get("nonce"), in.Encrypt) {
			t.Error("wrong signature")
		}
		heard = append(heard, open(t, pushKey(c.s), in.Encrypt))
		_, _ = io.WriteString(rw, "success")
	}))
	defer hook.Close()
	c = start(t, hook.URL+"?a=b")
	if len(pushKey(c.s)) != 43 {
		t.Error("key")
	}
	a, err := http.Get(c.base + "/-/check-hook?appid=" + c.s.AppKey)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	if b, _ := io.ReadAll(a.Body); string(b) != `{"ok":true}` {
		t.Error(string(b))
	}
	o := c.order(world.Wanted{Paid: true, Acts: []world.Act{world.ActShipElsewhere}})
	c.s.Deliver(t.Context(), 10)
	all := strings.Join(heard, "\n")
	if len(heard) != 3 || !strings.Contains(all, `"order_id":"`+o.No+`"`) || !strings.Contains(all, `"order_id":`+o.No) {
		t.Error(all)
	}
}
