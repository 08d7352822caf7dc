package print_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/packing/print"
)

// agent pairs a program and acts as it.
func (h *house) agent(name string) (print.Agent, context.Context) {
	h.t.Helper()
	added, err := h.s.AddAgent(h.ctx, name)
	h.must(err)
	p, err := h.s.Pair(context.Background(), " "+strings.ToLower(added.Code), []string{"热敏 1"})
	h.must(err)
	ctx, err := h.s.AsAgent(context.Background(), p.Key)
	h.must(err)
	return p.Agent, ctx
}

func TestACodePairsOnceAndAKeyOpensOnlyItsOwnQueue(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		added, err := h.s.AddAgent(h.ctx, "一号台")
		h.must(err)
		p, err := h.s.Pair(context.Background(), added.Code, nil)
		h.must(err)
		late, err := h.s.AddAgent(h.ctx, "二号台")
		h.must(err)
		kittest.Clock(h.k).Advance(11 * time.Minute)
		for name, c := range map[string]string{"twice": added.Code, "late": late.Code, "invented": "1-AAAABBBBCCCCDDDD", "another merchant": "zz-AAAA", "nothing": ""} {
			if _, err := h.s.Pair(context.Background(), c, nil); code(err) != "print.bad_pairing" {
				t.Errorf("%s: %v", name, err)
			}
		}
		ctx, err := h.s.AsAgent(context.Background(), p.Key)
		h.must(err)
		h.must(h.s.Seen(ctx, []string{"热敏 1", "热敏 2"}, print.Found{Channel: "generic", Open: true}))
		if all, err := h.s.Agents(h.ctx); err != nil || len(all[0].Printers) != 2 || len(all[0].Components) != 1 || !all[0].Components[0].Open {
			t.Errorf("%+v %v", all, err)
		}
		if _, _, err := h.s.Get(ctx, 1); code(err) != "actor.forbidden" {
			t.Errorf("an agent reads batches: %v", err)
		}
		if _, err := h.s.Take(h.ctx, 1); code(err) != "print.bad_agent_key" {
			t.Errorf("a person takes tasks: %v", err)
		}
		h.must(h.s.Revoke(h.ctx, p.Agent.ID))
		for _, key := range []string{p.Key, "", "oca_1_2_x", p.Key + "A"} {
			if _, err := h.s.AsAgent(context.Background(), key); code(err) != "print.bad_agent_key" {
				t.Errorf("%q: %v", key, err)
			}
		}
	})
}

func TestAnAgentPrintsLabelByLabelAndAPrinterServesOneBatch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.tx(func(ctx context.Context, tx *db.Tx) error {
			return h.k.Jobs.EnsurePeriodicTx(ctx, tx, kittest.Merchant)
		})
		one, ctx := h.agent("一号台")
		ids := h.orders(3, "A", h.channel)
		if _, err := h.s.Start(h.ctx, print.StartInput{FulfillmentOrderIDs: ids, TemplateID: 1}); code(err) != "print.needs_agent" {
			t.Errorf("a channel's labels without an agent: %v", err)
		}
		h.baskets = map[id.ID]print.Place{}
		for _, f := range ids {
			h.baskets[f] = print.Place{Wave: "W1121-1", Basket: "3"}
		}
		b := h.start(print.StartInput{FulfillmentOrderIDs: ids, AgentID: one.ID, Printer: "热敏 1"}).Batch.ID
		h.want(b, "ready: asked asked asked")
		own := h.orders(1, "B", h.own)
		if _, err := h.s.Start(h.ctx, print.StartInput{FulfillmentOrderIDs: own, TemplateID: 1, AgentID: one.ID, Printer: "热敏 1"}); code(err) != "print.printer_busy" {
			t.Errorf("the printer serves two batches: %v", err)
		}
		if none, err := h.s.Take(ctx, 2, "热敏 1"); err != nil || len(none) != 0 {
			t.Errorf("a busy printer got %+v %v", none, err)
		}
		tasks, err := h.s.Take(ctx, 2)
		h.must(err)
		if len(tasks) != 2 || tasks[0].Channel != "generic" || !strings.HasPrefix(tasks[0].Data, "sealed:") || tasks[0].Template == "" || !strings.HasPrefix(tasks[0].Custom, "1121-1 1/3 W1121-1 #3\nA 明前茶 A ×1") {
			t.Fatalf("%+v", tasks)
		}
		if err := h.s.Report(ctx, tasks[0].Ref, print.Printed, ""); code(err) != "print.task_lost" {
			t.Errorf("printed before it was sent: %v", err)
		}
		h.must(h.s.Sending(ctx, tasks[0].Ref))
		if err := h.s.Sending(ctx, tasks[0].Ref); code(err) != "print.task_lost" {
			t.Errorf("sent twice: %v", err)
		}
		h.want(b, "ready: sent asked asked")
		for range 2 { // the same word twice
			h.must(h.s.Report(ctx, tasks[0].Ref, print.Printed, ""))
		}
		h.must(h.s.Sending(ctx, tasks[1].Ref))
		h.must(h.s.Report(ctx, tasks[1].Ref, print.Failed, "no_paper"))
		rest, err := h.s.Take(ctx, 9)
		h.must(err)
		h.must(h.s.Sending(ctx, rest[0].Ref))
		kittest.Clock(h.k).Advance(3 * time.Minute)
		h.drain()
		h.want(b, "ready: printed failed uncertain") // nobody answered
		if more, err := h.s.Take(ctx, 9); err != nil || len(more) != 0 {
			t.Errorf("what is uncertain was handed out again: %v %v", more, err)
		}
		h.must(h.s.Report(ctx, rest[0].Ref, print.Printed, "")) // late, and true
		h.want(b, "closed: printed failed printed")
		out := h.start(print.StartInput{FulfillmentOrderIDs: own, AgentID: one.ID, Printer: "热敏 1"})
		tasks, err = h.s.Take(ctx, 1)
		if err != nil || len(tasks) != 1 || tasks[0].Channel != "" || !strings.HasPrefix(string(tasks[0].PDF), "%PDF") {
			t.Errorf("%v %+v %+v", err, tasks, out)
		}
	})
}

