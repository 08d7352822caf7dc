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

// FulfillmentOrder is what one warehouse ships to one receiver.
type FulfillmentOrder struct {
	ID            id.ID             `json:"id"`
	ShopID        id.ID             `json:"shop_id" doc:"of its first order"`
	WarehouseID   id.ID             `json:"warehouse_id"`
	WarehouseName string            `json:"warehouse_name"`
	SupplierID    id.ID             `json:"supplier_id" doc:"who ships it for us; 0 where we do"`
	Kind          string            `json:"kind" enum:"express,virtual,self_pickup,same_city"`
	State         string            `json:"state" enum:"open,shipped,cancelled,replaced"`
	Carrier       string            `json:"carrier" doc:"code of the carrier it left with"`
	CarrierWish   string            `json:"carrier_wish" doc:"code of the carrier it is to leave with"`
	CanMerge      bool              `json:"can_merge" doc:"its receiver is known well enough to be merged with others"`
	OrderCount    int64             `json:"order_count"`
	Urgency       int64             `json:"urgency" doc:"0 normal, 10 the buyer urges, 20 a person says so"`
	ShipByAt      web.Time          `json:"ship_by_at"`
	PresaleAt     web.Time          `json:"presale_at" doc:"must not leave before"`
	Sealed        string            `json:"sealed" enum:",wave,print,hand" doc:"why its content stands; empty where it may change"`
	Hold          string            `json:"hold" enum:",merged_order_changed,carrier_suspended"`
	CreatedAt     web.Time          `json:"created_at"`
	Version       int64             `json:"version" doc:"papers of another version no longer count"`
	Lines         []FulfillmentLine `json:"lines" nullable:"false"`
}

// FulfillmentLine is how much of an order line it ships.
type FulfillmentLine struct {
	OrderID  id.ID `json:"order_id"`
	LineID   id.ID `json:"line_id"`
	Quantity int64 `json:"quantity"`
	Shipped  int64 `json:"shipped"`
}

func orderOf(f fulfillment.FulfillmentOrder, warehouses map[id.ID]string) FulfillmentOrder {
	out := FulfillmentOrder{ID: f.ID, ShopID: f.ShopID, WarehouseID: f.WarehouseID, WarehouseName: warehouses[f.WarehouseID], SupplierID: f.SupplierID,
		Kind: f.Kind, State: string(f.State), Carrier: f.Carrier, CarrierWish: f.CarrierWish, CanMerge: f.ReceiverGroup != 0, OrderCount: f.OrderCount,
		Urgency: f.Urgency, ShipByAt: web.Time(f.ShipByAt), PresaleAt: web.Time(f.PresaleAt), Sealed: f.Sealed, Hold: f.Hold,
		CreatedAt: web.Time(f.CreatedAt), Version: f.Version, Lines: []FulfillmentLine{}}
	for _, l := range f.Lines {
		out.Lines = append(out.Lines, FulfillmentLine{l.OrderID, l.LineID, l.Quantity, l.Shipped})
	}
	return out
}

type ordersInput struct {
	State       string  `query:"state" enum:"open,shipped,cancelled,replaced"`
	WarehouseID web.IDs `query:"warehouse_id"`
	ShopID      web.IDs `query:"shop_id"`
	OrderID     id.ID   `query:"order_id"`
	Kind        string  `query:"kind" enum:"express,virtual,self_pickup,same_city"`
	Sealed      string  `query:"sealed" enum:"true,false"`
	web.ListInput
}

type orderInput struct {
	ID id.ID `path:"id"`
}

type orderOutput struct{ Body FulfillmentOrder }

type mergeInput struct {
	Body struct {
		IDs []id.ID `json:"ids" minItems:"2" maxItems:"100"`
	}
}

type unmergeInput struct {
	ID   id.ID `path:"id"`
	Body struct {
		OrderIDs []id.ID `json:"order_ids,omitempty" maxItems:"100" doc:"the orders to take out; every one by itself when absent"`
	}
}

type splitInput struct {
	ID   id.ID `path:"id"`
	Body struct {
		Parts []SplitPart `json:"parts" minItems:"1" maxItems:"50"`
	}
}

