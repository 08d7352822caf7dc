package obstacle_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/customer"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/obstacle"
	"github.com/ordercove/ordercove/internal/fulfillment/waiting"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/rule"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
	"github.com/ordercove/ordercove/internal/logistics/choose"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/hold"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/order/review"
	"github.com/ordercove/ordercove/internal/shop"
	"github.com/ordercove/ordercove/internal/shop/shoptest"
)

// counter is a carrier's counter that refuses while it is told to.
type counter struct{ refuses bool }

func (c *counter) Test(context.Context) error { return nil }
func (c *counter) Issue(_ context.Context, r logistics.Request) (logistics.Issued, error) {
	if c.refuses {
		return logistics.Issued{}, logistics.ErrRefused
	}
	return logistics.Issued{No: "7361146253" + r.Key[len(r.Key)-9:len(r.Key)-5], SortCode: "310"}, nil
}
func (c *counter) Find(context.Context, logistics.Request) (logistics.Issued, error) {
	return logistics.Issued{}, logistics.ErrNotFound
}
func (c *counter) Cancel(context.Context, string, string) error { return nil }

// house is a merchant whose orders are judged, allocated and given numbers.
type house struct {
	*ordertest.World
	ctx      context.Context
	review   *review.Service
	version  int64
	ship     *fulfillment.Service
	accounts *account.Service
	choices  *choose.Service
	waybills *waybill.Service
	s        *obstacle.Service
	counter  counter
	account  account.Account
	toDoor   bool
	n        int
}

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	k, ctx := kittest.New(t, d)
	w := &ordertest.World{T: t, Kit: k, Shops: shoptest.New(k), Catalog: catalog.New(k), Customers: customer.New(k)}
	h := &house{World: w, ctx: ctx}
	w.Stock = inventory.New(k, w.Catalog)
	engine := review.NewEngine(k)
	w.Orders = order.New(k, w.Shops, w.Catalog, w.Customers, w.Stock, order.ReviewBy(engine))
	h.review = review.New(k, engine, w.Orders)
	h.ship = fulfillment.New(k, w.Shops, w.Catalog, w.Stock, w.Orders)
	waiting.New(k, w.Catalog, w.Orders, h.ship)
	m := logistics.Manifest{Code: "ZTO", BaseURL: "https://post.example", MaxPieces: 1, AtOnce: 1, Open: func(logistics.Access) (logistics.Client, error) { return &h.counter, nil }}
	h.accounts = account.New(k, []logistics.Manifest{m}, nil)
	h.choices = choose.New(k, h.accounts, func(context.Context, db.Querier, id.ID) (string, error) { return w.Shop.Channel, nil })
	sender := logistics.Party{Name: "云杉仓", Phone: "13800000002", Province: "浙江省", City: "杭州市", District: "余杭区", Detail: "良睦路 9 号"}
	h.waybills = waybill.New(k, h.accounts, nil, func(_ context.Context, all []waybill.Waybill) ([]waybill.Content, error) {
		out := make([]waybill.Content, len(all))
		for i := range all {
			out[i] = waybill.Content{Version: all[i].Version, Request: logistics.Request{Receiver: sender}}
		}
		return out, nil
	})
	h.s = obstacle.New(k, w.Orders, h.offers)
	kittest.InTx(t, k, ctx, func(ctx context.Context, tx *db.Tx) error {
		wh, err := w.Stock.EnsureDefaultTx(ctx, tx)
		w.Warehouse = wh.ID
		return err
	})
	w.Shop = shoptest.Add(t, ctx, w.Shops, "云杉小铺", func(in *shop.CreateInput) { in.AutoApprove = true })
	h.touch()
	name := "城西网点"
	var err error
	h.account, err = h.accounts.Put(ctx, account.PutInput{Kind: account.Carrier, Carrier: "ZTO", Name: &name, Sender: &sender})
	h.must(err)
	w.SKU(ctx, "TEA", 1000)
	return h
}

