package wave

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/packing"
)

// Filter narrows List; empty fields do not.
type Filter struct {
	Live   bool   // only those that have not ended
	Code   string // as printed
	Cursor string
	Limit  int

	after turn
}

// turn is where a page ended.
type turn struct {
	CutOff  int64 `json:"c,omitempty"`
	Urgency int64 `json:"u,omitempty"`
	ShipBy  int64 `json:"s,omitempty"`
	ID      id.ID `json:"i"`
}

func turnOf(w Wave) turn { return turn{or(w.CutOffAt, never), w.Urgency, or(w.ShipByAt, never), w.ID} }

// List lists waves and the next cursor: the newest first; of those that go on what the
// next courier takes first, then what is urged, then what was promised first.
// Permission packing.read.
//
// Errors: page.ErrCursor.
func (s *Service) List(ctx context.Context, f Filter) ([]Wave, string, error) {
	if err := actor.Require(ctx, packing.PermitRead); err != nil {
		return nil, "", err
	}
	if err := page.Decode(f.Cursor, &f.after); err != nil {
		return nil, "", err
	}
	a, err := actor.From(ctx)
	if err != nil {
		return nil, "", err
	}
	warehouses, narrowed := a.Scoped(inventory.Scope)
	if narrowed && len(warehouses) == 0 {
		return nil, "", nil
	}
	limit := page.Limit(f.Limit)
	f.Code = strings.TrimSpace(f.Code)
	text, args := listWaves(f, warehouses)
	var out []Wave
	for row := range db.Each(ctx, s.k.DB, text, append(append([]any{a.MerchantID}, args...), limit+1)...) {
		w, err := scanWave(row.Scan)
		if err != nil {
			return nil, "", err
		}
		out = append(out, w)
	}
	out, next := page.Cut(out, limit, func(w Wave) string { return page.Encode(turnOf(w)) })
	return out, next, nil
}

// Row is a wave of the board and how far it is.
type Row struct {
	Wave
	// In counts the fulfillment orders that are in, and the pieces wanted for them.
	In, Wanted, Picked, Short int64
	// Hits counts those that may not go on as they were picked, of waves that go on.
	Hits  int64
	Hands []Progress
}

// Board is List with how far each wave is, and who picked how much. Permission
// packing.read.
//
// Errors: page.ErrCursor.
func (s *Service) Board(ctx context.Context, f Filter) ([]Row, string, error) {
	all, next, err := s.List(ctx, f)
	if err != nil {
		return nil, "", err
	}
	out, at := make([]Row, len(all)), make(map[id.ID]*Row, len(all))
	for i, w := range all {
		out[i].Wave = w
		at[w.ID] = &out[i]
	}
	for part := range slices.Chunk(all, lookup) {
		if err := s.progress(ctx, part, at); err != nil {
			return nil, "", err
		}
	}
	return out, next, s.hits(ctx, out, at)
}

func (s *Service) progress(ctx context.Context, part []Wave, at map[id.ID]*Row) error {
	args := []any{actor.Merchant(ctx)}
	for _, w := range part {
		args = append(args, w.ID)
	}
	args = db.Pad(args)
	n := len(args) - 1
	err := db.Read(ctx, s.k.DB, selectIn(n), args, func(r *db.Row) {
		row := at[id.ID(r.Int())]
		row.In = r.Int()
	})
	if err != nil {
		return err
	}
	err = db.Read(ctx, s.k.DB, selectProgress(n), args, func(r *db.Row) {
		row := at[id.ID(r.Int())]
		row.Wanted, row.Picked, row.Short = r.Int(), r.Int(), r.Int()
	})
	if err != nil {
		return err
	}
	return db.Read(ctx, s.k.DB, selectHandsOf(n), args, func(r *db.Row) {
		row := at[id.ID(r.Int())]
		row.Hands = append(row.Hands, progressOf(r))
	})
}

// hits counts what is to be pulled out of the waves that go on, as it stands this moment.
func (s *Service) hits(ctx context.Context, all []Row, at map[id.ID]*Row) error {
	var baskets []Basket
	for _, w := range all {
		if w.EndedAt != 0 {
			continue
		}
		in, err := s.MembersTx(ctx, s.k.DB, w.ID)
		if err != nil {
			return err
		}
		for _, m := range in {
			baskets = append(baskets, Basket{Member: m})
		}
	}
	for part := range slices.Chunk(baskets, MaxOrders) {
		if err := s.judge(ctx, s.k.DB, part); err != nil {
			return err
		}
		for _, b := range part {
			if b.Hit != nil {
				at[b.WaveID].Hits++
			}
		}
	}
	return nil
}

