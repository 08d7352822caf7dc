package inventoryapi

import (
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/inventory/location"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/rowimport"
	"github.com/ordercove/ordercove/internal/kit/web"
)

func (h *handlers) importRoutes(api *web.API) {
	rowimport.Routes(api, rowimport.Doc{Path: "/stock-imports", Noun: "StockImport", Tag: "stock",
		ZH: "期初库存", EN: "opening stock",
		Errors: []*errs.Error{inventory.ErrImportUnknownSKU, inventory.ErrImportUnknownWarehouse, inventory.ErrImportBadNumber, inventory.ErrBelowReserved}},
		h.k.Files, h.k.Clock, h.stock.Imports)
}

// LocationRoutes registers the import of locations.
func LocationRoutes(api *web.API, k *kit.Kit, s *location.Service) {
	rowimport.Routes(api, rowimport.Doc{Path: "/location-imports", Noun: "LocationImport", Tag: "stock",
		ZH: "库位", EN: "locations",
		Errors: []*errs.Error{inventory.ErrImportUnknownSKU, inventory.ErrImportUnknownWarehouse, location.ErrNoCode, location.ErrBadCode}},
		k.Files, k.Clock, s.Imports)
}
