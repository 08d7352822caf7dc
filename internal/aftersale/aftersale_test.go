package aftersale

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/setting"
	"github.com/ordercove/ordercove/internal/shop"
)

// house is a merchant whose channel answers what the test says.
type house struct {
	*ordertest.World
	ctx     context.Context
	s       *Service
	mu      sync.Mutex
	told    []Telling
	answers map[id.ID]Answer
	limit   *money.Fen
	offline bool
	refusal Refusal
}

func open(t *testing.T, d *db.DB) *house {
	w, ctx := ordertest.New(t, d)
	h := &house{World: w, ctx: ctx, answers: map[id.ID]Answer{}}
	settings := setting.New(w.Kit, Settings()...)
	h.s = New(w.Kit, w.Shops, w.Catalog, w.Stock, w.Orders, fulfillment.New(w.Kit, w.Shops, w.Catalog, w.Stock, w.Orders), settings, Around{
		Decides: func(shop.Shop) bool { return !h.offline },
		Refusal: func(shop.Shop, string) Refusal { return h.refusal },
		TellTx: func(_ context.Context, tx *db.Tx, one Telling) (id.ID, error) {
			effect := w.Kit.IDs.New()
			tx.AfterCommit(func() {
				h.mu.Lock()
				defer h.mu.Unlock()
				h.told = append(h.told, one)
			})
			return effect, nil
		},
		Answers: func(_ context.Context, _ db.Querier, ids []id.ID) (map[id.ID]Answer, error) {
			h.mu.Lock()
			defer h.mu.Unlock()
			out := map[id.ID]Answer{}
			for _, i := range ids {
				if out[i] = h.answers[i]; out[i].State == "" {
					out[i] = Answer{State: "waiting"}
				}
			}
			return out, nil
		},
		Words: func(context.Context, id.ID, string) (Words, error) { return Words{Note: "盒子压坏了"}, nil },
		Limit: func(context.Context) (*money.Fen, error) { return h.limit, nil },
	})
	return h
}

// place brings an order of n pieces of SKU A at 50 yuan each in.
func (h *house) place(no string, n int64) order.Order {
	h.T.Helper()
	doc := h.Doc(no, "A")
	doc.Lines = []order.Line{ordertest.Line("A", n, 5000)}
	doc.Lines[0].ChannelLineNo, doc.RefundState = "L-"+no, order.RefundNone
	total := money.Fen(5000 * n)
	doc.Money = order.Money{Goods: &total, BuyerPaid: &total}
	return h.One(h.ctx, 0, doc)
}

func (h *house) ship(o order.Order) {
	h.T.Helper()
	if _, err := h.Orders.Approve(h.ctx, order.ApproveInput{OrderID: o.ID}); err != nil {
		h.T.Fatal(err)
	}
	if err := h.Ship(h.ctx, o.ID, "YT1234567890123"); err != nil {
		h.T.Fatal(err)
	}
}

// tell is a channel telling of cases.
func (h *house) tell(all ...Told) {
	h.T.Helper()
	kittest.InTx(h.T, h.Kit, h.ctx, func(ctx context.Context, tx *db.Tx) error { return h.s.AbsorbTx(ctx, tx, h.Shop.ID, all) })
}

// told1 is a case about one order.
func (h *house) about(no, orderNo, kind string, state State, fen money.Fen, more ...func(*Told)) Told {
	now := clock.Millis(h.Kit.Clock)
	t := Told{No: no, OrderNo: orderNo, LineNo: "L-" + orderNo, Kind: kind, State: state, StateRaw: string(state), Version: "1", Refund: fen, Quantity: 1, Reason: "不想要了",
		OpenedAt: now - 3_600_000, ModifiedAt: now, RespondByAt: now + 24*3_600_000}
	for _, f := range more {
		f(&t)
	}
	return t
}

func (h *house) one(no string) Seen {
	h.T.Helper()
	all, _, err := h.s.List(h.ctx, Filter{No: no})
	if err != nil || len(all) != 1 {
		h.T.Fatalf("case %s: %d, %v", no, len(all), err)
	}
	return all[0]
}

