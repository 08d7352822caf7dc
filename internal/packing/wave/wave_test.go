package wave

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/customer"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/inventory/location"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/logistics/account"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/packing"
	"github.com/ordercove/ordercove/internal/shop"
)

// house is a merchant with a shop, a warehouse with shelves, and waves.
type house struct {
	t            *testing.T
	k            *kit.Kit
	ctx          context.Context
	s            *Service
	fulfillments *fulfillment.Service
	orders       *order.Service
	catalog      *catalog.Service
	stock        *inventory.Service
	places       *location.Service
	shop         shop.Shop
	wh           id.ID
	skus         map[string]id.ID
	chosen       map[id.ID]string // carriers, by the rules
}

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	k, ctx := kittest.New(t, d)
	h := &house{t: t, k: k, ctx: ctx, skus: map[string]id.ID{}, catalog: catalog.New(k)}
	shops := shop.New(k, []string{"generic"})
	h.stock = inventory.New(k, h.catalog)
	h.orders = order.New(k, shops, h.catalog, customer.New(k), h.stock)
	h.fulfillments = fulfillment.New(k, shops, h.catalog, h.stock, h.orders)
	h.places = location.New(k, h.catalog, h.stock)
	accounts := account.New(k, nil, nil)
	numbers := waybill.New(k, accounts, nil, nil)
	h.s = New(k, h.fulfillments, h.orders, h.catalog, h.stock, h.places, numbers, func(_ context.Context, _ db.Querier, ids []id.ID) (map[id.ID]string, error) {
		out := map[id.ID]string{}
		for _, one := range ids {
			if c := h.chosen[one]; c != "" {
				out[one] = c
			}
		}
		return out, nil
	})
	kittest.InTx(t, k, ctx, func(ctx context.Context, tx *db.Tx) error {
		w, err := h.stock.EnsureDefaultTx(ctx, tx)
		h.wh = w.ID
		return err
	})
	var err error
	h.shop, err = shops.Create(ctx, shop.CreateInput{Channel: "generic", Name: "青禾茶铺", LiveFrom: h.now() - 90*24*3_600_000, AutoApprove: true})
	h.must(err)
	kittest.InTx(t, k, ctx, func(ctx context.Context, tx *db.Tx) error { return shops.TouchDataTx(ctx, tx, h.shop.ID, h.now()) })
	h.shop.DataAt = h.now()
	return h
}

func (h *house) now() int64 { return h.k.Clock.Now().UnixMilli() }

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) refused(err error, want *errs.Error) {
	h.t.Helper()
	if !errors.Is(err, want) {
		h.t.Fatalf("got %v, want %s", err, want.Code)
	}
}

// sku adds a SKU with 100 pieces on the shelf.
func (h *house) sku(code, shelf string) id.ID {
	h.t.Helper()
	i := h.k.IDs.New()
	h.skus[code] = i
	kittest.InTx(h.t, h.k, h.ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO catalog_product (merchant_id, id, name, created_at, version) VALUES (?, ?, ?, 1, 1)`, kittest.Merchant, i, "明前茶 "+code); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO catalog_sku (merchant_id, id, product_id, code, name, spec, created_at, version) VALUES (?, ?, ?, ?, ?, '', 1, 1)`,
			kittest.Merchant, i, i, code, "明前茶 "+code); err != nil {
			return err
		}
		return h.stock.SetOpeningTx(ctx, tx, i, h.wh, 100, "test")
	})
	if shelf != "" {
		_, err := h.places.Put(h.ctx, location.Input{WarehouseID: h.wh, Places: []location.Place{{SKUID: i, Code: shelf}}})
		h.must(err)
	}
	return i
}

type item1 struct {
	code string
	n    int64
}

