package fulfillmentapi

import (
	"context"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/bulk"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/packing/print"
	"github.com/ordercove/ordercove/internal/view"
)

type bulkInput struct {
	Body struct {
		IDs         []id.ID      `json:"ids,omitempty" maxItems:"50000"`
		Filter      *bulkFilter  `json:"filter,omitempty" doc:"Instead of ids: every open one it finds"`
		OrderIDs    []id.ID      `json:"order_ids,omitempty" maxItems:"50000" doc:"Instead of ids: the open ones of these orders"`
		Orders      *view.Filter `json:"orders,omitempty" doc:"Instead of ids: the open ones of every order of a list"`
		Carrier     string       `json:"carrier,omitempty" maxLength:"60" doc:"Of the action carrier: a code or name; absent for no wish"`
		StaleReason string       `json:"stale_reason,omitempty" maxLength:"200" doc:"A supervisor's, for shipping on old data"`
		DryRun      bool         `json:"dry_run,omitempty" doc:"Only say what would happen"`
	}
}

type bulkFilter struct {
	WarehouseID []id.ID `json:"warehouse_id,omitempty" maxItems:"100"`
	ShopID      []id.ID `json:"shop_id,omitempty" maxItems:"200"`
	Kind        string  `json:"kind,omitempty" enum:"express,virtual,self_pickup,same_city"`
	Sealed      *bool   `json:"sealed,omitempty"`
	Bucket      string  `json:"bucket,omitempty" enum:"unprinted,printed" doc:"Only those that stand so on the print screen; then kind and sealed do not matter"`
	Carrier     *string `json:"carrier,omitempty" maxLength:"60" doc:"With bucket: the carrier's code"`
	Wave        string  `json:"wave,omitempty" maxLength:"40" doc:"With bucket: the wave's code"`
}

// BulkSkip is one reason for which some would be left out.
type BulkSkip struct {
	Code    string   `json:"code"`
	Message string   `json:"message"`
	N       int64    `json:"n"`
	Sample  []string `json:"sample" nullable:"false" doc:"Order numbers, five at most"`
}

// BulkFailed is one that was left as it is, and why.
type BulkFailed struct {
	ID      id.ID  `json:"id"`
	OrderNo string `json:"order_no" doc:"Of its first order"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// BulkAnswer says what happened, or with dry_run what would. More than 200 become a job.
type BulkAnswer struct {
	Will   int64        `json:"will" doc:"Of a dry run"`
	Skip   []BulkSkip   `json:"skip" nullable:"false" doc:"Of a dry run"`
	OK     int64        `json:"ok"`
	Failed []BulkFailed `json:"failed" nullable:"false"`
	Undo   *BulkUndo    `json:"undo" doc:"What takes back what went well, where something does"`
	Job    *web.Job     `json:"job" doc:"The job that does it, when there are more than 200"`
}

// BulkUndo is a bulk action that takes another one back.
type BulkUndo struct {
	Action string  `json:"action" enum:"seal,unseal" doc:"As in the path"`
	IDs    []id.ID `json:"ids" nullable:"false"`
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
			Permission: bulk.Permission(one.act), MaxBody: 4 << 20, Errors: append([]*errs.Error{bulk.ErrTooMany, bulk.ErrNoOpen, view.ErrBadFilter, view.ErrTooManyNumbers}, one.errors...), ZH: one.zh, EN: one.en},
			func(ctx context.Context, in *bulkInput) (*bulkOutput, error) { return s.bulk(ctx, one.act, in) })
	}
}

func (s Services) bulk(ctx context.Context, act bulk.Action, in *bulkInput) (*bulkOutput, error) {
	b := in.Body
	x := bulk.Input{Action: act, Carrier: b.Carrier, StaleReason: b.StaleReason}
	ids, without, err := s.meant(ctx, in)
	if err != nil {
		return nil, err
	}
	x.IDs = ids
	out := &bulkOutput{Status: 200, Body: BulkAnswer{Skip: []BulkSkip{}, Failed: []BulkFailed{}}}
	lang := actor.Lang(ctx)
	if b.DryRun {
		will, skips, err := s.Bulk.Preview(ctx, x)
		out.Body.Will = will
		if without > 0 {
			out.Body.Skip = append(out.Body.Skip, BulkSkip{Code: bulk.ErrNoOpen.Code, Message: errs.Message(lang, bulk.ErrNoOpen.Code, nil), N: without, Sample: []string{}})
		}
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
		out.Body.Failed = append(out.Body.Failed, BulkFailed{f.ID, f.Ref, f.Code, errs.Message(lang, f.Code, f.Params)})
	}
	if u := r.Undo; u != nil {
		out.Body.Undo = &BulkUndo{Action: string(u.Action), IDs: u.IDs}
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

// meant are the fulfillment orders that a bulk action names, and how many of the orders
// it names have none.
func (s Services) meant(ctx context.Context, in *bulkInput) (ids []id.ID, without int64, err error) {
	b := in.Body
	switch {
	case len(b.IDs) > 0:
		return b.IDs, 0, nil
	case b.Filter != nil && b.Filter.Bucket != "":
		f := print.QueueFilter{Bucket: print.Bucket(b.Filter.Bucket), WarehouseIDs: b.Filter.WarehouseID, ShopIDs: b.Filter.ShopID, Wave: b.Filter.Wave}
		if b.Filter.Carrier != nil {
			f.Narrow, f.Carrier = true, *b.Filter.Carrier
		}
		ids, err = s.Prints.IDs(ctx, f, bulk.Most)
		return ids, 0, err
	case b.Filter != nil:
		ids, err = s.open(ctx, b.Filter)
		return ids, 0, err
	}
	orders := b.OrderIDs
	if b.Orders != nil && len(orders) == 0 {
		all, more, err := s.View.IDs(ctx, *b.Orders, bulk.Most)
		if err == nil && more {
			err = bulk.ErrTooMany.With("max", bulk.Most).At("orders")
		}
		if err != nil {
			return nil, 0, err
		}
		orders = all
	}
	ids, none, err := s.Bulk.Of(ctx, orders)
	return ids, int64(len(none)), err
}

// open lists the open fulfillment orders of a filter.
func (s Services) open(ctx context.Context, by *bulkFilter) (ids []id.ID, err error) {
	f := fulfillment.OrderFilter{State: fulfillment.StateOpen, WarehouseIDs: by.WarehouseID, ShopIDs: by.ShopID, Kind: by.Kind, Sealed: by.Sealed, Limit: 200}
	for {
		some, next, err := s.Fulfillment.List(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, o := range some {
			ids = append(ids, o.ID)
		}
		if f.Cursor = next; next == "" || len(ids) > bulk.Most {
			return ids, nil
		}
	}
}
