package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/simulator/world"
)

type console struct {
	t     *testing.T
	s     *Server
	url   string
	clock *clock.Fake
}

func start(t *testing.T, c Config) console {
	t.Helper()
	k := clock.NewFake(time.Date(2026, 11, 11, 0, 0, 0, 0, time.UTC))
	if c.Profile == "" {
		c.Profile = "calm"
	}
	s, err := New(c, k)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	t.Cleanup(func() { _ = s.World.Close() })
	return console{t, s, server.URL, k}
}

// ask sends a request to the admin API and reads the answer into v.
func (a console) ask(method, path, body string, v any) int {
	a.t.Helper()
	r, err := http.NewRequest(method, a.url+path, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		a.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	if v != nil {
		if err := json.Unmarshal(raw, v); err != nil {
			a.t.Fatalf("%s %s: %s: %v", method, path, raw, err)
		}
	}
	return answer.StatusCode
}

func TestEveryPlatformHasAShopAndSaysWhatToTypeIn(t *testing.T) {
	a := start(t, Config{ShopsEach: 2, Orders: 5, Days: 1})
	var o struct{ Shops []shopView }
	a.ask("GET", "/admin/shops", "", &o)
	if len(o.Shops) != 2*len(Platforms()) || len(o.Shops) < 8 {
		t.Fatal(len(o.Shops))
	}
	keys := map[string]bool{}
	var text bytes.Buffer
	a.s.Describe(&text, a.url)
	for _, s := range o.Shops {
		if s.Orders != 5 || len(s.Credentials) == 0 || !strings.HasPrefix(s.BaseURL, a.url) {
			t.Errorf("%+v", s)
		}
		all, _ := json.Marshal(s.Credentials)
		if keys[string(all)] {
			t.Errorf("%s has the credentials of another shop", s.Name)
		}
		keys[string(all)] = true
		if !strings.Contains(text.String(), s.Name) {
			t.Errorf("%s is not described", s.Name)
		}
	}
}

func TestTheTruthIsPagedAndFollowsTheAdministrator(t *testing.T) {
	a := start(t, Config{Shops: map[string]int{"sandbox": 1}, Orders: 0})
	a.ask("PUT", "/admin/life", `{"orders_per_hour": 0}`, nil)
	var made struct{ Orders []string }
	a.ask("POST", "/admin/shops/sandbox-1/orders", `{"count": 25, "paid": true}`, &made)
	if len(made.Orders) != 25 {
		t.Fatal(made)
	}
	seen, after := map[string]orderView{}, "0"
	for range 9 {
		var page struct {
			Next   json.Number
			Orders []orderView
		}
		a.ask("GET", "/admin/shops/sandbox-1/orders?size=10&after="+after, "", &page)
		for _, o := range page.Orders {
			seen[o.No] = o
		}
		if after = page.Next.String(); after == "" {
			break
		}
	}
	for _, no := range made.Orders {
		if seen[no].Status != world.AwaitingShipment {
			t.Errorf("%s: %+v", no, seen[no])
		}
	}
	act := func(do string) int {
		return a.ask("POST", "/admin/shops/sandbox-1/orders/"+made.Orders[0]+"/acts", `{"do":"`+do+`"}`, nil)
	}
	if one, two := act("ship_elsewhere"), act("ship_elsewhere"); one != 200 || two != 409 {
		t.Error(one, two)
	}
	var o orderView
	a.ask("GET", "/admin/shops/sandbox-1/orders/"+made.Orders[0], "", &o)
	if o.Status != world.Shipped || len(o.Waybills) != 1 {
		t.Errorf("%+v", o)
	}
	if got := a.ask("GET", "/admin/shops/nobody-1/orders", "", nil); got != 404 {
		t.Error(got)
	}
}

func TestFaultsChangeWhileItRuns(t *testing.T) {
	a := start(t, Config{Shops: map[string]int{"sandbox": 2}, Profile: "hostile"})
	a.ask("PUT", "/admin/faults?shop=sandbox-1", `{"error_rate": 0.5}`, nil)
	var f map[string]world.Faults
	a.ask("GET", "/admin/faults", "", &f)
	if f["sandbox-1"].ErrorRate != .5 || f["sandbox-1"].PushCopies != 3 || f["sandbox-2"].ErrorRate != .1 {
		t.Errorf("%+v", f)
	}
	a.ask("POST", "/admin/outage?shop=sandbox-1", `{"on": true}`, nil)
	r, _ := http.NewRequest("GET", a.url+"/sandbox/v1/ping", nil)
	r.Header.Set("X-Sandbox-App", a.s.World.Named("sandbox-1").AppKey)
	answer, err := http.DefaultClient.Do(r)
	if err == nil {
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusBadGateway {
			t.Error(answer.StatusCode)
		}
	}
	a.ask("PUT", "/admin/profile", `{"name": "calm"}`, nil)
	a.ask("GET", "/admin/faults", "", &f)
	if f["sandbox-1"].ErrorRate != 0 {
		t.Errorf("%+v", f)
	}
}

func TestQuiesceEndsWhatHappensByItself(t *testing.T) {
	a := start(t, Config{Shops: map[string]int{"sandbox": 1}, Profile: "busy"})
	count := func() (n int) {
		a.s.World.Step()
		a.s.World.Named("sandbox-1").Do(func(x *world.Tx) { n = x.Count() })
		return n
	}
	a.ask("POST", "/admin/clock/advance", `{"seconds": 60}`, nil)
	if count() == 0 {
		t.Fatal("no order came in a minute")
	}
	var q struct{ Drained bool }
	a.ask("POST", "/admin/quiesce", "", &q)
	before := count()
	a.clock.Advance(time.Hour)
	if count() != before || !q.Drained {
		t.Error("orders still come", before, count())
	}
	a.ask("POST", "/admin/resume", "", nil)
	if count() == before {
		t.Error("life did not go on")
	}
}

func TestAdministrationIsForThisMachineAndNoWebPage(t *testing.T) {
	a := start(t, Config{})
	for name, change := range map[string]func(*http.Request){
		"another machine": func(r *http.Request) { r.RemoteAddr = "192.0.2.7:1234" },
		"a web page":      func(r *http.Request) { r.Header.Set("Origin", "https://example.com") },
	} {
		r := httptest.NewRequest("POST", "/admin/quiesce", nil)
		r.RemoteAddr = "127.0.0.1:1234"
		change(r)
		rec := httptest.NewRecorder()
		a.s.ServeHTTP(rec, r)
		if rec.Code != http.StatusForbidden {
			t.Errorf("%s: %d", name, rec.Code)
		}
	}
}

func TestSettingsThatDoNotFitAreSaid(t *testing.T) {
	file := filepath.Join(t.TempDir(), "p.json")
	if err := os.WriteFile(file, []byte(`{"name": "hostile", "faults": {"error_rate": 0.9}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := world.LoadProfile(file)
	if err != nil || p.Faults.ErrorRate != .9 || p.Faults.PushCopies != 3 {
		t.Error(p, err)
	}
	for _, c := range []Config{{Profile: "wild"}, {Profile: "calm", Shops: map[string]int{"nobody": 1}}, {Profile: "calm", Hook: map[string]string{"sandbox-9": "http://x"}}} {
		if _, err := New(c, clock.System{}); !errors.Is(err, ErrConfig) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	err = Serve(t.Context(), Config{Profile: "calm", Listen: "0.0.0.0:0"}, io.Discard, slog.New(slog.DiscardHandler))
	if !errors.Is(err, ErrConfig) {
		t.Error(err)
	}
}

func TestServingEndsWithItsContext(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer stop()
	c := Config{Profile: "calm", Listen: "127.0.0.1:0", ShopsEach: 1, Hook: map[string]string{"sandbox-1": "http://127.0.0.1:1"}}
	if err := Serve(ctx, c, io.Discard, slog.New(slog.DiscardHandler)); err != nil {
		t.Error(err)
	}
}
