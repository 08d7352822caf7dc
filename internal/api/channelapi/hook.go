package channelapi

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/pull"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/web"
)

// mostPush bounds a push: channels send numbers, not catalogues.
const mostPush = 1 << 20

// Hook is the door for pushes: nobody is signed in, the connector checks the
// signature, and the answer follows once the hints are on disk.
func Hook(engine *pull.Engine, c clock.Clock, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secret := strings.TrimPrefix(r.URL.Path, HookPath)
		if secret == "" || len(secret) > 100 || strings.Contains(secret, "/") {
			web.Refuse(w, r, pull.ErrNoPush)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostPush))
		if err != nil {
			web.Refuse(w, r, web.ErrTooLarge)
			return
		}
		reply, err := engine.Receive(r.Context(), secret, channel.Inbound{Method: r.Method, URL: r.URL, Header: r.Header, Body: body, At: clock.Millis(c)})
		if err != nil {
			refusePush(w, r, err, log)
			return
		}
		if reply.ContentType == "" {
			reply.ContentType = "application/json"
		}
		w.Header().Set("Content-Type", reply.ContentType)
		w.WriteHeader(reply.Status)
		_, _ = w.Write(reply.Body)
	})
}

// refusePush says no more than the sender has to know. What is wrong with the
// signature or the age is 401; what may pass is 503, so that the push comes again.
func refusePush(w http.ResponseWriter, r *http.Request, err error, log *slog.Logger) {
	e := errs.As(err)
	switch {
	case errors.Is(err, pull.ErrNoPush):
		web.Refuse(w, r, pull.ErrNoPush)
	case errors.Is(err, channel.ErrSignature), errors.Is(err, channel.ErrClock):
		refuse(w, http.StatusUnauthorized, e.Code)
	case errors.Is(err, channel.ErrAnswer):
		refuse(w, http.StatusBadRequest, e.Code)
	default:
		log.Error("a push was not taken", "error", err)
		refuse(w, http.StatusServiceUnavailable, channel.ErrUnavailable.Code)
	}
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, `{"code":"`+code+`"}`)
}
