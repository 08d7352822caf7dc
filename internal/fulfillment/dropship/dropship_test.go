package dropship_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/fulfillment/dropship"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/sheet"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/purchase"
	"github.com/ordercove/ordercove/internal/shop"
)

// house is a merchant with a warehouse of its own and one of a supplier.
type house struct {
	*ordertest.World
	ctx       context.Context
	ship      *fulfillment.Service
	suppliers *purchase.Service
	s         *dropship.Service
	supplier  purchase.Supplier
	theirs    id.ID
	n         int
}

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	w, ctx := ordertest.New(t, d, func(in *shop.CreateInput) { in.AutoApprove = true })
	h := &house{World: w, ctx: ctx, ship: fulfillment.New(w.Kit, w.Shops, w.Catalog, w.Stock, w.Orders), suppliers: purchase.New(w.Kit, w.Catalog, kittest.Random())}
	h.s = dropship.New(w.Kit, h.ship, w.Orders, w.Catalog, h.suppliers)
	h.touch()
	var err error
	h.supplier, err = h.suppliers.Save(ctx, purchase.Supplier{Name: "松木供应链", Contract: purchase.Masked, CutoffMinute: 16 * 60, Active: true, Contact: purchase.Contact{Person: "周一帆", Phone: "13900001111"}})
	h.must(err)
	wh, err := w.Stock.CreateWarehouse(ctx, inventory.WarehouseInput{Name: "松木仓", Code: "SM"})
	h.must(err)
	h.theirs = wh.ID
	_, err = h.ship.Rules().SetSite(ctx, allocate.Site{WarehouseID: wh.ID, SupplierID: h.supplier.ID})
	h.must(err)
	sku := w.SKU(ctx, "TEA", 0)
	h.must(w.Stock.Receive(ctx, inventory.ReceiveInput{Ref: "test", Lines: []inventory.Receipt{{SKUID: sku, WarehouseID: wh.ID, Quantity: 100}, {SKUID: sku, WarehouseID: w.Warehouse, Quantity: 100}}}))
	return h
}

func (h *house) must(err error) {
	h.T.Helper()
	if err != nil {
		h.T.Fatal(err)
	}
}

func (h *house) touch() {
	kittest.InTx(h.T, h.Kit, h.ctx, func(ctx context.Context, tx *db.Tx) error {
		return h.Shops.TouchDataTx(ctx, tx, h.Shop.ID, clock.Millis(h.Kit.Clock))
	})
}

// theirOrder is an order that the supplier's warehouse ships.
func (h *house) theirOrder(change ...func(*order.Document)) (order.Document, id.ID) {
	h.T.Helper()
	h.n++
	d := h.Doc(fmt.Sprintf("S%d", h.n), "TEA")
	for _, f := range change {
		f(&d)
	}
	o := h.One(h.ctx, 0, d)
	got, err := h.ship.Allocate(h.ctx, fulfillment.AllocateInput{OrderID: o.ID, WarehouseID: h.theirs})
	h.must(err)
	return d, got.FulfillmentOrderID
}

func (h *house) list(st dropship.State) []dropship.Order {
	h.T.Helper()
	all, _, err := h.s.List(h.ctx, dropship.Filter{SupplierID: h.supplier.ID, State: st})
	h.must(err)
	return all
}

func (h *house) send(ids ...id.ID) []dropship.Row {
	h.T.Helper()
	got, err := h.s.Send(h.ctx, dropship.SendInput{SupplierID: h.supplier.ID, IDs: ids})
	h.must(err)
	return got.Rows
}

// door is a visit of the supplier.
func (h *house) door() (context.Context, purchase.Visitor) {
	h.T.Helper()
	p, err := h.suppliers.OpenPortal(h.ctx, h.supplier.ID, 30)
	h.must(err)
	ctx, v, err := h.suppliers.AsSupplier(context.Background(), p.Token, "")
	h.must(err)
	return ctx, v
}

func codes(rows []dropship.Row) (out []string) {
	for _, r := range rows {
		code := "ok"
		if r.Err != nil {
			code = r.Err.Code
		}
		out = append(out, code)
	}
	return out
}

