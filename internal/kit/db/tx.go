package db

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Tx is an open transaction, passed by hand. Read all rows of a query before the
// next statement: PostgreSQL's connection does one thing at a time.
type Tx struct {
	d     *DB
	conn  *sql.Conn
	w     *writer
	after *[]func()
}

// AfterCommit remembers f, to be called once this transaction is on disk, and
// never when it is undone. f must be quick and must not fail: it wakes workers,
// it does no work.
func (t *Tx) AfterCommit(f func()) { *t.after = append(*t.after, f) }

// Dialect is the engine, for the rare named fragments that differ.
func (t *Tx) Dialect() Dialect { return t.d.Dialect }

// Exec runs one writing statement.
func (t *Tx) Exec(ctx context.Context, q string, args ...any) (sql.Result, error) {
	t.d.check(q)
	if t.w != nil {
		s, err := t.w.stmt(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("%w in: %s", err, head(q))
		}
		return s.ExecContext(ctx, plain(args)...)
	}
	return t.conn.ExecContext(ctx, Rebind(q), planned(plain(args))...)
}

// ExecN runs one writing statement and returns how many rows it changed.
func (t *Tx) ExecN(ctx context.Context, q string, args ...any) (int64, error) {
	if t.w != nil {
		t.d.check(q)
		return t.w.change(ctx, q, [][]any{args})
	}
	r, err := t.Exec(ctx, q, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// Query reads inside the transaction.
func (t *Tx) Query(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	t.d.check(q)
	if t.w != nil {
		s, err := t.w.stmt(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("%w in: %s", err, head(q))
		}
		return s.QueryContext(ctx, plain(args)...)
	}
	return t.conn.QueryContext(ctx, Rebind(q), planned(plain(args))...)
}

// QueryRow reads one row inside the transaction.
func (t *Tx) QueryRow(ctx context.Context, q string, args ...any) *sql.Row {
	t.d.check(q)
	if t.w != nil {
		if s, err := t.w.stmt(ctx, q); err == nil {
			return s.QueryRowContext(ctx, plain(args)...)
		}
	}
	if t.d.Dialect == SQLite {
		return t.conn.QueryRowContext(ctx, q, plain(args)...)
	}
	return t.conn.QueryRowContext(ctx, Rebind(q), plain(args)...)
}

// Save runs f in a savepoint: its error undoes f's own statements only, and the
// transaction goes on. Bulk use cases give every row one.
func (t *Tx) Save(ctx context.Context, f func(context.Context, *Tx) error) (err error) {
	if _, err = t.Exec(ctx, "SAVEPOINT row_save"); err != nil {
		return err
	}
	kept := len(*t.after)
	if err = f(ctx, t); err != nil {
		*t.after = (*t.after)[:kept]
		if _, e := t.Exec(ctx, "ROLLBACK TO SAVEPOINT row_save"); e != nil {
			return e
		}
	}
	if _, e := t.Exec(ctx, "RELEASE SAVEPOINT row_save"); e != nil && err == nil {
		err = e
	}
	return err
}

// insertChunk rows per VALUES list: longer lists cost more to bind than they save.
const insertChunk = 50

// Insert writes rows into table. suffix is "" or an ON CONFLICT clause. It
// returns how many rows were written. Rows must be sorted by key when suffix
// resolves conflicts, or two writers may deadlock on PostgreSQL.
//
// PostgreSQL takes COPY for more than 20 rows without suffix.
func (t *Tx) Insert(ctx context.Context, table string, cols []string, rows [][]any, suffix string) (int64, error) {
	if len(rows) == 0 {
		return 0, nil
	}
	t.d.check("INSERT INTO " + table + " ")
	if t.d.Dialect == Postgres && suffix == "" && len(rows) > 20 {
		return t.copyRows(ctx, table, cols, rows)
	}
	for _, r := range rows {
		if len(r) != len(cols) {
			return 0, fmt.Errorf("db: insert into %s: %d values for %d columns", table, len(r), len(cols))
		}
	}
	var total int64
	var text string
	var together []Stmt
	for last := 0; len(rows) > 0; {
		n := min(len(rows), insertChunk)
		if n != last {
			text, last = insertText(t.verb(suffix), table, cols, n, suffix), n
		}
		if t.w != nil {
			changed, err := t.w.change(ctx, text, rows[:n])
			if err != nil {
				return total, err
			}
			total += changed
		} else {
			together = append(together, Stmt{SQL: text, Args: slices.Concat(rows[:n]...)})
		}
		rows = rows[n:]
	}
	changed, err := t.BatchN(ctx, together) // one round trip
	for _, n := range changed {
		total += n
	}
	return total, err
}

// verb is how rows go in. SQLite copies every page a statement touches, to undo the
// statement alone; a failed insert undoes its whole transaction or savepoint here,
// so the copies are spared (a twentieth of a batch).
func (t *Tx) verb(suffix string) string {
	if t.w != nil && suffix == "" {
		return "INSERT OR FAIL INTO "
	}
	return "INSERT INTO "
}

func insertText(verb, table string, cols []string, n int, suffix string) string {
	row := "(" + strings.TrimSuffix(strings.Repeat("?,", len(cols)), ",") + ")"
	return verb + table + " (" + strings.Join(cols, ",") + ") VALUES " +
		strings.TrimSuffix(strings.Repeat(row+",", n), ",") + " " + suffix
}

func (t *Tx) copyRows(ctx context.Context, table string, cols []string, rows [][]any) (n int64, err error) {
	for _, r := range rows {
		plain(r)
	}
	err = t.conn.Raw(func(dc any) error {
		n, err = dc.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{table}, cols, pgx.CopyFromRows(rows))
		return err
	})
	return n, err
}

// Stmt is one statement of a Batch. Want is the number of rows it must change,
// or -1 for any.
type Stmt struct {
	SQL  string
	Args []any
	Want int64
}

// Batch runs statements in order, in one round trip on PostgreSQL. It returns the
// index of the first statement that changed another number of rows than it
// wanted, or -1 when all went as wanted.
func (t *Tx) Batch(ctx context.Context, stmts []Stmt) (int, error) {
	if len(stmts) == 0 {
		return -1, nil
	}
	for _, s := range stmts {
		t.d.check(s.SQL)
	}
	if t.w != nil {
		for i, s := range stmts {
			n, err := t.ExecN(ctx, s.SQL, s.Args...)
			if err != nil {
				return i, err
			}
			if s.Want >= 0 && n != s.Want {
				return i, nil
			}
		}
		return -1, nil
	}
	miss := -1
	err := t.conn.Raw(func(dc any) error {
		b := &pgx.Batch{}
		for _, s := range stmts {
			b.Queue(Rebind(s.SQL), plain(s.Args)...)
		}
		res := dc.(*stdlib.Conn).Conn().SendBatch(ctx, b)
		for i, s := range stmts {
			tag, err := res.Exec()
			if err != nil {
				_ = res.Close()
				miss = i
				return err
			}
			if s.Want >= 0 && tag.RowsAffected() != s.Want && miss < 0 {
				miss = i
			}
		}
		return res.Close()
	})
	return miss, err
}

// In returns "(?,?,…)" for n values. n must be at least 1.
func In(n int) string { return "(" + strings.TrimSuffix(strings.Repeat("?,", n), ",") + ")" }

func head(q string) string {
	if len(q) > 120 {
		return q[:120] + "…"
	}
	return q
}
