package wave

import (
	"context"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
)

// wish says with which carrier a fulfillment order is to leave.
func (h *house) wish(f id.ID, carrier string) {
	h.t.Helper()
	kittest.InTx(h.t, h.k, h.ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE fulfillment_order SET carrier_wish = ? WHERE merchant_id = ? AND id = ?`, carrier, kittest.Merchant, f)
		return err
	})
}

// minute is the minute of the day so far ahead of the test's clock.
func (h *house) minute(ahead time.Duration) int64 {
	t := time.UnixMilli(h.now()).In(china).Add(ahead)
	return int64(t.Hour()*60 + t.Minute())
}

func TestWhatTheNextCourierTakesIsPickedFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", "B-1-2")
		h.sku("C", "C-1")
		soon := h.doc("S", "浙江省", item1{"A", 1})
		soon.ShipByAt = h.now() + 3_600_000
		_, promised := h.placed(soon)
		_, late := h.placed(h.doc("L", "浙江省", item1{"A", 1}))
		_, early := h.placed(h.doc("E", "浙江省", item1{"C", 1}))
		x, mixed := h.placed(h.doc("X", "浙江省", item1{"A", 1}, item1{"C", 1}))
		h.wish(late, "ZTO")
		h.chosen = map[id.ID]string{early: "SF", late: "SF"} // by the rules; a wish goes before them

		_, err := h.s.PutCutOffs(h.ctx, []CutOff{{Carrier: "SF", Minute: h.minute(time.Hour)}, {Carrier: "ZTO", Minute: h.minute(3 * time.Hour)}, {Carrier: "SF", Minute: h.minute(5 * time.Hour)}})
		h.must(err)
		p, err := h.s.Preview(h.ctx, Choice{WarehouseID: h.wh})
		h.must(err)
		if want := []id.ID{early, late, promised, mixed}; !slices.Equal(p.IDs, want) {
			t.Fatalf("%v, want %v", p.IDs, want)
		}
		if len(p.CutOffs) != 3 || p.CutOffs[0].Orders != 1 || p.CutOffs[2].At != 0 || p.CutOffs[2].Orders != 2 {
			t.Fatalf("%+v", p.CutOffs)
		}
		if _, err := h.fulfillments.Urge(h.ctx, fulfillment.UrgeInput{OrderID: x, Urgency: fulfillment.UrgencyBuyer}); err != nil {
			t.Fatal(err)
		}
		urged, err := h.s.Preview(h.ctx, Choice{WarehouseID: h.wh})
		h.must(err)
		if want := []id.ID{mixed, early, late, promised}; !slices.Equal(urged.IDs, want) { // whoever's courier comes when
			t.Fatalf("urged: %v, want %v", urged.IDs, want)
		}
		_, err = h.fulfillments.Urge(h.ctx, fulfillment.UrgeInput{OrderID: x})
		h.must(err)
		first := p.CutOffs[0].At
		if d := first - h.now(); d <= 0 || d > 3_600_000 {
			t.Fatalf("the courier comes in %d ms", d)
		}
		for name, c := range map[string]Choice{"by cut-off": {CutOffAt: first}, "by zone": {Zone: "c"}, "by carrier": {Carrier: "SF"}} {
			c.WarehouseID = h.wh
			p, err := h.s.Preview(h.ctx, c)
			h.must(err)
			if !slices.Equal(p.IDs, []id.ID{early}) {
				t.Errorf("%s: %v", name, p.IDs)
			}
		}
		if len(p.Zones) != 3 { // B, C, and the one that lies in both
			t.Fatalf("%+v", p.Zones)
		}

		// The list of what goes on has the same order, page by page.
		w3 := h.make(Choice{IDs: []id.ID{mixed}})
		w2 := h.make(Choice{IDs: []id.ID{promised}})
		w1 := h.make(Choice{IDs: []id.ID{late}})
		w0 := h.make(Choice{IDs: []id.ID{early}})
		if w0.CutOffAt != first || w2.CutOffAt != 0 || w2.ShipByAt != soon.ShipByAt {
			t.Fatalf("%+v %+v", w0, w2)
		}
		var got []id.ID
		for f := (Filter{Live: true, Limit: 1}); ; {
			all, next, err := h.s.Board(h.ctx, f)
			h.must(err)
			for _, w := range all {
				if got = append(got, w.ID); w.In != 1 || w.Wanted == 0 || w.Picked != 0 {
					t.Fatalf("%+v", w)
				}
			}
			if f.Cursor = next; next == "" {
				break
			}
		}
		if want := []id.ID{w0.ID, w1.ID, w2.ID, w3.ID}; !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}

func TestAnOrderUrgedInAWaveTakesItUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", "")
		_, one := h.placed(h.doc("1", "浙江省", item1{"A", 1}))
		o, two := h.placed(h.doc("2", "浙江省", item1{"A", 1}))
		_, mate := h.placed(h.doc("3", "浙江省", item1{"A", 1}))
		first, second := h.make(Choice{IDs: []id.ID{one}}), h.make(Choice{IDs: []id.ID{two, mate}})
		board := func() (out []id.ID, urgency int64) {
			h.must(h.k.Runner.Drain(h.ctx))
			all, _, err := h.s.List(h.ctx, Filter{Live: true})
			h.must(err)
			for _, w := range all {
				out, urgency = append(out, w.ID), max(urgency, w.Urgency)
			}
			return out, urgency
		}
		urge := func(to int64) {
			_, err := h.fulfillments.Urge(h.ctx, fulfillment.UrgeInput{OrderID: o, Urgency: to})
			h.must(err)
		}
		if got, _ := board(); !slices.Equal(got, []id.ID{first.ID, second.ID}) {
			t.Fatalf("as made: %v", got)
		}
		urge(fulfillment.UrgencyBuyer)
		if got, n := board(); !slices.Equal(got, []id.ID{second.ID, first.ID}) || n != fulfillment.UrgencyBuyer {
			t.Errorf("urged: %v %d", got, n)
		}
		if s := h.sheet(second); s.Baskets[0].Hit != nil {
			t.Errorf("an urge stops nothing: %v", s.Baskets[0].Hit)
		}
		urge(fulfillment.UrgencyNone)
		if got, n := board(); !slices.Equal(got, []id.ID{first.ID, second.ID}) || n != 0 {
			t.Errorf("no more: %v %d", got, n)
		}
	})
}

func TestCutOffsAreReplacedWholeAndChecked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		for _, bad := range []CutOff{{Minute: 1440}, {Minute: -1}, {Carrier: "NOBODY", Minute: 1}} {
			_, err := h.s.PutCutOffs(h.ctx, []CutOff{bad})
			h.refused(err, ErrBadCutOff)
		}
		_, err := h.s.PutCutOffs(h.ctx, []CutOff{{WarehouseID: 1, Minute: 1}})
		h.refused(err, inventory.ErrNoWarehouse)
		twice := []CutOff{{WarehouseID: h.wh, Minute: 60}, {WarehouseID: h.wh, Minute: 60}, {Carrier: "SF", Minute: 1439}}
		_, err = h.s.PutCutOffs(h.ctx, twice)
		h.must(err)
		all, err := h.s.CutOffs(h.ctx)
		h.must(err)
		if want := []CutOff{{Carrier: "SF", Minute: 1439}, {WarehouseID: h.wh, Minute: 60}}; !slices.Equal(all, want) {
			t.Fatalf("%+v", all)
		}
		_, err = h.s.PutCutOffs(h.ctx, nil)
		h.must(err)
		if all, err = h.s.CutOffs(h.ctx); err != nil || len(all) != 0 {
			t.Fatal(all, err)
		}
	})
}

func TestTheCutOffThatSaysMostIsTheOneThatCounts(t *testing.T) {
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, china).UnixMilli()
	at := func(h, m int) int64 { return time.Date(2026, 11, 22, h, m, 0, 0, china).UnixMilli() }
	all := []CutOff{{Minute: 20 * 60}, {WarehouseID: 7, Minute: 19 * 60}, {Carrier: "SF", Minute: 18 * 60}, {WarehouseID: 7, Carrier: "SF", Minute: 11 * 60}, {WarehouseID: 7, Carrier: "SF", Minute: 17*60 + 30}}
	for _, c := range []struct {
		name      string
		warehouse id.ID
		carrier   string
		want      int64
	}{
		{"the carrier there, its second round", 7, "SF", at(17, 30)},
		{"the carrier elsewhere", 8, "SF", at(18, 0)},
		{"another carrier there", 7, "ZTO", at(19, 0)},
		{"none known elsewhere", 8, "", at(20, 0)},
	} {
		if got := nextCutOff(all, c.warehouse, c.carrier, noon); got != c.want {
			t.Errorf("%s: %v", c.name, time.UnixMilli(got).In(china))
		}
	}
	if got := nextCutOff(all[4:], 8, "SF", noon); got != 0 {
		t.Error("nobody said when a courier comes there")
	}
	if got := nextCutOff(all[3:4], 7, "SF", noon); got != at(11, 0)+86_400_000 {
		t.Error("who has left today comes tomorrow")
	}
}

func TestACourierComesWithinADayAtItsMinute(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := rapid.Int64Range(1_700_000_000_000, 1_900_000_000_000).Draw(t, "now")
		minute := rapid.Int64Range(0, 1439).Draw(t, "minute")
		at := occurs(minute, now)
		c := time.UnixMilli(at).In(china)
		if at <= now || at > now+86_400_000 || int64(c.Hour()*60+c.Minute()) != minute || c.Second() != 0 {
			t.Fatalf("%v after %v", c, time.UnixMilli(now).In(china))
		}
	})
}
