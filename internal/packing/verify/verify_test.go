package verify_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/packing"
	"github.com/ordercove/ordercove/internal/packing/verify"
)

func TestTheLastScanShipsTheParcel(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A")
		h.sku("B")
		h.sku("C")
		o, f, no := h.labelled(h.doc("S1", item{"A", 2}, item{"B", 1}))
		a := h.at("1 号台", no)
		if a.Verdict != verify.Opened || a.Session.Need != 3 || a.Next != verify.NextPiece || a.Session.ExpectedGram != 700 || len(a.Session.Orders) != 1 {
			t.Fatalf("%+v %+v", a, a.Session)
		}
		se := a.Session
		if x := h.scan(se, "69A", verify.Counted); x.Item.Done != 1 || x.Item.Need != 2 {
			t.Errorf("%+v", x.Item)
		}
		h.scan(se, "69C", verify.Wrong)
		h.scan(se, "12345678", verify.Strange)
		h.scan(se, " a\r\n", verify.Strange) // codes are exact
		h.scan(se, "A", verify.Counted)      // a SKU's code is as good as its barcode
		h.scan(se, "69A", verify.Extra)
		if x := h.at("1 号台", no); x.Verdict != verify.Resumed || x.Session.Done != 2 {
			t.Fatalf("again: %+v", x)
		}
		if h.state(o) == order.Shipped {
			t.Fatal("shipped before the last piece")
		}
		last := h.scan(se, "69B", verify.Left)
		if last.Next != verify.NextNone || h.state(o) != order.Shipped {
			t.Errorf("%+v, order %s", last, h.state(o))
		}
		parcels, _, err := h.ships.Parcels(h.ctx, fulfillment.ParcelFilter{OrderID: o})
		if err != nil || len(parcels) != 1 || parcels[0].WaybillNo != no || parcels[0].Carrier != "YTO" || parcels[0].FulfillmentOrderID != f {
			t.Errorf("parcels: %+v %v", parcels, err)
		}
		if _, err := h.s.Scan(h.ctx, verify.ScanInput{SessionID: se.ID, Bench: se.Bench, Code: "69B"}); code(err) != "verify.lock_lost" {
			t.Errorf("a scan after it: %v", err)
		}
		if x := h.at("2 号台", no); x.Verdict != verify.Stopped || x.Refusal.Code != "fulfillment.not_open" || x.Session != nil {
			t.Errorf("opened again: %+v", x)
		}
		if hits := h.hits(); len(hits) != 0 {
			t.Errorf("hits: %+v", hits)
		}
		scans, err := h.s.Scans(h.ctx, f)
		if err != nil || len(scans) != 10 || scans[9].Refusal != "fulfillment.not_open" {
			t.Errorf("%d scans: %+v %v", len(scans), scans, err)
		}
		counts, err := h.s.Counts(h.ctx, 0, "")
		if err != nil || len(counts) != 2 || counts[0].Pieces != 3 || counts[0].Parcels != 1 {
			t.Errorf("counts: %+v %v", counts, err)
		}
		if one, err := h.s.Counts(h.ctx, 0, counts[1].Bench); err != nil || len(one) != 1 || one[0] != counts[1] {
			t.Errorf("of one bench: %+v %v", one, err)
		}
	})
}

func TestAnOrderIsFoundByEachOfItsNumbers(t *testing.T) {
	d := dbtest.SQLite(t)
	h := open(t, d)
	h.sku("A")
	_, f, no := h.labelled(h.doc("N-77", item{"A", 1}))
	for _, c := range []string{strings.ToLower(no), "N-77", f.String()} {
		if a := h.at("1", c); a.Session == nil || a.Session.FulfillmentOrderID != f || a.Session.WaybillNo != no {
			t.Errorf("%s: %+v", c, a)
		}
	}
	for c, want := range map[string]string{"N-78": "verify.unknown_number", "\t": "verify.bad_code", strings.Repeat("9", 81): "verify.bad_code"} {
		if _, err := h.s.Open(h.ctx, verify.OpenInput{Bench: "1", Code: c}); code(err) != want {
			t.Errorf("%q: %v, want %s", c, err, want)
		}
	}
	if _, err := h.s.Open(h.ctx, verify.OpenInput{Bench: " ", Code: no}); code(err) != "verify.bad_bench" {
		t.Errorf("no bench: %v", err)
	}
	if _, err := h.s.Open(kittest.As(h.ctx, packing.PermitRead), verify.OpenInput{Bench: "1", Code: no}); err == nil {
		t.Error("without permission")
	}
}

