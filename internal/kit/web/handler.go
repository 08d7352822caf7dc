package web

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/errs"
)

// Handler is the mux behind everything that holds for every request: a request
// id, security headers, the same-origin check, one log line, and a panic that
// stays within its request.
func (a *API) Handler() http.Handler {
	a.Mux.HandleFunc("/api/", a.noRoute)
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { Refuse(w, r, ErrCrossOrigin) }))
	inner := cross.Handler(a.Mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req := &request{id: newRequestID(), began: time.Now()}
		rec := &recorder{ResponseWriter: w, zip: strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") && r.Header.Get("Range") == "" && !sameMachine(r)}
		ctx := context.WithValue(r.Context(), requestKey{}, req)
		ctx = actor.With(ctx, actor.Actor{Lang: langOf(r), IP: remoteIP(r), RequestID: req.id})
		r = r.WithContext(ctx)
		req.r, req.w = r, rec
		secure(w.Header(), r, req.id)
		defer a.finish(rec, req)
		inner.ServeHTTP(rec, r)
	})
}

// sameMachine tells whether the asker's browser runs beside the server, as on the packing-room PC:
// to compress an answer and unpack it again would only cost both. A proxy says for whom it asks.
func sameMachine(r *http.Request) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	h := r.Header
	return err == nil && peer.Addr().Unmap().IsLoopback() && h.Get("X-Forwarded-For") == "" && h.Get("Forwarded") == "" && h.Get("Via") == ""
}

// finish closes the answer, turns a panic into a 500 and writes the log line.
func (a *API) finish(w *recorder, req *request) {
	p := recover()
	torn := p != nil && w.status != 0
	if p != nil && p != http.ErrAbortHandler {
		if a.opt.Log != nil {
			a.opt.Log.Error("panic", "request_id", req.id, "route", req.route, "panic", p, "stack", string(debug.Stack()))
		}
		if w.status == 0 {
			Refuse(w, req.r, ErrInternal)
		}
	}
	w.close()
	took := time.Since(req.began)
	route := req.route
	if route == "" {
		route = "other"
	}
	if a.opt.Observe != nil {
		a.opt.Observe(req.r.Method, route, w.status, took)
	}
	if a.opt.Log != nil && req.route != "" {
		a.opt.Log.Info("request", "request_id", req.id, "method", req.r.Method, "route", route, "status", w.status,
			"took_ms", took.Milliseconds(), "merchant", req.who.MerchantID, "actor", req.who.ID)
	}
	if torn || p == http.ErrAbortHandler {
		panic(http.ErrAbortHandler) // cut the connection: what was sent is not whole
	}
}

// printComponents are where the platforms' print components listen on the machine that shows
// a page: the page may speak to them and to nothing else beyond the server.
const printComponents = "ws://127.0.0.1:13528 wss://localhost:13529 ws://127.0.0.1:5000 wss://localhost:18653 ws://127.0.0.1:13888 wss://localhost:13999 " +
	"ws://127.0.0.1:9113 ws://127.0.0.1:12705 ws://127.0.0.1:16888 wss://localhost:16889 ws://127.0.0.1:10818"

// secure sets the headers that hold for every answer; pages and files loosen the
// cache line where they may.
func secure(h http.Header, r *http.Request, id string) {
	h.Set("X-Request-Id", id)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "geolocation=(), microphone=(), payment=()")
	// antd writes style elements; scripts come from files only. Order pictures
	// come from the platforms' image hosts.
	h.Set("Content-Security-Policy", "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https:; "+
		"connect-src 'self' "+printComponents+"; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	if r.TLS != nil {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// Refuse answers a request outside the operations with a problem.
func Refuse(w http.ResponseWriter, r *http.Request, e *errs.Error) {
	p := problem(r.Context(), e)
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}

// noRoute answers what no operation takes: 405 where the path exists, else 404.
func (a *API) noRoute(w http.ResponseWriter, r *http.Request) {
	var allow []string
	for _, m := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		probe := r.Clone(r.Context())
		probe.Method = m
		if _, pattern := a.Mux.Handler(probe); pattern != "/api/" {
			allow = append(allow, m)
		}
	}
	if len(allow) > 0 {
		w.Header().Set("Allow", strings.Join(allow, ", "))
		Refuse(w, r, ErrMethod)
		return
	}
	Refuse(w, r, ErrNoRoute)
}

// recorder remembers the status and compresses larger JSON answers. A JSON
// answer's header waits for its first bytes, because their number decides.
type recorder struct {
	http.ResponseWriter
	status  int
	zip     bool
	pending bool
	gz      *gzip.Writer
}

const worthZipping = 1400 // less fits one packet anyway

var gzips = sync.Pool{New: func() any { w, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed); return w }}

func (r *recorder) WriteHeader(status int) {
	if r.status != 0 {
		return
	}
	r.status = status
	h := r.Header()
	r.pending = r.zip && strings.HasPrefix(h.Get("Content-Type"), "application/json") && h.Get("Content-Encoding") == "" && h.Get("Content-Disposition") == ""
	if !r.pending {
		r.ResponseWriter.WriteHeader(status)
	}
}

// send lets a waiting header go.
func (r *recorder) send(zip bool) {
	if !r.pending {
		return
	}
	r.pending = false
	if zip {
		r.Header().Set("Content-Encoding", "gzip")
		r.Header().Add("Vary", "Accept-Encoding")
		r.Header().Del("Content-Length")
		r.gz = gzips.Get().(*gzip.Writer)
		r.gz.Reset(r.ResponseWriter)
	}
	r.ResponseWriter.WriteHeader(r.status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.WriteHeader(http.StatusOK)
	}
	r.send(len(b) >= worthZipping)
	if r.gz != nil {
		return r.gz.Write(b)
	}
	return r.ResponseWriter.Write(b)
}

func (r *recorder) close() {
	r.send(false)
	if r.gz != nil {
		_ = r.gz.Close()
		gzips.Put(r.gz)
		r.gz = nil
	}
	if r.status == 0 {
		r.status = http.StatusOK
	}
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// Flush is for libraries that ask for http.Flusher.
func (r *recorder) Flush() {
	r.send(false)
	_ = http.NewResponseController(r.ResponseWriter).Flush()
}

// Hijack is refused: nothing here speaks another protocol.
func (r *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return nil, nil, http.ErrNotSupported
}