func (h *house) doc(no, province string, items ...item1) order.Document {
	d := order.Document{ChannelOrderNo: no, Status: order.ChannelAwaitingShipment, StatusRaw: "待发货", PlacedAt: h.now() - 3_600_000, PaidAt: h.now() - 3_500_000,
		BuyerNick: "买家" + no, BuyerKey: "b" + no, RefundState: order.RefundNone,
		Receiver: order.Receiver{Name: "沈知夏", Phone: "13800138000", Province: province, City: "杭州市", District: "西湖区", Detail: "文三路 1 号 " + no}}
	for i, it := range items {
		n := it.n
		d.Lines = append(d.Lines, order.Line{ChannelLineNo: fmt.Sprintf("%s-%d", no, i+1), Title: "茶 " + it.code, MerchantSKUCode: it.code, Quantity: &n})
	}
	return d
}

func (h *house) put(d order.Document) (o id.ID) {
	h.t.Helper()
	kittest.InTx(h.t, h.k, h.ctx, func(ctx context.Context, tx *db.Tx) error {
		out, err := h.orders.ApplyTx(ctx, tx, []order.Incoming{{Shop: h.shop, Doc: d, Source: "file", SourceAt: h.now()}})
		if err == nil {
			err = out[0].Err
		}
		if err == nil {
			o = out[0].OrderID
		}
		return err
	})
	return o
}

// placed is an allocated order and its fulfillment order.
func (h *house) placed(d order.Document) (o, f id.ID) {
	h.t.Helper()
	o = h.put(d)
	out, err := h.fulfillments.Allocate(h.ctx, fulfillment.AllocateInput{OrderID: o})
	h.must(err)
	return o, out.FulfillmentOrderID
}

func (h *house) make(c Choice) Wave {
	h.t.Helper()
	c.WarehouseID = h.wh
	w, err := h.s.Make(h.ctx, MakeInput{Choice: c})
	h.must(err)
	return w.Wave
}

func (h *house) sheet(w Wave) Sheet {
	h.t.Helper()
	out, err := h.s.Get(h.ctx, w.ID)
	h.must(err)
	return out
}

func (h *house) pick(w Wave, do, code string, n int64) Hand {
	h.t.Helper()
	out, err := h.s.Pick(h.ctx, PickInput{WaveID: w.ID, SKUID: h.skus[code], Do: do, Quantity: n})
	h.must(err)
	return out
}

func (h *house) sealed(f id.ID) string {
	h.t.Helper()
	out, err := h.fulfillments.Get(h.ctx, f)
	h.must(err)
	return out.Sealed
}

func drops(all []Drop) string {
	out := ""
	for _, d := range all {
		out += fmt.Sprintf("%d:%d ", d.Position, d.Quantity)
	}
	return out
}

