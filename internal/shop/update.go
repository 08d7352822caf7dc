package shop

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// UpdateInput changes settings of a shop; nil fields stay. Version is the one the
// caller read, 0 to overwrite whatever is there.
type UpdateInput struct {
	ShopID          id.ID
	Version         int64
	Name            *string
	Mode            *string
	LiveFrom        *int64
	WarehouseID     *id.ID
	ReserveOn       *string
	AutoApprove     *bool
	StaleAfterHours *int64
	Active          *bool
	Position        *int64
}

// apply writes what is given and names what really changed.
func (in UpdateInput) apply(s *Shop) (fields []string) {
	set(&fields, "name", &s.Name, in.Name)
	set(&fields, "mode", &s.Mode, in.Mode)
	set(&fields, "live_from_at", &s.LiveFrom, in.LiveFrom)
	set(&fields, "warehouse_id", &s.WarehouseID, in.WarehouseID)
	set(&fields, "reserve_on", &s.ReserveOn, in.ReserveOn)
	set(&fields, "auto_approve", &s.AutoApprove, in.AutoApprove)
	set(&fields, "stale_after_hours", &s.StaleAfterHours, in.StaleAfterHours)
	set(&fields, "active", &s.Active, in.Active)
	set(&fields, "position", &s.Position, in.Position)
	return fields
}

func set[T comparable](changed *[]string, name string, to, from *T) {
	if from != nil && *from != *to {
		*to = *from
		*changed = append(*changed, name)
	}
}

// Update changes settings of a shop. A change of live_from concerns orders that
// arrive from now on; what we hold stays what it is. Permission shop.edit.
//
// Errors: ErrNotFound, ErrChanged, ErrBadName, ErrBadValue, ErrNameTaken, and the
// refusal of BeforeAPI where the mode changes.
func (s *Service) Update(ctx context.Context, in UpdateInput) (Shop, error) {
	if err := actor.Require(ctx, "shop.edit"); err != nil {
		return Shop{}, err
	}
	about := &command.About{Action: "shop.update", Object: "shop/" + in.ShopID.String()}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Shop, error) {
		one, err := s.GetTx(ctx, tx, in.ShopID)
		if err != nil {
			return Shop{}, err
		}
		if in.Version != 0 && in.Version != one.Version {
			return Shop{}, ErrChanged
		}
		fields := in.apply(&one)
		if err := one.check(); err != nil {
			return Shop{}, err
		}
		if slices.Contains(fields, "mode") {
			if err := s.mayPull(ctx, tx, one); err != nil {
				return Shop{}, err
			}
		}
		about.Detail = map[string]any{"fields": fields}
		if len(fields) == 0 {
			return one, nil
		}
		n, err := tx.ExecN(ctx, updateOne, one.Name, one.Mode, one.LiveFrom, one.WarehouseID, one.ReserveOn, one.AutoApprove,
			one.StaleAfterHours, one.Active, one.Position, actor.Merchant(ctx), one.ID, one.Version)
		switch {
		case db.IsUnique(err):
			return Shop{}, ErrNameTaken.With("name", one.Name).At("name").Because(err)
		case err != nil:
			return Shop{}, err
		case n == 0:
			return Shop{}, ErrChanged
		}
		one.Version++
		return one, s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "shop", ID: one.ID, Version: one.Version},
			Changed{ShopID: one.ID, Fields: fields})
	})
}
