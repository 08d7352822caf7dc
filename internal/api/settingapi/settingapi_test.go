package settingapi_test

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/api/settingapi"
	"github.com/ordercove/ordercove/internal/iam"
	"github.com/ordercove/ordercove/internal/iam/iamtest"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/setting"
)

func TestSettingsAndViewsOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, _ := kittest.New(t, d)
		staff := iamtest.New(t, k, iam.Options{})
		_, owner := iamtest.Merchant(t, staff, "cove")
		_, clerk := iamtest.User(t, staff, owner, "cove", "clerk", iam.CustomerService)
		role := iamtest.Role(t, staff, owner, iam.CustomerService).ID.String()
		api := web.New(web.Options{Version: "test", Log: k.Log, Authenticate: func(_ context.Context, c web.Credential) (actor.Actor, error) {
			if c.Bearer == "clerk" {
				return actor.From(clerk)
			}
			return actor.From(owner)
		}})
		settingapi.Routes(api, setting.New(k), staff)
		h := api.Handler()
		ask := func(who, method, path, body string, out any) int {
			t.Helper()
			r := httptest.NewRequest(method, "http://127.0.0.1"+web.Prefix+path, strings.NewReader(body))
			r.Header.Set("Authorization", "Bearer "+who)
			if body != "" {
				r.Header.Set("Content-Type", "application/json")
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if out != nil {
				if err := json.Unmarshal(w.Body.Bytes(), out); err != nil || w.Code >= 300 {
					t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
				}
			}
			return w.Code
		}
		var s settingapi.Setting
		ask("owner", "PUT", "/settings/"+setting.PasswordMinLength, `{"value":12,"version":0}`, &s)
		if string(s.Value.RawMessage) != "12" || s.Version != 1 || string(s.Default.RawMessage) != "8" {
			t.Errorf("saved %+v", s)
		}
		for _, c := range []struct {
			who, body string
			want      int
		}{
			{"owner", `{"value":13,"version":0}`, 409},
			{"owner", `{"value":"13"}`, 422},
			{"owner", `{"value":9}`, 200},
			{"clerk", `{"value":9}`, 403},
		} {
			if got := ask(c.who, "PUT", "/settings/"+setting.PasswordMinLength, c.body, nil); got != c.want {
				t.Errorf("%s saves %s: %d, want %d", c.who, c.body, got, c.want)
			}
		}
		var all web.Page[settingapi.Setting]
		ask("clerk", "GET", "/settings", "", &all)
		if len(all.Items) != 2 || string(all.Items[0].Value.RawMessage) != "9" {
			t.Errorf("listed %+v", all.Items)
		}

		var v settingapi.SavedView
		ask("owner", "POST", "/saved-views", `{"page":"orders","name":"急单","query":{"tab":"awaiting_shipment"},"role_id":"`+role+`"}`, &v)
		var views web.Page[settingapi.SavedView]
		ask("clerk", "GET", "/saved-views?page=orders", "", &views)
		if len(views.Items) != 1 || views.Items[0].Mine || string(views.Items[0].Query.RawMessage) != `{"tab":"awaiting_shipment"}` {
			t.Fatalf("the clerk sees %+v", views.Items)
		}
		if got := ask("clerk", "DELETE", "/saved-views/"+v.ID.String(), "", nil); got != 404 {
			t.Errorf("the clerk deletes it: %d", got)
		}
		if got := ask("owner", "PATCH", "/saved-views/"+v.ID.String(), `{"role_id":"77"}`, nil); got != 404 {
			t.Errorf("shared with a role that is none: %d", got)
		}
		ask("owner", "PATCH", "/saved-views/"+v.ID.String(), `{"role_id":"0","query":{"q":"x"}}`, &v)
		ask("clerk", "GET", "/saved-views?page=orders", "", &views)
		if len(views.Items) != 0 || v.RoleID != nil {
			t.Errorf("still shared: %+v", views.Items)
		}
		if got := ask("owner", "POST", "/saved-views", `{"page":"orders","name":"x","query":"tab"}`, nil); got != 422 {
			t.Errorf("a filter that is no object: %d", got)
		}
		if got := ask("owner", "DELETE", "/saved-views/"+v.ID.String(), "", nil); got != 204 {
			t.Errorf("deleting: %d", got)
		}
		if got := ask("owner", "GET", "/saved-views", "", nil); got != 422 {
			t.Errorf("views of no page: %d", got)
		}
	})
}
