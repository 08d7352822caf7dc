package channel

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"github.com/ordercove/ordercove/internal/aftersale"
	"github.com/ordercove/ordercove/internal/intake"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/shop"
)

// importPayload is what the job is asked to do. Only is set by a retry: the row
// numbers to take again.
type importPayload struct {
	ImportID  id.ID   `json:"import_id"`
	Confirmed bool    `json:"confirmed"`
	Only      []int64 `json:"only,omitempty"`
}

// ImportResult is what a finished import did.
type ImportResult struct {
	ImportID  id.ID `json:"import_id"`
	Created   int64 `json:"created"`
	Updated   int64 `json:"updated"`
	Unchanged int64 `json:"unchanged"`
	Stale     int64 `json:"stale"`
	Rejected  int64 `json:"rejected"`
	Warnings  int64 `json:"warnings"`
	Cases     int64 `json:"cases"` // of those above, after-sale cases
}

// Run imports the files into a shop as a durable job (执行导入). The raw files are
// in the inbox before anything is parsed; status words and the column mapping are
// saved for the next file. Permission intake.import.
//
// Errors: ErrImportNotFound, ErrImportRunning, ErrImportTime, ErrImportConflicts,
// ErrBadWord, shop.ErrNotFound, those of plan.
func (im *Importer) Run(ctx context.Context, in ImportInput) (id.ID, error) {
	if err := actor.Require(ctx, "intake.import"); err != nil {
		return 0, err
	}
	one, sh, err := im.prepare(ctx, &in)
	if err != nil {
		return 0, err
	}
	if in.ExportedAt == 0 {
		return 0, ErrImportTime.At("exported_at")
	}
	if one.Counts.Conflicts > 0 && one.ShopID == sh.ID && !in.ConfirmConflicts {
		return 0, ErrImportConflicts.With("n", one.Counts.Conflicts).At("confirm_conflicts")
	}
	// Whatever makes the whole run impossible is said now, not by a failed job.
	if _, err := im.plan(ctx, &one, sh, in.Mapping); err != nil {
		return 0, err
	}
	about := &command.About{Action: "channel.import_file", Object: "import/" + in.ImportID.String(), Detail: map[string]any{"shop_id": sh.ID, "files": len(one.stored)}}
	return command.Run(ctx, im.kit.Commands, about, in, func(ctx context.Context, tx *db.Tx) (id.ID, error) {
		if err := im.rememberTx(ctx, tx, &one, sh, in); err != nil {
			return 0, err
		}
		for i, f := range one.stored {
			if f.inbox != 0 {
				continue // a failed run left it
			}
			row, err := im.door.OpenFileTx(ctx, tx, sh.ID, f.file, in.ExportedAt)
			if err != nil {
				return 0, err
			}
			if _, err := tx.Exec(ctx, setInbox, row, actor.Merchant(ctx), one.ID, i); err != nil {
				return 0, err
			}
		}
		jobID, err := im.kit.Jobs.EnqueueTx(ctx, tx, job.Spec{Kind: ImportJob, Payload: importPayload{ImportID: one.ID, Confirmed: in.ConfirmConflicts},
			GroupKey: "shop/" + sh.ID.String(), Visible: true, Total: one.Counts.Orders + one.Counts.Cases + one.Counts.Rejected})
		if err != nil {
			return 0, err
		}
		return jobID, im.startTx(ctx, tx, sh, in, jobID)
	})
}

func (im *Importer) startTx(ctx context.Context, tx *db.Tx, sh shop.Shop, in ImportInput, jobID id.ID) error {
	mapping, err := json.Marshal(in.Mapping)
	if err != nil {
		return err
	}
	options, err := json.Marshal(importOptions{Confirmed: in.ConfirmConflicts})
	if err != nil {
		return err
	}
	n, err := tx.ExecN(ctx, startImport, sh.ID, sh.Channel, string(mapping), string(options), in.ExportedAt, jobID, clock.Millis(im.kit.Clock), actor.Merchant(ctx), in.ImportID)
	if err == nil && n != 1 {
		err = ErrImportRunning
	}
	return err
}

// rememberTx saves what the person taught us: words and column mappings.
func (im *Importer) rememberTx(ctx context.Context, tx *db.Tx, one *Import, sh shop.Shop, in ImportInput) error {
	now := clock.Millis(im.kit.Clock)
	for _, w := range slices.Sorted(maps.Keys(in.StatusWords)) {
		if err := SaveWordTx(ctx, tx, sh.Channel, w, in.StatusWords[w], now); err != nil {
			return err
		}
	}
	if len(in.Mapping) == 0 {
		return nil
	}
	text, err := json.Marshal(in.Mapping)
	if err != nil {
		return err
	}
	for _, f := range one.Files {
		if len(f.Columns) == 0 {
			continue
		}
		if _, err := tx.Exec(ctx, putMapping, actor.Merchant(ctx), sh.ID, headerHash(f.Columns), f.Name, string(text), now); err != nil {
			return err
		}
	}
	return nil
}

