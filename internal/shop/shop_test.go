package shop_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/shop"
	"github.com/ordercove/ordercove/internal/shop/shoptest"
)

func TestAShopsSettingsAreChecked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		s := shoptest.New(k)
		shoptest.Add(t, ctx, s, "甲店")
		for name, c := range map[string]struct {
			in   shop.CreateInput
			want error
		}{
			"no name":                  {shop.CreateInput{Channel: shoptest.Channel, Name: " "}, shop.ErrBadName},
			"a name too long":          {shop.CreateInput{Channel: shoptest.Channel, Name: strings.Repeat("店", 61)}, shop.ErrBadName},
			"a name twice":             {shop.CreateInput{Channel: shoptest.Channel, Name: " 甲店 "}, shop.ErrNameTaken},
			"a channel nobody knows":   {shop.CreateInput{Channel: "mars", Name: "乙店"}, shop.ErrUnknownChannel},
			"a mode nobody knows":      {shop.CreateInput{Channel: shoptest.Channel, Name: "乙店", Mode: "fax"}, shop.ErrBadValue},
			"reserving at a bad time":  {shop.CreateInput{Channel: shoptest.Channel, Name: "乙店", ReserveOn: "shipped"}, shop.ErrBadValue},
			"a staleness of ten years": {shop.CreateInput{Channel: shoptest.Channel, Name: "乙店", StaleAfterHours: 87600}, shop.ErrBadValue},
		} {
			if _, err := s.Create(ctx, c.in); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
		made, err := s.Create(ctx, shop.CreateInput{Channel: shoptest.Channel, Name: "乙店"})
		now := k.Clock.Now().UnixMilli()
		if err != nil || made.Mode != shop.ModeFile || made.LiveFrom != now || made.ReserveOn != shop.ReserveOnPaid || made.StaleAfterHours != 24 || made.Position != 2 {
			t.Errorf("defaults: %+v, %v", made, err)
		}
		if _, err := s.Create(kittest.As(ctx, "shop.read"), shop.CreateInput{Channel: shoptest.Channel, Name: "丙店"}); err == nil {
			t.Error("a shop was made without the permission")
		}
	})
}

func TestChangingAShop(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		s := shoptest.New(k)
		a, b := shoptest.Add(t, ctx, s, "甲店"), shoptest.Add(t, ctx, s, "乙店")
		name, same := "丙店", "甲店"
		now, err := s.Update(ctx, shop.UpdateInput{ShopID: a.ID, Version: 1, Name: &name})
		if err != nil || now.Name != name || now.Version != 2 || now.LiveFrom != a.LiveFrom {
			t.Fatalf("updated to %+v, %v", now, err)
		}
		if _, err := s.Update(ctx, shop.UpdateInput{ShopID: a.ID, Version: 1, Name: &same}); !errors.Is(err, shop.ErrChanged) {
			t.Errorf("an old version: %v, want ErrChanged", err)
		}
		if _, err := s.Update(ctx, shop.UpdateInput{ShopID: b.ID, Name: &name}); !errors.Is(err, shop.ErrNameTaken) {
			t.Errorf("a name that is taken: %v, want ErrNameTaken", err)
		}
		if _, err := s.Update(ctx, shop.UpdateInput{ShopID: 9, Name: &same}); !errors.Is(err, shop.ErrNotFound) {
			t.Errorf("a shop that is not there: %v, want ErrNotFound", err)
		}
		if again, err := s.Update(ctx, shop.UpdateInput{ShopID: a.ID, Name: &name}); err != nil || again.Version != 2 {
			t.Errorf("a change of nothing: version %d, %v", again.Version, err)
		}
	})
}

func TestPeopleSeeTheirShopsOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		s := shoptest.New(k)
		a, b := shoptest.Add(t, ctx, s, "甲店"), shoptest.Add(t, ctx, s, "乙店")
		mine := kittest.Within(ctx, shop.Scope, b.ID)
		if all, err := s.List(mine); err != nil || len(all) != 1 || all[0].ID != b.ID {
			t.Errorf("list %+v, %v", all, err)
		}
		name := "偷看"
		if _, err := s.Update(mine, shop.UpdateInput{ShopID: a.ID, Name: &name}); !errors.Is(err, shop.ErrNotFound) {
			t.Errorf("changing another shop: %v, want ErrNotFound", err)
		}
		if _, err := s.List(context.Background()); err == nil {
			t.Error("nobody saw shops")
		}
	})
}

func TestDataOnlyGetsNewer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		s := shoptest.New(k)
		one := shoptest.Add(t, ctx, s, "甲店", func(in *shop.CreateInput) { in.StaleAfterHours = 2 })
		touch := func(shopID id.ID, at int64) {
			kittest.InTx(t, k, ctx, func(ctx context.Context, tx *db.Tx) error { return s.TouchDataTx(ctx, tx, shopID, at) })
		}
		now := k.Clock.Now().UnixMilli()
		if !one.Stale(now) {
			t.Error("a shop without data is not stale")
		}
		touch(one.ID, now)
		touch(one.ID, now-1000)
		got, err := s.Get(ctx, one.ID)
		if err != nil || got.DataAt != now || got.Stale(now+2*3_600_000) || !got.Stale(now+2*3_600_000+1) {
			t.Errorf("data at %d, want %d, %v", got.DataAt, now, err)
		}
		got.Mode = shop.ModeAPI
		if got.Stale(now + 1e12) {
			t.Error("a shop that pulls by itself is stale")
		}
	})
}
