package print

import (
	"context"
	"encoding/json"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
)

// JobShip ships what was printed of a batch.
const JobShip = "print.ship"

type shipPayload struct {
	BatchID id.ID `json:"batch_id"`
}

// shipTx has what is printed of a batch shipped, where it was started so (打印并发货): on the
// word of whoever started it, who had the right to.
func (s *Service) shipTx(ctx context.Context, tx *db.Tx, b Batch) error {
	if !b.Ships {
		return nil
	}
	who := actor.Actor{MerchantID: actor.Merchant(ctx), ID: b.CreatedBy, Kind: actor.System, Name: b.ActorName, Permissions: []string{fulfillment.PermitShip}, Lang: actor.Lang(ctx),
		Cause: "print_batch/" + b.ID.String()}
	_, err := s.k.Jobs.EnqueueTx(actor.With(ctx, who), tx, job.Spec{Kind: JobShip, Payload: shipPayload{b.ID}, UniqueKey: "print.ship:" + b.ID.String(), Coalesce: true, Visible: true})
	return err
}

// retryShip tries again what did not ship.
func retryShip(ctx context.Context, _ *db.Tx, j job.Job, _ []int64) (any, error) {
	var in shipPayload
	if err := actor.Require(ctx, fulfillment.PermitShip); err != nil {
		return nil, err
	}
	return in, json.Unmarshal(j.Payload, &in)
}

// leaving are labels of one fulfillment order.
type leaving struct {
	labels []Label
	ready  bool // every piece is printed, and none has shipped
}

// ship ships each parcel of a batch all of whose labels are printed, by the same use case
// as everywhere else, which checks it as it stands now.
func (s *Service) ship(ctx context.Context, r *job.Run) error {
	var in shipPayload
	if err := r.Payload(&in); err != nil {
		return err
	}
	b, err := s.batch(ctx, s.k.DB, in.BatchID)
	if err != nil {
		return err
	}
	all, err := s.labels(ctx, s.k.DB, in.BatchID)
	if err != nil {
		return err
	}
	by := map[id.ID]*leaving{}
	var order []id.ID
	for _, l := range all {
		of := by[l.FulfillmentOrderID]
		if of == nil {
			of = &leaving{ready: true}
			by[l.FulfillmentOrderID], order = of, append(order, l.FulfillmentOrderID)
		}
		of.labels = append(of.labels, l)
		of.ready = of.ready && l.State == Printed && l.ShippedAt == 0
	}
	total := int64(0)
	for _, one := range order {
		if by[one].ready {
			total++
		}
	}
	done := r.Job.Done
	total += done
	for _, one := range order {
		if !by[one].ready {
			continue
		}
		if err := s.shipOne(ctx, r, b, by[one].labels[0], total); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) shipOne(ctx context.Context, r *job.Run, b Batch, l Label, total int64) error {
	return r.Advance(ctx, func(ctx context.Context, tx *db.Tx) (job.Step, error) {
		step := job.Step{Done: 1, OK: 1, Total: &total, Checkpoint: l.WaybillNo, Result: map[string]any{"batch_id": b.ID}}
		row := job.Row{No: l.Sequence, Ref: l.WaybillNo, ObjectID: l.FulfillmentOrderID, Result: job.OK}
		err := tx.Save(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := s.fulfillments.ShipOrderTx(ctx, tx, fulfillment.ShipOrderInput{ID: l.FulfillmentOrderID, Version: l.Version, Carrier: b.Carrier, WaybillNo: l.WaybillNo,
				StaleReason: b.StaleReason, ConfirmWaybill: true}) // its carrier issued it
			return err
		})
		at, params := clock.Millis(s.k.Clock), ""
		if err != nil {
			e := plain(err)
			if e == nil || e.Kind == errs.Unavailable {
				return step, err
			}
			at, step.OK, step.Failed = 0, 0, 1
			row.Result, row.Code, row.Params = job.Bad, e.Code, e.Params
			text, err := json.Marshal(e.Params)
			if err != nil {
				return step, err
			}
			params = string(text)
		}
		step.Rows = []job.Row{row}
		_, err = tx.Exec(ctx, shipLabels, at, row.Code, params, actor.Merchant(ctx), b.ID, l.FulfillmentOrderID)
		return step, err
	})
}
