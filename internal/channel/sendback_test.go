package channel_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/customer"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/sheet"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/shop"
)

// Two made-up channels; only the second spells a carrier in its own way.
var manifests = []channel.Manifest{{Code: "plain"}, {Code: "spelled", CarrierNames: map[string]string{"YTO": "圆通快递"}}}

type shipping struct {
	t       *testing.T
	k       *kit.Kit
	ctx     context.Context
	back    *channel.SendBack
	parcels *fulfillment.Service
	orders  *order.Service
	shops   *shop.Service
}

func setUp(t *testing.T, d *db.DB) *shipping {
	k, ctx := kittest.New(t, d)
	x := &shipping{t: t, k: k, ctx: ctx, shops: shop.New(k, []string{"plain", "spelled"})}
	cat := catalog.New(k)
	stock := inventory.New(k, cat)
	x.orders = order.New(k, x.shops, cat, customer.New(k), stock)
	x.parcels = fulfillment.New(k, x.shops, cat, stock, x.orders)
	x.back = channel.NewSendBack(k, manifests, x.shops, x.orders, x.parcels)
	kittest.InTx(t, k, ctx, func(ctx context.Context, tx *db.Tx) error {
		w, err := stock.EnsureDefaultTx(ctx, tx)
		if err != nil {
			return err
		}
		for _, q := range []string{
			`INSERT INTO catalog_product (merchant_id, id, name, created_at, version) VALUES (1, 5, '明前茶', 1, 1)`,
			`INSERT INTO catalog_sku (merchant_id, id, product_id, code, name, spec, created_at, version) VALUES (1, 5, 5, 'TEA', '明前茶', '', 1, 1)`,
		} {
			if _, err := tx.Exec(ctx, q); err != nil {
				return err
			}
		}
		return stock.SetOpeningTx(ctx, tx, 5, w.ID, 100, "test")
	})
	return x
}

func (x *shipping) shop(channelCode string) shop.Shop {
	x.t.Helper()
	now := x.k.Clock.Now().UnixMilli()
	sh, err := x.shops.Create(x.ctx, shop.CreateInput{Channel: channelCode, Name: "青禾茶铺", LiveFrom: now - 1e9, AutoApprove: true})
	if err != nil {
		x.t.Fatal(err)
	}
	kittest.InTx(x.t, x.k, x.ctx, func(ctx context.Context, tx *db.Tx) error { return x.shops.TouchDataTx(ctx, tx, sh.ID, now) })
	return sh
}

// order brings in a paid order with these channel line numbers.
func (x *shipping) order(sh shop.Shop, no string, lines ...string) id.ID {
	x.t.Helper()
	now := x.k.Clock.Now().UnixMilli()
	doc := order.Document{ChannelOrderNo: no, Status: order.ChannelAwaitingShipment, PlacedAt: now - 2000, PaidAt: now - 1000, RefundState: order.RefundNone}
	if len(lines) == 0 {
		lines = []string{""}
	}
	for _, l := range lines {
		n := int64(1)
		doc.Lines = append(doc.Lines, order.Line{ChannelLineNo: l, Title: "茶", SKUText: l, MerchantSKUCode: "TEA", Quantity: &n})
	}
	var out id.ID
	kittest.InTx(x.t, x.k, x.ctx, func(ctx context.Context, tx *db.Tx) error {
		applied, err := x.orders.ApplyTx(ctx, tx, []order.Incoming{{Shop: sh, Doc: doc, Source: "file", SourceAt: now}})
		if err == nil {
			out, err = applied[0].OrderID, applied[0].Err
		}
		return err
	})
	return out
}

func (x *shipping) ship(in fulfillment.ShipInput) id.ID {
	x.t.Helper()
	out, err := x.parcels.Ship(x.ctx, in)
	if err != nil {
		x.t.Fatal(err)
	}
	return out.ParcelID
}

func (x *shipping) template(sh shop.Shop, name string, content []byte) channel.SavedTemplate {
	x.t.Helper()
	n := x.back.NewTemplate()
	n.Name = name
	stored, err := x.k.Files.Save(x.ctx, n, bytes.NewReader(content), channel.MaxTemplateBytes)
	if err != nil {
		x.t.Fatal(err)
	}
	saved, err := x.back.Save(x.ctx, sh.ID, stored.ID)
	if err != nil {
		x.t.Fatal(err)
	}
	return saved
}

