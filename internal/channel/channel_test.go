package channel

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/sheet"
)

func book(t *testing.T, data string) *sheet.Book {
	t.Helper()
	b, err := sheet.Open("f", strings.NewReader(data), int64(len(data)), sheet.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func xlsx(t *testing.T, rows ...[]string) string {
	t.Helper()
	var out bytes.Buffer
	w := sheet.NewXLSX(&out, "批量发货", nil)
	for _, r := range rows {
		var cells []sheet.Cell
		for _, c := range r {
			cells = append(cells, sheet.Str(c))
		}
		if err := w.Row(cells); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// two connectors whose keys overlap.
var pair = []Manifest{
	{Code: "north", Files: []FileFormat{{Kind: Orders, Layout: "a", Keys: []string{"订单号", "数量(件)|件数"}, Marks: []string{"北"}, Read: func(*Input, Yield) error { return nil }}}},
	{Code: "south", Files: []FileFormat{{Kind: Orders, Layout: "b", Keys: []string{"订单号", "件数|数量(件)"}, Marks: []string{"南"}}}},
}

func TestDetectionSaysWhatItKnowsAndWhatItDoesNot(t *testing.T) {
	for text, want := range map[string]Found{
		"标题\n订单号,件数,北\n1,2,3\n":                  {State: Recognised, Candidate: Candidate{Channel: "north"}, HeaderRecord: 2},
		"南,件 数 ,订单号\n1,2,3\n":                    {State: Recognised, Candidate: Candidate{Channel: "south"}, HeaderRecord: 1},
		"订单号,数量（件）\n1,2\n":                       {State: Ambiguous, Candidate: Candidate{Channel: "north"}, HeaderRecord: 1},
		"说明\n甲,乙,丙\n1,2\n":                       {State: Unknown, HeaderRecord: 2},
		strings.Repeat("x\n", 20) + "订单号,件数,北\n": {State: Unknown, HeaderRecord: 1},
	} {
		found, err := Detect(pair, []File{{"f.csv", book(t, text)}})
		if err != nil || len(found) != 1 {
			t.Fatalf("%q: %v %v", text, found, err)
		}
		f := found[0]
		if f.State != want.State || f.Channel != want.Channel || f.HeaderRecord != want.HeaderRecord {
			t.Errorf("%q: %s %s in record %d", text, f.State, f.Channel, f.HeaderRecord)
		}
		if (len(f.Candidates) == 2) != (f.State == Ambiguous) {
			t.Errorf("%q: candidates %+v", text, f.Candidates)
		}
		if plan := Plan(found); (len(plan) == 1) != (f.State == Recognised) {
			t.Errorf("%q: planned %+v", text, plan)
		}
	}
}

func TestAFileThatIsOnlyRecognisedIsNotRead(t *testing.T) {
	found, err := Detect(pair, []File{{"f.csv", book(t, "订单号,件数,南\n1,2,3\n")}})
	if err != nil || found[0].Readable {
		t.Fatal(found, err)
	}
	if err := Read(pair, Plan(found)[0], Options{}, func(Verdict) error { return nil }); !errors.Is(err, ErrNotReadable) {
		t.Errorf("got %v", err)
	}
	if _, err := As(pair, found[0], "west", 0, 0); !errors.Is(err, ErrUnknownFile) {
		t.Errorf("a channel that is not there: %v", err)
	}
	if b, err := As(pair, found[0], "north", 0, 2); err != nil || b.Sources[0].Header.Record != 2 {
		t.Errorf("another header row: %+v %v", b, err)
	}
}

func TestEveryReasonHasTextsInBothLanguages(t *testing.T) {
	if len(reasons) < 15 {
		t.Fatalf("only %d reasons", len(reasons))
	}
	for r := range reasons {
		text, ok := errs.Lookup(r.Code())
		if !ok || text.ZH == "" || text.EN == "" || strings.Contains(errs.Message("zh-CN", r.Code(), map[string]any{"value": "x", "field": "y"}), "{") {
			t.Errorf("%s: %+v", r, text)
		}
	}
	if got := Reason("never").Err(); got.Code != ErrUnknownReason.Code {
		t.Errorf("an unregistered reason gives %v", got)
	}
}

func TestRawKeepsEveryColumnEvenOfEqualOrNoName(t *testing.T) {
	h := NewHeader(1, []string{"订单号 ", "名", "名", ""})
	v := Verdict{Rows: []Row{{7, []string{"\t1", "a\"b", "c", "d", "e"}}, {9, []string{"", "x"}}}, header: h}
	want := `[{"record":7,"cells":{"订单号":"\t1","名":"a\"b","名#3":"c","#4":"d","#5":"e"}},{"record":9,"cells":{"名":"x"}}]`
	if got := string(v.Raw()); got != want {
		t.Errorf("got %s", got)
	}
}

func TestStatusOverLines(t *testing.T) {
	line := func(s Status, gift bool) Line { return Line{Status: s, IsGift: gift} }
	for name, c := range map[string]struct {
		lines []Line
		want  Status
	}{
		"all closed":                 {[]Line{line(Closed, false), line(Completed, true)}, Closed},
		"closed lines do not count":  {[]Line{line(Closed, false), line(Shipped, false)}, Shipped},
		"some shipped":               {[]Line{line(AwaitingShipment, false), line(Shipped, false)}, PartlyShipped},
		"some completed":             {[]Line{line(AwaitingShipment, false), line(Completed, false)}, PartlyShipped},
		"the least advanced":         {[]Line{line(Completed, false), line(Shipped, false)}, Shipped},
		"a gift that is not out yet": {[]Line{line(Shipped, false), line(AwaitingShipment, true)}, Shipped},
		"gifts alone":                {[]Line{line(Shipped, true)}, Shipped},
		"unpaid":                     {[]Line{line(PendingPayment, false)}, PendingPayment},
	} {
		if got := FoldStatus(c.lines); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestRefundsOverLines(t *testing.T) {
	for _, c := range []struct {
		states []RefundState
		want   RefundState
	}{
		{[]RefundState{RefundDone, RefundInProgress}, RefundInProgress}, {[]RefundState{RefundDone, RefundDone}, RefundDone},
		{[]RefundState{RefundDone, RefundNone}, RefundPart}, {[]RefundState{RefundRejected, RefundExchanged}, RefundRejected},
		{[]RefundState{RefundExchanged, RefundNone}, RefundExchanged}, {[]RefundState{RefundUnknown, RefundDone}, RefundUnknown}, {nil, RefundNone},
	} {
		lines := []Line{{IsGift: true, RefundState: RefundInProgress}}
		for _, s := range c.states {
			lines = append(lines, Line{RefundState: s})
		}
		if got := FoldRefunds(lines); got != c.want {
			t.Errorf("%v: %s, want %s", c.states, got, c.want)
		}
	}
}

func fill(t *testing.T, template string, ships ...Shipment) (TemplateShape, Filled, string) {
	t.Helper()
	b := book(t, template)
	shape, err := DescribeTemplate(b)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	done, err := FillTemplate(&out, b, shape, ships)
	if err != nil {
		t.Fatal(err)
	}
	return shape, done, out.String()
}

var ship = Shipment{ChannelOrderNo: "0001", Lines: []string{"11", "12"}, Carrier: "中通", No: "7,8\"9"}

func TestATemplateKeepsItsBytesAboveTheRows(t *testing.T) {
	gb, err := simplifiedchinese.GB18030.NewEncoder().String("说明：订单编号、物流公司、物流单号必填\r\n备注,物流单号（必填）,订单编号,物流公司\r\n示例,YT1,示例123,圆通\r\n")
	if err != nil {
		t.Fatal(err)
	}
	shape, done, out := fill(t, gb, ship)
	if shape.HeaderRecord != 2 || shape.Encoding != "gb18030" || done.Rows != 1 {
		t.Errorf("%+v %+v", shape, done)
	}
	text, _ := simplifiedchinese.GB18030.NewDecoder().String(out)
	if want := "说明：订单编号、物流公司、物流单号必填\r\n备注,物流单号（必填）,订单编号,物流公司\r\n,\"7,8\"\"9\",0001,中通\r\n"; text != want {
		t.Errorf("got %q", text)
	}
	if _, _, out := fill(t, "订单号;快递公司;快递单号", ship); out != "订单号;快递公司;快递单号\n0001;中通;\"7,8\"\"9\"\n" && out != "订单号;快递公司;快递单号\r\n0001;中通;\"7,8\"\"9\"\r\n" {
		t.Errorf("no line end after the header: %q", out)
	}
}

func TestRowsByLineWhereTheLineIsRequired(t *testing.T) {
	for header, want := range map[string]string{
		"*子订单编号,*快递公司,*快递单号":                "11,中通,7\r\n12,中通,7\r\n",
		"*主订单编号,*子订单编号,*快递公司,*运单号":          "0001,11,中通,7\r\n0001,12,中通,7\r\n",
		"*主订单编号,子订单编号(选填),*快递公司,*运单号":       "0001,,中通,7\r\n",
		"订单号,子订单号,快递公司,快递公司编码,运单号":          "0001,,中通,,7\r\n",
		"Order No.,Carrier,Tracking Number": "0001,中通,7\r\n",
	} {
		s := ship
		s.No = "7"
		if _, _, out := fill(t, header+"\r\n", s); out != header+"\r\n"+want {
			t.Errorf("%s: %q", header, out)
		}
	}
	b := book(t, "*子订单编号,*快递公司,*快递单号\n")
	shape, _ := DescribeTemplate(b)
	if _, err := FillTemplate(io.Discard, b, shape, []Shipment{{ChannelOrderNo: "1"}}); !errors.Is(err, ErrTemplateLines) {
		t.Errorf("a shipment without lines: %v", err)
	}
}

func TestATemplateThatListsTheOrdersKeepsTheirOtherCells(t *testing.T) {
	_, _, out := fill(t, "订单号,商品,快递公司,快递单号,收件人\n'0002,乙,,,李*\n\t0001,甲,,,张*\n", ship)
	if want := "订单号,商品,快递公司,快递单号,收件人\n0001,甲,中通,\"7,8\"\"9\",张*\n"; out != want {
		t.Errorf("got %q", out)
	}
}

func TestATemplateThatChangedOrHasNoHeaderIsRefused(t *testing.T) {
	if _, err := DescribeTemplate(book(t, "订单号,商品\n快递单号,快递公司\n")); !errors.Is(err, ErrTemplateHeader) {
		t.Errorf("no header: %v", err)
	}
	shape, _ := DescribeTemplate(book(t, "订单号,快递公司,快递单号\n"))
	for _, other := range []string{"订单号,快递单号,快递公司\n", "订单号,快递公司\n", xlsx(t, []string{"订单号", "快递公司", "快递单号"})} {
		if _, err := FillTemplate(io.Discard, book(t, other), shape, nil); !errors.Is(err, ErrTemplateChanged) {
			t.Errorf("%.20q: %v", other, err)
		}
	}
}

func TestCarriersAreWrittenTheTemplatesWay(t *testing.T) {
	list := []string{"圆通速递", "中通快递", "中通快运", "申通快递", "顺丰速运", "邮政快递包裹", "极兔速递", "德邦快递", "京东物流"}
	for in, want := range map[string]string{"中通": "中通快递", "中通快递": "中通快递", "中通快运": "中通快运", "圆通快递": "圆通速递", "顺丰": "顺丰速运", "顺丰快递": "顺丰速运",
		"圆通速递有限公司": "圆通速递", "邮政快递": "邮政快递包裹", "极兔": "极兔速递", "京东物流": "京东物流"} {
		if got, known := MatchCarrier(in, list); got != want || !known {
			t.Errorf("%s: %s %v, want %s", in, got, known, want)
		}
	}
	for _, in := range []string{"韵达快递", "德邦物流", "通", "中"} {
		if got, known := MatchCarrier(in, list); known || got != in {
			t.Errorf("%s was taken for %s", in, got)
		}
	}
}

func TestCarriersComeFromAListValidation(t *testing.T) {
	raw := xlsx(t, []string{"订单号", "物流公司", "物流单号"}, []string{"示例", "圆通速递", "1"})
	z, err := zip.NewReader(strings.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		r, _ := f.Open()
		data, _ := io.ReadAll(r)
		data = bytes.Replace(data, []byte("</sheetData>"), []byte(`</sheetData><mergeCells count="2"><mergeCell ref="A1:A1"/><mergeCell ref="A2:C2"/></mergeCells><dataValidations count="2"><dataValidation type="list" sqref="A2:A9"><formula1>"x,y"</formula1></dataValidation><dataValidation type="list" sqref="B2:B999"><formula1>"圆通速递,中通快递"</formula1></dataValidation></dataValidations>`), 1)
		data = bytes.Replace(data, []byte("<sheetData>"), []byte(`<dimension ref="A1:C2"/><sheetData>`), 1)
		o, _ := w.Create(f.Name)
		o.Write(data)
	}
	w.Close()
	shape, done, filled := fill(t, out.String(), ship)
	if !reflect.DeepEqual(shape.Carriers, []string{"圆通速递", "中通快递"}) || len(done.UnknownCarriers) > 0 {
		t.Errorf("%+v %+v", shape, done)
	}
	b := book(t, filled)
	recs, err := b.Sheets[0].Head(10)
	if err != nil || len(recs) != 2 || !reflect.DeepEqual(recs[1].Cells, []string{"0001", "中通快递", `7,8"9`}) {
		t.Errorf("%v %v", recs, err)
	}
	if list, _ := b.Sheets[0].Choices(1); len(list) != 2 {
		t.Errorf("the list is gone: %v", list)
	}
	zf, _ := zip.NewReader(strings.NewReader(filled), int64(len(filled)))
	f, _ := zf.Open("xl/worksheets/sheet1.xml")
	xml, _ := io.ReadAll(f)
	if s := string(xml); !strings.Contains(s, `<mergeCell ref="A1:A1"/>`) || strings.Contains(s, "A2:C2") || !strings.Contains(s, `<dimension ref="A1:C2"/>`) {
		t.Errorf("%s", s)
	}
}

func TestATemplateThatAsksForTheCarriersCodeGetsIt(t *testing.T) {
	var out bytes.Buffer
	f := excelize.NewFile()
	f.SetSheetName("Sheet1", "导入")
	f.SetSheetRow("导入", "A1", &[]any{"订单号", "物流公司编码", "运单号"})
	f.NewSheet("字典")
	f.SetSheetRow("字典", "A1", &[]any{"说明"})
	f.SetSheetRow("字典", "B2", &[]any{"物流公司编码", "物流公司名称"})
	f.SetSheetRow("字典", "B3", &[]any{"YTO", "圆通速递"})
	f.SetSheetRow("字典", "B4", &[]any{"ZTO", "中通快递"})
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	shape, done, filled := fill(t, out.String(), ship)
	if !reflect.DeepEqual(shape.Carriers, []string{"圆通速递", "中通快递"}) || !reflect.DeepEqual(shape.CarrierCodes, []string{"YTO", "ZTO"}) || len(done.UnknownCarriers) > 0 {
		t.Errorf("%+v %+v", shape, done)
	}
	if recs, err := book(t, filled).Sheets[0].Head(10); err != nil || recs[1].Cells[1] != "ZTO" {
		t.Errorf("%v %v", recs, err)
	}
}
