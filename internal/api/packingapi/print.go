package packingapi

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/file"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/packing"
	"github.com/ordercove/ordercove/internal/packing/label"
	"github.com/ordercove/ordercove/internal/packing/print"
)

type prints struct{ s *print.Service }

// PrintRoutes registers templates, print batches and the agents' door.
func PrintRoutes(api *web.API, s *print.Service) {
	p := prints{s}
	p.queue(api)
	p.batches(api)
	p.steps(api)
	p.templates(api)
	p.agents(api)
	p.door(api)
}

// PrintBatch is labels of one carrier account that are printed in one go, on one printer.
type PrintBatch struct {
	ID         id.ID    `json:"id"`
	Code       string   `json:"code" doc:"As it stands on paper: 1122-3"`
	AccountID  id.ID    `json:"account_id"`
	Carrier    string   `json:"carrier"`
	TemplateID id.ID    `json:"template_id"`
	Way        string   `json:"way" enum:"file,component" doc:"Drawn by us, or by the channel's print component"`
	State      string   `json:"state" enum:"making,ready,closed"`
	Printer    string   `json:"printer" doc:"Empty where a person prints the file"`
	AgentID    id.ID    `json:"agent_id" doc:"In whose queue it is; 0 for nobody's"`
	ReprintOf  id.ID    `json:"reprint_of_id" doc:"The batch a range of which is printed again; 0 for none"`
	Reason     string   `json:"reason"`
	Total      int64    `json:"total"`
	Ships      bool     `json:"ships" doc:"What is printed of it ships"`
	HasFile    bool     `json:"has_file"`
	JobID      id.ID    `json:"job_id"`
	ActorName  string   `json:"actor_name"`
	CreatedAt  web.Time `json:"created_at"`
	ClosedAt   web.Time `json:"closed_at"`
}

func printBatchOf(b print.Batch) PrintBatch {
	return PrintBatch{ID: b.ID, Code: b.Code(), AccountID: b.AccountID, Carrier: b.Carrier, TemplateID: b.TemplateID, Way: string(b.Way), State: string(b.State), Printer: b.Printer,
		AgentID: b.AgentID, ReprintOf: b.ReprintOf, Reason: b.Reason, Total: b.Total, Ships: b.Ships, HasFile: b.FileID != 0, JobID: b.JobID, ActorName: b.ActorName,
		CreatedAt: web.Time(b.CreatedAt), ClosedAt: web.Time(b.ClosedAt)}
}

// PrintItem is goods in parcels.
type PrintItem struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Spec     string `json:"spec"`
	Quantity int64  `json:"quantity"`
}

func printItems(all []print.Item) []PrintItem {
	out := make([]PrintItem, len(all))
	for i, it := range all {
		out[i] = PrintItem(it)
	}
	return out
}

// PrintFault is why something is not printed, in the reader's language.
type PrintFault struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func printFault(ctx context.Context, code string, params map[string]any) *PrintFault {
	if code == "" {
		return nil
	}
	message := code // what a component says has no text of ours
	if _, ok := errs.Lookup(code); ok {
		message = errs.Message(actor.Lang(ctx), code, params)
	}
	return &PrintFault{code, message}
}

// PrintLabel is one label of a batch and what became of it.
type PrintLabel struct {
	Sequence           int64       `json:"sequence"`
	FulfillmentOrderID id.ID       `json:"fulfillment_order_id"`
	WaybillNo          string      `json:"waybill_no"`
	Piece              int64       `json:"piece"`
	Items              []PrintItem `json:"items" nullable:"false"`
	Copy               int64       `json:"copy" doc:"1 is the first print of the waybill, more are marked 重打"`
	State              string      `json:"state" enum:"wanted,ready,asked,sent,printed,failed,uncertain,refused"`
	Page               int64       `json:"page" doc:"In the file; 0 where it is not in it"`
	Missing            string      `json:"missing" doc:"Characters the font lacks, printed as 〓"`
	Error              *PrintFault `json:"error"`
	SentAt             web.Time    `json:"sent_at"`
	EndedAt            web.Time    `json:"ended_at"`
	ShippedAt          web.Time    `json:"shipped_at" doc:"By printing it"`
	ShipError          *PrintFault `json:"ship_error" doc:"Why it could not be shipped"`
}

