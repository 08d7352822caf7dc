package scenario

import (
	"fmt"
	"math/rand"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	hostileShops    = 7
	hostileOrders   = 20_000
	hostileRestarts = 12
)

// The biggest sales day of the year, as bad as it gets: every tenth question fails,
// lists lag, lack orders and move while they are read, pushes are lost, tripled and
// shuffled, the platform is away twice, one order in a thousand cannot be read, and
// the power goes a dozen times. No order may be lost, none old, none twice.
func TestNoOrderIsLostOnTheWorstDay(t *testing.T) {
	engines(t, worstDay)
}

func worstDay(t *testing.T, db string) {
	s := &server{t: t, data: t.TempDir(), db: db, log: &tail{}, listen: fmt.Sprintf("127.0.0.1:%d", port(t)), flags: []string{"--allow-private", "127.0.0.1"}}
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			t.Logf("the server's last words:\n%s", s.log)
		}
	})
	m := simulate(t, obj{"name": "hostile", "life": obj{"orders_per_hour": 0, "scale": 0.0005}, "faults": obj{
		"error_rate": 0.1, "drop_rate": 0.02, "lose_rate": 0.02, "slow_rate": 0.02, "slow_ms": 300, "short_page_rate": 0.05, "mutate_page_rate": 0.2,
		"lag_ms": 1000, "throttle_rate": 0.02, "ban_seconds": 1, "clock_skew_ms": 90_000, "push_loss_rate": 0.1, "push_copies": 3, "push_late_ms": 3000,
		"poison_per_mille": 1, "outages": []obj{}}},
		"--shops", fmt.Sprintf("sandbox=%d", hostileShops), "--shops-each", "0", "--orders", "0", "--seed", "20261111")
	m.run()
	shops := m.get("/shops").list("shops")
	m.end()

	s.run()
	s.open()
	ids := map[string]string{}
	var hooks []string
	for _, one := range shops {
		id, hook := s.connect(m, one, obj{"poll_interval_ms": 1000, "lag_ms": 1500, "overlap_ms": 5000, "reconcile_interval_ms": 5000, "retry_ms": []int{200, 500, 1000, 2000}})
		ids[one.str("name")] = id
		hooks = append(hooks, "--hook", one.str("name")+"="+hook)
	}
	m.run(hooks...)

	random := rand.New(rand.NewSource(11))
	restarts, left := 0, hostileOrders
	for i := 0; left > 0; i++ {
		n := min(left, 250)
		m.post("/shops/"+shops[i%len(shops)].str("name")+"/orders", obj{"count": n})
		left -= n
		switch done := hostileOrders - left; {
		case done >= hostileOrders*3/10 && done < hostileOrders*3/10+250, done >= hostileOrders*7/10 && done < hostileOrders*7/10+250:
			m.post("/outage", obj{"on": true})
			time.Sleep(3 * time.Second)
			m.post("/outage", obj{"on": false})
		}
		for restarts < hostileRestarts && restarts*hostileOrders/hostileRestarts <= hostileOrders-left {
			time.Sleep(time.Duration(500+random.Intn(1500)) * time.Millisecond)
			s.kill()
			s.run()
			restarts++
		}
	}
	want(t, "restarts by kill -9", restarts, hostileRestarts)
	m.post("/quiesce", nil)
	m.put("/faults", obj{"poison_per_mille": 0})

	for name, id := range ids {
		s.compareWithTruth(m, name, id, 10*time.Minute)
	}
	s.sound()
}

// compareWithTruth waits until the shop holds what the channel has, and names what
// it lacks when it does not come.
func (s *server) compareWithTruth(m *simulator, name, shopID string, patience time.Duration) {
	s.t.Helper()
	var faults []string
	for end := time.Now().Add(patience); ; time.Sleep(time.Second) {
		// Reading every order of both sides costs more than the shop itself does: only
		// once it says that nothing is open.
		if n := s.owner.get("/sync/" + shopID).num("open_gaps"); n > 0 && time.Now().Before(end) {
			continue
		}
		if faults = s.differences(m, name, shopID); len(faults) == 0 {
			return
		}
		if time.Now().After(end) {
			break
		}
	}
	s.t.Errorf("%s: %d differences, such as\n%s\nsync: %v", name, len(faults), strings.Join(faults[:min(8, len(faults))], "\n"), s.owner.get("/sync/"+shopID))
}

func (s *server) differences(m *simulator, name, shopID string) []string {
	var out []string
	truth := m.truth(name)
	ours := map[string]obj{}
	for _, o := range s.owner.items("/orders?limit=200&shop_id=" + shopID) {
		no := o.str("channel_order_no")
		if ours[no] != nil {
			out = append(out, no+" is there twice")
		}
		ours[no] = o
	}
	quarantined := s.quarantined(shopID)
	for no, want := range truth {
		poison, _ := want["poison"].(bool)
		got := ours[no]
		switch {
		case poison && !slices.Contains(quarantined, no):
			out = append(out, no+" is poison and not in quarantine")
		case poison:
		case got == nil:
			out = append(out, no+" is lost")
		case got.str("channel_status_raw") != want.str("status"):
			out = append(out, fmt.Sprintf("%s is old: %s, the channel says %s", no, got.str("channel_status_raw"), want.str("status")))
		case got.num("buyer_paid_fen") != want.num("buyer_paid"):
			out = append(out, fmt.Sprintf("%s is old: %d fen, the channel says %d", no, got.num("buyer_paid_fen"), want.num("buyer_paid")))
		}
	}
	for no := range ours {
		if truth[no] == nil {
			out = append(out, no+" does not exist at the channel")
		}
	}
	for _, no := range quarantined {
		if poison, _ := truth[no]["poison"].(bool); !poison {
			out = append(out, no+" is in quarantine and no poison")
		}
	}
	health := s.owner.get("/sync/" + shopID)
	if health.num("open_gaps") > 0 {
		out = append(out, fmt.Sprint(health.num("open_gaps"), " gaps are open"))
	}
	if len(out) == 0 {
		out = append(out, s.ledger(shopID, len(truth))...)
	}
	slices.Sort(out)
	return out
}

// quarantined are the numbers of a shop's orders in quarantine.
func (s *server) quarantined(shopID string) []string {
	var out []string
	for _, r := range s.owner.items("/inbox?state=quarantined&limit=200") {
		if r.str("shop_id") == shopID {
			out = append(out, r.str("channel_order_no"))
		}
	}
	return out
}

// ledger is green where every hour says the same number on both sides.
func (s *server) ledger(shopID string, total int) []string {
	from, to := time.Now().Add(-24*time.Hour).UTC().Format(time.RFC3339), time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	s.owner.post("/sync/"+shopID+"/compare", obj{"from_at": from, "to_at": to}, 202)
	var out []string
	sum := int64(0)
	for _, h := range s.owner.get("/sync/" + shopID + "/ledger?from=" + url.QueryEscape(from) + "&to=" + url.QueryEscape(to)).list("items") {
		equal, _ := h["equal"].(bool)
		if sum += h.num("theirs"); !equal || h.num("theirs") != h.num("ours")+h.num("quarantined") {
			out = append(out, fmt.Sprintf("the ledger's hour %s is not green: %v", h.str("hour_at"), h))
		}
	}
	if sum != int64(total) {
		out = append(out, fmt.Sprintf("the ledger counts %d orders, the channel has %d", sum, total))
	}
	return out
}
