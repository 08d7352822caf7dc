package app

import (
	"context"
	"net"
	"net/http"
	"sync"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/ordercove/ordercove/internal/api/aftersaleapi"
	"github.com/ordercove/ordercove/internal/api/auditapi"
	"github.com/ordercove/ordercove/internal/api/catalogapi"
	"github.com/ordercove/ordercove/internal/api/channelapi"
	"github.com/ordercove/ordercove/internal/api/fulfillmentapi"
	"github.com/ordercove/ordercove/internal/api/iamapi"
	"github.com/ordercove/ordercove/internal/api/intakeapi"
	"github.com/ordercove/ordercove/internal/api/inventoryapi"
	"github.com/ordercove/ordercove/internal/api/jobapi"
	"github.com/ordercove/ordercove/internal/api/logisticsapi"
	"github.com/ordercove/ordercove/internal/api/orderapi"
	"github.com/ordercove/ordercove/internal/api/packingapi"
	"github.com/ordercove/ordercove/internal/api/purchaseapi"
	"github.com/ordercove/ordercove/internal/api/reviewapi"
	"github.com/ordercove/ordercove/internal/api/settingapi"
	"github.com/ordercove/ordercove/internal/api/shopapi"
	"github.com/ordercove/ordercove/internal/api/systemapi"
	"github.com/ordercove/ordercove/internal/api/viewapi"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/metric"
	"github.com/ordercove/ordercove/internal/kit/web"
)

// api registers every operation of the product.
func (a *App) api(m *metric.Metrics, pages *ui) *web.API {
	opt := web.Options{Version: a.cfg.Version, Log: a.cfg.Log,
		Authenticate: func(ctx context.Context, c web.Credential) (actor.Actor, error) {
			return a.iam.Authenticate(ctx, c.Cookie, c.Bearer)
		}}
	if m != nil {
		opt.Observe = m.Request
	}
	api := web.New(opt)
	systemapi.Routes(api, a.k, a.hub, func(ctx context.Context) (systemapi.System, error) { return a.system(ctx, pages) })
	iamapi.Routes(api, a.iam, iamapi.Hooks{Demo: a.enqueueDemo})
	auditapi.Routes(api, a.audit)
	settingapi.Routes(api, a.setting, a.iam)
	shopapi.Routes(api, a.k.DB, a.shop, a.inventory, a.channels)
	catalogapi.Routes(api, a.k, a.catalog)
	inventoryapi.Routes(api, a.k, a.inventory)
	inventoryapi.LocationRoutes(api, a.k, a.places)
	orderapi.Routes(api, a.order, a.bulk, a.intake, a.view, a.k.Jobs)
	orderapi.Reveal(api, a.reveal)
	reviewapi.Routes(api, a.review)
	intakeapi.Routes(api, a.k, a.importer, a.intake, a.shop, a.sync.Replay)
	intakeapi.FollowUpRoutes(api, a.reship)
	channelapi.Routes(api, a.access, a.sync)
	channelapi.EffectRoutes(api, a.send, a.k.DB, a.catalog)
	viewapi.Routes(api, a.view, a.why)
	logisticsapi.Routes(api, logisticsapi.Services{Accounts: a.accounts, Choices: a.choices, Waybills: a.waybills, Issue: a.issue})
	fulfillmentapi.Routes(api, fulfillmentapi.Services{Fulfillment: a.fulfillment, SendBack: a.sendBack, Stock: a.inventory, View: a.view, Store: a.k.Files, Files: a.shipFiles, Waiting: a.waiting, Bulk: a.manyOut, Place: a.chooser, Prints: a.prints})
	fulfillmentapi.SuggestRoutes(api, a.suggest)
	fulfillmentapi.RoutingRoutes(api, a.routing)
	purchaseapi.Routes(api, a.suppliers, a.dropship)
	fulfillmentapi.LegRoutes(api, a.legs)
	packingapi.WaveRoutes(api, a.waves, a.places, a.iam)
	packingapi.PrintRoutes(api, a.prints)
	packingapi.VerifyRoutes(api, a.benches)
	aftersaleapi.Routes(api, a.aftersale)
	jobapi.Routes(api, a.k.Jobs, a.k.Commands, a.k.Files)
	return api
}

