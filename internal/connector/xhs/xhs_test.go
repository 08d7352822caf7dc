package xhs

import (
	"reflect"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/channeltest"
)

func TestConformance(t *testing.T) { channeltest.Run(t, Manifest) }

func TestRowsAreSummedAndGiftsDoNotDecideTheRefund(t *testing.T) {
	a := channeltest.ReadCSV(t, Manifest, channel.Options{}, "f.csv", "订单号,订单状态,售后状态,订单类型,SKU名称,SKU件数,是否为赠品,商品总价(元),用户应付金额(元),商家应收金额(元)（支付金额）,支付时间\n"+
		"P1,待配货,售后完成,全款预售,甲,1,否,10.00,9.00,9.00,2026-06-01 09:00:00\nP1,待配货,无售后,全款预售,乙,2,否,20.00,18.00,18.00,2026-06-01 09:00:00\nP1,待配货,售后处理中,全款预售,赠,1,是,0.00,0.00,0.00,2026-06-01 09:00:00\n")
	o := a.Orders["P1"]
	if *o.Money.Goods != 3000 || *o.Money.BuyerPaid != 2700 || *o.Money.MerchantReceivable != 2700 || o.RefundState != channel.RefundPart || *o.TotalQuantity != 4 || !reflect.DeepEqual(o.Flags, []string{channel.FlagPresale}) {
		t.Errorf("%+v", o)
	}
}
