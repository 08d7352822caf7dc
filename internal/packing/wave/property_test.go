package wave

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/order"
)

// Whatever happens to orders while waves are made, picked, closed and given up: an order
// is in one wave at most and sealed there, what left it is open again, no basket is asked
// for more than its order wants, and the stock agrees with its papers.
func TestWavesFollowWhateverHappensToTheirOrders(t *testing.T) {
	// Each round is some thirty commits on a real database: fewer rounds than usual.
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		if err := flag.Set("rapid.checks", "12"); err != nil {
			t.Fatal(err)
		}
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		round, reached := 0, map[string]int{}
		defer func() { t.Logf("in %d rounds: %v", round, reached) }() // go test -v shows it
		rapid.Check(t, func(r *rapid.T) {
			round++
			f := &floor{house: h, round: round, reached: reached}
			for _, one := range []string{"A", "B"} {
				f.codes = append(f.codes, fmt.Sprintf("%s%d", one, round))
				h.sku(f.codes[len(f.codes)-1], one+"-1")
			}
			for range 3 {
				f.order(r)
			}
			f.makeWave(r)
			r.Repeat(map[string]func(*rapid.T){
				"order": f.order, "wave": f.makeWave, "pick": f.hand, "pick more": f.hand, "short": f.missing, "remove": f.remove, "renew": f.renew, "cancel": f.cancel,
				"close": f.finish, "refund": f.refund, "close an order": f.closeOrder, "split": f.split, "merge": f.merge, "urge": f.urge, "ship": f.ship, "print": f.print,
				"decide": f.decide, "": f.check,
			})
			f.end(r)
		})
	})
}

// floor is a round of it.
type floor struct {
	*house
	round   int
	codes   []string
	docs    []order.Document
	orders  []id.ID
	waves   []Wave
	shipped int
	reached map[string]int
}

func refusal(err error) bool {
	e := errs.As(err)
	return e != nil && e.Kind != errs.Unavailable
}

// did counts what was done, and fails the round where it was not even refused.
func (f *floor) did(r *rapid.T, what string, err error) bool {
	if err != nil && !refusal(err) {
		r.Fatalf("%s: %v", what, err)
	}
	if err == nil {
		f.reached[what]++
	}
	return err == nil
}

func (f *floor) order(r *rapid.T) {
	if len(f.docs) >= 7 {
		return
	}
	d := f.doc(fmt.Sprintf("P-%d-%d", f.round, len(f.docs)), "浙江省", item1{f.codes[0], rapid.Int64Range(1, 3).Draw(r, "n")}, item1{f.codes[1], rapid.Int64Range(1, 2).Draw(r, "m")})
	d.Receiver.Detail = fmt.Sprintf("文三路 %d 号 %d", rapid.IntRange(1, 2).Draw(r, "door"), f.round)
	f.docs = append(f.docs, d)
	f.orders = append(f.orders, f.put(d))
	_, err := f.fulfillments.Allocate(f.ctx, fulfillment.AllocateInput{OrderID: f.orders[len(f.orders)-1]})
	f.did(r, "order", err)
}

func (f *floor) makeWave(r *rapid.T) {
	var ids []id.ID
	for _, one := range f.all(r) {
		if one.State == fulfillment.StateOpen && one.Sealed == "" && rapid.IntRange(0, 3).Draw(r, "in") > 0 {
			ids = append(ids, one.ID)
		}
	}
	if len(ids) == 0 {
		return
	}
	w, err := f.s.Make(f.ctx, MakeInput{Choice: Choice{WarehouseID: f.wh, IDs: ids}})
	if f.did(r, "wave", err) {
		f.waves = append(f.waves, w.Wave)
	}
}

// all are the round's fulfillment orders.
func (f *floor) all(r *rapid.T) (out []fulfillment.FulfillmentOrder) {
	for _, o := range f.orders {
		some, _, err := f.fulfillments.List(f.ctx, fulfillment.OrderFilter{OrderID: o, Limit: 200})
		if err != nil {
			r.Fatal(err)
		}
		for _, x := range some {
			if !slices.ContainsFunc(out, func(y fulfillment.FulfillmentOrder) bool { return x.ID == y.ID }) {
				out = append(out, x)
			}
		}
	}
	return out
}

func (f *floor) wave(r *rapid.T) (Wave, bool) {
	if len(f.waves) == 0 {
		return Wave{}, false
	}
	return f.waves[rapid.IntRange(0, len(f.waves)-1).Draw(r, "which wave")], true
}

func (f *floor) handAs(r *rapid.T, do string) {
	w, ok := f.wave(r)
	if !ok {
		return
	}
	in := PickInput{WaveID: w.ID, SKUID: f.skus[rapid.SampledFrom(f.codes).Draw(r, "sku")], Do: do, Quantity: rapid.Int64Range(1, 5).Draw(r, "pieces"),
		Position: rapid.Int64Range(0, 2).Draw(r, "basket")}
	if do == DoShort && rapid.Bool().Draw(r, "counted") {
		n := rapid.Int64Range(80, 100).Draw(r, "on the shelf")
		in.Counted = &n
	}
	_, err := f.s.Pick(f.ctx, in)
	f.did(r, do, err)
}

