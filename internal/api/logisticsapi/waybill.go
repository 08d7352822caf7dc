package logisticsapi

import (
	"context"
	"net/http"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
	"github.com/ordercove/ordercove/internal/logistics/choose"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/packing/issue"
)

// Waybill is one number, wanted or there, for one piece of a fulfillment order.
type Waybill struct {
	ID                 id.ID         `json:"id"`
	FulfillmentOrderID id.ID         `json:"fulfillment_order_id"`
	Piece              int64         `json:"piece"`
	Pieces             int64         `json:"pieces"`
	ParentID           id.ID         `json:"parent_id" doc:"The first piece's waybill where its number leads the others; 0 otherwise"`
	Version            int64         `json:"fulfillment_version" doc:"The content it was asked for"`
	AccountID          id.ID         `json:"account_id"`
	Carrier            string        `json:"carrier"`
	Product            string        `json:"product"`
	ShopID             id.ID         `json:"shop_id"`
	State              string        `json:"state" enum:"wanted,asking,uncertain,issued,failed,cancelling,cancelled"`
	Live               bool          `json:"live" doc:"It is what the piece goes with"`
	No                 string        `json:"no"`
	SortCode           string        `json:"sort_code"`
	Mark               string        `json:"mark"`
	Bag                string        `json:"bag"`
	Attempts           int64         `json:"attempts"`
	Error              *CarrierFault `json:"error"`
	CreatedAt          web.Time      `json:"created_at"`
	IssuedAt           web.Time      `json:"issued_at"`
	EndedAt            web.Time      `json:"ended_at"`
	ActorName          string        `json:"actor_name"`
	Orders             []NamedOrder  `json:"orders" nullable:"false" doc:"Those in the parcel, where the list tells them"`
	Stale              bool          `json:"stale" doc:"The orders changed after it was issued"`
}

// NamedOrder is an order and its channel's number for it.
type NamedOrder struct {
	ID id.ID  `json:"id"`
	No string `json:"channel_order_no"`
}

func namedOrders(all []issue.OrderName) []NamedOrder {
	out := []NamedOrder{}
	for _, o := range all {
		out = append(out, NamedOrder{o.ID, o.No})
	}
	return out
}

func waybillOf(ctx context.Context, w waybill.Waybill) Waybill {
	return Waybill{ID: w.ID, FulfillmentOrderID: w.FulfillmentID, Piece: w.Piece, Pieces: w.Pieces, ParentID: w.ParentID, Version: w.Version, AccountID: w.AccountID, Carrier: w.Carrier,
		Orders: []NamedOrder{}, Product: w.Product, ShopID: w.ShopID, State: string(w.State), Live: w.Live, No: w.No, SortCode: w.SortCode, Mark: w.Mark, Bag: w.Bag, Attempts: w.Attempts,
		Error: faultOf(ctx, w.ErrorCode, w.ErrorParams), CreatedAt: web.Time(w.CreatedAt), IssuedAt: web.Time(w.IssuedAt), EndedAt: web.Time(w.EndedAt), ActorName: w.ActorName}
}

func (h *handlers) waybills(api *web.API) {
	web.Register(api, web.Op{ID: "listWaybills", Method: http.MethodGet, Path: "/waybills", Tag: "fulfillment", Permission: logistics.PermitRead,
		ZH: "电子面单，新的在前", EN: "Waybills, the newest first", Errors: nil}, h.list)
	web.Register(api, web.Op{ID: "answerWaybill", Method: http.MethodPost, Path: "/waybills/{id}/answer", Tag: "fulfillment", Permission: logistics.PermitIssue, ZH: "人工核对取号结果",
		EN: "Say what became of a waybill of which nobody knows", Errors: []*errs.Error{waybill.ErrNotFound, waybill.ErrNotUncertain, waybill.ErrBadNumber, waybill.ErrPieces, waybill.ErrTaken}}, h.answer)
}

