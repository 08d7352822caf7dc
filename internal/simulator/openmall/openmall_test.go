package openmall

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/simulator/world"
)

// mall is a plain client of one shop, written from the document.
type mall struct {
	t      *testing.T
	s      *world.Shop
	base   string
	secret string
	at     int64
}

func start(t *testing.T, number int, hook string) *mall {
	t.Helper()
	w, err := world.New(world.Config{Seed: 7, Clock: clock.NewFake(time.UnixMilli(1794326401000))})
	if err != nil {
		t.Fatal(err)
	}
	p := Platform()
	s := w.Add(p, number, hook)
	server := httptest.NewServer(http.StripPrefix("/openmall", p.Handler(w)))
	t.Cleanup(server.Close)
	return &mall{t: t, s: s, base: server.URL + "/openmall", secret: s.Secret}
}

func (m *mall) now() int64 { return m.s.World().Now() + m.at }

func (m *mall) faults(f world.Faults) { m.s.Do(func(t *world.Tx) { t.SetFaults(f) }) }

func (m *mall) order(want world.Wanted) (o *world.Order) {
	m.t.Helper()
	m.s.Do(func(t *world.Tx) {
		var err error
		if o, err = t.Create(want); err != nil {
			m.t.Fatal(err)
		}
	})
	return o
}

func (m *mall) truth(no string) (o *world.Order) {
	m.s.Do(func(t *world.Tx) { o = t.Order(no) })
	return o
}

func (m *mall) ask(method, target string, body any) (int, map[string]any, error) {
	m.t.Helper()
	var raw []byte
	if body != nil {
		raw, _ = json.Marshal(body)
	}
	r, err := http.NewRequest(method, m.base+target, bytes.NewReader(raw))
	if err != nil {
		m.t.Fatal(err)
	}
	at := strconv.FormatInt(m.now(), 10)
	r.Header.Set("X-Openmall-Key", m.s.AppKey)
	r.Header.Set("X-Openmall-Time", at)
	r.Header.Set("X-Openmall-Sign", requestSign(m.secret, at, method, "/openmall"+target, raw))
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer a.Body.Close()
	d := json.NewDecoder(a.Body)
	d.UseNumber()
	var v map[string]any
	if err := d.Decode(&v); err != nil {
		m.t.Fatal(err)
	}
	if a.Header.Get("X-Openmall-Version") != "1" {
		m.t.Error("no version")
	}
	return a.StatusCode, v, nil
}

func (m *mall) want(status int, code, method, target string, body any) map[string]any {
	m.t.Helper()
	got, v, err := m.ask(method, target, body)
	if err != nil || got != status || code != "" && v["code"] != code {
		m.t.Fatalf("%s %s: %d %v %v", method, target, got, v, err)
	}
	return v
}

func TestADoorForWhoeverKnowsTheSecret(t *testing.T) {
	m := start(t, 1, "")
	if v := m.want(200, "", "GET", "/v1/hello", nil); v["version"] != json.Number("1") {
		t.Error(v)
	}
	m.secret = "wrong"
	m.want(401, "signature", "GET", "/v1/hello", nil)
	m.secret, m.at = m.s.Secret, 11*minute
	m.want(401, "clock", "GET", "/v1/hello", nil)
	m.at = 0
	m.faults(world.Faults{IPNotListed: true})
	m.want(403, "ip", "GET", "/v1/hello", nil)
	m.faults(world.Faults{PermissionDenied: true})
	m.want(403, "permission", "GET", "/v1/hello", nil)
	m.faults(world.Faults{ErrorRate: 1})
	m.want(500, "internal", "GET", "/v1/hello", nil)
	m.faults(world.Faults{ThrottleRate: 1, BanSeconds: 4})
	if v := m.want(429, "throttled", "GET", "/v1/hello", nil); v["retry_after_ms"] != json.Number("4000") {
		t.Error(v)
	}
}

