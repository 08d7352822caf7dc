package print

import "github.com/ordercove/ordercove/internal/kit/db"

const (
	batchFields = `id, on_day, number, account_id, carrier, template_id, way, state, printer, agent_id, reprint_of, reason, total, file_id, job_id, ships, stale_reason, created_by, created_name, created_at, closed_at, version`
	labelFields = `batch_id, sequence, waybill_id, waybill_no, piece, fulfillment_order_id, content_version, items, copy_no, state, page, missing, error_code, error_params, agent_id, lease_until, attempt, sent_at, ended_at, shipped_at, ship_code, ship_params`

	selectBatch    = `SELECT ` + batchFields + ` FROM packing_print_batch WHERE merchant_id = ? AND id = ?`
	listBatches    = `SELECT ` + batchFields + ` FROM packing_print_batch WHERE merchant_id = ? AND id < ? ORDER BY id DESC LIMIT ?`
	selectLabels   = `SELECT ` + labelFields + ` FROM packing_print_label WHERE merchant_id = ? AND batch_id = ? ORDER BY sequence`
	selectLabel    = `SELECT ` + labelFields + ` FROM packing_print_label WHERE merchant_id = ? AND batch_id = ? AND sequence = ?`
	selectLabelsOf = `SELECT ` + labelFields + ` FROM packing_print_label WHERE merchant_id = ? AND fulfillment_order_id = ? ORDER BY batch_id, sequence`

	nextNumber = `INSERT INTO packing_print_day (merchant_id, on_day, last) VALUES (?, ?, 1)
		ON CONFLICT (merchant_id, on_day) DO UPDATE SET last = packing_print_day.last + 1 RETURNING last`
	insertBatch = `INSERT INTO packing_print_batch (merchant_id, id, on_day, number, account_id, carrier, template_id, way, state, printer, agent_id, reprint_of, reason, total, job_id, ships, stale_reason, created_by, created_name, created_at, version)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'making', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`
	// batchMade ends a drawing. A batch that somebody changed meanwhile is drawn again.
	batchMade  = `UPDATE packing_print_batch SET state = ?, file_id = ?, closed_at = ?, version = version + 1 WHERE merchant_id = ? AND id = ? AND state = 'making' AND version = ?`
	batchAnew  = `UPDATE packing_print_batch SET state = 'making', job_id = ?, version = version + 1 WHERE merchant_id = ? AND id = ? AND version = ? AND state = 'ready'`
	batchQueue = `UPDATE packing_print_batch SET agent_id = ?, printer = ?, version = version + 1 WHERE merchant_id = ? AND id = ? AND agent_id = ? AND state <> 'closed'`
	closeBatch = `UPDATE packing_print_batch SET state = 'closed', closed_at = ?, version = version + 1 WHERE merchant_id = ? AND id = ? AND state <> 'closed'
		AND NOT EXISTS (SELECT 1 FROM packing_print_label l WHERE l.merchant_id = packing_print_batch.merchant_id AND l.batch_id = packing_print_batch.id AND l.state IN ('wanted', 'ready', 'asked', 'sent', 'uncertain'))`
	printerBusy = `SELECT COUNT(*) FROM packing_print_batch WHERE merchant_id = ? AND agent_id = ? AND printer = ? AND printer <> '' AND state <> 'closed'`

	// moveLabels is every step of labels that follow each other in a batch and take the same
	// one: nobody else took one of them since they were read. Their pages are one number, or
	// follow each other as well.
	moveLabels = `UPDATE packing_print_label SET state = ?, page = ? + ? * sequence, missing = ?, error_code = ?, error_params = ?, sent_at = ?, ended_at = ?
		WHERE merchant_id = ? AND batch_id = ? AND sequence BETWEEN ? AND ? AND state = ? AND attempt = ?`

	// shipLabels notes on all labels of a fulfillment order how their shipping went.
	shipLabels = `UPDATE packing_print_label SET shipped_at = ?, ship_code = ?, ship_params = ? WHERE merchant_id = ? AND batch_id = ? AND fulfillment_order_id = ? AND shipped_at = 0`

	selectCopies = `SELECT waybill_id, copies, given_name FROM packing_print_paper WHERE merchant_id = ? AND waybill_id IN `
	// claim gives waybills to paper, provided that nobody did since their copies were counted.
	claim = `ON CONFLICT (merchant_id, waybill_id) DO UPDATE SET copies = excluded.copies, batch_id = excluded.batch_id, given_at = excluded.given_at, given_name = excluded.given_name
		WHERE packing_print_paper.copies = excluded.copies - 1`
	release = `UPDATE packing_print_paper SET copies = copies - 1 WHERE merchant_id = ? AND copies > 0 AND waybill_id IN `

	selectTemplates = `SELECT id, name, body, updated_at, version FROM packing_print_template WHERE merchant_id = ? ORDER BY id`
	selectTemplate  = `SELECT id, name, body, updated_at, version FROM packing_print_template WHERE merchant_id = ? AND id = ?`
	insertTemplate  = `INSERT INTO packing_print_template (merchant_id, id, name, body, updated_by, updated_at, version) VALUES (?, ?, ?, ?, ?, ?, 1)`
	updateTemplate  = `UPDATE packing_print_template SET name = ?, body = ?, updated_by = ?, updated_at = ?, version = version + 1 WHERE merchant_id = ? AND id = ? AND version = ?`
	selectAgents    = `SELECT id, name, state, printers, components, seen_at, created_at FROM packing_print_agent WHERE merchant_id = ? ORDER BY id`
	selectAgent     = `SELECT id, name, state, printers, components, seen_at, created_at FROM packing_print_agent WHERE merchant_id = ? AND id = ?`
	selectByKey     = `SELECT id, name, state, printers, components, seen_at, created_at FROM packing_print_agent WHERE merchant_id = ? AND id = ? AND key_digest = ? AND state = 'active'`
	selectByCode    = `SELECT id, name, state, printers, components, seen_at, created_at FROM packing_print_agent WHERE merchant_id = ? AND state = 'pairing' AND pair_digest = ? AND pair_until > ?`
	insertAgent     = `INSERT INTO packing_print_agent (merchant_id, id, name, state, pair_digest, pair_until, created_by, created_at) VALUES (?, ?, ?, 'pairing', ?, ?, ?, ?)`
	pairAgent       = `UPDATE packing_print_agent SET state = 'active', key_digest = ?, pair_digest = NULL, printers = ?, seen_at = ? WHERE merchant_id = ? AND id = ? AND state = 'pairing'`
	revokeAgent     = `UPDATE packing_print_agent SET state = 'revoked', key_digest = NULL, pair_digest = NULL WHERE merchant_id = ? AND id = ? AND state <> 'revoked'`
	seeAgent        = `UPDATE packing_print_agent SET seen_at = ?, printers = ?, components = ? WHERE merchant_id = ? AND id = ? AND state = 'active'`
	agentsBatches   = `SELECT ` + batchFields + ` FROM packing_print_batch WHERE merchant_id = ? AND agent_id = ? AND state = 'ready' ORDER BY id`
	// takeLabel leases a label to an agent. Who held it before has another attempt.
	takeLabel = `UPDATE packing_print_label SET agent_id = ?, lease_until = ?, attempt = attempt + 1 WHERE merchant_id = ? AND batch_id = ? AND sequence = ? AND state = 'asked' AND attempt = ? AND lease_until <= ?`
	// fenceLabel takes a label out of whatever hands it is in.
	fenceLabel     = `UPDATE packing_print_label SET agent_id = 0, lease_until = 0, attempt = attempt + 1 WHERE merchant_id = ? AND batch_id = ? AND sequence = ? AND state = 'asked' AND attempt = ?`
	extendLabel    = `UPDATE packing_print_label SET lease_until = ? WHERE merchant_id = ? AND batch_id = ? AND sequence = ? AND attempt = ?`
	selectSilent   = `SELECT ` + labelFields + ` FROM packing_print_label WHERE merchant_id = ? AND state = 'sent' AND lease_until <= ? ORDER BY batch_id, sequence LIMIT ?`
	deleteTemplate = `DELETE FROM packing_print_template WHERE merchant_id = ? AND id = ?`
)

