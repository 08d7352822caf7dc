package pull

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/shop"
)

// Figure is what an operator watches of one shop. Counts are of this moment.
type Figure struct {
	Shop shop.Shop
	// LagMS is how far each stream is behind the channel's present.
	LagMS       map[string]int64
	Gaps        int64 // open
	Quarantined int64
	Hints       int64 // numbers to look up
}

// Figures reads the acting merchant's shops that are pulled, with a few statements
// however many there are. It acts for the product: who may ask is the caller's to know.
func (e *Engine) Figures(ctx context.Context) ([]Figure, error) {
	shops, err := e.access.Shops(ctx)
	if err != nil || len(shops) == 0 {
		return nil, err
	}
	of := map[id.ID]*Figure{}
	out := make([]Figure, len(shops))
	for i, sh := range shops {
		out[i] = Figure{Shop: sh, LagMS: map[string]int64{}}
		of[sh.ID] = &out[i]
	}
	if err := e.lags(ctx, of); err != nil {
		return nil, err
	}
	aside, err := e.door.QuarantinedByShop(ctx)
	if err != nil {
		return nil, err
	}
	gaps, err := e.counts(ctx, countGaps)
	if err != nil {
		return nil, err
	}
	hints, err := e.counts(ctx, countAllHints)
	if err != nil {
		return nil, err
	}
	for s, f := range of {
		f.Quarantined, f.Gaps, f.Hints = aside[s], gaps[s], hints[s]
	}
	return out, nil
}

func (e *Engine) lags(ctx context.Context, of map[id.ID]*Figure) error {
	now := e.now()
	for row := range db.Each(ctx, e.k.DB, selectMarks, merchantOf(ctx)) {
		var shopID id.ID
		var name string
		var watermark, skew int64
		if err := row.Scan(&shopID, &name, &watermark, &skew); err != nil {
			return err
		}
		if f := of[shopID]; f != nil {
			f.LagMS[name] = max(0, now+skew-watermark)
		}
	}
	return nil
}

// counts reads numbers by shop.
func (e *Engine) counts(ctx context.Context, q string) (map[id.ID]int64, error) {
	out := map[id.ID]int64{}
	for row := range db.Each(ctx, e.k.DB, q, merchantOf(ctx)) {
		var shopID id.ID
		var n int64
		if err := row.Scan(&shopID, &n); err != nil {
			return nil, err
		}
		out[shopID] = n
	}
	return out, nil
}

// Calls is how many calls of a channel came to an outcome since this process began.
// Outcome is "ok" or the error's code without its capability.
type Calls struct {
	Channel, Outcome string
	Number           int64
}

// Calls lists what the calls of this process came to, pulls and pushes of effects alike.
func (e *Engine) Calls() []Calls {
	e.calls.mu.Lock()
	defer e.calls.mu.Unlock()
	out := make([]Calls, 0, len(e.calls.n))
	for _, key := range slices.SortedFunc(maps.Keys(e.calls.n), func(a, b [2]string) int { return strings.Compare(a[0]+" "+a[1], b[0]+" "+b[1]) }) {
		out = append(out, Calls{key[0], key[1], e.calls.n[key]})
	}
	return out
}

// tally counts calls by channel and outcome.
type tally struct {
	mu sync.Mutex
	n  map[[2]string]int64
}

func (t *tally) add(channel string, err error) {
	t.mu.Lock()
	t.n[[2]string{channel, outcomeOf(err)}]++
	t.mu.Unlock()
}

func outcomeOf(err error) string {
	e := errs.As(err)
	switch {
	case err == nil:
		return "ok"
	case e == nil:
		return "unexpected"
	}
	return strings.TrimPrefix(e.Code, "channel.")
}
