package channel

import (
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit/sheet"
)

// TemplateShape is what was found in a channel's empty batch-ship template
// (批量发货模板). It is remembered per shop and serialises as JSON. Columns are
// 0-based; -1 is a column the template lacks.
type TemplateShape struct {
	Format       sheet.Format `json:"format"`
	Encoding     string       `json:"encoding,omitempty"`
	Sheet        int          `json:"sheet"`
	SheetName    string       `json:"sheet_name,omitempty"`
	HeaderRecord int          `json:"header_record"`
	Header       []string     `json:"header"`
	OrderColumn  int          `json:"order_column"`
	LineColumn   int          `json:"line_column"`
	CarrierCol   int          `json:"carrier_column"`
	WaybillCol   int          `json:"waybill_column"`
	// ByLine means one row per order line: the line number is the only key, or required.
	ByLine bool `json:"by_line"`
	// Carriers is the template's own list of carrier names, empty where it has none.
	Carriers []string `json:"carriers,omitempty"`
	// CarrierCodes are the codes of Carriers, where the template asks for the code.
	CarrierCodes []string `json:"carrier_codes,omitempty"`
}

// Shipment is one parcel to report. Lines are the channel's line numbers in it.
type Shipment struct {
	ChannelOrderNo string
	Lines          []string
	Carrier        string
	No             string
}

// Filled tells what FillTemplate did.
type Filled struct {
	Rows int
	// UnknownCarriers are names that the template's own list does not have; they
	// were written as they are, and the channel will probably refuse them.
	UnknownCarriers []string
}

var (
	lineWords    = []string{"子订单", "子单号", "商品单号", "suborder", "orderline", "lineno", "lineitemid"}
	waybillWords = []string{"快递单号", "物流单号", "运单号", "运单编号", "快递编号", "物流编号", "面单号", "trackingn", "waybill"}
	carrierWords = []string{"快递公司", "物流公司", "承运", "快递名称", "物流名称", "配送公司", "快递商", "carrier", "courier", "shippingcompany", "logisticscompany"}
	orderWords   = []string{"订单号", "订单编号", "主订单", "订单id", "交易号", "交易单号", "平台单号", "orderno", "ordernumber", "orderid", "ordername"}
	notKeys      = []string{"退货", "换货", "售后", "原快递", "原物流", "网址", "链接", "url"}
)

// role says which key a header cell is: l(ine), w(aybill), c(arrier), o(rder) or 0.
func role(cell string) byte {
	if utf8.RuneCountInString(cell) > 40 {
		return 0 // a note that mentions the columns is no header
	}
	f := strings.NewReplacer("*", "", "_", "").Replace(Fold(cell))
	has := func(words []string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(f, w) })
	}
	switch {
	case f == "" || has(notKeys):
		return 0
	case has(lineWords):
		return 'l'
	case has(waybillWords):
		return 'w'
	case has(carrierWords):
		return 'c'
	case has(orderWords) || f == "单号":
		return 'o'
	}
	return 0
}

// DescribeTemplate finds the header row, the key columns and the carrier list of a
// template, in the first 20 rows of the first sheet that has them.
//
// Errors: ErrTemplateHeader, and those of kit/sheet.
func DescribeTemplate(b *sheet.Book) (TemplateShape, error) {
	for i, s := range b.Sheets {
		head, err := s.Head(headerWithin)
		if err != nil {
			return TemplateShape{}, err
		}
		for _, rec := range head {
			t, ok := shapeOf(rec)
			if !ok {
				continue
			}
			t.Format, t.Encoding, t.Sheet, t.SheetName = b.Format, b.Encoding, i, s.Name
			err = t.listCarriers(b)
			return t, err
		}
	}
	return TemplateShape{}, ErrTemplateHeader
}

