package live_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/kit/live"
)

func next(t *testing.T, l *live.Listener) string {
	t.Helper()
	ctx, done := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer done()
	topic, _ := l.Next(ctx)
	return topic
}

func TestListenersHearTheirOwnMerchantOnly(t *testing.T) {
	h := live.NewHub()
	mine, theirs := h.Listen(1), h.Listen(2)
	h.Publish(1, "orders")
	if got := next(t, mine); got != "orders" {
		t.Errorf("heard %q", got)
	}
	if got := next(t, theirs); got != "" {
		t.Errorf("another merchant heard %q", got)
	}
}

func TestTopicsThatComeWhileNobodyReadsAreKeptOnceEach(t *testing.T) {
	h := live.NewHub()
	l := h.Listen(1)
	for range 1000 {
		h.Publish(1, "orders", "jobs")
	}
	h.Publish(1, "stock")
	seen := map[string]int{}
	for topic := next(t, l); topic != ""; topic = next(t, l) {
		seen[topic]++
	}
	if len(seen) != 3 || seen["orders"] != 1 || seen["jobs"] != 1 || seen["stock"] != 1 {
		t.Errorf("heard %v", seen)
	}
}

func TestClosingTheHubEndsEveryWait(t *testing.T) {
	h := live.NewHub()
	var wg sync.WaitGroup
	for range 5 {
		l := h.Listen(1)
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer l.Close()
			if topic, _ := l.Next(t.Context()); topic != "" {
				t.Errorf("heard %q", topic)
			}
		}()
	}
	h.Close()
	h.Close()
	wg.Wait()
	if n := h.Open(); n != 0 {
		t.Errorf("%d listeners are left", n)
	}
}