// stock is how much of a SKU lies in the warehouse.
func (h *house) stock(sku id.ID, condition string) (n int64) {
	h.T.Helper()
	err := h.Kit.DB.QueryRow(h.ctx, `SELECT COALESCE(SUM(on_hand), 0) FROM inventory_balance WHERE merchant_id = 1 AND sku_id = ? AND condition = ?`, sku, condition).Scan(&n)
	if err != nil {
		h.T.Fatal(err)
	}
	return n
}

func code(err error) string {
	if e := errs.As(err); e != nil {
		return e.Code
	}
	return fmt.Sprint(err)
}

func TestWhatIsAdvised(t *testing.T) {
	paid := money.Fen(5000)
	base := Facts{Kind: KindRefund, State: Requested, Goods: NoGoods, Refund: 3000, Paid: &paid, Limit: 4000, OrderHeld: true, Decides: true}
	for _, c := range []struct {
		name string
		f    func(*Facts)
		want Advice
	}{
		{"a refund before anything left is agreed to", func(*Facts) {}, Advice{DoAgree, WhyUnshipped}},
		{"a refund of goods with a carrier is not", func(f *Facts) { f.Shipped = true }, Advice{DoRefuse, WhyOnItsWay}},
		{"nor of goods the buyer has", func(f *Facts) { f.Shipped, f.Delivered = true, true }, Advice{DoRefuse, WhyDelivered}},
		{"a return is agreed to", func(f *Facts) { f.Kind, f.Shipped = KindReturn, true }, Advice{DoAskGoods, WhyGoodsReturn}},
		{"a return of what never left is for a person", func(f *Facts) { f.Kind = KindReturn }, Advice{DoPerson, WhyNotShipped}},
		{"more than the limit is for a person", func(f *Facts) { f.Refund = 4001 }, Advice{DoPerson, WhyOverLimit}},
		{"as much as the limit is not", func(f *Facts) { f.Refund = 4000 }, Advice{DoAgree, WhyUnshipped}},
		{"more than was paid is for a person", func(f *Facts) { f.Refund, f.Limit = 5001, 9000 }, Advice{DoPerson, WhyOverPaid}},
		{"an unknown order is for a person", func(f *Facts) { f.OrderHeld = false }, Advice{DoPerson, WhyNoOrder}},
		{"an exchange is for a person", func(f *Facts) { f.Kind = KindExchange }, Advice{DoPerson, WhyKind}},
		{"an unknown word is for a person", func(f *Facts) { f.State = Unknown }, Advice{DoPerson, WhyUnknown}},
		{"whole goods are confirmed", func(f *Facts) { f.Kind, f.State, f.Goods, f.Shipped = KindReturn, Receiving, GoodsReceived, true }, Advice{DoConfirm, WhyGoodsBack}},
		{"broken ones are not", func(f *Facts) {
			f.Kind, f.State, f.Goods, f.Shipped, f.Faulty = KindReturn, Receiving, GoodsReceived, true, true
		}, Advice{DoPerson, WhyGoodsFaulty}},
		{"a parcel that is here is opened", func(f *Facts) { f.Kind, f.State, f.Goods = KindReturn, Receiving, GoodsArrived }, Advice{DoInspect, WhyParcelHere}},
		{"one that is not is waited for", func(f *Facts) { f.Kind, f.State, f.Goods = KindReturn, Receiving, GoodsAwaited }, Advice{DoWait, WhyParcelAway}},
		{"what was decided waits", func(f *Facts) { f.Told = true }, Advice{DoWait, WhyTold}},
		{"a channel without decisions has its back office", func(f *Facts) { f.Decides = false }, Advice{DoBackOffice, WhyOffline}},
		{"what ended is left alone", func(f *Facts) { f.State = Refunded }, Advice{DoWait, WhyEnded}},
	} {
		f := base
		if c.f(&f); Advise(f) != c.want {
			t.Errorf("%s: %v, want %v", c.name, Advise(f), c.want)
		}
	}
}

func TestCasesStandByDeadlineAndAreFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.SKU(h.ctx, "A", 20)
		for i := range 4 {
			h.place(fmt.Sprint("O", i), 2)
		}
		later := func(hours int64) func(*Told) {
			return func(t *Told) { t.RespondByAt = clock.Millis(h.Kit.Clock) + hours*3_600_000 }
		}
		h.tell(h.about("S0", "O0", KindRefund, Requested, 5000, later(30)), h.about("S1", "O1", KindReturn, Requested, 9000, later(-2)),
			h.about("S2", "O2", KindRefund, Requested, 100, later(5), func(t *Told) { t.Reason = "发错货 50%_off" }), h.about("S3", "gone", KindRefund, Closed, 100),
			h.about("S4", "nobody's", KindRefund, Requested, 100, func(t *Told) { t.RespondByAt = 0 }))
		least, most := money.Fen(1000), money.Fen(5000)
		for _, c := range []struct {
			name string
			f    Filter
			want string
		}{
			{"those to answer, the late one first and the one without deadline last", Filter{States: []State{Requested}}, "[S1 S2 S0 S4]"},
			{"late ones", Filter{States: []State{Requested}, DueBefore: clock.Millis(h.Kit.Clock)}, "[S1]"},
			{"by kind", Filter{Kinds: []string{KindReturn}}, "[S1]"},
			{"by amount", Filter{MinFen: &least, MaxFen: &most}, "[S0]"},
			{"by part of a reason, whose signs are no wildcards", Filter{Reason: "50%_O"}, "[S2]"},
			{"by a wildcard that nobody wrote", Filter{Reason: "不%了"}, "[]"},
			{"by order number", Filter{No: "O2"}, "[S2]"},
			{"of another shop", Filter{ShopIDs: []id.ID{77}}, "[]"},
		} {
			var got []string
			for cursor := ""; ; {
				c.f.Cursor, c.f.Limit = cursor, 2
				all, next, err := h.s.List(h.ctx, c.f)
				if err != nil {
					t.Fatal(err)
				}
				for _, s := range all {
					got = append(got, s.No)
				}
				if cursor = next; cursor == "" {
					break
				}
			}
			if fmt.Sprint(got) != c.want {
				t.Errorf("%s: %v, want %s", c.name, got, c.want)
			}
		}
		if n, err := h.s.Counts(h.ctx); err != nil || n.States[Requested] != 4 || n.Overdue != 1 || n.States[Closed] != 0 {
			t.Errorf("%+v %v", n, err)
		}
		if c := h.one("S0"); c.Order == nil || len(c.Lines) != 1 || c.Lines[0].Asked != 1 || *c.Lines[0].Paid != 10000 || c.Parcel != "not_shipped" || c.Advice.Do != DoAgree {
			t.Errorf("%+v", c)
		}
		narrow := kittest.Within(kittest.As(h.ctx, PermitRead), shop.Scope, 77)
		if all, _, err := h.s.List(narrow, Filter{}); err != nil || len(all) != 0 {
			t.Errorf("another shop's: %v %v", all, err)
		}
		if _, err := h.s.Get(narrow, h.one("S0").ID); code(err) != "aftersale.not_found" {
			t.Error(err)
		}
		if _, _, err := h.s.List(kittest.As(h.ctx, "order.read"), Filter{}); code(err) != "actor.forbidden" {
			t.Error(err)
		}
		// The order comes after its case: it is found without anybody's help.
		doc := h.Doc("nobody's", "A")
		h.One(h.ctx, 0, doc)
		if c := h.one("S4"); c.Order == nil || c.OrderID == 0 {
			t.Error("the order is not found")
		}
		w, err := h.s.Get(h.ctx, h.one("S0").ID)
		if err != nil || w.Words.Note != "盒子压坏了" || len(w.History) != 1 {
			t.Errorf("%+v %v", w, err)
		}
	})
}

