package inventory_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/catalog/catalogtest"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/inventory/inventorytest"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
)

// shelf is a merchant with two warehouses.
type shelf struct {
	k       *kit.Kit
	ctx     context.Context
	catalog *catalog.Service
	stock   *inventory.Service
	main    id.ID
	second  id.ID
}

func newShelf(t testing.TB, d *db.DB) *shelf {
	t.Helper()
	k, ctx := kittest.New(t, d)
	c := catalog.New(k)
	s := &shelf{k: k, ctx: ctx, catalog: c, stock: inventory.New(k, c)}
	s.main = inventorytest.Default(t, ctx, k, s.stock).ID
	w, err := s.stock.CreateWarehouse(ctx, inventory.WarehouseInput{Code: "HZ", Name: "杭州仓"})
	if err != nil {
		t.Fatal(err)
	}
	s.second = w.ID
	return s
}

func (s *shelf) sku(t testing.TB, code string, n int64) id.ID {
	t.Helper()
	k := catalogtest.SKU(t, s.ctx, s.catalog, code)
	inventorytest.Stock(t, s.ctx, s.stock, k.ID, s.main, n)
	return k.ID
}

func (s *shelf) tx(t testing.TB, f func(context.Context, *db.Tx) error) error {
	t.Helper()
	return s.k.DB.InTx(s.ctx, f)
}

func (s *shelf) reserve(t testing.TB, wants ...inventory.Want) (short []inventory.Short) {
	t.Helper()
	if err := s.tx(t, func(ctx context.Context, tx *db.Tx) (err error) {
		short, err = s.stock.ReserveTx(ctx, tx, wants)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return short
}

func (s *shelf) level(t testing.TB, sku, warehouse id.ID) (onHand, reserved int64) {
	t.Helper()
	b := inventorytest.Of(t, s.ctx, s.stock, sku, warehouse)
	return b.OnHand, b.Reserved
}

func (s *shelf) expect(t testing.TB, sku, warehouse id.ID, onHand, reserved int64) {
	t.Helper()
	if o, r := s.level(t, sku, warehouse); o != onHand || r != reserved {
		t.Errorf("stock is %d on hand, %d reserved; want %d and %d", o, r, onHand, reserved)
	}
	inventorytest.Proved(t, s.ctx, s.stock)
}

func TestAWantIsServedWholeOrNotAtAll(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		sku := s.sku(t, "A-1", 10)
		short := s.reserve(t,
			inventory.Want{OrderID: 1, LineID: 1, SKUID: sku, Quantity: 6},
			inventory.Want{OrderID: 2, LineID: 2, SKUID: sku, Quantity: 5},
			inventory.Want{OrderID: 3, LineID: 3, SKUID: sku, Quantity: 4})
		if len(short) != 1 || short[0].OrderID != 2 || short[0].Available != 4 {
			t.Errorf("short = %+v, want order 2 with 4 available", short)
		}
		s.expect(t, sku, s.main, 10, 10)
	})
}

func TestAnUnknownSKUIsShortAndNothingIsWritten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		k := catalogtest.SKU(t, s.ctx, s.catalog, "NEW")
		short := s.reserve(t, inventory.Want{OrderID: 1, LineID: 1, SKUID: k.ID, Quantity: 1})
		if len(short) != 1 || short[0].Available != 0 {
			t.Errorf("short = %+v", short)
		}
		inventorytest.Proved(t, s.ctx, s.stock)
	})
}

func TestAWantOfNothingIsAMistake(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		for _, n := range []int64{0, -1, inventory.MaxQuantity + 1} {
			if _, err := s.stock.Reserve(s.ctx, []inventory.Want{{OrderID: 1, LineID: 1, SKUID: 1, Quantity: n}}); !errors.Is(err, inventory.ErrBadQuantity) {
				t.Errorf("%d: %v, want ErrBadQuantity", n, err)
			}
		}
		if err := s.tx(t, func(ctx context.Context, tx *db.Tx) error {
			_, err := s.stock.Reserve(ctx, []inventory.Want{{OrderID: 1, LineID: 1, SKUID: 1, Quantity: 1}})
			return err
		}); !errors.Is(err, db.ErrNested) {
			t.Errorf("inside a transaction: %v, want ErrNested", err)
		}
	})
}

func TestReleasingTwiceGivesBackOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		sku := s.sku(t, "A-1", 10)
		s.reserve(t, inventory.Want{OrderID: 1, LineID: 1, SKUID: sku, Quantity: 3}, inventory.Want{OrderID: 1, LineID: 2, SKUID: sku, Quantity: 2})
		for range 2 {
			if err := s.tx(t, func(ctx context.Context, tx *db.Tx) error {
				return s.stock.ReleaseTx(ctx, tx, 1, []inventory.LineQty{{LineID: 1, SKUID: sku, Quantity: 2}})
			}); err != nil {
				t.Fatal(err)
			}
		}
		s.expect(t, sku, s.main, 10, 2) // line 1: 3 − 2 − (1 that was left)
		for range 2 {
			if err := s.tx(t, func(ctx context.Context, tx *db.Tx) error { return s.stock.ReleaseTx(ctx, tx, 1, nil) }); err != nil {
				t.Fatal(err)
			}
		}
		s.expect(t, sku, s.main, 10, 0)
	})
}

func TestAnOrderMovesToAWarehouseWholeOrNotAtAll(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		a, b := s.sku(t, "A-1", 5), s.sku(t, "B-1", 5)
		inventorytest.Stock(t, s.ctx, s.stock, a, s.second, 5)
		inventorytest.Stock(t, s.ctx, s.stock, b, s.second, 1)
		s.reserve(t, inventory.Want{OrderID: 1, LineID: 1, SKUID: a, Quantity: 2}, inventory.Want{OrderID: 1, LineID: 2, SKUID: b, Quantity: 2})
		move := func() (short []inventory.Short) {
			if err := s.tx(t, func(ctx context.Context, tx *db.Tx) (err error) {
				short, err = s.stock.MoveTx(ctx, tx, 1, s.second)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return short
		}
		if short := move(); len(short) != 1 || short[0].SKUID != b || short[0].Available != 1 {
			t.Errorf("short = %+v, want SKU B with 1", short)
		}
		s.expect(t, a, s.main, 5, 2)
		s.expect(t, a, s.second, 5, 0)
		inventorytest.Stock(t, s.ctx, s.stock, b, s.second, 2)
		if short := move(); len(short) != 0 {
			t.Errorf("short = %+v, want none", short)
		}
		s.expect(t, a, s.main, 5, 0)
		s.expect(t, b, s.second, 2, 2)
	})
}