// offers is what packing/issue tells in the product: the choice by an order's place.
func (h *house) offers(ctx context.Context, q db.Querier, ids []id.ID) (map[id.ID]choose.Choice, error) {
	snap, err := h.choices.Load(ctx, q)
	if err != nil {
		return nil, err
	}
	all, err := h.ship.LoadTx(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	out := map[id.ID]choose.Choice{}
	for _, f := range all {
		orders, err := h.Orders.LoadTx(ctx, q, f.OrderIDs())
		if err != nil {
			return nil, err
		}
		o := orders[0]
		out[f.ID] = choose.Choose(choose.Facts{ShopID: f.ShopID, WarehouseID: f.WarehouseID, Channel: o.Channel, Pieces: 1, Carrier: f.CarrierWish, ToDoor: h.toDoor,
			At: clock.Millis(h.Kit.Clock), Region: choose.Region{Province: o.Province, City: o.City, District: o.District}}, snap)
	}
	return out, nil
}

func (h *house) must(err error) {
	h.T.Helper()
	if err != nil {
		h.T.Fatal(err)
	}
}

func (h *house) now() int64 { return clock.Millis(h.Kit.Clock) }

// pass lets time go by.
func (h *house) pass(d time.Duration) { h.Kit.Clock.(*clock.Fake).Advance(d) }

// touch says that a fresh file came in.
func (h *house) touch() {
	kittest.InTx(h.T, h.Kit, h.ctx, func(ctx context.Context, tx *db.Tx) error { return h.Shops.TouchDataTx(ctx, tx, h.Shop.ID, h.now()) })
}

// settle runs what follows: events, then jobs, until nothing is left.
func (h *house) settle() {
	h.T.Helper()
	for range 3 {
		h.must(h.Kit.Runner.Drain(h.ctx))
		h.must(h.Kit.Jobs.Drain(h.ctx))
	}
}

func (h *house) policy(p review.Policy) {
	h.T.Helper()
	got, err := h.review.Save(h.ctx, review.SaveInput{Version: h.version, Policy: p})
	h.must(err)
	h.version = got.Version
	h.settle()
}

// doc is a new paid order; change alters it first.
func (h *house) doc(change ...func(*order.Document)) order.Document {
	h.n++
	d := h.Doc("H"+strconv.Itoa(h.n), "TEA")
	d.ShipByAt = h.now() + 48*3_600_000
	d.BuyerKey, d.BuyerNick = "buyer"+strconv.Itoa(h.n), "买家"+strconv.Itoa(h.n)
	for _, f := range change {
		f(&d)
	}
	return d
}

// again brings a document in a second time, a second later and changed.
func (h *house) again(d order.Document, change func(*order.Document)) order.Order {
	h.pass(time.Second)
	change(&d)
	return h.One(h.ctx, 0, d)
}

// allocated is an order with its fulfillment order.
func (h *house) allocated(d order.Document) (order.Order, id.ID) {
	h.T.Helper()
	o := h.One(h.ctx, 0, d)
	got, err := h.ship.Allocate(h.ctx, fulfillment.AllocateInput{OrderID: o.ID})
	h.must(err)
	h.settle()
	return o, got.FulfillmentOrderID
}

func (h *house) want(f id.ID) {
	h.T.Helper()
	fo, err := h.ship.Get(h.ctx, f)
	h.must(err)
	kittest.InTx(h.T, h.Kit, h.ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := h.waybills.WantTx(ctx, tx, []waybill.Want{{FulfillmentID: f, Version: fo.Version, AccountID: h.account.ID, ShopID: fo.ShopID, Pieces: 1}})
		return err
	})
	h.settle()
}

func (h *house) release(o order.Order, k hold.Kind) error {
	_, err := h.Orders.Release(h.ctx, order.ReleaseInput{OrderID: o.ID, Kind: k})
	return err
}

// story tells how one kind of hold opens, and how its reason goes. gone nil: nothing but
// a person ends it.
type story struct {
	kind hold.Kind
	open func(h *house) order.Order
	gone func(h *house, o order.Order)
}

// changed is a story of something that changed on the channel after approval.
func changed(k hold.Kind, change func(*order.Document)) story {
	return story{kind: k, open: func(h *house) order.Order {
		d := h.doc()
		h.One(h.ctx, 0, d)
		return h.again(d, change)
	}}
}

