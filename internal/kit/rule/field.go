package rule

import "fmt"

// Kind is what a field holds, and so how it may be compared.
type Kind string

const (
	Number Kind = "number" // int64: pieces, fen, grams, hours, unix milliseconds; the field's name says which
	Text   Kind = "text"
	List   Kind = "list" // several texts: tags, SKU codes
	Bool   Kind = "bool"
)

// Field is one thing a condition may ask of a fact of type F. Exactly the getter of
// its kind is set. ZH and EN name it to people.
type Field[F any] struct {
	Name   string // snake_case, unit last
	ZH, EN string
	Number func(*F) int64
	Text   func(*F) string
	List   func(*F) []string
	Bool   func(*F) bool
	// Words are the values a text or list field can have, where it is a closed set.
	Words []string
}

// Kind is told by the getter.
func (f Field[F]) Kind() Kind {
	switch {
	case f.Number != nil:
		return Number
	case f.Text != nil:
		return Text
	case f.List != nil:
		return List
	}
	return Bool
}

// operators are the comparisons of each kind.
var operators = map[Kind][]string{
	Number: {"eq", "ne", "lt", "le", "gt", "ge", "between", "in", "not_in"},
	Text:   {"eq", "ne", "in", "not_in", "contains", "not_contains", "contains_any", "starts_with", "empty", "not_empty"},
	List:   {"has", "has_any", "has_all", "has_none", "only", "empty", "not_empty"},
	Bool:   {"is"},
}

// Operators lists the comparisons a kind of field knows.
func Operators(k Kind) []string { return operators[k] }

// Registry is what conditions over facts of type F may ask.
type Registry[F any] struct {
	fields []Field[F]
	byName map[string]int
}

// New makes a registry. It panics when a name stands twice or a field has no getter,
// or two: the set is written in the program.
func New[F any](fields ...Field[F]) *Registry[F] {
	r := &Registry[F]{fields: fields, byName: make(map[string]int, len(fields))}
	for i, f := range fields {
		getters := 0
		for _, has := range []bool{f.Number != nil, f.Text != nil, f.List != nil, f.Bool != nil} {
			if has {
				getters++
			}
		}
		if _, twice := r.byName[f.Name]; twice || getters != 1 || f.ZH == "" || f.EN == "" {
			panic(fmt.Sprintf("rule field %q: one getter, a name of its own and both texts", f.Name))
		}
		r.byName[f.Name] = i
	}
	return r
}

// Described is a field as a form shows it.
type Described struct {
	Name      string   `json:"name"`
	Kind      Kind     `json:"kind"`
	NameZH    string   `json:"name_zh"`
	NameEN    string   `json:"name_en"`
	Operators []string `json:"operators"`
	Words     []string `json:"words"`
}

// Describe lists the fields in the order they were registered.
func (r *Registry[F]) Describe() []Described {
	out := make([]Described, len(r.fields))
	for i, f := range r.fields {
		out[i] = Described{Name: f.Name, Kind: f.Kind(), NameZH: f.ZH, NameEN: f.EN, Operators: operators[f.Kind()], Words: append([]string{}, f.Words...)}
	}
	return out
}
