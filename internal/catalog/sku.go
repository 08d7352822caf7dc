package catalog

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
)

// maxCost is 10 million yuan, maxWeight a tonne: beyond lie typing errors.
const (
	maxCost   = money.Fen(1_000_000_000)
	maxWeight = 1_000_000
	maxVolume = 10_000_000
	// maxClasses of maxClass characters each.
	maxClasses, maxClass = 10, 20
)

func (k *SKU) check() error {
	n := utf8.RuneCountInString(k.Code)
	switch {
	case n < 1 || n > maxCode || strings.TrimSpace(k.Code) != k.Code || strings.ContainsFunc(k.Code, isControl):
		return ErrBadCode.At("code")
	case utf8.RuneCountInString(k.Spec) > maxSpec:
		return ErrBadSpec.At("spec")
	case utf8.RuneCountInString(k.Name) > maxName+maxSpec+1:
		return ErrBadName.At("name")
	case k.CostFen != nil && (*k.CostFen < 0 || *k.CostFen > maxCost):
		return ErrBadCost.At("cost_fen")
	case k.WeightGram != nil && (*k.WeightGram < 0 || *k.WeightGram > maxWeight):
		return ErrBadWeight.At("weight_gram")
	case k.VolumeML != nil && (*k.VolumeML < 0 || *k.VolumeML > maxVolume):
		return ErrBadVolume.At("volume_ml")
	case len(k.Classes) > maxClasses || slices.ContainsFunc(k.Classes, func(c string) bool {
		return c == "" || utf8.RuneCountInString(c) > maxClass || strings.ContainsFunc(c, func(r rune) bool { return r == ',' || isControl(r) })
	}):
		return ErrBadClasses.With("max", maxClasses).At("classes")
	}
	return checkImage(k.ImageURL)
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// skuName is product and spec in one line.
func skuName(product, spec string) string { return strings.TrimSpace(product + " " + spec) }

// SKUInput describes a new SKU. ProductID 0 makes a product called ProductName.
type SKUInput struct {
	ProductID   id.ID
	ProductName string
	Code        string
	Spec        string
	CostFen     *money.Fen
	WeightGram  *int64
	VolumeML    *int64
	Classes     []string
	ImageURL    string
	Barcodes    []string
}

// classed are classes without blanks around them and without repeats.
func classed(all []string) []string {
	var out []string
	for _, c := range all {
		if c = strings.TrimSpace(c); !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// CreateSKU adds a SKU, and its product when that is new. Unmapped listings whose
// merchant code is the new code are mapped to it. Permission catalog.edit.
//
// Errors: ErrBadCode, ErrBadSpec, ErrBadCost, ErrBadWeight, ErrBadVolume, ErrBadClasses, ErrBadImage,
// ErrBadName, ErrCodeTaken, ErrNoProduct, ErrBadBarcode, ErrBarcodeTaken,
// ErrManyBarcodes.
func (s *Service) CreateSKU(ctx context.Context, in SKUInput) (SKU, error) {
	if err := actor.Require(ctx, "catalog.edit"); err != nil {
		return SKU{}, err
	}
	about := &command.About{Action: "catalog.create_sku", Detail: map[string]any{"code": in.Code}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (SKU, error) {
		made, err := s.CreateSKUTx(ctx, tx, in)
		about.Object = "sku/" + made.ID.String()
		return made, err
	})
}

// CreateSKUTx is CreateSKU inside the caller's transaction.
func (s *Service) CreateSKUTx(ctx context.Context, tx *db.Tx, in SKUInput) (SKU, error) {
	k := SKU{ID: s.k.IDs.New(), ProductID: in.ProductID, Code: strings.TrimSpace(in.Code), Spec: strings.TrimSpace(in.Spec),
		CostFen: in.CostFen, WeightGram: in.WeightGram, VolumeML: in.VolumeML, Classes: classed(in.Classes), ImageURL: in.ImageURL, Active: true, CreatedAt: clock.Millis(s.k.Clock), Version: 1}
	if err := k.check(); err != nil {
		return SKU{}, err
	}
	p := Product{Name: in.ProductName, ImageURL: in.ImageURL, Active: true}
	if in.ProductID != 0 {
		var err error
		if p, err = s.productTx(ctx, tx, in.ProductID); err != nil {
			return SKU{}, err
		}
	} else {
		if err := p.check(); err != nil {
			return SKU{}, err
		}
		if err := s.addProduct(ctx, tx, &p); err != nil {
			return SKU{}, err
		}
	}
	k.ProductID, k.ProductName, k.Name = p.ID, p.Name, skuName(p.Name, k.Spec)
	n, err := tx.Insert(ctx, "catalog_sku", skuInsertColumns, [][]any{k.row(actor.Merchant(ctx))}, keepSKU)
	if err != nil {
		return SKU{}, err
	}
	if n == 0 {
		return SKU{}, ErrCodeTaken.With("code", k.Code).At("code")
	}
	if err := s.setBarcodes(ctx, tx, &k, in.Barcodes); err != nil {
		return SKU{}, err
	}
	if err := s.mapByCode(ctx, tx, map[string]id.ID{k.Code: k.ID}, ByCode); err != nil {
		return SKU{}, err
	}
	return k, s.skuChanged(ctx, tx, k, "created")
}

func (k *SKU) row(m id.ID) []any {
	return []any{m, k.ID, k.ProductID, k.Code, k.Name, k.Spec, k.CostFen, k.WeightGram, k.VolumeML, strings.Join(k.Classes, ","), k.ImageURL, k.IsBundle, k.Active, k.CreatedAt, k.Version}
}

func (s *Service) skuChanged(ctx context.Context, tx *db.Tx, k SKU, fields ...string) error {
	return s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "sku", ID: k.ID, Version: k.Version}, SKUChanged{SKUID: k.ID, Code: k.Code, Fields: fields})
}

// UpdateSKUInput changes a SKU; nil fields stay. ClearCost and ClearWeight make
// the value unknown. Version 0 overwrites whatever is there.
type UpdateSKUInput struct {
	SKUID       id.ID
	Version     int64
	Code        *string
	Name        *string // "" goes back to product name and spec
	Spec        *string
	CostFen     *money.Fen
	ClearCost   bool
	WeightGram  *int64
	ClearWeight bool
	VolumeML    *int64 // 0 makes it unknown
	Classes     *[]string
	ImageURL    *string
	Active      *bool
	Barcodes    *[]string
}

func (in UpdateSKUInput) apply(k *SKU) (fields []string) {
	ownName := k.Name != skuName(k.ProductName, k.Spec)
	named := in.Name != nil && strings.TrimSpace(*in.Name) != k.Name
	change(&fields, "code", &k.Code, in.Code)
	change(&fields, "spec", &k.Spec, in.Spec)
	was := k.Name
	switch {
	case named && strings.TrimSpace(*in.Name) != "":
		k.Name = strings.TrimSpace(*in.Name)
	case named || !ownName: // the name follows the spec until somebody writes one
		k.Name = skuName(k.ProductName, k.Spec)
	}
	if k.Name != was {
		fields = append(fields, "name")
	}
	change(&fields, "image_url", &k.ImageURL, in.ImageURL)
	change(&fields, "active", &k.Active, in.Active)
	if in.CostFen != nil && (k.CostFen == nil || *k.CostFen != *in.CostFen) || in.ClearCost && k.CostFen != nil {
		k.CostFen = in.CostFen
		fields = append(fields, "cost_fen")
	}
	if in.WeightGram != nil && (k.WeightGram == nil || *k.WeightGram != *in.WeightGram) || in.ClearWeight && k.WeightGram != nil {
		k.WeightGram = in.WeightGram
		fields = append(fields, "weight_gram")
	}
	if in.VolumeML != nil && zero(k.VolumeML) != *in.VolumeML {
		if k.VolumeML = in.VolumeML; *in.VolumeML == 0 {
			k.VolumeML = nil
		}
		fields = append(fields, "volume_ml")
	}
	if in.Classes != nil && !slices.Equal(k.Classes, classed(*in.Classes)) {
		k.Classes = classed(*in.Classes)
		fields = append(fields, "classes")
	}
	return fields
}

func zero(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}

func change[T comparable](fields *[]string, name string, to, from *T) {
	if from != nil && *from != *to {
		*to = *from
		*fields = append(*fields, name)
	}
}

// UpdateSKU changes a SKU. Unmapped listings whose merchant code is a new code
// are mapped to it; those mapped before stay. Permission catalog.edit.
//
// Errors: ErrNoSKU, ErrChanged, and those of CreateSKU. A name of its own stays;
// one made from product and spec follows them.
func (s *Service) UpdateSKU(ctx context.Context, in UpdateSKUInput) (SKU, error) {
	if err := actor.Require(ctx, "catalog.edit"); err != nil {
		return SKU{}, err
	}
	about := &command.About{Action: "catalog.update_sku", Object: "sku/" + in.SKUID.String()}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (SKU, error) {
		k, fields, err := s.UpdateSKUTx(ctx, tx, in)
		about.Detail = map[string]any{"fields": fields}
		return k, err
	})
}

