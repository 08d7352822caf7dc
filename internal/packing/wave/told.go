package wave

import (
	"context"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order/progress"
)

// tellTx tells the order lines of baskets that go on to be packed that they are picked.
func (s *Service) tellTx(ctx context.Context, tx *db.Tx, w *Wave, of []Member) error {
	ids := make([]id.ID, len(of))
	for i, m := range of {
		ids[i] = m.FulfillmentOrderID
	}
	all, err := s.fulfillments.LoadTx(ctx, tx, ids)
	if err != nil {
		return err
	}
	var rows [][]any
	var told []progress.Pieces
	for _, f := range all {
		if f.State != fulfillment.StateOpen {
			continue // it shipped from its basket already
		}
		for _, l := range f.Lines {
			if l.Left() > 0 {
				rows = append(rows, []any{actor.Merchant(ctx), f.ID, l.LineID, l.OrderID, w.ID, l.Left()})
				told = append(told, progress.Pieces{OrderID: l.OrderID, LineID: l.LineID, Quantity: l.Left()})
			}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if _, err := tx.Insert(ctx, "packing_wave_told", toldColumns, rows, keepTold); err != nil {
		return err
	}
	return progress.PickedTx(ctx, tx, told)
}

// untellTx takes back what was told of fulfillment orders that will not leave, and
// forgets those that left.
func (s *Service) untellTx(ctx context.Context, tx *db.Tx, ids []id.ID) error {
	all, err := s.fulfillments.LoadTx(ctx, tx, ids)
	if err != nil {
		return err
	}
	m := actor.Merchant(ctx)
	var back []progress.Pieces
	for _, f := range all {
		if f.State == fulfillment.StateOpen {
			continue
		}
		for row := range db.Each(ctx, tx, takeTold, m, f.ID) {
			var p progress.Pieces
			if err := row.Scan(&p.OrderID, &p.LineID, &p.Quantity); err != nil {
				return err
			}
			p.Quantity = -p.Quantity
			if f.State != fulfillment.StateShipped {
				back = append(back, p)
			}
		}
	}
	return progress.PickedTx(ctx, tx, back)
}
