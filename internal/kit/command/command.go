// Package command is the pipe every mutation goes through: one transaction that
// holds the change, its idempotency key and its audit entry.
//
// Owns: command_key. Does not own: the audit trail, which the audit package
// records through the Record function it is given.
//
// Invariants: the same key with the same input answers the same again, across
// restarts, without doing anything twice; the same key with other input is
// refused; a change without its audit entry does not commit.
package command

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// ErrKeyReused: the idempotency key was used for another input or operation.
var ErrKeyReused = errs.Define(errs.Conflict, "command.key_reused", "该幂等键已用于另一个请求", "This idempotency key was used for a different request")

// Entry is what the audit trail keeps of one command: field names, never values
// of personal data, so that erasing a person never breaks the chain.
type Entry struct {
	Actor  actor.Actor
	Action string // "order.close"
	Object string // "order/123", or "" where there are many
	Detail map[string]any
	At     int64
}

// Sealer protects stored answers, which may hold personal data.
type Sealer interface {
	Seal(ctx context.Context, merchant id.ID, place string, plain []byte) ([]byte, error)
	Open(ctx context.Context, merchant id.ID, place string, sealed []byte) ([]byte, error)
}

// Pipe runs commands.
type Pipe struct {
	DB    *db.DB
	Clock clock.Clock
	Seal  Sealer
	// Record writes entries, in their order, in the caller's transaction.
	Record func(ctx context.Context, tx *db.Tx, all ...Entry) error
}

// About describes a command for the audit trail. Object may be filled in by f
// once the id is known.
type About struct {
	Action string
	Object string
	Detail map[string]any
}

type keyCtx struct{}

// WithKey puts the caller's idempotency key into the context.
func WithKey(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, keyCtx{}, key)
}

// Run performs f in one transaction together with its idempotency key (when the
// context carries one) and its audit entry. in must hold the whole input: it is
// hashed, not stored. f must be safe to run twice (see db.InTx).
//
// Errors: ErrKeyReused, actor.ErrNone, and whatever f returns.
func Run[In, Out any](ctx context.Context, p *Pipe, about *About, in In, f func(context.Context, *db.Tx) (Out, error)) (out Out, err error) {
	a, err := actor.From(ctx)
	if err != nil {
		return out, err
	}
	key, _ := ctx.Value(keyCtx{}).(string)
	var hash []byte
	if key != "" {
		b, err := json.Marshal(in)
		if err != nil {
			return out, err
		}
		h := sha256.Sum256(append([]byte(about.Action+"\n"), b...))
		hash = h[:]
	}
	work := func(ctx context.Context, tx *db.Tx) error {
		var zero Out
		out = zero
		if key != "" {
			done, err := recallTx(ctx, p, tx, a.MerchantID, key, hash, &out)
			if done || err != nil {
				return err
			}
		}
		res, err := f(ctx, tx)
		if err != nil {
			return err
		}
		out = res
		now := clock.Millis(p.Clock)
		if key != "" {
			if err := rememberTx(ctx, p, tx, a.MerchantID, key, hash, now, out); err != nil {
				return err
			}
		}
		return p.Record(ctx, tx, Entry{Actor: a, Action: about.Action, Object: about.Object, Detail: about.Detail, At: now})
	}
	if err = p.DB.InTx(ctx, work); errors.Is(err, errRaced) {
		err = p.DB.InTx(ctx, work) // the winner has committed: this time its answer is found
	}
	return out, err
}

// errRaced: another request with the same key committed while this one ran.
var errRaced = errors.New("command: lost the race for a key")

func place(key string) string { return "command_key/answer/" + key }

// recallTx answers from the stored result when this key was seen before.
func recallTx(ctx context.Context, p *Pipe, tx *db.Tx, m id.ID, key string, hash []byte, out any) (bool, error) {
	var had, answer []byte
	err := tx.QueryRow(ctx, selectKey, m, key).Scan(&had, &answer)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if string(had) != string(hash) {
		return false, ErrKeyReused
	}
	plain, err := p.Seal.Open(ctx, m, place(key), answer)
	if err != nil {
		return false, fmt.Errorf("stored answer: %w", err)
	}
	return true, json.Unmarshal(plain, out)
}

// rememberTx stores the answer. Two requests with one key at the same time: the
// loser violates the primary key, rolls back and runs again.
func rememberTx(ctx context.Context, p *Pipe, tx *db.Tx, m id.ID, key string, hash []byte, now int64, out any) error {
	b, err := json.Marshal(out)
	if err != nil {
		return err
	}
	sealed, err := p.Seal.Seal(ctx, m, place(key), b)
	if err != nil {
		return err
	}
	if _, err = tx.Exec(ctx, insertKey, m, key, hash, sealed, now); db.IsUnique(err) {
		return fmt.Errorf("%w: %w", errRaced, err)
	}
	return err
}
