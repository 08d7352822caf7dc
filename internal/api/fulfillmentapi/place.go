package fulfillmentapi

import (
	"context"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/place"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/order"
)

// WarehouseChoice is a warehouse that an order could leave from.
type WarehouseChoice struct {
	WarehouseID id.ID  `json:"warehouse_id"`
	Name        string `json:"name"`
	Here        bool   `json:"here" doc:"where the order stands now"`
	SupplierID  id.ID  `json:"supplier_id" doc:"who ships from there for us; 0 where we do"`
	Has         int64  `json:"has" doc:"pieces of the order it could ship"`
	Wanted      int64  `json:"wanted" doc:"pieces of the order that are left to ship"`
	Reason      string `json:"reason" enum:"whole,short,refused,not_served,inactive" doc:"whole: it has all of it"`
}

// Placed is an order after a warehouse was chosen for it.
type Placed struct {
	Version int64  `json:"version"`
	State   string `json:"state"`
}

func placeRoutes(api *web.API, s Services) {
	type in struct {
		ID id.ID `path:"id"`
	}
	type out struct{ Body web.Page[WarehouseChoice] }
	web.Register(api, web.Op{ID: "listWarehousesOfOrder", Method: "GET", Path: "/orders/{id}/warehouses", Tag: tag, Permission: fulfillment.PermitAllocate,
		Errors: []*errs.Error{order.ErrNotFound}, ZH: "该订单可从哪些仓库发出", EN: "From which warehouses an order could leave"},
		func(ctx context.Context, in *in) (*out, error) {
			all, err := s.Place.Candidates(ctx, in.ID)
			items := make([]WarehouseChoice, len(all))
			for i, c := range all {
				items[i] = WarehouseChoice(c)
			}
			return &out{web.NewPage(items, "")}, err
		})
	type chosen struct {
		ID   id.ID `path:"id"`
		Body struct {
			Version     int64 `json:"version,omitempty" minimum:"0"`
			WarehouseID id.ID `json:"warehouse_id"`
		}
	}
	web.Register(api, web.Op{ID: "chooseWarehouseOfOrder", Method: "POST", Path: "/orders/{id}/warehouse", Tag: tag, Permission: fulfillment.PermitAllocate,
		Errors: []*errs.Error{order.ErrNotFound, order.ErrChanged, order.ErrNotAllowed, order.ErrOnHold, fulfillment.ErrNoWarehouse, inventory.ErrInsufficient, fulfillment.ErrShort,
			fulfillment.ErrNotAllocatable, fulfillment.ErrPartlyShipped, fulfillment.ErrSealed, fulfillment.ErrMerged},
		ZH: "改仓：未审核的订单改在该仓占用，已审核的分配到该仓", EN: "Have an order leave from a warehouse: before approval its goods are reserved there, after it the order is allocated there"},
		func(ctx context.Context, in *chosen) (*struct{ Body Placed }, error) {
			r, err := s.Place.Choose(ctx, place.Input{OrderID: in.ID, Version: in.Body.Version, WarehouseID: in.Body.WarehouseID})
			return &struct{ Body Placed }{Placed{r.Version, r.State.String()}}, err
		})
}
