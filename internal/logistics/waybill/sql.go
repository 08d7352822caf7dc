package waybill

import (
	"strings"

	"github.com/ordercove/ordercove/internal/kit/db"
)

const fields = `id, fulfillment_id, piece, pieces, parent_id, version, account_id, carrier, product, shop_id, issue_key, state, live,
	no, sort_code, mark, bag, ref, template, attempts, error_code, error_params, next_at, created_at, issued_at, ended_at, actor_id, actor_name`

var insertColumns = []string{"merchant_id", "id", "fulfillment_id", "piece", "pieces", "parent_id", "version", "account_id", "carrier", "product", "shop_id", "issue_key",
	"state", "next_at", "created_at", "actor_id", "actor_name"}

const (
	selectOne     = `SELECT ` + fields + ` FROM logistics_waybill WHERE merchant_id = ? AND id = ?`
	selectHistory = `SELECT ` + fields + ` FROM logistics_waybill WHERE merchant_id = ? AND fulfillment_id = ? ORDER BY id`
	selectByNo    = `SELECT ` + fields + ` FROM logistics_waybill WHERE merchant_id = ? AND no = ? AND no <> '' ORDER BY CASE WHEN state = 'issued' THEN 0 ELSE 1 END, id DESC LIMIT 1`
	selectPieces  = `SELECT ` + fields + ` FROM logistics_waybill WHERE merchant_id = ? AND parent_id = ? AND parent_id <> 0 ORDER BY piece`
	// Rows of further pieces wait for the number that leads them.
	selectDue = `SELECT ` + fields + ` FROM logistics_waybill WHERE merchant_id = ? AND account_id = ? AND state IN ('wanted', 'asking', 'uncertain', 'cancelling') AND next_at <= ? AND parent_id = 0
		ORDER BY next_at, id LIMIT ?`
	selectNextDue = `SELECT COALESCE(MIN(next_at), 0) FROM logistics_waybill WHERE merchant_id = ? AND account_id = ? AND state IN ('wanted', 'asking', 'uncertain', 'cancelling') AND parent_id = 0`
	selectOpen    = `SELECT DISTINCT account_id FROM logistics_waybill WHERE merchant_id = ? AND state IN ('wanted', 'asking', 'uncertain', 'cancelling')`

	// take writes down that a request is about to go out.
	take = `UPDATE logistics_waybill SET state = CASE WHEN state = 'cancelling' THEN 'cancelling' ELSE 'asking' END, attempts = attempts + 1
		WHERE merchant_id = ? AND id = ? AND state = ? AND attempts = ?`
	// settle ends an attempt. Whoever took the row after us has another count of attempts.
	settle     = settleRow + ` RETURNING live, state`
	settleLive = settleRow + ` AND live = 1`
	settleRow  = `UPDATE logistics_waybill SET state = CASE WHEN live = 1 THEN CAST(? AS TEXT) ELSE CAST(? AS TEXT) END, no = CASE WHEN CAST(? AS TEXT) = '' THEN no ELSE CAST(? AS TEXT) END, sort_code = ?, mark = ?, bag = ?,
		ref = CASE WHEN CAST(? AS TEXT) = '' THEN ref ELSE CAST(? AS TEXT) END, template = CASE WHEN CAST(? AS TEXT) = '' THEN template ELSE CAST(? AS TEXT) END, print = ?, error_code = ?, error_params = ?, next_at = ?, issued_at = ?, ended_at = ? WHERE merchant_id = ? AND id = ? AND state IN ('asking', 'cancelling') AND attempts = ?`
	settlePiece = `UPDATE logistics_waybill SET state = CASE WHEN live = 1 THEN CAST(? AS TEXT) ELSE 'cancelled' END, no = ?, sort_code = ?, mark = ?, bag = ?, print = ?, error_code = ?, error_params = ?, issued_at = ?, ended_at = ?
		WHERE merchant_id = ? AND id = ? AND state IN ('wanted', 'failed')`

	// A row whose number may be on its way is only marked; its attempt ends it.
	retire = `UPDATE logistics_waybill SET live = 0, next_at = ?, ended_at = CASE WHEN state IN ('wanted', 'failed') THEN CAST(? AS BIGINT) ELSE ended_at END,
		state = CASE WHEN state IN ('wanted', 'failed') THEN 'cancelled' WHEN state IN ('issued', 'uncertain') AND parent_id = 0 THEN 'cancelling' WHEN state = 'issued' THEN 'cancelled' ELSE state END
		WHERE merchant_id = ? AND id = ? AND live = 1 RETURNING state`
	// takeOver and renew leave a waybill alone that somebody else changed.
	takeOver = `UPDATE logistics_waybill SET version = ? WHERE merchant_id = ? AND id = ? AND live = 1 AND state = 'issued' AND version = ?`
	renew    = `UPDATE logistics_waybill SET version = ?, sort_code = CASE WHEN CAST(? AS TEXT) = '' THEN sort_code ELSE CAST(? AS TEXT) END, mark = CASE WHEN CAST(? AS TEXT) = '' THEN mark ELSE CAST(? AS TEXT) END,
		bag = CASE WHEN CAST(? AS TEXT) = '' THEN bag ELSE CAST(? AS TEXT) END, template = CASE WHEN CAST(? AS TEXT) = '' THEN template ELSE CAST(? AS TEXT) END, print = ?
		WHERE merchant_id = ? AND id = ? AND live = 1 AND state = 'issued' AND version = ?`
	adoptVersion = `UPDATE logistics_waybill SET version = ? WHERE merchant_id = ? AND fulfillment_id = ? AND live = 1 AND state = 'issued' AND version = ?`

	countUse = `INSERT INTO logistics_waybill_use (merchant_id, account_id, shop_id, on_day, issued, cancelled) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (merchant_id, account_id, on_day, shop_id) DO UPDATE SET issued = logistics_waybill_use.issued + excluded.issued, cancelled = logistics_waybill_use.cancelled + excluded.cancelled`
	selectUse = `SELECT account_id, shop_id, on_day, issued, cancelled FROM logistics_waybill_use WHERE merchant_id = ? AND account_id = ? AND on_day >= ? AND on_day <= ? ORDER BY on_day, shop_id`

	insertNumber = ` ON CONFLICT (merchant_id, account_id, no) DO NOTHING`
	selectFree   = `SELECT no FROM logistics_number WHERE merchant_id = ? AND account_id = ? AND waybill_id = 0 ORDER BY no LIMIT ?`
	takeNumber   = `UPDATE logistics_number SET waybill_id = ? WHERE merchant_id = ? AND account_id = ? AND no = ? AND waybill_id = 0`
	giveNumber   = `UPDATE logistics_number SET waybill_id = 0 WHERE merchant_id = ? AND account_id = ? AND no = ? AND waybill_id = ?`
	selectHas    = `SELECT no FROM logistics_number WHERE merchant_id = ? AND account_id = ? AND waybill_id = ? AND waybill_id <> 0`
	countFree    = `SELECT COUNT(*) FROM logistics_number WHERE merchant_id = ? AND account_id = ? AND waybill_id = 0`
)