// mark is the checkpoint of an import: how many verdicts are done, and the sums.
type mark struct {
	Seen   int64        `json:"seen"`
	Result ImportResult `json:"result"`
}

// importRun is one run of the job.
type importRun struct {
	im      *Importer
	run     *job.Run
	one     Import
	shop    shop.Shop
	payload importPayload
	only    map[int64]bool
	inbox   []id.ID // raw row of each file
	mark    mark
	at      int64 // verdicts read so far
	orders  bool  // the files tell of orders
	batch   runBatch
	split   bool // the step holds a record that must be found and left out
}

// runBatch is what one step commits.
type runBatch struct {
	seen    int64
	records []intake.Record
	bad     []intake.Bad
	badRows []job.Row
	badFile []int
	warned  int64
	file    []int
	cases   []aftersale.Told
}

func (im *Importer) runJob(ctx context.Context, r *job.Run) error {
	ir := &importRun{im: im, run: r}
	if err := r.Payload(&ir.payload); err != nil {
		return err
	}
	if c := r.Checkpoint(); c != "" {
		if err := json.Unmarshal([]byte(c), &ir.mark); err != nil {
			return err
		}
	}
	err := ir.read(ctx)
	if err == nil {
		err = ir.finish(ctx)
	}
	if err != nil && !errors.Is(err, job.ErrLost) {
		ir.fail(ctx, err)
	}
	return err
}

func (ir *importRun) read(ctx context.Context) error {
	im := ir.im
	var err error
	if ir.one, err = im.get(ctx, im.kit.DB, ir.payload.ImportID); err != nil {
		return err
	}
	if ir.shop, err = im.shops.Get(ctx, ir.one.ShopID); err != nil {
		return err
	}
	for _, f := range ir.one.stored {
		ir.inbox = append(ir.inbox, f.inbox)
	}
	if len(ir.payload.Only) > 0 {
		ir.only = map[int64]bool{}
		for _, n := range ir.payload.Only {
			ir.only[n] = true
		}
	}
	batches, err := im.plan(ctx, &ir.one, ir.shop, ir.one.Mapping)
	if err != nil {
		return err
	}
	words, err := im.words(ctx, im.kit.DB, ir.shop.Channel, nil)
	if err != nil {
		return err
	}
	for _, b := range batches {
		ir.orders = ir.orders || b.Kind == Orders
		raw := intake.RawRecord{Channel: b.Channel, Format: b.Format}
		if err := Read(im.all, b, Options{Words: words, Mapping: ir.one.Mapping}, func(v Verdict) error { return ir.take(ctx, v, raw) }); err != nil {
			return err
		}
	}
	return ir.flush(ctx)
}

// rowNo numbers a record within the job: files follow each other by ten million.
func rowNo(fileIndex, record int) int64 { return int64(fileIndex)*10_000_000 + int64(record) }

func (ir *importRun) take(ctx context.Context, v Verdict, raw intake.RawRecord) error {
	if ir.at++; ir.at <= ir.mark.Seen {
		return nil // a former run of this job committed it
	}
	b := &ir.batch
	b.seen++
	no := rowNo(v.File, v.Record)
	if ir.only != nil && !ir.only[no] {
		return ir.flushAt(ctx, 50*batchSize)
	}
	switch {
	case v.Result == Warned:
		b.warned++
	case v.Result == Rejected:
		raw.Rows = slices.Clone(v.Raw())
		err := v.Reason.Err().With("field", v.Field, "value", v.Value).At(v.Field)
		b.bad = append(b.bad, intake.Bad{No: no, OrderNo: v.No, Raw: raw, Err: err})
		b.badFile = append(b.badFile, v.File)
		b.badRows = append(b.badRows, job.Row{No: no, Ref: v.No, Result: job.Bad, Code: err.Code, Params: err.Params, Field: v.Field})
	case v.Aftersale != nil:
		b.cases = append(b.cases, v.Aftersale.told(ir.one.ExportedAt))
	case v.Order != nil:
		b.records = append(b.records, intake.Record{No: no, Doc: *v.Order})
		b.file = append(b.file, v.File)
	}
	if len(b.records)+len(b.bad)+len(b.cases) >= batchSize {
		return ir.flush(ctx)
	}
	return ir.flushAt(ctx, 50*batchSize)
}

