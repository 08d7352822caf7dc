package world

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/ordercove/ordercove/internal/kit/clock"
)

// Platform is one platform's side of the wire. Its folder has one function that
// returns it.
type Platform struct {
	Code, Name string
	// Handler answers everything below /<code>, that prefix taken off.
	Handler func(w *World) http.Handler
	// OrderNo, LineNo (i from 0) and CaseNo spell numbers; nil is digits beyond 2^53.
	OrderNo func(shop *Shop, createdAt int64, serial uint64) string
	LineNo  func(orderNo string, serial uint64, i int) string
	CaseNo  func(shop *Shop, createdAt int64, serial uint64) string
	// ItemNo spells an item number from a small one; nil is digits beyond 2^53.
	ItemNo func(n uint64) string
	// SKUNo spells a SKU's number from a small one; nil is digits beyond 2^53.
	SKUNo func(n uint64) string
	// Push makes the request that tells of an event, false where the platform tells
	// nothing of it; nil where there are no pushes over HTTP. It runs under the shop's
	// lock: the time is Event.SentAt, Shop.Do and Shop.Now would wait for ever.
	Push func(s *Shop, e Event) (Push, bool)
	// Acknowledged reads the answer to a push; nil is any 2xx.
	Acknowledged func(status int, body []byte) bool
	// Credentials are what a person types into the product for a shop.
	Credentials func(s *Shop) map[string]string
	// AppKey and Secret spell a new shop's; nil is 8 digits and 32 hex digits.
	AppKey, Secret func(r *Random) string
	// TokenTTL and RefreshTTL are the platform's own, milliseconds; 0 is a year.
	TokenTTL, RefreshTTL int64
	// FixedTokens: a token cannot be prolonged without a person, so profiles do not
	// shorten it; an administrator can.
	FixedTokens bool
	// DecryptDaily is the platform's own quota of fields; 0 is unbounded.
	DecryptDaily int64
	// QuietMemo: a memo does not touch the modified time.
	QuietMemo bool
	// Labels are the carriers whose waybills the platform issues: its code, and ours,
	// by which numbers are formed.
	Labels map[string]string
	// Courier: this is a carrier, a shop of it is an account there. It has no orders.
	Courier bool
	// NoSplit: a parcel always holds all lines.
	NoSplit bool
	// Groups and GiftOrders: the platform has such orders.
	Groups, GiftOrders bool
	// OneLine: an order has one line. NoPresale, NoRisk and NoWishes: the platform's
	// wire cannot tell of deposits, of risk reviews, of buyers asking for another
	// address.
	OneLine, NoPresale, NoRisk, NoWishes bool
}

// Push is a request to a shop's hook address.
type Push struct {
	Method string // empty is POST
	Query  url.Values
	Header http.Header
	Body   []byte
}

// Config is how a world begins.
type Config struct {
	Seed    uint64
	Profile Profile
	Clock   clock.Clock // the machine's
	// Rate is how many world seconds pass in one of the clock; 0 is 1.
	Rate float64
	// StatePath is the file that the truth is kept in; empty keeps it in memory only.
	StatePath string
	// Backlog is how many orders each new shop has from the days before.
	Backlog int
	// BacklogDays is how many days those are spread over; 0 is 3.
	BacklogDays int
}

// World is every shop and the time they share.
type World struct {
	cfg   Config
	start int64 // of the clock, unix milliseconds

	mu     sync.Mutex
	ahead  time.Duration // the world before the clock, by Advance
	shops  []*Shop
	byCode map[string][]*Shop
	out    *stateFile
	past   *memory // what the state file told, by shop

	client http.Client
}

// New makes an empty world, or reads what the state file remembers; the shops it
// remembers come back when they are added again under the same names.
func New(cfg Config) (*World, error) {
	if cfg.Rate <= 0 {
		cfg.Rate = 1
	}
	if cfg.BacklogDays <= 0 {
		cfg.BacklogDays = 3
	}
	w := &World{cfg: cfg, start: clock.Millis(cfg.Clock), byCode: map[string][]*Shop{}}
	w.client = http.Client{Timeout: 10 * time.Second}
	if cfg.StatePath == "" {
		return w, nil
	}
	var err error
	w.past, w.out, err = openState(cfg.StatePath)
	if err != nil {
		return nil, fmt.Errorf("state %s: %w", cfg.StatePath, err)
	}
	if w.past.Start != 0 {
		// The world goes on at its own rate from where its clock would stand.
		w.start, w.ahead = w.past.Start, time.Duration(w.past.Ahead)*time.Millisecond
		return w, nil
	}
	w.out.write(record{World: &worldRecord{Start: w.start}})
	return w, nil
}

// Close ends writing to the state file.
func (w *World) Close() error {
	if w.out == nil {
		return nil
	}
	return w.out.Close()
}

// Now is the world's time, unix milliseconds.
func (w *World) Now() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	passed := clock.Millis(w.cfg.Clock) - w.start
	return w.start + int64(float64(passed)*w.cfg.Rate) + w.ahead.Milliseconds()
}

// Advance moves the world's time forward.
func (w *World) Advance(d time.Duration) {
	w.mu.Lock()
	w.ahead += max(0, d)
	ahead := w.ahead.Milliseconds()
	w.mu.Unlock()
	if w.out != nil {
		w.out.write(record{World: &worldRecord{Start: w.start, Ahead: ahead}})
	}
	w.Step()
}

// Step lets everything happen that is due.
func (w *World) Step() {
	for _, s := range w.Shops() {
		s.Do(func(*Tx) {})
	}
}

// Add opens the n-th shop (from 1) of a platform. hook is where its pushes go, empty
// for nowhere.
func (w *World) Add(p Platform, n int, hook string) *Shop {
	s := newShop(w, p, n, hook)
	w.mu.Lock()
	w.shops = append(w.shops, s)
	s.nth = len(w.shops)
	w.byCode[p.Code] = append(w.byCode[p.Code], s)
	w.mu.Unlock()
	s.begin()
	return s
}

// Shops are all shops, in the order they were added.
func (w *World) Shops() []*Shop {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.shops)
}

// ShopsOf are the shops of one platform.
func (w *World) ShopsOf(code string) []*Shop {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.byCode[code])
}

// Find returns the shop of a platform that ok accepts first, or nil.
func (w *World) Find(code string, ok func(*Shop) bool) *Shop {
	for _, s := range w.ShopsOf(code) {
		if ok(s) {
			return s
		}
	}
	return nil
}

// ByApp returns the shop of a platform with that app key, or nil.
func (w *World) ByApp(code, appKey string) *Shop {
	return w.Find(code, func(s *Shop) bool { return s.AppKey == appKey })
}

// Named returns the shop called <code>-<n>, or nil.
func (w *World) Named(name string) *Shop {
	for _, s := range w.Shops() {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// Wait lasts d of the machine's clock, or until ctx ends.
func (w *World) Wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-w.cfg.Clock.After(d):
	}
}

// beyond spells a number past 2^53, so close to its neighbours that a float64
// cannot tell them apart.
func beyond(base, n uint64) string { return strconv.FormatUint(base+n, 10) }
