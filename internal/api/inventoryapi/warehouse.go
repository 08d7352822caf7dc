package inventoryapi

import (
	"context"
	"net/http"

	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/web"
)

// Warehouse is a place where stock lies.
type Warehouse struct {
	ID        id.ID  `json:"id"`
	Code      string `json:"code"`
	Name      string `json:"name"`
	Province  string `json:"province"`
	City      string `json:"city"`
	IsDefault bool   `json:"is_default"`
	Active    bool   `json:"active"`
	Version   int64  `json:"version"`
}

func warehouseOf(w inventory.Warehouse) Warehouse {
	return Warehouse{ID: w.ID, Code: w.Code, Name: w.Name, Province: w.Province, City: w.City, IsDefault: w.IsDefault, Active: w.Active, Version: w.Version}
}

// NewWarehouse describes a warehouse to add.
type NewWarehouse struct {
	Code      string `json:"code" minLength:"1" maxLength:"64"`
	Name      string `json:"name" minLength:"1" maxLength:"200"`
	Province  string `json:"province,omitempty" maxLength:"60"`
	City      string `json:"city,omitempty" maxLength:"60"`
	IsDefault bool   `json:"is_default,omitempty"`
}

// WarehouseChange changes what it names.
type WarehouseChange struct {
	Version   int64   `json:"version,omitempty"`
	Code      *string `json:"code,omitempty" maxLength:"64"`
	Name      *string `json:"name,omitempty" maxLength:"200"`
	Province  *string `json:"province,omitempty" maxLength:"60"`
	City      *string `json:"city,omitempty" maxLength:"60"`
	IsDefault *bool   `json:"is_default,omitempty"`
	Active    *bool   `json:"active,omitempty"`
}

func (h *handlers) warehouseRoutes(api *web.API) {
	type (
		out  struct{ Body Warehouse }
		list struct{ Body web.Page[Warehouse] }
	)
	web.Register(api, web.Op{ID: "listWarehouses", Method: http.MethodGet, Path: "/warehouses", Tag: "stock", Permission: "inventory.read",
		ZH: "有权查看的仓库，默认仓在前", EN: "Warehouses you may see, the default one first"},
		func(ctx context.Context, _ *web.ListInput) (*list, error) {
			all, err := h.stock.Warehouses(ctx)
			if err != nil {
				return nil, err
			}
			page := make([]Warehouse, len(all))
			for i, w := range all {
				page[i] = warehouseOf(w)
			}
			return &list{web.NewPage(page, "")}, nil
		})
	faults := []*errs.Error{inventory.ErrBadWarehouse, inventory.ErrWarehouseTaken}
	web.Register(api, web.Op{ID: "createWarehouse", Method: http.MethodPost, Path: "/warehouses", Tag: "stock", Permission: "inventory.edit_warehouse",
		Status: http.StatusCreated, ZH: "新增仓库", EN: "Add a warehouse", Errors: faults},
		func(ctx context.Context, in *struct{ Body NewWarehouse }) (*out, error) {
			b := in.Body
			w, err := h.stock.CreateWarehouse(ctx, inventory.WarehouseInput{Code: b.Code, Name: b.Name, Province: b.Province, City: b.City, IsDefault: b.IsDefault})
			if err != nil {
				return nil, err
			}
			return &out{warehouseOf(w)}, nil
		})
	web.Register(api, web.Op{ID: "updateWarehouse", Method: http.MethodPatch, Path: "/warehouses/{id}", Tag: "stock", Permission: "inventory.edit_warehouse",
		ZH: "修改仓库", EN: "Change a warehouse", Errors: append(faults, inventory.ErrNoWarehouse, inventory.ErrDefaultWarehouse, inventory.ErrWarehouseChanged)},
		func(ctx context.Context, in *struct {
			ID   id.ID `path:"id"`
			Body WarehouseChange
		}) (*out, error) {
			b := in.Body
			w, err := h.stock.UpdateWarehouse(ctx, inventory.UpdateWarehouseInput{WarehouseID: in.ID, Version: b.Version, Code: b.Code, Name: b.Name,
				Province: b.Province, City: b.City, IsDefault: b.IsDefault, Active: b.Active})
			if err != nil {
				return nil, err
			}
			return &out{warehouseOf(w)}, nil
		})
}
