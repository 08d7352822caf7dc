package print_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/packing/label"
	"github.com/ordercove/ordercove/internal/packing/print"
)

func TestABatchIsNumberedSortedByGoodsAndPrintedOnlyWhenToldSo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		b := h.orders(2, "B", h.own)
		a := h.orders(2, "A", h.own)
		one := h.start(print.StartInput{FulfillmentOrderIDs: append(b, a...)})
		got, all := h.get(one.Batch.ID)
		if got.Code() != "1121-1" || got.Total != 4 || got.State != print.Ready || got.Way != print.File {
			t.Fatalf("batch: %+v", got)
		}
		order := ""
		for i, l := range all {
			order += fmt.Sprintf("%s×%d ", l.Items[0].Code, l.Items[0].Quantity)
			if l.Sequence != int64(i+1) || l.Page != int64(i+1) || l.State != print.Laid || l.Copy != 1 {
				t.Errorf("label: %+v", l)
			}
		}
		if order != "A×1 A×2 B×1 B×2 " {
			t.Errorf("order on paper: %s", order)
		}
		if sum := print.Summary(all); len(sum) != 2 || sum[0].Quantity != 3 || sum[1].Quantity != 3 {
			t.Errorf("summary: %+v", sum)
		}
		h.pdf(one.Batch.ID)
		h.want(one.Batch.ID, "ready: ready ready ready ready") // opening is not printing
		n, err := h.s.Told(h.ctx, print.ToldInput{BatchID: one.Batch.ID, From: 1, To: 3, Printed: true})
		if err != nil || n != 3 {
			t.Fatal(n, err)
		}
		h.want(one.Batch.ID, "ready: printed printed printed ready")
		if _, err := h.s.Told(h.ctx, print.ToldInput{BatchID: one.Batch.ID, From: 4, To: 9}); err != nil {
			t.Fatal(err)
		}
		h.want(one.Batch.ID, "closed: printed printed printed failed")
		if again := h.start(print.StartInput{FulfillmentOrderIDs: []id.ID{all[3].FulfillmentOrderID}}); again.Batch.Number != 2 {
			t.Errorf("what did not come out prints as if for the first time: %+v", again)
		}
		f, err := h.ship.Get(h.ctx, all[0].FulfillmentOrderID)
		if err != nil || f.Sealed != "print" {
			t.Errorf("sealed %q %v", f.Sealed, err)
		}
	})
}

func TestASecondPrintAsksIsMarkedAndAudited(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ids := h.orders(3, "A", h.own)
		first := h.start(print.StartInput{FulfillmentOrderIDs: ids})
		second := h.start(print.StartInput{FulfillmentOrderIDs: ids[:1]})
		if second.Batch.ID != 0 || left(second) != "print.printed_before " {
			t.Fatalf("%+v", second)
		}
		if _, err := h.s.Start(h.ctx, print.StartInput{FulfillmentOrderIDs: ids[:1], TemplateID: 1, Again: true}); code(err) != "print.no_reason" {
			t.Errorf("without a reason: %v", err)
		}
		if _, err := h.s.Told(h.ctx, print.ToldInput{BatchID: first.Batch.ID, From: 1, To: 3, Printed: true}); err != nil {
			t.Fatal(err)
		}
		jam, err := h.s.Reprint(h.ctx, print.ReprintInput{BatchID: first.Batch.ID, From: 2, To: 3, Reason: "卡纸"})
		h.must(err)
		h.drain()
		b, all := h.get(jam.Batch.ID)
		if b.ReprintOf != first.Batch.ID || len(all) != 2 || all[0].Copy != 2 || all[0].Items[0].Quantity != 2 || all[1].Items[0].Quantity != 3 {
			t.Errorf("range: %+v %+v", b, all)
		}
		seen := false
		for _, e := range kittest.Audited(t) {
			seen = seen || e.Action == "print.again" && e.Detail["reason"] == "卡纸"
		}
		if !seen {
			t.Error("the reason is not in the audit trail")
		}
		history, err := h.s.OfFulfillment(h.ctx, all[0].FulfillmentOrderID)
		if err != nil || len(history) != 2 {
			t.Errorf("%d prints, %v", len(history), err)
		}
	})
}

