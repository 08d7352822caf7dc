package bulk

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
)

// Action is what is done to each.
type Action string

// Actions that may be done in bulk.
const (
	// Ship hands each to its carrier under the number that was issued for it.
	Ship Action = "ship"
	// Carrier says by which carrier each is to leave.
	Carrier Action = "carrier"
	// Seal and Unseal keep content as it is, and let it change again.
	Seal   Action = "seal"
	Unseal Action = "unseal"
)

// Actions lists them.
var Actions = []Action{Ship, Carrier, Seal, Unseal}

// Permission is what an action needs.
func Permission(act Action) string {
	switch act {
	case Ship:
		return fulfillment.PermitShip
	case Carrier:
		return fulfillment.PermitAllocate
	}
	return fulfillment.PermitMerge
}

const (
	// Now is how many are done while the caller waits; more become a job.
	Now = 200
	// Most bounds one bulk action.
	Most = 50_000
	// Job is the kind of job that does more.
	Job = "fulfillment.bulk"
	// page is how many are looked at together.
	page = 500
	// step is how many one transaction of the job takes.
	step = 50
)

// Service is the bulk actions.
type Service struct {
	k       *kit.Kit
	ships   *fulfillment.Service
	numbers *waybill.Service
}

// New wires them and registers their job.
func New(k *kit.Kit, ships *fulfillment.Service, numbers *waybill.Service) *Service {
	s := &Service{k, ships, numbers}
	k.Jobs.Register(Job, job.Handler{Run: s.work, Retry: s.retry, Undo: s.undo, Undoable: undoable})
	return s
}

// Input names fulfillment orders and what to do to each.
type Input struct {
	Action  Action  `json:"action"`
	IDs     []id.ID `json:"ids"`
	Carrier string  `json:"carrier,omitempty"` // a carrier's code or name; "" for no wish
	// StaleReason ships on old data, as in fulfillment.ShipInput.
	StaleReason string `json:"stale_reason,omitempty"`
}

// Failed is one that was left as it is, and why.
type Failed struct {
	ID     id.ID          `json:"id"`
	Ref    string         `json:"ref"` // its first order's number
	Code   string         `json:"code"`
	Params map[string]any `json:"params,omitempty"`
}

// Result answers a bulk action. JobID is set when it goes on in the background.
type Result struct {
	OK     int64    `json:"ok"`
	Failed []Failed `json:"failed"`
	JobID  id.ID    `json:"job_id,omitempty"`
	// Undo takes back what went well; nil where that cannot be.
	Undo *Input `json:"undo,omitempty"`
}

// Skip is one reason for which some would be left out.
type Skip struct {
	Code   string
	Params map[string]any
	N      int64
	Sample []string // order numbers, five at most
}

func (in *Input) check(ctx context.Context) error {
	if !slices.Contains(Actions, in.Action) {
		return ErrAction.With("action", string(in.Action)).At("action")
	}
	if len(in.IDs) > Most {
		return ErrTooMany.With("max", Most).At("ids")
	}
	return actor.Require(ctx, Permission(in.Action))
}

// Run does one action to many fulfillment orders. Up to Now are done at once, more
// become a job. Permission of the action.
//
// Errors: ErrAction, ErrTooMany, actor.ErrForbidden.
func (s *Service) Run(ctx context.Context, in Input) (Result, error) {
	if err := in.check(ctx); err != nil {
		return Result{}, err
	}
	in.IDs = id.Once(in.IDs)
	about := &command.About{Action: "fulfillment.bulk_" + string(in.Action), Detail: map[string]any{"fulfillment_orders": len(in.IDs), "stale_reason": in.StaleReason}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Result, error) {
		if len(in.IDs) > Now {
			j, err := s.k.Jobs.EnqueueTx(ctx, tx, job.Spec{Kind: Job, Payload: in, GroupKey: "fulfillment.ship", Visible: true, Total: int64(len(in.IDs))})
			return Result{JobID: j}, err
		}
		ok, failed, err := s.manyTx(ctx, tx, in)
		return Result{OK: ok, Failed: failed, Undo: in.back(func(one id.ID) bool {
			return !slices.ContainsFunc(failed, func(f Failed) bool { return f.ID == one })
		})}, err
	})
}

