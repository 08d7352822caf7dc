package fulfillment

import (
	"context"
	"sync"
	"testing"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/order"
)

func TestShippingDeductsStockMovesTheOrderAndTells(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 10)
		o := h.put(h.doc("1001", item{"A", 3}))[0]
		if on, held := h.onHand("A"); on != 10 || held != 3 {
			t.Fatalf("before: %d on hand, %d reserved", on, held)
		}
		out, err := h.s.Ship(h.ctx, ShipInput{OrderID: o, Carrier: "圆通", WaybillNo: " yt26 00000000001"})
		if err != nil || out.ParcelID == 0 || out.Carrier != "YTO" || out.Unchanged || out.Warning != "" {
			t.Fatalf("%+v %v", out, err)
		}
		if on, held := h.onHand("A"); on != 7 || held != 0 {
			t.Errorf("after: %d on hand, %d reserved", on, held)
		}
		got := h.load(o)
		if got.State != order.Shipped || got.WaybillNo != yt(1) || got.Carrier != "YTO" || got.ParcelCount != 1 {
			t.Errorf("order %v %s %s %d", got.State, got.WaybillNo, got.Carrier, got.ParcelCount)
		}
		parcels, next, err := h.s.Parcels(h.ctx, ParcelFilter{OrderID: o})
		if err != nil || next != "" || len(parcels) != 1 {
			t.Fatalf("%d parcels, next %q, %v", len(parcels), next, err)
		}
		p := parcels[0]
		if p.ID != out.ParcelID || p.WarehouseID != h.wh || p.Kind != KindExpress || p.CarrierName != "圆通" || p.ReportedAt != 0 || len(p.Lines) != 1 || p.Lines[0].Quantity != 3 {
			t.Errorf("parcel %+v", p)
		}
		if n := h.count("event_log", "name = 'fulfillment.parcel_shipped' AND aggregate_id = ?", o); n != 1 {
			t.Errorf("%d events", n)
		}
		if e := kittest.Audited(t); e[len(e)-1].Action != "fulfillment.ship" {
			t.Errorf("audit %+v", e[len(e)-1])
		}
		again, err := h.s.Ship(h.ctx, ShipInput{OrderID: o, Carrier: "圆通", WaybillNo: yt(1)})
		if err != nil || !again.Unchanged {
			t.Errorf("again: %+v %v", again, err)
		}
		if on, _ := h.onHand("A"); on != 7 || h.count("fulfillment_parcel", "") != 1 {
			t.Errorf("shipping again changed something: %d on hand", on)
		}
		h.sound()
	})
}

