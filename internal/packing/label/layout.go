package label

import (
	"strconv"
	"strings"
	"unicode"
)

// run is one line of text at its base line.
type run struct {
	x, y, size    float64
	text          string
	bold, inverse bool
}

// page is one laid out label or sheet.
type page struct {
	size    Size
	rects   []rect
	runs    []run
	missing []rune // printed as 〓
}

// stroke is how wide lines and frames are.
const stroke = 0.3

// lay puts a label on a page.
//
// Errors: ErrTooLong, ErrBarcode.
func lay(f *face, t Template, l *Label) (*page, error) {
	p := &page{size: t.Size}
	for i := range t.Elements {
		e := &t.Elements[i]
		if !e.shown(l) {
			continue
		}
		var err error
		switch e.Kind {
		case KindText:
			err = p.text(f, e, tidy(e.fill(l)))
		case KindItems:
			err = p.items(f, e, l.Items)
		case KindCode:
			err = p.code(f, e, strings.TrimSpace(e.fill(l)))
		case KindQR:
			var r []rect
			if text := e.fill(l); text != "" {
				r, err = squares(text, e.X, e.Y, e.Width, e.Height)
			}
			p.rects = append(p.rects, r...)
		case KindLine:
			p.rects = append(p.rects, rect{e.X, e.Y, max(e.Width, stroke), max(e.Height, stroke)})
		case KindBox:
			p.rects = append(p.rects, rect{e.X, e.Y, e.Width, stroke}, rect{e.X, e.Y + e.Height - stroke, e.Width, stroke},
				rect{e.X, e.Y, stroke, e.Height}, rect{e.X + e.Width - stroke, e.Y, stroke, e.Height})
		}
		if err != nil {
			return nil, err
		}
	}
	return p, nil
}

// tidy leaves one blank where fields were empty, and no control characters.
func tidy(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || unicode.IsControl(r) }), " ")
}

func (p *page) code(f *face, e *Element, text string) error {
	if text == "" {
		return nil
	}
	h := e.Height
	if e.Caption {
		h -= 4.2
	}
	r, err := bars(text, e.X, e.Y, e.Width, h)
	if err != nil {
		return err
	}
	p.rects = append(p.rects, r...)
	if e.Caption {
		caption := Element{X: e.X, Y: e.Y + h + 0.4, Width: e.Width, Height: 4, Size: 9.5, Least: 5, Align: "center", Whole: true}
		return p.text(f, &caption, text)
	}
	return nil
}

// lineHeight is the distance of base lines, of the type's size.
const lineHeight = 1.15

// point is a typographic point in millimetres.
const point = 25.4 / 72

// text wraps a text into its box, in the largest type that fits.
//
// Errors: ErrTooLong.
func (p *page) text(f *face, e *Element, text string) error {
	if text == "" {
		return nil
	}
	text = f.printable(text, &p.missing)
	least := e.Least
	if least == 0 {
		least = e.Size
	}
	size := e.Size
	lines := f.wrap(text, e.Width, size)
	for float64(len(lines))*size*lineHeight*point > e.Height && size > least {
		size = max(size-0.5, least)
		lines = f.wrap(text, e.Width, size)
	}
	if room := max(int(e.Height/(size*lineHeight*point)), 1); len(lines) > room {
		if e.Whole {
			return ErrTooLong.With("text", text)
		}
		lines = lines[:room]
		lines[room-1] = f.cut(lines[room-1]+"…", e.Width, size)
	}
	p.lines(f, e, lines, size)
	return nil
}

// lines writes lines from the top of the element's box, or in its middle.
func (p *page) lines(f *face, e *Element, lines []string, size float64) {
	step := size * lineHeight * point
	y := e.Y
	if e.Middle {
		y += max((e.Height-step*float64(len(lines)))/2, 0)
	}
	if e.Inverse {
		p.rects = append(p.rects, rect{e.X, e.Y, e.Width, e.Height})
	}
	for i, line := range lines {
		x := e.X
		switch free := e.Width - f.width(line, size); e.Align {
		case "center":
			x += free / 2
		case "right":
			x += free
		}
		p.runs = append(p.runs, run{x, y + step*float64(i) + size*0.92*point, size, line, e.Bold, e.Inverse})
	}
}

// items writes a line per item. When not all fit in the smallest type, the last line
// counts what is left, so that nobody takes the list for whole.
func (p *page) items(f *face, e *Element, items []Item) error {
	if len(items) == 0 {
		return nil
	}
	least := e.Least
	if least == 0 {
		least = e.Size
	}
	size := e.Size
	var lines []string
	for {
		lines = lines[:0]
		for _, it := range items {
			lines = append(lines, f.wrap(f.printable(it.line(), &p.missing), e.Width, size)...)
		}
		if float64(len(lines))*size*lineHeight*point <= e.Height || size <= least {
			break
		}
		size = max(size-0.5, least)
	}
	if room := max(int(e.Height/(size*lineHeight*point)), 1); len(lines) > room {
		lines = f.some(items, e.Width, size, room)
	}
	p.lines(f, e, lines, size)
	return nil
}

// some lists as many items as fit, and counts the others.
func (f *face) some(items []Item, width, size float64, room int) (out []string) {
	var none []rune
	for i, it := range items {
		lines := f.wrap(f.printable(it.line(), &none), width, size)
		if len(out)+len(lines) > room-1 {
			var pieces int64
			for _, left := range items[i:] {
				pieces += left.Quantity
			}
			more := "…另有 " + strconv.Itoa(len(items)-i) + " 种 " + strconv.FormatInt(pieces, 10) + " 件，见配货清单"
			return append(out, f.cut(more, width, size))
		}
		out = append(out, lines...)
	}
	return out
}
