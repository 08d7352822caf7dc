package progress

import (
	"cmp"
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// Returned is how much of an order line came back, by what can be done with it.
type Returned struct {
	LineID    id.ID
	Good      int64
	Defective int64
}

// ReturnedTx counts goods that came back (退货入库) on the lines of an order. The caller
// books the stock in the same transaction. Errors: order.ErrBadQuantity for more than has
// shipped and not come back yet, on a line that does not exist too.
func ReturnedTx(ctx context.Context, tx *db.Tx, orderID id.ID, back []Returned) error {
	m := actor.Merchant(ctx)
	if err := lock(ctx, tx, m, []Pieces{{OrderID: orderID}}); err != nil {
		return err
	}
	back = slices.SortedFunc(slices.Values(back), func(a, b Returned) int { return cmp.Compare(a.LineID, b.LineID) })
	for _, r := range back {
		n, err := tx.ExecN(ctx, addReturned, r.Good, r.Defective, m, orderID, r.LineID, r.Good+r.Defective)
		if err != nil {
			return err
		}
		if n == 0 || r.Good < 0 || r.Defective < 0 {
			return order.ErrBadQuantity
		}
	}
	return nil
}
