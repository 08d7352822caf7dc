package suggest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/shop"
)

type house struct {
	*ordertest.World
	ctx  context.Context
	ship *fulfillment.Service
	s    *Service
	// asked are the questions to the channel, which answers with same.
	asked [][]string
	same  func([]string) [][]string
}

func open(t *testing.T, d *db.DB) *house {
	w, ctx := ordertest.New(t, d, func(in *shop.CreateInput) { in.AutoApprove = true })
	h := &house{World: w, ctx: ctx, ship: fulfillment.New(w.Kit, w.Shops, w.Catalog, w.Stock, w.Orders)}
	h.s = New(w.Kit, h.ship, w.Orders, w.Shops, Grouper{Can: func(one shop.Shop) bool { return one.ID == w.Shop.ID },
		Groups: func(_ context.Context, _ id.ID, nos []string) ([][]string, error) {
			h.asked = append(h.asked, nos)
			return h.same(nos), nil
		}})
	w.SKU(ctx, "TEA", 1000)
	return h
}

// allocated brings an order in and gives it a warehouse.
func (h *house) allocated(no string, change ...func(*order.Document)) id.ID {
	h.T.Helper()
	d := h.Doc(no, "TEA")
	for _, f := range change {
		f(&d)
	}
	got, err := h.ship.Allocate(h.ctx, fulfillment.AllocateInput{OrderID: h.One(h.ctx, 0, d).ID})
	if err != nil {
		h.T.Fatal(err)
	}
	return got.FulfillmentOrderID
}

func (h *house) list() []Group {
	h.T.Helper()
	all, _, err := h.s.List(h.ctx, 100)
	if err != nil {
		h.T.Fatal(err)
	}
	return all
}

func (h *house) get(f id.ID) fulfillment.FulfillmentOrder {
	h.T.Helper()
	out, err := h.ship.Get(h.ctx, f)
	if err != nil {
		h.T.Fatal(err)
	}
	return out
}

func (h *house) drain(j id.ID) job.Job {
	h.T.Helper()
	if err := h.Kit.Jobs.Drain(h.ctx); err != nil {
		h.T.Fatal(err)
	}
	out, err := h.Kit.Jobs.Get(h.ctx, j)
	if err != nil {
		h.T.Fatal(err)
	}
	return out
}

func who(name string) func(*order.Document) {
	return func(d *order.Document) { d.Receiver.Name = name }
}

func masked(name string) func(*order.Document) {
	return func(d *order.Document) {
		d.Receiver = order.Receiver{Name: name, Phone: "138****1234", Province: "浙江省", City: "杭州市", District: "西湖区", Detail: "文一路****"}
	}
}

func code(err error) string {
	if e := errs.As(err); e != nil {
		return e.Code
	}
	return fmt.Sprint(err)
}

func pieces(f fulfillment.FulfillmentOrder) (n int64) {
	for _, l := range f.Lines {
		n += l.Quantity
	}
	return n
}

