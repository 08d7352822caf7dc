package wave

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// What became of a count that found too little.
const (
	CountOpen      = "open"
	CountApplied   = "applied"   // the books say what was counted
	CountDismissed = "dismissed" // the goods were there after all
)

// Count is what somebody counted at a shelf that held less than the books say (缺货盘点).
type Count struct {
	ID          id.ID
	WaveID      id.ID
	WarehouseID id.ID
	SKUID       id.ID
	SKUCode     string // filled by Get
	Counted     int64
	InBaskets   int64 // picked and not shipped
	OnHand      int64 // as the books had it
	State       string
	ByName      string
	At          int64
}

// Missing is how much the books have that is nowhere.
func (c *Count) Missing() int64 { return c.OnHand - c.InBaskets - c.Counted }

// countTx notes a count where the books have more than the shelf and the baskets. A
// later count of the same shelf in the same wave replaces one that nobody decided on.
func (s *Service) countTx(ctx context.Context, tx *db.Tx, w *Wave, skuID id.ID, counted int64) error {
	a, err := actor.From(ctx)
	if err != nil {
		return err
	}
	c := Count{WarehouseID: w.WarehouseID, SKUID: skuID, Counted: counted}
	if c.OnHand, err = s.stock.OnHandTx(ctx, tx, skuID, w.WarehouseID); err != nil {
		return err
	}
	if err := tx.QueryRow(ctx, sumInBaskets, a.MerchantID, skuID, w.WarehouseID).Scan(&c.InBaskets); err != nil {
		return err
	}
	var packed int64
	if err := tx.QueryRow(ctx, sumPacked, a.MerchantID, skuID, w.WarehouseID).Scan(&packed); err != nil {
		return err
	}
	c.InBaskets += packed
	if _, err := tx.Exec(ctx, dropCount, a.MerchantID, w.ID, skuID); err != nil || c.Missing() <= 0 {
		return err
	}
	row := []any{a.MerchantID, s.k.IDs.New(), w.ID, w.WarehouseID, skuID, c.Counted, c.InBaskets, c.OnHand, CountOpen, a.ID, a.Name, clock.Millis(s.k.Clock)}
	_, err = tx.Insert(ctx, "packing_wave_count", countColumns, [][]any{row}, "")
	return err
}

func (s *Service) counts(ctx context.Context, q db.Querier, waveID id.ID) (out []Count, err error) {
	err = db.Read(ctx, q, selectCounts, []any{actor.Merchant(ctx), waveID}, func(r *db.Row) {
		out = append(out, Count{WaveID: waveID, ID: id.ID(r.Int()), WarehouseID: id.ID(r.Int()), SKUID: id.ID(r.Int()), Counted: r.Int(), InBaskets: r.Int(), OnHand: r.Int(),
			State: r.Text(), ByName: r.Text(), At: r.Int()})
	})
	if err != nil || len(out) == 0 {
		return out, err
	}
	var skus []id.ID
	for _, c := range out {
		skus = append(skus, c.SKUID)
	}
	known, err := s.catalog.SKUsTx(ctx, q, skus)
	for i := range out {
		out[i].SKUCode = known[out[i].SKUID].Code
	}
	return out, err
}

// DecideInput answers a count: Apply makes the books say what was counted, else the
// goods were found.
type DecideInput struct {
	WaveID  id.ID `json:"wave_id"`
	CountID id.ID `json:"count_id"`
	Apply   bool  `json:"apply"`
}

// Decide settles a count (确认差异). Applied, what is nowhere leaves the books, the
// orders it is missing for give up their reservation and are allocated again.
// Dismissed, they go on. Permission inventory.adjust.
//
// Errors: ErrNotFound, ErrNoCount, inventory.ErrInsufficient, inventory.ErrBelowReserved.
func (s *Service) Decide(ctx context.Context, in DecideInput) (string, error) {
	if err := actor.Require(ctx, "inventory.adjust"); err != nil {
		return "", err
	}
	about := &command.About{Action: "packing.decide_count", Object: "wave/" + in.WaveID.String(), Detail: map[string]any{"count_id": in.CountID, "apply": in.Apply}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (string, error) {
		w, err := s.find(ctx, tx, in.WaveID, true)
		if err != nil {
			return "", err
		}
		all, err := s.counts(ctx, tx, w.ID)
		if err != nil {
			return "", err
		}
		at := slices.IndexFunc(all, func(c Count) bool { return c.ID == in.CountID && c.State == CountOpen })
		if at < 0 {
			return "", ErrNoCount
		}
		c := all[at]
		about.Detail["sku_id"], about.Detail["missing"] = c.SKUID, c.Missing()
		a, err := actor.From(ctx)
		if err != nil {
			return "", err
		}
		state := CountDismissed
		if in.Apply {
			state = CountApplied
		}
		if n, err := tx.ExecN(ctx, decideCount, state, a.ID, clock.Millis(s.k.Clock), a.MerchantID, c.ID); err != nil || n != 1 {
			return "", err
		}
		return state, s.decideTx(ctx, tx, &w, &c, in.Apply)
	})
}

