package fulfillmentapi_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/api/fulfillmentapi"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/web"
)

func TestRulesAreTriedOrderedAndRunOverHTTP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := open(t, d)
		o := x.order("P-1")
		x.order("P-2")
		var p fulfillmentapi.AllocationPreview
		x.ask("owner", "POST", "/allocation/preview", `{"scope":"unallocated"}`, &p)
		if p.Checked != 2 || p.Whole != 2 || len(p.Rows) != 2 || len(p.Warehouses) != 1 || p.Warehouses[0].Orders != 2 || p.Rows[0].Rule != "" || p.Rows[0].Skip != nil {
			t.Errorf("saved rules: %+v", p)
		}
		draft := `{"scope":"unallocated","show":"waiting","rules":[{"name":"一仓都不发","active":true,"condition":{"field":"pieces","op":"ge","value":1},"action":{"warehouse_ids":["77"],"strategy":"priority","shortage":"wait"}}]}`
		x.ask("owner", "POST", "/allocation/preview", draft, &p)
		if p.Waiting != 2 || len(p.Rows) != 2 || p.Rows[0].Rule != "一仓都不发" {
			t.Errorf("a draft: %+v", p)
		}
		for what, c := range map[string]struct {
			who, path, body string
			status          int
			code            string
		}{
			"a reader tries":             {"clerk", "/allocation/preview", `{"scope":"open"}`, 403, "forbidden"},
			"a reader runs":              {"clerk", "/allocation/runs", `{"scope":"open"}`, 403, "forbidden"},
			"a condition on nothing":     {"owner", "/allocation/preview", `{"scope":"open","rules":[{"name":"x","active":true,"condition":{"field":"mood","op":"eq","value":"x"},"action":{"strategy":"cost","shortage":"wait"}}]}`, 422, "rule.unknown_field"},
			"a run of no orders at all":  {"owner", "/allocation/runs", `{}`, 422, "routing.bad_scope"},
			"a scope that nobody offers": {"owner", "/allocation/preview", `{"scope":"everything"}`, 422, ""},
		} {
			if got, text := x.ask(c.who, "POST", c.path, c.body, nil); got != c.status || !strings.Contains(text, c.code) {
				t.Errorf("%s: %d %s", what, got, text)
			}
		}
		var j web.Job
		x.ask("owner", "POST", "/allocation/runs", `{"scope":"unallocated"}`, &j)
		if err := x.k.Jobs.Drain(x.ctx); err != nil {
			t.Fatal(err)
		}
		x.ask("owner", "POST", "/allocation/preview", `{"scope":"unallocated"}`, &p)
		if p.Checked != 0 {
			t.Errorf("after the run: %+v", p)
		}
		x.ask("owner", "POST", "/allocation/preview", `{"scope":"open"}`, &p)
		if p.Unchanged != 2 || len(p.Rows[0].Was) != 1 {
			t.Errorf("what stands: %+v", p)
		}
		if got, text := x.ask("owner", "POST", "/allocation/runs", `{"scope":"unallocated"}`, nil); got != 409 || !strings.Contains(text, "routing.nothing") {
			t.Errorf("nothing left to allocate: %d %s", got, text)
		}
		x.ask("owner", "POST", "/allocation/runs", fmt.Sprintf(`{"order_ids":["%d"]}`, o), &j)

		var rules []fulfillmentapi.AllocationRule
		var made [2]fulfillmentapi.AllocationRule
		for i := range made {
			x.ask("owner", "POST", "/allocation-rules", fmt.Sprintf(`{"name":"规则 %d","active":true,"action":{"strategy":"priority","shortage":"wait"}}`, i+1), &made[i])
		}
		x.ask("owner", "PUT", "/allocation-rules/order", fmt.Sprintf(`{"ids":["%d","%d"]}`, made[1].ID, made[0].ID), &rules)
		if len(rules) != 2 || rules[0].ID != made[1].ID || rules[0].Position != 1 || rules[1].Position != 2 {
			t.Errorf("in another order: %+v", rules)
		}
		if got, text := x.ask("owner", "PUT", "/allocation-rules/order", `{"ids":["77"]}`, nil); got != 409 || !strings.Contains(text, "allocate.rule_changed") {
			t.Errorf("a rule that is gone: %d %s", got, text)
		}
		var site fulfillmentapi.WarehouseSite
		body := fmt.Sprintf(`{"warehouse_id":"%d","supplier_id":"0","plain":false,"areas":[{"province":"浙江省","city":"宁波市","served":false,"preference":0,"distance_km":0,"first_fen":0,"next_fen":0},{"province":"浙江省","served":true,"preference":1,"distance_km":120,"first_fen":350,"next_fen":100}]}`, p.Rows[0].Was[0].WarehouseID)
		x.ask("owner", "POST", "/warehouse-sites", body, &site)
		if len(site.Areas) != 2 || site.Areas[0].City != "宁波市" || site.Areas[1].FirstFen != 350 {
			t.Errorf("areas: %+v", site)
		}
	})
}
