package wire

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/money"
)

func TestIdsKeepTheirDigits(t *testing.T) {
	var v struct{ A, B, C, D Text }
	if err := json.Unmarshal([]byte(`{"A":9223372036854775809,"B":"9223372036854775809","C":null,"D":"订单"}`), &v); err != nil {
		t.Fatal(err)
	}
	if v.A != "9223372036854775809" || v.A != v.B || v.C != "" || v.D != "订单" {
		t.Fatalf("%+v", v)
	}
	if err := json.Unmarshal([]byte(`{"A":{}}`), &v); err == nil {
		t.Fatal("an object passed for an id")
	}
}

func TestAmountsAreExactOrAnError(t *testing.T) {
	for in, want := range map[string]money.Fen{
		`"200.07"`: 20007, `200.07`: 20007, `0.1`: 10, `19.9900`: 1999, `2e2`: 20000, `1.2e-1`: 12, `-3.5`: -350, `12345678901.23`: 1234567890123,
	} {
		var y Yuan
		if err := json.Unmarshal([]byte(in), &y); err != nil || y.Fen != want || !y.Set {
			t.Errorf("%s: %v %v", in, y, err)
		}
	}
	for _, in := range []string{`"1.234"`, `1e99`, `"1,2"`, `[]`, `"NaN"`} {
		var y Yuan
		if err := json.Unmarshal([]byte(in), &y); err == nil {
			t.Errorf("%s passed as %v", in, y)
		}
	}
	var y Yuan
	if err := json.Unmarshal([]byte(`null`), &y); err != nil || y.Ptr() != nil {
		t.Errorf("null: %v %v", y, err)
	}
	var i Int
	if err := json.Unmarshal([]byte(`"3.0"`), &i); err != nil || i.N != 3 {
		t.Errorf("3.0: %v %v", i, err)
	}
	if err := json.Unmarshal([]byte(`3.5`), &i); err == nil {
		t.Error("3.5 passed as whole")
	}
}

func TestChinaTimeOnAnyMachine(t *testing.T) {
	at, err := ChinaTime("2026-11-11 00:00:01")
	if err != nil || at != 1794326401000 {
		t.Fatal(at, err)
	}
	if FormatChina(at) != "2026-11-11 00:00:01" {
		t.Fatal(FormatChina(at))
	}
	if at, err := ChinaTime("0001-01-01 00:00:00"); at != 0 || err != nil {
		t.Fatal(at, err)
	}
}

func TestSilenceAfterAnEffectIsUnknown(t *testing.T) {
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) }))
	defer broken.Close()
	ask := func(url string, effect bool) error {
		r, err := Post(t.Context(), url, "application/json", []byte("{}"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = Do(http.DefaultClient, r, effect)
		return err
	}
	if err := ask(broken.URL, true); !errors.Is(err, channel.ErrUnknownOutcome) {
		t.Fatal(err)
	}
	if err := ask(broken.URL, false); !errors.Is(err, channel.ErrUnavailable) {
		t.Fatal(err)
	}
	gone := broken.URL
	broken.Close()
	if err := ask(gone, true); !errors.Is(err, channel.ErrUnavailable) {
		t.Fatal("a request that never left:", err)
	}
}

func TestRetryAfterIsObeyed(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", strings.TrimPrefix(r.URL.Path, "/"))
		w.WriteHeader(429)
	}))
	defer s.Close()
	r, _ := Post(t.Context(), s.URL+"/7", "text/plain", nil)
	_, err := Do(http.DefaultClient, r, true)
	if !errors.Is(err, channel.ErrThrottled) || !strings.Contains(err.Error(), "7000") {
		t.Fatal(err)
	}
}

// TestAFailedQuestionIsNoAnswerToTheEffect: an order that cannot be found while looking
// for what came of an effect does not say that the effect found none.
func TestAFailedQuestionIsNoAnswerToTheEffect(t *testing.T) {
	err := NotFound(Unknown(channel.ErrNotFound.With("no", "7")), "8")
	if !errors.Is(err, channel.ErrUnknownOutcome) || errors.Is(err, channel.ErrNotFound) {
		t.Error(err)
	}
	if err := NotFound(channel.ErrNotFound.With("no", ""), "8"); !errors.Is(err, channel.ErrNotFound) || !strings.Contains(err.Error(), "8") {
		t.Error(err)
	}
}
