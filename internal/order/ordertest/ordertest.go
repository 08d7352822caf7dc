// Package ordertest builds a small shop with goods and documents for tests of
// the order package and of those above it.
package ordertest

import (
	"context"
	"fmt"
	"testing"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/customer"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/shop"
	"github.com/ordercove/ordercove/internal/shop/shoptest"
)

// World is a merchant with one live shop, one warehouse and no goods yet.
type World struct {
	T         testing.TB
	Kit       *kit.Kit
	Shops     *shop.Service
	Catalog   *catalog.Service
	Customers *customer.Service
	Stock     *inventory.Service
	Orders    *order.Service
	Shop      shop.Shop
	Warehouse id.ID
}

// New builds a World on d; change alters the shop first.
func New(t testing.TB, d *db.DB, change ...func(*shop.CreateInput)) (*World, context.Context) {
	t.Helper()
	return With(t, d, nil, change...)
}

// With is New with rules of others.
func With(t testing.TB, d *db.DB, rules []order.Option, change ...func(*shop.CreateInput)) (*World, context.Context) {
	t.Helper()
	k, ctx := kittest.New(t, d)
	w := &World{T: t, Kit: k, Shops: shoptest.New(k), Catalog: catalog.New(k), Customers: customer.New(k)}
	w.Stock = inventory.New(k, w.Catalog)
	w.Orders = order.New(k, w.Shops, w.Catalog, w.Customers, w.Stock, rules...)
	kittest.InTx(t, k, ctx, func(ctx context.Context, tx *db.Tx) error {
		wh, err := w.Stock.EnsureDefaultTx(ctx, tx)
		w.Warehouse = wh.ID
		return err
	})
	w.Shop = shoptest.Add(t, ctx, w.Shops, "云杉小铺", change...)
	return w, ctx
}

// SKU adds a SKU under a code with some stock.
func (w *World) SKU(ctx context.Context, code string, onHand int64) id.ID {
	w.T.Helper()
	s, err := w.Catalog.CreateSKU(ctx, catalog.SKUInput{Code: code, ProductName: "商品 " + code})
	if err != nil {
		w.T.Fatal(err)
	}
	w.Receive(ctx, s.ID, onHand)
	return s.ID
}

// Receive puts goods into the warehouse.
func (w *World) Receive(ctx context.Context, sku id.ID, n int64) {
	w.T.Helper()
	if n == 0 {
		return
	}
	err := w.Stock.Receive(ctx, inventory.ReceiveInput{Ref: "test", Lines: []inventory.Receipt{{SKUID: sku, WarehouseID: w.Warehouse, Quantity: n}}})
	if err != nil {
		w.T.Fatal(err)
	}
}

// Doc is a paid order of one piece of SKU code, placed an hour ago.
func (w *World) Doc(no, code string) order.Document {
	placed := clock.Millis(w.Kit.Clock) - 3_600_000
	return order.Document{ChannelOrderNo: no, Status: order.ChannelAwaitingShipment, StatusRaw: "待发货", PlacedAt: placed, PaidAt: placed + 60_000,
		BuyerNick: "海边的猫", Receiver: order.Receiver{Name: "赵小满", Phone: "13800001234", Province: "浙江省", City: "杭州市", District: "西湖区", Detail: "文一路 8 号"},
		Lines:       []order.Line{Line(code, 1, 5000)},
		Money:       order.Money{Goods: Fen(5000), Freight: Fen(600), BuyerPaid: Fen(5600), MerchantReceivable: Fen(5600)},
		RefundState: order.RefundNone}
}

// Line is a line of n pieces at a price.
func Line(code string, n int64, price money.Fen) order.Line {
	return order.Line{Title: "商品 " + code, SKUText: "默认", MerchantSKUCode: code, Quantity: &n, PriceFen: &price}
}

// Fen is a pointer to an amount.
func Fen(f money.Fen) *money.Fen { return &f }

