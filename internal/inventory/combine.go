package inventory

import (
	"context"
	"fmt"
	"sync"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// maxCombined bounds how many callers share one transaction.
const maxCombined = 256

// lanes lets callers who reserve the same SKU at the same time share one
// transaction: while one commits the others gather behind it, and the first of
// them then serves all. Nobody waits when nobody is there, and no goroutine of
// our own is needed: a caller always does the work.
type lanes struct {
	mu sync.Mutex
	m  map[lane]*queue
}

type lane struct{ merchant, sku, warehouse id.ID }

type queue struct{ waiting []*ask }

type ask struct {
	who   actor.Actor
	wants []Want
	short []Short
	err   error
	// lead is closed when this ask has to serve those in batch; done when it was served.
	lead, done chan struct{}
	batch      []*ask
}

func newLanes() *lanes { return &lanes{m: map[lane]*queue{}} }

// enter reports whether the caller leads at once; otherwise it waits in the lane.
func (l *lanes) enter(k lane, a *ask) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	q, busy := l.m[k]
	if !busy {
		l.m[k] = &queue{}
		a.batch = []*ask{a}
		return true
	}
	q.waiting = append(q.waiting, a)
	return false
}

// leave hands the lane to the first waiting caller, with those behind it.
func (l *lanes) leave(k lane) {
	l.mu.Lock()
	defer l.mu.Unlock()
	q := l.m[k]
	if len(q.waiting) == 0 {
		delete(l.m, k)
		return
	}
	n := min(len(q.waiting), maxCombined)
	next := q.waiting[0]
	next.batch = append([]*ask(nil), q.waiting[:n]...)
	q.waiting = append([]*ask(nil), q.waiting[n:]...)
	close(next.lead)
}

// Reserve is ReserveTx in a transaction of its own, for callers who hold no other
// facts in it. Callers who want the same SKU at the same time share one
// transaction, which makes a hot SKU several times as fast as one row update
// each. An idempotent caller reserves for a line once.
//
// Errors: those of ReserveTx.
func (s *Service) Reserve(ctx context.Context, wants []Want) ([]Short, error) {
	who, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	if db.InTx(ctx) {
		return nil, db.ErrNested
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if wants, err = s.placed(ctx, s.k.DB, wants); err != nil || len(wants) == 0 {
		return nil, err
	}
	a := &ask{who: who, wants: wants, lead: make(chan struct{}), done: make(chan struct{})}
	k := lane{who.MerchantID, wants[0].SKUID, wants[0].WarehouseID}
	if !s.lanes.enter(k, a) {
		select {
		case <-a.done:
			return a.short, a.err
		case <-a.lead:
		}
	}
	s.serve(ctx, k, a.batch)
	return a.short, a.err
}

// serve runs one transaction for a batch. It does not end with the leader's
// context: the others did not cancel.
func (s *Service) serve(ctx context.Context, k lane, batch []*ask) {
	err := fmt.Errorf("inventory: reserving %d for others was interrupted", len(batch))
	defer func() {
		for _, a := range batch {
			if a.err = err; err != nil {
				a.short = nil
			}
			close(a.done)
		}
		s.lanes.leave(k)
	}()
	var n need
	for _, a := range batch {
		for _, w := range a.wants {
			n.skus = append(n.skus, w.SKUID)
			n.orders = append(n.orders, w.OrderID)
		}
	}
	err = s.k.DB.InTx(context.WithoutCancel(ctx), func(ctx context.Context, tx *db.Tx) error {
		return s.bookTx(ctx, tx, n, func(b *book) error {
			for _, a := range batch {
				a.short = a.short[:0]
				b.who = a.who
				for _, w := range a.wants {
					if free, ok := b.reserve(w); !ok {
						a.short = append(a.short, Short{Want: w, Available: free})
					}
				}
			}
			return nil
		})
	})
}
