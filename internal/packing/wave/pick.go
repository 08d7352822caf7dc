package wave

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/packing"
)

const maxQuantity = 100_000

// What a hand did at the shelf.
const (
	DoPick  = "pick"
	DoUndo  = "undo"  // put back
	DoShort = "short" // was not there
)

// PickInput is one hand at the shelf. The SKU is named by its id, or by Scan: a barcode
// or SKU code. Position narrows it to one basket; 0 serves baskets in turn, and takes
// from the last ones where goods go back or are missing.
type PickInput struct {
	WaveID   id.ID  `json:"wave_id"`
	SKUID    id.ID  `json:"sku_id,omitempty"`
	Scan     string `json:"scan,omitempty"`
	Do       string `json:"do"`
	Quantity int64  `json:"quantity"`
	Position int64  `json:"position,omitempty"`
	// Counted is how many pieces are on the shelf, where some were not there.
	Counted *int64 `json:"counted,omitempty"`
}

// Drop is how many pieces go into a basket, or come out of it.
type Drop struct {
	Position int64 `json:"position"`
	Quantity int64 `json:"quantity"`
}

// Hand is what a pick did.
type Hand struct {
	SKUID id.ID  `json:"sku_id"`
	Drops []Drop `json:"drops"`
	Left  int64  `json:"left"` // pieces of the SKU still to pick
	State State  `json:"state"`
}

// Pick notes that goods were fetched, put back, or not there (缺货), and says for which
// baskets. What was short may still be picked: that makes it found. Where somebody
// counted the shelf and the books have more, the difference waits for a decision.
// Permission packing.pick.
//
// Errors: ErrQuantity, ErrNotFound, ErrEnded, ErrNoSKU, ErrTooMuch.
func (s *Service) Pick(ctx context.Context, in PickInput) (Hand, error) {
	if err := actor.Require(ctx, packing.PermitPick); err != nil {
		return Hand{}, err
	}
	if in.Counted != nil && (in.Do != DoShort || *in.Counted < 0 || *in.Counted > maxQuantity) {
		return Hand{}, ErrQuantity.At("counted")
	}
	if in.Quantity < 1 || in.Quantity > maxQuantity || in.Do != DoPick && in.Do != DoUndo && in.Do != DoShort {
		return Hand{}, ErrQuantity.At("quantity")
	}
	about := &command.About{Action: "packing.pick", Object: "wave/" + in.WaveID.String(), Detail: map[string]any{"do": in.Do, "quantity": in.Quantity}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Hand, error) {
		w, err := s.open(ctx, tx, in.WaveID)
		if err != nil {
			return Hand{}, err
		}
		if in.SKUID, err = s.scanned(ctx, tx, in); err != nil {
			return Hand{}, err
		}
		about.Detail["sku_id"] = in.SKUID
		return s.pickTx(ctx, tx, &w, in)
	})
}

// scanned finds the SKU that a hand holds.
func (s *Service) scanned(ctx context.Context, q db.Querier, in PickInput) (id.ID, error) {
	scan := strings.TrimSpace(in.Scan)
	if in.SKUID != 0 || scan == "" {
		return in.SKUID, nil
	}
	if k, ok, err := s.catalog.FindByBarcodeTx(ctx, q, scan); err != nil || ok {
		return k.ID, err
	}
	found, err := s.catalog.SKUsByCodeTx(ctx, q, []string{scan})
	if err != nil {
		return 0, err
	}
	for _, k := range found {
		return k.ID, nil
	}
	return 0, ErrNoSKU
}

func (s *Service) pickTx(ctx context.Context, tx *db.Tx, w *Wave, in PickInput) (Hand, error) {
	h := Hand{SKUID: in.SKUID, Drops: []Drop{}}
	all, err := s.items(ctx, tx, w.ID)
	if err != nil {
		return h, err
	}
	at, err := s.baskets(ctx, tx, w.ID)
	if err != nil {
		return h, err
	}
	var mine []*item
	for i := range all {
		if n := at[all[i].fo]; all[i].sku == in.SKUID && n != 0 && (in.Position == 0 || in.Position == n) {
			mine = append(mine, &all[i])
		}
	}
	if len(mine) == 0 {
		return h, ErrNoSKU
	}
	slices.SortFunc(mine, func(a, b *item) int {
		if in.Do == DoPick {
			return cmp.Compare(at[a.fo], at[b.fo])
		}
		return cmp.Compare(at[b.fo], at[a.fo])
	})
	touched := hand(mine, in.Do, in.Quantity)
	if touched == nil {
		return h, ErrTooMuch.With("left", room(mine, in.Do))
	}
	m, now := actor.Merchant(ctx), clock.Millis(s.k.Clock)
	a, err := actor.From(ctx)
	if err != nil {
		return h, err
	}
	picked, short := in.Quantity, int64(0)
	if in.Do == DoUndo {
		picked = -in.Quantity
	} else if in.Do == DoShort {
		picked, short = 0, in.Quantity
	}
	stmts := []db.Stmt{{SQL: addPick, Args: []any{m, s.k.IDs.New(), w.ID, in.SKUID, picked, short, a.ID, a.Name, now}, Want: 1}}
	for i, n := range touched {
		h.Drops = append(h.Drops, Drop{at[mine[i].fo], n})
		stmts = append(stmts, mine[i].stmt(m, w.ID))
	}
	slices.SortFunc(h.Drops, func(a, b Drop) int { return cmp.Compare(a.Position, b.Position) })
	if _, err := tx.Batch(ctx, stmts); err != nil {
		return h, err
	}
	for _, i := range mine {
		h.Left += i.left()
	}
	if short > 0 {
		err = s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "wave", ID: w.ID, Version: w.Version}, PickedShort{w.ID, in.SKUID, w.WarehouseID, short})
		if err != nil {
			return h, err
		}
	}
	if in.Counted != nil {
		if err := s.countTx(ctx, tx, w, in.SKUID, *in.Counted); err != nil {
			return h, err
		}
	}
	h.State, err = s.settleTx(ctx, tx, w, all, at)
	return h, err
}

