package packingapi

import (
	"context"
	"net/http"

	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/packing"
	"github.com/ordercove/ordercove/internal/packing/verify"
)

// WeighWaiting is a parcel that was verified and waits for its weight.
type WeighWaiting struct {
	SessionID          id.ID    `json:"session_id"`
	FulfillmentOrderID id.ID    `json:"fulfillment_order_id"`
	WaybillNo          string   `json:"waybill_no"`
	Carrier            string   `json:"carrier"`
	WarehouseID        id.ID    `json:"warehouse_id"`
	Bench              string   `json:"bench" doc:"Where it was verified"`
	ByName             string   `json:"by_name"`
	Pieces             int64    `json:"pieces"`
	ExpectedGram       int64    `json:"expected_gram" doc:"0 where it is not known"`
	VerifiedAt         web.Time `json:"verified_at"`
}

// HandoverCount is how many parcels of a carrier wait for the courier.
type HandoverCount struct {
	Carrier string `json:"carrier"`
	Parcels int64  `json:"parcels"`
}

func (h *benches) stillHere(api *web.API) {
	web.Register(api, web.Op{ID: "countNotHandedOver", Method: http.MethodGet, Path: "/handover-waiting/counts", Tag: tag, Permission: packing.PermitRead,
		ZH: "各快递已发货未交接的件数", EN: "How many parcels of each carrier have shipped and were not handed over"},
		func(ctx context.Context, in *struct {
			WarehouseID id.ID `query:"warehouse_id"`
		}) (*struct{ Body web.Page[HandoverCount] }, error) {
			all, err := h.verify.StillHereCounts(ctx, in.WarehouseID)
			out := make([]HandoverCount, len(all))
			for i, x := range all {
				out[i] = HandoverCount(x)
			}
			return &struct{ Body web.Page[HandoverCount] }{web.NewPage(out, "")}, err
		})
}

func (h *benches) weighing(api *web.API) {
	web.Register(api, web.Op{ID: "listUnweighed", Method: http.MethodGet, Path: "/weigh-waiting", Tag: tag, Permission: packing.PermitRead, Errors: []*errs.Error{page.ErrCursor},
		ZH: "已验货待称重的包裹，等得最久的在前", EN: "What was verified and waits for its weight, the longest first"},
		func(ctx context.Context, in *struct {
			WarehouseID id.ID `query:"warehouse_id"`
			web.ListInput
		}) (*struct{ Body web.Page[WeighWaiting] }, error) {
			all, next, err := h.verify.Unweighed(ctx, verify.UnweighedFilter{WarehouseID: in.WarehouseID, Cursor: in.Cursor, Limit: in.Limit})
			out := make([]WeighWaiting, len(all))
			for i, x := range all {
				out[i] = WeighWaiting{x.ID, x.FulfillmentOrderID, x.WaybillNo, x.Carrier, x.WarehouseID, x.Bench, x.ByName, x.Done, x.ExpectedGram, web.Time(x.TouchedAt)}
			}
			return &struct{ Body web.Page[WeighWaiting] }{web.NewPage(out, next)}, err
		})
}
