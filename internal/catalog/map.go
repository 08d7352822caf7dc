package catalog

import (
	"context"
	"maps"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// maxMap bounds one bulk mapping.
const maxMap = 1000

// MapItem maps a listing to a SKU; SKUID 0 takes the mapping away.
type MapItem struct {
	ListingID id.ID
	SKUID     id.ID
}

// Map says which SKUs listings stand for (商品匹配): all items or none. Orders that
// came in under them are relinked a moment later. Permission catalog.edit.
//
// Errors: ErrNoListing (also outside the actor's shops), ErrNoSKU, ErrInactive,
// ErrTooMany.
func (s *Service) Map(ctx context.Context, items []MapItem) ([]Listing, error) {
	if err := actor.Require(ctx, "catalog.edit"); err != nil {
		return nil, err
	}
	if len(items) > maxMap {
		return nil, ErrTooMany.With("limit", maxMap)
	}
	about := &command.About{Action: "catalog.map_listings", Detail: map[string]any{"listings": len(items)}}
	if len(items) == 1 {
		about.Object = "listing/" + items[0].ListingID.String()
	}
	return command.Run(ctx, s.k.Commands, about, items, func(ctx context.Context, tx *db.Tx) ([]Listing, error) {
		return s.mapTx(ctx, tx, items)
	})
}

func (s *Service) mapTx(ctx context.Context, tx *db.Tx, items []MapItem) ([]Listing, error) {
	wanted := map[id.ID]id.ID{}
	var skuIDs []id.ID
	for _, i := range items {
		wanted[i.ListingID] = i.SKUID
		if i.SKUID != 0 {
			skuIDs = append(skuIDs, i.SKUID)
		}
	}
	skus, err := s.SKUsTx(ctx, tx, skuIDs)
	if err != nil {
		return nil, err
	}
	for _, i := range skuIDs {
		if k, ok := skus[i]; !ok {
			return nil, ErrNoSKU.At("sku_id")
		} else if !k.Active {
			return nil, ErrInactive.With("code", k.Code).At("sku_id")
		}
	}
	m := actor.Merchant(ctx)
	var mapped []event.Appended
	var out []Listing
	for _, listing := range slices.Sorted(maps.Keys(wanted)) {
		l, err := s.listingTx(ctx, tx, listing)
		if err != nil {
			return nil, err
		}
		if sku := wanted[listing]; sku != l.SKUID {
			l.SKUID, l.SKUCode, l.MappedBy = sku, skus[sku].Code, ByHand
			if sku == 0 {
				l.MappedBy = ""
			}
			if _, err := tx.Exec(ctx, mapListing, l.SKUID, l.MappedBy, m, l.ID); err != nil {
				return nil, err
			}
			l.Version++
			mapped = append(mapped, listingMapped(l.ID, l.Version, l.SKUID))
		}
		out = append(out, l)
	}
	return out, s.k.Events.AppendAllTx(ctx, tx, mapped)
}

func (s *Service) listingTx(ctx context.Context, q db.Querier, listingID id.ID) (Listing, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return Listing{}, err
	}
	rows, err := q.Query(ctx, selectListing, a.MerchantID, listingID)
	if err != nil {
		return Listing{}, err
	}
	defer rows.Close()
	var l Listing
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return Listing{}, err
		}
		return Listing{}, ErrNoListing
	}
	if err := rows.Scan(l.fields()...); err != nil {
		return Listing{}, err
	}
	if !a.InScope(ShopScope, l.ShopID) {
		return Listing{}, ErrNoListing
	}
	return l, rows.Err()
}

// mapByCode maps every unmapped listing that carries one of the codes.
func (s *Service) mapByCode(ctx context.Context, tx *db.Tx, codes map[string]id.ID, by string) error {
	_, err := s.mapCodes(ctx, tx, codes, by)
	return err
}

func (s *Service) mapCodes(ctx context.Context, tx *db.Tx, codes map[string]id.ID, by string) (int64, error) {
	m := actor.Merchant(ctx)
	var mapped []event.Appended
	for part := range slices.Chunk(slices.Sorted(maps.Keys(codes)), 200) {
		found, err := s.unmappedOf(ctx, tx, part)
		if err != nil {
			return 0, err
		}
		for _, l := range found {
			sku := codes[l.MerchantSKUCode]
			n, err := tx.ExecN(ctx, mapUnmapped, sku, by, m, l.ID)
			if err != nil {
				return 0, err
			}
			if n == 1 {
				mapped = append(mapped, listingMapped(l.ID, l.Version+1, sku))
			}
		}
	}
	return int64(len(mapped)), s.k.Events.AppendAllTx(ctx, tx, mapped)
}

func (s *Service) unmappedOf(ctx context.Context, q db.Querier, codes []string) ([]Listing, error) {
	codes = db.Pad(codes)
	args := []any{actor.Merchant(ctx)}
	for _, c := range codes {
		args = append(args, c)
	}
	var out []Listing
	for row := range db.Each(ctx, q, selectUnmappedByCode(len(codes)), args...) {
		var l Listing
		if err := row.Scan(&l.ID, &l.MerchantSKUCode, &l.Version); err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}
