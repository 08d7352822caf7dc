package scenario

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/connector"
)

// A merchant with a shop on every platform opens one back office. The platforms
// fail, throttle and push as platforms do, and the power goes twice.
func TestAShopOnEveryPlatformIsOneList(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := simulate(t, obj{"name": "calm", "life": obj{"orders_per_hour": 0, "scale": 0.001}, "faults": obj{"lag_ms": 500, "push_copies": 1, "clock_skew_ms": 30_000}},
			"--orders", "150", "--days", "2")
		m.run()
		s.stop()
		s.flags = []string{"--allow-private", "127.0.0.1", "--simulator", m.base}
		s.run()
		s.open()
		shops := map[string]string{}
		for _, one := range m.get("/shops").list("shops") {
			if manifest, ok := channel.Find(connector.All(), one.str("platform")); ok && manifest.API != nil {
				shops[one.str("name")] = s.join(m, one, manifest, 72*time.Hour)
			}
		}
		m.put("/faults", obj{
			"error_rate": 0.05, "drop_rate": 0.01, "lose_rate": 0.01, "slow_rate": 0, "short_page_rate": 0.03, "mutate_page_rate": 0.1, "lag_ms": 500,
			"throttle_rate": 0.01, "ban_seconds": 1, "poison_per_mille": 0})
		// These name no seconds when they throttle, and their minute is a minute.
		m.put("/faults?shop=wechat-1", obj{"throttle_rate": 0})
		m.put("/faults?shop=wxmall-1", obj{"throttle_rate": 0})
		if len(shops) < 10 {
			t.Fatalf("only %d platforms: %v", len(shops), shops)
		}
		for range 2 {
			time.Sleep(3 * time.Second)
			for name := range shops {
				m.post("/shops/"+name+"/orders", obj{"count": 20})
			}
			s.kill()
			s.run()
		}
		m.post("/quiesce", nil)
		for name, id := range shops {
			var faults []string
			for end := time.Now().Add(3 * time.Minute); ; time.Sleep(time.Second) {
				if faults = s.lacks(m, name, id); len(faults) == 0 || time.Now().After(end) {
					break
				}
			}
			if len(faults) > 0 {
				t.Errorf("%s: %d differences, such as\n%s\nsync: %v", name, len(faults), strings.Join(faults[:min(6, len(faults))], "\n"), s.owner.get("/sync/"+id))
			}
		}
		s.sound()
	})
}

// join connects a shop of a real platform and its orders of so long, with a person's consent
// where it asks.
func (s *server) join(m *simulator, one obj, manifest channel.Manifest, since time.Duration) string {
	s.t.Helper()
	given := one.obj("credentials")
	given["service_id"] = "7" // a merchant's own, of which the simulator needs none
	credentials := obj{}
	for _, c := range manifest.API.Credentials {
		if v := given.str(c.Name); v != "" {
			credentials[c.Name] = v
		} else if !c.Optional {
			s.t.Fatalf("%s: the simulator does not name %s among %v", manifest.Code, c.Name, given)
		}
	}
	id := s.owner.post("/shops", obj{"channel": manifest.Code, "name": one.str("title"), "live_from_at": time.Now().Add(-since).UTC().Format(time.RFC3339)},
		http.StatusCreated).str("id")
	a := s.owner.call(http.MethodPut, "/shops/"+id+"/access", obj{"credentials": credentials,
		"tuning": obj{"poll_interval_ms": 1000, "overlap_ms": 5000, "reconcile_interval_ms": 10_000, "retry_ms": []int{200, 500, 1000, 2000}}}, http.StatusOK).json(s.t)
	if needs, _ := a["needs_person"].(bool); needs {
		c := s.owner.post("/shops/"+id+"/access/consent", obj{"redirect_url": s.base + "/settings/shops"}, http.StatusOK)
		page, err := url.Parse(c.str("url"))
		if err != nil {
			s.t.Fatal(err)
		}
		code := m.post("/shops/"+one.str("name")+"/codes", nil).str("code")
		s.owner.post("/consents", obj{"state": page.Query().Get("state"), "code": code}, http.StatusOK)
	}
	return id
}

// class is what every platform can tell of an order.
func class(status string) string {
	switch status {
	case "shipped", "delivered", "completed":
		return "gone"
	case "closed":
		return "closed"
	case "pending_payment", "partly_paid":
		return "unpaid"
	}
	return "open"
}

// lacks names what differs from the channel, as far as every platform shows it.
// Unpaid orders and groups that still wait are shown by some only.
func (s *server) lacks(m *simulator, name, shopID string) []string {
	ours := map[string]obj{}
	var out []string
	for _, o := range s.owner.items("/orders?limit=200&shop_id=" + shopID) {
		no := o.str("channel_order_no")
		if ours[no] != nil {
			out = append(out, no+" is there twice")
		}
		ours[no] = o
	}
	found := 0
	for no, o := range m.truth(name) {
		if strings.HasPrefix(name, "shopify-") {
			no = fmt.Sprintf("#%d", 1000+o.num("serial")) // people and files know a Shopify order by this name
		}
		want, got := class(o.str("status")), ours[no]
		waits := want == "unpaid" || want == "closed" || len(o.strs("holds")) > 0
		switch {
		case got == nil && waits:
		case got == nil:
			out = append(out, no+" is lost ("+o.str("status")+")")
		case class(got.str("state")) != want && (want == "gone" || want == "closed"):
			out = append(out, fmt.Sprintf("%s is %s, the channel says %s", no, got.str("state"), o.str("status")))
		default:
			found++
		}
		delete(ours, no)
	}
	for no := range ours {
		out = append(out, no+" does not exist at the channel")
	}
	if found < 100 {
		out = append(out, fmt.Sprintf("only %d orders agree", found))
	}
	if q := s.quarantined(shopID); len(q) > 0 {
		out = append(out, fmt.Sprintf("quarantined: %v", q[:min(3, len(q))]))
	}
	slices.Sort(out)
	return out
}