// back is what takes an action back of those that went well. A seal is taken off again;
// what left has left, and a former wish is unknown.
func (in *Input) back(ok func(id.ID) bool) *Input {
	out := &Input{}
	switch in.Action {
	case Seal:
		out.Action = Unseal
	case Unseal:
		out.Action = Seal
	default:
		return nil
	}
	for _, one := range in.IDs {
		if ok(one) {
			out.IDs = append(out.IDs, one)
		}
	}
	if len(out.IDs) == 0 {
		return nil
	}
	return out
}

// Preview says how many a bulk action would take and why it would leave out the
// others, as they stand now, without changing anything.
//
// Errors: those of Run.
func (s *Service) Preview(ctx context.Context, in Input) (will int64, skips []Skip, err error) {
	if err := in.check(ctx); err != nil {
		return 0, nil, err
	}
	at, of := map[string]int{}, [][]id.ID{}
	for part := range slices.Chunk(id.Once(in.IDs), page) {
		why, err := s.judge(ctx, in, part)
		if err != nil {
			return 0, nil, err
		}
		for i, err := range why {
			if err == nil {
				will++
				continue
			}
			code, params, _ := job.RowError(err)
			k, known := at[code]
			if !known {
				k = len(skips)
				at[code], skips, of = k, append(skips, Skip{Code: code, Params: params, Sample: []string{}}), append(of, nil)
			}
			if skips[k].N++; len(of[k]) < 5 {
				of[k] = append(of[k], part[i])
			}
		}
	}
	nos, err := s.orderNos(ctx, s.k.DB, slices.Concat(of...))
	for k, ids := range of {
		for _, one := range ids {
			if no := nos[one]; no != "" {
				skips[k].Sample = append(skips[k].Sample, no)
			}
		}
	}
	return will, skips, err
}

// judge says of each why the action would leave it.
func (s *Service) judge(ctx context.Context, in Input, ids []id.ID) ([]error, error) {
	if in.Action == Ship {
		papers, err := s.papers(ctx, s.k.DB, ids)
		if err != nil {
			return nil, err
		}
		checks := make([]fulfillment.Check, len(ids))
		for i, one := range ids {
			checks[i] = fulfillment.Check{ID: one, Version: papers[one].version}
		}
		seen, err := s.ships.SeeTx(ctx, s.k.DB, checks)
		if err != nil {
			return nil, err
		}
		old, err := s.ships.FreshTx(ctx, s.k.DB, seen)
		if err != nil {
			return nil, err
		}
		out := make([]error, len(ids))
		for i, one := range ids {
			out[i] = seen[i].Err
			if p := papers[one]; out[i] == nil && p.err != nil {
				out[i] = p.err
			}
			if out[i] == nil && in.StaleReason == "" {
				out[i] = old[one]
			}
		}
		return out, nil
	}
	all, err := s.ships.LoadTx(ctx, s.k.DB, ids)
	if err != nil {
		return nil, err
	}
	out := make([]error, len(ids))
	for i, one := range ids {
		k := slices.IndexFunc(all, func(f fulfillment.FulfillmentOrder) bool { return f.ID == one })
		switch {
		case k < 0:
			out[i] = fulfillment.ErrNoOrder
		case all[k].State != fulfillment.StateOpen:
			out[i] = fulfillment.ErrNotOpen.With("state", string(all[k].State))
		case in.Action == Carrier && all[k].Sealed != "":
			out[i] = fulfillment.ErrSealed
		case in.Action == Seal && all[k].Sealed != "", in.Action == Unseal && all[k].Sealed == "":
			out[i] = ErrAsIs
		}
	}
	return out, nil
}

// paper is the number a parcel leaves under and the content it was issued for.
type paper struct {
	carrier, no string
	version     int64
	err         error
}

