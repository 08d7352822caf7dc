package web

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/errs"
)

// Permissions that are none.
const (
	Public   = ""  // anybody, also without signing in
	SignedIn = "-" // anybody who signed in
)

// Op describes an operation. Path is below Prefix ("/orders/{id}/close").
type Op struct {
	ID         string // lowerCamel, unique: closeOrder
	Method     string
	Path       string
	Tag        string
	ZH, EN     string // what it does, for the document
	Permission string // Public, SignedIn or a permission
	Errors     []*errs.Error
	Status     int     // of success; 0 is 200, or 204 without a body
	Upload     *Upload // takes a multipart body (see ReceiveFiles)
	MaxBody    int64   // JSON body in bytes; 0 is 1 MiB
	Hidden     bool    // works, and is not in the document
}

// Register adds an operation. It panics on an operation that cannot work: every
// test that builds the API sees it.
//
// Only what needs the types stands here: the compiler writes it anew for every
// operation.
func Register[In, Out any](a *API, op Op, f func(context.Context, *In) (*Out, error)) {
	a.register(op, reflect.TypeFor[In](), reflect.TypeFor[Out](), func(ctx context.Context, in any) (any, error) {
		out, err := f(ctx, in.(*In))
		if err != nil || out == nil {
			return nil, err
		}
		return out, nil
	})
}

// operation is what is known of an operation when it is registered.
type operation struct {
	a       *API
	shape   *shape
	op      Op
	doc     huma.Operation
	bounded bool   // its body had a deadline
	where   string // an error's field stands
}

func (a *API) register(op Op, in, out reflect.Type, h handler) {
	p := paramsOf(op.ID, in)
	if op.ZH == "" || op.EN == "" || op.ID == "" || op.Tag == "" {
		panic("web: operation " + op.Method + " " + op.Path + " needs an id, a tag and both texts")
	}
	o := &operation{a: a, op: op, bounded: op.writes() && op.Upload == nil, where: "query"}
	if _, hasBody := in.FieldByName("Body"); hasBody {
		o.where = "body"
	}
	o.doc = huma.Operation{
		OperationID: op.ID, Method: op.Method, Path: op.Path, Summary: op.EN, Description: op.ZH, Tags: []string{op.Tag},
		DefaultStatus: op.Status, MaxBodyBytes: op.MaxBody, Hidden: op.Hidden, SkipValidateParams: true,
		Extensions: map[string]any{"x-permission": op.Permission, "x-errors": op.codes()},
		Errors:     op.statuses(),
	}
	if op.Permission != Public {
		o.doc.Security = []map[string][]string{{"session": {}}, {"key": {}}}
	}
	o.doc.Middlewares = huma.Middlewares{a.enter(op), a.params(p)}
	a.ops = append(a.ops, OpInfo{op.ID, op.Method, op.Path, op.Permission, op.Tag})
	o.shape = shapeOf(a.API.OpenAPI().Components.Schemas, &o.doc, in, out)
	o.register(h)
	o.document()
}

// begin lifts the deadline, which was for the body; left standing it would cut off the work.
func (o *operation) begin(ctx context.Context) {
	if r := requestOf(ctx); r != nil && o.bounded {
		_ = http.NewResponseController(r.w).SetReadDeadline(time.Time{})
	}
}

func (o *operation) refusal(ctx context.Context, err error) error {
	o.a.logError(ctx, err)
	return o.a.retryAfter(problemOf(ctx, err, o.where), err)
}

// document adds what huma cannot know; huma has described the operation by then.
func (o *operation) document() {
	if o.op.Upload != nil {
		documentUpload(o.a.API.OpenAPI(), o.op)
	}
	if o.op.writes() {
		documentKey(o.a.API.OpenAPI(), o.op)
	}
}

func (o Op) writes() bool { return o.Method != http.MethodGet && o.Method != http.MethodHead }

