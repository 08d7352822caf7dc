package pull_test

import (
	"context"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/run"
)

// queueClient's channel keeps messages until they are confirmed.
type queueClient struct{ *mallClient }

func (c queueClient) PullHints(context.Context) ([]channel.Hint, error) {
	c.m.mu.Lock()
	defer c.m.mu.Unlock()
	return c.m.deliveries[:min(10, len(c.m.deliveries))], nil
}

func (c queueClient) ConfirmHints(_ context.Context, ids []string) error {
	c.m.mu.Lock()
	defer c.m.mu.Unlock()
	if c.m.some(0.3) { // the confirmation is lost: the same ones come again
		return channel.Told(channel.ErrUnavailable, "500", "busy")
	}
	c.m.deliveries = c.m.deliveries[len(ids):]
	return nil
}

// streamClient's channel sends messages over a connection that breaks.
type streamClient struct{ *mallClient }

func (c streamClient) StreamHints(ctx context.Context, deliver func(context.Context, channel.Hint) error) error {
	for n := 0; n < 3; {
		c.m.mu.Lock()
		var next []channel.Hint
		if len(c.m.deliveries) > 0 {
			next, c.m.deliveries = c.m.deliveries[:1], c.m.deliveries[1:]
		}
		c.m.mu.Unlock()
		for _, h := range next {
			if err := deliver(ctx, h); err != nil {
				return err
			}
			n++
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(20 * time.Millisecond):
		}
	}
	return channel.Told(channel.ErrUnavailable, "eof", "")
}

// speaking replaces the client that the test channel opens.
func speaking(with func(*mallClient) channel.Client) func(*channel.API) {
	return func(a *channel.API) {
		open := a.Open
		a.Open = func(x channel.Access) (channel.Client, error) {
			c, err := open(x)
			if err != nil {
				return nil, err
			}
			return with(c.(*mallClient)), nil
		}
	}
}

func TestAChannelsQueueIsEmptied(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, sh, m := one(t, d, speaking(func(c *mallClient) channel.Client { return queueClient{c} }))
		m.hide = 3600_000
		for i := range 35 {
			m.place(number(i))
			m.deliveries = append(m.deliveries, channel.Hint{ID: number(i), Topic: "created", OrderNo: number(i)})
		}
		w.forward(30*time.Second, sh)
		if len(m.deliveries) != 0 {
			t.Errorf("%d messages stay in the queue", len(m.deliveries))
		}
		w.same(sh, m)
	})
}

func TestAStreamOfHintsIsHeldOpen(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t), speaking(func(c *mallClient) channel.Client { return streamClient{c} }))
	w.Kit.Clock = clock.System{}
	w.restart()
	calm := fast
	calm.PollMS = 3600_000
	sh, m := w.join("甲店", calm)
	g := run.NewGroup(w.ctx, w.Kit.Log)
	g.Start("sync", func(ctx context.Context) error {
		return w.engine.Work(ctx, g, func(context.Context) ([]id.ID, error) { return []id.ID{kittest.Merchant}, nil })
	})
	for i := range 2 {
		m.place(number(i))
		m.mu.Lock()
		m.deliveries = append(m.deliveries, channel.Hint{ID: number(i), Topic: "created", OrderNo: number(i)})
		m.mu.Unlock()
	}
	for end := time.Now().Add(time.Minute); len(w.held(sh, m)) < 2 && time.Now().Before(end); {
		time.Sleep(50 * time.Millisecond)
	}
	g.Stop()
	if err := g.Wait(time.Minute); err != nil {
		t.Fatal(err)
	}
	w.same(sh, m)
}
