package reviewapi_test

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/api/reviewapi"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/order/review"
)

func TestRulesAreSavedTriedAndExplainedOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		who, _ := actor.From(ctx)
		api := web.New(web.Options{Version: "test", Log: w.Kit.Log, Authenticate: func(context.Context, web.Credential) (actor.Actor, error) { return who, nil }})
		reviewapi.Routes(api, review.New(w.Kit, review.NewEngine(w.Kit), w.Orders))
		h := api.Handler()
		asked := 0
		ask := func(method, path, body string, out any) (int, string) {
			t.Helper()
			r := httptest.NewRequest(method, "http://127.0.0.1"+web.Prefix+path, strings.NewReader(body))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", "Bearer x")
			if method != "GET" {
				asked++
				r.Header.Set("Idempotency-Key", "request-"+strconv.Itoa(asked))
			}
			a := httptest.NewRecorder()
			h.ServeHTTP(a, r)
			var p struct{ Code string }
			if a.Code >= 400 {
				_ = json.Unmarshal(a.Body.Bytes(), &p)
			} else if out != nil {
				if err := json.Unmarshal(a.Body.Bytes(), out); err != nil {
					t.Fatalf("%s: %s", path, a.Body)
				}
			}
			return a.Code, p.Code
		}
		w.SKU(ctx, "A-1", 10)
		o := w.One(ctx, 0, w.Doc("1001", "A-1"))

		var p reviewapi.ReviewPolicy
		if code, _ := ask("GET", "/review/policy", "", &p); code != 200 || p.Version != 0 || !p.CheckAddress || p.Rules == nil {
			t.Fatalf("%d %+v", code, p)
		}
		p.Rules = []reviewapi.ReviewRule{{Name: "大单", Enabled: true, Action: review.Hold, Condition: json.RawMessage(`{"field":"paid_fen","op":"gt","value":5000}`)}}
		p.Limits = []reviewapi.PurchaseLimit{{SKUCode: "A-1", Pieces: 2, WindowDays: 7}}
		body, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if code, why := ask("PUT", "/review/policy", string(body), &p); code != 200 || p.Version != 1 || len(p.Limits) != 1 || string(p.Rules[0].Condition) != `{"field":"paid_fen","op":"gt","value":5000}` {
			t.Fatalf("%d %s %+v", code, why, p)
		}
		bad := strings.Replace(string(body), "paid_fen", "mood", 1)
		if code, why := ask("PUT", "/review/policy", bad, nil); code != 422 || why != "rule.unknown_field" {
			t.Errorf("an unknown field: %d %s", code, why)
		}
		var fields web.Page[struct{ Name string }]
		if code, _ := ask("GET", "/review/fields", "", &fields); code != 200 || len(fields.Items) < 10 {
			t.Errorf("fields: %d %+v", code, fields)
		}
		var tried struct{ Looked, Hits int64 }
		if code, _ := ask("POST", "/review/try", `{"condition":{"field":"paid_fen","op":"gt","value":5000}}`, &tried); code != 200 || tried.Looked != 1 || tried.Hits != 1 {
			t.Errorf("tried: %d %+v", code, tried)
		}
		at := "/orders/" + o.ID.String()
		var seen reviewapi.OrderReview
		if code, _ := ask("GET", at+"/review", "", &seen); code != 200 || len(seen.Reasons) != 1 || seen.Reasons[0].Kind != "review_rule" || !seen.Rules[0].Hit {
			t.Errorf("explained: %d %+v", code, seen)
		}
		var added struct{ Added int64 }
		if code, _ := ask("POST", at+"/blacklist", `{"reason":"恶意退款"}`, &added); code != 200 || added.Added != 3 {
			t.Errorf("blacklisted: %d %+v", code, added)
		}
		var list web.Page[reviewapi.BlacklistEntry]
		if code, _ := ask("GET", "/review/blacklist?limit=2", "", &list); code != 200 || len(list.Items) != 2 || list.NextCursor == "" {
			t.Fatalf("blacklist: %d %+v", code, list)
		}
		if code, _ := ask("GET", "/review/blacklist?limit=2&cursor="+list.NextCursor, "", &list); code != 200 || len(list.Items) != 1 {
			t.Errorf("its end: %d %+v", code, list)
		}
		if code, _ := ask("DELETE", "/review/blacklist/"+list.Items[0].ID.String(), "", nil); code != 204 {
			t.Errorf("removed: %d", code)
		}
		if code, _ := ask("POST", at+"/ask-buyer-address", `{"text":"请补全地址"}`, nil); code != 204 {
			t.Errorf("asked: %d", code)
		}
		if code, _ := ask("GET", at+"/review", "", &seen); code != 200 || len(seen.Messages) != 1 || seen.Messages[0].Way != "person" || seen.Messages[0].SentAt != 0 {
			t.Fatalf("messages: %d %+v", code, seen.Messages)
		}
		if code, why := ask("POST", "/review/messages/"+seen.Messages[0].ID.String()+"/sent", "", nil); code != 204 {
			t.Errorf("ticked: %d %s", code, why)
		}
		if code, _ := ask("GET", at+"/review", "", &seen); code != 200 || seen.Messages[0].SentAt == 0 {
			t.Errorf("messages: %d %+v", code, seen.Messages)
		}
		if code, why := ask("POST", "/review/messages/77/sent", "", nil); code != 404 || why != "review.no_message" {
			t.Errorf("no message: %d %s", code, why)
		}
		var rejected struct{ State string }
		if code, why := ask("POST", at+"/reject", `{"reason":"无货","message":"抱歉","memo":true,"close":true}`, &rejected); code != 200 || rejected.State != "closed" {
			t.Errorf("rejected: %d %s", code, why)
		}
		who.Permissions = []string{"order.approve"}
		if code, _ := ask("PUT", "/review/policy", string(body), nil); code != 403 {
			t.Errorf("without the right: %d", code)
		}
	})
}
