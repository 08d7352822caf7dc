package waybill

import (
	"context"
	"errors"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
)

// issuer opens what issues an account's numbers; nil for numbers at hand.
func (s *Service) issuer(ctx context.Context, a account.Account) (Issuer, error) {
	switch a.Kind {
	case account.Carrier:
		c, m, err := s.accounts.Client(ctx, a.ID)
		if err != nil {
			return nil, err
		}
		return direct{c, m}, nil
	case account.Channel:
		if !a.Enabled {
			return nil, account.ErrOff
		}
		return s.doors(ctx, a)
	}
	return nil, nil
}

// direct is a carrier spoken to under the merchant's own contract.
type direct struct {
	logistics.Client
	m logistics.Manifest
}

func (d direct) Cancel(ctx context.Context, g Given) error { return d.Client.Cancel(ctx, g.Key, g.No) }

func (d direct) Balances(ctx context.Context) ([]logistics.Balance, error) {
	b, ok := d.Client.(logistics.Balancer)
	if !ok {
		return nil, logistics.ErrUnsupported
	}
	return b.Balances(ctx)
}

func (d direct) Traits() Traits { return Traits{AtOnce: d.m.AtOnce, MaxPieces: d.m.MaxPieces} }

// sweep gives every account that has rows to ask for a job.
func (s *Service) sweep(ctx context.Context, r *job.Run) error {
	return r.Advance(ctx, func(ctx context.Context, tx *db.Tx) (job.Step, error) {
		var open []id.ID
		err := db.Read(ctx, tx, selectOpen, []any{r.Job.MerchantID}, func(row *db.Row) { open = append(open, id.ID(row.Int())) })
		if err != nil {
			return job.Step{}, err
		}
		for _, one := range open {
			if err := s.wakeTx(ctx, tx, one, 0); err != nil {
				return job.Step{}, err
			}
		}
		return job.Step{}, nil
	})
}

// balances asks what is left at every account.
func (s *Service) balances(ctx context.Context, r *job.Run) error {
	all, err := s.accounts.ListTx(ctx, s.k.DB)
	if err != nil {
		return err
	}
	for _, a := range all {
		if !a.Enabled || a.Kind == account.Numbers || ctx.Err() != nil {
			continue
		}
		if err := s.RefreshBalance(ctx, a.ID); err != nil && ctx.Err() == nil && !errors.Is(err, logistics.ErrUnsupported) {
			s.k.Log.Warn("waybill balance", "account", a.ID, "error", err)
		}
	}
	return ctx.Err()
}

// RefreshBalance asks an account's issuer how many waybills are left at its branch
// (查询单号余额). For the product itself.
//
// Errors: account.ErrNotFound, account.ErrOff, logistics.ErrUnsupported, those of Issuer.
func (s *Service) RefreshBalance(ctx context.Context, accountID id.ID) error {
	_, err := s.refresh(ctx, accountID)
	return err
}

// Branches asks an account's issuer for the branches where it may be served and what is
// left at each (网点与单号余额), and keeps the balance of the account's own. For numbers at
// hand there are none. Permission logistics.edit.
//
// Errors: account.ErrNotFound, account.ErrOff, logistics.ErrUnsupported, those of Issuer.
func (s *Service) Branches(ctx context.Context, accountID id.ID) ([]logistics.Balance, error) {
	if err := actor.Require(ctx, logistics.PermitEdit); err != nil {
		return nil, err
	}
	return s.refresh(ctx, accountID)
}

func (s *Service) refresh(ctx context.Context, accountID id.ID) ([]logistics.Balance, error) {
	a, err := s.accounts.GetTx(ctx, s.k.DB, accountID)
	if err != nil {
		return nil, err
	}
	left, name, branches := int64(-1), "", []logistics.Balance(nil)
	if a.Kind == account.Numbers {
		err = s.k.DB.QueryRow(ctx, countFree, actor.Merchant(ctx), a.ID).Scan(&left)
	} else if branches, err = s.askBranches(ctx, a); err == nil {
		left, name = ownBranch(a, branches)
	}
	if err != nil {
		return nil, err
	}
	return branches, s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return s.accounts.SetBalanceTx(ctx, tx, a.ID, left, name) })
}

func (s *Service) askBranches(ctx context.Context, a account.Account) ([]logistics.Balance, error) {
	i, err := s.issuer(ctx, a)
	if err != nil {
		return nil, err
	}
	return i.Balances(ctx)
}

// ownBranch is what is left at the branch an account uses, and its name.
func ownBranch(a account.Account, branches []logistics.Balance) (int64, string) {
	for _, b := range branches {
		if b.Carrier == a.Carrier && (b.Branch == a.Branch || a.Branch == "" && len(branches) == 1) {
			return b.Left, b.BranchName
		}
	}
	return -1, ""
}

// Test tries an account as it is used (测试连接): a carrier's own interface by the cheapest
// question that needs every credential, a channel's by asking for the branches.
// Permission logistics.edit.
//
// Errors: account.ErrNotFound, account.ErrCarrier for numbers at hand. What the other
// side says is in the report.
func (s *Service) Test(ctx context.Context, accountID id.ID) (account.Report, error) {
	return s.accounts.Test(ctx, accountID, func(ctx context.Context, a account.Account) error {
		_, err := s.askBranches(ctx, a)
		return err
	})
}
