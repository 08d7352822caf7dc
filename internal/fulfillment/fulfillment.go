package fulfillment

import (
	"encoding/json"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/shop"
)

// Kinds of parcels, and of fulfillment orders but for the last.
const (
	KindExpress   = "express"     // ours, handed to a carrier
	KindVirtual   = "virtual"     // nothing travels (无需物流)
	KindPickup    = "self_pickup" // the buyer fetches it (自提)
	KindSameCity  = "same_city"   // a courier of the town brings it (同城)
	KindElsewhere = "elsewhere"   // shipped in the channel's back office or by another system
)

// Permissions of this capability.
const (
	PermitRead     = "fulfillment.read"
	PermitAllocate = "fulfillment.allocate"
	PermitSplit    = "fulfillment.split"
	PermitMerge    = "fulfillment.merge"
	PermitShip     = "fulfillment.ship"
	// PermitShipStale lets a supervisor ship on old data, with a reason.
	PermitShipStale = "fulfillment.ship_stale"
)

// JobAllocate allocates many orders.
const JobAllocate = "fulfillment.allocate"

// Service is the fulfillment capability.
type Service struct {
	k       *kit.Kit
	shops   *shop.Service
	catalog *catalog.Service
	stock   *inventory.Service
	orders  *order.Service
	rules   *allocate.Service
}

// New wires the capability and registers its jobs.
func New(k *kit.Kit, shops *shop.Service, cat *catalog.Service, stock *inventory.Service, orders *order.Service) *Service {
	s := &Service{k: k, shops: shops, catalog: cat, stock: stock, orders: orders, rules: allocate.New(k, cat, stock)}
	k.Jobs.Register(JobAllocate, job.Handler{Run: s.runAllocate, Retry: retryAllocate})
	k.Runner.Add(s.follow())
	return s
}

// Rules are the merchant's allocation rules and what is set of its warehouses.
func (s *Service) Rules() *allocate.Service { return s.rules }

// Parcel (包裹) is one box under one waybill number. Instants are unix milliseconds.
type Parcel struct {
	ID                 id.ID
	FulfillmentOrderID id.ID // 0 where it was shipped elsewhere
	OrderID            id.ID
	ShopID             id.ID
	WarehouseID        id.ID
	Carrier            string // carrier code, "" where the source's word is unknown
	CarrierName        string // as the source wrote it, else the carrier's name
	WaybillNo          string
	Kind               string
	ShippedAt          int64
	ShippedBy          id.ID
	ReportedAt         int64 // when the channel was told, 0 while it was not
	CancelledAt        int64
	Lines              []order.LineQty
	// ChannelOrderNo is the order's number, filled in by Parcels.
	ChannelOrderNo string
}

func (p *Parcel) fields() []any {
	return []any{&p.ID, &p.FulfillmentOrderID, &p.OrderID, &p.ShopID, &p.WarehouseID, &p.Carrier, &p.CarrierName,
		&p.WaybillNo, &p.Kind, &p.ShippedAt, &p.ShippedBy, &p.ReportedAt, &p.CancelledAt}
}

// toJSON is for values of our own that always marshal.
func toJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}
