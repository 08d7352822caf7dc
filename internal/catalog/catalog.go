package catalog

import (
	"context"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/rowimport"
)

// Product is what SKUs of one kind share (商品).
type Product struct {
	ID        id.ID
	Name      string
	ImageURL  string
	Active    bool
	CreatedAt int64
	Version   int64
}

// SKU is one thing the merchant ships (规格), or a bundle of them.
type SKU struct {
	ID          id.ID
	ProductID   id.ID
	ProductName string
	Code        string // the merchant's code, as written
	Name        string // product name and spec in one line
	Spec        string
	CostFen     *money.Fen // nil: unknown
	WeightGram  *int64     // nil: unknown
	VolumeML    *int64     // cubic centimetres, nil: unknown
	// Classes are what carriers ask of goods (易碎、液体、带电…), in
	// the merchant's own words.
	Classes    []string
	ImageURL   string
	IsBundle   bool
	Active     bool
	CreatedAt  int64
	Version    int64
	Barcodes   []string    // filled by List and Get
	Components []Component // filled by List and Get, for bundles
}

// Component is one part of a bundle (子商品): Quantity pieces of SKUID, carrying
// Share of the bundle's value relative to the other parts.
type Component struct {
	SKUID    id.ID
	Code     string
	Name     string
	Quantity int64
	Share    int64
}

// Listing is what one shop shows its buyers (平台商品), known by the channel's SKU
// number, else by merchant code and spec, else by title and spec.
type Listing struct {
	ID              id.ID
	ShopID          id.ID
	ChannelItemNo   string
	ChannelSKUNo    string
	MerchantSKUCode string
	Title           string
	Spec            string
	ImageURL        string
	SKUID           id.ID // 0: not mapped
	SKUCode         string
	MappedBy        string // code | hand | proposal | ""
	Version         int64
}

// How a listing came to its SKU.
const (
	ByCode     = "code"     // its merchant code is the SKU's
	ByHand     = "hand"     // somebody chose
	ByProposal = "proposal" // the SKU was made from it
)

// Seen is a listing as an order line names it.
type Seen struct {
	ShopID       id.ID
	ItemNo       string // the channel's item number
	SKUNo        string // the channel's SKU number
	MerchantCode string
	Title        string
	Spec         string
	ImageURL     string
}

// Mapped is a listing and the SKU it stands for, 0 while unmapped.
type Mapped struct {
	ListingID id.ID
	SKUID     id.ID
}

// Service is the catalog capability.
type Service struct {
	k *kit.Kit
	// Imports takes tables.
	Imports *rowimport.Importer
}

// New returns the capability and tells the job queue how to import files.
func New(k *kit.Kit) *Service {
	s := &Service{k: k}
	s.Imports = s.newImporter()
	return s
}

// Bounds of what people may enter.
const (
	maxCode      = 64
	maxCodeBytes = 4 * maxCode
	maxName      = 200
	maxSpec      = 200
)

// SKUsTx returns the SKUs of the given ids that exist, without barcodes and
// components.
func (s *Service) SKUsTx(ctx context.Context, q db.Querier, skuIDs []id.ID) (map[id.ID]SKU, error) {
	out := make(map[id.ID]SKU, len(skuIDs))
	for part := range slices.Chunk(skuIDs, 500) {
		part = db.Pad(part)
		args := []any{actor.Merchant(ctx)}
		for _, i := range part {
			args = append(args, i)
		}
		if err := scanSKUs(ctx, q, selectSKUs(len(part)), args, func(k SKU) { out[k.ID] = k }); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// SKUsByCodeTx returns the SKUs of the given codes that exist, active or not.
func (s *Service) SKUsByCodeTx(ctx context.Context, q db.Querier, codes []string) (map[string]SKU, error) {
	out := make(map[string]SKU, len(codes))
	for part := range slices.Chunk(codes, 500) {
		part = db.Pad(part)
		args := []any{actor.Merchant(ctx)}
		for _, c := range part {
			args = append(args, c)
		}
		if err := scanSKUs(ctx, q, selectSKUsByCode(len(part)), args, func(k SKU) { out[k.Code] = k }); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func scanSKUs(ctx context.Context, q db.Querier, text string, args []any, each func(SKU)) error {
	for row := range db.Each(ctx, q, text, args...) {
		var k SKU
		var classes string
		if err := row.Scan(&k.ID, &k.ProductID, &k.ProductName, &k.Code, &k.Name, &k.Spec, &k.CostFen, &k.WeightGram, &k.VolumeML, &classes, &k.ImageURL,
			&k.IsBundle, &k.Active, &k.CreatedAt, &k.Version); err != nil {
			return err
		}
		if classes != "" {
			k.Classes = strings.Split(classes, ",")
		}
		each(k)
	}
	return nil
}

// ComponentsTx says what has to be picked for each SKU: a bundle's components, or
// for any other SKU that exists itself, once. Unknown SKUs are absent.
func (s *Service) ComponentsTx(ctx context.Context, q db.Querier, skuIDs []id.ID) (map[id.ID][]Component, error) {
	skus, err := s.SKUsTx(ctx, q, skuIDs)
	if err != nil {
		return nil, err
	}
	out := make(map[id.ID][]Component, len(skus))
	var bundles []id.ID
	for i, k := range skus {
		if k.IsBundle {
			bundles = append(bundles, i)
			continue
		}
		out[i] = []Component{{SKUID: i, Code: k.Code, Name: k.Name, Quantity: 1, Share: 1}}
	}
	slices.Sort(bundles)
	for part := range slices.Chunk(bundles, 500) {
		part = db.Pad(part)
		args := []any{actor.Merchant(ctx)}
		for _, i := range part {
			args = append(args, i)
		}
		if err := scanComponents(ctx, q, len(part), args, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func scanComponents(ctx context.Context, q db.Querier, n int, args []any, out map[id.ID][]Component) error {
	for row := range db.Each(ctx, q, selectComponents(n), args...) {
		var bundle id.ID
		var c Component
		if err := row.Scan(&bundle, &c.SKUID, &c.Code, &c.Name, &c.Quantity, &c.Share); err != nil {
			return err
		}
		out[bundle] = append(out[bundle], c)
	}
	return nil
}
