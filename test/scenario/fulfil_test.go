package scenario

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

const (
	morningOrders = 1200
	lateOrders    = 150
)

// A power cut in the middle of each bulk step costs nothing: orders are approved,
// allocated, numbered and shipped exactly once, and stock says so.
func TestAMorningsOrdersLeaveOnceThoughTheServerDiesAtEveryStep(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := &cutting{t: t, s: s, c: s.open()}
		shop := m.c.post("/shops", obj{"channel": "pdd", "name": "海湾拼多多店", "live_from_at": "2026-01-01T00:00:00+08:00"}, http.StatusCreated)
		one := m.c.form("POST", "/imports", "files", http.StatusCreated, manyOrders(t, morningOrders))
		run := m.c.post("/imports/"+one.str("id")+"/run", obj{"shop_id": shop.str("id"), "exported_at": time.Now().UTC().Format(time.RFC3339)}, http.StatusAccepted)
		m.c.succeeded(run.str("id"))
		m.stock()
		ids := m.ids("/orders?tab=awaiting_approval&limit=200")
		want(t, "orders to approve", len(ids), morningOrders)

		m.killed("/orders/bulk/approve", obj{"ids": ids})
		want(t, "approved orders", m.c.get("/orders/counts").obj("counts").obj("awaiting_shipment").num("n"), morningOrders)
		m.killed("/orders/bulk/tag", obj{"ids": ids, "params": obj{"add": []string{"早市"}}})
		want(t, "tagged orders", len(m.ids("/orders?tag=早市&limit=200")), morningOrders)
		held := m.killed("/orders/bulk/hold", obj{"ids": ids, "params": obj{"note": "等快递价"}})
		want(t, "orders on hold", len(m.ids("/orders?hold=manual&limit=200")), morningOrders)
		m.dies(m.c.post("/jobs/"+held+"/undo", nil, http.StatusAccepted), morningOrders, 0)
		want(t, "orders still on hold", len(m.ids("/orders?hold=manual&limit=200")), 0)
		m.killed("/fulfillment-orders/allocate", obj{"order_ids": ids, "by_rules": true})
		parcels := m.ids("/fulfillment-orders?state=open&limit=200")
		want(t, "fulfillment orders", len(parcels), morningOrders)
		sealed := m.killed("/fulfillment-orders/bulk/seal", obj{"ids": parcels})
		m.dies(m.c.post("/jobs/"+sealed+"/undo", nil, http.StatusAccepted), morningOrders, 0)
		want(t, "parcels still sealed", len(m.ids("/fulfillment-orders?sealed=true&limit=200")), 0)
		m.numbers(parcels)

		// Some must not leave yet: the job says so of each, and they alone are tried again.
		late := obj{"ids": ids[:lateOrders], "params": obj{"note": "等买家电话"}}
		m.c.post("/orders/bulk/hold", late, http.StatusOK)
		shipped := m.c.post("/fulfillment-orders/bulk/ship", obj{"ids": parcels}, http.StatusAccepted).obj("job")
		m.dies(shipped, morningOrders-lateOrders, lateOrders)
		want(t, "rows that name what was left", len(m.c.items("/jobs/"+shipped.str("id")+"/rows?result=failed&limit=200")), lateOrders)
		m.c.post("/orders/bulk/release", obj{"ids": ids[:lateOrders], "params": obj{"kind": "manual"}}, http.StatusOK)
		m.dies(m.c.post("/jobs/"+shipped.str("id")+"/retry-failed", nil, http.StatusAccepted), lateOrders, 0)

		want(t, "fulfillment orders left open", len(m.ids("/fulfillment-orders?state=open&limit=200")), 0)
		seen := map[string]bool{}
		for _, p := range m.c.items("/parcels?limit=200") {
			if no := p.str("waybill_no"); seen[no] {
				t.Errorf("%s left twice", no)
			} else {
				seen[no] = true
			}
		}
		want(t, "parcels", len(seen), morningOrders)
		stock := m.c.items("/stock?limit=200")[0]
		want(t, "pieces on hand", stock.num("on_hand"), m.opening-morningOrders*m.each)
		want(t, "pieces reserved", stock.num("reserved"), 0)
		if m.kills == 0 {
			t.Error("no step was killed while it ran; give it more orders")
		}
		s.stop()
		s.sound()
	})
}