// rows reads back what a filled template holds from its header row on.
func (x *shipping) rows(f *channel.FilledTemplate, header int) [][]string {
	x.t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		x.t.Fatal(err)
	}
	book, err := sheet.Open(f.Name, bytes.NewReader(b.Bytes()), int64(b.Len()), sheet.DefaultLimits())
	if err != nil {
		x.t.Fatal(err)
	}
	var out [][]string
	err = book.Sheets[0].Each(func(no int, cells []string) error {
		if no >= header {
			row := slices.Clone(cells)
			for len(out) > 0 && len(row) < len(out[0]) {
				row = append(row, "") // a sheet keeps no empty cells at the end of a row
			}
			out = append(out, row)
		}
		return nil
	})
	if err != nil {
		x.t.Fatal(err)
	}
	return out
}

func codeOf(err error) string {
	if e := errs.As(err); e != nil {
		return e.Code
	}
	return ""
}

// The batch-ship files among the fixtures, filled with parcels that were really shipped.
func TestTemplatesAreFilledFromParcelsAsExpected(t *testing.T) {
	dir := filepath.Join("..", "connector", "testdata", "fixtures")
	b, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var expected struct {
		Files []struct {
			Files     []string `json:"files"`
			Kind      string   `json:"kind"`
			Shipments []struct {
				OrderNo string   `json:"channel_order_no"`
				Lines   []string `json:"lines"`
				Carrier string   `json:"carrier"`
				No      string   `json:"no"`
			} `json:"shipments"`
			Rows   [][]string `json:"expected_rows"`
			Header int        `json:"header_record"`
		} `json:"files"`
	}
	if err := json.Unmarshal(b, &expected); err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := setUp(t, d)
		sh, seen := x.shop("plain"), 0
		for _, want := range expected.Files {
			if want.Kind != "ship_template" {
				continue
			}
			seen++
			content, err := os.ReadFile(filepath.Join(dir, want.Files[0]))
			if err != nil {
				t.Fatal(err)
			}
			x.template(sh, filepath.Base(want.Files[0]), content)
			var parcels []id.ID
			for _, s := range want.Shipments {
				o := x.order(sh, s.OrderNo, s.Lines...)
				parcels = append(parcels, x.ship(fulfillment.ShipInput{OrderID: o, Carrier: s.Carrier, WaybillNo: s.No, ConfirmWaybill: true}))
			}
			f, err := x.back.Fill(x.ctx, channel.FillInput{ShopID: sh.ID})
			if err != nil {
				t.Fatal(err)
			}
			if got := x.rows(f, want.Header); !slices.EqualFunc(got, want.Rows, slices.Equal) {
				t.Errorf("%s:\n got %q\nwant %q", want.Files[0], got, want.Rows)
			}
			if !slices.Equal(f.ParcelIDs, parcels) || len(f.LeftOut) != 0 || len(f.UnknownCarriers) != 0 || f.Rows != len(parcels) {
				t.Errorf("%s: %+v", want.Files[0], f)
			}
			// Downloading alone reports nothing; the merchant does.
			if _, err := x.back.Reported(x.ctx, sh.ID, f.ParcelIDs); err != nil {
				t.Fatal(err)
			}
			if _, err := x.back.Fill(x.ctx, channel.FillInput{ShopID: sh.ID}); codeOf(err) != "channel.nothing_to_report" {
				t.Errorf("after reporting: %v", err)
			}
			if f, err = x.back.Fill(x.ctx, channel.FillInput{ShopID: sh.ID, ParcelIDs: parcels[:1]}); err != nil || f.Rows != 1 {
				t.Errorf("a chosen parcel again: %v", err)
			}
		}
		if seen != 2 {
			t.Errorf("saw %d templates", seen)
		}
	})
}

