package shipfile

import (
	"bytes"
	"maps"
	"slices"
	"testing"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/sheet"
)

func book(t *testing.T, text string) *sheet.Book {
	t.Helper()
	b, err := sheet.Open("发货.csv", bytes.NewReader([]byte(text)), int64(len(text)), sheet.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestColumnsOfTrackingFilesAreRecognised(t *testing.T) {
	for _, c := range []struct {
		name, file string
		header     int
		want       Mapping
	}{
		{"the plain form", "订单号,快递公司,快递单号\n1,圆通,YT1\n", 1, Mapping{"order_no": "订单号", "carrier": "快递公司", "waybill_no": "快递单号"}},
		{"notes above and marks around", "请勿修改表头,,,\n*订单编号（必填）,*物流公司（必填）,*物流单号（必填）,子订单编号（选填）\n1,圆通,YT1,\n", 2,
			Mapping{"order_no": "*订单编号（必填）", "carrier": "*物流公司（必填）", "waybill_no": "*物流单号（必填）"}},
		{"the number of a line is not the order's", "子订单编号,主订单编号,运单号\n1,2,3\n", 1, Mapping{"order_no": "主订单编号", "waybill_no": "运单号"}},
		{"shuffled, with goods, which are never guessed", "数量,商家编码,快递单号,收件人,平台单号,承运商\n1,A,YT1,x,2,圆通\n", 1,
			Mapping{"order_no": "平台单号", "carrier": "承运商", "waybill_no": "快递单号"}},
		{"English", "Order Number,Tracking Number,Carrier\n1,2,SF\n", 1, Mapping{"order_no": "Order Number", "carrier": "Carrier", "waybill_no": "Tracking Number"}},
		{"own-mall codes", "订单号,快递公司编码,运单号\n1,YTO,YT1\n", 1, Mapping{"order_no": "订单号", "carrier": "快递公司编码", "waybill_no": "运单号"}},
		{"no carrier", "订单号,物流单号\n1,YT1\n", 1, Mapping{"order_no": "订单号", "waybill_no": "物流单号"}},
		{"unknown words are left to a person", "甲,乙,丙\n1,2,3\n", 1, Mapping{}},
		{"a name that comes twice", "订单号,快递单号,快递单号\n1,2,3\n", 1, Mapping{"order_no": "订单号", "waybill_no": "快递单号"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, m, err := findTable(book(t, c.file))
			if err != nil || l.Header != c.header || !maps.Equal(m, c.want) {
				t.Errorf("header %d mapping %v err %v; want %d %v", l.Header, m, err, c.header, c.want)
			}
		})
	}
}

func TestMappingIsCheckedAgainstTheFile(t *testing.T) {
	cols := []string{"订单号", "快递单号", "快递公司"}
	for _, c := range []struct {
		name string
		m    Mapping
		want *errs.Error
	}{
		{"complete", Mapping{"order_no": "订单号", "waybill_no": "快递单号"}, nil},
		{"without waybill", Mapping{"order_no": "订单号"}, fulfillment.ErrMappingIncomplete},
		{"without order", Mapping{"waybill_no": "快递单号", "order_no": ""}, fulfillment.ErrMappingIncomplete},
		{"a column that is not there", Mapping{"order_no": "订单", "waybill_no": "快递单号"}, fulfillment.ErrColumnMissing},
		{"a meaning that is not ours", Mapping{"order_no": "订单号", "waybill_no": "快递单号", "price": "快递公司"}, fulfillment.ErrColumnMissing},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := placesOf(cols, c.m)
			if c.want == nil && err != nil || c.want != nil && (errs.As(err) == nil || errs.As(err).Code != c.want.Code) {
				t.Errorf("err = %v, want %v", err, c.want)
			}
		})
	}
}

func TestRowsKeepTheirTextAndTellWhatIsWrong(t *testing.T) {
	p, err := placesOf([]string{"订单号", "快递公司", "快递单号", "商家编码", "数量"},
		Mapping{"order_no": "订单号", "carrier": "快递公司", "waybill_no": "快递单号", "sku_code": "商家编码", "quantity": "数量"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		cells []string
		want  fileRow
		code  string
	}{
		{"text ids", []string{"\t260503-951555335253839", "圆通 ", `="YT2600216627986"`}, fileRow{No: 2, OrderNo: "260503-951555335253839", Carrier: "圆通", WaybillNo: "YT2600216627986"}, ""},
		{"part of an order", []string{"1", "", "2", "000101", "3"}, fileRow{No: 2, OrderNo: "1", WaybillNo: "2", SKUCode: "000101", Quantity: 3}, ""},
		{"a quantity without an item is not one", []string{"1", "", "2", "", "x"}, fileRow{No: 2, OrderNo: "1", WaybillNo: "2"}, ""},
		{"digits lost", []string{"6.97349E+18", "", "2"}, fileRow{No: 2, OrderNo: "6.97349E+18", WaybillNo: "2"}, "fulfillment.number_damaged"},
		{"not shipped yet", []string{"1", "圆通", " "}, fileRow{No: 2, OrderNo: "1", Carrier: "圆通"}, "fulfillment.no_waybill"},
		{"short row", []string{""}, fileRow{No: 2}, "fulfillment.no_order_no"},
		{"bad quantity", []string{"1", "", "2", "A", "-1"}, fileRow{No: 2, OrderNo: "1", WaybillNo: "2", SKUCode: "A"}, "fulfillment.bad_quantity"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := p.row(2, c.cells)
			code := ""
			if e := errs.As(r.Err); e != nil {
				code = e.Code
			}
			r.Err = nil
			if r != c.want || code != c.code {
				t.Errorf("row %+v %s, want %+v %s", r, code, c.want, c.code)
			}
		})
	}
}

func TestColumnNamesMeanOneColumnEach(t *testing.T) {
	if got := columnNames([]string{" a", "", "a", "b", ""}); !slices.Equal(got, []string{"a", "", "a (2)", "b"}) {
		t.Errorf("%q", got)
	}
}
