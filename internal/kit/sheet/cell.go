package sheet

import (
	"strings"

	"github.com/ordercove/ordercove/internal/kit/money"
)

// Reason says why a cell cannot be what its column wants; empty means it can.
type Reason string

const (
	Missing     Reason = "missing"      // the cell is empty
	Scientific  Reason = "scientific"   // 6.9E+18: the digits are lost
	BadMoney    Reason = "bad_money"    // not a number with at most two decimals
	BadQuantity Reason = "bad_quantity" // not a whole number from 1
	BadTime     Reason = "bad_time"     // no time we know
)

// Clean trims blanks, tabs, line ends, byte order marks and no-break spaces at
// both ends, unwraps ="…" and turns CRLF into LF. What is inside stays.
func Clean(s string) string {
	s = trim(s)
	if len(s) >= 3 && s[0] == '=' && s[1] == '"' && s[len(s)-1] == '"' {
		if in, ok := unwrap(s[2 : len(s)-1]); ok {
			s = trim(in)
		}
	}
	if strings.IndexByte(s, '\r') >= 0 {
		s = strings.ReplaceAll(s, "\r\n", "\n")
	}
	return s
}

// unwrap undoubles quotes; a single one means that the text is no plain ="…".
func unwrap(s string) (string, bool) {
	if strings.IndexByte(s, '"') < 0 {
		return s, true
	}
	if u := strings.ReplaceAll(s, `""`, ""); strings.IndexByte(u, '"') >= 0 {
		return s, false
	}
	return strings.ReplaceAll(s, `""`, `"`), true
}

const (
	nbsp = "\u00a0"
	bom  = "\ufeff"
)

func trim(s string) string {
	for len(s) > 0 {
		switch c := s[0]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			s = s[1:]
			continue
		case c == 0xC2 && strings.HasPrefix(s, nbsp):
			s = s[len(nbsp):]
			continue
		case c == 0xEF && strings.HasPrefix(s, bom):
			s = s[len(bom):]
			continue
		}
		break
	}
	for len(s) > 0 {
		switch c := s[len(s)-1]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			s = s[:len(s)-1]
			continue
		case c == 0xA0 && strings.HasSuffix(s, nbsp):
			s = s[:len(s)-len(nbsp)]
			continue
		case c == 0xBF && strings.HasSuffix(s, bom):
			s = s[:len(s)-len(bom)]
			continue
		}
		break
	}
	return s
}

// Code cleans a code that must stay text (SKU, phone, postcode): one leading
// apostrophe goes, leading zeros and 1E5 stay.
func Code(s string) string {
	s = Clean(s)
	if len(s) > 0 && s[0] == '\'' {
		s = trim(s[1:])
	}
	return s
}

// ID reads a number that identifies something. Missing where it is empty,
// Scientific where a spreadsheet program has destroyed it; the text comes back
// either way.
func ID(s string) (string, Reason) {
	s = Code(s)
	switch {
	case s == "":
		return "", Missing
	case scientific(s):
		return s, Scientific
	}
	if whole, frac, dot := strings.Cut(s, "."); dot && digits(whole) && strings.Trim(frac, "0") == "" && frac != "" {
		s = whole // a number column written as 468962223355.0
	}
	return s, ""
}

// scientific matches 6.91793E+18, 7E18, -2,55e+18.
func scientific(s string) bool {
	s = strings.TrimPrefix(s, "-")
	e := strings.IndexAny(s, "eE")
	if e < 1 || e > 18 {
		return false
	}
	mant, exp := s[:e], strings.TrimPrefix(s[e+1:], "+")
	whole, frac, dot := strings.Cut(strings.Replace(mant, ",", ".", 1), ".")
	return len(whole) == 1 && digits(whole) && (!dot || digits(frac)) && digits(exp) && len(exp) <= 3
}

