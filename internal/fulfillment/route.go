package fulfillment

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// RouteTx routes orders anew, inside the caller's transaction; who finds no goods waits.
func (s *Service) RouteTx(ctx context.Context, tx *db.Tx, ids []id.ID) error {
	_, err := s.allocateRowsTx(ctx, tx, allocateJob{ByRules: true}, ids)
	return err
}

// routeEachTx allocates each of different orders as the rules say (分仓): who is urgent
// first, then who is due first. What was decided and why is kept per order.
func (s *Service) routeEachTx(ctx context.Context, tx *db.Tx, ids []id.ID) ([]*allotment, error) {
	ins, at := make([]ShipInput, len(ids)), upTo(len(ids))
	for i, o := range ids {
		ins[i] = ShipInput{OrderID: o}
	}
	w, err := s.lookAround(ctx, tx, ins, at, true)
	if err != nil {
		return nil, err
	}
	heads := make([]*order.Order, 0, len(w.orders))
	for _, o := range w.orders {
		heads = append(heads, o)
	}
	r, err := s.rules.RoundTx(ctx, tx, heads, w.components)
	if err != nil {
		return nil, err
	}
	for _, one := range r.Warehouses {
		w.warehouses[one.ID] = one.Active
	}
	out := make([]*allotment, len(ids))
	slices.SortStableFunc(at, func(x, y int) int { return r.Turn(w.orders[ids[x]], w.orders[ids[y]]) })
	for _, i := range at {
		out[i] = w.route(r, ids[i])
	}
	if err := s.allotTx(ctx, tx, w, out); err != nil {
		return nil, err
	}
	return out, s.noteRoutes(ctx, tx, w, r, out)
}

// route asks the planner about one order.
func (w *world) route(r *allocate.Round, one id.ID) *allotment {
	a := &allotment{order: w.orders[one], Allocation: Allocation{OrderID: one}}
	if a.order == nil {
		a.err = order.ErrNotFound
		return a
	}
	if !a.order.Allows(order.ActAllocate) && len(w.open[one]) == 0 {
		a.err = ErrNotAllocatable
		return a
	}
	lines := r.Lines(a.order, a.keep(w))
	if len(lines) == 0 && len(a.shares) > 0 {
		return a
	}
	for _, t := range w.placement(a).Wants { // what is kept is not free for the rest
		r.Held(one).Add(t.SKUID, t.WarehouseID, -t.Quantity)
	}
	d := r.Plan(a.order, lines)
	a.decision = &d
	for _, share := range d.Shares {
		one := Share{WarehouseID: share.WarehouseID, Kind: d.Action.Kind, CarrierWish: d.Action.CarrierWish, SupplierID: r.Supplier(share.WarehouseID)}
		for _, l := range share.Lines {
			one.Lines = append(one.Lines, order.LineQty{LineID: l.LineID, Quantity: l.Quantity})
		}
		a.shares = append(a.shares, one)
	}
	if len(d.Shares) == 0 {
		a.err = ErrWaiting
	}
	return a
}

// keep leaves what is sealed or merged as it is, and says how much of each line that is.
func (a *allotment) keep(w *world) map[id.ID]int64 {
	out := map[id.ID]int64{}
	for _, f := range w.open[a.OrderID] {
		if f.sealed == "" && f.orders < 2 {
			continue
		}
		a.take(f.warehouseID, f.left)
		a.shares[len(a.shares)-1].FulfillmentOrderID = f.id
		a.kept = append(a.kept, f.id)
		for line, n := range f.left {
			out[line] += n
		}
	}
	return out
}

// noteRoutes keeps why each order was routed so, and who waits for goods.
func (s *Service) noteRoutes(ctx context.Context, tx *db.Tx, w *world, r *allocate.Round, all []*allotment) error {
	var stmts []db.Stmt
	var done []id.ID
	for _, a := range all {
		if a.decision == nil {
			continue
		}
		trace, err := json.Marshal(a.decision.Trace)
		if err != nil {
			return err
		}
		stmts = append(stmts, db.Stmt{SQL: putTrace, Want: -1, Args: []any{w.merchant, a.OrderID, a.decision.Trace.Outcome, string(trace), w.now}})
		if a.decision.Trace.Outcome == allocate.Allocated && a.err == nil {
			done = append(done, a.OrderID)
			continue
		}
		stmts = append(stmts, db.Stmt{SQL: putWaiting, Want: -1, Args: []any{w.merchant, a.OrderID, r.Urgency(a.OrderID), allocate.DueAt(a.order), a.decision.Trace.AskBuyer, w.now}})
	}
	slices.SortStableFunc(stmts, func(x, y db.Stmt) int { return cmp.Compare(x.Args[1].(id.ID), y.Args[1].(id.ID)) })
	if _, err := tx.Batch(ctx, stmts); err != nil {
		return err
	}
	for part := range slices.Chunk(done, lookupChunk) {
		if _, err := tx.Exec(ctx, dropWaiting(len(db.Pad(part))), append([]any{w.merchant}, anyIDs(db.Pad(part))...)...); err != nil {
			return err
		}
	}
	return nil
}
