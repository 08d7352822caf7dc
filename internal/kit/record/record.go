// Package record ties the columns of a table to the fields of a struct, so that
// inserting, reading and writing back only what changed come from one list.
//
// Owns: how fields become stored values. Does not own: any table.
package record

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/id"
)

// Column is one stored column of a T.
type Column[T any] struct {
	Name string
	Val  func(*T) any // as stored
	Dst  func(*T) any // where Scan puts it
	zero func(*T) bool
	// spare: the table's default is the zero value or NULL, so an insert may leave it out.
	spare bool
}

// Text is a string.
func Text[T any, S ~string](name string, f func(*T) *S) Column[T] {
	return Column[T]{Name: name, Val: func(t *T) any { return string(*f(t)) }, Dst: func(t *T) any { return f(t) },
		zero: func(t *T) bool { return *f(t) == "" }}
}

// Number is a 64-bit integer.
func Number[T any, N ~int64](name string, f func(*T) *N) Column[T] {
	return Column[T]{Name: name, Val: func(t *T) any { return int64(*f(t)) }, Dst: func(t *T) any { return f(t) },
		zero: func(t *T) bool { return *f(t) == 0 }}
}

// Truth is a boolean, stored as 0 or 1.
func Truth[T any](name string, f func(*T) *bool) Column[T] {
	return Column[T]{Name: name, Val: func(t *T) any {
		if *f(t) {
			return int64(1)
		}
		return int64(0)
	}, Dst: func(t *T) any { return f(t) }, zero: func(t *T) bool { return !*f(t) }}
}

// Maybe is a 64-bit integer or NULL.
func Maybe[T any, N ~int64](name string, f func(*T) **N) Column[T] {
	return Column[T]{Name: name, Val: func(t *T) any {
		if p := *f(t); p != nil {
			return int64(*p)
		}
		return nil
	}, Dst: func(t *T) any { return f(t) }, zero: func(t *T) bool { return *f(t) == nil }, spare: true}
}

// List is a list of words, stored with commas between them.
func List[T any](name string, f func(*T) *[]string) Column[T] {
	return Column[T]{Name: name, Val: func(t *T) any { return strings.Join(*f(t), ",") }, Dst: func(t *T) any { return &commaList{f(t)} },
		zero: func(t *T) bool { return len(*f(t)) == 0 }}
}

// Bytes is a BLOB.
func Bytes[T any](name string, f func(*T) *[]byte) Column[T] {
	return Column[T]{Name: name, Val: func(t *T) any { return *f(t) }, Dst: func(t *T) any { return f(t) },
		zero: func(t *T) bool { return *f(t) == nil }}
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

// Spare marks the columns whose default in the table is their zero value: 0, ”
// or NULL. Rows leaves them out where no row says anything else.
func Spare[T any](cols []Column[T], names ...string) []Column[T] {
	for _, n := range names {
		i := slices.IndexFunc(cols, func(c Column[T]) bool { return c.Name == n })
		if i < 0 {
			panic("record: no column " + n)
		}
		cols[i].spare = true
	}
	return cols
}

// Rows are the rows to insert and the columns they fill: merchant_id and every
// column but the spare ones that are zero in all of them.
func Rows[T any](m id.ID, cols []Column[T], all []*T) ([]string, [][]any) {
	names, used := []string{"merchant_id"}, make([]*Column[T], 0, len(cols))
	for i := range cols {
		c := &cols[i]
		if c.spare && !slices.ContainsFunc(all, func(t *T) bool { return !c.zero(t) }) {
			continue
		}
		names, used = append(names, c.Name), append(used, c)
	}
	rows, cells := make([][]any, len(all)), make([]any, 0, len(all)*len(names))
	merchant := any(int64(m))
	for i, t := range all {
		from := len(cells)
		cells = append(cells, merchant)
		for _, c := range used {
			cells = append(cells, c.Val(t))
		}
		rows[i] = cells[from:len(cells):len(cells)]
	}
	return names, rows
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
