package catalog

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// keyOf is what a listing is known by within its shop.
func (s Seen) key() string {
	switch {
	case s.SKUNo != "":
		return bounded("s:" + s.SKUNo)
	case s.MerchantCode != "":
		return bounded("c:" + s.MerchantCode + "\x1f" + s.Spec)
	case s.ItemNo != "":
		return bounded("i:" + s.ItemNo + "\x1f" + s.Spec)
	}
	return bounded("t:" + s.Title + "\x1f" + s.Spec)
}

// bounded keeps a key within what an index entry may hold.
func bounded(key string) string {
	if len(key) <= 200 {
		return key
	}
	h := sha256.Sum256([]byte(key))
	return key[:2] + "h:" + hex.EncodeToString(h[:])
}

// sight is one distinct listing of a batch.
type sight struct {
	Seen
	key     string
	id, sku id.ID
	version int64
	old     *Seen // as stored, nil when the listing is new
}

// EnsureListingsTx returns, for every Seen and in the same order, its listing and
// the SKU that stands for. New listings are added, and mapped at once when their
// merchant code is an active SKU's; so are known unmapped ones. Known listings
// cost a look-up and no write. Batches of hundreds take a few statements.
func (s *Service) EnsureListingsTx(ctx context.Context, tx *db.Tx, seen []Seen) ([]Mapped, error) {
	byKey := map[id.ID]map[string]*sight{}
	where := make([]*sight, len(seen))
	var all []*sight
	for i, one := range seen {
		key := one.key()
		if byKey[one.ShopID] == nil {
			byKey[one.ShopID] = map[string]*sight{}
		}
		at := byKey[one.ShopID][key]
		if at == nil {
			at = &sight{Seen: one, key: key}
			byKey[one.ShopID][key] = at
			all = append(all, at)
		}
		where[i] = at
	}
	slices.SortFunc(all, func(a, b *sight) int {
		return cmp.Or(cmp.Compare(a.ShopID, b.ShopID), strings.Compare(a.key, b.key))
	})
	if err := s.meet(ctx, tx, all); err != nil {
		return nil, err
	}
	out := make([]Mapped, len(seen))
	for i, at := range where {
		out[i] = Mapped{ListingID: at.id, SKUID: at.sku}
	}
	return out, nil
}

func (s *Service) meet(ctx context.Context, tx *db.Tx, all []*sight) error {
	if err := s.findListings(ctx, tx, all); err != nil {
		return err
	}
	if err := s.refresh(ctx, tx, all); err != nil {
		return err
	}
	codes, err := s.codesOf(ctx, tx, all)
	if err != nil {
		return err
	}
	if err := s.autoMap(ctx, tx, all, codes); err != nil {
		return err
	}
	if err := s.addListings(ctx, tx, all, codes); err != nil {
		return err
	}
	return s.settle(ctx, tx, all)
}

// findListings fills in what is known. all is sorted by shop and key.
func (s *Service) findListings(ctx context.Context, tx *db.Tx, all []*sight) error {
	m := actor.Merchant(ctx)
	for len(all) > 0 {
		n := 1
		for n < len(all) && n < 256 && all[n].ShopID == all[0].ShopID {
			n++
		}
		part := all[:n]
		all = all[n:]
		at := make(map[string]*sight, n)
		args := []any{m, part[0].ShopID}
		padded := db.Pad(part)
		for _, one := range padded {
			at[one.key] = one
			args = append(args, one.key)
		}
		if err := scanKnown(ctx, tx, len(padded), args, at); err != nil {
			return err
		}
	}
	return nil
}

func scanKnown(ctx context.Context, tx *db.Tx, n int, args []any, at map[string]*sight) error {
	for row := range db.Each(ctx, tx, selectKnown(n), args...) {
		var found sight
		var old Seen
		if err := row.Scan(&found.id, &found.key, &old.ItemNo, &old.MerchantCode, &old.Title, &old.Spec, &old.ImageURL,
			&found.sku, &found.version); err != nil {
			return err
		}
		one := at[found.key]
		one.id, one.sku, one.version, one.old = found.id, found.sku, found.version, &old
	}
	return nil
}

// refresh keeps what the shop shows now: a listing known by its number may have a
// new title, code or picture. Silence of a source changes nothing.
func (s *Service) refresh(ctx context.Context, tx *db.Tx, all []*sight) error {
	var stmts []db.Stmt
	texts := map[id.ID][]string{}
	for _, one := range all {
		if one.old == nil {
			continue
		}
		now := *one.old
		keep(&now.ItemNo, one.ItemNo)
		keep(&now.MerchantCode, one.MerchantCode)
		keep(&now.Title, one.Title)
		keep(&now.Spec, one.Spec)
		keep(&now.ImageURL, one.ImageURL)
		if now != *one.old {
			stmts = append(stmts, db.Stmt{SQL: refreshListing, Want: 1,
				Args: []any{now.ItemNo, now.MerchantCode, now.Title, now.Spec, now.ImageURL, actor.Merchant(ctx), one.id}})
		}
		if now.Title != one.old.Title || now.Spec != one.old.Spec {
			texts[one.id] = []string{now.Title, now.Spec}
		}
		one.MerchantCode = now.MerchantCode
	}
	if len(stmts) == 0 {
		return nil
	}
	if _, err := tx.Batch(ctx, stmts); err != nil {
		return err
	}
	return addWords(ctx, tx, texts, keepWord)
}

