package wave

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/packing"
)

// MemberInput names a fulfillment order of a wave.
type MemberInput struct {
	WaveID             id.ID `json:"wave_id"`
	FulfillmentOrderID id.ID `json:"fulfillment_order_id"`
}

// Remove takes a fulfillment order out of a wave and unseals it; the goods in its
// basket go back to the shelf. Permission packing.wave.
//
// Errors: ErrNotFound, ErrEnded, ErrNotIn.
func (s *Service) Remove(ctx context.Context, in MemberInput) (State, error) {
	return s.member(ctx, "packing.remove_from_wave", in, func(ctx context.Context, tx *db.Tx, w *Wave, m Member) error {
		return s.leaveTx(ctx, tx, w, []Member{m}, OutRemoved)
	})
}

// Renew goes on with a fulfillment order whose content changed: its basket is picked
// for what it holds now. Permission packing.wave.
//
// Errors: ErrNotFound, ErrEnded, ErrNotIn, those of fulfillment.GuardTx.
func (s *Service) Renew(ctx context.Context, in MemberInput) (State, error) {
	return s.member(ctx, "packing.renew_in_wave", in, func(ctx context.Context, tx *db.Tx, w *Wave, m Member) error {
		if err := s.fulfillments.GuardTx(ctx, tx, m.FulfillmentOrderID, 0); err != nil {
			return err
		}
		all, err := s.fulfillments.LoadTx(ctx, tx, []id.ID{m.FulfillmentOrderID})
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, renew, all[0].Version, actor.Merchant(ctx), w.ID, m.FulfillmentOrderID); err != nil {
			return err
		}
		return s.replanTx(ctx, tx, w, all)
	})
}

func (s *Service) member(ctx context.Context, action string, in MemberInput, f func(context.Context, *db.Tx, *Wave, Member) error) (State, error) {
	if err := actor.Require(ctx, packing.PermitWave); err != nil {
		return "", err
	}
	about := &command.About{Action: action, Object: "wave/" + in.WaveID.String(), Detail: map[string]any{"fulfillment_order_id": in.FulfillmentOrderID}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (State, error) {
		w, err := s.open(ctx, tx, in.WaveID)
		if err != nil {
			return "", err
		}
		all, err := s.MembersTx(ctx, tx, w.ID)
		if err != nil {
			return "", err
		}
		for _, m := range all {
			if m.FulfillmentOrderID != in.FulfillmentOrderID || !m.Live {
				continue
			}
			if err := f(ctx, tx, &w, m); err != nil {
				return "", err
			}
			return s.resettleTx(ctx, tx, &w)
		}
		return "", ErrNotIn
	})
}

// resettleTx is settleTx of what the tables say.
func (s *Service) resettleTx(ctx context.Context, tx *db.Tx, w *Wave) (State, error) {
	all, err := s.items(ctx, tx, w.ID)
	if err != nil {
		return "", err
	}
	at, err := s.baskets(ctx, tx, w.ID)
	if err != nil {
		return "", err
	}
	return s.settleTx(ctx, tx, w, all, at)
}

// leaveTx takes fulfillment orders out of a wave and opens those that wait on.
func (s *Service) leaveTx(ctx context.Context, tx *db.Tx, w *Wave, out []Member, reason string) error {
	if len(out) == 0 {
		return nil
	}
	items, err := s.items(ctx, tx, w.ID)
	if err != nil {
		return err
	}
	stmts, events, ids := make([]db.Stmt, len(out)), make([]event.Appended, len(out)), make([]id.ID, len(out))
	for i, m := range out {
		ids[i] = m.FulfillmentOrderID
		stmts[i] = db.Stmt{SQL: leave, Args: []any{reason, actor.Merchant(ctx), w.ID, m.FulfillmentOrderID}, Want: 1}
		gone := OrderLeft{WaveID: w.ID, FulfillmentOrderID: m.FulfillmentOrderID, Position: m.Position, Reason: reason}
		for _, one := range items {
			if one.fo == m.FulfillmentOrderID {
				gone.Picked += one.picked
			}
		}
		events[i] = event.Appended{Of: event.Of{Aggregate: "wave", ID: w.ID, Version: w.Version}, Payload: gone}
	}
	switch miss, err := tx.Batch(ctx, stmts); {
	case err != nil:
		return err
	case miss >= 0:
		return ErrNotIn
	}
	if err := s.unsealTx(ctx, tx, ids); err != nil {
		return err
	}
	return s.k.Events.AppendAllTx(ctx, tx, events)
}

