package channel

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/intake"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/file"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/kit/sheet"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/shop"
)

// MaxImportFiles bounds how many files one import takes.
const MaxImportFiles = 8

// MaxImportBytes bounds one uploaded file.
const MaxImportBytes = 100 << 20

// States of an import.
const (
	ImportDetected  = "detected"
	ImportPreviewed = "previewed"
	ImportRunning   = "running"
	ImportDone      = "done"
	ImportFailed    = "failed"
)

// ImportFile is what detection says about one uploaded file.
type ImportFile struct {
	FileID     id.ID           `json:"file_id"`
	Name       string          `json:"name"`
	SizeBytes  int64           `json:"size_bytes"`
	State      State           `json:"state"`
	Kind       Kind            `json:"kind"`
	Channel    string          `json:"channel"`
	Layout     string          `json:"layout,omitempty"`
	Encoding   string          `json:"encoding,omitempty"`
	Format     string          `json:"format,omitempty"`
	Candidates []FileCandidate `json:"candidates,omitempty"`
	ExportedAt int64           `json:"exported_at,omitempty"`
	Columns    []string        `json:"columns,omitempty"` // of a table nobody knows
	Mapping    Mapping         `json:"mapping,omitempty"` // saved or guessed, for such a table
	ErrorCode  string          `json:"error_code,omitempty"`
	ErrorParam map[string]any  `json:"error_params,omitempty"`
}

// FileCandidate is one of several formats that fit equally well.
type FileCandidate struct {
	Channel string `json:"channel"`
	Kind    Kind   `json:"kind"`
}

// Counts sum up a preview or a finished import.
type Counts struct {
	Orders    int64 `json:"orders"`
	New       int64 `json:"new"`
	Changed   int64 `json:"changed"`
	Unchanged int64 `json:"unchanged"`
	Stale     int64 `json:"stale"`
	Rejected  int64 `json:"rejected"`
	Warnings  int64 `json:"warnings"`
	Conflicts int64 `json:"conflicts,omitempty"`
	Cases     int64 `json:"cases,omitempty"` // after-sale cases; the verdicts count orders and cases
}

// Import is one go of dropped files: detected, previewed, run.
type Import struct {
	ID         id.ID
	State      string
	ShopID     id.ID
	Files      []ImportFile
	Mapping    Mapping
	ExportedAt int64
	Counts     Counts
	JobID      id.ID
	CreatedBy  id.ID
	CreatedAt  int64
	UpdatedAt  int64
	// SuggestedShopID is the only active shop the files can belong to, or 0.
	SuggestedShopID id.ID

	options importOptions
	stored  []storedFile
}

type importOptions struct {
	Confirmed bool `json:"confirmed,omitempty"`
}

type storedFile struct{ file, inbox id.ID }

// Importer takes in order files (导入订单).
type Importer struct {
	kit    *kit.Kit
	all    []Manifest
	door   *intake.Service
	orders *order.Service
	shops  *shop.Service
	cases  Cases // nil: after-sale exports are left alone
}

// ImportJob is the kind of job that reads files into orders.
const ImportJob = "channel.import_file"

// NewImporter wires the use cases and registers their job.
func NewImporter(k *kit.Kit, all []Manifest, door *intake.Service, orders *order.Service, shops *shop.Service, options ...ImporterOption) *Importer {
	im := &Importer{kit: k, all: all, door: door, orders: orders, shops: shops}
	for _, o := range options {
		o(im)
	}
	k.Jobs.Register(ImportJob, job.Handler{Run: im.runJob, Retry: im.retry})
	return im
}

