package catalog

import (
	"strings"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

const skuColumns = `k.id, k.product_id, p.name, k.code, k.name, k.spec, k.cost_fen, k.weight_gram, k.volume_ml, k.classes, k.image_url,
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

var wordColumns = []string{"merchant_id", "word", "listing_id"}

const keepWord = `ON CONFLICT (merchant_id, word, listing_id) DO NOTHING`

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

// Products and SKUs.

var (
	productColumns   = []string{"merchant_id", "id", "name", "image_url", "active", "created_at", "version"}
	skuInsertColumns = []string{"merchant_id", "id", "product_id", "code", "name", "spec", "cost_fen", "weight_gram", "volume_ml", "classes", "image_url",
		"is_bundle", "active", "created_at", "version"}
	componentColumns = []string{"merchant_id", "bundle_sku_id", "sku_id", "quantity", "share"}
)

const (
	selectProduct = `SELECT id, name, image_url, active, created_at, version FROM catalog_product WHERE merchant_id = ? AND id = ?`
	insertProduct = `INSERT INTO catalog_product (merchant_id, id, name, image_url, active, created_at, version) VALUES (?, ?, ?, ?, ?, ?, ?)`
	updateProduct = `UPDATE catalog_product SET name = ?, image_url = ?, active = ?, version = version + 1
	WHERE merchant_id = ? AND id = ? AND version = ?`
	renameSKUs = `UPDATE catalog_sku SET name = CASE WHEN spec = '' THEN ? ELSE ? || ' ' || spec END, version = version + 1
	WHERE merchant_id = ? AND product_id = ? AND name = CASE WHEN spec = '' THEN ? ELSE ? || ' ' || spec END`

	keepSKU   = `ON CONFLICT (merchant_id, code) DO NOTHING`
	updateSKU = `UPDATE catalog_sku SET code = ?, name = ?, spec = ?, cost_fen = ?, weight_gram = ?, volume_ml = ?, classes = ?, image_url = ?, active = ?,
	version = version + 1 WHERE merchant_id = ? AND id = ? AND version = ?`
	setBundle = `UPDATE catalog_sku SET is_bundle = ?, version = version + 1 WHERE merchant_id = ? AND id = ? AND version = ?`

	insertBarcode = `INSERT INTO catalog_barcode (merchant_id, barcode, sku_id) VALUES (?, ?, ?) ON CONFLICT (merchant_id, barcode) DO NOTHING`
	deleteBarcode = `DELETE FROM catalog_barcode WHERE merchant_id = ? AND barcode = ? AND sku_id = ?`
	selectOwner   = `SELECT b.sku_id, k.code FROM catalog_barcode b
	JOIN catalog_sku k ON k.merchant_id = b.merchant_id AND k.id = b.sku_id WHERE b.merchant_id = ? AND b.barcode = ?`

	deleteComponents = `DELETE FROM catalog_component WHERE merchant_id = ? AND bundle_sku_id = ?`
	selectUsed       = `SELECT COUNT(*) FROM catalog_component WHERE merchant_id = ? AND sku_id = ?`

	listingFields = `l.id, l.shop_id, l.channel_item_no, l.channel_sku_no, l.merchant_sku_code, l.title, l.spec, l.image_url,
	l.sku_id, COALESCE(k.code, ''), l.mapped_by, l.version FROM catalog_listing l
	LEFT JOIN catalog_sku k ON k.merchant_id = l.merchant_id AND k.id = l.sku_id`
	selectListing = `SELECT ` + listingFields + ` WHERE l.merchant_id = ? AND l.id = ?`
	mapListing    = `UPDATE catalog_listing SET sku_id = ?, mapped_by = ?, version = version + 1 WHERE merchant_id = ? AND id = ?`
	mapUnmapped   = `UPDATE catalog_listing SET sku_id = ?, mapped_by = ?, version = version + 1
	WHERE merchant_id = ? AND id = ? AND sku_id = 0`
)

func selectUnmappedByCode(n int) string {
	return `SELECT id, merchant_sku_code, version FROM catalog_listing
	WHERE merchant_id = ? AND merchant_sku_code IN ` + db.In(n) + ` AND sku_id = 0 ORDER BY id`
}

func selectNamed(n int) string {
	return `SELECT name, id FROM catalog_product WHERE merchant_id = ? AND active = 1 AND name IN ` + db.In(n) + ` ORDER BY name, id`
}

// where gathers conditions and their values in order.
type where struct {
	text string
	args []any
}

func (w *where) and(condition string, args ...any) {
	w.text += " AND " + condition
	w.args = append(w.args, args...)
}

// like matches any part of any of the columns, whatever the case of Latin letters.
func (w *where) like(text string, columns ...string) {
	pattern := "%" + db.LikeText(strings.ToLower(text)) + "%"
	var parts []string
	var args []any
	for _, c := range columns {
		parts = append(parts, "LOWER("+c+`) LIKE ? ESCAPE '\'`)
		args = append(args, pattern)
	}
	w.and("("+strings.Join(parts, " OR ")+")", args...)
}