// PrintBatchDetail is a batch with its labels in order.
type PrintBatchDetail struct {
	PrintBatch
	Labels  []PrintLabel `json:"labels" nullable:"false"`
	Summary []PrintItem  `json:"summary" nullable:"false" doc:"What all parcels hold together"`
}

// PrintLeft is a fulfillment order that is not in a batch, and why.
type PrintLeft struct {
	FulfillmentOrderID id.ID       `json:"fulfillment_order_id"`
	Error              *PrintFault `json:"error"`
}

// PrintStarted is a new batch and what is not in it.
type PrintStarted struct {
	Batch *PrintBatch `json:"batch" doc:"null where nothing could be printed"`
	Left  []PrintLeft `json:"left" nullable:"false"`
}

func printStarted(ctx context.Context, s print.Started) *struct{ Body PrintStarted } {
	out := &struct{ Body PrintStarted }{PrintStarted{Left: []PrintLeft{}}}
	if s.Batch.ID != 0 {
		b := printBatchOf(s.Batch)
		out.Body.Batch = &b
	}
	for _, l := range s.Left {
		out.Body.Left = append(out.Body.Left, PrintLeft{l.FulfillmentOrderID, printFault(ctx, l.Err.Code, l.Err.Params)})
	}
	return out
}

type printIn struct {
	ID id.ID `path:"id"`
}

