package channel

import (
	"context"
	"strconv"

	"github.com/ordercove/ordercove/internal/aftersale"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/money"
)

// Cases keeps the after-sale cases that files tell of.
type Cases interface {
	ForeseeFileTx(ctx context.Context, q db.Querier, shopID id.ID, all []aftersale.Told) ([]aftersale.FileResult, error)
	AbsorbFileTx(ctx context.Context, tx *db.Tx, shopID id.ID, all []aftersale.Told) ([]aftersale.FileResult, error)
}

// ImporterOption is what others have to do with files.
type ImporterOption func(*Importer)

// FileCasesTo hands the cases of after-sale exports to those who keep them. Without it
// such files are recognised and left alone.
func FileCasesTo(c Cases) ImporterOption { return func(im *Importer) { im.cases = c } }

var caseKinds = map[string]string{"refund_only": aftersale.KindRefund, "return_refund": aftersale.KindReturn, "exchange": aftersale.KindExchange,
	"reship": aftersale.KindReship, "repair": aftersale.KindRepair, "price_protection": aftersale.KindPriceProtection}

var caseStates = map[string]aftersale.State{"pending": aftersale.Requested, "buyer_to_return": aftersale.Returning, "seller_to_receive": aftersale.Receiving,
	"refunding": aftersale.Refunding, "refunded": aftersale.Refunded, "exchanged": aftersale.Exchanged, "reshipped": aftersale.Exchanged,
	"rejected": aftersale.Refused, "closed": aftersale.Closed}

// told is a case as an export of the instant at tells it.
func (a *Aftersale) told(at int64) aftersale.Told {
	t := aftersale.Told{No: a.AftersaleNo, OrderNo: a.ChannelOrderNo, LineNo: a.ChannelLineNo, Kind: caseKinds[a.Type], State: caseStates[a.Status], StateRaw: a.StatusRaw,
		Version: "file/" + strconv.FormatInt(at, 10), Reason: a.Reason, OpenedAt: a.AppliedAt, ModifiedAt: at, RefundedAt: a.RefundedAt, RespondByAt: a.RespondByAt, File: true}
	if t.Kind == "" {
		t.Kind = aftersale.KindOther
	}
	if t.State == "" {
		t.State = aftersale.Unknown
	}
	for _, part := range []*money.Fen{a.RefundGoodsFen, a.RefundFreightFen} {
		if part != nil {
			t.Refund += *part
		}
	}
	if w := a.ReturnWaybill; w != nil {
		t.ReturnCarrier, t.ReturnWaybill = w.Carrier, w.No
	}
	return t
}

// flushCases asks what the gathered cases would do.
func (p *preview) flushCases(ctx context.Context) error {
	if len(p.cases) == 0 {
		return nil
	}
	seen, err := p.im.cases.ForeseeFileTx(ctx, p.im.kit.DB, p.sh.ID, p.cases)
	if err != nil {
		return err
	}
	c := &p.out.Counts
	for i, r := range seen {
		row := p.caseRows[i]
		row.Verdict = string(r)
		c.Cases++
		switch r {
		case aftersale.FileNew:
			c.New++
		case aftersale.FileChanged:
			c.Changed++
		case aftersale.FileUnchanged:
			c.Unchanged++
		default:
			c.Stale++
		}
		p.show(row)
	}
	p.cases, p.caseRows = p.cases[:0], p.caseRows[:0]
	return nil
}

// casesTx hands the step's cases over.
func (ir *importRun) casesTx(ctx context.Context, tx *db.Tx, b *runBatch, step *job.Step, sum *ImportResult) error {
	if len(b.cases) == 0 {
		return nil
	}
	done, err := ir.im.cases.AbsorbFileTx(ctx, tx, ir.shop.ID, b.cases)
	if err != nil {
		return err
	}
	for _, r := range done {
		sum.Cases++
		switch r {
		case aftersale.FileNew:
			sum.Created++
			step.OK++
		case aftersale.FileChanged:
			sum.Updated++
			step.OK++
		case aftersale.FileUnchanged:
			sum.Unchanged++
			step.Skipped++
		default:
			sum.Stale++
			step.Skipped++
		}
	}
	return nil
}
