package pull

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Kinds of comparisons.
const (
	CompareHourly    = "hourly"     // the last four hours
	CompareSixHourly = "six_hourly" // the last thirty hours
	CompareDay       = "day"
	CompareManual    = "manual"
)

// Outcomes of comparisons.
const (
	Equal     = "equal"
	Different = "different"
	Failed    = "failed"
)

const (
	hourlyBack    = 4 * hour
	sixHourlyBack = 30 * hour
	// sixHourly is how many reconcile intervals lie between the wider comparisons.
	sixHourly = 6
)

// Comparison is one look at both sides by created time. Instants are unix milliseconds.
type Comparison struct {
	ID          id.ID
	Kind        string
	From, To    int64
	State       string
	Theirs      int64 // orders the channel lists
	Ours        int64 // of them, those we hold
	Quarantined int64 // of them, those set aside
	// Missing were not held when the comparison began; Changed were held in an older version.
	Missing, Changed       int64
	ErrorCode, ErrorParams string
	StartedAt, FinishedAt  int64
}

func (c *Comparison) into() []any {
	return []any{&c.ID, &c.Kind, &c.From, &c.To, &c.State, &c.Theirs, &c.Ours, &c.Quarantined, &c.Missing, &c.Changed, &c.ErrorCode, &c.ErrorParams, &c.StartedAt, &c.FinishedAt}
}

// due is when a kind of comparison is next.
type due struct {
	kind                     string
	next, failures, from, to int64
}

// compare runs the comparisons that are due.
func (r *round) compare(ctx context.Context) error {
	if r.line.Limits.CreatedSpan == 0 || r.late() {
		return nil
	}
	s, err := readStream(ctx, r.e.k.DB, r.shopID(), Orders)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	all, err := readDues(ctx, r.e.k.DB, r.shopID())
	if err != nil {
		return err
	}
	now, every := r.e.now(), r.line.Tuning.ReconcileMS
	if !slices.ContainsFunc(all, func(d due) bool { return d.kind == CompareHourly }) {
		return r.firstDues(ctx, now, every)
	}
	for _, d := range all {
		// A shorter interval counts at once.
		if d.next > now && d.next <= now+r.interval(d.kind) || d.next > now && d.kind == CompareManual || r.late() {
			continue
		}
		if err := r.compareOne(ctx, s, d); err != nil {
			return err
		}
	}
	return nil
}

func (r *round) interval(kind string) int64 {
	if kind == CompareSixHourly {
		return sixHourly * r.line.Tuning.ReconcileMS
	}
	return r.line.Tuning.ReconcileMS
}

func (r *round) firstDues(ctx context.Context, now, every int64) error {
	return r.e.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, insertDue, merchantOf(ctx), r.shopID(), CompareHourly, now+every); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, insertDue, merchantOf(ctx), r.shopID(), CompareSixHourly, now+sixHourly*every)
		return err
	})
}

func readDues(ctx context.Context, q db.Querier, shopID id.ID) ([]due, error) {
	var out []due
	for row := range db.Each(ctx, q, selectDues, merchantOf(ctx), shopID) {
		var d due
		if err := row.Scan(&d.kind, &d.next, &d.failures, &d.from, &d.to); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// compareOne runs one comparison that is due and says when the next one is.
func (r *round) compareOne(ctx context.Context, s stream, d due) error {
	// Later ones are still on their way.
	to := min(s.Watermark, r.serverNow()-r.line.Tuning.LagMS)
	from := to - hourlyBack
	switch d.kind {
	case CompareSixHourly:
		from = to - sixHourlyBack
	case CompareManual:
		from, to = d.from, min(to, d.to)
	}
	if d.kind != CompareManual {
		from = max(from/hour*hour, s.Started)
	}
	c := Comparison{Kind: d.kind, From: from, To: to, StartedAt: r.e.now()}
	err := r.contrast(ctx, &c)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	waits, now := r.line.Tuning.RetryMS, r.e.now()
	next, failures := now+r.interval(d.kind), int64(0)
	if err != nil && (stops(err) || int(d.failures) < len(waits)) {
		next, failures = now+waits[min(int(d.failures), len(waits)-1)], d.failures+1
		if stops(err) {
			failures = d.failures
		}
	}
	finished := err == nil || failures == 0 && !stops(err)
	if err != nil {
		c.State = Failed
		c.ErrorCode, c.ErrorParams = coded(err)
	}
	e := r.e.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if finished {
			if err := r.recordTx(ctx, tx, c); err != nil {
				return err
			}
		}
		if d.kind == CompareManual && finished {
			_, err := tx.Exec(ctx, deleteDue, merchantOf(ctx), r.shopID(), d.kind, d.next)
			return err
		}
		_, err := tx.Exec(ctx, updateDue, next, failures, merchantOf(ctx), r.shopID(), d.kind)
		return err
	})
	if stops(err) {
		return errors.Join(e, err)
	}
	return e
}

// recordTx keeps a comparison for people to see.
func (r *round) recordTx(ctx context.Context, tx *db.Tx, c Comparison) error {
	c.ID, c.FinishedAt = r.e.k.IDs.New(), r.e.now()
	if _, err := tx.Exec(ctx, insertRun, merchantOf(ctx), r.shopID(), c.ID, c.Kind, c.From, c.To, c.State, c.Theirs, c.Ours, c.Quarantined, c.Missing, c.Changed,
		c.ErrorCode, c.ErrorParams, c.StartedAt, c.FinishedAt); err != nil {
		return err
	}
	if c.Missing == 0 {
		return nil
	}
	return r.tell(ctx, tx, OrdersFound{ShopID: r.shopID(), From: c.From, To: c.To, Number: c.Missing})
}