// Apply brings documents in, as a file exported at the given instant (0: now).
func (w *World) Apply(ctx context.Context, at int64, docs ...order.Document) []order.Applied {
	w.T.Helper()
	out, err := w.TryApply(ctx, at, docs...)
	if err != nil {
		w.T.Fatal(err)
	}
	return out
}

// Pulled applies one document as an API gave it and returns the order.
func (w *World) Pulled(ctx context.Context, at int64, d order.Document) order.Order {
	w.T.Helper()
	got, err := w.TryFrom(ctx, order.SourceAPI, at, d)
	if err == nil {
		err = got[0].Err
	}
	if err != nil {
		w.T.Fatal(err)
	}
	return w.Load(ctx, got[0].OrderID)
}

// TryApply is Apply that returns the error of the batch.
func (w *World) TryApply(ctx context.Context, at int64, docs ...order.Document) ([]order.Applied, error) {
	return w.TryFrom(ctx, order.SourceFile, at, docs...)
}

// TryFrom is TryApply of documents of the source.
func (w *World) TryFrom(ctx context.Context, source string, at int64, docs ...order.Document) (out []order.Applied, err error) {
	if at == 0 {
		at = clock.Millis(w.Kit.Clock)
	}
	in := make([]order.Incoming, len(docs))
	for i, d := range docs {
		in[i] = order.Incoming{Shop: w.Shop, Doc: d, Source: source, SourceAt: at}
	}
	err = w.Kit.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		out, err = w.Orders.ApplyTx(ctx, tx, in)
		return err
	})
	return out, err
}

// One applies one document and returns the order.
func (w *World) One(ctx context.Context, at int64, d order.Document) order.Order {
	w.T.Helper()
	got := w.Apply(ctx, at, d)
	if got[0].Err != nil {
		w.T.Fatal(got[0].Err)
	}
	return w.Load(ctx, got[0].OrderID)
}

// Load reads an order.
func (w *World) Load(ctx context.Context, i id.ID) order.Order {
	w.T.Helper()
	out, err := w.Orders.LoadTx(ctx, w.Kit.DB, []id.ID{i})
	if err != nil || len(out) != 1 {
		w.T.Fatalf("load order %d: %d rows, %v", i, len(out), err)
	}
	return out[0]
}

// Receiver reads an order's receiver as it is stored.
func (w *World) Receiver(ctx context.Context, i id.ID) order.Receiver {
	w.T.Helper()
	all, err := w.Orders.ReceiversTx(ctx, w.Kit.DB, []id.ID{i})
	if err != nil {
		w.T.Fatal(err)
	}
	return all[i]
}

// Ship ships everything open of an order, with its stock.
func (w *World) Ship(ctx context.Context, i id.ID, waybill string) error {
	return w.Kit.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		all, err := w.Orders.LockTx(ctx, tx, []id.ID{i})
		if err != nil || len(all) == 0 {
			return fmt.Errorf("lock: %d orders: %w", len(all), err)
		}
		var takes []inventory.Take
		for _, l := range all[0].Lines {
			if l.Open() > 0 && l.SKUID != 0 {
				parts, err := w.Catalog.ComponentsTx(ctx, tx, []id.ID{l.SKUID})
				if err != nil {
					return err
				}
				for _, c := range parts[l.SKUID] {
					takes = append(takes, inventory.Take{OrderID: i, LineID: l.ID, SKUID: c.SKUID, WarehouseID: w.Warehouse, Quantity: l.Open() * c.Quantity, Ref: "parcel/test"})
				}
			}
		}
		if len(takes) > 0 {
			if err := w.Stock.DeductTx(ctx, tx, takes); err != nil {
				return err
			}
		}
		errs, err := w.Orders.MarkShippedTx(ctx, tx, []order.Shipment{{OrderID: i, WarehouseID: w.Warehouse, Carrier: "yto", WaybillNo: waybill, At: clock.Millis(w.Kit.Clock)}})
		if err != nil {
			return err
		}
		return errs[0]
	})
}
