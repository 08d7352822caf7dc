package shopify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
)

// root: a version lives a year, and asked for later it means the oldest alive.
const root = "/admin/api/2025-01"

type client struct {
	channel.Access
	token, secret string

	mu       sync.Mutex
	location json.Number // where stock is kept, once known
}

func openClient(a channel.Access) (channel.Client, error) {
	if err := wire.Credentials(credentials, a); err != nil {
		return nil, err
	}
	return &client{Access: a, token: a.Credentials[accessToken], secret: a.Credentials[clientSecret]}, nil
}

// call sends one request. body is nil for questions.
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
	r.URL.RawQuery = q.Encode()
	r.Header.Set("X-Shopify-Access-Token", c.token)
	r.Header.Set("Accept", "application/json")
	if effect {
		r.Header.Set("Content-Type", "application/json")
	}
	a, err := wire.Do(c.HTTP, r, effect)
	switch {
	case errors.Is(err, channel.ErrThrottled):
		// Retry-After is written as 2.0 here.
		whole, _, _ := strings.Cut(a.Header.Get("Retry-After"), ".")
		if n, e := strconv.ParseInt(whole, 10, 32); e == nil && n > 0 {
			return a, channel.Throttled(n*second, strconv.Itoa(a.Status))
		}
		return a, err
	case err != nil:
		return a, err
	case a.Status >= 200 && a.Status < 300:
		return a, a.JSON(into, effect)
	}
	return a, refusal(a, effect, path)
}

// refusal reads {"errors": text or object}. What is none came from what stands before
// the store.
func refusal(a wire.Answer, effect bool, path string) error {
	var f struct {
		Errors json.RawMessage `json:"errors"`
		Error  json.RawMessage `json:"error"`
	}
	code := strconv.Itoa(a.Status)
	if json.Unmarshal(a.Body, &f) != nil || len(f.Errors)+len(f.Error) == 0 {
		if a.Status == http.StatusForbidden {
			return channel.Told(channel.ErrIPNotListed, code, "HTTP 403")
		}
		return a.OK(effect)
	}
	message := strings.Trim(string(append(f.Errors, f.Error...)), `"`)
	switch a.Status {
	case http.StatusUnauthorized:
		return channel.Told(channel.ErrSignature, code, message)
	case http.StatusForbidden, http.StatusPaymentRequired, http.StatusLocked:
		return channel.Told(channel.ErrPermission, code, message)
	case http.StatusNotFound:
		no := strings.TrimSuffix(path[strings.LastIndexByte(path, '/')+1:], ".json")
		return channel.Told(channel.ErrNotFound.With("no", no), code, message)
	case http.StatusBadRequest:
		if strings.Contains(message, "page_info") {
			return channel.Told(channel.ErrPaging, code, message)
		}
	}
	switch {
	case a.Status >= 500 && effect:
		return channel.ErrUnknownOutcome
	case a.Status >= 500:
		return channel.Told(channel.ErrUnavailable, code, message)
	}
	return channel.Told(channel.ErrRefused, code, message)
}

// Test implements channel.Client. It needs the scope of orders.
func (c *client) Test(ctx context.Context) error {
	_, _, err := c.orders(ctx, url.Values{"limit": {"1"}, "status": {"any"}})
	return err
}

func (c *client) orders(ctx context.Context, q url.Values) ([]json.RawMessage, wire.Answer, error) {
	var l struct {
		Orders []json.RawMessage `json:"orders"`
	}
	a, err := c.call(ctx, http.MethodGet, "/orders.json", q, nil, &l)
	if err == nil && l.Orders == nil {
		err = channel.Told(channel.ErrAnswer, "orders", "an answer without orders")
	}
	return l.Orders, a, err
}

// List implements channel.Client. The cursor remembers the question, and beside it
// the page's size alone is allowed. Oldest first: what changes meanwhile goes behind.
func (c *client) List(ctx context.Context, q channel.Query) (channel.Page, error) {
	size := q.Size
	if size <= 0 {
		size = limits.PageSize
	}
	v := url.Values{"limit": {strconv.Itoa(size)}}
	if q.Cursor != "" {
		v.Set("page_info", q.Cursor)
	} else {
		by := "created_at"
		if q.Stream == channel.ByModified {
			by = "updated_at"
		}
		at := func(ms int64) string { return time.Unix(ms/second, 0).UTC().Format(time.RFC3339) }
		v.Set("status", "any")
		v.Set("order", by+" asc")
		v.Set(by+"_min", at(q.From))
		v.Set(by+"_max", at(q.To+second-1))
	}
	rows, a, err := c.orders(ctx, v)
	if err != nil {
		return channel.Page{}, err
	}
	p := channel.Page{Total: -1, ServerAt: a.ServerAt, Next: next(a.Header.Values("Link"))}
	p.More = p.Next != ""
	for _, raw := range rows {
		p.Items = append(p.Items, item(raw))
	}
	return p, nil
}

