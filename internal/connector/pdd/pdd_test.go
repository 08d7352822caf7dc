package pdd

import (
	"bytes"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/channeltest"
	"github.com/ordercove/ordercove/internal/kit/sheet"
)

func TestConformance(t *testing.T) { channeltest.Run(t, Manifest) }

func TestTheLayoutWithReceiverGiftAndReviewHold(t *testing.T) {
	raw, err := os.ReadFile("testdata/orders_2023_gb.csv")
	if err != nil {
		t.Fatal(err)
	}
	a := channeltest.Read(t, Manifest, channeltest.Batch(t, Manifest, channeltest.Open(t, "f.csv", raw)), channel.Options{})
	o := a.Orders["260601-111111111111111"]
	if !reflect.DeepEqual(o.Holds, []string{channel.HoldRiskReview}) || o.BuyerNote != "请包好" || o.PlacedOn != "2026-06-01" {
		t.Errorf("holds %v, note %q, day %s", o.Holds, o.BuyerNote, o.PlacedOn)
	}
	if len(o.Lines) != 2 || !o.Lines[1].IsGift || *o.Lines[1].Quantity != 2 || *o.Lines[1].PriceFen != 0 || o.Lines[1].ChannelItemNo != "8801" {
		t.Errorf("lines %+v", o.Lines)
	}
	if o.Receiver.Name != "林小满" || o.Receiver.Town != "北山街道" || o.Receiver.Phone != "13800000001" || *o.Money.Goods != 118000 {
		t.Errorf("receiver %+v, goods %d", o.Receiver, *o.Money.Goods)
	}
	if o.PaidAt == 0 || o.ShipByAt-o.PaidAt != int64(48*time.Hour/time.Millisecond) || o.PlacedAt == 0 {
		t.Errorf("times %d %d %d", o.PlacedAt, o.PaidAt, o.ShipByAt)
	}
	second := a.Orders["260601-222222222222222"]
	if second.Status != channel.Completed || second.RefundState != channel.RefundUnknown || second.Waybill.No != "YT8800000000001" {
		t.Errorf("%+v", second)
	}
}

const head = "商品,订单号,订单状态,商品数量(件),用户实付金额(元),快递单号\n"

func TestRowsThatDoNotFitTheHeaderAreRefusedAlone(t *testing.T) {
	a := channeltest.ReadCSV(t, Manifest, channel.Options{}, "f.csv", head+
		"甲,260601-1111111111,待发货,1,1.00,\n乙,260601-2222222222,待发货\n丙,260601-33333333,待发货,1,1.00,,多出\n丁,260601-4444444444,待支付,1,9.00,\n合计,,,4,,\n戊,260601-5555555555,已发货,1,1.00,4.3E+12\n")
	want := []string{"3 column_count 260601-2222222222", "4 column_count 260601-33333333", "6 summary_row"}
	if !reflect.DeepEqual(a.Rejected, want) {
		t.Errorf("rejected %q", a.Rejected)
	}
	if paid := a.Orders["260601-4444444444"].Money.BuyerPaid; *paid != 0 {
		t.Errorf("an unpaid order has paid %d", *paid)
	}
	if o := a.Orders["260601-5555555555"]; o.Waybill != nil || !reflect.DeepEqual(a.Warned, []string{"7 scientific_waybill_no 4.3E+12"}) {
		t.Errorf("waybill %v, warnings %q", o.Waybill, a.Warned)
	}
}

func TestAWordOnlyThePersonKnowsIsMappedOnce(t *testing.T) {
	text := head + "甲,260601-1111111111,待，拼 成,1,1.00,\n"
	if a := channeltest.ReadCSV(t, Manifest, channel.Options{}, "f.csv", text); !reflect.DeepEqual(a.Rejected, []string{"2 unknown_status 待，拼 成"}) {
		t.Errorf("rejected %q", a.Rejected)
	}
	words := map[string]channel.Status{"待,拼成": channel.PendingPayment}
	if a := channeltest.ReadCSV(t, Manifest, channel.Options{Words: words}, "f.csv", text); a.Orders["260601-1111111111"].Status != channel.PendingPayment {
		t.Errorf("orders %+v, rejected %q", a.Orders, a.Rejected)
	}
}

func TestALaterRowOfTheSameOrderCountsWithAWarning(t *testing.T) {
	a := channeltest.ReadCSV(t, Manifest, channel.Options{}, "f.csv", head+"甲,260601-1111111111,待发货,1,1.00,\n甲,260601-1111111111,已发货,1,1.00,\n")
	if a.Orders["260601-1111111111"].Status != channel.Shipped || !reflect.DeepEqual(a.Warned, []string{"3 repeated_order_no 260601-1111111111"}) {
		t.Errorf("%+v %q", a.Orders, a.Warned)
	}
}

// large is a file of n orders in the default layout.
func large(n int) []byte {
	var out bytes.Buffer
	names := []string{"商品", "订单号", "订单状态", "商品总价(元)", "邮费(元)", "店铺优惠折扣(元)", "平台优惠折扣(元)", "多多支付立减金额(元)", "用户实付金额(元)", "商家实收金额(元)", "商品数量(件)", "发货时间", "确认收货时间", "商品id", "商品规格", "样式ID", "商家编码-规格维度", "商家编码-商品维度", "商家备注", "售后状态", "快递单号", "快递公司", "订单成交时间", "是否分期", "分期期数", "手续费承担方", "分期方式"}
	out.WriteString(strings.Join(names, ",") + "\r\n")
	for i := range n {
		fmt.Fprintf(&out, "儿童羽绒服 2026新款\t,260503-%015d\t,待发货\t,129.00,6.00,5.00,2.00,0.00,128.00,130.00,1,\t,\t,235370152001\t,红色 120cm\t,2637719058385\t,YRF-120-R\t,SPU-YRF\t,已核对地址\t,无售后或售后取消\t,\t,\t,2026-05-03 12:07:38\t,否\t,\t,\t,\t\r\n", i)
	}
	return out.Bytes()
}

func BenchmarkRead100000Orders(b *testing.B) {
	data := large(100_000)
	all := []channel.Manifest{Manifest}
	b.ReportAllocs()
	for b.Loop() {
		book, err := sheet.Open("f.csv", bytes.NewReader(data), int64(len(data)), sheet.Limits{})
		if err != nil {
			b.Fatal(err)
		}
		found, err := channel.Detect(all, []channel.File{{Name: "f.csv", Book: book}})
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		if err := channel.Read(all, channel.Plan(found)[0], channel.Options{}, func(v channel.Verdict) error {
			if v.Order != nil && len(v.Raw()) > 100 {
				n++
			}
			return nil
		}); err != nil || n != 100_000 {
			b.Fatal(n, err)
		}
	}
}