// unsealTx opens what is sealed for a wave; what is printed or sealed by hand since
// stays sealed.
func (s *Service) unsealTx(ctx context.Context, tx *db.Tx, ids []id.ID) error {
	all, err := s.fulfillments.LoadTx(ctx, tx, ids)
	if err != nil {
		return err
	}
	var mine []id.ID
	for _, f := range all {
		if f.State == fulfillment.StateOpen && f.Sealed == fulfillment.SealWave {
			mine = append(mine, f.ID)
		}
	}
	if len(mine) == 0 {
		return nil
	}
	_, err = s.fulfillments.SealTx(ctx, tx, mine, "")
	return err
}

// replanTx brings the items of baskets in line with what fulfillment orders hold now.
// What lies in a basket stays on the books there: the surplus is to be put back.
func (s *Service) replanTx(ctx context.Context, tx *db.Tx, w *Wave, all []fulfillment.FulfillmentOrder) error {
	goods, err := s.goods(ctx, tx, all)
	if err != nil {
		return err
	}
	items, err := s.items(ctx, tx, w.ID)
	if err != nil {
		return err
	}
	m := actor.Merchant(ctx)
	var stmts []db.Stmt
	var rows [][]any
	var fresh []candidate
	for _, f := range all {
		want := map[id.ID]int64{}
		for _, g := range goods[f.ID] {
			want[g.SKUID] = g.Quantity
		}
		for i := range items {
			if one := &items[i]; one.fo == f.ID {
				one.wanted = want[one.sku]
				one.short = min(one.short, max(0, one.wanted-one.picked))
				stmts = append(stmts, one.stmt(m, w.ID))
				delete(want, one.sku)
			}
		}
		x := candidate{}
		for _, g := range goods[f.ID] {
			if _, more := want[g.SKUID]; more {
				x.goods = append(x.goods, g)
				rows = append(rows, []any{m, w.ID, f.ID, g.SKUID, g.Quantity})
			}
		}
		fresh = append(fresh, x)
	}
	if _, err := tx.Batch(ctx, stmts); err != nil {
		return err
	}
	if len(rows) == 0 {
		return nil
	}
	if _, err := tx.Insert(ctx, "packing_wave_item", itemColumns, rows, keepItem); err != nil {
		return err
	}
	return s.stopsTx(ctx, tx, w, fresh)
}

// follow is the consumer that keeps waves in step with their fulfillment orders: what
// was cancelled or replaced leaves, what has shipped is done, and pick lists ask for no
// more than is still wanted.
func (s *Service) follow() event.Consumer {
	names := []string{fulfillment.OrderChanged{}.EventName(), fulfillment.ParcelShipped{}.EventName()}
	return event.Consumer{Name: "packing.wave", Names: names, Handle: func(ctx context.Context, tx *db.Tx, events []event.Event) error {
		var changed, left []id.ID
		for _, e := range events {
			if e.Name != names[1] {
				changed = append(changed, e.Of.ID)
				continue
			}
			var p fulfillment.ParcelShipped
			if err := json.Unmarshal(e.Body, &p); err != nil {
				return err
			}
			left = append(left, p.FulfillmentOrderID)
		}
		// Of what left in part the basket is as it was.
		all, err := s.fulfillments.LoadTx(ctx, tx, slices.Compact(slices.Sorted(slices.Values(left))))
		if err != nil {
			return err
		}
		for i := range all {
			if all[i].State != fulfillment.StateOpen {
				changed = append(changed, all[i].ID)
			}
		}
		changed = slices.Compact(slices.Sorted(slices.Values(changed)))
		if err := s.untellTx(ctx, tx, changed); err != nil {
			return err
		}
		return s.followTx(ctx, tx, changed)
	}}
}

