package backup

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"github.com/ordercove/ordercove/internal/kit/db"
)

const (
	copyPattern  = ".backup-*.db"
	stagePattern = ".restore-*.db"
)

// What a killed backup or restore leaves behind, for Sweep.
const (
	Copies = copyPattern + "*"
	Stages = stagePattern + "*"
)

// Sweep removes from dir what a killed backup or restore left there. The caller
// holds the lock that keeps others from working there.
func Sweep(dir, pattern string) error {
	left, err := filepath.Glob(filepath.Join(escapeGlob(dir), pattern))
	for _, path := range left {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

// escapeGlob keeps a folder called "a[1]" from being taken for a pattern.
func escapeGlob(dir string) string {
	var out []rune
	for _, c := range dir {
		if os.PathSeparator != '\\' && (c == '*' || c == '?' || c == '[' || c == '\\') {
			out = append(out, '\\')
		}
		out = append(out, c)
	}
	return string(out)
}

func writeSQLite(ctx context.Context, s Source, path string, to []age.Recipient, out io.Writer) (h Header, c Closing, err error) {
	if i, err := os.Stat(path); err != nil || i.Size() == 0 {
		return h, c, ErrNothing.With("what", path).Because(err)
	}
	f, err := os.CreateTemp(s.Dir, copyPattern) // 0600 from its first byte
	if err != nil {
		return h, c, err
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	if err := s.copyFile(ctx, path, f.Name()); err != nil {
		return h, c, err
	}
	version, tables, err := inspect(ctx, f.Name())
	if err != nil {
		return h, c, ErrNothing.With("what", path).Because(err)
	}
	w, err := newWriter(out, to, s.Progress)
	if err != nil {
		return h, c, err
	}
	h = s.header(db.SQLite, version)
	if err := w.start(h, s.MasterKey); err != nil {
		return h, c, err
	}
	if err := w.begin(partStart{Name: "sqlite"}); err != nil {
		return h, c, err
	}
	if _, err := io.CopyBuffer(w, contextReader{ctx, f}, make([]byte, maxFrame)); err != nil {
		return h, c, err
	}
	w.closing.Tables = tables
	if err := w.end(0); err != nil {
		return h, c, err
	}
	c, err = w.close()
	return h, c, err
}

// copyFile copies the database and tells how far it is, which the engine does not.
func (s Source) copyFile(ctx context.Context, from, to string) error {
	d, err := db.Open(ctx, from, db.Options{MaxConns: 1})
	if err != nil {
		return err
	}
	done := make(chan struct{})
	go func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				if i, err := os.Stat(to); err == nil {
					s.Progress("", i.Size())
				}
			}
		}
	}()
	err = d.Snapshot(ctx, to)
	close(done)
	return errors.Join(err, d.Close())
}

// contextReader ends a long copy when the command is interrupted.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// inspect reads a file nobody else uses: its schema version and its rows.
func inspect(ctx context.Context, path string) (version int64, tables map[string]int64, err error) {
	d, err := sql.Open("sqlite", db.FileURI(path)+"?mode=ro&immutable=1")
	if err != nil {
		return 0, nil, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := d.QueryRowContext(ctx, selectVersion).Scan(&version); err != nil {
		return 0, nil, err
	}
	names, err := texts(ctx, d, selectFileTables, 1)
	if err != nil {
		return 0, nil, err
	}
	tables = map[string]int64{}
	for _, n := range names {
		var rows int64
		if err := d.QueryRowContext(ctx, countRows(n[0])).Scan(&rows); err != nil {
			return 0, nil, err
		}
		tables[n[0]] = rows
	}
	return version, tables, nil
}

type stagedFile struct{ from, to string }

// CheckTarget refuses a place that holds anything. It changes nothing.
//
// Errors: ErrTarget.
func CheckTarget(ctx context.Context, url string) error {
	engine, path := db.Locate(url)
	if engine == db.Postgres {
		return checkSchema(ctx, url)
	}
	// A log without its database would be replayed into the restored one.
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		_, err := os.Lstat(path + suffix)
		if err == nil {
			return ErrTarget.With("what", path+suffix)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (r *Reader) stageSQLite(ctx context.Context, path string) (Staged, Closing, error) {
	if err := CheckTarget(ctx, path); err != nil {
		return nil, Closing{}, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), stagePattern)
	if err != nil {
		return nil, Closing{}, err
	}
	s := &stagedFile{f.Name(), path}
	c, err := r.each(func(p partStart, data io.Reader) error {
		if p.Name != "sqlite" {
			return ErrDamaged.Because(fmt.Errorf("a part called %s", p.Name))
		}
		_, err := io.CopyBuffer(f, contextReader{ctx, data}, make([]byte, maxFrame))
		return err
	})
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = r.compare(ctx, f.Name(), c)
	}
	if err != nil {
		s.Abort()
		return nil, c, err
	}
	return s, c, nil
}

// compare proves that the file holds what the records say.
func (r *Reader) compare(ctx context.Context, path string, c Closing) error {
	version, tables, err := inspect(ctx, path)
	if err != nil {
		return ErrDamaged.Because(err)
	}
	if version != r.Header.Schema || len(tables) != len(c.Tables) {
		return ErrDamaged.Because(fmt.Errorf("schema %d with %d tables, the records say %d with %d", version, len(tables), r.Header.Schema, len(c.Tables)))
	}
	for name, n := range c.Tables {
		if tables[name] != n {
			return ErrDamaged.Because(fmt.Errorf("%d rows in %s, the records say %d", tables[name], name, n))
		}
	}
	return nil
}

func (s *stagedFile) Commit(ctx context.Context) error {
	if err := CheckTarget(ctx, s.to); err != nil {
		return err
	}
	if err := os.Rename(s.from, s.to); err != nil {
		return err
	}
	return SyncDir(filepath.Dir(s.to))
}

func (s *stagedFile) Abort() { _ = os.Remove(s.from) }

// SyncDir makes names in a directory survive a power cut. Where a directory cannot
// be synced (Windows) its file system does so by itself.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	_ = d.Sync()
	return d.Close()
}
