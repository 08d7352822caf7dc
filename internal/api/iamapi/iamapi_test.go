package iamapi_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/api/iamapi"
	"github.com/ordercove/ordercove/internal/iam"
	"github.com/ordercove/ordercove/internal/iam/iamtest"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/web"
)

type site struct {
	h     http.Handler
	api   *web.API
	iam   *iam.Service
	clock interface{ Advance(time.Duration) }
	demo  id.ID // the merchant that demo data was asked for
}

func each(t *testing.T, f func(t *testing.T, s *site)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, _ := kittest.New(t, d)
		s := &site{iam: iamtest.New(t, k, iam.Options{}), clock: kittest.Clock(k)}
		s.api = web.New(web.Options{Version: "test", Log: k.Log, Authenticate: func(ctx context.Context, c web.Credential) (actor.Actor, error) {
			return s.iam.Authenticate(ctx, c.Cookie, c.Bearer)
		}})
		iamapi.Routes(s.api, s.iam, iamapi.Hooks{Demo: func(ctx context.Context, m id.ID) error {
			s.demo = actor.Merchant(ctx)
			return nil
		}})
		s.h = s.api.Handler()
		f(t, s)
	})
}

// browser is one person's browser or script.
type browser struct {
	s              *site
	cookie, bearer string
}

// ask sends a request and reads the JSON answer into out (nil: not read). It
// returns the status and, of a problem, its code.
func (b *browser) ask(t *testing.T, method, path, body string, out any) (int, string) {
	t.Helper()
	r := httptest.NewRequest(method, "http://127.0.0.1"+web.Prefix+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if b.cookie != "" {
		r.AddCookie(&http.Cookie{Name: web.CookieName(false), Value: b.cookie})
	}
	if b.bearer != "" {
		r.Header.Set("Authorization", "Bearer "+b.bearer)
	}
	w := httptest.NewRecorder()
	b.s.h.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.Name == web.CookieName(false) {
			if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" {
				t.Errorf("the session cookie is %+v", c)
			}
			b.cookie = c.Value
		}
	}
	var p struct{ Code string }
	if w.Code >= 400 {
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
	} else if out != nil {
		if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
			t.Fatalf("%s %s: %d %s: %v", method, path, w.Code, w.Body, err)
		}
	}
	return w.Code, p.Code
}

func (b *browser) must(t *testing.T, status int, method, path, body string, out any) {
	t.Helper()
	if got, code := b.ask(t, method, path, body, out); got != status {
		t.Fatalf("%s %s: %d %s, want %d", method, path, got, code, status)
	}
}

func (b *browser) refused(t *testing.T, status int, code, method, path, body string) {
	t.Helper()
	if got, c := b.ask(t, method, path, body, nil); got != status || c != code {
		t.Errorf("%s %s: %d %s, want %d %s", method, path, got, c, status, code)
	}
}

func first(t *testing.T, s *site) *browser {
	t.Helper()
	token, err := s.iam.CreateSetupToken(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{s: s}
	body, _ := json.Marshal(map[string]any{"token": token, "merchant_code": "cove", "merchant_name": "青橘小铺", "user_name": "owner", "password": iamtest.Password, "lang": "zh-CN", "demo_data": true})
	b.must(t, 201, "POST", "/setup", string(body), nil)
	return b
}

func TestFirstRunToLogout(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		stranger := &browser{s: s}
		stranger.refused(t, 401, "actor.not_signed_in", "GET", "/me", "")
		stranger.refused(t, 403, "iam.bad_setup_token", "POST", "/setup", `{"token":"guess","merchant_code":"x1","merchant_name":"x","user_name":"owner","password":"`+iamtest.Password+`"}`)
		b := first(t, s)
		var me iamapi.Me
		b.must(t, 200, "GET", "/me", "", &me)
		if me.MerchantCode != "cove" || s.demo != me.MerchantID || me.ShopIDs.IDs != nil || me.Roles[0].Name != "店长" || me.RefundLimitFen != nil || !slices.Contains(me.Permissions, "order.reveal") {
			t.Fatalf("the owner is %+v, demo for %v", me, s.demo)
		}
		b.must(t, 200, "PATCH", "/me", `{"lang":"en-US","display_name":"Zhou"}`, &me)
		if me.Lang != "en-US" || me.DisplayName != "Zhou" {
			t.Errorf("saved %+v", me)
		}
		b.must(t, 200, "GET", "/me", "", &me)
		if me.Roles[0].Name != "Owner" {
			t.Errorf("in English the role is %q", me.Roles[0].Name)
		}

		second := &browser{s: s}
		second.refused(t, 401, "iam.bad_login", "POST", "/sessions", `{"merchant_code":"cove","user_name":"owner","password":"wrong"}`)
		second.refused(t, 422, "web.invalid", "POST", "/sessions", `{"merchant_code":"cove","user_name":"owner"}`)
		second.must(t, 201, "POST", "/sessions", `{"merchant_code":"cove","user_name":"owner","password":"`+iamtest.Password+`"}`, nil)
		var list web.Page[iamapi.Session]
		second.must(t, 200, "GET", "/sessions", "", &list)
		if len(list.Items) != 2 || !list.Items[0].Current {
			t.Fatalf("sessions %+v", list.Items)
		}
		second.must(t, 204, "DELETE", "/sessions/"+list.Items[1].ID.String(), "", nil)
		b.refused(t, 401, "iam.session_ended", "GET", "/me", "")
		second.refused(t, 422, "iam.wrong_password", "POST", "/me/password", `{"old_password":"no","new_password":"a better password"}`)
		second.must(t, 204, "POST", "/me/password", `{"old_password":"`+iamtest.Password+`","new_password":"a better phrase 4 me"}`, nil)
		token := second.cookie
		second.must(t, 204, "DELETE", "/sessions/current", "", nil)
		if second.cookie != "" {
			t.Error("the cookie is still there")
		}
		second.cookie = token
		second.refused(t, 401, "iam.session_ended", "GET", "/me", "")
	})
}

