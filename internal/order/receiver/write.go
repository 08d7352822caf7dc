package receiver

import (
	"cmp"
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/seal"
)

// Batch gathers what one transaction writes about receivers.
type Batch struct {
	Sets   []db.Stmt // of stored orders, to run before the tokens are inserted
	wish   wish      // about addresses
	sealed [][]any
	tokens [][]any
}

// Change is the receiver an order becomes, and what it was: nothing for a new one.
type Change struct {
	Order    id.ID
	Created  bool
	Was, Now Side
	// Sealed: Now's receiver is to be sealed. Without it only what stands in clear moved.
	Sealed bool
}

// ReadyTx learns what the acting merchant wants indexed, before the first Take.
func (b *Batch) ReadyTx(ctx context.Context, tx *db.Tx) (err error) {
	b.wish, err = wishOf(ctx, tx, actor.Merchant(ctx))
	return err
}

// Take seals the receiver and keeps its search tokens in step.
func (b *Batch) Take(m id.ID, k *seal.Keys, c Change) error {
	var was, now []token
	if c.Sealed {
		s, err := sealed(k, c.Order, c.Now.Receiver)
		if err != nil {
			return err
		}
		row := []any{int64(m), int64(c.Order), s}
		if c.Created {
			b.sealed = append(b.sealed, row)
		} else {
			b.Sets = append(b.Sets, db.Stmt{SQL: put, Args: row, Want: 1})
		}
		now = c.Now.Receiver.tokens(k)
		if c.Was.Receiver != nil {
			was = c.Was.Receiver.tokens(k)
		}
	}
	if b.wish.Wanted {
		now = append(now, c.Now.addressTokens(k)...)
	}
	if b.wish.Generation > 0 { // a former wish may have left some
		was = append(was, c.Was.addressTokens(k)...)
	}
	if !c.Created {
		q := Quarter(c.Was.PlacedAt)
		for _, t := range was {
			b.Sets = append(b.Sets, db.Stmt{SQL: deleteToken, Args: []any{int64(m), q, t.kind, t.token, c.Was.PlacedAt, int64(c.Order)}, Want: -1})
		}
	}
	b.add(m, c.Order, c.Now.PlacedAt, now)
	return nil
}

func (b *Batch) add(m, order id.ID, placed int64, tokens []token) {
	q := Quarter(placed)
	for _, t := range tokens {
		b.tokens = append(b.tokens, []any{int64(m), q, t.kind, t.token, placed, int64(order)})
	}
}

// Rows is the receivers of new orders.
func (b *Batch) Rows() db.Rows { return db.Rows{Table: "order_receiver", Cols: names, Rows: b.sealed} }

// Tokens is the new search tokens, neighbours together so that they share pages.
func (b *Batch) Tokens() db.Rows {
	slices.SortFunc(b.tokens, func(x, y []any) int {
		return slices.CompareFunc(x[1:], y[1:], func(v, w any) int { return cmp.Compare(v.(int64), w.(int64)) })
	})
	return db.Rows{Table: "order_token", Cols: tokenNames, Rows: b.tokens}
}
