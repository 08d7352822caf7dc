package send

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/kit/run"
)

const (
	lookBack   = 15 * time.Second // movements get their time before they commit
	lookAll    = 10 * time.Minute // every listing is worked out anew, whatever moved
	pushBatch  = 50
	staleAfter = 5 * time.Minute
)

// Level is what a listing was told, and what it shall be told.
type Level struct {
	ListingID   id.ID
	SKUID       id.ID
	Wanted      int64
	Pushed      int64 // -1 while the channel was told nothing
	ChangedAt   int64 // since when they differ, 0 where they do not
	PushedAt    int64
	Attempts    int64
	NextAt      int64
	ErrorCode   string
	ErrorParams map[string]any
}

// watch is when a merchant's stock was looked at, kept in memory: a new process
// looks at everything once.
type watch struct {
	all, moved int64
	versions   int64
	alarmed    map[id.ID]int64
}

// pushAll works out what listings shall show and starts a task for every shop that
// has something to be told.
func (s *Service) pushAll(ctx context.Context, tasks *run.Keyed, m id.ID) error {
	plans, err := s.plans(ctx, s.k.DB)
	if err != nil || len(plans) == 0 {
		return err
	}
	shops, err := s.online(ctx, s.k.DB)
	if err != nil {
		return err
	}
	plans = slices.DeleteFunc(plans, func(p Plan) bool {
		one, on := shops[p.ShopID]
		return p.Mode == Off || !on || !one.Can(channel.StockPush)
	})
	if err := s.work(ctx, m, plans); err != nil {
		return err
	}
	for _, p := range plans {
		tasks.Go("stock/"+m.String()+"/"+p.ShopID.String(), func(ctx context.Context) {
			ctx = actor.With(ctx, actor.ForSystem(m, "channel.push_stock"))
			if err := s.PushStock(ctx, p.ShopID); err != nil && ctx.Err() == nil {
				s.k.Log.Warn("push stock", "shop", p.ShopID, "error", err)
			}
		})
	}
	return nil
}

// work brings channel_stock_level up to date with what moved.
func (s *Service) work(ctx context.Context, m id.ID, plans []Plan) error {
	s.mu.Lock()
	w := s.watches[m]
	if w == nil {
		w = &watch{alarmed: map[id.ID]int64{}}
		s.watches[m] = w
	}
	s.mu.Unlock()
	if len(plans) == 0 {
		return nil
	}
	now := clock.Millis(s.k.Clock)
	versions := int64(0)
	for _, p := range plans {
		versions += p.Version + p.UpdatedAt
	}
	s.mu.Lock()
	again := s.recount[m]
	delete(s.recount, m)
	s.mu.Unlock()
	if again {
		w.all = 0 // until it has been done
	}
	if now-w.all >= lookAll.Milliseconds() || versions != w.versions {
		for _, p := range plans {
			if err := s.Recount(ctx, p); err != nil {
				return err
			}
		}
		w.all, w.moved, w.versions = now, now, versions
		return s.alarm(ctx, w, now)
	}
	moved, err := s.stock.ChangedTx(ctx, s.k.DB, w.moved-lookBack.Milliseconds())
	if err != nil {
		return err
	}
	if len(moved) == 0 {
		w.moved = now
		return nil
	}
	listings, err := s.catalog.ListingsOfSKUsTx(ctx, s.k.DB, moved)
	if err != nil {
		return err
	}
	for _, p := range plans {
		own := slices.DeleteFunc(slices.Clone(listings), func(l catalog.Listing) bool { return l.ShopID != p.ShopID })
		if err := s.putLevels(ctx, p, own); err != nil {
			return err
		}
	}
	w.moved = now // what failed above is looked at again
	return s.alarm(ctx, w, now)
}