func (p prints) batches(api *web.API) {
	web.Register(api, web.Op{ID: "listPrintBatches", Method: http.MethodGet, Path: "/print/batches", Tag: tag, Permission: packing.PermitRead, ZH: "打印批次，新的在前", EN: "Print batches, the newest first"},
		func(ctx context.Context, in *web.ListInput) (*struct{ Body web.Page[PrintBatch] }, error) {
			all, next, err := p.s.List(ctx, in.Cursor, page.Limit(in.Limit))
			if err != nil {
				return nil, err
			}
			var out []PrintBatch
			for _, b := range all {
				out = append(out, printBatchOf(b))
			}
			return &struct{ Body web.Page[PrintBatch] }{web.NewPage(out, next)}, nil
		})
	web.Register(api, web.Op{ID: "getPrintBatch", Method: http.MethodGet, Path: "/print/batches/{id}", Tag: tag, Permission: packing.PermitRead, ZH: "打印批次与每张面单的结果",
		EN: "A print batch and what became of each label", Errors: []*errs.Error{print.ErrNoBatch}}, p.get)
	web.Register(api, web.Op{ID: "startPrintBatch", Method: http.MethodPost, Path: "/print/batches", Tag: tag, Permission: packing.PermitPrint, ZH: "建打印批次；不能打的列出原因",
		EN:     "Start a print batch; what may not be printed is left out with its reason",
		Errors: []*errs.Error{print.ErrTooMany, print.ErrNoTemplate, print.ErrNoReason, print.ErrBusy, print.ErrNeedsAgent, print.ErrNoAgent, print.ErrRace}},
		func(ctx context.Context, in *struct{ Body PrintStart }) (*struct{ Body PrintStarted }, error) {
			out, err := p.s.Start(ctx, in.Body.input())
			if err != nil {
				return nil, err
			}
			return printStarted(ctx, out), nil
		})
	web.Register(api, web.Op{ID: "openPrintFile", Method: http.MethodGet, Path: "/print/batches/{id}/labels.pdf", Tag: tag, Permission: packing.PermitPrint, ZH: "打开面单文件；打开前再核对一遍订单",
		EN: "The labels as PDF, checked once more before", Errors: []*errs.Error{print.ErrNoBatch, print.ErrNotReady, print.ErrWithdrawn, file.ErrNotFound}},
		func(ctx context.Context, in *printIn) (*web.Stream, error) {
			r, err := p.s.Open(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return web.SendFile(r), nil
		})
}

func (p prints) get(ctx context.Context, in *printIn) (*struct{ Body PrintBatchDetail }, error) {
	b, all, err := p.s.Get(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := PrintBatchDetail{PrintBatch: printBatchOf(b), Labels: []PrintLabel{}, Summary: printItems(print.Summary(all))}
	for _, l := range all {
		out.Labels = append(out.Labels, PrintLabel{Sequence: l.Sequence, FulfillmentOrderID: l.FulfillmentOrderID, WaybillNo: l.WaybillNo, Piece: l.Piece, Items: printItems(l.Items), Copy: l.Copy,
			State: string(l.State), Page: l.Page, Missing: l.Missing, Error: printFault(ctx, l.ErrorCode, l.ErrorParams), SentAt: web.Time(l.SentAt), EndedAt: web.Time(l.EndedAt),
			ShippedAt: web.Time(l.ShippedAt), ShipError: printFault(ctx, l.ShipCode, l.ShipParams)})
	}
	return &struct{ Body PrintBatchDetail }{out}, nil
}

func (p prints) steps(api *web.API) {
	web.Register(api, web.Op{ID: "reprintLabels", Method: http.MethodPost, Path: "/print/batches/{id}/reprint", Tag: tag, Permission: packing.PermitPrint, ZH: "重打一段序号（卡纸）",
		EN: "Print a range of a batch again, after a paper jam", Errors: []*errs.Error{print.ErrNoBatch, print.ErrBadRange, print.ErrNoReason, print.ErrBusy, print.ErrRace}},
		func(ctx context.Context, in *struct {
			ID   id.ID `path:"id"`
			Body struct {
				From    int64  `json:"from" minimum:"1"`
				To      int64  `json:"to" minimum:"1"`
				Reason  string `json:"reason" minLength:"1" maxLength:"200"`
				AgentID id.ID  `json:"agent_id,omitempty"`
				Printer string `json:"printer,omitempty" maxLength:"200"`
			}
		}) (*struct{ Body PrintStarted }, error) {
			b := in.Body
			out, err := p.s.Reprint(ctx, print.ReprintInput{BatchID: in.ID, From: b.From, To: b.To, Reason: b.Reason, AgentID: b.AgentID, Printer: b.Printer})
			if err != nil {
				return nil, err
			}
			return printStarted(ctx, out), nil
		})
	web.Register(api, web.Op{ID: "tellPrinted", Method: http.MethodPost, Path: "/print/batches/{id}/told", Tag: tag, Permission: packing.PermitPrint, ZH: "确认一段面单打出来了，或没有打出来",
		EN: "Say that a range of labels came out, or did not", Errors: []*errs.Error{print.ErrNoBatch, print.ErrBadRange}},
		func(ctx context.Context, in *struct {
			ID   id.ID `path:"id"`
			Body struct {
				From    int64 `json:"from" minimum:"1"`
				To      int64 `json:"to" minimum:"1"`
				Printed bool  `json:"printed"`
			}
		}) (*struct{ Body PrintTold }, error) {
			n, err := p.s.Told(ctx, print.ToldInput{BatchID: in.ID, From: in.Body.From, To: in.Body.To, Printed: in.Body.Printed})
			if err != nil {
				return nil, err
			}
			return &struct{ Body PrintTold }{PrintTold{n}}, nil
		})
	web.Register(api, web.Op{ID: "stopPrintBatch", Method: http.MethodPost, Path: "/print/batches/{id}/stop", Tag: tag, Permission: packing.PermitPrint, ZH: "结束批次，未取走的不再打印",
		EN: "End a batch; what no agent has sent is not printed", Errors: []*errs.Error{print.ErrNoBatch, print.ErrNotReady, print.ErrStillOpen}},
		func(ctx context.Context, in *printIn) (*struct{}, error) { return nil, p.s.Stop(ctx, in.ID) })
	p.moves(api)
}

// moves give what is left to another agent, and print what lies beside the labels.
func (p prints) moves(api *web.API) {
	web.Register(api, web.Op{ID: "handOverPrintBatch", Method: http.MethodPost, Path: "/print/batches/{id}/hand-over", Tag: tag, Permission: packing.PermitPrint, ZH: "换一个打印站打完余下的面单",
		EN: "Let another agent print what is left", Errors: []*errs.Error{print.ErrNoBatch, print.ErrNotReady, print.ErrNoAgent, print.ErrNeedsAgent, print.ErrBusy, print.ErrRace}},
		func(ctx context.Context, in *struct {
			ID   id.ID `path:"id"`
			Body struct {
				AgentID id.ID  `json:"agent_id"`
				Printer string `json:"printer" minLength:"1" maxLength:"200"`
			}
		}) (*struct{ Body PrintBatch }, error) {
			b, err := p.s.HandOver(ctx, print.HandOverInput{BatchID: in.ID, AgentID: in.Body.AgentID, Printer: in.Body.Printer})
			if err != nil {
				return nil, err
			}
			return &struct{ Body PrintBatch }{printBatchOf(b)}, nil
		})
	web.Register(api, web.Op{ID: "printPackingSlips", Method: http.MethodPost, Path: "/print/slips", Tag: tag, Permission: packing.PermitPrint, ZH: "装箱单；不能打的略过",
		EN: "Packing slips as PDF; what may not go on is left out", Errors: []*errs.Error{print.ErrTooMany, print.ErrBadRange}},
		func(ctx context.Context, in *struct {
			Body struct {
				FulfillmentOrderIDs []id.ID `json:"fulfillment_order_ids" minItems:"1" maxItems:"500"`
			}
		}) (*web.Stream, error) {
			var pdf bytes.Buffer
			if _, err := p.s.Slips(ctx, &pdf, in.Body.FulfillmentOrderIDs); err != nil {
				return nil, err
			}
			if pdf.Len() == 0 {
				return nil, print.ErrBadRange
			}
			return sendPDF("packing-slips.pdf", &pdf), nil
		})
}

// PrintTold is how many labels were told about.
type PrintTold struct {
	Changed int64 `json:"changed"`
}

func sendPDF(name string, pdf *bytes.Buffer) *web.Stream {
	return web.SendDownload(name, "application/pdf", func(w io.Writer) error {
		_, err := pdf.WriteTo(w)
		return err
	})
}

// LabelSize is a label's.
type LabelSize struct {
	Width  float64 `json:"width_mm"`
	Height float64 `json:"height_mm"`
}

// LabelElement is one thing on a label.
type LabelElement struct {
	Kind    string  `json:"kind" enum:"text,code128,qr,line,box,items"`
	X       float64 `json:"x_mm"`
	Y       float64 `json:"y_mm"`
	Width   float64 `json:"width_mm"`
	Height  float64 `json:"height_mm"`
	Text    string  `json:"text,omitempty" maxLength:"500" doc:"Holds {names} of fields"`
	Size    float64 `json:"size_pt,omitempty"`
	Least   float64 `json:"least_pt,omitempty" doc:"The smallest type it may shrink to"`
	Bold    bool    `json:"bold,omitempty"`
	Align   string  `json:"align,omitempty" enum:",left,center,right"`
	Middle  bool    `json:"middle,omitempty"`
	Whole   bool    `json:"whole,omitempty" doc:"A label on which it does not fit is refused"`
	Caption bool    `json:"caption,omitempty"`
	Inverse bool    `json:"inverse,omitempty"`
	When    string  `json:"when,omitempty" maxLength:"40" doc:"Field that must not be empty"`
}

// LabelTemplateBody is where things stand on a label.
type LabelTemplateBody struct {
	Name     string         `json:"name" minLength:"1" maxLength:"40"`
	Size     LabelSize      `json:"size"`
	Elements []LabelElement `json:"elements" minItems:"1" maxItems:"200" nullable:"false"`
}

func (b LabelTemplateBody) template() label.Template {
	out := label.Template{Name: b.Name, Size: label.Size(b.Size)}
	for _, e := range b.Elements {
		out.Elements = append(out.Elements, label.Element(e))
	}
	return out
}

// LabelTemplate is a template as it is kept.
type LabelTemplate struct {
	ID        id.ID             `json:"id"`
	Builtin   bool              `json:"builtin"`
	Body      LabelTemplateBody `json:"body"`
	UpdatedAt web.Time          `json:"updated_at"`
	Version   int64             `json:"version"`
}

func labelTemplateOf(t print.Template) LabelTemplate {
	out := LabelTemplate{ID: t.ID, Builtin: t.Builtin, UpdatedAt: web.Time(t.UpdatedAt), Version: t.Version, Body: LabelTemplateBody{Name: t.Body.Name, Size: LabelSize(t.Body.Size)}}
	for _, e := range t.Body.Elements {
		out.Body.Elements = append(out.Body.Elements, LabelElement(e))
	}
	return out
}

func (p prints) templates(api *web.API) {
	web.Register(api, web.Op{ID: "listLabelTemplates", Method: http.MethodGet, Path: "/print/templates", Tag: tag, Permission: packing.PermitRead, ZH: "面单模板：系统的和自己的", EN: "Label templates, built in and the merchant's own"},
		func(ctx context.Context, _ *struct{}) (*struct{ Body web.Page[LabelTemplate] }, error) {
			all, err := p.s.Templates(ctx)
			if err != nil {
				return nil, err
			}
			var out []LabelTemplate
			for _, t := range all {
				out = append(out, labelTemplateOf(t))
			}
			return &struct{ Body web.Page[LabelTemplate] }{web.NewPage(out, "")}, nil
		})
	web.Register(api, web.Op{ID: "putLabelTemplate", Method: http.MethodPost, Path: "/print/templates", Tag: tag, Permission: packing.PermitPrint, ZH: "保存面单模板", EN: "Keep a label template",
		Errors: []*errs.Error{print.ErrBadName, print.ErrBuiltin, print.ErrChanged, label.ErrTemplate, label.ErrUnknownField}},
		func(ctx context.Context, in *struct {
			Body struct {
				ID      id.ID             `json:"id,omitempty" doc:"Absent for a new one"`
				Body    LabelTemplateBody `json:"body"`
				Version int64             `json:"version,omitempty"`
			}
		}) (*struct{ Body LabelTemplate }, error) {
			t, err := p.s.PutTemplate(ctx, print.TemplateInput{ID: in.Body.ID, Body: in.Body.Body.template(), Version: in.Body.Version})
			if err != nil {
				return nil, err
			}
			return &struct{ Body LabelTemplate }{labelTemplateOf(t)}, nil
		})
	web.Register(api, web.Op{ID: "deleteLabelTemplate", Method: http.MethodDelete, Path: "/print/templates/{id}", Tag: tag, Permission: packing.PermitPrint, ZH: "删除面单模板", EN: "Delete a label template",
		Errors: []*errs.Error{print.ErrNoTemplate, print.ErrBuiltin}},
		func(ctx context.Context, in *printIn) (*struct{}, error) { return nil, p.s.DeleteTemplate(ctx, in.ID) })
	web.Register(api, web.Op{ID: "previewLabelTemplate", Method: http.MethodPost, Path: "/print/templates/preview", Tag: tag, Permission: packing.PermitRead, ZH: "预览面单模板（示例数据）",
		EN: "A template with invented data, as PDF", Errors: []*errs.Error{label.ErrTemplate, label.ErrUnknownField, label.ErrTooLong, label.ErrBarcode}},
		func(ctx context.Context, in *struct{ Body LabelTemplateBody }) (*web.Stream, error) {
			var pdf bytes.Buffer
			if err := p.s.Preview(ctx, &pdf, in.Body.template()); err != nil {
				return nil, err
			}
			return sendPDF("preview.pdf", &pdf), nil
		})
}
