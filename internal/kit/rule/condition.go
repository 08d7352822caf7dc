package rule

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
)

// Bounds of one tree.
const (
	MaxDepth  = 8
	MaxNodes  = 200
	MaxValues = 1000
)

// Condition is a node of the tree: exactly one of All, Any, Not or Field is set. The
// zero Condition holds for everything.
type Condition struct {
	All   []Condition     `json:"all,omitempty"`
	Any   []Condition     `json:"any,omitempty"`
	Not   *Condition      `json:"not,omitempty"`
	Field string          `json:"field,omitempty"`
	Op    string          `json:"op,omitempty"`
	Value json.RawMessage `json:"value,omitempty"`
}

// Parse reads a tree; empty text and {} hold for everything.
//
// Errors: ErrShape.
func Parse(raw []byte) (c Condition, err error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return c, nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return Condition{}, ErrShape.With("path", "$").At("condition")
	}
	if _, err := d.Token(); err != io.EOF {
		return Condition{}, ErrShape.With("path", "$").At("condition")
	}
	return c, nil
}

// sort tells which kind of node this is: all, any, not, field, "" for the empty one,
// "?" for one that is malformed.
func (c *Condition) sort() string {
	kinds := []string{}
	if c.All != nil {
		kinds = append(kinds, "all")
	}
	if c.Any != nil {
		kinds = append(kinds, "any")
	}
	if c.Not != nil {
		kinds = append(kinds, "not")
	}
	if c.Field != "" {
		kinds = append(kinds, "field")
	} else if c.Op != "" || len(c.Value) > 0 {
		return "?"
	}
	switch len(kinds) {
	case 0:
		return ""
	case 1:
		return kinds[0]
	}
	return "?"
}

func child(path, kind string, i int) string { return path + "." + kind + "[" + strconv.Itoa(i) + "]" }
