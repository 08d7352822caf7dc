package review

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// Kinds of messages to buyers.
const (
	Rejected   = "reject"
	AskAddress = "address"
)

const (
	maxMessage = 500 // characters
	maxReason  = 60
)

// Message is what a buyer was told, or has to be. This system sends none: the text is
// copied to the channel's chat, and kept so that the next person knows.
type Message struct {
	ID        id.ID
	Kind      string
	Text      string
	CreatedAt int64
	CreatedBy id.ID
}

// RejectInput says why an order is not approved, what the buyer is told (may be
// empty) and whether the order ends here or waits.
type RejectInput struct {
	OrderID id.ID  `json:"order_id"`
	Version int64  `json:"version,omitempty"`
	Reason  string `json:"reason"`
	Message string `json:"message,omitempty"`
	Close   bool   `json:"close"`
}

// Reject (驳回) closes an order or holds it, with the reason, and keeps the message to
// its buyer. Nothing changes on the channel. Permission order.close or order.hold.
//
// Errors: those of order.Close and order.Hold, ErrNoText, ErrTooLong.
func (s *Service) Reject(ctx context.Context, in RejectInput) (order.Result, error) {
	var err error
	if in.Reason, err = words(in.Reason, maxReason, "reason"); err != nil {
		return order.Result{}, err
	}
	if in.Message != "" {
		if in.Message, err = words(in.Message, maxMessage, "message"); err != nil {
			return order.Result{}, err
		}
	}
	about := &command.About{Action: "order.reject", Object: "order/" + in.OrderID.String(), Detail: map[string]any{"close": in.Close}}
	return command.Run(ctx, s.kit.Commands, about, in, func(ctx context.Context, tx *db.Tx) (res order.Result, err error) {
		if in.Close {
			res, err = s.orders.CloseTx(ctx, tx, order.CloseInput{OrderID: in.OrderID, Version: in.Version, Reason: in.Reason})
		} else {
			res, err = s.orders.HoldTx(ctx, tx, order.HoldInput{OrderID: in.OrderID, Version: in.Version, Note: in.Reason})
		}
		if err != nil || in.Message == "" {
			return res, err
		}
		return res, s.tellTx(ctx, tx, in.OrderID, Rejected, in.Message)
	})
}

// AskInput is the request to a buyer to complete the address.
type AskInput struct {
	OrderID id.ID  `json:"order_id"`
	Text    string `json:"text"`
}

// Ask keeps that a buyer was asked to complete the address (请买家补全地址); the hold on
// the address stays until a better one comes. Permission order.hold.
//
// Errors: order.ErrNotFound, ErrNoText, ErrTooLong.
func (s *Service) Ask(ctx context.Context, in AskInput) error {
	if err := actor.Require(ctx, order.Permission(order.ActHold)); err != nil {
		return err
	}
	var err error
	if in.Text, err = words(in.Text, maxMessage, "text"); err != nil {
		return err
	}
	about := &command.About{Action: "order.ask_buyer_address", Object: "order/" + in.OrderID.String()}
	_, err = command.Run(ctx, s.kit.Commands, about, in, func(ctx context.Context, tx *db.Tx) (struct{}, error) {
		orders, err := s.orders.LoadTx(ctx, tx, []id.ID{in.OrderID})
		if err == nil && len(orders) == 0 {
			err = order.ErrNotFound
		}
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, s.tellTx(ctx, tx, in.OrderID, AskAddress, in.Text)
	})
	return err
}

func (s *Service) tellTx(ctx context.Context, tx *db.Tx, orderID id.ID, kind, text string) error {
	a, err := actor.From(ctx)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, insertMessage, a.MerchantID, s.kit.IDs.New(), orderID, kind, text, clock.Millis(s.kit.Clock), a.ID)
	return err
}

func (s *Service) messages(ctx context.Context, orderID id.ID) ([]Message, error) {
	rows, err := s.kit.DB.Query(ctx, selectMessages, actor.Merchant(ctx), orderID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []Message{}
	for rows.Next() {
		var m Message
		if err := rows.Scan(&m.ID, &m.Kind, &m.Text, &m.CreatedAt, &m.CreatedBy); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, rows.Err()
}
