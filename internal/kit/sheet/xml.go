package sheet

import (
	"bytes"
	"io"
	"strconv"
	"unicode/utf8"
)

// token kinds of xmlScan.
type token uint8

const (
	tokEOF   token = iota
	tokStart       // <name …> or <name …/>; see self
	tokEnd         // </name>
	tokText        // text between tags, still escaped unless cdata
)

// xmlScan is a pull scanner for the XML inside XLSX: no name spaces, no DTD, no
// entities but the five and numbers, and a bounded buffer. encoding/xml costs
// ten times as much, which would break the time bound on a bomb.
type xmlScan struct {
	r        io.Reader
	buf      []byte
	pos, end int
	eof      bool
	max      int // longest tag or text

	name  []byte // local name of the tag
	attrs []byte
	self  bool
	text  []byte
	cdata bool
}

func newXMLScan(r io.Reader, max int) *xmlScan {
	return &xmlScan{r: r, buf: make([]byte, 64<<10), max: max}
}

// find returns the offset from pos of the first want, filling as needed, or -1 at
// the end of the input. skip bytes from pos are not searched.
func (x *xmlScan) find(want []byte, skip int) (int, error) {
	from := skip
	for {
		if d := x.buf[x.pos:x.end]; len(d) > from {
			if i := bytes.Index(d[from:], want); i >= 0 {
				return from + i, nil
			}
			from = max(skip, len(d)-len(want)+1)
		}
		if x.eof {
			return -1, nil
		}
		if err := x.fill(); err != nil {
			return 0, err
		}
	}
}

func (x *xmlScan) fill() error {
	if x.pos > 0 {
		copy(x.buf, x.buf[x.pos:x.end])
		x.end -= x.pos
		x.pos = 0
	}
	if x.end == len(x.buf) {
		if len(x.buf) >= 2*x.max {
			return tooLarge("cell_bytes", int64(x.max))
		}
		x.buf = append(x.buf, make([]byte, len(x.buf))...)
	}
	n, err := x.r.Read(x.buf[x.end:])
	x.end += n
	if err == io.EOF {
		x.eof = true
		return nil
	}
	return err
}

// next reads one token. Comments and processing instructions are passed over.
func (x *xmlScan) next() (token, error) {
	for {
		if x.pos == x.end {
			if x.eof {
				return tokEOF, nil
			}
			if err := x.fill(); err != nil {
				return 0, err
			}
			continue
		}
		if x.buf[x.pos] != '<' {
			i, err := x.find([]byte{'<'}, 0)
			if err != nil {
				return 0, err
			}
			if i < 0 {
				i = x.end - x.pos
			}
			x.text, x.cdata = x.buf[x.pos:x.pos+i], false
			x.pos += i
			return tokText, nil
		}
		tok, again, err := x.tag()
		if err != nil || !again {
			return tok, err
		}
	}
}

// tag reads what starts with '<'. again means that it was no token.
func (x *xmlScan) tag() (tok token, again bool, err error) {
	for x.end-x.pos < 9 && !x.eof {
		if err := x.fill(); err != nil {
			return 0, false, err
		}
	}
	d := x.buf[x.pos:x.end]
	for _, skip := range []struct{ open, close string }{{"<?", "?>"}, {"<!--", "-->"}, {"<![CDATA[", "]]>"}} {
		if !bytes.HasPrefix(d, []byte(skip.open)) {
			continue
		}
		i, err := x.find([]byte(skip.close), len(skip.open))
		if err != nil {
			return 0, false, err
		}
		if i < 0 {
			return 0, false, ErrUnreadable
		}
		at := x.pos
		x.pos += i + len(skip.close)
		if skip.open == "<![CDATA[" {
			x.text, x.cdata = x.buf[at+len(skip.open):at+i], true
			return tokText, false, nil
		}
		return 0, true, nil
	}
	if bytes.HasPrefix(d, []byte("<!")) {
		return 0, false, ErrUnreadable // a DTD has no place here
	}
	i, err := x.find([]byte{'>'}, 1)
	// A '>' may stand inside an attribute's quotes.
	for err == nil && i >= 0 && bytes.Count(x.buf[x.pos:x.pos+i], []byte{'"'})%2 == 1 {
		i, err = x.find([]byte{'>'}, i+1)
	}
	if err != nil {
		return 0, false, err
	}
	if i < 0 {
		return 0, false, ErrUnreadable
	}
	in := x.buf[x.pos+1 : x.pos+i]
	x.pos += i + 1
	return x.element(in)
}

func (x *xmlScan) element(in []byte) (token, bool, error) {
	if len(in) == 0 {
		return 0, false, ErrUnreadable
	}
	if in[0] == '/' {
		x.name = local(bytes.TrimSpace(in[1:]))
		return tokEnd, false, nil
	}
	x.self = in[len(in)-1] == '/'
	if x.self {
		in = in[:len(in)-1]
	}
	i := bytes.IndexAny(in, " \t\r\n")
	if i < 0 {
		i = len(in)
	}
	x.name, x.attrs = local(in[:i]), in[i:]
	return tokStart, false, nil
}

func local(name []byte) []byte {
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		return name[i+1:]
	}
	return name
}

// attr is the raw value of the tag's attribute with that local name, or nil.
func (x *xmlScan) attr(name string) []byte {
	d := x.attrs
	for {
		eq := bytes.IndexByte(d, '=')
		if eq < 0 {
			return nil
		}
		key := local(bytes.TrimSpace(d[:eq]))
		d = bytes.TrimLeft(d[eq+1:], " \t\r\n")
		if len(d) < 2 || (d[0] != '"' && d[0] != '\'') {
			return nil
		}
		end := bytes.IndexByte(d[1:], d[0])
		if end < 0 {
			return nil
		}
		if string(key) == name {
			return d[1 : 1+end]
		}
		d = d[end+2:]
	}
}

// appendText adds the current text to dst, unescaped.
func (x *xmlScan) appendText(dst []byte) []byte {
	if x.cdata || bytes.IndexByte(x.text, '&') < 0 {
		return append(dst, x.text...)
	}
	return appendUnescaped(dst, x.text)
}

var entities = map[string]byte{"lt": '<', "gt": '>', "amp": '&', "quot": '"', "apos": '\''}

func appendUnescaped(dst, s []byte) []byte {
	for {
		i := bytes.IndexByte(s, '&')
		if i < 0 {
			return append(dst, s...)
		}
		dst = append(dst, s[:i]...)
		s = s[i:]
		semi := bytes.IndexByte(s, ';')
		if semi < 2 || semi > 12 {
			dst, s = append(dst, '&'), s[1:]
			continue
		}
		name := string(s[1:semi])
		if c, ok := entities[name]; ok {
			dst = append(dst, c)
		} else if r, ok := charRef(name); ok {
			dst = utf8.AppendRune(dst, r)
		} else {
			dst = append(dst, s[:semi+1]...)
		}
		s = s[semi+1:]
	}
}

func charRef(name string) (rune, bool) {
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	base, d := 10, name[1:]
	if d[0] == 'x' || d[0] == 'X' {
		base, d = 16, d[1:]
	}
	n, err := strconv.ParseUint(d, base, 32)
	return rune(n), err == nil && n <= utf8.MaxRune
}
