package rowimport

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/file"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/sheet"
	"github.com/ordercove/ordercove/internal/kit/web"
)

// Doc names the three operations of one kind of import.
type Doc struct {
	Path   string // /catalog-imports
	Noun   string // CatalogImport, in operation ids
	Tag    string
	ZH, EN string // what the table holds: 商品, products
	Errors []*errs.Error
}

// SheetUpload is an uploaded table whose columns are still to be matched.
type SheetUpload struct {
	ID      id.ID      `json:"id"`
	Columns []string   `json:"columns" nullable:"false"`
	Mapping Mapping    `json:"mapping" doc:"Field → column, as far as the names tell"`
	Sample  [][]string `json:"sample" nullable:"false"`
}

// SheetPreview is what running the file would do.
type SheetPreview struct {
	Total  int64      `json:"total"`
	OK     int64      `json:"ok"`
	Bad    []BadRow   `json:"bad" nullable:"false" doc:"The first 500 refused rows"`
	Sample [][]string `json:"sample" nullable:"false"`
}

// BadRow is one refused row, and why.
type BadRow struct {
	Row     int64  `json:"row" doc:"As counted in the file"`
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

type mappingIn struct {
	ID   id.ID `path:"id"`
	Body struct {
		Mapping Mapping `json:"mapping" doc:"Field → column"`
	}
}

// maxBytes bounds an uploaded table; week is how long it is kept.
const (
	maxBytes = 32 << 20
	week     = 7 * 24 * 3_600_000
)

// Routes registers upload, preview and run.
func Routes(api *web.API, d Doc, files *file.Files, c clock.Clock, im *Importer) {
	unreadable := []*errs.Error{ErrNoHeader, ErrGone, sheet.ErrEmpty, sheet.ErrUnreadable, sheet.ErrTooLarge, sheet.ErrEncrypted, sheet.ErrOldExcel, sheet.ErrNotTable}
	upload := &web.Upload{MaxBytes: maxBytes}
	web.Register(api, web.Op{ID: "upload" + d.Noun, Method: "POST", Path: d.Path, Tag: d.Tag, Permission: im.Permission, Status: 201, Upload: upload,
		ZH: "上传" + d.ZH + "表格（CSV、XLSX）", EN: "Upload a table of " + d.EN + " (CSV, XLSX)",
		Errors: append([]*errs.Error{file.ErrTooLarge, file.ErrEmpty, web.ErrNoFile, web.ErrManyFiles, web.ErrMediaType}, unreadable...)},
		func(ctx context.Context, _ *struct{}) (*struct{ Body SheetUpload }, error) {
			got, _, err := web.ReceiveFiles(ctx, files, *upload, file.New{Purpose: file.Upload, ExpiresAt: clock.Millis(c) + week})
			if err != nil {
				return nil, err
			}
			u, err := im.Open(ctx, got[0].ID)
			if err != nil {
				_ = files.Delete(context.WithoutCancel(ctx), got[0].ID) // nobody can use it
				return nil, err
			}
			return &struct{ Body SheetUpload }{SheetUpload{u.FileID, u.Columns, u.Mapping, u.Sample}}, nil
		})
	web.Register(api, web.Op{ID: "preview" + d.Noun, Method: "POST", Path: d.Path + "/{id}/preview", Tag: d.Tag, Permission: im.Permission,
		ZH: "预览导入结果，不做任何改动", EN: "Say what the import would do, changing nothing",
		Errors: append([]*errs.Error{ErrColumn, ErrTooMany, ErrTwice}, append(unreadable, d.Errors...)...)},
		func(ctx context.Context, in *mappingIn) (*struct{ Body SheetPreview }, error) {
			p, err := im.Preview(ctx, in.ID, in.Body.Mapping)
			if err != nil {
				return nil, err
			}
			return &struct{ Body SheetPreview }{p.show(actor.Lang(ctx))}, nil
		})
	web.Register(api, web.Op{ID: "run" + d.Noun, Method: "POST", Path: d.Path + "/{id}/run", Tag: d.Tag, Permission: im.Permission, Status: 202,
		ZH: "开始导入" + d.ZH, EN: "Start importing " + d.EN, Errors: append([]*errs.Error{ErrColumn}, unreadable...)},
		func(ctx context.Context, in *mappingIn) (*web.Accepted, error) {
			j, err := im.Start(ctx, in.ID, in.Body.Mapping)
			if err != nil {
				return nil, err
			}
			return web.NewAccepted(ctx, j), nil
		})
}

func (p Preview) show(lang string) SheetPreview {
	out := SheetPreview{Total: p.Total, OK: p.OK, Bad: make([]BadRow, len(p.Bad)), Sample: p.Sample}
	for i, b := range p.Bad {
		code, params, field := job.RowError(b.Err)
		out.Bad[i] = BadRow{Row: b.Row, Field: field, Code: code, Message: errs.Message(lang, code, params)}
	}
	return out
}