func TestAWaveTakesWhatMayGoTheMostUrgentFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", "")
		h.sku("B", "")
		_, plain := h.placed(h.doc("P", "浙江省", item1{"A", 1}))
		soon := h.doc("S", "浙江省", item1{"A", 1})
		soon.ShipByAt = h.now() + 3_600_000
		_, first := h.placed(soon)
		held, stays := h.placed(h.doc("H", "浙江省", item1{"A", 1}))
		_, err := h.orders.Hold(h.ctx, order.HoldInput{OrderID: held, Note: "等电话"})
		h.must(err)
		_, two := h.placed(h.doc("M", "江苏省", item1{"A", 1}, item1{"B", 2}))

		p, err := h.s.Preview(h.ctx, Choice{WarehouseID: h.wh})
		h.must(err)
		if p.Waiting != 4 || p.Orders != 3 || p.Pieces != 5 || p.SKUs != 2 || len(p.Refused) != 1 || p.Refused[0].FulfillmentOrderID != stays {
			t.Fatalf("preview: %+v", p)
		}
		if len(p.Stacks) != 1 || p.Stacks[0].Orders != 3 || p.Stacks[0].Goods[0].SKUID != h.skus["A"] || p.Provinces[0].Key != "浙江省" || p.Provinces[0].Orders != 3 {
			t.Fatalf("buckets: %+v %+v", p.Stacks, p.Provinces)
		}
		if p.IDs[0] != first {
			t.Fatalf("%v comes before what is promised first", p.IDs)
		}
		for _, c := range []struct {
			name string
			c    Choice
			want []id.ID
		}{
			{"single", Choice{Content: Single}, []id.ID{first, plain}},
			{"several SKUs", Choice{Content: Multi}, []id.ID{two}},
			{"a high stack", Choice{Content: Same, StackFrom: 3}, []id.ID{first, plain}},
			{"no stack is that high", Choice{Content: Same, StackFrom: 4}, nil},
			{"a province", Choice{Provinces: []string{"江苏省"}}, []id.ID{two}},
			{"before the cut-off", Choice{ShipBefore: h.now() + 3_600_000}, []id.ID{first}},
			{"one order at most", Choice{Orders: 1}, []id.ID{first}},
			{"pieces at most", Choice{Pieces: 2}, []id.ID{first, plain}},
			{"another carrier", Choice{Carrier: "SF"}, nil},
			{"what is urged", Choice{Urgent: true}, nil},
			{"by name", Choice{IDs: []id.ID{two, stays}}, []id.ID{two}},
		} {
			c.c.WarehouseID = h.wh
			p, err := h.s.Preview(h.ctx, c.c)
			h.must(err)
			if !slices.Equal(p.IDs, c.want) {
				t.Errorf("%s: %v, want %v", c.name, p.IDs, c.want)
			}
		}
		w := h.make(Choice{})
		if w.Code != "W261121-001" || w.Orders != 3 || w.Mode != WhilePicking {
			t.Fatalf("%+v", w)
		}
		if h.sealed(first) != fulfillment.SealWave || h.sealed(stays) != "" {
			t.Fatal("only what is in the wave is sealed")
		}
		_, err = h.s.Make(h.ctx, MakeInput{Choice: Choice{WarehouseID: h.wh}})
		h.refused(err, ErrNothing)
		// What was previewed before that wave was made is not taken twice.
		kittest.InTx(t, h.k, h.ctx, func(ctx context.Context, tx *db.Tx) error {
			again := Wave{ID: h.k.IDs.New(), WarehouseID: h.wh, State: Made, MadeAt: h.now(), Version: 1}
			h.refused(tx.Save(ctx, func(ctx context.Context, tx *db.Tx) error {
				_, err := h.s.makeTx(ctx, tx, &again, p.chosen)
				return err
			}), ErrTaken)
			return nil
		})
	})
}

func TestAWaveIsMadeOfWhatNobodyElseTook(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", "")
		_, free := h.placed(h.doc("1", "浙江省", item1{"A", 1}))
		_, taken := h.placed(h.doc("2", "浙江省", item1{"A", 2}))
		held, stops := h.placed(h.doc("3", "浙江省", item1{"A", 3}))
		c := Choice{WarehouseID: h.wh}
		h.must(c.check())
		p, err := h.s.preview(h.ctx, c)
		h.must(err)
		if len(p.chosen) != 3 {
			t.Fatalf("%+v", p.IDs)
		}
		// Between the look and the wave, somebody seals one and holds the order of another.
		_, err = h.fulfillments.Seal(h.ctx, fulfillment.SealInput{IDs: []id.ID{taken}, Reason: fulfillment.SealPrint})
		h.must(err)
		_, err = h.orders.Hold(h.ctx, order.HoldInput{OrderID: held})
		h.must(err)
		w := Wave{ID: h.k.IDs.New(), WarehouseID: h.wh, State: Made, MadeAt: h.now(), Version: 1}
		var late []Refused
		kittest.InTx(t, h.k, h.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			late, err = h.s.makeTx(ctx, tx, &w, p.chosen)
			return err
		})
		if len(late) != 2 || late[0].OrderNo != "2" || late[1].OrderNo != "3" || late[0].FulfillmentOrderID != taken || late[0].Err.Code != ErrTaken.Code || late[1].FulfillmentOrderID != stops || late[1].Err.Code == ErrTaken.Code {
			t.Errorf("left out: %+v", late)
		}
		s := h.sheet(w)
		if len(s.Baskets) != 1 || s.Baskets[0].FulfillmentOrderID != free || s.Baskets[0].Position != 1 || w.Orders != 1 || w.Pieces != 1 || h.sealed(taken) != fulfillment.SealPrint {
			t.Errorf("%+v of %+v", w, s.Baskets)
		}
		// Asked for by name, what is not waiting any more is named too.
		_, more := h.placed(h.doc("4", "浙江省", item1{"A", 1}))
		made, err := h.s.Make(h.ctx, MakeInput{Choice: Choice{WarehouseID: h.wh, IDs: []id.ID{free, more}}})
		if err != nil || made.Orders != 1 || len(made.LeftOut) != 1 || made.LeftOut[0].FulfillmentOrderID != free {
			t.Errorf("%+v %v", made, err)
		}
	})
}

