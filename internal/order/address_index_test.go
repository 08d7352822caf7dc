package order_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/order/receiver"
)

func TestTheAddressIndexGoesOnWhereABrokenRunStood(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		const n = 450
		in := make([]order.Incoming, n)
		for i := range in {
			doc := w.Doc(fmt.Sprintf("A%04d", i), "A-1")
			doc.Receiver.Detail = fmt.Sprintf("湖滨路 %d 号", i)
			in[i] = order.Incoming{Shop: w.Shop, Doc: doc, Source: order.SourceFile, SourceAt: doc.PlacedAt}
		}
		kittest.InTx(t, w.Kit, ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := w.Orders.ApplyTx(ctx, tx, in)
			return err
		})
		tokens := func(what string) (orders int) {
			t.Helper()
			if err := d.QueryRow(ctx, "SELECT COUNT("+what+") FROM order_token WHERE merchant_id = ? AND kind = ?", kittest.Merchant, receiver.TokenAddressBigram).Scan(&orders); err != nil {
				t.Fatal(err)
			}
			return orders
		}
		state := func(want receiver.AddressState) {
			t.Helper()
			if got, err := w.Orders.AddressIndex().State(ctx, d); err != nil || got != want {
				t.Fatalf("the index is %s, want %s, %v", got, want, err)
			}
		}
		wish := func(on bool) {
			t.Helper()
			kittest.InTx(t, w.Kit, ctx, func(ctx context.Context, tx *db.Tx) error { return w.Orders.AddressIndex().SwitchTx(ctx, tx, on) })
			kittest.Clock(w.Kit).Advance(2 * time.Minute)
		}
		wish(true)
		// The process is gone after the first step: nothing of the second is kept.
		dying, die := context.WithCancel(ctx)
		w.Kit.Jobs.OnChange(func(id.ID) {
			if tokens("DISTINCT order_id") > 0 {
				die()
			}
		})
		_ = w.Kit.Jobs.Drain(dying)
		if done := tokens("DISTINCT order_id"); done == 0 || done == n {
			t.Fatalf("%d of %d orders when the run broke: it proves nothing", done, n)
		}
		state(receiver.AddressBuilding)
		kittest.Clock(w.Kit).Advance(time.Hour)
		if err := w.Kit.Jobs.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		state(receiver.AddressOn)
		jobs, _, err := w.Kit.Jobs.List(ctx, job.ListInput{Kind: receiver.IndexJob})
		if err != nil || len(jobs) != 1 || jobs[0].State != job.Succeeded || jobs[0].Done != n || jobs[0].Total != n {
			t.Fatalf("%+v, %v", jobs, err)
		}
		if done := tokens("DISTINCT order_id"); done != n {
			t.Errorf("%d of %d orders have tokens", done, n)
		}
		all := tokens("*")
		wish(false)
		if err := w.Kit.Jobs.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		state(receiver.AddressOff)
		if left := tokens("*"); left != 0 || all <= n {
			t.Errorf("%d of %d tokens are left", left, all)
		}
	})
}
