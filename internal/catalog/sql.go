package catalog

import "github.com/ordercove/ordercove/internal/kit/db"

const skuColumns = `k.id, k.product_id, p.name, k.code, k.name, k.spec, k.cost_fen, k.weight_gram, k.image_url,
	k.is_bundle, k.active, k.created_at, k.version`

const fromSKU = ` FROM catalog_sku k JOIN catalog_product p ON p.merchant_id = k.merchant_id AND p.id = k.product_id WHERE k.merchant_id = ?`

func selectSKUs(n int) string {
	return `SELECT ` + skuColumns + fromSKU + ` AND k.id IN ` + db.In(n)
}

func selectSKUsByCode(n int) string {
	return `SELECT ` + skuColumns + fromSKU + ` AND k.code IN ` + db.In(n)
}

func selectComponents(n int) string {
	return `SELECT c.bundle_sku_id, c.sku_id, k.code, k.name, c.quantity, c.share FROM catalog_component c
	JOIN catalog_sku k ON k.merchant_id = c.merchant_id AND k.id = c.sku_id
	WHERE c.merchant_id = ? AND c.bundle_sku_id IN ` + db.In(n) + ` ORDER BY c.bundle_sku_id, k.code`
}

func selectBarcodes(n int) string {
	return `SELECT barcode, sku_id FROM catalog_barcode WHERE merchant_id = ? AND sku_id IN ` + db.In(n) + ` ORDER BY sku_id, barcode`
}

// Listings.

var listingColumns = []string{"merchant_id", "id", "shop_id", "listing_key", "channel_item_no", "channel_sku_no", "merchant_sku_code",
	"title", "spec", "image_url", "sku_id", "mapped_by", "created_at", "version"}

const keepListing = `ON CONFLICT (merchant_id, shop_id, listing_key) DO NOTHING`

func selectKnown(n int) string {
	return `SELECT id, listing_key, channel_item_no, merchant_sku_code, title, spec, image_url, sku_id, version FROM catalog_listing
	WHERE merchant_id = ? AND shop_id = ? AND listing_key IN ` + db.In(n)
}

// selectUnmappedLocked makes a mapping under way wait until the orders that still
// saw the listing unmapped are committed, so that its event relinks them too.
func selectUnmappedLocked(n int) string {
	return `SELECT id, sku_id FROM catalog_listing WHERE merchant_id = ? AND id IN ` + db.In(n) + ` ORDER BY id FOR SHARE`
}

func selectCodes(n int) string {
	return `SELECT code, id FROM catalog_sku WHERE merchant_id = ? AND active = 1 AND code IN ` + db.In(n)
}

const (
	refreshListing = `UPDATE catalog_listing SET channel_item_no = ?, merchant_sku_code = ?, title = ?, spec = ?, image_url = ?,
	version = version + 1 WHERE merchant_id = ? AND id = ?`
	autoMapListing = `UPDATE catalog_listing SET sku_id = ?, mapped_by = 'code', version = version + 1
	WHERE merchant_id = ? AND id = ? AND sku_id = 0`
)
