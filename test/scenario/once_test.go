package scenario

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"
)

// Half of the answers of the platform are lost, before the effect or after it, and
// the power goes three times: each shipment, note, refund and stock number still
// takes effect once.
func TestWhatTheChannelIsToldHappensOnce(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := simulate(t, obj{"name": "calm", "life": obj{"orders_per_hour": 0, "scale": 1}, "faults": obj{"lag_ms": 0, "push_copies": 1}},
			"--shops", "sandbox=1", "--shops-each", "0", "--orders", "0")
		m.run()
		one := m.get("/shops").list("shops")[0]
		s.stop()
		s.flags = []string{"--allow-private", "127.0.0.1"}
		s.run()
		s.open()
		shopID, _ := s.connect(m, one, obj{"poll_interval_ms": 1000, "lag_ms": 1000, "overlap_ms": 5000, "retry_ms": []int{200, 500, 1000}})

		const orders, refunds = 40, 8
		nos := m.post("/shops/sandbox-1/orders", obj{"count": orders + refunds, "paid": true}).strs("orders")
		var ready []obj
		s.owner.eventually("the orders", func() bool {
			ready = s.owner.items("/orders?limit=200&shop_id=" + shopID)
			return len(ready) == orders+refunds
		})
		// Goods, so that they can ship; the shop offers half of what is left.
		s.owner.post("/listings/accept-proposals", obj{"all": true}, http.StatusOK)
		for _, k := range s.owner.items("/skus") {
			s.owner.post("/stock/adjust", obj{"sku_id": k.str("id"), "warehouse_id": s.owner.items("/warehouses")[0].str("id"), "receive": 1000, "reason": "opening"}, http.StatusOK)
		}
		for _, no := range nos[orders:] {
			m.post("/shops/sandbox-1/orders/"+no+"/acts", obj{"do": "ask_refund"})
		}
		m.put("/faults", obj{"drop_rate": 0.3, "lose_rate": 0.15, "error_rate": 0.05})
		s.owner.call(http.MethodPut, "/shops/"+shopID+"/stock-plan", obj{"mode": "shared", "ratio_percent": 50, "buffer": 0}, http.StatusOK)

		byNo := map[string]obj{}
		for _, o := range ready {
			byNo[o.str("channel_order_no")] = o
		}
		for i, no := range nos[:orders] {
			id := byNo[no].str("id")
			s.owner.eventually("order "+no+" to be mapped and reserved", func() bool {
				holds := s.owner.get("/orders/" + id).strs("holds")
				return !slices.Contains(holds, "sku_unmapped") && !slices.Contains(holds, "out_of_stock")
			})
			if s.owner.get("/orders/"+id).str("state") == "awaiting_approval" {
				s.owner.post("/orders/"+id+"/approve", obj{}, http.StatusOK)
			}
			s.owner.post("/parcels", obj{"order_id": id, "carrier": "ZTO", "waybill_no": fmt.Sprintf("7310000%07d", i), "confirm_waybill": true}, http.StatusCreated)
			if i%4 == 0 {
				s.owner.post("/orders/"+id+"/note", obj{"seller_note": fmt.Sprint("第 ", i, " 单")}, http.StatusOK)
			}
			if i == 10 || i == 20 || i == 30 {
				s.kill()
				s.run()
			}
		}
		s.owner.eventually("the cases", func() bool { return len(s.owner.items("/aftersales?shop_id="+shopID)) == refunds })
		for _, c := range s.owner.items("/aftersales?shop_id=" + shopID) {
			for _, status := range []int{http.StatusOK, http.StatusConflict} { // two people press the button
				s.owner.post("/aftersales/"+c.str("id")+"/decision", obj{"case_version": c.str("case_version"), "approve": true, "amount_fen": c.num("refund_fen")}, status)
			}
		}
		time.Sleep(10 * time.Second) // of bad weather; then it clears, and what waits goes out
		m.put("/faults", obj{"drop_rate": 0, "lose_rate": 0, "error_rate": 0})
		var open []obj
		for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); time.Sleep(500 * time.Millisecond) {
			if open = append(s.owner.items("/channel-effects?state=waiting"), s.owner.items("/channel-effects?state=sending")...); len(open) == 0 {
				break
			}
		}
		want(t, "effects that still wait", len(open), 0)
		for _, state := range []string{"refused", "uncertain"} {
			for _, e := range s.owner.items("/channel-effects?state=" + state) {
				t.Errorf("%s of %s is %s: %s", e.str("kind"), e.str("channel_no"), state, e.str("error_message"))
			}
		}
		s.owner.eventually("the stock to be told", func() bool {
			for _, l := range s.owner.items("/shops/" + shopID + "/stock-levels") {
				if l.num("wanted") != l.num("pushed") {
					return false
				}
			}
			return true
		})
		applied := map[string]int{}
		for _, e := range m.get("/shops/sandbox-1/effects?size=10000").list("effects") {
			applied[e.str("kind")]++
			if n := e.num("applied"); n > 1 {
				t.Errorf("%s of %s took effect %d times", e.str("kind"), e.str("target"), n)
			}
		}
		t.Logf("what clients asked for: %v", applied)
		for _, no := range nos[:orders] {
			o := m.get("/shops/sandbox-1/orders/" + no)
			if len(o.strs("waybills")) != 1 || o.str("status") != "shipped" {
				t.Errorf("%s: %s %v", no, o.str("status"), o.strs("waybills"))
			}
		}
		for _, no := range nos[orders:] {
			if o := m.get("/shops/sandbox-1/orders/" + no); o.num("refunded") == 0 {
				t.Errorf("%s is not refunded", no)
			}
		}
		s.sound()
	})
}
