package sheet

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var awkward = []string{"=1+1", "+86 138", "-补发1件-", "@老板", "\tx", "\rx", "=\"a\"", "'=1", "''", "'x", "-3.50", "1E5", "000101", "6917934747383655171",
	"a,b\"c\"", "第一行\n第二行", " 前空", "2026-05-03", "1-2", "𠮷田❄️", "<&>", "a_x000D_b", "|calc", "％", "＝1"}

func TestNothingWrittenIsAFormulaAndAllOfItReadsBack(t *testing.T) {
	var out bytes.Buffer
	w := NewCSV(&out)
	var cells []Cell
	for _, s := range awkward {
		cells = append(cells, Str(s))
	}
	if err := w.Row(append(cells, Num("12.50"), Num("-3.00"), Num("1E5"))); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	b := open(t, out.Bytes())
	got := records(t, b, 0)[0].Cells
	if b.Encoding != "utf-8-bom" {
		t.Errorf("encoding %s", b.Encoding)
	}
	for i, want := range awkward {
		if risky(got[i]) {
			t.Errorf("%q was written as %q", want, got[i])
		}
		if back := Unguard(strings.TrimSuffix(got[i], "\t")); back != want {
			t.Errorf("%q came back as %q", want, back)
		}
	}
	if n := got[len(awkward):]; n[0] != "12.50" || n[1] != "-3.00" || n[2] != "1E5\t" {
		t.Errorf("numbers: %q", n)
	}
}

func TestAnyTextSurvivesBothFormats(t *testing.T) {
	text := rapid.StringOf(rapid.OneOf(rapid.SampledFrom([]rune("=+-@'\t\",\n _x0D1E好𠮷")), rapid.Rune()))
	rapid.Check(t, func(t *rapid.T) {
		in := text.Draw(t, "text")
		in = strings.Map(func(r rune) rune {
			if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF || r == '\ufeff' {
				return -1
			}
			return r
		}, in)
		in = strings.TrimRight(in, "\t") // a tab at the end is what marks text in a CSV
		for _, make := range []func(io.Writer) Writer{NewCSV, func(w io.Writer) Writer { return NewXLSX(w, "s", nil) }} {
			var out bytes.Buffer
			w := make(&out)
			if err := w.Row([]Cell{Str("a"), Str(in), Str("z")}); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			b, err := Open("f", bytes.NewReader(out.Bytes()), int64(out.Len()), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			recs, err := b.Sheets[0].Head(2)
			if err != nil || len(recs) != 1 || len(recs[0].Cells) != 3 {
				t.Fatalf("%q reads %v %v", in, recs, err)
			}
			got := recs[0].Cells[1]
			if b.Format == CSV {
				got = Unguard(strings.TrimSuffix(got, "\t"))
			}
			if got != in {
				t.Fatalf("%s: %q came back as %q", b.Format, in, got)
			}
		}
	})
}

func TestAWorkbookRollsOverToANewSheetWithItsHeader(t *testing.T) {
	var out bytes.Buffer
	w := NewXLSX(&out, "订单[1]/a", []string{"单号", "数量"}).(*xlsxWriter)
	w.limit = 4
	for i := range 7 {
		if err := w.Row([]Cell{Str(fmt.Sprintf("00%d", i)), Num("1.50")}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	b := open(t, out.Bytes())
	if len(b.Sheets) != 3 || b.Sheets[0].Name != "订单 1  a" || b.Sheets[1].Name != "订单 1  a (2)" {
		t.Fatalf("sheets %v", b.Sheets)
	}
	seen := 0
	for i := range b.Sheets {
		recs := records(t, b, i)
		if recs[0].Cells[0] != "单号" {
			t.Errorf("sheet %d starts with %q", i, recs[0].Cells)
		}
		for _, r := range recs[1:] {
			if r.Cells[0] != fmt.Sprintf("00%d", seen) || r.Cells[1] != "1.5" {
				t.Errorf("row %d is %q", seen, r.Cells)
			}
			seen++
		}
	}
	if seen != 7 {
		t.Errorf("%d rows came back", seen)
	}
	z, _ := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	f, _ := z.Open("xl/worksheets/sheet1.xml")
	xml, _ := io.ReadAll(f)
	if !bytes.Contains(xml, []byte(`state="frozen"`)) || !bytes.Contains(xml, []byte(`<v>1.50</v>`)) {
		t.Errorf("sheet: %.300s", xml)
	}
}

// exportRows writes n rows of 25 columns as an order export has them.
func exportRows(w Writer, n int) error {
	row := make([]Cell, 25)
	for i := range n {
		for c := range row {
			switch {
			case c == 0:
				row[c] = Str(fmt.Sprintf("260503-%015d", i))
			case c%5 == 1:
				row[c] = Num(fmt.Sprintf("%d.%02d", i%9999, i%100))
			case c%5 == 2:
				row[c] = Str("儿童羽绒服 2026新款 红色 120cm")
			default:
				row[c] = Str("2026-05-03 12:07:38")
			}
		}
		if err := w.Row(row); err != nil {
			return err
		}
	}
	return w.Close()
}

func TestAnExportOf100000RowsStaysWithinItsBudget(t *testing.T) {
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	began := cpuTime()
	var size countWriter
	if err := exportRows(NewXLSX(&size, "订单", make([]string, 25)), 100_000); err != nil {
		t.Fatal(err)
	}
	took := cpuTime() - began
	grown := (int64(size.peak) - int64(before.HeapInuse)) >> 20
	t.Logf("%d bytes, %v CPU, %d MB more heap", size.bytes, took, grown)
	if took > 3*time.Second || grown > 64 || size.peak == 0 {
		t.Errorf("%v CPU and %d MB more heap", took, grown)
	}
}

// countWriter counts bytes and watches the heap on the way.
type countWriter struct {
	bytes, watched int
	peak           uint64
}

func (c *countWriter) Write(p []byte) (int, error) {
	if c.bytes += len(p); c.bytes-c.watched > 256<<10 {
		c.watched = c.bytes
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		c.peak = max(c.peak, m.HeapInuse)
	}
	return len(p), nil
}

func BenchmarkReadCSV(b *testing.B) {
	var line strings.Builder
	for i := range 27 {
		fmt.Fprintf(&line, "单元格%d\t,", i)
	}
	data := []byte(strings.Repeat(line.String()+"\"a, b\"\r\n", 100_000))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		rows := 0
		if err := open(b, data).Sheets[0].Each(func(int, []string) error { rows++; return nil }); err != nil || rows != 100_000 {
			b.Fatal(rows, err)
		}
	}
	b.ReportMetric(100_000*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkReadXLSX(b *testing.B) {
	var out bytes.Buffer
	if err := exportRows(NewXLSX(&out, "s", nil), 20_000); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := open(b, out.Bytes()).Sheets[0].Each(func(int, []string) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(20_000*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
