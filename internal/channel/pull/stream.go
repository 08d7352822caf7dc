package pull

import (
	"context"
	"database/sql"
	"errors"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

const (
	firstSpan = 30 * minute
	leastSpan = second
	// backfillFor is how far before live_from open orders are looked for.
	backfillFor = 15 * day
	// manyPages is a window that is read faster in halves: less moves meanwhile.
	manyPages = 40
)

func merchantOf(ctx context.Context) id.ID { return actor.Merchant(ctx) }

func readStream(ctx context.Context, q db.Querier, shopID id.ID, name string) (stream, error) {
	var s stream
	err := q.QueryRow(ctx, selectStream, merchantOf(ctx), shopID, name).Scan(s.into()...)
	return s, err
}

// axis is the time by which the shop's orders are followed.
func (r *round) axis() channel.Stream {
	if r.line.Limits.ModifiedSpan > 0 {
		return channel.ByModified
	}
	return channel.ByCreated
}

// widest is the widest window of an axis, without the overlap it is read with.
func (r *round) widest(axis channel.Stream) int64 {
	span := r.line.Limits.ModifiedSpan
	if axis == channel.ByCreated {
		span = r.line.Limits.CreatedSpan
	}
	if span == 0 {
		span = day
	}
	return span
}

// open returns a stream, begun where it has not been: at the chosen start or the
// shop's live_from. What is open and older is looked for apart, as facts.
func (r *round) open(ctx context.Context, name string) (stream, error) {
	s, err := readStream(ctx, r.e.k.DB, r.shopID(), name)
	if err == nil {
		return r.reopen(ctx, s)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return s, err
	}
	now := r.e.now()
	start := r.start(now)
	span := min(firstSpan, r.widest(r.axis())-r.line.Tuning.OverlapMS)
	err = r.e.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.ExecN(ctx, insertStream, merchantOf(ctx), r.shopID(), name, start, start, max(leastSpan, span))
		if err != nil || n == 0 || name != Orders {
			return err
		}
		return r.backfillTx(ctx, tx, start, now)
	})
	if err != nil {
		return s, err
	}
	return readStream(ctx, r.e.k.DB, r.shopID(), name)
}

// start is where the shop's streams are to begin.
func (r *round) start(now int64) int64 {
	at := r.line.Tuning.StartAt
	if at == 0 {
		at = r.line.Shop.LiveFrom
	}
	at = min(at, now)
	if h := r.line.Limits.History; h > 0 {
		at = max(at, now-h)
	}
	return at
}

// reopen reads what lies before a stream's beginning once a person moved live_from
// or the start back: the earlier time stands in a gap of its own, and the watermark
// stays. Moved forward, nothing changes: what is held are facts.
func (r *round) reopen(ctx context.Context, s stream) (stream, error) {
	now := r.e.now()
	start, was := r.start(now), s.Started
	if start >= was {
		return s, nil
	}
	axis := channel.ByModified
	if s.Name == Orders {
		axis = r.axis()
	}
	err := r.e.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.ExecN(ctx, moveStart, start, merchantOf(ctx), r.shopID(), s.Name, was)
		if err != nil || n == 0 {
			return err
		}
		g := gap{Stream: s.Name, Axis: string(axis), Kind: KindEarlier, From: start, To: was, Span: r.widest(axis), Opened: now, Next: now}
		if err := r.insertGapTx(ctx, tx, g); err != nil || s.Name != Orders {
			return err
		}
		return r.backfillTx(ctx, tx, start, now)
	})
	if err != nil {
		return s, err
	}
	// The earlier days get their rows too.
	r.e.mu.Lock()
	delete(r.e.days, shopKey{r.merchant, r.shopID()})
	r.e.mu.Unlock()
	return readStream(ctx, r.e.k.DB, r.shopID(), s.Name)
}

func (r *round) backfillTx(ctx context.Context, tx *db.Tx, start, now int64) error {
	from := start - backfillFor
	if h := r.line.Limits.History; h > 0 {
		from = max(from, now-h)
	}
	if r.line.Limits.CreatedSpan == 0 || r.line.Tuning.StartAt != 0 || from >= start {
		return nil
	}
	return r.insertGapTx(ctx, tx, gap{Stream: Orders, Axis: string(channel.ByCreated), Kind: KindBackfill, From: from, To: start,
		Span: r.widest(channel.ByCreated), Opened: now, Next: now})
}

// orders reads windows of the orders stream until it is current or its time is over.
func (r *round) orders(ctx context.Context) error {
	s, err := r.open(ctx, Orders)
	if err != nil {
		return err
	}
	r.skew = s.Skew
	b := &basket{r: r}
	return r.follow(ctx, s, r.source(r.axis()), r.widest(r.axis()), b.add, b.flush)
}

