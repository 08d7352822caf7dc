package verify

import "github.com/ordercove/ordercove/internal/kit/db"

const sessionFields = `id, fulfillment_order_id, version, warehouse_id, kind, bench, by_id, by_name, state, waybill_id, carrier, waybill_no, need, done,
	serial_line, serial_sku, must_weigh, expected_gram, gram, forced, reason, video_url, opened_at, touched_at, ended_at`

var (
	sessionColumns = []string{"merchant_id", "id", "fulfillment_order_id", "version", "warehouse_id", "kind", "bench", "by_id", "by_name", "state",
		"waybill_id", "carrier", "waybill_no", "need", "must_weigh", "expected_gram", "opened_at", "touched_at"}
	itemColumns = []string{"merchant_id", "session_id", "line_id", "sku_id", "order_id", "bundle_id", "per_bundle", "code", "name", "image_url", "serial", "need"}
	scanColumns = []string{"merchant_id", "id", "session_id", "fulfillment_order_id", "bench", "by_id", "code", "verdict", "refusal", "sku_id", "pieces", "at"}
)

const (
	selectSession = `SELECT ` + sessionFields + ` FROM packing_verify_session WHERE merchant_id = ? AND id = ?`
	selectOpen    = `SELECT ` + sessionFields + ` FROM packing_verify_session WHERE merchant_id = ? AND state = 'open' AND (fulfillment_order_id = ? OR bench = ?) ORDER BY id`
	// selectNoted finds the one at whose bench a number was scanned that was not issued here.
	selectNoted = `SELECT ` + sessionFields + ` FROM packing_verify_session WHERE merchant_id = ? AND state IN ('open', 'verified') AND waybill_no = ? ORDER BY id DESC LIMIT 1`
	// selectVerified finds the one that waits to be weighed.
	selectVerified = `SELECT ` + sessionFields + ` FROM packing_verify_session WHERE merchant_id = ? AND fulfillment_order_id = ? AND state = 'verified' ORDER BY id DESC LIMIT 1`
	selectItems    = `SELECT order_id, line_id, sku_id, bundle_id, per_bundle, code, name, image_url, serial, need, done FROM packing_verify_item
		WHERE merchant_id = ? AND session_id = ? ORDER BY code, line_id, sku_id`
	selectLast = `SELECT ` + sessionFields + ` FROM packing_verify_session WHERE merchant_id = ? AND fulfillment_order_id = ? ORDER BY id DESC LIMIT ?`

	// unlessTaken leaves it to the unique indexes who has an order and a bench.
	unlessTaken = `ON CONFLICT DO NOTHING`

	// touchSession also keeps other scans of the session out until the commit.
	touchSession = `UPDATE packing_verify_session SET touched_at = ? WHERE merchant_id = ? AND id = ? AND bench = ? AND state = 'open'`
	saveSession  = `UPDATE packing_verify_session SET done = ?, serial_line = ?, serial_sku = ?, carrier = ?, waybill_no = ?, gram = ?, forced = ?, reason = ?, state = ?, ended_at = ?
		WHERE merchant_id = ? AND id = ? AND state = 'open'`
	endSession = `UPDATE packing_verify_session SET state = ?, reason = ?, ended_at = ? WHERE merchant_id = ? AND id = ? AND state IN ('open', 'verified') AND touched_at = ?`
	// parkSession frees the bench of a parcel that only waits for its weight.
	parkSession = `UPDATE packing_verify_session SET state = 'verified' WHERE merchant_id = ? AND id = ? AND state = 'open' AND touched_at = ?`
	// moveSession gives it to the bench that weighs it.
	moveSession = `UPDATE packing_verify_session SET state = 'open', bench = ?, by_id = ?, by_name = ?, touched_at = ? WHERE merchant_id = ? AND id = ? AND state = ? AND touched_at = ?`
	setVideo    = `UPDATE packing_verify_session SET video_url = ? WHERE merchant_id = ? AND id = ?`
	countItem   = `UPDATE packing_verify_item SET done = done + ? WHERE merchant_id = ? AND session_id = ? AND line_id = ? AND sku_id = ? AND done + ? <= need`

	insertSerial = `INSERT INTO packing_verify_serial (merchant_id, sku_id, no, session_id, order_id, line_id, at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (merchant_id, sku_id, no) DO NOTHING`
	dropSerials  = `DELETE FROM packing_verify_serial WHERE merchant_id = ? AND session_id = ?`
	putSerialSKU = `INSERT INTO packing_verify_sku (merchant_id, sku_id, serial) VALUES (?, ?, ?)
		ON CONFLICT (merchant_id, sku_id) DO UPDATE SET serial = excluded.serial`
	dropSerialSKU = `DELETE FROM packing_verify_sku WHERE merchant_id = ? AND sku_id = ?`

	selectPolicy = `SELECT must_weigh, box_gram, off_gram, off_percent, here_days, no_handover, version FROM packing_verify_policy WHERE merchant_id = ?`
	putPolicy    = `INSERT INTO packing_verify_policy (merchant_id, must_weigh, box_gram, off_gram, off_percent, here_days, no_handover, updated_by, updated_at, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
		ON CONFLICT (merchant_id) DO UPDATE SET must_weigh = excluded.must_weigh, box_gram = excluded.box_gram, off_gram = excluded.off_gram, off_percent = excluded.off_percent,
		here_days = excluded.here_days, no_handover = excluded.no_handover,
		updated_by = excluded.updated_by, updated_at = excluded.updated_at, version = packing_verify_policy.version + 1 WHERE packing_verify_policy.version = ?`

	selectScans = `SELECT id, session_id, fulfillment_order_id, bench, by_id, code, verdict, refusal, sku_id, pieces, at FROM packing_verify_scan
		WHERE merchant_id = ? AND fulfillment_order_id = ? AND id > ? ORDER BY id LIMIT ?`
	raiseHit = `ON CONFLICT (merchant_id, fulfillment_order_id) DO UPDATE SET refusal = excluded.refusal, params = excluded.params, ended_at = 0, ended_by = 0, ended = '',
		raised_at = CASE WHEN packing_verify_hit.ended_at = 0 THEN packing_verify_hit.raised_at ELSE excluded.raised_at END,
		blocked_at = CASE WHEN excluded.blocks > 0 THEN excluded.blocked_at ELSE packing_verify_hit.blocked_at END,
		bench = CASE WHEN excluded.blocks > 0 THEN excluded.bench ELSE packing_verify_hit.bench END,
		blocks = packing_verify_hit.blocks + excluded.blocks
		WHERE packing_verify_hit.ended <> 'pulled' OR excluded.blocks > 0`
	hitFields = `fulfillment_order_id, warehouse_id, refusal, params, raised_at, blocked_at, bench, blocks`

	insertHandover = `INSERT INTO packing_verify_handover (merchant_id, id, carrier, warehouse_id, state, by_id, by_name, opened_at) VALUES (?, ?, ?, ?, 'open', ?, ?, ?)`
	// selectScanning names the warehouses with a handover that is not long ago.
	selectScanning = `SELECT DISTINCT warehouse_id FROM packing_verify_handover WHERE merchant_id = ? AND opened_at >= ?`
	handoverFields = `id, carrier, warehouse_id, state, parcels, by_id, by_name, opened_at, closed_at`
	selectHandover = `SELECT ` + handoverFields + ` FROM packing_verify_handover WHERE merchant_id = ? AND id = ?`
	// takeHandover keeps other scans and the closing of a handover out until the commit.
	takeHandover  = `UPDATE packing_verify_handover SET parcels = parcels WHERE merchant_id = ? AND id = ? AND state = 'open'`
	countHandover = `UPDATE packing_verify_handover SET parcels = parcels + 1 WHERE merchant_id = ? AND id = ? AND state = 'open'`
	closeHandover = `UPDATE packing_verify_handover SET state = 'closed', closed_at = ? WHERE merchant_id = ? AND id = ? AND state = 'open'`

	outgoingFields = `waybill_no, order_id, carrier, parcel_id, warehouse_id, shipped_at, handover_id, handed_at`
	selectOutgoing = `SELECT ` + outgoingFields + ` FROM packing_verify_outgoing WHERE merchant_id = ? AND waybill_no = ? ORDER BY order_id`
	selectHanded   = `SELECT ` + outgoingFields + ` FROM packing_verify_outgoing WHERE merchant_id = ? AND handover_id = ? AND handover_id <> 0 ORDER BY handed_at, waybill_no, order_id`
	handOver       = `UPDATE packing_verify_outgoing SET handover_id = ?, handed_at = ?, handed_by = ? WHERE merchant_id = ? AND waybill_no = ? AND handover_id = 0`
	// renumber follows a parcel that goes under another number; what was handed over stays.
	renumber = `UPDATE packing_verify_outgoing SET carrier = ?, waybill_no = ? WHERE merchant_id = ? AND waybill_no = ? AND order_id = ? AND handover_id = 0`
	// keepHere takes what a person keeps off the list of what waits for a courier.
	keepHere = `DELETE FROM packing_verify_outgoing WHERE merchant_id = ? AND waybill_no = ? AND handover_id = 0`
	keepOut  = `ON CONFLICT (merchant_id, waybill_no, order_id) DO NOTHING`
)

