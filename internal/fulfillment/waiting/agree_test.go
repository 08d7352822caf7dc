package waiting

import (
	"testing"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
)

func TestAnAgreementEndsTheHoldItRaisedAndNoOther(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d)
		x.SKU(x.ctx, "A", 0)
		agreed := x.order("C1", 5, ordertest.Line("A", 2, 100))
		called := x.order("C2", 5, ordertest.Line("A", 1, 100))
		agree := func(what string, all ...id.ID) {
			t.Helper()
			if _, err := x.s.Agree(x.ctx, AgreeInput{OrderIDs: all, Agreed: what}); err != nil {
				t.Fatal(err)
			}
		}
		held := func(o id.ID) (note string, cause id.ID) {
			now := x.Load(x.ctx, o)
			for _, h := range now.Holds {
				if h.Kind == order.HoldManual {
					return h.Note, h.CauseID
				}
			}
			return "", 0
		}
		// What a person holds is that person's, even in the words of an agreement.
		words := refundAgreed["zh-CN"] + "，等财务打款"
		if _, err := x.Orders.Hold(x.ctx, order.HoldInput{OrderID: called, Note: words}); err != nil {
			t.Fatal(err)
		}
		agree(AgreedRefund, agreed, called)
		if note, cause := held(agreed); note != refundAgreed["zh-CN"] || cause != agreed {
			t.Errorf("%q by %d", note, cause)
		}
		if note, cause := held(called); note != words || cause != 0 {
			t.Errorf("a person's hold became %q by %d", note, cause)
		}
		// Who agrees on something else may read another language.
		english := kittest.Owner(kittest.Merchant)
		english.Lang = "en-US"
		before := x.ctx
		x.ctx = actor.With(x.ctx, english)
		agree(AgreedWait, agreed, called)
		x.ctx = before
		if x.onHold(agreed) {
			t.Error("the agreement's hold outlived it")
		}
		if note, _ := held(called); note != words {
			t.Errorf("a person's hold ended: %q is left", note)
		}
	})
}
