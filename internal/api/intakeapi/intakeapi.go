package intakeapi

import (
	"bytes"
	"context"
	"io"
	"mime"
	"path"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/intake"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/file"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/sheet"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/shop"
)

// api holds what the operations call.
type api struct {
	kit   *kit.Kit
	files *channel.Importer
	door  *intake.Service
	shops *shop.Service
	// replay tries a row again, whatever it came from.
	replay func(context.Context, id.ID) (intake.Replayed, error)
}

// Routes adds the operations.
func Routes(to *web.API, k *kit.Kit, files *channel.Importer, door *intake.Service, shops *shop.Service, replay func(context.Context, id.ID) (intake.Replayed, error)) {
	a := &api{k, files, door, shops, replay}
	a.imports(to)
	a.steps(to)
	a.inbox(to)
}

type importFile struct {
	FileID     id.ID       `json:"file_id"`
	Name       string      `json:"name"`
	SizeBytes  int64       `json:"size_bytes"`
	State      string      `json:"state" enum:"recognised,ambiguous,unknown"`
	Kind       string      `json:"kind"`
	Channel    string      `json:"channel"`
	Encoding   string      `json:"encoding"`
	Format     string      `json:"format"`
	Layout     string      `json:"layout"`
	Confidence float64     `json:"confidence" doc:"1 recognised, 0.5 several formats fit, 0 unknown"`
	Candidates []candidate `json:"candidates"`
	Error      *fileError  `json:"error"`
}

type candidate struct {
	Channel string `json:"channel"`
	Kind    string `json:"kind"`
}

type fileError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

type unknownTable struct {
	Columns []string          `json:"columns"`
	Mapping map[string]string `json:"mapping" doc:"Field to column"`
	Fields  []string          `json:"fields" doc:"What can be mapped, in the order to ask"`
	// Required fields must be mapped before a preview.
	Required []string `json:"required"`
}

type counts struct {
	Orders    int64 `json:"orders"`
	Cases     int64 `json:"cases" doc:"After-sale cases; the verdicts below count orders and cases"`
	New       int64 `json:"new"`
	Changed   int64 `json:"changed"`
	Unchanged int64 `json:"unchanged"`
	Stale     int64 `json:"stale"`
	Rejected  int64 `json:"rejected"`
	Warnings  int64 `json:"warnings"`
}

type importBody struct {
	ID               id.ID         `json:"id"`
	State            string        `json:"state" enum:"detected,previewed,running,done,failed"`
	Files            []importFile  `json:"files"`
	ShopID           id.ID         `json:"shop_id"`
	SuggestedShopID  id.ID         `json:"suggested_shop_id"`
	ExportedAt       web.Time      `json:"exported_at"`
	ExportedAtSource string        `json:"exported_at_source" enum:"file_name,unknown"`
	Table            *unknownTable `json:"table" doc:"Columns of a table nobody knows, to be mapped"`
	Counts           *counts       `json:"counts"`
	JobID            id.ID         `json:"job_id"`
	CreatedAt        web.Time      `json:"created_at"`
}

func countsOf(c channel.Counts) counts {
	return counts{c.Orders, c.Cases, c.New, c.Changed, c.Unchanged, c.Stale, c.Rejected, c.Warnings}
}

func (a *api) show(ctx context.Context, one channel.Import) importBody {
	out := importBody{ID: one.ID, State: one.State, Files: []importFile{}, ShopID: one.ShopID, SuggestedShopID: one.SuggestedShopID,
		ExportedAt: web.Time(one.ExportedAt), ExportedAtSource: "unknown", JobID: one.JobID, CreatedAt: web.Time(one.CreatedAt)}
	for _, f := range one.Files {
		file := importFile{FileID: f.FileID, Name: f.Name, SizeBytes: f.SizeBytes, State: string(f.State), Kind: string(f.Kind), Channel: f.Channel,
			Encoding: f.Encoding, Format: f.Format, Layout: f.Layout, Candidates: []candidate{}}
		for _, c := range f.Candidates {
			file.Candidates = append(file.Candidates, candidate{c.Channel, string(c.Kind)})
		}
		switch f.State {
		case channel.Recognised:
			file.Confidence = 1
		case channel.Ambiguous:
			file.Confidence = 0.5
		}
		if f.ErrorCode != "" {
			file.Error = &fileError{f.ErrorCode, errs.Message(actor.Lang(ctx), f.ErrorCode, f.ErrorParam)}
		}
		if f.ExportedAt != 0 {
			out.ExportedAtSource = "file_name"
		}
		if len(f.Columns) > 0 && out.Table == nil {
			out.Table = tableOf(f, one.Mapping)
		}
		out.Files = append(out.Files, file)
	}
	if one.State != channel.ImportDetected {
		c := countsOf(one.Counts)
		out.Counts = &c
	}
	return out
}

