package channel

import (
	"strings"

	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/sheet"
)

// Clean is sheet.Clean for connectors that split a cell themselves.
func Clean(s string) string { return sheet.Clean(s) }

// CleanID cleans a part of a cell that is a number or code.
func CleanID(s string) string { return sheet.Code(s) }

// ParseFen reads an amount out of a part of a cell.
func ParseFen(s string) (money.Fen, bool) {
	f, why := sheet.Fen(s)
	return f, why == ""
}

// ParseTime reads an instant out of a part of a cell; 0 where there is none.
func ParseTime(s string) int64 {
	t, _ := sheet.Time(s)
	return t
}

// FirstOf is the first non-empty text.
func FirstOf(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

// LedgerColumns are the columns of a bill. Either Direction and Amount, or In and
// Out are there.
type LedgerColumns struct {
	FlowNo, At, Direction, Amount, In, Out, Scene, OrderNo, LineNo, Note Col
	// Order reads the channel order number out of the cell, where it is wrapped.
	Order func(cell string) string
}

var directions = map[string]string{
	"入账": "in", "收入": "in", "进账": "in", "入": "in", "收": "in", "转入": "in",
	"出账": "out", "支出": "out", "出": "out", "支": "out", "转出": "out",
}

// LedgerRows reads a bill. '#' lines, totals and separators are no data.
func (r *Reading) LedgerRows(src *Source, c LedgerColumns) error {
	return EachRow(src, func(row Row) error {
		first := ""
		for _, cell := range row.Cells {
			if first = sheet.Clean(cell); first != "" {
				break
			}
		}
		if strings.HasPrefix(first, "#") || strings.HasPrefix(first, "-----") || summary(row) {
			return nil
		}
		d := r.NewDraft(src, "", []Row{row})
		e := d.entry(c)
		if d.bad {
			d.fault.Rows, d.fault.header = d.Rows, src.Header
			return r.yield(d.fault)
		}
		return r.AcceptEntry(src, row, e)
	})
}

func (d *Draft) entry(c LedgerColumns) *LedgerEntry {
	cells := d.Row(0)
	e := &LedgerEntry{Scene: cells.Text(c.Scene), Note: cells.Text(c.Note)}
	no, why := sheet.ID(cells.Text(c.FlowNo))
	d.Order.ChannelOrderNo = no // what a rejection is named by
	if c.FlowNo != None && why != "" {
		missing := map[sheet.Reason]Reason{sheet.Missing: MissingFlowNo, sheet.Scientific: ScientificOrderNo}
		d.Reject(cells.Row, missing[why], c.FlowNo, no)
	}
	e.FlowNo = no
	if e.At = cells.Time(c.At); e.At == 0 && !d.bad {
		d.Reject(cells.Row, BadTime, c.At, cells.Text(c.At))
	}
	e.Direction, e.AmountFen = d.movement(cells, c)
	e.ChannelOrderNo = cells.LineNo(c.OrderNo)
	if c.Order != nil {
		e.ChannelOrderNo = c.Order(e.ChannelOrderNo)
	}
	e.ChannelLineNo = cells.LineNo(c.LineNo)
	return e
}

// movement is the direction and the signed amount. A direction column wins over
// the amount's own sign.
func (d *Draft) movement(cells Cells, c LedgerColumns) (string, money.Fen) {
	if c.Direction != None {
		word := cells.Text(c.Direction)
		dir, ok := directions[Fold(word)]
		if !ok {
			d.Reject(cells.Row, UnknownDirection, c.Direction, word)
			return "", 0
		}
		f := cells.Fen(c.Amount)
		if f == nil {
			return dir, 0
		}
		if (*f < 0) == (dir == "in") && *f != 0 {
			return dir, -*f
		}
		return dir, *f
	}
	in, out := cells.Fen(c.In), cells.Fen(c.Out)
	switch {
	case out != nil && *out != 0:
		return "out", -max(*out, -*out)
	case in != nil:
		return "in", max(*in, -*in)
	}
	return "in", 0
}

// AftersaleColumns are the columns of an after-sale export and its words.
type AftersaleColumns struct {
	No, OrderNo, LineNo, Type, Status, RefundGoods, RefundFreight, AppliedAt Col

	RefundedAt, RefundedAtAlso, ReturnNo, ReturnCarrier, Reason, Note Col

	RespondBy Col // None where the file lacks it

	Types, States map[string]string
}

// AftersaleRows reads an after-sale export: one row is one case. A lone dash is
// an empty cell. Unknown types and states become "unknown", with the raw word kept.
func (r *Reading) AftersaleRows(src *Source, c AftersaleColumns) error {
	types, states := NewWords(c.Types), NewWords(c.States)
	return EachRow(src, func(row Row) error {
		no, why := orderNo(row, c.No)
		if why == MissingOrderNo {
			why = MissingFlowNo
		}
		if why != "" {
			return r.RejectRow(src, row, no, why, c.No, row.Text(c.No))
		}
		d := r.NewDraft(src, no, []Row{row})
		cells := d.Row(0)
		text := func(col Col) string {
			if s := cells.Text(col); s != "-" {
				return s
			}
			return ""
		}
		a := &Aftersale{AftersaleNo: no, ChannelOrderNo: cells.LineNo(c.OrderNo), ChannelLineNo: cells.LineNo(c.LineNo),
			StatusRaw: text(c.Status), RefundGoodsFen: cells.Fen(c.RefundGoods), RefundFreightFen: cells.Fen(c.RefundFreight),
			AppliedAt: cells.Time(c.AppliedAt), RefundedAt: cells.Time(c.RefundedAt), Reason: text(c.Reason), BuyerNote: text(c.Note)}
		if a.RefundedAt == 0 {
			a.RefundedAt = cells.Time(c.RefundedAtAlso)
		}
		a.RespondByAt = cells.Time(c.RespondBy)
		a.Type, a.Status = "unknown", "unknown"
		if t, ok := types.Look(text(c.Type)); ok {
			a.Type = t
		}
		if s, ok := states.Look(a.StatusRaw); ok {
			a.Status = s
		}
		if text(c.ReturnNo) != "" {
			a.ReturnWaybill = cells.Waybill(c.ReturnCarrier, c.ReturnNo)
			if a.ReturnWaybill != nil && a.ReturnWaybill.Carrier == "-" {
				a.ReturnWaybill.Carrier = ""
			}
		}
		if d.bad {
			d.fault.Rows, d.fault.header = d.Rows, src.Header
			return r.yield(d.fault)
		}
		return r.AcceptAftersale(src, row, a)
	})
}