func TestABundleIsCheckedByItsPartsOrItsOwnBarcode(t *testing.T) {
	d := dbtest.SQLite(t)
	h := open(t, d)
	h.sku("A")
	h.sku("B")
	set, err := h.cat.CreateSKU(h.ctx, catalog.SKUInput{ProductName: "礼盒", Code: "SET", Barcodes: []string{"69SET"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.cat.SetComponents(h.ctx, catalog.ComponentsInput{SKUID: set.ID, Version: set.Version,
		Components: []catalog.Component{{SKUID: h.skus["A"], Quantity: 2, Share: 1}, {SKUID: h.skus["B"], Quantity: 1, Share: 1}}}); err != nil {
		t.Fatal(err)
	}
	o, _, no := h.labelled(h.doc("B1", item{"SET", 2}))
	se := h.at("1", no).Session
	if se.Need != 6 {
		t.Fatalf("%+v", se)
	}
	h.scan(se, "69SET", verify.Counted)
	h.scan(se, "69A", verify.Counted)
	h.scan(se, "69SET", verify.Extra) // one part of the second is in already
	h.scan(se, "69A", verify.Counted)
	h.scan(se, "69B", verify.Left)
	if h.state(o) != order.Shipped {
		t.Error("not shipped")
	}
}

func TestARefundAfterPrintIsOnTheHitListAndStoppedAtTheNextScan(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A")
		doc := h.doc("R1", item{"A", 2})
		o, f, no := h.labelled(doc)
		se := h.at("1", no).Session
		h.scan(se, "69A", verify.Counted)
		doc.RefundState = order.RefundInProgress
		h.put(doc)
		// The scan does not wait for the events.
		a := h.scan(se, "69A", verify.Stopped)
		if a.Refusal.Code != "order.refund_open" || a.Session.Done != 1 {
			t.Errorf("%+v", a)
		}
		if a, err := h.s.Force(h.ctx, verify.ForceInput{SessionID: se.ID, Bench: "1", Reason: "赶时间"}); err != nil || a.Verdict != verify.Stopped {
			t.Errorf("forced: %+v %v", a, err)
		}
		hits := h.hits()
		if len(hits) != 1 || hits[0].FulfillmentOrderID != f || hits[0].Blocks != 2 || hits[0].Number != no || hits[0].Refusal.Code != "order.refund_open" {
			t.Fatalf("hits: %+v", hits)
		}
		if err := h.s.Pull(h.ctx, f); err != nil || len(h.hits()) != 0 {
			t.Errorf("pulled: %v %+v", err, h.hits())
		}
		if err := h.s.Pull(h.ctx, f); code(err) != "verify.hit_not_found" {
			t.Errorf("pulled twice: %v", err)
		}
		if _, err := h.s.Leave(h.ctx, verify.LeaveInput{SessionID: se.ID, Bench: "1"}); err != nil {
			t.Fatal(err)
		}
		if x := h.at("2", no); x.Verdict != verify.Stopped || x.Session != nil || len(h.hits()) != 1 {
			t.Errorf("opened at another bench: %+v", x)
		}
		doc.RefundState = order.RefundNone
		h.put(doc)
		if hits := h.hits(); len(hits) != 0 {
			t.Fatalf("after the buyer took it back: %+v", hits)
		}
		se = h.at("2", no).Session
		h.scan(se, "69A", verify.Counted)
		h.scan(se, "69A", verify.Left)
		if h.state(o) != order.Shipped {
			t.Error("not shipped")
		}
	})
}

func TestAHitIsRaisedBeforeAnybodyScans(t *testing.T) {
	d := dbtest.SQLite(t)
	h := open(t, d)
	h.sku("A")
	for _, c := range []struct {
		name string
		do   func(o id.ID, doc order.Document) error
		want string
	}{
		{"refunded", func(_ id.ID, doc order.Document) error {
			doc.RefundState, doc.Status = order.RefundDone, order.ChannelClosed
			h.put(doc)
			return nil
		}, "fulfillment.not_open"},
		{"another memo", func(o id.ID, _ order.Document) error {
			_, err := h.orders.Note(h.ctx, order.NoteInput{OrderID: o, SellerNote: "加一张贺卡"})
			return err
		}, "fulfillment.content_changed"},
		{"held", func(o id.ID, _ order.Document) error {
			_, err := h.orders.Hold(h.ctx, order.HoldInput{OrderID: o, Note: "等电话"})
			return err
		}, "fulfillment.held"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h.t = t
			doc := h.doc("H-"+c.name, item{"A", 1})
			o, f, no := h.labelled(doc)
			if hits := h.hits(); slices.ContainsFunc(hits, func(x verify.Hit) bool { return x.FulfillmentOrderID == f }) {
				t.Fatalf("before: %+v", hits)
			}
			if err := c.do(o, doc); err != nil {
				t.Fatal(err)
			}
			hits := h.hits()
			at := slices.IndexFunc(hits, func(x verify.Hit) bool { return x.FulfillmentOrderID == f })
			if at < 0 || hits[at].Refusal.Code != c.want || hits[at].Blocks != 0 {
				t.Fatalf("hits: %+v", hits)
			}
			if c.name == "held" { // in the words of whoever reads the list
				rule, r := order.RuleOf(order.HoldManual), hits[at].Refusal
				for lang, name := range map[string]string{"en-US": rule.EN, "zh-CN": rule.ZH} {
					if text := errs.Message(lang, r.Code, r.Params); !strings.Contains(text, name) {
						t.Errorf("%s: %s", lang, text)
					}
				}
			}
			if a := h.at("1", no); a.Verdict != verify.Stopped || a.Refusal.Code != c.want {
				t.Errorf("%+v", a)
			}
		})
	}
}

func TestAFulfillmentOrderIsOpenAtOneBench(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A")
		_, _, no := h.labelled(h.doc("L1", item{"A", 2}))
		_, _, other := h.labelled(h.doc("L2", item{"A", 2}))
		se := h.at("1", no).Session
		h.scan(se, "69A", verify.Counted)
		if _, err := h.s.Open(h.ctx, verify.OpenInput{Bench: "2", Code: no}); code(err) != "verify.taken" || !strings.Contains(err.Error(), "1") {
			t.Errorf("at another bench: %v", err)
		}
		if _, err := h.s.Open(h.ctx, verify.OpenInput{Bench: "1", Code: other}); code(err) != "verify.bench_busy" {
			t.Errorf("another at this bench: %v", err)
		}
		if _, err := h.s.Scan(h.ctx, verify.ScanInput{SessionID: se.ID, Bench: "2", Code: "69A"}); code(err) != "verify.lock_lost" {
			t.Errorf("a scan from another bench: %v", err)
		}
		if _, err := h.s.Leave(kittest.As(h.ctx, packing.PermitVerify), verify.LeaveInput{SessionID: se.ID, Bench: "2"}); err == nil {
			t.Error("left from another bench without a supervisor")
		}
		kittest.Clock(h.k).Advance(verify.LockFor*time.Millisecond - time.Second)
		if _, err := h.s.Open(h.ctx, verify.OpenInput{Bench: "2", Code: no}); code(err) != "verify.taken" {
			t.Errorf("just before it is silent for long: %v", err)
		}
		kittest.Clock(h.k).Advance(time.Second)
		a := h.at("2", no)
		if a.Verdict != verify.Opened || a.Session.Done != 0 {
			t.Errorf("taken over: %+v", a)
		}
		if _, err := h.s.Scan(h.ctx, verify.ScanInput{SessionID: se.ID, Bench: "1", Code: "69A"}); code(err) != "verify.lock_lost" {
			t.Errorf("the old bench goes on: %v", err)
		}
		if a := h.at("1", other); a.Verdict != verify.Opened {
			t.Errorf("the old bench is free: %+v", a)
		}
	})
}

