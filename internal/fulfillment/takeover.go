package fulfillment

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/order"
)

// Takeover is the consumer that learns from the channel what became of parcels. An
// order shipped elsewhere (在别处发货) gets the parcel we did not write: order has
// moved it and deducted its stock already; here the parcel becomes known, counts as
// reported, and unfinished fulfillment orders leave the queue. An order that the
// channel calls shipped needs no report of our own parcels any more.
func (s *Service) Takeover() event.Consumer {
	return event.Consumer{Name: "fulfillment.takeover", Handle: s.takeOver,
		Names: []string{order.ShippedElsewhere{}.EventName(), order.ChannelStatusChanged{}.EventName()}}
}

func (s *Service) takeOver(ctx context.Context, tx *db.Tx, events []event.Event) error {
	for _, e := range events {
		var err error
		switch e.Name {
		case order.ShippedElsewhere{}.EventName():
			var body order.ShippedElsewhere
			if err = json.Unmarshal(e.Body, &body); err == nil {
				err = s.takeOverOne(ctx, tx, e.Of.ID, body)
			}
		case order.ChannelStatusChanged{}.EventName():
			var body order.ChannelStatusChanged
			if err = json.Unmarshal(e.Body, &body); err == nil && known[body.To] {
				err = s.confirmReported(ctx, tx, e.Of.ID)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// known are the channel's words under which it knows every parcel of an order.
var known = map[order.ChannelStatus]bool{order.ChannelShipped: true, order.ChannelDelivered: true, order.ChannelCompleted: true}

// confirmReported marks what the merchant entered on the channel by himself.
func (s *Service) confirmReported(ctx context.Context, tx *db.Tx, orderID id.ID) error {
	waiting, err := readParcels(ctx, tx, actor.Merchant(ctx), ParcelFilter{OrderID: orderID, Reported: new(bool)}, lookupChunk)
	if err != nil || len(waiting) == 0 {
		return err
	}
	ids := make([]id.ID, len(waiting))
	for i, p := range waiting {
		ids[i] = p.ID
	}
	_, err = s.MarkReportedTx(ctx, tx, waiting[0].ShopID, ids)
	return err
}

func (s *Service) takeOverOne(ctx context.Context, tx *db.Tx, orderID id.ID, body order.ShippedElsewhere) error {
	a, err := actor.From(ctx)
	if err != nil {
		return err
	}
	now := clock.Millis(s.k.Clock)
	if err := s.followTx(ctx, tx, []id.ID{orderID}); err != nil {
		return err
	}
	var b paper
	no := logistics.Clean(body.WaybillNo)
	had, err := s.hasParcel(ctx, tx, a.MerchantID, orderID, no)
	if err != nil {
		return err
	}
	if had {
		return nil
	}
	p := Parcel{ID: s.k.IDs.New(), OrderID: orderID, ShopID: body.ShopID, Carrier: "", CarrierName: body.Carrier, WaybillNo: no}
	if c, ok := logistics.Find(body.Carrier); ok {
		p.Carrier = c.Code
	}
	at := body.ShippedAt
	if at == 0 {
		at = now
	}
	b.parcels = [][]any{{a.MerchantID, p.ID, id.ID(0), orderID, p.ShopID, body.WarehouseID, p.Carrier, p.CarrierName, p.WaybillNo, KindElsewhere,
		at, id.ID(0), now}}
	for _, l := range mergeLines(body.Lines) {
		if l.Quantity > 0 {
			b.lines = append(b.lines, []any{a.MerchantID, p.ID, l.LineID, l.Quantity})
		}
	}
	b.events = []event.Appended{{Of: event.Of{Aggregate: "order", ID: orderID},
		Payload: ParcelTakenOver{ParcelID: p.ID, OrderID: orderID, ShopID: p.ShopID, Carrier: p.Carrier, WaybillNo: no}}}
	if no != "" {
		if _, err := tx.Insert(ctx, "fulfillment_waybill", waybillColumns, [][]any{{a.MerchantID, no, orderID}}, keepFirst); err != nil {
			return err
		}
	}
	return b.write(ctx, tx, s.k.Events)
}

// hasParcel: the order has a parcel under this number, ours or one taken over.
func (s *Service) hasParcel(ctx context.Context, tx *db.Tx, merchant, orderID id.ID, no string) (bool, error) {
	if no == "" {
		return false, nil
	}
	var found id.ID
	err := tx.QueryRow(ctx, selectParcel, merchant, orderID, no).Scan(&found)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}
