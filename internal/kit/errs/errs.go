// Package errs is the one error type that crosses a capability boundary.
//
// Owns: the kinds, the registry of stable codes and their Chinese and English
// texts. Does not own: HTTP status codes (kit/web maps Kind to them).
//
// Invariants: a code is defined once; every code has both texts; a code that
// was published is never reused for another meaning.
package errs

import (
	"errors"
	"fmt"
	"sort"
	"strings"
	"sync"
)

// Kind says what the caller can do about an error; it maps to one HTTP status.
type Kind uint8

const (
	Internal     Kind = iota
	Invalid           // the input is wrong: 422, or 400 where it cannot be read
	NotFound          // absent, or not the caller's to see: 404
	Conflict          // the row changed, or its state does not allow this: 409
	Forbidden         // the caller lacks the permission: 403
	Unauthorized      // nobody is signed in: 401
	TooMany           // slow down: 429
	TooLarge          // the input passes a bound: 413
	Unavailable       // try again later: 503
)

// Error carries a stable code ("order.not_shippable") that clients and message
// catalogues key on, and the parameters its text names. Text is never matched.
type Error struct {
	Kind   Kind
	Code   string
	Params map[string]any
	// Field locates the bad input as a JSON path ("lines[0].quantity"), or is empty.
	Field string
	Err   error
}

// Text is one code's message in both languages; {name} stands for a parameter.
type Text struct {
	Kind   Kind
	ZH, EN string
}

var (
	mu       sync.RWMutex
	registry = map[string]Text{}
	words    = map[string]func(lang, code string) string{} // by parameter, or by capability and parameter
)

// Define registers a code with its texts and returns the error to compare with
// and to copy from. It panics when the code was defined before or a text is
// empty: both are programming errors that every test run sees.
func Define(k Kind, code, zh, en string) *Error {
	mu.Lock()
	defer mu.Unlock()
	if _, dup := registry[code]; dup {
		panic("errs: code defined twice: " + code)
	}
	if zh == "" || en == "" || !strings.Contains(code, ".") {
		panic("errs: code needs a dotted name and both texts: " + code)
	}
	registry[code] = Text{k, zh, en}
	return &Error{Kind: k, Code: code}
}

// Words says how texts name the codes that a parameter holds, several with commas
// between: a stored error then reads in the language of whoever reads it. It holds for
// the errors of the capabilities named in of, the first part of their codes, or of all
// where none is named. What name answers "" to is said as it is.
func Words(param string, name func(lang, code string) string, of ...string) struct{} {
	mu.Lock()
	defer mu.Unlock()
	if len(of) == 0 {
		words[param] = name
	}
	for _, o := range of {
		words[o+"."+param] = name
	}
	return struct{}{}
}

// Table names codes, each by its Chinese and English words, for Words.
func Table(named map[string][2]string) func(lang, code string) string {
	return func(lang, code string) string {
		if strings.HasPrefix(lang, "en") {
			return named[code][1]
		}
		return named[code][0]
	}
}

// inWords is how a parameter stands in the text of an error.
func inWords(lang, code, param string, v any) string {
	of, _, _ := strings.Cut(code, ".")
	mu.RLock()
	name := words[of+"."+param]
	if name == nil {
		name = words[param]
	}
	mu.RUnlock()
	if name == nil {
		return fmt.Sprint(v)
	}
	codes := strings.Split(fmt.Sprint(v), ",")
	for i, c := range codes {
		if codes[i] = name(lang, c); codes[i] == "" {
			return fmt.Sprint(v)
		}
	}
	if strings.HasPrefix(lang, "en") {
		return strings.Join(codes, ", ")
	}
	return strings.Join(codes, "、")
}

// Codes lists every defined code in order, for the generated documents.
func Codes() []string {
	mu.RLock()
	defer mu.RUnlock()
	out := make([]string, 0, len(registry))
	for c := range registry {
		out = append(out, c)
	}
	sort.Strings(out)
	return out
}

// Lookup returns a code's texts, or false where the code is unknown.
func Lookup(code string) (Text, bool) {
	mu.RLock()
	defer mu.RUnlock()
	t, ok := registry[code]
	return t, ok
}

// Message renders a persisted code and its parameters in lang ("zh-CN" or
// "en-US"). An unknown code is returned as it is, so that old rows stay readable.
func Message(lang, code string, params map[string]any) string {
	t, ok := Lookup(code)
	if !ok {
		return code
	}
	s := t.ZH
	if strings.HasPrefix(lang, "en") {
		s = t.EN
	}
	for k, v := range params {
		s = strings.ReplaceAll(s, "{"+k+"}", inWords(lang, code, k, v))
	}
	return s
}

func (e *Error) Error() string {
	s := Message("en-US", e.Code, e.Params)
	if s != e.Code {
		s = e.Code + ": " + s
	}
	if e.Field != "" {
		s += " (" + e.Field + ")"
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// Is makes errors.Is(err, order.ErrNotShippable) true for a copy with parameters or a cause.
func (e *Error) Is(t error) bool { o, ok := t.(*Error); return ok && o.Code == e.Code }

// Because returns a copy that remembers its cause. The cause is logged, never shown.
func (e *Error) Because(cause error) *Error { c := *e; c.Err = cause; return &c }

// With returns a copy with the parameters its text names, given as key, value pairs.
func (e *Error) With(kv ...any) *Error {
	c := *e
	c.Params = make(map[string]any, len(e.Params)+len(kv)/2)
	for k, v := range e.Params {
		c.Params[k] = v
	}
	for i := 0; i+1 < len(kv); i += 2 {
		c.Params[fmt.Sprint(kv[i])] = kv[i+1]
	}
	return &c
}

// At returns a copy that points at one field of the input.
func (e *Error) At(field string) *Error { c := *e; c.Field = field; return &c }

// As returns the *Error in err's chain, or nil.
func As(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// KindOf is the kind of err, Internal where it is not one of ours.
func KindOf(err error) Kind {
	if e := As(err); e != nil {
		return e.Kind
	}
	return Internal
}
