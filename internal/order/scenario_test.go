package order_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/shop"
	"github.com/ordercove/ordercove/internal/shop/shoptest"
)

// later is an export time n minutes after now.
func later(w *ordertest.World, n int) int64 {
	return w.Kit.Clock.Now().Add(time.Duration(n) * time.Minute).UnixMilli()
}

func approve(t *testing.T, ctx context.Context, w *ordertest.World, o order.Order) order.Order {
	t.Helper()
	if _, err := w.Orders.Approve(ctx, order.ApproveInput{OrderID: o.ID}); err != nil {
		t.Fatal(err)
	}
	return w.Load(ctx, o.ID)
}

func holds(o order.Order) []order.HoldKind {
	var out []order.HoldKind
	for _, h := range o.Holds {
		out = append(out, h.Kind)
	}
	slices.Sort(out)
	return out
}

func wantHolds(t *testing.T, o order.Order, want ...order.HoldKind) {
	t.Helper()
	slices.Sort(want)
	if got := holds(o); !slices.Equal(got, want) {
		t.Errorf("open holds %v, want %v", got, want)
	}
	if o.Problem != (len(want) > 0) {
		t.Errorf("problem is %v with holds %v", o.Problem, want)
	}
}

func wantState(t *testing.T, o order.Order, want order.State) {
	t.Helper()
	if o.State != want {
		t.Errorf("state %s, want %s", o.State, want)
	}
}

func results(in []order.Applied) []order.ApplyResult {
	out := make([]order.ApplyResult, len(in))
	for i, a := range in {
		out[i] = a.Result
	}
	return out
}

// events drains the sequencer and lists the names of an order's events.
func events(t *testing.T, ctx context.Context, w *ordertest.World, o id.ID) []string {
	t.Helper()
	rows, err := w.Kit.DB.Query(ctx, `SELECT name FROM event_log WHERE merchant_id = ? AND aggregate_id = ? ORDER BY id`, kittest.Merchant, o)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		out = append(out, n)
	}
	return out
}

func react(t *testing.T, ctx context.Context, w *ordertest.World) {
	t.Helper()
	for range 3 { // events make jobs, jobs make events
		if err := w.Kit.Runner.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		if err := w.Kit.Jobs.Drain(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

// retryShort is what fulfillment/waiting does when goods arrive.
func retryShort(t *testing.T, ctx context.Context, w *ordertest.World, all ...order.Order) {
	t.Helper()
	ids := make([]id.ID, len(all))
	for i, o := range all {
		ids[i] = o.ID
	}
	kittest.InTx(t, w.Kit, ctx, func(ctx context.Context, tx *db.Tx) error { return w.Orders.RetryShortTx(ctx, tx, ids) })
}

func TestTheSameDocumentAgainWritesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		w.SKU(ctx, "A-1", 10)
		doc := w.Doc("1001", "A-1")
		first := w.One(ctx, 0, doc)
		got := w.Apply(ctx, later(w, 5), doc, doc)
		if !slices.Equal(results(got), []order.ApplyResult{order.ApplyUnchanged, order.ApplyUnchanged}) {
			t.Fatal(results(got))
		}
		if again := w.Load(ctx, first.ID); again.Version != 1 || again.SourceAt != first.SourceAt {
			t.Fatalf("version %d", again.Version)
		}
		held(t, ctx, w, first, 1)
	})
}

func TestAnOrderTwiceInOneBatchIsOneOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		w.SKU(ctx, "A-1", 10)
		a, b := w.Doc("1001", "A-1"), w.Doc("1001", "A-1")
		a.Status, a.PaidAt, a.Money.BuyerPaid = order.ChannelPendingPayment, 0, ordertest.Fen(0)
		got := w.Apply(ctx, 0, a, b)
		if !slices.Equal(results(got), []order.ApplyResult{order.ApplyCreated, order.ApplyUpdated}) || got[0].OrderID != got[1].OrderID {
			t.Fatal(got)
		}
		o := w.Load(ctx, got[0].OrderID)
		wantState(t, o, order.AwaitingApproval)
		held(t, ctx, w, o, 1)
	})
}

