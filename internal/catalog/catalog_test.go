package catalog_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/catalog/catalogtest"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/money"
)

type house struct {
	k   *kit.Kit
	ctx context.Context
	s   *catalog.Service
}

func newHouse(t testing.TB, d *db.DB) *house {
	t.Helper()
	k, ctx := kittest.New(t, d)
	return &house{k, ctx, catalog.New(k)}
}

func (h *house) see(t testing.TB, seen ...catalog.Seen) (out []catalog.Mapped) {
	t.Helper()
	kittest.InTx(t, h.k, h.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = h.s.EnsureListingsTx(ctx, tx, seen)
		return err
	})
	return out
}

func (h *house) events(t testing.TB, name string) (n int) {
	t.Helper()
	if err := h.k.DB.QueryRow(h.ctx, `SELECT COUNT(*) FROM event_log WHERE merchant_id = ? AND name = ?`, kittest.Merchant, name).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func fen(n int64) *money.Fen { f := money.Fen(n); return &f }

func TestASKUsFieldsAreChecked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		catalogtest.SKU(t, h.ctx, h.s, "TAKEN", func(in *catalog.SKUInput) { in.Barcodes = []string{"6901234567892"} })
		tonne, below := int64(1_000_001), int64(-1)
		for _, c := range []struct {
			name string
			in   catalog.SKUInput
			want error
		}{
			{"no code", catalog.SKUInput{ProductName: "杯子"}, catalog.ErrBadCode},
			{"a code with a line break", catalog.SKUInput{ProductName: "杯子", Code: "A\nB"}, catalog.ErrBadCode},
			{"a code too long", catalog.SKUInput{ProductName: "杯子", Code: strings.Repeat("长", 65)}, catalog.ErrBadCode},
			{"a code that is taken", catalog.SKUInput{ProductName: "杯子", Code: " TAKEN "}, catalog.ErrCodeTaken},
			{"no product name", catalog.SKUInput{Code: "A"}, catalog.ErrBadName},
			{"a product that is not there", catalog.SKUInput{ProductID: 9, Code: "A"}, catalog.ErrNoProduct},
			{"a spec too long", catalog.SKUInput{ProductName: "杯子", Code: "A", Spec: strings.Repeat("红", 201)}, catalog.ErrBadSpec},
			{"a cost below zero", catalog.SKUInput{ProductName: "杯子", Code: "A", CostFen: fen(-1)}, catalog.ErrBadCost},
			{"a weight over a tonne", catalog.SKUInput{ProductName: "杯子", Code: "A", WeightGram: &tonne}, catalog.ErrBadWeight},
			{"a volume below zero", catalog.SKUInput{ProductName: "杯子", Code: "A", VolumeML: &below}, catalog.ErrBadVolume},
			{"a class with a comma", catalog.SKUInput{ProductName: "杯子", Code: "A", Classes: []string{"易碎,液体"}}, catalog.ErrBadClasses},
			{"an image that is a script", catalog.SKUInput{ProductName: "杯子", Code: "A", ImageURL: "javascript:1"}, catalog.ErrBadImage},
			{"a barcode somebody has", catalog.SKUInput{ProductName: "杯子", Code: "A", Barcodes: []string{"6901234567892"}}, catalog.ErrBarcodeTaken},
			{"a barcode with a tab", catalog.SKUInput{ProductName: "杯子", Code: "A", Barcodes: []string{"69\t01"}}, catalog.ErrBadBarcode},
			{"too many barcodes", catalog.SKUInput{ProductName: "杯子", Code: "A", Barcodes: strings.Split("a b c d e f g h i j k l m n o p q r s t u", " ")}, catalog.ErrManyBarcodes},
			{"everything in order", catalog.SKUInput{ProductName: "杯子", Code: "A", Spec: "红", CostFen: fen(0), Barcodes: []string{"B", "A", "A"}}, nil},
		} {
			t.Run(c.name, func(t *testing.T) {
				k, err := h.s.CreateSKU(h.ctx, c.in)
				if !errors.Is(err, c.want) {
					t.Fatalf("err = %v, want %v", err, c.want)
				}
				if err == nil && (k.Name != "杯子 红" || !slices.Equal(k.Barcodes, []string{"A", "B"})) {
					t.Errorf("made %+v", k)
				}
			})
		}
		if n := h.events(t, "catalog.sku_changed"); n != 2 {
			t.Errorf("%d SKU events, want 2: refused ones leave none", n)
		}
	})
}

