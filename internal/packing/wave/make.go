package wave

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/packing"
)

// MakeInput is what a wave is made of. Mode "" sorts while picking where baskets differ.
type MakeInput struct {
	Choice Choice `json:"choice"`
	Mode   string `json:"mode,omitempty"` // while_picking | after
}

// NewWave is a wave as it was made, and what was chosen and is not in it.
type NewWave struct {
	Wave
	LeftOut []Refused
}

// Make puts fulfillment orders into a wave (建波次): each gets a basket, all are sealed,
// and the pick list stands. Those that may not go on, or that somebody else took since they
// were looked at, stay out and are named. Permissions packing.wave and fulfillment.read.
//
// Errors: ErrBadChoice, ErrNothing, ErrTaken where nothing is left, inventory.ErrNoWarehouse.
func (s *Service) Make(ctx context.Context, in MakeInput) (NewWave, error) {
	if err := actor.Require(ctx, packing.PermitWave); err != nil {
		return NewWave{}, err
	}
	c := in.Choice
	if err := c.check(); err != nil {
		return NewWave{}, err
	}
	if in.Mode != "" && in.Mode != WhilePicking && in.Mode != After {
		return NewWave{}, ErrBadChoice.With("max", MaxOrders).At("mode")
	}
	p, err := s.preview(ctx, c)
	if err != nil {
		return NewWave{}, err
	}
	about := &command.About{Action: "packing.make_wave"}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (NewWave, error) {
		if len(p.chosen) == 0 {
			return NewWave{}, ErrNothing
		}
		a, err := actor.From(ctx)
		if err != nil {
			return NewWave{}, err
		}
		w := Wave{ID: s.k.IDs.New(), WarehouseID: c.WarehouseID, Content: c.Content, Mode: in.Mode, State: Made, Choice: c,
			MadeBy: a.ID, MadeByName: a.Name, MadeAt: s.k.Clock.Now().UnixMilli(), Version: 1}
		if w.Mode == "" {
			if w.Mode = After; c.Content == Any || c.Content == Multi {
				w.Mode = WhilePicking
			}
		}
		late, err := s.makeTx(ctx, tx, &w, p.chosen)
		about.Object, about.Detail = "wave/"+w.ID.String(), map[string]any{"orders": w.Orders, "pieces": w.Pieces, "left_out": len(p.Refused) + len(late)}
		return NewWave{w, slices.Concat(p.Refused, late)}, err
	})
}

// china is where a wave's day begins.
var china = time.FixedZone("CST", 8*3600)

// makeTx writes a wave of those that may still go into it, and names the others.
func (s *Service) makeTx(ctx context.Context, tx *db.Tx, w *Wave, chosen []candidate) ([]Refused, error) {
	m := actor.Merchant(ctx)
	day, n := time.UnixMilli(w.MadeAt).In(china), int64(0)
	number := int64(day.Year()%100)*10000 + int64(day.Month())*100 + int64(day.Day())
	// Whoever else makes a wave waits here, so that what this one looks at next stands.
	if err := tx.QueryRow(ctx, takeNumber, m, number).Scan(&n); err != nil {
		return nil, err
	}
	w.Code = fmt.Sprintf("W%06d-%03d", number, n)
	chosen, late, err := s.unchanged(ctx, tx, chosen)
	if err != nil {
		return nil, err
	}
	if len(chosen) == 0 {
		return nil, ErrTaken.Because(late[0].Err)
	}
	return late, s.fillTx(ctx, tx, w, chosen)
}

