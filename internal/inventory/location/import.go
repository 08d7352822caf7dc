package location

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/rowimport"
	"github.com/ordercove/ordercove/internal/kit/sheet"
)

// JobImport is the kind of job that brings in a table of locations.
const JobImport = "inventory.import_locations"

var importFields = []rowimport.Field{
	{Name: "sku_code", Required: true, Synonyms: []string{"SKU", "SKU编码", "SKU编号", "商家编码", "商家SKU编码", "规格编码", "商品编码", "货号", "编码", "条码", "商品条码", "69码", "sku code", "barcode", "item code"}},
	{Name: "location", Required: true, Synonyms: []string{"库位", "库位号", "库位编码", "货位", "货位号", "货架", "货架号", "location", "location code", "bin", "shelf"}},
	{Name: "warehouse", Synonyms: []string{"仓库", "仓库名称", "仓库编码", "所在仓库", "warehouse"}},
}

// remove is what a cell says that takes a location away; an empty one is rather a
// forgotten one and refused.
const remove = "-"

func (s *Service) newImporter() *rowimport.Importer {
	im := &rowimport.Importer{Kind: JobImport, Permission: "inventory.adjust", Fields: importFields, Apply: s.importRow, Files: s.k.Files, Jobs: s.k.Jobs, DB: s.k.DB, Commands: s.k.Commands,
		Ref:    func(r rowimport.Row) string { return r.Get("sku_code") },
		Unique: func(r rowimport.Row) string { return sheet.Code(r.Get("sku_code")) + "\x1f" + r.Get("warehouse") }}
	im.Register()
	return im
}

// importRow puts one SKU, named by its code or one of its barcodes, where the row says.
func (s *Service) importRow(ctx context.Context, tx *db.Tx, r rowimport.Row) (id.ID, error) {
	at := strings.TrimSpace(r.Get("location"))
	switch n := utf8.RuneCountInString(at); {
	case n == 0:
		return 0, ErrNoCode.At("location")
	case n > maxCode:
		return 0, ErrBadCode.With("max", maxCode).At("location")
	}
	sku, err := s.importSKU(ctx, tx, sheet.Code(r.Get("sku_code")))
	if err != nil {
		return 0, err
	}
	warehouse, err := s.stock.ImportWarehouseTx(ctx, tx, r.Get("warehouse"))
	if err != nil {
		return 0, err
	}
	m := actor.Merchant(ctx)
	if at == remove {
		_, err = tx.Exec(ctx, deleteLocation, m, warehouse, sku)
	} else {
		_, err = tx.Exec(ctx, putLocation, m, warehouse, sku, at, clock.Millis(s.k.Clock))
	}
	return sku, err
}

func (s *Service) importSKU(ctx context.Context, tx *db.Tx, code string) (id.ID, error) {
	found, err := s.catalog.SKUsByCodeTx(ctx, tx, []string{code})
	if err != nil {
		return 0, err
	}
	sku, known := found[code]
	if !known {
		if sku, known, err = s.catalog.FindByBarcodeTx(ctx, tx, code); err != nil {
			return 0, err
		}
	}
	if !known {
		return 0, inventory.ErrImportUnknownSKU.With("code", code).At("sku_code")
	}
	return sku.ID, nil
}
