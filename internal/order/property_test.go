package order_test

import (
	"context"
	"fmt"
	"maps"
	"testing"

	"pgregory.net/rapid"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/order/tally"
	"github.com/ordercove/ordercove/internal/shop"
)

// machine drives one order through random commands and documents.
type machine struct {
	w    *ordertest.World
	ctx  context.Context
	rt   *rapid.T
	id   id.ID
	last order.Order
	at   int64
	doc  order.Document
}

var skuCodes = []string{"P-1", "P-2", "UNMAPPED"}

func (m *machine) check(err error) {
	if err == nil {
		return
	}
	if e := errs.As(err); e == nil || e.Kind == errs.Internal {
		m.rt.Fatalf("a command failed without a reason a person can read: %v", err)
	}
}

func (m *machine) qty(label string) *int64 {
	if rapid.IntRange(0, 9).Draw(m.rt, label+" unknown") == 0 {
		return nil
	}
	n := rapid.Int64Range(0, 4).Draw(m.rt, label)
	return &n
}

// news changes some of what the channel says and brings it in.
func (m *machine) news() {
	d := &m.doc
	statuses := []order.ChannelStatus{order.ChannelPendingPayment, order.ChannelAwaitingShipment, order.ChannelAwaitingShipment, order.ChannelPartlyShipped,
		order.ChannelShipped, order.ChannelDelivered, order.ChannelCompleted, order.ChannelClosed}
	d.Status = rapid.SampledFrom(statuses).Draw(m.rt, "status")
	source := rapid.SampledFrom([]string{order.SourceFile, order.SourceAPI}).Draw(m.rt, "source")
	if d.StatusRaw = "word of " + string(d.Status); source == order.SourceAPI && rapid.IntRange(0, 4).Draw(m.rt, "known") == 0 {
		d.Status, d.StatusRaw = "", "987"
	}
	refunds := []order.RefundState{order.RefundNone, order.RefundNone, order.RefundInProgress, order.RefundPart, order.RefundDone, order.RefundRejected}
	d.RefundState = rapid.SampledFrom(refunds).Draw(m.rt, "refund")
	d.Lines = nil
	for i := range rapid.IntRange(1, 3).Draw(m.rt, "lines") {
		label := fmt.Sprintf("line %d", i)
		l := ordertest.Line(rapid.SampledFrom(skuCodes).Draw(m.rt, label+" sku"), 1, money.Fen(rapid.Int64Range(0, 9999).Draw(m.rt, label+" price")))
		l.Quantity = m.qty(label + " quantity")
		if rapid.Bool().Draw(m.rt, label+" numbered") {
			l.ChannelLineNo = fmt.Sprint(i)
		}
		l.RefundState = rapid.SampledFrom(refunds).Draw(m.rt, label+" refund")
		l.Status = rapid.SampledFrom(append(statuses, "")).Draw(m.rt, label+" status")
		d.Lines = append(d.Lines, l)
	}
	fen := func(label string) *money.Fen {
		if rapid.Bool().Draw(m.rt, label+" silent") {
			return nil
		}
		v := money.Fen(rapid.Int64Range(0, 100_000).Draw(m.rt, label))
		return &v
	}
	d.Money = order.Money{Goods: fen("goods"), MerchantDiscount: fen("discount"), Freight: fen("freight"), BuyerPaid: fen("paid"), MerchantReceivable: fen("receivable")}
	d.RefundFen = fen("refund fen")
	d.SellerNote = rapid.SampledFrom([]string{"", "a", "b"}).Draw(m.rt, "note")
	d.Receiver.Detail = rapid.SampledFrom([]string{"文一路 8 号", "文二路 9 号", ""}).Draw(m.rt, "address")
	d.Holds = rapid.SampledFrom([][]string{nil, nil, {"locked"}}).Draw(m.rt, "locks")
	at := m.at + rapid.Int64Range(-2, 5).Draw(m.rt, "age")*60_000
	out, err := m.w.TryFrom(m.ctx, source, at, *d)
	if err != nil {
		m.rt.Fatalf("apply: %v", err)
	}
	m.check(out[0].Err)
	m.at = max(m.at, at)
	if out[0].OrderID != 0 {
		m.id = out[0].OrderID
	}
	again, err := m.w.TryFrom(m.ctx, source, at, *d)
	if err != nil || out[0].Err == nil && again[0].Result != order.ApplyUnchanged && again[0].Result != order.ApplyStale {
		m.rt.Fatalf("the same again: %+v %v", again, err)
	}
}