func keep(to *string, seen string) {
	if seen != "" {
		*to = seen
	}
}

// codesOf looks up the active SKUs of the codes that unmapped listings carry.
func (s *Service) codesOf(ctx context.Context, q db.Querier, all []*sight) (map[string]id.ID, error) {
	var codes []string
	for _, one := range all {
		if one.sku == 0 && one.MerchantCode != "" && len(one.MerchantCode) <= maxCodeBytes {
			codes = append(codes, one.MerchantCode)
		}
	}
	return s.activeCodes(ctx, q, codes)
}

func (s *Service) activeCodes(ctx context.Context, q db.Querier, codes []string) (map[string]id.ID, error) {
	slices.Sort(codes)
	out := map[string]id.ID{}
	for part := range slices.Chunk(slices.Compact(codes), 256) {
		part = db.Pad(part)
		args := []any{actor.Merchant(ctx)}
		for _, c := range part {
			args = append(args, c)
		}
		if err := scanCodes(ctx, q, len(part), args, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func scanCodes(ctx context.Context, q db.Querier, n int, args []any, out map[string]id.ID) error {
	for row := range db.Each(ctx, q, selectCodes(n), args...) {
		var code string
		var sku id.ID
		if err := row.Scan(&code, &sku); err != nil {
			return err
		}
		out[code] = sku
	}
	return nil
}

// autoMap maps known unmapped listings whose code is a SKU's by now.
func (s *Service) autoMap(ctx context.Context, tx *db.Tx, all []*sight, codes map[string]id.ID) error {
	var mapped []event.Appended
	for _, one := range all {
		sku := codes[one.MerchantCode]
		if one.old == nil || one.sku != 0 || sku == 0 || one.MerchantCode == "" {
			continue
		}
		n, err := tx.ExecN(ctx, autoMapListing, sku, actor.Merchant(ctx), one.id)
		if err != nil {
			return err
		}
		if n == 1 {
			one.sku = sku
			mapped = append(mapped, listingMapped(one.id, one.version+1, sku))
		}
	}
	return s.k.Events.AppendAllTx(ctx, tx, mapped)
}

func listingMapped(listing id.ID, version int64, sku id.ID) event.Appended {
	return event.Appended{Of: event.Of{Aggregate: "listing", ID: listing, Version: version}, Payload: ListingMapped{ListingID: listing, SKUID: sku}}
}

// addListings adds the unknown ones. No order knows them yet, so a mapping made
// here needs no event.
func (s *Service) addListings(ctx context.Context, tx *db.Tx, all []*sight, codes map[string]id.ID) error {
	m, now := actor.Merchant(ctx), clock.Millis(s.k.Clock)
	var rows [][]any
	var fresh []*sight
	var own []id.ID
	for _, one := range all {
		if one.id != 0 {
			continue
		}
		by, sku := "", id.ID(0)
		if one.MerchantCode != "" {
			if sku = codes[one.MerchantCode]; sku != 0 {
				by = ByCode
			}
		}
		fresh = append(fresh, one)
		own = append(own, s.k.IDs.New())
		rows = append(rows, []any{m, own[len(own)-1], one.ShopID, one.key, one.ItemNo, one.SKUNo, one.MerchantCode,
			one.Title, one.Spec, one.ImageURL, sku, by, now, 1})
	}
	if len(rows) == 0 {
		return nil
	}
	if _, err := tx.Insert(ctx, "catalog_listing", listingColumns, rows, keepListing); err != nil {
		return err
	}
	if err := s.findListings(ctx, tx, fresh); err != nil {
		return err
	}
	texts := map[id.ID][]string{}
	for i, one := range fresh {
		if one.id == own[i] { // else another order brought it in, with its words
			texts[one.id] = []string{one.Title, one.Spec}
		}
	}
	return addWords(ctx, tx, texts, "")
}

// settle reads the SKUs of unmapped listings once more under a lock that a mapping
// has to wait for: else an order that saw the listing unmapped could commit after
// the mapping's event was handled, and would never be relinked. SQLite has one
// writer and needs none of this.
func (s *Service) settle(ctx context.Context, tx *db.Tx, all []*sight) error {
	if tx.Dialect() != db.Postgres {
		return nil
	}
	at := map[id.ID]*sight{}
	var ids []id.ID
	for _, one := range all {
		if one.sku == 0 {
			at[one.id] = one
			ids = append(ids, one.id)
		}
	}
	slices.Sort(ids)
	for part := range slices.Chunk(ids, 256) {
		if err := lockUnmapped(ctx, tx, db.Pad(part), at); err != nil {
			return err
		}
	}
	return nil
}

func lockUnmapped(ctx context.Context, tx *db.Tx, ids []id.ID, at map[id.ID]*sight) error {
	args := []any{actor.Merchant(ctx)}
	for _, i := range ids {
		args = append(args, i)
	}
	for row := range db.Each(ctx, tx, selectUnmappedLocked(len(ids)), args...) {
		var listing, sku id.ID
		if err := row.Scan(&listing, &sku); err != nil {
			return err
		}
		at[listing].sku = sku
	}
	return nil
}
