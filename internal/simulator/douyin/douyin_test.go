package douyin

import (
	"crypto/hmac"
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
	"github.com/ordercove/ordercove/internal/simulator/world/worldtest"
)

func TestSignaturesAreThoseOfTheDocuments(t *testing.T) {
	var file struct {
		API []struct {
			Key        string `json:"app_key"`
			Secret     string `json:"app_secret"`
			Method     string
			Param      string `json:"param_json"`
			SignMethod string `json:"sign_method"`
			Sign       string
			Timestamp  string
		} `json:"api_sign"`
		Event []struct {
			Key     string `json:"app_key"`
			Secret  string `json:"app_secret"`
			Body    string
			Headers map[string]string
		} `json:"event_sign"`
	}
	worldtest.Vectors(t, &file)
	if len(file.API) < 4 || len(file.Event) < 2 {
		t.Fatal("vectors are missing")
	}
	for _, v := range file.API {
		how := v.SignMethod
		if how == "" {
			how = "hmac-sha256"
		}
		if got := Sign(v.Secret, how, v.Key, v.Method, v.Param, v.Timestamp); got != v.Sign {
			t.Errorf("%s: %s, want %s", v.Method, got, v.Sign)
		}
		if Sign(v.Secret, how, v.Key, v.Method, v.Param+" ", v.Timestamp) == v.Sign {
			t.Errorf("%s: another body has the same signature", v.Method)
		}
	}
	for _, v := range file.Event {
		if got := EventSign(v.Key, v.Secret, []byte(v.Body)); got != v.Headers["event-sign"] {
			t.Errorf("event: %s, want %s", got, v.Headers["event-sign"])
		}
	}
}

// client is a plain client of this test's own.
type client struct {
	*worldtest.Served
	t     *testing.T
	token string
}

func newClient(t *testing.T, p world.Profile) *client {
	s := worldtest.Serve(t, Platform(), p)
	return &client{s, t, s.Access()}
}

// askAt sends a call as of a moment and returns data, or the refusal's sub-code.
func (c *client) askAt(at int64, path string, param map[string]any) (any, string) {
	c.t.Helper()
	body, err := json.Marshal(param)
	if err != nil {
		c.t.Fatal(err)
	}
	method := strings.ReplaceAll(path, "/", ".")
	q := url.Values{"app_key": {c.Shop.AppKey}, "method": {method}, "access_token": {c.token}, "timestamp": {fmt.Sprint(at)}, "v": {"2"}, "sign_method": {"hmac-sha256"}}
	q.Set("sign", Sign(c.Shop.Secret, "hmac-sha256", c.Shop.AppKey, method, string(body), fmt.Sprint(at)))
	r, err := http.NewRequest(http.MethodPost, c.URL+"/"+path+"?"+q.Encode(), strings.NewReader(string(body)))
	if err != nil {
		c.t.Fatal(err)
	}
	_, out := c.Send(r)
	if fmt.Sprint(out["code"]) != "10000" {
		return nil, fmt.Sprint(out["sub_code"])
	}
	return out["data"], ""
}

func (c *client) ask(path string, param map[string]any) (any, string) {
	c.t.Helper()
	return c.askAt(c.Seconds(), path, param)
}

// must is ask without a refusal.
func (c *client) must(path string, param map[string]any) any {
	c.t.Helper()
	data, refusal := c.ask(path, param)
	if refusal != "" {
		c.t.Fatalf("%s: %s", path, refusal)
	}
	return data
}

func TestTheGatewayRefusesInItsOwnCodes(t *testing.T) {
	c := newClient(t, world.Profile{})
	window := map[string]any{"update_time_start": 1, "update_time_end": c.Seconds(), "page": 0, "size": 100}
	if _, sub := c.askAt(c.Seconds()-601, "order/searchList", window); sub != "isv.timestamp-invalid" {
		t.Error(sub)
	}
	if _, sub := c.ask("order/searchList", map[string]any{"page": 0, "size": 100}); sub != "isv.parameter-invalid" {
		t.Error("no window:", sub)
	}
	if _, sub := c.ask("order/nothing", window); sub != "isp.api-service-off" {
		t.Error(sub)
	}
	c.Do(func(x *world.Tx) { x.ExpireTokens(false) })
	if _, sub := c.ask("order/searchList", window); sub != "isv.access-token-expired" {
		t.Error(sub)
	}
	for want, f := range map[string]world.Faults{"dop.ip-not-in-white-list": {IPNotListed: true}, "isv.app-permissions-insufficient": {PermissionDenied: true},
		"isv.traffic-limited": {ThrottleRate: 1, BanSeconds: 1}, "dop.service-error": {ErrorRate: 1}} {
		c.Do(func(x *world.Tx) { x.SetFaults(f) })
		if _, sub := c.ask("order/searchList", window); sub != want {
			t.Error(want, sub)
		}
	}
}

