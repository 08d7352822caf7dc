package verify_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/packing"
	"github.com/ordercove/ordercove/internal/packing/verify"
)

func (h *house) mustWeigh() {
	h.t.Helper()
	if _, err := h.s.SetPolicy(h.ctx, verify.Policy{MustWeigh: true, BoxGram: 100, OffGram: 50, OffPercent: 5}); err != nil {
		h.t.Fatal(err)
	}
}

func TestABenchGoesOnWhileTheScalesOfAnotherWeigh(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A")
		h.mustWeigh()
		first, _, no1 := h.labelled(h.doc("W1", item{"A", 1}))
		second, _, no2 := h.labelled(h.doc("W2", item{"A", 1}))
		a := h.scan(h.at("1", no1).Session, "69A", verify.Counted)
		if a.Next != verify.NextWeight {
			t.Fatalf("%+v", a)
		}
		// The bench takes the next parcel; the first waits and is nobody's.
		b := h.at("1", no2)
		if b.Verdict != verify.Opened {
			t.Fatalf("%+v", b)
		}
		if s, err := h.s.Get(h.ctx, a.Session.ID); err != nil || s.State != verify.Verified {
			t.Fatalf("%+v %v", s, err)
		}
		if _, err := h.s.Weigh(h.ctx, verify.WeighInput{SessionID: a.Session.ID, Bench: "1", Gram: 300}); code(err) != "verify.lock_lost" {
			t.Errorf("weighed at a bench that no longer has it: %v", err)
		}
		// The scales take it with all its pieces, and weigh it.
		w := h.at("scales", no1)
		if w.Verdict != verify.Resumed || w.Session.ID != a.Session.ID || w.Session.Bench != "scales" || w.Next != verify.NextWeight {
			t.Fatalf("%+v %+v", w, w.Session)
		}
		if out, err := h.s.Weigh(h.ctx, verify.WeighInput{SessionID: w.Session.ID, Bench: "scales", Gram: 302}); err != nil || out.Verdict != verify.Left {
			t.Fatalf("%+v %v", out, err)
		}
		if h.state(first) != order.Shipped {
			t.Error("not shipped")
		}
		// One that is complete at its bench and not left yet is taken from there too.
		h.scan(b.Session, "69A", verify.Counted)
		w = h.at("scales", no2)
		if w.Verdict != verify.Resumed || w.Session.ID != b.Session.ID {
			t.Fatalf("%+v", w)
		}
		if out, err := h.s.Weigh(h.ctx, verify.WeighInput{SessionID: w.Session.ID, Bench: "scales", Gram: 300}); err != nil || out.Verdict != verify.Left || h.state(second) != order.Shipped {
			t.Errorf("%+v %v", out, err)
		}
	})
}

func TestAParcelThatChangedBeforeItsWeightIsVerifiedAnew(t *testing.T) {
	d := dbtest.SQLite(t)
	h := open(t, d)
	h.sku("A")
	h.mustWeigh()
	if err := h.s.SetSerial(h.ctx, verify.SerialInput{SKUID: h.skus["A"], Serial: verify.SerialAny}); err != nil {
		t.Fatal(err)
	}
	_, f, no := h.labelled(h.doc("W3", item{"A", 1}))
	_, _, other := h.labelled(h.doc("W4", item{"A", 1}))
	se := h.at("1", no).Session
	h.scan(se, "69A", verify.WantSerial)
	h.scan(se, "SN-0001", verify.Counted)
	h.at("1", other)
	// Its number is void and another is issued: what was in it counts no longer.
	live, err := h.waybills.Of(h.ctx, h.k.DB, []id.ID{f})
	if err != nil {
		t.Fatal(err)
	}
	kittest.InTx(t, h.k, h.ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE packing_verify_session SET waybill_id = waybill_id + 1 WHERE merchant_id = ? AND id = ?", actor.Merchant(ctx), se.ID)
		return err
	})
	a := h.at("2", no)
	if a.Verdict != verify.Opened || a.Session.ID == se.ID || a.Session.Done != 0 || a.Session.WaybillID != live[f][0].ID {
		t.Fatalf("%+v", a)
	}
	h.scan(a.Session, "69A", verify.WantSerial)
	h.scan(a.Session, "SN-0001", verify.Counted) // the number is free again
}

