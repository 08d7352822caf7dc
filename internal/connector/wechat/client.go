package wechat

import (
	"context"
	"encoding/json"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/clock"
)

type client struct {
	wire.Weixin
	companies wire.Companies
	issuers   wire.Companies // carriers that the shop may take waybills from
}

func openClient(a channel.Access) (channel.Client, error) {
	if err := wire.Credentials(credentials, a); err != nil {
		return nil, err
	}
	if k := a.Credentials[pushKey]; k != "" {
		if _, err := aesKey(k); err != nil {
			return nil, channel.ErrCredentials.With("field", pushKey).At(pushKey)
		}
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

// Test implements channel.Client.
func (c *client) Test(ctx context.Context) error {
	now := clock.Millis(c.Clock)
	_, err := c.List(ctx, channel.Query{Stream: channel.ByModified, From: now - minute, To: now, Size: 1})
	return err
}

// List implements channel.Client. The platform lists numbers only, and counts nothing.
func (c *client) List(ctx context.Context, q channel.Query) (channel.Page, error) {
	by := "create_time_range"
	if q.Stream == channel.ByModified {
		by = "update_time_range"
	}
	size := q.Size
	if size <= 0 || size > limits.PageSize {
		size = limits.PageSize
	}
	p := object{by: object{"start_time": q.From / second, "end_time": q.To / second}, "page_size": size}
	if q.Cursor != "" {
		p["next_key"] = q.Cursor
	}
	var l struct {
		IDs []wire.Text `json:"order_id_list"`
		pages
	}
	a, err := c.Call(ctx, false, "/channels/ec/order/list/get", p, &l)
	if err != nil {
		return channel.Page{}, err
	}
	return l.page(a, l.IDs), nil
}

type pages struct {
	More bool      `json:"has_more"`
	Next wire.Text `json:"next_key"`
}

func (p pages) page(a wire.Answer, ids []wire.Text) channel.Page {
	out := channel.Page{Total: -1, More: p.More, ServerAt: a.ServerAt}
	if p.More {
		out.Next = p.Next.String()
	}
	for _, no := range ids {
		out.Items = append(out.Items, channel.Item{No: no.String()})
	}
	return out
}

// Get implements channel.Client.
func (c *client) Get(ctx context.Context, no string) (channel.Item, error) {
	var one struct {
		Order json.RawMessage `json:"order"`
	}
	if _, err := c.Call(ctx, false, "/channels/ec/order/get", object{"order_id": no}, &one); err != nil {
		return channel.Item{}, wire.NotFound(err, no)
	}
	if len(one.Order) == 0 || string(one.Order) == "null" {
		return channel.Item{}, channel.ErrNotFound.With("no", no)
	}
	return channel.Item{No: wire.Field(one.Order, "order_id").String(), ModifiedAt: wire.Field(one.Order, "update_time").Number() * second, Raw: one.Order}, nil
}
