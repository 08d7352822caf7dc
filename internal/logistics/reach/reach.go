package reach

import (
	"context"
	"time"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
)

// fresh is how long an answer counts: carriers open and close areas.
const fresh = 7 * 24 * time.Hour

// Area is a county, or what an address names of it.
type Area struct{ Province, City, District string }

// Key names what an answer is about.
type Key struct {
	AccountID id.ID
	Area
}

// Waiting lists the areas to which parcels wait to go, for the acting merchant.
type Waiting func(ctx context.Context) ([]Area, error)

// Service keeps the answers.
type Service struct {
	k        *kit.Kit
	accounts *account.Service
	waiting  Waiting
}

// New wires the answers and the job that asks for them.
func New(k *kit.Kit, accounts *account.Service, waiting Waiting) *Service {
	s := &Service{k: k, accounts: accounts, waiting: waiting}
	k.Jobs.Periodic(kindAsk, askEvery, s.ask)
	return s
}

// KeepTx remembers what an account's carrier said of an area.
func (s *Service) KeepTx(ctx context.Context, tx *db.Tx, k Key, said logistics.Answer) error {
	if k.Province == "" { // of nowhere in particular
		return nil
	}
	_, err := tx.Exec(ctx, keep, actor.Merchant(ctx), k.AccountID, k.Province, k.City, k.District, said.Reached, said.Reason, clock.Millis(s.k.Clock))
	return err
}

// Unreached are the areas that carriers said they do not go to, with their reasons.
func (s *Service) Unreached(ctx context.Context, q db.Querier) (map[Key]string, error) {
	out := map[Key]string{}
	err := db.Read(ctx, q, selectUnreached, []any{actor.Merchant(ctx), clock.Millis(s.k.Clock) - fresh.Milliseconds()}, func(r *db.Row) {
		out[Key{id.ID(r.Int()), Area{r.Text(), r.Text(), r.Text()}}] = r.Text()
	})
	return out, err
}

// known tells which areas an account was asked about lately.
func (s *Service) known(ctx context.Context, accountID id.ID) (map[Area]bool, error) {
	out := map[Area]bool{}
	err := db.Read(ctx, s.k.DB, selectKnown, []any{actor.Merchant(ctx), accountID, clock.Millis(s.k.Clock) - fresh.Milliseconds()}, func(r *db.Row) {
		out[Area{r.Text(), r.Text(), r.Text()}] = true
	})
	return out, err
}
