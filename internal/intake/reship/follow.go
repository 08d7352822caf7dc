package reship

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/ordercove/ordercove/internal/aftersale"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/hold"
	"github.com/ordercove/ordercove/internal/order/progress"
)

// consumer counts what reships have shipped on their origins, and lets exchanges go on
// whose goods are back.
func (s *Service) consumer() event.Consumer {
	return event.Consumer{Name: "intake.reship", FromNow: true, Handle: s.onEvents, Names: []string{
		order.ShippedHere{}.EventName(), order.ShippedElsewhere{}.EventName(), aftersale.GoodsInspected{}.EventName()}}
}

func (s *Service) onEvents(ctx context.Context, tx *db.Tx, events []event.Event) error {
	var shipped, back []id.ID
	for _, e := range events {
		if e.Name == (aftersale.GoodsInspected{}).EventName() {
			var g aftersale.GoodsInspected
			if err := json.Unmarshal(e.Body, &g); err != nil {
				return err
			}
			if g.CaseID != 0 {
				back = append(back, g.CaseID)
			}
			continue
		}
		shipped = append(shipped, e.Of.ID)
	}
	if err := s.countTx(ctx, tx, distinct(shipped)); err != nil {
		return err
	}
	for _, one := range distinct(back) {
		if err := s.goOnTx(ctx, tx, one); err != nil {
			return err
		}
	}
	return nil
}

func distinct(ids []id.ID) []id.ID { return slices.Compact(slices.Sorted(slices.Values(ids))) }

// countTx writes the counter reshipped of the origins of those orders that are reships.
func (s *Service) countTx(ctx context.Context, tx *db.Tx, ids []id.ID) error {
	by := map[id.ID]id.ID{} // origin to a reship that shipped
	for part := range slices.Chunk(ids, 200) {
		part = db.Pad(part)
		args := []any{actor.Merchant(ctx)}
		for _, one := range part {
			args = append(args, one)
		}
		if err := db.Read(ctx, tx, originsOf(len(part)), args, func(r *db.Row) { one := id.ID(r.Int()); by[id.ID(r.Int())] = one }); err != nil {
			return err
		}
	}
	var origins []id.ID
	for origin := range by {
		origins = append(origins, origin)
	}
	for _, origin := range distinct(origins) {
		if err := s.countOneTx(ctx, tx, origin, by[origin]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) countOneTx(ctx context.Context, tx *db.Tx, origin, by id.ID) error {
	held, err := s.orders.LockTx(ctx, tx, []id.ID{origin})
	if err != nil || len(held) == 0 {
		return err
	}
	all, err := s.followUpsTx(ctx, tx, selectOf, origin)
	if err != nil {
		return err
	}
	pieces, moved := map[id.ID]int64{}, false
	for _, f := range all {
		if f.Kind != order.TypeReship || f.Order == nil {
			continue
		}
		for _, p := range f.Out {
			at := slices.IndexFunc(f.Order.Lines, func(l order.OrderLine) bool { return l.ID == p.LineID })
			if at >= 0 && p.OriginLineID != 0 {
				pieces[p.OriginLineID] += f.Order.Lines[at].Shipped
			}
		}
	}
	for _, l := range held[0].Lines {
		moved = moved || pieces[l.ID] != l.Reshipped
	}
	if !moved {
		return nil
	}
	if err := progress.ReshippedTx(ctx, tx, origin, pieces); err != nil {
		return err
	}
	return s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "order", ID: origin, Version: held[0].Version}, Counted{By: by})
}

// goOnTx ends the wait of the exchanges of a case, once everything is back. What is missing
// leaves them waiting: a person decides then.
func (s *Service) goOnTx(ctx context.Context, tx *db.Tx, caseID id.ID) error {
	all, err := s.followUpsTx(ctx, tx, selectCase, caseID)
	if err != nil || len(all) == 0 {
		return err
	}
	c, err := s.cases.CaseTx(ctx, tx, caseID)
	if err != nil {
		return err
	}
	var raised []order.Raised
	for _, f := range all {
		if f.When != AfterReturn || f.Order == nil || !f.Order.OnHold(hold.ReturnAwaited) || missing(&f, &c) {
			continue
		}
		raised = append(raised, order.Raised{OrderID: f.OrderID, Kind: hold.ReturnAwaited, ShipByAt: clock.Millis(s.k.Clock) + f.Hours*3_600_000})
	}
	if len(raised) == 0 {
		return nil
	}
	return s.orders.RaiseTx(ctx, tx, raised)
}

// missing reports whether something that an exchange awaits has not come back.
func missing(f *FollowUp, c *aftersale.Seen) bool {
	return slices.ContainsFunc(f.Back, func(p Piece) bool {
		at := slices.IndexFunc(c.Lines, func(l aftersale.Line) bool { return l.ID == p.OriginLineID })
		return at < 0 || c.Lines[at].Good+c.Lines[at].Defective < p.Quantity
	})
}
