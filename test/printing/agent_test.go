// Package printing_test has print agents, the server's queue over HTTP and simulated print
// components work together while processes die and answers get lost.
package printing_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/agent"
	"github.com/ordercove/ordercove/internal/api/packingapi"
	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/customer"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/packing/print"
	"github.com/ordercove/ordercove/internal/shop"
	"github.com/ordercove/ordercove/internal/simulator/component"
)

// numbering gives every parcel a number, and print data where a channel asks for it.
type numbering struct{ channel bool }

func (numbering) Test(context.Context) error { return nil }

func (n numbering) Issue(_ context.Context, r logistics.Request) (logistics.Issued, error) {
	out := logistics.Issued{No: "75" + r.Key[len(r.Key)-12:], SortCode: "310-P6 031"}
	if n.channel {
		out.Print, out.Signature, out.Template = "sealed:"+out.No, "sig", "https://templates.example/1"
	}
	return out, nil
}

func (numbering) Find(context.Context, logistics.Request) (logistics.Issued, error) {
	return logistics.Issued{}, logistics.ErrNotFound
}
func (numbering) Cancel(context.Context, string, string) error { return nil }

type channelNumbering struct{ numbering }

func (channelNumbering) Cancel(context.Context, waybill.Given) error { return nil }
func (channelNumbering) Balances(context.Context) ([]logistics.Balance, error) {
	return nil, logistics.ErrUnsupported
}
func (channelNumbering) Traits() waybill.Traits { return waybill.Traits{AtOnce: 4, MaxPieces: 1} }

// packingHouse is a server with orders that wait for labels, and a PC's components.
type packingHouse struct {
	t        *testing.T
	k        *kit.Kit
	ctx      context.Context
	orders   *order.Service
	ship     *fulfillment.Service
	numbers  *waybill.Service
	accounts *account.Service
	prints   *print.Service
	shop     shop.Shop
	own      id.ID // account of the merchant's own
	theirs   id.ID // account of the shop's channel
	url      string
	// lose decides whether a request's answer is lost on its way.
	lose    atomic.Pointer[func(path string) bool]
	program *component.Program
	at      string // where the component listens
}

func newPackingHouse(t *testing.T, d *db.DB, channel string) *packingHouse {
	t.Helper()
	k, ctx := kittest.New(t, d)
	h := &packingHouse{t: t, k: k, ctx: ctx, program: component.New(channel, clock.System{})}
	shops, cat := shop.New(k, []string{channel}), catalog.New(k)
	stock := inventory.New(k, cat)
	h.orders = order.New(k, shops, cat, customer.New(k), stock)
	h.ship = fulfillment.New(k, shops, cat, stock, h.orders)
	party := logistics.Party{Name: "林小满", Phone: "13800000001", Province: "浙江省", City: "杭州市", District: "西湖区", Detail: "孤山路 1 号"}
	accounts := account.New(k, []logistics.Manifest{{Code: "ZTO", BaseURL: "https://post.example", MaxPieces: 1, AtOnce: 4,
		Credentials: []logistics.Credential{{Name: "secret", NameZH: "密钥", NameEN: "Secret", Secret: true}},
		Open:        func(logistics.Access) (logistics.Client, error) { return numbering{}, nil }}}, nil)
	h.accounts = accounts
	h.numbers = waybill.New(k, accounts, func(context.Context, account.Account) (waybill.Issuer, error) {
		return channelNumbering{numbering{true}}, nil
	}, func(_ context.Context, all []waybill.Waybill) ([]waybill.Content, error) {
		out := make([]waybill.Content, len(all))
		for i := range all {
			out[i] = waybill.Content{Version: all[i].Version, Request: logistics.Request{Receiver: party}}
		}
		return out, nil
	})
	h.prints = print.New(k, h.ship, h.orders, cat, shops, accounts, h.numbers, nil, print.Around{Places: func(context.Context, db.Querier, []id.ID) (map[id.ID]print.Place, error) {
		return nil, nil
	}, Params: func(_ context.Context, shopID id.ID) (string, error) {
		return "method=logistics.getShopKey&shop=" + shopID.String(), nil
	}}, kittest.Random())
	var err error
	h.shop, err = shops.Create(ctx, shop.CreateInput{Channel: channel, Name: "青禾茶铺", LiveFrom: h.now() - 90*24*3_600_000, AutoApprove: true})
	h.must(err)
	sku := k.IDs.New()
	kittest.InTx(t, k, ctx, func(ctx context.Context, tx *db.Tx) error {
		w, err := stock.EnsureDefaultTx(ctx, tx)
		h.must(err)
		h.must(shops.TouchDataTx(ctx, tx, h.shop.ID, h.now()))
		_, err = tx.Exec(ctx, `INSERT INTO catalog_product (merchant_id, id, name, created_at, version) VALUES (?, ?, '明前茶', 1, 1)`, kittest.Merchant, sku)
		h.must(err)
		_, err = tx.Exec(ctx, `INSERT INTO catalog_sku (merchant_id, id, product_id, code, name, spec, created_at, version) VALUES (?, ?, ?, 'TEA', '明前茶', '', 1, 1)`, kittest.Merchant, sku, sku)
		h.must(err)
		return stock.SetOpeningTx(ctx, tx, sku, w.ID, 500, "test")
	})
	h.shop.DataAt = h.now()
	name := "城西网点"
	own, err := accounts.Put(ctx, account.PutInput{Kind: account.Carrier, Carrier: "ZTO", Name: &name, Credentials: map[string]string{"secret": "not a real one"}, Sender: &party})
	h.must(err)
	theirs, err := accounts.Put(ctx, account.PutInput{Kind: account.Channel, Carrier: "ZTO", ShopID: h.shop.ID, Name: &name, Sender: &party})
	h.must(err)
	h.own, h.theirs = own.ID, theirs.ID
	h.serve()
	return h
}

