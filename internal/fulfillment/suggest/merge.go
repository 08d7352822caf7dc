package suggest

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/word"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
)

// MergeInput names the groups to merge: each by its fulfillment orders, or every
// suggestion there is.
type MergeInput struct {
	Groups [][]id.ID `json:"groups,omitempty"`
	// All takes every suggestion; those that still wait for further orders only Early.
	All   bool `json:"all,omitempty"`
	Early bool `json:"early,omitempty"`
}

// Skip is one reason for which groups would be left out.
type Skip struct {
	Code   string
	Params map[string]any
	N      int64
	Sample []string // up to five order numbers
}

// Preview says how many groups and fulfillment orders would be merged, and why the
// others would be left, without changing anything. Permission fulfillment.merge.
//
// Errors: ErrTooMany.
func (s *Service) Preview(ctx context.Context, in MergeInput) (groups, members int64, skips []Skip, err error) {
	if err := actor.Require(ctx, fulfillment.PermitMerge); err != nil {
		return 0, 0, nil, err
	}
	skip := func(e *errs.Error, no string) {
		at := slices.IndexFunc(skips, func(x Skip) bool { return x.Code == e.Code })
		if at < 0 {
			at, skips = len(skips), append(skips, Skip{Code: e.Code, Params: e.Params})
		}
		if skips[at].N++; no != "" && len(skips[at].Sample) < 5 {
			skips[at].Sample = append(skips[at].Sample, no)
		}
	}
	all, err := s.meant(ctx, s.k.DB, in)
	if err != nil {
		return 0, 0, nil, err
	}
	at := map[id.ID]int{}
	left := map[id.ID]Apart{}
	for i, g := range all {
		if in.All && !g.Ready && !in.Early {
			skip(ErrWaits, g.Members[0].OrderNos[0])
			continue
		}
		for _, x := range g.Members {
			at[x.ID] = i + 1
		}
		for _, x := range g.Apart {
			left[x.ID] = x
		}
		if in.All {
			groups, members = groups+1, members+int64(len(g.Members))
			for _, x := range g.Apart {
				skip(x.Why, x.OrderNos[0])
			}
		}
	}
	for _, ids := range in.Groups { // MergeTx takes all of a group, or none
		odd := slices.IndexFunc(ids, func(one id.ID) bool { return at[one] == 0 || at[one] != at[ids[0]] })
		switch {
		case odd < 0 && len(ids) > 1:
			groups, members = groups+1, members+int64(len(ids))
		case odd >= 0 && left[ids[odd]].Why != nil:
			skip(left[ids[odd]].Why, left[ids[odd]].OrderNos[0])
		default:
			skip(fulfillment.ErrNoMerge.With("reason", word.Changed), "")
		}
	}
	return groups, members, skips, nil
}

// meant reads the groups an input names, as far as they stand, or every suggestion.
func (s *Service) meant(ctx context.Context, q db.Querier, in MergeInput) ([]Group, error) {
	switch {
	case len(in.Groups) > most:
		return nil, ErrTooMany.With("max", most).At("groups")
	case in.All:
		return s.groups(ctx, q)
	}
	return s.gather(ctx, q, slices.Concat(in.Groups...))
}

// choose lists the groups a job is to merge.
func (s *Service) choose(ctx context.Context, q db.Querier, in MergeInput) ([][]id.ID, error) {
	if !in.All {
		if len(in.Groups) > most {
			return nil, ErrTooMany.With("max", most).At("groups")
		}
		return in.Groups, nil
	}
	all, err := s.groups(ctx, q)
	if err != nil {
		return nil, err
	}
	var out [][]id.ID
	for _, g := range all {
		if !g.Ready && !in.Early {
			continue
		}
		ids := make([]id.ID, len(g.Members))
		for i, x := range g.Members {
			ids[i] = x.ID
		}
		out = append(out, ids)
	}
	return out, nil
}

// mergeJob is the payload: groups to merge, or edits to take back.
type mergeJob struct {
	Groups [][]id.ID `json:"groups,omitempty"`
	Undo   []id.ID   `json:"undo,omitempty"`
}

