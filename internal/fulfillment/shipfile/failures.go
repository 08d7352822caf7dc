package shipfile

import (
	"context"
	"encoding/json"
	"io"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/sheet"
)

// reasonColumns head the column that says why a row failed.
var reasonColumns = map[bool]string{false: "失败原因", true: "Why it failed"}

// Failures prepares the failure file of a run (失败文件): the rows that failed, as
// they stood, with the reason beside them, ready to be corrected and uploaded
// again. runJob 0 is the file's last run. The returned function writes the CSV.
//
// Errors: ErrFileNotFound, job.ErrNotFound, file.ErrNotFound.
func (s *Service) Failures(ctx context.Context, shipFile, runJob id.ID) (func(io.Writer) error, error) {
	f, err := s.ShipFile(ctx, shipFile)
	if err != nil {
		return nil, err
	}
	if runJob == 0 {
		runJob = f.JobID
	}
	j, err := s.k.Jobs.Get(ctx, runJob)
	if err != nil {
		return nil, err
	}
	var in shipJob
	if err := json.Unmarshal(j.Payload, &in); err != nil || j.Kind != JobShipFile || in.ShipFileID != f.ID {
		return nil, job.ErrNotFound
	}
	why, err := s.reasons(ctx, runJob)
	if err != nil {
		return nil, err
	}
	book, err := s.openBook(ctx, f.FileID)
	if err != nil {
		return nil, err
	}
	head := make([]sheet.Cell, 0, len(f.Columns)+1)
	for _, c := range f.Columns {
		head = append(head, sheet.Str(c))
	}
	head = append(head, sheet.Str(reasonColumns[actor.Lang(ctx) == "en-US"]))
	return func(w io.Writer) error {
		out := sheet.NewCSV(w)
		if err := out.Row(head); err != nil {
			return err
		}
		err := book.Sheets[f.layout.Sheet].Each(func(no int, cells []string) error {
			text, failed := why[int64(no)]
			if !failed {
				return nil
			}
			row := make([]sheet.Cell, len(head))
			for i := range f.Columns {
				if i < len(cells) {
					row[i] = sheet.Str(sheet.Clean(cells[i]))
				}
			}
			row[len(row)-1] = sheet.Str(text)
			return out.Row(row)
		})
		if err != nil {
			return err
		}
		return out.Close()
	}, nil
}

// reasons are the texts of a run's failed rows, by record number.
func (s *Service) reasons(ctx context.Context, runJob id.ID) (map[int64]string, error) {
	out := map[int64]string{}
	for cursor := ""; ; {
		rows, next, err := s.k.Jobs.Rows(ctx, runJob, job.Bad, cursor, 200)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out[r.No] = errs.Message(actor.Lang(ctx), r.Code, r.Params)
		}
		if next == "" {
			return out, nil
		}
		cursor = next
	}
}
