package catalog

import "github.com/ordercove/ordercove/internal/kit/id"

// ListingMapped: a listing now stands for a SKU, or for none when SKUID is 0.
// Lines of orders that came in under the listing are relinked.
type ListingMapped struct {
	ListingID id.ID `json:"listing_id"`
	SKUID     id.ID `json:"sku_id"`
}

func (ListingMapped) EventName() string { return "catalog.listing_mapped" }

// SKUChanged: a SKU was added, or the named fields changed.
type SKUChanged struct {
	SKUID  id.ID    `json:"sku_id"`
	Code   string   `json:"code"`
	Fields []string `json:"fields"`
}

func (SKUChanged) EventName() string { return "catalog.sku_changed" }

// ComponentsChanged: what a bundle is made of changed, for orders from now on.
type ComponentsChanged struct {
	SKUID id.ID `json:"sku_id"`
}

func (ComponentsChanged) EventName() string { return "catalog.components_changed" }

// ProductChanged: a product was added or changed.
type ProductChanged struct {
	ProductID id.ID `json:"product_id"`
}

func (ProductChanged) EventName() string { return "catalog.product_changed" }