// ruled is a story of the review rules: set opens the hold on the order of d, and the
// empty policy ends it.
func ruled(k hold.Kind, p func(h *house) review.Policy, change ...func(*order.Document)) story {
	return story{kind: k, open: func(h *house) order.Order {
		h.policy(p(h))
		return h.One(h.ctx, 0, h.doc(change...))
	}, gone: func(h *house, _ order.Order) { h.policy(review.Policy{}) }}
}

func pieces(n int64) func(*order.Document) {
	return func(d *order.Document) { d.Lines = []order.Line{ordertest.Line("TEA", n, 5000)} }
}

func always(field string, value string) rule.Condition {
	return rule.Condition{Field: field, Op: "eq", Value: []byte(value)}
}

var last order.Document // what a story's second half needs of its first

var stories = []story{
	{kind: hold.Manual, open: func(h *house) order.Order {
		o := h.One(h.ctx, 0, h.doc())
		_, err := h.Orders.Hold(h.ctx, order.HoldInput{OrderID: o.ID, Note: "等客户回复"})
		h.must(err)
		return o
	}},
	{kind: hold.OutOfStock, open: func(h *house) order.Order {
		h.SKU(h.ctx, "RARE", 0)
		return h.One(h.ctx, 0, h.doc(func(d *order.Document) { d.Lines = []order.Line{ordertest.Line("RARE", 1, 5000)} }))
	}, gone: func(h *house, o order.Order) { h.Receive(h.ctx, h.Load(h.ctx, o.ID).Lines[0].SKUID, 5) }},
	{kind: hold.Unmapped, open: func(h *house) order.Order {
		return h.One(h.ctx, 0, h.doc(func(d *order.Document) { d.Lines = []order.Line{ordertest.Line("NEW", 1, 5000)} }))
	}, gone: func(h *house, _ order.Order) { h.SKU(h.ctx, "NEW", 5) }},
	{kind: hold.Quantity, open: func(h *house) order.Order {
		last = h.doc(func(d *order.Document) { d.Lines[0].Quantity = nil })
		return h.One(h.ctx, 0, last)
	}, gone: func(h *house, _ order.Order) {
		h.again(last, func(d *order.Document) { n := int64(1); d.Lines[0].Quantity = &n })
	}},
	{kind: hold.ChannelLock, open: func(h *house) order.Order {
		last = h.doc(func(d *order.Document) { d.Holds = []string{"risk_review"} })
		return h.One(h.ctx, 0, last)
	}, gone: func(h *house, _ order.Order) { h.again(last, func(d *order.Document) { d.Holds = nil }) }},
	{kind: hold.UnknownStatus, open: func(h *house) order.Order {
		last = h.doc(func(d *order.Document) { d.Status, d.StatusRaw = "", "WAIT_FOR_THE_MOON" })
		return h.Pulled(h.ctx, 0, last)
	}, gone: func(h *house, _ order.Order) {
		h.again(last, func(d *order.Document) { d.Status, d.StatusRaw = order.ChannelAwaitingShipment, "待发货" })
	}},
	{kind: hold.Refund, open: func(h *house) order.Order {
		last = h.doc(func(d *order.Document) { d.RefundState = order.RefundInProgress })
		return h.One(h.ctx, 0, last)
	}, gone: func(h *house, _ order.Order) {
		h.again(last, func(d *order.Document) { d.RefundState = order.RefundRejected })
	}},
	{kind: hold.Address, open: func(h *house) order.Order {
		last = h.doc(func(d *order.Document) { d.Receiver.Phone = "" })
		return h.One(h.ctx, 0, last)
	}, gone: func(h *house, _ order.Order) {
		h.again(last, func(d *order.Document) { d.Receiver.Phone = "13800001234" })
	}},
	{kind: hold.BuyerNote, open: func(h *house) order.Order {
		return h.One(h.ctx, 0, h.doc(func(d *order.Document) { d.BuyerNote = "请放前台" }))
	}},
	changed(hold.AddressChanged, func(d *order.Document) { d.Receiver.Detail = "文二路 9 号" }),
	changed(hold.SKUChanged, pieces(2)),
	changed(hold.NoteChanged, func(d *order.Document) { d.BuyerNote = "换成绿色" }),
	changed(hold.FlagChanged, func(d *order.Document) { d.Flag = 3 }),
	{kind: hold.LatePayment, open: func(h *house) order.Order {
		last = h.doc(func(d *order.Document) {
			d.Status, d.StatusRaw, d.PaidAt, d.Money.BuyerPaid = order.ChannelPendingPayment, "待付款", 0, nil
		})
		o := h.One(h.ctx, 0, last)
		_, err := h.Orders.Close(h.ctx, order.CloseInput{OrderID: o.ID, Reason: "buyer_cancelled"})
		h.must(err)
		return h.again(last, func(d *order.Document) {
			d.Status, d.StatusRaw, d.PaidAt = order.ChannelAwaitingShipment, "待发货", h.now()
		})
	}},
	ruled(hold.OverLimit, func(*house) review.Policy {
		return review.Policy{Limits: []review.Limit{{SKUCode: "TEA", Pieces: 2, WindowDays: 7}}}
	}, pieces(3)),
	{kind: hold.Blacklist, open: func(h *house) order.Order {
		bad := h.One(h.ctx, 0, h.doc(func(d *order.Document) { d.BuyerKey = "rogue" }))
		_, err := h.review.Blacklist(h.ctx, review.ListInput{OrderID: bad.ID, Reason: "恶意退款"})
		h.must(err)
		h.settle()
		return h.One(h.ctx, 0, h.doc(func(d *order.Document) { d.BuyerKey = "rogue" }))
	}, gone: func(h *house, _ order.Order) {
		all, err := h.review.Blacklisted(h.ctx, 0, 50)
		h.must(err)
		for _, e := range all {
			h.must(h.review.Unlist(h.ctx, e.ID))
		}
	}},
	ruled(hold.PriceFloor, func(*house) review.Policy {
		return review.Policy{Floors: []review.Floor{{SKUCode: "TEA", FloorFen: 9000}}}
	}),
	{kind: hold.Duplicate, open: func(h *house) order.Order {
		h.policy(review.Policy{DuplicateHours: 24})
		same := func(d *order.Document) { d.BuyerKey = "twice" }
		h.One(h.ctx, 0, h.doc(same))
		return h.One(h.ctx, 0, h.doc(same))
	}, gone: func(h *house, _ order.Order) { h.policy(review.Policy{}) }},
	ruled(hold.PayMethod, func(*house) review.Policy { return review.Policy{PaymentMethods: []string{"alipay"}} },
		func(d *order.Document) { d.PaymentMethod = "cash" }),
	ruled(hold.SellerNote, func(*house) review.Policy { return review.Policy{SellerNote: true} }, func(d *order.Document) { d.SellerNote = "先问客户颜色" }),
	ruled(hold.Undeliverable, func(*house) review.Policy {
		return review.Policy{Areas: []review.Area{{Province: "浙江省", City: "杭州市", Verdict: review.Undeliverable, Note: "台风"}}}
	}),
	ruled(hold.ByRule, func(*house) review.Policy {
		return review.Policy{Rules: []review.Rule{{Name: "杭州的都看", Enabled: true, Action: review.Hold, Condition: always("city", `"杭州市"`)}}}
	}),
	{kind: hold.Finance, open: func(h *house) order.Order {
		h.policy(review.Policy{Rules: []review.Rule{{Name: "大额", Enabled: true, Action: review.Finance, Condition: always("city", `"杭州市"`)}}})
		return h.One(h.ctx, 0, h.doc())
	}, gone: func(h *house, o order.Order) {
		_, err := h.Orders.ApproveFinance(h.ctx, order.ApproveInput{OrderID: o.ID})
		h.must(err)
	}},
	{kind: hold.StockNotDeducted, open: func(h *house) order.Order {
		h.SKU(h.ctx, "GONE", 0)
		last = h.doc(func(d *order.Document) { d.Lines = []order.Line{ordertest.Line("GONE", 1, 5000)} })
		h.One(h.ctx, 0, last)
		return h.again(last, func(d *order.Document) {
			d.Status, d.StatusRaw, d.Waybill = order.ChannelShipped, "已发货", &order.Waybill{Carrier: "中通", No: "73611462530001"}
		})
	}},
	{kind: hold.PresaleBalance, open: func(h *house) order.Order {
		last = h.doc(func(d *order.Document) {
			d.Status, d.StatusRaw, d.Flags, d.PaidAt = order.ChannelPartlyPaid, "定金已付", []string{order.FlagPresale}, 0
		})
		return h.One(h.ctx, 0, last)
	}, gone: func(h *house, _ order.Order) {
		h.again(last, func(d *order.Document) {
			d.Status, d.StatusRaw, d.PaidAt = order.ChannelAwaitingShipment, "待发货", h.now()
		})
	}},
	{kind: hold.Consolidation, open: func(h *house) order.Order {
		return h.One(h.ctx, 0, h.doc(func(d *order.Document) { d.Flags = []string{order.FlagConsolidation} }))
	}, gone: func(h *house, o order.Order) { h.must(h.Ship(h.ctx, o.ID, "73611462539999")) }},
	{kind: hold.CarrierUnset, open: func(h *house) order.Order {
		o, f := h.allocated(h.doc())
		_, err := h.ship.SetKind(h.ctx, fulfillment.KindInput{ID: f, CarrierWish: "SF"}) // no account of that carrier
		h.must(err)
		h.must(h.s.Judge(h.ctx, []id.ID{o.ID}))
		return o
	}, gone: func(h *house, o order.Order) {
		all, _, err := h.ship.List(h.ctx, fulfillment.OrderFilter{OrderID: o.ID, State: fulfillment.StateOpen})
		h.must(err)
		_, err = h.ship.SetKind(h.ctx, fulfillment.KindInput{ID: all[0].ID})
		h.must(err)
		h.must(h.s.Sweep(h.ctx))
	}},
	{kind: hold.CarrierUnreachable, open: func(h *house) order.Order {
		_, err := h.choices.Suspend(h.ctx, choose.SuspendInput{Carrier: "ZTO", Region: choose.Region{Province: "浙江省"}, Reason: "超区"})
		h.must(err)
		o, _ := h.allocated(h.doc())
		return o
	}, gone: func(h *house, _ order.Order) {
		all, err := h.choices.Suspensions(h.ctx)
		h.must(err)
		for _, one := range all {
			h.must(h.choices.Resume(h.ctx, one.ID))
		}
		h.must(h.s.Sweep(h.ctx))
	}},
	{kind: hold.CarrierSuspended, open: func(h *house) order.Order {
		o, _ := h.allocated(h.doc())
		h.pass(time.Minute)
		_, err := h.choices.Suspend(h.ctx, choose.SuspendInput{Carrier: "ZTO", Region: choose.Region{Province: "浙江省"}, EndsAt: h.now() + 3_600_000, Reason: "台风停发"})
		h.must(err)
		h.settle() // it begins after the order was allocated
		got := h.Load(h.ctx, o.ID)
		if at := slices.IndexFunc(got.Holds, func(x order.Hold) bool { return x.Kind == hold.CarrierSuspended }); at < 0 || got.Holds[at].UntilAt != h.now()+3_600_000 || got.Holds[at].Note != "台风停发" {
			h.T.Errorf("the hold does not bear the suspension's end: %+v", got.Holds)
		}
		return o
	}, gone: func(h *house, _ order.Order) {
		h.pass(time.Hour)
		h.must(h.s.Sweep(h.ctx))
	}},
	{kind: hold.WaybillFailed, open: func(h *house) order.Order {
		o, f := h.allocated(h.doc())
		h.counter.refuses = true
		h.want(f)
		return o
	}, gone: func(h *house, o order.Order) {
		h.counter.refuses = false
		all, _, err := h.ship.List(h.ctx, fulfillment.OrderFilter{OrderID: o.ID, State: fulfillment.StateOpen})
		h.must(err)
		h.want(all[0].ID)
	}},
	{kind: hold.MergedChanged, open: func(h *house) order.Order {
		same := func(d *order.Document) { d.BuyerKey = "two" }
		d := h.doc(same)
		_, f1 := h.allocated(d)
		other, f2 := h.allocated(h.doc(same))
		_, err := h.ship.Merge(h.ctx, fulfillment.MergeInput{IDs: []id.ID{f1, f2}})
		h.must(err)
		h.again(d, func(d *order.Document) { d.RefundState = order.RefundDone })
		return other
	}, gone: func(h *house, o order.Order) {
		all, _, err := h.ship.List(h.ctx, fulfillment.OrderFilter{OrderID: o.ID, State: fulfillment.StateOpen})
		h.must(err)
		_, err = h.ship.Release(h.ctx, all[0].ID)
		h.must(err)
	}},
	{kind: hold.ReturnAwaited, open: func(h *house) order.Order { // intake/reship raises it; its own tests tell when
		o := h.One(h.ctx, 0, h.doc())
		h.raise(order.Raised{OrderID: o.ID, Kind: hold.ReturnAwaited, Stands: true, Note: o.ChannelOrderNo})
		return o
	}, gone: func(h *house, o order.Order) {
		h.raise(order.Raised{OrderID: o.ID, Kind: hold.ReturnAwaited})
	}},
	{kind: hold.UploadRefused, open: func(h *house) order.Order { // channel/send raises it; its own tests tell when
		last = h.doc()
		o := h.One(h.ctx, 0, last)
		h.must(h.Ship(h.ctx, o.ID, "73611462538888"))
		h.raise(order.Raised{OrderID: o.ID, Kind: hold.UploadRefused, Stands: true, Note: "channel.refused"})
		return o
	}, gone: func(h *house, _ order.Order) {
		h.again(last, func(d *order.Document) { d.Status, d.StatusRaw = order.ChannelShipped, "已发货" })
	}},
}