func tableOf(f channel.ImportFile, chosen channel.Mapping) *unknownTable {
	g := &unknownTable{Columns: f.Columns, Mapping: map[string]string{}}
	m := f.Mapping
	if len(chosen) > 0 {
		m = chosen
	}
	for field, column := range m {
		g.Mapping[string(field)] = column
	}
	for _, x := range channel.Fields() {
		g.Fields = append(g.Fields, string(x))
	}
	for _, x := range channel.RequiredFields {
		g.Required = append(g.Required, string(x))
	}
	return g
}

type importOutput struct{ Body importBody }

type idInput struct {
	ID id.ID `path:"id"`
}

// fileErrors are what opening an uploaded table can say.
var fileErrors = []*errs.Error{sheet.ErrEmpty, sheet.ErrUnreadable, sheet.ErrTooLarge, sheet.ErrEncrypted, sheet.ErrOldExcel, sheet.ErrNotTable}

func (a *api) imports(to *web.API) {
	up := web.Upload{Field: "files", MaxFiles: channel.MaxImportFiles, MaxBytes: channel.MaxImportBytes}
	web.Register(to, web.Op{ID: "createImport", Method: "POST", Path: "/imports", Tag: "imports", ZH: "上传平台订单文件并识别", EN: "Upload order files and say what they are",
		Permission: "intake.import", Status: 201, Upload: &up, Errors: []*errs.Error{channel.ErrImportFiles, file.ErrTooLarge, file.ErrEmpty, web.ErrNoFile, web.ErrManyFiles}},
		func(ctx context.Context, _ *struct{}) (*importOutput, error) {
			stored, _, err := web.ReceiveFiles(ctx, a.kit.Files, up, channel.Uploaded("", "", clock.Millis(a.kit.Clock)))
			if err != nil {
				return nil, err
			}
			ids := make([]id.ID, len(stored))
			for i, f := range stored {
				ids[i] = f.ID
			}
			one, err := a.files.Create(ctx, ids)
			if err != nil {
				return nil, err
			}
			return &importOutput{a.show(ctx, one)}, nil
		})
	type listOutput struct{ Body web.Page[importBody] }
	web.Register(to, web.Op{ID: "listImports", Method: "GET", Path: "/imports", Tag: "imports", ZH: "导入记录", EN: "List imports", Permission: "intake.import"},
		func(ctx context.Context, in *web.ListInput) (*listOutput, error) {
			all, next, err := a.files.List(ctx, in.Cursor, in.Limit)
			if err != nil {
				return nil, err
			}
			var items []importBody
			for _, one := range all {
				items = append(items, a.show(ctx, one))
			}
			return &listOutput{web.NewPage(items, next)}, nil
		})
	web.Register(to, web.Op{ID: "getImport", Method: "GET", Path: "/imports/{id}", Tag: "imports", ZH: "查看一次导入", EN: "Get an import", Permission: "intake.import",
		Errors: []*errs.Error{channel.ErrImportNotFound}},
		func(ctx context.Context, in *idInput) (*importOutput, error) {
			one, err := a.files.Get(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return &importOutput{a.show(ctx, one)}, nil
		})
	web.Register(to, web.Op{ID: "getImportRejects", Method: "GET", Path: "/imports/{id}/rejects.csv", Tag: "imports", ZH: "下载未导入的行", EN: "Download the rows that were not imported",
		Permission: "intake.import", Errors: []*errs.Error{channel.ErrImportNotFound}},
		func(ctx context.Context, in *idInput) (*web.Stream, error) {
			var buf bytes.Buffer // a header at least: whatever is wrong shows before the download begins
			if err := a.files.Rejects(ctx, in.ID, &buf); err != nil {
				return nil, err
			}
			return web.SendDownload("rejects-"+in.ID.String()+".csv", mime.TypeByExtension(path.Ext("x.csv")), func(w io.Writer) error {
				_, err := buf.WriteTo(w)
				return err
			}), nil
		})
}

// Choice is what a person decides about an import. It is exported because huma
// skips embedded structs that are not.
type Choice struct {
	ShopID      id.ID             `json:"shop_id"`
	ExportedAt  web.Time          `json:"exported_at,omitempty"`
	Mapping     map[string]string `json:"mapping,omitempty" doc:"Field to column, of a table nobody knows"`
	StatusWords map[string]string `json:"status_words,omitempty" doc:"What unknown status words mean; a run saves them"`
}

func (b Choice) input(importID id.ID) channel.ImportInput {
	in := channel.ImportInput{ImportID: importID, ShopID: b.ShopID, ExportedAt: int64(b.ExportedAt)}
	if len(b.Mapping) > 0 {
		in.Mapping = channel.Mapping{}
		for f, c := range b.Mapping {
			in.Mapping[channel.Field(f)] = c
		}
	}
	if len(b.StatusWords) > 0 {
		in.StatusWords = map[string]channel.Status{}
		for w, s := range b.StatusWords {
			in.StatusWords[w] = channel.Status(s)
		}
	}
	return in
}

type previewRow struct {
	File    int    `json:"file"`
	Record  int64  `json:"record"`
	OrderNo string `json:"order_no"`
	Verdict string `json:"verdict" enum:"new,changed,unchanged,stale,rejected,warning"`
	Code    string `json:"code"`
	Field   string `json:"field"`
	Value   string `json:"value"`
	Message string `json:"message"`
}

type wordCount struct {
	Word string `json:"word"`
	N    int64  `json:"n"`
}

type conflict struct {
	OrderNo   string `json:"order_no"`
	ShopID    id.ID  `json:"shop_id"`
	OtherShop string `json:"other_shop"`
}

type previewBody struct {
	Counts       counts       `json:"counts"`
	UnknownWords []wordCount  `json:"unknown_words"`
	Rows         []previewRow `json:"rows" doc:"The first 200"`
	Conflicts    []conflict   `json:"conflicts" doc:"Numbers that stand under another shop of the channel; the first 200"`
}

func (a *api) steps(to *web.API) {
	wrong := append([]*errs.Error{channel.ErrImportNotFound, channel.ErrImportRunning, channel.ErrImportTime, channel.ErrImportShop, channel.ErrImportNothing,
		channel.ErrPartMissing, channel.ErrMappingIncomplete, channel.ErrMappingColumn, channel.ErrBadWord, channel.ErrNotReadable, shop.ErrNotFound}, fileErrors...)
	type previewInput struct {
		ID   id.ID `path:"id"`
		Body Choice
	}
	type previewOutput struct{ Body previewBody }
	web.Register(to, web.Op{ID: "previewImport", Method: "POST", Path: "/imports/{id}/preview", Tag: "imports", ZH: "预览导入：逐条给出判定", EN: "Say record by record what an import would do",
		Permission: "intake.import", Errors: wrong},
		func(ctx context.Context, in *previewInput) (*previewOutput, error) {
			p, err := a.files.Preview(ctx, in.Body.input(in.ID))
			if err != nil {
				return nil, err
			}
			return &previewOutput{a.showPreview(ctx, p)}, nil
		})
	type runInput struct {
		ID   id.ID `path:"id"`
		Body struct {
			Choice
			ConfirmConflicts bool `json:"confirm_conflicts,omitempty"`
		}
	}
	web.Register(to, web.Op{ID: "runImport", Method: "POST", Path: "/imports/{id}/run", Tag: "imports", ZH: "执行导入（后台任务）", EN: "Run an import as a job",
		Permission: "intake.import", Status: 202, Errors: append(wrong, channel.ErrImportConflicts)},
		func(ctx context.Context, in *runInput) (*web.Accepted, error) {
			x := in.Body.input(in.ID)
			x.ConfirmConflicts = in.Body.ConfirmConflicts
			jobID, err := a.files.Run(ctx, x)
			if err != nil {
				return nil, err
			}
			j, err := a.kit.Jobs.Get(ctx, jobID)
			if err != nil {
				return nil, err
			}
			return web.NewAccepted(ctx, j), nil
		})
}

func (a *api) showPreview(ctx context.Context, p channel.Preview) previewBody {
	out := previewBody{Counts: countsOf(p.Counts), UnknownWords: []wordCount{}, Rows: []previewRow{}, Conflicts: []conflict{}}
	for _, w := range p.UnknownWords {
		out.UnknownWords = append(out.UnknownWords, wordCount{w.Word, w.N})
	}
	for _, r := range p.Rows {
		row := previewRow{File: r.File, Record: r.Record, OrderNo: r.OrderNo, Verdict: r.Verdict, Code: r.Code, Field: r.Field, Value: r.Value}
		if r.Code != "" {
			row.Message = errs.Message(actor.Lang(ctx), r.Code, r.Params)
		}
		out.Rows = append(out.Rows, row)
	}
	for _, c := range p.Conflicts {
		one := conflict{OrderNo: c.OrderNo, ShopID: c.ShopID}
		if s, err := a.shops.Get(ctx, c.ShopID); err == nil {
			one.OtherShop = s.Name
		}
		out.Conflicts = append(out.Conflicts, one)
	}
	return out
}

type inboxBody struct {
	ID             id.ID    `json:"id"`
	ShopID         id.ID    `json:"shop_id"`
	Source         string   `json:"source" enum:"file,file_record,manual,api"`
	RecordNo       int64    `json:"record_no"`
	ChannelOrderNo string   `json:"channel_order_no"`
	State          string   `json:"state" enum:"new,applied,unchanged,quarantined,dismissed"`
	ErrorCode      string   `json:"error_code"`
	Message        string   `json:"message"`
	ErrorField     string   `json:"error_field"`
	Attempts       int64    `json:"attempts"`
	CreatedAt      web.Time `json:"created_at"`
	HandledAt      web.Time `json:"handled_at"`
}

func showRow(ctx context.Context, r intake.Row) inboxBody {
	out := inboxBody{ID: r.ID, ShopID: r.ShopID, Source: r.Source, RecordNo: r.RecordNo % 10_000_000, ChannelOrderNo: r.ChannelOrderNo, State: r.State,
		ErrorCode: r.ErrorCode, ErrorField: r.ErrorField, Attempts: r.Attempts, CreatedAt: web.Time(r.CreatedAt), HandledAt: web.Time(r.HandledAt)}
	if r.ErrorCode != "" {
		out.Message = errs.Message(actor.Lang(ctx), r.ErrorCode, r.ErrorParams)
	}
	return out
}

func (a *api) inbox(to *web.API) {
	type listInput struct {
		State  string `query:"state" enum:"new,applied,unchanged,quarantined,dismissed" default:"quarantined"`
		Source string `query:"source" enum:"file,file_record,manual,api"`
		ShopID id.ID  `query:"shop_id"`
		web.ListInput
	}
	type listOutput struct{ Body web.Page[inboxBody] }
	web.Register(to, web.Op{ID: "listInbox", Method: "GET", Path: "/inbox", Tag: "imports", ZH: "接收记录与隔离区", EN: "List raw rows, the quarantine first of all", Permission: "intake.read"},
		func(ctx context.Context, in *listInput) (*listOutput, error) {
			rows, next, err := a.door.ListOf(ctx, intake.ListInput{State: in.State, Source: in.Source, ShopID: in.ShopID, Cursor: in.Cursor, Limit: in.Limit})
			if err != nil {
				return nil, err
			}
			var items []inboxBody
			for _, r := range rows {
				items = append(items, showRow(ctx, r))
			}
			return &listOutput{web.NewPage(items, next)}, nil
		})
	type replayBody struct {
		ID      id.ID  `json:"id"`
		OrderID id.ID  `json:"order_id"`
		Result  string `json:"result" enum:"created,updated,unchanged,stale,rejected"`
	}
	type replayOutput struct{ Body replayBody }
	codes := []*errs.Error{intake.ErrNotFound, intake.ErrNotOpen}
	web.Register(to, web.Op{ID: "replayInbox", Method: "POST", Path: "/inbox/{id}/replay", Tag: "imports", ZH: "重放一条隔离记录", EN: "Try a raw row again", Permission: "intake.replay",
		Errors: append(codes[:2:2], intake.ErrNoBody, intake.ErrRawRecord, channel.ErrUnknownStatus, order.ErrNotFound)},
		func(ctx context.Context, in *idInput) (*replayOutput, error) {
			r, err := a.replay(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return &replayOutput{replayBody{r.RowID, r.OrderID, string(r.Result)}}, nil
		})
	type rawOutput struct {
		Body struct {
			Raw string `json:"raw" doc:"The body as it came; it may hold personal data"`
		}
	}
	web.Register(to, web.Op{ID: "revealInbox", Method: "POST", Path: "/inbox/{id}/reveal", Tag: "imports", ZH: "查看一条记录的原始报文（留痕）", EN: "Look at a row's raw body; the look is audited",
		Permission: "intake.reveal", Errors: []*errs.Error{intake.ErrNotFound, intake.ErrNoBody}},
		func(ctx context.Context, in *idInput) (*rawOutput, error) {
			b, err := a.door.Body(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			var out rawOutput
			out.Body.Raw = string(b)
			return &out, nil
		})
	type rowOutput struct{ Body inboxBody }
	web.Register(to, web.Op{ID: "dismissInbox", Method: "POST", Path: "/inbox/{id}/dismiss", Tag: "imports", ZH: "忽略一条隔离记录", EN: "Dismiss a raw row", Permission: "intake.replay", Errors: codes},
		func(ctx context.Context, in *idInput) (*rowOutput, error) {
			r, err := a.door.Dismiss(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return &rowOutput{showRow(ctx, r)}, nil
		})
}
