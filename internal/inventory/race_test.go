package inventory_test

import (
	"context"
	"errors"
	"math/rand"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/inventory/inventorytest"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// rush calls f for every order number, by so many clients at once.
func rush(clients, orders int, f func(order id.ID)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range clients {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				n := next.Add(1)
				if n > int64(orders) {
					return
				}
				f(id.ID(n))
			}
		}()
	}
	wg.Wait()
}

func TestAHundredUnitsServeExactlyAHundredOfTwoThousandOrders(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		for name, reserve := range map[string]func(inventory.Want) ([]inventory.Short, error){
			"in a transaction of the order's own": func(w inventory.Want) (short []inventory.Short, err error) {
				err = s.k.DB.InTx(s.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
					short, err = s.stock.ReserveTx(ctx, tx, []inventory.Want{w})
					return err
				})
				return short, err
			},
			"sharing transactions": func(w inventory.Want) ([]inventory.Short, error) {
				return s.stock.Reserve(s.ctx, []inventory.Want{w})
			},
		} {
			t.Run(name, func(t *testing.T) {
				sku := s.sku(t, "HOT "+name[:2], 100)
				var served, short atomic.Int64
				rush(256, 2000, func(order id.ID) {
					got, err := reserve(inventory.Want{OrderID: order, LineID: sku, SKUID: sku, WarehouseID: s.main, Quantity: 1})
					switch {
					case err != nil:
						t.Error(err)
					case len(got) == 0:
						served.Add(1)
					default:
						short.Add(1)
					}
				})
				if served.Load() != 100 || short.Load() != 1900 {
					t.Errorf("%d served and %d short, want 100 and 1900", served.Load(), short.Load())
				}
				s.expect(t, sku, s.main, 100, 100)
			})
		}
	})
}

func TestCommandsThatRaceOnTheSameOrdersKeepTheBooks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		a, b := s.sku(t, "A", 40), s.sku(t, "B", 40)
		inventorytest.Stock(t, s.ctx, s.stock, a, s.second, 40)
		rush(32, 600, func(n id.ID) {
			r := rand.New(rand.NewSource(int64(n)))
			order := id.ID(1 + r.Intn(12))
			err := s.k.DB.InTx(s.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
				switch n % 5 {
				case 0, 1:
					_, err = s.stock.ReserveTx(ctx, tx, []inventory.Want{
						{OrderID: order, LineID: 1, SKUID: b, WarehouseID: s.main, Quantity: 2},
						{OrderID: order, LineID: 2, SKUID: a, WarehouseID: s.main, Quantity: 1}})
				case 2:
					err = s.stock.ReleaseTx(ctx, tx, order, nil)
				case 3:
					_, err = s.stock.MoveTx(ctx, tx, order, s.second)
				case 4:
					err = s.stock.DeductTx(ctx, tx, []inventory.Take{{OrderID: order, LineID: 2, SKUID: a, WarehouseID: s.main, Quantity: 1}})
				}
				return err
			})
			if err != nil && !errors.Is(err, inventory.ErrInsufficient) {
				t.Error(err)
			}
		})
		inventorytest.Proved(t, s.ctx, s.stock)
	})
}

func TestTwoShipmentsOfOneLineTakeTheGoodsOfOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		sku := s.sku(t, "A", 1)
		s.reserve(t, inventory.Want{OrderID: 1, LineID: 1, SKUID: sku, Quantity: 1})
		var won atomic.Int64
		rush(16, 16, func(id.ID) {
			err := s.k.DB.InTx(s.ctx, func(ctx context.Context, tx *db.Tx) error {
				return s.stock.DeductTx(ctx, tx, []inventory.Take{{OrderID: 1, LineID: 1, SKUID: sku, Quantity: 1}})
			})
			if err == nil {
				won.Add(1)
			} else if !errors.Is(err, inventory.ErrInsufficient) {
				t.Error(err)
			}
		})
		if won.Load() != 1 {
			t.Errorf("%d shipments took the only piece", won.Load())
		}
		s.expect(t, sku, s.main, 0, 0)
	})
}

// TestACallerWhoLeavesDoesNotSpoilTheOthers: a caller whose request is cancelled
// while it leads a shared transaction must not take the others down.
func TestACallerWhoLeavesDoesNotSpoilTheOthers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		sku := s.sku(t, "HOT", 1000)
		rush(64, 400, func(order id.ID) {
			ctx, cancel := context.WithCancel(s.ctx)
			if order%3 == 0 {
				go cancel()
			}
			defer cancel()
			if _, err := s.stock.Reserve(ctx, []inventory.Want{{OrderID: order, LineID: 1, SKUID: sku, WarehouseID: s.main, Quantity: 1}}); err != nil && !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
		inventorytest.Proved(t, s.ctx, s.stock)
		if _, reserved := s.level(t, sku, s.main); reserved < 266 {
			t.Errorf("%d reserved; the 266 orders nobody cancelled must be", reserved)
		}
	})
}

// BenchmarkHotSKU reserves one piece of one SKU from 256 clients, beside the raw
// update of one row in a transaction of its own.
func BenchmarkHotSKU(b *testing.B) {
	engines := map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres}
	for name, open := range engines {
		b.Run(name, func(b *testing.B) {
			s := newShelf(b, open(b))
			sku := s.sku(b, "HOT", 900_000_000)
			var order atomic.Int64
			b.Run("raw one-row update", func(b *testing.B) {
				b.SetParallelism(128)
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						if err := s.k.DB.InTx(s.ctx, func(ctx context.Context, tx *db.Tx) error {
							_, err := tx.Exec(ctx, `UPDATE inventory_balance SET safety = safety + 1 WHERE merchant_id = ? AND sku_id = ? AND warehouse_id = ? AND condition = 'good'`, 1, sku, s.main)
							return err
						}); err != nil {
							b.Fatal(err)
						}
					}
				})
			})
			b.Run("Reserve", func(b *testing.B) {
				b.SetParallelism(128)
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						w := inventory.Want{OrderID: id.ID(order.Add(1)), LineID: 1, SKUID: sku, WarehouseID: s.main, Quantity: 1}
						if _, err := s.stock.Reserve(s.ctx, []inventory.Want{w}); err != nil {
							b.Fatal(err)
						}
					}
				})
			})
			b.Run("ReserveTx in own transactions", func(b *testing.B) {
				b.SetParallelism(128)
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						w := inventory.Want{OrderID: id.ID(order.Add(1)), LineID: 1, SKUID: sku, WarehouseID: s.main, Quantity: 1}
						if err := s.k.DB.InTx(s.ctx, func(ctx context.Context, tx *db.Tx) error {
							_, err := s.stock.ReserveTx(ctx, tx, []inventory.Want{w})
							return err
						}); err != nil {
							b.Fatal(err)
						}
					}
				})
			})
			b.Run("ReserveTx of 500 orders at once", func(b *testing.B) {
				wants := make([]inventory.Want, 500)
				for i := 0; i < b.N; i += len(wants) {
					for j := range wants {
						wants[j] = inventory.Want{OrderID: id.ID(order.Add(1)), LineID: 1, SKUID: sku, WarehouseID: s.main, Quantity: 1}
					}
					if err := s.k.DB.InTx(s.ctx, func(ctx context.Context, tx *db.Tx) error {
						_, err := s.stock.ReserveTx(ctx, tx, wants)
						return err
					}); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}
