package fulfillment

const (
	selectWaybillVersion = `SELECT waybill_version FROM fulfillment_parcel WHERE merchant_id = ? AND id = ?`
	updateParcelWaybill  = `UPDATE fulfillment_parcel SET carrier = ?, carrier_name = ?, waybill_no = ?, waybill_version = waybill_version + 1
	WHERE merchant_id = ? AND id = ? AND waybill_no = ? AND cancelled_at = 0`
	// A number that no other parcel uses is free again.
	freeWaybill = `DELETE FROM fulfillment_waybill WHERE merchant_id = ? AND waybill_no = ? AND order_id = ?
	AND NOT EXISTS (SELECT 1 FROM fulfillment_parcel p WHERE p.merchant_id = fulfillment_waybill.merchant_id AND p.waybill_no = fulfillment_waybill.waybill_no AND p.cancelled_at = 0)`
)