func (h *house) raise(r order.Raised) {
	kittest.InTx(h.T, h.Kit, h.ctx, func(ctx context.Context, tx *db.Tx) error {
		return h.Orders.RaiseTx(ctx, tx, []order.Raised{r})
	})
}

// Every hold of the model: it opens by itself where it says so, has its owner and its
// clock, stops what it says it stops, and ends as it says it ends.
func TestEveryHoldOpensStopsAndEndsAsItsRuleSays(t *testing.T) {
	told := map[hold.Kind]bool{}
	for _, s := range stories {
		told[s.kind] = true
		if r := hold.Of(s.kind); (s.gone != nil) != r.EndsItself {
			t.Errorf("%s: the rule says ends itself %v, the story does not", s.kind, r.EndsItself)
		}
	}
	for _, r := range hold.Rules {
		if r.Stored() && !told[r.Kind] {
			t.Errorf("no story of %s", r.Kind)
		}
		if r.Clock == "" || r.Owner == "" || r.EndZH == "" || r.EndEN == "" || r.ZH == "" || r.EN == "" || !r.Releasable && !r.EndsItself {
			t.Errorf("%s: the rule is not whole: %+v", r.Kind, r)
		}
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		for _, s := range stories {
			t.Run(string(s.kind), func(t *testing.T) {
				h.T = t
				tell(h, s)
			})
			h.T = t
			if h.version != 0 {
				h.policy(review.Policy{})
			}
			h.counter.refuses = false
		}
	})
}

