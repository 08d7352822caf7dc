package channel

const (
	templateFields = `shop_id, file_id, file_name, shape, updated_by, updated_at`

	selectTemplates = `SELECT ` + templateFields + ` FROM channel_ship_template WHERE merchant_id = ? ORDER BY shop_id`
	selectTemplate  = `SELECT ` + templateFields + ` FROM channel_ship_template WHERE merchant_id = ? AND shop_id = ?`
	upsertTemplate  = `INSERT INTO channel_ship_template (merchant_id, ` + templateFields + `) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (merchant_id, shop_id) DO UPDATE SET file_id = excluded.file_id, file_name = excluded.file_name,
		shape = excluded.shape, updated_by = excluded.updated_by, updated_at = excluded.updated_at`
)
