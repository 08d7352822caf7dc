package app

// What verify reads: orders whose sums or counters disagree with their lines.
// Money that no source told is NULL on both sides.
const selectWrongOrders = `SELECT h.id, h.line_count, h.quantity, COALESCE(h.goods_fen, 0), COALESCE(h.buyer_paid_fen, 0), COALESCE(h.receivable_fen, 0), COALESCE(h.refund_fen, 0),
	l.n, l.quantity, l.goods, l.paid, l.receivable, l.refund, l.broken
	FROM order_head h JOIN (SELECT merchant_id, order_id, COUNT(*) AS n, CAST(SUM(ordered) AS BIGINT) AS quantity,
		CAST(COALESCE(SUM(goods_fen), 0) AS BIGINT) AS goods, CAST(COALESCE(SUM(paid_fen), 0) AS BIGINT) AS paid,
		CAST(COALESCE(SUM(receivable_fen), 0) AS BIGINT) AS receivable, CAST(COALESCE(SUM(refund_fen), 0) AS BIGINT) AS refund,
		CAST(SUM(CASE WHEN shipped < 0 OR cancelled < 0 OR shipped > ordered - cancelled OR returned_good + returned_defective > shipped THEN 1 ELSE 0 END) AS BIGINT) AS broken
		FROM order_line WHERE merchant_id = ? GROUP BY merchant_id, order_id) l
	ON l.merchant_id = h.merchant_id AND l.order_id = h.id
	WHERE h.merchant_id = ? AND (l.broken > 0 OR l.n <> h.line_count
		OR (h.goods_fen IS NOT NULL AND h.goods_fen <> l.goods) OR (h.buyer_paid_fen IS NOT NULL AND h.buyer_paid_fen <> l.paid)
		OR (h.receivable_fen IS NOT NULL AND h.receivable_fen <> l.receivable) OR (h.refund_fen IS NOT NULL AND h.refund_fen <> l.refund))
	ORDER BY h.id LIMIT 1000`
