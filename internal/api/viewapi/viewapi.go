// Package viewapi is the HTTP face of view: order lists, counters, search,
// detail, timeline, explain, the home page and exports.
package viewapi

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/view"
	"github.com/ordercove/ordercove/internal/view/why"
)

var filterErrors = []*errs.Error{view.ErrBadFilter, view.ErrTooManyNumbers}

type listInput struct {
	view.Filter
	Sort string `query:"sort" enum:"placed_desc,placed_asc,paid_desc,ship_by_asc"`
	web.ListInput
}

type listBody struct {
	Items      []view.OrderRow `json:"items"`
	NextCursor string          `json:"next_cursor"`
	// SearchedUntilAt is set when the search stopped at its time budget: it is
	// complete down to this instant, and next_cursor goes on from there.
	SearchedUntilAt web.Time `json:"searched_until_at"`
	NotFound        []string `json:"not_found"`
	// Unasked are shops whose orders may be missing.
	Unasked       []view.Unasked `json:"unasked,omitempty" doc:"with a whole phone number or name: shops whose channel ciphers receivers and could not be asked how they are searched; their orders may be missing"`
	AddressSearch string         `json:"address_search,omitempty" enum:"off,building,on" doc:"with an address filter: whether any part of it is found, or until the index is built only the beginning of province, city or district"`
}

type listOutput struct{ Body listBody }

func list(s *view.Service) func(context.Context, *listInput) (*listOutput, error) {
	return func(ctx context.Context, in *listInput) (*listOutput, error) {
		return answer(ctx, s, view.ListInput{Filter: in.Filter, Sort: view.Sort(in.Sort), Cursor: in.Cursor, Limit: in.Limit})
	}
}

func answer(ctx context.Context, s *view.Service, in view.ListInput) (*listOutput, error) {
	l, err := s.List(ctx, in)
	if err != nil {
		return nil, err
	}
	if l.NotFound == nil {
		l.NotFound = []string{}
	}
	state, err := s.AddressSearch(ctx, in.Filter)
	if err != nil {
		return nil, err
	}
	return &listOutput{listBody{l.Items, l.NextCursor, web.Time(l.SearchedUntil), l.NotFound, l.Unasked, string(state)}}, nil
}

// A paste of 500 numbers does not fit into an address, so the same list can be
// asked for with a body.
type searchInput struct {
	Body struct {
		Filter view.Filter `json:"filter"`
		Sort   string      `json:"sort,omitempty" enum:"placed_desc,placed_asc,paid_desc,ship_by_asc"`
		Cursor string      `json:"cursor,omitempty" maxLength:"4096"`
		Limit  int         `json:"limit,omitempty" minimum:"1" maximum:"200"`
	}
}

func search(s *view.Service) func(context.Context, *searchInput) (*listOutput, error) {
	return func(ctx context.Context, in *searchInput) (*listOutput, error) {
		b := in.Body
		return answer(ctx, s, view.ListInput{Filter: b.Filter, Sort: view.Sort(b.Sort), Cursor: b.Cursor, Limit: b.Limit})
	}
}

type countsInput struct{ view.Filter }

type countsOutput struct {
	Body struct {
		Counts map[view.Tab]view.Count `json:"counts"`
	}
}

func counts(s *view.Service) func(context.Context, *countsInput) (*countsOutput, error) {
	return func(ctx context.Context, in *countsInput) (*countsOutput, error) {
		c, err := s.Counts(ctx, in.Filter)
		if err != nil {
			return nil, err
		}
		out := &countsOutput{}
		out.Body.Counts = c
		return out, nil
	}
}

type orderInput struct {
	ID id.ID `path:"id"`
}

type detailOutput struct{ Body view.OrderDetail }

type timelineInput struct {
	ID id.ID `path:"id"`
	web.ListInput
}

type timelineOutput struct{ Body web.Page[eventBody] }

type eventBody struct {
	ID        id.ID          `json:"id"`
	At        web.Time       `json:"at"`
	Name      string         `json:"name"`
	ActorKind string         `json:"actor_kind"`
	ActorName string         `json:"actor_name"`
	Body      map[string]any `json:"body"`
}

type explainOutput struct{ Body why.Answer }

type homeOutput struct{ Body view.Home }

type exportInput struct {
	Body struct {
		Filter  view.Filter `json:"filter"`
		Format  string      `json:"format" enum:"xlsx,csv"`
		Per     string      `json:"per,omitempty" enum:"order,line" default:"order"`
		Columns []string    `json:"columns,omitempty" maxItems:"60"`
	}
}

type columnsOutput struct {
	Body struct {
		Columns []view.ColumnInfo `json:"columns"`
	}
}