func TestStaffRolesAndKeys(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		b := first(t, s)
		var roles web.Page[iamapi.Role]
		b.must(t, 200, "GET", "/roles", "", &roles)
		if paged := whole[iamapi.Role](t, b, "/roles"); !reflect.DeepEqual(paged, roles.Items) || len(paged) < 3 {
			t.Fatalf("page by page there are %d roles, at once %d", len(paged), len(roles.Items))
		}
		role := func(code string) iamapi.Role {
			i := slices.IndexFunc(roles.Items, func(r iamapi.Role) bool { return r.Code == code })
			return roles.Items[i]
		}
		var made iamapi.CreatedUser
		b.must(t, 201, "POST", "/users", `{"user_name":"mei","role_ids":["`+role("warehouse").ID.String()+`"],"shop_ids":["7"]}`, &made)
		if made.Password == "" || made.User.ShopIDs.IDs[0] != 7 || made.User.WarehouseIDs.IDs != nil {
			t.Fatalf("made %+v", made)
		}
		mei := &browser{s: s}
		mei.must(t, 201, "POST", "/sessions", `{"merchant_code":"cove","user_name":"mei","password":"`+made.Password+`"}`, nil)
		mei.refused(t, 403, "actor.forbidden", "GET", "/users", "")
		var user iamapi.User
		path := "/users/" + made.User.ID.String()
		b.must(t, 200, "PATCH", path, `{"display_name":"梅"}`, &user)
		if len(user.ShopIDs.IDs) != 1 {
			t.Errorf("a list that was not sent changed to %v", user.ShopIDs.IDs)
		}
		b.must(t, 200, "PATCH", path, `{"shop_ids":null,"warehouse_ids":["3"]}`, &user)
		if user.ShopIDs.IDs != nil || len(user.WarehouseIDs.IDs) != 1 {
			t.Errorf("after null: %+v", user)
		}
		b.refused(t, 409, "iam.changed", "PATCH", path, `{"active":false,"version":1}`)
		b.refused(t, 422, "web.invalid", "PATCH", path, `{"is_admin":true}`)
		b.must(t, 200, "PATCH", path, `{"active":false}`, &user)
		mei.refused(t, 401, "iam.session_ended", "GET", "/me", "")
		b.refused(t, 404, "iam.user_not_found", "PATCH", "/users/99", `{"active":true}`)
		b.must(t, 200, "POST", path+"/reset-password", `{}`, &made)

		var mine iamapi.Role
		b.must(t, 201, "POST", "/roles", `{"code":"night","name":"夜班","permissions":["order.read"],"refund_limit_fen":100}`, &mine)
		b.must(t, 200, "PATCH", "/roles/"+mine.ID.String(), `{"name":"夜班","permissions":["order.read","order.note"]}`, &mine)
		if len(mine.Permissions) != 2 || mine.RefundLimitFen != nil {
			t.Errorf("role %+v", mine)
		}
		b.must(t, 204, "DELETE", "/roles/"+mine.ID.String(), "", nil)
		b.refused(t, 409, "iam.role_built_in", "DELETE", "/roles/"+role("admin").ID.String(), "")

		var key iamapi.CreatedAPIKey
		b.must(t, 201, "POST", "/api-keys", `{"name":"ERP","permissions":["iam.read"],"expires_at":"2027-01-01T00:00:00+08:00"}`, &key)
		script := &browser{s: s, bearer: key.Secret}
		var users web.Page[iamapi.User]
		script.must(t, 200, "GET", "/users?limit=1", "", &users)
		if len(users.Items) != 1 || users.NextCursor == "" {
			t.Fatalf("first page %+v", users)
		}
		script.must(t, 200, "GET", "/users?limit=1&cursor="+users.NextCursor, "", &users)
		if users.Items[0].UserName != "mei" {
			t.Errorf("second page %+v", users)
		}
		script.refused(t, 403, "actor.forbidden", "GET", "/api-keys", "")
		script.refused(t, 403, "iam.not_a_person", "GET", "/me", "")
		b.must(t, 204, "DELETE", "/api-keys/"+key.Key.ID.String(), "", nil)
		script.refused(t, 401, "iam.bad_api_key", "GET", "/users", "")
		var keys web.Page[iamapi.APIKey]
		b.must(t, 200, "GET", "/api-keys", "", &keys)
		if len(keys.Items) != 0 {
			t.Errorf("keys %+v", keys)
		}
	})
}

