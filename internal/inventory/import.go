package inventory

import (
	"context"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/rowimport"
	"github.com/ordercove/ordercove/internal/kit/sheet"
)

// JobImport is the kind of job that brings in opening stock.
const JobImport = "inventory.import_file"

var importFields = []rowimport.Field{
	{Name: "sku_code", Required: true, Synonyms: []string{"SKU", "SKU编码", "SKU编号", "商家编码", "商家SKU编码", "规格编码", "商品编码", "货号", "编码", "料号", "seller sku", "item code", "product code", "code"}},
	{Name: "warehouse", Synonyms: []string{"仓库", "仓库名称", "仓库编码", "所在仓库", "location"}},
	{Name: "quantity", Required: true, Synonyms: []string{"数量", "库存", "库存数量", "实物库存", "在库", "在库数量", "期初库存", "期初数量", "可用库存", "实盘数量", "盘点数量", "qty", "stock", "on hand", "inventory"}},
	{Name: "cost", Synonyms: []string{"成本", "成本价", "采购价", "进价", "进货价", "单位成本", "cost price", "unit cost", "purchase price"}},
}

func (s *Service) newImporter() *rowimport.Importer {
	im := &rowimport.Importer{Kind: JobImport, Permission: "inventory.adjust", Fields: importFields, Apply: s.importRow, Files: s.k.Files, Jobs: s.k.Jobs, DB: s.k.DB, Commands: s.k.Commands,
		Ref:    func(r rowimport.Row) string { return r.Get("sku_code") },
		Unique: func(r rowimport.Row) string { return sheet.Code(r.Get("sku_code")) + "\x1f" + r.Get("warehouse") }}
	im.Register()
	return im
}

// importRow makes the stock of one SKU in one warehouse what the row counted, and
// its cost what the row says, where it says one.
func (s *Service) importRow(ctx context.Context, tx *db.Tx, r rowimport.Row) (id.ID, error) {
	code := sheet.Code(r.Get("sku_code"))
	skus, err := s.catalog.SKUsByCodeTx(ctx, tx, []string{code})
	if err != nil {
		return 0, err
	}
	sku, ok := skus[code]
	if !ok {
		return 0, ErrImportUnknownSKU.With("code", code).At("sku_code")
	}
	warehouse, err := s.ImportWarehouseTx(ctx, tx, r.Get("warehouse"))
	if err != nil {
		return 0, err
	}
	n, ok := count(r.Get("quantity"))
	if !ok {
		return 0, ErrImportBadNumber.With("value", r.Get("quantity")).At("quantity")
	}
	if err := s.SetOpeningTx(ctx, tx, sku.ID, warehouse, n, "file/"+r.FileID.String()); err != nil {
		return 0, err
	}
	if text := r.Get("cost"); text != "" && text != "-" {
		cost, why := sheet.Fen(text)
		if why != "" {
			return 0, ErrImportBadNumber.With("value", text).At("cost")
		}
		if _, _, err := s.catalog.UpdateSKUTx(ctx, tx, catalog.UpdateSKUInput{SKUID: sku.ID, CostFen: &cost}); err != nil {
			return 0, err
		}
	}
	return sku.ID, nil
}

// ImportWarehouseTx finds the warehouse that a cell names by code or name; an empty cell
// is the default.
//
// Errors: ErrImportUnknownWarehouse.
func (s *Service) ImportWarehouseTx(ctx context.Context, tx *db.Tx, text string) (id.ID, error) {
	all, err := s.WarehousesTx(ctx, tx)
	if err != nil {
		return 0, err
	}
	for _, byName := range []bool{false, true} {
		for _, w := range all {
			if text == "" && w.IsDefault || !byName && w.Code == text || byName && w.Name == text {
				return w.ID, nil
			}
		}
	}
	return 0, ErrImportUnknownWarehouse.With("warehouse", text).At("warehouse")
}

// count reads a whole number from 0: 1200, 1,200 or 1200.0.
func count(s string) (int64, bool) {
	s = strings.ReplaceAll(s, ",", "")
	if whole, frac, dot := strings.Cut(s, "."); dot && strings.Trim(frac, "0") == "" {
		s = whole
	}
	n, err := strconv.ParseUint(s, 10, 62)
	return int64(n), err == nil && n <= MaxQuantity
}
