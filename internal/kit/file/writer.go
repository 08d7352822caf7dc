package file

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/seal"
)

// perCommit chunks share one commit: 1 MiB of memory, a quarter of the fsyncs.
const perCommit = 4

var errDone = errors.New("file: writer is finished")

// Writer stores a file piece by piece. It is not safe for concurrent use. Until
// Finish nobody can read the file; a writer that is forgotten is swept.
type Writer struct {
	ctx    context.Context
	f      *Files
	keys   *seal.Keys
	file   File
	owner  id.ID // merchant
	buf    []byte
	chunks [][]byte
	next   int64
	sum    hash.Hash
	err    error
}

// Create begins a file. The context serves all later writes.
//
// Errors: ErrBadName.
func (f *Files) Create(ctx context.Context, n New) (*Writer, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	if n.Name, err = cleanName(n.Name); err != nil {
		return nil, err
	}
	keys, err := f.vault.Keys(ctx, a.MerchantID)
	if err != nil {
		return nil, err
	}
	w := &Writer{ctx: ctx, f: f, keys: keys, owner: a.MerchantID, sum: sha256.New(), buf: make([]byte, 0, ChunkSize)}
	w.file = File{ID: f.ids.New(), Name: n.Name, MediaType: n.MediaType, Purpose: n.Purpose, CreatedBy: a.ID,
		CreatedAt: clock.Millis(f.clock), ExpiresAt: n.ExpiresAt}
	err = f.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		o := w.file
		_, err := tx.Exec(ctx, insertFile, a.MerchantID, o.ID, o.Name, o.MediaType, o.Purpose, o.CreatedBy, o.CreatedAt, o.ExpiresAt)
		return err
	})
	return w, err
}

// ID is the id the finished file will have.
func (w *Writer) ID() id.ID { return w.file.ID }

// Write adds bytes. The first error sticks.
func (w *Writer) Write(p []byte) (n int, err error) {
	for len(p) > 0 && w.err == nil {
		k := min(len(p), ChunkSize-len(w.buf))
		w.buf = append(w.buf, p[:k]...)
		_, _ = w.sum.Write(p[:k])
		w.file.SizeBytes += int64(k)
		n += k
		p = p[k:]
		if len(w.buf) == ChunkSize {
			w.err = w.seal()
		}
	}
	return n, w.err
}

// seal turns the buffer into a chunk and stores full groups of chunks.
func (w *Writer) seal() error {
	if len(w.buf) > 0 {
		c, err := w.keys.Seal(place(w.file.ID, w.next+int64(len(w.chunks))), w.buf)
		if err != nil {
			return err
		}
		w.chunks = append(w.chunks, c)
		w.buf = w.buf[:0]
	}
	if len(w.chunks) < perCommit {
		return nil
	}
	return w.flush(nil)
}

// flush commits the waiting chunks, with the closing statement when there is one.
func (w *Writer) flush(closing func(context.Context, *db.Tx) error) error {
	err := w.f.db.InTx(w.ctx, func(ctx context.Context, tx *db.Tx) error {
		rows := make([][]any, len(w.chunks))
		for i, c := range w.chunks {
			rows[i] = []any{w.owner, w.file.ID, w.next + int64(i), c}
		}
		if _, err := tx.Insert(ctx, "file_chunk", chunkColumns, rows, ""); err != nil {
			return err
		}
		if closing != nil {
			return closing(ctx, tx)
		}
		return nil
	})
	if err == nil {
		w.next += int64(len(w.chunks))
		w.chunks = w.chunks[:0]
	}
	return err
}

func place(file id.ID, chunk int64) string { return fmt.Sprintf("file_chunk/body/%d/%d", file, chunk) }

// Finish stores the rest and makes the file readable.
func (w *Writer) Finish(ctx context.Context) (File, error) {
	return w.FinishTx(ctx, nil)
}

// FinishTx is Finish with more work in the same transaction: an export's result
// and its file become visible together.
func (w *Writer) FinishTx(ctx context.Context, more func(context.Context, *db.Tx, File) error) (File, error) {
	if w.err != nil {
		return File{}, w.err
	}
	if w.err = w.seal(); w.err != nil {
		return File{}, w.err
	}
	w.ctx = ctx
	w.file.SHA256 = hex.EncodeToString(w.sum.Sum(nil))
	err := w.flush(func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.ExecN(ctx, completeFile, w.file.SizeBytes, w.file.SHA256, w.owner, w.file.ID)
		if err == nil && n != 1 {
			err = ErrNotFound
		}
		if err == nil && more != nil {
			err = more(ctx, tx, w.file)
		}
		return err
	})
	if err != nil {
		return File{}, err
	}
	w.err = errDone
	return w.file, nil
}

// Abort deletes what was stored so far. After Finish it does nothing.
func (w *Writer) Abort(ctx context.Context) {
	if errors.Is(w.err, errDone) {
		return
	}
	w.err = errDone
	// Left over rows are swept a day later, so a failure here is not the caller's.
	_ = w.f.db.InTx(context.WithoutCancel(ctx), func(ctx context.Context, tx *db.Tx) error {
		return w.f.DeleteTx(ctx, tx, w.file.ID)
	})
}
