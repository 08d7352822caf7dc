package world

import "strconv"

// Random is a repeatable stream of decisions (splitmix64).
type Random struct{ state uint64 }

// Stream is the stream of a seed and a name. Equal names give equal streams.
func Stream(seed uint64, name ...string) *Random {
	h := uint64(14695981039346656037) ^ seed*0x9E3779B97F4A7C15
	for _, n := range name {
		for i := range len(n) {
			h = (h ^ uint64(n[i])) * 1099511628211
		}
		h = (h ^ 0xff) * 1099511628211
	}
	return &Random{h}
}

func number(n uint64) string { return strconv.FormatUint(n, 10) }

// Next is the next 64 bits.
func (r *Random) Next() uint64 {
	r.state += 0x9E3779B97F4A7C15
	z := r.state
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// Below is a number from 0 to n-1; n must be positive.
func (r *Random) Below(n int) int { return int(r.Next() % uint64(n)) }

// Between is a number from lo to hi inclusive.
func (r *Random) Between(lo, hi int64) int64 { return lo + int64(r.Next()%uint64(hi-lo+1)) }

// Chance is true with probability p.
func (r *Random) Chance(p float64) bool {
	return p > 0 && float64(r.Next()>>11)/(1<<53) < p
}

// Hex is n hexadecimal digits.
func (r *Random) Hex(n int) string {
	const digits = "0123456789abcdef"
	b := make([]byte, n)
	for i := range b {
		b[i] = digits[r.Below(16)]
	}
	return string(b)
}

// Digits is n decimal digits, the first not 0.
func (r *Random) Digits(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + r.Below(10))
	}
	b[0] = byte('1' + r.Below(9))
	return string(b)
}

func pick[T any](r *Random, of []T) T { return of[r.Below(len(of))] }
