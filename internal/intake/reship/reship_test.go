package reship

import (
	"context"
	"errors"
	"flag"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/ordercove/ordercove/internal/aftersale"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/intake"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/hold"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/order/review"
	"github.com/ordercove/ordercove/internal/setting"
	"github.com/ordercove/ordercove/internal/shop"
)

type house struct {
	*ordertest.World
	ctx   context.Context
	s     *Service
	cases *aftersale.Service
	ship  *fulfillment.Service
	a, b  id.ID  // SKUs
	pre   string // of order numbers
}

func open(t *testing.T, d *db.DB, rules ...order.Option) *house {
	w, ctx := ordertest.With(t, d, rules, func(in *shop.CreateInput) { in.AutoApprove = true })
	settings := setting.New(w.Kit, append(Settings(), aftersale.Settings()...)...)
	h := &house{World: w, ctx: ctx}
	h.ship = fulfillment.New(w.Kit, w.Shops, w.Catalog, w.Stock, w.Orders)
	h.cases = aftersale.New(w.Kit, w.Shops, w.Catalog, w.Stock, w.Orders, h.ship, settings, aftersale.Around{
		Decides: func(shop.Shop) bool { return true },
		Words:   func(context.Context, id.ID, string) (aftersale.Words, error) { return aftersale.Words{}, nil },
		Limit:   func(context.Context) (*money.Fen, error) { return nil, nil },
	})
	h.s = New(w.Kit, intake.New(w.Kit, w.Orders, w.Shops, w.Catalog), w.Orders, w.Shops, w.Catalog, h.cases, settings)
	h.a, h.b = w.SKU(ctx, "A", 100), w.SKU(ctx, "B", 100)
	if err := w.Kit.Runner.Drain(ctx); err != nil { // from now on
		t.Fatal(err)
	}
	return h
}

// sold is a shipped order of n pieces of A at 50 yuan each.
func (h *house) sold(no string, n int64, change ...func(*order.Document)) order.Order {
	h.T.Helper()
	doc := h.Doc(h.pre+no, "A")
	doc.Lines = []order.Line{ordertest.Line("A", n, 5000)}
	total := money.Fen(5000 * n)
	doc.Money = order.Money{Goods: &total, BuyerPaid: &total, MerchantReceivable: &total}
	for _, f := range change {
		f(&doc)
	}
	o := h.One(h.ctx, 0, doc)
	if err := h.Ship(h.ctx, o.ID, "YT1234567890123"); err != nil {
		h.T.Fatal(err)
	}
	return h.Load(h.ctx, o.ID)
}

func (h *house) reship(o order.Order, n int64) MakeInput {
	return MakeInput{OrderID: o.ID, Kind: order.TypeReship, Lines: []OutLine{{LineID: o.Lines[0].ID, Quantity: n}}, Reason: "少发一件", Liable: "merchant"}
}

// exchange gives n pieces of A back for as many of B at a price each.
func (h *house) exchange(o order.Order, n int64, price money.Fen, settlement string) MakeInput {
	return MakeInput{OrderID: o.ID, Kind: order.TypeExchange, Lines: []OutLine{{LineID: o.Lines[0].ID, SKUID: h.b, Quantity: n, PriceFen: &price}},
		Back: []order.LineQty{{LineID: o.Lines[0].ID, Quantity: n}}, When: AfterReturn, Reason: "换颜色", Liable: "buyer",
		DifferenceFen: (price - 5000) * money.Fen(n), Settlement: settlement}
}

func (h *house) make(in MakeInput) order.Order {
	h.T.Helper()
	got, err := h.s.Make(h.ctx, in)
	if err != nil {
		h.T.Fatal(err)
	}
	return h.Load(h.ctx, got.OrderID)
}

func (h *house) drain() {
	h.T.Helper()
	if err := h.Kit.Runner.Drain(h.ctx); err != nil {
		h.T.Fatal(err)
	}
}

func (h *house) case1(o order.Order) aftersale.Seen {
	h.T.Helper()
	all, _, err := h.cases.List(h.ctx, aftersale.Filter{No: o.ChannelOrderNo})
	if err != nil || len(all) != 1 {
		h.T.Fatalf("cases of %s: %d, %v", o.ChannelOrderNo, len(all), err)
	}
	return all[0]
}