func (m *machine) commands() map[string]func(*rapid.T) {
	one := func(f func() error) func(*rapid.T) {
		return func(rt *rapid.T) {
			m.rt = rt
			if m.id != 0 { // a first document that was refused made no order
				m.check(f())
			}
		}
	}
	s := m.w.Orders
	pick := func() id.ID {
		return rapid.SampledFrom(m.last.Lines).Draw(m.rt, "line").ID
	}
	return map[string]func(*rapid.T){
		"document": func(rt *rapid.T) { m.rt = rt; m.news() },
		"approve":  one(func() error { _, err := s.Approve(m.ctx, order.ApproveInput{OrderID: m.id}); return err }),
		"revoke":   one(func() error { _, err := s.RevokeApproval(m.ctx, order.ApproveInput{OrderID: m.id}); return err }),
		"hold":     one(func() error { _, err := s.Hold(m.ctx, order.HoldInput{OrderID: m.id}); return err }),
		"release":  one(func() error { _, err := s.Release(m.ctx, order.ReleaseInput{OrderID: m.id}); return err }),
		"close":    one(func() error { _, err := s.Close(m.ctx, order.CloseInput{OrderID: m.id, Reason: "other"}); return err }),
		"archive":  one(func() error { _, err := s.Archive(m.ctx, order.ArchiveInput{OrderID: m.id}); return err }),
		"restore":  one(func() error { _, err := s.Unarchive(m.ctx, order.ArchiveInput{OrderID: m.id}); return err }),
		"adopt":    one(func() error { _, err := s.Adopt(m.ctx, order.AdoptInput{OrderID: m.id}); return err }),
		"tag":      one(func() error { _, err := s.Tag(m.ctx, order.TagInput{OrderID: m.id, Add: []string{"急"}}); return err }),
		"untag": one(func() error {
			_, err := s.Tag(m.ctx, order.TagInput{OrderID: m.id, Remove: []string{"急"}})
			return err
		}),
		"ship all": one(func() error { return m.w.Ship(m.ctx, m.id, "YT1") }),
		"lines": one(func() error {
			c := order.LineChange{LineID: pick(), Quantity: rapid.Int64Range(0, 5).Draw(m.rt, "quantity")}
			_, err := s.ChangeLines(m.ctx, order.ChangeLinesInput{OrderID: m.id, Lines: []order.LineChange{c}})
			return err
		}),
		"price": one(func() error {
			p := order.PriceChange{LineID: pick(), PriceFen: money.Fen(rapid.Int64Range(0, 5000).Draw(m.rt, "price"))}
			_, err := s.AdjustPrice(m.ctx, order.AdjustPriceInput{OrderID: m.id, Lines: []order.PriceChange{p}, FreightFen: ordertest.Fen(7)})
			return err
		}),
		"": func(rt *rapid.T) { m.rt = rt; m.invariants() },
	}
}

// invariants holds after every step.
func (m *machine) invariants() {
	if m.id == 0 {
		return
	}
	o := m.w.Load(m.ctx, m.id)
	was := m.last
	m.last = o
	if o.State != order.Display(o) {
		m.rt.Fatalf("stored state %s, the axes display %s", o.State, order.Display(o))
	}
	if was.ID != 0 && (order.PaymentStep(o.Payment) < order.PaymentStep(was.Payment) || o.Version < was.Version) {
		m.rt.Fatalf("payment went from %s to %s, version from %d to %d", was.Payment, o.Payment, was.Version, o.Version)
	}
	var sum order.Amounts
	add := func(to **money.Fen, v *money.Fen) {
		if v == nil {
			return
		}
		n := *v
		if *to != nil {
			n += **to
		}
		*to = &n
	}
	for _, l := range o.Lines {
		if l.Shipped < 0 || l.Cancelled < 0 || l.Shipped > l.Ordered-l.Cancelled || l.Allocated > l.Ordered-l.Cancelled || l.Delivered > l.Shipped || l.Refunded > l.Ordered {
			m.rt.Fatalf("counters of a line: %+v", l)
		}
		add(&sum.Goods, l.Amounts.Goods)
		add(&sum.BuyerPaid, l.Amounts.BuyerPaid)
		add(&sum.MerchantDiscount, l.Amounts.MerchantDiscount)
		add(&sum.Freight, l.Amounts.Freight)
		add(&sum.Refund, l.Amounts.Refund)
		add(&sum.Receivable, l.Amounts.Receivable)
	}
	for i, p := range [][2]*money.Fen{{sum.Goods, o.Amounts.Goods}, {sum.BuyerPaid, o.Amounts.BuyerPaid}, {sum.MerchantDiscount, o.Amounts.MerchantDiscount},
		{sum.Freight, o.Amounts.Freight}, {sum.Refund, o.Amounts.Refund}, {sum.Receivable, o.Amounts.Receivable}} {
		if (p[0] == nil) != (p[1] == nil) || p[0] != nil && *p[0] != *p[1] {
			m.rt.Fatalf("header amount %d is not the sum of its lines", i)
		}
	}
	m.reserved(o)
}