func TestChangingASKUKeepsWhatWasNotNamed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		k := catalogtest.SKU(t, h.ctx, h.s, "A", func(in *catalog.SKUInput) { in.CostFen = fen(350); in.Barcodes = []string{"1", "2"} })
		codes := []string{"2", "3"}
		k2, err := h.s.UpdateSKU(h.ctx, catalog.UpdateSKUInput{SKUID: k.ID, Version: k.Version, Barcodes: &codes})
		if err != nil || *k2.CostFen != 350 || !slices.Equal(k2.Barcodes, codes) || k2.Version != k.Version+1 {
			t.Fatalf("updated to %+v, %v", k2, err)
		}
		if _, err := h.s.UpdateSKU(h.ctx, catalog.UpdateSKUInput{SKUID: k.ID, Version: k.Version, Barcodes: &codes}); !errors.Is(err, catalog.ErrChanged) {
			t.Errorf("an old version: %v, want ErrChanged", err)
		}
		k3, err := h.s.UpdateSKU(h.ctx, catalog.UpdateSKUInput{SKUID: k.ID, ClearCost: true})
		if err != nil || k3.CostFen != nil {
			t.Errorf("clearing the cost: %+v, %v", k3, err)
		}
		k4, err := h.s.UpdateSKU(h.ctx, catalog.UpdateSKUInput{SKUID: k.ID, ClearCost: true})
		if err != nil || k4.Version != k3.Version {
			t.Errorf("a change of nothing made version %d of %d, %v", k4.Version, k3.Version, err)
		}
		name := "亚麻桌布"
		if _, err := h.s.UpdateProduct(h.ctx, catalog.UpdateProductInput{ProductID: k.ProductID, Name: &name}); err != nil {
			t.Fatal(err)
		}
		if k5, err := h.s.Get(h.ctx, k.ID); err != nil || k5.Name != "亚麻桌布 米色 A" || k5.ProductName != name {
			t.Errorf("after renaming the product: %+v, %v", k5, err)
		}
	})
}

func TestABundleHasOneLevelOfComponents(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		cup, plate, set := catalogtest.SKU(t, h.ctx, h.s, "CUP"), catalogtest.SKU(t, h.ctx, h.s, "PLATE"), catalogtest.SKU(t, h.ctx, h.s, "SET")
		off := catalogtest.SKU(t, h.ctx, h.s, "OFF")
		no := false
		if _, err := h.s.UpdateSKU(h.ctx, catalog.UpdateSKUInput{SKUID: off.ID, Active: &no}); err != nil {
			t.Fatal(err)
		}
		put := func(sku id.ID, parts ...catalog.Component) error {
			_, err := h.s.SetComponents(h.ctx, catalog.ComponentsInput{SKUID: sku, Components: parts})
			return err
		}
		if err := put(set.ID, catalog.Component{SKUID: cup.ID, Quantity: 2, Share: 60}, catalog.Component{SKUID: plate.ID, Quantity: 1, Share: 40}); err != nil {
			t.Fatal(err)
		}
		box := catalogtest.SKU(t, h.ctx, h.s, "BOX")
		for name, c := range map[string]struct {
			err  error
			want error
		}{
			"a bundle in a bundle":          {put(box.ID, catalog.Component{SKUID: set.ID, Quantity: 1}), catalog.ErrNestedBundle},
			"a component becoming a bundle": {put(cup.ID, catalog.Component{SKUID: plate.ID, Quantity: 1}), catalog.ErrComponentUsed},
			"itself":                        {put(box.ID, catalog.Component{SKUID: box.ID, Quantity: 1}), catalog.ErrBadComponent},
			"the same part twice":           {put(box.ID, catalog.Component{SKUID: cup.ID, Quantity: 1}, catalog.Component{SKUID: cup.ID, Quantity: 1}), catalog.ErrBadComponent},
			"none of a part":                {put(box.ID, catalog.Component{SKUID: cup.ID}), catalog.ErrBadComponent},
			"a part that is not there":      {put(box.ID, catalog.Component{SKUID: 9, Quantity: 1}), catalog.ErrNoSKU},
			"a part switched off":           {put(box.ID, catalog.Component{SKUID: off.ID, Quantity: 1}), catalog.ErrInactive},
		} {
			if !errors.Is(c.err, c.want) {
				t.Errorf("%s: %v, want %v", name, c.err, c.want)
			}
		}
		got, err := h.s.ComponentsTx(h.ctx, h.k.DB, []id.ID{set.ID, cup.ID, 9})
		if err != nil || len(got) != 2 || len(got[set.ID]) != 2 || got[set.ID][0].Quantity != 2 || got[cup.ID][0].SKUID != cup.ID {
			t.Errorf("components = %+v, %v", got, err)
		}
		if err := put(set.ID); err != nil {
			t.Fatal(err)
		}
		if k, err := h.s.Get(h.ctx, set.ID); err != nil || k.IsBundle || len(k.Components) != 0 {
			t.Errorf("without components: %+v, %v", k, err)
		}
	})
}

