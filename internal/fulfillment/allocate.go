package fulfillment

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"

	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
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
}

// Allocate gives a whole order to one warehouse (分配): its reservation moves
// there, and a fulfillment order (发货单) is made. An order that stands there
// already stays as it is. Permission fulfillment.allocate.
//
// Errors: order.ErrNotFound, ErrNoWarehouse, ErrPartlyShipped, ErrShort, and why
// order.MarkAllocatedTx refuses.
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
	ship := []ShipInput{{OrderID: in.OrderID, WarehouseID: in.WarehouseID}}
	w, err := s.lookAround(ctx, tx, ship, []int{0}, true)
	if err != nil {
		return Allocation{}, err
	}
	o := w.orders[in.OrderID]
	if o == nil {
		return Allocation{}, order.ErrNotFound
	}
	p := &plan{order: o, shop: w.shops[o.ShopID], lines: o.OpenLines()}
	if err := w.judgeWarehouse(ship[0], p); err != nil {
		return Allocation{}, err
	}
	out := Allocation{OrderID: o.ID, WarehouseID: p.warehouseID}
	for _, f := range w.open[o.ID] {
		if f.warehouseID == p.warehouseID && holdsAll(f, p.lines) {
			out.FulfillmentOrderID, out.Unchanged = f.id, true
			return out, nil
		}
	}
	if o.State == order.PartlyShipped && o.WarehouseID != p.warehouseID {
		return Allocation{}, ErrPartlyShipped
	}
	if !o.Allows(order.ActAllocate) {
		return Allocation{}, ErrNotAllocatable
	}
	if err := s.reserveAt(ctx, tx, w, p); err != nil {
		return Allocation{}, err
	}
	if err := s.orders.MarkAllocatedTx(ctx, tx, o.ID, p.warehouseID, p.lines); err != nil {
		return Allocation{}, err
	}
	out.FulfillmentOrderID = s.k.IDs.New()
	return out, s.writeAllocation(ctx, tx, w, p, out)
}

func holdsAll(f openOrder, lines []order.LineQty) bool {
	for _, l := range lines {
		if f.left[l.LineID] != l.Quantity {
			return false
		}
	}
	return true
}

// reserveAt makes the warehouse hold everything that is left of the order. An
// order that was short elsewhere holds only part, so all is reserved anew.
func (s *Service) reserveAt(ctx context.Context, tx *db.Tx, w *world, p *plan) error {
	var short []inventory.Short
	var err error
	if !p.order.OnHold(order.HoldOutOfStock) {
		short, err = s.stock.MoveTx(ctx, tx, p.order.ID, p.warehouseID)
	} else if err = s.stock.ReleaseTx(ctx, tx, p.order.ID, nil); err == nil {
		var wants []inventory.Want
		for _, t := range w.takes(p) {
			wants = append(wants, inventory.Want{OrderID: t.OrderID, LineID: t.LineID, SKUID: t.SKUID, WarehouseID: t.WarehouseID, Quantity: t.Quantity})
		}
		short, err = s.stock.ReserveTx(ctx, tx, wants)
	}
	if err != nil || len(short) == 0 {
		return err
	}
	return ErrShort.With("sku_code", w.codeOf(short[0].SKUID), "n", short[0].Quantity-short[0].Available)
}

// codeOf is the code of a SKU among the components of the batch.
func (w *world) codeOf(sku id.ID) string {
	for _, parts := range w.components {
		for _, c := range parts {
			if c.SKUID == sku {
				return c.Code
			}
		}
	}
	return sku.String()
}

func (s *Service) writeAllocation(ctx context.Context, tx *db.Tx, w *world, p *plan, out Allocation) error {
	var b paper
	for _, f := range w.open[p.order.ID] {
		b.stmts = append(b.stmts, db.Stmt{SQL: cancelOrder, Want: -1, Args: []any{w.now, w.merchant, f.id}})
	}
	f := FulfillmentOrder{ID: out.FulfillmentOrderID, ShopID: p.order.ShopID, WarehouseID: p.warehouseID, Kind: KindExpress, State: StateOpen,
		OrderCount: 1, ShipByAt: p.order.ShipByAt, CreatedAt: w.now, UpdatedAt: w.now, Version: 1}
	for _, l := range p.lines {
		f.Lines = append(f.Lines, FulfillmentLine{OrderID: p.order.ID, LineID: l.LineID, Quantity: l.Quantity})
	}
	said, err := s.hear(ctx, tx, []order.Order{*p.order})
	if err != nil {
		return err
	}
	f.content, f.ReceiverGroup = said.print(&f), said.group(p.order)
	b.orders = [][]any{f.row(w.merchant)}
	for _, l := range p.lines {
		b.allocations = append(b.allocations, []any{w.merchant, out.FulfillmentOrderID, l.LineID, p.order.ID, l.Quantity, int64(0)})
	}
	b.events = []event.Appended{{Of: event.Of{Aggregate: "order", ID: p.order.ID, Version: p.order.Version + 1},
		Payload: OrderAllocated{OrderID: p.order.ID, FulfillmentOrderID: out.FulfillmentOrderID, WarehouseID: p.warehouseID}}}
	return b.write(ctx, tx, s.k.Events)
}