func TestWhatGoesToOneReceiverIsSuggestedAndMergedInOneJobThatCanBeUndone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		a, b := h.allocated("A1", who("赵小满")), h.allocated("A2", who("赵小满"))
		c, e := h.allocated("B1", who("钱立夏")), h.allocated("B2", who("钱立夏"))
		h.allocated("C1", who("孙白露"))
		held := h.allocated("A3", who("赵小满"))
		if _, err := h.Orders.Hold(h.ctx, order.HoldInput{OrderID: h.get(held).Lines[0].OrderID, Note: "x"}); err != nil {
			t.Fatal(err)
		}
		all := h.list()
		if len(all) != 2 || len(all[0].Members) != 2 || len(all[1].Members) != 2 {
			t.Fatalf("%+v", all)
		}
		at := slices.IndexFunc(all, func(g Group) bool { return g.Members[0].ID == a || g.Members[0].ID == b })
		if g := all[at]; len(g.Apart) != 1 || g.Apart[0].ID != held || g.Apart[0].Why.Code != "fulfillment.held" || g.Members[0].Receiver != "赵** 138****1234" {
			t.Errorf("%+v", g)
		}
		fit, apart, err := h.s.Candidates(h.ctx, a)
		if err != nil || len(fit) != 1 || fit[0].ID != b || len(apart) != 1 || apart[0].ID != held {
			t.Errorf("candidates: %v, apart %v, %v", fit, apart, err)
		}
		groups, members, skips, err := h.s.Preview(h.ctx, MergeInput{All: true})
		if err != nil || groups != 2 || members != 4 || len(skips) != 1 || skips[0].Code != "fulfillment.held" {
			t.Errorf("%d groups, %d members, %+v, %v", groups, members, skips, err)
		}
		j, err := h.s.Merge(h.ctx, MergeInput{All: true})
		if err != nil {
			t.Fatal(err)
		}
		if j = h.drain(j.ID); j.State != job.Succeeded || j.OKCount != 2 || !j.Undoable {
			t.Fatalf("%+v", j)
		}
		if len(h.list()) != 0 || h.get(a).State != fulfillment.StateReplaced || h.get(e).State != fulfillment.StateReplaced {
			t.Error("they are not merged")
		}
		back, err := h.Kit.Jobs.Undo(h.ctx, j.ID)
		if err != nil {
			t.Fatal(err)
		}
		if back = h.drain(back.ID); back.OKCount != 2 {
			t.Fatalf("%+v", back)
		}
		for _, f := range []id.ID{a, b, c, e} {
			if one := h.get(f); one.State != fulfillment.StateOpen || pieces(one) != 1 {
				t.Errorf("after the undo: %+v", one)
			}
		}
		if len(h.list()) != 2 {
			t.Error("they are not suggested again")
		}
	})
}

func TestAGroupThatIsNoLongerOneFailsAloneAndIsSaidWhy(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		a, b := h.allocated("A1", who("赵小满")), h.allocated("A2", who("赵小满"))
		c, e := h.allocated("B1", who("钱立夏")), h.allocated("B2", who("钱立夏"))
		j, err := h.s.Merge(h.ctx, MergeInput{Groups: [][]id.ID{{a, c}, {e, c}, {b, 5}}})
		if err != nil {
			t.Fatal(err)
		}
		if j = h.drain(j.ID); j.OKCount != 1 || j.FailedCount != 2 {
			t.Fatalf("%+v", j)
		}
		rows, _, err := h.Kit.Jobs.Rows(h.ctx, j.ID, job.Bad, "", 10)
		if err != nil || len(rows) != 2 || rows[0].Code != "fulfillment.cannot_merge" || rows[1].Code != "fulfillment.order_not_found" {
			t.Errorf("%+v %v", rows, err)
		}
		if h.get(a).State != fulfillment.StateOpen {
			t.Error("a failed group changed something")
		}
		for _, bad := range []struct {
			in   MergeInput
			want string
		}{{MergeInput{Groups: make([][]id.ID, most+1)}, "suggest.too_many"}, {MergeInput{}, "suggest.nothing_to_merge"}} {
			if _, err := h.s.Merge(h.ctx, bad.in); code(err) != bad.want {
				t.Errorf("%v, want %s", err, bad.want)
			}
		}
		if _, err := h.s.Merge(kittest.As(h.ctx, fulfillment.PermitRead), MergeInput{All: true}); code(err) != "actor.forbidden" {
			t.Error(err)
		}
	})
}

func TestASuggestionWaitsForFurtherOrdersAsThePolicySays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		if _, err := h.ship.SetMergePolicy(h.ctx, fulfillment.MergePolicy{WaitMinutes: 30}); err != nil {
			t.Fatal(err)
		}
		h.allocated("A1")
		kittest.Clock(h.Kit).Advance(20 * time.Minute)
		h.allocated("A2")
		kittest.Clock(h.Kit).Advance(20 * time.Minute)
		if _, _, skips, err := h.s.Preview(h.ctx, MergeInput{All: true}); err != nil || len(skips) != 1 || skips[0].Code != "suggest.waits" {
			t.Errorf("ten minutes early: %+v %v", skips, err)
		}
		if groups, _, _, err := h.s.Preview(h.ctx, MergeInput{All: true, Early: true}); err != nil || groups != 1 {
			t.Errorf("early, as a person wants it: %d %v", groups, err)
		}
		kittest.Clock(h.Kit).Advance(11 * time.Minute)
		if groups, _, skips, err := h.s.Preview(h.ctx, MergeInput{All: true}); err != nil || groups != 1 || len(skips) != 0 {
			t.Errorf("half an hour after the last: %d %+v %v", groups, skips, err)
		}
	})
}

