package fulfillment

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/shop"
)

// paper collects the rows of a batch of parcels.
type paper struct {
	orders, allocations, parcels, lines [][]any
	stmts                               []db.Stmt
	events                              []event.Appended
	shrunk                              []id.ID // fulfillment orders that lost something
}

// writeParcels writes the parcels of plans whose stock is taken and whose orders
// have moved, and the fulfillment orders they belong to.
func (s *Service) writeParcels(ctx context.Context, tx *db.Tx, w *world, plans []*plan) error {
	var b paper
	for _, p := range plans {
		fo := s.fulfillmentOrder(&b, w, p)
		b.parcels = append(b.parcels, []any{w.merchant, p.parcelID, fo, p.order.ID, p.order.ShopID, p.warehouseID, p.carrier.Code, p.carrierText,
			p.waybillNo, p.kind, w.now, w.actor.ID, int64(0)})
		var pieces int64
		for _, l := range p.lines {
			b.lines = append(b.lines, []any{w.merchant, p.parcelID, l.LineID, l.Quantity})
			pieces += l.Quantity
		}
		b.events = append(b.events, event.Appended{
			Of: event.Of{Aggregate: "order", ID: p.order.ID, Version: p.order.Version + 1},
			Payload: ParcelShipped{ParcelID: p.parcelID, OrderID: p.order.ID, FulfillmentOrderID: fo, ShopID: p.order.ShopID, WarehouseID: p.warehouseID,
				Carrier: p.carrier.Code, WaybillNo: p.waybillNo, Quantity: pieces},
		})
	}
	if err := b.write(ctx, tx, s.k.Events); err != nil || len(b.shrunk) == 0 {
		return err
	}
	return s.refreshTx(ctx, tx, b.shrunk, nil)
}

// fulfillmentOrder is the one a parcel belongs to: the open one that its goods
// were allocated to, else one made for it.
func (s *Service) fulfillmentOrder(b *paper, w *world, p *plan) id.ID {
	for _, f := range w.open[p.order.ID] {
		fits := f.warehouseID == p.warehouseID && (p.fulfillment == 0 || p.fulfillment == f.id)
		for _, l := range p.lines {
			fits = fits && f.left[l.LineID] >= l.Quantity
		}
		if !fits {
			continue
		}
		for _, l := range p.lines {
			b.stmts = append(b.stmts, db.Stmt{SQL: updateAllocation, Want: 1, Args: []any{l.Quantity, w.merchant, f.id, l.LineID}})
		}
		b.stmts = append(b.stmts, db.Stmt{SQL: finishOrder, Want: -1, Args: []any{p.carrier.Code, w.now, w.merchant, f.id}})
		return f.id
	}
	b.takeBack(w, p)
	fo := s.k.IDs.New()
	b.orders = append(b.orders, (&FulfillmentOrder{ID: fo, ShopID: p.order.ShopID, WarehouseID: p.warehouseID, Kind: p.kind, State: StateShipped,
		Carrier: p.carrier.Code, OrderCount: 1, ShipByAt: p.order.ShipByAt, CreatedAt: w.now, UpdatedAt: w.now, Version: 1}).row(w.merchant))
	for _, l := range p.lines {
		b.allocations = append(b.allocations, []any{w.merchant, fo, l.LineID, p.order.ID, l.Quantity, l.Quantity})
	}
	return fo
}

// takeBack lets fulfillment orders go of what left in other pieces or from
// elsewhere, those of the same warehouse first.
func (b *paper) takeBack(w *world, p *plan) {
	open := slices.Clone(w.open[p.order.ID])
	slices.SortStableFunc(open, func(x, y openOrder) int {
		switch {
		case x.warehouseID == p.warehouseID && y.warehouseID != p.warehouseID:
			return -1
		case x.warehouseID != p.warehouseID && y.warehouseID == p.warehouseID:
			return 1
		}
		return 0
	})
	for _, l := range p.lines {
		need := l.Quantity
		for _, f := range open {
			n := min(need, f.left[l.LineID])
			if n <= 0 {
				continue
			}
			b.stmts = append(b.stmts, db.Stmt{SQL: shrinkAllocation, Want: 1, Args: []any{n, w.merchant, f.id, l.LineID}})
			b.shrunk = append(b.shrunk, f.id)
			need -= n
		}
	}
}

