package wire_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ordercove/ordercove/internal/channel/wire"
)

// plain is Field by the standard library alone.
func plain(raw []byte, names ...string) wire.Text {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return ""
	}
	for _, n := range names {
		var t wire.Text
		if json.Unmarshal(members[n], &t) == nil && t != "" {
			return t
		}
	}
	return ""
}

func TestAFieldIsWhatTheStandardLibraryReads(t *testing.T) {
	pieces := rapid.SampledFrom([]string{"{", "}", "[", "]", ":", ",", `"no"`, `"at"`, `"n\u006f"`, `"a\"}b"`, `"\\"`, `""`, "1", "-2.5e3", "12345678901234567890", "true", "false",
		"null", " ", "\n\t", `"no":"A1"`, `"at":7`, `{"no":{"no":"inner"},"at":[1,{"at":2}]}`, `{"no":"A1","no":"A2","at": 5 }`, `{ "no" : null , "at" : 9}`})
	members := rapid.SampledFrom([]string{`"no":"A1"`, `"at":7`, `"n\u006f": "A2" `, `"a\"}b":1`, `"":{"no":1}`, `"gone":null`, `"no":[1,{"at":2}]`})
	seen := 0
	rapid.Check(t, func(t *rapid.T) {
		raw := strings.Join(rapid.SliceOfN(pieces, 0, 9).Draw(t, "pieces"), "")
		if rapid.Bool().Draw(t, "legal") {
			raw = "{" + strings.Join(rapid.SliceOfN(members, 0, 4).Draw(t, "members"), ",") + "}"
		}
		if rapid.Bool().Draw(t, "object") {
			raw = "{" + raw + "}"
		}
		names := rapid.SliceOfN(rapid.SampledFrom([]string{"no", "at", "a\"}b", "", "gone"}), 1, 2).Draw(t, "names")
		got, want := wire.Field([]byte(raw), names...), plain([]byte(raw), names...)
		if got != want {
			t.Fatalf("%v of %s is %q, want %q", names, raw, got, want)
		}
		if want != "" {
			seen++
		}
	})
	if seen == 0 {
		t.Error("no case had such a field")
	}
}

func TestAFieldOfManyShapes(t *testing.T) {
	for raw, want := range map[string]wire.Text{
		`{"no":"A1"}`: "A1", ` { "x" : [1,{"no":"B"}] , "no" : 12 } `: "12", `{"no":"a\"}b","x":1}`: `a"}b`, `{"n\u006f":"A3"}`: "A3",
		`{"no":"A1","no":"A2"}`: "A2", `{"no":null,"other":"O"}`: "O", `{"no":{},"other":7}`: "7", `{"no":"A1"`: "", `[1]`: "", ``: "", `null`: "", `{}`: "", `{"no":true}`: "true",
	} {
		if got := wire.Field([]byte(raw), "no", "other"); got != want {
			t.Errorf("%s: %q, want %q", raw, got, want)
		}
	}
}

func BenchmarkField(b *testing.B) {
	raw := []byte(`{"no":"4700003000000004001","modified_at":1795233600000,"lines":[` + strings.Repeat(`{"line_no":"1","title":"小岛生活 毛绒毯","spec":"米白;大号","quantity":2,"paid":4990},`, 6) + `{}],"receiver":{"name":"沈*","phone":"139****1234","detail":"梧桐路 8 号"}}`)
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		_ = wire.Field(raw, "no")
	}
}

func BenchmarkFieldByStandardLibrary(b *testing.B) {
	raw := []byte(`{"no":"4700003000000004001","modified_at":1795233600000,"lines":[` + strings.Repeat(`{"line_no":"1","title":"小岛生活 毛绒毯","spec":"米白;大号","quantity":2,"paid":4990},`, 6) + `{}],"receiver":{"name":"沈*","phone":"139****1234","detail":"梧桐路 8 号"}}`)
	for b.Loop() {
		_ = plain(raw, "no")
	}
}