func (f *floor) hand(r *rapid.T) {
	f.handAs(r, rapid.SampledFrom([]string{DoPick, DoPick, DoUndo}).Draw(r, "do"))
}

func (f *floor) missing(r *rapid.T) { f.handAs(r, DoShort) }

// basket is one of a wave.
func (f *floor) basket(r *rapid.T) (MemberInput, bool) {
	w, ok := f.wave(r)
	if !ok {
		return MemberInput{}, false
	}
	all := f.members(r, w)
	return MemberInput{w.ID, all[rapid.IntRange(0, len(all)-1).Draw(r, "which basket")].FulfillmentOrderID}, true
}

func (f *floor) members(r *rapid.T, w Wave) []Member {
	all, err := f.s.MembersTx(f.ctx, f.k.DB, w.ID)
	if err != nil {
		r.Fatal(err)
	}
	return all
}

func (f *floor) remove(r *rapid.T) {
	if in, ok := f.basket(r); ok {
		_, err := f.s.Remove(f.ctx, in)
		f.did(r, "remove", err)
	}
}

func (f *floor) renew(r *rapid.T) {
	if in, ok := f.basket(r); ok {
		_, err := f.s.Renew(f.ctx, in)
		f.did(r, "renew", err)
	}
}

func (f *floor) cancel(r *rapid.T) {
	if w, ok := f.wave(r); ok && rapid.IntRange(0, 2).Draw(r, "really") == 0 {
		_, err := f.s.Cancel(f.ctx, w.ID)
		f.did(r, "cancel", err)
	}
}

// finish picks what is left, or tells it short, and closes.
func (f *floor) finish(r *rapid.T) {
	w, ok := f.wave(r)
	if !ok {
		return
	}
	s, err := f.s.Get(f.ctx, w.ID)
	if err != nil {
		r.Fatal(err)
	}
	if s.Wave.EndedAt == 0 && rapid.Bool().Draw(r, "all of it") {
		for _, x := range s.Stops {
			if left := x.Wanted - min(x.Picked, x.Wanted) - x.Short; left > 0 {
				_, err := f.s.Pick(f.ctx, PickInput{WaveID: w.ID, SKUID: x.SKUID, Do: rapid.SampledFrom([]string{DoPick, DoPick, DoShort}).Draw(r, "there"), Quantity: left})
				f.did(r, "pick all", err)
			}
		}
	}
	if _, err = f.s.Close(f.ctx, w.ID); f.did(r, "close", err) {
		if s, err = f.s.Get(f.ctx, w.ID); err != nil {
			r.Fatal(err)
		}
		if slices.ContainsFunc(s.Baskets, func(b Basket) bool { return b.Out == OutShort }) {
			f.reached["close short"]++
		}
	}
}

func (f *floor) refund(r *rapid.T) {
	d := &f.docs[rapid.IntRange(0, len(f.docs)-1).Draw(r, "order")]
	lines := d.Lines
	switch {
	case d.RefundState == order.RefundInProgress && rapid.Bool().Draw(r, "granted"):
		d.RefundState = order.RefundDone
	case d.RefundState == order.RefundInProgress:
		d.RefundState = order.RefundRejected
	default:
		d.RefundState = order.RefundInProgress
		if rapid.Bool().Draw(r, "one line") {
			lines = lines[:1]
		}
	}
	for i := range lines {
		lines[i].RefundState = d.RefundState
	}
	f.put(*d)
	f.reached["refund "+string(d.RefundState)]++
}

func (f *floor) closeOrder(r *rapid.T) {
	if rapid.IntRange(0, 2).Draw(r, "really") == 0 {
		_, err := f.house.orders.Close(f.ctx, order.CloseInput{OrderID: f.one(r), Reason: "buyer_cancelled"})
		f.did(r, "close an order", err)
	}
}

func (f *floor) one(r *rapid.T) id.ID {
	return f.orders[rapid.IntRange(0, len(f.orders)-1).Draw(r, "order")]
}

func (f *floor) split(r *rapid.T) {
	all := f.all(r)
	x := all[rapid.IntRange(0, len(all)-1).Draw(r, "fulfillment order")]
	if len(x.Lines) > 0 {
		_, err := f.fulfillments.Split(f.ctx, fulfillment.SplitInput{ID: x.ID, Parts: []fulfillment.SplitPart{{Lines: []order.LineQty{{LineID: x.Lines[0].LineID, Quantity: 1}}}}})
		f.did(r, "split", err)
	}
}

func (f *floor) merge(r *rapid.T) {
	var ids []id.ID
	group := int64(0)
	for _, x := range f.all(r) {
		if x.State == fulfillment.StateOpen && x.Sealed == "" && (group == 0 || x.ReceiverGroup == group) {
			group, ids = x.ReceiverGroup, append(ids, x.ID)
		}
	}
	_, err := f.fulfillments.Merge(f.ctx, fulfillment.MergeInput{IDs: ids})
	f.did(r, "merge", err)
}