func TestAFileOlderThanWhatWeHoldChangesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		w.SKU(ctx, "A-1", 10)
		o := w.One(ctx, later(w, 0), w.Doc("1001", "A-1"))
		old := w.Doc("1001", "A-1")
		old.SellerNote = "旧备注"
		if got := w.Apply(ctx, later(w, -60), old); got[0].Result != order.ApplyStale {
			t.Fatal(got)
		}
		if w.Load(ctx, o.ID).SellerNote != "" {
			t.Error("an older file overwrote the note")
		}
	})
}

func TestPaymentReservesAndAxesOnlyMoveForward(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		w.SKU(ctx, "A-1", 10)
		doc := w.Doc("1001", "A-1")
		unpaid := doc
		unpaid.Status, unpaid.PaidAt = order.ChannelPendingPayment, 0
		o := w.One(ctx, later(w, 0), unpaid)
		wantState(t, o, order.PendingPayment)
		held(t, ctx, w, o, 0)

		o = w.One(ctx, later(w, 1), doc)
		wantState(t, o, order.AwaitingApproval)
		held(t, ctx, w, o, 1)

		silent := unpaid // a file without the columns says less; less is not news
		silent.Receiver, silent.Money, silent.BuyerNick = order.Receiver{}, order.Money{}, ""
		back := w.One(ctx, later(w, 2), silent)
		if back.Payment != order.Paid || back.PaidAt != doc.PaidAt || back.ReceiverMasked == "" || back.Amounts.BuyerPaid == nil || back.BuyerNick == "" {
			t.Errorf("an axis moved back: %+v", back)
		}
		wantState(t, back, order.AwaitingApproval)
		held(t, ctx, w, back, 1)
	})
}

func TestReservingWhenPlacedIsTheShopsChoice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d, func(in *shop.CreateInput) { in.ReserveOn = shop.ReserveOnPlaced })
		w.SKU(ctx, "A-1", 10)
		doc := w.Doc("1001", "A-1")
		doc.Status, doc.PaidAt = order.ChannelPendingPayment, 0
		held(t, ctx, w, w.One(ctx, 0, doc), 1)
	})
}

func TestAShortageIsAHoldAndEndsWhenGoodsArrive(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		sku := w.SKU(ctx, "A-1", 1)
		first := w.One(ctx, 0, w.Doc("1001", "A-1"))
		wantHolds(t, first)
		second := w.One(ctx, 0, w.Doc("1002", "A-1"))
		wantHolds(t, second, order.HoldOutOfStock)
		held(t, ctx, w, second, 0)

		w.Receive(ctx, sku, 5)
		retryShort(t, ctx, w, second)
		second = w.Load(ctx, second.ID)
		wantHolds(t, second)
		held(t, ctx, w, second, 1)
		if ev := events(t, ctx, w, second.ID); ev[len(ev)-1] != "order.stock_reserved" {
			t.Error(ev)
		}
	})
}

func TestMappingAListingRelinksItsOrdersAndReservesForThem(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		o := w.One(ctx, 0, w.Doc("1001", "SELLER-CODE"))
		wantHolds(t, o, order.HoldUnmapped)
		if _, err := w.Orders.Approve(ctx, order.ApproveInput{OrderID: o.ID}); !errors.Is(err, order.ErrOnHold) {
			t.Fatal(err)
		}
		sku := w.SKU(ctx, "OUR-1", 5)
		if _, err := w.Catalog.Map(ctx, []catalog.MapItem{{ListingID: o.Lines[0].ListingID, SKUID: sku}}); err != nil {
			t.Fatal(err)
		}
		react(t, ctx, w)
		o = w.Load(ctx, o.ID)
		if o.Lines[0].SKUID != sku {
			t.Fatal("the line was not relinked")
		}
		wantHolds(t, o)
		held(t, ctx, w, o, 1)
	})
}

func TestAnUnknownQuantityWaitsForAPerson(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		w.SKU(ctx, "A-1", 10)
		doc := w.Doc("1001", "A-1")
		doc.Lines[0].Quantity = nil
		o := w.One(ctx, 0, doc)
		wantHolds(t, o, order.HoldQuantity)
		held(t, ctx, w, o, 0)
		if _, err := w.Orders.ChangeLines(ctx, order.ChangeLinesInput{OrderID: o.ID, Lines: []order.LineChange{{LineID: o.Lines[0].ID, Quantity: 3}}}); err != nil {
			t.Fatal(err)
		}
		o = w.Load(ctx, o.ID)
		wantHolds(t, o)
		held(t, ctx, w, o, 3)
	})
}

