package scenario

import (
	"net/http"
	"slices"
	"testing"
)

// Orders from before a shop went live are facts, not work, until somebody adopts
// them.
func TestOrdersFromBeforeTheShopWentLiveAreHistory(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		c := s.open()
		j := &journey{t: t, c: c, expected: expected(t), shops: map[string]string{}}
		pdd := j.orderFiles()[slices.IndexFunc(j.orderFiles(), func(f obj) bool { return f.str("channel") == "pdd" })]
		const border = "2026-05-05"
		made := c.post("/shops", obj{"channel": "pdd", "name": "海湾拼多多店", "live_from_at": border + "T00:00:00+08:00"}, http.StatusCreated)
		j.shops["pdd"] = made.str("id")
		j.importFile(pdd)

		var earlier, later []obj
		for _, o := range c.items("/orders?limit=200") {
			before := o.str("placed_at") < border
			// What was first seen shipped or over is a fact too.
			gone := slices.Contains([]string{"shipped", "delivered", "completed", "closed"}, o.str("state"))
			want(t, "whether "+o.str("channel_order_no")+" of "+o.str("placed_at")+" is history", o["history"].(bool), before || gone)
			if before {
				earlier = append(earlier, o)
				want(t, "holds of the history order "+o.str("channel_order_no"), len(o.strs("holds")), 0)
			} else {
				later = append(later, o)
			}
		}
		if len(earlier) == 0 || len(later) == 0 {
			t.Fatalf("%d earlier and %d later orders", len(earlier), len(later))
		}
		open := slices.DeleteFunc(slices.Clone(earlier), func(o obj) bool { return o.str("state") != "awaiting_approval" })
		adoptable := c.items("/orders?tab=adoptable&limit=200")
		want(t, "orders offered for adoption", len(adoptable), len(open))
		want(t, "the counter of adoption", c.get("/orders/counts").obj("counts").obj("adoptable").num("n"), int64(len(open)))
		if len(open) < 2 {
			t.Fatal("no unshipped history order in the fixture")
		}

		// Stock comes in: only work reserves.
		c.post("/listings/accept-proposals", obj{"all": true}, http.StatusOK)
		warehouse := c.items("/warehouses")[0].str("id")
		for _, k := range c.items("/skus?limit=200") {
			c.post("/stock/adjust", obj{"sku_id": k.str("id"), "warehouse_id": warehouse, "set_to": 100, "reason": "期初"}, http.StatusOK)
		}
		c.eventually("work has its stock", func() bool {
			return len(c.items("/orders?hold=out_of_stock")) == 0 && len(c.items("/orders?hold=sku_unmapped")) == 0
		})
		held := func(o obj) int { return len(c.items("/reservations?order_id=" + o.str("id"))) }
		for _, o := range earlier {
			want(t, "reservations of the history order "+o.str("channel_order_no"), held(o), 0)
		}
		work := slices.IndexFunc(later, func(o obj) bool {
			return o.str("state") == "awaiting_approval" && len(o.strs("holds")) == 0 || held(o) > 0
		})
		if work < 0 {
			t.Error("no order of the living shop reserves anything")
		}

		// The order's own buyer may have asked for the money back; adopt one that is plain.
		plain := slices.IndexFunc(open, func(o obj) bool { return o.str("refund_state") == "none" })
		one := open[plain]
		c.refused("POST", "/orders/"+one.str("id")+"/approve", obj{}, http.StatusConflict, "order.history")
		c.post("/orders/"+one.str("id")+"/adopt", obj{}, http.StatusOK)
		now := c.get("/orders/" + one.str("id"))
		want(t, "whether the adopted order is history", now["history"].(bool), false)
		if held(one) == 0 {
			t.Error("the adopted order reserves nothing")
		}
		c.post("/orders/"+one.str("id")+"/approve", obj{}, http.StatusOK)
		want(t, "orders still offered for adoption", len(c.items("/orders?tab=adoptable&limit=200")), len(open)-1)

		// A newer file does not turn history into work.
		j.importFile(pdd)
		want(t, "orders offered after another import", len(c.items("/orders?tab=adoptable&limit=200")), len(open)-1)
		s.stop()
		s.sound()
	})
}
