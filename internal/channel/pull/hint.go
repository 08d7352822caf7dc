package pull

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/access"
	"github.com/ordercove/ordercove/internal/intake"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

const (
	hintsAtOnce = 128
	// unknownTries is how often a number is asked for that the channel does not know
	// (yet): pushes may be faster than its own database.
	unknownTries = 5
	// hintsKept is how long handled events are remembered: a replay of a push that
	// is younger than its signature allows finds itself.
	hintsKept = 8 * day
	// pullHintsMost bounds the batches that one round takes from a channel's queue.
	pullHintsMost = 20
)

// Reply is what a push hears.
type Reply = channel.Reply

// Receive takes a push (推送) at a shop's hook address: its signature and age are
// checked by the connector, its events are on disk, each once, before it is
// answered, and they only say where to look. Nobody is signed in.
//
// Errors: ErrNoPush, channel.ErrSignature, channel.ErrClock, channel.ErrAnswer, and
// those of the database: the channel sends the push again.
func (e *Engine) Receive(ctx context.Context, hook string, in channel.Inbound) (Reply, error) {
	merchant, shopID, err := e.access.ByHook(ctx, hook)
	if errors.Is(err, access.ErrNotFound) {
		return Reply{}, ErrNoPush
	}
	if err != nil {
		return Reply{}, err
	}
	ctx = acting(ctx, merchant)
	line, err := e.access.Offline(ctx, shopID)
	if err != nil {
		return Reply{}, err
	}
	receiver, ok := line.Client.(channel.PushReceiver)
	if !ok {
		return Reply{}, ErrNoPush
	}
	hints, reply, err := receiver.Receive(in)
	if err != nil {
		return Reply{}, err
	}
	woken := map[id.ID]bool{}
	if err := e.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		clear(woken)
		return e.keepHintsTx(ctx, tx, line, hints, woken)
	}); err != nil {
		return Reply{}, err
	}
	for s := range woken {
		e.Wake(merchant, s)
	}
	if reply.Status == 0 {
		reply.Status = 200
	}
	return reply, nil
}

// keepHintsTx stores hints, each under the shop it is about.
func (e *Engine) keepHintsTx(ctx context.Context, tx *db.Tx, line *access.Line, hints []channel.Hint, woken map[id.ID]bool) error {
	now := e.now()
	var rows [][]any
	for _, h := range hints {
		shopID := line.Shop.ID
		if h.Account != "" && line.Account != "" && h.Account != line.Account {
			other, err := e.access.ByAccount(ctx, line.App, h.Account)
			if err != nil {
				return err
			}
			if other == 0 {
				continue // a shop of the app that is not ours to read
			}
			shopID = other
		}
		key := h.ID
		if key == "" || len(key) > 200 {
			d := sha256.Sum256([]byte(h.Topic + "\n" + h.OrderNo + "\n" + h.AftersaleNo + "\n" + h.ID))
			key = hex.EncodeToString(d[:])
		}
		woken[shopID] = true
		rows = append(rows, hintRow(ctx, shopID, key, h, now, now))
	}
	slices.SortFunc(rows, func(a, b []any) int { return compareText(a[2], b[2]) })
	_, err := tx.Insert(ctx, "channel_hint", hintColumns, rows, hintConflict)
	return err
}

func hintRow(ctx context.Context, shopID id.ID, key string, h channel.Hint, now, next int64) []any {
	return []any{int64(merchantOf(ctx)), int64(shopID), key, clip(h.Topic), h.OrderNo, h.AftersaleNo, h.At, now, "waiting", int64(0), next, ""}
}

func clip(s string) string { return s[:min(len(s), 100)] }

func compareText(a, b any) int {
	x, y := a.(string), b.(string)
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// pullHints empties the queue that some channels keep for us.
func (r *round) pullHints(ctx context.Context) error {
	puller, ok := r.line.Client.(channel.HintPuller)
	if !ok {
		return nil
	}
	for range pullHintsMost {
		var hints []channel.Hint
		err := r.call(ctx, func(ctx context.Context, l *access.Line) error {
			var err error
			hints, err = l.Client.(channel.HintPuller).PullHints(ctx)
			return err
		})
		if err != nil || len(hints) == 0 {
			return err
		}
		woken := map[id.ID]bool{}
		if err := r.e.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			clear(woken)
			return r.e.keepHintsTx(ctx, tx, r.line, hints, woken)
		}); err != nil {
			return err
		}
		for s := range woken {
			if s != r.shopID() {
				r.e.Wake(r.merchant, s)
			}
		}
		ids := make([]string, len(hints))
		for i, h := range hints {
			ids[i] = h.ID
		}
		// They are on disk: what is confirmed twice or not at all costs nothing.
		if err := r.call(ctx, func(ctx context.Context, _ *access.Line) error { return puller.ConfirmHints(ctx, ids) }); err != nil {
			return err
		}
	}
	return nil
}

// hint is a waiting row.
type hint struct {
	key, topic, orderNo, caseNo string
	attempts                    int64
}

// hints fetches what pushes and comparisons named: every order once, however many
// events tell of it.
func (r *round) hints(ctx context.Context) error {
	for !r.late() {
		waiting, err := r.waitingHints(ctx)
		if err != nil || len(waiting) == 0 {
			return err
		}
		if err := r.handle(ctx, waiting); err != nil {
			return err
		}
		if len(waiting) < hintsAtOnce {
			return nil
		}
	}
	return nil
}

