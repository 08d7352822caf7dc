package wave

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"math"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/inventory/location"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/order"
)

// What the fulfillment orders of a wave hold.
const (
	Any    = "any"
	Single = "single" // one SKU each (单品)
	Same   = "same"   // stacks of the same goods (爆款)
	Multi  = "multi"  // several SKUs each
)

// How goods come into their baskets.
const (
	WhilePicking = "while_picking" // at the shelf (边拣边分)
	After        = "after"         // at the bench, from one heap (先拣后分)
)

// Wave is fulfillment orders picked together. Instants are unix milliseconds.
type Wave struct {
	ID          id.ID
	Code        string
	WarehouseID id.ID
	Content     string
	Mode        string
	State       State
	Choice      Choice
	Orders      int64 // as it was made
	Pieces      int64
	// CutOffAt is when the first courier collects some of it (截单), ShipByAt the first
	// promise, 0 where there is none; Urgency is of its most urgent order.
	CutOffAt   int64
	Urgency    int64
	ShipByAt   int64
	MadeBy     id.ID
	MadeByName string
	MadeAt     int64
	EndedAt    int64
	Version    int64
}

// Member is a fulfillment order of a wave and its basket.
type Member struct {
	WaveID             id.ID
	FulfillmentOrderID id.ID
	Position           int64
	// Version is the content its basket is picked for.
	Version int64
	Out     string // why it left, "" while it is in
	Live    bool   // in, and the wave goes on
}

// item is one SKU of a basket.
type item struct {
	fo, sku               id.ID
	wanted, picked, short int64
}

func (i *item) left() int64 { return max(0, i.wanted-i.picked-i.short) }

// Service is the waves of all merchants.
type Service struct {
	k            *kit.Kit
	fulfillments *fulfillment.Service
	orders       *order.Service
	catalog      *catalog.Service
	stock        *inventory.Service
	places       *location.Service
	waybills     *waybill.Service
	carriers     Carriers
	candidates   int // looked at for one wave
}

// Carriers tells with which carrier the rules would send fulfillment orders that have no
// number yet, by its code; those that none takes are absent.
type Carriers func(ctx context.Context, q db.Querier, fulfillmentOrderIDs []id.ID) (map[id.ID]string, error)

// New wires the capability and the consumer that takes dropped orders out of waves.
// carriers may be nil: then a carrier is known once it is wished for or gave a number.
func New(k *kit.Kit, fulfillments *fulfillment.Service, orders *order.Service, cat *catalog.Service, stock *inventory.Service, places *location.Service, waybills *waybill.Service, carriers Carriers) *Service {
	s := &Service{k: k, fulfillments: fulfillments, orders: orders, catalog: cat, stock: stock, places: places, waybills: waybills, carriers: carriers, candidates: maxCandidates}
	k.Runner.Add(s.follow())
	return s
}

func scanWave(scan func(...any) error) (w Wave, err error) {
	var choice string
	err = scan(&w.ID, &w.Code, &w.WarehouseID, &w.Content, &w.Mode, &w.State, &choice, &w.Orders, &w.Pieces, &w.CutOffAt, &w.Urgency, &w.ShipByAt, &w.MadeBy, &w.MadeByName, &w.MadeAt, &w.EndedAt, &w.Version)
	if err == nil {
		err = json.Unmarshal([]byte(choice), &w.Choice)
	}
	if w.CutOffAt == never {
		w.CutOffAt = 0
	}
	if w.ShipByAt == never {
		w.ShipByAt = 0
	}
	return w, err
}

// never stands in the tables for an instant that is not: it sorts last.
const never = math.MaxInt64

func or(at, other int64) int64 {
	if at == 0 {
		return other
	}
	return at
}

// find reads a wave; lock keeps others from changing it until the commit.
func (s *Service) find(ctx context.Context, q db.Querier, waveID id.ID, lock bool) (Wave, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return Wave{}, err
	}
	w, err := scanWave(q.QueryRow(ctx, selectWave(s.k.DB.Dialect, lock), a.MerchantID, waveID).Scan)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !a.InScope(inventory.Scope, w.WarehouseID) {
		return Wave{}, ErrNotFound
	}
	return w, err
}

// open locks a wave that has not ended.
func (s *Service) open(ctx context.Context, tx *db.Tx, waveID id.ID) (Wave, error) {
	w, err := s.find(ctx, tx, waveID, true)
	if err == nil && w.EndedAt != 0 {
		err = ErrEnded.With("state", string(w.State))
	}
	return w, err
}

func members(ctx context.Context, q db.Querier, text string, args ...any) (out []Member, err error) {
	err = db.Read(ctx, q, text, args, func(r *db.Row) {
		out = append(out, Member{WaveID: id.ID(r.Int()), FulfillmentOrderID: id.ID(r.Int()), Position: r.Int(), Version: r.Int(), Out: r.Text(), Live: r.Int() == 1})
	})
	return out, err
}

// MembersTx lists the fulfillment orders of a wave by basket; printing uses it.
func (s *Service) MembersTx(ctx context.Context, q db.Querier, waveID id.ID) ([]Member, error) {
	return members(ctx, q, selectMembers, actor.Merchant(ctx), waveID)
}

// LiveTx tells in which wave and basket fulfillment orders are, of waves that go on;
// verification uses it.
func (s *Service) LiveTx(ctx context.Context, q db.Querier, ids []id.ID) ([]Member, error) {
	var out []Member
	for len(ids) > 0 {
		n := min(len(ids), lookup)
		args := []any{actor.Merchant(ctx)}
		for _, one := range db.Pad(ids[:n]) {
			args = append(args, one)
		}
		some, err := members(ctx, q, selectLive(len(args)-1), args...)
		if err != nil {
			return nil, err
		}
		out, ids = append(out, some...), ids[n:]
	}
	return out, nil
}

func (s *Service) items(ctx context.Context, q db.Querier, waveID id.ID) (out []item, err error) {
	err = db.Read(ctx, q, selectItems, []any{actor.Merchant(ctx), waveID}, func(r *db.Row) {
		out = append(out, item{fo: id.ID(r.Int()), sku: id.ID(r.Int()), wanted: r.Int(), picked: r.Int(), short: r.Int()})
	})
	return out, err
}

// lookup bounds the keys of one statement.
const lookup = 200
