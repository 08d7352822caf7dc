package web

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestOneReadingOnly(t *testing.T) {
	for text, ok := range map[string]bool{
		`{}`:                          true,
		`[]`:                          true,
		`"x"`:                         true,
		`{"a":{"b":1},"c":[{"b":2}]}`: true,
		`{"a":"b","b":"a"}`:           true,
		`{"a":["a","a"]}`:             true,
		`{"a":1,"a":2}`:               false,
		`{"a":{"b":1,"b":2}}`:         false,
		`[{"x":1,"y":[],"x":2}]`:      false,
		`{"a":1,"\u0061":2}`:          false,
		`{"a":1}{}`:                   false,
		`{"a":1} x`:                   false,
		`{"a":`:                       false,
		`{`:                           false,
		`{a:1}`:                       false,
		"{\"a\":\"\xc3\x28\"}":        false,
		strings.Repeat(`{"a":`, 33) + `1` + strings.Repeat(`}`, 33): false,
		strings.Repeat(`[`, 32) + strings.Repeat(`]`, 32):           true,
	} {
		if err := checkJSON([]byte(text)); (err == nil) != ok {
			t.Errorf("%.60s: %v", text, err)
		}
	}
}

// FuzzStrictJSON: what passes is JSON that every reader takes for the same.
func FuzzStrictJSON(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a":[1,{"b":null}]}`, `{"a":1,"a":2}`, `[[[[]]]]`, `"\ud800"`, `{"":0}`, `1e999`, ` `, `{"a":1},`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if checkJSON(data) != nil {
			return
		}
		if len(strings.TrimSpace(string(data))) == 0 {
			return // huma says that a body is required
		}
		if !json.Valid(data) {
			t.Fatalf("%q passes and is no JSON", data)
		}
		var v any
		if err := json.Unmarshal(data, &v); err != nil && !strings.Contains(err.Error(), "cannot unmarshal number") {
			t.Fatalf("%q passes and cannot be read: %v", data, err)
		}
	})
}
