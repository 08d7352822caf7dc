package pull

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/access"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/shop"
)

const (
	leaseFor  = minute
	leaseLeft = 30 * second
	// slice is how long a round goes on before it looks at the shop's other work.
	slice    = 15 * second
	callTime = 40 * time.Second
	// patience is how long past its time the list of orders waits for pushes.
	patience = 10 * second
	// notNow is when a shop without access or rights is looked at again.
	notNow = minute
)

// round is one look at everything that is due for a shop.
type round struct {
	e        *Engine
	merchant id.ID
	line     *access.Line
	began    int64
	skew     int64 // the channel's clock minus ours, as the orders stream last saw it
	answered atomic.Bool
	words    *channel.Words[channel.Status] // status words that people mapped
	mu       sync.Mutex                     // line changes while single orders are asked for side by side
}

func (r *round) present() *access.Line {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.line
}

// Step does one round of a shop: what is due of pushes, windows, gaps and
// comparisons, for some seconds at most, and says when to come again (unix
// milliseconds). Failures of the channel are remembered with the shop and are no
// error of Step; what is returned is the database's or the context's.
func (e *Engine) Step(ctx context.Context, merchant, shopID id.ID) (next int64, err error) {
	ctx = acting(ctx, merchant)
	now := e.now()
	if ok, err := e.hold(ctx, shopKey{merchant, shopID}, taskSync); err != nil || !ok {
		return now + leaseFor/2, err
	}
	line, err := e.access.Open(ctx, shopID)
	switch {
	case errors.Is(err, access.ErrNotFound), errors.Is(err, access.ErrNoAPI), errors.Is(err, shop.ErrNotFound):
		return now + notNow, nil
	case err != nil && ctx.Err() == nil && errs.As(err) != nil:
		return now + notNow, e.cannotOpen(ctx, shopID, err)
	case err != nil:
		return now + notNow, err
	}
	if _, ok := line.Client.(channel.HintStream); ok {
		e.mu.Lock()
		e.streaming[shopKey{merchant, shopID}] = true
		e.mu.Unlock()
	}
	words, err := e.wordsOf(ctx, line.Shop.Channel)
	if err != nil {
		return now + second, err
	}
	r := &round{e: e, merchant: merchant, line: line, began: now, words: words}
	until, err := e.apps.bannedUntil(ctx, r.appKey())
	if err != nil {
		return now + second, err
	}
	if until > 0 {
		return until, nil
	}
	stop := r.work(ctx)
	if err := e.apps.save(ctx, r.appKey(), false); err != nil {
		return now + second, err
	}
	if ctx.Err() != nil {
		return now, ctx.Err()
	}
	if r.answered.Load() && !refused(stop) {
		e.access.Works(ctx, shopID)
	}
	return r.next(ctx, stop)
}

// cannotOpen remembers why a shop is not read, and since when.
func (e *Engine) cannotOpen(ctx context.Context, shopID id.ID, cause error) error {
	s, err := readStream(ctx, e.k.DB, shopID, Orders)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	r := &round{e: e, line: &access.Line{Shop: shop.Shop{ID: shopID}}}
	return r.failed(ctx, &s, s, cause, e.now()+notNow)
}

// work does what is due; its error is the channel's word that nothing more can be
// asked for now.
func (r *round) work(ctx context.Context) error {
	parts := []func(context.Context) error{r.pullHints, r.hints, r.orders, r.hints, r.aftersales, r.gaps, r.compare, r.closeDays}
	if r.overdue(ctx) {
		parts = append([]func(context.Context) error{r.orders}, parts...)
	}
	for _, part := range parts {
		if err := ctx.Err(); err != nil {
			return err
		}
		switch err := part(ctx); {
		case ctx.Err() != nil:
			return ctx.Err()
		case stops(err):
			return err
		case err != nil:
			r.log(err)
		}
	}
	return nil
}

// overdue reports that former rounds ended before the list of orders had its turn: a
// flood of pushes may use up what the channel lets us ask, and pushes are hints while
// the list is the truth.
func (r *round) overdue(ctx context.Context) bool {
	s, err := readStream(ctx, r.e.k.DB, r.shopID(), Orders)
	return err == nil && s.Next > 0 && r.e.now()-s.Next > patience
}

