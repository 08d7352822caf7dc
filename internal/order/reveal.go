package order

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order/receiver"
)

// RevealInput names the order, the fields to show (name, phone, address) and why.
type RevealInput struct {
	OrderID id.ID    `json:"order_id"`
	Fields  []string `json:"fields"`
	Reason  string   `json:"reason"`
}

// Reveal shows a receiver in plain text (查看明文). Who looked at which field, and
// why, goes to the audit trail; the values do not. Permission order.reveal.
//
// Errors: ErrNotFound, ErrNoReceiver, ErrNoReason, actor.ErrForbidden.
func (s *Service) Reveal(ctx context.Context, in RevealInput) (Receiver, error) {
	if err := actor.Require(ctx, permissions[ActReveal]); err != nil {
		return Receiver{}, err
	}
	in.Reason = strings.TrimSpace(in.Reason)
	if in.Reason == "" || len(in.Fields) == 0 {
		return Receiver{}, ErrNoReason.At("reason")
	}
	if utf8.RuneCountInString(in.Reason) > maxNote {
		return Receiver{}, ErrTooLong.With("max", maxNote).At("reason")
	}
	about := &command.About{Action: "order.reveal", Object: "order/" + in.OrderID.String(),
		Detail: map[string]any{"fields": in.Fields, "reason": in.Reason}}
	return command.Run(ctx, s.kit.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Receiver, error) {
		all, err := s.ReceiversTx(ctx, tx, []id.ID{in.OrderID})
		if err != nil {
			return Receiver{}, err
		}
		r, ok := all[in.OrderID]
		if !ok {
			return Receiver{}, ErrNoReceiver
		}
		var out Receiver
		if slices.Contains(in.Fields, "name") {
			out.Name = r.Name
		}
		if slices.Contains(in.Fields, "phone") {
			out.Phone = r.Phone
		}
		if slices.Contains(in.Fields, "address") {
			out.Province, out.City, out.District, out.Town, out.Detail, out.Zip = r.Province, r.City, r.District, r.Town, r.Detail, r.Zip
		}
		out.Encrypted = r.Encrypted
		return out, nil
	})
}

// ReceiversTx opens the receivers of orders within the actor's scope. It is for
// packages that must have them (labels, merge keys, audited exports); whoever
// shows one to a person calls Reveal.
//
// Errors: ErrNotFound when none of the orders is the actor's to see.
func (s *Service) ReceiversTx(ctx context.Context, q db.Querier, ids []id.ID) (map[id.ID]Receiver, error) {
	orders, err := load(ctx, q, ids, false)
	if err != nil {
		return nil, err
	}
	if len(orders) == 0 {
		return nil, ErrNotFound
	}
	seen := make([]id.ID, len(orders))
	for i := range orders {
		seen[i] = orders[i].ID
	}
	m := actor.Merchant(ctx)
	keys, err := s.kit.Seal.KeysTx(ctx, q, m)
	if err != nil {
		return nil, err
	}
	all, err := receiver.Load(ctx, q, m, keys, seen)
	if err != nil {
		return nil, err
	}
	out := make(map[id.ID]Receiver, len(all))
	for i, r := range all {
		out[i] = r.Receiver
	}
	return out, nil
}
