// Package fulfillmentapi is the HTTP face of fulfillment: fulfillment orders and their
// splits and merges, allocation and its rules, parcels, shipping by a tracking file, and the batch-ship files that go back to channels.
package fulfillmentapi

import (
	"context"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/bulk"
	"github.com/ordercove/ordercove/internal/fulfillment/place"
	"github.com/ordercove/ordercove/internal/fulfillment/shipfile"
	"github.com/ordercove/ordercove/internal/fulfillment/waiting"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/file"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/packing/print"
	"github.com/ordercove/ordercove/internal/view"
)

const tag = "fulfillment"

// Services are what the operations call.
type Services struct {
	Fulfillment *fulfillment.Service
	SendBack    *channel.SendBack
	Stock       *inventory.Service
	View        *view.Service
	Store       *file.Files
	Files       *shipfile.Service
	Waiting     *waiting.Service
	Bulk        *bulk.Service
	Place       *place.Service
	Prints      *print.Service
}

// Routes registers the operations.
func Routes(api *web.API, s Services) {
	allocateRoutes(api, s)
	orderRoutes(api, s)
	bulkRoutes(api, s)
	placeRoutes(api, s)
	ruleRoutes(api, s)
	waitingRoutes(api, s)
	parcelRoutes(api, s)
	waybillRoutes(api, s)
	fileRoutes(api, s)
	templateRoutes(api, s)
}

// shipErrors are what can be wrong with one shipment.
var shipErrors = []*errs.Error{
	order.ErrNotFound, order.ErrNotAllowed, order.ErrHistory, order.ErrNotPaid, order.ErrNotApproved, order.ErrRefundOpen, order.ErrOnHold,
	order.ErrNothingOpen, order.ErrChanged, inventory.ErrInsufficient,
	fulfillment.ErrNoWaybill, fulfillment.ErrNoCarrier, fulfillment.ErrCarrierUnknown, fulfillment.ErrBadWaybill, fulfillment.ErrBadWaybillLike, fulfillment.ErrBadWaybillCarrier,
	fulfillment.ErrDuplicateWaybill, fulfillment.ErrAlreadyShipped, fulfillment.ErrTooMany, fulfillment.ErrLineUnknown,
	fulfillment.ErrStaleData, fulfillment.ErrNoWarehouse, fulfillment.ErrHeld, fulfillment.ErrSuspended, fulfillment.ErrNoSerials,
}

// Note is a code with its text in the reader's language.
type Note struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func note(ctx context.Context, code string, params map[string]any) Note {
	return Note{code, errs.Message(actor.Lang(ctx), code, params)}
}

// warehouseNames are the names of the warehouses the actor may see.
func warehouseNames(ctx context.Context, s Services) (map[id.ID]string, error) {
	all, err := s.Stock.Warehouses(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[id.ID]string, len(all))
	for _, w := range all {
		out[w.ID] = w.Name
	}
	return out, nil
}
