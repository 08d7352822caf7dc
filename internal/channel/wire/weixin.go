package wire

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/clock"
)

// Names of the credentials that Weixin asks for.
const (
	WeixinAppID  = "app_id"
	WeixinSecret = "app_secret"
)

// Weixin speaks to api.weixin.qq.com, which serves several kinds of shops with one
// token and one way to refuse.
type Weixin struct {
	channel.Access
	// Refuse words the refusals of the kind of shop, nil for those that mean nothing
	// more than a refusal. Detail is what a carrier said, where one was asked.
	Refuse func(code int64, text, detail string) error
}

type weixinEnvelope struct {
	Code   Int  `json:"errcode"`
	Msg    Text `json:"errmsg"`
	Detail Text `json:"delivery_error_msg"`
	// Access is there instead of a code where a token was asked for.
	Access string `json:"access_token"`
}

// Call sends one request with the token and reads its answer into into; nothing is
// signed. Errors: those of channel.Client.
func (x Weixin) Call(ctx context.Context, effect bool, path string, p, into any) (Answer, error) {
	return x.send(ctx, effect, path+"?"+url.Values{"access_token": {x.Token.Access}}.Encode(), p, into)
}

func (x Weixin) send(ctx context.Context, effect bool, path string, p, into any) (Answer, error) {
	body, err := json.Marshal(p)
	if err != nil {
		return Answer{}, err
	}
	r, err := Post(ctx, strings.TrimRight(x.BaseURL, "/")+path, "application/json; charset=utf-8", body)
	if err != nil {
		return Answer{}, err
	}
	a, err := Do(x.HTTP, r, effect)
	if err != nil {
		return a, err
	}
	if a.Status == http.StatusForbidden {
		return a, channel.Told(channel.ErrIPNotListed, "403", "HTTP 403")
	}
	if err := a.OK(effect); err != nil {
		return a, err
	}
	var e weixinEnvelope
	if err := a.JSON(&e, effect); err != nil {
		return a, err
	}
	if err := x.fault(e, effect); err != nil {
		return a, err
	}
	return a, a.JSON(into, effect)
}

// fault is the refusal in the port's words, nil for none. The platform's own trouble
// may have come after an effect.
func (x Weixin) fault(e weixinEnvelope, effect bool) error {
	const minute = 60_000
	code := strconv.FormatInt(e.Code.N, 10)
	text, _, _ := strings.Cut(e.Msg.String(), " rid:") // the request's number
	switch e.Code.N {
	case 0:
		switch {
		case e.Code.Set, e.Access != "":
			return nil
		case effect:
			return channel.ErrUnknownOutcome.Because(errors.New("an answer without errcode"))
		}
		return channel.Told(channel.ErrAnswer, "envelope", "an answer without errcode")
	case -1:
		if effect {
			return channel.ErrUnknownOutcome.Because(errors.New("errcode -1"))
		}
		return channel.Told(channel.ErrUnavailable, code, text)
	case 40001, 40014, 41001, 42001:
		return channel.Told(channel.ErrTokenExpired, code, text)
	case 40013, 40125, 41002, 41004:
		return channel.Told(channel.ErrSignature, code, text)
	case 40164:
		return channel.Told(channel.ErrIPNotListed, code, text)
	case 48001, 48004, 50002:
		return channel.Told(channel.ErrPermission, code, text)
	case 45011:
		return channel.Throttled(minute, code)
	case 45009: // the day's calls, counted from midnight in China
		const day = 24 * 60 * minute
		return channel.Throttled(day-(clock.Millis(x.Clock)+8*60*minute)%day, code)
	}
	if x.Refuse != nil {
		if err := x.Refuse(e.Code.N, text, e.Detail.String()); err != nil {
			return err
		}
	}
	return channel.Told(channel.ErrRefused, code, text)
}

// Fetch gets the token that stands. The platform changes it by itself before it ends,
// and answers the same one until then; forcing another is rationed, so it is forced
// only when test, which asks with the token of before, finds that the platform itself
// refuses the one it gives.
func (x Weixin) Fetch(ctx context.Context, test func(context.Context) error) (channel.Token, error) {
	t, err := x.stableToken(ctx, false)
	if err != nil || t.Access != x.Token.Access {
		return t, err
	}
	if err := test(ctx); errors.Is(err, channel.ErrTokenExpired) {
		return x.stableToken(ctx, true)
	}
	return t, nil
}

func (x Weixin) stableToken(ctx context.Context, force bool) (channel.Token, error) {
	var t struct {
		Access    string `json:"access_token"`
		ExpiresIn Int    `json:"expires_in"`
	}
	app := x.Credentials[WeixinAppID]
	_, err := x.send(ctx, false, "/cgi-bin/stable_token", map[string]any{"grant_type": "client_credential", "appid": app, "secret": x.Credentials[WeixinSecret], "force_refresh": force}, &t)
	if err != nil {
		return channel.Token{}, err
	}
	if t.Access == "" {
		return channel.Token{}, channel.Told(channel.ErrAnswer, "stable_token", "no token in the answer")
	}
	out := channel.Token{Access: t.Access, Account: app}
	if t.ExpiresIn.N > 0 {
		out.ExpiresAt = clock.Millis(x.Clock) + t.ExpiresIn.N*1000
	}
	return out, nil
}