func tell(h *house, s story) {
	t, r := h.T, hold.Of(s.kind)
	o := s.open(h)
	h.settle()
	o = h.Load(h.ctx, o.ID)
	at := slices.IndexFunc(o.Holds, func(x order.Hold) bool { return x.Kind == s.kind })
	if at < 0 {
		t.Fatalf("it did not open: %+v", o.Holds)
	}
	if !o.Problem || o.Holds[at].RaisedAt == 0 || o.Holds[at].RaisedAt > h.now() {
		t.Errorf("problem %v since %d", o.Problem, o.Holds[at].RaisedAt)
	}
	var owner string
	if err := h.Kit.DB.QueryRow(h.ctx, `SELECT owner FROM order_hold WHERE merchant_id = ? AND order_id = ? AND kind = ? AND cleared_at = 0`,
		kittest.Merchant, o.ID, string(s.kind)).Scan(&owner); err != nil || owner != r.Owner {
		t.Errorf("the owner is %q, not %q: %v", owner, r.Owner, err)
	}
	if stops := slices.Contains(o.Blocking(), s.kind); stops != r.StopsShip {
		t.Errorf("stops shipping: %v", stops)
	}
	if r.StopsShip && o.Shippable() == nil {
		t.Error("it may ship all the same")
	}
	if err := h.release(o, s.kind); r.Releasable != (err == nil) {
		t.Errorf("a person ends it: %v", err)
	} else if r.Releasable {
		if o = h.Load(h.ctx, o.ID); o.OnHold(s.kind) {
			t.Error("released, it still stands")
		}
		if s.gone == nil {
			return
		}
		o = s.open(h) // another one, which shall end by itself
	}
	s.gone(h, o)
	h.settle()
	if got := h.Load(h.ctx, o.ID); got.OnHold(s.kind) {
		t.Errorf("its reason has gone, it still stands: %+v", got.Holds)
	}
}