func shapeOf(rec sheet.Record) (TemplateShape, bool) {
	t := TemplateShape{HeaderRecord: rec.No, OrderColumn: -1, LineColumn: -1, CarrierCol: -1, WaybillCol: -1}
	codeOnly := false
	for i, c := range rec.Cells {
		c = sheet.Clean(c)
		t.Header = append(t.Header, c)
		take := func(col *int) {
			if *col < 0 {
				*col = i
			}
		}
		switch role(c) {
		case 'l':
			take(&t.LineColumn)
		case 'w':
			take(&t.WaybillCol)
		case 'o':
			take(&t.OrderColumn)
		case 'c':
			if t.CarrierCol < 0 || codeOnly && !isCode(c) {
				t.CarrierCol, codeOnly = i, isCode(c) // the name's column is better than the code's
			}
		}
	}
	t.ByLine = t.LineColumn >= 0 && (t.OrderColumn < 0 || required(t.Header[t.LineColumn]))
	return t, t.WaybillCol >= 0 && t.CarrierCol >= 0 && (t.OrderColumn >= 0 || t.LineColumn >= 0)
}

func required(cell string) bool {
	f := Fold(cell)
	return !strings.Contains(f, "选填") && !strings.Contains(f, "非必填") && (strings.Contains(f, "*") || strings.Contains(f, "必填") || strings.Contains(f, "required"))
}

// isCode tells a column of codes from one of names.
func isCode(cell string) bool {
	f := Fold(cell)
	return strings.Contains(f, "编码") || strings.Contains(f, "代码") || strings.Contains(f, "code")
}

// listCarriers reads the names a template allows: its list validation, or another
// sheet with a column of carriers.
func (t *TemplateShape) listCarriers(b *sheet.Book) error {
	list, err := b.Sheets[t.Sheet].Choices(t.CarrierCol)
	if err != nil || len(list) > 1 {
		t.Carriers = trimAll(list)
		return err
	}
	for i, s := range b.Sheets {
		if i == t.Sheet {
			continue
		}
		names, codes, err := carrierColumns(s)
		if err != nil {
			return err
		}
		if len(names) == 0 {
			continue
		}
		if t.Carriers = names; isCode(t.Header[t.CarrierCol]) && len(codes) == len(names) {
			t.CarrierCodes = codes
		}
		return nil
	}
	return nil
}

// carrierColumns reads the names, and the codes where they stand beside, of a
// sheet of carriers.
func carrierColumns(s *sheet.Sheet) (names, codes []string, err error) {
	name, code := -1, -1
	if strings.Contains(s.Name, "快递") || strings.Contains(s.Name, "物流") || role(s.Name) == 'c' {
		name = 0
	}
	headed := false
	err = s.Each(func(no int, cells []string) error {
		if len(names) >= 10_000 {
			return sheet.Stop
		}
		if !headed && no <= headerWithin {
			for i, c := range cells {
				switch c = sheet.Clean(c); {
				case role(c) != 'c':
				case isCode(c):
					code, headed = i, true
				default:
					name, headed = i, true
				}
			}
			if headed {
				names, codes = nil, nil
				return nil
			}
		}
		if name >= 0 && name < len(cells) && sheet.Clean(cells[name]) != "" {
			names = append(names, sheet.Clean(cells[name]))
			if code >= 0 && code < len(cells) && sheet.Clean(cells[code]) != "" {
				codes = append(codes, sheet.Clean(cells[code]))
			}
		}
		return nil
	})
	return names, codes, err
}

