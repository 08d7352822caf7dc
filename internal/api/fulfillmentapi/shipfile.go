package fulfillmentapi

import (
	"context"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/shipfile"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/file"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/sheet"
	"github.com/ordercove/ordercove/internal/kit/web"
)

// ShipmentFile is an uploaded tracking file.
type ShipmentFile struct {
	ID      id.ID            `json:"id"`
	Name    string           `json:"name"`
	State   string           `json:"state" enum:"uploaded,checked,running"`
	Columns []string         `json:"columns" nullable:"false"`
	Mapping shipfile.Mapping `json:"mapping" doc:"column name by field: order_no, carrier, waybill_no, sku_code, quantity"`
	Sample  [][]string       `json:"sample" nullable:"false" doc:"first rows, only right after the upload"`
	JobID   id.ID            `json:"job_id" doc:"the last run; 0 before it"`
}

func fileOf(f shipfile.ShipFile) ShipmentFile {
	out := ShipmentFile{ID: f.ID, Name: f.Name, State: f.State, Columns: f.Columns, Mapping: f.Mapping, Sample: f.Sample, JobID: f.JobID}
	if out.Sample == nil {
		out.Sample = [][]string{}
	}
	if out.Columns == nil {
		out.Columns = []string{}
	}
	return out
}

type fileOutput struct {
	Status int
	Body   ShipmentFile
}

type fileInput struct {
	ID id.ID `path:"id"`
}

type optionsInput struct {
	ID   id.ID `path:"id"`
	Body struct {
		Mapping         shipfile.Mapping `json:"mapping,omitempty" doc:"the file's own when absent"`
		DefaultCarrier  string           `json:"default_carrier,omitempty" maxLength:"60" doc:"for rows that name none"`
		WarehouseID     id.ID            `json:"warehouse_id,omitempty"`
		StaleReason     string           `json:"stale_reason,omitempty" maxLength:"200"`
		ConfirmWaybills bool             `json:"confirm_waybills,omitempty" doc:"ship rows whose number does not look like the carrier's"`
	}
}

// CheckedRow is one row of a dry run.
type CheckedRow struct {
	Row          int64  `json:"row" doc:"record number in the file"`
	OrderNo      string `json:"order_no"`
	OrderID      id.ID  `json:"order_id"`
	WaybillNo    string `json:"waybill_no"`
	Carrier      string `json:"carrier"`
	CarrierGuess string `json:"carrier_guess" doc:"the carrier that the number tells, where the row names none"`
	Verdict      string `json:"verdict" enum:"ok,suspicious,unchanged,unknown_order,ambiguous_order,wrong_state,not_paid,not_approved,held,refund_open,history,already_shipped,duplicate,unknown_carrier,bad_waybill,missing,stale,short,no_warehouse,bad_row"`
	Code         string `json:"code"`
	Message      string `json:"message"`
	Field        string `json:"field"`
}

// FileCheck is what a run would do.
type FileCheck struct {
	Total int64 `json:"total"`
	// Counts are rows by verdict; ok counts every row that would ship, the
	// suspicious ones among them.
	Counts map[string]int64 `json:"counts"`
	Rows   []CheckedRow     `json:"rows" nullable:"false" doc:"at most 500, those that would not ship first to be kept"`
}

type checkOutput struct{ Body FileCheck }

type failuresInput struct {
	ID    id.ID `path:"id"`
	JobID id.ID `query:"job_id" doc:"the last run when absent"`
}

var tableErrors = []*errs.Error{fulfillment.ErrFileNotFound, fulfillment.ErrMappingIncomplete, fulfillment.ErrColumnMissing, file.ErrNotFound,
	sheet.ErrEmpty, sheet.ErrUnreadable, sheet.ErrTooLarge, sheet.ErrEncrypted, sheet.ErrOldExcel, sheet.ErrNotTable}

var uploadOf = web.Upload{MaxBytes: shipfile.MaxFileBytes}

