package inventoryapi

import (
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/rowimport"
	"github.com/ordercove/ordercove/internal/kit/web"
)

func (h *handlers) importRoutes(api *web.API) {
	rowimport.Routes(api, rowimport.Doc{Path: "/stock-imports", Noun: "StockImport", Tag: "stock", Permission: "inventory.adjust",
		ZH: "期初库存", EN: "opening stock",
		Errors: []*errs.Error{inventory.ErrImportUnknownSKU, inventory.ErrImportUnknownWarehouse, inventory.ErrImportBadNumber, inventory.ErrBelowReserved}},
		h.k.Files, h.k.Clock, h.stock)
}