func TestNothingIsPrintedOfWhatChangedWhenever(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		refund := func(h *house, d order.Document) {
			d.RefundState = order.RefundInProgress
			h.put(d)
		}
		h := open(t, d)
		t.Run("before the batch", func(t *testing.T) {
			doc := h.doc("R-1", "A", 1)
			f := h.placed(doc, h.own)
			refund(h, doc)
			if out := h.start(print.StartInput{FulfillmentOrderIDs: []id.ID{f}}); out.Batch.ID != 0 || left(out) != "order.refund_open " {
				t.Errorf("%+v", out)
			}
			f = h.placed(h.doc("R-2", "A", 1), h.own)
			if _, err := h.order.Note(h.ctx, order.NoteInput{OrderID: h.orderOf(f), SellerNote: "加一张贺卡"}); err != nil {
				t.Fatal(err)
			}
			if out := h.start(print.StartInput{FulfillmentOrderIDs: []id.ID{f}}); left(out) != "fulfillment.content_changed " {
				t.Errorf("%+v", out)
			}
		})
		t.Run("while it is drawn", func(t *testing.T) {
			doc := h.doc("R-3", "A", 1)
			ids := []id.ID{h.placed(doc, h.own), h.placed(h.doc("R-4", "A", 2), h.own)}
			out, err := h.s.Start(h.ctx, print.StartInput{FulfillmentOrderIDs: ids, TemplateID: 2})
			h.must(err)
			refund(h, doc)
			h.drain()
			h.want(out.Batch.ID, "ready: refused ready")
			_, all := h.get(out.Batch.ID)
			if all[0].ErrorCode != "order.refund_open" || all[0].Page != 0 || all[1].Page != 1 {
				t.Errorf("%+v", all)
			}
		})
		t.Run("before the file is opened", func(t *testing.T) {
			doc := h.doc("R-5", "A", 1)
			ids := []id.ID{h.placed(doc, h.own), h.placed(h.doc("R-6", "A", 2), h.own)}
			out := h.start(print.StartInput{FulfillmentOrderIDs: ids})
			refund(h, doc)
			if _, err := h.s.Open(h.ctx, out.Batch.ID); code(err) != "print.withdrawn" {
				t.Fatal(err)
			}
			h.drain()
			h.want(out.Batch.ID, "ready: refused ready")
			h.pdf(out.Batch.ID)
		})
	})
}

func TestWhatCannotBePrintedWholeIsRefusedAndTheOthersGoOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		long := h.doc("L-1", "A", 1)
		long.Receiver.Detail = strings.Repeat("文三路很长很长的地址", 120)
		rare := h.doc("L-2", "A", 2)
		rare.Receiver.Name = "沈\U0002A6D6夏"
		masked := h.doc("L-3", "A", 3)
		masked.Receiver.Name, masked.Receiver.Phone, masked.Receiver.Detail = "沈**", "138****8000", "文三路****"
		ids := []id.ID{h.placed(long, h.own), h.placed(rare, h.own), h.placed(masked, h.own)}
		out := h.start(print.StartInput{FulfillmentOrderIDs: ids})
		_, all := h.get(out.Batch.ID)
		if len(all) != 3 || all[0].ErrorCode != "label.too_long" || all[1].Missing != "\U0002A6D6" || all[2].ErrorCode != "print.masked_receiver" {
			t.Fatalf("%+v %s", all, left(out))
		}
		if text := fmt.Sprint(all[0].ErrorParams); strings.Contains(text, "文三路") {
			t.Errorf("an address in clear: %s", text)
		}
		h.want(out.Batch.ID, "ready: refused ready refused")
		if again := h.start(print.StartInput{FulfillmentOrderIDs: ids[:1]}); again.Batch.ID == 0 {
			t.Errorf("a refused label left no paper, yet: %s", left(again))
		}
	})
}