func progressOf(r *db.Row) Progress {
	return Progress{PickerID: id.ID(r.Int()), Name: r.Text(), Picked: r.Int(), Short: r.Int(), FirstAt: r.Int(), LastAt: r.Int()}
}

// Basket is a fulfillment order of a wave and how far it is.
type Basket struct {
	Member
	Wanted, Picked, Short int64
	PutBack               int64 // pieces in it that nobody wants any more
	// Orders are the orders it ships, by their numbers on the channel.
	Orders []OrderNo
	// Hit is why its fulfillment order may not go on as it was picked, nil where it may:
	// refunded, cancelled, held, changed (拦截).
	Hit *errs.Error
}

// OrderNo names an order.
type OrderNo struct {
	ID id.ID
	No string
}

// Stop is a SKU of the pick list (拣货单), at its location.
type Stop struct {
	SKUID                 id.ID
	SKUCode, Name         string
	Barcodes              []string
	Location              string
	PickerID              id.ID
	Wanted, Picked, Short int64
	Drops                 []Drop // what is still to pick, by basket
}

// Progress is what one person picked of a wave.
type Progress struct {
	PickerID        id.ID
	Name            string
	Picked, Short   int64
	FirstAt, LastAt int64
}

// Sheet is a wave with everything that is to know of it.
type Sheet struct {
	Wave    Wave
	Baskets []Basket // by position, also those that left
	Stops   []Stop   // in walking order
	Hands   []Progress
	Counts  []Count
}

// Get returns a wave with its baskets, its pick list in walking order, and who picked
// how much. What may not go on is judged this moment. Permission packing.read.
//
// Errors: ErrNotFound.
func (s *Service) Get(ctx context.Context, waveID id.ID) (out Sheet, err error) {
	if err := actor.Require(ctx, packing.PermitRead); err != nil {
		return out, err
	}
	q := s.k.DB
	if out.Wave, err = s.find(ctx, q, waveID, false); err != nil {
		return out, err
	}
	all, err := s.MembersTx(ctx, q, waveID)
	if err != nil {
		return out, err
	}
	items, err := s.items(ctx, q, waveID)
	if err != nil {
		return out, err
	}
	if out.Stops, err = s.stops(ctx, q, waveID, all, items); err != nil {
		return out, err
	}
	err = db.Read(ctx, q, selectHands, []any{actor.Merchant(ctx), waveID}, func(r *db.Row) {
		out.Hands = append(out.Hands, progressOf(r))
	})
	if err != nil {
		return out, err
	}
	for _, m := range all {
		b := Basket{Member: m}
		for _, i := range items {
			if i.fo != m.FulfillmentOrderID {
				continue
			}
			b.Wanted, b.Picked, b.Short = b.Wanted+i.wanted, b.Picked+i.picked, b.Short+i.short
			if b.PutBack += max(0, i.picked-i.wanted); m.Out != "" {
				b.PutBack += min(i.picked, i.wanted)
			}
		}
		out.Baskets = append(out.Baskets, b)
	}
	if err := s.number(ctx, q, out.Baskets); err != nil {
		return out, err
	}
	if out.Counts, err = s.counts(ctx, q, waveID); err != nil {
		return out, err
	}
	return out, s.judge(ctx, q, out.Baskets)
}

// number names the orders of baskets.
func (s *Service) number(ctx context.Context, q db.Querier, all []Basket) error {
	ids, at := make([]id.ID, len(all)), make(map[id.ID]*Basket, len(all))
	for i := range all {
		ids[i] = all[i].FulfillmentOrderID
		at[ids[i]] = &all[i]
	}
	found, err := s.fulfillments.LoadTx(ctx, q, ids)
	if err != nil {
		return err
	}
	var orders []id.ID
	for i := range found {
		orders = append(orders, found[i].OrderIDs()...)
	}
	orders = slices.Compact(slices.Sorted(slices.Values(orders)))
	known, err := s.orders.LoadTx(ctx, q, orders)
	if err != nil {
		return err
	}
	no := make(map[id.ID]string, len(known))
	for _, o := range known {
		no[o.ID] = o.ChannelOrderNo
	}
	for i := range found {
		for _, one := range found[i].OrderIDs() {
			if no[one] != "" { // else in a shop that is not the actor's to see
				b := at[found[i].ID]
				b.Orders = append(b.Orders, OrderNo{one, no[one]})
			}
		}
	}
	return nil
}