func TestHistoryMakesFactsOnlyUntilItIsAdopted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d, func(in *shop.CreateInput) { in.LiveFrom = kittest.Noon.UnixMilli() })
		w.SKU(ctx, "A-1", 10)
		o := w.One(ctx, 0, w.Doc("1001", "A-1")) // placed an hour before the shop went live
		if !o.History || o.Unread {
			t.Fatalf("%+v", o)
		}
		held(t, ctx, w, o, 0)
		wantHolds(t, o)
		if _, err := w.Orders.Approve(ctx, order.ApproveInput{OrderID: o.ID}); !errors.Is(err, order.ErrHistory) {
			t.Fatal(err)
		}
		if err := w.Ship(ctx, o.ID, "YT1"); !errors.Is(err, order.ErrHistory) {
			t.Fatal(err)
		}
		if _, err := w.Orders.Adopt(ctx, order.AdoptInput{OrderID: o.ID}); err != nil {
			t.Fatal(err)
		}
		o = w.Load(ctx, o.ID)
		held(t, ctx, w, o, 1)
		if o.History || !o.Unread {
			t.Error("adopted orders are work")
		}
		approve(t, ctx, w, o)
		if _, err := w.Orders.Adopt(ctx, order.AdoptInput{OrderID: o.ID}); !errors.Is(err, order.ErrNotAllowed) {
			t.Errorf("adopted twice: %v", err)
		}
	})
}

func TestAFirstImportOfAYearOfShippedOrdersTouchesNoStock(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		w.SKU(ctx, "A-1", 1)
		for i, st := range []order.ChannelStatus{order.ChannelShipped, order.ChannelDelivered, order.ChannelCompleted, order.ChannelClosed} {
			doc := w.Doc("20"+string(rune('0'+i)), "A-1")
			doc.Status, doc.Waybill = st, &order.Waybill{Carrier: "圆通速递", No: "YT77"}
			o := w.One(ctx, 0, doc)
			if !o.History || o.Problem {
				t.Errorf("%s: history %v problem %v", st, o.History, o.Problem)
			}
			if ev := events(t, ctx, w, o.ID); len(ev) != 1 || ev[0] != "order.created" {
				t.Errorf("%s: events %v", st, ev)
			}
			if st != order.ChannelClosed && (o.Lines[0].Shipped != 1 || o.WaybillNo != "YT77") {
				t.Errorf("%s: %+v", st, o.Lines[0])
			}
		}
		stock(t, ctx, w, 1, 0)
	})
}

// stock checks the only balance of the world.
func stock(t *testing.T, ctx context.Context, w *ordertest.World, onHand, reserved int64) {
	t.Helper()
	var a, b int64
	if err := w.Kit.DB.QueryRow(ctx, `SELECT on_hand, reserved FROM inventory_balance WHERE merchant_id = ?`, kittest.Merchant).Scan(&a, &b); err != nil {
		t.Fatal(err)
	}
	if a != onHand || b != reserved {
		t.Errorf("stock %d on hand, %d reserved; want %d and %d", a, b, onHand, reserved)
	}
	if bad, err := w.Stock.Verify(ctx); err != nil || len(bad) > 0 {
		t.Errorf("stock does not verify: %v %v", bad, err)
	}
}

func TestShippedElsewhereDeductsOnceAndLeavesTheQueues(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		w.SKU(ctx, "A-1", 10)
		w.One(ctx, later(w, 0), w.Doc("1001", "A-1"))
		doc := w.Doc("1001", "A-1")
		doc.Status, doc.ShippedAt, doc.Waybill = order.ChannelShipped, later(w, 1), &order.Waybill{Carrier: "韵达快递", No: "433"}
		o := w.One(ctx, later(w, 2), doc)
		wantState(t, o, order.Shipped)
		if o.WaybillNo != "433" || o.ParcelCount != 0 {
			t.Errorf("%+v", o)
		}
		stock(t, ctx, w, 9, 0)
		doc.BuyerNote = "谢谢"
		doc.Status = order.ChannelDelivered
		o = w.One(ctx, later(w, 3), doc)
		stock(t, ctx, w, 9, 0)
		wantState(t, o, order.Delivered)
		var n int
		for _, e := range events(t, ctx, w, o.ID) {
			if e == "order.shipped_elsewhere" {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d takeovers", n)
		}
	})
}

