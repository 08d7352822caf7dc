package sheet

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// dialect is how one CSV is written.
type dialect struct {
	skip    int64 // length of the byte order mark
	decode  encoding.Encoding
	sep     byte
	newline byte // '\n', or '\r' in files that have no '\n' at all
}

const (
	utf8Name    = "utf-8"
	utf8BOMName = "utf-8-bom"
	gbName      = "gb18030"
	utf16LEName = "utf-16le"
	utf16BEName = "utf-16be"
)

func (b *Book) openCSV(head []byte) error {
	if err := b.detectEncoding(head); err != nil {
		return err
	}
	b.csv.sep, b.csv.newline = ',', '\n'
	sample := make([]byte, 64<<10)
	n, err := io.ReadFull(b.decoded(), sample)
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return ErrUnreadable.Because(err)
	}
	sample = sample[:n]
	if len(bytes.TrimSpace(bytes.Trim(sample, "\ufeff"))) == 0 && int64(n) < 64<<10 {
		return ErrEmpty
	}
	if bytes.IndexByte(sample, '\n') < 0 && bytes.IndexByte(sample, '\r') >= 0 {
		b.csv.newline = '\r'
	}
	b.csv.sep = separator(sample, b.csv.newline)
	b.Sheets = []*Sheet{{book: b}}
	return nil
}

// detectEncoding: a byte order mark decides; else text that is valid UTF-8 is
// UTF-8; else GB18030. A UTF-8 file with a broken byte or two stays UTF-8, as
// reading it as GB18030 would garble every line.
func (b *Book) detectEncoding(head []byte) error {
	set := func(name string, skip int64, e encoding.Encoding) error {
		b.Encoding, b.csv.skip, b.csv.decode = name, skip, e
		return nil
	}
	le := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	be := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	switch {
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		return set(utf8BOMName, 3, nil)
	case bytes.HasPrefix(head, []byte("\xFF\xFE")):
		return set(utf16LEName, 2, le)
	case bytes.HasPrefix(head, []byte("\xFE\xFF")):
		return set(utf16BEName, 2, be)
	}
	if zeros := bytes.Count(head, []byte{0}); zeros > 0 {
		// Text holds no zero bytes, except ASCII in UTF-16 without a mark.
		odd, even := 0, 0
		for i, c := range head {
			if c == 0 && i%2 == 1 {
				odd++
			} else if c == 0 {
				even++
			}
		}
		switch {
		case even == 0 && odd*20 > len(head):
			return set(utf16LEName, 0, le)
		case odd == 0 && even*20 > len(head):
			return set(utf16BEName, 0, be)
		}
		return ErrUnreadable
	}
	good, bad, err := b.countUTF8()
	if err != nil {
		return err
	}
	if bad == 0 || good > 50*bad {
		return set(utf8Name, 0, nil)
	}
	return set(gbName, 0, simplifiedchinese.GB18030)
}

// countUTF8 counts well-formed multi-byte sequences and broken bytes in the file.
func (b *Book) countUTF8() (good, bad int64, err error) {
	buf := make([]byte, 256<<10)
	keep := 0
	src := io.NewSectionReader(b.r, 0, b.size)
	for {
		n, rerr := src.Read(buf[keep:])
		chunk := buf[:keep+n]
		keep = 0
		for i := 0; i < len(chunk); {
			if chunk[i] < utf8.RuneSelf {
				i++
				continue
			}
			if !utf8.FullRune(chunk[i:]) && rerr == nil {
				keep = copy(buf, chunk[i:])
				break
			}
			r, size := utf8.DecodeRune(chunk[i:])
			if r == utf8.RuneError && size == 1 {
				bad++
			} else {
				good++
			}
			i += size
		}
		if rerr == io.EOF {
			return good, bad, nil
		}
		if rerr != nil {
			return 0, 0, ErrUnreadable.Because(rerr)
		}
		if bad > 1000 && good < 50*bad {
			return good, bad, nil // GB18030 beyond doubt
		}
	}
}

// decoded is the file's text in UTF-8 from the first byte after the mark.
func (b *Book) decoded() io.Reader {
	src := io.NewSectionReader(b.r, b.csv.skip, b.size-b.csv.skip)
	if b.csv.decode == nil {
		return src
	}
	return b.csv.decode.NewDecoder().Reader(src)
}

// separator picks what splits the first lines. Cells that end in a tab beside
// commas are usual, so a comma wins unless another mark is twice as frequent.
func separator(sample []byte, newline byte) byte {
	lines := bytes.SplitN(sample, []byte{newline}, 21)
	if first := strings.ToLower(strings.TrimSpace(string(lines[0]))); len(first) == 5 && strings.HasPrefix(first, "sep=") {
		return first[4]
	}
	if len(lines) > 20 {
		lines = lines[:20]
	}
	var comma, tab, semi int
	quoted := false
	for _, l := range lines {
		for _, c := range l {
			switch {
			case c == '"':
				quoted = !quoted
			case quoted:
			case c == ',':
				comma++
			case c == '\t':
				tab++
			case c == ';':
				semi++
			}
		}
	}
	switch {
	case comma*2 >= tab && comma*2 >= semi:
		return ','
	case tab >= semi:
		return '\t'
	}
	return ';'
}

func (b *Book) eachCSV(fn func(int, []string) error) error {
	p := &csvParser{r: b.decoded(), sep: b.csv.sep, newline: b.csv.newline, lim: b.lim, buf: make([]byte, 128<<10)}
	for no := 1; ; no++ {
		cells, err := p.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if int64(no) > b.lim.Rows {
			return tooLarge("rows", b.lim.Rows)
		}
		if err := fn(no, cells); err != nil {
			return err
		}
	}
}

