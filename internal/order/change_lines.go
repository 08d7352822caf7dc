package order

import (
	"context"
	"slices"
	"strconv"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// LineChange changes one line (LineID) or adds one (LineID 0). SKUID 0 keeps the
// line's SKU. Quantity is how many pieces ship in the end; 0 takes the line off.
type LineChange struct {
	LineID   id.ID `json:"line_id,omitempty"`
	SKUID    id.ID `json:"sku_id,omitempty"`
	Quantity int64 `json:"quantity"`
}

// ChangeLinesInput names the order and the lines to change; others stay.
type ChangeLinesInput struct {
	OrderID id.ID        `json:"order_id"`
	Version int64        `json:"version,omitempty"`
	Lines   []LineChange `json:"lines"`
}

// ChangeLines changes SKUs and quantities before anything ships (改商品) and swaps
// the reservation in the same transaction. Money stays as the buyer paid it.
// Permission order.edit_lines.
//
// Errors: ErrNotFound, ErrChanged, ErrNotAllowed, ErrNoLines, ErrUnknownLine,
// ErrUnknownSKU, ErrBadQuantity.
func (s *Service) ChangeLines(ctx context.Context, in ChangeLinesInput) (Result, error) {
	return run(ctx, s, ActChangeLines, in.OrderID, map[string]any{"lines": len(in.Lines)}, in, s.ChangeLinesTx)
}

// ChangeLinesTx is ChangeLines inside the caller's transaction.
func (s *Service) ChangeLinesTx(ctx context.Context, tx *db.Tx, in ChangeLinesInput) (Result, error) {
	if len(in.Lines) == 0 || len(in.Lines) > 200 {
		return Result{}, ErrNoLines.At("lines")
	}
	return s.change(ctx, tx, in.OrderID, in.Version, ActChangeLines, func(ctx context.Context, e *edit) error {
		var ids []id.ID
		for _, c := range in.Lines {
			if c.SKUID != 0 {
				ids = append(ids, c.SKUID)
			}
		}
		skus, err := s.catalog.SKUsTx(ctx, tx, ids)
		if err != nil {
			return err
		}
		var touched []id.ID
		for i, c := range in.Lines {
			at := "lines[" + strconv.Itoa(i) + "]"
			sku, known := skus[c.SKUID]
			if c.SKUID != 0 && (!known || !sku.Active) {
				return ErrUnknownSKU.At(at + ".sku_id")
			}
			line, err := e.changeLine(c, sku, at)
			if err != nil {
				return err
			}
			if line != 0 {
				touched = append(touched, line)
			}
		}
		if len(touched) == 0 {
			return nil
		}
		e.clear(HoldSKUChanged)
		e.emit(LinesChanged{By: byPerson, LineIDs: touched, AfterApproval: e.was.ApprovedAt != 0})
		if len(e.now.OpenLines()) == 0 {
			return ErrNoLines.At("lines") // whoever wants nothing shipped closes the order
		}
		return s.restock(ctx, tx, e)
	})
}

// changeLine applies one change and returns the line, 0 where it changes nothing.
func (e *edit) changeLine(c LineChange, sku catalog.SKU, at string) (id.ID, error) {
	if c.Quantity < 0 || c.Quantity > maxPieces {
		return 0, ErrBadQuantity.At(at + ".quantity")
	}
	if c.LineID == 0 {
		if c.SKUID == 0 {
			return 0, ErrUnknownSKU.At(at + ".sku_id")
		}
		if c.Quantity == 0 {
			return 0, ErrBadQuantity.At(at + ".quantity")
		}
		i := e.newID()
		e.now.Lines = append(e.now.Lines, OrderLine{ID: i, OrderID: e.now.ID, Position: int64(len(e.now.Lines)), Key: "m:" + i.String(),
			SKUID: sku.ID, SKUCode: sku.Code, Title: sku.ProductName, Spec: sku.Spec, ImageURL: sku.ImageURL, RefundState: RefundNone,
			Ordered: c.Quantity, QuantityKnown: true, SKUByHand: true})
		return i, nil
	}
	l := e.line(c.LineID)
	if l == nil {
		return 0, ErrUnknownLine.At(at + ".line_id")
	}
	if same := c.SKUID == 0 || c.SKUID == l.SKUID; same && c.Quantity == l.Ordered-l.Cancelled {
		return 0, nil
	} else if !same {
		l.SKUID, l.SKUByHand = c.SKUID, true
	}
	// What the channel ordered stays on record; fewer pieces are cancelled ones.
	l.QuantityKnown = true
	l.Ordered = max(l.Ordered-l.Cancelled, c.Quantity) + l.Cancelled
	l.Cancelled = l.Ordered - c.Quantity
	l.Allocated = min(l.Allocated, c.Quantity)
	return l.ID, nil
}

// RelinkTx gives the lines that came in under a listing its SKU, as far as nothing
// of them shipped and no person chose another one, and reserves what can be
// reserved now. It takes up to 200 orders after the given one and returns the
// last one it looked at, 0 when none are left.
func (s *Service) RelinkTx(ctx context.Context, tx *db.Tx, listingID, skuID, after id.ID) (id.ID, int, error) {
	ids, err := db.Column[id.ID](ctx, tx, selectByListing, actor.Merchant(ctx), listingID, skuID, actor.Merchant(ctx), after, after)
	if err != nil || len(ids) == 0 {
		return 0, 0, err
	}
	edits, err := s.lockEdits(ctx, tx, ids)
	if err != nil {
		return 0, 0, err
	}
	for _, e := range edits {
		var touched []id.ID
		for i := range e.now.Lines {
			if l := &e.now.Lines[i]; l.ListingID == listingID && !l.SKUByHand && l.SKUID != skuID && l.Shipped == 0 {
				l.SKUID = skuID
				touched = append(touched, l.ID)
			}
		}
		if len(touched) > 0 {
			e.emit(LinesChanged{By: byMapping, LineIDs: touched, AfterApproval: e.was.ApprovedAt != 0})
		}
	}
	return ids[len(ids)-1], len(edits), s.resettle(ctx, tx, edits)
}

// RetryShortTx tries again to reserve for those of orders that are out of stock, in the
// order given, which is whoever's turn it is.
func (s *Service) RetryShortTx(ctx context.Context, tx *db.Tx, ids []id.ID) error {
	edits, err := s.lockEdits(ctx, tx, ids)
	if err != nil {
		return err
	}
	return s.resettle(ctx, tx, slices.DeleteFunc(edits, func(e *edit) bool { return !e.now.OnHold(HoldOutOfStock) }))
}

// resettle reserves, re-evaluates holds, approves where the shop asks for it, and saves.
func (s *Service) resettle(ctx context.Context, tx *db.Tx, edits []*edit) error {
	shops, err := s.shopsOf(ctx, tx, edits)
	if err != nil {
		return err
	}
	if err := s.reserve(ctx, tx, edits, shops); err != nil {
		return err
	}
	for _, e := range edits {
		e.evaluate()
		if e.was.OnHold(HoldOutOfStock) && !e.now.OnHold(HoldOutOfStock) {
			e.emit(StockReserved{})
		}
	}
	if err := s.judge(ctx, tx, edits); err != nil {
		return err
	}
	for _, e := range edits {
		e.autoApprove(shops[e.now.ShopID])
	}
	return s.save(ctx, tx, edits)
}
