package pull

import "github.com/ordercove/ordercove/internal/kit/db"

const (
	selectApp = `SELECT day, calls, banned_until, ban_code FROM channel_app WHERE merchant_id = ? AND app = ?`
	saveApp   = `INSERT INTO channel_app (merchant_id, app, day, calls, banned_until, ban_code) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (merchant_id, app) DO UPDATE SET calls = CASE WHEN channel_app.day = excluded.day THEN channel_app.calls + excluded.calls ELSE excluded.calls END,
		day = excluded.day, banned_until = CASE WHEN channel_app.banned_until > excluded.banned_until THEN channel_app.banned_until ELSE excluded.banned_until END,
		ban_code = CASE WHEN excluded.banned_until > channel_app.banned_until THEN excluded.ban_code ELSE channel_app.ban_code END`

	insertLease = `INSERT INTO channel_lease (merchant_id, shop_id, task, holder, until_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (merchant_id, shop_id, task) DO NOTHING`
	takeLease   = `UPDATE channel_lease SET holder = ?, until_at = ? WHERE merchant_id = ? AND shop_id = ? AND task = ? AND (holder = ? OR until_at <= ?)`
	freeLease   = `UPDATE channel_lease SET until_at = 0 WHERE merchant_id = ? AND shop_id = ? AND task = ? AND holder = ?`

	streamColumns = `stream, watermark_at, started_at, span, skew, failures, next_at, pulled_at, seen, behind_since, alarmed, error_code, error_params, error_at`
	selectStream  = `SELECT ` + streamColumns + ` FROM channel_stream WHERE merchant_id = ? AND shop_id = ? AND stream = ?`
	selectStreams = `SELECT ` + streamColumns + ` FROM channel_stream WHERE merchant_id = ? AND shop_id = ? ORDER BY stream`
	insertStream  = `INSERT INTO channel_stream (merchant_id, shop_id, stream, watermark_at, started_at, span) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (merchant_id, shop_id, stream) DO NOTHING`
	// A stream moves only from where it was read: a process that lost its lease changes nothing.
	updateStream = `UPDATE channel_stream SET watermark_at = ?, span = ?, skew = ?, failures = ?, next_at = ?, pulled_at = ?, seen = ?, behind_since = ?, alarmed = ?, error_code = ?, error_params = ?, error_at = ?
		WHERE merchant_id = ? AND shop_id = ? AND stream = ? AND watermark_at = ?`
	selectMarks = `SELECT shop_id, stream, watermark_at, skew FROM channel_stream WHERE merchant_id = ?`
	moveStart   = `UPDATE channel_stream SET started_at = ? WHERE merchant_id = ? AND shop_id = ? AND stream = ? AND started_at = ?`
	hurryStream = `UPDATE channel_stream SET next_at = 0 WHERE merchant_id = ? AND shop_id = ? AND next_at > 0`

	gapColumns = `id, shop_id, stream, axis, kind, from_at, to_at, span, attempts, next_at, opened_at, closed_at, alarmed, error_code, error_params`
	selectGaps = `SELECT ` + gapColumns + ` FROM channel_gap WHERE merchant_id = ? AND shop_id = ? AND closed_at = 0 ORDER BY id LIMIT ?`
	listGaps   = `SELECT ` + gapColumns + ` FROM channel_gap WHERE merchant_id = ? AND shop_id = ? AND id < ? ORDER BY id DESC LIMIT ?`
	insertGap  = `INSERT INTO channel_gap (merchant_id, ` + gapColumns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	growGap    = `UPDATE channel_gap SET to_at = ?, error_code = ?, error_params = ? WHERE merchant_id = ? AND shop_id = ? AND stream = ? AND axis = ? AND kind = 'failed' AND closed_at = 0 AND to_at = ?`
	updateGap  = `UPDATE channel_gap SET from_at = ?, span = ?, attempts = ?, next_at = ?, closed_at = ?, alarmed = ?, error_code = ?, error_params = ? WHERE merchant_id = ? AND id = ? AND closed_at = 0`
	countGaps  = `SELECT shop_id, COUNT(*) FROM channel_gap WHERE merchant_id = ? AND closed_at = 0 GROUP BY shop_id`
	hurryGaps  = `UPDATE channel_gap SET next_at = 0 WHERE merchant_id = ? AND shop_id = ? AND closed_at = 0`

	hintConflict = `ON CONFLICT (merchant_id, shop_id, event_id) DO NOTHING`
	selectHints  = `SELECT event_id, topic, order_no, aftersale_no, attempts FROM channel_hint WHERE merchant_id = ? AND shop_id = ? AND state = 'waiting' AND next_at <= ? ORDER BY next_at, event_id LIMIT ?`
	nextHint     = `SELECT MIN(next_at) FROM channel_hint WHERE merchant_id = ? AND shop_id = ? AND state = 'waiting'`
	countHints   = `SELECT COUNT(*) FROM (SELECT event_id FROM channel_hint WHERE merchant_id = ? AND shop_id = ? AND state = 'waiting' LIMIT ?) AS few`
	// countAllHints reads an index that holds the waiting ones only.
	countAllHints = `SELECT shop_id, COUNT(*) FROM channel_hint WHERE merchant_id = ? AND state = 'waiting' GROUP BY shop_id`
	retryHint     = `UPDATE channel_hint SET state = ?, attempts = attempts + 1, next_at = ?, error_code = ? WHERE merchant_id = ? AND shop_id = ? AND event_id = ?`
	sweepHints    = `DELETE FROM channel_hint WHERE merchant_id = ? AND received_at < ? AND state <> 'waiting'`

	selectCase = `SELECT modified_at, fingerprint FROM channel_case WHERE merchant_id = ? AND shop_id = ? AND case_no = ?`
	selectBody = `SELECT body FROM channel_case WHERE merchant_id = ? AND shop_id = ? AND case_no = ?`
	caseNewer  = `ON CONFLICT (merchant_id, shop_id, case_no) DO UPDATE SET order_no = excluded.order_no, modified_at = excluded.modified_at, body = excluded.body,
		fingerprint = excluded.fingerprint, error_code = excluded.error_code, received_at = excluded.received_at`

	insertDay  = `INSERT INTO channel_day (merchant_id, shop_id, day, state, stage, next_at) VALUES (?, ?, ?, 'open', 1, ?) ON CONFLICT (merchant_id, shop_id, day) DO NOTHING`
	dayColumns = `day, state, stage, equal_at, next_at, theirs, ours, quarantined, failures, checked_at, closed_at`
	selectDue  = `SELECT ` + dayColumns + ` FROM channel_day WHERE merchant_id = ? AND shop_id = ? AND stage > 0 AND next_at <= ? ORDER BY day LIMIT 1`
	nextDay    = `SELECT MIN(next_at) FROM channel_day WHERE merchant_id = ? AND shop_id = ? AND stage > 0`
	updateDay  = `UPDATE channel_day SET state = ?, stage = ?, equal_at = ?, next_at = ?, theirs = ?, ours = ?, quarantined = ?, failures = ?, checked_at = ?, closed_at = ? WHERE merchant_id = ? AND shop_id = ? AND day = ?`
	listDays   = `SELECT ` + dayColumns + ` FROM channel_day WHERE merchant_id = ? AND shop_id = ? AND day < ? ORDER BY day DESC LIMIT ?`

	saveHour  = `ON CONFLICT (merchant_id, shop_id, hour_at) DO UPDATE SET theirs = excluded.theirs, ours = excluded.ours, quarantined = excluded.quarantined, checked_at = excluded.checked_at`
	listHours = `SELECT hour_at, theirs, ours, quarantined, checked_at FROM channel_ledger WHERE merchant_id = ? AND shop_id = ? AND hour_at >= ? AND hour_at < ? ORDER BY hour_at`

	insertDue  = `INSERT INTO channel_compare_due (merchant_id, shop_id, kind, next_at) VALUES (?, ?, ?, ?) ON CONFLICT (merchant_id, shop_id, kind) DO NOTHING`
	askCompare = `INSERT INTO channel_compare_due (merchant_id, shop_id, kind, next_at, from_at, to_at) VALUES (?, ?, 'manual', ?, ?, ?) ON CONFLICT (merchant_id, shop_id, kind) DO UPDATE SET next_at = excluded.next_at, from_at = excluded.from_at, to_at = excluded.to_at, failures = 0`
	selectDues = `SELECT kind, next_at, failures, from_at, to_at FROM channel_compare_due WHERE merchant_id = ? AND shop_id = ? ORDER BY kind`
	updateDue  = `UPDATE channel_compare_due SET next_at = ?, failures = ? WHERE merchant_id = ? AND shop_id = ? AND kind = ?`
	deleteDue  = `DELETE FROM channel_compare_due WHERE merchant_id = ? AND shop_id = ? AND kind = ? AND next_at = ?`
	runColumns = `id, kind, from_at, to_at, state, theirs, ours, quarantined, missing, changed, error_code, error_params, started_at, finished_at`
	insertRun  = `INSERT INTO channel_comparison (merchant_id, shop_id, ` + runColumns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	listRuns   = `SELECT ` + runColumns + ` FROM channel_comparison WHERE merchant_id = ? AND shop_id = ? AND id < ? ORDER BY id DESC LIMIT ?`
	pruneRuns  = `DELETE FROM channel_comparison WHERE merchant_id = ? AND id < ? AND state = 'equal'`
	forgetShop = `DELETE FROM channel_compare_due WHERE merchant_id = ? AND shop_id = ?`
)

