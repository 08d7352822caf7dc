// Package channelapi is synchronisation by API over HTTP: the shops' access to
// their channels, how far they are read, what was compared, and the door for pushes.
//
// Owns: the operations under /sync and /shops/{id}/access, and /hooks/. Does not
// own: what they do (channel/access, channel/pull).
package channelapi

import (
	"context"
	"net/http"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/access"
	"github.com/ordercove/ordercove/internal/channel/pull"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/shop"
)

type handlers struct {
	access *access.Service
	engine *pull.Engine
}

// Routes registers the operations.
func Routes(api *web.API, acc *access.Service, engine *pull.Engine) {
	h := &handlers{acc, engine}
	h.accesses(api)
	h.reads(api)
	h.asks(api)
}

type (
	shopIn struct {
		ID id.ID `path:"id"`
	}
	shopListIn struct {
		ID id.ID `path:"id"`
		web.ListInput
	}
	noBody struct{}
)

// Fault is what went wrong last.
type Fault struct {
	Code    string   `json:"code"`
	Message string   `json:"message" doc:"In the reader's language"`
	At      web.Time `json:"at"`
}

func faultOf(ctx context.Context, f pull.Fault) *Fault {
	if f.Code == "" {
		return nil
	}
	return &Fault{f.Code, errs.Message(actor.Lang(ctx), f.Code, f.Params), web.Time(f.At)}
}

// Stream is how far one list of a shop has been read.
type Stream struct {
	Stream        string   `json:"stream" enum:"orders,aftersales"`
	WatermarkAt   web.Time `json:"watermark_at" doc:"Everything that changed before is held, in a gap or quarantined"`
	StartedAt     web.Time `json:"started_at" doc:"Where the first window began"`
	LagMS         int64    `json:"lag_ms" doc:"How far the watermark is behind the channel's present"`
	SpanMS        int64    `json:"span_ms" doc:"Width of the next window"`
	SkewMS        int64    `json:"skew_ms" doc:"The channel's clock minus ours"`
	NextAt        web.Time `json:"next_at"`
	PulledAt      web.Time `json:"pulled_at" doc:"When a window was last read whole"`
	Seen          int64    `json:"seen" doc:"Orders in whole windows so far, repeats included"`
	Retries       int64    `json:"retries" doc:"Failures of the present window"`
	BehindSinceAt web.Time `json:"behind_since_at" doc:"Since when it is not current; null where it is"`
	Alarmed       bool     `json:"alarmed" doc:"Behind for a quarter of an hour"`
	Error         *Fault   `json:"error"`
}

// Sync is a shop's synchronisation.
type Sync struct {
	ShopID       id.ID     `json:"shop_id"`
	ShopName     string    `json:"shop_name"`
	Channel      string    `json:"channel"`
	AccessState  string    `json:"access_state" enum:"unauthorised,ok,expiring,expired,refused"`
	ConsentByAt  web.Time  `json:"consent_by_at" doc:"When a person has to authorise again"`
	Healthy      bool      `json:"healthy" doc:"Access is fine, lists are current, nothing stands in a gap"`
	Streams      []Stream  `json:"streams" nullable:"false"`
	OpenGaps     int64     `json:"open_gaps" doc:"At most 20 are counted"`
	Quarantined  int64     `json:"quarantined" doc:"At most 1000 are counted"`
	WaitingHints int64     `json:"waiting_hints" doc:"Orders named by pushes and not yet fetched; at most 1000 are counted"`
	OpenDays     int64     `json:"open_days" doc:"Of the last 16 past days, those not closed"`
	Quota        SyncQuota `json:"quota"`
	// UnknownWords keep their orders from being approved and shipped.
	UnknownWords []UnknownWord `json:"unknown_words" nullable:"false" doc:"Status words of the channel that we do not know, of the first 1000 orders they hold up"`
}

// UnknownWord is a status word that we do not know.
type UnknownWord struct {
	Word   string `json:"word"`
	Orders int64  `json:"orders"`
}

// MapWord says what such a word means.
type MapWord struct {
	Word   string         `json:"word" minLength:"1" maxLength:"200"`
	Status channel.Status `json:"status" enum:"pending_payment,partly_paid,awaiting_shipment,partly_shipped,shipped,delivered,completed,closed"`
}

