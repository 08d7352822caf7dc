// Package reveal shows a receiver in plain text (查看明文): for one person, with a
// reason, in the audit trail.
//
// Owns nothing. Does not own: the receiver (order/receiver), the channel that opens
// what it ciphered (channel).
//
// Invariants: what a channel opened is shown and kept nowhere, not even sealed; its
// quota is used for what a person asked for and nothing else. Whoever looks is in
// the audit trail before anything is shown.
package reveal

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/receiver"
)

// ErrNoOpener is for an Opener to say that it has no way to this shop's channel.
var ErrNoOpener = errors.New("the channel opens no receivers")

// Field is one text of a receiver as the channel gave it.
type Field struct {
	Name string // name | phone | address
	Text string
}

// Opener asks an order's channel for the plain texts of fields, in their order; one
// it did not open is empty. Errors: ErrNoOpener, and what the channel says.
type Opener func(ctx context.Context, o order.Order, fields []Field, purpose string) ([]string, error)

// Service shows receivers.
type Service struct {
	kit    *kit.Kit
	orders *order.Service
	open   Opener
}

// New wires the use case.
func New(k *kit.Kit, orders *order.Service, open Opener) *Service {
	return &Service{kit: k, orders: orders, open: open}
}

// Input names the order, the fields to show (name, phone, address) and why.
type Input struct {
	OrderID id.ID    `json:"order_id"`
	Fields  []string `json:"fields"`
	Reason  string   `json:"reason"`
}

const maxReason = 500 // characters

// Show returns a receiver's fields in plain text. What the channel ciphered or
// masked is asked of it, where it opens receivers; what it only masked stays masked
// where it does not. Who looked at which field, and why, goes to the audit trail;
// the values do not. Permission order.reveal.
//
// Errors: order.ErrNotFound, order.ErrNoReceiver, order.ErrNoReason,
// order.ErrTooLong, ErrSealed, ErrEmpty, actor.ErrForbidden, and what the channel says.
func (s *Service) Show(ctx context.Context, in Input) (order.Receiver, error) {
	if err := actor.Require(ctx, order.Permission(order.ActReveal)); err != nil {
		return order.Receiver{}, err
	}
	in.Reason = strings.TrimSpace(in.Reason)
	if in.Reason == "" || len(in.Fields) == 0 {
		return order.Receiver{}, order.ErrNoReason.At("reason")
	}
	if utf8.RuneCountInString(in.Reason) > maxReason {
		return order.Receiver{}, order.ErrTooLong.With("max", maxReason).At("reason")
	}
	opened, err := s.opened(ctx, in)
	if err != nil {
		return order.Receiver{}, err
	}
	about := &command.About{Action: "order.reveal", Object: "order/" + in.OrderID.String(),
		Detail: map[string]any{"fields": in.Fields, "reason": in.Reason, "by_channel": opened != nil}}
	out, err := command.Run(ctx, s.kit.Commands, about, in, func(ctx context.Context, tx *db.Tx) (order.Receiver, error) {
		all, err := s.orders.ReceiversTx(ctx, tx, []id.ID{in.OrderID})
		if err != nil {
			return order.Receiver{}, err
		}
		r, ok := all[in.OrderID]
		if !ok {
			return order.Receiver{}, order.ErrNoReceiver
		}
		return only(r, in.Fields), nil // the stored answer of a repeated request holds no more than is stored anyway
	})
	if err != nil {
		return order.Receiver{}, err
	}
	for name, plain := range opened {
		*field(&out, name) = plain
	}
	out.Encrypted = out.Encrypted && opened == nil
	return out, nil
}

// only keeps the fields that were asked for.
func only(r order.Receiver, fields []string) order.Receiver {
	out := order.Receiver{Encrypted: r.Encrypted}
	if slices.Contains(fields, "name") {
		out.Name = r.Name
	}
	if slices.Contains(fields, "phone") {
		out.Phone = r.Phone
	}
	if slices.Contains(fields, "address") {
		out.Province, out.City, out.District, out.Town, out.Detail, out.Zip = r.Province, r.City, r.District, r.Town, r.Detail, r.Zip
	}
	return out
}

func field(r *order.Receiver, name string) *string {
	switch name {
	case "name":
		return &r.Name
	case "phone":
		return &r.Phone
	}
	return &r.Detail
}

// opened are the fields that the channel opened, nil where it was not asked.
func (s *Service) opened(ctx context.Context, in Input) (map[string]string, error) {
	orders, err := s.orders.LoadTx(ctx, s.kit.DB, []id.ID{in.OrderID})
	if err != nil {
		return nil, err
	}
	if len(orders) == 0 {
		return nil, order.ErrNotFound
	}
	all, err := s.orders.ReceiversTx(ctx, s.kit.DB, []id.ID{in.OrderID})
	if err != nil {
		return nil, err
	}
	r := all[in.OrderID]
	kind := r.Kind()
	if kind != receiver.Sealed && kind != receiver.Masked {
		return nil, nil
	}
	var ask []Field
	for _, name := range []string{"name", "phone", "address"} {
		if text := *field(&r, name); slices.Contains(in.Fields, name) && text != "" {
			ask = append(ask, Field{name, text})
		}
	}
	if len(ask) == 0 {
		return nil, nil
	}
	plain, err := s.open(ctx, orders[0], ask, in.Reason)
	switch {
	case errors.Is(err, ErrNoOpener) && kind == receiver.Masked:
		return nil, nil
	case errors.Is(err, ErrNoOpener):
		return nil, ErrSealed
	case err != nil:
		return nil, err
	}
	out := map[string]string{}
	for i, f := range ask {
		if i < len(plain) && plain[i] != "" {
			out[f.Name] = plain[i]
		} else if kind == receiver.Sealed {
			out[f.Name] = "" // cipher text says nothing to a person
		}
	}
	if !slices.ContainsFunc(plain, func(p string) bool { return p != "" }) {
		return nil, ErrEmpty
	}
	return out, nil
}
