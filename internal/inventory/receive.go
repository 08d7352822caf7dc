package inventory

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
)

// ReceiveInput is goods that arrived together; Ref names the paper they came with.
type ReceiveInput struct {
	Lines []Receipt
	Ref   string
}

// Receive puts goods into stock (入库). Permission inventory.adjust.
//
// Errors: ErrBadQuantity, ErrBadCondition, ErrNoWarehouse, ErrBundleHasNoStock,
// catalog.ErrNoSKU.
func (s *Service) Receive(ctx context.Context, in ReceiveInput) error {
	if err := actor.Require(ctx, "inventory.adjust"); err != nil {
		return err
	}
	about := &command.About{Action: "inventory.receive", Detail: map[string]any{"lines": len(in.Lines), "ref": in.Ref}}
	_, err := command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (struct{}, error) {
		lines := make([]Receipt, len(in.Lines))
		for i, l := range in.Lines {
			l.Kind, l.OrderID, l.LineID = KindReceive, 0, 0
			if l.Ref == "" {
				l.Ref = in.Ref
			}
			lines[i] = l
			if err := s.stockableTx(ctx, tx, l.SKUID, l.WarehouseID); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, s.ReceiveTx(ctx, tx, lines)
	})
	return err
}

// ReceiveTx books goods that come in, or come back (Kind return, with the order
// and line they left for). The caller knows that SKUs and warehouses exist.
//
// Errors: ErrBadQuantity, ErrBadCondition.
func (s *Service) ReceiveTx(ctx context.Context, tx *db.Tx, lines []Receipt) error {
	var n need
	lines = append([]Receipt(nil), lines...)
	for i := range lines {
		l := &lines[i]
		if l.Condition == "" {
			l.Condition = Good
		}
		if l.Kind == "" {
			l.Kind = KindReceive
		}
		switch {
		case l.Quantity < 1 || l.Quantity > MaxQuantity:
			return ErrBadQuantity
		case l.Condition != Good && l.Condition != Defective:
			return ErrBadCondition
		}
		n.skus = append(n.skus, l.SKUID)
		n.raise = append(n.raise, place{l.SKUID, l.WarehouseID, l.Condition})
	}
	if len(lines) == 0 {
		return nil
	}
	err := s.bookTx(ctx, tx, n, func(b *book) error {
		for _, l := range lines {
			b.change(place{l.SKUID, l.WarehouseID, l.Condition}, l.Kind, l.Quantity, 0, l.OrderID, l.LineID, l.Ref)
		}
		return nil
	})
	if err != nil {
		return err
	}
	changed := make([]event.Appended, len(lines))
	for i, l := range lines {
		changed[i] = s.changed(place{l.SKUID, l.WarehouseID, l.Condition}, l.Kind, l.Quantity)
	}
	return s.k.Events.AppendAllTx(ctx, tx, changed)
}

// PutBackTx undoes DeductTx: goods that never left, or came back whole, are good
// stock again. The reservation they had is not restored.
func (s *Service) PutBackTx(ctx context.Context, tx *db.Tx, takes []Take) error {
	lines := make([]Receipt, len(takes))
	for i, t := range takes {
		lines[i] = Receipt{SKUID: t.SKUID, WarehouseID: t.WarehouseID, Condition: Good, Quantity: t.Quantity, Kind: KindReturn,
			OrderID: t.OrderID, LineID: t.LineID, Ref: t.Ref}
	}
	return s.ReceiveTx(ctx, tx, lines)
}
