package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite" // the "sqlite" driver

	"github.com/ordercove/ordercove/internal/order"
)

// The raw side: one order row, its item rows, eight indexes, nothing else. No
// sealing, search tokens, events, counters, reservations or checks.

const rawSchema = `
CREATE TABLE raw_order (merchant_id BIGINT NOT NULL, id BIGINT NOT NULL, shop_id BIGINT NOT NULL, order_no TEXT NOT NULL, state BIGINT NOT NULL,
 placed_at BIGINT NOT NULL, paid_at BIGINT NOT NULL, ship_by_at BIGINT NOT NULL, buyer TEXT NOT NULL, name TEXT NOT NULL, phone TEXT NOT NULL, last_four TEXT NOT NULL,
 province TEXT NOT NULL, city TEXT NOT NULL, district TEXT NOT NULL, address TEXT NOT NULL, goods_fen BIGINT, paid_fen BIGINT, note TEXT NOT NULL, waybill_no TEXT NOT NULL,
 PRIMARY KEY (merchant_id, id));
CREATE TABLE raw_item (merchant_id BIGINT NOT NULL, id BIGINT NOT NULL, order_id BIGINT NOT NULL, sku TEXT NOT NULL, title TEXT NOT NULL, spec TEXT NOT NULL,
 quantity BIGINT NOT NULL, shipped BIGINT NOT NULL, price_fen BIGINT NOT NULL, PRIMARY KEY (merchant_id, id));
CREATE UNIQUE INDEX raw_order_no ON raw_order (merchant_id, order_no, shop_id);
CREATE INDEX raw_order_placed ON raw_order (merchant_id, placed_at, id);
CREATE INDEX raw_order_state ON raw_order (merchant_id, state, placed_at, id);
CREATE INDEX raw_order_shop ON raw_order (merchant_id, shop_id, state, placed_at, id);
CREATE INDEX raw_order_phone ON raw_order (merchant_id, phone);
CREATE INDEX raw_order_four ON raw_order (merchant_id, last_four, placed_at);
CREATE INDEX raw_order_name ON raw_order (merchant_id, name, placed_at);
CREATE INDEX raw_item_order ON raw_item (merchant_id, order_id)`

var (
	rawOrderCols = []string{"merchant_id", "id", "shop_id", "order_no", "state", "placed_at", "paid_at", "ship_by_at", "buyer", "name", "phone", "last_four",
		"province", "city", "district", "address", "goods_fen", "paid_fen", "note", "waybill_no"}
	rawItemCols = []string{"merchant_id", "id", "order_id", "sku", "title", "spec", "quantity", "shipped", "price_fen"}
)

// rawRows are the rows of some orders.
type rawRows struct{ orders, items [][]any }

func (r *rawRows) add(o order.Document, shop int, next *int64) {
	*next++
	oid := *next
	r.orders = append(r.orders, []any{int64(1), oid, int64(shop), o.ChannelOrderNo, int64(30), o.PlacedAt, o.PaidAt, o.ShipByAt, o.BuyerNick, o.Receiver.Name,
		o.Receiver.Phone, o.Receiver.Phone[len(o.Receiver.Phone)-4:], o.Receiver.Province, o.Receiver.City, o.Receiver.District, o.Receiver.Detail,
		int64(*o.Money.Goods), int64(*o.Money.BuyerPaid), o.SellerNote, ""})
	for _, l := range o.Lines {
		*next++
		r.items = append(r.items, []any{int64(1), *next, oid, l.MerchantSKUCode, l.Title, l.SKUText, *l.Quantity, int64(0), int64(*l.PriceFen)})
	}
}

// rawEngine is one engine without the product.
type rawEngine interface {
	// insert writes one batch in one durable transaction.
	insert(ctx context.Context, r rawRows) error
	// ship sets waybill and state of one batch of orders, and their lines.
	ship(ctx context.Context, nos []string) error
	// take is the one-row update of a hot stock balance, in its own transaction.
	take(ctx context.Context) error
	close()
}

func openRaw(ctx context.Context, engine, dir string) (rawEngine, error) {
	if engine == "postgres" {
		return openRawPostgres(ctx)
	}
	return openRawSQLite(ctx, dir)
}

// --- SQLite: one connection, the same durability as the product ---

type rawSQLite struct {
	d    *sql.DB
	path string
	ins  map[string]*sql.Stmt
}

func openRawSQLite(ctx context.Context, dir string) (rawEngine, error) {
	path := filepath.Join(dir, fmt.Sprintf("raw-%d.db", time.Now().UnixNano()))
	d, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size(-12000)&_pragma=wal_autocheckpoint(8000)&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	d.SetMaxOpenConns(1)
	for _, q := range strings.Split(rawSchema+";CREATE TABLE raw_stock (sku BIGINT PRIMARY KEY, on_hand BIGINT NOT NULL, CHECK (on_hand >= 0));INSERT INTO raw_stock VALUES (1, 1000000000)", ";") {
		if _, err := d.ExecContext(ctx, q); err != nil {
			return nil, err
		}
	}
	return &rawSQLite{d: d, path: path, ins: map[string]*sql.Stmt{}}, nil
}