func TestDeducting(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		deduct := func(takes ...inventory.Take) error {
			return s.tx(t, func(ctx context.Context, tx *db.Tx) error { return s.stock.DeductTx(ctx, tx, takes) })
		}
		t.Run("uses the line's own reservation first", func(t *testing.T) {
			sku := s.sku(t, "OWN", 5)
			s.reserve(t, inventory.Want{OrderID: 11, LineID: 1, SKUID: sku, Quantity: 3}, inventory.Want{OrderID: 12, LineID: 1, SKUID: sku, Quantity: 2})
			if err := deduct(inventory.Take{OrderID: 11, LineID: 1, SKUID: sku, Quantity: 3, Ref: "parcel/1"}); err != nil {
				t.Fatal(err)
			}
			s.expect(t, sku, s.main, 2, 2)
		})
		t.Run("never takes what another order holds", func(t *testing.T) {
			sku := s.sku(t, "OTHER", 5)
			s.reserve(t, inventory.Want{OrderID: 21, LineID: 1, SKUID: sku, Quantity: 4})
			err := deduct(inventory.Take{OrderID: 22, LineID: 1, SKUID: sku, Quantity: 2})
			if !errors.Is(err, inventory.ErrInsufficient) {
				t.Fatalf("err = %v, want ErrInsufficient", err)
			}
			s.expect(t, sku, s.main, 5, 4)
		})
		t.Run("takes from what is free without a reservation", func(t *testing.T) {
			sku := s.sku(t, "FREE", 5)
			if err := deduct(inventory.Take{OrderID: 31, LineID: 1, SKUID: sku, Quantity: 5}); err != nil {
				t.Fatal(err)
			}
			s.expect(t, sku, s.main, 0, 0)
		})
		t.Run("gives up a reservation in another warehouse when goods leave from here", func(t *testing.T) {
			sku := s.sku(t, "AWAY", 5)
			inventorytest.Stock(t, s.ctx, s.stock, sku, s.second, 5)
			s.reserve(t, inventory.Want{OrderID: 41, LineID: 1, SKUID: sku, Quantity: 2})
			if err := deduct(inventory.Take{OrderID: 41, LineID: 1, SKUID: sku, WarehouseID: s.second, Quantity: 2}); err != nil {
				t.Fatal(err)
			}
			s.expect(t, sku, s.main, 5, 0)
			s.expect(t, sku, s.second, 3, 0)
		})
		t.Run("serves each shipment whole and leaves the failed ones untouched", func(t *testing.T) {
			a, b := s.sku(t, "EA", 3), s.sku(t, "EB", 1)
			var each []error
			if err := s.tx(t, func(ctx context.Context, tx *db.Tx) (err error) {
				each, err = s.stock.DeductEachTx(ctx, tx, [][]inventory.Take{
					{{OrderID: 51, LineID: 1, SKUID: a, Quantity: 1}, {OrderID: 51, LineID: 2, SKUID: b, Quantity: 2}},
					{{OrderID: 52, LineID: 1, SKUID: a, Quantity: 3}},
					{{OrderID: 53, LineID: 1, SKUID: a, Quantity: 1}},
				})
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if !errors.Is(each[0], inventory.ErrInsufficient) || each[1] != nil || !errors.Is(each[2], inventory.ErrInsufficient) {
				t.Errorf("errors = %v", each)
			}
			s.expect(t, a, s.main, 0, 0)
			s.expect(t, b, s.main, 1, 0)
		})
		t.Run("books goods already gone as far as they were there", func(t *testing.T) {
			sku := s.sku(t, "GONE", 3)
			s.reserve(t, inventory.Want{OrderID: 61, LineID: 1, SKUID: sku, Quantity: 2})
			var short []inventory.Short
			if err := s.tx(t, func(ctx context.Context, tx *db.Tx) (err error) {
				short, err = s.stock.DeductGoneTx(ctx, tx, []inventory.Take{{OrderID: 61, LineID: 1, SKUID: sku, Quantity: 5}})
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if len(short) != 1 || short[0].Available != 3 {
				t.Errorf("short = %+v, want 3 of 5", short)
			}
			s.expect(t, sku, s.main, 0, 0)
		})
		t.Run("puts back what never left", func(t *testing.T) {
			sku := s.sku(t, "BACK", 3)
			take := inventory.Take{OrderID: 71, LineID: 1, SKUID: sku, WarehouseID: s.main, Quantity: 2}
			if err := deduct(take); err != nil {
				t.Fatal(err)
			}
			if err := s.tx(t, func(ctx context.Context, tx *db.Tx) error { return s.stock.PutBackTx(ctx, tx, []inventory.Take{take}) }); err != nil {
				t.Fatal(err)
			}
			s.expect(t, sku, s.main, 3, 0)
		})
	})
}

func TestAFailedDeductionNamesTheSKUsCode(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		sku := s.sku(t, "CUP-RED", 1)
		err := s.tx(t, func(ctx context.Context, tx *db.Tx) error {
			return s.stock.DeductTx(ctx, tx, []inventory.Take{{OrderID: 1, LineID: 1, SKUID: sku, Quantity: 2}})
		})
		want := "inventory.insufficient: Not enough stock: 1 of CUP-RED available, 2 wanted"
		if err == nil || err.Error() != want {
			t.Errorf("err = %v, want %q", err, want)
		}
	})
}