func TestPagesFromTheLastToTheFirstMissNothingThatMoves(t *testing.T) {
	m := start(t, 1, "")
	want := map[string]bool{}
	from := m.now()
	for range 230 {
		want[m.order(world.Wanted{Paid: true}).No] = true
		m.s.World().Advance(time.Second)
	}
	to := m.now()
	m.s.World().Advance(time.Minute)
	m.faults(world.Faults{MutatePageRate: 1})
	target := func(page int) string {
		return fmt.Sprintf("/v1/orders?by=modified&from=%d&to=%d&page=%d&page_size=50", from, to, page)
	}
	seen, totals := map[string]bool{}, []string{}
	for page := 5; page >= 1; page-- {
		v := m.want(200, "", "GET", target(page), nil)
		totals = append(totals, fmt.Sprint(v["total"]))
		for _, o := range v["orders"].([]any) {
			seen[o.(map[string]any)["no"].(string)] = true
		}
	}
	if totals[0] == totals[4] {
		t.Error("nothing moved:", totals)
	}
	for no := range want {
		if !seen[no] && m.truth(no).ModifiedAt <= to { // one that moved is in the next window
			t.Error("missed", no)
		}
		if len(no) < 17 {
			t.Error("short", no)
		}
	}
	m.want(400, "window", "GET", "/v1/orders?by=modified&from=1&to=1794326401000", nil)
	m.want(400, "invalid", "GET", "/v1/orders?by=paid&from=1&to=2", nil)
}

func TestAnEffectHappensOnceWhateverIsLost(t *testing.T) {
	m := start(t, 1, "")
	o := m.order(world.Wanted{Paid: true, Lines: 2, Quantity: 2})
	path := "/v1/orders/" + o.No + "/shipments"
	body := map[string]any{"key": "k1", "carrier": "ZTO", "waybill": "73100000000000", "lines": []any{map[string]any{"no": "1", "quantity": 1}}, "last": false}
	m.faults(world.Faults{DropRate: 1})
	if _, _, err := m.ask("POST", path, body); err == nil {
		t.Fatal("the answer was not lost")
	}
	m.faults(world.Faults{})
	first := m.want(200, "", "POST", path, body)
	if again := m.want(200, "", "POST", path, body); again["shipment_no"] != first["shipment_no"] {
		t.Error(again)
	}
	if got := m.truth(o.No); len(got.Parcels) != 1 || got.Status != world.PartlyShipped || got.Lines[0].Sent != 1 {
		t.Fatalf("%+v", got)
	}
	body["waybill"] = "other"
	m.want(409, "refused", "POST", path, body)
	m.want(409, "refused", "PUT", "/v1/orders/"+o.No+"/memo", map[string]any{"key": "k1", "text": "x", "flag": 1})
	m.want(200, "", "POST", path, map[string]any{"key": "k2", "carrier": "ZTO", "waybill": "w2", "lines": []any{}, "last": true})
	m.want(200, "", "POST", path, map[string]any{"key": "k3", "carrier": "ZTO", "waybill": "w3"})
	m.want(409, "done", "POST", path, map[string]any{"key": "k4", "carrier": "ZTO", "waybill": "w3"})
	if got := m.truth(o.No); len(got.Parcels) != 3 || got.Status != world.Shipped {
		t.Fatalf("%+v", got)
	}
	m.s.Do(func(t2 *world.Tx) {
		for _, e := range t2.Effects(0, 10) {
			if e.Key == "k1" && e.Kind == "ship" && e.Applied != 1 {
				t.Errorf("%+v", e)
			}
		}
	})
}

func TestWhatGoesWithoutACarrierSaysHow(t *testing.T) {
	m := start(t, 1, "")
	o := m.order(world.Wanted{Paid: true, Lines: 2})
	path := "/v1/orders/" + o.No + "/shipments"
	m.want(400, "invalid", "POST", path, map[string]any{"key": "a", "way": "by_pigeon"})
	m.want(400, "invalid", "POST", path, map[string]any{"key": "a", "way": "same_city", "carrier": "SF", "waybill": "SF1"})
	body := map[string]any{"key": "a", "way": "same_city", "lines": []any{}, "last": true}
	m.want(200, "", "POST", path, body)
	m.want(200, "", "POST", path, body)
	body["key"] = "b"
	m.want(409, "done", "POST", path, body)
	v := m.want(200, "", "GET", "/v1/orders/"+o.No, nil)
	p := v["parcels"].([]any)[0].(map[string]any)
	if v["status"] != "shipped" || p["way"] != "same_city" || p["waybill"] != "" || len(v["parcels"].([]any)) != 1 {
		t.Error(v)
	}
}

