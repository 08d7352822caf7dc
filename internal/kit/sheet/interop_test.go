package sheet

import (
	"bytes"
	"reflect"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// TestAnotherLibraryReadsWhatWeWrite keeps the writer honest: a file only our own
// reader understands would be worthless.
func TestAnotherLibraryReadsWhatWeWrite(t *testing.T) {
	var out bytes.Buffer
	w := NewXLSX(&out, "订单 & 明细", []string{"单号", "金额", "备注"}).(*xlsxWriter)
	w.limit = 3
	for _, no := range []string{"0001", "6917934747383655171", "1E5"} {
		if err := w.Row([]Cell{Str(no), Num("12.50"), Str("=1+1 <a>\n\"b\"_x000D_")}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := f.GetSheetList(); !reflect.DeepEqual(got, []string{"订单 & 明细", "订单 & 明细 (2)"}) {
		t.Fatalf("sheets %q", got)
	}
	rows, err := f.GetRows("订单 & 明细")
	if err != nil || len(rows) != 3 || rows[2][0] != "6917934747383655171" || rows[1][1] != "12.50" && rows[1][1] != "12.5" || rows[1][2] != "=1+1 <a>\n\"b\"_x000D_" {
		t.Errorf("rows %q %v", rows, err)
	}
	if formula, _ := f.GetCellFormula("订单 & 明细", "C2"); formula != "" {
		t.Errorf("a formula: %s", formula)
	}
	if typ, _ := f.GetCellType("订单 & 明细", "B2"); typ != excelize.CellTypeUnset && typ != excelize.CellTypeNumber {
		t.Errorf("the amount is no number: %v", typ)
	}
	panes, err := f.GetPanes("订单 & 明细 (2)")
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("panes %+v %v", panes, err)
	}
	id, _ := f.GetCellStyle("订单 & 明细", "A1")
	if style, err := f.GetStyle(id); err != nil || style.Font == nil || !style.Font.Bold || style.NumFmt != 49 {
		t.Errorf("header style %+v %v", style, err)
	}
}

// TestWeReadWhatAnotherLibraryWrites covers shared strings, styles and dates as a
// spreadsheet program stores them.
func TestWeReadWhatAnotherLibraryWrites(t *testing.T) {
	f := excelize.NewFile()
	date, _ := f.NewStyle(&excelize.Style{NumFmt: 22})
	f.SetSheetName("Sheet1", "订单")
	f.SetSheetRow("订单", "A2", &[]any{"订单号", "时间", "金额", "数量", "备注"})
	f.SetSheetRow("订单", "A3", &[]any{"0001", time.Date(2026, 5, 3, 12, 7, 38, 0, time.UTC), 118.15, 2, "第一行\n第二行"})
	f.SetCellStyle("订单", "B3", "B3", date)
	f.SetCellFormula("订单", "F3", "1+1")
	f.NewSheet("快递公司")
	f.SetCellValue("快递公司", "A1", "圆通速递")
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	b := open(t, out.Bytes())
	if len(b.Sheets) != 2 || b.Sheets[1].Name != "快递公司" {
		t.Fatalf("sheets %v", b.Sheets)
	}
	want := []Record{{2, []string{"订单号", "时间", "金额", "数量", "备注"}}, {3, []string{"0001", "2026-05-03 12:07:38", "118.15", "2", "第一行\n第二行"}}}
	if got := records(t, b, 0); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
	var filled bytes.Buffer
	if err := b.Sheets[0].Refill(&filled, 2, [][]string{{"0002", "", "1", "", "<x>"}}); err != nil {
		t.Fatal(err)
	}
	again, err := excelize.OpenReader(&filled)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if rows, err := again.GetRows("订单"); err != nil || len(rows) != 3 || !reflect.DeepEqual(rows[2], []string{"0002", "", "1", "", "<x>"}) {
		t.Errorf("refilled rows %q %v", rows, err)
	}
	if v, _ := again.GetCellValue("快递公司", "A1"); v != "圆通速递" {
		t.Errorf("the other sheet lost %q", v)
	}
}
