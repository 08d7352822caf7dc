package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// maxDepth of nested arrays and objects in a request.
const maxDepth = 32

// jsonFormat reads strictly and writes plainly.
var jsonFormat = huma.Format{
	Marshal: func(w io.Writer, v any) error {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		return e.Encode(v)
	},
	Unmarshal: func(data []byte, v any) error {
		// huma reads a body twice: into any for validation, then as it is.
		if _, first := v.(*any); first {
			if err := checkJSON(data); err != nil {
				return err
			}
		}
		if raw, second := v.(*json.RawMessage); second { // for shape.readBody
			*raw = append((*raw)[:0], data...)
			return nil
		}
		return json.Unmarshal(data, v)
	},
}

var (
	errEncoding = errors.New("not UTF-8")
	errDepth    = fmt.Errorf("nested more than %d levels", maxDepth)
	errTrailing = errors.New("more than one JSON value")
)

// checkJSON refuses what encoding/json lets pass and two readers may understand
// differently: invalid UTF-8, one key twice, deep nesting, trailing data.
func checkJSON(data []byte) error {
	if !utf8.Valid(data) {
		return errEncoding
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	type level struct {
		keys map[string]struct{} // nil in an array
		want bool                // the next token is a key
	}
	var open []level
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) && len(open) == 0 {
			return nil
		}
		if err != nil {
			return errors.New("not JSON")
		}
		top := len(open) - 1
		if top >= 0 && open[top].want {
			if k, ok := t.(string); ok {
				if _, twice := open[top].keys[k]; twice {
					return errors.New("a key stands twice in one object")
				}
				open[top].keys[k] = struct{}{}
				open[top].want = false
				continue
			}
		}
		switch t {
		case json.Delim('{'):
			open = append(open, level{map[string]struct{}{}, true})
		case json.Delim('['):
			open = append(open, level{})
		case json.Delim('}'), json.Delim(']'):
			open = open[:top]
		}
		if len(open) > maxDepth {
			return errDepth
		}
		if t != json.Delim('{') && t != json.Delim('[') || len(open) == 0 {
			if n := len(open); n > 0 && open[n-1].keys != nil {
				open[n-1].want = true
			}
		}
		if len(open) == 0 && d.More() {
			return errTrailing
		}
	}
}