func TestANewOrderGoesIntoThePrintedParcelWhenAPersonSaysSo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		printed := h.allocated("A1")
		if _, err := h.ship.Seal(h.ctx, fulfillment.SealInput{IDs: []id.ID{printed}, Reason: fulfillment.SealPrint}); err != nil {
			t.Fatal(err)
		}
		first, second := h.allocated("A2"), h.allocated("A3")
		all, _, err := h.s.Prompts(h.ctx, "", 10)
		if err != nil || len(all) != 2 || all[0].New.ID != first || all[0].Sealed.ID != printed || all[0].New.OrderNos[0] != "A2" {
			t.Fatalf("%+v %v", all, err)
		}
		for _, bad := range []struct {
			in   AnswerInput
			want string
		}{{AnswerInput{first, "perhaps"}, "suggest.bad_answer"}, {AnswerInput{5, Append}, "suggest.prompt_not_found"}} {
			if _, err := h.s.Answer(h.ctx, bad.in); code(err) != bad.want {
				t.Errorf("%v, want %s", err, bad.want)
			}
		}
		if _, err := h.s.Answer(h.ctx, AnswerInput{first, Append}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.s.Answer(h.ctx, AnswerInput{second, LeaveApart}); err != nil {
			t.Fatal(err)
		}
		if left, _, err := h.s.Prompts(h.ctx, "", 10); err != nil || len(left) != 0 {
			t.Errorf("%+v %v", left, err)
		}
		f := h.get(printed)
		if f.OrderCount != 2 || pieces(f) != 2 || f.Version < 2 || f.Sealed != fulfillment.SealPrint || h.get(first).State != fulfillment.StateReplaced || h.get(second).State != fulfillment.StateOpen {
			t.Errorf("%+v", f)
		}
		if err := h.ship.GuardTx(h.ctx, d, printed, 1); code(err) != "fulfillment.content_changed" {
			t.Errorf("the old paper passes: %v", err)
		}
		if err := h.ship.GuardTx(h.ctx, d, printed, f.Version); err != nil {
			t.Errorf("the new paper does not pass: %v", err)
		}
		out, err := h.ship.ShipOrder(h.ctx, fulfillment.ShipOrderInput{ID: printed, Version: f.Version, Carrier: "YTO", WaybillNo: "YT2600000000011"})
		if err != nil || len(out.Parcels) != 2 {
			t.Fatalf("%+v %v", out, err)
		}
		if n, err := h.Stock.Verify(h.ctx); err != nil || len(n) > 0 {
			t.Errorf("stock: %v %v", n, err)
		}
	})
}

func TestAPromptWhoseParcelLeftAsksNobody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		printed := h.allocated("A1")
		if _, err := h.ship.Seal(h.ctx, fulfillment.SealInput{IDs: []id.ID{printed}, Reason: fulfillment.SealPrint}); err != nil {
			t.Fatal(err)
		}
		made := h.allocated("A2")
		if _, err := h.ship.ShipOrder(h.ctx, fulfillment.ShipOrderInput{ID: printed, Carrier: "YTO", WaybillNo: "YT2600000000012"}); err != nil {
			t.Fatal(err)
		}
		if all, _, err := h.s.Prompts(h.ctx, "", 10); err != nil || len(all) != 0 {
			t.Errorf("%+v %v", all, err)
		}
		if _, err := h.s.Answer(h.ctx, AnswerInput{made, Append}); code(err) != "fulfillment.not_open" {
			t.Error(err)
		}
		h.same = func(nos []string) [][]string { return nil }
		if err := h.s.runAsk(h.ctx, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := h.s.Answer(h.ctx, AnswerInput{made, Append}); code(err) != "suggest.prompt_not_found" {
			t.Error(err)
		}
	})
}

