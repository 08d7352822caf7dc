package intakeapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/aftersale"
	"github.com/ordercove/ordercove/internal/api/intakeapi"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/intake"
	"github.com/ordercove/ordercove/internal/intake/reship"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/setting"
	"github.com/ordercove/ordercove/internal/shop"
	"github.com/ordercove/ordercove/internal/view"
	"github.com/ordercove/ordercove/internal/view/why"
)

func tell(t *testing.T, h http.Handler, want int, who, key, path string, body reply) reply {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/api/v1"+path, strings.NewReader(string(b)))
	r.Header.Set("Authorization", "Bearer "+who)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", key)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	out := reply{}
	if w.Code != want || json.Unmarshal(w.Body.Bytes(), &out) != nil {
		t.Fatalf("%s: %d %s, want %d", path, w.Code, w.Body, want)
	}
	return out
}

func TestReshipsAndExchangesOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d, func(in *shop.CreateInput) { in.AutoApprove = true })
		settings := setting.New(w.Kit, append(reship.Settings(), aftersale.Settings()...)...)
		ship := fulfillment.New(w.Kit, w.Shops, w.Catalog, w.Stock, w.Orders)
		cases := aftersale.New(w.Kit, w.Shops, w.Catalog, w.Stock, w.Orders, ship, settings, aftersale.Around{Decides: func(shop.Shop) bool { return true },
			Limit: func(context.Context) (*money.Fen, error) { return nil, nil }})
		s := reship.New(w.Kit, intake.New(w.Kit, w.Orders, w.Shops, w.Catalog), w.Orders, w.Shops, w.Catalog, cases, settings)
		api := web.New(web.Options{Version: "test", Log: w.Kit.Log, Authenticate: func(_ context.Context, c web.Credential) (actor.Actor, error) {
			if c.Bearer == "reader" {
				return actor.From(kittest.As(ctx, "order.read"))
			}
			return actor.From(ctx)
		}})
		intakeapi.FollowUpRoutes(api, s)
		h := api.Handler()

		sku := w.SKU(ctx, "A", 20)
		o := w.One(ctx, 0, w.Doc("O1", "A"))
		if err := w.Ship(ctx, o.ID, "YT1234567890123"); err != nil {
			t.Fatal(err)
		}
		path := "/orders/" + o.ID.String() + "/follow-ups"
		line := o.Lines[0].ID.String()
		draft := ask(t, h, 200, "owner", "GET", path)
		if l := draft["lines"].([]any)[0].(reply); draft["needs_receiver"] != false || l["may_return"] != 1.0 || l["net_fen"] != 5000.0 || l["sku_id"] != sku.String() {
			t.Errorf("%v", draft)
		}
		if l := ask(t, h, 200, "reader", "GET", path)["lines"].([]any)[0].(reply); l["net_fen"] != nil {
			t.Error("who may not see amounts sees", l["net_fen"])
		}
		body := reply{"kind": "reship", "lines": []reply{{"line_id": line, "quantity": 1}}, "reason": "漏发", "liable": "merchant"}
		tell(t, h, 403, "reader", "k0", path, body)
		made := tell(t, h, 201, "owner", "k1", path, body)
		if again := tell(t, h, 201, "owner", "k1", path, body); again["order_id"] != made["order_id"] || made["state"] != "awaiting_shipment" {
			t.Errorf("%v %v", made, again)
		}
		if r := tell(t, h, 409, "owner", "k2", path, body); r["code"] != "reship.beyond_ordered" {
			t.Errorf("%v", r)
		}
		exchange := reply{"kind": "exchange", "lines": []reply{{"line_id": line, "quantity": 1, "price_fen": 4500}}, "back": []reply{{"line_id": line, "quantity": 1}},
			"when": "after_return", "reason": "换尺码", "liable": "buyer", "difference_fen": -500, "settlement": "refund"}
		x := tell(t, h, 201, "owner", "k3", path, exchange)
		if draft = ask(t, h, 200, "owner", "GET", path); draft["lines"].([]any)[0].(reply)["may_return"] != 0.0 || draft["cases"].([]any)[0].(reply)["own"] != true {
			t.Errorf("%v", draft)
		}
		ask(t, h, 404, "owner", "GET", "/orders/7/follow-ups")

		// Both orders show each other, and why the new one is there.
		seen := view.New(w.Kit, w.Orders)
		detail, err := seen.Detail(ctx, o.ID)
		if err != nil || len(detail.FollowUps) != 2 || detail.FollowUps[0].ChannelOrderNo != "O1-R1" || *detail.FollowUps[1].DifferenceFen != -500 || detail.MadeFrom != nil {
			t.Errorf("%+v %v", detail.FollowUps, err)
		}
		var of id.ID
		if err := json.Unmarshal([]byte(fmt.Sprintf("%q", x["order_id"])), &of); err != nil {
			t.Fatal(err)
		}
		if detail, err = seen.Detail(ctx, of); err != nil || detail.MadeFrom == nil || detail.MadeFrom.OrderID != o.ID || detail.OrderType != order.TypeExchange {
			t.Errorf("%+v %v", detail.MadeFrom, err)
		}
		told, err := why.New(w.Kit, w.Orders, ship, nil).Explain(ctx, of)
		if err != nil || len(told.Blockers) == 0 || told.Blockers[0].Kind != "return_awaited" || !told.Blockers[0].Stops ||
			len(told.Chosen) != 1 || told.Chosen[0].What != "origin" || !strings.Contains(told.Chosen[0].Chosen, "O1") {
			t.Errorf("%+v %v", told, err)
		}
		listed, err := seen.List(ctx, view.ListInput{Filter: view.Filter{OrderTypes: []string{order.TypeReship, order.TypeExchange}}})
		if err != nil || len(listed.Items) != 2 {
			t.Errorf("the list by type: %d %v", len(listed.Items), err)
		}
	})
}
