package inventory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// place is one balance row.
type place struct {
	sku, warehouse id.ID
	condition      string
}

func comparePlaces(a, b place) int {
	return cmp.Or(cmp.Compare(a.sku, b.sku), cmp.Compare(a.warehouse, b.warehouse), cmp.Compare(a.condition, b.condition))
}

// heldKey is one reservation row.
type heldKey struct{ order, line, sku, warehouse id.ID }

func compareHeld(a, b heldKey) int {
	return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.line, b.line), cmp.Compare(a.sku, b.sku), cmp.Compare(a.warehouse, b.warehouse))
}

// level is a balance as read, with the differences the plan made.
type level struct {
	exists                      bool
	onHand, reserved, backorder int64 // now, differences included
	dOnHand, dReserved          int64
}

// free is what can still be reserved: available plus what may be backordered.
func (l *level) free() int64 { return l.onHand - l.reserved + l.backorder }

// held is a reservation as read and as planned.
type held struct{ was, now int64 } // was 0: not in the database

// book is the stock one transaction touches, in memory: loaded, changed by a
// plan under all the rules, then written back in a few sorted statements. It is
// the only writer of balances, reservations and movements.
type book struct {
	s        *Service
	merchant id.ID
	who      actor.Actor
	at       int64
	levels   map[place]*level
	helds    map[heldKey]*held
	byOrder  map[id.ID][]heldKey
	moves    [][]any
	undo     []func()
	locked   bool // what was read cannot change until the commit
}

// need says what a plan will touch: SKUs (in any warehouse) and orders.
type need struct {
	skus   []id.ID
	orders []id.ID
	// try: nothing is written, the plan's answer is all that is wanted.
	try bool
	// exact: the plan sets a level rather than changing it, so others must wait.
	exact bool
	// raise lists the balance rows that must exist because goods come in.
	raise []place
}

// errRaced: another writer changed what the plan was made on.
var errRaced = errors.New("inventory: stock changed under the plan")

// bookTx runs plan over the stock it needs and writes what it changed. On
// PostgreSQL the first try reads without locks and lets the guarded UPDATE, the
// last statement, decide: a hot row is then locked from there to the commit only.
// When that loses a race it is undone and planned again under locks; and again
// when another writer added a reservation, which no lock can foresee. SQLite has
// one writer and cannot lose.
//
// plan may run several times and keeps nothing from its earlier runs.
func (s *Service) bookTx(ctx context.Context, tx *db.Tx, n need, plan func(*book) error) error {
	if tx.Dialect() == db.SQLite {
		return s.tryTx(ctx, tx, n, true, plan)
	}
	lock := n.exact
	var err error
	for range 6 {
		err = tx.Save(ctx, func(ctx context.Context, tx *db.Tx) error { return s.tryTx(ctx, tx, n, lock, plan) })
		if !errors.Is(err, errRaced) && !db.IsUnique(err) && (lock || !errors.Is(err, ErrInsufficient)) {
			return err
		}
		lock = true
	}
	return err
}

func (s *Service) tryTx(ctx context.Context, tx *db.Tx, n need, lock bool, plan func(*book) error) error {
	who, err := actor.From(ctx)
	if err != nil {
		return err
	}
	b := &book{s: s, merchant: who.MerchantID, who: who, at: clock.Millis(s.k.Clock),
		levels: map[place]*level{}, helds: map[heldKey]*held{}, byOrder: map[id.ID][]heldKey{}, locked: lock}
	if err := b.load(ctx, tx, n, lock); err != nil {
		return err
	}
	if err := plan(b); err != nil || n.try {
		return err
	}
	return b.flush(ctx, tx)
}

// load reads reservations before balances, the order in which flush writes them,
// so that two transactions never wait for each other.
func (b *book) load(ctx context.Context, tx *db.Tx, n need, lock bool) error {
	if len(n.raise) > 0 {
		if err := b.ensure(ctx, tx, n.raise); err != nil {
			return err
		}
	}
	skus := slices.Clone(n.skus)
	for part := range slices.Chunk(sorted(n.orders), 512) {
		found, err := b.loadHeld(ctx, tx, part, lock)
		if err != nil {
			return err
		}
		skus = append(skus, found...)
	}
	for part := range slices.Chunk(sorted(skus), 512) {
		if err := b.loadLevels(ctx, tx, part, lock); err != nil {
			return err
		}
	}
	return nil
}

