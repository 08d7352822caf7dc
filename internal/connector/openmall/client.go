package openmall

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/errs"
)

const (
	skew      = 10 * minute
	minSecret = 16
)

type client struct {
	channel.Access
	app, secret string
	// last is the time of the latest signature: none may be sent twice.
	last atomic.Int64
}

func openClient(a channel.Access) (channel.Client, error) {
	if err := wire.Credentials(credentials, a); err != nil {
		return nil, err
	}
	if len(a.Credentials[secretKey]) < minSecret {
		return nil, channel.ErrCredentials.With("field", secretKey).At(secretKey)
	}
	return &client{Access: a, app: a.Credentials[appKey], secret: a.Credentials[secretKey]}, nil
}

func digest(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// sign is hex HMAC-SHA256 of the parts and the body's digest, joined by line feeds.
func sign(secret string, body []byte, parts ...string) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(strings.Join(append(parts, digest(body)), "\n")))
	return hex.EncodeToString(m.Sum(nil))
}

// now is the clock, later than at any signature before.
func (c *client) now() int64 {
	for {
		last := c.last.Load()
		at := max(clock.Millis(c.Clock), last+1)
		if c.last.CompareAndSwap(last, at) {
			return at
		}
	}
}

// call sends one request and reads its answer into into. sent is nil without a
// body; effect says that the request changes something.
func (c *client) call(ctx context.Context, effect bool, method, path string, sent []byte, into any) (wire.Answer, error) {
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(c.BaseURL, "/")+path, strings.NewReader(string(sent)))
	if err != nil {
		return wire.Answer{}, channel.ErrCredentials.With("field", "base_url").At("base_url").Because(err)
	}
	at := strconv.FormatInt(c.now(), 10)
	r.Header.Set("X-Openmall-Key", c.app)
	r.Header.Set("X-Openmall-Time", at)
	r.Header.Set("X-Openmall-Sign", sign(c.secret, sent, at, method, r.URL.RequestURI()))
	if sent != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	a, err := wire.Do(c.HTTP, r, effect)
	if err != nil && !errors.Is(err, channel.ErrThrottled) {
		return a, err
	}
	if a.Status >= 200 && a.Status < 300 {
		return a, a.JSON(into, effect)
	}
	var f fault
	if json.Unmarshal(a.Body, &f) != nil || f.Code == "" {
		if err != nil {
			return a, err
		}
		return a, a.OK(effect)
	}
	if err != nil && (!f.RetryAfterMS.Set || f.Code != "throttled") {
		return a, err // the header said how long
	}
	return a, f.err(effect, path)
}

var faults = map[string]*errs.Error{
	"invalid": channel.ErrRefused, "window": channel.ErrWindow, "app": channel.ErrSignature, "signature": channel.ErrSignature, "clock": channel.ErrClock,
	"ip": channel.ErrIPNotListed, "permission": channel.ErrPermission, "unsupported": channel.ErrUnsupported, "refused": channel.ErrRefused,
	"done": channel.ErrDone, "paging": channel.ErrPaging, "internal": channel.ErrUnavailable,
}

// err is what a documented code means. A request that was not carried out has
// changed nothing, so even an internal error of an effect is no unknown outcome.
func (f fault) err(effect bool, path string) error {
	switch e, ok := faults[f.Code]; {
	case ok:
		return channel.Told(e, f.Code, f.Message)
	case f.Code == "throttled":
		return channel.Throttled(max(f.RetryAfterMS.N, second), f.Code)
	case f.Code == "not_found":
		path, _, _ = strings.Cut(path, "?")
		no, err := url.PathUnescape(path[strings.LastIndexByte(path, '/')+1:])
		if err != nil {
			no = ""
		}
		return channel.Told(channel.ErrNotFound.With("no", no), f.Code, f.Message)
	case effect:
		return channel.Told(channel.ErrRefused, f.Code, f.Message)
	}
	return channel.Told(channel.ErrAnswer, f.Code, f.Message)
}

// Test implements channel.Client.
func (c *client) Test(ctx context.Context) error {
	var hello struct {
		Version wire.Int `json:"version"`
	}
	if _, err := c.call(ctx, false, http.MethodGet, "/v1/hello", nil, &hello); err != nil {
		return err
	}
	if hello.Version.N != 1 {
		return channel.Told(channel.ErrAnswer, "version", "version "+strconv.FormatInt(hello.Version.N, 10))
	}
	return nil
}

// List implements channel.Client.
func (c *client) List(ctx context.Context, q channel.Query) (channel.Page, error) {
	p, _, err := c.list(ctx, "orders", url.Values{"by": {string(q.Stream)}}, q)
	return p, err
}

