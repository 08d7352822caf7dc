// Package db opens SQLite or PostgreSQL and runs transactions on them.
//
// Owns: the two pools, the group-commit writer of SQLite, retries, the
// translation of one SQL text to both dialects, migrations. Does not own: any
// table but the migration tool's.
//
// Invariants: a transaction is a parameter and never nests; a commit that was
// acknowledged is on disk; every statement a package runs writes only tables
// whose prefix is the package's name (checked in tests, see owner.go).
//
// SQL is written once: `?` placeholders, BIGINT, TEXT and BLOB columns,
// ON CONFLICT, RETURNING. Booleans are BIGINT 0 or 1.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the driver registers itself under "sqlite"

	"github.com/ordercove/ordercove/internal/kit/errs"
)

// Dialect is the engine behind a DB.
type Dialect string

const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

var (
	// ErrExternalInTx is what the outbound HTTP transport answers inside a transaction.
	ErrExternalInTx = errors.New("db: external call inside a transaction")
	// ErrNested is a programming error: call the ...Tx form instead.
	ErrNested = errors.New("db: nested transaction; call the ...Tx form")
	// ErrClosed is returned once Close was called.
	ErrClosed = errors.New("db: closed")
	// ErrDiskFull tells the user that nothing more can be stored; reads go on.
	ErrDiskFull = errs.Define(errs.Unavailable, "db.disk_full", "磁盘空间不足，暂时无法保存；清理磁盘后自动恢复", "The disk is full, nothing can be saved; it recovers once space is freed")
)

// Options tune Open. The zero value is for production.
type Options struct {
	// CheckOwner makes every statement prove that its package owns the tables it writes.
	CheckOwner bool
	// MaxConns bounds the PostgreSQL pool and SQLite's read pool; 0 picks 16 and 8.
	MaxConns int
}

// DB is one database. Queries on it read; writes go through InTx.
type DB struct {
	Dialect Dialect
	pool    *sql.DB // reads; on PostgreSQL writes too
	stmts   stmtCache
	writer  *writer // SQLite only
	opt     Options
	asked   atomic.Int64
	close   []func() error
}

// Querier reads: a *DB outside a transaction, a *Tx inside one.
type Querier interface {
	Query(ctx context.Context, q string, args ...any) (*sql.Rows, error)
	QueryRow(ctx context.Context, q string, args ...any) *sql.Row
}

// Open connects to url: "postgres://…", or a file path (with or without
// "sqlite:") for SQLite. The caller migrates with Migrate and ends with Close.
func Open(ctx context.Context, url string, opt Options) (*DB, error) {
	dialect, path := Locate(url)
	if dialect == Postgres {
		return openPostgres(ctx, url, opt)
	}
	return openSQLite(ctx, path, opt)
}

// Locate says which engine a database URL names, and for SQLite which file.
func Locate(url string) (Dialect, string) {
	if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		return Postgres, ""
	}
	return SQLite, strings.TrimPrefix(strings.TrimPrefix(url, "sqlite:"), "//")
}

func openPostgres(ctx context.Context, url string, opt Options) (*DB, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("database url: %w", err)
	}
	if opt.MaxConns == 0 {
		opt.MaxConns = 16
	}
	cfg.MaxConns = int32(opt.MaxConns)
	cfg.ConnConfig.RuntimeParams["application_name"] = "ordercove"
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	cfg.ConnConfig.StatementCacheCapacity = 512
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, err
	}
	p := stdlib.OpenDBFromPool(pool)
	p.SetMaxIdleConns(0)
	if err := p.PingContext(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	return &DB{Dialect: Postgres, pool: p, opt: opt, close: []func() error{p.Close, func() error { pool.Close(); return nil }}}, nil
}

// inURI keeps a folder called "50% #1?" from ending the path of the file: URI early.
var inURI = strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23")

// FileURI names a SQLite file for its driver; the caller may add ?parameters.
func FileURI(path string) string { return "file:" + inURI.Replace(path) }

// sqliteDSN holds the durability settings: WAL with synchronous FULL, so that a
// commit survives a power cut, and a large checkpoint so that commits stay cheap.
func sqliteDSN(path string, write bool) string {
	dsn := FileURI(path) + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
		"&_pragma=cache_size(-12000)&_pragma=temp_store(MEMORY)&_pragma=journal_size_limit(67108864)"
	if write {
		return dsn + "&_txlock=immediate&_pragma=wal_autocheckpoint(8000)"
	}
	return dsn + "&_pragma=query_only(1)"
}

