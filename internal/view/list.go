package view

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sort"
	"time"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
)

// cursor is where a page ended: the sort column's value and the id.
type cursor struct {
	At int64
	ID id.ID
}

// budget bounds one list: after it the answer is what was found, and how far the
// search got.
const budget = 280 * time.Millisecond

const day = int64(24 * time.Hour / time.Millisecond)

// ListInput asks for one page.
type ListInput struct {
	Filter Filter
	Sort   Sort
	Cursor string
	Limit  int // 1..200, 0 picks 50
}

// List is one page of orders. SearchedUntil is 0 when the search was complete for
// this page, else the instant (of the sort column) that it reached; NextCursor
// then goes on from there.
type List struct {
	Items         []OrderRow
	NextCursor    string
	SearchedUntil int64
	NotFound      []string
	Unasked       []Unasked
}

// List answers one page of orders (订单列表), by keyset.
//
// Errors: ErrBadFilter, ErrTooManyNumbers, page.ErrCursor.
func (s *Service) List(ctx context.Context, in ListInput) (List, error) {
	f, err := in.Filter.clean()
	if err != nil {
		return List{}, err
	}
	limit := page.Limit(in.Limit)
	var after *cursor
	if in.Cursor != "" {
		after = &cursor{}
		if err := page.Decode(in.Cursor, &after.At, &after.ID); err != nil {
			return List{}, err
		}
	}
	a, err := actor.From(ctx)
	if err != nil {
		return List{}, err
	}
	var out List
	if f, out.Unasked, err = s.sealed(ctx, a, f); err != nil {
		return List{}, err
	}
	if err := s.gate.enter(ctx); err != nil {
		return List{}, err
	}
	defer s.gate.leave()
	l, err := s.look(ctx, s.k.DB, a, f)
	if err != nil {
		return List{}, err
	}
	collect := s.collect
	if in.Sort == SortShipByAsc {
		collect = s.byDeadline
	}
	ids, resume, err := collect(ctx, f, l, in.Sort, after, limit+1)
	if err != nil {
		return List{}, err
	}
	if len(ids) > limit {
		ids = ids[:limit]
		last := ids[limit-1]
		out.NextCursor = page.Encode(last.At, last.ID)
	} else if resume != nil {
		out.SearchedUntil = min(max(resume.At, undated(*resume).At), s.now())
		out.NextCursor = page.Encode(resume.At, resume.ID)
	}
	keys := make([]id.ID, len(ids))
	for i, c := range ids {
		keys[i] = c.ID
	}
	if out.Items, err = s.rows(ctx, s.k.DB, keys, l.names); err != nil {
		return List{}, err
	}
	if len(f.Numbers) > 0 {
		out.NotFound, err = s.missing(ctx, a, f.Numbers)
	}
	return out, err
}

// collect gathers up to limit rows, in rounds that list more and more orders of a
// name or a title. resume is where to go on when the time ended first.
func (s *Service) collect(ctx context.Context, f Filter, l looked, sort Sort, after *cursor, limit int) (out []cursor, resume *cursor, err error) {
	deadline, cancel := context.WithTimeout(ctx, s.budget)
	defer cancel()
	for k := 2*limit + 32; ; k = min(4*k, s.most) {
		p, err := s.planOf(ctx, f, l, sort, after, k, true)
		if err != nil {
			return nil, nil, err
		}
		part, until, err := s.walk(ctx, deadline, p, after, limit-len(out))
		if err != nil {
			return nil, nil, err
		}
		out = append(out, part...)
		if len(out) >= limit || until == nil {
			return out, nil, nil
		}
		if after = until; p.truncated == nil || *until != *p.truncated || deadline.Err() != nil {
			return out, until, nil
		}
	}
}

// undated turns the place of an order without a deadline into one behind all deadlines,
// and back: its instant, that of the order's placing, is negative there.
func undated(c cursor) cursor { return cursor{At: -c.At - 1, ID: c.ID} }

