package packingapi_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/api/packingapi"
	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/customer"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/inventory/location"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/logistics/account"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/packing"
	"github.com/ordercove/ordercove/internal/packing/verify"
	"github.com/ordercove/ordercove/internal/packing/wave"
	"github.com/ordercove/ordercove/internal/shop"
)

func TestAParcelIsVerifiedOverHTTPAndAHitSaysWhereItIs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		cat, shops := catalog.New(k), shop.New(k, []string{"generic"})
		stock := inventory.New(k, cat)
		orders := order.New(k, shops, cat, customer.New(k), stock)
		ships := fulfillment.New(k, shops, cat, stock, orders)
		numbers := waybill.New(k, account.New(k, nil, nil), nil, nil)
		waves := wave.New(k, ships, orders, cat, stock, location.New(k, cat, stock), numbers, nil)
		benches := verify.New(k, cat, stock, orders, ships, numbers, verify.Around{Basket: waves.Basket, Places: func(ctx context.Context, q db.Querier, ids []id.ID) (map[id.ID]verify.Place, error) {
			at, err := waves.Where(ctx, q, ids)
			out := map[id.ID]verify.Place{}
			for one, spot := range at {
				out[one] = verify.Place{Wave: spot.Wave, Basket: "1"}
			}
			return out, err
		}})
		o := placed(t, k, ctx, shops, cat, stock, orders)
		got, err := ships.Allocate(ctx, fulfillment.AllocateInput{OrderID: o})
		if err != nil {
			t.Fatal(err)
		}
		house, err := stock.DefaultTx(ctx, d)
		if err != nil {
			t.Fatal(err)
		}
		w, err := waves.Make(ctx, wave.MakeInput{Choice: wave.Choice{WarehouseID: house.ID}})
		if err != nil {
			t.Fatal(err)
		}
		api := web.New(web.Options{Version: "test", Authenticate: func(_ context.Context, c web.Credential) (actor.Actor, error) {
			if c.Bearer == "picker" {
				return actor.From(kittest.As(ctx, packing.PermitRead))
			}
			return actor.From(ctx)
		}})
		if _, err := benches.SetPolicy(ctx, verify.Policy{MustWeigh: true, BoxGram: 100, OffGram: 50}); err != nil {
			t.Fatal(err)
		}
		packingapi.VerifyRoutes(api, benches)
		h := api.Handler()
		call := func(who, method, path, body string, want int, into any) string {
			t.Helper()
			var in io.Reader
			if body != "" {
				in = strings.NewReader(body)
			}
			r := httptest.NewRequest(method, "http://127.0.0.1"+web.Prefix+path, in)
			r.Header.Set("Authorization", "Bearer "+who)
			r.Header.Set("Content-Type", "application/json")
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, r)
			if rec.Code != want {
				t.Fatalf("%s %s: %d %s", method, path, rec.Code, rec.Body)
			}
			if into != nil {
				if err := json.Unmarshal(rec.Body.Bytes(), into); err != nil {
					t.Fatal(err)
				}
			}
			return rec.Body.String()
		}
		call("picker", "POST", "/verify-sessions", `{"bench":"1","code":"D-1"}`, 403, nil)
		if out := call("boss", "POST", "/verify-sessions", `{"bench":"1","code":"D-2"}`, 404, nil); !strings.Contains(out, "verify.unknown_number") {
			t.Error(out)
		}
		var a packingapi.VerifyAnswer
		call("boss", "POST", "/verify-sessions", `{"bench":"1","code":"D-1"}`, 200, &a)
		if a.Verdict != "opened" || a.Session.Need != 2 || a.Session.Next != "piece" || len(a.Session.Items) != 1 || len(a.Session.Orders) != 1 {
			t.Fatalf("%+v", a)
		}
		if len(a.Session.Items[0].Codes) != 0 || a.Session.Items[0].SKUCode != "TEA" {
			t.Errorf("%+v", a.Session.Items)
		}
		for _, basket := range []string{w.Code + "#1", strings.ToLower(w.Code) + " # 1", w.Code + "-1"} {
			call("boss", "POST", "/verify-sessions", `{"bench":"1","code":"`+basket+`"}`, 200, &a)
			if a.Verdict != "resumed" {
				t.Errorf("%s: %s", basket, a.Verdict)
			}
		}
		call("boss", "POST", "/verify-sessions", `{"bench":"1","code":"`+w.Code+`#2"}`, 404, nil)
		at := "/verify-sessions/" + a.Session.ID.String()
		call("boss", "POST", at+"/scans", `{"bench":"1","code":"TEA"}`, 200, &a)
		if a.Verdict != "counted" || a.Item.Done != 1 {
			t.Fatalf("%+v", a)
		}
		if _, err := orders.Hold(ctx, order.HoldInput{OrderID: o, Note: "等电话"}); err != nil {
			t.Fatal(err)
		}
		call("boss", "POST", at+"/scans", `{"bench":"1","code":"TEA"}`, 200, &a)
		if a.Verdict != "stopped" || a.Refusal == nil || a.Refusal.Code != "fulfillment.held" || a.Refusal.Message == "" {
			t.Fatalf("%+v", a)
		}
		var hits web.Page[packingapi.VerifyHit]
		call("picker", "GET", "/packing-hits", "", 200, &hits)
		if len(hits.Items) != 1 || hits.Items[0].FulfillmentOrderID != got.FulfillmentOrderID || hits.Items[0].Wave != w.Code || hits.Items[0].Blocks != 1 {
			t.Fatalf("%+v", hits.Items)
		}
		call("boss", "POST", "/packing-hits/"+got.FulfillmentOrderID.String()+"/pull", "", 204, nil)
		if _, err := orders.Release(ctx, order.ReleaseInput{OrderID: o}); err != nil {
			t.Fatal(err)
		}
		call("boss", "POST", at+"/scans", `{"bench":"1","code":"TEA"}`, 200, &a)
		if a.Verdict != "counted" || a.Session.Next != "waybill" {
			t.Fatalf("%+v", a)
		}
		var waits web.Page[packingapi.WeighWaiting]
		if call("picker", "GET", "/weigh-waiting", "", 200, &waits); len(waits.Items) != 1 || waits.Items[0].Pieces != 2 || waits.Items[0].Bench != "1" {
			t.Errorf("%+v", waits)
		}
		call("boss", "POST", at+"/scans", `{"bench":"1","code":"YT2600000000007"}`, 200, &a)
		if call("picker", "GET", "/weigh-waiting?warehouse_id="+house.ID.String(), "", 200, &waits); a.Session.Next != "weight" || len(waits.Items) != 1 || waits.Items[0].WaybillNo != "YT2600000000007" {
			t.Errorf("%+v %+v", a, waits)
		}
		call("boss", "POST", at+"/weight", `{"bench":"1","gram":430}`, 200, &a)
		if call("picker", "GET", "/weigh-waiting", "", 200, &waits); len(waits.Items) != 0 {
			t.Errorf("%+v", waits)
		}
		if err := k.Runner.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		var here web.Page[packingapi.HandoverCount]
		if call("picker", "GET", "/handover-waiting/counts", "", 200, &here); len(here.Items) != 1 || here.Items[0] != (packingapi.HandoverCount{Carrier: "YTO", Parcels: 1}) {
			t.Errorf("%+v", here)
		}
		if a.Verdict != "shipped" || a.Session.State != "shipped" {
			t.Fatalf("%+v", a)
		}
		var counts web.Page[packingapi.VerifyCount]
		call("picker", "GET", "/verify-counts", "", 200, &counts)
		var scans web.Page[packingapi.VerifyScan]
		call("picker", "GET", "/fulfillment-orders/"+got.FulfillmentOrderID.String()+"/scans", "", 200, &scans)
		if len(counts.Items) != 1 || counts.Items[0].Parcels != 1 || len(scans.Items) != 9 {
			t.Errorf("%+v %+v", counts.Items, scans.Items)
		}
		var waiting web.Page[packingapi.HandoverWaiting]
		call("picker", "GET", "/handover-waiting?carrier=YTO", "", 200, &waiting)
		var trip packingapi.Handover
		call("boss", "POST", "/handovers", `{"carrier":"圆通","warehouse_id":"`+house.ID.String()+`"}`, 201, &trip)
		var hand packingapi.HandoverScan
		call("boss", "POST", "/handovers/"+trip.ID.String()+"/scans", `{"code":"yt2600000000007"}`, 200, &hand)
		if len(waiting.Items) != 1 || waiting.Items[0].ChannelOrderNo != "D-1" || hand.Verdict != "handed" || hand.Handover.Parcels != 1 {
			t.Errorf("%+v %+v", waiting.Items, hand)
		}
		call("boss", "POST", "/handovers/"+trip.ID.String()+"/close", "", 200, &trip)
		if pdf := call("picker", "GET", "/handovers/"+trip.ID.String()+"/list.pdf", "", 200, nil); !strings.HasPrefix(pdf, "%PDF-") {
			t.Error("no PDF")
		}
	})
}
