package send_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/send"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/shop"
	"github.com/ordercove/ordercove/internal/shop/shoptest"
)

// mall is a channel in memory. It counts how often each effect took place, and it
// can lose its answers after the effect.
type mall struct {
	serials map[string][]string
	mu      sync.Mutex
	orders  map[string]*channel.Order
	cases   map[string]*channel.Case
	stock   map[string]int64
	took    map[string]int
	reviews []channel.Review
	told    []string
	asked   int
	lose    func() bool // drop this answer, the effect done
	fail    func() error
	atOnce  bool
	lines   bool
}

func newMall() *mall {
	never := func() bool { return false }
	return &mall{orders: map[string]*channel.Order{}, cases: map[string]*channel.Case{}, stock: map[string]int64{}, took: map[string]int{}, lose: never,
		fail: func() error { return nil }, lines: true}
}

// answer does an effect and gives its answer, or loses it.
func (m *mall) answer(what string, do func() error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked++
	if err := m.fail(); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	m.took[what]++
	if m.lose() {
		return channel.ErrUnknownOutcome
	}
	return nil
}

func (m *mall) Test(context.Context) error { return nil }
func (m *mall) List(context.Context, channel.Query) (channel.Page, error) {
	return channel.Page{}, channel.ErrUnsupported
}

func (m *mall) Get(_ context.Context, no string) (channel.Item, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	o, ok := m.orders[no]
	if !ok {
		return channel.Item{}, channel.ErrNotFound.With("no", no)
	}
	b, err := json.Marshal(o)
	return channel.Item{No: no, Raw: b}, err
}

func (m *mall) Map(raw []byte) (o channel.Order, err error) { return o, json.Unmarshal(raw, &o) }

func (m *mall) Ship(_ context.Context, r channel.ShipRequest) error {
	m.serials = r.Serials
	return m.answer("ship "+r.OrderNo+" "+r.Waybill, func() error {
		o := m.orders[r.OrderNo]
		if slices.ContainsFunc(o.Waybills, func(w channel.Waybill) bool { return w.No == r.Waybill }) {
			return channel.ErrDone
		}
		if o.Status == channel.Closed {
			return channel.Told(channel.ErrRefused, "closed", "the order is closed")
		}
		if m.atOnce && !r.Last {
			return channel.Told(channel.ErrRefused, "part", "all or nothing")
		}
		add := []channel.Parcel{{Carrier: r.Carrier, Waybill: r.Waybill}}
		if m.atOnce {
			add = r.All
		}
		for _, p := range add {
			o.Waybills = append(o.Waybills, channel.Waybill{Carrier: p.Carrier, No: p.Waybill})
		}
		o.Status = channel.PartlyShipped
		if r.Last {
			o.Status = channel.Shipped
		}
		return nil
	})
}

func (m *mall) AppendParcel(_ context.Context, r channel.ShipRequest) error {
	return m.answer("append "+r.OrderNo+" "+r.Waybill, func() error {
		o := m.orders[r.OrderNo]
		if len(o.Waybills) == 0 {
			return channel.Told(channel.ErrRefused, "first", "nothing was shipped yet")
		}
		o.Waybills = append(o.Waybills, channel.Waybill{Carrier: r.Carrier, No: r.Waybill})
		return nil
	})
}

func (m *mall) ChangeWaybill(_ context.Context, r channel.ShipRequest, _, old string) error {
	return m.answer("change "+r.OrderNo+" "+r.Waybill, func() error {
		for i, w := range m.orders[r.OrderNo].Waybills {
			if w.No == old {
				m.orders[r.OrderNo].Waybills[i].No = r.Waybill
				return nil
			}
		}
		return channel.Told(channel.ErrRefused, "unknown", "no such parcel")
	})
}

func (m *mall) WriteMemo(_ context.Context, memo channel.Memo) error {
	return m.answer("memo "+memo.OrderNo, func() error {
		m.orders[memo.OrderNo].SellerNote, m.orders[memo.OrderNo].Flag = memo.Text, memo.Flag
		return nil
	})
}

func (m *mall) CloseOrder(_ context.Context, no, _ string) error {
	return m.answer("close "+no, func() error {
		if m.orders[no].Status == channel.Closed {
			return channel.ErrDone
		}
		m.orders[no].Status = channel.Closed
		return nil
	})
}

func (m *mall) PushStock(_ context.Context, levels []channel.StockLevel) ([]error, error) {
	out := make([]error, len(levels))
	err := m.answer("stock", func() error {
		for i, l := range levels {
			if l.SKUNo == "gone" {
				out[i] = channel.Told(channel.ErrRefused, "gone", "no such listing")
				continue
			}
			m.stock[l.SKUNo] = l.Quantity
		}
		return nil
	})
	return out, err
}

func (m *mall) ListReviews(_ context.Context, q channel.Query) ([]channel.Review, channel.Page, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.fail(); err != nil {
		return nil, channel.Page{}, err
	}
	var in []channel.Review
	for _, r := range m.reviews {
		if r.CreatedAt >= q.From && r.CreatedAt < q.To {
			in = append(in, r)
		}
	}
	from := min((q.Page-1)*q.Size, len(in))
	to := min(from+q.Size, len(in))
	return in[from:to], channel.Page{Total: len(in), More: to < len(in)}, nil
}