// byDeadline is collect for those that wait for shipment: what is due first comes first,
// and last, the oldest first, that of which nobody knows when it is due.
func (s *Service) byDeadline(ctx context.Context, f Filter, l looked, sort Sort, after *cursor, limit int) (out []cursor, resume *cursor, err error) {
	if after == nil || after.At >= 0 {
		out, resume, err = s.collect(ctx, f, l, sort, after, limit)
		if err != nil || resume != nil || len(out) >= limit || f.Overdue || f.DueWithin > 0 {
			return out, resume, err
		}
		after = nil
	} else {
		placed := undated(*after)
		after = &placed
	}
	rest, resume, err := s.collect(ctx, f, l, sortUndated, after, limit-len(out))
	for _, c := range rest {
		out = append(out, undated(c))
	}
	if resume != nil {
		behind := undated(*resume)
		resume = &behind
	}
	return out, resume, err
}

// resumeAt is the cursor that continues below (or above) an instant.
func (p *plan) resumeAt(at int64) *cursor {
	if p.descending {
		return &cursor{At: at, ID: 0}
	}
	return &cursor{At: at - 1, ID: id.ID(1<<63 - 1)}
}

// walk collects up to limit rows in sort order. until is the place the walk
// reached when its candidates or its budget ended first, else nil.
func (s *Service) walk(ctx, deadline context.Context, p *plan, after *cursor, limit int) (out []cursor, until *cursor, err error) {
	if p.nothing {
		return nil, nil, nil
	}
	m := actor.Merchant(ctx)
	if p.byIDs || !p.selective() {
		out, err = s.slice(ctx, p, m, p.lower, p.upper, after, limit)
		if len(out) < limit {
			until = p.truncated
		}
		return out, until, err
	}
	windows, err := s.windows(ctx, p, m, after)
	if err != nil {
		return nil, nil, err
	}
	for _, w := range windows {
		part, err := s.slice(deadline, p, m, w[0], w[1], after, limit)
		if err != nil {
			if ctx.Err() == nil && (errors.Is(err, context.DeadlineExceeded) || deadline.Err() != nil) {
				if p.descending {
					return out, p.resumeAt(cmp.Or(w[1], endOfTime)), nil
				}
				return out, p.resumeAt(w[0]), nil
			}
			return nil, nil, err
		}
		out = append(out, part...)
		if len(out) >= limit {
			return out[:limit], nil, nil
		}
	}
	return out, nil, nil
}

// selective reports whether rows are tested one by one, so that a walk may be long.
func (p *plan) selective() bool {
	for _, c := range p.rest {
		if c.sql != notArchived && c.sql != notHistory {
			return true
		}
	}
	return false
}

// endOfTime is the last millisecond of the year 9999.
const endOfTime = int64(253402300799999)

// windows cuts the walk into slices of growing width, starting where it starts.
func (s *Service) windows(ctx context.Context, p *plan, m id.ID, after *cursor) ([][2]int64, error) {
	if p.descending {
		return p.windowsDown(after, s.now()), nil
	}
	low := p.lower
	if after != nil {
		low = max(low, after.At)
	}
	var first *int64
	if err := s.k.DB.QueryRow(ctx, firstOf(p.sortColumn), m, low).Scan(&first); err != nil || first == nil {
		return nil, err
	}
	var out [][2]int64
	for width, low := 2*day, *first; ; width *= 4 {
		high := low + width
		if width > 4000*day || p.upper > 0 && high >= p.upper {
			return append(out, [2]int64{low, p.upper}), nil
		}
		out = append(out, [2]int64{low, high})
		low = high
	}
}

func (p *plan) windowsDown(after *cursor, now int64) [][2]int64 {
	start := now + 2*day
	if p.upper > 0 {
		start = min(start, p.upper)
	}
	if after != nil && p.descending {
		start = min(start, after.At+1)
	}
	var out [][2]int64
	if p.upper == 0 && after == nil {
		out = append(out, [2]int64{max(start, p.lower), 0}) // instants in the future
	}
	for width := 2 * day; start > p.lower; width *= 4 {
		low := max(start-width, p.lower)
		if width > 4000*day {
			low = p.lower
		}
		out = append(out, [2]int64{low, start})
		start = low
		if low <= 0 {
			break
		}
	}
	return out
}

