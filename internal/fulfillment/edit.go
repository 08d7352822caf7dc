package fulfillment

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/ordercove/ordercove/internal/fulfillment/word"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// Kinds of edits.
const (
	EditSplit   = "split"
	EditMerge   = "merge"
	EditUnmerge = "unmerge"
)

// edit puts fulfillment orders in the place of others. It changes links only: per
// order line both sides hold the same.
type edit struct {
	id            id.ID
	kind          string
	merchant      id.ID
	by            id.ID
	now           int64
	before, after []*FulfillmentOrder
	heard         *said
}

// beginEdit locks the orders behind fulfillment orders and reads both. Each must be
// open, not sealed, and nothing of it may have left.
func (s *Service) beginEdit(ctx context.Context, tx *db.Tx, kind string, ids []id.ID) (*edit, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	e := &edit{id: s.k.IDs.New(), kind: kind, merchant: a.MerchantID, by: a.ID, now: clock.Millis(s.k.Clock)}
	if err := s.lockEdit(ctx, tx, e, ids); err != nil {
		return nil, err
	}
	for _, f := range e.before {
		switch {
		case f.State != StateOpen:
			return nil, ErrNotOpen.With("state", string(f.State))
		case f.Sealed != "":
			return nil, ErrSealed
		case f.shipped():
			return nil, ErrNoMerge.With("reason", word.PartlyShipped)
		case f.Hold == HoldMergedChanged && kind != EditUnmerge:
			return nil, ErrMergedChanged
		}
	}
	return e, nil
}

// lockEdit reads fulfillment orders twice: whose orders to lock is known only then,
// and once those are locked nobody changes them.
func (s *Service) lockEdit(ctx context.Context, tx *db.Tx, e *edit, ids []id.ID) error {
	for range 2 {
		all, err := s.LoadTx(ctx, tx, ids)
		if err != nil {
			return err
		}
		if len(all) < len(ids) || len(all) == 0 {
			return ErrNoOrder
		}
		e.before = nil
		var orders []id.ID
		for i := range all {
			e.before = append(e.before, &all[i])
			orders = append(orders, all[i].OrderIDs()...)
		}
		if e.heard != nil {
			break
		}
		if e.heard, err = s.listen(ctx, tx, orders, true); err != nil {
			return err
		}
	}
	for _, f := range e.before {
		for _, o := range f.OrderIDs() {
			if e.heard.orders[o] == nil {
				return ErrNoOrder // merged since with another, or in a shop that is not the actor's
			}
		}
	}
	return nil
}

// finishEdit moves what stock must move, and writes the edit.
func (s *Service) finishEdit(ctx context.Context, tx *db.Tx, e *edit) (Edited, error) {
	if err := s.placeEdit(ctx, tx, e, e.before, e.after); err != nil {
		return Edited{}, err
	}
	urgent, err := s.urgencies(ctx, tx, e.heard.list())
	if err != nil {
		return Edited{}, err
	}
	out := Edited{EditID: e.id}
	var b paper
	var sides [][]any
	for _, f := range e.before {
		out.Before = append(out.Before, f.ID)
		b.stmts = append(b.stmts, db.Stmt{SQL: replaceOrder, Want: 1, Args: []any{e.now, e.merchant, f.ID, f.Version}})
		sides = append(sides, []any{e.merchant, e.id, f.ID, "before"})
	}
	for _, f := range e.after {
		f.CreatedAt, f.UpdatedAt = e.now, e.now
		e.heard.derive(f, urgent)
		out.After = append(out.After, f.ID)
		b.add(e.merchant, f)
		sides = append(sides, []any{e.merchant, e.id, f.ID, "after"})
	}
	b.events = []event.Appended{{Of: event.Of{Aggregate: "fulfillment_order", ID: e.after[0].ID},
		Payload: OrdersEdited{EditID: e.id, Kind: e.kind, Before: out.Before, After: out.After}}}
	if err := b.write(ctx, tx, s.k.Events); err != nil {
		return Edited{}, err
	}
	if _, err := tx.Insert(ctx, "fulfillment_edit", editColumns, [][]any{{e.merchant, e.id, e.kind, e.by, e.now}}, ""); err != nil {
		return Edited{}, err
	}
	_, err = tx.Insert(ctx, "fulfillment_edit_order", editOrderColumns, sides, "")
	return out, err
}

