package order

import (
	"slices"
	"time"

	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/order/receiver"
	"github.com/ordercove/ordercove/internal/shop"
)

// Incoming is a document at the door: who sells, what it says, where it came
// from and how old its data is. SourceAt is the file's export time or the
// channel's modified time, in unix milliseconds.
type Incoming struct {
	Shop     shop.Shop
	Doc      Document
	Source   string // file | manual | api
	SourceAt int64
	// Made is what a person makes of another order: reship or exchange, with its customer.
	Made       string
	CustomerID id.ID
}

// absorb brings a document into the order: axes move forward only, unknown never
// replaces known. It touches nothing outside the edit, so that a preview can ask
// what a document would change.
func (e *edit) absorb(in *Incoming) {
	d, o := &in.Doc, e.now
	e.takeTimes(in)
	e.takeStatus(d)
	e.takeBuyer(d)
	e.takeReceiver(d)
	said := e.takeLines(d)
	if d.TotalQuantity != nil {
		o.Quantity = *d.TotalQuantity
	}
	e.takeNotes(d)
	was := e.was.Amounts
	e.takeAmounts(d, said)
	if !e.created && !equalAmounts(was, o.Amounts) {
		e.emit(AmountsChanged{By: byChannel})
	}
	e.takeRefund(d)
	e.takePayment(d)
	e.takeShipment(in)
	e.cancelRefunded()
	e.takeClose(in)
}

func equalAmounts(a, b Amounts) bool {
	x, y := a.all(), b.all()
	for i := range x {
		if (*x[i] == nil) != (*y[i] == nil) || *x[i] != nil && **x[i] != **y[i] {
			return false
		}
	}
	return true
}

var placedRank = map[string]int{"": 0, "seen": 1, "day": 2, "instant": 3}

func (e *edit) takeTimes(in *Incoming) {
	d, o := &in.Doc, e.now
	at, known := d.PlacedAt, "instant"
	if at == 0 && d.PlacedOn != "" {
		at, known = dayStart(d.PlacedOn), "day"
	}
	if at == 0 {
		known = "seen"
		for _, t := range []int64{d.PaidAt, d.ShippedAt, in.SourceAt, e.at} {
			if at == 0 {
				at = t
			}
		}
	}
	if placedRank[known] > placedRank[o.PlacedKnown] || known == "instant" && at != o.PlacedAt {
		o.PlacedAt, o.PlacedKnown = at, known
	}
	first := func(to *int64, v int64) {
		if *to == 0 {
			*to = v
		}
	}
	first(&o.PaidAt, d.PaidAt)
	first(&o.CompletedAt, d.CompletedAt)
	if d.ShipByAt != 0 {
		o.ShipByAt = d.ShipByAt // negotiated deadlines move
	}
}

func (e *edit) takeStatus(d *Document) {
	o := e.now
	odd := slices.Contains(o.ChannelFlags, FlagUnknownStatus)
	if p, q := progress[d.Status], progress[o.ChannelStatus]; p > q {
		if !e.created {
			e.emit(ChannelStatusChanged{From: o.ChannelStatus, To: d.Status})
		}
		o.ChannelStatus, o.ChannelStatusRaw = d.Status, d.StatusRaw
	} else if (p == q || p == 0 || odd) && d.StatusRaw != "" {
		o.ChannelStatusRaw = d.StatusRaw
	}
	flags := d.Flags
	if d.Status == "" {
		flags = append(slices.Clip(flags), FlagUnknownStatus)
	} else if odd {
		o.ChannelFlags = slices.DeleteFunc(slices.Clone(o.ChannelFlags), func(f string) bool { return f == FlagUnknownStatus })
	}
	for _, f := range flags {
		if !slices.Contains(o.ChannelFlags, f) {
			o.ChannelFlags = append(slices.Clip(o.ChannelFlags), f)
			if (f == FlagUrged || f == FlagShipFirst) && !o.History {
				e.emit(Urged{})
			}
		}
	}
	locks := slices.Clone(d.Holds)
	if progress[o.ChannelStatus] >= progress[ChannelShipped] {
		locks = nil
	}
	if !slices.Equal(locks, o.ChannelLocks) {
		o.ChannelLocks = locks
		if !e.created {
			e.emit(LocksChanged{Locks: locks})
		}
	}
	switch {
	case slices.Contains(o.ChannelFlags, FlagPresale):
		o.Type = "presale"
	case slices.Contains(o.ChannelFlags, FlagGift):
		o.Type = "gift"
	}
}

