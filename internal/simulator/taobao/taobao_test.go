package taobao

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/simulator/world"
	"github.com/ordercove/ordercove/internal/simulator/world/worldtest"
)

type vector struct {
	Name, Secret, Sign string
	Params             map[string]string
	SignMethod         string `json:"sign_method"`
}

func TestSignaturesAreThoseOfTheDocuments(t *testing.T) {
	var file struct{ Vectors []vector }
	worldtest.Vectors(t, &file)
	if len(file.Vectors) < 5 {
		t.Fatal("vectors are missing")
	}
	for _, v := range file.Vectors {
		p := url.Values{}
		for k, x := range v.Params {
			p.Set(k, x)
		}
		if got := Sign(v.Secret, v.SignMethod, p); got != v.Sign {
			t.Errorf("%s: %s, want %s", v.Name, got, v.Sign)
		}
		p.Set("app_key", "tampered")
		if Sign(v.Secret, v.SignMethod, p) == v.Sign {
			t.Errorf("%s: a changed parameter has the same signature", v.Name)
		}
	}
}

// client is a plain client of this test's own.
type client struct {
	*worldtest.Served
	t       *testing.T
	session string
}

func (c *client) ask(method string, params ...string) map[string]any {
	c.t.Helper()
	p := url.Values{"method": {method}, "app_key": {c.Shop.AppKey}, "session": {c.session}, "timestamp": {world.China(c.Shop.Now())}, "format": {"json"}, "v": {"2.0"}, "sign_method": {"hmac"}}
	for i := 0; i < len(params); i += 2 {
		p.Set(params[i], params[i+1])
	}
	p.Set("sign", Sign(c.Shop.Secret, "hmac", p))
	r, err := http.NewRequest(http.MethodPost, c.URL+"/router/rest", strings.NewReader(p.Encode()))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	_, out := c.Send(r)
	return out
}

func (c *client) code(answer map[string]any) string {
	c.t.Helper()
	return fmt.Sprint(worldtest.At(c.t, answer, "error_response", "code"))
}

func newClient(t *testing.T, p world.Profile) *client {
	s := worldtest.Serve(t, Platform(), p)
	return &client{s, t, s.Access()}
}

func TestTheGatewayRefusesInItsOwnCodes(t *testing.T) {
	c := newClient(t, world.Profile{})
	ask := func(params ...string) string {
		return c.code(c.ask("taobao.trades.sold.get", append([]string{"fields", "tid"}, params...)...))
	}
	if got := ask("timestamp", "2026-11-11 07:49:59"); got != "31" {
		t.Error("old timestamp", got)
	}
	if answer := c.ask("taobao.trades.sold.get", "fields", "tid", "timestamp", strconv.FormatInt(c.Shop.World().Now()-9*minute, 10)); answer["error_response"] != nil {
		t.Error("a timestamp in milliseconds", answer)
	}
	if got := ask("timestamp", strconv.FormatInt(c.Shop.World().Now()-11*minute, 10)); got != "31" {
		t.Error("an old timestamp in milliseconds", got)
	}
	if got := ask("session", "nobody"); got != "27" {
		t.Error("unknown session", got)
	}
	if got := ask("page_size", "101"); got != "41" {
		t.Error("page size", got)
	}
	if got := c.code(c.ask("taobao.trades.sold.increment.get", "fields", "tid", "start_modified", "2026-11-09 07:00:00", "end_modified", "2026-11-10 07:00:01")); got != "41" {
		t.Error("a window of more than a day", got)
	}
	if got := c.code(c.ask("taobao.nothing.get")); got != "22" {
		t.Error("unknown method", got)
	}
	c.Do(func(x *world.Tx) { x.SetFaults(world.Faults{IPNotListed: true}) })
	answer := c.ask("taobao.trades.sold.get", "fields", "tid")
	if worldtest.At(t, answer, "error_response", "sub_code") != "isv.permission-ip-whitelist-limit" {
		t.Error(answer)
	}
	c.Do(func(x *world.Tx) { x.SetFaults(world.Faults{ThrottleRate: 1, BanSeconds: 7}) })
	answer = c.ask("taobao.trades.sold.get", "fields", "tid")
	if c.code(answer) != "7" || worldtest.At(t, answer, "error_response", "sub_msg") != "This ban will last for 7 more seconds" {
		t.Error(answer)
	}
}

