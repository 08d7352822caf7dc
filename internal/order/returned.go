package order

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Returned is how much of a line came back, by what can be done with it.
type Returned struct {
	LineID    id.ID `json:"line_id"`
	Good      int64 `json:"good"`
	Defective int64 `json:"defective"`
}

// GoodsReturned: goods of the order came back and were inspected.
type GoodsReturned struct {
	Lines []Returned `json:"lines"`
}

func (GoodsReturned) EventName() string { return "order.goods_returned" }

// MarkReturnedTx counts goods that came back (退货入库) on their lines. The caller books
// the stock in the same transaction. Errors: ErrNotFound, ErrUnknownLine, ErrBadQuantity
// for more than has shipped and not come back yet.
func (s *Service) MarkReturnedTx(ctx context.Context, tx *db.Tx, orderID id.ID, back []Returned) error {
	orders, err := s.LockTx(ctx, tx, []id.ID{orderID})
	if err != nil {
		return err
	}
	if len(orders) == 0 {
		return ErrNotFound
	}
	a, err := actor.From(ctx)
	if err != nil {
		return err
	}
	e := s.edit(orders[0], a.ID, clock.Millis(s.kit.Clock))
	for _, r := range back {
		l := e.line(r.LineID)
		switch {
		case l == nil:
			return ErrUnknownLine
		case r.Good < 0 || r.Defective < 0 || r.Good+r.Defective > l.Shipped+l.Reshipped-l.ReturnedGood-l.ReturnedDefective:
			return ErrBadQuantity
		}
		l.ReturnedGood += r.Good
		l.ReturnedDefective += r.Defective
	}
	e.emit(GoodsReturned{Lines: back})
	return s.save(ctx, tx, []*edit{e})
}
