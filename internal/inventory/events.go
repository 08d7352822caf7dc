package inventory

import "github.com/ordercove/ordercove/internal/kit/id"

// StockFreed: more of a SKU became available in a warehouse, by a receipt, a
// count, a release or a higher backorder. Orders that were short try again.
type StockFreed struct {
	SKUID       id.ID `json:"sku_id"`
	WarehouseID id.ID `json:"warehouse_id"`
}

func (StockFreed) EventName() string { return "inventory.stock_freed" }

// StockChanged: goods came in or were counted; Change is in pieces.
type StockChanged struct {
	SKUID       id.ID  `json:"sku_id"`
	WarehouseID id.ID  `json:"warehouse_id"`
	Condition   string `json:"condition"`
	Kind        string `json:"kind"`
	Change      int64  `json:"change"`
}

func (StockChanged) EventName() string { return "inventory.stock_changed" }

// WarehouseChanged: a warehouse was added or its settings changed.
type WarehouseChanged struct {
	WarehouseID id.ID `json:"warehouse_id"`
}

func (WarehouseChanged) EventName() string { return "inventory.warehouse_changed" }