func sorted(ids []id.ID) []id.ID {
	out := slices.Clone(ids)
	slices.Sort(out)
	return slices.Compact(out)
}

func listArgs(m id.ID, ids []id.ID) []any {
	args := make([]any, 0, len(ids)+1)
	args = append(args, m)
	for _, i := range ids {
		args = append(args, i)
	}
	return args
}

func (b *book) loadHeld(ctx context.Context, q *db.Tx, orders []id.ID, lock bool) (skus []id.ID, err error) {
	orders = db.Pad(orders)
	for row := range db.Each(ctx, q, selectHeld(q.Dialect(), len(orders), lock), listArgs(b.merchant, orders)...) {
		var k heldKey
		var h held
		if err := row.Scan(&k.order, &k.line, &k.sku, &k.warehouse, &h.was); err != nil {
			return nil, err
		}
		h.now = h.was
		b.helds[k] = &h
		b.byOrder[k.order] = append(b.byOrder[k.order], k)
		skus = append(skus, k.sku)
	}
	return skus, nil
}

func (b *book) loadLevels(ctx context.Context, q *db.Tx, skus []id.ID, lock bool) error {
	skus = db.Pad(skus)
	for row := range db.Each(ctx, q, selectBalances(q.Dialect(), len(skus), lock), listArgs(b.merchant, skus)...) {
		p, l := place{}, &level{exists: true}
		if err := row.Scan(&p.sku, &p.warehouse, &p.condition, &l.onHand, &l.reserved, &l.backorder); err != nil {
			return err
		}
		b.levels[p] = l
	}
	return nil
}

// ensure adds empty balance rows where goods arrive for the first time.
func (b *book) ensure(ctx context.Context, tx *db.Tx, places []place) error {
	places = slices.Clone(places)
	slices.SortFunc(places, comparePlaces)
	var rows [][]any
	for _, p := range slices.Compact(places) {
		rows = append(rows, []any{b.merchant, p.sku, p.warehouse, p.condition, 0, 0, 0, 0, b.at})
	}
	_, err := tx.Insert(ctx, "inventory_balance", balanceColumns, rows, keepBalance)
	return err
}

func (b *book) level(p place) *level {
	l := b.levels[p]
	if l == nil {
		l = &level{}
		b.levels[p] = l
	}
	return l
}

// attempt runs f and takes back everything it changed when it fails: a shipment
// or a want is served whole or not at all.
func (b *book) attempt(f func() error) error {
	mark, moves := len(b.undo), len(b.moves)
	err := f()
	if err != nil {
		for i := len(b.undo) - 1; i >= mark; i-- {
			b.undo[i]()
		}
		b.moves = b.moves[:moves]
	}
	b.undo = b.undo[:mark]
	return err
}

// change books one movement: differences to the balance at p and the paper why.
// Callers have made sure that the rules allow it.
func (b *book) change(p place, kind string, onHand, reserved int64, order, line id.ID, ref string) {
	l := b.level(p)
	l.onHand += onHand
	l.dOnHand += onHand
	l.reserved += reserved
	l.dReserved += reserved
	b.undo = append(b.undo, func() {
		l.onHand -= onHand
		l.dOnHand -= onHand
		l.reserved -= reserved
		l.dReserved -= reserved
	})
	b.moves = append(b.moves, []any{b.merchant, b.s.k.IDs.New(), p.sku, p.warehouse, p.condition, kind, onHand, reserved,
		order, line, ref, b.who.ID, b.who.Name, b.at})
}

// hold changes what an order line holds by n, which may be negative.
func (b *book) hold(k heldKey, n int64) {
	h := b.helds[k]
	if h == nil {
		h = &held{}
		b.helds[k] = h
		b.byOrder[k.order] = append(b.byOrder[k.order], k)
	}
	h.now += n
	b.undo = append(b.undo, func() { h.now -= n })
}

