package channel

import (
	"context"
	"encoding/json"

	"github.com/ordercove/ordercove/internal/aftersale"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/shop"
)

// ImportInput is what a person decides about an import. ExportedAt 0 takes the
// file name's word. StatusWords resolve words the connector does not know; Run
// saves them for the channel.
type ImportInput struct {
	ImportID         id.ID
	ShopID           id.ID
	ExportedAt       int64
	Mapping          Mapping
	StatusWords      map[string]Status
	ConfirmConflicts bool
}

// PreviewRow is the verdict on one record. Verdict is new, changed, unchanged,
// stale, rejected or warning.
type PreviewRow struct {
	File    int
	Record  int64
	OrderNo string
	Verdict string
	Code    string
	Params  map[string]any
	Field   string
	Value   string
}

// Conflict is a number that already stands under another shop of the channel.
type Conflict struct {
	OrderNo string
	ShopID  id.ID
}

// WordCount is an unknown status word and how many rows have it.
type WordCount struct {
	Word string
	N    int64
}

// Preview is what a run would do. Rows and Conflicts hold the first ones.
type Preview struct {
	Counts       Counts
	UnknownWords []WordCount
	Rows         []PreviewRow
	Conflicts    []Conflict
}

const (
	previewRows = 200
	batchSize   = 500
)

// Preview reads the files for a shop and says, record by record, what a run would
// do, without changing any order. Permission intake.import.
//
// Errors: ErrImportNotFound, ErrImportRunning, shop.ErrNotFound, those of plan.
func (im *Importer) Preview(ctx context.Context, in ImportInput) (Preview, error) {
	if err := actor.Require(ctx, "intake.import"); err != nil {
		return Preview{}, err
	}
	one, sh, err := im.prepare(ctx, &in)
	if err != nil {
		return Preview{}, err
	}
	batches, err := im.plan(ctx, &one, sh, in.Mapping)
	if err != nil {
		return Preview{}, err
	}
	words, err := im.words(ctx, im.kit.DB, sh.Channel, in.StatusWords)
	if err != nil {
		return Preview{}, err
	}
	if in.ExportedAt == 0 {
		in.ExportedAt = clock.Millis(im.kit.Clock) // not confirmed yet: judged as if exported now
	}
	p := &preview{im: im, sh: sh, at: in.ExportedAt, words: map[string]int64{}, seen: map[string]bool{}}
	for _, b := range batches {
		if err := Read(im.all, b, Options{Words: words, Mapping: in.Mapping}, func(v Verdict) error { return p.take(ctx, v) }); err != nil {
			return Preview{}, err
		}
	}
	if err := p.flush(ctx); err != nil {
		return Preview{}, err
	}
	if err := p.flushCases(ctx); err != nil {
		return Preview{}, err
	}
	return p.out, im.keepPreview(ctx, in, p.out.Counts)
}

// prepare loads the import and fills in what the input leaves open.
func (im *Importer) prepare(ctx context.Context, in *ImportInput) (Import, shop.Shop, error) {
	one, err := im.get(ctx, im.kit.DB, in.ImportID)
	if err != nil {
		return one, shop.Shop{}, err
	}
	if one.State == ImportRunning || one.State == ImportDone {
		return one, shop.Shop{}, ErrImportRunning
	}
	if err := checkWords(in.StatusWords); err != nil {
		return one, shop.Shop{}, err
	}
	if in.ExportedAt == 0 {
		for _, f := range one.Files {
			in.ExportedAt = max(in.ExportedAt, f.ExportedAt)
		}
	}
	if in.ExportedAt > clock.Millis(im.kit.Clock)+5*60_000 {
		return one, shop.Shop{}, ErrImportTime.At("exported_at")
	}
	if in.Mapping == nil {
		in.Mapping = one.Mapping
	}
	sh, err := im.shops.Get(ctx, in.ShopID)
	return one, sh, err
}