// BulkInput allocates many orders to one warehouse.
type BulkInput struct {
	OrderIDs    []id.ID
	WarehouseID id.ID
	DryRun      bool
}

// BulkRow is one order of a bulk allocation. Code is empty where it went well.
type BulkRow struct {
	Allocation
	Code   string         `json:"code,omitempty"`
	Params map[string]any `json:"params,omitempty"`
	Field  string         `json:"field,omitempty"`
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
		return s.allocateRowsTx(ctx, tx, in.WarehouseID, in.OrderIDs)
	})
	return out, nil, err
}

// allocateRowsTx gives every order a savepoint of its own.
func (s *Service) allocateRowsTx(ctx context.Context, tx *db.Tx, warehouse id.ID, ids []id.ID) ([]BulkRow, error) {
	out := make([]BulkRow, len(ids))
	for i, o := range ids {
		err := tx.Save(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			out[i].Allocation, err = s.AllocateTx(ctx, tx, AllocateInput{OrderID: o, WarehouseID: warehouse})
			return err
		})
		if err != nil && !refusal(err) {
			return nil, err
		}
		if err != nil {
			out[i].Allocation = Allocation{OrderID: o}
			out[i].Code, out[i].Params, out[i].Field = job.RowError(err)
		}
	}
	return out, nil
}

func (s *Service) tryAllocate(ctx context.Context, in BulkInput) (out []BulkRow, err error) {
	ids := in.OrderIDs[:min(len(in.OrderIDs), MaxBulkNow)]
	err = s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if out, err = s.allocateRowsTx(ctx, tx, in.WarehouseID, ids); err != nil {
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
	OrderIDs    []id.ID `json:"order_ids"`
}

func (s *Service) enqueueAllocate(ctx context.Context, in BulkInput) (job.Job, error) {
	about := &command.About{Action: "fulfillment.allocate_many", Detail: map[string]any{"orders": len(in.OrderIDs), "warehouse_id": in.WarehouseID}}
	made, err := command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (id.ID, error) {
		return s.k.Jobs.EnqueueTx(ctx, tx, job.Spec{Kind: JobAllocate, Payload: allocateJob{WarehouseID: in.WarehouseID, OrderIDs: in.OrderIDs},
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
	done := 0
	if c := r.Checkpoint(); c != "" {
		n, err := strconv.Atoi(c)
		if err != nil {
			return err
		}
		done = n
	}
	for done < len(in.OrderIDs) {
		upto := min(done+allocateBatch, len(in.OrderIDs))
		err := r.Advance(ctx, func(ctx context.Context, tx *db.Tx) (job.Step, error) {
			rows, err := s.allocateRowsTx(ctx, tx, in.WarehouseID, in.OrderIDs[done:upto])
			if err != nil {
				return job.Step{}, err
			}
			step := job.Step{Checkpoint: strconv.Itoa(upto), Done: int64(upto - done)}
			for i, row := range rows {
				w := job.Row{No: int64(done + i + 1), Ref: row.OrderID.String(), ObjectID: row.OrderID, Result: job.OK}
				switch {
				case row.Code != "":
					w.Result, w.Code, w.Params, w.Field = job.Bad, row.Code, row.Params, row.Field
					step.Failed++
				case row.Unchanged:
					w.Result = job.Skipped
					step.Skipped++
				default:
					step.OK++
				}
				step.Rows = append(step.Rows, w)
			}
			return step, nil
		})
		if err != nil {
			return err
		}
		done = upto
	}
	return nil
}

func retryAllocate(_ context.Context, _ *db.Tx, j job.Job, failed []int64) (any, error) {
	var in allocateJob
	if err := json.Unmarshal(j.Payload, &in); err != nil {
		return nil, err
	}
	again := allocateJob{WarehouseID: in.WarehouseID}
	for i, o := range in.OrderIDs {
		if slices.Contains(failed, int64(i+1)) {
			again.OrderIDs = append(again.OrderIDs, o)
		}
	}
	return again, nil
}
