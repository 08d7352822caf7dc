package jd

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/clock"
)

// consentURL: a server that stands in for the gateway gives consent too.
func consentURL(a channel.Access) string {
	if a.BaseURL == gateway || a.BaseURL == "" {
		return consent
	}
	return strings.TrimSuffix(strings.TrimRight(a.BaseURL, "/"), "/rest")
}

func authorizeURL(a channel.Access, state, redirect string) (string, error) {
	if a.Credentials[appKey] == "" {
		return "", channel.ErrCredentials.With("field", appKey).At(appKey)
	}
	q := url.Values{"app_key": {a.Credentials[appKey]}, "response_type": {"code"}, "redirect_uri": {redirect}, "state": {state}, "scope": {"snsapi_base"}}
	return consentURL(a) + "/oauth2/to_login?" + q.Encode(), nil
}

func exchange(ctx context.Context, a channel.Access, code, _ string) (channel.Token, error) {
	return token(ctx, a, "/oauth2/access_token", url.Values{"grant_type": {"authorization_code"}, "code": {code}})
}

func refresh(ctx context.Context, a channel.Access) (channel.Token, error) {
	return token(ctx, a, "/oauth2/refresh_token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {a.Token.Refresh}})
}

func token(ctx context.Context, a channel.Access, path string, q url.Values) (channel.Token, error) {
	if err := wire.Credentials(credentials, a); err != nil {
		return channel.Token{}, err
	}
	q.Set("app_key", a.Credentials[appKey])
	q.Set("app_secret", a.Credentials[appSecret])
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, consentURL(a)+path+"?"+q.Encode(), nil)
	if err != nil {
		return channel.Token{}, err
	}
	answer, err := wire.Do(a.HTTP, r, false)
	if err != nil {
		return channel.Token{}, err
	}
	if err := answer.OK(false); err != nil {
		return channel.Token{}, err
	}
	var t struct {
		Code      wire.Text `json:"code"`
		Msg       wire.Text `json:"msg"`
		Access    string    `json:"access_token"`
		Refresh   string    `json:"refresh_token"`
		ExpiresIn wire.Int  `json:"expires_in"`
		UID       wire.Text `json:"uid"`
		OpenID    wire.Text `json:"open_id"`
		XID       wire.Text `json:"xid"`
	}
	if err := answer.JSON(&t, false); err != nil {
		return channel.Token{}, err
	}
	if t.Access == "" {
		return channel.Token{}, refusedToken(t.Code.String(), t.Msg.String())
	}
	out := channel.Token{Access: t.Access, Refresh: t.Refresh, Account: channel.FirstOf(t.UID.String(), t.OpenID.String(), t.XID.String())}
	if t.ExpiresIn.N > 0 {
		out.ExpiresAt = clock.Millis(a.Clock) + t.ExpiresIn.N*second
	}
	return out, nil
}

// refusedToken: the platform busy, a wrong key or secret, and else a code or refresh
// token that has ended.
func refusedToken(code, text string) error {
	switch {
	case code == "" && text == "":
		return channel.Told(channel.ErrAnswer, "token", "no token in the answer")
	case code == "500" || has(text, "繁忙"):
		return channel.Told(channel.ErrUnavailable, code, text)
	case has(text, "app_secret", "app_key", "appkey"):
		return channel.Told(channel.ErrSignature, code, text)
	}
	return channel.Told(channel.ErrTokenExpired, code, text)
}
