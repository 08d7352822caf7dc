package id_test

import (
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ordercove/ordercove/internal/kit/id"
)

func TestIdsOnlyEverRise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.UnixMilli(id.Epoch + 1_000_000)
		s := id.NewSource(rapid.IntRange(0, id.MaxNode).Draw(t, "node"), func() time.Time { return now })
		last := id.ID(0)
		for range rapid.IntRange(1, 200).Draw(t, "ids") {
			// The clock jumps forth and back, as machines' clocks do.
			now = now.Add(time.Duration(rapid.IntRange(-5000, 50).Draw(t, "jump")) * time.Millisecond)
			if next := s.New(); next <= last {
				t.Fatalf("%d after %d", next, last)
			} else {
				last = next
			}
		}
	})
}

func TestManyCallersAndASpentMillisecondGetNoIdTwice(t *testing.T) {
	now := time.UnixMilli(id.Epoch + 77)
	s := id.NewSource(3, func() time.Time { return now })
	var mu sync.Mutex
	var wg sync.WaitGroup
	seen := map[id.ID]bool{}
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 2000 {
				i := s.New()
				mu.Lock()
				if seen[i] {
					t.Errorf("%d twice", i)
				}
				seen[i] = true
				mu.Unlock()
			}
		}()
	}
	wg.Wait()
}

func TestTwoNodesNeverMakeTheSameId(t *testing.T) {
	now := func() time.Time { return time.UnixMilli(id.Epoch + 5) }
	a, b := id.NewSource(1, now), id.NewSource(2, now)
	seen := map[id.ID]bool{}
	for range 3000 {
		for _, i := range []id.ID{a.New(), b.New()} {
			if seen[i] {
				t.Fatalf("%d twice", i)
			}
			seen[i] = true
		}
	}
}

func TestJSONCarriesIdsAsTextAndRefusesNumbers(t *testing.T) {
	big := id.ID(9007199254740993) // 2^53 + 1: a number would lose it
	b, err := json.Marshal(big)
	if err != nil || string(b) != `"9007199254740993"` {
		t.Fatalf("%s %v", b, err)
	}
	var back id.ID
	if err := json.Unmarshal(b, &back); err != nil || back != big {
		t.Fatalf("%d %v", back, err)
	}
	for _, text := range []string{`9007199254740993`, `"-1"`, `"12a"`, `""`, `"99999999999999999999"`, `true`} {
		if err := json.Unmarshal([]byte(text), &back); !errors.Is(err, id.ErrBad) {
			t.Errorf("%s was taken for an id: %v", text, err)
		}
	}
}

func TestAnIdTellsWhenItWasMade(t *testing.T) {
	at := time.UnixMilli(id.Epoch + 123_456_789)
	i := id.NewSource(9, func() time.Time { return at }).New()
	if i.Millis() != at.UnixMilli() || id.First(at.UnixMilli()) > i || id.First(at.UnixMilli()+1) <= i {
		t.Fatalf("%d: made at %d, told %d", i, at.UnixMilli(), i.Millis())
	}
}

func TestOnceKeepsEachIdWhereItStoodFirst(t *testing.T) {
	if got, want := id.Once([]id.ID{3, 1, 3, 2, 1}), []id.ID{3, 1, 2}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
