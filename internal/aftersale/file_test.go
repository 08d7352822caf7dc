package aftersale

import (
	"context"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/order"
)

// A merchant without an interface imports the channel's after-sale export, and not the
// orders again: what is asked back there must not leave.
func TestAnExportOfCasesHoldsWhatIsAskedBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.SKU(h.ctx, "A", 100)
		file := func(all ...Told) {
			t.Helper()
			kittest.InTx(t, h.Kit, h.ctx, func(ctx context.Context, tx *db.Tx) error {
				_, err := h.s.AbsorbFileTx(ctx, tx, h.Shop.ID, all)
				return err
			})
		}
		held := func(o order.Order, want bool) {
			t.Helper()
			all, err := h.Orders.LoadTx(h.ctx, h.Kit.DB, []id.ID{o.ID})
			if err != nil || len(all) != 1 || all[0].OnHold(order.HoldRefund) != want {
				t.Errorf("%s: holds %+v, %v; want %t", o.ChannelOrderNo, all[0].Holds, err, want)
			}
		}
		later := func() { kittest.Clock(h.Kit).Advance(time.Hour) }
		o := h.place("O1", 2)
		if _, err := h.Orders.Approve(h.ctx, order.ApproveInput{OrderID: o.ID}); err != nil {
			t.Fatal(err)
		}
		later()
		file(h.about("S1", "O1", KindRefund, Requested, 10_000))
		held(o, true)
		if err := h.Ship(h.ctx, o.ID, "YT1234567890123"); code(err) != "order.refund_open" {
			t.Errorf("shipped: %v", err)
		}
		// A note that somebody writes frees nothing; the buyer who takes it back does.
		if _, err := h.Orders.Note(h.ctx, order.NoteInput{OrderID: o.ID, SellerNote: "已联系"}); err != nil {
			t.Fatal(err)
		}
		held(o, true)
		later()
		file(h.about("S1", "O1", KindRefund, Closed, 10_000))
		held(o, false)

		// The whole money has gone; a little of it does not stop the rest.
		whole, little := h.place("O2", 1), h.place("O3", 2)
		later()
		file(h.about("S2", "O2", KindRefund, Refunded, 5000), h.about("S3", "O3", KindRefund, Refunded, 800), h.about("S4", "O3", KindPriceProtection, Requested, 300))
		held(whole, true)
		held(little, false)

		// The order itself, exported later, knows better.
		later()
		doc := h.Doc("O2", "A")
		doc.Lines = []order.Line{doc.Lines[0]}
		doc.Lines[0].ChannelLineNo, doc.RefundState, doc.SellerNote = "L-O2", order.RefundNone, "照发"
		total := money.Fen(5000)
		doc.Money = order.Money{Goods: &total, BuyerPaid: &total}
		h.One(h.ctx, clock.Millis(h.Kit.Clock), doc)
		held(whole, false)
	})
}
