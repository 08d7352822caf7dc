package xhs

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"

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

// object is the parameters of a call, which share one level with those of the system.
type object map[string]any

const version = "2.0"

// sign covers neither the token nor the parameters.
func sign(secret, method, app, timestamp string) string {
	sum := md5.Sum([]byte(method + "?appId=" + app + "&timestamp=" + timestamp + "&version=" + version + secret))
	return hex.EncodeToString(sum[:])
}

// call sends one request and reads data into into.
func (c *client) call(ctx context.Context, effect bool, method string, p object, into any) (wire.Answer, error) {
	at := strconv.FormatInt(clock.Millis(c.Clock)/second, 10)
	body := object{"method": method, "appId": c.Credentials[appID], "timestamp": at, "version": version, "sign": sign(c.Credentials[appSecret], method, c.Credentials[appID], at)}
	if c.Token.Access != "" && method != getToken && method != renewToken {
		body["accessToken"] = c.Token.Access
	}
	for k, v := range p {
		body[k] = v
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return wire.Answer{}, channel.Told(channel.ErrRefused, method, "an id is no number").Because(err)
	}
	r, err := wire.Post(ctx, c.BaseURL, "application/json;charset=utf-8", raw)
	if err != nil {
		return wire.Answer{}, err
	}
	a, err := wire.Do(c.HTTP, r, effect)
	if err != nil {
		return a, err
	}
	if err := a.OK(effect); err != nil {
		return a, err
	}
	data, err := unwrap(a, effect)
	if err != nil || len(data) == 0 || string(data) == "null" {
		return a, err
	}
	a.Body = data
	return a, a.JSON(into, effect)
}

// unwrap takes the answer out of its envelope. Some methods have one of their own
// within that of the gateway.
func unwrap(a wire.Answer, effect bool) (json.RawMessage, error) {
	var e envelope
	if err := a.JSON(&e, effect); err != nil {
		return nil, err
	}
	if !e.fine() {
		return nil, e.fault(effect)
	}
	var inner envelope
	if json.Unmarshal(e.Data, &inner) == nil && inner.Success != nil && inner.Code != "" && inner.ErrorCode == "" {
		if !inner.fine() {
			return nil, inner.fault(effect)
		}
		return inner.Data, nil
	}
	return e.Data, nil
}

// Test implements channel.Client.
func (c *client) Test(ctx context.Context) error {
	now := clock.Millis(c.Clock)
	_, err := c.List(ctx, channel.Query{Stream: channel.ByModified, From: now - minute, To: now, Size: 1})
	return err
}

const (
	byCreated, byModified = 1, 2
)

