package fulfillmentapi

import (
	"context"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/fulfillment/routing"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/rule"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/order"
)

// AllocationPreview is what rules would do with orders.
type AllocationPreview struct {
	Checked    int64                 `json:"checked"`
	Capped     bool                  `json:"capped" doc:"there are more orders than the 5,000 that were looked at"`
	Whole      int64                 `json:"whole" doc:"orders that one warehouse ships"`
	Split      int64                 `json:"split"`
	Part       int64                 `json:"part" doc:"some of it leaves, the rest waits"`
	Waiting    int64                 `json:"waiting"`
	Unchanged  int64                 `json:"unchanged" doc:"they stand as the rules want it"`
	Skipped    int64                 `json:"skipped"`
	Warehouses []AllocationLoad      `json:"warehouses" nullable:"false" doc:"the one with most orders first"`
	Skips      []MergeSkip           `json:"skips" nullable:"false"`
	Rows       []AllocationPreviewed `json:"rows" nullable:"false" doc:"200 orders at most"`
}

// AllocationLoad is what a warehouse would ship.
type AllocationLoad struct {
	WarehouseID id.ID  `json:"warehouse_id"`
	Name        string `json:"name"`
	Orders      int64  `json:"orders"`
	Pieces      int64  `json:"pieces"`
}

// AllocationPieces is what one warehouse takes of an order.
type AllocationPieces struct {
	WarehouseID id.ID `json:"warehouse_id"`
	Pieces      int64 `json:"pieces"`
}

// AllocationPreviewed is one order of a preview.
type AllocationPreviewed struct {
	OrderID        id.ID                `json:"order_id"`
	ChannelOrderNo string               `json:"channel_order_no"`
	ShopID         id.ID                `json:"shop_id"`
	Place          string               `json:"place" doc:"province and city"`
	Pieces         int64                `json:"pieces"`
	ShipByAt       web.Time             `json:"ship_by_at"`
	Outcome        string               `json:"outcome" enum:"whole,split,part,waiting,unchanged,skipped"`
	Was            []AllocationPieces   `json:"was" nullable:"false" doc:"as it is allocated now"`
	Shares         []AllocationPieces   `json:"shares" nullable:"false"`
	Rule           string               `json:"rule" doc:"the name of the rule that fits; empty where none does"`
	Strategy       string               `json:"strategy" enum:",priority,region,stock,distance,cost,fewest_splits"`
	Shortage       string               `json:"shortage" enum:",wait,partial,split,move,ask_buyer"`
	Candidates     []allocate.Candidate `json:"candidates" nullable:"false"`
	Skip           *Note                `json:"skip" doc:"why it is left out; null where it is not"`
}

type previewAllocationInput struct {
	Body struct {
		Scope string            `json:"scope" enum:"unallocated,open" doc:"open: what is allocated and has not left, too"`
		Rules *[]AllocationRule `json:"rules,omitempty" maxItems:"1000" doc:"try these instead of the saved ones, in this order"`
		Show  string            `json:"show,omitempty" enum:",whole,split,part,waiting,unchanged,skipped" doc:"list the orders of one outcome"`
	}
}

type runAllocationInput struct {
	Body struct {
		Scope    string  `json:"scope,omitempty" enum:",unallocated,open"`
		OrderIDs []id.ID `json:"order_ids,omitempty" maxItems:"10000" doc:"instead of a scope"`
	}
}

// RoutingRoutes registers what is asked of and done to all orders at once.
func RoutingRoutes(api *web.API, s *routing.Service) {
	web.Register(api, web.Op{ID: "previewAllocation", Method: "POST", Path: "/allocation/preview", Tag: tag, Permission: fulfillment.PermitAllocate,
		Errors:  []*errs.Error{routing.ErrBadScope, routing.ErrAllKept, fulfillment.ErrNotAllocatable, allocate.ErrBadRule, rule.ErrShape, rule.ErrUnknownField, rule.ErrOperator, rule.ErrValue, rule.ErrTooBig},
		MaxBody: 4 << 20, ZH: "试算：规则会怎样分配现有订单", EN: "What rules would do with the orders there are"}, func(ctx context.Context, in *previewAllocationInput) (*struct{ Body AllocationPreview }, error) {
		ask := routing.PreviewInput{Scope: in.Body.Scope, Show: in.Body.Show}
		if in.Body.Rules != nil {
			ask.Rules = []allocate.Rule{}
			for _, b := range *in.Body.Rules {
				r, err := b.rule()
				if err != nil {
					return nil, err
				}
				ask.Rules = append(ask.Rules, r)
			}
		}
		p, err := s.Preview(ctx, ask)
		if err != nil {
			return nil, err
		}
		return &struct{ Body AllocationPreview }{previewOf(ctx, p)}, nil
	})
	web.Register(api, web.Op{ID: "runAllocation", Method: "POST", Path: "/allocation/runs", Tag: tag, Permission: fulfillment.PermitAllocate,
		Errors:  []*errs.Error{routing.ErrBadScope, routing.ErrNothing, order.ErrTooMany},
		MaxBody: 4 << 20, ZH: "按规则分配或重新分配订单，在后台任务中", EN: "Allocate orders by the rules, again where they were, in a job"}, func(ctx context.Context, in *runAllocationInput) (*web.Accepted, error) {
		j, err := s.Run(ctx, routing.RunInput{Scope: in.Body.Scope, OrderIDs: in.Body.OrderIDs})
		if err != nil {
			return nil, err
		}
		return web.NewAccepted(ctx, j), nil
	})
}

func previewOf(ctx context.Context, p routing.Preview) AllocationPreview {
	out := AllocationPreview{Checked: p.Checked, Capped: p.Capped, Whole: p.Counts[routing.Whole], Split: p.Counts[routing.Split], Part: p.Counts[routing.Part],
		Waiting: p.Counts[routing.Waits], Unchanged: p.Counts[routing.Unchanged], Skipped: p.Counts[routing.Skipped],
		Warehouses: []AllocationLoad{}, Skips: []MergeSkip{}, Rows: []AllocationPreviewed{}}
	for _, l := range p.Warehouses {
		out.Warehouses = append(out.Warehouses, AllocationLoad(l))
	}
	for _, x := range p.Skips {
		n := note(ctx, x.Code, nil)
		out.Skips = append(out.Skips, MergeSkip{Code: n.Code, Message: n.Message, N: x.N, Sample: x.Sample})
	}
	for _, r := range p.Rows {
		row := AllocationPreviewed{OrderID: r.OrderID, ChannelOrderNo: r.No, ShopID: r.ShopID, Place: r.Place, Pieces: r.Pieces, ShipByAt: web.Time(r.ShipByAt),
			Outcome: r.Outcome, Was: piecesOf(r.Was), Shares: piecesOf(r.Shares), Rule: r.Trace.Rule, Strategy: r.Trace.Strategy, Shortage: r.Trace.Shortage,
			Candidates: append([]allocate.Candidate{}, r.Trace.Candidates...)}
		if r.Skip != "" {
			n := note(ctx, r.Skip, nil)
			row.Skip = &n
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

func piecesOf(all []routing.Share) []AllocationPieces {
	out := make([]AllocationPieces, len(all))
	for i, x := range all {
		out[i] = AllocationPieces(x)
	}
	return out
}
