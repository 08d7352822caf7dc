package bulk

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
)

func (s *Service) work(ctx context.Context, r *job.Run) error {
	var in Input
	if err := r.Payload(&in); err != nil {
		return err
	}
	return job.Parts(ctx, r, len(in.IDs), step, func(ctx context.Context, tx *db.Tx, from, upto int) (out job.Step, err error) {
		part := in
		part.IDs = in.IDs[from:upto]
		ok, failed, err := s.manyTx(ctx, tx, part)
		for _, f := range failed {
			out.Add(job.Row{No: int64(from + slices.Index(part.IDs, f.ID) + 1), Ref: f.Ref, ObjectID: f.ID, Result: job.Bad, Code: f.Code, Params: f.Params})
		}
		out.OK = ok
		return out, err
	})
}

// retry repeats those that failed, for someone who may do it.
func (s *Service) retry(ctx context.Context, _ *db.Tx, j job.Job, rows []int64) (any, error) {
	var in Input
	if err := json.Unmarshal(j.Payload, &in); err != nil {
		return nil, err
	}
	var err error
	if in.IDs, err = job.Picked(in.IDs, rows); err != nil {
		return nil, err
	}
	return in, in.check(ctx)
}

// undoable: see back.
func undoable(j job.Job) bool {
	var in Input
	return json.Unmarshal(j.Payload, &in) == nil && (in.Action == Seal || in.Action == Unseal)
}

func (s *Service) undo(ctx context.Context, _ *db.Tx, j job.Job, notOK []int64) (any, int64, error) {
	var in Input
	if err := json.Unmarshal(j.Payload, &in); err != nil {
		return nil, 0, err
	}
	left := make(map[id.ID]bool, len(notOK))
	for _, n := range notOK {
		left[in.IDs[n-1]] = true
	}
	in.IDs = in.IDs[:min(int(j.Done), len(in.IDs))]
	back := in.back(func(one id.ID) bool { return !left[one] })
	if back == nil {
		return nil, 0, nil
	}
	return back, int64(len(back.IDs)), back.check(ctx)
}

// Progress is the job that goes on in the background.
func (s *Service) Progress(ctx context.Context, one id.ID) (job.Job, error) {
	return s.k.Jobs.Get(ctx, one)
}
