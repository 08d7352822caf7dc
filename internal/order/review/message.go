package review

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
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

// How a message reaches its buyer.
const (
	ByPerson  = "person"  // it is copied into the channel's chat, and ticked
	ByChannel = "channel" // the channel takes it
	Refused   = "refused" // the channel did not take it: a person copies it after all
)

// Message is what a buyer was told, or has to be. It is kept so that the next person knows.
type Message struct {
	ID        id.ID
	Kind      string
	Text      string
	Way       string
	CreatedAt int64
	CreatedBy id.ID
	SentAt    int64 // 0 while nobody says that it was sent
}

// Teller hands a message to the channel of an order, in the caller's transaction; it
// answers false where a person has to. The channel's answer comes by ToldTx.
type Teller func(ctx context.Context, tx *db.Tx, o order.Order, messageID id.ID, text string) (bool, error)

// RejectInput says why an order is not approved, what the buyer is told (may be
// empty) and whether the order ends here or waits.
type RejectInput struct {
	OrderID id.ID  `json:"order_id"`
	Version int64  `json:"version,omitempty"`
	Reason  string `json:"reason"`
	Message string `json:"message,omitempty"`
	Close   bool   `json:"close"`
	// Memo writes the reason into the seller's memo too, which goes to the channel.
	Memo bool `json:"memo,omitempty"`
}

// Reject (驳回) closes an order or holds it, with the reason, and brings the message to
// its buyer or has a person do it. Permission order.close or order.hold; with Memo
// order.note.
//
// Errors: those of order.Close, order.Hold and order.Note, ErrNoText, ErrTooLong.
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
		if err == nil && in.Memo {
			res, err = s.memoTx(ctx, tx, res, in.Reason)
		}
		if err != nil || in.Message == "" {
			return res, err
		}
		o, err := s.find(ctx, tx, in.OrderID)
		if err != nil {
			return res, err
		}
		return res, s.tellTx(ctx, tx, o, Rejected, in.Message)
	})
}

// memoTx appends a reason to the seller's memo.
func (s *Service) memoTx(ctx context.Context, tx *db.Tx, res order.Result, reason string) (order.Result, error) {
	o, err := s.find(ctx, tx, res.OrderID)
	if err != nil || strings.Contains(o.SellerNote, reason) {
		return res, err
	}
	return s.orders.NoteTx(ctx, tx, order.NoteInput{OrderID: o.ID, SellerNote: strings.TrimSpace(o.SellerNote + "\n" + reason)})
}

func (s *Service) find(ctx context.Context, q db.Querier, orderID id.ID) (order.Order, error) {
	orders, err := s.orders.LoadTx(ctx, q, []id.ID{orderID})
	if err == nil && len(orders) == 0 {
		err = order.ErrNotFound
	}
	if err != nil {
		return order.Order{}, err
	}
	return orders[0], nil
}

// AskInput is the request to a buyer to complete the address.
type AskInput struct {
	OrderID id.ID  `json:"order_id"`
	Text    string `json:"text"`
}

// Ask asks a buyer to complete the address (请买家补全地址), or has a person do it; the
// hold on the address stays until a better one comes. Permission order.hold.
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
		o, err := s.find(ctx, tx, in.OrderID)
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, s.tellTx(ctx, tx, o, AskAddress, in.Text)
	})
	return err
}

// tellTx keeps a message and hands it to the channel, where that takes it.
func (s *Service) tellTx(ctx context.Context, tx *db.Tx, o order.Order, kind, text string) error {
	a, err := actor.From(ctx)
	if err != nil {
		return err
	}
	message, way := s.kit.IDs.New(), ByPerson
	if s.Teller != nil {
		taken, err := s.Teller(ctx, tx, o, message, text)
		if err != nil {
			return err
		}
		if taken {
			way = ByChannel
		}
	}
	if _, err := tx.Exec(ctx, insertMessage, a.MerchantID, message, o.ID, kind, text, way, clock.Millis(s.kit.Clock), a.ID); err != nil {
		return err
	}
	return s.kit.Events.AppendTx(ctx, tx, event.Of{Aggregate: "order", ID: o.ID, Version: o.Version}, Written{MessageID: message, Kind: kind, Way: way})
}

// MarkSent says that a person sent a message by the channel's chat (已发送); twice it
// changes nothing. Permission order.hold.
//
// Errors: ErrNoMessage.
func (s *Service) MarkSent(ctx context.Context, message id.ID) error {
	if err := actor.Require(ctx, order.Permission(order.ActHold)); err != nil {
		return err
	}
	about := &command.About{Action: "order.message_sent", Object: "order_review_message/" + message.String()}
	_, err := command.Run(ctx, s.kit.Commands, about, message, func(ctx context.Context, tx *db.Tx) (struct{}, error) {
		var none struct{}
		a, err := actor.From(ctx)
		if err != nil {
			return none, err
		}
		var orderID id.ID
		var kind, way string
		var sentAt int64
		err = tx.QueryRow(ctx, selectMessage, a.MerchantID, message).Scan(&orderID, &kind, &way, &sentAt)
		if errors.Is(err, sql.ErrNoRows) {
			err = ErrNoMessage
		}
		if err != nil {
			return none, err
		}
		o, err := s.find(ctx, tx, orderID)
		if errors.Is(err, order.ErrNotFound) {
			err = ErrNoMessage // of a shop that is not the actor's to see
		}
		if err != nil || sentAt != 0 {
			return none, err
		}
		if n, err := tx.ExecN(ctx, sendMessage, clock.Millis(s.kit.Clock), a.ID, a.MerchantID, message); err != nil || n == 0 {
			return none, err
		}
		return none, s.kit.Events.AppendTx(ctx, tx, event.Of{Aggregate: "order", ID: o.ID, Version: o.Version}, Sent{MessageID: message, Kind: kind})
	})
	return err
}

// ToldTx takes the channel's answer on a message that it was handed: it reached the buyer
// at an instant, unix ms, or did not, and a person has to write it.
func ToldTx(ctx context.Context, tx *db.Tx, message id.ID, at int64, done bool) error {
	m := actor.Merchant(ctx)
	if done {
		_, err := tx.Exec(ctx, sendMessage, at, 0, m, message)
		return err
	}
	_, err := tx.Exec(ctx, refuseMessage, m, message)
	return err
}

func (s *Service) messages(ctx context.Context, orderID id.ID) ([]Message, error) {
	out := []Message{}
	for row := range db.Each(ctx, s.kit.DB, selectMessages, actor.Merchant(ctx), orderID) {
		var m Message
		if err := row.Scan(&m.ID, &m.Kind, &m.Text, &m.Way, &m.CreatedAt, &m.CreatedBy, &m.SentAt); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}
