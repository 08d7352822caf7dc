package verify

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/packing"
)

// Here is how many numbers of a carrier have shipped and were not handed over.
type Here struct {
	Carrier string // code
	Parcels int64
}

// StillHereCounts counts what has shipped and was not handed over by carrier, in one
// warehouse or in all (0), the most first. Permission packing.read.
func (s *Service) StillHereCounts(ctx context.Context, warehouse id.ID) ([]Here, error) {
	if err := actor.Require(ctx, packing.PermitRead); err != nil {
		return nil, err
	}
	args, houses, none := scope(ctx)
	if none {
		return nil, nil
	}
	of, more, err := s.notHanded(ctx, false)
	if err != nil {
		return nil, err
	}
	args = slices.Insert(args, 1, more...)
	if warehouse != 0 {
		args = append(args, warehouse)
	}
	var out []Here
	err = db.Read(ctx, s.k.DB, stillHereCounts(of, houses, warehouse != 0), args, func(r *db.Row) {
		out = append(out, Here{Carrier: r.Text(), Parcels: r.Int()})
	})
	return out, err
}

// notHanded are the condition, and its arguments after the merchant, of what waits for its
// handover scan, or of what has waited for so long that it counts as gone.
func (s *Service) notHanded(ctx context.Context, gone bool) (string, []any, error) {
	p, err := s.policy(ctx, s.k.DB)
	args := []any{s.now() - p.HereDays*24*3_600_000}
	for _, w := range p.NoHandover {
		args = append(args, w)
	}
	return notHanded(gone, len(p.NoHandover)), args, err
}