func yt(n int) string { return fmt.Sprintf("YT26%011d", n) }

func TestAnOrderGoesToItsSupplierAndComesBackShipped(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		_, f := h.theirOrder()
		_, g := h.theirOrder()
		own := h.One(h.ctx, 0, h.Doc("OWN", "TEA"))
		mine, err := h.ship.Allocate(h.ctx, fulfillment.AllocateInput{OrderID: own.ID, WarehouseID: h.Warehouse})
		h.must(err)
		if all := h.list(dropship.Ready); len(all) != 2 || all[0].ID != f || all[0].OrderNos[0] != "S1" || all[0].Goods[0].Code != "TEA" || all[0].Receiver.Phone != "138****1234" {
			t.Fatalf("ready: %+v", all)
		}
		if got := codes(h.send(f, g, mine.FulfillmentOrderID)); !slices.Equal(got, []string{"ok", "ok", "dropship.other_supplier"}) {
			t.Fatal(got)
		}
		if got := codes(h.send(f)); got[0] != "dropship.already_sent" {
			t.Error("sent twice:", got)
		}
		if _, err := h.ship.Split(h.ctx, fulfillment.SplitInput{ID: f}); !errors.Is(err, fulfillment.ErrSealed) && !errors.Is(err, fulfillment.ErrBadSplit) {
			t.Error("what is at the supplier's was split:", err)
		}
		ctx, v := h.door()
		all, _, err := h.s.ListFor(ctx, v, dropship.Filter{})
		if err != nil || len(all) != 2 || all[0].State != dropship.Sent {
			t.Fatalf("through the door: %+v %v", all, err)
		}
		rows, err := h.s.Answer(ctx, v, dropship.MoveInput{IDs: []id.ID{f}, State: dropship.Accepted})
		if err != nil || rows[0].Err != nil {
			t.Fatal(rows, err)
		}
		rows, err = h.s.Answer(ctx, v, dropship.MoveInput{IDs: []id.ID{g, mine.FulfillmentOrderID}, State: dropship.Refused, Reason: "缺货"})
		if err != nil || !slices.Equal(codes(rows), []string{"ok", "dropship.not_sent"}) {
			t.Fatal(codes(rows), err)
		}
		rows, err = h.s.ShipFor(ctx, v, []dropship.Shipment{{ID: f, Carrier: "圆通", WaybillNo: yt(1)}, {ID: g, Carrier: "圆通", WaybillNo: yt(2)}})
		if err != nil || !slices.Equal(codes(rows), []string{"ok", "dropship.not_sent"}) {
			t.Fatal(codes(rows), err)
		}
		if all := h.list(dropship.Shipped); len(all) != 1 || all[0].WaybillNo != yt(1) || all[0].Carrier != "YTO" || all[0].Stopped != nil {
			t.Errorf("shipped: %+v", all)
		}
		if all := h.list(dropship.Refused); len(all) != 1 || all[0].Reason != "缺货" {
			t.Errorf("refused: %+v", all)
		}
		// What was refused can be sent again, or go to another warehouse.
		fo, err := h.ship.Get(h.ctx, g)
		h.must(err)
		if _, err := h.ship.Allocate(h.ctx, fulfillment.AllocateInput{OrderID: fo.Lines[0].OrderID, WarehouseID: h.Warehouse}); err != nil {
			t.Error("back to allocation:", err)
		}
		if all := h.list(dropship.Refused); len(all) != 0 {
			t.Errorf("after it went elsewhere: %+v", all)
		}
	})
}

