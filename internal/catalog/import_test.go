package catalog_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/catalog/catalogtest"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/file"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/rowimport"
	"github.com/ordercove/ordercove/internal/kit/sheet"
)

func (h *house) upload(t testing.TB, name string, body []byte) id.ID {
	t.Helper()
	f, err := h.k.Files.Save(h.ctx, file.New{Name: name, MediaType: "text/csv", Purpose: file.Upload}, bytes.NewReader(body), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return f.ID
}

// run does what the screen does: open, preview, run, wait.
func (h *house) run(t testing.TB, fileID id.ID, m rowimport.Mapping) job.Job {
	t.Helper()
	j, err := h.s.Imports.Start(h.ctx, fileID, m)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.k.Jobs.Drain(h.ctx); err != nil {
		t.Fatal(err)
	}
	if j, err = h.k.Jobs.Get(h.ctx, j.ID); err != nil {
		t.Fatal(err)
	}
	return j
}

const table = `商品资料导出,,,,,,
,,,,,,
商家编码*,商品名称,规格,条形码,成本价（元）,重量(g),备注
"=""0012""",搪瓷杯,蓝色,6901234567892,"￥12.50",350,
MUG-2,搪瓷杯,红色,"6901234567908 6901234567915",13,0.4kg,
,没有编码,,,,,
6.9E+12,科学计数,,,,,
MUG-3,搪瓷杯,白色,6901234567892,,,条码重复
MUG-4,,绿色,,,,没有名称
MUG-5,搪瓷杯,黄色,,十二元,,
MUG-6,搪瓷杯,黑色,,,很重,
MUG-2,搪瓷杯,,6901234567922,,,再加一个条码
`

func TestATableOfProductsComesInRowByRow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		up, err := h.s.Imports.Open(h.ctx, h.upload(t, "商品.csv", []byte(table)))
		if err != nil {
			t.Fatal(err)
		}
		want := rowimport.Mapping{"sku_code": "商家编码*", "product_name": "商品名称", "spec": "规格", "barcode": "条形码", "cost": "成本价（元）", "weight": "重量(g)"}
		if fmt.Sprint(up.Mapping) != fmt.Sprint(want) || len(up.Sample) != 5 || up.Sample[0][0] != "0012" {
			t.Fatalf("opened as %+v", up)
		}
		preview, err := h.s.Imports.Preview(h.ctx, up.FileID, up.Mapping)
		if err != nil {
			t.Fatal(err)
		}
		verdicts := []string{}
		for _, b := range preview.Bad {
			verdicts = append(verdicts, fmt.Sprint(b.Row, " ", errs.As(b.Err).Code))
		}
		bad := []string{"6 catalog.import_no_code", "7 catalog.import_scientific", "8 catalog.barcode_taken", "9 catalog.import_unknown_sku",
			"10 catalog.import_bad_value", "11 catalog.import_bad_value"}
		if preview.Total != 9 || preview.OK != 3 || !slices.Equal(verdicts, bad) {
			t.Errorf("preview: %d of %d, %v", preview.OK, preview.Total, verdicts)
		}
		if all, _, err := h.s.SKUs(h.ctx, catalog.SKUFilter{}); err != nil || len(all) != 0 || h.events(t, "catalog.sku_changed") != 0 {
			t.Errorf("the preview left %d SKUs and %d events, %v", len(all), h.events(t, "catalog.sku_changed"), err)
		}
		j := h.run(t, up.FileID, up.Mapping)
		if j.State != job.Succeeded || j.Total != 9 || j.OKCount != 3 || j.FailedCount != 6 {
			t.Fatalf("job %+v", j)
		}
		all, _, err := h.s.SKUs(h.ctx, catalog.SKUFilter{})
		if err != nil || len(all) != 2 || all[0].ProductID != all[1].ProductID {
			t.Fatalf("SKUs %+v, %v", all, err)
		}
		a, b := all[0], all[1]
		if a.Code != "0012" || *a.CostFen != 1250 || *a.WeightGram != 350 || a.Name != "搪瓷杯 蓝色" {
			t.Errorf("first SKU %+v", a)
		}
		if b.Code != "MUG-2" || *b.WeightGram != 400 || len(b.Barcodes) != 3 || b.Spec != "红色" {
			t.Errorf("second SKU %+v", b)
		}
		events := h.events(t, "catalog.sku_changed")
		again := h.run(t, h.upload(t, "商品.csv", []byte(table)), up.Mapping)
		if again.OKCount != 3 || h.events(t, "catalog.sku_changed") != events {
			t.Errorf("the same file again: %+v, %d events more", again, h.events(t, "catalog.sku_changed")-events)
		}
	})
}

