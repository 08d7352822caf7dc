package receiver

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit/seal"
)

// TokenAddressBigram is two neighbouring characters of an address (地址片段). A
// merchant has them only while it wants addresses searched; see index.go.
const TokenAddressBigram int64 = 5

// maxAddressRunes bounds the tokens of one address.
const maxAddressRunes = 160

// Side is an order before or after a change, as far as its receiver goes: what
// lies sealed (nil where nothing does), and what stands in clear at the order.
type Side struct {
	Receiver                 *Stored
	Province, City, District string
	PlacedAt                 int64 // unix ms; tokens are keyed by it
}

// address is what can be read of the whole address. Of cipher text that is what
// stands in clear; a masked text is cut by its asterisks.
func (s *Side) address() string {
	all := s.Province + s.City + s.District
	if s.Receiver != nil && s.Receiver.Kind() != Sealed {
		all += s.Receiver.Town + s.Receiver.Detail
	}
	return foldAddress(all)
}

func (s *Side) addressTokens(k *seal.Keys) []token {
	var out []token
	for _, g := range addressBigrams(s.address()) {
		out = append(out, token{TokenAddressBigram, k.Token(TokenAddressBigram, g)})
	}
	return out
}

// addressBigrams takes a folded address.
func addressBigrams(s string) []string {
	if rs := []rune(s); len(rs) > maxAddressRunes {
		s = string(rs[:maxAddressRunes])
	}
	var out []string
	seen := map[string]bool{}
	for _, part := range strings.Split(s, "*") {
		for _, g := range Bigrams(part) {
			if !seen[g] {
				seen[g] = true
				out = append(out, g)
			}
		}
	}
	return out
}

// foldAddress brings an address into the form in which it is compared: without
// blanks and punctuation, Latin letters small and digits of one width.
func foldAddress(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '\uFF01' && r <= '\uFF5E' {
			r -= '\uFF01' - '!'
		}
		switch {
		case r == '*':
			return r
		case unicode.IsSpace(r), unicode.IsPunct(r), unicode.IsSymbol(r), unicode.IsControl(r):
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// AddressQuery splits what a person looks for into the pairs of characters that
// an address must contain, and what is too short for one. Blanks separate parts
// that may stand apart; 8 号 stays together with the street before it.
func AddressQuery(text string) (bigrams, short []string) {
	var parts []string
	for _, part := range strings.Fields(text) {
		part = strings.ReplaceAll(foldAddress(part), "*", "")
		if part == "" {
			continue
		}
		if n := len(parts); n > 0 && utf8.RuneCountInString(part) == 1 && (latin(part) || latin(parts[n-1])) {
			parts[n-1] += part
			continue
		}
		parts = append(parts, part)
	}
	seen := map[string]bool{}
	for _, part := range parts {
		if utf8.RuneCountInString(part) == 1 {
			short = append(short, part)
			continue
		}
		for _, g := range Bigrams(part) {
			if !seen[g] {
				seen[g] = true
				bigrams = append(bigrams, g)
			}
		}
	}
	return bigrams, short
}

// latin reports whether s ends in a letter or digit that is no Chinese character.
func latin(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return unicode.IsDigit(r) || unicode.IsLetter(r) && !unicode.Is(unicode.Han, r)
}
