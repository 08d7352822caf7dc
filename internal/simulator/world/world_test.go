package world

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ordercove/ordercove/internal/kit/clock"
)

func testPlatform() Platform {
	return Platform{Code: "test", Name: "Test", Groups: true, GiftOrders: true}
}

var testStart = time.Date(2026, 11, 11, 0, 0, 0, 0, time.UTC)

func testWorld(t testing.TB, c Config) (*World, *Shop, *clock.Fake) {
	t.Helper()
	k := clock.NewFake(testStart)
	c.Clock = k
	w, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	return w, w.Add(testPlatform(), 1, ""), k
}

func hostile() Profile {
	p := Profiles()[2]
	p.Faults.Outages = nil
	return p
}

// history is everything there is to say about a shop.
func history(t testing.TB, s *Shop) string {
	t.Helper()
	var out []byte
	s.Do(func(x *Tx) {
		raw, err := json.Marshal([]any{x.Orders(0, 1<<20), x.AllCases(0, 1<<20), x.reviews, x.listings, x.Effects(0, 1<<20)})
		if err != nil {
			t.Fatal(err)
		}
		out = raw
	})
	return string(out)
}

func TestEqualSeedsLiveEqualLives(t *testing.T) {
	tell := func(seed uint64, strides []time.Duration) string {
		_, s, k := testWorld(t, Config{Seed: seed, Profile: hostile(), Backlog: 60})
		for _, d := range strides {
			k.Advance(d)
			s.Now()
		}
		return history(t, s)
	}
	one := tell(7, []time.Duration{time.Hour})
	if len(one) < 10_000 {
		t.Fatal("nothing happened", len(one))
	}
	if tell(7, []time.Duration{time.Minute, 50 * time.Minute, 9 * time.Minute}) != one {
		t.Error("the same hour in other steps went differently")
	}
	if tell(8, []time.Duration{time.Hour}) == one {
		t.Error("another seed gave the same hour")
	}
}

func TestTheTruthHoldsTogether(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		_, s, k := testWorld(t, Config{Seed: rapid.Uint64().Draw(r, "seed"), Profile: hostile(), Backlog: 5})
		for range rapid.IntRange(1, 15).Draw(r, "steps") {
			k.Advance(time.Duration(rapid.IntRange(1, 600).Draw(r, "seconds")) * time.Second)
			act := rapid.SampledFrom(Acts()).Draw(r, "act")
			nth := rapid.IntRange(0, 1000).Draw(r, "order")
			s.Do(func(x *Tx) {
				all := x.Orders(0, 1<<20)
				if len(all) == 0 {
					return
				}
				o := all[nth%len(all)]
				_ = x.Perform(o.No, act)
				_, _ = x.Ship(o.No, Shipment{Waybill: "W" + o.No, Lines: []ParcelLine{{o.Lines[0].No, 1}}})
			})
		}
		s.Do(func(x *Tx) {
			seen := 0
			x.modified.walk(0, 1<<62, true, func(*Order) { seen++ })
			if seen != x.Count() {
				r.Fatalf("the modified index has %d of %d orders", seen, x.Count())
			}
			for _, o := range x.orders {
				checkOrder(r, x, o)
			}
		})
	})
}

func checkOrder(r *rapid.T, x *Tx, o *Order) {
	if o.ModifiedAt > x.now || o.ModifiedAt < o.CreatedAt {
		r.Fatalf("%s was modified at %d, made at %d, now is %d", o.No, o.ModifiedAt, o.CreatedAt, x.now)
	}
	sent := map[string]int64{}
	for _, p := range o.Parcels {
		for _, l := range p.Lines {
			sent[l.No] += l.Quantity
		}
	}
	if o.Refunded < 0 || o.Refunded > o.BuyerPaid() {
		r.Fatalf("%s: refunded %d of %d", o.No, o.Refunded, o.BuyerPaid())
	}
	for _, l := range o.Lines {
		if l.Sent != sent[l.No] || l.Sent > l.Quantity {
			r.Fatalf("%s line %s: %d sent, parcels hold %d of %d", o.No, l.No, l.Sent, sent[l.No], l.Quantity)
		}
		if l.Paid() < 0 {
			r.Fatalf("%s line %s costs %d", o.No, l.No, l.Paid())
		}
	}
}

