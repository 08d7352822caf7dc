package db

import (
	"context"
	"database/sql"
	"iter"
)

// Scanner is one row that Each yields.
type Scanner struct {
	rows *sql.Rows
	err  error
}

// Scan copies the columns into dest. Errors: what the query failed with; a value that does not fit.
func (s Scanner) Scan(dest ...any) error {
	if s.err != nil {
		return s.err
	}
	return s.rows.Scan(dest...)
}

// Each runs a query and yields its rows; leaving the loop closes it. What goes wrong
// before, between or after the rows comes as one more row, whose Scan returns it: a loop
// that begins with Scan and looks at its error misses none.
func Each(ctx context.Context, q Querier, text string, args ...any) iter.Seq[Scanner] {
	return func(yield func(Scanner) bool) {
		rows, err := q.Query(ctx, text, args...)
		if err != nil {
			yield(Scanner{err: err})
			return
		}
		defer rows.Close()
		for rows.Next() {
			if !yield(Scanner{rows: rows}) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Scanner{err: err})
		}
	}
}

// All reads the rows of a query; into says where the columns of one go.
func All[T any](ctx context.Context, q Querier, into func(*T) []any, text string, args ...any) ([]T, error) {
	var out []T
	for row := range Each(ctx, q, text, args...) {
		var v T
		if err := row.Scan(into(&v)...); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// Column reads the only column of a query.
func Column[T any](ctx context.Context, q Querier, text string, args ...any) ([]T, error) {
	return All(ctx, q, func(v *T) []any { return []any{v} }, text, args...)
}
