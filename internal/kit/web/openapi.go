package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// newNamer names schemas by their Go type, with the package's name in front where
// two packages use one name.
func newNamer() func(reflect.Type, string) string {
	names := map[reflect.Type]string{}
	taken := map[string]bool{}
	return func(t reflect.Type, hint string) string {
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		name := huma.DefaultSchemaNamer(t, hint)
		if t.Kind() != reflect.Struct {
			return name
		}
		if n, known := names[t]; known {
			return n
		}
		if taken[name] {
			pkg := t.PkgPath()[strings.LastIndexByte(t.PkgPath(), '/')+1:]
			name = huma.DefaultSchemaNamer(t, strings.ToUpper(pkg[:min(1, len(pkg))])+pkg[min(1, len(pkg)):]+name)
			if t.Name() != "" {
				name = strings.ToUpper(pkg[:min(1, len(pkg))]) + pkg[min(1, len(pkg)):] + name
			}
			for n, base := 2, name; taken[name]; n++ {
				name = fmt.Sprintf("%s%d", base, n)
			}
		}
		names[t], taken[name] = name, true
		return name
	}
}

func operationOf(doc *huma.OpenAPI, op Op) *huma.Operation {
	item := doc.Paths[op.Path]
	if item == nil {
		return nil // hidden
	}
	switch op.Method {
	case http.MethodPost:
		return item.Post
	case http.MethodPut:
		return item.Put
	case http.MethodPatch:
		return item.Patch
	case http.MethodDelete:
		return item.Delete
	}
	return item.Get
}

func documentKey(doc *huma.OpenAPI, op Op) {
	o := operationOf(doc, op)
	if o == nil {
		return
	}
	o.Parameters = append(o.Parameters, &huma.Param{Name: "Idempotency-Key", In: "header",
		Description: "The same key with the same input gives the same answer again, without doing anything twice",
		Schema:      &huma.Schema{Type: huma.TypeString}})
}

// OpenAPI renders the document: the same code gives the same bytes.
func (a *API) OpenAPI() ([]byte, error) {
	doc := a.API.OpenAPI()
	a.markClasses(doc.Components.Schemas)
	b, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	// Through a map: keys in order on every level, extensions included.
	var tree any
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(&tree); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err = e.Encode(tree)
	return out.Bytes(), err
}

// markClasses makes classed fields nullable and names their class.
func (a *API) markClasses(r huma.Registry) {
	for name, s := range r.Map() {
		t := r.TypeFromRef("#/components/schemas/" + name)
		if t == nil || t.Kind() != reflect.Struct {
			continue
		}
		plan := classesOf(t)
		if plan == nil {
			continue
		}
		for field, c := range plan.fields {
			prop := s.Properties[field]
			if c.class == "" || prop == nil {
				continue
			}
			prop.Nullable = prop.Ref == ""
			if prop.Extensions == nil {
				prop.Extensions = map[string]any{}
			}
			prop.Extensions["x-class"] = c.class
		}
	}
}
