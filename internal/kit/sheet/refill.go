package sheet

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
)

// maxRefillPart bounds the part of a template that is rewritten in memory.
const maxRefillPart = 32 << 20

// Refill writes the book to w with everything below record keep of the sheet
// replaced by rows. All else stays as it is: encoding, byte order mark, separator
// and line ends of a CSV; every other part, the sheets' names and order, column
// widths, styles and lists of a workbook. Cells are text, written as given.
//
// Errors: ErrUnreadable, ErrTooLarge.
func (s *Sheet) Refill(w io.Writer, keep int, rows [][]string) error {
	if s.book.Format == CSV {
		return s.book.refillCSV(w, keep, rows)
	}
	return s.book.refillXLSX(w, s, keep, rows)
}

func (b *Book) refillCSV(w io.Writer, keep int, rows [][]string) error {
	head, err := b.textThrough(keep)
	if err != nil {
		return err
	}
	newline := "\r\n"
	switch {
	case strings.HasSuffix(head, "\r\n"):
	case strings.HasSuffix(head, "\n"):
		newline = "\n"
	case strings.HasSuffix(head, "\r"):
		newline = "\r"
	case b.csv.newline == '\n' && head != "":
		head += newline
	}
	var out strings.Builder
	out.WriteString(head)
	for _, row := range rows {
		for i, c := range row {
			if i > 0 {
				out.WriteByte(b.csv.sep)
			}
			if strings.ContainsAny(c, "\"\r\n") || strings.IndexByte(c, b.csv.sep) >= 0 {
				c = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
			}
			out.WriteString(c)
		}
		out.WriteString(newline)
	}
	mark := make([]byte, b.csv.skip)
	if _, err := b.r.ReadAt(mark, 0); err != nil && err != io.EOF {
		return ErrUnreadable.Because(err)
	}
	if _, err := w.Write(mark); err != nil {
		return err
	}
	if b.csv.decode == nil {
		_, err := io.WriteString(w, out.String())
		return err
	}
	enc := encoding.ReplaceUnsupported(b.csv.decode.NewEncoder())
	text, err := enc.String(out.String())
	if err != nil {
		return ErrUnreadable.Because(err)
	}
	_, err = io.WriteString(w, text)
	return err
}

