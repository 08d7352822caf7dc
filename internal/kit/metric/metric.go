// Package metric counts what an operator watches, in Prometheus' form. Labels are
// operations, kinds, states and the numbers of merchants and shops: never a
// merchant's data, never a person's.
package metric

import (
	"context"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Metrics is one process's registry.
type Metrics struct {
	reg      *prometheus.Registry
	requests *prometheus.HistogramVec
	jobs     *prometheus.HistogramVec
}

// New returns the registry with the runtime's own figures.
func New(version, engine string) *Metrics {
	m := &Metrics{reg: prometheus.NewRegistry()}
	m.requests = prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "ordercove_http_request_seconds", Help: "Time to answer an operation.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}}, []string{"method", "route", "status"})
	m.jobs = prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "ordercove_job_run_seconds", Help: "Time of one run of a job.",
		Buckets: []float64{.01, .05, .25, 1, 5, 30, 120, 600}}, []string{"kind", "state"})
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "ordercove_build", Help: "Always 1.",
		ConstLabels: prometheus.Labels{"version": version, "engine": engine}})
	build.Set(1)
	m.reg.MustRegister(m.requests, m.jobs, build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Request counts an answer. route is the operation's path.
func (m *Metrics) Request(method, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
}

// Job counts a run. It fits job.Queue.OnFinish.
func (m *Metrics) Job(_ context.Context, kind, state string, took time.Duration) {
	m.jobs.WithLabelValues(kind, state).Observe(took.Seconds())
}

// Sample is one value of a gauge that is read when somebody asks.
type Sample struct {
	Labels []string
	Value  float64
}

// Def describes one of several figures that are read together.
type Def struct {
	Name, Help string
	Labels     []string
	Counter    bool // only grows while the process lives
}

// Gauge registers a gauge that asks the database: read runs at every scrape,
// within two seconds; when it fails the gauge is absent.
func (m *Metrics) Gauge(name, help string, labels []string, read func(context.Context) ([]Sample, error)) {
	m.Group([]Def{{Name: name, Help: help, Labels: labels}}, func(ctx context.Context) ([][]Sample, error) {
		all, err := read(ctx)
		return [][]Sample{all}, err
	})
}

// Group registers figures that one reading gives, in the order of defs, under the
// same terms as Gauge.
func (m *Metrics) Group(defs []Def, read func(context.Context) ([][]Sample, error)) {
	g := &group{read: read}
	for _, d := range defs {
		kind := prometheus.GaugeValue
		if d.Counter {
			kind = prometheus.CounterValue
		}
		g.descs, g.kinds = append(g.descs, prometheus.NewDesc(d.Name, d.Help, d.Labels, nil)), append(g.kinds, kind)
	}
	m.reg.MustRegister(g)
}

type group struct {
	descs []*prometheus.Desc
	kinds []prometheus.ValueType
	read  func(context.Context) ([][]Sample, error)
}

func (g *group) Describe(c chan<- *prometheus.Desc) {
	for _, d := range g.descs {
		c <- d
	}
}

func (g *group) Collect(c chan<- prometheus.Metric) {
	ctx, done := context.WithTimeout(context.Background(), 2*time.Second)
	defer done()
	all, err := g.read(ctx)
	if err != nil {
		return
	}
	for i, samples := range all {
		for _, s := range samples {
			c <- prometheus.MustNewConstMetric(g.descs[i], g.kinds[i], s.Value, s.Labels...)
		}
	}
}

// Gatherer is what a scrape reads.
func (m *Metrics) Gatherer() prometheus.Gatherer { return m.reg }