var (
	hintColumns = []string{"merchant_id", "shop_id", "event_id", "topic", "order_no", "aftersale_no", "told_at", "received_at", "state", "attempts", "next_at", "error_code"}
	caseNames   = []string{"merchant_id", "shop_id", "case_no", "order_no", "modified_at", "body", "fingerprint", "error_code", "received_at"}
	hourColumns = []string{"merchant_id", "shop_id", "hour_at", "theirs", "ours", "quarantined", "checked_at"}
)

func hintsDone(n int) string {
	return `UPDATE channel_hint SET state = 'done' WHERE merchant_id = ? AND shop_id = ? AND state = 'waiting' AND event_id IN ` + db.In(n)
}

// What Verify looks for: shop, name and two numbers of each row that is wrong.
const (
	findFuture    = `SELECT shop_id, stream, watermark_at, CAST(? AS BIGINT) FROM channel_stream WHERE merchant_id = ? AND watermark_at > CAST(? AS BIGINT) + skew ORDER BY shop_id LIMIT ?`
	findBackwards = `SELECT shop_id, stream, watermark_at, started_at FROM channel_stream WHERE merchant_id = ? AND (watermark_at < started_at OR span <= 0 OR seen < 0 OR failures < 0) ORDER BY shop_id LIMIT ?`

	findUnread = `SELECT shop_id, CAST(id AS TEXT), from_at, to_at FROM channel_gap WHERE merchant_id = ? AND closed_at <> 0 AND from_at < to_at ORDER BY id LIMIT ?`
	findSpent  = `SELECT shop_id, CAST(id AS TEXT), from_at, to_at FROM channel_gap WHERE merchant_id = ? AND closed_at = 0 AND from_at >= to_at ORDER BY id LIMIT ?`
	findBeyond = `SELECT g.shop_id, CAST(g.id AS TEXT), g.to_at, s.watermark_at FROM channel_gap g
		JOIN channel_stream s ON s.merchant_id = g.merchant_id AND s.shop_id = g.shop_id AND s.stream = g.stream
		WHERE g.merchant_id = ? AND s.merchant_id = ? AND g.to_at > s.watermark_at ORDER BY g.id LIMIT ?`
	findStray = `SELECT shop_id, CAST(id AS TEXT), from_at, to_at FROM channel_gap g WHERE merchant_id = ?
		AND NOT EXISTS (SELECT 1 FROM channel_stream s WHERE s.merchant_id = g.merchant_id AND s.shop_id = g.shop_id AND s.stream = g.stream) ORDER BY id LIMIT ?`

	findUneven  = `SELECT shop_id, CAST(day AS TEXT), theirs, ours + quarantined FROM channel_day WHERE merchant_id = ? AND state = 'closed' AND theirs <> ours + quarantined ORDER BY shop_id, day LIMIT ?`
	findTorn    = `SELECT shop_id, CAST(day AS TEXT), stage, closed_at FROM channel_day WHERE merchant_id = ? AND (state = 'closed') <> (closed_at <> 0) ORDER BY shop_id, day LIMIT ?`
	findUnequal = `SELECT shop_id, CAST(id AS TEXT), theirs, ours + quarantined FROM channel_comparison WHERE merchant_id = ? AND state = 'equal' AND (theirs <> ours + quarantined OR missing <> 0) ORDER BY id LIMIT ?`
	findLedger  = `SELECT shop_id, CAST(hour_at AS TEXT), theirs, ours + quarantined FROM channel_ledger WHERE merchant_id = ? AND (theirs < ours + quarantined OR ours < 0 OR quarantined < 0) ORDER BY shop_id, hour_at LIMIT ?`
	// A closed day's orders are held: none was lost since.
	findVanished = `SELECT d.shop_id, CAST(d.n AS TEXT), d.ours, COALESCE(h.held, 0) FROM
		(SELECT shop_id, COUNT(*) AS n, CAST(SUM(ours) AS BIGINT) AS ours FROM channel_day WHERE merchant_id = ? AND state = 'closed' GROUP BY shop_id) d
		LEFT JOIN (SELECT shop_id, COUNT(*) AS held FROM order_head WHERE merchant_id = ? GROUP BY shop_id) h ON h.shop_id = d.shop_id
		WHERE d.ours > COALESCE(h.held, 0) ORDER BY d.shop_id LIMIT ?`
	findOrphans = `SELECT shop_id, CAST(id AS TEXT), attempts, source_at FROM intake_inbox i WHERE merchant_id = ? AND state = 'applied' AND source = 'api'
		AND NOT EXISTS (SELECT 1 FROM order_head h WHERE h.merchant_id = i.merchant_id AND h.channel_order_no = i.channel_order_no AND h.shop_id = i.shop_id) ORDER BY id LIMIT ?`
	findUnspoken = `SELECT id, mode, active, live_from FROM shop_shop s WHERE merchant_id = ? AND mode = 'api'
		AND NOT EXISTS (SELECT 1 FROM channel_access a WHERE a.merchant_id = s.merchant_id AND a.shop_id = s.id) ORDER BY id LIMIT ?`
)