func TestAnEffectHappensOncePerKey(t *testing.T) {
	_, s, _ := testWorld(t, Config{Seed: 1, Profile: Profile{Life: Life{Scale: 1}}})
	s.Do(func(x *Tx) {
		o, err := x.Create(Wanted{Paid: true, Lines: 2, Quantity: 2})
		if err != nil || o.Status != AwaitingShipment {
			t.Fatal(o, err)
		}
		one := Shipment{Key: "k1", Carrier: "ZTO", Waybill: "731", Lines: []ParcelLine{{o.Lines[0].No, 2}}}
		for range 3 {
			if _, err := x.Ship(o.No, one); err != nil {
				t.Fatal(err)
			}
		}
		if got := x.Order(o.No); got.Status != PartlyShipped || len(got.Parcels) != 1 {
			t.Fatal(got.Status, got.Parcels)
		}
		other := one
		other.Waybill = "732"
		if _, err := x.Ship(o.No, other); KindOf(err) != Refused {
			t.Fatal("the key served another body:", err)
		}
		if _, err := x.Ship(o.No, Shipment{Key: "k2", Waybill: "731"}); KindOf(err) != Done {
			t.Fatal("a waybill came twice:", err)
		}
		if _, err := x.Ship(o.No, Shipment{Key: "k3", Waybill: "733"}); err != nil || x.Order(o.No).Status != Shipped {
			t.Fatal(err)
		}
		if _, err := x.Ship(o.No, Shipment{Key: "k4", Waybill: "734"}); KindOf(err) != Done {
			t.Fatal(err)
		}
		e := x.Effects(0, 10)
		if e[0].Asked != 4 || e[0].Applied != 1 {
			t.Fatalf("%+v", e[0])
		}
	})
}

func TestARefundStopsTheParcel(t *testing.T) {
	_, s, _ := testWorld(t, Config{Seed: 1, Profile: Profile{Life: Life{Scale: 1}}})
	s.Do(func(x *Tx) {
		o, _ := x.Create(Wanted{Paid: true, Lines: 1, Acts: []Act{ActAskRefund}})
		if _, err := x.Ship(o.No, Shipment{Waybill: "1"}); KindOf(err) != Refused {
			t.Fatal(err)
		}
		c := x.CasesOf(o.No)[0]
		if err := x.Decide(Decision{CaseNo: c.No, Approve: true, Version: c.Version - 1}); KindOf(err) != Refused {
			t.Fatal("an old version was accepted", err)
		}
		if err := x.Decide(Decision{CaseNo: c.No, Approve: true}); err != nil {
			t.Fatal(err)
		}
		if got := x.Order(o.No); got.Status != Closed || got.Refunded != c.Refund || got.Refund != RefundDone {
			t.Fatalf("%+v", got)
		}
		if err := x.Decide(Decision{CaseNo: c.No, Approve: false}); KindOf(err) != Done {
			t.Fatal(err)
		}
	})
}

func TestALateChangeShowsLate(t *testing.T) {
	_, s, k := testWorld(t, Config{Seed: 1, Profile: Profile{Life: Life{Scale: 1}, Faults: Faults{LagMS: 5000}}})
	list := func() (n int) {
		s.Do(func(x *Tx) { _, n = x.List(Query{From: 0, To: 1 << 60}, 0, 10) })
		return n
	}
	s.Do(func(x *Tx) { _, _ = x.Create(Wanted{Still: true}) })
	if list() != 0 {
		t.Error("it showed at once")
	}
	k.Advance(5 * time.Second)
	if list() != 1 {
		t.Error("it did not show after the lag")
	}
}

func TestAKilledSimulatorKeepsItsTruth(t *testing.T) {
	path := filepath.Join(t.TempDir(), "world.jsonl")
	w, s, k := testWorld(t, Config{Seed: 3, Profile: hostile(), Backlog: 40, StatePath: path})
	k.Advance(10 * time.Minute)
	s.Do(func(x *Tx) {
		o, _ := x.Create(Wanted{Paid: true, Lines: 1})
		if _, err := x.Ship(o.No, Shipment{Key: "a", Waybill: "9"}); err != nil {
			t.Fatal(err)
		}
		if err := x.SetStock(Level{Code: "TW-01", Quantity: 7}); err != nil {
			t.Fatal(err)
		}
		x.GrantSelf()
	})
	before := history(t, s)
	// Killed: the file is not closed, and its last line is half written.
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"shop":"test-1","order":{"no":"4`); err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	again, err := New(Config{Seed: 3, Profile: hostile(), Clock: k, StatePath: path})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	s2 := again.Add(testPlatform(), 1, "")
	if again.Now() != w.Now() {
		t.Error("time jumped", again.Now()-w.Now())
	}
	if after := history(t, s2); after != before {
		t.Errorf("the truth changed: %d and %d bytes", len(before), len(after))
	}
	s2.Do(func(x *Tx) {
		if len(x.tokens.Access) == 0 {
			t.Error("tokens are gone")
		}
		if _, err := x.Create(Wanted{}); err != nil {
			t.Error(err)
		}
	})
	k.Advance(time.Hour)
	if history(t, s2) == before {
		t.Error("life stopped")
	}
}
