package shopify

import (
	"context"
	"encoding/json"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/money"
)

// refundOf is a refund with what it needs to be told of its order.
type refundOf struct {
	Order    wire.Text       `json:"order_name"`
	Currency string          `json:"currency"`
	Refund   json.RawMessage `json:"refund"`
}

type storeRefund struct {
	ID      wire.Text `json:"id"`
	Created wire.Text `json:"created_at"`
	Note    wire.Text `json:"note"`
	Lines   []struct {
		Line     wire.Text `json:"line_item_id"`
		Quantity wire.Int  `json:"quantity"`
		Restock  string    `json:"restock_type"`
	} `json:"refund_line_items"`
	Transactions []struct {
		Kind   string    `json:"kind"`
		Status string    `json:"status"`
		Amount wire.Yuan `json:"amount"`
	} `json:"transactions"`
}

// ListAftersales implements channel.AftersaleLister. A store knows no requests, only
// refunds, which its orders tell; one changes its order.
func (c *client) ListAftersales(ctx context.Context, q channel.Query) (channel.Page, error) {
	q.Stream = channel.ByModified
	p, err := c.List(ctx, q)
	if err != nil {
		return p, err
	}
	orders := p.Items
	p.Items = nil
	for _, o := range orders {
		some, err := refundsOf(o.Raw)
		if err != nil {
			continue // the order is kept apart as it is
		}
		p.Items = append(p.Items, some...)
	}
	return p, nil
}

// refundsOf are an order's refunds of money; goods that were only taken out of it are none.
func refundsOf(order []byte) ([]channel.Item, error) {
	var o struct {
		Name     wire.Text         `json:"name"`
		Currency string            `json:"currency"`
		Refunds  []json.RawMessage `json:"refunds"`
	}
	if err := json.Unmarshal(order, &o); err != nil {
		return nil, err
	}
	var out []channel.Item
	for _, raw := range o.Refunds {
		var part struct {
			Transactions []json.RawMessage `json:"transactions"`
		}
		no := wire.Field(raw, "id").String()
		if json.Unmarshal(raw, &part) == nil && len(part.Transactions) == 0 || no == "" {
			continue
		}
		body, err := json.Marshal(refundOf{o.Name, o.Currency, raw})
		if err != nil {
			return nil, err
		}
		at, _ := instant("", wire.Field(raw, "created_at"))
		out = append(out, channel.Item{No: no, ModifiedAt: at, Raw: body})
	}
	return out, nil
}

// GetAftersale implements channel.AftersaleLister.
func (c *client) GetAftersale(ctx context.Context, no, orderNo string) (channel.Item, error) {
	if orderNo == "" {
		return channel.Item{}, channel.ErrNotFound.With("no", no)
	}
	o, err := c.Get(ctx, orderNo)
	if err != nil {
		return channel.Item{}, err
	}
	all, err := refundsOf(o.Raw)
	if err != nil {
		return channel.Item{}, channel.Told(channel.ErrAnswer, "refunds", "unreadable refunds").Because(err)
	}
	for _, one := range all {
		if one.No == no {
			return one, nil
		}
	}
	return channel.Item{}, channel.ErrNotFound.With("no", no)
}

// MapAftersale implements channel.AftersaleLister. A refund is what was paid back of it,
// or what is on its way; one that failed stays raw.
func (c *client) MapAftersale(raw []byte) (channel.Case, error) {
	var w refundOf
	if err := wire.Decode(raw, &w); err != nil {
		return channel.Case{}, err
	}
	if w.Currency != "" && w.Currency != "CNY" {
		return channel.Case{}, wire.Bad(channel.UnsupportedCurrency, "currency", w.Currency)
	}
	var s storeRefund
	if len(w.Refund) > 0 {
		if err := wire.Decode(w.Refund, &s); err != nil {
			return channel.Case{}, err
		}
	}
	if s.ID == "" || w.Order == "" {
		return channel.Case{}, wire.Bad(channel.MissingOrderNo, "order_name", w.Order)
	}
	at, err := instant("created_at", s.Created)
	if err != nil {
		return channel.Case{}, err
	}
	out := channel.Case{No: s.ID.String(), OrderNo: w.Order.String(), Kind: "refund", Reason: s.Note.String(), CreatedAt: at, ModifiedAt: at}
	for _, l := range s.Lines {
		if out.Quantity += l.Quantity.N; l.Restock == "return" {
			out.Kind = "return"
		}
		if len(s.Lines) == 1 {
			out.LineNo = l.Line.String()
		}
	}
	sums := map[string]money.Fen{}
	for _, t := range s.Transactions {
		if t.Kind == "refund" {
			sums[t.Status] += t.Amount.Fen
		}
	}
	switch {
	case sums["success"] > 0:
		out.State, out.StateRaw, out.RefundFen = channel.AftersaleRefunded, "success", int64(sums["success"])
	case sums["pending"] > 0:
		out.State, out.StateRaw, out.RefundFen = channel.AftersaleRefunding, "pending", int64(sums["pending"])
	default:
		out.State, out.StateRaw = channel.AftersaleUnknown, "failure"
	}
	return out, nil
}
