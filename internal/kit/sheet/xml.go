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
			i := bytes.IndexByte(x.buf[x.pos:x.end], '<')
			if i < 0 {
				var err error
				if i, err = x.find([]byte{'<'}, 0); err != nil {
					return 0, err
				}
				if i < 0 {
					i = x.end - x.pos
				}
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
	if c := x.buf[x.pos+1 : x.end]; len(c) > 0 && (c[0] == '?' || c[0] == '!') {
		return x.special()
	}
	i, err := x.tagEnd()
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

// tagEnd is the offset of the '>' that closes the tag at pos; one inside an
// attribute's quotes does not.
func (x *xmlScan) tagEnd() (int, error) {
	quote := byte(0)
	for i := 1; ; i++ {
		for x.pos+i >= x.end {
			if x.eof {
				return -1, nil
			}
			if err := x.fill(); err != nil {
				return 0, err
			}
		}
		switch c := x.buf[x.pos+i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '>':
			return i, nil
		case c == '"' || c == '\'':
			quote = c
		}
	}
}

// special passes over comments and instructions and reads CDATA as text.
func (x *xmlScan) special() (tok token, again bool, err error) {
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
	return 0, false, ErrUnreadable // a DTD has no place here
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
	i := 0
	for i < len(in) && in[i] > ' ' {
		i++
	}
	x.name, x.attrs = local(in[:i]), in[i:]
	return tokStart, false, nil
}

func local(name []byte) []byte {
	for i, c := range name {
		if c == ':' {
			return name[i+1:]
		}
	}
	return name
}

// attr is the raw value of the tag's attribute with that local name, or nil.
func (x *xmlScan) attr(name string) []byte {
	for d := x.attrs; ; {
		var key, value []byte
		if key, value, d = nextAttr(d); key == nil || string(key) == name {
			return value
		}
	}
}

// nextAttr reads the first attribute of d; key is nil when there is none.
func nextAttr(d []byte) (key, value, rest []byte) {
	i := 0
	for i < len(d) && d[i] <= ' ' {
		i++
	}
	from := i
	for i < len(d) && d[i] != '=' {
		i++
	}
	key = d[from:i]
	for i++; i < len(d) && d[i] <= ' '; i++ {
	}
	if i >= len(d) || d[i] != '"' && d[i] != '\'' {
		return nil, nil, nil
	}
	end := bytes.IndexByte(d[i+1:], d[i])
	if end < 0 {
		return nil, nil, nil
	}
	return local(bytes.TrimRight(key, " \t\r\n")), d[i+1 : i+1+end], d[i+end+2:]
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
