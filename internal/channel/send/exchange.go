package send

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
)

// CaseOf names the channel's case, and its order, that an exchange or a reship was made
// for; empty where there is none.
type CaseOf func(ctx context.Context, q db.Querier, orderID id.ID) (caseNo, orderNo string, err error)

// wantExchange is the effect that tells a case's channel which parcel brings its goods, nil
// where no case awaits any.
func (s *Service) wantExchange(ctx context.Context, tx *db.Tx, e event.Event, o *order.Order, m channel.Manifest) (*wanted, error) {
	if e.Name != (fulfillment.ParcelShipped{}).EventName() || s.CaseOf == nil || !m.Can(channel.ShipExchanges) {
		return nil, nil
	}
	var p fulfillment.ParcelShipped
	if err := json.Unmarshal(e.Body, &p); err != nil {
		return nil, err
	}
	caseNo, orderNo, err := s.CaseOf(ctx, tx, o.ID)
	if err != nil || caseNo == "" {
		return nil, err
	}
	return &wanted{shopID: o.ShopID, kind: ShipExchange, key: "exchange/" + p.ParcelID.String(), orderID: o.ID, parcelID: p.ParcelID, channelNo: caseNo,
		body: &body{OrderNo: orderNo}, byID: e.ActorID, by: e.ActorName}, nil
}

// shipExchange tells a case of the parcel. A case takes one number: the order's first. What
// is refused after a silence may be our own earlier word, so a person looks.
func (t *task) shipExchange(ctx context.Context) outcome {
	shipper, ok := t.client.(channel.ExchangeShipper)
	lister, reads := t.client.(channel.AftersaleLister)
	if !ok || !reads {
		return judge(channel.ErrUnsupported)
	}
	parcels, _, err := t.s.parcels.Parcels(ctx, fulfillment.ParcelFilter{OrderID: t.OrderID, Limit: 200})
	if err != nil {
		return judge(err)
	}
	parcels = slices.DeleteFunc(parcels, func(p fulfillment.Parcel) bool { return p.CancelledAt != 0 || p.ID > t.ParcelID })
	switch {
	case len(parcels) != 1 || parcels[0].ID != t.ParcelID:
		return outcome{state: Dropped}
	case parcels[0].WaybillNo == "":
		return outcome{state: Refused, err: ErrNumberless}
	}
	now, err := t.askCase(ctx, lister)
	if err != nil {
		return judge(err)
	}
	o := outcome{state: Done} // an earlier word of ours was heard, or the back office told it
	if now.State != channel.AftersaleExchanged {
		o = t.settle(ctx, func(ctx context.Context) error {
			return shipper.ShipExchange(ctx, channel.ExchangeShipment{Key: t.Key, Case: now, Carrier: parcels[0].Carrier, CarrierName: carrierName(parcels[0]), Waybill: parcels[0].WaybillNo})
		})
	}
	if o.state == Refused && t.Unanswered {
		o.state = Uncertain
	}
	if o.state == Done {
		o.parcels = []id.ID{t.ParcelID}
	}
	o.refetch, o.orderNo = o.state == Done || o.state == Refused, t.body.OrderNo
	return o
}