func (m *mall) ReplyReview(_ context.Context, r channel.Review, text string) error {
	return m.answer("reply "+r.No, func() error {
		for i := range m.reviews {
			if m.reviews[i].No == r.No {
				m.reviews[i].Reply = text
			}
		}
		return nil
	})
}

func (m *mall) ListAftersales(context.Context, channel.Query) (channel.Page, error) {
	return channel.Page{}, channel.ErrUnsupported
}

func (m *mall) GetAftersale(_ context.Context, no, _ string) (channel.Item, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, err := json.Marshal(m.cases[no])
	return channel.Item{No: no, Raw: b}, err
}

func (m *mall) MapAftersale(raw []byte) (c channel.Case, err error) {
	return c, json.Unmarshal(raw, &c)
}

func (m *mall) DecideAftersale(_ context.Context, d channel.Decision) error {
	return m.answer("decide "+d.Case.No, func() error {
		c := m.cases[d.Case.No]
		if c.State != channel.AftersaleRequested {
			return channel.ErrDone
		}
		c.State = channel.AftersaleRefused
		if d.Approve {
			c.State = channel.AftersaleRefunded
		}
		return nil
	})
}

// world is a shop on that channel, with the way back to it.
type world struct {
	*ordertest.World
	ctx     context.Context
	mall    *mall
	send    *send.Service
	parcels *fulfillment.Service
	fetched []string
	broken  map[id.ID]error
	limit   *money.Fen
	bare    bool                         // the mall takes no shipment without a number
	numbers map[id.ID]map[id.ID][]string // of pieces, by fulfillment order and line
	lost    error                        // what asking for another pull meets
}

func (w *world) Open(_ context.Context, shopID id.ID) (channel.Client, error) {
	if err := w.broken[shopID]; err != nil {
		return nil, err
	}
	if w.bare {
		return w.mall, nil
	}
	return numberless{w.mall}, nil
}

// numberless is a mall that takes shipments without a number too.
type numberless struct{ *mall }

func (m numberless) ShipWithoutNumber(_ context.Context, r channel.ShipRequest) error {
	return m.answer("bare "+r.OrderNo+" "+r.Waybill+r.Carrier, func() error {
		m.orders[r.OrderNo].Status = channel.Shipped
		return nil
	})
}

func (w *world) serialsOf(_ context.Context, _ db.Querier, ids []id.ID) (map[id.ID][]string, error) {
	return w.numbers[ids[0]], nil
}

func (w *world) Turn(context.Context, id.ID) error  { return nil }
func (w *world) Told(context.Context, id.ID, error) {}

func setUp(t *testing.T, d *db.DB, can ...channel.Capability) *world {
	base, ctx := ordertest.New(t, d, func(in *shop.CreateInput) { in.Mode, in.AutoApprove = shop.ModeAPI, true })
	w := &world{World: base, ctx: ctx, mall: newMall(), broken: map[id.ID]error{}}
	w.parcels = fulfillment.New(w.Kit, w.Shops, w.Catalog, w.Stock, w.Orders)
	if can == nil {
		can = []channel.Capability{channel.ShipOrders, channel.ShipLines, channel.AppendParcels, channel.ChangeWaybills, channel.Memos, channel.CloseOrders, channel.StockPush,
			channel.PullAftersales, channel.DecideAftersales, channel.Reviews}
	}
	m := []channel.Manifest{{Code: shoptest.Channel, Capabilities: can, API: &channel.API{}}}
	fetch := func(_ context.Context, _ *db.Tx, _ id.ID, no, _ string) error {
		w.fetched = append(w.fetched, no)
		return w.lost
	}
	w.send = send.New(w.Kit, m, w, fetch, w.Shops, w.Catalog, w.Stock, w.Orders, w.parcels, func(context.Context) (*money.Fen, error) { return w.limit, nil }, w.serialsOf, "test")
	w.SKU(ctx, "CUP", 1000)
	w.SKU(ctx, "MUG", 1000)
	w.drainEvents()
	return w
}

func (w *world) drainEvents() {
	w.T.Helper()
	if err := w.Kit.Runner.Drain(w.ctx); err != nil {
		w.T.Fatal(err)
	}
}

// bring lets an order come in and the channel know it.
func (w *world) bring(no string, lines ...string) id.ID {
	w.T.Helper()
	doc := w.Doc(no, "CUP")
	if len(lines) > 0 {
		doc.Lines = nil
		for i, code := range lines {
			n := int64(2)
			doc.Lines = append(doc.Lines, order.Line{ChannelLineNo: fmt.Sprint(i + 1), ChannelItemNo: "item", ChannelSKUNo: "sku-" + code, Title: code,
				MerchantSKUCode: code, Quantity: &n})
		}
	}
	var out id.ID
	kittest.InTx(w.T, w.Kit, w.ctx, func(ctx context.Context, tx *db.Tx) error {
		applied, err := w.Orders.ApplyTx(ctx, tx, []order.Incoming{{Shop: w.Shop, Doc: doc, Source: "file", SourceAt: clock.Millis(w.Kit.Clock)}})
		if err == nil {
			out, err = applied[0].OrderID, applied[0].Err
		}
		return err
	})
	w.mall.orders[no] = &doc
	w.drainEvents()
	return out
}

