package web

import (
	"context"
	"net/http"
	"time"
)

// CookieName is the session cookie's. Over TLS its prefix binds it to this very
// host and path; plain HTTP, which only loopback may speak, cannot have it.
func CookieName(tls bool) string {
	if tls {
		return "__Host-ordercove"
	}
	return "ordercove"
}

// SessionCookie makes the cookie that carries a session's token until expiresAt
// (unix milliseconds). An operation returns it in a field tagged header:"Set-Cookie".
func SessionCookie(ctx context.Context, token string, expiresAt int64) http.Cookie {
	tls := overTLS(ctx)
	return http.Cookie{Name: CookieName(tls), Value: token, Path: "/", Expires: time.UnixMilli(expiresAt),
		HttpOnly: true, Secure: tls, SameSite: http.SameSiteLaxMode}
}

// EndSessionCookie makes the browser forget its session.
func EndSessionCookie(ctx context.Context) http.Cookie {
	tls := overTLS(ctx)
	return http.Cookie{Name: CookieName(tls), Path: "/", MaxAge: -1, HttpOnly: true, Secure: tls, SameSite: http.SameSiteLaxMode}
}

func overTLS(ctx context.Context) bool {
	r := requestOf(ctx)
	return r != nil && r.r.TLS != nil
}

// credential reads what the request proves itself with. A bearer key wins over
// a cookie: scripts run in browsers too.
func credential(r *http.Request) Credential {
	if h := r.Header.Get("Authorization"); len(h) > 7 && (h[:7] == "Bearer " || h[:7] == "bearer ") {
		return Credential{Bearer: h[7:]}
	}
	if c, err := r.Cookie(CookieName(r.TLS != nil)); err == nil {
		return Credential{Cookie: c.Value}
	}
	return Credential{}
}

// SessionToken is the token of the cookie the request came with, for signing out.
func SessionToken(ctx context.Context) string {
	if r := requestOf(ctx); r != nil {
		return credential(r.r).Cookie
	}
	return ""
}

// Bearer is the key a request outside the operations brings.
func Bearer(r *http.Request) string { return credential(r).Bearer }
