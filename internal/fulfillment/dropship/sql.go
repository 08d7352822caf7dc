package dropship

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

var batchColumns = []string{"merchant_id", "id", "supplier_id", "orders", "contract", "sent_by", "sent_at"}

const (
	putSent = `INSERT INTO fulfillment_dropship_order (merchant_id, fulfillment_order_id, supplier_id, batch_id, version, state, sent_at) VALUES (?, ?, ?, ?, ?, 'sent', ?)
		ON CONFLICT (merchant_id, fulfillment_order_id) DO UPDATE SET supplier_id = excluded.supplier_id, batch_id = excluded.batch_id, version = excluded.version,
		state = 'sent', reason = '', carrier = '', waybill_no = '', sent_at = excluded.sent_at, answered_at = 0, shipped_at = 0`
	moveOrder  = `UPDATE fulfillment_dropship_order SET state = ?, reason = ?, answered_at = ? WHERE merchant_id = ? AND fulfillment_order_id = ? AND state = ?`
	putRefusal = `INSERT INTO fulfillment_dropship_refusal (merchant_id, order_id, supplier_id, reason, refused_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (merchant_id, order_id, supplier_id) DO UPDATE SET reason = excluded.reason, refused_at = excluded.refused_at`
	shipOrder = `UPDATE fulfillment_dropship_order SET state = 'shipped', carrier = ?, waybill_no = ?, shipped_at = ? WHERE merchant_id = ? AND fulfillment_order_id = ? AND state = ?`
)

// listSQL lists suppliers' orders after an id. What left without its supplier's word
// counts as shipped, and what ended otherwise is in no list.
func listSQL(ctx context.Context, f Filter, after id.ID, limit int) (string, []any) {
	args := []any{actor.Merchant(ctx)}
	q := `SELECT f.id, f.supplier_id, COALESCE(d.batch_id, 0), `
	if f.State == Ready || f.State == "" {
		q += `'ready', f.version, '', '', '', CAST(0 AS BIGINT), CAST(0 AS BIGINT), CAST(0 AS BIGINT) FROM fulfillment_order f
		LEFT JOIN fulfillment_dropship_order d ON d.merchant_id = f.merchant_id AND d.fulfillment_order_id = f.id
		WHERE f.merchant_id = ? AND f.state = 'open' AND f.supplier_id <> 0 AND d.fulfillment_order_id IS NULL`
	} else {
		q += `CASE WHEN f.state = 'shipped' THEN 'shipped' ELSE d.state END, d.version, d.reason, d.carrier, d.waybill_no, d.sent_at, d.answered_at, d.shipped_at
		FROM fulfillment_dropship_order d JOIN fulfillment_order f ON f.merchant_id = d.merchant_id AND f.id = d.fulfillment_order_id
		WHERE d.merchant_id = ? AND `
		if f.State == Shipped {
			q += `f.state = 'shipped'`
		} else {
			q, args = q+`f.state = 'open' AND d.state = ? AND f.supplier_id = d.supplier_id`, append(args, string(f.State))
		}
	}
	if f.SupplierID != 0 {
		q, args = q+` AND `+supplierOf(f.State)+` = ?`, append(args, f.SupplierID)
	}
	if f.BatchID != 0 {
		q, args = q+` AND d.batch_id = ?`, append(args, f.BatchID)
	}
	return q + ` AND f.id > ? ORDER BY f.id LIMIT ?`, append(args, after, limit)
}

func supplierOf(s State) string {
	if s == Ready || s == "" {
		return `f.supplier_id`
	}
	return `d.supplier_id`
}

// stored is a row as moves need it.
type stored struct {
	supplier id.ID
	state    State
	version  int64
}

func readStates(ctx context.Context, q db.Querier, ids []id.ID) (map[id.ID]stored, error) {
	out := map[id.ID]stored{}
	err := db.Read(ctx, q, `SELECT fulfillment_order_id, supplier_id, state, version FROM fulfillment_dropship_order
		WHERE merchant_id = ? AND fulfillment_order_id IN `+db.In(len(db.Pad(ids))), listArgs(ctx, ids), func(r *db.Row) {
		one := id.ID(r.Int())
		out[one] = stored{id.ID(r.Int()), State(r.Text()), r.Int()}
	})
	return out, err
}

// number is one that we had issued for a parcel.
type number struct{ carrier, no string }

func readNumbers(ctx context.Context, q db.Querier, ids []id.ID) (map[id.ID]number, error) {
	out := map[id.ID]number{}
	err := db.Read(ctx, q, `SELECT w.fulfillment_id, w.carrier, w.no FROM logistics_waybill w
		JOIN fulfillment_order f ON f.merchant_id = w.merchant_id AND f.id = w.fulfillment_id AND f.version = w.version
		WHERE w.merchant_id = ? AND w.fulfillment_id IN `+db.In(len(db.Pad(ids)))+` AND w.live = 1 AND w.state = 'issued' ORDER BY w.piece DESC`, listArgs(ctx, ids), func(r *db.Row) {
		out[id.ID(r.Int())] = number{r.Text(), r.Text()}
	})
	return out, err
}

func listArgs(ctx context.Context, ids []id.ID) []any {
	out := []any{actor.Merchant(ctx)}
	for _, one := range db.Pad(ids) {
		out = append(out, one)
	}
	return out
}