// follow moves a stream's watermark, window by window.
func (r *round) follow(ctx context.Context, s stream, src source, widest int64, take func(context.Context, []channel.Item) error, flush func(context.Context) error) error {
	for s.Next <= r.e.now() && ctx.Err() == nil {
		more, err := r.window(ctx, &s, src, widest, take, flush)
		if err != nil || !more || r.late() {
			return err
		}
	}
	return ctx.Err()
}

// window reads one window of a stream and moves the watermark, or remembers the
// failure. more says that the next window can be read at once.
func (r *round) window(ctx context.Context, s *stream, src source, widest int64, take func(context.Context, []channel.Item) error, flush func(context.Context) error) (more bool, err error) {
	was := *s
	t := r.line.Tuning
	s.Span = max(leastSpan, min(s.Span, widest-t.OverlapMS))
	whole := r.e.now() + s.Skew - t.LagMS
	hi := min(s.Watermark+s.Span, whole)
	if hi <= s.Watermark {
		return false, r.idle(ctx, s, was)
	}
	lo := max(0, s.Watermark-t.OverlapMS)
	if h := r.line.Limits.History; h > 0 {
		lo = max(lo, whole-h)
	}
	got, err := src.read(ctx, min(lo, hi), hi, take)
	if err == nil {
		err = flush(ctx)
	}
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err != nil {
		return false, r.missed(ctx, s, was, hi, err)
	}
	now := r.e.now()
	if got.serverAt > 0 {
		s.Skew = got.serverAt - now
		r.skew = s.Skew
		// Ours may have been fast: nothing is claimed that the channel had yet to show.
		hi = max(s.Watermark, min(hi, got.serverAt-t.LagMS))
	}
	current := hi >= min(whole, now+s.Skew-t.LagMS)-second
	s.Watermark, s.Failures, s.PulledAt, s.Seen = hi, 0, now, s.Seen+int64(len(got.seen))
	s.Next = now
	if current || hi == was.Watermark {
		s.Next = now + t.PollMS
	}
	if got.pages > manyPages {
		s.Span = max(leastSpan, s.Span/2)
	} else if !current && got.pages <= manyPages/4 {
		s.Span = min(widest, s.Span*2)
	}
	return s.Next == now, r.advance(ctx, s, was, current)
}

// advance commits the watermark.
func (r *round) advance(ctx context.Context, s *stream, was stream, current bool) error {
	s.ErrorCode, s.ErrorParams, s.ErrorAt = "", "", 0
	told := s.Alarmed != 0 && current
	if current {
		s.BehindSince, s.Alarmed = 0, 0
	}
	return r.e.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := r.saveTx(ctx, tx, *s, was); err != nil {
			return err
		}
		if s.Name == Orders {
			if err := r.e.shops.TouchDataTx(ctx, tx, r.shopID(), s.Watermark/minute*minute); err != nil {
				return err
			}
		}
		if !told {
			return nil
		}
		return r.tell(ctx, tx, CaughtUp{ShopID: r.shopID(), Stream: s.Name})
	})
}

// idle: the window has no width yet.
func (r *round) idle(ctx context.Context, s *stream, was stream) error {
	s.Next = r.e.now() + r.line.Tuning.PollMS
	return r.e.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return r.saveTx(ctx, tx, *s, was) })
}

// missed decides what becomes of a window that was not read whole: a retry, a
// narrower window, or a gap.
func (r *round) missed(ctx context.Context, s *stream, was stream, hi int64, cause error) error {
	t := r.line.Tuning
	now := r.e.now()
	if stops(cause) || errors.Is(cause, channel.ErrPermission) {
		// No fault of the window: it waits for the ban's end or for a person.
		wait := t.RetryMS[0]
		switch {
		case errors.Is(cause, channel.ErrThrottled):
			wait = banOf(cause) // the channel says how long; longer only falls behind
		case s.BehindSince > 0:
			wait = min(max(wait, now-s.BehindSince), notNow)
		}
		return errors.Join(r.failed(ctx, s, was, cause, now+wait), cause)
	}
	if errors.Is(cause, channel.ErrWindow) && hi-s.Watermark > leastSpan {
		s.Span = max(leastSpan, (hi-s.Watermark)/2)
		return errors.Join(r.failed(ctx, s, was, cause, now), nil)
	}
	s.Failures++
	if s.Failures >= 2 {
		s.Span = max(leastSpan, (hi-s.Watermark)/2)
	}
	if int(s.Failures) <= len(t.RetryMS) {
		return r.failed(ctx, s, was, cause, now+t.RetryMS[s.Failures-1])
	}
	// [W, hi) stands apart from now on, and the stream goes on.
	from := s.Watermark
	s.Watermark, s.Failures, s.Next, s.ErrorAt = hi, 0, now, now
	s.ErrorCode, s.ErrorParams = coded(cause)
	if s.BehindSince == 0 {
		s.BehindSince = now
	}
	return r.e.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := r.saveTx(ctx, tx, *s, was); err != nil {
			return err
		}
		return r.openGapTx(ctx, tx, *s, from, hi)
	})
}
