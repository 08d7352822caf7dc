// Package inventoryapi is warehouses, stock, its ledger and its imports over HTTP.
package inventoryapi

import (
	"context"
	"net/http"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/web"
)

// Balance is the stock of one SKU in one warehouse and condition, in pieces.
type Balance struct {
	SKUID         id.ID      `json:"sku_id"`
	SKUCode       string     `json:"sku_code"`
	SKUName       string     `json:"sku_name"`
	WarehouseID   id.ID      `json:"warehouse_id"`
	WarehouseName string     `json:"warehouse_name"`
	Condition     string     `json:"condition" enum:"good,defective"`
	OnHand        int64      `json:"on_hand"`
	Reserved      int64      `json:"reserved"`
	Available     int64      `json:"available" doc:"on_hand less reserved; below 0 as far as backorder allows"`
	Backorder     int64      `json:"backorder"`
	Safety        int64      `json:"safety"`
	Low           bool       `json:"low" doc:"Available is not above the safety stock"`
	CostFen       *money.Fen `json:"cost_fen" class:"cost"`
	UpdatedAt     web.Time   `json:"updated_at"`
}

func balanceOf(b inventory.Balance) Balance {
	return Balance{SKUID: b.SKUID, SKUCode: b.SKUCode, SKUName: b.SKUName, WarehouseID: b.WarehouseID, WarehouseName: b.WarehouseName,
		Condition: b.Condition, OnHand: b.OnHand, Reserved: b.Reserved, Available: b.Available(), Backorder: b.Backorder, Safety: b.Safety,
		Low: b.Low(), CostFen: b.CostFen, UpdatedAt: web.Time(b.UpdatedAt)}
}

// Movement is one line of the ledger.
type Movement struct {
	ID             id.ID    `json:"id"`
	At             web.Time `json:"at"`
	SKUID          id.ID    `json:"sku_id"`
	SKUCode        string   `json:"sku_code"`
	WarehouseID    id.ID    `json:"warehouse_id"`
	WarehouseName  string   `json:"warehouse_name"`
	Condition      string   `json:"condition" enum:"good,defective"`
	Kind           string   `json:"kind" enum:"opening,adjust,receive,reserve,release,deduct,return"`
	Change         int64    `json:"change" doc:"Of what is on hand"`
	ReservedChange int64    `json:"reserved_change"`
	After          int64    `json:"after" doc:"On hand right after it"`
	Reason         string   `json:"reason" doc:"The reason given, or the paper behind it: parcel/…, job/…"`
	OrderID        id.ID    `json:"order_id" doc:"0 for none"`
	ActorName      string   `json:"actor_name"`
}

func movementOf(m inventory.Movement) Movement {
	return Movement{ID: m.ID, At: web.Time(m.At), SKUID: m.SKUID, SKUCode: m.SKUCode, WarehouseID: m.WarehouseID, WarehouseName: m.WarehouseName,
		Condition: m.Condition, Kind: m.Kind, Change: m.OnHandChange, ReservedChange: m.ReservedChange, After: m.OnHandAfter, Reason: m.Ref,
		OrderID: m.OrderID, ActorName: m.ActorName}
}

// Reservation is stock that an order line holds.
type Reservation struct {
	OrderID       id.ID    `json:"order_id"`
	LineID        id.ID    `json:"line_id"`
	SKUID         id.ID    `json:"sku_id"`
	SKUCode       string   `json:"sku_code"`
	WarehouseID   id.ID    `json:"warehouse_id"`
	WarehouseName string   `json:"warehouse_name"`
	Quantity      int64    `json:"quantity"`
	CreatedAt     web.Time `json:"created_at"`
}

// Adjustment corrects a balance by change or to the counted set_to, or receives
// what came in; one of the three.
type Adjustment struct {
	SKUID       id.ID  `json:"sku_id"`
	WarehouseID id.ID  `json:"warehouse_id"`
	Condition   string `json:"condition,omitempty" enum:"good,defective" doc:"Default: good"`
	Change      *int64 `json:"change,omitempty"`
	SetTo       *int64 `json:"set_to,omitempty"`
	Receive     *int64 `json:"receive,omitempty" minimum:"1" doc:"Pieces that came in: a movement of kind receive"`
	Reason      string `json:"reason" minLength:"1" maxLength:"200"`
}

// Levels sets how far a SKU may be oversold in a warehouse, and when it is low.
type Levels struct {
	SKUID       id.ID `json:"sku_id"`
	WarehouseID id.ID `json:"warehouse_id"`
	Backorder   int64 `json:"backorder" minimum:"0"`
	Safety      int64 `json:"safety" minimum:"0"`
}

type (
	stockIn struct {
		WarehouseID id.ID  `query:"warehouse_id"`
		SKUID       id.ID  `query:"sku_id"`
		Q           string `query:"q" maxLength:"100" doc:"The beginning of a SKU code, or any part of a name"`
		Low         bool   `query:"low" doc:"Only what is not above its safety stock"`
		web.ListInput
	}
	movementsIn struct {
		SKUID       id.ID `query:"sku_id"`
		WarehouseID id.ID `query:"warehouse_id"`
		OrderID     id.ID `query:"order_id"`
		web.ListInput
	}
	reservationsIn struct {
		SKUID   id.ID `query:"sku_id"`
		OrderID id.ID `query:"order_id"`
		web.ListInput
	}
	stockOut        struct{ Body web.Page[Balance] }
	balanceOut      struct{ Body Balance }
	movementsOut    struct{ Body web.Page[Movement] }
	reservationsOut struct{ Body web.Page[Reservation] }
)

