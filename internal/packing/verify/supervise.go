package verify

import (
	"context"

	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/packing"
)

// Supervisor is who signs at the bench of somebody without permission packing.force. It is
// never stored.
type Supervisor struct {
	UserName, Password string
	TOTP               string // for those who have a second factor
}

// supervised tells who answers for passing what does not verify: the actor himself, or the
// supervisor who signs, whose warehouses must include the parcel's.
//
// Errors: ErrSupervisor, ErrNoSession, those of Vouch.
func (s *Service) supervised(ctx context.Context, by *Supervisor, session id.ID) (id.ID, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return 0, err
	}
	if by == nil || by.UserName == "" {
		if actor.Require(ctx, packing.PermitForce) != nil {
			return 0, ErrSupervisor
		}
		return a.ID, nil
	}
	if s.around.Vouch == nil {
		return 0, ErrSupervisor
	}
	who, err := s.around.Vouch(ctx, *by, packing.PermitForce)
	if err != nil {
		return 0, err
	}
	se, err := s.readOne(ctx, s.k.DB, session)
	if err == nil && !who.InScope(inventory.Scope, se.WarehouseID) {
		err = ErrSupervisor
	}
	return who.ID, err
}
