package view_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/view"
)

func TestTheReviewQueueIsCountedByReasonAsARecountDoes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d, 150)
		i := slices.IndexFunc(w.orders, func(o seen) bool { return o.Allows(order.ActApprove) })
		if _, err := w.Orders.Approve(ctx, order.ApproveInput{OrderID: w.orders[i].ID}); err != nil {
			t.Fatal(err)
		}
		w.orders[i].Order = w.Load(ctx, w.orders[i].ID)
		check := func(f view.Filter, shops []id.ID) {
			t.Helper()
			want := map[string]int64{}
			var waiting, today int64
			for _, o := range w.orders {
				if !slices.Contains(shops, o.ShopID) || len(f.ShopIDs.List) > 0 && !slices.Contains(f.ShopIDs.List, o.ShopID) {
					continue
				}
				if o.ApprovedAt >= w.now-12*hour { // it is noon
					today++
				}
				if o.State != order.AwaitingApproval || o.History || o.Archived {
					continue
				}
				waiting++
				for _, h := range o.Holds {
					want[string(h.Kind)]++
				}
			}
			got, err := w.view.ReviewCounts(kittest.Within(ctx, "shop", shops...), f)
			if err != nil {
				t.Fatal(err)
			}
			if got.Approval != (view.Count{N: waiting, Exact: true, Known: true}) || got.Finance != (view.Count{Exact: true, Known: true}) {
				t.Errorf("%+v, of %d", got, waiting)
			}
			if got.ApprovedToday != (view.Count{N: today, Exact: true, Known: true}) {
				t.Errorf("approved today %+v, there are %d", got.ApprovedToday, today)
			}
			if len(shops) == 3 && len(f.ShopIDs.List) == 0 && (len(want) < 2 || waiting == 0 || today == 0) {
				t.Errorf("of %d waiting and %d approved it proves nothing", waiting, today)
			}
			said := map[string]int64{}
			for _, r := range got.Reasons {
				said[r.Kind] = r.N
			}
			if !maps.Equal(said, want) {
				t.Errorf("%v, there are %v", said, want)
			}
		}
		every := []id.ID{w.shops[0].ID, w.shops[1].ID, w.shops[2].ID}
		check(view.Filter{}, every)
		check(view.Filter{Holds: []string{"manual"}, Tab: view.TabClosed}, every) // of no matter
		check(view.Filter{ShopIDs: web.NewIDs(every[0])}, every)
		check(view.Filter{}, every[1:2])
		if _, err := w.Orders.FoldCounts(ctx); err != nil {
			t.Fatal(err)
		}
		check(view.Filter{}, every)
		check(view.Filter{}, []id.ID{})
	})
}
