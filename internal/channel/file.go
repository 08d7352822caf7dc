package channel

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/sheet"
)

// Kind is what a file is about.
type Kind string

const (
	Orders       Kind = "orders"
	OrderDetails Kind = "order_details" // the lines of orders whose headers are in another file
	Receivers    Kind = "receivers"     // the receivers of orders in another file
	Aftersales   Kind = "aftersales"
	Ledger       Kind = "ledger"
	Settlement   Kind = "settlement" // settled orders, recognised only
	Insurance    Kind = "insurance"  // freight insurance, recognised only
	TemplateFile Kind = "ship_template"
	UnknownKind  Kind = "unknown"
)

// FileFormat is one layout family of one channel. Column order never matters and
// unknown columns are ignored, so one format covers all layouts whose key
// columns agree.
type FileFormat struct {
	Kind Kind
	// Layout names the family for people and logs: "order list", "73 columns".
	Layout string
	// Keys must all be in the header row; "a|b" means either.
	Keys []string
	// Marks are columns that speak for this format when several have their keys.
	Marks []string
	// Without are columns that speak against it: with one of them it is another format.
	Without []string
	// Read yields a verdict for every row of in.Sources[0], or is nil where the
	// file is recognised but not imported. Partners (OrderDetails, Receivers) are
	// the other sources.
	Read func(in *Input, yield Yield) error
	// Needs is the kind of file that must come with this one, empty for none.
	Needs Kind
	// ExportedAt reads the export instant (unix ms) out of a file name, or 0.
	ExportedAt func(name string) int64
	// Mapped means that a person maps the columns; Fields and Propose serve it.
	Mapped bool
	// ChannelWide formats (bills of a payment service) fit several shops.
	ChannelWide bool
}

// Yield takes one verdict. Its error ends the reading.
type Yield func(Verdict) error

// Input is what a FileFormat reads.
type Input struct {
	Channel Manifest
	Sources []Source
	Options Options
}

// Source is one sheet with its header found.
type Source struct {
	File   int // index of the file among those uploaded
	Kind   Kind
	Name   string // of the file
	Sheet  *sheet.Sheet
	Header *Header
}

// Options are what a person decided before the reading.
type Options struct {
	// Words resolves status words the connector does not know, per shop. Keys are
	// compared folded.
	Words map[string]Status
	// Mapping is required by mapped formats.
	Mapping Mapping
}

// Of returns the first source of that kind, or nil.
func (in *Input) Of(k Kind) *Source {
	for i := range in.Sources {
		if in.Sources[i].Kind == k {
			return &in.Sources[i]
		}
	}
	return nil
}

// All returns the sources of that kind.
func (in *Input) All(k Kind) []*Source {
	var out []*Source
	for i := range in.Sources {
		if in.Sources[i].Kind == k {
			out = append(out, &in.Sources[i])
		}
	}
	return out
}

// Result is what became of a row.
type Result uint8

const (
	Accepted Result = iota
	Rejected
	Warned // the row is accepted, ignored or incomplete; Reason says which
)

// Verdict is the answer to one row, or to the rows of one order. It is valid only
// until the yield returns, unless Keep was called.
type Verdict struct {
	Result Result
	File   int // index of the file
	Record int // the row the verdict is about, or the first of the order
	// Rows are all rows that made the order, as they stood.
	Rows   []Row
	header *Header

	Order     *Order
	Aftersale *Aftersale
	Entry     *LedgerEntry

	// Of rejections and warnings: the row's own number as written (order, case or
	// flow number), empty where it has none, and the cell at fault.
	No     string
	Reason Reason
	Field  string
	Value  string
}

// Err is the reason with the cell at fault as parameters, nil for accepted rows.
func (v Verdict) Err() *errs.Error {
	if v.Result == Accepted {
		return nil
	}
	return v.Reason.Err().With("value", v.Value, "field", v.Field, "no", v.No, "record", v.Record)
}

// Keep copies the rows, so that the verdict outlives the yield.
func (v *Verdict) Keep() {
	rows := make([]Row, len(v.Rows))
	for i, r := range v.Rows {
		rows[i] = r.keep()
	}
	v.Rows = rows
}

// Records are the record numbers of the verdict's rows.
func (v Verdict) Records() []int {
	if len(v.Rows) == 0 {
		return []int{v.Record}
	}
	out := make([]int, len(v.Rows))
	for i, r := range v.Rows {
		out[i] = r.No
	}
	return out
}

// Raw is the verdict's rows as JSON: [{"record":7,"cells":{"订单号":"…"}}, …], with
// the header's own spelling and cells as the file has them; empty cells are left out.
func (v Verdict) Raw() json.RawMessage {
	out := []byte{'['}
	for i, r := range v.Rows {
		if i > 0 {
			out = append(out, ',')
		}
		out = r.appendJSON(out, v.header)
	}
	return append(out, ']')
}

