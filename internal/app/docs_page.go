package app

import (
	_ "embed"
	"net/http"
)

//go:embed docs.html
var docsHTML []byte

//go:embed docs.js
var docsJS []byte

// docsPage renders /openapi.json in the browser, without anything from elsewhere.
func docsPage(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(docsHTML)
}

func docsScript(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(docsJS)
}
