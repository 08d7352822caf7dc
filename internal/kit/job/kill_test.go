package job_test

import (
	"bufio"
	"context"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/migrations"
)

// The child works on a job in a process of its own, so that it can be killed.
const (
	childURL = "ORDERCOVE_TEST_JOB_CHILD"
	// childEnd is a step after which the child stands still: a test that gets little
	// of the machine still kills it in the middle of its job.
	childEnd = "ORDERCOVE_TEST_JOB_CHILD_END"
)

type stepped struct{}

func (stepped) EventName() string { return "test.stepped" }

// stepping leaves one event per item, in the step's transaction: the proof of
// what was done how often.
func stepping(log *event.Log, told func(int)) func(context.Context, *job.Run) error {
	return func(ctx context.Context, r *job.Run) error {
		from, _ := strconv.Atoi(r.Checkpoint())
		for n := from + 1; n <= 400; n++ {
			err := r.Advance(ctx, func(ctx context.Context, tx *db.Tx) (job.Step, error) {
				err := log.AppendTx(ctx, tx, event.Of{Aggregate: "item", ID: id.ID(n)}, stepped{})
				return job.Step{Checkpoint: strconv.Itoa(n), Done: 1, OK: 1, Rows: []job.Row{{No: int64(n), Result: job.OK}}}, err
			})
			if err != nil {
				return err
			}
			told(n)
		}
		return nil
	}
}

func TestMain(m *testing.M) {
	url := os.Getenv(childURL)
	if url == "" {
		os.Exit(m.Run())
	}
	ctx := context.Background()
	d, err := db.Open(ctx, url, db.Options{})
	if err != nil {
		slog.Error("child", "error", err)
		os.Exit(1)
	}
	end, _ := strconv.Atoi(os.Getenv(childEnd))
	ids := id.NewSource(2, time.Now)
	q := job.NewQueue(d, ids, clock.System{}, slog.Default(), "child")
	log := &event.Log{DB: d, IDs: ids, Clock: clock.System{}}
	q.Register("test.steps", job.Handler{Run: stepping(log, func(n int) {
		os.Stdout.WriteString(strconv.Itoa(n) + "\n")
		if n == end {
			select {}
		}
	})})
	q.Work(ctx)
}

// runChild starts the worker process and returns what it says line by line.
func runChild(t *testing.T, url string, end int) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), childURL+"="+url, childEnd+"="+strconv.Itoa(end))
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() })
	return c, bufio.NewScanner(out)
}

func TestAKilledProcessesJobGoesOnExactlyWhereItStood(t *testing.T) {
	for engine, open := range map[string]func(*testing.T) string{
		"sqlite": func(t *testing.T) string {
			path := t.TempDir() + "/killed.db"
			d, err := db.Open(t.Context(), path, db.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Migrate(t.Context(), migrations.FS); err != nil {
				t.Fatal(err)
			}
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			return path
		},
		"postgres": func(t *testing.T) string { return dbtest.PostgresURL(t) },
	} {
		t.Run(engine, func(t *testing.T) {
			url := open(t)
			d, err := db.Open(t.Context(), url, db.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			ids := id.NewSource(1, time.Now)
			q := job.NewQueue(d, ids, clock.System{}, slog.Default(), "child") // the same installation, started again
			log := &event.Log{DB: d, IDs: ids, Clock: clock.System{}}
			q.Register("test.steps", job.Handler{Run: stepping(log, func(int) {})})
			ctx := actor.With(t.Context(), kittest.Owner(1))
			var n id.ID
			if err := d.InTx(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
				n, err = q.EnqueueTx(ctx, tx, job.Spec{Kind: "test.steps", Payload: 1, Total: 400, Visible: true})
				return err
			}); err != nil {
				t.Fatal(err)
			}
			acknowledged := 0
			for _, upTo := range []int{40, 120, 230} { // three processes die
				c, says := runChild(t, url, upTo+60)
				for says.Scan() {
					acknowledged, _ = strconv.Atoi(strings.TrimSpace(says.Text()))
					if acknowledged >= upTo {
						break
					}
				}
				if err := c.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				_ = c.Wait()
				j, err := q.Get(ctx, n)
				if err != nil || j.State != job.Running || j.Done < int64(acknowledged) {
					t.Fatalf("after the kill: %+v, %d steps acknowledged (%v)", j, acknowledged, err)
				}
				if err := q.TakeBack(ctx); err != nil {
					t.Fatal(err)
				}
			}
			if err := q.Drain(ctx); err != nil {
				t.Fatal(err)
			}
			j, err := q.Get(ctx, n)
			if err != nil || j.State != job.Succeeded || j.Done != 400 || j.OKCount != 400 {
				t.Fatalf("at the end: %+v (%v)", j, err)
			}
			var events, distinct, rows int
			if err := d.QueryRow(ctx, `SELECT COUNT(*), COUNT(DISTINCT aggregate_id) FROM event_log WHERE merchant_id = 1 AND name = 'test.stepped'`).Scan(&events, &distinct); err != nil {
				t.Fatal(err)
			}
			if err := d.QueryRow(ctx, `SELECT COUNT(*) FROM job_row WHERE merchant_id = 1 AND job_id = ?`, n).Scan(&rows); err != nil {
				t.Fatal(err)
			}
			if events != 400 || distinct != 400 || rows != 400 {
				t.Fatalf("%d items done, %d different ones, %d rows; want each of 400 once", events, distinct, rows)
			}
		})
	}
}
