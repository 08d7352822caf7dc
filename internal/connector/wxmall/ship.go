package wxmall

import (
	"context"
	"slices"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/clock"
)

const (
	byTransaction = 2 // order_number_type: the payment's own number
	together      = 1 // delivery_mode: one parcel
	split         = 2 // delivery_mode: several
	maxText       = 120

	// contactCarrier asks for a masked phone number with its parcels.
	contactCarrier = "SF"
)

type contact struct {
	Receiver string `json:"receiver_contact"`
}

type parcel struct {
	Waybill string   `json:"tracking_no,omitempty"`
	Company string   `json:"express_company,omitempty"`
	Text    string   `json:"item_desc"`
	Contact *contact `json:"contact,omitempty"`
}

// The platform's logistics_type.
const (
	express   = 1
	sameCity  = 2
	virtual   = 3
	fetchedBy = 4 // the buyer
)

// ways are the logistics_type of what goes without a carrier.
var ways = map[channel.Way]int{channel.NothingTravels: virtual, channel.BuyerFetches: fetchedBy, channel.TownCourier: sameCity}

// company is the platform's id of a carrier.
func (c *client) company(ctx context.Context, carrier, name string) (string, error) {
	one, err := c.companies.Find(ctx, clock.Millis(c.Clock), channel.FirstOf(carrier, name), func(ctx context.Context) ([]wire.Company, error) {
		var l struct {
			List []struct {
				ID   wire.Text `json:"delivery_id"`
				Name wire.Text `json:"delivery_name"`
			} `json:"delivery_list"`
		}
		if _, err := c.Call(ctx, false, "/cgi-bin/express/delivery/open_msg/get_delivery_list", object{}, &l); err != nil {
			return nil, err
		}
		var out []wire.Company
		for _, one := range l.List {
			out = append(out, wire.Company{ID: one.ID.String(), Code: one.ID.String(), Name: one.Name.String()})
		}
		return out, nil
	})
	return one.ID, err
}

func (c *client) parcel(ctx context.Context, p channel.Parcel, s channel.ShipRequest, o payment) (parcel, error) {
	id, err := c.company(ctx, p.Carrier, p.CarrierName)
	if err != nil {
		return parcel{}, err
	}
	out := parcel{Waybill: p.Waybill, Company: id, Text: short(channel.FirstOf(s.Text, o.Description.String()))}
	if id == contactCarrier {
		out.Contact = &contact{s.ReceiverPhone}
	}
	return out, nil
}

func short(text string) string {
	r := []rune(text)
	return string(r[:min(len(r), maxText)])
}

// payment asks for a payment and reads it.
func (c *client) payment(ctx context.Context, no string) (payment, error) {
	i, err := c.Get(ctx, no)
	if err != nil {
		return payment{}, err
	}
	var o payment
	return o, wire.Decode(i.Raw, &o)
}

// Ship implements channel.Shipper: all parcels in one report. A report for a payment
// that has one would use up its only correction, so it is looked at first.
func (c *client) Ship(ctx context.Context, s channel.ShipRequest) error {
	o, err := c.payment(ctx, s.OrderNo)
	if err != nil {
		return err
	}
	if o.Shipping.Finished.N == 1 {
		return channel.Told(channel.ErrDone, o.State.String(), "the payment has been reported as shipped")
	}
	all := s.All
	if len(all) == 0 {
		all = []channel.Parcel{{Carrier: s.Carrier, CarrierName: s.CarrierName, Waybill: s.Waybill}}
	}
	var list []parcel
	for _, p := range all {
		one, err := c.parcel(ctx, p, s, o)
		if err != nil {
			return err
		}
		list = append(list, one)
	}
	return c.report(ctx, s.OrderNo, o, express, list)
}

// ShipWithoutNumber implements channel.NumberlessShipper: one report whose only entry
// names the goods. The platform takes no other report of such a payment.
func (c *client) ShipWithoutNumber(ctx context.Context, s channel.ShipRequest) error {
	o, err := c.payment(ctx, s.OrderNo)
	if err != nil {
		return err
	}
	if o.Shipping.Finished.N == 1 {
		return channel.Told(channel.ErrDone, o.State.String(), "the payment has been reported as shipped")
	}
	way, ok := ways[s.How]
	if !ok {
		return channel.ErrUnsupported
	}
	return c.report(ctx, s.OrderNo, o, way, []parcel{{Text: short(channel.FirstOf(s.Text, o.Description.String()))}})
}

// ChangeWaybill implements channel.WaybillChanger: the one correction there is.
func (c *client) ChangeWaybill(ctx context.Context, s channel.ShipRequest, _, oldWaybill string) error {
	o, err := c.payment(ctx, s.OrderNo)
	if err != nil {
		return err
	}
	fresh, err := c.parcel(ctx, channel.Parcel{Carrier: s.Carrier, CarrierName: s.CarrierName, Waybill: s.Waybill}, s, o)
	if err != nil {
		return err
	}
	var list []parcel
	for _, p := range o.Shipping.Parcels {
		one := parcel{Waybill: p.Waybill.String(), Company: p.Company.String(), Text: fresh.Text}
		if one.Company == contactCarrier {
			one.Contact = &contact{s.ReceiverPhone}
		}
		list = append(list, one)
	}
	at := slices.IndexFunc(list, func(p parcel) bool { return p.Waybill == oldWaybill })
	if at < 0 && len(list) == 1 {
		at = 0
	}
	if at < 0 {
		return channel.ErrNotFound.With("no", oldWaybill)
	}
	list[at] = fresh
	return c.report(ctx, s.OrderNo, o, express, list)
}

// report tells the parcels of a payment, all there will be.
func (c *client) report(ctx context.Context, no string, o payment, way int, list []parcel) error {
	p := object{
		"order_key":      object{"order_number_type": byTransaction, "transaction_id": o.Transaction.String()},
		"logistics_type": way, "delivery_mode": together, "shipping_list": list,
		"upload_time": time.UnixMilli(clock.Millis(c.Clock)).In(wire.China).Format("2006-01-02T15:04:05.000Z07:00"),
		"payer":       object{"openid": o.OpenID.String()},
	}
	if len(list) > 1 {
		p["delivery_mode"], p["is_all_delivered"] = split, true
	}
	_, err := c.Call(ctx, true, "/wxa/sec/order/upload_shipping_info", p, &struct{}{})
	return wire.NotFound(err, no)
}