// flushAt moves the checkpoint on when many verdicts needed no work.
func (ir *importRun) flushAt(ctx context.Context, n int64) error {
	if ir.batch.seen >= n {
		return ir.flush(ctx)
	}
	return nil
}

// flush commits one step: orders, quarantine, rows, progress and checkpoint.
func (ir *importRun) flush(ctx context.Context) error {
	b := &ir.batch
	if b.seen == 0 {
		return nil
	}
	next, err := ir.step(ctx)
	if errors.Is(err, intake.ErrSplit) {
		ir.split = true
		next, err = ir.step(ctx)
		ir.split = false
	}
	if err != nil {
		return err
	}
	ir.mark = next
	*b = runBatch{records: b.records[:0], file: b.file[:0]}
	return nil
}

func (ir *importRun) step(ctx context.Context) (next mark, err error) {
	b := &ir.batch
	err = ir.run.Advance(ctx, func(ctx context.Context, tx *db.Tx) (job.Step, error) {
		next = mark{Seen: ir.mark.Seen + b.seen, Result: ir.mark.Result}
		step := job.Step{Rows: slices.Clone(b.badRows), Failed: int64(len(b.bad))}
		next.Result.ImportID = ir.one.ID
		next.Result.Rejected += int64(len(b.bad))
		next.Result.Warnings += b.warned
		if err := ir.quarantineTx(ctx, tx, b); err != nil {
			return step, err
		}
		if err := ir.acceptTx(ctx, tx, b, &step, &next.Result); err != nil {
			return step, err
		}
		if err := ir.casesTx(ctx, tx, b, &step, &next.Result); err != nil {
			return step, err
		}
		step.Done = step.OK + step.Failed + step.Skipped
		c, err := json.Marshal(next)
		if err != nil {
			return step, err
		}
		step.Checkpoint, step.Result = string(c), next.Result
		return step, nil
	})
	return next, err
}

// quarantineTx keeps the step's bad records, under the raw row of their file.
func (ir *importRun) quarantineTx(ctx context.Context, tx *db.Tx, b *runBatch) error {
	for f, parent := range ir.inbox {
		var bad []intake.Bad
		for i := range b.bad {
			if b.badFile[i] == f {
				bad = append(bad, b.bad[i])
			}
		}
		if ir.only != nil {
			if err := ir.im.door.ForgetTx(ctx, tx, parent, ir.numbers(b, f)); err != nil {
				return err
			}
		}
		if err := ir.im.door.QuarantineTx(ctx, tx, ir.shop.ID, ir.one.ExportedAt, parent, bad); err != nil {
			return err
		}
	}
	return nil
}

// numbers lists the records of one file that this step takes again.
func (ir *importRun) numbers(b *runBatch, f int) []int64 {
	var out []int64
	for i, r := range b.records {
		if b.file[i] == f {
			out = append(out, r.No)
		}
	}
	for i := range b.bad {
		if b.badFile[i] == f {
			out = append(out, b.bad[i].No)
		}
	}
	return out
}

// acceptTx hands the step's documents to the door, file by file.
func (ir *importRun) acceptTx(ctx context.Context, tx *db.Tx, b *runBatch, step *job.Step, sum *ImportResult) error {
	for f, parent := range ir.inbox {
		var records []intake.Record
		for i := range b.records {
			if b.file[i] == f {
				records = append(records, b.records[i])
			}
		}
		if len(records) == 0 {
			continue
		}
		held, records, err := ir.conflictsTx(ctx, tx, records)
		if err != nil {
			return err
		}
		accept := ir.im.door.AcceptWholeTx
		if ir.split {
			accept = ir.im.door.AcceptTx
		}
		applied, err := accept(ctx, tx, ir.shop, ir.one.ExportedAt, parent, records)
		if err != nil {
			return err
		}
		if err := ir.im.door.SetAsideTx(ctx, tx, ir.shop.ID, ir.one.ExportedAt, parent, held); err != nil {
			return err
		}
		for _, h := range held {
			code, params, field := job.RowError(h.Err)
			step.Rows = append(step.Rows, job.Row{No: h.No, Ref: h.Doc.ChannelOrderNo, Result: job.Bad, Code: code, Params: params, Field: field})
			step.Failed++
			sum.Rejected++
		}
		for i, a := range applied {
			sum.add(a.Result)
			switch a.Result {
			case order.ApplyRejected:
				code, params, field := job.RowError(a.Err)
				step.Rows = append(step.Rows, job.Row{No: records[i].No, Ref: records[i].Doc.ChannelOrderNo, Result: job.Bad, Code: code, Params: params, Field: field})
				step.Failed++
			case order.ApplyUnchanged, order.ApplyStale:
				step.Skipped++
			default:
				step.OK++
			}
		}
	}
	return nil
}