func TestBackorderLetsReservationsPassWhatIsThereButNotShipments(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		sku := s.sku(t, "PRE", 2)
		if _, err := s.stock.SetLevels(s.ctx, inventory.LevelsInput{SKUID: sku, WarehouseID: s.main, Backorder: 3}); err != nil {
			t.Fatal(err)
		}
		if short := s.reserve(t, inventory.Want{OrderID: 1, LineID: 1, SKUID: sku, Quantity: 5}); len(short) != 0 {
			t.Fatalf("short = %+v", short)
		}
		if short := s.reserve(t, inventory.Want{OrderID: 2, LineID: 1, SKUID: sku, Quantity: 1}); len(short) != 1 {
			t.Fatalf("short = %+v, want order 2", short)
		}
		_, err := s.stock.SetLevels(s.ctx, inventory.LevelsInput{SKUID: sku, WarehouseID: s.main, Backorder: 2})
		if !errors.Is(err, inventory.ErrBelowReserved) {
			t.Errorf("lowering backorder under what is promised: %v, want ErrBelowReserved", err)
		}
		err = s.tx(t, func(ctx context.Context, tx *db.Tx) error {
			return s.stock.DeductTx(ctx, tx, []inventory.Take{{OrderID: 1, LineID: 1, SKUID: sku, Quantity: 5}})
		})
		if !errors.Is(err, inventory.ErrInsufficient) {
			t.Errorf("shipping goods that are not there: %v, want ErrInsufficient", err)
		}
		s.expect(t, sku, s.main, 2, 5)
	})
}

func TestAdjustingStock(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		n := func(v int64) *int64 { return &v }
		sku := s.sku(t, "ADJ", 10)
		s.reserve(t, inventory.Want{OrderID: 1, LineID: 1, SKUID: sku, Quantity: 4})
		bundle := catalogtest.Bundle(t, s.ctx, s.catalog, "SET", catalog.Component{SKUID: sku})
		for _, c := range []struct {
			name string
			in   inventory.AdjustInput
			want error
		}{
			{"a change and a count at once", inventory.AdjustInput{Change: n(1), SetTo: n(1), Reason: "x"}, inventory.ErrNothingToChange},
			{"neither", inventory.AdjustInput{Reason: "x"}, inventory.ErrNothingToChange},
			{"no reason", inventory.AdjustInput{Change: n(1), Reason: "  "}, inventory.ErrReasonMissing},
			{"a count below zero", inventory.AdjustInput{SetTo: n(-1), Reason: "x"}, inventory.ErrBadLevel},
			{"a change beyond reason", inventory.AdjustInput{Change: n(inventory.MaxQuantity + 1), Reason: "x"}, inventory.ErrBadQuantity},
			{"a condition nobody knows", inventory.AdjustInput{Change: n(1), Condition: "wet", Reason: "x"}, inventory.ErrBadCondition},
			{"less than orders hold", inventory.AdjustInput{SetTo: n(3), Reason: "盘点"}, inventory.ErrBelowReserved},
			{"more away than is there", inventory.AdjustInput{Change: n(-11), Reason: "盘点"}, inventory.ErrBelowReserved},
			{"a warehouse that is not there", inventory.AdjustInput{WarehouseID: 9, Change: n(1), Reason: "x"}, inventory.ErrNoWarehouse},
			{"a SKU that is not there", inventory.AdjustInput{SKUID: 9, Change: n(1), Reason: "x"}, catalog.ErrNoSKU},
			{"a bundle", inventory.AdjustInput{SKUID: bundle.ID, Change: n(1), Reason: "x"}, inventory.ErrBundleHasNoStock},
			{"down to what is reserved", inventory.AdjustInput{SetTo: n(4), Reason: "盘点"}, nil},
			{"up again", inventory.AdjustInput{Change: n(6), Reason: "到货"}, nil},
		} {
			t.Run(c.name, func(t *testing.T) {
				if c.in.SKUID == 0 {
					c.in.SKUID = sku
				}
				if c.in.WarehouseID == 0 {
					c.in.WarehouseID = s.main
				}
				if _, err := s.stock.Adjust(s.ctx, c.in); !errors.Is(err, c.want) {
					t.Errorf("err = %v, want %v", err, c.want)
				}
			})
		}
		s.expect(t, sku, s.main, 10, 4)
	})
}