// placeEdit moves reservations where an edit changes the warehouse of lines: each
// order then holds what its open fulfillment orders together take.
func (s *Service) placeEdit(ctx context.Context, tx *db.Tx, e *edit, from, to []*FulfillmentOrder) error {
	moves := slices.ContainsFunc(to, func(f *FulfillmentOrder) bool { return f.WarehouseID != from[0].WarehouseID }) ||
		slices.ContainsFunc(from, func(f *FulfillmentOrder) bool { return f.WarehouseID != from[0].WarehouseID })
	if !moves {
		return nil
	}
	w := &world{merchant: e.merchant, now: e.now, orders: e.heard.orders, open: map[id.ID][]openOrder{}, warehouses: map[id.ID]bool{}}
	var ids []id.ID
	for o := range e.heard.orders {
		ids = append(ids, o)
	}
	slices.Sort(ids)
	if err := w.readOpen(ctx, tx, ids); err != nil {
		return err
	}
	if err := s.readComponents(ctx, tx, w, ids); err != nil {
		return err
	}
	for _, f := range to {
		one, err := s.stock.WarehouseTx(ctx, tx, f.WarehouseID)
		if errors.Is(err, inventory.ErrNoWarehouse) || err == nil && !one.Active {
			return ErrNoWarehouse.At("warehouse_id")
		} else if err != nil {
			return err
		}
	}
	places := make([]inventory.Placement, 0, len(ids))
	for _, o := range ids {
		a := &allotment{order: e.heard.orders[o], Allocation: Allocation{OrderID: o}}
		for _, f := range w.open[o] {
			if !slices.ContainsFunc(from, func(x *FulfillmentOrder) bool { return x.ID == f.id }) {
				a.take(f.warehouseID, f.left)
			}
		}
		for _, f := range to {
			left := map[id.ID]int64{}
			for _, l := range f.Lines {
				if l.OrderID == o {
					left[l.LineID] += l.Left()
				}
			}
			a.take(f.WarehouseID, left)
		}
		places = append(places, w.placement(a))
	}
	shorts, err := s.stock.PlaceEachTx(ctx, tx, places)
	if err != nil {
		return err
	}
	for _, short := range shorts {
		if len(short) > 0 {
			return ErrShort.With("sku_code", w.codeOf(short[0].SKUID), "n", short[0].Quantity-short[0].Available)
		}
	}
	return nil
}

func (a *allotment) take(warehouse id.ID, left map[id.ID]int64) {
	share := Share{WarehouseID: warehouse}
	for _, l := range a.order.Lines {
		if n := left[l.ID]; n > 0 {
			share.Lines = append(share.Lines, order.LineQty{LineID: l.ID, Quantity: n})
		}
	}
	a.shares = append(a.shares, share)
}

// Undo (撤销) takes a split, merge or unmerge back: the former fulfillment orders
// stand again exactly as they were. It needs what the edit made to be as it made it.
// Permission fulfillment.merge for merges, fulfillment.split for splits.
//
// Errors: ErrNoEdit, ErrNoUndo, ErrShort where stock must move back and is gone.
func (s *Service) Undo(ctx context.Context, editID id.ID) (Edited, error) {
	about := &command.About{Action: "fulfillment.undo_edit", Object: "fulfillment_edit/" + editID.String()}
	return command.Run(ctx, s.k.Commands, about, editID, func(ctx context.Context, tx *db.Tx) (Edited, error) {
		return s.UndoTx(ctx, tx, editID)
	})
}

