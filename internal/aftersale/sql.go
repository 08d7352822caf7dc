package aftersale

import (
	"strings"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics"
)

const (
	caseFields = `id, shop_id, case_no, order_no, order_id, customer_id, line_no, kind, state, state_raw, case_version, refund_fen, quantity, reason, return_carrier, return_waybill,
		opened_at, modified_at, respond_by_at, turn_at, goods, refunded_at, decision, decided_for, decisions, effect_id, decided_at, decided_by, decided_name, given_up_reason, seen_at, version, source`
	selectCase    = `SELECT ` + caseFields + ` FROM aftersale_case WHERE merchant_id = ? AND id = ?`
	selectOwn     = `SELECT ` + caseFields + ` FROM aftersale_case WHERE merchant_id = ? AND shop_id = ? AND case_no = ?`
	selectOthers  = `SELECT ` + caseFields + ` FROM aftersale_case WHERE merchant_id = ? AND customer_id = ? AND customer_id <> 0 AND id <> ? ORDER BY id DESC LIMIT ?`
	selectOfOrder = `SELECT ` + caseFields + ` FROM aftersale_case WHERE merchant_id = ? AND order_no = ? AND shop_id = ? AND id <> ? ORDER BY id DESC LIMIT ?`
	// lockCase keeps the row from changing until the transaction ends, on both engines.
	lockCase   = `UPDATE aftersale_case SET version = version + 1 WHERE merchant_id = ? AND id = ?`
	decideCase = `UPDATE aftersale_case SET decision = ?, decided_for = ?, decisions = decisions + 1, effect_id = ?, decided_at = ?, decided_by = ?, decided_name = ? WHERE merchant_id = ? AND id = ?`
	linkCase   = `UPDATE aftersale_case SET order_id = ?, customer_id = ? WHERE merchant_id = ? AND id = ?`
	moveGoods  = `UPDATE aftersale_case SET goods = ? WHERE merchant_id = ? AND id = ?`
	endCase    = `UPDATE aftersale_case SET state = ?, state_raw = ?, turn_at = ?, modified_at = ? WHERE merchant_id = ? AND id = ?`
	giveUpCase = `UPDATE aftersale_case SET goods = 'given_up', given_up_reason = ? WHERE merchant_id = ? AND id = ?`

	// What people have seen of the goods stands, whoever wrote last.
	newerCase = ` ON CONFLICT (merchant_id, shop_id, case_no) DO UPDATE SET order_no = excluded.order_no, order_id = excluded.order_id, customer_id = excluded.customer_id,
		line_no = excluded.line_no, kind = excluded.kind, state = excluded.state, state_raw = excluded.state_raw, case_version = excluded.case_version, refund_fen = excluded.refund_fen,
		quantity = excluded.quantity, reason = excluded.reason, return_carrier = excluded.return_carrier, return_waybill = excluded.return_waybill, opened_at = excluded.opened_at,
		modified_at = excluded.modified_at, respond_by_at = excluded.respond_by_at, turn_at = excluded.turn_at, refunded_at = excluded.refunded_at, source = excluded.source,
		goods = CASE WHEN aftersale_case.goods IN ('arrived', 'received', 'given_up') THEN aftersale_case.goods ELSE excluded.goods END, version = aftersale_case.version + 1`

	parcelFields  = `id, waybill_no, carrier, warehouse_id, case_id, state, note, received_at, received_by, received_name, inspected_at, inspected_by, inspected_name`
	selectParcel  = `SELECT ` + parcelFields + ` FROM aftersale_parcel WHERE merchant_id = ? AND id = ?`
	parcelsOfCase = `SELECT ` + parcelFields + ` FROM aftersale_parcel WHERE merchant_id = ? AND case_id = ? ORDER BY id`
	parcelsByNo   = `SELECT ` + parcelFields + ` FROM aftersale_parcel WHERE merchant_id = ? AND waybill_no = ? AND waybill_no <> '' ORDER BY id`
	// claimParcels gives ownerless parcels to the case that names their number.
	claimParcels  = `UPDATE aftersale_parcel SET case_id = ?, state = 'arrived' WHERE merchant_id = ? AND waybill_no = ? AND waybill_no <> '' AND case_id = 0 AND state = 'unclaimed'`
	claimParcel   = `UPDATE aftersale_parcel SET case_id = ?, state = 'arrived' WHERE merchant_id = ? AND id = ? AND case_id = 0 AND state = 'unclaimed'`
	inspectParcel = `UPDATE aftersale_parcel SET state = 'inspected', note = ?, warehouse_id = ?, inspected_at = ?, inspected_by = ?, inspected_name = ? WHERE merchant_id = ? AND id = ? AND state = 'arrived'`

	expectedOf = `SELECT line_id, quantity FROM aftersale_expected WHERE merchant_id = ? AND case_id = ?`

	casesByWaybill = `SELECT ` + caseFields + ` FROM aftersale_case WHERE merchant_id = ? AND return_waybill = ? AND return_waybill <> '' ORDER BY id`
	onSameNumber   = ` ON CONFLICT (merchant_id, waybill_no, case_id) WHERE waybill_no <> '' DO NOTHING`

	backOfCase = `SELECT l.line_id, CAST(SUM(l.good) AS BIGINT), CAST(SUM(l.defective) AS BIGINT), CAST(SUM(l.missing) AS BIGINT) FROM aftersale_parcel p
		JOIN aftersale_parcel_line l ON l.merchant_id = p.merchant_id AND l.parcel_id = p.id
		WHERE p.merchant_id = ? AND p.case_id = ? AND p.state = 'inspected' GROUP BY l.line_id`
)

