package shop

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// CreateInput describes a new shop. Empty fields take defaults: file mode, live
// from now, the merchant's default warehouse, reserve when paid, stale after 24 h.
type CreateInput struct {
	Channel         string
	Name            string
	Mode            string
	LiveFrom        int64
	WarehouseID     id.ID
	ReserveOn       string
	AutoApprove     bool
	StaleAfterHours int64
}

func (in CreateInput) shop(now int64) Shop {
	s := Shop{Channel: in.Channel, Name: in.Name, Mode: in.Mode, TimeZone: "Asia/Shanghai", LiveFrom: in.LiveFrom,
		WarehouseID: in.WarehouseID, ReserveOn: in.ReserveOn, AutoApprove: in.AutoApprove,
		StaleAfterHours: in.StaleAfterHours, Active: true, CreatedAt: now, Version: 1}
	if s.Mode == "" {
		s.Mode = ModeFile
	}
	if s.LiveFrom == 0 {
		s.LiveFrom = now
	}
	if s.ReserveOn == "" {
		s.ReserveOn = ReserveOnPaid
	}
	if s.StaleAfterHours == 0 {
		s.StaleAfterHours = 24
	}
	return s
}

// Create adds a shop (新增店铺). Permission shop.edit.
//
// Errors: ErrBadName, ErrUnknownChannel, ErrBadValue, ErrNameTaken, and the refusal
// of BeforeAPI: a new shop begins with files, its access turns it to pulling.
func (s *Service) Create(ctx context.Context, in CreateInput) (Shop, error) {
	if err := actor.Require(ctx, "shop.edit"); err != nil {
		return Shop{}, err
	}
	one := in.shop(clock.Millis(s.k.Clock))
	if err := one.check(); err != nil {
		return Shop{}, err
	}
	if !slices.Contains(s.channels, one.Channel) {
		return Shop{}, ErrUnknownChannel.With("channel", one.Channel).At("channel")
	}
	about := &command.About{Action: "shop.create", Detail: map[string]any{"channel": one.Channel, "name": one.Name}}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Shop, error) {
		made := one
		made.ID = s.k.IDs.New()
		m := actor.Merchant(ctx)
		if err := s.mayPull(ctx, tx, made); err != nil {
			return Shop{}, err
		}
		if err := tx.QueryRow(ctx, selectTop, m).Scan(&made.Position); err != nil {
			return Shop{}, err
		}
		made.Position++
		about.Object = "shop/" + made.ID.String()
		_, err := tx.Exec(ctx, insertOne, m, made.ID, made.Channel, made.Name, made.Mode, made.TimeZone, made.LiveFrom, made.WarehouseID,
			made.ReserveOn, made.AutoApprove, made.StaleAfterHours, made.DataAt, made.Active, made.Position, made.CreatedAt, made.Version)
		if db.IsUnique(err) {
			return Shop{}, ErrNameTaken.With("name", made.Name).At("name").Because(err)
		}
		if err != nil {
			return Shop{}, err
		}
		return made, s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "shop", ID: made.ID, Version: made.Version},
			Created{ShopID: made.ID, Channel: made.Channel, Name: made.Name})
	})
}
