package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/money"
)

// Text is an id or word that a channel writes as a string or as a number; null is
// empty. Numbers keep their digits.
type Text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *Text) UnmarshalJSON(b []byte) error {
	b = bytes.TrimSpace(b)
	switch {
	case string(b) == "null":
		*t = ""
	case len(b) > 0 && b[0] == '"':
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*t = Text(s)
	case len(b) > 0 && (b[0] == '-' || b[0] >= '0' && b[0] <= '9'), string(b) == "true", string(b) == "false":
		*t = Text(b)
	default:
		return unfit(b, textType)
	}
	return nil
}

// String is the text itself.
func (t Text) String() string { return string(t) }

// Int reads a whole number, a string of digits too; empty and null are 0 and
// not set.
type Int struct {
	N   int64
	Set bool
}

// UnmarshalJSON implements json.Unmarshaler.
func (i *Int) UnmarshalJSON(b []byte) error {
	var t Text
	if err := t.UnmarshalJSON(b); err != nil {
		return err
	}
	*i = Int{}
	s := strings.TrimSpace(string(t))
	if s == "" {
		return nil
	}
	if s == "true" {
		*i = Int{1, true}
		return nil
	}
	if s == "false" {
		*i = Int{0, true}
		return nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		// 3.0 is whole.
		whole, rest, ok := strings.Cut(s, ".")
		if !ok || strings.Trim(rest, "0") != "" {
			return unfit([]byte(s), intType)
		}
		if n, err = strconv.ParseInt(whole, 10, 64); err != nil {
			return unfit([]byte(s), intType)
		}
	}
	*i = Int{n, true}
	return nil
}

// Ptr is nil where the channel wrote nothing.
func (i Int) Ptr() *int64 {
	if !i.Set {
		return nil
	}
	n := i.N
	return &n
}

// Yuan is an amount in yuan, a string or a JSON number of any length, read exactly
// into fen. More than two decimals that are not zero are an error; null and empty
// are not set.
type Yuan struct {
	Fen money.Fen
	Set bool
}

// UnmarshalJSON implements json.Unmarshaler.
func (y *Yuan) UnmarshalJSON(b []byte) error {
	var t Text
	if err := t.UnmarshalJSON(b); err != nil {
		return err
	}
	*y = Yuan{}
	s := strings.TrimSpace(string(t))
	if s == "" {
		return nil
	}
	plain, err := plainDecimal(s)
	if err != nil || strings.ContainsAny(s, ",，￥¥") {
		return unfit([]byte(s), yuanType)
	}
	if whole, rest, ok := strings.Cut(plain, "."); ok && len(rest) > 2 && strings.Trim(rest[2:], "0") == "" {
		plain = whole + "." + rest[:2]
	}
	f, err := money.ParseYuan(plain)
	if err != nil {
		return unfit([]byte(s), yuanType)
	}
	*y = Yuan{f, true}
	return nil
}

// plainDecimal writes 1.2e3 as 1200: JSON numbers may have an exponent.
func plainDecimal(s string) (string, error) {
	m, e, ok := strings.Cut(strings.ToLower(s), "e")
	if !ok {
		return s, nil
	}
	n, err := strconv.Atoi(e)
	if err != nil || n > 18 || n < -18 {
		return "", fmt.Errorf("not an amount: %.40s", s)
	}
	sign := ""
	if strings.HasPrefix(m, "-") {
		sign, m = "-", m[1:]
	}
	whole, rest, _ := strings.Cut(m, ".")
	for ; n > 0; n-- {
		if rest == "" {
			rest = "0"
		}
		whole, rest = whole+rest[:1], rest[1:]
	}
	for ; n < 0; n++ {
		if whole == "" {
			whole = "0"
		}
		rest, whole = whole[len(whole)-1:]+rest, whole[:len(whole)-1]
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if rest == "" {
		return sign + whole, nil
	}
	return sign + whole + "." + rest, nil
}

// Ptr is nil where the channel wrote nothing.
func (y Yuan) Ptr() *money.Fen {
	if !y.Set {
		return nil
	}
	f := y.Fen
	return &f
}

// Fen is an amount the channel writes in fen.
type Fen struct{ Int }

// Ptr is nil where the channel wrote nothing.
func (f Fen) Ptr() *money.Fen {
	if !f.Set {
		return nil
	}
	v := money.Fen(f.N)
	return &v
}
