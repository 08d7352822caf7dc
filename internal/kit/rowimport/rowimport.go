package rowimport

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/file"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/sheet"
)

// Bounds of one import.
const (
	MaxRows    = 100_000
	chunk      = 200 // rows of one transaction
	maxBad     = 500 // verdicts a preview shows
	sampleRows = 5
)

// Importer is what a capability says about its rows.
type Importer struct {
	Kind       string // of the job and the audit entry: catalog.import_file
	Permission string // for all of the import
	Fields     []Field
	// Apply brings one row in, in a savepoint of its own, and returns the id of what
	// it touched. It must change nothing when the row says what is already so.
	Apply func(ctx context.Context, tx *db.Tx, r Row) (id.ID, error)
	// Ref is what the person knows the row by.
	Ref func(r Row) string
	// Unique, where set, names what only one row may speak of; a second one is refused.
	Unique func(r Row) string

	Files    *file.Files
	Jobs     *job.Queue
	DB       *db.DB
	Commands *command.Pipe
}

// Upload is a table that was recognised.
type Upload struct {
	FileID  id.ID
	Columns []string
	Mapping Mapping
	Sample  [][]string
}

// Preview is what running the file now would do. Bad holds the first refused rows.
type Preview struct {
	Total  int64
	OK     int64
	Bad    []Bad
	Sample [][]string
}

// Bad is one refused row.
type Bad struct {
	Row int64
	Err error
}

// payload is what the job keeps.
type payload struct {
	FileID  id.ID   `json:"file_id"`
	Mapping Mapping `json:"mapping"`
	Rows    []int64 `json:"rows,omitempty"` // only these, when failed rows are tried again
}

// Register tells the queue how to run the import.
func (im *Importer) Register() {
	im.Jobs.Register(im.Kind, job.Handler{Run: im.run, Retry: func(_ context.Context, _ *db.Tx, j job.Job, failed []int64) (any, error) {
		p, err := payloadOf(j)
		p.Rows = failed
		return p, err
	}})
}

// open finds the table of an upload; own also makes sure that the actor made it.
func (im *Importer) open(ctx context.Context, fileID id.ID, own bool) (*table, error) {
	f, err := im.Files.Get(ctx, fileID)
	if errors.Is(err, file.ErrNotFound) {
		return nil, ErrGone
	}
	if err != nil {
		return nil, err
	}
	who, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	if f.Purpose != file.Upload || own && f.CreatedBy != who.ID {
		return nil, ErrGone
	}
	r, err := im.Files.Open(ctx, fileID)
	if err != nil {
		return nil, err
	}
	book, err := sheet.Open(f.Name, r, r.Size(), sheet.Limits{Rows: MaxRows + headerDepth})
	if err != nil {
		return nil, err
	}
	return findTable(book, im.Fields)
}

// Open recognises an uploaded file and guesses the mapping.
//
// Errors: ErrGone, ErrNoHeader, actor.ErrForbidden, and those of sheet.Open.
func (im *Importer) Open(ctx context.Context, fileID id.ID) (Upload, error) {
	if err := actor.Require(ctx, im.Permission); err != nil {
		return Upload{}, err
	}
	t, err := im.open(ctx, fileID, true)
	if err != nil {
		return Upload{}, err
	}
	rows, err := t.sample(sampleRows)
	if err != nil {
		return Upload{}, err
	}
	return Upload{FileID: fileID, Columns: t.columns, Mapping: t.guess(im.Fields), Sample: rows}, nil
}

// errDry takes the changes of a preview back.
var errDry = errors.New("rowimport: dry run")

// Preview runs the import and takes it back, chunk by chunk.
//
// Errors: ErrGone, ErrColumn, ErrTooMany, actor.ErrForbidden, and those of sheet.Open.
func (im *Importer) Preview(ctx context.Context, fileID id.ID, m Mapping) (Preview, error) {
	if err := actor.Require(ctx, im.Permission); err != nil {
		return Preview{}, err
	}
	t, err := im.open(ctx, fileID, true)
	if err != nil {
		return Preview{}, err
	}
	if err := t.check(m, im.Fields); err != nil {
		return Preview{}, err
	}
	out := Preview{Bad: []Bad{}}
	if out.Sample, err = t.sample(sampleRows); err != nil {
		return Preview{}, err
	}
	err = im.chunks(t, fileID, m, func(rows []Row) error {
		var bad []Bad
		err := im.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			verdicts, err := im.apply(ctx, tx, rows)
			if err != nil {
				return err
			}
			bad = bad[:0]
			for i, v := range verdicts {
				if v.err != nil {
					bad = append(bad, Bad{rows[i].No, v.err})
				}
			}
			return errDry
		})
		if !errors.Is(err, errDry) {
			return err
		}
		if out.Total += int64(len(rows)); out.Total > MaxRows {
			return ErrTooMany.With("limit", MaxRows)
		}
		out.OK += int64(len(rows) - len(bad))
		out.Bad = append(out.Bad, bad[:min(len(bad), maxBad-len(out.Bad))]...)
		return nil
	})
	return out, err
}

