// Package worldtest helps to test a platform's side: one shop, served over HTTP, with
// a clock that stands still until told.
package worldtest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/simulator/world"
)

// Start is when every test world begins: 2026-11-11 08:00:00 in China.
var Start = time.Date(2026, 11, 11, 0, 0, 0, 0, time.UTC)

// Served is a platform with one shop, reachable at URL.
type Served struct {
	URL   string
	World *world.World
	Shop  *world.Shop
	Clock *clock.Fake
	t     testing.TB
}

// Serve starts it. The zero profile has no life of its own and no faults.
func Serve(t testing.TB, p world.Platform, profile world.Profile) *Served {
	t.Helper()
	if profile.Life.Scale == 0 {
		profile.Life.Scale = 1
	}
	k := clock.NewFake(Start)
	w, err := world.New(world.Config{Seed: 1, Profile: profile, Clock: k})
	if err != nil {
		t.Fatal(err)
	}
	s := &Served{World: w, Clock: k, t: t, Shop: w.Add(p, 1, "")}
	server := httptest.NewServer(p.Handler(w))
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// Do runs f on the shop.
func (s *Served) Do(f func(*world.Tx)) { s.Shop.Do(f) }

// Order makes an order.
func (s *Served) Order(want world.Wanted) *world.Order {
	s.t.Helper()
	var o *world.Order
	var err error
	s.Do(func(t *world.Tx) { o, err = t.Create(want) })
	if err != nil {
		s.t.Fatal(err)
	}
	return o
}

// Truth is an order as it is now.
func (s *Served) Truth(no string) *world.Order {
	s.t.Helper()
	var o *world.Order
	s.Do(func(t *world.Tx) { o = t.Order(no) })
	if o == nil {
		s.t.Fatalf("there is no order %s", no)
	}
	return o
}

// Access is a good access token.
func (s *Served) Access() (token string) {
	s.Do(func(t *world.Tx) { token = t.Access().Access })
	return token
}

// Seconds is the shop's clock.
func (s *Served) Seconds() int64 { return s.Shop.Now() / 1000 }

// Send sends a request and returns the status and the body, numbers kept as written.
func (s *Served) Send(r *http.Request) (int, map[string]any) {
	s.t.Helper()
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	var out map[string]any
	if err := d.Decode(&out); err != nil {
		s.t.Fatalf("%s: %v", raw, err)
	}
	return answer.StatusCode, out
}

// Vectors reads a file of testdata.
func Vectors(t testing.TB, into any) {
	t.Helper()
	raw, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatal(err)
	}
}

// At walks into JSON: names for objects, numbers for lists. It fails where the way ends.
func At(t testing.TB, v any, way ...any) any {
	t.Helper()
	for i, step := range way {
		switch step := step.(type) {
		case string:
			m, ok := v.(map[string]any)
			if !ok {
				t.Fatalf("%v: no object at %v: %v", way, way[:i], v)
			}
			if v, ok = m[step]; !ok {
				t.Fatalf("%v: no %q in %v", way, step, m)
			}
		case int:
			l, ok := v.([]any)
			if !ok || step >= len(l) {
				t.Fatalf("%v: no %d in %v", way, step, v)
			}
			v = l[step]
		}
	}
	return v
}