// serve starts the server's HTTP and the PC's component.
func (h *packingHouse) serve() {
	api := web.New(web.Options{Version: "test", Authenticate: func(context.Context, web.Credential) (actor.Actor, error) { return actor.From(h.ctx) }})
	packingapi.PrintRoutes(api, h.prints)
	inner := api.Handler()
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		lose := h.lose.Load()
		if lose == nil || !(*lose)(r.URL.Path) {
			inner.ServeHTTP(rw, r)
			return
		}
		inner.ServeHTTP(httptest.NewRecorder(), r) // it happens, and nobody hears of it
		panic(http.ErrAbortHandler)
	}))
	h.t.Cleanup(server.Close)
	h.url = server.URL
	local := httptest.NewServer(h.program)
	h.t.Cleanup(local.Close)
	h.at = "ws" + strings.TrimPrefix(local.URL, "http")
}

func (h *packingHouse) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *packingHouse) now() int64 { return h.k.Clock.Now().UnixMilli() }

// parcels are n fulfillment orders with numbers of an account.
func (h *packingHouse) parcels(n int, account id.ID) (out []id.ID) {
	h.t.Helper()
	one := int64(1)
	for i := range n {
		no := fmt.Sprintf("A-%d-%d", account, i)
		doc := order.Document{ChannelOrderNo: no, Status: order.ChannelAwaitingShipment, StatusRaw: "待发货", PlacedAt: h.now() - 3_600_000, PaidAt: h.now() - 3_500_000,
			BuyerNick: "买家" + no, BuyerKey: "b" + no, RefundState: order.RefundNone,
			Receiver: order.Receiver{Name: "沈知夏", Phone: "13800138000", Province: "浙江省", City: "杭州市", District: "西湖区", Detail: "文三路 1 号 " + no},
			Lines:    []order.Line{{ChannelLineNo: no + "-1", Title: "茶", MerchantSKUCode: "TEA", Quantity: &one}}}
		var placed id.ID
		kittest.InTx(h.t, h.k, h.ctx, func(ctx context.Context, tx *db.Tx) error {
			all, err := h.orders.ApplyTx(ctx, tx, []order.Incoming{{Shop: h.shop, Doc: doc, Source: "file", SourceAt: h.now()}})
			if err == nil {
				placed, err = all[0].OrderID, all[0].Err
			}
			return err
		})
		a, err := h.ship.Allocate(h.ctx, fulfillment.AllocateInput{OrderID: placed})
		h.must(err)
		f, err := h.ship.Get(h.ctx, a.FulfillmentOrderID)
		h.must(err)
		kittest.InTx(h.t, h.k, h.ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := h.numbers.WantTx(ctx, tx, []waybill.Want{{FulfillmentID: f.ID, Version: f.Version, AccountID: account, ShopID: h.shop.ID}})
			return err
		})
		out = append(out, f.ID)
	}
	h.must(h.k.Jobs.Drain(h.ctx))
	return out
}