func TestASupplierShipsWithAnotherCarrierThanPromisedOnlyWhereItSaysSo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		_, f := h.theirOrder(func(d *order.Document) { d.Flags = append(d.Flags, logistics.FlagCarrier+"ZTO") })
		h.send(f)
		ctx, v := h.door()
		for _, c := range []struct {
			name, no string
			confirm  bool
			want     string
		}{
			{"the promise is named", yt(1), false, "fulfillment.bad_waybill_carrier"},
			{"a number that is not the carrier's stays the merchant's to confirm", "X1", true, "fulfillment.bad_waybill"},
			{"the supplier insists", yt(1), true, "ok"},
		} {
			rows, err := h.s.ShipFor(ctx, v, []dropship.Shipment{{ID: f, Carrier: "圆通", WaybillNo: c.no, Confirm: c.confirm}})
			if err != nil || codes(rows)[0] != c.want {
				t.Errorf("%s: %v %v, want %s", c.name, codes(rows), err, c.want)
			}
		}
		if all := h.list(dropship.Shipped); len(all) != 1 || all[0].Carrier != "YTO" || all[0].WaybillNo != yt(1) {
			t.Errorf("shipped: %+v", all)
		}
	})
}

func TestWhatChangedSinceItWasSentDoesNotShip(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		refunded, f := h.theirOrder()
		moved, g := h.theirOrder()
		_, late := h.theirOrder()
		h.send(f, g, late)
		h.Kit.Clock.(*clock.Fake).Advance(time.Second)
		refunded.RefundState = order.RefundDone
		h.One(h.ctx, 0, refunded)
		moved.Receiver.Detail = "文三路 77 号"
		h.One(h.ctx, 0, moved)
		ctx, v := h.door()
		all, _, err := h.s.ListFor(ctx, v, dropship.Filter{})
		h.must(err)
		for _, o := range all {
			if (o.Stopped == nil) != (o.ID == late) {
				t.Errorf("%v: stopped %v", o.OrderNos, o.Stopped)
			}
		}
		rows, err := h.s.ShipFor(ctx, v, []dropship.Shipment{{ID: f, Carrier: "YTO", WaybillNo: yt(1)}, {ID: g, Carrier: "YTO", WaybillNo: yt(2)}, {ID: late, Carrier: "YTO", WaybillNo: yt(3)}})
		h.must(err)
		if got := codes(rows); got[0] == "ok" || got[1] == "ok" || got[2] != "ok" {
			t.Error(got)
		}
		// Taken back, looked at by a person, sent anew: it ships to the new address.
		if rows, err := h.s.Move(h.ctx, dropship.MoveInput{IDs: []id.ID{g}, State: dropship.Withdrawn}); err != nil || rows[0].Err != nil {
			t.Fatal(rows, err)
		}
		fo, err := h.ship.Get(h.ctx, g)
		h.must(err)
		_, err = h.Orders.Release(h.ctx, order.ReleaseInput{OrderID: fo.Lines[0].OrderID})
		h.must(err)
		h.must(h.Kit.Runner.Drain(h.ctx))
		if got := codes(h.send(g)); got[0] != "ok" {
			t.Fatal(got)
		}
		if rows, err := h.s.ShipFor(ctx, v, []dropship.Shipment{{ID: g, Carrier: "YTO", WaybillNo: yt(2)}}); err != nil || rows[0].Err != nil {
			t.Error(codes(rows), err)
		}
	})
}

// text is a workbook's cells, row by row.
func text(t *testing.T, write func(w *bytes.Buffer) error) (rows [][]string, raw []byte) {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	book, err := sheet.Open("x.xlsx", bytes.NewReader(b.Bytes()), int64(b.Len()), sheet.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	err = book.Sheets[0].Each(func(_ int, cells []string) error {
		rows = append(rows, slices.Clone(cells))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows, b.Bytes()
}

func TestASupplierSeesOfReceiversWhatItsContractSays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		_, f := h.theirOrder(func(d *order.Document) { d.BuyerNote = "" })
		_, sealed := h.theirOrder(func(d *order.Document) {
			d.Receiver = order.Receiver{Name: "##abc##", Phone: "##def##", Province: "浙江省", City: "杭州市", District: "西湖区", Detail: "##ghi##", Encrypted: true}
		})
		if got := codes(h.send(f, sealed)); !slices.Equal(got, []string{"ok", "dropship.needs_channel_waybill"}) {
			t.Fatal(got)
		}
		for _, c := range []struct {
			contract purchase.Contract
			has, not []string
		}{
			{purchase.NumberOnly, []string{"S1", "TEA"}, []string{"杭州市", "138****1234", "赵", "文一路", "13800001234"}},
			{purchase.Masked, []string{"S1", "赵", "138****1234", "西湖区"}, []string{"13800001234", "赵小满", "文一路"}},
			{purchase.Full, []string{"S1", "赵小满", "13800001234", "文一路 8 号"}, nil},
		} {
			one, err := h.suppliers.Get(h.ctx, h.supplier.ID)
			h.must(err)
			one.Contract = c.contract
			_, err = h.suppliers.Save(h.ctx, one)
			h.must(err)
			ctx, v := h.door()
			all, _, err := h.s.ListFor(ctx, v, dropship.Filter{})
			h.must(err)
			_, write, err := h.s.PaperFor(ctx, v)
			h.must(err)
			rows, _ := text(t, func(w *bytes.Buffer) error { return write(w) })
			for what, said := range map[string]string{"page": fmt.Sprintf("%+v", all), "file": fmt.Sprint(rows)} {
				for _, x := range c.has {
					if !strings.Contains(said, x) {
						t.Errorf("%s, %s: lacks %s: %s", c.contract, what, x, said)
					}
				}
				for _, x := range c.not {
					if strings.Contains(said, x) {
						t.Errorf("%s, %s: tells %s", c.contract, what, x)
					}
				}
			}
		}
		// Who may not export personal data gets the file masked, and may not widen a contract.
		clerk := kittest.As(h.ctx, dropship.Permit, purchase.PermitRead, purchase.PermitEdit)
		_, write, err := h.s.Paper(clerk, h.supplier.ID, 0)
		h.must(err)
		if rows, _ := text(t, func(w *bytes.Buffer) error { return write(w) }); strings.Contains(fmt.Sprint(rows), "13800001234") {
			t.Error("a clerk read a phone number in plain")
		}
		if _, err := h.suppliers.Save(clerk, purchase.Supplier{Name: "另一家", Contract: purchase.Full}); !errors.Is(err, actor.ErrForbidden) {
			t.Error("a clerk let a supplier see all:", err)
		}
	})
}

func TestTheFileThatWasSentShipsWhenItComesBackFilledIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		_, f := h.theirOrder()
		_, g := h.theirOrder()
		h.send(f, g)
		_, write, err := h.s.Paper(h.ctx, h.supplier.ID, 0)
		h.must(err)
		rows, _ := text(t, func(w *bytes.Buffer) error { return write(w) })
		at := func(name string) int { return slices.Index(rows[0], name) }
		if len(rows) != 3 || at("快递公司") < 0 {
			t.Fatal(rows)
		}
		var b bytes.Buffer
		back := sheet.NewXLSX(&b, "代发", rows[0])
		for i, r := range rows[1:] {
			for len(r) < len(rows[0]) { // blank cells at the end are not in the file
				r = append(r, "")
			}
			if i == 0 { // the second was left blank
				r[at("快递公司")], r[at("快递单号")] = "圆通速递", yt(7)
			}
			var cells []sheet.Cell
			for _, c := range r {
				cells = append(cells, sheet.Str(c))
			}
			h.must(back.Row(cells))
		}
		h.must(back.Close())
		all, err := dropship.ReadShipments("back.xlsx", bytes.NewReader(b.Bytes()), int64(b.Len()))
		if err != nil || len(all) != 1 || all[0].ID != f {
			t.Fatal(all, err)
		}
		got, err := h.s.Ship(h.ctx, all)
		if err != nil || got[0].Err != nil {
			t.Fatal(codes(got), err)
		}
		if o := h.Load(h.ctx, h.list(dropship.Shipped)[0].OrderIDs[0]); o.State != order.Shipped || o.WaybillNo != yt(7) {
			t.Errorf("%v %s", o.State, o.WaybillNo)
		}
		if _, err := dropship.ReadShipments("x.csv", strings.NewReader("a,b\n1,2\n"), 8); !errors.Is(err, dropship.ErrNoRows) {
			t.Error("another file:", err)
		}
	})
}