// papers reads the issued numbers of fulfillment orders; those that leave without a
// carrier need none.
func (s *Service) papers(ctx context.Context, q db.Querier, ids []id.ID) (map[id.ID]paper, error) {
	all, err := s.ships.LoadTx(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	live, err := s.numbers.Of(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[id.ID]paper, len(all))
	for _, f := range all {
		if f.Kind != fulfillment.KindExpress {
			out[f.ID] = paper{}
			continue
		}
		p := paper{err: fulfillment.ErrNoWaybill}
		for _, w := range live[f.ID] { // by piece: the first one's number leads
			if w.State == waybill.Issued {
				p = paper{carrier: w.Carrier, no: w.No, version: w.Version}
				break
			}
		}
		out[f.ID] = p
	}
	return out, nil
}

// manyTx does it to all; one that is refused leaves nothing behind and stops nobody else.
func (s *Service) manyTx(ctx context.Context, tx *db.Tx, in Input) (ok int64, failed []Failed, err error) {
	a, err := actor.From(ctx)
	if err != nil {
		return 0, nil, err
	}
	var answers []error
	if in.Action == Ship {
		answers, err = s.shipTx(ctx, tx, in)
	} else {
		answers, err = s.eachTx(ctx, tx, in)
	}
	if err != nil {
		return 0, nil, err
	}
	var entries []command.Entry
	for i, one := range in.IDs {
		if answers[i] == nil {
			entries = append(entries, command.Entry{Actor: a, Action: "fulfillment." + string(in.Action), Object: "fulfillment_order/" + one.String(), At: clock.Millis(s.k.Clock)})
			continue
		}
		code, params, _ := job.RowError(answers[i])
		failed = append(failed, Failed{ID: one, Code: code, Params: params})
	}
	if err := s.k.Commands.Record(ctx, tx, entries...); err != nil {
		return 0, nil, err
	}
	ids := make([]id.ID, len(failed))
	for i, f := range failed {
		ids[i] = f.ID
	}
	nos, err := s.orderNos(ctx, tx, ids)
	for i := range failed {
		failed[i].Ref = nos[failed[i].ID]
	}
	return int64(len(entries)), failed, err
}

// shipTx ships what has its number, with one answer each.
func (s *Service) shipTx(ctx context.Context, tx *db.Tx, in Input) ([]error, error) {
	papers, err := s.papers(ctx, tx, in.IDs)
	if err != nil {
		return nil, err
	}
	out := make([]error, len(in.IDs))
	var ins []fulfillment.ShipOrderInput
	var places []int
	for i, one := range in.IDs {
		p := papers[one]
		if out[i] = p.err; p.err != nil {
			continue
		}
		// The number was issued to us: its shape is the carrier's own affair.
		ins = append(ins, fulfillment.ShipOrderInput{ID: one, Version: p.version, Carrier: p.carrier, WaybillNo: p.no, StaleReason: in.StaleReason, ConfirmWaybill: true})
		places = append(places, i)
	}
	refused, err := s.ships.ShipManyTx(ctx, tx, ins)
	for k, why := range refused {
		out[places[k]] = why
	}
	return out, err
}

// eachTx does it to each in a savepoint of its own.
func (s *Service) eachTx(ctx context.Context, tx *db.Tx, in Input) ([]error, error) {
	out := make([]error, len(in.IDs))
	for i, one := range in.IDs {
		err := tx.Save(ctx, func(ctx context.Context, tx *db.Tx) error { return s.oneTx(ctx, tx, in, one) })
		if e := errs.As(err); err != nil && (e == nil || e.Kind == errs.Unavailable) {
			return nil, err
		}
		out[i] = err
	}
	return out, nil
}

func (s *Service) oneTx(ctx context.Context, tx *db.Tx, in Input, one id.ID) error {
	if in.Action == Carrier {
		return s.ships.SetKindTx(ctx, tx, fulfillment.KindInput{ID: one, CarrierWish: in.Carrier})
	}
	reason := fulfillment.SealHand
	if in.Action == Unseal {
		reason = ""
	}
	n, err := s.ships.SealTx(ctx, tx, []id.ID{one}, reason)
	if err == nil && n == 0 {
		err = ErrAsIs
	}
	return err
}
