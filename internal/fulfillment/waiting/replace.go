package waiting

import (
	"context"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// PermitReplace is asked beside fulfillment.allocate: the lines change.
const PermitReplace = "order.edit_lines"

// Swap names a line of which nothing is there, and what comes instead.
type Swap struct {
	LineID id.ID `json:"line_id"`
	SKUID  id.ID `json:"sku_id"`
	// Quantity is how many pieces come; 0 is as many as are missing.
	Quantity int64 `json:"quantity,omitempty"`
}

// ReplaceInput is what comes instead of an order's missing goods.
type ReplaceInput struct {
	OrderID id.ID  `json:"order_id"`
	Lines   []Swap `json:"lines"`
	Note    string `json:"note,omitempty"`
}

// ReplaceResult is what became of it.
type ReplaceResult struct {
	// OutOfStock: of the other goods nothing could be reserved either.
	OutOfStock bool `json:"out_of_stock"`
}

// Replace gives a waiting order other goods (换 SKU), as its buyer agreed: the pieces
// that stand in no warehouse yet become pieces of the other SKU, what was paid stays,
// stock is reserved again, and the order is routed. Permissions fulfillment.allocate
// and order.edit_lines.
//
// Errors: ErrNotWaiting, ErrSameSKU, ErrNothingMissing, order.ErrNotFound,
// order.ErrUnknownLine, order.ErrTooLong, and those of order.ChangeLines.
func (s *Service) Replace(ctx context.Context, in ReplaceInput) (ReplaceResult, error) {
	for _, p := range []string{fulfillment.PermitAllocate, PermitReplace} {
		if err := actor.Require(ctx, p); err != nil {
			return ReplaceResult{}, err
		}
	}
	switch {
	case len(in.Lines) == 0:
		return ReplaceResult{}, order.ErrNoLines.At("lines")
	case utf8.RuneCountInString(in.Note) > 500:
		return ReplaceResult{}, order.ErrTooLong.With("max", 500).At("note")
	}
	about := &command.About{Action: "fulfillment.replace_goods", Object: "order/" + in.OrderID.String(), Detail: map[string]any{"lines": in.Lines}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (ReplaceResult, error) {
		return s.replaceTx(ctx, tx, in)
	})
}

func (s *Service) replaceTx(ctx context.Context, tx *db.Tx, in ReplaceInput) (out ReplaceResult, err error) {
	seen, err := s.orders.LockTx(ctx, tx, []id.ID{in.OrderID})
	if err == nil && len(seen) == 0 {
		err = order.ErrNotFound
	}
	if err != nil {
		return out, err
	}
	o := &seen[0]
	changes, done, err := swap(o, in.Lines)
	if err != nil {
		return out, err
	}
	// First what was agreed: the hold that shows that it waits may end with the change.
	if err := s.agreeTx(ctx, tx, o, AgreeInput{Agreed: AgreedReplace, Note: in.Note, ReplaceSKUID: done[0].ToSKU}); err != nil {
		return out, err
	}
	changed, err := s.orders.ChangeLinesTx(ctx, tx, order.ChangeLinesInput{OrderID: o.ID, Lines: changes})
	if err != nil {
		return out, err
	}
	if err := s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "order", ID: o.ID, Version: changed.Version}, GoodsReplaced{OrderID: o.ID, Lines: done}); err != nil {
		return out, err
	}
	now, err := s.orders.LoadTx(ctx, tx, []id.ID{o.ID})
	if err != nil || len(now) == 0 {
		return out, err
	}
	out.OutOfStock = now[0].OnHold(order.HoldOutOfStock)
	if !now[0].Allows(order.ActAllocate) {
		return out, nil
	}
	_, err = s.k.Jobs.EnqueueTx(ctx, tx, fulfillment.Routing([]id.ID{o.ID}))
	return out, err
}

// swap says how an order's lines change: a line of which nothing stands in a warehouse
// gets the other SKU, of another one only the rest does, as a line of its own.
func swap(o *order.Order, wanted []Swap) (changes []order.LineChange, done []Replaced, err error) {
	for i, w := range wanted {
		at := "lines[" + strconv.Itoa(i) + "]"
		k := slices.IndexFunc(o.Lines, func(l order.OrderLine) bool { return l.ID == w.LineID })
		if k < 0 || slices.ContainsFunc(wanted[:i], func(x Swap) bool { return x.LineID == w.LineID }) {
			return nil, nil, order.ErrUnknownLine.At(at + ".line_id")
		}
		l := o.Lines[k]
		kept := max(l.Allocated, l.Shipped)
		missing := l.Ordered - l.Cancelled - kept
		switch {
		case missing <= 0:
			return nil, nil, ErrNothingMissing.At(at + ".line_id")
		case w.SKUID == 0 || w.SKUID == l.SKUID:
			return nil, nil, ErrSameSKU.At(at + ".sku_id")
		}
		if w.Quantity == 0 {
			w.Quantity = missing
		}
		if w.Quantity < 0 {
			return nil, nil, order.ErrBadQuantity.At(at + ".quantity")
		}
		if kept == 0 {
			changes = append(changes, order.LineChange{LineID: l.ID, SKUID: w.SKUID, Quantity: w.Quantity})
		} else {
			changes = append(changes, order.LineChange{LineID: l.ID, Quantity: kept}, order.LineChange{SKUID: w.SKUID, Quantity: w.Quantity})
		}
		done = append(done, Replaced{LineID: l.ID, FromSKU: l.SKUID, ToSKU: w.SKUID, Pieces: missing, Quantity: w.Quantity})
	}
	return changes, done, nil
}
