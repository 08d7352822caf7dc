package label

import (
	"encoding/json"
	"slices"
	"strings"
)

// Size is a label's, in millimetres.
type Size struct {
	Width  float64 `json:"width_mm"`
	Height float64 `json:"height_mm"`
}

// Sizes are the labels that carriers hand out: 一联单 and 二联单.
var Sizes = []Size{{76, 130}, {100, 150}, {100, 180}}

// Kinds of element.
const (
	KindText  = "text"
	KindCode  = "code128"
	KindQR    = "qr"
	KindLine  = "line"  // from the upper left to the lower right corner; one of Width, Height is 0
	KindBox   = "box"   // a frame
	KindItems = "items" // one line per item; what does not fit is counted in the last line
)

// Element is one thing on a label. Text holds {names} of Fields.
type Element struct {
	Kind   string  `json:"kind"`
	X      float64 `json:"x_mm"`
	Y      float64 `json:"y_mm"`
	Width  float64 `json:"width_mm"`
	Height float64 `json:"height_mm"`
	Text   string  `json:"text,omitempty"`
	// Size is the largest type, Least the smallest it may shrink to; Size when 0.
	Size   float64 `json:"size_pt,omitempty"`
	Least  float64 `json:"least_pt,omitempty"`
	Bold   bool    `json:"bold,omitempty"`
	Align  string  `json:"align,omitempty"`  // left (default), center, right
	Middle bool    `json:"middle,omitempty"` // in the middle of its height, not at the top
	// Whole: a label on which the text does not fit is refused; else the end is cut
	// and shown to be by "…".
	Whole   bool   `json:"whole,omitempty"`
	Caption bool   `json:"caption,omitempty"` // digits under a bar code
	Inverse bool   `json:"inverse,omitempty"` // white on black
	When    string `json:"when,omitempty"`    // field that must not be empty
}

// Template is where things stand on labels of one size.
type Template struct {
	Name     string    `json:"name"`
	Size     Size      `json:"size"`
	Elements []Element `json:"elements"`
}

// maxElements bounds a template.
const maxElements = 100

// Parse reads a template as it is stored.
//
// Errors: those of Check.
func Parse(raw []byte) (t Template, err error) {
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.DisallowUnknownFields()
	if err := d.Decode(&t); err != nil {
		return Template{}, ErrTemplate.With("element", 0, "field", "json").At("template")
	}
	return t, t.Check()
}

// Check says whether every element can be drawn and lies on the label.
//
// Errors: ErrTemplate, ErrUnknownField.
func (t Template) Check() error {
	if !slices.Contains(Sizes, t.Size) {
		return ErrTemplate.With("element", 0, "field", "size").At("size")
	}
	if len(t.Elements) == 0 || len(t.Elements) > maxElements {
		return ErrTemplate.With("element", len(t.Elements), "field", "elements").At("elements")
	}
	for i, e := range t.Elements {
		if field := e.fault(t.Size); field != "" {
			return ErrTemplate.With("element", i+1, "field", field).At("elements")
		}
		if name := e.unknown(); name != "" {
			return ErrUnknownField.With("element", i+1, "name", name).At("elements")
		}
	}
	return nil
}

func (e Element) fault(s Size) string {
	letters := e.Kind == KindText || e.Kind == KindItems
	switch {
	case !slices.Contains([]string{KindText, KindCode, KindQR, KindLine, KindBox, KindItems}, e.Kind):
		return "kind"
	case e.X < 0 || e.Y < 0 || e.X+e.Width > s.Width || e.Y+e.Height > s.Height:
		return "position"
	case e.Width < 0 || e.Height < 0 || e.Kind != KindLine && (e.Width < 2 || e.Height < 2) || e.Kind == KindLine && (e.Width == 0) == (e.Height == 0):
		return "width"
	case letters && (e.Size < 4 || e.Size > 72 || e.Least < 0 || e.Least > e.Size || e.Least > 0 && e.Least < 4):
		return "size_pt"
	case !slices.Contains([]string{"", "left", "center", "right"}, e.Align):
		return "align"
	case (e.Kind == KindText || e.Kind == KindCode || e.Kind == KindQR) && strings.TrimSpace(e.Text) == "":
		return "text"
	}
	return ""
}