// UndoTx is Undo inside the caller's transaction.
func (s *Service) UndoTx(ctx context.Context, tx *db.Tx, editID id.ID) (Edited, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return Edited{}, err
	}
	e := &edit{id: editID, merchant: a.MerchantID, by: a.ID, now: clock.Millis(s.k.Clock)}
	var undone int64
	err = tx.QueryRow(ctx, selectEdit, a.MerchantID, editID).Scan(&e.kind, &undone)
	if errors.Is(err, sql.ErrNoRows) {
		return Edited{}, ErrNoEdit
	}
	if err != nil {
		return Edited{}, err
	}
	permit := PermitMerge
	if e.kind == EditSplit {
		permit = PermitSplit
	}
	if err := actor.Require(ctx, permit); err != nil {
		return Edited{}, err
	}
	out := Edited{EditID: editID}
	if out.Before, out.After, err = s.sides(ctx, tx, a.MerchantID, editID); err != nil {
		return Edited{}, err
	}
	if err := s.lockEdit(ctx, tx, e, append(slices.Clone(out.Before), out.After...)); err != nil {
		return Edited{}, err
	}
	var before, after []*FulfillmentOrder
	for _, f := range e.before {
		if slices.Contains(out.After, f.ID) {
			after = append(after, f)
		} else {
			before = append(before, f)
		}
	}
	if undone != 0 || !undoable(before, after) {
		return Edited{}, ErrNoUndo
	}
	if err := s.placeEdit(ctx, tx, e, after, before); err != nil {
		return Edited{}, err
	}
	return out, s.writeUndo(ctx, tx, e, before, after, out)
}

// undoable: what the edit made stands as it was made, and both sides hold the same.
func undoable(before, after []*FulfillmentOrder) bool {
	sum := map[id.ID]int64{}
	for _, f := range after {
		if f.State != StateOpen || f.Sealed != "" || f.shipped() {
			return false
		}
		for _, l := range f.Lines {
			sum[l.LineID] += l.Quantity
		}
	}
	for _, f := range before {
		if f.State != StateReplaced {
			return false
		}
		for _, l := range f.Lines {
			sum[l.LineID] -= l.Quantity
		}
	}
	for _, n := range sum {
		if n != 0 {
			return false
		}
	}
	return true
}

func (s *Service) writeUndo(ctx context.Context, tx *db.Tx, e *edit, before, after []*FulfillmentOrder, out Edited) error {
	var b paper
	for _, f := range after {
		b.stmts = append(b.stmts, db.Stmt{SQL: cancelOrder, Want: 1, Args: []any{e.now, e.merchant, f.ID}})
	}
	for _, f := range before {
		b.stmts = append(b.stmts, db.Stmt{SQL: restoreOrder, Want: 1, Args: []any{e.now, e.merchant, f.ID}})
	}
	b.stmts = append(b.stmts, db.Stmt{SQL: undoEdit, Want: 1, Args: []any{e.now, e.merchant, e.id}})
	b.events = []event.Appended{{Of: event.Of{Aggregate: "fulfillment_order", ID: out.Before[0]},
		Payload: OrdersEdited{EditID: e.id, Kind: e.kind, Undone: true, Before: out.Before, After: out.After}}}
	if err := b.write(ctx, tx, s.k.Events); err != nil {
		return err
	}
	// What the orders said meanwhile counts again; nothing else has another version.
	return s.refreshTx(ctx, tx, out.Before, nil)
}

func (s *Service) sides(ctx context.Context, q db.Querier, m, editID id.ID) (before, after []id.ID, err error) {
	for row := range db.Each(ctx, q, selectEditOrders, m, editID) {
		var f id.ID
		var side string
		if err := row.Scan(&f, &side); err != nil {
			return nil, nil, err
		}
		if side == "before" {
			before = append(before, f)
		} else {
			after = append(after, f)
		}
	}
	return before, after, nil
}