func TestFailedRowsAreTriedAgainOnceTheirCauseIsGone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		file := h.upload(t, "成本.csv", []byte("SKU,成本\nA,1.50\nB,2\n"))
		m := rowimport.Mapping{"sku_code": "SKU", "cost": "成本"}
		catalogtest.SKU(t, h.ctx, h.s, "A")
		first := h.run(t, file, m)
		if first.OKCount != 1 || first.FailedCount != 1 {
			t.Fatalf("job %+v", first)
		}
		catalogtest.SKU(t, h.ctx, h.s, "B")
		retry, err := h.k.Jobs.RetryFailed(h.ctx, first.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.k.Jobs.Drain(h.ctx); err != nil {
			t.Fatal(err)
		}
		retry, err = h.k.Jobs.Get(h.ctx, retry.ID)
		if err != nil || retry.Total != 1 || retry.OKCount != 1 {
			t.Errorf("retry %+v, %v", retry, err)
		}
		if b, err := h.s.SKUsByCodeTx(h.ctx, h.k.DB, []string{"B"}); err != nil || b["B"].CostFen == nil || *b["B"].CostFen != 200 {
			t.Errorf("B = %+v, %v", b["B"], err)
		}
	})
}

func TestAWorkbookIsReadAsWell(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		var b bytes.Buffer
		w := sheet.NewXLSX(&b, "Products", []string{"Product", "Seller SKU", "Unit cost", "Barcode"})
		for i := range 450 { // more than two chunks
			if err := w.Row([]sheet.Cell{sheet.Str("Tea towel"), sheet.Str(fmt.Sprintf("TT-%03d", i)), sheet.Num("3.20"), sheet.Str(fmt.Sprint(6900000000000 + i))}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		up, err := h.s.Imports.Open(h.ctx, h.upload(t, "products.xlsx", b.Bytes()))
		if err != nil || up.Mapping["sku_code"] != "Seller SKU" || up.Mapping["cost"] != "Unit cost" {
			t.Fatalf("opened %+v, %v", up, err)
		}
		if j := h.run(t, up.FileID, up.Mapping); j.OKCount != 450 || j.Done != 450 {
			t.Errorf("job %+v", j)
		}
		products, _, err := h.s.Products(h.ctx, catalog.ProductFilter{})
		if err != nil || len(products) != 1 {
			t.Errorf("%d products, %v; want one for one name", len(products), err)
		}
	})
}

func TestAnImportRefusesWhatItCannotUse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		f := h.upload(t, "a.csv", []byte("甲,乙\n1,2\n"))
		export, err := h.k.Files.Save(h.ctx, file.New{Name: "e.csv", MediaType: "text/csv", Purpose: file.Export}, strings.NewReader("SKU\n1\n"), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		blank := h.upload(t, "b.csv", []byte("\n\n,,\n"))
		for name, c := range map[string]struct {
			err  error
			want error
		}{
			"no column for the code":       {second(h.s.Imports.Start(h.ctx, f, rowimport.Mapping{})), rowimport.ErrColumn},
			"a column the file lacks":      {second(h.s.Imports.Preview(h.ctx, f, rowimport.Mapping{"sku_code": "丙"})), rowimport.ErrColumn},
			"a file that is not there":     {second(h.s.Imports.Open(h.ctx, 9)), rowimport.ErrGone},
			"a file that is an export":     {second(h.s.Imports.Open(h.ctx, export.ID)), rowimport.ErrGone},
			"somebody else's upload":       {second(h.s.Imports.Open(kittest.As(h.ctx, "catalog.edit"), f)), rowimport.ErrGone},
			"a file without a header":      {second(h.s.Imports.Open(h.ctx, blank)), rowimport.ErrNoHeader},
			"a person who may not":         {second(h.s.Imports.Open(kittest.As(h.ctx, "catalog.read"), f)), nil},
			"columns that mean nothing":    {second(h.s.Imports.Open(h.ctx, f)), nil},
			"an empty mapping of a column": {second(h.s.Imports.Start(h.ctx, f, rowimport.Mapping{"sku_code": ""})), rowimport.ErrColumn},
		} {
			switch {
			case name == "a person who may not":
				if c.err == nil {
					t.Errorf("%s went through", name)
				}
			case !errors.Is(c.err, c.want):
				t.Errorf("%s: %v, want %v", name, c.err, c.want)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }
