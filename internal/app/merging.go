package app

import (
	"context"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/pull"
	"github.com/ordercove/ordercove/internal/fulfillment/suggest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/shop"
)

// grouper asks channels who receives their orders, where they show masks. A question
// makes one call for each order, whose key of the receiver may be another one today, and
// one to compare them: each waits for its turn.
func grouper(manifests []channel.Manifest, sync *pull.Engine) suggest.Grouper {
	return suggest.Grouper{
		Can: func(one shop.Shop) bool {
			m, ok := channel.Find(manifests, one.Channel)
			return ok && one.Mode == shop.ModeAPI && m.API != nil && m.Can(channel.MergesOrders)
		},
		Groups: func(ctx context.Context, shopID id.ID, orderNos []string) ([][]string, error) {
			c, err := sync.Open(ctx, shopID)
			if err != nil {
				return nil, err
			}
			g, ok := c.(channel.MergeGrouper)
			if !ok {
				return nil, channel.ErrUnsupported
			}
			orders := make([]channel.MergeOrder, len(orderNos))
			for i, no := range orderNos {
				orders[i].OrderNo = no
				if err := sync.Turn(ctx, shopID); err != nil {
					return nil, err
				}
			}
			groups, err := g.MergeGroups(ctx, orders)
			sync.Told(ctx, shopID, err)
			return groups, err
		},
	}
}
