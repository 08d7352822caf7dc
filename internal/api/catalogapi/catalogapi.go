// Package catalogapi is products, SKUs, listings and catalogue imports over HTTP.
package catalogapi

import (
	"context"
	"net/http"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/web"
)

// SKU is one thing the merchant ships, or a bundle of them.
type SKU struct {
	ID          id.ID       `json:"id"`
	ProductID   id.ID       `json:"product_id"`
	ProductName string      `json:"product_name"`
	Code        string      `json:"code"`
	Name        string      `json:"name" doc:"Product name and spec in one line, or a name of its own"`
	Spec        string      `json:"spec"`
	CostFen     *money.Fen  `json:"cost_fen" class:"cost" doc:"null: unknown, or not yours to see"`
	WeightGram  *int64      `json:"weight_gram" doc:"null: unknown"`
	VolumeML    *int64      `json:"volume_ml" doc:"Cubic centimetres; null: unknown"`
	Classes     []string    `json:"classes" nullable:"false" doc:"What carriers ask of goods, in the merchant's words"`
	ImageURL    string      `json:"image_url"`
	Barcodes    []string    `json:"barcodes" nullable:"false"`
	IsBundle    bool        `json:"is_bundle"`
	Components  []Component `json:"components" nullable:"false"`
	Active      bool        `json:"active"`
	Version     int64       `json:"version"`
}

// Component is one part of a bundle.
type Component struct {
	SKUID    id.ID  `json:"sku_id"`
	Code     string `json:"code"`
	Quantity int64  `json:"quantity"`
	Share    int64  `json:"share" doc:"Of the bundle's value, relative to the other parts"`
}

func skuOf(k catalog.SKU) SKU {
	out := SKU{ID: k.ID, ProductID: k.ProductID, ProductName: k.ProductName, Code: k.Code, Name: k.Name, Spec: k.Spec, CostFen: k.CostFen,
		WeightGram: k.WeightGram, VolumeML: k.VolumeML, Classes: append([]string{}, k.Classes...), ImageURL: k.ImageURL, Barcodes: []string{}, IsBundle: k.IsBundle, Components: []Component{}, Active: k.Active, Version: k.Version}
	out.Barcodes = append(out.Barcodes, k.Barcodes...)
	for _, c := range k.Components {
		out.Components = append(out.Components, Component{c.SKUID, c.Code, c.Quantity, c.Share})
	}
	return out
}

// NewSKU describes a SKU to add, under product_id or under a new product.
type NewSKU struct {
	ProductID   id.ID      `json:"product_id,omitempty"`
	ProductName string     `json:"product_name,omitempty" maxLength:"400" doc:"Of a new product"`
	Name        string     `json:"name,omitempty" maxLength:"400" doc:"Stands in for product_name"`
	Code        string     `json:"code" minLength:"1" maxLength:"128"`
	Spec        string     `json:"spec,omitempty" maxLength:"400"`
	CostFen     *money.Fen `json:"cost_fen,omitempty"`
	WeightGram  *int64     `json:"weight_gram,omitempty"`
	VolumeML    *int64     `json:"volume_ml,omitempty"`
	Classes     []string   `json:"classes,omitempty" maxItems:"10"`
	ImageURL    string     `json:"image_url,omitempty" maxLength:"2000"`
	Barcodes    []string   `json:"barcodes,omitempty" maxItems:"50"`
}

// SKUChange changes what it names.
type SKUChange struct {
	Version     int64      `json:"version,omitempty"`
	Code        *string    `json:"code,omitempty" maxLength:"128"`
	Name        *string    `json:"name,omitempty" maxLength:"900"`
	Spec        *string    `json:"spec,omitempty" maxLength:"400"`
	CostFen     *money.Fen `json:"cost_fen,omitempty"`
	ClearCost   bool       `json:"clear_cost,omitempty" doc:"Makes the cost unknown"`
	WeightGram  *int64     `json:"weight_gram,omitempty"`
	ClearWeight bool       `json:"clear_weight,omitempty" doc:"Makes the weight unknown"`
	VolumeML    *int64     `json:"volume_ml,omitempty" doc:"0 makes it unknown"`
	Classes     *[]string  `json:"classes,omitempty" maxItems:"10"`
	ImageURL    *string    `json:"image_url,omitempty" maxLength:"2000"`
	Active      *bool      `json:"active,omitempty"`
	Barcodes    *[]string  `json:"barcodes,omitempty" maxItems:"50"`
}

// Bundle is what a SKU is made of; empty makes it a plain SKU again.
type Bundle struct {
	Version    int64           `json:"version,omitempty"`
	Components []ComponentPart `json:"components" nullable:"false" maxItems:"50"`
}