func TestShippedElsewhereWithoutStockIsAFactAndAProblem(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		w.SKU(ctx, "A-1", 1)
		w.One(ctx, later(w, 0), w.Doc("1001", "A-1")) // takes the only piece
		w.One(ctx, later(w, 0), w.Doc("1002", "A-1"))
		doc := w.Doc("1002", "A-1")
		doc.Status = order.ChannelShipped
		o := w.One(ctx, later(w, 2), doc)
		wantState(t, o, order.Shipped)
		wantHolds(t, o, order.HoldStockNotDeducted)
		stock(t, ctx, w, 1, 1)
		if _, err := w.Orders.Release(ctx, order.ReleaseInput{OrderID: o.ID, Kind: order.HoldStockNotDeducted}); err != nil {
			t.Fatal(err)
		}
		wantHolds(t, w.Load(ctx, o.ID))
	})
}

func TestAChannelThatCallsTheOrderShippedWithItsFirstParcelDoesNotShipTheRest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		w.SKU(ctx, "A-1", 10)
		doc := w.Doc("1001", "A-1")
		doc.Lines[0] = ordertest.Line("A-1", 3, 5000)
		o := approve(t, ctx, w, w.One(ctx, later(w, 0), doc))
		kittest.InTx(t, w.Kit, ctx, func(ctx context.Context, tx *db.Tx) error {
			errs, err := w.Orders.MarkShippedTx(ctx, tx, []order.Shipment{{OrderID: o.ID, WarehouseID: w.Warehouse, WaybillNo: "A", At: 1, Lines: []order.LineQty{{LineID: o.Lines[0].ID, Quantity: 1}}}})
			return errors.Join(err, errs[0])
		})
		doc.Status, doc.Waybill = order.ChannelShipped, &order.Waybill{Carrier: "圆通", No: "A"}
		o = w.One(ctx, later(w, 2), doc)
		wantState(t, o, order.PartlyShipped)
		if o.Lines[0].Shipped != 1 || len(o.OpenLines()) != 1 {
			t.Errorf("%+v", o.Lines[0])
		}
	})
}

func TestChangesAfterApprovalRaiseTheirHoldInsteadOfPassingSilently(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*order.Document)
		want   order.HoldKind
	}{
		{"address", func(d *order.Document) { d.Receiver.Detail = "文二路 9 号" }, order.HoldAddressChanged},
		{"seller note", func(d *order.Document) { d.SellerNote = "发顺丰" }, order.HoldNoteChanged},
		{"buyer note", func(d *order.Document) { d.BuyerNote = "周末送" }, order.HoldNoteChanged},
		{"flag", func(d *order.Document) { d.Flag = 1 }, order.HoldFlagChanged},
		{"quantity", func(d *order.Document) { d.Lines[0] = ordertest.Line("A-1", 2, 5000) }, order.HoldSKUChanged},
		{"SKU", func(d *order.Document) { d.Lines[0] = ordertest.Line("B-2", 1, 5000) }, order.HoldSKUChanged},
		{"refund", func(d *order.Document) { d.RefundState = order.RefundInProgress }, order.HoldRefund},
		{"risk lock", func(d *order.Document) { d.Holds = []string{"risk_review"} }, order.HoldChannelLock},
	} {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				w, ctx := ordertest.New(t, d)
				w.SKU(ctx, "A-1", 10)
				w.SKU(ctx, "B-2", 10)
				approve(t, ctx, w, w.One(ctx, later(w, 0), w.Doc("1001", "A-1")))
				doc := w.Doc("1001", "A-1")
				c.change(&doc)
				o := w.One(ctx, later(w, 1), doc)
				wantHolds(t, o, c.want)
				wantState(t, o, order.AwaitingShipment)
				if err := w.Ship(ctx, o.ID, "X1"); errs.KindOf(err) != errs.Conflict {
					t.Errorf("shipped in spite of the hold: %v", err)
				}
				held(t, ctx, w, o, o.Lines[0].Ordered)
				if !order.RuleOf(c.want).Releasable {
					return
				}
				if _, err := w.Orders.Release(ctx, order.ReleaseInput{OrderID: o.ID}); err != nil {
					t.Fatal(err)
				}
				if err := w.Ship(ctx, o.ID, "X1"); err != nil {
					t.Errorf("released, and still: %v", err)
				}
			})
		})
	}
}

