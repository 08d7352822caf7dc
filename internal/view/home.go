package view

import (
	"context"
	"fmt"
	"time"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/web"
)

// Home is what the first screen shows: today, what waits, and each shop.
type Home struct {
	Today     DayFigures  `json:"today"`
	Yesterday DayFigures  `json:"yesterday"`
	Trend     []DayFigure `json:"trend"` // 30 days, oldest first
	Todo      []Todo      `json:"todo"`
	ByShop    []ShopDay   `json:"by_shop"`
}

// DayFigures are one calendar day of all shops the actor sees.
type DayFigures struct {
	Orders     int64  `json:"orders"`
	PaidOrders int64  `json:"paid_orders"`
	Shipped    int64  `json:"shipped_orders"`
	SalesFen   *int64 `json:"sales_fen" class:"money"`
}

// DayFigure is one point of the trend.
type DayFigure struct {
	On string `json:"on"` // YYYY-MM-DD
	DayFigures
}

// Todo is one kind of work that waits; Filter opens exactly those orders.
type Todo struct {
	Key    string `json:"key"`
	N      int64  `json:"n"`
	Exact  bool   `json:"exact"`
	Known  bool   `json:"known"`
	Page   string `json:"page"` // orders | listings | inbox | carriers | waybills
	Filter Filter `json:"filter"`
}

// ShopDay is one shop today.
type ShopDay struct {
	ShopID  id.ID    `json:"shop_id"`
	Name    string   `json:"name"`
	Channel string   `json:"channel"`
	DataAt  web.Time `json:"data_at"`
	Stale   bool     `json:"stale"` // file mode and older than the shop allows
	DayFigures
}

const trendDays = 30

// Home answers the first screen from roll-ups; its cost does not grow with the
// number of orders.
func (s *Service) Home(ctx context.Context) (Home, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return Home{}, err
	}
	names, err := s.shopNames(ctx, s.k.DB, a.MerchantID)
	if err != nil {
		return Home{}, err
	}
	tz := ""
	if len(names) > 0 {
		tz = names[0].TimeZone
	}
	today := s.k.Clock.Now().In(zone(tz))
	figures, err := s.days(ctx, a, today.AddDate(0, 0, 1-trendDays))
	if err != nil {
		return Home{}, err
	}
	h := Home{ByShop: []ShopDay{}, Trend: []DayFigure{}}
	for d := 1 - trendDays; d <= 0; d++ {
		t := today.AddDate(0, 0, d)
		h.Trend = append(h.Trend, DayFigure{t.Format(time.DateOnly), figures.sum(0, dayNo(t))})
	}
	h.Today, h.Yesterday = h.Trend[trendDays-1].DayFigures, h.Trend[trendDays-2].DayFigures
	now := s.now()
	for _, n := range names {
		if !n.Active || !a.InScope("shop", n.ID) {
			continue
		}
		h.ByShop = append(h.ByShop, ShopDay{ShopID: n.ID, Name: n.Name, Channel: n.Channel, DataAt: web.Time(n.DataAt),
			Stale:      n.Mode == "file" && n.StaleHours > 0 && now-n.DataAt > n.StaleHours*int64(time.Hour/time.Millisecond),
			DayFigures: figures.sum(n.ID, dayNo(today))})
	}
	h.Todo, err = s.todo(ctx)
	return h, err
}

func dayNo(t time.Time) int64 {
	y, m, d := t.Date()
	return int64(y)*10000 + int64(m)*100 + int64(d)
}

type dayKey struct {
	shop   id.ID
	bucket string
	day    int64
}
type dayValue struct{ n, fen int64 }
type dayTable map[dayKey]dayValue

// sum is one day of one shop, or of all where shop is 0.
func (t dayTable) sum(shop id.ID, day int64) DayFigures {
	var f DayFigures
	var sales int64
	for k, v := range t {
		if k.day != day || shop != 0 && k.shop != shop {
			continue
		}
		switch k.bucket {
		case "placed":
			f.Orders += v.n
		case "paid":
			f.PaidOrders += v.n
			sales += v.fen
		case "shipped":
			f.Shipped += v.n
		}
	}
	f.SalesFen = &sales
	return f
}

func (s *Service) days(ctx context.Context, a actor.Actor, from time.Time) (dayTable, error) {
	scope, scoped := a.Scoped("shop")
	if scoped && len(scope) == 0 {
		return nil, nil
	}
	if !scoped {
		scope = nil
	}
	match, args := shopMatch(scope)
	half := append([]any{a.MerchantID, dayNo(from)}, args...)
	out := dayTable{}
	for row := range db.Each(ctx, s.k.DB, fmt.Sprintf(selectDays, match), append(half[:len(half):len(half)], half...)...) {
		var k dayKey
		var v dayValue
		if err := row.Scan(&k.shop, &k.bucket, &k.day, &v.n, &v.fen); err != nil {
			return nil, err
		}
		out[k] = v
	}
	return out, nil
}

// todo lists what waits for a person, each with the filter that shows it.
func (s *Service) todo(ctx context.Context) ([]Todo, error) {
	counts, err := s.Counts(ctx, Filter{})
	if err != nil {
		return nil, err
	}
	var out []Todo
	for _, t := range []Tab{TabAwaitingApproval, TabAwaitingShipment, TabPartlyShipped, TabProblem, TabInAftersale, TabAdoptable} {
		c := counts[t]
		if t == TabAdoptable {
			if c, err = s.one(ctx, Filter{Tab: t}); err != nil {
				return nil, err
			}
		}
		out = append(out, Todo{Key: string(t), N: c.N, Exact: c.Exact, Known: c.Known, Page: "orders", Filter: Filter{Tab: t}})
	}
	for _, w := range []struct {
		key string
		f   Filter
	}{{"overdue", Filter{Tab: TabAll, Overdue: true}}, {"due_6h", Filter{Tab: TabAll, DueWithin: 6}}} {
		c, err := s.one(ctx, w.f)
		if err != nil {
			return nil, err
		}
		out = append(out, Todo{Key: w.key, N: c.N, Exact: c.Exact, Known: c.Known, Page: "orders", Filter: w.f})
	}
	for _, q := range []struct{ key, page, sql string }{{"unmapped_listings", "listings", countUnmapped}, {"quarantined", "inbox", countQuarantined},
		{"waybills_low", "carriers", countLow}, {"waybills_uncertain", "waybills", countUncertain}} {
		var n int64
		if err := s.k.DB.QueryRow(ctx, q.sql, actor.Merchant(ctx)).Scan(&n); err != nil {
			return nil, err
		}
		out = append(out, Todo{Key: q.key, N: min(n, countCap), Exact: n <= countCap, Known: true, Page: q.page})
	}
	return out, nil
}

// one counts a single filter by the index that serves it.
func (s *Service) one(ctx context.Context, f Filter) (Count, error) {
	f, err := f.clean()
	if err != nil {
		return Count{}, err
	}
	sort := Sort("")
	if f.Overdue || f.DueWithin > 0 {
		sort = SortShipByAsc
	}
	p, err := s.newPlan(ctx, s.k.DB, f, sort, nil, s.most)
	if err != nil || p.nothing {
		return Count{Exact: true, Known: true}, err
	}
	n, err := s.count(ctx, p, actor.Merchant(ctx))
	return Count{N: min(n, countCap), Exact: n <= countCap, Known: true}, err
}
