package wire

import "encoding/json"

// members tells the members of a JSON object, outermost only, without decoding what
// they hold: lists of hundreds of orders are read for two fields each. raw is valid
// JSON; what is no object has no members.
func members(raw []byte, tell func(name, value []byte)) {
	i := blank(raw, 0)
	if i == len(raw) || raw[i] != '{' {
		return
	}
	for i = blank(raw, i+1); i < len(raw) && raw[i] == '"'; i = blank(raw, i) {
		from := i
		i = quoted(raw, i)
		name := raw[from+1 : i-1]
		for _, c := range name {
			if c == '\\' {
				var s string
				_ = json.Unmarshal(raw[from:i], &s)
				name = []byte(s)
				break
			}
		}
		from = blank(raw, blank(raw, i)+1) // after the colon
		i = value(raw, from)
		tell(name, raw[from:i])
		if i = blank(raw, i); i < len(raw) && raw[i] == ',' {
			i++
		}
	}
}

// blank is the next place at or after i that holds no white space.
func blank(raw []byte, i int) int {
	for i < len(raw) && (raw[i] == ' ' || raw[i] == '\n' || raw[i] == '\t' || raw[i] == '\r') {
		i++
	}
	return i
}

// quoted is the place after the string that begins at i.
func quoted(raw []byte, i int) int {
	for i++; raw[i] != '"'; i++ {
		if raw[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// value is the place after the value that begins at i.
func value(raw []byte, i int) int {
	depth := 0
	for i < len(raw) {
		switch raw[i] {
		case '"':
			if i = quoted(raw, i); depth == 0 {
				return i
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i // of a number or a word that ends the object
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',', ' ', '\n', '\t', '\r':
			if depth == 0 {
				return i
			}
		}
		i++
	}
	return i
}
