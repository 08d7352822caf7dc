package waybill

import (
	"context"
	"errors"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
)

// Updater changes what an issued waybill says (更新面单); the number stays, and the last
// change wins, so asking again does no harm. Errors: those of Issuer.Issue, and
// logistics.ErrUnsupported where this issuer changes nothing.
type Updater interface {
	Update(ctx context.Context, g Given, r logistics.Request) (logistics.Issued, error)
}

// Update lets the live waybills of a fulfillment order go with its content as it stands
// now (内容变更后更新面单), where their issuer changes issued ones; a number at hand says
// nothing of the content and only takes over its version. It returns whether anything had
// to change. For use cases above, which require waybill.issue; outside of transactions.
//
// Errors: ErrNotIssued, logistics.ErrUnsupported where a new number is the only way,
// account.ErrOff, those of Updater and of the content.
func (s *Service) Update(ctx context.Context, fulfillment id.ID) (bool, error) {
	all, err := s.Of(ctx, s.k.DB, []id.ID{fulfillment})
	if err != nil {
		return false, err
	}
	list := all[fulfillment]
	if len(list) == 0 {
		return false, ErrNotIssued
	}
	contents, err := s.resolve(ctx, list)
	if err != nil {
		return false, err
	}
	changed := false
	for i, w := range list {
		switch c := contents[i]; {
		case w.State != Issued:
			return changed, ErrNotIssued
		case c.Err != nil:
			return changed, c.Err
		case c.Version == w.Version:
			continue
		}
		if err := s.updateOne(ctx, w, contents[i]); err != nil {
			return changed, err
		}
		changed = true
	}
	return changed, nil
}

func (s *Service) updateOne(ctx context.Context, w Waybill, c Content) error {
	a, err := s.accounts.GetTx(ctx, s.k.DB, w.AccountID)
	if err != nil {
		return err
	}
	if a.Kind == account.Numbers {
		return s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, takeOver, c.Version, actor.Merchant(ctx), w.ID, w.Version)
			return err
		})
	}
	if err := c.refused(a); err != nil {
		return err
	}
	issuer, err := s.issuer(ctx, a)
	if err != nil {
		return err
	}
	u, ok := issuer.(Updater)
	if !ok {
		return logistics.ErrUnsupported
	}
	r := c.Request
	r.Key, r.ShopID, r.Carrier, r.Branch, r.Product, r.Pieces, r.Template = w.Key, w.ShopID, w.Carrier, a.Branch, w.Product, 1, w.Template
	if r.Sender == (logistics.Party{}) {
		if r.Sender, err = s.accounts.SenderTx(ctx, s.k.DB, a.ID); err != nil && !errors.Is(err, account.ErrUnsealed) {
			return err
		}
	}
	got, err := u.Update(ctx, given(w), r)
	if err != nil {
		return err
	}
	return s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		v, err := s.values(ctx, tx, w.ID, outcome{state: Issued, issued: got}, w.ParentID)
		if err != nil {
			return err
		}
		n, err := tx.ExecN(ctx, renew, c.Version, v.sortCode, v.sortCode, v.mark, v.mark, v.bag, v.bag, got.Template, got.Template, v.print, actor.Merchant(ctx), w.ID, w.Version)
		if err != nil || n == 0 { // given back or renewed meanwhile: that stands
			return err
		}
		w.Version = c.Version
		return s.k.Events.AppendTx(ctx, tx, aggregate(w), NumberUpdated{Of: of(w), No: w.No})
	})
}
