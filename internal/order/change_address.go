package order

import (
	"context"
	"slices"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order/receiver"
	"github.com/ordercove/ordercove/internal/shop"
)

// ChangeAddressInput names the order and its new receiver, whole.
type ChangeAddressInput struct {
	OrderID  id.ID    `json:"order_id"`
	Version  int64    `json:"version,omitempty"`
	Receiver Receiver `json:"receiver"`
}

// ChangeAddress changes who receives an order (改地址) before it ships. Where the
// channel hides or seals the receiver it refuses: the label would still print the
// channel's old cipher text, so the change belongs into the channel's back
// office. Where the channel changes receivers by API it is asked instead. A later
// file that repeats the old address does not undo the change. Permission
// order.edit_address.
//
// Errors: ErrNotFound, ErrChanged, ErrNotAllowed, ErrAskChannel, ErrChangeThere,
// ErrChannelOwns, ErrConsolidation, ErrBadReceiver, ErrTooLong.
func (s *Service) ChangeAddress(ctx context.Context, in ChangeAddressInput) (Result, error) {
	return run(ctx, s, ActChangeAddress, in.OrderID, map[string]any{"fields": "receiver"}, in, s.ChangeAddressTx)
}

// ChangeAddressTx is ChangeAddress inside the caller's transaction.
func (s *Service) ChangeAddressTx(ctx context.Context, tx *db.Tx, in ChangeAddressInput) (Result, error) {
	r := in.Receiver.Trimmed()
	if r.Kind() != receiver.Plain || r.Incomplete() {
		return Result{}, ErrBadReceiver.At("receiver")
	}
	if utf8.RuneCountInString(r.Name+r.Phone+r.Province+r.City+r.District+r.Town+r.Detail+r.Zip) > maxNote {
		return Result{}, ErrTooLong.With("max", maxNote).At("receiver")
	}
	return s.change(ctx, tx, in.OrderID, in.Version, ActChangeAddress, func(ctx context.Context, e *edit) error {
		sh, err := s.shops.GetTx(ctx, tx, e.now.ShopID)
		if err == nil {
			err = s.addressElsewhere(e.now, sh.Mode)
		}
		if err != nil {
			return err
		}
		keys, err := s.kit.Seal.KeysTx(ctx, tx, actor.Merchant(ctx))
		if err != nil {
			return err
		}
		had, err := receiver.Load(ctx, tx, actor.Merchant(ctx), keys, []id.ID{in.OrderID})
		if err != nil {
			return err
		}
		next := &receiver.Stored{Receiver: r}
		if e.receiverWas = had[in.OrderID]; e.receiverWas != nil {
			if e.receiverWas.Receiver == r {
				return nil
			}
			was := e.receiverWas.Channel()
			next.FromChannel = &was
		}
		e.setReceiver(next)
		e.emit(AddressChanged{By: byPerson, AfterApproval: e.was.ApprovedAt != 0})
		return nil
	})
}

// addressElsewhere says where an order's receiver is changed, nil for here.
func (s *Service) addressElsewhere(o *Order, mode string) error {
	hidden := o.ReceiverKind == receiver.Masked || o.ReceiverKind == receiver.Sealed
	switch {
	case slices.Contains(o.ChannelFlags, FlagConsolidation):
		return ErrConsolidation
	case mode == shop.ModeAPI && o.Type != "manual" && s.asks(o.Channel):
		return ErrAskChannel
	case hidden && mode == shop.ModeAPI:
		return ErrChangeThere
	case hidden:
		return ErrChannelOwns
	}
	return nil
}