// Create looks at stored files and says what they are: channel, kind, encoding,
// export time. A file that cannot be read says why and spoils nothing else.
// Permission intake.import.
//
// Errors: ErrImportFiles, file.ErrNotFound.
func (im *Importer) Create(ctx context.Context, files []id.ID) (Import, error) {
	if err := actor.Require(ctx, "intake.import"); err != nil {
		return Import{}, err
	}
	if len(files) == 0 || len(files) > MaxImportFiles {
		return Import{}, ErrImportFiles.With("max", MaxImportFiles).At("files")
	}
	looked := make([]ImportFile, len(files))
	var exported int64
	for i, f := range files {
		one, err := im.look(ctx, f)
		if err != nil {
			return Import{}, err
		}
		looked[i] = one
		exported = max(exported, one.ExportedAt)
	}
	detection, err := json.Marshal(looked)
	if err != nil {
		return Import{}, err
	}
	newID := im.kit.IDs.New()
	about := &command.About{Action: "channel.create_import", Object: "import/" + newID.String(), Detail: map[string]any{"files": len(files)}}
	made, err := command.Run(ctx, im.kit.Commands, about, files, func(ctx context.Context, tx *db.Tx) (id.ID, error) {
		a, err := actor.From(ctx)
		if err != nil {
			return 0, err
		}
		now := clock.Millis(im.kit.Clock)
		if _, err := tx.Exec(ctx, insertImport, a.MerchantID, newID, looked[0].Channel, string(looked[0].Kind), string(detection), exported, a.ID, now, now); err != nil {
			return 0, err
		}
		for i, f := range files {
			if _, err := tx.Exec(ctx, insertImportFile, a.MerchantID, newID, i, f); err != nil {
				return 0, err
			}
		}
		return newID, nil
	})
	if err != nil {
		return Import{}, err
	}
	return im.Get(ctx, made)
}

// look opens one file and detects it. Unreadable content is an answer, not an error.
func (im *Importer) look(ctx context.Context, fileID id.ID) (ImportFile, error) {
	r, err := im.kit.Files.Open(ctx, fileID)
	if err != nil {
		return ImportFile{}, err
	}
	out := ImportFile{FileID: fileID, Name: r.Name, SizeBytes: r.Size(), State: Unknown, Kind: UnknownKind}
	book, err := sheet.Open(r.Name, r, r.Size(), sheet.DefaultLimits())
	var found []Found
	if err == nil {
		out.Encoding, out.Format = book.Encoding, string(book.Format)
		found, err = Detect(im.all, []File{{Name: r.Name, Book: book}})
	}
	if err == nil && len(found) == 0 {
		err = ErrUnknownFile
	}
	if err != nil {
		e := errs.As(err)
		if e == nil {
			return out, err
		}
		out.ErrorCode, out.ErrorParam = e.Code, e.Params
		return out, nil
	}
	f := best(found)
	out.State, out.Kind, out.Channel, out.Layout, out.ExportedAt = f.State, f.Kind, f.Channel, f.Layout, f.ExportedAt
	for _, c := range f.Candidates {
		out.Candidates = append(out.Candidates, FileCandidate{c.Channel, c.Kind})
	}
	if f.State == Unknown {
		out.Columns = f.Header
		if out.Mapping, err = im.savedMapping(ctx, f.Header); err == nil && out.Mapping == nil {
			out.Mapping = Propose(f.Header)
		}
	}
	return out, err
}

// best is the sheet that speaks for a file: one with orders before any other.
func best(found []Found) Found {
	for _, f := range found {
		if f.State == Recognised && f.Kind == Orders {
			return f
		}
	}
	return found[0]
}

// headerHash names a header regardless of case, blanks and width.
func headerHash(header []string) string {
	folded := make([]string, len(header))
	for i, h := range header {
		folded[i] = Fold(h)
	}
	sum := sha256.Sum256([]byte(strings.Join(folded, "\x1f")))
	return hex.EncodeToString(sum[:16])
}

func (im *Importer) savedMapping(ctx context.Context, header []string) (Mapping, error) {
	var text string
	err := im.kit.DB.QueryRow(ctx, selectMapping, actor.Merchant(ctx), headerHash(header)).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var m Mapping
	return m, json.Unmarshal([]byte(text), &m)
}

