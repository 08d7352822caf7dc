package pull

import (
	"context"
	"fmt"

	"github.com/ordercove/ordercove/internal/kit/id"
)

// check is one thing that no run of the engine leaves behind: its statement lists
// the rows in which it happened, as shop, name and two numbers.
type check struct {
	text string // of name and the two numbers
	sql  string
	more int // how often the merchant is asked for again
}

// mostFindings bounds what one check lists.
const mostFindings = 200

// ahead is how far a watermark may be beyond our present: clocks differ.
const ahead = 5 * minute

// Verify proves the books of the acting merchant's synchronisation: watermarks
// that only moved forward, gaps that are closed once they were read whole, days
// and hours whose numbers add up, and raw rows whose orders are there. It returns
// what is wrong, in words; nothing of a sound instance.
func (e *Engine) Verify(ctx context.Context) ([]string, error) {
	out := []string{}
	for _, c := range checks {
		args := []any{merchantOf(ctx)}
		for range c.more {
			args = append(args, merchantOf(ctx))
		}
		if err := e.verify(ctx, c, &out, append(args, mostFindings)...); err != nil {
			return nil, err
		}
	}
	future := check{text: "stream %s is read to %d, which is yet to come (now %d)", sql: findFuture}
	now := e.now()
	return out, e.verify(ctx, future, &out, now, merchantOf(ctx), now+ahead, mostFindings)
}

func (e *Engine) verify(ctx context.Context, c check, out *[]string, args ...any) error {
	rows, err := e.k.DB.Query(ctx, c.sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var shopID id.ID
		var name string
		var a, b int64
		if err := rows.Scan(&shopID, &name, &a, &b); err != nil {
			return err
		}
		*out = append(*out, fmt.Sprintf("shop %d: "+c.text, shopID, name, a, b))
	}
	return rows.Err()
}

var checks = []check{
	{text: "stream %s stands at %d, before its beginning %d", sql: findBackwards},
	{text: "gap %s is closed though %d to %d was not read", sql: findUnread},
	{text: "gap %s is open though nothing of it is left (%d to %d)", sql: findSpent},
	{text: "gap %s ends at %d, after its stream's watermark %d", sql: findBeyond, more: 1},
	{text: "gap %s belongs to no stream (%d to %d)", sql: findStray},
	{text: "day %s is closed with %d of the channel's orders and %d of ours", sql: findUneven},
	{text: "day %s says both open and closed (state %d, closed at %d)", sql: findTorn},
	{text: "comparison %s is equal with %d of the channel's orders and %d accounted for", sql: findUnequal},
	{text: "hour %s of the ledger counts %d of the channel's orders and %d accounted for", sql: findLedger},
	{text: "%s days count %d orders as held, and %d are", sql: findVanished, more: 1},
	{text: "raw row %s is applied and its order is not there (attempts %d, row's time %d)", sql: findOrphans},
	{text: "the shop is %s by API without access to it (%d, %d)", sql: findUnspoken},
}

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
