// Package shopapi is shops and the channels they are on over HTTP.
package shopapi

import (
	"cmp"
	"context"
	"net/http"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/access"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/shop"
)

// Channel is a platform shops can be on.
type Channel struct {
	Code         string   `json:"code"`
	NameZH       string   `json:"name_zh"`
	NameEN       string   `json:"name_en"`
	Color        string   `json:"color" doc:"Badge colour, legible under white text"`
	Mode         string   `json:"mode" enum:"file,api" doc:"How its orders reach us"`
	FileKinds    []string `json:"file_kinds" nullable:"false" doc:"Export files of its back office that we read"`
	Capabilities []string `json:"capabilities" nullable:"false"`
	API          *Offer   `json:"api" doc:"What connecting by API takes; null where only files are read"`
}

// Offer is what a shop needs to be connected by API.
type Offer struct {
	BaseURL     string       `json:"base_url" doc:"The channel's own address; empty where each shop has its own"`
	CustomURL   bool         `json:"custom_url" doc:"A shop may name another address"`
	Credentials []Credential `json:"credentials" nullable:"false" doc:"In the order of the form"`
	NeedsPerson bool         `json:"needs_person" doc:"A person has to agree on the channel's page"`
	Compares    bool         `json:"compares" doc:"Both sides can be compared by time of placing"`
}

// Credential is one field of the form.
type Credential struct {
	Name     string `json:"name"`
	NameZH   string `json:"name_zh"`
	NameEN   string `json:"name_en"`
	HelpZH   string `json:"help_zh"`
	HelpEN   string `json:"help_en"`
	Secret   bool   `json:"secret"`
	Optional bool   `json:"optional"`
}

func offerOf(a *channel.API) *Offer {
	if a == nil {
		return nil
	}
	out := &Offer{BaseURL: a.BaseURL, CustomURL: a.CustomURL, Credentials: make([]Credential, len(a.Credentials)),
		NeedsPerson: a.OAuth != nil && a.OAuth.AuthorizeURL != nil, Compares: a.Limits.CreatedSpan > 0}
	for i, c := range a.Credentials {
		out.Credentials[i] = Credential(c)
	}
	return out
}

func channelOf(m channel.Manifest) Channel {
	out := Channel{Code: m.Code, NameZH: m.NameZH, NameEN: m.NameEN, Color: m.Color, Mode: shop.ModeFile, FileKinds: []string{}, Capabilities: []string{},
		API: offerOf(m.API)}
	known := map[string]bool{}
	for _, f := range m.Files {
		if k := string(f.Kind); !known[k] {
			known[k] = true
			out.FileKinds = append(out.FileKinds, k)
		}
	}
	for _, c := range m.Capabilities {
		out.Capabilities = append(out.Capabilities, string(c))
	}
	return out
}

// Shop is one shop on one channel.
type Shop struct {
	ID              id.ID    `json:"id"`
	Channel         string   `json:"channel"`
	Name            string   `json:"name"`
	Mode            string   `json:"mode" enum:"file,api"`
	LiveFromAt      web.Time `json:"live_from_at" doc:"Orders placed earlier are history, never work"`
	WarehouseID     id.ID    `json:"warehouse_id" doc:"Where stock is reserved first; 0 is the default warehouse"`
	ReserveOn       string   `json:"reserve_on" enum:"paid,placed"`
	AutoApprove     bool     `json:"auto_approve"`
	StaleAfterHours int64    `json:"stale_after_hours"`
	DataAt          web.Time `json:"data_at" doc:"Export time of the newest data we hold"`
	Active          bool     `json:"active"`
	Version         int64    `json:"version"`
}

func shopOf(s shop.Shop) Shop {
	return Shop{ID: s.ID, Channel: s.Channel, Name: s.Name, Mode: s.Mode, LiveFromAt: web.Time(s.LiveFrom), WarehouseID: s.WarehouseID,
		ReserveOn: s.ReserveOn, AutoApprove: s.AutoApprove, StaleAfterHours: s.StaleAfterHours, DataAt: web.Time(s.DataAt),
		Active: s.Active, Version: s.Version}
}

// NewShop describes a shop to add; what is left out takes its default.
type NewShop struct {
	Channel         string   `json:"channel" minLength:"1" maxLength:"32"`
	Name            string   `json:"name" minLength:"1" maxLength:"200"`
	Mode            string   `json:"mode,omitempty" enum:"file,api"`
	LiveFromAt      web.Time `json:"live_from_at,omitempty" doc:"Default: now"`
	WarehouseID     id.ID    `json:"warehouse_id,omitempty"`
	ReserveOn       string   `json:"reserve_on,omitempty" enum:"paid,placed"`
	AutoApprove     bool     `json:"auto_approve,omitempty"`
	StaleAfterHours int64    `json:"stale_after_hours,omitempty" minimum:"1" maximum:"8760" doc:"Default: 24"`
}

// ShopChange changes what it names.
type ShopChange struct {
	Version         int64     `json:"version,omitempty"`
	Name            *string   `json:"name,omitempty" maxLength:"200"`
	Mode            *string   `json:"mode,omitempty" enum:"file,api"`
	LiveFromAt      *web.Time `json:"live_from_at,omitempty"`
	WarehouseID     *id.ID    `json:"warehouse_id,omitempty"`
	ReserveOn       *string   `json:"reserve_on,omitempty" enum:"paid,placed"`
	AutoApprove     *bool     `json:"auto_approve,omitempty"`
	StaleAfterHours *int64    `json:"stale_after_hours,omitempty" minimum:"1" maximum:"8760"`
	Active          *bool     `json:"active,omitempty"`
	Position        *int64    `json:"position,omitempty" minimum:"0"`
}

