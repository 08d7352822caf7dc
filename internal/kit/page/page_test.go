package page_test

import (
	"cmp"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
)

func TestACursorComesBackAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at, n, text := rapid.Int64().Draw(t, "at"), id.ID(rapid.Int64Range(0, 1<<62).Draw(t, "id")), rapid.String().Draw(t, "text")
		var at2 int64
		var n2 id.ID
		var text2 string
		if err := page.Decode(page.Encode(at, n, text), &at2, &n2, &text2); err != nil || at2 != at || n2 != n || text2 != text {
			t.Fatalf("%d %d %q came back as %d %d %q (%v)", at, n, text, at2, n2, text2, err)
		}
	})
}

func TestAForeignCursorIsRefused(t *testing.T) {
	var n int64
	var s string
	for _, bad := range []string{"?", "abc", page.Encode("text"), page.Encode(1, 2), page.Encode(), page.Encode(1.5)} {
		if err := page.Decode(bad, &n); !errors.Is(err, page.ErrCursor) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if err := page.Decode("", &n, &s); err != nil {
		t.Errorf("the first page: %v", err)
	}
}

func TestPagesAreBounded(t *testing.T) {
	for in, want := range map[int]int{-1: page.Default, 0: page.Default, 1: 1, 200: 200, 201: page.Max, 1 << 30: page.Max} {
		if got := page.Limit(in); got != want {
			t.Errorf("%d: %d", in, got)
		}
	}
	rows, next := page.Cut([]int{1, 2, 3}, 2, func(n int) string { return page.Encode(n) })
	if len(rows) != 2 || next != page.Encode(2) {
		t.Errorf("%v %q", rows, next)
	}
	if rows, next = page.Cut([]int{1, 2}, 2, func(int) string { return "x" }); len(rows) != 2 || next != "" {
		t.Errorf("the last page: %v %q", rows, next)
	}
}

func TestAShortListIsCutWithoutRepeatingOrSkippingWhatStays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfDistinct(rapid.IntRange(0, 500), rapid.ID[int]).Draw(t, "list")
		slices.Sort(list)
		limit := rapid.IntRange(1, 9).Draw(t, "limit")
		want := slices.Clone(list)
		var got []int
		for cursor := ""; ; {
			part, next, err := page.Slice(list, cursor, limit, func(n int) int { return n }, cmp.Compare[int])
			if err != nil || len(part) > limit {
				t.Fatalf("%d rows, %v", len(part), err)
			}
			got = append(got, part...)
			if cursor = next; cursor == "" {
				break
			}
			if rapid.Bool().Draw(t, "the last one goes") { // it was answered; nothing after it is missed
				gone := part[len(part)-1]
				list = slices.DeleteFunc(slices.Clone(list), func(n int) bool { return n == gone })
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("pages held %v of %v", got, want)
		}
	})
	if _, _, err := page.Slice([]int{1}, "AAAA", 5, func(n int) int { return n }, cmp.Compare[int]); !errors.Is(err, page.ErrCursor) {
		t.Errorf("a made-up cursor: %v", err)
	}
}
