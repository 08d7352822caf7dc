package scenario

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"
)

const manyRows = 12_000

// manyOrders is an export file like the fixture's, with as many orders as one asks for.
func manyOrders(t *testing.T, n int) dropped {
	t.Helper()
	f := fixture(t, "orders/pdd_orders_export.csv")
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(f.content, []byte("\ufeff"))))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	number := slices.Index(trimmed(rows[0]), "订单号")
	state := slices.Index(trimmed(rows[0]), "订单状态")
	i := slices.IndexFunc(rows, func(row []string) bool { return len(row) > state && state >= 0 && trimmed(row)[state] == "待发货" })
	if number < 0 || i < 0 {
		t.Fatalf("the fixture has no order to copy: %q", rows[0])
	}
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	_ = w.Write(rows[0])
	row := slices.Clone(rows[i])
	for k := range n {
		row[number] = fmt.Sprintf("260503-%015d\t", 700_000_000_000_000+k)
		_ = w.Write(row)
	}
	w.Flush()
	return dropped{"orders_export.csv", b.Bytes()}
}

func trimmed(row []string) []string {
	out := make([]string, len(row))
	for i, v := range row {
		out[i] = string(bytes.TrimSpace([]byte(v)))
	}
	return out
}

// A power cut in the middle of an import costs nothing: the job goes on where its
// last commit was, and each order is there exactly once.
func TestAnImportKilledTwiceIsStillExact(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		c := s.open()
		shop := c.post("/shops", obj{"channel": "pdd", "name": "海湾拼多多店", "live_from_at": "2026-01-01T00:00:00+08:00"}, http.StatusCreated)
		one := c.form("POST", "/imports", "files", http.StatusCreated, manyOrders(t, manyRows))
		run := c.post("/imports/"+one.str("id")+"/run", obj{"shop_id": shop.str("id"), "exported_at": time.Now().UTC().Format(time.RFC3339)}, http.StatusAccepted)
		kills, last := 0, int64(0)
		for _, after := range []int64{1, manyRows / 3} {
			for {
				j := c.get("/jobs/" + run.str("id"))
				if j.num("done") < last {
					t.Fatalf("progress fell from %d to %d", last, j.num("done"))
				}
				last = j.num("done")
				if last >= after || j.str("state") != "running" && j.str("state") != "waiting" {
					break
				}
				time.Sleep(5 * time.Millisecond)
			}
			if last < manyRows {
				kills++
			}
			s.kill()
			s.run()
		}
		if kills == 0 {
			t.Fatal("the import was done before it could be killed; give it more rows")
		}
		done := c.succeeded(run.str("id"))
		want(t, "orders made", done.obj("result").num("created"), manyRows)
		want(t, "rows done", done.num("done"), manyRows)
		want(t, "the counter of all orders", c.get("/orders/counts").obj("counts").obj("all").num("n"), manyRows)
		seen := map[string]bool{}
		for _, o := range c.items("/orders?limit=200") {
			if seen[o.str("channel_order_no")] {
				t.Fatalf("%s is there twice", o.str("channel_order_no"))
			}
			seen[o.str("channel_order_no")] = true
		}
		want(t, "different orders", len(seen), manyRows)
		s.stop()
		s.sound()
	})
}