// csvParser reads RFC 4180 and what real exports make of it: quotes inside plain
// cells, unescaped quotes inside quoted cells, and quotes nobody closes.
type csvParser struct {
	r            io.Reader
	sep, newline byte
	lim          Limits
	buf          []byte
	pos, end     int
	total        int64 // bytes taken from r
	eof          bool
	text         []byte // cells of the record, one after another
	ends         []int
	cells        []string
}

// maxQuotedLines bounds how far an open quote may reach before it is taken for a
// plain character: no note has that many lines.
const maxQuotedLines = 200

func (p *csvParser) next() ([]string, error) {
	for {
		if n, ok := p.record(p.buf[p.pos:p.end]); ok {
			p.pos += n
			return p.take()
		}
		if p.eof {
			if p.pos == p.end {
				return nil, io.EOF
			}
			return nil, ErrUnreadable
		}
		if err := p.fill(); err != nil {
			return nil, err
		}
	}
}

func (p *csvParser) take() ([]string, error) {
	if len(p.ends) > p.lim.Columns {
		return nil, tooLarge("columns", int64(p.lim.Columns))
	}
	all := string(p.text)
	p.cells = p.cells[:0]
	start := 0
	for _, e := range p.ends {
		if e-start > p.lim.CellBytes {
			return nil, tooLarge("cell_bytes", int64(p.lim.CellBytes))
		}
		p.cells = append(p.cells, all[start:e])
		start = e
	}
	return p.cells, nil
}

func (p *csvParser) fill() error {
	if p.pos > 0 {
		copy(p.buf, p.buf[p.pos:p.end])
		p.end -= p.pos
		p.pos = 0
	}
	if p.end == len(p.buf) {
		if len(p.buf) > 16*p.lim.CellBytes+(1<<20) {
			return tooLarge("cell_bytes", int64(p.lim.CellBytes))
		}
		p.buf = append(p.buf, make([]byte, len(p.buf))...)
	}
	n, err := p.r.Read(p.buf[p.end:])
	p.end += n
	p.total += int64(n)
	if err == io.EOF {
		p.eof = true
		return nil
	}
	if err != nil {
		return ErrUnreadable.Because(err)
	}
	return nil
}

// record parses one record at the start of d into text and ends. It reports
// false where d must grow first.
func (p *csvParser) record(d []byte) (int, bool) {
	if len(d) == 0 {
		return 0, false
	}
	p.text, p.ends = p.text[:0], p.ends[:0]
	i := 0
	for {
		next, done, ok := 0, false, false
		if i < len(d) && d[i] == '"' {
			mark := len(p.text)
			var broken bool
			if next, done, ok, broken = p.quoted(d, i); broken {
				p.text = p.text[:mark]
				next, done, ok = p.plain(d, i)
			}
		} else {
			next, done, ok = p.plain(d, i)
		}
		if !ok {
			return 0, false
		}
		p.ends = append(p.ends, len(p.text))
		if done {
			return next, true
		}
		i = next
	}
}

// plain reads an unquoted cell that starts at i. next is where reading goes on,
// done says that the record ended.
func (p *csvParser) plain(d []byte, i int) (next int, done, ok bool) {
	j := i
	for j < len(d) && d[j] != p.sep && d[j] != p.newline {
		j++
	}
	if j == len(d) {
		if !p.eof {
			return 0, false, false
		}
		p.text = append(p.text, d[i:j]...)
		return j, true, true
	}
	cell := d[i:j]
	if d[j] == p.newline {
		if len(cell) > 0 && cell[len(cell)-1] == '\r' {
			cell = cell[:len(cell)-1]
		}
		p.text = append(p.text, cell...)
		return j + 1, true, true
	}
	p.text = append(p.text, cell...)
	return j + 1, false, true
}

// quoted reads a cell that starts with a quote at i. broken means that the quote
// is better taken for a plain character.
func (p *csvParser) quoted(d []byte, i int) (next int, done, ok, broken bool) {
	j := i + 1
	for {
		k := bytes.IndexByte(d[j:], '"')
		if k < 0 {
			if p.eof || len(d)-i > 2*p.lim.CellBytes {
				return 0, false, false, true
			}
			return 0, false, false, false
		}
		q := j + k
		p.text = append(p.text, d[j:q]...)
		if q+1 == len(d) && !p.eof {
			return 0, false, false, false
		}
		if q+1 < len(d) && d[q+1] == '"' {
			p.text = append(p.text, '"')
			j = q + 2
			continue
		}
		e := q + 1
		for e < len(d) && (d[e] == ' ' || d[e] == '\t' || d[e] == '\r') && d[e] != p.sep && d[e] != p.newline {
			e++
		}
		switch {
		case e == len(d) && !p.eof:
			return 0, false, false, false
		case e == len(d):
			return e, true, true, false
		case d[e] == p.newline:
			return e + 1, true, true, bytes.Count(d[i:q], []byte{p.newline}) > maxQuotedLines
		case d[e] == p.sep:
			return e + 1, false, true, bytes.Count(d[i:q], []byte{p.newline}) > maxQuotedLines
		}
		// A quote in the middle: part of the text, unless the cell already spans
		// lines; then the opening quote was a stray one.
		if bytes.IndexByte(d[i:q], p.newline) >= 0 {
			return 0, false, false, true
		}
		p.text = append(p.text, '"')
		j = q + 1
	}
}
