package waiting

import (
	"context"
	"slices"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// What a buyer may agree to when goods are short.
const (
	AgreedWait    = "wait"
	AgreedReplace = "replace" // another SKU; Replace changes the lines
	AgreedRefund  = "refund"  // no goods are given to it any more
)

// MaxAgree is for how many orders one agreement is recorded at once.
const MaxAgree = 200

// AgreeInput is what a person agreed with the buyers of some orders.
type AgreeInput struct {
	OrderIDs []id.ID `json:"order_ids"`
	Agreed   string  `json:"agreed"`
	Note     string  `json:"note,omitempty"`
	// PromisedAt is when the buyer was told it ships, 0 where no day was named.
	PromisedAt int64 `json:"promised_at,omitempty"`
	// ReplaceSKUID is what is to come instead, 0 where that is not settled.
	ReplaceSKUID id.ID `json:"replace_sku_id,omitempty"`
}

func (in AgreeInput) check(now int64) error {
	switch {
	case len(in.OrderIDs) < 1 || len(in.OrderIDs) > MaxAgree:
		return ErrNothingChosen.With("max", MaxAgree).At("order_ids")
	case !slices.Contains([]string{AgreedWait, AgreedReplace, AgreedRefund}, in.Agreed):
		return ErrBadAgreement.At("agreed")
	case utf8.RuneCountInString(in.Note) > 500:
		return order.ErrTooLong.With("max", 500).At("note")
	case in.PromisedAt != 0 && in.PromisedAt < now:
		return ErrBadPromise.At("promised_at")
	}
	return nil
}

// Agree records what was agreed with the buyers of orders that wait (缺货协商), of all
// of them or of none, and returns how many. What was agreed before is replaced. An order
// that is to be refunded and of which nothing was allocated is put on hold, so that goods
// which arrive do not ship it; another agreement ends that. Permission fulfillment.allocate.
//
// Errors: ErrNothingChosen, ErrBadAgreement, ErrBadPromise, ErrNotWaiting,
// order.ErrTooLong, order.ErrNotFound, catalog.ErrNoSKU.
func (s *Service) Agree(ctx context.Context, in AgreeInput) (int64, error) {
	if err := actor.Require(ctx, fulfillment.PermitAllocate); err != nil {
		return 0, err
	}
	if err := in.check(clock.Millis(s.k.Clock)); err != nil {
		return 0, err
	}
	if in.Agreed != AgreedReplace {
		in.ReplaceSKUID = 0
	}
	in.OrderIDs = slices.Compact(slices.Sorted(slices.Values(in.OrderIDs)))
	about := &command.About{Action: "fulfillment.agree", Detail: map[string]any{"agreed": in.Agreed, "orders": len(in.OrderIDs)}}
	if len(in.OrderIDs) == 1 {
		about.Object = "order/" + in.OrderIDs[0].String()
	}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (int64, error) {
		if in.ReplaceSKUID != 0 {
			found, err := s.catalog.SKUsTx(ctx, tx, []id.ID{in.ReplaceSKUID})
			if err != nil {
				return 0, err
			}
			if len(found) == 0 {
				return 0, catalog.ErrNoSKU.At("replace_sku_id")
			}
		}
		seen, err := s.orders.LockTx(ctx, tx, in.OrderIDs)
		if err == nil && len(seen) < len(in.OrderIDs) {
			err = order.ErrNotFound
		}
		if err != nil {
			return 0, err
		}
		for i := range seen {
			if err := s.agreeTx(ctx, tx, &seen[i], in); err != nil {
				return 0, err
			}
		}
		return int64(len(in.OrderIDs)), nil
	})
}

// agreeTx records it for one order, which is locked.
func (s *Service) agreeTx(ctx context.Context, tx *db.Tx, o *order.Order, in AgreeInput) error {
	a, err := actor.From(ctx)
	if err != nil {
		return err
	}
	one := o.ID
	if _, err := tx.Exec(ctx, beginWaiting, a.MerchantID, one); err != nil {
		return err
	}
	if err := s.stopTx(ctx, tx, o, in); err != nil {
		return err
	}
	n, err := tx.ExecN(ctx, agreeWaiting, in.Agreed, in.Note, a.ID, clock.Millis(s.k.Clock), in.PromisedAt, in.ReplaceSKUID, a.MerchantID, one)
	if err == nil && n == 0 {
		err = ErrNotWaiting
	}
	if err != nil {
		return err
	}
	return s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "order", ID: one}, ShortageAgreed{OrderID: one, Agreed: in.Agreed})
}

// stopTx puts an order on hold that is to be refunded whole, and ends that hold where
// something else was agreed since. Its cause is the order itself: an agreement has no
// number of its own, and what a person or a wave holds is not ours to end.
func (s *Service) stopTx(ctx context.Context, tx *db.Tx, o *order.Order, in AgreeInput) error {
	hold := order.Raised{OrderID: o.ID, Kind: order.HoldManual, Stands: true, Note: refundAgreed[actor.Lang(ctx)], CauseID: o.ID}
	ours := slices.ContainsFunc(o.Holds, func(h order.Hold) bool { return h.Kind == hold.Kind && h.CauseID == hold.CauseID })
	given := slices.ContainsFunc(o.Lines, func(l order.OrderLine) bool { return l.Allocated > 0 || l.Shipped > 0 })
	switch {
	case in.Agreed == AgreedRefund && !given && !o.OnHold(hold.Kind) && o.Allows(order.ActHold):
	case in.Agreed != AgreedRefund && ours:
		hold.Stands = false
	default:
		return nil
	}
	return s.orders.RaiseTx(ctx, tx, []order.Raised{hold})
}

// refundAgreed is what the hold says, by the language of whoever agreed.
var refundAgreed = map[string]string{"zh-CN": "缺货，已与买家约定退款", "en-US": "Short of goods: a refund was agreed with the buyer"}
