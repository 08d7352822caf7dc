package fulfillment

import (
	"context"
	"fmt"
	"testing"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/customer"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/shop"
)

// house is a merchant with one shop, one warehouse and some stock.
type house struct {
	t     testing.TB
	k     *kit.Kit
	ctx   context.Context
	s     *Service
	stock *inventory.Service
	order *order.Service
	shops *shop.Service
	shop  shop.Shop
	wh    id.ID
	skus  map[string]id.ID
}

func open(t testing.TB, d *db.DB) *house {
	t.Helper()
	k, ctx := kittest.New(t, d)
	return furnish(t, k, ctx)
}

func furnish(t testing.TB, k *kit.Kit, ctx context.Context) *house {
	t.Helper()
	h := &house{t: t, k: k, ctx: ctx, skus: map[string]id.ID{}, shops: shop.New(k, []string{"generic"})}
	cat := catalog.New(k)
	h.stock = inventory.New(k, cat)
	h.order = order.New(k, h.shops, cat, customer.New(k), h.stock)
	h.s = New(k, h.shops, cat, h.stock, h.order)
	h.tx(func(ctx context.Context, tx *db.Tx) error {
		w, err := h.stock.EnsureDefaultTx(ctx, tx)
		h.wh = w.ID
		return err
	})
	h.shop = h.newShop("青禾茶铺")
	return h
}

func (h *house) newShop(name string) shop.Shop {
	h.t.Helper()
	now := h.now()
	one, err := h.shops.Create(h.ctx, shop.CreateInput{Channel: "generic", Name: name, LiveFrom: now - 90*24*3_600_000, AutoApprove: true})
	if err != nil {
		h.t.Fatal(err)
	}
	h.fresh(one.ID)
	one.DataAt = now
	return one
}

func (h *house) fresh(shopID id.ID) {
	h.tx(func(ctx context.Context, tx *db.Tx) error { return h.shops.TouchDataTx(ctx, tx, shopID, h.now()) })
}

func (h *house) now() int64 { return h.k.Clock.Now().UnixMilli() }

func (h *house) tx(f func(context.Context, *db.Tx) error) {
	h.t.Helper()
	if err := h.k.DB.InTx(h.ctx, f); err != nil {
		h.t.Fatal(err)
	}
}

// sku adds a SKU with stock in the default warehouse.
func (h *house) sku(code string, stock int64) id.ID {
	h.t.Helper()
	i := h.k.IDs.New()
	h.skus[code] = i
	h.tx(func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO catalog_product (merchant_id, id, name, created_at, version) VALUES (?, ?, ?, 1, 1)`,
			kittest.Merchant, i, "明前茶 "+code); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO catalog_sku (merchant_id, id, product_id, code, name, spec, created_at, version) VALUES (?, ?, ?, ?, ?, '', 1, 1)`,
			kittest.Merchant, i, i, code, "明前茶 "+code); err != nil {
			return err
		}
		if stock == 0 {
			return nil
		}
		return h.stock.SetOpeningTx(ctx, tx, i, h.wh, stock, "test")
	})
	return i
}

// item is one line of a document: a SKU code and a quantity.
type item struct {
	code string
	n    int64
}

// doc is a paid order of a buyer, as a channel tells it.
func (h *house) doc(no string, items ...item) order.Document {
	d := order.Document{ChannelOrderNo: no, Status: order.ChannelAwaitingShipment, StatusRaw: "待发货", PlacedAt: h.now() - 3_600_000, PaidAt: h.now() - 3_500_000,
		BuyerNick: "买家" + no, BuyerKey: "b" + no, RefundState: order.RefundNone,
		Receiver: order.Receiver{Name: "沈知夏", Phone: "13800138" + fmt.Sprintf("%03d", len(no)), Province: "浙江省", City: "杭州市", District: "西湖区", Detail: "文三路 1 号 " + no}}
	for i, it := range items {
		n := it.n
		d.Lines = append(d.Lines, order.Line{ChannelLineNo: fmt.Sprintf("%s-%d", no, i+1), Title: "茶 " + it.code, MerchantSKUCode: it.code, Quantity: &n})
	}
	return d
}