var (
	hitColumns      = []string{"merchant_id", "fulfillment_order_id", "warehouse_id", "refusal", "params", "raised_at", "blocked_at", "bench", "blocks"}
	outgoingColumns = []string{"merchant_id", "waybill_no", "order_id", "carrier", "parcel_id", "warehouse_id", "shipped_at"}
)

// selectServing are the fulfillment orders of n orders.
func selectServing(n int) string {
	return `SELECT DISTINCT fulfillment_order_id FROM fulfillment_allocation WHERE merchant_id = ? AND order_id IN ` + db.In(n)
}

// endHits ends the hits of n fulfillment orders.
func endHits(n int) string {
	return `UPDATE packing_verify_hit SET ended_at = ?, ended_by = ?, ended = ? WHERE merchant_id = ?
		AND (ended_at = 0 OR ended = 'pulled' AND ? = 'free') AND fulfillment_order_id IN ` + db.In(n)
}

// selectHandedOf are those of n numbers that a courier has.
func selectHandedOf(n int) string {
	return `SELECT DISTINCT waybill_no FROM packing_verify_outgoing WHERE merchant_id = ? AND handover_id <> 0 AND waybill_no IN ` + db.In(n)
}

// selectCounts counts scans by bench, of one or of all, and minute.
func selectCounts(one bool) string {
	q := `SELECT bench, at / 60000 AS minute, COUNT(*), SUM(pieces), SUM(CASE WHEN verdict = 'shipped' THEN 1 ELSE 0 END) FROM packing_verify_scan
		WHERE merchant_id = ? AND at >= ?`
	if one {
		q += ` AND bench = ?`
	}
	return q + ` GROUP BY bench, at / 60000 ORDER BY bench, minute`
}

