package inventory

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Release names what an order gives back; nil Lines is everything it holds.
type Release struct {
	OrderID id.ID
	Lines   []LineQty
}

// ReleaseTx gives back what an order holds (释放): all of it when lines is nil.
// Asking for more than is held gives back what is held, so releasing twice does
// nothing the second time.
func (s *Service) ReleaseTx(ctx context.Context, tx *db.Tx, orderID id.ID, lines []LineQty) error {
	return s.ReleaseAllTx(ctx, tx, []Release{{orderID, lines}})
}

// ReleaseAllTx is ReleaseTx for many orders in a few statements.
func (s *Service) ReleaseAllTx(ctx context.Context, tx *db.Tx, releases []Release) error {
	var n need
	for _, r := range releases {
		n.orders = append(n.orders, r.OrderID)
	}
	if len(n.orders) == 0 {
		return nil
	}
	return s.bookTx(ctx, tx, n, func(b *book) error {
		for _, r := range releases {
			keys := b.heldOf(r.OrderID)
			if r.Lines == nil {
				for _, k := range keys {
					b.release(k, b.helds[k].now)
				}
				continue
			}
			for _, l := range r.Lines {
				b.releaseLine(keys, l)
			}
		}
		return nil
	})
}

func (b *book) releaseLine(keys []heldKey, l LineQty) {
	left := l.Quantity
	for _, k := range keys {
		if k.line != l.LineID || l.SKUID != 0 && k.sku != l.SKUID {
			continue
		}
		n := b.helds[k].now
		if l.Quantity > 0 {
			n = min(n, left)
			left -= n
		}
		if n > 0 {
			b.release(k, n)
		}
	}
}
