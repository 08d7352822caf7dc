package money_test

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ordercove/ordercove/internal/kit/money"
)

func TestSplitGivesEveryFenExactlyOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64Range(-1_000_000_000_000, 1_000_000_000_000).Draw(t, "total")
		weights := rapid.SliceOfN(rapid.Int64Range(-5, 1_000_000_000), 1, 40).Draw(t, "weights")
		parts := money.Split(money.Fen(total), weights)
		if len(parts) != len(weights) {
			t.Fatalf("%d parts for %d weights", len(parts), len(weights))
		}
		shares := make([]int64, len(weights))
		sum := big.NewInt(0)
		for i, w := range weights {
			shares[i] = max(w, 0)
			sum.Add(sum, big.NewInt(shares[i]))
		}
		if sum.Sign() == 0 {
			for i := range shares {
				shares[i] = 1
			}
			sum.SetInt64(int64(len(shares)))
		}
		var got money.Fen
		for i, p := range parts {
			got += p
			// |part × Σweights − total × weight| < Σweights: less than one fen from its exact share.
			off := new(big.Int).Mul(big.NewInt(int64(p)), sum)
			off.Sub(off, new(big.Int).Mul(big.NewInt(total), big.NewInt(shares[i])))
			if off.Abs(off).Cmp(sum) >= 0 {
				t.Fatalf("part %d of %v is %d, a fen or more from its share of %d", i, weights, p, total)
			}
		}
		if got != money.Fen(total) {
			t.Fatalf("parts add up to %d, want %d", got, total)
		}
	})
}

func TestSplitPrefersTheLargestRemainderThenTheEarlierPart(t *testing.T) {
	for _, c := range []struct {
		total   money.Fen
		weights []int64
		want    []money.Fen
	}{
		{100, []int64{1, 1, 1}, []money.Fen{34, 33, 33}},
		{10, []int64{1, 2}, []money.Fen{3, 7}},
		{-100, []int64{1, 1, 1}, []money.Fen{-34, -33, -33}},
		{5, []int64{0, 0}, []money.Fen{3, 2}},
		{0, []int64{7, 9}, []money.Fen{0, 0}},
		{7, []int64{0, 3, 0}, []money.Fen{0, 7, 0}},
		{9, nil, nil},
		{math.MaxInt64, []int64{math.MaxInt64}, []money.Fen{math.MaxInt64}},
	} {
		got := money.Split(c.total, c.weights)
		if len(got) != len(c.want) {
			t.Fatalf("%d over %v: %v", c.total, c.weights, got)
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%d over %v: %v, want %v", c.total, c.weights, got, c.want)
			}
		}
	}
}

func TestYuanReadsAndWritesTheSameFen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := money.Fen(rapid.Int64Range(-9_000_000_000_000_000, 9_000_000_000_000_000).Draw(t, "fen"))
		back, err := money.ParseYuan(f.Yuan())
		if err != nil || back != f {
			t.Fatalf("%d → %s → %d %v", f, f.Yuan(), back, err)
		}
	})
}

func TestYuanTakesWhatFilesWriteAndNothingElse(t *testing.T) {
	for text, want := range map[string]money.Fen{
		"12.50元": 1250, "￥1,299.00": 129900, "¥0": 0, "-3.5": -350, " 7 ": 700, "0.10000": 10, ".5": 50, "5.": 500, "-¥2.00": -200, "¥-2.00": -200,
	} {
		if got, err := money.ParseYuan(text); err != nil || got != want {
			t.Errorf("%q: %d %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", " ", "元", "¥", "-", ".", "1.234", "1e3", "12.5.0", "--1", "一", "0x1", "NaN", ",5", strings.Repeat("9", 30)} {
		if got, err := money.ParseYuan(text); !errors.Is(err, money.ErrBad) {
			t.Errorf("%q is no amount, but gave %d %v", text, got, err)
		}
	}
}

func TestSumsAndProductsNeverWrapAround(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		for name, c := range map[string]struct {
			exact *big.Int
			got   money.Fen
			err   error
		}{
			"sum":     one(new(big.Int).Add(big.NewInt(a), big.NewInt(b)))(money.Add(money.Fen(a), money.Fen(b))),
			"product": one(new(big.Int).Mul(big.NewInt(a), big.NewInt(b)))(money.Fen(a).Times(b)),
		} {
			switch {
			case c.exact.IsInt64() && (c.err != nil || int64(c.got) != c.exact.Int64()):
				t.Fatalf("%s of %d and %d: %d %v, want %s", name, a, b, c.got, c.err, c.exact)
			case !c.exact.IsInt64() && !errors.Is(c.err, money.ErrOverflow):
				t.Fatalf("%s of %d and %d wrapped around to %d", name, a, b, c.got)
			}
		}
	})
}

func one(exact *big.Int) func(money.Fen, error) struct {
	exact *big.Int
	got   money.Fen
	err   error
} {
	return func(got money.Fen, err error) struct {
		exact *big.Int
		got   money.Fen
		err   error
	} {
		return struct {
			exact *big.Int
			got   money.Fen
			err   error
		}{exact, got, err}
	}
}
