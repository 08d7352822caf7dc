package app

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/ordercove/ordercove/internal/aftersale"
	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/intake"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/shop"
)

// ErrDemoNotEmpty keeps invented orders out of a merchant's real ones.
var ErrDemoNotEmpty = errs.Define(errs.Conflict, "app.demo_not_empty", "已有店铺数据，不能再填充演示数据", "There are shops already; demo data goes into an empty instance only")

// demo fills an empty merchant through the same use cases that people use, so
// that everything a newcomer sees is what the product does.
type demo struct {
	k       *kit.Kit
	shops   *shop.Service
	catalog *catalog.Service
	stock   *inventory.Service
	door    *intake.Service
	orders  *order.Service
	ship    *fulfillment.Service
	routes  *allocate.Service
	after   *aftersale.Service
	way     shipping
	// channels are the connectors' codes, in the order screens show them.
	channels []string
}

// demoSeed makes every demo alike, whatever the day.
const demoSeed = 20260611

// fill makes seven shops, their goods and stock, and thirty days of orders.
//
// Errors: ErrDemoNotEmpty.
func (d demo) fill(ctx context.Context, orders int) error {
	have, err := d.shops.List(ctx)
	if err != nil {
		return err
	}
	if len(have) > 0 {
		return ErrDemoNotEmpty
	}
	r := rand.New(rand.NewPCG(demoSeed, 1))
	house, other, err := d.warehouses(ctx)
	if err != nil {
		return err
	}
	skus, err := d.goods(ctx, r, house)
	if err != nil {
		return err
	}
	if err := d.shelves(ctx, r, house, other, skus); err != nil {
		return err
	}
	if err := d.rules(ctx, skus); err != nil {
		return err
	}
	now := d.k.Clock.Now()
	var work []id.ID
	for i, name := range demoShopNames {
		sh, err := d.shops.Create(ctx, shop.CreateInput{Channel: d.channels[i], Name: name, LiveFrom: now.AddDate(0, 0, -40).UnixMilli(),
			WarehouseID: house, StaleAfterHours: 24})
		if err != nil {
			return err
		}
		// Shops differ in size as real ones do: the first sells half of everything.
		docs := demoOrders(r, now, i, max(orders>>(i+1), 30))
		ids, err := d.receive(ctx, sh, append(docs, demoTwins(r, docs, 3)...), now)
		if err != nil {
			return err
		}
		work = append(work, ids...)
		if err := d.cases(ctx, r, sh, docs); err != nil {
			return err
		}
	}
	approved, err := d.work(ctx, r, work)
	if err != nil {
		return err
	}
	return d.out(ctx, house, approved)
}

// warehouses returns the one that there is, and another one.
func (d demo) warehouses(ctx context.Context) (house, other id.ID, err error) {
	all, err := d.stock.Warehouses(ctx)
	if err != nil {
		return 0, 0, err
	}
	second, err := d.stock.CreateWarehouse(ctx, inventory.WarehouseInput{Code: "CD", Name: "成都仓", Province: "四川省", City: "成都市"})
	if err != nil {
		return 0, 0, err
	}
	for _, w := range all {
		if w.IsDefault {
			return w.ID, second.ID, nil
		}
	}
	return 0, 0, inventory.ErrNoWarehouse
}

// goods makes products, SKUs with costs, and opening stock. One SKU has none
// left, and one stays unknown, so that the queues have something to show. It returns
// the SKUs.
func (d demo) goods(ctx context.Context, r *rand.Rand, warehouse id.ID) (skus []id.ID, err error) {
	var lines []inventory.Receipt
	for n, g := range demoGoods {
		product := id.ID(0)
		for k, spec := range g.specs {
			if n == len(demoGoods)-1 && k > 0 {
				continue // left to the unmapped queue
			}
			cost, weight := g.cost, int64(200+r.IntN(1800))
			sku, err := d.catalog.CreateSKU(ctx, catalog.SKUInput{ProductID: product, ProductName: g.title, Code: demoCode(g, k), Spec: spec, CostFen: &cost,
				WeightGram: &weight, Barcodes: []string{fmt.Sprintf("69%02d%07d%02d", n+10, r.IntN(1e7), k)}})
			if err != nil {
				return nil, err
			}
			product, skus = sku.ProductID, append(skus, sku.ID)
			if q := int64(g.stockTop - r.IntN(g.stockTop/2)); n != 8 || k > 0 {
				lines = append(lines, inventory.Receipt{SKUID: sku.ID, WarehouseID: warehouse, Quantity: q})
			}
		}
	}
	return skus, d.stock.Receive(ctx, inventory.ReceiveInput{Lines: lines, Ref: "demo"})
}

// receive brings documents through the one door and returns the orders they made.
func (d demo) receive(ctx context.Context, sh shop.Shop, docs []order.Document, now time.Time) ([]id.ID, error) {
	var out []id.ID
	for part := range slices.Chunk(docs, 500) {
		records := make([]intake.Record, len(part))
		for i, doc := range part {
			records[i] = intake.Record{No: int64(i + 1), Doc: doc}
		}
		var ids []id.ID
		err := d.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			ids = ids[:0]
			applied, err := d.door.AcceptTx(ctx, tx, sh, now.UnixMilli(), 0, records)
			if err != nil {
				return err
			}
			for _, a := range applied {
				if a.Err == nil {
					ids = append(ids, a.OrderID)
				}
			}
			return d.shops.TouchDataTx(ctx, tx, sh.ID, now.Add(-7*time.Minute).UnixMilli())
		})
		if err != nil {
			return nil, err
		}
		out = append(out, ids...)
	}
	return out, nil
}

var demoCarriers = []struct{ name, format string }{
	{"中通快递", "78%012d"}, {"圆通速递", "YT%013d"}, {"韵达快递", "43%013d"}, {"极兔速递", "JT%013d"}, {"顺丰速运", "SF%013d"},
}

// work approves what a person would and ships part of it, oldest first. It returns what
// is approved and has not left.
func (d demo) work(ctx context.Context, r *rand.Rand, ids []id.ID) (approved []id.ID, err error) {
	for _, i := range ids {
		if r.IntN(10) < 3 {
			continue // left for the reader to review
		}
		if _, err := d.orders.Approve(ctx, order.ApproveInput{OrderID: i}); err != nil {
			if refused(err) {
				continue // unpaid, held, already gone: as in life
			}
			return nil, err
		}
		if r.IntN(10) >= 4 {
			approved = append(approved, i)
			continue
		}
		c := demoCarriers[min(r.IntN(len(demoCarriers)), r.IntN(len(demoCarriers)))]
		in := fulfillment.ShipInput{OrderID: i, Carrier: c.name, WaybillNo: fmt.Sprintf(c.format, r.Int64N(1e12))}
		if _, err := d.ship.Ship(ctx, in); err != nil && !refused(err) {
			return nil, err
		}
	}
	return approved, nil
}

// refused: the product said no to this order, which is no failure of the demo.
func refused(err error) bool {
	var e *errs.Error
	return errors.As(err, &e) && e.Kind != errs.Internal && e.Kind != errs.Unavailable && !strings.HasPrefix(e.Code, "db.")
}
