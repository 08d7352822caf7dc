package send

import (
	"strings"

	"github.com/ordercove/ordercove/internal/kit/db"
)

var effectColumns = []string{"merchant_id", "id", "shop_id", "kind", "effect_key", "order_id", "parcel_id", "channel_no", "body", "state", "next_at",
	"created_at", "actor_id", "actor_name"}

// selectHeldBack: the order bears the hold, and no other effect keeps it.
const selectHeldBack = `SELECT 1 FROM order_hold h WHERE h.merchant_id = ? AND h.order_id = ? AND h.kind = 'shipment_upload_refused' AND h.cleared_at = 0
	AND NOT EXISTS (SELECT 1 FROM channel_effect e WHERE e.merchant_id = h.merchant_id AND e.order_id = h.order_id AND e.order_id <> 0 AND e.id <> ?
		AND e.kind IN ('ship', 'change_waybill') AND e.state IN ('refused', 'uncertain'))`

const (
	onSameKey = " ON CONFLICT (merchant_id, effect_key) DO NOTHING"

	effectFields = "id, shop_id, kind, effect_key, order_id, parcel_id, channel_no, state, unanswered, attempts, error_code, error_params, next_at, created_at, done_at, actor_id, actor_name"

	// The next shop that has something open: one look-up for each, however much waits.
	nextOpenShop = "SELECT shop_id FROM channel_effect WHERE merchant_id = ? AND shop_id > ? AND state IN ('waiting', 'sending') ORDER BY shop_id LIMIT 1"
	nextDue      = "SELECT MIN(next_at) FROM channel_effect WHERE merchant_id = ? AND shop_id = ? AND state IN ('waiting', 'sending')"
	// Of every order only its first open effect, so that a parcel never overtakes the one before it.
	selectDue    = "SELECT " + effectFields + " FROM channel_effect e WHERE merchant_id = ? AND shop_id = ? AND state IN ('waiting', 'sending') AND next_at <= ? AND NOT EXISTS (SELECT 1 FROM channel_effect b WHERE b.merchant_id = e.merchant_id AND b.order_id = e.order_id AND b.order_id <> 0 AND b.id < e.id AND b.state IN ('waiting', 'sending')) ORDER BY next_at, id LIMIT ?"
	selectEffect = "SELECT " + effectFields + " FROM channel_effect WHERE merchant_id = ? AND id = ?"
	selectByKey  = "SELECT " + effectFields + " FROM channel_effect WHERE merchant_id = ? AND effect_key = ?"
	selectBody   = "SELECT body FROM channel_effect WHERE merchant_id = ? AND id = ?"
	// A row that says sending was left behind by a process that died: nobody knows
	// whether its request went out.
	takeEffect   = "UPDATE channel_effect SET state = 'sending', attempts = attempts + 1, unanswered = CASE WHEN state = 'sending' THEN 1 ELSE unanswered END WHERE merchant_id = ? AND id = ? AND state IN ('waiting', 'sending')"
	finishEffect = "UPDATE channel_effect SET state = ?, unanswered = ?, error_code = ?, error_params = ?, next_at = ?, done_at = ? WHERE merchant_id = ? AND id = ? AND state = 'sending' AND attempts = ?"
	retryEffect  = "UPDATE channel_effect SET state = 'waiting', attempts = 0, done_at = 0, unanswered = 1, error_code = '', error_params = '', next_at = ? WHERE merchant_id = ? AND id = ? AND state IN ('refused', 'uncertain', 'waiting')"
	dropEffect   = "UPDATE channel_effect SET state = 'dropped', done_at = ? WHERE merchant_id = ? AND id = ? AND state IN ('refused', 'uncertain', 'waiting')"
	countStates  = "SELECT shop_id, state, COUNT(*), MIN(created_at) FROM channel_effect WHERE merchant_id = ? AND state IN ('waiting', 'sending', 'refused', 'uncertain') GROUP BY shop_id, state"

	takeSender   = "UPDATE channel_sender SET holder = ?, lease_until = ? WHERE merchant_id = ? AND shop_id = ? AND work = ? AND (holder = ? OR lease_until < ?)"
	insertSender = "INSERT INTO channel_sender (merchant_id, shop_id, work, holder, lease_until) VALUES (?, ?, ?, ?, ?) ON CONFLICT (merchant_id, shop_id, work) DO NOTHING"
	freeSender   = "UPDATE channel_sender SET lease_until = 0 WHERE merchant_id = ? AND shop_id = ? AND work = ? AND holder = ?"
	selectBan    = "SELECT banned_until FROM channel_sender WHERE merchant_id = ? AND shop_id = ? AND work = ?"
	banSender    = "UPDATE channel_sender SET banned_until = ? WHERE merchant_id = ? AND shop_id = ? AND work = ? AND banned_until < ?"

	planFields   = "shop_id, mode, ratio_percent, buffer, warehouse_id, updated_at, version"
	selectPlans  = "SELECT " + planFields + " FROM channel_stock_plan WHERE merchant_id = ? ORDER BY shop_id"
	selectPlan   = "SELECT " + planFields + " FROM channel_stock_plan WHERE merchant_id = ? AND shop_id = ?"
	upsertPlan   = "INSERT INTO channel_stock_plan (merchant_id, shop_id, mode, ratio_percent, buffer, warehouse_id, updated_at, version) VALUES (?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT (merchant_id, shop_id) DO UPDATE SET mode = excluded.mode, ratio_percent = excluded.ratio_percent, buffer = excluded.buffer, warehouse_id = excluded.warehouse_id, updated_at = excluded.updated_at, version = channel_stock_plan.version + 1"
	selectQuotas = "SELECT sku_id, shop_id, quota FROM channel_stock_quota WHERE merchant_id = ? AND shop_id = ? AND sku_id > ? ORDER BY sku_id LIMIT ?"
	upsertQuota  = "INSERT INTO channel_stock_quota (merchant_id, sku_id, shop_id, quota, updated_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (merchant_id, sku_id, shop_id) DO UPDATE SET quota = excluded.quota, updated_at = excluded.updated_at"
	raiseQuota   = "UPDATE channel_stock_quota SET quota = quota + ?, updated_at = ? WHERE merchant_id = ? AND sku_id = ? AND shop_id = ?"
	deleteQuota  = "DELETE FROM channel_stock_quota WHERE merchant_id = ? AND sku_id = ? AND shop_id = ?"
	lowerQuota   = "UPDATE channel_stock_quota SET quota = quota - ?, updated_at = ? WHERE merchant_id = ? AND sku_id = ? AND shop_id = ? AND quota = ?"
	selectQuota  = "SELECT quota FROM channel_stock_quota WHERE merchant_id = ? AND sku_id = ? AND shop_id = ?"
	selectUses   = "SELECT line_id, sku_id, asked, taken FROM channel_stock_use WHERE merchant_id = ? AND order_id = ? ORDER BY line_id"
	upsertUse    = "INSERT INTO channel_stock_use (merchant_id, order_id, line_id, sku_id, asked, taken) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (merchant_id, order_id, line_id) DO UPDATE SET sku_id = excluded.sku_id, asked = excluded.asked, taken = excluded.taken"
	deleteUses   = "DELETE FROM channel_stock_use WHERE merchant_id = ? AND order_id = ?"

	levelFields     = "listing_id, sku_id, wanted, pushed, changed_at, pushed_at, attempts, next_at, error_code, error_params"
	selectLevels    = "SELECT " + levelFields + " FROM channel_stock_level WHERE merchant_id = ? AND shop_id = ? AND listing_id > ? ORDER BY listing_id LIMIT ?"
	selectDueLevels = "SELECT " + levelFields + " FROM channel_stock_level WHERE merchant_id = ? AND shop_id = ? AND changed_at <> 0 AND next_at <= ? ORDER BY next_at LIMIT ?"
	// wanted counts from when it first differed, so that the alarm tells how long the
	// channel has been offering something else.
	upsertLevel = "INSERT INTO channel_stock_level (merchant_id, shop_id, listing_id, sku_id, wanted, pushed, changed_at, next_at) VALUES (?, ?, ?, ?, ?, -1, ?, ?) ON CONFLICT (merchant_id, shop_id, listing_id) DO UPDATE SET sku_id = excluded.sku_id, wanted = excluded.wanted, changed_at = CASE WHEN excluded.wanted = channel_stock_level.pushed THEN 0 WHEN channel_stock_level.changed_at <> 0 THEN channel_stock_level.changed_at ELSE excluded.changed_at END, next_at = CASE WHEN channel_stock_level.changed_at <> 0 AND channel_stock_level.wanted = excluded.wanted THEN channel_stock_level.next_at ELSE excluded.next_at END WHERE channel_stock_level.wanted <> excluded.wanted OR channel_stock_level.sku_id <> excluded.sku_id"
	// Only what was sent is confirmed: wanted may have moved on meanwhile.
	confirmLevel = "UPDATE channel_stock_level SET pushed = ?, pushed_at = ?, attempts = 0, error_code = '', error_params = '', changed_at = CASE WHEN wanted = ? THEN 0 ELSE CAST(? AS BIGINT) END WHERE merchant_id = ? AND shop_id = ? AND listing_id = ?"
	failLevel    = "UPDATE channel_stock_level SET attempts = attempts + 1, next_at = ?, error_code = ?, error_params = ? WHERE merchant_id = ? AND shop_id = ? AND listing_id = ?"
	dropLevels   = "DELETE FROM channel_stock_level WHERE merchant_id = ? AND shop_id = ?"
	// A listing that lost its SKU is told nothing more.
	dropUnmapped = "DELETE FROM channel_stock_level WHERE merchant_id = ? AND shop_id = ? AND NOT EXISTS (SELECT 1 FROM catalog_listing l WHERE l.merchant_id = channel_stock_level.merchant_id AND l.id = channel_stock_level.listing_id AND l.sku_id <> 0)"
	countStale   = "SELECT shop_id, COUNT(*), MIN(changed_at) FROM channel_stock_level WHERE merchant_id = ? AND changed_at <> 0 GROUP BY shop_id"
)