func TestListingsAreMetOnceAndKnownAfterwards(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		k := catalogtest.SKU(t, h.ctx, h.s, "MUG-1")
		seen := []catalog.Seen{
			{ShopID: 1, SKUNo: "900719925474099312", Title: "马克杯", Spec: "红", MerchantCode: "MUG-1"},
			{ShopID: 1, MerchantCode: "MUG-2", Title: "马克杯", Spec: "蓝"},
			{ShopID: 2, MerchantCode: "MUG-2", Title: "马克杯", Spec: "蓝"},
			{ShopID: 1, ItemNo: "77", Title: "盘子", Spec: "大"},
			{ShopID: 1, ItemNo: "77", Title: "盘子 新标题", Spec: "大"},
			{ShopID: 1, Title: strings.Repeat("很长的标题", 500)},
			{ShopID: 1, MerchantCode: "MUG-2", Title: "马克杯", Spec: "蓝"},
		}
		first := h.see(t, seen...)
		if first[0].SKUID != k.ID || first[1].SKUID != 0 {
			t.Errorf("mapped %+v; only the first has a SKU's code", first)
		}
		if first[1] != first[6] || first[3] != first[4] || first[1].ListingID == first[2].ListingID {
			t.Errorf("listings %+v: same key is one, another shop is another", first)
		}
		events := h.events(t, "catalog.listing_mapped")
		if again := h.see(t, seen...); !slices.Equal(again, first) {
			t.Errorf("seen again: %+v, want %+v", again, first)
		}
		if events != 0 || h.events(t, "catalog.listing_mapped") != 0 {
			t.Error("new listings need no mapping event: no order knew them")
		}
		all, _, err := h.s.Listings(h.ctx, catalog.ListingFilter{})
		if err != nil || len(all) != 5 {
			t.Errorf("%d listings, %v; want 5", len(all), err)
		}
	})
}

func TestAListingFollowsItsShopsNewestTitleButSilenceChangesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		h.see(t, catalog.Seen{ShopID: 1, SKUNo: "5", Title: "旧标题", Spec: "红", ImageURL: "https://img.example/a.jpg"})
		h.see(t, catalog.Seen{ShopID: 1, SKUNo: "5", Title: "新标题"})
		all, _, err := h.s.Listings(h.ctx, catalog.ListingFilter{Query: "新标题"})
		if err != nil || len(all) != 1 || all[0].Spec != "红" || all[0].ImageURL == "" {
			t.Errorf("listing = %+v, %v", all, err)
		}
	})
}

func TestAListingIsMappedWhenItsCodeBecomesASKU(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		seen := catalog.Seen{ShopID: 1, SKUNo: "1", MerchantCode: "LATE", Title: "帽子"}
		l := h.see(t, seen)[0]
		k := catalogtest.SKU(t, h.ctx, h.s, "LATE")
		if got := h.see(t, seen)[0]; got.SKUID != k.ID || got.ListingID != l.ListingID {
			t.Errorf("mapped to %+v, want SKU %d", got, k.ID)
		}
		if n := h.events(t, "catalog.listing_mapped"); n != 1 {
			t.Errorf("%d mapping events, want 1", n)
		}
	})
}

