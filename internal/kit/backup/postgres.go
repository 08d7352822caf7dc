package backup

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/ordercove/ordercove/internal/kit/db"
)

// link is one connection with one transaction on it.
type link struct {
	pool *sql.DB
	*sql.Conn
}

func connect(ctx context.Context, url, begin string) (*link, error) {
	p, err := sql.Open("pgx", url)
	if err != nil {
		return nil, err
	}
	c, err := p.Conn(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("connect to PostgreSQL: %w", err), p.Close())
	}
	l := &link{p, c}
	if _, err := c.ExecContext(ctx, begin); err != nil {
		l.drop()
		return nil, err
	}
	return l, nil
}

// drop ends the connection, and with it what was not committed.
func (l *link) drop() {
	_ = l.Raw(func(c any) error { return c.(*stdlib.Conn).Conn().PgConn().Close(context.Background()) })
	_ = l.Close()
	_ = l.pool.Close()
}

// wire gives the connection itself, for COPY and for several statements at once.
func (l *link) wire(f func(*pgconn.PgConn) error) error {
	return l.Raw(func(c any) error { return f(c.(*stdlib.Conn).Conn().PgConn()) })
}

func writePostgres(ctx context.Context, s Source, to []age.Recipient, out io.Writer) (h Header, c Closing, err error) {
	l, err := connect(ctx, s.URL, beginCut)
	if err != nil {
		return h, c, err
	}
	defer l.drop()
	parts, err := tables(ctx, l)
	if err != nil {
		return h, c, err
	}
	var version int64
	if err := l.QueryRowContext(ctx, selectVersion).Scan(&version); err != nil || version == 0 {
		return h, c, ErrNothing.With("what", "PostgreSQL").Because(err)
	}
	w, err := newWriter(out, to, s.Progress)
	if err != nil {
		return h, c, err
	}
	h = s.header(db.Postgres, version)
	if err := w.start(h, s.MasterKey); err != nil {
		return h, c, err
	}
	for _, p := range parts {
		if err := w.begin(p); err != nil {
			return h, c, err
		}
		var tag pgconn.CommandTag
		err := l.wire(func(c *pgconn.PgConn) (err error) {
			buffered := &gather{to: w}
			if tag, err = c.CopyTo(ctx, buffered, copyOut(p)); err != nil {
				return err
			}
			return buffered.flush()
		})
		if err != nil {
			return h, c, fmt.Errorf("copy %s: %w", p.Name, err)
		}
		w.closing.Tables[p.Name] = tag.RowsAffected()
		if err := w.end(tag.RowsAffected()); err != nil {
			return h, c, err
		}
	}
	c, err = w.close()
	return h, c, err
}

// gather makes large frames of the single rows that COPY hands out.
type gather struct {
	to  io.Writer
	buf []byte
}

func (g *gather) Write(p []byte) (int, error) {
	if len(g.buf)+len(p) > maxFrame {
		if err := g.flush(); err != nil {
			return 0, err
		}
	}
	g.buf = append(g.buf, p...)
	return len(p), nil
}

func (g *gather) flush() error {
	_, err := g.to.Write(g.buf)
	g.buf = g.buf[:0]
	return err
}

// tables lists every table of the schema with its columns, in the order of names.
func tables(ctx context.Context, l *link) ([]partStart, error) {
	rows, err := texts(ctx, l, selectColumns, 2)
	if err != nil {
		return nil, err
	}
	var out []partStart
	for _, r := range rows {
		if len(out) == 0 || out[len(out)-1].Name != r[0] {
			out = append(out, partStart{Name: r[0]})
		}
		last := &out[len(out)-1]
		last.Columns = append(last.Columns, r[1])
	}
	return out, nil
}

func checkSchema(ctx context.Context, url string) error {
	l, err := connect(ctx, url, beginCut)
	if err != nil {
		return err
	}
	defer l.drop()
	return l.empty(ctx)
}

func (l *link) empty(ctx context.Context) error {
	var schema, found string
	if err := l.QueryRowContext(ctx, selectSchema).Scan(&schema); err != nil {
		return err
	}
	if schema == "" {
		return errors.New("the database has no schema to restore into; CREATE SCHEMA public")
	}
	if err := l.QueryRowContext(ctx, selectRelation).Scan(&found); err != nil {
		return err
	}
	if found != "" {
		return ErrTarget.With("what", schema+"."+found)
	}
	return nil
}

func (r *Reader) stagePostgres(ctx context.Context, url string, steps []db.SchemaStep) (Staged, Closing, error) {
	l, err := connect(ctx, url, beginRestore)
	if err != nil {
		return nil, Closing{}, err
	}
	c, err := r.fill(ctx, l, steps)
	if err != nil {
		l.drop()
		return nil, c, err
	}
	return &stagedTx{l}, c, nil
}

func (r *Reader) fill(ctx context.Context, l *link, steps []db.SchemaStep) (Closing, error) {
	if err := l.empty(ctx); err != nil {
		return Closing{}, err
	}
	if err := db.CreateVersionTable(ctx, l.Conn); err != nil {
		return Closing{}, err
	}
	for _, s := range steps {
		if s.Version > r.Header.Schema {
			break
		}
		if err := l.script(ctx, s.Up); err != nil {
			return Closing{}, fmt.Errorf("schema %d: %w", s.Version, err)
		}
	}
	indexes, err := texts(ctx, l, selectIndexes, 2)
	if err != nil {
		return Closing{}, err
	}
	for _, i := range indexes {
		if err := l.script(ctx, dropIndex(i[0])); err != nil {
			return Closing{}, err
		}
	}
	c, err := r.each(func(p partStart, data io.Reader) error { return l.load(ctx, p, data) })
	if err != nil {
		return c, err
	}
	for _, p := range c.Parts {
		if p.Rows != c.Tables[p.Name] {
			return c, ErrDamaged.Because(fmt.Errorf("two counts of %s", p.Name))
		}
		var n int64
		if err := l.QueryRowContext(ctx, countRows(p.Name)).Scan(&n); err != nil {
			return c, err
		}
		if n != p.Rows {
			return c, ErrDamaged.Because(fmt.Errorf("%d rows in %s, the records say %d", n, p.Name, p.Rows))
		}
	}
	for _, i := range indexes {
		r.progress("index "+i[0], 0)
		if err := l.script(ctx, i[1]); err != nil {
			return c, err
		}
	}
	_, err = l.ExecContext(ctx, setVersionCounter)
	return c, err
}

func (l *link) load(ctx context.Context, p partStart, data io.Reader) error {
	return l.wire(func(c *pgconn.PgConn) error {
		_, err := c.CopyFrom(ctx, data, copyIn(p))
		return err
	})
}

func (l *link) script(ctx context.Context, text string) error {
	return l.wire(func(c *pgconn.PgConn) error {
		_, err := c.Exec(ctx, text).ReadAll()
		return err
	})
}

type stagedTx struct{ l *link }

// Commit makes everything visible at once. The planner's figures come afterwards:
// without them the first queries would be slow, but they would be right.
func (s *stagedTx) Commit(ctx context.Context) error {
	if err := s.l.script(ctx, "COMMIT"); err != nil {
		return err
	}
	_ = s.l.script(ctx, "ANALYZE")
	return nil
}

func (s *stagedTx) Abort() { s.l.drop() }
