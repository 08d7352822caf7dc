package order

import (
	"context"
	"strconv"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
)

// PriceChange sets what one piece of a line costs the buyer, in fen.
type PriceChange struct {
	LineID   id.ID     `json:"line_id"`
	PriceFen money.Fen `json:"price_fen"`
}

// AdjustPriceInput names the order and its new prices; nil and absent ones stay.
type AdjustPriceInput struct {
	OrderID    id.ID         `json:"order_id"`
	Version    int64         `json:"version,omitempty"`
	Lines      []PriceChange `json:"lines,omitempty"`
	FreightFen *money.Fen    `json:"freight_fen,omitempty"`
}

// AdjustPrice changes line prices and freight (改价) while nothing is paid. The
// difference to the goods' value stands as price_change; the header stays the
// exact sum of its lines. Permission order.adjust_price.
//
// Errors: ErrNotFound, ErrChanged, ErrNotAllowed, ErrUnknownLine, ErrBelowZero, ErrBadAmount.
func (s *Service) AdjustPrice(ctx context.Context, in AdjustPriceInput) (Result, error) {
	return run(ctx, s, ActAdjustPrice, in.OrderID, map[string]any{"lines": len(in.Lines), "freight": in.FreightFen != nil}, in, s.AdjustPriceTx)
}

// AdjustPriceTx is AdjustPrice inside the caller's transaction.
func (s *Service) AdjustPriceTx(ctx context.Context, tx *db.Tx, in AdjustPriceInput) (Result, error) {
	return s.change(ctx, tx, in.OrderID, in.Version, ActAdjustPrice, func(_ context.Context, e *edit) error {
		if e.now.Payment != Unpaid {
			return ErrNotAllowed.With("state", e.now.State.String())
		}
		for i, c := range in.Lines {
			at := "lines[" + strconv.Itoa(i) + "]"
			l := e.line(c.LineID)
			switch {
			case l == nil:
				return ErrUnknownLine.At(at + ".line_id")
			case c.PriceFen < 0:
				return ErrBelowZero.At(at + ".price_fen")
			}
			total, err := c.PriceFen.Times(l.Ordered)
			if err != nil || total > maxAmount {
				return ErrBadAmount.At(at + ".price_fen")
			}
			if l.Price != nil && *l.Price == c.PriceFen {
				continue
			}
			if l.Amounts.Goods != nil {
				total -= *l.Amounts.Goods
			}
			price := c.PriceFen
			l.Price, l.Amounts.PriceChange = &price, &total
		}
		if f := in.FreightFen; f != nil {
			if *f < 0 {
				return ErrBelowZero.At("freight_fen")
			}
			if *f > maxAmount {
				return ErrBadAmount.At("freight_fen")
			}
			said := make([]*Line, len(e.now.Lines))
			for i, part := range refs(money.Split(*f, weights(e.now.Lines, said))) {
				e.now.Lines[i].Amounts.Freight = part
			}
		}
		e.emit(AmountsChanged{By: byPerson})
		return nil
	})
}