func TestTokensAreMadeAndRefreshed(t *testing.T) {
	c := newClient(t, world.Profile{})
	var code string
	c.Do(func(x *world.Tx) { code = x.NewCode() })
	made := c.must("token/create", map[string]any{"code": code, "grant_type": "authorization_code"})
	if _, sub := c.ask("token/create", map[string]any{"code": code, "grant_type": "authorization_code"}); sub != "dop.token-generate-failed:code-expired" {
		t.Error("a code served twice:", sub)
	}
	c.Do(func(x *world.Tx) { x.ExpireTokens(false) })
	again := c.must("token/refresh", map[string]any{"grant_type": "refresh_token", "refresh_token": worldtest.At(t, made, "refresh_token")})
	c.token = worldtest.At(t, again, "access_token").(string)
	c.must("order/logisticsCompanyList", map[string]any{})
	self := c.must("token/create", map[string]any{"code": "", "grant_type": "authorization_self", "shop_id": c.Shop.ID})
	worldtest.At(t, self, "access_token")
}

func TestPagesWhileOrdersChange(t *testing.T) {
	c := newClient(t, world.Profile{})
	want := map[string]bool{}
	for range 130 {
		want[c.Order(world.Wanted{Paid: true}).No] = true
		c.Clock.Advance(time.Second)
	}
	from, to := worldtest.Start.Unix(), c.Seconds()
	c.Clock.Advance(5 * time.Second)
	c.Do(func(x *world.Tx) { x.SetFaults(world.Faults{MutatePageRate: 1}) })
	see := func(from, to int64, page int) {
		data := c.must("order/searchList", map[string]any{"update_time_start": from, "update_time_end": to, "page": page, "size": 50, "order_by": "update_time", "order_asc": false})
		for _, one := range worldtest.At(t, data, "shop_order_list").([]any) {
			delete(want, worldtest.At(t, one, "order_id").(string))
		}
	}
	for _, page := range []int{2, 1, 0} {
		see(from, to, page)
	}
	c.Clock.Advance(time.Second)
	see(to, c.Seconds(), 0)
	if len(want) > 0 {
		t.Error("not seen:", want)
	}
}

func TestPacksAreShippedOncePerRequestID(t *testing.T) {
	c := newClient(t, world.Profile{})
	o := c.Order(world.Wanted{Paid: true, Lines: 2, Quantity: 2})
	pack := func(line, waybill string, n int) map[string]any {
		return map[string]any{"company_code": "zhongtong", "logistics_code": waybill, "shipped_order_info": []any{map[string]any{"shipped_order_id": line, "shipped_num": n}}}
	}
	ship := map[string]any{"order_id": o.No, "request_id": "r1", "pack_list": []any{pack(o.Lines[0].No, "731", 1), pack(o.Lines[1].No, "732", 2)}}
	for range 2 {
		c.must("order/logisticsAddMultiPack", ship)
	}
	if got := c.Truth(o.No); len(got.Parcels) != 2 || got.Status != world.PartlyShipped {
		t.Fatal(got.Status, got.Parcels)
	}
	single := map[string]any{"order_id_list": []any{o.No}, "request_id": "r2", "company_code": "zhongtong", "logistics_code": "733", "shipped_order_info": []any{map[string]any{"shipped_order_id": o.Lines[0].No, "shipped_num": 1}}}
	data := c.must("order/logisticsAddSinglePack", single)
	c.must("order/logisticsEditByPack", map[string]any{"order_id": o.No, "pack_id": worldtest.At(t, data, "pack_id"), "company_code": "shunfeng", "logistics_code": "SF9"})
	got := c.Truth(o.No)
	if got.Status != world.Shipped || got.Parcels[2].Waybill != "SF9" {
		t.Error(got.Status, got.Parcels)
	}
	if _, sub := c.ask("order/logisticsAdd", map[string]any{"order_id": o.No, "company_code": "zhongtong", "logistics_code": "734"}); sub != "isv.business-failed:already-done" {
		t.Error(sub)
	}
}

