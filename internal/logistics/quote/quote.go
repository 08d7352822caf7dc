package quote

import (
	"context"
	"time"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/logistics/account"
	"github.com/ordercove/ordercove/internal/logistics/reach"
)

const (
	// fresh is how long an answer counts.
	fresh = 24 * time.Hour
	// Step is the weight, in grams, by which questions are told apart: carriers charge
	// by the begun half kilogram or kilogram.
	Step = 500
)

// Load is a parcel that waits: where it goes and what it weighs, in grams.
type Load struct {
	reach.Area
	WeightGram int64
}

// Key names what an answer is about. Gram is a weight rounded up to whole steps.
type Key struct {
	AccountID id.ID
	reach.Area
	Gram int64
}

// Gram rounds a weight up to whole steps; 0 where nobody knows it.
func Gram(weightGram int64) int64 {
	if weightGram <= 0 {
		return 0
	}
	return (weightGram + Step - 1) / Step * Step
}

// Price is what a carrier said that its product costs. AskedAt is unix milliseconds.
type Price struct {
	Product string
	FeeFen  money.Fen
	AskedAt int64
}

// Waiting lists the parcels that wait, for the acting merchant.
type Waiting func(ctx context.Context) ([]Load, error)

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

// Known are the prices that carriers said and that still count.
func (s *Service) Known(ctx context.Context, q db.Querier) (map[Key][]Price, error) {
	out := map[Key][]Price{}
	err := db.Read(ctx, q, selectKnown, []any{actor.Merchant(ctx), clock.Millis(s.k.Clock) - fresh.Milliseconds()}, func(r *db.Row) {
		k := Key{id.ID(r.Int()), reach.Area{Province: r.Text(), City: r.Text(), District: r.Text()}, r.Int()}
		p := Price{Product: r.Text(), FeeFen: money.Fen(r.Int()), AskedAt: r.Int()}
		if p.FeeFen >= 0 { // else it was asked, and named no price
			out[k] = append(out[k], p)
		}
	})
	return out, err
}