// batch puts parcels into the queue of an agent's printer.
func (h *packingHouse) batch(parcels []id.ID, agent id.ID, printer string) id.ID {
	h.t.Helper()
	out, err := h.prints.Start(h.ctx, print.StartInput{FulfillmentOrderIDs: parcels, TemplateID: 1, AgentID: agent, Printer: printer})
	h.must(err)
	h.must(h.k.Jobs.Drain(h.ctx))
	return out.Batch.ID
}

// states counts a batch's labels by state.
func (h *packingHouse) states(batch id.ID) map[print.LabelState]int {
	h.t.Helper()
	_, all, err := h.prints.Get(h.ctx, batch)
	h.must(err)
	out := map[print.LabelState]int{}
	for _, l := range all {
		out[l.State]++
	}
	return out
}

// station is a PC with a print agent.
type station struct {
	h  *packingHouse
	id id.ID
	c  agent.Config
}

func (h *packingHouse) station(name string) *station {
	h.t.Helper()
	added, err := h.prints.AddAgent(h.ctx, name)
	h.must(err)
	s := &station{h: h, id: added.Agent.ID, c: agent.Config{Dir: filepath.Join(h.t.TempDir(), "agent"), Component: map[string]string{h.shop.Channel: h.at}, PDF: "folder",
		Folder: filepath.Join(h.t.TempDir(), "hot"), Wait: 30 * time.Second, Poll: 20 * time.Millisecond}}
	for _, other := range component.Kinds() {
		if other != h.shop.Channel {
			s.c.Without = append(s.c.Without, other)
		}
	}
	h.must(os.MkdirAll(filepath.Join(s.c.Folder, "热敏 1"), 0o700))
	h.must(agent.Pair(h.ctx, s.c, h.url, added.Code, io.Discard))
	return s
}

// run runs the agent in this process; it returns how to end it.
func (s *station) run() (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	var once sync.Once
	var err error
	stop = func() error {
		once.Do(func() { cancel(); err = <-ended })
		return err
	}
	go func() { ended <- agent.Run(ctx, s.c, clock.System{}, slog.New(slog.DiscardHandler), io.Discard) }()
	s.h.t.Cleanup(func() { _ = stop() })
	return stop
}

// agentChild holds the settings of an agent that runs in a process of its own.
const agentChild = "ORDERCOVE_TEST_AGENT"

// TestAgentProcess is the process that is killed: it does nothing unless it is told to.
func TestAgentProcess(t *testing.T) {
	settings := os.Getenv(agentChild)
	if settings == "" {
		return
	}
	var c agent.Config
	if err := json.Unmarshal([]byte(settings), &c); err != nil {
		t.Fatal(err)
	}
	if err := agent.Run(t.Context(), c, clock.System{}, slog.New(slog.DiscardHandler), io.Discard); err != nil {
		t.Fatal(err)
	}
}

