package taobao

import (
	"context"
	"encoding/json"
	"net/url"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/clock"
)

func authorizeURL(a channel.Access, state, redirect string) (string, error) {
	if a.Credentials[appKey] == "" {
		return "", channel.ErrCredentials.With("field", appKey).At(appKey)
	}
	q := url.Values{"response_type": {"code"}, "client_id": {a.Credentials[appKey]}, "redirect_uri": {redirect}, "state": {state}, "view": {"web"}}
	return "https://oauth.taobao.com/authorize?" + q.Encode(), nil
}

func exchange(ctx context.Context, a channel.Access, code, _ string) (channel.Token, error) {
	return token(ctx, a, "taobao.top.auth.token.create", map[string]string{"code": code})
}

func refresh(ctx context.Context, a channel.Access) (channel.Token, error) {
	return token(ctx, a, "taobao.top.auth.token.refresh", map[string]string{"refresh_token": a.Token.Refresh})
}

// token asks for a token. The answer holds it as a text of JSON.
func token(ctx context.Context, a channel.Access, method string, p map[string]string) (channel.Token, error) {
	opened, err := openClient(a)
	if err != nil {
		return channel.Token{}, err
	}
	var answer struct {
		Result wire.Text `json:"token_result"`
	}
	if _, err := opened.(*client).call(ctx, ofApp, method, p, &answer); err != nil {
		return channel.Token{}, err
	}
	var t tokenAnswer
	if err := json.Unmarshal([]byte(answer.Result), &t); err != nil || t.AccessToken == "" {
		return channel.Token{}, channel.Told(channel.ErrAnswer, method, "no token in the answer")
	}
	nick := t.UserNick
	if plain, err := url.QueryUnescape(nick); err == nil {
		nick = plain
	}
	now := clock.Millis(a.Clock)
	out := channel.Token{Access: t.AccessToken, Refresh: t.RefreshToken, Account: nick}
	if t.ExpiresIn.N > 0 {
		out.ExpiresAt = now + t.ExpiresIn.N*second
	}
	if t.RefreshExpiresIn.N > 0 {
		out.RefreshExpiresAt = now + t.RefreshExpiresIn.N*second
	}
	return out, nil
}
