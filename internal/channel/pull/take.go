package pull

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/intake"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/run"
	"github.com/ordercove/ordercove/internal/order"
)

const (
	batchSize  = 500 // orders of one transaction
	getsAtOnce = 4   // calls for single orders under way for one shop
)

// basket gathers orders on their way in and applies them in batches.
type basket struct {
	r *round
	// openOnly leaves finished orders out: a backfill is for work that may come back.
	openOnly bool
	pending  []channel.Item
	// what became of them
	created, updated, quarantined int64
}

// add takes a page's items.
func (b *basket) add(ctx context.Context, items []channel.Item) error {
	for _, i := range items {
		if i.Raw != nil && b.r.e.seen.same(b.r.bodyKey(i.No), b.r.e.seen.hash(i.Raw)) {
			continue
		}
		if i.Raw == nil && i.ModifiedAt != 0 && b.r.e.seen.same(b.r.bodyKey("#"+i.No), uint64(i.ModifiedAt)) {
			continue
		}
		b.pending = append(b.pending, i)
	}
	if len(b.pending) >= batchSize {
		return b.flush(ctx)
	}
	return nil
}

// flush applies what was gathered.
func (b *basket) flush(ctx context.Context) error {
	for len(b.pending) > 0 {
		n := min(batchSize, len(b.pending))
		if err := b.apply(ctx, b.pending[:n]); err != nil {
			return err
		}
		b.pending = b.pending[n:]
	}
	b.pending = nil
	return nil
}

// apply looks at a batch without writing, asks the channel about what is unclear,
// and commits what is new.
func (b *basket) apply(ctx context.Context, items []channel.Item) error {
	full, err := b.complete(ctx, items)
	if err != nil {
		return err
	}
	pulled := b.r.mapped(full)
	verdicts, err := b.judge(ctx, pulled)
	if err != nil {
		return err
	}
	var unclear []channel.Item
	var in []intake.Pulled
	for i, v := range verdicts {
		switch v {
		case order.JudgeSame, order.JudgeOlder:
			b.r.accounted(full[i])
		case passedOver:
			full[i].Raw = nil
		case order.JudgeUnclear:
			unclear = append(unclear, channel.Item{No: full[i].No})
		default:
			in = append(in, pulled[i])
		}
	}
	if len(unclear) > 0 {
		again, err := b.complete(ctx, unclear)
		if err != nil {
			return err
		}
		in = append(in, b.r.mapped(again)...)
		full = append(full, again...)
	}
	if err := b.commit(ctx, in, nil); err != nil {
		return err
	}
	for _, i := range full {
		if i.Raw != nil {
			b.r.accounted(i)
		}
	}
	return nil
}

func (b *basket) judge(ctx context.Context, pulled []intake.Pulled) ([]order.Judgement, error) {
	in := make([]order.Incoming, 0, len(pulled))
	of := make([]int, 0, len(pulled))
	out := make([]order.Judgement, len(pulled))
	for i, p := range pulled {
		if p.Err != nil {
			out[i] = order.JudgeRefused
			continue
		}
		if b.openOnly && finished(p.Doc) {
			out[i] = passedOver
			continue
		}
		in, of = append(in, order.Incoming{Shop: b.r.line.Shop, Doc: p.Doc, Source: order.SourceAPI, SourceAt: p.At}), append(of, i)
	}
	got, err := b.r.e.orders.Judge(ctx, b.r.e.k.DB, in)
	for k, i := range of {
		if err == nil {
			out[i] = got[k]
		}
	}
	return out, err
}

// passedOver is an order that a backfill leaves to the lists.
const passedOver order.Judgement = -1

func finished(d order.Document) bool {
	switch d.Status {
	case order.ChannelShipped, order.ChannelDelivered, order.ChannelCompleted, order.ChannelClosed:
		return true
	}
	return false
}

// commit brings orders in; with, where given, runs in the same transaction.
func (b *basket) commit(ctx context.Context, in []intake.Pulled, with func(context.Context, *db.Tx) error) error {
	if len(in) == 0 && with == nil {
		return nil
	}
	var got []order.Applied
	var err error
	for range 5 { // an order that a person changes at this moment is tried again
		err = b.r.e.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			if len(in) > 0 {
				if got, err = b.r.e.door.PulledTx(ctx, tx, b.r.line.Shop, in); err != nil {
					return err
				}
			}
			if with != nil {
				return with(ctx, tx)
			}
			return nil
		})
		if !errors.Is(err, order.ErrChanged) {
			break
		}
	}
	if err != nil {
		return err
	}
	for _, a := range got {
		switch {
		case a.Err != nil:
			b.quarantined++
		case a.Result == order.ApplyCreated:
			b.created++
		case a.Result == order.ApplyUpdated:
			b.updated++
		}
	}
	return nil
}

