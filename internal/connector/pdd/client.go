package pdd

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
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

// sign is upper-case hex MD5 over the secret, all parameters by name, and the secret.
func sign(secret string, params map[string]string) string {
	var b strings.Builder
	b.WriteString(secret)
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if name != "sign" {
			b.WriteString(name + params[name])
		}
	}
	b.WriteString(secret)
	sum := md5.Sum([]byte(b.String()))
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// call sends one method and reads its answer into into.
func (c *client) call(ctx context.Context, effect bool, method string, business map[string]string, into any) (wire.Answer, error) {
	p := map[string]string{"type": method, "client_id": c.Credentials[clientID], "timestamp": strconv.FormatInt(clock.Millis(c.Clock)/second, 10),
		"data_type": "JSON", "version": "V1"}
	if c.Token.Access != "" && !strings.HasPrefix(method, "pdd.pop.auth.") {
		p["access_token"] = c.Token.Access
	}
	for name, v := range business {
		if v != "" {
			p[name] = v
		}
	}
	p["sign"] = sign(c.Credentials[clientSecret], p)
	form := url.Values{}
	for name, v := range p {
		form.Set(name, v)
	}
	r, err := wire.Post(ctx, c.BaseURL, "application/x-www-form-urlencoded;charset=utf-8", []byte(form.Encode()))
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
	var members map[string]json.RawMessage
	if err := a.JSON(&members, effect); err != nil {
		return a, err
	}
	if raw, ok := members["error_response"]; ok {
		var f fault
		if err := json.Unmarshal(raw, &f); err != nil {
			return a, channel.Told(channel.ErrAnswer, "error_response", "unreadable refusal").Because(err)
		}
		f.waybill = strings.HasPrefix(method, "pdd.waybill.")
		return a, f.err(effect)
	}
	// The answer stands under a name of its own that cannot be told from the method's,
	// or bare.
	for name, raw := range members {
		if name == "response" || strings.HasSuffix(name, "_response") {
			a.Body = raw
		}
	}
	return a, a.JSON(into, effect)
}

// Test implements channel.Client.
func (c *client) Test(ctx context.Context) error {
	now := clock.Millis(c.Clock)
	q := channel.Query{Stream: channel.ByModified, From: now - minute, To: now, Size: 1}
	_, err := c.List(ctx, q)
	return err
}

// List implements channel.Client. "Created" is when the order was confirmed: before
// that the platform shows none.
func (c *client) List(ctx context.Context, q channel.Query) (channel.Page, error) {
	method, by := "pdd.order.list.get", "confirm_at"
	if q.Stream == channel.ByModified {
		method, by = "pdd.order.number.list.increment.get", "updated_at"
	}
	p := window(q, by)
	p["order_status"], p["refund_status"], p["use_has_next"] = "5", "5", "false"
	if q.Stream == channel.ByModified {
		p["is_lucky_flag"] = "0"
	}
	var l listAnswer
	a, err := c.call(ctx, false, method, p, &l)
	if err != nil {
		return channel.Page{}, err
	}
	return page(a, l.Total, append(l.Increment, l.Orders...), q, "order_sn"), nil
}

func page(a wire.Answer, total wire.Int, rows []json.RawMessage, q channel.Query, key string) channel.Page {
	p := channel.Page{Total: int(total.N), ServerAt: a.ServerAt, More: int64(max(q.Page, 1))*int64(size(q)) < total.N}
	for _, raw := range rows {
		p.Items = append(p.Items, item(raw, key))
	}
	return p
}

func item(raw []byte, key string) channel.Item {
	i := channel.Item{No: wire.Field(raw, key).String(), Raw: raw}
	if at, err := wire.ChinaTime(wire.Field(raw, "updated_at", "updated_time").String()); err == nil {
		i.ModifiedAt = at
	}
	return i
}

func size(q channel.Query) int {
	if q.Size <= 0 || q.Size > limits.PageSize {
		return limits.PageSize
	}
	return q.Size
}

// window are the parameters of a page, in whole seconds, the end rounded up.
func window(q channel.Query, by string) map[string]string {
	return map[string]string{"start_" + by: strconv.FormatInt(q.From/second, 10), "end_" + by: strconv.FormatInt((q.To+second-1)/second, 10),
		"page": strconv.Itoa(max(q.Page, 1)), "page_size": strconv.Itoa(size(q))}
}

// Get implements channel.Client.
func (c *client) Get(ctx context.Context, orderNo string) (channel.Item, error) {
	var one struct {
		Order json.RawMessage `json:"order_info"`
	}
	if _, err := c.call(ctx, false, "pdd.order.information.get", map[string]string{"order_sn": orderNo}, &one); err != nil {
		return channel.Item{}, wire.NotFound(err, orderNo)
	}
	if len(one.Order) == 0 || string(one.Order) == "null" {
		return channel.Item{}, channel.ErrNotFound.With("no", orderNo)
	}
	return item(one.Order, "order_sn"), nil
}

func authorizeURL(a channel.Access, state, redirect string) (string, error) {
	if a.Credentials[clientID] == "" {
		return "", channel.ErrCredentials.With("field", clientID).At(clientID)
	}
	q := url.Values{"response_type": {"code"}, "client_id": {a.Credentials[clientID]}, "redirect_uri": {redirect}, "state": {state}}
	return "https://mms.pinduoduo.com/open.html?" + q.Encode(), nil
}

func exchange(ctx context.Context, a channel.Access, code, _ string) (channel.Token, error) {
	return token(ctx, a, "pdd.pop.auth.token.create", map[string]string{"code": code})
}

func refresh(ctx context.Context, a channel.Access) (channel.Token, error) {
	return token(ctx, a, "pdd.pop.auth.token.refresh", map[string]string{"refresh_token": a.Token.Refresh})
}

func token(ctx context.Context, a channel.Access, method string, p map[string]string) (channel.Token, error) {
	opened, err := openClient(a)
	if err != nil {
		return channel.Token{}, err
	}
	var t tokenAnswer
	if _, err := opened.(*client).call(ctx, false, method, p, &t); err != nil {
		return channel.Token{}, err
	}
	if t.AccessToken == "" {
		return channel.Token{}, channel.Told(channel.ErrAnswer, method, "no token in the answer")
	}
	ends := func(at, in wire.Int) int64 {
		switch {
		case at.N > 0:
			return at.N * second
		case in.N > 0:
			return clock.Millis(a.Clock) + in.N*second
		}
		return 0
	}
	return channel.Token{Access: t.AccessToken, Refresh: t.RefreshToken, Account: t.OwnerID.String(),
		ExpiresAt: ends(t.ExpiresAt, t.ExpiresIn), RefreshExpiresAt: ends(t.RefreshExpiresAt, t.RefreshExpiresIn)}, nil
}