func TestWishesMemosAndPrices(t *testing.T) {
	c := newClient(t, world.Profile{})
	o := c.Order(world.Wanted{Paid: true, Acts: []world.Act{world.ActWish}})
	c.must("order/addressConfirm", map[string]any{"order_id": o.No, "is_approved": 0})
	if got := c.Truth(o.No); got.Receiver != *o.Wish || got.Wish != nil {
		t.Error(got.Receiver)
	}
	before := c.Truth(o.No).ModifiedAt
	c.Clock.Advance(time.Minute)
	c.must("order/addOrderRemark", map[string]any{"order_id": o.No, "remark": "加急", "is_add_star": "true", "star": "5"})
	if got := c.Truth(o.No); got.Memo != "加急" || got.Flag != 1 || got.ModifiedAt != before {
		t.Error(got.Memo, got.Flag, got.ModifiedAt-before)
	}
	u := c.Order(world.Wanted{Still: true, Lines: 1})
	c.must("order/updateOrderAmount", map[string]any{"pid": u.No, "update_detail": []any{map[string]any{"order_id": u.Lines[0].No, "discount_amount": 100}}})
	if got := c.Truth(u.No); got.Lines[0].Paid() != u.Lines[0].Paid()-100 {
		t.Error(got.Lines[0])
	}
}

func TestCipherTextsOpenWithinTheQuota(t *testing.T) {
	c := newClient(t, world.Profile{Faults: world.Faults{DecryptDaily: 2}})
	o := c.Order(world.Wanted{Paid: true})
	detail := worldtest.At(t, c.must("order/orderDetail", map[string]any{"shop_order_id": o.No}), "shop_order_detail")
	tel := worldtest.At(t, detail, "encrypt_post_tel").(string)
	ask := func() any {
		return c.must("order/batchDecrypt", map[string]any{"cipher_infos": []any{map[string]any{"auth_id": o.No, "cipher_text": tel}}})
	}
	if one := worldtest.At(t, ask(), "decrypt_infos", 0); worldtest.At(t, one, "decrypt_text") != o.Receiver.Phone || fmt.Sprint(worldtest.At(t, one, "data_type")) != "3" {
		t.Error(one)
	}
	index := worldtest.At(t, c.must("order/getSearchIndex", map[string]any{"plain_text": o.Receiver.Phone, "sensitive_type": 3}), "encrypt_index_text").(string)
	if !strings.Contains(tel, index) {
		t.Error("the index is not part of the cipher text")
	}
	ask()
	if got := fmt.Sprint(worldtest.At(t, ask(), "custom_err", "err_code")); got == "0" {
		t.Error("over the quota")
	}
}

func TestAReturnIsAgreedThenPaidOnce(t *testing.T) {
	c := newClient(t, world.Profile{})
	var x map[string]any
	o := c.Order(world.Wanted{Paid: true, Lines: 1, Acts: []world.Act{world.ActAskRefund}})
	list := c.must("afterSale/List", map[string]any{"page": 0, "size": 10, "update_start_time": c.Seconds() - 60, "update_end_time": c.Seconds(), "order_by": []string{"update_time asc"}})
	x = worldtest.At(t, list, "items", 0, "aftersale_info").(map[string]any)
	operate := func() string {
		data := c.must("afterSale/operate", map[string]any{"type": 201, "items": []any{map[string]any{"aftersale_id": x["aftersale_id"]}}})
		return fmt.Sprint(worldtest.At(t, data, "items", 0, "status_code"))
	}
	if first, second := operate(), operate(); first != "0" || second == "0" {
		t.Error(first, second)
	}
	if got := c.Truth(o.No); got.Refunded != o.Lines[0].Paid() {
		t.Error(got.Refunded)
	}
}

