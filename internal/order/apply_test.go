package order_test

import (
	"context"
	"testing"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
)

func TestANewPaidOrderIsReservedAndWaitsForApproval(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		sku := w.SKU(ctx, "A-1", 10)
		o := w.One(ctx, 0, w.Doc("1001", "A-1"))
		if o.State != order.AwaitingApproval || o.Problem || o.History || o.Payment != order.Paid {
			t.Fatalf("%s problem %v history %v payment %s, holds %v", o.State, o.Problem, o.History, o.Payment, o.Holds)
		}
		if len(o.Lines) != 1 || o.Lines[0].SKUID != sku || o.ReceiverMasked != "赵** 138****1234" || o.Quantity != 1 {
			t.Fatalf("%+v %q", o.Lines, o.ReceiverMasked)
		}
		held(t, ctx, w, o, 1)
		if _, err := w.Orders.Approve(ctx, order.ApproveInput{OrderID: o.ID, Version: o.Version}); err != nil {
			t.Fatal(err)
		}
		if err := w.Ship(ctx, o.ID, "YT0001"); err != nil {
			t.Fatal(err)
		}
		o = w.Load(ctx, o.ID)
		if o.State != order.Shipped || o.Lines[0].Shipped != 1 || o.ParcelCount != 1 || o.WaybillNo != "YT0001" {
			t.Fatalf("%+v", o)
		}
		held(t, ctx, w, o, 0)
	})
}

func held(t *testing.T, ctx context.Context, w *ordertest.World, o order.Order, want int64) {
	t.Helper()
	rows, err := w.Stock.ReservedTx(ctx, w.Kit.DB, []id.ID{o.ID})
	if err != nil {
		t.Fatal(err)
	}
	var n int64
	for _, r := range rows {
		n += r.Quantity
	}
	if n != want {
		t.Fatalf("the order holds %d pieces, want %d", n, want)
	}
}

func TestAColumnLeftOutOfAnInsertHasTheSameDefaultInTheTable(t *testing.T) {
	d := dbtest.SQLite(t)
	for table, spare := range order.SpareColumns() {
		if len(spare) < 20 {
			t.Errorf("%s leaves out only %d columns", table, len(spare))
		}
		for _, c := range spare {
			var required int64
			var def string
			if err := d.QueryRow(context.Background(), `SELECT "notnull", COALESCE(dflt_value, 'NULL') FROM pragma_table_info(?) WHERE name = ?`, table, c).Scan(&required, &def); err != nil {
				t.Fatalf("%s.%s: %v", table, c, err)
			}
			if def != "0" && def != "''" && (def != "NULL" || required != 0) {
				t.Errorf("%s.%s: default %s, not null %d", table, c, def, required)
			}
		}
	}
}
