package order

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/record"
)

// Most of a row's cost is its columns: what only use cases need is left out of lists.
var (
	briefHeads = without(headColumns, "digest", "channel_seller_note", "channel_flag", "customer_id", "approved_by", "placed_known", "updated_at")
	briefLines = without(lineColumns, "placed_at", "line_key", "channel_line_no", "channel_status", "goods_fen", "merchant_discount_fen", "platform_discount_fen",
		"talent_discount_fen", "payment_discount_fen", "price_change_fen", "freight_fen", "receivable_fen", "refund_fen", "allocated", "picked", "packed", "delivered",
		"return_requested", "returned_good", "returned_defective", "refunded", "reshipped", "channel_quantity", "sku_by_hand")
)

func without[T any](cols []record.Column[T], names ...string) []record.Column[T] {
	return slices.DeleteFunc(slices.Clone(cols), func(c record.Column[T]) bool { return slices.Contains(names, c.Name) })
}

// BriefTx is LoadTx for lists and exports, at half its cost: lines carry what a
// person sees of them, not their counters and bearers. Nothing may be decided on
// or written from it.
func (s *Service) BriefTx(ctx context.Context, q db.Querier, ids []id.ID) ([]Order, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	byID := make(map[id.ID]*Order, len(ids))
	for part := range slices.Chunk(ids, lookupChunk) {
		if err := readHeads(ctx, q, a, briefHeads, part, false, byID); err != nil {
			return nil, err
		}
		if err := readLines(ctx, q, a.MerchantID, briefLines, part, byID); err != nil {
			return nil, err
		}
		held := slices.DeleteFunc(slices.Clone(part), func(i id.ID) bool { o := byID[i]; return o == nil || !o.Problem })
		if len(held) == 0 {
			continue
		}
		if err := loadHolds(ctx, q, a.MerchantID, held, byID); err != nil {
			return nil, err
		}
	}
	return inOrder(ids, byID), nil
}

func inOrder(ids []id.ID, byID map[id.ID]*Order) []Order {
	out := make([]Order, 0, len(ids))
	for _, i := range ids {
		if o := byID[i]; o != nil {
			out = append(out, *o)
		}
	}
	return out
}

func readHeads(ctx context.Context, q db.Querier, a actor.Actor, cols []record.Column[Order], ids []id.ID, lock bool, byID map[id.ID]*Order) error {
	rows, err := q.Query(ctx, selectHeads(cols, len(ids), lock), idArgs(a.MerchantID, ids)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		o := &Order{}
		if err := rows.Scan(record.Into(cols, o)...); err != nil {
			return err
		}
		if a.InScope("shop", o.ShopID) {
			byID[o.ID] = o
		}
	}
	return rows.Err()
}

func readLines(ctx context.Context, q db.Querier, m id.ID, cols []record.Column[OrderLine], ids []id.ID, byID map[id.ID]*Order) error {
	rows, err := q.Query(ctx, selectLines(cols, len(ids)), idArgs(m, ids)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var l OrderLine
		if err := rows.Scan(record.Into(cols, &l)...); err != nil {
			return err
		}
		if o := byID[l.OrderID]; o != nil {
			o.Lines = append(o.Lines, l)
		}
	}
	return rows.Err()
}
