package app

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ordercove/ordercove/internal/iam"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/web"
)

func TestEveryOperationAsksForAPermissionThatExists(t *testing.T) {
	api, err := paper()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{web.SignedIn: true}
	for _, p := range iam.Permissions() {
		known[p.Code] = true
	}
	public := map[string]bool{"getSystem": true, "setup": true, "login": true,
		// An agent is no user: these ask for its code, then for its key.
		"pairPrintAgent": true, "takePrintTasks": true, "sendPrintTask": true, "reportPrintTask": true,
		// A supplier is none either: these ask for the token of its door.
		"listSupplierOrders": true, "answerSupplierOrders": true, "shipSupplierOrders": true, "uploadSupplierNumbers": true, "downloadSupplierOrders": true}
	ops := api.Operations()
	if len(ops) < 100 {
		t.Fatalf("%d operations: the product is not wired", len(ops))
	}
	seen := map[string]bool{}
	for _, o := range ops {
		if seen[o.ID] {
			t.Errorf("%s stands twice", o.ID)
		}
		seen[o.ID] = true
		switch {
		case o.Permission == web.Public && !public[o.ID]:
			t.Errorf("%s %s is open to everybody", o.Method, o.Path)
		case o.Permission != web.Public && !known[o.Permission]:
			t.Errorf("%s asks for %q, which is in no role", o.ID, o.Permission)
		}
	}
}

func TestEveryCodeOfTheDocumentHasBothTexts(t *testing.T) {
	api, err := paper()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := api.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]struct {
			Codes []string `json:"x-errors"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	n := 0
	for path, methods := range doc.Paths {
		for method, op := range methods {
			for _, code := range op.Codes {
				n++
				if text, ok := errs.Lookup(code); !ok || text.ZH == "" || text.EN == "" {
					t.Errorf("%s %s: %s has no text", method, path, code)
				}
			}
		}
	}
	if n < 300 {
		t.Fatalf("saw %d codes", n)
	}
}

// TestTheListOfEventsIsComplete reads the capabilities' events.go files.
func TestTheListOfEventsIsComplete(t *testing.T) {
	listed := map[string]bool{}
	for _, e := range events() {
		listed[e.EventName()] = true
	}
	var found []string
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() != "events.go" {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Name.Name != "EventName" {
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
					found = append(found, strings.Trim(l.Value, `"`))
				}
				return true
			})
		}
		return nil
	})
	if err != nil || len(found) < 30 {
		t.Fatalf("found %d events (%v)", len(found), err)
	}
	for _, name := range found {
		if !listed[name] {
			t.Errorf("%s is missing in events()", name)
		}
	}
	if len(found) != len(listed) {
		slices.Sort(found)
		t.Errorf("%d are listed, %d exist: %v", len(listed), len(found), found)
	}
}

func TestDocumentsAreTheSameEveryTime(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	for _, dir := range []string{a, b} {
		if err := Docs(dir); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"errors.md", "permissions.md", "states.md", "events.md", "capabilities.md"} {
		x, err := os.ReadFile(filepath.Join(a, name))
		if err != nil {
			t.Fatal(err)
		}
		y, _ := os.ReadFile(filepath.Join(b, name))
		if !bytes.Equal(x, y) || len(x) < 500 {
			t.Errorf("%s: %d bytes, then %d", name, len(x), len(y))
		}
	}
	var x, y bytes.Buffer
	if err := OpenAPI(&x); err != nil {
		t.Fatal(err)
	}
	if err := OpenAPI(&y); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(x.Bytes(), y.Bytes()) {
		t.Error("the OpenAPI document differs from build to build")
	}
}

func page(t *testing.T, u *ui, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	u.ServeHTTP(w, r)
	return w
}

func TestTheInterfaceIsServedCompressedAndCached(t *testing.T) {
	u := uiFrom(fstest.MapFS{
		"dist/index.html":            {Data: []byte("<html>plain")},
		"dist/index.html.br":         {Data: []byte("br")},
		"dist/index.html.gz":         {Data: []byte("gz")},
		"dist/assets/app-1a2b.js":    {Data: []byte("let x")},
		"dist/assets/app-1a2b.js.gz": {Data: []byte("gzjs")},
		"dist/favicon.svg":           {Data: []byte("<svg/>")},
	})
	for _, c := range []struct{ path, accept, body, coding, kind, cache string }{
		{"/", "gzip, deflate, br", "br", "br", "text/html; charset=utf-8", "no-cache"},
		{"/", "gzip", "gz", "gzip", "text/html; charset=utf-8", "no-cache"},
		{"/", "", "<html>plain", "", "text/html; charset=utf-8", "no-cache"},
		{"/", "br;q=0, gzip", "gz", "gzip", "text/html; charset=utf-8", "no-cache"},
		{"/orders/123", "", "<html>plain", "", "text/html; charset=utf-8", "no-cache"},
		{"/assets/app-1a2b.js", "br, gzip", "gzjs", "gzip", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		{"/favicon.svg", "br", "<svg/>", "", "image/svg+xml", "no-cache"},
	} {
		w := page(t, u, c.path, "Accept-Encoding", c.accept)
		h := w.Header()
		if w.Code != 200 || w.Body.String() != c.body || h.Get("Content-Encoding") != c.coding || h.Get("Content-Type") != c.kind || h.Get("Cache-Control") != c.cache || h.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s accepting %q: %d %q %v", c.path, c.accept, w.Code, w.Body, h)
		}
		again := page(t, u, c.path, "Accept-Encoding", c.accept, "If-None-Match", h.Get("ETag"))
		if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
			t.Errorf("%s again: %d", c.path, again.Code)
		}
	}
	for _, missing := range []string{"/assets/app-old.js", "/assets/", "/logo.png", "/assets/../../secret.js"} {
		if w := page(t, u, missing); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", missing, w.Code)
		}
	}
}

func TestWithoutAnInterfaceAPageSaysSoInBothLanguages(t *testing.T) {
	u := uiFrom(fstest.MapFS{"dist/.keep": {}})
	w := page(t, u, "/orders")
	if u.state() != "absent" || w.Code != 200 || !strings.Contains(w.Body.String(), "单湾正在运行") || !strings.Contains(w.Body.String(), "Ordercove is running") {
		t.Fatalf("%s %d %s", u.state(), w.Code, w.Body)
	}
}

func TestOnlyLoopbackIsPlain(t *testing.T) {
	for listen, want := range map[string]bool{"127.0.0.1:80": true, "[::1]:80": true, "localhost:80": true, "0.0.0.0:80": false, ":80": false,
		"192.168.1.5:80": false, "shop.example:80": false, "[::]:80": false} {
		if got, err := loopback(listen); err != nil || got != want {
			t.Errorf("%s: %v %v", listen, got, err)
		}
	}
	if _, err := loopback("nowhere"); err == nil {
		t.Error("an address without a port is accepted")
	}
}
