package progress

import (
	"context"
	"maps"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// ReshippedTx writes how many pieces of an order's lines have been sent again (补发): the
// whole number, so that saying it twice changes nothing. Lines that do not exist are
// passed over.
func ReshippedTx(ctx context.Context, tx *db.Tx, orderID id.ID, pieces map[id.ID]int64) error {
	m := actor.Merchant(ctx)
	if err := lock(ctx, tx, m, []Pieces{{OrderID: orderID}}); err != nil {
		return err
	}
	for _, line := range slices.Sorted(maps.Keys(pieces)) {
		if _, err := tx.Exec(ctx, setReshipped, pieces[line], m, orderID, line, pieces[line]); err != nil {
			return err
		}
	}
	return nil
}