// What Verify looks for: shop, name and two numbers of each row that is wrong.
const (
	findImpossible = "SELECT shop_id, effect_key, attempts, done_at FROM channel_effect WHERE merchant_id = ? AND (state NOT IN ('waiting', 'sending', 'done', 'refused', 'uncertain', 'dropped') OR (state IN ('waiting', 'sending')) <> (done_at = 0) OR state = 'done' AND unanswered = 1) ORDER BY id LIMIT ?"
	findUntried    = "SELECT shop_id, effect_key, attempts, next_at FROM channel_effect WHERE merchant_id = ? AND state IN ('sending', 'done', 'refused', 'uncertain') AND attempts < 1 ORDER BY id LIMIT ?"
	findForeign    = "SELECT shop_id, effect_key, order_id, id FROM channel_effect e WHERE merchant_id = ? AND order_id <> 0 AND NOT EXISTS (SELECT 1 FROM order_head h WHERE h.merchant_id = e.merchant_id AND h.id = e.order_id AND h.shop_id = e.shop_id) ORDER BY id LIMIT ?"
	findUnreported = "SELECT e.shop_id, e.effect_key, e.parcel_id, e.id FROM channel_effect e WHERE e.merchant_id = ? AND e.kind = 'ship' AND e.state = 'done' AND EXISTS (SELECT 1 FROM fulfillment_parcel p WHERE p.merchant_id = e.merchant_id AND p.id = e.parcel_id AND p.reported_at = 0 AND p.cancelled_at = 0) ORDER BY e.id LIMIT ?"
	findForgotten  = "SELECT shop_id, CAST(listing_id AS TEXT), wanted, pushed FROM channel_stock_level WHERE merchant_id = ? AND changed_at = 0 AND wanted <> pushed ORDER BY shop_id, listing_id LIMIT ?"
)

func dropNotes(n int) string {
	return "UPDATE channel_effect SET state = 'dropped', done_at = ? WHERE merchant_id = ? AND order_id IN " + db.In(n) + " AND kind = 'note' AND state = 'waiting'"
}

// listSQL selects effects, the newest first. Arguments: merchant, then those asked
// for in this order: state, shops, order, before; the limit.
func listSQL(state bool, shops int, order, before bool) string {
	var b strings.Builder
	b.WriteString("SELECT " + effectFields + " FROM channel_effect WHERE merchant_id = ?")
	if state {
		b.WriteString(" AND state = ?")
	}
	if shops > 0 {
		b.WriteString(" AND shop_id IN " + db.In(shops))
	}
	if order {
		b.WriteString(" AND order_id = ? AND order_id <> 0")
	}
	if before {
		b.WriteString(" AND id < ?")
	}
	b.WriteString(" ORDER BY id DESC LIMIT ?")
	return b.String()
}

func selectQuotasOf(n int) string {
	return "SELECT sku_id, shop_id, quota FROM channel_stock_quota WHERE merchant_id = ? AND sku_id IN " + db.In(n)
}
