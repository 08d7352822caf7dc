// Package event is the outbox: facts that commit with the change that made them
// and reach their consumers afterwards.
//
// Owns: event_log, event_checkpoint, event_cursor. Does not own: what an event
// means; its name and payload belong to the package that appends it.
//
// Invariants: an event is delivered if and only if its transaction commits; per
// merchant, consumers see events in seq order; a consumer's work and its
// checkpoint commit together.
package event

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Payload is a capability's event struct. It holds no personal data: names,
// phones and addresses stay behind the order's id.
type Payload interface {
	EventName() string // "order.approved"
}

// Of is what an event is about. Version is the aggregate's version after the change.
type Of struct {
	Aggregate string // "order", "sku", …
	ID        id.ID
	Version   int64
}

// Event is a committed fact as consumers and readers see it. Seq is 0 until the
// sequencer numbered it, at most about a second after the commit.
type Event struct {
	ID        id.ID           `json:"id"`
	Seq       int64           `json:"seq"`
	Name      string          `json:"name"`
	Schema    int64           `json:"schema_version"`
	Of        Of              `json:"-"`
	ActorKind actor.Kind      `json:"actor_kind"`
	ActorID   id.ID           `json:"actor_id"`
	ActorName string          `json:"actor_name"`
	Cause     string          `json:"cause,omitempty"`
	At        int64           `json:"at"`
	Body      json.RawMessage `json:"body"`
}

// Log appends events, and reads them for timelines.
type Log struct {
	DB    *db.DB
	IDs   *id.Source
	Clock clock.Clock

	wake atomic.Pointer[func()] // set by the runner
}

// Appended is one event to append with AppendAllTx.
type Appended struct {
	Of      Of
	Payload Payload
}

// AppendTx records p in the caller's transaction.
func (l *Log) AppendTx(ctx context.Context, tx *db.Tx, of Of, p Payload) error {
	return l.AppendAllTx(ctx, tx, []Appended{{of, p}})
}

// AppendAllTx records several events at once, in order: batches use it.
func (l *Log) AppendAllTx(ctx context.Context, tx *db.Tx, all []Appended) error {
	if len(all) == 0 {
		return nil
	}
	a, err := actor.From(ctx)
	if err != nil {
		return err
	}
	seq, err := reserve(ctx, tx, a.MerchantID, int64(len(all)))
	if err != nil {
		return err
	}
	now := clock.Millis(l.Clock)
	rows := make([][]any, len(all))
	for i, e := range all {
		b, err := json.Marshal(e.Payload)
		if err != nil {
			return fmt.Errorf("event %s: %w", e.Payload.EventName(), err)
		}
		rows[i] = []any{a.MerchantID, l.IDs.New(), nil, e.Payload.EventName(), int64(1), e.Of.Aggregate, e.Of.ID, e.Of.Version,
			string(a.Kind), a.ID, a.Name, a.Cause, now, string(b)}
		if seq > 0 {
			rows[i][2] = seq + int64(i)
		}
	}
	if _, err = tx.Insert(ctx, "event_log", logColumns, rows, ""); err != nil {
		return err
	}
	if wake := l.wake.Load(); wake != nil {
		tx.AfterCommit(*wake)
	}
	return nil
}

// reserve takes the merchant's next n numbers where there is only one writer, so
// that nothing need be numbered afterwards; it returns the first, or 0 where the
// sequencer numbers, because writers would wait for each other.
func reserve(ctx context.Context, tx *db.Tx, m id.ID, n int64) (first int64, err error) {
	if tx.Dialect() != db.SQLite {
		return 0, nil
	}
	err = tx.QueryRow(ctx, takeNumbers, n, m).Scan(&first)
	if errors.Is(err, sql.ErrNoRows) {
		if _, err := tx.Exec(ctx, insertCursor, m); err != nil {
			return 0, err
		}
		err = tx.QueryRow(ctx, takeNumbers, n, m).Scan(&first)
	}
	if err != nil {
		return 0, err
	}
	return first - n + 1, nil
}
