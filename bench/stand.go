package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/connector"
	"github.com/ordercove/ordercove/internal/customer"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/file"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/seal"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/shop"
	"github.com/ordercove/ordercove/internal/view"
	"github.com/ordercove/ordercove/migrations"
)

// stand is the product in this process over an empty database of its own.
type stand struct {
	engine string
	d      *db.DB
	kit    *kit.Kit
	ctx    context.Context // the owner of merchant 1 acts
	shops  []shop.Shop
	orders *order.Service
	stock  *inventory.Service
	view   *view.Service
	skus   []id.ID // of world.goods
	end    func()
}

const merchant id.ID = 1

func newStand(ctx context.Context, engine, dir string) (*stand, error) {
	if engine == "postgres" {
		name, url, err := newDatabase(ctx)
		if err != nil {
			return nil, err
		}
		return openStand(ctx, engine, url, func() { dropDatabase(name) })
	}
	path := filepath.Join(dir, fmt.Sprintf("ours-%d.db", time.Now().UnixNano()))
	return openStand(ctx, engine, path, func() {
		for _, x := range []string{"", "-wal", "-shm"} {
			_ = os.Remove(path + x)
		}
	})
}

// openStand opens a database that may already be filled; end removes it.
func openStand(ctx context.Context, engine, url string, end func()) (*stand, error) {
	s := &stand{engine: engine, end: end}
	d, err := db.Open(ctx, url, db.Options{})
	if err != nil {
		return nil, err
	}
	s.d = d
	if err := d.Migrate(ctx, migrations.FS); err != nil {
		return nil, err
	}
	return s, s.wire(ctx)
}

// wire builds the capabilities as the product does, with real keys and durable
// commits; audit entries are not written, which only commands of people make.
func (s *stand) wire(ctx context.Context) error {
	c := clock.System{}
	ids := id.NewSource(1, c.Now)
	master, err := seal.NewMaster(make([]byte, seal.MasterKeySize))
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	vault := seal.New(s.d, master, clock.Random(), c)
	s.kit = &kit.Kit{DB: s.d, IDs: ids, Clock: c, Seal: vault, Log: log,
		Events: &event.Log{DB: s.d, IDs: ids, Clock: c}, Files: file.NewFiles(s.d, ids, c, vault), Jobs: job.NewQueue(s.d, ids, c, log, "bench"),
		Commands: &command.Pipe{DB: s.d, Clock: c, Seal: vault, Record: func(context.Context, *db.Tx, ...command.Entry) error { return nil }}}
	s.kit.Runner = event.NewRunner(s.kit.Events, log, "bench")
	s.ctx = actor.With(ctx, actor.Actor{MerchantID: merchant, ID: 100, Kind: actor.User, Name: "bench", Permissions: []string{"*"}, Lang: "zh-CN"})
	var channels []string
	for _, m := range connector.All() {
		channels = append(channels, m.Code)
	}
	shops, cat := shop.New(s.kit, channels), catalog.New(s.kit)
	s.stock = inventory.New(s.kit, cat)
	s.orders = order.New(s.kit, shops, cat, customer.New(s.kit), s.stock)
	s.view = view.New(s.kit, s.orders)
	if s.shops, err = shops.List(s.ctx); err != nil || len(s.shops) > 0 {
		return err
	}
	if err := s.d.InTx(s.ctx, func(ctx context.Context, tx *db.Tx) error { return vault.CreateKeysTx(ctx, tx, merchant) }); err != nil {
		return err
	}
	for i := range shopCount {
		one, err := shops.Create(s.ctx, shop.CreateInput{Channel: channels[i%len(channels)], Name: fmt.Sprintf("第%d店", i+1), AutoApprove: i%2 == 0,
			LiveFrom: time.Now().AddDate(0, 0, -60).UnixMilli()})
		if err != nil {
			return err
		}
		s.shops = append(s.shops, one)
	}
	return nil
}

// assort puts the world's goods into the catalog, with stock, so that listings
// map themselves by SKU code and orders reserve.
func (s *stand) assort(w *world) error {
	return s.d.InTx(s.ctx, func(ctx context.Context, tx *db.Tx) error {
		place, err := s.stock.EnsureDefaultTx(ctx, tx)
		if err != nil {
			return err
		}
		now := time.Now().UnixMilli()
		var products, skus [][]any
		var receipts []inventory.Receipt
		for i, g := range w.goods {
			if i%specCount == 0 {
				products = append(products, []any{int64(merchant), int64(s.kit.IDs.New()), g.title, now, int64(1)})
			}
			sku := s.kit.IDs.New()
			s.skus = append(s.skus, sku)
			skus = append(skus, []any{int64(merchant), int64(sku), products[len(products)-1][1], g.code, g.title + " " + g.spec, g.spec, now, int64(1)})
			receipts = append(receipts, inventory.Receipt{SKUID: sku, WarehouseID: place.ID, Quantity: 1_000_000})
		}
		if _, err := tx.Insert(ctx, "catalog_product", []string{"merchant_id", "id", "name", "created_at", "version"}, products, ""); err != nil {
			return err
		}
		if _, err := tx.Insert(ctx, "catalog_sku", []string{"merchant_id", "id", "product_id", "code", "name", "spec", "created_at", "version"}, skus, ""); err != nil {
			return err
		}
		return s.stock.ReceiveTx(ctx, tx, receipts)
	})
}

func (s *stand) close() {
	_ = s.d.Close()
	s.end()
}

// apply brings one batch of documents in, in one durable transaction.
func (s *stand) apply(in []order.Incoming) (order.ApplyResult, error) {
	last := order.ApplyResult("")
	err := s.d.InTx(s.ctx, func(ctx context.Context, tx *db.Tx) error {
		got, err := s.orders.ApplyTx(ctx, tx, in)
		for _, a := range got {
			if a.Err != nil {
				return a.Err
			}
			last = a.Result
		}
		return err
	})
	return last, err
}

// settle is what the engine and the product do in quiet minutes: statistics and
// folded counters.
func (s *stand) settle() error {
	if _, err := s.orders.FoldCounts(s.ctx); err != nil {
		return err
	}
	if s.engine != "postgres" {
		return nil
	}
	return s.d.InTx(s.ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, "ANALYZE")
		return err
	})
}
