package world

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
)

// Shop is one shop on one platform. Its fields do not change; everything that does
// is reached in Do, or by the methods that say so.
type Shop struct {
	Platform Platform
	Name     string // <code>-<n>
	Number   int    // n, from 1
	ID       string // the platform's number of the shop, short digits
	Title    string // the shop's name, for people
	AppKey   string
	Secret   string
	Hook     string

	w   *World
	nth int // of all shops of the world, from 1
	mu  sync.Mutex
	tx  Tx
}

// Tx is a shop while its lock is held: Shop.Do hands it out.
type Tx struct {
	*Shop
	now int64

	faults Faults
	life   Life
	rng    *Random // of faults: in the order of requests

	orders   map[string]*Order
	byNo     []*Order // in the order of their creation
	modified index[*Order]
	created  index[*Order]
	paid     index[*Order]
	cases    map[string]*Case
	caseMod  index[*Case]
	reviews  []*Review
	listings []Listing

	serial, caseSerial uint64
	arrivals           uint64 // orders that came by themselves
	agenda             agenda
	still              bool // quiet: nothing happens by itself
	deaf               bool // the backlog is made: nobody listens yet

	effects   []*Effect
	effectOf  map[string]*Effect
	events    []*message
	eventNo   uint64
	tokens    tokens
	quota     quota
	labels    labels
	bannedTil int64
	window    [2]int64 // second, calls in it: for PerSecond
}

// Do steps the shop to now and runs f under its lock. f must not keep what it is
// given and must not call Do.
func (s *Shop) Do(f func(*Tx)) {
	now := s.w.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &s.tx
	t.run(now + t.faults.ClockSkewMS)
	f(t)
	if s.w.out != nil {
		s.w.out.flush()
	}
}

// World is the shop's world.
func (s *Shop) World() *World { return s.w }

// Now is the platform's clock, unix milliseconds.
func (t *Tx) Now() int64 { return t.now }

// Now is the platform's clock, unix milliseconds.
func (s *Shop) Now() (now int64) {
	s.Do(func(t *Tx) { now = t.now })
	return now
}

func newShop(w *World, p Platform, n int, hook string) *Shop {
	name := fmt.Sprintf("%s-%d", p.Code, n)
	r := Stream(w.cfg.Seed, name, "identity")
	s := &Shop{Platform: p, Name: name, Number: n, Hook: hook, w: w}
	s.ID = r.Digits(8)
	s.Title = pick(r, shopWords) + pick(r, shopKinds) + fmt.Sprint(n)
	s.AppKey, s.Secret = r.Digits(8), r.Hex(32)
	if p.AppKey != nil {
		s.AppKey = p.AppKey(r)
	}
	if p.Secret != nil {
		s.Secret = p.Secret(r)
	}
	s.tx = Tx{Shop: s, faults: w.cfg.Profile.Faults, life: w.cfg.Profile.Life, rng: Stream(w.cfg.Seed, name, "faults"),
		orders: map[string]*Order{}, cases: map[string]*Case{}, effectOf: map[string]*Effect{}, labels: labels{byNo: map[string]*Label{}, left: map[string]int64{}}}
	s.tx.modified.stale = func(o *Order, at, rev int64) bool { return o.ModifiedAt != at || o.Rev != rev }
	s.tx.caseMod.stale = func(c *Case, at, rev int64) bool { return c.ModifiedAt != at || c.Rev != rev }
	s.tx.listings = makeListings(Stream(w.cfg.Seed, name, "goods"), p, n)
	s.tx.tokens = newTokens()
	return s
}

// By is the instant a list goes by.
type By int

const (
	ByModified By = iota
	ByCreated
	ByConfirmed // paid, and group and gift complete
)

// Query is a window of a list, both ends inclusive, unix milliseconds. Keep is nil
// for all.
type Query struct {
	By       By
	From, To int64
	Oldest   bool // first; otherwise newest first
	Keep     func(*Order) bool
}

// List returns the orders of a page of a window, as copies, and how many the window
// holds. Changes younger than the lag are not in it. A profile may make the page
// short, or change an order before.
func (t *Tx) List(q Query, offset, size int) (page []*Order, total int) {
	ix := &t.modified
	switch q.By {
	case ByCreated:
		ix = &t.created
	case ByConfirmed:
		ix = &t.paid
	}
	to := min(q.To, t.now-t.faults.LagMS)
	if t.rng.Chance(t.faults.MutatePageRate) && !t.still {
		t.disturb(ix, q.From, to)
	}
	offset = max(0, offset)
	keep := func(o *Order) bool { return q.Keep == nil || q.Keep(o) }
	ix.walk(q.From, to, q.Oldest, func(o *Order) {
		if !keep(o) {
			return
		}
		if total >= offset && len(page) < size {
			page = append(page, o)
		}
		total++
	})
	if len(page) > 1 && t.rng.Chance(t.faults.ShortPageRate) {
		page = page[:t.rng.Below(len(page))]
	}
	for i, o := range page {
		page[i] = o.clone()
	}
	return page, total
}

