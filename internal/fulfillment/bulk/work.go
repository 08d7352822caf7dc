package bulk

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
)

func (s *Service) work(ctx context.Context, r *job.Run) error {
	var in Input
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
	for done < len(in.IDs) {
		part := in
		part.IDs = in.IDs[done:min(done+step, len(in.IDs))]
		err := r.Advance(ctx, func(ctx context.Context, tx *db.Tx) (job.Step, error) {
			ok, failed, err := s.manyTx(ctx, tx, part)
			if err != nil {
				return job.Step{}, err
			}
			out := job.Step{Checkpoint: strconv.Itoa(done + len(part.IDs)), Done: int64(len(part.IDs)), OK: ok, Failed: int64(len(failed))}
			for _, f := range failed {
				out.Rows = append(out.Rows, job.Row{No: int64(done + slices.Index(part.IDs, f.ID) + 1), Ref: f.ID.String(), ObjectID: f.ID, Result: job.Bad, Code: f.Code, Params: f.Params})
			}
			return out, nil
		})
		if err != nil {
			return err
		}
		done += len(part.IDs)
	}
	return nil
}

// retry repeats those that failed, for someone who may do it.
func (s *Service) retry(ctx context.Context, _ *db.Tx, j job.Job, rows []int64) (any, error) {
	var in Input
	if err := json.Unmarshal(j.Payload, &in); err != nil {
		return nil, err
	}
	var ids []id.ID
	for _, n := range rows {
		ids = append(ids, in.IDs[n-1])
	}
	in.IDs = ids
	return in, in.check(ctx)
}

// undoable: a seal is taken off again. What left has left, and a former wish is unknown.
func undoable(j job.Job) bool {
	var in Input
	return json.Unmarshal(j.Payload, &in) == nil && (in.Action == Seal || in.Action == Unseal)
}

func (s *Service) undo(ctx context.Context, _ *db.Tx, j job.Job, notOK []int64) (any, int64, error) {
	var in Input
	if err := json.Unmarshal(j.Payload, &in); err != nil {
		return nil, 0, err
	}
	back := Input{Action: Unseal}
	if in.Action == Unseal {
		back.Action = Seal
	}
	for i, one := range in.IDs[:min(int(j.Done), len(in.IDs))] {
		if !slices.Contains(notOK, int64(i+1)) {
			back.IDs = append(back.IDs, one)
		}
	}
	return back, int64(len(back.IDs)), back.check(ctx)
}

// Progress is the job that goes on in the background.
func (s *Service) Progress(ctx context.Context, one id.ID) (job.Job, error) {
	return s.k.Jobs.Get(ctx, one)
}
