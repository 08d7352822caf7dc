package systemapi

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/web"
)

// Outbox is how far the merchant's events and jobs are. Nothing is left to do when
// unnumbered, every lag, and due, retrying and running jobs are 0.
type Outbox struct {
	LastSeq      int64           `json:"last_seq" doc:"Number of the youngest numbered event"`
	Unnumbered   int64           `json:"unnumbered" doc:"Events that wait for their number; counted up to 100,000"`
	UnnumberedAt web.Time        `json:"unnumbered_at" doc:"When the first of them was committed"`
	Consumers    []EventConsumer `json:"consumers" nullable:"false"`
	Jobs         Backlog         `json:"jobs"`
}

// EventConsumer is how far one reader of the events is.
type EventConsumer struct {
	Name     string   `json:"name"`
	Seq      int64    `json:"seq" doc:"The last event it has handled"`
	Lag      int64    `json:"lag" doc:"Numbered events it has not handled"`
	Failures int64    `json:"failures" doc:"Failed tries in a row"`
	RetryAt  web.Time `json:"retry_at" doc:"When it tries again after a failure"`
	Error    string   `json:"error" doc:"Code of the last failure"`
}

// Backlog counts the merchant's background jobs that are not finished.
type Backlog struct {
	Due       int64 `json:"due" doc:"Wait for a worker"`
	Scheduled int64 `json:"scheduled" doc:"Begin later: periodic work, and tries after a failure"`
	Retrying  int64 `json:"retrying" doc:"Of due and scheduled, those whose last try failed"`
	Running   int64 `json:"running"`
}

type outboxOutput struct{ Body Outbox }

func outbox(events *event.Runner, jobs *job.Queue) func(context.Context, *struct{}) (*outboxOutput, error) {
	return func(ctx context.Context, _ *struct{}) (*outboxOutput, error) {
		m := actor.Merchant(ctx)
		s, err := events.State(ctx, m)
		if err != nil {
			return nil, err
		}
		d, err := jobs.Backlog(ctx, m)
		if err != nil {
			return nil, err
		}
		out := Outbox{LastSeq: s.LastSeq, Unnumbered: s.Unnumbered, UnnumberedAt: web.Time(s.OldestAt), Consumers: make([]EventConsumer, len(s.Consumers)),
			Jobs: Backlog{Due: d.Due, Scheduled: d.Scheduled, Retrying: d.Retrying, Running: d.Running}}
		for i, c := range s.Consumers {
			out.Consumers[i] = EventConsumer{Name: c.Consumer, Seq: c.Seq, Lag: c.Lag, Failures: c.Failures, RetryAt: web.Time(c.RetryAt), Error: c.Error}
		}
		return &outboxOutput{out}, nil
	}
}
