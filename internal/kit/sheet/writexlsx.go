package sheet

import (
	"archive/zip"
	"compress/flate"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// maxSheetRows is what a worksheet holds; the header takes one of them.
	maxSheetRows = 1_048_576
	// maxCellChars is what a cell holds; longer text is cut.
	maxCellChars = 32_767
	maxNameChars = 31
)

// xlsxWriter writes a workbook straight into a zip: inline strings, so that no
// table of strings grows with the rows, and a new sheet when one is full.
type xlsxWriter struct {
	zip    *zip.Writer
	w      io.Writer // the open sheet
	buf    []byte    // of it, not yet compressed
	name   string
	header []Cell
	sheets int
	rows   int
	limit  int
	num    []byte
}

// NewXLSX starts a workbook on w whose first row is the bold, frozen header. It
// rolls over to "name (2)", with the header again, at the row limit.
func NewXLSX(w io.Writer, name string, header []string) Writer {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	x := &xlsxWriter{zip: z, name: sheetName(name), limit: maxSheetRows}
	for _, h := range header {
		x.header = append(x.header, Str(h))
	}
	return x
}

// sheetName drops what a sheet name must not hold and leaves room for a number.
func sheetName(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) || r < ' ' {
			return ' '
		}
		return r
	}, s)
	s = strings.Trim(s, " '")
	if r := []rune(s); len(r) > maxNameChars-6 {
		s = string(r[:maxNameChars-6])
	}
	if s == "" {
		s = "Sheet"
	}
	return s
}

func (x *xlsxWriter) begin() error {
	x.sheets++
	x.rows = 0
	f, err := x.zip.Create("xl/worksheets/sheet" + strconv.Itoa(x.sheets) + ".xml")
	if err != nil {
		return err
	}
	x.w = f
	x.buf = append(x.buf[:0], xmlHead+`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`...)
	if len(x.header) > 0 {
		x.buf = append(x.buf, `<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`+
			`<sheetFormatPr defaultRowHeight="15"/><cols><col min="1" max="`+strconv.Itoa(len(x.header))+`" width="16" customWidth="1"/></cols>`...)
	}
	x.buf = append(x.buf, "<sheetData>"...)
	if len(x.header) > 0 {
		return x.row(x.header, '2')
	}
	return nil
}

func (x *xlsxWriter) end() error {
	if x.w == nil {
		return nil
	}
	x.buf = append(x.buf, "</sheetData></worksheet>"...)
	return x.flush()
}

// flush compresses what was gathered: the compressor takes large pieces cheaply.
func (x *xlsxWriter) flush() error {
	_, err := x.w.Write(x.buf)
	x.buf = x.buf[:0]
	return err
}

func (x *xlsxWriter) Row(cells []Cell) error {
	if x.w == nil || x.rows >= x.limit {
		if err := x.end(); err != nil {
			return err
		}
		if err := x.begin(); err != nil {
			return err
		}
	}
	return x.row(cells, '1')
}

// row writes one row. Style 1 shows text as text, even after it is edited; style
// 2 is that in bold.
func (x *xlsxWriter) row(cells []Cell, style byte) error {
	x.rows++
	x.num = strconv.AppendInt(x.num[:0], int64(x.rows), 10)
	b := append(append(append(x.buf, `<row r="`...), x.num...), `">`...)
	for i, c := range cells {
		if c.Text == "" {
			continue
		}
		b = append(append(append(b, `<c r="`...), columnName(i)...), x.num...)
		if c.Number && style == '1' {
			b = append(append(append(b, `"><v>`...), c.Text...), `</v></c>`...)
			continue
		}
		b = append(append(append(b, `" s="`...), style), `" t="inlineStr"><is><t`...)
		if loose(c.Text) {
			b = append(b, ` xml:space="preserve"`...)
		}
		b = append(appendText(append(b, '>'), c.Text), `</t></is></c>`...)
	}
	x.buf = append(b, "</row>"...)
	if len(x.buf) < flushBytes {
		return nil
	}
	return x.flush()
}

// flushBytes is how much of a sheet is gathered before it is compressed.
const flushBytes = 64 << 10

// loose text has blanks that a reader may drop unless it is told to keep them.
func loose(s string) bool {
	return s[0] <= ' ' || s[len(s)-1] <= ' ' || strings.IndexByte(s, '\n') >= 0
}

// shortNames are the names of the first columns, which nearly all cells use.
var shortNames = func() (n [128]string) {
	for i := range n {
		n[i] = makeColumnName(i)
	}
	return n
}()

func columnName(i int) string {
	if i < len(shortNames) {
		return shortNames[i]
	}
	return makeColumnName(i)
}

func makeColumnName(i int) string {
	s := ""
	for i++; i > 0; i = (i - 1) / 26 {
		s = string(rune('A'+(i-1)%26)) + s
	}
	return s
}

// plainText marks the bytes that appendText may copy without a second look: a
// text without others, as nearly all are, is copied whole.
var plainText = func() (ok [256]bool) {
	for c := range ok {
		ok[c] = c >= ' ' && c < utf8.RuneSelf && c != '&' && c != '<' && c != '>' && c != '_' || c == '\t' || c == '\n'
	}
	return ok
}()

// appendText escapes text for XML. Characters that XML cannot hold become blanks;
// text that looks like the escape of one is escaped itself.
func appendText(b []byte, s string) []byte {
	if len(s) > maxCellChars {
		if r := []rune(s); len(r) > maxCellChars {
			s = string(r[:maxCellChars-1]) + "…"
		}
	}
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if plainText[c] {
			i++
			continue
		}
		with, size := "", 1
		switch {
		case c == '&':
			with = "&amp;"
		case c == '<':
			with = "&lt;"
		case c == '>':
			with = "&gt;"
		case c == '\r':
			with = "_x000D_"
		case c == '_' && i+7 <= len(s) && s[i+1] == 'x' && s[i+6] == '_':
			with = "_x005F_"
		case c < ' ':
			with = " "
		case c >= utf8.RuneSelf:
			var r rune
			if r, size = utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError && size == 1 || r == 0xFFFE || r == 0xFFFF {
				with = "\ufffd"
			}
		}
		if with != "" {
			b = append(append(b, s[from:i]...), with...)
			from = i + size
		}
		i += size
	}
	return append(b, s[from:]...)
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

func (x *xlsxWriter) Close() error {
	if x.w == nil {
		if err := x.begin(); err != nil {
			return err
		}
	}
	if err := x.end(); err != nil {
		return err
	}
	var types, sheets, rels strings.Builder
	for i := 1; i <= x.sheets; i++ {
		name := x.name
		if i > 1 {
			name = fmt.Sprintf("%s (%d)", x.name, i)
		}
		fmt.Fprintf(&types, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`, i)
		fmt.Fprintf(&sheets, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, escapeAttr(name), i, i)
		fmt.Fprintf(&rels, `<Relationship Id="rId%d" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet%d.xml"/>`, i, i)
	}
	for _, p := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>` + types.String() + `</Types>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>` + sheets.String() + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + rels.String() + `<Relationship Id="rIdS" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`},
		{"xl/styles.xml", `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs></styleSheet>`},
	} {
		f, err := x.zip.Create(p[0])
		if err != nil {
			return err
		}
		if _, err := io.WriteString(f, xmlHead+p[1]); err != nil {
			return err
		}
	}
	return x.zip.Close()
}

var attrEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

func escapeAttr(s string) string { return attrEscapes.Replace(s) }