func TestACaseIsDecidedOnceUnlessItsChannelRefuses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.SKU(h.ctx, "A", 20)
		h.place("O1", 1)
		h.tell(h.about("S1", "O1", KindRefund, Requested, 5000))
		c := h.one("S1")
		in := DecideInput{CaseID: c.ID, CaseVersion: "1", Approve: true, Amount: 5000}
		for _, bad := range []struct {
			change func(*DecideInput)
			want   string
		}{
			{func(in *DecideInput) { in.CaseVersion = "0" }, "aftersale.changed"},
			{func(in *DecideInput) { in.Amount = 5001 }, "aftersale.bad_amount"},
			{func(in *DecideInput) { in.Amount = -1 }, "aftersale.bad_amount"},
			{func(in *DecideInput) { in.Approve = false }, "aftersale.reason_missing"},
			{func(in *DecideInput) { in.CaseID = 5 }, "aftersale.not_found"},
		} {
			x := in
			if bad.change(&x); code(second(h.s.Decide(h.ctx, x))) != bad.want {
				t.Errorf("not %s", bad.want)
			}
		}
		h.offline = true
		if _, err := h.s.Decide(h.ctx, in); code(err) != "aftersale.offline" {
			t.Error(err)
		}
		h.offline = false
		if _, err := h.s.Decide(kittest.As(h.ctx, PermitRead), in); code(err) != "actor.forbidden" {
			t.Error(err)
		}
		var wg sync.WaitGroup
		got := make([]string, 6)
		for i := range got {
			wg.Add(1)
			go func() {
				defer wg.Done()
				got[i] = code(second(h.s.Decide(h.ctx, in)))
			}()
		}
		wg.Wait()
		slices.Sort(got)
		if want := "[<nil> aftersale.decided aftersale.decided aftersale.decided aftersale.decided aftersale.decided]"; fmt.Sprint(got) != want && fmt.Sprint(got) != "["+want[7:len(want)-1]+" <nil>]" {
			t.Errorf("%v", got)
		}
		if len(h.told) != 1 || h.told[0].Number != 0 || h.told[0].Amount != 5000 {
			t.Errorf("told %+v", h.told)
		}
		if c = h.one("S1"); c.Advice.Why != WhyTold || c.Decision != Approve || c.Decidable() {
			t.Errorf("%+v", c)
		}
		h.answers[c.EffectID] = Answer{State: "refused", Code: "channel.refused"}
		if c = h.one("S1"); c.Advice.Do != DoAgree || !c.Decidable() {
			t.Errorf("after the channel's no: %+v", c.Advice)
		}
		if _, err := h.s.Decide(h.ctx, DecideInput{CaseID: c.ID, CaseVersion: "1", Reason: "已经发出"}); err != nil || h.told[1].Number != 1 || h.told[1].Approve {
			t.Errorf("%v %+v", err, h.told)
		}
		h.tell(h.about("S1", "O1", KindRefund, Refused, 5000, func(t *Told) { t.Version = "2" }))
		if _, err := h.s.Decide(h.ctx, DecideInput{CaseID: c.ID, CaseVersion: "2", Approve: true}); code(err) != "aftersale.not_open" {
			t.Error(err)
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestManyAreAgreedToAndEachHasItsResult(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.SKU(h.ctx, "A", 20)
		var cases []Chosen
		for i := range 4 {
			h.place(fmt.Sprint("O", i), 1)
			fen := money.Fen(1000)
			if i == 2 {
				fen = 4999_00
			}
			h.tell(h.about(fmt.Sprint("S", i), fmt.Sprint("O", i), KindRefund, Requested, fen))
			cases = append(cases, Chosen{h.one(fmt.Sprint("S", i)).ID, "1"})
		}
		cases[3].CaseVersion = "0"
		f, err := h.s.Foresee(h.ctx, cases)
		if err != nil || len(f.Agree) != 2 || f.Amount != 2000 || len(f.Skipped) != 2 || f.Skipped[0].Err.Code != "aftersale.for_person" || f.Skipped[1].Err.Code != "aftersale.changed" {
			t.Fatalf("%+v %v", f, err)
		}
		if _, err := h.s.AgreeMany(h.ctx, nil); code(err) != "aftersale.too_many" {
			t.Error(err)
		}
		h.s.around.Answers = func(_ context.Context, _ db.Querier, ids []id.ID) (map[id.ID]Answer, error) {
			out := map[id.ID]Answer{}
			for _, i := range ids {
				out[i] = Answer{State: "done"}
				if i == h.effect(t, cases[1].CaseID) {
					out[i] = Answer{State: "refused", Code: "channel.refused"}
				}
			}
			return out, nil
		}
		j, err := h.s.AgreeMany(h.ctx, cases)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Kit.Jobs.Drain(h.ctx); err != nil {
			t.Fatal(err)
		}
		j, err = h.Kit.Jobs.Get(h.ctx, j.ID)
		if err != nil || j.State != job.Succeeded || j.OKCount != 1 || j.FailedCount != 3 || j.Done != 4 {
			t.Errorf("%+v %v", j, err)
		}
		rows, _, err := h.Kit.Jobs.Rows(h.ctx, j.ID, "", "", 0)
		var got []string
		for _, r := range rows {
			got = append(got, r.Ref+" "+r.Result+" "+r.Code)
		}
		slices.Sort(got)
		if err != nil || fmt.Sprint(got) != "[S0 ok  S1 failed channel.refused S2 failed aftersale.for_person S3 failed aftersale.changed]" {
			t.Errorf("%q %v", got, err)
		}
		if len(h.told) != 2 {
			t.Errorf("told %+v", h.told)
		}
		again, err := h.Kit.Jobs.RetryFailed(h.ctx, j.ID)
		if err != nil || again.Total != 3 {
			t.Errorf("%+v %v", again, err)
		}
	})
}