func fileRoutes(api *web.API, s Services) {
	web.Register(api, web.Op{ID: "uploadShipmentFile", Method: "POST", Path: "/shipment-files", Tag: tag, Permission: fulfillment.PermitShip, Status: 201,
		Upload: &uploadOf, Errors: tableErrors[3:], ZH: "上传发货文件（订单号、快递公司、快递单号），识别各列", EN: "Upload a tracking file; its columns are recognised"}, s.upload)
	web.Register(api, web.Op{ID: "getShipmentFile", Method: "GET", Path: "/shipment-files/{id}", Tag: tag, Permission: fulfillment.PermitShip,
		Errors: []*errs.Error{fulfillment.ErrFileNotFound}, ZH: "一个发货文件", EN: "One tracking file"}, s.file)
	web.Register(api, web.Op{ID: "checkShipmentFile", Method: "POST", Path: "/shipment-files/{id}/check", Tag: tag, Permission: fulfillment.PermitShip,
		Errors: tableErrors, ZH: "预检：逐行给出结论，不发货", EN: "Dry run: a verdict per row, nothing is shipped"}, s.check)
	web.Register(api, web.Op{ID: "runShipmentFile", Method: "POST", Path: "/shipment-files/{id}/run", Tag: tag, Permission: fulfillment.PermitShip, Status: 202,
		Errors: tableErrors, ZH: "按文件发货（后台任务，逐行结果，失败可重试）", EN: "Ship the file as a job with a result per row"}, s.run)
	web.Register(api, web.Op{ID: "downloadShipmentFailures", Method: "GET", Path: "/shipment-files/{id}/failures.csv", Tag: tag, Permission: fulfillment.PermitShip,
		Errors: []*errs.Error{fulfillment.ErrFileNotFound, job.ErrNotFound, file.ErrNotFound}, ZH: "失败的行及原因", EN: "The rows that failed, with reasons"}, s.failures)
}

func (s Services) upload(ctx context.Context, _ *struct{}) (*fileOutput, error) {
	stored, _, err := web.ReceiveFiles(ctx, s.Store, uploadOf, s.Files.NewUpload("", ""))
	if err != nil {
		return nil, err
	}
	// An upload is new bytes every time: its answer is not repeated by key.
	f, err := s.Files.Upload(command.WithKey(ctx, ""), stored[0].ID)
	if err != nil {
		_ = s.Store.Delete(context.WithoutCancel(ctx), stored[0].ID)
		return nil, err
	}
	return &fileOutput{201, fileOf(f)}, nil
}

func (s Services) file(ctx context.Context, in *fileInput) (*fileOutput, error) {
	f, err := s.Files.ShipFile(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &fileOutput{200, fileOf(f)}, nil
}

// options reads the body; the mapping defaults to what the file was given last.
func (s Services) options(ctx context.Context, in *optionsInput) (shipfile.FileOptions, error) {
	b := in.Body
	o := shipfile.FileOptions{Mapping: b.Mapping, DefaultCarrier: b.DefaultCarrier, WarehouseID: b.WarehouseID, StaleReason: b.StaleReason, ConfirmWaybills: b.ConfirmWaybills}
	if len(o.Mapping) > 0 {
		return o, nil
	}
	f, err := s.Files.ShipFile(ctx, in.ID)
	o.Mapping = f.Mapping
	return o, err
}

func (s Services) check(ctx context.Context, in *optionsInput) (*checkOutput, error) {
	o, err := s.options(ctx, in)
	if err != nil {
		return nil, err
	}
	c, err := s.Files.CheckFile(ctx, in.ID, o)
	if err != nil {
		return nil, err
	}
	out := FileCheck{Total: c.Total, Counts: c.Counts, Rows: make([]CheckedRow, len(c.Rows))}
	out.Counts[shipfile.VerdictOK] += out.Counts[shipfile.VerdictSuspicious]
	for i, r := range c.Rows {
		row := CheckedRow{Row: r.Row, OrderNo: r.OrderNo, OrderID: r.OrderID, WaybillNo: r.WaybillNo, Carrier: r.Carrier, Verdict: r.Verdict, Code: r.Code, Field: r.Field}
		if r.Guessed {
			row.CarrierGuess = r.Carrier
		}
		if r.Code != "" {
			row.Message = note(ctx, r.Code, r.Params).Message
		}
		out.Rows[i] = row
	}
	return &checkOutput{out}, nil
}

func (s Services) run(ctx context.Context, in *optionsInput) (*web.Accepted, error) {
	o, err := s.options(ctx, in)
	if err != nil {
		return nil, err
	}
	j, err := s.Files.RunFile(ctx, in.ID, o)
	if err != nil {
		return nil, err
	}
	return web.NewAccepted(ctx, j), nil
}

func (s Services) failures(ctx context.Context, in *failuresInput) (*web.Stream, error) {
	write, err := s.Files.Failures(ctx, in.ID, in.JobID)
	if err != nil {
		return nil, err
	}
	return web.SendDownload("发货失败-"+in.ID.String()+".csv", "text/csv", write), nil
}
