package waybill

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
)

// Result is what became of one request of several.
type Result struct {
	Issued logistics.Issued
	Err    error
}

// Batcher issues several numbers in one call; the results stand in the order of the
// requests. Errors: of the call as a whole those of Issue, logistics.ErrUnsupported where
// this issuer takes one at a time.
type Batcher interface {
	IssueMany(ctx context.Context, rs []logistics.Request) ([]Result, error)
}

// together asks for what may be asked for in one call, and returns what has to be asked
// for by itself: rows to be looked up or given back first, and those of a call that was
// refused as a whole, of which one parcel may be the cause.
func (b *batch) together(ctx context.Context, due []Waybill) (alone []Waybill) {
	if b.account.Kind == account.Numbers {
		return b.atHand(ctx, due)
	}
	m, can := b.issuer.(Batcher)
	if !can || b.trouble != nil || b.issuer.Traits().Batch < 2 {
		return due
	}
	type kind struct {
		product string
		sender  logistics.Party
	}
	groups, order := map[kind][]Waybill{}, []kind{}
	for _, w := range due {
		c := b.content[w.ID]
		if w.State != Wanted || c.Err != nil || c.Version != w.Version {
			alone = append(alone, w)
			continue
		}
		k := kind{w.Product, c.Request.Sender}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], w)
	}
	for _, k := range order {
		for some := range slices.Chunk(groups[k], b.issuer.Traits().Batch) {
			if len(some) == 1 || b.trouble != nil || ctx.Err() != nil || !b.many(ctx, m, some) {
				alone = append(alone, some...)
			}
		}
	}
	return alone
}

// errAlone: a row of many is not as it was when it was taken.
var errAlone = errors.New("waybill: a row has to be settled by itself")

// atHand settles rows whose numbers lie at hand, in one transaction: those that are given
// a number together. Where one of them cannot be, each is settled by itself.
func (b *batch) atHand(ctx context.Context, due []Waybill) (alone []Waybill) {
	if b.trouble != nil || ctx.Err() != nil {
		return due
	}
	err := b.s.k.DB.InBulkTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		rest, err := b.s.giveTx(ctx, tx, b.account.ID, due)
		if err != nil {
			return err
		}
		for _, w := range rest {
			o := outcome{state: Issued, local: true}
			if w.State == Cancelling {
				o.state = Cancelled
			}
			if err := b.s.settleTx(ctx, tx, b.account, w, o); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return due
	}
	b.answered = true
	return nil
}

// giveTx gives numbers at hand to the wanted rows that have none yet, the same as
// settleTx does to each, and returns the others.
//
// Errors: errAlone where a row is no longer wanted or somebody else took a number.
func (s *Service) giveTx(ctx context.Context, tx *db.Tx, account id.ID, due []Waybill) (rest []Waybill, err error) {
	m := actor.Merchant(ctx)
	args := []any{m, account}
	for _, w := range db.Pad(due) {
		args = append(args, w.ID)
	}
	var has []id.ID
	if err := db.Read(ctx, tx, holdersOf(len(args)-2), args, func(r *db.Row) { has = append(has, id.ID(r.Int())) }); err != nil {
		return nil, err
	}
	var free []string
	if err := db.Read(ctx, tx, selectFree, []any{m, account, len(due)}, func(r *db.Row) { free = append(free, r.Text()) }); err != nil {
		return nil, err
	}
	var takes, settles []db.Stmt
	var told []event.Appended
	used := map[id.ID]int64{} // by shop
	for _, w := range due {
		if w.State == Cancelling || len(takes) == len(free) || slices.Contains(has, w.ID) {
			rest = append(rest, w)
			continue
		}
		no := free[len(takes)]
		row, err := s.settling(ctx, tx, w, outcome{state: Issued, issued: logistics.Issued{No: no}})
		if err != nil {
			return nil, err
		}
		takes = append(takes, db.Stmt{SQL: takeNumber, Args: []any{w.ID, m, account, no}, Want: 1})
		settles = append(settles, db.Stmt{SQL: settleLive, Args: row, Want: 1})
		told = append(told, event.Appended{Of: aggregate(w), Payload: NumberIssued{Of: of(w), No: no}})
		used[w.ShopID]++
	}
	if len(takes) == 0 {
		return rest, nil
	}
	if miss, err := tx.Batch(ctx, append(takes, settles...)); err != nil {
		return nil, err
	} else if miss >= 0 {
		return nil, errAlone
	}
	for _, shop := range slices.Sorted(maps.Keys(used)) {
		if _, err := tx.Exec(ctx, countUse, m, account, shop, dayOf(clock.Millis(s.k.Clock)), used[shop], 0); err != nil {
			return nil, err
		}
	}
	if err := s.accounts.UseTx(ctx, tx, account, int64(len(takes))); err != nil {
		return nil, err
	}
	return rest, s.k.Events.AppendAllTx(ctx, tx, told)
}

// many has one call made. It reports false where nothing came of it and each may be asked
// for by itself.
func (b *batch) many(ctx context.Context, m Batcher, some []Waybill) bool {
	rs := make([]logistics.Request, len(some))
	for i, w := range some {
		rs[i] = b.content[w.ID].Request
	}
	got, err := m.IssueMany(ctx, rs)
	if err == nil && len(got) != len(some) {
		err = logistics.ErrUnknownOutcome
	}
	if err != nil && !ofAccount(err) && !silent(err) {
		return false
	}
	for i, w := range some {
		switch {
		case err != nil:
			b.write(ctx, w, judge(err, Wanted))
		case got[i].Err != nil && errors.Is(got[i].Err, logistics.ErrDone):
			b.one(ctx, w) // the key has a number: asked by itself it is found
		case got[i].Err != nil:
			b.write(ctx, w, judge(got[i].Err, Wanted))
		default:
			b.write(ctx, w, outcome{state: Issued, issued: got[i].Issued})
		}
	}
	return true
}

// silent reports whether an error leaves open what took effect.
func silent(err error) bool {
	e := errs.As(err)
	return e == nil || e.Kind == errs.Unavailable
}