func TestAnOrderUnderRefundIsNotShipped(t *testing.T) {
	m := start(t, 1, "")
	o := m.order(world.Wanted{Paid: true, Lines: 1, Acts: []world.Act{world.ActAskRefund}})
	m.want(409, "refused", "POST", "/v1/orders/"+o.No+"/shipments", map[string]any{"key": "a", "carrier": "SF", "waybill": "SF1"})
	v := m.want(200, "", "GET", fmt.Sprintf("/v1/aftersales?from=%d&to=%d", m.now()-1000, m.now()+1000), nil)
	c := v["aftersales"].([]any)[0].(map[string]any)
	decision := map[string]any{"key": "d", "version": c["version"], "approve": true, "amount": c["refund"], "reason": ""}
	if v := m.want(200, "", "POST", "/v1/aftersales/"+c["no"].(string)+"/decision", decision); v["state"] != "refunded" {
		t.Error(v)
	}
	decision["key"] = "d2"
	m.want(409, "done", "POST", "/v1/aftersales/"+c["no"].(string)+"/decision", decision)
	if got := m.truth(o.No); got.Status != world.Closed {
		t.Errorf("%+v", got)
	}
}

func TestReceiversOpenWithinAQuota(t *testing.T) {
	m := start(t, 2, "")
	o := m.order(world.Wanted{Paid: true})
	v := m.want(200, "", "GET", "/v1/orders/"+o.No, nil)
	r := v["receiver"].(map[string]any)
	if r["encrypted"] != true || r["phone"] == o.Receiver.Phone {
		t.Fatal(r)
	}
	item := map[string]any{"order_no": o.No, "field": "phone", "text": r["cipher"].(map[string]any)["phone"]}
	ask := map[string]any{"items": []any{item}, "purpose": "print"}
	got := m.want(200, "", "POST", "/v1/receivers/decrypt", ask)["results"].([]any)[0].(map[string]any)
	if got["plain"] != o.Receiver.Phone {
		t.Error(got)
	}
	item["text"] = "forged"
	if got := m.want(200, "", "POST", "/v1/receivers/decrypt", ask)["results"].([]any)[0].(map[string]any); got["ok"] != false {
		t.Error(got)
	}
	m.faults(world.Faults{DecryptDaily: 2})
	m.want(429, "throttled", "POST", "/v1/receivers/decrypt", ask)
}

func TestUnpaidOrdersCanBeRepricedAndClosed(t *testing.T) {
	m := start(t, 1, "")
	o := m.order(world.Wanted{Lines: 1, Still: true})
	m.want(200, "", "PUT", "/v1/orders/"+o.No+"/price", map[string]any{"key": "p", "lines": []any{map[string]any{"no": "1", "paid": 100}}, "freight": 50})
	if v := m.want(200, "", "GET", "/v1/orders/"+o.No, nil)["amounts"].(map[string]any); v["buyer_paid"] != json.Number("150") {
		t.Error(v)
	}
	m.want(200, "", "POST", "/v1/orders/"+o.No+"/close", map[string]any{"key": "c", "reason": "缺货"})
	m.want(409, "done", "POST", "/v1/orders/"+o.No+"/close", map[string]any{"key": "c2", "reason": "缺货"})
	sku := o.Lines[0].SKUNo
	v := m.want(200, "", "PUT", "/v1/stock", map[string]any{"key": "s", "levels": []any{map[string]any{"sku_no": sku, "quantity": 7}, map[string]any{"sku_no": "none", "quantity": 1}}})
	if fmt.Sprint(v["results"].([]any)[1].(map[string]any)["code"]) != "not_found" {
		t.Error(v)
	}
	if v := m.want(200, "", "GET", "/v1/stock?sku_no="+sku, nil)["levels"].([]any)[0].(map[string]any); v["quantity"] != json.Number("7") {
		t.Error(v)
	}
}

func TestHintsAreSignedAndComeAgainUntilHeard(t *testing.T) {
	var heard []string
	refuse := true
	var m *mall
	hook := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Header.Get("X-Openmall-Sign") != hintSign(m.s.Secret, r.Header.Get("X-Openmall-Time"), body) {
			t.Error("wrong sign")
		}
		if refuse {
			_, _ = rw.Write([]byte(`{"ok":false}`))
			return
		}
		heard = append(heard, string(body))
		_, _ = rw.Write([]byte(`{"ok":true}`))
	}))
	defer hook.Close()
	m = start(t, 1, hook.URL)
	o := m.order(world.Wanted{Paid: true})
	m.s.Deliver(t.Context(), 10)
	refuse = false
	m.s.World().Advance(time.Minute)
	m.s.Deliver(t.Context(), 10)
	if len(heard) != 2 || !strings.Contains(strings.Join(heard, ""), o.No) || !strings.Contains(strings.Join(heard, ""), "order.paid") {
		t.Error(heard)
	}
}
