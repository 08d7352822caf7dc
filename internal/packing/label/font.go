package label

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/signintech/gopdf"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

//go:embed NotoSansSC-Regular.ttf.gz
var packedFont []byte

const family = "label"

// font is the unpacked font: as gopdf parsed it, once for all documents, and for
// measuring.
type font struct {
	pdf     *gopdf.FontContainer
	measure *sfnt.Font
}

var theFont = sync.OnceValues(func() (*font, error) {
	z, err := gzip.NewReader(bytes.NewReader(packedFont))
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	f := &font{pdf: &gopdf.FontContainer{}}
	if err := f.pdf.AddTTFFontData(family, data); err != nil {
		return nil, err
	}
	f.measure, err = sfnt.Parse(data)
	return f, err
})

// face measures text. It belongs to one document.
type face struct {
	font   *sfnt.Font
	buffer sfnt.Buffer
	units  float64
	seen   map[rune]glyph
}

// glyph is a character's shape: its number, 0 for none, and its width in units.
type glyph struct {
	no    sfnt.GlyphIndex
	width float64
}

func newFace(f *font) *face {
	return &face{font: f.measure, units: float64(f.measure.UnitsPerEm()), seen: map[rune]glyph{}}
}

func (f *face) glyph(r rune) glyph {
	if g, ok := f.seen[r]; ok {
		return g
	}
	var g glyph
	if no, err := f.font.GlyphIndex(&f.buffer, r); err == nil {
		g.no = no
		wide, err := f.font.GlyphAdvance(&f.buffer, no, fixed.I(int(f.units)), 0)
		if err == nil {
			g.width = float64(wide) / 64
		}
	}
	f.seen[r] = g
	return g
}

// width is how wide a text runs, in millimetres.
func (f *face) width(text string, size float64) float64 {
	var units float64
	for _, r := range text {
		units += f.glyph(r).width
	}
	return units / f.units * size * point
}

// printable puts 〓 for characters the font does not have, and notes them. Signs that
// only join or colour others leave.
func (f *face) printable(text string, missing *[]rune) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Mn, unicode.Variation_Selector):
			return -1
		case f.glyph(r).no != 0 || r == ' ':
			return r
		case unicode.In(r, unicode.So, unicode.Sk) && !slices.Contains(*missing, r): // emoji say nothing to a courier
			*missing = append(*missing, r)
			return -1
		case unicode.In(r, unicode.So, unicode.Sk):
			return -1
		}
		if !slices.Contains(*missing, r) {
			*missing = append(*missing, r)
		}
		return '〓'
	}, text)
}

// hangs reports whether a line must not begin with the character.
func hangs(r rune) bool {
	return strings.ContainsRune("，。；：、！？）】》”’%,.;:!?)]}", r)
}

// word reports whether characters belong together: numbers and Latin words are not
// torn while a line can hold them.
func word(r rune) bool {
	return r < 0x2E80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) || r == '-' || r == '#'
}

// wrap breaks a text into lines, between any two Chinese characters. No character is
// lost but blanks at the ends of lines.
func (f *face) wrap(text string, width, size float64) (lines []string) {
	units := width / point / size * f.units
	for len(text) > 0 {
		end := f.fit(text, units)
		if end < len(text) {
			end = backOff(text, end)
		}
		line := strings.TrimRight(text[:end], " ")
		text = strings.TrimLeft(text[end:], " ")
		lines = append(lines, line)
	}
	return lines
}

// fit is how many bytes of the text a line holds; one character at least.
func (f *face) fit(text string, units float64) int {
	used := 0.0
	for at, r := range text {
		used += f.glyph(r).width
		if used > units && at > 0 {
			return at
		}
	}
	return len(text)
}

// backOff moves a break so that it tears no word and begins no line with a stop.
func backOff(text string, end int) int {
	at := end
	for at > 0 {
		next, _ := utf8.DecodeRuneInString(text[at:])
		last, w := utf8.DecodeLastRuneInString(text[:at])
		if !hangs(next) && !(word(next) && word(last)) {
			return at
		}
		at -= w
	}
	return end // one word fills the line: it is torn after all
}

// cut shortens a text to one line, keeping its last character, which says so.
func (f *face) cut(text string, width, size float64) string {
	for f.width(text, size) > width {
		last, w := utf8.DecodeLastRuneInString(text)
		head := text[:len(text)-w]
		_, v := utf8.DecodeLastRuneInString(head)
		if v == 0 || v == len(head) {
			return text
		}
		text = head[:len(head)-v] + string(last)
	}
	return text
}
