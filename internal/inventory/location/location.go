package location

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/kit/rowimport"
)

const (
	maxCode  = 32
	maxPut   = 500
	inChunks = 256
)

// Place is where a SKU lies.
type Place struct {
	SKUID   id.ID  `json:"sku_id"`
	Code    string `json:"code"` // "" takes the location away
	SKUCode string `json:"-"`    // filled by List
}

// Service is where things lie.
type Service struct {
	k       *kit.Kit
	catalog *catalog.Service
	stock   *inventory.Service
	// Imports takes tables.
	Imports *rowimport.Importer
}

// New wires it and registers its job.
func New(k *kit.Kit, cat *catalog.Service, stock *inventory.Service) *Service {
	s := &Service{k: k, catalog: cat, stock: stock}
	s.Imports = s.newImporter()
	return s
}

// Input sets locations of one warehouse.
type Input struct {
	WarehouseID id.ID   `json:"warehouse_id"`
	Places      []Place `json:"places"`
}

// Put sets where SKUs lie. Permission inventory.adjust.
//
// Errors: ErrTooMany, ErrBadCode, inventory.ErrNoWarehouse, catalog.ErrNoSKU.
func (s *Service) Put(ctx context.Context, in Input) (int64, error) {
	if err := actor.Require(ctx, "inventory.adjust"); err != nil {
		return 0, err
	}
	if len(in.Places) < 1 || len(in.Places) > maxPut {
		return 0, ErrTooMany.With("max", maxPut)
	}
	in.Places = slices.Clone(in.Places)
	slices.SortStableFunc(in.Places, func(a, b Place) int { return cmp.Compare(a.SKUID, b.SKUID) })
	ids := make([]id.ID, len(in.Places))
	for i := range in.Places {
		p := &in.Places[i]
		if p.Code = strings.TrimSpace(p.Code); utf8.RuneCountInString(p.Code) > maxCode {
			return 0, ErrBadCode.With("max", maxCode).At("code")
		}
		ids[i] = p.SKUID
	}
	about := &command.About{Action: "inventory.set_location", Object: "warehouse/" + in.WarehouseID.String(), Detail: map[string]any{"skus": len(ids)}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (int64, error) {
		if _, err := s.stock.WarehouseTx(ctx, tx, in.WarehouseID); err != nil {
			return 0, err
		}
		found, err := s.catalog.SKUsTx(ctx, tx, ids)
		if err != nil {
			return 0, err
		}
		m, now := actor.Merchant(ctx), clock.Millis(s.k.Clock)
		stmts := make([]db.Stmt, len(ids))
		for i, p := range in.Places {
			if _, ok := found[p.SKUID]; !ok {
				return 0, catalog.ErrNoSKU
			}
			stmts[i] = db.Stmt{SQL: putLocation, Args: []any{m, in.WarehouseID, p.SKUID, p.Code, now}, Want: 1}
			if p.Code == "" {
				stmts[i] = db.Stmt{SQL: deleteLocation, Args: []any{m, in.WarehouseID, p.SKUID}, Want: -1}
			}
		}
		_, err = tx.Batch(ctx, stmts)
		return int64(len(stmts)), err
	})
}

// OfTx reads where SKUs lie; those nobody placed are left out.
func (s *Service) OfTx(ctx context.Context, q db.Querier, warehouseID id.ID, skus []id.ID) (map[id.ID]string, error) {
	out := map[id.ID]string{}
	for part := range slices.Chunk(skus, inChunks) {
		args := []any{actor.Merchant(ctx), warehouseID}
		for _, one := range db.Pad(part) {
			args = append(args, one)
		}
		err := db.Read(ctx, q, selectOf(len(args)-2), args, func(r *db.Row) { out[id.ID(r.Int())] = r.Text() })
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// List lists the locations of a warehouse by SKU. Permission inventory.read.
//
// Errors: page.ErrCursor, inventory.ErrNoWarehouse.
func (s *Service) List(ctx context.Context, warehouseID id.ID, cursor string, limit int) ([]Place, string, error) {
	if err := actor.Require(ctx, "inventory.read"); err != nil {
		return nil, "", err
	}
	var after id.ID
	if err := page.Decode(cursor, &after); err != nil {
		return nil, "", err
	}
	if _, err := s.stock.WarehouseTx(ctx, s.k.DB, warehouseID); err != nil {
		return nil, "", err
	}
	limit = page.Limit(limit)
	var all []Place
	var ids []id.ID
	err := db.Read(ctx, s.k.DB, selectLocations, []any{actor.Merchant(ctx), warehouseID, after, limit + 1}, func(r *db.Row) {
		all = append(all, Place{SKUID: id.ID(r.Int()), Code: r.Text()})
		ids = append(ids, all[len(all)-1].SKUID)
	})
	if err != nil {
		return nil, "", err
	}
	skus, err := s.catalog.SKUsTx(ctx, s.k.DB, ids)
	for i := range all {
		all[i].SKUCode = skus[all[i].SKUID].Code
	}
	all, next := page.Cut(all, limit, func(p Place) string { return page.Encode(p.SKUID) })
	return all, next, err
}
