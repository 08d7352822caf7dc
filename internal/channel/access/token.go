package access

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/shop"
)

const (
	renewFor    = minute           // how long one process has for a renewal
	renewEvery  = 30 * time.Second // how often the periodic job looks
	leastAhead  = 5 * minute       // renewed at the latest so long before the end
	mostAhead   = day
	warnAhead   = 7 * day
	urgentAhead = day
)

func (s *Service) register() {
	s.k.Jobs.Periodic("channel.renew_tokens", renewEvery, func(ctx context.Context, _ *job.Run) error { return s.RenewDue(ctx) })
}

// RenewDue renews the tokens of the acting merchant that end soon, and tells of
// consents that do. One shop's failure does not stop the others.
func (s *Service) RenewDue(ctx context.Context) error {
	rows, err := readRows(ctx, s.k.DB)
	if err != nil {
		return err
	}
	now := clock.Millis(s.k.Clock)
	for _, r := range rows {
		sh, err := s.shops.Get(ctx, r.shopID)
		if err != nil {
			return err
		}
		api, err := s.api(sh)
		if err != nil || api.OAuth == nil || !sh.Active || r.tokenVersion == 0 || len(r.tokens) == 0 {
			continue
		}
		if r.expiresAt != 0 && now >= r.expiresAt-ahead(r) && (api.OAuth.Refresh != nil || api.OAuth.Fetch != nil) {
			if err := s.renew(ctx, r.shopID, r.tokenVersion); err != nil && !errors.Is(err, ErrBusy) {
				s.k.Log.Warn("renewing an authorisation", "shop", r.shopID, "error", codeOf(err))
				if now >= r.expiresAt {
					s.note(ctx, r.shopID, Expired, channel.ErrTokenExpired.With("channel_code", "expires_at"))
				}
			}
		} else if r.expiresAt != 0 && now >= r.expiresAt {
			s.note(ctx, r.shopID, Expired, channel.ErrTokenExpired.With("channel_code", "expires_at"))
		}
		if err := s.warn(ctx, api, r, now); err != nil {
			return err
		}
	}
	_, err = s.sweepConsents(ctx, now)
	return err
}

// codeOf is what of an error may be logged: an answer's text might hold anything.
func codeOf(err error) string {
	if e := errs.As(err); e != nil {
		return e.Code
	}
	return "unexpected"
}

// ahead is how long before its end a token is renewed: a quarter of its life.
func ahead(r row) int64 {
	return min(max((r.expiresAt-r.tokenAt)/4, leastAhead), mostAhead)
}

// warn tells people once a week before, and once a day before, that a shop has to
// be authorised again.
func (s *Service) warn(ctx context.Context, api *channel.API, r row, now int64) error {
	at := r.consentAt(api)
	if at == 0 || now < at-warnAhead || now >= at {
		return nil
	}
	level := int64(7)
	if now >= at-urgentAhead {
		level = 1
	}
	if r.alarmed == level {
		return nil
	}
	return s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.ExecN(ctx, setAlarm, level, Expiring, now, actor.Merchant(ctx), r.shopID, level)
		if err != nil || n == 0 {
			return err
		}
		return s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "access", ID: r.shopID, Version: r.version},
			ExpiringSoon{ShopID: r.shopID, ExpiresAt: at, DaysLeft: (at - now) / day})
	})
}