// whole follows the cursors of a list in pages of two.
func whole[T any](t *testing.T, b *browser, path string) (out []T) {
	t.Helper()
	for cursor := ""; ; {
		var p web.Page[T]
		b.must(t, 200, "GET", path+"?limit=2&cursor="+cursor, "", &p)
		if len(p.Items) > 2 {
			t.Fatalf("%s: %d on a page of two", path, len(p.Items))
		}
		out = append(out, p.Items...)
		if cursor = p.NextCursor; cursor == "" {
			return out
		}
	}
}

// Every operation that asks for a permission lets in exactly the roles that the
// published matrix names.
func TestEveryOperationFollowsTheMatrix(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		owner := first(t, s)
		holders := map[string][]string{}
		for _, p := range whole[iamapi.Permission](t, owner, "/permissions") {
			holders[p.Permission] = p.Roles
		}
		ctx := iamtest.As(t, s.iam, owner.cookie)
		checked := 0
		for _, d := range iam.RoleDefs() {
			if d.Code == iam.Owner {
				continue
			}
			name := "u-" + strings.ReplaceAll(d.Code, "_", "-")
			iamtest.User(t, s.iam, ctx, "cove", name, d.Code)
			r, err := s.iam.Login(t.Context(), iam.LoginInput{MerchantCode: "cove", UserName: name, Password: iamtest.Password})
			if err != nil {
				t.Fatal(err)
			}
			b := &browser{s: s, cookie: r.Session.Token}
			for _, op := range s.api.Operations() {
				if op.Permission == web.Public || op.Permission == web.SignedIn {
					continue
				}
				body := ""
				if op.Method == "POST" || op.Method == "PATCH" {
					body = `{"nonsense":1}` // the door comes before the form
				}
				_, code := b.ask(t, op.Method, strings.ReplaceAll(op.Path, "{id}", "99"), body, nil)
				may := slices.Contains(holders[op.Permission], d.Code)
				if (code != "actor.forbidden") != may {
					t.Errorf("%s %s as %s: %s, the matrix says %v", op.Method, op.Path, d.Code, code, may)
				}
				checked++
			}
		}
		if checked < 100 {
			t.Fatalf("only %d doors were tried", checked)
		}
	})
}

func TestAuthenticatorOverHTTP(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		b := first(t, s)
		b.refused(t, 422, "iam.wrong_password", "POST", "/me/totp", `{"password":"no"}`)
		var secret iamapi.TOTPSecret
		b.must(t, 200, "POST", "/me/totp", `{"password":"`+iamtest.Password+`"}`, &secret)
		if secret.Secret == "" || !strings.Contains(secret.URL, secret.Secret) {
			t.Errorf("secret %+v", secret)
		}
		b.refused(t, 401, "iam.bad_totp", "POST", "/me/totp/confirm", `{"code":"000000"}`)
		b.refused(t, 409, "iam.totp_state", "POST", "/me/totp/disable", `{"password":"`+iamtest.Password+`","code":"000000"}`)
	})
}

func TestGuessingAnswersWithRetryAfter(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		first(t, s)
		b := &browser{s: s}
		for range 5 {
			b.refused(t, 401, "iam.bad_login", "POST", "/sessions", `{"merchant_code":"cove","user_name":"owner","password":"wrong"}`)
		}
		b.refused(t, 429, "iam.too_many_attempts", "POST", "/sessions", `{"merchant_code":"cove","user_name":"owner","password":"wrong"}`)
	})
}
