package quote

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
)

const (
	kindAsk  = "quote.ask"
	askEvery = 10 * time.Minute
	// most bounds the questions to one account at a time: carriers count calls.
	most = 40
	// patience is how long a carrier may think about one question.
	patience = 5 * time.Second
	// silent is the price of an answer that named none: it is not asked again while it
	// counts.
	silent = -1
)

// ask asks the carriers about the parcels that wait.
func (s *Service) ask(ctx context.Context, r *job.Run) error {
	return s.Ask(actor.With(ctx, actor.ForSystem(r.Job.MerchantID, kindAsk)))
}

// Ask asks every account whose carrier names prices about the areas and weights that
// nobody asked about lately (批量询价). A carrier that does not answer is left until the
// next time.
func (s *Service) Ask(ctx context.Context) error {
	able, err := s.accounts.Able(ctx, logistics.CanQuote)
	if err != nil || len(able) == 0 {
		return err
	}
	loads, err := s.waiting(ctx)
	if err != nil || len(loads) == 0 {
		return err
	}
	for _, a := range able {
		if err := s.askOne(ctx, a, loads); err != nil {
			return err
		}
	}
	return nil
}

// askOne asks one account. What its usual product costs is also kept under no name: so do
// parcels ask for it that name none.
func (s *Service) askOne(ctx context.Context, a account.Asked, loads []Load) error {
	can, ok := a.Client.(logistics.Quoter)
	if !ok {
		return nil
	}
	usual := ""
	if len(a.Manifest.Products) > 0 {
		usual = a.Manifest.Products[0].Code
	}
	known, err := s.asked(ctx, a.ID)
	if err != nil {
		return err
	}
	n := 0
	for _, l := range loads {
		k := Key{a.ID, l.Area, Gram(l.WeightGram)}
		if known[k] || l.Province == "" || k.Gram == 0 || n >= most {
			continue
		}
		known[k] = true
		n++
		said, err := s.question(ctx, can, a.From, k)
		if err != nil {
			s.k.Log.Warn("quote", "account", a.ID, "error", err)
			return ctx.Err()
		}
		if i := slices.IndexFunc(said, func(q logistics.Quote) bool { return q.Product == usual }); i >= 0 && usual != "" {
			said = append(said, logistics.Quote{FeeFen: said[i].FeeFen})
		}
		if err := s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return s.keepTx(ctx, tx, k, said) }); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) question(ctx context.Context, can logistics.Quoter, from logistics.Party, k Key) ([]logistics.Quote, error) {
	ctx, end := context.WithTimeout(ctx, patience)
	defer end()
	said, err := can.Quote(ctx, from, logistics.Party{Province: k.Province, City: k.City, District: k.District}, k.Gram, clock.Millis(s.k.Clock))
	if errors.Is(err, logistics.ErrRefused) || errors.Is(err, logistics.ErrUnreachable) {
		return nil, nil // it answered, and names no price
	}
	return said, err
}

func (s *Service) keepTx(ctx context.Context, tx *db.Tx, k Key, said []logistics.Quote) error {
	m, now := actor.Merchant(ctx), clock.Millis(s.k.Clock)
	if _, err := tx.Exec(ctx, forget, m, k.AccountID, k.Province, k.City, k.District, k.Gram); err != nil {
		return err
	}
	if len(said) == 0 {
		said = []logistics.Quote{{FeeFen: silent}}
	}
	for _, q := range said {
		if _, err := tx.Exec(ctx, keep, m, k.AccountID, k.Province, k.City, k.District, k.Gram, q.Product, q.FeeFen, now); err != nil {
			return err
		}
	}
	return nil
}

// asked tells what an account was asked about lately.
func (s *Service) asked(ctx context.Context, accountID id.ID) (map[Key]bool, error) {
	out := map[Key]bool{}
	err := db.Read(ctx, s.k.DB, selectAsked, []any{actor.Merchant(ctx), accountID, clock.Millis(s.k.Clock) - fresh.Milliseconds()}, func(r *db.Row) {
		k := Key{AccountID: accountID}
		k.Province, k.City, k.District, k.Gram = r.Text(), r.Text(), r.Text(), r.Int()
		out[k] = true
	})
	return out, err
}
