package fulfillmentapi

import (
	"context"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/bulk"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/web"
)

type bulkInput struct {
	Body struct {
		IDs         []id.ID     `json:"ids,omitempty" maxItems:"50000"`
		Filter      *bulkFilter `json:"filter,omitempty" doc:"Instead of ids: every open one it finds"`
		Carrier     string      `json:"carrier,omitempty" maxLength:"60" doc:"Of the action carrier: a code or name; absent for no wish"`
		StaleReason string      `json:"stale_reason,omitempty" maxLength:"200" doc:"A supervisor's, for shipping on old data"`
		DryRun      bool        `json:"dry_run,omitempty" doc:"Only say what would happen"`
	}
}

type bulkFilter struct {
	WarehouseID []id.ID `json:"warehouse_id,omitempty" maxItems:"100"`
	ShopID      []id.ID `json:"shop_id,omitempty" maxItems:"200"`
	Kind        string  `json:"kind,omitempty" enum:"express,virtual,self_pickup,same_city"`
	Sealed      *bool   `json:"sealed,omitempty"`
}

// BulkSkip is one reason for which some would be left out.
type BulkSkip struct {
	Code    string  `json:"code"`
	Message string  `json:"message"`
	N       int64   `json:"n"`
	Sample  []id.ID `json:"sample" nullable:"false" doc:"Five at most"`
}

// BulkFailed is one that was left as it is, and why.
type BulkFailed struct {
	ID      id.ID  `json:"id"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// BulkAnswer says what happened, or with dry_run what would. More than 200 become a job.
type BulkAnswer struct {
	Will   int64        `json:"will" doc:"Of a dry run"`
	Skip   []BulkSkip   `json:"skip" nullable:"false" doc:"Of a dry run"`
	OK     int64        `json:"ok"`
	Failed []BulkFailed `json:"failed" nullable:"false"`
	Job    *web.Job     `json:"job" doc:"The job that does it, when there are more than 200"`
}

type bulkOutput struct {
	Status int
	Body   BulkAnswer
}

func bulkRoutes(api *web.API, s Services) {
	for _, one := range []struct {
		act    bulk.Action
		zh, en string
		errors []*errs.Error
	}{
		{bulk.Ship, "批量发货：按已取的单号发出，先可预检", "Ship many under the numbers issued for them; a dry run says what would be left", nil},
		{bulk.Carrier, "批量指定快递", "Choose the carrier of many", []*errs.Error{fulfillment.ErrCarrierUnknown}},
		{bulk.Seal, "批量锁单", "Seal many", nil},
		{bulk.Unseal, "批量解锁", "Unseal many", nil},
	} {
		web.Register(api, web.Op{ID: "bulk_" + string(one.act) + "_fulfillment_orders", Method: "POST", Path: "/fulfillment-orders/bulk/" + string(one.act), Tag: tag,
			Permission: bulk.Permission(one.act), MaxBody: 4 << 20, Errors: append([]*errs.Error{bulk.ErrTooMany}, one.errors...), ZH: one.zh, EN: one.en},
			func(ctx context.Context, in *bulkInput) (*bulkOutput, error) { return s.bulk(ctx, one.act, in) })
	}
}

func (s Services) bulk(ctx context.Context, act bulk.Action, in *bulkInput) (*bulkOutput, error) {
	b := in.Body
	x := bulk.Input{Action: act, IDs: b.IDs, Carrier: b.Carrier, StaleReason: b.StaleReason}
	if b.Filter != nil && len(b.IDs) == 0 {
		f := fulfillment.OrderFilter{State: fulfillment.StateOpen, WarehouseIDs: b.Filter.WarehouseID, ShopIDs: b.Filter.ShopID, Kind: b.Filter.Kind, Sealed: b.Filter.Sealed, Limit: 200}
		for {
			some, next, err := s.Fulfillment.List(ctx, f)
			if err != nil {
				return nil, err
			}
			for _, o := range some {
				x.IDs = append(x.IDs, o.ID)
			}
			if f.Cursor = next; next == "" || len(x.IDs) > bulk.Most {
				break
			}
		}
	}
	out := &bulkOutput{Status: 200, Body: BulkAnswer{Skip: []BulkSkip{}, Failed: []BulkFailed{}}}
	lang := actor.Lang(ctx)
	if b.DryRun {
		will, skips, err := s.Bulk.Preview(ctx, x)
		out.Body.Will = will
		for _, k := range skips {
			out.Body.Skip = append(out.Body.Skip, BulkSkip{Code: k.Code, Message: errs.Message(lang, k.Code, k.Params), N: k.N, Sample: k.Sample})
		}
		return out, err
	}
	r, err := s.Bulk.Run(ctx, x)
	if err != nil {
		return nil, err
	}
	out.Body.OK = r.OK
	for _, f := range r.Failed {
		out.Body.Failed = append(out.Body.Failed, BulkFailed{f.ID, f.Code, errs.Message(lang, f.Code, f.Params)})
	}
	if r.JobID != 0 {
		j, err := s.Bulk.Progress(ctx, r.JobID)
		if err != nil {
			return nil, err
		}
		one := web.NewJob(ctx, j)
		out.Status, out.Body.Job = 202, &one
	}
	return out, nil
}
