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

// Area is how a warehouse serves a province or one of its cities (覆盖区域). Province "" is
// everywhere else, City "" the rest of the province; a warehouse without any serves
// everywhere alike.
type Area struct {
	Province   string    `json:"province"`
	City       string    `json:"city"`
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

// area is how the warehouse serves a place, in any writing: 浙江 is 浙江省. The narrowest
// one counts.
func (w Warehouse) area(province, city string) Area {
	out, depth := Area{Served: true}, -1
	for _, a := range w.Areas {
		d := 0
		if a.Province != "" {
			d++
		}
		if a.City != "" {
			d++
		}
		if d > depth && (a.Province == "" || short(a.Province) == short(province)) && (a.City == "" || short(a.City) == short(city)) {
			out, depth = a, d
		}
	}
	return out
}

// short is a place's first two characters, which no two provinces share, nor two cities
// of one province.
func short(place string) string {
	if r := []rune(place); len(r) > 2 {
		return string(r[:2])
	}
	return place
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
	for row := range db.Each(ctx, q, selectAreas, actor.Merchant(ctx)) {
		var w id.ID
		var a Area
		if err := row.Scan(&w, &a.Province, &a.City, &a.Served, &a.Preference, &a.DistanceKM, &a.FirstFen, &a.NextFen); err != nil {
			return nil, err
		}
		at(w).Areas = append(at(w).Areas, a)
	}
	for row := range db.Each(ctx, q, selectDropships, actor.Merchant(ctx)) {
		var w, supplier id.ID
		var plain bool
		if err := row.Scan(&w, &supplier, &plain); err != nil {
			return nil, err
		}
		at(w).SupplierID, at(w).Plain = supplier, plain
	}
	return out, nil
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

// maxAreas is more cities than there are.
const maxAreas = 400

// SetSite replaces what is set of a warehouse. Permission fulfillment.allocate.
//
// Errors: ErrBadArea.
func (s *Service) SetSite(ctx context.Context, in Site) (Site, error) {
	if err := actor.Require(ctx, Permit); err != nil {
		return in, err
	}
	seen := map[[2]string]bool{}
	for _, a := range in.Areas {
		at := [2]string{short(a.Province), short(a.City)}
		if seen[at] || len(in.Areas) > maxAreas || a.DistanceKM < 0 || a.FirstFen < 0 || a.NextFen < 0 || len(a.Province) > 60 || len(a.City) > 60 || a.Province == "" && a.City != "" {
			return in, ErrBadArea.At("areas")
		}
		seen[at] = true
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
			rows[i] = []any{m, in.WarehouseID, a.Province, a.City, a.Served, a.Preference, a.DistanceKM, a.FirstFen, a.NextFen}
		}
		if _, err := tx.Insert(ctx, "fulfillment_area", areaColumns, rows, ""); err != nil || in.SupplierID == 0 {
			return in, err
		}
		_, err := tx.Insert(ctx, "fulfillment_dropship", dropshipColumns, [][]any{{m, in.WarehouseID, in.SupplierID, in.Plain}}, "")
		return in, err
	})
}