func (a *App) system(ctx context.Context, pages *ui) (systemapi.System, error) {
	out := systemapi.System{Version: a.cfg.Version, UI: pages.state(), Engine: string(a.k.DB.Dialect), TimeZone: "Asia/Shanghai"}
	all, err := a.merchants(ctx)
	if err != nil {
		return out, err
	}
	out.SetupNeeded = len(all) == 0
	if len(all) > 0 {
		out.Demo, err = a.setting.Bool(ctx, all[0], demoSetting)
	}
	return out, err
}

// Handler is everything the server answers.
func (a *App) Handler() http.Handler {
	m := a.metrics()
	pages := newUI()
	api := a.api(m, pages)
	doc := sync.OnceValues(api.OpenAPI) // not at start: nobody may ever ask
	mux := api.Mux
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", a.ready)
	mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, r *http.Request) {
		b, err := doc()
		if err != nil {
			a.cfg.Log.Error("OpenAPI document", "error", err)
			web.Refuse(w, r, web.ErrInternal)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(b)
	})
	mux.Handle(channelapi.HookPath, channelapi.Hook(a.sync, a.k.Clock, a.cfg.Log))
	mux.HandleFunc("GET /docs", docsPage)
	mux.HandleFunc("GET /docs/docs.js", docsScript)
	mux.Handle("GET /metrics", a.guardMetrics(promhttp.HandlerFor(m.Gatherer(), promhttp.HandlerOpts{})))
	mux.Handle("/", pages)
	return api.Handler()
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n"))
}

// ready means that requests can be answered now: the database answers.
func (a *App) ready(w http.ResponseWriter, r *http.Request) {
	if err := a.k.DB.Ping(r.Context()); err != nil {
		a.cfg.Log.Error("not ready", "error", err)
		plain(w, http.StatusServiceUnavailable, "database unreachable")
		return
	}
	plain(w, http.StatusOK, "ready")
}

// guardMetrics answers scrapers on this machine, and others only with a key that
// may read the system's state.
func (a *App) guardMetrics(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, _ := net.SplitHostPort(r.RemoteAddr)
		if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
			who, err := a.iam.Authenticate(r.Context(), "", web.Bearer(r))
			if err != nil || !who.Can("system.read") {
				web.Refuse(w, r, actor.ErrNone)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

func (a *App) metrics() *metric.Metrics {
	m := metric.New(a.cfg.Version, string(a.k.DB.Dialect))
	a.k.Jobs.OnFinish(m.Job)
	m.Gauge("ordercove_jobs", "Jobs that wait or run.", []string{"state"}, func(ctx context.Context) ([]metric.Sample, error) {
		sum := map[string]float64{"waiting": 0, "running": 0}
		all, err := a.merchants(ctx)
		for _, id := range all {
			depth, e := a.k.Jobs.Depth(ctx, id)
			if e != nil {
				return nil, e
			}
			for state, n := range depth {
				sum[state] += float64(n)
			}
		}
		return []metric.Sample{{Labels: []string{"waiting"}, Value: sum["waiting"]}, {Labels: []string{"running"}, Value: sum["running"]}}, err
	})
	m.Gauge("ordercove_event_lag", "Events a consumer has not handled yet, over all merchants.", []string{"consumer"}, func(ctx context.Context) ([]metric.Sample, error) {
		lags, err := a.k.Runner.Lags(ctx)
		sum := map[string]float64{}
		for _, l := range lags {
			sum[l.Consumer] += float64(l.Events)
		}
		var out []metric.Sample
		for c, n := range sum {
			out = append(out, metric.Sample{Labels: []string{c}, Value: n})
		}
		return out, err
	})
	m.Gauge("ordercove_database_bytes", "Size of the database.", nil, func(ctx context.Context) ([]metric.Sample, error) {
		n, err := a.k.DB.Size(ctx)
		return []metric.Sample{{Value: float64(n)}}, err
	})
	m.Gauge("ordercove_live_pages", "Open pages that listen for changes.", nil, func(context.Context) ([]metric.Sample, error) {
		return []metric.Sample{{Value: float64(a.hub.Open())}}, nil
	})
	a.syncMetrics(m)
	return m
}
