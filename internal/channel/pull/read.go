package pull

import (
	"context"
	"encoding/json"
	"errors"
	"math"

	"github.com/ordercove/ordercove/internal/channel/access"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/order/word"
	"github.com/ordercove/ordercove/internal/shop"
)

// Fault is an error as it is kept: its text is made for the reader.
type Fault struct {
	Code   string
	Params map[string]any
	At     int64
}

func faultOf(code, params string, at int64) Fault {
	f := Fault{Code: code, At: at}
	if params != "" {
		_ = json.Unmarshal([]byte(params), &f.Params) // written by coded
	}
	return f
}

// StreamState is how far a list has been read. Instants are unix milliseconds of
// the channel's clock for Watermark, of ours for the others.
type StreamState struct {
	Name      string
	Watermark int64
	StartedAt int64
	// LagMS is how far the watermark is behind the channel's present.
	LagMS   int64
	SpanMS  int64
	SkewMS  int64 // the channel's clock minus ours
	NextAt  int64
	Pulled  int64 // when a window was last read whole
	Seen    int64 // orders in whole windows so far
	Retries int64
	// BehindSince is since when it is not current, 0 where it is; Alarmed whether people were told.
	BehindSince int64
	Alarmed     bool
	Fault       Fault
}

// Quota is what the shop's app asked of its channel today.
type Quota struct {
	Calls, Daily int64 // Daily 0: no bound is known
	// Decrypts are the ciphered fields opened today; DecryptDaily 0: no bound is known.
	Decrypts, DecryptDaily int64
	PerSecond              float64
	BannedUntil            int64
	BanCode                string
}

// countMost bounds the counts that are shown: beyond, many is enough to know.
const countMost = 1000

// Health is a shop's synchronisation at a glance.
type Health struct {
	Shop        shop.Shop
	Access      access.View
	Streams     []StreamState
	OpenGaps    int64 // at most 20 are counted
	Quarantined int64 // at most 1,000
	// Unknown are the status words we do not know, with the orders they hold up.
	Unknown []word.Count
	Waiting int64 // pushes and numbers to look up, at most 1,000
	// OpenDays counts past days that are not closed, of those shown in Days.
	OpenDays int64
	Quota    Quota
}