// Recount works out every listing of the plan's shop, and forgets those that lost
// their SKU.
func (s *Service) Recount(ctx context.Context, p Plan) error {
	mapped := true
	f := catalog.ListingFilter{ShopID: p.ShopID, Mapped: &mapped, Limit: 200}
	for {
		listings, next, err := s.catalog.Listings(ctx, f)
		if err != nil {
			return err
		}
		if err := s.putLevels(ctx, p, listings); err != nil {
			return err
		}
		if next == "" {
			return s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, dropUnmapped, actor.Merchant(ctx), p.ShopID)
				return err
			})
		}
		f.Cursor = next
	}
}

// putLevels writes what listings of one shop shall show.
func (s *Service) putLevels(ctx context.Context, p Plan, listings []catalog.Listing) error {
	if len(listings) == 0 {
		return nil
	}
	offers, err := s.offers(ctx, s.k.DB, p, listings)
	if err != nil {
		return err
	}
	slices.SortFunc(listings, func(a, b catalog.Listing) int { return cmp.Compare(a.ID, b.ID) })
	m, now := actor.Merchant(ctx), clock.Millis(s.k.Clock)
	for part := range slices.Chunk(listings, 200) {
		var stmts []db.Stmt
		for _, l := range part {
			stmts = append(stmts, db.Stmt{SQL: upsertLevel, Want: -1, Args: []any{m, p.ShopID, l.ID, l.SKUID, offers[l.SKUID].Wanted, now, now}})
		}
		err := s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Batch(ctx, stmts)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// PushStock tells a shop's channel what changed, in full numbers. Two processes
// never push for the same shop.
func (s *Service) PushStock(ctx context.Context, shopID id.ID) error {
	now := clock.Millis(s.k.Clock)
	due, err := s.levels(ctx, selectDueLevels, actor.Merchant(ctx), shopID, now, pushBatch)
	if err != nil || len(due) == 0 {
		return err
	}
	mine, err := s.lease(ctx, shopID, workStock)
	if err != nil || !mine {
		return err
	}
	defer s.unlease(ctx, shopID, workStock)
	client, err := s.doors.Open(ctx, shopID)
	if err != nil {
		return errors.Join(err, s.failAll(ctx, shopID, due, err))
	}
	pusher, ok := client.(channel.StockPusher)
	if !ok {
		return nil
	}
	for n := 0; len(due) > 0 && ctx.Err() == nil; n++ {
		if n > 0 {
			if mine, err := s.lease(ctx, shopID, workStock); err != nil || !mine {
				return err
			}
			if err := s.doors.Turn(ctx, shopID); err != nil {
				return err
			}
		}
		if err := s.pushBatch(ctx, shopID, pusher, due); err != nil {
			return err
		}
		if due, err = s.levels(ctx, selectDueLevels, actor.Merchant(ctx), shopID, clock.Millis(s.k.Clock), pushBatch); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (s *Service) pushBatch(ctx context.Context, shopID id.ID, pusher channel.StockPusher, due []Level) error {
	ids := make([]id.ID, len(due))
	for i, l := range due {
		ids[i] = l.ListingID
	}
	listings, err := s.catalog.ListingsTx(ctx, s.k.DB, ids)
	if err != nil {
		return err
	}
	byID := make(map[id.ID]catalog.Listing, len(listings))
	for _, l := range listings {
		byID[l.ID] = l
	}
	levels := make([]channel.StockLevel, len(due))
	for i, l := range due {
		of := byID[l.ListingID]
		// The key is the same while the same number is told for the same change.
		levels[i] = channel.StockLevel{Key: fmt.Sprintf("stock/%d/%d/%d", l.ListingID, l.ChangedAt, l.Wanted), ItemNo: of.ChannelItemNo,
			SKUNo: of.ChannelSKUNo, Code: of.MerchantSKUCode, Quantity: max(0, l.Wanted)}
	}
	results, err := pusher.PushStock(ctx, levels)
	s.doors.Told(ctx, shopID, err)
	if err != nil {
		return errors.Join(err, s.failAll(ctx, shopID, due, err))
	}
	if len(results) != len(levels) {
		return s.failAll(ctx, shopID, due, channel.ErrAnswer.With("channel_message", "results"))
	}
	return s.settleLevels(context.WithoutCancel(ctx), shopID, due, results)
}

// settleLevels writes down what the channel took and what it did not.
func (s *Service) settleLevels(ctx context.Context, shopID id.ID, due []Level, results []error) error {
	m, now := actor.Merchant(ctx), clock.Millis(s.k.Clock)
	var stmts []db.Stmt
	for i, l := range due {
		if results[i] == nil {
			stmts = append(stmts, db.Stmt{SQL: confirmLevel, Want: -1, Args: []any{l.Wanted, now, l.Wanted, now, m, shopID, l.ListingID}})
			continue
		}
		code, params, _ := job.RowError(results[i])
		wait := backoff(l.Attempts + 1)
		if o := judge(results[i]); o.state == Refused {
			wait = longestGap.Milliseconds() // a listing that the channel does not know will not be known in two seconds
		}
		stmts = append(stmts, db.Stmt{SQL: failLevel, Want: -1, Args: []any{now + wait, code, paramsText(params), m, shopID, l.ListingID}})
	}
	return s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Batch(ctx, stmts)
		return err
	})
}

func (s *Service) failAll(ctx context.Context, shopID id.ID, due []Level, cause error) error {
	if o := judge(cause); o.ban {
		now := clock.Millis(s.k.Clock)
		err := s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, banSender, now+o.after, actor.Merchant(ctx), shopID, workStock, now+o.after)
			return err
		})
		if err != nil {
			return err
		}
	}
	results := make([]error, len(due))
	for i := range results {
		results[i] = cause
	}
	return s.settleLevels(context.WithoutCancel(ctx), shopID, due, results)
}

