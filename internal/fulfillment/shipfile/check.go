package shipfile

import (
	"cmp"
	"context"
	"slices"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// Verdicts of a row, by which people filter.
const (
	VerdictOK         = "ok"
	VerdictSuspicious = "suspicious" // will ship; its number looks unusual
	VerdictUnchanged  = "unchanged"  // already shipped under this number
)

// verdicts groups codes under one word each; a code that is not here is a bad_row.
var verdicts = map[string]string{
	fulfillment.ErrNoWaybill.Code: "missing", fulfillment.ErrNoOrderNo.Code: "missing",
	fulfillment.ErrUnknownOrder.Code: "unknown_order", order.ErrNotFound.Code: "unknown_order", fulfillment.ErrAmbiguousOrder.Code: "ambiguous_order",
	fulfillment.ErrCarrierUnknown.Code: "unknown_carrier", fulfillment.ErrNoCarrier.Code: "unknown_carrier",
	fulfillment.ErrBadWaybill.Code: "bad_waybill", fulfillment.ErrBadWaybillLike.Code: "bad_waybill", fulfillment.ErrBadWaybillCarrier.Code: "bad_waybill", fulfillment.ErrDuplicateWaybill.Code: "duplicate",
	fulfillment.ErrAlreadyShipped.Code: "already_shipped", order.ErrNothingOpen.Code: "already_shipped",
	fulfillment.ErrStaleData.Code: "stale", fulfillment.ErrNoWarehouse.Code: "no_warehouse", inventory.ErrInsufficient.Code: "short",
	fulfillment.ErrHeld.Code: "held", fulfillment.ErrNoSerials.Code: "held", order.ErrOnHold.Code: "held", order.ErrNotApproved.Code: "not_approved", order.ErrNotPaid.Code: "not_paid",
	order.ErrRefundOpen.Code: "refund_open", order.ErrHistory.Code: "history", order.ErrNotAllowed.Code: "wrong_state",
}

func verdictOf(o fulfillment.Outcome) string {
	switch {
	case o.Err != nil:
		if e := errs.As(o.Err); e != nil && verdicts[e.Code] != "" {
			return verdicts[e.Code]
		}
		return "bad_row"
	case o.Unchanged:
		return VerdictUnchanged
	case o.Warning != "":
		return VerdictSuspicious
	}
	return VerdictOK
}

// CheckedRow is one row of a dry run. Code and Params render to a text; Code is
// empty where there is nothing to say.
type CheckedRow struct {
	Row       int64
	OrderNo   string
	OrderID   id.ID
	WaybillNo string
	Carrier   string // the code that was understood
	// Guessed: the row names no carrier, the number told it.
	Guessed bool
	Verdict string
	Code    string
	Params  map[string]any
	Field   string
}

// Checked is a dry run of a tracking file.
type Checked struct {
	Total  int64
	Counts map[string]int64 // by verdict
	// Rows are at most MaxCheckedRows, those that would not ship first, by row number.
	Rows []CheckedRow
}

// MaxCheckedRows bounds the rows a dry run shows.
const MaxCheckedRows = 500

// CheckFile says what RunFile would do with every row, and does none of it. It
// remembers the mapping. Permission fulfillment.ship.
//
// Errors: ErrFileNotFound, ErrMappingIncomplete, ErrColumnMissing, those of kit/sheet.
func (s *Service) CheckFile(ctx context.Context, shipFile id.ID, o FileOptions) (Checked, error) {
	if err := actor.Require(ctx, fulfillment.PermitShip); err != nil {
		return Checked{}, err
	}
	f, err := s.ShipFile(ctx, shipFile)
	if err != nil {
		return Checked{}, err
	}
	t, err := s.openTable(ctx, f, o.Mapping)
	if err != nil {
		return Checked{}, err
	}
	d := dryRun{s: s, options: o, out: Checked{Counts: map[string]int64{}}, ship: s.ship.DryRun()}
	if err := t.batches(0, nil, func(rows []fileRow) error { return d.batch(ctx, rows) }); err != nil {
		return Checked{}, err
	}
	d.out.Rows = append(d.bad, d.good[:min(len(d.good), MaxCheckedRows-len(d.bad))]...)
	slices.SortFunc(d.out.Rows, func(a, b CheckedRow) int { return cmp.Compare(a.Row, b.Row) })
	if f.State == "running" {
		return d.out, nil
	}
	mapping, err := toJSON(o.Mapping)
	if err != nil {
		return Checked{}, err
	}
	return d.out, s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, updateFileMapping, mapping, actor.Merchant(ctx), f.ID)
		return err
	})
}

// dryRun plays a whole file without writing: what earlier rows would have done is
// carried along in memory.
type dryRun struct {
	s         *Service
	options   FileOptions
	out       Checked
	bad, good []CheckedRow
	ship      *fulfillment.DryRun
}

func (d *dryRun) batch(ctx context.Context, rows []fileRow) error {
	a, err := d.s.ask(ctx, d.s.k.DB, d.options, rows)
	if err != nil {
		return err
	}
	outs, err := d.ship.Ship(ctx, a.ins)
	if err != nil {
		return err
	}
	d.report(rows, a, outs)
	return nil
}

func (d *dryRun) report(rows []fileRow, a *asked, outs []fulfillment.Outcome) {
	of := make([]fulfillment.Outcome, len(rows))
	for i := range rows {
		of[i] = fulfillment.Outcome{Err: a.errs[i]}
	}
	for n, from := range a.rows {
		for _, i := range from {
			of[i] = outs[n]
		}
	}
	for i, r := range rows {
		row := CheckedRow{Row: r.No, OrderNo: clip(r.OrderNo), OrderID: a.ids[i], WaybillNo: clip(r.WaybillNo), Carrier: of[i].Carrier,
			Guessed: of[i].Carrier != "" && r.Carrier == "" && d.options.DefaultCarrier == "", Verdict: verdictOf(of[i])}
		switch e := errs.As(of[i].Err); {
		case e != nil:
			row.Code, row.Params, row.Field = e.Code, e.Params, e.Field
		case row.Verdict == VerdictUnchanged:
			row.Code = fulfillment.ErrUnchanged.Code
		case of[i].Warning != "":
			row.Code, row.Params = of[i].Warning, map[string]any{"waybill_no": row.WaybillNo, "carrier": carrierName(of[i].Carrier)}
		}
		d.out.Total++
		d.out.Counts[row.Verdict]++
		if row.Verdict == VerdictOK {
			if len(d.good) < MaxCheckedRows {
				d.good = append(d.good, row)
			}
		} else if len(d.bad) < MaxCheckedRows {
			d.bad = append(d.bad, row)
		}
	}
}