func (w *world) ship(o id.ID, waybill string, lines ...order.LineQty) id.ID {
	w.T.Helper()
	out, err := w.parcels.Ship(w.ctx, fulfillment.ShipInput{OrderID: o, Carrier: "ZTO", WaybillNo: waybill, Lines: lines, ConfirmWaybill: true})
	if err != nil {
		w.T.Fatal(err)
	}
	return out.ParcelID
}

// settle lets time pass until nothing is open any more, as often as rounds says.
func (w *world) settle(rounds int) {
	w.T.Helper()
	w.drainEvents()
	for range rounds {
		if err := w.send.Drain(w.ctx, w.Shop.ID); err != nil && w.broken[w.Shop.ID] == nil {
			w.T.Fatal(err)
		}
		w.Kit.Clock.(*clock.Fake).Advance(time.Hour)
	}
	w.drainEvents()
}

func (w *world) effects() []send.Effect {
	w.T.Helper()
	all, _, err := w.send.List(w.ctx, send.Filter{Limit: 200})
	if err != nil {
		w.T.Fatal(err)
	}
	return all
}

func (w *world) want(state send.State, n int) {
	w.T.Helper()
	for _, e := range w.effects() {
		if e.State != state {
			w.T.Errorf("%s is %s (%s), not %s", e.Key, e.State, e.ErrorCode, state)
		}
	}
	if got := len(w.effects()); got != n {
		w.T.Errorf("%d effects, not %d", got, n)
	}
}

func (w *world) order(o id.ID) order.Order {
	w.T.Helper()
	all, err := w.Orders.LoadTx(w.ctx, w.Kit.DB, []id.ID{o})
	if err != nil || len(all) != 1 {
		w.T.Fatal(err, len(all))
	}
	return all[0]
}

func (w *world) reported(p id.ID) bool {
	w.T.Helper()
	all, _, err := w.parcels.Parcels(w.ctx, fulfillment.ParcelFilter{IDs: []id.ID{p}})
	if err != nil || len(all) != 1 {
		w.T.Fatal(err, len(all))
	}
	return all[0].ReportedAt != 0
}

// holds are the order's open ones with their notes.
func (w *world) holds(o id.ID) []string {
	w.T.Helper()
	var out []string
	for _, h := range w.Load(w.ctx, o).Holds {
		out = append(out, string(h.Kind)+" "+h.Note)
	}
	return out
}

func TestAShipmentReachesTheChannelOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := setUp(t, d)
		o := w.bring("A1")
		p := w.ship(o, "73100000000001")
		w.settle(2)
		w.want(send.Done, 1)
		if w.mall.took["ship A1 73100000000001"] != 1 || !w.reported(p) || w.mall.orders["A1"].Status != channel.Shipped {
			t.Fatal(w.mall.took, w.reported(p), w.mall.orders["A1"].Status)
		}
		w.settle(2)
		if w.mall.asked != 1 {
			t.Fatal("asked again:", w.mall.asked)
		}
	})
}

func TestAChannelIsToldTheNumbersOfThePiecesInAParcel(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := setUp(t, d)
		o := w.bring("A1", "CUP")
		line := w.order(o).Lines[0]
		out, err := w.parcels.Allocate(w.ctx, fulfillment.AllocateInput{OrderID: o})
		if err != nil {
			t.Fatal(err)
		}
		w.numbers = map[id.ID]map[id.ID][]string{out.FulfillmentOrderID: {line.ID: {"SN-1", "SN-2"}, line.ID + 1: {"SN-3"}}}
		if _, err := w.parcels.ShipOrder(w.ctx, fulfillment.ShipOrderInput{ID: out.FulfillmentOrderID, Carrier: "ZTO", WaybillNo: "73100000000001"}); err != nil {
			t.Fatal(err)
		}
		w.settle(2)
		w.want(send.Done, 1)
		// Those of a line that is another order's are not this order's to tell.
		if len(w.mall.serials) != 1 || !slices.Equal(w.mall.serials[line.ChannelLineNo], []string{"SN-1", "SN-2"}) {
			t.Errorf("%v", w.mall.serials)
		}
	})
}

func TestWhatLeavesWithoutACarrierIsToldWhereTheChannelHearsIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := setUp(t, d)
		o := w.bring("A1", "CUP")
		line := w.order(o).Lines[0]
		out := func(o id.ID, n int64, kind string) id.ID {
			in := fulfillment.ShipInput{OrderID: o, Kind: kind}
			if n > 0 {
				in.Lines = []order.LineQty{{LineID: line.ID, Quantity: n}}
			}
			done, err := w.parcels.Ship(w.ctx, in)
			if err != nil {
				t.Fatal(err)
			}
			return done.ParcelID
		}
		first := out(o, 1, fulfillment.KindVirtual)
		w.settle(1)
		if w.mall.took["bare A1 "] != 0 || w.reported(first) {
			t.Fatal("told before all of the order has left:", w.mall.took)
		}
		second := out(o, 0, fulfillment.KindPickup)
		w.settle(3)
		w.want(send.Done, 2)
		if !w.reported(first) || !w.reported(second) || w.mall.orders["A1"].Status != channel.Shipped {
			t.Error(w.mall.took, w.reported(first), w.reported(second))
		}
		// An answer that was lost is looked for before the channel is told again.
		lost := w.bring("A3", "CUP")
		w.mall.lose = func() bool { return true }
		fourth := out(lost, 0, fulfillment.KindVirtual)
		w.settle(1)
		w.mall.lose = func() bool { return false }
		w.settle(3)
		if w.mall.took["bare A3 "] != 1 || !w.reported(fourth) {
			t.Error("told twice, or not known to have been told:", w.mall.took, w.reported(fourth))
		}
		w.bare = true
		third := out(w.bring("A2", "CUP"), 0, fulfillment.KindSameCity)
		w.settle(2)
		for _, e := range w.effects() {
			if e.ParcelID == third && (e.State != send.Refused || e.ErrorCode != "send.no_numberless") {
				t.Errorf("%s %s", e.State, e.ErrorCode)
			}
		}
		if w.reported(third) || w.mall.took["ship A2 "] != 0 {
			t.Error("a channel that hears of numbers only was told of none")
		}
	})
}

