package order

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/shop"
)

// permissions says which right an action of this package needs.
var permissions = map[Action]string{
	ActApprove: "order.approve", ActRevoke: "order.approve", ActApproveFinance: "order.approve_finance", ActHold: "order.hold", ActRelease: "order.hold",
	ActClose: "order.close", ActArchive: "order.archive", ActUnarchive: "order.archive", ActRead: "order.read", ActUnread: "order.read",
	ActNote: "order.note", ActFlag: "order.note", ActTag: "order.note", ActChangeAddress: "order.edit_address", ActAskAddress: "order.edit_address",
	ActChangeLines: "order.edit_lines", ActAdjustPrice: "order.adjust_price", ActAdopt: "order.adopt",
	ActReveal: "order.reveal",
}

// Permission is the right that a needs, "" where another package decides
// (allocate and ship belong to fulfillment).
func Permission(a Action) string { return permissions[a] }

// change is the path of every use case on one order.
func (s *Service) change(ctx context.Context, tx *db.Tx, orderID id.ID, version int64, act Action, f func(context.Context, *edit) error) (Result, error) {
	var o *Order
	refused, err := s.changeMany(ctx, tx, []id.ID{orderID}, version, act, func(ctx context.Context, e *edit) error {
		o = e.now
		return f(ctx, e)
	})
	if err == nil {
		err = refused[0]
	}
	if err != nil {
		return Result{}, err
	}
	return s.ResultTx(ctx, tx, *o)
}

// changeMany takes orders through right, lock, version, table of actions, the change
// itself and save, with one answer each: who is refused is left as it was.
func (s *Service) changeMany(ctx context.Context, tx *db.Tx, ids []id.ID, version int64, act Action, f func(context.Context, *edit) error) ([]error, error) {
	if p := permissions[act]; p != "" {
		if err := actor.Require(ctx, p); err != nil {
			return nil, err
		}
	}
	found, err := s.lockEdits(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	var edits []*edit
	out := make([]error, len(ids))
	for i, one := range ids {
		k := slices.IndexFunc(found, func(e *edit) bool { return e.now.ID == one })
		switch {
		case k < 0:
			out[i] = ErrNotFound
		case version != 0 && version != found[k].was.Version:
			out[i] = ErrChanged
		default:
			if out[i] = found[k].now.Refuse(act); out[i] == nil {
				out[i] = f(ctx, found[k])
			}
		}
		if out[i] == nil {
			edits = append(edits, found[k])
		}
	}
	if err := s.judge(ctx, tx, edits); err != nil {
		return nil, err
	}
	return out, s.save(ctx, tx, edits)
}

// ResultTx is what a mutation answers that left the order like this.
func (s *Service) ResultTx(ctx context.Context, q db.Querier, o Order) (Result, error) {
	sh, err := s.shops.GetTx(ctx, q, o.ShopID)
	return Result{OrderID: o.ID, Version: o.Version, State: o.State, AllowedActions: s.AllowedActions(o, sh.Mode)}, err
}

// Refuse says why the table does not allow an action, or nil.
func (o *Order) Refuse(a Action) error {
	if o.Allows(a) {
		return nil
	}
	switch a {
	case ActApprove, ActAllocate, ActShip:
		if o.History && o.State < Shipped {
			return ErrHistory
		}
		if holds := o.Blocking(); len(holds) > 0 && o.State < Shipped {
			return onHold(holds)
		}
	}
	return ErrNotAllowed.With("state", o.State.String())
}

// run sends one use case through the command pipe: transaction, idempotency key
// and audit entry. detail names what was done, never personal data.
func run[In any](ctx context.Context, s *Service, act Action, orderID id.ID, detail map[string]any, in In, f func(context.Context, *db.Tx, In) (Result, error)) (Result, error) {
	return command.Run(ctx, s.kit.Commands, &command.About{Action: "order." + string(act), Object: "order/" + orderID.String(), Detail: detail}, in,
		func(ctx context.Context, tx *db.Tx) (Result, error) { return f(ctx, tx, in) })
}

// shopsOf reads the shops of the edits.
func (s *Service) shopsOf(ctx context.Context, q db.Querier, edits []*edit) (map[id.ID]shop.Shop, error) {
	out := map[id.ID]shop.Shop{}
	for _, e := range edits {
		if _, ok := out[e.now.ShopID]; ok {
			continue
		}
		sh, err := s.shops.GetTx(ctx, q, e.now.ShopID)
		if err != nil {
			return nil, err
		}
		out[sh.ID] = sh
	}
	return out, nil
}

// lockEdits locks orders and starts an edit of each that the actor may see.
func (s *Service) lockEdits(ctx context.Context, tx *db.Tx, ids []id.ID) ([]*edit, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	orders, err := s.LockTx(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	now := clock.Millis(s.kit.Clock)
	out := make([]*edit, len(orders))
	for i, o := range orders {
		out[i] = s.edit(o, a.ID, now)
	}
	return out, nil
}
