package print

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/packing"
	"github.com/ordercove/ordercove/internal/packing/label"
)

// Slips draws packing slips (发货单), one for each fulfillment order that may go on, in the
// given order; what may not is left out and told. Receivers are masked. With no slip at
// all nothing is written. Permission packing.print.
//
// Errors: ErrTooMany, those of w.
func (s *Service) Slips(ctx context.Context, w io.Writer, fulfillmentOrders []id.ID) ([]Left, error) {
	if err := actor.Require(ctx, packing.PermitPrint); err != nil {
		return nil, err
	}
	if n := len(fulfillmentOrders); n == 0 || n > MaxOrders {
		return nil, ErrTooMany.With("max", MaxOrders)
	}
	checks := make([]fulfillment.Check, len(fulfillmentOrders))
	for i, one := range fulfillmentOrders {
		checks[i].ID = one
	}
	parcels, err := s.look(ctx, s.k.DB, checks, true)
	if err != nil {
		return nil, err
	}
	shops, err := s.shops.ListTx(ctx, s.k.DB)
	if err != nil {
		return nil, err
	}
	names := map[id.ID]string{}
	for _, one := range shops {
		names[one.ID] = one.Name
	}
	words := slipWords[strings.HasPrefix(actor.Lang(ctx), "en")]
	var left []Left
	var sheets []label.Sheet
	for _, c := range checks {
		p := parcels[c.ID]
		if p.f == nil || len(p.orders) == 0 {
			left = append(left, Left{c.ID, plain(fulfillment.ErrNoOrder)})
			continue
		}
		if p.err != nil && !errors.Is(p.err, waybill.ErrNotIssued) { // a slip needs no number
			left = append(left, Left{c.ID, plain(p.err)})
			continue
		}
		sheets = append(sheets, p.slip(words, names[p.f.ShopID]))
	}
	if len(sheets) == 0 {
		return left, nil
	}
	return left, label.RenderSheets(w, sheets)
}

// slipWords are the words on a slip, Chinese and English.
var slipWords = map[bool][9]string{
	false: {"发货单", "订单号 ", "收件人 ", "快递单号 ", "商品编码", "商品", "数量", "共 ", "买家留言："},
	true:  {"Packing slip", "Orders ", "To ", "Waybill ", "SKU", "Goods", "Quantity", "Total ", "Buyer's note: "},
}

// slip is the paper that travels in a parcel. Seller's notes are not for the buyer.
func (p *parcel) slip(words [9]string, shop string) label.Sheet {
	out := label.Sheet{Title: strings.TrimSpace(shop + " " + words[0]), Code: p.f.ID.String(),
		Columns: []label.Column{{Title: words[4], Width: 40}, {Title: words[5], Width: 110}, {Title: words[6], Width: 25, Align: "right", Bold: true}}}
	var nos, foot []string
	for _, o := range p.orders {
		nos = append(nos, o.ChannelOrderNo)
		if o.BuyerNote != "" {
			foot = append(foot, words[8]+o.BuyerNote)
		}
	}
	out.Meta = []string{words[1] + strings.Join(nos, "、"), words[2] + p.orders[0].ReceiverMasked}
	for _, w := range p.waybills {
		if w.No != "" {
			out.Meta = append(out.Meta, words[3]+w.No)
		}
	}
	for _, it := range p.items {
		out.Rows = append(out.Rows, []string{it.Code, strings.TrimSpace(it.Name + " " + it.Spec), num(it.Quantity)})
	}
	out.Foot = append([]string{words[7] + num(p.quantity())}, foot...)
	return out
}
func num(n int64) string { return strconv.FormatInt(n, 10) }
