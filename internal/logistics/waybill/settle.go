package waybill

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
)

// settle writes down what came of an attempt, with all that follows, in one transaction.
func (s *Service) settle(ctx context.Context, a account.Account, w Waybill, o outcome) error {
	err := s.settleOnce(ctx, a, w, o)
	if db.IsUnique(err) { // the number stands for another parcel: nobody may ship with it
		no := o.issued.No
		return s.settleOnce(ctx, a, w, outcome{state: Failed, err: ErrTaken.With("no", no)})
	}
	return err
}

func (s *Service) settleOnce(ctx context.Context, a account.Account, w Waybill, o outcome) error {
	return s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return s.settleTx(ctx, tx, a, w, o) })
}

func (s *Service) settleTx(ctx context.Context, tx *db.Tx, a account.Account, w Waybill, o outcome) error {
	if o.local {
		if err := s.localTx(ctx, tx, a, w, &o); err != nil {
			return err
		}
	}
	args, err := s.settling(ctx, tx, w, o)
	if err != nil {
		return err
	}
	var live int64
	var state State
	err = tx.QueryRow(ctx, settle, args...).Scan(&live, &state)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // another attempt has taken over
	}
	if err != nil {
		return err
	}
	if o.told != nil {
		if err := o.told(ctx, tx); err != nil {
			return err
		}
	}
	return s.followTx(ctx, tx, w, o, state)
}

// settling are the arguments that settle a row.
func (s *Service) settling(ctx context.Context, tx *db.Tx, w Waybill, o outcome) ([]any, error) {
	v, err := s.values(ctx, tx, w.ID, o, w.ParentID)
	if err != nil {
		return nil, err
	}
	now := clock.Millis(s.k.Clock)
	next, issuedAt, endedAt := now+backoff(w.Attempts), w.IssuedAt, int64(0)
	switch {
	case o.spared:
		next = now
	case o.state == Issued:
		next, issuedAt = now, max(issuedAt, now)
	case o.state == Cancelled:
		endedAt = now
	}
	return []any{string(o.state), string(retired(o.state, w.State)), o.issued.No, o.issued.No, v.sortCode, v.mark, v.bag,
		o.issued.Ref, o.issued.Ref, o.issued.Template, o.issued.Template, v.print, v.code, v.params, next, issuedAt, endedAt, actor.Merchant(ctx), w.ID, w.Attempts}, nil
}

// retired is where a row goes that is no longer wanted.
func retired(to, found State) State {
	switch {
	case to == Cancelled || found == Cancelling: // what giveBack says, a refusal to take it back included
		return to
	case to == Failed || to == Wanted:
		return Cancelled
	}
	return Cancelling
}

// values are an outcome's columns.
type values struct {
	sortCode, mark, bag string
	print               []byte
	code, params        string
}

func (s *Service) values(ctx context.Context, tx *db.Tx, waybill id.ID, o outcome, parent id.ID) (v values, err error) {
	if o.err != nil && !o.spared {
		var params map[string]any
		v.code, params, _ = job.RowError(o.err)
		if len(params) > 0 {
			b, err := json.Marshal(params)
			if err != nil {
				return v, err
			}
			v.params = string(b)
		}
	}
	if o.state != Issued {
		return v, nil
	}
	i := o.issued
	v.sortCode, v.mark, v.bag = i.SortCode, i.Mark, i.Bag
	v.print, err = s.sealPrint(ctx, tx, waybill, i, "")
	return v, err
}

func (s *Service) sealPrint(ctx context.Context, tx *db.Tx, waybill id.ID, i logistics.Issued, parentNo string) ([]byte, error) {
	keys, err := s.k.Seal.KeysTx(ctx, tx, actor.Merchant(ctx))
	if err != nil {
		return nil, err
	}
	p := Print{QR: i.QR, Product: i.Product, Data: i.Print, Signature: i.Signature, Template: i.Template, ParentNo: parentNo}
	if p == (Print{}) {
		return nil, nil
	}
	b, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	return keys.Seal(place(waybill), b)
}

