package file

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"sync"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/seal"
)

// keepChunks opened chunks stay in memory: spreadsheets are read from several
// places at once (a zip's directory, its strings, a sheet).
const keepChunks = 8

// Reader reads a stored file in order and at random. ReadAt is safe for
// concurrent use, Read and Seek are not.
type Reader struct {
	File
	ctx   context.Context
	f     *Files
	keys  *seal.Keys
	owner id.ID
	pos   int64

	mu     sync.Mutex
	chunks map[int64][]byte
	recent []int64 // least recently used first
}

// Open opens a complete file of the acting merchant. The context serves all
// later reads. There is nothing to close.
//
// Errors: ErrNotFound.
func (f *Files) Open(ctx context.Context, file id.ID) (*Reader, error) {
	o, err := f.Get(ctx, file)
	if err != nil {
		return nil, err
	}
	m := actor.Merchant(ctx)
	keys, err := f.vault.Keys(ctx, m)
	if err != nil {
		return nil, err
	}
	return &Reader{File: o, ctx: ctx, f: f, keys: keys, owner: m, chunks: map[int64][]byte{}}, nil
}

// Size is the file's length in bytes.
func (r *Reader) Size() int64 { return r.SizeBytes }

// Read reads on from the last position.
func (r *Reader) Read(p []byte) (int, error) {
	if r.pos >= r.SizeBytes {
		return 0, io.EOF
	}
	c, err := r.chunk(r.pos / ChunkSize)
	if err != nil {
		return 0, err
	}
	n := copy(p, c[r.pos%ChunkSize:])
	r.pos += int64(n)
	return n, nil
}

// Seek moves the position of Read, for range downloads.
func (r *Reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.pos
	case io.SeekEnd:
		offset += r.SizeBytes
	}
	if offset < 0 {
		return 0, errors.New("file: seek before the beginning")
	}
	r.pos = offset
	return offset, nil
}

// ReadAt reads from any position.
func (r *Reader) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, errors.New("file: negative offset")
	}
	for n < len(p) {
		at := off + int64(n)
		if at >= r.SizeBytes {
			return n, io.EOF
		}
		c, err := r.chunk(at / ChunkSize)
		if err != nil {
			return n, err
		}
		n += copy(p[n:], c[at%ChunkSize:])
	}
	return n, nil
}

func (r *Reader) chunk(no int64) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c, ok := r.chunks[no]; ok {
		r.touch(no)
		return c, nil
	}
	var sealed []byte
	err := r.f.db.QueryRow(r.ctx, selectChunk, r.owner, r.ID, no).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNotFound // deleted while reading
	}
	if err != nil {
		return nil, err
	}
	plain, err := r.keys.Open(place(r.ID, no), sealed)
	if err != nil {
		return nil, err
	}
	if want := min(ChunkSize, r.SizeBytes-no*ChunkSize); int64(len(plain)) != want {
		return nil, seal.ErrOpen
	}
	if len(r.recent) == keepChunks {
		delete(r.chunks, r.recent[0])
		r.recent = r.recent[1:]
	}
	r.chunks[no] = plain
	r.recent = append(r.recent, no)
	return plain, nil
}

// touch makes a chunk the most recently used one.
func (r *Reader) touch(no int64) {
	for i, n := range r.recent {
		if n == no {
			copy(r.recent[i:], r.recent[i+1:])
			r.recent[len(r.recent)-1] = no
			return
		}
	}
}