var (
	caseColumns = []string{"merchant_id", "id", "shop_id", "case_no", "order_no", "order_id", "customer_id", "line_no", "kind", "state", "state_raw", "case_version", "refund_fen",
		"quantity", "reason", "return_carrier", "return_waybill", "opened_at", "modified_at", "respond_by_at", "turn_at", "goods", "refunded_at", "decision", "decided_for",
		"decisions", "effect_id", "decided_at", "decided_by", "decided_name", "given_up_reason", "seen_at", "version", "source"}
	parcelColumns = []string{"merchant_id", "id", "waybill_no", "carrier", "warehouse_id", "case_id", "state", "note", "received_at", "received_by", "received_name",
		"inspected_at", "inspected_by", "inspected_name"}
	expectedColumns = []string{"merchant_id", "case_id", "line_id", "quantity"}
	lineColumns     = []string{"merchant_id", "parcel_id", "line_id", "sku_id", "good", "defective", "missing"}
)

// where narrows statements to a filter. It answers the conditions, each beginning with
// AND, and their arguments.
func (f Filter) where(shops []id.ID) (string, []any) {
	var b strings.Builder
	var args []any
	in := func(column string, n int, each func(int) any) {
		if n == 0 {
			return
		}
		b.WriteString(" AND " + column + " IN " + db.In(n))
		for i := range n {
			args = append(args, each(i))
		}
	}
	in("shop_id", len(shops), func(i int) any { return shops[i] })
	in("state", len(f.States), func(i int) any { return string(f.States[i]) })
	in("kind", len(f.Kinds), func(i int) any { return f.Kinds[i] })
	in("goods", len(f.Goods), func(i int) any { return string(f.Goods[i]) })
	if f.Reason != "" {
		b.WriteString(` AND LOWER(reason) LIKE ? ESCAPE '\'`)
		args = append(args, "%"+db.LikeText(strings.ToLower(f.Reason))+"%")
	}
	if f.MinFen != nil {
		b.WriteString(" AND refund_fen >= ?")
		args = append(args, int64(*f.MinFen))
	}
	if f.MaxFen != nil {
		b.WriteString(" AND refund_fen <= ?")
		args = append(args, int64(*f.MaxFen))
	}
	if f.DueBefore > 0 {
		b.WriteString(" AND respond_by_at > 0 AND respond_by_at < ?")
		args = append(args, f.DueBefore)
	}
	if f.No != "" {
		b.WriteString(" AND (case_no = ? OR order_no = ? OR return_waybill = ? AND return_waybill <> '')")
		args = append(args, f.No, f.No, logistics.Clean(f.No))
	}
	return b.String(), args
}

// listCases reads one page in the order of sort.
func listCases(cond string, sort Sort, after bool) string {
	column, way, beyond := "turn_at", "", ">"
	switch sort {
	case ByRecent:
		column, way, beyond = "modified_at", " DESC", "<"
	case ByRefund:
		column = "refunded_at"
	}
	q := `SELECT ` + caseFields + ` FROM aftersale_case WHERE merchant_id = ?` + cond
	if after {
		q += ` AND (` + column + ` ` + beyond + ` ? OR ` + column + ` = ? AND id ` + beyond + ` ?)`
	}
	return q + ` ORDER BY ` + column + way + `, id` + way + ` LIMIT ?`
}

// countCases counts what is open. Ended cases are many, and nobody waits for them.
func countCases(shops int) string {
	q := `SELECT state, goods, COUNT(*), CAST(SUM(CASE WHEN respond_by_at > 0 AND respond_by_at < ? THEN 1 ELSE 0 END) AS BIGINT) FROM aftersale_case
		WHERE merchant_id = ? AND (state IN ('requested', 'returning', 'receiving', 'refunding', 'unknown') OR goods IN ('awaited', 'arrived'))`
	if shops > 0 {
		q += ` AND shop_id IN ` + db.In(shops)
	}
	return q + ` GROUP BY state, goods`
}

// listParcels reads returned parcels, the newest first.
func listParcels(state, warehouses int, after bool) string {
	q := `SELECT ` + parcelFields + ` FROM aftersale_parcel WHERE merchant_id = ?`
	if state > 0 {
		q += ` AND state = ?`
	}
	if warehouses > 0 {
		q += ` AND warehouse_id IN ` + db.In(warehouses)
	}
	if after {
		q += ` AND id < ?`
	}
	return q + ` ORDER BY id DESC LIMIT ?`
}

func parcelLines(n int) string {
	return `SELECT parcel_id, line_id, sku_id, good, defective, missing FROM aftersale_parcel_line WHERE merchant_id = ? AND parcel_id IN ` + db.In(n) + ` ORDER BY parcel_id, line_id`
}