func stream(q channel.Query) int {
	if q.Stream == channel.ByModified {
		return byModified
	}
	return byCreated
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

// List implements channel.Client. The list has no lines: Get brings the rest.
func (c *client) List(ctx context.Context, q channel.Query) (channel.Page, error) {
	p := object{"timeType": stream(q), "startTime": q.From / second, "endTime": (q.To + second - 1) / second, "pageNo": max(q.Page, 1), "pageSize": size(q)}
	var l struct {
		Total  wire.Int          `json:"total"`
		Orders []json.RawMessage `json:"orderList"`
	}
	a, err := c.call(ctx, false, "order.getOrderList", p, &l)
	if err != nil {
		return channel.Page{}, err
	}
	out := page(a, q, l.Total)
	for _, raw := range l.Orders {
		out.Items = append(out.Items, channel.Item{No: wire.Field(raw, "orderId").String(), ModifiedAt: wire.Field(raw, "updateTime").Number()})
	}
	return out, nil
}

// whole is an order as Get makes it of two answers.
type whole struct {
	Order    json.RawMessage `json:"order"`
	Receiver json.RawMessage `json:"receiver,omitempty"`
}

// Get implements channel.Client. The receiver is told apart, while the order is to be
// shipped; where he changed in between, both are asked for again.
func (c *client) Get(ctx context.Context, no string) (channel.Item, error) {
	var w whole
	for range 2 {
		if _, err := c.call(ctx, false, "order.getOrderDetail", object{"orderId": no}, &w.Order); err != nil {
			return channel.Item{}, wire.NotFound(err, no)
		}
		if wire.Field(w.Order, "orderId") == "" {
			return channel.Item{}, channel.ErrNotFound.With("no", no)
		}
		var err error
		if w.Receiver, err = c.receiver(ctx, no, w.Order); err != nil {
			return channel.Item{}, err
		}
		if wire.Field(w.Receiver, "matched") != "false" {
			break
		}
	}
	raw, err := json.Marshal(w)
	if err != nil {
		return channel.Item{}, channel.Told(channel.ErrAnswer, "order.getOrderDetail", "unreadable order").Because(err)
	}
	return channel.Item{No: wire.Field(w.Order, "orderId").String(), ModifiedAt: wire.Field(w.Order, "updateTime").Number(), Raw: raw}, nil
}

// exchanged is the kind of orders that bring goods for others sent back.
const exchanged = "5"

// receiver asks for the receiver where the platform tells one. An order without it is
// better than none.
func (c *client) receiver(ctx context.Context, no string, order json.RawMessage) (json.RawMessage, error) {
	state, address := wire.Field(order, "orderStatus"), wire.Field(order, "openAddressId")
	if state != "4" && state != "5" || address == "" {
		return nil, nil
	}
	var answer struct {
		All []json.RawMessage `json:"receiverInfos"`
	}
	p := object{"receiverQueries": []object{{"orderId": no, "openAddressId": address.String()}}, "isReturn": wire.Field(order, "orderType") == exchanged}
	_, err := c.call(ctx, false, "order.getOrderReceiverInfo", p, &answer)
	switch {
	case errors.Is(err, channel.ErrPermission), errors.Is(err, channel.ErrRefused), errors.Is(err, channel.ErrNotFound):
		return nil, nil
	case err != nil || len(answer.All) == 0:
		return nil, err
	}
	return answer.All[0], nil
}

func authorizeURL(a channel.Access, state, redirect string) (string, error) {
	if a.Credentials[appID] == "" {
		return "", channel.ErrCredentials.With("field", appID).At(appID)
	}
	return "https://ark.xiaohongshu.com/ark/authorization?" + url.Values{"appId": {a.Credentials[appID]}, "redirectUri": {redirect}, "state": {state}}.Encode(), nil
}

const (
	getToken   = "oauth.getAccessToken"
	renewToken = "oauth.refreshToken"
)

func exchange(ctx context.Context, a channel.Access, code, _ string) (channel.Token, error) {
	return token(ctx, a, getToken, object{"code": code})
}

// refresh may bring the same token again: the platform renews one only when it ends
// within half an hour.
func refresh(ctx context.Context, a channel.Access) (channel.Token, error) {
	return token(ctx, a, renewToken, object{"refreshToken": a.Token.Refresh})
}

func token(ctx context.Context, a channel.Access, method string, p object) (channel.Token, error) {
	opened, err := openClient(a)
	if err != nil {
		return channel.Token{}, err
	}
	var t struct {
		Access         string    `json:"accessToken"`
		Expires        wire.Int  `json:"accessTokenExpiresAt"`
		Refresh        string    `json:"refreshToken"`
		RefreshExpires wire.Int  `json:"refreshTokenExpiresAt"`
		Seller         wire.Text `json:"sellerId"`
	}
	if _, err := opened.(*client).call(ctx, false, method, p, &t); err != nil {
		return channel.Token{}, err
	}
	if t.Access == "" {
		return channel.Token{}, channel.Told(channel.ErrAnswer, method, "no token in the answer")
	}
	return channel.Token{Access: t.Access, Refresh: t.Refresh, Account: t.Seller.String(), ExpiresAt: t.Expires.N, RefreshExpiresAt: t.RefreshExpires.N}, nil
}