func openSQLite(ctx context.Context, path string, opt Options) (*DB, error) {
	w, err := sql.Open("sqlite", sqliteDSN(path, true))
	if err != nil {
		return nil, err
	}
	w.SetMaxOpenConns(1)
	conn, err := w.Conn(ctx)
	if err != nil {
		w.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if opt.MaxConns == 0 {
		opt.MaxConns = 8
	}
	r, err := sql.Open("sqlite", sqliteDSN(path, false))
	if err != nil {
		w.Close()
		return nil, err
	}
	r.SetMaxOpenConns(opt.MaxConns)
	r.SetMaxIdleConns(opt.MaxConns)
	d := &DB{Dialect: SQLite, pool: r, opt: opt}
	d.writer = newWriter(d, conn)
	d.close = []func() error{r.Close, d.writer.stop, w.Close}
	return d, nil
}

// Close ends every connection. Transactions under way finish first.
func (d *DB) Close() error {
	d.stmts.close()
	var err error
	for _, f := range d.close {
		err = errors.Join(err, f())
	}
	return err
}

// Ping proves that the database answers.
func (d *DB) Ping(ctx context.Context) error { return d.pool.PingContext(ctx) }

// Query reads outside a transaction.
func (d *DB) Query(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	d.check(q)
	if d.Dialect == Postgres {
		return d.pool.QueryContext(ctx, Rebind(q), planned(plain(args))...)
	}
	if s := d.stmts.get(ctx, d.pool, q); s != nil {
		return s.QueryContext(ctx, plain(args)...)
	}
	return d.pool.QueryContext(ctx, q, plain(args)...)
}

// QueryRow reads one row outside a transaction.
func (d *DB) QueryRow(ctx context.Context, q string, args ...any) *sql.Row {
	d.check(q)
	if d.Dialect == Postgres {
		return d.pool.QueryRowContext(ctx, Rebind(q), plain(args)...)
	}
	if s := d.stmts.get(ctx, d.pool, q); s != nil {
		return s.QueryRowContext(ctx, plain(args)...)
	}
	return d.pool.QueryRowContext(ctx, q, plain(args)...)
}

type inTxKey struct{}

// InTx reports whether ctx belongs to an open transaction.
func InTx(ctx context.Context) bool { v, _ := ctx.Value(inTxKey{}).(bool); return v }

// InTx runs f in one transaction: an error or a panic rolls everything back, nil
// commits durably. f may run twice (serialisation failures are retried): it uses
// the context it is handed and touches nothing outside the transaction. On
// SQLite waiting callers share one commit, each in a savepoint of its own.
//
// Errors: ErrNested, ErrClosed, ErrDiskFull, ctx's own error before f starts.
func (d *DB) InTx(ctx context.Context, f func(context.Context, *Tx) error) error {
	return d.inTx(ctx, false, f)
}

// InBulkTx is InTx for hundreds of rows: on SQLite it begins a commit rather than
// joining one, since the savepoint it would need copies every page it touches.
// Others may join it.
func (d *DB) InBulkTx(ctx context.Context, f func(context.Context, *Tx) error) error {
	return d.inTx(ctx, true, f)
}

func (d *DB) inTx(ctx context.Context, bulk bool, f func(context.Context, *Tx) error) error {
	if InTx(ctx) {
		return ErrNested
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if d.writer != nil {
		return d.writer.do(ctx, bulk, f)
	}
	var err error
	for try := range 8 {
		if err = d.pgTx(ctx, f); !retryable(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(1<<try) * time.Millisecond):
		}
	}
	return err
}

// txContext keeps the caller's values but not its cancellation: an interrupted
// write would undo the whole transaction, and with it other callers' work.
func txContext(ctx context.Context) context.Context {
	return context.WithValue(context.WithoutCancel(ctx), inTxKey{}, true)
}

func (d *DB) pgTx(ctx context.Context, f func(context.Context, *Tx) error) (err error) {
	conn, err := d.pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	tctx := txContext(ctx)
	if _, err = conn.ExecContext(tctx, "BEGIN ISOLATION LEVEL READ COMMITTED"); err != nil {
		return err
	}
	done := false
	defer func() {
		if !done {
			_, _ = conn.ExecContext(tctx, "ROLLBACK")
		}
	}()
	var after []func()
	if err = f(tctx, &Tx{d: d, conn: conn, after: &after}); err != nil {
		return err
	}
	done = true
	// A transaction that a swallowed error aborted answers COMMIT with ROLLBACK and no error.
	err = conn.Raw(func(dc any) error {
		tag, err := dc.(*stdlib.Conn).Conn().Exec(tctx, "COMMIT")
		if err == nil && tag.String() == "ROLLBACK" {
			err = pgx.ErrTxCommitRollback
		}
		return err
	})
	if err == nil {
		for _, f := range after {
			f()
		}
	}
	return err
}

// retryable: serialisation failure and deadlock, on which PostgreSQL asks to try again.
func retryable(err error) bool {
	var pe interface{ SQLState() string }
	return errors.As(err, &pe) && (pe.SQLState() == "40001" || pe.SQLState() == "40P01")
}

// IsUnique reports a violated primary or unique key, on either engine.
func IsUnique(err error) bool {
	var pe interface{ SQLState() string }
	if errors.As(err, &pe) {
		return pe.SQLState() == "23505"
	}
	return err != nil && strings.Contains(err.Error(), "UNIQUE constraint failed")
}

// IsCheck reports a violated CHECK, on either engine.
func IsCheck(err error) bool {
	var pe interface{ SQLState() string }
	if errors.As(err, &pe) {
		return pe.SQLState() == "23514"
	}
	return err != nil && strings.Contains(err.Error(), "CHECK constraint failed")
}

func diskFull(err error) error {
	if err != nil && strings.Contains(err.Error(), "database or disk is full") {
		return ErrDiskFull.Because(err)
	}
	return err
}

// plain turns booleans into the 0 and 1 that both engines store.
func plain(args []any) []any {
	for i, a := range args {
		if b, ok := a.(bool); ok {
			args[i] = int64(0)
			if b {
				args[i] = int64(1)
			}
		}
	}
	return args
}

// planAnew is how many values make a look-up long.
const planAnew = 32

// planned has PostgreSQL plan long look-ups with their values each time. A plan
// kept from when the table was small and unknown walks a short index and compares
// every row with every value of the list; it stays until statistics come.
func planned(args []any) []any {
	if len(args) < planAnew {
		return args
	}
	return slices.Insert(args, 0, any(pgx.QueryExecModeCacheDescribe))
}

var rebound sync.Map // SQL text with ? → with $1, $2, …

// Rebind writes ? placeholders as PostgreSQL's $n. Quoted text is left alone.
func Rebind(q string) string {
	if !strings.Contains(q, "?") {
		return q
	}
	if r, ok := rebound.Load(q); ok {
		return r.(string)
	}
	var b strings.Builder
	b.Grow(len(q) + 16)
	n, quoted := 0, false
	for i := 0; i < len(q); i++ {
		switch c := q[i]; {
		case c == '\'':
			quoted = !quoted
			b.WriteByte(c)
		case c == '?' && !quoted:
			n++
			fmt.Fprintf(&b, "$%d", n)
		default:
			b.WriteByte(c)
		}
	}
	if len(q) < 4096 {
		rebound.Store(q, b.String())
	}
	return b.String()
}

// stmtCache keeps prepared reads; dynamic filters make many texts, so it is bounded.
type stmtCache struct {
	mu sync.RWMutex
	m  map[string]*sql.Stmt
}

const maxStmts = 400

func (c *stmtCache) get(ctx context.Context, p *sql.DB, q string) *sql.Stmt {
	c.mu.RLock()
	s, full := c.m[q], len(c.m) >= maxStmts
	c.mu.RUnlock()
	if s != nil || full {
		return s
	}
	s, err := p.PrepareContext(ctx, q)
	if err != nil {
		return nil // the plain call that follows reports it
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.m == nil {
		c.m = map[string]*sql.Stmt{}
	}
	if old := c.m[q]; old != nil {
		_ = s.Close()
		return old
	}
	c.m[q] = s
	return s
}

func (c *stmtCache) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.m {
		_ = s.Close()
	}
	c.m = nil
}

// Size is how many bytes the database takes on disk, without SQLite's log.
func (d *DB) Size(ctx context.Context) (n int64, err error) {
	q := "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
	if d.Dialect == Postgres {
		q = "SELECT pg_database_size(current_database())"
	}
	err = d.pool.QueryRowContext(ctx, q).Scan(&n)
	return n, err
}

// Check asks the engine whether its file is sound. PostgreSQL checks its pages
// itself as it reads them, so there is nothing to ask.
func (d *DB) Check(ctx context.Context) ([]string, error) {
	if d.Dialect == Postgres {
		return nil, nil
	}
	rows, err := d.pool.QueryContext(ctx, "PRAGMA integrity_check(100)")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		if s != "ok" {
			out = append(out, s)
		}
	}
	return out, rows.Err()
}
