package issue

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/run"
	"github.com/ordercove/ordercove/internal/logistics"
)

// maxRefreshed bounds one refreshing: issuers are asked while the caller waits.
const maxRefreshed = 50

// refreshedAtOnce bounds the questions under way at the same time.
const refreshedAtOnce = 4

// Refreshing is what became of waybills whose orders changed.
type Refreshing string

const (
	Unchanged Refreshing = "unchanged" // they say what the orders say
	Updated   Refreshing = "updated"   // their issuer changed them; the numbers stay
	Reissued  Refreshing = "reissued"  // given back, and new ones are asked for
)

// Refreshed is what became of one fulfillment order.
type Refreshed struct {
	FulfillmentOrderID id.ID
	Outcome            Refreshing
	Err                *errs.Error
}

// Refresh brings waybills up to what their orders say now (内容变更后更新或换号): where the
// issuer changes issued waybills the number stays, else it is given back and another
// asked for at the same account. Permission waybill.issue.
//
// Errors: ErrTooMany. Of rows: those of fulfillment.GuardTx, of waybill.Service.Update and
// of waybill.WantTx.
func (s *Service) Refresh(ctx context.Context, ids []id.ID) ([]Refreshed, error) {
	if err := actor.Require(ctx, logistics.PermitIssue); err != nil {
		return nil, err
	}
	if ids = distinct(ids); len(ids) == 0 || len(ids) > maxRefreshed {
		return nil, ErrTooMany.With("max", maxRefreshed)
	}
	out := make([]Refreshed, len(ids))
	at := make([]int, len(ids))
	for i := range ids {
		at[i], out[i].FulfillmentOrderID = i, ids[i]
	}
	var mu sync.Mutex
	var failed error
	run.Each(ctx, refreshedAtOnce, at, func(ctx context.Context, i int) {
		outcome, err := s.refresh(ctx, ids[i])
		mu.Lock()
		defer mu.Unlock()
		out[i].Outcome = outcome
		if out[i].Err = plain(err); err != nil && out[i].Err == nil && failed == nil {
			failed = err
		}
	})
	if failed == nil {
		failed = ctx.Err()
	}
	if failed != nil {
		return nil, failed
	}
	about := &command.About{Action: "waybill.refresh", Detail: map[string]any{"count": len(ids)}}
	return command.Run(ctx, s.k.Commands, about, ids, func(ctx context.Context, tx *db.Tx) ([]Refreshed, error) {
		rows := slices.Clone(out)
		for i := range rows {
			if rows[i].Outcome != Reissued {
				continue
			}
			var err error
			if rows[i].Err, err = s.reissueTx(ctx, tx, rows[i].FulfillmentOrderID); err != nil {
				return nil, err
			}
		}
		return rows, nil
	})
}

// refresh changes what can be changed, and tells what needs a new number.
func (s *Service) refresh(ctx context.Context, one id.ID) (Refreshing, error) {
	changed, err := s.waybills.Update(ctx, one)
	switch {
	case err == nil && changed:
		return Updated, nil
	case err == nil:
		return Unchanged, nil
	case errors.Is(err, logistics.ErrUnsupported), errors.Is(err, logistics.ErrRefused):
		return Reissued, nil
	}
	return "", err
}

// reissueTx gives the numbers of a fulfillment order back and asks for others at the same
// account.
func (s *Service) reissueTx(ctx context.Context, tx *db.Tx, one id.ID) (*errs.Error, error) {
	live, err := s.waybills.Of(ctx, tx, []id.ID{one})
	if err != nil || len(live[one]) == 0 {
		return nil, err
	}
	if err := s.fulfillments.GuardTx(ctx, tx, one, 0); err != nil { // of a suspended account too
		if why := plain(err); why != nil {
			return why, nil
		}
		return nil, err
	}
	w := live[one][0]
	rows, err := s.IssueTx(ctx, tx, Input{FulfillmentOrderIDs: []id.ID{one}, AccountID: w.AccountID, Product: w.Product, Pieces: w.Pieces, Replace: true})
	if err != nil {
		return nil, err
	}
	return rows[0].Err, nil
}
