package place

import (
	"context"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// Service sets warehouses.
type Service struct {
	k       *kit.Kit
	orders  *order.Service
	stock   *inventory.Service
	catalog *catalog.Service
}

// New wires it.
func New(k *kit.Kit, orders *order.Service, stock *inventory.Service, goods *catalog.Service) *Service {
	return &Service{k, orders, stock, goods}
}

// Input names the order and where it is to leave from. Version 0 does not check for
// other people's changes.
type Input struct {
	OrderID     id.ID
	Version     int64
	WarehouseID id.ID
}

// Open reports whether the warehouse of an order may be set here: it is work and not
// approved yet.
func Open(o *order.Order) bool {
	return o.ApprovedAt == 0 && o.ClosedAt == 0 && !o.History && !o.Archived && (o.State == order.PendingPayment || o.State == order.AwaitingApproval)
}

// SetTx moves what an order holds to a warehouse and reserves there what it was short
// of, which ends out_of_stock. Event: order.allocated.
//
// Errors: order.ErrNotFound, order.ErrChanged, order.ErrNotAllowed,
// inventory.ErrNoWarehouse, inventory.ErrInsufficient.
func (s *Service) SetTx(ctx context.Context, tx *db.Tx, in Input) (order.Result, error) {
	orders, err := s.orders.LockTx(ctx, tx, []id.ID{in.OrderID})
	if err != nil {
		return order.Result{}, err
	}
	if len(orders) == 0 {
		return order.Result{}, order.ErrNotFound
	}
	o := &orders[0]
	switch {
	case in.Version != 0 && in.Version != o.Version:
		return order.Result{}, order.ErrChanged
	case !Open(o):
		return order.Result{}, order.ErrNotAllowed.With("state", o.State.String())
	case o.WarehouseID == in.WarehouseID && !o.OnHold(order.HoldOutOfStock):
		return s.orders.ResultTx(ctx, tx, *o)
	}
	short, err := s.stock.MoveTx(ctx, tx, o.ID, in.WarehouseID)
	if err == nil && len(short) == 0 && o.OnHold(order.HoldOutOfStock) {
		short, err = s.reserveTx(ctx, tx, o, in.WarehouseID)
	}
	if err != nil {
		return order.Result{}, err
	}
	if len(short) > 0 {
		return order.Result{}, s.lacks(ctx, tx, short[0])
	}
	a, err := actor.From(ctx)
	if err != nil {
		return order.Result{}, err
	}
	n, err := tx.ExecN(ctx, setWarehouse, in.WarehouseID, clock.Millis(s.k.Clock), a.MerchantID, o.ID, o.Version)
	if err == nil && n == 0 {
		err = order.ErrChanged
	}
	if err != nil {
		return order.Result{}, err
	}
	if err := s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "order", ID: o.ID, Version: o.Version + 1}, order.Allocated{WarehouseID: in.WarehouseID}); err != nil {
		return order.Result{}, err
	}
	if err := s.orders.RaiseTx(ctx, tx, []order.Raised{{OrderID: o.ID, Kind: order.HoldOutOfStock}}); err != nil {
		return order.Result{}, err
	}
	if orders, err = s.orders.LoadTx(ctx, tx, []id.ID{o.ID}); err != nil {
		return order.Result{}, err
	}
	return s.orders.ResultTx(ctx, tx, orders[0])
}

// reserveTx reserves in a warehouse what an order's open lines need and nobody holds.
func (s *Service) reserveTx(ctx context.Context, tx *db.Tx, o *order.Order, warehouse id.ID) ([]inventory.Short, error) {
	var skus []id.ID
	for _, l := range o.Lines {
		skus = append(skus, l.SKUID)
	}
	parts, err := s.catalog.ComponentsTx(ctx, tx, skus)
	if err != nil {
		return nil, err
	}
	held, err := s.stock.ReservedTx(ctx, tx, []id.ID{o.ID})
	if err != nil {
		return nil, err
	}
	type need struct{ line, sku id.ID }
	has := map[need]int64{}
	for _, h := range held {
		has[need{h.LineID, h.SKUID}] += h.Quantity
	}
	var wants []inventory.Want
	for _, l := range o.Lines {
		if l.Open() <= 0 || !l.QuantityKnown {
			continue
		}
		for _, c := range parts[l.SKUID] {
			if n := l.Open()*c.Quantity - has[need{l.ID, c.SKUID}]; n > 0 {
				wants = append(wants, inventory.Want{OrderID: o.ID, LineID: l.ID, SKUID: c.SKUID, WarehouseID: warehouse, Quantity: n})
			}
		}
	}
	return s.stock.ReserveTx(ctx, tx, wants)
}

// lacks says what a warehouse has too little of.
func (s *Service) lacks(ctx context.Context, q db.Querier, short inventory.Short) error {
	goods, err := s.catalog.SKUsTx(ctx, q, []id.ID{short.SKUID})
	if err != nil {
		return err
	}
	return inventory.ErrInsufficient.With("sku", goods[short.SKUID].Code).With("available", short.Available).With("wanted", short.Quantity).At("warehouse_id")
}