var numberColumns = []string{"merchant_id", "account_id", "no", "created_at"}

// holdersOf reads which of n waybills have a number at hand.
func holdersOf(n int) string {
	return `SELECT waybill_id FROM logistics_number WHERE merchant_id = ? AND account_id = ? AND waybill_id <> 0 AND waybill_id IN ` + db.In(n)
}

func liveOf(n int) string {
	return `SELECT ` + fields + ` FROM logistics_waybill WHERE merchant_id = ? AND fulfillment_id IN ` + db.In(n) + ` AND live = 1 ORDER BY fulfillment_id, piece`
}

func printsOf(n int) string {
	return `SELECT id, print FROM logistics_waybill WHERE merchant_id = ? AND id IN ` + db.In(n) + ` AND print IS NOT NULL`
}

// listSQL selects waybills, the newest first. Arguments: merchant, then those asked for
// in this order: state, account, number, fulfillment order, before; the limit.
func listSQL(f Filter) string {
	var b strings.Builder
	b.WriteString(`SELECT ` + fields + ` FROM logistics_waybill WHERE merchant_id = ?`)
	if f.State != "" {
		b.WriteString(` AND state = ?`)
	}
	if f.AccountID != 0 {
		b.WriteString(` AND account_id = ?`)
	}
	if f.No != "" {
		b.WriteString(` AND no = ? AND no <> ''`)
	}
	if f.FulfillmentID != 0 {
		b.WriteString(` AND fulfillment_id = ?`)
	}
	if f.Cursor != "" {
		b.WriteString(` AND id < ?`)
	}
	b.WriteString(` ORDER BY id DESC LIMIT ?`)
	return b.String()
}
