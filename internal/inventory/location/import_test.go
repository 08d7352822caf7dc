package location_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/catalog/catalogtest"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/inventory/inventorytest"
	"github.com/ordercove/ordercove/internal/inventory/location"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/file"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/kittest"
)

func TestLocationsComeInByTable(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		cat := catalog.New(k)
		stock := inventory.New(k, cat)
		s := location.New(k, cat, stock)
		main := inventorytest.Default(t, ctx, k, stock).ID
		east, err := stock.CreateWarehouse(ctx, inventory.WarehouseInput{Code: "EAST", Name: "东仓"})
		if err != nil {
			t.Fatal(err)
		}
		sku := func(code string) id.ID {
			return catalogtest.SKU(t, ctx, cat, code, func(in *catalog.SKUInput) { in.Barcodes = []string{"69" + code} }).ID
		}
		a, b, c := sku("A"), sku("B"), sku("C")
		if _, err := s.Put(ctx, location.Input{WarehouseID: main, Places: []location.Place{{SKUID: c, Code: "C-01"}}}); err != nil {
			t.Fatal(err)
		}
		run := func(ctx context.Context) (job.Job, []string) {
			f, err := k.Files.Save(ctx, file.New{Name: "库位.csv", MediaType: "text/csv", Purpose: file.Upload}, strings.NewReader(
				"货号或条码,库位号,仓库\nA,A-01-2,\n69B,B-07,东仓\nC,-,\nZ,A-02,\nA,,EAST\nB,"+strings.Repeat("长", 33)+",\nC,C-02,西仓\nA,A-09,\n"), 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			up, err := s.Imports.Open(ctx, f.ID)
			if err != nil {
				t.Fatal(err)
			}
			if up.Mapping["location"] != "库位号" || up.Mapping["warehouse"] != "仓库" {
				t.Errorf("guessed %v", up.Mapping)
			}
			up.Mapping["sku_code"] = "货号或条码"
			p, err := s.Imports.Preview(ctx, up.FileID, up.Mapping)
			if err != nil {
				t.Fatal(err)
			}
			var bad []string
			for _, x := range p.Bad {
				bad = append(bad, fmt.Sprint(x.Row, " ", errs.As(x.Err).Code))
			}
			j, err := s.Imports.Start(ctx, up.FileID, up.Mapping)
			if err != nil {
				t.Fatal(err)
			}
			if err := k.Jobs.Drain(ctx); err != nil {
				t.Fatal(err)
			}
			if j, err = k.Jobs.Get(ctx, j.ID); err != nil {
				t.Fatal(err)
			}
			return j, bad
		}
		places := func(warehouse id.ID) string {
			at, err := s.OfTx(ctx, k.DB, warehouse, []id.ID{a, b, c})
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Sprint(at[a], "|", at[b], "|", at[c])
		}
		for range 2 { // the same table again changes nothing
			j, bad := run(ctx)
			want := []string{"5 inventory.import_unknown_sku", "6 location.no_code", "7 location.bad_code", "8 inventory.import_unknown_warehouse", "9 rowimport.row_twice"}
			if !slices.Equal(bad, want) {
				t.Errorf("the preview refuses %v", bad)
			}
			if j.State != job.Succeeded || j.OKCount != 3 || j.FailedCount != 5 {
				t.Errorf("%+v", j)
			}
			if got := places(main) + " " + places(east.ID); got != "A-01-2|| |B-07|" {
				t.Errorf("they lie at %q", got)
			}
		}
		if _, err := s.Imports.Open(kittest.As(ctx, "inventory.read"), 5); errs.As(err) == nil || errs.As(err).Code != "actor.forbidden" {
			t.Errorf("without the permission: %v", err)
		}
	})
}
