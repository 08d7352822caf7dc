package sheet

import (
	"bufio"
	"io"
	"strings"
)

// Cell is one cell to write: text, or a number that may be summed.
type Cell struct {
	Text   string
	Number bool
}

// Str is a text cell: ids, phones and codes too, however numeric they look.
func Str(s string) Cell { return Cell{Text: s} }

// Num is a number cell; s must be plain decimal digits, as money.Fen.Yuan or
// strconv write them. Anything else is written as text.
func Num(s string) Cell { return Cell{Text: s, Number: plainNumber(s)} }

// Writer writes one table, row by row, without holding it.
type Writer interface {
	// Row writes the next row.
	Row(cells []Cell) error
	// Close writes what ends the file. It does not close the underlying writer.
	Close() error
}

// plainNumber matches -12.50, not 1E5, 007 or an id beyond 15 digits.
func plainNumber(s string) bool {
	d := strings.TrimPrefix(s, "-")
	whole, frac, dot := strings.Cut(d, ".")
	if !digits(whole) || dot && !digits(frac) || len(whole)+len(frac) > 15 {
		return false
	}
	return len(whole) == 1 || whole[0] != '0'
}

// Guard makes text that a spreadsheet program would run as a formula harmless: an
// apostrophe goes before it. Unguard takes it off again.
func Guard(s string) string {
	if risky(s) || len(s) > 1 && s[0] == '\'' && (risky(s[1:]) || s[1] == '\'') {
		return "'" + s
	}
	return s
}

// Unguard reads a cell of a file that this package wrote.
func Unguard(s string) string {
	if len(s) > 1 && s[0] == '\'' && (risky(s[1:]) || s[1] == '\'') {
		return s[1:]
	}
	return s
}

func risky(s string) bool {
	if s == "" {
		return false
	}
	switch s[0] {
	case '=', '+', '-', '@', '\t', '\r', '\n', '|', '%':
		return true
	}
	// Full-width twins are formulas to some programs as well.
	for _, p := range []string{"＝", "＋", "－", "＠"} {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// mangled tells whether a spreadsheet program would show the text as a number
// and lose digits or zeros on the way.
func mangled(s string) bool {
	if len(s) == 0 || s[0] < '0' || s[0] > '9' {
		return false
	}
	if digits(s) {
		return len(s) > 11 || s[0] == '0' && len(s) > 1
	}
	if scientificLike(s) {
		return true
	}
	// Dates: 1-2, 2026/3. Numbers with a trailing zero decimal: 1.10.
	return strings.Trim(s, "0123456789-/.") == "" && len(s) <= 10
}

func scientificLike(s string) bool {
	e := strings.IndexAny(s, "eE")
	if e < 1 {
		return false
	}
	mant := strings.Replace(s[:e], ".", "", 1)
	exp := strings.TrimLeft(s[e+1:], "+-")
	return digits(mant) && digits(exp)
}

// csvWriter writes UTF-8 with a byte order mark, commas and CRLF.
type csvWriter struct {
	w     *bufio.Writer
	began bool
}

// NewCSV starts a CSV on w. Text that looks like a formula is guarded, and text
// that a spreadsheet program would turn into a number gets a tab behind it, the
// way channels' own exports do; Clean takes that off.
func NewCSV(w io.Writer) Writer { return &csvWriter{w: bufio.NewWriterSize(w, 64<<10)} }

func (c *csvWriter) Row(cells []Cell) error {
	if !c.began {
		c.began = true
		c.w.WriteString("\ufeff")
	}
	for i, cell := range cells {
		if i > 0 {
			c.w.WriteByte(',')
		}
		s := cell.Text
		if !cell.Number {
			if s = Guard(s); mangled(s) {
				s += "\t"
			}
		}
		writeField(c.w, s)
	}
	_, err := c.w.WriteString("\r\n")
	return err
}

func writeField(w *bufio.Writer, s string) {
	if strings.ContainsAny(s, ",\"\r\n\t") || s != "" && (s[0] == ' ' || s[len(s)-1] == ' ') {
		w.WriteByte('"')
		for i := strings.IndexByte(s, '"'); i >= 0; i = strings.IndexByte(s, '"') {
			w.WriteString(s[:i+1])
			w.WriteByte('"')
			s = s[i+1:]
		}
		w.WriteString(s)
		w.WriteByte('"')
		return
	}
	w.WriteString(s)
}

func (c *csvWriter) Close() error {
	if !c.began {
		c.w.WriteString("\ufeff")
	}
	return c.w.Flush()
}
