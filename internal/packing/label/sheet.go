package label

import (
	"io"
	"strconv"
)

// Column is one of a sheet's.
type Column struct {
	Title string
	Width float64 // millimetres
	Align string  // left, center, right
	Bold  bool
}

// Sheet is a table on A4 pages: a pick list (拣货单), a packing slip (装箱单), a
// handover list (交接单). Every page repeats its head.
type Sheet struct {
	Title   string
	Meta    []string // lines under the title
	Code    string   // bar code at the upper right: the number that is scanned to open it
	Columns []Column
	Rows    [][]string
	Foot    []string // after the last row: sums, places to sign
}

const (
	sheetWidth, sheetHeight = 210.0, 297.0
	margin                  = 12.0
	sheetType               = 9.0
)

// RenderSheets writes sheets one behind the other, each on pages of its own. Cells wrap;
// nothing is cut.
//
// Errors: ErrTemplate for columns wider than the page, ErrTooLong, ErrBarcode, those of w.
func RenderSheets(w io.Writer, sheets []Sheet) error {
	font, err := theFont()
	if err != nil {
		return err
	}
	f := newFace(font)
	doc := newDocument(font, Size{sheetWidth, sheetHeight})
	for i := range sheets {
		pages, err := sheets[i].lay(f)
		if err != nil {
			return err
		}
		for n, p := range pages {
			foot := Element{X: margin, Y: sheetHeight - margin, Width: sheetWidth - 2*margin, Height: 5, Size: 8, Align: "right"}
			if err := p.text(f, &foot, strconv.Itoa(n+1)+" / "+strconv.Itoa(len(pages))); err != nil {
				return err
			}
			if err := doc.add(p); err != nil {
				return err
			}
		}
	}
	return doc.write(w)
}

func (s *Sheet) lay(f *face) ([]*page, error) {
	total := 0.0
	for i, c := range s.Columns {
		if total += c.Width; c.Width <= 0 || total > sheetWidth-2*margin+0.001 {
			return nil, ErrTemplate.With("element", i+1, "field", "width").At("columns")
		}
	}
	p, y, err := s.head(f)
	if err != nil {
		return nil, err
	}
	pages := []*page{p}
	for _, row := range s.Rows {
		lines, high := s.cells(f, row, &p.missing)
		if y+high > sheetHeight-margin-6 {
			if p, y, err = s.head(f); err != nil {
				return nil, err
			}
			if y+high > sheetHeight-margin-6 {
				return nil, ErrTooLong.With("text", row[0])
			}
			pages = append(pages, p)
		}
		s.row(f, p, lines, y, high)
		y += high
	}
	for _, line := range s.Foot {
		if y+6 > sheetHeight-margin-6 {
			if p, y, err = s.head(f); err != nil {
				return nil, err
			}
			pages = append(pages, p)
		}
		e := Element{X: margin, Y: y + 1, Width: sheetWidth - 2*margin, Height: 5, Size: 10, Least: 6, Bold: true, Whole: true}
		if err := p.text(f, &e, line); err != nil {
			return nil, err
		}
		y += 6
	}
	return pages, nil
}

// head begins a page: title, bar code, meta lines, the columns' titles.
func (s *Sheet) head(f *face) (*page, float64, error) {
	p := &page{size: Size{sheetWidth, sheetHeight}}
	wide := sheetWidth - 2*margin
	if s.Code != "" {
		e := Element{X: sheetWidth - margin - 70, Y: margin, Width: 70, Height: 14, Caption: true}
		if err := p.code(f, &e, s.Code); err != nil {
			return nil, 0, err
		}
		wide -= 72
	}
	title := Element{X: margin, Y: margin, Width: wide, Height: 8, Size: 16, Least: 9, Bold: true, Whole: true}
	if err := p.text(f, &title, s.Title); err != nil {
		return nil, 0, err
	}
	y := margin + 9
	for _, line := range s.Meta {
		e := Element{X: margin, Y: y, Width: wide, Height: 5, Size: 9, Least: 5, Whole: true}
		if err := p.text(f, &e, line); err != nil {
			return nil, 0, err
		}
		y += 5
	}
	y = max(y, margin+16)
	titles := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		titles[i] = c.Title
	}
	lines, high := s.cells(f, titles, &p.missing)
	s.row(f, p, lines, y, high)
	p.rects = append(p.rects, rect{margin, y + high - stroke, sheetWidth - 2*margin, 2 * stroke})
	return p, y + high, nil
}

const cellPadding = 1.2

// cells wraps a row's cells and tells how high the row is.
func (s *Sheet) cells(f *face, row []string, missing *[]rune) (lines [][]string, high float64) {
	lines = make([][]string, len(s.Columns))
	most := 1
	for i, c := range s.Columns {
		if i < len(row) {
			lines[i] = f.wrap(f.printable(row[i], missing), c.Width-2*cellPadding, sheetType)
		}
		most = max(most, len(lines[i]))
	}
	return lines, float64(most)*sheetType*lineHeight*point + 2*cellPadding
}

func (s *Sheet) row(f *face, p *page, lines [][]string, y, high float64) {
	x := margin
	for i, c := range s.Columns {
		e := Element{X: x + cellPadding, Y: y + cellPadding, Width: c.Width - 2*cellPadding, Align: c.Align, Bold: c.Bold}
		p.lines(f, &e, lines[i], sheetType)
		x += c.Width
	}
	p.rects = append(p.rects, rect{margin, y + high - stroke/2, sheetWidth - 2*margin, stroke / 2})
}
