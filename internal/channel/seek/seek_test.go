package seek_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/seek"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
)

// mall is a channel that answers when it likes.
type mall struct {
	calls atomic.Int64
	wait  func(ctx context.Context, shop id.ID) error
}

func (m *mall) SearchIndex(ctx context.Context, shop id.ID, field, plain string) (string, error) {
	m.calls.Add(1)
	return field + plain, m.wait(ctx, shop)
}

func forever(ctx context.Context) error {
	<-ctx.Done()
	return channel.ErrUnavailable.Because(ctx.Err())
}

var shops = map[id.ID]string{1: "sealmall", 2: "sealmall", 3: "sealmall"}

func open(t *testing.T, d *db.DB, m *mall) (*seek.Service, context.Context) {
	k, ctx := kittest.New(t, d)
	return seek.New(k, []channel.Manifest{{Code: "sealmall", API: &channel.API{}, Capabilities: []channel.Capability{channel.SearchIndexes}}}, m), ctx
}

func TestAChannelThatDoesNotAnswerIsNamedAndTheOthersAreAsked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m := &mall{wait: func(ctx context.Context, shop id.ID) error {
			if shop == 1 {
				return forever(ctx)
			}
			return nil
		}}
		s, ctx := open(t, d, m)
		s.Hurry(time.Hour, 10*time.Millisecond)
		tokens, unasked, err := s.Tokens(ctx, shops, seek.Phone, "13800001234")
		if err != nil || len(tokens) != 1 || len(unasked) != 1 || !errors.Is(unasked[1], seek.ErrSlow) || m.calls.Load() != 3 {
			t.Errorf("%v %v %v, %d calls", tokens, unasked, err, m.calls.Load())
		}
		_, unasked, err = s.Tokens(ctx, shops, seek.Phone, "13800001234")
		if err != nil || !errors.Is(unasked[1], seek.ErrSlow) || m.calls.Load() != 3 {
			t.Errorf("again: %v %v, %d calls", unasked, err, m.calls.Load())
		}
	})
}

func TestTheTimeOfASearchEndsForAllOfItsShops(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m := &mall{wait: func(ctx context.Context, _ id.ID) error { return forever(ctx) }}
		s, ctx := open(t, d, m)
		s.Hurry(10*time.Millisecond, time.Hour)
		tokens, unasked, err := s.Tokens(ctx, shops, seek.Name, "赵小满")
		if err != nil || len(tokens) != 0 || len(unasked) != 3 || m.calls.Load() != 1 {
			t.Errorf("%v %v %v, %d calls", tokens, unasked, err, m.calls.Load())
		}
		s.Hurry(time.Hour, time.Hour)
		m.wait = func(context.Context, id.ID) error { return nil }
		if tokens, unasked, err := s.Tokens(ctx, shops, seek.Name, "赵小满"); err != nil || len(tokens) != 1 || len(unasked) != 0 || m.calls.Load() != 4 {
			t.Errorf("what nobody asked is asked by the next: %v %v %v, %d calls", tokens, unasked, err, m.calls.Load())
		}
	})
}

func TestSearchesSideBySideAskOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m := &mall{wait: func(context.Context, id.ID) error { return nil }}
		s, ctx := open(t, d, m)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if tokens, unasked, err := s.Tokens(ctx, shops, seek.Phone, "13800001234"); err != nil || len(tokens) != 1 || len(unasked) != 0 {
					t.Errorf("%v %v %v", tokens, unasked, err)
				}
			})
		}
		all.Wait()
		if n := m.calls.Load(); n != 3 {
			t.Errorf("%d calls", n)
		}
		if a, _, _ := s.Tokens(ctx, shops, seek.Name, "13800001234"); m.calls.Load() != 6 || len(a) != 1 {
			t.Errorf("another field is another question: %v, %d calls", a, m.calls.Load())
		}
	})
}
