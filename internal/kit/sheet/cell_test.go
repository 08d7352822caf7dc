package sheet

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ordercove/ordercove/internal/kit/money"
)

func TestCleanKeepsWhatIsInside(t *testing.T) {
	for in, want := range map[string]string{
		"\t6917\t": "6917", "\u00a0 a b \ufeff": "a b", `="001"`: "001", `="a""b"`: `a"b`, "=\"\t7 \"": "7", "\t": "",
		"=1+1": "=1+1", "@x": "@x", "+86 打电话": "+86 打电话", "a\r\nb": "a\nb", "a\tb": "a\tb", `="a"&"b"`: `="a"&"b"`,
		"-3-": "-3-", `="`: `="`, "　全角": "　全角", `=""`: "",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestNumbersThatIdentify(t *testing.T) {
	for in, want := range map[string]struct {
		s   string
		why Reason
	}{
		"'000123": {"000123", ""}, "''1": {"'1", ""}, " \t": {"", Missing}, "'": {"", Missing}, "2.55E+18": {"2.55E+18", Scientific},
		"6.91793e18": {"6.91793e18", Scientific}, "3E+11": {"3E+11", Scientific}, "260503-90912": {"260503-90912", ""}, "#1001": {"#1001", ""},
		"P7619": {"P7619", ""}, "468962223355.0": {"468962223355", ""}, "1.5": {"1.5", ""}, "12E5X": {"12E5X", ""}, `="001"`: {"001", ""},
	} {
		if s, why := ID(in); s != want.s || why != want.why {
			t.Errorf("ID(%q) = %q %q, want %q %q", in, s, why, want.s, want.why)
		}
	}
	for in, want := range map[string]string{"1E5": "1E5", "000101": "000101", "LJ=250": "LJ=250", "SNX 60": "SNX 60", "'173****7281": "173****7281"} {
		if got := Code(in); got != want {
			t.Errorf("Code(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestMoneyIsExact(t *testing.T) {
	for in, want := range map[string]money.Fen{
		"12.50元": 1250, "0元": 0, "1,299.00": 129900, "¥9.9": 990, "￥1,299": 129900, "": 0, "无退款申请": 0, "-": 0, "-3.5": -350, "-¥3.50": -350,
		"¥-3.50": -350, "+7.01": 701, "0.1": 10, ".5": 50, "90071992547409.91": 9007199254740991, " 12 元": 1200, "1，299.00": 129900,
	} {
		if got, why := Fen(in); got != want || why != "" {
			t.Errorf("Fen(%q) = %d %q, want %d", in, got, why, want)
		}
	}
	for _, in := range []string{"--", "1.234", "12.500", "1E3", "abc", "1.2.3", "免费", "12.3.", "99999999999999999999", "¥", "0x1", "一百"} {
		if got, why := Fen(in); why != BadMoney {
			t.Errorf("Fen(%q) = %d %q, want a refusal", in, got, why)
		}
	}
}

func TestQuantityIsAWholeNumberFromOne(t *testing.T) {
	for _, in := range []string{"", "0", "01", "1.0", "-1", "若干", "+1", "1,000", "１", "9999999999999"} {
		if n, why := Quantity(in); why != BadQuantity {
			t.Errorf("Quantity(%q) = %d", in, n)
		}
	}
	if n, why := Quantity("\t10 "); n != 10 || why != "" {
		t.Errorf("10 reads %d %q", n, why)
	}
}

func TestTimesAreChineseUnlessTheySayOtherwise(t *testing.T) {
	china := time.FixedZone("", 8*3600)
	for in, want := range map[string]time.Time{
		"2026-05-03 12:07:38": time.Date(2026, 5, 3, 12, 7, 38, 0, china), "2026/9/10 8:00": time.Date(2026, 9, 10, 8, 0, 0, 0, china),
		"2026/05/14 01:07:15": time.Date(2026, 5, 14, 1, 7, 15, 0, china), "2026-05-17 04:28:42 +0800": time.Date(2026, 5, 17, 4, 28, 42, 0, china),
		"2026-05-17 04:28:42 -0500": time.Date(2026, 5, 17, 9, 28, 42, 0, time.UTC), "2026-05-17T04:28:42Z": time.Date(2026, 5, 17, 4, 28, 42, 0, time.UTC),
		"2026-05-17T04:28:42.123+08:00": time.Date(2026, 5, 17, 4, 28, 42, 0, china), "2024-02-29 23:59:59": time.Date(2024, 2, 29, 23, 59, 59, 0, china),
		"2026/5/3  9:05": time.Date(2026, 5, 3, 9, 5, 0, 0, china), "\t2026-05-03 12:07:38 ": time.Date(2026, 5, 3, 12, 7, 38, 0, china),
	} {
		if got, why := Time(in); got != want.UnixMilli() || why != "" {
			t.Errorf("Time(%q) = %v %q, want %v", in, time.UnixMilli(got).In(china), why, want)
		}
	}
	for _, in := range []string{"昨天", "2026-13-01 00:00:00", "2026-02-29 00:00:00", "2026-05-03", "2026-05-03 25:00:00", "05/03/2026 10:00", "2026-05-03 10", "2026-05-03 10:00:00 CST", "46151.98"} {
		if got, why := Time(in); why != BadTime {
			t.Errorf("Time(%q) = %d %q, want a refusal", in, got, why)
		}
	}
	for _, in := range []string{"", "-", "\t"} {
		if got, why := Time(in); got != 0 || why != "" {
			t.Errorf("Time(%q) = %d %q, want nothing", in, got, why)
		}
	}
}

func TestTimeAgreesWithTheStandardLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(0, 4_102_444_799).Draw(t, "at"), 0).UTC()
		s := at.In(time.FixedZone("", 8*3600)).Format("2006-01-02 15:04:05")
		if got, why := Time(s); got != at.UnixMilli() || why != "" {
			t.Fatalf("%s: %d %q, want %d", s, got, why, at.UnixMilli())
		}
	})
}

func TestMoneyRoundTripsThroughItsText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := money.Fen(rapid.Int64Range(-1e15, 1e15).Draw(t, "fen"))
		if got, why := Fen(f.Yuan()); got != f || why != "" {
			t.Fatalf("%s: %d %q, want %d", f.Yuan(), got, why, f)
		}
	})
}

