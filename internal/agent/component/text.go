package component

import (
	"encoding/json"
	"strings"
	"unicode"
)

// text is a string that some components write as a number or a truth value.
type text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *text) UnmarshalJSON(raw []byte) error {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		*t = text(s)
		return nil
	}
	if s = string(raw); s == "null" || strings.HasPrefix(s, "{") || strings.HasPrefix(s, "[") {
		s = ""
	}
	*t = text(s)
	return nil
}

// maxReason is how much of a component's words is kept, in characters.
const maxReason = 60

// reason is a component's words without long digit runs, which may be a phone number, and
// without anything a line cannot hold.
func reason(words ...string) string {
	var out []rune
	for _, w := range words {
		if w = strings.TrimSpace(w); w == "" {
			continue
		}
		for _, r := range w {
			if !unicode.IsPrint(r) {
				r = ' '
			}
			out = append(out, r)
		}
		break
	}
	from := 0
	for i := 0; i <= len(out); i++ {
		if i < len(out) && unicode.IsDigit(out[i]) {
			continue
		}
		if i-from >= 7 {
			for j := from; j < i; j++ {
				out[j] = '*'
			}
		}
		from = i + 1
	}
	if len(out) > maxReason {
		out = append(out[:maxReason-1], '…')
	}
	return string(out)
}

// Words are a program's words as a reason, or other where it said nothing.
func Words(said, other string) string { return orElse(reason(said), other) }