// sound fails on every finding of Verify.
func (w *world) sound() {
	w.T.Helper()
	found, err := w.send.Verify(w.ctx)
	if err != nil {
		w.T.Fatal(err)
	}
	for _, f := range found {
		w.T.Error(f)
	}
}

func (w *world) exec(sql string, args ...any) {
	w.T.Helper()
	kittest.InTx(w.T, w.Kit, w.ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, sql, append(args, kittest.Merchant)...)
		return err
	})
}

func TestVerifyFindsEffectsThatNoSenderLeavesBehind(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := setUp(t, d)
		o := w.bring("A1")
		w.ship(o, "73100000000001")
		w.mall.orders["A2"] = &channel.Order{}
		for _, text := range []string{"一", "二"} {
			if _, err := w.Orders.Note(w.ctx, order.NoteInput{OrderID: o, SellerNote: text}); err != nil {
				t.Fatal(err)
			}
			w.drainEvents()
		}
		if _, err := w.send.SetPlan(w.ctx, send.Plan{ShopID: w.Shop.ID, Mode: send.Shared, RatioPercent: 100}); err != nil {
			t.Fatal(err)
		}
		if err := w.send.Recount(w.ctx, send.Plan{ShopID: w.Shop.ID, Mode: send.Shared, RatioPercent: 100}); err != nil {
			t.Fatal(err)
		}
		w.sound()
		w.settle(2)
		w.sound()
		for want, texts := range map[string][2]string{
			"an impossible state":      {"UPDATE channel_effect SET done_at = -done_at + 1, state = 'waiting' WHERE state = 'done' AND merchant_id = ?", "UPDATE channel_effect SET done_at = 1 - done_at, state = 'done' WHERE state = 'waiting' AND merchant_id = ?"},
			"nobody has tried it":      {"UPDATE channel_effect SET attempts = -attempts WHERE merchant_id = ?", "UPDATE channel_effect SET attempts = -attempts WHERE merchant_id = ?"},
			"not the shop's":           {"UPDATE channel_effect SET order_id = order_id + 1 WHERE merchant_id = ?", "UPDATE channel_effect SET order_id = order_id - 1 WHERE merchant_id = ?"},
			"nothing is going to tell": {"UPDATE channel_stock_level SET pushed = pushed + 7, changed_at = 0 WHERE merchant_id = ?", "UPDATE channel_stock_level SET pushed = wanted WHERE merchant_id = ?"},
		} {
			w.exec(texts[0])
			found, err := w.send.Verify(w.ctx)
			if err != nil || !strings.Contains(strings.Join(found, "\n"), want) {
				t.Errorf("%q is not among: %s %v", want, found, err)
			}
			w.exec(texts[1])
		}
		w.sound()
	})
}

func TestALostAnswerIsLookedUpNotRepeated(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := setUp(t, d)
		p := w.ship(w.bring("A1"), "73100000000001")
		w.mall.lose = func() bool { return true }
		w.settle(4)
		w.want(send.Done, 1)
		if w.mall.took["ship A1 73100000000001"] != 1 || w.mall.asked != 1 || !w.reported(p) {
			t.Fatal(w.mall.took, w.mall.asked)
		}
	})
}

func TestEveryEffectTakesPlaceOnceWhateverIsLost(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := setUp(t, d)
		random := rand.New(rand.NewSource(7))
		w.mall.lose = func() bool { return random.Intn(3) == 0 }
		w.mall.fail = func() error {
			switch random.Intn(8) {
			case 0:
				return channel.Throttled(2000, "429")
			case 1:
				return channel.Told(channel.ErrUnavailable, "500", "")
			case 2:
				return channel.ErrUnknownOutcome // lost on the way there
			}
			return nil
		}
		const n = 40
		for i := range n {
			o := w.bring(fmt.Sprintf("N%02d", i), "CUP", "MUG")
			lines := w.order(o).Lines
			w.ship(o, fmt.Sprintf("731%011d", i), order.LineQty{LineID: lines[0].ID, Quantity: 2})
			w.ship(o, fmt.Sprintf("732%011d", i))
		}
		w.settle(40)
		w.sound()
		w.want(send.Done, 2*n)
		for what, times := range w.mall.took {
			if times != 1 {
				t.Errorf("%s took place %d times", what, times)
			}
		}
		if len(w.mall.took) != 2*n {
			t.Errorf("%d effects took place", len(w.mall.took))
		}
		for no, o := range w.mall.orders {
			if o.Status != channel.Shipped || len(o.Waybills) != 2 || !strings.HasPrefix(o.Waybills[0].No, "731") {
				t.Errorf("%s: %s %v", no, o.Status, o.Waybills)
			}
		}
	})
}