// maxInList bounds the candidates of one statement; firstPart fills a page when
// most of them pass.
const (
	maxInList = 400
	firstPart = 64
)

// slice runs one statement of the walk.
func (s *Service) slice(ctx context.Context, p *plan, m id.ID, lower, upper int64, after *cursor, limit int) ([]cursor, error) {
	if p.byIDs && len(p.ids) == 0 {
		return nil, nil
	}
	if p.byIDs && !p.part && len(p.ids) > firstPart {
		return s.sliceOfMany(ctx, p, m, lower, upper, after, limit)
	}
	q, args := p.statement(m, lower, upper, after, limit)
	var out []cursor
	for row := range db.Each(ctx, s.k.DB, q, args...) {
		var c cursor
		if err := row.Scan(&c.ID, &c.At); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// sliceOfMany reads a long list of candidates in parts and merges them. They come
// newest first: in that sort the first parts that fill the page are enough.
func (s *Service) sliceOfMany(ctx context.Context, p *plan, m id.ID, lower, upper int64, after *cursor, limit int) ([]cursor, error) {
	newestFirst := p.descending && p.sortColumn == "placed_at"
	ids, size := p.ids, maxInList
	if newestFirst {
		size = firstPart
		if after != nil {
			ids = ids[sort.Search(len(ids), func(i int) bool { return ids[i].compare(*after) < 0 }):]
		}
	}
	var out []cursor
	for len(ids) > 0 && !(newestFirst && len(out) >= limit) {
		one := *p
		one.part, one.ids = true, ids[:min(size, len(ids))]
		ids, size = ids[len(one.ids):], maxInList
		got, err := s.slice(ctx, &one, m, lower, upper, after, limit)
		if err != nil {
			return nil, err
		}
		out = append(out, got...)
	}
	slices.SortFunc(out, func(a, b cursor) int {
		c := cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID))
		if p.descending {
			return -c
		}
		return c
	})
	return out[:min(len(out), limit)], nil
}

// IDs materialises up to limit ids of a filter for bulk actions and exports, in
// sort order, and whether there are more.
func (s *Service) IDs(ctx context.Context, f Filter, limit int) ([]id.ID, bool, error) {
	f, err := f.clean()
	if err != nil {
		return nil, false, err
	}
	a, err := actor.From(ctx)
	if err != nil {
		return nil, false, err
	}
	if f, _, err = s.sealed(ctx, a, f); err != nil {
		return nil, false, err
	}
	var out []id.ID
	var after *cursor
	for len(out) <= limit {
		p, err := s.newPlan(ctx, s.k.DB, f, "", after, s.most)
		if err != nil {
			return nil, false, err
		}
		part, err := s.idsPage(ctx, p, after, min(1000, limit+1-len(out)))
		if err != nil {
			return nil, false, err
		}
		for _, c := range part {
			out = append(out, c.ID)
		}
		switch {
		case len(part) > 0:
			after = &part[len(part)-1]
		case p.truncated != nil:
			after = p.truncated
		default:
			return out, false, nil
		}
	}
	return out[:limit], true, nil
}

// idsPage reads without a time budget: a job waits for the whole answer.
func (s *Service) idsPage(ctx context.Context, p *plan, after *cursor, limit int) ([]cursor, error) {
	if p.nothing {
		return nil, nil
	}
	return s.slice(ctx, p, actor.Merchant(ctx), p.lower, p.upper, after, limit)
}

// missing returns the pasted numbers that name no order the actor may see.
func (s *Service) missing(ctx context.Context, a actor.Actor, numbers []string) ([]string, error) {
	hits, err := s.byNumbers(ctx, s.k.DB, a, numbers)
	if err != nil {
		return nil, err
	}
	out := []string{}
	for _, n := range numbers {
		if len(hits[n]) == 0 {
			out = append(out, n)
		}
	}
	return out, nil
}
