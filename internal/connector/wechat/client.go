package wechat

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
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
	if k := a.Credentials[pushKey]; k != "" {
		if _, err := aesKey(k); err != nil {
			return nil, channel.ErrCredentials.With("field", pushKey).At(pushKey)
		}
	}
	return &client{Access: a}, nil
}

// object is the parameters of a call.
type object map[string]any

// call sends one request and reads its answer into into. Nothing is signed: the
// token says who asks.
func (c *client) call(ctx context.Context, effect bool, path string, p object, into any) (wire.Answer, error) {
	return c.send(ctx, effect, path+"?"+url.Values{"access_token": {c.Token.Access}}.Encode(), p, into)
}

func (c *client) send(ctx context.Context, effect bool, path string, p object, into any) (wire.Answer, error) {
	if p == nil {
		p = object{}
	}
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

// Test implements channel.Client.
func (c *client) Test(ctx context.Context) error {
	now := clock.Millis(c.Clock)
	_, err := c.List(ctx, channel.Query{Stream: channel.ByModified, From: now - minute, To: now, Size: 1})
	return err
}

// List implements channel.Client. The platform lists numbers only, and counts nothing.
func (c *client) List(ctx context.Context, q channel.Query) (channel.Page, error) {
	by := "create_time_range"
	if q.Stream == channel.ByModified {
		by = "update_time_range"
	}
	size := q.Size
	if size <= 0 || size > limits.PageSize {
		size = limits.PageSize
	}
	p := object{by: object{"start_time": q.From / second, "end_time": q.To / second}, "page_size": size}
	if q.Cursor != "" {
		p["next_key"] = q.Cursor
	}
	var l struct {
		IDs []wire.Text `json:"order_id_list"`
		pages
	}
	a, err := c.call(ctx, false, "/channels/ec/order/list/get", p, &l)
	if err != nil {
		return channel.Page{}, err
	}
	return l.page(a, l.IDs), nil
}

type pages struct {
	More bool      `json:"has_more"`
	Next wire.Text `json:"next_key"`
}

func (p pages) page(a wire.Answer, ids []wire.Text) channel.Page {
	out := channel.Page{Total: -1, More: p.More, ServerAt: a.ServerAt}
	if p.More {
		out.Next = p.Next.String()
	}
	for _, no := range ids {
		out.Items = append(out.Items, channel.Item{No: no.String()})
	}
	return out
}

// Get implements channel.Client.
func (c *client) Get(ctx context.Context, no string) (channel.Item, error) {
	var one struct {
		Order json.RawMessage `json:"order"`
	}
	if _, err := c.call(ctx, false, "/channels/ec/order/get", object{"order_id": no}, &one); err != nil {
		return channel.Item{}, asked(err, no)
	}
	if len(one.Order) == 0 || string(one.Order) == "null" {
		return channel.Item{}, channel.ErrNotFound.With("no", no)
	}
	return channel.Item{No: wire.Field(one.Order, "order_id").String(), ModifiedAt: wire.Field(one.Order, "update_time").Number() * second, Raw: one.Order}, nil
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
