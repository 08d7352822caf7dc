package inventory

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
)

// Finding is a balance that is not what its books say. All in pieces.
type Finding struct {
	SKUID, WarehouseID  string
	Condition           string
	OnHand, Moved       int64 // the balance, and the sum of its movements
	Reserved, MovedHold int64 // reserved, and the sum of its movements
	HeldByOrders        int64 // the sum of the open reservations
}

// Verify proves the books of the acting merchant: every balance is the sum of its
// movements and every reserved quantity the sum of the open reservations. No
// finding means that all agree.
func (s *Service) Verify(ctx context.Context) ([]Finding, error) {
	m := actor.Merchant(ctx)
	var out []Finding
	for row := range db.Each(ctx, s.k.DB, verifySums, m, m, m) {
		var f Finding
		if err := row.Scan(&f.SKUID, &f.WarehouseID, &f.Condition, &f.OnHand, &f.Reserved, &f.Moved, &f.MovedHold, &f.HeldByOrders); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}