// heldOf lists the reservations of an order, in a fixed order.
func (b *book) heldOf(order id.ID) []heldKey {
	var out []heldKey
	for _, k := range b.byOrder[order] {
		if b.helds[k].now > 0 {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, compareHeld)
	return out
}

// flush writes reservations, movements and, last, the balances, all sorted.
func (b *book) flush(ctx context.Context, tx *db.Tx) error {
	if err := b.flushHeld(ctx, tx); err != nil {
		return err
	}
	if _, err := tx.Insert(ctx, "inventory_movement", moveColumns, b.moves, ""); err != nil {
		return err
	}
	places := slices.SortedFunc(maps.Keys(b.levels), comparePlaces)
	var stmts []db.Stmt
	var freed []event.Appended
	for _, p := range places {
		l := b.levels[p]
		if l.dOnHand == 0 && l.dReserved == 0 {
			continue
		}
		stmts = append(stmts, db.Stmt{SQL: changeBalance, Want: 1, Args: []any{l.dOnHand, l.dReserved, b.at,
			b.merchant, p.sku, p.warehouse, p.condition, l.dOnHand, l.dReserved, l.dOnHand - l.dReserved}})
		if p.condition == Good && l.dOnHand > l.dReserved {
			freed = append(freed, event.Appended{Of: event.Of{Aggregate: "stock", ID: p.sku, Version: b.at},
				Payload: StockFreed{SKUID: p.sku, WarehouseID: p.warehouse}})
		}
	}
	if err := b.s.k.Events.AppendAllTx(ctx, tx, freed); err != nil {
		return err
	}
	return batch(ctx, tx, stmts)
}

func (b *book) flushHeld(ctx context.Context, tx *db.Tx) error {
	gone, err := b.deleteWhole(ctx, tx)
	if err != nil {
		return err
	}
	keys := slices.SortedFunc(maps.Keys(b.helds), compareHeld)
	var fresh [][]any
	var stmts []db.Stmt
	for _, k := range keys {
		h := b.helds[k]
		switch {
		case h.now == h.was || gone[k.order]:
		case h.now < 0:
			return fmt.Errorf("inventory: reservation of order %d line %d would be %d", k.order, k.line, h.now)
		case h.was == 0:
			fresh = append(fresh, []any{b.merchant, k.order, k.line, k.sku, k.warehouse, h.now, b.at})
		case h.now == 0:
			stmts = append(stmts, db.Stmt{SQL: deleteHeld, Args: []any{b.merchant, k.order, k.line, k.sku, k.warehouse, h.was}, Want: 1})
		default:
			stmts = append(stmts, db.Stmt{SQL: changeHeld, Args: []any{h.now, b.merchant, k.order, k.line, k.sku, k.warehouse, h.was}, Want: 1})
		}
	}
	if err := batch(ctx, tx, stmts); err != nil {
		return err
	}
	_, err = tx.Insert(ctx, "inventory_reservation", heldColumns, fresh, "")
	return err
}

// deleteWhole takes orders that hold nothing any more out at once, as shipping and
// closing in bulk do. Only under locks: the rows go without a look at their quantity.
func (b *book) deleteWhole(ctx context.Context, tx *db.Tx) (map[id.ID]bool, error) {
	gone := map[id.ID]bool{}
	if !b.locked {
		return gone, nil
	}
	rows := map[id.ID]int64{}
	for order, keys := range b.byOrder {
		for _, k := range keys {
			if h := b.helds[k]; h.now != 0 {
				delete(rows, order)
				break
			} else if h.was > 0 {
				rows[order]++
			}
		}
	}
	for orders := range slices.Chunk(slices.Sorted(maps.Keys(rows)), 256) {
		var want int64
		for _, o := range orders {
			want += rows[o]
			gone[o] = true
		}
		orders = db.Pad(orders)
		n, err := tx.ExecN(ctx, deleteOrders(len(orders)), listArgs(b.merchant, orders)...)
		if err != nil {
			return nil, err
		}
		if n != want {
			return nil, errRaced
		}
	}
	return gone, nil
}

// batch runs statements that must each change one row.
func batch(ctx context.Context, tx *db.Tx, stmts []db.Stmt) error {
	for part := range slices.Chunk(stmts, 500) {
		miss, err := tx.Batch(ctx, part)
		if err != nil {
			return err
		}
		if miss >= 0 {
			return errRaced
		}
	}
	return nil
}
