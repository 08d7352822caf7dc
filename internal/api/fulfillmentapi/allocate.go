package fulfillmentapi

import (
	"context"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/view"
)

type allocateInput struct {
	Body struct {
		OrderIDs    []id.ID      `json:"order_ids,omitempty" maxItems:"10000"`
		Filter      *view.Filter `json:"filter,omitempty" doc:"instead of order_ids: every order it finds"`
		WarehouseID id.ID        `json:"warehouse_id,omitempty" doc:"each shop's own when absent"`
		ByRules     bool         `json:"by_rules,omitempty" doc:"let the allocation rules choose, order by order"`
		DryRun      bool         `json:"dry_run,omitempty"`
	}
}

// AllocatedRow is one order that was not, or would not be, allocated.
type AllocatedRow struct {
	OrderID id.ID  `json:"order_id"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// AllocateAnswer says what happened, or with dry_run what would. More than 200
// orders become a job.
type AllocateAnswer struct {
	OK        int64          `json:"ok"`
	Unchanged int64          `json:"unchanged"`
	Failed    []AllocatedRow `json:"failed" nullable:"false"`
	// Plans say who would ship what, of a dry run by rules.
	Plans []AllocationPlan `json:"plans" nullable:"false"`
	Job   *web.Job         `json:"job" doc:"the job that does it, when there are more than 200 orders"`
	// Checked is how many orders a dry run looked at; it looks at 200 at most.
	Checked int64 `json:"checked"`
	Total   int64 `json:"total"`
}

// AllocationPlan is who would ship an order, and why.
type AllocationPlan struct {
	OrderID    id.ID                `json:"order_id"`
	Rule       string               `json:"rule" doc:"the name of the rule that fits; empty where none does"`
	Outcome    string               `json:"outcome" enum:"allocated,part,waiting"`
	Shares     []AllocationShare    `json:"shares" nullable:"false"`
	Candidates []allocate.Candidate `json:"candidates" nullable:"false"`
}

// AllocationShare is what one warehouse would take.
type AllocationShare struct {
	WarehouseID id.ID        `json:"warehouse_id"`
	Lines       []ParcelLine `json:"lines" nullable:"false"`
}

func planOf(r fulfillment.BulkRow) AllocationPlan {
	out := AllocationPlan{OrderID: r.OrderID, Rule: r.Trace.Rule, Outcome: r.Trace.Outcome, Shares: []AllocationShare{}, Candidates: append([]allocate.Candidate{}, r.Trace.Candidates...)}
	for _, s := range r.Plan {
		share := AllocationShare{WarehouseID: s.WarehouseID, Lines: []ParcelLine{}}
		for _, l := range s.Lines {
			share.Lines = append(share.Lines, ParcelLine{l.LineID, l.Quantity})
		}
		out.Shares = append(out.Shares, share)
	}
	return out
}

type allocateOutput struct {
	Status int
	Body   AllocateAnswer
}

func allocateRoutes(api *web.API, s Services) {
	web.Register(api, web.Op{ID: "allocateOrders", Method: "POST", Path: "/fulfillment-orders/allocate", Tag: tag, Permission: fulfillment.PermitAllocate,
		Errors: []*errs.Error{order.ErrTooMany, view.ErrBadFilter, view.ErrTooManyNumbers, fulfillment.ErrShort, fulfillment.ErrNotAllocatable,
			fulfillment.ErrPartlyShipped, fulfillment.ErrNoWarehouse, order.ErrNotFound, order.ErrOnHold},
		MaxBody: 4 << 20,
		ZH:      "把订单分配到仓库，占用随之转移；超过 200 单转为后台任务", EN: "Allocate orders to a warehouse, their reservation with them; more than 200 become a job"}, s.allocate)
}

func (s Services) allocate(ctx context.Context, in *allocateInput) (*allocateOutput, error) {
	ids := in.Body.OrderIDs
	if in.Body.Filter != nil && len(ids) == 0 {
		found, more, err := s.View.IDs(ctx, *in.Body.Filter, fulfillment.MaxBulk)
		if err != nil {
			return nil, err
		}
		if more {
			return nil, order.ErrTooMany.With("max", fulfillment.MaxBulk)
		}
		ids = found
	}
	rows, j, err := s.Fulfillment.AllocateMany(ctx, fulfillment.BulkInput{OrderIDs: ids, WarehouseID: in.Body.WarehouseID, ByRules: in.Body.ByRules, DryRun: in.Body.DryRun})
	if err != nil {
		return nil, err
	}
	return answered(ctx, rows, j, int64(len(ids)), in.Body.DryRun), nil
}

// answered tells what became of each order, or by which job it will.
func answered(ctx context.Context, rows []fulfillment.BulkRow, j *job.Job, total int64, dryRun bool) *allocateOutput {
	out := &allocateOutput{Status: 200, Body: AllocateAnswer{Failed: []AllocatedRow{}, Plans: []AllocationPlan{}, Checked: int64(len(rows)), Total: total}}
	if j != nil {
		one := web.NewJob(ctx, *j)
		out.Status, out.Body.Job = 202, &one
	}
	for _, r := range rows {
		if dryRun && r.Trace != nil {
			out.Body.Plans = append(out.Body.Plans, planOf(r))
		}
		switch {
		case r.Code != "":
			out.Body.Failed = append(out.Body.Failed, AllocatedRow{r.OrderID, r.Code, note(ctx, r.Code, r.Params).Message})
		case r.Unchanged:
			out.Body.Unchanged++
		default:
			out.Body.OK++
		}
	}
	return out
}
