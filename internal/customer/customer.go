package customer

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// Seen is a buyer as an order names it. BuyerKey is the channel's stable buyer
// id; where it is empty the nickname stands in. PlacedAt is unix milliseconds.
type Seen struct {
	ShopID   id.ID
	BuyerKey string
	Nick     string
	PlacedAt int64
}

// Service is the customer capability.
type Service struct{ k *kit.Kit }

// New returns the capability.
func New(k *kit.Kit) *Service { return &Service{k: k} }

// buyer is one distinct buyer of a batch.
type buyer struct {
	shop        id.ID
	key, nick   string
	first, last int64
	id          id.ID
}

// EnsureTx returns the customer of every Seen, in the same order, and adds those
// we did not know. A Seen with neither key nor nickname gives 0: nobody is known.
// Batches of hundreds take a few statements; a buyer whose orders lie within the
// span we know costs no write.
func (s *Service) EnsureTx(ctx context.Context, tx *db.Tx, seen []Seen) ([]id.ID, error) {
	out := make([]id.ID, len(seen))
	where := make([]*buyer, len(seen))
	known := map[id.ID]map[string]*buyer{}
	var all []*buyer
	for i, b := range seen {
		key := keyOf(b)
		if key == "" {
			continue
		}
		if known[b.ShopID] == nil {
			known[b.ShopID] = map[string]*buyer{}
		}
		one := known[b.ShopID][key]
		if one == nil {
			one = &buyer{shop: b.ShopID, key: key, first: b.PlacedAt, last: b.PlacedAt}
			known[b.ShopID][key] = one
			all = append(all, one)
		}
		if b.Nick != "" {
			one.nick = b.Nick
		}
		one.first, one.last = min(one.first, b.PlacedAt), max(one.last, b.PlacedAt)
		where[i] = one
	}
	slices.SortFunc(all, func(a, b *buyer) int {
		return cmp.Or(cmp.Compare(a.shop, b.shop), strings.Compare(a.key, b.key))
	})
	if err := s.findOrAdd(ctx, tx, all); err != nil {
		return nil, err
	}
	for i, b := range where {
		if b != nil {
			out[i] = b.id
		}
	}
	return out, nil
}

func keyOf(b Seen) string {
	switch {
	case b.BuyerKey != "":
		return bounded("k:" + b.BuyerKey)
	case b.Nick != "":
		return bounded("n:" + b.Nick)
	}
	return ""
}

// bounded keeps a key within what an index entry may hold.
func bounded(key string) string {
	if len(key) <= 200 {
		return key
	}
	h := sha256.Sum256([]byte(key))
	return "h:" + hex.EncodeToString(h[:])
}

func (s *Service) findOrAdd(ctx context.Context, tx *db.Tx, all []*buyer) error {
	if err := s.find(ctx, tx, all); err != nil {
		return err
	}
	var fresh []*buyer
	var rows [][]any
	m, now := actor.Merchant(ctx), clock.Millis(s.k.Clock)
	for _, b := range all {
		if b.id == 0 {
			fresh = append(fresh, b)
			rows = append(rows, []any{m, s.k.IDs.New(), b.shop, b.key, b.nick, b.first, b.last, now})
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	added, err := tx.Insert(ctx, "customer_customer", insertColumns, rows, keepFirst)
	if err != nil {
		return err
	}
	if added < int64(len(fresh)) { // somebody else met one of them meanwhile
		return s.find(ctx, tx, fresh)
	}
	for i, b := range fresh {
		b.id = rows[i][1].(id.ID)
	}
	return nil
}

// chunk bounds how many keys one look-up carries.
const chunk = 200

// find fills in the ids of buyers we know and widens their span where needed.
// all is sorted by shop and key.
func (s *Service) find(ctx context.Context, tx *db.Tx, all []*buyer) error {
	m := actor.Merchant(ctx)
	for len(all) > 0 {
		n := 1
		for n < len(all) && n < chunk && all[n].shop == all[0].shop {
			n++
		}
		part := all[:n]
		all = all[n:]
		found, err := lookUp(ctx, tx, m, part)
		if err != nil {
			return err
		}
		var wider []db.Stmt
		for _, b := range part {
			old, ok := found[b.key]
			if !ok {
				continue
			}
			b.id = old.id
			if b.first < old.first || b.last > old.last {
				wider = append(wider, db.Stmt{SQL: widen, Args: []any{b.first, b.first, b.last, b.last, m, b.id}, Want: 1})
			}
		}
		if len(wider) > 0 {
			if _, err := tx.Batch(ctx, wider); err != nil {
				return err
			}
		}
	}
	return nil
}

func lookUp(ctx context.Context, q db.Querier, m id.ID, part []*buyer) (map[string]buyer, error) {
	args := []any{m, part[0].shop}
	padded := db.Pad(part)
	for _, b := range padded {
		args = append(args, b.key)
	}
	found := make(map[string]buyer, len(part))
	for row := range db.Each(ctx, q, selectSeen(len(padded)), args...) {
		var b buyer
		if err := row.Scan(&b.id, &b.key, &b.first, &b.last); err != nil {
			return nil, err
		}
		found[b.key] = b
	}
	return found, nil
}
