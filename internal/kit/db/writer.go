package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// A group takes at most this many callers, or as many as come within groupTime:
// one fsync then serves them all.
const (
	groupCalls = 500
	groupTime  = 50 * time.Millisecond
)

// writer is SQLite's only writing connection. Callers queue; one goroutine runs
// their closures, each in a savepoint, and commits once for all of them.
type writer struct {
	d     *DB
	conn  *sql.Conn
	queue chan *call
	quit  chan struct{}
	done  chan struct{}
	once  sync.Once
	stmts map[string]*sql.Stmt
	// changes go to the driver itself: database/sql copies every value, and batches
	// have hundreds of thousands.
	changes map[string]driver.Stmt
	args    []driver.NamedValue
}

type call struct {
	ctx   context.Context
	f     func(context.Context, *Tx) error
	err   error
	panic any
	after []func()
	done  chan struct{}
	first bool // begins a commit, joins none
}

func newWriter(d *DB, conn *sql.Conn) *writer {
	w := &writer{d: d, conn: conn, queue: make(chan *call, 1024), quit: make(chan struct{}), done: make(chan struct{}), stmts: map[string]*sql.Stmt{}, changes: map[string]driver.Stmt{}}
	go w.loop()
	return w
}

func (w *writer) do(ctx context.Context, first bool, f func(context.Context, *Tx) error) error {
	c := &call{ctx: ctx, f: f, done: make(chan struct{}), first: first}
	select {
	case <-w.quit:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	case w.queue <- c:
	}
	select {
	case <-c.done:
	case <-w.done: // closed between our sending and the loop's last look
		select {
		case <-c.done:
		default:
			return ErrClosed
		}
	}
	if c.panic != nil {
		panic(c.panic)
	}
	return c.err
}

func (w *writer) stop() error {
	w.once.Do(func() { close(w.quit) })
	<-w.done
	for _, s := range w.stmts {
		_ = s.Close()
	}
	for _, s := range w.changes {
		_ = s.Close()
	}
	return w.conn.Close()
}

func (w *writer) loop() {
	defer close(w.done)
	for {
		select {
		case c := <-w.queue:
			w.groups(c)
		case <-w.quit:
			for {
				select {
				case c := <-w.queue:
					w.groups(c)
				default:
					return
				}
			}
		}
	}
}

func (w *writer) groups(first *call) {
	for first != nil {
		first = w.group(first)
	}
}

// group runs the first call and everything that waits behind it, then commits. It
// returns a call that came in meanwhile and begins a commit of its own.
func (w *writer) group(first *call) (next *call) {
	ctx := context.Background()
	calls := []*call{first}
	if err := w.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		first.finish(diskFull(err))
		return nil
	}
	start := time.Now()
	tx := &Tx{d: w.d, conn: w.conn, w: w}
	// Nothing stands before the first caller, so it needs no savepoint: undoing it
	// undoes everything. Batches run here, and a savepoint costs them a tenth.
	if w.call(tx, first); first.err != nil {
		_ = w.exec(ctx, "ROLLBACK")
		first.finish(diskFull(first.err))
		return nil
	}
	for next == nil && len(calls) < groupCalls && time.Since(start) < groupTime {
		select {
		case c := <-w.queue:
			if c.first {
				next = c
				continue
			}
			w.run(tx, c)
			calls = append(calls, c)
			continue
		default:
		}
		break
	}
	err := w.exec(ctx, "COMMIT")
	if err != nil {
		_ = w.exec(ctx, "ROLLBACK")
		err = diskFull(err)
	}
	for _, c := range calls {
		if c.err == nil {
			c.err = err
		}
		if c.err == nil {
			for _, f := range c.after {
				f()
			}
		}
		close(c.done)
	}
	return next
}

func (c *call) finish(err error) { c.err = err; close(c.done) }

// call runs one caller's closure; a panic is its error, and the caller panics.
func (w *writer) call(tx *Tx, c *call) {
	if c.err = c.ctx.Err(); c.err != nil {
		return
	}
	defer func() {
		if p := recover(); p != nil {
			c.panic = fmt.Sprintf("%v\n%s", p, debug.Stack())
			c.err = fmt.Errorf("db: panic in transaction: %v", p)
		}
	}()
	tx.after = &c.after
	c.err = c.f(txContext(c.ctx), tx)
}

// run gives one caller its savepoint; its error or panic undoes its own work only.
func (w *writer) run(tx *Tx, c *call) {
	if c.err = c.ctx.Err(); c.err != nil {
		return
	}
	ctx := context.Background()
	if c.err = w.exec(ctx, "SAVEPOINT one"); c.err != nil {
		return
	}
	w.call(tx, c)
	if c.err != nil {
		c.err = diskFull(c.err)
		if err := w.exec(ctx, "ROLLBACK TO one"); err != nil {
			// The engine already rolled the transaction back (disk full): begin again,
			// so that callers after this one get a transaction of their own.
			_ = w.exec(ctx, "BEGIN IMMEDIATE")
			return
		}
	}
	if err := w.exec(ctx, "RELEASE one"); err != nil && c.err == nil {
		c.err = err
	}
}

func (w *writer) exec(ctx context.Context, q string) error {
	s, err := w.stmt(ctx, q)
	if err != nil {
		return err
	}
	_, err = s.ExecContext(ctx)
	return err
}

// stmt returns q prepared on the writing connection.
func (w *writer) stmt(ctx context.Context, q string) (*sql.Stmt, error) {
	if s := w.stmts[q]; s != nil {
		return s, nil
	}
	if len(w.stmts) >= 2*maxStmts {
		for k, s := range w.stmts {
			_ = s.Close()
			delete(w.stmts, k)
		}
	}
	s, err := w.conn.PrepareContext(ctx, q)
	if err != nil {
		return nil, err
	}
	w.stmts[q] = s
	return s, nil
}

// maxChanges bounds the prepared changes: their texts differ by table, columns and
// number of rows.
const maxChanges = 400

// change runs a writing statement with the values of rows, one after the other, and
// returns how many rows it wrote.
func (w *writer) change(ctx context.Context, q string, rows [][]any) (n int64, err error) {
	args := w.args[:0]
	for _, r := range rows {
		for _, v := range r {
			switch v.(type) {
			case int64, string, []byte, nil:
			default:
				if v, err = driver.DefaultParameterConverter.ConvertValue(v); err != nil {
					return 0, fmt.Errorf("%w in: %s", err, head(q))
				}
				if b, ok := v.(bool); ok {
					v = plain([]any{b})[0]
				}
			}
			args = append(args, driver.NamedValue{Ordinal: len(args) + 1, Value: v})
		}
	}
	w.args = args
	defer clear(args) // holds no value longer than needed
	err = w.conn.Raw(func(dc any) error {
		s, err := w.changeStmt(ctx, dc.(driver.ConnPrepareContext), q)
		if err != nil {
			return err
		}
		res, err := s.(driver.StmtExecContext).ExecContext(ctx, args)
		if err == nil {
			n, err = res.RowsAffected()
		}
		return err
	})
	return n, err
}

func (w *writer) changeStmt(ctx context.Context, c driver.ConnPrepareContext, q string) (driver.Stmt, error) {
	if s := w.changes[q]; s != nil {
		return s, nil
	}
	if len(w.changes) >= maxChanges {
		for k, s := range w.changes {
			_ = s.Close()
			delete(w.changes, k)
		}
	}
	s, err := c.PrepareContext(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("%w in: %s", err, head(q))
	}
	w.changes[q] = s
	return s, nil
}