func selectSerialSKUs(n int) string {
	return `SELECT sku_id, serial FROM packing_verify_sku WHERE merchant_id = ? AND sku_id IN ` + db.In(n)
}

func selectSerials(n int) string {
	return `SELECT n.line_id, n.no FROM packing_verify_session s
		JOIN packing_verify_serial n ON n.merchant_id = s.merchant_id AND n.session_id = s.id
		WHERE s.merchant_id = ? AND s.state = 'shipped' AND s.fulfillment_order_id IN ` + db.In(n) + ` ORDER BY n.line_id, n.at, n.no`
}

// openHits pages through the hit list, the latest first; warehouses narrow it.
func openHits(after bool, warehouses int) string {
	q := `SELECT ` + hitFields + ` FROM packing_verify_hit WHERE merchant_id = ? AND ended_at = 0`
	if after {
		q += ` AND (raised_at < ? OR raised_at = ? AND fulfillment_order_id < ?)`
	}
	if warehouses > 0 {
		q += ` AND warehouse_id IN ` + db.In(warehouses)
	}
	return q + ` ORDER BY raised_at DESC, fulfillment_order_id DESC LIMIT ?`
}

// notHanded narrows what was not handed over to what shipped since an instant, or before
// it, and to all but some warehouses.
func notHanded(before bool, without int) string {
	q := ` WHERE merchant_id = ? AND handover_id = 0 AND shipped_at `
	if before {
		q += `< ?`
	} else {
		q += `>= ?`
	}
	if without > 0 {
		q += ` AND warehouse_id NOT IN ` + db.In(without)
	}
	return q
}

