package view

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order/receiver"
)

// forever is after every order.
const forever = int64(1) << 52

func (c cursor) compare(d cursor) int {
	return cmp.Or(cmp.Compare(c.At, d.At), cmp.Compare(c.ID, d.ID))
}

// later is the newer of two places, where nil is before everything.
func later(a, b *cursor) *cursor {
	if a == nil || b != nil && b.compare(*a) > 0 {
		return b
	}
	return a
}

// tokens are keyed search tokens that an order must carry all of.
type tokens struct {
	q           db.Querier
	m           id.ID
	kind        int64
	values      []int64
	first, last int64 // quarters that have tokens
}

func (t tokens) quarters() []any {
	var out []any
	for n := t.first; n <= t.last; n++ {
		out = append(out, n)
	}
	return out
}

func (t tokens) test() cond {
	quarters := t.quarters()
	var c cond
	var sql []string
	for _, v := range t.values {
		sql = append(sql, existsToken(len(quarters)))
		c.args = append(append(c.args, quarters...), t.kind, v)
	}
	c.sql = "(" + strings.Join(sql, " AND ") + ")"
	return c
}

// there reports whether any order carries each of the first tokens at all: most
// words of a title are in nobody's name, and need no look into every quarter.
func (t tokens) there(ctx context.Context) (bool, error) {
	some := t.values[:min(len(t.values), 4)]
	quarters := t.quarters()
	var args []any
	for _, v := range some {
		args = append(append(append(args, t.m), quarters...), t.kind, v)
	}
	var n int
	err := t.q.QueryRow(ctx, tokensThere(len(some), len(quarters)), args...).Scan(&n)
	return n == len(some), err
}

// newest goes from quarter to quarter until about k orders are found.
func (t tokens) newest(ctx context.Context, before cursor, k int) (out []cursor, until *cursor, err error) {
	for quarter := min(t.last, receiver.Quarter(before.At)); quarter >= t.first; quarter-- {
		ids, cut, err := t.ofQuarter(ctx, quarter, before, k)
		if err != nil {
			return nil, nil, err
		}
		out = append(out, ids...)
		if cut != nil {
			return out, cut, nil
		}
		if len(out) >= k && quarter > t.first {
			return out, &cursor{At: receiver.QuarterStart(quarter)}, nil
		}
	}
	return out, nil, nil
}

// ofQuarter returns the orders that carry every token in one quarter, and the
// place from which on that is complete (nil: the whole quarter). Where one token
// is rare, its orders are all there is to test for the frequent ones.
func (t tokens) ofQuarter(ctx context.Context, quarter int64, before cursor, k int) (keep []cursor, until *cursor, err error) {
	var rare, frequent []cursor
	var tested []int64
	whole := false
	for _, v := range t.values {
		ids, cut, err := newest(ctx, t.q, k, selectTokenOrders, t.m, quarter, t.kind, v, before.At, before.ID, k)
		if err != nil {
			return nil, nil, err
		}
		if cut == nil {
			rare, whole = meet(rare, ids, !whole), true
			if len(rare) == 0 {
				return nil, nil, nil
			}
			continue
		}
		frequent = meet(frequent, ids, len(tested) == 0)
		tested, until = append(tested, v), later(until, cut)
	}
	if !whole {
		return frequent, until, nil
	}
	for _, v := range tested {
		if rare, err = t.carrying(ctx, quarter, v, rare); err != nil {
			return nil, nil, err
		}
	}
	return rare, nil, nil
}

// meet is what both lists hold, newest first; the first list is taken as it is.
func meet(had, ids []cursor, first bool) []cursor {
	if first {
		return ids
	}
	back := func(a, b cursor) int { return b.compare(a) }
	return slices.DeleteFunc(ids, func(c cursor) bool { _, ok := slices.BinarySearchFunc(had, c, back); return !ok })
}

// carriers is how many orders one statement tests for a token.
const carriers = 64

// carrying keeps the orders of a list that carry a token.
func (t tokens) carrying(ctx context.Context, quarter, token int64, list []cursor) (keep []cursor, err error) {
	for part := range slices.Chunk(list, carriers) {
		args := []any{t.m, quarter, t.kind, token}
		padded := db.Pad(part)
		for _, c := range padded {
			args = append(args, c.At, c.ID)
		}
		got, _, err := newest(ctx, t.q, len(padded)+1, selectTokenOf(len(padded)), args...)
		if err != nil {
			return nil, err
		}
		keep = append(keep, got...)
	}
	return keep, nil
}

// newest runs a query for at most k orders, newest first; cut is the last of them
// where there may be more.
func newest(ctx context.Context, q db.Querier, k int, sql string, args ...any) (ids []cursor, cut *cursor, err error) {
	var last cursor
	for row := range db.Each(ctx, q, sql, args...) {
		if err := row.Scan(&last.ID, &last.At); err != nil {
			return nil, nil, err
		}
		ids = append(ids, last)
	}
	if len(ids) >= k {
		cut = &last
	}
	return ids, cut, nil
}
