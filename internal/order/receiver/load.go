package receiver

import (
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/seal"
)

// Load reads and opens the receivers of orders; one without a receiver is left out.
func Load(ctx context.Context, q db.Querier, m id.ID, keys *seal.Keys, ids []id.ID) (map[id.ID]*Stored, error) {
	out := make(map[id.ID]*Stored, len(ids))
	for part := range slices.Chunk(ids, lookupChunk) {
		if err := scan(ctx, q, m, keys, part, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func scan(ctx context.Context, q db.Querier, m id.ID, keys *seal.Keys, ids []id.ID, out map[id.ID]*Stored) error {
	ids = db.Pad(ids)
	args := make([]any, 0, len(ids)+1)
	args = append(args, int64(m))
	for _, i := range ids {
		args = append(args, int64(i))
	}
	for row := range db.Each(ctx, q, selectSealed(len(args)-1), args...) {
		var i id.ID
		var s []byte
		err := row.Scan(&i, &s)
		if err != nil {
			return err
		}
		if out[i], err = open(keys, i, s); err != nil {
			return err
		}
	}
	return nil
}