func TestAWaveLooksAtWhatGoesFirstHoweverMuchWaits(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", "")
		old := h.doc("OLD", "浙江省", item1{"A", 1})
		old.ShipByAt = h.now() + 3_600_000
		_, due := h.placed(old)
		o, urged := h.placed(h.doc("URGED", "浙江省", item1{"A", 1}))
		for i := range 4 {
			h.placed(h.doc(fmt.Sprintf("N%d", i), "浙江省", item1{"A", 1}))
		}
		_, err := h.fulfillments.Urge(h.ctx, fulfillment.UrgeInput{OrderID: o, Urgency: fulfillment.UrgencyBuyer})
		h.must(err)
		h.s.candidates = 2
		p, err := h.s.Preview(h.ctx, Choice{WarehouseID: h.wh})
		h.must(err)
		if want := []id.ID{urged, due}; !slices.Equal(p.IDs, want) || !p.More {
			t.Fatalf("%v, more %t, want %v", p.IDs, p.More, want)
		}
	})
}

func TestAPresaleIsPickedInTimeForItsPromise(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", "")
		doc := h.doc("P", "浙江省", item1{"A", 1})
		doc.Flags, doc.ShipByAt = []string{order.FlagPresale}, h.now()+72*3_600_000
		_, presale := h.placed(doc)
		spot := h.doc("S", "浙江省", item1{"A", 1})
		spot.Receiver, spot.BuyerKey = doc.Receiver, doc.BuyerKey
		_, other := h.placed(spot)
		p, err := h.s.Preview(h.ctx, Choice{WarehouseID: h.wh})
		h.must(err)
		if !slices.Equal(p.IDs, []id.ID{other}) {
			t.Fatalf("three days before its promise: %v", p.IDs)
		}
		_, err = h.fulfillments.Merge(h.ctx, fulfillment.MergeInput{IDs: []id.ID{presale, other}})
		h.refused(err, fulfillment.ErrNoMerge)
		kittest.Clock(h.k).Advance(25 * time.Hour)
		if p, err = h.s.Preview(h.ctx, Choice{WarehouseID: h.wh}); err != nil || !slices.Equal(p.IDs, []id.ID{presale, other}) {
			t.Fatalf("two days before its promise: %v %v", p.IDs, err)
		}
		_, err = h.fulfillments.Merge(h.ctx, fulfillment.MergeInput{IDs: []id.ID{presale, other}})
		h.must(err)
	})
}

func TestWhatShipsFromItsBasketIsNotFetchedAnyMore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", "")
		_, one := h.placed(h.doc("1", "浙江省", item1{"A", 3}))
		h.placed(h.doc("2", "浙江省", item1{"A", 2}))
		w := h.make(Choice{})
		h.pick(w, DoPick, "A", 1)
		_, err := h.fulfillments.ShipOrder(h.ctx, fulfillment.ShipOrderInput{ID: one, WaybillNo: "YT2600000000001"})
		h.must(err)
		h.must(h.k.Runner.Drain(h.ctx))
		s := h.sheet(w)
		if len(s.Stops) != 1 || drops(s.Stops[0].Drops) != "2:2 " || s.Baskets[0].Hit != nil || s.Baskets[0].PutBack != 0 || s.Baskets[0].Out != "" {
			t.Fatalf("%+v %+v", s.Stops, s.Baskets[0])
		}
		rows, _, err := h.s.Board(h.ctx, Filter{Live: true})
		h.must(err)
		if rows[0].Wanted != 3 || rows[0].Picked != 1 || rows[0].In != 2 {
			t.Errorf("the board: %+v", rows[0])
		}
		// The shelf should hold 95 of the 97 pieces on the books, once the basket is full.
		h.pick(w, DoPick, "A", 1)
		counted := int64(96)
		_, err = h.s.Pick(h.ctx, PickInput{WaveID: w.ID, SKUID: h.skus["A"], Do: DoShort, Quantity: 1, Counted: &counted})
		h.must(err)
		if s = h.sheet(w); len(s.Counts) != 0 {
			t.Errorf("nothing is missing: %+v", s.Counts)
		}
		counted = 95
		h.pick(w, DoPick, "A", 1)
		h.pick(w, DoUndo, "A", 1)
		_, err = h.s.Pick(h.ctx, PickInput{WaveID: w.ID, SKUID: h.skus["A"], Do: DoShort, Quantity: 1, Counted: &counted})
		h.must(err)
		if s = h.sheet(w); len(s.Counts) != 1 || s.Counts[0].Missing() != 1 {
			t.Errorf("one is missing: %+v", s.Counts)
		}
		out, err := h.s.Close(h.ctx, w.ID)
		h.must(err)
		if out.State != Closed {
			t.Errorf("%+v", out)
		}
	})
}

