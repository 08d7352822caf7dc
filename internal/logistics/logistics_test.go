package logistics

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCarriersAreFoundInEverySpelling(t *testing.T) {
	for text, want := range map[string]string{
		"圆通速递": "YTO", "圆通快递": "YTO", "圆通": "YTO", " 圆通 速递 ": "YTO", "圆通速递(官方)": "YTO", "圆通速递有限公司": "YTO", "yto": "YTO",
		"邮政快递包裹": "POSTB", "中国邮政": "POSTB", "邮政EMS": "EMS", "ems": "EMS", "ＥＭＳ": "EMS",
		"顺丰快递": "SF", "顺丰速运": "SF", "顺丰速运-电商标快": "SF", "SF Express": "SF",
		"中通": "ZTO", "中通快递": "ZTO", "中通快运": "ZTOKY", "中通快递-陆运": "ZTO",
		"韵达": "YUNDA", "韵达快递": "YUNDA", "韵达快运": "YDKY", "极兔速递": "JTSD", "J&T Express": "JTSD", "京东快递": "JD", "京东物流": "JD",
		"德邦": "DBKD", "申通快递": "STO", "上海申通快递": "STO", "浙江韵达": "YUNDA",
	} {
		if c, ok := Find(text); !ok || c.Code != want {
			t.Errorf("Find(%q) = %q %v, want %s", text, c.Code, ok, want)
		}
	}
	for _, text := range []string{"", "快递", "物流", "无", "某某快递", "顺", "同城跑腿", "-", "()"} {
		if c, ok := Find(text); ok {
			t.Errorf("Find(%q) guessed %s", text, c.Code)
		}
	}
}

func TestEverySpellingOfTheTableNamesItsOwnCarrier(t *testing.T) {
	n := 0
	for _, c := range Carriers() {
		for _, s := range Spellings(c.Code) {
			n++
			if f, ok := Find(s); !ok || f.Code != c.Code {
				t.Errorf("%q is a spelling of %s but finds %q", s, c.Code, f.Code)
			}
		}
		if c.NameZH == "" || c.NameEN == "" {
			t.Errorf("%s lacks a name", c.Code)
		}
		if NameOf(c.Code, "en-US") != c.NameEN || NameOf(c.Code, "zh-CN") != c.NameZH {
			t.Errorf("%s: names do not follow the language", c.Code)
		}
	}
	if n < 100 {
		t.Errorf("only %d spellings", n)
	}
	if NameOf("NOBODY", "zh-CN") != "NOBODY" {
		t.Error("an unknown code is shown as it is")
	}
	if _, err := read([]byte(`[{"code":"A","name_zh":"甲","name_en":"A"},{"code":"B","name_zh":"甲","name_en":"B"}]`)); err == nil {
		t.Error("one spelling for two carriers passed")
	}
}

func TestKnownNumbersPassTheirCarrier(t *testing.T) {
	n := 0
	for _, c := range Carriers() {
		for _, s := range c.Samples {
			n++
			if v := CheckWaybill(c.Code, s); v != OK {
				t.Errorf("%s %s is %s", c.Code, s, v)
			}
			found := false
			for _, g := range Guess(s) {
				found = found || g.Code == c.Code
			}
			if !found {
				t.Errorf("Guess(%s) misses %s", s, c.Code)
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d samples", n)
	}
}

func TestNumbersAreJudged(t *testing.T) {
	for _, c := range []struct {
		name, code, no string
		want           Verdict
	}{
		{"a new number", "YTO", "YT2600216627986", OK},
		{"a digit is lost", "YTO", "YT260021662798", Suspicious},
		{"another carrier's number", "ZTO", "SF1011603494291", Wrong},
		{"a legacy length between two carriers", "ZTO", "7864766044150", Suspicious},
		{"a postal number with its check digit", "EMS", "RR123456785CN", OK},
		{"a postal number with one digit changed", "EMS", "RR123456784CN", Wrong},
		{"the parcel post shares the form", "POSTB", "9816545313485", OK},
		{"letters only", "SF", "无需物流", Wrong},
		{"an order number", "YUNDA", "260503-951555335253839", Wrong},
		{"a carrier that publishes no form", "BEST", "558712345678901", OK},
		{"too short for any carrier", "BEST", "12", Wrong},
		{"an unknown carrier", "NOBODY", "A123456789", Suspicious},
		{"endless", "SF", strings.Repeat("1", 41), Wrong},
		{"nothing", "SF", "", Wrong},
		{"pieces of a consignment", "JD", "JDVA11408814483-1-1-", OK},
	} {
		t.Run(c.name, func(t *testing.T) {
			if v := CheckWaybill(c.code, c.no); v != c.want {
				t.Errorf("%s %s = %s, want %s", c.code, c.no, v, c.want)
			}
		})
	}
}

func TestCleanWritesOneForm(t *testing.T) {
	for in, want := range map[string]string{
		" yt2600216627986\t": "YT2600216627986", "ＹＴ２６": "YT26", "SF 1011 6034": "SF10116034", "JT\u200b20": "JT20", "'768123456789": "768123456789", "\ufeff73": "73",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		once := Clean(rapid.StringOf(rapid.RuneFrom([]rune("AzЯ０9ｙ '\"\u200b\u00a0-\x00中"))).Draw(t, "no"))
		if twice := Clean(once); twice != once {
			t.Fatalf("cleaning twice changes %q to %q", once, twice)
		}
	})
}

// One changed digit never passes: that is what the check digit is for. (Numbers
// whose check digit is 5 are left out: two remainders share it by the standard.)
func TestPostalCheckDigitCatchesEverySingleSlip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := []byte("RR473124829CN")
		i := rapid.IntRange(2, 10).Draw(t, "place")
		d := byte('0' + rapid.IntRange(0, 9).Draw(t, "digit"))
		if want := b[i] == d; (CheckWaybill("EMS", string(append(append([]byte{}, b[:i]...), append([]byte{d}, b[i+1:]...)...))) == OK) != want {
			t.Fatalf("place %d digit %c: passes %v, want %v", i, d, !want, want)
		}
	})
}