// cutting is a morning in a house with a loose fuse.
type cutting struct {
	t             *testing.T
	s             *server
	c             *client
	opening, each int64
	kills         int
}

func (m *cutting) ids(path string) (out []string) {
	for _, o := range m.c.items(path) {
		out = append(out, o.str("id"))
	}
	return out
}

// stock makes the one SKU that all orders are of, and more than enough of it.
func (m *cutting) stock() {
	m.c.post("/listings/accept-proposals", obj{"all": true}, http.StatusOK)
	m.c.eventually("every order's lines know their SKU", func() bool { return len(m.c.items("/orders?hold=sku_unmapped&limit=1")) == 0 })
	m.each = m.c.items("/orders?limit=1")[0].num("quantity")
	m.opening = morningOrders*m.each + 77
	sku, house := m.c.items("/skus")[0], m.c.items("/warehouses")[0]
	m.c.post("/stock/adjust", obj{"sku_id": sku.str("id"), "warehouse_id": house.str("id"), "set_to": m.opening, "reason": "期初"}, http.StatusOK)
	m.c.eventually("orders that waited for stock have theirs", func() bool { return len(m.c.items("/orders?hold=out_of_stock&limit=1")) == 0 })
}

// killed runs a bulk action as a job, of which every row goes well although the server is
// killed once, and returns the job.
func (m *cutting) killed(path string, body obj) string {
	m.t.Helper()
	j := m.c.post(path, body, http.StatusAccepted).obj("job")
	m.dies(j, morningOrders, 0)
	return j.str("id")
}

// dies kills the server once while a job is under way, and wants its rows to end as they
// would have.
func (m *cutting) dies(j obj, ok, failed int64) {
	m.t.Helper()
	for {
		now := m.c.get("/jobs/" + j.str("id"))
		if now.num("done") > 0 || now.str("state") != "running" && now.str("state") != "waiting" {
			if now.num("done") < ok+failed {
				m.kills++
			}
			break
		}
		time.Sleep(2 * time.Millisecond)
	}
	m.s.kill()
	m.s.run()
	done := m.c.succeeded(j.str("id"))
	what := done.str("kind") + " of " + j.str("id")
	want(m.t, what+": rows done", done.num("done"), ok+failed)
	want(m.t, what+": rows that went well", done.num("ok_count"), ok)
}

// numbers has a number at hand issued for each parcel.
func (m *cutting) numbers(parcels []string) {
	account := m.c.post("/carrier-accounts", obj{"kind": "numbers", "carrier": "ZTO", "name": "手边的号", "sender": obj{"name": "云杉仓", "phone": "13800000002",
		"province": "浙江省", "city": "杭州市", "district": "余杭区", "detail": "良睦路 9 号"}}, http.StatusOK)
	nos := make([]string, len(parcels))
	for i := range nos {
		nos[i] = fmt.Sprintf("7360%010d", 1_000_000+i)
	}
	for at := 0; at < len(nos); at += 1000 {
		m.c.post("/carrier-accounts/"+account.str("id")+"/numbers", obj{"numbers": nos[at:min(at+1000, len(nos))]}, http.StatusOK)
	}
	for at := 0; at < len(parcels); at += 200 {
		m.c.post("/waybills", obj{"fulfillment_order_ids": parcels[at:min(at+200, len(parcels))], "account_id": account.str("id")}, http.StatusOK)
	}
	m.c.eventually("every parcel has its number", func() bool {
		return len(m.c.items("/waybills?state=wanted&limit=1"))+len(m.c.items("/waybills?state=asking&limit=1")) == 0
	})
}