func TestShipmentsAreRefusedAndLeaveNothingBehind(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 100)
		h.sku("RARE", 1)
		ready := h.put(h.doc("2001", item{"A", 2}))[0]
		gone := h.put(h.doc("2002", item{"A", 1}))[0]
		if _, err := h.s.Ship(h.ctx, ShipInput{OrderID: gone, WaybillNo: yt(2)}); err != nil {
			t.Fatal(err)
		}
		unpaid := h.doc("2003", item{"A", 1})
		unpaid.Status, unpaid.PaidAt = order.ChannelPendingPayment, 0
		refunding := h.doc("2004", item{"A", 1})
		refunding.RefundState, refunding.Lines[0].RefundState = order.RefundInProgress, order.RefundInProgress
		closed := h.doc("2005", item{"A", 1})
		closed.Status = order.ChannelClosed
		old := h.doc("2006", item{"A", 1})
		old.PlacedAt, old.PaidAt = h.shop.LiveFrom-1000, h.shop.LiveFrom-900
		many := h.put(unpaid, refunding, closed, old, h.doc("2007", item{"NEW", 1}), h.doc("2008", item{"RARE", 5}))
		sf := h.doc("2009", item{"A", 1})
		sf.Flags = []string{logistics.FlagCarrier + "SF"}
		promised := h.put(sf)[0]
		before, _ := h.onHand("A")
		for _, c := range []struct {
			name string
			in   ShipInput
			want string
		}{
			{"no such order", ShipInput{OrderID: 99, WaybillNo: yt(9)}, "order.not_found"},
			{"no number", ShipInput{OrderID: ready, Carrier: "YTO", WaybillNo: " \u200b"}, "fulfillment.no_waybill"},
			{"a carrier nobody knows", ShipInput{OrderID: ready, Carrier: "飞毛腿", WaybillNo: yt(9)}, "fulfillment.carrier_unknown"},
			{"no carrier and a number of many", ShipInput{OrderID: ready, WaybillNo: "768123456789"}, "fulfillment.no_carrier"},
			{"another carrier's number", ShipInput{OrderID: ready, Carrier: "中通", WaybillNo: yt(9)}, "fulfillment.bad_waybill_like"},
			{"not the carrier that was promised", ShipInput{OrderID: promised, WaybillNo: yt(9)}, "fulfillment.bad_waybill_carrier"},
			{"not a number at all", ShipInput{OrderID: ready, Carrier: "中通", WaybillNo: "无"}, "fulfillment.bad_waybill"},
			{"a number of somebody else's order", ShipInput{OrderID: ready, Carrier: "圆通", WaybillNo: yt(2)}, "fulfillment.duplicate_waybill"},
			{"already shipped under another number", ShipInput{OrderID: gone, Carrier: "圆通", WaybillNo: yt(9)}, "fulfillment.already_shipped"},
			{"not paid", ShipInput{OrderID: many[0], WaybillNo: yt(9)}, "order.not_paid"},
			{"refund under way", ShipInput{OrderID: many[1], WaybillNo: yt(9)}, "order.refund_open"},
			{"closed", ShipInput{OrderID: many[2], WaybillNo: yt(9)}, "order.action_not_allowed"},
			{"from before the shop went live", ShipInput{OrderID: many[3], WaybillNo: yt(9)}, "order.history"},
			{"an unmapped item", ShipInput{OrderID: many[4], WaybillNo: yt(9)}, "fulfillment.held"},
			{"nobody approved it", ShipInput{OrderID: many[5], WaybillNo: yt(9)}, "order.not_approved"},
			{"more than was ordered", ShipInput{OrderID: ready, WaybillNo: yt(9), Lines: []order.LineQty{{LineID: h.load(ready).Lines[0].ID, Quantity: 3}}}, "fulfillment.too_many"},
			{"another order's line", ShipInput{OrderID: ready, WaybillNo: yt(9), Lines: []order.LineQty{{LineID: h.load(gone).Lines[0].ID, Quantity: 1}}}, "fulfillment.too_many"},
			{"an item that is not in it", ShipInput{OrderID: ready, WaybillNo: yt(9), SKUs: []SKUQty{{"B", 1}}}, "fulfillment.line_unknown"},
			{"no such warehouse", ShipInput{OrderID: ready, WarehouseID: 5, WaybillNo: yt(9)}, "fulfillment.no_warehouse"},
		} {
			t.Run(c.name, func(t *testing.T) {
				if _, err := h.s.Ship(h.ctx, c.in); code(err) != c.want {
					t.Errorf("%v, want %s", err, c.want)
				}
			})
		}
		if on, _ := h.onHand("A"); on != before || h.count("fulfillment_parcel", "") != 1 || h.count("fulfillment_waybill", "") != 1 {
			t.Errorf("a refusal left something: %d on hand, was %d", on, before)
		}
		if _, err := h.s.Ship(kittest.As(h.ctx, "order.read"), ShipInput{OrderID: ready, WaybillNo: yt(9)}); code(err) != "actor.forbidden" {
			t.Errorf("without the permission: %v", err)
		}
		if _, err := h.s.Ship(kittest.Within(h.ctx, "shop", 5), ShipInput{OrderID: ready, WaybillNo: yt(9)}); code(err) != "order.not_found" {
			t.Errorf("another shop's actor: %v", err)
		}
		if _, err := h.s.Ship(kittest.Within(h.ctx, "warehouse", 5), ShipInput{OrderID: ready, WaybillNo: yt(9)}); code(err) != "fulfillment.no_warehouse" {
			t.Errorf("another warehouse's actor: %v", err)
		}
		h.approve(promised)
		if got, err := h.s.Ship(h.ctx, ShipInput{OrderID: promised, WaybillNo: yt(9), ConfirmWaybill: true}); err != nil || got.Warning != ErrBadWaybillCarrier.Code {
			t.Errorf("a person says that it leaves with another carrier: %+v %v", got, err)
		}
		h.sound()
	})
}