func TestAKnownListingThatGetsACodeIsMapped(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		k := catalogtest.SKU(t, h.ctx, h.s, "HAT")
		h.see(t, catalog.Seen{ShopID: 1, SKUNo: "1", Title: "帽子"})
		if got := h.see(t, catalog.Seen{ShopID: 1, SKUNo: "1", MerchantCode: "HAT"})[0]; got.SKUID != k.ID {
			t.Errorf("mapped to %+v, want SKU %d", got, k.ID)
		}
		if n := h.events(t, "catalog.listing_mapped"); n != 1 {
			t.Errorf("%d mapping events, want 1", n)
		}
	})
}

func TestMappingByHand(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		k := catalogtest.SKU(t, h.ctx, h.s, "HAT")
		a, b := h.see(t, catalog.Seen{ShopID: 1, SKUNo: "1"})[0], h.see(t, catalog.Seen{ShopID: 2, SKUNo: "1"})[0]
		out, err := h.s.Map(h.ctx, []catalog.MapItem{{ListingID: a.ListingID, SKUID: k.ID}, {ListingID: b.ListingID, SKUID: k.ID}})
		if err != nil || len(out) != 2 || out[0].SKUCode != "HAT" || out[0].MappedBy != catalog.ByHand {
			t.Fatalf("mapped %+v, %v", out, err)
		}
		if _, err := h.s.Map(h.ctx, []catalog.MapItem{{ListingID: a.ListingID, SKUID: k.ID}}); err != nil {
			t.Fatal(err)
		}
		if n := h.events(t, "catalog.listing_mapped"); n != 2 {
			t.Errorf("%d mapping events, want 2: mapping again changes nothing", n)
		}
		for name, c := range map[string]struct {
			ctx  context.Context
			item catalog.MapItem
			want error
		}{
			"a listing that is not there":     {h.ctx, catalog.MapItem{ListingID: 9, SKUID: k.ID}, catalog.ErrNoListing},
			"a SKU that is not there":         {h.ctx, catalog.MapItem{ListingID: a.ListingID, SKUID: 9}, catalog.ErrNoSKU},
			"a listing of somebody's shop":    {kittest.Within(h.ctx, "shop", 2), catalog.MapItem{ListingID: a.ListingID, SKUID: k.ID}, catalog.ErrNoListing},
			"taking the mapping away is fine": {h.ctx, catalog.MapItem{ListingID: a.ListingID}, nil},
		} {
			if _, err := h.s.Map(c.ctx, []catalog.MapItem{c.item}); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
		if _, err := h.s.Map(h.ctx, make([]catalog.MapItem, 1001)); !errors.Is(err, catalog.ErrTooMany) {
			t.Errorf("a thousand and one at once: %v, want ErrTooMany", err)
		}
		if _, err := h.s.Map(kittest.As(h.ctx, "catalog.read"), nil); err == nil {
			t.Error("mapping without the permission went through")
		}
	})
}

func TestProposalsMakeACatalogueFromOrdersInOneGo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		catalogtest.SKU(t, h.ctx, h.s, "OFF")
		h.see(t,
			catalog.Seen{ShopID: 1, ItemNo: "10", SKUNo: "101", MerchantCode: "TEE-S", Title: "白T恤", Spec: "S"},
			catalog.Seen{ShopID: 1, ItemNo: "10", SKUNo: "102", MerchantCode: "TEE-M", Title: "白T恤", Spec: "M"},
			catalog.Seen{ShopID: 2, ItemNo: "77", SKUNo: "771", MerchantCode: "TEE-M", Title: "白色短袖", Spec: "M码"},
			catalog.Seen{ShopID: 2, SKUNo: "900", Title: "没有编码"},
			catalog.Seen{ShopID: 2, SKUNo: "901", MerchantCode: strings.Repeat("x", 65), Title: "编码太长"})
		all, _, err := h.s.Proposals(h.ctx, "", 0)
		if err != nil || len(all) != 3 || all[0].SKUCode != "TEE-M" || len(all[0].ListingIDs) != 2 {
			t.Fatalf("proposals = %+v, %v", all, err)
		}
		done, err := h.s.AcceptProposals(h.ctx, catalog.AcceptInput{All: true})
		if err != nil || done != (catalog.Accepted{Products: 1, SKUs: 2, Mapped: 3}) {
			t.Fatalf("accepted %+v, %v", done, err)
		}
		skus, _, err := h.s.SKUs(h.ctx, catalog.SKUFilter{Query: "tee-"})
		if err != nil || len(skus) != 2 || skus[0].ProductID != skus[1].ProductID || skus[0].Name != "白T恤 M" {
			t.Errorf("SKUs = %+v, %v", skus, err)
		}
		if again, err := h.s.AcceptProposals(h.ctx, catalog.AcceptInput{All: true}); err != nil || again != (catalog.Accepted{}) {
			t.Errorf("accepted again: %+v, %v", again, err)
		}
		no, left := false, 0
		rest, _, err := h.s.Listings(h.ctx, catalog.ListingFilter{Mapped: &no})
		if left = len(rest); err != nil || left != 2 {
			t.Errorf("%d left unmapped, %v; want the two without a usable code", left, err)
		}
	})
}

