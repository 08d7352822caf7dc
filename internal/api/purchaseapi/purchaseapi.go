// Package purchaseapi offers suppliers, the orders they ship and the door through which
// they see them.
package purchaseapi

import (
	"context"
	"net/http"

	"github.com/ordercove/ordercove/internal/fulfillment/dropship"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/purchase"
)

const tag = "Suppliers"

// Supplier sells goods to the merchant, and may ship orders for it.
type Supplier struct {
	ID           id.ID             `json:"id"`
	Name         string            `json:"name"`
	Contract     purchase.Contract `json:"contract" enum:"masked,number_only,full" doc:"What it may see of receivers"`
	CutoffMinute int64             `json:"cutoff_minute" doc:"Of the day, until which it ships the same day; -1 for none"`
	LeadDays     int64             `json:"lead_days"`
	Note         string            `json:"note"`
	Active       bool              `json:"active"`
	SKUs         int64             `json:"skus" doc:"How many it supplies"`
	Contact      *SupplierContact  `json:"contact,omitempty" doc:"In the answer about one supplier, for who may edit it"`
	CreatedAt    web.Time          `json:"created_at"`
	UpdatedAt    web.Time          `json:"updated_at"`
	Version      int64             `json:"version"`
}

// SupplierContact is how to reach it.
type SupplierContact struct {
	Person  string `json:"person,omitempty" maxLength:"60"`
	Phone   string `json:"phone,omitempty" maxLength:"60"`
	Address string `json:"address,omitempty" maxLength:"300"`
}

func supplierOf(s purchase.Supplier) Supplier {
	out := Supplier{ID: s.ID, Name: s.Name, Contract: s.Contract, CutoffMinute: s.CutoffMinute, LeadDays: s.LeadDays, Note: s.Note, Active: s.Active, SKUs: s.SKUs,
		CreatedAt: web.Time(s.CreatedAt), UpdatedAt: web.Time(s.UpdatedAt), Version: s.Version}
	if c := SupplierContact(s.Contact); c != (SupplierContact{}) {
		out.Contact = &c
	}
	return out
}

// Supply is a SKU that a supplier supplies.
type Supply struct {
	SKUID   id.ID      `json:"sku_id"`
	SKUCode string     `json:"sku_code,omitempty"`
	Name    string     `json:"name,omitempty"`
	Code    string     `json:"code,omitempty" maxLength:"60" doc:"The supplier's own"`
	CostFen *money.Fen `json:"cost_fen,omitempty" class:"cost" doc:"Absent where it is not known"`
}

// Portal is a supplier's door.
type Portal struct {
	ID        id.ID    `json:"id"`
	MadeAt    web.Time `json:"made_at"`
	ExpiresAt web.Time `json:"expires_at"`
	RevokedAt web.Time `json:"revoked_at"`
	UsedAt    web.Time `json:"used_at"`
}

// PortalOpened is a new door and its token.
type PortalOpened struct {
	Portal Portal `json:"portal"`
	Token  string `json:"token" doc:"Shown once; sent as X-Supplier-Token"`
}

type oneIn struct {
	ID id.ID `path:"id"`
}

type supplierOut struct{ Body Supplier }

type routes struct {
	suppliers *purchase.Service
	orders    *dropship.Service
}

// Routes registers the operations.
func Routes(api *web.API, suppliers *purchase.Service, orders *dropship.Service) {
	r := routes{suppliers, orders}
	r.supplier(api)
	r.portals(api)
	r.dropship(api)
	r.door(api)
}

