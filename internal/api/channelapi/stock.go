package channelapi

import (
	"context"
	"net/http"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/channel/send"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/shop"
)

// StockPlan says how much of the stock a shop offers.
type StockPlan struct {
	ShopID       id.ID    `json:"shop_id"`
	Mode         string   `json:"mode" enum:"off,shared,quota"`
	RatioPercent int64    `json:"ratio_percent" minimum:"0" maximum:"100"`
	Buffer       int64    `json:"buffer" doc:"Pieces kept back of each SKU"`
	WarehouseID  id.ID    `json:"warehouse_id" doc:"0: where the shop's orders reserve"`
	UpdatedAt    web.Time `json:"updated_at"`
	Version      int64    `json:"version"`
}

func planOf(p send.Plan) StockPlan {
	return StockPlan{ShopID: p.ShopID, Mode: p.Mode, RatioPercent: p.RatioPercent, Buffer: p.Buffer, WarehouseID: p.WarehouseID, UpdatedAt: web.Time(p.UpdatedAt),
		Version: p.Version}
}

// NewStockPlan is a plan as a person sets it.
type NewStockPlan struct {
	Mode         string `json:"mode" enum:"off,shared,quota"`
	RatioPercent int64  `json:"ratio_percent" minimum:"0" maximum:"100"`
	Buffer       int64  `json:"buffer" minimum:"0" maximum:"1000000"`
	WarehouseID  id.ID  `json:"warehouse_id,omitempty"`
}

// Named is how people know a listing and its SKU; empty where one is gone.
type Named struct {
	SKUCode string `json:"sku_code"`
	SKUName string `json:"sku_name"`
	Title   string `json:"title" doc:"As the channel's page shows it"`
	Spec    string `json:"spec"`
}

// names looks up listings and SKUs; either list may be empty.
func (h *effects) names(ctx context.Context, listings, skus []id.ID) (func(listing, sku id.ID) Named, error) {
	all, err := h.catalog.ListingsTx(ctx, h.db, listings)
	if err != nil {
		return nil, err
	}
	known, err := h.catalog.SKUsTx(ctx, h.db, skus)
	if err != nil {
		return nil, err
	}
	byID := make(map[id.ID]catalog.Listing, len(all))
	for _, l := range all {
		byID[l.ID] = l
	}
	return func(listing, sku id.ID) Named {
		l, k := byID[listing], known[sku]
		return Named{k.Code, k.Name, l.Title, l.Spec}
	}, nil
}

// StockOffer is what a listing would show under a plan, and why.
type StockOffer struct {
	ListingID id.ID `json:"listing_id"`
	SKUID     id.ID `json:"sku_id"`
	Named
	Available       int64 `json:"available"`
	Held            int64 `json:"held" doc:"Of it, other shops' own pieces"`
	Quota           int64 `json:"quota" doc:"The shop's own pieces, -1 for none"`
	Wanted          int64 `json:"wanted"`
	SuggestedBuffer int64 `json:"suggested_buffer" doc:"What other counters may sell before this one hears of it"`
}

// StockLevel is what a listing was told, and what it shall be told.
type StockLevel struct {
	ListingID id.ID `json:"listing_id"`
	SKUID     id.ID `json:"sku_id"`
	Named
	Wanted       int64    `json:"wanted"`
	Pushed       int64    `json:"pushed" doc:"-1 while the channel was told nothing"`
	ChangedAt    web.Time `json:"changed_at" doc:"Since when they differ"`
	PushedAt     web.Time `json:"pushed_at"`
	Attempts     int64    `json:"attempts"`
	ErrorCode    string   `json:"error_code"`
	ErrorMessage string   `json:"error_message"`
}

// StockShare is the pieces of a SKU that one shop alone may sell.
type StockShare struct {
	SKUID  id.ID `json:"sku_id"`
	ShopID id.ID `json:"shop_id"`
	Quota  int64 `json:"quota" minimum:"0" maximum:"1000000000"`
}

// ShopShare is a share as it is listed.
type ShopShare struct {
	StockShare
	SKUCode string `json:"sku_code"`
	SKUName string `json:"sku_name"`
}

// StockShares are the shares to set; 0 takes one away.
type StockShares struct {
	Shares []StockShare `json:"shares" nullable:"false" maxItems:"1000"`
}

func stockRoutes(api *web.API, h *effects) {
	web.Register(api, web.Op{ID: "getStockPlan", Method: http.MethodGet, Path: "/shops/{id}/stock-plan", Tag: "channels", Permission: send.PermitRead,
		ZH: "库存同步设置", EN: "How much of the stock a shop offers", Errors: []*errs.Error{shop.ErrNotFound}}, h.plan)
	faults := []*errs.Error{shop.ErrNotFound, send.ErrBadPlan, send.ErrOffline, inventory.ErrNoWarehouse}
	web.Register(api, web.Op{ID: "setStockPlan", Method: http.MethodPut, Path: "/shops/{id}/stock-plan", Tag: "channels", Permission: send.PermitEdit,
		ZH: "修改库存同步设置", EN: "Change how much of the stock a shop offers", Errors: faults}, h.setPlan)
	web.Register(api, web.Op{ID: "previewStockPlan", Method: http.MethodPost, Path: "/shops/{id}/stock-plan/preview", Tag: "channels", Permission: send.PermitRead,
		ZH: "预览库存同步", EN: "What a plan would offer", Errors: append(faults, page.ErrCursor)}, h.preview)
	web.Register(api, web.Op{ID: "listStockLevels", Method: http.MethodGet, Path: "/shops/{id}/stock-levels", Tag: "channels", Permission: send.PermitRead,
		ZH: "库存推送状态", EN: "What listings were told", Errors: []*errs.Error{shop.ErrNotFound, page.ErrCursor}}, h.levels)
	web.Register(api, web.Op{ID: "listStockShares", Method: http.MethodGet, Path: "/shops/{id}/stock-shares", Tag: "channels", Permission: send.PermitRead,
		ZH: "店铺配额", EN: "A shop's own pieces", Errors: []*errs.Error{shop.ErrNotFound, page.ErrCursor}}, h.shares)
	web.Register(api, web.Op{ID: "setStockShares", Method: http.MethodPut, Path: "/stock-shares", Tag: "channels", Permission: send.PermitEdit,
		ZH: "设置配额", EN: "Give shops pieces of their own", Errors: []*errs.Error{shop.ErrNotFound, send.ErrBadPlan, send.ErrQuotaTooHigh}}, h.setShares)
}

