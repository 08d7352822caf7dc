package channel

import (
	"strings"

	"github.com/ordercove/ordercove/internal/kit/sheet"
)

// Reading is one run of a FileFormat over its sources; connectors use its
// methods to walk rows and to answer them.
type Reading struct {
	In    *Input
	yield Yield

	words   *Words[Status]
	refunds *Words[RefundState]
}

// NewReading prepares a run.
func NewReading(in *Input, yield Yield) *Reading {
	return &Reading{In: in, yield: yield,
		words:   NewWords(in.Options.Words, in.Channel.Words),
		refunds: NewWords(in.Channel.RefundWords)}
}

// NewDraft starts an order of that source.
func (r *Reading) NewDraft(src *Source, no string, rows []Row) *Draft {
	d := &Draft{r: r, src: src, Rows: rows}
	d.Order.ChannelOrderNo = no
	d.Order.RefundState = RefundNone
	return d
}

// Finish yields the draft: its rejection, or its warnings and the order.
func (r *Reading) Finish(d *Draft) error {
	if d.bad {
		d.fault.Rows, d.fault.header = d.Rows, d.src.Header
		return r.yield(d.fault)
	}
	for _, w := range d.warns {
		w.Rows = d.Rows
		if err := r.yield(w); err != nil {
			return err
		}
	}
	if d.Order.TotalQuantity == nil {
		CountPieces(&d.Order)
	}
	return r.yield(Verdict{Result: Accepted, File: d.src.File, Record: d.Rows[0].No, Rows: d.Rows,
		header: d.src.Header, Order: &d.Order})
}

// RejectRow answers a row that is no order.
func (r *Reading) RejectRow(src *Source, row Row, no string, why Reason, c Col, value string) error {
	return r.yield(Verdict{Result: Rejected, File: src.File, Record: row.No, Rows: []Row{row}, header: src.Header,
		No: no, Reason: why, Field: src.Header.Name(c), Value: value})
}

// WarnRow answers a row that is passed over for a reason that is no fault.
func (r *Reading) WarnRow(src *Source, row Row, no string, why Reason) error {
	return r.yield(Verdict{Result: Warned, File: src.File, Record: row.No, Rows: []Row{row}, header: src.Header,
		No: no, Reason: why})
}

// AcceptAftersale answers a row that is an after-sale case.
func (r *Reading) AcceptAftersale(src *Source, row Row, a *Aftersale) error {
	return r.yield(Verdict{File: src.File, Record: row.No, Rows: []Row{row}, header: src.Header, Aftersale: a})
}

// AcceptEntry answers a row that is a ledger entry.
func (r *Reading) AcceptEntry(src *Source, row Row, e *LedgerEntry) error {
	return r.yield(Verdict{File: src.File, Record: row.No, Rows: []Row{row}, header: src.Header, Entry: e})
}

// EachRow calls fn for every row below the header that holds something. The
// row's cells are reused by the next one.
func EachRow(src *Source, fn func(Row) error) error {
	return src.Sheet.Each(func(no int, cells []string) error {
		if no <= src.Header.Record || sheet.Blank(cells) {
			return nil
		}
		return fn(Row{no, cells})
	})
}

// summary tells whether the row is a totals row: its first filled cell says so.
func summary(row Row) bool {
	for _, c := range row.Cells {
		if s := sheet.Clean(c); s != "" {
			switch strings.TrimRight(s, ":：") {
			case "总计", "合计", "小计", "总合计":
				return true
			}
			return false
		}
	}
	return false
}

// orderNo reads the row's order number or says what is wrong with the row.
func orderNo(row Row, key Col) (string, Reason) {
	if summary(row) {
		return "", SummaryRow
	}
	no, why := sheet.ID(row.Text(key))
	switch why {
	case sheet.Missing:
		return "", MissingOrderNo
	case sheet.Scientific:
		return no, ScientificOrderNo
	}
	return no, ""
}

// RowPerOrder reads a source in which every row is an order of its own. An
// identical repeated row is a warning; another row of the same order is a warning
// and an order again. strict refuses CSV rows that are shorter or longer than the
// header, in layouts whose channel fills every column.
func (r *Reading) RowPerOrder(src *Source, key Col, strict bool, build func(*Draft)) error {
	seen := map[string]uint64{}
	strict = strict && src.Sheet.Book().Format == sheet.CSV
	return EachRow(src, func(row Row) error {
		no, why := orderNo(row, key)
		if why == "" || why == MissingOrderNo {
			if strict && !fits(row, src.Header) {
				why = ColumnCount
			}
		}
		if why != "" {
			return r.RejectRow(src, row, no, why, key, row.Text(key))
		}
		sum := hashCells(row.Cells)
		d := r.NewDraft(src, no, []Row{row})
		before, again := seen[no]
		if again && before == sum {
			return r.WarnRow(src, row, no, DuplicateRow)
		}
		build(d)
		if !d.bad {
			if again {
				d.Warn(row, RepeatedOrderNo, key, no)
			}
			seen[no] = sum
		}
		return r.Finish(d)
	})
}

// fits compares the row with the header's named columns.
func fits(row Row, h *Header) bool {
	if len(row.Cells) < h.Width() {
		return false
	}
	return sheet.Blank(row.Cells[h.Width():])
}

// RowsPerOrder reads a source in which an order has one row per line, wherever
// its rows stand. continues tells whether a row without an order number goes on
// with the order above (merged cells); nil means never. The source is read twice:
// first to learn where each order ends, then to build it there.
func (r *Reading) RowsPerOrder(src *Source, key Col, continues func(Row) bool, build func(*Draft)) error {
	last := map[string]int{}
	if err := r.walk(src, key, continues, func(row Row, no string, why Reason) error {
		if why == "" {
			last[no] = row.No
		}
		return nil
	}); err != nil {
		return err
	}
	open := map[string][]Row{}
	return r.walk(src, key, continues, func(row Row, no string, why Reason) error {
		if why != "" {
			return r.RejectRow(src, row, no, why, key, row.Text(key))
		}
		rows := append(open[no], row.keep())
		if row.No < last[no] {
			open[no] = rows
			return nil
		}
		delete(open, no)
		d := r.NewDraft(src, no, rows)
		build(d)
		return r.Finish(d)
	})
}

func (r *Reading) walk(src *Source, key Col, continues func(Row) bool, fn func(Row, string, Reason) error) error {
	above, aboveBad := "", true
	return EachRow(src, func(row Row) error {
		no, why := orderNo(row, key)
		if why == MissingOrderNo && continues != nil && continues(row) && !aboveBad {
			return fn(row, above, "")
		}
		above, aboveBad = no, why != ""
		return fn(row, no, why)
	})
}

// Read reads a batch. Verdicts come in the order of the first source's rows.
//
// Errors: ErrNotReadable, ErrUnknownFile, ErrMappingIncomplete,
// ErrMappingColumn, and those of kit/sheet. The rows' own faults are verdicts.
func Read(all []Manifest, b Batch, opt Options, yield Yield) error {
	m, ok := Find(all, b.Channel)
	if !ok || b.Format < 0 || b.Format >= len(m.Files) {
		return ErrUnknownFile
	}
	f := m.Files[b.Format]
	if f.Read == nil {
		return ErrNotReadable.With("kind", string(f.Kind))
	}
	if f.Mapped {
		if err := b.applyMapping(opt.Mapping); err != nil {
			return err
		}
	}
	return f.Read(&Input{Channel: m, Sources: b.Sources, Options: opt}, yield)
}
