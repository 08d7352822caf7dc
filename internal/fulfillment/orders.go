package fulfillment

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
)

// FulfillmentOrder (发货单) is what one warehouse ships to one receiver. It serves one
// order or, merged, several; an order split has several. Instants are unix
// milliseconds.
type FulfillmentOrder struct {
	ID          id.ID
	ShopID      id.ID // of its first order
	WarehouseID id.ID
	SupplierID  id.ID // who ships it for us (代发), 0 where we do
	Kind        string
	State       OrderState
	Carrier     string // code of the carrier it left with
	CarrierWish string // code of the carrier it is to leave with
	// ReceiverGroup is the same for all that go to one person at one place; 0 where
	// nobody can tell.
	ReceiverGroup int64
	OrderCount    int64
	Urgency       int64
	ShipByAt      int64
	PresaleAt     int64 // must not leave before
	Sealed        string
	Hold          string
	CreatedAt     int64
	UpdatedAt     int64
	// Version counts the changes of what it holds and of what its orders say. Papers
	// remember the one they were made for; GuardTx compares.
	Version int64
	Lines   []FulfillmentLine

	content int64
}

// FulfillmentLine is how much of an order line a fulfillment order ships.
type FulfillmentLine struct {
	OrderID  id.ID
	LineID   id.ID
	Quantity int64
	Shipped  int64
}

// Left is what has not shipped.
func (l FulfillmentLine) Left() int64 { return l.Quantity - l.Shipped }

