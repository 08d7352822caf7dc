package access

import (
	"context"
	"errors"
	"sync"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/httpx"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/shop"
)

// Line is an open line to a shop's channel.
type Line struct {
	channel.Client
	Shop   shop.Shop
	Limits channel.Limits
	Tuning Tuning
	// App is whose limits the calls count against; Account is the shop as the
	// channel names it.
	App     int64
	Account string

	tokenVersion int64
}

// Open returns a client for a shop with its present token. Where a token comes
// from the credentials alone and there is none, or it has ended, one is fetched
// first. It acts for the product: who may ask is the caller's to know.
//
// Errors: ErrNotFound, ErrNoAPI, ErrUnsealed, channel.ErrCredentials,
// channel.ErrTokenExpired where only a person can help, and those of a fetch.
func (s *Service) Open(ctx context.Context, shopID id.ID) (*Line, error) {
	l, r, api, err := s.line(ctx, shopID, s.http)
	if err != nil {
		return nil, err
	}
	if api.OAuth == nil {
		return l, nil
	}
	now := clock.Millis(s.k.Clock)
	none := r.tokenVersion == 0 || len(r.tokens) == 0
	if !none && (r.expiresAt == 0 || now < r.expiresAt) {
		return l, nil
	}
	if none && api.OAuth.Fetch == nil {
		return nil, channel.ErrTokenExpired.With("channel_code", "none")
	}
	if err := s.renew(ctx, shopID, r.tokenVersion); err != nil {
		return nil, err
	}
	l, _, _, err = s.line(ctx, shopID, s.http)
	return l, err
}

// line opens a client with what is stored.
func (s *Service) line(ctx context.Context, shopID id.ID, hc *httpx.Client) (*Line, row, *channel.API, error) {
	sh, err := s.shops.Get(ctx, shopID)
	if err != nil {
		return nil, row{}, nil, err
	}
	api, err := s.api(sh)
	if err != nil {
		return nil, row{}, nil, err
	}
	r, err := readRow(ctx, s.k.DB, shopID)
	if err != nil {
		return nil, r, api, err
	}
	a, err := s.opened(ctx, api, r, hc)
	if err != nil {
		return nil, r, api, err
	}
	c, err := api.Open(a)
	if err != nil {
		return nil, r, api, err
	}
	t, err := readTuning(r.tuning, api.Limits)
	return &Line{Client: c, Shop: sh, Limits: api.Limits, Tuning: t, App: r.app, Account: r.account, tokenVersion: r.tokenVersion}, r, api, err
}

// opened unseals what a client needs.
func (s *Service) opened(ctx context.Context, api *channel.API, r row, hc *httpx.Client) (channel.Access, error) {
	a := channel.Access{HTTP: hc, Clock: s.k.Clock, BaseURL: r.baseURL, Credentials: map[string]string{}}
	if a.BaseURL == "" {
		a.BaseURL = api.BaseURL
	}
	if err := s.open(ctx, "credentials", r.shopID, r.credentials, &a.Credentials); err != nil {
		return a, err
	}
	return a, s.open(ctx, "tokens", r.shopID, r.tokens, &a.Token)
}

// Failed tells what a call with the line came to: an ended token is renewed where
// that needs no person, and a refusal is remembered and shown. again says that the
// call may be repeated on a line opened anew.
func (s *Service) Failed(ctx context.Context, l *Line, cause error) (again bool) {
	switch {
	case cause == nil:
		return false
	case errors.Is(cause, channel.ErrTokenExpired):
		// Calls side by side learn of the end together: the first renews, the others
		// find it done.
		one, _ := s.renewing.LoadOrStore(l.Shop.ID, &sync.Mutex{})
		one.(*sync.Mutex).Lock()
		err := s.renew(ctx, l.Shop.ID, l.tokenVersion)
		one.(*sync.Mutex).Unlock()
		if err == nil {
			return true
		}
		if !errors.Is(err, ErrBusy) && ctx.Err() == nil {
			s.note(ctx, l.Shop.ID, Expired, cause)
		}
	case errors.Is(cause, channel.ErrSignature), errors.Is(cause, channel.ErrClock), errors.Is(cause, channel.ErrIPNotListed),
		errors.Is(cause, channel.ErrCredentials), errors.Is(cause, httpx.ErrPrivate):
		// A right that is missing concerns one call, and shows with its stream.
		s.note(ctx, l.Shop.ID, Refused, cause)
	}
	return false
}

// Works remembers that the channel took a call, where it was thought not to.
func (s *Service) Works(ctx context.Context, shopID id.ID) {
	r, err := readRow(ctx, s.k.DB, shopID)
	if err == nil && (r.state == Refused || r.state == Expired) {
		s.note(ctx, shopID, OK, nil)
	}
}

// note writes the state of a shop's access, with an event when it is lost or found.
func (s *Service) note(ctx context.Context, shopID id.ID, state string, cause error) {
	if err := s.setState(ctx, shopID, state, cause); err != nil && ctx.Err() == nil {
		s.k.Log.Warn("state of a shop's access", "merchant", actor.Merchant(ctx), "shop", shopID, "error", errs.As(err))
	}
}

// Offline is Open for what sends nothing: reading a push or a raw order. No token
// is asked for.
//
// Errors: shop.ErrNotFound, ErrNotFound, ErrNoAPI, ErrUnsealed, channel.ErrCredentials.
func (s *Service) Offline(ctx context.Context, shopID id.ID) (*Line, error) {
	l, _, _, err := s.line(ctx, shopID, s.http)
	return l, err
}

// App is whose limits a shop's calls count against, and those limits.
//
// Errors: shop.ErrNotFound, ErrNotFound, ErrNoAPI.
func (s *Service) App(ctx context.Context, shopID id.ID) (int64, channel.Limits, error) {
	sh, err := s.shops.Get(ctx, shopID)
	if err != nil {
		return 0, channel.Limits{}, err
	}
	api, err := s.api(sh)
	if err != nil {
		return 0, channel.Limits{}, err
	}
	r, err := readRow(ctx, s.k.DB, shopID)
	return r.app, api.Limits, err
}