// ComponentPart is one part of a bundle to set.
type ComponentPart struct {
	SKUID    id.ID `json:"sku_id"`
	Quantity int64 `json:"quantity" minimum:"1" maximum:"10000"`
	Share    int64 `json:"share" minimum:"0" maximum:"1000000"`
}

// Product is what SKUs of one kind share.
type Product struct {
	ID        id.ID    `json:"id"`
	Name      string   `json:"name"`
	ImageURL  string   `json:"image_url"`
	Active    bool     `json:"active"`
	CreatedAt web.Time `json:"created_at"`
	Version   int64    `json:"version"`
}

func productOf(p catalog.Product) Product {
	return Product{ID: p.ID, Name: p.Name, ImageURL: p.ImageURL, Active: p.Active, CreatedAt: web.Time(p.CreatedAt), Version: p.Version}
}

// NewProduct describes a product to add.
type NewProduct struct {
	Name     string `json:"name" minLength:"1" maxLength:"400"`
	ImageURL string `json:"image_url,omitempty" maxLength:"2000"`
}

// ProductChange changes what it names.
type ProductChange struct {
	Version  int64   `json:"version,omitempty"`
	Name     *string `json:"name,omitempty" maxLength:"400"`
	ImageURL *string `json:"image_url,omitempty" maxLength:"2000"`
	Active   *bool   `json:"active,omitempty"`
}

type (
	skusIn struct {
		Q         string `query:"q" maxLength:"100" doc:"Any part of code or name, or a whole barcode"`
		ProductID id.ID  `query:"product_id"`
		Active    string `query:"active" pattern:"^(true|false)$"`
		web.ListInput
	}
	productsIn struct {
		Q      string `query:"q" maxLength:"100"`
		Active string `query:"active" pattern:"^(true|false)$"`
		web.ListInput
	}
	oneIn struct {
		ID id.ID `path:"id"`
	}
	skuOut      struct{ Body SKU }
	skusOut     struct{ Body web.Page[SKU] }
	productOut  struct{ Body Product }
	productsOut struct{ Body web.Page[Product] }
)

// tri reads a filter that may be absent.
func tri(s string) *bool {
	if s == "" {
		return nil
	}
	yes := s == "true"
	return &yes
}

type handlers struct {
	k *kit.Kit
	s *catalog.Service
}

// Routes registers the operations.
func Routes(api *web.API, k *kit.Kit, s *catalog.Service) {
	h := &handlers{k, s}
	h.skuRoutes(api)
	h.productRoutes(api)
	h.listingRoutes(api)
	h.importRoutes(api)
}

func (h *handlers) skuRoutes(api *web.API) {
	faults := []*errs.Error{catalog.ErrBadCode, catalog.ErrBadSpec, catalog.ErrBadCost, catalog.ErrBadWeight, catalog.ErrBadVolume, catalog.ErrBadClasses, catalog.ErrBadImage, catalog.ErrBadName,
		catalog.ErrCodeTaken, catalog.ErrBadBarcode, catalog.ErrBarcodeTaken, catalog.ErrManyBarcodes}
	web.Register(api, web.Op{ID: "listSkus", Method: http.MethodGet, Path: "/skus", Tag: "catalog", Permission: "catalog.read",
		ZH: "SKU，按编码排列", EN: "SKUs, by code"}, h.skus)
	web.Register(api, web.Op{ID: "getSku", Method: http.MethodGet, Path: "/skus/{id}", Tag: "catalog", Permission: "catalog.read",
		ZH: "一个 SKU", EN: "One SKU", Errors: []*errs.Error{catalog.ErrNoSKU}}, h.sku)
	web.Register(api, web.Op{ID: "createSku", Method: http.MethodPost, Path: "/skus", Tag: "catalog", Permission: "catalog.edit", Status: http.StatusCreated,
		ZH: "新增 SKU", EN: "Add a SKU", Errors: append(faults, catalog.ErrNoProduct)}, h.createSKU)
	web.Register(api, web.Op{ID: "updateSku", Method: http.MethodPatch, Path: "/skus/{id}", Tag: "catalog", Permission: "catalog.edit",
		ZH: "修改 SKU", EN: "Change a SKU", Errors: append(faults, catalog.ErrNoSKU, catalog.ErrChanged)}, h.updateSKU)
	web.Register(api, web.Op{ID: "setSkuComponents", Method: http.MethodPost, Path: "/skus/{id}/components", Tag: "catalog", Permission: "catalog.edit",
		ZH: "设置组合商品的子商品（整体替换）", EN: "Set what a bundle is made of, replacing what was there",
		Errors: []*errs.Error{catalog.ErrNoSKU, catalog.ErrChanged, catalog.ErrBadComponent, catalog.ErrNestedBundle, catalog.ErrComponentUsed, catalog.ErrInactive}}, h.components)
}