func (e *edit) takeBuyer(d *Document) {
	fill := func(to *string, v string) {
		if v != "" {
			*to = v
		}
	}
	fill(&e.now.BuyerNick, d.BuyerNick)
	fill(&e.now.PaymentMethod, d.PaymentMethod)
}

// takeReceiver takes the channel's receiver unless it only hides what we know, or
// repeats the channel's own former word about one a person changed here.
func (e *edit) takeReceiver(d *Document) {
	r, o := d.Receiver, e.now
	had := e.receiverWas
	defer func() {
		if e.receiver == nil && had != nil && o.PlacedAt != e.was.PlacedAt {
			e.receiver = had // its search tokens are keyed by placed_at
		}
	}()
	for _, p := range []struct {
		to *string
		v  string
	}{{&o.Province, r.Province}, {&o.City, r.City}, {&o.District, r.District}} {
		if p.v != "" && had == nil {
			*p.to = p.v
		}
	}
	if had != nil {
		r = r.After(had.Channel())
	}
	kind := r.Kind()
	if kind == receiver.None || had != nil && had.Repeats(r) {
		return
	}
	if had != nil && had.Kind() == receiver.Plain && (kind == receiver.Sealed || kind == receiver.Masked && had.Hides(r)) {
		return
	}
	silent := had == nil || had.Channel().SamePlace(r) || had.Kind() != receiver.Plain && (kind == receiver.Sealed || kind == receiver.Plain || r.Hides(had.Receiver) || r.Covers(had.Receiver))
	e.setReceiver(&receiver.Stored{Receiver: r})
	if !silent {
		e.emit(AddressChanged{By: byChannel, AfterApproval: e.was.ApprovedAt != 0})
		e.afterApproval(HoldAddressChanged)
	}
}

func (e *edit) setReceiver(s *receiver.Stored) {
	o := e.now
	e.receiver = s
	o.ReceiverKind, o.ReceiverMasked = s.Kind(), s.Mask()
	o.Province, o.City, o.District = s.Province, s.City, s.District
	e.set(HoldAddress, !o.History && s.Incomplete(), "")
}

// afterApproval raises k when a person already approved what just changed.
func (e *edit) afterApproval(k HoldKind) {
	if e.was.ApprovedAt != 0 && !e.now.History && len(e.was.OpenLines()) > 0 {
		e.raise(k, "")
	}
}

// takeNotes takes notes and the flag where the channel says something new; our
// own memo is not undone by the channel repeating its old one.
func (e *edit) takeNotes(d *Document) {
	o := e.now
	var which []string
	if d.BuyerNote != "" && d.BuyerNote != o.BuyerNote {
		o.BuyerNote = d.BuyerNote
		which = append(which, "buyer_note")
	}
	if (d.SellerNote != "" || d.MemoTold) && d.SellerNote != o.ChannelSellerNote {
		if d.SellerNote != o.SellerNote {
			which = append(which, "seller_note")
		}
		o.ChannelSellerNote, o.SellerNote = d.SellerNote, d.SellerNote
	}
	if len(which) > 0 && !e.created {
		e.emit(NoteChanged{By: byChannel, Which: which})
		e.afterApproval(HoldNoteChanged)
	}
	if f := int64(d.Flag); (f != 0 || d.FlagTold) && f != o.ChannelFlag {
		if !e.created && f != o.Flag {
			e.emit(FlagChanged{By: byChannel, From: o.Flag, To: f})
			e.afterApproval(HoldFlagChanged)
		}
		o.ChannelFlag, o.Flag = f, f
	}
}

func (e *edit) takePayment(d *Document) {
	o := e.now
	p := paymentOf(d, o)
	if paymentProgress[p] <= paymentProgress[o.Payment] {
		return
	}
	late := o.ClosedAt != 0 && paymentProgress[o.Payment] < paymentProgress[Paid] && p == Paid && d.Status != ChannelClosed
	if !e.created {
		e.emit(PaymentChanged{From: o.Payment, To: p})
	}
	o.Payment = p
	if late {
		o.ClosedAt, o.ClosedReason = 0, ""
		if o.ChannelStatus == ChannelClosed {
			o.ChannelStatus, o.ChannelStatusRaw = d.Status, d.StatusRaw
		}
		e.emit(Reopened{})
		if !o.History {
			e.raise(HoldLatePayment, "")
		}
	}
}

