package file

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
)

// SaveTx stores a whole file with the caller's transaction: what it is the result of and the
// file become readable together, or neither does.
//
// Errors: ErrEmpty, ErrBadName.
func (f *Files) SaveTx(ctx context.Context, tx *db.Tx, n New, body []byte) (File, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return File{}, err
	}
	if n.Name, err = cleanName(n.Name); err != nil {
		return File{}, err
	}
	if len(body) == 0 {
		return File{}, ErrEmpty
	}
	keys, err := f.vault.KeysTx(ctx, tx, a.MerchantID)
	if err != nil {
		return File{}, err
	}
	sum := sha256.Sum256(body)
	o := File{ID: f.ids.New(), Name: n.Name, MediaType: n.MediaType, Purpose: n.Purpose, SizeBytes: int64(len(body)), SHA256: hex.EncodeToString(sum[:]),
		CreatedBy: a.ID, CreatedAt: clock.Millis(f.clock), ExpiresAt: n.ExpiresAt}
	var rows [][]any
	for part := range slices.Chunk(body, ChunkSize) {
		no := int64(len(rows))
		sealed, err := keys.Seal(place(o.ID, no), part)
		if err != nil {
			return File{}, err
		}
		rows = append(rows, []any{a.MerchantID, o.ID, no, sealed})
	}
	if _, err := tx.Exec(ctx, insertFile, a.MerchantID, o.ID, o.Name, o.MediaType, o.Purpose, o.CreatedBy, o.CreatedAt, o.ExpiresAt); err != nil {
		return File{}, err
	}
	if _, err := tx.Insert(ctx, "file_chunk", chunkColumns, rows, ""); err != nil {
		return File{}, err
	}
	changed, err := tx.ExecN(ctx, completeFile, o.SizeBytes, o.SHA256, a.MerchantID, o.ID)
	if err == nil && changed != 1 {
		err = ErrNotFound
	}
	return o, err
}
