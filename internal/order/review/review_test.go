package review_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/customer"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/rule"
	"github.com/ordercove/ordercove/internal/logistics/address"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/order/review"
	"github.com/ordercove/ordercove/internal/shop"
	"github.com/ordercove/ordercove/internal/shop/shoptest"
)

// desk is a shop whose orders are judged.
type desk struct {
	*ordertest.World
	ctx     context.Context
	review  *review.Service
	version int64
}

func open(t *testing.T, d *db.DB, auto bool) *desk {
	t.Helper()
	k, ctx := kittest.New(t, d)
	w := &ordertest.World{T: t, Kit: k, Shops: shoptest.New(k), Catalog: catalog.New(k), Customers: customer.New(k)}
	w.Stock = inventory.New(k, w.Catalog)
	engine := review.NewEngine(k)
	w.Orders = order.New(k, w.Shops, w.Catalog, w.Customers, w.Stock, order.ReviewBy(engine))
	kittest.InTx(t, k, ctx, func(ctx context.Context, tx *db.Tx) error {
		wh, err := w.Stock.EnsureDefaultTx(ctx, tx)
		w.Warehouse = wh.ID
		return err
	})
	w.Shop = shoptest.Add(t, ctx, w.Shops, "云杉小铺", func(in *shop.CreateInput) { in.AutoApprove = auto })
	return &desk{World: w, ctx: ctx, review: review.New(k, engine, w.Orders)}
}

func (x *desk) save(p review.Policy) {
	x.T.Helper()
	got, err := x.review.Save(x.ctx, review.SaveInput{Version: x.version, Policy: p})
	if err != nil {
		x.T.Fatal(err)
	}
	x.version = got.Version
	x.drain()
}

func (x *desk) drain() {
	x.T.Helper()
	if err := x.Kit.Jobs.Drain(x.ctx); err != nil {
		x.T.Fatal(err)
	}
}

// holds lists the kinds and notes of an order's open holds.
func holds(o order.Order) []string {
	out := []string{}
	for _, h := range o.Holds {
		out = append(out, string(h.Kind)+" "+h.Note)
	}
	slices.Sort(out)
	return out
}

func (x *desk) want(o order.Order, want ...string) {
	x.T.Helper()
	o = x.Load(x.ctx, o.ID)
	if got := holds(o); !slices.Equal(got, want) {
		x.T.Errorf("order %s: holds %q, want %q", o.ChannelOrderNo, got, want)
	}
}

func when(field, op string, value any) rule.Condition {
	b, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return rule.Condition{Field: field, Op: op, Value: b}
}

// after is an order placed n minutes after those of Doc.
func after(d order.Document, n int64) order.Document {
	d.PlacedAt += n * 60_000
	d.PaidAt += n * 60_000
	return d
}

func TestWithoutRulesOnlyAFaultyAddressHolds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d, true)
		x.SKU(x.ctx, "A-1", 100)
		good := x.One(x.ctx, 0, x.Doc("1", "A-1"))
		if good.State != order.AwaitingShipment || good.ApprovedBy != 0 {
			t.Errorf("a good order: %v", good.State)
		}
		for _, c := range []struct {
			no       string
			receiver order.Receiver
			faults   string
		}{
			{"2", order.Receiver{Name: "赵小满", Phone: "1380000", Province: "浙江省", City: "杭州市", District: "西湖区", Detail: "文一路 8 号"}, "phone_wrong"},
			{"3", order.Receiver{Name: "赵小满", Phone: "13800001234", Province: "浙江省", City: "苏州市", District: "西湖区", Detail: "文一路 8 号"}, "city_not_in_province"},
			{"4", order.Receiver{Name: "赵小满", Phone: "13800001234", Detail: "浙江省杭州市西湖区文一路 8 号"}, ""},
			{"5", order.Receiver{Name: "赵*", Phone: "138****1234", Province: "浙江省", Detail: "文一路*号"}, ""},
			{"6", order.Receiver{Name: "Ann Ray", Phone: "4155550100", Province: "California", City: "Oakland", Detail: "12 Elm Street"}, ""},
		} {
			doc := x.Doc(c.no, "A-1")
			doc.Receiver = c.receiver
			o := x.One(x.ctx, 0, doc)
			if c.faults == "" {
				x.want(o)
				continue
			}
			x.want(o, "address_incomplete "+c.faults)
			if o.ApprovedAt != 0 {
				t.Errorf("%s approved itself", c.no)
			}
		}
		bad := x.Doc("2", "A-1")
		o := x.One(x.ctx, clock.Millis(x.Kit.Clock)+1000, bad) // the channel sends a better one
		x.want(o)
		if o.State != order.AwaitingShipment {
			t.Errorf("once the address is whole: %v", o.State)
		}
	})
}

