package inventory

import (
	"context"
	"database/sql"
	"errors"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/page"
)

// Balance is the stock of one SKU in one warehouse and condition.
type Balance struct {
	SKUID         id.ID
	SKUCode       string
	SKUName       string
	WarehouseID   id.ID
	WarehouseName string
	Condition     string
	OnHand        int64
	Reserved      int64
	Backorder     int64
	Safety        int64
	CostFen       *money.Fen
	UpdatedAt     int64
}

// Available is what orders can still reserve without backorder.
func (b Balance) Available() int64 { return b.OnHand - b.Reserved }

// Low reports whether what is available is not above the safety stock.
func (b Balance) Low() bool { return b.Condition == Good && b.Available() <= b.Safety }

func (b *Balance) fields() []any {
	return []any{&b.SKUID, &b.SKUCode, &b.SKUName, &b.WarehouseID, &b.WarehouseName, &b.Condition, &b.OnHand, &b.Reserved,
		&b.Backorder, &b.Safety, &b.CostFen, &b.UpdatedAt}
}

// BalanceFilter narrows Balances; zero fields do not. Query is the beginning of a
// SKU code, or any part of a SKU's name.
type BalanceFilter struct {
	WarehouseID id.ID
	SKUID       id.ID
	Query       string
	Low         bool
	Cursor      string
	Limit       int
}

// balanceKey is where a page of balances ended.
type balanceKey struct {
	Code      string `json:"c"`
	Warehouse id.ID  `json:"w"`
	Condition string `json:"d"`
}

// Balances lists stock by SKU code, in the warehouses the actor may see.
//
// Errors: page.ErrCursor.
func (s *Service) Balances(ctx context.Context, f BalanceFilter) ([]Balance, string, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, "", err
	}
	var after balanceKey
	if err := page.Decode(f.Cursor, &after); err != nil {
		return nil, "", err
	}
	scope, narrowed := a.Scoped(Scope)
	if narrowed && len(scope) == 0 {
		return nil, "", nil
	}
	limit := page.Limit(f.Limit)
	text, args := selectStock(a.MerchantID, f, after, scope, limit+1)
	var out []Balance
	for row := range db.Each(ctx, s.k.DB, text, args...) {
		var b Balance
		if err := row.Scan(b.fields()...); err != nil {
			return nil, "", err
		}
		out = append(out, b)
	}
	out, next := page.Cut(out, limit, func(b Balance) string { return page.Encode(balanceKey{b.SKUCode, b.WarehouseID, b.Condition}) })
	return out, next, nil
}

func (s *Service) balanceTx(ctx context.Context, q db.Querier, p place) (Balance, error) {
	var b Balance
	err := q.QueryRow(ctx, selectBalance, actor.Merchant(ctx), p.sku, p.warehouse, p.condition).Scan(b.fields()...)
	if errors.Is(err, sql.ErrNoRows) {
		return Balance{SKUID: p.sku, WarehouseID: p.warehouse, Condition: p.condition}, nil
	}
	return b, err
}

// Movement is one change of a balance (流水), with who made it and why.
type Movement struct {
	ID             id.ID
	SKUID          id.ID
	SKUCode        string
	WarehouseID    id.ID
	WarehouseName  string
	Condition      string
	Kind           string
	OnHandChange   int64
	ReservedChange int64
	OrderID        id.ID
	LineID         id.ID
	Ref            string
	ActorID        id.ID
	ActorName      string
	At             int64
	// OnHandAfter is what lay there right after it, movements taken in the order of
	// their ids.
	OnHandAfter int64
}

// MovementFilter narrows Movements; zero fields do not.
type MovementFilter struct {
	SKUID       id.ID
	WarehouseID id.ID
	OrderID     id.ID
	Cursor      string
	Limit       int
}