func TestTheSameChangesBeforeApprovalApplyWithoutAHold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		w.SKU(ctx, "A-1", 10)
		w.SKU(ctx, "B-2", 10)
		w.One(ctx, later(w, 0), w.Doc("1001", "A-1"))
		doc := w.Doc("1001", "B-2")
		doc.Receiver.Detail, doc.SellerNote, doc.Flag = "文二路 9 号", "发顺丰", 3
		o := w.One(ctx, later(w, 1), doc)
		wantHolds(t, o)
		if len(o.Lines) != 1 || o.Lines[0].SKUCode != "B-2" || o.SellerNote != "发顺丰" || o.Flag != 3 {
			t.Errorf("%+v", o)
		}
		held(t, ctx, w, o, 1)
	})
}

func TestARefundBeforeShippingHoldsAndItsSuccessGivesTheStockBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		w.SKU(ctx, "A-1", 10)
		doc := w.Doc("1001", "A-1")
		doc.Lines = append(doc.Lines, ordertest.Line("A-1", 2, 1000))
		doc.Lines[0].ChannelLineNo, doc.Lines[1].ChannelLineNo = "1", "2"
		approve(t, ctx, w, w.One(ctx, later(w, 0), doc))
		doc.RefundState, doc.Lines[1].RefundState = order.RefundInProgress, order.RefundInProgress
		o := w.One(ctx, later(w, 1), doc)
		wantHolds(t, o, order.HoldRefund)
		if !o.InAftersale {
			t.Error("not in after-sale")
		}
		doc.RefundState, doc.Lines[1].RefundState, doc.RefundFen = order.RefundPart, order.RefundDone, ordertest.Fen(2000)
		for range 2 { // cancel applied twice
			doc.SellerNote += "."
			o = w.One(ctx, later(w, 2), doc)
			if o.Lines[1].Cancelled != 2 || o.Lines[1].Refunded != 2 || o.Payment != order.PartRefunded || *o.Lines[1].Amounts.Refund != 2000 {
				t.Fatalf("%+v", o.Lines[1])
			}
		}
		if _, err := w.Orders.Release(ctx, order.ReleaseInput{OrderID: o.ID}); err != nil { // the note changed after approval
			t.Fatal(err)
		}
		held(t, ctx, w, o, 1)
		if err := w.Ship(ctx, o.ID, "X1"); err != nil {
			t.Fatal(err)
		}
		wantState(t, w.Load(ctx, o.ID), order.Shipped)
	})
}

func TestAWithdrawnRefundEndsItsHold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		w.SKU(ctx, "A-1", 10)
		doc := w.Doc("1001", "A-1")
		doc.RefundState = order.RefundInProgress
		wantHolds(t, w.One(ctx, later(w, 0), doc), order.HoldRefund)
		doc.RefundState = order.RefundNone
		wantHolds(t, w.One(ctx, later(w, 1), doc))
	})
}

func TestAFullRefundBeforeShippingClosesTheOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		w.SKU(ctx, "A-1", 10)
		doc := w.Doc("1001", "A-1")
		w.One(ctx, later(w, 0), doc)
		doc.RefundState, doc.RefundFen = order.RefundDone, ordertest.Fen(5600)
		o := w.One(ctx, later(w, 1), doc)
		wantState(t, o, order.Closed)
		if o.ClosedReason != "refunded" || o.Payment != order.Refunded {
			t.Errorf("%s %s", o.ClosedReason, o.Payment)
		}
		held(t, ctx, w, o, 0)
		stock(t, ctx, w, 10, 0)
	})
}

func TestClosedOnTheChannelReleasesStock(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		w.SKU(ctx, "A-1", 10)
		doc := w.Doc("1001", "A-1")
		approve(t, ctx, w, w.One(ctx, later(w, 0), doc))
		doc.Status = order.ChannelClosed
		o := w.One(ctx, later(w, 1), doc)
		wantState(t, o, order.Closed)
		wantHolds(t, o)
		stock(t, ctx, w, 10, 0)
		if err := w.Ship(ctx, o.ID, "X"); !errors.Is(err, order.ErrNotAllowed) {
			t.Error(err)
		}
	})
}