func (c ShopChange) input(shopID id.ID) shop.UpdateInput {
	in := shop.UpdateInput{ShopID: shopID, Version: c.Version, Name: c.Name, Mode: c.Mode, WarehouseID: c.WarehouseID, ReserveOn: c.ReserveOn,
		AutoApprove: c.AutoApprove, StaleAfterHours: c.StaleAfterHours, Active: c.Active, Position: c.Position}
	if c.LiveFromAt != nil {
		at := int64(*c.LiveFromAt)
		in.LiveFrom = &at
	}
	return in
}

type handlers struct {
	db        *db.DB
	shops     *shop.Service
	stock     *inventory.Service
	manifests []channel.Manifest
}

type (
	shopOut  struct{ Body Shop }
	changeIn struct {
		ID   id.ID `path:"id"`
		Body ShopChange
	}
)

// Routes registers the operations. manifests are the channels this build knows.
func Routes(api *web.API, d *db.DB, shops *shop.Service, stock *inventory.Service, manifests []channel.Manifest) {
	h := &handlers{d, shops, stock, manifests}
	web.Register(api, web.Op{ID: "listChannels", Method: http.MethodGet, Path: "/channels", Tag: "shops", Permission: web.SignedIn,
		ZH: "支持的渠道", EN: "Channels that shops can be on"}, h.channels)
	web.Register(api, web.Op{ID: "listShops", Method: http.MethodGet, Path: "/shops", Tag: "shops", Permission: "shop.read",
		ZH: "有权查看的店铺", EN: "Shops you may see", Errors: []*errs.Error{page.ErrCursor}}, h.list)
	web.Register(api, web.Op{ID: "getShop", Method: http.MethodGet, Path: "/shops/{id}", Tag: "shops", Permission: "shop.read",
		ZH: "一个店铺", EN: "One shop", Errors: []*errs.Error{shop.ErrNotFound}}, h.get)
	faults := []*errs.Error{shop.ErrBadName, shop.ErrBadValue, shop.ErrNameTaken, inventory.ErrNoWarehouse, access.ErrNeeded}
	web.Register(api, web.Op{ID: "createShop", Method: http.MethodPost, Path: "/shops", Tag: "shops", Permission: "shop.edit", Status: http.StatusCreated,
		ZH: "新增店铺", EN: "Add a shop", Errors: append(faults, shop.ErrUnknownChannel)}, h.create)
	web.Register(api, web.Op{ID: "updateShop", Method: http.MethodPatch, Path: "/shops/{id}", Tag: "shops", Permission: "shop.edit",
		ZH: "修改店铺设置", EN: "Change a shop's settings", Errors: append(faults, shop.ErrNotFound, shop.ErrChanged, access.ErrNotWorking)}, h.update)
}

func (h *handlers) channels(context.Context, *struct{}) (*struct{ Body web.Page[Channel] }, error) {
	out := make([]Channel, len(h.manifests))
	for i, m := range h.manifests {
		out[i] = channelOf(m)
	}
	return &struct{ Body web.Page[Channel] }{web.NewPage(out, "")}, nil
}

func (h *handlers) list(ctx context.Context, in *web.ListInput) (*struct{ Body web.Page[Shop] }, error) {
	all, err := h.shops.List(ctx)
	if err != nil {
		return nil, err
	}
	type place struct {
		Position int64
		ID       id.ID
	}
	part, next, err := page.Slice(all, in.Cursor, in.Limit, func(s shop.Shop) place { return place{s.Position, s.ID} },
		func(a, b place) int { return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID)) })
	if err != nil {
		return nil, err
	}
	out := make([]Shop, len(part))
	for i, s := range part {
		out[i] = shopOf(s)
	}
	return &struct{ Body web.Page[Shop] }{web.NewPage(out, next)}, nil
}

func (h *handlers) get(ctx context.Context, in *struct {
	ID id.ID `path:"id"`
}) (*shopOut, error) {
	s, err := h.shops.Get(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &shopOut{shopOf(s)}, nil
}

// warehouse makes sure that the warehouse exists; the shop package cannot know.
func (h *handlers) warehouse(ctx context.Context, w id.ID) error {
	if w == 0 {
		return nil
	}
	if _, err := h.stock.WarehouseTx(ctx, h.db, w); err != nil {
		if e := errs.As(err); e != nil {
			return e.At("warehouse_id")
		}
		return err
	}
	return nil
}

func (h *handlers) create(ctx context.Context, in *struct{ Body NewShop }) (*shopOut, error) {
	b := in.Body
	if err := h.warehouse(ctx, b.WarehouseID); err != nil {
		return nil, err
	}
	s, err := h.shops.Create(ctx, shop.CreateInput{Channel: b.Channel, Name: b.Name, Mode: b.Mode, LiveFrom: int64(b.LiveFromAt), WarehouseID: b.WarehouseID,
		ReserveOn: b.ReserveOn, AutoApprove: b.AutoApprove, StaleAfterHours: b.StaleAfterHours})
	if err != nil {
		return nil, err
	}
	return &shopOut{shopOf(s)}, nil
}

func (h *handlers) update(ctx context.Context, in *changeIn) (*shopOut, error) {
	if in.Body.WarehouseID != nil {
		if err := h.warehouse(ctx, *in.Body.WarehouseID); err != nil {
			return nil, err
		}
	}
	s, err := h.shops.Update(ctx, in.Body.input(in.ID))
	if err != nil {
		return nil, err
	}
	return &shopOut{shopOf(s)}, nil
}