// SyncQuota is what the shop's app asked of its channel today, in China time.
type SyncQuota struct {
	Calls         int64    `json:"calls"`
	DailyCalls    int64    `json:"daily_calls" doc:"The channel's bound; 0 where none is known"`
	PerSecond     float64  `json:"per_second"`
	BannedUntilAt web.Time `json:"banned_until_at"`
	BanCode       string   `json:"ban_code"`
	Decrypts      int64    `json:"decrypts" doc:"Ciphered fields of receivers that people had opened today"`
	DailyDecrypts int64    `json:"daily_decrypts" doc:"The channel's bound; 0 where none is known"`
}

func syncOf(ctx context.Context, x pull.Health) Sync {
	out := Sync{ShopID: x.Shop.ID, ShopName: x.Shop.Name, Channel: x.Shop.Channel, AccessState: x.Access.State, ConsentByAt: web.Time(x.Access.ConsentAt),
		Streams: []Stream{}, OpenGaps: x.OpenGaps, Quarantined: x.Quarantined, WaitingHints: x.Waiting, OpenDays: x.OpenDays,
		Quota: SyncQuota{x.Quota.Calls, x.Quota.Daily, x.Quota.PerSecond, web.Time(x.Quota.BannedUntil), x.Quota.BanCode, x.Quota.Decrypts, x.Quota.DecryptDaily}, UnknownWords: []UnknownWord{}}
	for _, w := range x.Unknown {
		out.UnknownWords = append(out.UnknownWords, UnknownWord{w.Word, w.Orders})
	}
	out.Healthy = (x.Access.State == access.OK || x.Access.State == access.Expiring) && x.OpenGaps == 0
	for _, s := range x.Streams {
		out.Healthy = out.Healthy && s.BehindSince == 0
		out.Streams = append(out.Streams, Stream{Stream: s.Name, WatermarkAt: web.Time(s.Watermark), StartedAt: web.Time(s.StartedAt), LagMS: s.LagMS, SpanMS: s.SpanMS,
			SkewMS: s.SkewMS, NextAt: web.Time(s.NextAt), PulledAt: web.Time(s.Pulled), Seen: s.Seen, Retries: s.Retries, BehindSinceAt: web.Time(s.BehindSince),
			Alarmed: s.Alarmed, Error: faultOf(ctx, s.Fault)})
	}
	return out
}

