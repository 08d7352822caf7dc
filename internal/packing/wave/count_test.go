package wave

import (
	"context"
	"slices"
	"testing"

	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/packing"
)

func (h *house) order(o id.ID) *order.Order {
	h.t.Helper()
	all, err := h.orders.LoadTx(h.ctx, h.k.DB, []id.ID{o})
	h.must(err)
	return &all[0]
}

func (h *house) onHand(code string) int64 {
	h.t.Helper()
	n, err := h.stock.OnHandTx(h.ctx, h.k.DB, h.skus[code], h.wh)
	h.must(err)
	return n
}

// short says that n pieces were not there, after counting the shelf.
func (h *house) short(w Wave, code string, n, counted int64) {
	h.t.Helper()
	_, err := h.s.Pick(h.ctx, PickInput{WaveID: w.ID, SKUID: h.skus[code], Do: DoShort, Quantity: n, Counted: &counted})
	h.must(err)
}

func TestAHoldThatIsNoWavesOutlivesAShortage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", "")
		called, _ := h.placed(h.doc("1", "浙江省", item1{"A", 2}))
		plain, _ := h.placed(h.doc("2", "浙江省", item1{"A", 2}))
		agreed, _ := h.placed(h.doc("3", "浙江省", item1{"A", 2}))
		w := h.make(Choice{})
		// What was agreed with a buyer who waited names the order as its cause.
		refund := order.Raised{OrderID: agreed, Kind: order.HoldManual, Stands: true, Note: "缺货，已与买家约定退款", CauseID: agreed}
		h.must(h.k.DB.InTx(h.ctx, func(ctx context.Context, tx *db.Tx) error { return h.orders.RaiseTx(ctx, tx, []order.Raised{refund}) }))
		// It is the person's, even in the words that a wave uses.
		words := "波次 W261121-001 拣货缺货：A"
		_, err := h.orders.Hold(h.ctx, order.HoldInput{OrderID: called, Note: words})
		h.must(err)
		h.short(w, "A", 6, 0)
		_, err = h.s.Close(h.ctx, w.ID)
		h.must(err)
		note := func(o id.ID) string {
			for _, one := range h.order(o).Holds {
				if one.Kind == order.HoldManual {
					return one.Note
				}
			}
			return ""
		}
		if note(called) != words || note(plain) != words || note(agreed) != refund.Note {
			t.Fatalf("held for %q, %q and %q", note(called), note(plain), note(agreed))
		}
		_, err = h.s.Decide(h.ctx, DecideInput{WaveID: w.ID, CountID: h.sheet(w).Counts[0].ID})
		h.must(err)
		if note(called) != words || note(plain) != "" || note(agreed) != refund.Note {
			t.Errorf("the goods were there: held for %q, %q and %q", note(called), note(plain), note(agreed))
		}
	})
}

func TestACountedShortageLeavesTheBooksAndItsOrderIsAllocatedAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", "")
		full, _ := h.placed(h.doc("1", "浙江省", item1{"A", 2}))
		lacking, f := h.placed(h.doc("2", "浙江省", item1{"A", 3}))
		w := h.make(Choice{})
		h.pick(w, DoPick, "A", 3) // the first basket, and one piece of the second
		// The books have 100, of which 3 lie in baskets: 97 should be on the shelf.
		h.short(w, "A", 2, 0)
		s := h.sheet(w)
		if len(s.Counts) != 1 || s.Counts[0].Missing() != 97 || s.Counts[0].InBaskets != 3 || s.Counts[0].SKUCode != "A" || s.Counts[0].State != CountOpen {
			t.Fatalf("%+v", s.Counts)
		}

		picker := kittest.Owner(kittest.Merchant)
		picker.Permissions = []string{packing.PermitPick, packing.PermitRead}
		_, err := h.s.Decide(actor.With(h.ctx, picker), DecideInput{WaveID: w.ID, CountID: s.Counts[0].ID, Apply: true})
		h.refused(err, actor.ErrForbidden)
		_, err = h.s.Decide(h.ctx, DecideInput{WaveID: w.ID, CountID: 1, Apply: true})
		h.refused(err, ErrNoCount)
		_, err = h.s.Decide(h.ctx, DecideInput{WaveID: w.ID, CountID: s.Counts[0].ID, Apply: true})
		h.must(err)
		if n := h.onHand("A"); n != 3 {
			t.Fatalf("%d on the books, 3 are there", n)
		}
		if o := h.order(lacking); !o.OnHold(order.HoldOutOfStock) || h.order(full).OnHold(order.HoldOutOfStock) {
			t.Fatalf("%+v", o.Holds)
		}
		_, err = h.s.Decide(h.ctx, DecideInput{WaveID: w.ID, CountID: s.Counts[0].ID, Apply: true})
		h.refused(err, ErrNoCount)

		// A picker, who may hold no order, ends the wave.
		_, err = h.s.Close(actor.With(h.ctx, picker), w.ID)
		h.must(err)
		if o := h.order(lacking); o.OnHold(order.HoldManual) {
			t.Fatal("nobody has to look at what was counted")
		}
		if s = h.sheet(w); s.Baskets[1].Out != OutShort || h.sealed(f) != "" {
			t.Fatalf("%+v", s.Baskets)
		}
		if p, err := h.s.Preview(h.ctx, Choice{WarehouseID: h.wh}); err != nil || p.Waiting != 0 {
			t.Fatalf("what waits for goods is not picked: %+v %v", p, err)
		}
		if o := h.order(full); o.Lines[0].Picked != 2 || h.order(lacking).Lines[0].Picked != 0 {
			t.Fatalf("picked: %+v", o.Lines)
		}
	})
}

