package pdd

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/ordercove/ordercove/internal/simulator/world"
	"github.com/ordercove/ordercove/internal/simulator/world/worldtest"
)

func TestSignaturesAreThoseOfTheDocuments(t *testing.T) {
	var file struct {
		API []struct {
			Name, Sign string
			Secret     string `json:"client_secret"`
			Params     map[string]string
		} `json:"api_sign"`
		WS []struct {
			ID     string `json:"client_id"`
			Secret string `json:"client_secret"`
			Millis string `json:"time_millis"`
			Digest string
		} `json:"ws_connect"`
	}
	worldtest.Vectors(t, &file)
	if len(file.API) < 4 || len(file.WS) < 2 {
		t.Fatal("vectors are missing")
	}
	for _, v := range file.API {
		p := url.Values{}
		for k, x := range v.Params {
			p.Set(k, x)
		}
		if got := Sign(v.Secret, p); got != v.Sign {
			t.Errorf("%s: %s, want %s", v.Name, got, v.Sign)
		}
		p.Set("client_id", "tampered")
		if Sign(v.Secret, p) == v.Sign {
			t.Errorf("%s: a changed parameter has the same signature", v.Name)
		}
	}
	for _, v := range file.WS {
		if got := Digest(v.ID, v.Millis, v.Secret); got != v.Digest {
			t.Errorf("%s: %s, want %s", v.Millis, got, v.Digest)
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

func (c *client) ask(kind string, params ...any) map[string]any {
	c.t.Helper()
	p := url.Values{"type": {kind}, "client_id": {c.Shop.AppKey}, "access_token": {c.token}, "timestamp": {fmt.Sprint(c.Seconds())}, "data_type": {"JSON"}}
	for i := 0; i < len(params); i += 2 {
		p.Set(params[i].(string), fmt.Sprint(params[i+1]))
	}
	p.Set("sign", Sign(c.Shop.Secret, p))
	flat := map[string]string{}
	for k := range p {
		flat[k] = p.Get(k)
	}
	body, err := json.Marshal(flat)
	if err != nil {
		c.t.Fatal(err)
	}
	r, err := http.NewRequest(http.MethodPost, c.URL+"/api/router", strings.NewReader(string(body)))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	_, out := c.Send(r)
	return out
}

func (c *client) code(answer map[string]any) string {
	c.t.Helper()
	return fmt.Sprint(worldtest.At(c.t, answer, "error_response", "error_code"))
}

func (c *client) increment(from, to int64, page int) map[string]any {
	return c.ask("pdd.order.number.list.increment.get", "is_lucky_flag", 0, "order_status", 5, "refund_status", 5, "start_updated_at", from, "end_updated_at", to, "page", page, "page_size", 100)
}

func TestTheGatewayRefusesInItsOwnCodes(t *testing.T) {
	c := newClient(t, world.Profile{})
	now := c.Seconds()
	for want, answer := range map[string]map[string]any{
		"50001": c.increment(now-1801, now, 1),
		"10017": c.ask("pdd.nothing"),
		"10001": c.ask("pdd.time.get", "timestamp", now-601),
		"10019": c.ask("pdd.order.information.get", "order_sn", "1", "access_token", "nobody"),
		"10000": c.ask("pdd.order.list.get", "start_confirm_at", now-10, "end_confirm_at", now, "order_status", 5, "refund_status", 5, "page_size", 101),
	} {
		if got := c.code(answer); got != want {
			t.Errorf("want %s: %v", want, answer)
		}
	}
	for want, f := range map[string]world.Faults{"20005": {IPNotListed: true}, "20031": {PermissionDenied: true}, "70031": {ThrottleRate: 1, BanSeconds: 1}, "50000": {ErrorRate: 1}} {
		c.Do(func(x *world.Tx) { x.SetFaults(f) })
		if got := c.code(c.ask("pdd.order.status.get", "order_sns", "1")); got != want {
			t.Errorf("want %s, got %s", want, got)
		}
	}
}

func TestUnpaidOrdersAndOpenGroupsAreNotVisible(t *testing.T) {
	c := newClient(t, world.Profile{})
	unpaid, group := c.Order(world.Wanted{Still: true}), c.Order(world.Wanted{Group: true, Still: true, Acts: []world.Act{world.ActPay}})
	paid := c.Order(world.Wanted{Paid: true})
	c.Clock.Advance(time.Second)
	now := c.Seconds()
	list := worldtest.At(t, c.increment(now-100, now, 1), "order_sn_increment_get_response", "order_sn_list").([]any)
	if len(list) != 1 || worldtest.At(t, list, 0, "order_sn") != paid.No {
		t.Error(list)
	}
	for _, o := range []*world.Order{unpaid, group} {
		if got := c.code(c.ask("pdd.order.information.get", "order_sn", o.No)); got != "50001" {
			t.Error(got)
		}
	}
	c.Do(func(x *world.Tx) { _ = x.Perform(group.No, world.ActRelease) })
	worldtest.At(t, c.ask("pdd.order.information.get", "order_sn", group.No), "order_info_get_response", "order_info")
}

func TestPagesLastToFirstSeeEveryOrderWhileTheyChange(t *testing.T) {
	c := newClient(t, world.Profile{})
	want := map[string]bool{}
	for range 250 {
		want[c.Order(world.Wanted{Paid: true}).No] = true
		c.Clock.Advance(time.Second)
	}
	from, to := worldtest.Start.Unix(), c.Seconds()
	c.Clock.Advance(5 * time.Second)
	c.Do(func(x *world.Tx) { x.SetFaults(world.Faults{MutatePageRate: 1}) })
	see := func(answer map[string]any) {
		for _, one := range worldtest.At(t, answer, "order_sn_increment_get_response", "order_sn_list").([]any) {
			delete(want, worldtest.At(t, one, "order_sn").(string))
		}
	}
	for _, page := range []int{3, 2, 1} {
		see(c.increment(from, to, page))
	}
	c.Clock.Advance(time.Second)
	see(c.increment(to, c.Seconds(), 1))
	if len(want) > 0 {
		t.Error("not seen:", want)
	}
}

func TestAnOrderIsShippedOnceAndCorrectedInPlace(t *testing.T) {
	c := newClient(t, world.Profile{})
	o := c.Order(world.Wanted{Paid: true})
	send := func(waybill string, kind int) map[string]any {
		return c.ask("pdd.logistics.online.send", "order_sn", o.No, "logistics_id", 115, "tracking_number", waybill, "redelivery_type", kind)
	}
	worldtest.At(t, send("731", 1), "logistics_online_send_response", "is_success")
	if got := send("731", 1); !strings.Contains(fmt.Sprint(got), "订单已发货") {
		t.Error("shipped twice:", got)
	}
	worldtest.At(t, send("732", 2), "logistics_online_send_response", "is_success")
	extra := c.ask("pdd.order.upload.extra.logistics", "order_sn", o.No, "extra_track_type", 1, "extra_track_list", `[{"shipping_id":44,"tracking_number":"SF1"}]`)
	worldtest.At(t, extra, "upload_extra_logistics_response", "success")
	info := worldtest.At(t, c.ask("pdd.order.information.get", "order_sn", o.No), "order_info_get_response", "order_info")
	if worldtest.At(t, info, "tracking_number") != "732" || worldtest.At(t, info, "extra_delivery_list", 0, "tracking_number") != "SF1" || worldtest.At(t, info, "receiver_name") != "" {
		t.Error(info)
	}
}

func TestCipherTextsOpenForTheirOrderWithinTheQuota(t *testing.T) {
	c := newClient(t, world.Profile{Faults: world.Faults{DecryptDaily: 2}})
	o := c.Order(world.Wanted{Paid: true})
	info := worldtest.At(t, c.ask("pdd.order.information.get", "order_sn", o.No), "order_info_get_response", "order_info")
	ask := func(kind string) map[string]any {
		list, _ := json.Marshal([]map[string]any{{"data_tag": o.No, "encrypted_data": worldtest.At(t, info, "receiver_phone")}, {"data_tag": "other", "encrypted_data": worldtest.At(t, info, "receiver_name")}})
		return c.ask(kind, "data_list", string(list))
	}
	rows := worldtest.At(t, ask("pdd.open.decrypt.batch"), "open_decrypt_batch_response", "data_decrypt_list")
	if worldtest.At(t, rows, 0, "decrypted_data") != o.Receiver.Phone || fmt.Sprint(worldtest.At(t, rows, 1, "error_code")) == "0" {
		t.Error(rows)
	}
	ask("pdd.open.decrypt.batch")
	if got := c.code(ask("pdd.open.decrypt.batch")); got != "70031" {
		t.Error("over the quota:", got)
	}
	if got := worldtest.At(t, ask("pdd.open.decrypt.mask.batch"), "open_decrypt_mask_batch_response", "data_decrypt_list", 0, "decrypted_data"); got != world.MaskPhone(o.Receiver.Phone) {
		t.Error(got)
	}
}

func TestARefreshProlongsNothing(t *testing.T) {
	c := newClient(t, world.Profile{})
	var code string
	c.Do(func(x *world.Tx) { code = x.NewCode() })
	made := worldtest.At(t, c.ask("pdd.pop.auth.token.create", "code", code), "pop_auth_token_create_response")
	c.Clock.Advance(time.Hour)
	again := worldtest.At(t, c.ask("pdd.pop.auth.token.refresh", "refresh_token", worldtest.At(t, made, "refresh_token")), "pop_auth_token_refresh_response")
	for _, k := range []string{"access_token", "expires_at"} {
		if worldtest.At(t, made, k) != worldtest.At(t, again, k) {
			t.Error(k, made, again)
		}
	}
	c.Do(func(x *world.Tx) { x.ExpireTokens(false) })
	if got := c.code(c.ask("pdd.pop.auth.token.refresh", "refresh_token", worldtest.At(t, made, "refresh_token"))); got != "10019" {
		t.Error(got)
	}
}

func TestMessagesComeOverTheSocketUntilAcknowledged(t *testing.T) {
	c := newClient(t, world.Profile{})
	o := c.Order(world.Wanted{Paid: true})
	at := strconv.FormatInt(c.Shop.Now(), 10)
	base := strings.Replace(c.URL, "http", "ws", 1) + "/message/" + c.Shop.AppKey + "/" + at + "/"
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	if _, answer, err := websocket.Dial(ctx, base+"wrong", nil); err == nil || answer.StatusCode != http.StatusForbidden {
		t.Fatal("a wrong digest was let in", err)
	}
	conn, _, err := websocket.Dial(ctx, base+Digest(c.Shop.AppKey, at, c.Shop.Secret), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.CloseNow() }()
	_, raw, err := conn.Read(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var f struct {
		ID          json.Number
		CommandType string
		Message     struct{ Type, Content string }
	}
	if err := json.Unmarshal(raw, &f); err != nil || f.Message.Type != "pdd_trade_TradeConfirmed" || !strings.Contains(f.Message.Content, o.No) || len(f.ID) < 16 {
		t.Fatalf("%s %v", raw, err)
	}
	if err := conn.Write(ctx, websocket.MessageText, []byte(`{"commandType":"Ack","id":`+string(f.ID)+`}`)); err != nil {
		t.Fatal(err)
	}
	if err := conn.Write(ctx, websocket.MessageText, []byte(`{"commandType":"HeartBeat","time":1}`)); err != nil {
		t.Fatal(err)
	}
	if _, raw, err = conn.Read(ctx); err != nil || !strings.Contains(string(raw), "HeartBeat") {
		t.Fatal(string(raw), err)
	}
	c.Do(func(x *world.Tx) {
		if x.Pending() != 0 {
			t.Error("acknowledged and still waiting:", x.Pending())
		}
	})
}

func TestARefundIsAgreedOnce(t *testing.T) {
	c := newClient(t, world.Profile{})
	o := c.Order(world.Wanted{Paid: true, Acts: []world.Act{world.ActAskRefund}})
	if got := c.ask("pdd.logistics.online.send", "order_sn", o.No, "logistics_id", 115, "tracking_number", "1"); got["error_response"] == nil {
		t.Error("shipped in spite of the request", got)
	}
	now := c.Seconds()
	list := c.ask("pdd.refund.list.increment.get", "start_updated_at", now-60, "end_updated_at", now, "after_sales_type", 1, "after_sales_status", 2)
	id := worldtest.At(t, list, "refund_increment_get_response", "refund_list", 0, "id")
	agree := func() map[string]any {
		return c.ask("pdd.refund.agree", "request", fmt.Sprintf(`{"after_sales_id":%v,"order_sn":"%s","operate_desc":""}`, id, o.No))
	}
	worldtest.At(t, agree(), "response", "result", "succ")
	if got := agree(); !strings.Contains(fmt.Sprint(got), "已处理") {
		t.Error(got)
	}
	if got := c.Truth(o.No); got.Refunded != o.Lines[0].Paid() {
		t.Error(got.Refunded)
	}
}

func TestNoTypeBreaksOnWhatItIsSent(t *testing.T) {
	c := newClient(t, world.Profile{})
	o := c.Order(world.Wanted{Paid: true, Acts: []world.Act{world.ActAskRefund}})
	for name := range methods() {
		for _, junk := range []string{"", "0", "-1", "1", "{}", "[]", "null", "[{}]", o.No, "99999999999999999999"} {
			params := []any{}
			for _, p := range []string{"order_sn", "order_sns", "page", "page_size", "order_status", "refund_status", "start_updated_at", "end_updated_at", "start_confirm_at", "end_confirm_at",
				"is_lucky_flag", "logistics_id", "tracking_number", "extra_track_list", "data_list", "input_list", "request", "goods_id", "sku_id", "quantity", "after_sales_id",
				"after_sales_type", "after_sales_status", "tag", "note", "code", "refresh_token"} {
				params = append(params, p, junk)
			}
			if answer := c.ask(name, params...); len(answer) != 1 {
				t.Errorf("%s with %q: %v", name, junk, answer)
			}
		}
	}
}
