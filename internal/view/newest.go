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

func (t tokens) test() cond {
	quarters := make([]int64, 0, t.last-t.first+1)
	for n := t.first; n <= t.last; n++ {
		quarters = append(quarters, n)
	}
	var c cond
	var sql []string
	for _, v := range t.values {
		sql = append(sql, existsToken(len(quarters)))
		for _, n := range quarters {
			c.args = append(c.args, n)
		}
		c.args = append(c.args, t.kind, v)
	}
	c.sql = "(" + strings.Join(sql, " AND ") + ")"
	return c
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
// place from which on that is complete (nil: the whole quarter).
func (t tokens) ofQuarter(ctx context.Context, quarter int64, before cursor, k int) (keep []cursor, until *cursor, err error) {
	for i, v := range t.values {
		ids, cut, err := newest(ctx, t.q, k, selectTokenOrders, t.m, quarter, t.kind, v, before.At, before.ID, k)
		if err != nil {
			return nil, nil, err
		}
		until = later(until, cut)
		if i > 0 { // both come newest first
			back := func(a, b cursor) int { return b.compare(a) }
			ids = slices.DeleteFunc(ids, func(c cursor) bool { _, ok := slices.BinarySearchFunc(keep, c, back); return !ok })
		}
		keep = ids
	}
	return keep, until, nil
}

// newest runs a query for at most k orders, newest first; cut is the last of them
// where there may be more.
func newest(ctx context.Context, q db.Querier, k int, sql string, args ...any) (ids []cursor, cut *cursor, err error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	var last cursor
	for rows.Next() {
		if err := rows.Scan(&last.ID, &last.At); err != nil {
			return nil, nil, err
		}
		ids = append(ids, last)
	}
	if len(ids) >= k {
		cut = &last
	}
	return ids, cut, rows.Err()
}

const (
	// maxListings bounds how many listings a text may name before lines are tested
	// one by one: what so many listings hold is common and found soon.
	maxListings = 1000
	// lineParts is how many listings one statement asks for.
	lineParts = 20
	// wide is from how many listings on a page is found sooner by walking.
	wide = 150
)

// share is how many lines to read of each of n listings so that about k come together.
func share(k, n int) int { return max(min(k, 75*k/n), 12) }

// byLines is the orders that have a line of some SKUs or listings.
func byLines(q db.Querier, m id.ID, skus, listings []id.ID) source {
	if len(skus)+len(listings) == 0 {
		return named(nil)
	}
	// The plus keeps SQLite from reading all lines of a listing to test one order's.
	var sql []string
	var args []any
	for _, c := range []struct {
		column string
		ids    []id.ID
	}{{"+l.sku_id", skus}, {"+l.listing_id", listings}} {
		for _, x := range in(c.column, nilIfEmpty(c.ids)) {
			sql, args = append(sql, x.sql), append(args, x.args...)
		}
	}
	return source{
		wide: len(skus)+len(listings) > wide,
		test: cond{existsLine("(" + strings.Join(sql, " OR ") + ")"), args},
		newest: func(ctx context.Context, before cursor, k int) (out []cursor, until *cursor, err error) {
			k = share(k, len(skus)+len(listings))
			for _, c := range []struct {
				column string
				ids    []id.ID
			}{{"sku_id", skus}, {"listing_id", listings}} {
				for part := range slices.Chunk(c.ids, lineParts) {
					got, cut, err := newestLines(ctx, q, m, c.column, part, before, k)
					if err != nil {
						return nil, nil, err
					}
					out, until = append(out, got...), later(until, cut)
				}
			}
			return out, until, nil
		},
	}
}

// newestLines reads the k newest lines of each of a few SKUs or listings.
func newestLines(ctx context.Context, q db.Querier, m id.ID, column string, of []id.ID, before cursor, k int) (out []cursor, until *cursor, err error) {
	// An id of 0 names no listing and no line a person would search for.
	args := make([]any, 0, 5*lineParts)
	n := 1 // few texts are prepared: 1, 8 or all parts
	for _, parts := range []int{8, lineParts} {
		if len(of) > n {
			n = parts
		}
	}
	for i := range n {
		one := id.ID(-1)
		if i < len(of) {
			one = of[i]
		}
		args = append(args, m, one, before.At, before.ID, k)
	}
	rows, err := q.Query(ctx, newestOfLines(column, n), args...)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	counts, last := map[id.ID]int{}, map[id.ID]cursor{}
	for rows.Next() {
		var c cursor
		var by id.ID
		if err := rows.Scan(&c.ID, &c.At, &by); err != nil {
			return nil, nil, err
		}
		out = append(out, c)
		counts[by]++
		last[by] = c // each part comes newest first
	}
	for by, n := range counts {
		if c := last[by]; n >= k {
			until = later(until, &c)
		}
	}
	return out, until, rows.Err()
}