func TestALatePaymentAfterClosingReopensWithAHold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		w.SKU(ctx, "A-1", 10)
		unpaid := w.Doc("1001", "A-1")
		unpaid.Status, unpaid.PaidAt, unpaid.Money.BuyerPaid = order.ChannelPendingPayment, 0, ordertest.Fen(0)
		w.One(ctx, later(w, 0), unpaid)
		closed := unpaid
		closed.Status = order.ChannelClosed
		wantState(t, w.One(ctx, later(w, 1), closed), order.Closed)
		o := w.One(ctx, later(w, 2), w.Doc("1001", "A-1"))
		wantState(t, o, order.AwaitingApproval)
		wantHolds(t, o, order.HoldLatePayment)
		held(t, ctx, w, o, 1)
	})
}

func TestAutomaticApprovalTakesOnlyOrdersWithoutAReasonToLook(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d, func(in *shop.CreateInput) { in.AutoApprove = true })
		sku := w.SKU(ctx, "A-1", 1)
		clean := w.One(ctx, later(w, 0), w.Doc("1001", "A-1"))
		wantState(t, clean, order.AwaitingShipment)
		noted := w.Doc("1002", "A-1")
		noted.BuyerNote = "请放门口"
		o := w.One(ctx, later(w, 0), noted)
		wantState(t, o, order.AwaitingApproval)
		wantHolds(t, o, order.HoldBuyerNote, order.HoldOutOfStock)
		o = approve(t, ctx, w, o)
		wantHolds(t, o, order.HoldOutOfStock)

		short := w.One(ctx, later(w, 0), w.Doc("1003", "A-1"))
		wantState(t, short, order.AwaitingApproval)
		w.Receive(ctx, sku, 5)
		retryShort(t, ctx, w, o, short)
		wantState(t, w.Load(ctx, short.ID), order.AwaitingShipment)

		if _, err := w.Orders.RevokeApproval(ctx, order.ApproveInput{OrderID: clean.ID}); err != nil {
			t.Fatal(err)
		}
		again := w.Doc("1001", "A-1")
		again.SellerNote = "新备注"
		wantState(t, w.One(ctx, later(w, 1), again), order.AwaitingApproval)
	})
}

func TestHeaderMoneyIsTheExactSumOfItsLines(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		doc := w.Doc("1001", "A-1")
		doc.Lines = []order.Line{ordertest.Line("A", 1, 333), ordertest.Line("B", 1, 333), ordertest.Line("C", 1, 334)}
		doc.Money = order.Money{Goods: ordertest.Fen(1000), MerchantDiscount: ordertest.Fen(100), PlatformDiscount: ordertest.Fen(1), BuyerPaid: ordertest.Fen(899), MerchantReceivable: ordertest.Fen(900)}
		o := w.One(ctx, 0, doc)
		var goods, discount, paid money.Fen
		for _, l := range o.Lines {
			goods += *l.Amounts.Goods
			discount += *l.Amounts.MerchantDiscount
			paid += *l.Amounts.BuyerPaid
			if l.Amounts.Freight != nil {
				t.Error("the source said nothing about freight")
			}
		}
		if goods != 1000 || discount != 100 || paid != 899 || *o.Amounts.Goods != 1000 || *o.Amounts.BuyerPaid != 899 || o.Amounts.Freight != nil {
			t.Errorf("%d %d %d %+v", goods, discount, paid, o.Amounts)
		}
	})
}

func TestAMaskedReceiverNeverReplacesAPlainOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		w.SKU(ctx, "A-1", 10)
		approve(t, ctx, w, w.One(ctx, later(w, 0), w.Doc("1001", "A-1")))
		masked := w.Doc("1001", "A-1")
		masked.Receiver = order.Receiver{Name: "赵**", Phone: "138****1234", Province: "浙江省", City: "杭州市", District: "西湖区", Detail: "文一路****"}
		masked.Flag = 0
		masked.BuyerNick = "海边的猫猫"
		o := w.One(ctx, later(w, 1), masked)
		wantHolds(t, o)
		r, err := w.Orders.ReceiversTx(ctx, w.Kit.DB, []id.ID{o.ID})
		if err != nil || r[o.ID].Name != "赵小满" {
			t.Errorf("%+v %v", r, err)
		}
		masked.Receiver.Name = "钱**" // cannot be the same person
		wantHolds(t, w.One(ctx, later(w, 2), masked), order.HoldAddressChanged)
	})
}

