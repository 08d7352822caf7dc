package taobao

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"sync/atomic"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/clock"
)

type client struct {
	channel.Access
	companies wire.Companies
	permitted atomic.Bool // messages are switched on for the shop
	seller    atomic.Pointer[string]
}

func openClient(a channel.Access) (channel.Client, error) {
	if err := wire.Credentials(credentials, a); err != nil {
		return nil, err
	}
	return &client{Access: a}, nil
}

// kind of a call: whose, and whether it changes something.
type kind struct{ effect, anonymous bool }

var (
	question = kind{}
	effect   = kind{effect: true}
	ofApp    = kind{anonymous: true}
)

// call sends one method and reads the member of its answer into into.
func (c *client) call(ctx context.Context, k kind, method string, business map[string]string, into any) (wire.Answer, error) {
	p := map[string]string{"method": method, "app_key": c.Credentials[appKey], "timestamp": wire.FormatChina(clock.Millis(c.Clock)),
		"format": "json", "v": "2.0", "sign_method": signSHA256}
	if !k.anonymous {
		p["session"] = c.Token.Access
	}
	for name, v := range business {
		p[name] = v
	}
	p["sign"] = sign(signSHA256, c.Credentials[appSecret], p)
	form := url.Values{}
	for name, v := range p {
		if v != "" {
			form.Set(name, v)
		}
	}
	r, err := wire.Post(ctx, c.BaseURL, "application/x-www-form-urlencoded;charset=utf-8", []byte(form.Encode()))
	if err != nil {
		return wire.Answer{}, err
	}
	a, err := wire.Do(c.HTTP, r, k.effect)
	if err != nil {
		return a, err
	}
	if err := a.OK(k.effect); err != nil {
		return a, err
	}
	var members map[string]json.RawMessage
	if err := a.JSON(&members, k.effect); err != nil {
		return a, err
	}
	if raw, ok := members["error_response"]; ok {
		var f fault
		if err := json.Unmarshal(raw, &f); err != nil {
			return a, channel.Told(channel.ErrAnswer, "error_response", "unreadable refusal").Because(err)
		}
		return a, f.err(k, clock.Millis(c.Clock))
	}
	// The one other member is named after the method.
	for _, raw := range members {
		a.Body = raw
		return a, a.JSON(into, k.effect)
	}
	return a, wire.Answer{Status: a.Status}.JSON(into, k.effect)
}

// Test implements channel.Client.
func (c *client) Test(ctx context.Context) error {
	now := clock.Millis(c.Clock)
	_, err := c.call(ctx, question, "taobao.trades.sold.increment.get", map[string]string{"fields": "tid", "page_size": "1", "page_no": "1", "use_has_next": "true",
		"start_modified": wire.FormatChina(now - minute), "end_modified": wire.FormatChina(now)}, &tradesAnswer{})
	return err
}

// List implements channel.Client.
func (c *client) List(ctx context.Context, q channel.Query) (channel.Page, error) {
	p := window(q, "created")
	method := "taobao.trades.sold.get"
	if q.Stream == channel.ByModified {
		p, method = window(q, "modified"), "taobao.trades.sold.increment.get"
	}
	p["fields"], p["type"], p["include_oaid"] = tradeFields, tradeTypes, "include_oaid"
	var l tradesAnswer
	a, err := c.call(ctx, question, method, p, &l)
	if err != nil {
		return channel.Page{}, err
	}
	page := channel.Page{Total: int(l.Total.N), ServerAt: a.ServerAt, More: more(q, l.Total.N)}
	for _, raw := range l.Trades.Items {
		page.Items = append(page.Items, tradeItem(raw))
	}
	return page, nil
}

// window are the parameters of a page. Seconds are the finest the platform knows, so
// the end is rounded up.
func window(q channel.Query, by string) map[string]string {
	size := q.Size
	if size <= 0 || size > limits.PageSize {
		size = limits.PageSize
	}
	return map[string]string{"start_" + by: wire.FormatChina(q.From), "end_" + by: wire.FormatChina(q.To + second - 1), "page_no": strconv.Itoa(max(q.Page, 1)),
		"page_size": strconv.Itoa(size), "use_has_next": "false"}
}

func more(q channel.Query, total int64) bool {
	size := int64(q.Size)
	if size <= 0 || size > int64(limits.PageSize) {
		size = int64(limits.PageSize)
	}
	return int64(max(q.Page, 1))*size < total
}

// tradeItem: a list does not tell the buyer's words, only that there are some; then
// the detail is read.
func tradeItem(raw []byte) channel.Item {
	at, err := wire.ChinaTime(wire.Field(raw, "modified").String())
	if err != nil {
		at = 0
	}
	i := channel.Item{No: wire.Field(raw, "tid_str", "tid").String(), ModifiedAt: at, Raw: raw}
	if wire.Field(raw, "has_buyer_message") == "true" && wire.Field(raw, "buyer_message") == "" && i.No != "" {
		i.Raw = nil
	}
	return i
}

// Get implements channel.Client.
func (c *client) Get(ctx context.Context, orderNo string) (channel.Item, error) {
	var one struct {
		Trade json.RawMessage `json:"trade"`
	}
	_, err := c.call(ctx, question, "taobao.trade.fullinfo.get", map[string]string{"tid": orderNo, "fields": tradeFields, "include_oaid": "include_oaid"}, &one)
	if err != nil {
		return channel.Item{}, wire.NotFound(err, orderNo)
	}
	if len(one.Trade) == 0 || string(one.Trade) == "null" {
		return channel.Item{}, channel.ErrNotFound.With("no", orderNo)
	}
	i := tradeItem(one.Trade)
	i.Raw = one.Trade
	return i, nil
}
