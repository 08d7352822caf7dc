package systemapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/ordercove/ordercove/internal/api/systemapi"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/live"
	"github.com/ordercove/ordercove/internal/kit/web"
)

type happened struct{}

func (happened) EventName() string { return "test.happened" }

func TestTheOutboxTellsWhatIsLeftToDo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		broken := true
		k.Runner.Add(event.Consumer{Name: "steady", Handle: func(context.Context, *db.Tx, []event.Event) error { return nil }})
		k.Runner.Add(event.Consumer{Name: "trouble", Handle: func(context.Context, *db.Tx, []event.Event) error {
			if broken {
				return errors.New("not now")
			}
			return nil
		}})
		k.Jobs.Register("test.work", job.Handler{Run: func(context.Context, *job.Run) error { return nil }})
		who := kittest.Owner(kittest.Merchant)
		api := web.New(web.Options{Version: "test", Log: k.Log, Authenticate: func(context.Context, web.Credential) (actor.Actor, error) { return who, nil }})
		systemapi.Routes(api, k, live.NewHub(), func(context.Context) (systemapi.System, error) { return systemapi.System{}, nil })
		h := api.Handler()
		ask := func() (int, systemapi.Outbox) {
			t.Helper()
			r := httptest.NewRequest("GET", "http://127.0.0.1"+web.Prefix+"/outbox", nil)
			r.Header.Set("Authorization", "Bearer x")
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			var out systemapi.Outbox
			if w.Code == 200 {
				if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
					t.Fatalf("%s: %v", w.Body, err)
				}
			}
			return w.Code, out
		}
		if _, o := ask(); o.LastSeq != 0 || o.Unnumbered != 0 || len(o.Consumers) != 2 || o.Jobs != (systemapi.Backlog{}) {
			t.Fatalf("before anything happened: %+v", o)
		}
		kittest.InTx(t, k, ctx, func(ctx context.Context, tx *db.Tx) error {
			for range 3 {
				if err := k.Events.AppendTx(ctx, tx, event.Of{Aggregate: "thing", ID: 7}, happened{}); err != nil {
					return err
				}
			}
			_, err := k.Jobs.EnqueueTx(ctx, tx, job.Spec{Kind: "test.work"})
			return err
		})
		// One writer numbers in the commit itself; where many write, a sequencer follows.
		left := int64(3)
		if d.Dialect == db.SQLite {
			left = 0
		}
		if _, o := ask(); o.Unnumbered != left || (o.UnnumberedAt != 0) != (left > 0) || o.LastSeq != 3-left || o.Jobs != (systemapi.Backlog{Due: 1}) {
			t.Fatalf("right after the commit: %+v", o)
		}
		if err := k.Runner.Drain(ctx); err == nil {
			t.Fatal("the broken consumer went unseen")
		}
		_, o := ask()
		steady, trouble := o.Consumers[0], o.Consumers[1]
		if o.LastSeq != 3 || o.Unnumbered != 0 || steady != (systemapi.EventConsumer{Name: "steady", Seq: 3}) {
			t.Fatalf("with one broken consumer: %+v", o)
		}
		if trouble.Name != "trouble" || trouble.Lag != 3 || trouble.Failures != 1 || trouble.RetryAt == 0 || trouble.Error != "event.consumer_failed" {
			t.Fatalf("the broken consumer: %+v", trouble)
		}
		broken = false
		kittest.Clock(k).Advance(10 * 60 * 1e9)
		if err := k.Runner.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		if err := k.Jobs.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		if _, o := ask(); o.Consumers[1] != (systemapi.EventConsumer{Name: "trouble", Seq: 3}) || o.Jobs != (systemapi.Backlog{}) {
			t.Fatalf("after all was done: %+v", o)
		}
		who, _ = actor.From(kittest.As(ctx, "order.read"))
		if code, _ := ask(); code != 403 {
			t.Fatalf("without the right: %d", code)
		}
	})
}