func TestASupervisorSignsAtTheBench(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.sku("A")
		o, _, no := h.labelled(h.doc("F1", item{"A", 3}))
		boss, err := actor.From(h.ctx)
		if err != nil {
			t.Fatal(err)
		}
		lead, far := boss, boss
		lead.ID, lead.Permissions = h.k.IDs.New(), []string{packing.PermitForce}
		far = lead
		far.Scope = map[string][]id.ID{inventory.Scope: {h.k.IDs.New()}}
		h.signers = map[string]actor.Actor{"lead/right": lead, "far/right": far}
		packer := kittest.As(h.ctx, packing.PermitRead, packing.PermitVerify)
		se := h.at("1", no).Session
		force := func(by *verify.Supervisor) (verify.Answer, error) {
			return h.s.Force(packer, verify.ForceInput{SessionID: se.ID, Bench: "1", Reason: "条码破损", By: by})
		}
		for name, c := range map[string]struct {
			by   *verify.Supervisor
			want string
		}{
			"nobody":                        {nil, "verify.no_supervisor"},
			"a wrong password":              {&verify.Supervisor{UserName: "lead", Password: "wrong"}, "iam.vouch_refused"},
			"one of another warehouse":      {&verify.Supervisor{UserName: "far", Password: "right"}, "verify.no_supervisor"},
			"an empty name is no signature": {&verify.Supervisor{Password: "right"}, "verify.no_supervisor"},
		} {
			if _, err := force(c.by); code(err) != c.want {
				t.Errorf("%s: %v, want %s", name, err, c.want)
			}
		}
		a, err := force(&verify.Supervisor{UserName: "lead", Password: "right"})
		if err != nil || a.Verdict != verify.Left || a.Session.Forced != 3 || h.state(o) != order.Shipped {
			t.Fatalf("%+v %v", a, err)
		}
	})
}

func TestABenchKnowsTheCodesOfItsPiecesAndItsBaskets(t *testing.T) {
	d := dbtest.SQLite(t)
	h := open(t, d)
	h.sku("A")
	_, f, _ := h.labelled(h.doc("K1", item{"A", 1}))
	h.baskets = map[string]id.ID{"W261122-001#4": f}
	a := h.at("1", "W261122-001#4")
	if a.Session == nil || a.Session.FulfillmentOrderID != f || !slices.Equal(a.Session.Items[0].Codes, []string{"69A"}) {
		t.Fatalf("%+v", a)
	}
	if s, err := h.s.Get(h.ctx, a.Session.ID); err != nil || !slices.Equal(s.Items[0].Codes, []string{"69A"}) {
		t.Errorf("%+v %v", s, err)
	}
}

func TestTheLabelOfTheParcelOnTheBenchIsPrintedAgain(t *testing.T) {
	d := dbtest.SQLite(t)
	h := open(t, d)
	h.sku("A")
	_, f, no := h.labelled(h.doc("P1", item{"A", 1}))
	se := h.at("1", no).Session
	again := func(ctx context.Context, bench, reason string) (id.ID, error) {
		return h.s.Reprint(ctx, verify.ReprintInput{SessionID: se.ID, Bench: bench, Reason: reason})
	}
	if _, err := again(h.ctx, "1", "面单破损"); code(err) != "verify.nothing_printed" {
		t.Errorf("without a label: %v", err)
	}
	if n, err := again(h.ctx, "1", " 面单破损 "); err != nil || n != 1 || !slices.Equal(h.reprinted, []string{f.String() + " 面单破损", f.String() + " 面单破损"}) {
		t.Errorf("%v %v %v", n, err, h.reprinted)
	}
	for want, err := range map[string]error{
		"verify.no_reason": func() error { _, err := again(h.ctx, "1", " "); return err }(),
		"verify.lock_lost": func() error { _, err := again(h.ctx, "2", "面单破损"); return err }(),
	} {
		if code(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if _, err := again(kittest.As(h.ctx, packing.PermitVerify), "1", "面单破损"); err == nil {
		t.Error("without the right to print")
	}
	kittest.Clock(h.k).Advance(11 * time.Minute)
	h.at("2", no)
	if _, err := again(h.ctx, "1", "面单破损"); code(err) != "verify.lock_lost" {
		t.Errorf("at a bench that lost it: %v", err)
	}
}
