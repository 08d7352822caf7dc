package fulfillmentapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/api/fulfillmentapi"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/order"
)

func TestManyAreSealedByTheirOrdersOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d)
		one, two, bare := x.order("A-1"), x.order("A-2"), x.order("A-3")
		var a fulfillmentapi.AllocateAnswer
		x.ask("owner", "POST", "/fulfillment-orders/allocate", fmt.Sprintf(`{"order_ids":["%d","%d"]}`, one, two), &a)
		ids := fmt.Sprintf(`"order_ids":["%d","%d","%d"]`, one, two, bare)
		var b fulfillmentapi.BulkAnswer
		x.ask("owner", "POST", "/fulfillment-orders/bulk/seal", `{`+ids+`,"dry_run":true}`, &b)
		if b.Will != 2 || len(b.Skip) != 1 || b.Skip[0].Code != "bulk.no_open_fulfillment_order" || b.Skip[0].N != 1 || b.Skip[0].Message == "" {
			t.Errorf("before: %+v", b)
		}
		x.ask("owner", "POST", "/fulfillment-orders/bulk/seal", fmt.Sprintf(`{"order_ids":["%d"]}`, one), &b)
		if b.OK != 1 || b.Undo == nil || b.Undo.Action != "unseal" {
			t.Errorf("one: %+v", b)
		}
		x.ask("owner", "POST", "/fulfillment-orders/bulk/seal", `{"orders":{"tab":"awaiting_shipment"},"dry_run":true}`, &b)
		if b.Will != 1 || len(b.Skip) != 2 || b.Skip[1].Code != "bulk.as_it_is" || len(b.Skip[1].Sample) != 1 || b.Skip[1].Sample[0] != "A-1" {
			t.Errorf("by a list: %+v", b)
		}
		x.ask("owner", "POST", "/fulfillment-orders/bulk/seal", `{`+ids+`}`, &b)
		if b.OK != 1 || len(b.Failed) != 1 || b.Failed[0].OrderNo != "A-1" {
			t.Errorf("all: %+v", b)
		}
		undo := fmt.Sprintf(`{"ids":["%d"]}`, b.Undo.IDs[0])
		x.ask("owner", "POST", "/fulfillment-orders/bulk/unseal", undo, &b)
		if b.OK != 1 || len(b.Failed) != 0 {
			t.Errorf("back: %+v", b)
		}
		if code, _ := x.ask("clerk", "POST", "/fulfillment-orders/bulk/seal", `{`+ids+`}`, nil); code != http.StatusForbidden {
			t.Errorf("without the right: %d", code)
		}
	})
}

func TestAWarehouseIsChosenForAnOrderOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d)
		o := x.order("A-1")
		if _, err := x.orders.RevokeApproval(x.ctx, order.ApproveInput{OrderID: o}); err != nil {
			t.Fatal(err)
		}
		at := fmt.Sprintf("/orders/%d/warehouse", o)
		var list web.Page[fulfillmentapi.WarehouseChoice]
		x.ask("owner", "GET", at+"s", "", &list)
		if len(list.Items) != 1 || !list.Items[0].Here || list.Items[0].Reason != "whole" || list.Items[0].Has != 1 || list.Items[0].Wanted != 1 {
			t.Fatalf("%+v", list)
		}
		var placed fulfillmentapi.Placed
		x.ask("owner", "POST", at, fmt.Sprintf(`{"warehouse_id":"%d"}`, list.Items[0].WarehouseID), &placed)
		if placed.State != "awaiting_approval" || placed.Version == 0 {
			t.Errorf("%+v", placed)
		}
		if code, body := x.ask("owner", "POST", at, `{"warehouse_id":"77"}`, nil); code != 422 || !strings.Contains(body, "fulfillment.no_warehouse") {
			t.Errorf("%d %s", code, body)
		}
		if code, body := x.ask("owner", "POST", at, fmt.Sprintf(`{"warehouse_id":"%d","version":1}`, list.Items[0].WarehouseID), nil); code != 409 || !strings.Contains(body, "order.changed") {
			t.Errorf("%d %s", code, body)
		}
		if code, _ := x.ask("clerk", "GET", at+"s", "", nil); code != http.StatusForbidden {
			t.Errorf("without the right: %d", code)
		}
	})
}
