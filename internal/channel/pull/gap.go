package pull

import (
	"context"
	"errors"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Kinds of gaps.
const (
	KindFailed   = "failed"   // could not be read when it was its turn
	KindBackfill = "backfill" // open orders from before the first pull
	KindEarlier  = "earlier"  // before the first pull, since its beginning was moved back
)

// gap is a stretch of time that is still to be read; From moves up as parts are.
type gap struct {
	ID, ShopID              id.ID
	Stream, Axis, Kind      string
	From, To, Span          int64
	Attempts, Next          int64
	Opened, Closed, Alarmed int64
	ErrorCode, ErrorParams  string
}

func (g *gap) into() []any {
	return []any{&g.ID, &g.ShopID, &g.Stream, &g.Axis, &g.Kind, &g.From, &g.To, &g.Span, &g.Attempts, &g.Next, &g.Opened, &g.Closed, &g.Alarmed, &g.ErrorCode, &g.ErrorParams}
}

func readGaps(ctx context.Context, q db.Querier, sql string, args ...any) ([]gap, error) {
	return db.All(ctx, q, (*gap).into, sql, args...)
}

// openGapTx sets [from, to) of a stream apart; a gap that ends there grows.
func (r *round) openGapTx(ctx context.Context, tx *db.Tx, s stream, from, to int64) error {
	axis := string(channel.ByModified)
	if s.Name == Orders {
		axis = string(r.axis())
	}
	n, err := tx.ExecN(ctx, growGap, to, s.ErrorCode, s.ErrorParams, merchantOf(ctx), r.shopID(), s.Name, axis, from)
	if err != nil || n > 0 {
		return err
	}
	now := r.e.now()
	g := gap{Stream: s.Name, Axis: axis, Kind: KindFailed, From: from, To: to, Span: to - from, Opened: now, Next: now + r.line.Tuning.RetryMS[0],
		ErrorCode: s.ErrorCode, ErrorParams: s.ErrorParams}
	if err := r.insertGapTx(ctx, tx, g); err != nil {
		return err
	}
	return r.tell(ctx, tx, GapOpened{ShopID: r.shopID(), Stream: s.Name, From: from, To: to, Code: s.ErrorCode})
}

func (r *round) insertGapTx(ctx context.Context, tx *db.Tx, g gap) error {
	_, err := tx.Exec(ctx, insertGap, merchantOf(ctx), r.e.k.IDs.New(), r.shopID(), g.Stream, g.Axis, g.Kind, g.From, g.To, g.Span, int64(0), g.Next, g.Opened,
		int64(0), int64(0), g.ErrorCode, g.ErrorParams)
	return err
}

const gapsAtOnce = 20

// gaps tries what stands apart, the oldest first.
func (r *round) gaps(ctx context.Context) error {
	all, err := readGaps(ctx, r.e.k.DB, selectGaps, merchantOf(ctx), r.shopID(), gapsAtOnce)
	if err != nil {
		return err
	}
	for _, g := range all {
		for g.Closed == 0 && g.Next <= r.e.now() {
			if err := r.fill(ctx, &g); err != nil {
				return err
			}
			if r.late() {
				return nil
			}
		}
	}
	return nil
}

// fill reads the next part of a gap.
func (r *round) fill(ctx context.Context, g *gap) error {
	src, b, take, flush := r.gapSource(g)
	if src.list == nil {
		g.Next = r.e.now() + hour
		return r.saveGap(ctx, *g, nil)
	}
	b.openOnly = g.Kind == KindBackfill
	g.Span = max(leastSpan, min(g.Span, r.widest(src.axis)))
	to := min(g.To, g.From+g.Span)
	got, err := src.read(ctx, g.From, to, take)
	if err == nil {
		err = flush(ctx)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	now := r.e.now()
	if err != nil {
		waits := r.line.Tuning.RetryMS
		g.ErrorCode, g.ErrorParams = coded(err)
		switch {
		case stops(err):
			g.Next = now + waits[0]
			return errors.Join(r.saveGap(ctx, *g, nil), err)
		case errors.Is(err, channel.ErrWindow) && g.Span > leastSpan:
			g.Span, g.Next = max(leastSpan, (to-g.From)/2), now
		default:
			g.Next = now + waits[min(int(g.Attempts), len(waits)-1)]
			g.Attempts++
			g.Span = max(leastSpan, (to-g.From)/2)
		}
		return r.saveGap(ctx, *g, nil)
	}
	opened := *g
	g.From, g.Attempts, g.Next, g.ErrorCode, g.ErrorParams = to, 0, now, "", ""
	if got.pages <= manyPages/4 {
		g.Span *= 2
	}
	if g.From < g.To {
		return r.saveGap(ctx, *g, nil)
	}
	g.Closed = now
	return r.saveGap(ctx, *g, func(ctx context.Context, tx *db.Tx) error {
		if g.Kind == KindBackfill {
			return nil
		}
		return r.tell(ctx, tx, GapClosed{ShopID: r.shopID(), Stream: g.Stream, From: opened.From, To: g.To})
	})
}

// gapSource is the list a gap is of.
func (r *round) gapSource(g *gap) (src source, b *basket, take func(context.Context, []channel.Item) error, flush func(context.Context) error) {
	b = &basket{r: r}
	if g.Stream == Orders {
		return r.source(channel.Stream(g.Axis)), b, b.add, b.flush
	}
	lister, ok := r.line.Client.(channel.AftersaleLister)
	if !ok {
		return source{}, b, nil, nil
	}
	c := &cases{r: r, lister: lister}
	return r.caseSource(lister), b, c.add, c.flush
}

// saveGap writes a gap; after a quarter of an hour people are told.
func (r *round) saveGap(ctx context.Context, g gap, with func(context.Context, *db.Tx) error) error {
	now := r.e.now()
	// A long stretch takes its time; what is told of is one that cannot be read.
	alarm := (g.Kind == KindFailed || g.Kind == KindEarlier && g.Attempts > 0) && g.Closed == 0 && g.Alarmed == 0 && now-g.Opened >= alarmAfter
	if alarm {
		g.Alarmed = now
	}
	return r.e.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, updateGap, g.From, g.Span, g.Attempts, g.Next, g.Closed, g.Alarmed, g.ErrorCode, g.ErrorParams, merchantOf(ctx), g.ID); err != nil {
			return err
		}
		if alarm {
			if err := r.tell(ctx, tx, GapStays{ShopID: r.shopID(), Stream: g.Stream, From: g.From, To: g.To, Code: g.ErrorCode}); err != nil {
				return err
			}
		}
		if with == nil {
			return nil
		}
		return with(ctx, tx)
	})
}
