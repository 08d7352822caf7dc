package fulfillment

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// Check asks whether work on a fulfillment order may go on. Version is the one the
// papers were made for; 0 compares nothing.
type Check struct {
	ID      id.ID
	Version int64
}

// GuardTx is the one check before every step of the way out (print, scan, weigh,
// ship): it looks at the fulfillment order and at its orders as they stand this
// moment. nil means go on.
//
// Errors: ErrNoOrder, ErrNotOpen, ErrDropped, ErrMergedChanged, ErrContentChanged,
// ErrHeld, and those of order.Shippable; those of one order carry order_no.
func (s *Service) GuardTx(ctx context.Context, q db.Querier, fulfillmentOrderID id.ID, version int64) error {
	out, err := s.GuardEachTx(ctx, q, []Check{{fulfillmentOrderID, version}})
	if err != nil {
		return err
	}
	return out[0]
}

// GuardEachTx is GuardTx for many, in a few statements: the answer to each stands at
// its place. The error is for what concerns them all.
func (s *Service) GuardEachTx(ctx context.Context, q db.Querier, checks []Check) ([]error, error) {
	ids := make([]id.ID, len(checks))
	for i, c := range checks {
		ids[i] = c.ID
	}
	all, err := s.LoadTx(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	at := make(map[id.ID]*FulfillmentOrder, len(all))
	var orders []id.ID
	for i := range all {
		at[all[i].ID] = &all[i]
		orders = append(orders, all[i].OrderIDs()...)
	}
	w, err := s.listen(ctx, q, orders, false)
	if err != nil {
		return nil, err
	}
	out := make([]error, len(checks))
	for i, c := range checks {
		out[i] = w.guard(at[c.ID], c.Version, actor.Lang(ctx))
	}
	return out, nil
}

// guard judges one fulfillment order; nil is one that was not found.
func (w *said) guard(f *FulfillmentOrder, version int64, lang string) error {
	switch {
	case f == nil:
		return ErrNoOrder
	case f.State != StateOpen:
		return ErrNotOpen.With("state", string(f.State))
	}
	for _, one := range f.OrderIDs() {
		if err := w.guardOrder(f, one, lang); err != nil {
			return err
		}
	}
	no := ""
	if len(f.Lines) > 0 {
		no = w.orders[f.Lines[0].OrderID].ChannelOrderNo
	}
	switch {
	case f.Hold == HoldMergedChanged:
		return ErrMergedChanged
	case version != 0 && version != f.Version, !w.unchanged(f):
		return ErrContentChanged.With("order_no", no)
	}
	return nil
}

// guardOrder judges one order of a fulfillment order.
func (w *said) guardOrder(f *FulfillmentOrder, one id.ID, lang string) error {
	o := w.orders[one]
	if o == nil {
		return ErrNoOrder // in a shop that is not the actor's to see
	}
	if o.ClosedAt != 0 {
		return ErrDropped.With("order_no", o.ChannelOrderNo)
	}
	left := map[id.ID]int64{}
	for _, l := range o.Lines {
		left[l.ID] = l.Open()
	}
	for _, l := range f.Lines {
		if l.OrderID == one && l.Left() > left[l.LineID] {
			return ErrDropped.With("order_no", o.ChannelOrderNo)
		}
	}
	return named((&world{lang: lang}).shippable(o), o)
}

// named adds the order's number to an error about it.
func named(err error, o *order.Order) error {
	if e := errs.As(err); e != nil {
		return e.With("order_no", o.ChannelOrderNo)
	}
	return err
}

// FreshTx asks for fresh data of the shops behind fulfillment orders whose orders
// come by file, before papers are printed: one answer each.
//
// Errors: ErrStaleData.
func (s *Service) FreshTx(ctx context.Context, q db.Querier, ids []id.ID) (map[id.ID]error, error) {
	all, err := s.LoadTx(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	var orders []id.ID
	for i := range all {
		orders = append(orders, all[i].OrderIDs()...)
	}
	found, err := s.orders.LoadTx(ctx, q, orders)
	if err != nil {
		return nil, err
	}
	shops, err := s.shops.ListTx(ctx, q)
	if err != nil {
		return nil, err
	}
	now := clock.Millis(s.k.Clock)
	stale := map[id.ID]error{}
	for _, o := range found {
		for _, sh := range shops {
			if sh.ID != o.ShopID || o.Source == order.SourceManual {
				continue
			}
			if sh.DataAt = max(sh.DataAt, o.SourceAt); sh.Stale(now) {
				stale[o.ID] = ErrStaleData.With("shop", sh.Name, "hours", (now-sh.DataAt)/3_600_000)
			}
		}
	}
	out := map[id.ID]error{}
	for _, f := range all {
		for _, l := range f.Lines {
			if err := stale[l.OrderID]; err != nil {
				out[f.ID] = err
			}
		}
	}
	return out, nil
}
