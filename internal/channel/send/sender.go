package send

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"sync/atomic"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/run"
)

const (
	lookEvery  = time.Second     // for what no wake announced: retries, another process's rows
	leaseFor   = 2 * time.Minute // longer than any request may take
	batchSize  = 64
	atOnce     = 8                // orders of one shop under way at the same time
	attemptFor = 50 * time.Second // everything one attempt asks: less than half of leaseFor
	askLater   = 10 * time.Minute // for parcels that wait for the rest of their order
	longestGap = 30 * time.Minute

	workEffects, workStock = "effects", "stock"
)

// Work sends until ctx ends: every shop by itself, so that one that hangs delays
// no other. merchants lists whom this process works for.
func (s *Service) Work(g *run.Group, merchants func(context.Context) ([]id.ID, error)) {
	tasks := run.NewKeyed(g)
	g.Start("send to channels", func(ctx context.Context) error {
		for ctx.Err() == nil {
			all, err := merchants(ctx)
			if err != nil && ctx.Err() == nil {
				s.k.Log.Error("send to channels", "error", err)
			}
			for _, m := range all {
				s.begin(ctx, tasks, m)
			}
			select {
			case <-ctx.Done():
			case <-s.k.Clock.After(lookEvery):
			case <-s.wake:
			}
		}
		return nil
	})
}

// begin starts a task for every shop of the merchant that has something to do.
func (s *Service) begin(ctx context.Context, tasks *run.Keyed, m id.ID) {
	ctx = actor.With(ctx, actor.ForSystem(m, "channel.send"))
	shops, err := s.openShops(ctx, m)
	if err != nil {
		if ctx.Err() == nil {
			s.k.Log.Error("look for effects", "error", err)
		}
		return
	}
	for _, shopID := range shops {
		tasks.Go("effects/"+shopID.String(), func(ctx context.Context) {
			ctx = actor.With(ctx, actor.ForSystem(m, "channel.send"))
			if err := s.Drain(ctx, shopID); err != nil && ctx.Err() == nil {
				s.k.Log.Warn("send to channel", "shop", shopID, "error", err)
			}
		})
	}
	tasks.Go("stock/"+m.String(), func(ctx context.Context) {
		ctx = actor.With(ctx, actor.ForSystem(m, "channel.push_stock"))
		if err := s.pushAll(ctx, tasks, m); err != nil && ctx.Err() == nil {
			s.k.Log.Warn("push stock", "merchant", m, "error", err)
		}
	})
}

// openShops are the merchant's shops of which something is due.
func (s *Service) openShops(ctx context.Context, m id.ID) ([]id.ID, error) {
	now := clock.Millis(s.k.Clock)
	var out []id.ID
	for shopID := id.ID(0); ; {
		err := s.k.DB.QueryRow(ctx, nextOpenShop, m, shopID).Scan(&shopID)
		if errors.Is(err, sql.ErrNoRows) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		var at sql.NullInt64
		if err := s.k.DB.QueryRow(ctx, nextDue, m, shopID).Scan(&at); err != nil {
			return nil, err
		}
		if at.Valid && at.Int64 <= now {
			out = append(out, shopID)
		}
	}
}

// Drain sends what is due of one shop until nothing is. Two processes never drain
// the same shop. Errors of single effects stand in their rows.
func (s *Service) Drain(ctx context.Context, shopID id.ID) error {
	mine, err := s.lease(ctx, shopID, workEffects)
	if err != nil || !mine {
		return err
	}
	defer s.unlease(ctx, shopID, workEffects)
	for ctx.Err() == nil {
		due, err := s.due(ctx, shopID)
		if err != nil || len(due) == 0 {
			return err
		}
		var stuck atomic.Bool
		run.Each(ctx, atOnce, due, func(ctx context.Context, e Effect) {
			if !s.one(ctx, e) {
				stuck.Store(true)
			}
		})
		if stuck.Load() {
			return nil // the next look comes in a second
		}
		if mine, err = s.lease(ctx, shopID, workEffects); err != nil || !mine {
			return err
		}
	}
	return ctx.Err()
}

// lease takes or extends the right to send for a shop. A ban of the channel holds
// for every process and over restarts.
func (s *Service) lease(ctx context.Context, shopID id.ID, work string) (mine bool, err error) {
	m, now := actor.Merchant(ctx), clock.Millis(s.k.Clock)
	until := now + leaseFor.Milliseconds()
	err = s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		mine = false
		n, err := tx.ExecN(ctx, takeSender, s.holder, until, m, shopID, work, s.holder, now)
		if err == nil && n == 0 {
			n, err = tx.ExecN(ctx, insertSender, m, shopID, work, s.holder, until)
		}
		if err != nil || n == 0 {
			return err
		}
		var banned int64
		if err := tx.QueryRow(ctx, selectBan, m, shopID, work).Scan(&banned); err != nil {
			return err
		}
		mine = banned <= now
		return nil
	})
	if err == nil && mine && work == workEffects {
		s.mu.Lock()
		s.leases[shopID] = until
		s.mu.Unlock()
	}
	return mine, err
}