func TestAPackedBasketIsCountedUntilItShips(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", "")
		_, f := h.placed(h.doc("1", "浙江省", item1{"A", 3}))
		packed := func() (n int64) {
			h.must(h.k.DB.QueryRow(h.ctx, sumPacked, kittest.Merchant, h.skus["A"], h.wh).Scan(&n))
			return n
		}
		w := h.make(Choice{})
		h.pick(w, DoPick, "A", 3)
		_, err := h.s.Close(h.ctx, w.ID)
		h.must(err)
		if n := packed(); n != 3 {
			t.Errorf("%d pieces wait to be packed", n)
		}
		_, err = h.fulfillments.ShipOrder(h.ctx, fulfillment.ShipOrderInput{ID: f, WaybillNo: "YT2600000000001"})
		h.must(err)
		h.must(h.k.Runner.Drain(h.ctx))
		if n := packed(); n != 0 {
			t.Errorf("%d pieces are thought to be here", n)
		}
	})
}

func TestWhoLeftAWaveHasNoBasketInIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", "")
		refund := h.doc("1", "浙江省", item1{"A", 1})
		_, dropped := h.placed(refund)
		_, removed := h.placed(h.doc("2", "浙江省", item1{"A", 1}))
		_, stays := h.placed(h.doc("3", "浙江省", item1{"A", 1}))
		w := h.make(Choice{})
		_, err := h.s.Remove(h.ctx, MemberInput{w.ID, removed})
		h.must(err)
		refund.RefundState, refund.Status = order.RefundDone, order.ChannelClosed
		h.put(refund)
		h.must(h.k.Runner.Drain(h.ctx))
		at, err := h.s.Where(h.ctx, h.k.DB, []id.ID{dropped, removed, stays})
		h.must(err)
		// The goods of the dropped one lie there until somebody puts them back.
		if len(at) != 2 || at[dropped] != (Spot{w.Code, 1}) || at[stays] != (Spot{w.Code, 3}) {
			t.Errorf("%v", at)
		}
		in, err := h.s.Inside(h.ctx, h.k.DB, " w261121-001 ")
		h.must(err)
		if !slices.Equal(in, []id.ID{stays}) {
			t.Errorf("inside: %v", in)
		}
	})
}

