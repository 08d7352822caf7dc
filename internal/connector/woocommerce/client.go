package woocommerce

import (
	"bytes"
	"context"
	"crypto/hmac"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/errs"
)

const (
	root = "/wp-json/wc/v3"
	skew = 15 * 60 * second

	noRoute = "rest_no_route"
)

type client struct {
	channel.Access
	key, secret, hook string
	count             atomic.Uint64 // of signed requests
}

func openClient(a channel.Access) (channel.Client, error) {
	if err := wire.Credentials(credentials, a); err != nil {
		return nil, err
	}
	return &client{Access: a, key: a.Credentials[consumerKey], secret: a.Credentials[consumerSecret], hook: a.Credentials[webhookSecret]}, nil
}

// call sends one request. Over https the keys travel as HTTP Basic; over http the
// request is signed, and the secret stays here. body is nil for questions.
func (c *client) call(ctx context.Context, method, path string, q url.Values, body, into any) (wire.Answer, error) {
	var sent []byte
	effect := method != http.MethodGet
	if effect {
		var err error
		if sent, err = json.Marshal(body); err != nil {
			return wire.Answer{}, err
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(c.BaseURL, "/")+root+path, bytes.NewReader(sent))
	if err != nil {
		return wire.Answer{}, channel.ErrCredentials.With("field", "base_url").At("base_url").Because(err)
	}
	if r.URL.Scheme == "https" {
		r.SetBasicAuth(c.key, c.secret)
	} else {
		q = oauth(c.key, c.secret, method, r.URL, q, nonce(c.secret, c.Clock.Now().UnixNano(), c.count.Add(1)), clock.Millis(c.Clock)/second)
	}
	r.URL.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20")
	r.Header.Set("Accept", "application/json")
	if effect {
		r.Header.Set("Content-Type", "application/json")
	}
	a, err := wire.Do(c.HTTP, r, effect)
	if err != nil {
		return a, err
	}
	if a.Status >= 200 && a.Status < 300 {
		return a, a.JSON(into, effect)
	}
	return a, c.refusal(a, effect, path)
}

// refusal reads WordPress' error. What is none came from what stands before it.
func (c *client) refusal(a wire.Answer, effect bool, path string) error {
	var f fault
	if json.Unmarshal(a.Body, &f) != nil || f.Code == "" {
		if a.Status == http.StatusForbidden { // a firewall's page
			return channel.Told(channel.ErrIPNotListed, "403", "HTTP 403")
		}
		return a.OK(effect)
	}
	told := func(e *errs.Error) error { return channel.Told(e, f.Code, f.Message) }
	switch {
	case f.Code == "woocommerce_rest_authentication_error":
		if off := a.ServerAt - clock.Millis(c.Clock); strings.Contains(f.Message, "timestamp") || a.ServerAt > 0 && (off > skew || off < -skew) {
			return told(channel.ErrClock)
		}
		return told(channel.ErrSignature)
	case a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden:
		return told(channel.ErrPermission)
	case strings.HasSuffix(f.Code, "_invalid_id"):
		return channel.Told(channel.ErrNotFound.With("no", path[strings.LastIndexByte(path, '/')+1:]), f.Code, f.Message)
	case strings.HasSuffix(f.Code, "_invalid_page_number"):
		return told(channel.ErrPaging)
	case f.Code == noRoute:
		return told(channel.ErrAnswer)
	case strings.HasPrefix(f.Code, "woocommerce_rest_"), strings.HasPrefix(f.Code, "rest_"):
		return told(channel.ErrRefused)
	case a.Status >= 500 && effect:
		return channel.ErrUnknownOutcome
	case a.Status >= 500:
		return told(channel.ErrUnavailable)
	}
	return told(channel.ErrRefused)
}

// Test implements channel.Client.
func (c *client) Test(ctx context.Context) error {
	var rows []json.RawMessage
	_, err := c.call(ctx, http.MethodGet, "/orders", url.Values{"per_page": {"1"}}, nil, &rows)
	return err
}

const gmt = "2006-01-02T15:04:05"

// List implements channel.Client. Both ends of a store's window are exclusive and
// have whole seconds: the seconds of From and To belong to it.
func (c *client) List(ctx context.Context, q channel.Query) (channel.Page, error) {
	size := q.Size
	if size <= 0 {
		size = limits.PageSize
	}
	page := max(q.Page, 1)
	v := url.Values{"orderby": {"date"}, "order": {"desc"}, "dates_are_gmt": {"true"}, "per_page": {strconv.Itoa(size)}, "page": {strconv.Itoa(page)}}
	after, before := "after", "before"
	if q.Stream == channel.ByModified {
		after, before = "modified_after", "modified_before"
		v.Set("orderby", "modified")
	}
	at := func(ms, more int64) string { return time.Unix(ms/second+more, 0).UTC().Format(gmt) }
	v.Set(after, at(q.From, -1))
	v.Set(before, at(q.To, 1))
	var rows []json.RawMessage
	a, err := c.call(ctx, http.MethodGet, "/orders", v, nil, &rows)
	if err != nil {
		return channel.Page{}, err
	}
	p := channel.Page{Total: -1, ServerAt: a.ServerAt, More: len(rows) >= size}
	if n, err := strconv.Atoi(a.Header.Get("X-WP-Total")); err == nil && n >= 0 {
		p.Total, p.More = n, page*size < n
	}
	for _, raw := range rows {
		p.Items = append(p.Items, item(raw))
	}
	return p, nil
}

func item(raw []byte) channel.Item {
	at, _ := instant("", wire.Field(raw, "date_modified_gmt"))
	return channel.Item{No: wire.Field(raw, "number", "id").String(), ModifiedAt: at, Raw: raw}
}

// Get implements channel.Client. An order's number is its id, unless an extension
// counts in its own way.
func (c *client) Get(ctx context.Context, orderNo string) (channel.Item, error) {
	if _, err := strconv.ParseUint(orderNo, 10, 63); err == nil {
		var raw json.RawMessage
		_, err := c.call(ctx, http.MethodGet, "/orders/"+orderNo, nil, nil, &raw)
		if err == nil && item(raw).No == orderNo {
			return item(raw), nil
		}
		if e := errs.As(err); err != nil && (e == nil || e.Code != channel.ErrNotFound.Code) {
			return channel.Item{}, err
		}
	}
	var rows []json.RawMessage
	if _, err := c.call(ctx, http.MethodGet, "/orders", url.Values{"search": {orderNo}, "per_page": {"100"}}, nil, &rows); err != nil {
		return channel.Item{}, err
	}
	for _, raw := range rows {
		if i := item(raw); i.No == orderNo {
			return i, nil
		}
	}
	return channel.Item{}, channel.ErrNotFound.With("no", orderNo)
}

// Receive implements channel.PushReceiver. The first thing that a webhook sends is
// an unsigned form with its own number; it tells nothing. A deleted order has its id
// only. No time is signed, so that an old push cannot be told from a new one: either
// way the order is asked for.
func (c *client) Receive(in channel.Inbound) ([]channel.Hint, channel.Reply, error) {
	reply := channel.Reply{Status: http.StatusOK, ContentType: "text/plain", Body: []byte("ok")}
	signature := in.Header.Get("X-WC-Webhook-Signature")
	if signature == "" && ping(in.Body) {
		return nil, reply, nil
	}
	if c.hook == "" || !c.signed(in.Body, signature) {
		return nil, channel.Reply{}, channel.ErrSignature
	}
	if in.Header.Get("X-WC-Webhook-Resource") != "order" {
		return nil, reply, nil
	}
	i := item(in.Body)
	if i.No == "" {
		return nil, channel.Reply{}, channel.Told(channel.ErrAnswer, "push", "unreadable webhook")
	}
	h := channel.Hint{ID: in.Header.Get("X-WC-Webhook-Delivery-ID"), Topic: in.Header.Get("X-WC-Webhook-Topic"), OrderNo: i.No,
		Account: in.Header.Get("X-WC-Webhook-Source"), At: i.ModifiedAt}
	if h.ID == "" {
		h.ID = signature
	}
	if h.At == 0 {
		h.At = in.At
	}
	return []channel.Hint{h}, reply, nil
}

func ping(body []byte) bool {
	q, err := url.ParseQuery(string(bytes.TrimSpace(body)))
	if err != nil || len(q) != 1 {
		return false
	}
	_, err = strconv.ParseUint(q.Get("webhook_id"), 10, 63)
	return err == nil
}

func (c *client) signed(body []byte, signature string) bool {
	for _, secret := range []string{c.hook, decoded(c.hook)} {
		if hmac.Equal([]byte(signature), []byte(webhookSign(secret, body))) {
			return true
		}
	}
	return false
}
