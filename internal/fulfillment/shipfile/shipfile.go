package shipfile

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/file"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/sheet"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/order"
)

// Service ships by tracking files.
type Service struct {
	k      *kit.Kit
	orders *order.Service
	ship   *fulfillment.Service
}

// New wires the capability and registers its job.
func New(k *kit.Kit, orders *order.Service, ship *fulfillment.Service) *Service {
	s := &Service{k: k, orders: orders, ship: ship}
	k.Jobs.Register(JobShipFile, job.Handler{Run: s.runFile, Retry: s.retryFile})
	return s
}

// ShipFile (导入发货的文件) is an uploaded tracking file.
type ShipFile struct {
	ID        id.ID
	FileID    id.ID
	Name      string
	State     string // uploaded | checked | running
	Columns   []string
	Mapping   Mapping
	JobID     id.ID // the last run, 0 before it
	CreatedBy id.ID
	CreatedAt int64
	// Sample is the first rows below the header; Get leaves it empty.
	Sample [][]string

	layout layout
}

const (
	// MaxFileBytes bounds a tracking file.
	MaxFileBytes = 50 << 20
	sampleRows   = 5
	// keepFileFor is how long an uploaded tracking file stays, in milliseconds.
	keepFileFor = 30 * 24 * 3_600_000
)

// NewUpload describes a tracking file to kit/file, for the upload that precedes Upload.
func (s *Service) NewUpload(name, mediaType string) file.New {
	return file.New{Name: name, MediaType: mediaType, Purpose: "upload", ExpiresAt: clock.Millis(s.k.Clock) + keepFileFor}
}

// Upload takes a stored file as a tracking file: it finds the table in it and
// proposes what its columns mean. Nothing is shipped. Permission fulfillment.ship.
//
// Errors: file.ErrNotFound, and those of kit/sheet where it holds no table.
func (s *Service) Upload(ctx context.Context, fileID id.ID) (ShipFile, error) {
	if err := actor.Require(ctx, fulfillment.PermitShip); err != nil {
		return ShipFile{}, err
	}
	book, err := s.openBook(ctx, fileID)
	if err != nil {
		return ShipFile{}, err
	}
	l, m, err := findTable(book)
	if err != nil {
		return ShipFile{}, err
	}
	f := ShipFile{FileID: fileID, Name: book.Name, State: "uploaded", Columns: l.Columns, Mapping: m, layout: l}
	if f.Sample, err = sample(book, l); err != nil {
		return ShipFile{}, err
	}
	about := &command.About{Action: "fulfillment.upload_ship_file"}
	return command.Run(ctx, s.k.Commands, about, fileID, func(ctx context.Context, tx *db.Tx) (ShipFile, error) {
		a, err := actor.From(ctx)
		if err != nil {
			return ShipFile{}, err
		}
		f.ID, f.CreatedBy, f.CreatedAt = s.k.IDs.New(), a.ID, clock.Millis(s.k.Clock)
		about.Object = "ship_file/" + f.ID.String()
		where, err := toJSON(l)
		if err != nil {
			return ShipFile{}, err
		}
		mapping, err := toJSON(m)
		if err != nil {
			return ShipFile{}, err
		}
		_, err = tx.Exec(ctx, insertFile, a.MerchantID, f.ID, f.FileID, f.Name, where, mapping, f.CreatedBy, f.CreatedAt)
		return f, err
	})
}

func (s *Service) openBook(ctx context.Context, fileID id.ID) (*sheet.Book, error) {
	r, err := s.k.Files.Open(ctx, fileID)
	if err != nil {
		return nil, err
	}
	lim := sheet.DefaultLimits()
	lim.FileBytes = MaxFileBytes
	return sheet.Open(r.Name, r, r.Size(), lim)
}