func TestTemplatesAreCheckedKeptAndTried(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		body := label.Builtin()[0]
		body.Name = "我们的面单"
		mine, err := h.s.PutTemplate(h.ctx, print.TemplateInput{Body: body})
		h.must(err)
		if _, err := h.s.PutTemplate(h.ctx, print.TemplateInput{ID: mine.ID, Body: body, Version: 7}); code(err) != "print.template_changed" {
			t.Errorf("stale: %v", err)
		}
		if _, err := h.s.PutTemplate(h.ctx, print.TemplateInput{ID: 1, Body: body, Version: 1}); code(err) != "print.builtin_template" {
			t.Errorf("built in: %v", err)
		}
		bad := body
		bad.Elements = append([]label.Element{}, body.Elements...)
		bad.Elements[0].X = 500
		if _, err := h.s.PutTemplate(h.ctx, print.TemplateInput{Body: bad}); code(err) != "label.bad_template" {
			t.Errorf("off the label: %v", err)
		}
		all, err := h.s.Templates(h.ctx)
		if err != nil || len(all) != len(label.Builtin())+1 || all[len(all)-1].Body.Name != "我们的面单" {
			t.Fatalf("%d %v", len(all), err)
		}
		for _, one := range all {
			var b bytes.Buffer
			if err := h.s.Preview(h.ctx, &b, one.Body); err != nil || b.Len() == 0 {
				t.Errorf("%s: %v", one.Body.Name, err)
			}
		}
		ids := h.orders(1, "A", h.own)
		h.pdf(h.start(print.StartInput{FulfillmentOrderIDs: ids, TemplateID: mine.ID}).Batch.ID)
		var slips bytes.Buffer
		if out, err := h.s.Slips(h.ctx, &slips, ids); err != nil || len(out) != 0 || !bytes.HasPrefix(slips.Bytes(), []byte("%PDF")) {
			t.Errorf("slip: %v %v", out, err)
		}
		h.must(h.s.DeleteTemplate(h.ctx, mine.ID))
		if err := h.s.DeleteTemplate(h.ctx, mine.ID); code(err) != "print.template_not_found" {
			t.Errorf("twice: %v", err)
		}
	})
}

func TestTwoPeopleWhoPrintTheSameAtOncePrintItOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ids := h.orders(2, "A", h.own)
		const people = 4
		out := make(chan int64, people)
		for range people {
			go func() {
				s, err := h.s.Start(h.ctx, print.StartInput{FulfillmentOrderIDs: ids, TemplateID: 1})
				if err != nil && code(err) != "print.printed_just_now" {
					t.Errorf("%v", err)
				}
				out <- s.Batch.Total
			}()
		}
		sum := int64(0)
		for range people {
			sum += <-out
		}
		if sum != 2 {
			t.Errorf("%d labels of 2 waybills", sum)
		}
	})
}

func TestWhoMayNotPrintPrintsNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		nobody := kittest.As(h.ctx, "packing.read")
		for name, f := range map[string]func(context.Context) error{
			"start":   func(ctx context.Context) error { _, err := h.s.Start(ctx, print.StartInput{}); return err },
			"open":    func(ctx context.Context) error { _, err := h.s.Open(ctx, 1); return err },
			"reprint": func(ctx context.Context) error { _, err := h.s.Reprint(ctx, print.ReprintInput{}); return err },
			"told":    func(ctx context.Context) error { _, err := h.s.Told(ctx, print.ToldInput{}); return err },
			"agent":   func(ctx context.Context) error { _, err := h.s.AddAgent(ctx, "x"); return err },
		} {
			if err := f(nobody); code(err) != "actor.forbidden" {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestABatchTakesTheSameStatementsHoweverManyLabels(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		few, many := h.orders(2, "A", h.own), h.orders(10, "B", h.own)
		// started is how many statements it takes.
		started := func(ids []id.ID) int64 {
			t.Helper()
			before := d.Statements()
			out, err := h.s.Start(h.ctx, print.StartInput{FulfillmentOrderIDs: ids, TemplateID: 2})
			took := d.Statements() - before
			if h.must(err); out.Batch.Total != int64(len(ids)) {
				t.Fatalf("%+v", out)
			}
			f, err := h.ship.Get(h.ctx, ids[0])
			if h.must(err); f.Sealed != fulfillment.SealPrint {
				t.Errorf("sealed %q", f.Sealed)
			}
			return took
		}
		if two, ten := started(few), started(many); ten > two+2 {
			t.Errorf("%d statements for 10 labels, %d for 2", ten, two)
		}
	})
}