// reserved: an order holds exactly what its open lines need, or says what is missing.
func (m *machine) reserved(o order.Order) {
	rows, err := m.w.Stock.ReservedTx(m.ctx, m.w.Kit.DB, []id.ID{o.ID})
	if err != nil {
		m.rt.Fatal(err)
	}
	byLine := map[id.ID]int64{}
	for _, r := range rows {
		byLine[r.LineID] += r.Quantity
	}
	work := !o.History && o.ClosedAt == 0 && order.PaymentStep(o.Payment) >= order.PaymentStep(order.Paid)
	for _, l := range o.Lines {
		need := int64(0)
		if work && l.SKUID != 0 && l.QuantityKnown {
			need = max(l.Open(), 0)
		}
		if got := byLine[l.ID]; got != need && !(got == 0 && o.OnHold(order.HoldOutOfStock)) && !(got < need && o.OnHold(order.HoldOutOfStock)) {
			m.rt.Fatalf("a line holds %d pieces, needs %d; holds %v, state %s", got, need, holds(o), o.State)
		}
	}
}

func TestNoSequenceOfCommandsAndDocumentsBreaksAnInvariant(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		n := 0
		w, ctx := ordertest.New(t, d, func(in *shop.CreateInput) { in.LiveFrom = kittest.Noon.UnixMilli() - 7_200_000 })
		w.SKU(ctx, "P-1", 40)
		w.SKU(ctx, "P-2", 5)
		rapid.Check(t, func(rt *rapid.T) {
			n++
			m := &machine{w: w, ctx: ctx, rt: rt, at: kittest.Noon.UnixMilli(), doc: w.Doc(fmt.Sprintf("N%06d", n), "P-1")}
			if rapid.IntRange(0, 4).Draw(rt, "history") == 0 {
				m.doc.PlacedAt -= 86_400_000
			}
			m.news()
			rt.Repeat(m.commands())
			if bad, err := w.Stock.Verify(ctx); err != nil || len(bad) > 0 {
				rt.Fatalf("stock does not verify: %v %v", bad, err)
			}
		})
		recount(t, ctx, w)
	})
}

// recount compares the counters, folded or not, with a count from scratch.
func recount(t *testing.T, ctx context.Context, w *ordertest.World) {
	t.Helper()
	ids := allOrders(t, ctx, w)
	all, err := w.Orders.LoadTx(ctx, w.Kit.DB, ids)
	if err != nil || len(all) == 0 {
		t.Fatal(len(all), err)
	}
	want := order.Recount(all)
	for _, fold := range []bool{false, true} {
		if fold {
			if n, err := w.Orders.FoldCounts(ctx); err != nil || n == 0 {
				t.Fatal(n, err)
			}
		}
		if got := counters(t, ctx, w); !maps.Equal(got, want) {
			t.Fatalf("folded %v: counters %v, a recount gives %v", fold, got, want)
		}
	}
}

func allOrders(t *testing.T, ctx context.Context, w *ordertest.World) (ids []id.ID) {
	rows, err := w.Kit.DB.Query(ctx, `SELECT id FROM order_head WHERE merchant_id = ?`, kittest.Merchant)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var i id.ID
		if err := rows.Scan(&i); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, i)
	}
	return ids
}

func counters(t *testing.T, ctx context.Context, w *ordertest.World) tally.Counts {
	rows, err := w.Kit.DB.Query(ctx, `SELECT shop_id, bucket, day, n, fen FROM order_count WHERE merchant_id = ? UNION ALL SELECT shop_id, bucket, day, n, fen FROM order_count_delta WHERE merchant_id = ?`, kittest.Merchant, kittest.Merchant)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := tally.Counts{}
	for rows.Next() {
		var k tally.Cell
		var v tally.Value
		if err := rows.Scan(&k.Shop, &k.Bucket, &k.Day, &v.N, &v.Fen); err != nil {
			t.Fatal(err)
		}
		out.Add(k, v.N, v.Fen)
	}
	maps.DeleteFunc(out, func(_ tally.Cell, v tally.Value) bool { return v == tally.Value{} })
	return out
}
