package wxmall

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/clock"
)

type client struct {
	channel.Access
	companies wire.Companies
}

func openClient(a channel.Access) (channel.Client, error) {
	if err := wire.Credentials(credentials, a); err != nil {
		return nil, err
	}
	return &client{Access: a}, nil
}

// object is the parameters of a call.
type object map[string]any

// call sends one request and reads its answer into into.
func (c *client) call(ctx context.Context, effect bool, path string, p object, into any) (wire.Answer, error) {
	return c.send(ctx, effect, path+"?"+url.Values{"access_token": {c.Token.Access}}.Encode(), p, into)
}

func (c *client) send(ctx context.Context, effect bool, path string, p object, into any) (wire.Answer, error) {
	body, err := json.Marshal(p)
	if err != nil {
		return wire.Answer{}, err
	}
	r, err := wire.Post(ctx, strings.TrimRight(c.BaseURL, "/")+path, "application/json; charset=utf-8", body)
	if err != nil {
		return wire.Answer{}, err
	}
	a, err := wire.Do(c.HTTP, r, effect)
	if err != nil {
		return a, err
	}
	if a.Status == http.StatusForbidden {
		return a, channel.Told(channel.ErrIPNotListed, "403", "HTTP 403")
	}
	if err := a.OK(effect); err != nil {
		return a, err
	}
	var e envelope
	if err := a.JSON(&e, effect); err != nil {
		return a, err
	}
	if err := e.fault(clock.Millis(c.Clock), effect); err != nil {
		return a, err
	}
	return a, a.JSON(into, effect)
}

type envelope struct {
	Code wire.Int  `json:"errcode"`
	Msg  wire.Text `json:"errmsg"`
	// Access is there instead of a code where a token was asked for.
	Access string `json:"access_token"`
}

// fault is the refusal in the port's words, nil for none. The platform's own trouble
// may have come after an effect.
func (e envelope) fault(now int64, effect bool) error {
	code := strconv.FormatInt(e.Code.N, 10)
	text, _, _ := strings.Cut(e.Msg.String(), " rid:")
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
	case 45009:
		return channel.Throttled(day-(now+8*60*minute)%day, code)
	case 10060001:
		return channel.ErrNotFound.With("no", "", "channel_code", code)
	case 10060002, 10060023: // shipped already; the report changes nothing
		return channel.Told(channel.ErrDone, code, text)
	}
	return channel.Told(channel.ErrRefused, code, text)
}

// Test implements channel.Client.
func (c *client) Test(ctx context.Context) error {
	now := clock.Millis(c.Clock)
	_, err := c.List(ctx, channel.Query{Stream: channel.ByCreated, From: now - minute, To: now, Size: 1})
	return err
}

// List implements channel.Client: payments by the time they were paid.
func (c *client) List(ctx context.Context, q channel.Query) (channel.Page, error) {
	size := q.Size
	if size <= 0 || size > limits.PageSize {
		size = limits.PageSize
	}
	p := object{"pay_time_range": object{"begin_time": q.From / second, "end_time": q.To / second}, "page_size": size}
	if q.Cursor != "" {
		p["last_index"] = q.Cursor
	}
	var l struct {
		Orders []json.RawMessage `json:"order_list"`
		More   bool              `json:"has_more"`
		Last   wire.Text         `json:"last_index"`
	}
	a, err := c.call(ctx, false, "/wxa/sec/order/get_order_list", p, &l)
	if err != nil {
		return channel.Page{}, err
	}
	page := channel.Page{Total: -1, More: l.More, ServerAt: a.ServerAt}
	if l.More {
		page.Next = l.Last.String()
	}
	for _, raw := range l.Orders {
		page.Items = append(page.Items, item(raw))
	}
	return page, nil
}

// item: the platform tells no time of change.
func item(raw []byte) channel.Item {
	return channel.Item{No: wire.Field(raw, "merchant_trade_no", "transaction_id").String(), Raw: raw}
}

// Get implements channel.Client.
func (c *client) Get(ctx context.Context, no string) (channel.Item, error) {
	var one struct {
		Order json.RawMessage `json:"order"`
	}
	if _, err := c.call(ctx, false, "/wxa/sec/order/get_order", object{"merchant_id": c.Credentials[mchID], "merchant_trade_no": no}, &one); err != nil {
		return channel.Item{}, asked(err, no)
	}
	if len(one.Order) == 0 || string(one.Order) == "null" {
		return channel.Item{}, channel.ErrNotFound.With("no", no)
	}
	return item(one.Order), nil
}

// asked names what was not found.
func asked(err error, no string) error {
	if errors.Is(err, channel.ErrNotFound) {
		return channel.ErrNotFound.With("no", no)
	}
	return err
}

// fetch gets the token that stands. The platform changes it by itself before it ends,
// and answers the same one until then; forcing another is rationed, so it is forced
// only when the platform itself refuses the one it gives.
func fetch(ctx context.Context, a channel.Access) (channel.Token, error) {
	opened, err := openClient(a)
	if err != nil {
		return channel.Token{}, err
	}
	c := opened.(*client)
	t, err := c.stableToken(ctx, false)
	if err != nil || t.Access != a.Token.Access {
		return t, err
	}
	if err := c.Test(ctx); errors.Is(err, channel.ErrTokenExpired) {
		return c.stableToken(ctx, true)
	}
	return t, nil
}

func (c *client) stableToken(ctx context.Context, force bool) (channel.Token, error) {
	var t struct {
		Access    string   `json:"access_token"`
		ExpiresIn wire.Int `json:"expires_in"`
	}
	_, err := c.send(ctx, false, "/cgi-bin/stable_token", object{"grant_type": "client_credential", "appid": c.Credentials[appID], "secret": c.Credentials[appSecret], "force_refresh": force}, &t)
	if err != nil {
		return channel.Token{}, err
	}
	if t.Access == "" {
		return channel.Token{}, channel.Told(channel.ErrAnswer, "stable_token", "no token in the answer")
	}
	out := channel.Token{Access: t.Access, Account: c.Credentials[appID]}
	if t.ExpiresIn.N > 0 {
		out.ExpiresAt = clock.Millis(c.Clock) + t.ExpiresIn.N*second
	}
	return out, nil
}
