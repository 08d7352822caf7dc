package allocate

import (
	"context"
	"maps"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
)

// Area is how a warehouse serves a province (覆盖区域). Province "" is everywhere else;
// a warehouse without any serves everywhere alike.
type Area struct {
	Province   string    `json:"province"`
	Served     bool      `json:"served"`
	Preference int64     `json:"preference"` // the lower the better
	DistanceKM int64     `json:"distance_km"`
	FirstFen   money.Fen `json:"first_fen"` // of a parcel's first kilogram
	NextFen    money.Fen `json:"next_fen"`  // of every kilogram after it
}

// freight is what a parcel of a weight costs; every begun kilogram counts.
func (a Area) freight(gram int64) int64 {
	more := max(0, (gram+999)/1000-1)
	return int64(a.FirstFen) + more*int64(a.NextFen)
}

// area is how the warehouse serves a province, in any writing: 浙江 is 浙江省.
func (w Warehouse) area(province string) Area {
	out := Area{Served: true}
	for _, a := range w.Areas {
		if a.Province == "" {
			out = a
		}
	}
	for _, a := range w.Areas {
		if a.Province != "" && short(a.Province) == short(province) {
			return a
		}
	}
	return out
}

// short is a province's first two characters, which no two share.
func short(province string) string {
	if r := []rune(province); len(r) > 2 {
		return string(r[:2])
	}
	return province
}

// Site is all that is set of a warehouse here. SupplierID is who ships from it for us
// (代发), 0 where we do; Plain lets that supplier see receivers, as its contract says.
type Site struct {
	WarehouseID id.ID  `json:"warehouse_id"`
	SupplierID  id.ID  `json:"supplier_id"`
	Plain       bool   `json:"plain"`
	Areas       []Area `json:"areas"`
}

// SitesTx reads what is set of every warehouse.
func (s *Service) SitesTx(ctx context.Context, q db.Querier) (map[id.ID]*Site, error) {
	out := map[id.ID]*Site{}
	at := func(w id.ID) *Site {
		if out[w] == nil {
			out[w] = &Site{WarehouseID: w, Areas: []Area{}}
		}
		return out[w]
	}
	rows, err := q.Query(ctx, selectAreas, actor.Merchant(ctx))
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var w id.ID
		var a Area
		if err := rows.Scan(&w, &a.Province, &a.Served, &a.Preference, &a.DistanceKM, &a.FirstFen, &a.NextFen); err != nil {
			rows.Close()
			return nil, err
		}
		at(w).Areas = append(at(w).Areas, a)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if rows, err = q.Query(ctx, selectDropships, actor.Merchant(ctx)); err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var w, supplier id.ID
		var plain bool
		if err := rows.Scan(&w, &supplier, &plain); err != nil {
			return nil, err
		}
		at(w).SupplierID, at(w).Plain = supplier, plain
	}
	return out, rows.Err()
}

// Sites lists what is set, by warehouse.
func (s *Service) Sites(ctx context.Context) ([]Site, error) {
	all, err := s.SitesTx(ctx, s.k.DB)
	if err != nil {
		return nil, err
	}
	out := []Site{}
	for _, w := range slices.Sorted(maps.Keys(all)) {
		out = append(out, *all[w])
	}
	return out, nil
}

// maxAreas is more provinces than there are.
const maxAreas = 60

// SetSite replaces what is set of a warehouse. Permission fulfillment.allocate.
//
// Errors: ErrBadArea.
func (s *Service) SetSite(ctx context.Context, in Site) (Site, error) {
	if err := actor.Require(ctx, Permit); err != nil {
		return in, err
	}
	seen := map[string]bool{}
	for _, a := range in.Areas {
		if seen[short(a.Province)] || len(in.Areas) > maxAreas || a.DistanceKM < 0 || a.FirstFen < 0 || a.NextFen < 0 || len(a.Province) > 60 {
			return in, ErrBadArea.At("areas")
		}
		seen[short(a.Province)] = true
	}
	about := &command.About{Action: "fulfillment.set_site", Object: "warehouse/" + in.WarehouseID.String(), Detail: map[string]any{"areas": len(in.Areas), "supplier_id": in.SupplierID}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Site, error) {
		m := actor.Merchant(ctx)
		for _, q := range []string{deleteAreas, deleteDropship} {
			if _, err := tx.Exec(ctx, q, m, in.WarehouseID); err != nil {
				return in, err
			}
		}
		rows := make([][]any, len(in.Areas))
		for i, a := range in.Areas {
			rows[i] = []any{m, in.WarehouseID, a.Province, a.Served, a.Preference, a.DistanceKM, a.FirstFen, a.NextFen}
		}
		if _, err := tx.Insert(ctx, "fulfillment_area", areaColumns, rows, ""); err != nil || in.SupplierID == 0 {
			return in, err
		}
		_, err := tx.Insert(ctx, "fulfillment_dropship", dropshipColumns, [][]any{{m, in.WarehouseID, in.SupplierID, in.Plain}}, "")
		return in, err
	})
}
