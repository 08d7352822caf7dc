package backup

import (
	"context"
	"database/sql"
	"io"
	"io/fs"

	"filippo.io/age"

	"github.com/ordercove/ordercove/internal/kit/db"
)

// Source is what Write backs up.
type Source struct {
	URL     string // of the database, as db.Open takes it
	Dir     string // for SQLite's passing copy; needs as much room as the database
	Product string // version of the program
	Now     int64  // unix milliseconds
	// MasterKey is the key the data was sealed with, as its file holds it.
	MasterKey []byte
	KeyID     string
	// KeyOutside leaves the key out of the file, because it is kept elsewhere.
	KeyOutside bool
	// Progress hears of every piece that was written; "" stands for SQLite's copy.
	Progress func(part string, bytes int64)
}

// Write puts a consistent cut of the database into out: every transaction that
// was acknowledged before the call, and none in part. Writers go on meanwhile.
//
// Errors: ErrNothing, db.ErrDiskFull.
func Write(ctx context.Context, s Source, to []age.Recipient, out io.Writer) (Header, Closing, error) {
	if engine, path := db.Locate(s.URL); engine == db.SQLite {
		return writeSQLite(ctx, s, path, to, out)
	}
	return writePostgres(ctx, s, to, out)
}

func (s Source) header(engine db.Dialect, schema int64) Header {
	return Header{Format: format, Engine: string(engine), Schema: schema, CreatedAt: s.Now, Product: s.Product,
		MasterKeyID: s.KeyID, MasterKeyInside: !s.KeyOutside}
}

// start writes what stands before the parts.
func (w *writer) start(h Header, key []byte) error {
	if err := w.record('H', h); err != nil || !h.MasterKeyInside {
		return err
	}
	return w.frame('K', key)
}

// Staged is a backup that was read to its end and proved itself, not visible yet.
type Staged interface {
	Commit(ctx context.Context) error // puts it in place
	Abort()                           // leaves nothing behind; does nothing after Commit
}

// Stage reads the backup into the database that url names, invisibly.
//
// Errors: ErrEngine, ErrNewer, ErrTarget, ErrDamaged.
func (r *Reader) Stage(ctx context.Context, url string, migrations fs.FS) (Staged, Closing, error) {
	engine, path := db.Locate(url)
	if r.Header.Engine != string(engine) {
		return nil, Closing{}, ErrEngine.With("engine", r.Header.Engine)
	}
	steps, err := db.SchemaSteps(engine, migrations)
	if err != nil {
		return nil, Closing{}, err
	}
	if r.Header.Schema > steps[len(steps)-1].Version {
		return nil, Closing{}, ErrNewer.With("version", r.Header.Product)
	}
	if engine == db.SQLite {
		return r.stageSQLite(ctx, path)
	}
	return r.stagePostgres(ctx, url, steps)
}

// texts reads a query of text columns.
func texts(ctx context.Context, q interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}, query string, columns int) ([][]string, error) {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out [][]string
	for rows.Next() {
		row, to := make([]string, columns), make([]any, columns)
		for i := range row {
			to[i] = &row[i]
		}
		if err := rows.Scan(to...); err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, rows.Err()
}