func (s *Service) decideTx(ctx context.Context, tx *db.Tx, w *Wave, c *Count, apply bool) error {
	orders, err := s.shortOf(ctx, tx, w, c.SKUID)
	if err != nil {
		return err
	}
	var raise []order.Raised
	if apply {
		gave, err := s.stock.LoseTx(ctx, tx, inventory.Loss{SKUID: c.SKUID, WarehouseID: c.WarehouseID, Quantity: c.Missing(), Orders: orders, Ref: "wave/" + w.Code})
		if err != nil {
			return err
		}
		for _, o := range gave {
			raise = append(raise, order.Raised{OrderID: o, Kind: order.HoldOutOfStock, Stands: true})
		}
	}
	if w.EndedAt != 0 { // the hold waited for this answer
		held, err := s.orders.LoadTx(ctx, tx, orders)
		if err != nil {
			return err
		}
		for _, o := range held {
			for _, h := range o.Holds {
				if h.Kind == order.HoldManual && h.CauseID == w.ID {
					raise = append(raise, order.Raised{OrderID: o.ID, Kind: order.HoldManual})
				}
			}
		}
	}
	if len(raise) > 0 {
		if err := s.orders.RaiseTx(ctx, tx, raise); err != nil {
			return err
		}
	}
	if !apply || w.EndedAt == 0 { // what is sealed in a wave cannot be allocated anew
		return nil
	}
	return s.routeTx(ctx, tx, orders)
}

// routeTx has orders allocated again as the rules say: from another warehouse, or they
// wait for goods.
func (s *Service) routeTx(ctx context.Context, tx *db.Tx, orders []id.ID) error {
	if len(orders) == 0 {
		return nil
	}
	_, err := s.k.Jobs.EnqueueTx(ctx, tx, fulfillment.Routing(orders))
	return err
}

// shortOf are the orders of a wave that a SKU is missing for: in it, or out of it
// because of that.
func (s *Service) shortOf(ctx context.Context, q db.Querier, w *Wave, skuID id.ID) ([]id.ID, error) {
	var ids []id.ID
	err := db.Read(ctx, q, selectShort, []any{actor.Merchant(ctx), w.ID, skuID}, func(r *db.Row) { ids = append(ids, id.ID(r.Int())) })
	if err != nil {
		return nil, err
	}
	all, err := s.fulfillments.LoadTx(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	var out []id.ID
	for i := range all {
		if all[i].State == fulfillment.StateOpen {
			out = append(out, all[i].OrderIDs()...)
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(out))), nil
}

// settled reports which SKUs of a wave were counted and the count applied.
func (s *Service) settled(ctx context.Context, q db.Querier, w *Wave) (map[id.ID]bool, error) {
	all, err := s.counts(ctx, q, w.ID)
	out := map[id.ID]bool{}
	for _, c := range all {
		out[c.SKUID] = c.State == CountApplied // the last one counts
	}
	return out, err
}

// shortTx sends on the orders of fulfillment orders that left because goods were
// missing: counted and off the books, they are allocated again; else they are held
// until somebody has counted.
func (s *Service) shortTx(ctx context.Context, tx *db.Tx, w *Wave, short []Member, missing map[id.ID][]id.ID) error {
	gone, err := s.settled(ctx, tx, w)
	if err != nil {
		return err
	}
	var wait []Member
	var again []id.ID
	for _, m := range short {
		if slices.ContainsFunc(missing[m.FulfillmentOrderID], func(one id.ID) bool { return !gone[one] }) {
			wait = append(wait, m)
			continue
		}
		again = append(again, m.FulfillmentOrderID)
	}
	if err := s.holdTx(ctx, tx, w, wait, missing); err != nil {
		return err
	}
	all, err := s.fulfillments.LoadTx(ctx, tx, again)
	if err != nil {
		return err
	}
	var orders []id.ID
	for i := range all {
		orders = append(orders, all[i].OrderIDs()...)
	}
	return s.routeTx(ctx, tx, slices.Compact(slices.Sorted(slices.Values(orders))))
}
