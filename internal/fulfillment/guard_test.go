package fulfillment

import (
	"testing"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// placed is an approved, allocated order and its fulfillment order.
func (h *house) placed(no string, items ...item) (id.ID, FulfillmentOrder) {
	h.t.Helper()
	o := h.put(h.doc(no, items...))[0]
	return o, h.allocated(o)
}

func (h *house) allocated(o id.ID) FulfillmentOrder {
	h.t.Helper()
	out, err := h.s.Allocate(h.ctx, AllocateInput{OrderID: o})
	if err != nil {
		h.t.Fatal(err)
	}
	return h.get(out.FulfillmentOrderID)
}

func (h *house) get(one id.ID) FulfillmentOrder {
	h.t.Helper()
	f, err := h.s.Get(h.ctx, one)
	if err != nil {
		h.t.Fatal(err)
	}
	return f
}

func TestTheGuardSeesTheOrderAsItStandsThisMoment(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 50)
		for _, c := range []struct {
			name string
			do   func(o id.ID, doc order.Document)
			want string
		}{
			{"nothing happened", func(id.ID, order.Document) {}, ""},
			{"the buyer asks for a refund", func(o id.ID, doc order.Document) {
				doc.RefundState = order.RefundInProgress
				h.put(doc)
			}, "order.refund_open"},
			{"the refund is done", func(o id.ID, doc order.Document) {
				doc.RefundState, doc.Status = order.RefundDone, order.ChannelClosed
				h.put(doc)
			}, "fulfillment.order_dropped"},
			{"the memo changed", func(o id.ID, doc order.Document) {
				if _, err := h.order.Note(h.ctx, order.NoteInput{OrderID: o, SellerNote: "加一张贺卡"}); err != nil {
					t.Fatal(err)
				}
			}, "fulfillment.content_changed"},
			{"somebody put it on hold", func(o id.ID, doc order.Document) {
				if _, err := h.order.Hold(h.ctx, order.HoldInput{OrderID: o, Note: "等电话"}); err != nil {
					t.Fatal(err)
				}
			}, "fulfillment.held"},
			{"it left by another way", func(o id.ID, doc order.Document) {
				if _, err := h.s.Ship(h.ctx, ShipInput{OrderID: o, WaybillNo: yt(77)}); err != nil {
					t.Fatal(err)
				}
			}, "fulfillment.not_open"},
		} {
			t.Run(c.name, func(t *testing.T) {
				doc := h.doc("G-"+c.name, item{"A", 2})
				o := h.put(doc)[0]
				f := h.allocated(o)
				if err := h.s.GuardTx(h.ctx, h.k.DB, f.ID, f.Version); err != nil {
					t.Fatalf("before: %v", err)
				}
				c.do(o, doc)
				if err := h.s.GuardTx(h.ctx, h.k.DB, f.ID, f.Version); code(err) != c.want {
					t.Errorf("%v, want %s", err, c.want)
				}
			})
		}
		if err := h.s.GuardTx(h.ctx, h.k.DB, 5, 1); code(err) != "fulfillment.order_not_found" {
			t.Errorf("none: %v", err)
		}
	})
}
