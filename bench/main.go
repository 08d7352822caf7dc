package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"time"
)

type bench struct {
	rep      *report
	dir      string
	binary   string
	engines  []string
	sizes    []int
	sections []string
	rows     int // of the imported file
	ships    int
	quick    bool
	keep     string
	only     *regexp.Regexp // names of the list section's questions
	takes    int            // how often each of them is asked
}

var allSections = []string{"batch", "list", "race", "import", "ship", "export", "start", "catchup", "fulfil"}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	b, out, err := parse()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "ordercove-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b.dir = dir
	b.rep = newReport(os.Stdout)
	if slices.Contains(b.engines, "postgres") {
		ok, err := durable(ctx)
		if err != nil {
			return err
		}
		if !ok && !b.quick && b.wants("batch") {
			return errors.New("this PostgreSQL does not wait for the disk: ORDERCOVE_PG_FSYNC=on scripts/testpg starts one that does")
		}
	}
	stop, err := startProfile(out.profile)
	if err != nil {
		return err
	}
	defer stop()
	began := time.Now()
	err = b.all(ctx)
	if out.json != "" {
		err = errors.Join(err, b.rep.save(out.json))
	}
	if out.markdown != "" {
		err = errors.Join(err, b.rep.markdown(out.markdown))
	}
	missed := b.rep.missed()
	fmt.Printf("\n%d figures in %s, %d targets missed\n", len(b.rep.Rows), time.Since(began).Round(time.Second), len(missed))
	for _, m := range missed {
		fmt.Println("  missed:", m)
	}
	if err == nil && out.strict && len(missed) > 0 {
		err = errors.New("targets missed")
	}
	return err
}

// outputs are where the report goes.
type outputs struct {
	json, markdown, profile string
	strict                  bool
}

// parse reads the command line.
func parse() (b *bench, out outputs, err error) {
	engines := flag.String("engines", "sqlite,postgres", "comma list of sqlite, postgres")
	sizes := flag.String("sizes", "10000,100000,1000000", "orders stored while lists are measured")
	sections := flag.String("sections", strings.Join(allSections, ","), "comma list of "+strings.Join(allSections, ", "))
	quick := flag.Bool("quick", false, "small sizes: proves that everything runs, its figures mean little")
	binary := flag.String("binary", "bin/ordercove", "the built product, for import, ship, export and start")
	flag.StringVar(&out.json, "json", "", "also write the report here")
	flag.StringVar(&out.markdown, "markdown", "", "also write the report's tables here")
	keep := flag.String("keep", "", "keep the filled databases and use them again: SQLite's in this folder, PostgreSQL's on its server as oc_bench_keep_<orders>")
	only := flag.String("only", "", "of the list section, only the questions whose name this expression matches")
	takes := flag.Int("takes", 60, "how often the list section asks each question")
	flag.StringVar(&out.profile, "cpuprofile", "", "write a CPU profile of this process")
	flag.BoolVar(&out.strict, "strict", false, "fail when a target is missed")
	flag.Parse()

	b = &bench{binary: *binary, engines: strings.Split(*engines, ","), sections: strings.Split(*sections, ","), rows: 100_000, ships: 10_000, quick: *quick, keep: *keep, takes: *takes}
	if b.only, err = regexp.Compile(*only); err != nil {
		return nil, out, err
	}
	for _, s := range b.sections {
		if !slices.Contains(allSections, s) {
			return nil, out, fmt.Errorf("no section %q; there are %s", s, strings.Join(allSections, ", "))
		}
	}
	for _, s := range strings.Split(*sizes, ",") {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1000 {
			return nil, out, fmt.Errorf("size %q: a number from 1000", s)
		}
		b.sizes = append(b.sizes, n)
	}
	if b.quick {
		b.sizes, b.rows, b.ships = []int{2000}, 2000, 500
	}
	return b, out, nil
}

// startProfile writes a CPU profile to path until the returned function is called;
// an empty path profiles nothing.
func startProfile(path string) (stop func(), err error) {
	if path == "" {
		return func() {}, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() {
		pprof.StopCPUProfile()
		_ = f.Close()
	}, nil
}

// asks reports whether a question of the list section is asked.
func (b *bench) asks(name string) bool { return b.only == nil || b.only.MatchString(name) }

func (b *bench) wants(section string) bool { return slices.Contains(b.sections, section) }

func (b *bench) all(ctx context.Context) error {
	for _, e := range b.engines {
		for _, n := range b.sizes {
			if b.wants("batch") || b.wants("list") {
				if err := b.stored(ctx, e, n); err != nil {
					return fmt.Errorf("%s with %d orders: %w", e, n, err)
				}
			}
		}
		if b.wants("race") {
			if err := b.race(ctx, e); err != nil {
				return fmt.Errorf("race on %s: %w", e, err)
			}
		}
	}
	if b.wants("import") || b.wants("ship") || b.wants("export") || b.wants("start") {
		for _, e := range b.engines {
			if err := b.product(ctx, e); err != nil {
				return fmt.Errorf("the product on %s: %w", e, err)
			}
		}
	}
	if b.wants("catchup") {
		for _, e := range b.engines {
			if err := b.catchUp(ctx, e); err != nil {
				return fmt.Errorf("catching up on %s: %w", e, err)
			}
		}
	}
	if b.wants("fulfil") {
		for _, e := range b.engines {
			if err := b.fulfil(ctx, e); err != nil {
				return fmt.Errorf("getting orders out on %s: %w", e, err)
			}
		}
	}
	return nil
}

// stored fills a database with n orders and measures around it.
func (b *bench) stored(ctx context.Context, engine string, n int) error {
	w := newWorld(n, time.Now())
	if b.keep != "" {
		return b.storedBefore(ctx, w, engine, n)
	}
	s, err := newStand(ctx, engine, b.dir)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.assort(w); err != nil {
		return err
	}
	if err := b.batch(ctx, s, w, n); err != nil {
		return err
	}
	if b.wants("list") {
		return b.list(ctx, s, w, n)
	}
	return nil
}

// storedBefore is stored over a database that an earlier run filled.
func (b *bench) storedBefore(ctx context.Context, w *world, engine string, n int) error {
	path := filepath.Join(b.keep, fmt.Sprintf("orders-%d.db", n))
	_, err := os.Stat(path)
	filled := err == nil
	if engine == "postgres" {
		if path, filled, err = keptDatabase(ctx, fmt.Sprintf("oc_bench_keep_%d", n)); err != nil {
			return err
		}
	}
	s, err := openStand(ctx, engine, path, func() {})
	if err != nil {
		return err
	}
	defer s.close()
	if !filled {
		if err := s.assort(w); err != nil {
			return err
		}
		if err := b.batch(ctx, s, w, n); err != nil {
			return err
		}
	}
	if b.wants("list") {
		return b.list(ctx, s, w, n)
	}
	return nil
}
