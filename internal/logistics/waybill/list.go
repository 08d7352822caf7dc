package waybill

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
)

// Filter narrows List; empty fields do not.
type Filter struct {
	State     State
	AccountID id.ID
	// No finds a number, whoever issued it.
	No            string
	FulfillmentID id.ID
	Cursor        string
	Limit         int
}

// List lists waybills, the newest first, and the next cursor. Permission logistics.read.
//
// Errors: page.ErrCursor.
func (s *Service) List(ctx context.Context, f Filter) ([]Waybill, string, error) {
	if err := actor.Require(ctx, logistics.PermitRead); err != nil {
		return nil, "", err
	}
	var before id.ID
	if err := page.Decode(f.Cursor, &before); err != nil {
		return nil, "", err
	}
	args := []any{actor.Merchant(ctx)}
	if f.State != "" {
		args = append(args, string(f.State))
	}
	if f.AccountID != 0 {
		args = append(args, f.AccountID)
	}
	if f.No = logistics.Clean(f.No); f.No != "" {
		args = append(args, f.No)
	}
	if f.FulfillmentID != 0 {
		args = append(args, f.FulfillmentID)
	}
	if f.Cursor != "" {
		args = append(args, before)
	}
	limit := page.Limit(f.Limit)
	out, err := scanAll(ctx, s.k.DB, listSQL(f), append(args, limit+1)...)
	if err != nil {
		return nil, "", err
	}
	out, next := page.Cut(out, limit, func(w Waybill) string { return page.Encode(w.ID) })
	return out, next, nil
}

// Use is how many numbers a shop used of an account on a day of China time (20261122).
type Use struct {
	AccountID         id.ID
	ShopID            id.ID
	Day               int64
	Issued, Cancelled int64
}

// Uses tells who used an account's numbers between two days, both included (单号使用明细).
// Permission logistics.read.
func (s *Service) Uses(ctx context.Context, accountID id.ID, from, to int64) (out []Use, err error) {
	if err := actor.Require(ctx, logistics.PermitRead); err != nil {
		return nil, err
	}
	err = db.Read(ctx, s.k.DB, selectUse, []any{actor.Merchant(ctx), accountID, from, to}, func(r *db.Row) {
		out = append(out, Use{AccountID: id.ID(r.Int()), ShopID: id.ID(r.Int()), Day: r.Int(), Issued: r.Int(), Cancelled: r.Int()})
	})
	return out, err
}

// maxNumbers bounds one addition.
const maxNumbers = 20_000

// AddNumbersInput are numbers for an account of kind Numbers.
type AddNumbersInput struct {
	AccountID id.ID    `json:"account_id"`
	Numbers   []string `json:"numbers"`
	// Confirm takes numbers that do not look like the carrier's.
	Confirm bool `json:"confirm"`
}

// AddNumbers adds numbers at hand (录入号段), each to be used once. It returns how many were
// added. Permission logistics.edit.
//
// Errors: account.ErrNotFound, account.ErrKind, ErrBadNumber naming the first, ErrKnown
// where all were added before.
func (s *Service) AddNumbers(ctx context.Context, in AddNumbersInput) (int64, error) {
	if err := actor.Require(ctx, logistics.PermitEdit); err != nil {
		return 0, err
	}
	about := &command.About{Action: "waybill.add_numbers", Object: "carrier_account/" + in.AccountID.String(), Detail: map[string]any{"count": len(in.Numbers)}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (int64, error) {
		a, err := s.accounts.GetTx(ctx, tx, in.AccountID)
		if err != nil {
			return 0, err
		}
		if a.Kind != account.Numbers || len(in.Numbers) == 0 || len(in.Numbers) > maxNumbers {
			return 0, account.ErrKind.At("numbers")
		}
		m, now := actor.Merchant(ctx), clock.Millis(s.k.Clock)
		rows := make([][]any, len(in.Numbers))
		for i, raw := range in.Numbers {
			no := logistics.Clean(raw)
			if v := logistics.CheckWaybill(a.Carrier, no); no == "" || v == logistics.Wrong && !in.Confirm {
				return 0, ErrBadNumber.With("no", raw).At("numbers")
			}
			rows[i] = []any{m, a.ID, no, now}
		}
		n, err := tx.Insert(ctx, "logistics_number", numberColumns, rows, insertNumber)
		if err != nil {
			return 0, err
		}
		if n == 0 {
			return 0, ErrKnown.With("n", len(in.Numbers))
		}
		var free int64
		if err := tx.QueryRow(ctx, countFree, m, a.ID).Scan(&free); err != nil {
			return 0, err
		}
		return n, s.accounts.SetBalanceTx(ctx, tx, a.ID, free, "")
	})
}
