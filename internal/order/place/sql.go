package place

const setWarehouse = `UPDATE order_head SET warehouse_id = ?, version = version + 1, updated_at = ? WHERE merchant_id = ? AND id = ? AND version = ?`
