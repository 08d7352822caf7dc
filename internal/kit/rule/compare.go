package rule

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strings"
)

// refusal makes the error of a comparison once its place in the tree is known.
type refusal func(path string) error

// compare makes the function of one comparison, and the one that tells what was found.
func (f Field[F]) compare(op string, value json.RawMessage) (func(*F) bool, func(*F) any, refusal) {
	if !slices.Contains(operators[f.Kind()], op) {
		return nil, nil, func(path string) error {
			return ErrOperator.With("path", path, "field", f.Name, "op", op).At("condition")
		}
	}
	switch f.Kind() {
	case Number:
		get := f.Number
		test, bad := number(op, value)
		return func(x *F) bool { return test(get(x)) }, func(x *F) any { return get(x) }, f.refuse(bad)
	case Text:
		get := f.Text
		test, bad := f.text(op, value)
		return func(x *F) bool { return test(get(x)) }, func(x *F) any { return get(x) }, f.refuse(bad)
	case List:
		get := f.List
		test, bad := f.list(op, value)
		return func(x *F) bool { return test(get(x)) }, func(x *F) any { return get(x) }, f.refuse(bad)
	}
	get, want := f.Bool, false
	bad := whole(value, &want)
	return func(x *F) bool { return get(x) == want }, func(x *F) any { return get(x) }, f.refuse(bad)
}

// trouble says what is wrong with a value.
type trouble int

const (
	fine trouble = iota
	misfit
	long
)

func (f Field[F]) refuse(t trouble) refusal {
	switch t {
	case misfit:
		return func(path string) error { return ErrValue.With("path", path, "field", f.Name).At("condition") }
	case long:
		return func(string) error { return tooBig() }
	}
	return nil
}

// whole reads a value that must be of the type of to, and nothing else.
func whole(raw json.RawMessage, to any) trouble {
	if len(raw) == 0 || bytes.Equal(bytes.TrimSpace(raw), []byte("null")) || json.Unmarshal(raw, to) != nil {
		return misfit
	}
	return fine
}

func listOf[T any](raw json.RawMessage) ([]T, trouble) {
	var vs []T
	if t := whole(raw, &vs); t != fine || len(vs) == 0 {
		return nil, misfit
	}
	if len(vs) > MaxValues {
		return nil, long
	}
	return vs, fine
}

func number(op string, raw json.RawMessage) (func(int64) bool, trouble) {
	switch op {
	case "in", "not_in":
		vs, t := listOf[int64](raw)
		slices.Sort(vs)
		want := op == "in"
		return func(n int64) bool { _, has := slices.BinarySearch(vs, n); return has == want }, t
	case "between":
		vs, t := listOf[int64](raw)
		if t == fine && (len(vs) != 2 || vs[0] > vs[1]) {
			t = misfit
		}
		if t != fine {
			return nil, t
		}
		return func(n int64) bool { return n >= vs[0] && n <= vs[1] }, fine
	}
	var v int64
	t := whole(raw, &v)
	low, high, inside := int64(math.MinInt64), int64(math.MaxInt64), true
	switch op {
	case "eq":
		low, high = v, v
	case "ne":
		low, high, inside = v, v, false
	case "le":
		high = v
	case "gt":
		high, inside = v, false
	case "ge":
		low = v
	case "lt":
		low, inside = v, false
	}
	return func(n int64) bool { return (n >= low && n <= high) == inside }, t
}

// fits reports whether every value is a word of the field, where those are known.
func (f Field[F]) fits(vs ...string) trouble {
	for _, v := range vs {
		if v == "" || f.Words != nil && !slices.Contains(f.Words, v) {
			return misfit
		}
	}
	return fine
}

func (f Field[F]) text(op string, raw json.RawMessage) (func(string) bool, trouble) {
	switch op {
	case "empty", "not_empty":
		want := op == "empty"
		return func(s string) bool { return (s == "") == want }, bare(raw)
	case "in", "not_in", "contains_any":
		vs, t := listOf[string](raw)
		if t == fine && op != "contains_any" {
			t = f.fits(vs...)
		}
		if op == "contains_any" {
			if t == fine && slices.Contains(vs, "") {
				t = misfit
			}
			return func(s string) bool {
				return slices.ContainsFunc(vs, func(v string) bool { return strings.Contains(s, v) })
			}, t
		}
		set, want := setOf(vs), op == "in"
		return func(s string) bool { _, has := set[s]; return has == want }, t
	}
	var v string
	t := whole(raw, &v)
	if t == fine && v == "" {
		t = misfit
	}
	switch op {
	case "contains":
		return func(s string) bool { return strings.Contains(s, v) }, t
	case "not_contains":
		return func(s string) bool { return !strings.Contains(s, v) }, t
	case "starts_with":
		return func(s string) bool { return strings.HasPrefix(s, v) }, t
	}
	if t == fine {
		t = f.fits(v)
	}
	want := op == "eq"
	return func(s string) bool { return (s == v) == want }, t
}

func (f Field[F]) list(op string, raw json.RawMessage) (func([]string) bool, trouble) {
	switch op {
	case "empty", "not_empty":
		want := op == "empty"
		return func(l []string) bool { return (len(l) == 0) == want }, bare(raw)
	case "has":
		var v string
		t := whole(raw, &v)
		if t == fine {
			t = f.fits(v)
		}
		return func(l []string) bool { return slices.Contains(l, v) }, t
	}
	vs, t := listOf[string](raw)
	if t == fine {
		t = f.fits(vs...)
	}
	set := setOf(vs)
	in := func(s string) bool { _, has := set[s]; return has }
	switch op {
	case "has_any":
		return func(l []string) bool { return slices.ContainsFunc(l, in) }, t
	case "has_none":
		return func(l []string) bool { return !slices.ContainsFunc(l, in) }, t
	case "only": // at least one, and nothing else
		return func(l []string) bool {
			return len(l) > 0 && !slices.ContainsFunc(l, func(s string) bool { return !in(s) })
		}, t
	}
	return func(l []string) bool { // has_all
		return !slices.ContainsFunc(vs, func(v string) bool { return !slices.Contains(l, v) })
	}, t
}

// bare: a comparison that takes no value has none, so that a forgotten word shows.
func bare(raw json.RawMessage) trouble {
	if len(raw) == 0 || bytes.Equal(bytes.TrimSpace(raw), []byte("null")) {
		return fine
	}
	return misfit
}

func setOf(vs []string) map[string]struct{} {
	set := make(map[string]struct{}, len(vs))
	for _, v := range vs {
		set[v] = struct{}{}
	}
	return set
}
