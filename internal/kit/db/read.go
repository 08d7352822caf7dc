package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"
)

// Row is one row on its way from the engine. Its columns are read from the first
// to the last, each once; it is valid until the next row.
type Row struct {
	vals []driver.Value // SQLite
	raw  [][]byte       // PostgreSQL
	i    int
	err  error
}

// Int reads a 64-bit integer; NULL reads as 0.
func (r *Row) Int() int64 {
	n, _ := r.MaybeInt()
	return n
}

// MaybeInt reads a 64-bit integer that may be NULL.
func (r *Row) MaybeInt() (n int64, known bool) {
	i := r.i
	r.i++
	if r.raw != nil {
		if len(r.raw[i]) == 8 {
			return int64(binary.BigEndian.Uint64(r.raw[i])), true
		}
		r.refuse(r.raw[i] != nil, i)
		return 0, false
	}
	n, known = r.vals[i].(int64)
	r.refuse(!known && r.vals[i] != nil, i)
	return n, known
}

// Text reads a string; NULL reads as "".
func (r *Row) Text() string {
	i := r.i
	r.i++
	if r.raw != nil {
		return string(r.raw[i])
	}
	s, ok := r.vals[i].(string)
	r.refuse(!ok && r.vals[i] != nil, i)
	return s
}

func (r *Row) refuse(bad bool, i int) {
	if bad && r.err == nil {
		r.err = fmt.Errorf("db: column %d has another type than is read from it", i+1)
	}
}

// Read runs a query whose columns are BIGINT or TEXT and hands its rows to row.
// Lists read thousands of values a page, which database/sql would convert one by
// one; PostgreSQL's are taken as they come over the wire. SQLite's connections are
// left to database/sql, which ends those that a time budget interrupted.
func Read(ctx context.Context, q Querier, text string, args []any, row func(*Row)) error {
	if d, ok := q.(*DB); ok && d.Dialect == Postgres {
		d.check(text)
		conn, err := d.pool.Conn(ctx)
		if err != nil {
			return err
		}
		defer conn.Close()
		return readPG(ctx, conn, text, args, row)
	}
	rows, err := q.Query(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	return readRows(rows, row)
}

// readRows is Read over database/sql.
func readRows(rows *sql.Rows, row func(*Row)) error {
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	r, vals, into := Row{vals: make([]driver.Value, len(names))}, make([]any, len(names)), make([]any, len(names))
	for i := range into {
		into[i] = &vals[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, v := range vals {
			r.vals[i] = v
		}
		if r.i = 0; r.hand(row) != nil {
			return r.err
		}
	}
	return rows.Err()
}

func (r *Row) hand(row func(*Row)) error {
	row(r)
	return r.err
}

func readPG(ctx context.Context, conn *sql.Conn, text string, args []any, row func(*Row)) error {
	return conn.Raw(func(dc any) error {
		rows, err := dc.(*stdlib.Conn).Conn().Query(ctx, Rebind(text), planned(plain(args))...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for _, f := range rows.FieldDescriptions() {
			if f.DataTypeOID == pgtype.Int8OID && f.Format != pgx.BinaryFormatCode {
				return errors.New("db: column " + f.Name + " came as text")
			}
		}
		var r Row
		for rows.Next() {
			if r.raw, r.i = rows.RawValues(), 0; r.hand(row) != nil {
				return r.err
			}
		}
		return rows.Err()
	})
}
