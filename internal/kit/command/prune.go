package command

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
)

// Prune forgets the acting merchant's idempotency keys from before cutoff (unix
// milliseconds). A request that repeats one afterwards is a new request.
func (p *Pipe) Prune(ctx context.Context, cutoff int64) error {
	m := actor.Merchant(ctx)
	for {
		var n int64
		err := p.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			n, err = tx.ExecN(ctx, pruneKeys, m, m, cutoff)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// Part derives the key of one part of a request, for requests that run one
// command per item: each item is then recognised by itself when the request is
// repeated.
func Part(ctx context.Context, part string) context.Context {
	key, _ := ctx.Value(keyCtx{}).(string)
	if key == "" {
		return ctx
	}
	return WithKey(ctx, key+"#"+part)
}