// disturb lets one order of a window change, as buyers do while pages are read.
func (t *Tx) disturb(ix *index[*Order], from, to int64) {
	var in []*Order
	ix.walk(from, to, true, func(o *Order) {
		if len(in) < 200 {
			in = append(in, o)
		}
	})
	if len(in) == 0 {
		return
	}
	o := pick(t.rng, in)
	o.BuyerNote = pick(t.rng, buyerNotes)
	t.touch(o, TopicChanged)
}

// Order returns a copy of one order, or nil.
func (t *Tx) Order(no string) *Order {
	if o := t.orders[no]; o != nil {
		return o.clone()
	}
	return nil
}

// Orders returns up to size orders in the order of their creation, after the order
// with that serial: the truth, without lag or faults.
func (t *Tx) Orders(after uint64, size int) []*Order {
	i, _ := slices.BinarySearchFunc(t.byNo, after+1, func(o *Order, n uint64) int { return cmp.Compare(o.Serial, n) })
	var out []*Order
	for ; i < len(t.byNo) && len(out) < size; i++ {
		out = append(out, t.byNo[i].clone())
	}
	return out
}

// Count is how many orders there are.
func (t *Tx) Count() int { return len(t.byNo) }

// Cases lists after-sale cases by modified time as List does.
func (t *Tx) Cases(from, to int64, oldest bool, keep func(*Case) bool, offset, size int) (page []*Case, total int) {
	t.caseMod.walk(from, min(to, t.now-t.faults.LagMS), oldest, func(c *Case) {
		if keep != nil && !keep(c) {
			return
		}
		if total >= offset && len(page) < size {
			one := *c
			page = append(page, &one)
		}
		total++
	})
	return page, total
}

// Case returns a copy of one case, or nil.
func (t *Tx) Case(no string) *Case {
	if c := t.cases[no]; c != nil {
		one := *c
		return &one
	}
	return nil
}

// CasesOf are copies of an order's cases, oldest first.
func (t *Tx) CasesOf(orderNo string) []*Case {
	o := t.orders[orderNo]
	if o == nil || !slices.ContainsFunc(o.Lines, func(l Line) bool { return l.CaseNo != "" }) {
		return nil
	}
	var out []*Case
	for _, c := range t.cases {
		if c.OrderNo == orderNo {
			one := *c
			out = append(out, &one)
		}
	}
	slices.SortFunc(out, func(a, b *Case) int { return cmp.Compare(a.Serial, b.Serial) })
	return out
}

// Reviews lists reviews by created time, newest first.
func (t *Tx) Reviews(from, to int64, offset, size int) (page []Review, total int) {
	for i := len(t.reviews) - 1; i >= 0; i-- {
		r := t.reviews[i]
		if r.CreatedAt < from || r.CreatedAt > to {
			continue
		}
		if total >= offset && len(page) < size {
			page = append(page, *r)
		}
		total++
	}
	return page, total
}

// Listings are copies of what the shop sells.
func (t *Tx) Listings() []Listing { return slices.Clone(t.listings) }

// Faults are the shop's faults now.
func (t *Tx) Faults() Faults { return t.faults }

// index keeps things by an instant that only grows; a thing that moved leaves a
// stale entry behind.
type index[T any] struct {
	entries []entry[T]
	dead    int
	stale   func(v T, at, rev int64) bool // nil: entries never go stale
}

type entry[T any] struct {
	at, rev int64
	v       T
}

func (x *index[T]) add(at, rev int64, v T) {
	i := len(x.entries)
	for i > 0 && x.entries[i-1].at > at {
		i--
	}
	x.entries = slices.Insert(x.entries, i, entry[T]{at, rev, v})
	if x.stale != nil && rev > 1 {
		if x.dead++; x.dead > 1000 && x.dead > len(x.entries)/2 {
			x.entries = slices.DeleteFunc(x.entries, func(e entry[T]) bool { return x.stale(e.v, e.at, e.rev) })
			x.dead = 0
		}
	}
}

func (x *index[T]) walk(from, to int64, oldest bool, f func(T)) {
	lo, _ := slices.BinarySearchFunc(x.entries, from, func(e entry[T], at int64) int { return cmp.Compare(e.at, at) })
	hi, _ := slices.BinarySearchFunc(x.entries, to+1, func(e entry[T], at int64) int { return cmp.Compare(e.at, at) })
	for n := range max(0, hi-lo) {
		i := lo + n
		if !oldest {
			i = hi - 1 - n
		}
		if e := x.entries[i]; x.stale == nil || !x.stale(e.v, e.at, e.rev) {
			f(e.v)
		}
	}
}

// Life is what happens by itself now.
func (t *Tx) Life() Life { return t.life }
