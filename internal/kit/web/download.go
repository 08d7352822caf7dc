package web

import (
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/ordercove/ordercove/internal/kit/file"
)

// Stream is the output of operations that write their answer themselves.
type Stream struct {
	Body func(huma.Context)
}

// SendFile answers with a stored file as a download, ranges included. It is
// always an attachment: an uploaded page must never run as ours.
func SendFile(r *file.Reader) *Stream {
	return &Stream{Body: func(c huma.Context) {
		req, w := humago.Unwrap(c)
		attachment(w.Header(), r.Name, r.MediaType)
		w.Header().Set("ETag", `"`+r.SHA256+`"`)
		http.ServeContent(w, req, "", time.UnixMilli(r.CreatedAt), r)
	}}
}

// SendDownload answers with bytes made on the spot, named for saving.
func SendDownload(name, mediaType string, write func(io.Writer) error) *Stream {
	return &Stream{Body: func(c huma.Context) {
		_, w := humago.Unwrap(c)
		attachment(w.Header(), name, mediaType)
		w.WriteHeader(http.StatusOK)
		if err := write(w); err != nil {
			panic(http.ErrAbortHandler) // the client sees a broken download, not a short file
		}
	}}
}

func attachment(h http.Header, name, mediaType string) {
	if mediaType == "" {
		mediaType = "application/octet-stream"
	}
	ascii := strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7e || r == '"' || r == '\\' {
			return '_'
		}
		return r
	}, name)
	h.Set("Content-Type", safeMedia(mediaType))
	h.Set("Content-Disposition", `attachment; filename=`+strconv.Quote(ascii)+`; filename*=UTF-8''`+url.PathEscape(name))
}

// safeMedia keeps what a client claimed from becoming a page or a script.
func safeMedia(m string) string {
	base, _, err := mime.ParseMediaType(m)
	if err != nil {
		return "application/octet-stream"
	}
	switch {
	case base == "text/csv", base == "text/plain":
		return base + "; charset=utf-8"
	case strings.HasPrefix(base, "application/vnd."), base == "application/zip", base == "application/pdf", base == "application/json":
		return base
	}
	return "application/octet-stream"
}
