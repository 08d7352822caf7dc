package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/carrier"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/httpx"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/seal"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/simulator"
	"github.com/ordercove/ordercove/internal/simulator/world"
)

// issuerChild names the database of a process that issues waybills and may be killed.
const issuerChild = "ORDERCOVE_TEST_ISSUER"

// office is an issue engine over real clients, as any process of an installation has it.
type office struct {
	k        *kit.Kit
	accounts *account.Service
	waybills *waybill.Service
}

func openOffice(d *db.DB, node int) (*office, error) {
	c := clock.System{}
	master, err := seal.NewMaster(make([]byte, seal.MasterKeySize))
	if err != nil {
		return nil, err
	}
	ids := id.NewSource(node, c.Now)
	log := slog.New(slog.DiscardHandler)
	k := &kit.Kit{DB: d, IDs: ids, Clock: c, Log: log, Seal: seal.New(d, master, clock.Random(), c), Events: &event.Log{DB: d, IDs: ids, Clock: c}, Jobs: job.NewQueue(d, ids, c, log, "office")}
	k.Commands = &command.Pipe{DB: d, Clock: c, Seal: k.Seal, Record: func(context.Context, *db.Tx, ...command.Entry) error { return nil }}
	hc, err := httpx.New(httpx.Options{Allow: []string{"127.0.0.1"}, Timeout: 10 * time.Second})
	if err != nil {
		return nil, err
	}
	o := &office{k: k, accounts: account.New(k, carrier.All(), hc)}
	o.waybills = waybill.New(k, o.accounts, nil, func(_ context.Context, all []waybill.Waybill) ([]waybill.Content, error) {
		out := make([]waybill.Content, len(all))
		for i, w := range all {
			to := logistics.Party{Name: "林小满", Phone: "13800000001", Province: "浙江省", City: "杭州市", District: "西湖区", Detail: fmt.Sprintf("孤山路 %d 号", w.FulfillmentID)}
			out[i] = waybill.Content{Version: 1, Request: logistics.Request{Receiver: to, Goods: []logistics.Goods{{Name: "毛巾", Quantity: 1}}}}
		}
		return out, nil
	})
	return o, nil
}

// TestIssuerProcess is the process that is killed: it does nothing unless it is told to.
func TestIssuerProcess(t *testing.T) {
	url := os.Getenv(issuerChild)
	if url == "" {
		return
	}
	d, err := db.Open(t.Context(), url, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o, err := openOffice(d, 2)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.k.Jobs.TakeBack(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.k.Jobs.Work(t.Context()) // until it is killed
}

// Processes die while they ask, answers are lost on the way, and still every parcel gets
// one number, of which the carrier knows no other.
func TestEveryParcelGetsOneNumberThoughProcessesDieAndAnswersAreLost(t *testing.T) {
	for engine, open := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLitePath, "postgres": dbtest.PostgresURL} {
		t.Run(engine, func(t *testing.T) { killIssuers(t, open(t)) })
	}
}

const parcels = 60

func killIssuers(t *testing.T, url string) {
	sim, err := simulator.New(simulator.Config{Profile: "calm", Accounts: 1}, clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	// Every answer takes a moment, so that a process dies with requests under way.
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-time.After(10 * time.Millisecond):
		}
		sim.ServeHTTP(rw, r)
	}))
	t.Cleanup(server.Close)
	d, err := db.Open(t.Context(), url, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	o, err := openOffice(d, 1)
	if err != nil {
		t.Fatal(err)
	}
	kittest.NewMerchant(t, o.k, kittest.Merchant)
	ctx := actor.With(t.Context(), kittest.Owner(kittest.Merchant))
	var shops []*world.Shop
	for i, code := range []string{"sf", "zto"} {
		shop := sim.World.ShopsOf(code)[0]
		shops = append(shops, shop)
		name, base := code, server.URL+"/"+code
		a, err := o.accounts.Put(ctx, account.PutInput{Kind: account.Carrier, Carrier: strings.ToUpper(code), Name: &name, BaseURL: &base, Credentials: shop.Platform.Credentials(shop),
			Sender: &logistics.Party{Name: "小满家仓库", Phone: "13800000002", Province: "浙江省", City: "杭州市", District: "余杭区", Detail: "良睦路 9 号"}})
		if err != nil {
			t.Fatal(err)
		}
		if r, err := o.accounts.Test(ctx, a.ID, nil); err != nil || r.Problem != account.ProblemNone {
			t.Fatalf("%s: %+v %v", code, r, err)
		}
		var wants []waybill.Want
		for n := range parcels / 2 {
			wants = append(wants, waybill.Want{FulfillmentID: id.ID(1000*(i+1) + n), Version: 1, AccountID: a.ID})
		}
		kittest.InTx(t, o.k, ctx, func(ctx context.Context, tx *db.Tx) error { _, err := o.waybills.WantTx(ctx, tx, wants); return err })
		shop.Do(func(t *world.Tx) { t.SetFaults(world.Faults{DropRate: .08, LoseRate: .05}) })
	}
	issued := func() (n int64) {
		if err := d.QueryRow(ctx, "SELECT COUNT(*) FROM logistics_waybill WHERE merchant_id = ? AND state = 'issued'", kittest.Merchant).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, upTo := range []int64{6, 18} { // two processes die
		c := exec.Command(os.Args[0], "-test.run=^TestIssuerProcess$")
		c.Env = append(os.Environ(), issuerChild+"="+url)
		c.Stdout, c.Stderr = io.Discard, io.Discard
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Process.Kill() })
		until(t, func() bool { return issued() >= upTo })
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = c.Wait()
	}
	for _, shop := range shops { // the weather clears
		shop.Do(func(t *world.Tx) { t.SetFaults(world.Faults{}) })
	}
	if err := o.k.Jobs.TakeBack(ctx); err != nil {
		t.Fatal(err)
	}
	until(t, func() bool {
		if err := o.k.Jobs.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		return issued() == parcels
	})
	standing := 0
	for _, shop := range shops {
		shop.Do(func(tx *world.Tx) {
			for _, l := range tx.LabelsOf("") {
				standing++
				w, err := o.waybills.Scanned(ctx, d, l.No)
				if err != nil || w.Key != l.Key || w.No != l.No || w.State != waybill.Issued || w.SortCode == "" {
					t.Errorf("%s %s: %+v %v", l.Key, l.No, w, err)
				}
			}
		})
	}
	if standing != parcels {
		t.Errorf("the carriers issued %d numbers for %d parcels", standing, parcels)
	}
}

// until waits for what other processes bring about.
func until(t *testing.T, is func() bool) {
	t.Helper()
	for end := time.Now().Add(90 * time.Second); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it does not come")
		}
	}
}