func (h *house) back(c aftersale.Seen, line id.ID, good, missing int64) error {
	_, err := h.cases.Receive(h.ctx, aftersale.ReceiveInput{CaseID: c.ID, WaybillNo: "SF" + c.ID.String(), WarehouseID: h.Warehouse,
		Lines: []aftersale.Back{{LineID: line, Good: good, Missing: missing}}})
	return err
}

type scenario struct {
	name string
	run  func(*testing.T, *house)
}

// scenarios runs stories one after the other in one house of each engine; the orders of
// each have numbers of their own.
func scenarios(t *testing.T, all []scenario) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		for i, one := range all {
			t.Run(one.name, func(t *testing.T) {
				h.T, h.pre = t, string(rune('A'+i))
				one.run(t, h)
			})
		}
	})
}

func TestReships(t *testing.T) {
	scenarios(t, []scenario{
		{"a reship costs nothing and is counted on its origin once it ships", aReshipCostsNothingAndIsCountedOnItsOriginOnceItShips},
		{"more than was ordered is sent again only when a person means it", moreThanWasOrderedIsSentAgainOnlyWhenAPersonMeansIt},
		{"the same request makes one order", theSameRequestMakesOneOrder},
	})
}

func TestExchanges(t *testing.T) {
	scenarios(t, []scenario{
		{"an exchange waits for its return and then goes on", anExchangeWaitsForItsReturnAndThenGoesOn},
		{"one with something missing goes on only by a person", anExchangeWithSomethingMissingGoesOnOnlyByAPerson},
		{"one that ships first awaits the goods beside", anExchangeThatShipsFirstAwaitsTheGoodsBeside},
		{"a channel's case is the return leg of its exchange", aChannelsCaseIsTheReturnLegOfItsExchange},
	})
}

func aReshipCostsNothingAndIsCountedOnItsOriginOnceItShips(t *testing.T, h *house) {
	o := h.sold("S1", 3)
	got := h.make(h.reship(o, 1))
	zero := money.Fen(0)
	if got.Type != order.TypeReship || got.ChannelOrderNo != h.pre+"S1-R1" || got.State != order.AwaitingShipment || *got.Amounts.BuyerPaid != zero || *got.Amounts.Goods != zero ||
		*got.Lines[0].Price != zero || got.Lines[0].SKUID != h.a || got.CustomerID != o.CustomerID || got.CustomerID == 0 || got.Source != order.SourceManual {
		t.Errorf("%+v", got)
	}
	if got.ShipByAt != clock.Millis(h.Kit.Clock)+48*3_600_000 {
		t.Error("ships by", got.ShipByAt)
	}
	if r := h.Receiver(h.ctx, got.ID); r != h.Receiver(h.ctx, o.ID) {
		t.Errorf("receiver %+v", r)
	}
	if h.Load(h.ctx, o.ID).Lines[0].Reshipped != 0 {
		t.Error("counted before it left")
	}
	if err := h.Ship(h.ctx, got.ID, "YT1234567890124"); err != nil {
		t.Fatal(err)
	}
	h.drain()
	if n := h.Load(h.ctx, o.ID).Lines[0].Reshipped; n != 1 {
		t.Error("reshipped", n)
	}
	draft, err := h.s.Draft(h.ctx, o.ID)
	if err != nil || len(draft.FollowUps) != 1 || draft.Lines[0].Sent != 1 || draft.NeedsReceiver {
		t.Errorf("%+v %v", draft, err)
	}
	if from, err := h.s.Draft(h.ctx, got.ID); err != nil || from.From == nil || from.From.OriginID != o.ID {
		t.Errorf("%+v %v", from.From, err)
	}
}