// Merge merges groups as a durable job, each by the use case of a single merge and each
// on its own. Permission fulfillment.merge.
//
// Errors: ErrTooMany, ErrNone.
func (s *Service) Merge(ctx context.Context, in MergeInput) (job.Job, error) {
	if err := actor.Require(ctx, fulfillment.PermitMerge); err != nil {
		return job.Job{}, err
	}
	about := &command.About{Action: "suggest.merge", Detail: map[string]any{"groups": len(in.Groups), "all": in.All}}
	made, err := command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (id.ID, error) {
		groups, err := s.choose(ctx, tx, in)
		if err != nil {
			return 0, err
		}
		if len(groups) == 0 {
			return 0, ErrNone
		}
		return s.k.Jobs.EnqueueTx(ctx, tx, job.Spec{Kind: JobMerge, Payload: mergeJob{Groups: groups}, GroupKey: "fulfillment.ship", Visible: true, Total: int64(len(groups))})
	})
	if err != nil {
		return job.Job{}, err
	}
	return s.k.Jobs.Get(ctx, made)
}

// mergeStep is how many groups one step of the job commits.
const mergeStep = 20

func (s *Service) runMerge(ctx context.Context, r *job.Run) error {
	var in mergeJob
	if err := r.Payload(&in); err != nil {
		return err
	}
	return job.Parts(ctx, r, len(in.Groups)+len(in.Undo), mergeStep, func(ctx context.Context, tx *db.Tx, from, upto int) (step job.Step, err error) {
		for i := from; i < upto; i++ {
			row, err := s.oneTx(ctx, tx, in, i)
			if err != nil {
				return step, err
			}
			step.Add(row)
		}
		return step, nil
	})
}

// oneTx merges the i-th group, or takes the i-th edit back.
func (s *Service) oneTx(ctx context.Context, tx *db.Tx, in mergeJob, i int) (job.Row, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return job.Row{}, err
	}
	row := job.Row{No: int64(i + 1), Result: job.OK}
	err = tx.Save(ctx, func(ctx context.Context, tx *db.Tx) error {
		entry := command.Entry{Actor: a, Action: "fulfillment.merge", At: s.now()}
		var made fulfillment.Edited
		if len(in.Undo) > 0 {
			row.ObjectID, entry.Action = in.Undo[i], "fulfillment.undo_edit"
			entry.Object = "fulfillment_edit/" + in.Undo[i].String()
			if made, err = s.ship.UndoTx(ctx, tx, in.Undo[i]); err != nil {
				return err
			}
		} else {
			row.ObjectID = in.Groups[i][0]
			if made, err = s.ship.MergeTx(ctx, tx, fulfillment.MergeInput{IDs: in.Groups[i]}); err != nil {
				return err
			}
			row.ObjectID = made.After[0]
			entry.Object = "fulfillment_order/" + made.After[0].String()
		}
		return s.k.Commands.Record(ctx, tx, entry)
	})
	row.Ref = row.ObjectID.String()
	if err == nil {
		return row, nil
	}
	if e := errs.As(err); e == nil || e.Kind == errs.Unavailable {
		return row, err
	}
	row.Result = job.Bad
	row.Code, row.Params, row.Field = job.RowError(err)
	return row, nil
}

func retryMerge(_ context.Context, _ *db.Tx, j job.Job, failed []int64) (any, error) {
	var in mergeJob
	err := json.Unmarshal(j.Payload, &in)
	if err == nil && len(in.Undo) > 0 {
		in.Undo, err = job.Picked(in.Undo, failed)
	} else if err == nil {
		in.Groups, err = job.Picked(in.Groups, failed)
	}
	return in, err
}

func undoable(j job.Job) bool {
	var in mergeJob
	return json.Unmarshal(j.Payload, &in) == nil && len(in.Groups) > 0
}

// undoMerge lists the merges that the job made and that still stand.
func (s *Service) undoMerge(ctx context.Context, tx *db.Tx, j job.Job, notOK []int64) (any, int64, error) {
	if err := actor.Require(ctx, fulfillment.PermitMerge); err != nil {
		return nil, 0, err
	}
	var in, back mergeJob
	if err := json.Unmarshal(j.Payload, &in); err != nil {
		return nil, 0, err
	}
	for i, g := range in.Groups[:min(int(j.Done), len(in.Groups))] {
		if slices.Contains(notOK, int64(i+1)) {
			continue
		}
		var edit id.ID
		err := tx.QueryRow(ctx, selectMergeOf, actor.Merchant(ctx), g[0]).Scan(&edit)
		if errors.Is(err, sql.ErrNoRows) {
			continue // undone by hand
		}
		if err != nil {
			return nil, 0, err
		}
		back.Undo = append(back.Undo, edit)
	}
	return back, int64(len(back.Undo)), nil
}