func TestOfTwoBenchesAtOnceOneGetsIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A")
		for round := range 5 {
			o, f, no := h.labelled(h.doc(fmt.Sprintf("C%d", round), item{"A", 1}))
			got := together(4, func(i int) string {
				a, err := h.s.Open(h.ctx, verify.OpenInput{Bench: fmt.Sprintf("%d-%d", round, i), Code: no})
				return string(a.Verdict) + code(err)
			})
			if got["opened"] != 1 || got["verify.taken"] != 3 {
				t.Fatalf("benches: %v", got)
			}
			all, err := h.s.Sessions(h.ctx, f)
			if err != nil || len(all) != 1 {
				t.Fatalf("%+v %v", all, err)
			}
			// The same last piece, sent four times at once.
			got = together(4, func(int) string {
				a, err := h.s.Scan(h.ctx, verify.ScanInput{SessionID: all[0].ID, Bench: all[0].Bench, Code: "69A"})
				return string(a.Verdict) + code(err)
			})
			if got["shipped"] != 1 || got["verify.lock_lost"] != 3 {
				t.Fatalf("scans: %v", got)
			}
			if p, _, err := h.ships.Parcels(h.ctx, fulfillment.ParcelFilter{OrderID: o}); err != nil || len(p) != 1 {
				t.Fatalf("parcels: %+v %v", p, err)
			}
		}
	})
}

// together does f n times at once and counts the answers.
func together(n int, f func(int) string) map[string]int {
	var mu sync.Mutex
	var wg sync.WaitGroup
	out := map[string]int{}
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			got := f(i)
			mu.Lock()
			defer mu.Unlock()
			out[got]++
		}()
	}
	wg.Wait()
	return out
}

func TestPiecesWithNumbersOfTheirOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A")
		h.sku("P")
		if err := h.s.SetSerial(h.ctx, verify.SerialInput{SKUID: h.skus["P"], Serial: verify.SerialIMEI}); err != nil {
			t.Fatal(err)
		}
		if err := h.s.SetSerial(h.ctx, verify.SerialInput{SKUID: h.skus["P"], Serial: "colour"}); code(err) != "verify.bad_serial_kind" {
			t.Errorf("%v", err)
		}
		_, f, no := h.labelled(h.doc("P1", item{"A", 1}, item{"P", 2}))
		se := h.at("1", no).Session
		h.scan(se, "69A", verify.Counted)
		if a := h.scan(se, "69P", verify.WantSerial); a.Next != verify.NextSerial || a.Session.Done != 1 {
			t.Errorf("%+v", a)
		}
		h.scan(se, "69P", verify.BadSerial)
		h.scan(se, "490154203237519", verify.BadSerial) // its check digit is wrong
		h.scan(se, "490154203237518", verify.Counted)
		if _, err := h.s.Force(h.ctx, verify.ForceInput{SessionID: se.ID, Bench: "1", Reason: "条码磨损"}); code(err) != "verify.serials_missing" {
			t.Errorf("forced: %v", err)
		}
		h.scan(se, "69P", verify.WantSerial)
		h.scan(se, "490154203237518", verify.UsedSerial)
		h.scan(se, "356938035643809", verify.Left)
		got, err := h.s.SerialsTx(h.ctx, h.k.DB, []id.ID{f})
		if err != nil || len(got) != 1 {
			t.Fatalf("%v %v", got, err)
		}
		for _, nos := range got {
			if !slices.Equal(nos, []string{"356938035643809", "490154203237518"}) {
				t.Errorf("%v", nos)
			}
		}
		// What is left unfinished gives its numbers back.
		_, _, second := h.labelled(h.doc("P2", item{"P", 2}))
		se = h.at("1", second).Session
		h.scan(se, "69P", verify.WantSerial)
		h.scan(se, "359881030314355", verify.Counted)
		if _, err := h.s.Leave(h.ctx, verify.LeaveInput{SessionID: se.ID, Bench: "1"}); err != nil {
			t.Fatal(err)
		}
		se = h.at("1", second).Session
		h.scan(se, "69P", verify.WantSerial)
		h.scan(se, "359881030314355", verify.Counted)
	})
}

