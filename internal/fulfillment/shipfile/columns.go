package shipfile

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/sheet"
	"golang.org/x/text/unicode/norm"
)

// Column is what a column of a tracking file can mean.
type Column string

const (
	ColumnOrderNo   Column = "order_no"
	ColumnCarrier   Column = "carrier"
	ColumnWaybillNo Column = "waybill_no"
	// ColumnSKUCode and ColumnQuantity are optional: with them a row ships part of an
	// order. They are never guessed: a printing tool's item column often joins
	// several items, and would turn whole orders into parts.
	ColumnSKUCode  Column = "sku_code"
	ColumnQuantity Column = "quantity"
)

// Mapping says which column of the file holds what, by the column's name.
type Mapping map[Column]string

// synonyms are header names by meaning. Earlier meanings take a column first, so
// that 快递单号 is not taken for an order number.
var synonyms = []struct {
	column Column
	exact  string
	parts  string
}{
	{ColumnWaybillNo, "快递单号|运单号|物流单号|运单编号|物流编号|面单号|快递编号|发货单号|单号(快递)|waybill|waybillno|waybillnumber|tracking|trackingno|trackingnumber|trackingcode|awb|mailno|logisticsno|expressno",
		"快递单号|运单|物流单号|面单号|tracking|waybill"},
	{ColumnCarrier, "快递公司|物流公司|承运商|承运公司|快递|物流|快递名称|物流名称|快递公司名称|物流公司名称|配送公司|配送方式|carrier|carriername|courier|shippingcarrier|shippingcompany|logisticscompany|expresscompany|trackingcompany",
		"快递公司|物流公司|承运|carrier|courier"},
	{ColumnOrderNo, "订单号|订单编号|主订单编号|主订单号|平台单号|平台订单号|渠道单号|线上单号|线上订单号|原始单号|外部单号|网店单号|交易号|交易单号|客户订单号|来源单号|order|orderno|ordernumber|orderid|name|channelorderno|salesorder",
		"订单号|订单编号|平台单号|orderno|ordernumber|orderid"},
}

// layout is where a tracking file keeps its table.
type layout struct {
	Sheet   int      `json:"sheet"`
	Header  int      `json:"header"` // record number of the header row
	Columns []string `json:"columns"`
}

// headerWithin is how far down a header may stand, below titles and notes.
const headerWithin = 20

// findTable picks the sheet and the header row of a tracking file: the first
// sheet whose head holds a row naming an order number and a waybill number. A
// file without one is offered with its fullest early row, for a person to map.
func findTable(b *sheet.Book) (layout, Mapping, error) {
	best, widest := layout{}, 0
	for i, s := range b.Sheets {
		if s.Hidden {
			continue
		}
		head, err := s.Head(headerWithin)
		if err != nil {
			return layout{}, nil, err
		}
		for _, r := range head {
			names := columnNames(r.Cells)
			m := guessMapping(names)
			if m[ColumnOrderNo] != "" && m[ColumnWaybillNo] != "" {
				return layout{Sheet: i, Header: r.No, Columns: names}, m, nil
			}
			if n := filled(names); n > widest {
				best, widest = layout{Sheet: i, Header: r.No, Columns: names}, n
			}
		}
	}
	if widest == 0 {
		return layout{}, nil, sheet.ErrEmpty
	}
	return best, guessMapping(best.Columns), nil
}

func filled(names []string) int {
	n := 0
	for _, s := range names {
		if s != "" {
			n++
		}
	}
	return n
}

// columnNames cleans a header row; a name that comes again gets its count, so
// that every name means one column.
func columnNames(cells []string) []string {
	out := make([]string, len(cells))
	seen := map[string]int{}
	for i, c := range cells {
		name := sheet.Clean(c)
		if name == "" {
			continue
		}
		if seen[name]++; seen[name] > 1 {
			name += " (" + strconv.Itoa(seen[name]) + ")"
		}
		out[i] = name
	}
	for len(out) > 0 && out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	return out
}

