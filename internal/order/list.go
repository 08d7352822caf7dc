package order

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
)

// ListTx is BriefTx for a screen: what a row of the order list shows and what its
// actions depend on, and nothing else. Nothing may be decided on or written from it.
func (s *Service) ListTx(ctx context.Context, q db.Querier, ids []id.ID) ([]Order, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]Order, 0, len(ids)) // never grows: byID points into it
	byID := make(map[id.ID]*Order, len(ids))
	for part := range slices.Chunk(ids, lookupChunk) {
		args := idArgs(a.MerchantID, part)
		err := db.Read(ctx, q, selectListed(len(part)), args, func(r *db.Row) {
			var o Order
			if o.readListed(r); a.InScope("shop", o.ShopID) {
				all = append(all, o)
				byID[o.ID] = &all[len(all)-1]
			}
		})
		if err != nil {
			return nil, err
		}
		held := slices.DeleteFunc(slices.Clone(part), func(i id.ID) bool { o := byID[i]; return o == nil || !o.Problem })
		if len(held) > 0 {
			if err := loadHolds(ctx, q, a.MerchantID, held, byID); err != nil {
				return nil, err
			}
		}
		if err := readListedLines(ctx, q, args, len(part), byID); err != nil {
			return nil, err
		}
	}
	return inOrder(ids, byID), nil
}

// listedHead and listedLine are read by readListed and readListedLines, in this order.
const (
	listedHead = `id, shop_id, channel, channel_order_no, order_type, state, problem, in_aftersale, unread, archived, history,
payment, payment_method, channel_status_raw, channel_locks, channel_flags, refund_state, approved_at,
placed_at, paid_at, ship_by_at, shipped_at, completed_at, goods_fen, freight_fen, buyer_paid_fen, receivable_fen, refund_fen,
buyer_nick, receiver_kind, receiver_masked, province, city, district, buyer_note, seller_note, flag, tags, line_count, quantity,
warehouse_id, carrier, waybill_no, parcel_count, version`
	listedLine = `order_id, id, position, sku_id, sku_code, title, spec, image_url, is_gift, refund_state, price_fen, ordered, cancelled, shipped, quantity_known`
)

// Neither statement sorts: the caller puts orders and lines in place for less.
func selectListed(n int) string {
	return `SELECT ` + listedHead + ` FROM order_head WHERE merchant_id = ? AND id IN ` + db.In(inSize(n))
}

func selectListedLines(n int) string {
	return `SELECT ` + listedLine + ` FROM order_line WHERE merchant_id = ? AND order_id IN ` + db.In(inSize(n))
}

func (o *Order) readListed(r *db.Row) {
	o.ID, o.ShopID, o.Channel, o.ChannelOrderNo, o.Type = id.ID(r.Int()), id.ID(r.Int()), r.Text(), r.Text(), r.Text()
	o.State = State(r.Int())
	o.Problem, o.InAftersale, o.Unread, o.Archived, o.History = r.Int() != 0, r.Int() != 0, r.Int() != 0, r.Int() != 0, r.Int() != 0
	o.Payment, o.PaymentMethod, o.ChannelStatusRaw = Payment(r.Text()), r.Text(), r.Text()
	o.ChannelLocks, o.ChannelFlags, o.RefundState, o.ApprovedAt = words(r), words(r), RefundState(r.Text()), r.Int()
	o.PlacedAt, o.PaidAt, o.ShipByAt, o.ShippedAt, o.CompletedAt = r.Int(), r.Int(), r.Int(), r.Int(), r.Int()
	m := &o.Amounts
	m.Goods, m.Freight, m.BuyerPaid, m.Receivable, m.Refund = fen(r), fen(r), fen(r), fen(r), fen(r)
	o.BuyerNick, o.ReceiverKind, o.ReceiverMasked, o.Province, o.City, o.District = r.Text(), r.Text(), r.Text(), r.Text(), r.Text(), r.Text()
	o.BuyerNote, o.SellerNote, o.Flag, o.Tags, o.LineCount, o.Quantity = r.Text(), r.Text(), r.Int(), words(r), r.Int(), r.Int()
	o.WarehouseID, o.Carrier, o.WaybillNo, o.ParcelCount, o.Version = id.ID(r.Int()), r.Text(), r.Text(), r.Int(), r.Int()
}

func readListedLines(ctx context.Context, q db.Querier, args []any, n int, byID map[id.ID]*Order) error {
	err := db.Read(ctx, q, selectListedLines(n), args, func(r *db.Row) {
		o := byID[id.ID(r.Int())]
		if o == nil {
			return
		}
		if o.Lines == nil {
			o.Lines = make([]OrderLine, 0, o.LineCount)
		}
		o.Lines = append(o.Lines, OrderLine{OrderID: o.ID})
		l := &o.Lines[len(o.Lines)-1]
		l.ID, l.Position, l.SKUID, l.SKUCode, l.Title, l.Spec, l.ImageURL = id.ID(r.Int()), r.Int(), id.ID(r.Int()), r.Text(), r.Text(), r.Text(), r.Text()
		l.IsGift, l.RefundState, l.Price = r.Int() != 0, RefundState(r.Text()), fen(r)
		l.Ordered, l.Cancelled, l.Shipped, l.QuantityKnown = r.Int(), r.Int(), r.Int(), r.Int() != 0
	})
	for _, o := range byID {
		slices.SortFunc(o.Lines, func(a, b OrderLine) int { return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID)) })
	}
	return err
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
