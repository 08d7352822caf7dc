// Package jobapi is the task centre over HTTP: jobs, their rows, retry, cancel,
// and the files that jobs made.
package jobapi

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/file"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/web"
)

// Row is what became of one item of a job.
type Row struct {
	No       int64  `json:"no"`
	Ref      string `json:"ref" doc:"What the user knows the row by"`
	ObjectID id.ID  `json:"object_id"`
	Result   string `json:"result" enum:"ok,failed,skipped"`
	Code     string `json:"code"`
	Message  string `json:"message"`
	Field    string `json:"field"`
}

type oneInput struct {
	ID id.ID `path:"id"`
}

type oneOutput struct{ Body web.Job }

type listInput struct {
	Kind  string `query:"kind" maxLength:"80"`
	State string `query:"state" enum:"waiting,running,succeeded,failed,cancelled"`
	web.ListInput
}

type listOutput struct{ Body web.Page[web.Job] }

type rowsInput struct {
	ID     id.ID  `path:"id"`
	Result string `query:"result" enum:"ok,failed,skipped"`
	web.ListInput
}

type rowsOutput struct{ Body web.Page[Row] }

// Routes registers the operations.
func Routes(api *web.API, q *job.Queue, p *command.Pipe, files *file.Files) {
	notFound := []*errs.Error{job.ErrNotFound}
	web.Register(api, web.Op{ID: "listJobs", Method: "GET", Path: "/jobs", Tag: "jobs", Permission: "job.read",
		ZH: "任务中心的任务，新的在前", EN: "Jobs of the task centre, newest first"}, list(q))
	web.Register(api, web.Op{ID: "getJob", Method: "GET", Path: "/jobs/{id}", Tag: "jobs", Permission: "job.read", Errors: notFound,
		ZH: "一个任务的进度和结果", EN: "One job's progress and result"}, get(q))
	web.Register(api, web.Op{ID: "listJobRows", Method: "GET", Path: "/jobs/{id}/rows", Tag: "jobs", Permission: "job.read", Errors: notFound,
		ZH: "任务的逐行结果", EN: "What became of each row"}, rows(q))
	web.Register(api, web.Op{ID: "retryFailedJob", Method: "POST", Path: "/jobs/{id}/retry-failed", Tag: "jobs", Permission: "job.read", Status: 202,
		Errors: []*errs.Error{job.ErrNotFound, job.ErrNotRetryable}, ZH: "重试失败的行", EN: "Try the failed rows again"},
		change(p, "job.retry_failed", q.RetryFailedTx))
	web.Register(api, web.Op{ID: "undoJob", Method: "POST", Path: "/jobs/{id}/undo", Tag: "jobs", Permission: "job.read", Status: 202,
		Errors: []*errs.Error{job.ErrNotFound, job.ErrNotUndoable}, ZH: "撤销任务中成功的行，已无法撤销的说明原因", EN: "Take back what went well; what has moved on is left and says why"},
		change(p, "job.undo", q.UndoTx))
	web.Register(api, web.Op{ID: "cancelJob", Method: "POST", Path: "/jobs/{id}/cancel", Tag: "jobs", Permission: "job.read",
		Errors: []*errs.Error{job.ErrNotFound, job.ErrFinished}, ZH: "取消任务，已完成的部分保留", EN: "Cancel a job; what is done stays"},
		change(p, "job.cancel", q.CancelTx))
	web.Register(api, web.Op{ID: "downloadFile", Method: "GET", Path: "/files/{id}", Tag: "jobs", Permission: web.SignedIn,
		Errors: []*errs.Error{file.ErrNotFound}, ZH: "下载本人上传或导出的文件", EN: "Download a file you uploaded or exported"}, download(files))
}

func list(q *job.Queue) func(context.Context, *listInput) (*listOutput, error) {
	return func(ctx context.Context, in *listInput) (*listOutput, error) {
		all, next, err := q.List(ctx, job.ListInput{Kind: in.Kind, State: in.State, Cursor: in.Cursor, Limit: in.Limit})
		if err != nil {
			return nil, err
		}
		out := make([]web.Job, len(all))
		for i, j := range all {
			out[i] = web.NewJob(ctx, j)
		}
		return &listOutput{web.NewPage(out, next)}, nil
	}
}

func get(q *job.Queue) func(context.Context, *oneInput) (*oneOutput, error) {
	return func(ctx context.Context, in *oneInput) (*oneOutput, error) {
		j, err := q.Get(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return &oneOutput{web.NewJob(ctx, j)}, nil
	}
}

func rows(q *job.Queue) func(context.Context, *rowsInput) (*rowsOutput, error) {
	return func(ctx context.Context, in *rowsInput) (*rowsOutput, error) {
		all, next, err := q.Rows(ctx, in.ID, in.Result, in.Cursor, in.Limit)
		if err != nil {
			return nil, err
		}
		out := make([]Row, len(all))
		for i, r := range all {
			out[i] = Row{No: r.No, Ref: r.Ref, ObjectID: r.ObjectID, Result: r.Result, Code: r.Code, Field: r.Field}
			if r.Code != "" {
				out[i].Message = errs.Message(actor.Lang(ctx), r.Code, r.Params)
			}
		}
		return &rowsOutput{web.NewPage(out, next)}, nil
	}
}

// change runs one of the queue's mutations as an audited command. Whoever did not
// ask for a job needs the same right as whoever did: the job runs with the rights
// of the one who retries it.
func change(p *command.Pipe, action string, f func(context.Context, *db.Tx, id.ID) (job.Job, error)) func(context.Context, *oneInput) (*oneOutput, error) {
	return func(ctx context.Context, in *oneInput) (*oneOutput, error) {
		j, err := command.Run(ctx, p, &command.About{Action: action, Object: "job/" + in.ID.String()}, in.ID,
			func(ctx context.Context, tx *db.Tx) (job.Job, error) { return f(ctx, tx, in.ID) })
		if err != nil {
			return nil, err
		}
		return &oneOutput{web.NewJob(ctx, j)}, nil
	}
}

func download(files *file.Files) func(context.Context, *oneInput) (*web.Stream, error) {
	return func(ctx context.Context, in *oneInput) (*web.Stream, error) {
		a, err := actor.From(ctx)
		if err != nil {
			return nil, err
		}
		r, err := files.Open(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		// A file holds what its maker may see; to others it looks absent.
		if r.CreatedBy != a.ID {
			return nil, file.ErrNotFound
		}
		return web.SendFile(r), nil
	}
}
