package bulk_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/bulk"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/shop"
)

// dock is a merchant whose numbers lie at hand.
type dock struct {
	*ordertest.World
	ctx     context.Context
	ships   *fulfillment.Service
	numbers *waybill.Service
	account id.ID
	s       *bulk.Service
}

func open(t *testing.T, d *db.DB) *dock {
	w, ctx := ordertest.New(t, d, func(in *shop.CreateInput) { in.AutoApprove = true })
	x := &dock{World: w, ctx: ctx, ships: fulfillment.New(w.Kit, w.Shops, w.Catalog, w.Stock, w.Orders)}
	accounts := account.New(w.Kit, nil, nil)
	x.numbers = waybill.New(w.Kit, accounts, nil, func(ctx context.Context, all []waybill.Waybill) ([]waybill.Content, error) {
		out := make([]waybill.Content, len(all))
		for i, one := range all {
			out[i].Version = one.Version
		}
		return out, nil
	})
	x.s = bulk.New(w.Kit, x.ships, x.numbers)
	name := "手边的号"
	sender := logistics.Party{Name: "云杉仓", Phone: "13800000002", Province: "浙江省", City: "杭州市", District: "余杭区", Detail: "良睦路 9 号"}
	a, err := accounts.Put(ctx, account.PutInput{Kind: account.Numbers, Carrier: "ZTO", Name: &name, Sender: &sender})
	if err != nil {
		t.Fatal(err)
	}
	x.account = a.ID
	w.SKU(ctx, "TEA", 10_000)
	return x
}

// parcels places orders and allocates them; their fulfillment orders in the same order.
func (x *dock) parcels(prefix string, n int) (orders, out []id.ID) {
	x.T.Helper()
	docs := make([]order.Document, n)
	for i := range docs {
		docs[i] = x.Doc(fmt.Sprintf("%s%04d", prefix, i), "TEA")
	}
	for _, a := range x.Apply(x.ctx, 0, docs...) {
		orders = append(orders, a.OrderID)
	}
	for len(out) < n {
		part := orders[len(out):min(len(out)+fulfillment.MaxBulkNow, n)]
		rows, _, err := x.ships.AllocateMany(x.ctx, fulfillment.BulkInput{OrderIDs: part})
		if err != nil {
			x.T.Fatal(err)
		}
		for _, r := range rows {
			if r.Code != "" {
				x.T.Fatalf("%+v", r)
			}
			out = append(out, r.FulfillmentOrderID)
		}
	}
	return orders, out
}

// numbered has numbers issued for all of them.
func (x *dock) numbered(ids []id.ID) {
	x.T.Helper()
	nos := make([]string, len(ids))
	for i := range nos {
		nos[i] = fmt.Sprintf("7360%010d", 1_000_000+i)
	}
	if _, err := x.numbers.AddNumbers(x.ctx, waybill.AddNumbersInput{AccountID: x.account, Numbers: nos}); err != nil {
		x.T.Fatal(err)
	}
	kittest.InTx(x.T, x.Kit, x.ctx, func(ctx context.Context, tx *db.Tx) error {
		all, err := x.ships.LoadTx(ctx, tx, ids)
		if err != nil {
			return err
		}
		wants := make([]waybill.Want, len(all))
		for i, f := range all {
			wants[i] = waybill.Want{FulfillmentID: f.ID, Version: f.Version, AccountID: x.account, ShopID: f.ShopID}
		}
		_, err = x.numbers.WantTx(ctx, tx, wants)
		return err
	})
	x.drain()
}

func (x *dock) drain() {
	x.T.Helper()
	if err := x.Kit.Jobs.Drain(x.ctx); err != nil {
		x.T.Fatal(err)
	}
}

func (x *dock) states(ids []id.ID) map[fulfillment.OrderState]int {
	x.T.Helper()
	all, err := x.ships.LoadTx(x.ctx, x.Kit.DB, ids)
	if err != nil {
		x.T.Fatal(err)
	}
	out := map[fulfillment.OrderState]int{}
	for _, f := range all {
		out[f.State]++
	}
	return out
}

