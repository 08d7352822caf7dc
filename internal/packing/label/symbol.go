package label

import (
	"math"

	"github.com/boombuler/barcode/code128"
	"github.com/skip2/go-qrcode"
)

// rect is a filled rectangle, in millimetres.
type rect struct{ x, y, w, h float64 }

// dot is one dot of the 203 dpi heads that print labels: bars of whole dots stay sharp.
const dot = 25.4 / 203

// onDot moves a place to where a dot begins: edges between dots come out blurred or uneven.
func onDot(at float64) float64 { return math.Round(at/dot) * dot }

// bars draws Code128 within a box, in its middle, with its quiet zones. Every bar is a
// whole number of dots wide.
//
// Errors: ErrBarcode.
func bars(text string, x, y, w, h float64) ([]rect, error) {
	code, err := code128.Encode(text)
	if err != nil {
		return nil, ErrBarcode.With("text", text)
	}
	modules := code.Bounds().Dx()
	wide := math.Floor(w/float64(modules+20)/dot) * dot
	if wide < dot {
		return nil, ErrBarcode.With("text", text) // scanners would not read it
	}
	left := onDot(x + (w-wide*float64(modules))/2)
	var out []rect
	for from := 0; from < modules; {
		to := from
		for to < modules && black(code.At(to, 0)) == black(code.At(from, 0)) {
			to++
		}
		if black(code.At(from, 0)) {
			out = append(out, rect{left + float64(from)*wide, y, float64(to-from) * wide, h})
		}
		from = to
	}
	return out, nil
}

type colour interface {
	RGBA() (r, g, b, a uint32)
}

func black(c colour) bool {
	r, _, _, _ := c.RGBA()
	return r < 0x8000
}

// clearDots is the least width of a square, in dots, that heads print sharply.
const clearDots = 2

// grid is the QR symbol of a text for a box of a side, with its quiet zone, and how wide one
// of its squares is. Squares are a whole number of dots wide while that leaves them clear. A
// text too long for that has less correction, which makes them wider.
func grid(text string, side float64) (rows [][]bool, one float64, err error) {
	for _, level := range []qrcode.RecoveryLevel{qrcode.Medium, qrcode.Low} {
		code, err := qrcode.New(text, level)
		if err != nil {
			return nil, 0, err
		}
		rows = code.Bitmap()
		one = side / float64(len(rows))
		if dots := math.Floor(one / dot); dots >= clearDots {
			return rows, dots * dot, nil
		}
	}
	return rows, one, nil
}

// squares draws a QR symbol with its quiet zone within a box, in its middle.
//
// Errors: ErrBarcode.
func squares(text string, x, y, w, h float64) ([]rect, error) {
	grid, one, err := grid(text, math.Min(w, h))
	if err != nil || one < dot { // scanners would not read it
		return nil, ErrBarcode.With("text", text)
	}
	side := one * float64(len(grid))
	x, y = onDot(x+(w-side)/2), onDot(y+(h-side)/2)
	var out []rect
	// Squares beside and then below one another are one rectangle: half as much to write.
	type span struct{ from, to int }
	above := map[span]int{}
	for row, line := range grid {
		here := map[span]int{}
		for from := 0; from < len(line); {
			to := from
			for to < len(line) && line[to] == line[from] {
				to++
			}
			if line[from] {
				s := span{from, to}
				at, grows := above[s]
				if grows {
					out[at].h += one
				} else {
					at = len(out)
					out = append(out, rect{x + float64(from)*one, y + float64(row)*one, float64(to-from) * one, one})
				}
				here[s] = at
			}
			from = to
		}
		above = here
	}
	return out, nil
}