func TestAPickListWalksTheShelvesAndFillsBaskets(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", "A-10-1")
		h.sku("B", "A-2-1")
		h.sku("C", "")
		set, err := h.catalog.CreateSKU(h.ctx, catalog.SKUInput{ProductName: "礼盒", Code: "SET"})
		h.must(err)
		_, err = h.catalog.SetComponents(h.ctx, catalog.ComponentsInput{SKUID: set.ID, Components: []catalog.Component{{SKUID: h.skus["A"], Quantity: 2, Share: 1}, {SKUID: h.skus["C"], Quantity: 1, Share: 1}}})
		h.must(err)
		h.placed(h.doc("1", "浙江省", item1{"A", 1}, item1{"B", 1}))
		h.placed(h.doc("2", "浙江省", item1{"SET", 2}))
		w := h.make(Choice{})
		s := h.sheet(w)
		got := ""
		for _, x := range s.Stops {
			got += fmt.Sprintf("%s@%s %d [%s] ", x.SKUCode, x.Location, x.Wanted, drops(x.Drops))
		}
		if want := "B@A-2-1 1 [1:1 ] A@A-10-1 5 [1:1 2:4 ] C@ 2 [2:2 ] "; got != want {
			t.Fatalf("pick list %q, want %q", got, want)
		}
		out := h.pick(w, DoPick, "A", 3)
		if drops(out.Drops) != "1:1 2:2 " || out.Left != 2 || out.State != Picking {
			t.Fatalf("%+v", out)
		}
		_, err = h.s.Pick(h.ctx, PickInput{WaveID: w.ID, SKUID: h.skus["A"], Do: DoPick, Quantity: 3})
		h.refused(err, ErrTooMuch)
		if out = h.pick(w, DoUndo, "A", 1); drops(out.Drops) != "2:1 " || out.Left != 3 {
			t.Fatalf("put back: %+v", out)
		}
		if out = h.pick(w, DoUndo, "A", 2); out.State != Made {
			t.Fatalf("all is back and the wave is %s", out.State)
		}
		h.pick(w, DoPick, "A", 5)
		h.pick(w, DoPick, "C", 2)
		mate := actor.With(h.ctx, actor.Actor{Kind: actor.User, ID: 77, Name: "小周", MerchantID: kittest.Merchant, Permissions: []string{packing.PermitPick}})
		last, err := h.s.Pick(mate, PickInput{WaveID: w.ID, Scan: " B ", Do: DoPick, Quantity: 1})
		h.must(err)
		if last.State != Picked {
			t.Fatalf("%+v", last)
		}
		s = h.sheet(w)
		by := map[string]int64{}
		for _, p := range s.Hands {
			by[p.Name] = p.Picked
		}
		if by["小周"] != 1 || len(by) != 2 || s.Hands[0].Picked+s.Hands[1].Picked != 8 {
			t.Fatalf("who picked: %+v", s.Hands)
		}
		_, err = h.s.Pick(h.ctx, PickInput{WaveID: w.ID, Scan: "nothing", Do: DoPick, Quantity: 1})
		h.refused(err, ErrNoSKU)
		_, err = h.s.Make(mate, MakeInput{Choice: Choice{WarehouseID: h.wh}})
		h.refused(err, actor.ErrForbidden)
		n, err := h.s.Assign(h.ctx, AssignInput{WaveID: w.ID, SKUIDs: []id.ID{h.skus["A"]}, PickerID: 77})
		h.must(err)
		if s = h.sheet(w); n != 1 || s.Stops[1].PickerID != 77 || s.Stops[0].PickerID != 0 {
			t.Fatalf("assigned: %+v", s.Stops)
		}
		closed, err := h.s.Close(h.ctx, w.ID)
		h.must(err)
		if closed.State != Closed || h.sealed(s.Baskets[0].FulfillmentOrderID) != fulfillment.SealWave {
			t.Fatalf("%+v", closed)
		}
		_, err = h.s.Cancel(h.ctx, w.ID)
		h.refused(err, ErrEnded)
		if !strings.Contains(err.Error(), "its baskets went on") {
			t.Errorf("a reader is told a code: %v", err)
		}
	})
}