// contrast reads [From, To) by created time, brings in what is not held, and writes
// the ledger: wide windows where all is well, hour by hour where an order is not
// held and only its window can say when it was placed.
func (r *round) contrast(ctx context.Context, c *Comparison) error {
	wide := max(hour, r.line.Limits.CreatedSpan/hour*hour)
	l := &book{hours: map[int64]*[3]int64{}}
	for from := c.From; from < c.To; {
		to := min(c.To, from/hour*hour+wide)
		if to-from > max(hour, r.line.Limits.CreatedSpan) {
			to -= hour
		}
		fine, err := r.side(ctx, c, l, from, to, false)
		for h := from; err == nil && !fine && h < to; {
			next := min(to, h/hour*hour+hour)
			_, err = r.side(ctx, c, l, h, next, true)
			h = next
		}
		if err != nil {
			return err
		}
		from = to
	}
	c.State = Equal
	if c.Missing > 0 {
		c.State = Different
	}
	var rows [][]any
	for h := c.From / hour * hour; h < c.To; h += hour {
		n := l.at(h)
		rows = append(rows, []any{int64(merchantOf(ctx)), int64(r.shopID()), h, n[0], n[1], n[2], r.e.now()})
	}
	return r.e.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Insert(ctx, "channel_ledger", hourColumns, rows, saveHour)
		return err
	})
}

// book counts theirs, ours and quarantined by hour.
type book struct{ hours map[int64]*[3]int64 }

func (b *book) at(h int64) *[3]int64 {
	if b.hours[h] == nil {
		b.hours[h] = &[3]int64{}
	}
	return b.hours[h]
}

// side reads one window and counts it. fine is false, and nothing is counted, where
// a wide window holds orders whose hour nobody knows; within one hour all is counted.
func (r *round) side(ctx context.Context, c *Comparison, l *book, from, to int64, narrow bool) (fine bool, err error) {
	b := &basket{r: r}
	seen := map[string]struct{}{}
	if err := r.list(ctx, from, to-1, b, seen); err != nil {
		return false, err
	}
	c.Missing, c.Changed = c.Missing+b.created, c.Changed+b.updated
	held, quarantined, lost, err := r.standing(ctx, seen)
	if err != nil {
		return false, err
	}
	if narrow = narrow || from/hour == (to-1)/hour; !narrow && quarantined+int64(len(lost)) > 0 {
		return false, nil
	}
	if len(lost) > 0 {
		if err := r.want(ctx, "comparison", lost); err != nil {
			return false, err
		}
	}
	for _, at := range held {
		h := min(max(at, from), to-1) / hour * hour
		if narrow {
			h = from / hour * hour
		}
		l.at(h)[0]++
		l.at(h)[1]++
	}
	h := l.at(from / hour * hour)
	h[0] += quarantined + int64(len(lost))
	h[2] += quarantined
	c.Theirs, c.Ours, c.Quarantined = c.Theirs+int64(len(seen)), c.Ours+int64(len(held)), c.Quarantined+quarantined
	c.Missing += int64(len(lost))
	return true, nil
}

// list reads a stretch of created time into b, in halves where it is too wide.
func (r *round) list(ctx context.Context, from, to int64, b *basket, seen map[string]struct{}) error {
	var got reading
	err := error(channel.ErrWindow)
	if to-from < r.line.Limits.CreatedSpan {
		for range tries {
			if got, err = r.source(channel.ByCreated).read(ctx, from, to, b.add); !errors.Is(err, ErrIncomplete) {
				break
			}
		}
		if err == nil {
			err = b.flush(ctx)
		}
	}
	if errors.Is(err, channel.ErrWindow) && to-from > leastSpan {
		b.pending = nil
		mid := from + (to-from)/2
		if err := r.list(ctx, from, mid, b, seen); err != nil {
			return err
		}
		return r.list(ctx, mid+1, to, b, seen)
	}
	for no := range got.seen {
		seen[no] = struct{}{}
	}
	return err
}

// standing says what became of the channel's numbers: held, set aside, or neither.
func (r *round) standing(ctx context.Context, seen map[string]struct{}) (held map[string]int64, quarantined int64, lost []string, err error) {
	nos := make([]string, 0, len(seen))
	for no := range seen {
		nos = append(nos, no)
	}
	if held, err = r.e.orders.PlacedTimes(ctx, r.e.k.DB, r.shopID(), nos); err != nil {
		return nil, 0, nil, err
	}
	var rest []string
	for _, no := range nos {
		if _, ok := held[no]; !ok {
			rest = append(rest, no)
		}
	}
	aside, err := r.e.door.Quarantined(ctx, r.shopID(), rest)
	if err != nil {
		return nil, 0, nil, err
	}
	for _, no := range rest {
		if _, ok := aside[no]; !ok {
			lost = append(lost, no)
		}
	}
	return held, int64(len(aside)), lost, nil
}

// want has numbers fetched that a list told and no answer brought.
func (r *round) want(ctx context.Context, topic string, nos []string) error {
	now := r.e.now()
	slices.Sort(nos)
	rows := make([][]any, len(nos))
	for i, no := range nos {
		rows[i] = hintRow(ctx, r.shopID(), topic+":"+no+":"+strconv.FormatInt(now, 36), channel.Hint{Topic: topic, OrderNo: no, At: now}, now, now)
	}
	return r.e.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Insert(ctx, "channel_hint", hintColumns, rows, hintConflict)
		return err
	})
}
