package catalogapi

import (
	"context"
	"net/http"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/web"
)

// Listing is what one shop shows its buyers, and the SKU it stands for.
type Listing struct {
	ID              id.ID  `json:"id"`
	ShopID          id.ID  `json:"shop_id"`
	Title           string `json:"title"`
	Spec            string `json:"spec"`
	MerchantSKUCode string `json:"merchant_sku_code"`
	ChannelItemNo   string `json:"channel_item_no"`
	ChannelSKUNo    string `json:"channel_sku_no"`
	ImageURL        string `json:"image_url"`
	SKUID           id.ID  `json:"sku_id" doc:"0 while unmapped"`
	SKUCode         string `json:"sku_code"`
	MappedBy        string `json:"mapped_by" doc:"code, hand or proposal; empty while unmapped"`
	Version         int64  `json:"version"`
}

func listingOf(l catalog.Listing) Listing {
	return Listing{ID: l.ID, ShopID: l.ShopID, Title: l.Title, Spec: l.Spec, MerchantSKUCode: l.MerchantSKUCode, ChannelItemNo: l.ChannelItemNo,
		ChannelSKUNo: l.ChannelSKUNo, ImageURL: l.ImageURL, SKUID: l.SKUID, SKUCode: l.SKUCode, MappedBy: l.MappedBy, Version: l.Version}
}

// Proposal is a SKU that the codes seen in orders suggest.
type Proposal struct {
	SKUCode    string  `json:"sku_code"`
	Title      string  `json:"title"`
	Spec       string  `json:"spec"`
	ImageURL   string  `json:"image_url"`
	ListingIDs []id.ID `json:"listing_ids" nullable:"false"`
}

// Accepted says what an acceptance of proposals made.
type Accepted struct {
	Products int64 `json:"products"`
	SKUs     int64 `json:"skus"`
	Mapped   int64 `json:"mapped"`
	Left     bool  `json:"left" doc:"More proposals remain; accept again"`
}

// Mapping names the SKU a listing stands for; 0 takes the mapping away.
type Mapping struct {
	SKUID id.ID `json:"sku_id"`
}

// MappingItem is one mapping of many.
type MappingItem struct {
	ListingID id.ID `json:"listing_id"`
	SKUID     id.ID `json:"sku_id"`
}

// Mappings are many mappings, all made or none.
type Mappings struct {
	Items []MappingItem `json:"items" nullable:"false" minItems:"1" maxItems:"1000"`
}

// Acceptance chooses proposals by code, or all of them.
type Acceptance struct {
	Codes []string `json:"codes,omitempty" maxItems:"500"`
	All   bool     `json:"all,omitempty"`
}

type (
	listingsIn struct {
		Mapped string `query:"mapped" pattern:"^(true|false)$"`
		ShopID id.ID  `query:"shop_id"`
		SKUID  id.ID  `query:"sku_id"`
		Q      string `query:"q" maxLength:"100" doc:"Any part of title, spec or merchant code"`
		web.ListInput
	}
	listingsOut  struct{ Body web.Page[Listing] }
	proposalsOut struct{ Body web.Page[Proposal] }
	acceptedOut  struct{ Body Accepted }
)

func (h *handlers) listingRoutes(api *web.API) {
	faults := []*errs.Error{catalog.ErrNoListing, catalog.ErrNoSKU, catalog.ErrInactive}
	web.Register(api, web.Op{ID: "listListings", Method: http.MethodGet, Path: "/listings", Tag: "catalog", Permission: "catalog.read",
		ZH: "平台商品，mapped=false 为待匹配", EN: "Listings; mapped=false is the queue"}, h.listings)
	web.Register(api, web.Op{ID: "mapListing", Method: http.MethodPost, Path: "/listings/{id}/map", Tag: "catalog", Permission: "catalog.edit",
		ZH: "匹配一个平台商品", EN: "Say which SKU a listing stands for", Errors: faults},
		func(ctx context.Context, in *struct {
			ID   id.ID `path:"id"`
			Body Mapping
		}) (*struct{ Body Listing }, error) {
			all, err := h.s.Map(ctx, []catalog.MapItem{{ListingID: in.ID, SKUID: in.Body.SKUID}})
			if err != nil {
				return nil, err
			}
			return &struct{ Body Listing }{listingOf(all[0])}, nil
		})
	web.Register(api, web.Op{ID: "mapListings", Method: http.MethodPost, Path: "/listings/map-bulk", Tag: "catalog", Permission: "catalog.edit",
		ZH: "批量匹配平台商品，全部成功或全部不变", EN: "Map many listings, all or none", Errors: append(faults, catalog.ErrTooMany)}, h.mapMany)
	web.Register(api, web.Op{ID: "listListingProposals", Method: http.MethodGet, Path: "/listings/proposals", Tag: "catalog", Permission: "catalog.read",
		ZH: "根据订单里的商家编码建议的 SKU", EN: "SKUs that the merchant codes in orders suggest"}, h.proposals)
	web.Register(api, web.Op{ID: "acceptListingProposals", Method: http.MethodPost, Path: "/listings/accept-proposals", Tag: "catalog", Permission: "catalog.edit",
		ZH: "一键建档并匹配", EN: "Make the suggested SKUs and map their listings", Errors: []*errs.Error{catalog.ErrTooMany, catalog.ErrChanged}}, h.accept)
}

func (h *handlers) listings(ctx context.Context, in *listingsIn) (*listingsOut, error) {
	all, next, err := h.s.Listings(ctx, catalog.ListingFilter{Mapped: tri(in.Mapped), ShopID: in.ShopID, SKUID: in.SKUID, Query: in.Q,
		Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	return &listingsOut{web.NewPage(listingsOf(all), next)}, nil
}

func listingsOf(all []catalog.Listing) []Listing {
	out := make([]Listing, len(all))
	for i, l := range all {
		out[i] = listingOf(l)
	}
	return out
}

func (h *handlers) mapMany(ctx context.Context, in *struct{ Body Mappings }) (*listingsOut, error) {
	items := make([]catalog.MapItem, len(in.Body.Items))
	for i, m := range in.Body.Items {
		items[i] = catalog.MapItem{ListingID: m.ListingID, SKUID: m.SKUID}
	}
	all, err := h.s.Map(ctx, items)
	if err != nil {
		return nil, err
	}
	return &listingsOut{web.NewPage(listingsOf(all), "")}, nil
}

func (h *handlers) proposals(ctx context.Context, in *web.ListInput) (*proposalsOut, error) {
	all, next, err := h.s.Proposals(ctx, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	out := make([]Proposal, len(all))
	for i, p := range all {
		out[i] = Proposal{p.SKUCode, p.Title, p.Spec, p.ImageURL, p.ListingIDs}
	}
	return &proposalsOut{web.NewPage(out, next)}, nil
}

func (h *handlers) accept(ctx context.Context, in *struct{ Body Acceptance }) (*acceptedOut, error) {
	done, err := h.s.AcceptProposals(ctx, catalog.AcceptInput{Codes: in.Body.Codes, All: in.Body.All})
	if err != nil {
		return nil, err
	}
	return &acceptedOut{Accepted{done.Products, done.SKUs, done.Mapped, done.Left}}, nil
}