func TestPagesLastToFirstSeeEveryTradeWhileTheyChange(t *testing.T) {
	c := newClient(t, world.Profile{})
	want := map[string]bool{}
	for range 230 {
		want[c.Order(world.Wanted{Paid: true}).No] = true
		c.Clock.Advance(time.Second)
	}
	c.Do(func(x *world.Tx) { x.SetFaults(world.Faults{MutatePageRate: 1}) })
	from, to := world.China(worldtest.Start.UnixMilli()), world.China(c.Shop.Now())
	c.Clock.Advance(5 * time.Second) // a window that ends now would take the changed ones back in
	seen := map[string]bool{}
	page := func(n string) map[string]any {
		a := c.ask("taobao.trades.sold.increment.get", "fields", "tid,modified,status", "start_modified", from, "end_modified", to, "page_size", "100", "page_no", n)
		list := worldtest.At(t, a, "trades_sold_increment_get_response", "trades", "trade").([]any)
		for _, one := range list {
			seen[string(worldtest.At(t, one, "tid").(json.Number))] = true
		}
		return a
	}
	for _, n := range []string{"3", "2", "1"} {
		page(n)
	}
	// The changed ones moved behind the window's end; the next window has them.
	c.Clock.Advance(time.Second)
	from, to = to, world.China(c.Shop.Now())
	page("1")
	for no := range want {
		if !seen[no] {
			t.Errorf("%s was not seen", no)
		}
	}
}

func TestATradeIsShippedOnce(t *testing.T) {
	c := newClient(t, world.Profile{})
	o := c.Order(world.Wanted{Paid: true, Lines: 2})
	part := c.ask("taobao.logistics.offline.send", "tid", o.No, "out_sid", "731", "company_code", "ZTO", "is_split", "1", "sub_tid", o.Lines[0].No)
	if worldtest.At(t, part, "logistics_offline_send_response", "shipping", "is_success") != true {
		t.Fatal(part)
	}
	if got := c.Truth(o.No); got.Status != world.PartlyShipped {
		t.Fatal(got.Status)
	}
	rest := []string{"tid", o.No, "out_sid", "732", "company_code", "ZTO"}
	c.ask("taobao.logistics.offline.send", rest...)
	if got := c.code(c.ask("taobao.logistics.offline.send", rest...)); got != "15" {
		t.Error("shipped twice:", got)
	}
	full := c.ask("taobao.trade.fullinfo.get", "tid", o.No, "fields", "tid,status,orders.invoice_no,orders.oid")
	if worldtest.At(t, full, "trade_fullinfo_get_response", "trade", "status") != "WAIT_BUYER_CONFIRM_GOODS" ||
		worldtest.At(t, full, "trade_fullinfo_get_response", "trade", "orders", "order", 1, "invoice_no") != "732" {
		t.Error(full)
	}
	if got := c.Truth(o.No); len(got.Parcels) != 2 {
		t.Error(got.Parcels)
	}
}

func TestAnOaidOpensUntilTheAddressChangesAndTheQuotaEnds(t *testing.T) {
	c := newClient(t, world.Profile{Faults: world.Faults{DecryptDaily: 2}})
	o := c.Order(world.Wanted{Paid: true})
	oaid := worldtest.At(t, c.ask("taobao.trade.fullinfo.get", "tid", o.No, "fields", "tid", "include_oaid", "include_oaid"), "trade_fullinfo_get_response", "trade", "oaid").(string)
	ask := func() map[string]any {
		return c.ask("taobao.top.oaid.decrypt", "query_list", fmt.Sprintf(`[{"tid":"%s","oaid":"%s","scene":"1006"}]`, o.No, oaid))
	}
	one := worldtest.At(t, ask(), "top_oaid_decrypt_response", "receiver_list", "receiver", 0)
	if worldtest.At(t, one, "mobile") != o.Receiver.Phone || worldtest.At(t, one, "matched") != true {
		t.Error(one)
	}
	c.ask("taobao.trade.shippingaddress.update", "tid", o.No, "receiver_address", "新路1号")
	if worldtest.At(t, ask(), "top_oaid_decrypt_response", "receiver_list", "receiver", 0, "matched") != false {
		t.Error("an old oaid still fits")
	}
	if got := c.code(ask()); got != "15" {
		t.Error("over the quota:", got)
	}
}