func TestStockThatIsNotThereIsNotShipped(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 3)
		ids := h.put(h.doc("1", item{"A", 2}), h.doc("2", item{"A", 2}), h.doc("3", item{"A", 1}))
		ins := make([]ShipInput, len(ids))
		for i, o := range ids {
			h.approve(o)
			ins[i] = ShipInput{OrderID: o, WaybillNo: yt(i)}
		}
		var outs []Outcome
		h.tx(func(ctx context.Context, tx *db.Tx) (err error) {
			outs, err = h.s.ShipTx(ctx, tx, ins)
			return err
		})
		got := []string{code(outs[0].Err), code(outs[1].Err), code(outs[2].Err)}
		if got[0] != "" || got[1] != "inventory.insufficient" || got[2] != "" {
			t.Errorf("outcomes %q", got)
		}
		if on, held := h.onHand("A"); on != 0 || held != 0 {
			t.Errorf("%d on hand, %d reserved", on, held)
		}
		h.sound()
	})
}

// approve approves an order where its shop did not.
func (h *house) approve(o id.ID) {
	h.t.Helper()
	if h.load(o).ApprovedAt != 0 {
		return
	}
	if _, err := h.order.Approve(h.ctx, order.ApproveInput{OrderID: o}); err != nil {
		h.t.Fatal(err)
	}
}

func TestAnOrderMayTravelInSeveralParcels(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 10)
		h.sku("B", 10)
		o := h.put(h.doc("1", item{"A", 3}, item{"B", 1}))[0]
		if _, err := h.s.Ship(h.ctx, ShipInput{OrderID: o, WaybillNo: yt(1), SKUs: []SKUQty{{"A", 2}}}); err != nil {
			t.Fatal(err)
		}
		if got := h.load(o); got.State != order.PartlyShipped {
			t.Fatalf("state %v", got.State)
		}
		if _, err := h.s.Ship(h.ctx, ShipInput{OrderID: o, WaybillNo: yt(2)}); err != nil {
			t.Fatal(err)
		}
		got := h.load(o)
		if got.State != order.Shipped || got.ParcelCount != 2 {
			t.Errorf("state %v, %d parcels", got.State, got.ParcelCount)
		}
		if a, _ := h.onHand("A"); a != 7 {
			t.Errorf("%d of A", a)
		}
		if b, _ := h.onHand("B"); b != 9 {
			t.Errorf("%d of B", b)
		}
		if _, err := h.s.Ship(h.ctx, ShipInput{OrderID: o, WaybillNo: yt(3)}); code(err) != "fulfillment.already_shipped" {
			t.Errorf("a third parcel: %v", err)
		}
		h.sound()
	})
}

func TestOneNumberServesTwoOrdersOfOneBuyerOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 10)
		one, two := h.doc("1", item{"A", 1}), h.doc("2", item{"A", 1})
		two.BuyerKey, two.BuyerNick, two.Receiver = one.BuyerKey, one.BuyerNick, one.Receiver
		ids := h.put(one, two, h.doc("3", item{"A", 1}))
		ins := []ShipInput{{OrderID: ids[0], WaybillNo: yt(1)}, {OrderID: ids[1], WaybillNo: yt(1)}, {OrderID: ids[2], WaybillNo: yt(1)}}
		var outs []Outcome
		h.tx(func(ctx context.Context, tx *db.Tx) (err error) {
			outs, err = h.s.ShipTx(ctx, tx, ins)
			return err
		})
		if outs[0].Err != nil || outs[1].Err != nil || code(outs[2].Err) != "fulfillment.duplicate_waybill" {
			t.Errorf("%v, %v, %v", outs[0].Err, outs[1].Err, outs[2].Err)
		}
		h.sound()
	})
}

