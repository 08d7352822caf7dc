package purchase_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/purchase"
)

func TestASupplierIsKeptWithItsContactSealedAndItsGoodsPriced(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, ctx := kittest.New(t, d)
		cat := catalog.New(k)
		s := purchase.New(k, cat, kittest.Random())
		one, err := s.Save(ctx, purchase.Supplier{Name: " 松木供应链 ", Contract: purchase.Masked, CutoffMinute: 960, LeadDays: 3, Active: true, Contact: purchase.Contact{Person: "周一帆", Phone: "13900001111"}})
		if err != nil || one.Name != "松木供应链" || one.Contact.Phone != "13900001111" || one.Version != 1 {
			t.Fatalf("%+v %v", one, err)
		}
		var stored []byte
		if err := d.QueryRow(ctx, `SELECT contact FROM purchase_supplier WHERE merchant_id = ? AND id = ?`, kittest.Merchant, one.ID).Scan(&stored); err != nil || bytes.Contains(stored, []byte("13900001111")) {
			t.Error("the contact lies open:", err)
		}
		if seen, err := s.Get(kittest.As(ctx, purchase.PermitRead), one.ID); err != nil || seen.Contact != (purchase.Contact{}) {
			t.Errorf("a reader sees the contact: %+v %v", seen.Contact, err)
		}
		for name, c := range map[string]struct {
			in   purchase.Supplier
			want error
		}{
			"no name":         {purchase.Supplier{Contract: purchase.Masked}, purchase.ErrBadSupplier},
			"no contract":     {purchase.Supplier{Name: "A"}, purchase.ErrBadSupplier},
			"tomorrow":        {purchase.Supplier{Name: "A", Contract: purchase.Masked, CutoffMinute: 1440}, purchase.ErrBadSupplier},
			"the same name":   {purchase.Supplier{Name: "松木供应链", Contract: purchase.Masked}, purchase.ErrNameTaken},
			"an old version":  {purchase.Supplier{ID: one.ID, Version: 9, Name: "A", Contract: purchase.Masked}, purchase.ErrChanged},
			"one that is not": {purchase.Supplier{ID: 5, Name: "A", Contract: purchase.Masked}, purchase.ErrNotFound},
		} {
			if _, err := s.Save(ctx, c.in); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		sku, err := cat.CreateSKU(ctx, catalog.SKUInput{Code: "TEA", ProductName: "茶"})
		if err != nil {
			t.Fatal(err)
		}
		cost := money.Fen(1234)
		if n, err := s.SetSupplies(ctx, one.ID, []purchase.Supply{{SKUID: sku.ID, Code: "SM-1", CostFen: &cost}}); err != nil || n != 1 {
			t.Fatal(n, err)
		}
		all, err := s.Supplies(ctx, one.ID)
		if err != nil || len(all) != 1 || all[0].SKUCode != "TEA" || *all[0].CostFen != 1234 || all[0].Code != "SM-1" {
			t.Errorf("%+v %v", all, err)
		}
		if list, err := s.Suppliers(ctx); err != nil || list[0].SKUs != 1 {
			t.Error(list, err)
		}
		if _, err := s.SetSupplies(ctx, one.ID, []purchase.Supply{{SKUID: 7}}); !errors.Is(err, purchase.ErrUnknownSKU) {
			t.Error(err)
		}
		if _, err := s.SetSupplies(ctx, id.ID(7), nil); !errors.Is(err, purchase.ErrNotFound) {
			t.Error(err)
		}
		if err := s.RevokePortal(ctx, 7); !errors.Is(err, purchase.ErrNoPortal) {
			t.Error(err)
		}
	})
}
