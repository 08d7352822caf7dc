package web

import (
	"context"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// huma.Register is generic: the compiler writes its body, 26 kB, anew for every
// pair of input and output. So every operation is one of six pairs to huma, which
// reads, limits and validates the body and writes the answer; what is the
// operation's own, its types, is described and read here.

// handler is an operation's function with its types taken away: in is a pointer
// to the input; the answer is a pointer to the output, or nil.
type handler func(ctx context.Context, in any) (any, error)

type (
	// plainCall is the input of an operation without a body.
	plainCall struct{ call }
	// bodyCall is the input of one with a body, which huma has validated.
	bodyCall struct {
		call
		Body json.RawMessage
	}
	// bodyAnswer, bareAnswer and Stream are the outputs.
	bodyAnswer struct {
		Status int
		Body   any
	}
	bareAnswer struct{ Status int }
)

// call is one request's context and input, whose parameters are read.
type call struct {
	c  huma.Context
	in reflect.Value
}

// Resolve is how huma asks an input whether its request is valid.
func (q *call) Resolve(c huma.Context) []error {
	s := c.Operation().Metadata[shapeKey].(*shape)
	q.c, q.in = c, reflect.New(s.in).Elem()
	return s.readParams(c, q.in)
}

const shapeKey = "shape"

var streamType = reflect.TypeFor[func(huma.Context)]()

// shape is what an operation's input and output say about reading and writing.
type shape struct {
	in       reflect.Type
	params   []param
	body     []int // index of the input's Body, nil without
	defaults bool  // the body has fields with a default
	status   int   // of success
	out      struct {
		body, status int // field numbers, -1 without
		stream       bool
		headers      []header
	}
}

type param struct {
	index     []int
	in, name  string
	byDefault string
}

type header struct {
	field int
	name  string
}

// shapeOf describes the operation in doc as huma would, in huma's order, because
// the order decides how schemas are named.
func shapeOf(r huma.Registry, doc *huma.Operation, in, out reflect.Type) *shape {
	if in.Kind() != reflect.Struct || out.Kind() != reflect.Struct {
		panic("web: " + doc.OperationID + ": input and output are structs")
	}
	s := &shape{in: in}
	s.takeParams(r, doc, in, nil)
	if f, ok := in.FieldByName("Body"); ok {
		if k := f.Type.Kind(); k == reflect.Pointer || k == reflect.Interface {
			panic("web: " + doc.OperationID + ": a body is a value")
		}
		s.body, s.defaults = f.Index, hasDefaults(f.Type, map[reflect.Type]bool{})
		doc.RequestBody = &huma.RequestBody{Content: map[string]*huma.MediaType{
			"application/json": {Schema: huma.SchemaFromField(r, f, hint(in, "Body", doc.OperationID+"Request"))}}}
	}
	s.takeOutput(r, doc, out)
	doc.Metadata = map[string]any{shapeKey: s}
	return s
}

func hint(parent reflect.Type, name, other string) string {
	if parent.Name() != "" {
		return parent.Name() + name
	}
	return other
}

// takeParams reads the tags of the parameters, embedded structs included.
func (s *shape) takeParams(r huma.Registry, doc *huma.Operation, t reflect.Type, path []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		index := append(append([]int{}, path...), i)
		if f.Anonymous && f.Type.Kind() == reflect.Struct && f.IsExported() {
			s.takeParams(r, doc, f.Type, index)
			continue
		}
		if !f.IsExported() || f.Name == "Body" {
			continue
		}
		p := param{index: index, byDefault: f.Tag.Get("default")}
		var explode *bool
		for _, in := range []string{"path", "query", "header"} {
			tag := f.Tag.Get(in)
			if tag == "" {
				continue
			}
			name, opt, _ := strings.Cut(tag, ",")
			p.in, p.name = in, name
			if in == "query" {
				yes := opt == "explode"
				explode = &yes
			}
			break
		}
		if p.in == "" {
			panic("web: " + doc.OperationID + ": nothing fills field " + f.Name)
		}
		if !readable(f.Type) {
			panic(fmt.Sprintf("web: %s: parameter %s has a type that cannot be read: %v", doc.OperationID, p.name, f.Type))
		}
		s.params = append(s.params, p)
		schema := huma.SchemaFromField(r, f, "")
		required := p.in == "path"
		if tag, ok := f.Tag.Lookup("required"); ok {
			required = tag == "true"
		}
		doc.Parameters = append(doc.Parameters, &huma.Param{Name: p.name, In: p.in, Description: schema.Description, Explode: explode, Required: required, Schema: schema})
	}
}