type handlers struct {
	k     *kit.Kit
	stock *inventory.Service
}

// Routes registers the operations.
func Routes(api *web.API, k *kit.Kit, s *inventory.Service) {
	h := &handlers{k, s}
	h.warehouseRoutes(api)
	h.importRoutes(api)
	web.Register(api, web.Op{ID: "listStock", Method: http.MethodGet, Path: "/stock", Tag: "stock", Permission: "inventory.read",
		ZH: "库存，按 SKU 编码排列", EN: "Stock, by SKU code"}, h.list)
	faults := []*errs.Error{inventory.ErrNoWarehouse, inventory.ErrBundleHasNoStock, inventory.ErrBelowReserved, inventory.ErrBadLevel, catalog.ErrNoSKU}
	web.Register(api, web.Op{ID: "adjustStock", Method: http.MethodPost, Path: "/stock/adjust", Tag: "stock", Permission: "inventory.adjust",
		ZH: "调整库存：增减，或改为盘点数", EN: "Correct stock by a change, or to what was counted",
		Errors: append(faults, inventory.ErrNothingToChange, inventory.ErrBadQuantity, inventory.ErrReasonMissing, inventory.ErrBadCondition, inventory.ErrInsufficient)}, h.adjust)
	web.Register(api, web.Op{ID: "setStockLevels", Method: http.MethodPost, Path: "/stock/levels", Tag: "stock", Permission: "inventory.adjust",
		ZH: "设置可超卖数量和安全库存", EN: "Set backorder and safety stock", Errors: faults}, h.levels)
	web.Register(api, web.Op{ID: "listStockMovements", Method: http.MethodGet, Path: "/stock/movements", Tag: "stock", Permission: "inventory.read",
		ZH: "库存流水，新的在前", EN: "The stock ledger, newest first"}, h.movements)
	web.Register(api, web.Op{ID: "listReservations", Method: http.MethodGet, Path: "/reservations", Tag: "stock", Permission: "inventory.read",
		ZH: "订单占用的库存", EN: "Stock that orders hold"}, h.reservations)
}

func (h *handlers) list(ctx context.Context, in *stockIn) (*stockOut, error) {
	all, next, err := h.stock.Balances(ctx, inventory.BalanceFilter{WarehouseID: in.WarehouseID, SKUID: in.SKUID, Query: in.Q, Low: in.Low,
		Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	out := make([]Balance, len(all))
	for i, b := range all {
		out[i] = balanceOf(b)
	}
	return &stockOut{web.NewPage(out, next)}, nil
}

func (h *handlers) adjust(ctx context.Context, in *struct{ Body Adjustment }) (*balanceOut, error) {
	b := in.Body
	now, err := h.stock.Adjust(ctx, inventory.AdjustInput{SKUID: b.SKUID, WarehouseID: b.WarehouseID, Condition: b.Condition,
		Change: b.Change, SetTo: b.SetTo, Receive: b.Receive, Reason: b.Reason})
	if err != nil {
		return nil, err
	}
	return &balanceOut{balanceOf(now)}, nil
}

func (h *handlers) levels(ctx context.Context, in *struct{ Body Levels }) (*balanceOut, error) {
	b := in.Body
	now, err := h.stock.SetLevels(ctx, inventory.LevelsInput{SKUID: b.SKUID, WarehouseID: b.WarehouseID, Backorder: b.Backorder, Safety: b.Safety})
	if err != nil {
		return nil, err
	}
	return &balanceOut{balanceOf(now)}, nil
}

func (h *handlers) movements(ctx context.Context, in *movementsIn) (*movementsOut, error) {
	all, next, err := h.stock.Movements(ctx, inventory.MovementFilter{SKUID: in.SKUID, WarehouseID: in.WarehouseID, OrderID: in.OrderID,
		Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	out := make([]Movement, len(all))
	for i, m := range all {
		out[i] = movementOf(m)
	}
	return &movementsOut{web.NewPage(out, next)}, nil
}

func (h *handlers) reservations(ctx context.Context, in *reservationsIn) (*reservationsOut, error) {
	all, next, err := h.stock.Reservations(ctx, inventory.ReservationFilter{SKUID: in.SKUID, OrderID: in.OrderID, Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	out := make([]Reservation, len(all))
	for i, r := range all {
		out[i] = Reservation{OrderID: r.OrderID, LineID: r.LineID, SKUID: r.SKUID, SKUCode: r.SKUCode, WarehouseID: r.WarehouseID,
			WarehouseName: r.WarehouseName, Quantity: r.Quantity, CreatedAt: web.Time(r.CreatedAt)}
	}
	return &reservationsOut{web.NewPage(out, next)}, nil
}
