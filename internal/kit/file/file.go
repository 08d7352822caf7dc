package file

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/seal"
)

// ChunkSize is how many plain bytes one stored chunk holds.
const ChunkSize = 256 << 10

// Purposes of stored files.
const (
	Upload   = "upload"
	Export   = "export"
	Template = "template"
)

// New describes a file to store. ExpiresAt is unix milliseconds, 0 to keep it.
type New struct {
	Name      string
	MediaType string
	Purpose   string
	ExpiresAt int64
}

// File is a stored, complete file. SHA256 is of the plain bytes, in hex.
type File struct {
	ID        id.ID  `json:"id"`
	Name      string `json:"name"`
	MediaType string `json:"media_type"`
	Purpose   string `json:"purpose"`
	SizeBytes int64  `json:"size_bytes"`
	SHA256    string `json:"sha256"`
	CreatedBy id.ID  `json:"created_by"`
	CreatedAt int64  `json:"created_at"`
	ExpiresAt int64  `json:"expires_at"`
}

// Files stores and reads.
type Files struct {
	db    *db.DB
	ids   *id.Source
	clock clock.Clock
	vault *seal.Vault
}

// NewFiles returns the store of files in d.
func NewFiles(d *db.DB, ids *id.Source, c clock.Clock, v *seal.Vault) *Files {
	return &Files{db: d, ids: ids, clock: c, vault: v}
}

// Save stores everything r gives, at most maxBytes, and returns the file.
//
// Errors: ErrTooLarge, ErrEmpty, ErrBadName, and r's own.
func (f *Files) Save(ctx context.Context, n New, r io.Reader, maxBytes int64) (File, error) {
	w, err := f.Create(ctx, n)
	if err != nil {
		return File{}, err
	}
	size, err := io.Copy(w, io.LimitReader(r, maxBytes+1))
	switch {
	case err != nil:
	case size > maxBytes:
		err = ErrTooLarge.With("max_mb", (maxBytes+(1<<20)-1)>>20)
	case size == 0:
		err = ErrEmpty
	}
	if err != nil {
		w.Abort(ctx)
		return File{}, err
	}
	return w.Finish(ctx)
}

// Get returns a complete file of the acting merchant.
//
// Errors: ErrNotFound.
func (f *Files) Get(ctx context.Context, file id.ID) (File, error) {
	return f.GetTx(ctx, f.db, file)
}

// GetTx is Get inside a transaction.
func (f *Files) GetTx(ctx context.Context, q db.Querier, file id.ID) (File, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return File{}, err
	}
	var o File
	err = q.QueryRow(ctx, selectFile, a.MerchantID, file, clock.Millis(f.clock)).
		Scan(&o.ID, &o.Name, &o.MediaType, &o.Purpose, &o.SizeBytes, &o.SHA256, &o.CreatedBy, &o.CreatedAt, &o.ExpiresAt)
	if errors.Is(err, sql.ErrNoRows) {
		return File{}, ErrNotFound
	}
	return o, err
}

// cleanName keeps the last element of a path as a browser may send it, without
// control characters: the name goes into a Content-Disposition header later.
func cleanName(name string) (string, error) {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || r == utf8.RuneError {
			return -1
		}
		return r
	}, name)
	if name == "" || name == "." || name == "/" || utf8.RuneCountInString(name) > 200 {
		return "", ErrBadName.At("name")
	}
	return name, nil
}
