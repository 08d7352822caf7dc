package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/ordercove/ordercove/internal/kit/actor"
)

// Prefix is where the operations live.
const Prefix = "/api/v1"

// Credential is what a request proves itself with: a session cookie or a key.
type Credential struct {
	Cookie string
	Bearer string
}

// Options say what the product brings along.
type Options struct {
	Version string
	Log     *slog.Logger
	// Authenticate says who a credential belongs to, or actor.ErrNone.
	Authenticate func(ctx context.Context, c Credential) (actor.Actor, error)
	// Observe is told of every answer; route is the operation's path, never the URL.
	Observe func(method, route string, status int, took time.Duration)
}

// API holds the operations of the product.
type API struct {
	Mux *http.ServeMux
	API huma.API
	opt Options
	ops []OpInfo
}

// OpInfo is what the permission matrix and the documents know of an operation.
type OpInfo struct {
	ID, Method, Path, Permission, Tag string
}

// Operations lists what was registered, in order.
func (a *API) Operations() []OpInfo { return a.ops }

var replaceErrors sync.Once

// New returns an API without operations.
func New(opt Options) *API {
	replaceErrors.Do(func() {
		huma.NewErrorWithContext = func(c huma.Context, status int, msg string, list ...error) huma.StatusError {
			return fromHuma(c.Context(), status, msg, list...)
		}
		huma.NewError = func(status int, msg string, list ...error) huma.StatusError {
			return fromHuma(context.Background(), status, msg, list...)
		}
	})
	mux := http.NewServeMux()
	cfg := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{Title: "Ordercove", Version: opt.Version,
				Description: "Orders of all shops in one place. Money is integer fen (*_fen), instants are RFC 3339 (*_at), ids are decimal strings."},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", newNamer()),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"session": {Type: "apiKey", In: "cookie", Name: CookieName(true), Description: "Set by POST /sessions"},
					"key":     {Type: "http", Scheme: "bearer", Description: "An API key"},
				},
			},
			Servers: []*huma.Server{{URL: Prefix}},
		},
		Formats:       map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat},
		DefaultFormat: "application/json",
		Transformers:  []huma.Transformer{hideClasses},
	}
	return &API{Mux: mux, API: humago.NewWithPrefix(mux, Prefix, cfg), opt: opt}
}

type requestKey struct{}

// request is what middleware knows of a request, for helpers further in.
type request struct {
	id    string
	r     *http.Request
	w     http.ResponseWriter
	began time.Time
	route string
	who   actor.Actor
}

func requestOf(ctx context.Context) *request {
	r, _ := ctx.Value(requestKey{}).(*request)
	return r
}

// RequestID is the id that the answer, the log and the audit trail share.
func RequestID(ctx context.Context) string {
	if r := requestOf(ctx); r != nil {
		return r.id
	}
	return ""
}

func newRequestID() string {
	var b [12]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// RemoteIP is the address the request came from.
func RemoteIP(ctx context.Context) string {
	if r := requestOf(ctx); r != nil {
		return remoteIP(r.r)
	}
	return ""
}

// UserAgent is what the browser calls itself, at most 200 bytes of it.
func UserAgent(ctx context.Context) string {
	if r := requestOf(ctx); r != nil {
		ua := strings.ToValidUTF8(r.r.UserAgent(), "")
		return strings.ToValidUTF8(ua[:min(len(ua), 200)], "")
	}
	return ""
}

func remoteIP(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// langOf reads Accept-Language as far as the product speaks it; "" leaves it to
// the actor.
func langOf(r *http.Request) string {
	for _, part := range strings.Split(r.Header.Get("Accept-Language"), ",") {
		tag := strings.ToLower(strings.TrimSpace(strings.SplitN(part, ";", 2)[0]))
		switch {
		case strings.HasPrefix(tag, "zh"):
			return "zh-CN"
		case strings.HasPrefix(tag, "en"):
			return "en-US"
		}
	}
	return ""
}