// followTx does what follows from a row's new state.
func (s *Service) followTx(ctx context.Context, tx *db.Tx, w Waybill, o outcome, state State) error {
	switch {
	case state == Issued && w.State == Cancelling: // the issuer keeps it
		code, _, _ := job.RowError(o.err)
		return s.k.Events.AppendTx(ctx, tx, aggregate(w), CancelRefused{Of: of(w), No: o.issued.No, Code: code})
	case state == Issued, state == Cancelling && o.state == Issued:
		n, err := s.piecesTx(ctx, tx, w, o, state)
		if err != nil {
			return err
		}
		if err := s.countTx(ctx, tx, w, n, 0); err != nil || state != Issued {
			return err
		}
		return s.k.Events.AppendTx(ctx, tx, aggregate(w), NumberIssued{Of: of(w), No: o.issued.No})
	case state == Failed:
		if _, err := s.piecesTx(ctx, tx, w, o, state); err != nil {
			return err
		}
		code, _, _ := job.RowError(o.err)
		return s.k.Events.AppendTx(ctx, tx, aggregate(w), NumberFailed{Of: of(w), Code: code})
	case state == Cancelled:
		if o.issued.No != "" && !o.spent {
			led, err := scanAll(ctx, tx, selectPieces, actor.Merchant(ctx), w.ID)
			if err != nil {
				return err
			}
			used, n := int64(0), 1+int64(len(led))
			if w.No == "" {
				used = n // a number that came unheard counts as used first
			}
			if err := s.countTx(ctx, tx, w, used, n); err != nil {
				return err
			}
		}
		return s.k.Events.AppendTx(ctx, tx, aggregate(w), NumberCancelled{Of: of(w), No: o.issued.No})
	}
	return nil
}

// piecesTx gives the further pieces their numbers, or the refusal they share. It returns
// how many numbers were used up.
func (s *Service) piecesTx(ctx context.Context, tx *db.Tx, w Waybill, o outcome, state State) (int64, error) {
	if w.Pieces < 2 {
		return 1, nil
	}
	m, now := actor.Merchant(ctx), clock.Millis(s.k.Clock)
	pieces, err := scanAll(ctx, tx, selectPieces, m, w.ID)
	if err != nil {
		return 0, err
	}
	used := int64(1)
	for i, p := range pieces {
		one := outcome{state: Failed, err: o.err}
		switch {
		case state != Issued && o.state == Issued:
			continue // given back with the number that leads
		case o.state == Issued && i < len(o.issued.Children):
			one = outcome{state: Issued, issued: o.issued}
			one.issued.No = o.issued.Children[i]
			used++
		case o.state == Issued:
			one.err = ErrFewer
		}
		v, err := s.values(ctx, tx, p.ID, one, w.ID)
		if err != nil {
			return 0, err
		}
		if one.state == Issued {
			if v.print, err = s.sealPrint(ctx, tx, p.ID, one.issued, o.issued.No); err != nil {
				return 0, err
			}
		}
		issuedAt := int64(0)
		if one.state == Issued {
			issuedAt = now
		}
		if _, err := tx.Exec(ctx, settlePiece, string(one.state), one.issued.No, v.sortCode, v.mark, v.bag, v.print, v.code, v.params, issuedAt, int64(0), m, p.ID); err != nil {
			return 0, err
		}
		if one.state == Issued {
			p.Attempts = w.Attempts
			if err := s.k.Events.AppendTx(ctx, tx, aggregate(p), NumberIssued{Of: of(p), No: one.issued.No}); err != nil {
				return 0, err
			}
		}
	}
	return used, nil
}

// china is the zone in which days are counted.
var china = time.FixedZone("CST", 8*3600)

func dayOf(ms int64) int64 {
	y, m, d := time.UnixMilli(ms).In(china).Date()
	return int64(y)*10000 + int64(m)*100 + int64(d)
}

// countTx books numbers used up or given back, by shop and day.
func (s *Service) countTx(ctx context.Context, tx *db.Tx, w Waybill, issued, cancelled int64) error {
	if _, err := tx.Exec(ctx, countUse, actor.Merchant(ctx), w.AccountID, w.ShopID, dayOf(clock.Millis(s.k.Clock)), issued, cancelled); err != nil {
		return err
	}
	return s.accounts.UseTx(ctx, tx, w.AccountID, issued-cancelled)
}

// localTx takes a number at hand, or puts one back. One that is on paper stays with its
// waybill: whoever scans that paper must not find another parcel.
func (s *Service) localTx(ctx context.Context, tx *db.Tx, a account.Account, w Waybill, o *outcome) error {
	m := actor.Merchant(ctx)
	var no string
	err := tx.QueryRow(ctx, selectHas, m, a.ID, w.ID).Scan(&no)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if o.state == Cancelled {
		o.issued.No = no
		if s.Papered != nil && no != "" {
			if o.spent, err = s.Papered(ctx, tx, w.ID); err != nil || o.spent {
				return err
			}
		}
		_, err := tx.Exec(ctx, giveNumber, m, a.ID, no, w.ID)
		return err
	}
	if no == "" {
		err := tx.QueryRow(ctx, selectFree, m, a.ID, 1).Scan(&no)
		if errors.Is(err, sql.ErrNoRows) {
			*o = outcome{state: Failed, err: ErrNoNumbers}
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, takeNumber, w.ID, m, a.ID, no); err != nil {
			return err
		}
	}
	o.issued = logistics.Issued{No: no}
	return nil
}
