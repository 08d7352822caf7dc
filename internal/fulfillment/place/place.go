package place

import (
	"cmp"
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
	wish "github.com/ordercove/ordercove/internal/order/place"
	"github.com/ordercove/ordercove/internal/shop"
)

// Service chooses warehouses.
type Service struct {
	k       *kit.Kit
	ships   *fulfillment.Service
	orders  *order.Service
	shops   *shop.Service
	stock   *inventory.Service
	catalog *catalog.Service
	wishes  *wish.Service
}

// New wires it.
func New(k *kit.Kit, ships *fulfillment.Service, orders *order.Service, shops *shop.Service, stock *inventory.Service, goods *catalog.Service) *Service {
	return &Service{k, ships, orders, shops, stock, goods, wish.New(k, orders, stock, goods)}
}

// How a warehouse stands to an order.
const (
	Whole     = "whole" // it has all of it
	Short     = "short"
	Refused   = "refused"    // its supplier said no to this order
	NotServed = "not_served" // it does not deliver there
	Inactive  = "inactive"
)

// Candidate is one warehouse an order could leave from.
type Candidate struct {
	WarehouseID id.ID
	Name        string
	Here        bool  // where the order stands now
	SupplierID  id.ID // who ships from there for us, 0 where we do
	Has         int64 // pieces it could ship
	Wanted      int64 // pieces left to ship
	Reason      string
}

// Candidates lists the warehouses for an order, those that have all of it first.
// Permission fulfillment.allocate.
//
// Errors: order.ErrNotFound.
func (s *Service) Candidates(ctx context.Context, orderID id.ID) ([]Candidate, error) {
	if err := actor.Require(ctx, fulfillment.PermitAllocate); err != nil {
		return nil, err
	}
	q := s.k.DB
	orders, err := s.orders.LoadTx(ctx, q, []id.ID{orderID})
	if err != nil {
		return nil, err
	}
	if len(orders) == 0 {
		return nil, order.ErrNotFound
	}
	o := &orders[0]
	parts, err := s.parts(ctx, q, o)
	if err != nil {
		return nil, err
	}
	round, err := s.ships.Rules().RoundTx(ctx, q, []*order.Order{o}, parts)
	if err != nil {
		return nil, err
	}
	round.Use(nil) // a person chooses: every warehouse is asked
	here, err := s.standsAt(ctx, q, o)
	if err != nil {
		return nil, err
	}
	trace := round.Plan(o, round.Lines(o, nil)).Trace
	out := []Candidate{}
	for _, c := range trace.Candidates {
		one := Candidate{WarehouseID: c.WarehouseID, Name: c.Name, Here: c.WarehouseID == here, SupplierID: round.Supplier(c.WarehouseID), Has: c.Has, Wanted: trace.Wanted}
		switch c.Reason {
		case allocate.Inactive:
			one.Reason = Inactive
		case allocate.NotServed:
			one.Reason = NotServed
		case allocate.Refused:
			one.Reason = Refused
		default: // what the plan made of it does not matter here, only whether it has all
			if one.Reason = Whole; c.Has < trace.Wanted {
				one.Reason = Short
			}
		}
		out = append(out, one)
	}
	slices.SortStableFunc(out, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(rank[a.Reason], rank[b.Reason]), cmp.Compare(b.Has, a.Has))
	})
	return out, nil
}

var rank = map[string]int{Whole: 0, Short: 1, Refused: 2, NotServed: 3, Inactive: 4}

// parts is what the lines of an order take off the shelf.
func (s *Service) parts(ctx context.Context, q db.Querier, o *order.Order) (map[id.ID][]catalog.Component, error) {
	var skus []id.ID
	for _, l := range o.Lines {
		if l.SKUID != 0 {
			skus = append(skus, l.SKUID)
		}
	}
	return s.catalog.ComponentsTx(ctx, q, skus)
}

// standsAt is the warehouse an order would leave from as it is.
func (s *Service) standsAt(ctx context.Context, q db.Querier, o *order.Order) (id.ID, error) {
	if o.WarehouseID != 0 {
		return o.WarehouseID, nil
	}
	sh, err := s.shops.GetTx(ctx, q, o.ShopID)
	if err != nil || sh.WarehouseID != 0 {
		return sh.WarehouseID, err
	}
	w, err := s.stock.DefaultTx(ctx, q)
	return w.ID, err
}

// Input names an order and the warehouse it is to leave from. Version 0 does not check
// for other people's changes.
type Input struct {
	OrderID     id.ID `json:"order_id"`
	Version     int64 `json:"version,omitempty"`
	WarehouseID id.ID `json:"warehouse_id"`
}

// Choose has an order leave from a warehouse (改仓): what is not approved yet holds its
// goods there, what is approved is allocated there. Permission fulfillment.allocate.
//
// Errors: order.ErrNotFound, order.ErrChanged, order.ErrNotAllowed,
// fulfillment.ErrNoWarehouse, inventory.ErrInsufficient, those of fulfillment.Allocate.
func (s *Service) Choose(ctx context.Context, in Input) (order.Result, error) {
	if err := actor.Require(ctx, fulfillment.PermitAllocate); err != nil {
		return order.Result{}, err
	}
	about := &command.About{Action: "fulfillment.choose_warehouse", Object: "order/" + in.OrderID.String(), Detail: map[string]any{"warehouse_id": in.WarehouseID}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (order.Result, error) {
		all, err := s.stock.WarehousesTx(ctx, tx)
		if err != nil {
			return order.Result{}, err
		}
		if !slices.ContainsFunc(all, func(w inventory.Warehouse) bool { return w.ID == in.WarehouseID && w.Active }) {
			return order.Result{}, fulfillment.ErrNoWarehouse.At("warehouse_id")
		}
		orders, err := s.orders.LockTx(ctx, tx, []id.ID{in.OrderID})
		if err != nil {
			return order.Result{}, err
		}
		if len(orders) == 0 {
			return order.Result{}, order.ErrNotFound
		}
		o := &orders[0]
		if in.Version != 0 && in.Version != o.Version {
			return order.Result{}, order.ErrChanged
		}
		if wish.Open(o) {
			return s.wishes.SetTx(ctx, tx, wish.Input{OrderID: o.ID, WarehouseID: in.WarehouseID})
		}
		if _, err := s.ships.AllocateTx(ctx, tx, fulfillment.AllocateInput{OrderID: o.ID, WarehouseID: in.WarehouseID}); err != nil {
			return order.Result{}, err
		}
		if orders, err = s.orders.LoadTx(ctx, tx, []id.ID{o.ID}); err != nil {
			return order.Result{}, err
		}
		return s.orders.ResultTx(ctx, tx, orders[0])
	})
}