var labelColumns = []string{"merchant_id", "batch_id", "sequence", "waybill_id", "waybill_no", "piece", "fulfillment_order_id", "content_version", "items", "copy_no", "state"}

var paperColumns = []string{"merchant_id", "waybill_id", "copies", "batch_id", "given_at", "given_name"}

func copiesOf(n int) string { return selectCopies + db.In(n) }

// papersOf reads which labels n fulfillment orders ever had, the oldest first.
func papersOf(n int) string {
	return `SELECT l.fulfillment_order_id, l.waybill_id, l.state, l.batch_id, b.on_day, b.number FROM packing_print_label l
		JOIN packing_print_batch b ON b.merchant_id = l.merchant_id AND b.id = l.batch_id
		WHERE l.merchant_id = ? AND l.fulfillment_order_id IN ` + db.In(n) + ` ORDER BY l.batch_id, l.sequence`
}

// spotsOf reads where the labels of n fulfillment orders lie that left paper behind.
func spotsOf(n int) string {
	return `SELECT l.fulfillment_order_id, b.on_day, b.number, l.sequence FROM packing_print_label l
		JOIN packing_print_batch b ON b.merchant_id = l.merchant_id AND b.id = l.batch_id
		WHERE l.merchant_id = ? AND l.state IN ('ready', 'sent', 'printed', 'uncertain') AND l.fulfillment_order_id IN ` + db.In(n) + ` ORDER BY l.batch_id, l.sequence`
}