func TestOldDataAsksForAFreshFileOrASupervisor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 10)
		ids := h.put(h.doc("1", item{"A", 1}), h.doc("2", item{"A", 1}))
		kittest.Clock(h.k).Advance(25 * 3600 * 1e9)
		if _, err := h.s.Ship(h.ctx, ShipInput{OrderID: ids[0], WaybillNo: yt(1)}); code(err) != "fulfillment.stale_data" {
			t.Fatalf("old data: %v", err)
		}
		clerk := kittest.As(h.ctx, PermitShip)
		if _, err := h.s.Ship(clerk, ShipInput{OrderID: ids[0], WaybillNo: yt(1), StaleReason: "平台后台打不开"}); code(err) != "fulfillment.stale_data" {
			t.Errorf("a clerk with a reason: %v", err)
		}
		out, err := h.s.Ship(kittest.As(h.ctx, PermitShip, PermitShipStale), ShipInput{OrderID: ids[0], WaybillNo: yt(1), StaleReason: "平台后台打不开"})
		if err != nil || !out.Stale {
			t.Errorf("a supervisor with a reason: %+v %v", out, err)
		}
		audit := kittest.Audited(t)
		if last := audit[len(audit)-1]; last.Detail["stale_reason"] != "平台后台打不开" {
			t.Errorf("audit %+v", last)
		}
		h.fresh(h.shop.ID)
		if _, err := h.s.Ship(clerk, ShipInput{OrderID: ids[1], WaybillNo: yt(2)}); err != nil {
			t.Errorf("after a fresh file: %v", err)
		}
	})
}

func TestOfManyShipmentsOfOneOrderExactlyOneWins(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 50)
		o := h.put(h.doc("1", item{"A", 2}))[0]
		var mu sync.Mutex
		won, codes := 0, map[string]int{}
		var wg sync.WaitGroup
		for i := range 12 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				_, err := h.s.Ship(h.ctx, ShipInput{OrderID: o, WaybillNo: yt(i)})
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won++
				}
				codes[code(err)]++
			}()
		}
		wg.Wait()
		if won != 1 || codes["fulfillment.already_shipped"] != 11 {
			t.Errorf("%d won: %v", won, codes)
		}
		if on, held := h.onHand("A"); on != 48 || held != 0 || h.count("fulfillment_parcel", "") != 1 {
			t.Errorf("%d on hand, %d reserved", on, held)
		}
		h.sound()
	})
}

func TestOneNumberGivenToTwoOrdersAtOnceServesOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 50)
		var ids []id.ID
		for i := range 8 {
			ids = append(ids, h.put(h.doc(string(rune('a'+i)), item{"A", 1}))...)
		}
		var mu sync.Mutex
		codes := map[string]int{}
		var wg sync.WaitGroup
		for _, o := range ids {
			wg.Add(1)
			go func() {
				defer wg.Done()
				_, err := h.s.Ship(h.ctx, ShipInput{OrderID: o, WaybillNo: yt(1)})
				mu.Lock()
				defer mu.Unlock()
				codes[code(err)]++
			}()
		}
		wg.Wait()
		if codes[""] != 1 || codes["fulfillment.duplicate_waybill"] != 7 {
			t.Errorf("%v", codes)
		}
		if on, _ := h.onHand("A"); on != 49 {
			t.Errorf("%d on hand", on)
		}
		h.sound()
	})
}

func TestTwoBatchesOverTheSameOrdersShipEachOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A", 1000)
		ids := h.put(h.docs(400, "A")...)
		won := make([]int, 4)
		errs := make([]error, len(won))
		var wg sync.WaitGroup
		for b := range won {
			ins := make([]ShipInput, len(ids))
			for i := range ids {
				at := i
				if b%2 == 1 {
					at = len(ids) - 1 - i
				}
				ins[i] = ShipInput{OrderID: ids[at], WaybillNo: yt(1000*b + at)}
			}
			wg.Add(1)
			go func() {
				defer wg.Done()
				var outs []Outcome
				errs[b] = h.k.DB.InTx(h.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
					outs, err = h.s.ShipTx(ctx, tx, ins)
					return err
				})
				for _, o := range outs {
					if o.Err == nil {
						won[b]++
					}
				}
			}()
		}
		wg.Wait()
		total := 0
		for b := range won {
			if errs[b] != nil {
				t.Errorf("batch %d: %v", b, errs[b])
			}
			total += won[b]
		}
		if on, held := h.onHand("A"); total != 400 || on != 600 || held != 0 || h.count("fulfillment_parcel", "") != 400 {
			t.Errorf("%v shipped, %d on hand, %d reserved, %d parcels", won, on, held, h.count("fulfillment_parcel", ""))
		}
		h.sound()
	})
}
