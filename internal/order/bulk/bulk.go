package bulk

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/order"
)

// Service is the bulk actions.
type Service struct {
	kit    *kit.Kit
	orders *order.Service
}

// New wires them and registers their job.
func New(k *kit.Kit, orders *order.Service) *Service {
	s := &Service{kit: k, orders: orders}
	k.Jobs.Register(Job, job.Handler{Run: s.work, Retry: s.retry, Undo: s.undo, Undoable: undoable})
	return s
}

// page is how many orders are read at once.
const page = 500

// Params are what the bulk actions need besides the orders.
type Params struct {
	Note       string         `json:"note,omitempty"`        // hold, close
	Kind       order.HoldKind `json:"kind,omitempty"`        // release
	Reason     string         `json:"reason,omitempty"`      // close
	SellerNote string         `json:"seller_note,omitempty"` // note
	Flag       int64          `json:"flag,omitempty"`        // flag
	Add        []string       `json:"add,omitempty"`         // tag
	Remove     []string       `json:"remove,omitempty"`      // tag
}

// Input names the orders and what to do to each.
type Input struct {
	Action order.Action `json:"action"`
	IDs    []id.ID      `json:"ids"`
	Params Params       `json:"params"`
}

// Failed is an order that was left as it is, and why.
type Failed struct {
	OrderID        id.ID          `json:"order_id"`
	ChannelOrderNo string         `json:"channel_order_no"`
	Code           string         `json:"code"`
	Params         map[string]any `json:"params,omitempty"`
}

// Result answers a bulk action. JobID is set when it goes on in the background.
type Result struct {
	OK     int64    `json:"ok"`
	Failed []Failed `json:"failed"`
	JobID  id.ID    `json:"job_id,omitempty"`
	// Undo takes back what went well; nil where that cannot be.
	Undo *Input `json:"undo,omitempty"`
}

// Skip is one reason for which orders would be left out.
type Skip struct {
	Code   string
	Params map[string]any
	N      int64
	Sample []string // up to five order numbers
}

const (
	// Now is how many orders a bulk action takes at once; more become a job.
	Now = 200
	// Most bounds one bulk action.
	Most = 50_000
	// Job is the kind of job that loops a use case over many orders.
	Job = "order.bulk"
)

// Actions are the actions that may be done in bulk.
var Actions = []order.Action{order.ActApprove, order.ActApproveFinance, order.ActRevoke, order.ActHold, order.ActRelease, order.ActClose, order.ActArchive, order.ActUnarchive, order.ActRead, order.ActUnread, order.ActNote, order.ActFlag, order.ActTag, order.ActAdopt}

func (in *Input) check(ctx context.Context) error {
	if !slices.Contains(Actions, in.Action) {
		return order.ErrUnknownAction.With("action", string(in.Action)).At("action")
	}
	if len(in.IDs) > Most {
		return order.ErrTooMany.With("max", Most).At("ids")
	}
	return actor.Require(ctx, order.Permission(in.Action))
}

// oneTx does the bulk action to one order, by the same use case as a single click.
func (s *Service) oneTx(ctx context.Context, tx *db.Tx, act order.Action, o id.ID, p Params) error {
	var err error
	switch act {
	case order.ActRevoke:
		_, err = s.orders.RevokeApprovalTx(ctx, tx, order.ApproveInput{OrderID: o})
	case order.ActApproveFinance:
		_, err = s.orders.ApproveFinanceTx(ctx, tx, order.ApproveInput{OrderID: o})
	case order.ActHold:
		_, err = s.orders.HoldTx(ctx, tx, order.HoldInput{OrderID: o, Note: p.Note})
	case order.ActRelease:
		_, err = s.orders.ReleaseTx(ctx, tx, order.ReleaseInput{OrderID: o, Kind: p.Kind})
	case order.ActClose:
		_, err = s.orders.CloseTx(ctx, tx, order.CloseInput{OrderID: o, Reason: p.Reason, Note: p.Note})
	case order.ActArchive:
		_, err = s.orders.ArchiveTx(ctx, tx, order.ArchiveInput{OrderID: o})
	case order.ActUnarchive:
		_, err = s.orders.UnarchiveTx(ctx, tx, order.ArchiveInput{OrderID: o})
	case order.ActRead:
		_, err = s.orders.MarkReadTx(ctx, tx, order.ReadInput{OrderID: o})
	case order.ActUnread:
		_, err = s.orders.MarkUnreadTx(ctx, tx, order.ReadInput{OrderID: o})
	case order.ActNote:
		_, err = s.orders.NoteTx(ctx, tx, order.NoteInput{OrderID: o, SellerNote: p.SellerNote})
	case order.ActFlag:
		_, err = s.orders.FlagTx(ctx, tx, order.FlagInput{OrderID: o, Flag: p.Flag})
	case order.ActTag:
		_, err = s.orders.TagTx(ctx, tx, order.TagInput{OrderID: o, Add: p.Add, Remove: p.Remove})
	case order.ActAdopt:
		_, err = s.orders.AdoptTx(ctx, tx, order.AdoptInput{OrderID: o})
	default:
		err = order.ErrUnknownAction.With("action", string(act))
	}
	return err
}

