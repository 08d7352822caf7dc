package logx_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/kit/logx"
)

func TestNothingThatLooksPersonalReachesTheLog(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		var b bytes.Buffer
		l, err := logx.New(&b, "info", format)
		if err != nil {
			t.Fatal(err)
		}
		l.Info("signed in", "user_password", "hunter2", "receiver_phone", "13800001234", "setup_token", "abc123", "order", 42)
		l.Debug("hidden")
		got := b.String()
		for _, bad := range []string{"hunter2", "13800001234", "abc123", "hidden"} {
			if strings.Contains(got, bad) {
				t.Errorf("%s: the log holds %s: %s", format, bad, got)
			}
		}
		if !strings.Contains(got, "42") || !strings.Contains(got, "signed in") {
			t.Errorf("%s: the log lost what it may keep: %s", format, got)
		}
	}
}

func TestWrongSettingsAreRefused(t *testing.T) {
	if _, err := logx.New(&bytes.Buffer{}, "loud", "text"); err == nil {
		t.Error("an unknown level")
	}
	if _, err := logx.New(&bytes.Buffer{}, "info", "xml"); err == nil {
		t.Error("an unknown format")
	}
}
