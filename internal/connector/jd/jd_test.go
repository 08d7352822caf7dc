package jd

import (
	"os"
	"reflect"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/channeltest"
)

func TestConformance(t *testing.T) { channeltest.Run(t, Manifest) }

func TestTitleLinesNewerNamesAndFullWidthPrefixes(t *testing.T) {
	raw, err := os.ReadFile("testdata/orders_titled.csv")
	if err != nil {
		t.Fatal(err)
	}
	a := channeltest.Read(t, Manifest, channeltest.Batch(t, Manifest, channeltest.Open(t, "f.csv", raw)), channel.Options{})
	locked := a.Orders["300000000001"]
	if locked.Status != channel.AwaitingShipment || !reflect.DeepEqual(locked.Holds, []string{channel.HoldLocked}) || locked.RefundState != channel.RefundInProgress ||
		!reflect.DeepEqual(locked.Flags, []string{channel.FlagCOD}) || *locked.Money.BuyerPaid != 0 || *locked.Money.MerchantReceivable != 4800 {
		t.Errorf("%+v", locked)
	}
	if gone := a.Orders["300000000002"]; gone.Status != channel.Closed || gone.RefundState != channel.RefundDone || gone.StatusRaw != "（删除）从未见过" {
		t.Errorf("%+v", gone)
	}
}
