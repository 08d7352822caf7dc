package job

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
)

// States of a job.
const (
	Waiting   = "waiting"
	Running   = "running"
	Succeeded = "succeeded"
	Failed    = "failed"
	Cancelled = "cancelled"
)

// Results of a row.
const (
	OK      = "ok"
	Bad     = "failed"
	Skipped = "skipped"
)

// Job is one piece of work as the task centre shows it. Times are unix
// milliseconds, 0 while they have not come.
type Job struct {
	ID           id.ID
	MerchantID   id.ID
	Kind         string
	State        string
	GroupKey     string
	Payload      json.RawMessage
	Checkpoint   string
	Result       json.RawMessage
	Total        int64
	Done         int64
	OKCount      int64
	FailedCount  int64
	SkippedCount int64
	Attempt      int64
	ErrorCode    string
	ErrorParams  map[string]any
	CancelAsked  bool
	Visible      bool
	ActorKind    actor.Kind
	ActorID      id.ID
	ActorName    string
	CreatedAt    int64
	StartedAt    int64
	FinishedAt   int64
	// Retryable: RetryFailed would do something. Cancellable: Cancel would.
	// Undoable: Undo would, as far as each row still lets it.
	Retryable   bool
	Cancellable bool
	Undoable    bool
}

// Row is what became of one item. Ref is what the user knows it by.
type Row struct {
	No       int64
	Ref      string
	ObjectID id.ID
	Result   string // OK, Bad or Skipped
	Code     string
	Params   map[string]any
	Field    string
}

// Handler is what a kind of job does.
type Handler struct {
	// Run does the work from its checkpoint on, step by step through Run.Advance.
	// nil ends the job as succeeded. Errors of kind Internal, Unavailable and
	// TooMany are tried again with back-off; others end it as failed.
	Run func(ctx context.Context, r *Run) error
	// Retry makes the payload of a new job that repeats only the failed rows.
	// Without it rows cannot be retried.
	Retry func(ctx context.Context, tx *db.Tx, j Job, failedRowNos []int64) (payload any, err error)
	// Undo makes the payload of a job of the same kind that takes back what went well
	// in an ended one, and how many rows it has; 0 where nothing is left to take back.
	// Undoable says beforehand, from the payload alone, whether it can. Without them
	// the kind cannot be undone.
	Undo     func(ctx context.Context, tx *db.Tx, j Job, notOK []int64) (payload any, total int64, err error)
	Undoable func(j Job) bool
	// MaxAttempts without progress before the job fails; 0 means 5.
	MaxAttempts int64
}

// Queue holds the kinds and runs the work.
type Queue struct {
	db    *db.DB
	ids   *id.Source
	clock clock.Clock
	log   *slog.Logger
	// holder names this process in leases; the same data directory keeps its name,
	// so that a restart takes its own jobs back at once.
	holder string

	mu       sync.RWMutex
	handlers map[string]Handler
	periodic map[string]time.Duration
	onFinish []func(ctx context.Context, kind, state string, took time.Duration)
	onChange []func(merchant id.ID)

	wake    chan struct{}
	jitter  func(time.Duration) time.Duration
	workers int
}

// NewQueue returns an empty queue. holder must be unique among running processes.
func NewQueue(d *db.DB, ids *id.Source, c clock.Clock, log *slog.Logger, holder string) *Queue {
	return &Queue{db: d, ids: ids, clock: c, log: log, holder: holder, handlers: map[string]Handler{}, periodic: map[string]time.Duration{},
		wake: make(chan struct{}, 1), workers: 4,
		jitter: func(d time.Duration) time.Duration { return d/2 + rand.N(d/2+1) }}
}

// Register gives a kind its handler. It panics on a second one: a programming error.
func (q *Queue) Register(kind string, h Handler) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if _, dup := q.handlers[kind]; dup {
		panic("job: kind registered twice: " + kind)
	}
	if h.MaxAttempts == 0 {
		h.MaxAttempts = 5
	}
	q.handlers[kind] = h
}

// OnFinish adds an observer of ended runs, for metrics and live events.
func (q *Queue) OnFinish(f func(ctx context.Context, kind, state string, took time.Duration)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.onFinish = append(q.onFinish, f)
}

// OnChange adds an observer of every step of a visible job, for live pages. It
// must be quick.
func (q *Queue) OnChange(f func(merchant id.ID)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.onChange = append(q.onChange, f)
}

func (q *Queue) changed(merchant id.ID, visible bool) {
	if !visible {
		return
	}
	q.mu.RLock()
	defer q.mu.RUnlock()
	for _, f := range q.onChange {
		f(merchant)
	}
}

func (q *Queue) handler(kind string) (Handler, bool) {
	q.mu.RLock()
	defer q.mu.RUnlock()
	h, ok := q.handlers[kind]
	return h, ok
}

