package order

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
)

// Kinds of jobs by which orders follow what happens elsewhere.
const (
	relinkJob  = "order.relink_lines"
	restockJob = "order.retry_short"
	foldJob    = "order.fold_counts"
)

type relinkPayload struct {
	Items []catalog.ListingMapped `json:"items"`
}

type restockPayload struct {
	SKUs []id.ID `json:"sku_ids"`
}

// register tells queue and event runner what this package does by itself.
func (s *Service) register() {
	s.kit.Jobs.Register(relinkJob, job.Handler{Run: s.runRelink})
	s.kit.Jobs.Register(restockJob, job.Handler{Run: s.runRestock})
	s.kit.Jobs.Periodic(foldJob, time.Minute, func(ctx context.Context, _ *job.Run) error {
		_, err := s.FoldCounts(ctx)
		return err
	})
	s.kit.Runner.Add(event.Consumer{Name: relinkJob, Names: []string{catalog.ListingMapped{}.EventName()}, Handle: s.onMapped})
	s.kit.Runner.Add(event.Consumer{Name: restockJob, Names: []string{inventory.StockFreed{}.EventName()}, Handle: s.onFreed})
}

// onMapped relinks the lines of mapped listings, in a job: a listing may have
// stood in a hundred thousand orders.
func (s *Service) onMapped(ctx context.Context, tx *db.Tx, events []event.Event) error {
	var p relinkPayload
	for _, e := range events {
		var m catalog.ListingMapped
		if err := json.Unmarshal(e.Body, &m); err != nil {
			return err
		}
		p.Items = append(p.Items, m)
	}
	_, err := s.kit.Jobs.EnqueueTx(ctx, tx, job.Spec{Kind: relinkJob, Payload: p, GroupKey: relinkJob})
	return err
}

// onFreed tries orders that are short again, when there are any.
func (s *Service) onFreed(ctx context.Context, tx *db.Tx, events []event.Event) error {
	short, err := scanIDs(ctx, tx, selectAnyShort, actor.Merchant(ctx))
	if err != nil || len(short) == 0 {
		return err
	}
	var p restockPayload
	for _, e := range events {
		var f inventory.StockFreed
		if err := json.Unmarshal(e.Body, &f); err != nil {
			return err
		}
		if !slices.Contains(p.SKUs, f.SKUID) {
			p.SKUs = append(p.SKUs, f.SKUID)
		}
	}
	_, err = s.kit.Jobs.EnqueueTx(ctx, tx, job.Spec{Kind: restockJob, Payload: p, GroupKey: restockJob})
	return err
}

// place is where a walking job goes on.
type place struct {
	Item  int   `json:"item"`
	After id.ID `json:"after"`
}

// walk does step for item after item, page after page, and commits each page
// with its place.
func walk(ctx context.Context, r *job.Run, items int, step func(ctx context.Context, tx *db.Tx, item int, after id.ID) (last id.ID, n int, err error)) error {
	var at place
	if c := r.Checkpoint(); c != "" {
		if err := json.Unmarshal([]byte(c), &at); err != nil {
			return err
		}
	}
	for at.Item < items {
		var next place
		err := r.Advance(ctx, func(ctx context.Context, tx *db.Tx) (job.Step, error) {
			last, n, err := step(ctx, tx, at.Item, at.After)
			if err != nil {
				return job.Step{}, err
			}
			if next = (place{at.Item, last}); last == 0 {
				next = place{Item: at.Item + 1}
			}
			c, err := json.Marshal(next)
			return job.Step{Checkpoint: string(c), Done: int64(n), OK: int64(n)}, err
		})
		if err != nil {
			return err
		}
		at = next
	}
	return nil
}

func (s *Service) runRelink(ctx context.Context, r *job.Run) error {
	var p relinkPayload
	if err := r.Payload(&p); err != nil {
		return err
	}
	return walk(ctx, r, len(p.Items), func(ctx context.Context, tx *db.Tx, i int, after id.ID) (id.ID, int, error) {
		return s.RelinkTx(ctx, tx, p.Items[i].ListingID, p.Items[i].SKUID, after)
	})
}

func (s *Service) runRestock(ctx context.Context, r *job.Run) error {
	var p restockPayload
	if err := r.Payload(&p); err != nil {
		return err
	}
	return walk(ctx, r, len(p.SKUs), func(ctx context.Context, tx *db.Tx, i int, after id.ID) (id.ID, int, error) {
		return s.RetryShortTx(ctx, tx, p.SKUs[i], after)
	})
}
