package channel

import (
	"context"
	"encoding/json"
	"io"
	"strconv"

	"github.com/ordercove/ordercove/internal/intake"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/sheet"
	"github.com/ordercove/ordercove/internal/order"
)

// Rejects writes the records that were not imported as a CSV: file, record, order
// number, what is wrong, and where. With permission export.plain the rows follow
// as they stood, so that they can be corrected. Permission intake.import.
//
// Errors: ErrImportNotFound.
func (im *Importer) Rejects(ctx context.Context, importID id.ID, out io.Writer) error {
	one, err := im.Get(ctx, importID)
	if err != nil {
		return err
	}
	a, err := actor.From(ctx)
	if err != nil {
		return err
	}
	plain := a.Can("export.plain")
	head := []string{"文件", "行号", "订单号", "原因代码", "说明", "列"}
	if a.Lang == "en-US" {
		head = []string{"File", "Row", "Order no.", "Code", "What is wrong", "Column"}
	}
	if plain {
		head = append(head, map[bool]string{true: "Original row", false: "原始内容"}[a.Lang == "en-US"])
	}
	w := sheet.NewCSV(out)
	if err := w.Row(cells(head)); err != nil {
		return err
	}
	for i, f := range one.stored {
		name := ""
		if i < len(one.Files) {
			name = one.Files[i].Name
		}
		if f.inbox == 0 {
			continue
		}
		err := im.door.BadOf(ctx, f.inbox, func(r intake.Row, raw *intake.RawRecord, doc *order.Document) error {
			if r.State != intake.StateQuarantined {
				return nil
			}
			row := []string{name, strconv.FormatInt(r.RecordNo%10_000_000, 10), r.ChannelOrderNo, r.ErrorCode, errs.Message(a.Lang, r.ErrorCode, r.ErrorParams), r.ErrorField}
			if plain {
				row = append(row, original(raw, doc))
			}
			return w.Row(cells(row))
		})
		if err != nil {
			return err
		}
	}
	return w.Close()
}

func cells(s []string) []sheet.Cell {
	out := make([]sheet.Cell, len(s))
	for i, v := range s {
		out[i] = sheet.Str(v)
	}
	return out
}

func original(raw *intake.RawRecord, doc *order.Document) string {
	if raw != nil {
		return string(raw.Rows)
	}
	b, err := json.Marshal(doc)
	if err != nil {
		return ""
	}
	return string(b)
}
