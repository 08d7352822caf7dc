package scenario

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/connector"
)

// A buyer is asked to complete an address on a mall that loses every third answer: the
// message arrives once, and the reviewer sees that it did.
func TestAMessageReachesTheBuyerOfAMallOnce(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		m := simulate(t, obj{"name": "calm", "life": obj{"orders_per_hour": 0, "scale": 0.001}, "faults": obj{"lag_ms": 500, "push_copies": 1}}, "--orders", "5", "--days", "1")
		m.run()
		s.stop()
		s.flags = []string{"--allow-private", "127.0.0.1", "--simulator", m.base}
		s.run()
		s.open()
		var name, shop string
		for _, one := range m.get("/shops").list("shops") {
			if manifest, ok := channel.Find(connector.All(), one.str("platform")); ok && manifest.Can(channel.BuyerMessages) {
				name = one.str("name")
				shop = s.join(m, one, manifest, 72*time.Hour)
				break
			}
		}
		if shop == "" {
			t.Fatal("no mall of the simulator takes messages")
		}
		m.post("/shops/"+name+"/orders", obj{"count": 3})
		m.put("/faults?shop="+name, obj{"lose_rate": 0.3})
		var order obj
		s.within(t, func() bool {
			for _, o := range s.owner.items("/orders?limit=50&shop_id=" + shop) {
				if slices.Contains(o.strs("allowed_actions"), "hold") {
					order = o
				}
			}
			return order != nil
		}, "no open order came in")
		at := "/orders/" + order.str("id")
		s.owner.post(at+"/ask-buyer-address", obj{"text": "请补全门牌号"}, http.StatusNoContent)
		s.within(t, func() bool {
			told := s.owner.get(at + "/review").list("messages")
			return len(told) == 1 && told[0].str("way") == "channel" && told[0].str("sent_at") != ""
		}, "the message is not known as sent")
		if got := m.truth(name)[order.str("channel_order_no")].strs("told"); !slices.Equal(got, []string{"请补全门牌号"}) {
			t.Errorf("the buyer was told %v", got)
		}
	})
}

// within waits until something holds.
func (s *server) within(t *testing.T, holds func() bool, otherwise string) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !holds(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(otherwise)
		}
	}
}