// Run does one action to many orders (批量操作), each by the use case of a single
// click and each on its own: one that fails changes nothing and stops nothing. Up
// to Now are done at once, more become a job. Permission of the action.
//
// Errors: ErrUnknownAction, ErrTooMany, actor.ErrForbidden.
func (s *Service) Run(ctx context.Context, in Input) (Result, error) {
	if err := in.check(ctx); err != nil {
		return Result{}, err
	}
	in.IDs = id.Once(in.IDs)
	about := &command.About{Action: "order.bulk_" + string(in.Action), Detail: map[string]any{"orders": len(in.IDs)}}
	return command.Run(ctx, s.kit.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Result, error) {
		if len(in.IDs) > Now {
			jobID, err := s.kit.Jobs.EnqueueTx(ctx, tx, job.Spec{Kind: Job, Payload: in, Visible: true, Total: int64(len(in.IDs))})
			return Result{JobID: jobID}, err
		}
		from := clock.Millis(s.kit.Clock)
		ok, failed, err := s.manyTx(ctx, tx, in)
		if err != nil {
			return Result{}, err
		}
		back, err := s.backTx(ctx, tx, in, func(o id.ID) bool { return !slices.ContainsFunc(failed, func(f Failed) bool { return f.OrderID == o }) }, from, clock.Millis(s.kit.Clock))
		return Result{OK: ok, Failed: failed, Undo: back}, err
	})
}

// manyTx does the use case to each order, with an audit entry of its own.
func (s *Service) manyTx(ctx context.Context, tx *db.Tx, in Input) (ok int64, failed []Failed, err error) {
	a, err := actor.From(ctx)
	if err != nil {
		return 0, nil, err
	}
	answers, err := s.answersTx(ctx, tx, in)
	if err != nil {
		return 0, nil, err
	}
	var entries []command.Entry
	for i, o := range in.IDs {
		if answers[i] == nil {
			entries = append(entries, command.Entry{Actor: a, Action: "order." + string(in.Action), Object: "order/" + o.String(), At: clock.Millis(s.kit.Clock)})
			continue
		}
		code, params, _ := job.RowError(answers[i])
		failed = append(failed, Failed{OrderID: o, Code: code, Params: params})
	}
	if err := s.kit.Commands.Record(ctx, tx, entries...); err != nil {
		return 0, nil, err
	}
	return int64(len(entries)), failed, s.numberFailed(ctx, tx, failed)
}

// answersTx approves together, and does everything else to each order in a savepoint of
// its own.
func (s *Service) answersTx(ctx context.Context, tx *db.Tx, in Input) ([]error, error) {
	if in.Action == order.ActApprove {
		return s.orders.ApproveManyTx(ctx, tx, in.IDs)
	}
	out := make([]error, len(in.IDs))
	for i, o := range in.IDs {
		err := tx.Save(ctx, func(ctx context.Context, tx *db.Tx) error { return s.oneTx(ctx, tx, in.Action, o, in.Params) })
		if e := errs.As(err); err != nil && (e == nil || e.Kind == errs.Unavailable) {
			return nil, err
		}
		out[i] = err
	}
	return out, nil
}

// numberFailed fills in the numbers by which people know the orders.
func (s *Service) numberFailed(ctx context.Context, q db.Querier, failed []Failed) error {
	if len(failed) == 0 {
		return nil
	}
	ids := make([]id.ID, len(failed))
	for i, f := range failed {
		ids[i] = f.OrderID
	}
	orders, err := s.orders.LoadTx(ctx, q, ids)
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

// Preview says how many orders a bulk action would take and why it would
// leave out the others, without changing anything.
//
// Errors: ErrUnknownAction, ErrTooMany, actor.ErrForbidden.
func (s *Service) Preview(ctx context.Context, in Input) (will int64, skips []Skip, err error) {
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
			skips = append(skips, Skip{Code: err.Code, Params: err.Params})
		}
		if skips[i].N++; no != "" && len(skips[i].Sample) < 5 {
			skips[i].Sample = append(skips[i].Sample, no)
		}
	}
	ids := id.Once(in.IDs)
	for part := range slices.Chunk(ids, page) {
		orders, err := s.orders.LoadTx(ctx, s.kit.DB, part)
		if err != nil {
			return 0, nil, err
		}
		for range len(part) - len(orders) {
			skip(order.ErrNotFound, "")
		}
		for i := range orders {
			if err := orders[i].Refuse(in.Action); err != nil {
				skip(errs.As(err), orders[i].ChannelOrderNo)
				continue
			}
			will++
		}
	}
	return will, skips, nil
}

// bulkStep is how many orders one step of the job commits.
const bulkStep = 50

func (s *Service) work(ctx context.Context, r *job.Run) error {
	var in Input
	if err := r.Payload(&in); err != nil {
		return err
	}
	return job.Parts(ctx, r, len(in.IDs), bulkStep, func(ctx context.Context, tx *db.Tx, from, upto int) (step job.Step, err error) {
		part := Input{Action: in.Action, Params: in.Params, IDs: in.IDs[from:upto]}
		ok, failed, err := s.manyTx(ctx, tx, part)
		for _, f := range failed {
			step.Add(job.Row{No: int64(from + slices.Index(part.IDs, f.OrderID) + 1), Ref: f.ChannelOrderNo, ObjectID: f.OrderID, Result: job.Bad, Code: f.Code, Params: f.Params})
		}
		step.OK = ok
		return step, err
	})
}

// retry repeats the orders that failed, for someone who may do it.
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
