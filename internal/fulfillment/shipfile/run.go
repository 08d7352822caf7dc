package shipfile

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
)

// Kinds of jobs.
const JobShipFile = "fulfillment.ship_file"

// shipJob is the payload of a run. Only repeats single rows.
type shipJob struct {
	ShipFileID id.ID       `json:"ship_file_id"`
	Options    FileOptions `json:"options"`
	Only       []int64     `json:"only,omitempty"`
}

// ShipResult is what a run did, in rows.
type ShipResult struct {
	ShipFileID id.ID `json:"ship_file_id"`
	Shipped    int64 `json:"shipped"`
	Unchanged  int64 `json:"unchanged"`
	Failed     int64 `json:"failed"`
	Suspicious int64 `json:"suspicious"` // of the shipped: unusual numbers
	Stale      int64 `json:"stale"`      // of the shipped: on old data, by a supervisor
}

// RunFile ships a tracking file (导入发货) as a job, row by row through the use case
// that ships one order. Running the same file again ships nothing twice: rows
// already shipped under their number are skipped. While a run has not ended, it
// is returned. Permission fulfillment.ship; with a StaleReason also
// ship_stale.
//
// Errors: ErrFileNotFound, ErrMappingIncomplete, ErrColumnMissing, those of kit/sheet.
func (s *Service) RunFile(ctx context.Context, shipFile id.ID, o FileOptions) (job.Job, error) {
	if err := actor.Require(ctx, fulfillment.PermitShip); err != nil {
		return job.Job{}, err
	}
	if o.StaleReason != "" {
		if err := actor.Require(ctx, fulfillment.PermitShipStale); err != nil {
			return job.Job{}, err
		}
	}
	f, err := s.ShipFile(ctx, shipFile)
	if err != nil {
		return job.Job{}, err
	}
	t, err := s.openTable(ctx, f, o.Mapping)
	if err != nil {
		return job.Job{}, err
	}
	total, err := t.count()
	if err != nil {
		return job.Job{}, err
	}
	mapping, err := toJSON(o.Mapping)
	if err != nil {
		return job.Job{}, err
	}
	about := &command.About{Action: "fulfillment.ship_file", Object: "ship_file/" + f.ID.String(), Detail: map[string]any{"rows": total}}
	if o.StaleReason != "" {
		about.Detail["stale_reason"] = o.StaleReason
	}
	in := shipJob{ShipFileID: f.ID, Options: o}
	made, err := command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (id.ID, error) {
		made, err := s.k.Jobs.EnqueueTx(ctx, tx, job.Spec{Kind: JobShipFile, Payload: in, UniqueKey: "ship_file:" + f.ID.String(),
			GroupKey: "fulfillment.ship", Visible: true, Total: total})
		if err != nil {
			return 0, err
		}
		about.Detail["job_id"] = made
		_, err = tx.Exec(ctx, updateFileRun, mapping, made, actor.Merchant(ctx), f.ID)
		return made, err
	})
	if err != nil {
		return job.Job{}, err
	}
	return s.k.Jobs.Get(ctx, made)
}

// runFile is the job. Its checkpoint is the last record number that is done, so a
// crash repeats nothing: each batch ships and moves the checkpoint in one commit.
func (s *Service) runFile(ctx context.Context, r *job.Run) error {
	var in shipJob
	if err := r.Payload(&in); err != nil {
		return err
	}
	var after int64
	if c := r.Checkpoint(); c != "" {
		n, err := strconv.ParseInt(c, 10, 64)
		if err != nil {
			return err
		}
		after = n
	}
	var only map[int64]bool
	if in.Only != nil {
		only = make(map[int64]bool, len(in.Only))
		for _, n := range in.Only {
			only[n] = true
		}
	}
	f, err := s.ShipFile(ctx, in.ShipFileID)
	if err != nil {
		return err
	}
	t, err := s.openTable(ctx, f, in.Options.Mapping)
	if err != nil {
		return err
	}
	return t.batches(after, only, func(rows []fileRow) error {
		return r.Advance(ctx, func(ctx context.Context, tx *db.Tx) (job.Step, error) {
			sum := ShipResult{ShipFileID: f.ID}
			if len(r.Job.Result) > 0 {
				if err := json.Unmarshal(r.Job.Result, &sum); err != nil {
					return job.Step{}, err
				}
			}
			return s.shipRowsTx(ctx, tx, in.Options, rows, sum)
		})
	})
}

// shipRowsTx ships a batch of rows and says what became of each. sum is what
// earlier batches did.
func (s *Service) shipRowsTx(ctx context.Context, tx *db.Tx, o FileOptions, rows []fileRow, sum ShipResult) (job.Step, error) {
	a, err := s.ask(ctx, tx, o, rows)
	if err != nil {
		return job.Step{}, err
	}
	outs, err := s.ship.ShipTx(ctx, tx, a.ins)
	if err != nil {
		return job.Step{}, err
	}
	of := make([]fulfillment.Outcome, len(rows))
	for i := range rows {
		of[i].Err = a.errs[i]
	}
	for n, from := range a.rows {
		for _, i := range from {
			of[i] = outs[n]
		}
	}
	step := job.Step{Checkpoint: strconv.FormatInt(rows[len(rows)-1].No, 10), Done: int64(len(rows)), Rows: make([]job.Row, 0, len(rows))}
	for i, r := range rows {
		row := job.Row{No: r.No, Ref: clip(r.OrderNo), ObjectID: a.ids[i], Result: job.OK}
		switch out := of[i]; {
		case out.Err != nil:
			row.Result = job.Bad
			row.Code, row.Params, row.Field = job.RowError(out.Err)
			step.Failed++
			sum.Failed++
		case out.Unchanged:
			row.Result, row.Code = job.Skipped, fulfillment.ErrUnchanged.Code
			step.Skipped++
			sum.Unchanged++
		default:
			if out.Warning != "" {
				row.Code, row.Params = out.Warning, map[string]any{"waybill_no": clip(r.WaybillNo), "carrier": carrierName(out.Carrier)}
				sum.Suspicious++
			}
			if out.Stale {
				sum.Stale++
			}
			step.OK++
			sum.Shipped++
		}
		step.Rows = append(step.Rows, row)
	}
	step.Result = sum
	return step, nil
}

// retryFile repeats the failed rows only.
func (s *Service) retryFile(_ context.Context, _ *db.Tx, j job.Job, failed []int64) (any, error) {
	var in shipJob
	if err := json.Unmarshal(j.Payload, &in); err != nil {
		return nil, err
	}
	in.Only = failed
	return in, nil
}