func moreThanWasOrderedIsSentAgainOnlyWhenAPersonMeansIt(t *testing.T, h *house) {
	o := h.sold("S1", 2)
	first := h.make(h.reship(o, 2))
	again := h.reship(o, 1)
	if _, err := h.s.Make(h.ctx, again); !errors.Is(err, ErrMore) {
		t.Error(err)
	}
	// A closed one leaves room for another.
	if _, err := h.Orders.Close(h.ctx, order.CloseInput{OrderID: first.ID, Reason: "other"}); err != nil {
		t.Fatal(err)
	}
	if second := h.make(again); second.ChannelOrderNo != h.pre+"S1-R2" {
		t.Error(second.ChannelOrderNo)
	}
	beyond := h.reship(o, 2)
	beyond.Confirmed = true
	if third := h.make(beyond); third.Lines[0].Ordered != 2 {
		t.Errorf("%+v", third.Lines)
	}
}

func theSameRequestMakesOneOrder(t *testing.T, h *house) {
	o := h.sold("S1", 3)
	ctx := command.WithKey(h.ctx, "one-key")
	one, err := h.s.Make(ctx, h.reship(o, 1))
	if err != nil {
		t.Fatal(err)
	}
	two, err := h.s.Make(ctx, h.reship(o, 1))
	if err != nil || two.OrderID != one.OrderID {
		t.Error(two, err)
	}
	if _, err := h.s.Make(ctx, h.reship(o, 2)); !errors.Is(err, command.ErrKeyReused) {
		t.Error("another order under the same key:", err)
	}
	if draft, _ := h.s.Draft(h.ctx, o.ID); len(draft.FollowUps) != 1 {
		t.Error(len(draft.FollowUps), "were made")
	}
}

func anExchangeWaitsForItsReturnAndThenGoesOn(t *testing.T, h *house) {
	o := h.sold("S1", 3)
	x := h.make(h.exchange(o, 2, 6000, Collected))
	if x.Type != order.TypeExchange || x.ChannelOrderNo != h.pre+"S1-X1" || !x.OnHold(hold.ReturnAwaited) || x.ShipByAt != 0 ||
		*x.Amounts.Goods != 12000 || *x.Amounts.MerchantDiscount != 10000 || *x.Amounts.BuyerPaid != 2000 {
		t.Errorf("%+v", x)
	}
	if err := h.Ship(h.ctx, x.ID, "YT1234567890124"); !errors.Is(err, order.ErrOnHold) {
		t.Error("it left before the goods were back:", err)
	}
	c := h.case1(o)
	if c.Source != aftersale.Own || c.State != aftersale.Returning || c.Goods != aftersale.GoodsAwaited || c.Decides || len(c.Lines) != 1 || c.Lines[0].Asked != 2 {
		t.Errorf("%+v", c)
	}
	if err := h.back(c, o.Lines[0].ID, 2, 0); err != nil {
		t.Fatal(err)
	}
	h.drain()
	if x = h.Load(h.ctx, x.ID); x.OnHold(hold.ReturnAwaited) || x.ShipByAt != clock.Millis(h.Kit.Clock)+48*3_600_000 {
		t.Errorf("%+v", x)
	}
	if c = h.case1(o); c.State != aftersale.Exchanged || c.Goods != aftersale.GoodsReceived {
		t.Errorf("%+v", c.Case)
	}
	if err := h.Ship(h.ctx, x.ID, "YT1234567890124"); err != nil {
		t.Fatal(err)
	}
	h.drain()
	if l := h.Load(h.ctx, o.ID).Lines[0]; l.Reshipped != 0 || l.ReturnedGood != 2 {
		t.Errorf("%+v", l)
	}
	if draft, err := h.s.Draft(h.ctx, o.ID); err != nil || draft.Lines[0].MayReturn != 1 || draft.Lines[0].Returning != 0 {
		t.Errorf("%+v %v", draft.Lines, err)
	}
}

func anExchangeWithSomethingMissingGoesOnOnlyByAPerson(t *testing.T, h *house) {
	o := h.sold("S1", 3)
	x := h.make(h.exchange(o, 2, 5000, NoDifference))
	if err := h.back(h.case1(o), o.Lines[0].ID, 1, 1); err != nil {
		t.Fatal(err)
	}
	h.drain()
	if x = h.Load(h.ctx, x.ID); !x.OnHold(hold.ReturnAwaited) {
		t.Error("one piece is missing, and it goes on")
	}
	if _, err := h.Orders.Release(h.ctx, order.ReleaseInput{OrderID: x.ID, Kind: hold.ReturnAwaited}); err != nil {
		t.Error(err)
	}
	if err := h.Ship(h.ctx, x.ID, "YT1234567890124"); err != nil {
		t.Error(err)
	}
}

