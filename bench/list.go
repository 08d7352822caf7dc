package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"time"

	"github.com/ordercove/ordercove/internal/api/viewapi"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/kit/web"
)

// lister asks the list operations over HTTP on loopback, as the owner of all
// shops or as staff who see six of the seven.
type lister struct {
	b      *bench
	s      *stand
	n      int
	takes  int
	server *httptest.Server
	known  []known // orders spread over the whole time
	fresh  int     // where the numbers of new orders go on
	page   float64 // p50 of a raw keyset page, ms
	point  float64 // p50 of a raw point look-up, ms
}

type known struct {
	id       id.ID
	no       string
	shop     id.ID
	state    int64
	placedAt int64
}

const (
	owner = "owner"
	staff = "staff"
)

func (b *bench) list(ctx context.Context, s *stand, w *world, n int) error {
	// A database that is used again holds the orders of the runs before.
	l := &lister{b: b, s: s, n: n, takes: b.takes, fresh: int(time.Now().Unix()%100_000) * 10_000}
	if b.quick {
		l.takes = 4
	}
	api := web.New(web.Options{Authenticate: func(_ context.Context, c web.Credential) (actor.Actor, error) {
		a := actor.Actor{MerchantID: merchant, ID: 100, Kind: actor.User, Name: "bench", Permissions: []string{"*"}, Lang: "zh-CN"}
		if c.Bearer == staff {
			var shops []id.ID
			for _, x := range s.shops[:6] {
				shops = append(shops, x.ID)
			}
			a.Scope = map[string][]id.ID{"shop": shops}
		}
		return a, nil
	}})
	viewapi.Routes(api, s.view, nil) // nobody asks here why an order waits
	l.server = httptest.NewServer(api.Handler())
	defer l.server.Close()
	if err := l.look(ctx); err != nil {
		return err
	}
	if err := l.raw(ctx); err != nil {
		return err
	}
	for _, f := range []func() error{l.tabs, l.filters, func() error { return l.searches(w) }, l.counters} {
		if err := f(); err != nil {
			return err
		}
	}
	return l.together(w)
}

// look finds orders of all ages to ask for.
func (l *lister) look(ctx context.Context) error {
	rows, err := l.s.d.Query(l.s.ctx, "SELECT id, channel_order_no, shop_id, state, placed_at FROM order_head WHERE merchant_id = ? ORDER BY id", merchant)
	if err != nil {
		return err
	}
	defer rows.Close()
	step := max(l.n/200, 1)
	for i := 0; rows.Next(); i++ {
		if i%step > 0 {
			continue
		}
		var k known
		if err := rows.Scan(&k.id, &k.no, &k.shop, &k.state, &k.placedAt); err != nil {
			return err
		}
		l.known = append(l.known, k)
	}
	return rows.Err()
}

// raw times what the engine itself takes, on the same table, without HTTP and JSON.
func (l *lister) raw(ctx context.Context) error {
	one := func(q string, args func(k known) []any) (float64, error) {
		var took []time.Duration
		for i := range l.takes {
			k := l.known[(i*37)%len(l.known)]
			began := time.Now()
			rows, err := l.s.d.Query(l.s.ctx, q, args(k)...)
			if err != nil {
				return 0, err
			}
			for rows.Next() {
				var a, b, c int64
				var no string
				if err := rows.Scan(&a, &no, &b, &c); err != nil {
					return 0, err
				}
			}
			if err := rows.Close(); err != nil {
				return 0, err
			}
			took = append(took, time.Since(began))
		}
		p50, _ := percentiles(took)
		return p50, nil
	}
	var err error
	if l.page, err = one("SELECT id, channel_order_no, state, placed_at FROM order_head WHERE merchant_id = ? AND state = ? AND (placed_at, id) < (?, ?) ORDER BY placed_at DESC, id DESC LIMIT 50",
		func(k known) []any { return []any{merchant, k.state, k.placedAt, k.id} }); err != nil {
		return err
	}
	l.point, err = one("SELECT id, channel_order_no, state, placed_at FROM order_head WHERE merchant_id = ? AND channel_order_no = ?",
		func(k known) []any { return []any{merchant, k.no} })
	return err
}

