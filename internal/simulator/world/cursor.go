package world

import (
	"encoding/base64"
	"encoding/json"
	"slices"
)

// Cursor is where the next page of a list begins: at an instant, without what was
// told of it already. Platforms that page by cursor hand it out as text, so that
// things which change while pages are read neither hide others nor come twice.
type Cursor struct {
	For  string   `json:"f,omitempty"` // the question that it belongs to
	At   int64    `json:"a"`
	Told []string `json:"t,omitempty"`
	// Skip counts what was told of an instant that holds too much to name it.
	Skip int  `json:"k,omitempty"`
	Set  bool `json:"s"`
}

// toldMost bounds the names in a cursor.
const toldMost = 300

// ReadCursor reads what Text wrote; "" is the first page. It is false for anything
// else.
func ReadCursor(s string) (k Cursor, ok bool) {
	if s == "" {
		return k, true
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	return k, err == nil && json.Unmarshal(b, &k) == nil && k.Set
}

// Text is the cursor for a client.
func (k Cursor) Text() string {
	k.Set = true
	b, err := json.Marshal(k)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// Has tells whether a thing was told already.
func (k Cursor) Has(no string) bool { return slices.Contains(k.Told, no) }

// Narrow begins a window at the cursor and returns the offset in it.
func (k Cursor) Narrow(from, to int64, oldest bool) (lo, hi int64, offset int) {
	switch {
	case !k.Set:
		return from, to, 0
	case oldest:
		return max(from, k.At), to, k.Skip
	}
	return from, min(to, k.At), k.Skip
}

// Tell moves the cursor behind a thing with that instant.
func (k Cursor) Tell(at int64, no string) Cursor {
	if at != k.At || !k.Set {
		k = Cursor{For: k.For, At: at, Set: true}
	}
	switch {
	case k.Skip > 0:
		k.Skip++
	case len(k.Told) == toldMost:
		k.Skip, k.Told = toldMost+1, nil
	default:
		k.Told = append(slices.Clone(k.Told), no)
	}
	return k
}
