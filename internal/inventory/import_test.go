package inventory_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/inventory/inventorytest"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/file"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/rowimport"
)

func TestOpeningStockComesInByFile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		a, b, c := s.sku(t, "A", 0), s.sku(t, "B", 5), s.sku(t, "C", 0)
		s.reserve(t, inventory.Want{OrderID: 1, LineID: 1, SKUID: b, Quantity: 4})
		upload := func() (rowimport.Upload, error) {
			f, err := s.k.Files.Save(s.ctx, file.New{Name: "库存.csv", MediaType: "text/csv", Purpose: file.Upload}, strings.NewReader(
				"货号,仓库,实物库存,成本价\nA,杭州仓,\"1,200\",3.5\nA,,7.0,\nB,,3,\nC,HZ,十,\nZ,,1,\nC,上海仓,1,\nC,HZ,0,2\nA,,9,\n"), 1<<20)
			if err != nil {
				return rowimport.Upload{}, err
			}
			return s.stock.Imports.Open(s.ctx, f.ID)
		}
		run := func() job.Job {
			up, err := upload()
			if err != nil {
				t.Fatal(err)
			}
			preview, err := s.stock.Imports.Preview(s.ctx, up.FileID, up.Mapping)
			if err != nil {
				t.Fatal(err)
			}
			var verdicts []string
			for _, x := range preview.Bad {
				verdicts = append(verdicts, fmt.Sprint(x.Row, " ", errs.As(x.Err).Code))
			}
			want := []string{"4 inventory.below_reserved", "5 inventory.import_bad_number", "6 inventory.import_unknown_sku",
				"7 inventory.import_unknown_warehouse", "8 rowimport.row_twice", "9 rowimport.row_twice"}
			if !slices.Equal(verdicts, want) {
				t.Errorf("preview refuses %v", verdicts)
			}
			j, err := s.stock.Imports.Start(s.ctx, up.FileID, up.Mapping)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.k.Jobs.Drain(s.ctx); err != nil {
				t.Fatal(err)
			}
			if j, err = s.k.Jobs.Get(s.ctx, j.ID); err != nil {
				t.Fatal(err)
			}
			return j
		}
		if j := run(); j.State != job.Succeeded || j.OKCount != 2 || j.FailedCount != 6 {
			t.Fatalf("job %+v", j)
		}
		s.expect(t, a, s.second, 1200, 0)
		s.expect(t, a, s.main, 7, 0)
		s.expect(t, b, s.main, 5, 4)
		s.expect(t, c, s.second, 0, 0)
		if got := inventorytest.Of(t, s.ctx, s.stock, a, s.main); got.CostFen == nil || *got.CostFen != 350 {
			t.Errorf("cost = %v, want 350 fen", got.CostFen)
		}
		moves := s.moves(t)
		run()
		if n := s.moves(t); n != moves {
			t.Errorf("the same count again made %d movements more", n-moves)
		}
	})
}

func (s *shelf) moves(t testing.TB) (n int) {
	t.Helper()
	if err := s.k.DB.QueryRow(s.ctx, `SELECT COUNT(*) FROM inventory_movement WHERE merchant_id = ?`, 1).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestOpeningStockNeedsItsColumns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		f, err := s.k.Files.Save(s.ctx, file.New{Name: "a.csv", MediaType: "text/csv", Purpose: file.Upload}, strings.NewReader("货号\nA\n"), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.stock.Imports.Start(s.ctx, f.ID, rowimport.Mapping{"sku_code": "货号"}); !errors.Is(err, rowimport.ErrColumn) {
			t.Errorf("without a quantity: %v, want ErrColumn", err)
		}
	})
}
