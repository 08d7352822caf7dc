package setting_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/setting"
)

var extra = []setting.Def{
	{Name: "test.mode", Kind: setting.Choice, Default: "soft", Choices: []string{"soft", "hard"}, ZH: "模式", EN: "Mode"},
	{Name: "test.footer", Kind: setting.Text, Default: "", Max: 5, ZH: "页脚", EN: "Footer"},
}

func each(t *testing.T, f func(t *testing.T, s *setting.Service, k *kit.Kit, ctx context.Context)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		f(t, setting.New(k, extra...), k, ctx)
	})
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestSettings(t *testing.T) {
	each(t, func(t *testing.T, s *setting.Service, _ *kit.Kit, ctx context.Context) {
		all, err := s.All(ctx)
		ok(t, err)
		if len(all) != 4 || all[0].Name != setting.PasswordMinLength || all[0].Value != int64(8) || all[0].Version != 0 {
			t.Fatalf("defaults: %+v", all)
		}
		for _, c := range []struct {
			name, value string
			want        error
		}{
			{setting.PasswordMinLength, `12`, nil},
			{setting.PasswordMinLength, `7`, setting.ErrValue},
			{setting.PasswordMinLength, `65`, setting.ErrValue},
			{setting.PasswordMinLength, `12.5`, setting.ErrValue},
			{setting.PasswordMinLength, `"12"`, setting.ErrValue},
			{setting.PasswordMinLength, `null`, setting.ErrValue},
			{setting.PasswordMix, `true`, nil},
			{setting.PasswordMix, `1`, setting.ErrValue},
			{"test.mode", `"hard"`, nil},
			{"test.mode", `"harder"`, setting.ErrValue},
			{"test.footer", `"谢谢惠顾!"`, nil},
			{"test.footer", `"谢谢您的惠顾"`, setting.ErrValue},
			{"test.nothing", `1`, setting.ErrUnknown},
		} {
			if _, err := s.Set(ctx, setting.SetInput{Name: c.name, Value: json.RawMessage(c.value), Version: -1}); !errors.Is(err, c.want) {
				t.Errorf("%s = %s: %v, want %v", c.name, c.value, err, c.want)
			}
		}
		n, err := s.Int(ctx, kittest.Merchant, setting.PasswordMinLength)
		ok(t, err)
		b, err := s.Bool(ctx, kittest.Merchant, setting.PasswordMix)
		ok(t, err)
		m, err := s.Text(ctx, kittest.Merchant, "test.mode")
		ok(t, err)
		if n != 12 || !b || m != "hard" {
			t.Errorf("read back %d %v %s", n, b, m)
		}
		if n, err = s.Int(ctx, 2, setting.PasswordMinLength); n != 8 || err != nil {
			t.Errorf("another merchant reads %d, %v", n, err)
		}
		if _, err := s.Int(ctx, kittest.Merchant, "test.mode"); !errors.Is(err, setting.ErrUnknown) {
			t.Error("a text passed for a number")
		}
		_, err = s.Set(kittest.As(ctx, "order.read"), setting.SetInput{Name: "test.mode", Value: json.RawMessage(`"soft"`), Version: -1})
		if !errors.Is(err, actor.ErrForbidden) {
			t.Error(err)
		}
	})
}

