package web

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ordercove/ordercove/internal/kit/actor"
)

// A field tagged `class:"money"` or `class:"cost"` is null in the answer unless
// the actor holds field.money or field.cost. Lists, live events and exports ask
// Hidden for the same answer.

// Hidden reports whether a class is hidden from the actor.
func Hidden(a actor.Actor, class string) bool { return !a.Can("field." + class) }

// classes is the tree of a type's classed fields, nil where there is none.
type classes struct {
	class  string              // this field's own class
	fields map[string]*classes // of a struct, by JSON name
	items  *classes            // of a list or map
}

var classPlans sync.Map // reflect.Type → *classes (nil pointer when none)

func classesOf(t reflect.Type) *classes {
	if c, ok := classPlans.Load(t); ok {
		return c.(*classes)
	}
	c := planOf(t, map[reflect.Type]bool{})
	classPlans.Store(t, c)
	return c
}

func planOf(t reflect.Type, open map[reflect.Type]bool) *classes {
	switch t.Kind() {
	case reflect.Pointer:
		return planOf(t.Elem(), open)
	case reflect.Slice, reflect.Array, reflect.Map:
		if items := planOf(t.Elem(), open); items != nil {
			return &classes{items: items}
		}
		return nil
	case reflect.Struct:
	default:
		return nil
	}
	if open[t] { // a type that holds itself has its classes on the first level
		return nil
	}
	open[t] = true
	defer delete(open, t)
	fields := map[string]*classes{}
	for i := range t.NumField() {
		f := t.Field(i)
		name := jsonName(f)
		if name == "-" || !f.IsExported() && !f.Anonymous {
			continue
		}
		sub := planOf(f.Type, open)
		if f.Anonymous && f.Tag.Get("json") == "" {
			if sub != nil {
				for k, v := range sub.fields {
					fields[k] = v
				}
			}
			continue
		}
		if c := f.Tag.Get("class"); c != "" && c != "public" {
			sub = &classes{class: c}
		}
		if sub != nil {
			fields[name] = sub
		}
	}
	if len(fields) == 0 {
		return nil
	}
	return &classes{fields: fields}
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if name == "" {
		return f.Name
	}
	return name
}

// hideClasses is a huma transformer: it runs on every answer before it is written.
func hideClasses(ctx huma.Context, _ string, v any) (any, error) {
	if v == nil {
		return v, nil
	}
	plan := classesOf(reflect.TypeOf(v))
	if plan == nil {
		return v, nil
	}
	a, _ := actor.From(ctx.Context()) // nobody holds nothing
	hidden := map[string]bool{}
	for c := range plan.all(map[string]bool{}) {
		if Hidden(a, c) {
			hidden[c] = true
		}
	}
	if len(hidden) == 0 {
		return v, nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		return nil, err
	}
	plan.hide(tree, hidden)
	return tree, nil
}

func (c *classes) all(into map[string]bool) map[string]bool {
	if c.class != "" {
		into[c.class] = true
	}
	for _, f := range c.fields {
		f.all(into)
	}
	if c.items != nil {
		c.items.all(into)
	}
	return into
}

func (c *classes) hide(v any, hidden map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		if c.items != nil {
			for _, x := range v {
				c.items.hide(x, hidden)
			}
		}
		for name, f := range c.fields {
			x, present := v[name]
			if !present {
				continue
			}
			if hidden[f.class] {
				v[name] = nil
				continue
			}
			f.hide(x, hidden)
		}
	case []any:
		if c.items != nil {
			for _, x := range v {
				c.items.hide(x, hidden)
			}
		}
	}
}