func TestDefectiveGoodsAreNeverReserved(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		sku := s.sku(t, "DEF", 0)
		err := s.stock.Receive(s.ctx, inventory.ReceiveInput{Ref: "退货入库", Lines: []inventory.Receipt{
			{SKUID: sku, WarehouseID: s.main, Condition: inventory.Defective, Quantity: 5}}})
		if err != nil {
			t.Fatal(err)
		}
		if short := s.reserve(t, inventory.Want{OrderID: 1, LineID: 1, SKUID: sku, Quantity: 1}); len(short) != 1 {
			t.Error("defective goods were reserved")
		}
		s.expect(t, sku, s.main, 0, 0)
	})
}

func TestABundleHasAsManyAsItsScarcestComponentAllows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		cup, plate := s.sku(t, "CUP", 7), s.sku(t, "PLATE", 2)
		set := catalogtest.Bundle(t, s.ctx, s.catalog, "SET", catalog.Component{SKUID: cup, Quantity: 2}, catalog.Component{SKUID: plate})
		got, err := s.stock.AvailableTx(s.ctx, s.k.DB, []id.ID{set.ID, cup, 99}, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got[set.ID] != 2 || got[cup] != 7 || len(got) != 2 {
			t.Errorf("available = %v, want 2 sets and 7 cups", got)
		}
		s.reserve(t, inventory.Want{OrderID: 1, LineID: 1, SKUID: cup, Quantity: 4})
		if got, _ = s.stock.AvailableTx(s.ctx, s.k.DB, []id.ID{set.ID}, s.main); got[set.ID] != 1 {
			t.Errorf("available = %v, want 1 set from 3 cups", got)
		}
	})
}

func TestOneWarehouseIsAlwaysTheDefault(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		yes, no := true, false
		if _, err := s.stock.UpdateWarehouse(s.ctx, inventory.UpdateWarehouseInput{WarehouseID: s.main, IsDefault: &no}); !errors.Is(err, inventory.ErrDefaultWarehouse) {
			t.Errorf("giving up the default: %v", err)
		}
		if _, err := s.stock.UpdateWarehouse(s.ctx, inventory.UpdateWarehouseInput{WarehouseID: s.main, Active: &no}); !errors.Is(err, inventory.ErrDefaultWarehouse) {
			t.Errorf("switching the default off: %v", err)
		}
		if _, err := s.stock.UpdateWarehouse(s.ctx, inventory.UpdateWarehouseInput{WarehouseID: s.second, IsDefault: &yes}); err != nil {
			t.Fatal(err)
		}
		all, err := s.stock.Warehouses(s.ctx)
		if err != nil || len(all) != 2 || all[0].ID != s.second || !all[0].IsDefault || all[1].IsDefault {
			t.Errorf("warehouses = %+v, %v", all, err)
		}
		if _, err := s.stock.UpdateWarehouse(s.ctx, inventory.UpdateWarehouseInput{WarehouseID: s.main, Version: 1, Active: &no}); !errors.Is(err, inventory.ErrWarehouseChanged) {
			t.Errorf("an old version: %v, want ErrWarehouseChanged", err)
		}
		if _, err := s.stock.CreateWarehouse(s.ctx, inventory.WarehouseInput{Code: "HZ", Name: "又一个"}); !errors.Is(err, inventory.ErrWarehouseTaken) {
			t.Errorf("a code twice: %v, want ErrWarehouseTaken", err)
		}
		if _, err := s.stock.CreateWarehouse(s.ctx, inventory.WarehouseInput{Code: " ", Name: "无编码"}); !errors.Is(err, inventory.ErrBadWarehouse) {
			t.Errorf("no code: %v, want ErrBadWarehouse", err)
		}
	})
}