func TestTheChannelAsksForTheNumbersOfALine(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A")
		h.sku("P")
		doc := h.doc("P1", item{"A", 1}, item{"P", 1})
		_, early, before := h.labelled(doc)
		open := h.at("1", before).Session
		doc.Flags = []string{order.FlagSerial + "P1-2"}
		o := h.put(doc)

		// No other way out: the channel would not take it without the number.
		if _, err := h.ships.ShipOrder(h.ctx, fulfillment.ShipOrderInput{ID: early, Carrier: "YTO", WaybillNo: before, ConfirmWaybill: true}); code(err) != "fulfillment.serials_needed" {
			t.Errorf("shipped by hand: %v", err)
		}
		if _, err := h.ships.Ship(h.ctx, fulfillment.ShipInput{OrderID: o, Carrier: "YTO", WaybillNo: before, ConfirmWaybill: true}); code(err) != "fulfillment.serials_needed" {
			t.Errorf("shipped as an order: %v", err)
		}
		// A bench that opened the parcel before knows nothing of it, and opens it anew.
		h.scan(open, "69A", verify.Counted)
		if a := h.scan(open, "69P", verify.Refused); a.Refusal.Code != "fulfillment.serials_needed" || h.state(o) == order.Shipped {
			t.Errorf("%+v", a)
		}
		if _, err := h.s.Leave(h.ctx, verify.LeaveInput{SessionID: open.ID, Bench: "1"}); err != nil {
			t.Fatal(err)
		}
		se := h.at("1", before).Session
		h.scan(se, "69P", verify.WantSerial)
		h.scan(se, "SN-2026-0001", verify.Counted)
		h.scan(se, "69A", verify.Left)
		got, err := h.s.SerialsTx(h.ctx, h.k.DB, []id.ID{early})
		if err != nil || len(got) != 1 || h.state(o) != order.Shipped {
			t.Errorf("%v %v", got, err)
		}
	})
}

func TestForcingNeedsASupervisorAndAReason(t *testing.T) {
	d := dbtest.SQLite(t)
	h := open(t, d)
	h.sku("A")
	o, f, no := h.labelled(h.doc("F1", item{"A", 3}))
	se := h.at("1", no).Session
	h.scan(se, "69A", verify.Counted)
	in := verify.ForceInput{SessionID: se.ID, Bench: "1"}
	if _, err := h.s.Force(h.ctx, in); code(err) != "verify.no_reason" {
		t.Errorf("without a reason: %v", err)
	}
	in.Reason = "条码磨损"
	if _, err := h.s.Force(kittest.As(h.ctx, packing.PermitVerify), in); err == nil {
		t.Error("without permission")
	}
	a, err := h.s.Force(h.ctx, in)
	if err != nil || a.Verdict != verify.Left || a.Session.Forced != 2 || h.state(o) != order.Shipped {
		t.Fatalf("%+v %v", a, err)
	}
	last := kittest.Audited(t)
	if e := last[len(last)-1]; e.Action != "packing.force" || e.Detail["reason"] != "条码磨损" {
		t.Errorf("audited: %+v", e)
	}
	scans, _ := h.s.Scans(h.ctx, f)
	if n := scans[len(scans)-1].Pieces; n != 0 {
		t.Errorf("%d forced pieces counted as scans", n)
	}
}

func TestAWeightThatIsOffIsNotShipped(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A")
		p, err := h.s.SetPolicy(h.ctx, verify.Policy{MustWeigh: true, BoxGram: 100, OffGram: 30, OffPercent: 10})
		if err != nil || p.Version != 1 {
			t.Fatal(p, err)
		}
		if _, err := h.s.SetPolicy(h.ctx, verify.Policy{MustWeigh: true}); code(err) != "verify.policy_changed" {
			t.Errorf("of another version: %v", err)
		}
		for _, c := range []struct {
			gram int64
			want verify.Verdict
		}{{450, verify.OffWeight}, {550, verify.Left}, {451, verify.Left}, {551, verify.OffWeight}} {
			o, _, no := h.labelled(h.doc(fmt.Sprintf("W%d", c.gram), item{"A", 2})) // 500 g, 10 %
			se := h.at(no, no).Session
			h.scan(se, "69A", verify.Counted)
			if _, err := h.s.Weigh(h.ctx, verify.WeighInput{SessionID: se.ID, Bench: no, Gram: c.gram}); code(err) != "verify.not_ready" {
				t.Errorf("weighed too early: %v", err)
			}
			if a := h.scan(se, "69A", verify.Counted); a.Next != verify.NextWeight || h.state(o) == order.Shipped {
				t.Fatalf("%+v", a)
			}
			if c.gram == 450 {
				c.gram = 449
			}
			a, err := h.s.Weigh(h.ctx, verify.WeighInput{SessionID: se.ID, Bench: no, Gram: c.gram})
			if err != nil || a.Verdict != c.want || (h.state(o) == order.Shipped) != (c.want == verify.Left) {
				t.Errorf("%d g: %+v %v", c.gram, a, err)
			}
			if c.want == verify.Left {
				continue
			}
			a, err = h.s.Weigh(h.ctx, verify.WeighInput{SessionID: se.ID, Bench: no, Gram: c.gram, Reason: "换了大箱"})
			if err != nil || a.Verdict != verify.Left || a.Session.Gram != c.gram {
				t.Errorf("with a reason: %+v %v", a, err)
			}
		}
	})
}

func TestWhatIsPutAsideIsOnHoldEverywhere(t *testing.T) {
	d := dbtest.SQLite(t)
	h := open(t, d)
	h.sku("A")
	_, f, no := h.labelled(h.doc("Q1", item{"A", 2}))
	se := h.at("1", no).Session
	h.scan(se, "69A", verify.Counted)
	out, err := h.s.PutAside(kittest.As(h.ctx, packing.PermitVerify), verify.LeaveInput{SessionID: se.ID, Bench: "1", Reason: "少一件"})
	if err != nil || out.State != verify.Held {
		t.Fatal(out, err)
	}
	if err := h.ships.GuardTx(h.ctx, d, f, 0); code(err) != "fulfillment.held" {
		t.Errorf("guard: %v", err)
	}
	if a := h.at("1", no); a.Verdict != verify.Stopped {
		t.Errorf("%+v", a)
	}
}

