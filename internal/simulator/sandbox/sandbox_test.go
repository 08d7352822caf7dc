package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/simulator/world"
	"github.com/ordercove/ordercove/internal/simulator/world/worldtest"
)

// The expected text was computed with another tool (openssl dgst) from the document.
func TestTheSignatureIsTheDocumentsOwn(t *testing.T) {
	const knownSign = "84c57f14955692e75508a354a5d9b8d8549344ec3fc92e73025cc92fa6e1ae0c"
	if got := Sign("secret", "GET", "/v1/ping", "1794326401000", nil); got != knownSign {
		t.Error(got)
	}
	if Sign("secret", "", "", "1794326401000", nil) == knownSign {
		t.Error("a push is signed as a request is")
	}
}

type client struct {
	*worldtest.Served
	t *testing.T
}

func (c client) ask(method, path string, body string) (int, map[string]any) {
	c.t.Helper()
	return c.askAt(c.Shop.Now(), method, path, body)
}

func (c client) askAt(now int64, method, path, body string) (int, map[string]any) {
	c.t.Helper()
	r, err := http.NewRequest(method, c.URL+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	at := strconv.FormatInt(now, 10)
	r.Header.Set("X-Sandbox-App", c.Shop.AppKey)
	r.Header.Set("X-Sandbox-Time", at)
	r.Header.Set("X-Sandbox-Sign", Sign(c.Shop.Secret, method, path, at, []byte(body)))
	return c.Send(r)
}

func newClient(t *testing.T, p world.Profile) client {
	return client{worldtest.Serve(t, Platform(), p), t}
}

func TestClocksSignaturesAndAppsAreToldApart(t *testing.T) {
	c := newClient(t, world.Profile{})
	if status, body := c.askAt(c.Shop.Now()-11*minute, "GET", "/v1/ping", ""); status != 401 || body["code"] != "clock" {
		t.Error(status, body)
	}
	good := c.Shop.Secret
	c.Shop.Secret = "other"
	r, _ := http.NewRequest("GET", c.URL+"/v1/ping", nil)
	r.Header.Set("X-Sandbox-App", c.Shop.AppKey)
	r.Header.Set("X-Sandbox-Sign", "00")
	if status, body := c.Send(r); status != 401 || body["code"] != "signature" {
		t.Error(status, body)
	}
	c.Shop.Secret = good
	r, _ = http.NewRequest("GET", c.URL+"/v1/ping", nil)
	if status, body := c.Send(r); status != 401 || body["code"] != "app" {
		t.Error(status, body)
	}
	for want, f := range map[string]world.Faults{"ip": {IPNotListed: true}, "permission": {PermissionDenied: true}, "throttled": {ThrottleRate: 1, BanSeconds: 3}, "internal": {ErrorRate: 1}} {
		c.Do(func(x *world.Tx) { x.SetFaults(f) })
		if _, body := c.ask("GET", "/v1/ping", ""); body["code"] != want {
			t.Error(want, body)
		}
	}
}

func TestAnOrderCanBeFollowedToItsEnd(t *testing.T) {
	c := newClient(t, world.Profile{})
	o := c.Order(world.Wanted{Paid: true, Lines: 2, Quantity: 2})
	path := "/v1/orders?by=modified&from=" + fmt.Sprint(worldtest.Start.UnixMilli()) + "&to=" + fmt.Sprint(c.Shop.Now()) + "&page=1&page_size=10"
	_, list := c.ask("GET", path, "")
	if worldtest.At(t, list, "orders", 0, "no") != o.No || fmt.Sprint(list["total"]) != "1" {
		t.Fatal(list)
	}
	ship := fmt.Sprintf(`{"key":"k1","carrier":"ZTO","waybill":"731","lines":[{"no":"%s","quantity":1}]}`, o.Lines[0].No)
	for range 3 {
		if status, body := c.ask("POST", "/v1/orders/"+o.No+"/shipments", ship); status != 200 || body["shipment_no"] == "" {
			t.Fatal(status, body)
		}
	}
	if status, body := c.ask("POST", "/v1/orders/"+o.No+"/shipments", strings.Replace(ship, "731", "732", 1)); status != 409 || body["code"] != "refused" {
		t.Error("the key served another body", status, body)
	}
	if status, _ := c.ask("POST", "/v1/orders/"+o.No+"/shipments", `{"key":"k2","carrier":"ZTO","waybill":"733","lines":[],"last":true}`); status != 200 {
		t.Error(status)
	}
	if status, body := c.ask("POST", "/v1/orders/"+o.No+"/shipments", `{"key":"k3","carrier":"ZTO","waybill":"734"}`); status != 409 || body["code"] != "done" {
		t.Error(status, body)
	}
	if status, _ := c.ask("PUT", "/v1/orders/"+o.No+"/shipments/733", `{"key":"k4","carrier":"YTO","waybill":"999"}`); status != 200 {
		t.Error(status)
	}
	got := c.Truth(o.No)
	if got.Status != world.Shipped || len(got.Parcels) != 2 || got.Parcels[1].Waybill != "999" || got.Lines[0].Sent != 2 {
		t.Errorf("%+v", got)
	}
}

func TestWindowsArePagedNewestFirstAndBounded(t *testing.T) {
	c := newClient(t, world.Profile{})
	for range 5 {
		c.Order(world.Wanted{})
		c.Clock.Advance(time.Second)
	}
	now := c.Shop.Now()
	_, two := c.ask("GET", fmt.Sprintf("/v1/orders?by=created&from=%d&to=%d&page=2&page_size=2", now-minute, now), "")
	rows := two["orders"].([]any)
	if len(rows) != 2 || fmt.Sprint(two["total"]) != "5" {
		t.Fatal(two)
	}
	a, b := worldtest.At(t, rows, 0, "created_at").(json.Number), worldtest.At(t, rows, 1, "created_at").(json.Number)
	if a <= b {
		t.Error("not newest first", a, b)
	}
	if status, body := c.ask("GET", fmt.Sprintf("/v1/orders?by=created&from=%d&to=%d", now-windowLimit-1, now), ""); status != 400 || body["code"] != "window" {
		t.Error(status, body)
	}
}

func TestAPoisonOrderIsUnreadableAndItsNeighboursAreNot(t *testing.T) {
	c := newClient(t, world.Profile{})
	bad, good := c.Order(world.Wanted{Poison: 3}), c.Order(world.Wanted{})
	_, a := c.ask("GET", "/v1/orders/"+bad.No, "")
	_, b := c.ask("GET", "/v1/orders/"+good.No, "")
	if _, list := a["lines"].([]any); list || a["no"] != bad.No {
		t.Error(a)
	}
	if _, list := b["lines"].([]any); !list {
		t.Error(b)
	}
}

func TestADroppedReplyLeavesItsEffect(t *testing.T) {
	c := newClient(t, world.Profile{Faults: world.Faults{DropRate: 1}})
	o := c.Order(world.Wanted{Paid: true})
	body := `{"key":"k","carrier":"ZTO","waybill":"1"}`
	at := strconv.FormatInt(c.Shop.Now(), 10)
	path := "/v1/orders/" + o.No + "/shipments"
	r, _ := http.NewRequest("POST", c.URL+path, strings.NewReader(body))
	r.Header.Set("X-Sandbox-App", c.Shop.AppKey)
	r.Header.Set("X-Sandbox-Time", at)
	r.Header.Set("X-Sandbox-Sign", Sign(c.Shop.Secret, "POST", path, at, []byte(body)))
	if answer, err := http.DefaultClient.Do(r); err == nil {
		_ = answer.Body.Close()
		t.Fatal("an answer came")
	}
	if got := c.Truth(o.No); got.Status != world.Shipped {
		t.Fatal(got.Status)
	}
	c.Do(func(x *world.Tx) { x.SetFaults(world.Faults{}) })
	if status, _ := c.ask("POST", path, body); status != 200 {
		t.Error(status)
	}
	c.Do(func(x *world.Tx) {
		if e := x.Effects(0, 10); len(e) != 1 || e[0].Applied != 1 || e[0].Asked != 2 {
			t.Errorf("%+v", e)
		}
	})
}
