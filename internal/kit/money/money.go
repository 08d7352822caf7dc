// Package money counts in fen (分), one hundredth of a yuan, as int64. There is
// no float anywhere: decimal text is parsed exactly and sums are checked.
package money

import (
	"errors"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// Fen is an amount in fen. Negative amounts are refunds and charges.
type Fen int64

// ErrBad reports text that is not an amount with at most two decimals, or that overflows.
var ErrBad = errors.New("money: not an amount")

// ErrOverflow reports a sum or product outside int64.
var ErrOverflow = errors.New("money: overflow")

// ParseYuan reads decimal yuan ("1,299.00", "-3.5", "￥12元") exactly into fen.
// Currency signs, thousands commas and a trailing 元 are dropped. More than two
// decimals (trailing zeros excepted), exponents and empty text give ErrBad.
func ParseYuan(s string) (Fen, error) {
	s = strings.TrimSpace(s)
	s = strings.TrimSuffix(s, "元")
	s = strings.TrimSpace(s)
	neg := false
	for len(s) > 0 {
		switch {
		case strings.HasPrefix(s, "-") && !neg:
			neg, s = true, s[1:]
			continue
		case strings.HasPrefix(s, "¥"):
			s = s[len("¥"):]
			continue
		case strings.HasPrefix(s, "￥"):
			s = s[len("￥"):]
			continue
		}
		break
	}
	whole, frac, dot := strings.Cut(s, ".")
	if dot {
		frac = strings.TrimRight(frac, "0")
	}
	if len(frac) > 2 {
		return 0, ErrBad
	}
	digits := 0
	var n uint64
	for _, part := range []string{whole, (frac + "00")[:2]} {
		for i := 0; i < len(part); i++ {
			c := part[i]
			if c == ',' && digits > 0 {
				continue
			}
			if c < '0' || c > '9' || n > (math.MaxInt64-9)/10 {
				return 0, ErrBad
			}
			n = n*10 + uint64(c-'0')
			digits++
		}
	}
	if digits == 2 && whole == "" && !dot || whole == "" && frac == "" {
		return 0, ErrBad
	}
	if neg {
		return -Fen(n), nil
	}
	return Fen(n), nil
}

// Yuan writes the amount as decimal yuan with two places: "-3.50".
func (f Fen) Yuan() string {
	n, sign := uint64(f), ""
	if f < 0 {
		n, sign = uint64(-f), "-"
	}
	cents := strconv.FormatUint(n%100, 10)
	if len(cents) == 1 {
		cents = "0" + cents
	}
	return sign + strconv.FormatUint(n/100, 10) + "." + cents
}

// Add returns a+b or ErrOverflow.
func Add(a, b Fen) (Fen, error) {
	s := a + b
	if (s > a) != (b > 0) && b != 0 {
		return 0, ErrOverflow
	}
	return s, nil
}

// Times returns f×qty or ErrOverflow.
func (f Fen) Times(qty int64) (Fen, error) {
	if f == 0 || qty == 0 {
		return 0, nil
	}
	p := int64(f) * qty
	if p/qty != int64(f) || (f == -1 && qty == math.MinInt64) {
		return 0, ErrOverflow
	}
	return Fen(p), nil
}

// Split divides total over the weights by the largest-remainder method: the
// parts add up to total exactly, each differs from its exact share by less than
// one fen, and equal remainders go to the earlier part. Weights that are all
// zero (or negative) split evenly. No weights give no parts.
func Split(total Fen, weights []int64) []Fen {
	n := len(weights)
	if n == 0 {
		return nil
	}
	w := make([]uint64, n)
	var sum uint64
	for i, x := range weights {
		if x > 0 {
			w[i] = uint64(x)
			sum += uint64(x)
		}
	}
	if sum == 0 {
		for i := range w {
			w[i] = 1
		}
		sum = uint64(n)
	}
	neg := total < 0
	abs := uint64(total)
	if neg {
		abs = uint64(-total)
	}
	out := make([]Fen, n)
	rem := make([]uint64, n)
	left := abs
	for i := range w {
		hi, lo := bits.Mul64(abs, w[i])
		q, r := bits.Div64(hi, lo, sum)
		out[i], rem[i] = Fen(q), r
		left -= q
	}
	for ; left > 0; left-- {
		best := 0
		for i := 1; i < n; i++ {
			if rem[i] > rem[best] {
				best = i
			}
		}
		out[best]++
		rem[best] = 0
	}
	if neg {
		for i := range out {
			out[i] = -out[i]
		}
	}
	return out
}
