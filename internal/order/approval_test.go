package order_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/hold"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/shop"
)

func auto(in *shop.CreateInput) { in.AutoApprove = true }

func TestWhatAPersonRevokedOnlyAPersonApproves(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d, auto)
		w.SKU(ctx, "A-1", 9)
		doc := w.Doc("1001", "A-1")
		o := w.One(ctx, 0, doc)
		wantState(t, o, order.AwaitingShipment)
		if _, err := w.Orders.RevokeApproval(ctx, order.ApproveInput{OrderID: o.ID}); err != nil {
			t.Fatal(err)
		}
		// A refund is asked for and withdrawn, and a hold of a person's own ends.
		for n, state := range []order.RefundState{order.RefundInProgress, order.RefundRejected} {
			doc.RefundState = state
			wantState(t, w.One(ctx, later(w, n+1), doc), order.AwaitingApproval)
		}
		if _, err := w.Orders.Hold(ctx, order.HoldInput{OrderID: o.ID}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Orders.Release(ctx, order.ReleaseInput{OrderID: o.ID, Kind: order.HoldManual}); err != nil {
			t.Fatal(err)
		}
		o = w.Load(ctx, o.ID)
		wantState(t, o, order.AwaitingApproval)
		wantHolds(t, o)
		o = approve(t, ctx, w, o)
		if wantState(t, o, order.AwaitingShipment); o.RevokedAt != 0 {
			t.Error("approved, and still taken back")
		}
	})
}

func TestANoteThatComesBeforeApprovalIsReadFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d, auto)
		sku := w.SKU(ctx, "A-1", 0)
		doc := w.Doc("1001", "A-1")
		o := w.One(ctx, 0, doc)
		wantHolds(t, o, order.HoldOutOfStock)
		doc.BuyerNote = "不要发中通"
		o = w.One(ctx, later(w, 1), doc)
		wantHolds(t, o, order.HoldOutOfStock, order.HoldBuyerNote)
		w.Receive(ctx, sku, 5)
		retryShort(t, ctx, w, o)
		o = w.Load(ctx, o.ID)
		wantState(t, o, order.AwaitingApproval)
		wantHolds(t, o, order.HoldBuyerNote)
		// Once somebody read it, it is not asked for again.
		if _, err := w.Orders.Release(ctx, order.ReleaseInput{OrderID: o.ID, Kind: order.HoldBuyerNote}); err != nil {
			t.Fatal(err)
		}
		wantState(t, w.Load(ctx, o.ID), order.AwaitingShipment)
	})
}

func TestAnAdoptedOrderWithANoteIsReadFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d, auto, func(in *shop.CreateInput) { in.LiveFrom = kittest.Noon.UnixMilli() })
		w.SKU(ctx, "A-1", 9)
		doc := w.Doc("1001", "A-1")
		doc.BuyerNote, doc.Flags = "请放前台", []string{order.FlagConsolidation}
		o := w.One(ctx, 0, doc)
		wantHolds(t, o)
		if _, err := w.Orders.Adopt(ctx, order.AdoptInput{OrderID: o.ID}); err != nil {
			t.Fatal(err)
		}
		o = w.Load(ctx, o.ID)
		wantState(t, o, order.AwaitingApproval)
		wantHolds(t, o, order.HoldBuyerNote, hold.Consolidation)
	})
}

func TestWhoLosesTheLastReasonFromOutsideIsApproved(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d, auto)
		w.SKU(ctx, "A-1", 9)
		doc := w.Doc("1001", "A-1")
		doc.BuyerNote = "谢谢"
		o := w.One(ctx, 0, doc)
		raise := func(k order.HoldKind, stands bool) order.Order {
			kittest.InTx(t, w.Kit, ctx, func(ctx context.Context, tx *db.Tx) error {
				return w.Orders.RaiseTx(ctx, tx, []order.Raised{{OrderID: o.ID, Kind: k, Stands: stands}})
			})
			return w.Load(ctx, o.ID)
		}
		raise(hold.ReturnAwaited, true)
		if _, err := w.Orders.Release(ctx, order.ReleaseInput{OrderID: o.ID, Kind: order.HoldBuyerNote}); err != nil {
			t.Fatal(err)
		}
		wantState(t, w.Load(ctx, o.ID), order.AwaitingApproval)
		raise(hold.CarrierUnset, true)
		wantState(t, raise(hold.CarrierUnset, false), order.AwaitingApproval)
		wantState(t, raise(hold.ReturnAwaited, false), order.AwaitingShipment)
	})
}