func anExchangeThatShipsFirstAwaitsTheGoodsBeside(t *testing.T, h *house) {
	o := h.sold("S1", 1)
	in := h.exchange(o, 1, 5000, NoDifference)
	in.When = Now
	x := h.make(in)
	if len(x.Holds) > 0 {
		t.Errorf("%+v", x.Holds)
	}
	if err := h.Ship(h.ctx, x.ID, "YT1234567890124"); err != nil {
		t.Fatal(err)
	}
	if c := h.case1(o); c.Goods != aftersale.GoodsAwaited {
		t.Error(c.Goods)
	}
	// What is on its way back cannot come back twice; given up, it is with the buyer again.
	if _, err := h.s.Make(h.ctx, in); !errors.Is(err, ErrBack) {
		t.Error(err)
	}
	if _, err := h.cases.GiveUp(h.ctx, aftersale.GiveUpInput{CaseID: h.case1(o).ID, Reason: "买家留用"}); err != nil {
		t.Fatal(err)
	}
	if c := h.case1(o); c.State != aftersale.Closed {
		t.Error(c.State)
	}
	if draft, _ := h.s.Draft(h.ctx, o.ID); draft.Lines[0].MayReturn != 1 {
		t.Errorf("%+v", draft.Lines)
	}
}

func TestWhatIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		o := h.sold("S1", 2)
		unshipped := h.One(h.ctx, 0, h.Doc("S2", "A"))
		unknown := h.sold("S3", 1, func(d *order.Document) { d.Money = order.Money{} })
		masked := h.sold("S4", 1, func(d *order.Document) {
			d.Receiver = order.Receiver{Name: "赵**", Phone: "138****1234", Province: "浙江省", City: "杭州市", District: "西湖区", Detail: "文一路****"}
		})
		price := money.Fen(5000)
		typed := order.Receiver{Name: "赵小满", Phone: "13800001234", Province: "浙江省", City: "杭州市", District: "西湖区", Detail: "文一路 8 号"}
		for _, c := range []struct {
			name string
			in   MakeInput
			f    func(*MakeInput)
			want error
		}{
			{"an order that does not exist", h.reship(o, 1), func(in *MakeInput) { in.OrderID = 7 }, order.ErrNotFound},
			{"neither a reship nor an exchange", h.reship(o, 1), func(in *MakeInput) { in.Kind = "gift" }, ErrKind},
			{"a reship that awaits goods", h.reship(o, 1), func(in *MakeInput) { in.Back = []order.LineQty{{LineID: o.Lines[0].ID, Quantity: 1}} }, ErrLines},
			{"an exchange that awaits none", h.exchange(o, 1, 5000, NoDifference), func(in *MakeInput) { in.Back = nil }, ErrLines},
			{"a line of another order", h.reship(o, 1), func(in *MakeInput) { in.Lines[0].LineID = unshipped.Lines[0].ID }, ErrLines},
			{"goods nobody knows", h.reship(o, 1), func(in *MakeInput) { in.Lines[0].SKUID = 7 }, ErrSKU},
			{"goods that have not left", h.reship(unshipped, 1), func(*MakeInput) {}, ErrNotShipped},
			{"no reason", h.reship(o, 1), func(in *MakeInput) { in.Reason = " " }, ErrReason},
			{"nobody who pays", h.reship(o, 1), func(in *MakeInput) { in.Liable = "somebody" }, ErrLiable},
			{"a masked receiver", h.reship(masked, 1), func(*MakeInput) {}, ErrReceiver},
			{"a receiver typed with asterisks", h.reship(masked, 1), func(in *MakeInput) { in.Receiver = typed; in.Receiver.Name = "赵*" }, ErrTyped},
			{"more back than has left", h.exchange(o, 3, 5000, NoDifference), func(*MakeInput) {}, ErrBack},
			{"an exchange without a price", h.exchange(o, 1, 5000, NoDifference), func(in *MakeInput) { in.Lines[0].PriceFen = nil }, ErrPrice},
			{"a worth nobody told", h.exchange(unknown, 1, 5000, NoDifference), func(*MakeInput) {}, ErrWorth},
			{"another difference than it is", h.exchange(o, 1, 6000, Collected), func(in *MakeInput) { in.DifferenceFen = 0 }, ErrDifference},
			{"a difference nobody settles", h.exchange(o, 1, 6000, NoDifference), func(*MakeInput) {}, ErrSettlement},
			{"a refund where the buyer owes", h.exchange(o, 1, 6000, Refund), func(*MakeInput) {}, ErrSettlement},
			{"a case of another order", h.reship(o, 1), func(in *MakeInput) { in.CaseID = 7 }, ErrCase},
		} {
			t.Run(c.name, func(t *testing.T) {
				if c.f(&c.in); true {
					if _, err := h.s.Make(h.ctx, c.in); !errors.Is(err, c.want) {
						t.Errorf("%v", err)
					}
				}
			})
		}
		told := h.exchange(unknown, 1, price, NoDifference)
		told.ReturnedFen = &price
		h.make(told)
		by := h.reship(masked, 1)
		by.Receiver = typed
		if got := h.make(by); h.Receiver(h.ctx, got.ID).Detail != typed.Detail {
			t.Error("the receiver typed by a person is not the order's")
		}
		if _, err := h.s.Make(kittest.As(h.ctx, "order.read", "order.create"), h.reship(o, 1)); err == nil {
			t.Error("made without the right")
		}
	})
}

