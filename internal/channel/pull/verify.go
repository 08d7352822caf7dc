package pull

import (
	"context"
	"fmt"

	"github.com/ordercove/ordercove/internal/kit/db"
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
	for row := range db.Each(ctx, e.k.DB, c.sql, args...) {
		var shopID id.ID
		var name string
		var a, b int64
		if err := row.Scan(&shopID, &name, &a, &b); err != nil {
			return err
		}
		*out = append(*out, fmt.Sprintf("shop %d: "+c.text, shopID, name, a, b))
	}
	return nil
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