func (h *handlers) reads(api *web.API) {
	missing := []*errs.Error{shop.ErrNotFound, pull.ErrNotSynced}
	read := func(id, path, zh, en string, faults ...*errs.Error) web.Op {
		return web.Op{ID: id, Method: http.MethodGet, Path: path, Tag: "sync", Permission: "channel.read", ZH: zh, EN: en, Errors: append(faults, shop.ErrNotFound)}
	}
	web.Register(api, web.Op{ID: "listSync", Method: http.MethodGet, Path: "/sync", Tag: "sync", Permission: "channel.read", ZH: "各店铺的同步状态", EN: "How far every shop is read"},
		func(ctx context.Context, _ *web.ListInput) (*struct{ Body web.Page[Sync] }, error) {
			all, err := h.engine.List(ctx)
			if err != nil {
				return nil, err
			}
			out := make([]Sync, len(all))
			for i, x := range all {
				out[i] = syncOf(ctx, x)
			}
			return &struct{ Body web.Page[Sync] }{web.NewPage(out, "")}, nil
		})
	web.Register(api, read("getSync", "/sync/{id}", "一个店铺的同步状态", "How far a shop is read", missing...),
		func(ctx context.Context, in *shopIn) (*struct{ Body Sync }, error) {
			x, err := h.engine.Get(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return &struct{ Body Sync }{syncOf(ctx, x)}, nil
		})
	web.Register(api, read("listSyncGaps", "/sync/{id}/gaps", "未读完的时段", "Stretches of time that are, or were, still to be read"), h.gaps)
	web.Register(api, read("listSyncDays", "/sync/{id}/days", "日结", "Day closes"), h.days)
	web.Register(api, read("listComparisons", "/sync/{id}/comparisons", "对账记录", "Comparisons of both sides"), h.comparisons)
	web.Register(api, read("getSyncLedger", "/sync/{id}/ledger", "对账日历：店铺 × 小时", "The ledger by hour of placing", pull.ErrBadRange), h.ledger)
}

// SyncGap is a stretch of time that could not be read, or is a backfill.
type SyncGap struct {
	ID       id.ID    `json:"id"`
	Stream   string   `json:"stream" enum:"orders,aftersales"`
	Axis     string   `json:"axis" enum:"modified,created" doc:"By which time it is listed"`
	Kind     string   `json:"kind" enum:"failed,backfill,earlier"`
	FromAt   web.Time `json:"from_at" doc:"Moves up as parts are read"`
	ToAt     web.Time `json:"to_at"`
	Open     bool     `json:"open"`
	Attempts int64    `json:"attempts"`
	NextAt   web.Time `json:"next_at"`
	OpenedAt web.Time `json:"opened_at"`
	ClosedAt web.Time `json:"closed_at"`
	Alarmed  bool     `json:"alarmed"`
	Error    *Fault   `json:"error"`
}

func (h *handlers) gaps(ctx context.Context, in *shopListIn) (*struct{ Body web.Page[SyncGap] }, error) {
	all, next, err := h.engine.Gaps(ctx, in.ID, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	out := make([]SyncGap, len(all))
	for i, g := range all {
		out[i] = SyncGap{ID: g.ID, Stream: g.Stream, Axis: g.Axis, Kind: g.Kind, FromAt: web.Time(g.From), ToAt: web.Time(g.To), Open: g.ClosedAt == 0, Attempts: g.Attempts,
			NextAt: web.Time(g.NextAt), OpenedAt: web.Time(g.OpenedAt), ClosedAt: web.Time(g.ClosedAt), Alarmed: g.Alarmed, Error: faultOf(ctx, g.Fault)}
	}
	return &struct{ Body web.Page[SyncGap] }{web.NewPage(out, next)}, nil
}

// SyncDay is a day's close.
type SyncDay struct {
	Day         int64    `json:"day" doc:"yyyymmdd in China time"`
	State       string   `json:"state" enum:"open,closed"`
	Stage       int64    `json:"stage" doc:"Days after which it is compared next: 1, 3, 7, 15; 0 once all comparisons are done"`
	Theirs      int64    `json:"theirs"`
	Ours        int64    `json:"ours"`
	Quarantined int64    `json:"quarantined"`
	CheckedAt   web.Time `json:"checked_at"`
	ClosedAt    web.Time `json:"closed_at"`
	NextAt      web.Time `json:"next_at"`
}

func (h *handlers) days(ctx context.Context, in *shopListIn) (*struct{ Body web.Page[SyncDay] }, error) {
	all, next, err := h.engine.Days(ctx, in.ID, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	out := make([]SyncDay, len(all))
	for i, d := range all {
		out[i] = SyncDay{d.Day, d.State, d.Stage, d.Theirs, d.Ours, d.Quarantined, web.Time(d.CheckedAt), web.Time(d.ClosedAt), web.Time(d.NextAt)}
	}
	return &struct{ Body web.Page[SyncDay] }{web.NewPage(out, next)}, nil
}

// Comparison is one look at both sides by created time.
type Comparison struct {
	ID          id.ID    `json:"id"`
	Kind        string   `json:"kind" enum:"hourly,six_hourly,day,manual"`
	FromAt      web.Time `json:"from_at"`
	ToAt        web.Time `json:"to_at"`
	State       string   `json:"state" enum:"equal,different,failed"`
	Theirs      int64    `json:"theirs" doc:"Orders the channel lists"`
	Ours        int64    `json:"ours" doc:"Of them, those we hold"`
	Quarantined int64    `json:"quarantined" doc:"Of them, those set aside"`
	Missing     int64    `json:"missing" doc:"Not held when the comparison began; they are now, or will be fetched"`
	Changed     int64    `json:"changed" doc:"Held in an older version when it began"`
	StartedAt   web.Time `json:"started_at"`
	FinishedAt  web.Time `json:"finished_at"`
	Error       *Fault   `json:"error"`
}

func (h *handlers) comparisons(ctx context.Context, in *shopListIn) (*struct{ Body web.Page[Comparison] }, error) {
	all, next, err := h.engine.Comparisons(ctx, in.ID, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	out := make([]Comparison, len(all))
	for i, c := range all {
		out[i] = Comparison{c.ID, c.Kind, web.Time(c.From), web.Time(c.To), c.State, c.Theirs, c.Ours, c.Quarantined, c.Missing, c.Changed,
			web.Time(c.StartedAt), web.Time(c.FinishedAt), faultOf(ctx, c.Fault())}
	}
	return &struct{ Body web.Page[Comparison] }{web.NewPage(out, next)}, nil
}

// LedgerHour is one hour of the ledger.
type LedgerHour struct {
	HourAt      web.Time `json:"hour_at"`
	Theirs      int64    `json:"theirs"`
	Ours        int64    `json:"ours"`
	Quarantined int64    `json:"quarantined"`
	OpenGap     bool     `json:"open_gap" doc:"A gap of the time of changes touches the hour"`
	Equal       bool     `json:"equal" doc:"Every order the channel lists is held or quarantined"`
	CheckedAt   web.Time `json:"checked_at"`
}

type ledgerIn struct {
	ID   id.ID    `path:"id"`
	From web.Time `query:"from" required:"true"`
	To   web.Time `query:"to" required:"true"`
}

func (h *handlers) ledger(ctx context.Context, in *ledgerIn) (*struct{ Body web.Page[LedgerHour] }, error) {
	all, err := h.engine.Ledger(ctx, in.ID, int64(in.From), int64(in.To))
	if err != nil {
		return nil, err
	}
	out := make([]LedgerHour, len(all))
	for i, x := range all {
		out[i] = LedgerHour{web.Time(x.At), x.Theirs, x.Ours, x.Quarantined, x.Gaps, x.Theirs == x.Ours+x.Quarantined, web.Time(x.CheckedAt)}
	}
	return &struct{ Body web.Page[LedgerHour] }{web.NewPage(out, "")}, nil
}

// PullNow asks for lists, or for some orders.
type PullNow struct {
	ChannelOrderNos []string `json:"channel_order_nos,omitempty" maxItems:"200" doc:"Just these orders; all lists where it is empty"`
}

// CompareNow asks for a comparison by created time.
type CompareNow struct {
	FromAt web.Time `json:"from_at"`
	ToAt   web.Time `json:"to_at"`
}

func (h *handlers) asks(api *web.API) {
	missing := []*errs.Error{shop.ErrNotFound, pull.ErrNotSynced}
	web.Register(api, web.Op{ID: "pullNow", Method: http.MethodPost, Path: "/sync/{id}/pull", Tag: "sync", Permission: "channel.sync", Status: http.StatusAccepted,
		ZH: "立即拉取", EN: "Pull a shop now", Errors: missing},
		func(ctx context.Context, in *struct {
			ID   id.ID `path:"id"`
			Body PullNow
		}) (*struct{ Body noBody }, error) {
			return &struct{ Body noBody }{}, h.engine.Now(ctx, in.ID, in.Body.ChannelOrderNos)
		})
	web.Register(api, web.Op{ID: "mapStatusWord", Method: http.MethodPost, Path: "/sync/{id}/status-words", Tag: "sync", Permission: "channel.edit", Status: http.StatusAccepted,
		ZH: "对应平台状态", EN: "Say what a channel's status word means", Errors: append(missing, channel.ErrBadWord)},
		func(ctx context.Context, in *struct {
			ID   id.ID `path:"id"`
			Body MapWord
		}) (*struct{ Body noBody }, error) {
			return &struct{ Body noBody }{}, h.engine.MapWord(ctx, pull.MapWordInput{ShopID: in.ID, Word: in.Body.Word, Status: in.Body.Status})
		})
	web.Register(api, web.Op{ID: "compareNow", Method: http.MethodPost, Path: "/sync/{id}/compare", Tag: "sync", Permission: "channel.sync", Status: http.StatusAccepted,
		ZH: "立即对账", EN: "Compare a shop now", Errors: append(missing, pull.ErrNoCompare, pull.ErrBadRange)},
		func(ctx context.Context, in *struct {
			ID   id.ID `path:"id"`
			Body CompareNow
		}) (*struct{ Body noBody }, error) {
			return &struct{ Body noBody }{}, h.engine.Compare(ctx, in.ID, int64(in.Body.FromAt), int64(in.Body.ToAt))
		})
}
