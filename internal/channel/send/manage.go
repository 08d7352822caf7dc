package send

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/shop"
)

// Filter narrows List; empty fields do not.
type Filter struct {
	State   State
	ShopID  id.ID
	OrderID id.ID
	Cursor  string
	Limit   int
}

// List returns effects of the shops the actor may see, the newest first, and the
// next cursor. Permission channel.read.
//
// Errors: page.ErrCursor, shop.ErrNotFound.
func (s *Service) List(ctx context.Context, f Filter) ([]Effect, string, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, "", err
	}
	if err := actor.Require(ctx, PermitRead); err != nil {
		return nil, "", err
	}
	var before id.ID
	if err := page.Decode(f.Cursor, &before); err != nil {
		return nil, "", err
	}
	scope, narrowed := a.Scoped(shop.Scope)
	if f.ShopID != 0 {
		if !a.InScope(shop.Scope, f.ShopID) {
			return nil, "", shop.ErrNotFound
		}
		scope, narrowed = []id.ID{f.ShopID}, true
	}
	if narrowed && len(scope) == 0 {
		return nil, "", nil
	}
	args := []any{a.MerchantID}
	if f.State != "" {
		args = append(args, string(f.State))
	}
	for _, one := range scope {
		args = append(args, one)
	}
	if f.OrderID != 0 {
		args = append(args, f.OrderID)
	}
	if f.Cursor != "" {
		args = append(args, before)
	}
	limit := page.Limit(f.Limit)
	out, err := s.effects(ctx, listSQL(f.State != "", len(scope), f.OrderID != 0, f.Cursor != ""), append(args, limit+1)...)
	if err != nil {
		return nil, "", err
	}
	out, next := page.Cut(out, limit, func(e Effect) string { return page.Encode(e.ID) })
	return out, next, nil
}

// Retry sends a refused or uncertain effect again, at once. The channel is asked
// first what it has. Permission channel.sync.
//
// Errors: ErrNotFound, ErrNotOpen.
func (s *Service) Retry(ctx context.Context, effect id.ID) (Effect, error) {
	return s.move(ctx, effect, "channel.retry_effect", retryEffect)
}

// Drop ends an effect that is no longer wanted. Permission channel.sync.
//
// Errors: ErrNotFound, ErrNotOpen.
func (s *Service) Drop(ctx context.Context, effect id.ID) (Effect, error) {
	return s.move(ctx, effect, "channel.drop_effect", dropEffect)
}

func (s *Service) move(ctx context.Context, effect id.ID, action, statement string) (Effect, error) {
	if err := actor.Require(ctx, PermitSync); err != nil {
		return Effect{}, err
	}
	return command.Run(ctx, s.k.Commands, &command.About{Action: action, Object: "effect/" + effect.String()}, effect,
		func(ctx context.Context, tx *db.Tx) (Effect, error) {
			if _, err := s.get(ctx, tx, effect); err != nil {
				return Effect{}, err
			}
			n, err := tx.ExecN(ctx, statement, clock.Millis(s.k.Clock), actor.Merchant(ctx), effect)
			if err != nil {
				return Effect{}, err
			}
			if n == 0 {
				return Effect{}, ErrNotOpen
			}
			tx.AfterCommit(s.Wake)
			e, err := s.get(ctx, tx, effect)
			if err == nil {
				err = s.holdTx(ctx, tx, e, e.State, "")
			}
			if err == nil && e.State == Dropped {
				err = s.toldTx(ctx, tx, e, e.State)
			}
			return e, err
		})
}

// tellTx appends the event of an effect that ended, for timelines, alarms and live
// pages.
func (s *Service) tellTx(ctx context.Context, tx *db.Tx, e Effect, o outcome, code string) error {
	if o.state == Waiting || o.state == Sending {
		return nil
	}
	if err := s.holdTx(ctx, tx, e, o.state, code); err != nil {
		return err
	}
	if err := s.toldTx(ctx, tx, e, o.state); err != nil {
		return err
	}
	of := event.Of{Aggregate: "order", ID: e.OrderID}
	if e.OrderID == 0 {
		of = event.Of{Aggregate: "shop", ID: e.ShopID}
	}
	if o.state == Done {
		return s.k.Events.AppendTx(ctx, tx, of, EffectDone{EffectID: e.ID, ShopID: e.ShopID, Kind: e.Kind})
	}
	if o.state == Dropped {
		return nil
	}
	return s.k.Events.AppendTx(ctx, tx, of, EffectFailed{EffectID: e.ID, ShopID: e.ShopID, Kind: e.Kind, State: o.state, Code: code})
}

// Backlog is what a shop's effects wait for.
type Backlog struct {
	ShopID                      id.ID
	Waiting, Refused, Uncertain int64
	OldestAt                    int64 // of those waiting, unix milliseconds, 0 for none
	StaleListings               int64
	StaleSince                  int64
}

// Backlogs counts what is open, by shop, for the shops the actor may see.
func (s *Service) Backlogs(ctx context.Context) (map[id.ID]Backlog, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	out := map[id.ID]Backlog{}
	for row := range db.Each(ctx, s.k.DB, countStates, a.MerchantID) {
		var shopID id.ID
		var state State
		var n, oldest int64
		if err := row.Scan(&shopID, &state, &n, &oldest); err != nil {
			return nil, err
		}
		b := out[shopID]
		b.ShopID = shopID
		switch state {
		case Refused:
			b.Refused += n
		case Uncertain:
			b.Uncertain += n
		default:
			if b.Waiting += n; b.OldestAt == 0 || oldest < b.OldestAt {
				b.OldestAt = oldest
			}
		}
		out[shopID] = b
	}
	if err := s.stale(ctx, a.MerchantID, out); err != nil {
		return nil, err
	}
	for shopID := range out {
		if !a.InScope(shop.Scope, shopID) {
			delete(out, shopID)
		}
	}
	return out, nil
}

func (s *Service) stale(ctx context.Context, m id.ID, out map[id.ID]Backlog) error {
	for row := range db.Each(ctx, s.k.DB, countStale, m) {
		var shopID id.ID
		var n, since int64
		if err := row.Scan(&shopID, &n, &since); err != nil {
			return err
		}
		b := out[shopID]
		b.ShopID, b.StaleListings, b.StaleSince = shopID, n, since
		out[shopID] = b
	}
	return nil
}
