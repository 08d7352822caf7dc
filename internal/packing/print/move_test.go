package print_test

import (
	"context"
	"flag"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/packing/print"
)

// Labels that take the same step are moved together: whatever is told of whichever of them,
// each ends where it was told to, on its own page, and only what left no paper may be
// printed as if for the first time.
func TestEachLabelGoesItsOwnWayHoweverTheyAreTold(t *testing.T) {
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		if err := flag.Set("rapid.checks", "6"); err != nil { // each is some twenty commits
			t.Fatal(err)
		}
	}
	const n = 8
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ids := h.orders(n, "A", h.own)
		var orders []id.ID
		for _, one := range ids {
			orders = append(orders, h.orderOf(one))
		}
		rapid.Check(t, func(r *rapid.T) {
			held := rapid.SliceOfNDistinct(rapid.IntRange(0, n-1), 0, n-1, rapid.ID).Draw(r, "held")
			out, err := h.s.Start(h.ctx, print.StartInput{FulfillmentOrderIDs: ids, TemplateID: 1, Keep: true})
			h.must(err)
			if out.Batch.Total != n {
				r.Fatalf("left out: %s", left(out))
			}
			for _, i := range held {
				_, err := h.order.Hold(h.ctx, order.HoldInput{OrderID: orders[i], Note: "先不发"})
				h.must(err)
			}
			h.drain()
			b, all := h.get(out.Batch.ID)
			page := int64(0)
			for i, l := range all {
				if slices.Contains(held, i) {
					if l.State != print.Refused || l.Page != 0 || l.ErrorCode == "" {
						r.Fatalf("held: %+v", l)
					}
					continue
				}
				if page++; l.State != print.Laid || l.Page != page {
					r.Fatalf("page %d: %+v", page, l)
				}
			}
			want := make([]print.LabelState, n)
			for from := 0; from < n; {
				to := rapid.IntRange(from, n-1).Draw(r, "to")
				printed := rapid.IntRange(0, 3).Draw(r, "printed") == 0
				_, err := h.s.Told(h.ctx, print.ToldInput{BatchID: b.ID, From: int64(from + 1), To: int64(to + 1), Printed: printed})
				if c := code(err); c != "" && c != "print.bad_range" {
					r.Fatal(err)
				}
				for ; from <= to; from++ {
					if want[from] = print.Failed; printed {
						want[from] = print.Printed
					}
				}
			}
			for _, i := range held {
				_, err := h.order.Release(h.ctx, order.ReleaseInput{OrderID: orders[i]})
				h.must(err)
			}
			b, all = h.get(b.ID)
			var again []id.ID
			for i, l := range all {
				if slices.Contains(held, i) {
					want[i] = print.Refused
				}
				if l.State != want[i] || l.EndedAt == 0 || l.Page == 0 != (l.State == print.Refused) {
					r.Fatalf("label %d is told %s: %+v", i+1, want[i], l)
				}
				if l.State == print.Printed {
					again = append(again, l.FulfillmentOrderID)
				}
			}
			if b.State != print.Closed {
				r.Fatalf("%s", b.State)
			}
			// What is on paper is refused.
			out, err = h.s.Start(h.ctx, print.StartInput{FulfillmentOrderIDs: ids, TemplateID: 1})
			h.must(err)
			if len(out.Left) != len(again) || out.Batch.Total != int64(n-len(again)) && len(again) < n {
				r.Fatalf("%d on paper, %d refused: %s", len(again), len(out.Left), left(out))
			}
			h.drain()
			if out.Batch.ID != 0 {
				_, err = h.s.Told(h.ctx, print.ToldInput{BatchID: out.Batch.ID, From: 1, To: n})
				h.must(err)
			}
			h.forget()
		})
	})
}

// forget lets every waybill be printed as if for the first time.
func (h *house) forget() {
	h.t.Helper()
	h.tx(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE packing_print_paper SET copies = 0 WHERE merchant_id = ?`, kittest.Merchant)
		return err
	})
}