// spawn runs the agent in a process of its own; it returns how to kill it.
func (s *station) spawn() (kill func()) {
	s.h.t.Helper()
	settings, err := json.Marshal(s.c)
	s.h.must(err)
	c := exec.Command(os.Args[0], "-test.run=^TestAgentProcess$")
	c.Env = append(os.Environ(), agentChild+"="+string(settings))
	s.h.must(c.Start())
	kill = sync.OnceFunc(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	s.h.t.Cleanup(kill)
	return kill
}

// empty plays the program that prints from a hot folder, until the test ends; it keeps
// what it took.
func (s *station) empty() (taken func() [][]byte) {
	var mu sync.Mutex
	var all [][]byte
	done := make(chan struct{})
	s.h.t.Cleanup(func() { close(done) })
	go func() {
		for {
			files, _ := filepath.Glob(filepath.Join(s.c.Folder, "*", "*.pdf"))
			for _, f := range files {
				if raw, err := os.ReadFile(f); err == nil {
					mu.Lock()
					all = append(all, raw)
					mu.Unlock()
					_ = os.Remove(f)
				}
			}
			select {
			case <-done:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	return func() [][]byte {
		mu.Lock()
		defer mu.Unlock()
		return all
	}
}

// once fails where a label came out twice.
func (h *packingHouse) once() map[string]bool {
	h.t.Helper()
	out := map[string]bool{}
	for _, p := range h.program.Papers() {
		if out[p.Data] {
			h.t.Errorf("%s came out twice", p.Data)
		}
		out[p.Data] = true
	}
	return out
}

func TestAnAgentPrintsOurOwnLabelsAndAChannelsAndTellsWhatTheComponentSaid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newPackingHouse(t, d, "taobao")
		s := h.station("一号台")
		h.program.Fault(component.Faults{Jam: true})
		stop := s.run()
		taken := s.empty()
		jammed := h.batch(h.parcels(2, h.theirs), s.id, "面单机 1")
		until(t, func() bool { return h.states(jammed)[print.Failed] == 2 })
		h.program.Fault(component.Faults{Twice: true})
		h.batch(h.parcels(2, h.own), s.id, "热敏 1")
		until(t, func() bool { return len(taken()) == 2 })
		if !bytes.HasPrefix(taken()[0], []byte("%PDF")) {
			t.Error("no PDF")
		}
		again, err := h.prints.Start(h.ctx, print.StartInput{FulfillmentOrderIDs: h.of(jammed), TemplateID: 1, AgentID: s.id, Printer: "面单机 1"})
		h.must(err)
		h.must(h.k.Jobs.Drain(h.ctx))
		until(t, func() bool { return h.states(again.Batch.ID)[print.Printed] == 2 })
		if got := h.once(); len(got) != 2 {
			t.Errorf("on paper: %v", got)
		}
		until(t, func() bool {
			all, err := h.prints.Agents(h.ctx)
			h.must(err)
			return len(all[0].Printers) == 3 && len(all[0].Components) == 1 && all[0].Components[0] == print.Found{Channel: "taobao", Open: true}
		})
		h.must(stop())
		if i, err := os.Stat(filepath.Join(s.c.Dir, "agent.json")); err != nil || i.Mode().Perm() != 0o600 {
			t.Errorf("the key's file: %v %v", i, err)
		}
		if raw, err := os.ReadFile(filepath.Join(s.c.Dir, "labels.jsonl")); err != nil || bytes.Contains(raw, []byte("沈知夏")) || bytes.Contains(raw, []byte("sealed")) {
			t.Errorf("the journal: %s %v", raw, err)
		}
	})
}

// of are the fulfillment orders of a batch.
func (h *packingHouse) of(batch id.ID) (out []id.ID) {
	_, all, err := h.prints.Get(h.ctx, batch)
	h.must(err)
	for _, l := range all {
		out = append(out, l.FulfillmentOrderID)
	}
	return out
}

func TestWhatStoppedMeanwhileIsNotPrintedThoughTheAgentHoldsIt(t *testing.T) {
	h := newPackingHouse(t, dbtest.SQLite(t), "pdd")
	s := h.station("一号台")
	release := h.program.Hold()
	defer release()
	b := h.batch(h.parcels(3, h.theirs), s.id, "面单机 1")
	s.run()
	until(t, func() bool { return h.program.Waiting() == 1 }) // the agent holds the other two
	f, err := h.ship.Get(h.ctx, h.of(b)[2])
	h.must(err)
	_, err = h.orders.Hold(h.ctx, order.HoldInput{OrderID: f.OrderIDs()[0], Note: "买家来电，先不发"})
	h.must(err)
	release()
	until(t, func() bool { s := h.states(b); return s[print.Printed] == 2 && s[print.Refused] == 1 })
	if got := h.once(); len(got) != 2 {
		t.Errorf("on paper: %v", got)
	}
}

// Processes die with labels in the printer, again and again; every label comes out once,
// and the server knows which did.
func TestAKilledAgentPrintsNothingTwiceAndLosesNothing(t *testing.T) {
	t.Run("a component that remembers", func(t *testing.T) {
		dbtest.Each(t, func(t *testing.T, d *db.DB) { killAgents(t, newPackingHouse(t, d, "taobao"), true) })
	})
	t.Run("a component that does not", func(t *testing.T) { killAgents(t, newPackingHouse(t, dbtest.SQLite(t), "douyin"), false) })
}

func killAgents(t *testing.T, h *packingHouse, recalls bool) {
	s := h.station("一号台")
	b := h.batch(h.parcels(12, h.theirs), s.id, "面单机 1")
	const deaths = 2
	for range deaths {
		release := h.program.Hold()
		kill := s.spawn()
		until(t, func() bool { return h.program.Waiting() == 1 })
		kill() // and the label comes out
		release()
		until(t, func() bool { return h.program.Waiting() == 0 })
		kittest.Clock(h.k).Advance(3 * time.Minute) // what it only held is free again
	}
	s.c.Wait = 2 * time.Second
	s.run()
	looks := 0
	until(t, func() bool {
		// A request of the dead may still have taken a lease: time goes on.
		if looks++; looks%100 == 0 {
			kittest.Clock(h.k).Advance(3 * time.Minute)
		}
		s := h.states(b)
		return s[print.Asked]+s[print.Sent] == 0
	})
	want := map[print.LabelState]int{print.Printed: 12}
	if !recalls {
		want = map[print.LabelState]int{print.Printed: 12 - deaths, print.Uncertain: deaths}
	}
	if got := h.states(b); !maps.Equal(got, want) {
		t.Errorf("the server knows %v, want %v", got, want)
	}
	if on := h.once(); len(on) != 12 {
		t.Errorf("%d labels on paper", len(on))
	}
}

func TestAnotherPCTakesTheQueueOverAndNothingComesOutTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newPackingHouse(t, d, "kuaishou")
		h.at += "/ks/printer"
		one, two := h.station("一号台"), h.station("二号台")
		release := h.program.Hold()
		defer release()
		b := h.batch(h.parcels(6, h.theirs), one.id, "面单机 1")
		kill := one.spawn()
		until(t, func() bool { return h.program.Waiting() == 1 })
		kill()
		_, err := h.prints.HandOver(h.ctx, print.HandOverInput{BatchID: b, AgentID: two.id, Printer: "面单机 2"})
		h.must(err)
		if got := h.states(b); got[print.Uncertain] != 1 {
			t.Fatalf("after the hand-over: %v", got)
		}
		release()
		two.run()
		one.c.Wait = time.Second
		one.run() // it comes back and finds its queue gone
		until(t, func() bool { s := h.states(b); return s[print.Printed] == 5 && s[print.Uncertain] == 1 })
		if got := h.once(); len(got) != 6 {
			t.Errorf("on paper: %v", got)
		}
		for _, p := range h.program.Papers()[1:] {
			if p.Printer != "面单机 2" {
				t.Errorf("the former PC printed %+v", p)
			}
		}
	})
}