// What follows from the state or from age alone bears no row, and stops all the same.
func TestReasonsWithoutARowStopShippingWhileTheyStand(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		doc := h.doc(func(d *order.Document) { d.Status, d.StatusRaw, d.PaidAt = order.ChannelPendingPayment, "待付款", 0 })
		if o := h.One(h.ctx, 0, doc); !errors.Is(o.Shippable(), order.ErrNotPaid) {
			t.Error("unpaid:", o.Shippable())
		}
		paid := h.again(doc, func(d *order.Document) {
			d.Status, d.StatusRaw, d.PaidAt = order.ChannelAwaitingShipment, "待发货", h.now()
		})
		if paid.Shippable() != nil {
			t.Error("paid:", paid.Shippable())
		}
		_, err := h.Orders.RevokeApproval(h.ctx, order.ApproveInput{OrderID: paid.ID})
		h.must(err)
		if o := h.Load(h.ctx, paid.ID); !errors.Is(o.Shippable(), order.ErrNotApproved) {
			t.Error("awaiting approval:", o.Shippable())
		}

		_, f := h.allocated(h.doc())
		h.pass(25 * time.Hour)
		fresh := func() (map[id.ID]error, error) {
			seen, err := h.ship.SeeTx(h.ctx, h.Kit.DB, []fulfillment.Check{{ID: f}})
			h.must(err)
			return h.ship.FreshTx(h.ctx, h.Kit.DB, seen)
		}
		stale, err := fresh()
		if err != nil || !errors.Is(stale[f], fulfillment.ErrStaleData) {
			t.Error("data of yesterday, at print:", stale, err)
		}
		if _, err := h.ship.ShipOrder(kittest.As(h.ctx, fulfillment.PermitShip), fulfillment.ShipOrderInput{ID: f, Carrier: "ZTO", WaybillNo: "73611462537777"}); !errors.Is(err, fulfillment.ErrStaleData) {
			t.Error("data of yesterday, at shipping:", err)
		}
		h.touch()
		if stale, err = fresh(); err != nil || len(stale) > 0 {
			t.Error("after a fresh file:", stale, err)
		}
	})
}

