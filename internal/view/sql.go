package view

import (
	"fmt"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

const (
	// Only shops have a channel.
	selectNames = `SELECT id, name, channel, mode FROM shop_shop WHERE merchant_id = ? UNION ALL SELECT id, name, '', '' FROM inventory_warehouse WHERE merchant_id = ?`
	selectShops = `SELECT id, name, channel, mode, data_at, stale_after_hours, time_zone, active FROM shop_shop WHERE merchant_id = ? ORDER BY position, id`

	selectByNo = `SELECT channel_order_no, id, placed_at, shop_id FROM order_head WHERE merchant_id = ? AND channel_order_no IN `
	// The version is asked for because no index has it: SQLite would read a whole
	// covering index rather than look the ids up.
	selectByID          = `SELECT CAST(id AS TEXT), id, placed_at, shop_id FROM order_head WHERE merchant_id = ? AND version > 0 AND id IN `
	selectByHeadWaybill = `SELECT waybill_no, id, placed_at, shop_id FROM order_head WHERE merchant_id = ? AND waybill_no <> '' AND waybill_no IN `
	selectByWaybill     = `SELECT p.waybill_no, h.id, h.placed_at, h.shop_id FROM fulfillment_parcel p JOIN order_head h ON h.merchant_id = p.merchant_id AND h.id = p.order_id
		WHERE p.merchant_id = ? AND p.waybill_no IN `

	selectSKUIDs     = `SELECT id FROM catalog_sku WHERE merchant_id = ? AND code = ?`
	selectListingsOf = `SELECT id FROM catalog_listing WHERE merchant_id = ? AND merchant_sku_code = ? LIMIT ?`
	lineTitleLike    = `LOWER(l.title || '
' || l.spec) LIKE CAST(? AS TEXT) ESCAPE '\'`

	selectTokenOrders = `SELECT order_id, placed_at FROM order_token WHERE merchant_id = ? AND quarter = ? AND kind = ? AND token = ? AND (placed_at, order_id) < (?, ?) ORDER BY placed_at DESC, order_id DESC LIMIT ?`
	selectQuarters    = `SELECT (SELECT MIN(quarter) FROM order_token WHERE merchant_id = ?), (SELECT MAX(quarter) FROM order_token WHERE merchant_id = ?)`

	selectCounts = `SELECT bucket, SUM(n) FROM (
		SELECT bucket, n FROM order_count WHERE merchant_id = ? AND day = 0 %[1]s
		UNION ALL SELECT bucket, n FROM order_count_delta WHERE merchant_id = ? AND day = 0 %[1]s) c GROUP BY bucket`
	selectDays = `SELECT shop_id, bucket, day, SUM(n), SUM(fen) FROM (
		SELECT shop_id, bucket, day, n, fen FROM order_count WHERE merchant_id = ? AND day >= ? %[1]s
		UNION ALL SELECT shop_id, bucket, day, n, fen FROM order_count_delta WHERE merchant_id = ? AND day >= ? %[1]s) c GROUP BY shop_id, bucket, day`

	selectApproved = `SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM (
		SELECT n FROM order_count WHERE merchant_id = ? AND bucket = 'approved' AND day = ? %[1]s
		UNION ALL SELECT n FROM order_count_delta WHERE merchant_id = ? AND bucket = 'approved' AND day = ? %[1]s) c`
	countReasons = `SELECT o.kind, COUNT(*) FROM order_hold o WHERE o.merchant_id = ? AND o.cleared_at = 0 AND o.order_id IN (SELECT id FROM (%s) c) GROUP BY o.kind ORDER BY o.kind`

	selectParcels    = `SELECT id, order_id, carrier, carrier_name, waybill_no, kind, warehouse_id, shipped_at, reported_at FROM fulfillment_parcel WHERE merchant_id = ? AND cancelled_at = 0 AND order_id = ? ORDER BY id`
	countUnmapped    = `SELECT COUNT(*) FROM (SELECT 1 FROM catalog_listing WHERE merchant_id = ? AND sku_id = 0 LIMIT 10001) c`
	countLow         = `SELECT COUNT(*) FROM logistics_account WHERE merchant_id = ? AND enabled = 1 AND (balance = 0 OR low_at > 0 AND balance >= 0 AND balance <= low_at)`
	countUncertain   = `SELECT COUNT(*) FROM (SELECT 1 FROM logistics_waybill WHERE merchant_id = ? AND state = 'uncertain' AND attempts > 1 LIMIT 10001) c`
	countQuarantined = `SELECT COUNT(*) FROM (SELECT 1 FROM intake_inbox WHERE merchant_id = ? AND state = 'quarantined' LIMIT 10001) c`
)

// The dictionary of what shops sell is small; orders name its rows, so a title
// search never reads order lines. SQLite's LIKE folds ASCII by itself.
func selectListingsLike(d db.Dialect) string {
	return `SELECT l.id FROM catalog_listing l WHERE l.merchant_id = ? AND (` + titleLike(d) + `) LIMIT ?`
}

// selectWordLike is selectListingsLike among the listings that have one word. The
// text is a value looked up for each, or PostgreSQL reads all listings first.
func selectWordLike(d db.Dialect) string {
	return `SELECT w.listing_id FROM catalog_word w WHERE w.merchant_id = ? AND w.word = ? AND
		(SELECT CASE WHEN ` + titleLike(d) + ` THEN 1 END FROM catalog_listing l WHERE l.merchant_id = w.merchant_id AND l.id = w.listing_id) = 1 LIMIT ?`
}

func titleLike(d db.Dialect) string {
	return folded(d, "l.title") + ` LIKE CAST(? AS TEXT) ESCAPE '\' OR ` + folded(d, "l.spec") + ` LIKE CAST(? AS TEXT) ESCAPE '\'`
}

// countWords counts the listings of each of n words, up to a limit.
func countWords(n int) string {
	one := "SELECT %d, COUNT(*) FROM (SELECT 1 FROM catalog_word WHERE merchant_id = ? AND word = ? LIMIT ?) w%d"
	parts := make([]string, n)
	for i := range parts {
		parts[i] = fmt.Sprintf(one, i, i)
	}
	return strings.Join(parts, " UNION ALL ")
}

func selectSKUsLike(d db.Dialect) string {
	return `SELECT id FROM catalog_sku WHERE merchant_id = ? AND ` + folded(d, "name") + ` LIKE CAST(? AS TEXT) ESCAPE '\' LIMIT ?`
}

func folded(d db.Dialect, column string) string {
	if d == db.SQLite {
		return column
	}
	return "LOWER(" + column + ")"
}

// tokensThere counts which of n tokens any order carries.
func tokensThere(n, quarters int) string {
	one := "SELECT * FROM (SELECT 1 FROM order_token WHERE merchant_id = ? AND quarter IN " + db.In(quarters) + " AND kind = ? AND token = ? LIMIT 1) t%d"
	parts := make([]string, n)
	for i := range parts {
		parts[i] = fmt.Sprintf(one, i)
	}
	return "SELECT COUNT(*) FROM (" + strings.Join(parts, " UNION ALL ") + ") found"
}

// selectNear is since when the newest orders before an instant are.
const selectNear = `SELECT MIN(placed_at) FROM (SELECT placed_at FROM order_head WHERE merchant_id = ? AND placed_at <= ? ORDER BY placed_at DESC, id DESC LIMIT ?) newest`

// What a row of the list shows, read by listed. Nothing is sorted: orders and lines
// are put in place for less.
const (
	selectListed = `SELECT id, shop_id, channel, channel_order_no, order_type, state, problem, in_aftersale, unread, archived, history,
payment, payment_method, channel_status_raw, channel_locks, channel_flags, refund_state, approved_at,
placed_at, paid_at, ship_by_at, shipped_at, completed_at, goods_fen, freight_fen, buyer_paid_fen, receivable_fen, refund_fen,
buyer_nick, receiver_kind, receiver_masked, province, city, district, buyer_note, seller_note, flag, tags, line_count, quantity,
warehouse_id, carrier, waybill_no, parcel_count, version FROM order_head WHERE merchant_id = ? AND id IN `
	selectListedLines = `SELECT order_id, id, position, sku_id, sku_code, title, spec, image_url, is_gift, refund_state, price_fen, ordered, cancelled, shipped, quantity_known
FROM order_line WHERE merchant_id = ? AND order_id IN `
	selectListedHolds = `SELECT order_id, id, kind FROM order_hold WHERE merchant_id = ? AND cleared_at = 0 AND order_id IN `
)

// A pattern is cast because SQLite makes its plan anew for every value of a bare one.
// A condition over another table is a value and not EXISTS, which PostgreSQL would
// turn into a join that reads the whole of it.
func existsTag(match string) string {
	return "(SELECT 1 FROM order_tag t WHERE t.merchant_id = h.merchant_id AND t.placed_at = h.placed_at AND t.order_id = h.id AND " + match + " LIMIT 1) = 1"
}

func existsHold(match string) string {
	return "(SELECT 1 FROM order_hold o WHERE o.merchant_id = h.merchant_id AND o.order_id = h.id AND o.cleared_at = 0 AND " + match + " LIMIT 1) = 1"
}

func existsToken(quarters int) string {
	return "(SELECT 1 FROM order_token t WHERE t.merchant_id = h.merchant_id AND t.quarter IN " + db.In(quarters) +
		" AND t.kind = ? AND t.token = ? AND t.placed_at = h.placed_at AND t.order_id = h.id LIMIT 1) = 1"
}

// selectTokenOf is which of n orders carry a token.
func selectTokenOf(n int) string {
	return `SELECT order_id, placed_at FROM order_token WHERE merchant_id = ? AND quarter = ? AND kind = ? AND token = ? AND (` +
		strings.TrimSuffix(strings.Repeat(`placed_at = ? AND order_id = ? OR `, n), ` OR `) + `) ORDER BY placed_at DESC, order_id DESC`
}

// existsLine matches order lines, as a condition on each row…
func existsLine(match string) string {
	return "(SELECT 1 FROM order_line l WHERE l.merchant_id = h.merchant_id AND l.order_id = h.id AND " + match + " LIMIT 1) = 1"
}

// …and newestLines as the newest lines of n SKUs or listings.
// PostgreSQL takes them as one array: hundreds of parameters cost it more than the rows.
func newestLines(d db.Dialect, column string, n int) string {
	of := " IN " + db.In(n)
	if d == db.Postgres {
		of = " = ANY(?)"
	}
	return "SELECT order_id, placed_at FROM order_line WHERE merchant_id = ? AND " + column + of +
		" AND placed_at >= ? AND (placed_at, order_id) < (?, ?) ORDER BY placed_at DESC, order_id DESC LIMIT ?"
}

// firstOf is the first value of a column that lists are sorted by.
func firstOf(column string) string {
	q := "SELECT MIN(h." + column + ") FROM order_head h WHERE h.merchant_id = ? AND h." + column + " >= ?"
	if column == "ship_by_at" {
		q += " AND h.state IN (30, 40)" // as its index says
	}
	return q
}

// candidateColumns are all that conditions test.
const candidateColumns = `merchant_id, id, shop_id, channel, order_type, state, problem, in_aftersale, unread, archived, history, payment_method,
placed_at, paid_at, ship_by_at, shipped_at, completed_at, buyer_paid_fen, province, city, district, buyer_note, seller_note, flag, warehouse_id, carrier`

// statement is the SQL of one slice [lower, upper) of the walk, after the cursor.
func (p *plan) statement(merchant id.ID, lower, upper int64, after *cursor, limit int) (string, []any) {
	branches := p.branches
	if len(branches) == 0 {
		branches = []cond{{}}
	}
	dir := "ASC"
	if p.descending {
		dir = "DESC"
	}
	var b strings.Builder
	var args []any
	table := "order_head h"
	if p.hinted {
		table += " INDEXED BY " + p.index
	}
	if p.byIDs {
		with, ids := p.candidates(merchant)
		b.WriteString(with)
		table, args = "candidate h", ids
	}
	for i, br := range branches {
		if i > 0 {
			b.WriteString(" UNION ALL ")
		}
		fmt.Fprintf(&b, "SELECT * FROM (SELECT h.id AS id, h.%s AS sort_at FROM %s WHERE h.merchant_id = ?", p.sortColumn, table)
		args = append(args, merchant)
		add := func(c cond) {
			if c.sql != "" {
				b.WriteString(" AND " + c.sql)
				args = append(args, c.args...)
			}
		}
		add(br)
		if lower > 0 {
			add(cond{"h." + p.sortColumn + " >= ?", []any{lower}})
		}
		if upper > 0 {
			add(cond{"h." + p.sortColumn + " < ?", []any{upper}})
		}
		if after != nil {
			op := ">"
			if p.descending {
				op = "<"
			}
			add(cond{fmt.Sprintf("(h.%s, h.id) %s (?, ?)", p.sortColumn, op), []any{after.At, after.ID}})
		}
		for _, c := range p.rest {
			add(c)
		}
		fmt.Fprintf(&b, " ORDER BY h.%s %s, h.id %s LIMIT %d) b%d", p.sortColumn, dir, dir, limit, i)
	}
	if len(branches) > 1 {
		fmt.Fprintf(&b, " ORDER BY sort_at %s, id %s LIMIT %d", dir, dir, limit)
	}
	return b.String(), args
}

// candidates makes the plan's ids a table of its own: materialised, so that no
// engine walks a time index in search of them.
func (p *plan) candidates(merchant id.ID) (string, []any) {
	q, args := list("SELECT "+candidateColumns+" FROM order_head WHERE merchant_id = ? AND id IN ", merchant, idsOf(p.ids))
	return "WITH candidate AS MATERIALIZED (" + q + ") ", args
}

// tally counts the plan's ids by what tabs look at.
func (p *plan) tally(merchant id.ID) (string, []any) {
	q, args := p.candidates(merchant)
	q += "SELECT h.state, h.history, h.archived, h.problem, h.in_aftersale, COUNT(*) FROM candidate h WHERE h.merchant_id = ?"
	args = append(args, merchant)
	rest := p.rest
	if p.lower > 0 {
		rest = append(rest[:len(rest):len(rest)], cond{"h." + p.sortColumn + " >= ?", []any{p.lower}})
	}
	if p.upper > 0 {
		rest = append(rest[:len(rest):len(rest)], cond{"h." + p.sortColumn + " < ?", []any{p.upper}})
	}
	for _, c := range rest {
		q += " AND " + c.sql
		args = append(args, c.args...)
	}
	return q + " GROUP BY h.state, h.history, h.archived, h.problem, h.in_aftersale", args
}

// countStatement counts what the plan matches, up to limit.
func (p *plan) countStatement(merchant id.ID, limit int) (string, []any) {
	q, args := p.statement(merchant, p.lower, p.upper, nil, limit)
	return "SELECT COUNT(*) FROM (" + q + ") counted", args
}

// selectItems reads what n orders hold, a text per line.
func selectItems(n int) string {
	return "SELECT l.order_id, l.position, l.title || ' ' || l.spec || ' ×' || l.ordered FROM order_line l WHERE l.merchant_id = ? AND l.order_id IN " + db.In(n)
}

// selectPacked reads the columns of n orders, or of their lines, as one text each.
// What a driver takes for a row is its number of values, of which exports have
// forty: one that is taken apart here costs a third.
func selectPacked(columns []column, n int, perLine bool) string {
	var b strings.Builder
	b.WriteString("SELECT h.id, h.shop_id, ")
	b.WriteString("concat_ws(','")
	for _, c := range columns {
		if c.text {
			b.WriteString(", octet_length(" + c.sql + "), " + c.sql)
		} else {
			b.WriteString(", COALESCE(CAST(" + c.sql + " AS TEXT), '')")
		}
	}
	b.WriteString(", '') FROM order_head h") // a comma after the last one too
	if perLine {
		b.WriteString(" JOIN order_line l ON l.merchant_id = h.merchant_id AND l.order_id = h.id")
	}
	b.WriteString(" WHERE h.merchant_id = ? AND h.id IN " + db.In(n))
	if perLine {
		b.WriteString(" ORDER BY h.id, l.position, l.id")
	}
	return b.String()
}

const linkedFields = ` h.id, f.kind, f.reason, f.liable, f.ship_when, f.goods_fen - f.returned_fen, f.settlement, f.case_id, h.channel_order_no, h.state, h.carrier, h.waybill_no FROM intake_followup f JOIN order_head h ON h.merchant_id = f.merchant_id AND h.id = f.`

// selectFollowUps are the orders made of one, and selectMadeFrom the one that it was made of.
const (
	selectFollowUps = `SELECT` + linkedFields + `order_id WHERE f.merchant_id = ? AND f.origin_id = ? ORDER BY f.number`
	selectMadeFrom  = `SELECT` + linkedFields + `origin_id WHERE f.merchant_id = ? AND f.order_id = ?`
)
