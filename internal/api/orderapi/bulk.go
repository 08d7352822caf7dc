package orderapi

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/order"
	orderbulk "github.com/ordercove/ordercove/internal/order/bulk"
	"github.com/ordercove/ordercove/internal/view"
)

type bulkInput struct {
	Body struct {
		IDs    []id.ID      `json:"ids,omitempty" maxItems:"50000"`
		Filter *view.Filter `json:"filter,omitempty" doc:"Instead of ids: every order of a list"`
		Params bulkParams   `json:"params,omitempty"`
		DryRun bool         `json:"dry_run,omitempty" doc:"Only say what would happen"`
	}
}

type bulkParams struct {
	Note       string   `json:"note,omitempty" maxLength:"500"`
	Kind       string   `json:"kind,omitempty" maxLength:"40"`
	Reason     string   `json:"reason,omitempty" maxLength:"60"`
	SellerNote string   `json:"seller_note,omitempty" maxLength:"500"`
	Flag       int64    `json:"flag,omitempty" minimum:"0" maximum:"5"`
	Add        []string `json:"add,omitempty" maxItems:"20"`
	Remove     []string `json:"remove,omitempty" maxItems:"20"`
}

type bulkSkip struct {
	Code    string   `json:"code"`
	N       int64    `json:"n"`
	Message string   `json:"message"`
	Sample  []string `json:"sample" doc:"Order numbers, five at most"`
}

type bulkFailed struct {
	OrderID        id.ID  `json:"order_id"`
	ChannelOrderNo string `json:"channel_order_no"`
	Code           string `json:"code"`
	Message        string `json:"message"`
}

type bulkBody struct {
	Will   int64        `json:"will" doc:"How many orders the action takes; of a dry run"`
	Skip   []bulkSkip   `json:"skip" doc:"Why others would be left out; of a dry run"`
	OK     int64        `json:"ok"`
	Failed []bulkFailed `json:"failed"`
	Undo   *bulkUndo    `json:"undo,omitempty" doc:"What takes back what went well, where something does"`
	Job    *web.Job     `json:"job,omitempty" doc:"Set with status 202, when the action goes on in the background"`
}

// bulkUndo is a bulk action that takes another one back.
type bulkUndo struct {
	Action string  `json:"action" doc:"As in the path"`
	IDs    []id.ID `json:"ids"`
	Kind   string  `json:"kind,omitempty"`
}

type bulkOutput struct {
	Status int
	Body   bulkBody
}

// bulk registers one action under its own path, so that its permission stands in
// the document.
func bulk(api *web.API, s *orderbulk.Service, lists *view.Service, jobs *job.Queue, act order.Action) {
	o := web.Op{ID: "bulk_" + string(act) + "_orders", Method: "POST", Path: "/orders/bulk/" + slug(act), Tag: "orders",
		ZH: "批量操作：" + string(act), EN: "Do to many orders: " + string(act), Permission: order.Permission(act), MaxBody: 4 << 20,
		Errors: []*errs.Error{order.ErrTooMany, order.ErrUnknownAction, view.ErrBadFilter, view.ErrTooManyNumbers}}
	web.Register(api, o, func(ctx context.Context, in *bulkInput) (*bulkOutput, error) {
		b := in.Body
		x := orderbulk.Input{Action: act, IDs: b.IDs, Params: orderbulk.Params{Note: b.Params.Note, Kind: order.HoldKind(b.Params.Kind), Reason: b.Params.Reason,
			SellerNote: b.Params.SellerNote, Flag: b.Params.Flag, Add: b.Params.Add, Remove: b.Params.Remove}}
		if b.Filter != nil {
			ids, more, err := lists.IDs(ctx, *b.Filter, orderbulk.Most)
			if err != nil {
				return nil, err
			}
			if more {
				return nil, order.ErrTooMany.With("max", orderbulk.Most).At("filter")
			}
			x.IDs = ids
		}
		if b.DryRun {
			return dryRun(ctx, s, x)
		}
		return runBulk(ctx, s, jobs, x)
	})
}

func dryRun(ctx context.Context, s *orderbulk.Service, x orderbulk.Input) (*bulkOutput, error) {
	will, skips, err := s.Preview(ctx, x)
	if err != nil {
		return nil, err
	}
	out := &bulkOutput{Status: 200, Body: bulkBody{Will: will, Skip: []bulkSkip{}, Failed: []bulkFailed{}}}
	for _, k := range skips {
		out.Body.Skip = append(out.Body.Skip, bulkSkip{Code: k.Code, N: k.N, Message: errs.Message(actor.Lang(ctx), k.Code, k.Params), Sample: append([]string{}, k.Sample...)})
	}
	return out, nil
}

func runBulk(ctx context.Context, s *orderbulk.Service, jobs *job.Queue, x orderbulk.Input) (*bulkOutput, error) {
	r, err := s.Run(ctx, x)
	if err != nil {
		return nil, err
	}
	out := &bulkOutput{Status: 200, Body: bulkBody{OK: r.OK, Skip: []bulkSkip{}, Failed: []bulkFailed{}}}
	for _, f := range r.Failed {
		out.Body.Failed = append(out.Body.Failed, bulkFailed{f.OrderID, f.ChannelOrderNo, f.Code, errs.Message(actor.Lang(ctx), f.Code, f.Params)})
	}
	if u := r.Undo; u != nil {
		out.Body.Undo = &bulkUndo{Action: slug(u.Action), IDs: u.IDs, Kind: string(u.Params.Kind)}
	}
	if r.JobID != 0 {
		j, err := jobs.Get(ctx, r.JobID)
		if err != nil {
			return nil, err
		}
		shown := web.NewJob(ctx, j)
		out.Status, out.Body.Job = 202, &shown
	}
	return out, nil
}
