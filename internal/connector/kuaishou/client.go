package kuaishou

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
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
	if key := a.Credentials[messageKey]; key != "" {
		if _, err := messageBlock(key); err != nil {
			return nil, channel.ErrCredentials.With("field", messageKey).At(messageKey)
		}
	}
	return &client{Access: a}, nil
}

// object is the parameters of a call.
type object map[string]any

// id writes an order's number as the platform wants it: a bare number.
func id(no string) json.Number { return json.Number(no) }

// canonical is JSON without blanks and with < & > as they are: what is signed is what
// is sent.
func canonical(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// sign is made before anything is escaped.
func sign(secret string, q url.Values) string {
	var text strings.Builder
	for _, name := range []string{"access_token", "appkey", "method", "param", "signMethod", "timestamp", "version"} {
		if v := q.Get(name); v != "" {
			text.WriteString(name + "=" + v + "&")
		}
	}
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(text.String() + "signSecret=" + secret))
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
}

// how a method is called: questions by GET, where the platform says so, else by POST.
type how int

const (
	get how = iota
	post
	change    // by POST, with an effect
	getChange // by GET, with an effect
)

func (h how) effect() bool { return h == change || h == getChange }

// call sends one request and reads the whole answer into into.
func (c *client) call(ctx context.Context, h how, method string, p object, into any) (wire.Answer, error) {
	if p == nil {
		p = object{}
	}
	param, err := canonical(p)
	if err != nil {
		return wire.Answer{}, channel.Told(channel.ErrRefused, method, "an id is no number").Because(err)
	}
	q := url.Values{"appkey": {c.Credentials[appKey]}, "access_token": {c.Token.Access}, "method": {method}, "version": {"1"}, "param": {param},
		"signMethod": {"HMAC_SHA256"}, "timestamp": {strconv.FormatInt(clock.Millis(c.Clock), 10)}}
	q.Set("sign", sign(c.Credentials[signSecret], q))
	return c.send(ctx, h, "/"+strings.ReplaceAll(method, ".", "/"), q, into)
}

func (c *client) send(ctx context.Context, h how, path string, q url.Values, into any) (wire.Answer, error) {
	address := strings.TrimRight(c.BaseURL, "/") + path
	r, err := wire.Post(ctx, address, "application/x-www-form-urlencoded", []byte(q.Encode()))
	if h == get || h == getChange {
		r, err = http.NewRequestWithContext(ctx, http.MethodGet, address+"?"+q.Encode(), nil)
	}
	if err != nil {
		return wire.Answer{}, err
	}
	a, err := wire.Do(c.HTTP, r, h.effect())
	if err != nil {
		return a, err
	}
	if err := a.OK(h.effect()); err != nil {
		return a, err
	}
	var e envelope
	if err := a.JSON(&e, h.effect()); err != nil {
		return a, err
	}
	if e.Result != "1" {
		return a, e.fault(h.effect(), clock.Millis(c.Clock))
	}
	return a, a.JSON(into, h.effect())
}

// Test implements channel.Client.
func (c *client) Test(ctx context.Context) error {
	now := clock.Millis(c.Clock)
	_, err := c.List(ctx, channel.Query{Stream: channel.ByModified, From: now - minute, To: now, Size: 1})
	return err
}

const (
	byCreated, byModified = 1, 2
	oldestFirst           = 2
	allOrders             = 1
	noMore                = "nomore"
)

// List implements channel.Client. Oldest first: an order that changes meanwhile moves
// to the end and is not missed.
func (c *client) List(ctx context.Context, q channel.Query) (channel.Page, error) {
	by := byCreated
	if q.Stream == channel.ByModified {
		by = byModified
	}
	p := object{"orderViewStatus": allOrders, "queryType": by, "sort": oldestFirst, "pageSize": size(q, limits.PageSize), "cursor": q.Cursor,
		"beginTime": q.From, "endTime": max(q.To, q.From+1)}
	var l struct {
		Data struct {
			Cursor wire.Text         `json:"cursor"`
			Orders []json.RawMessage `json:"orderList"`
		} `json:"data"`
	}
	a, err := c.call(ctx, get, "open.order.cursor.list", p, &l)
	if err != nil {
		return channel.Page{}, err
	}
	page := channel.Page{Total: -1, ServerAt: a.ServerAt}
	page.More, page.Next = next(l.Data.Cursor)
	for _, raw := range l.Data.Orders {
		page.Items = append(page.Items, orderItem(raw))
	}
	return page, nil
}

