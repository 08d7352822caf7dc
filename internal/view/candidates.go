package view

import (
	"context"
	"slices"
	"sort"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// found is what one look-up names: orders, or (too many of them) a condition.
type found struct {
	ids   []id.ID
	cond  cond
	until int64 // placed_at down to which ids are complete; 0: all
}

// candidates narrows the plan to the orders that keys, tokens and lines name.
func (s *Service) candidates(ctx context.Context, q db.Querier, p *plan, m id.ID, f Filter, before int64) error {
	var sets []found
	add := func(x found, err error) error {
		if err == nil {
			sets = append(sets, x)
		}
		return err
	}
	if len(f.Numbers) > 0 {
		hits, err := s.byNumbers(ctx, q, m, f.Numbers)
		if err != nil {
			return err
		}
		sets = append(sets, found{ids: hits.all()})
	}
	if f.Phone != "" {
		if err := add(s.byPhone(ctx, q, m, before, f.Phone)); err != nil {
			return err
		}
	}
	if f.Receiver != "" {
		if err := add(s.byName(ctx, q, m, before, f.Receiver)); err != nil {
			return err
		}
	}
	if f.SKU != "" {
		if err := add(s.bySKU(ctx, q, m, f.SKU)); err != nil {
			return err
		}
	}
	if f.Product != "" {
		if err := add(s.byTitle(ctx, q, m, f.Product)); err != nil {
			return err
		}
	}
	if f.Query != "" {
		if err := add(s.byAnything(ctx, q, m, before, f.Query)); err != nil {
			return err
		}
	}
	for _, x := range sets {
		p.meet(x)
	}
	return nil
}

// meet intersects the plan with one look-up.
func (p *plan) meet(x found) {
	if x.cond.sql != "" {
		p.rest = append(p.rest, x.cond)
		return
	}
	if x.until > 0 {
		p.lower = max(p.lower, x.until)
		p.truncatedAt = max(p.truncatedAt, x.until)
	}
	slices.Sort(x.ids)
	x.ids = slices.Compact(x.ids)
	if !p.byIDs {
		p.ids, p.byIDs = x.ids, true
	} else {
		keep := p.ids[:0]
		for _, i := range p.ids {
			if _, ok := slices.BinarySearch(x.ids, i); ok {
				keep = append(keep, i)
			}
		}
		p.ids = keep
	}
	p.nothing = p.nothing || len(p.ids) == 0
}

// numberHits is which pasted number names which orders.
type numberHits map[string][]id.ID

func (h numberHits) all() []id.ID {
	var out []id.ID
	for _, ids := range h {
		out = append(out, ids...)
	}
	return out
}

// byNumbers looks pasted numbers up as channel order numbers, our order numbers
// and waybill numbers at once.
func (s *Service) byNumbers(ctx context.Context, q db.Querier, m id.ID, numbers []string) (numberHits, error) {
	hits := numberHits{}
	args := []any{m}
	var own []any
	for _, n := range numbers {
		args = append(args, n)
		if i, err := id.Parse(n); err == nil {
			own = append(own, i)
		}
	}
	for _, sql := range []string{selectByNo, selectByWaybill} {
		rows, err := q.Query(ctx, sql+db.In(len(numbers)), args...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var no string
			var o, shop id.ID
			if err := rows.Scan(&no, &o, &shop); err != nil {
				rows.Close()
				return nil, err
			}
			hits[no] = append(hits[no], o)
		}
		if err := rows.Close(); err != nil {
			return nil, err
		}
	}
	if len(own) == 0 {
		return hits, nil
	}
	rows, err := q.Query(ctx, selectByID+db.In(len(own)), append([]any{m}, own...)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var o, shop id.ID
		if err := rows.Scan(&o, &shop); err != nil {
			return nil, err
		}
		hits[o.String()] = append(hits[o.String()], o)
	}
	return hits, rows.Err()
}

// byPhone: a full number, or its last four digits.
func (s *Service) byPhone(ctx context.Context, q db.Querier, m id.ID, before int64, phone string) (found, error) {
	digits := order.NormalizePhone(phone)
	if len(digits) == 4 {
		return s.byTokens(ctx, q, m, before, order.TokenLastFour, []string{digits})
	}
	return s.byTokens(ctx, q, m, before, order.TokenPhone, []string{digits})
}

// byName: the whole name, or any part of at least two characters.
func (s *Service) byName(ctx context.Context, q db.Querier, m id.ID, before int64, name string) (found, error) {
	if utf8.RuneCountInString(name) == 1 {
		return s.byTokens(ctx, q, m, before, order.TokenName, []string{name})
	}
	return s.byTokens(ctx, q, m, before, order.TokenNameBigram, order.Bigrams(name))
}

// byTokens intersects the orders of several keyed tokens, newest quarter first,
// until maxCandidates are found.
func (s *Service) byTokens(ctx context.Context, q db.Querier, m id.ID, before, kind int64, values []string) (found, error) {
	keys, err := s.k.Seal.Keys(ctx, m)
	if err != nil || len(values) == 0 {
		return found{}, err
	}
	var first, last *int64
	if err := q.QueryRow(ctx, selectQuarters, m).Scan(&first, &last); err != nil || first == nil {
		return found{}, err
	}
	var out found
	for quarter := min(*last, order.Quarter(before)); quarter >= *first; quarter-- {
		ids, oldest, err := s.tokensOfQuarter(ctx, q, m, quarter, before, kind, keys.Token, values)
		if err != nil {
			return found{}, err
		}
		out.ids = append(out.ids, ids...)
		if oldest > 0 {
			out.until = oldest
			break
		}
		if len(out.ids) >= maxCandidates {
			out.until = order.QuarterStart(quarter)
			break
		}
	}
	return out, nil
}

// tokensOfQuarter returns the orders that carry every token in one quarter, and
// the instant down to which that is complete (0: the whole quarter).
func (s *Service) tokensOfQuarter(ctx context.Context, q db.Querier, m id.ID, quarter, before, kind int64, token func(int64, string) int64, values []string) ([]id.ID, int64, error) {
	var keep map[id.ID]bool
	var until int64
	for _, v := range values {
		rows, err := q.Query(ctx, selectTokenOrders, m, quarter, kind, token(kind, v), before, maxCandidates)
		if err != nil {
			return nil, 0, err
		}
		seen := map[id.ID]bool{}
		var oldest int64
		for rows.Next() {
			var o id.ID
			if err := rows.Scan(&o, &oldest); err != nil {
				rows.Close()
				return nil, 0, err
			}
			if keep == nil || keep[o] {
				seen[o] = true
			}
		}
		if err := rows.Close(); err != nil {
			return nil, 0, err
		}
		if len(seen) == maxCandidates {
			until = max(until, oldest+1) // orders of that instant may be cut: leave them to the next page
		}
		keep = seen
	}
	ids := make([]id.ID, 0, len(keep))
	for o := range keep {
		ids = append(ids, o)
	}
	sort.Slice(ids, func(i, j int) bool { return ids[i] > ids[j] })
	return ids, until, nil
}

// bySKU: orders with a line of this SKU code, mapped or as the shop wrote it.
func (s *Service) bySKU(ctx context.Context, q db.Querier, m id.ID, code string) (found, error) {
	skus, err := ids(ctx, q, selectSKUIDs, m, code)
	if err != nil {
		return found{}, err
	}
	listings, err := ids(ctx, q, selectListingsOf, m, code)
	if err != nil {
		return found{}, err
	}
	return s.byLines(ctx, q, m, skus, listings)
}

// byTitle: orders with a line whose product title or spec holds text.
func (s *Service) byTitle(ctx context.Context, q db.Querier, m id.ID, text string) (found, error) {
	like := "%" + likeEscape(text) + "%"
	listings, err := ids(ctx, q, selectListingsLike, m, like, like)
	if err != nil {
		return found{}, err
	}
	return s.byLines(ctx, q, m, nil, listings)
}

// byLines names the orders when they are few, else gives the condition to test
// while walking: what is common is found soon.
func (s *Service) byLines(ctx context.Context, q db.Querier, m id.ID, skus, listings []id.ID) (found, error) {
	var out found
	var match []string
	var args []any
	for _, c := range []struct {
		column string
		ids    []id.ID
	}{{"sku_id", skus}, {"listing_id", listings}} {
		if len(c.ids) == 0 {
			continue
		}
		vals := make([]any, len(c.ids))
		for i, v := range c.ids {
			vals[i] = v
		}
		match = append(match, "l."+c.column+" IN "+db.In(len(vals)))
		args = append(args, vals...)
		got, err := ids(ctx, q, ordersOfLines(c.column, len(vals)), append(append([]any{m}, vals...), maxCandidates+1)...)
		if err != nil {
			return found{}, err
		}
		out.ids = append(out.ids, got...)
	}
	if len(out.ids) <= maxCandidates {
		return out, nil
	}
	sql := match[0]
	if len(match) == 2 {
		sql = "(" + match[0] + " OR " + match[1] + ")"
	}
	return found{cond: cond{existsLine(sql), args}}, nil
}

// byAnything is the one search box: a number, a phone, four digits, a waybill, a
// SKU code, a name or a title. Every reading that fits adds its orders.
func (s *Service) byAnything(ctx context.Context, q db.Querier, m id.ID, before int64, text string) (found, error) {
	numbers := SplitNumbers(text)
	if len(numbers) > 1 && allNumbers(numbers) {
		hits, err := s.byNumbers(ctx, q, m, numbers[:min(len(numbers), MaxNumbers)])
		return found{ids: hits.all()}, err
	}
	hits, err := s.byNumbers(ctx, q, m, []string{text})
	if err != nil || len(hits) > 0 {
		return found{ids: hits.all()}, err
	}
	out := found{}
	join := func(x found, err error) error {
		if err != nil {
			return err
		}
		if x.cond.sql != "" {
			out.cond = x.cond
		}
		out.ids = append(out.ids, x.ids...)
		out.until = max(out.until, x.until)
		return nil
	}
	if n := len(order.NormalizePhone(text)); n == 4 || n >= 7 {
		if err := join(s.byPhone(ctx, q, m, before, text)); err != nil {
			return out, err
		}
	}
	if err := join(s.bySKU(ctx, q, m, text)); err != nil {
		return out, err
	}
	if utf8.RuneCountInString(text) >= 2 && !allNumbers([]string{text}) {
		if err := join(s.byName(ctx, q, m, before, text)); err != nil {
			return out, err
		}
		if err := join(s.byTitle(ctx, q, m, text)); err != nil {
			return out, err
		}
	}
	if out.cond.sql != "" && len(out.ids) > 0 {
		// A common title and a few named orders: test the title, and name the others.
		out.ids = out.ids[:min(len(out.ids), 500)]
		c := in("h.id", out.ids)[0]
		out.cond = cond{"(" + out.cond.sql + " OR " + c.sql + ")", append(slices.Clone(out.cond.args), c.args...)}
	}
	return out, nil
}

func allNumbers(s []string) bool {
	for _, n := range s {
		digits := 0
		for _, r := range n {
			if r >= '0' && r <= '9' {
				digits++
			}
		}
		if digits*2 < len(n) {
			return false
		}
	}
	return true
}

// ids runs a query whose only column is an id.
func ids(ctx context.Context, q db.Querier, sql string, args ...any) ([]id.ID, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []id.ID
	for rows.Next() {
		var i id.ID
		if err := rows.Scan(&i); err != nil {
			return nil, err
		}
		out = append(out, i)
	}
	return out, rows.Err()
}