// Aftersale is what a channel says about one after-sale case (售后单).
type Aftersale struct {
	AftersaleNo      string     `json:"aftersale_no"`
	ChannelOrderNo   string     `json:"channel_order_no"`
	ChannelLineNo    string     `json:"channel_line_no,omitempty"`
	Type             string     `json:"type"`   // refund_only, return_refund, exchange, reship, repair, price_protection, unknown
	Status           string     `json:"status"` // pending, buyer_to_return, seller_to_receive, refunding, refunded, exchanged, reshipped, rejected, closed, unknown
	StatusRaw        string     `json:"status_raw"`
	RefundGoodsFen   *money.Fen `json:"refund_goods_fen,omitempty"`
	RefundFreightFen *money.Fen `json:"refund_freight_fen,omitempty"`
	AppliedAt        int64      `json:"applied_at,omitempty"`
	RefundedAt       int64      `json:"refunded_at,omitempty"`
	RespondByAt      int64      `json:"respond_by_at,omitempty"` // the channel decides by itself then
	ReturnWaybill    *Waybill   `json:"return_waybill,omitempty"`
	Reason           string     `json:"reason,omitempty"`
	BuyerNote        string     `json:"buyer_note,omitempty"`
}

// LedgerEntry is one movement of money on a channel's bill (动账). Amounts are
// signed: out is negative, whatever sign the file has.
type LedgerEntry struct {
	FlowNo         string    `json:"flow_no,omitempty"`
	At             int64     `json:"at"`
	Direction      string    `json:"direction"` // in, out
	AmountFen      money.Fen `json:"amount_fen"`
	Scene          string    `json:"scene"`
	ChannelOrderNo string    `json:"channel_order_no,omitempty"`
	ChannelLineNo  string    `json:"channel_line_no,omitempty"`
	Note           string    `json:"note,omitempty"`
}

// Col is a column's place in a header, -1 where the file lacks it.
type Col int

// None is the column that is not there.
const None Col = -1

// Header is the header row, searchable by folded name.
type Header struct {
	Record int
	Names  []string // cleaned, in the file's order
	at     map[string]Col
	width  int // up to the last named column
	keys   [][]byte
}

// NewHeader makes a header of one record. Of two equal names the first counts.
func NewHeader(record int, cells []string) *Header {
	h := &Header{Record: record, Names: make([]string, len(cells)), at: make(map[string]Col, len(cells))}
	for i, c := range cells {
		name := sheet.Clean(c)
		h.Names[i] = name
		f := Fold(name)
		_, dup := h.at[f]
		if f == "" || dup {
			name += "#" + strconv.Itoa(i+1)
		}
		h.keys = append(h.keys, appendQuoted(nil, name))
		if f == "" {
			continue
		}
		h.width = i + 1
		if !dup {
			h.at[f] = Col(i)
		}
	}
	return h
}

// Col finds the first of the given names.
func (h *Header) Col(names ...string) Col {
	for _, n := range names {
		if c, ok := h.at[Fold(n)]; ok {
			return c
		}
	}
	return None
}

// Has tells whether one of "a|b" is a column.
func (h *Header) Has(alternatives string) bool {
	return h.Col(strings.Split(alternatives, "|")...) != None
}

// Width is the number of columns up to the last named one.
func (h *Header) Width() int { return h.width }

// Name is the column's name as the file writes it.
func (h *Header) Name(c Col) string {
	if c < 0 || int(c) >= len(h.Names) {
		return ""
	}
	return h.Names[c]
}

// Row is one record under a header.
type Row struct {
	No    int
	Cells []string
}

// Text is the cleaned cell, empty where the column or the cell is not there.
func (r Row) Text(c Col) string {
	if c < 0 || int(c) >= len(r.Cells) {
		return ""
	}
	return sheet.Clean(r.Cells[c])
}

// keep copies the row so that it outlives the reading of the next one.
func (r Row) keep() Row {
	return Row{r.No, append([]string(nil), r.Cells...)}
}

func (r Row) appendJSON(out []byte, h *Header) []byte {
	out = append(out, `{"record":`...)
	out = append(strconv.AppendInt(out, int64(r.No), 10), `,"cells":{`...)
	first := true
	for i, c := range r.Cells {
		if c == "" {
			continue
		}
		if !first {
			out = append(out, ',')
		}
		first = false
		out = append(append(out, h.key(i)...), ':')
		out = appendQuoted(out, c)
	}
	return append(out, "}}"...)
}

// key is the quoted name under which Raw files a column: the header's own, with
// the column's number where the name is empty or taken.
func (h *Header) key(i int) []byte {
	if h == nil || i >= len(h.keys) {
		return fmt.Appendf(nil, `"#%d"`, i+1)
	}
	return h.keys[i]
}

// appendQuoted appends s as a JSON string.
func appendQuoted(out []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' || c == '"' || c == '\\' || c == 0x7f {
			q, _ := json.Marshal(s)
			return append(out, q...)
		}
	}
	if !utf8.ValidString(s) {
		q, _ := json.Marshal(s)
		return append(out, q...)
	}
	out = append(out, '"')
	for t := strings.IndexByte(s, '\t'); t >= 0; t = strings.IndexByte(s, '\t') {
		out = append(append(out, s[:t]...), `\t`...)
		s = s[t+1:]
	}
	return append(append(out, s...), '"')
}
