package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/errs"
)

// Problem is the body of every refused request (RFC 9457).
type Problem struct {
	Type      string         `json:"type" doc:"about:blank"`
	Title     string         `json:"title" doc:"The status in words"`
	Status    int            `json:"status"`
	Code      string         `json:"code" doc:"Stable code, e.g. order.not_shippable"`
	Detail    string         `json:"detail" doc:"What happened, in the caller's language"`
	Errors    []FieldProblem `json:"errors,omitempty" doc:"What is wrong with which field"`
	RequestID string         `json:"request_id"`
}

// FieldProblem points at one field: body.lines[0].quantity, query.limit.
type FieldProblem struct {
	Location string `json:"location"`
	Code     string `json:"code"`
	Message  string `json:"message"`
}

func (p *Problem) Error() string  { return p.Code + ": " + p.Detail }
func (p *Problem) GetStatus() int { return p.Status }

// ContentType makes huma answer with the problem media type.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

func statusOf(e *errs.Error) int {
	switch {
	case errors.Is(e, ErrUnreadable):
		return http.StatusBadRequest
	case errors.Is(e, ErrMediaType):
		return http.StatusUnsupportedMediaType
	case errors.Is(e, ErrMethod):
		return http.StatusMethodNotAllowed
	case errors.Is(e, ErrTimeout):
		return http.StatusRequestTimeout
	}
	switch e.Kind {
	case errs.Invalid:
		return http.StatusUnprocessableEntity
	case errs.NotFound:
		return http.StatusNotFound
	case errs.Conflict:
		return http.StatusConflict
	case errs.Forbidden:
		return http.StatusForbidden
	case errs.Unauthorized:
		return http.StatusUnauthorized
	case errs.TooMany:
		return http.StatusTooManyRequests
	case errs.TooLarge:
		return http.StatusRequestEntityTooLarge
	case errs.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// problemOf turns any error into an answer. Errors without a code become
// ErrInternal: their text is for the log only.
func problemOf(ctx context.Context, err error, where string) *Problem {
	e := errs.As(err)
	if e == nil {
		e = ErrInternal
		if errors.Is(err, context.DeadlineExceeded) {
			e = ErrTimeout
		}
	}
	lang := actor.Lang(ctx)
	p := problem(ctx, e)
	if e.Field != "" {
		p.Errors = []FieldProblem{{where + "." + e.Field, e.Code, errs.Message(lang, e.Code, e.Params)}}
	}
	return p
}

func problem(ctx context.Context, e *errs.Error) *Problem {
	s := statusOf(e)
	return &Problem{Type: "about:blank", Title: http.StatusText(s), Status: s, Code: e.Code,
		Detail: errs.Message(actor.Lang(ctx), e.Code, e.Params), RequestID: RequestID(ctx)}
}

// fromHuma turns huma's own refusals (parsing, validation) into problems.
func fromHuma(ctx context.Context, status int, msg string, list ...error) *Problem {
	e := ErrInvalid
	switch status {
	case http.StatusBadRequest:
		e = ErrUnreadable.With("reason", msg)
		if len(list) > 0 {
			e = ErrUnreadable.With("reason", detail(list[0]).Message)
		}
	case http.StatusRequestEntityTooLarge:
		e = ErrTooLarge
	case http.StatusRequestTimeout:
		e = ErrTimeout
	case http.StatusUnsupportedMediaType:
		e = ErrMediaType
	case http.StatusInternalServerError:
		e = ErrInternal
		if strings.HasPrefix(msg, "cannot read request body") {
			e = ErrUnreadable.With("reason", "connection")
		}
	}
	p := problem(ctx, e)
	if p.Status != http.StatusUnprocessableEntity {
		return p
	}
	for _, err := range list {
		if err != nil {
			p.Errors = append(p.Errors, fieldProblem(actor.Lang(ctx), detail(err)))
		}
	}
	return p
}

func detail(err error) *huma.ErrorDetail {
	var d huma.ErrorDetailer
	if errors.As(err, &d) {
		return d.ErrorDetail()
	}
	return &huma.ErrorDetail{Message: err.Error()}
}

// phrases maps huma's messages, by how they begin, to codes. What follows the
// phrase is the limit.
var phrases = []struct {
	begins string
	err    *errs.Error
}{
	{"unexpected property", errUnknown}, {"unknown query parameter", errUnknown},
	{"expected required property", errRequired}, {"required ", errRequired},
	{"expected value to be one of ", errChoice},
	{"expected length >= ", errTooShort}, {"expected array length >= ", errTooShort},
	{"expected length <= ", errTooLong}, {"expected array length <= ", errTooLong},
	{"expected number >= ", errTooSmall}, {"expected number > ", errTooSmall},
	{"expected number <= ", errTooBig}, {"expected number < ", errTooBig},
	{"expected array items to be unique", errDuplicate},
	{"expected string to be ", errFormat}, {"expected string to match", errFormat}, {"expected duration", errFormat},
	{"expected boolean", errType}, {"expected number", errType}, {"expected integer", errType}, {"expected string", errType},
	{"expected array", errType}, {"expected object", errType}, {"invalid ", errType}, {"json: ", errType},
}

func fieldProblem(lang string, d *huma.ErrorDetail) FieldProblem {
	for _, p := range phrases {
		rest, ok := strings.CutPrefix(d.Message, p.begins)
		if !ok {
			continue
		}
		loc := d.Location
		if p.err == errRequired { // huma points at the object; point at what is missing
			if name, found := strings.CutSuffix(rest, " to be present"); found {
				loc += "." + strings.TrimSpace(name)
			}
		}
		return FieldProblem{loc, p.err.Code, errs.Message(lang, p.err.Code, map[string]any{"limit": strings.Trim(rest, `"`)})}
	}
	return FieldProblem{d.Location, errBadValue.Code, errs.Message(lang, errBadValue.Code, nil)}
}
