package fulfillmentapi_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/api/fulfillmentapi"
	"github.com/ordercove/ordercove/internal/fulfillment/legs"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/order"
)

// byTransit is an order that goes by a transit warehouse.
func (x *desk) byTransit(no string) id.ID {
	x.t.Helper()
	now, n := x.k.Clock.Now().UnixMilli(), int64(1)
	doc := order.Document{ChannelOrderNo: no, Status: order.ChannelAwaitingShipment, PlacedAt: now - 2000, PaidAt: now - 1000, RefundState: order.RefundNone,
		Flags: []string{order.FlagConsolidation, order.FlagConsolidationTo + "xinjiang"}, Lines: []order.Line{{Title: "茶", MerchantSKUCode: "TEA", Quantity: &n}}}
	var out id.ID
	kittest.InTx(x.t, x.k, x.ctx, func(ctx context.Context, tx *db.Tx) error {
		done, err := x.orders.ApplyTx(ctx, tx, []order.Incoming{{Shop: x.shop, Doc: doc, Source: "file", SourceAt: now}})
		if err == nil {
			out, err = done[0].OrderID, done[0].Err
		}
		return err
	})
	return out
}

func TestBothLegsOfATransitOrderOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d)
		o, plain := x.byTransit("T-1"), x.order("H-1")
		path := fmt.Sprintf("/orders/%d/legs", o)
		refused := func(who, method, path, body string, status int, code string) {
			t.Helper()
			if got, text := x.ask(who, method, path, body, nil); got != status || !strings.Contains(text, `"code":"`+code+`"`) {
				t.Errorf("%s %s as %s: %d %s, want %d %s", method, path, who, got, text, status, code)
			}
		}
		const second = `{"carrier":"邮政EMS","waybill_no":" EA123456789CN "}`
		refused("owner", "GET", "/orders/404/legs", "", 404, order.ErrNotFound.Code)
		refused("owner", "GET", fmt.Sprintf("/orders/%d/legs", plain), "", 409, legs.ErrOneLeg.Code)
		refused("owner", "POST", path, second, 409, legs.ErrEarly.Code)
		var got fulfillmentapi.TransitLegs
		if x.ask("clerk", "GET", path, "", &got); got.To != "xinjiang" || len(got.First) != 0 || got.Second != nil {
			t.Errorf("before anything left: %+v", got)
		}
		if status, text := x.ask("owner", "POST", "/parcels", fmt.Sprintf(`{"order_id":"%d","carrier":"圆通","waybill_no":"YT2600000000001"}`, o), nil); status >= 300 {
			t.Fatal(status, text)
		}
		refused("clerk", "POST", path, second, 403, actor.ErrForbidden.Code)
		refused("owner", "POST", path, `{"carrier":"  ","waybill_no":"EA123456789CN"}`, 422, legs.ErrBadLeg.Code)
		for range 2 { // told again, it is the same
			got = fulfillmentapi.TransitLegs{}
			if x.ask("owner", "POST", path, second, &got); len(got.First) != 1 || got.First[0].WaybillNo != "YT2600000000001" || got.Second == nil ||
				got.Second.WaybillNo != "EA123456789CN" || got.Second.Carrier != "EMS" || got.Second.CarrierName == "" || got.Second.At == 0 {
				t.Errorf("%+v", got)
			}
		}
		got = fulfillmentapi.TransitLegs{}
		x.ask("owner", "POST", path, `{"carrier":"山间速递","waybill_no":"SJ1"}`, nil)
		if x.ask("clerk", "GET", path, "", &got); got.Second == nil || got.Second.WaybillNo != "SJ1" || got.Second.CarrierName != "山间速递" {
			t.Errorf("another number replaces it: %+v", got.Second)
		}
	})
}
