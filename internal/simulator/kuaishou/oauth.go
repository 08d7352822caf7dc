package kuaishou

import (
	"net/http"
	"net/url"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

// oauth answers /oauth/authorize (the seller agrees at once), /oauth2/access_token and
// /oauth2/refresh_token.
func (s *server) oauth(rw http.ResponseWriter, r *http.Request) {
	shop := s.w.ByApp(code, r.Form.Get("app_id"))
	if shop == nil {
		write(rw, spell(nil, &failed{100200101, "unauthorized_client", "app 非法"}))
		return
	}
	if r.URL.Path == "/oauth/authorize" {
		s.authorize(rw, r, shop)
		return
	}
	shop.Exchange(rw, r, func(t *world.Tx, v world.Verdict) world.Reply {
		if v.Fault != world.NoFault {
			return spell(nil, &failed{100200500, "server_error", "服务器内部错误"})
		}
		if r.Form.Get("app_secret") != t.Secret {
			return spell(nil, &failed{100200101, "unauthorized_client", "app_secret 错误"})
		}
		return spell(grant(t, r.URL.Path, r.Form))
	})
}

func grant(t *world.Tx, path string, q url.Values) (obj, error) {
	var g world.Grant
	var err error
	switch {
	case path == "/oauth2/access_token" && q.Get("grant_type") == "code":
		if g, err = t.GrantByCode(q.Get("code")); err != nil {
			return nil, &failed{100200105, "invalid_grant", "code 错误"}
		}
	case path == "/oauth2/refresh_token" && q.Get("grant_type") == "refresh_token":
		if g, err = t.GrantByRefresh(q.Get("refresh_token")); err != nil {
			return nil, &failed{100200102, "access_denied", "refreshToken.discarded"}
		}
	default:
		return nil, &failed{100200104, "unsupported_grant_type", "grantType 错误"}
	}
	return obj{"access_token": g.Access, "refresh_token": g.Refresh, "open_id": "s" + t.ID, "expires_in": (g.ExpiresAt - t.Now()) / 1000,
		"refresh_token_expires_in": (g.RefreshUntil - t.Now()) / 1000, "scopes": []string{"merchant_order", "merchant_refund", "merchant_item", "merchant_comment"}}, nil
}

func (s *server) authorize(rw http.ResponseWriter, r *http.Request, shop *world.Shop) {
	back, err := url.Parse(r.Form.Get("redirect_uri"))
	if err != nil || back.Host == "" || r.Form.Get("response_type") != "code" {
		write(rw, spell(nil, &failed{100200100, "invalid_request", "缺少必要的请求参数"}))
		return
	}
	var c string
	shop.Do(func(t *world.Tx) { c = t.NewCode() })
	q := back.Query()
	q.Set("code", c)
	if state := r.Form.Get("state"); state != "" {
		q.Set("state", state)
	}
	back.RawQuery = q.Encode()
	http.Redirect(rw, r, back.String(), http.StatusFound)
}