func (s *Service) followTx(ctx context.Context, tx *db.Tx, ids []id.ID) error {
	live, err := s.LiveTx(ctx, tx, ids)
	if err != nil {
		return err
	}
	byWave := map[id.ID][]Member{}
	var waves []id.ID
	for _, m := range live {
		if byWave[m.WaveID] == nil {
			waves = append(waves, m.WaveID)
		}
		byWave[m.WaveID] = append(byWave[m.WaveID], m)
	}
	slices.Sort(waves)
	for _, one := range waves {
		w, err := s.open(ctx, tx, one)
		if errors.Is(err, ErrEnded) {
			continue // since this was read
		}
		if err != nil {
			return err
		}
		if err := s.followWaveTx(ctx, tx, &w, byWave[one]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) followWaveTx(ctx context.Context, tx *db.Tx, w *Wave, of []Member) error {
	at, err := s.baskets(ctx, tx, w.ID) // as they stand under the lock
	if err != nil {
		return err
	}
	of = slices.DeleteFunc(of, func(m Member) bool { return at[m.FulfillmentOrderID] == 0 })
	ids := make([]id.ID, len(of))
	for i, m := range of {
		ids[i] = m.FulfillmentOrderID
	}
	all, err := s.fulfillments.LoadTx(ctx, tx, ids)
	if err != nil {
		return err
	}
	var stay []fulfillment.FulfillmentOrder
	var gone []Member
	var done []db.Stmt
	for _, f := range all {
		switch f.State {
		case fulfillment.StateOpen:
			stay = append(stay, f)
		case fulfillment.StateShipped: // nothing goes back, and nothing more is to be fetched
			args := []any{actor.Merchant(ctx), w.ID, f.ID}
			done = append(done, db.Stmt{SQL: emptied, Args: args, Want: -1}, db.Stmt{SQL: shipped, Args: args, Want: 1})
		default:
			gone = append(gone, of[slices.IndexFunc(of, func(m Member) bool { return m.FulfillmentOrderID == f.ID })])
		}
	}
	if _, err := tx.Batch(ctx, done); err != nil {
		return err
	}
	if err := s.leaveTx(ctx, tx, w, gone, OutDropped); err != nil {
		return err
	}
	if len(stay) > 0 {
		if err := s.replanTx(ctx, tx, w, stay); err != nil {
			return err
		}
		if err := s.hurryTx(ctx, tx, w, stay, at); err != nil {
			return err
		}
	}
	_, err = s.resettleTx(ctx, tx, w)
	return err
}

// hurryTx moves a wave up, or down, when one of its orders is urged, or is no more.
func (s *Service) hurryTx(ctx context.Context, tx *db.Tx, w *Wave, changed []fulfillment.FulfillmentOrder, in map[id.ID]int64) error {
	most := func(all []fulfillment.FulfillmentOrder) (n int64) {
		for i := range all {
			n = max(n, all[i].Urgency)
		}
		return n
	}
	now := most(changed)
	if now < w.Urgency { // another may be as urgent as it was
		all, err := s.fulfillments.LoadTx(ctx, tx, slices.Sorted(maps.Keys(in)))
		if err != nil {
			return err
		}
		now = most(all)
	}
	if now == w.Urgency {
		return nil
	}
	w.Urgency = now
	_, err := tx.Exec(ctx, hurry, now, actor.Merchant(ctx), w.ID)
	return err
}
