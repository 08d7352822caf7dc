package job

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Spec says what to enqueue.
type Spec struct {
	Kind    string
	Payload any // marshalled to JSON; holds no personal data
	// UniqueKey: while a job with this key has not ended, enqueueing returns that one.
	UniqueKey string
	// Coalesce frees UniqueKey when the job starts instead of when it ends, so
	// that a wish that comes while it runs gets a run of its own.
	Coalesce bool
	GroupKey string // jobs of one group run one at a time
	RunAt    int64  // unix milliseconds; 0 is now
	Visible  bool   // shown in the task centre
	Total    int64  // items, when known
}

// EnqueueTx adds a job in the caller's transaction, to run with the rights of the
// acting person. It returns the id of the job, or of the one that holds UniqueKey.
func (q *Queue) EnqueueTx(ctx context.Context, tx *db.Tx, s Spec) (id.ID, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return 0, err
	}
	payload, err := json.Marshal(s.Payload)
	if err != nil {
		return 0, fmt.Errorf("job %s: %w", s.Kind, err)
	}
	now := clock.Millis(q.clock)
	if s.RunAt == 0 {
		s.RunAt = now
	}
	unique := any(nil)
	if s.UniqueKey != "" {
		if s.Coalesce {
			s.UniqueKey = "~" + s.UniqueKey
		}
		unique = s.UniqueKey
		if had, err := q.holderOf(ctx, tx, a.MerchantID, s.UniqueKey); err != nil || had != 0 {
			return had, err
		}
	}
	rights, err := json.Marshal(keep(a))
	if err != nil {
		return 0, err
	}
	job := q.ids.New()
	n, err := tx.ExecN(ctx, insertJob, a.MerchantID, job, s.Kind, unique, s.GroupKey, string(payload), s.Total, s.Visible,
		string(a.Kind), a.ID, a.Name, string(rights), s.RunAt, now)
	if err != nil {
		return 0, err
	}
	if n == 0 { // somebody else committed the same key a moment ago
		return q.holderOf(ctx, tx, a.MerchantID, s.UniqueKey)
	}
	tx.AfterCommit(func() { q.changed(a.MerchantID, s.Visible) })
	return job, q.wakeTx(ctx, tx, a.MerchantID, s.RunAt, now)
}

func (q *Queue) holderOf(ctx context.Context, tx *db.Tx, m id.ID, key string) (job id.ID, err error) {
	err = tx.QueryRow(ctx, selectUnique, m, key).Scan(&job)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return job, err
}

// wakeTx brings the merchant's due time forward and, after the commit, wakes this
// process's workers.
func (q *Queue) wakeTx(ctx context.Context, tx *db.Tx, m id.ID, runAt, now int64) error {
	n, err := tx.ExecN(ctx, wakeMerchant, runAt, m, runAt)
	if err == nil && n == 0 {
		_, err = tx.Exec(ctx, insertMerchant, m, runAt)
	}
	if runAt <= now {
		tx.AfterCommit(q.Wake)
	}
	return err
}

// Wake makes this process's workers look for work at once.
func (q *Queue) Wake() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// rights is what a job keeps of whoever asked: enough to act, no address.
type rights struct {
	MerchantID  id.ID              `json:"merchant_id"`
	ID          id.ID              `json:"id"`
	Kind        actor.Kind         `json:"kind"`
	Name        string             `json:"name"`
	Permissions []string           `json:"permissions"`
	Scope       map[string][]id.ID `json:"scope,omitempty"`
	Lang        string             `json:"lang"`
	RequestID   string             `json:"request_id,omitempty"`
}

func keep(a actor.Actor) rights {
	return rights{a.MerchantID, a.ID, a.Kind, a.Name, a.Permissions, a.Scope, a.Lang, a.RequestID}
}

func (r rights) actor(job id.ID) actor.Actor {
	return actor.Actor{MerchantID: r.MerchantID, ID: r.ID, Kind: r.Kind, Name: r.Name, Permissions: r.Permissions, Scope: r.Scope,
		Lang: r.Lang, RequestID: r.RequestID, Cause: "job/" + job.String()}
}