func TestRulesApproveHoldAndAskFinance(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d, false)
		x.SKU(x.ctx, "A-1", 100)
		x.save(review.Policy{Rules: []review.Rule{
			{Name: "一件直接过", Enabled: true, Condition: when("quantity", "eq", 1), Action: review.Approve},
			{Name: "留言含发票", Enabled: true, Condition: when("buyer_note", "contains", "发票"), Action: review.Hold},
			{Name: "超过 50 元财审", Enabled: true, Condition: when("paid_fen", "gt", 5000), Action: review.Finance},
			{Name: "停用的", Condition: rule.Condition{}, Action: review.Hold},
		}})
		one := x.One(x.ctx, 0, x.Doc("1", "A-1")) // 56 yuan
		x.want(one, "finance_approval 超过 50 元财审")
		if one.State != order.AwaitingShipment || one.Allows(order.ActShip) || one.Allows(order.ActAllocate) {
			t.Errorf("%v; may ship: %v", one.State, one.Allows(order.ActShip))
		}
		noted := x.Doc("2", "A-1")
		noted.BuyerNote = "请开发票"
		two := x.One(x.ctx, 0, noted)
		x.want(two, "review_rule 留言含发票")
		if two.ApprovedAt != 0 {
			t.Error("a hold did not beat an approval")
		}
		// A person ends the hold: for this reason it stays ended, and the other rule approves.
		if _, err := x.Orders.Release(x.ctx, order.ReleaseInput{OrderID: two.ID, Kind: order.HoldByRule}); err != nil {
			t.Fatal(err)
		}
		x.want(two, "finance_approval 超过 50 元财审")

		// Finance is somebody else than whoever approved.
		three := x.Doc("3", "A-1")
		three.Lines = []order.Line{ordertest.Line("A-1", 2, 2500)}
		o := x.One(x.ctx, 0, three)
		if o.State != order.AwaitingApproval {
			t.Fatalf("two pieces: %v", o.State)
		}
		if _, err := x.Orders.Approve(x.ctx, order.ApproveInput{OrderID: o.ID}); err != nil {
			t.Fatal(err)
		}
		x.want(o, "finance_approval 超过 50 元财审")
		if _, err := x.Orders.Release(x.ctx, order.ReleaseInput{OrderID: o.ID, Kind: order.HoldFinance}); !errors.Is(err, order.ErrNotAllowed) && !errors.Is(err, order.ErrHoldNotYours) {
			t.Errorf("released by customer service: %v", err)
		}
		if _, err := x.Orders.ApproveFinance(x.ctx, order.ApproveInput{OrderID: o.ID}); !errors.Is(err, order.ErrSamePerson) {
			t.Errorf("the same person: %v", err)
		}
		a, _ := actor.From(x.ctx)
		a.ID++
		other := actor.With(x.ctx, a)
		if _, err := x.Orders.ApproveFinance(kittest.As(other, "order.approve"), order.ApproveInput{OrderID: o.ID}); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("without the right: %v", err)
		}
		if _, err := x.Orders.ApproveFinance(other, order.ApproveInput{OrderID: o.ID}); err != nil {
			t.Fatal(err)
		}
		x.want(o)
		if now := x.Load(x.ctx, o.ID); !now.Allows(order.ActShip) {
			t.Error("both approved, and still it may not ship")
		}
		// Revoked, it asks finance again with the next approval.
		if _, err := x.Orders.RevokeApproval(x.ctx, order.ApproveInput{OrderID: o.ID}); err != nil {
			t.Fatal(err)
		}
		x.drain()
		x.want(o)
	})
}

