package catalog

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/rowimport"
	"github.com/ordercove/ordercove/internal/kit/sheet"
)

// JobImport is the kind of job that brings in products, SKUs, costs and barcodes.
const JobImport = "catalog.import_file"

// importFields are what a row can say, with the column names people use.
var importFields = []rowimport.Field{
	{Name: "sku_code", Required: true, Synonyms: []string{"SKU", "SKU编码", "SKU编号", "商家编码", "商家SKU编码", "规格编码", "商品编码", "货号", "编码", "料号", "seller sku", "item code", "product code", "code"}},
	{Name: "product_name", Synonyms: []string{"商品名称", "商品名", "品名", "名称", "商品", "货品名称", "product", "title", "item name", "name"}},
	{Name: "spec", Synonyms: []string{"规格", "规格名称", "规格型号", "销售属性", "颜色尺码", "属性", "variant", "option", "specification"}},
	{Name: "barcode", Synonyms: []string{"条码", "条形码", "商品条码", "69码", "ean", "upc", "gtin", "barcodes"}},
	{Name: "cost", Synonyms: []string{"成本", "成本价", "采购价", "进价", "进货价", "单位成本", "cost price", "unit cost", "purchase price"}},
	{Name: "weight", Synonyms: []string{"重量", "克重", "毛重", "净重", "重量g", "重量克", "weight gram", "weight g", "grams"}},
}

// newImporter tells the job queue how to bring in a row.
func (s *Service) newImporter() *rowimport.Importer {
	im := &rowimport.Importer{Kind: JobImport, Permission: "catalog.edit", Fields: importFields, Apply: s.importRow, Files: s.k.Files, Jobs: s.k.Jobs, DB: s.k.DB, Commands: s.k.Commands,
		Ref: func(r rowimport.Row) string { return r.Get("sku_code") }}
	im.Register()
	return im
}

// importRow adds or changes the SKU of one row. What the row leaves empty stays;
// barcodes are added to those there are. The product name counts for new SKUs.
func (s *Service) importRow(ctx context.Context, tx *db.Tx, r rowimport.Row) (id.ID, error) {
	in, err := readRow(r)
	if err != nil {
		return 0, err
	}
	had, err := s.SKUsByCodeTx(ctx, tx, []string{in.code})
	if err != nil {
		return 0, err
	}
	if k, ok := had[in.code]; ok {
		return k.ID, s.importChange(ctx, tx, k.ID, in)
	}
	name := strings.TrimSpace(r.Get("product_name"))
	if name == "" {
		return 0, ErrImportUnknownSKU.With("code", in.code).At("product_name")
	}
	products, err := s.productsNamed(ctx, tx, []string{name})
	if err != nil {
		return 0, err
	}
	made, err := s.CreateSKUTx(ctx, tx, SKUInput{ProductID: products[name], ProductName: name, Code: in.code, Spec: in.spec,
		CostFen: in.cost, WeightGram: in.weight, Barcodes: in.barcodes})
	return made.ID, err
}

func (s *Service) importChange(ctx context.Context, tx *db.Tx, skuID id.ID, in importRow) error {
	up := UpdateSKUInput{SKUID: skuID, CostFen: in.cost, WeightGram: in.weight}
	if in.spec != "" {
		up.Spec = &in.spec
	}
	if len(in.barcodes) > 0 {
		k, err := s.skuTx(ctx, tx, skuID)
		if err != nil {
			return err
		}
		all := sortedText(append(slices.Clone(k.Barcodes), in.barcodes...))
		up.Barcodes = &all
	}
	_, _, err := s.UpdateSKUTx(ctx, tx, up)
	return err
}

// importRow is a row as it is meant.
type importRow struct {
	code, spec string
	cost       *money.Fen
	weight     *int64
	barcodes   []string
}

func readRow(r rowimport.Row) (importRow, error) {
	in := importRow{code: sheet.Code(r.Get("sku_code")), spec: r.Get("spec")}
	if in.code == "" {
		return in, ErrImportNoCode.At("sku_code")
	}
	if destroyed(in.code) {
		return in, ErrImportScientific.With("value", in.code).At("sku_code")
	}
	for _, b := range strings.FieldsFunc(r.Get("barcode"), func(c rune) bool { return strings.ContainsRune(" ,，;；、/|\n\t", c) }) {
		code, why := sheet.ID(b)
		if why == sheet.Scientific {
			return in, ErrImportScientific.With("value", b).At("barcode")
		}
		in.barcodes = append(in.barcodes, code)
	}
	bad := func(field string) error {
		return ErrImportBadValue.With("value", r.Get(field), "field", field).At(field)
	}
	if text := r.Get("cost"); text != "" && text != "-" {
		cost, why := sheet.Fen(text)
		if why != "" {
			return in, bad("cost")
		}
		in.cost = &cost
	}
	if text := r.Get("weight"); text != "" && text != "-" {
		gram, ok := grams(text)
		if !ok {
			return in, bad("weight")
		}
		in.weight = &gram
	}
	return in, nil
}

// destroyed tells 6.9E+12, which a spreadsheet program wrote over a long number,
// from a code that just looks like that (1E5).
func destroyed(code string) bool {
	if !strings.ContainsAny(code, "+.") {
		return false
	}
	_, why := sheet.ID(code)
	return why == sheet.Scientific
}

// grams reads a weight in grams, or in kilograms where the cell says so.
func grams(s string) (int64, bool) {
	s = strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(s, ",", ""), " ", ""))
	scale := 0
	for _, unit := range []struct {
		suffix string
		digits int
	}{{"kg", 3}, {"千克", 3}, {"公斤", 3}, {"克", 0}, {"g", 0}} {
		if t, ok := strings.CutSuffix(s, unit.suffix); ok {
			s, scale = t, unit.digits
			break
		}
	}
	whole, frac, _ := strings.Cut(s, ".")
	frac = strings.TrimRight(frac, "0")
	if len(frac) > scale || len(whole) > 9 {
		return 0, false
	}
	n, err := strconv.ParseUint(whole+frac+strings.Repeat("0", scale-len(frac)), 10, 62)
	return int64(n), err == nil
}
