package main

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
)

// What a newcomer opens has something to show, and the books of it agree.
func TestTheDemoIsAMorningInThePackingRoom(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			p := newPlace(t, engine, true)
			if code, out := output(t, append([]string{"demo"}, p.args...)...); code != exitOK {
				t.Fatalf("demo: exit %d, %s", code, out)
			}
			var count func(query string) (n int)
			if engine == "sqlite" {
				d, err := sql.Open("sqlite", filepath.Join(p.data, "ordercove.db"))
				if err != nil {
					t.Fatal(err)
				}
				defer d.Close()
				count = func(query string) (n int) {
					if err := d.QueryRow(query).Scan(&n); err != nil {
						t.Fatal(query, err)
					}
					return n
				}
			} else {
				c, err := pgx.Connect(t.Context(), p.args[len(p.args)-1])
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close(t.Context())
				count = func(query string) (n int) {
					if err := c.QueryRow(t.Context(), query).Scan(&n); err != nil {
						t.Fatal(query, err)
					}
					return n
				}
			}
			for what, least := range map[string]int{
				"order_head": 5000, "fulfillment_order WHERE state = 'open'": 150, "logistics_waybill": 80, "logistics_number": 1000,
				"packing_wave WHERE state = 'picking'": 1, "inventory_location": 20, "purchase_supplier": 1, "fulfillment_rule": 1,
				"aftersale_case WHERE state = 'requested'": 10, "aftersale_case WHERE state = 'receiving'": 5,
			} {
				if n := count("SELECT COUNT(*) FROM " + what); n < least {
					t.Errorf("%d of %s, want %d", n, what, least)
				}
			}
			if code, out := output(t, append([]string{"verify", "--json"}, p.args...)...); code != exitOK {
				t.Errorf("verify: exit %d, %s", code, out)
			}
		})
	}
}
