package catalog_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"pgregory.net/rapid"
)

func TestATextHasTheWordsOfAllItsParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("保温杯aB \U0001F375é"))).Draw(t, "text")
		r := []rune(text)
		from := rapid.IntRange(0, len(r)).Draw(t, "from")
		part := strings.ToUpper(string(r[from:rapid.IntRange(from, len(r)).Draw(t, "to")]))
		if strings.ContainsRune(part, 'É') { // only ASCII is folded
			return
		}
		all := catalog.Words(text)
		for _, w := range catalog.Words(part) {
			if !slices.Contains(all, w) {
				t.Fatalf("%q is a part of %q, and one of its words is not", part, text)
			}
		}
	})
	if n := len(catalog.Words("杯", "b")); n != 0 {
		t.Errorf("single characters have %d words, want none", n)
	}
	if n := len(catalog.Words("茶茶茶", "茶茶")); n != 1 {
		t.Errorf("a repeated pair is %d words, want 1", n)
	}
}

func TestListingsHaveTheWordsOfTheirNewestTexts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		known := h.see(t, catalog.Seen{ShopID: 1, SKUNo: "5", Title: "旧杯子", Spec: "红色"})[0].ListingID
		h.see(t, catalog.Seen{ShopID: 1, SKUNo: "5", Title: "新杯子"}, catalog.Seen{ShopID: 1, SKUNo: "6", Title: "新杯子"})
		var words []int64
		err := db.Read(h.ctx, d, "SELECT word FROM catalog_word WHERE merchant_id = ? AND listing_id = ? ORDER BY word", []any{1, known},
			func(r *db.Row) { words = append(words, r.Int()) })
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range catalog.Words("新杯子", "红色") {
			if !slices.Contains(words, w) {
				t.Errorf("the words %v lack %d", words, w)
			}
		}
	})
}