func (h *house) effect(t *testing.T, caseID id.ID) (n id.ID) {
	if err := h.Kit.DB.QueryRow(h.ctx, `SELECT effect_id FROM aftersale_case WHERE merchant_id = 1 AND id = ?`, caseID).Scan(&n); err != nil {
		t.Error(err)
	}
	return n
}

func TestAJobThatHearsNothingSaysSo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.SKU(h.ctx, "A", 20)
		h.place("O1", 1)
		h.tell(h.about("S1", "O1", KindRefund, Requested, 1000))
		j, err := h.s.AgreeMany(h.ctx, []Chosen{{h.one("S1").ID, "1"}})
		if err != nil {
			t.Fatal(err)
		}
		tell := h.s.around.TellTx
		h.s.around.TellTx = func(ctx context.Context, tx *db.Tx, one Telling) (id.ID, error) {
			kittest.Clock(h.Kit).Advance(answersFor + time.Second)
			return tell(ctx, tx, one)
		}
		if err := h.Kit.Jobs.Drain(h.ctx); err != nil {
			t.Fatal(err)
		}
		if j, err = h.Kit.Jobs.Get(h.ctx, j.ID); err != nil || j.State != job.Succeeded || j.SkippedCount != 1 {
			t.Errorf("%+v %v", j, err)
		}
	})
}

