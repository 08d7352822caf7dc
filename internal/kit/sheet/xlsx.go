package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"
)

// xlsxParts is what is known of the workbook before a sheet is read.
type xlsxParts struct {
	files   map[string]*zip.File
	dates   []bool
	epoch   int64 // days added to a serial: 0, or 1462 for the 1904 system
	strings []string
	strRead bool
	strName string
}

func (b *Book) openXLSX() error {
	z, err := zip.NewReader(b.r, b.size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return ErrUnreadable.Because(err)
	}
	b.x = &xlsxParts{files: make(map[string]*zip.File, len(z.File))}
	var sum uint64
	for _, f := range z.File {
		if f.Flags&1 != 0 {
			return ErrEncrypted
		}
		sum += f.UncompressedSize64
		if f.UncompressedSize64 > uint64(b.lim.UnzippedBytes) || sum > uint64(b.lim.UnzippedBytes) {
			return tooLarge("unzipped_bytes", b.lim.UnzippedBytes)
		}
		if f.UncompressedSize64 > ratioFloor && f.UncompressedSize64/max(f.CompressedSize64, 1) > uint64(b.lim.Ratio) {
			return tooLarge("ratio", b.lim.Ratio)
		}
		b.x.files[strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/"))] = f
	}
	main := b.target("_rels/.rels", "", "/officeDocument")
	if main == "" {
		main = "xl/workbook.xml"
	}
	if b.x.files[strings.ToLower(main)] == nil {
		return ErrUnreadable
	}
	if err := b.readWorkbook(main); err != nil {
		return err
	}
	if len(b.Sheets) == 0 {
		return ErrEmpty
	}
	if len(b.Sheets) > b.lim.Sheets {
		return tooLarge("sheets", int64(b.lim.Sheets))
	}
	return nil
}

// part opens one part for scanning, bounded by what the archive itself declares.
func (b *Book) part(name string) (*xmlScan, io.Closer, error) {
	f := b.x.files[strings.ToLower(name)]
	if f == nil {
		return nil, nil, ErrUnreadable
	}
	rc, err := f.Open()
	if err != nil {
		return nil, nil, ErrUnreadable.Because(err)
	}
	limited := &boundReader{r: rc, left: int64(f.UncompressedSize64)}
	return newXMLScan(limited, b.lim.CellBytes+4096), rc, nil
}

// boundReader refuses a part that is longer than its header says: the header is
// what the limits were checked against.
type boundReader struct {
	r    io.Reader
	left int64
}

func (b *boundReader) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, ErrUnreadable
	}
	if err != nil && err != io.EOF {
		err = ErrUnreadable.Because(err)
	}
	return n, err
}

// scan calls fn for every token of a part. A part that is absent is empty.
func (b *Book) scan(name string, fn func(x *xmlScan, t token) error) error {
	if b.x.files[strings.ToLower(name)] == nil {
		return nil
	}
	x, c, err := b.part(name)
	if err != nil {
		return err
	}
	defer c.Close()
	for {
		t, err := x.next()
		if err != nil {
			return err
		}
		if t == tokEOF {
			return nil
		}
		if err := fn(x, t); err != nil {
			if errors.Is(err, Stop) {
				return nil
			}
			return err
		}
	}
}

// target looks up a relationship by id, or by the end of its type where id is empty.
func (b *Book) target(rels, id, kind string) string {
	found := ""
	dir := strings.TrimSuffix(path.Dir(rels), "_rels")
	err := b.scan(rels, func(x *xmlScan, t token) error {
		if t != tokStart || string(x.name) != "Relationship" {
			return nil
		}
		if id != "" && string(x.attr("Id")) != id || id == "" && !bytes.HasSuffix(x.attr("Type"), []byte(kind)) {
			return nil
		}
		found = string(appendUnescaped(nil, x.attr("Target")))
		if strings.HasPrefix(found, "/") {
			found = found[1:]
		} else {
			found = path.Join(dir, found)
		}
		return Stop
	})
	if err != nil {
		return ""
	}
	return found
}

