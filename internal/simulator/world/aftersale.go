package world

import (
	"cmp"
	"slices"
)

// askRefund opens a case for the first line that has none, as a buyer does: a refund
// before shipping, a return after it.
func (t *Tx) askRefund(o *Order, r *Random) error {
	if o.PaidAt == 0 || o.Status == Closed || o.Status == Completed {
		return refused("order is %s", o.Status)
	}
	for i := range o.Lines {
		l := &o.Lines[i]
		if l.Gift || l.Status == Closed || l.Refund == RefundOpen || l.Refund == RefundDone {
			continue
		}
		t.caseSerial++
		c := &Case{Serial: t.caseSerial, OrderNo: o.No, LineNo: l.No, Kind: "refund", State: CaseRequested, Version: t.now,
			Refund: l.Paid() - l.Refunded, Quantity: l.Quantity, Reason: pick(r, reasons), CreatedAt: t.now, DecideBy: t.now + 48*3600_000}
		if l.Sent > 0 {
			c.AfterShipping = true
			if r.Chance(.8) {
				c.Kind = "return"
			} else if r.Chance(.3) {
				c.Kind, c.Refund = "exchange", 0
			}
		}
		if t.Platform.CaseNo != nil {
			c.No = t.Platform.CaseNo(t.Shop, t.now, c.Serial)
		} else {
			c.No = beyond(6_900_000_000_000_000_001+uint64(t.Number)*1_000_000_000_000, c.Serial)
		}
		t.cases[c.No] = c
		l.CaseNo, l.Refund = c.No, RefundOpen
		t.touchCase(c, o, TopicRefundCreated)
		return nil
	}
	return refused("every line has a case")
}

func (t *Tx) openCase(o *Order) *Case {
	for i := range o.Lines {
		if c := t.cases[o.Lines[i].CaseNo]; c != nil && c.open() {
			return c
		}
	}
	return nil
}

func (c *Case) open() bool {
	return c.State == CaseRequested || c.State == CaseReturning || c.State == CaseReceiving
}

// touchCase is the end of every change of a case; the order changes with it.
func (t *Tx) touchCase(c *Case, o *Order, topic Topic) {
	c.Rev++
	c.Version++
	c.ModifiedAt = t.now
	t.caseMod.add(c.ModifiedAt, c.Rev, c)
	t.keepCase(c)
	o.sumUp()
	o.Rev++
	o.ModifiedAt = t.now
	t.modified.add(o.ModifiedAt, o.Rev, o)
	t.keepOrder(o)
	t.tell(topic, o.No, c.No)
}

// sumUp derives an order's refund side from its lines.
func (o *Order) sumUp() {
	o.Refund, o.Refunded = RefundNone, 0
	open, done, rejected, charged := 0, 0, 0, 0
	for _, l := range o.Lines {
		o.Refunded += l.Refunded
		if !l.Gift {
			charged++
		}
		switch l.Refund {
		case RefundOpen:
			open++
		case RefundDone:
			done++
		case RefundRejected:
			rejected++
		}
	}
	switch {
	case open > 0:
		o.Refund = RefundOpen
	case done > 0 && done >= charged:
		o.Refund = RefundDone
	case done > 0 || o.Refunded > 0:
		o.Refund = RefundPart
	case rejected > 0:
		o.Refund = RefundRejected
	}
}

// moveCase is what the buyer or the platform does to the open case of an order.
func (t *Tx) moveCase(o *Order, a Act, r *Random) error {
	c := t.openCase(o)
	if c == nil {
		return refused("no case is open")
	}
	switch {
	case a == ActTakeBack:
		c.State = CaseClosed
		o.Line(c.LineNo).Refund = RefundNone
		t.touchCase(c, o, TopicRefundClosed)
	case a == ActGrantRefund && c.Kind != "exchange":
		t.refund(c, o, c.Refund)
	case a == ActReturnGoods && c.State == CaseReturning:
		c.State, c.ReturnCarrier, c.ReturnWaybill = CaseReceiving, "顺丰速运", "SF"+r.Digits(13)
		t.touchCase(c, o, TopicRefundReturn)
	default:
		return refused("case is %s", c.State)
	}
	return nil
}

// refund pays money back and, before shipping, takes the line out of the order.
func (t *Tx) refund(c *Case, o *Order, amount int64) {
	l := o.Line(c.LineNo)
	c.State, c.Refund = CaseRefunded, amount
	l.Refunded += amount
	l.Refund = RefundDone
	if l.Sent == 0 {
		l.Status = Closed
		t.listings[l.SKU].Stock += l.Quantity
		t.afterLineClosed(o)
	}
	t.touchCase(c, o, TopicRefundDone)
}

// afterLineClosed closes or ships an order whose last open line went.
func (t *Tx) afterLineClosed(o *Order) {
	open, sent := 0, 0
	for _, l := range o.Lines {
		if l.Sent > 0 {
			sent++
		}
		if l.Status != Closed && !l.Gift && l.Sent < l.Quantity {
			open++
		}
	}
	switch {
	case open > 0:
	case sent > 0:
		o.setStatus(Shipped)
	default:
		o.ClosedAt, o.CloseCause = t.now, "refunded"
		o.setStatus(Closed)
	}
}

// Decision answers a case. Version is compared where it is not 0.
type Decision struct {
	Key     string
	CaseNo  string
	Approve bool
	Amount  int64 // fen; 0 is all that the case asks for
	Reason  string
	Version int64
	Waybill string // with which an exchange's goods leave
}

// Decide answers a case: a refund is paid, a return goes on its way or, once the
// goods are back, is paid. Errors: NotFound, Refused, Done where it is decided.
func (t *Tx) Decide(d Decision) error {
	return t.effect("decide_aftersale", d.CaseNo, d.Key, d, func() error {
		c := t.cases[d.CaseNo]
		if c == nil {
			return notFound("case %s", d.CaseNo)
		}
		if !c.open() || c.State == CaseReturning {
			return done("case is %s", c.State)
		}
		if d.Version != 0 && d.Version != c.Version {
			return refused("case has changed")
		}
		if d.Amount < 0 || d.Amount > c.Refund {
			return refused("case asks for %d fen", c.Refund)
		}
		o := t.orders[c.OrderNo]
		c.Key = d.Key
		amount := c.Refund
		if d.Amount > 0 {
			amount = d.Amount
		}
		switch {
		case !d.Approve:
			c.State, c.Note = CaseRefused, d.Reason
			o.Line(c.LineNo).Refund = RefundRejected
			t.touchCase(c, o, TopicRefundRefused)
		case c.Kind != "refund" && c.State == CaseRequested:
			c.State = CaseReturning
			t.touchCase(c, o, TopicRefundAgreed)
		case c.Kind == "exchange":
			c.State, c.SentWaybill = CaseExchanged, d.Waybill
			o.Line(c.LineNo).Refund = RefundNone
			t.touchCase(c, o, TopicRefundDone)
		default:
			t.refund(c, o, amount)
		}
		return nil
	})
}

// AllCases returns up to size cases in the order of their opening, after the one with
// that serial: the truth, without lag.
func (t *Tx) AllCases(after uint64, size int) []*Case {
	out := []*Case{}
	for _, c := range t.cases {
		if c.Serial > after {
			one := *c
			out = append(out, &one)
		}
	}
	slices.SortFunc(out, func(a, b *Case) int { return cmp.Compare(a.Serial, b.Serial) })
	return out[:min(size, len(out))]
}