func readable(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String, reflect.Int, reflect.Int64, reflect.Bool:
		return true
	case reflect.Slice:
		return t.Elem().Kind() == reflect.String || t.Elem().Kind() == reflect.Int64
	}
	return t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

func (s *shape) takeOutput(r huma.Registry, doc *huma.Operation, out reflect.Type) {
	s.out.body, s.out.status, s.status = -1, -1, doc.DefaultStatus
	if f, ok := out.FieldByName("Body"); ok {
		s.out.body, s.out.stream = f.Index[0], f.Type == streamType
		if s.status == 0 {
			s.status = http.StatusOK
		}
		if !s.out.stream {
			answer := &huma.Response{Content: map[string]*huma.MediaType{
				"application/json": {Schema: huma.SchemaFromField(r, f, hint(out, "Body", doc.OperationID+"Response"))}}}
			doc.Responses = map[string]*huma.Response{strconv.Itoa(s.status): answer}
		}
	}
	if s.status == 0 {
		s.status = http.StatusNoContent
	}
	for i := range out.NumField() {
		switch f := out.Field(i); {
		case f.Name == "Body" && i == s.out.body:
		case f.Name == "Status" && f.Type.Kind() == reflect.Int && !s.out.stream:
			s.out.status = i
		case f.Tag.Get("header") != "" && reflect.PointerTo(f.Type).Implements(reflect.TypeFor[fmt.Stringer]()) && !s.out.stream:
			s.out.headers = append(s.out.headers, header{i, f.Tag.Get("header")})
			documentHeader(doc, s.status, f.Tag.Get("header"))
		default:
			panic("web: " + doc.OperationID + ": nothing reads the output's field " + f.Name)
		}
	}
}

func documentHeader(doc *huma.Operation, status int, name string) {
	code := strconv.Itoa(status)
	if doc.Responses == nil {
		doc.Responses = map[string]*huma.Response{}
	}
	if doc.Responses[code] == nil {
		doc.Responses[code] = &huma.Response{Description: http.StatusText(status)}
	}
	if doc.Responses[code].Headers == nil {
		doc.Responses[code].Headers = map[string]*huma.Param{}
	}
	doc.Responses[code].Headers[name] = &huma.Header{Schema: &huma.Schema{Type: huma.TypeString}}
}

// register tells huma of the operation by the pair that fits.
func (o *operation) register(h handler) {
	switch s := o.shape; {
	case s.out.stream && s.body == nil:
		huma.Register(o.a.API, o.doc, func(ctx context.Context, in *plainCall) (*Stream, error) {
			return streamed(o.run(ctx, &in.call, nil, h))
		})
	case s.out.stream:
		huma.Register(o.a.API, o.doc, func(ctx context.Context, in *bodyCall) (*Stream, error) {
			return streamed(o.run(ctx, &in.call, in.Body, h))
		})
	case s.out.body >= 0 && s.body == nil:
		huma.Register(o.a.API, o.doc, func(ctx context.Context, in *plainCall) (*bodyAnswer, error) {
			return o.answer(o.run(ctx, &in.call, nil, h))
		})
	case s.out.body >= 0:
		huma.Register(o.a.API, o.doc, func(ctx context.Context, in *bodyCall) (*bodyAnswer, error) {
			return o.answer(o.run(ctx, &in.call, in.Body, h))
		})
	case s.body == nil:
		huma.Register(o.a.API, o.doc, func(ctx context.Context, in *plainCall) (*bareAnswer, error) {
			return o.bare(o.run(ctx, &in.call, nil, h))
		})
	default:
		huma.Register(o.a.API, o.doc, func(ctx context.Context, in *bodyCall) (*bareAnswer, error) {
			return o.bare(o.run(ctx, &in.call, in.Body, h))
		})
	}
}

// run reads the body, calls the operation and writes the headers of its output,
// whose struct it returns: invalid where there is none.
func (o *operation) run(ctx context.Context, q *call, body []byte, h handler) (reflect.Value, error) {
	if err := o.shape.readBody(body, q.in); err != nil {
		return reflect.Value{}, fromHuma(ctx, http.StatusUnprocessableEntity, "validation failed", err)
	}
	o.begin(ctx)
	got, err := h(ctx, q.in.Addr().Interface())
	if err != nil {
		return reflect.Value{}, o.refusal(ctx, err)
	}
	if got == nil {
		return reflect.Value{}, nil
	}
	out := reflect.ValueOf(got).Elem()
	for _, h := range o.shape.out.headers {
		q.c.SetHeader(h.name, out.Field(h.field).Addr().Interface().(fmt.Stringer).String())
	}
	return out, nil
}

