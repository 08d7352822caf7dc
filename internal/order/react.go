package order

import (
	"context"
	"encoding/json"
	"time"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
)

// Kinds of jobs by which orders follow what happens elsewhere.
const (
	relinkJob = "order.relink_lines"
	foldJob   = "order.fold_counts"
)

type relinkPayload struct {
	Items []catalog.ListingMapped `json:"items"`
}

// register tells queue and event runner what this package does by itself.
func (s *Service) register() {
	s.kit.Jobs.Register(relinkJob, job.Handler{Run: s.runRelink})
	s.kit.Jobs.Periodic(foldJob, time.Minute, func(ctx context.Context, _ *job.Run) error {
		_, err := s.FoldCounts(ctx)
		return err
	})
	s.kit.Runner.Add(event.Consumer{Name: relinkJob, Names: []string{catalog.ListingMapped{}.EventName()}, Handle: s.onMapped})
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

func (s *Service) runRelink(ctx context.Context, r *job.Run) error {
	var p relinkPayload
	if err := r.Payload(&p); err != nil {
		return err
	}
	return job.Walk(ctx, r, len(p.Items), func(ctx context.Context, tx *db.Tx, i int, after id.ID) (id.ID, int, error) {
		return s.RelinkTx(ctx, tx, p.Items[i].ListingID, p.Items[i].SKUID, after)
	})
}