func TestProposalsCanBeChosenAndStayWithinTheActorsShops(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		for i := range 4 {
			h.see(t, catalog.Seen{ShopID: id.ID(1 + i%2), SKUNo: fmt.Sprint(i), MerchantCode: fmt.Sprintf("C%d", i), Title: fmt.Sprint("商品", i)})
		}
		ctx := kittest.Within(h.ctx, "shop", 1)
		done, err := h.s.AcceptProposals(ctx, catalog.AcceptInput{Codes: []string{"C0", "C1", "C9"}})
		if err != nil || done != (catalog.Accepted{Products: 1, SKUs: 1, Mapped: 1}) {
			t.Errorf("accepted %+v, %v; C1 is another shop's", done, err)
		}
	})
}

func TestTheSameNewListingsMetAtTheSameTimeAreOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		var seen []catalog.Seen
		for i := range 40 {
			seen = append(seen, catalog.Seen{ShopID: 1, SKUNo: fmt.Sprint(i), MerchantCode: fmt.Sprint("M", i)})
		}
		var wg sync.WaitGroup
		out := make([][]catalog.Mapped, 8)
		for i := range out {
			wg.Add(1)
			go func() {
				defer wg.Done()
				mine := slices.Clone(seen)
				if i%2 == 1 {
					slices.Reverse(mine)
				}
				err := h.k.DB.InTx(h.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
					out[i], err = h.s.EnsureListingsTx(ctx, tx, mine)
					return err
				})
				if err != nil {
					t.Error(err)
				}
				if i%2 == 1 {
					slices.Reverse(out[i])
				}
			}()
		}
		wg.Wait()
		for i := range out {
			if !slices.Equal(out[i], out[0]) || out[i][0].ListingID == 0 {
				t.Errorf("caller %d saw other listings", i)
			}
		}
	})
}

func TestMerchantsNeverSeeEachOthersCatalogue(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		k := catalogtest.SKU(t, h.ctx, h.s, "A")
		other := h.other(t)
		if _, err := h.s.Get(other, k.ID); !errors.Is(err, catalog.ErrNoSKU) {
			t.Errorf("reading a foreign SKU: %v", err)
		}
		if all, _, err := h.s.SKUs(other, catalog.SKUFilter{}); err != nil || len(all) != 0 {
			t.Errorf("listing foreign SKUs: %+v, %v", all, err)
		}
		catalogtest.SKU(t, other, h.s, "A") // the same code is free for another merchant
	})
}

func (h *house) other(t testing.TB) context.Context {
	t.Helper()
	kittest.NewMerchant(t, h.k, 2)
	return actor.With(h.ctx, kittest.Owner(2))
}

func TestWhatCarriersAskOfGoodsIsKeptAndTakenBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		s, ctx := h.s, h.ctx
		ml := int64(1200)
		k, err := s.CreateSKU(ctx, catalog.SKUInput{ProductName: "精油", Code: "OIL", VolumeML: &ml, Classes: []string{" 液体 ", "易碎", "液体"}})
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Get(ctx, k.ID)
		if err != nil || got.VolumeML == nil || *got.VolumeML != 1200 || !slices.Equal(got.Classes, []string{"液体", "易碎"}) {
			t.Fatalf("%+v %v", got, err)
		}
		none, nothing := int64(0), []string{}
		if _, err := s.UpdateSKU(ctx, catalog.UpdateSKUInput{SKUID: k.ID, VolumeML: &none, Classes: &nothing}); err != nil {
			t.Fatal(err)
		}
		if got, err = s.Get(ctx, k.ID); err != nil || got.VolumeML != nil || len(got.Classes) != 0 {
			t.Errorf("%+v %v", got, err)
		}
	})
}
