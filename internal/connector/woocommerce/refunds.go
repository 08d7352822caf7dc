package woocommerce

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/errs"
)

// ListAftersales implements channel.AftersaleLister. A store knows no requests, only
// refunds that were made; they do not change, so that their creation is what moves.
// Stores before version 9 list none.
func (c *client) ListAftersales(ctx context.Context, q channel.Query) (channel.Page, error) {
	size := q.Size
	if size <= 0 || size > limits.PageSize {
		size = limits.PageSize
	}
	page := max(q.Page, 1)
	at := func(ms, more int64) string { return time.Unix(ms/second+more, 0).UTC().Format(gmt) }
	v := url.Values{"orderby": {"date"}, "order": {"asc"}, "dates_are_gmt": {"true"}, "per_page": {strconv.Itoa(size)}, "page": {strconv.Itoa(page)},
		"after": {at(q.From, -1)}, "before": {at(q.To, 1)}}
	var rows []json.RawMessage
	a, err := c.call(ctx, http.MethodGet, "/refunds", v, nil, &rows)
	if e := errs.As(err); e != nil && e.Params["channel_code"] == noRoute {
		return channel.Page{ServerAt: a.ServerAt}, nil
	}
	if err != nil {
		return channel.Page{}, err
	}
	p := channel.Page{Total: -1, ServerAt: a.ServerAt, More: len(rows) >= size}
	if n, err := strconv.Atoi(a.Header.Get("X-WP-Total")); err == nil && n >= 0 {
		p.Total, p.More = n, page*size < n
	}
	for _, raw := range rows {
		p.Items = append(p.Items, refundItem(raw))
	}
	return p, nil
}

func refundItem(raw []byte) channel.Item {
	at, _ := instant("", wire.Field(raw, "date_created_gmt"))
	return channel.Item{No: wire.Field(raw, "id").String(), ModifiedAt: at, Raw: raw}
}

// GetAftersale implements channel.AftersaleLister. Beneath its order a refund does not
// say whose it is.
func (c *client) GetAftersale(ctx context.Context, no, orderNo string) (channel.Item, error) {
	order, err := strconv.ParseUint(orderNo, 10, 63)
	if err != nil {
		return channel.Item{}, channel.ErrNotFound.With("no", no)
	}
	var refund map[string]json.RawMessage
	if _, err := c.call(ctx, http.MethodGet, "/orders/"+orderNo+"/refunds/"+url.PathEscape(no), nil, nil, &refund); err != nil {
		return channel.Item{}, err
	}
	refund["parent_id"] = json.RawMessage(strconv.FormatUint(order, 10))
	raw, err := json.Marshal(refund)
	if err != nil {
		return channel.Item{}, channel.Told(channel.ErrAnswer, "refund", "unreadable refund").Because(err)
	}
	return refundItem(raw), nil
}

type storeRefund struct {
	ID      wire.Text `json:"id"`
	Order   wire.Text `json:"parent_id"`
	Created wire.Text `json:"date_created_gmt"`
	Amount  wire.Yuan `json:"amount"`
	Reason  wire.Text `json:"reason"`
	Lines   []struct {
		Quantity wire.Int   `json:"quantity"`
		Meta     []metaData `json:"meta_data"`
	} `json:"line_items"`
}

const refundedLine = "_refunded_item_id"

// MapAftersale implements channel.AftersaleLister.
func (c *client) MapAftersale(raw []byte) (channel.Case, error) {
	var s storeRefund
	if err := wire.Decode(raw, &s); err != nil {
		return channel.Case{}, err
	}
	if s.ID == "" || s.Order == "" || s.Order == "0" {
		return channel.Case{}, wire.Bad(channel.MissingOrderNo, "parent_id", s.Order)
	}
	at, err := instant("date_created_gmt", s.Created)
	if err != nil {
		return channel.Case{}, err
	}
	out := channel.Case{No: s.ID.String(), OrderNo: s.Order.String(), Kind: "refund", State: channel.AftersaleRefunded, StateRaw: "refunded", RefundFen: int64(max(s.Amount.Fen, -s.Amount.Fen)),
		Reason: s.Reason.String(), CreatedAt: at, ModifiedAt: at}
	for _, l := range s.Lines {
		out.Quantity += max(l.Quantity.N, -l.Quantity.N) // written as less than nothing
		for _, m := range l.Meta {
			var line wire.Text
			if m.Key == refundedLine && len(s.Lines) == 1 && json.Unmarshal(m.Value, &line) == nil {
				out.LineNo = strings.TrimSpace(line.String())
			}
		}
	}
	return out, nil
}