func TestReturnedGoodsAreStockOnceHoweverManyScan(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		sku := h.SKU(h.ctx, "A", 10)
		o := h.place("O1", 3)
		h.ship(o)
		h.tell(h.about("S1", "O1", KindReturn, Receiving, 10000, func(t *Told) { t.Quantity, t.ReturnCarrier, t.ReturnWaybill = 3, "顺丰", "sf 1234567890123" }))
		c := h.one("S1")
		if c.Goods != GoodsAwaited || c.ReturnWaybill != "SF1234567890123" || c.Advice.Why != WhyParcelAway {
			t.Fatalf("%+v", c)
		}
		found, err := h.s.Look(h.ctx, "SF1234567890123")
		if err != nil || len(found.Cases) != 1 || found.Cases[0].Lines[0].Asked != 3 {
			t.Fatalf("%+v %v", found, err)
		}
		line := c.Lines[0].ID
		in := ReceiveInput{CaseID: c.ID, WaybillNo: "SF1234567890123", WarehouseID: h.Warehouse, Note: "一件破", Lines: []Back{{LineID: line, Good: 1, Defective: 1, Missing: 1}}}
		for _, bad := range []struct {
			change func(*ReceiveInput)
			want   string
		}{
			{func(in *ReceiveInput) { in.Lines = []Back{{LineID: line, Good: 4}} }, "aftersale.too_much"},
			{func(in *ReceiveInput) { in.Lines = []Back{{LineID: 9, Good: 1}} }, "aftersale.bad_line"},
			{func(in *ReceiveInput) { in.Lines = []Back{{LineID: line, Good: 1}, {LineID: line, Good: 1}} }, "aftersale.bad_line"},
			{func(in *ReceiveInput) { in.Lines = []Back{{LineID: line}} }, "aftersale.nothing_counted"},
			{func(in *ReceiveInput) { in.WaybillNo = "1" }, "aftersale.bad_waybill"},
			{func(in *ReceiveInput) { in.WarehouseID = 9 }, "inventory.warehouse_not_found"},
			{func(in *ReceiveInput) { in.CaseID = 9 }, "aftersale.not_found"},
		} {
			x := in
			if bad.change(&x); code(second(h.s.Receive(h.ctx, x))) != bad.want {
				t.Errorf("%v, not %s", second(h.s.Receive(h.ctx, x)), bad.want)
			}
		}
		var wg sync.WaitGroup
		got := make([]string, 5)
		for i := range got {
			wg.Add(1)
			go func() {
				defer wg.Done()
				x := in
				if i%2 == 1 {
					x.WaybillNo = "" // typed by somebody who could not read the label
				}
				got[i] = code(second(h.s.Receive(h.ctx, x)))
			}()
		}
		wg.Wait()
		var ok int
		for _, g := range got {
			if g == "<nil>" {
				ok++
			} else if g != "aftersale.received" {
				t.Errorf("%s", g)
			}
		}
		if ok != 1 {
			t.Errorf("booked %d times: %v", ok, got)
		}
		if good, bad := h.stock(sku, inventory.Good), h.stock(sku, inventory.Defective); good != 8 || bad != 1 {
			t.Errorf("%d good, %d defective", good, bad)
		}
		if l := h.Load(h.ctx, o.ID).Lines[0]; l.ReturnedGood != 1 || l.ReturnedDefective != 1 {
			t.Errorf("%+v", l)
		}
		if c = h.one("S1"); c.Goods != GoodsReceived || c.Advice.Why != WhyGoodsFaulty || c.Lines[0].Good != 1 || c.Lines[0].Missing != 1 {
			t.Errorf("%+v", c)
		}
		// The missing piece comes in another parcel; more than has left does not.
		second1 := in
		second1.WaybillNo, second1.Lines = "SF7777777777777", []Back{{LineID: line, Good: 2}}
		if _, err := h.s.Receive(h.ctx, second1); code(err) != "aftersale.too_much" {
			t.Error(err)
		}
		second1.Lines = []Back{{LineID: line, Good: 1}}
		if _, err := h.s.Receive(h.ctx, second1); err != nil {
			t.Error(err)
		}
		if good := h.stock(sku, inventory.Good); good != 9 {
			t.Errorf("%d good", good)
		}
		if found, err := h.Stock.Verify(h.ctx); err != nil || len(found) > 0 {
			t.Errorf("%v %v", found, err)
		}
		w, err := h.s.Get(h.ctx, c.ID)
		if err != nil || len(w.Parcels) != 2 || w.Parcels[0].State != Inspected {
			t.Errorf("%+v %v", w.Parcels, err)
		}
	})
}

