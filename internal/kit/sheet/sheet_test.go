package sheet

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

func open(t testing.TB, data []byte) *Book {
	t.Helper()
	b, err := Open("f", bytes.NewReader(data), int64(len(data)), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func records(t testing.TB, b *Book, sheet int) []Record {
	t.Helper()
	recs, err := b.Sheets[sheet].Head(1 << 30)
	if err != nil {
		t.Fatal(err)
	}
	return recs
}

func TestEveryEncodingReadsTheSame(t *testing.T) {
	text := "订单号,商品\r\n=\"001\",\"云柔毛巾, 加厚\"\r\n2,\"两\r\n行\"\r\n"
	gb, _ := simplifiedchinese.GB18030.NewEncoder().String(text)
	le, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	be, _ := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(text)
	noMark, _ := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String(text + strings.Repeat("abc,123\r\n", 40))
	want := []Record{{1, []string{"订单号", "商品"}}, {2, []string{`="001"`, "云柔毛巾, 加厚"}}, {3, []string{"2", "两\r\n行"}}}
	for name, data := range map[string]string{
		"utf-8": text, "utf-8-bom": "\ufeff" + text, "gb18030": gb, "utf-16le": le, "utf-16be": be, "utf-16le ": noMark,
	} {
		b := open(t, []byte(data))
		if b.Encoding != strings.TrimSpace(name) {
			t.Errorf("%s: detected as %s", name, b.Encoding)
		}
		if got := records(t, b, 0)[:3]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestSeparatorsAndLineEnds(t *testing.T) {
	for name, data := range map[string]string{
		"tabs": "a\tb\tc\n1\t2\t3\n", "semicolons": "a;b;c\r\n1;2;3\r\n", "old line ends": "a,b,c\r1,2,3\r", "no last line end": "a,b,c\n1,2,3",
		"cells that end in tabs": "a\t,b\t,c\t\n1\t,2\t,3\t\n",
	} {
		got := records(t, open(t, []byte(data)), 0)
		for _, r := range got {
			for i := range r.Cells {
				r.Cells[i] = Clean(r.Cells[i])
			}
		}
		if want := []Record{{1, []string{"a", "b", "c"}}, {2, []string{"1", "2", "3"}}}; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestStrayQuotesSwallowNothing(t *testing.T) {
	cases := map[string]struct {
		in   string
		want []Record
	}{
		"in a plain cell":                      {"5\" 屏,1\nx,2\n", []Record{{1, []string{`5" 屏`, "1"}}, {2, []string{"x", "2"}}}},
		"unescaped inside quotes":              {"\"手冲 \"深烘\" 豆\",1\nx,2\n", []Record{{1, []string{`手冲 "深烘" 豆`, "1"}}, {2, []string{"x", "2"}}}},
		"opened and never closed":              {"\"5寸,1\nx,2\n", []Record{{1, []string{`"5寸`, "1"}}, {2, []string{"x", "2"}}}},
		"opened before a good cell":            {"\"5寸,1\nx,\"a\"\ny,3\n", []Record{{1, []string{`"5寸`, "1"}}, {2, []string{"x", "a"}}, {3, []string{"y", "3"}}}},
		"closed with a tab behind":             {"\"a,b\"\t,1\n", []Record{{1, []string{"a,b", "1"}}}},
		"blank lines keep count":               {"a,b\n\nx,2\n", []Record{{1, []string{"a", "b"}}, {2, []string{""}}, {3, []string{"x", "2"}}}},
		"line end inside counts as one record": {"a,\"1\n2\"\nx,2\n", []Record{{1, []string{"a", "1\n2"}}, {2, []string{"x", "2"}}}},
	}
	for name, c := range cases {
		if got := records(t, open(t, []byte(c.in)), 0); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestRecordsAcrossTheReadBuffer(t *testing.T) {
	var in bytes.Buffer
	var want []Record
	rnd := rand.New(rand.NewSource(1))
	for i := 1; i <= 3000; i++ {
		note := strings.Repeat("好\n\"", rnd.Intn(80)) + "x"
		in.WriteString(fmt.Sprintf("%d,\"%s\"\r\n", i, strings.ReplaceAll(note, `"`, `""`)))
		want = append(want, Record{i, []string{fmt.Sprint(i), note}})
	}
	if got := records(t, open(t, in.Bytes()), 0); !reflect.DeepEqual(got, want) {
		t.Error("records differ")
	}
}

func TestFilesThatAreNoTablesSayWhy(t *testing.T) {
	ole := append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), make([]byte, 4096)...)
	encrypted := append(append([]byte{}, ole...), utf16le("EncryptedPackage")...)
	var noBook bytes.Buffer
	z := zip.NewWriter(&noBook)
	f, _ := z.Create("word/document.xml")
	f.Write([]byte("<w/>"))
	z.Close()
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"empty": {nil, ErrEmpty}, "only a mark": {[]byte("\ufeff\r\n"), ErrEmpty}, "html": {[]byte("\ufeff <HTML><table>"), ErrNotTable},
		"old xml": {[]byte(`<?xml version="1.0"?><Workbook/>`), ErrNotTable}, "xls": {ole, ErrOldExcel}, "password": {encrypted, ErrEncrypted},
		"a zip without a workbook": {noBook.Bytes(), ErrUnreadable}, "binary": {[]byte("a,b\x00\x01\x02\x00\x00\x00\x07"), ErrUnreadable},
		"a cut zip": {[]byte("PK\x03\x04 and nothing"), ErrUnreadable},
	} {
		if _, err := Open(name, bytes.NewReader(c.data), int64(len(c.data)), Limits{}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// fastZip spares the tests the time of packing a bomb tightly.
func fastZip(w io.Writer) *zip.Writer {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	return z
}

// workbook zips parts into an XLSX.
func workbook(t testing.TB, sheetXML string, extra map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := fastZip(&out)
	put := func(name string, w func(io.Writer)) {
		f, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		w(f)
	}
	text := func(s string) func(io.Writer) { return func(w io.Writer) { io.WriteString(w, s) } }
	put("_rels/.rels", text(`<Relationships><Relationship Id="r" Type="http://x/officeDocument" Target="/xl/workbook.xml"/></Relationships>`))
	put("xl/workbook.xml", text(`<?xml version="1.0"?><x:workbook xmlns:x="m" xmlns:r="r"><!-- c > d --><x:sheets><x:sheet name="订 &amp; 单" sheetId="7" r:id="rId9"/></x:sheets></x:workbook>`))
	put("xl/_rels/workbook.xml.rels", text(`<Relationships><Relationship Id="rId9" Type="t/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="t/styles" Target="styles.xml"/><Relationship Id="rId3" Type="t/sharedStrings" Target="sharedStrings.xml"/></Relationships>`))
	put("xl/worksheets/sheet1.xml", text(sheetXML))
	for name, s := range extra {
		put(name, text(s))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const styles = `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd\ hh:mm:ss"/><numFmt numFmtId="165" formatCode="&quot;day&quot;0.00"/></numFmts><cellStyleXfs><xf numFmtId="22"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="14"/></cellXfs></styleSheet>`

func TestCellsOfAWorkbook(t *testing.T) {
	sheet := `<worksheet><dimension ref="A1:Z9"/><sheetData>
	<row r="2" spans="1:9"><c r="A2" t="s"><v>0</v></c><c r="C2" t="inlineStr"><is><r><t>a&lt;</t></r><r><t xml:space="preserve"> b</t></r><rPh><t>no</t></rPh></is></c><c r="D2" s="1"><v>46151.98365740741</v></c><c r="E2" t="s"><v>1</v></c></row>
	<row r="5"><c r="A5"><v>6917934747383655171</v></c><c r="B5"><v>6.917934747383655E+18</v></c><c r="C5"><v>118.15000000000001</v></c><c r="D5"><v>2.0</v></c><c r="E5" t="b"><v>1</v></c><c r="F5" t="str"><f>A1&amp;"x"</f><v>x_x000D_
y</v></c><c r="G5" s="2"><v>3.50</v></c><c r="H5" s="3"><v>46000</v></c><c r="I5"><v>1E5</v></c><c r="J5"><v>1.2E-3</v></c></row>
	<row><c><v>7</v></c><c t="e"><v>#N/A</v></c><c s="1"/></row>
	</sheetData></worksheet>`
	b := open(t, workbook(t, sheet, map[string]string{"xl/styles.xml": styles,
		"xl/sharedStrings.xml": `<sst><si><t>订单号</t></si><si><t><![CDATA[1<2]]></t></si></sst>`}))
	if b.Sheets[0].Name != "订 & 单" {
		t.Errorf("sheet name %q", b.Sheets[0].Name)
	}
	want := []Record{
		{2, []string{"订单号", "", "a< b", "2026-05-09 23:36:28", "1<2"}},
		{5, []string{"6917934747383655171", "6.917934747383655E+18", "118.15", "2", "TRUE", "x\r\ny", "3.5", "2025-12-09 00:00:00", "100000", "0.0012"}},
		{6, []string{"7", "#N/A"}},
	}
	if got := records(t, b, 0); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestA1904WorkbookCountsFromItsOwnEpoch(t *testing.T) {
	for days, want := range map[float64]string{46151.98365740741 - 1462: "2026-05-09 23:36:28"} {
		if got := serial(days, 1462); got != want {
			t.Errorf("%v: %s, want %s", days, got, want)
		}
	}
	if got := serial(0.5, 0); got != "12:00:00" {
		t.Errorf("a time of day reads %s", got)
	}
	if got := serial(61, 0); got != "1900-03-01 00:00:00" {
		t.Errorf("day 61 is %s", got)
	}
}

// bomb is a workbook whose sheet repeats one row n times.
func bomb(t testing.TB, row string, n int) []byte {
	t.Helper()
	var out bytes.Buffer
	z := fastZip(&out)
	for name, s := range map[string]string{"xl/workbook.xml": `<workbook><sheets><sheet name="s" sheetId="1"/></sheets></workbook>`} {
		f, _ := z.Create(name)
		io.WriteString(f, s)
	}
	f, _ := z.Create("xl/worksheets/sheet1.xml")
	io.WriteString(f, "<worksheet><sheetData>")
	chunk := strings.Repeat(row, 10000)
	for i := 0; i < n; i += 10000 {
		io.WriteString(f, chunk)
	}
	io.WriteString(f, "</sheetData></worksheet>")
	z.Close()
	return out.Bytes()
}

func TestABombIsRefusedWithinASecondAndLittleMemory(t *testing.T) {
	noise := strings.Builder{}
	rnd := rand.New(rand.NewSource(7))
	for range 3 << 20 {
		noise.WriteByte(byte(' ' + rnd.Intn(90)))
	}
	padded := func() []byte { // small rows beside a part that hides the ratio of the whole
		var out bytes.Buffer
		z := fastZip(&out)
		f, _ := z.Create("xl/workbook.xml")
		io.WriteString(f, `<workbook><sheets><sheet name="s" sheetId="1"/></sheets></workbook>`)
		f, _ = z.Create("xl/media/noise.bin")
		io.WriteString(f, noise.String())
		f, _ = z.Create("xl/worksheets/sheet1.xml")
		io.WriteString(f, "<worksheet><sheetData>")
		for i := 0; i < 10_000_000; i += 10000 {
			io.WriteString(f, strings.Repeat("<row/>", 10000))
		}
		z.Close()
		return out.Bytes()
	}
	cells := strings.Repeat(`<c t="inlineStr"><is><t>abcdefgh</t></is></c>`, 6)
	for name, data := range map[string][]byte{
		"10 M rows of one cell":        bomb(t, `<row><c><v>1</v></c></row>`, 10_000_000),
		"10 M empty rows":              bomb(t, `<row/>`, 10_000_000),
		"10 M rows beside noise":       padded(),
		"2 M wide rows":                bomb(t, "<row>"+cells+"</row>", 2_000_000),
		"rows within the size limits":  varied(t, 1_200_000),
		"a shared string table of 1 G": sharedBomb(t),
	} {
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		peak, began := uint64(0), cpuTime()
		b, err := Open(name, bytes.NewReader(data), int64(len(data)), Limits{})
		if err == nil {
			err = b.Sheets[0].Each(func(no int, _ []string) error {
				if no%50_000 == 0 {
					runtime.ReadMemStats(&after)
					peak = max(peak, after.HeapInuse)
				}
				return nil
			})
		}
		took := cpuTime() - began
		runtime.ReadMemStats(&after)
		peak = max(peak, after.HeapInuse)
		if !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s (%d bytes): %v", name, len(data), err)
		}
		if grown := int64(peak) - int64(before.HeapInuse); took > time.Second || grown > 64<<20 {
			t.Errorf("%s: %v CPU and %d MB", name, took, grown>>20)
		}
		t.Logf("%s: %d bytes refused with %v CPU, %d MB more heap", name, len(data), took, (int64(peak)-int64(before.HeapInuse))>>20)
	}
}

// varied is a workbook of n short rows whose text does not repeat.
func varied(t testing.TB, n int) []byte {
	t.Helper()
	var out bytes.Buffer
	z := fastZip(&out)
	f, _ := z.Create("xl/workbook.xml")
	io.WriteString(f, `<workbook><sheets><sheet name="s" sheetId="1"/></sheets></workbook>`)
	f, _ = z.Create("xl/worksheets/sheet1.xml")
	io.WriteString(f, "<worksheet><sheetData>")
	rnd := rand.New(rand.NewSource(5))
	var chunk []byte
	for i := range n {
		chunk = append(strconv.AppendUint(append(chunk, `<row><c><v>`...), rnd.Uint64()>>30, 10), `</v></c></row>`...)
		if i%10_000 == 9_999 {
			f.Write(chunk)
			chunk = chunk[:0]
		}
	}
	io.WriteString(f, "</sheetData></worksheet>")
	z.Close()
	return out.Bytes()
}

func sharedBomb(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	z := fastZip(&out)
	f, _ := z.Create("_rels/.rels")
	io.WriteString(f, `<Relationships><Relationship Id="r" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`)
	f, _ = z.Create("xl/workbook.xml")
	io.WriteString(f, `<workbook><sheets><sheet name="s" sheetId="1"/></sheets></workbook>`)
	f, _ = z.Create("xl/_rels/workbook.xml.rels")
	io.WriteString(f, `<Relationships><Relationship Id="rId3" Type="t/sharedStrings" Target="sharedStrings.xml"/></Relationships>`)
	f, _ = z.Create("xl/worksheets/sheet1.xml")
	io.WriteString(f, `<worksheet><sheetData><row><c t="s"><v>0</v></c></row></sheetData></worksheet>`)
	f, _ = z.Create("xl/sharedStrings.xml")
	rnd := rand.New(rand.NewSource(3))
	io.WriteString(f, "<sst>")
	for range 60_000 {
		fmt.Fprintf(f, "<si><t>%08x%s</t></si>", rnd.Uint32(), strings.Repeat("z", 1000))
	}
	io.WriteString(f, "</sst>")
	z.Close()
	return out.Bytes()
}

func TestLimitsOfWidthAndLength(t *testing.T) {
	lim := Limits{Columns: 5, CellBytes: 100, Rows: 10}
	for name, data := range map[string][]byte{
		"columns": []byte(strings.Repeat("a,", 10) + "\n"), "cell": []byte("a," + strings.Repeat("x", 200) + "\n"),
		"rows":         []byte(strings.Repeat("a,b\n", 11)),
		"xlsx columns": workbook(t, `<worksheet><sheetData><row><c r="ZZ1"><v>1</v></c></row></sheetData></worksheet>`, nil),
		"xlsx cell":    workbook(t, `<worksheet><sheetData><row><c t="inlineStr"><is><t>`+strings.Repeat("x", 200)+`</t></is></c></row></sheetData></worksheet>`, nil),
	} {
		b, err := Open(name, bytes.NewReader(data), int64(len(data)), lim)
		if err == nil {
			_, err = b.Sheets[0].Head(100)
		}
		if !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open("f", bytes.NewReader([]byte("abc")), 3, Limits{FileBytes: 2}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a long file: %v", err)
	}
}
