package send

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/shop"
)

// How a shop's listings get their numbers.
const (
	Off    = "off"
	Shared = "shared" // all shops sell from the same stock
	Quota  = "quota"  // the shop has pieces of its own
)

// Plan says how much of the stock a shop offers: max(0, ⌊ratio × (available − buffer)⌋)
// in shared mode, never more than its quota in quota mode. What other shops hold as
// quota is not available to it.
type Plan struct {
	ShopID       id.ID  `json:"shop_id"`
	Mode         string `json:"mode"`
	RatioPercent int64  `json:"ratio_percent"` // 0 to 100
	Buffer       int64  `json:"buffer"`        // pieces kept back of each SKU
	WarehouseID  id.ID  `json:"warehouse_id"`  // 0: where the shop's orders reserve
	UpdatedAt    int64  `json:"updated_at"`
	Version      int64  `json:"version"`
}

func scanPlan(r interface{ Scan(...any) error }) (p Plan, err error) {
	err = r.Scan(&p.ShopID, &p.Mode, &p.RatioPercent, &p.Buffer, &p.WarehouseID, &p.UpdatedAt, &p.Version)
	return p, err
}

func (s *Service) plans(ctx context.Context, q db.Querier) ([]Plan, error) {
	var out []Plan
	for row := range db.Each(ctx, q, selectPlans, actor.Merchant(ctx)) {
		p, err := scanPlan(row)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// Plan returns a shop's plan; one that was never set is off. Permission channel.read.
//
// Errors: shop.ErrNotFound.
func (s *Service) Plan(ctx context.Context, shopID id.ID) (Plan, error) {
	if err := actor.Require(ctx, PermitRead); err != nil {
		return Plan{}, err
	}
	if _, err := s.shops.Get(ctx, shopID); err != nil {
		return Plan{}, err
	}
	return s.planTx(ctx, s.k.DB, shopID)
}

func (s *Service) planTx(ctx context.Context, q db.Querier, shopID id.ID) (Plan, error) {
	p, err := scanPlan(q.QueryRow(ctx, selectPlan, actor.Merchant(ctx), shopID))
	if errors.Is(err, sql.ErrNoRows) {
		return Plan{ShopID: shopID, Mode: Off, RatioPercent: 100}, nil
	}
	return p, err
}

// SetPlan changes how much of the stock a shop offers (库存同步). Permission channel.edit.
//
// Errors: shop.ErrNotFound, ErrBadPlan, ErrOffline, inventory.ErrNoWarehouse.
func (s *Service) SetPlan(ctx context.Context, in Plan) (Plan, error) {
	if err := actor.Require(ctx, PermitEdit); err != nil {
		return Plan{}, err
	}
	sh, err := s.shops.Get(ctx, in.ShopID)
	if err != nil {
		return Plan{}, err
	}
	if err := s.checkPlan(ctx, sh, in); err != nil {
		return Plan{}, err
	}
	about := &command.About{Action: "channel.set_stock_plan", Object: "shop/" + in.ShopID.String(),
		Detail: map[string]any{"mode": in.Mode, "ratio_percent": in.RatioPercent, "buffer": in.Buffer}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Plan, error) {
		if in.WarehouseID != 0 {
			if _, err := s.stock.WarehouseTx(ctx, tx, in.WarehouseID); err != nil {
				return Plan{}, err
			}
		}
		_, err := tx.Exec(ctx, upsertPlan, actor.Merchant(ctx), in.ShopID, in.Mode, in.RatioPercent, in.Buffer, in.WarehouseID, clock.Millis(s.k.Clock))
		if err != nil {
			return Plan{}, err
		}
		if in.Mode == Off { // nothing is told any more, and nothing is late
			if _, err := tx.Exec(ctx, dropLevels, actor.Merchant(ctx), in.ShopID); err != nil {
				return Plan{}, err
			}
		}
		tx.AfterCommit(s.Wake)
		return s.planTx(ctx, tx, in.ShopID)
	})
}

func (s *Service) checkPlan(_ context.Context, sh shop.Shop, in Plan) error {
	bad := func(field string) error { return ErrBadPlan.With("field", field).At(field) }
	switch {
	case in.Mode != Off && in.Mode != Shared && in.Mode != Quota:
		return bad("mode")
	case in.RatioPercent < 0 || in.RatioPercent > 100:
		return bad("ratio_percent")
	case in.Buffer < 0 || in.Buffer > 1_000_000:
		return bad("buffer")
	}
	m, _ := s.manifest(sh.Channel)
	if in.Mode != Off && (sh.Mode != shop.ModeAPI || !m.Can(channel.StockPush)) {
		return ErrOffline.With("what", "push_stock")
	}
	return nil
}

// Offer is what a listing would show, and why.
type Offer struct {
	ListingID id.ID
	SKUID     id.ID
	Available int64 // what orders could still reserve
	Held      int64 // of it, quotas of other shops
	Quota     int64 // the shop's own, -1 for none
	Wanted    int64
	// SuggestedBuffer covers what the other counters may sell until this one hears
	// of it: the last day's rate times the delay.
	SuggestedBuffer int64
}

// Preview works out what a plan would offer, without saving it. Permission channel.read.
//
// Errors: shop.ErrNotFound, ErrBadPlan, ErrOffline, page.ErrCursor.
func (s *Service) Preview(ctx context.Context, p Plan, cursor string, limit int) ([]Offer, string, error) {
	if err := actor.Require(ctx, PermitRead); err != nil {
		return nil, "", err
	}
	sh, err := s.shops.Get(ctx, p.ShopID)
	if err != nil {
		return nil, "", err
	}
	if err := s.checkPlan(ctx, sh, p); err != nil {
		return nil, "", err
	}
	mapped := true
	listings, next, err := s.catalog.Listings(ctx, catalog.ListingFilter{ShopID: p.ShopID, Mapped: &mapped, Cursor: cursor, Limit: page.Limit(limit)})
	if err != nil {
		return nil, "", err
	}
	offers, err := s.offers(ctx, s.k.DB, p, listings)
	if err != nil {
		return nil, "", err
	}
	var skus []id.ID
	for _, l := range listings {
		skus = append(skus, l.SKUID)
	}
	const day = 24 * 3600 * 1000
	taken, err := s.stock.TakenTx(ctx, s.k.DB, skus, clock.Millis(s.k.Clock)-day)
	if err != nil {
		return nil, "", err
	}
	out := make([]Offer, len(listings))
	for i, l := range listings {
		o := offers[l.SKUID]
		o.ListingID = l.ID
		o.SuggestedBuffer = (taken[l.SKUID]*delayMS + day - 1) / day
		out[i] = o
	}
	return out, next, nil
}

// delayMS is how long a sale elsewhere takes to reach a listing: the usual poll
// interval and the push.
const delayMS = 75_000

// offers works out the numbers of the listings' SKUs.
func (s *Service) offers(ctx context.Context, q db.Querier, p Plan, listings []catalog.Listing) (map[id.ID]Offer, error) {
	skus := make([]id.ID, 0, len(listings))
	for _, l := range listings {
		skus = append(skus, l.SKUID)
	}
	skus = slices.Compact(slices.Sorted(slices.Values(skus)))
	warehouse := p.WarehouseID
	if warehouse == 0 {
		sh, err := s.shops.GetTx(ctx, q, p.ShopID)
		if err != nil {
			return nil, err
		}
		warehouse = sh.WarehouseID
	}
	free, err := s.stock.AvailableTx(ctx, q, skus, warehouse)
	if err != nil {
		return nil, err
	}
	quotas, err := s.quotasOf(ctx, q, skus)
	if err != nil {
		return nil, err
	}
	out := make(map[id.ID]Offer, len(skus))
	for _, sku := range skus {
		o := Offer{SKUID: sku, Available: free[sku], Quota: -1}
		for _, x := range quotas[sku] {
			if x.ShopID == p.ShopID {
				o.Quota = x.Quota
			} else {
				o.Held += x.Quota
			}
		}
		o.Wanted = wantedOf(p, o)
		out[sku] = o
	}
	return out, nil
}

// wantedOf is the formula.
func wantedOf(p Plan, o Offer) int64 {
	n := o.Available - o.Held - p.Buffer
	switch {
	case p.Mode == Quota:
		return max(0, min(o.Available, o.Quota))
	case p.Mode == Off || n <= 0:
		return 0
	}
	return n/100*p.RatioPercent + n%100*p.RatioPercent/100 // no overflow, and rounded down
}