func (r routes) supplier(api *web.API) {
	web.Register(api, web.Op{ID: "listSuppliers", Method: http.MethodGet, Path: "/suppliers", Tag: tag, Permission: purchase.PermitRead, ZH: "供应商列表", EN: "Suppliers, by name"},
		func(ctx context.Context, _ *struct{}) (*struct{ Body web.Page[Supplier] }, error) {
			all, err := r.suppliers.Suppliers(ctx)
			out := make([]Supplier, len(all))
			for i, s := range all {
				out[i] = supplierOf(s)
			}
			return &struct{ Body web.Page[Supplier] }{web.NewPage(out, "")}, err
		})
	web.Register(api, web.Op{ID: "getSupplier", Method: http.MethodGet, Path: "/suppliers/{id}", Tag: tag, Permission: purchase.PermitRead, ZH: "供应商资料", EN: "One supplier",
		Errors: []*errs.Error{purchase.ErrNotFound}},
		func(ctx context.Context, in *oneIn) (*supplierOut, error) {
			s, err := r.suppliers.Get(ctx, in.ID)
			return &supplierOut{supplierOf(s)}, err
		})
	web.Register(api, web.Op{ID: "saveSupplier", Method: http.MethodPost, Path: "/suppliers", Tag: tag, Permission: purchase.PermitEdit, ZH: "新增或修改供应商", EN: "Add or change a supplier",
		Errors: []*errs.Error{purchase.ErrBadSupplier, purchase.ErrNotFound, purchase.ErrChanged, purchase.ErrNameTaken}},
		func(ctx context.Context, in *struct {
			Body struct {
				ID           id.ID             `json:"id,omitempty" doc:"Absent for a new one"`
				Version      int64             `json:"version,omitempty" doc:"The one that was read"`
				Name         string            `json:"name" maxLength:"60"`
				Contract     purchase.Contract `json:"contract" enum:"masked,number_only,full"`
				CutoffMinute int64             `json:"cutoff_minute" minimum:"-1" maximum:"1439"`
				LeadDays     int64             `json:"lead_days" minimum:"0" maximum:"180"`
				Note         string            `json:"note,omitempty" maxLength:"500"`
				Active       bool              `json:"active"`
				Contact      SupplierContact   `json:"contact"`
			}
		}) (*supplierOut, error) {
			b := in.Body
			s, err := r.suppliers.Save(ctx, purchase.Supplier{ID: b.ID, Version: b.Version, Name: b.Name, Contract: b.Contract, CutoffMinute: b.CutoffMinute, LeadDays: b.LeadDays,
				Note: b.Note, Active: b.Active, Contact: purchase.Contact(b.Contact)})
			return &supplierOut{supplierOf(s)}, err
		})
	web.Register(api, web.Op{ID: "listSupplierSKUs", Method: http.MethodGet, Path: "/suppliers/{id}/skus", Tag: tag, Permission: purchase.PermitRead, ZH: "供应商供货的商品", EN: "What a supplier supplies",
		Errors: []*errs.Error{purchase.ErrNotFound}},
		func(ctx context.Context, in *oneIn) (*struct{ Body web.Page[Supply] }, error) {
			all, err := r.suppliers.Supplies(ctx, in.ID)
			out := make([]Supply, len(all))
			for i, s := range all {
				out[i] = Supply(s)
			}
			return &struct{ Body web.Page[Supply] }{web.NewPage(out, "")}, err
		})
	web.Register(api, web.Op{ID: "setSupplierSKUs", Method: http.MethodPost, Path: "/suppliers/{id}/skus", Tag: tag, Permission: purchase.PermitEdit, ZH: "设置供应商供货的商品与成本", EN: "Set what a supplier supplies, and its cost",
		Errors: []*errs.Error{purchase.ErrNotFound, purchase.ErrUnknownSKU, purchase.ErrBadSupplier}},
		func(ctx context.Context, in *struct {
			ID   id.ID `path:"id"`
			Body struct {
				SKUs []struct {
					SKUID   id.ID      `json:"sku_id"`
					Code    string     `json:"code,omitempty" maxLength:"60"`
					CostFen *money.Fen `json:"cost_fen,omitempty" minimum:"0"`
				} `json:"skus" maxItems:"2000" nullable:"false"`
			}
		}) (*struct{}, error) {
			all := make([]purchase.Supply, len(in.Body.SKUs))
			for i, s := range in.Body.SKUs {
				all[i] = purchase.Supply{SKUID: s.SKUID, Code: s.Code, CostFen: s.CostFen}
			}
			_, err := r.suppliers.SetSupplies(ctx, in.ID, all)
			return nil, err
		})
}

func portalOf(p purchase.Portal) Portal {
	return Portal{p.ID, web.Time(p.MadeAt), web.Time(p.ExpiresAt), web.Time(p.RevokedAt), web.Time(p.UsedAt)}
}

func (r routes) portals(api *web.API) {
	web.Register(api, web.Op{ID: "listSupplierPortals", Method: http.MethodGet, Path: "/suppliers/{id}/portals", Tag: tag, Permission: purchase.PermitRead, ZH: "供应商入口", EN: "A supplier's doors"},
		func(ctx context.Context, in *oneIn) (*struct{ Body web.Page[Portal] }, error) {
			all, err := r.suppliers.Portals(ctx, in.ID)
			out := make([]Portal, len(all))
			for i, p := range all {
				out[i] = portalOf(p)
			}
			return &struct{ Body web.Page[Portal] }{web.NewPage(out, "")}, err
		})
	web.Register(api, web.Op{ID: "openSupplierPortal", Method: http.MethodPost, Path: "/suppliers/{id}/portals", Tag: tag, Permission: purchase.PermitEdit, ZH: "新建供应商入口，令牌只显示一次",
		EN: "Open a door for a supplier; its token is shown once", Errors: []*errs.Error{purchase.ErrNotFound, purchase.ErrBadSupplier}},
		func(ctx context.Context, in *struct {
			ID   id.ID `path:"id"`
			Body struct {
				Days int64 `json:"days" minimum:"1" maximum:"365"`
			}
		}) (*struct{ Body PortalOpened }, error) {
			p, err := r.suppliers.OpenPortal(ctx, in.ID, in.Body.Days)
			return &struct{ Body PortalOpened }{PortalOpened{portalOf(p.Portal), p.Token}}, err
		})
	web.Register(api, web.Op{ID: "revokeSupplierPortal", Method: http.MethodPost, Path: "/supplier-portals/{id}/revoke", Tag: tag, Permission: purchase.PermitEdit, ZH: "停用供应商入口", EN: "Shut a supplier's door",
		Errors: []*errs.Error{purchase.ErrNoPortal}},
		func(ctx context.Context, in *oneIn) (*struct{}, error) {
			return nil, r.suppliers.RevokePortal(ctx, in.ID)
		})
}