// unknown is the first name the element asks for that no label has.
func (e Element) unknown() string {
	if e.When != "" && !known(e.When) {
		return e.When
	}
	for part := range strings.SplitSeq(e.Text, "{") {
		if name, _, closed := strings.Cut(part, "}"); closed && !known(name) {
			return name
		}
	}
	return ""
}

// fill puts a label's values into the element's text.
func (e Element) fill(l *Label) string {
	text, rest := "", e.Text
	for {
		before, after, open := strings.Cut(rest, "{")
		text += before
		if !open {
			return text
		}
		name, behind, closed := strings.Cut(after, "}")
		if !closed {
			return text + "{" + after
		}
		text += l.field(name)
		rest = behind
	}
}

// shown reports whether the element has something to show on this label.
func (e Element) shown(l *Label) bool { return e.When == "" || l.field(e.When) != "" }

// Builtin are the templates every merchant begins with, one of each size.
func Builtin() []Template {
	return []Template{single(), double(Size{100, 150}), double(Size{100, 180})}
}

// single is 76 × 130: one sheet, with the goods at its foot.
func single() Template {
	t := Template{Name: "76×130", Size: Size{76, 130}}
	t.Elements = append(head(76),
		Element{Kind: KindQR, X: 58, Y: 44, Width: 16, Height: 16, Text: "{qr}", When: "qr"},
		Element{Kind: KindText, X: 2, Y: 41, Width: 6, Height: 8, Text: "收", Size: 14, Bold: true},
		Element{Kind: KindText, X: 9, Y: 41, Width: 48, Height: 6, Text: "{receiver_name} {receiver_phone}", Size: 11, Least: 6, Bold: true, Whole: true},
		Element{Kind: KindText, X: 9, Y: 47, Width: 48, Height: 15, Text: "{receiver_address}", Size: 10, Least: 4.5, Bold: true, Whole: true},
		Element{Kind: KindLine, X: 1, Y: 63, Width: 74},
		Element{Kind: KindText, X: 2, Y: 64, Width: 6, Height: 5, Text: "寄", Size: 9},
		Element{Kind: KindText, X: 9, Y: 64, Width: 65, Height: 9, Text: "{sender_name} {sender_phone} {sender_address}", Size: 7, Least: 4.5},
		Element{Kind: KindLine, X: 1, Y: 74, Width: 74})
	t.Elements = append(t.Elements, foot(76, 75, 130)...)
	return t
}