func aChannelsCaseIsTheReturnLegOfItsExchange(t *testing.T, h *house) {
	o := h.sold("S1", 2)
	now := clock.Millis(h.Kit.Clock)
	tell := func(state aftersale.State) {
		kittest.InTx(t, h.Kit, h.ctx, func(ctx context.Context, tx *db.Tx) error {
			return h.cases.AbsorbTx(ctx, tx, h.Shop.ID, []aftersale.Told{{No: "C1", OrderNo: h.pre + "S1", Kind: aftersale.KindExchange, State: state, StateRaw: "x", Version: string(state), Quantity: 1, OpenedAt: now, ModifiedAt: now}})
		})
	}
	tell(aftersale.Returning)
	in := h.exchange(o, 1, 5000, NoDifference)
	in.CaseID = h.case1(o).ID
	x := h.make(in)
	if !x.OnHold(hold.ReturnAwaited) {
		t.Errorf("%+v", x.Holds)
	}
	if c, err := h.s.CaseTx(h.ctx, h.Kit.DB, x.ID); err != nil || c.No != "C1" || c.OrderNo != h.pre+"S1" {
		t.Errorf("made for the case %q of %q: %v", c.No, c.OrderNo, err)
	}
	own := h.make(h.exchange(h.sold("S2", 2), 1, 5000, NoDifference))
	if c, err := h.s.CaseTx(h.ctx, h.Kit.DB, own.ID); err != nil || c.No != "" {
		t.Errorf("no channel knows a case of our own: %q %v", c.No, err)
	}
	if _, err := h.s.Make(h.ctx, in); !errors.Is(err, ErrTwice) {
		t.Error(err)
	}
	if err := h.back(h.case1(o), o.Lines[0].ID, 1, 0); err != nil {
		t.Fatal(err)
	}
	h.drain()
	if x = h.Load(h.ctx, x.ID); x.OnHold(hold.ReturnAwaited) {
		t.Error("its goods are here, and it still waits")
	}
	if c := h.case1(o); c.State != aftersale.Returning || c.Source != aftersale.FromChannel {
		t.Errorf("only the channel ends its case: %+v", c.Case)
	}
}