func TestStockDeltasCountOnce(t *testing.T) {
	c := newClient(t, world.Profile{})
	stock := func() (n int64) {
		c.Do(func(x *world.Tx) { n = x.Listings()[0].Stock })
		return n
	}
	var l world.Listing
	c.Do(func(x *world.Tx) { l = x.Listings()[0] })
	for range 3 {
		c.must("sku/syncStock", map[string]any{"sku_id": l.SKUNo, "incremental": true, "idempotent_id": "i1", "stock_num": -5})
	}
	if stock() != l.Stock-5 {
		t.Error(stock())
	}
	batch := map[string]any{"product_id": l.ItemNo, "incremental": false, "sku_sync_list": []any{map[string]any{"sku_id": l.SKUNo, "stock_num": 3}, map[string]any{"sku_id": "1", "stock_num": 3}}}
	if _, sub := c.ask("sku/syncStockBatch", batch); sub == "" || stock() != l.Stock-5 {
		t.Error("a batch with a wrong SKU changed something", sub, stock())
	}
}

func TestPushesComeSignedSeveralTimesAndUntilAnswered(t *testing.T) {
	got := map[string]int{}
	silent := true
	var fail error
	hook := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if !hmac.Equal([]byte(r.Header.Get("event-sign")), []byte(EventSign(r.Header.Get("app-id"), knownSecret, body))) {
			fail = fmt.Errorf("wrongly signed: %s", body)
		}
		var list []struct{ Tag string }
		if err := json.Unmarshal(body, &list); err != nil || len(list) != 1 {
			fail = fmt.Errorf("%s: %w", body, err)
			return
		}
		got[list[0].Tag]++
		if !silent {
			_, _ = rw.Write([]byte(`{"code":0,"msg":"success"}`))
		}
	}))
	defer hook.Close()
	p := Platform()
	p.Secret = func(*world.Random) string { return knownSecret }
	k := clock.NewFake(worldtest.Start)
	w, err := world.New(world.Config{Seed: 1, Clock: k, Profile: world.Profile{Life: world.Life{Scale: 1}, Faults: world.Faults{PushCopies: 3, PushLateMS: 4000}}})
	if err != nil {
		t.Fatal(err)
	}
	s := w.Add(p, 1, hook.URL)
	s.Do(func(x *world.Tx) { _, err = x.Create(world.Wanted{Paid: true}) })
	if err != nil {
		t.Fatal(err)
	}
	k.Advance(5 * time.Second)
	s.Deliver(t.Context(), 100)
	if got["100"] != 1 || got["101"] != 1 {
		t.Fatal(got)
	}
	silent = false
	for range 10 {
		k.Advance(10 * time.Second)
		s.Deliver(t.Context(), 100)
	}
	s.Do(func(x *world.Tx) {
		if x.Pending() != 0 || got["100"] != 4 || got["101"] != 4 {
			t.Errorf("%d wait, got %v", x.Pending(), got)
		}
	})
	if fail != nil {
		t.Error(fail)
	}
}

const knownSecret = "2ad2355c-01d0-11e9-9d4d-7cd30abda76c"

func TestNoMethodBreaksOnWhatItIsSent(t *testing.T) {
	c := newClient(t, world.Profile{})
	o := c.Order(world.Wanted{Paid: true, Acts: []world.Act{world.ActAskRefund}})
	for name := range methods {
		for _, junk := range []any{nil, "", "0", -1, 1, map[string]any{}, []any{}, []any{map[string]any{}}, []any{nil}, o.No, 1e300} {
			param := map[string]any{}
			for _, p := range []string{"order_id", "shop_order_id", "page", "size", "update_time_start", "update_time_end", "combine_status", "pack_list", "order_id_list", "shipped_order_info",
				"request_id", "logistics_code", "pack_id", "star", "is_approved", "post_addr", "update_detail", "post_amount", "sku_id", "product_id", "stock_num", "sku_sync_list",
				"cipher_infos", "plain_text", "sensitive_type", "plain_text_list", "after_sale_id", "aftersale_id", "type", "items", "code", "refresh_token", "order_by"} {
				param[p] = junk
			}
			param["company_code"] = "zhongtong"
			if _, sub := c.ask(strings.ReplaceAll(name, ".", "/"), param); sub == "<nil>" {
				t.Errorf("%s with %v: no envelope", name, junk)
			}
		}
	}
}