func TestARefusalStaysForAPersonAndCanBeRetried(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := setUp(t, d)
		p := w.ship(w.bring("A1"), "73100000000001")
		w.mall.orders["A1"].Status = channel.Closed
		w.settle(3)
		w.want(send.Refused, 1)
		e := w.effects()[0]
		if e.ErrorCode != "channel.refused" || w.reported(p) || !slices.Contains(w.fetched, "A1") {
			t.Fatal(e.ErrorCode, w.fetched)
		}
		if got := w.holds(e.OrderID); !slices.Equal(got, []string{"shipment_upload_refused channel.refused"}) {
			t.Errorf("the order bears %v", got)
		}
		w.mall.orders["A1"].Status = channel.AwaitingShipment
		if _, err := w.send.Retry(w.ctx, e.ID); err != nil {
			t.Fatal(err)
		}
		w.sound()
		w.settle(2)
		w.sound()
		w.want(send.Done, 1)
		if got := w.holds(e.OrderID); len(got) > 0 {
			t.Errorf("the channel took it, and the order still bears %v", got)
		}
		if _, err := w.send.Retry(w.ctx, e.ID); !errors.Is(err, send.ErrNotOpen) {
			t.Fatal("a done effect was retried:", err)
		}
	})
}

func TestParcelsGoAsTheChannelTakesThem(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		t.Run("a second parcel is appended where orders ship whole", func(t *testing.T) {
			w := setUp(t, d, channel.ShipOrders, channel.AppendParcels)
			o := w.bring("B1", "CUP", "MUG")
			w.ship(o, "73100000000001", order.LineQty{LineID: w.order(o).Lines[0].ID, Quantity: 2})
			w.ship(o, "73100000000002")
			w.settle(2)
			w.want(send.Done, 2)
			if w.mall.took["ship B1 73100000000001"] != 1 || w.mall.took["append B1 73100000000002"] != 1 {
				t.Fatal(w.mall.took)
			}
		})
	})
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		t.Run("all parcels go together where the channel wants that", func(t *testing.T) {
			w := setUp(t, d, channel.ShipOrders, channel.ShipAtOnce)
			w.mall.atOnce = true
			o := w.bring("C1", "CUP", "MUG")
			first := w.ship(o, "73100000000001", order.LineQty{LineID: w.order(o).Lines[0].ID, Quantity: 2})
			w.settle(2)
			w.want(send.Waiting, 1)
			w.ship(o, "73100000000002")
			w.settle(3)
			w.want(send.Done, 2)
			if len(w.mall.orders["C1"].Waybills) != 2 || !w.reported(first) || w.mall.asked != 1 {
				t.Fatal(w.mall.orders["C1"].Waybills, w.mall.asked)
			}
		})
	})
}

func TestOnlyTheLastMemoIsWritten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := setUp(t, d)
		o := w.bring("A1")
		for _, text := range []string{"一", "二", "改送货上门"} {
			if _, err := w.Orders.Note(w.ctx, order.NoteInput{OrderID: o, SellerNote: text}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.Orders.Flag(w.ctx, order.FlagInput{OrderID: o, Flag: 3}); err != nil {
			t.Fatal(err)
		}
		w.settle(2)
		if got := w.mall.orders["A1"]; got.SellerNote != "改送货上门" || got.Flag != 3 {
			t.Fatal(got.SellerNote, got.Flag)
		}
		for _, e := range w.effects() {
			if e.State != send.Done && e.State != send.Dropped {
				t.Error(e.Key, e.State)
			}
		}
	})
}

func TestABrokenDoorKeepsEffectsForLater(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := setUp(t, d)
		w.ship(w.bring("A1"), "73100000000001")
		w.broken[w.Shop.ID] = channel.ErrTokenExpired.With("channel_code", "27")
		w.settle(3)
		w.want(send.Waiting, 1)
		if e := w.effects()[0]; e.ErrorCode != "channel.token_expired" {
			t.Fatal(e.ErrorCode)
		}
		delete(w.broken, w.Shop.ID)
		w.settle(2)
		w.want(send.Done, 1)
		if w.mall.took["ship A1 73100000000001"] != 1 {
			t.Fatal(w.mall.took)
		}
	})
}

func TestABanHoldsTheWholeShop(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := setUp(t, d)
		for i := range 3 {
			w.ship(w.bring(fmt.Sprint("A", i)), fmt.Sprintf("731%011d", i))
		}
		banned := true
		w.mall.fail = func() error {
			if banned {
				return channel.Throttled(600_000, "ban")
			}
			return nil
		}
		w.drainEvents()
		_ = w.send.Drain(w.ctx, w.Shop.ID)
		asked := w.mall.asked
		w.Kit.Clock.(*clock.Fake).Advance(9 * time.Minute)
		banned = false
		_ = w.send.Drain(w.ctx, w.Shop.ID)
		if w.mall.asked != asked {
			t.Fatal("asked within the ban")
		}
		w.Kit.Clock.(*clock.Fake).Advance(2 * time.Minute)
		w.settle(2)
		w.want(send.Done, 3)
	})
}