func TestTwoPeopleSaveTheSameSetting(t *testing.T) {
	each(t, func(t *testing.T, s *setting.Service, _ *kit.Kit, ctx context.Context) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		saved := 0
		for range 8 {
			wg.Go(func() {
				v, err := s.Set(ctx, setting.SetInput{Name: "test.mode", Value: json.RawMessage(`"hard"`), Version: 0})
				mu.Lock()
				defer mu.Unlock()
				if err == nil && v.Version == 1 {
					saved++
				} else if !errors.Is(err, setting.ErrChanged) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if saved != 1 {
			t.Errorf("%d of them were first", saved)
		}
	})
}

func TestSavedViews(t *testing.T) {
	each(t, func(t *testing.T, s *setting.Service, k *kit.Kit, ctx context.Context) {
		name := func(s string) *string { return &s }
		query := json.RawMessage(`{"tab":"awaiting_shipment","phone":"13900001111"}`)
		first, err := s.CreateView(ctx, setting.SaveInput{Page: "orders", Name: name(" 今天要发 "), Query: query})
		ok(t, err)
		second, err := s.CreateView(ctx, setting.SaveInput{Page: "orders", Name: name("欠货"), Query: json.RawMessage(`{}`)})
		ok(t, err)
		if first.Name != "今天要发" || second.Position != first.Position+1 {
			t.Errorf("saved %+v, %+v", first, second)
		}
		var raw []byte
		ok(t, k.DB.QueryRow(ctx, `SELECT query FROM setting_view WHERE id = ?`, first.ID).Scan(&raw))
		if strings.Contains(string(raw), "13900001111") {
			t.Error("a phone number lies in the table in clear")
		}
		colleague := kittest.As(ctx, "order.read")
		list := func(ctx context.Context, roles ...id.ID) string {
			t.Helper()
			views, err := s.Views(ctx, "orders", roles)
			ok(t, err)
			var out []string
			for _, v := range views {
				out = append(out, v.Name)
			}
			return strings.Join(out, ",")
		}
		if got := list(ctx); got != "今天要发,欠货" {
			t.Errorf("mine: %s", got)
		}
		if got := list(colleague, 5, 6); got != "" {
			t.Errorf("a colleague sees %s", got)
		}
		role, top := id.ID(5), int64(-1)
		_, err = s.UpdateView(ctx, second.ID, setting.SaveInput{RoleID: &role, Position: &top})
		ok(t, err)
		if got := list(ctx); got != "欠货,今天要发" {
			t.Errorf("after moving: %s", got)
		}
		if got := list(colleague, 5, 6); got != "欠货" {
			t.Errorf("a colleague with the role sees %q", got)
		}
		if _, err := s.UpdateView(colleague, second.ID, setting.SaveInput{Name: name("我的")}); !errors.Is(err, setting.ErrNoView) {
			t.Errorf("a colleague renamed it: %v", err)
		}
		if err := s.DeleteView(colleague, first.ID); !errors.Is(err, setting.ErrNoView) {
			t.Errorf("a colleague deleted it: %v", err)
		}
		if _, err := s.CreateView(colleague, setting.SaveInput{Page: "orders", Name: name("x"), Query: query, RoleID: &role}); !errors.Is(err, actor.ErrForbidden) {
			t.Errorf("shared without the permission: %v", err)
		}
		ok(t, s.DeleteView(ctx, first.ID))
		if err := s.DeleteView(ctx, first.ID); !errors.Is(err, setting.ErrNoView) {
			t.Error(err)
		}
		for why, in := range map[string]setting.SaveInput{
			"no name":           {Page: "orders", Query: query},
			"a list for filter": {Page: "orders", Name: name("x"), Query: json.RawMessage(`[1]`)},
			"a huge filter":     {Page: "orders", Name: name("x"), Query: json.RawMessage(`{"a":"` + strings.Repeat("x", 9000) + `"}`)},
			"an odd page":       {Page: "../etc", Name: name("x"), Query: query},
		} {
			if _, err := s.CreateView(ctx, in); err == nil {
				t.Errorf("saved a view with %s", why)
			}
		}
		for range 99 {
			_, err := s.CreateView(ctx, setting.SaveInput{Page: "orders", Name: name("v"), Query: query})
			ok(t, err)
		}
		if _, err := s.CreateView(ctx, setting.SaveInput{Page: "orders", Name: name("v"), Query: query}); !errors.Is(err, setting.ErrManyViews) {
			t.Errorf("the 101st: %v", err)
		}
		if _, err := s.Views(actor.With(ctx, actor.ForSystem(1, "x")), "orders", nil); !errors.Is(err, setting.ErrNotPerson) {
			t.Errorf("the product's own views: %v", err)
		}
	})
}

func TestABadDefinitionStopsTheStart(t *testing.T) {
	for why, d := range map[string]setting.Def{
		"a default outside its bounds": {Name: "a.b", Kind: setting.Int, Default: int64(9), Min: 1, Max: 5, ZH: "甲", EN: "A"},
		"no English text":              {Name: "a.b", Kind: setting.Bool, Default: true, ZH: "甲"},
		"a name without a package":     {Name: "b", Kind: setting.Bool, Default: true, ZH: "甲", EN: "A"},
		"a name twice":                 {Name: setting.PasswordMix, Kind: setting.Bool, Default: true, ZH: "甲", EN: "A"},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("accepted %s", why)
				}
			}()
			setting.New(nil, d)
		}()
	}
}
