package channeltest

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var longID = regexp.MustCompile(`^[1-9][0-9]{15,18}$`)

// swapped writes every id that no float can hold as the other kind: a number as
// text, text as a number.
func swapped(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = swapped(v[k])
		}
	case []any:
		for i := range v {
			v[i] = swapped(v[i])
		}
	case json.Number:
		if longID.MatchString(v.String()) {
			return v.String()
		}
	case string:
		if longID.MatchString(v) {
			return json.Number(v)
		}
	}
	return v
}

// paths lists every member and element below v.
func paths(v any, at string) []string {
	var out []string
	add := func(name string, child any) {
		out = append(out, at+name)
		out = append(out, paths(child, at+name+".")...)
	}
	switch v := v.(type) {
	case map[string]any:
		for k, child := range v {
			add(k, child)
		}
	case []any:
		for i, child := range v {
			add(strconv.Itoa(i), child)
		}
	}
	slices.Sort(out)
	return out
}

// replaced puts fn's answer in the place of what stands at path.
func replaced(v any, path string, fn func(any) any) any {
	name, rest, deeper := strings.Cut(path, ".")
	next := func(child any) any {
		if deeper {
			return replaced(child, rest, fn)
		}
		return fn(child)
	}
	switch v := v.(type) {
	case map[string]any:
		v[name] = next(v[name])
	case []any:
		if i, err := strconv.Atoi(name); err == nil && i < len(v) {
			v[i] = next(v[i])
		}
	}
	return v
}
