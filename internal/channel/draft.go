package channel

import (
	"hash/maphash"
	"sort"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/sheet"
)

// Words looks words up folded and remembers the answer per spelling, because
// files repeat a handful of words a hundred thousand times.
type Words[T any] struct {
	table map[string]T
	seen  map[string]answer[T]
}

type answer[T any] struct {
	v  T
	ok bool
}

// NewWords makes a lookup of tables; of two equal words the first table's counts.
func NewWords[T any](tables ...map[string]T) *Words[T] {
	w := &Words[T]{map[string]T{}, map[string]answer[T]{}}
	for _, t := range tables {
		for word, v := range t {
			if _, dup := w.table[Fold(word)]; !dup {
				w.table[Fold(word)] = v
			}
		}
	}
	return w
}

// Look finds a word as a file writes it.
func (w *Words[T]) Look(raw string) (T, bool) {
	a, ok := w.seen[raw]
	if !ok {
		a.v, a.ok = w.table[Fold(raw)]
		if len(w.seen) < 10000 {
			w.seen[strings.Clone(raw)] = a
		}
	}
	return a.v, a.ok
}

// Draft is one order while it is read from its rows. The first thing wrong with
// it rejects it; the rest of the file goes on.
type Draft struct {
	Order Order
	Rows  []Row

	r     *Reading
	src   *Source
	bad   bool
	fault Verdict
	warns []Verdict
}

// Cells reads the cells of one row for a draft.
type Cells struct {
	Row
	d *Draft
}

// Row is the i-th row of the draft.
func (d *Draft) Row(i int) Cells { return Cells{d.Rows[i], d} }

// Reject refuses the order because of a cell. Only the first call counts.
func (d *Draft) Reject(row Row, why Reason, c Col, value string) {
	if d.bad {
		return
	}
	d.bad = true
	d.fault = Verdict{Result: Rejected, File: d.src.File, Record: row.No, No: d.Order.ChannelOrderNo,
		Reason: why, Field: d.src.Header.Name(c), Value: value}
}

// Warn says something about a row that does not refuse it.
func (d *Draft) Warn(row Row, why Reason, c Col, value string) {
	d.warns = append(d.warns, Verdict{Result: Warned, File: d.src.File, Record: row.No, No: d.Order.ChannelOrderNo,
		Reason: why, Field: d.src.Header.Name(c), Value: value, header: d.src.Header})
}

// Failed tells whether the draft is rejected already.
func (d *Draft) Failed() bool { return d.bad }

// Fen reads an amount: nil where the file lacks the column, 0 where the cell is empty.
func (c Cells) Fen(col Col) *money.Fen {
	if col == None {
		return nil
	}
	f, why := sheet.Fen(c.Text(col))
	if why != "" {
		c.d.Reject(c.Row, BadMoney, col, c.Text(col))
		return nil
	}
	return &f
}

// Quantity reads a quantity: nil where the file lacks the column.
func (c Cells) Quantity(col Col) *int64 {
	if col == None {
		return nil
	}
	n, why := sheet.Quantity(c.Text(col))
	if why != "" {
		c.d.Reject(c.Row, BadQuantity, col, c.Text(col))
		return nil
	}
	return &n
}

// BadQuantity rejects the order for a quantity inside a cell.
func (c Cells) BadQuantity(col Col, part string) { c.d.Reject(c.Row, BadQuantity, col, part) }

// BadMoney rejects the order for an amount inside a cell.
func (c Cells) BadMoney(col Col, part string) { c.d.Reject(c.Row, BadMoney, col, part) }

// Time reads an instant in unix ms: 0 where there is none.
func (c Cells) Time(col Col) int64 {
	s := c.Text(col)
	if s == "" {
		return 0
	}
	t, why := sheet.Time(s)
	if why != "" {
		c.d.Reject(c.Row, BadTime, col, s)
	}
	return t
}

// Code reads a code that must stay text: SKU, phone, postcode, item number.
func (c Cells) Code(col Col) string { return sheet.Code(c.Text(col)) }

// First is the first non-empty cell of the columns.
func (c Cells) First(cols ...Col) string {
	for _, col := range cols {
		if s := c.Text(col); s != "" {
			return s
		}
	}
	return ""
}

// LineNo reads the channel's own line number; a number that a spreadsheet program
// destroyed rejects the order, as nothing could be shipped by it.
func (c Cells) LineNo(col Col) string {
	s, why := sheet.ID(c.Text(col))
	switch why {
	case sheet.Scientific:
		c.d.Reject(c.Row, ScientificOrderNo, col, s)
		return ""
	case sheet.Missing:
		return ""
	}
	if s == "-" {
		return ""
	}
	return s
}

// Waybill reads carrier and number; nil without a number.
func (c Cells) Waybill(carrier, no Col) *Waybill {
	s, why := sheet.ID(strings.TrimPrefix(c.Text(no), "No:"))
	switch why {
	case sheet.Scientific:
		c.d.Warn(c.Row, ScientificWaybillNo, no, s)
		return nil
	case sheet.Missing:
		return nil
	}
	return &Waybill{Carrier: c.Text(carrier), No: s}
}

// Status resolves the word of a row; an unknown one rejects the order.
func (c Cells) Status(col Col, raw string) Status {
	s, ok := c.d.r.words.Look(raw)
	if !ok || raw == "" {
		c.d.Reject(c.Row, UnknownStatus, col, raw)
	}
	return s
}