// Get returns a job of the acting merchant.
//
// Errors: ErrNotFound.
func (q *Queue) Get(ctx context.Context, job id.ID) (Job, error) { return q.GetTx(ctx, q.db, job) }

// GetTx is Get inside a transaction.
func (q *Queue) GetTx(ctx context.Context, r db.Querier, job id.ID) (Job, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return Job{}, err
	}
	return q.get(ctx, r, a.MerchantID, job)
}

func (q *Queue) get(ctx context.Context, r db.Querier, m, job id.ID) (Job, error) {
	j, err := q.scan(r.QueryRow(ctx, selectJob, m, job))
	if errors.Is(err, sql.ErrNoRows) {
		return Job{}, ErrNotFound
	}
	return j, err
}

func (q *Queue) scan(r interface{ Scan(...any) error }) (Job, error) {
	var j Job
	var payload, result, params string
	var cancel, visible int64
	err := r.Scan(&j.MerchantID, &j.ID, &j.Kind, &j.State, &j.GroupKey, &payload, &j.Checkpoint, &result, &j.Total, &j.Done, &j.OKCount, &j.FailedCount,
		&j.SkippedCount, &j.Attempt, &j.ErrorCode, &params, &cancel, &visible, &j.ActorKind, &j.ActorID, &j.ActorName,
		&j.CreatedAt, &j.StartedAt, &j.FinishedAt)
	if err != nil {
		return Job{}, err
	}
	j.Payload, j.CancelAsked, j.Visible = json.RawMessage(payload), cancel == 1, visible == 1
	if result != "" {
		j.Result = json.RawMessage(result)
	}
	if params != "" {
		if err := json.Unmarshal([]byte(params), &j.ErrorParams); err != nil {
			return Job{}, err
		}
	}
	h, _ := q.handler(j.Kind)
	j.Cancellable = (j.State == Waiting || j.State == Running) && !j.CancelAsked
	j.Retryable = j.State == Failed || j.FinishedAt > 0 && j.FailedCount > 0 && h.Retry != nil
	j.Undoable = j.FinishedAt > 0 && j.OKCount > 0 && h.Undo != nil && h.Undoable(j)
	return j, nil
}

// ListInput filters List; empty fields do not.
type ListInput struct {
	Kind   string
	State  string
	Cursor string
	Limit  int
}

// List returns the task centre's jobs, the newest first, and the next cursor.
func (q *Queue) List(ctx context.Context, in ListInput) ([]Job, string, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, "", err
	}
	var before id.ID
	if err := page.Decode(in.Cursor, &before); err != nil {
		return nil, "", err
	}
	limit := page.Limit(in.Limit)
	args := []any{a.MerchantID}
	if in.Kind != "" {
		args = append(args, in.Kind)
	}
	if in.State != "" {
		args = append(args, in.State)
	}
	if in.Cursor != "" {
		args = append(args, before)
	}
	var out []Job
	for row := range db.Each(ctx, q.db, listSQL(in.Kind != "", in.State != "", in.Cursor != ""), append(args, limit+1)...) {
		j, err := q.scan(row)
		if err != nil {
			return nil, "", err
		}
		out = append(out, j)
	}
	out, next := page.Cut(out, limit, func(j Job) string { return page.Encode(j.ID) })
	return out, next, nil
}

// Rows returns a job's rows in order, all or those with one result.
//
// Errors: ErrNotFound, page.ErrCursor.
func (q *Queue) Rows(ctx context.Context, job id.ID, result, cursor string, limit int) ([]Row, string, error) {
	if _, err := q.Get(ctx, job); err != nil {
		return nil, "", err
	}
	after := int64(-1)
	if err := page.Decode(cursor, &after); err != nil {
		return nil, "", err
	}
	limit = page.Limit(limit)
	args := []any{actor.Merchant(ctx), job}
	if result != "" {
		args = append(args, result)
	}
	var out []Row
	for row := range db.Each(ctx, q.db, rowsSQL(result != ""), append(args, after, limit+1)...) {
		var r Row
		var params string
		if err := row.Scan(&r.No, &r.Ref, &r.ObjectID, &r.Result, &r.Code, &params, &r.Field); err != nil {
			return nil, "", err
		}
		if params != "" {
			if err := json.Unmarshal([]byte(params), &r.Params); err != nil {
				return nil, "", err
			}
		}
		out = append(out, r)
	}
	out, next := page.Cut(out, limit, func(r Row) string { return page.Encode(r.No) })
	return out, next, nil
}

// RowError splits an error into what a row keeps of it. Errors without a code
// become ErrInternal's.
func RowError(err error) (code string, params map[string]any, field string) {
	if e := errs.As(err); e != nil {
		return e.Code, e.Params, e.Field
	}
	return ErrInternal.Code, nil, ""
}

func paramsText(params map[string]any) string {
	if len(params) == 0 {
		return ""
	}
	b, err := json.Marshal(params)
	if err != nil {
		return ""
	}
	return string(b)
}