// put brings documents in and returns the orders' ids.
func (h *house) put(docs ...order.Document) []id.ID {
	h.t.Helper()
	return h.putIn(h.shop, docs...)
}

func (h *house) putIn(sh shop.Shop, docs ...order.Document) []id.ID {
	h.t.Helper()
	in := make([]order.Incoming, len(docs))
	for i, d := range docs {
		in[i] = order.Incoming{Shop: sh, Doc: d, Source: "file", SourceAt: h.now()}
	}
	ids := make([]id.ID, len(docs))
	h.tx(func(ctx context.Context, tx *db.Tx) error {
		out, err := h.order.ApplyTx(ctx, tx, in)
		if err != nil {
			return err
		}
		for i, a := range out {
			if a.Err != nil {
				return a.Err
			}
			ids[i] = a.OrderID
		}
		return nil
	})
	return ids
}

func (h *house) load(i id.ID) order.Order {
	h.t.Helper()
	all, err := h.order.LoadTx(h.ctx, h.k.DB, []id.ID{i})
	if err != nil || len(all) != 1 {
		h.t.Fatalf("load %d: %v, %d found", i, err, len(all))
	}
	return all[0]
}

// onHand is the stock of a SKU, and what of it is reserved.
func (h *house) onHand(code string) (onHand, reserved int64) {
	h.t.Helper()
	err := h.k.DB.QueryRow(h.ctx, `SELECT COALESCE(SUM(on_hand), 0), COALESCE(SUM(reserved), 0) FROM inventory_balance WHERE merchant_id = ? AND sku_id = ?`,
		kittest.Merchant, h.skus[code]).Scan(&onHand, &reserved)
	if err != nil {
		h.t.Fatal(err)
	}
	return onHand, reserved
}

func (h *house) count(table, where string, args ...any) int64 {
	h.t.Helper()
	var n int64
	q := "SELECT COUNT(*) FROM " + table + " WHERE merchant_id = ?"
	if where != "" {
		q += " AND " + where
	}
	if err := h.k.DB.QueryRow(h.ctx, q, append([]any{kittest.Merchant}, args...)...).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// sound fails the test when stock and its papers disagree.
func (h *house) sound() {
	h.t.Helper()
	found, err := h.stock.Verify(h.ctx)
	if err != nil || len(found) > 0 {
		h.t.Fatalf("stock: %v %v", found, err)
	}
}

func code(err error) string {
	if e := errs.As(err); e != nil {
		return e.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// yt is a waybill number of a known carrier, by serial.
func yt(n int) string { return fmt.Sprintf("YT26%011d", n) }

func (h *house) docs(n int, sku string) []order.Document {
	out := make([]order.Document, n)
	for i := range out {
		out[i] = h.doc(fmt.Sprintf("D-%d", i), item{sku, 1})
	}
	return out
}

// param is a parameter of an error.
func param(err error, name string) any {
	if e := errs.As(err); e != nil {
		return e.Params[name]
	}
	return nil
}

func (h *house) drain(j id.ID) job.Job {
	h.t.Helper()
	if err := h.k.Jobs.Drain(h.ctx); err != nil {
		h.t.Fatal(err)
	}
	done, err := h.k.Jobs.Get(h.ctx, j)
	if err != nil {
		h.t.Fatal(err)
	}
	return done
}

func (h *house) rows(j id.ID, result string) map[int64]string {
	h.t.Helper()
	rows, _, err := h.k.Jobs.Rows(h.ctx, j, result, "", 200)
	if err != nil {
		h.t.Fatal(err)
	}
	out := map[int64]string{}
	for _, r := range rows {
		out[r.No] = r.Code
	}
	return out
}