// alarm tells once an hour of shops whose listings have shown wrong numbers for
// too long.
func (s *Service) alarm(ctx context.Context, w *watch, now int64) error {
	stale := map[id.ID]Backlog{}
	if err := s.stale(ctx, actor.Merchant(ctx), stale); err != nil {
		return err
	}
	for shopID, b := range stale {
		if now-b.StaleSince < staleAfter.Milliseconds() || now-w.alarmed[shopID] < time.Hour.Milliseconds() {
			continue
		}
		w.alarmed[shopID] = now
		err := s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			return s.k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "shop", ID: shopID}, StockStale{ShopID: shopID, Listings: b.StaleListings, Since: b.StaleSince})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) levels(ctx context.Context, q string, args ...any) ([]Level, error) {
	var out []Level
	for row := range db.Each(ctx, s.k.DB, q, args...) {
		var l Level
		var params string
		if err := row.Scan(&l.ListingID, &l.SKUID, &l.Wanted, &l.Pushed, &l.ChangedAt, &l.PushedAt, &l.Attempts, &l.NextAt, &l.ErrorCode, &params); err != nil {
			return nil, err
		}
		if params != "" {
			if err := json.Unmarshal([]byte(params), &l.ErrorParams); err != nil {
				return nil, err
			}
		}
		out = append(out, l)
	}
	return out, nil
}

// Levels lists what the listings of a shop were told. Permission channel.read.
//
// Errors: shop.ErrNotFound, page.ErrCursor.
func (s *Service) Levels(ctx context.Context, shopID id.ID, cursor string, limit int) ([]Level, string, error) {
	if err := actor.Require(ctx, PermitRead); err != nil {
		return nil, "", err
	}
	if _, err := s.shops.Get(ctx, shopID); err != nil {
		return nil, "", err
	}
	var after id.ID
	if err := page.Decode(cursor, &after); err != nil {
		return nil, "", err
	}
	limit = page.Limit(limit)
	out, err := s.levels(ctx, selectLevels, actor.Merchant(ctx), shopID, after, limit+1)
	if err != nil {
		return nil, "", err
	}
	out, next := page.Cut(out, limit, func(l Level) string { return page.Encode(l.ListingID) })
	return out, next, nil
}