// fillTx writes a wave and what is in it.
func (s *Service) fillTx(ctx context.Context, tx *db.Tx, w *Wave, chosen []candidate) error {
	m := actor.Merchant(ctx)
	choice, err := json.Marshal(w.Choice)
	if err != nil {
		return err
	}
	w.Orders = int64(len(chosen))
	for _, x := range chosen {
		w.Pieces += x.pieces
		w.CutOffAt, w.ShipByAt = min(or(w.CutOffAt, never), or(x.cutOff, never)), min(or(w.ShipByAt, never), or(x.f.ShipByAt, never))
		w.Urgency = max(w.Urgency, x.f.Urgency)
	}
	row := []any{m, w.ID, w.Code, w.WarehouseID, w.Content, w.Mode, string(w.State), string(choice), w.Orders, w.Pieces, w.CutOffAt, w.Urgency, w.ShipByAt, w.MadeBy, w.MadeByName, w.MadeAt, w.Version}
	if _, err := tx.Insert(ctx, "packing_wave", waveColumns, [][]any{row}, ""); err != nil {
		return err
	}
	if w.CutOffAt == never {
		w.CutOffAt = 0
	}
	if w.ShipByAt == never {
		w.ShipByAt = 0
	}
	ids, rows := make([]id.ID, len(chosen)), make([][]any, len(chosen))
	var items [][]any
	for i, x := range chosen {
		ids[i], rows[i] = x.f.ID, []any{m, w.ID, x.f.ID, i + 1, x.f.Version, 1}
		for _, g := range x.goods {
			items = append(items, []any{m, w.ID, x.f.ID, g.SKUID, g.Quantity})
		}
	}
	slices.SortFunc(rows, func(a, b []any) int { return cmp.Compare(a[2].(id.ID), b[2].(id.ID)) })
	switch n, err := tx.Insert(ctx, "packing_wave_order", memberColumns, rows, keepMember); {
	case err != nil:
		return err
	case n != int64(len(rows)):
		return ErrTaken
	}
	if _, err := tx.Insert(ctx, "packing_wave_item", itemColumns, items, ""); err != nil {
		return err
	}
	if err := s.stopsTx(ctx, tx, w, chosen); err != nil {
		return err
	}
	if _, err := s.fulfillments.SealTx(ctx, tx, ids, fulfillment.SealWave); err != nil {
		return err
	}
	return s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "wave", ID: w.ID, Version: w.Version}, WaveMade{w.ID, w.WarehouseID, w.Orders})
}

// unchanged looks once more, now that nobody can come between: what still is as it was
// chosen, and what is not, with why.
func (s *Service) unchanged(ctx context.Context, tx *db.Tx, chosen []candidate) (still []candidate, late []Refused, err error) {
	ids, checks := make([]id.ID, len(chosen)), make([]fulfillment.Check, len(chosen))
	for i, x := range chosen {
		ids[i], checks[i] = x.f.ID, fulfillment.Check{ID: x.f.ID, Version: x.f.Version}
	}
	now, err := s.fulfillments.LoadTx(ctx, tx, ids)
	if err != nil {
		return nil, nil, err
	}
	free := map[id.ID]bool{}
	for i := range now {
		free[now[i].ID] = now[i].Sealed == ""
	}
	verdicts, err := s.fulfillments.GuardEachTx(ctx, tx, checks)
	if err != nil {
		return nil, nil, err
	}
	for i, x := range chosen {
		switch e := errs.As(verdicts[i]); {
		case verdicts[i] != nil && e == nil:
			return nil, nil, verdicts[i]
		case e != nil:
			late = append(late, Refused{FulfillmentOrderID: x.f.ID, Err: plain(e)})
		case !free[x.f.ID]:
			late = append(late, Refused{FulfillmentOrderID: x.f.ID, Err: ErrTaken})
		default:
			still = append(still, x)
		}
	}
	return still, late, s.nameRefused(ctx, tx, late)
}

// stopsTx writes where the goods of baskets are fetched.
func (s *Service) stopsTx(ctx context.Context, tx *db.Tx, w *Wave, of []candidate) error {
	var skus []id.ID
	for _, x := range of {
		for _, g := range x.goods {
			skus = append(skus, g.SKUID)
		}
	}
	skus = slices.Compact(slices.Sorted(slices.Values(skus)))
	if len(skus) == 0 {
		return nil
	}
	places, err := s.places.OfTx(ctx, tx, w.WarehouseID, skus)
	if err != nil {
		return err
	}
	rows := make([][]any, len(skus))
	for i, one := range skus {
		rows[i] = []any{actor.Merchant(ctx), w.ID, one, places[one]}
	}
	_, err = tx.Insert(ctx, "packing_wave_stop", stopColumns, rows, keepStop)
	return err
}
