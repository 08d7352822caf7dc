package order

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order/receiver"
)

// ReceiversTx opens the receivers of orders within the actor's scope. It is for
// packages that must have them (labels, merge keys, audited exports); whoever
// shows one to a person goes through package reveal.
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
