package logistics

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Verdict says what a waybill number looks like for its carrier.
type Verdict string

const (
	OK         Verdict = "ok"
	Suspicious Verdict = "suspicious" // possible, but not a form we know: warn
	Wrong      Verdict = "wrong"      // not this carrier's, or damaged: a person must confirm
)

// s10 is the postal form: two letters, eight digits and a check digit, country.
var s10 = regexp.MustCompile(`^[A-Z]{2}\d{9}[A-Z]{2}$`)

// unruled is all that is asked of carriers that publish no form.
var unruled = regexp.MustCompile(`^[A-Z0-9][A-Z0-9-]{4,33}[A-Z0-9]$`)

// MaxNo bounds the length of a waybill number.
const MaxNo = 40

// Clean writes a waybill number in its normal form: half width, upper case, no
// blanks, quotes or invisible characters.
func Clean(no string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || unicode.IsControl(r) || r == '\'' || r == '"' {
			return -1
		}
		return unicode.ToUpper(r)
	}, norm.NFKC.String(no))
}

// CheckWaybill judges a cleaned number for the carrier with this code: the strict
// form is ok, the loose one suspicious, neither is wrong. An unknown carrier's
// number is suspicious when it could be a number at all.
func CheckWaybill(code, no string) Verdict {
	if len(no) > MaxNo {
		return Wrong
	}
	t := load()
	i, known := t.code[code]
	switch {
	case !known && unruled.MatchString(no):
		return Suspicious
	case !known:
		return Wrong
	}
	c := t.list[i]
	switch {
	case c.strict == nil && unruled.MatchString(no):
		return OK
	case c.strict == nil:
		return Wrong
	case s10.MatchString(no) && c.strict.MatchString(no):
		// The form is right whoever typed it; only the check digit tells a slip.
		if !s10Valid(no) {
			return Wrong
		}
		return OK
	case c.strict.MatchString(no):
		return OK
	case c.loose.MatchString(no):
		return Suspicious
	}
	return Wrong
}

// Guess lists the carriers that issue numbers of this form, the usual ones first.
func Guess(no string) []Carrier {
	var out []Carrier
	for _, c := range load().list {
		if c.strict != nil && c.strict.MatchString(no) && (!s10.MatchString(no) || s10Valid(no)) {
			out = append(out, c.Carrier)
		}
	}
	return out
}

// s10Valid checks the ninth digit of a postal number (UPU S10).
func s10Valid(no string) bool {
	sum := 0
	for i, w := range [8]int{8, 6, 4, 2, 3, 5, 9, 7} {
		sum += int(no[2+i]-'0') * w
	}
	check := 11 - sum%11
	switch check {
	case 10:
		check = 0
	case 11:
		check = 5
	}
	return int(no[10]-'0') == check
}
