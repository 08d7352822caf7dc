package wave

import (
	"strings"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

const waveFields = `id, code, warehouse_id, content, mode, state, choice, orders, pieces, cut_off_at, urgency, ship_by_at, made_by, made_by_name, made_at, ended_at, version`

var (
	waveColumns   = []string{"merchant_id", "id", "code", "warehouse_id", "content", "mode", "state", "choice", "orders", "pieces", "cut_off_at", "urgency", "ship_by_at", "made_by", "made_by_name", "made_at", "version"}
	memberColumns = []string{"merchant_id", "wave_id", "fulfillment_order_id", "position", "version", "live"}
	itemColumns   = []string{"merchant_id", "wave_id", "fulfillment_order_id", "sku_id", "wanted"}
	cutOffColumns = []string{"merchant_id", "warehouse_id", "carrier", "minute"}
	toldColumns   = []string{"merchant_id", "fulfillment_order_id", "line_id", "order_id", "wave_id", "quantity"}
	countColumns  = []string{"merchant_id", "id", "wave_id", "warehouse_id", "sku_id", "counted", "in_baskets", "on_hand", "state", "by_id", "by_name", "at"}
	stopColumns   = []string{"merchant_id", "wave_id", "sku_id", "location"}
)

const (
	// Two waves that want one fulfillment order meet here.
	keepMember = `ON CONFLICT (merchant_id, fulfillment_order_id) WHERE live = 1 DO NOTHING`
	keepItem   = `ON CONFLICT (merchant_id, wave_id, fulfillment_order_id, sku_id) DO NOTHING`
	keepStop   = `ON CONFLICT (merchant_id, wave_id, sku_id) DO NOTHING`

	takeNumber = `INSERT INTO packing_wave_day (merchant_id, day, last) VALUES (?, ?, 1)
		ON CONFLICT (merchant_id, day) DO UPDATE SET last = packing_wave_day.last + 1 RETURNING last`

	keepTold = `ON CONFLICT (merchant_id, fulfillment_order_id, line_id) DO NOTHING`
	takeTold = `DELETE FROM packing_wave_told WHERE merchant_id = ? AND fulfillment_order_id = ? RETURNING order_id, line_id, quantity`

	// sumInBaskets is what of a SKU lies in baskets of waves that go on; sumPacked what
	// lies in baskets that went on to be packed and have not shipped.
	sumInBaskets = `SELECT COALESCE(CAST(SUM(i.picked) AS BIGINT), 0) FROM packing_wave_order o
		JOIN packing_wave_item i ON i.merchant_id = o.merchant_id AND i.wave_id = o.wave_id AND i.fulfillment_order_id = o.fulfillment_order_id
		JOIN packing_wave w ON w.merchant_id = o.merchant_id AND w.id = o.wave_id
		WHERE o.merchant_id = ? AND o.live = 1 AND i.sku_id = ? AND w.warehouse_id = ?`
	sumPacked = `SELECT COALESCE(CAST(SUM(i.picked) AS BIGINT), 0)
		FROM (SELECT DISTINCT merchant_id, wave_id, fulfillment_order_id FROM packing_wave_told WHERE merchant_id = ?) t
		JOIN packing_wave_item i ON i.merchant_id = t.merchant_id AND i.wave_id = t.wave_id AND i.fulfillment_order_id = t.fulfillment_order_id
		JOIN packing_wave w ON w.merchant_id = i.merchant_id AND w.id = i.wave_id
		WHERE i.sku_id = ? AND w.warehouse_id = ?`
	selectCounts = `SELECT id, warehouse_id, sku_id, counted, in_baskets, on_hand, state, by_name, at FROM packing_wave_count
		WHERE merchant_id = ? AND wave_id = ? ORDER BY id`
	dropCount   = `DELETE FROM packing_wave_count WHERE merchant_id = ? AND wave_id = ? AND sku_id = ? AND state = 'open'`
	decideCount = `UPDATE packing_wave_count SET state = ?, decided_by = ?, decided_at = ? WHERE merchant_id = ? AND id = ? AND state = 'open'`
	selectShort = `SELECT i.fulfillment_order_id FROM packing_wave_item i
		JOIN packing_wave_order o ON o.merchant_id = i.merchant_id AND o.wave_id = i.wave_id AND o.fulfillment_order_id = i.fulfillment_order_id
		WHERE i.merchant_id = ? AND i.wave_id = ? AND i.sku_id = ? AND i.short > 0 AND (o.live = 1 OR o.out_reason = 'short') ORDER BY o.position`

	selectCutOffs   = `SELECT warehouse_id, carrier, minute FROM packing_wave_cutoff WHERE merchant_id = ? ORDER BY warehouse_id, carrier, minute`
	deleteCutOffs   = `DELETE FROM packing_wave_cutoff WHERE merchant_id = ?`
	deleteCutOffsOf = `DELETE FROM packing_wave_cutoff WHERE merchant_id = ? AND warehouse_id = ?`

	selectMembers = `SELECT wave_id, fulfillment_order_id, position, version, out_reason, live FROM packing_wave_order
		WHERE merchant_id = ? AND wave_id = ? ORDER BY position`
	selectItems = `SELECT fulfillment_order_id, sku_id, wanted, picked, short FROM packing_wave_item
		WHERE merchant_id = ? AND wave_id = ? ORDER BY fulfillment_order_id, sku_id`
	selectStops = `SELECT sku_id, location, picker_id FROM packing_wave_stop WHERE merchant_id = ? AND wave_id = ?`
	selectHands = `SELECT by_id, MAX(by_name), CAST(SUM(quantity) AS BIGINT), CAST(SUM(short) AS BIGINT), MIN(at), MAX(at) FROM packing_wave_pick
		WHERE merchant_id = ? AND wave_id = ? GROUP BY by_id ORDER BY by_id`

	moveWave = `UPDATE packing_wave SET state = ?, ended_at = ?, version = version + 1 WHERE merchant_id = ? AND id = ? AND state = ?`
	setItem  = `UPDATE packing_wave_item SET wanted = ?, picked = ?, short = ? WHERE merchant_id = ? AND wave_id = ? AND fulfillment_order_id = ? AND sku_id = ?`
	hurry    = `UPDATE packing_wave SET urgency = ? WHERE merchant_id = ? AND id = ?`
	addPick  = `INSERT INTO packing_wave_pick (merchant_id, id, wave_id, sku_id, quantity, short, by_id, by_name, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
	leave    = `UPDATE packing_wave_order SET live = 0, out_reason = ? WHERE merchant_id = ? AND wave_id = ? AND fulfillment_order_id = ? AND live = 1`
	// shipped says that a basket has shipped, emptied that it wants no more than it got.
	shipped = `UPDATE packing_wave_order SET live = 0 WHERE merchant_id = ? AND wave_id = ? AND fulfillment_order_id = ? AND live = 1`
	emptied = `UPDATE packing_wave_item SET wanted = picked, short = 0 WHERE merchant_id = ? AND wave_id = ? AND fulfillment_order_id = ?`
	endAll  = `UPDATE packing_wave_order SET live = 0 WHERE merchant_id = ? AND wave_id = ? AND live = 1`
	renew   = `UPDATE packing_wave_order SET version = ? WHERE merchant_id = ? AND wave_id = ? AND fulfillment_order_id = ? AND live = 1`
	assign  = `UPDATE packing_wave_stop SET picker_id = ? WHERE merchant_id = ? AND wave_id = ? AND sku_id = ?`
)

func selectWave(d db.Dialect, lock bool) string {
	q := `SELECT ` + waveFields + ` FROM packing_wave WHERE merchant_id = ? AND id = ?`
	if lock && d == db.Postgres {
		q += ` FOR UPDATE`
	}
	return q
}

// listWaves lists waves, the newest first; those that go on by when they must be ready.
func listWaves(f Filter, warehouses []id.ID) (string, []any) {
	q := `SELECT ` + waveFields + ` FROM packing_wave WHERE merchant_id = ?`
	var args []any
	if f.Live {
		q += ` AND ended_at = 0`
	}
	if f.Code != "" {
		q, args = q+` AND code = ?`, append(args, strings.ToUpper(f.Code))
	}
	if len(warehouses) > 0 {
		q += ` AND warehouse_id IN ` + db.In(len(warehouses))
		for _, w := range warehouses {
			args = append(args, w)
		}
	}
	if !f.Live {
		if f.after.ID != 0 {
			q, args = q+` AND id < ?`, append(args, f.after.ID)
		}
		return q + ` ORDER BY id DESC LIMIT ?`, args
	}
	if f.after.ID != 0 {
		q, args = q+` AND (cut_off_at, -urgency, ship_by_at, id) > (?, ?, ?, ?)`, append(args, f.after.CutOff, -f.after.Urgency, f.after.ShipBy, f.after.ID)
	}
	return q + ` ORDER BY cut_off_at, -urgency, ship_by_at, id LIMIT ?`, args
}

// selectLive reads in which live wave each of n fulfillment orders is.
func selectLive(n int) string {
	return `SELECT wave_id, fulfillment_order_id, position, version, out_reason, live FROM packing_wave_order
		WHERE merchant_id = ? AND live = 1 AND fulfillment_order_id IN ` + db.In(n) + ` ORDER BY wave_id, position`
}

// selectIn counts what is in each of n waves.
func selectIn(n int) string {
	return `SELECT wave_id, COUNT(*) FROM packing_wave_order WHERE merchant_id = ? AND wave_id IN ` + db.In(n) + ` AND out_reason = '' GROUP BY wave_id`
}

// selectProgress adds up what is wanted and done in each of n waves. What lies in a
// basket beyond what is wanted counts as done no more than once.
func selectProgress(n int) string {
	return `SELECT i.wave_id, CAST(SUM(i.wanted) AS BIGINT), CAST(SUM(CASE WHEN i.picked > i.wanted THEN i.wanted ELSE i.picked END) AS BIGINT), CAST(SUM(i.short) AS BIGINT)
		FROM packing_wave_item i JOIN packing_wave_order o ON o.merchant_id = i.merchant_id AND o.wave_id = i.wave_id AND o.fulfillment_order_id = i.fulfillment_order_id
		WHERE i.merchant_id = ? AND i.wave_id IN ` + db.In(n) + ` AND o.out_reason = '' GROUP BY i.wave_id`
}

// selectHandsOf is who picked what of each of n waves.
func selectHandsOf(n int) string {
	return `SELECT wave_id, by_id, MAX(by_name), CAST(SUM(quantity) AS BIGINT), CAST(SUM(short) AS BIGINT), MIN(at), MAX(at) FROM packing_wave_pick
		WHERE merchant_id = ? AND wave_id IN ` + db.In(n) + ` GROUP BY wave_id, by_id ORDER BY wave_id, by_id`
}