func TestACancelledLabelIsVoid(t *testing.T) {
	d := dbtest.SQLite(t)
	h := open(t, d)
	h.sku("A")
	_, f, no := h.labelled(h.doc("X1", item{"A", 1}))
	se := h.at("1", no).Session
	kittest.InTx(t, h.k, h.ctx, func(ctx context.Context, tx *db.Tx) error { return h.waybills.CancelTx(ctx, tx, []id.ID{f}) })
	if a := h.scan(se, "69A", verify.Stopped); a.Refusal.Code != "verify.void_label" {
		t.Errorf("%+v", a)
	}
	if _, err := h.s.Open(h.ctx, verify.OpenInput{Bench: "2", Code: no}); code(err) != "verify.void_label" {
		t.Errorf("%v", err)
	}
}

func TestWithoutALabelTheNumberIsScannedLast(t *testing.T) {
	d := dbtest.SQLite(t)
	h := open(t, d)
	h.sku("A")
	o := h.put(h.doc("Y1", item{"A", 1}))
	if _, err := h.ships.Allocate(h.ctx, fulfillment.AllocateInput{OrderID: o}); err != nil {
		t.Fatal(err)
	}
	se := h.at("1", "Y1").Session
	if a := h.scan(se, "69A", verify.Counted); a.Next != verify.NextWaybill {
		t.Fatalf("%+v", a)
	}
	if a := h.scan(se, "69A", verify.Refused); a.Refusal.Code != "fulfillment.no_carrier" {
		t.Errorf("%+v", a)
	}
	h.scan(se, "YT2600000000099", verify.Left)
	if p, _, _ := h.ships.Parcels(h.ctx, fulfillment.ParcelFilter{OrderID: o}); len(p) != 1 || p[0].WaybillNo != "YT2600000000099" {
		t.Errorf("%+v", p)
	}
}

func TestTheScalesFindAParcelByTheNumberThatItsBenchScanned(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A")
		if _, err := h.s.SetPolicy(h.ctx, verify.Policy{MustWeigh: true, BoxGram: 100, OffGram: 30, OffPercent: 10}); err != nil {
			t.Fatal(err)
		}
		o := h.put(h.doc("Z1", item{"A", 1}))
		if _, err := h.ships.Allocate(h.ctx, fulfillment.AllocateInput{OrderID: o}); err != nil {
			t.Fatal(err)
		}
		se := h.at("1", "Z1").Session
		h.scan(se, "69A", verify.Counted)
		h.scan(se, "YT2600000000098", verify.Counted)
		at := h.at("秤", "YT2600000000098")
		if at.Session.ID != se.ID || at.Next != verify.NextWeight {
			t.Fatalf("%+v", at)
		}
		if a, err := h.s.Weigh(h.ctx, verify.WeighInput{SessionID: se.ID, Bench: "秤", Gram: 300}); err != nil || a.Verdict != verify.Left || h.state(o) != order.Shipped {
			t.Errorf("%+v %v", a, err)
		}
		if a := h.at("秤", "YT2600000000098"); a.Refusal == nil { // it has left: it is found, and stopped
			t.Errorf("%+v", a)
		}
	})
}

func TestTheCourierTakesWhatShippedOnceAndNothingRefunded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A")
		ship := func(no string) (order.Document, string) {
			doc := h.doc(no, item{"A", 1})
			_, _, label := h.labelled(doc)
			h.scan(h.at("1", label).Session, "69A", verify.Left)
			return doc, label
		}
		_, one := ship("T1")
		_, two := ship("T2")
		late, three := ship("T3")
		_, _, unshipped := h.labelled(h.doc("T4", item{"A", 1}))
		here := func(want ...string) {
			t.Helper()
			h.events()
			all, _, err := h.s.StillHere(h.ctx, verify.WaitingFilter{Carrier: "YTO"})
			var got []string
			for _, p := range all {
				got = append(got, p.WaybillNo)
			}
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("still here: %v %v, want %v", got, err, want)
			}
			for house, n := range map[id.ID]int{0: len(want), h.wh: len(want), 5: 0} {
				counts, err := h.s.StillHereCounts(h.ctx, house)
				if n > 0 && !slices.Equal(counts, []verify.Here{{Carrier: "YTO", Parcels: int64(n)}}) || n == 0 && len(counts) > 0 || err != nil {
					t.Errorf("in %d: %+v %v, want %d", house, counts, err, n)
				}
			}
		}
		here(one, two, three)
		if _, err := h.s.BeginHandover(h.ctx, verify.HandoverInput{Carrier: "飞鸽", WarehouseID: h.wh}); code(err) != "verify.bad_carrier" {
			t.Errorf("%v", err)
		}
		yto, err := h.s.BeginHandover(h.ctx, verify.HandoverInput{Carrier: "圆通", WarehouseID: h.wh})
		if err != nil {
			t.Fatal(err)
		}
		zto, err := h.s.BeginHandover(h.ctx, verify.HandoverInput{Carrier: "ZTO", WarehouseID: h.wh})
		if err != nil {
			t.Fatal(err)
		}
		late.RefundState = order.RefundInProgress
		h.put(late)
		for _, c := range []struct {
			to   verify.Handover
			no   string
			want verify.Verdict
		}{{zto, one, verify.OtherCarrier}, {yto, one, verify.Handed}, {yto, one, verify.Already}, {yto, two, verify.Handed},
			{yto, three, verify.Stopped}, {yto, unshipped, verify.NotShipped}, {yto, "YT2699999999999", verify.Strange}} {
			a, err := h.s.HandScan(h.ctx, verify.HandScanInput{HandoverID: c.to.ID, Code: c.no})
			if err != nil || a.Verdict != c.want {
				t.Errorf("%s: %+v %v, want %s", c.no, a, err, c.want)
			}
		}
		here(three)
		// Who is narrowed to another warehouse learns nothing of it.
		far, err := h.stock.CreateWarehouse(h.ctx, inventory.WarehouseInput{Code: "B", Name: "白桦仓"})
		if err != nil {
			t.Fatal(err)
		}
		narrow := kittest.Within(h.ctx, inventory.Scope, far.ID)
		theirs, err := h.s.BeginHandover(narrow, verify.HandoverInput{Carrier: "YTO", WarehouseID: far.ID})
		if err != nil {
			t.Fatal(err)
		}
		if a, err := h.s.HandScan(narrow, verify.HandScanInput{HandoverID: theirs.ID, Code: three}); err != nil || a.Verdict != verify.Strange {
			t.Errorf("in another warehouse: %+v %v", a, err)
		}
		if _, err := h.s.HandScan(narrow, verify.HandScanInput{HandoverID: yto.ID, Code: three}); code(err) != "verify.handover_not_found" {
			t.Errorf("of another warehouse: %v", err)
		}
		done, err := h.s.CloseHandover(h.ctx, yto.ID)
		if err != nil || done.Parcels != 2 || done.State != "closed" {
			t.Errorf("%+v %v", done, err)
		}
		if _, err := h.s.HandScan(h.ctx, verify.HandScanInput{HandoverID: yto.ID, Code: three}); code(err) != "verify.handover_closed" {
			t.Errorf("%v", err)
		}
		var pdf bytes.Buffer
		if err := h.s.PrintHandover(h.ctx, yto.ID, &pdf); err != nil || !bytes.HasPrefix(pdf.Bytes(), []byte("%PDF-")) {
			t.Errorf("%d bytes, %v", pdf.Len(), err)
		}
		all, next, err := h.s.Handovers(kittest.Within(h.ctx, inventory.Scope, h.wh), "", 1)
		if err != nil || len(all) != 1 || all[0].ID != zto.ID || next == "" {
			t.Fatalf("%+v %q %v", all, next, err)
		}
		if all, _, err = h.s.Handovers(kittest.Within(h.ctx, inventory.Scope, h.wh), next, 1); err != nil || len(all) != 1 || all[0].ID != yto.ID {
			t.Errorf("%+v %v", all, err)
		}
	})
}