// SplitPart is what leaves by itself.
type SplitPart struct {
	WarehouseID id.ID        `json:"warehouse_id,omitempty" doc:"where it stands, when absent"`
	Lines       []ParcelLine `json:"lines" minItems:"1" maxItems:"500"`
}

// Edited is a split or merge: what it replaced, and by what. Undoing it needs edit_id.
type Edited struct {
	EditID id.ID   `json:"edit_id"`
	Before []id.ID `json:"before" nullable:"false"`
	After  []id.ID `json:"after" nullable:"false"`
}

type editedOutput struct{ Body Edited }

func edited(e fulfillment.Edited, err error) (*editedOutput, error) {
	if err != nil {
		return nil, err
	}
	return &editedOutput{Edited{e.EditID, e.Before, e.After}}, nil
}

type sealInput struct {
	Body struct {
		IDs    []id.ID `json:"ids" minItems:"1" maxItems:"500"`
		Reason string  `json:"reason" enum:",wave,print,hand" doc:"empty opens them again"`
	}
}

// Changed says how many were changed.
type Changed struct {
	Changed int64 `json:"changed"`
}

type kindInput struct {
	ID   id.ID `path:"id"`
	Body struct {
		Kind        string `json:"kind,omitempty" enum:"express,virtual,self_pickup,same_city"`
		CarrierWish string `json:"carrier_wish,omitempty" maxLength:"60" doc:"a carrier's code or name; none when absent"`
	}
}

type shipOrderInput struct {
	ID   id.ID `path:"id"`
	Body struct {
		Version        int64  `json:"version,omitempty" doc:"the one the papers were made for"`
		Carrier        string `json:"carrier,omitempty" maxLength:"60"`
		WaybillNo      string `json:"waybill_no,omitempty" maxLength:"80"`
		StaleReason    string `json:"stale_reason,omitempty" maxLength:"200"`
		ConfirmWaybill bool   `json:"confirm_waybill,omitempty"`
	}
}

// ShippedOrder is what left: one parcel per order, all under one number.
type ShippedOrder struct {
	ID        id.ID   `json:"id"`
	ParcelIDs []id.ID `json:"parcel_ids" nullable:"false"`
	Unchanged bool    `json:"unchanged" doc:"it was shipped under this number before; nothing was done"`
}

type urgeInput struct {
	ID   id.ID `path:"id" doc:"of the order"`
	Body struct {
		Urgency int64  `json:"urgency" doc:"0 normal, 10 the buyer urges, 20 a person says so"`
		Note    string `json:"note,omitempty" maxLength:"500"`
	}
}