// Routes registers the operations.
func Routes(api *web.API, s *view.Service, reasons *why.Service) {
	web.Register(api, web.Op{ID: "listOrders", Method: "GET", Path: "/orders", Tag: "orders", ZH: "订单列表", EN: "List orders",
		Permission: "order.read", Errors: append(filterErrors, page.ErrCursor)}, list(s))
	web.Register(api, web.Op{ID: "searchOrders", Method: "POST", Path: "/orders/search", Tag: "orders", ZH: "订单列表，条件在请求体中（可粘贴 500 个单号）", EN: "List orders by a filter in the body, with up to 500 numbers",
		Permission: "order.read", Errors: append(filterErrors, page.ErrCursor)}, search(s))
	web.Register(api, web.Op{ID: "countOrders", Method: "GET", Path: "/orders/counts", Tag: "orders", ZH: "各标签页的订单数", EN: "Count orders per tab",
		Permission: "order.read", Errors: filterErrors}, counts(s))
	web.Register(api, web.Op{ID: "countReview", Method: "GET", Path: "/review/counts", Tag: "review", ZH: "审单队列各原因的订单数", EN: "Count the review queue by reason, and what waits for finance",
		Permission: "order.read", Errors: filterErrors},
		func(ctx context.Context, in *countsInput) (*struct{ Body view.ReviewCounts }, error) {
			c, err := s.ReviewCounts(ctx, in.Filter)
			return &struct{ Body view.ReviewCounts }{c}, err
		})
	web.Register(api, web.Op{ID: "getOrder", Method: "GET", Path: "/orders/{id}", Tag: "orders", ZH: "订单详情", EN: "Get one order",
		Permission: "order.read", Errors: []*errs.Error{order.ErrNotFound}},
		func(ctx context.Context, in *orderInput) (*detailOutput, error) {
			d, err := s.Detail(ctx, in.ID)
			return &detailOutput{d}, err
		})
	web.Register(api, web.Op{ID: "listOrderEvents", Method: "GET", Path: "/orders/{id}/events", Tag: "orders", ZH: "订单时间线", EN: "List what happened to an order",
		Permission: "order.read", Errors: []*errs.Error{order.ErrNotFound, page.ErrCursor}}, timeline(s))
	web.Register(api, web.Op{ID: "explainOrder", Method: "GET", Path: "/orders/{id}/explain", Tag: "orders", ZH: "为什么还没发货，为什么选这个仓库、快递和赠品", EN: "Why an order is not shipped, and why this warehouse, carrier and gift",
		Permission: "order.read", Errors: []*errs.Error{order.ErrNotFound}},
		func(ctx context.Context, in *orderInput) (*explainOutput, error) {
			a, err := reasons.Explain(ctx, in.ID)
			return &explainOutput{a}, err
		})
	web.Register(api, web.Op{ID: "getHome", Method: "GET", Path: "/home", Tag: "home", ZH: "首页：今日工作与各店销售", EN: "Home: today's work, and orders and sales by shop",
		Permission: "order.read"},
		func(ctx context.Context, _ *struct{}) (*homeOutput, error) {
			h, err := s.Home(ctx)
			return &homeOutput{h}, err
		})
	exports(api, s)
}

func exports(api *web.API, s *view.Service) {
	web.Register(api, web.Op{ID: "createExport", Method: "POST", Path: "/exports", Tag: "exports", ZH: "导出订单（后台任务，脱敏）", EN: "Export orders, masked, as a job",
		Permission: "export.run", Status: 202, Errors: append(filterErrors, view.ErrUnknownColumn, view.ErrUnknownFormat)},
		func(ctx context.Context, in *exportInput) (*web.Accepted, error) {
			b := in.Body
			j, err := s.Export(ctx, view.ExportInput{Filter: b.Filter, Format: b.Format, Per: b.Per, Columns: b.Columns})
			if err != nil {
				return nil, err
			}
			return web.NewAccepted(ctx, j), nil
		})
	web.Register(api, web.Op{ID: "listExportColumns", Method: "GET", Path: "/exports/columns", Tag: "exports", ZH: "可导出的列", EN: "List the columns an export can have",
		Permission: "export.run"},
		func(ctx context.Context, _ *struct{}) (*columnsOutput, error) {
			c, err := s.ExportColumns(ctx)
			out := &columnsOutput{}
			out.Body.Columns = c
			return out, err
		})
}

func timeline(s *view.Service) func(context.Context, *timelineInput) (*timelineOutput, error) {
	return func(ctx context.Context, in *timelineInput) (*timelineOutput, error) {
		events, next, err := s.Timeline(ctx, in.ID, in.Cursor, in.Limit)
		if err != nil {
			return nil, err
		}
		items := make([]eventBody, 0, len(events))
		for _, e := range events {
			b, err := eventOf(e)
			if err != nil {
				return nil, err
			}
			items = append(items, b)
		}
		return &timelineOutput{web.NewPage(items, next)}, nil
	}
}