// ListAftersales implements channel.AftersaleLister.
func (c *client) ListAftersales(ctx context.Context, q channel.Query) (channel.Page, error) {
	p, _, err := c.list(ctx, "aftersales", url.Values{}, q)
	return p, err
}

// ListReviews implements channel.Reviewer. A review that cannot be read is passed
// over; it is among the page's items.
func (c *client) ListReviews(ctx context.Context, q channel.Query) ([]channel.Review, channel.Page, error) {
	p, rows, err := c.list(ctx, "reviews", url.Values{}, q)
	if err != nil {
		return nil, p, err
	}
	var out []channel.Review
	for _, raw := range rows {
		var r mallReview
		if wire.Decode(raw, &r) != nil || r.No == "" || r.Score.N < 1 || r.Score.N > 5 {
			continue
		}
		out = append(out, channel.Review{No: r.No.String(), OrderNo: r.OrderNo.String(), LineNo: r.LineNo.String(), ItemNo: r.ItemNo.String(),
			Score: int(r.Score.N), Text: r.Text, Reply: r.Reply, CreatedAt: r.CreatedAt.N})
	}
	return out, p, nil
}

func (c *client) list(ctx context.Context, what string, v url.Values, q channel.Query) (channel.Page, []json.RawMessage, error) {
	size := q.Size
	if size <= 0 {
		size = limits.PageSize
	}
	page := max(q.Page, 1)
	v.Set("from", strconv.FormatInt(q.From, 10))
	v.Set("to", strconv.FormatInt(q.To, 10))
	v.Set("page", strconv.Itoa(page))
	v.Set("page_size", strconv.Itoa(size))
	var l listAnswer
	a, err := c.call(ctx, false, http.MethodGet, "/v1/"+what+"?"+v.Encode(), nil, &l)
	if err != nil {
		return channel.Page{}, nil, err
	}
	if !l.Total.Set {
		return channel.Page{}, nil, channel.Told(channel.ErrAnswer, "total", "a list without its total")
	}
	p := channel.Page{Total: int(l.Total.N), More: int64(page)*int64(size) < l.Total.N, ServerAt: a.ServerAt}
	if l.ServerTime.N > 0 {
		p.ServerAt = l.ServerTime.N
	}
	rows := append(append(l.Orders, l.Aftersales...), l.Reviews...)
	for _, raw := range rows {
		p.Items = append(p.Items, item(raw))
	}
	return p, rows, nil
}

func item(raw []byte) channel.Item {
	return channel.Item{No: wire.Field(raw, "no").String(), ModifiedAt: wire.Field(raw, "modified_at").Number(), Raw: raw}
}

// Get implements channel.Client.
func (c *client) Get(ctx context.Context, orderNo string) (channel.Item, error) {
	return c.get(ctx, orderPath(orderNo))
}

// GetAftersale implements channel.AftersaleLister.
func (c *client) GetAftersale(ctx context.Context, no, _ string) (channel.Item, error) {
	return c.get(ctx, "/v1/aftersales/"+url.PathEscape(no))
}

func (c *client) get(ctx context.Context, path string) (channel.Item, error) {
	var raw json.RawMessage
	if _, err := c.call(ctx, false, http.MethodGet, path, nil, &raw); err != nil {
		return channel.Item{}, err
	}
	return item(raw), nil
}

func orderPath(no string) string { return "/v1/orders/" + url.PathEscape(no) }

// Receive implements channel.PushReceiver.
func (c *client) Receive(in channel.Inbound) ([]channel.Hint, channel.Reply, error) {
	sent := in.Header.Get("X-Openmall-Time")
	at, err := strconv.ParseInt(sent, 10, 64)
	switch {
	case err != nil || in.Header.Get("X-Openmall-Key") != c.app:
		return nil, channel.Reply{}, channel.ErrSignature
	case !hmac.Equal([]byte(in.Header.Get("X-Openmall-Sign")), []byte(sign(c.secret, in.Body, sent))):
		return nil, channel.Reply{}, channel.ErrSignature
	case in.At-at > skew || at-in.At > skew:
		return nil, channel.Reply{}, channel.ErrClock
	}
	var b hintBody
	if err := json.Unmarshal(in.Body, &b); err != nil || b.EventID == "" {
		return nil, channel.Reply{}, channel.Told(channel.ErrAnswer, "push", "unreadable hint").Because(err)
	}
	reply := channel.Reply{Status: http.StatusOK, ContentType: "application/json", Body: []byte(`{"ok":true}`)}
	if b.OrderNo == "" && b.AftersaleNo == "" { // topic test
		return nil, reply, nil
	}
	return []channel.Hint{{ID: b.EventID.String(), Topic: b.Topic, OrderNo: b.OrderNo.String(), AftersaleNo: b.AftersaleNo.String(),
		Account: b.ShopID.String(), At: b.At.N}}, reply, nil
}
