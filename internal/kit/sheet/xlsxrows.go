package sheet

import (
	"bytes"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// rowReader turns the tokens of one sheet into records.
type rowReader struct {
	b   *Book
	x   *xmlScan
	fn  func(int, []string) error
	row int // number of the row being read
	n   int64

	text  []byte // text of the row's own cells
	refs  []cellRef
	cells []string
}

// cellRef is one cell of the row: text[from:to], or a shared string.
type cellRef struct {
	col, from, to int
	shared        int // index + 1
}

// countedAbove is the size from which a sheet's rows are counted before they are
// read: counting costs a tenth of reading, so a bomb is refused at once and
// before anybody acts on its first rows.
const countedAbove = 8 << 20

// countRows refuses a sheet with more rows than the limit.
func (b *Book) countRows(s *Sheet) error {
	f := b.x.files[strings.ToLower(s.part)]
	if s.counted || f == nil || f.UncompressedSize64 < countedAbove {
		return nil
	}
	rc, err := f.Open()
	if err != nil {
		return ErrUnreadable.Because(err)
	}
	defer rc.Close()
	src := &boundReader{r: rc, left: int64(f.UncompressedSize64)}
	tag := []byte("<row")
	buf := make([]byte, 256<<10)
	rows, keep := int64(0), 0
	for {
		n, err := src.Read(buf[keep:])
		chunk := buf[:keep+n]
		if rows += int64(bytes.Count(chunk, tag)); rows > b.lim.Rows {
			return tooLarge("rows", b.lim.Rows)
		}
		if err == io.EOF {
			s.counted = true
			return nil
		}
		if err != nil {
			return err
		}
		keep = copy(buf, chunk[max(0, len(chunk)-len(tag)+1):])
	}
}

func (b *Book) eachXLSX(s *Sheet, fn func(int, []string) error) error {
	if err := b.countRows(s); err != nil {
		return err
	}
	if err := b.readStrings(); err != nil {
		return err
	}
	x, c, err := b.part(s.part)
	if err != nil {
		return err
	}
	defer c.Close()
	r := &rowReader{b: b, x: x, fn: fn}
	for {
		t, err := x.next()
		switch {
		case err != nil:
			return err
		case t == tokEOF:
			if r.n == 0 && r.row == 0 {
				return nil
			}
			return ErrUnreadable // cut off before </sheetData>
		case t == tokEnd && string(x.name) == "sheetData":
			return nil
		case t == tokStart && string(x.name) == "sheetData" && x.self:
			return nil
		case t == tokStart && string(x.name) == "row":
			if err := r.readRow(); err != nil {
				return err
			}
		}
	}
}

func (r *rowReader) readRow() error {
	if r.n++; r.n > r.b.lim.Rows {
		return tooLarge("rows", r.b.lim.Rows)
	}
	no := atoi(r.x.attr("r"))
	if no <= r.row {
		no = r.row + 1
	}
	r.row = no
	r.text, r.refs = r.text[:0], r.refs[:0]
	if !r.x.self {
		if err := r.readCells(); err != nil {
			return err
		}
	}
	if len(r.refs) == 0 {
		return nil // formatted but empty; its number is kept by the next row's own
	}
	return r.fn(no, r.assemble())
}

func (r *rowReader) readCells() error {
	col := 0
	for {
		t, err := r.x.next()
		if err != nil {
			return err
		}
		switch {
		case t == tokEOF:
			return ErrUnreadable
		case t == tokEnd && string(r.x.name) == "row":
			return nil
		case t == tokStart && string(r.x.name) == "c":
			at, kind, style := r.cellAttrs()
			if at < col {
				at = col
			}
			col = at + 1
			if r.x.self {
				continue
			}
			if err := r.readCell(at, kind, style); err != nil {
				return err
			}
		}
	}
}

// cellAttrs reads place, type and style of a <c> in one go.
func (r *rowReader) cellAttrs() (col int, kind string, style int) {
	col = -1
	for d := r.x.attrs; len(d) > 0; {
		var key, value []byte
		if key, value, d = nextAttr(d); len(key) != 1 {
			if key == nil {
				break
			}
			continue
		}
		switch key[0] {
		case 'r':
			col = column(value)
		case 's':
			style = atoi(value)
		case 't':
			kind = kindOf(value)
		}
	}
	return col, kind, style
}

// kindOf spares a string per cell.
func kindOf(v []byte) string {
	switch string(v) {
	case "s":
		return "s"
	case "inlineStr", "str", "e":
		return "str"
	case "b":
		return "b"
	case "d":
		return "d"
	}
	return ""
}

// readCell reads what is inside a <c>. Formulas are passed over: their cached
// value counts.
func (r *rowReader) readCell(col int, kind string, style int) error {
	from := len(r.text)
	in, phonetic := false, false
	for {
		t, err := r.x.next()
		if err != nil {
			return err
		}
		name := r.x.name
		switch {
		case t == tokEOF:
			return ErrUnreadable
		case t == tokText && in && !phonetic:
			r.text = r.x.appendText(r.text)
		case t == tokStart && (len(name) == 1 && (name[0] == 'v' || name[0] == 't')):
			in = !r.x.self
		case t == tokEnd && len(name) == 1 && (name[0] == 'v' || name[0] == 't'):
			in = false
		case string(name) == "rPh" && t != tokText:
			phonetic = t == tokStart && !r.x.self
		case t == tokEnd && string(name) == "c":
			return r.keep(col, from, kind, style)
		}
		if len(r.text)-from > r.b.lim.CellBytes {
			return tooLarge("cell_bytes", int64(r.b.lim.CellBytes))
		}
	}
}

// keep files the cell whose raw text stands in text[from:].
func (r *rowReader) keep(col, from int, kind string, style int) error {
	raw := r.text[from:]
	if len(raw) == 0 {
		return nil
	}
	if col >= r.b.lim.Columns {
		return tooLarge("columns", int64(r.b.lim.Columns))
	}
	ref := cellRef{col: col, from: from}
	switch kind {
	case "s":
		i := atoi(raw)
		if i < 0 || i >= len(r.b.x.strings) {
			return ErrUnreadable
		}
		r.text, ref.shared = r.text[:from], i+1
	case "str":
		if s := string(raw); strings.Contains(s, "_x") {
			r.text = append(r.text[:from], unescapeX(s)...)
		}
	case "b":
		s := "FALSE"
		if raw[0] == '1' {
			s = "TRUE"
		}
		r.text = append(r.text[:from], s...)
	case "d":
		s := strings.TrimSuffix(strings.Replace(string(raw), "T", " ", 1), "Z")
		r.text = append(r.text[:from], s...)
	default:
		date := style > 0 && style < len(r.b.x.dates) && r.b.x.dates[style]
		r.text = append(r.text[:from], number(string(raw), date, r.b.x.epoch)...)
	}
	ref.to = len(r.text)
	r.refs = append(r.refs, ref)
	return nil
}

func (r *rowReader) assemble() []string {
	width := r.refs[len(r.refs)-1].col + 1
	if cap(r.cells) < width {
		r.cells = make([]string, width)
	}
	r.cells = r.cells[:width]
	clear(r.cells)
	all := string(r.text)
	for _, c := range r.refs {
		if c.shared > 0 {
			r.cells[c.col] = r.b.x.strings[c.shared-1]
		} else {
			r.cells[c.col] = all[c.from:c.to]
		}
	}
	return r.cells
}

// number renders a numeric cell: a date as yyyy-mm-dd hh:mm:ss, anything else as
// the digits the cell holds, rounded to the 15 a spreadsheet vouches for. What
// only exists with an exponent beyond those keeps it, so that ID refuses it.
func number(raw string, date bool, epoch int64) string {
	raw = strings.TrimSpace(raw)
	if date {
		if f, err := strconv.ParseFloat(raw, 64); err == nil && f >= 0 && f < 2958466 {
			return serial(f, epoch)
		}
		return raw
	}
	neg := strings.HasPrefix(raw, "-")
	mant, exp := strings.TrimPrefix(raw, "-"), 0
	if e := strings.IndexAny(mant, "eE"); e >= 0 {
		n, err := strconv.Atoi(strings.TrimPrefix(mant[e+1:], "+"))
		if err != nil || n > 14 || n < -20 {
			return raw
		}
		mant, exp = mant[:e], n
	}
	whole, frac, _ := strings.Cut(mant, ".")
	if !digits(whole) || frac != "" && !digits(frac) {
		return raw
	}
	d, point := whole+frac, len(whole)+exp
	if point <= 0 {
		d, point = strings.Repeat("0", 1-point)+d, 1
	}
	if len(d) < point {
		d += strings.Repeat("0", point-len(d))
	}
	d, point = round15(d, point)
	out := strings.TrimRight(d[point:], "0")
	whole = strings.TrimLeft(d[:point], "0")
	if exp == 0 && len(d[:point]) > 15 {
		whole = d[:point] // an id written as a number: every digit counts
	}
	if whole == "" {
		whole = "0"
	}
	if out != "" {
		whole += "." + out
	}
	if neg && whole != "0" {
		whole = "-" + whole
	}
	return whole
}

// round15 rounds the digits to 15 significant ones where they have decimals:
// 118.15000000000001 is how a spreadsheet stores 118.15.
func round15(d string, point int) (string, int) {
	lead := 0
	for lead < len(d) && d[lead] == '0' {
		lead++
	}
	keep := lead + 15
	if keep >= len(d) || point > keep {
		return d, point
	}
	b := []byte(d[:keep])
	if d[keep] >= '5' {
		i := keep - 1
		for ; i >= 0; i-- {
			if b[i]++; b[i] <= '9' {
				break
			}
			b[i] = '0'
		}
		if i < 0 {
			return "1" + string(b), point + 1
		}
	}
	return string(b), point
}

// serial renders days since 1899-12-30, rounded to the second.
func serial(days float64, epoch int64) string {
	if days < 1 && epoch == 0 {
		return time.Unix(int64(math.Round(days*86400)), 0).UTC().Format("15:04:05")
	}
	if days < 60 && epoch == 0 {
		days++ // the 1900 system believes in 29 February 1900
	}
	secs := int64(math.Round((days + float64(epoch) - 25569) * 86400))
	return time.Unix(secs, 0).UTC().Format("2006-01-02 15:04:05")
}

// column is the 0-based column of a reference such as AB12, -1 without one.
func column(ref []byte) int {
	n := 0
	for _, c := range ref {
		if c < 'A' || c > 'Z' || n > 1<<20 {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	return n - 1
}

func atoi(b []byte) int {
	if len(b) == 0 {
		return -1
	}
	n, err := strconv.Atoi(string(b))
	if err != nil {
		return -1
	}
	return n
}