func (b *paper) write(ctx context.Context, tx *db.Tx, log *event.Log) error {
	if len(b.stmts) > 0 {
		if miss, err := tx.Batch(ctx, b.stmts); err != nil {
			return err
		} else if miss >= 0 {
			return order.ErrChanged
		}
	}
	for _, t := range []struct {
		table string
		cols  []string
		rows  [][]any
	}{
		{"fulfillment_order", orderColumns, b.orders},
		{"fulfillment_allocation", allocationColumns, b.allocations},
		{"fulfillment_parcel", parcelColumns, b.parcels},
		{"fulfillment_parcel_line", parcelLineColumns, b.lines},
	} {
		if _, err := tx.Insert(ctx, t.table, t.cols, t.rows, ""); err != nil {
			return err
		}
	}
	return log.AppendAllTx(ctx, tx, b.events)
}

// ParcelFilter narrows Parcels; empty fields do not.
type ParcelFilter struct {
	OrderID  id.ID
	OrderIDs []id.ID // of any of these
	ShopIDs  []id.ID
	IDs      []id.ID
	// WaybillNo is a number, in any writing.
	WaybillNo string
	// Reported: whether the channel was told; nil is both.
	Reported *bool
	Cursor   string
	Limit    int // 1..200, 0 is 50

	before, after id.ID
	oldestFirst   bool
}

// Parcels lists parcels (包裹) the actor may see, the newest first, with their
// lines, and the next cursor.
//
// Errors: page.ErrCursor.
func (s *Service) Parcels(ctx context.Context, f ParcelFilter) ([]Parcel, string, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, "", err
	}
	if err := page.Decode(f.Cursor, &f.before); err != nil {
		return nil, "", err
	}
	if !narrow(&f.ShopIDs, a) {
		return nil, "", nil
	}
	limit := page.Limit(f.Limit)
	all, err := readParcels(ctx, s.k.DB, a.MerchantID, f, limit+1)
	if err != nil {
		return nil, "", err
	}
	all, next := page.Cut(all, limit, func(p Parcel) string { return page.Encode(p.ID) })
	if err := readLines(ctx, s.k.DB, a.MerchantID, all); err != nil {
		return nil, "", err
	}
	return all, next, s.nameOrders(ctx, s.k.DB, all)
}

func (s *Service) nameOrders(ctx context.Context, q db.Querier, all []Parcel) error {
	ids := make([]id.ID, len(all))
	for i, p := range all {
		ids[i] = p.OrderID
	}
	orders, err := s.orders.LoadTx(ctx, q, slices.Compact(slices.Sorted(slices.Values(ids))))
	if err != nil {
		return err
	}
	for i := range all {
		if at := slices.IndexFunc(orders, func(o order.Order) bool { return o.ID == all[i].OrderID }); at >= 0 {
			all[i].ChannelOrderNo = orders[at].ChannelOrderNo
		}
	}
	return nil
}

// maxUnreported bounds the count of one shop's unreported parcels; a larger one
// is shown as this number.
const maxUnreported = 10_000

// Unreported counts the parcels of a shop that its channel was not told of, up to
// maxUnreported.
func (s *Service) Unreported(ctx context.Context, shopID id.ID) (n int64, err error) {
	err = s.k.DB.QueryRow(ctx, countUnreported, actor.Merchant(ctx), shopID, maxUnreported).Scan(&n)
	return n, err
}

// EachParcelTx gives every parcel of the filter, the oldest first, in pages.
func (s *Service) EachParcelTx(ctx context.Context, q db.Querier, f ParcelFilter, fn func([]Parcel) error) error {
	a, err := actor.From(ctx)
	if err != nil {
		return err
	}
	if !narrow(&f.ShopIDs, a) {
		return nil
	}
	f.oldestFirst = true
	for {
		all, err := readParcels(ctx, q, a.MerchantID, f, 500)
		if err != nil || len(all) == 0 {
			return err
		}
		if err := readLines(ctx, q, a.MerchantID, all); err != nil {
			return err
		}
		if err := fn(all); err != nil || len(all) < 500 {
			return err
		}
		f.after = all[len(all)-1].ID
	}
}

