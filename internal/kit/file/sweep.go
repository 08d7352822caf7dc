package file

import (
	"context"
	"time"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// deleteStep chunks go per statement: 16 MiB.
const deleteStep = 64

// abandoned is how long an unfinished upload may take.
const abandoned = 24 * time.Hour

// DeleteTx deletes a file and its chunks. Deleting an absent one is no error.
func (f *Files) DeleteTx(ctx context.Context, tx *db.Tx, file id.ID) error {
	m := actor.Merchant(ctx)
	if _, err := tx.Exec(ctx, deleteFile, m, file); err != nil {
		return err
	}
	var last int64
	if err := tx.QueryRow(ctx, lastChunk, m, file).Scan(&last); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, deleteChunks, m, file, last+1)
	return err
}

// Sweep deletes the acting merchant's expired files and those whose upload was
// abandoned, and returns how many. It stops early when the context ends.
func (f *Files) Sweep(ctx context.Context) (swept int, err error) {
	now := clock.Millis(f.clock)
	m := actor.Merchant(ctx)
	for {
		dead, err := f.dead(ctx, m, now)
		if err != nil || len(dead) == 0 {
			return swept, err
		}
		for _, file := range dead {
			if err := f.deleteSlowly(ctx, m, file); err != nil {
				return swept, err
			}
			swept++
		}
	}
}

func (f *Files) dead(ctx context.Context, m id.ID, now int64) ([]id.ID, error) {
	return db.Column[id.ID](ctx, f.db, selectDead, m, now-abandoned.Milliseconds(), now)
}

func (f *Files) deleteSlowly(ctx context.Context, m, file id.ID) error {
	for {
		done := false
		err := f.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			var first int64
			if err := tx.QueryRow(ctx, firstChunk, m, file).Scan(&first); err != nil {
				return err
			}
			if done = first < 0; done {
				_, err := tx.Exec(ctx, deleteFile, m, file)
				return err
			}
			_, err := tx.Exec(ctx, deleteChunks, m, file, first+deleteStep)
			return err
		})
		if err != nil || done {
			return err
		}
	}
}

// Delete is DeleteTx in a transaction of its own.
func (f *Files) Delete(ctx context.Context, file id.ID) error {
	return f.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return f.DeleteTx(ctx, tx, file) })
}
