package order

import (
	"bytes"
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Judgement is what a document would mean to the order we hold.
type Judgement int

const (
	JudgeNew     Judgement = iota + 1 // no such order yet
	JudgeNewer                        // it says something new
	JudgeSame                         // it says what we hold
	JudgeOlder                        // we hold a newer one
	JudgeUnclear                      // of the same second as what we hold, and different: ask the channel
	JudgeRefused                      // no order can be made of it
)

// Judge says what documents would mean, without a transaction and without writing:
// pulls look at the same orders again and again. The answers stand in the order of
// the input, which is of one shop.
func (s *Service) Judge(ctx context.Context, q db.Querier, in []Incoming) ([]Judgement, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	keys, err := s.kit.Seal.KeysTx(ctx, q, a.MerchantID)
	if err != nil {
		return nil, err
	}
	out := make([]Judgement, len(in))
	rest := make([]int, 0, len(in))
	for i := range in {
		if in[i].check() != nil {
			out[i] = JudgeRefused
			continue
		}
		rest = append(rest, i)
	}
	known, _, err := lookUp(ctx, q, a.MerchantID, in, rest)
	if err != nil {
		return nil, err
	}
	for _, i := range rest {
		f, ok := known[in[i].key()]
		if !ok {
			out[i] = JudgeNew
			continue
		}
		d, err := digest(keys, &in[i].Doc)
		if err != nil {
			return nil, err
		}
		switch {
		case bytes.Equal(f.digest, d):
			out[i] = JudgeSame
		case in[i].SourceAt/1000 == f.sourceAt/1000:
			out[i] = JudgeUnclear
		case in[i].SourceAt < f.sourceAt:
			out[i] = JudgeOlder
		default:
			out[i] = JudgeNewer
		}
	}
	return out, nil
}

// PlacedTimes says when the shop's orders of these numbers were placed, as far as
// we hold them: what a channel lists is compared with it. Unix milliseconds.
func (s *Service) PlacedTimes(ctx context.Context, q db.Querier, shopID id.ID, nos []string) (map[string]int64, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	nos = slices.Compact(slices.Sorted(slices.Values(nos)))
	out := make(map[string]int64, len(nos))
	for part := range slices.Chunk(nos, lookupChunk) {
		if err := placedPart(ctx, q, a.MerchantID, shopID, db.Pad(part), out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func placedPart(ctx context.Context, q db.Querier, m, shopID id.ID, nos []string, out map[string]int64) error {
	args := []any{m, shopID}
	for _, no := range nos {
		args = append(args, no)
	}
	for row := range db.Each(ctx, q, selectPlaced(len(nos)), args...) {
		var no string
		var at int64
		if err := row.Scan(&no, &at); err != nil {
			return err
		}
		out[no] = at
	}
	return nil
}