// Known looks a status word up without rejecting the order.
func (c Cells) Known(raw string) (Status, bool) {
	s, ok := c.d.r.words.Look(raw)
	return s, ok && raw != ""
}

// Unknown rejects the order because nobody knows its status word.
func (c Cells) Unknown(col Col, raw string) { c.d.Reject(c.Row, UnknownStatus, col, raw) }

// Refund resolves an after-sale word; empty and "-" are none, an unknown one is
// kept as unknown.
func (c Cells) Refund(raw string) RefundState {
	if raw == "" || raw == "-" {
		return RefundNone
	}
	if s, ok := c.d.r.refunds.Look(raw); ok {
		return s
	}
	return RefundUnknown
}

// Plus adds amounts; nil is unknown and counts only when all are nil.
func Plus(amounts ...*money.Fen) *money.Fen {
	var sum *money.Fen
	for _, a := range amounts {
		if a == nil {
			continue
		}
		if sum == nil {
			sum = new(money.Fen)
		}
		*sum += *a
	}
	return sum
}

// PaidAmount is what the buyer paid, given what the order's amount says is to pay:
// all of it once there is a payment time, nothing where the file has a column for
// that time and it is empty. Without the column the status decides, and of a
// closed order nobody knows.
func PaidAmount(o *Order, paidAt Col, amount *money.Fen) *money.Fen {
	switch {
	case amount == nil || o.PaidAt != 0:
		return amount
	case paidAt != None || o.Status == PendingPayment:
		return Zero()
	case o.Status == Closed || o.Status == PartlyPaid:
		return nil
	}
	return amount
}

// Zero is a known amount of nothing.
func Zero() *money.Fen { return new(money.Fen) }

// GoodsTotal is Σ price × quantity over the lines, nil where one of them is unknown.
func GoodsTotal(lines []Line) *money.Fen {
	var sum money.Fen
	for _, l := range lines {
		if l.PriceFen == nil || l.Quantity == nil {
			return nil
		}
		sum += *l.PriceFen * money.Fen(*l.Quantity)
	}
	return &sum
}

// CountPieces fills TotalQuantity with Σ quantity, unless one is unknown.
func CountPieces(o *Order) {
	var n int64
	for _, l := range o.Lines {
		if l.Quantity == nil {
			return
		}
		n += *l.Quantity
	}
	o.TotalQuantity = &n
}

// FoldRefunds is the order's refund state over its lines, gifts aside.
func FoldRefunds(lines []Line) RefundState {
	n, count := 0, map[RefundState]int{}
	for _, l := range lines {
		if l.IsGift {
			continue
		}
		n++
		count[l.RefundState]++
	}
	switch {
	case n == 0:
		return RefundNone
	case count[RefundInProgress] > 0:
		return RefundInProgress
	case count[RefundUnknown] > 0:
		return RefundUnknown
	case count[RefundDone] == n:
		return RefundDone
	case count[RefundDone]+count[RefundPart] > 0:
		return RefundPart
	case count[RefundRejected] > 0:
		return RefundRejected
	case count[RefundExchanged] > 0:
		return RefundExchanged
	}
	return RefundNone
}

// stage orders the states of an order that goes its way.
var stage = map[Status]int{PendingPayment: 1, PartlyPaid: 2, AwaitingShipment: 3, PartlyShipped: 4, Shipped: 5, Delivered: 6, Completed: 7}

// FoldStatus is the order's status over its lines: gifts and closed lines aside
// (all closed is closed), the least advanced counts, and some shipped beside some
// awaiting is partly shipped.
func FoldStatus(lines []Line) Status {
	low, high, n := Status(""), Status(""), 0
	for pass := 0; pass < 2 && n == 0; pass++ {
		for _, l := range lines {
			if l.IsGift && pass == 0 {
				continue // a file of gifts only is judged by them
			}
			n++
			if l.Status == Closed {
				continue
			}
			if low == "" || stage[l.Status] < stage[low] {
				low = l.Status
			}
			if stage[l.Status] > stage[high] {
				high = l.Status
			}
		}
	}
	switch {
	case low == "":
		return Closed
	case stage[low] <= stage[PartlyShipped] && stage[low] >= stage[AwaitingShipment] && stage[high] >= stage[Shipped]:
		return PartlyShipped
	}
	return low
}

// JoinWords joins distinct words in a stable order: 已发货|待发货.
func JoinWords(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	sorted := append([]string(nil), words...)
	sort.Strings(sorted)
	out := sorted[:0]
	for _, w := range sorted {
		if len(out) == 0 || out[len(out)-1] != w {
			out = append(out, w)
		}
	}
	return strings.Join(out, "|")
}

var hashSeed = maphash.MakeSeed()

// hashCells is a fingerprint of a row's cleaned cells.
func hashCells(cells []string) uint64 {
	var h maphash.Hash
	h.SetSeed(hashSeed)
	n := len(cells)
	for n > 0 && sheet.Clean(cells[n-1]) == "" {
		n--
	}
	for _, c := range cells[:n] {
		h.WriteString(sheet.Clean(c))
		h.WriteByte(0)
	}
	return h.Sum64()
}

// RejectFor refuses the order for a fault found in another file of the batch.
func (d *Draft) RejectFor(v Verdict) {
	if !d.bad {
		d.bad, d.fault = true, v
	}
}