func TestAParcelThatWaitsForTheCourierIsStoppedWhenItsGoodsAreRefunded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A")
		h.sku("B")
		ship := func(no string, items ...item) (order.Document, id.ID, string) {
			doc := h.doc(no, items...)
			_, f, label := h.labelled(doc)
			se := h.at("1", label).Session
			for i, it := range items {
				want := verify.Counted
				if i == len(items)-1 {
					want = verify.Left
				}
				h.scan(se, "69"+it.code, want)
			}
			doc.Status = order.ChannelShipped
			return doc, f, label
		}
		early, _, _ := ship("E1", item{"A", 1})
		early.RefundState = order.RefundInProgress
		h.put(early)
		if hits := h.hits(); len(hits) != 0 {
			t.Errorf("nobody scans what couriers take: %+v", hits)
		}
		yto, err := h.s.BeginHandover(h.ctx, verify.HandoverInput{Carrier: "圆通", WarehouseID: h.wh})
		if err != nil {
			t.Fatal(err)
		}
		hand := func(no string, want verify.Verdict, why string) {
			t.Helper()
			a, err := h.s.HandScan(h.ctx, verify.HandScanInput{HandoverID: yto.ID, Code: no})
			if err != nil || a.Verdict != want || a.Refusal != nil && a.Refusal.Code != why {
				t.Errorf("%s: %+v %v, want %s", no, a, err, want)
			}
		}
		still := func(want ...string) {
			t.Helper()
			all, _, err := h.s.StillHere(h.ctx, verify.WaitingFilter{})
			var got []string
			for _, p := range all {
				if p.WaybillNo != "YT2600000000001" {
					got = append(got, p.WaybillNo)
				}
			}
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("still here: %v %v, want %v", got, err, want)
			}
		}

		// The money is back at once (极速退款): no case is open, and yet it stays.
		instant, f, no := ship("I1", item{"A", 1})
		still(no)
		instant.RefundState = order.RefundDone
		h.put(instant)
		hits := h.hits()
		if len(hits) != 1 || hits[0].FulfillmentOrderID != f || !hits[0].AwaitsCourier || hits[0].Number != no || hits[0].Blocks != 0 || hits[0].Refusal.Code != "fulfillment.order_dropped" {
			t.Fatalf("refunded at once: %+v", hits)
		}
		hand(no, verify.Stopped, "fulfillment.order_dropped")
		if hits = h.hits(); len(hits) != 1 || hits[0].Blocks != 1 || hits[0].Bench != "" {
			t.Errorf("stopped at the handover: %+v", hits)
		}
		if err := h.s.Pull(h.ctx, f); err != nil || len(h.hits()) != 0 {
			t.Errorf("taken out: %v %+v", err, h.hits())
		}
		still()

		// The buyer asks, takes it back, and asks again, while somebody took the parcel out.
		asked, f, no := ship("A1", item{"A", 1})
		for round := range 2 {
			asked.RefundState = order.RefundInProgress
			h.put(asked)
			if hits := h.hits(); len(hits) != 1 || hits[0].Refusal.Code != "order.refund_open" {
				t.Fatalf("asked for the %d. time: %+v", round+1, hits)
			}
			if err := h.s.Pull(h.ctx, f); err != nil {
				t.Fatal(err)
			}
			still()
			asked.RefundState = order.RefundNone
			h.put(asked)
			if hits := h.hits(); len(hits) != 0 {
				t.Errorf("taken back: %+v", hits)
			}
			still(no)
		}
		hand(no, verify.Handed, "")
		asked.RefundState = order.RefundInProgress
		h.put(asked)
		if hits := h.hits(); len(hits) != 0 {
			t.Errorf("the courier has it: %+v", hits)
		}

		// One of two things is refunded: the box is opened once more. A present for the trouble is none.
		half, f, no := ship("H1", item{"A", 1}, item{"B", 1})
		half.RefundState = order.RefundPart
		h.put(half)
		if hits := h.hits(); len(hits) != 0 {
			t.Errorf("some money back: %+v", hits)
		}
		half.RefundState, half.Lines[1].RefundState = order.RefundInProgress, order.RefundInProgress
		h.put(half)
		half.RefundState, half.Lines[1].RefundState = order.RefundPart, order.RefundDone
		h.put(half)
		if hits := h.hits(); len(hits) != 1 || hits[0].FulfillmentOrderID != f {
			t.Errorf("a line refunded: %+v", hits)
		}
		hand(no, verify.Stopped, "fulfillment.order_dropped")
	})
}