func TestASupplierIsToldWhatGoesFirstAndAnUrgeStopsNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		_, any := h.theirOrder()
		_, due := h.theirOrder(func(d *order.Document) { d.ShipByAt = clock.Millis(h.Kit.Clock) + 3_600_000 })
		_, urged := h.theirOrder()
		h.send(any, due, urged)
		for _, o := range h.list(dropship.Sent) {
			if o.ID == urged {
				_, err := h.ship.Urge(h.ctx, fulfillment.UrgeInput{OrderID: o.OrderIDs[0], Urgency: fulfillment.UrgencyBuyer})
				h.must(err)
			}
		}
		h.must(h.Kit.Runner.Drain(h.ctx))
		ctx, v := h.door()
		_, write, err := h.s.PaperFor(ctx, v)
		h.must(err)
		rows, _ := text(t, func(w *bytes.Buffer) error { return write(w) })
		for i, want := range []id.ID{urged, due, any} {
			if len(rows) != 4 || rows[i+1][0] != want.String() {
				t.Fatalf("row %d is not %d: %v", i+1, want, rows)
			}
		}
		if got, err := h.s.ShipFor(ctx, v, []dropship.Shipment{{ID: urged, Carrier: "YTO", WaybillNo: yt(8)}}); err != nil || got[0].Err != nil {
			t.Errorf("urged, and stopped: %v %v", codes(got), err)
		}
	})
}

func TestADoorOpensForItsSupplierAloneAndShuts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		_, f := h.theirOrder()
		h.send(f)
		other, err := h.suppliers.Save(h.ctx, purchase.Supplier{Name: "竹里", Contract: purchase.Full, Active: true})
		h.must(err)
		p, err := h.suppliers.OpenPortal(h.ctx, other.ID, 1)
		h.must(err)
		ctx, v, err := h.suppliers.AsSupplier(context.Background(), p.Token, "en-US")
		h.must(err)
		if all, _, err := h.s.ListFor(ctx, v, dropship.Filter{SupplierID: h.supplier.ID}); err != nil || len(all) != 0 {
			t.Error("it sees another's orders:", all, err)
		}
		if rows, err := h.s.ShipFor(ctx, v, []dropship.Shipment{{ID: f, Carrier: "YTO", WaybillNo: yt(1)}}); err != nil || rows[0].Err == nil || rows[0].Err.Code != "dropship.not_sent" {
			t.Error("it shipped another's order:", codes(rows), err)
		}
		if _, err := h.s.Ship(ctx, []dropship.Shipment{{ID: f, Carrier: "YTO", WaybillNo: yt(1)}}); !errors.Is(err, actor.ErrForbidden) {
			t.Error("a visitor acted as staff:", err)
		}
		for name, token := range map[string]string{"nonsense": "x", "another secret": p.Token[:len(p.Token)-1] + "A", "no merchant": "ocs_zzzz_1_A"} {
			if token == p.Token {
				token += "B"
			}
			if _, _, err := h.suppliers.AsSupplier(context.Background(), token, ""); !errors.Is(err, purchase.ErrBadToken) {
				t.Errorf("%s: %v", name, err)
			}
		}
		var last error
		for range 100 {
			if _, _, last = h.suppliers.AsSupplier(context.Background(), p.Token, ""); last != nil {
				break
			}
		}
		if !errors.Is(last, purchase.ErrTooFast) || errs.KindOf(last) != errs.TooMany {
			t.Error("nobody counts the calls:", last)
		}
		h.Kit.Clock.(*clock.Fake).Advance(25 * time.Hour)
		if _, _, err := h.suppliers.AsSupplier(context.Background(), p.Token, ""); !errors.Is(err, purchase.ErrBadToken) {
			t.Error("after its last day:", err)
		}
		p, err = h.suppliers.OpenPortal(h.ctx, other.ID, 1)
		h.must(err)
		h.must(h.suppliers.RevokePortal(h.ctx, p.Portal.ID))
		if _, _, err := h.suppliers.AsSupplier(context.Background(), p.Token, ""); !errors.Is(err, purchase.ErrBadToken) {
			t.Error("revoked:", err)
		}
	})
}