func TestAnOrderThatGoodsAreMissingForLeavesAndIsHeld(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", "")
		_, one := h.placed(h.doc("1", "浙江省", item1{"A", 2}))
		o, two := h.placed(h.doc("2", "浙江省", item1{"A", 2}))
		w := h.make(Choice{})
		h.pick(w, DoPick, "A", 2)
		_, err := h.s.Close(h.ctx, w.ID)
		h.refused(err, ErrNotPicked)
		if out := h.pick(w, DoShort, "A", 2); drops(out.Drops) != "2:2 " || out.State != Picked {
			t.Fatalf("%+v", out)
		}
		if out := h.pick(w, DoPick, "A", 1); drops(out.Drops) != "2:1 " {
			t.Fatalf("one was found: %+v", out)
		}
		if b := h.sheet(w).Baskets[1]; b.Picked != 1 || b.Short != 1 {
			t.Fatalf("%+v", b)
		}
		_, err = h.s.Close(h.ctx, w.ID)
		h.must(err)
		s := h.sheet(w)
		if b := s.Baskets[1]; b.Out != OutShort || b.PutBack != 1 || s.Baskets[0].Out != "" {
			t.Fatalf("%+v", s.Baskets)
		}
		if h.sealed(one) != fulfillment.SealWave || h.sealed(two) != "" {
			t.Fatal("the full basket stays sealed, the short one opens")
		}
		all, err := h.orders.LoadTx(h.ctx, h.k.DB, []id.ID{o})
		h.must(err)
		if !all[0].OnHold(order.HoldManual) {
			t.Fatal("the order with missing goods is not held")
		}
	})
}

func TestARefundedOrderIsStoppedAtOnceAndLeavesItsWave(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", "")
		doc := h.doc("1", "浙江省", item1{"A", 1})
		h.placed(doc)
		noted, two := h.placed(h.doc("2", "浙江省", item1{"A", 3}))
		w := h.make(Choice{})
		h.pick(w, DoPick, "A", 2)
		doc.RefundState, doc.Status = order.RefundDone, order.ChannelClosed
		h.put(doc)
		_, err := h.orders.Note(h.ctx, order.NoteInput{OrderID: noted, SellerNote: "加一张贺卡"})
		h.must(err)
		s := h.sheet(w)
		if s.Baskets[0].Hit == nil || s.Baskets[0].Hit.Code != fulfillment.ErrDropped.Code || s.Baskets[1].Hit == nil || s.Baskets[1].Hit.Code != fulfillment.ErrContentChanged.Code {
			t.Fatalf("before anything followed: %+v", s.Baskets)
		}
		h.must(h.k.Runner.Drain(h.ctx))
		s = h.sheet(w)
		if b := s.Baskets[0]; b.Out != OutDropped || b.PutBack != 1 || b.Live {
			t.Fatalf("%+v", b)
		}
		if len(s.Stops) != 1 || s.Stops[0].Wanted != 3 || s.Stops[0].Picked != 1 {
			t.Fatalf("pick list: %+v", s.Stops)
		}
		if s.Baskets[1].Hit == nil {
			t.Fatal("a person has not looked at the changed one yet")
		}
		state, err := h.s.Renew(h.ctx, MemberInput{w.ID, two})
		h.must(err)
		if s = h.sheet(w); s.Baskets[1].Hit != nil || state != Picking {
			t.Fatalf("%s %+v", state, s.Baskets[1])
		}
		_, err = h.s.Remove(h.ctx, MemberInput{w.ID, two})
		h.must(err)
		if h.sealed(two) != "" {
			t.Fatal("it left and stays sealed")
		}
		_, err = h.s.Remove(h.ctx, MemberInput{w.ID, two})
		h.refused(err, ErrNotIn)
		if again := h.make(Choice{}); again.Orders != 1 || again.Code != "W261121-002" {
			t.Fatalf("%+v", again)
		}
	})
}

func TestACancelledWaveOpensWhatItHeld(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", "")
		_, one := h.placed(h.doc("1", "浙江省", item1{"A", 1}))
		_, two := h.placed(h.doc("2", "浙江省", item1{"A", 1}))
		w := h.make(Choice{})
		kittest.InTx(t, h.k, h.ctx, func(ctx context.Context, tx *db.Tx) error { // its label was printed meanwhile
			_, err := h.fulfillments.SealTx(ctx, tx, []id.ID{two}, fulfillment.SealPrint)
			return err
		})
		out, err := h.s.Cancel(h.ctx, w.ID)
		h.must(err)
		if out.State != Cancelled || h.sealed(one) != "" || h.sealed(two) != fulfillment.SealPrint {
			t.Fatalf("%+v %q %q", out, h.sealed(one), h.sealed(two))
		}
		all, _, err := h.s.List(h.ctx, Filter{Live: true})
		h.must(err)
		found, _, err := h.s.List(h.ctx, Filter{Code: "w261121-001"})
		h.must(err)
		if len(all) != 0 || len(found) != 1 {
			t.Fatalf("%d live, %d by code", len(all), len(found))
		}
		kittest.NewMerchant(t, h.k, 2)
		_, err = h.s.Get(actor.With(t.Context(), kittest.Owner(2)), w.ID)
		h.refused(err, ErrNotFound)
		_, err = h.s.Get(kittest.Within(h.ctx, inventory.Scope, 999), w.ID)
		h.refused(err, ErrNotFound)
	})
}

