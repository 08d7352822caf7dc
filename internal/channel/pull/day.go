package pull

import (
	"context"
	"database/sql"
	"errors"

	"github.com/ordercove/ordercove/internal/kit/db"
)

// States of a day.
const (
	DayOpen     = "open"
	DayIsClosed = "closed"
)

const (
	// between is how long two equal comparisons lie apart at least.
	between = 30 * minute
	// afterMidnight lets the last minutes of a day arrive.
	afterMidnight = 10 * minute
	lastStage     = 15
)

// stages are the days after which a day is compared.
var stages = []int64{1, 3, 7, 15}

// Day is a day's close (日结). Day is yyyymmdd in China time; Stage is after how many
// days it is compared next, 0 once all comparisons are done.
type Day struct {
	Day                       int64
	State                     string
	Stage, EqualAt, NextAt    int64
	Theirs, Ours, Quarantined int64
	Failures                  int64
	CheckedAt, ClosedAt       int64
}

func (d *Day) into() []any {
	return []any{&d.Day, &d.State, &d.Stage, &d.EqualAt, &d.NextAt, &d.Theirs, &d.Ours, &d.Quarantined, &d.Failures, &d.CheckedAt, &d.ClosedAt}
}

// dayPlus is the yyyymmdd n days later.
func dayPlus(d, n int64) int64 { return dayOf(dayStart(d) + n*day) }

// openDays gives every past day since the first pull its row.
func (r *round) openDays(ctx context.Context) error {
	s, err := readStream(ctx, r.e.k.DB, r.shopID(), Orders)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	today := dayOf(r.serverNow())
	key := shopKey{r.merchant, r.shopID()}
	r.e.mu.Lock()
	done := r.e.days[key] == today
	r.e.mu.Unlock()
	if done {
		return nil
	}
	first := max(dayOf(s.Started), dayPlus(today, -lastStage))
	if err := r.e.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		for d := first; d < today; d = dayPlus(d, 1) {
			if _, err := tx.Exec(ctx, insertDay, merchantOf(ctx), r.shopID(), d, dayStart(dayPlus(d, 1))+afterMidnight); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	r.e.mu.Lock()
	r.e.days[key] = today
	r.e.mu.Unlock()
	return nil
}

// closeDays compares the days that are due.
func (r *round) closeDays(ctx context.Context) error {
	if r.line.Limits.CreatedSpan == 0 {
		return nil
	}
	if err := r.openDays(ctx); err != nil {
		return err
	}
	for !r.late() {
		var d Day
		err := r.e.k.DB.QueryRow(ctx, selectDue, merchantOf(ctx), r.shopID(), r.e.now()).Scan(d.into()...)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err == nil {
			err = r.closeDay(ctx, d)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// closeDay compares a day: two equal comparisons close it, a later difference
// opens it again.
func (r *round) closeDay(ctx context.Context, d Day) error {
	was := d
	c := Comparison{Kind: CompareDay, From: dayStart(d.Day), To: dayStart(dayPlus(d.Day, 1)), StartedAt: r.e.now()}
	s, err := readStream(ctx, r.e.k.DB, r.shopID(), Orders)
	if err != nil {
		return err
	}
	c.From = max(c.From, s.Started)
	if s.Watermark < c.To {
		d.NextAt = r.e.now() + r.line.Tuning.PollMS // the day is still being read
		return r.saveDay(ctx, d, nil)
	}
	err = r.contrast(ctx, &c)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	now := r.e.now()
	if err != nil {
		waits := r.line.Tuning.RetryMS
		d.NextAt, d.Failures = now+max(minute, waits[min(int(d.Failures), len(waits)-1)]), d.Failures+1
		return errors.Join(r.saveDay(ctx, d, nil), err)
	}
	d.Theirs, d.Ours, d.Quarantined, d.CheckedAt, d.Failures = c.Theirs, c.Ours, c.Quarantined, now, 0
	switch {
	case c.State == Different:
		d.State, d.EqualAt, d.NextAt, d.ClosedAt = DayOpen, 0, now+between, 0
	case d.State == DayIsClosed:
		d.advance(now)
	case d.EqualAt == 0:
		d.EqualAt, d.NextAt = now, now+between
	case now-d.EqualAt < between:
		d.NextAt = d.EqualAt + between
	default:
		d.State, d.ClosedAt, d.EqualAt = DayIsClosed, now, 0
		d.advance(now)
	}
	return r.saveDay(ctx, d, func(ctx context.Context, tx *db.Tx) error {
		if err := r.recordTx(ctx, tx, c); err != nil {
			return err
		}
		switch {
		case was.State == DayOpen && d.State == DayIsClosed:
			return r.tell(ctx, tx, DayClosed{ShopID: r.shopID(), Day: d.Day, Orders: d.Theirs})
		case was.State == DayIsClosed && d.State == DayOpen:
			return r.tell(ctx, tx, DayReopened{ShopID: r.shopID(), Day: d.Day})
		}
		return nil
	})
}

// advance goes to the next stage whose time is to come.
func (d *Day) advance(now int64) {
	for _, s := range stages {
		at := dayStart(dayPlus(d.Day, s)) + afterMidnight
		if s > d.Stage && at > now {
			d.Stage, d.NextAt = s, at
			return
		}
	}
	d.Stage, d.NextAt = 0, 0
}

func (r *round) saveDay(ctx context.Context, d Day, with func(context.Context, *db.Tx) error) error {
	return r.e.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, updateDay, d.State, d.Stage, d.EqualAt, d.NextAt, d.Theirs, d.Ours, d.Quarantined, d.Failures, d.CheckedAt, d.ClosedAt,
			merchantOf(ctx), r.shopID(), d.Day); err != nil {
			return err
		}
		if with == nil {
			return nil
		}
		return with(ctx, tx)
	})
}
