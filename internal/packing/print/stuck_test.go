package print_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics/account"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/packing/label"
	"github.com/ordercove/ordercove/internal/packing/print"
)

// ownTemplate is a template that can be deleted.
func (h *house) ownTemplate() id.ID {
	h.t.Helper()
	body := label.Builtin()[0]
	body.Name = "自家"
	t, err := h.s.PutTemplate(h.ctx, print.TemplateInput{Body: body})
	h.must(err)
	return t.ID
}

// again fails where the fulfillment orders cannot be printed as if for the first time.
func (h *house) again(in print.StartInput) {
	h.t.Helper()
	in.TemplateID = 1
	out := h.start(in)
	if out.Batch.Total != int64(len(in.FulfillmentOrderIDs)) {
		h.t.Errorf("not to be printed any more: %s", left(out))
		return
	}
	if _, all := h.get(out.Batch.ID); all[0].Copy != 1 {
		h.t.Errorf("marked as printed before: %+v", all[0])
	}
}

func TestABatchWhoseTemplateIsGoneGivesBackItsLabelsAndItsPrinter(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		one, ctx := h.agent("一号台")
		template := h.ownTemplate()
		in := print.StartInput{FulfillmentOrderIDs: h.orders(2, "A", h.own), TemplateID: template, AgentID: one.ID, Printer: "热敏 1"}
		b, err := h.s.Start(h.ctx, in)
		h.must(err)
		h.must(h.s.DeleteTemplate(h.ctx, template))
		h.drain()
		h.want(b.Batch.ID, "closed: refused refused")
		if _, all := h.get(b.Batch.ID); all[0].ErrorCode != "print.template_not_found" {
			t.Errorf("%+v", all[0])
		}
		h.again(in)

		other := h.ownTemplate()
		in = print.StartInput{FulfillmentOrderIDs: h.orders(1, "B", h.own), TemplateID: other, AgentID: one.ID, Printer: "热敏 2"}
		late := h.start(in).Batch.ID
		h.want(late, "ready: asked")
		h.must(h.s.DeleteTemplate(h.ctx, other))
		tasks, err := h.s.Take(ctx, 9)
		if err != nil || len(tasks) != 2 {
			t.Fatalf("what another batch lacks holds up the agent: %d %v", len(tasks), err)
		}
		h.want(late, "closed: refused")
	})
}

func TestABatchThatNobodyDrawsCanBeStopped(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		one, _ := h.agent("一号台")
		in := print.StartInput{FulfillmentOrderIDs: h.orders(2, "A", h.own), TemplateID: 1, AgentID: one.ID, Printer: "热敏 1"}
		b, err := h.s.Start(h.ctx, in)
		h.must(err)
		_, err = h.k.Jobs.Cancel(h.ctx, b.Batch.JobID)
		h.must(err)
		h.drain()
		h.want(b.Batch.ID, "making: wanted wanted")
		h.must(h.s.Stop(h.ctx, b.Batch.ID))
		h.want(b.Batch.ID, "closed: failed failed")
		if err := h.s.Stop(h.ctx, b.Batch.ID); code(err) != "print.not_ready" {
			t.Errorf("stopped twice: %v", err)
		}
		h.again(in)
		if names := h.events("print."); names != "batch_started batch_closed batch_started" {
			t.Errorf("events: %s", names)
		}
	})
}

func TestAPersonsWordCountsWhileTheFileIsMadeAnew(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ids := h.orders(2, "A", h.own)
		gone := h.doc("gone", "A", 3)
		b := h.start(print.StartInput{FulfillmentOrderIDs: append(ids, h.placed(gone, h.own))}).Batch.ID
		h.pdf(b)
		gone.RefundState = order.RefundInProgress
		h.put(gone)
		if _, err := h.s.Open(h.ctx, b); code(err) != "print.withdrawn" {
			t.Fatal(err)
		}
		h.want(b, "making: ready ready refused")
		if err := h.s.Stop(h.ctx, b); code(err) != "print.still_open" {
			t.Errorf("what was handed out is told about first: %v", err)
		}
		if n, err := h.s.Told(h.ctx, print.ToldInput{BatchID: b, From: 1, To: 3, Printed: true}); err != nil || n != 2 {
			t.Fatal(n, err)
		}
		h.want(b, "closed: printed printed refused")
		h.drain()
		h.want(b, "closed: printed printed refused")
	})
}

// A refund after the print gives the number back, while its paper is already on a box.
func TestANumberAtHandThatIsOnPaperStandsForNoOtherParcel(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		name := "手边的单号"
		pool, err := h.accounts.Put(h.ctx, account.PutInput{Kind: account.Numbers, Carrier: "ZTO", Name: &name, Sender: &party})
		h.must(err)
		nos := []string{"73611462538385", "73611462538386", "73611462538387"}
		_, err = h.waybills.AddNumbers(h.ctx, waybill.AddNumbersInput{AccountID: pool.ID, Numbers: nos})
		h.must(err)
		ids := h.orders(2, "A", pool.ID) // the first two numbers
		b := h.start(print.StartInput{FulfillmentOrderIDs: ids, Keep: true}).Batch.ID
		if _, err := h.s.Told(h.ctx, print.ToldInput{BatchID: b, From: 1, To: 1, Printed: true}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.s.Told(h.ctx, print.ToldInput{BatchID: b, From: 2, To: 2}); err != nil {
			t.Fatal(err)
		}
		h.tx(func(ctx context.Context, tx *db.Tx) error { return h.waybills.CancelTx(ctx, tx, ids) })
		h.drain()
		for i, want := range nos[1:] { // that of the label which did not come out is free again
			f := h.placed(h.doc(fmt.Sprint("next", i), "A", 1), pool.ID)
			now, err := h.waybills.Of(h.ctx, h.k.DB, []id.ID{f})
			if err != nil || len(now[f]) != 1 || now[f][0].No != want {
				t.Errorf("the next parcel has %+v, want %s: %v", now[f], want, err)
			}
		}
	})
}
