package waybill

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics"
)

// AnswerInput is what a person found out about a waybill of which nobody knew whether
// it was issued.
type AnswerInput struct {
	WaybillID id.ID `json:"waybill_id"`
	// Numbers are the issued number and, where it leads others, those of the further
	// pieces; none says that nothing was issued.
	Numbers []string `json:"numbers"`
	// Confirm takes numbers that do not look like the carrier's.
	Confirm bool `json:"confirm"`
}

// Answer ends an uncertain waybill by a person's word (人工核对取号结果): the number the
// issuer's own page shows, or that there is none, upon which it is asked for again under
// the same key. Permission waybill.issue.
//
// Errors: ErrNotFound, ErrNotUncertain, ErrBadNumber, ErrPieces, ErrTaken.
func (s *Service) Answer(ctx context.Context, in AnswerInput) (Waybill, error) {
	if err := actor.Require(ctx, logistics.PermitIssue); err != nil {
		return Waybill{}, err
	}
	about := &command.About{Action: "waybill.answer", Object: "waybill/" + in.WaybillID.String(), Detail: map[string]any{"numbers": in.Numbers}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Waybill, error) {
		w, err := s.Get(ctx, tx, in.WaybillID)
		if err != nil {
			return w, err
		}
		if w.State != Uncertain || w.ParentID != 0 {
			return w, ErrNotUncertain
		}
		a, err := s.accounts.GetTx(ctx, tx, w.AccountID)
		if err != nil {
			return w, err
		}
		o := outcome{state: Wanted, spared: true}
		if len(in.Numbers) > 0 {
			if o, err = answered(w, s.leads(a), in); err != nil {
				return w, err
			}
		}
		n, err := tx.ExecN(ctx, take, actor.Merchant(ctx), w.ID, string(w.State), w.Attempts)
		if err != nil {
			return w, err
		}
		if n == 0 {
			return w, ErrNotUncertain // the issuer was asked meanwhile
		}
		w.Attempts++
		err = tx.Save(ctx, func(ctx context.Context, tx *db.Tx) error { return s.settleTx(ctx, tx, a, w, o) })
		if db.IsUnique(err) {
			return w, ErrTaken.With("no", o.issued.No)
		}
		if err == nil {
			err = s.wakeTx(ctx, tx, a.ID, 0)
		}
		if err != nil {
			return w, err
		}
		return s.Get(ctx, tx, w.ID)
	})
}

// answered is the outcome that a person's numbers make.
func answered(w Waybill, leads bool, in AnswerInput) (outcome, error) {
	want := 1
	if leads {
		want = int(w.Pieces)
	}
	if len(in.Numbers) != want {
		return outcome{}, ErrPieces.With("max", want).At("numbers")
	}
	clean := make([]string, len(in.Numbers))
	for i, raw := range in.Numbers {
		clean[i] = logistics.Clean(raw)
		if v := logistics.CheckWaybill(w.Carrier, clean[i]); clean[i] == "" || v == logistics.Wrong && !in.Confirm {
			return outcome{}, ErrBadNumber.With("no", raw).At("numbers")
		}
	}
	return outcome{state: Issued, issued: logistics.Issued{No: clean[0], Children: clean[1:]}}, nil
}