func TestABundleComesBackAsItsParts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		cup, tea := h.SKU(h.ctx, "CUP", 10), h.SKU(h.ctx, "TEA", 10)
		set := h.SKU(h.ctx, "A", 0)
		if _, err := h.Catalog.SetComponents(h.ctx, catalog.ComponentsInput{SKUID: set, Components: []catalog.Component{{SKUID: cup, Quantity: 1, Share: 1}, {SKUID: tea, Quantity: 2, Share: 1}}}); err != nil {
			t.Fatal(err)
		}
		o := h.place("O1", 2)
		h.ship(o)
		h.tell(h.about("S1", "O1", KindReturn, Receiving, 5000))
		c := h.one("S1")
		if _, err := h.s.Receive(h.ctx, ReceiveInput{CaseID: c.ID, WarehouseID: h.Warehouse, Lines: []Back{{LineID: c.Lines[0].ID, Good: 1, Defective: 1}}}); err != nil {
			t.Fatal(err)
		}
		got := []int64{h.stock(cup, inventory.Good), h.stock(cup, inventory.Defective), h.stock(tea, inventory.Good), h.stock(tea, inventory.Defective)}
		if fmt.Sprint(got) != "[9 1 8 2]" {
			t.Errorf("%v", got)
		}
	})
}

func TestAnOwnerlessParcelFindsItsCase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		sku := h.SKU(h.ctx, "A", 10)
		h.ship(h.place("O1", 1))
		in := ArriveInput{WaybillNo: "zto 7711 2233 4455", Carrier: "中通", WarehouseID: h.Warehouse, Note: "没有面单"}
		p, err := h.s.Arrive(h.ctx, in)
		if err != nil || p.State != Unclaimed || p.WaybillNo != "ZTO771122334455" {
			t.Fatalf("%+v %v", p, err)
		}
		if _, err := h.s.Arrive(h.ctx, in); code(err) != "aftersale.received" {
			t.Error(err)
		}
		if all, _, err := h.s.Parcels(h.ctx, Unclaimed, "", 0); err != nil || len(all) != 1 {
			t.Errorf("%v %v", all, err)
		}
		h.tell(h.about("S1", "O1", KindReturn, Receiving, 5000, func(t *Told) { t.ReturnWaybill = "ZTO771122334455" }))
		c := h.one("S1")
		if c.Goods != GoodsArrived || c.Advice.Do != DoInspect {
			t.Errorf("%+v", c)
		}
		got, err := h.s.Receive(h.ctx, ReceiveInput{CaseID: c.ID, WaybillNo: p.WaybillNo, WarehouseID: h.Warehouse, Lines: []Back{{LineID: c.Lines[0].ID, Good: 1}}})
		if err != nil || got.ID != p.ID || got.State != Inspected {
			t.Errorf("%+v %v", got, err)
		}
		if h.stock(sku, inventory.Good) != 10 {
			t.Error("not back in stock")
		}
		if c = h.one("S1"); c.Advice.Do != DoConfirm {
			t.Errorf("%+v", c.Advice)
		}
	})
}

func TestAParcelIsClaimedByHandAndRefusedParcelsAreFoundByTheNumberTheyLeftUnder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.SKU(h.ctx, "A", 10)
		h.ship(h.place("O1", 1))
		h.tell(h.about("S1", "O1", KindReturn, Returning, 5000))
		p, err := h.s.Arrive(h.ctx, ArriveInput{WaybillNo: "88887777", WarehouseID: h.Warehouse})
		if err != nil {
			t.Fatal(err)
		}
		c := h.one("S1")
		if _, err := h.s.Match(h.ctx, 5, c.ID); code(err) != "aftersale.parcel_not_found" {
			t.Error(err)
		}
		if p, err = h.s.Match(h.ctx, p.ID, c.ID); err != nil || p.CaseID != c.ID || p.State != Arrived {
			t.Fatalf("%+v %v", p, err)
		}
		if _, err := h.s.Match(h.ctx, p.ID, c.ID); code(err) != "aftersale.parcel_not_found" {
			t.Error(err)
		}
		if c = h.one("S1"); c.Goods != GoodsArrived {
			t.Errorf("%s", c.Goods)
		}
		// The channel's next word does not take the parcel away.
		h.tell(h.about("S1", "O1", KindReturn, Receiving, 5000, func(t *Told) { t.Version = "2" }))
		if c = h.one("S1"); c.Goods != GoodsArrived {
			t.Errorf("%s", c.Goods)
		}
		if _, err := h.s.Look(h.ctx, "x"); code(err) != "aftersale.bad_waybill" {
			t.Error(err)
		}
		if _, err := h.s.Look(kittest.As(h.ctx, PermitRead), "88887777"); code(err) != "actor.forbidden" {
			t.Error(err)
		}
	})
}

