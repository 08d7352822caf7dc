package wxmall

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/clock"
)

type client struct {
	wire.Weixin
	companies wire.Companies
}

func openClient(a channel.Access) (channel.Client, error) {
	if err := wire.Credentials(credentials, a); err != nil {
		return nil, err
	}
	return &client{Weixin: wire.Weixin{Access: a, Refuse: refused}}, nil
}

func fetch(ctx context.Context, a channel.Access) (channel.Token, error) {
	c, err := openClient(a)
	if err != nil {
		return channel.Token{}, err
	}
	return c.(*client).Fetch(ctx, c.Test)
}

// object is the parameters of a call.
type object map[string]any

// refused words the refusals of payments.
func refused(n int64, text, _ string) error {
	code := strconv.FormatInt(n, 10)
	switch n {
	case 10060001:
		return channel.ErrNotFound.With("no", "", "channel_code", code)
	case 10060002, 10060023: // shipped already; the report changes nothing
		return channel.Told(channel.ErrDone, code, text)
	}
	return nil
}

// Test implements channel.Client.
func (c *client) Test(ctx context.Context) error {
	now := clock.Millis(c.Clock)
	_, err := c.List(ctx, channel.Query{Stream: channel.ByCreated, From: now - minute, To: now, Size: 1})
	return err
}

// List implements channel.Client: payments by the time they were paid.
func (c *client) List(ctx context.Context, q channel.Query) (channel.Page, error) {
	size := q.Size
	if size <= 0 || size > limits.PageSize {
		size = limits.PageSize
	}
	p := object{"pay_time_range": object{"begin_time": q.From / second, "end_time": q.To / second}, "page_size": size}
	if q.Cursor != "" {
		p["last_index"] = q.Cursor
	}
	var l struct {
		Orders []json.RawMessage `json:"order_list"`
		More   bool              `json:"has_more"`
		Last   wire.Text         `json:"last_index"`
	}
	a, err := c.Call(ctx, false, "/wxa/sec/order/get_order_list", p, &l)
	if err != nil {
		return channel.Page{}, err
	}
	page := channel.Page{Total: -1, More: l.More, ServerAt: a.ServerAt}
	if l.More {
		page.Next = l.Last.String()
	}
	for _, raw := range l.Orders {
		page.Items = append(page.Items, item(raw))
	}
	return page, nil
}

// item: the platform tells no time of change.
func item(raw []byte) channel.Item {
	return channel.Item{No: wire.Field(raw, "merchant_trade_no", "transaction_id").String(), Raw: raw}
}

// Get implements channel.Client.
func (c *client) Get(ctx context.Context, no string) (channel.Item, error) {
	var one struct {
		Order json.RawMessage `json:"order"`
	}
	if _, err := c.Call(ctx, false, "/wxa/sec/order/get_order", object{"merchant_id": c.Credentials[mchID], "merchant_trade_no": no}, &one); err != nil {
		return channel.Item{}, wire.NotFound(err, no)
	}
	if len(one.Order) == 0 || string(one.Order) == "null" {
		return channel.Item{}, channel.ErrNotFound.With("no", no)
	}
	return item(one.Order), nil
}