// chunks hands out the rows in batches of one transaction each.
func (im *Importer) chunks(t *table, fileID id.ID, m Mapping, f func([]Row) error) error {
	var batch []Row
	seen := map[string]int64{}
	err := t.each(m, im.Fields, func(r Row) error {
		r.FileID = fileID
		if im.Unique != nil {
			key := im.Unique(r)
			if r.twin = seen[key]; r.twin == 0 {
				seen[key] = r.No
			}
		}
		if batch = append(batch, r); len(batch) < chunk {
			return nil
		}
		err := f(batch)
		batch = nil
		return err
	})
	if err == nil && len(batch) > 0 {
		err = f(batch)
	}
	return err
}

type verdict struct {
	object id.ID
	err    error
}

// apply runs each row in its own savepoint. An error without a code is ours, not
// the row's, and ends the chunk.
func (im *Importer) apply(ctx context.Context, tx *db.Tx, rows []Row) ([]verdict, error) {
	out := make([]verdict, len(rows))
	for i, r := range rows {
		if r.twin != 0 {
			out[i].err = ErrTwice.With("row", r.twin)
			continue
		}
		err := tx.Save(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			out[i].object, err = im.Apply(ctx, tx, r)
			return err
		})
		if err != nil {
			if code, _, _ := job.RowError(err); code == job.ErrInternal.Code {
				return nil, err
			}
			out[i] = verdict{err: err}
		}
	}
	return out, nil
}

// Start begins the import as a job of the task centre. Bringing the same file in again
// changes nothing, and it is not run twice at the same time.
//
// Errors: ErrGone, ErrColumn, actor.ErrForbidden, and those of sheet.Open.
func (im *Importer) Start(ctx context.Context, fileID id.ID, m Mapping) (job.Job, error) {
	if err := actor.Require(ctx, im.Permission); err != nil {
		return job.Job{}, err
	}
	t, err := im.open(ctx, fileID, true)
	if err != nil {
		return job.Job{}, err
	}
	if err := t.check(m, im.Fields); err != nil {
		return job.Job{}, err
	}
	about := &command.About{Action: im.Kind, Object: "file/" + fileID.String()}
	made, err := command.Run(ctx, im.Commands, about, map[string]any{"file_id": fileID, "mapping": m}, func(ctx context.Context, tx *db.Tx) (id.ID, error) {
		return im.Jobs.EnqueueTx(ctx, tx, job.Spec{Kind: im.Kind, Payload: payload{FileID: fileID, Mapping: m},
			UniqueKey: im.Kind + "/" + fileID.String(), GroupKey: im.Kind, Visible: true})
	})
	if err != nil {
		return job.Job{}, err
	}
	return im.Jobs.Get(ctx, made)
}

func payloadOf(j job.Job) (p payload, err error) {
	err = (&job.Run{Job: j}).Payload(&p)
	return p, err
}

// run goes on after the last committed row.
func (im *Importer) run(ctx context.Context, r *job.Run) error {
	var p payload
	if err := r.Payload(&p); err != nil {
		return err
	}
	t, err := im.open(ctx, p.FileID, false)
	if err != nil {
		return err
	}
	if err := t.check(p.Mapping, im.Fields); err != nil {
		return err
	}
	var after int64
	if r.Checkpoint() != "" {
		if after, err = strconv.ParseInt(r.Checkpoint(), 10, 64); err != nil {
			return err
		}
	} else if err := im.count(ctx, r, t, p); err != nil {
		return err
	}
	return im.chunks(t, p.FileID, p.Mapping, func(rows []Row) error {
		rows = slices.DeleteFunc(rows, func(row Row) bool { return row.No <= after || !p.wants(row.No) })
		if len(rows) == 0 {
			return nil
		}
		return r.Advance(ctx, func(ctx context.Context, tx *db.Tx) (job.Step, error) { return im.step(ctx, tx, rows) })
	})
}

func (p payload) wants(no int64) bool {
	if p.Rows == nil {
		return true
	}
	_, ok := slices.BinarySearch(p.Rows, no)
	return ok
}

// count tells the task centre how many rows there are.
func (im *Importer) count(ctx context.Context, r *job.Run, t *table, p payload) error {
	var n int64
	if err := t.each(p.Mapping, im.Fields, func(row Row) error {
		if p.wants(row.No) {
			n++
		}
		return nil
	}); err != nil {
		return err
	}
	if n > MaxRows {
		return ErrTooMany.With("limit", MaxRows)
	}
	return r.Advance(ctx, func(context.Context, *db.Tx) (job.Step, error) {
		return job.Step{Checkpoint: strconv.FormatInt(t.header, 10), Total: &n}, nil
	})
}

func (im *Importer) step(ctx context.Context, tx *db.Tx, rows []Row) (job.Step, error) {
	verdicts, err := im.apply(ctx, tx, rows)
	if err != nil {
		return job.Step{}, err
	}
	s := job.Step{Checkpoint: strconv.FormatInt(rows[len(rows)-1].No, 10), Done: int64(len(rows))}
	for i, v := range verdicts {
		if v.err == nil {
			s.OK++
			continue
		}
		s.Failed++
		code, params, field := job.RowError(v.err)
		s.Rows = append(s.Rows, job.Row{No: rows[i].No, Ref: im.Ref(rows[i]), Result: job.Bad, Code: code, Params: params, Field: field})
	}
	return s, nil
}