// answer is what the bench reads of a list.
type answer struct {
	Items []struct {
		ID id.ID `json:"id"`
	} `json:"items"`
	NextCursor      string  `json:"next_cursor"`
	SearchedUntilAt *string `json:"searched_until_at"`
}

func (l *lister) get(who, path string) (answer, time.Duration, error) {
	req, err := http.NewRequest("GET", l.server.URL+web.Prefix+path, nil)
	if err != nil {
		return answer{}, 0, err
	}
	req.Header.Set("Authorization", "Bearer "+who)
	began := time.Now()
	res, err := l.server.Client().Do(req)
	if err != nil {
		return answer{}, 0, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	took := time.Since(began)
	if err != nil {
		return answer{}, 0, err
	}
	if res.StatusCode != http.StatusOK {
		return answer{}, 0, fmt.Errorf("GET %s: %s: %s", path, res.Status, body[:min(len(body), 300)])
	}
	var a answer
	return a, took, json.Unmarshal(body, &a)
}

// time asks one question many times and reports it. Questions that must find
// something fail the run when they do not: an empty answer is quick and proves nothing.
func (l *lister) time(name, who string, raw float64, finds bool, ask func(i int) string, targets ...target) error {
	if !l.b.asks(name) {
		return nil
	}
	var took []time.Duration
	found, cut := 0, 0
	var cpu time.Duration
	for i := range l.takes + 2 {
		a, d, err := l.get(who, ask(i))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if i < 2 {
			cpu = -cpuTime()
			continue
		}
		took = append(took, d)
		found += len(a.Items)
		if a.SearchedUntilAt != nil {
			cut++
		}
	}
	if finds && found == 0 && !l.b.quick {
		return fmt.Errorf("%s: nothing was found", name)
	}
	cpu += cpuTime()
	p50, p95 := percentiles(took)
	if finds {
		name = fmt.Sprintf("%s (%d rows)", name, found/l.takes)
	}
	if cut > 0 {
		name += fmt.Sprintf(", %d of %d stopped early", cut, l.takes)
	}
	l.b.rep.add(row{Section: "list", Engine: l.s.engine, Orders: l.n, Name: name, Unit: "ms", Ours: p50, P95: p95, CPU: float64(cpu.Microseconds()) / 1000 / float64(l.takes), Raw: raw}, targets...)
	return nil
}

var quickEnough = []target{atMost(5), {'p', false, 15}}

func (l *lister) tabs() error {
	for _, t := range []string{"all", "pending_payment", "awaiting_approval", "awaiting_shipment", "shipped", "delivered", "in_aftersale", "completed", "closed", "archived", "problem", "adoptable"} {
		full := t != "archived" && t != "pending_payment" && t != "adoptable" && t != "awaiting_approval" && t != "problem"
		if err := l.time("tab "+t+", first page", owner, l.page, full, func(int) string { return "/orders?tab=" + t }, quickEnough...); err != nil {
			return err
		}
	}
	for _, t := range []string{"all", "completed"} {
		deep := func(i int) string {
			k := l.known[(i*31+7)%(len(l.known)/2)]
			return "/orders?tab=" + t + "&cursor=" + url.QueryEscape(page.Encode(k.placedAt, k.id))
		}
		if err := l.time("tab "+t+", any later page", staff, l.page, true, deep, quickEnough...); err != nil {
			return err
		}
	}
	return nil
}

func (l *lister) filters() error {
	day := func(back int) string {
		return url.QueryEscape(time.Now().AddDate(0, 0, -back).UTC().Format(time.RFC3339))
	}
	shop := func(i int) string { return l.s.shops[i%6].ID.String() }
	for _, q := range []struct {
		name string
		ask  func(i int) string
	}{
		{"one shop", func(i int) string { return "shop_id=" + shop(i) }},
		{"one shop, awaiting shipment", func(i int) string { return "tab=awaiting_shipment&shop_id=" + shop(i) }},
		{"two shops, completed", func(i int) string { return "state=completed&shop_id=" + shop(i) + "&shop_id=" + shop(i+1) }},
		{"one channel", func(i int) string { return "channel=" + l.s.shops[i%6].Channel }},
		{"placed in a week of last season", func(i int) string { return "from_at=" + day(100+i) + "&to_at=" + day(93+i) }},
		{"paid in the last 30 days, by payment", func(int) string { return "time_kind=paid&sort=paid_desc&from_at=" + day(30) }},
		{"shipped in a week", func(i int) string { return "time_kind=shipped&from_at=" + day(20+i) + "&to_at=" + day(13+i) }},
		{"awaiting shipment, by deadline", func(int) string { return "tab=awaiting_shipment&sort=ship_by_asc" }},
		{"due within 24 hours", func(int) string { return "due_within_hours=24" }},
		{"payment method", func(i int) string { return "payment_method=" + url.QueryEscape(payments[i%len(payments)]) }},
		{"paid 100 to 200 yuan", func(int) string { return "amount_min_fen=10000&amount_max_fen=20000" }},
		{"province and city", func(i int) string { return "address=" + url.QueryEscape(places[i%4][0]+" "+places[i%4][1]) }},
		{"rare city", func(int) string { return "address=" + url.QueryEscape("拉萨") }},
		{"flagged", func(i int) string { return fmt.Sprintf("flag=%d", 1+i%3) }},
		{"seller's or buyer's note", func(int) string { return "note=" + url.QueryEscape("小样") }},
		{"unread", func(int) string { return "unread=true" }},
		{"carrier, shipped", func(int) string { return "tab=shipped&carrier=ZTO" }},
		{"order type", func(int) string { return "order_type=normal" }},
		{"one shop, a month, a state", func(i int) string {
			return "state=completed&shop_id=" + shop(i) + "&from_at=" + day(150) + "&to_at=" + day(120)
		}},
		{"on hold for a buyer's note", func(int) string { return "hold=buyer_note" }},
	} {
		finds := q.name != "due within 24 hours" && q.name != "on hold for a buyer's note"
		if err := l.time(q.name, staff, l.page, finds, func(i int) string { return "/orders?" + q.ask(i) }, quickEnough...); err != nil {
			return err
		}
	}
	return nil
}

func (l *lister) searches(w *world) error {
	q := func(v string) string { return "/orders?q=" + url.QueryEscape(v) }
	slow := []target{atMost(20)}
	buyer := func(i int) string { return phoneOf(uint64(i*i) % w.wide) }
	name := func(i int) string { return w.receiver(uint64(i*97+3) % w.wide).Name }
	two := func(i int) string { r := []rune(name(i)); return string(r[:2]) }
	for _, x := range []struct {
		name    string
		ask     func(i int) string
		finds   bool
		targets []target
	}{
		{"order number", func(i int) string { return q(l.known[i%len(l.known)].no) }, true, quickEnough},
		{"phone", func(i int) string { return q(buyer(i)) }, false, quickEnough},
		{"last four digits", func(i int) string { return "/orders?phone=" + buyer(i)[7:] }, false, quickEnough},
		{"full name", func(i int) string { return "/orders?receiver=" + url.QueryEscape(name(i)) }, false, slow},
		{"two characters of a name", func(i int) string { return "/orders?receiver=" + url.QueryEscape(two(i)) }, true, slow},
		{"SKU, best seller", func(i int) string { return "/orders?sku=" + w.goods[i%5].code }, true, quickEnough},
		{"SKU, middling", func(i int) string { return "/orders?sku=" + w.goods[100+i*7%400].code }, true, quickEnough},
		{"SKU, rare", func(i int) string { return "/orders?sku=" + w.goods[1500+i*7%400].code }, false, quickEnough},
		{"title, common word", func(int) string { return "/orders?product=" + url.QueryEscape("保温杯") }, true, slow},
		{"title, rare word", func(i int) string { return "/orders?product=" + url.QueryEscape(fmt.Sprintf("%03d款", 300+i%90)) }, false, slow},
		{"title in one shop, awaiting shipment", func(i int) string {
			return "/orders?tab=awaiting_shipment&product=" + url.QueryEscape(things[i%8]) + "&shop_id=" + l.s.shops[i%3].ID.String()
		}, false, slow},
		{"anything: a title's word", func(i int) string { return q(things[i%len(things)]) }, true, slow},
		{"anything: a name", func(i int) string { return q(name(i)) }, false, slow},
		{"anything: no such text", func(i int) string { return q(fmt.Sprintf("寻无%d", i)) }, false, slow},
	} {
		if err := l.time("search: "+x.name, staff, l.point, x.finds, x.ask, x.targets...); err != nil {
			return err
		}
	}
	paste := func(i int) string {
		v := url.Values{}
		for k := range 100 {
			v.Add("numbers", l.known[(i+k)%len(l.known)].no)
		}
		return "/orders?limit=100&" + v.Encode()
	}
	return l.time("search: paste of 100 numbers", staff, l.point, true, paste, atMost(20))
}

func (l *lister) counters() error {
	for _, x := range []struct{ name, who, query string }{
		{"counters of all tabs", owner, ""},
		{"counters of all tabs, six shops", staff, ""},
		{"counters, one shop", owner, "?shop_id=" + l.s.shops[0].ID.String()},
	} {
		if err := l.time(x.name, x.who, l.point, false, func(int) string { return "/orders/counts" + x.query }, quickEnough...); err != nil {
			return err
		}
	}
	filtered := func(i int) string { return "/orders/counts?payment_method=" + url.QueryEscape(payments[i%2]) }
	if err := l.time("counters under a filter, to 10,000 or what time allows", staff, 0, false, filtered, atMost(300)); err != nil {
		return err
	}
	if err := l.time("home", owner, l.point, false, func(int) string { return "/home" }, atMost(20)); err != nil {
		return err
	}
	detail := func(i int) string { return "/orders/" + l.known[i%len(l.known)].id.String() }
	return l.time("order detail", owner, l.point, false, detail, quickEnough...)
}

// together runs eight searchers at once while new orders come in.
func (l *lister) together(w *world) error {
	if !l.b.asks("8 searches at once") {
		return nil
	}
	span := 6 * time.Second
	if l.b.quick {
		span = 300 * time.Millisecond
	}
	alone, err := l.ingest(w, span/2, nil)
	if err != nil {
		return err
	}
	stop := make(chan struct{})
	type result struct {
		took []time.Duration
		err  error
	}
	results := make(chan result, 8)
	for c := range 8 {
		go func() {
			var r result
			for i := c; ; i += 8 {
				select {
				case <-stop:
					results <- r
					return
				default:
				}
				path := []string{"/orders?q=" + l.known[i%len(l.known)].no, "/orders?phone=" + phoneOf(uint64(i))[7:],
					"/orders?receiver=" + url.QueryEscape(w.receiver(uint64(i)).Name[:6]), "/orders?sku=" + w.goods[i%300].code}[i%4]
				_, d, err := l.get(staff, path)
				if err != nil {
					r.err = err
					results <- r
					return
				}
				r.took = append(r.took, d)
			}
		}()
	}
	busy, err := l.ingest(w, span, stop)
	var took []time.Duration
	for range 8 {
		r := <-results
		took = append(took, r.took...)
		if err == nil {
			err = r.err
		}
	}
	if err != nil {
		return err
	}
	p50, _ := percentiles(took)
	l.b.rep.add(row{Section: "list", Engine: l.s.engine, Orders: l.n, Name: "8 searches at once while orders come in (p99 in the next row)", Unit: "ms", Ours: p50})
	l.b.rep.add(row{Section: "list", Engine: l.s.engine, Orders: l.n, Name: "… 99th percentile", Unit: "ms", Ours: percentile(took, 0.99)}, atMost(100))
	l.b.rep.add(row{Section: "list", Engine: l.s.engine, Orders: l.n, Name: "new orders while 8 search, beside none searching", Unit: "orders/s", Ours: busy, Raw: alone}, ratioLeast(0.8))
	return nil
}

// ingest brings in new orders for a while and closes stop at its end.
func (l *lister) ingest(w *world, span time.Duration, stop chan struct{}) (float64, error) {
	if stop != nil {
		defer close(stop)
	}
	var p pace
	for p.took < span {
		in := l.s.fresh(w, l.n, l.fresh)
		l.fresh += batchSize
		if err := p.time(len(in), func() error { _, err := l.s.apply(in); return err }); err != nil {
			return 0, err
		}
	}
	return p.perSecond(), nil
}