func next(cursor wire.Text) (bool, string) {
	if cursor == "" || cursor == noMore {
		return false, ""
	}
	return true, cursor.String()
}

func size(q channel.Query, most int) int {
	if q.Size <= 0 || q.Size > most {
		return most
	}
	return q.Size
}

func orderItem(raw []byte) channel.Item {
	var part struct {
		Base json.RawMessage `json:"orderBaseInfo"`
	}
	_ = json.Unmarshal(raw, &part) // a broken order has no number, and is kept apart
	return channel.Item{No: wire.Field(part.Base, "oid").String(), ModifiedAt: wire.Field(part.Base, "updateTime").Number(), Raw: raw}
}

// Get implements channel.Client.
func (c *client) Get(ctx context.Context, no string) (channel.Item, error) {
	var one struct {
		Data json.RawMessage `json:"data"`
	}
	if _, err := c.call(ctx, get, "open.order.detail", object{"oid": id(no)}, &one); err != nil {
		return channel.Item{}, wire.NotFound(err, no)
	}
	i := orderItem(one.Data)
	if i.No == "" {
		return channel.Item{}, channel.ErrNotFound.With("no", no)
	}
	return i, nil
}

// order asks for an order before an effect that depends on its state.
func (c *client) order(ctx context.Context, no string) (apiOrder, error) {
	var o apiOrder
	i, err := c.Get(ctx, no)
	if err != nil {
		return o, err
	}
	return o, wire.Decode(i.Raw, &o)
}

// scopes are the rights that a merchant is asked for.
const scopes = "user_info,merchant_order,merchant_refund,merchant_item,merchant_comment"

func authorizeURL(a channel.Access, state, redirect string) (string, error) {
	if a.Credentials[appKey] == "" {
		return "", channel.ErrCredentials.With("field", appKey).At(appKey)
	}
	q := url.Values{"app_id": {a.Credentials[appKey]}, "redirect_uri": {redirect}, "scope": {scopes}, "response_type": {"code"}, "state": {state}}
	return "https://open.kwaixiaodian.com/oauth/authorize?" + q.Encode(), nil
}

func exchange(ctx context.Context, a channel.Access, code, _ string) (channel.Token, error) {
	return token(ctx, a, "/oauth2/access_token", url.Values{"grant_type": {"code"}, "code": {code}})
}

func refresh(ctx context.Context, a channel.Access) (channel.Token, error) {
	return token(ctx, a, "/oauth2/refresh_token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {a.Token.Refresh}})
}

// refreshLasts is how long a refresh token can be used; it can be used once.
const refreshLasts = 180 * day

func token(ctx context.Context, a channel.Access, path string, q url.Values) (channel.Token, error) {
	opened, err := openClient(a)
	if err != nil {
		return channel.Token{}, err
	}
	q.Set("app_id", a.Credentials[appKey])
	q.Set("app_secret", a.Credentials[appSecret])
	var t struct {
		Access    string    `json:"access_token"`
		Refresh   string    `json:"refresh_token"`
		ExpiresIn wire.Int  `json:"expires_in"`
		RefreshIn wire.Int  `json:"refresh_token_expires_in"`
		OpenID    wire.Text `json:"open_id"`
	}
	if _, err := opened.(*client).send(ctx, post, path, q, &t); err != nil {
		return channel.Token{}, err
	}
	if t.Access == "" {
		return channel.Token{}, channel.Told(channel.ErrAnswer, path, "no token in the answer")
	}
	now := clock.Millis(a.Clock)
	out := channel.Token{Access: t.Access, Refresh: t.Refresh, Account: t.OpenID.String(), RefreshExpiresAt: now + refreshLasts}
	if t.ExpiresIn.N > 0 {
		out.ExpiresAt = now + t.ExpiresIn.N*second
	}
	if t.RefreshIn.N > 0 {
		out.RefreshExpiresAt = now + t.RefreshIn.N*second
	}
	return out, nil
}