// A number that was issued before its carrier suspended the area takes nothing there, until
// the suspension ends or the number is given back. Whoever asks for one meanwhile has chosen to.
func TestASuspensionThatBeginsAfterTheNumberStopsTheParcel(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		o, f := h.allocated(h.doc())
		h.want(f)
		was, err := h.ship.Get(h.ctx, f)
		h.must(err)
		held := func(kind hold.Kind, stopped bool, when string) {
			t.Helper()
			h.settle()
			got := h.Load(h.ctx, o.ID)
			if (kind == "") != (len(got.Holds) == 0) || kind != "" && !got.OnHold(kind) || len(got.Blocking()) > 0 {
				t.Errorf("%s: %+v", when, got.Holds)
			}
			want := error(nil)
			if stopped {
				want = fulfillment.ErrSuspended
			}
			if err := h.ship.GuardTx(h.ctx, d, f, was.Version); !errors.Is(err, want) {
				t.Errorf("%s: the guard says %v", when, err)
			}
		}
		suspend := func(province string, ends int64) choose.Suspension {
			one, err := h.choices.Suspend(h.ctx, choose.SuspendInput{Carrier: "ZTO", Region: choose.Region{Province: province}, EndsAt: ends, Reason: "台风停发"})
			h.must(err)
			return one
		}
		h.pass(time.Minute)
		suspend("四川省", h.now()+3_600_000)
		held("", false, "elsewhere")
		one := suspend(o.Province, h.now()+3_600_000)
		held(hold.CarrierSuspended, true, "begun")
		got := h.Load(h.ctx, o.ID)
		if at := slices.IndexFunc(got.Holds, func(x order.Hold) bool { return x.Kind == hold.CarrierSuspended }); at < 0 || got.Holds[at].UntilAt != one.EndsAt || got.Holds[at].Note != "台风停发" {
			t.Errorf("%+v", got.Holds)
		}
		if _, err := h.ship.ShipOrder(h.ctx, fulfillment.ShipOrderInput{ID: f, Carrier: "ZTO", WaybillNo: "73611462537777"}); !errors.Is(err, fulfillment.ErrSuspended) {
			t.Errorf("the parcel ships: %v", err)
		}
		if _, err := h.ship.Ship(h.ctx, fulfillment.ShipInput{OrderID: o.ID, Carrier: "ZTO", WaybillNo: "73611462537777"}); !errors.Is(err, fulfillment.ErrSuspended) {
			t.Errorf("the order ships: %v", err)
		}
		if _, err := h.ship.Release(h.ctx, f); err != nil {
			t.Error(err)
		}
		held(hold.CarrierSuspended, true, "somebody released what is no merged order")
		h.pass(time.Hour)
		h.must(h.s.Sweep(h.ctx))
		held("", false, "over")

		endless := suspend(o.Province, 0)
		held(hold.CarrierUnreachable, true, "begun again, and nobody knows until when")
		h.must(h.choices.Resume(h.ctx, endless.ID))
		held("", false, "taken back")

		suspend(o.Province, h.now()+3_600_000)
		held(hold.CarrierSuspended, true, "a third time")
		kittest.InTx(t, h.Kit, h.ctx, func(ctx context.Context, tx *db.Tx) error { return h.waybills.CancelTx(ctx, tx, []id.ID{f}) })
		held(hold.CarrierSuspended, false, "the number is given back, and no other carrier is there")
		h.pass(time.Minute)
		h.want(f)
		held("", false, "a person insists on the account")
		if now, err := h.ship.Get(h.ctx, f); err != nil || now.Version != was.Version {
			t.Errorf("papers would have to be made anew: %+v %v", now, err)
		}
	})
}

