package woocommerce

import (
	"os"
	"reflect"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/channeltest"
)

func TestConformance(t *testing.T) { channeltest.Run(t, Manifest) }

func read(t *testing.T, name string) channeltest.Answer {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return channeltest.Read(t, Manifest, channeltest.Batch(t, Manifest, channeltest.Open(t, name, raw)), channel.Options{})
}

func TestPackedLines(t *testing.T) {
	a := read(t, "orders_packed.csv")
	o := a.Orders["501"]
	if len(o.Lines) != 2 || *o.Lines[0].PriceFen != 4000 || o.Lines[1].PriceFen != nil || *o.Lines[1].PaidFen != 1000 || o.Receiver.Name != "林小满" || *o.Money.BuyerPaid != 10000 {
		t.Errorf("%+v", o)
	}
	if o := a.Orders["502"]; o.Status != channel.PendingPayment || *o.Money.BuyerPaid != 0 || o.Receiver.Name != "Ann Lee" {
		t.Errorf("%+v", o)
	}
	if !reflect.DeepEqual(a.Rejected, []string{"4 unsupported_currency EUR", "5 bad_quantity x"}) {
		t.Errorf("rejected %q", a.Rejected)
	}
}

func TestWideLines(t *testing.T) {
	a := read(t, "orders_wide.csv")
	if o := a.Orders["601"]; len(o.Lines) != 2 || *o.Lines[1].PriceFen != 1500 || o.Status != channel.Completed || *o.Money.Goods != 7000 {
		t.Errorf("%+v", o)
	}
	if o := a.Orders["602"]; len(o.Lines) != 1 || *o.Money.BuyerPaid != 0 {
		t.Errorf("%+v", o)
	}
}