func TestAnExpiredSessionIsRefreshed(t *testing.T) {
	c := newClient(t, world.Profile{})
	var code string
	c.Do(func(x *world.Tx) { code = x.NewCode() })
	read := func(key string, answer map[string]any) map[string]any {
		var token map[string]any
		if err := json.Unmarshal([]byte(worldtest.At(t, answer, key, "token_result").(string)), &token); err != nil {
			t.Fatal(err)
		}
		return token
	}
	token := read("top_auth_token_create_response", c.ask("taobao.top.auth.token.create", "code", code))
	if got := c.code(c.ask("taobao.top.auth.token.create", "code", code)); got != "15" {
		t.Error("a code served twice:", got)
	}
	c.session = token["access_token"].(string)
	c.Do(func(x *world.Tx) { x.ExpireTokens(false) })
	if got := c.code(c.ask("taobao.trades.sold.get", "fields", "tid")); got != "27" {
		t.Error(got)
	}
	c.session = read("top_auth_token_refresh_response", c.ask("taobao.top.auth.token.refresh", "refresh_token", token["refresh_token"].(string)))["access_token"].(string)
	worldtest.At(t, c.ask("taobao.trades.sold.get", "fields", "tid"), "trades_sold_get_response")
}

func TestMessagesComeUntilTheyAreConfirmed(t *testing.T) {
	c := newClient(t, world.Profile{})
	o := c.Order(world.Wanted{Paid: true})
	take := func() []any {
		return worldtest.At(t, c.ask("taobao.tmc.messages.consume", "quantity", "100"), "tmc_messages_consume_response", "messages", "tmc_message").([]any)
	}
	got := take()
	if len(got) != 2 || worldtest.At(t, got, 1, "topic") != "taobao_trade_TradeBuyerPay" || !strings.Contains(worldtest.At(t, got, 1, "content").(string), o.No) {
		t.Fatal(got)
	}
	c.ask("taobao.tmc.messages.confirm", "s_message_ids", string(worldtest.At(t, got, 0, "id").(json.Number)))
	c.Clock.Advance(11 * time.Minute)
	if again := take(); len(again) != 1 {
		t.Error(again)
	}
}

func TestARefundIsAgreedOnce(t *testing.T) {
	c := newClient(t, world.Profile{})
	o := c.Order(world.Wanted{Paid: true, Lines: 1, Acts: []world.Act{world.ActAskRefund}})
	list := c.ask("taobao.refunds.receive.get", "fields", "refund_id,status,refund_fee,refund_version,refund_phase", "page_size", "100")
	r := worldtest.At(t, list, "refunds_receive_get_response", "refunds", "refund", 0)
	info := fmt.Sprintf("%v|%d|%v|%v", worldtest.At(t, r, "refund_id"), o.Lines[0].Paid(), worldtest.At(t, r, "refund_version"), worldtest.At(t, r, "refund_phase"))
	for i, want := range []bool{true, false} {
		if got := worldtest.At(t, c.ask("taobao.rp.refunds.agree", "refund_infos", info), "rp_refunds_agree_response", "succ"); got != want {
			t.Errorf("time %d: %v", i+1, got)
		}
	}
	if got := c.Truth(o.No); got.Refunded != o.Lines[0].Paid() || got.Status != world.Closed {
		t.Error(got)
	}
}

func TestNoMethodBreaksOnWhatItIsSent(t *testing.T) {
	c := newClient(t, world.Profile{})
	o := c.Order(world.Wanted{Paid: true, Acts: []world.Act{world.ActAskRefund}})
	for name := range methods {
		for _, junk := range []string{"", "0", "-1", "{}", "[]", "null", "[{}]", "|||", ":;:", o.No, "99999999999999999999"} {
			params := []string{}
			for _, p := range []string{"tid", "fields", "page_no", "page_size", "query_list", "merge_list", "refund_infos", "refund_id", "skuid_quantities", "num_iid", "sub_tid", "out_sid",
				"quantity", "oid", "reply", "flag", "memo", "start_modified", "end_modified", "s_message_ids", "post_fee", "code", "refresh_token", "refuse_message", "close_reason"} {
				params = append(params, p, junk)
			}
			if answer := c.ask(name, append(params, "is_split", "1", "company_code", "ZTO")...); len(answer) != 1 {
				t.Errorf("%s with %q: %v", name, junk, answer)
			}
		}
	}
}
