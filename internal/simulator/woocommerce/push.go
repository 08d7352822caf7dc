package woocommerce

import (
	"net/http"
	"strconv"
	"sync"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

func hookSecret(s *world.Shop) string { return world.Stream(1, s.Name, s.AppKey, "webhook").Hex(24) }

// pusher remembers which sites' webhooks have sent their first ping.
type pusher struct {
	mu     sync.Mutex
	pinged map[string]bool
}

// push is a webhook with the whole order. The first thing that a webhook ever sends
// is an unsigned form with its own number.
func (p *pusher) push(s *world.Shop, e world.Event) (world.Push, bool) {
	p.mu.Lock()
	first := !p.pinged[s.Name]
	if p.pinged == nil {
		p.pinged = map[string]bool{}
	}
	p.pinged[s.Name] = true
	p.mu.Unlock()
	id := strconv.Itoa(s.Number)
	if first {
		return world.Push{Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, Body: []byte("webhook_id=" + id)}, true
	}
	event := "updated"
	if e.Topic == world.TopicCreated {
		event = "created"
	}
	var cases []*world.Case
	if e.Case != nil {
		cases = []*world.Case{e.Case}
	}
	body, err := world.Encode(render(e.Order, cases))
	if err != nil {
		return world.Push{}, false
	}
	body = ascii(body)
	return world.Push{Body: body, Header: http.Header{
		"Content-Type": {"application/json"}, "User-Agent": {"WooCommerce/9.4.1 Hookshot (WordPress/6.7)"},
		"X-Wc-Webhook-Source": {"https://mall.example.com/"}, "X-Wc-Webhook-Topic": {"order." + event}, "X-Wc-Webhook-Resource": {"order"}, "X-Wc-Webhook-Event": {event},
		"X-Wc-Webhook-Id": {id}, "X-Wc-Webhook-Delivery-Id": {s.Name + "-" + strconv.FormatUint(e.Serial, 10)},
		"X-Wc-Webhook-Signature": {webhookSign(hookSecret(s), body)},
	}}, true
}