func TestPeopleSeeTheStockOfTheirWarehousesOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		sku := s.sku(t, "A-1", 5)
		inventorytest.Stock(t, s.ctx, s.stock, sku, s.second, 7)
		ctx := kittest.Within(s.ctx, inventory.Scope, s.second)
		all, _, err := s.stock.Balances(ctx, inventory.BalanceFilter{})
		if err != nil || len(all) != 1 || all[0].WarehouseID != s.second {
			t.Errorf("balances = %+v, %v", all, err)
		}
		moves, _, err := s.stock.Movements(ctx, inventory.MovementFilter{SKUID: sku})
		if err != nil || len(moves) != 1 || moves[0].OnHandChange != 7 {
			t.Errorf("movements = %+v, %v", moves, err)
		}
		n := int64(1)
		if _, err := s.stock.Adjust(ctx, inventory.AdjustInput{SKUID: sku, WarehouseID: s.main, Change: &n, Reason: "x"}); !errors.Is(err, inventory.ErrNoWarehouse) {
			t.Errorf("adjusting another warehouse: %v, want ErrNoWarehouse", err)
		}
		if all, _, _ := s.stock.Balances(kittest.Within(s.ctx, inventory.Scope), inventory.BalanceFilter{}); len(all) != 0 {
			t.Errorf("an empty scope sees %d balances", len(all))
		}
	})
}

func TestListsComeInPagesWithoutGapsOrRepeats(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		for _, code := range []string{"a-1", "B-2", "C-3", "D%4", "E-5"} {
			sku := s.sku(t, code, 3)
			inventorytest.Stock(t, s.ctx, s.stock, sku, s.second, 1)
			s.reserve(t, inventory.Want{OrderID: 7, LineID: sku, SKUID: sku, Quantity: 1})
		}
		seen := map[string]int{}
		f := inventory.BalanceFilter{Limit: 3}
		for {
			part, next, err := s.stock.Balances(s.ctx, f)
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range part {
				seen[b.SKUCode+b.WarehouseName]++
			}
			if f.Cursor = next; next == "" {
				break
			}
		}
		if len(seen) != 10 {
			t.Errorf("saw %v", seen)
		}
		for k, n := range seen {
			if n != 1 {
				t.Errorf("%s came %d times", k, n)
			}
		}
		if part, _, err := s.stock.Balances(s.ctx, inventory.BalanceFilter{Query: "d%"}); err != nil || len(part) != 2 || part[0].SKUCode != "D%4" {
			t.Errorf("search for d%%: %+v, %v", part, err)
		}
		if part, _, err := s.stock.Balances(s.ctx, inventory.BalanceFilter{Query: "A-"}); err != nil || len(part) != 2 {
			t.Errorf("search whatever the case: %+v, %v", part, err)
		}
		if held, next, err := s.stock.Reservations(s.ctx, inventory.ReservationFilter{OrderID: 7, Limit: 4}); err != nil || len(held) != 4 || next == "" {
			t.Errorf("reservations = %d, %q, %v", len(held), next, err)
		}
		if _, _, err := s.stock.Movements(s.ctx, inventory.MovementFilter{Cursor: "nonsense"}); err == nil {
			t.Error("a cursor nobody gave out was taken")
		}
	})
}

func TestTheLedgerSaysWhatLayThereAfterEachMovement(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		a, b := s.sku(t, "A", 10), s.sku(t, "B", 3)
		inventorytest.Stock(t, s.ctx, s.stock, a, s.second, 7)
		s.reserve(t, inventory.Want{OrderID: 1, LineID: 1, SKUID: a, Quantity: 2})
		inventorytest.Stock(t, s.ctx, s.stock, a, s.main, 6)
		inventorytest.Stock(t, s.ctx, s.stock, b, s.main, 4)
		var got []int64
		f := inventory.MovementFilter{Limit: 2}
		for {
			part, next, err := s.stock.Movements(s.ctx, f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range part {
				got = append(got, m.OnHandAfter)
			}
			if f.Cursor = next; next == "" {
				break
			}
		}
		if want := []int64{4, 6, 10, 7, 3, 10}; !slices.Equal(got, want) {
			t.Errorf("after each movement, newest first: %v, want %v", got, want)
		}
	})
}

func TestVerifyFindsABalanceThatSomebodyTouched(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		sku := s.sku(t, "A-1", 5)
		inventorytest.Proved(t, s.ctx, s.stock)
		if err := s.tx(t, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE inventory_balance SET on_hand = 6 WHERE merchant_id = ? AND sku_id = ?`, kittest.Merchant, sku)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		found, err := s.stock.Verify(s.ctx)
		if err != nil || len(found) != 1 || found[0].OnHand != 6 || found[0].Moved != 5 {
			t.Errorf("findings = %+v, %v", found, err)
		}
	})
}