func TestRefundedGoodsThatAreOutAreListedUntilGivenUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.SKU(h.ctx, "A", 10)
		h.ship(h.place("O1", 1))
		h.tell(h.about("S1", "O1", KindReturn, Returning, 5000))
		h.tell(h.about("S1", "O1", KindReturn, Refunded, 5000, func(t *Told) { t.Version = "2" }), h.about("S2", "O1", KindReturn, Refunded, 5000))
		out := Filter{States: []State{Refunded}, Goods: []Goods{GoodsAwaited}, Sort: ByRefund}
		all, _, err := h.s.List(h.ctx, out)
		if err != nil || len(all) != 1 || all[0].No != "S1" || all[0].RefundedAt == 0 {
			t.Fatalf("history is not work: %+v %v", all, err)
		}
		if n, err := h.s.Counts(h.ctx); err != nil || n.NotBack != 1 {
			t.Errorf("%+v %v", n, err)
		}
		if _, err := h.s.GiveUp(h.ctx, GiveUpInput{CaseID: all[0].ID, Reason: " "}); code(err) != "aftersale.reason_missing" {
			t.Error(err)
		}
		c, err := h.s.GiveUp(h.ctx, GiveUpInput{CaseID: all[0].ID, Reason: "买家寄丢"})
		if err != nil || c.Goods != GoodsGivenUp || c.GivenUpReason != "买家寄丢" {
			t.Errorf("%+v %v", c, err)
		}
		if _, err := h.s.GiveUp(h.ctx, GiveUpInput{CaseID: c.ID, Reason: "x"}); code(err) != "aftersale.no_goods_awaited" {
			t.Error(err)
		}
		if all, _, err = h.s.List(h.ctx, out); err != nil || len(all) != 0 {
			t.Errorf("%+v %v", all, err)
		}
	})
}

func TestARefusalShowsWhatItsChannelAsksFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.SKU(h.ctx, "A", 10)
		h.place("O1", 1)
		h.tell(h.about("S1", "O1", KindRefund, Requested, 5000))
		refuse := func(proofs ...string) error {
			c := h.one("S1")
			_, err := h.s.Decide(h.ctx, DecideInput{CaseID: c.ID, CaseVersion: c.CaseVersion, Reason: "已发货", Proofs: proofs})
			return err
		}
		for _, c := range []struct {
			name   string
			asks   Refusal
			proofs []string
			want   string
		}{
			{"one without a call for it", Refusal{BackOffice: true}, nil, "aftersale.refuse_in_back_office"},
			{"one that lets nobody refuse what has not left", Refusal{OnlyShipped: true}, nil, "aftersale.refuse_unshipped"},
			{"one that asks for a picture", Refusal{Proofs: []Proof{{Kind: "picture", Need: "by_reason", Required: true}}}, []string{"video"}, "aftersale.proof_missing"},
		} {
			h.refusal = c.asks
			if got := code(refuse(c.proofs...)); got != c.want {
				t.Errorf("%s: %s", c.name, got)
			}
		}
		h.refusal = Refusal{Proofs: []Proof{{Kind: "picture", Need: "by_reason", Required: true}, {Kind: "video", Need: "optional"}}}
		if err := refuse("picture"); err != nil {
			t.Error(err)
		}
		if len(h.told) != 1 || h.told[0].Approve {
			t.Errorf("the channel was told %+v", h.told)
		}
	})
}
