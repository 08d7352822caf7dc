package record_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/ordercove/ordercove/internal/kit/record"
)

type cup struct {
	name   string
	size   int64
	glazed bool
	price  *int64
	tags   []string
	raw    []byte
}

var cols = []record.Column[cup]{
	record.Text("name", func(c *cup) *string { return &c.name }),
	record.Number("size", func(c *cup) *int64 { return &c.size }),
	record.Truth("glazed", func(c *cup) *bool { return &c.glazed }),
	record.Maybe("price", func(c *cup) **int64 { return &c.price }),
	record.List("tags", func(c *cup) *[]string { return &c.tags }),
	record.Bytes("raw", func(c *cup) *[]byte { return &c.raw }),
}

func TestOnlyWhatDiffersIsWrittenBack(t *testing.T) {
	five, also := int64(5), int64(5)
	was := cup{name: "a", size: 1, price: &five, tags: []string{"x"}, raw: []byte{1}}
	now := cup{name: "a", size: 1, price: &also, tags: []string{"x"}, raw: []byte{1}}
	if set, _ := record.Diff(cols, &was, &now); len(set) != 0 {
		t.Fatalf("equal values differ: %v", set)
	}
	now.glazed, now.price, now.tags, now.raw = true, nil, []string{"x", "y"}, []byte{2}
	set, args := record.Diff(cols, &was, &now)
	if !reflect.DeepEqual(set, []string{"glazed", "price", "tags", "raw"}) || !reflect.DeepEqual(args, []any{int64(1), nil, "x,y", []byte{2}}) {
		t.Fatalf("%v %v", set, args)
	}
	if got := record.Update("cup_cup", set[:2], "id = ?"); got != `UPDATE cup_cup SET glazed = ?, price = ? WHERE id = ?` {
		t.Fatal(got)
	}
}

func TestRowsHaveTheMerchantAndEveryColumnThatSaysSomething(t *testing.T) {
	spare := record.Spare(slices.Clone(cols), "glazed", "tags")
	nine := int64(9)
	all := []*cup{{name: "b"}, {name: "c", size: 2, tags: []string{"x"}}}
	names, rows := record.Rows(7, spare, all)
	if !reflect.DeepEqual(names, []string{"merchant_id", "name", "size", "tags", "raw"}) ||
		!reflect.DeepEqual(rows, [][]any{{int64(7), "b", int64(0), "", []byte(nil)}, {int64(7), "c", int64(2), "x", []byte(nil)}}) {
		t.Fatalf("%v %v", names, rows)
	}
	all[0].glazed, all[1].price = true, &nine
	if names, rows = record.Rows(7, spare, all); !reflect.DeepEqual(names, record.Names(cols)) || rows[0][3] != int64(1) || rows[0][4] != nil || rows[1][4] != int64(9) {
		t.Fatalf("%v %v", names, rows)
	}
	defer func() {
		if recover() == nil {
			t.Error("a column that does not exist was marked")
		}
	}()
	record.Spare(cols, "handle")
}