func (f *floor) urge(r *rapid.T) {
	_, err := f.fulfillments.Urge(f.ctx, fulfillment.UrgeInput{OrderID: f.one(r), Urgency: fulfillment.UrgencyBuyer})
	f.did(r, "urge", err)
}

func (f *floor) ship(r *rapid.T) {
	all := f.all(r)
	x := all[rapid.IntRange(0, len(all)-1).Draw(r, "fulfillment order")]
	f.shipped++
	_, err := f.fulfillments.ShipOrder(f.ctx, fulfillment.ShipOrderInput{ID: x.ID, WaybillNo: fmt.Sprintf("YT26%011d", f.round*1000+f.shipped)})
	if f.did(r, "ship", err) && x.Sealed == fulfillment.SealWave {
		f.reached["ship from a wave"]++
	}
}

func (f *floor) print(r *rapid.T) {
	all := f.all(r)
	x := all[rapid.IntRange(0, len(all)-1).Draw(r, "fulfillment order")]
	kittest.InTx(f.t, f.k, f.ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := f.fulfillments.SealTx(ctx, tx, []id.ID{x.ID}, fulfillment.SealPrint)
		f.did(r, "print", err)
		return nil
	})
}

func (f *floor) decide(r *rapid.T) {
	w, ok := f.wave(r)
	if !ok {
		return
	}
	s, err := f.s.Get(f.ctx, w.ID)
	if err != nil {
		r.Fatal(err)
	}
	for _, c := range s.Counts {
		if c.State == CountOpen {
			apply := rapid.Bool().Draw(r, "apply")
			_, err := f.s.Decide(f.ctx, DecideInput{WaveID: w.ID, CountID: c.ID, Apply: apply})
			f.did(r, fmt.Sprintf("decide %t", apply), err)
		}
	}
}

func (f *floor) check(r *rapid.T) {
	f.must(f.k.Runner.Drain(f.ctx))
	in := map[id.ID]Member{}
	for _, w := range f.waves {
		for _, m := range f.members(r, w) {
			if m.Live {
				if was, twice := in[m.FulfillmentOrderID]; twice {
					r.Fatalf("%d is in two waves: %+v %+v", m.FulfillmentOrderID, was, m)
				}
				in[m.FulfillmentOrderID] = m
			}
		}
	}
	closed := map[id.ID]bool{}
	for _, w := range f.waves {
		s, err := f.s.Get(f.ctx, w.ID)
		if err != nil {
			r.Fatal(err)
		}
		f.agrees(r, &s)
		for _, b := range s.Baskets {
			closed[b.FulfillmentOrderID] = closed[b.FulfillmentOrderID] || s.Wave.State == Closed && b.Out == ""
		}
	}
	for _, x := range f.all(r) {
		m, live := in[x.ID]
		switch {
		case live && x.State != fulfillment.StateOpen:
			r.Fatalf("%d is %s and still in wave %d", x.ID, x.State, m.WaveID)
		case live && x.Sealed == "":
			r.Fatalf("%d is in wave %d and open to edits", x.ID, m.WaveID)
		case !live && x.State == fulfillment.StateOpen && x.Sealed == fulfillment.SealWave && !closed[x.ID]:
			r.Fatalf("%d is sealed for a wave that it is not in", x.ID)
		}
	}
}

// agrees checks a wave against its own baskets and against what its orders hold.
func (f *floor) agrees(r *rapid.T, s *Sheet) {
	var left int64
	for _, b := range s.Baskets {
		if !b.Live {
			continue
		}
		one, err := f.fulfillments.Get(f.ctx, b.FulfillmentOrderID)
		if err != nil {
			r.Fatal(err)
		}
		var holds int64
		for _, l := range one.Lines {
			holds += l.Left()
		}
		if b.Wanted != holds {
			r.Fatalf("basket %d of %s wants %d, its order holds %d", b.Position, s.Wave.Code, b.Wanted, holds)
		}
		left += max(0, b.Wanted-(b.Picked-b.PutBack)-b.Short)
	}
	if s.Wave.EndedAt == 0 && (left == 0) != (s.Wave.State == Picked) {
		r.Fatalf("%s is %s with %d pieces to pick", s.Wave.Code, s.Wave.State, left)
	}
}

// end gives everything up: nothing stays sealed, and the stock is sound.
func (f *floor) end(r *rapid.T) {
	for _, w := range f.waves {
		if _, err := f.s.Cancel(f.ctx, w.ID); err != nil && !refusal(err) {
			r.Fatal(err)
		}
	}
	f.must(f.k.Jobs.Drain(f.ctx))
	f.check(r)
	if found, err := f.stock.Verify(f.ctx); err != nil || len(found) > 0 {
		r.Fatalf("stock: %v %v", found, err)
	}
}
