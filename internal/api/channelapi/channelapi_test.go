package channelapi_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/api/channelapi"
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/access"
	"github.com/ordercove/ordercove/internal/channel/pull"
	"github.com/ordercove/ordercove/internal/intake"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/httpx"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/setting"
	"github.com/ordercove/ordercove/internal/shop/shoptest"
)

// stall is a channel with two orders, one of which nobody can read.
type stall struct {
	world *ordertest.World
	at    int64
}

func (s *stall) Test(context.Context) error {
	return channel.ErrIPNotListed.With("channel_code", "20005")
}

func (s *stall) List(_ context.Context, q channel.Query) (channel.Page, error) {
	p := channel.Page{ServerAt: clock.Millis(s.world.Kit.Clock)}
	if s.at >= q.From && s.at <= q.To {
		p.Items = []channel.Item{{No: "A1", Raw: []byte("A1")}, {No: "A2", Raw: []byte("A2 张小满 13800001234")}}
		p.Total = 2
	}
	return p, nil
}

func (s *stall) Get(_ context.Context, no string) (channel.Item, error) {
	return channel.Item{No: no, Raw: []byte(no)}, nil
}

func (s *stall) Map(raw []byte) (channel.Order, error) {
	if string(raw) != "A1" {
		return channel.Order{}, channel.ErrUnknownStatus.With("value", "?")
	}
	d := s.world.Doc("A1", "TW-01")
	d.ModifiedAt, d.PlacedAt = s.at, s.at
	return d, nil
}

func (s *stall) Receive(in channel.Inbound) ([]channel.Hint, channel.Reply, error) {
	if in.Header.Get("X-Sign") != "good" {
		return nil, channel.Reply{}, channel.ErrSignature
	}
	return []channel.Hint{{ID: string(in.Body), OrderNo: "A1"}}, channel.Reply{Body: []byte(`{"ok":true}`)}, nil
}

type reply = map[string]any

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
	if w.Code != want || w.Body.Len() > 0 && json.Unmarshal(w.Body.Bytes(), &out) != nil {
		t.Fatalf("%s %s: %d %s, want %d", method, path, w.Code, w.Body, want)
	}
	return out
}

func first(r reply) reply { return r["items"].([]any)[0].(reply) }

func TestSynchronisationOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		k := w.Kit
		s := &stall{w, clock.Millis(k.Clock) + 500}
		all := []channel.Manifest{{Code: shoptest.Channel, NameZH: "测试商城", NameEN: "Test mall", API: &channel.API{BaseURL: "https://mall.example.com", CustomURL: true,
			Credentials: []channel.Credential{{Name: "app_key", NameZH: "应用键", NameEN: "App key"}, {Name: "secret", NameZH: "应用密钥", NameEN: "App secret", Secret: true}},
			Limits:      channel.Limits{ModifiedSpan: 3600_000, CreatedSpan: 3600_000, PageSize: 50}, Open: func(channel.Access) (channel.Client, error) { return s, nil }}}}
		hc, err := httpx.New(httpx.Options{})
		if err != nil {
			t.Fatal(err)
		}
		door := intake.New(k, w.Orders, w.Shops, w.Catalog)
		acc := access.New(k, w.Shops, all, hc, kittest.Random())
		files := channel.NewImporter(k, all, door, w.Orders, w.Shops)
		engine := pull.New(k, acc, w.Shops, w.Orders, door, files, setting.New(k, pull.Settings()...), "test")
		api := web.New(web.Options{Version: "test", Log: k.Log, Authenticate: func(_ context.Context, c web.Credential) (actor.Actor, error) {
			if c.Bearer == "reader" {
				return actor.From(kittest.As(ctx, "channel.read", "intake.read"))
			}
			return actor.From(ctx)
		}})
		channelapi.Routes(api, acc, engine)
		api.Mux.Handle(channelapi.HookPath, channelapi.Hook(engine, k.Clock, k.Log))
		h := api.Handler()
		path, sync := "/shops/"+w.Shop.ID.String()+"/access", "/sync/"+w.Shop.ID.String()

		ask(t, h, 404, "owner", "GET", sync, "")
		ask(t, h, 403, "reader", "PUT", path, `{"credentials":{"app_key":"k","secret":"s"}}`)
		ask(t, h, 422, "owner", "PUT", path, `{"credentials":{"app_key":"k"}}`)
		ask(t, h, 403, "owner", "PUT", path, `{"base_url":"https://127.0.0.1/x","credentials":{"app_key":"k","secret":"s"}}`)
		put := ask(t, h, 200, "owner", "PUT", path, `{"credentials":{"app_key":"k","secret":"hush"},"tuning":{"poll_interval_ms":1000,"lag_ms":0,"start_at":"2026-11-21T11:59:00+08:00"}}`)
		if put["state"] != "ok" || put["tuning"].(reply)["lag_ms"] != 0.0 || !strings.HasPrefix(put["hook_path"].(string), "/hooks/") {
			t.Errorf("%v", put)
		}
		got := ask(t, h, 200, "reader", "GET", path, "")
		if b, _ := json.Marshal(got); strings.Contains(string(b), "hush") || got["hook_path"] != "" || len(got["given"].([]any)) != 2 {
			t.Errorf("%v", got)
		}
		if r := ask(t, h, 200, "owner", "POST", path+"/test", ""); r["ok"] != false || r["problem"] != "ip_not_listed" || r["error"].(reply)["message"] == "" {
			t.Errorf("test %v", r)
		}
		for range 3 {
			if _, err := engine.Step(ctx, kittest.Merchant, w.Shop.ID); err != nil {
				t.Fatal(err)
			}
			kittest.Clock(k).Advance(2 * time.Second)
		}
		x := first(ask(t, h, 200, "reader", "GET", "/sync", ""))
		if x["shop_id"] != w.Shop.ID.String() || x["quarantined"] != 1.0 || x["healthy"] != true || len(x["streams"].([]any)) != 1 {
			t.Errorf("sync %v", x)
		}
		ask(t, h, 202, "owner", "POST", sync+"/compare", `{"from_at":"2026-11-21T11:00:00+08:00","to_at":"2026-11-21T13:00:00+08:00"}`)
		ask(t, h, 202, "owner", "POST", sync+"/pull", `{"channel_order_nos":["A1"]}`)
		if _, err := engine.Step(ctx, kittest.Merchant, w.Shop.ID); err != nil {
			t.Fatal(err)
		}
		if c := first(ask(t, h, 200, "reader", "GET", sync+"/comparisons", "")); c["state"] != "equal" || c["theirs"] != 2.0 || c["ours"] != 1.0 || c["quarantined"] != 1.0 {
			t.Errorf("comparison %v", c)
		}
		if l := first(ask(t, h, 200, "reader", "GET", sync+"/ledger?from=2026-11-21T12:00:00%2B08:00&to=2026-11-21T13:00:00%2B08:00", "")); l["equal"] != true || l["theirs"] != 2.0 {
			t.Errorf("ledger %v", l)
		}
		ask(t, h, 422, "reader", "GET", sync+"/ledger?from=2026-01-01T12:00:00%2B08:00&to=2026-11-21T13:00:00%2B08:00", "")
		for _, list := range []string{"gaps", "days"} {
			ask(t, h, 200, "reader", "GET", sync+"/"+list, "")
		}
		hook := put["hook_path"].(string)
		for _, c := range []struct {
			path, sign string
			want       int
		}{{hook, "good", 200}, {hook, "good", 200}, {hook, "bad", 401}, {"/hooks/guess", "good", 404}, {"/hooks/", "good", 404}} {
			r := httptest.NewRequest("POST", c.path, strings.NewReader("e1"))
			r.Header.Set("X-Sign", c.sign)
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, r)
			if rec.Code != c.want {
				t.Errorf("push to %s signed %s: %d %s", c.path, c.sign, rec.Code, rec.Body)
			}
		}
		if x := ask(t, h, 200, "reader", "GET", sync, ""); x["waiting_hints"] != 1.0 {
			t.Errorf("%v hints wait for one event pushed twice", x["waiting_hints"])
		}
		ask(t, h, 204, "owner", "DELETE", path, "")
		ask(t, h, 404, "owner", "GET", path, "")
	})
}
