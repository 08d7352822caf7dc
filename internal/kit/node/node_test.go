package node_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/node"
)

func TestProcessesThatStartAtOnceGetDifferentNumbers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(kittest.Noon)
		var wg sync.WaitGroup
		var mu sync.Mutex
		numbers := map[int]string{}
		for _, name := range []string{"a", "b", "c", "d", "e"} {
			wg.Add(1)
			go func() {
				defer wg.Done()
				l, err := node.Acquire(t.Context(), d, c, name)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				if other, taken := numbers[l.Number]; taken {
					t.Errorf("%s and %s share number %d", name, other, l.Number)
				}
				numbers[l.Number] = name
			}()
		}
		wg.Wait()
		for number, name := range numbers {
			if l, err := node.Acquire(t.Context(), d, c, name); err != nil || l.Number != number {
				t.Errorf("%s came back and got %d instead of %d (%v)", name, l.Number, number, err)
			}
		}
	})
}

func TestANumberIsFreeOnceItsLeaseEndedOrWasGivenBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(kittest.Noon)
		a, err := node.Acquire(t.Context(), d, c, "a")
		if err != nil {
			t.Fatal(err)
		}
		if b, err := node.Acquire(t.Context(), d, c, "b"); err != nil || b.Number == a.Number {
			t.Fatalf("%d %v", b.Number, err)
		}
		c.Advance(2 * time.Minute)
		if l, err := node.Acquire(t.Context(), d, c, "c"); err != nil || l.Number != a.Number {
			t.Fatalf("after the lease ended: %d %v", l.Number, err)
		}
		l, err := node.Acquire(t.Context(), d, c, "d")
		if err != nil {
			t.Fatal(err)
		}
		l.Release()
		if e, err := node.Acquire(t.Context(), d, c, "e"); err != nil || e.Number != l.Number {
			t.Fatalf("after it was given back: %d %v, want %d", e.Number, err, l.Number)
		}
	})
}

func TestAProcessThatLostItsNumberStops(t *testing.T) {
	d := dbtest.SQLite(t)
	c := clock.NewFake(kittest.Noon)
	a, err := node.Acquire(t.Context(), d, c, "a")
	if err != nil {
		t.Fatal(err)
	}
	// It slept, and somebody who lives two minutes later took its number. Its own
	// clock stands still until then: no renewal of its can come first.
	if b, err := node.Acquire(t.Context(), d, clock.NewFake(kittest.Noon.Add(2*time.Minute)), "b"); err != nil || b.Number != a.Number {
		t.Fatalf("the other got %d of %d: %v", b.Number, a.Number, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- a.Keep(t.Context(), func(error) {}) }()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); {
		c.Advance(time.Minute)
		select {
		case err := <-ended:
			if !errors.Is(err, node.ErrLost) {
				t.Fatal(err)
			}
			return
		case <-time.After(5 * time.Millisecond): // it may not have begun to wait
		}
	}
	t.Fatal("it goes on making ids")
}