func TestAReshipLeavesWithAnotherOrderOfTheSamePersonAndAHeldExchangeDoesNot(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		kittest.InTx(t, h.Kit, h.ctx, func(ctx context.Context, tx *db.Tx) error {
			return h.Shops.TouchDataTx(ctx, tx, h.Shop.ID, clock.Millis(h.Kit.Clock))
		})
		o := h.sold("S1", 2)
		next := h.One(h.ctx, 0, h.Doc("S2", "B"))
		allocate := func(one id.ID) (id.ID, error) {
			got, err := h.ship.Allocate(h.ctx, fulfillment.AllocateInput{OrderID: one})
			return got.FulfillmentOrderID, err
		}
		a, err := allocate(h.make(h.reship(o, 1)).ID)
		if err != nil {
			t.Fatal(err)
		}
		b, err := allocate(next.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.ship.Merge(h.ctx, fulfillment.MergeInput{IDs: []id.ID{a, b}}); err != nil {
			t.Error("merged:", err)
		}
		if _, err := allocate(h.make(h.exchange(o, 1, 5000, NoDifference)).ID); !errors.Is(err, fulfillment.ErrNotAllocatable) {
			t.Error("an exchange that waits for its return was given goods:", err)
		}
	})
}

func TestWhatMakesGoodIsNoPurchase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var engine *review.Engine
		h := open(t, d, func(s *order.Service) { order.ReviewBy(lateReviewer{&engine})(s) })
		engine = review.NewEngine(h.Kit)
		rules := review.New(h.Kit, engine, h.Orders)
		p := review.Policy{DuplicateHours: 24, Limits: []review.Limit{{SKUCode: "A", Pieces: 2, WindowDays: 30}}, Floors: []review.Floor{{SKUCode: "A", FloorFen: 4000}}}
		if _, err := rules.Save(h.ctx, review.SaveInput{Policy: p}); err != nil {
			t.Fatal(err)
		}
		o := h.sold("S1", 1)
		if got := h.make(h.reship(o, 1)); len(got.Holds) > 0 || got.State != order.AwaitingShipment {
			t.Errorf("the reship of a limited, priced SKU: %+v", got.Holds)
		}
		doc := h.Doc("S2", "A")
		doc.PlacedAt += 7_200_000
		if next := h.One(h.ctx, 0, doc); next.OnHold(order.HoldOverLimit) {
			t.Error("the reship counts against the limit")
		}
	})
}

// lateReviewer is an engine made after the orders' service.
type lateReviewer struct{ e **review.Engine }

func (l lateReviewer) JudgeTx(ctx context.Context, tx *db.Tx, c []order.Candidate) ([]order.Verdict, error) {
	return (*l.e).JudgeTx(ctx, tx, c)
}

func (l lateReviewer) WaiveTx(ctx context.Context, tx *db.Tx, o id.ID, ended []order.Hold) error {
	return (*l.e).WaiveTx(ctx, tx, o, ended)
}

func TestThePiecesOfALineAddUpToWhatWasPaidForIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 50).Draw(t, "pieces")
		paid := money.Fen(rapid.Int64Range(0, 1_000_000_007).Draw(t, "paid"))
		l := Line{OrderLine: order.OrderLine{Ordered: n}, Net: &paid}
		var sum money.Fen
		for l.Exchanged < n {
			q := rapid.Int64Range(1, n-l.Exchanged).Draw(t, "back")
			v, known := l.worth(q)
			if !known || v < 0 {
				t.Fatal(v, known)
			}
			sum, l.Exchanged = sum+v, l.Exchanged+q
		}
		if sum != paid {
			t.Fatalf("%d pieces of %d fen add up to %d", n, paid, sum)
		}
	})
}