// textThrough is the decoded text up to the end of that record.
func (b *Book) textThrough(keep int) (string, error) {
	p := &csvParser{r: b.decoded(), sep: b.csv.sep, newline: b.csv.newline, lim: b.lim, buf: make([]byte, 64<<10)}
	var length int64
	for range keep {
		before := p.end - p.pos
		read := p.total
		if _, err := p.next(); err != nil {
			return "", ErrUnreadable.Because(err)
		}
		length += int64(before) + (p.total - read) - int64(p.end-p.pos)
	}
	if length > maxRefillPart {
		return "", tooLarge("template_bytes", maxRefillPart)
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(b.decoded(), text); err != nil {
		return "", ErrUnreadable.Because(err)
	}
	return string(text), nil
}

func (b *Book) refillXLSX(w io.Writer, s *Sheet, keep int, rows [][]string) error {
	part := b.x.files[strings.ToLower(s.part)]
	if part == nil || part.UncompressedSize64 > maxRefillPart {
		return tooLarge("template_bytes", maxRefillPart)
	}
	rc, err := part.Open()
	if err != nil {
		return ErrUnreadable.Because(err)
	}
	defer rc.Close()
	xml, err := io.ReadAll(&boundReader{r: rc, left: int64(part.UncompressedSize64)})
	if err != nil {
		return err
	}
	fresh, err := refillSheet(xml, keep, rows)
	if err != nil {
		return err
	}
	src, err := zip.NewReader(b.r, b.size)
	if err != nil {
		return ErrUnreadable.Because(err)
	}
	z := zip.NewWriter(w)
	for _, f := range src.File {
		if f.Name != part.Name {
			if err := z.Copy(f); err != nil {
				return ErrUnreadable.Because(err)
			}
			continue
		}
		out, err := z.Create(f.Name)
		if err != nil {
			return err
		}
		if _, err := out.Write(fresh); err != nil {
			return err
		}
	}
	return z.Close()
}

var (
	sheetDataTag = regexp.MustCompile(`(?s)<((?:\w+:)?)sheetData\b[^>]*?(/>|>)`)
	rowElement   = regexp.MustCompile(`(?s)<(?:\w+:)?row\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?row\s*>)`)
	cellTag      = regexp.MustCompile(`<(?:\w+:)?c\b([^>]*)`)
	refAttr      = regexp.MustCompile(`\br="([A-Z]*)(\d+)"`)
	styleAttr    = regexp.MustCompile(`\bs="(\d+)"`)
	dimensionTag = regexp.MustCompile(`(<(?:\w+:)?dimension\b[^>]*?\bref=")[^"]*(")`)
	mergeCell    = regexp.MustCompile(`<(?:\w+:)?mergeCell\b[^>]*?\bref="[A-Z]+(\d+)[^"]*"[^>]*?(?:/>|></(?:\w+:)?mergeCell>)`)
	mergeCells   = regexp.MustCompile(`(?s)<(?:\w+:)?mergeCells\b[^>]*>(.*?)</(?:\w+:)?mergeCells>`)
)

// refillSheet replaces the rows below keep in a sheet's XML. New cells take the
// style of the first row that goes, which is the template's example.
func refillSheet(xml []byte, keep int, rows [][]string) ([]byte, error) {
	at := sheetDataTag.FindSubmatchIndex(xml)
	if at == nil {
		return nil, ErrUnreadable
	}
	prefix := string(xml[at[2]:at[3]])
	open, close := "<"+prefix+"sheetData>", "</"+prefix+"sheetData>"
	body, rest := []byte(nil), xml[at[1]:]
	if string(xml[at[4]:at[5]]) == ">" {
		end := bytes.Index(rest, []byte(close))
		if end < 0 {
			return nil, ErrUnreadable
		}
		body, rest = rest[:end], rest[end+len(close):]
	}
	var out bytes.Buffer
	styles, no, width := map[int]string(nil), 0, 1
	for _, m := range rowElement.FindAllSubmatchIndex(body, -1) {
		no++
		if r := refAttr.FindSubmatch(body[m[2]:m[3]]); r != nil {
			no = atoi(r[2])
		}
		if no <= keep {
			out.Write(body[m[0]:m[1]])
		} else if styles == nil && m[4] >= 0 {
			styles = cellStyles(body[m[4]:m[5]])
		}
	}
	for i, row := range rows {
		width = max(width, len(row))
		writeTemplateRow(&out, prefix, keep+1+i, row, styles)
	}
	head := dimensionTag.ReplaceAll(xml[:at[0]], fmt.Appendf(nil, "${1}A1:%s%d${2}", columnName(width-1), keep+len(rows)))
	tail := mergeCells.ReplaceAllFunc(rest, func(all []byte) []byte {
		left := mergeCell.ReplaceAllFunc(all, func(one []byte) []byte {
			if atoi(mergeCell.FindSubmatch(one)[1]) > keep {
				return nil
			}
			return one
		})
		if !mergeCell.Match(left) {
			return nil
		}
		return regexp.MustCompile(` count="\d+"`).ReplaceAll(left, nil)
	})
	return bytes.Join([][]byte{head, []byte(open), out.Bytes(), []byte(close), tail}, nil), nil
}

func cellStyles(row []byte) map[int]string {
	styles := map[int]string{}
	col := 0
	for _, m := range cellTag.FindAllSubmatch(row, -1) {
		if r := refAttr.FindSubmatch(m[1]); r != nil {
			col = column(r[1])
		}
		if s := styleAttr.FindSubmatch(m[1]); s != nil {
			styles[col] = string(s[1])
		}
		col++
	}
	return styles
}

func writeTemplateRow(out *bytes.Buffer, prefix string, no int, row []string, styles map[int]string) {
	n := strconv.Itoa(no)
	fmt.Fprintf(out, `<%srow r="%s">`, prefix, n)
	for i, c := range row {
		if c == "" {
			continue
		}
		style := ""
		if s, ok := styles[i]; ok {
			style = ` s="` + s + `"`
		}
		fmt.Fprintf(out, `<%[1]sc r="%[2]s%[3]s"%[4]s t="inlineStr"><%[1]sis><%[1]st xml:space="preserve">%[5]s</%[1]st></%[1]sis></%[1]sc>`,
			prefix, columnName(i), n, style, escapeAttr(printable(c)))
	}
	fmt.Fprintf(out, "</%srow>", prefix)
}

// printable replaces what XML cannot hold.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' || r == utf8.RuneError || r == 0xFFFE || r == 0xFFFF {
			return ' '
		}
		return r
	}, s)
}

// Choices are the values that a list validation of the workbook allows in a
// column of the sheet, nil where there is none.
func (s *Sheet) Choices(col int) ([]string, error) {
	if s.book.Format != XLSX {
		return nil, nil
	}
	formula, in, fits := "", false, false
	var text []byte
	err := s.book.scan(s.part, func(x *xmlScan, t token) error {
		switch name := string(x.name); {
		case t == tokStart && name == "dataValidation":
			fits = string(x.attr("type")) == "list" && column(x.attr("sqref")) == col
		case t == tokStart && (name == "formula1" || in && name == "f"):
			in, text = fits, text[:0]
		case t == tokText && in:
			text = x.appendText(text)
		case t == tokEnd && name == "formula1" && in:
			in, formula = false, string(text)
			return Stop
		}
		return nil
	})
	if err != nil || formula == "" {
		return nil, err
	}
	formula = strings.TrimSpace(formula)
	if strings.HasPrefix(formula, `"`) {
		return strings.Split(strings.Trim(formula, `"`), ","), nil
	}
	return s.book.rangeValues(formula)
}

var rangeRef = regexp.MustCompile(`^'?(.+?)'?!\$?([A-Z]+)\$?(\d*)(?::\$?[A-Z]+\$?(\d*))?$`)

// rangeValues reads a one-column range such as 'carriers'!$A$2:$A$8.
func (b *Book) rangeValues(ref string) ([]string, error) {
	m := rangeRef.FindStringSubmatch(ref)
	if m == nil {
		return nil, nil
	}
	from, to, col := atoi([]byte(m[3])), atoi([]byte(m[4])), column([]byte(m[2]))
	var out []string
	for _, s := range b.Sheets {
		if s.Name != m[1] {
			continue
		}
		err := s.Each(func(no int, cells []string) error {
			if to > 0 && no > to || len(out) >= 10_000 {
				return Stop
			}
			if no >= from && col < len(cells) && Clean(cells[col]) != "" {
				out = append(out, Clean(cells[col]))
			}
			return nil
		})
		return out, err
	}
	return nil, nil
}
