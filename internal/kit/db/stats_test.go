package db_test

import (
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
)

// Each of these once read every row of the merchant, because the engine knew of
// no difference between a merchant's rows and an order's.
func TestSQLiteLooksUpRatherThanReadAll(t *testing.T) {
	d := dbtest.SQLite(t)
	for query, want := range map[string]string{
		`SELECT id, waybill_no FROM fulfillment_parcel WHERE merchant_id = ? AND cancelled_at = 0 AND order_id = ? ORDER BY id`:                                   "fulfillment_parcel_order (merchant_id=? AND order_id=?)",
		`SELECT id, at, body FROM event_log WHERE merchant_id = ? AND seq IS NULL ORDER BY id LIMIT 500`:                                                          "event_log_unnumbered (merchant_id=?",
		`SELECT id, at, body FROM event_log WHERE merchant_id = ? AND aggregate_id = ? AND id > 5 AND aggregate = 'order' ORDER BY id LIMIT 50`:                   "event_log_aggregate (merchant_id=? AND aggregate_id=? AND id>?)",
		`SELECT id, placed_at FROM order_head WHERE merchant_id = ? AND state = ? AND placed_at >= 1 AND placed_at < 9 ORDER BY placed_at DESC, id DESC LIMIT 51`: "order_head_state (merchant_id=? AND state=? AND placed_at>? AND placed_at<?)",
		`SELECT id, shop_id, placed_at FROM order_head WHERE merchant_id = ? AND id IN (?, 2, 3)`:                                                                 "(merchant_id=? AND id=?)",
		`SELECT line_id, quantity FROM inventory_reservation WHERE merchant_id = ? AND order_id = ?`:                                                              "(merchant_id=? AND order_id=?)",
		`SELECT id, kind FROM inventory_movement WHERE merchant_id = ? AND sku_id = ? ORDER BY id DESC LIMIT 50`:                                                  "inventory_movement_sku (merchant_id=? AND sku_id=?)",
	} {
		var n, parent, unused int
		var plan string
		rows, err := d.Query(t.Context(), "EXPLAIN QUERY PLAN "+query, make([]any, strings.Count(query, "?"))...)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var line string
			if err := rows.Scan(&n, &parent, &unused, &line); err != nil {
				t.Fatal(err)
			}
			plan += line + "\n"
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(plan, want) {
			t.Errorf("%s\nis planned as %swant %s", query, plan, want)
		}
	}
}
