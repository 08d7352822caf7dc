package kuaishou

import (
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/channeltest"
)

func TestConformance(t *testing.T) { channeltest.Run(t, Manifest) }

func TestDashesAreEmptyAndUnknownAftersaleWordsStayUnknown(t *testing.T) {
	a := channeltest.ReadCSV(t, Manifest, channel.Options{}, "f.csv", "订单号,订单状态,实付款,成交数量,商品名称,商品单价,售后状态,买家留言,订单备注,发货时间,快递单号,赠品订单号\n"+
		"1,待发货,￥1.00,2,甲,0.5,奇怪的词,-,-3-,-,-,-\n")
	o := a.Orders["1"]
	if o.BuyerNote != "" || o.SellerNote != "-3-" || o.ShippedAt != 0 || o.Waybill != nil || len(o.Flags) != 0 || o.RefundState != channel.RefundUnknown || *o.Money.Goods != 100 || *o.Money.BuyerPaid != 100 {
		t.Errorf("%+v", o)
	}
	if o.Money.Freight != nil || o.Money.PlatformDiscount != nil {
		t.Errorf("columns that are not there became %+v", o.Money)
	}
}