func (h *effects) plan(ctx context.Context, in *effectIn) (*struct{ Body StockPlan }, error) {
	p, err := h.send.Plan(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &struct{ Body StockPlan }{planOf(p)}, nil
}

func (b NewStockPlan) plan(shopID id.ID) send.Plan {
	return send.Plan{ShopID: shopID, Mode: b.Mode, RatioPercent: b.RatioPercent, Buffer: b.Buffer, WarehouseID: b.WarehouseID}
}

func (h *effects) setPlan(ctx context.Context, in *struct {
	ID   id.ID `path:"id"`
	Body NewStockPlan
}) (*struct{ Body StockPlan }, error) {
	p, err := h.send.SetPlan(ctx, in.Body.plan(in.ID))
	if err != nil {
		return nil, err
	}
	return &struct{ Body StockPlan }{planOf(p)}, nil
}

func (h *effects) preview(ctx context.Context, in *struct {
	ID     id.ID  `path:"id"`
	Cursor string `query:"cursor" maxLength:"500"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Body   NewStockPlan
}) (*struct{ Body web.Page[StockOffer] }, error) {
	all, next, err := h.send.Preview(ctx, in.Body.plan(in.ID), in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	var listings, skus []id.ID
	for _, o := range all {
		listings, skus = append(listings, o.ListingID), append(skus, o.SKUID)
	}
	name, err := h.names(ctx, listings, skus)
	if err != nil {
		return nil, err
	}
	out := make([]StockOffer, len(all))
	for i, o := range all {
		out[i] = StockOffer{o.ListingID, o.SKUID, name(o.ListingID, o.SKUID), o.Available, o.Held, o.Quota, o.Wanted, o.SuggestedBuffer}
	}
	return &struct{ Body web.Page[StockOffer] }{web.NewPage(out, next)}, nil
}

func (h *effects) levels(ctx context.Context, in *struct {
	ID     id.ID  `path:"id"`
	Cursor string `query:"cursor" maxLength:"500"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}) (*struct{ Body web.Page[StockLevel] }, error) {
	all, next, err := h.send.Levels(ctx, in.ID, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	var listings, skus []id.ID
	for _, l := range all {
		listings, skus = append(listings, l.ListingID), append(skus, l.SKUID)
	}
	name, err := h.names(ctx, listings, skus)
	if err != nil {
		return nil, err
	}
	out := make([]StockLevel, len(all))
	for i, l := range all {
		out[i] = StockLevel{ListingID: l.ListingID, SKUID: l.SKUID, Named: name(l.ListingID, l.SKUID), Wanted: l.Wanted, Pushed: l.Pushed, ChangedAt: web.Time(l.ChangedAt),
			PushedAt: web.Time(l.PushedAt), Attempts: l.Attempts, ErrorCode: l.ErrorCode}
		if l.ErrorCode != "" {
			out[i].ErrorMessage = errs.Message(actor.Lang(ctx), l.ErrorCode, l.ErrorParams)
		}
	}
	return &struct{ Body web.Page[StockLevel] }{web.NewPage(out, next)}, nil
}

func (h *effects) shares(ctx context.Context, in *struct {
	ID     id.ID  `path:"id"`
	Cursor string `query:"cursor" maxLength:"500"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}) (*struct{ Body web.Page[ShopShare] }, error) {
	all, next, err := h.send.Shares(ctx, in.ID, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	skus := make([]id.ID, len(all))
	for i, x := range all {
		skus[i] = x.SKUID
	}
	name, err := h.names(ctx, nil, skus)
	if err != nil {
		return nil, err
	}
	out := make([]ShopShare, len(all))
	for i, x := range all {
		n := name(0, x.SKUID)
		out[i] = ShopShare{StockShare(x), n.SKUCode, n.SKUName}
	}
	return &struct{ Body web.Page[ShopShare] }{web.NewPage(out, next)}, nil
}

func (h *effects) setShares(ctx context.Context, in *struct{ Body StockShares }) (*struct{ Body StockShares }, error) {
	want := make([]send.Share, len(in.Body.Shares))
	for i, x := range in.Body.Shares {
		want[i] = send.Share(x)
	}
	if _, err := h.send.SetShares(ctx, want); err != nil {
		return nil, err
	}
	return &struct{ Body StockShares }{in.Body}, nil
}