func orderRoutes(api *web.API, s Services) {
	one := []*errs.Error{fulfillment.ErrNoOrder}
	edit := []*errs.Error{fulfillment.ErrNoOrder, fulfillment.ErrNotOpen, fulfillment.ErrSealed, fulfillment.ErrMergedChanged, fulfillment.ErrNoMerge, order.ErrChanged}
	web.Register(api, web.Op{ID: "listFulfillmentOrders", Method: "GET", Path: "/fulfillment-orders", Tag: tag, Permission: fulfillment.PermitRead,
		Errors: []*errs.Error{page.ErrCursor}, ZH: "发货单，新的在前", EN: "Fulfillment orders, newest first"}, s.orders)
	web.Register(api, web.Op{ID: "getFulfillmentOrder", Method: "GET", Path: "/fulfillment-orders/{id}", Tag: tag, Permission: fulfillment.PermitRead,
		Errors: one, ZH: "一个发货单", EN: "One fulfillment order"}, s.order)
	web.Register(api, web.Op{ID: "mergeFulfillmentOrders", Method: "POST", Path: "/fulfillment-orders/merge", Tag: tag, Permission: fulfillment.PermitMerge,
		Errors: append([]*errs.Error{fulfillment.ErrOneOnly, fulfillment.ErrDropped, fulfillment.ErrHeld, order.ErrRefundOpen}, edit...),
		ZH:     "合单：同一收件人的发货单合成一个包裹", EN: "Merge fulfillment orders of one receiver into one"},
		func(ctx context.Context, in *mergeInput) (*editedOutput, error) {
			return edited(s.Fulfillment.Merge(ctx, fulfillment.MergeInput{IDs: in.Body.IDs}))
		})
	web.Register(api, web.Op{ID: "unmergeFulfillmentOrder", Method: "POST", Path: "/fulfillment-orders/{id}/unmerge", Tag: tag, Permission: fulfillment.PermitMerge,
		Errors: edit, ZH: "取消合并：把订单从合并的发货单中拿出来", EN: "Take orders out of a merged fulfillment order"},
		func(ctx context.Context, in *unmergeInput) (*editedOutput, error) {
			return edited(s.Fulfillment.Unmerge(ctx, fulfillment.UnmergeInput{ID: in.ID, OrderIDs: in.Body.OrderIDs}))
		})
	web.Register(api, web.Op{ID: "splitFulfillmentOrder", Method: "POST", Path: "/fulfillment-orders/{id}/split", Tag: tag, Permission: fulfillment.PermitSplit,
		Errors: append([]*errs.Error{fulfillment.ErrBadSplit, fulfillment.ErrNoWarehouse, fulfillment.ErrShort}, edit...),
		ZH:     "拆单：按明细、数量或仓库", EN: "Split by lines, quantities or warehouses"}, s.split)
	web.Register(api, web.Op{ID: "undoFulfillmentEdit", Method: "POST", Path: "/fulfillment-edits/{id}/undo", Tag: tag, Permission: fulfillment.PermitRead,
		Errors: []*errs.Error{fulfillment.ErrNoEdit, fulfillment.ErrNoUndo, fulfillment.ErrShort, fulfillment.ErrNoOrder, order.ErrChanged},
		ZH:     "撤销一次拆单或合单（需拆单或合单权限）", EN: "Undo a split or merge (needs the right to split or merge)"},
		func(ctx context.Context, in *orderInput) (*editedOutput, error) {
			return edited(s.Fulfillment.Undo(ctx, in.ID))
		})
	web.Register(api, web.Op{ID: "sealFulfillmentOrders", Method: "POST", Path: "/fulfillment-orders/seal", Tag: tag, Permission: fulfillment.PermitMerge,
		Errors: []*errs.Error{fulfillment.ErrNoOrder, fulfillment.ErrNotOpen, fulfillment.ErrBadSeal},
		ZH:     "锁单与解锁", EN: "Seal fulfillment orders, or unseal them"}, s.seal)
	web.Register(api, web.Op{ID: "releaseFulfillmentOrder", Method: "POST", Path: "/fulfillment-orders/{id}/release", Tag: tag, Permission: fulfillment.PermitMerge,
		Errors: []*errs.Error{fulfillment.ErrNoOrder, fulfillment.ErrNotOpen},
		ZH:     "合并单有变动，已核对，继续发货", EN: "Go on with a merged one that changed"}, s.release)
	web.Register(api, web.Op{ID: "setFulfillmentKind", Method: "POST", Path: "/fulfillment-orders/{id}/kind", Tag: tag, Permission: fulfillment.PermitAllocate,
		Errors: []*errs.Error{fulfillment.ErrNoOrder, fulfillment.ErrNotOpen, fulfillment.ErrSealed, fulfillment.ErrBadKind, fulfillment.ErrCarrierUnknown, order.ErrChanged},
		ZH:     "发货方式与快递", EN: "Choose how it leaves, and by which carrier"}, s.kind)
	web.Register(api, web.Op{ID: "shipFulfillmentOrder", Method: "POST", Path: "/fulfillment-orders/{id}/ship", Tag: tag, Permission: fulfillment.PermitShip,
		Errors: append([]*errs.Error{fulfillment.ErrNoOrder, fulfillment.ErrNotOpen, fulfillment.ErrDropped, fulfillment.ErrMergedChanged, fulfillment.ErrContentChanged,
			fulfillment.ErrNoCarrierNeeded, fulfillment.ErrBadKind}, shipErrors...),
		ZH: "整个发货单发货，其中每个订单各记一个包裹", EN: "Ship it whole, one parcel for every order in it"}, s.shipOrder)
	web.Register(api, web.Op{ID: "urgeOrder", Method: "POST", Path: "/orders/{id}/urge", Tag: tag, Permission: fulfillment.PermitAllocate,
		Errors: []*errs.Error{order.ErrNotFound, order.ErrTooLong, fulfillment.ErrBadUrgency},
		ZH:     "催发货、加急：分仓、波次、打印都优先", EN: "Have an order go first in allocation, waves and print"}, s.urge)
}

