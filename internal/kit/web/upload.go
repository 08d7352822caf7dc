package web

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ordercove/ordercove/internal/kit/file"
)

// Upload says what a multipart body may hold.
type Upload struct {
	Field    string // the files' part name; "" is "file"
	MaxFiles int    // 0 is 1
	MaxBytes int64  // of each file; 0 is 64 MiB
	Fields   []string
}

func (u Upload) withDefaults() Upload {
	if u.Field == "" {
		u.Field = "file"
	}
	if u.MaxFiles == 0 {
		u.MaxFiles = 1
	}
	if u.MaxBytes == 0 {
		u.MaxBytes = 64 << 20
	}
	return u
}

const (
	fieldBytes = 64 << 10 // of a text part
	idleRead   = 30 * time.Second
)

// ReceiveFiles streams the request's files into the store, sealed, without a
// copy on disk or in memory, and returns them with the text parts. n gives the
// purpose and expiry; name and media type come from the upload. On an error
// nothing is kept.
//
// Errors: ErrNoFile, ErrManyFiles, ErrUnreadable, file.ErrTooLarge, file.ErrEmpty.
func ReceiveFiles(ctx context.Context, files *file.Files, u Upload, n file.New) (out []file.File, fields map[string]string, err error) {
	u = u.withDefaults()
	req := requestOf(ctx)
	defer func() {
		if err != nil {
			for _, f := range out {
				_ = files.Delete(context.WithoutCancel(ctx), f.ID)
			}
			out = nil
		}
	}()
	media, params, e := mime.ParseMediaType(req.r.Header.Get("Content-Type"))
	if e != nil || media != "multipart/form-data" || params["boundary"] == "" {
		return nil, nil, ErrMediaType
	}
	whole := u.MaxBytes*int64(u.MaxFiles) + int64(len(u.Fields)+4)*fieldBytes
	body := &patientBody{c: http.NewResponseController(req.w), r: http.MaxBytesReader(req.w, req.r.Body, whole)}
	defer func() { _ = body.c.SetReadDeadline(time.Time{}) }()
	form := multipart.NewReader(body, params["boundary"])
	fields = map[string]string{}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return out, nil, unreadable(err)
		}
		if part.FormName() != u.Field || part.FileName() == "" {
			if err := readField(part, fields); err != nil {
				return out, nil, err
			}
			continue
		}
		if len(out) == u.MaxFiles {
			return out, nil, ErrManyFiles.With("max", u.MaxFiles)
		}
		n.Name, n.MediaType = part.FileName(), "application/octet-stream"
		if m, _, err := mime.ParseMediaType(part.Header.Get("Content-Type")); err == nil {
			n.MediaType = m
		}
		f, err := files.Save(ctx, n, part, u.MaxBytes)
		if err != nil {
			return out, nil, unreadable(err)
		}
		out = append(out, f)
	}
	if len(out) == 0 {
		return nil, nil, ErrNoFile.At(u.Field)
	}
	return out, fields, nil
}

func readField(part *multipart.Part, into map[string]string) error {
	b, err := io.ReadAll(io.LimitReader(part, fieldBytes+1))
	if err != nil {
		return unreadable(err)
	}
	if len(b) > fieldBytes || len(into) >= 32 {
		return ErrTooLarge
	}
	into[part.FormName()] = string(b)
	return nil
}

// unreadable tells errors of the connection and its limits from our own.
func unreadable(err error) error {
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big):
		return file.ErrTooLarge.With("max_mb", big.Limit>>20)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, multipart.ErrMessageTooLarge):
		return ErrUnreadable.With("reason", "multipart").Because(err)
	}
	var t interface{ Timeout() bool }
	if errors.As(err, &t) && t.Timeout() {
		return ErrTimeout.Because(err)
	}
	return err
}

// patientBody lets a long upload take its time as long as bytes keep coming.
type patientBody struct {
	c *http.ResponseController
	r io.Reader
}

func (b *patientBody) Read(p []byte) (int, error) {
	_ = b.c.SetReadDeadline(time.Now().Add(idleRead)) // a test's recorder has none
	return b.r.Read(p)
}

func documentUpload(doc *huma.OpenAPI, op Op) {
	o := operationOf(doc, op)
	if o == nil {
		return
	}
	u := op.Upload.withDefaults()
	bytes := &huma.Schema{Type: huma.TypeString, Format: "binary"}
	s := &huma.Schema{Type: huma.TypeObject, Required: []string{u.Field}, Properties: map[string]*huma.Schema{u.Field: bytes}}
	if u.MaxFiles > 1 {
		s.Properties[u.Field] = &huma.Schema{Type: huma.TypeArray, Items: bytes, MaxItems: &u.MaxFiles}
	}
	for _, f := range u.Fields {
		s.Properties[f] = &huma.Schema{Type: huma.TypeString}
	}
	o.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: s}}}
}