// OrderIDs lists the orders it serves, sorted.
func (f *FulfillmentOrder) OrderIDs() []id.ID {
	out := make([]id.ID, len(f.Lines))
	for i, l := range f.Lines {
		out[i] = l.OrderID
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// shipped reports whether part of it has left.
func (f *FulfillmentOrder) shipped() bool {
	return slices.ContainsFunc(f.Lines, func(l FulfillmentLine) bool { return l.Shipped > 0 })
}

func (f *FulfillmentOrder) fields() []any {
	return []any{&f.ID, &f.ShopID, &f.WarehouseID, &f.SupplierID, &f.Kind, &f.State, &f.Carrier, &f.CarrierWish, &f.ReceiverGroup, &f.OrderCount,
		&f.Urgency, &f.ShipByAt, &f.PresaleAt, &f.Sealed, &f.Hold, &f.content, &f.CreatedAt, &f.UpdatedAt, &f.Version}
}

// row is how a new one is stored.
func (f *FulfillmentOrder) row(merchant id.ID) []any {
	return []any{merchant, f.ID, f.ShopID, f.WarehouseID, f.SupplierID, f.Kind, string(f.State), f.Carrier, f.CarrierWish, f.ReceiverGroup, f.OrderCount,
		f.Urgency, f.ShipByAt, f.PresaleAt, f.Sealed, f.Hold, f.content, f.CreatedAt, f.UpdatedAt, f.Version}
}

// LoadTx reads fulfillment orders with their lines, in the order asked. Those that do
// not exist, or whose warehouse is outside the actor's scope, are left out.
func (s *Service) LoadTx(ctx context.Context, q db.Querier, ids []id.ID) ([]FulfillmentOrder, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	at := make(map[id.ID]*FulfillmentOrder, len(ids))
	for part := range slices.Chunk(ids, lookupChunk) {
		found, err := readOrders(ctx, q, selectOrders(len(part)), idArgs(a.MerchantID, part)...)
		if err != nil {
			return nil, err
		}
		for i := range found {
			if a.InScope(inventory.Scope, found[i].WarehouseID) {
				at[found[i].ID] = &found[i]
			}
		}
	}
	out := make([]FulfillmentOrder, 0, len(at))
	for _, i := range ids {
		if f := at[i]; f != nil {
			out = append(out, *f)
		}
	}
	return out, readAllocations(ctx, q, a.MerchantID, out)
}

// Get is LoadTx of one. Permission fulfillment.read.
//
// Errors: ErrNoOrder.
func (s *Service) Get(ctx context.Context, one id.ID) (FulfillmentOrder, error) {
	if err := actor.Require(ctx, PermitRead); err != nil {
		return FulfillmentOrder{}, err
	}
	return s.getTx(ctx, s.k.DB, one)
}

func (s *Service) getTx(ctx context.Context, q db.Querier, one id.ID) (FulfillmentOrder, error) {
	all, err := s.LoadTx(ctx, q, []id.ID{one})
	if err == nil && len(all) == 0 {
		err = ErrNoOrder
	}
	if err != nil {
		return FulfillmentOrder{}, err
	}
	return all[0], nil
}

// OrderFilter narrows List; empty fields do not.
type OrderFilter struct {
	State        OrderState
	WarehouseIDs []id.ID
	ShopIDs      []id.ID
	OrderID      id.ID // those that serve it
	Kind         string
	Sealed       *bool
	// Group is a ReceiverGroup.
	Group  int64
	Cursor string
	Limit  int // 1..200, 0 is 50

	before id.ID
	turn   int64 // InTurn: now
}

// List lists fulfillment orders with their lines, and the next cursor. Permission
// fulfillment.read.
//
// Errors: page.ErrCursor.
func (s *Service) List(ctx context.Context, f OrderFilter) ([]FulfillmentOrder, string, error) {
	if err := actor.Require(ctx, PermitRead); err != nil {
		return nil, "", err
	}
	if err := page.Decode(f.Cursor, &f.before); err != nil {
		return nil, "", err
	}
	limit := page.Limit(f.Limit)
	all, err := s.listTx(ctx, s.k.DB, f, limit+1)
	if err != nil {
		return nil, "", err
	}
	all, next := page.Cut(all, limit, func(o FulfillmentOrder) string { return page.Encode(o.ID) })
	return all, next, nil
}

// InTurn lists the open fulfillment orders that our own warehouses ship by who goes
// first, most of them at most: who is urged, then who is due first, and last the presales
// whose time has not come. more says that there are others. Permission fulfillment.read.
func (s *Service) InTurn(ctx context.Context, f OrderFilter, most int) (all []FulfillmentOrder, more bool, err error) {
	if err := actor.Require(ctx, PermitRead); err != nil {
		return nil, false, err
	}
	f.State, f.turn = StateOpen, clock.Millis(s.k.Clock)
	all, err = s.listTx(ctx, s.k.DB, f, most+1)
	more = len(all) > most
	return all[:min(most, len(all))], more, err
}

func (s *Service) listTx(ctx context.Context, q db.Querier, f OrderFilter, limit int) ([]FulfillmentOrder, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	if !narrow(&f.ShopIDs, a) || !narrowTo(inventory.Scope, &f.WarehouseIDs, a) {
		return nil, nil
	}
	text, args := listOrders(f)
	all, err := readOrders(ctx, q, text, append(append([]any{a.MerchantID}, args...), limit)...)
	if err != nil {
		return nil, err
	}
	return all, readAllocations(ctx, q, a.MerchantID, all)
}

func readOrders(ctx context.Context, q db.Querier, text string, args ...any) ([]FulfillmentOrder, error) {
	return db.All(ctx, q, (*FulfillmentOrder).fields, text, args...)
}

func readAllocations(ctx context.Context, q db.Querier, merchant id.ID, all []FulfillmentOrder) error {
	for part := range slices.Chunk(all, lookupChunk) {
		at := make(map[id.ID]*FulfillmentOrder, len(part))
		ids := make([]id.ID, len(part))
		for i := range part {
			at[part[i].ID], ids[i] = &part[i], part[i].ID
		}
		for row := range db.Each(ctx, q, selectAllocations(len(ids)), idArgs(merchant, ids)...) {
			var f id.ID
			var l FulfillmentLine
			if err := row.Scan(&f, &l.OrderID, &l.LineID, &l.Quantity, &l.Shipped); err != nil {
				return err
			}
			at[f].Lines = append(at[f].Lines, l)
		}
	}
	return nil
}
