package fulfillment

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/order"
)

// AllocateInput chooses the warehouse that ships an order.
type AllocateInput struct {
	OrderID     id.ID
	WarehouseID id.ID // 0 is where the order stands, else the shop's
}

// Allocation is what became of one AllocateInput.
type Allocation struct {
	OrderID            id.ID `json:"order_id"`
	FulfillmentOrderID id.ID `json:"fulfillment_order_id"`
	WarehouseID        id.ID `json:"warehouse_id"`
	Unchanged          bool  `json:"unchanged"`
	// Shares is what each warehouse takes, where several do.
	Shares []Share `json:"shares,omitempty"`
}

// Allocate gives a whole order to one warehouse (分配): its reservation moves
// there, and a fulfillment order (发货单) is made. An order that stands there
// already stays as it is. Permission fulfillment.allocate.
//
// Errors: order.ErrNotFound, ErrNoWarehouse, ErrPartlyShipped, ErrNotAllocatable,
// ErrSealed, ErrMerged, ErrShort.
func (s *Service) Allocate(ctx context.Context, in AllocateInput) (Allocation, error) {
	if err := actor.Require(ctx, PermitAllocate); err != nil {
		return Allocation{}, err
	}
	about := &command.About{Action: "fulfillment.allocate", Object: "order/" + in.OrderID.String()}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Allocation, error) {
		out, err := s.AllocateTx(ctx, tx, in)
		about.Detail = map[string]any{"warehouse_id": out.WarehouseID}
		return out, err
	})
}

// AllocateTx is Allocate inside the caller's transaction. After an error the
// caller undoes what it wrote.
func (s *Service) AllocateTx(ctx context.Context, tx *db.Tx, in AllocateInput) (Allocation, error) {
	out, err := s.allocateEachTx(ctx, tx, in.WarehouseID, []id.ID{in.OrderID})
	if err != nil {
		return Allocation{}, err
	}
	return out[0].Allocation, out[0].err
}

// allocateEachTx gives each of different orders whole to one warehouse, or leaves it.
func (s *Service) allocateEachTx(ctx context.Context, tx *db.Tx, warehouse id.ID, ids []id.ID) ([]*allotment, error) {
	ins, at := make([]ShipInput, len(ids)), make([]int, len(ids))
	for i, o := range ids {
		ins[i], at[i] = ShipInput{OrderID: o, WarehouseID: warehouse}, i
	}
	w, err := s.lookAround(ctx, tx, ins, at, true)
	if err != nil {
		return nil, err
	}
	sites, err := s.rules.SitesTx(ctx, tx)
	if err != nil {
		return nil, err
	}
	out := make([]*allotment, len(ids))
	for i, in := range ins {
		out[i] = w.whole(in)
		if site := sites[out[i].WarehouseID]; site != nil && len(out[i].shares) > 0 {
			out[i].shares[0].SupplierID = site.SupplierID
		}
	}
	return out, s.allotTx(ctx, tx, w, out)
}

// whole is an order that one warehouse ships.
func (w *world) whole(in ShipInput) *allotment {
	a := &allotment{order: w.orders[in.OrderID], Allocation: Allocation{OrderID: in.OrderID}}
	if a.order == nil {
		a.err = order.ErrNotFound
		return a
	}
	p := &plan{order: a.order, shop: w.shops[a.order.ShopID]}
	if a.err = w.judgeWarehouse(in, p); a.err != nil {
		return a
	}
	a.WarehouseID = p.warehouseID
	a.shares = []Share{{WarehouseID: p.warehouseID, Lines: a.order.OpenLines()}}
	if a.order.State == order.PartlyShipped && a.order.WarehouseID != p.warehouseID && !w.asAllocated(a) {
		a.err = ErrPartlyShipped
	}
	return a
}

// BulkInput allocates many orders to one warehouse.
type BulkInput struct {
	OrderIDs    []id.ID
	WarehouseID id.ID
	// ByRules lets the merchant's rules choose the warehouses of each order.
	ByRules bool
	DryRun  bool
}

// BulkRow is one order of a bulk allocation. Code is empty where it went well.
type BulkRow struct {
	Allocation
	Code   string         `json:"code,omitempty"`
	Params map[string]any `json:"params,omitempty"`
	Field  string         `json:"field,omitempty"`
	// Trace says why, where rules chose.
	Trace *allocate.Trace `json:"trace,omitempty"`
	Plan  []Share         `json:"plan,omitempty"`
}

const (
	// MaxBulkNow is how many orders are allocated while the caller waits.
	MaxBulkNow = 200
	// MaxBulk bounds one bulk allocation.
	MaxBulk = 50_000
)

