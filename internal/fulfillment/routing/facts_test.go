package routing_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/fulfillment/routing"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/rule"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
)

// Every fact that an allocation rule may ask decides about an order: where it holds the
// order leaves from there, where it does not the rule is passed over.
func TestEveryFactThatAnAllocationRuleMayAskTakesEffect(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.receive(h.Warehouse, 5)
		h.receive(h.b, 5)
		weight, classes := int64(400), []string{"fragile", "liquid"}
		sku, err := h.Catalog.SKUsTx(h.ctx, d, ids(h.sku))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Catalog.UpdateSKU(h.ctx, catalog.UpdateSKUInput{SKUID: h.sku, Version: sku[h.sku].Version, WeightGram: &weight, Classes: &classes}); err != nil {
			t.Fatal(err)
		}
		doc := h.Doc("1", "A-1")
		doc.Lines, doc.Money = []order.Line{ordertest.Line("A-1", 2, 2500)}, order.Money{Goods: ordertest.Fen(5000), BuyerPaid: ordertest.Fen(5000)}
		doc.PaymentMethod, doc.BuyerNote, doc.Flags = "微信", "急用", []string{order.FlagPresale}
		o := h.One(h.ctx, 0, doc)
		if o.ApprovedAt == 0 {
			h.approve(o.ID)
		}
		if _, err := h.Orders.Flag(h.ctx, order.FlagInput{OrderID: o.ID, Flag: 2}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Orders.Tag(h.ctx, order.TagInput{OrderID: o.ID, Add: []string{"vip"}}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Orders.Note(h.ctx, order.NoteInput{OrderID: o.ID, SellerNote: "改发顺丰"}); err != nil {
			t.Fatal(err)
		}
		if o = h.Load(h.ctx, o.ID); !o.Allows(order.ActAllocate) { // what changed after approval was seen
			if _, err := h.Orders.Release(h.ctx, order.ReleaseInput{OrderID: o.ID}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := h.ship.Urge(h.ctx, fulfillment.UrgeInput{OrderID: o.ID, Urgency: fulfillment.UrgencyBuyer}); err != nil {
			t.Fatal(err)
		}
		asked := map[string]bool{}
		for _, f := range []struct{ name, op, holds, fails string }{
			{"shop_id", "eq", fmt.Sprintf("%q", h.Shop.ID.String()), `"1"`}, {"channel", "eq", fmt.Sprintf("%q", h.Shop.Channel), `"nowhere"`},
			{"order_type", "eq", `"presale"`, `"normal"`}, {"province", "eq", `"浙江省"`, `"四川省"`}, {"city", "eq", `"杭州市"`, `"宁波市"`},
			{"district", "eq", `"西湖区"`, `"余杭区"`}, {"tags", "has", `"vip"`, `"old"`}, {"sku_codes", "has", `"A-1"`, `"B-2"`},
			{"sku_classes", "has_all", `["fragile", "liquid"]`, `["fragile", "battery"]`}, {"minutes_since_paid", "between", `[59, 60]`, `[60, 600]`},
			{"payment_method", "eq", `"微信"`, `"支付宝"`}, {"channel_flags", "has", `"presale"`, `"consolidation"`}, {"pieces", "eq", `2`, `1`},
			{"lines", "eq", `1`, `2`}, {"weight_gram", "eq", `800`, `400`}, {"paid_fen", "ge", `5000`, `5001`}, {"flag", "eq", `2`, `3`},
			{"presale", "is", `true`, `false`}, {"urgent", "is", `true`, `false`}, {"buyer_note", "contains", `"急"`, `"不急"`}, {"seller_note", "contains", `"顺丰"`, `"中通"`},
		} {
			asked[f.name] = true
			for value, want := range map[string]string{f.holds: "只从成都", f.fails: ""} {
				only := allocate.Rule{Name: "只从成都", Active: true, Condition: rule.Condition{Field: f.name, Op: f.op, Value: json.RawMessage(value)},
					Action: allocate.Action{Strategy: allocate.ByPriority, Shortage: allocate.ShortWait}}
				only.Action.WarehouseIDs = ids(h.b)
				p := h.preview(routing.PreviewInput{Scope: routing.Unallocated, Rules: []allocate.Rule{only}})
				if len(p.Rows) != 1 || p.Rows[0].Trace.Rule != want || (p.Rows[0].Shares[0].WarehouseID == h.b) != (want != "") {
					t.Errorf("%s %s %s: %+v", f.name, f.op, value, p.Rows)
				}
			}
		}
		for _, f := range allocate.Fields.Describe() {
			if !asked[f.Name] {
				t.Errorf("nothing asks for %s", f.Name)
			}
		}
	})
}
