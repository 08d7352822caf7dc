package web

import (
	"fmt"
	"net/url"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ordercove/ordercove/internal/kit/id"
)

// Query and path parameters are validated here rather than by huma, which takes an
// int64-based id or instant for a number.

var (
	idType   = reflect.TypeFor[id.ID]()
	timeType = reflect.TypeFor[Time]()
	idsType  = reflect.TypeFor[IDs]()
)

// params is what an operation's input struct says about its parameters.
type params struct {
	query map[string]reflect.Type
}

// paramsOf reads the tags and refuses, at start, what could not be read later.
func paramsOf(op string, t reflect.Type) params {
	p := params{query: map[string]reflect.Type{}}
	var walk func(reflect.Type)
	walk = func(t reflect.Type) {
		for i := range t.NumField() {
			f := t.Field(i)
			if f.Anonymous && f.Type.Kind() == reflect.Struct {
				walk(f.Type)
				continue
			}
			tag, ok := f.Tag.Lookup("query")
			if !ok {
				continue
			}
			name, opt, _ := strings.Cut(tag, ",")
			if f.Type.Kind() == reflect.Slice {
				if f.Type.Elem() == idType || f.Type.Elem() == timeType {
					panic(fmt.Sprintf("web: %s: query parameter %s: use web.IDs", op, name))
				}
				if opt != "explode" {
					panic(fmt.Sprintf("web: %s: query parameter %s is repeatable: tag it query:\"%s,explode\"", op, name, name))
				}
			}
			p.query[name] = f.Type
		}
	}
	walk(t)
	return p
}

// check validates the parameters and rewrites instants into the integers that
// param.read understands.
func (p params) check(r huma.Registry, op *huma.Operation, path func(string) string, u *url.URL) []error {
	res := &huma.ValidateResult{}
	pb := huma.NewPathBuffer(make([]byte, 0, 64), 0)
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		res.Add(pb, "", "expected string to be a query")
		return res.Errors
	}
	rewritten := false
	for name, values := range q {
		t, known := p.query[name]
		pb.Reset()
		pb.Push("query")
		pb.Push(name)
		switch {
		case !known:
			res.Add(pb, "", "unknown query parameter")
		case t.Kind() != reflect.Slice && t != idsType && len(values) > 1:
			res.Add(pb, "", "expected at most one value")
		case t == timeType:
			var at Time
			if err := at.UnmarshalText([]byte(values[0])); err != nil {
				res.Add(pb, "", "expected string to be RFC 3339 date-time")
				continue
			}
			q[name] = []string{strconv.FormatInt(int64(at), 10)}
			rewritten = true
		case t == idsType && len(values) > 1:
			q[name] = []string{strings.Join(values, ",")}
			rewritten = true
		}
	}
	for _, d := range op.Parameters {
		p.checkOne(r, d, path, q, pb, res)
	}
	if rewritten {
		u.RawQuery = q.Encode()
	}
	return res.Errors
}

func (p params) checkOne(r huma.Registry, d *huma.Param, path func(string) string, q url.Values, pb *huma.PathBuffer, res *huma.ValidateResult) {
	pb.Reset()
	pb.Push(d.In)
	pb.Push(d.Name)
	var values []string
	switch d.In {
	case "path":
		values = []string{path(d.Name)}
	case "query":
		values = q[d.Name]
	default:
		return
	}
	if len(values) == 0 || len(values) == 1 && values[0] == "" {
		if d.Required {
			res.Add(pb, "", "required parameter is missing")
		}
		return
	}
	if p.query[d.Name] == timeType && d.In == "query" {
		return
	}
	s := d.Schema
	if s.Type != huma.TypeArray {
		if v, ok := coerce(s.Type, values[0], pb, res); ok {
			huma.Validate(r, s, pb, huma.ModeWriteToServer, v, res)
		}
		return
	}
	if p.query[d.Name] == idsType {
		values = strings.Split(values[0], ",")
	}
	list := make([]any, 0, len(values))
	for _, one := range values {
		v, ok := coerce(s.Items.Type, one, pb, res)
		if !ok {
			return
		}
		list = append(list, v)
	}
	huma.Validate(r, s, pb, huma.ModeWriteToServer, list, res)
}

func coerce(kind, s string, pb *huma.PathBuffer, res *huma.ValidateResult) (any, bool) {
	switch kind {
	case huma.TypeInteger:
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			res.Add(pb, "", "expected integer")
			return nil, false
		}
		return n, true
	case huma.TypeBoolean:
		b, err := strconv.ParseBool(s)
		if err != nil {
			res.Add(pb, "", "expected boolean")
			return nil, false
		}
		return b, true
	}
	return s, true
}
