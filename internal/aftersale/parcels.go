package aftersale

import (
	"context"

	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
)

// Parcels lists the parcels that came back, the newest first, those of one state where
// it is told, and the next cursor. Permission aftersale.read.
//
// Errors: page.ErrCursor.
func (s *Service) Parcels(ctx context.Context, state ParcelState, cursor string, limit int) ([]Parcel, string, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, "", err
	}
	if err := actor.Require(ctx, PermitRead); err != nil {
		return nil, "", err
	}
	houses, narrowed := a.Scoped(inventory.Scope)
	if narrowed && len(houses) == 0 {
		return nil, "", nil
	}
	var before id.ID
	if err := page.Decode(cursor, &before); err != nil {
		return nil, "", err
	}
	args := []any{a.MerchantID}
	if state != "" {
		args = append(args, string(state))
	}
	for _, h := range houses {
		args = append(args, h)
	}
	if cursor != "" {
		args = append(args, before)
	}
	limit = page.Limit(limit)
	all, err := s.readParcels(ctx, s.k.DB, listParcels(len(state), len(houses), cursor != ""), append(args, limit+1)...)
	if err != nil {
		return nil, "", err
	}
	all, next := page.Cut(all, limit, func(p Parcel) string { return page.Encode(p.ID) })
	return all, next, nil
}

func (s *Service) readParcels(ctx context.Context, q db.Querier, text string, args ...any) ([]Parcel, error) {
	var out []Parcel
	at := map[id.ID]int{}
	find := []any{actor.Merchant(ctx)}
	for row := range db.Each(ctx, q, text, args...) {
		var p Parcel
		if err := row.Scan(p.into()...); err != nil {
			return nil, err
		}
		at[p.ID] = len(out)
		out = append(out, p)
		find = append(find, p.ID)
	}
	if len(out) == 0 {
		return nil, nil
	}
	for row := range db.Each(ctx, q, parcelLines(len(out)), find...) {
		var parcel id.ID
		var l Back
		if err := row.Scan(&parcel, &l.LineID, &l.SKUID, &l.Good, &l.Defective, &l.Missing); err != nil {
			return nil, err
		}
		out[at[parcel]].Lines = append(out[at[parcel]].Lines, l)
	}
	return out, nil
}
