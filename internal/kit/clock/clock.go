// Package clock is time and randomness as dependencies, so that tests own both.
// Instants are unix milliseconds UTC in int64; 0 means unknown.
package clock

import (
	"crypto/rand"
	"io"
	"sync"
	"time"
)

// Clock tells the time. Production uses System; tests use a Fake.
type Clock interface {
	Now() time.Time
	// After fires once, d from now. Workers wait with it so that a Fake can move them.
	After(d time.Duration) <-chan time.Time
}

// System is the machine's clock.
type System struct{}

func (System) Now() time.Time                         { return time.Now() }
func (System) After(d time.Duration) <-chan time.Time { return time.After(d) }

// Millis is the clock's unix millisecond.
func Millis(c Clock) int64 { return c.Now().UnixMilli() }

// Random is the production source of randomness.
func Random() io.Reader { return rand.Reader }

// Fake is a clock that moves only when told to.
type Fake struct {
	mu     sync.Mutex
	now    time.Time
	timers []timer
}

type timer struct {
	at time.Time
	c  chan time.Time
}

// NewFake starts at t.
func NewFake(t time.Time) *Fake { return &Fake{now: t} }

func (f *Fake) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *Fake) After(d time.Duration) <-chan time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := make(chan time.Time, 1)
	if d <= 0 {
		c <- f.now
		return c
	}
	f.timers = append(f.timers, timer{f.now.Add(d), c})
	return c
}

// Advance moves the clock by d and fires what is due.
func (f *Fake) Advance(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
	keep := f.timers[:0]
	for _, t := range f.timers {
		if t.at.After(f.now) {
			keep = append(keep, t)
			continue
		}
		t.c <- f.now
	}
	f.timers = keep
}
