package view

import (
	"context"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

const (
	// maxListings bounds how many listings a text may name before lines are tested
	// one by one: what so many listings hold is common and found soon.
	maxListings = 1000
	// wide is from how many listings on a page of few orders is found sooner by
	// testing these.
	wide = 150
	// lineParts is how many listings one statement asks for.
	lineParts = 512
	// nearOrders is among how many orders lines are looked for at first, and each
	// further step goes farther times as far back: common goods are found in the
	// first, and rare ones cost a seek for each listing and step.
	nearOrders = 1000
	farther    = 8
)

// lines are the orders that have a line of some SKUs or listings.
type lines struct {
	q    db.Querier
	on   db.Dialect
	m    id.ID
	now  int64
	keys []lineKeys
}

// lineKeys are values of one column of order_line that begins an index.
type lineKeys struct {
	column string
	ids    []id.ID
}

func (s *Service) byLines(q db.Querier, m id.ID, skus, listings []id.ID) source {
	if len(skus)+len(listings) == 0 {
		return named(nil)
	}
	l := lines{q: q, on: s.k.DB.Dialect, m: m, now: s.now(), keys: []lineKeys{{"sku_id", skus}, {"listing_id", listings}}}
	return source{newest: l.newest, test: l.test(), wide: len(skus)+len(listings) > wide}
}

func (l lines) test() cond {
	var sql []string
	var args []any
	for _, c := range l.keys {
		if l.on == db.Postgres && len(c.ids) > 0 {
			sql, args = append(sql, "l."+c.column+" = ANY(?)"), append(args, numbers(c.ids))
			continue
		}
		// The plus keeps SQLite from reading all lines of a listing to test one order's.
		for _, x := range in("+l."+c.column, nilIfEmpty(c.ids)) {
			sql, args = append(sql, x.sql), append(args, x.args...)
		}
	}
	return cond{existsLine("(" + strings.Join(sql, " OR ") + ")"), args}
}

// newest goes back in time in growing steps until about k lines are found.
func (l lines) newest(ctx context.Context, before cursor, k int) (out []cursor, until *cursor, err error) {
	var near *int64
	if err := l.q.QueryRow(ctx, selectNear, l.m, before.At, nearOrders).Scan(&near); err != nil || near == nil {
		return nil, nil, err
	}
	low := *near
	for width := max(min(before.At, l.now)-low, day/24); ; width *= farther {
		for _, c := range l.keys {
			for part := range slices.Chunk(c.ids, lineParts) {
				args := append(l.of(part), low, before.At, before.ID, k)
				got, cut, err := newest(ctx, l.q, k, newestLines(l.on, c.column, len(args)-5), args...)
				if err != nil {
					return nil, nil, err
				}
				out, until = append(out, got...), later(until, cut)
			}
		}
		switch {
		case until != nil || low == 0:
			return out, until, nil
		case len(out) >= k:
			return out, &cursor{At: low}, nil
		}
		before = cursor{At: low}
		if low -= width * farther; low < 0 || width > 200*day {
			low = 0
		}
	}
}

// of is the merchant and the SKUs or listings, as newestLines takes them.
func (l lines) of(ids []id.ID) []any {
	args := []any{l.m}
	if l.on == db.Postgres {
		return append(args, numbers(ids))
	}
	for _, x := range db.Pad(ids) {
		args = append(args, x)
	}
	return args
}

// numbers is an array as PostgreSQL takes it.
func numbers(ids []id.ID) []int64 {
	out := make([]int64, len(ids))
	for i, x := range ids {
		out[i] = int64(x)
	}
	return out
}