// keep extends the lease on a shop's effects before an attempt could outlast it.
func (s *Service) keep(ctx context.Context, shopID id.ID) (mine bool, err error) {
	s.mu.Lock()
	until := s.leases[shopID]
	s.mu.Unlock()
	if until-clock.Millis(s.k.Clock) > leaseFor.Milliseconds()/2 {
		return true, nil
	}
	return s.lease(ctx, shopID, workEffects)
}

func (s *Service) unlease(ctx context.Context, shopID id.ID, work string) {
	ctx = context.WithoutCancel(ctx)
	err := s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, freeSender, actor.Merchant(ctx), shopID, work, s.holder)
		return err
	})
	if err != nil {
		s.k.Log.Warn("free sender", "shop", shopID, "error", err)
	}
}

// due are the next effects, the longest due first.
func (s *Service) due(ctx context.Context, shopID id.ID) ([]Effect, error) {
	return s.effects(ctx, selectDue, actor.Merchant(ctx), shopID, clock.Millis(s.k.Clock), batchSize)
}

func (s *Service) effects(ctx context.Context, q string, args ...any) ([]Effect, error) {
	var out []Effect
	for row := range db.Each(ctx, s.k.DB, q, args...) {
		e, err := scanEffect(row)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

func scanEffect(r interface{ Scan(...any) error }) (Effect, error) {
	var e Effect
	var params string
	var unanswered int64
	err := r.Scan(&e.ID, &e.ShopID, &e.Kind, &e.Key, &e.OrderID, &e.ParcelID, &e.ChannelNo, &e.State, &unanswered, &e.Attempts, &e.ErrorCode, &params,
		&e.NextAt, &e.CreatedAt, &e.DoneAt, &e.ActorID, &e.ActorName)
	e.Unanswered = unanswered == 1
	if err == nil && params != "" {
		err = json.Unmarshal([]byte(params), &e.ErrorParams)
	}
	return e, err
}

// one takes an effect, performs it and writes down what came of it. False says that
// it could not be written, or that the shop is no longer ours to send for.
func (s *Service) one(ctx context.Context, e Effect) bool {
	if mine, err := s.keep(ctx, e.ShopID); err != nil || !mine {
		return false
	}
	// What the channel said and the database did not take is written, not asked again.
	s.mu.Lock()
	left, had := s.unwritten[e.ID]
	s.mu.Unlock()
	if had && left.attempts == e.Attempts && e.State == Sending {
		return s.write(ctx, e, left.outcome)
	}
	err := s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.ExecN(ctx, takeEffect, actor.Merchant(ctx), e.ID)
		if err == nil && n == 0 {
			return errGone
		}
		if err != nil {
			return err
		}
		e, err = scanEffect(tx.QueryRow(ctx, selectEffect, actor.Merchant(ctx), e.ID))
		return err
	})
	if err != nil {
		if !errors.Is(err, errGone) && ctx.Err() == nil {
			s.k.Log.Warn("take effect", "effect", e.ID, "error", err)
		}
		return errors.Is(err, errGone)
	}
	return s.write(ctx, e, s.attempt(ctx, e))
}

// leftover is an answer that the database did not take.
type leftover struct {
	attempts int64
	outcome  outcome
}

// write writes down what came of an attempt, even where the process is told to
// stop; what cannot be written is remembered for the next look.
func (s *Service) write(ctx context.Context, e Effect, o outcome) bool {
	err := s.finish(context.WithoutCancel(ctx), e, o)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.k.Log.Error("write down an effect", "effect", e.ID, "error", err)
		s.unwritten[e.ID] = leftover{e.Attempts, o}
		return false
	}
	delete(s.unwritten, e.ID)
	return true
}

var errGone = errors.New("send: somebody else took it")

// outcome is what came of an attempt.
type outcome struct {
	state   State // Done, Refused, Uncertain, Dropped, or Waiting to be tried again
	err     error
	unknown bool  // no answer came
	after   int64 // earliest next attempt from now, ms; 0 is the usual back-off
	ban     bool  // the whole shop waits
	parcels []id.ID
	refetch bool
	orderNo string // of the case that the effect is about
}

