package shopify

import (
	"os"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/channeltest"
)

func TestConformance(t *testing.T) { channeltest.Run(t, Manifest) }

func TestTheOldest45Columns(t *testing.T) {
	raw, err := os.ReadFile("testdata/orders_export_45.csv")
	if err != nil {
		t.Fatal(err)
	}
	o := channeltest.Read(t, Manifest, channeltest.Batch(t, Manifest, channeltest.Open(t, "f.csv", raw)), channel.Options{}).Orders["#2001"]
	if o.Status != channel.PartlyShipped || o.Lines[0].Status != channel.Shipped || o.Lines[1].Status != channel.AwaitingShipment || o.RefundFen != nil {
		t.Errorf("%+v", o)
	}
	if o.Receiver.Detail != "1 Gushan Rd Unit 2" || o.Receiver.Province != "Zhejiang" || o.Receiver.Zip != "310007" || o.PlacedAt != o.PaidAt {
		t.Errorf("receiver %+v, placed %d, paid %d", o.Receiver, o.PlacedAt, o.PaidAt)
	}
}