// judge finds the baskets whose fulfillment orders may not go on.
func (s *Service) judge(ctx context.Context, q db.Querier, all []Basket) error {
	var checks []fulfillment.Check
	var at []int
	for i, b := range all {
		if b.Live {
			checks, at = append(checks, fulfillment.Check{ID: b.FulfillmentOrderID, Version: b.Version}), append(at, i)
		}
	}
	if len(checks) == 0 {
		return nil
	}
	verdicts, err := s.fulfillments.GuardEachTx(ctx, q, checks)
	if err != nil {
		return err
	}
	for i, v := range verdicts {
		e := errs.As(v)
		switch {
		case v == nil:
		case e == nil:
			return v
		default:
			all[at[i]].Hit = plain(e)
		}
	}
	// One that shipped from its basket is done, not stopped.
	ids := make([]id.ID, len(checks))
	for i, c := range checks {
		ids[i] = c.ID
	}
	now, err := s.fulfillments.LoadTx(ctx, q, ids)
	if err != nil {
		return err
	}
	for _, f := range now {
		if f.State != fulfillment.StateShipped {
			continue
		}
		for _, i := range at {
			if all[i].FulfillmentOrderID == f.ID {
				all[i].Hit = nil
			}
		}
	}
	return nil
}

// stops is the pick list: SKUs in walking order, those without a location last.
func (s *Service) stops(ctx context.Context, q db.Querier, waveID id.ID, all []Member, items []item) ([]Stop, error) {
	at := map[id.ID]int64{}
	for _, m := range all {
		if m.Out == "" {
			at[m.FulfillmentOrderID] = m.Position
		}
	}
	bySKU := map[id.ID]*Stop{}
	var skus []id.ID
	err := db.Read(ctx, q, selectStops, []any{actor.Merchant(ctx), waveID}, func(r *db.Row) {
		one := &Stop{SKUID: id.ID(r.Int()), Location: r.Text(), PickerID: id.ID(r.Int())}
		bySKU[one.SKUID] = one
		skus = append(skus, one.SKUID)
	})
	if err != nil {
		return nil, err
	}
	for i := range items {
		one, n := bySKU[items[i].sku], at[items[i].fo]
		if n == 0 || one == nil {
			continue
		}
		one.Wanted, one.Picked, one.Short = one.Wanted+items[i].wanted, one.Picked+items[i].picked, one.Short+items[i].short
		if left := items[i].left(); left > 0 {
			one.Drops = append(one.Drops, Drop{n, left})
		}
	}
	known, err := s.catalog.SKUsTx(ctx, q, skus)
	if err != nil {
		return nil, err
	}
	codes, err := s.catalog.BarcodesTx(ctx, q, skus)
	if err != nil {
		return nil, err
	}
	var out []Stop
	for _, one := range bySKU {
		if one.Wanted == 0 && one.Picked == 0 {
			continue // everything that wanted it left
		}
		one.SKUCode, one.Name, one.Barcodes = known[one.SKUID].Code, known[one.SKUID].Name, codes[one.SKUID]
		slices.SortFunc(one.Drops, func(a, b Drop) int { return cmp.Compare(a.Position, b.Position) })
		out = append(out, *one)
	}
	slices.SortFunc(out, func(a, b Stop) int {
		return cmp.Or(strings.Compare(walk(a.Location), walk(b.Location)), strings.Compare(a.SKUCode, b.SKUCode), cmp.Compare(a.SKUID, b.SKUID))
	})
	return out, nil
}

// walk makes A-2 come before A-10, and places nobody knows last.
func walk(code string) string {
	if code == "" {
		return "\U0010FFFF"
	}
	var b strings.Builder
	digits := 0
	code = strings.ToUpper(code)
	for i := 0; i < len(code); i++ {
		if code[i] < '0' || code[i] > '9' {
			digits = 0
		} else if digits == 0 {
			end := i
			for end < len(code) && code[end] >= '0' && code[end] <= '9' {
				end++
			}
			digits = end - i
			b.WriteString(strings.Repeat("0", max(0, 12-digits)))
		}
		b.WriteByte(code[i])
	}
	return b.String()
}
