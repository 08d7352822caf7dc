package app

import (
	"crypto/sha256"
	"encoding/base64"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"

	webui "github.com/ordercove/ordercove/web"
)

// ui serves the browser interface from inside the binary. Every address that is
// no file is the interface's own route.
type ui struct {
	files fs.FS
	index bool
	tags  sync.Map // file name → ETag
}

func newUI() *ui { return uiFrom(webui.Dist) }

func uiFrom(all fs.FS) *ui {
	sub, err := fs.Sub(all, "dist")
	if err != nil {
		return &ui{}
	}
	_, err = fs.Stat(sub, "index.html")
	return &ui{files: sub, index: err == nil}
}

func (u *ui) state() string {
	if u.index {
		return "embedded"
	}
	return "absent"
}

func (u *ui) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	switch {
	case !u.index:
		absent(w)
		return
	case name == "" || name == ".":
		name = "index.html"
	case !u.exists(name):
		if name == "assets" || strings.HasPrefix(name, "assets/") || path.Ext(name) != "" && !strings.Contains(r.Header.Get("Accept"), "text/html") {
			http.NotFound(w, r)
			return
		}
		name = "index.html"
	}
	u.serve(w, r, name)
}

func (u *ui) exists(name string) bool {
	i, err := fs.Stat(u.files, name)
	return err == nil && !i.IsDir() && fs.ValidPath(name)
}

// serve answers with the smallest twin the browser takes.
func (u *ui) serve(w http.ResponseWriter, r *http.Request, name string) {
	h := w.Header()
	h.Set("Content-Type", mediaType(name))
	if strings.HasPrefix(name, "assets/") { // their names change with their content
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	pick, coding := name, ""
	for _, twin := range [][2]string{{"br", ".br"}, {"gzip", ".gz"}} {
		if accepts(r.Header.Get("Accept-Encoding"), twin[0]) && u.exists(name+twin[1]) {
			pick, coding = name+twin[1], twin[0]
			break
		}
	}
	h.Set("Vary", "Accept-Encoding")
	b, err := fs.ReadFile(u.files, pick)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	tag := u.tag(pick, b)
	h.Set("ETag", tag)
	if strings.Contains(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if coding != "" {
		h.Set("Content-Encoding", coding)
	}
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(b) // the browser is gone when it fails
	}
}

func (u *ui) tag(name string, b []byte) string {
	if t, ok := u.tags.Load(name); ok {
		return t.(string)
	}
	sum := sha256.Sum256(b)
	t := `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
	u.tags.Store(name, t)
	return t
}

// accepts reads an Accept-Encoding header; q=0 is a refusal.
func accepts(header, coding string) bool {
	for _, part := range strings.Split(header, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), coding) {
			q = strings.ReplaceAll(q, " ", "")
			return q != "q=0" && q != "q=0.0" && q != "q=0.000"
		}
	}
	return false
}

func mediaType(name string) string {
	switch path.Ext(name) {
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".html":
		return "text/html; charset=utf-8"
	case ".json", ".map":
		return "application/json"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".webmanifest":
		return "application/manifest+json"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

// absent tells a person that this binary was built without the interface.
func absent(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write([]byte(absentPage))
}

const absentPage = `<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Ordercove 单湾</title>
<style>body{font:16px/1.6 system-ui,sans-serif;max-width:40em;margin:15vh auto;padding:0 1em;color:#1f2328}code{background:#f0f2f5;padding:.1em .3em}</style>
<h1>单湾正在运行</h1>
<p>这个程序没有内置网页界面。请用 <code>./run</code> 或 <code>make build</code> 重新构建，或直接使用接口：<a href="/docs">接口文档</a>。</p>
<h1 lang="en">Ordercove is running</h1>
<p lang="en">This binary was built without the browser interface. Build it with <code>./run</code> or <code>make build</code>, or use the API: <a href="/docs">API documentation</a>.</p>
</html>
`
