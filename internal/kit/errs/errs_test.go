package errs_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/ordercove/ordercove/internal/kit/errs"
)

var errSample = errs.Define(errs.Conflict, "errstest.sample", "订单 {no} 已被 {who} 修改", "Order {no} was changed by {who}")

func TestACopyIsStillTheSameErrorAndLeavesTheOriginalAlone(t *testing.T) {
	cause := errors.New("row changed")
	e := errSample.With("no", "A-1").With("who", "林").At("version").Because(cause)
	wrapped := fmt.Errorf("save: %w", e)
	if !errors.Is(wrapped, errSample) || !errors.Is(wrapped, cause) || errs.KindOf(wrapped) != errs.Conflict || errs.As(wrapped).Field != "version" {
		t.Fatalf("%+v", errs.As(wrapped))
	}
	if errSample.Params != nil || errSample.Err != nil || errSample.Field != "" {
		t.Fatalf("the definition changed: %+v", errSample)
	}
	if errs.KindOf(cause) != errs.Internal || errs.As(cause) != nil {
		t.Fatal("a foreign error is internal")
	}
}

func TestTextsNameTheirParametersInBothLanguages(t *testing.T) {
	p := map[string]any{"no": "A-1", "who": "林"}
	for lang, want := range map[string]string{"zh-CN": "订单 A-1 已被 林 修改", "en-US": "Order A-1 was changed by 林", "en": "Order A-1 was changed by 林", "": "订单 A-1 已被 林 修改"} {
		if got := errs.Message(lang, "errstest.sample", p); got != want {
			t.Errorf("%s: %s", lang, got)
		}
	}
	if got := errs.Message("zh-CN", "gone.code", p); got != "gone.code" {
		t.Errorf("a code that old rows carry must stay readable: %s", got)
	}
}

func TestCodesInAParameterAreNamedInTheReadersLanguage(t *testing.T) {
	errs.Words("colours", func(lang, code string) string {
		if code == "red" || code == "green" {
			return lang[:2] + "-" + code
		}
		return ""
	})
	errs.Words("colours", func(string, string) string { return "paint" }, "errsother")
	errs.Define(errs.Invalid, "errstest.colours", "颜色：{colours}", "Colours: {colours}")
	errs.Define(errs.Invalid, "errsother.colours", "颜色：{colours}", "Colours: {colours}")
	for _, c := range []struct{ code, colours, zh, en string }{
		{"errstest.colours", "red,green", "颜色：zh-red、zh-green", "Colours: en-red, en-green"},
		{"errstest.colours", "red,none", "颜色：red,none", "Colours: red,none"}, // nobody's
		{"errsother.colours", "red", "颜色：paint", "Colours: paint"},
	} {
		for lang, want := range map[string]string{"zh-CN": c.zh, "en-US": c.en} {
			if got := errs.Message(lang, c.code, map[string]any{"colours": c.colours}); got != want {
				t.Errorf("%s: %q, want %q", lang, got, want)
			}
		}
	}
}

func TestACodeIsDefinedOnceAndWhole(t *testing.T) {
	for name, f := range map[string]func(){
		"twice":      func() { errs.Define(errs.Invalid, "errstest.sample", "甲", "a") },
		"no Chinese": func() { errs.Define(errs.Invalid, "errstest.no_zh", "", "a") },
		"no English": func() { errs.Define(errs.Invalid, "errstest.no_en", "甲", "") },
		"no package": func() { errs.Define(errs.Invalid, "bare", "甲", "a") },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: accepted", name)
				}
			}()
			f()
		}()
	}
}
