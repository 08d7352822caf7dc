package label

import (
	"io"

	"github.com/signintech/gopdf"
)

// Result is what became of one label.
type Result struct {
	Ref     string
	Page    int    // 1 is the first; 0 when the label was refused
	Missing []rune // characters printed as 〓, and emoji left out
	Err     error  // ErrTooLong, ErrBarcode
}

// Render writes labels as one PDF, a page each, in their order. A label that cannot be
// printed whole is left out and told; the others are written. With no page at all
// nothing is written.
//
// Errors: those of Template.Check, and of w.
func Render(w io.Writer, t Template, labels []Label) ([]Result, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	font, err := theFont()
	if err != nil {
		return nil, err
	}
	f := newFace(font)
	doc := newDocument(font, t.Size)
	out := make([]Result, len(labels))
	pages := 0
	for i := range labels {
		out[i].Ref = labels[i].Ref
		p, err := lay(f, t, &labels[i])
		if err != nil {
			out[i].Err = err
			continue
		}
		if err := doc.add(p); err != nil {
			return nil, err
		}
		pages++
		out[i].Page, out[i].Missing = pages, p.missing
	}
	if pages == 0 {
		return out, nil
	}
	return out, doc.write(w)
}

// Check lays labels out without writing them: what Render would refuse, before paper
// is spent.
//
// Errors: those of Template.Check.
func Check(t Template, labels []Label) ([]Result, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	font, err := theFont()
	if err != nil {
		return nil, err
	}
	f := newFace(font)
	out := make([]Result, len(labels))
	for i := range labels {
		p, err := lay(f, t, &labels[i])
		out[i] = Result{Ref: labels[i].Ref, Err: err}
		if err == nil {
			out[i].Missing = p.missing
		}
	}
	return out, nil
}

// document is a PDF being written.
type document struct {
	pdf *gopdf.GoPdf
	err error
}

func newDocument(f *font, s Size) *document {
	d := &document{pdf: &gopdf.GoPdf{}}
	d.pdf.Start(gopdf.Config{Unit: gopdf.UnitMM, PageSize: gopdf.Rect{W: s.Width, H: s.Height}})
	d.err = d.pdf.AddTTFFontFromFontContainer(family, f.pdf)
	return d
}

// bolder is how far the second stroke of bold type stands off, of the type's size.
const bolder = 0.025 * point

func (d *document) add(p *page) error {
	if d.err != nil {
		return d.err
	}
	pdf := d.pdf
	pdf.AddPageWithOption(gopdf.PageOption{PageSize: &gopdf.Rect{W: p.size.Width, H: p.size.Height}})
	pdf.SetFillColor(0, 0, 0)
	for _, r := range p.rects {
		pdf.RectFromUpperLeftWithStyle(r.x, r.y, r.w, r.h, "F")
	}
	if err := d.texts(p.runs, false); err != nil {
		return err
	}
	// The second strokes come last, so that text copied from the page reads on.
	return d.texts(p.runs, true)
}

// texts writes every line, or only the second strokes of the bold ones.
func (d *document) texts(runs []run, again bool) error {
	size := 0.0
	for _, r := range runs {
		if again && !r.bold {
			continue
		}
		if r.size != size {
			size = r.size
			if err := d.pdf.SetFont(family, "", size); err != nil {
				return err
			}
		}
		shade := uint8(0)
		if r.inverse {
			shade = 255
		}
		d.pdf.SetTextColor(shade, shade, shade)
		x := r.x
		if again {
			x += bolder * size
		}
		d.pdf.SetXY(x, r.y)
		if err := d.pdf.Text(r.text); err != nil {
			return err
		}
	}
	return nil
}

func (d *document) write(w io.Writer) error {
	if d.err != nil {
		return d.err
	}
	_, err := d.pdf.WriteTo(w)
	return err
}
