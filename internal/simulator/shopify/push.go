package shopify

import (
	"net/http"
	"strconv"
	"time"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

var topics = map[world.Topic]string{world.TopicCreated: "orders/create", world.TopicPaid: "orders/paid", world.TopicShipped: "orders/fulfilled",
	world.TopicPartlyShipped: "orders/partially_fulfilled", world.TopicClosed: "orders/cancelled", world.TopicRefundDone: "refunds/create"}

// push is a webhook with the whole order, or the whole refund.
func push(s *world.Shop, e world.Event) (world.Push, bool) {
	topic := topics[e.Topic]
	if topic == "" {
		topic = "orders/updated"
	}
	var cases []*world.Case
	if e.Case != nil {
		cases = []*world.Case{e.Case}
	}
	doc := render(e.Order, cases)
	if topic == "refunds/create" {
		doc = renderRefund(e.Case)
	}
	body, err := world.Encode(doc)
	if err != nil {
		return world.Push{}, false
	}
	return world.Push{Body: body, Header: http.Header{
		"Content-Type": {"application/json"}, "X-Shopify-Topic": {topic}, "X-Shopify-Shop-Domain": {domain(s)}, "X-Shopify-Api-Version": {"2025-01"},
		"X-Shopify-Webhook-Id":   {"b54557e4-" + s.ID + "-" + strconv.FormatUint(e.Serial, 10)},
		"X-Shopify-Event-Id":     {"98880550-" + s.ID + "-" + strconv.FormatUint(e.Serial, 10)},
		"X-Shopify-Triggered-At": {time.UnixMilli(e.At).UTC().Format(time.RFC3339Nano)}, "X-Shopify-Hmac-Sha256": {webhookSign(s.Secret, body)},
	}}, true
}