func (s Services) orders(ctx context.Context, in *ordersInput) (*struct{ Body web.Page[FulfillmentOrder] }, error) {
	f := fulfillment.OrderFilter{State: fulfillment.OrderState(in.State), WarehouseIDs: in.WarehouseID.List, ShopIDs: in.ShopID.List, OrderID: in.OrderID,
		Kind: in.Kind, Cursor: in.Cursor, Limit: in.Limit}
	if in.Sealed != "" {
		yes := in.Sealed == "true"
		f.Sealed = &yes
	}
	all, next, err := s.Fulfillment.List(ctx, f)
	if err != nil {
		return nil, err
	}
	names, err := warehouseNames(ctx, s)
	if err != nil {
		return nil, err
	}
	out := make([]FulfillmentOrder, len(all))
	for i, f := range all {
		out[i] = orderOf(f, names)
	}
	return &struct{ Body web.Page[FulfillmentOrder] }{web.NewPage(out, next)}, nil
}

func (s Services) one(ctx context.Context, f fulfillment.FulfillmentOrder, err error) (*orderOutput, error) {
	if err != nil {
		return nil, err
	}
	names, err := warehouseNames(ctx, s)
	if err != nil {
		return nil, err
	}
	return &orderOutput{orderOf(f, names)}, nil
}

func (s Services) order(ctx context.Context, in *orderInput) (*orderOutput, error) {
	f, err := s.Fulfillment.Get(ctx, in.ID)
	return s.one(ctx, f, err)
}

func (s Services) release(ctx context.Context, in *orderInput) (*orderOutput, error) {
	if _, err := s.Fulfillment.Release(ctx, in.ID); err != nil {
		return nil, err
	}
	return s.order(ctx, in)
}

func (s Services) kind(ctx context.Context, in *kindInput) (*orderOutput, error) {
	if _, err := s.Fulfillment.SetKind(ctx, fulfillment.KindInput{ID: in.ID, Kind: in.Body.Kind, CarrierWish: in.Body.CarrierWish}); err != nil {
		return nil, err
	}
	f, err := s.Fulfillment.Get(ctx, in.ID)
	return s.one(ctx, f, err)
}

func (s Services) split(ctx context.Context, in *splitInput) (*editedOutput, error) {
	to := fulfillment.SplitInput{ID: in.ID}
	for _, p := range in.Body.Parts {
		part := fulfillment.SplitPart{WarehouseID: p.WarehouseID}
		for _, l := range p.Lines {
			part.Lines = append(part.Lines, order.LineQty{LineID: l.LineID, Quantity: l.Quantity})
		}
		to.Parts = append(to.Parts, part)
	}
	return edited(s.Fulfillment.Split(ctx, to))
}

func (s Services) seal(ctx context.Context, in *sealInput) (*struct{ Body Changed }, error) {
	n, err := s.Fulfillment.Seal(ctx, fulfillment.SealInput{IDs: in.Body.IDs, Reason: in.Body.Reason})
	return &struct{ Body Changed }{Changed{n}}, err
}

func (s Services) shipOrder(ctx context.Context, in *shipOrderInput) (*struct{ Body ShippedOrder }, error) {
	b := in.Body
	done, err := s.Fulfillment.ShipOrder(ctx, fulfillment.ShipOrderInput{ID: in.ID, Version: b.Version, Carrier: b.Carrier, WaybillNo: b.WaybillNo,
		StaleReason: b.StaleReason, ConfirmWaybill: b.ConfirmWaybill})
	if err != nil {
		return nil, err
	}
	out := ShippedOrder{ID: in.ID, ParcelIDs: []id.ID{}}
	for _, p := range done.Parcels {
		out.Unchanged = p.Unchanged
		if p.ParcelID != 0 {
			out.ParcelIDs = append(out.ParcelIDs, p.ParcelID)
		}
	}
	return &struct{ Body ShippedOrder }{out}, nil
}

func (s Services) urge(ctx context.Context, in *urgeInput) (*struct{ Body Changed }, error) {
	_, err := s.Fulfillment.Urge(ctx, fulfillment.UrgeInput{OrderID: in.ID, Urgency: in.Body.Urgency, Note: in.Body.Note})
	return &struct{ Body Changed }{Changed{1}}, err
}
