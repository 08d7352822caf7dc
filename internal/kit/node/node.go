// Package node gives every running process a number of its own, which goes into
// the ids it makes.
//
// Owns: node_lease. Does not own: the ids (kit/id).
//
// Invariants: no two living processes on one database share a number; a process
// whose lease ended and was taken by another stops making ids.
package node

import (
	"context"
	"errors"
	"time"

	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
)

const (
	leaseFor = 60 * time.Second
	renew    = 15 * time.Second
)

var (
	// ErrFull: every number is taken.
	ErrFull = errs.Define(errs.Unavailable, "node.full", "节点编号已用完", "All node numbers are in use")
	// ErrLost: another process holds the number; going on could repeat ids.
	ErrLost = errs.Define(errs.Internal, "node.lost", "节点编号已被其他进程占用，进程即将退出", "Another process took this node number; this one has to stop")
)

// Lease is a number held for a while.
type Lease struct {
	Number int
	holder string
	d      *db.DB
	clock  clock.Clock
}

// Acquire takes the number the holder had before, or a free one.
func Acquire(ctx context.Context, d *db.DB, c clock.Clock, holder string) (*Lease, error) {
	l := &Lease{holder: holder, d: d, clock: c}
	for range 8 { // another start may snatch the number we chose
		ok, err := l.try(ctx)
		if err != nil || ok {
			return l, err
		}
	}
	return nil, ErrFull
}

func (l *Lease) try(ctx context.Context) (ok bool, err error) {
	now := clock.Millis(l.clock)
	taken, err := l.leases(ctx)
	if err != nil {
		return false, err
	}
	pick := -1
	for n := 0; n <= id.MaxNode; n++ {
		t, used := taken[n]
		if used && t.holder == l.holder {
			pick = n
			break
		}
		if pick < 0 && (!used || t.until < now) {
			pick = n
		}
	}
	if pick < 0 {
		return false, ErrFull
	}
	err = l.d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.ExecN(ctx, insertLease, pick, l.holder, now+leaseFor.Milliseconds())
		if err == nil && n == 0 {
			n, err = tx.ExecN(ctx, takeLease, l.holder, now+leaseFor.Milliseconds(), pick, l.holder, now)
		}
		ok = n == 1
		return err
	})
	l.Number = pick
	return ok, err
}

type holding struct {
	holder string
	until  int64
}

func (l *Lease) leases(ctx context.Context) (map[int]holding, error) {
	out := map[int]holding{}
	for row := range db.Each(ctx, l.d, selectLeases) {
		var n int
		var h holding
		if err := row.Scan(&n, &h.holder, &h.until); err != nil {
			return nil, err
		}
		out[n] = h
	}
	return out, nil
}

// Keep renews the lease until ctx ends, then gives it back. It returns ErrLost
// when another process has the number.
func (l *Lease) Keep(ctx context.Context, onError func(error)) error {
	for {
		select {
		case <-ctx.Done():
			l.Release()
			return nil
		case <-l.clock.After(renew):
		}
		err := l.d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			n, err := tx.ExecN(ctx, renewLease, clock.Millis(l.clock)+leaseFor.Milliseconds(), l.Number, l.holder)
			if err == nil && n == 0 {
				err = ErrLost
			}
			return err
		})
		if errors.Is(err, ErrLost) {
			return ErrLost
		}
		if err != nil && ctx.Err() == nil {
			onError(err)
		}
	}
}

// Release gives the number back; the same holder gets it again next time. A
// failure only delays the number's next use.
func (l *Lease) Release() {
	ctx, done := context.WithTimeout(context.Background(), 2*time.Second)
	defer done()
	_ = l.d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, endLease, l.Number, l.holder)
		return err
	})
}
