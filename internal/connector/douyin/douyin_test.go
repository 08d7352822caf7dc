package douyin

import (
	"os"
	"reflect"
	"testing"
	"time"

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

func TestTheLayoutWithLineTotalsInsteadOfPrices(t *testing.T) {
	o := read(t, "orders_75.csv").Orders["6900000000000000001"]
	if len(o.Lines) != 2 || o.Lines[0].PriceFen != nil || *o.Lines[0].Quantity != 2 || o.Lines[0].MerchantSKUCode != "HP-9" || !o.Lines[1].IsGift {
		t.Errorf("lines %+v", o.Lines)
	}
	if *o.Money.Goods != 10000 || *o.Money.BuyerPaid != 9500 || *o.Money.PlatformDiscount != 500 || o.Money.PaymentDiscount != nil {
		t.Errorf("money %+v", o.Money)
	}
	if o.RefundState != channel.RefundNone {
		t.Errorf("the gift's refund made the order %s", o.RefundState)
	}
	if o.Waybill == nil || *o.Waybill != (channel.Waybill{Carrier: "圆通速递", No: "YT8800000000001"}) || o.SellerNote != "" {
		t.Errorf("waybill %v, note %q", o.Waybill, o.SellerNote)
	}
}

func TestJoinedRowsAreTakenApartWhereTheyAgree(t *testing.T) {
	a := read(t, "orders_joined.csv")
	one := a.Orders["6900000000000000010"]
	if len(one.Lines) != 2 || *one.Lines[1].Quantity != 1 || one.Lines[1].MerchantSKUCode != "HN-1" || one.Lines[1].ChannelLineNo != "6900000000000000011" ||
		*one.Money.MerchantReceivable != 14800 || !one.Receiver.Encrypted || one.Money.Goods != nil {
		t.Errorf("%+v", one)
	}
	two := a.Orders["6900000000000000020"]
	if two.Lines[0].Quantity != nil || *two.TotalQuantity != 5 {
		t.Errorf("%+v", two)
	}
	if single := a.Orders["6900000000000000040"]; len(single.Lines) != 1 || single.Lines[0].Title != "浅蓝;深蓝 双色围巾" || *single.Lines[0].Quantity != 3 {
		t.Errorf("%+v", single)
	}
	if !reflect.DeepEqual(a.Warned, []string{"3 quantity_ambiguous 5"}) || !reflect.DeepEqual(a.Rejected, []string{"4 joined_count_mismatch 陶瓷花瓶"}) {
		t.Errorf("warned %q, rejected %q", a.Warned, a.Rejected)
	}
}

const head = "主订单编号,子订单编号,选购商品,商品数量,商品单价,订单应付金额,订单状态,售后状态,订单类型,订单提交时间,支付完成时间\n"

func TestAnOrderWhoseRowsStandApartIsOneOrder(t *testing.T) {
	a := channeltest.ReadCSV(t, Manifest, channel.Options{}, "f.csv", head+
		"1,1,甲,1,10,10,已发货,-,预售订单,2026-06-01 09:00:00,2026-06-01 09:01:00\n"+
		"2,2,乙,1,10,10,待支付,-,普通订单,2026-06-01 09:00:00,-\n"+
		"1,3,丙,2,5,10,待发货,售后待处理,预售订单,2026-06-01 09:00:00,2026-06-01 09:01:00\n"+
		"1,3,丙,2,5,10,待发货,售后待处理,预售订单,2026-06-01 09:00:00,2026-06-01 09:01:00\n")
	o := a.Orders["1"]
	if len(o.Lines) != 2 || o.Status != channel.PartlyShipped || o.StatusRaw != "已发货|待发货" || *o.Money.BuyerPaid != 2000 || o.RefundState != channel.RefundInProgress {
		t.Errorf("%+v", o)
	}
	if !reflect.DeepEqual(o.Flags, []string{channel.FlagPresale}) || !reflect.DeepEqual(a.Warned, []string{"5 duplicate_row 3"}) {
		t.Errorf("flags %v, warnings %q", o.Flags, a.Warned)
	}
	if p := a.Orders["2"].Money.BuyerPaid; *p != 0 {
		t.Errorf("an unpaid order has paid %d", *p)
	}
}

func TestTheFileNameTellsTheExportTime(t *testing.T) {
	want := time.Unix(1791213782, 0).UnixMilli()
	for name, at := range map[string]int64{"1791213782_3edeb47b86bdb5b9.csv": want, "1791213782123_x.xlsx": want, "订单.csv": 0, "0000000001_x.csv": 0} {
		if got := exportedAt(name); got != at {
			t.Errorf("%s: %d, want %d", name, got, at)
		}
	}
}
