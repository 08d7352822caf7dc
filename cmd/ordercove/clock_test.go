package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"github.com/ordercove/ordercove/internal/kit/clock"
)

// shifts are the words a setting would need that moves the clock.
var shifts = regexp.MustCompile(`(?i)clock|offset|skew|faketime|(?:^|[-_])(?:now|time|date|today)(?:$|[-_])`)

// TestNoSettingMovesTheClock: reservations, deadlines, sessions and the audit
// chain all trust the time, so an operator must not be able to bend it.
func TestNoSettingMovesTheClock(t *testing.T) {
	var c cli
	parser, err := kong.New(&c)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	err = kong.Visit(parser.Model, func(node kong.Visitable, next kong.Next) error {
		if f, ok := node.(*kong.Flag); ok {
			seen++
			for _, name := range append([]string{f.Name}, f.Envs...) {
				if shifts.MatchString(name) {
					t.Errorf("%s may move the clock", name)
				}
			}
			if f.Target.IsValid() && f.Target.Type() == reflect.TypeFor[clock.Clock]() {
				t.Errorf("--%s sets the clock itself", f.Name)
			}
		}
		return next(nil)
	})
	if err != nil || seen < 30 {
		t.Fatalf("saw %d flags: %v", seen, err)
	}
	for _, flag := range []string{"--clock-offset=24h", "--clock=2020-01-01", "--now=2020-01-01T00:00:00Z", "--time-offset=1h"} {
		if code, _ := output(t, "serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0", flag); code != exitUsage {
			t.Errorf("%s: exit %d, want %d", flag, code, exitUsage)
		}
	}
}

// TestTheServerKeepsTheMachinesTime sets what tests elsewhere use to move clocks.
func TestTheServerKeepsTheMachinesTime(t *testing.T) {
	conf := filepath.Join(t.TempDir(), "conf.json")
	b, err := json.Marshal(map[string]any{"clock_offset": "24h", "clock-offset": "24h", "clock": "2020-01-01T00:00:00Z", "serve": map[string]any{"clock_offset": "24h"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(conf, b, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ORDERCOVE_CLOCK", "ORDERCOVE_CLOCK_OFFSET", "ORDERCOVE_TIME_OFFSET", "ORDERCOVE_NOW", "CLOCK_OFFSET", "FAKETIME"} {
		t.Setenv(name, "+24h")
	}
	s := start(t, "--data", t.TempDir(), "--config", conf)
	s.setUp(s.token())
	w := s.must(201, "POST", "/shops", map[string]any{"channel": s.anyChannel(), "name": "暖冬旗舰店"})
	text, _ := w["live_from_at"].(string) // "now", by the server's clock
	at, err := time.Parse(time.RFC3339, text)
	if err != nil || time.Since(at).Abs() > time.Minute {
		t.Errorf("the server took it to be %q: %v", text, err)
	}
	res, err := http.Get(s.url + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if d, err := http.ParseTime(res.Header.Get("Date")); err != nil || time.Since(d).Abs() > time.Minute {
		t.Errorf("it says that it is %v: %v", d, err)
	}
}

func (s *server) anyChannel() string {
	s.t.Helper()
	return s.must(200, "GET", "/channels", nil)["items"].([]any)[0].(map[string]any)["code"].(string)
}