func TestAMemoAndAFlagTakenOffOnTheChannelAreTakenOffHere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		w.SKU(ctx, "A-1", 9)
		doc := w.Doc("1001", "A-1")
		doc.SellerNote, doc.Flag, doc.MemoTold, doc.FlagTold = "送贺卡", 3, true, true
		o := approve(t, ctx, w, w.One(ctx, 0, doc))
		is := func(when, memo string, flag int64, holds ...order.HoldKind) {
			t.Helper()
			got := w.Load(ctx, o.ID)
			if got.SellerNote != memo || got.Flag != flag {
				t.Errorf("%s: memo %q, flag %d", when, got.SellerNote, got.Flag)
			}
			wantHolds(t, got, holds...)
		}
		silent := doc
		silent.SellerNote, silent.Flag, silent.MemoTold, silent.FlagTold, silent.BuyerNick = "", 0, false, false, "改名"
		w.One(ctx, later(w, 1), silent)
		is("a source that carries neither", "送贺卡", 3)
		doc.SellerNote, doc.Flag = "", 0
		w.One(ctx, later(w, 2), doc)
		is("taken off", "", 0, order.HoldNoteChanged, order.HoldFlagChanged)
		if _, err := w.Orders.Note(ctx, order.NoteInput{OrderID: o.ID, SellerNote: "换礼盒"}); err != nil {
			t.Fatal(err)
		}
		doc.BuyerNick = "又改名"
		w.One(ctx, later(w, 3), doc)
		is("the channel has not heard of ours yet", "换礼盒", 0, order.HoldNoteChanged, order.HoldFlagChanged)
	})
}

func TestManyAreApprovedTogetherAndEachHasItsAnswer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		w.SKU(ctx, "A-1", 100)
		placed := func(round string, n int) (ids []id.ID) {
			docs := make([]order.Document, n)
			for i := range docs {
				docs[i] = w.Doc(fmt.Sprintf("%s%02d", round, i), "A-1")
			}
			for _, a := range w.Apply(ctx, 0, docs...) {
				ids = append(ids, a.OrderID)
			}
			return ids
		}
		// approved is how many statements it takes.
		approved := func(ids []id.ID) (answers []error, took int64) {
			t.Helper()
			before := d.Statements()
			kittest.InTx(t, w.Kit, ctx, func(ctx context.Context, tx *db.Tx) (err error) {
				answers, err = w.Orders.ApproveManyTx(ctx, tx, ids)
				return err
			})
			return answers, d.Statements() - before
		}
		ids := placed("F", 4)
		if _, err := w.Orders.Hold(ctx, order.HoldInput{OrderID: ids[1]}); err != nil {
			t.Fatal(err)
		}
		answers, few := approved(append(ids, 77))
		for i, want := range []error{nil, order.ErrOnHold, nil, nil, order.ErrNotFound} {
			if !errors.Is(answers[i], want) {
				t.Errorf("%d: %v", i, answers[i])
			}
		}
		wantState(t, w.Load(ctx, ids[0]), order.AwaitingShipment)
		if o := w.Load(ctx, ids[1]); o.ApprovedAt != 0 || o.Version != 2 {
			t.Errorf("on hold, and changed: %+v", o)
		}
		many := placed("M", 43)
		answers, took := approved(many)
		for i, err := range answers {
			if err != nil {
				t.Fatalf("%d: %v", i, err)
			}
		}
		wantState(t, w.Load(ctx, many[42]), order.AwaitingShipment)
		if took > few+2*40 {
			t.Errorf("%d statements for 43, %d for 3", took, few)
		}
	})
}