func (h *handlers) skus(ctx context.Context, in *skusIn) (*skusOut, error) {
	all, next, err := h.s.SKUs(ctx, catalog.SKUFilter{Query: in.Q, ProductID: in.ProductID, Active: tri(in.Active), Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	out := make([]SKU, len(all))
	for i, k := range all {
		out[i] = skuOf(k)
	}
	return &skusOut{web.NewPage(out, next)}, nil
}

func (h *handlers) sku(ctx context.Context, in *oneIn) (*skuOut, error) {
	k, err := h.s.Get(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &skuOut{skuOf(k)}, nil
}

func (h *handlers) createSKU(ctx context.Context, in *struct{ Body NewSKU }) (*skuOut, error) {
	b := in.Body
	name := b.ProductName
	if name == "" {
		name = b.Name
	}
	k, err := h.s.CreateSKU(ctx, catalog.SKUInput{ProductID: b.ProductID, ProductName: name, Code: b.Code, Spec: b.Spec, CostFen: b.CostFen,
		WeightGram: b.WeightGram, VolumeML: b.VolumeML, Classes: b.Classes, ImageURL: b.ImageURL, Barcodes: b.Barcodes})
	if err != nil {
		return nil, err
	}
	return &skuOut{skuOf(k)}, nil
}

func (h *handlers) updateSKU(ctx context.Context, in *struct {
	ID   id.ID `path:"id"`
	Body SKUChange
}) (*skuOut, error) {
	b := in.Body
	k, err := h.s.UpdateSKU(ctx, catalog.UpdateSKUInput{SKUID: in.ID, Version: b.Version, Code: b.Code, Name: b.Name, Spec: b.Spec, CostFen: b.CostFen,
		ClearCost: b.ClearCost, WeightGram: b.WeightGram, ClearWeight: b.ClearWeight, VolumeML: b.VolumeML, Classes: b.Classes, ImageURL: b.ImageURL, Active: b.Active, Barcodes: b.Barcodes})
	if err != nil {
		return nil, err
	}
	return &skuOut{skuOf(k)}, nil
}

func (h *handlers) components(ctx context.Context, in *struct {
	ID   id.ID `path:"id"`
	Body Bundle
}) (*skuOut, error) {
	parts := make([]catalog.Component, len(in.Body.Components))
	for i, c := range in.Body.Components {
		parts[i] = catalog.Component{SKUID: c.SKUID, Quantity: c.Quantity, Share: c.Share}
	}
	k, err := h.s.SetComponents(ctx, catalog.ComponentsInput{SKUID: in.ID, Version: in.Body.Version, Components: parts})
	if err != nil {
		return nil, err
	}
	return &skuOut{skuOf(k)}, nil
}

func (h *handlers) productRoutes(api *web.API) {
	web.Register(api, web.Op{ID: "listProducts", Method: http.MethodGet, Path: "/products", Tag: "catalog", Permission: "catalog.read",
		ZH: "商品，新的在前", EN: "Products, newest first"},
		func(ctx context.Context, in *productsIn) (*productsOut, error) {
			all, next, err := h.s.Products(ctx, catalog.ProductFilter{Query: in.Q, Active: tri(in.Active), Cursor: in.Cursor, Limit: in.Limit})
			if err != nil {
				return nil, err
			}
			out := make([]Product, len(all))
			for i, p := range all {
				out[i] = productOf(p)
			}
			return &productsOut{web.NewPage(out, next)}, nil
		})
	web.Register(api, web.Op{ID: "createProduct", Method: http.MethodPost, Path: "/products", Tag: "catalog", Permission: "catalog.edit", Status: http.StatusCreated,
		ZH: "新增商品", EN: "Add a product", Errors: []*errs.Error{catalog.ErrBadName, catalog.ErrBadImage}},
		func(ctx context.Context, in *struct{ Body NewProduct }) (*productOut, error) {
			p, err := h.s.CreateProduct(ctx, catalog.ProductInput{Name: in.Body.Name, ImageURL: in.Body.ImageURL})
			if err != nil {
				return nil, err
			}
			return &productOut{productOf(p)}, nil
		})
	web.Register(api, web.Op{ID: "updateProduct", Method: http.MethodPatch, Path: "/products/{id}", Tag: "catalog", Permission: "catalog.edit",
		ZH: "修改商品", EN: "Change a product", Errors: []*errs.Error{catalog.ErrBadName, catalog.ErrBadImage, catalog.ErrNoProduct, catalog.ErrChanged}},
		func(ctx context.Context, in *struct {
			ID   id.ID `path:"id"`
			Body ProductChange
		}) (*productOut, error) {
			b := in.Body
			p, err := h.s.UpdateProduct(ctx, catalog.UpdateProductInput{ProductID: in.ID, Version: b.Version, Name: b.Name, ImageURL: b.ImageURL, Active: b.Active})
			if err != nil {
				return nil, err
			}
			return &productOut{productOf(p)}, nil
		})
}
