package waiting

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
)

// remote is a warehouse that serves one province only, which is no receiver's of the tests.
func (x *floor) remote() id.ID {
	x.T.Helper()
	wh, err := x.Stock.CreateWarehouse(x.ctx, inventory.WarehouseInput{Code: "REMOTE", Name: "藏仓"})
	if err == nil {
		_, err = x.ships.Rules().SetSite(x.ctx, allocate.Site{WarehouseID: wh.ID, Areas: []allocate.Area{{Served: false}, {Province: "西藏", Served: true}}})
	}
	if err != nil {
		x.T.Fatal(err)
	}
	return wh.ID
}

// crowdOf are n orders of one SKU, every second of them approved and routed in vain.
func (x *floor) crowdOf(round string, n int, code string, pieces int64) (orders []id.ID) {
	x.T.Helper()
	for i := range n {
		orders = append(orders, x.order(fmt.Sprintf("%s%03d", round, i), int64(i+1), ordertest.Line(code, pieces, 100)))
	}
	x.settle()
	var some []id.ID
	for i := 0; i < n; i += 2 {
		some = append(some, orders[i])
	}
	x.approve(some...)
	x.route(some...)
	return orders
}

// statements counts what an arrival costs until everything has come to rest.
func (x *floor) statements(d *db.DB, sku, warehouse id.ID, n int64) int64 {
	x.T.Helper()
	was := d.Statements()
	x.arrive(sku, warehouse, n)
	x.settle()
	return d.Statements() - was
}

func TestPiecesThatNobodyCanUseCostAListAndNotAnOrderEach(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, east := queued(t, d)
		remote := x.remote()
		far, scarce := x.SKU(x.ctx, "FAR", 0), x.SKU(x.ctx, "SCARCE", 0)
		var cost [2][2]int64
		for i, n := range []int{20, 80} {
			round := fmt.Sprint("R", i)
			orders := append(x.crowdOf(round+"F", n/2, "FAR", 1), x.crowdOf(round+"S", n/2, "SCARCE", 2)...)
			cost[i][0] = x.statements(d, far, remote, 3)
			cost[i][1] = x.statements(d, scarce, []id.ID{east, x.Warehouse}[i], 1) // one here and one there: an order wants two
			if got := x.holding(orders); len(got) > 0 {
				t.Errorf("%v hold goods that are not for them", got)
			}
		}
		for k, what := range []string{"in a warehouse that serves nobody", "too few for any order"} {
			if few, many := cost[0][k], cost[1][k]; many > few*11/10 {
				t.Errorf("pieces %s take %d statements where 20 orders wait, %d where 100 do", what, few, many)
			}
		}
	})
}

func TestPiecesThatNobodyCanUseDoNotSlowThoseThatArriveElsewhere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, east := queued(t, d)
		remote := x.remote()
		const n = 60
		var cost [2]int64
		for i, code := range []string{"FREE", "STUCK"} {
			sku := x.SKU(x.ctx, code, 0)
			orders := x.crowdOf(code, n, code, 2)
			if code == "STUCK" {
				x.arrive(sku, remote, 3)
				x.arrive(sku, east, 1)
				x.settle()
			}
			cost[i] = x.statements(d, sku, x.Warehouse, 2*n)
			if got := x.holding(orders); len(got) != n {
				t.Fatalf("%s: %d of %d hold goods", code, len(got), n)
			}
		}
		if cost[1] > cost[0]*11/10 {
			t.Errorf("%d orders take %d statements, beside pieces that nobody can use %d", n, cost[0], cost[1])
		}
	})
}

func TestWhoCanUseAPieceGetsItFromAmongThoseWhoCannot(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, east := queued(t, d)
		remote := x.remote()
		sku := x.SKU(x.ctx, "A", 0)
		orders := x.crowdOf("C", 8, "A", 2)
		doc := x.Doc("TIBET", "A")
		doc.Lines, doc.Money = []order.Line{ordertest.Line("A", 1, 100)}, order.Money{}
		doc.Receiver.Province, doc.Receiver.City, doc.Receiver.District = "西藏自治区", "拉萨市", "城关区"
		orders = append(orders, x.One(x.ctx, 0, doc).ID) // without a deadline: the last in the queue
		x.arrive(sku, remote, 1)
		x.settle()
		if got := x.holding(orders); !slices.Equal(got, []int{8}) {
			t.Fatalf("%v hold the remote piece, want the last", got)
		}
		x.arrive(sku, east, 1)
		x.arrive(sku, x.Warehouse, 3)
		x.settle()
		if got := x.holding(orders); !slices.Equal(got, []int{0, 8}) {
			t.Errorf("%v hold goods: of three and one the first takes two, and nobody takes one of each", got)
		}
		x.arrive(sku, east, 3)
		x.settle()
		if got := x.holding(orders); !slices.Equal(got, []int{0, 1, 2, 8}) {
			t.Errorf("%v hold goods, want the next two as well", got)
		}
		if found, err := x.Stock.Verify(x.ctx); err != nil || len(found) > 0 {
			t.Errorf("stock: %v %v", found, err)
		}
	})
}

