package catalog

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
)

// ShopScope is the kind of object under which actors are narrowed to shops.
const ShopScope = "shop"

// SKUFilter narrows SKUs; zero fields do not. Query is any part of code or name,
// or a whole barcode.
type SKUFilter struct {
	Query     string
	ProductID id.ID
	Active    *bool
	Cursor    string
	Limit     int
}

// SKUs lists SKUs by code, with barcodes and components.
//
// Errors: page.ErrCursor.
func (s *Service) SKUs(ctx context.Context, f SKUFilter) ([]SKU, string, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, "", err
	}
	var after string
	if err := page.Decode(f.Cursor, &after); err != nil {
		return nil, "", err
	}
	limit := page.Limit(f.Limit)
	text, args := selectSKUList(a.MerchantID, f, after, limit+1)
	var out []SKU
	if err := scanSKUs(ctx, s.k.DB, text, args, func(k SKU) { out = append(out, k) }); err != nil {
		return nil, "", err
	}
	out, next := page.Cut(out, limit, func(k SKU) string { return page.Encode(k.Code) })
	return out, next, s.complete(ctx, s.k.DB, out)
}

// ListingFilter narrows Listings; zero fields do not. Query is any part of title,
// spec or merchant code.
type ListingFilter struct {
	Mapped *bool
	ShopID id.ID
	SKUID  id.ID
	Query  string
	Cursor string
	Limit  int
}

// Listings lists what the shops the actor may see show, the newest first.
//
// Errors: page.ErrCursor.
func (s *Service) Listings(ctx context.Context, f ListingFilter) ([]Listing, string, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, "", err
	}
	var before id.ID
	if err := page.Decode(f.Cursor, &before); err != nil {
		return nil, "", err
	}
	scope, narrowed := a.Scoped(ShopScope)
	if narrowed && len(scope) == 0 {
		return nil, "", nil
	}
	limit := page.Limit(f.Limit)
	text, args := selectListings(a.MerchantID, f, before, scope, limit+1)
	var out []Listing
	for row := range db.Each(ctx, s.k.DB, text, args...) {
		var l Listing
		if err := row.Scan(l.fields()...); err != nil {
			return nil, "", err
		}
		out = append(out, l)
	}
	out, next := page.Cut(out, limit, func(l Listing) string { return page.Encode(l.ID) })
	return out, next, nil
}

// ListingsTx returns the listings with these ids that exist, in no order.
func (s *Service) ListingsTx(ctx context.Context, q db.Querier, ids []id.ID) ([]Listing, error) {
	return listingsBy(ctx, q, selectListingsByID, ids)
}

// ListingsOfSKUsTx returns what stands for these SKUs in any shop, also for bundles
// that contain them, in no order.
func (s *Service) ListingsOfSKUsTx(ctx context.Context, q db.Querier, skus []id.ID) ([]Listing, error) {
	all := slices.Clone(skus)
	for part := range slices.Chunk(skus, 500) {
		part = db.Pad(part)
		args := []any{actor.Merchant(ctx)}
		for _, i := range part {
			args = append(args, i)
		}
		for row := range db.Each(ctx, q, selectBundlesOf(len(part)), args...) {
			var bundle id.ID
			if err := row.Scan(&bundle); err != nil {
				return nil, err
			}
			all = append(all, bundle)
		}
	}
	return listingsBy(ctx, q, selectListingsBySKU, all)
}

func listingsBy(ctx context.Context, q db.Querier, text func(int) string, ids []id.ID) ([]Listing, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	var out []Listing
	for part := range slices.Chunk(ids, 500) {
		part = db.Pad(part)
		args := []any{actor.Merchant(ctx)}
		for _, i := range part {
			args = append(args, i)
		}
		for row := range db.Each(ctx, q, text(len(part)), args...) {
			var l Listing
			if err := row.Scan(l.fields()...); err != nil {
				return nil, err
			}
			out = append(out, l)
		}
	}
	return out, nil
}

func (l *Listing) fields() []any {
	return []any{&l.ID, &l.ShopID, &l.ChannelItemNo, &l.ChannelSKUNo, &l.MerchantSKUCode, &l.Title, &l.Spec, &l.ImageURL,
		&l.SKUID, &l.SKUCode, &l.MappedBy, &l.Version}
}
