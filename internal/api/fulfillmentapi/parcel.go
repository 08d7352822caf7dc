package fulfillmentapi

import (
	"context"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/order"
)

// Parcel is one box under one waybill number.
type Parcel struct {
	ID             id.ID        `json:"id"`
	OrderID        id.ID        `json:"order_id"`
	ShopID         id.ID        `json:"shop_id"`
	ChannelOrderNo string       `json:"channel_order_no"`
	WarehouseID    id.ID        `json:"warehouse_id"`
	WarehouseName  string       `json:"warehouse_name"`
	Carrier        string       `json:"carrier" doc:"carrier code; empty where the source's word is unknown"`
	CarrierName    string       `json:"carrier_name" doc:"as the source wrote it, else the carrier's name"`
	WaybillNo      string       `json:"waybill_no"`
	Kind           string       `json:"kind" enum:"express,virtual,self_pickup,same_city,elsewhere"`
	ShippedAt      web.Time     `json:"shipped_at"`
	ReportedAt     web.Time     `json:"reported_at" doc:"when the channel was told"`
	CancelledAt    web.Time     `json:"cancelled_at"`
	Lines          []ParcelLine `json:"lines" nullable:"false"`
}

// ParcelLine is a quantity of one order line.
type ParcelLine struct {
	LineID   id.ID `json:"line_id"`
	Quantity int64 `json:"quantity" minimum:"1"`
}

func parcelOf(p fulfillment.Parcel, warehouses map[id.ID]string) Parcel {
	out := Parcel{ID: p.ID, OrderID: p.OrderID, ShopID: p.ShopID, ChannelOrderNo: p.ChannelOrderNo, WarehouseID: p.WarehouseID,
		WarehouseName: warehouses[p.WarehouseID], Carrier: p.Carrier, CarrierName: p.CarrierName, WaybillNo: p.WaybillNo, Kind: p.Kind,
		ShippedAt: web.Time(p.ShippedAt), ReportedAt: web.Time(p.ReportedAt), CancelledAt: web.Time(p.CancelledAt), Lines: []ParcelLine{}}
	for _, l := range p.Lines {
		out.Lines = append(out.Lines, ParcelLine{l.LineID, l.Quantity})
	}
	return out
}

type shipInput struct {
	Body struct {
		OrderID        id.ID        `json:"order_id"`
		WarehouseID    id.ID        `json:"warehouse_id,omitempty" doc:"where it leaves from; the order's own when absent"`
		Carrier        string       `json:"carrier,omitempty" maxLength:"60" doc:"code or any spelling of the name; absent where the number tells it"`
		WaybillNo      string       `json:"waybill_no" minLength:"1" maxLength:"80"`
		Lines          []ParcelLine `json:"lines,omitempty" maxItems:"500" doc:"what the parcel holds; everything left when absent"`
		StaleReason    string       `json:"stale_reason,omitempty" maxLength:"200" doc:"lets a supervisor ship on old data (fulfillment.ship_stale)"`
		ConfirmWaybill bool         `json:"confirm_waybill,omitempty" doc:"ship under a number that does not look like the carrier's"`
	}
}

// ShippedParcel is a parcel with what to know about it.
type ShippedParcel struct {
	Parcel
	Unchanged bool  `json:"unchanged" doc:"it was shipped under this number before; nothing was done"`
	Warning   *Note `json:"warning" doc:"something to look at, or null"`
}

type shipOutput struct{ Body ShippedParcel }

type parcelsInput struct {
	OrderID  id.ID   `query:"order_id"`
	ShopID   web.IDs `query:"shop_id"`
	Reported string  `query:"reported" enum:"true,false" doc:"whether the channel was told"`
	web.ListInput
}

type parcelsOutput struct{ Body web.Page[Parcel] }

func parcelRoutes(api *web.API, s Services) {
	web.Register(api, web.Op{ID: "shipParcel", Method: "POST", Path: "/parcels", Tag: tag, Permission: fulfillment.PermitShip, Status: 201, Errors: shipErrors,
		ZH: "发货：扣库存、改订单状态、记包裹，一次完成", EN: "Ship a parcel: stock, order and parcel change together"}, s.ship)
	web.Register(api, web.Op{ID: "listParcels", Method: "GET", Path: "/parcels", Tag: tag, Permission: fulfillment.PermitRead, Errors: []*errs.Error{page.ErrCursor},
		ZH: "包裹，新的在前", EN: "Parcels, newest first"}, s.parcels)
}

func (s Services) ship(ctx context.Context, in *shipInput) (*shipOutput, error) {
	b := in.Body
	ship := fulfillment.ShipInput{OrderID: b.OrderID, WarehouseID: b.WarehouseID, Carrier: b.Carrier, WaybillNo: b.WaybillNo,
		StaleReason: b.StaleReason, ConfirmWaybill: b.ConfirmWaybill}
	for _, l := range b.Lines {
		ship.Lines = append(ship.Lines, order.LineQty{LineID: l.LineID, Quantity: l.Quantity})
	}
	done, err := s.Fulfillment.Ship(ctx, ship)
	if err != nil {
		return nil, err
	}
	f := fulfillment.ParcelFilter{OrderID: b.OrderID, WaybillNo: b.WaybillNo, Limit: 1}
	if done.ParcelID != 0 {
		f.IDs = []id.ID{done.ParcelID}
	}
	all, _, err := s.Fulfillment.Parcels(ctx, f)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fulfillment.ErrParcelNotFound
	}
	names, err := warehouseNames(ctx, s)
	if err != nil {
		return nil, err
	}
	out := ShippedParcel{Parcel: parcelOf(all[0], names), Unchanged: done.Unchanged}
	if done.Warning != "" {
		n := note(ctx, done.Warning, map[string]any{"waybill_no": all[0].WaybillNo, "carrier": all[0].CarrierName})
		out.Warning = &n
	}
	return &shipOutput{out}, nil
}

func (s Services) parcels(ctx context.Context, in *parcelsInput) (*parcelsOutput, error) {
	f := fulfillment.ParcelFilter{OrderID: in.OrderID, ShopIDs: in.ShopID.List, Cursor: in.Cursor, Limit: in.Limit}
	if in.Reported != "" {
		yes := in.Reported == "true"
		f.Reported = &yes
	}
	all, next, err := s.Fulfillment.Parcels(ctx, f)
	if err != nil {
		return nil, err
	}
	names, err := warehouseNames(ctx, s)
	if err != nil {
		return nil, err
	}
	out := make([]Parcel, len(all))
	for i, p := range all {
		out[i] = parcelOf(p, names)
	}
	return &parcelsOutput{web.NewPage(out, next)}, nil
}
