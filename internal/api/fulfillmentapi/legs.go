package fulfillmentapi

import (
	"context"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/legs"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/order"
)

// TransitLeg is one of the two ways of an order by a transit warehouse.
type TransitLeg struct {
	Carrier     string   `json:"carrier" doc:"Its code, or the writing where we do not know it"`
	CarrierName string   `json:"carrier_name"`
	WaybillNo   string   `json:"waybill_no"`
	At          web.Time `json:"at" doc:"It left, or its number became known"`
}

// TransitLegs are both.
type TransitLegs struct {
	OrderID id.ID        `json:"order_id"`
	To      string       `json:"to" doc:"Where the transit warehouse sends it on"`
	First   []TransitLeg `json:"first" nullable:"false"`
	Second  *TransitLeg  `json:"second,omitempty" doc:"Absent while its number is not known"`
}

func legsOf(ctx context.Context, l legs.Legs) *struct{ Body TransitLegs } {
	one := func(x legs.Leg) TransitLeg {
		name := logistics.NameOf(x.Carrier, actor.Lang(ctx))
		if name == "" {
			name = x.Carrier
		}
		return TransitLeg{x.Carrier, name, x.WaybillNo, web.Time(x.At)}
	}
	out := TransitLegs{OrderID: l.OrderID, To: l.To, First: []TransitLeg{}}
	for _, x := range l.First {
		out.First = append(out.First, one(x))
	}
	if l.Second != nil {
		two := one(*l.Second)
		out.Second = &two
	}
	return &struct{ Body TransitLegs }{out}
}

// LegRoutes registers what there is about orders by a transit warehouse.
func LegRoutes(api *web.API, s *legs.Service) {
	web.Register(api, web.Op{ID: "getTransitLegs", Method: "GET", Path: "/orders/{id}/legs", Tag: tag, Permission: fulfillment.PermitRead, Errors: []*errs.Error{order.ErrNotFound, legs.ErrOneLeg},
		ZH: "集运/中转订单的两程物流", EN: "Both legs of an order by a transit warehouse"},
		func(ctx context.Context, in *orderInput) (*struct{ Body TransitLegs }, error) {
			got, err := s.Get(ctx, in.ID)
			return legsOf(ctx, got), err
		})
	web.Register(api, web.Op{ID: "tellSecondLeg", Method: "POST", Path: "/orders/{id}/legs", Tag: tag, Permission: fulfillment.PermitShip,
		Errors: []*errs.Error{order.ErrNotFound, legs.ErrOneLeg, legs.ErrEarly, legs.ErrBadLeg}, ZH: "登记第二程单号", EN: "Write down the second leg's number"},
		func(ctx context.Context, in *struct {
			ID   id.ID `path:"id"`
			Body struct {
				Carrier   string `json:"carrier" minLength:"1" maxLength:"60"`
				WaybillNo string `json:"waybill_no" minLength:"1" maxLength:"60"`
			}
		}) (*struct{ Body TransitLegs }, error) {
			got, err := s.TellSecond(ctx, legs.SecondInput{OrderID: in.ID, Carrier: in.Body.Carrier, WaybillNo: in.Body.WaybillNo})
			return legsOf(ctx, got), err
		})
}