func TestAMaskedReceiverIsComparedByItsChannelOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		a, b := h.allocated("A1", masked("赵**")), h.allocated("A2", masked("赵**"))
		h.allocated("A3", masked("赵**"))
		h.allocated("B1", masked("钱**"))
		if len(h.list()) != 0 {
			t.Fatal("masked receivers are taken for the same person")
		}
		h.same = func(nos []string) (out [][]string) {
			out = [][]string{{"A1", "A2"}}
			for _, no := range nos {
				if no != "A1" && no != "A2" {
					out = append(out, []string{no})
				}
			}
			return out
		}
		ask := func() {
			t.Helper()
			if err := h.s.runAsk(h.ctx, nil); err != nil {
				t.Fatal(err)
			}
		}
		ask()
		if len(h.asked) != 1 || !slices.Equal(h.asked[0], []string{"A1", "A2", "A3"}) {
			t.Fatalf("asked %v", h.asked)
		}
		all := h.list()
		if len(all) != 1 || len(all[0].Members) != 2 || h.get(a).Version != 1 {
			t.Fatalf("%+v", all)
		}
		if ask(); len(h.asked) != 1 {
			t.Error("it is asked again though nothing is new")
		}
		// One that is sealed meanwhile, and a further order of the same person.
		if _, err := h.ship.Seal(h.ctx, fulfillment.SealInput{IDs: []id.ID{a, b}, Reason: fulfillment.SealPrint}); err != nil {
			t.Fatal(err)
		}
		late := h.allocated("A4", masked("赵**"))
		h.same = func(nos []string) [][]string { return [][]string{{"A1", "A2", "A4"}, {"A3"}} }
		ask()
		prompts, _, err := h.s.Prompts(h.ctx, "", 10)
		if err != nil || len(prompts) != 1 || prompts[0].New.ID != late || h.get(late).ReceiverGroup != h.get(a).ReceiverGroup {
			t.Errorf("%+v %v", prompts, err)
		}
		// Another address is another receiver, whatever the channel said of the former one.
		moved := h.Doc("A4", "TEA")
		masked("赵**")(&moved)
		moved.Receiver.District, moved.Receiver.Detail = "余杭区", "良睦路****"
		h.One(h.ctx, h.Kit.Clock.Now().UnixMilli()+1, moved)
		if err := h.Kit.Runner.Drain(h.ctx); err != nil {
			t.Fatal(err)
		}
		if g := h.get(late).ReceiverGroup; g != 0 {
			t.Errorf("it still goes to %d", g)
		}
	})
}

func TestQuestionsKeepWhoLooksAlikeTogether(t *testing.T) {
	var all []stranger
	for i := range 260 {
		all = append(all, stranger{id: id.ID(i + 1), shop: id.ID(1 + i/200), mask: fmt.Sprint(i / 7), wanted: 1})
	}
	for i := range all {
		if i/7 == 3 {
			all[i].asked = 1 // known
		}
	}
	seen := 0
	for _, q := range questions(all) {
		if len(q) > AskAtOnce {
			t.Errorf("%d at once", len(q))
		}
		for _, x := range q {
			if seen++; x.shop != q[0].shop || x.mask == "3" {
				t.Errorf("%+v in a question to %d", x, q[0].shop)
			}
			n := 0
			for _, y := range q {
				if y.mask == x.mask && y.shop == x.shop {
					n++
				}
			}
			want := 0
			for _, y := range all {
				if y.mask == x.mask && y.shop == x.shop {
					want++
				}
			}
			if n != want {
				t.Fatalf("%d of %d that look alike are in one question", n, want)
			}
		}
	}
	if seen != 253 {
		t.Errorf("%d are asked about, want 253", seen)
	}
}