func (w *world) decide(in send.DecideInput) (e send.Effect, err error) {
	err = w.Kit.DB.InTx(w.ctx, func(ctx context.Context, tx *db.Tx) error {
		e, err = w.send.DecideAftersaleTx(ctx, tx, in)
		return err
	})
	return e, err
}

func TestADecisionIsMadeOnceAndWithinItsLimit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := setUp(t, d)
		w.mall.cases["S1"] = &channel.Case{No: "S1", OrderNo: "A1", State: channel.AftersaleRequested, Version: "3", RefundFen: 3780}
		in := send.DecideInput{ShopID: w.Shop.ID, CaseNo: "S1", OrderNo: "A1", Version: "3", Approve: true, AmountFen: 3780}
		most := money.Fen(1000)
		w.limit = &most
		if _, err := w.decide(in); !errors.Is(err, send.ErrOverLimit) {
			t.Fatal(err)
		}
		w.limit = nil
		w.mall.lose = func() bool { return true }
		for range 2 { // asked for twice, by two people
			if _, err := w.decide(in); err != nil {
				t.Fatal(err)
			}
		}
		w.settle(4)
		w.want(send.Done, 1)
		if w.mall.took["decide S1"] != 1 || w.mall.cases["S1"].State != channel.AftersaleRefunded {
			t.Fatal(w.mall.took, w.mall.cases["S1"])
		}
		w.mall.cases["S2"] = &channel.Case{No: "S2", OrderNo: "A1", State: channel.AftersaleRequested, Version: "8"}
		if _, err := w.decide(send.DecideInput{ShopID: w.Shop.ID, CaseNo: "S2", Version: "7", Approve: true}); err != nil {
			t.Fatal(err)
		}
		w.settle(2)
		if e := w.effects()[0]; e.State != send.Refused || e.ErrorCode != "send.case_changed" || w.mall.took["decide S2"] != 0 {
			t.Fatal(e.State, e.ErrorCode)
		}
	})
}

func TestReviewsAreReadAsTheChannelHasThemAndAnsweredOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := setUp(t, d)
		day := int64(24 * 3600_000)
		now := clock.Millis(w.Kit.Clock)
		for i := range 23 {
			w.mall.reviews = append(w.mall.reviews, channel.Review{No: fmt.Sprint("R", i), OrderNo: "A1", Score: i%5 + 1, Text: "很好", CreatedAt: now - int64(i)*1000})
		}
		w.mall.reviews = append(w.mall.reviews, channel.Review{No: "old", CreatedAt: now - 40*day})
		f := send.ReviewFilter{ShopID: w.Shop.ID, From: now - day, To: now + 1, Limit: 10}
		var got []string
		for {
			all, next, err := w.send.Reviews(w.ctx, f)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range all {
				got = append(got, r.No)
			}
			if next == "" {
				break
			}
			f.Cursor = next
		}
		if len(got) != 23 || got[0] != "R0" || got[22] != "R22" {
			t.Error(got)
		}
		for want, f := range map[error]send.ReviewFilter{
			send.ErrBadRange: {ShopID: w.Shop.ID, From: now - 32*day, To: now},
			page.ErrCursor:   {ShopID: w.Shop.ID, From: now - day, To: now, Cursor: "nonsense"},
			shop.ErrNotFound: {ShopID: 4711, From: now - day, To: now},
		} {
			if _, _, err := w.send.Reviews(w.ctx, f); !errors.Is(err, want) {
				t.Errorf("%v, not %v", err, want)
			}
		}
		if _, _, err := w.send.Reviews(kittest.As(w.ctx, "channel.read"), f); !errors.Is(err, actor.ErrForbidden) {
			t.Errorf("without the right: %v", err)
		}
		w.mall.fail = func() error { return channel.Throttled(9000, "429") }
		if _, _, err := w.send.Reviews(w.ctx, send.ReviewFilter{ShopID: w.Shop.ID, From: now - day, To: now}); !errors.Is(err, channel.ErrThrottled) {
			t.Errorf("throttled: %v", err)
		}
		w.mall.fail = func() error { return nil }
		for _, text := range []string{"谢谢", "谢谢光临"} { // two people answer: the first one counts
			if _, err := w.send.ReplyReview(w.ctx, send.ReplyInput{ShopID: w.Shop.ID, ReviewNo: "R3", OrderNo: "A1", Text: text}); err != nil {
				t.Fatal(err)
			}
		}
		w.settle(2)
		w.want(send.Done, 1)
		if w.mall.reviews[3].Reply != "谢谢" || w.mall.took["reply R3"] != 1 {
			t.Error(w.mall.reviews[3], w.mall.took)
		}
		w.mall.lose = func() bool { return true } // nobody can ask whether it is there
		if _, err := w.send.ReplyReview(w.ctx, send.ReplyInput{ShopID: w.Shop.ID, ReviewNo: "R4", Text: "谢谢"}); err != nil {
			t.Fatal(err)
		}
		w.settle(3)
		if e := w.effects()[0]; e.State != send.Uncertain || w.mall.took["reply R4"] != 1 {
			t.Error(e.State, w.mall.took)
		}
		w.sound()
	})
}

func TestADoorThatDoesNotOpenRefusesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := setUp(t, d)
		w.ship(w.bring("A1"), "73100000000001")
		for _, err := range []error{errors.New("disk"), channel.ErrCredentials.With("field", "secret"), shop.ErrNotFound, channel.ErrPermission} {
			w.broken[w.Shop.ID] = err
			w.settle(2)
			w.want(send.Waiting, 1)
		}
		w.broken[w.Shop.ID] = channel.ErrUnsupported // its access was taken away
		w.settle(1)
		w.want(send.Refused, 1)
		if e := w.effects()[0]; e.ErrorCode != send.ErrOffline.Code {
			t.Error(e.ErrorCode)
		}
		delete(w.broken, w.Shop.ID)
		if _, err := w.send.Retry(w.ctx, w.effects()[0].ID); err != nil {
			t.Fatal(err)
		}
		w.settle(2)
		w.want(send.Done, 1)
		w.sound()
	})
}

func TestAnAnswerThatCouldNotBeWrittenIsWrittenLaterNotAskedAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := setUp(t, d)
		w.mall.reviews = []channel.Review{{No: "R1"}}
		if _, err := w.send.ReplyReview(w.ctx, send.ReplyInput{ShopID: w.Shop.ID, ReviewNo: "R1", Text: "谢谢"}); err != nil {
			t.Fatal(err)
		}
		w.exec("UPDATE channel_effect SET kind = 'decide_aftersale', channel_no = 'S1' WHERE merchant_id = ?")
		w.mall.cases["S1"] = &channel.Case{No: "S1", State: channel.AftersaleRequested}
		w.lost = errors.New("disk full") // what follows a decision cannot be stored
		w.settle(3)
		if e := w.effects()[0]; e.State != send.Sending || w.mall.asked != 1 {
			t.Fatal(e.State, w.mall.asked)
		}
		w.lost = nil
		w.settle(1)
		w.want(send.Done, 1)
		if w.mall.asked != 1 || w.mall.took["decide S1"] != 1 {
			t.Error(w.mall.asked, w.mall.took)
		}
	})
}

func TestAPlanThatIsSwitchedOffLeavesNothingLate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := setUp(t, d)
		w.bring("A1", "CUP", "MUG")
		plan := send.Plan{ShopID: w.Shop.ID, Mode: send.Shared, RatioPercent: 100}
		on := func(mode string) {
			t.Helper()
			plan.Mode = mode
			if _, err := w.send.SetPlan(w.ctx, plan); err != nil {
				t.Fatal(err)
			}
		}
		on(send.Shared)
		if err := w.send.Recount(w.ctx, plan); err != nil {
			t.Fatal(err)
		}
		late := func() int64 {
			t.Helper()
			all, err := w.send.Backlogs(w.ctx)
			if err != nil {
				t.Fatal(err)
			}
			return all[w.Shop.ID].StaleListings
		}
		if late() != 2 {
			t.Fatal(late())
		}
		on(send.Off)
		if late() != 0 {
			t.Fatal(late())
		}
		on(send.Shared)
		if err := w.send.Recount(w.ctx, plan); err != nil {
			t.Fatal(err)
		}
		if err := w.send.PushStock(w.ctx, w.Shop.ID); err != nil || len(w.mall.stock) != 2 || late() != 0 {
			t.Fatal(err, w.mall.stock, late())
		}
	})
}

func TestStockFollowsTheFormula(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := setUp(t, d)
		w.bring("A1", "CUP", "MUG") // brings listings, and takes two of each
		if _, err := w.send.SetPlan(w.ctx, send.Plan{ShopID: w.Shop.ID, Mode: send.Shared, RatioPercent: 50, Buffer: 99}); err != nil {
			t.Fatal(err)
		}
		plan, err := w.send.Plan(w.ctx, w.Shop.ID)
		if err != nil {
			t.Fatal(err)
		}
		push := func() {
			t.Helper()
			if err := w.send.Recount(w.ctx, plan); err != nil {
				t.Fatal(err)
			}
			if err := w.send.PushStock(w.ctx, w.Shop.ID); err != nil {
				t.Fatal(err)
			}
		}
		push()
		if w.mall.stock["sku-CUP"] != 449 { // ⌊(998 − 99) ÷ 2⌋
			t.Fatal(w.mall.stock)
		}
		asked := w.mall.asked
		push()
		if w.mall.asked != asked {
			t.Fatal("an unchanged number was pushed again")
		}
		// Another shop's own pieces are nobody else's.
		other := shoptest.Add(t, w.ctx, w.Shops, "远山分店", func(in *shop.CreateInput) { in.Mode = shop.ModeAPI })
		sku := w.order(w.bring("A2", "CUP")).Lines[0].SKUID
		if _, err := w.send.SetShares(w.ctx, []send.Share{{SKUID: sku, ShopID: other.ID, Quota: 500}}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.send.SetShares(w.ctx, []send.Share{{SKUID: sku, ShopID: w.Shop.ID, Quota: 600}}); !errors.Is(err, send.ErrQuotaTooHigh) {
			t.Fatal(err)
		}
		w.mall.lose = func() bool { return true }
		push = func() { _ = w.send.Recount(w.ctx, plan); _ = w.send.PushStock(w.ctx, w.Shop.ID) }
		push()
		if w.mall.stock["sku-CUP"] != 198 { // ⌊(996 − 500 − 99) ÷ 2⌋
			t.Fatal(w.mall.stock)
		}
		w.mall.lose = func() bool { return false }
		w.Kit.Clock.(*clock.Fake).Advance(time.Hour)
		push()
		levels, _, err := w.send.Levels(w.ctx, w.Shop.ID, "", 50)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range levels {
			if l.Pushed != l.Wanted || l.ChangedAt != 0 {
				t.Errorf("%+v", l)
			}
		}
	})
}

