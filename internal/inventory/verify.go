package inventory

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/actor"
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
	rows, err := s.k.DB.Query(ctx, verifySums, m, m, m)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Finding
	for rows.Next() {
		var f Finding
		if err := rows.Scan(&f.SKUID, &f.WarehouseID, &f.Condition, &f.OnHand, &f.Reserved, &f.Moved, &f.MovedHold, &f.HeldByOrders); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, rows.Err()
}
