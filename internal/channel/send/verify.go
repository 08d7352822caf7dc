package send

import (
	"context"
	"fmt"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// mostFindings bounds what one check lists.
const mostFindings = 200

// Verify proves the acting merchant's way back to its channels: effects in states
// that the sender leaves behind, shipments that are done and whose parcels say so,
// and listings that are told what they shall show. It returns what is wrong, in
// words; nothing of a sound instance.
func (s *Service) Verify(ctx context.Context) ([]string, error) {
	out := []string{}
	m := actor.Merchant(ctx)
	for _, c := range []struct{ text, sql string }{
		{"effect %s is in an impossible state (attempts %d, done at %d)", findImpossible},
		{"effect %s was sent %d times and nobody has tried it (next at %d)", findUntried},
		{"effect %s is about order %d, which is not the shop's (effect %d)", findForeign},
		{"effect %s is done and its parcel %d is not reported (effect %d)", findUnreported},
		{"listing %s shall show %d and was told %d, and nothing is going to tell it", findForgotten},
	} {
		if err := s.verify(ctx, c.text, c.sql, &out, m, mostFindings); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Service) verify(ctx context.Context, text, q string, out *[]string, args ...any) error {
	for row := range db.Each(ctx, s.k.DB, q, args...) {
		var shopID id.ID
		var name string
		var a, b int64
		if err := row.Scan(&shopID, &name, &a, &b); err != nil {
			return err
		}
		*out = append(*out, fmt.Sprintf("shop %d: "+text, shopID, name, a, b))
	}
	return nil
}