func TestCarriersGoBackInTheChannelsSpelling(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := setUp(t, d)
		plain, spelled := x.shop("plain"), x.shop("spelled")
		for i, sh := range []shop.Shop{plain, spelled} {
			x.template(sh, "模板.csv", []byte("订单号,快递公司,快递单号\n"))
			o := x.order(sh, "C-1")
			x.ship(fulfillment.ShipInput{OrderID: o, Carrier: "圆通", WaybillNo: []string{"YT2600000000001", "YT2600000000002"}[i]})
			f, err := x.back.Fill(x.ctx, channel.FillInput{ShopID: sh.ID})
			if err != nil {
				t.Fatal(err)
			}
			want := []string{"圆通速递", "圆通快递"}[i]
			if got := x.rows(f, 1); len(got) != 2 || got[1][1] != want {
				t.Errorf("%q, want %s", got, want)
			}
		}
	})
}

func TestAFileTakesOneNumberPerOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := setUp(t, d)
		sh := x.shop("plain")
		x.template(sh, "模板.csv", []byte("订单号,快递公司,快递单号\n"))
		o := x.order(sh, "M-1", "l1", "l2")
		lines := func() []order.LineQty {
			all, err := x.orders.LoadTx(x.ctx, x.k.DB, []id.ID{o})
			if err != nil {
				t.Fatal(err)
			}
			return all[0].OpenLines()
		}
		first := x.ship(fulfillment.ShipInput{OrderID: o, WaybillNo: "YT2600000000001", Lines: lines()[:1]})
		second := x.ship(fulfillment.ShipInput{OrderID: o, WaybillNo: "YT2600000000002"})
		f, err := x.back.Fill(x.ctx, channel.FillInput{ShopID: sh.ID})
		if err != nil || !slices.Equal(f.ParcelIDs, []id.ID{first}) || !slices.Equal(f.LeftOut, []id.ID{second}) {
			t.Fatalf("%+v %v", f, err)
		}
		if _, err := x.back.Reported(x.ctx, sh.ID, []id.ID{first}); err != nil {
			t.Fatal(err)
		}
		if _, err := x.back.Fill(x.ctx, channel.FillInput{ShopID: sh.ID}); codeOf(err) != "channel.nothing_to_report" {
			t.Errorf("the second number would be refused: %v", err)
		}
	})
}

func TestTemplatesAreKeptPerShopAndGuarded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := setUp(t, d)
		sh := x.shop("plain")
		if _, err := x.back.Fill(x.ctx, channel.FillInput{ShopID: sh.ID}); codeOf(err) != "channel.template_missing" {
			t.Errorf("without a template: %v", err)
		}
		one := x.template(sh, "旧.csv", []byte("订单号,快递公司,快递单号\n"))
		two := x.template(sh, "新.csv", []byte("说明\n子订单号(必填),物流公司,物流单号\n"))
		list, err := x.back.List(x.ctx)
		if err != nil || len(list) != 1 || list[0].FileID != two.FileID || list[0].FileName != "新.csv" || !list[0].Shape.ByLine {
			t.Errorf("%+v %v", list, err)
		}
		if _, err := x.k.Files.Get(x.ctx, one.FileID); err == nil {
			t.Error("the former template is still stored")
		}
		odd := x.back.NewTemplate()
		odd.Name = "别的.csv"
		bad, err := x.k.Files.Save(x.ctx, odd, bytes.NewReader([]byte("甲,乙\n1,2\n")), 100)
		if err == nil {
			_, err = x.back.Save(x.ctx, sh.ID, bad.ID)
		}
		if codeOf(err) != "channel.template_header_missing" {
			t.Errorf("a file that is no template: %v", err)
		}
		other := kittest.Within(x.ctx, shop.Scope, 9)
		if list, err := x.back.List(other); err != nil || len(list) != 0 {
			t.Errorf("another shop's actor sees %d", len(list))
		}
		if _, err := x.back.Fill(other, channel.FillInput{ShopID: sh.ID}); codeOf(err) != "shop.not_found" {
			t.Errorf("another shop's actor: %v", err)
		}
		if _, err := x.back.Fill(kittest.As(x.ctx), channel.FillInput{ShopID: sh.ID}); codeOf(err) != "actor.forbidden" {
			t.Errorf("without the permission: %v", err)
		}
		if _, err := x.back.Fill(x.ctx, channel.FillInput{ShopID: sh.ID, ParcelIDs: []id.ID{77}}); codeOf(err) != "fulfillment.parcel_not_found" {
			t.Errorf("no such parcel: %v", err)
		}
	})
}