func TestARefundStopsALabelThatAnAgentHolds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		one, ctx := h.agent("一号台")
		doc := h.doc("S-1", "A", 1)
		b := h.start(print.StartInput{FulfillmentOrderIDs: []id.ID{h.placed(doc, h.channel)}, AgentID: one.ID, Printer: "热敏 1"}).Batch.ID
		tasks, err := h.s.Take(ctx, 1)
		h.must(err)
		doc.RefundState = order.RefundInProgress
		h.put(doc)
		if err := h.s.Sending(ctx, tasks[0].Ref); code(err) != "order.refund_open" {
			t.Errorf("%v", err)
		}
		h.want(b, "closed: refused")
	})
}

// Two agents, one of which takes over in the middle: no label is sent by both.
func TestAnotherAgentTakesOverWithoutPrintingTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		one, ctx1 := h.agent("一号台")
		two, ctx2 := h.agent("二号台")
		b := h.start(print.StartInput{FulfillmentOrderIDs: h.orders(6, "A", h.channel), AgentID: one.ID, Printer: "热敏 1"}).Batch.ID
		held, err := h.s.Take(ctx1, 4)
		h.must(err)
		h.must(h.s.Sending(ctx1, held[0].Ref))
		h.must(h.s.Report(ctx1, held[0].Ref, print.Printed, ""))
		h.must(h.s.Sending(ctx1, held[1].Ref))
		if _, err := h.s.HandOver(h.ctx, print.HandOverInput{BatchID: b, AgentID: two.ID, Printer: "热敏 9"}); err != nil {
			t.Fatal(err)
		}
		h.want(b, "ready: printed uncertain asked asked asked asked")
		if err := h.s.Sending(ctx1, held[2].Ref); code(err) != "print.task_lost" {
			t.Errorf("the former agent goes on: %v", err)
		}
		if more, err := h.s.Take(ctx1, 9); err != nil || len(more) != 0 {
			t.Errorf("the former agent gets %v, %v", more, err)
		}
		var mu sync.Mutex
		sent := map[int64]int{}
		var wg sync.WaitGroup
		for range 3 { // programs that share the new agent's key
			wg.Add(1)
			go func() {
				defer wg.Done()
				for {
					tasks, err := h.s.Take(ctx2, 1)
					if err != nil || len(tasks) == 0 {
						if err != nil {
							t.Error(err)
						}
						return
					}
					for range 2 {
						if h.s.Sending(ctx2, tasks[0].Ref) == nil {
							mu.Lock()
							sent[tasks[0].Sequence]++
							mu.Unlock()
						}
					}
					if err := h.s.Report(ctx2, tasks[0].Ref, print.Printed, ""); err != nil {
						t.Error(err)
					}
				}
			}()
		}
		wg.Wait()
		if len(sent) != 4 {
			t.Errorf("sent %v, want 3 to 6", sent)
		}
		for n, times := range sent {
			if n < 3 || times != 1 {
				t.Errorf("label %d was sent %d times", n, times)
			}
		}
		h.want(b, "ready: printed uncertain printed printed printed printed")
		n, err := h.s.Told(h.ctx, print.ToldInput{BatchID: b, From: 2, To: 2, Printed: true})
		if err != nil || n != 1 {
			t.Fatal(n, err)
		}
		h.want(b, "closed: printed printed printed printed printed printed")
	})
}
