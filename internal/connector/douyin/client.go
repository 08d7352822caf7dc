package douyin

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
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

// object is the parameters of a call. A map, as its names are to be sorted.
type object map[string]any

// canonical is JSON without blanks, with sorted names and < & > as they are: what is
// signed is what is sent.
func canonical(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

func sign(key, secret, method, params, timestamp string) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(secret + "app_key" + key + "method" + method + "param_json" + params + "timestamp" + timestamp + "v2" + secret))
	return hex.EncodeToString(m.Sum(nil))
}

// call sends one request to path and reads data into into.
func (c *client) call(ctx context.Context, effect bool, path string, params object, into any) (wire.Answer, error) {
	if params == nil {
		params = object{}
	}
	body, err := canonical(params)
	if err != nil {
		return wire.Answer{}, channel.Told(channel.ErrRefused, path, "an id is no number").Because(err)
	}
	method := strings.ReplaceAll(strings.TrimPrefix(path, "/"), "/", ".")
	at := strconv.FormatInt(clock.Millis(c.Clock)/second, 10)
	q := url.Values{"app_key": {c.Credentials[appKey]}, "method": {method}, "timestamp": {at}, "v": {"2"}, "sign_method": {"hmac-sha256"},
		"sign": {sign(c.Credentials[appKey], c.Credentials[appSecret], method, body, at)}}
	if !strings.HasPrefix(path, "/token/") {
		q.Set("access_token", c.Token.Access)
	}
	r, err := wire.Post(ctx, strings.TrimRight(c.BaseURL, "/")+path+"?"+q.Encode(), "application/json;charset=UTF-8", []byte(body))
	if err != nil {
		return wire.Answer{}, err
	}
	r.Header.Set("X-Open-No-Old-Err-Code", "1")
	a, err := wire.Do(c.HTTP, r, effect)
	if err != nil {
		return a, err
	}
	if err := a.OK(effect); err != nil {
		return a, err
	}
	var e envelope
	if err := a.JSON(&e, effect); err != nil {
		return a, err
	}
	if e.Code != "10000" {
		return a, e.fault(effect)
	}
	if len(e.Data) == 0 || string(e.Data) == "null" {
		return a, nil
	}
	a.Body = e.Data
	return a, a.JSON(into, effect)
}

// Test implements channel.Client.
func (c *client) Test(ctx context.Context) error {
	now := clock.Millis(c.Clock)
	_, err := c.List(ctx, channel.Query{Stream: channel.ByModified, From: now - minute, To: now, Size: 1})
	return err
}

// List implements channel.Client. The platform counts pages from 0.
func (c *client) List(ctx context.Context, q channel.Query) (channel.Page, error) {
	by := "create_time"
	if q.Stream == channel.ByModified {
		by = "update_time"
	}
	p := object{"page": max(q.Page, 1) - 1, "size": size(q), "order_by": by, "order_asc": false,
		by + "_start": q.From / second, by + "_end": (q.To + second - 1) / second}
	var l struct {
		Total  wire.Int          `json:"total"`
		Orders []json.RawMessage `json:"shop_order_list"`
	}
	a, err := c.call(ctx, false, "/order/searchList", p, &l)
	if err != nil {
		return channel.Page{}, err
	}
	page := page(a, q, l.Total)
	for _, raw := range l.Orders {
		page.Items = append(page.Items, orderItem(raw))
	}
	return page, nil
}

func size(q channel.Query) int {
	if q.Size <= 0 || q.Size > limits.PageSize {
		return limits.PageSize
	}
	return q.Size
}

func page(a wire.Answer, q channel.Query, total wire.Int) channel.Page {
	return channel.Page{Total: int(total.N), ServerAt: a.ServerAt, More: int64(max(q.Page, 1))*int64(size(q)) < total.N}
}

func orderItem(raw []byte) channel.Item {
	return channel.Item{No: orderNo(wire.Field(raw, "order_id")), ModifiedAt: wire.Field(raw, "update_time").Number() * second, Raw: raw}
}

// orderNo drops the letter that some answers put behind a shop order's number.
func orderNo(t wire.Text) string { return strings.TrimSuffix(t.String(), "A") }

// Get implements channel.Client.
func (c *client) Get(ctx context.Context, no string) (channel.Item, error) {
	var one struct {
		Order json.RawMessage `json:"shop_order_detail"`
	}
	if _, err := c.call(ctx, false, "/order/orderDetail", object{"shop_order_id": no}, &one); err != nil {
		return channel.Item{}, wire.NotFound(err, no)
	}
	if len(one.Order) == 0 || string(one.Order) == "null" {
		return channel.Item{}, channel.ErrNotFound.With("no", no)
	}
	return orderItem(one.Order), nil
}

func authorizeURL(a channel.Access, state, _ string) (string, error) {
	if a.Credentials[serviceID] == "" {
		return "", channel.ErrCredentials.With("field", serviceID).At(serviceID)
	}
	return "https://fuwu.jinritemai.com/authorize?" + url.Values{"service_id": {a.Credentials[serviceID]}, "state": {state}}.Encode(), nil
}

func exchange(ctx context.Context, a channel.Access, code, _ string) (channel.Token, error) {
	return token(ctx, a, "/token/create", object{"grant_type": "authorization_code", "code": code})
}

// fetch gets the token of an app of the merchant's own.
func fetch(ctx context.Context, a channel.Access) (channel.Token, error) {
	if a.Credentials[shopID] == "" {
		return channel.Token{}, channel.ErrCredentials.With("field", shopID).At(shopID)
	}
	return token(ctx, a, "/token/create", object{"grant_type": "authorization_self", "code": "", "shop_id": a.Credentials[shopID]})
}

func refresh(ctx context.Context, a channel.Access) (channel.Token, error) {
	return token(ctx, a, "/token/refresh", object{"grant_type": "refresh_token", "refresh_token": a.Token.Refresh})
}

// refreshLasts is how long a refresh token can be used.
const refreshLasts = 14 * day

func token(ctx context.Context, a channel.Access, path string, p object) (channel.Token, error) {
	opened, err := openClient(a)
	if err != nil {
		return channel.Token{}, err
	}
	var t struct {
		Access    string    `json:"access_token"`
		Refresh   string    `json:"refresh_token"`
		ExpiresIn wire.Int  `json:"expires_in"`
		ShopID    wire.Text `json:"shop_id"`
	}
	if _, err := opened.(*client).call(ctx, false, path, p, &t); err != nil {
		return channel.Token{}, err
	}
	if t.Access == "" {
		return channel.Token{}, channel.Told(channel.ErrAnswer, path, "no token in the answer")
	}
	now := clock.Millis(a.Clock)
	out := channel.Token{Access: t.Access, Refresh: t.Refresh, Account: t.ShopID.String(), RefreshExpiresAt: now + refreshLasts}
	if t.ExpiresIn.N > 0 {
		out.ExpiresAt = now + t.ExpiresIn.N*second
	}
	return out, nil
}
