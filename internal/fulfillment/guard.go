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
// ErrSuspended, ErrHeld, and those of order.Shippable; those of one order carry order_no.
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
	seen, err := s.SeeTx(ctx, q, checks)
	out := make([]error, len(seen))
	for i := range seen {
		out[i] = seen[i].Err
	}
	return out, err
}

// Seen is what GuardTx looked at, and its answer. FulfillmentOrder is nil where none was
// found, and Orders leaves out those in shops that are not the actor's to see.
type Seen struct {
	FulfillmentOrder *FulfillmentOrder
	Orders           []*order.Order // in the order of FulfillmentOrder.OrderIDs
	Err              error
	heard            *said
}

// Receiver is to whom it goes, in plain, for those who put it on paper.
func (s Seen) Receiver() (r order.Receiver) {
	if len(s.Orders) > 0 {
		if stored := s.heard.receivers[s.Orders[0].ID]; stored != nil {
			r = stored.Receiver
		}
	}
	return r
}

// SeeTx is GuardEachTx for those who go on to work with what was judged.
func (s *Service) SeeTx(ctx context.Context, q db.Querier, checks []Check) ([]Seen, error) {
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
	out := make([]Seen, len(checks))
	for i, c := range checks {
		f := at[c.ID]
		out[i] = Seen{FulfillmentOrder: f, Err: w.guard(f, c.Version, actor.Lang(ctx)), heard: w}
		if f == nil {
			continue
		}
		for _, one := range f.OrderIDs() {
			if o := w.orders[one]; o != nil {
				out[i].Orders = append(out[i].Orders, o)
			}
		}
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
	case f.Hold == HoldSuspended: // the last, since a new number is all that it asks for
		return ErrSuspended
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
func (s *Service) FreshTx(ctx context.Context, q db.Querier, seen []Seen) (map[id.ID]error, error) {
	shops, err := s.shops.ListTx(ctx, q)
	if err != nil {
		return nil, err
	}
	now := clock.Millis(s.k.Clock)
	out := map[id.ID]error{}
	for _, one := range seen {
		for _, o := range one.Orders {
			for _, sh := range shops {
				if sh.ID != o.ShopID || o.Source == order.SourceManual {
					continue
				}
				if sh.DataAt = max(sh.DataAt, o.SourceAt); sh.Stale(now) {
					out[one.FulfillmentOrder.ID] = ErrStaleData.With("shop", sh.Name, "hours", (now-sh.DataAt)/3_600_000)
				}
			}
		}
	}
	return out, nil
}