// TestQuantitiesAreConserved does anything in any order, and adds up after each step.
func TestQuantitiesAreConserved(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		few(t, 5)
		h := open(t, d)
		turn := 0
		rapid.Check(t, func(r *rapid.T) {
			turn++
			o := h.sold("P"+id.ID(turn).String(), r7(r, "ordered"))
			var made []id.ID
			for range rapid.IntRange(1, 8).Draw(r, "steps") {
				switch rapid.SampledFrom([]string{"reship", "exchange", "ship", "close", "return", "give up"}).Draw(r, "step") {
				case "reship":
					in := h.reship(o, r7(r, "n"))
					in.Confirmed = rapid.Bool().Draw(r, "confirmed")
					if got, err := h.s.Make(h.ctx, in); err == nil {
						made = append(made, got.OrderID)
					} else if !errors.Is(err, ErrMore) {
						r.Fatal(err)
					}
				case "exchange":
					in := h.exchange(o, r7(r, "n"), 5000, NoDifference)
					in.When = rapid.SampledFrom([]string{Now, AfterReturn}).Draw(r, "when")
					if got, err := h.s.Make(h.ctx, in); err == nil {
						made = append(made, got.OrderID)
					} else if !errors.Is(err, ErrBack) {
						r.Fatal(err)
					}
				case "ship":
					for _, one := range made {
						_ = h.Ship(h.ctx, one, "YT"+one.String()) // held, closed or shipped ones refuse
					}
				case "close":
					if len(made) > 0 {
						_, _ = h.Orders.Close(h.ctx, order.CloseInput{OrderID: made[len(made)-1], Reason: "other"})
					}
				case "return", "give up":
					h.endOne(r, o)
				}
				h.drain()
				h.addsUp(r, o.ID)
			}
		})
		if bad, err := h.Stock.Verify(h.ctx); err != nil || len(bad) > 0 {
			t.Errorf("stock: %+v %v", bad, err)
		}
	})
}

// few bounds the cases of a property whose every step is a transaction.
func few(t *testing.T, n int) {
	t.Helper()
	was := flag.Lookup("rapid.checks").Value.String()
	if err := flag.Set("rapid.checks", strconv.Itoa(n)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = flag.Set("rapid.checks", was) })
}

func r7(r *rapid.T, name string) int64 { return rapid.Int64Range(1, 3).Draw(r, name) }

// endOne receives or gives up the goods of an open case.
func (h *house) endOne(r *rapid.T, o order.Order) {
	all, _, err := h.cases.List(h.ctx, aftersale.Filter{No: o.ChannelOrderNo, Goods: []aftersale.Goods{aftersale.GoodsAwaited}})
	if err != nil {
		r.Fatal(err)
	}
	if len(all) == 0 {
		return
	}
	if rapid.Bool().Draw(r, "here") {
		err = h.back(all[0], o.Lines[0].ID, all[0].Lines[0].Asked, 0)
	} else {
		_, err = h.cases.GiveUp(h.ctx, aftersale.GiveUpInput{CaseID: all[0].ID, Reason: "留用"})
	}
	if err != nil {
		r.Fatal(err)
	}
}

func (h *house) addsUp(r *rapid.T, origin id.ID) {
	d, err := h.s.Draft(h.ctx, origin)
	if err != nil {
		r.Fatal(err)
	}
	l := d.Lines[0]
	var shipped, out int64
	for _, f := range d.FollowUps {
		var ordered, pieces int64
		for _, x := range f.Order.Lines {
			ordered += x.Ordered
			if f.Kind == order.TypeReship {
				shipped += x.Shipped
			}
		}
		for _, p := range f.Out {
			pieces += p.Quantity
		}
		if ordered != pieces {
			r.Fatalf("%s was to have %d pieces and has %d", f.Order.ChannelOrderNo, pieces, ordered)
		}
		if f.Kind == order.TypeReship {
			out += f.sent(l.ID)
		}
		if *f.Order.Amounts.BuyerPaid != 0 {
			r.Fatalf("%s costs %d", f.Order.ChannelOrderNo, *f.Order.Amounts.BuyerPaid)
		}
	}
	if l.Reshipped != shipped || l.Sent != out {
		r.Fatalf("reshipped %d, its reships shipped %d; sent %d of %d", l.Reshipped, shipped, l.Sent, out)
	}
	if l.Returning+l.ReturnedGood+l.ReturnedDefective+l.MayReturn != l.Shipped || l.MayReturn < 0 {
		r.Fatalf("%d shipped, %d on their way back, %d back, %d may come", l.Shipped, l.Returning, l.ReturnedGood+l.ReturnedDefective, l.MayReturn)
	}
}
