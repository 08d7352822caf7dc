package order

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
)

// BulkParams are what the bulk actions need besides the orders.
type BulkParams struct {
	Note       string   `json:"note,omitempty"`        // hold, close
	Kind       HoldKind `json:"kind,omitempty"`        // release
	Reason     string   `json:"reason,omitempty"`      // close
	SellerNote string   `json:"seller_note,omitempty"` // note
	Flag       int64    `json:"flag,omitempty"`        // flag
	Add        []string `json:"add,omitempty"`         // tag
	Remove     []string `json:"remove,omitempty"`      // tag
}

// BulkInput names the orders and what to do to each.
type BulkInput struct {
	Action Action     `json:"action"`
	IDs    []id.ID    `json:"ids"`
	Params BulkParams `json:"params"`
}

// BulkFailed is an order that was left as it is, and why.
type BulkFailed struct {
	OrderID        id.ID          `json:"order_id"`
	ChannelOrderNo string         `json:"channel_order_no"`
	Code           string         `json:"code"`
	Params         map[string]any `json:"params,omitempty"`
}

// BulkResult answers a bulk action. JobID is set when it goes on in the background.
type BulkResult struct {
	OK     int64        `json:"ok"`
	Failed []BulkFailed `json:"failed"`
	JobID  id.ID        `json:"job_id,omitempty"`
}

// BulkSkip is one reason for which orders would be left out.
type BulkSkip struct {
	Code   string
	Params map[string]any
	N      int64
	Sample []string // up to five order numbers
}

const (
	// BulkNow is how many orders a bulk action takes at once; more become a job.
	BulkNow = 200
	// BulkMost bounds one bulk action.
	BulkMost = 50_000
	// BulkJob is the kind of job that loops a use case over many orders.
	BulkJob = "order.bulk"
)

// Bulkable are the actions that may be done in bulk.
var Bulkable = []Action{ActApprove, ActRevoke, ActHold, ActRelease, ActClose, ActArchive, ActUnarchive, ActRead, ActUnread, ActNote, ActFlag, ActTag, ActAdopt}

func (in *BulkInput) check(ctx context.Context) error {
	if !slices.Contains(Bulkable, in.Action) {
		return ErrUnknownAction.With("action", string(in.Action)).At("action")
	}
	if len(in.IDs) > BulkMost {
		return ErrTooMany.With("max", BulkMost).At("ids")
	}
	return actor.Require(ctx, permissions[in.Action])
}

// oneTx does the bulk action to one order, by the same use case as a single click.
func (s *Service) oneTx(ctx context.Context, tx *db.Tx, act Action, o id.ID, p BulkParams) error {
	var err error
	switch act {
	case ActApprove:
		_, err = s.ApproveTx(ctx, tx, ApproveInput{OrderID: o})
	case ActRevoke:
		_, err = s.RevokeApprovalTx(ctx, tx, ApproveInput{OrderID: o})
	case ActHold:
		_, err = s.HoldTx(ctx, tx, HoldInput{OrderID: o, Note: p.Note})
	case ActRelease:
		_, err = s.ReleaseTx(ctx, tx, ReleaseInput{OrderID: o, Kind: p.Kind})
	case ActClose:
		_, err = s.CloseTx(ctx, tx, CloseInput{OrderID: o, Reason: p.Reason, Note: p.Note})
	case ActArchive:
		_, err = s.ArchiveTx(ctx, tx, ArchiveInput{OrderID: o})
	case ActUnarchive:
		_, err = s.UnarchiveTx(ctx, tx, ArchiveInput{OrderID: o})
	case ActRead:
		_, err = s.MarkReadTx(ctx, tx, ReadInput{OrderID: o})
	case ActUnread:
		_, err = s.MarkUnreadTx(ctx, tx, ReadInput{OrderID: o})
	case ActNote:
		_, err = s.NoteTx(ctx, tx, NoteInput{OrderID: o, SellerNote: p.SellerNote})
	case ActFlag:
		_, err = s.FlagTx(ctx, tx, FlagInput{OrderID: o, Flag: p.Flag})
	case ActTag:
		_, err = s.TagTx(ctx, tx, TagInput{OrderID: o, Add: p.Add, Remove: p.Remove})
	case ActAdopt:
		_, err = s.AdoptTx(ctx, tx, AdoptInput{OrderID: o})
	default:
		err = ErrUnknownAction.With("action", string(act))
	}
	return err
}

// Bulk does one action to many orders (批量操作), each by the use case of a single
// click and each on its own: one that fails changes nothing and stops nothing. Up
// to BulkNow are done at once, more become a job. Permission of the action.
//
// Errors: ErrUnknownAction, ErrTooMany, actor.ErrForbidden.
func (s *Service) Bulk(ctx context.Context, in BulkInput) (BulkResult, error) {
	if err := in.check(ctx); err != nil {
		return BulkResult{}, err
	}
	in.IDs = unique(in.IDs)
	about := &command.About{Action: "order.bulk_" + string(in.Action), Detail: map[string]any{"orders": len(in.IDs)}}
	return command.Run(ctx, s.kit.Commands, about, in, func(ctx context.Context, tx *db.Tx) (BulkResult, error) {
		if len(in.IDs) > BulkNow {
			jobID, err := s.kit.Jobs.EnqueueTx(ctx, tx, job.Spec{Kind: BulkJob, Payload: in, Visible: true, Total: int64(len(in.IDs))})
			return BulkResult{JobID: jobID}, err
		}
		ok, failed, err := s.manyTx(ctx, tx, in)
		return BulkResult{OK: ok, Failed: failed}, err
	})
}

