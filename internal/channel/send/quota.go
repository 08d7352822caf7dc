package send

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
)

// Share is the pieces of a SKU that one shop alone may sell (配额).
type Share struct {
	SKUID  id.ID `json:"sku_id"`
	ShopID id.ID `json:"shop_id"`
	Quota  int64 `json:"quota"`
}

// Shares lists a shop's quotas by SKU. Permission channel.read.
//
// Errors: shop.ErrNotFound, page.ErrCursor.
func (s *Service) Shares(ctx context.Context, shopID id.ID, cursor string, limit int) ([]Share, string, error) {
	if err := actor.Require(ctx, PermitRead); err != nil {
		return nil, "", err
	}
	if _, err := s.shops.Get(ctx, shopID); err != nil {
		return nil, "", err
	}
	var after id.ID
	if err := page.Decode(cursor, &after); err != nil {
		return nil, "", err
	}
	limit = page.Limit(limit)
	out, err := scanShares(s.k.DB.Query(ctx, selectQuotas, actor.Merchant(ctx), shopID, after, limit+1))
	if err != nil {
		return nil, "", err
	}
	out, next := page.Cut(out, limit, func(x Share) string { return page.Encode(x.SKUID) })
	return out, next, nil
}

func scanShares(rows interface {
	Next() bool
	Scan(...any) error
	Err() error
	Close() error
}, err error) ([]Share, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Share
	for rows.Next() {
		var x Share
		if err := rows.Scan(&x.SKUID, &x.ShopID, &x.Quota); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, rows.Err()
}

func (s *Service) quotasOf(ctx context.Context, q db.Querier, skus []id.ID) (map[id.ID][]Share, error) {
	out := map[id.ID][]Share{}
	for part := range slices.Chunk(skus, 500) {
		part = db.Pad(part)
		args := []any{actor.Merchant(ctx)}
		for _, i := range part {
			args = append(args, i)
		}
		all, err := scanShares(q.Query(ctx, selectQuotasOf(len(part)), args...))
		if err != nil {
			return nil, err
		}
		for _, x := range all {
			out[x.SKUID] = append(out[x.SKUID], x)
		}
	}
	return out, nil
}

// SetShares gives shops pieces of a SKU of their own; 0 takes the share away. What
// is given out is never more than what is available. Permission channel.edit.
//
// Errors: shop.ErrNotFound, ErrBadPlan, ErrQuotaTooHigh.
func (s *Service) SetShares(ctx context.Context, in []Share) ([]Share, error) {
	if err := actor.Require(ctx, PermitEdit); err != nil {
		return nil, err
	}
	for _, x := range in {
		if x.Quota < 0 || x.Quota > 1_000_000_000 {
			return nil, ErrBadPlan.With("field", "quota").At("quota")
		}
		if _, err := s.shops.Get(ctx, x.ShopID); err != nil {
			return nil, err
		}
	}
	in = slices.Clone(in)
	slices.SortFunc(in, func(a, b Share) int {
		if a.SKUID != b.SKUID {
			return int(min(1, max(-1, a.SKUID-b.SKUID)))
		}
		return int(min(1, max(-1, a.ShopID-b.ShopID)))
	})
	about := &command.About{Action: "channel.set_stock_quota", Detail: map[string]any{"shares": len(in)}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) ([]Share, error) {
		m, now := actor.Merchant(ctx), clock.Millis(s.k.Clock)
		var skus []id.ID
		for _, x := range in {
			text, args := upsertQuota, []any{m, x.SKUID, x.ShopID, x.Quota, now}
			if x.Quota == 0 {
				text, args = deleteQuota, []any{m, x.SKUID, x.ShopID}
			}
			if _, err := tx.Exec(ctx, text, args...); err != nil {
				return nil, err
			}
			skus = append(skus, x.SKUID)
		}
		skus = slices.Compact(slices.Sorted(slices.Values(skus)))
		quotas, err := s.quotasOf(ctx, tx, skus)
		if err != nil {
			return nil, err
		}
		free, err := s.stock.AvailableTx(ctx, tx, skus, 0)
		if err != nil {
			return nil, err
		}
		for _, sku := range skus {
			sum := int64(0)
			for _, x := range quotas[sku] {
				sum += x.Quota
			}
			if sum > free[sku] {
				return nil, ErrQuotaTooHigh.With("sum", sum).With("available", free[sku])
			}
		}
		tx.AfterCommit(func() {
			s.mu.Lock()
			s.recount[m] = true // no piece moved, and other shops may offer fewer
			s.mu.Unlock()
			s.Wake()
		})
		return in, nil
	})
}
