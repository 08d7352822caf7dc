package db

import (
	"context"
	"fmt"
	"strings"
)

// SQLite plans by statistics that ANALYZE leaves behind; a new database has none,
// and without them a scan of all of a merchant's rows looks as cheap as a look-up.
// What ANALYZE would find in a large shop is known, so it is written down once.

const assumedRows = 1_000_000

// assumeStatistics tells SQLite what a large merchant's tables look like.
func (d *DB) assumeStatistics(ctx context.Context) error {
	if d.Dialect != SQLite {
		return nil
	}
	want, err := d.assumed(ctx)
	if err != nil {
		return err
	}
	w := d.writer.conn
	if _, err := w.ExecContext(ctx, "ANALYZE sqlite_schema"); err != nil { // makes the table
		return err
	}
	if _, err := w.ExecContext(ctx, "DELETE FROM sqlite_stat1"); err != nil {
		return err
	}
	for _, s := range want {
		if _, err := w.ExecContext(ctx, "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", s[0], s[1], s[2]); err != nil {
			return err
		}
	}
	_, err = w.ExecContext(ctx, "ANALYZE sqlite_schema") // and reads it
	return err
}

// assumed is table, index and statistics for every index there is.
func (d *DB) assumed(ctx context.Context) (out [][3]string, err error) {
	w := d.writer.conn
	rows, err := w.QueryContext(ctx, `SELECT t.name, i.name, i."unique", i.origin, i.partial, x.name, t.sql LIKE '%WITHOUT ROWID%'
		FROM sqlite_schema t JOIN pragma_index_list(t.name) i JOIN pragma_index_info(i.name) x
		WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE 'goose%' ORDER BY t.name, i.name, x.seqno`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	type index struct {
		table, name      string
		unique, partial  bool
		columns          []string
		ofTable, keyless bool // the primary key of a table without row ids is the table
	}
	var all []index
	for rows.Next() {
		var x index
		var origin, column string
		if err := rows.Scan(&x.table, &x.name, &x.unique, &origin, &x.partial, &column, &x.keyless); err != nil {
			return nil, err
		}
		if n := len(all); n > 0 && all[n-1].name == x.name {
			all[n-1].columns = append(all[n-1].columns, column)
			continue
		}
		x.columns, x.ofTable = []string{column}, origin == "pk"
		all = append(all, x)
	}
	for _, x := range all {
		name := x.name
		if x.keyless && x.ofTable {
			name = x.table
		}
		out = append(out, [3]string{x.table, name, statOf(x.columns, x.unique, x.partial)})
	}
	return out, rows.Err()
}

// statOf is how many rows there are, and how many share the first column, the
// first two, and so on.
func statOf(columns []string, unique, partial bool) string {
	n := assumedRows
	if partial {
		n = assumedRows / 500
	}
	b := []string{fmt.Sprint(n)}
	for i, c := range columns {
		n = max(n/spread(c), 1)
		if unique && i == len(columns)-1 {
			n = 1
		}
		b = append(b, fmt.Sprint(n))
	}
	return strings.Join(b, " ")
}

// spread is how many values a column has for each value of those before it.
func spread(column string) int {
	switch column {
	case "merchant_id":
		return 1
	case "shop_id", "warehouse_id", "channel":
		return 7
	case "sku_id", "listing_id", "bundle_sku_id", "product_id", "day":
		return 1000
	}
	for _, end := range []string{"id", "_no", "_key", "_at", "token", "digest", "code", "name", "seq", "hash", "barcode", "bucket", "object"} {
		if strings.HasSuffix(column, end) {
			return assumedRows / 4
		}
	}
	return 8 // states and kinds
}