func TestLostAnswersOfTheServerLeadToNoSecondPaper(t *testing.T) {
	h := newPackingHouse(t, dbtest.SQLite(t), "xhs")
	s := h.station("一号台")
	b := h.batch(h.parcels(4, h.theirs), s.id, "面单机 1")
	var asked, told atomic.Int64
	lose := func(path string) bool {
		switch {
		case strings.HasSuffix(path, "/sending"):
			return asked.Add(1) == 2
		case strings.HasSuffix(path, "/outcome"):
			return told.Add(1) == 1
		}
		return false
	}
	h.lose.Store(&lose)
	s.run()
	until(t, func() bool { s := h.states(b); return s[print.Printed] == 3 && s[print.Failed] == 1 })
	if got := h.once(); len(got) != 3 {
		t.Errorf("on paper: %v", got)
	}
}

func TestAKeyGoesOnlyWhereItMay(t *testing.T) {
	c := agent.Config{Dir: t.TempDir(), PDF: "none", Wait: time.Second, Poll: time.Second}
	for _, address := range []string{"http://192.168.1.5:8080", "http://shop.example", "ftp://127.0.0.1", "https://user:word@shop.example", ""} {
		if err := agent.Pair(t.Context(), c, address, "1-ABC", io.Discard); err == nil || !strings.Contains(err.Error(), agent.ErrConfig.Error()) {
			t.Errorf("%q: %v", address, err)
		}
	}
	var out bytes.Buffer
	if err := agent.Run(t.Context(), c, clock.System{}, slog.New(slog.DiscardHandler), &out); err == nil || !strings.Contains(err.Error(), "not paired") {
		t.Errorf("without a pairing: %v", err)
	}
	if err := os.WriteFile(filepath.Join(c.Dir, "agent.json"), []byte(`{"server":"http://127.0.0.1:1","key":"x"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := agent.Run(t.Context(), c, clock.System{}, slog.New(slog.DiscardHandler), &out); err == nil || !strings.Contains(err.Error(), "others can read") {
		t.Errorf("a key that everybody reads: %v", err)
	}
}

// until waits for what other processes bring about.
func until(t *testing.T, is func() bool) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it does not come")
		}
	}
}
