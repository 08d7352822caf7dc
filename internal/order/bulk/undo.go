package bulk

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/order"
)

// inverse are the actions that another one takes back. A close, a release, a flag or a
// note is not among them: nobody can tell what was there before.
var inverse = map[order.Action]order.Action{
	order.ActApprove: order.ActRevoke, order.ActRevoke: order.ActApprove,
	order.ActHold:    order.ActRelease,
	order.ActArchive: order.ActUnarchive, order.ActUnarchive: order.ActArchive,
	order.ActRead: order.ActUnread, order.ActUnread: order.ActRead,
}

// undoable reports whether a bulk action can be taken back.
func undoable(j job.Job) bool {
	var in Input
	return json.Unmarshal(j.Payload, &in) == nil && inverse[in.Action] != ""
}

// undo makes the job that takes one back: of the orders it came to, those that did not
// fail and still show that it was this job.
func (s *Service) undo(ctx context.Context, tx *db.Tx, j job.Job, notOK []int64) (any, int64, error) {
	var in Input
	if err := json.Unmarshal(j.Payload, &in); err != nil {
		return nil, 0, err
	}
	if act := inverse[in.Action]; act != "" {
		if err := actor.Require(ctx, order.Permission(act)); err != nil {
			return nil, 0, err
		}
	}
	in.IDs = in.IDs[:min(int(j.Done), len(in.IDs))]
	left := make(map[id.ID]bool, len(notOK))
	for _, n := range notOK {
		if n >= 1 && n <= int64(len(in.IDs)) {
			left[in.IDs[n-1]] = true
		}
	}
	back, err := s.backTx(ctx, tx, in, func(o id.ID) bool { return !left[o] }, j.StartedAt, j.FinishedAt)
	if err != nil || back == nil {
		return nil, 0, err
	}
	return back, int64(len(back.IDs)), nil
}

// backTx is what takes an action back that ran between two instants; nil where nothing
// does. What bears the mark of another moment was done by somebody else.
func (s *Service) backTx(ctx context.Context, q db.Querier, in Input, ok func(id.ID) bool, from, upto int64) (*Input, error) {
	act := inverse[in.Action]
	if act == "" {
		return nil, nil
	}
	back := Input{Action: act}
	if in.Action == order.ActHold {
		back.Params.Kind = order.HoldManual
	}
	for part := range slices.Chunk(in.IDs, page) {
		orders, err := s.orders.LoadTx(ctx, q, part)
		if err != nil {
			return nil, err
		}
		for i := range orders {
			if at, marked := doneAt(&orders[i], in.Action); ok(orders[i].ID) && (!marked || at >= from && at <= upto) {
				back.IDs = append(back.IDs, orders[i].ID)
			}
		}
	}
	if len(back.IDs) == 0 {
		return nil, nil
	}
	return &back, nil
}

// doneAt is when an order last got what an action gives, where it remembers that.
func doneAt(o *order.Order, act order.Action) (at int64, marked bool) {
	switch act {
	case order.ActApprove:
		return o.ApprovedAt, true
	case order.ActHold:
		for _, h := range o.Holds {
			if h.Kind == order.HoldManual {
				return h.RaisedAt, true
			}
		}
		return 0, true
	}
	return 0, false
}