// UpdateSKUTx is UpdateSKU inside the caller's transaction; it names the fields
// that really changed.
func (s *Service) UpdateSKUTx(ctx context.Context, tx *db.Tx, in UpdateSKUInput) (SKU, []string, error) {
	k, err := s.skuTx(ctx, tx, in.SKUID)
	if err != nil {
		return SKU{}, nil, err
	}
	if in.Version != 0 && in.Version != k.Version {
		return SKU{}, nil, ErrChanged
	}
	fields := in.apply(&k)
	if err := k.check(); err != nil {
		return SKU{}, nil, err
	}
	if in.Barcodes != nil && !slices.Equal(sortedText(*in.Barcodes), k.Barcodes) {
		if err := s.setBarcodes(ctx, tx, &k, *in.Barcodes); err != nil {
			return SKU{}, nil, err
		}
		fields = append(fields, "barcodes")
	}
	if len(fields) == 0 {
		return k, nil, nil
	}
	n, err := tx.ExecN(ctx, updateSKU, k.Code, k.Name, k.Spec, k.CostFen, k.WeightGram, k.VolumeML, strings.Join(k.Classes, ","), k.ImageURL, k.Active, actor.Merchant(ctx), k.ID, k.Version)
	switch {
	case db.IsUnique(err):
		return SKU{}, nil, ErrCodeTaken.With("code", k.Code).At("code").Because(err)
	case err != nil:
		return SKU{}, nil, err
	case n == 0:
		return SKU{}, nil, ErrChanged
	}
	k.Version++
	if k.Active {
		if err := s.mapByCode(ctx, tx, map[string]id.ID{k.Code: k.ID}, ByCode); err != nil {
			return SKU{}, nil, err
		}
	}
	return k, fields, s.skuChanged(ctx, tx, k, fields...)
}