// codes lists every code the operation can answer with.
func (o Op) codes() []string {
	out := []string{ErrInvalid.Code, ErrInternal.Code}
	if o.Permission != Public {
		out = append(out, actor.ErrNone.Code)
	}
	if o.Permission != Public && o.Permission != SignedIn {
		out = append(out, actor.ErrForbidden.Code)
	}
	if o.writes() {
		out = append(out, ErrUnreadable.Code, ErrTooLarge.Code, ErrBadKey.Code, ErrCrossOrigin.Code, command.ErrKeyReused.Code)
	}
	for _, e := range o.Errors {
		out = append(out, e.Code)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (o Op) statuses() []int {
	var out []int
	for _, c := range o.codes() {
		t, _ := errs.Lookup(c)
		out = append(out, statusOf(&errs.Error{Kind: t.Kind, Code: c}))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// enter is the door of an operation: who asks, may they, and which key repeats it.
func (a *API) enter(op Op) func(huma.Context, func(huma.Context)) {
	return func(c huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(c)
		req := requestOf(c.Context())
		if req == nil { // a test that serves the mux without the outer handler
			req = &request{id: newRequestID(), r: r, w: w}
		}
		req.route = op.Path
		ctx := context.WithValue(c.Context(), requestKey{}, req)
		who, err := a.authenticate(ctx, op, r)
		ctx = actor.With(ctx, who)
		if err == nil && op.writes() {
			ctx, err = withKey(ctx, who, r)
		}
		c = huma.WithContext(c, ctx)
		if err != nil {
			a.logError(ctx, err)
			a.refuse(c, problemOf(ctx, err, "header"))
			return
		}
		req.who = who
		next(c)
	}
}

// authenticate returns an actor who at least has a language and an address; the
// error says why they may not go on.
func (a *API) authenticate(ctx context.Context, op Op, r *http.Request) (actor.Actor, error) {
	who := actor.Actor{Lang: langOf(r)}
	var err error
	if c := credential(r); op.Permission != Public {
		err = actor.ErrNone
		if c != (Credential{}) && a.opt.Authenticate != nil {
			lang := who.Lang
			who, err = a.opt.Authenticate(ctx, c)
			if lang != "" {
				who.Lang = lang
			}
		}
	}
	who.IP, who.RequestID = remoteIP(r), requestOf(ctx).id
	if err == nil && op.Permission != Public && op.Permission != SignedIn && !who.Can(op.Permission) {
		err = actor.ErrForbidden.With("permission", op.Permission)
	}
	return who, err
}

// withKey puts the idempotency key into the context: the caller's, bound to the
// caller, or a fresh one where none was sent.
func withKey(ctx context.Context, who actor.Actor, r *http.Request) (context.Context, error) {
	key := r.Header.Get("Idempotency-Key")
	if key == "" {
		return command.WithKey(ctx, rand.Text()), nil
	}
	if len(key) > 200 {
		return ctx, ErrBadKey
	}
	for _, b := range []byte(key) {
		if b <= 0x20 || b >= 0x7f {
			return ctx, ErrBadKey
		}
	}
	return command.WithKey(ctx, string(who.Kind)+"/"+who.ID.String()+"/"+key), nil
}

func (a *API) params(p params) func(huma.Context, func(huma.Context)) {
	return func(c huma.Context, next func(huma.Context)) {
		r, _ := humago.Unwrap(c)
		if bad := p.check(a.API.OpenAPI().Components.Schemas, c.Operation(), c.Param, r.URL); len(bad) > 0 {
			a.refuse(c, fromHuma(c.Context(), http.StatusUnprocessableEntity, "", bad...))
			return
		}
		next(c)
	}
}

func (a *API) refuse(c huma.Context, p *Problem) {
	c.SetHeader("Content-Type", p.ContentType(""))
	c.SetStatus(p.Status)
	_ = a.API.Marshal(c.BodyWriter(), "application/json", p)
}

// retryAfter adds the header where the error says how long to wait.
func (a *API) retryAfter(p *Problem, err error) error {
	e := errs.As(err)
	if e == nil || p.Status != http.StatusTooManyRequests && p.Status != http.StatusServiceUnavailable {
		return p
	}
	wait := "5"
	if s, ok := e.Params["retry_after_seconds"].(int64); ok {
		wait = strconv.FormatInt(s, 10)
	}
	return huma.ErrorWithHeaders(p, http.Header{"Retry-After": {wait}})
}

// logError keeps the cause that the answer does not show.
func (a *API) logError(ctx context.Context, err error) {
	if a.opt.Log == nil || errs.KindOf(err) != errs.Internal || errors.Is(err, context.Canceled) {
		return
	}
	a.opt.Log.ErrorContext(ctx, "request failed", "request_id", RequestID(ctx), "route", requestOf(ctx).route, "error", err)
}