// complete fetches the orders of which a list told the number only.
func (b *basket) complete(ctx context.Context, items []channel.Item) ([]channel.Item, error) {
	out := make([]channel.Item, len(items))
	copy(out, items)
	var wanted []int
	for i := range out {
		if out[i].Raw == nil {
			wanted = append(wanted, i)
		}
	}
	if len(wanted) == 0 {
		return out, nil
	}
	fetched, later := make([]bool, len(out)), make([]bool, len(out))
	var row failures
	err := b.r.each(ctx, wanted, func(ctx context.Context, i int) error {
		if row.enough() {
			later[i] = true
			return nil
		}
		got, err := b.r.get(ctx, out[i].No)
		row.saw(err)
		switch {
		case errors.Is(err, channel.ErrNotFound), err != nil && passing(err), err == nil && got.Raw == nil:
			// Its number is known: it is looked up apart and holds up nobody.
			later[i] = true
			return nil
		case err != nil:
			return err
		}
		if got.No == "" {
			got.No = out[i].No
		}
		if got.ModifiedAt == 0 {
			got.ModifiedAt = out[i].ModifiedAt
		}
		out[i], fetched[i] = got, true
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := b.r.lookUpLater(ctx, out, later); err != nil {
		return nil, err
	}
	kept := out[:0]
	for i := range out {
		if out[i].Raw != nil {
			kept = append(kept, out[i])
			if fetched[i] && items[i].ModifiedAt != 0 && b.r.serverNow()-items[i].ModifiedAt > 2*second {
				b.r.e.seen.put(b.r.bodyKey("#"+items[i].No), uint64(items[i].ModifiedAt))
			}
		}
	}
	return kept, nil
}

// failures counts calls that failed one after the other: after some, the channel is
// down and the rest of a batch need not find that out one by one.
type failures struct{ n atomic.Int64 }

func (f *failures) enough() bool { return f.n.Load() >= 2*getsAtOnce }

func (f *failures) saw(err error) {
	if err != nil && passing(err) {
		f.n.Add(1)
	} else {
		f.n.Store(0)
	}
}

// lookUpLater writes down the numbers of orders that could not be fetched.
func (r *round) lookUpLater(ctx context.Context, items []channel.Item, which []bool) error {
	var nos []string
	for i, x := range items {
		if which[i] {
			nos = append(nos, x.No)
		}
	}
	if len(nos) == 0 {
		return nil
	}
	return r.want(ctx, "list", nos)
}

// each calls f for every index, a few at a time, and returns the first error.
func (r *round) each(ctx context.Context, of []int, f func(context.Context, int) error) error {
	var mu sync.Mutex
	var first error
	run.Each(ctx, getsAtOnce, of, func(ctx context.Context, i int) {
		mu.Lock()
		stop := first != nil
		mu.Unlock()
		if stop || ctx.Err() != nil {
			return
		}
		if err := f(ctx, i); err != nil {
			mu.Lock()
			if first == nil {
				first = err
			}
			mu.Unlock()
		}
	})
	if first == nil {
		first = ctx.Err()
	}
	return first
}

// mapped reads raw orders. What cannot be read carries its reason.
func (r *round) mapped(items []channel.Item) []intake.Pulled {
	out := make([]intake.Pulled, len(items))
	for i, x := range items {
		p := intake.Pulled{No: x.No, Raw: x.Raw, At: x.ModifiedAt}
		if p.Doc, p.Err = r.mapOne(x.Raw); p.Err == nil {
			if p.Doc.ChannelOrderNo != "" {
				p.No = p.Doc.ChannelOrderNo
			}
			if p.Doc.ModifiedAt != 0 {
				p.At = p.Doc.ModifiedAt
			}
		}
		if p.At == 0 {
			p.At = r.serverNow()
		}
		if p.No == "" {
			p.No = "?" + strconv.FormatUint(r.e.seen.hash(x.Raw), 36)
		}
		out[i] = p
	}
	return out
}

// mapOne asks the connector; its panic is the order's fault and stays with it.
func (r *round) mapOne(raw []byte) (doc channel.Order, err error) {
	defer func() {
		if p := recover(); p != nil {
			r.e.k.Log.Error("a connector panicked", "shop", r.line.Shop.ID, "panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
			err = ErrUnread
		}
	}()
	doc, err = r.line.Map(raw)
	if err != nil && errs.As(err) == nil {
		err = ErrUnread.Because(err)
	}
	r.known(&doc)
	return doc, err
}

// bodyKey is under which a body of the shop is remembered.
func (r *round) bodyKey(no string) uint64 {
	return r.e.seen.key(shopKey{r.merchant, r.line.Shop.ID}, Orders, no)
}

// accounted remembers a body whose content is on disk or known to be older.
func (r *round) accounted(i channel.Item) {
	r.e.seen.put(r.bodyKey(i.No), r.e.seen.hash(i.Raw))
}