func (i *item) stmt(m, wave id.ID) db.Stmt {
	return db.Stmt{SQL: setItem, Args: []any{i.wanted, i.picked, i.short, m, wave, i.fo, i.sku}, Want: 1}
}

// room is how much of an item a hand can do.
func (i *item) room(do string) int64 {
	switch do {
	case DoUndo:
		return i.picked
	case DoShort:
		return i.left()
	}
	return max(0, i.wanted-i.picked)
}

func room(all []*item, do string) (n int64) {
	for _, i := range all {
		n += i.room(do)
	}
	return n
}

// hand shares a quantity out over items in turn: what nobody calls missing first. It
// returns how much each got, or nil where there is too much of it.
func hand(all []*item, do string, quantity int64) map[int]int64 {
	if quantity > room(all, do) {
		return nil
	}
	out := map[int]int64{}
	give := func(at int, n int64) {
		n = min(n, quantity)
		if n <= 0 {
			return
		}
		out[at] += n
		quantity -= n
		switch i := all[at]; do {
		case DoUndo:
			i.picked -= n
		case DoShort:
			i.short += n
		default:
			i.picked += n
			i.short = min(i.short, max(0, i.wanted-i.picked)) // found after all
		}
	}
	if do == DoPick {
		for at, i := range all {
			give(at, i.left())
		}
	}
	for at, i := range all {
		give(at, i.room(do))
	}
	return out
}

// baskets are the positions of the fulfillment orders that are in a wave.
func (s *Service) baskets(ctx context.Context, q db.Querier, waveID id.ID) (map[id.ID]int64, error) {
	all, err := s.MembersTx(ctx, q, waveID)
	out := make(map[id.ID]int64, len(all))
	for _, m := range all {
		if m.Live {
			out[m.FulfillmentOrderID] = m.Position
		}
	}
	return out, err
}

// settleTx moves a wave to the state its items say.
func (s *Service) settleTx(ctx context.Context, tx *db.Tx, w *Wave, all []item, in map[id.ID]int64) (State, error) {
	var left, done int64
	for _, i := range all {
		if in[i.fo] != 0 {
			left, done = left+i.left(), done+i.picked+i.short
		}
	}
	next := Picking
	switch {
	case left == 0:
		next = Picked
	case done == 0:
		next = Made
	}
	if next == w.State {
		return next, nil
	}
	return next, s.moveTx(ctx, tx, w, next, 0)
}

func (s *Service) moveTx(ctx context.Context, tx *db.Tx, w *Wave, next State, endedAt int64) error {
	if !May(w.State, next) {
		return ErrEnded.With("state", string(w.State))
	}
	n, err := tx.ExecN(ctx, moveWave, string(next), endedAt, actor.Merchant(ctx), w.ID, string(w.State))
	if err == nil && n != 1 {
		err = ErrEnded.With("state", string(w.State))
	}
	w.State, w.EndedAt, w.Version = next, endedAt, w.Version+1
	return err
}

// AssignInput gives stops of a wave to a person; PickerID 0 takes them away.
type AssignInput struct {
	WaveID   id.ID   `json:"wave_id"`
	SKUIDs   []id.ID `json:"sku_ids"`
	PickerID id.ID   `json:"picker_id"`
}

// Assign says who is to fetch SKUs of a wave. It binds nobody: who picks is who picked.
// Permission packing.pick.
//
// Errors: ErrNotFound, ErrEnded, ErrNoSKU.
func (s *Service) Assign(ctx context.Context, in AssignInput) (int64, error) {
	if err := actor.Require(ctx, packing.PermitPick); err != nil {
		return 0, err
	}
	about := &command.About{Action: "packing.assign_picker", Object: "wave/" + in.WaveID.String(), Detail: map[string]any{"picker_id": in.PickerID, "skus": len(in.SKUIDs)}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (int64, error) {
		if _, err := s.open(ctx, tx, in.WaveID); err != nil {
			return 0, err
		}
		stmts := make([]db.Stmt, len(in.SKUIDs))
		for i, one := range in.SKUIDs {
			stmts[i] = db.Stmt{SQL: assign, Args: []any{in.PickerID, actor.Merchant(ctx), in.WaveID, one}, Want: 1}
		}
		miss, err := tx.Batch(ctx, stmts)
		if err == nil && miss >= 0 {
			err = ErrNoSKU
		}
		return int64(len(stmts)), err
	})
}