// stops reports a refusal of the whole app or shop, not of one question.
func stops(err error) bool {
	for _, e := range []error{channel.ErrThrottled, channel.ErrTokenExpired, channel.ErrSignature, channel.ErrClock, channel.ErrIPNotListed, channel.ErrCredentials, ErrLeaseLost} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// refused reports that the round ended on what Works would deny.
func refused(err error) bool { return stops(err) && !errors.Is(err, channel.ErrThrottled) }

func (r *round) log(err error) {
	if e := errs.As(err); e != nil {
		r.e.k.Log.Warn("synchronisation", "merchant", r.merchant, "shop", r.line.Shop.ID, "error", e.Code)
		return
	}
	r.e.k.Log.Error("synchronisation", "merchant", r.merchant, "shop", r.line.Shop.ID, "error", err)
}

func (r *round) shopID() id.ID    { return r.line.Shop.ID }
func (r *round) appKey() appKey   { return appKey{r.merchant, r.line.App} }
func (r *round) serverNow() int64 { return r.e.now() + r.skew }

// late reports that the round has had its time.
func (r *round) late() bool { return r.e.now()-r.began >= slice }

// call asks the channel one thing, in its turn: banned apps ask nothing, an ended
// token is renewed once, and what a ban says is written down.
func (r *round) call(ctx context.Context, ask func(context.Context, *access.Line) error) error {
	shopID := r.present().Shop.ID
	if ok, err := r.e.hold(ctx, shopKey{r.merchant, shopID}, taskSync); err != nil || !ok {
		return errors.Join(err, ErrLeaseLost)
	}
	for again := true; ; again = false {
		line := r.present()
		if err := r.e.apps.take(ctx, appKey{r.merchant, line.App}, line.Limits); err != nil {
			return err
		}
		short, done := context.WithTimeout(ctx, callTime)
		err := ask(short, line)
		done()
		if err == nil {
			r.answered.Store(true)
		}
		if err != nil && ctx.Err() != nil {
			return err // told to stop: that says nothing of the channel
		}
		r.e.calls.add(line.Shop.Channel, err)
		if err == nil {
			return nil
		}
		if errors.Is(err, channel.ErrThrottled) {
			return errors.Join(err, r.banned(ctx, line.App, err))
		}
		if !again || !r.e.access.Failed(ctx, line, err) {
			return err
		}
		fresh, e := r.e.access.Open(ctx, shopID)
		if e != nil {
			return e
		}
		r.mu.Lock()
		r.line = fresh
		r.mu.Unlock()
	}
}

// banned obeys the seconds a channel named.
func (r *round) banned(ctx context.Context, app int64, err error) error {
	code := ""
	if e := errs.As(err); e != nil {
		code, _ = e.Params["channel_code"].(string)
	}
	return r.e.apps.ban(ctx, appKey{r.merchant, app}, r.e.now()+banOf(err), code)
}

// banOf is how long a throttled answer asks us to wait, in milliseconds.
func banOf(err error) int64 {
	if e := errs.As(err); e != nil {
		if ms, ok := e.Params["retry_ms"].(int64); ok && ms > 0 {
			return ms
		}
	}
	return second
}

// get asks for one order; what may pass by itself is asked again at once.
func (r *round) get(ctx context.Context, no string) (item channel.Item, err error) {
	for range tries {
		err = r.call(ctx, func(ctx context.Context, l *access.Line) error {
			var err error
			item, err = l.Get(ctx, no)
			return err
		})
		if err == nil || !passing(err) || ctx.Err() != nil {
			break
		}
	}
	return item, err
}

// source is a list of the shop's channel.
func (r *round) source(axis channel.Stream) source {
	l := r.line.Limits
	return source{axis: axis, cursor: l.Cursor, size: max(1, l.PageSize), most: l.MaxPages,
		list: func(ctx context.Context, q channel.Query) (page channel.Page, err error) {
			err = r.call(ctx, func(ctx context.Context, line *access.Line) error {
				var err error
				page, err = line.List(ctx, q)
				return err
			})
			return page, err
		}}
}

// stream is channel_stream as it is stored. Instants are unix milliseconds, of the
// channel's clock where they are about its orders.
type stream struct {
	Name                           string
	Watermark, Started, Span, Skew int64
	Failures, Next, PulledAt, Seen int64
	BehindSince, Alarmed           int64
	ErrorCode, ErrorParams         string
	ErrorAt                        int64
}

func (s *stream) into() []any {
	return []any{&s.Name, &s.Watermark, &s.Started, &s.Span, &s.Skew, &s.Failures, &s.Next, &s.PulledAt, &s.Seen, &s.BehindSince, &s.Alarmed,
		&s.ErrorCode, &s.ErrorParams, &s.ErrorAt}
}

// saveTx writes a stream that was read as was.
func (r *round) saveTx(ctx context.Context, tx *db.Tx, s, was stream) error {
	n, err := tx.ExecN(ctx, updateStream, s.Watermark, s.Span, s.Skew, s.Failures, s.Next, s.PulledAt, s.Seen, s.BehindSince, s.Alarmed, s.ErrorCode,
		s.ErrorParams, s.ErrorAt, merchantOf(ctx), r.shopID(), s.Name, was.Watermark)
	if err == nil && n == 0 {
		err = ErrLeaseLost
	}
	return err
}

// failed remembers a failure of a stream, and tells people once it lasts.
func (r *round) failed(ctx context.Context, s *stream, was stream, cause error, next int64) error {
	now := r.e.now()
	s.Next, s.ErrorAt = next, now
	s.ErrorCode, s.ErrorParams = coded(cause)
	if s.BehindSince == 0 {
		s.BehindSince = now
	}
	alarm := s.Alarmed == 0 && now-s.BehindSince >= alarmAfter
	if alarm {
		s.Alarmed = now
	}
	return r.e.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := r.saveTx(ctx, tx, *s, was); err != nil || !alarm {
			return err
		}
		return r.tell(ctx, tx, Behind{ShopID: r.shopID(), Stream: s.Name, Since: s.BehindSince, Code: s.ErrorCode})
	})
}

func (r *round) tell(ctx context.Context, tx *db.Tx, p event.Payload) error {
	return r.e.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "sync", ID: r.shopID()}, p)
}

// coded is what is stored of an error: its code and parameters, never a text from outside.
func coded(err error) (code, params string) {
	e := errs.As(err)
	if e == nil {
		if err == nil {
			return "", ""
		}
		return channel.ErrUnavailable.Code, ""
	}
	if len(e.Params) > 0 {
		if b, err := json.Marshal(e.Params); err == nil {
			params = string(b)
		}
	}
	return e.Code, params
}
