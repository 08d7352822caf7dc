package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

const (
	heartbeat = 15 * time.Second
	maxStream = time.Hour // then the browser reconnects and proves its session again
)

// Message is one live event.
type Message struct {
	ID   string
	Type string
	Data any
}

// SendEvents answers with server-sent events from next until the client leaves.
// next waits for the following message at most until its context ends; an empty
// Type means that nothing came. allowed is asked at every heartbeat, so that a
// revoked session ends its stream. end is called when the client has left.
func SendEvents(next func(context.Context) (Message, error), allowed func(context.Context) bool, end func()) *Stream {
	return &Stream{Body: func(c huma.Context) {
		defer end()
		_, w := humago.Unwrap(c)
		ctx, done := context.WithTimeout(c.Context(), maxStream)
		defer done()
		h := w.Header()
		h.Set("Content-Type", "text/event-stream")
		h.Set("X-Accel-Buffering", "no")
		w.WriteHeader(http.StatusOK)
		out := http.NewResponseController(w)
		_, _ = fmt.Fprint(w, "retry: 2000\n\n")
		for ctx.Err() == nil {
			if out.Flush() != nil {
				return
			}
			wait, stop := context.WithTimeout(ctx, heartbeat)
			m, err := next(wait)
			stop()
			if err != nil && ctx.Err() == nil && wait.Err() == nil {
				return
			}
			if m.Type == "" {
				if !allowed(ctx) {
					return
				}
				_, err = fmt.Fprint(w, ": alive\n\n")
			} else {
				err = writeMessage(w, m)
			}
			if err != nil {
				return
			}
		}
	}}
}

func writeMessage(w http.ResponseWriter, m Message) error {
	b, err := json.Marshal(m.Data)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "id: %s\nevent: %s\ndata: %s\n\n", m.ID, m.Type, b)
	return err
}

// Check asks again who the request's credential belongs to and whether they may
// do what permission says, for answers that stay open.
func (a *API) Check(ctx context.Context, permission string) bool {
	r := requestOf(ctx)
	if r == nil {
		return false
	}
	_, err := a.authenticate(ctx, Op{Permission: permission}, r.r)
	return err == nil
}
