package catalog

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// ComponentsInput makes a SKU the bundle of these components, or a plain SKU
// again when there are none.
type ComponentsInput struct {
	SKUID      id.ID
	Version    int64
	Components []Component // SKUID, Quantity, Share count
}

// SetComponents sets what a bundle is made of (组合商品), for orders from now on:
// what orders already hold stays theirs. Permission catalog.edit.
//
// Errors: ErrNoSKU, ErrChanged, ErrBadComponent, ErrNestedBundle,
// ErrComponentUsed, ErrInactive.
func (s *Service) SetComponents(ctx context.Context, in ComponentsInput) (SKU, error) {
	if err := actor.Require(ctx, "catalog.edit"); err != nil {
		return SKU{}, err
	}
	about := &command.About{Action: "catalog.set_components", Object: "sku/" + in.SKUID.String(), Detail: map[string]any{"components": len(in.Components)}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (SKU, error) {
		k, err := s.skuTx(ctx, tx, in.SKUID)
		if err != nil {
			return SKU{}, err
		}
		if in.Version != 0 && in.Version != k.Version {
			return SKU{}, ErrChanged
		}
		parts, err := s.checkComponents(ctx, tx, k, in.Components)
		if err != nil {
			return SKU{}, err
		}
		m := actor.Merchant(ctx)
		if _, err := tx.Exec(ctx, deleteComponents, m, k.ID); err != nil {
			return SKU{}, err
		}
		var rows [][]any
		for _, c := range parts {
			rows = append(rows, []any{m, k.ID, c.SKUID, c.Quantity, c.Share})
		}
		if _, err := tx.Insert(ctx, "catalog_component", componentColumns, rows, ""); err != nil {
			return SKU{}, err
		}
		n, err := tx.ExecN(ctx, setBundle, len(parts) > 0, m, k.ID, k.Version)
		if err != nil {
			return SKU{}, err
		}
		if n == 0 {
			return SKU{}, ErrChanged
		}
		k.Version++
		k.IsBundle, k.Components = len(parts) > 0, parts
		return k, s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "sku", ID: k.ID, Version: k.Version}, ComponentsChanged{k.ID})
	})
}

func (s *Service) checkComponents(ctx context.Context, tx *db.Tx, k SKU, in []Component) ([]Component, error) {
	if len(in) == 0 {
		return nil, nil
	}
	if len(in) > 50 {
		return nil, ErrBadComponent.At("components")
	}
	var used int64
	if err := tx.QueryRow(ctx, selectUsed, actor.Merchant(ctx), k.ID).Scan(&used); err != nil {
		return nil, err
	}
	if used > 0 {
		return nil, ErrComponentUsed.With("code", k.Code)
	}
	ids := make([]id.ID, len(in))
	for i, c := range in {
		if c.Quantity < 1 || c.Quantity > 10_000 || c.Share < 0 || c.Share > 1_000_000 || c.SKUID == k.ID || slices.Contains(ids[:i], c.SKUID) {
			return nil, ErrBadComponent.At("components")
		}
		ids[i] = c.SKUID
	}
	skus, err := s.SKUsTx(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Component, len(in))
	for i, c := range in {
		part, ok := skus[c.SKUID]
		switch {
		case !ok:
			return nil, ErrNoSKU.At("components")
		case part.IsBundle:
			return nil, ErrNestedBundle.With("code", part.Code).At("components")
		case !part.Active:
			return nil, ErrInactive.With("code", part.Code).At("components")
		}
		out[i] = Component{SKUID: c.SKUID, Code: part.Code, Name: part.Name, Quantity: c.Quantity, Share: c.Share}
	}
	return out, nil
}
