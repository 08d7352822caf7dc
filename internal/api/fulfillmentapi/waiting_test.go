package fulfillmentapi_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/api/fulfillmentapi"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/web"
)

func TestWaitingOrdersOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d)
		kittest.InTx(t, x.k, x.ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO catalog_sku (merchant_id, id, product_id, code, name, spec, created_at, version) VALUES (1, 6, 5, 'TEA2', '雨前茶', '', 1, 1)`)
			return err
		})
		first, second := x.order("N1"), x.order("N2")
		x.ask("owner", "POST", "/allocation-rules", `{"name":"无仓","active":true,"action":{"warehouse_ids":["99"],"strategy":"priority","shortage":"ask_buyer"}}`, &struct{}{})
		ids := fmt.Sprintf(`"order_ids":["%d","%d"]`, first, second)
		var put fulfillmentapi.AllocateAnswer
		if x.ask("owner", "POST", "/fulfillment-orders/allocate", `{`+ids+`,"by_rules":true}`, &put); len(put.Failed) != 2 {
			t.Fatalf("%+v", put)
		}
		var n fulfillmentapi.WaitingCount
		if x.ask("clerk", "GET", "/waiting-orders/count", "", &n); n.Orders != 2 || n.ToAsk != 2 {
			t.Errorf("count %+v", n)
		}
		var skus web.Page[fulfillmentapi.WaitingSKU]
		if x.ask("clerk", "GET", "/waiting-skus?outcome=ask", "", &skus); len(skus.Items) != 1 || skus.Items[0].SKUCode != "TEA" || skus.Items[0].Orders != 2 || skus.Items[0].ToAsk != 2 {
			t.Fatalf("skus %+v", skus)
		}
		var list web.Page[fulfillmentapi.WaitingOrder]
		if x.ask("clerk", "GET", "/waiting-orders?sku_id=5&limit=1", "", &list); len(list.Items) != 1 || list.NextCursor == "" || list.Items[0].ChannelOrderNo != "N1" || len(list.Items[0].Missing) != 1 {
			t.Fatalf("orders %+v", list)
		}
		line := list.Items[0].Missing[0]
		if line.Pieces < 1 || line.Quantity != line.Pieces || line.LineSKUID != 5 {
			t.Errorf("%+v", line)
		}
		if x.ask("clerk", "GET", "/waiting-orders?sku_id=5&limit=1&cursor="+list.NextCursor, "", &list); len(list.Items) != 1 || list.Items[0].ChannelOrderNo != "N2" {
			t.Errorf("the next page %+v", list)
		}
		if code, body := x.ask("clerk", "POST", "/waiting-orders/agree", `{`+ids+`,"agreed":"wait"}`, nil); code != 403 {
			t.Errorf("a clerk: %d %s", code, body)
		}
		x.ask("owner", "POST", "/waiting-orders/agree", fmt.Sprintf(`{"order_ids":["%d"],"agreed":"refund","note":"已协商"}`, second), &struct{}{})
		if x.ask("owner", "GET", "/waiting-orders?outcome=refund", "", &list); len(list.Items) != 1 || list.Items[0].AgreedNote != "已协商" {
			t.Errorf("%+v", list)
		}
		var dry fulfillmentapi.AllocateAnswer
		if x.ask("owner", "POST", "/waiting-orders/release", `{"filter":{"sku_id":"5"},"dry_run":true}`, &dry); dry.Total != 2 || len(dry.Failed) != 2 || len(dry.Plans) != 1 || dry.Failed[1].Code != "waiting.refund_agreed" {
			t.Errorf("%+v", dry)
		}
		swap := fmt.Sprintf("/waiting-orders/%d/replace", first)
		if code, body := x.ask("owner", "POST", swap, fmt.Sprintf(`{"lines":[{"line_id":"%d","sku_id":"5"}]}`, line.LineID), nil); code != 422 || !strings.Contains(body, "waiting.same_sku") {
			t.Errorf("the same goods: %d %s", code, body)
		}
		var done fulfillmentapi.WaitingReplaced
		if x.ask("owner", "POST", swap, fmt.Sprintf(`{"lines":[{"line_id":"%d","sku_id":"6"}],"note":"换雨前茶"}`, line.LineID), &done); !done.OutOfStock {
			t.Errorf("%+v", done)
		}
		if x.ask("owner", "GET", "/waiting-skus?sku=tea2", "", &skus); len(skus.Items) != 1 || skus.Items[0].SKUID != 6 || skus.Items[0].Short != skus.Items[0].Pieces {
			t.Errorf("after replacing %+v", skus)
		}
		if code, body := x.ask("owner", "GET", "/waiting-orders?outcome=perhaps", "", nil); code != 422 {
			t.Errorf("%d %s", code, body)
		}
	})
}
