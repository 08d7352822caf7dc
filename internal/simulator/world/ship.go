package world

import "slices"

// Shipment is a parcel that a client tells of.
type Shipment struct {
	Key     string
	Carrier string // as the client spells it
	Waybill string
	// Lines are what it holds; empty is all that is left. Quantity 0 is all of a line.
	Lines []ParcelLine
	// Append: a parcel more for an order that may be shipped completely.
	Append bool
	// RejectRefund refuses open requests of the lines instead of the shipment.
	RejectRefund bool
	Elsewhere    bool
	// Numberless: it goes without a carrier and has no waybill; Way is the platform's word
	// for how it goes instead, where it has one.
	Numberless bool
	Way        string
}

// Ship takes a parcel in. The answer is the shipment's number, the same for the same
// key. Errors: NotFound; Refused while the order may not be shipped: unpaid, closed,
// held, a refund asked for; Done where nothing is left to ship, or the waybill is
// there already.
func (t *Tx) Ship(no string, s Shipment) (string, error) {
	kind := "ship"
	if s.Append {
		kind = "append_parcel"
	}
	body := s
	body.Key = ""
	err := t.effect(kind, no, s.Key, body, func() error {
		o := t.orders[no]
		if o == nil {
			return notFound("order %s", no)
		}
		_, err := t.ship(o, s)
		return err
	})
	if err != nil {
		return "", err
	}
	return no + "-" + s.Waybill, nil
}

func (t *Tx) ship(o *Order, s Shipment) (*Parcel, error) {
	switch {
	case s.Waybill == "" && !s.Numberless:
		return nil, invalid("a parcel needs a waybill")
	case s.Waybill != "" && slices.ContainsFunc(o.Parcels, func(p Parcel) bool { return p.Waybill == s.Waybill }):
		return nil, done("waybill is there already")
	case len(o.Holds) > 0 && o.Status == AwaitingShipment:
		return nil, refused("order is held: %s", o.Holds[0])
	case s.Append && (o.Status == Shipped || o.Status == Delivered):
		return t.addParcel(o, s, nil), nil
	case o.Status == Shipped || o.Status == Delivered || o.Status == Completed:
		return nil, done("order is %s", o.Status)
	case !shippable(o):
		return nil, refused("order is %s", o.Status)
	}
	lines, err := t.parcelLines(o, s)
	if err != nil {
		return nil, err
	}
	for _, pl := range lines {
		l := o.Line(pl.No)
		if l.Refund == RefundOpen && !s.RejectRefund && !s.Elsewhere {
			return nil, refused("a refund of line %s is asked for", l.No)
		}
	}
	return t.addParcel(o, s, lines), nil
}

// parcelLines says what a parcel holds.
func (t *Tx) parcelLines(o *Order, s Shipment) ([]ParcelLine, error) {
	if len(s.Lines) == 0 || t.Platform.NoSplit {
		var all []ParcelLine
		for _, l := range o.Lines {
			if l.Status != Closed && l.Sent < l.Quantity {
				all = append(all, ParcelLine{l.No, l.Quantity - l.Sent})
			}
		}
		if len(all) == 0 {
			return nil, done("nothing is left to ship")
		}
		return all, nil
	}
	out := slices.Clone(s.Lines)
	asked := map[string]int64{}
	for i := range out {
		l := o.Line(out[i].No)
		switch {
		case l == nil:
			return nil, notFound("line %s", out[i].No)
		case l.Status == Closed:
			return nil, refused("line %s is closed", l.No)
		case l.Sent >= l.Quantity:
			return nil, done("line %s is shipped", l.No)
		}
		if out[i].Quantity <= 0 {
			out[i].Quantity = l.Quantity - l.Sent
		}
		if asked[l.No] += out[i].Quantity; asked[l.No] > l.Quantity-l.Sent {
			return nil, refused("line %s has %d pieces left", l.No, l.Quantity-l.Sent)
		}
	}
	return out, nil
}

func (t *Tx) addParcel(o *Order, s Shipment, lines []ParcelLine) *Parcel {
	o.Parcels = append(o.Parcels, Parcel{Carrier: s.Carrier, Waybill: s.Waybill, ShippedAt: t.now, Lines: lines, Elsewhere: s.Elsewhere, Key: s.Key, Way: s.Way})
	if len(lines) == 0 {
		t.touch(o, TopicParcels)
		return &o.Parcels[len(o.Parcels)-1]
	}
	for _, pl := range lines {
		l := o.Line(pl.No)
		l.Sent += pl.Quantity
		if l.Refund == RefundOpen && s.RejectRefund {
			c := t.cases[l.CaseNo]
			c.State, l.Refund = CaseRefused, RefundRejected
			t.touchCase(c, o, TopicRefundRefused)
		}
		if l.Sent >= l.Quantity {
			l.Status = Shipped
		} else {
			l.Status = PartlyShipped
		}
	}
	left := slices.ContainsFunc(o.Lines, func(l Line) bool { return l.Status != Closed && l.Sent < l.Quantity })
	if o.ShippedAt == 0 {
		o.ShippedAt = t.now
	}
	if left {
		o.Status = PartlyShipped
		t.touch(o, TopicPartlyShipped)
	} else {
		o.Status = Shipped
		t.afterShipping(o)
		t.touch(o, TopicShipped)
	}
	return &o.Parcels[len(o.Parcels)-1]
}

// Rewaybill replaces a parcel's carrier and waybill; old is empty for the only, or
// last, parcel. Errors: NotFound, Refused, Done where it is so already.
func (t *Tx) Rewaybill(no, key, old, carrier, waybill string) error {
	return t.effect("change_waybill", no, key, []string{old, carrier, waybill}, func() error {
		o := t.orders[no]
		if o == nil {
			return notFound("order %s", no)
		}
		if len(o.Parcels) == 0 {
			return refused("order has no parcel")
		}
		if waybill == "" {
			return invalid("a parcel needs a waybill")
		}
		if o.Status == Completed || o.Status == Closed {
			return refused("order is %s", o.Status)
		}
		i := len(o.Parcels) - 1
		if old != "" {
			i = slices.IndexFunc(o.Parcels, func(p Parcel) bool { return p.Waybill == old })
		}
		if i < 0 {
			if slices.ContainsFunc(o.Parcels, func(p Parcel) bool { return p.Waybill == waybill }) {
				return errSame
			}
			return notFound("waybill %s", old)
		}
		if o.Parcels[i].Waybill == waybill && o.Parcels[i].Carrier == carrier {
			return errSame
		}
		o.Parcels[i].Carrier, o.Parcels[i].Waybill = carrier, waybill
		t.touch(o, TopicParcels)
		return nil
	})
}

// FirstWaybill is an order's first waybill, empty without one.
func (t *Tx) FirstWaybill(no string) string {
	if o := t.orders[no]; o != nil && len(o.Parcels) > 0 {
		return o.Parcels[0].Waybill
	}
	return ""
}