func TestTheChannelsKeyOfAPlaceIsNoOtherAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		w.SKU(ctx, "A-1", 10)
		doc := w.Doc("1001", "A-1")
		o := approve(t, ctx, w, w.One(ctx, later(w, 0), doc))
		keyed := doc
		keyed.Receiver.GroupKey = "k1"
		wantHolds(t, w.One(ctx, later(w, 1), keyed))
		if w.Receiver(ctx, o.ID).GroupKey != "k1" {
			t.Error("the key is not kept")
		}
		doc.BuyerNick = "海边的猫猫" // a file, which knows no keys
		wantHolds(t, w.One(ctx, later(w, 2), doc))
		if w.Receiver(ctx, o.ID).GroupKey != "k1" {
			t.Error("a source without keys took it away")
		}
	})
}

func TestOurOwnEditsSurviveFilesThatRepeatTheOldWord(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		w.SKU(ctx, "A-1", 10)
		other := w.SKU(ctx, "B-2", 10)
		doc := w.Doc("1001", "A-1")
		doc.SellerNote = "平台备注"
		o := w.One(ctx, later(w, 0), doc)
		must := func(_ order.Result, err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(w.Orders.Note(ctx, order.NoteInput{OrderID: o.ID, SellerNote: "我们的备注"}))
		must(w.Orders.ChangeAddress(ctx, order.ChangeAddressInput{OrderID: o.ID, Receiver: order.Receiver{Name: "孙一", Phone: "13900005678", Province: "江苏省", City: "南京市", Detail: "中山路 1 号"}}))
		must(w.Orders.ChangeLines(ctx, order.ChangeLinesInput{OrderID: o.ID, Lines: []order.LineChange{{LineID: o.Lines[0].ID, SKUID: other, Quantity: 2}}}))
		must(w.Orders.Flag(ctx, order.FlagInput{OrderID: o.ID, Flag: 2}))
		held(t, ctx, w, o, 2)

		doc.PaymentMethod = "微信" // something new, and all the old words again
		o = w.One(ctx, later(w, 1), doc)
		if o.SellerNote != "我们的备注" || o.Flag != 2 || o.Lines[0].SKUID != other || o.Lines[0].Ordered != 2 || o.City != "南京市" {
			t.Errorf("%+v", o)
		}
		doc.SellerNote = "平台新备注"
		if o = w.One(ctx, later(w, 2), doc); o.SellerNote != "平台新备注" {
			t.Error("the channel's new word counts")
		}
	})
}

func TestAnAddressTheChannelHidesIsChangedThere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		w.SKU(ctx, "A-1", 10)
		for i, r := range []order.Receiver{{Name: "张*", Phone: "138****0001", Detail: "某路*号"}, {Name: "##abc##", Phone: "$$xyz$$", Encrypted: true}} {
			doc := w.Doc("300"+string(rune('0'+i)), "A-1")
			doc.Receiver = r
			o := w.One(ctx, 0, doc)
			_, err := w.Orders.ChangeAddress(ctx, order.ChangeAddressInput{OrderID: o.ID, Receiver: order.Receiver{Name: "孙一", Phone: "139", Detail: "x"}})
			if !errors.Is(err, order.ErrChannelOwns) {
				t.Errorf("%s: %v", o.ReceiverKind, err)
			}
		}
	})
}