// List returns the synchronisation of every shop the actor may see. Permission
// channel.read.
func (e *Engine) List(ctx context.Context) ([]Health, error) {
	views, err := e.access.List(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Health, 0, len(views))
	for _, v := range views {
		h, err := e.health(ctx, v)
		if err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, nil
}

// Get returns one shop's synchronisation. Permission channel.read.
//
// Errors: shop.ErrNotFound, ErrNotSynced.
func (e *Engine) Get(ctx context.Context, shopID id.ID) (Health, error) {
	v, err := e.access.Get(ctx, shopID)
	if errors.Is(err, access.ErrNotFound) {
		err = ErrNotSynced
	}
	if err != nil {
		return Health{}, err
	}
	return e.health(ctx, v)
}

func (e *Engine) health(ctx context.Context, v access.View) (Health, error) {
	h := Health{Access: v}
	var err error
	if h.Shop, err = e.shops.Get(ctx, v.ShopID); err != nil {
		return h, err
	}
	streams, err := readStreams(ctx, e.k.DB, v.ShopID)
	if err != nil {
		return h, err
	}
	now := e.now()
	for _, s := range streams {
		h.Streams = append(h.Streams, StreamState{Name: s.Name, Watermark: s.Watermark, StartedAt: s.Started, LagMS: max(0, now+s.Skew-s.Watermark), SpanMS: s.Span, SkewMS: s.Skew,
			NextAt: s.Next, Pulled: s.PulledAt, Seen: s.Seen, Retries: s.Failures, BehindSince: s.BehindSince, Alarmed: s.Alarmed != 0,
			Fault: faultOf(s.ErrorCode, s.ErrorParams, s.ErrorAt)})
	}
	gaps, err := readGaps(ctx, e.k.DB, selectGaps, merchantOf(ctx), v.ShopID, gapsAtOnce)
	if err != nil {
		return h, err
	}
	h.OpenGaps = int64(len(gaps))
	if h.Quarantined, err = e.door.CountQuarantined(ctx, v.ShopID, countMost); err != nil {
		return h, err
	}
	if h.Unknown, err = word.Counts(ctx, e.k.DB, merchantOf(ctx), v.ShopID); err != nil {
		return h, err
	}
	if err := e.k.DB.QueryRow(ctx, countHints, merchantOf(ctx), v.ShopID, countMost).Scan(&h.Waiting); err != nil {
		return h, err
	}
	days, _, err := e.dayPage(ctx, v.ShopID, math.MaxInt64, lastStage+1)
	if err != nil {
		return h, err
	}
	for _, d := range days {
		if d.State == DayOpen {
			h.OpenDays++
		}
	}
	h.Quota, err = e.quota(ctx, v.ShopID)
	return h, err
}

func (e *Engine) quota(ctx context.Context, shopID id.ID) (Quota, error) {
	app, limits, err := e.access.App(ctx, shopID)
	if err != nil {
		return Quota{}, err
	}
	x, err := e.apps.get(ctx, appKey{merchantOf(ctx), app})
	if err != nil {
		return Quota{}, err
	}
	opened, err := e.decrypts(ctx, app)
	if err != nil {
		return Quota{}, err
	}
	e.apps.mu.Lock()
	defer e.apps.mu.Unlock()
	q := Quota{Daily: limits.Daily, PerSecond: limits.PerSecond, Decrypts: opened, DecryptDaily: limits.DecryptDaily}
	if now := e.now(); x.banned > now {
		q.BannedUntil, q.BanCode = x.banned, x.code
	}
	if x.day == dayOf(e.now()) {
		q.Calls = x.calls
	}
	return q, nil
}

// reads checks that the actor may look at a shop's synchronisation.
func (e *Engine) reads(ctx context.Context, permission string, shopID id.ID) error {
	if err := actor.Require(ctx, permission); err != nil {
		return err
	}
	_, err := e.shops.Get(ctx, shopID)
	return err
}

// Gap is a stretch of time that is, or was, still to be read.
type Gap struct {
	ID                 id.ID
	Stream, Axis, Kind string
	From, To           int64
	Attempts           int64
	NextAt             int64
	OpenedAt, ClosedAt int64
	Alarmed            bool
	Fault              Fault
}

// Gaps lists a shop's gaps, the newest first. Permission channel.read.
//
// Errors: shop.ErrNotFound, page.ErrCursor.
func (e *Engine) Gaps(ctx context.Context, shopID id.ID, cursor string, limit int) ([]Gap, string, error) {
	if err := e.reads(ctx, "channel.read", shopID); err != nil {
		return nil, "", err
	}
	before := id.ID(math.MaxInt64)
	if err := page.Decode(cursor, &before); err != nil {
		return nil, "", err
	}
	limit = page.Limit(limit)
	rows, err := readGaps(ctx, e.k.DB, listGaps, merchantOf(ctx), shopID, before, limit+1)
	if err != nil {
		return nil, "", err
	}
	rows, next := page.Cut(rows, limit, func(g gap) string { return page.Encode(g.ID) })
	out := make([]Gap, len(rows))
	for i, g := range rows {
		out[i] = Gap{ID: g.ID, Stream: g.Stream, Axis: g.Axis, Kind: g.Kind, From: g.From, To: g.To, Attempts: g.Attempts, NextAt: g.Next, OpenedAt: g.Opened,
			ClosedAt: g.Closed, Alarmed: g.Alarmed != 0, Fault: faultOf(g.ErrorCode, g.ErrorParams, 0)}
	}
	return out, next, nil
}

// Days lists a shop's day closes, the newest first. Permission channel.read.
//
// Errors: shop.ErrNotFound, page.ErrCursor.
func (e *Engine) Days(ctx context.Context, shopID id.ID, cursor string, limit int) ([]Day, string, error) {
	if err := e.reads(ctx, "channel.read", shopID); err != nil {
		return nil, "", err
	}
	before := int64(math.MaxInt64)
	if err := page.Decode(cursor, &before); err != nil {
		return nil, "", err
	}
	return e.dayPage(ctx, shopID, before, page.Limit(limit))
}

func (e *Engine) dayPage(ctx context.Context, shopID id.ID, before int64, limit int) ([]Day, string, error) {
	var out []Day
	for row := range db.Each(ctx, e.k.DB, listDays, merchantOf(ctx), shopID, before, limit+1) {
		var d Day
		if err := row.Scan(d.into()...); err != nil {
			return nil, "", err
		}
		out = append(out, d)
	}
	out, next := page.Cut(out, limit, func(d Day) string { return page.Encode(d.Day) })
	return out, next, nil
}

// Comparisons lists a shop's comparisons, the newest first. Permission channel.read.
//
// Errors: shop.ErrNotFound, page.ErrCursor.
func (e *Engine) Comparisons(ctx context.Context, shopID id.ID, cursor string, limit int) ([]Comparison, string, error) {
	if err := e.reads(ctx, "channel.read", shopID); err != nil {
		return nil, "", err
	}
	before := id.ID(math.MaxInt64)
	if err := page.Decode(cursor, &before); err != nil {
		return nil, "", err
	}
	limit = page.Limit(limit)
	var out []Comparison
	for row := range db.Each(ctx, e.k.DB, listRuns, merchantOf(ctx), shopID, before, limit+1) {
		var c Comparison
		if err := row.Scan(c.into()...); err != nil {
			return nil, "", err
		}
		out = append(out, c)
	}
	out, next := page.Cut(out, limit, func(c Comparison) string { return page.Encode(c.ID) })
	return out, next, nil
}

// Fault is why a comparison failed.
func (c Comparison) Fault() Fault { return faultOf(c.ErrorCode, c.ErrorParams, 0) }

// Hour is one hour of the ledger (对账日历): what the channel lists by created time
// and what we hold of it.
type Hour struct {
	At                        int64
	Theirs, Ours, Quarantined int64
	CheckedAt                 int64
	// Gaps says that a gap of the time of changes touches the hour.
	Gaps bool
}

// ledgerDays is the longest range of one look at the ledger.
const ledgerDays = 31

// Ledger lists the hours of [from, to) that were compared. Permission channel.read.
//
// Errors: shop.ErrNotFound, ErrBadRange.
func (e *Engine) Ledger(ctx context.Context, shopID id.ID, from, to int64) ([]Hour, error) {
	if err := e.reads(ctx, "channel.read", shopID); err != nil {
		return nil, err
	}
	if from <= 0 || to <= from || to-from > ledgerDays*day {
		return nil, ErrBadRange.With("days", ledgerDays).At("from")
	}
	gaps, err := readGaps(ctx, e.k.DB, selectGaps, merchantOf(ctx), shopID, countMost)
	if err != nil {
		return nil, err
	}
	var out []Hour
	for row := range db.Each(ctx, e.k.DB, listHours, merchantOf(ctx), shopID, from/hour*hour, to) {
		var h Hour
		if err := row.Scan(&h.At, &h.Theirs, &h.Ours, &h.Quarantined, &h.CheckedAt); err != nil {
			return nil, err
		}
		for _, g := range gaps {
			h.Gaps = h.Gaps || g.Kind != KindBackfill && g.Stream == Orders && g.From < h.At+hour && g.To > h.At
		}
		out = append(out, h)
	}
	return out, nil
}