func FuzzCell(f *testing.F) {
	for _, s := range []string{"", "-", `="1"`, "'2.55E+18", "￥1,299.00元", "2026/9/10 8:00", "2026-05-17 04:28:42 +0800", "\u00a0\ufeff\t", `=""""`, "1e", "é", "\xff\xfe"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := Clean(s)
		if c != trim(c) && !strings.HasPrefix(s, "=") {
			t.Errorf("Clean(%q) = %q leaves blanks", s, c)
		}
		if id, why := ID(s); (id == "") != (why == Missing) {
			t.Errorf("ID(%q) = %q %q", s, id, why)
		}
		if v, why := Fen(s); why == "" {
			if again, w := Fen(v.Yuan()); again != v || w != "" {
				t.Errorf("Fen(%q) = %d, which reads back as %d", s, v, again)
			}
		}
		if n, why := Quantity(s); why == "" && n < 1 {
			t.Errorf("Quantity(%q) = %d", s, n)
		}
		if at, why := Time(s); why == "" && at != 0 && (at < -86400_000 || at > 7_300_000_000_000) {
			t.Errorf("Time(%q) = %d", s, at)
		}
	})
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "\"a\n\"\"b\",c\r\n", "\"open,1\n2,3", "a\rb\r", "\ufeff=\"1\"\t,x", "\x00\x00", "a;b;c\n", "sep=;\na;b"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := Open("f", strings.NewReader(string(data)), int64(len(data)), Limits{CellBytes: 1 << 10, Rows: 10_000})
		if err != nil {
			return
		}
		for _, s := range b.Sheets {
			last, bytes := 0, 0
			err := s.Each(func(no int, cells []string) error {
				if no <= last {
					t.Fatalf("record %d after %d", no, last)
				}
				last = no
				for _, c := range cells {
					bytes += len(c)
				}
				return nil
			})
			// Three bytes of UTF-8 may stand for one byte that is no text.
			if err == nil && b.Format == CSV && bytes > 3*len(data)+3 {
				t.Errorf("%d bytes of cells out of %d", bytes, len(data))
			}
		}
	})
}
