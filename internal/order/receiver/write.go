package receiver

import (
	"cmp"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/seal"
)

// Batch gathers what one transaction writes about receivers.
type Batch struct {
	Sets   []db.Stmt // of stored orders, to run before the tokens are inserted
	sealed [][]any
	tokens [][]any
}

// Change is the receiver an order becomes, and what it was: Was is nil and
// PlacedWas without meaning for a new order.
type Change struct {
	Order               id.ID
	Created             bool
	Was, Now            *Stored
	PlacedWas, PlacedAt int64 // unix ms; tokens are keyed by it
}

// Take seals the receiver and keeps its search tokens in step.
func (b *Batch) Take(m id.ID, k *seal.Keys, c Change) error {
	s, err := sealed(k, c.Order, c.Now)
	if err != nil {
		return err
	}
	row := []any{int64(m), int64(c.Order), s}
	if c.Created {
		b.sealed = append(b.sealed, row)
	} else {
		b.Sets = append(b.Sets, db.Stmt{SQL: put, Args: row, Want: 1})
		if c.Was != nil {
			q := Quarter(c.PlacedWas)
			for _, t := range c.Was.tokens(k) {
				b.Sets = append(b.Sets, db.Stmt{SQL: deleteToken, Args: []any{int64(m), q, t.kind, t.token, c.PlacedWas, int64(c.Order)}, Want: -1})
			}
		}
	}
	q := Quarter(c.PlacedAt)
	for _, t := range c.Now.tokens(k) {
		b.tokens = append(b.tokens, []any{int64(m), q, t.kind, t.token, c.PlacedAt, int64(c.Order)})
	}
	return nil
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