// sample copies the first rows below the header, cleaned.
func sample(b *sheet.Book, l layout) ([][]string, error) {
	head, err := b.Sheets[l.Sheet].Head(l.Header + sampleRows)
	if err != nil {
		return nil, err
	}
	out := [][]string{}
	for _, r := range head {
		if r.No <= l.Header || sheet.Blank(r.Cells) {
			continue
		}
		row := make([]string, len(l.Columns))
		for i := range row {
			if i < len(r.Cells) {
				row[i] = clip(sheet.Clean(r.Cells[i]))
			}
		}
		out = append(out, row)
	}
	return out, nil
}

// ShipFile returns an uploaded tracking file.
//
// Errors: ErrFileNotFound.
func (s *Service) ShipFile(ctx context.Context, shipFile id.ID) (ShipFile, error) {
	return s.shipFileTx(ctx, s.k.DB, shipFile)
}

func (s *Service) shipFileTx(ctx context.Context, q db.Querier, shipFile id.ID) (ShipFile, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return ShipFile{}, err
	}
	var f ShipFile
	var where, mapping string
	err = q.QueryRow(ctx, selectFile, a.MerchantID, shipFile).
		Scan(&f.ID, &f.FileID, &f.Name, &where, &mapping, &f.State, &f.JobID, &f.CreatedBy, &f.CreatedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return ShipFile{}, fulfillment.ErrFileNotFound
	}
	if err == nil {
		err = json.Unmarshal([]byte(where), &f.layout)
	}
	if err == nil {
		err = json.Unmarshal([]byte(mapping), &f.Mapping)
	}
	f.Columns = f.layout.Columns
	return f, err
}

// table is a tracking file opened under a mapping.
type table struct {
	sheet  *sheet.Sheet
	header int
	at     places
}

// openTable opens a tracking file; an empty mapping is the one it has.
//
// Errors: ErrMappingIncomplete, ErrColumnMissing, file.ErrNotFound, those of kit/sheet.
func (s *Service) openTable(ctx context.Context, f ShipFile, m Mapping) (*table, error) {
	at, err := placesOf(f.layout.Columns, m)
	if err != nil {
		return nil, err
	}
	book, err := s.openBook(ctx, f.FileID)
	if err != nil {
		return nil, err
	}
	return &table{sheet: book.Sheets[f.layout.Sheet], header: f.layout.Header, at: at}, nil
}

// each gives the rows after a record number; blank ones are left out.
func (t *table) each(after int64, fn func(fileRow) error) error {
	return t.sheet.Each(func(no int, cells []string) error {
		if no <= t.header || int64(no) <= after || sheet.Blank(cells) {
			return nil
		}
		return fn(t.at.row(no, cells))
	})
}

// batchRows is how many rows one transaction ships.
const batchRows = 500

// batches gives rows in groups of about batchRows. Rows of one order that follow
// each other stay together, so that one parcel's goods are read as one parcel.
func (t *table) batches(after int64, only map[int64]bool, fn func([]fileRow) error) error {
	var rows []fileRow
	err := t.each(after, func(r fileRow) error {
		if only != nil && !only[r.No] {
			return nil
		}
		if len(rows) >= batchRows && rows[len(rows)-1].OrderNo != r.OrderNo || len(rows) >= 2*batchRows {
			full := rows
			rows = nil
			if err := fn(full); err != nil {
				return err
			}
		}
		rows = append(rows, r)
		return nil
	})
	if err != nil || len(rows) == 0 {
		return err
	}
	return fn(rows)
}

func (t *table) count() (n int64, err error) {
	err = t.each(0, func(fileRow) error { n++; return nil })
	return n, err
}

func toJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// clip bounds what a file wrote before it is shown.
func clip(s string) string {
	if utf8.RuneCountInString(s) <= 40 {
		return s
	}
	return string([]rune(s)[:40]) + "…"
}

// carrierName is a carrier's name for texts that are stored: people read both.
func carrierName(code string) string { return logistics.NameOf(code, "zh-CN") }