func TestABuyerGetsNoMoreThanTheLimitAndNoOrderTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d, true)
		x.SKU(x.ctx, "A-1", 100)
		x.SKU(x.ctx, "B-2", 100)
		x.save(review.Policy{DuplicateHours: 2, Limits: []review.Limit{{SKUCode: "A-1", Pieces: 3, WindowDays: 2}}})
		bought := func(no string, minutes, n int64, code, nick string) order.Document {
			doc := after(x.Doc(no, code), minutes)
			doc.Lines, doc.BuyerNick = []order.Line{ordertest.Line(code, n, 2500)}, nick
			return doc
		}
		// In one batch, the later one waits, whatever their order in the file.
		got := x.Apply(x.ctx, 0, bought("2", 1, 2, "A-1", "海边的猫"), bought("1", 0, 2, "A-1", "海边的猫"))
		x.want(x.Load(x.ctx, got[1].OrderID))
		x.want(x.Load(x.ctx, got[0].OrderID), "duplicate_suspected 1", "over_purchase_limit A-1 4/3")
		other := x.One(x.ctx, 0, bought("3", 2, 2, "A-1", "山里的狗"))
		x.want(other)
		x.want(x.One(x.ctx, 0, bought("4", 3, 1, "B-2", "海边的猫")))
		masked := x.One(x.ctx, 0, bought("5", 4, 3, "A-1", "海***猫"))
		x.want(masked)
		x.want(x.One(x.ctx, 0, bought("6", 5, 3, "A-1", "海***猫"))) // may be anybody

		// Far enough apart nothing of it counts.
		x.want(x.One(x.ctx, 0, bought("7", -3*24*60, 2, "A-1", "海边的猫")))

		// The first one is closed: what it held back is free.
		if _, err := x.Orders.Close(x.ctx, order.CloseInput{OrderID: got[1].OrderID, Reason: "duplicate"}); err != nil {
			t.Fatal(err)
		}
		x.save(review.Policy{DuplicateHours: 2, Limits: []review.Limit{{SKUCode: "A-1", Pieces: 3, WindowDays: 2}}})
		x.want(x.Load(x.ctx, got[0].OrderID))
	})
}

func TestFloorsPaymentMethodsAreasAndMemos(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d, true)
		x.SKU(x.ctx, "A-1", 100)
		costly := money.Fen(6000)
		if _, err := x.Catalog.CreateSKU(x.ctx, catalog.SKUInput{Code: "C-3", ProductName: "贵", CostFen: &costly}); err != nil {
			t.Fatal(err)
		}
		x.save(review.Policy{BelowCost: true, SellerNote: true, PaymentMethods: []string{"微信"}, Floors: []review.Floor{{SKUCode: "A-1", FloorFen: 5001}},
			Areas: []review.Area{{Province: "新疆", Verdict: review.Remote}, {Province: "新疆", City: "和田", Verdict: review.Undeliverable, Note: "暂停"}},
			Rules: []review.Rule{{Name: "偏远", Enabled: true, Condition: when("remote_area", "is", true), Action: review.Hold}}})
		doc := x.Doc("1", "A-1")
		doc.PaymentMethod, doc.SellerNote = "货到付款", "改发顺丰"
		x.want(x.One(x.ctx, 0, doc), "payment_method 货到付款", "price_below_floor A-1", "seller_note 改发顺丰")
		doc = x.Doc("2", "C-3")
		doc.PaymentMethod = "微信"
		doc.Receiver.Province, doc.Receiver.City, doc.Receiver.District = "新疆维吾尔自治区", "和田地区", "和田县"
		x.want(x.One(x.ctx, 0, doc), "address_undeliverable 新疆和田 暂停", "out_of_stock ", "price_below_floor C-3")
		doc = x.Doc("3", "A-1")
		doc.Money = order.Money{Goods: ordertest.Fen(6000), BuyerPaid: ordertest.Fen(6000)}
		doc.Lines = []order.Line{ordertest.Line("A-1", 1, 6000)}
		doc.Receiver.Province, doc.Receiver.City, doc.Receiver.District = "新疆维吾尔自治区", "乌鲁木齐市", "天山区"
		x.want(x.One(x.ctx, 0, doc), "review_rule 偏远")
	})
}

