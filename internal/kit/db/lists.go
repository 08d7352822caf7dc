package db

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

var listSizes = [...]int{1, 2, 4, 8, 16, 32, 64, 128, 256, 512}

// Pad repeats the last value until the list has one of a few lengths, so that IN
// lists of any length share a handful of prepared statements. It copies values;
// an empty or very long list comes back as it is.
func Pad[T any](values []T) []T {
	n := len(values)
	if n == 0 {
		return values
	}
	for _, size := range listSizes {
		if n <= size {
			out := make([]T, size)
			copy(out, values)
			for i := n; i < size; i++ {
				out[i] = values[n-1]
			}
			return out
		}
	}
	return values
}

// BatchN runs statements in order, in one round trip on PostgreSQL, and returns
// how many rows each changed. Want is not looked at.
func (t *Tx) BatchN(ctx context.Context, stmts []Stmt) ([]int64, error) {
	out := make([]int64, len(stmts))
	if len(stmts) == 0 {
		return out, nil
	}
	if t.w != nil {
		for i, s := range stmts {
			n, err := t.ExecN(ctx, s.SQL, s.Args...)
			if err != nil {
				return nil, err
			}
			out[i] = n
		}
		return out, nil
	}
	for _, s := range stmts {
		t.d.check(s.SQL)
	}
	err := t.conn.Raw(func(dc any) error {
		b := &pgx.Batch{}
		for _, s := range stmts {
			b.Queue(Rebind(s.SQL), plain(s.Args)...)
		}
		res := dc.(*stdlib.Conn).Conn().SendBatch(ctx, b)
		for i := range stmts {
			tag, err := res.Exec()
			if err != nil {
				_ = res.Close()
				return err
			}
			out[i] = tag.RowsAffected()
		}
		return res.Close()
	})
	return out, err
}

// Rows are new rows of one table.
type Rows struct {
	Table string
	Cols  []string
	Rows  [][]any
}

// InsertAll inserts the rows of several tables, in order, with Insert.
func (t *Tx) InsertAll(ctx context.Context, parts ...Rows) error {
	for _, p := range parts {
		if _, err := t.Insert(ctx, p.Table, p.Cols, p.Rows, ""); err != nil {
			return err
		}
	}
	return nil
}

// LikeText escapes what LIKE … ESCAPE '\' would take for a wildcard.
func LikeText(s string) string { return likeEscape.Replace(s) }

var likeEscape = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
