// Package catalog is what the merchant sells: products, SKUs, barcodes, costs,
// bundles, and the listings (链接) under which each channel shows them.
//
// Owns: catalog_product, catalog_sku, catalog_barcode, catalog_component,
// catalog_listing. Does not own: stock (inventory), prices on a channel, the
// lines of orders (order relinks them when a listing is mapped).
//
// Invariants: a SKU code and a barcode belong to one SKU; a bundle has one level
// of components and none of them is a bundle; a listing is known by one key per
// shop and points to at most one SKU; every mapping of a listing appends
// catalog.listing_mapped.
//
// Read next: catalog.go, listing.go, propose.go, import.go.
package catalog
