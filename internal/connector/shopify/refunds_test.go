package shopify

import (
	"errors"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/channeltest"
)

func TestRefundsAreReadOutOfOrders(t *testing.T) {
	order := strings.Replace(string(data(t, "order.json")), `"refunds": [`, `"refunds": [{"id": 6, "refund_line_items": [], "transactions": []}, `, 1)
	c := channeltest.Dial(t, Manifest, suite(t), channeltest.Answered(200, nil, `{"orders":[`+order+`,{"name":"#1","refunds":3}]}`)).(channel.AftersaleLister)
	p, err := c.ListAftersales(t.Context(), channel.Query{From: 1, To: 2, Size: 250})
	if err != nil || len(p.Items) != 1 || p.Items[0].No != "7" || p.More {
		t.Fatalf("%+v %v", p, err)
	}
	got, err := c.MapAftersale(p.Items[0].Raw)
	if err != nil || got.OrderNo != "#2001" || got.LineNo != "9007199254740993602" || got.RefundFen != 1000 || got.State != channel.AftersaleRefunded || got.Kind != "refund" || got.Quantity != 1 {
		t.Errorf("%+v %v", got, err)
	}
	one, err := c.GetAftersale(t.Context(), "7", "#2001")
	if err != nil || string(one.Raw) != string(p.Items[0].Raw) {
		t.Errorf("%+v %v", one, err)
	}
	for no, order := range map[string]string{"6": "#2001", "7": ""} {
		if _, err := c.GetAftersale(t.Context(), no, order); !errors.Is(err, channel.ErrNotFound) {
			t.Errorf("%s of %q: %v", no, order, err)
		}
	}
}

func TestMoneyThatIsNotBackYet(t *testing.T) {
	c := channeltest.Dial(t, Manifest, suite(t), nil).(channel.AftersaleLister)
	good := string(data(t, "refund.json"))
	for from, want := range map[string]struct {
		to    string
		state channel.AftersaleState
		fen   int64
	}{
		`"status": "success"`:         {`"status": "pending"`, channel.AftersaleRefunding, 1000},
		`"kind": "refund", "status":`: {`"kind": "sale", "status":`, channel.AftersaleUnknown, 0},
		`"note": "少发一条"`:              {`"note": "x"`, channel.AftersaleRefunded, 1000},
	} {
		got, err := c.MapAftersale([]byte(strings.ReplaceAll(good, from, want.to)))
		if err != nil || got.State != want.state || got.RefundFen != want.fen || got.Kind != "return" {
			t.Errorf("%s: %+v %v", want.to, got, err)
		}
	}
	if _, err := c.MapAftersale([]byte(strings.Replace(good, "CNY", "USD", 1))); !errors.Is(err, channel.UnsupportedCurrency.Err()) {
		t.Error(err)
	}
}

func TestAPaymentWordNobodyKnowsIsNoAmount(t *testing.T) {
	c := channeltest.Dial(t, Manifest, suite(t), nil)
	o, err := c.Map([]byte(strings.Replace(string(data(t, "order.json")), "partially_refunded", "escrowed", 1)))
	if err != nil || o.Status != "" || o.Money.BuyerPaid != nil || o.PaidAt != 0 {
		t.Errorf("%q paid %v at %d, %v", o.Status, o.Money.BuyerPaid, o.PaidAt, err)
	}
}