func TestAShareShrinksWithWhatItsShopSells(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := setUp(t, d)
		sku := w.order(w.bring("A1", "CUP")).Lines[0].SKUID
		if _, err := w.send.SetPlan(w.ctx, send.Plan{ShopID: w.Shop.ID, Mode: send.Quota, RatioPercent: 100}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.send.SetShares(w.ctx, []send.Share{{SKUID: sku, ShopID: w.Shop.ID, Quota: 5}}); err != nil {
			t.Fatal(err)
		}
		left := func() int64 {
			t.Helper()
			all, _, err := w.send.Shares(w.ctx, w.Shop.ID, "", 50)
			if err != nil || len(all) != 1 {
				t.Fatal(err, all)
			}
			return all[0].Quota
		}
		o := w.bring("A2", "CUP")
		if left() != 3 {
			t.Fatal(left())
		}
		offers, _, err := w.send.Preview(w.ctx, send.Plan{ShopID: w.Shop.ID, Mode: send.Quota, RatioPercent: 100}, "", 50)
		if err != nil || len(offers) != 1 || offers[0].Wanted != 3 {
			t.Fatal(err, offers)
		}
		if _, err := w.Orders.Close(w.ctx, order.CloseInput{OrderID: o, Reason: "buyer_cancelled"}); err != nil {
			t.Fatal(err)
		}
		w.drainEvents()
		if left() != 5 {
			t.Fatal(left())
		}
		// Of three orders of two pieces the third gets one; only that is given back, and
		// what a person changes moves the share by the difference.
		w.bring("A3", "CUP")
		second, third := w.bring("A4", "CUP"), w.bring("A5", "CUP")
		if left() != 0 {
			t.Fatal(left())
		}
		if _, err := w.Orders.Close(w.ctx, order.CloseInput{OrderID: third, Reason: "buyer_cancelled"}); err != nil {
			t.Fatal(err)
		}
		w.drainEvents()
		if left() != 1 {
			t.Fatalf("%d left after an order that took one piece was closed", left())
		}
		change := func(n int64) {
			t.Helper()
			if _, err := w.Orders.ChangeLines(w.ctx, order.ChangeLinesInput{OrderID: second, Lines: []order.LineChange{{LineID: w.order(second).Lines[0].ID, SKUID: sku, Quantity: n}}}); err != nil {
				t.Fatal(err)
			}
			w.drainEvents()
		}
		change(1)
		if left() != 2 {
			t.Fatalf("%d left after a line wants one piece less", left())
		}
		change(3)
		if left() != 0 {
			t.Fatalf("%d left after a line wants two pieces more", left())
		}
		// An unmapped line takes its pieces once somebody says what it is.
		late := w.bring("A6", "UNKNOWN-CODE")
		if _, err := w.send.SetShares(w.ctx, []send.Share{{SKUID: sku, ShopID: w.Shop.ID, Quota: 5}}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Orders.ChangeLines(w.ctx, order.ChangeLinesInput{OrderID: late, Lines: []order.LineChange{{LineID: w.order(late).Lines[0].ID, SKUID: sku, Quantity: 2}}}); err != nil {
			t.Fatal(err)
		}
		w.drainEvents()
		if left() != 3 {
			t.Fatalf("%d left after a line was mapped", left())
		}
	})
}

func TestAWrongNumberIsCorrectedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := setUp(t, d)
		o := w.bring("A1")
		p := w.ship(o, "73100000000001")
		w.settle(2)
		w.mall.lose = func() bool { return true }
		change := func(no string) {
			t.Helper()
			if _, err := w.parcels.ChangeWaybill(w.ctx, fulfillment.ChangeWaybillInput{ParcelID: p, Carrier: "ZTO", WaybillNo: no, ConfirmWaybill: true}); err != nil {
				t.Fatal(err)
			}
		}
		change("73100000000002")
		change("73100000000002") // nothing new
		w.settle(4)
		w.want(send.Done, 2)
		if got := w.mall.orders["A1"].Waybills; len(got) != 1 || got[0].No != "73100000000002" || w.mall.took["change A1 73100000000002"] != 1 {
			t.Fatal(got, w.mall.took)
		}
		if w.order(o).WaybillNo != "73100000000002" {
			t.Fatal(w.order(o).WaybillNo)
		}
		// The old number serves another order now; the new one does not.
		second := w.bring("A2")
		w.mall.lose = func() bool { return false }
		if _, err := w.parcels.Ship(w.ctx, fulfillment.ShipInput{OrderID: second, Carrier: "ZTO", WaybillNo: "73100000000001", ConfirmWaybill: true}); err != nil {
			t.Fatal(err)
		}
	})
}