func trimAll(list []string) []string {
	var out []string
	for _, s := range list {
		if s = sheet.Clean(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// FillTemplate writes the template to w with one row per shipment (per line where
// the shape says so) below its header; example rows go. A row of the template
// that already holds a shipment's order keeps its other cells. Everything else
// stays: encoding, byte order mark, sheets, column order, extra columns, lists.
//
// Errors: ErrTemplateChanged, ErrTemplateLines, and those of kit/sheet.
func FillTemplate(w io.Writer, b *sheet.Book, t TemplateShape, shipments []Shipment) (Filled, error) {
	var done Filled
	if t.Sheet >= len(b.Sheets) || b.Format != t.Format {
		return done, ErrTemplateChanged
	}
	s := b.Sheets[t.Sheet]
	listed, err := t.prefilled(s)
	if err != nil {
		return done, err
	}
	var rows [][]string
	for _, sh := range shipments {
		carrier, known := MatchCarrier(sh.Carrier, t.Carriers)
		if !known && !slices.Contains(done.UnknownCarriers, sh.Carrier) {
			done.UnknownCarriers = append(done.UnknownCarriers, sh.Carrier)
		}
		if i := slices.Index(t.Carriers, carrier); i >= 0 && i < len(t.CarrierCodes) {
			carrier = t.CarrierCodes[i]
		}
		keys := []string{""}
		if t.ByLine {
			if keys = sh.Lines; len(keys) == 0 {
				return done, ErrTemplateLines.With("order_no", sh.ChannelOrderNo)
			}
		}
		for _, line := range keys {
			row := make([]string, len(t.Header))
			key := sh.ChannelOrderNo
			if t.ByLine {
				key = line
			}
			copy(row, listed[key])
			row[t.CarrierCol], row[t.WaybillCol] = carrier, sh.No
			if t.OrderColumn >= 0 {
				row[t.OrderColumn] = sh.ChannelOrderNo
			}
			if t.ByLine {
				row[t.LineColumn] = line
			}
			rows = append(rows, row)
		}
	}
	done.Rows = len(rows)
	return done, s.Refill(w, t.HeaderRecord, rows)
}

// prefilled checks the header and reads the rows below it by their key.
func (t TemplateShape) prefilled(s *sheet.Sheet) (map[string][]string, error) {
	rows, seen := map[string][]string{}, false
	key := t.OrderColumn
	if t.ByLine {
		key = t.LineColumn
	}
	err := s.Each(func(no int, cells []string) error {
		switch {
		case no == t.HeaderRecord:
			seen = true
			for i, h := range t.Header {
				if i < len(cells) && sheet.Clean(cells[i]) != h || i >= len(cells) && h != "" {
					return ErrTemplateChanged
				}
			}
		case no > t.HeaderRecord && key < len(cells):
			row := make([]string, len(t.Header))
			for i := range min(len(cells), len(row)) {
				row[i] = sheet.Clean(cells[i])
			}
			rows[sheet.Code(cells[key])] = row
		}
		return nil
	})
	if err == nil && !seen {
		err = ErrTemplateChanged
	}
	return rows, err
}

// carrierEnds are what carriers' names end in, the freight ones apart: 中通快运 is
// another company than 中通快递.
var (
	parcelEnds  = []string{"快递", "速递", "速运", "快递包裹", "包裹", "速遞"}
	freightEnds = []string{"快运", "物流", "货运", "大件"}
	legalEnds   = []string{"股份有限公司", "有限公司", "集团", "公司"}
)

// MatchCarrier finds the name a template uses for a carrier. With no list, any
// name is right. known is false where the list has nothing like it.
func MatchCarrier(name string, list []string) (match string, known bool) {
	name = sheet.Clean(name)
	if len(list) == 0 || slices.Contains(list, name) {
		return name, true
	}
	core, freight := carrierCore(name)
	var loose []string
	for _, l := range list {
		c, f := carrierCore(l)
		if c == core && f == freight {
			return l, true
		}
		if f == freight && utf8.RuneCountInString(core) >= 2 && (strings.HasPrefix(c, core) || strings.HasPrefix(core, c) && utf8.RuneCountInString(c) >= 2) {
			loose = append(loose, l)
		}
	}
	if len(loose) == 1 {
		return loose[0], true
	}
	return name, false
}

func carrierCore(name string) (core string, freight bool) {
	core = Fold(name)
	if i := strings.IndexByte(core, '('); i > 0 {
		core = core[:i]
	}
	for again := true; again; {
		again = false
		for _, ends := range [][]string{legalEnds, parcelEnds, freightEnds} {
			for _, e := range ends {
				if len(core) > len(e) && strings.HasSuffix(core, e) {
					core, again = strings.TrimSuffix(core, e), true
					freight = freight || slices.Contains(freightEnds, e)
				}
			}
		}
	}
	return core, freight
}