// double is 100 wide: more room for the same, and a stub.
func double(s Size) Template {
	t := Template{Name: "100×150", Size: s}
	if s.Height == 180 {
		t.Name = "100×180"
	}
	t.Elements = append(head(100),
		Element{Kind: KindQR, X: 78, Y: 44, Width: 20, Height: 20, Text: "{qr}", When: "qr"},
		Element{Kind: KindText, X: 2, Y: 42, Width: 8, Height: 10, Text: "收", Size: 18, Bold: true},
		Element{Kind: KindText, X: 11, Y: 42, Width: 66, Height: 7, Text: "{receiver_name} {receiver_phone}", Size: 14, Least: 6, Bold: true, Whole: true},
		Element{Kind: KindText, X: 11, Y: 49, Width: 66, Height: 17, Text: "{receiver_address}", Size: 12, Least: 4.5, Bold: true, Whole: true},
		Element{Kind: KindLine, X: 1, Y: 67, Width: 98},
		Element{Kind: KindText, X: 2, Y: 68, Width: 8, Height: 6, Text: "寄", Size: 11},
		Element{Kind: KindText, X: 11, Y: 68, Width: 87, Height: 10, Text: "{sender_name} {sender_phone} {sender_address}", Size: 8, Least: 4.5},
		Element{Kind: KindLine, X: 1, Y: 79, Width: 98})
	t.Elements = append(t.Elements, foot(100, 80, s.Height-28)...)
	y := s.Height - 27
	t.Elements = append(t.Elements,
		Element{Kind: KindLine, X: 1, Y: y, Width: 98},
		Element{Kind: KindCode, X: 2, Y: y + 2, Width: 60, Height: 12, Text: "{waybill_no}", Caption: true},
		Element{Kind: KindText, X: 64, Y: y + 2, Width: 34, Height: 8, Text: "{carrier} {product}", Size: 9, Least: 6},
		Element{Kind: KindText, X: 64, Y: y + 10, Width: 34, Height: 6, Text: "{batch} {sequence}", Size: 9, Least: 5, Bold: true},
		Element{Kind: KindText, X: 2, Y: y + 18, Width: 60, Height: 7, Text: "收 {receiver_name_masked} {receiver_phone_masked}", Size: 9, Least: 6},
		Element{Kind: KindText, X: 64, Y: y + 18, Width: 34, Height: 7, Text: "签收人/时间：", Size: 8})
	return t
}

// head is the upper 40 mm: carrier, route, the large bar code.
func head(w float64) []Element {
	return []Element{
		{Kind: KindText, X: 2, Y: 1, Width: w/2 - 3, Height: 6, Text: "{carrier} {product}", Size: 11, Least: 7, Bold: true},
		{Kind: KindText, X: w / 2, Y: 1, Width: w/2 - 2, Height: 6, Text: "{reprint} {piece} {printed_at}", Size: 7, Least: 5, Align: "right"},
		{Kind: KindLine, X: 1, Y: 7.5, Width: w - 2},
		{Kind: KindText, X: 2, Y: 8, Width: w - 4, Height: 11, Text: "{route}", Size: 28, Least: 10, Bold: true, Align: "center", Middle: true, Whole: true, When: "route"},
		{Kind: KindText, X: 2, Y: 19, Width: w - 4, Height: 5, Text: "集包：{hub}", Size: 9, Least: 6, When: "hub"},
		{Kind: KindCode, X: 2, Y: 24.5, Width: w - 4, Height: 15.5, Text: "{waybill_no}", Caption: true},
		{Kind: KindLine, X: 1, Y: 40.5, Width: w - 2},
	}
}

// foot is what the packing room needs: order, goods, notes, batch.
func foot(w, y, bottom float64) []Element {
	return []Element{
		{Kind: KindText, X: 2, Y: y, Width: w - 26, Height: 5, Text: "{shop} {order_nos}", Size: 7, Least: 4.5},
		{Kind: KindText, X: w - 24, Y: y, Width: 22, Height: 5, Text: "共 {quantity} 件 {position}", Size: 8, Least: 5, Align: "right", Bold: true},
		{Kind: KindItems, X: 2, Y: y + 5, Width: w - 4, Height: bottom - y - 24, Size: 8, Least: 5.5},
		{Kind: KindText, X: 2, Y: bottom - 18, Width: w - 4, Height: 8, Text: "留言：{buyer_note}", Size: 8, Least: 4.5, When: "buyer_note"},
		{Kind: KindText, X: 2, Y: bottom - 10.5, Width: w - 4, Height: 4.5, Text: "备注：{seller_note}", Size: 7, Least: 4.5, When: "seller_note"},
		{Kind: KindText, X: 2, Y: bottom - 5.5, Width: w / 2, Height: 5, Text: "批次 {batch}  {sequence}", Size: 8, Least: 5, Bold: true, When: "batch"},
		{Kind: KindText, X: w/2 + 3, Y: bottom - 5.5, Width: w/2 - 5, Height: 5, Text: "{services} {collect} {weight}", Size: 7, Least: 5, Align: "right"},
	}
}
