package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/aftersale"
	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/connector"
	"github.com/ordercove/ordercove/internal/customer"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/intake"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/setting"
	"github.com/ordercove/ordercove/internal/shop"
)

// world is a merchant that imports files of every channel.
type world struct {
	t      *testing.T
	kit    *kit.Kit
	shops  *shop.Service
	stock  *inventory.Service
	cat    *catalog.Service
	orders *order.Service
	door   *intake.Service
	files  *channel.Importer
	cases  *aftersale.Service

	warehouse id.ID
}

func newWorld(t *testing.T, d *db.DB) (*world, context.Context) {
	t.Helper()
	k, ctx := kittest.New(t, d)
	var codes []string
	for _, m := range connector.All() {
		codes = append(codes, m.Code)
	}
	w := &world{t: t, kit: k, shops: shop.New(k, codes), cat: catalog.New(k)}
	w.stock = inventory.New(k, w.cat)
	w.orders = order.New(k, w.shops, w.cat, customer.New(k), w.stock)
	w.door = intake.New(k, w.orders, w.shops, w.cat)
	w.cases = aftersale.New(k, w.shops, w.cat, w.stock, w.orders, fulfillment.New(k, w.shops, w.cat, w.stock, w.orders), setting.New(k, aftersale.Settings()...), aftersale.Around{
		Decides: func(shop.Shop) bool { return false }, Limit: func(context.Context) (*money.Fen, error) { return nil, nil }})
	w.files = channel.NewImporter(k, connector.All(), w.door, w.orders, w.shops, channel.FileCasesTo(w.cases))
	kittest.InTx(t, k, ctx, func(ctx context.Context, tx *db.Tx) error {
		wh, err := w.stock.EnsureDefaultTx(ctx, tx)
		w.warehouse = wh.ID
		return err
	})
	return w, ctx
}

func (w *world) manifests() []channel.Manifest { return connector.All() }

func (w *world) sku(ctx context.Context, code string, onHand int64) id.ID {
	w.t.Helper()
	s, err := w.cat.CreateSKU(ctx, catalog.SKUInput{Code: code, ProductName: "商品 " + code})
	if err != nil {
		w.t.Fatal(err)
	}
	err = w.stock.Receive(ctx, inventory.ReceiveInput{Ref: "test", Lines: []inventory.Receipt{{SKUID: s.ID, WarehouseID: w.warehouse, Quantity: onHand}}})
	if err != nil {
		w.t.Fatal(err)
	}
	return s.ID
}

func fen(n int64) *money.Fen { f := money.Fen(n); return &f }