func (w *where) in(column string, ids []id.ID) {
	if len(ids) == 0 {
		return
	}
	args := make([]any, len(ids))
	for i, v := range ids {
		args[i] = v
	}
	w.and(column+" IN "+db.In(len(ids)), args...)
}

func selectProducts(m id.ID, f ProductFilter, before id.ID, limit int) (string, []any) {
	w := where{text: "merchant_id = ?", args: []any{m}}
	if f.Query != "" {
		w.like(f.Query, "name")
	}
	if f.Active != nil {
		w.and("active = ?", *f.Active)
	}
	if f.Cursor != "" {
		w.and("id < ?", before)
	}
	return `SELECT id, name, image_url, active, created_at, version FROM catalog_product WHERE ` + w.text + ` ORDER BY id DESC LIMIT ?`, append(w.args, limit)
}

func selectSKUList(m id.ID, f SKUFilter, after string, limit int) (string, []any) {
	w := where{text: "", args: []any{m}}
	if f.ProductID != 0 {
		w.and("k.product_id = ?", f.ProductID)
	}
	if f.Active != nil {
		w.and("k.active = ?", *f.Active)
	}
	if f.Query != "" {
		pattern := "%" + db.LikeText(strings.ToLower(f.Query)) + "%"
		w.and(`(LOWER(k.code) LIKE ? ESCAPE '\' OR LOWER(k.name) LIKE ? ESCAPE '\'
		OR k.id IN (SELECT b.sku_id FROM catalog_barcode b WHERE b.merchant_id = ? AND b.barcode = ?))`, pattern, pattern, m, f.Query)
	}
	if f.Cursor != "" {
		w.and("k.code > ?", after)
	}
	return `SELECT ` + skuColumns + fromSKU + w.text + ` ORDER BY k.code LIMIT ?`, append(w.args, limit)
}

func selectListings(m id.ID, f ListingFilter, before id.ID, scope []id.ID, limit int) (string, []any) {
	w := where{text: "l.merchant_id = ?", args: []any{m}}
	if f.Mapped != nil && !*f.Mapped {
		w.and("l.sku_id = 0")
	} else if f.Mapped != nil {
		w.and("l.sku_id <> 0")
	}
	if f.SKUID != 0 {
		w.and("l.sku_id = ?", f.SKUID)
	}
	if f.ShopID != 0 {
		w.and("l.shop_id = ?", f.ShopID)
	}
	w.in("l.shop_id", scope)
	if f.Query != "" {
		w.like(f.Query, "l.title", "l.spec", "l.merchant_sku_code")
	}
	if f.Cursor != "" {
		w.and("l.id < ?", before)
	}
	return `SELECT ` + listingFields + ` WHERE ` + w.text + ` ORDER BY l.id DESC LIMIT ?`, append(w.args, limit)
}

func selectListingsByID(n int) string {
	return `SELECT ` + listingFields + ` WHERE l.merchant_id = ? AND l.id IN ` + db.In(n)
}

func selectListingsBySKU(n int) string {
	return `SELECT ` + listingFields + ` WHERE l.merchant_id = ? AND l.sku_id <> 0 AND l.sku_id IN ` + db.In(n)
}

func selectBundlesOf(n int) string {
	return `SELECT DISTINCT bundle_sku_id FROM catalog_component WHERE merchant_id = ? AND sku_id IN ` + db.In(n)
}

// selectProposals reads unmapped listings that carry a code, those of one code
// together.
func selectProposals(m id.ID, scope []id.ID, codes []string, after string, limit int) (string, []any) {
	w := where{text: "l.merchant_id = ? AND l.sku_id = 0 AND l.merchant_sku_code > ?", args: []any{m, after}}
	w.in("l.shop_id", scope)
	if codes != nil {
		args := make([]any, len(codes))
		for i, c := range codes {
			args[i] = c
		}
		w.and("l.merchant_sku_code IN "+db.In(len(codes)), args...)
	}
	return `SELECT l.id, l.shop_id, l.channel_item_no, l.merchant_sku_code, l.title, l.spec, l.image_url FROM catalog_listing l
	WHERE ` + w.text + ` ORDER BY l.merchant_sku_code, l.id LIMIT ?`, append(w.args, limit)
}
