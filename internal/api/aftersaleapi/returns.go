package aftersaleapi

import (
	"context"
	"net/http"

	"github.com/ordercove/ordercove/internal/aftersale"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/kit/web"
)

// ReturnLine is what was in a returned parcel of one order line.
type ReturnLine struct {
	LineID    id.ID `json:"line_id"`
	SKUID     id.ID `json:"sku_id" doc:"0: nobody mapped it, so no stock moved"`
	Good      int64 `json:"good"`
	Defective int64 `json:"defective"`
	Missing   int64 `json:"missing"`
}

// ReturnParcel is a parcel that came back.
type ReturnParcel struct {
	ID            id.ID        `json:"id"`
	WaybillNo     string       `json:"waybill_no" doc:"Empty where nobody could read it"`
	Carrier       string       `json:"carrier"`
	WarehouseID   id.ID        `json:"warehouse_id"`
	CaseID        id.ID        `json:"case_id" doc:"0: ownerless"`
	State         string       `json:"state" enum:"unclaimed,arrived,inspected"`
	Note          string       `json:"note"`
	ReceivedAt    web.Time     `json:"received_at"`
	ReceivedName  string       `json:"received_name"`
	InspectedAt   web.Time     `json:"inspected_at"`
	InspectedName string       `json:"inspected_name"`
	Lines         []ReturnLine `json:"lines" nullable:"false"`
}

func parcelOf(p aftersale.Parcel) ReturnParcel {
	out := ReturnParcel{ID: p.ID, WaybillNo: p.WaybillNo, Carrier: p.Carrier, WarehouseID: p.WarehouseID, CaseID: p.CaseID, State: string(p.State), Note: p.Note,
		ReceivedAt: web.Time(p.ReceivedAt), ReceivedName: p.ReceivedName, InspectedAt: web.Time(p.InspectedAt), InspectedName: p.InspectedName, Lines: []ReturnLine{}}
	for _, l := range p.Lines {
		out.Lines = append(out.Lines, ReturnLine(l))
	}
	return out
}

func parcelsOf(all []aftersale.Parcel) []ReturnParcel {
	out := make([]ReturnParcel, len(all))
	for i, p := range all {
		out[i] = parcelOf(p)
	}
	return out
}

// ReturnFound is what a scanned code leads to.
type ReturnFound struct {
	Code           string          `json:"code"`
	Parcels        []ReturnParcel  `json:"parcels" nullable:"false" doc:"That came back under this number already"`
	Cases          []Aftersale     `json:"cases" nullable:"false" doc:"Whose goods may be in the parcel, those that wait for goods first"`
	Rest           []AftersaleLine `json:"rest" nullable:"false" doc:"What else the first case's order shipped"`
	ChannelOrderNo string          `json:"channel_order_no" doc:"An order that left under this number, where no case is known"`
}

// ReturnCount is what was counted of one order line.
type ReturnCount struct {
	LineID    id.ID `json:"line_id"`
	Good      int64 `json:"good,omitempty" minimum:"0" maximum:"1000000"`
	Defective int64 `json:"defective,omitempty" minimum:"0" maximum:"1000000"`
	Missing   int64 `json:"missing,omitempty" minimum:"0" maximum:"1000000"`
}

// ReceiveReturn is an opened parcel.
type ReceiveReturn struct {
	CaseID      id.ID         `json:"case_id"`
	WaybillNo   string        `json:"waybill_no,omitempty" maxLength:"60" doc:"Empty where nobody can read it"`
	Carrier     string        `json:"carrier,omitempty" maxLength:"40"`
	WarehouseID id.ID         `json:"warehouse_id"`
	Note        string        `json:"note,omitempty" maxLength:"200"`
	Lines       []ReturnCount `json:"lines" minItems:"1" maxItems:"200"`
}

// ArriveReturn is a parcel that nobody has opened.
type ArriveReturn struct {
	WaybillNo   string `json:"waybill_no" minLength:"4" maxLength:"60"`
	Carrier     string `json:"carrier,omitempty" maxLength:"40"`
	WarehouseID id.ID  `json:"warehouse_id"`
	Note        string `json:"note,omitempty" maxLength:"200"`
}

type parcelOut struct{ Body ReturnParcel }