// narrow keeps the shops of the actor's scope; false when none is left.
func narrow(shops *[]id.ID, a actor.Actor) bool { return narrowTo(shop.Scope, shops, a) }

// narrowTo is narrow for any kind of scope.
func narrowTo(kind string, ids *[]id.ID, a actor.Actor) bool {
	scope, narrowed := a.Scoped(kind)
	if !narrowed {
		return true
	}
	if len(*ids) == 0 {
		*ids = scope
	} else {
		*ids = slices.DeleteFunc(slices.Clone(*ids), func(i id.ID) bool { return !slices.Contains(scope, i) })
	}
	return len(*ids) > 0
}

func readParcels(ctx context.Context, q db.Querier, merchant id.ID, f ParcelFilter, limit int) ([]Parcel, error) {
	text, args := selectParcels(f)
	return db.All(ctx, q, (*Parcel).fields, text, append(append([]any{merchant}, args...), limit)...)
}

func readLines(ctx context.Context, q db.Querier, merchant id.ID, all []Parcel) error {
	for part := range slices.Chunk(all, lookupChunk) {
		at := make(map[id.ID]*Parcel, len(part))
		ids := make([]id.ID, len(part))
		for i := range part {
			at[part[i].ID], ids[i] = &part[i], part[i].ID
		}
		for row := range db.Each(ctx, q, selectParcelLines(len(ids)), idArgs(merchant, ids)...) {
			var p id.ID
			var l order.LineQty
			if err := row.Scan(&p, &l.LineID, &l.Quantity); err != nil {
				return err
			}
			at[p].Lines = append(at[p].Lines, l)
		}
	}
	return nil
}

// Reported is what MarkReported changed.
type Reported struct {
	Parcels int64 `json:"parcels"`
}

// MarkReported (已回传) records that the merchant has given these parcels of a shop
// to its channel. Parcels already reported stay as they are. Permission fulfillment.ship.
//
// Errors: ErrParcelNotFound where one is not the actor's to see.
func (s *Service) MarkReported(ctx context.Context, shopID id.ID, ids []id.ID) (Reported, error) {
	if err := actor.Require(ctx, PermitShip); err != nil {
		return Reported{}, err
	}
	about := &command.About{Action: "fulfillment.report_parcels", Object: "shop/" + shopID.String(), Detail: map[string]any{"parcels": len(ids)}}
	return command.Run(ctx, s.k.Commands, about, ids, func(ctx context.Context, tx *db.Tx) (Reported, error) {
		return s.MarkReportedTx(ctx, tx, shopID, ids)
	})
}

// MarkReportedTx is MarkReported inside the caller's transaction.
func (s *Service) MarkReportedTx(ctx context.Context, tx *db.Tx, shopID id.ID, ids []id.ID) (Reported, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return Reported{}, err
	}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	now := clock.Millis(s.k.Clock)
	var out Reported
	for part := range slices.Chunk(ids, lookupChunk) {
		f := ParcelFilter{ShopIDs: []id.ID{shopID}, IDs: part}
		if !narrow(&f.ShopIDs, a) {
			return Reported{}, ErrParcelNotFound
		}
		found, err := readParcels(ctx, tx, a.MerchantID, f, len(part))
		if err != nil {
			return Reported{}, err
		}
		if len(found) < len(part) {
			return Reported{}, ErrParcelNotFound
		}
		n, err := tx.ExecN(ctx, updateReported(len(part)), append([]any{now, a.MerchantID}, anyIDs(part)...)...)
		if err != nil {
			return Reported{}, err
		}
		out.Parcels += n
		var events []event.Appended
		for _, p := range found {
			if p.ReportedAt == 0 {
				events = append(events, event.Appended{Of: event.Of{Aggregate: "order", ID: p.OrderID},
					Payload: ParcelReported{ParcelID: p.ID, OrderID: p.OrderID, ShopID: p.ShopID}})
			}
		}
		if err := s.k.Events.AppendAllTx(ctx, tx, events); err != nil {
			return Reported{}, err
		}
	}
	return out, nil
}
