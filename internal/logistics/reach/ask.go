package reach

import (
	"context"
	"time"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
)

const (
	kindAsk  = "reach.ask"
	askEvery = 10 * time.Minute
	// most bounds the questions to one account at a time: carriers count calls.
	most = 40
)

// ask asks the carriers about the areas to which parcels wait to go.
func (s *Service) ask(ctx context.Context, r *job.Run) error {
	return s.Ask(actor.With(ctx, actor.ForSystem(r.Job.MerchantID, kindAsk)))
}

// Ask asks every account whose carrier can tell about the areas that nobody asked about
// lately (批量查可达). A carrier that does not answer is left until the next time.
func (s *Service) Ask(ctx context.Context) error {
	able, err := s.accounts.Able(ctx, logistics.CanReach)
	if err != nil || len(able) == 0 {
		return err
	}
	areas, err := s.waiting(ctx)
	if err != nil || len(areas) == 0 {
		return err
	}
	for _, a := range able {
		if err := s.askOne(ctx, a, areas); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) askOne(ctx context.Context, a account.Asked, areas []Area) error {
	can, ok := a.Client.(logistics.Reacher)
	if !ok {
		return nil
	}
	known, err := s.known(ctx, a.ID)
	if err != nil {
		return err
	}
	asked := 0
	for _, area := range areas {
		if known[area] || area.Province == "" || asked >= most {
			continue
		}
		known[area] = true
		asked++
		said, err := can.Reach(ctx, a.From, logistics.Party{Province: area.Province, City: area.City, District: area.District})
		if err != nil {
			s.k.Log.Warn("reach", "account", a.ID, "error", err)
			return ctx.Err()
		}
		err = s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return s.KeepTx(ctx, tx, Key{a.ID, area}, said) })
		if err != nil {
			return err
		}
	}
	return nil
}
