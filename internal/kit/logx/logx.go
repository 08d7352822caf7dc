// Package logx makes the structured log. Nothing personal goes into it: callers
// log ids, codes and counts; attributes whose names say otherwise are blanked.
package logx

import (
	"fmt"
	"io"
	"log"
	"log/slog"
	"strings"
)

// secret names never reach the log, whatever their value.
var secret = []string{"password", "secret", "token", "cookie", "authorization", "phone", "mobile", "address", "receiver", "nick", "buyer", "payload", "body"}

// New returns a logger. level is debug, info, warn or error; format is text or json.
func New(w io.Writer, level, format string) (*slog.Logger, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("log level: %w", err)
	}
	o := &slog.HandlerOptions{Level: l, ReplaceAttr: blank}
	switch format {
	case "text":
		return slog.New(slog.NewTextHandler(w, o)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, o)), nil
	}
	return nil, fmt.Errorf("log format is text or json, not %q", format)
}

func blank(_ []string, a slog.Attr) slog.Attr {
	k := strings.ToLower(a.Key)
	for _, s := range secret {
		if strings.Contains(k, s) {
			return slog.String(a.Key, "***")
		}
	}
	return a
}

// Std lets net/http write into l, at debug level: it reports what clients do wrong.
func Std(l *slog.Logger) *log.Logger { return slog.NewLogLogger(l.Handler(), slog.LevelDebug) }
