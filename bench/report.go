package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// row is one line of the report: what we take, what the raw engine takes for the
// same rows, and the target of the design where there is one.
type row struct {
	Section string  `json:"section"`
	Engine  string  `json:"engine"`
	Orders  int     `json:"orders,omitempty"` // stored while measuring
	Name    string  `json:"name"`
	Unit    string  `json:"unit"`
	Ours    float64 `json:"ours"`
	P95     float64 `json:"p95,omitempty"`
	CPU     float64 `json:"cpu_ms,omitempty"` // of this process per question, both ends of HTTP
	Raw     float64 `json:"raw,omitempty"`
	Ratio   float64 `json:"ratio,omitempty"`  // ours ÷ raw
	Target  string  `json:"target,omitempty"` // in words
	Met     *bool   `json:"met,omitempty"`
}

// report gathers rows and prints each as it comes.
type report struct {
	mu      sync.Mutex
	out     io.Writer
	Machine string    `json:"machine"`
	At      time.Time `json:"at"`
	Rows    []row     `json:"rows"`
}

func newReport(out io.Writer) *report {
	r := &report{out: out, At: time.Now().UTC().Truncate(time.Second),
		Machine: fmt.Sprintf("%d cores, %s/%s, %s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())}
	fmt.Fprintf(out, "%s; data: %d shops, %d SKUs, %d days\n\n", r.Machine, shopCount, goodCount*specCount, spanDays)
	r.print("engine", "orders", "what", "ours", "p95", "cpu ms", "raw", "ratio", "unit", "target")
	return r
}

// target is a bound on a row: at most or at least a value, of the figure, its
// 95th percentile or its ratio to the raw engine.
type target struct {
	of      byte // 'o' ours, 'p' p95, 'r' ratio
	atLeast bool
	value   float64
}

func atMost(v float64) target     { return target{'o', false, v} }
func atLeast(v float64) target    { return target{'o', true, v} }
func ratioLeast(v float64) target { return target{'r', true, v} }

func (t target) text(unit string) string {
	sign, what := "≤", unit
	if t.atLeast {
		sign = "≥"
	}
	if t.of == 'r' {
		what = "× raw"
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s %s", sign, figure(t.value), what))
}

func (t target) met(r row) bool {
	v := r.Ours
	switch t.of {
	case 'p':
		v = r.P95
	case 'r':
		v = r.Ratio
	}
	return v >= t.value == t.atLeast || v == t.value
}

func (r *report) add(x row, targets ...target) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if x.Raw > 0 {
		x.Ratio = x.Ours / x.Raw
	}
	var words []string
	for _, t := range targets {
		ok := t.met(x)
		if x.Met == nil || !ok {
			x.Met = &ok
		}
		words = append(words, t.text(x.Unit))
	}
	x.Target = strings.Join(words, ", ")
	r.Rows = append(r.Rows, x)
	mark := x.Target
	if x.Met != nil && !*x.Met {
		mark += "  ← missed"
	}
	orders := ""
	if x.Orders > 0 {
		orders = fmt.Sprint(x.Orders)
	}
	r.print(x.Engine, orders, x.Name, figure(x.Ours), orNone(x.P95), orNone(x.CPU), orNone(x.Raw), orNone(x.Ratio), x.Unit, mark)
}

func (r *report) print(cells ...string) {
	widths := []int{9, 9, 58, 10, 9, 8, 10, 8, 9, 0}
	var b strings.Builder
	for i, c := range cells {
		b.WriteString(c)
		if pad := widths[i] - columnsOf(c); pad > 0 && i < len(cells)-1 {
			b.WriteString(strings.Repeat(" ", pad))
		}
		b.WriteByte(' ')
	}
	fmt.Fprintln(r.out, strings.TrimRight(b.String(), " "))
}

// columnsOf is how wide text stands in a terminal: Chinese takes two columns.
func columnsOf(s string) int {
	n := utf8.RuneCountInString(s)
	for _, r := range s {
		if r >= 0x2E80 && r < 0xFFE0 {
			n++
		}
	}
	return n
}

func orNone(v float64) string {
	if v == 0 {
		return "–"
	}
	return figure(v)
}

func figure(v float64) string {
	switch {
	case v >= 100 || v == float64(int64(v)):
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v >= 0.1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.3f", v)
}

func (r *report) missed() (names []string) {
	for _, x := range r.Rows {
		if x.Met != nil && !*x.Met {
			names = append(names, fmt.Sprintf("%s/%s/%d %s", x.Section, x.Engine, x.Orders, x.Name))
		}
	}
	return names
}

func (r *report) save(path string) error {
	b, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(b, '\n'), 0o644)
}

// median of several takes of one figure.
func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(v))
	return s[len(s)/2]
}

// percentiles of latencies, in milliseconds.
func percentiles(d []time.Duration) (p50, p95 float64) {
	return percentile(d, 0.50), percentile(d, 0.95)
}

func percentile(d []time.Duration, q float64) float64 {
	if len(d) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(d))
	return float64(s[min(len(s)-1, int(q*float64(len(s))))].Microseconds()) / 1000
}

// rate is n things per second.
func rate(n int, took time.Duration) float64 { return float64(n) / took.Seconds() }

// markdown writes the report as one table per section.
func (r *report) markdown(path string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s\n", r.Machine, r.At.Format(time.DateOnly))
	section := ""
	for _, x := range r.Rows {
		if x.Section != section {
			section = x.Section
			fmt.Fprintf(&b, "\n### %s\n\n| engine | orders | what | ours | p95 | CPU ms | raw | ratio | unit | target |\n|---|--:|---|--:|--:|--:|--:|--:|---|---|\n", section)
		}
		mark := x.Target
		if x.Met != nil && !*x.Met {
			mark += " **missed**"
		}
		orders := ""
		if x.Orders > 0 {
			orders = fmt.Sprint(x.Orders)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", x.Engine, orders, x.Name, figure(x.Ours), orNone(x.P95), orNone(x.CPU), orNone(x.Raw), orNone(x.Ratio), x.Unit, mark)
	}
	return os.WriteFile(path, []byte(b.String()), 0o644)
}