func TestManyShipUnderTheirNumbersAndTheOthersSayWhyNot(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d)
		orders, ids := x.parcels("B", 230)
		x.numbered(ids[:225])
		// One is held, one has other content than its paper, five have no number.
		if _, err := x.Orders.Hold(x.ctx, order.HoldInput{OrderID: orders[3], Note: "等电话"}); err != nil {
			t.Fatal(err)
		}
		if _, err := x.Orders.Note(x.ctx, order.NoteInput{OrderID: orders[4], SellerNote: "换盒"}); err != nil {
			t.Fatal(err)
		}
		in := bulk.Input{Action: bulk.Ship, IDs: append([]id.ID{ids[0], 77}, ids...)}
		will, skips, err := x.s.Preview(x.ctx, in)
		if err != nil || will != 223 {
			t.Fatal(will, skips, err)
		}
		n := map[string]int64{}
		for _, k := range skips {
			n[k.Code] = k.N
		}
		if n["fulfillment.no_waybill"] != 5 || n["fulfillment.order_not_found"] != 1 || len(skips) != 4 {
			t.Errorf("%+v", skips)
		}
		if got := x.states(ids)[fulfillment.StateShipped]; got != 0 {
			t.Fatalf("a preview shipped %d", got)
		}
		r, err := x.s.Run(x.ctx, in)
		if err != nil || r.JobID == 0 {
			t.Fatalf("%+v %v", r, err)
		}
		x.drain()
		j, err := x.Kit.Jobs.Get(x.ctx, r.JobID)
		if err != nil || j.OKCount != 223 || j.FailedCount != 8 || j.Undoable || !j.Retryable {
			t.Fatalf("%+v %v", j, err)
		}
		if got := x.states(ids); got[fulfillment.StateShipped] != 223 || got[fulfillment.StateOpen] != 7 {
			t.Errorf("%v", got)
		}
		// What is put right ships when it is tried again; nothing ships twice.
		if _, err := x.Orders.Release(x.ctx, order.ReleaseInput{OrderID: orders[3]}); err != nil {
			t.Fatal(err)
		}
		if j, err = x.Kit.Jobs.RetryFailed(x.ctx, j.ID); err != nil {
			t.Fatal(err)
		}
		x.drain()
		if j, err = x.Kit.Jobs.Get(x.ctx, j.ID); err != nil || j.OKCount+j.FailedCount != 8 || x.states(ids)[fulfillment.StateShipped] != 223+int(j.OKCount) {
			t.Errorf("%+v %v", j, err)
		}
		if r, err = x.s.Run(x.ctx, bulk.Input{Action: bulk.Ship, IDs: ids[10:12]}); err != nil || len(r.Failed) != 2 {
			t.Errorf("shipped again: %+v %v", r, err)
		}
	})
}

func TestSealsAreTakenOffAgainInOneGo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d)
		_, ids := x.parcels("S", 203)
		if r, err := x.s.Run(x.ctx, bulk.Input{Action: bulk.Seal, IDs: ids[:2]}); err != nil || r.OK != 2 {
			t.Fatalf("%+v %v", r, err)
		}
		r, err := x.s.Run(x.ctx, bulk.Input{Action: bulk.Seal, IDs: ids})
		if err != nil {
			t.Fatal(err)
		}
		x.drain()
		j, err := x.Kit.Jobs.Get(x.ctx, r.JobID)
		if err != nil || j.OKCount != 201 || j.FailedCount != 2 || !j.Undoable {
			t.Fatalf("%+v %v", j, err)
		}
		back, err := x.Kit.Jobs.Undo(x.ctx, j.ID)
		if err != nil || back.Total != 201 {
			t.Fatalf("%+v %v", back, err)
		}
		x.drain()
		all, err := x.ships.LoadTx(x.ctx, d, ids)
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range all {
			if (f.Sealed != "") != (i < 2) {
				t.Errorf("%d is sealed: %q", i, f.Sealed)
			}
		}
	})
}

