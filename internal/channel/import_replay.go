package channel

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"slices"

	"github.com/ordercove/ordercove/internal/intake"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/sheet"
	"github.com/ordercove/ordercove/internal/order"
)

// Replay tries a quarantined record again (重放), reading its cells anew where no
// reader understood them before: a status word may be known by now. Permission
// intake.replay.
//
// Errors: those of intake.Replay, and the record's own fault when it stays.
func (im *Importer) Replay(ctx context.Context, row id.ID) (intake.Replayed, error) {
	return im.door.Replay(ctx, row, im.reread)
}

// reread makes a small table of the record's cells and reads it like any other.
func (im *Importer) reread(ctx context.Context, shopID id.ID, raw intake.RawRecord) (order.Document, error) {
	sh, err := im.shops.Get(ctx, shopID)
	if err != nil {
		return order.Document{}, err
	}
	content, err := table(raw.Rows)
	if err != nil {
		return order.Document{}, err
	}
	book, err := sheet.Open("record.csv", bytes.NewReader(content), int64(len(content)), sheet.DefaultLimits())
	if err != nil {
		return order.Document{}, err
	}
	found, err := Detect(im.all, []File{{Name: "record.csv", Book: book}})
	if err != nil || len(found) == 0 {
		return order.Document{}, intake.ErrRawRecord
	}
	b, err := As(im.all, found[0], raw.Channel, raw.Format, 1)
	if err != nil {
		return order.Document{}, err
	}
	words, err := im.words(ctx, im.kit.DB, sh.Channel, nil)
	if err != nil {
		return order.Document{}, err
	}
	mapping, err := im.savedMapping(ctx, b.Sources[0].Header.Names)
	if err != nil {
		return order.Document{}, err
	}
	var doc *order.Document
	fault := error(intake.ErrRawRecord)
	err = Read(im.all, b, Options{Words: words, Mapping: mapping}, func(v Verdict) error {
		switch {
		case v.Order != nil && v.Result == Accepted:
			doc = v.Order
		case v.Result == Rejected:
			fault = v.Reason.Err().With("field", v.Field, "value", v.Value).At(v.Field)
		}
		return nil
	})
	if err != nil {
		return order.Document{}, err
	}
	if doc == nil {
		return order.Document{}, fault
	}
	return *doc, nil
}

// table writes kept rows as a CSV: the union of their columns, then the rows.
// Columns without a name of their own ("#3") are left out.
func table(rows json.RawMessage) ([]byte, error) {
	var kept []struct {
		Cells map[string]string `json:"cells"`
	}
	if err := json.Unmarshal(rows, &kept); err != nil {
		return nil, err
	}
	var head []string
	for _, r := range kept {
		for name := range r.Cells {
			if !slices.Contains(head, name) {
				head = append(head, name)
			}
		}
	}
	slices.Sort(head)
	var out bytes.Buffer
	w := csv.NewWriter(&out) // cells go back as they were, not made safe for a spreadsheet
	if err := w.Write(head); err != nil {
		return nil, err
	}
	for _, r := range kept {
		row := make([]string, len(head))
		for i, name := range head {
			row[i] = r.Cells[name]
		}
		if err := w.Write(row); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}
