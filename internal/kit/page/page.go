// Package page is how lists are cut: keyset cursors and page sizes. There is no
// offset and no total anywhere.
package page

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/errs"
)

// ErrCursor: the cursor is not one that this list gave out.
var ErrCursor = errs.Define(errs.Invalid, "page.bad_cursor", "翻页位置无效，请从第一页重新开始", "The page position is not valid; start again at the first page")

const (
	// Default and Max bound a page's size.
	Default = 50
	Max     = 200
)

// Limit turns a wished page size into a legal one; 0 asks for Default.
func Limit(n int) int {
	if n <= 0 {
		return Default
	}
	return min(n, Max)
}

// Encode makes an opaque cursor of the last row's sort values and id.
func Encode(parts ...any) string {
	b, err := json.Marshal(parts)
	if err != nil {
		return "" // values come from rows: numbers and text always marshal
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// Decode reads a cursor into pointers of the same types, in the same order. An
// empty cursor changes nothing.
//
// Errors: ErrCursor.
func Decode(cursor string, parts ...any) error {
	if cursor == "" {
		return nil
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(b) > 4096 {
		return ErrCursor.At("cursor")
	}
	var raw []json.RawMessage
	d := json.NewDecoder(bytes.NewReader(b))
	if err := d.Decode(&raw); err != nil || len(raw) != len(parts) {
		return ErrCursor.At("cursor")
	}
	for i, r := range raw {
		if err := json.Unmarshal(r, parts[i]); err != nil {
			return ErrCursor.At("cursor")
		}
	}
	return nil
}

// Cut takes up to limit of the limit+1 rows that were read, and makes the cursor
// of the last one kept when there was one more.
func Cut[T any](rows []T, limit int, cursor func(T) string) ([]T, string) {
	if len(rows) <= limit {
		return rows, ""
	}
	return rows[:limit], cursor(rows[limit-1])
}

// Slice is one page of a list that is short enough to be read whole. The list is
// sorted by key, which ends in something unique: a page begins behind the cursor's
// key, whether or not its row is still there.
//
// Errors: ErrCursor.
func Slice[T, K any](list []T, cursor string, limit int, key func(T) K, compare func(a, b K) int) ([]T, string, error) {
	var after K
	if err := Decode(cursor, &after); err != nil {
		return nil, "", err
	}
	if cursor != "" {
		from := slices.IndexFunc(list, func(row T) bool { return compare(key(row), after) > 0 })
		if from < 0 {
			from = len(list)
		}
		list = list[from:]
	}
	out, next := Cut(list, Limit(limit), func(row T) string { return Encode(key(row)) })
	return out, next, nil
}