var nextLink = regexp.MustCompile(`<([^>]*)>; *rel="?next"?`)

// next is the cursor in a Link header.
func next(links []string) string {
	m := nextLink.FindStringSubmatch(strings.Join(links, ", "))
	if m == nil {
		return ""
	}
	u, err := url.Parse(m[1])
	if err != nil {
		return ""
	}
	return u.Query().Get("page_info")
}

func item(raw []byte) channel.Item {
	at, _ := instant("", wire.Field(raw, "updated_at"))
	return channel.Item{No: wire.Field(raw, "name").String(), ModifiedAt: at, Raw: raw}
}

// Get implements channel.Client. An order's number is its name, as in the export; a
// hint of a refund knows the id only.
func (c *client) Get(ctx context.Context, orderNo string) (channel.Item, error) {
	if _, err := strconv.ParseUint(orderNo, 10, 63); err == nil && len(orderNo) >= 10 {
		var one struct {
			Order json.RawMessage `json:"order"`
		}
		_, err := c.call(ctx, http.MethodGet, "/orders/"+orderNo+".json", nil, nil, &one)
		if err == nil && len(one.Order) > 0 {
			return item(one.Order), nil
		}
		if err != nil && !errors.Is(err, channel.ErrNotFound) {
			return channel.Item{}, err
		}
	}
	rows, _, err := c.orders(ctx, url.Values{"status": {"any"}, "limit": {"50"}, "name": {orderNo}})
	if err != nil {
		return channel.Item{}, err
	}
	for _, raw := range rows {
		if i := item(raw); i.No == orderNo {
			return i, nil
		}
	}
	return channel.Item{}, channel.ErrNotFound.With("no", orderNo)
}

// webhookSign is X-Shopify-Hmac-Sha256 of a body.
func webhookSign(secret string, body []byte) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write(body)
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
}

// Receive implements channel.PushReceiver. No time is signed: an old push only makes
// the order be asked for again.
func (c *client) Receive(in channel.Inbound) ([]channel.Hint, channel.Reply, error) {
	if c.secret == "" || !hmac.Equal([]byte(in.Header.Get("X-Shopify-Hmac-Sha256")), []byte(webhookSign(c.secret, in.Body))) {
		return nil, channel.Reply{}, channel.ErrSignature
	}
	reply := channel.Reply{Status: http.StatusOK, ContentType: "text/plain", Body: []byte("ok")}
	topic := in.Header.Get("X-Shopify-Topic")
	h := channel.Hint{ID: in.Header.Get("X-Shopify-Webhook-Id"), Topic: topic, Account: in.Header.Get("X-Shopify-Shop-Domain"), At: in.At}
	resource, _, _ := strings.Cut(topic, "/")
	switch resource {
	case "orders":
		h.OrderNo = channel.FirstOf(wire.Field(in.Body, "name").String(), wire.Field(in.Body, "id").String()) // a deleted order has its id only
	case "refunds":
		h.OrderNo, h.AftersaleNo = wire.Field(in.Body, "order_id").String(), wire.Field(in.Body, "id").String()
	case "fulfillments", "order_transactions":
		h.OrderNo = wire.Field(in.Body, "order_id").String()
	default:
		return nil, reply, nil
	}
	if h.OrderNo == "" {
		return nil, channel.Reply{}, channel.Told(channel.ErrAnswer, "push", "unreadable webhook")
	}
	if h.ID == "" {
		h.ID = in.Header.Get("X-Shopify-Hmac-Sha256")
	}
	if at, err := time.Parse(time.RFC3339, in.Header.Get("X-Shopify-Triggered-At")); err == nil {
		h.At = at.UnixMilli()
	}
	return []channel.Hint{h}, reply, nil
}
