package fulfillmentapi

import (
	"context"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/web"
)

type changeWaybillInput struct {
	ID   id.ID `path:"id"`
	Body struct {
		Carrier        string `json:"carrier,omitempty" maxLength:"60" doc:"code or any spelling of the name; absent where the number tells it"`
		WaybillNo      string `json:"waybill_no" minLength:"1" maxLength:"80"`
		ConfirmWaybill bool   `json:"confirm_waybill,omitempty" doc:"take a number that does not look like the carrier's"`
	}
}

func waybillRoutes(api *web.API, s Services) {
	web.Register(api, web.Op{ID: "changeWaybill", Method: "POST", Path: "/parcels/{id}/change-waybill", Tag: tag, Permission: fulfillment.PermitShip,
		Errors: []*errs.Error{fulfillment.ErrParcelNotFound, fulfillment.ErrNotOurs, fulfillment.ErrNoWaybill, fulfillment.ErrCarrierUnknown, fulfillment.ErrNoCarrier,
			fulfillment.ErrBadWaybill, fulfillment.ErrBadWaybillLike, fulfillment.ErrBadWaybillCarrier, fulfillment.ErrDuplicateWaybill},
		ZH: "改快递单号，并告知平台", EN: "Correct a parcel's waybill number, and tell the channel"}, s.changeWaybill)
}

func (s Services) changeWaybill(ctx context.Context, in *changeWaybillInput) (*struct{ Body Parcel }, error) {
	p, err := s.Fulfillment.ChangeWaybill(ctx, fulfillment.ChangeWaybillInput{ParcelID: in.ID, Carrier: in.Body.Carrier, WaybillNo: in.Body.WaybillNo,
		ConfirmWaybill: in.Body.ConfirmWaybill})
	if err != nil {
		return nil, err
	}
	names, err := warehouseNames(ctx, s)
	if err != nil {
		return nil, err
	}
	return &struct{ Body Parcel }{parcelOf(p, names)}, nil
}
