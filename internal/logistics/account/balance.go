package account

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics"
)

// SetBalanceTx writes how many waybills an account has left as its issuer tells it, -1
// where it keeps no count, and warns once when few are left (单号余额预警).
func (s *Service) SetBalanceTx(ctx context.Context, tx *db.Tx, account id.ID, left int64, branchName string) error {
	if _, err := tx.Exec(ctx, setBalance, max(left, -1), clock.Millis(s.k.Clock), branchName, branchName, actor.Merchant(ctx), account); err != nil {
		return err
	}
	return s.alarmTx(ctx, tx, account)
}

// UseTx takes n waybills off an account's known balance; a negative n gives back.
func (s *Service) UseTx(ctx context.Context, tx *db.Tx, account id.ID, n int64) error {
	if _, err := tx.Exec(ctx, useBalance, n, n, actor.Merchant(ctx), account); err != nil {
		return err
	}
	return s.alarmTx(ctx, tx, account)
}

// alarmTx warns once when the balance falls to the threshold, and again after it rose.
func (s *Service) alarmTx(ctx context.Context, tx *db.Tx, account id.ID) error {
	m := actor.Merchant(ctx)
	if _, err := tx.Exec(ctx, calm, m, account); err != nil {
		return err
	}
	n, err := tx.ExecN(ctx, alarm, m, account)
	if err != nil || n == 0 {
		return err
	}
	a, err := s.read(ctx, tx, account)
	if err != nil {
		return err
	}
	return s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "carrier_account", ID: account, Version: a.Version},
		BalanceLow{AccountID: account, Carrier: a.Carrier, Branch: a.Branch, Left: a.Balance, LowAt: a.LowAt})
}

// longestPause bounds how long an account that does not answer is left alone, ms.
const longestPause int64 = 10 * 60 * 1000

// Told tells what a call with the account came to, outside of any transaction. A
// throttle, a refusal of the credentials and silence pause the account, so that it
// holds up no other; a refusal is remembered and shown. nil ends all that.
func (s *Service) Told(ctx context.Context, account id.ID, cause error) error {
	m, now := actor.Merchant(ctx), clock.Millis(s.k.Clock)
	return s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, err := s.read(ctx, tx, account)
		if err != nil {
			return err
		}
		state, code, until := a.State, a.ErrorCode, int64(0)
		e := errs.As(cause)
		switch {
		case errors.Is(cause, logistics.ErrThrottled):
			retry, _ := e.Params["retry_ms"].(int64)
			until = now + max(retry, 1000)
		case errors.Is(cause, logistics.ErrSignature), errors.Is(cause, logistics.ErrCredentials), errors.Is(cause, logistics.ErrIPNotListed), errors.Is(cause, logistics.ErrClock),
			errors.Is(cause, ErrUnsealed):
			state, code, until = Denied, e.Code, now+60_000
		case errors.Is(cause, logistics.ErrUnavailable), errors.Is(cause, logistics.ErrUnknownOutcome), errors.Is(cause, logistics.ErrAnswer), cause != nil && e == nil:
			until = now + min(longestPause, int64(1000)<<min(a.trouble, 10))
		default: // an answer, if only a refusal of one parcel
			if state != OK || code != "" {
				state, code = OK, ""
			}
			if _, err := tx.Exec(ctx, endTrial, m, account); err != nil {
				return err
			}
		}
		if until > 0 {
			if _, err := tx.Exec(ctx, setTrial, until, m, account, until); err != nil {
				return err
			}
		}
		return s.stateTx(ctx, tx, a, state, code, e)
	})
}

func (s *Service) stateTx(ctx context.Context, tx *db.Tx, a row, state State, code string, e *errs.Error) error {
	params := ""
	if code != "" && e != nil && len(e.Params) > 0 {
		b, err := json.Marshal(e.Params)
		if err != nil {
			return err
		}
		params = string(b)
	}
	n, err := tx.ExecN(ctx, setState, string(state), code, params, actor.Merchant(ctx), a.ID, string(state), code)
	if err != nil || n == 0 || state == a.State {
		return err
	}
	of := event.Of{Aggregate: "carrier_account", ID: a.ID, Version: a.Version}
	switch {
	case state == Denied:
		return s.k.Events.AppendTx(ctx, tx, of, Refused{AccountID: a.ID, Code: code})
	case a.State == Denied:
		return s.k.Events.AppendTx(ctx, tx, of, Restored{AccountID: a.ID})
	}
	return nil
}
