package view

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order/receiver"
)

// A number, a phone, a name, a SKU or a title names its orders through an index
// of its own. Where they are few they are listed and everything else is tested on
// them; where they are many the newest are taken first, as far as one answer
// needs, and the answer goes on from there. In other sorts than the newest first
// many orders are not listed but tested while walking.

// source is one reading of what a person typed.
type source struct {
	// newest lists about the k newest orders before a place, and the place from
	// which on that is complete, nil where it is all of them. The function is nil
	// where only the test can tell.
	newest func(ctx context.Context, before cursor, k int) ([]cursor, *cursor, error)
	test   cond
	wide   bool // so much to list that a short index is sooner walked
}

// group is the readings of one filter field: any of them will do.
type group []source

// found is what a group lists, the newest first.
type found struct {
	list  []cursor
	until *cursor
}

// maxCandidates bounds how many orders are listed before testing is the cheaper way.
const maxCandidates = 5000

// groups reads the fields of f that name orders.
func (s *Service) groups(ctx context.Context, q db.Querier, a actor.Actor, f Filter) ([]group, error) {
	var out []group
	add := func(g group, err error) error {
		if g != nil {
			out = append(out, g)
		}
		return err
	}
	if len(f.Numbers) > 0 {
		hits, err := s.byNumbers(ctx, q, a, f.Numbers)
		if err != nil {
			return nil, err
		}
		out = append(out, group{named(hits.all())})
	}
	if f.Phone != "" {
		if err := add(s.byPhone(ctx, q, a.MerchantID, f.Phone, f.sought.phone)); err != nil {
			return nil, err
		}
	}
	if f.Receiver != "" {
		if err := add(s.byName(ctx, q, a.MerchantID, f.Receiver, f.sought.name)); err != nil {
			return nil, err
		}
	}
	if f.SKU != "" {
		if err := add(s.bySKU(ctx, q, a.MerchantID, f.SKU)); err != nil {
			return nil, err
		}
	}
	if f.Product != "" {
		if err := add(s.byTitle(ctx, q, a.MerchantID, f.Product)); err != nil {
			return nil, err
		}
	}
	if f.Address != "" {
		named, err := s.byAddress(ctx, q, a.MerchantID, f.Address)
		if out = append(out, named...); err != nil {
			return nil, err
		}
	}
	if f.Query != "" {
		if err := add(s.byAnything(ctx, q, a, f)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// drive narrows the plan by the groups: complete lists drive together; else the
// list that reaches back furthest drives, and the others are tested.
func (p *plan) drive(ctx context.Context, groups []group, before cursor, k, most int, walk bool) error {
	newestFirst := p.sortColumn == "placed_at" && p.descending
	if !newestFirst {
		before, k = cursor{At: forever}, most
	}
	var partial []int
	lists := make([]found, len(groups))
	for i, g := range groups {
		if g.testOnly() || walk && g.wide() && p.index != "order_head_placed" {
			p.rest = append(p.rest, g.test())
			continue
		}
		var err error
		if lists[i], err = g.list(ctx, before, k); err != nil {
			return err
		}
		if lists[i].until == nil {
			p.meet(lists[i].list)
		} else {
			partial = append(partial, i)
		}
	}
	slices.SortStableFunc(partial, func(a, b int) int { return lists[a].until.compare(*lists[b].until) })
	for n, i := range partial {
		if n > 0 || p.byIDs || !newestFirst {
			p.rest = append(p.rest, groups[i].test())
			continue
		}
		p.ids, p.byIDs = lists[i].list, true
		p.truncated = lists[i].until
		p.rest = append(p.rest, cond{"(h.placed_at, h.id) >= (?, ?)", []any{p.truncated.At, p.truncated.ID}})
	}
	return nil
}

func (p *plan) meet(list []cursor) {
	if p.byIDs {
		in := make(map[id.ID]bool, len(p.ids))
		for _, c := range p.ids {
			in[c.ID] = true
		}
		list = slices.DeleteFunc(list, func(c cursor) bool { return !in[c.ID] })
	}
	p.ids, p.byIDs = list, true
	p.nothing = p.nothing || len(list) == 0
}

func (g group) testOnly() bool {
	return slices.ContainsFunc(g, func(s source) bool { return s.newest == nil })
}

func (g group) wide() bool { return slices.ContainsFunc(g, func(s source) bool { return s.wide }) }

func (g group) test() cond {
	if len(g) == 1 {
		return g[0].test
	}
	var c cond
	var sql []string
	for _, s := range g {
		sql = append(sql, s.test.sql)
		c.args = append(c.args, s.test.args...)
	}
	c.sql = "(" + strings.Join(sql, " OR ") + ")"
	return c
}

func (g group) list(ctx context.Context, before cursor, k int) (found, error) {
	var out found
	for _, s := range g {
		list, until, err := s.newest(ctx, before, k)
		if err != nil {
			return out, err
		}
		out.list = append(out.list, list...)
		out.until = later(out.until, until)
	}
	slices.SortFunc(out.list, func(a, b cursor) int { return b.compare(a) })
	out.list = slices.CompactFunc(out.list, func(a, b cursor) bool { return a.ID == b.ID })
	return out, nil
}

// named is a source of orders that are known already.
func named(list []cursor) source {
	test := cond{sql: "1 = 0"}
	if len(list) > 0 {
		test = in("h.id", idsOf(list))[0]
	}
	return source{test: test, newest: func(context.Context, cursor, int) ([]cursor, *cursor, error) { return slices.Clone(list), nil, nil }}
}

func idsOf(list []cursor) []id.ID {
	out := make([]id.ID, len(list))
	for i, c := range list {
		out[i] = c.ID
	}
	return out
}

// numberHits is which pasted number names which orders.
type numberHits map[string][]cursor

func (h numberHits) all() []cursor {
	out := []cursor{}
	for _, ids := range h {
		out = append(out, ids...)
	}
	return out
}

// byNumbers looks pasted numbers up as channel order numbers, our order numbers
// and waybill numbers at once, within the shops the actor may see.
func (s *Service) byNumbers(ctx context.Context, q db.Querier, a actor.Actor, numbers []string) (numberHits, error) {
	hits := numberHits{}
	var own []id.ID
	for _, n := range numbers {
		if i, err := id.Parse(n); err == nil {
			own = append(own, i)
		}
	}
	look := func(sql string, args []any) error {
		for row := range db.Each(ctx, q, sql, args...) {
			var no string
			var o cursor
			var shop id.ID
			if err := row.Scan(&no, &o.ID, &o.At, &shop); err != nil {
				return err
			}
			if a.InScope("shop", shop) && !slices.Contains(hits[no], o) {
				hits[no] = append(hits[no], o)
			}
		}
		return nil
	}
	for _, sql := range []string{selectByNo, selectByWaybill, selectByHeadWaybill} {
		if err := look(list(sql, a.MerchantID, numbers)); err != nil {
			return nil, err
		}
	}
	if len(own) == 0 {
		return hits, nil
	}
	return hits, look(list(selectByID, a.MerchantID, own))
}

// list ends a statement with a padded list of values, so that few texts are prepared.
func list[T any](sql string, m id.ID, values []T) (string, []any) {
	values = db.Pad(values)
	args := make([]any, 0, len(values)+1)
	args = append(args, m)
	for _, v := range values {
		args = append(args, v)
	}
	return sql + db.In(len(values)), args
}

// byPhone: a full number, also where a channel ciphered it, or its last four digits.
func (s *Service) byPhone(ctx context.Context, q db.Querier, m id.ID, phone string, sealed []int64) (group, error) {
	digits := receiver.NormalizePhone(phone)
	if len(digits) == 4 {
		return s.byTokens(ctx, q, m, receiver.TokenLastFour, digits)
	}
	g, err := s.byTokens(ctx, q, m, receiver.TokenPhone, digits)
	if err != nil {
		return nil, err
	}
	return s.orSealed(ctx, q, m, g, receiver.TokenSealedPhone, sealed)
}

// byName: the whole name, also where a channel ciphered it, or any part of at least two
// characters.
func (s *Service) byName(ctx context.Context, q db.Querier, m id.ID, name string, sealed []int64) (group, error) {
	if utf8.RuneCountInString(name) == 1 {
		return s.byTokens(ctx, q, m, receiver.TokenName, name)
	}
	g, err := s.byTokens(ctx, q, m, receiver.TokenNameBigram, receiver.Bigrams(name)...)
	if err != nil {
		return nil, err
	}
	return s.orSealed(ctx, q, m, g, receiver.TokenSealedName, sealed)
}

// byTokens finds orders that carry the tokens of every one of some values.
func (s *Service) byTokens(ctx context.Context, q db.Querier, m id.ID, kind int64, values ...string) (group, error) {
	keys, err := s.k.Seal.Keys(ctx, m)
	if err != nil {
		return nil, err
	}
	keyed := make([]int64, len(values))
	for i, v := range values {
		keyed[i] = keys.Token(kind, v)
	}
	return s.byKeyed(ctx, q, m, kind, keyed...)
}

// byKeyed finds orders that carry every one of some keyed tokens.
func (s *Service) byKeyed(ctx context.Context, q db.Querier, m id.ID, kind int64, keyed ...int64) (group, error) {
	var first, last *int64
	if err := q.QueryRow(ctx, selectQuarters, m, m).Scan(&first, &last); err != nil {
		return nil, err
	}
	if first == nil {
		return group{named(nil)}, nil
	}
	t := tokens{q: q, m: m, kind: kind, values: keyed, first: *first, last: *last}
	if there, err := t.there(ctx); err != nil || !there {
		return group{named(nil)}, err
	}
	return group{{newest: t.newest, test: t.test()}}, nil
}

// bySKU: orders with a line of this SKU code, mapped or as the shop wrote it.
func (s *Service) bySKU(ctx context.Context, q db.Querier, m id.ID, code string) (group, error) {
	skus, err := db.Column[id.ID](ctx, q, selectSKUIDs, m, code)
	if err != nil {
		return nil, err
	}
	listings, err := db.Column[id.ID](ctx, q, selectListingsOf, m, code, maxListings+1)
	if err != nil {
		return nil, err
	}
	if len(listings) > maxListings {
		return group{{test: cond{existsLine("l.sku_code = ?"), []any{code}}}}, nil
	}
	return group{s.byLines(q, m, skus, listings)}, nil
}

// byTitle: orders with a line whose listing's title or spec, or whose SKU's name,
// holds text. A text that very many hold is tested while walking: it is found soon.
func (s *Service) byTitle(ctx context.Context, q db.Querier, m id.ID, text string) (group, error) {
	like := contains(text)
	listings, err := s.listingsOf(ctx, q, m, text, like)
	if err != nil {
		return nil, err
	}
	skus, err := db.Column[id.ID](ctx, q, selectSKUsLike(s.k.DB.Dialect), m, like, maxListings+1)
	if err != nil {
		return nil, err
	}
	if len(listings)+len(skus) > maxListings {
		return group{{test: cond{existsLine(lineTitleLike), []any{like}}}}, nil
	}
	return group{s.byLines(q, m, skus, listings)}, nil
}

// maxWords is how many words of a text are counted in search of a rare one.
const maxWords = 6

// listingsOf are at most maxListings+1 listings whose title or spec holds text:
// those that have its rarest word, compared.
func (s *Service) listingsOf(ctx context.Context, q db.Querier, m id.ID, text, like string) ([]id.ID, error) {
	words := catalog.Words(text)
	if len(words) == 0 {
		return db.Column[id.ID](ctx, q, selectListingsLike(s.k.DB.Dialect), m, like, like, maxListings+1)
	}
	words = words[:min(len(words), maxWords)]
	var args []any
	for _, w := range words {
		args = append(args, m, w, 4*maxListings)
	}
	rarest, least := 0, int64(-1)
	for row := range db.Each(ctx, q, countWords(len(words)), args...) {
		var i int
		var n int64
		if err := row.Scan(&i, &n); err != nil {
			return nil, err
		}
		if least < 0 || n < least {
			rarest, least = i, n
		}
	}
	if least == 0 {
		return nil, nil
	}
	return db.Column[id.ID](ctx, q, selectWordLike(s.k.DB.Dialect), m, words[rarest], like, like, maxListings+1)
}

// byAnything is the one search box: a number, a phone, four digits, a waybill, a
// SKU code, a name or a title. Numbers that hit end the search; else every
// reading that fits adds its orders.
func (s *Service) byAnything(ctx context.Context, q db.Querier, a actor.Actor, f Filter) (group, error) {
	text := f.Query
	numbers := SplitNumbers(text)
	if len(numbers) > 1 && allNumbers(numbers) {
		hits, err := s.byNumbers(ctx, q, a, numbers[:min(len(numbers), MaxNumbers)])
		return group{named(hits.all())}, err
	}
	if strings.ContainsFunc(text, latinOrDigit) { // as any number has one
		hits, err := s.byNumbers(ctx, q, a, []string{text})
		if err != nil || len(hits) > 0 {
			return group{named(hits.all())}, err
		}
	}
	var out group
	add := func(g group, err error) error { out = append(out, g...); return err }
	if n := len(receiver.NormalizePhone(text)); n == 4 || n >= 7 {
		if err := add(s.byPhone(ctx, q, a.MerchantID, text, f.sought.anyPhone)); err != nil {
			return nil, err
		}
	}
	if err := add(s.bySKU(ctx, q, a.MerchantID, text)); err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(text) >= 2 && !allNumbers([]string{text}) {
		if err := add(s.byName(ctx, q, a.MerchantID, text, f.sought.anyName)); err != nil {
			return nil, err
		}
		if err := add(s.byTitle(ctx, q, a.MerchantID, text)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func latinOrDigit(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
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