func TestFewAreSealedAtOnceAndTheAnswerTakesThatBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d)
		orders, ids := x.parcels("F", 3)
		held := x.One(x.ctx, 0, x.Doc("F9999", "NONE")) // of no warehouse
		found, without, err := x.s.Of(x.ctx, []id.ID{orders[2], held.ID, orders[0], orders[0], orders[1]})
		if err != nil || !slices.Equal(found, slices.Sorted(slices.Values(ids))) || !slices.Equal(without, []id.ID{held.ID}) {
			t.Fatal(found, without, err)
		}
		elsewhere := kittest.Within(x.ctx, shop.Scope, 77)
		if found, without, err := x.s.Of(elsewhere, orders); err != nil || len(found) != 0 || len(without) != 3 {
			t.Error(found, without, err)
		}
		if r, err := x.s.Run(x.ctx, bulk.Input{Action: bulk.Seal, IDs: ids[:1]}); err != nil || r.Undo == nil || !slices.Equal(r.Undo.IDs, ids[:1]) {
			t.Fatalf("%+v %v", r, err)
		}
		in := bulk.Input{Action: bulk.Seal, IDs: ids}
		if _, skips, err := x.s.Preview(x.ctx, in); err != nil || len(skips) != 1 || !slices.Equal(skips[0].Sample, []string{"F0000"}) {
			t.Errorf("%+v %v", skips, err)
		}
		r, err := x.s.Run(x.ctx, in)
		if err != nil || r.OK != 2 || len(r.Failed) != 1 || r.Failed[0].Ref != "F0000" || !slices.Equal(r.Undo.IDs, ids[1:]) || r.Undo.Action != bulk.Unseal {
			t.Fatalf("%+v %v", r, err)
		}
		if r, err = x.s.Run(x.ctx, *r.Undo); err != nil || r.OK != 2 {
			t.Errorf("%+v %v", r, err)
		}
		all, err := x.ships.LoadTx(x.ctx, d, ids)
		if err != nil || all[0].Sealed == "" || all[1].Sealed != "" || all[2].Sealed != "" {
			t.Errorf("%+v %v", all, err)
		}
		if r, err := x.s.Run(x.ctx, bulk.Input{Action: bulk.Carrier, IDs: ids[1:], Carrier: "ZTO"}); err != nil || r.OK != 2 || r.Undo != nil {
			t.Errorf("%+v %v", r, err)
		}
	})
}

func TestABulkActionNeedsItsOwnRightAndKnowsItsLimit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d)
		clerk := actor.With(x.ctx, actor.Actor{MerchantID: kittest.Merchant, ID: 9, Kind: actor.User, Permissions: []string{fulfillment.PermitRead, fulfillment.PermitMerge}})
		for _, act := range []bulk.Action{bulk.Ship, bulk.Carrier} {
			if _, err := x.s.Run(clerk, bulk.Input{Action: act}); !errors.Is(err, actor.ErrForbidden) {
				t.Errorf("%s: %v", act, err)
			}
		}
		if _, err := x.s.Run(x.ctx, bulk.Input{Action: "burn"}); !errors.Is(err, bulk.ErrAction) {
			t.Error(err)
		}
		if _, err := x.s.Run(x.ctx, bulk.Input{Action: bulk.Seal, IDs: make([]id.ID, bulk.Most+1)}); !errors.Is(err, bulk.ErrTooMany) {
			t.Error(err)
		}
		_, ids := x.parcels("C", 2)
		if r, err := x.s.Run(x.ctx, bulk.Input{Action: bulk.Carrier, IDs: ids, Carrier: "顺丰"}); err != nil || r.OK != 2 {
			t.Fatalf("%+v %v", r, err)
		}
		f, err := x.ships.Get(x.ctx, ids[0])
		if err != nil || f.CarrierWish != "SF" {
			t.Errorf("%+v %v", f, err)
		}
		if r, err := x.s.Run(x.ctx, bulk.Input{Action: bulk.Carrier, IDs: ids, Carrier: "飞毯"}); err != nil || len(r.Failed) != 2 || r.Failed[0].Code != "fulfillment.carrier_unknown" {
			t.Errorf("%+v %v", r, err)
		}
	})
}