// Get returns one import. Permission intake.import. Errors: ErrImportNotFound.
func (im *Importer) Get(ctx context.Context, importID id.ID) (Import, error) {
	if err := actor.Require(ctx, "intake.import"); err != nil {
		return Import{}, err
	}
	one, err := im.get(ctx, im.kit.DB, importID)
	if err != nil {
		return Import{}, err
	}
	return one, im.suggest(ctx, &one)
}

func (im *Importer) get(ctx context.Context, q db.Querier, importID id.ID) (Import, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return Import{}, err
	}
	one, err := scanImport(q.QueryRow(ctx, selectImport, a.MerchantID, importID))
	if errors.Is(err, sql.ErrNoRows) || err == nil && one.ShopID != 0 && !a.InScope(shop.Scope, one.ShopID) {
		return Import{}, ErrImportNotFound
	}
	if err != nil {
		return Import{}, err
	}
	for row := range db.Each(ctx, q, selectFiles, a.MerchantID, importID) {
		var f storedFile
		if err := row.Scan(&f.file, &f.inbox); err != nil {
			return Import{}, err
		}
		one.stored = append(one.stored, f)
	}
	return one, nil
}

func scanImport(r interface{ Scan(...any) error }) (Import, error) {
	var one Import
	var detection, mapping, options, counts string
	err := r.Scan(&one.ID, &one.State, &one.ShopID, &detection, &mapping, &options, &one.ExportedAt, &counts, &one.JobID, &one.CreatedBy, &one.CreatedAt, &one.UpdatedAt)
	if err != nil {
		return one, err
	}
	for _, p := range []struct {
		text string
		to   any
	}{{detection, &one.Files}, {mapping, &one.Mapping}, {options, &one.options}, {counts, &one.Counts}} {
		if p.text == "" {
			continue
		}
		if err := json.Unmarshal([]byte(p.text), p.to); err != nil {
			return one, err
		}
	}
	return one, nil
}

// List returns imports, the newest first. Permission intake.import.
func (im *Importer) List(ctx context.Context, cursor string, limit int) ([]Import, string, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, "", err
	}
	if err := actor.Require(ctx, "intake.import"); err != nil {
		return nil, "", err
	}
	before := id.ID(math.MaxInt64)
	if err := page.Decode(cursor, &before); err != nil {
		return nil, "", err
	}
	limit = page.Limit(limit)
	var out []Import
	for row := range db.Each(ctx, im.kit.DB, selectImports, a.MerchantID, before, limit+1) {
		one, err := scanImport(row)
		if err != nil {
			return nil, "", err
		}
		out = append(out, one)
	}
	out, next := page.Cut(out, limit, func(i Import) string { return page.Encode(i.ID) })
	out = slices.DeleteFunc(out, func(i Import) bool { return i.ShopID != 0 && !a.InScope(shop.Scope, i.ShopID) })
	return out, next, nil
}

// suggest finds the only active shop the files can belong to.
func (im *Importer) suggest(ctx context.Context, one *Import) error {
	code := ""
	for _, f := range one.Files {
		if f.Channel != "" {
			code = f.Channel
			break
		}
	}
	shops, err := im.shops.List(ctx)
	if err != nil {
		return err
	}
	fit := id.ID(0)
	for _, s := range shops {
		if !s.Active || code != "" && s.Channel != code {
			continue
		}
		if fit != 0 {
			return nil
		}
		fit = s.ID
	}
	one.SuggestedShopID = fit
	return nil
}

// uploaded is how the API stores a dropped file before Create.
func Uploaded(name, mediaType string, now int64) file.New {
	const keep = 90 * 24 * 3_600_000 // raw files are kept long enough to prove what came in
	return file.New{Name: name, MediaType: mediaType, Purpose: file.Upload, ExpiresAt: now + keep}
}
