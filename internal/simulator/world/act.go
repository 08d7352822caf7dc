package world

import "slices"

// Perform lets something happen to an order now. Errors: NotFound, Refused where the
// order's state does not allow it.
func (t *Tx) Perform(no string, a Act) error {
	o := t.orders[no]
	if o == nil {
		return notFound("order %s", no)
	}
	return t.perform(o, a)
}

func (t *Tx) perform(o *Order, a Act) error {
	r := Stream(t.w.cfg.Seed, t.Name, "act", o.No, string(a), number(uint64(o.Rev)))
	switch a {
	case ActPay:
		return t.pay(o)
	case ActClose:
		return t.close(o, "timeout")
	case ActRelease:
		return t.release(o)
	case ActHold:
		if t.Platform.NoRisk {
			return refused("the platform has no risk reviews")
		}
		return t.hold(o, HoldRisk)
	case ActWish:
		return t.wish(o, r)
	case ActUnwish:
		if o.Wish == nil {
			return refused("no wish stands")
		}
		return t.endWish(o, false)
	case ActMove:
		if !shippable(o) {
			return refused("order is %s", o.Status)
		}
		o.Receiver = person(r)
		o.AddressChange++
		t.touch(o, TopicAddress)
		return nil
	case ActAskRefund:
		return t.askRefund(o, r)
	case ActTakeBack, ActGrantRefund, ActReturnGoods:
		return t.moveCase(o, a, r)
	case ActShipElsewhere:
		_, err := t.ship(o, Shipment{Carrier: "", Waybill: "YT" + r.Digits(13), Elsewhere: true})
		return err
	case ActDeliver:
		return t.advance(o, Delivered)
	case ActComplete:
		return t.advance(o, Completed)
	case ActReview:
		return t.review(o, r)
	case ActNote:
		o.Memo, o.Flag = pick(r, sellerNotes), 1+r.Below(5)
		t.touchMemo(o)
		return nil
	case ActTouch:
		o.BuyerNote = pick(r, buyerNotes)
		t.touch(o, TopicChanged)
		return nil
	}
	return refused("there is no act %q", a)
}

// touch is the end of every change: the order's modified time, index, state file and
// event.
func (t *Tx) touch(o *Order, topic Topic) {
	o.Rev++
	o.ModifiedAt = t.now
	t.modified.add(o.ModifiedAt, o.Rev, o)
	t.keepOrder(o)
	t.tell(topic, o.No, "")
}

// touchMemo is touch where the platform counts memos as changes.
func (t *Tx) touchMemo(o *Order) {
	if !t.Platform.QuietMemo {
		t.touch(o, TopicMemo)
		return
	}
	t.keepOrder(o)
	t.tell(TopicMemo, o.No, "")
}

func (o *Order) setStatus(s Status) {
	o.Status = s
	for i := range o.Lines {
		if o.Lines[i].Status != Closed {
			o.Lines[i].Status = s
		}
	}
}

func shippable(o *Order) bool { return o.Status == AwaitingShipment || o.Status == PartlyShipped }

func (t *Tx) pay(o *Order) error {
	switch {
	case o.Status == PendingPayment && o.Presale != nil:
		o.Presale.DepositPaidAt = t.now
		o.setStatus(PartlyPaid)
		t.touch(o, TopicDepositPaid)
	case o.Unpaid():
		o.PaidAt = t.now
		o.setStatus(AwaitingShipment)
		t.confirm(o)
		t.touch(o, TopicPaid)
	default:
		return refused("order is %s", o.Status)
	}
	return nil
}

// confirm sets the time to ship by once nothing but a risk review is waited for.
func (t *Tx) confirm(o *Order) {
	if o.PaidAt == 0 || o.ConfirmedAt != 0 || o.Held(HoldGroup) || o.Held(HoldGift) {
		return
	}
	o.ConfirmedAt, o.ShipBy = t.now, t.now+48*3600_000
	t.paid.add(o.ConfirmedAt, 0, o)
}

func (t *Tx) close(o *Order, cause string) error {
	if !o.Unpaid() {
		return refused("order is %s", o.Status)
	}
	o.ClosedAt, o.CloseCause = t.now, cause
	o.setStatus(Closed)
	for _, l := range o.Lines {
		t.listings[l.SKU].Stock += l.Quantity
	}
	t.touch(o, TopicClosed)
	return nil
}

func (t *Tx) release(o *Order) error {
	kept := slices.DeleteFunc(slices.Clone(o.Holds), func(h string) bool { return h != HoldWish })
	if len(kept) == len(o.Holds) {
		return refused("nothing holds the order")
	}
	o.Holds = kept
	t.confirm(o)
	t.touch(o, TopicHold)
	return nil
}

func (t *Tx) hold(o *Order, h string) error {
	if !shippable(o) || o.Held(h) {
		return refused("order is %s", o.Status)
	}
	o.Holds = append(o.Holds, h)
	t.touch(o, TopicHold)
	return nil
}

func (t *Tx) wish(o *Order, r *Random) error {
	if o.Status != AwaitingShipment || o.Wish != nil || t.Platform.NoWishes {
		return refused("order is %s", o.Status)
	}
	p := person(r)
	p.Name = o.Receiver.Name
	o.Wish = &p
	o.Holds = append(o.Holds, HoldWish)
	t.touch(o, TopicWish)
	return nil
}

func (t *Tx) endWish(o *Order, accept bool) error {
	if accept {
		o.Receiver = *o.Wish
		o.AddressChange++
	}
	o.Wish = nil
	o.Holds = slices.DeleteFunc(o.Holds, func(h string) bool { return h == HoldWish })
	if accept {
		t.touch(o, TopicAddress)
	} else {
		t.touch(o, TopicHold)
	}
	return nil
}

// advance moves a shipped order on its way.
func (t *Tx) advance(o *Order, to Status) error {
	switch {
	case to == Delivered && o.Status == Shipped:
		o.DeliveredAt = t.now
		o.setStatus(Delivered)
		t.touch(o, TopicDelivered)
	case to == Completed && (o.Status == Shipped || o.Status == Delivered):
		if t.openCase(o) != nil {
			return refused("a case is open")
		}
		o.CompletedAt = t.now
		o.setStatus(Completed)
		t.touch(o, TopicCompleted)
	default:
		return refused("order is %s", o.Status)
	}
	return nil
}

func (t *Tx) review(o *Order, r *Random) error {
	if o.Status != Completed {
		return refused("order is %s", o.Status)
	}
	for _, l := range o.Lines {
		t.reviews = append(t.reviews, &Review{No: r.Digits(12), OrderNo: o.No, LineNo: l.No, ItemNo: l.ItemNo, Nick: o.BuyerNick,
			Score: int(r.Between(1, 5)), Text: pick(r, reviewTexts), CreatedAt: t.now})
		t.keepReview(t.reviews[len(t.reviews)-1])
	}
	t.touch(o, TopicReviewed)
	return nil
}