// skuTx returns one SKU with its barcodes and components.
func (s *Service) skuTx(ctx context.Context, q db.Querier, skuID id.ID) (SKU, error) {
	found, err := s.SKUsTx(ctx, q, []id.ID{skuID})
	if err != nil {
		return SKU{}, err
	}
	k, ok := found[skuID]
	if !ok {
		return SKU{}, ErrNoSKU
	}
	one := []SKU{k}
	err = s.complete(ctx, q, one)
	return one[0], err
}

// Get returns one SKU with its barcodes and components. Errors: ErrNoSKU.
func (s *Service) Get(ctx context.Context, skuID id.ID) (SKU, error) {
	if _, err := actor.From(ctx); err != nil {
		return SKU{}, err
	}
	return s.skuTx(ctx, s.k.DB, skuID)
}

// complete fills in barcodes and components.
func (s *Service) complete(ctx context.Context, q db.Querier, skus []SKU) error {
	at := map[id.ID]*SKU{}
	var ids, bundles []id.ID
	for i := range skus {
		at[skus[i].ID] = &skus[i]
		ids = append(ids, skus[i].ID)
		if skus[i].IsBundle {
			bundles = append(bundles, skus[i].ID)
		}
	}
	for part := range slices.Chunk(ids, 500) {
		if err := s.scanBarcodes(ctx, q, db.Pad(part), at); err != nil {
			return err
		}
	}
	if len(bundles) == 0 {
		return nil
	}
	parts, err := s.ComponentsTx(ctx, q, bundles)
	if err != nil {
		return err
	}
	for i, c := range parts {
		at[i].Components = c
	}
	return nil
}

func (s *Service) scanBarcodes(ctx context.Context, q db.Querier, ids []id.ID, at map[id.ID]*SKU) error {
	args := []any{actor.Merchant(ctx)}
	for _, i := range ids {
		args = append(args, i)
	}
	for row := range db.Each(ctx, q, selectBarcodes(len(ids)), args...) {
		var code string
		var sku id.ID
		if err := row.Scan(&code, &sku); err != nil {
			return err
		}
		at[sku].Barcodes = append(at[sku].Barcodes, code)
	}
	return nil
}