func (h *handlers) answer(ctx context.Context, in *struct {
	ID   id.ID `path:"id"`
	Body struct {
		Numbers []string `json:"numbers" maxItems:"50" doc:"The issued number, then those of further pieces; empty: nothing was issued, ask again"`
		Confirm bool     `json:"confirm,omitempty" doc:"Take numbers that do not look like the carrier's"`
	}
}) (*struct{ Body Waybill }, error) {
	w, err := h.Waybills.Answer(ctx, waybill.AnswerInput{WaybillID: in.ID, Numbers: in.Body.Numbers, Confirm: in.Body.Confirm})
	if err != nil {
		return nil, err
	}
	return &struct{ Body Waybill }{waybillOf(ctx, w)}, nil
}

func (h *handlers) list(ctx context.Context, in *struct {
	State     string `query:"state" enum:"wanted,asking,uncertain,issued,failed,cancelling,cancelled"`
	AccountID id.ID  `query:"account_id"`
	No        string `query:"no" maxLength:"60" doc:"A whole number"`
	OfID      id.ID  `query:"fulfillment_order_id"`
	Cursor    string `query:"cursor"`
	Limit     int    `query:"limit"`
}) (*struct{ Body web.Page[Waybill] }, error) {
	all, next, err := h.Waybills.List(ctx, waybill.Filter{State: waybill.State(in.State), AccountID: in.AccountID, No: in.No, FulfillmentID: in.OfID, Cursor: in.Cursor, Limit: page.Limit(in.Limit)})
	if err != nil {
		return nil, err
	}
	ids := make([]id.ID, len(all))
	for i, w := range all {
		ids[i] = w.FulfillmentID
	}
	names, err := h.Issue.Names(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []Waybill
	for _, w := range all {
		one := waybillOf(ctx, w)
		if n, known := names[w.FulfillmentID]; known {
			one.Orders, one.Stale = namedOrders(n.Orders), w.Live && w.State == waybill.Issued && w.Version != n.Version
		}
		out = append(out, one)
	}
	return &struct{ Body web.Page[Waybill] }{web.NewPage(out, next)}, nil
}

// WaybillResult is what became of one fulfillment order.
type WaybillResult struct {
	FulfillmentOrderID id.ID          `json:"fulfillment_order_id"`
	Waybills           []Waybill      `json:"waybills" nullable:"false"`
	Choice             *CarrierChoice `json:"choice" doc:"null where the account was named"`
	Error              *CarrierFault  `json:"error"`
}

// CarrierChoice is the account a parcel takes, and why.
type CarrierChoice struct {
	AccountID id.ID         `json:"account_id" doc:"0 where none is left"`
	Carrier   string        `json:"carrier"`
	Product   string        `json:"product"`
	FeeFen    *int64        `json:"fee_fen" doc:"By the price table; null where it has none"`
	Why       string        `json:"why" enum:"account_off,not_for_shop_or_warehouse,other_channel,other_shop,needs_channel,other_carrier_named,not_to_door,carrier_suspended,not_reached,no_waybills_left,excluded_by_rule,not_required_by_rule,preferred_by_rule,cheapest,cheapest_by_quote,first_without_price"`
	Trace     []choose.Step `json:"trace" nullable:"false"`
}

func choiceOf(c choose.Choice) CarrierChoice {
	out := CarrierChoice{AccountID: c.AccountID, Carrier: c.Carrier, Product: c.Product, Why: string(c.Why), Trace: append([]choose.Step{}, c.Trace...)}
	if fee := int64(c.FeeFen); fee >= 0 {
		out.FeeFen = &fee
	}
	return out
}

func (h *handlers) issues(api *web.API) {
	web.Register(api, web.Op{ID: "issueWaybills", Method: http.MethodPost, Path: "/waybills", Tag: "fulfillment", Permission: logistics.PermitIssue, ZH: "为发货单取号",
		EN: "Have waybill numbers issued for fulfillment orders", Errors: []*errs.Error{issue.ErrTooMany, account.ErrNotFound}}, h.issue)
	web.Register(api, web.Op{ID: "cancelWaybills", Method: http.MethodPost, Path: "/waybills/cancel", Tag: "fulfillment", Permission: logistics.PermitIssue, ZH: "回收发货单的单号",
		EN: "Give the numbers of fulfillment orders back", Errors: []*errs.Error{issue.ErrTooMany}},
		func(ctx context.Context, in *struct {
			Body struct {
				FulfillmentOrderIDs []id.ID `json:"fulfillment_order_ids" minItems:"1" maxItems:"200"`
			}
		}) (*struct{}, error) {
			return nil, h.Issue.Cancel(ctx, in.Body.FulfillmentOrderIDs)
		})
	web.Register(api, web.Op{ID: "refreshWaybills", Method: http.MethodPost, Path: "/waybills/refresh", Tag: "fulfillment", Permission: logistics.PermitIssue, ZH: "订单变更后更新面单，不能更新的换号",
		EN: "Bring waybills up to what their orders say now", Errors: []*errs.Error{issue.ErrTooMany}}, h.refresh)
	web.Register(api, web.Op{ID: "explainCarrier", Method: http.MethodGet, Path: "/fulfillment-orders/{id}/carrier", Tag: "fulfillment", Permission: logistics.PermitRead, ZH: "为何选这家快递",
		EN: "Which carrier account the rules choose, and why", Errors: []*errs.Error{fulfillment.ErrNoOrder}},
		func(ctx context.Context, in *accountIn) (*struct{ Body CarrierChoice }, error) {
			c, err := h.Issue.Choose(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return &struct{ Body CarrierChoice }{choiceOf(c)}, nil
		})
}

// WaybillRefresh is what became of the waybills of one fulfillment order.
type WaybillRefresh struct {
	FulfillmentOrderID id.ID         `json:"fulfillment_order_id"`
	Outcome            string        `json:"outcome" enum:",unchanged,updated,reissued" doc:"Empty where it failed"`
	Error              *CarrierFault `json:"error"`
}

func (h *handlers) refresh(ctx context.Context, in *struct {
	Body struct {
		FulfillmentOrderIDs []id.ID `json:"fulfillment_order_ids" minItems:"1" maxItems:"50"`
	}
}) (*struct{ Body web.Page[WaybillRefresh] }, error) {
	rows, err := h.Issue.Refresh(ctx, in.Body.FulfillmentOrderIDs)
	if err != nil {
		return nil, err
	}
	var out []WaybillRefresh
	for _, r := range rows {
		one := WaybillRefresh{FulfillmentOrderID: r.FulfillmentOrderID, Outcome: string(r.Outcome)}
		if r.Err != nil {
			one.Error = faultOf(ctx, r.Err.Code, r.Err.Params)
		}
		out = append(out, one)
	}
	return &struct{ Body web.Page[WaybillRefresh] }{web.NewPage(out, "")}, nil
}

func (h *handlers) issue(ctx context.Context, in *struct {
	Body struct {
		FulfillmentOrderIDs []id.ID `json:"fulfillment_order_ids" minItems:"1" maxItems:"200"`
		AccountID           id.ID   `json:"account_id,omitempty" doc:"0: by the rules"`
		Product             string  `json:"product,omitempty" maxLength:"40"`
		Pieces              int64   `json:"pieces,omitempty" minimum:"0" maximum:"50"`
		Replace             bool    `json:"replace,omitempty" doc:"Give back a number that stands for other content or at another account"`
	}
}) (*struct{ Body web.Page[WaybillResult] }, error) {
	b := in.Body
	rows, err := h.Issue.Issue(ctx, issue.Input{FulfillmentOrderIDs: b.FulfillmentOrderIDs, AccountID: b.AccountID, Product: b.Product, Pieces: b.Pieces, Replace: b.Replace})
	if err != nil {
		return nil, err
	}
	var out []WaybillResult
	for _, r := range rows {
		one := WaybillResult{FulfillmentOrderID: r.FulfillmentOrderID, Waybills: []Waybill{}}
		for _, w := range r.Waybills {
			one.Waybills = append(one.Waybills, waybillOf(ctx, w))
		}
		if r.Choice.Why != "" {
			c := choiceOf(r.Choice)
			one.Choice = &c
		}
		if r.Err != nil {
			one.Error = faultOf(ctx, r.Err.Code, r.Err.Params)
		}
		out = append(out, one)
	}
	return &struct{ Body web.Page[WaybillResult] }{web.NewPage(out, "")}, nil
}