func (w *world) shop(ctx context.Context, code, name string) shop.Shop {
	w.t.Helper()
	s, err := w.shops.Create(ctx, shop.CreateInput{Channel: code, Name: name, LiveFrom: 1})
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// dropped is a file as a person drops it.
type dropped struct {
	name    string
	content []byte
}

// upload stores contents as dropped files and detects them.
func (w *world) upload(ctx context.Context, files ...dropped) channel.Import {
	w.t.Helper()
	var ids []id.ID
	for _, one := range files {
		f, err := w.kit.Files.Save(ctx, channel.Uploaded(one.name, "text/csv", clock.Millis(w.kit.Clock)), bytes.NewReader(one.content), channel.MaxImportBytes)
		if err != nil {
			w.t.Fatal(err)
		}
		ids = append(ids, f.ID)
	}
	one, err := w.files.Create(ctx, ids)
	if err != nil {
		w.t.Fatal(err)
	}
	return one
}

// run runs an import to its end and returns the finished job's result.
func (w *world) run(ctx context.Context, in channel.ImportInput) (job.Job, channel.ImportResult) {
	w.t.Helper()
	jobID, err := w.files.Run(ctx, in)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.finish(ctx, jobID)
}

func (w *world) finish(ctx context.Context, jobID id.ID) (job.Job, channel.ImportResult) {
	w.t.Helper()
	if err := w.kit.Jobs.Drain(ctx); err != nil {
		w.t.Fatal(err)
	}
	j, err := w.kit.Jobs.Get(ctx, jobID)
	if err != nil {
		w.t.Fatal(err)
	}
	var r channel.ImportResult
	if len(j.Result) > 0 {
		if err := json.Unmarshal(j.Result, &r); err != nil {
			w.t.Fatal(err)
		}
	}
	return j, r
}

const fixtures = "../connector/testdata/fixtures"

type expectedFile struct {
	Files    []string         `json:"files"`
	Channel  string           `json:"channel"`
	Kind     string           `json:"kind"`
	Orders   []map[string]any `json:"orders"`
	Rejected []struct {
		File    int     `json:"file"`
		Record  int64   `json:"record"`
		OrderNo *string `json:"order_no"`
		Reason  string  `json:"reason"`
	} `json:"rejected"`
}

func expected(t *testing.T) []expectedFile {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(fixtures, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Files []expectedFile `json:"files"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	doc.Files = slices.DeleteFunc(doc.Files, func(f expectedFile) bool { return f.Kind != "orders" })
	if len(doc.Files) < 7 {
		t.Fatalf("expected.json lists only %d order files", len(doc.Files))
	}
	return doc.Files
}

func TestEveryFixtureBecomesExactlyTheExpectedOrdersAndNeverDoubles(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := newWorld(t, d)
		for _, want := range expected(t) {
			var files []dropped
			for _, f := range want.Files {
				b, err := os.ReadFile(filepath.Join(fixtures, f))
				if err != nil {
					t.Fatal(err)
				}
				files = append(files, dropped{filepath.Base(f), b})
			}
			sh := w.shop(ctx, want.Channel, "店铺 "+filepath.Base(want.Files[0]))
			for round := range 2 {
				one := w.upload(ctx, files...)
				in := channel.ImportInput{ImportID: one.ID, ShopID: sh.ID, ExportedAt: clock.Millis(w.kit.Clock)}
				p, err := w.files.Preview(ctx, in)
				if err != nil {
					t.Fatalf("%s: preview: %v", want.Files[0], err)
				}
				j, got := w.run(ctx, in)
				if j.State != job.Succeeded {
					t.Fatalf("%s: job %s %s %v", want.Files[0], j.State, j.ErrorCode, j.ErrorParams)
				}
				n := int64(len(want.Orders))
				if round == 0 && got.Created+got.Updated != n || round == 1 && got.Unchanged != n && got.Created != 0 {
					t.Fatalf("%s round %d: %+v, want %d orders", want.Files[0], round, got, n)
				}
				if p.Counts.New != got.Created || p.Counts.Rejected != got.Rejected || p.Counts.Warnings != got.Warnings || round == 1 && p.Counts.Changed != 0 {
					t.Errorf("%s round %d: the preview said %+v, the run did %+v", want.Files[0], round, p.Counts, got)
				}
				w.checkRejected(ctx, want, j)
				w.checkOrders(ctx, want, sh)
			}
		}
	})
}

func (w *world) checkRejected(ctx context.Context, want expectedFile, j job.Job) {
	w.t.Helper()
	rows, _, err := w.kit.Jobs.Rows(ctx, j.ID, job.Bad, "", 200)
	if err != nil {
		w.t.Fatal(err)
	}
	if len(rows) != len(want.Rejected) {
		w.t.Errorf("%s: %d rejected rows, want %d", want.Files[0], len(rows), len(want.Rejected))
		return
	}
	for _, r := range want.Rejected {
		no := int64(r.File)*10_000_000 + r.Record
		i := slices.IndexFunc(rows, func(x job.Row) bool { return x.No == no })
		if i < 0 || rows[i].Code != "channel.file_"+r.Reason {
			w.t.Errorf("%s: record %d is not rejected as %s", want.Files[0], r.Record, r.Reason)
		}
	}
}

func (w *world) checkOrders(ctx context.Context, want expectedFile, sh shop.Shop) {
	w.t.Helper()
	var nos []string
	for _, o := range want.Orders {
		nos = append(nos, o["channel_order_no"].(string))
	}
	byNo, err := w.orders.FindByNoTx(ctx, w.kit.DB, []id.ID{sh.ID}, nos)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, o := range want.Orders {
		ids := byNo[o["channel_order_no"].(string)]
		if len(ids) != 1 {
			w.t.Errorf("%s: %s stands %d times in the shop", want.Files[0], o["channel_order_no"], len(ids))
			continue
		}
		w.checkOrder(ctx, o, ids[0])
	}
}

func (w *world) checkOrder(ctx context.Context, want map[string]any, orderID id.ID) {
	w.t.Helper()
	got, err := w.orders.LoadTx(ctx, w.kit.DB, []id.ID{orderID})
	if err != nil || len(got) != 1 {
		w.t.Fatal(len(got), err)
	}
	r, err := w.orders.ReceiversTx(ctx, w.kit.DB, []id.ID{orderID})
	if err != nil {
		w.t.Fatal(err)
	}
	have := plain(w.t, orderJSON(got[0], r[orderID]))
	want = plain(w.t, want)
	for k, v := range want {
		if k == "shop_hint" || k == "placed_date" && v == nil {
			continue // the hint chooses the shop; a day on its own exists only where the file gives no instant
		}
		if !reflect.DeepEqual(v, have[k]) {
			a, _ := json.Marshal(v)
			b, _ := json.Marshal(have[k])
			w.t.Errorf("order %s: %s is %s, want %s", want["channel_order_no"], k, b, a)
		}
	}
}

func plain(t *testing.T, m map[string]any) map[string]any {
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func orderJSON(o order.Order, r order.Receiver) map[string]any {
	var lines []any
	for _, l := range o.Lines {
		var q any
		if l.QuantityKnown {
			q = l.Ordered
		}
		lines = append(lines, map[string]any{"channel_line_no": orNil(l.ChannelLineNo), "title": l.Title, "sku_text": orNil(l.Spec),
			"merchant_sku_code": orNil(l.SKUCode), "quantity": q, "price_fen": l.Price, "is_gift": l.IsGift,
			"status": orNil(string(l.ChannelStatus)), "refund_status": l.RefundState})
	}
	a := o.Amounts
	out := map[string]any{"channel": o.Channel, "channel_order_no": o.ChannelOrderNo, "status": o.ChannelStatus, "status_raw": o.ChannelStatusRaw,
		"holds": list(o.ChannelLocks), "flags": list(o.ChannelFlags), "placed_at": instant(o.PlacedAt, o.PlacedKnown), "placed_date": placedOn(o),
		"paid_at": instant(o.PaidAt, "instant"), "shipped_at": instant(o.ShippedAt, "instant"), "completed_at": instant(o.CompletedAt, "instant"),
		"buyer_nick": orNil(o.BuyerNick),
		"receiver": map[string]any{"name": orNil(r.Name), "phone": orNil(r.Phone), "province": orNil(o.Province), "city": orNil(o.City),
			"district": orNil(o.District), "town": orNil(r.Town), "detail": orNil(r.Detail), "encrypted": r.Encrypted},
		"lines": lines, "total_quantity": o.Quantity,
		"money": map[string]*money.Fen{"goods": a.Goods, "merchant_discount": a.MerchantDiscount, "platform_discount": a.PlatformDiscount,
			"payment_discount": a.PaymentDiscount, "freight": a.Freight, "buyer_paid": a.BuyerPaid, "merchant_receivable": a.Receivable},
		"refund_status": o.RefundState, "refund_fen": a.Refund, "buyer_note": orNil(o.BuyerNote), "seller_note": orNil(o.SellerNote), "waybill": nil}
	if o.WaybillNo != "" {
		out["waybill"] = map[string]any{"carrier": o.Carrier, "no": o.WaybillNo}
	}
	return out
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func list(s []string) []string { return append([]string{}, s...) }

var china = time.FixedZone("", 8*3600)

func instant(ms int64, known string) any {
	if ms == 0 || known != "instant" {
		return nil
	}
	return time.UnixMilli(ms).In(china).Format(time.RFC3339)
}

func placedOn(o order.Order) any {
	if o.PlacedKnown == "seen" {
		return nil
	}
	return time.UnixMilli(o.PlacedAt).In(china).Format(time.DateOnly)
}
