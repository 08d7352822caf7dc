package catalog

import (
	"cmp"
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// A search for a piece of a title finds listings by pairs of characters: reading
// every title takes the longer the more a merchant sells. The pairs of a title that
// is no more stay, so what they name is compared with the text as it is now.

// Words are the pairs of adjacent characters of texts, each once, ascending, with
// ASCII letters in lower case. A text holds another of two characters and more only
// where it has all of its words.
func Words(texts ...string) []int64 {
	var out []int64
	for _, t := range texts {
		last := rune(-1)
		for _, r := range t {
			if r >= 'A' && r <= 'Z' {
				r += 'a' - 'A'
			}
			if last >= 0 {
				out = append(out, int64(last)<<21|int64(r))
			}
			last = r
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// addWords makes listings findable. suffix is "" where none of their words can be there.
func addWords(ctx context.Context, tx *db.Tx, texts map[id.ID][]string, suffix string) error {
	m := int64(actor.Merchant(ctx))
	var rows [][]any
	for listing, t := range texts {
		for _, w := range Words(t...) {
			rows = append(rows, []any{m, w, int64(listing)})
		}
	}
	slices.SortFunc(rows, func(a, b []any) int {
		return cmp.Or(cmp.Compare(a[1].(int64), b[1].(int64)), cmp.Compare(a[2].(int64), b[2].(int64)))
	})
	_, err := tx.Insert(ctx, "catalog_word", wordColumns, rows, suffix)
	return err
}
