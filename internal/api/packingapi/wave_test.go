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
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/logistics/account"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/packing/wave"
	"github.com/ordercove/ordercove/internal/shop"
)

// door serves waves of a merchant with one allocated order of two pieces.
func door(t *testing.T, d *db.DB) (call func(method, path, body string) (int, string), warehouse id.ID) {
	t.Helper()
	k, ctx := kittest.New(t, d)
	cat, shops := catalog.New(k), shop.New(k, []string{"generic"})
	stock := inventory.New(k, cat)
	orders := order.New(k, shops, cat, customer.New(k), stock)
	out := fulfillment.New(k, shops, cat, stock, orders)
	places := location.New(k, cat, stock)
	waves := wave.New(k, out, orders, cat, stock, places, waybill.New(k, account.New(k, nil, nil), nil, nil), nil)
	o := placed(t, k, ctx, shops, cat, stock, orders)
	if _, err := out.Allocate(ctx, fulfillment.AllocateInput{OrderID: o}); err != nil {
		t.Fatal(err)
	}
	w, err := stock.DefaultTx(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	api := web.New(web.Options{Version: "test", Authenticate: func(context.Context, web.Credential) (actor.Actor, error) {
		return kittest.Owner(kittest.Merchant), nil
	}})
	packingapi.WaveRoutes(api, waves, places, nil)
	h := api.Handler()
	return func(method, path, body string) (int, string) {
		var in io.Reader
		if body != "" {
			in = strings.NewReader(body)
		}
		r := httptest.NewRequest(method, "http://127.0.0.1"+web.Prefix+path, in)
		r.Header.Set("Authorization", "Bearer x")
		r.Header.Set("Content-Type", "application/json")
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		return rec.Code, rec.Body.String()
	}, w.ID
}

func placed(t *testing.T, k *kit.Kit, ctx context.Context, shops *shop.Service, cat *catalog.Service, stock *inventory.Service, orders *order.Service) (o id.ID) {
	t.Helper()
	now := k.Clock.Now().UnixMilli()
	var wh inventory.Warehouse
	kittest.InTx(t, k, ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		wh, err = stock.EnsureDefaultTx(ctx, tx)
		return err
	})
	sku, err := cat.CreateSKU(ctx, catalog.SKUInput{ProductName: "明前茶", Code: "TEA"})
	if err != nil {
		t.Fatal(err)
	}
	sh, err := shops.Create(ctx, shop.CreateInput{Channel: "generic", Name: "青禾茶铺", LiveFrom: now - 90*24*3_600_000, AutoApprove: true})
	if err != nil {
		t.Fatal(err)
	}
	two := int64(2)
	doc := order.Document{ChannelOrderNo: "D-1", Status: order.ChannelAwaitingShipment, StatusRaw: "待发货", PlacedAt: now - 3_600_000, PaidAt: now - 3_500_000, BuyerKey: "b", RefundState: order.RefundNone,
		Receiver: order.Receiver{Name: "沈知夏", Phone: "13800138000", Province: "浙江省", City: "杭州市", District: "西湖区", Detail: "文三路 1 号"},
		Lines:    []order.Line{{ChannelLineNo: "1", Title: "明前茶", MerchantSKUCode: "TEA", Quantity: &two}}}
	kittest.InTx(t, k, ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := stock.SetOpeningTx(ctx, tx, sku.ID, wh.ID, 10, "test"); err != nil {
			return err
		}
		if err := shops.TouchDataTx(ctx, tx, sh.ID, now); err != nil {
			return err
		}
		out, err := orders.ApplyTx(ctx, tx, []order.Incoming{{Shop: sh, Doc: doc, Source: "file", SourceAt: now}})
		if err == nil {
			o, err = out[0].OrderID, out[0].Err
		}
		return err
	})
	return o
}

func TestAWaveGoesFromPreviewToTheEndOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		call, wh := door(t, d)
		must := func(method, path, body string, want int, into any) string {
			t.Helper()
			code, out := call(method, path, body)
			if code != want {
				t.Fatalf("%s %s: %d %s", method, path, code, out)
			}
			if into != nil {
				if err := json.Unmarshal([]byte(out), into); err != nil {
					t.Fatalf("%s: %v", out, err)
				}
			}
			return out
		}
		choice := `{"warehouse_id":"` + wh.String() + `"}`
		var p packingapi.WavePreview
		must("POST", "/waves/preview", choice, 200, &p)
		if p.Waiting != 1 || p.Pieces != 2 || len(p.IDs) != 1 {
			t.Fatalf("%+v", p)
		}
		if out := must("POST", "/waves/preview", `{"warehouse_id":"1"}`, 404, nil); !strings.Contains(out, "inventory.") {
			t.Fatal(out)
		}
		var w packingapi.Wave
		must("POST", "/waves", `{"choice":`+choice+`}`, 200, &w)
		must("POST", "/waves", `{"choice":`+choice+`}`, 409, nil)
		var list web.Page[packingapi.Wave]
		must("GET", "/waves?live=true", "", 200, &list)
		if len(list.Items) != 1 || list.Items[0].Code != w.Code {
			t.Fatalf("%+v", list)
		}
		at := "/waves/" + w.ID.String()
		var hand packingapi.WaveHand
		must("POST", at+"/picks", `{"scan":"TEA","do":"pick","quantity":2}`, 200, &hand)
		if hand.State != "picked" || len(hand.Drops) != 1 || hand.Drops[0] != (packingapi.WaveDrop{Position: 1, Quantity: 2}) {
			t.Fatalf("%+v", hand)
		}
		must("PUT", "/warehouses/"+wh.String()+"/locations", `{"locations":[{"sku_id":"`+hand.SKUID.String()+`","code":"A-1"}]}`, 204, nil)
		var places web.Page[packingapi.SKULocation]
		must("GET", "/warehouses/"+wh.String()+"/locations", "", 200, &places)
		if len(places.Items) != 1 || places.Items[0].Code != "A-1" || places.Items[0].SKUCode != "TEA" {
			t.Fatalf("%+v", places)
		}
		must("POST", at+"/orders/"+p.IDs[0].String()+"/renew", `{}`, 204, nil)
		if pdf := must("GET", at+"/pick-list.pdf", "", 200, nil); !strings.HasPrefix(pdf, "%PDF-") {
			t.Fatalf("%.20q", pdf)
		}
		must("POST", at+"/close", `{}`, 200, &w)
		must("POST", at+"/cancel", `{}`, 409, nil)
		var s packingapi.WaveSheet
		must("GET", at, "", 200, &s)
		if w.State != "closed" || s.Progress[0].Picked != 2 || s.Baskets[0].Picked != 2 {
			t.Fatalf("%+v %+v", w, s)
		}
	})
}