// renew gets a new token in place of the version seen. One process does it at a
// time; the others learn that it is under way, or find it done.
//
// Errors: ErrBusy, channel.ErrTokenExpired where only a person can help, those of
// the channel.
func (s *Service) renew(ctx context.Context, shopID id.ID, seen int64) error {
	sh, err := s.shops.Get(ctx, shopID)
	if err != nil {
		return err
	}
	api, err := s.api(sh)
	if err != nil {
		return err
	}
	r, err := readRow(ctx, s.k.DB, shopID)
	if err != nil {
		return err
	}
	if r.tokenVersion != seen {
		return nil // somebody did
	}
	if api.OAuth == nil || api.OAuth.Refresh == nil && api.OAuth.Fetch == nil {
		return channel.ErrTokenExpired.With("channel_code", "none")
	}
	now := clock.Millis(s.k.Clock)
	var mine bool
	err = s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.ExecN(ctx, claimRenewal, now+renewFor, actor.Merchant(ctx), shopID, seen, now)
		mine = n == 1
		return err
	})
	if err != nil {
		return err
	}
	if !mine {
		return ErrBusy
	}
	got, err := s.ask(ctx, r, api)
	if err != nil {
		// The next try need not wait for the claim's end.
		_ = s.k.DB.InTx(context.WithoutCancel(ctx), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, freeRenewal, actor.Merchant(ctx), shopID, seen)
			return err
		})
		return err
	}
	// Some channels end the old token as they give the new one: it is written down
	// even when the caller has gone.
	return s.keep(context.WithoutCancel(ctx), shopID, seen, got)
}

// ask sends the renewal.
func (s *Service) ask(ctx context.Context, r row, api *channel.API) (channel.Token, error) {
	a, err := s.opened(ctx, api, r, s.http)
	if err != nil {
		return channel.Token{}, err
	}
	if api.OAuth.Refresh != nil && a.Token.Refresh != "" {
		t, err := api.OAuth.Refresh(ctx, a)
		if err == nil || api.OAuth.Fetch == nil {
			return t, err
		}
	}
	if api.OAuth.Fetch == nil {
		return channel.Token{}, channel.ErrTokenExpired.With("channel_code", "refresh")
	}
	return api.OAuth.Fetch(ctx, a)
}

// keep stores a token in place of the version seen.
func (s *Service) keep(ctx context.Context, shopID id.ID, seen int64, t channel.Token) error {
	now := clock.Millis(s.k.Clock)
	sealed, err := s.seal(ctx, "tokens", shopID, t)
	if err != nil {
		return err
	}
	return s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := readRow(ctx, tx, shopID)
		if err != nil {
			return err
		}
		account := t.Account
		if account == "" {
			account = r.account
		}
		n, err := tx.ExecN(ctx, saveToken, sealed, account, now, t.ExpiresAt, t.RefreshExpiresAt, now, actor.Merchant(ctx), shopID, seen)
		if err != nil || n == 0 {
			return err // a newer token is there
		}
		if r.state == OK {
			return nil
		}
		return s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "access", ID: shopID, Version: r.version + 1}, Restored{ShopID: shopID})
	})
}

func (s *Service) setState(ctx context.Context, shopID id.ID, state string, cause error) error {
	code, params := "", ""
	if e := errs.As(cause); e != nil {
		code = e.Code
		if b, err := json.Marshal(e.Params); err == nil && len(e.Params) > 0 {
			params = string(b)
		}
	}
	return s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := readRow(ctx, tx, shopID)
		if err != nil {
			return err
		}
		n, err := tx.ExecN(ctx, setState, state, code, params, clock.Millis(s.k.Clock), actor.Merchant(ctx), shopID, state, code)
		if err != nil || n == 0 || r.state == state {
			return err
		}
		of := event.Of{Aggregate: "access", ID: shopID, Version: r.version}
		if state == OK {
			return s.k.Events.AppendTx(ctx, tx, of, Restored{ShopID: shopID})
		}
		return s.k.Events.AppendTx(ctx, tx, of, Lost{ShopID: shopID, State: state, Code: code})
	})
}

func (s *Service) sweepConsents(ctx context.Context, now int64) (n int64, err error) {
	err = s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err = tx.ExecN(ctx, sweepConsents, actor.Merchant(ctx), now)
		return err
	})
	return n, err
}

// Shops lists the active shops that are pulled: those of the acting merchant in API
// mode with access.
func (s *Service) Shops(ctx context.Context) ([]shop.Shop, error) {
	rows, err := readRows(ctx, s.k.DB)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	has := map[id.ID]bool{}
	for _, r := range rows {
		has[r.shopID] = true
	}
	all, err := s.shops.List(ctx)
	var out []shop.Shop
	for _, sh := range all {
		if has[sh.ID] && sh.Active && sh.Mode == shop.ModeAPI {
			out = append(out, sh)
		}
	}
	return out, err
}
