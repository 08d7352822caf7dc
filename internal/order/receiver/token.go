package receiver

import (
	"strings"
	"time"

	"github.com/ordercove/ordercove/internal/kit/seal"
)

// Kinds of search tokens.
const (
	TokenPhone      int64 = 1
	TokenLastFour   int64 = 2
	TokenName       int64 = 3
	TokenNameBigram int64 = 4
	// TokenSealedPhone and TokenSealedName are of the channel's own search index of a
	// ciphered phone and name.
	TokenSealedPhone int64 = 8
	TokenSealedName  int64 = 9
)

// NormalizePhone keeps the digits of a phone number before its extension,
// without the country code. Hyphens within a mobile number or behind an area code
// begin no extension.
func NormalizePhone(s string) string {
	s = strings.TrimPrefix(strings.TrimSpace(s), "+86")
	d := ""
	for part := range strings.SplitSeq(s, "-") {
		d += strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, part)
		if len(d) >= 7 && (len(d) >= 11 || d[0] != '1') {
			break // what follows a whole number is an extension
		}
	}
	if len(d) == 13 && strings.HasPrefix(d, "86") {
		d = d[2:]
	}
	return d
}

// Bigrams are the pairs of neighbouring characters of a name, without repeats.
func Bigrams(s string) []string {
	r := []rune(s)
	var out []string
	for i := 0; i+1 < len(r); i++ {
		g := string(r[i : i+2])
		dup := false
		for _, o := range out {
			dup = dup || o == g
		}
		if !dup {
			out = append(out, g)
		}
	}
	return out
}

// maxNameRunes bounds the bigrams of one name.
const maxNameRunes = 24

type token struct{ kind, token int64 }

// tokens are the blind index of a receiver, as far as it is readable: all of a
// plain one, the last four digits of a masked one, the channel's index of cipher text.
func (r Receiver) tokens(k *seal.Keys) []token {
	var out []token
	add := func(kind int64, v string) { out = append(out, token{kind, k.Token(kind, v)}) }
	if r.PhoneIndex != "" {
		add(TokenSealedPhone, r.PhoneIndex)
	}
	if r.NameIndex != "" {
		add(TokenSealedName, r.NameIndex)
	}
	kind := r.Kind()
	if kind == None || kind == Sealed {
		return out
	}
	if r.Phone != "" {
		if !strings.Contains(r.Phone, "*") {
			if d := NormalizePhone(r.Phone); len(d) >= 5 {
				add(TokenPhone, d)
				add(TokenLastFour, d[len(d)-4:])
			}
		} else if tail := r.Phone[strings.LastIndexByte(r.Phone, '*')+1:]; len(tail) == 4 && NormalizePhone(tail) == tail {
			add(TokenLastFour, tail)
		}
	}
	if name := strings.TrimSpace(r.Name); name != "" && !strings.Contains(name, "*") {
		if rs := []rune(name); len(rs) > maxNameRunes {
			name = string(rs[:maxNameRunes])
		}
		add(TokenName, name)
		for _, g := range Bigrams(name) {
			add(TokenNameBigram, g)
		}
	}
	return out
}

// china is the zone in which quarters are counted.
var china = time.FixedZone("Asia/Shanghai", 8*3600)

// Quarter is year×4 + quarter of an instant, in China time; tokens are keyed by it.
func Quarter(ms int64) int64 {
	t := time.UnixMilli(ms).In(china)
	return int64(t.Year())*4 + int64(t.Month()-1)/3
}

// QuarterStart is the first instant of a quarter, in unix milliseconds.
func QuarterStart(q int64) int64 {
	return time.Date(int(q/4), time.Month(q%4*3+1), 1, 0, 0, 0, 0, china).UnixMilli()
}
