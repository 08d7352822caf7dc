package wechat

import (
	"os"
	"reflect"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/channeltest"
)

func TestConformance(t *testing.T) { channeltest.Run(t, Manifest) }

func TestTheOlderLayoutWithMergedOrderCells(t *testing.T) {
	raw, err := os.ReadFile("testdata/orders_38_merged.csv")
	if err != nil {
		t.Fatal(err)
	}
	a := channeltest.Read(t, Manifest, channeltest.Batch(t, Manifest, channeltest.Open(t, "f.csv", raw)), channel.Options{})
	o := a.Orders["3700000000000000001"]
	if len(o.Lines) != 2 || o.Lines[1].MerchantSKUCode != "LR-2" || *o.Money.Goods != 12000 || *o.Money.BuyerPaid != 12000 || o.Money.MerchantReceivable != nil ||
		o.Money.MerchantDiscount != nil || *o.RefundFen != 8000 || o.RefundState != channel.RefundPart || !reflect.DeepEqual(o.Flags, []string{channel.FlagPresale}) {
		t.Errorf("%+v", o)
	}
	if !reflect.DeepEqual(a.Rejected, []string{"4 missing_order_no"}) {
		t.Errorf("rejected %q", a.Rejected)
	}
}