func TestAnOrderApprovesItselfOnceItsTimeHasCome(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d, true)
		x.SKU(x.ctx, "A-1", 100)
		x.save(review.Policy{WaitMinutes: 90})
		doc := x.Doc("1", "A-1") // paid 59 minutes ago
		o := x.One(x.ctx, 0, doc)
		early := x.One(x.ctx, 0, x.Doc("2", "A-1"))
		if o.State != order.AwaitingApproval || early.State != order.AwaitingApproval {
			t.Fatalf("%v %v", o.State, early.State)
		}
		// One is approved by hand and taken back: it does not approve itself any more.
		for _, f := range []func(context.Context, order.ApproveInput) (order.Result, error){x.Orders.Approve, x.Orders.RevokeApproval} {
			if _, err := f(x.ctx, order.ApproveInput{OrderID: early.ID}); err != nil {
				t.Fatal(err)
			}
		}
		due := func() {
			t.Helper()
			if err := x.review.ApproveDue(x.ctx); err != nil {
				t.Fatal(err)
			}
		}
		due()
		if o = x.Load(x.ctx, o.ID); o.State != order.AwaitingApproval {
			t.Errorf("too early: %v", o.State)
		}
		kittest.Clock(x.Kit).Advance(31 * time.Minute)
		due()
		if o = x.Load(x.ctx, o.ID); o.State != order.AwaitingShipment {
			t.Errorf("when the time had come: %v %v", o.State, holds(o))
		}
		if early = x.Load(x.ctx, early.ID); early.State != order.AwaitingApproval {
			t.Errorf("what a person took back: %v", early.State)
		}
	})
}

func TestTheBlacklistFindsAPersonInOtherOrders(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d, true)
		x.SKU(x.ctx, "A-1", 100)
		first := x.One(x.ctx, 0, x.Doc("1", "A-1"))
		doc := x.Doc("2", "A-1")
		doc.BuyerNick = "另一个人"
		doc.Status, doc.PaidAt = order.ChannelPendingPayment, 0
		unpaid := x.One(x.ctx, 0, doc)
		n, err := x.review.Blacklist(x.ctx, review.ListInput{OrderID: first.ID, Reason: "恶意退款"})
		if err != nil || n != 3 {
			t.Fatalf("%d entries, %v", n, err)
		}
		if n, err = x.review.Blacklist(x.ctx, review.ListInput{OrderID: first.ID, Reason: "再来"}); err != nil || n != 0 {
			t.Errorf("again: %d entries, %v", n, err)
		}
		x.want(unpaid)
		paid := x.Doc("2", "A-1")
		paid.BuyerNick = "另一个人"
		unpaid = x.One(x.ctx, clock.Millis(x.Kit.Clock)+1000, paid)
		x.want(unpaid, "blacklist 恶意退款")
		hidden := x.Doc("3", "A-1")
		hidden.BuyerNick, hidden.Receiver = "第三个人", order.Receiver{Name: "赵**", Phone: "138****1234", Province: "浙江省", Detail: "文一路*号"}
		x.want(x.One(x.ctx, 0, hidden))

		list, err := x.review.Blacklisted(x.ctx, 0, 50)
		if err != nil || len(list) != 3 {
			t.Fatalf("%d entries, %v", len(list), err)
		}
		for _, l := range list {
			if strings.Contains(l.Label, "13800001234") || strings.Contains(l.Label, "赵小满") || strings.Contains(l.Label, "海边的猫") {
				t.Errorf("%s shows %q", l.Kind, l.Label)
			}
		}
		for _, l := range list {
			if err := x.review.Unlist(x.ctx, l.ID); err != nil {
				t.Fatal(err)
			}
		}
		if err := x.review.Unlist(x.ctx, list[0].ID); !errors.Is(err, review.ErrNotFound) {
			t.Errorf("twice: %v", err)
		}
		x.drain()
		x.want(unpaid)
		if o := x.Load(x.ctx, unpaid.ID); o.State != order.AwaitingShipment {
			t.Errorf("off the list: %v", o.State)
		}
	})
}