func (r *round) waitingHints(ctx context.Context) ([]hint, error) {
	var out []hint
	for row := range db.Each(ctx, r.e.k.DB, selectHints, merchantOf(ctx), r.shopID(), r.e.now(), hintsAtOnce) {
		var h hint
		if err := row.Scan(&h.key, &h.topic, &h.orderNo, &h.caseNo, &h.attempts); err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, nil
}

// fetched is what one order's look-up gave.
type fetched struct {
	item channel.Item
	err  error
}

func (r *round) handle(ctx context.Context, waiting []hint) error {
	lister, hasCases := r.line.Client.(channel.AftersaleLister)
	var nos []string
	cs := &cases{r: r, lister: lister}
	caseErr := map[string]error{}
	for _, h := range waiting {
		if h.orderNo != "" {
			nos = append(nos, h.orderNo)
		}
		if _, had := caseErr[h.caseNo]; h.caseNo != "" && hasCases && !had {
			caseErr[h.caseNo] = cs.fetch(ctx, h.caseNo, h.orderNo)
			if stops(caseErr[h.caseNo]) {
				return caseErr[h.caseNo]
			}
		}
	}
	if err := cs.flush(ctx); err != nil {
		return err
	}
	if slices.ContainsFunc(waiting, func(h hint) bool { return h.orderNo == "" && h.caseNo == "" }) {
		if err := r.e.hurry(ctx, r.shopID()); err != nil {
			return err // it says that something changed, and not what
		}
	}
	nos = slices.Compact(slices.Sorted(slices.Values(nos)))
	got := make([]fetched, len(nos))
	index := make([]int, len(nos))
	for i := range index {
		index[i] = i
	}
	var row failures
	stop := r.each(ctx, index, func(ctx context.Context, i int) error {
		if row.enough() {
			return nil
		}
		item, err := r.get(ctx, nos[i])
		row.saw(err)
		if item.No == "" {
			item.No = nos[i]
		}
		got[i] = fetched{item, err}
		if err == nil && item.Raw == nil {
			got[i].err = channel.ErrAnswer.With("channel_message", "empty")
		}
		if stops(err) {
			return err
		}
		return nil
	})
	if stop != nil && !stops(stop) {
		return stop
	}
	return errors.Join(stop, r.settle(ctx, waiting, nos, got, caseErr))
}

// settle applies what came and closes its hints in one transaction; the others
// wait for their next try.
func (r *round) settle(ctx context.Context, waiting []hint, nos []string, got []fetched, caseErr map[string]error) error {
	var items []channel.Item
	outcome := map[string]error{}
	for i, f := range got {
		if f.item.No == "" && f.err == nil {
			f.err = channel.ErrUnavailable.With("channel_code", "stopped", "channel_message", "") // its turn never came
		}
		outcome[nos[i]] = f.err
		if f.err == nil {
			items = append(items, f.item)
		}
	}
	var done []string
	type later struct {
		h   hint
		err error
	}
	var wait []later
	for _, h := range waiting {
		err := outcome[h.orderNo]
		if err == nil {
			err = caseErr[h.caseNo]
		}
		if err == nil {
			done = append(done, h.key)
		} else {
			wait = append(wait, later{h, err})
		}
	}
	b := &basket{r: r}
	pulled := r.mapped(items)
	fresh, err := b.changedOnly(ctx, pulled)
	if err != nil {
		return err
	}
	err = b.commit(ctx, fresh, func(ctx context.Context, tx *db.Tx) error {
		for part := range slices.Chunk(done, hintsAtOnce) {
			part = db.Pad(part)
			args := []any{merchantOf(ctx), r.shopID()}
			for _, k := range part {
				args = append(args, k)
			}
			if _, err := tx.Exec(ctx, hintsDone(len(part)), args...); err != nil {
				return err
			}
		}
		for _, l := range wait {
			state, next := r.later(l.h, l.err)
			code, _ := coded(l.err)
			if _, err := tx.Exec(ctx, retryHint, state, next, code, merchantOf(ctx), r.shopID(), l.h.key); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, i := range items {
		r.accounted(i)
	}
	return nil
}

// later says when a number is asked for again, and when no more: a comparison
// still finds the order.
func (r *round) later(h hint, cause error) (state string, next int64) {
	waits := r.line.Tuning.RetryMS
	next = r.e.now() + waits[min(int(h.attempts), len(waits)-1)]
	if (errors.Is(cause, channel.ErrNotFound) || errors.Is(cause, channel.ErrRefused)) && h.attempts+1 >= unknownTries {
		return "failed", next
	}
	return "waiting", next
}

// changedOnly leaves out what says nothing new. What was fetched for itself is the
// channel's last word: nothing about it is unclear.
func (b *basket) changedOnly(ctx context.Context, pulled []intake.Pulled) ([]intake.Pulled, error) {
	verdicts, err := b.judge(ctx, pulled)
	if err != nil {
		return nil, err
	}
	var out []intake.Pulled
	for i, v := range verdicts {
		if v != order.JudgeSame && v != order.JudgeOlder {
			out = append(out, pulled[i])
		}
	}
	return out, nil
}