func (o *operation) statusOf(out reflect.Value) int {
	if o.shape.out.status >= 0 {
		return int(out.Field(o.shape.out.status).Int())
	}
	return o.shape.status
}

func (o *operation) answer(out reflect.Value, err error) (*bodyAnswer, error) {
	if err != nil || !out.IsValid() {
		return nil, err
	}
	return &bodyAnswer{o.statusOf(out), out.Field(o.shape.out.body).Interface()}, nil
}

func (o *operation) bare(out reflect.Value, err error) (*bareAnswer, error) {
	if err != nil || !out.IsValid() {
		return nil, err
	}
	return &bareAnswer{o.statusOf(out)}, nil
}

func streamed(out reflect.Value, err error) (*Stream, error) {
	if err != nil || !out.IsValid() {
		return nil, err
	}
	return &Stream{Body: out.FieldByName("Body").Interface().(func(huma.Context))}, nil
}

// readParams fills the input from parameters that params.check has let pass.
func (s *shape) readParams(c huma.Context, in reflect.Value) []error {
	var bad []error
	for _, p := range s.params {
		if err := p.read(c, in.FieldByIndex(p.index)); err != nil {
			bad = append(bad, &huma.ErrorDetail{Location: p.in + "." + p.name, Message: err.Error()})
		}
	}
	return bad
}

// readBody fills the input's Body from one that huma has found valid.
func (s *shape) readBody(body []byte, in reflect.Value) error {
	if s.body == nil {
		return nil
	}
	f := in.FieldByIndex(s.body)
	if err := json.Unmarshal(body, f.Addr().Interface()); err != nil {
		return &huma.ErrorDetail{Location: "body", Message: err.Error()}
	}
	if s.defaults {
		fillDefaults(f)
	}
	return nil
}

func (p *param) read(c huma.Context, f reflect.Value) error {
	value := p.byDefault
	if sent := p.sent(c); sent != "" {
		value = sent
	}
	if value == "" {
		return nil
	}
	if f.Kind() != reflect.Slice {
		return setText(f, value)
	}
	u := c.URL()
	values := u.Query()[p.name]
	list := reflect.MakeSlice(f.Type(), len(values), len(values))
	for i, one := range values {
		if err := setText(list.Index(i), one); err != nil {
			return err
		}
	}
	f.Set(list)
	return nil
}

func setText(f reflect.Value, value string) error {
	switch f.Kind() {
	case reflect.String:
		f.SetString(value)
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return errors.New("invalid integer")
		}
		f.SetInt(n)
	case reflect.Bool:
		b, err := strconv.ParseBool(value)
		if err != nil {
			return errors.New("invalid boolean")
		}
		f.SetBool(b)
	default:
		if err := f.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(value)); err != nil {
			return errors.New("invalid value: " + err.Error())
		}
	}
	return nil
}

func (p *param) sent(c huma.Context) string {
	switch p.in {
	case "path":
		return c.Param(p.name)
	case "query":
		return c.Query(p.name)
	}
	return c.Header(p.name)
}

// hasDefaults looks for fields with a default in a body; only texts have one.
func hasDefaults(t reflect.Type, seen map[reflect.Type]bool) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return hasDefaults(t.Elem(), seen)
	case reflect.Struct:
	default:
		return false
	}
	if seen[t] {
		return false
	}
	seen[t] = true
	found := false
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() {
			continue
		}
		if f.Tag.Get("default") != "" {
			if f.Type.Kind() != reflect.String {
				panic("web: a default in a body is for a text: " + f.Name)
			}
			found = true
		}
		found = hasDefaults(f.Type, seen) || found
	}
	return found
}

// fillDefaults puts defaults where the body left a text empty.
func fillDefaults(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			fillDefaults(v.Elem())
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			fillDefaults(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if !f.IsExported() {
				continue
			}
			if d := f.Tag.Get("default"); d != "" && v.Field(i).IsZero() {
				v.Field(i).SetString(d)
				continue
			}
			fillDefaults(v.Field(i))
		}
	}
}
