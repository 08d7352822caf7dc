package catalogapi

import (
	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/rowimport"
	"github.com/ordercove/ordercove/internal/kit/web"
)

func (h *handlers) importRoutes(api *web.API) {
	rowimport.Routes(api, rowimport.Doc{Path: "/catalog-imports", Noun: "CatalogImport", Tag: "catalog",
		ZH: "商品", EN: "products, SKUs, costs and barcodes",
		Errors: []*errs.Error{catalog.ErrImportNoCode, catalog.ErrImportScientific, catalog.ErrImportUnknownSKU, catalog.ErrImportBadValue}},
		h.k.Files, h.k.Clock, h.s.Imports)
}
