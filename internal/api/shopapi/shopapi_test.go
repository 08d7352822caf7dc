package shopapi_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/api/shopapi"
	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/inventory/inventorytest"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/shop"
	"github.com/ordercove/ordercove/internal/shop/shoptest"
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

func TestShopsOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		shops := shoptest.New(k)
		stock := inventory.New(k, catalog.New(k))
		scoped := shoptest.Add(t, ctx, shops, "甲店")
		api := web.New(web.Options{Version: "test", Log: k.Log, Authenticate: func(_ context.Context, c web.Credential) (actor.Actor, error) {
			if c.Bearer == "clerk" {
				return actor.From(kittest.Within(kittest.As(ctx, "shop.read"), shop.Scope, scoped.ID))
			}
			return actor.From(ctx)
		}})
		shopapi.Routes(api, k.DB, shops, stock, []channel.Manifest{{Code: shoptest.Channel, NameZH: "测试商城", NameEN: "Test mall", Color: "#333",
			Files: []channel.FileFormat{{Kind: "orders"}, {Kind: "orders"}, {Kind: "ledger"}}, Capabilities: []channel.Capability{channel.OrderFiles}}})
		h := api.Handler()
		w := inventorytest.Default(t, ctx, k, stock)

		c := ask(t, h, 200, "clerk", "GET", "/channels", "")["items"].([]any)[0].(map[string]any)
		if c["code"] != shoptest.Channel || len(c["file_kinds"].([]any)) != 2 || c["mode"] != "file" {
			t.Errorf("channel %v", c)
		}
		s := ask(t, h, 201, "owner", "POST", "/shops", `{"channel":"testmall","name":"乙店","live_from_at":"2026-11-01T00:00:00+08:00","warehouse_id":"`+w.ID.String()+`","reserve_on":"paid","auto_approve":false,"stale_after_hours":12}`)
		if s["live_from_at"] != "2026-11-01T00:00:00.000+08:00" || s["data_at"] != nil || s["version"] != 1.0 || s["active"] != true {
			t.Errorf("made %v", s)
		}
		path := "/shops/" + s["id"].(string)
		for body, code := range map[string]string{
			`{"channel":"nowhere","name":"丙店"}`:                      "shop.unknown_channel",
			`{"channel":"testmall","name":"乙店"}`:                     "shop.name_taken",
			`{"channel":"testmall","name":"丙店","warehouse_id":"77"}`: "inventory.warehouse_not_found",
			`{"channel":"testmall","name":"   "}`:                    "shop.bad_name",
		} {
			want := map[string]int{"shop.name_taken": 409, "inventory.warehouse_not_found": 404}[code]
			if want == 0 {
				want = 422
			}
			if p := ask(t, h, want, "owner", "POST", "/shops", body); p["code"] != code {
				t.Errorf("%s: %v, want %s", body, p["code"], code)
			}
		}
		if s = ask(t, h, 200, "owner", "PATCH", path, `{"version":1,"stale_after_hours":6,"auto_approve":true}`); s["stale_after_hours"] != 6.0 || s["auto_approve"] != true || s["name"] != "乙店" {
			t.Errorf("changed to %v", s)
		}
		ask(t, h, 409, "owner", "PATCH", path, `{"version":1,"name":"丁店"}`)
		ask(t, h, 403, "clerk", "PATCH", path, `{"name":"丁店"}`)
		ask(t, h, 404, "clerk", "GET", path, "")
		if all := ask(t, h, 200, "clerk", "GET", "/shops?limit=200", "")["items"].([]any); len(all) != 1 {
			t.Errorf("a clerk of one shop sees %d", len(all))
		}
	})
}

func TestShopsComePageByPage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		shops := shoptest.New(k)
		var want []string
		for _, name := range []string{"甲店", "乙店", "丙店", "丁店", "戊店"} {
			want = append(want, shoptest.Add(t, ctx, shops, name).ID.String())
		}
		api := web.New(web.Options{Version: "test", Log: k.Log, Authenticate: func(context.Context, web.Credential) (actor.Actor, error) { return actor.From(ctx) }})
		shopapi.Routes(api, k.DB, shops, inventory.New(k, catalog.New(k)), nil)
		h := api.Handler()
		var got []string
		pages := 0
		for cursor := ""; pages == 0 || cursor != ""; pages++ {
			page := ask(t, h, 200, "owner", "GET", "/shops?limit=2&cursor="+cursor, "")
			for _, s := range page["items"].([]any) {
				got = append(got, s.(map[string]any)["id"].(string))
			}
			cursor = page["next_cursor"].(string)
		}
		if !slices.Equal(got, want) || pages != 3 {
			t.Errorf("%d pages hold %v, want %v", pages, got, want)
		}
		if p := ask(t, h, 422, "owner", "GET", "/shops?cursor=AAAA", ""); p["code"] != "page.bad_cursor" {
			t.Errorf("a made-up cursor: %v", p)
		}
	})
}
