package fulfillment

import (
	"cmp"
	"context"
	"encoding/json"
	"math"
	"slices"

	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// routing is all that the planner needs of a batch, beside the world.
type routing struct {
	rules      []*allocate.Compiled
	warehouses []allocate.Warehouse
	free       allocate.Stock
	held       map[id.ID]allocate.Stock
	weights    map[id.ID]int64 // gram by SKU, bundles by their components
	urgent     map[id.ID]int64
	channels   map[id.ID]string // by shop
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
	r, err := s.readRouting(ctx, tx, w)
	if err != nil {
		return nil, err
	}
	out := make([]*allotment, len(ids))
	slices.SortStableFunc(at, func(x, y int) int { return r.turn(w.orders[ids[x]], w.orders[ids[y]]) })
	for _, i := range at {
		out[i] = r.plan(w, ids[i])
	}
	if err := s.allotTx(ctx, tx, w, out); err != nil {
		return nil, err
	}
	return out, s.noteRoutes(ctx, tx, w, r, out)
}

// turn says which of two orders is served first.
func (r *routing) turn(a, b *order.Order) int {
	if a == nil || b == nil {
		return 0
	}
	return cmp.Or(cmp.Compare(r.urgent[b.ID], r.urgent[a.ID]), cmp.Compare(dueAt(a), dueAt(b)), cmp.Compare(a.ID, b.ID))
}

// dueAt is an order's deadline; one without comes last.
func dueAt(o *order.Order) int64 {
	if o.ShipByAt == 0 {
		return math.MaxInt64
	}
	return o.ShipByAt
}

func (s *Service) readRouting(ctx context.Context, q db.Querier, w *world) (*routing, error) {
	r := &routing{free: allocate.Stock{}, held: map[id.ID]allocate.Stock{}, weights: map[id.ID]int64{}, channels: map[id.ID]string{}}
	var err error
	if r.rules, err = s.rules.CompiledTx(ctx, q); err != nil {
		return nil, err
	}
	sites, err := s.rules.SitesTx(ctx, q)
	if err != nil {
		return nil, err
	}
	all, err := s.stock.WarehousesTx(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, one := range all {
		wh := allocate.Warehouse{ID: one.ID, Name: one.Name, Active: one.Active}
		if site := sites[one.ID]; site != nil {
			wh.SupplierID, wh.Areas = site.SupplierID, site.Areas
		}
		r.warehouses = append(r.warehouses, wh)
		w.warehouses[one.ID] = one.Active
	}
	for _, sh := range w.shops {
		r.channels[sh.ID] = sh.Channel
	}
	if err := s.readGoods(ctx, q, w, r); err != nil {
		return nil, err
	}
	orders := make([]order.Order, 0, len(w.orders))
	ids := make([]id.ID, 0, len(w.orders))
	for _, o := range w.orders {
		orders, ids = append(orders, *o), append(ids, o.ID)
	}
	for _, o := range ids {
		r.held[o] = allocate.Stock{}
	}
	held, err := s.stock.ReservedTx(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	for _, h := range held {
		r.held[h.OrderID].Add(h.SKUID, h.WarehouseID, h.Quantity)
	}
	r.urgent, err = s.urgencies(ctx, q, orders)
	return r, err
}

// readGoods reads what is free of the batch's goods, and what they weigh.
func (s *Service) readGoods(ctx context.Context, q db.Querier, w *world, r *routing) error {
	var skus []id.ID
	for _, parts := range w.components {
		for _, c := range parts {
			skus = append(skus, c.SKUID)
		}
	}
	slices.Sort(skus)
	skus = slices.Compact(skus)
	free, err := s.stock.FreeTx(ctx, q, skus)
	if err != nil {
		return err
	}
	for _, f := range free {
		r.free.Add(f.SKUID, f.WarehouseID, f.Quantity)
	}
	goods, err := s.catalog.SKUsTx(ctx, q, skus)
	if err != nil {
		return err
	}
	for _, k := range goods {
		if k.WeightGram != nil {
			r.weights[k.ID] = *k.WeightGram
		}
	}
	return nil
}

// plan asks the planner about one order.
func (r *routing) plan(w *world, one id.ID) *allotment {
	a := &allotment{order: w.orders[one], Allocation: Allocation{OrderID: one}}
	if a.order == nil {
		a.err = order.ErrNotFound
		return a
	}
	if !a.order.Allows(order.ActAllocate) && len(w.open[one]) == 0 {
		a.err = ErrNotAllocatable
		return a
	}
	kept := a.keep(w)
	p := &allocate.Order{ID: one, Province: a.order.Province, Held: r.held[one], Facts: r.facts(a.order)}
	var weight int64
	for _, l := range a.order.Lines {
		line := allocate.Line{ID: l.ID, Quantity: l.Open() - kept[l.ID]}
		if line.Quantity <= 0 {
			continue
		}
		for _, c := range w.components[l.SKUID] {
			line.Parts = append(line.Parts, allocate.Part{SKUID: c.SKUID, Quantity: c.Quantity})
			line.WeightGram += r.weights[c.SKUID] * c.Quantity
		}
		weight += line.WeightGram * line.Quantity
		p.Lines = append(p.Lines, line)
	}
	if len(p.Lines) == 0 && len(a.shares) > 0 {
		return a
	}
	for _, t := range w.placement(a).Wants { // what is kept is not free for the rest
		p.Held.Add(t.SKUID, t.WarehouseID, -t.Quantity)
	}
	p.Facts.WeightGram = weight
	d := allocate.Plan(p, r.rules, r.warehouses, r.free)
	a.decision = &d
	for _, share := range d.Shares {
		one := Share{WarehouseID: share.WarehouseID, Kind: d.Action.Kind, CarrierWish: d.Action.CarrierWish}
		at := slices.IndexFunc(r.warehouses, func(x allocate.Warehouse) bool { return x.ID == share.WarehouseID })
		one.SupplierID = r.warehouses[at].SupplierID
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

func (r *routing) facts(o *order.Order) allocate.Facts {
	f := allocate.Facts{ShopID: o.ShopID.String(), Channel: r.channels[o.ShopID], OrderType: o.Type, Province: o.Province, City: o.City, District: o.District,
		Tags: o.Tags, Pieces: o.Quantity, Lines: o.LineCount, Flag: o.Flag, Presale: slices.Contains(o.ChannelFlags, order.FlagPresale),
		Urgent: r.urgent[o.ID] > 0, BuyerNote: o.BuyerNote, SellerNote: o.SellerNote}
	if o.Amounts.BuyerPaid != nil {
		f.PaidFen = int64(*o.Amounts.BuyerPaid)
	}
	for _, l := range o.Lines {
		f.SKUCodes = append(f.SKUCodes, l.SKUCode)
	}
	return f
}

// noteRoutes keeps why each order was routed so, and who waits for goods.
func (s *Service) noteRoutes(ctx context.Context, tx *db.Tx, w *world, r *routing, all []*allotment) error {
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
		stmts = append(stmts, db.Stmt{SQL: putWaiting, Want: -1, Args: []any{w.merchant, a.OrderID, r.urgent[a.OrderID], dueAt(a.order), a.decision.Trace.AskBuyer, w.now}})
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
