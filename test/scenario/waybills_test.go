package scenario

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/connector"
)

// Two shops on every platform that issues waybills (电子面单), the receivers masked as the
// platforms mask them. The first shop's account gives numbers to its own parcels, and to
// those of the second where the platform lets accounts be shared; each leaves once.
func TestEveryPlatformNumbersTheParcelsOfItsShops(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		var platforms []channel.Manifest
		var asked []string
		for _, m := range connector.All() {
			if m.Can(channel.EWaybills) {
				platforms, asked = append(platforms, m), append(asked, "--shops", m.Code+"=2")
			}
		}
		m := simulate(t, obj{"name": "calm", "life": obj{"orders_per_hour": 0, "scale": 0.001}}, append([]string{"--orders", "1", "--days", "1", "--shops-each", "0"}, asked...)...)
		m.run()
		s.stop()
		s.flags = []string{"--allow-private", "127.0.0.1", "--simulator", m.base}
		s.run()
		c := s.open()
		shops := map[string][]string{}
		total := 0
		for _, one := range m.get("/shops").list("shops") {
			manifest, _ := channel.Find(connector.All(), one.str("platform"))
			total += len(m.post("/shops/"+one.str("name")+"/orders", obj{"count": ordersEach, "paid": true}).strs("orders"))
			shops[manifest.Code] = append(shops[manifest.Code], s.join(m, one, manifest, time.Hour))
		}
		want(t, "orders made", total, 2*ordersEach*len(platforms))
		k := &cutting{t: t, s: s, c: c}
		k.approved(total)
		for _, p := range platforms {
			k.numbered(p, shops[p.Code])
		}
		s.sound()
	})
}

const ordersEach = 3

// approved has all orders arrive, and their goods.
func (m *cutting) approved(total int) {
	m.t.Helper()
	open := func() []string { return m.ids("/orders?tab=awaiting_approval&limit=200") }
	m.c.eventually("orders have arrived", func() bool { return len(open()) >= total })
	m.c.post("/listings/accept-proposals", obj{"all": true}, http.StatusOK)
	m.c.eventually("every order's lines know their SKU", func() bool { return len(m.c.items("/orders?hold=sku_unmapped&limit=1")) == 0 })
	house := m.c.items("/warehouses")[0]
	for _, sku := range m.c.items("/skus?limit=200") {
		m.c.post("/stock/adjust", obj{"sku_id": sku.str("id"), "warehouse_id": house.str("id"), "set_to": 500, "reason": "期初"}, http.StatusOK)
	}
	m.c.eventually("orders that waited for stock have theirs", func() bool { return len(m.c.items("/orders?hold=out_of_stock&limit=1")) == 0 })
	m.c.post("/orders/bulk/approve", obj{"ids": open()}, http.StatusOK)
	m.c.post("/fulfillment-orders/allocate", obj{"order_ids": m.ids("/orders?tab=awaiting_shipment&limit=200"), "by_rules": true}, http.StatusOK)
}

// numbered takes the parcels of a platform's two shops through the first one's account.
func (m *cutting) numbered(p channel.Manifest, shops []string) {
	m.t.Helper()
	account := m.c.post("/carrier-accounts", obj{"kind": "channel", "carrier": "ZTO", "name": "中通 " + p.Code, "shop_id": shops[0]}, http.StatusOK)
	branch := m.c.post("/carrier-accounts/"+account.str("id")+"/balance", nil, http.StatusOK).list("items")[0]
	sender := branch.list("places")[0]
	sender["name"], sender["phone"] = "云杉仓", "13800000002"
	m.c.call(http.MethodPatch, "/carrier-accounts/"+account.str("id"), obj{"sender": sender, "branch": branch.str("branch")}, http.StatusOK)
	for n, shop := range shops {
		parcels := m.ids("/fulfillment-orders?state=open&limit=200&shop_id=" + shop)
		if len(parcels) == 0 {
			m.t.Fatalf("%s: shop %d has no parcels", p.Code, n+1)
		}
		rows := m.c.post("/waybills", obj{"fulfillment_order_ids": parcels}, http.StatusOK).list("items")
		served := n == 0 || p.Can(channel.EWaybillSharing)
		for _, r := range rows {
			if refused := r["error"] != nil; refused == served {
				m.t.Errorf("%s: a parcel of shop %d is answered %v", p.Code, n+1, r)
			}
		}
		if !served {
			continue
		}
		m.issued(p.Code, account.str("id"), shop, len(parcels))
		m.c.post("/fulfillment-orders/bulk/ship", obj{"ids": parcels}, http.StatusOK)
		m.c.eventually(fmt.Sprintf("%s knows what left from shop %d", p.Code, n+1), func() bool {
			told := m.c.items("/channel-effects?limit=200&shop_id=" + shop)
			return len(told) >= len(parcels) && !slices.ContainsFunc(told, func(e obj) bool { return e.str("state") != "done" })
		})
	}
}

// issued waits until n parcels of a shop have a number of an account, each its own.
func (m *cutting) issued(platform, account, shop string, n int) {
	m.t.Helper()
	var all []obj
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		nos := map[string]bool{}
		all = m.c.items("/waybills?limit=200&account_id=" + account)
		for _, w := range all {
			if w.str("shop_id") == shop && w.str("state") == "issued" {
				nos[w.str("no")] = true
			}
		}
		if len(nos) == n {
			return
		}
	}
	m.t.Fatalf("%s: not %d numbers within a minute but %v", platform, n, all)
}