// paymentOf is the payment axis as the document tells it.
func paymentOf(d *Document, o *Order) Payment {
	cod := slices.Contains(o.ChannelFlags, FlagCashOnDelivery)
	p := Unpaid
	switch d.Status {
	case "", ChannelPendingPayment:
		if d.PaidAt != 0 {
			p = Paid
		}
	case ChannelPartlyPaid:
		p = PartPaid
	case ChannelClosed:
		if d.PaidAt != 0 || positive(d.Money.BuyerPaid) || o.Payment == Paid {
			p = Paid
		}
	default:
		if !cod || d.PaidAt != 0 || d.Status == ChannelCompleted {
			p = Paid
		}
	}
	if p != Paid {
		return p
	}
	switch o.RefundState {
	case RefundDone:
		return Refunded
	case RefundPart:
		return PartRefunded
	}
	return p
}

func positive(f *money.Fen) bool { return f != nil && *f > 0 }

func (e *edit) takeRefund(d *Document) {
	o := e.now
	s := d.RefundState
	if s == "" || s == RefundUnknown || s == o.RefundState || o.RefundState == RefundDone {
		return
	}
	if !e.created && !(o.RefundState == "" && s == RefundNone) {
		e.emit(RefundChanged{From: o.RefundState, To: s})
	}
	o.RefundState = s
}

// cancelRefunded: a refund that succeeded before shipping cancels what is open;
// so does the channel closing a line. Applying it twice changes nothing.
func (e *edit) cancelRefunded() {
	o := e.now
	byLine := slices.ContainsFunc(o.Lines, func(l OrderLine) bool {
		return l.RefundState != "" && l.RefundState != RefundNone && l.RefundState != RefundUnknown
	})
	for i := range o.Lines {
		l := &o.Lines[i]
		done := l.RefundState == RefundDone || o.RefundState == RefundDone && !byLine
		if done {
			l.Refunded = l.Ordered
		}
		if done || l.ChannelStatus == ChannelClosed {
			l.Cancelled += l.Open()
			l.Allocated = min(l.Allocated, l.Ordered-l.Cancelled)
		}
	}
}

func (e *edit) takeClose(in *Incoming) {
	o := e.now
	var ordered, kept int64
	for _, l := range o.Lines {
		ordered += l.Ordered
		kept += l.Ordered - l.Cancelled
	}
	gone := ordered > 0 && kept == 0
	if o.ClosedAt != 0 || o.ChannelStatus != ChannelClosed && !gone {
		return
	}
	o.ClosedReason = "closed_on_channel"
	if gone || o.Payment == Refunded {
		o.ClosedReason = "refunded"
	}
	o.ClosedAt = in.Doc.CompletedAt
	if o.ClosedAt == 0 {
		o.ClosedAt = in.SourceAt
	}
	if o.ClosedAt == 0 {
		o.ClosedAt = e.at
	}
	if !e.created {
		e.emit(OrderClosed{By: byChannel, Reason: o.ClosedReason})
	}
}

// takeShipment takes over what the channel calls shipped without a parcel of
// ours: its waybill, its time, and the lines as shipped. stock.go deducts them.
// A line's own word is always believed; the order's only while no parcel of ours
// left, because some channels call an order shipped with its first parcel.
func (e *edit) takeShipment(in *Incoming) {
	d, o := &in.Doc, e.now
	ours := o.ParcelCount > 0
	if !ours {
		if d.Waybill != nil && d.Waybill.No != "" {
			o.Carrier, o.WaybillNo = d.Waybill.Carrier, d.Waybill.No
		}
		if d.ShippedAt != 0 {
			o.ShippedAt = d.ShippedAt
		}
	}
	for i := range o.Lines {
		l := &o.Lines[i]
		s := l.ChannelStatus
		if s == "" && !ours {
			s = o.ChannelStatus
		}
		if progress[s] < progress[ChannelShipped] || s == ChannelClosed {
			continue
		}
		if n := l.Open(); n > 0 {
			l.Shipped += n
			l.Allocated = max(l.Allocated, l.Shipped)
			e.gone = append(e.gone, LineQty{l.ID, n})
		}
		if progress[s] >= progress[ChannelDelivered] {
			l.Delivered = l.Shipped
		}
	}
	if o.ClosedAt != 0 && len(e.gone) > 0 && d.Status != ChannelClosed {
		o.ClosedAt, o.ClosedReason = 0, "" // closed here, shipped there: what left has left
	}
}

// china is the zone in which days are counted.
var china = time.FixedZone("Asia/Shanghai", 8*3600)

// day is yyyymmdd of an instant in China time.
func day(ms int64) int64 {
	y, m, d := time.UnixMilli(ms).In(china).Date()
	return int64(y)*10000 + int64(m)*100 + int64(d)
}

// dayStart is the first instant of a day (YYYY-MM-DD) in China time, 0 where it is none.
func dayStart(on string) int64 {
	t, err := time.ParseInLocation(time.DateOnly, on, china)
	if err != nil {
		return 0
	}
	return t.UnixMilli()
}
