package wave

import "github.com/ordercove/ordercove/internal/kit/db"

// selectBasket finds who has a basket of a wave; whoever left it has it no longer.
const selectBasket = `SELECT o.fulfillment_order_id FROM packing_wave_order o
	JOIN packing_wave w ON w.merchant_id = o.merchant_id AND w.id = o.wave_id
	WHERE w.merchant_id = ? AND w.code = ? AND o.position = ? AND o.out_reason = '' LIMIT 1`

const selectInside = `SELECT o.fulfillment_order_id FROM packing_wave_order o
	JOIN packing_wave w ON w.merchant_id = o.merchant_id AND w.id = o.wave_id
	WHERE w.merchant_id = ? AND w.code = ? AND o.out_reason = '' ORDER BY o.position`

// selectSpots leaves out whose goods went back to the shelf with the wave.
func selectSpots(n int) string {
	return `SELECT o.fulfillment_order_id, w.code, o.position FROM packing_wave_order o
		JOIN packing_wave w ON w.merchant_id = o.merchant_id AND w.id = o.wave_id
		WHERE o.merchant_id = ? AND o.fulfillment_order_id IN ` + db.In(n) + ` AND o.out_reason IN ('', 'dropped') ORDER BY o.wave_id`
}