func (im *Importer) keepPreview(ctx context.Context, in ImportInput, c Counts) error {
	mapping, err := json.Marshal(in.Mapping)
	if err != nil {
		return err
	}
	counts, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return im.kit.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, previewedImport, in.ShopID, string(mapping), "", in.ExportedAt, string(counts), clock.Millis(im.kit.Clock), actor.Merchant(ctx), in.ImportID)
		return err
	})
}

// preview gathers verdicts and asks the order package about them in batches.
type preview struct {
	im    *Importer
	sh    shop.Shop
	at    int64
	out   Preview
	words map[string]int64 // index into out.UnknownWords
	seen  map[string]bool
	docs  []order.Incoming
	rows  []PreviewRow

	cases    []aftersale.Told
	caseRows []PreviewRow
}

func (p *preview) take(ctx context.Context, v Verdict) error {
	row := PreviewRow{File: v.File, Record: int64(v.Record), OrderNo: v.No, Field: v.Field, Value: v.Value}
	if v.Result != Accepted {
		row.Code, row.Params = v.Reason.Code(), map[string]any{"field": v.Field, "value": v.Value}
		if row.Verdict = "warning"; v.Result == Rejected {
			row.Verdict = "rejected"
			p.out.Counts.Rejected++
			if v.Reason == UnknownStatus {
				p.unknown(v.Value)
			}
		} else {
			p.out.Counts.Warnings++
		}
		p.show(row)
		return nil
	}
	if a := v.Aftersale; a != nil {
		row.OrderNo = a.AftersaleNo
		p.cases, p.caseRows = append(p.cases, a.told(p.at)), append(p.caseRows, row)
		if len(p.cases) == batchSize {
			return p.flushCases(ctx)
		}
	}
	if v.Order == nil {
		return nil
	}
	row.OrderNo = v.Order.ChannelOrderNo
	p.docs = append(p.docs, order.Incoming{Shop: p.sh, Doc: *v.Order, Source: order.SourceFile, SourceAt: p.at})
	p.rows = append(p.rows, row)
	if len(p.docs) == batchSize {
		return p.flush(ctx)
	}
	return nil
}

func (p *preview) unknown(word string) {
	i, ok := p.words[word]
	if !ok {
		if len(p.words) >= 500 {
			return
		}
		i = int64(len(p.out.UnknownWords))
		p.words[word] = i
		p.out.UnknownWords = append(p.out.UnknownWords, WordCount{Word: word})
	}
	p.out.UnknownWords[i].N++
}

func (p *preview) show(r PreviewRow) {
	if len(p.out.Rows) < previewRows {
		p.out.Rows = append(p.out.Rows, r)
	}
}

func (p *preview) flush(ctx context.Context) error {
	if len(p.docs) == 0 {
		return nil
	}
	seen, err := p.im.orders.Preview(ctx, p.docs)
	if err != nil {
		return err
	}
	c := &p.out.Counts
	for i, f := range seen {
		r := p.rows[i]
		c.Orders++
		switch f.Result {
		case order.ApplyCreated:
			if r.Verdict = "new"; p.seen[r.OrderNo] {
				r.Verdict = "changed" // a later row of the same new order
				c.Changed++
				break
			}
			c.New++
			p.seen[r.OrderNo] = true
		case order.ApplyUpdated:
			r.Verdict = "changed"
			c.Changed++
		case order.ApplyUnchanged:
			r.Verdict = "unchanged"
			c.Unchanged++
		case order.ApplyStale:
			r.Verdict = "stale"
			c.Stale++
		default:
			r.Verdict = "rejected"
			r.Code, r.Params, r.Field = job.RowError(f.Err)
			c.Rejected++
		}
		if f.OtherShop != 0 {
			c.Conflicts++
			if len(p.out.Conflicts) < previewRows {
				p.out.Conflicts = append(p.out.Conflicts, Conflict{r.OrderNo, f.OtherShop})
			}
		}
		p.show(r)
	}
	p.docs, p.rows = p.docs[:0], p.rows[:0]
	return nil
}
