package view

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/order"
)

// listed reads orders in the order asked: what a row of the list shows and what its
// actions depend on, and nothing else. Nothing may be decided on from it.
func listed(ctx context.Context, q db.Querier, ids []id.ID) ([]*order.Order, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]order.Order, 0, len(ids)) // never grows: byID points into it
	byID := make(map[id.ID]*order.Order, len(ids))
	for part := range slices.Chunk(ids, maxInList) {
		heads, args := list(selectListed, a.MerchantID, part)
		err := db.Read(ctx, q, heads, args, func(r *db.Row) {
			var o order.Order
			if readHead(&o, r); a.InScope("shop", o.ShopID) {
				all = append(all, o)
				byID[o.ID] = &all[len(all)-1]
			}
		})
		if err != nil {
			return nil, err
		}
		held := slices.DeleteFunc(slices.Clone(part), func(i id.ID) bool { o := byID[i]; return o == nil || !o.Problem })
		if len(held) > 0 {
			holds, args := list(selectListedHolds, a.MerchantID, held)
			err := db.Read(ctx, q, holds, args, func(r *db.Row) {
				o := byID[id.ID(r.Int())]
				o.Holds = append(o.Holds, order.Hold{OrderID: o.ID, ID: id.ID(r.Int()), Kind: order.HoldKind(r.Text())})
			})
			if err != nil {
				return nil, err
			}
		}
		lines, args := list(selectListedLines, a.MerchantID, part)
		if err := db.Read(ctx, q, lines, args, func(r *db.Row) { readLine(r, byID) }); err != nil {
			return nil, err
		}
	}
	out := make([]*order.Order, 0, len(ids))
	for _, i := range ids {
		if o := byID[i]; o != nil {
			slices.SortFunc(o.Lines, func(a, b order.OrderLine) int {
				return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID))
			})
			slices.SortFunc(o.Holds, func(a, b order.Hold) int { return cmp.Compare(a.ID, b.ID) })
			out = append(out, o)
		}
	}
	return out, nil
}

// readHead reads the columns of selectListed.
func readHead(o *order.Order, r *db.Row) {
	o.ID, o.ShopID, o.Channel, o.ChannelOrderNo, o.Type = id.ID(r.Int()), id.ID(r.Int()), r.Text(), r.Text(), r.Text()
	o.State = order.State(r.Int())
	o.Problem, o.InAftersale, o.Unread, o.Archived, o.History = r.Int() != 0, r.Int() != 0, r.Int() != 0, r.Int() != 0, r.Int() != 0
	o.Payment, o.PaymentMethod, o.ChannelStatusRaw = order.Payment(r.Text()), r.Text(), r.Text()
	o.ChannelLocks, o.ChannelFlags, o.RefundState, o.ApprovedAt = words(r), words(r), order.RefundState(r.Text()), r.Int()
	o.PlacedAt, o.PaidAt, o.ShipByAt, o.ShippedAt, o.CompletedAt = r.Int(), r.Int(), r.Int(), r.Int(), r.Int()
	m := &o.Amounts
	m.Goods, m.Freight, m.BuyerPaid, m.Receivable, m.Refund = fen(r), fen(r), fen(r), fen(r), fen(r)
	o.BuyerNick, o.ReceiverKind, o.ReceiverMasked, o.Province, o.City, o.District = r.Text(), r.Text(), r.Text(), r.Text(), r.Text(), r.Text()
	o.BuyerNote, o.SellerNote, o.Flag, o.Tags, o.LineCount, o.Quantity = r.Text(), r.Text(), r.Int(), words(r), r.Int(), r.Int()
	o.WarehouseID, o.Carrier, o.WaybillNo, o.ParcelCount, o.Version = id.ID(r.Int()), r.Text(), r.Text(), r.Int(), r.Int()
}

// readLine reads the columns of selectListedLines.
func readLine(r *db.Row, byID map[id.ID]*order.Order) {
	o := byID[id.ID(r.Int())]
	if o == nil {
		return
	}
	if o.Lines == nil {
		o.Lines = make([]order.OrderLine, 0, o.LineCount)
	}
	o.Lines = append(o.Lines, order.OrderLine{OrderID: o.ID})
	l := &o.Lines[len(o.Lines)-1]
	l.ID, l.Position, l.SKUID, l.SKUCode, l.Title, l.Spec, l.ImageURL = id.ID(r.Int()), r.Int(), id.ID(r.Int()), r.Text(), r.Text(), r.Text(), r.Text()
	l.IsGift, l.RefundState, l.Price = r.Int() != 0, order.RefundState(r.Text()), fen(r)
	l.Ordered, l.Cancelled, l.Shipped, l.QuantityKnown = r.Int(), r.Int(), r.Int(), r.Int() != 0
}

func fen(r *db.Row) *money.Fen {
	n, known := r.MaybeInt()
	if !known {
		return nil
	}
	f := money.Fen(n)
	return &f
}

func words(r *db.Row) []string {
	if s := r.Text(); s != "" {
		return strings.Split(s, ",")
	}
	return nil
}