// manyTx loops the use case, each order in a savepoint of its own, with an audit
// entry of its own.
func (s *Service) manyTx(ctx context.Context, tx *db.Tx, in BulkInput) (ok int64, failed []BulkFailed, err error) {
	a, err := actor.From(ctx)
	if err != nil {
		return 0, nil, err
	}
	for _, o := range in.IDs {
		err := tx.Save(ctx, func(ctx context.Context, tx *db.Tx) error {
			if err := s.oneTx(ctx, tx, in.Action, o, in.Params); err != nil {
				return err
			}
			return s.kit.Commands.Record(ctx, tx, command.Entry{Actor: a, Action: "order." + string(in.Action), Object: "order/" + o.String(), At: clock.Millis(s.kit.Clock)})
		})
		if err == nil {
			ok++
			continue
		}
		if e := errs.As(err); e == nil || e.Kind == errs.Unavailable {
			return 0, nil, err
		}
		code, params, _ := job.RowError(err)
		failed = append(failed, BulkFailed{OrderID: o, Code: code, Params: params})
	}
	return ok, failed, s.numberFailed(ctx, tx, failed)
}

// numberFailed fills in the numbers by which people know the orders.
func (s *Service) numberFailed(ctx context.Context, q db.Querier, failed []BulkFailed) error {
	if len(failed) == 0 {
		return nil
	}
	ids := make([]id.ID, len(failed))
	for i, f := range failed {
		ids[i] = f.OrderID
	}
	orders, err := s.LoadTx(ctx, q, ids)
	if err != nil {
		return err
	}
	no := make(map[id.ID]string, len(orders))
	for _, o := range orders {
		no[o.ID] = o.ChannelOrderNo
	}
	for i := range failed {
		failed[i].ChannelOrderNo = no[failed[i].OrderID]
	}
	return nil
}

func unique(ids []id.ID) []id.ID {
	seen := make(map[id.ID]bool, len(ids))
	out := make([]id.ID, 0, len(ids))
	for _, i := range ids {
		if !seen[i] {
			seen[i] = true
			out = append(out, i)
		}
	}
	return out
}

// PreviewBulk says how many orders a bulk action would take and why it would
// leave out the others, without changing anything.
//
// Errors: ErrUnknownAction, ErrTooMany, actor.ErrForbidden.
func (s *Service) PreviewBulk(ctx context.Context, in BulkInput) (will int64, skips []BulkSkip, err error) {
	if err := in.check(ctx); err != nil {
		return 0, nil, err
	}
	at := map[string]int{}
	skip := func(err *errs.Error, no string) {
		k := err.Code
		if holds, ok := err.Params["holds"].(string); ok {
			k += " " + holds // each with its own way out
		}
		i, ok := at[k]
		if !ok {
			i = len(skips)
			at[k] = i
			skips = append(skips, BulkSkip{Code: err.Code, Params: err.Params})
		}
		if skips[i].N++; no != "" && len(skips[i].Sample) < 5 {
			skips[i].Sample = append(skips[i].Sample, no)
		}
	}
	ids := unique(in.IDs)
	for part := range slices.Chunk(ids, lookupChunk) {
		orders, err := s.LoadTx(ctx, s.kit.DB, part)
		if err != nil {
			return 0, nil, err
		}
		for range len(part) - len(orders) {
			skip(ErrNotFound, "")
		}
		for i := range orders {
			if err := orders[i].refuse(in.Action); err != nil {
				skip(errs.As(inWords(ctx, err)), orders[i].ChannelOrderNo)
				continue
			}
			will++
		}
	}
	return will, skips, nil
}

// bulkStep is how many orders one step of the job commits.
const bulkStep = 50

func (s *Service) runBulk(ctx context.Context, r *job.Run) error {
	var in BulkInput
	if err := r.Payload(&in); err != nil {
		return err
	}
	done := 0
	if c := r.Checkpoint(); c != "" {
		if err := json.Unmarshal([]byte(c), &done); err != nil {
			return err
		}
	}
	for done < len(in.IDs) {
		part := BulkInput{Action: in.Action, Params: in.Params, IDs: in.IDs[done:min(done+bulkStep, len(in.IDs))]}
		err := r.Advance(ctx, func(ctx context.Context, tx *db.Tx) (job.Step, error) {
			ok, failed, err := s.manyTx(ctx, tx, part)
			if err != nil {
				return job.Step{}, err
			}
			c, err := json.Marshal(done + len(part.IDs))
			step := job.Step{Checkpoint: string(c), Done: int64(len(part.IDs)), OK: ok, Failed: int64(len(failed))}
			for _, f := range failed {
				step.Rows = append(step.Rows, job.Row{No: int64(done + slices.Index(part.IDs, f.OrderID) + 1), Ref: f.ChannelOrderNo, ObjectID: f.OrderID,
					Result: job.Bad, Code: f.Code, Params: f.Params})
			}
			return step, err
		})
		if err != nil {
			return err
		}
		done += len(part.IDs)
	}
	return nil
}

// retryBulk repeats the orders that failed.
func (s *Service) retryBulk(_ context.Context, _ *db.Tx, j job.Job, rows []int64) (any, error) {
	var in BulkInput
	if err := json.Unmarshal(j.Payload, &in); err != nil {
		return nil, err
	}
	var ids []id.ID
	for _, n := range rows {
		if n < 1 || n > int64(len(in.IDs)) {
			return nil, errors.New("order: a failed row outside the job")
		}
		ids = append(ids, in.IDs[n-1])
	}
	in.IDs = ids
	return in, nil
}
