package taobao

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/channeltest"
)

func TestConformance(t *testing.T) { channeltest.Run(t, Manifest) }

func report(t *testing.T, names ...string) []channel.File {
	t.Helper()
	var files []channel.File
	for _, n := range names {
		raw, err := os.ReadFile(filepath.Join("testdata/reports", n))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, channeltest.Open(t, n, raw))
	}
	return files
}

func TestThreeReportsMakeOneOrder(t *testing.T) {
	b := channeltest.Batch(t, Manifest, report(t, "发货报表.csv", "销售明细.csv", "订单报表.csv")...)
	a := channeltest.Read(t, Manifest, b, channel.Options{})
	o := a.Orders["2600000000000000001"]
	if len(o.Lines) != 2 || o.Lines[1].ChannelLineNo != "2600000000000000003" || o.RefundState != channel.RefundInProgress || o.Status != channel.AwaitingShipment {
		t.Errorf("%+v, rejected %q", o, a.Rejected)
	}
	want := channel.Receiver{Name: "林小满", Phone: "13800000001", Province: "浙江省", City: "杭州市", District: "西湖区", Town: "北山街道", Detail: "孤山路 1 号", Zip: "310007"}
	if o.Receiver != want {
		t.Errorf("receiver %+v", o.Receiver)
	}
	if at := time.Date(2026, 6, 10, 12, 0, 0, 0, time.UTC).UnixMilli(); o.ShipByAt != at {
		t.Errorf("ship by %d, want %d", o.ShipByAt, at)
	}
}

func TestTheNewerDetailFileStandsAlone(t *testing.T) {
	b := channeltest.Batch(t, Manifest, report(t, "销售明细.csv")...)
	if b.Lacks != channel.Orders {
		t.Errorf("lacks %q", b.Lacks)
	}
	o := channeltest.Read(t, Manifest, b, channel.Options{}).Orders["2600000000000000001"]
	if len(o.Lines) != 2 || *o.Money.Goods != 8800 || *o.Money.BuyerPaid != 8800 || o.PaidAt == 0 || o.Status != channel.AwaitingShipment {
		t.Errorf("%+v", o)
	}
}

func TestTheListAloneSaysThatItsLinesAreMissing(t *testing.T) {
	b := channeltest.Batch(t, Manifest, report(t, "订单报表.csv")...)
	if b.Lacks != channel.OrderDetails {
		t.Errorf("lacks %q", b.Lacks)
	}
	a := channeltest.Read(t, Manifest, b, channel.Options{})
	if !reflect.DeepEqual(a.Rejected, []string{"2 missing_lines 2600000000000000001"}) {
		t.Errorf("rejected %q", a.Rejected)
	}
}

func TestALineAtFaultRefusesItsOrderAndNamesTheDetailRow(t *testing.T) {
	list := "订单编号,买家应付货款,买家实际支付金额,订单状态,订单创建时间\n1,1,1,买家已付款,2026-06-01 10:00:00\n2,1,1,买家已付款,2026-06-01 10:00:00\n"
	detail := "订单编号,标题,价格,购买数量,商家编码\n1,甲,1.00,若干,A\n2,乙,1.00,1,B\n3.1E+18,丙,1.00,1,C\n"
	a := channeltest.ReadCSV(t, Manifest, channel.Options{}, "list.csv", list, "detail.csv", detail)
	if !reflect.DeepEqual(a.Rejected, []string{"4 scientific_order_no 3.1E+18", "2 bad_quantity 若干"}) || a.Orders["2"].Lines[0].Status != channel.AwaitingShipment {
		t.Errorf("rejected %q, orders %+v", a.Rejected, a.Orders)
	}
}

func TestAddressesSplitAtTheirLevels(t *testing.T) {
	for in, want := range map[string]channel.Receiver{
		"广东省 东莞市 南城街道 工业园A区(523000)":     {Province: "广东省", City: "东莞市", Town: "南城街道", Detail: "工业园A区", Zip: "523000"},
		"上海 上海市 徐汇区 武康路 2 号":             {Province: "上海", City: "上海市", District: "徐汇区", Detail: "武康路 2 号"},
		"浙江省 杭州市 余杭区 仓前街道 大道88号(近地铁B口)室": {Province: "浙江省", City: "杭州市", District: "余杭区", Town: "仓前街道", Detail: "大道88号(近地铁B口)室"},
		"某处":            {Detail: "某处"},
		"浙江省 杭州市 孤山路1号": {Province: "浙江省", City: "杭州市", Detail: "孤山路1号"},
		"":              {},
	} {
		if got := splitAddress(in); got != want {
			t.Errorf("%s: %+v", in, got)
		}
	}
}

func TestTheFileNameTellsTheExportTime(t *testing.T) {
	want := time.Date(2026, 5, 30, 8, 50, 0, 0, time.UTC).UnixMilli()
	for _, name := range []string{"ExportOrderList202605301650.csv", "ExportOrderDetailList202605301650(1).xlsx"} {
		if got := exportedAt(name); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
}