func digits(s string) bool {
	if s == "" {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// Fen reads yuan into fen exactly: currency signs, thousands commas and a
// trailing 元 are dropped; empty, "-" and 无退款申请 are 0.
func Fen(s string) (money.Fen, Reason) {
	s = Clean(s)
	if s == "" || s == "-" || s == "无退款申请" {
		return 0, ""
	}
	if f, ok := plainFen(s); ok {
		return f, ""
	}
	for _, drop := range []string{"¥", "￥", ",", "，"} {
		s = strings.ReplaceAll(s, drop, "")
	}
	s = strings.TrimPrefix(trim(strings.TrimSuffix(trim(s), "元")), "+")
	if _, frac, dot := strings.Cut(s, "."); dot && len(frac) > 2 || len(s) > 20 {
		return 0, BadMoney
	}
	f, err := money.ParseYuan(s)
	if err != nil {
		return 0, BadMoney
	}
	return f, ""
}

// plainFen is the usual 129.00, without a detour.
func plainFen(s string) (money.Fen, bool) {
	if len(s) > 15 {
		return 0, false
	}
	var n int64
	dot := -1
	for i := range len(s) {
		c := s[i]
		if c == '.' && dot < 0 && i > 0 {
			dot = i
			continue
		}
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	switch {
	case dot < 0:
		return money.Fen(n * 100), true
	case len(s)-dot == 3:
		return money.Fen(n), true
	case len(s)-dot == 2:
		return money.Fen(n * 10), true
	}
	return 0, false
}

// Quantity reads a whole number from 1, without sign, separator or leading zero.
func Quantity(s string) (int64, Reason) {
	s = Clean(s)
	if len(s) == 0 || len(s) > 12 || s[0] == '0' || !digits(s) {
		return 0, BadQuantity
	}
	var n int64
	for i := range len(s) {
		n = n*10 + int64(s[i]-'0')
	}
	return n, ""
}

// chinaOffset is the zone of every time that names none, in seconds.
const chinaOffset = 8 * 3600

// Time reads yyyy-mm-dd hh:mm:ss, yyyy/m/d h:mm[:ss], both with T, fraction or an
// explicit zone, into unix milliseconds. Times without a zone are Chinese time.
// Empty and "-" are 0 without a reason.
func Time(s string) (int64, Reason) {
	s = Clean(s)
	if s == "" || s == "-" {
		return 0, ""
	}
	var f [6]int
	rest, ok := timeFields(s, &f)
	if !ok || f[0] < 1970 || f[0] > 2200 || f[1] < 1 || f[1] > 12 || f[2] < 1 || f[2] > daysIn(f[0], f[1]) ||
		f[3] > 23 || f[4] > 59 || f[5] > 59 {
		return 0, BadTime
	}
	offset, ok := zone(rest)
	if !ok {
		return 0, BadTime
	}
	secs := daysSince1970(f[0], f[1], f[2])*86400 + int64(f[3]*3600+f[4]*60+f[5]-offset)
	return secs * 1000, ""
}

// timeFields reads year, month, day, hour, minute and optional second; what
// follows (fraction, zone) comes back.
func timeFields(s string, f *[6]int) (string, bool) {
	if len(s) < 5 || (s[4] != '-' && s[4] != '/') {
		return "", false
	}
	ends := [6]byte{s[4], s[4], ' ', ':', ':', 0}
	for k := range 6 {
		n, w := 0, 0
		for w < len(s) && w < 4 && s[w] >= '0' && s[w] <= '9' {
			n = n*10 + int(s[w]-'0')
			w++
		}
		if w == 0 || w > 2 && k > 0 {
			return "", false
		}
		f[k], s = n, s[w:]
		switch {
		case k == 5:
			return s, true
		case k == 4 && (s == "" || s[0] != ':'):
			return s, true
		case len(s) == 0:
			return "", false
		case k == 2 && s[0] == 'T' || s[0] == ends[k]:
			s = s[1:]
			for k == 2 && len(s) > 0 && s[0] == ' ' {
				s = s[1:]
			}
		default:
			return "", false
		}
	}
	return s, true
}

// zone reads what may follow a time: a fraction, then Z, +0800, +08:00 or nothing.
func zone(s string) (seconds int, ok bool) {
	if len(s) > 1 && s[0] == '.' {
		i := 1
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		if i == 1 {
			return 0, false
		}
		s = s[i:]
	}
	s = trim(s)
	if s == "" {
		return chinaOffset, true
	}
	if s == "Z" || s == "UTC" {
		return 0, true
	}
	sign := 1
	if s[0] == '-' {
		sign = -1
	} else if s[0] != '+' {
		return 0, false
	}
	d := strings.Replace(s[1:], ":", "", 1)
	if len(d) != 4 || !digits(d) {
		return 0, false
	}
	h, m := int(d[0]-'0')*10+int(d[1]-'0'), int(d[2]-'0')*10+int(d[3]-'0')
	return sign * (h*3600 + m*60), h <= 14 && m < 60
}

func daysIn(y, m int) int {
	switch m {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// daysSince1970 counts days of the proleptic Gregorian calendar; the year is made
// to start in March so that the leap day is its last.
func daysSince1970(y, m, d int) int64 {
	if m <= 2 {
		y, m = y-1, m+12
	}
	return int64(365*y+y/4-y/100+y/400+(153*(m-3)+2)/5+d-1) - 719468
}
