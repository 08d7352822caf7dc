package sandbox

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

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/errs"
)

const skew = 10 * 60 * second

type client struct {
	channel.Access
	app, secret string
}

func openClient(a channel.Access) (channel.Client, error) {
	if err := wire.Credentials(credentials, a); err != nil {
		return nil, err
	}
	return &client{a, a.Credentials[appKey], a.Credentials[secretKey]}, nil
}

// sign is hex HMAC-SHA256 of the parts and the body's digest, joined by line feeds.
func sign(secret string, body []byte, parts ...string) string {
	digest := sha256.Sum256(body)
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(strings.Join(append(parts, hex.EncodeToString(digest[:])), "\n")))
	return hex.EncodeToString(m.Sum(nil))
}

// call sends one request and reads its answer into into. body is nil for questions.
func (c *client) call(ctx context.Context, method, path string, body, into any) (wire.Answer, error) {
	var sent []byte
	effect := method != http.MethodGet
	if effect {
		var err error
		if sent, err = json.Marshal(body); err != nil {
			return wire.Answer{}, err
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(c.BaseURL, "/")+path, strings.NewReader(string(sent)))
	if err != nil {
		return wire.Answer{}, channel.ErrCredentials.With("field", "base_url").At("base_url").Because(err)
	}
	at := strconv.FormatInt(clock.Millis(c.Clock), 10)
	r.Header.Set("X-Sandbox-App", c.app)
	r.Header.Set("X-Sandbox-Time", at)
	r.Header.Set("X-Sandbox-Sign", sign(c.secret, sent, method, r.URL.RequestURI(), at))
	if effect {
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
	if err != nil && !f.RetryAfterMS.Set {
		return a, err // the header said how long
	}
	return a, f.err(path)
}

var faults = map[string]*errs.Error{
	"window": channel.ErrWindow, "invalid": channel.ErrRefused, "signature": channel.ErrSignature, "clock": channel.ErrClock, "app": channel.ErrSignature,
	"ip": channel.ErrIPNotListed, "permission": channel.ErrPermission, "refused": channel.ErrRefused, "done": channel.ErrDone,
	"paging": channel.ErrPaging, "internal": channel.ErrUnavailable,
}

func (f fault) err(path string) error {
	switch e, ok := faults[f.Code]; {
	case ok:
		return channel.Told(e, f.Code, f.Message)
	case f.Code == "throttled":
		return channel.Throttled(max(f.RetryAfterMS.N, second), f.Code)
	case f.Code == "not_found":
		name := path[strings.LastIndexByte(path, '/')+1:]
		return channel.ErrNotFound.With("no", name)
	}
	return channel.Told(channel.ErrAnswer, f.Code, f.Message)
}

// Test implements channel.Client.
func (c *client) Test(ctx context.Context) error {
	var pong listAnswer
	_, err := c.call(ctx, http.MethodGet, "/v1/ping", nil, &pong)
	return err
}

// List implements channel.Client.
func (c *client) List(ctx context.Context, q channel.Query) (channel.Page, error) {
	return c.list(ctx, "orders", url.Values{"by": {string(q.Stream)}}, q)
}

// ListAftersales implements channel.AftersaleLister.
func (c *client) ListAftersales(ctx context.Context, q channel.Query) (channel.Page, error) {
	return c.list(ctx, "aftersales", url.Values{}, q)
}

func (c *client) list(ctx context.Context, what string, v url.Values, q channel.Query) (channel.Page, error) {
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
	a, err := c.call(ctx, http.MethodGet, "/v1/"+what+"?"+v.Encode(), nil, &l)
	if err != nil {
		return channel.Page{}, err
	}
	p := channel.Page{Total: -1, ServerAt: a.ServerAt}
	if l.ServerTime.N > 0 {
		p.ServerAt = l.ServerTime.N
	}
	rows := append(l.Orders, l.Aftersales...)
	for _, raw := range rows {
		p.Items = append(p.Items, item(raw))
	}
	p.More = len(rows) >= size
	if l.Total.Set {
		p.Total, p.More = int(l.Total.N), int64(page)*int64(size) < l.Total.N
	}
	return p, nil
}

func item(raw []byte) channel.Item {
	return channel.Item{No: wire.Field(raw, "no").String(), ModifiedAt: wire.Field(raw, "modified_at").Number(), Raw: raw}
}

// Get implements channel.Client.
func (c *client) Get(ctx context.Context, orderNo string) (channel.Item, error) {
	return c.get(ctx, "/v1/orders/"+url.PathEscape(orderNo))
}

// GetAftersale implements channel.AftersaleLister.
func (c *client) GetAftersale(ctx context.Context, no, _ string) (channel.Item, error) {
	return c.get(ctx, "/v1/aftersales/"+url.PathEscape(no))
}

func (c *client) get(ctx context.Context, path string) (channel.Item, error) {
	var raw json.RawMessage
	if _, err := c.call(ctx, http.MethodGet, path, nil, &raw); err != nil {
		return channel.Item{}, err
	}
	return item(raw), nil
}

// effect sends one change. key is the caller's where it has one; without one the
// change is such that doing it twice is doing it once, and a fresh key is used: an
// old one would give the old answer and change nothing.
func (c *client) effect(ctx context.Context, method, path, key string, body map[string]any, into any) error {
	if key == "" {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		key = sign(c.secret, b, method, path, strconv.FormatInt(c.Clock.Now().UnixNano(), 10))
	}
	body["key"] = key
	if into == nil {
		into = &struct{}{}
	}
	_, err := c.call(ctx, method, path, body, into)
	return err
}

// Ship implements channel.Shipper.
func (c *client) Ship(ctx context.Context, s channel.ShipRequest) error {
	lines := []shipmentLine{}
	for _, l := range s.Lines {
		lines = append(lines, shipmentLine{l.LineNo, l.Quantity})
	}
	return c.effect(ctx, http.MethodPost, "/v1/orders/"+url.PathEscape(s.OrderNo)+"/shipments", s.Key,
		map[string]any{"carrier": s.Carrier, "waybill": s.Waybill, "lines": lines, "last": s.Last}, nil)
}

// ChangeWaybill implements channel.WaybillChanger.
func (c *client) ChangeWaybill(ctx context.Context, s channel.ShipRequest, _, oldWaybill string) error {
	return c.effect(ctx, http.MethodPut, "/v1/orders/"+url.PathEscape(s.OrderNo)+"/shipments/"+url.PathEscape(oldWaybill), s.Key,
		map[string]any{"carrier": s.Carrier, "waybill": s.Waybill}, nil)
}

// WriteMemo implements channel.MemoWriter.
func (c *client) WriteMemo(ctx context.Context, m channel.Memo) error {
	return c.effect(ctx, http.MethodPut, "/v1/orders/"+url.PathEscape(m.OrderNo)+"/memo", "", map[string]any{"text": m.Text, "flag": m.Flag}, nil)
}

// CloseOrder implements channel.Closer.
func (c *client) CloseOrder(ctx context.Context, orderNo, reason string) error {
	return c.effect(ctx, http.MethodPost, "/v1/orders/"+url.PathEscape(orderNo)+"/close", "", map[string]any{"reason": reason}, nil)
}

// AnswerAddressChange implements channel.AddressAnswerer.
func (c *client) AnswerAddressChange(ctx context.Context, a channel.AddressAnswer) error {
	return c.effect(ctx, http.MethodPost, "/v1/orders/"+url.PathEscape(a.OrderNo)+"/address-answer", "", map[string]any{"accept": a.Accept, "reason": a.Reason}, nil)
}

// ChangePrice implements channel.PriceChanger.
func (c *client) ChangePrice(ctx context.Context, p channel.PriceChange) error {
	lines := []linePaid{}
	for _, l := range p.Lines {
		lines = append(lines, linePaid{l.LineNo, l.Now})
	}
	return c.effect(ctx, http.MethodPut, "/v1/orders/"+url.PathEscape(p.OrderNo)+"/price", "", map[string]any{"lines": lines, "freight": p.Freight}, nil)
}

// PushStock implements channel.StockPusher.
func (c *client) PushStock(ctx context.Context, levels []channel.StockLevel) ([]error, error) {
	rows, keys := []stockLevel{}, []string{}
	for _, l := range levels {
		rows, keys = append(rows, stockLevel{l.ItemNo, l.SKUNo, l.Code, l.Quantity}), append(keys, l.Key)
	}
	var answer struct {
		Results []struct {
			OK bool `json:"ok"`
			fault
		} `json:"results"`
	}
	key := sign(c.secret, []byte(strings.Join(keys, "\n")), "stock")
	if err := c.effect(ctx, http.MethodPut, "/v1/stock", key, map[string]any{"levels": rows}, &answer); err != nil {
		return nil, err
	}
	if len(answer.Results) != len(levels) {
		return nil, channel.Told(channel.ErrAnswer, "stock", "another number of results than levels")
	}
	out := make([]error, len(levels))
	for i, r := range answer.Results {
		if !r.OK {
			out[i] = r.err("/" + levels[i].ItemNo)
		}
	}
	return out, nil
}

// DecideAftersale implements channel.AftersaleDecider.
func (c *client) DecideAftersale(ctx context.Context, d channel.Decision) error {
	return c.effect(ctx, http.MethodPost, "/v1/aftersales/"+url.PathEscape(d.Case.No)+"/decision", d.Key,
		map[string]any{"approve": d.Approve, "amount": d.AmountFen, "reason": d.Reason}, nil)
}

// Receive implements channel.PushReceiver.
func (c *client) Receive(in channel.Inbound) ([]channel.Hint, channel.Reply, error) {
	at, err := strconv.ParseInt(in.Header.Get("X-Sandbox-Time"), 10, 64)
	if err != nil || !hmac.Equal([]byte(in.Header.Get("X-Sandbox-Sign")), []byte(sign(c.secret, in.Body, in.Header.Get("X-Sandbox-Time")))) {
		return nil, channel.Reply{}, channel.ErrSignature
	}
	if in.At-at > skew || at-in.At > skew {
		return nil, channel.Reply{}, channel.ErrClock
	}
	var b pushBody
	if err := json.Unmarshal(in.Body, &b); err != nil || b.EventID == "" {
		return nil, channel.Reply{}, channel.Told(channel.ErrAnswer, "push", "unreadable push").Because(err)
	}
	return []channel.Hint{{ID: b.EventID.String(), Topic: b.Topic, OrderNo: b.OrderNo.String(), AftersaleNo: b.AftersaleNo.String(), At: b.At.N}},
		channel.Reply{Status: http.StatusOK, ContentType: "application/json", Body: []byte(`{"ok":true}`)}, nil
}