func returns(api *web.API, h *handlers) {
	parcel := []*errs.Error{aftersale.ErrWaybill, aftersale.ErrNote, aftersale.ErrReceived, inventory.ErrNoWarehouse}
	web.Register(api, web.Op{ID: "listReturns", Method: http.MethodGet, Path: "/returns", Tag: tag, Permission: aftersale.PermitRead, Errors: []*errs.Error{page.ErrCursor},
		ZH: "退货包裹，新的在前", EN: "Parcels that came back, the newest first"},
		func(ctx context.Context, in *struct {
			State string `query:"state" enum:"unclaimed,arrived,inspected"`
			web.ListInput
		}) (*struct{ Body web.Page[ReturnParcel] }, error) {
			all, next, err := h.s.Parcels(ctx, aftersale.ParcelState(in.State), in.Cursor, in.Limit)
			if err != nil {
				return nil, err
			}
			return &struct{ Body web.Page[ReturnParcel] }{web.NewPage(parcelsOf(all), next)}, nil
		})
	web.Register(api, web.Op{ID: "findReturn", Method: http.MethodGet, Path: "/returns/find", Tag: tag, Permission: aftersale.PermitReceive, Errors: []*errs.Error{aftersale.ErrWaybill},
		ZH: "扫退货单号、售后单号、订单号或原运单号，找到售后单", EN: "The cases behind a return waybill, a case or order number, or the number the goods left under"},
		func(ctx context.Context, in *struct {
			Code string `query:"code" required:"true" maxLength:"100"`
		}) (*struct{ Body ReturnFound }, error) {
			f, err := h.s.Look(ctx, in.Code)
			if err != nil {
				return nil, err
			}
			return &struct{ Body ReturnFound }{ReturnFound{f.Code, parcelsOf(f.Parcels), casesOf(ctx, f.Cases), linesOf(f.Rest), f.OrderNo}}, nil
		})
	web.Register(api, web.Op{ID: "arriveReturn", Method: http.MethodPost, Path: "/returns/arrivals", Tag: tag, Permission: aftersale.PermitReceive, Errors: parcel,
		ZH: "登记到件，未拆封；没有售后单的为无主件", EN: "Record a returned parcel that nobody has opened"},
		func(ctx context.Context, in *struct{ Body ArriveReturn }) (*parcelOut, error) {
			b := in.Body
			p, err := h.s.Arrive(ctx, aftersale.ArriveInput{WaybillNo: b.WaybillNo, Carrier: b.Carrier, WarehouseID: b.WarehouseID, Note: b.Note})
			return &parcelOut{parcelOf(p)}, err
		})
	web.Register(api, web.Op{ID: "receiveReturn", Method: http.MethodPost, Path: "/returns", Tag: tag, Permission: aftersale.PermitReceive,
		Errors: append([]*errs.Error{aftersale.ErrNotFound, aftersale.ErrNoOrder, aftersale.ErrLine, aftersale.ErrTooMuch, aftersale.ErrNothing}, parcel...),
		ZH:     "退货验收入库：良品、残次、缺少", EN: "Book what came back: good, defective, missing"},
		func(ctx context.Context, in *struct{ Body ReceiveReturn }) (*parcelOut, error) {
			b := in.Body
			lines := make([]aftersale.Back, len(b.Lines))
			for i, l := range b.Lines {
				lines[i] = aftersale.Back{LineID: l.LineID, Good: l.Good, Defective: l.Defective, Missing: l.Missing}
			}
			p, err := h.s.Receive(ctx, aftersale.ReceiveInput{CaseID: b.CaseID, WaybillNo: b.WaybillNo, Carrier: b.Carrier, WarehouseID: b.WarehouseID, Note: b.Note, Lines: lines})
			return &parcelOut{parcelOf(p)}, err
		})
	web.Register(api, web.Op{ID: "matchReturn", Method: http.MethodPost, Path: "/returns/{id}/match", Tag: tag, Permission: aftersale.PermitReceive,
		Errors: []*errs.Error{aftersale.ErrParcel, aftersale.ErrNotFound, aftersale.ErrGoods}, ZH: "认领无主件", EN: "Give an ownerless parcel to a case"},
		func(ctx context.Context, in *struct {
			ID   id.ID `path:"id"`
			Body struct {
				CaseID id.ID `json:"case_id"`
			}
		}) (*parcelOut, error) {
			p, err := h.s.Match(ctx, in.ID, in.Body.CaseID)
			return &parcelOut{parcelOf(p)}, err
		})
}