func TestACountThatNobodyDecidedOnHoldsTheOrderUntilSomebodyDoes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", "")
		found, _ := h.placed(h.doc("1", "浙江省", item1{"A", 1}))
		w := h.make(Choice{})
		h.short(w, "A", 1, 5)
		h.short2(w, "A")
		counts := h.sheet(w).Counts
		if len(counts) != 1 || counts[0].Missing() != 96 { // the later count stands
			t.Fatalf("%+v", counts)
		}
		_, err := h.s.Close(h.ctx, w.ID)
		h.must(err)
		if !h.order(found).OnHold(order.HoldManual) {
			t.Fatal("held until somebody has decided")
		}
		_, err = h.s.Decide(h.ctx, DecideInput{WaveID: w.ID, CountID: counts[0].ID})
		h.must(err)
		if o := h.order(found); o.OnHold(order.HoldManual) || o.OnHold(order.HoldOutOfStock) || h.onHand("A") != 100 {
			t.Fatalf("the goods were there after all: %+v", o.Holds)
		}
		if p, err := h.s.Preview(h.ctx, Choice{WarehouseID: h.wh}); err != nil || p.Orders != 1 {
			t.Fatalf("it may go into the next wave: %+v %v", p, err)
		}
	})
}

// short2 counts the shelf once more, finding one piece fewer.
func (h *house) short2(w Wave, code string) {
	h.t.Helper()
	four := int64(4)
	_, err := h.s.Pick(h.ctx, PickInput{WaveID: w.ID, SKUID: h.skus[code], Do: DoPick, Quantity: 1})
	h.must(err)
	_, err = h.s.Pick(h.ctx, PickInput{WaveID: w.ID, SKUID: h.skus[code], Do: DoUndo, Quantity: 1})
	h.must(err)
	_, err = h.s.Pick(h.ctx, PickInput{WaveID: w.ID, SKUID: h.skus[code], Do: DoShort, Quantity: 1, Counted: &four})
	h.must(err)
	_, err = h.s.Pick(h.ctx, PickInput{WaveID: w.ID, SKUID: h.skus[code], Do: DoPick, Quantity: 1, Counted: &four})
	h.refused(err, ErrQuantity)
}

func TestGoodsThatOthersHoldAreNotWrittenOff(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", "")
		lacking, _ := h.placed(h.doc("1", "浙江省", item1{"A", 10}))
		h.put(h.doc("2", "浙江省", item1{"A", 60}))
		kittest.InTx(t, h.k, h.ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := h.stock.LoseTx(ctx, tx, inventory.Loss{SKUID: h.skus["A"], WarehouseID: h.wh, Quantity: 50, Orders: []id.ID{lacking}})
			h.refused(err, inventory.ErrBelowReserved)
			_, err = h.stock.LoseTx(ctx, tx, inventory.Loss{SKUID: h.skus["A"], WarehouseID: h.wh, Quantity: 101, Orders: []id.ID{lacking}})
			h.refused(err, inventory.ErrInsufficient)
			gave, err := h.stock.LoseTx(ctx, tx, inventory.Loss{SKUID: h.skus["A"], WarehouseID: h.wh, Quantity: 35, Orders: []id.ID{lacking}})
			if !slices.Equal(gave, []id.ID{lacking}) {
				t.Errorf("%v gave up what they held", gave)
			}
			return err
		})
		if n := h.onHand("A"); n != 65 {
			t.Fatal(n)
		}
	})
}

func TestPickedPiecesAreCountedOnceAndTakenBackWhenTheyReturnToTheShelf(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", "")
		gone, _ := h.placed(h.doc("1", "浙江省", item1{"A", 2}))
		stays, _ := h.placed(h.doc("2", "浙江省", item1{"A", 1}))
		w := h.make(Choice{})
		h.pick(w, DoPick, "A", 3)
		_, err := h.s.Close(h.ctx, w.ID)
		h.must(err)
		if a, b := h.order(gone).Lines[0].Picked, h.order(stays).Lines[0].Picked; a != 2 || b != 1 {
			t.Fatal(a, b)
		}
		_, err = h.orders.Close(h.ctx, order.CloseInput{OrderID: gone, Reason: "buyer_cancelled"})
		h.must(err)
		h.must(h.k.Runner.Drain(h.ctx))
		if a, b := h.order(gone).Lines[0].Picked, h.order(stays).Lines[0].Picked; a != 0 || b != 1 {
			t.Fatal(a, b)
		}
	})
}
