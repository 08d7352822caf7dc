// Package kittest builds a Kit for tests: a real database, a clock that stands
// still until told, repeatable ids, one merchant with keys, and an actor who may
// do everything.
package kittest

import (
	"context"
	"io"
	"log/slog"
	"math/rand"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/file"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/seal"
)

// Merchant is the id of the merchant that New makes.
const Merchant id.ID = 1

// Noon is when a test's clock starts: noon of 2026-11-21 in Shanghai.
var Noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.FixedZone("CST", 8*3600))

// New returns a Kit over d and a context in which the merchant's owner acts.
func New(t testing.TB, d *db.DB) (*kit.Kit, context.Context) {
	t.Helper()
	c := clock.NewFake(Noon)
	ids := id.NewSource(1, c.Now)
	master, err := seal.NewMaster(make([]byte, seal.MasterKeySize))
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	vault := seal.New(d, master, rand.New(rand.NewSource(1)), c)
	k := &kit.Kit{
		DB: d, IDs: ids, Clock: c, Seal: vault, Log: log,
		Events: &event.Log{DB: d, IDs: ids, Clock: c},
		Files:  file.NewFiles(d, ids, c, vault),
		Jobs:   job.NewQueue(d, ids, c, log, "test"),
		Commands: &command.Pipe{DB: d, Clock: c, Seal: vault,
			Record: func(_ context.Context, tx *db.Tx, all ...command.Entry) error {
				tx.AfterCommit(func() { record(t, all) })
				return nil
			}},
	}
	k.Runner = event.NewRunner(k.Events, log, "test")
	NewMerchant(t, k, Merchant)
	return k, actor.With(t.Context(), Owner(Merchant))
}

// NewMerchant makes keys for one more merchant, to prove that tenants are apart.
func NewMerchant(t testing.TB, k *kit.Kit, merchant id.ID) {
	t.Helper()
	err := k.DB.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		return k.Seal.CreateKeysTx(ctx, tx, merchant)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Owner may do everything in merchant.
func Owner(merchant id.ID) actor.Actor {
	return actor.Actor{MerchantID: merchant, ID: 100, Kind: actor.User, Name: "林一", Permissions: []string{"*"}, Lang: "zh-CN"}
}

// As acts as a user of ctx's merchant who holds just these permissions.
func As(ctx context.Context, permissions ...string) context.Context {
	slices.Sort(permissions)
	return actor.With(ctx, actor.Actor{MerchantID: actor.Merchant(ctx), ID: 200, Kind: actor.User, Name: "陈二", Permissions: permissions, Lang: "zh-CN"})
}

// Within narrows the actor of ctx to some objects of a kind ("shop", "warehouse").
func Within(ctx context.Context, kind string, ids ...id.ID) context.Context {
	a, _ := actor.From(ctx)
	scope := map[string][]id.ID{}
	for k, v := range a.Scope {
		scope[k] = v
	}
	scope[kind] = ids
	a.Scope = scope
	return actor.With(ctx, a)
}

// Clock is the Kit's clock, to move it.
func Clock(k *kit.Kit) *clock.Fake { return k.Clock.(*clock.Fake) }

// InTx runs f in a transaction and fails the test when it fails.
func InTx(t testing.TB, k *kit.Kit, ctx context.Context, f func(context.Context, *db.Tx) error) {
	t.Helper()
	if err := k.DB.InTx(ctx, f); err != nil {
		t.Fatal(err)
	}
}

var (
	mu      sync.Mutex
	entries = map[testing.TB][]command.Entry{}
)

func record(t testing.TB, all []command.Entry) {
	mu.Lock()
	defer mu.Unlock()
	if _, known := entries[t]; !known {
		t.Cleanup(func() {
			mu.Lock()
			defer mu.Unlock()
			delete(entries, t)
		})
	}
	entries[t] = append(entries[t], all...)
}

// Audited returns the audit entries of the commands that committed in this test,
// in order. The real trail belongs to the audit package.
func Audited(t testing.TB) []command.Entry {
	mu.Lock()
	defer mu.Unlock()
	return slices.Clone(entries[t])
}

// Random is an endless reader with the same bytes in every run.
func Random() io.Reader { return rand.New(rand.NewSource(2)) }