// guessMapping proposes a meaning for columns by their names: whole names first,
// then names that contain a telling part. No column is taken twice.
func guessMapping(names []string) Mapping {
	m, taken := Mapping{}, map[int]bool{}
	folded := make([]string, len(names))
	for i, n := range names {
		folded[i] = foldName(n)
	}
	take := func(column Column, match func(folded string) bool) {
		if m[column] != "" {
			return
		}
		for i, f := range folded {
			if f != "" && !taken[i] && match(f) {
				m[column], taken[i] = names[i], true
				return
			}
		}
	}
	for _, s := range synonyms {
		for _, name := range strings.Split(s.exact, "|") {
			take(s.column, func(f string) bool { return f == name })
		}
	}
	for _, s := range synonyms {
		for _, part := range strings.Split(s.parts, "|") {
			// 子订单编号 is a line's number, never the order's.
			take(s.column, func(f string) bool { return strings.Contains(f, part) && !strings.Contains(f, "子订单") })
		}
	}
	return m
}

// foldName makes header names comparable: 【必填】*订单编号（必填） → 订单编号.
func foldName(s string) string {
	s = norm.NFKC.String(s)
	depth := 0
	return strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune("([【{", r):
			depth++
			return -1
		case strings.ContainsRune(")]】}", r):
			depth = max(depth-1, 0)
			return -1
		case depth > 0 || !unicode.IsLetter(r) && !unicode.IsDigit(r):
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// places are the positions of the mapped columns, -1 where one is not mapped.
type places struct{ orderNo, carrier, waybill, sku, quantity int }

// placesOf checks a mapping against the file's columns.
//
// Errors: ErrMappingIncomplete, ErrColumnMissing.
func placesOf(columns []string, m Mapping) (places, error) {
	p := places{-1, -1, -1, -1, -1}
	for column, name := range m {
		if name == "" {
			continue
		}
		at := -1
		for i, c := range columns {
			if c == name {
				at = i
			}
		}
		if at < 0 {
			return p, fulfillment.ErrColumnMissing.With("column", name).At("mapping." + string(column))
		}
		switch column {
		case ColumnOrderNo:
			p.orderNo = at
		case ColumnCarrier:
			p.carrier = at
		case ColumnWaybillNo:
			p.waybill = at
		case ColumnSKUCode:
			p.sku = at
		case ColumnQuantity:
			p.quantity = at
		default:
			return p, fulfillment.ErrColumnMissing.With("column", name).At("mapping." + string(column))
		}
	}
	if p.orderNo < 0 {
		return p, fulfillment.ErrMappingIncomplete.With("field", "order_no").At("mapping.order_no")
	}
	if p.waybill < 0 {
		return p, fulfillment.ErrMappingIncomplete.With("field", "waybill_no").At("mapping.waybill_no")
	}
	return p, nil
}

// fileRow is one row of a tracking file, read but not yet judged.
type fileRow struct {
	No        int64 // record number in the file
	OrderNo   string
	Carrier   string // as written
	WaybillNo string
	SKUCode   string
	Quantity  int64 // 0: not given
	Err       error // the row cannot be read
}

func (p places) row(no int, cells []string) fileRow {
	cell := func(i int) string {
		if i < 0 || i >= len(cells) {
			return ""
		}
		return cells[i]
	}
	r := fileRow{No: int64(no), Carrier: sheet.Clean(cell(p.carrier)), SKUCode: sheet.Code(cell(p.sku))}
	var why sheet.Reason
	r.OrderNo, why = sheet.ID(cell(p.orderNo))
	switch why {
	case sheet.Missing:
		r.Err = fulfillment.ErrNoOrderNo.At(string(ColumnOrderNo))
	case sheet.Scientific:
		r.Err = fulfillment.ErrNumberDamaged.With("value", r.OrderNo).At(string(ColumnOrderNo))
	}
	r.WaybillNo, why = sheet.ID(cell(p.waybill))
	switch {
	case r.Err != nil:
	case why == sheet.Missing:
		r.Err = fulfillment.ErrNoWaybill.At(string(ColumnWaybillNo))
	case why == sheet.Scientific:
		r.Err = fulfillment.ErrNumberDamaged.With("value", r.WaybillNo).At(string(ColumnWaybillNo))
	}
	if q := sheet.Clean(cell(p.quantity)); q != "" && r.SKUCode != "" {
		n, bad := sheet.Quantity(q)
		if bad != "" && r.Err == nil {
			r.Err = fulfillment.ErrBadQuantity.With("value", q).At(string(ColumnQuantity))
		}
		r.Quantity = n
	}
	return r
}
