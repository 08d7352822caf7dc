package pull

import (
	"context"
	"database/sql"
	"errors"
	"hash/maphash"
	"sync"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// apps counts and limits the calls of every app: a token bucket a second, a quota a
// day, and bans, which are on disk before anything else is asked.
type apps struct {
	k  *kit.Kit
	mu sync.Mutex
	m  map[appKey]*app
}

type appKey struct {
	merchant id.ID
	app      int64
}

type app struct {
	tokens  float64
	at      int64 // when tokens was counted
	day     int64
	calls   int64 // today, as far as we know
	unsaved int64
	savedAt int64
	banned  int64 // until
	code    string
}

func newApps(k *kit.Kit) *apps { return &apps{k: k, m: map[appKey]*app{}} }

var china = time.FixedZone("Asia/Shanghai", 8*3600)

// dayOf is yyyymmdd of an instant in China time.
func dayOf(ms int64) int64 {
	y, m, d := time.UnixMilli(ms).In(china).Date()
	return int64(y)*10000 + int64(m)*100 + int64(d)
}

// dayStart is the first instant of a yyyymmdd day.
func dayStart(d int64) int64 {
	return time.Date(int(d/10000), time.Month(d/100%100), int(d%100), 0, 0, 0, 0, china).UnixMilli()
}

// get returns an app's counters, from disk the first time.
func (a *apps) get(ctx context.Context, key appKey) (*app, error) {
	a.mu.Lock()
	x := a.m[key]
	a.mu.Unlock()
	if x != nil {
		return x, nil
	}
	x = &app{tokens: 1, at: clock.Millis(a.k.Clock)}
	err := a.k.DB.QueryRow(ctx, selectApp, key.merchant, key.app).Scan(&x.day, &x.calls, &x.banned, &x.code)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if had := a.m[key]; had != nil {
		return had, nil
	}
	a.m[key] = x
	return x, nil
}

// take waits for a call's turn and counts it.
//
// Errors: channel.ErrThrottled while the app is banned or its day is used up.
func (a *apps) take(ctx context.Context, key appKey, l channel.Limits) error {
	x, err := a.get(ctx, key)
	if err != nil {
		return err
	}
	for {
		now := clock.Millis(a.k.Clock)
		a.mu.Lock()
		if today := dayOf(now); x.day != today {
			x.day, x.calls, x.unsaved = today, 0, 0
		}
		switch {
		case x.banned > now:
			wait, code := x.banned-now, x.code
			a.mu.Unlock()
			return channel.Throttled(wait, code)
		case l.Daily > 0 && x.calls >= l.Daily:
			x.banned, x.code = dayStart(x.day)+day, "daily_quota"
			wait := x.banned - now
			a.mu.Unlock()
			return channel.Throttled(wait, "daily_quota")
		}
		wait := x.turn(now, l.PerSecond)
		if wait == 0 {
			x.calls++
			x.unsaved++
			a.mu.Unlock()
			return nil
		}
		a.mu.Unlock()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-a.k.Clock.After(time.Duration(wait) * time.Millisecond):
		}
	}
}

// turn takes a token, or says how long one is away, in milliseconds.
func (x *app) turn(now int64, perSecond float64) int64 {
	if perSecond <= 0 {
		return 0
	}
	x.tokens = min(max(1, perSecond), x.tokens+float64(now-x.at)*perSecond/1000)
	x.at = now
	if x.tokens >= 1 {
		x.tokens--
		return 0
	}
	return int64((1-x.tokens)*1000/perSecond) + 1
}

// ban obeys what the channel asked for, also after a restart.
func (a *apps) ban(ctx context.Context, key appKey, until int64, code string) error {
	x, err := a.get(ctx, key)
	if err != nil {
		return err
	}
	a.mu.Lock()
	if x.banned < until {
		x.banned, x.code = until, code
	}
	a.mu.Unlock()
	return a.save(ctx, key, true)
}

// bannedUntil is 0 where the app may ask.
func (a *apps) bannedUntil(ctx context.Context, key appKey) (int64, error) {
	x, err := a.get(ctx, key)
	if err != nil {
		return 0, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if x.banned > clock.Millis(a.k.Clock) {
		return x.banned, nil
	}
	return 0, nil
}

const (
	saveCalls = 200
	saveAfter = minute
)

// save writes the counters down, now and then or at once: what an end loses of
// them is a few calls of a day's quota.
func (a *apps) save(ctx context.Context, key appKey, atOnce bool) error {
	now := clock.Millis(a.k.Clock)
	a.mu.Lock()
	x := a.m[key]
	if x == nil || !atOnce && (x.unsaved < saveCalls && now-x.savedAt < saveAfter || x.unsaved == 0) {
		a.mu.Unlock()
		return nil
	}
	d, n, banned, code := x.day, x.unsaved, x.banned, x.code
	x.unsaved, x.savedAt = 0, now
	a.mu.Unlock()
	if d == 0 {
		d = dayOf(now)
	}
	m := actor.Merchant(ctx)
	return a.k.DB.InTx(context.WithoutCancel(ctx), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, saveApp, m, key.app, d, n, banned, code)
		return err
	})
}

// seenBodies remembers bodies that were accounted for a while ago, so that an
// overlap costs no reading: by number, the hash of the last body. It forgets by
// halves and after a restart, which costs nothing but time.
type seenBodies struct {
	seed     maphash.Seed
	mu       sync.Mutex
	new, old map[uint64]uint64
}

const seenMost = 100_000

func newSeenBodies() *seenBodies {
	return &seenBodies{seed: maphash.MakeSeed(), new: map[uint64]uint64{}, old: map[uint64]uint64{}}
}

func (s *seenBodies) key(shop shopKey, stream, no string) uint64 {
	var h maphash.Hash
	h.SetSeed(s.seed)
	maphash.WriteComparable(&h, shop)
	_, _ = h.WriteString(stream)
	_ = h.WriteByte(0)
	_, _ = h.WriteString(no)
	return h.Sum64()
}

func (s *seenBodies) hash(body []byte) uint64 { return maphash.Bytes(s.seed, body) }

// same reports that the last body under key was this one.
func (s *seenBodies) same(key, body uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if had, ok := s.new[key]; ok {
		return had == body
	}
	had, ok := s.old[key]
	return ok && had == body
}

func (s *seenBodies) put(key, body uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.new) >= seenMost {
		s.new, s.old = make(map[uint64]uint64, seenMost), s.new
	}
	s.new[key] = body
}