// stillHere pages through what has shipped and was not handed over, the longest first,
// with the channel's number of the order; the merchant comes once more, last.
func stillHere(of string, carrier, after bool, warehouses int) string {
	q := `SELECT waybill_no, order_id, carrier, parcel_id, warehouse_id, shipped_at FROM packing_verify_outgoing` + of
	if carrier {
		q += ` AND carrier = ?`
	}
	if after {
		q += ` AND (shipped_at > ? OR shipped_at = ? AND (waybill_no > ? OR waybill_no = ? AND order_id > ?))`
	}
	if warehouses > 0 {
		q += ` AND warehouse_id IN ` + db.In(warehouses)
	}
	return `SELECT p.waybill_no, p.order_id, p.carrier, p.parcel_id, p.warehouse_id, p.shipped_at, COALESCE(h.channel_order_no, '')
		FROM (` + q + ` ORDER BY shipped_at, waybill_no, order_id LIMIT ?) p
		LEFT JOIN order_head h ON h.merchant_id = ? AND h.id = p.order_id ORDER BY p.shipped_at, p.waybill_no, p.order_id`
}

// listHandovers pages through handovers, the latest first.
func listHandovers(after bool, warehouses int) string {
	q := `SELECT ` + handoverFields + ` FROM packing_verify_handover WHERE merchant_id = ?`
	if after {
		q += ` AND id < ?`
	}
	if warehouses > 0 {
		q += ` AND warehouse_id IN ` + db.In(warehouses)
	}
	return q + ` ORDER BY id DESC LIMIT ?`
}

// stillHereCounts counts what has shipped and was not handed over by carrier: a number
// once, however many orders are in it.
func stillHereCounts(of string, warehouses int, one bool) string {
	q := `SELECT carrier, COUNT(DISTINCT waybill_no) AS n FROM packing_verify_outgoing` + of
	if warehouses > 0 {
		q += ` AND warehouse_id IN ` + db.In(warehouses)
	}
	if one {
		q += ` AND warehouse_id = ?`
	}
	return q + ` GROUP BY carrier ORDER BY n DESC, carrier`
}

// unweighed pages through what was verified and waits for its weight, at the bench still
// or beside it, the longest first.
func unweighed(warehouse, after bool, warehouses int) string {
	q := `SELECT ` + sessionFields + ` FROM packing_verify_session WHERE merchant_id = ? AND state IN ('open', 'verified')
		AND (state = 'verified' OR done = need AND must_weigh = 1 AND gram = 0)`
	if warehouse {
		q += ` AND warehouse_id = ?`
	}
	if after {
		q += ` AND (touched_at > ? OR touched_at = ? AND id > ?)`
	}
	if warehouses > 0 {
		q += ` AND warehouse_id IN ` + db.In(warehouses)
	}
	return q + ` AND EXISTS (SELECT 1 FROM fulfillment_order f WHERE f.merchant_id = packing_verify_session.merchant_id AND f.id = packing_verify_session.fulfillment_order_id AND f.state = 'open')
		ORDER BY touched_at, id LIMIT ?`
}