// Whatever arrives where, under any policy: whoever was passed over could not have been
// given anything, which is found by serving everybody in turn by force.
func TestNobodyIsPassedOverWhoCouldBeServed(t *testing.T) {
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		if err := flag.Set("rapid.checks", "4"); err != nil { // each is some forty commits on a real database
			t.Fatal(err)
		}
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, east := queued(t, d)
		places := []id.ID{x.Warehouse, east, x.remote()}
		round := 0
		rapid.Check(t, func(r *rapid.T) {
			round++
			all, err := x.ships.Rules().Rules(x.ctx)
			if err == nil {
				all[0].Action.Shortage = rapid.SampledFrom(allocate.Shortages).Draw(r, "policy")
				all[0].Action.WarehouseIDs = rapid.SampledFrom([][]id.ID{nil, {east}, {places[2], x.Warehouse}}).Draw(r, "warehouses")
				_, err = x.ships.Rules().SaveRule(x.ctx, all[0])
			}
			if err != nil {
				r.Fatal(err)
			}
			codes := map[string]id.ID{}
			for _, s := range []string{"A", "B", "SET"} {
				codes[s] = x.SKU(x.ctx, fmt.Sprintf("%s%d", s, round), 0)
			}
			set, err := x.Catalog.SKUsTx(x.ctx, d, []id.ID{codes["SET"]})
			if err == nil {
				_, err = x.Catalog.SetComponents(x.ctx, catalog.ComponentsInput{SKUID: codes["SET"], Version: set[codes["SET"]].Version,
					Components: []catalog.Component{{SKUID: codes["A"], Quantity: 1, Share: 1}, {SKUID: codes["B"], Quantity: 2, Share: 1}}})
			}
			if err != nil {
				r.Fatal(err)
			}
			var orders []id.ID
			for i := range rapid.IntRange(3, 7).Draw(r, "orders") {
				doc := x.Doc(fmt.Sprintf("N-%d-%d", round, i), "A")
				doc.Lines, doc.Money = nil, order.Money{}
				for range rapid.IntRange(1, 3).Draw(r, "lines") { // two lines may be of one SKU
					s := rapid.SampledFrom([]string{"A", "B", "SET"}).Draw(r, "goods")
					doc.Lines = append(doc.Lines, ordertest.Line(fmt.Sprintf("%s%d", s, round), rapid.Int64Range(1, 3).Draw(r, "n"), 100))
				}
				if rapid.IntRange(0, 3).Draw(r, "far") == 0 {
					doc.Receiver.Province, doc.Receiver.City = "西藏自治区", "拉萨市"
				}
				o := x.One(x.ctx, 0, doc).ID
				if orders = append(orders, o); rapid.Bool().Draw(r, "approved") {
					x.approve(o)
					x.route(o)
				}
			}
			for range rapid.IntRange(2, 5).Draw(r, "arrivals") {
				x.arrive(codes[rapid.SampledFrom([]string{"A", "B"}).Draw(r, "what")], rapid.SampledFrom(places).Draw(r, "where"), rapid.Int64Range(1, 5).Draw(r, "pieces"))
				x.settle()
				for range 2 { // whoever was given to another warehouse left pieces free, or reserves there now
					kittest.InTx(t, x.Kit, x.ctx, func(ctx context.Context, tx *db.Tx) error {
						_, err := x.Kit.Jobs.EnqueueTx(ctx, tx, job.Spec{Kind: serveJob})
						return err
					})
					x.settle()
				}
				if who := x.passedOver(orders); who != "" {
					r.Fatal(who)
				}
			}
			if found, err := x.Stock.Verify(x.ctx); err != nil || len(found) > 0 {
				r.Fatalf("stock: %v %v", found, err)
			}
			for _, o := range orders { // the next round begins with an empty queue
				if _, err := x.Orders.Close(x.ctx, order.CloseInput{OrderID: o, Reason: "other"}); !allowed(r, err) {
					continue
				}
			}
			x.settle()
		})
	})
}

// passedOver serves everybody who stands in the queue by force, takes it back, and says who
// got something by it.
func (x *floor) passedOver(orders []id.ID) (who string) {
	x.T.Helper()
	undo := errors.New("undo")
	err := x.Kit.DB.InTx(x.ctx, func(ctx context.Context, tx *db.Tx) error {
		all, err := queue(ctx, tx)
		if err != nil {
			return err
		}
		for _, p := range all {
			if !slices.Contains(orders, p.Order) {
				continue
			}
			was, err := x.given(ctx, tx, p.Order)
			if err == nil {
				err = x.Orders.RetryShortTx(ctx, tx, []id.ID{p.Order})
			}
			if err == nil && was.approved {
				err = x.ships.RouteTx(ctx, tx, []id.ID{p.Order})
			}
			if err != nil {
				return err
			}
			now, err := x.given(ctx, tx, p.Order)
			if err != nil {
				return err
			}
			if was.held != now.held || was.allocated != now.allocated || was.hold != now.hold {
				who += fmt.Sprintf("order %d: %+v by force %+v; ", slices.Index(orders, p.Order), was, now)
			}
		}
		return undo
	})
	if !errors.Is(err, undo) {
		x.T.Fatal(err)
	}
	return who
}

// given is what an order was given by now.
type given struct {
	held, allocated int64
	hold, approved  bool
}

func (x *floor) given(ctx context.Context, tx *db.Tx, one id.ID) (g given, err error) {
	all, err := x.Orders.LoadTx(ctx, tx, []id.ID{one})
	if err != nil || len(all) == 0 {
		return g, err
	}
	held, err := x.Stock.ReservedTx(ctx, tx, []id.ID{one})
	for _, h := range held {
		g.held += h.Quantity
	}
	routed := map[id.ID]bool{}
	if err == nil {
		err = db.Read(ctx, tx, selectRouted(1), idArgs(ctx, []id.ID{one}), func(r *db.Row) {
			r.Int()
			r.Int()
			routed[one] = r.Int() == 1
		})
	}
	g.allocated, g.hold, g.approved = allocated(all[0]), all[0].OnHold(order.HoldOutOfStock), routed[one]
	return g, err
}
