package inventoryapi_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/api/inventoryapi"
	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/catalog/catalogtest"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/inventory/inventorytest"
	"github.com/ordercove/ordercove/internal/inventory/location"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/web"
)

type reply map[string]any

func ask(t *testing.T, h http.Handler, want int, who, method, path, body string) reply {
	t.Helper()
	r := httptest.NewRequest(method, "/api/v1"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+who)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	out := reply{}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code != want {
		t.Fatalf("%s %s: %d %s, want %d", method, path, w.Code, w.Body, want)
	}
	return out
}

func first(r reply) reply { return r["items"].([]any)[0].(map[string]any) }

func TestStockOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		cat := catalog.New(k)
		stock := inventory.New(k, cat)
		api := web.New(web.Options{Version: "test", Log: k.Log, Authenticate: func(_ context.Context, c web.Credential) (actor.Actor, error) {
			if c.Bearer == "clerk" {
				return actor.From(kittest.As(ctx, "inventory.read"))
			}
			return actor.From(ctx)
		}})
		inventoryapi.Routes(api, k, stock)
		inventoryapi.LocationRoutes(api, k, location.New(k, cat, stock))
		h := api.Handler()
		main := inventorytest.Default(t, ctx, k, stock)
		cost := money.Fen(350)
		sku := catalogtest.SKU(t, ctx, cat, "CUP", func(in *catalog.SKUInput) { in.CostFen = &cost })
		where := `"sku_id":"` + sku.ID.String() + `","warehouse_id":"` + main.ID.String() + `"`

		b := ask(t, h, 200, "owner", "POST", "/stock/adjust", `{`+where+`,"set_to":10,"reason":"盘点"}`)
		if b["on_hand"] != 10.0 || b["available"] != 10.0 || b["cost_fen"] != 350.0 || b["warehouse_name"] != "默认仓" {
			t.Errorf("adjusted to %v", b)
		}
		kittest.InTx(t, k, ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := stock.ReserveTx(ctx, tx, []inventory.Want{{OrderID: 5, LineID: 6, SKUID: sku.ID, Quantity: 4}})
			return err
		})
		if p := ask(t, h, 409, "owner", "POST", "/stock/adjust", `{`+where+`,"set_to":3,"reason":"盘点"}`); p["code"] != "inventory.below_reserved" {
			t.Errorf("less than reserved: %v", p)
		}
		ask(t, h, 422, "owner", "POST", "/stock/adjust", `{`+where+`,"receive":2,"change":2,"reason":"送货单 7"}`)
		ask(t, h, 200, "owner", "POST", "/stock/adjust", `{`+where+`,"receive":2,"reason":"送货单 7"}`)
		if m := ask(t, h, 200, "owner", "GET", "/stock/movements?limit=1", "")["items"].([]any)[0].(map[string]any); m["kind"] != "receive" || m["change"] != 2.0 || m["reason"] != "送货单 7" {
			t.Errorf("what came in is booked as %v", m)
		}
		ask(t, h, 200, "owner", "POST", "/stock/adjust", `{`+where+`,"change":-2,"reason":"退回"}`)
		if p := ask(t, h, 422, "owner", "POST", "/stock/adjust", `{`+where+`,"reason":"盘点"}`); p["code"] != "inventory.nothing_to_change" {
			t.Errorf("nothing to change: %v", p)
		}
		ask(t, h, 403, "clerk", "POST", "/stock/adjust", `{`+where+`,"change":1,"reason":"x"}`)
		ask(t, h, 200, "owner", "POST", "/stock/levels", `{`+where+`,"backorder":2,"safety":6}`)
		got := first(ask(t, h, 200, "clerk", "GET", "/stock?q=cup&low=true", ""))
		if got["reserved"] != 4.0 || got["available"] != 6.0 || got["low"] != true || got["cost_fen"] != nil || got["backorder"] != 2.0 {
			t.Errorf("a clerk reads %v", got)
		}
		if m := first(ask(t, h, 200, "clerk", "GET", "/stock/movements?order_id=5", "")); m["kind"] != "reserve" || m["change"] != 0.0 || m["reserved_change"] != 4.0 || m["after"] != 10.0 {
			t.Errorf("movement %v", m)
		}
		if m := first(ask(t, h, 200, "clerk", "GET", "/stock/movements?limit=1&warehouse_id="+main.ID.String(), "")); m["actor_name"] != "林一" {
			t.Errorf("newest movement %v", m)
		}
		if r := first(ask(t, h, 200, "clerk", "GET", "/reservations?sku_id="+sku.ID.String(), "")); r["order_id"] != "5" || r["quantity"] != 4.0 {
			t.Errorf("reservation %v", r)
		}
		w := ask(t, h, 201, "owner", "POST", "/warehouses", `{"code":"HZ","name":"杭州仓","city":"杭州"}`)
		w = ask(t, h, 200, "owner", "PATCH", "/warehouses/"+w["id"].(string), `{"version":1,"is_default":true}`)
		if w["is_default"] != true {
			t.Errorf("warehouse %v", w)
		}
		for _, path := range []string{"/location-imports/5/preview", "/location-imports/5/run"} {
			ask(t, h, 403, "clerk", "POST", path, `{"mapping":{}}`)
			if p := ask(t, h, 404, "owner", "POST", path, `{"mapping":{"sku_code":"货号","location":"库位"}}`); p["code"] != "rowimport.not_found" {
				t.Errorf("%s: %v", path, p)
			}
		}
		if p := ask(t, h, 409, "owner", "PATCH", "/warehouses/"+w["id"].(string), `{"active":false}`); p["code"] != "inventory.default_warehouse" {
			t.Errorf("switching the default off: %v", p)
		}
		if all := ask(t, h, 200, "clerk", "GET", "/warehouses?limit=200", ""); first(all)["code"] != "HZ" {
			t.Errorf("warehouses %v", all)
		}
	})
}
