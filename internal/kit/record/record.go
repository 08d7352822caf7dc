// Package record ties the columns of a table to the fields of a struct, so that
// inserting, reading and writing back only what changed come from one list.
//
// Owns: how fields become stored values. Does not own: any table.
package record

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/id"
)

// Column is one stored column of a T.
type Column[T any] struct {
	Name string
	Val  func(*T) any // as stored
	Dst  func(*T) any // where Scan puts it
}

// Text is a string.
func Text[T any, S ~string](name string, f func(*T) *S) Column[T] {
	return Column[T]{name, func(t *T) any { return string(*f(t)) }, func(t *T) any { return f(t) }}
}

// Number is a 64-bit integer.
func Number[T any, N ~int64](name string, f func(*T) *N) Column[T] {
	return Column[T]{name, func(t *T) any { return int64(*f(t)) }, func(t *T) any { return f(t) }}
}

// Truth is a boolean, stored as 0 or 1.
func Truth[T any](name string, f func(*T) *bool) Column[T] {
	return Column[T]{name, func(t *T) any {
		if *f(t) {
			return int64(1)
		}
		return int64(0)
	}, func(t *T) any { return f(t) }}
}

// Maybe is a 64-bit integer or NULL.
func Maybe[T any, N ~int64](name string, f func(*T) **N) Column[T] {
	return Column[T]{name, func(t *T) any {
		if p := *f(t); p != nil {
			return int64(*p)
		}
		return nil
	}, func(t *T) any { return f(t) }}
}

// List is a list of words, stored with commas between them.
func List[T any](name string, f func(*T) *[]string) Column[T] {
	return Column[T]{name, func(t *T) any { return strings.Join(*f(t), ",") }, func(t *T) any { return &commaList{f(t)} }}
}

// Bytes is a BLOB.
func Bytes[T any](name string, f func(*T) *[]byte) Column[T] {
	return Column[T]{name, func(t *T) any { return *f(t) }, func(t *T) any { return f(t) }}
}

type commaList struct{ to *[]string }

// Scan reads a comma list.
func (c *commaList) Scan(src any) error {
	var s string
	switch v := src.(type) {
	case string:
		s = v
	case []byte:
		s = string(v)
	default:
		return fmt.Errorf("record: %T is no comma list", src)
	}
	*c.to = nil
	if s != "" {
		*c.to = strings.Split(s, ",")
	}
	return nil
}

// Names lists merchant_id and the columns, as Row fills them.
func Names[T any](cols []Column[T]) []string {
	out := []string{"merchant_id"}
	for _, c := range cols {
		out = append(out, c.Name)
	}
	return out
}

// Row is a row to insert: the merchant and every column.
func Row[T any](m id.ID, cols []Column[T], t *T) []any {
	row := make([]any, 0, len(cols)+1)
	row = append(row, int64(m))
	for _, c := range cols {
		row = append(row, c.Val(t))
	}
	return row
}

// Into is where Scan puts the columns.
func Into[T any](cols []Column[T], t *T) []any {
	out := make([]any, len(cols))
	for i, c := range cols {
		out[i] = c.Dst(t)
	}
	return out
}

// Diff lists the columns whose stored value differs, with the new values.
func Diff[T any](cols []Column[T], was, now *T) (set []string, args []any) {
	for _, c := range cols {
		a, b := c.Val(was), c.Val(now)
		if x, ok := a.([]byte); ok {
			if bytes.Equal(x, b.([]byte)) {
				continue
			}
		} else if a == b {
			continue
		}
		set, args = append(set, c.Name), append(args, b)
	}
	return set, args
}
