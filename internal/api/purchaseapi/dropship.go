package purchaseapi

import (
	"bytes"
	"context"
	"net/http"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/dropship"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/purchase"
)

const xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// DropshipOrder is a fulfillment order that a supplier ships.
type DropshipOrder struct {
	ID          id.ID            `json:"id" doc:"Of the fulfillment order"`
	SupplierID  id.ID            `json:"supplier_id"`
	BatchID     id.ID            `json:"batch_id"`
	State       dropship.State   `json:"state" enum:"ready,sent,accepted,refused,shipped,withdrawn"`
	Reason      string           `json:"reason" doc:"Why it was refused"`
	OrderNos    []string         `json:"order_nos" nullable:"false"`
	OrderIDs    web.IDs          `json:"order_ids"`
	Goods       []DropshipGoods  `json:"goods" nullable:"false"`
	Receiver    DropshipReceiver `json:"receiver"`
	BuyerNote   string           `json:"buyer_note"`
	Urgency     int64            `json:"urgency"`
	Carrier     string           `json:"carrier" doc:"Its code, of the number below"`
	CarrierName string           `json:"carrier_name"`
	WaybillNo   string           `json:"waybill_no" doc:"Before it ships, the one that we had issued"`
	ShipByAt    web.Time         `json:"ship_by_at"`
	SentAt      web.Time         `json:"sent_at"`
	AnsweredAt  web.Time         `json:"answered_at"`
	ShippedAt   web.Time         `json:"shipped_at"`
	Stopped     *DropshipFault   `json:"stopped,omitempty" doc:"Why it must not leave now"`
}

// DropshipGoods is a line to pack.
type DropshipGoods struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Spec     string `json:"spec"`
	Quantity int64  `json:"quantity"`
}

// DropshipReceiver is what may be told of who receives it.
type DropshipReceiver struct {
	Name     string `json:"name"`
	Phone    string `json:"phone"`
	Province string `json:"province"`
	City     string `json:"city"`
	District string `json:"district"`
	Detail   string `json:"detail"`
	Sealed   bool   `json:"sealed" doc:"The channel ciphered it: ship with the channel's waybill"`
}

// DropshipFault is a refusal in the reader's language.
type DropshipFault struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// DropshipRow is what became of one fulfillment order.
type DropshipRow struct {
	ID    id.ID          `json:"id"`
	Fault *DropshipFault `json:"fault,omitempty" doc:"Absent where it went well"`
}

// DropshipResult is what became of each.
type DropshipResult struct {
	BatchID id.ID         `json:"batch_id,omitempty" doc:"Of what was sent"`
	Rows    []DropshipRow `json:"rows" nullable:"false"`
}

func faultOf(ctx context.Context, e *errs.Error) *DropshipFault {
	if e == nil {
		return nil
	}
	return &DropshipFault{e.Code, errs.Message(actor.Lang(ctx), e.Code, e.Params)}
}

func resultOf(ctx context.Context, batch id.ID, rows []dropship.Row) *struct{ Body DropshipResult } {
	out := DropshipResult{BatchID: batch, Rows: make([]DropshipRow, len(rows))}
	for i, r := range rows {
		out.Rows[i] = DropshipRow{r.ID, faultOf(ctx, r.Err)}
	}
	return &struct{ Body DropshipResult }{out}
}

func orderOf(ctx context.Context, o dropship.Order) DropshipOrder {
	out := DropshipOrder{ID: o.ID, SupplierID: o.SupplierID, BatchID: o.BatchID, State: o.State, Reason: o.Reason, OrderNos: append([]string{}, o.OrderNos...), OrderIDs: web.NewIDs(o.OrderIDs...),
		Goods: make([]DropshipGoods, len(o.Goods)), Receiver: DropshipReceiver(o.Receiver), BuyerNote: o.BuyerNote, Urgency: o.Urgency, Carrier: o.Carrier,
		CarrierName: logistics.NameOf(o.Carrier, actor.Lang(ctx)), WaybillNo: o.WaybillNo, ShipByAt: web.Time(o.ShipByAt), SentAt: web.Time(o.SentAt), AnsweredAt: web.Time(o.AnsweredAt),
		ShippedAt: web.Time(o.ShippedAt), Stopped: faultOf(ctx, o.Stopped)}
	for i, g := range o.Goods {
		out.Goods[i] = DropshipGoods(g)
	}
	return out
}

func pageOf(ctx context.Context, all []dropship.Order, next string) web.Page[DropshipOrder] {
	out := make([]DropshipOrder, len(all))
	for i, o := range all {
		out[i] = orderOf(ctx, o)
	}
	return web.NewPage(out, next)
}

type shipments struct {
	Shipments []struct {
		ID        id.ID  `json:"id"`
		Carrier   string `json:"carrier,omitempty" maxLength:"60"`
		WaybillNo string `json:"waybill_no" minLength:"1" maxLength:"60"`
		Confirm   bool   `json:"confirm,omitempty" doc:"The number is right although it does not look like the carrier's"`
	} `json:"shipments" minItems:"1" maxItems:"200" nullable:"false"`
}

func (s shipments) list() []dropship.Shipment {
	out := make([]dropship.Shipment, len(s.Shipments))
	for i, x := range s.Shipments {
		out[i] = dropship.Shipment{ID: x.ID, Carrier: x.Carrier, WaybillNo: x.WaybillNo, Confirm: x.Confirm}
	}
	return out
}

type numbersFile struct {
	Name    string `json:"name" maxLength:"200"`
	Content []byte `json:"content" maxLength:"960000" doc:"base64 of the xlsx or csv file, 700 kB at most"`
}