func TestAnAddressThatTheChannelKeepsIsAskedOfItAndNotChangedHere(t *testing.T) {
	hidden := order.Receiver{Name: "张*", Phone: "138****0001", Detail: "某路*号"}
	next := order.Receiver{Name: "孙一", Phone: "13900000001", Detail: "西街 1 号"}
	plain := order.Receiver{Name: "赵小满", Phone: "13800001234", Detail: "文一路 8 号"}
	none := order.Action("")
	for _, c := range []struct {
		what     string
		mode     string
		asks     bool
		manual   bool
		receiver order.Receiver
		refused  error
		offered  order.Action
	}{
		{"a file's plain address", shop.ModeFile, true, false, plain, nil, order.ActChangeAddress},
		{"a file's masked address", shop.ModeFile, true, false, hidden, order.ErrChannelOwns, none},
		{"an API's plain address, which the channel does not change", shop.ModeAPI, false, false, plain, nil, order.ActChangeAddress},
		{"an API's masked address, which the channel does not change", shop.ModeAPI, false, false, hidden, order.ErrChangeThere, none},
		{"an API's plain address, which the channel changes", shop.ModeAPI, true, false, plain, order.ErrAskChannel, order.ActAskAddress},
		{"an API's masked address, which the channel changes", shop.ModeAPI, true, false, hidden, order.ErrAskChannel, order.ActAskAddress},
		{"an order made here", shop.ModeAPI, true, true, plain, nil, order.ActChangeAddress},
	} {
		t.Run(c.what, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				w, ctx := ordertest.With(t, d, []order.Option{order.AskForAddress(func(code string) bool { return c.asks && code == shoptest.Channel })}, func(in *shop.CreateInput) { in.Mode = c.mode })
				w.SKU(ctx, "A-1", 10)
				doc := w.Doc("3001", "A-1")
				doc.Receiver = c.receiver
				source := order.SourceFile
				if c.manual {
					source = order.SourceManual
				}
				out, err := w.TryFrom(ctx, source, 0, doc)
				if err != nil || out[0].Err != nil {
					t.Fatal(err, out)
				}
				o := w.Load(ctx, out[0].OrderID)
				r, err := w.Orders.ResultTx(ctx, d, o)
				if err != nil {
					t.Fatal(err)
				}
				var offered order.Action
				for _, a := range r.AllowedActions {
					if a == order.ActChangeAddress || a == order.ActAskAddress {
						offered += a
					}
				}
				if offered != c.offered {
					t.Errorf("offered %q, want %q", offered, c.offered)
				}
				_, err = w.Orders.ChangeAddress(ctx, order.ChangeAddressInput{OrderID: o.ID, Receiver: next})
				if c.refused == nil && err != nil || c.refused != nil && !errors.Is(err, c.refused) {
					t.Errorf("%v, want %v", err, c.refused)
				}
			})
		})
	}
}

func TestAnOrderOutsideTheActorsShopsIsNotThere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		o := w.One(ctx, 0, w.Doc("1001", "A-1"))
		foreign := kittest.Within(ctx, "shop", 999)
		if got, err := w.Orders.LoadTx(foreign, w.Kit.DB, []id.ID{o.ID}); err != nil || len(got) != 0 {
			t.Error(got, err)
		}
		if _, err := w.Orders.Approve(foreign, order.ApproveInput{OrderID: o.ID}); !errors.Is(err, order.ErrNotFound) {
			t.Error(err)
		}
		if got, err := w.Orders.FindByNoTx(foreign, w.Kit.DB, nil, []string{"1001"}); err != nil || len(got) != 0 {
			t.Error(got, err)
		}
	})
}

func TestTwoPeopleWhoChangeTheSameVersionDoNotBothWin(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		w.SKU(ctx, "A-1", 10)
		o := w.One(ctx, 0, w.Doc("1001", "A-1"))
		if _, err := w.Orders.Flag(ctx, order.FlagInput{OrderID: o.ID, Version: o.Version, Flag: 1}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Orders.Flag(ctx, order.FlagInput{OrderID: o.ID, Version: o.Version, Flag: 2}); !errors.Is(err, order.ErrChanged) {
			t.Fatal(err)
		}
	})
}

func TestPriceAndFreightMoveOnlyWhileNothingIsPaid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		doc := w.Doc("1001", "A-1")
		doc.Status, doc.PaidAt = order.ChannelPendingPayment, 0
		o := w.One(ctx, 0, doc)
		_, err := w.Orders.AdjustPrice(ctx, order.AdjustPriceInput{OrderID: o.ID, Lines: []order.PriceChange{{LineID: o.Lines[0].ID, PriceFen: 4500}}, FreightFen: ordertest.Fen(0)})
		if err != nil {
			t.Fatal(err)
		}
		o = w.Load(ctx, o.ID)
		if *o.Amounts.PriceChange != -500 || *o.Amounts.Freight != 0 || *o.Amounts.Goods != 5000 || *o.Lines[0].Price != 4500 {
			t.Errorf("%d %d", *o.Amounts.PriceChange, *o.Amounts.Freight)
		}
		paid := w.One(ctx, 0, w.Doc("1002", "A-1"))
		if _, err := w.Orders.AdjustPrice(ctx, order.AdjustPriceInput{OrderID: paid.ID, FreightFen: ordertest.Fen(0)}); !errors.Is(err, order.ErrNotAllowed) {
			t.Error(err)
		}
	})
}