// judge makes the outcome of an error from the channel.
func judge(err error) outcome {
	e := errs.As(err)
	switch {
	case err == nil:
		return outcome{state: Done}
	case errors.Is(err, channel.ErrUnknownOutcome):
		return outcome{state: Waiting, err: err, unknown: true}
	case errors.Is(err, channel.ErrThrottled):
		retry, _ := e.Params["retry_ms"].(int64)
		return outcome{state: Waiting, err: err, after: max(retry, 1000), ban: true}
	case errors.Is(err, channel.ErrTokenExpired), errors.Is(err, channel.ErrCredentials), errors.Is(err, channel.ErrClock), errors.Is(err, channel.ErrIPNotListed), errors.Is(err, channel.ErrSignature):
		return outcome{state: Waiting, err: err, after: time.Minute.Milliseconds(), ban: true}
	case errors.Is(err, channel.ErrRefused), errors.Is(err, channel.ErrUnsupported), errors.Is(err, channel.ErrNotFound), errors.Is(err, channel.ErrPermission):
		return outcome{state: Refused, err: err}
	case errors.Is(err, channel.ErrAnswer):
		// Something answered, but not what we know: it may have happened.
		return outcome{state: Waiting, err: err, unknown: true}
	case e != nil && e.Kind != errs.Unavailable && e.Kind != errs.Internal:
		return outcome{state: Refused, err: err}
	}
	return outcome{state: Waiting, err: err}
}

// backoff grows from two seconds to half an hour.
func backoff(attempts int64) int64 {
	d := 2 * time.Second << min(max(attempts, 1)-1, 12)
	return min(d, longestGap).Milliseconds()
}

// finish writes an outcome, with what follows from it, in one transaction.
func (s *Service) finish(ctx context.Context, e Effect, o outcome) error {
	now := clock.Millis(s.k.Clock)
	next, done := now, int64(0)
	switch o.state {
	case Waiting:
		if next = now + o.after; o.after == 0 {
			next = now + backoff(e.Attempts)
		}
	default:
		done = now
	}
	code, params, _ := "", map[string]any(nil), ""
	if o.err != nil {
		code, params, _ = job.RowError(o.err)
	}
	m := actor.Merchant(ctx)
	return s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.ExecN(ctx, finishEffect, string(o.state), o.unknown, code, paramsText(params), next, done, m, e.ID, e.Attempts)
		if err != nil || n == 0 {
			return err
		}
		if o.ban {
			if _, err := tx.Exec(ctx, banSender, now+o.after, m, e.ShopID, workEffects, now+o.after); err != nil {
				return err
			}
		}
		if len(o.parcels) > 0 {
			if _, err := s.parcels.MarkReportedTx(ctx, tx, e.ShopID, o.parcels); err != nil {
				return err
			}
		}
		if o.refetch {
			orderNo, caseNo := e.ChannelNo, ""
			if e.Kind == Decide || e.Kind == ShipExchange {
				orderNo, caseNo = o.orderNo, e.ChannelNo
			}
			if err := s.fetch(ctx, tx, e.ShopID, orderNo, caseNo); err != nil {
				return err
			}
		}
		return s.tellTx(ctx, tx, e, o, code)
	})
}

func paramsText(p map[string]any) string {
	if len(p) == 0 {
		return ""
	}
	b, err := json.Marshal(p)
	if err != nil {
		return ""
	}
	return string(b)
}

// attempt opens the way to the channel, in the app's turn, and performs the effect.
func (s *Service) attempt(ctx context.Context, e Effect) outcome {
	ctx, done := context.WithTimeout(ctx, attemptFor)
	defer done()
	client, err := s.doors.Open(ctx, e.ShopID)
	if err != nil {
		return shut(e, err)
	}
	return s.perform(ctx, client, e)
}

// shut is the outcome where the way to the channel did not open: the channel was
// asked nothing, so it refused nothing.
func shut(e Effect, err error) outcome {
	o := judge(err)
	switch {
	case errors.Is(err, channel.ErrUnsupported) && e.Unanswered:
		o = outcome{state: Uncertain, err: err} // there is nobody left to ask
	case errors.Is(err, channel.ErrUnsupported):
		o = outcome{state: Refused, err: ErrOffline.With("what", string(e.Kind))}
	case o.state != Waiting:
		o = outcome{state: Waiting, err: err, after: time.Minute.Milliseconds(), ban: true}
	}
	o.unknown = e.Unanswered
	return o
}

// bodyOf opens an effect's body.
func (s *Service) bodyOf(ctx context.Context, e Effect) (b body, err error) {
	var sealed []byte
	m := actor.Merchant(ctx)
	if err := s.k.DB.QueryRow(ctx, selectBody, m, e.ID).Scan(&sealed); err != nil || len(sealed) == 0 {
		if errors.Is(err, sql.ErrNoRows) {
			err = ErrNotFound
		}
		return b, err
	}
	plain, err := s.k.Seal.Open(ctx, m, place(e.ID), sealed)
	if err != nil {
		return b, err
	}
	return b, json.Unmarshal(plain, &b)
}
