package verify

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/packing"
)

// UnweighedFilter narrows Unweighed; empty fields do not.
type UnweighedFilter struct {
	WarehouseID id.ID
	Cursor      string
	Limit       int // 1..200, 0 is 50
}

// Unweighed lists the parcels that were verified, wait for their weight (待称重) and have
// not left by another way, the longest first, without items, and the next cursor. They
// wait since TouchedAt. Permission packing.read.
//
// Errors: page.ErrCursor.
func (s *Service) Unweighed(ctx context.Context, f UnweighedFilter) ([]Session, string, error) {
	if err := actor.Require(ctx, packing.PermitRead); err != nil {
		return nil, "", err
	}
	var at int64
	var last id.ID
	if err := page.Decode(f.Cursor, &at, &last); err != nil {
		return nil, "", err
	}
	args, houses, none := scope(ctx)
	if none {
		return nil, "", nil
	}
	var more []any
	if f.WarehouseID != 0 {
		more = append(more, f.WarehouseID)
	}
	if f.Cursor != "" {
		more = append(more, at, at, last)
	}
	args = slices.Insert(args, 1, more...)
	n := page.Limit(f.Limit)
	all, err := readSessions(ctx, s.k.DB, unweighed(f.WarehouseID != 0, f.Cursor != "", houses), append(args, n+1)...)
	if err != nil {
		return nil, "", err
	}
	all, next := page.Cut(all, n, func(x Session) string { return page.Encode(x.TouchedAt, x.ID) })
	return all, next, nil
}