func TestPoliciesAreCheckedAndNeverOverwrittenBlindly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d, true)
		x.SKU(x.ctx, "A-1", 100)
		for _, c := range []struct {
			what string
			p    review.Policy
			want error
		}{
			{"a rule without a name", review.Policy{Rules: []review.Rule{{Action: review.Hold}}}, review.ErrBadPolicy},
			{"an unknown action", review.Policy{Rules: []review.Rule{{Name: "x", Action: "dance"}}}, review.ErrBadPolicy},
			{"an unknown field", review.Policy{Rules: []review.Rule{{Name: "x", Action: review.Hold, Condition: when("mood", "eq", "x")}}}, rule.ErrUnknownField},
			{"a SKU nobody has", review.Policy{Limits: []review.Limit{{SKUCode: "Z", Pieces: 1, WindowDays: 1}}}, review.ErrUnknownSKU},
			{"a limit of nothing", review.Policy{Limits: []review.Limit{{SKUCode: "A-1", WindowDays: 1}}}, review.ErrBadPolicy},
			{"an area without a province", review.Policy{Areas: []review.Area{{City: "和田", Verdict: review.Remote}}}, review.ErrBadPolicy},
			{"a year of waiting", review.Policy{WaitMinutes: 600_000}, review.ErrBadPolicy},
		} {
			if _, err := x.review.Save(x.ctx, review.SaveInput{Policy: c.p}); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", c.what, err, c.want)
			}
		}
		x.save(review.Policy{SellerNote: true})
		if _, err := x.review.Save(x.ctx, review.SaveInput{Policy: review.Policy{}}); !errors.Is(err, review.ErrChanged) {
			t.Errorf("a second first one: %v", err)
		}
		if _, err := x.review.Save(kittest.As(x.ctx, "order.approve"), review.SaveInput{Version: x.version}); errs.KindOf(err) != errs.Forbidden {
			t.Errorf("without the right: %v", err)
		}
		x.save(review.Policy{})
		if p, err := x.review.Policy(x.ctx); err != nil || p.Version != 2 || p.SellerNote {
			t.Errorf("%+v %v", p, err)
		}
	})
}

func TestARuleIsTriedAndExplainedBeforeItActs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d, false)
		x.SKU(x.ctx, "A-1", 100)
		for i, no := range []string{"1", "2", "3"} {
			doc := after(x.Doc(no, "A-1"), int64(i))
			if no == "2" {
				doc.BuyerNote = "急用"
			}
			x.One(x.ctx, 0, doc)
		}
		got, err := x.review.Try(x.ctx, when("buyer_note", "not_empty", nil))
		if err != nil || got.Looked != 3 || got.Hits != 1 || got.Capped || !slices.Equal(got.Sample, []string{"2"}) {
			t.Errorf("%+v %v", got, err)
		}
		if got, err = x.review.Try(x.ctx, when("buyer_orders", "ge", 1)); err != nil || got.Hits != 2 || !slices.Equal(got.Sample, []string{"3", "2"}) {
			t.Errorf("earlier orders: %+v %v", got, err)
		}
		x.save(review.Policy{CheckAddress: true, Rules: []review.Rule{{Name: "急件", Enabled: true, Condition: when("buyer_note", "contains", "急"), Action: review.Approve}}})
		doc := x.Doc("4", "A-1")
		doc.Receiver.Phone = "1380000"
		o := x.One(x.ctx, 0, doc)
		if err := x.review.Ask(x.ctx, review.AskInput{OrderID: o.ID, Text: "请补全手机号"}); err != nil {
			t.Fatal(err)
		}
		e, err := x.review.Explain(x.ctx, o.ID)
		if err != nil || !slices.Equal(e.Faults, []address.Fault{address.PhoneWrong}) || len(e.Rules) != 1 || e.Rules[0].Hit || len(e.Rules[0].Why) != 1 ||
			len(e.Messages) != 1 || e.Messages[0].Text != "请补全手机号" || len(e.Verdict.Holds) != 1 {
			t.Errorf("%+v %v", e, err)
		}
		if _, err := x.review.Reject(x.ctx, review.RejectInput{OrderID: o.ID, Reason: " ", Close: true}); !errors.Is(err, review.ErrNoText) {
			t.Errorf("without a reason: %v", err)
		}
		r, err := x.review.Reject(x.ctx, review.RejectInput{OrderID: o.ID, Reason: "无法送达", Message: "抱歉，您的地址无法送达", Close: true})
		if err != nil || r.State != order.Closed {
			t.Errorf("%v %v", r.State, err)
		}
		if e, err = x.review.Explain(x.ctx, o.ID); err != nil || len(e.Messages) != 2 || e.Messages[0].Kind != review.Rejected {
			t.Errorf("%+v %v", e.Messages, err)
		}
	})
}