// However hands come, no basket gets more than it wants, and pieces neither vanish nor appear.
func TestHandsKeepBasketsWithinWhatIsWanted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []*item
		for range rapid.IntRange(1, 5).Draw(t, "baskets") {
			all = append(all, &item{wanted: rapid.Int64Range(0, 6).Draw(t, "wanted")})
		}
		sum := func() (picked, short int64) {
			for _, i := range all {
				picked, short = picked+i.picked, short+i.short
			}
			return picked, short
		}
		for range rapid.IntRange(1, 12).Draw(t, "hands") {
			do, n := rapid.SampledFrom([]string{DoPick, DoUndo, DoShort}).Draw(t, "do"), rapid.Int64Range(1, 8).Draw(t, "n")
			can := room(all, do)
			p0, s0 := sum()
			out := hand(all, do, n)
			p1, s1 := sum()
			var given int64
			for _, x := range out {
				given += x
			}
			switch {
			case n > can && (out != nil || p1 != p0 || s1 != s0):
				t.Fatalf("%s %d of %d was not refused", do, n, can)
			case n <= can && given != n:
				t.Fatalf("%s %d gave %d", do, n, given)
			case n <= can && (do == DoPick && p1-p0 != n || do == DoUndo && p0-p1 != n || do == DoShort && s1-s0 != n):
				t.Fatalf("%s %d: picked %d to %d, short %d to %d", do, n, p0, p1, s0, s1)
			}
			for _, i := range all {
				if i.picked < 0 || i.short < 0 || i.picked+i.short > i.wanted {
					t.Fatalf("%+v after %s", i, do)
				}
			}
		}
	})
}

func TestShelvesAreWalkedInTheOrderOfTheirNumbers(t *testing.T) {
	want := []string{"A-2-1", "A-2-11", "a-10-1", "B-1", ""}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, func(a, b string) int {
		switch x, y := walk(a), walk(b); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	if !slices.Equal(got, want) {
		t.Fatalf("%v, want %v", got, want)
	}
}

func TestAPickListIsPrintedForEachPicker(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", "A-1")
		h.sku("B", "B-1")
		h.placed(h.doc("1", "浙江省", item1{"A", 1}, item1{"B", 2}))
		h.placed(h.doc("2", "浙江省", item1{"B", 1}))
		w := h.make(Choice{})
		_, err := h.s.Assign(h.ctx, AssignInput{WaveID: w.ID, SKUIDs: []id.ID{h.skus["B"]}, PickerID: 77})
		h.must(err)
		h.pick(w, DoPick, "B", 1)
		s := h.sheet(w)
		zh, en := s.sheets(false), s.sheets(true)
		if len(zh) != 2 || len(zh[0].Rows) != 1 || len(zh[1].Rows) != 1 {
			t.Fatalf("%+v", zh)
		}
		if got := zh[1].Rows[0]; !slices.Equal(got, []string{"B-1", "B", "明前茶 B", "2", "1×1  2×1"}) {
			t.Fatalf("%q", got)
		}
		if zh[0].Title != "拣货单 W261121-001 (1/2)" || en[1].Title != "Pick list W261121-001 (2/2)" || zh[0].Code != w.Code || en[1].Foot[0] != "Pieces: 2" {
			t.Fatalf("%q %q %q", zh[0].Title, en[1].Title, en[1].Foot)
		}
		var b bytes.Buffer
		h.must(h.s.PickList(h.ctx, w.ID, &b))
		if !bytes.HasPrefix(b.Bytes(), []byte("%PDF-")) {
			t.Fatalf("%d bytes", b.Len())
		}
	})
}