// Movements lists the ledger, the newest first.
//
// Errors: page.ErrCursor.
func (s *Service) Movements(ctx context.Context, f MovementFilter) ([]Movement, string, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, "", err
	}
	var before id.ID
	if err := page.Decode(f.Cursor, &before); err != nil {
		return nil, "", err
	}
	scope, narrowed := a.Scoped(Scope)
	if narrowed && len(scope) == 0 {
		return nil, "", nil
	}
	limit := page.Limit(f.Limit)
	text, args := selectMovements(a.MerchantID, f, before, scope, limit+1)
	var out []Movement
	for row := range db.Each(ctx, s.k.DB, text, args...) {
		var m Movement
		if err := row.Scan(&m.ID, &m.SKUID, &m.SKUCode, &m.WarehouseID, &m.WarehouseName, &m.Condition, &m.Kind, &m.OnHandChange,
			&m.ReservedChange, &m.OrderID, &m.LineID, &m.Ref, &m.ActorID, &m.ActorName, &m.At); err != nil {
			return nil, "", err
		}
		out = append(out, m)
	}
	out, next := page.Cut(out, limit, func(m Movement) string { return page.Encode(m.ID) })
	return out, next, s.balanceAfter(ctx, out)
}

// balanceAfter works back from the balances of today: minus what came later than
// the page, minus what the page itself added. The first page has nothing later.
func (s *Service) balanceAfter(ctx context.Context, page []Movement) error {
	if len(page) == 0 {
		return nil
	}
	skus := make([]id.ID, len(page))
	for i, m := range page {
		skus[i] = m.SKUID
	}
	skus = db.Pad(sorted(skus))
	m := actor.Merchant(ctx)
	args := append(listArgs(m, skus), append(listArgs(m, skus), page[0].ID)...)
	left := map[place]int64{}
	for row := range db.Each(ctx, s.k.DB, selectAsOf(len(skus)), args...) {
		var p place
		var n int64
		if err := row.Scan(&p.sku, &p.warehouse, &p.condition, &n); err != nil {
			return err
		}
		left[p] = n
	}
	for i := range page {
		p := place{page[i].SKUID, page[i].WarehouseID, page[i].Condition}
		page[i].OnHandAfter = left[p]
		left[p] -= page[i].OnHandChange
	}
	return nil
}

// ReservedTx returns what the orders hold, in a fixed order. Shipping takes what
// was reserved, even when a bundle has changed since.
func (s *Service) ReservedTx(ctx context.Context, q db.Querier, orderIDs []id.ID) ([]Reservation, error) {
	m := actor.Merchant(ctx)
	var out []Reservation
	ids := sorted(orderIDs)
	for len(ids) > 0 {
		n := min(len(ids), 512)
		part := db.Pad(ids[:n])
		ids = ids[n:]
		got, err := scanReservations(ctx, q, selectReserved(len(part)), listArgs(m, part))
		if err != nil {
			return nil, err
		}
		out = append(out, got...)
	}
	return out, nil
}

func scanReservations(ctx context.Context, q db.Querier, text string, args []any) ([]Reservation, error) {
	var out []Reservation
	for row := range db.Each(ctx, q, text, args...) {
		var r Reservation
		if err := row.Scan(&r.OrderID, &r.LineID, &r.SKUID, &r.WarehouseID, &r.Quantity); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// ReservationFilter narrows Reservations; zero fields do not.
type ReservationFilter struct {
	SKUID   id.ID
	OrderID id.ID
	Cursor  string
	Limit   int
}

// Held is a reservation as the list shows it.
type Held struct {
	Reservation
	SKUCode       string
	WarehouseName string
	CreatedAt     int64
}

// Reservations lists what orders hold, the newest order first.
//
// Errors: page.ErrCursor.
func (s *Service) Reservations(ctx context.Context, f ReservationFilter) ([]Held, string, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, "", err
	}
	var after heldKey
	if err := page.Decode(f.Cursor, &after.order, &after.line, &after.sku, &after.warehouse); err != nil {
		return nil, "", err
	}
	scope, narrowed := a.Scoped(Scope)
	if narrowed && len(scope) == 0 {
		return nil, "", nil
	}
	limit := page.Limit(f.Limit)
	text, args := selectReservations(a.MerchantID, f, after, scope, limit+1)
	var out []Held
	for row := range db.Each(ctx, s.k.DB, text, args...) {
		var h Held
		if err := row.Scan(&h.OrderID, &h.LineID, &h.SKUID, &h.SKUCode, &h.WarehouseID, &h.WarehouseName, &h.Quantity, &h.CreatedAt); err != nil {
			return nil, "", err
		}
		out = append(out, h)
	}
	out, next := page.Cut(out, limit, func(h Held) string { return page.Encode(h.OrderID, h.LineID, h.SKUID, h.WarehouseID) })
	return out, next, nil
}