func (b *Book) readWorkbook(main string) error {
	rels := path.Join(path.Dir(main), "_rels", path.Base(main)+".rels")
	type entry struct {
		name, rid string
		hidden    bool
	}
	var list []entry
	err := b.scan(main, func(x *xmlScan, t token) error {
		if t != tokStart {
			return nil
		}
		switch string(x.name) {
		case "workbookPr":
			if v := string(x.attr("date1904")); v == "1" || v == "true" {
				b.x.epoch = 1462
			}
		case "sheet":
			if len(list) > b.lim.Sheets {
				return tooLarge("sheets", int64(b.lim.Sheets))
			}
			// The plain id is sheetId; the relationship's carries a prefix.
			list = append(list, entry{string(appendUnescaped(nil, x.attr("name"))), string(x.attr("id")), len(x.attr("state")) > 0 && string(x.attr("state")) != "visible"})
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, e := range list {
		part := b.target(rels, e.rid, "")
		if part == "" {
			part = path.Join(path.Dir(main), "worksheets", "sheet"+strconv.Itoa(i+1)+".xml")
		}
		if b.x.files[strings.ToLower(part)] == nil || strings.Contains(part, "chartsheets/") {
			continue
		}
		b.Sheets = append(b.Sheets, &Sheet{Name: e.name, Hidden: e.hidden, book: b, part: part})
	}
	b.x.strName = b.target(rels, "", "/sharedStrings")
	return b.readStyles(b.target(rels, "", "/styles"))
}

// readStyles learns which cell formats show a serial number as a date.
func (b *Book) readStyles(name string) error {
	custom := map[string]bool{}
	inXfs := false
	return b.scan(name, func(x *xmlScan, t token) error {
		switch {
		case t == tokStart && string(x.name) == "numFmt" && len(custom) < 10000:
			custom[string(x.attr("numFmtId"))] = isDateFormat(string(appendUnescaped(nil, x.attr("formatCode"))))
		case t == tokStart && string(x.name) == "cellXfs":
			inXfs = !x.self
		case t == tokEnd && string(x.name) == "cellXfs":
			return Stop
		case t == tokStart && inXfs && string(x.name) == "xf":
			id := string(x.attr("numFmtId"))
			date, ok := custom[id]
			if n, err := strconv.Atoi(id); !ok && err == nil {
				date = n >= 14 && n <= 22 || n >= 27 && n <= 36 || n >= 45 && n <= 47 || n >= 50 && n <= 58
			}
			if len(b.x.dates) < 100000 {
				b.x.dates = append(b.x.dates, date)
			}
		}
		return nil
	})
}

// isDateFormat looks for year, month, day, hour or second letters outside quotes,
// escapes and brackets other than [h], [m], [s].
func isDateFormat(code string) bool {
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '\\', '_', '*':
			i++
		case '"':
			for i++; i < len(code) && code[i] != '"'; i++ {
			}
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return false
			}
			if in := strings.ToLower(code[i+1 : i+end]); in != "" && strings.Trim(in, "hms") == "" {
				return true
			}
			i += end
		case ';':
			return false
		case 'y', 'Y', 'm', 'M', 'd', 'D', 'h', 'H', 's', 'S':
			return true
		case 'G', 'g':
			if strings.HasPrefix(strings.ToLower(code[i:]), "general") {
				return false
			}
		}
	}
	return false
}

func (b *Book) readStrings() error {
	if b.x.strRead {
		return nil
	}
	b.x.strRead = true
	var text []byte
	var held int64
	in, phonetic := false, false
	return b.scan(b.x.strName, func(x *xmlScan, t token) error {
		switch name := string(x.name); {
		case t == tokText && in && !phonetic:
			if text = x.appendText(text); len(text) > b.lim.CellBytes {
				return tooLarge("cell_bytes", int64(b.lim.CellBytes))
			}
		case t == tokStart && name == "t":
			in = !x.self
		case t == tokEnd && name == "t":
			in = false
		case name == "rPh" && t != tokText:
			phonetic = t == tokStart && !x.self
		case name == "si" && (t == tokEnd || t == tokStart && x.self):
			if held += int64(len(text)) + 24; held > b.lim.StringBytes {
				return tooLarge("shared_strings", b.lim.StringBytes)
			}
			b.x.strings = append(b.x.strings, unescapeX(string(text)))
			text = text[:0]
		}
		return nil
	})
}

// unescapeX undoes _x000D_, the way spreadsheets write control characters.
func unescapeX(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var out strings.Builder
	for i := 0; i < len(s); {
		if s[i] == '_' && i+7 <= len(s) && s[i+1] == 'x' && s[i+6] == '_' {
			if n, err := strconv.ParseUint(s[i+2:i+6], 16, 16); err == nil {
				out.WriteRune(rune(n))
				i += 7
				continue
			}
		}
		out.WriteByte(s[i])
		i++
	}
	return out.String()
}
