package legs_test

import (
	"context"
	"errors"
	"testing"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/legs"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/hold"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/shop"
)

func TestAnOrderByATransitWarehouseKeepsItsAddressMergesApartAndHasTwoLegs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d, func(in *shop.CreateInput) { in.AutoApprove = true })
		kittest.InTx(t, w.Kit, ctx, func(ctx context.Context, tx *db.Tx) error {
			return w.Shops.TouchDataTx(ctx, tx, w.Shop.ID, clock.Millis(w.Kit.Clock))
		})
		ship := fulfillment.New(w.Kit, w.Shops, w.Catalog, w.Stock, w.Orders)
		s := legs.New(w.Kit, w.Orders, ship)
		w.SKU(ctx, "TEA", 50)
		allocated := func(no string, flags ...string) (order.Order, id.ID) {
			doc := w.Doc(no, "TEA")
			doc.Flags = flags
			o := w.One(ctx, 0, doc)
			got, err := ship.Allocate(ctx, fulfillment.AllocateInput{OrderID: o.ID})
			if err != nil {
				t.Fatal(err)
			}
			return o, got.FulfillmentOrderID
		}
		o, f := allocated("X1", order.FlagConsolidation, order.FlagConsolidationTo+"xinjiang")
		_, same := allocated("X2", order.FlagConsolidation, order.FlagConsolidationTo+"xinjiang")
		_, other := allocated("X3", order.FlagConsolidation, order.FlagConsolidationTo+"hong_kong")
		plain, direct := allocated("X4")
		_, unknown := allocated("X5", order.FlagConsolidation)
		if !o.OnHold(hold.Consolidation) || o.State != order.AwaitingShipment {
			t.Errorf("%v %+v", o.State, o.Holds)
		}
		_, err := w.Orders.ChangeAddress(ctx, order.ChangeAddressInput{OrderID: o.ID, Receiver: order.Receiver{Name: "赵小满", Phone: "13800001234", Province: "新疆维吾尔自治区", City: "乌鲁木齐市", District: "天山区", Detail: "人民路 1 号"}})
		if !errors.Is(err, order.ErrConsolidation) {
			t.Error("its address changed:", err)
		}
		for name, with := range map[string]id.ID{"one to another place": other, "one that goes straight": direct, "one of which nobody knows where to": unknown} {
			if _, err := ship.Merge(ctx, fulfillment.MergeInput{IDs: []id.ID{f, with}}); !errors.Is(err, fulfillment.ErrNoMerge) {
				t.Errorf("merged with %s: %v", name, err)
			}
		}
		if _, err := s.TellSecond(ctx, legs.SecondInput{OrderID: o.ID, Carrier: "EMS", WaybillNo: "EA123456789CN"}); !errors.Is(err, legs.ErrEarly) {
			t.Error("before the first left:", err)
		}
		merged, err := ship.Merge(ctx, fulfillment.MergeInput{IDs: []id.ID{f, same}})
		if err != nil {
			t.Fatal("two to one place:", err)
		}
		if _, err := ship.ShipOrder(ctx, fulfillment.ShipOrderInput{ID: merged.After[0], Carrier: "YTO", WaybillNo: "YT2600000000001"}); err != nil {
			t.Fatal(err)
		}
		got, err := s.TellSecond(ctx, legs.SecondInput{OrderID: o.ID, Carrier: "邮政EMS", WaybillNo: " EA123456789CN "})
		if err != nil || got.To != "xinjiang" || len(got.First) != 1 || got.First[0].WaybillNo != "YT2600000000001" || got.Second == nil || got.Second.WaybillNo != "EA123456789CN" {
			t.Errorf("%+v %v", got, err)
		}
		if o = w.Load(ctx, o.ID); len(o.Holds) > 0 {
			t.Errorf("it left, and still bears %+v", o.Holds)
		}
		if _, err := s.Get(ctx, plain.ID); !errors.Is(err, legs.ErrOneLeg) {
			t.Error("an order that goes straight:", err)
		}
	})
}