// each ships what a file holds, as many at once as one command takes.
func (f numbersFile) each(ship func([]dropship.Shipment) ([]dropship.Row, error)) (rows []dropship.Row, err error) {
	all, err := dropship.ReadShipments(f.Name, bytes.NewReader(f.Content), int64(len(f.Content)))
	for len(all) > 0 && err == nil {
		n := min(len(all), 200)
		var some []dropship.Row
		some, err = ship(all[:n])
		rows, all = append(rows, some...), all[n:]
	}
	return rows, err
}

var shipErrors = []*errs.Error{dropship.ErrBadCount, dropship.ErrNotSent, fulfillment.ErrContentChanged, fulfillment.ErrDropped, fulfillment.ErrStaleData, fulfillment.ErrBadWaybill, fulfillment.ErrBadWaybillCarrier}

func (r routes) dropship(api *web.API) {
	web.Register(api, web.Op{ID: "listDropshipOrders", Method: http.MethodGet, Path: "/dropship-orders", Tag: tag, Permission: fulfillment.PermitRead, ZH: "代发单，按供应商与状态", EN: "Orders that suppliers ship",
		Errors: []*errs.Error{page.ErrCursor}},
		func(ctx context.Context, in *struct {
			SupplierID id.ID          `query:"supplier_id"`
			BatchID    id.ID          `query:"batch_id"`
			State      dropship.State `query:"state" enum:"ready,sent,accepted,refused,shipped,withdrawn"`
			web.ListInput
		}) (*struct{ Body web.Page[DropshipOrder] }, error) {
			all, next, err := r.orders.List(ctx, dropship.Filter{SupplierID: in.SupplierID, BatchID: in.BatchID, State: in.State, Cursor: in.Cursor, Limit: in.Limit})
			return &struct{ Body web.Page[DropshipOrder] }{pageOf(ctx, all, next)}, err
		})
	web.Register(api, web.Op{ID: "sendDropshipOrders", Method: http.MethodPost, Path: "/dropship-orders/send", Tag: tag, Permission: dropship.Permit, ZH: "发给供应商代发", EN: "Give orders to their supplier",
		Errors: []*errs.Error{dropship.ErrBadCount, purchase.ErrNotFound, dropship.ErrInactive, dropship.ErrOtherSource, dropship.ErrAlreadySent, dropship.ErrSealedOnly, fulfillment.ErrSealed}},
		func(ctx context.Context, in *struct {
			Body struct {
				SupplierID id.ID   `json:"supplier_id"`
				IDs        web.IDs `json:"ids"`
			}
		}) (*struct{ Body DropshipResult }, error) {
			got, err := r.orders.Send(ctx, dropship.SendInput{SupplierID: in.Body.SupplierID, IDs: in.Body.IDs.List})
			return resultOf(ctx, got.BatchID, got.Rows), err
		})
	web.Register(api, web.Op{ID: "moveDropshipOrders", Method: http.MethodPost, Path: "/dropship-orders/move", Tag: tag, Permission: dropship.Permit, ZH: "撤回，或代供应商接单、拒单", EN: "Take orders back, or write down a supplier's answer",
		Errors: []*errs.Error{dropship.ErrBadCount, dropship.ErrNoReason, dropship.ErrNotSent}},
		func(ctx context.Context, in *struct {
			Body struct {
				IDs    web.IDs        `json:"ids"`
				State  dropship.State `json:"state" enum:"accepted,refused,withdrawn"`
				Reason string         `json:"reason,omitempty" maxLength:"200"`
			}
		}) (*struct{ Body DropshipResult }, error) {
			rows, err := r.orders.Move(ctx, dropship.MoveInput{IDs: in.Body.IDs.List, State: in.Body.State, Reason: in.Body.Reason})
			return resultOf(ctx, 0, rows), err
		})
	web.Register(api, web.Op{ID: "shipDropshipOrders", Method: http.MethodPost, Path: "/dropship-orders/ship", Tag: tag, Permission: dropship.Permit, ZH: "回填代发快递单号并发货", EN: "Ship by the supplier's waybill numbers", Errors: shipErrors},
		func(ctx context.Context, in *struct{ Body shipments }) (*struct{ Body DropshipResult }, error) {
			rows, err := r.orders.Ship(ctx, in.Body.list())
			return resultOf(ctx, 0, rows), err
		})
	web.Register(api, web.Op{ID: "uploadDropshipNumbers", Method: http.MethodPost, Path: "/dropship-orders/numbers", Tag: tag, Permission: dropship.Permit, ZH: "上传供应商回传的单号表", EN: "Ship by the file a supplier filled in",
		Errors: append([]*errs.Error{dropship.ErrNoRows}, shipErrors...)},
		func(ctx context.Context, in *struct{ Body numbersFile }) (*struct{ Body DropshipResult }, error) {
			rows, err := in.Body.each(func(some []dropship.Shipment) ([]dropship.Row, error) { return r.orders.Ship(unkeyed(ctx), some) })
			return resultOf(ctx, 0, rows), err
		})
	web.Register(api, web.Op{ID: "downloadDropshipOrders", Method: http.MethodGet, Path: "/dropship-orders/file", Tag: tag, Permission: dropship.Permit, ZH: "下载代发表格，按合同脱敏", EN: "The supplier's file, masked by its contract",
		Errors: []*errs.Error{purchase.ErrNotFound}},
		func(ctx context.Context, in *struct {
			SupplierID id.ID `query:"supplier_id" required:"true"`
			BatchID    id.ID `query:"batch_id"`
		}) (*web.Stream, error) {
			name, write, err := r.orders.Paper(ctx, in.SupplierID, in.BatchID)
			if err != nil {
				return nil, err
			}
			return web.SendDownload(name, xlsx, write), nil
		})
}
