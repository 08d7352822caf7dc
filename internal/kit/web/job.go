package web

import (
	"context"
	"encoding/json"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
)

// Job is how every operation shows a durable job: the task centre, and each
// answer 202 of an operation that started one.
type Job struct {
	ID           id.ID           `json:"id"`
	Kind         string          `json:"kind"`
	State        string          `json:"state" enum:"waiting,running,succeeded,failed,cancelled"`
	Total        int64           `json:"total" doc:"0 while unknown"`
	Done         int64           `json:"done"`
	OKCount      int64           `json:"ok_count"`
	FailedCount  int64           `json:"failed_count"`
	SkippedCount int64           `json:"skipped_count"`
	CreatedAt    Time            `json:"created_at"`
	StartedAt    Time            `json:"started_at"`
	FinishedAt   Time            `json:"finished_at"`
	ActorID      id.ID           `json:"actor_id"`
	ActorName    string          `json:"actor_name"`
	Result       json.RawMessage `json:"result,omitempty" doc:"depends on kind"`
	Error        *JobError       `json:"error,omitempty"`
	CancelAsked  bool            `json:"cancel_asked" doc:"it stops at its next step"`
	Cancellable  bool            `json:"cancellable"`
	Retryable    bool            `json:"retryable"`
	Undoable     bool            `json:"undoable" doc:"what went well can be taken back"`
}

// JobError says why a job ended as failed, in the reader's language.
type JobError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// NewJob shows j in the language of whoever asks.
func NewJob(ctx context.Context, j job.Job) Job {
	out := Job{ID: j.ID, Kind: j.Kind, State: j.State, Total: j.Total, Done: j.Done, OKCount: j.OKCount, FailedCount: j.FailedCount,
		SkippedCount: j.SkippedCount, CreatedAt: Time(j.CreatedAt), StartedAt: Time(j.StartedAt), FinishedAt: Time(j.FinishedAt),
		ActorID: j.ActorID, ActorName: j.ActorName, CancelAsked: j.CancelAsked, Result: j.Result, Cancellable: j.Cancellable, Retryable: j.Retryable, Undoable: j.Undoable}
	if j.ErrorCode != "" {
		out.Error = &JobError{j.ErrorCode, errs.Message(actor.Lang(ctx), j.ErrorCode, j.ErrorParams)}
	}
	return out
}

// Accepted is the answer 202 with the job that does the work.
type Accepted struct {
	Status int
	Body   Job
}

// NewAccepted answers 202 with j.
func NewAccepted(ctx context.Context, j job.Job) *Accepted { return &Accepted{202, NewJob(ctx, j)} }