func (s *ImportResult) add(r order.ApplyResult) {
	switch r {
	case order.ApplyCreated:
		s.Created++
	case order.ApplyUpdated:
		s.Updated++
	case order.ApplyUnchanged:
		s.Unchanged++
	case order.ApplyStale:
		s.Stale++
	default:
		s.Rejected++
	}
}

// conflictsTx takes out the records whose number stands under another shop of the
// channel, unless a person confirmed them.
func (ir *importRun) conflictsTx(ctx context.Context, tx *db.Tx, records []intake.Record) (held []intake.Held, rest []intake.Record, err error) {
	if ir.payload.Confirmed {
		return nil, records, nil
	}
	if alone, err := ir.aloneTx(ctx, tx); err != nil || alone {
		return nil, records, err
	}
	nos := make([]string, len(records))
	for i, r := range records {
		nos[i] = r.Doc.ChannelOrderNo
	}
	others, err := ir.im.orders.OtherShopsTx(ctx, tx, ir.shop, nos)
	if err != nil || len(others) == 0 {
		return nil, records, err
	}
	for _, r := range records {
		other, ok := others[r.Doc.ChannelOrderNo]
		if !ok {
			rest = append(rest, r)
			continue
		}
		name := other.String()
		if s, err := ir.im.shops.GetTx(ctx, tx, other); err == nil {
			name = s.Name
		}
		held = append(held, intake.Held{Record: r, Err: ErrOtherShop.With("shop", name)})
	}
	return held, rest, nil
}

// aloneTx reports that the merchant has no other shop of the channel, as far as
// somebody who sees all shops can tell: no number can stand elsewhere then.
func (ir *importRun) aloneTx(ctx context.Context, tx *db.Tx) (bool, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return false, err
	}
	if _, narrowed := a.Scoped(shop.Scope); narrowed {
		return false, nil
	}
	all, err := ir.im.shops.ListTx(ctx, tx)
	return !slices.ContainsFunc(all, func(s shop.Shop) bool { return s.Channel == ir.shop.Channel && s.ID != ir.shop.ID }), err
}

// finish closes the import: the shop's data is now as old as the export.
func (ir *importRun) finish(ctx context.Context) error {
	im := ir.im
	return ir.run.Advance(ctx, func(ctx context.Context, tx *db.Tx) (job.Step, error) {
		if ir.orders { // cases alone make no order fresher
			if err := im.shops.TouchDataTx(ctx, tx, ir.shop.ID, ir.one.ExportedAt); err != nil {
				return job.Step{}, err
			}
		}
		for _, row := range ir.inbox {
			if err := im.door.CloseFileTx(ctx, tx, row); err != nil {
				return job.Step{}, err
			}
		}
		r := ir.mark.Result
		r.ImportID = ir.one.ID
		counts := Counts{Orders: r.Created + r.Updated + r.Unchanged + r.Stale - r.Cases, Cases: r.Cases, New: r.Created, Changed: r.Updated, Unchanged: r.Unchanged, Stale: r.Stale, Rejected: r.Rejected, Warnings: r.Warnings}
		total := counts.Orders + counts.Cases + counts.Rejected
		if ir.only == nil {
			if err := im.endTx(ctx, tx, ir.one.ID, ImportDone, counts); err != nil {
				return job.Step{}, err
			}
		}
		return job.Step{Total: &total, Result: r}, nil
	})
}

func (im *Importer) endTx(ctx context.Context, tx *db.Tx, importID id.ID, state string, c Counts) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, endImport, state, string(text), clock.Millis(im.kit.Clock), actor.Merchant(ctx), importID)
	return err
}

// fail lets a person start the import again when the job will not.
func (ir *importRun) fail(ctx context.Context, cause error) {
	switch errs.KindOf(cause) {
	case errs.Internal, errs.Unavailable, errs.TooMany:
		if !errors.Is(cause, job.ErrCancelled) {
			return // the queue tries again, from the checkpoint
		}
	}
	if ir.one.ID == 0 || ir.only != nil {
		return
	}
	err := ir.im.kit.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		return ir.im.endTx(ctx, tx, ir.one.ID, ImportFailed, ir.one.Counts)
	})
	if err != nil {
		ir.im.kit.Log.Error("import could not be marked failed", "import", ir.one.ID, "error", err)
	}
}

// retry makes a job that takes the failed rows again: a word may be known by now,
// or a conflict confirmed.
func (im *Importer) retry(_ context.Context, _ *db.Tx, j job.Job, failed []int64) (any, error) {
	var p importPayload
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return nil, err
	}
	p.Only, p.Confirmed = failed, true
	return p, nil
}
