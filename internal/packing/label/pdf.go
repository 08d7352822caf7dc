package label

import (
	"context"
	"io"
	"runtime"

	"github.com/signintech/gopdf"

	workers "github.com/ordercove/ordercove/internal/kit/run"
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
	doc := newDocument(font, t.Size)
	laid, out := layAll(font, t, labels)
	pages := 0
	for i, p := range laid {
		if out[i].Err != nil {
			continue
		}
		if err := doc.add(p); err != nil {
			return nil, err
		}
		pages++
		out[i].Page = pages
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
	_, out := layAll(font, t, labels)
	return out, nil
}

// layPart is how many labels one worker lays out with one face.
const layPart = 32

// layAll lays labels out, on all cores: most of it is finding the QR symbols.
func layAll(font *font, t Template, labels []Label) ([]*page, []Result) {
	pages, out := make([]*page, len(labels)), make([]Result, len(labels))
	var from []int
	for at := 0; at < len(labels); at += layPart {
		from = append(from, at)
	}
	workers.Each(context.Background(), runtime.GOMAXPROCS(0), from, func(_ context.Context, at int) {
		f := newFace(font)
		for i := at; i < min(at+layPart, len(labels)); i++ {
			p, err := lay(f, t, &labels[i])
			out[i] = Result{Ref: labels[i].Ref, Err: err}
			if err == nil {
				pages[i], out[i].Missing = p, p.missing
			}
		}
	})
	return pages, out
}

// document is a PDF being written.
type document struct {
	pdf *gopdf.GoPdf
	err error
}

func newDocument(f *font, s Size) *document {
	d := &document{pdf: &gopdf.GoPdf{}}
	d.pdf.Start(gopdf.Config{Unit: gopdf.UnitMM, PageSize: gopdf.Rect{W: s.Width, H: s.Height}})
	// Packing each page takes more time and memory than everything else about it.
	d.pdf.SetNoCompression()
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
	size, shown := 0.0, -1
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
		shade := 0
		if r.inverse {
			shade = 255
		}
		if shade != shown {
			shown = shade
			d.pdf.SetTextColor(uint8(shade), uint8(shade), uint8(shade))
		}
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