// AllocateMany allocates many orders through the same use case as one. Up to
// MaxBulkNow it answers per order; more become a job, which is returned instead. A
// dry run says what would happen, to MaxBulkNow orders at most. Permission
// fulfillment.allocate.
//
// Errors: order.ErrTooMany.
func (s *Service) AllocateMany(ctx context.Context, in BulkInput) ([]BulkRow, *job.Job, error) {
	if err := actor.Require(ctx, PermitAllocate); err != nil {
		return nil, nil, err
	}
	if len(in.OrderIDs) > MaxBulk {
		return nil, nil, order.ErrTooMany.With("max", MaxBulk)
	}
	if in.DryRun {
		rows, err := s.tryAllocate(ctx, in)
		return rows, nil, err
	}
	if len(in.OrderIDs) > MaxBulkNow {
		j, err := s.enqueueAllocate(ctx, in)
		return nil, &j, err
	}
	about := &command.About{Action: "fulfillment.allocate_many", Detail: map[string]any{"orders": len(in.OrderIDs), "warehouse_id": in.WarehouseID}}
	out, err := command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) ([]BulkRow, error) {
		return s.allocateRowsTx(ctx, tx, in.job(), in.OrderIDs)
	})
	return out, nil, err
}

// allocateRowsTx answers for every order by itself. An order that stands twice in
// the list is looked at again after the first time.
func (s *Service) allocateRowsTx(ctx context.Context, tx *db.Tx, in allocateJob, ids []id.ID) ([]BulkRow, error) {
	out := make([]BulkRow, len(ids))
	for todo := upTo(len(ids)); len(todo) > 0; {
		var now, later []int
		var batch []id.ID
		for _, i := range todo {
			if slices.Contains(batch, ids[i]) {
				later = append(later, i)
				continue
			}
			now, batch = append(now, i), append(batch, ids[i])
		}
		var made []*allotment
		var err error
		if in.ByRules {
			made, err = s.routeEachTx(ctx, tx, batch)
		} else {
			made, err = s.allocateEachTx(ctx, tx, in.WarehouseID, batch)
		}
		if err != nil {
			return nil, err
		}
		for k, i := range now {
			out[i].Allocation = made[k].Allocation
			if d := made[k].decision; d != nil {
				out[i].Trace, out[i].Plan = &d.Trace, made[k].shares
			}
			if err := made[k].err; err != nil {
				out[i].Allocation = Allocation{OrderID: ids[i]}
				out[i].Code, out[i].Params, out[i].Field = job.RowError(err)
			}
		}
		todo = later
	}
	return out, nil
}

func upTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func (s *Service) tryAllocate(ctx context.Context, in BulkInput) (out []BulkRow, err error) {
	ids := in.OrderIDs[:min(len(in.OrderIDs), MaxBulkNow)]
	err = s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if out, err = s.allocateRowsTx(ctx, tx, in.job(), ids); err != nil {
			return err
		}
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		return nil, err
	}
	return out, nil
}

// allocateJob is the payload of a bulk allocation.
type allocateJob struct {
	WarehouseID id.ID   `json:"warehouse_id"`
	ByRules     bool    `json:"by_rules,omitempty"`
	OrderIDs    []id.ID `json:"order_ids"`
}

func (in BulkInput) job() allocateJob {
	return allocateJob{WarehouseID: in.WarehouseID, ByRules: in.ByRules, OrderIDs: in.OrderIDs}
}

func (s *Service) enqueueAllocate(ctx context.Context, in BulkInput) (job.Job, error) {
	about := &command.About{Action: "fulfillment.allocate_many", Detail: map[string]any{"orders": len(in.OrderIDs), "warehouse_id": in.WarehouseID}}
	made, err := command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (id.ID, error) {
		if in.ByRules {
			var err error
			if in.OrderIDs, err = s.inTurn(ctx, tx, in.OrderIDs); err != nil {
				return 0, err
			}
		}
		return s.k.Jobs.EnqueueTx(ctx, tx, job.Spec{Kind: JobAllocate, Payload: in.job(),
			GroupKey: "fulfillment.ship", Visible: true, Total: int64(len(in.OrderIDs))})
	})
	if err != nil {
		return job.Job{}, err
	}
	return s.k.Jobs.Get(ctx, made)
}

// allocateBatch is how many orders one transaction of the job allocates.
const allocateBatch = 100

func (s *Service) runAllocate(ctx context.Context, r *job.Run) error {
	var in allocateJob
	if err := r.Payload(&in); err != nil {
		return err
	}
	return job.Parts(ctx, r, len(in.OrderIDs), allocateBatch, func(ctx context.Context, tx *db.Tx, from, upto int) (step job.Step, err error) {
		rows, err := s.allocateRowsTx(ctx, tx, in, in.OrderIDs[from:upto])
		for i, row := range rows {
			w := job.Row{No: int64(from + i + 1), Ref: row.OrderID.String(), ObjectID: row.OrderID, Result: job.OK}
			switch {
			case row.Code == ErrWaiting.Code:
				w.Result, w.Code = job.Skipped, row.Code
			case row.Code != "":
				w.Result, w.Code, w.Params, w.Field = job.Bad, row.Code, row.Params, row.Field
			case row.Unchanged:
				w.Result = job.Skipped
			}
			step.Add(w)
		}
		return step, err
	})
}

func retryAllocate(_ context.Context, _ *db.Tx, j job.Job, failed []int64) (any, error) {
	var in allocateJob
	if err := json.Unmarshal(j.Payload, &in); err != nil {
		return nil, err
	}
	var err error
	if in.OrderIDs, err = job.Picked(in.OrderIDs, failed); err != nil {
		return nil, err
	}
	return in, nil
}
