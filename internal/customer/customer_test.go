package customer_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ordercove/ordercove/internal/customer"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
)

func TestBuyersAreMetOncePerShop(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		s := customer.New(k)
		meet := func(seen ...customer.Seen) (out []id.ID) {
			t.Helper()
			kittest.InTx(t, k, ctx, func(ctx context.Context, tx *db.Tx) (err error) {
				out, err = s.EnsureTx(ctx, tx, seen)
				return err
			})
			return out
		}
		seen := []customer.Seen{
			{ShopID: 1, BuyerKey: "b1", Nick: "小鱼", PlacedAt: 50},
			{ShopID: 2, BuyerKey: "b1", Nick: "小鱼", PlacedAt: 50},
			{ShopID: 1, Nick: "小鱼", PlacedAt: 50},
			{ShopID: 1, PlacedAt: 50},
			{ShopID: 1, BuyerKey: "b1", PlacedAt: 40},
			{ShopID: 1, Nick: strings.Repeat("长", 300), PlacedAt: 10},
		}
		first := meet(seen...)
		if first[0] == 0 || first[0] == first[1] || first[0] == first[2] || first[3] != 0 || first[4] != first[0] || first[5] == 0 {
			t.Errorf("customers %v", first)
		}
		if again := meet(seen...); !slices.Equal(again, first) {
			t.Errorf("met again as %v, want %v", again, first)
		}
		meet(customer.Seen{ShopID: 1, BuyerKey: "b1", PlacedAt: 30})
		meet(customer.Seen{ShopID: 1, BuyerKey: "b1", PlacedAt: 60})
		var from, to int64
		if err := d.QueryRow(ctx, `SELECT first_order_at, last_order_at FROM customer_customer WHERE merchant_id = ? AND id = ?`, 1, first[0]).Scan(&from, &to); err != nil || from != 30 || to != 60 {
			t.Errorf("orders from %d to %d, %v; want 30 to 60", from, to, err)
		}
	})
}

func TestTheSameNewBuyersMetAtTheSameTimeAreOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		s := customer.New(k)
		var wg sync.WaitGroup
		out := make([][]id.ID, 6)
		for i := range out {
			wg.Add(1)
			go func() {
				defer wg.Done()
				var seen []customer.Seen
				for n := range 300 {
					seen = append(seen, customer.Seen{ShopID: 1, BuyerKey: fmt.Sprint(n), PlacedAt: int64(i + 1)})
				}
				if err := k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
					out[i], err = s.EnsureTx(ctx, tx, seen)
					return err
				}); err != nil {
					t.Error(err)
				}
			}()
		}
		wg.Wait()
		for i := range out {
			if !slices.Equal(out[i], out[0]) {
				t.Errorf("caller %d met other customers", i)
			}
		}
	})
}