func (r *rawSQLite) stmt(ctx context.Context, q string) (*sql.Stmt, error) {
	if s := r.ins[q]; s != nil {
		return s, nil
	}
	s, err := r.d.PrepareContext(ctx, q)
	r.ins[q] = s
	return s, err
}

func (r *rawSQLite) insert(ctx context.Context, rows rawRows) error {
	const chunk = 50
	type part struct {
		table string
		cols  []string
		rows  [][]any
	}
	var run []func(*sql.Tx) error
	for _, p := range []part{{"raw_order", rawOrderCols, rows.orders}, {"raw_item", rawItemCols, rows.items}} {
		for len(p.rows) > 0 {
			n := min(chunk, len(p.rows))
			one := "(" + strings.TrimSuffix(strings.Repeat("?,", len(p.cols)), ",") + ")"
			s, err := r.stmt(ctx, "INSERT INTO "+p.table+" ("+strings.Join(p.cols, ",")+") VALUES "+strings.TrimSuffix(strings.Repeat(one+",", n), ","))
			if err != nil {
				return err
			}
			args := make([]any, 0, n*len(p.cols))
			for _, x := range p.rows[:n] {
				args = append(args, x...)
			}
			run = append(run, func(tx *sql.Tx) error { _, err := tx.StmtContext(ctx, s).ExecContext(ctx, args...); return err })
			p.rows = p.rows[n:]
		}
	}
	return r.tx(ctx, run)
}

func (r *rawSQLite) tx(ctx context.Context, run []func(*sql.Tx) error) error {
	tx, err := r.d.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	for _, f := range run {
		if err := f(tx); err != nil {
			_ = tx.Rollback()
			return err
		}
	}
	return tx.Commit()
}

const (
	rawShipOrder = "UPDATE raw_order SET state = 50, waybill_no = ? WHERE merchant_id = 1 AND order_no = ?"
	rawShipItem  = "UPDATE raw_item SET shipped = quantity WHERE merchant_id = 1 AND order_id = (SELECT id FROM raw_order WHERE merchant_id = 1 AND order_no = ?)"
	rawTake      = "UPDATE raw_stock SET on_hand = on_hand - 1 WHERE sku = 1 AND on_hand >= 1"
)

func (r *rawSQLite) ship(ctx context.Context, nos []string) error {
	o, err := r.stmt(ctx, rawShipOrder)
	if err != nil {
		return err
	}
	l, err := r.stmt(ctx, rawShipItem)
	if err != nil {
		return err
	}
	var run []func(*sql.Tx) error
	for _, no := range nos {
		run = append(run, func(tx *sql.Tx) error {
			if _, err := tx.StmtContext(ctx, o).ExecContext(ctx, "75"+no, no); err != nil {
				return err
			}
			_, err := tx.StmtContext(ctx, l).ExecContext(ctx, no)
			return err
		})
	}
	return r.tx(ctx, run)
}

func (r *rawSQLite) take(ctx context.Context) error {
	_, err := r.d.ExecContext(ctx, rawTake)
	return err
}

func (r *rawSQLite) close() {
	_ = r.d.Close()
	for _, s := range []string{"", "-wal", "-shm"} {
		_ = os.Remove(r.path + s)
	}
}

// --- PostgreSQL: COPY, the quickest way in ---

type rawPostgres struct {
	c    *pgx.Conn
	name string
}

func openRawPostgres(ctx context.Context) (rawEngine, error) {
	name, url, err := newDatabase(ctx)
	if err != nil {
		return nil, err
	}
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, err
	}
	_, err = c.Exec(ctx, rawSchema+";CREATE TABLE raw_stock (sku BIGINT PRIMARY KEY, on_hand BIGINT NOT NULL, CHECK (on_hand >= 0));INSERT INTO raw_stock VALUES (1, 1000000000)")
	return &rawPostgres{c: c, name: name}, err
}

func (r *rawPostgres) insert(ctx context.Context, rows rawRows) error {
	return pgx.BeginFunc(ctx, r.c, func(tx pgx.Tx) error {
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{"raw_order"}, rawOrderCols, pgx.CopyFromRows(rows.orders)); err != nil {
			return err
		}
		_, err := tx.CopyFrom(ctx, pgx.Identifier{"raw_item"}, rawItemCols, pgx.CopyFromRows(rows.items))
		return err
	})
}

func (r *rawPostgres) ship(ctx context.Context, nos []string) error {
	bills := make([]string, len(nos))
	for i, no := range nos {
		bills[i] = "75" + no
	}
	return pgx.BeginFunc(ctx, r.c, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "UPDATE raw_order o SET state = 50, waybill_no = v.bill FROM unnest($1::text[], $2::text[]) v(no, bill) WHERE o.merchant_id = 1 AND o.order_no = v.no", nos, bills); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "UPDATE raw_item i SET shipped = quantity FROM raw_order o WHERE o.merchant_id = 1 AND o.order_no = ANY($1) AND i.merchant_id = 1 AND i.order_id = o.id", nos)
		return err
	})
}

func (r *rawPostgres) take(ctx context.Context) error {
	_, err := r.c.Exec(ctx, rawTake)
	return err
}

func (r *rawPostgres) close() {
	_ = r.c.Close(context.Background())
	dropDatabase(r.name)
}