func TestWhatNobodyScansLeavesTheListOfWhatIsStillHere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A")
		doc := h.doc("N1", item{"A", 1})
		_, _, no := h.labelled(doc)
		h.scan(h.at("1", no).Session, "69A", verify.Left)
		h.events()
		here := func(when string, want, gone int) {
			t.Helper()
			all, _, err := h.s.StillHere(h.ctx, verify.WaitingFilter{})
			if err != nil || len(all) != want {
				t.Errorf("%s: %d here, want %d (%v)", when, len(all), want, err)
			}
			if all, _, err = h.s.StillHere(h.ctx, verify.WaitingFilter{Gone: true}); err != nil || len(all) != gone {
				t.Errorf("%s: %d count as gone, want %d (%v)", when, len(all), gone, err)
			}
			counts, err := h.s.StillHereCounts(h.ctx, h.wh)
			if err != nil || len(counts) != want {
				t.Errorf("%s: counted %+v, want %d (%v)", when, counts, want, err)
			}
		}
		policy := func(change func(*verify.Policy)) {
			t.Helper()
			p, err := h.s.Policy(h.ctx)
			if err != nil {
				t.Fatal(err)
			}
			change(&p)
			if got, err := h.s.SetPolicy(h.ctx, p); err != nil || !slices.Equal(got.NoHandover, p.NoHandover) {
				t.Fatalf("%+v %v", got, err)
			}
		}
		here("just shipped", 1, 0)
		policy(func(p *verify.Policy) { p.NoHandover = []id.ID{h.wh} })
		here("in a warehouse that hands nothing over", 0, 0)
		// Nor is anything there to be found when its money goes back.
		if _, err := h.s.BeginHandover(h.ctx, verify.HandoverInput{Carrier: "圆通", WarehouseID: h.wh}); err != nil {
			t.Fatal(err)
		}
		doc.Status, doc.RefundState = order.ChannelShipped, order.RefundInProgress
		h.put(doc)
		if hits := h.hits(); len(hits) != 0 {
			t.Errorf("%+v", hits)
		}
		policy(func(p *verify.Policy) { p.NoHandover = nil })
		kittest.Clock(h.k).Advance(7*24*time.Hour + time.Minute)
		here("a week later", 0, 1)
		policy(func(p *verify.Policy) { p.HereDays = 30 })
		here("where a month is waited", 1, 0)
		if _, err := h.s.SetPolicy(h.ctx, verify.Policy{HereDays: 91}); code(err) != "verify.bad_policy" {
			t.Error(err)
		}
	})
}

func TestWhatMayHaveToStayIsJudgedByLists(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A")
		if _, err := h.s.BeginHandover(h.ctx, verify.HandoverInput{Carrier: "圆通", WarehouseID: h.wh}); err != nil {
			t.Fatal(err)
		}
		// Every second one is still in the house with its papers, the others wait for the courier.
		var docs []order.Document
		for i := range 12 {
			doc := h.doc(fmt.Sprintf("L%02d", i), item{"A", 1})
			_, f, no := h.labelled(doc)
			if i%2 == 0 {
				if _, err := h.ships.ShipOrder(h.ctx, fulfillment.ShipOrderInput{ID: f, Carrier: "YTO", WaybillNo: no, ConfirmWaybill: true}); err != nil {
					t.Fatal(err)
				}
				doc.Status = order.ChannelShipped
			}
			docs = append(docs, doc)
		}
		h.events()
		// judged is how many statements it takes to hear of a refund of the first n.
		judged := func(n int, state order.RefundState, hits int) int64 {
			t.Helper()
			for i := range n {
				docs[i].RefundState = state
				h.put(docs[i])
			}
			before := d.Statements()
			h.events()
			took := d.Statements() - before
			if all := h.hits(); len(all) != hits {
				t.Fatalf("%d of %d on the hit list", len(all), n)
			}
			return took
		}
		two := judged(2, order.RefundInProgress, 2)
		back := judged(2, order.RefundNone, 0)
		if all := judged(12, order.RefundInProgress, 12); all > two+4 {
			t.Errorf("%d statements for 12, %d for 2", all, two)
		}
		if all := judged(12, order.RefundNone, 0); all > back+4 {
			t.Errorf("freed: %d statements for 12, %d for 2", all, back)
		}
	})
}

func TestWhatASupplierShipsWaitsForNoCourierOfOurs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A")
		send := func(no string) string {
			_, f, label := h.labelled(h.doc(no, item{"A", 1}))
			if _, err := h.ships.ShipOrder(h.ctx, fulfillment.ShipOrderInput{ID: f, Carrier: "YTO", WaybillNo: label, ConfirmWaybill: true}); err != nil {
				t.Fatal(err)
			}
			return label
		}
		ours := send("D1")
		if _, err := h.ships.Rules().SetSite(h.ctx, allocate.Site{WarehouseID: h.wh, SupplierID: 77}); err != nil {
			t.Fatal(err)
		}
		send("D2")
		h.events()
		all, _, err := h.s.StillHere(h.ctx, verify.WaitingFilter{})
		if err != nil || len(all) != 1 || all[0].WaybillNo != ours {
			t.Errorf("%+v %v", all, err)
		}
	})
}

