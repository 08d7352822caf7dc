package wave

import (
	"context"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/packing"
)

// Close ends a wave whose goods are picked: its baskets go on to be packed and stay
// sealed. Those that goods are missing for leave it; their orders are allocated again
// where somebody counted and the books say so, and held until then. Permission
// packing.pick.
//
// Errors: ErrNotFound, ErrEnded, ErrNotPicked.
func (s *Service) Close(ctx context.Context, waveID id.ID) (Wave, error) {
	return s.end(ctx, packing.PermitPick, "packing.close_wave", waveID, func(ctx context.Context, tx *db.Tx, w *Wave) error {
		items, err := s.items(ctx, tx, w.ID)
		if err != nil {
			return err
		}
		all, err := s.MembersTx(ctx, tx, w.ID)
		if err != nil {
			return err
		}
		missing, left := map[id.ID][]id.ID{}, map[id.ID]int64{}
		for i := range items {
			left[items[i].fo] += items[i].left()
			if items[i].short > 0 {
				missing[items[i].fo] = append(missing[items[i].fo], items[i].sku)
			}
		}
		var short, full []Member
		var open int64
		for _, m := range all {
			if !m.Live {
				continue
			}
			open += left[m.FulfillmentOrderID]
			if len(missing[m.FulfillmentOrderID]) > 0 {
				short = append(short, m)
			} else {
				full = append(full, m)
			}
		}
		if open > 0 {
			return ErrNotPicked.With("left", open)
		}
		if err := s.leaveTx(ctx, tx, w, short, OutShort); err != nil {
			return err
		}
		if err := s.shortTx(ctx, tx, w, short, missing); err != nil {
			return err
		}
		if err := s.tellTx(ctx, tx, w, full); err != nil {
			return err
		}
		return s.endTx(ctx, tx, w, Closed)
	})
}

// Cancel gives a wave up (取消波次): its fulfillment orders are open again, what was
// picked goes back to the shelf. Permission packing.wave.
//
// Errors: ErrNotFound, ErrEnded.
func (s *Service) Cancel(ctx context.Context, waveID id.ID) (Wave, error) {
	return s.end(ctx, packing.PermitWave, "packing.cancel_wave", waveID, func(ctx context.Context, tx *db.Tx, w *Wave) error {
		all, err := s.MembersTx(ctx, tx, w.ID)
		if err != nil {
			return err
		}
		var in []Member
		for _, m := range all {
			if m.Live {
				in = append(in, m)
			}
		}
		if err := s.leaveTx(ctx, tx, w, in, OutCancelled); err != nil {
			return err
		}
		return s.endTx(ctx, tx, w, Cancelled)
	})
}

func (s *Service) end(ctx context.Context, permission, action string, waveID id.ID, f func(context.Context, *db.Tx, *Wave) error) (Wave, error) {
	if err := actor.Require(ctx, permission); err != nil {
		return Wave{}, err
	}
	about := &command.About{Action: action, Object: "wave/" + waveID.String()}
	return command.Run(ctx, s.k.Commands, about, waveID, func(ctx context.Context, tx *db.Tx) (Wave, error) {
		w, err := s.open(ctx, tx, waveID)
		if err == nil {
			err = f(ctx, tx, &w)
		}
		return w, err
	})
}

func (s *Service) endTx(ctx context.Context, tx *db.Tx, w *Wave, state State) error {
	if _, err := tx.Exec(ctx, endAll, actor.Merchant(ctx), w.ID); err != nil {
		return err
	}
	if err := s.moveTx(ctx, tx, w, state, clock.Millis(s.k.Clock)); err != nil {
		return err
	}
	return s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "wave", ID: w.ID, Version: w.Version}, WaveEnded{w.ID, state})
}

// holdTx holds the orders of fulfillment orders that goods are missing for; what a person
// holds already stays held for that person's reason.
func (s *Service) holdTx(ctx context.Context, tx *db.Tx, w *Wave, short []Member, missing map[id.ID][]id.ID) error {
	ids := make([]id.ID, len(short))
	for i, m := range short {
		ids[i] = m.FulfillmentOrderID
	}
	all, err := s.fulfillments.LoadTx(ctx, tx, ids)
	if err != nil {
		return err
	}
	held, err := s.heldByHand(ctx, tx, all)
	if err != nil {
		return err
	}
	var raise []order.Raised
	for _, f := range all {
		skus, err := s.catalog.SKUsTx(ctx, tx, missing[f.ID])
		if err != nil {
			return err
		}
		var codes []string
		for _, one := range missing[f.ID] {
			codes = append(codes, skus[one].Code)
		}
		note := shortNote(actor.Lang(ctx), w.Code, strings.Join(codes, "、"))
		for _, one := range f.OrderIDs() {
			if held[one] {
				continue
			}
			raise = append(raise, order.Raised{OrderID: one, Kind: order.HoldManual, Stands: true, Note: note, CauseID: w.ID})
		}
	}
	if len(raise) == 0 {
		return nil
	}
	return s.orders.RaiseTx(ctx, tx, raise)
}

// heldByHand names the orders that somebody holds for a reason that is no wave's: a person,
// or a refund that was agreed while goods were short, which names the order as its cause.
func (s *Service) heldByHand(ctx context.Context, q db.Querier, of []fulfillment.FulfillmentOrder) (map[id.ID]bool, error) {
	var ids []id.ID
	for i := range of {
		ids = append(ids, of[i].OrderIDs()...)
	}
	all, err := s.orders.LoadTx(ctx, q, slices.Compact(slices.Sorted(slices.Values(ids))))
	out := map[id.ID]bool{}
	for i := range all {
		out[all[i].ID] = slices.ContainsFunc(all[i].Holds, func(h order.Hold) bool {
			return h.Kind == order.HoldManual && (h.CauseID == 0 || h.CauseID == h.OrderID)
		})
	}
	return out, err
}

// shortNote tells who looks at the order what was missing.
func shortNote(lang, code, skus string) string {
	text := "波次 " + code + " 拣货缺货：" + skus
	if strings.HasPrefix(lang, "en") {
		text = "Short in wave " + code + ": " + strings.ReplaceAll(skus, "、", ", ")
	}
	if r := []rune(text); len(r) > 400 {
		text = string(r[:400])
	}
	return text
}