// A merchant that asks no carrier is told of none, and an order that left bears nothing.
func TestCarriersAreOnlyMissedWhereSomebodyAsksThem(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		off := false
		_, err := h.accounts.Put(h.ctx, account.PutInput{AccountID: h.account.ID, Kind: account.Carrier, Carrier: "ZTO", Version: h.account.Version, Enabled: &off})
		h.must(err)
		if o, _ := h.allocated(h.doc()); len(h.Load(h.ctx, o.ID).Holds) > 0 {
			t.Errorf("every account is off: %+v", h.Load(h.ctx, o.ID).Holds)
		}
		on := true
		_, err = h.accounts.Put(h.ctx, account.PutInput{AccountID: h.account.ID, Kind: account.Carrier, Carrier: "ZTO", Version: h.account.Version + 1, Enabled: &on})
		h.must(err)
		_, err = h.choices.Suspend(h.ctx, choose.SuspendInput{Carrier: "ZTO", Reason: "春节停运", EndsAt: h.now() + 3_600_000})
		h.must(err)
		o, f := h.allocated(h.doc())
		if o = h.Load(h.ctx, o.ID); !o.OnHold(hold.CarrierSuspended) {
			t.Fatalf("%+v", o.Holds)
		}
		_, err = h.ship.ShipOrder(h.ctx, fulfillment.ShipOrderInput{ID: f, Carrier: "YTO", WaybillNo: "YT2600000000001"})
		h.must(err)
		h.settle()
		if got := h.Load(h.ctx, o.ID); len(got.Holds) > 0 || got.State != order.Shipped {
			t.Errorf("by another carrier it went: %v %+v", got.State, got.Holds)
		}
	})
}
