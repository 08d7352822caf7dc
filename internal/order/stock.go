package order

import (
	"context"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/shop"
)

// wantsStock reports whether the order's open pieces are to be reserved.
func (o *Order) wantsStock(s shop.Shop) bool {
	if o.History || o.ClosedAt != 0 || len(o.OpenLines()) == 0 {
		return false
	}
	return payable(o) || s.ReserveOn == shop.ReserveOnPlaced && o.Payment == Unpaid
}

// held names one reservation: how much of a SKU a line holds, wherever it is.
type heldKey struct{ order, line, sku id.ID }

// reserve makes every edited order hold exactly what its open lines need (占用):
// it gives back what is too much, reserves what is missing, each line's SKU whole
// or not at all, and opens or ends out_of_stock. Doing it again changes nothing.
// What left without a parcel of ours is deducted first.
func (s *Service) reserve(ctx context.Context, tx *db.Tx, edits []*edit, shops map[id.ID]shop.Shop) error {
	parts, err := s.components(ctx, tx, edits)
	if err != nil {
		return err
	}
	if err := s.deductGone(ctx, tx, edits, parts, shops); err != nil {
		return err
	}
	has, err := s.held(ctx, tx, edits)
	if err != nil {
		return err
	}
	var wants []inventory.Want
	var gives []inventory.Release
	for _, e := range edits {
		o := e.now
		sh := shops[o.ShopID]
		keep := map[heldKey]int64{}
		if o.wantsStock(sh) {
			for _, l := range o.Lines {
				n := l.Open()
				if n <= 0 || !l.QuantityKnown {
					continue
				}
				for _, c := range parts[l.SKUID] {
					k := heldKey{o.ID, l.ID, c.SKUID}
					keep[k] += n * c.Quantity
					if miss := n*c.Quantity - has[o.ID][k]; miss > 0 {
						wants = append(wants, inventory.Want{OrderID: o.ID, LineID: l.ID, SKUID: c.SKUID, WarehouseID: o.reserveAt(sh), Quantity: miss, New: e.created})
					}
				}
			}
		}
		give := inventory.Release{OrderID: o.ID}
		for k, n := range has[o.ID] {
			if over := n - keep[k]; over > 0 {
				give.Lines = append(give.Lines, inventory.LineQty{LineID: k.line, SKUID: k.sku, Quantity: over})
			}
		}
		if len(give.Lines) > 0 {
			gives = append(gives, give)
		}
	}
	if err := s.stock.ReleaseAllTx(ctx, tx, gives); err != nil {
		return err
	}
	short, err := s.stock.ReserveTx(ctx, tx, wants)
	if err != nil {
		return err
	}
	missing := map[id.ID]bool{}
	for _, x := range short {
		missing[x.OrderID] = true
	}
	served, err := s.elsewhere(ctx, tx, edits, missing)
	if err != nil {
		return err
	}
	for _, e := range edits {
		e.set(HoldOutOfStock, missing[e.now.ID] && !served[e.now.ID], "")
	}
	return nil
}

// elsewhere serves what is missing from other warehouses, so that an order can be
// approved; one that was given to a warehouse, or approved without goods, is allocation's.
func (s *Service) elsewhere(ctx context.Context, tx *db.Tx, edits []*edit, missing map[id.ID]bool) (map[id.ID]bool, error) {
	var away []*Order
	for _, e := range edits {
		if missing[e.now.ID] && e.now.WarehouseID == 0 && e.now.ApprovedAt == 0 {
			away = append(away, e.now)
		}
	}
	if s.place == nil || len(away) == 0 {
		return nil, nil
	}
	return s.place(ctx, tx, away)
}

// reserveAt is where an order's stock is reserved: the warehouse it was allocated
// to, else the shop's; 0 is the merchant's default.
func (o *Order) reserveAt(s shop.Shop) id.ID {
	if o.WarehouseID != 0 {
		return o.WarehouseID
	}
	return s.WarehouseID
}

// components says what each mapped SKU of the edits is picked from.
func (s *Service) components(ctx context.Context, tx *db.Tx, edits []*edit) (map[id.ID][]catalog.Component, error) {
	seen := map[id.ID]bool{}
	var skus []id.ID
	for _, e := range edits {
		if e.now.History {
			continue
		}
		for _, l := range e.now.Lines {
			if l.SKUID != 0 && !seen[l.SKUID] {
				seen[l.SKUID] = true
				skus = append(skus, l.SKUID)
			}
		}
	}
	if len(skus) == 0 {
		return nil, nil
	}
	return s.catalog.ComponentsTx(ctx, tx, skus)
}

// held reads what the stored orders among the edits hold now.
func (s *Service) held(ctx context.Context, tx *db.Tx, edits []*edit) (map[id.ID]map[heldKey]int64, error) {
	var ids []id.ID
	for _, e := range edits {
		if !e.created {
			ids = append(ids, e.now.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := s.stock.ReservedTx(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	out := map[id.ID]map[heldKey]int64{}
	for _, r := range rows {
		if out[r.OrderID] == nil {
			out[r.OrderID] = map[heldKey]int64{}
		}
		out[r.OrderID][heldKey{r.OrderID, r.LineID, r.SKUID}] += r.Quantity
	}
	return out, nil
}

// deductGone takes off the shelf what the channel calls shipped, once, as far as
// our books have it, and tells fulfillment to record the parcel.
func (s *Service) deductGone(ctx context.Context, tx *db.Tx, edits []*edit, parts map[id.ID][]catalog.Component, shops map[id.ID]shop.Shop) error {
	var takes []inventory.Take
	for _, e := range edits {
		o := e.now
		if len(e.gone) == 0 || o.History {
			continue
		}
		for _, q := range e.gone {
			for _, c := range parts[e.line(q.LineID).SKUID] {
				takes = append(takes, inventory.Take{OrderID: o.ID, LineID: q.LineID, SKUID: c.SKUID, WarehouseID: o.reserveAt(shops[o.ShopID]),
					Quantity: q.Quantity * c.Quantity, Ref: "elsewhere/" + o.ChannelOrderNo})
			}
		}
		e.emit(ShippedElsewhere{ShopID: o.ShopID, WarehouseID: o.reserveAt(shops[o.ShopID]), Carrier: o.Carrier, WaybillNo: o.WaybillNo, ShippedAt: o.ShippedAt, Lines: e.gone})
	}
	if len(takes) == 0 {
		return nil
	}
	short, err := s.stock.DeductGoneTx(ctx, tx, takes)
	if err != nil {
		return err
	}
	missing := map[id.ID]bool{}
	for _, x := range short {
		missing[x.OrderID] = true
	}
	for _, e := range edits {
		if missing[e.now.ID] {
			e.raise(HoldStockNotDeducted, "")
		}
	}
	return nil
}
