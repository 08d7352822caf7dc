package access

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"net/url"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

const consentFor = 10 * minute

func stateDigest(state string) []byte {
	d := sha256.Sum256([]byte("consent\n" + state))
	return d[:]
}

// Consent is where a person agrees, and until when that counts.
type Consent struct {
	URL       string
	ExpiresAt int64
}

// StartConsent begins an authorisation (授权): the person opens the URL, agrees on
// the channel's page and comes back to redirect, or copies the code from there.
// Permission channel.edit.
//
// Errors: shop.ErrNotFound, ErrNotFound, ErrNoAPI, ErrNoConsent, ErrRedirect, and
// channel.ErrCredentials.
func (s *Service) StartConsent(ctx context.Context, shopID id.ID, redirect string) (Consent, error) {
	if err := actor.Require(ctx, "channel.edit"); err != nil {
		return Consent{}, err
	}
	who, err := actor.From(ctx)
	if err != nil {
		return Consent{}, err
	}
	if u, err := url.Parse(redirect); err != nil || redirect != "" && (u.Scheme != "https" && u.Scheme != "http" || u.Host == "") || len(redirect) > 500 {
		return Consent{}, ErrRedirect.At("redirect_url")
	}
	a, api, err := s.consenting(ctx, shopID)
	if err != nil {
		return Consent{}, err
	}
	state, err := s.secretText()
	if err != nil {
		return Consent{}, err
	}
	out := Consent{ExpiresAt: clock.Millis(s.k.Clock) + consentFor}
	if out.URL, err = api.OAuth.AuthorizeURL(a, state, redirect); err != nil {
		return Consent{}, err
	}
	return out, s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, insertConsent, who.MerchantID, stateDigest(state), shopID, who.ID, redirect, out.ExpiresAt)
		return err
	})
}

// consenting is what speaks for a shop whose channel asks a person.
func (s *Service) consenting(ctx context.Context, shopID id.ID) (channel.Access, *channel.API, error) {
	sh, err := s.shops.Get(ctx, shopID)
	if err != nil {
		return channel.Access{}, nil, err
	}
	api, err := s.api(sh)
	if err != nil {
		return channel.Access{}, nil, err
	}
	if api.OAuth == nil || api.OAuth.AuthorizeURL == nil || api.OAuth.Exchange == nil {
		return channel.Access{}, nil, ErrNoConsent
	}
	r, err := readRow(ctx, s.k.DB, shopID)
	if err != nil {
		return channel.Access{}, nil, err
	}
	a, err := s.opened(ctx, api, r, s.http)
	return a, api, err
}

// FinishConsent ends an authorisation with the code that the channel gave, once,
// within ten minutes, and for the person who began it. Where the shop was
// authorised before, another shop's account is refused. Permission channel.edit.
//
// Errors: ErrState, ErrOtherShop, ErrNoConsent, and those of the channel.
func (s *Service) FinishConsent(ctx context.Context, state, code string) (View, error) {
	if err := actor.Require(ctx, "channel.edit"); err != nil {
		return View{}, err
	}
	shopID, redirect, err := s.takeConsent(ctx, state)
	if err != nil {
		return View{}, err
	}
	a, api, err := s.consenting(ctx, shopID)
	if err != nil {
		return View{}, err
	}
	r, err := readRow(ctx, s.k.DB, shopID)
	if err != nil {
		return View{}, err
	}
	t, err := api.OAuth.Exchange(ctx, a, code, redirect)
	if err != nil {
		return View{}, err
	}
	if r.account != "" && t.Account != "" && r.account != t.Account {
		return View{}, ErrOtherShop.With("account", t.Account)
	}
	about := &command.About{Action: "access.authorise", Object: "shop/" + shopID.String()}
	if err := s.keep(context.WithoutCancel(ctx), shopID, r.tokenVersion, t); err != nil {
		return View{}, err
	}
	// The token is kept whatever happens; the trail follows it.
	if _, err := command.Run(ctx, s.k.Commands, about, shopID, func(context.Context, *db.Tx) (int64, error) { return 1, nil }); err != nil {
		return View{}, err
	}
	return s.Get(ctx, shopID)
}

// takeConsent uses a state up.
func (s *Service) takeConsent(ctx context.Context, state string) (shopID id.ID, redirect string, err error) {
	who, err := actor.From(ctx)
	if err != nil {
		return 0, "", err
	}
	d := stateDigest(state)
	now := clock.Millis(s.k.Clock)
	var valid bool
	err = s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var user id.ID
		var until int64
		valid = false
		err := tx.QueryRow(ctx, selectConsent, who.MerchantID, d).Scan(&shopID, &user, &redirect, &until)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if user != who.ID {
			return nil // another person's: it stays theirs
		}
		n, err := tx.ExecN(ctx, deleteConsent, who.MerchantID, d)
		valid = n == 1 && now < until
		return err
	})
	if err == nil && !valid {
		err = ErrState.At("state")
	}
	return shopID, redirect, err
}
