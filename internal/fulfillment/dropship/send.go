package dropship

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order/receiver"
	"github.com/ordercove/ordercove/internal/purchase"
)

// maxOrders bounds one command.
const maxOrders = 200

// Row is what became of one fulfillment order; Err nil is success.
type Row struct {
	ID  id.ID
	Err *errs.Error
}

// SendInput names fulfillment orders of one supplier.
type SendInput struct {
	SupplierID id.ID   `json:"supplier_id"`
	IDs        []id.ID `json:"ids"`
}

// SentBatch is what was sent together; BatchID 0 where nothing was.
type SentBatch struct {
	BatchID id.ID
	Rows    []Row
}

// Send gives fulfillment orders to their supplier (发给供应商): from then on it sees them,
// and they stand as they are. Those that may not go are left out with their reason.
// Permission fulfillment.dropship.
//
// Errors: ErrBadCount, purchase.ErrNotFound, ErrInactive. Of rows: those of
// fulfillment.GuardTx, fulfillment.ErrSealed, ErrOtherSource, ErrAlreadySent, ErrSealedOnly.
func (s *Service) Send(ctx context.Context, in SendInput) (SentBatch, error) {
	if err := actor.Require(ctx, Permit); err != nil {
		return SentBatch{}, err
	}
	if len(in.IDs) == 0 || len(in.IDs) > maxOrders {
		return SentBatch{}, ErrBadCount.With("max", maxOrders)
	}
	about := &command.About{Action: "dropship.send", Object: "supplier/" + in.SupplierID.String(), Detail: map[string]any{"orders": len(in.IDs)}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (SentBatch, error) {
		to, err := s.suppliers.GetTx(ctx, tx, in.SupplierID)
		if err == nil && !to.Active {
			err = ErrInactive
		}
		if err != nil {
			return SentBatch{}, err
		}
		out, err := s.sendTx(ctx, tx, in, to)
		about.Detail["contract"], about.Detail["batch_id"] = string(to.Contract), out.BatchID
		return out, err
	})
}

func (s *Service) sendTx(ctx context.Context, tx *db.Tx, in SendInput, to purchase.Supplier) (out SentBatch, err error) {
	ids := slices.Compact(slices.Sorted(slices.Values(in.IDs)))
	checks := make([]fulfillment.Check, len(ids))
	for i, one := range ids {
		checks[i] = fulfillment.Check{ID: one}
	}
	all, err := s.fulfillments.LoadTx(ctx, tx, ids)
	if err != nil {
		return out, err
	}
	verdicts, err := s.fulfillments.GuardEachTx(ctx, tx, checks)
	if err != nil {
		return out, err
	}
	had, err := readStates(ctx, tx, ids)
	if err != nil {
		return out, err
	}
	said, err := s.hear(ctx, tx, all)
	if err != nil {
		return out, err
	}
	numbers, err := readNumbers(ctx, tx, ids)
	if err != nil {
		return out, err
	}
	a, err := actor.From(ctx)
	if err != nil {
		return out, err
	}
	now, batch := clock.Millis(s.k.Clock), s.k.IDs.New()
	var go_ []fulfillment.FulfillmentOrder
	for i, one := range ids {
		row := Row{ID: one}
		at := slices.IndexFunc(all, func(f fulfillment.FulfillmentOrder) bool { return f.ID == one })
		switch {
		case verdicts[i] != nil:
			if row.Err = errs.As(verdicts[i]); row.Err == nil {
				return out, verdicts[i]
			}
		case all[at].SupplierID != to.ID:
			row.Err = ErrOtherSource
		case had[one].state == Sent || had[one].state == Accepted:
			row.Err = ErrAlreadySent
		case all[at].Sealed != "":
			row.Err = fulfillment.ErrSealed
		case numbers[one].no == "" && said.ciphered(&all[at]):
			row.Err = ErrSealedOnly
		default:
			go_ = append(go_, all[at])
		}
		out.Rows = append(out.Rows, row)
	}
	if len(go_) == 0 {
		return out, nil
	}
	out.BatchID = batch
	return out, s.writeBatch(ctx, tx, a.ID, to, batch, now, go_)
}

// ciphered reports whether only the channel's waybill can tell a courier where f goes.
func (h *heard) ciphered(f *fulfillment.FulfillmentOrder) bool {
	return slices.ContainsFunc(f.OrderIDs(), func(one id.ID) bool { return h.receivers[one].Kind() == receiver.Sealed })
}

func (s *Service) writeBatch(ctx context.Context, tx *db.Tx, by id.ID, to purchase.Supplier, batch id.ID, now int64, all []fulfillment.FulfillmentOrder) error {
	m := actor.Merchant(ctx)
	ids := make([]id.ID, len(all))
	var stmts []db.Stmt
	var events []event.Appended
	for i, f := range all {
		ids[i] = f.ID
		stmts = append(stmts, db.Stmt{SQL: putSent, Want: -1, Args: []any{m, f.ID, to.ID, batch, f.Version, now}})
		events = append(events, told(f.ID, to.ID, Sent, ""))
	}
	if _, err := tx.Insert(ctx, "fulfillment_dropship_batch", batchColumns, [][]any{{m, batch, to.ID, len(all), string(to.Contract), by, now}}, ""); err != nil {
		return err
	}
	if _, err := tx.Batch(ctx, stmts); err != nil {
		return err
	}
	if _, err := s.fulfillments.SealTx(ctx, tx, ids, fulfillment.SealHand); err != nil {
		return err
	}
	return s.k.Events.AppendAllTx(ctx, tx, events)
}

func told(one, supplier id.ID, st State, reason string) event.Appended {
	return event.Appended{Of: event.Of{Aggregate: "fulfillment_order", ID: one}, Payload: Moved{FulfillmentOrderID: one, SupplierID: supplier, State: st, Reason: reason}}
}
