package job

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// place is where a walking job goes on.
type place struct {
	Item  int   `json:"item"`
	After id.ID `json:"after"`
}

// Walk does step for item after item, page after page, and commits each page with its
// place. A step answers the last id of its page, 0 when the item has no more, and how
// many it did.
func Walk(ctx context.Context, r *Run, items int, step func(ctx context.Context, tx *db.Tx, item int, after id.ID) (last id.ID, n int, err error)) error {
	var at place
	if c := r.Checkpoint(); c != "" {
		if err := json.Unmarshal([]byte(c), &at); err != nil {
			return err
		}
	}
	for at.Item < items {
		var next place
		err := r.Advance(ctx, func(ctx context.Context, tx *db.Tx) (Step, error) {
			last, n, err := step(ctx, tx, at.Item, at.After)
			if err != nil {
				return Step{}, err
			}
			if next = (place{at.Item, last}); last == 0 {
				next = place{Item: at.Item + 1}
			}
			c, err := json.Marshal(next)
			return Step{Checkpoint: string(c), Done: int64(n), OK: int64(n)}, err
		})
		if err != nil {
			return err
		}
		at = next
	}
	return nil
}

// Parts does n items, at most size in a step, and commits each step with its place. do is
// given where its part begins and ends, counted from 0, and answers what became of it;
// Checkpoint and Done are filled in.
func Parts(ctx context.Context, r *Run, n, size int, do func(ctx context.Context, tx *db.Tx, from, upto int) (Step, error)) error {
	from := 0
	if c := r.Checkpoint(); c != "" {
		at, err := strconv.Atoi(c)
		if err != nil {
			return err
		}
		from = at
	}
	for from < n {
		upto := min(from+size, n)
		err := r.Advance(ctx, func(ctx context.Context, tx *db.Tx) (Step, error) {
			step, err := do(ctx, tx, from, upto)
			step.Checkpoint, step.Done = strconv.Itoa(upto), int64(upto-from)
			return step, err
		})
		if err != nil {
			return err
		}
		from = upto
	}
	return nil
}

// Add keeps a row and counts its result; Done is the caller's.
func (s *Step) Add(row Row) {
	switch row.Result {
	case OK:
		s.OK++
	case Skipped:
		s.Skipped++
	default:
		s.Failed++
	}
	s.Rows = append(s.Rows, row)
}

// Picked are the items that stood in rows, which count from 1.
//
// Errors: a row beyond the items, which is damage.
func Picked[T any](items []T, rows []int64) ([]T, error) {
	out := make([]T, 0, len(rows))
	for _, n := range rows {
		if n < 1 || n > int64(len(items)) {
			return nil, fmt.Errorf("job: row %d of %d", n, len(items))
		}
		out = append(out, items[n-1])
	}
	return out, nil
}