func TestWhoWasTakenOutAndFreedIsAHitAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A")
		doc := h.doc("R1", item{"A", 1})
		_, f, _ := h.labelled(doc)
		for round := range 2 {
			doc.RefundState = order.RefundInProgress
			h.put(doc)
			if hits := h.hits(); len(hits) != 1 || hits[0].AwaitsCourier {
				t.Fatalf("the %d. refund: %+v", round+1, hits)
			}
			if err := h.s.Pull(h.ctx, f); err != nil {
				t.Fatal(err)
			}
			doc.RefundState = order.RefundNone
			h.put(doc)
			if hits := h.hits(); len(hits) != 0 {
				t.Fatalf("taken back: %+v", hits)
			}
		}
	})
}

// Whatever is scanned in whatever order: no piece counts twice, and a parcel has shipped
// if and only if everything is in it.
func TestOnlyWhatIsCompleteShips(t *testing.T) {
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		if err := flag.Set("rapid.checks", "8"); err != nil { // each is some twenty commits
			t.Fatal(err)
		}
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		codes := []string{"A", "B", "C"}
		for _, c := range codes {
			h.sku(c)
		}
		round := 0
		rapid.Check(t, func(r *rapid.T) {
			round++
			want := map[string]int64{"A": rapid.Int64Range(1, 3).Draw(r, "a"), "B": rapid.Int64Range(1, 2).Draw(r, "b")}
			o, f, no := h.labelled(h.doc(fmt.Sprintf("Z%d-%s", round, d.Dialect), item{"A", want["A"]}, item{"B", want["B"]}))
			se := h.at(no, no).Session
			in := map[string]int64{}
			for in["A"] < want["A"] || in["B"] < want["B"] {
				c := rapid.SampledFrom(codes).Draw(r, "scan")
				a, err := h.s.Scan(h.ctx, verify.ScanInput{SessionID: se.ID, Bench: no, Code: "69" + c})
				if err != nil {
					r.Fatal(err)
				}
				expect := verify.Counted
				switch {
				case want[c] == 0:
					expect = verify.Wrong
				case in[c] == want[c]:
					expect = verify.Extra
				default:
					in[c]++
				}
				complete := in["A"] == want["A"] && in["B"] == want["B"]
				if complete {
					expect = verify.Left
				}
				if a.Verdict != expect || a.Session.Done != in["A"]+in["B"] || (h.state(o) == order.Shipped) != complete {
					r.Fatalf("%s: %+v, want %s", c, a, expect)
				}
			}
			scans, err := h.s.Scans(h.ctx, f)
			var pieces int64
			for _, s := range scans {
				pieces += s.Pieces
			}
			if err != nil || pieces != se.Need {
				r.Fatalf("%d pieces, want %d (%v)", pieces, se.Need, err)
			}
		})
	})
}

func TestWhatWaitsForItsWeightIsListedTheLongestFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A")
		if _, err := h.s.SetPolicy(h.ctx, verify.Policy{MustWeigh: true, BoxGram: 100, OffGram: 30, OffPercent: 10}); err != nil {
			t.Fatal(err)
		}
		list := func(f verify.UnweighedFilter) (out []string, next string) {
			all, next, err := h.s.Unweighed(h.ctx, f)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range all {
				out = append(out, x.WaybillNo)
			}
			return out, next
		}
		var nos []string
		var sessions []*verify.Session
		for i := range 4 {
			_, _, no := h.labelled(h.doc(fmt.Sprintf("U%d", i), item{"A", 1}))
			se := h.at("台1", no).Session
			if i < 3 { // the last one is still to be scanned
				h.scan(se, "69A", verify.Counted)
			}
			nos, sessions = append(nos, no), append(sessions, se)
			h.k.Clock.(*clock.Fake).Advance(time.Second)
		}
		if got, _ := list(verify.UnweighedFilter{}); !slices.Equal(got, nos[:3]) {
			t.Errorf("%v, want %v", got, nos[:3])
		}
		first, next := list(verify.UnweighedFilter{Limit: 2})
		if rest, end := list(verify.UnweighedFilter{Limit: 2, Cursor: next}); len(first) != 2 || !slices.Equal(rest, nos[2:3]) || end != "" {
			t.Errorf("%v, then %v", first, rest)
		}
		if got, _ := list(verify.UnweighedFilter{WarehouseID: 5}); len(got) != 0 {
			t.Errorf("another warehouse's: %v", got)
		}
		if _, _, err := h.s.Unweighed(kittest.As(h.ctx, fulfillment.PermitRead), verify.UnweighedFilter{}); code(err) != "actor.forbidden" {
			t.Errorf("%v", err)
		}
		// One is weighed at the scales, another leaves by another way.
		at := h.at("称1", nos[0]).Session
		if at.ID != sessions[0].ID {
			t.Fatalf("%d, want %d", at.ID, sessions[0].ID)
		}
		if a, err := h.s.Weigh(h.ctx, verify.WeighInput{SessionID: at.ID, Bench: "称1", Gram: 300}); err != nil || a.Verdict != verify.Left {
			t.Fatalf("%+v %v", a, err)
		}
		if _, err := h.ships.ShipOrder(h.ctx, fulfillment.ShipOrderInput{ID: sessions[1].FulfillmentOrderID, Carrier: sessions[1].Carrier, WaybillNo: nos[1], ConfirmWaybill: true}); err != nil {
			t.Fatal(err)
		}
		if got, _ := list(verify.UnweighedFilter{}); !slices.Equal(got, nos[2:3]) {
			t.Errorf("%v, want %v", got, nos[2:3])
		}
	})
}
