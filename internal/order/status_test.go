package order

import (
	"reflect"
	"slices"
	"testing"

	"github.com/ordercove/ordercove/internal/order/hold"
	"github.com/ordercove/ordercove/internal/order/receiver"
)

// sample is an order that stands in a state by its own axes.
func sample(s State) *Order {
	o := &Order{Payment: Paid, ChannelStatus: ChannelAwaitingShipment, RefundState: RefundNone, ReceiverKind: receiver.Plain,
		Lines: []OrderLine{{ID: 1, SKUID: 1, Ordered: 2, QuantityKnown: true}}}
	switch s {
	case PendingPayment:
		o.Payment, o.ChannelStatus = Unpaid, ChannelPendingPayment
	case AwaitingShipment:
		o.ApprovedAt = 1
	case PartlyShipped:
		o.ApprovedAt, o.Lines[0].Shipped = 1, 1
	case Shipped:
		o.ApprovedAt, o.Lines[0].Shipped = 1, 2
	case Delivered:
		o.ApprovedAt, o.Lines[0].Shipped, o.DeliveredAt = 1, 2, 5
	case Completed:
		o.ApprovedAt, o.Lines[0].Shipped, o.ChannelStatus = 1, 2, ChannelCompleted
	case Closed:
		o.ClosedAt = 5
	}
	o.State = display(o)
	return o
}

func TestEveryStateIsReachedByItsAxesAndHasAName(t *testing.T) {
	if len(States) != 8 {
		t.Fatal(len(States))
	}
	for _, s := range States {
		if got := sample(s).State; got != s {
			t.Errorf("the axes of %s display %s", s, got)
		}
		if back, ok := ParseState(s.String()); !ok || back != s {
			t.Errorf("%d is named %q, which reads %d", s, s, back)
		}
	}
}

func TestDisplayBelievesTheChannelUpwardsOnly(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Order)
		want   State
	}{
		{"channel says shipped, no parcel of ours", func(o *Order) { o.ChannelStatus = ChannelShipped }, Shipped},
		{"channel says shipped after the first of our parcels", func(o *Order) {
			o.ChannelStatus, o.ParcelCount, o.Lines[0].Shipped = ChannelShipped, 1, 1
		}, PartlyShipped},
		{"channel says awaiting payment, we know it is paid", func(o *Order) { o.ChannelStatus = ChannelPendingPayment }, AwaitingApproval},
		{"a deposit is no payment", func(o *Order) { o.Payment, o.ChannelStatus = PartPaid, ChannelPartlyPaid }, PendingPayment},
		{"cash on delivery ships unpaid", func(o *Order) { o.Payment, o.ChannelFlags = Unpaid, []string{FlagCashOnDelivery} }, AwaitingApproval},
		{"closed wins over shipped", func(o *Order) { o.ClosedAt, o.Lines[0].Shipped = 1, 2 }, Closed},
		{"a partly refunded order still ships", func(o *Order) { o.Payment, o.ApprovedAt = PartRefunded, 1 }, AwaitingShipment},
		{"everything cancelled is not shipped", func(o *Order) { o.Lines[0].Cancelled = 2 }, AwaitingApproval},
	} {
		o := sample(AwaitingApproval)
		c.change(o)
		if got := display(o); got != c.want {
			t.Errorf("%s: displays %s, want %s", c.name, got, c.want)
		}
	}
}

func TestEveryStateAnswersForEveryAction(t *testing.T) {
	always := []Action{ActUnread, ActNote, ActFlag, ActTag, ActReveal}
	want := map[State][]Action{
		PendingPayment:   {ActHold, ActClose, ActChangeAddress, ActChangeLines, ActAdjustPrice},
		AwaitingApproval: {ActApprove, ActHold, ActClose, ActChangeAddress, ActChangeLines},
		AwaitingShipment: {ActRevoke, ActHold, ActClose, ActChangeAddress, ActChangeLines, ActAllocate, ActShip},
		PartlyShipped:    {ActHold, ActAllocate, ActShip},
		Shipped:          {ActArchive},
		Delivered:        {ActArchive},
		Completed:        {ActArchive},
		Closed:           {ActArchive},
	}
	for _, s := range States {
		got := (&Service{}).AllowedActions(*sample(s), "file")
		exp := append(slices.Clone(want[s]), always...)
		slices.Sort(got)
		slices.Sort(exp)
		if !reflect.DeepEqual(got, exp) {
			t.Errorf("%s allows %v, want %v", s, got, exp)
		}
		for _, a := range Actions() {
			allowed := slices.Contains(exp, a)
			if a == ActAskAddress { // in the table, and offered where the channel can be asked
				allowed = s == AwaitingApproval || s == AwaitingShipment
			}
			if err := sample(s).Refuse(a); (err == nil) != allowed {
				t.Errorf("%s, %s: refuse says %v", s, a, err)
			}
		}
	}
}

func TestConditionsBesideTheStateCloseActionsOff(t *testing.T) {
	for _, c := range []struct {
		name    string
		state   State
		change  func(*Order)
		action  Action
		allowed bool
	}{
		{"history is not approved", AwaitingApproval, func(o *Order) { o.History = true }, ActApprove, false},
		{"history is adopted", AwaitingApproval, func(o *Order) { o.History = true }, ActAdopt, true},
		{"work is not adopted", AwaitingApproval, func(*Order) {}, ActAdopt, false},
		{"an unmapped line blocks approval", AwaitingApproval, func(o *Order) { o.Holds = []Hold{{Kind: HoldUnmapped}} }, ActApprove, false},
		{"a shortage does not block a person's approval", AwaitingApproval, func(o *Order) { o.Holds = []Hold{{Kind: HoldOutOfStock}} }, ActApprove, true},
		{"a manual hold blocks shipping", AwaitingShipment, func(o *Order) { o.Holds = []Hold{{Kind: HoldManual}} }, ActShip, false},
		{"a manual hold can be released", AwaitingShipment, func(o *Order) { o.Holds = []Hold{{Kind: HoldManual}} }, ActRelease, true},
		{"a refund hold ends by itself", AwaitingShipment, func(o *Order) { o.Holds = []Hold{{Kind: HoldRefund}} }, ActRelease, false},
		{"an archived order is unarchived", Shipped, func(o *Order) { o.Archived = true }, ActUnarchive, true},
		{"an archived order is not shipped", AwaitingShipment, func(o *Order) { o.Archived = true }, ActShip, false},
		{"an unread order is marked read", Closed, func(o *Order) { o.Unread = true }, ActRead, true},
		{"nobody looks at a receiver that no source told", Shipped, func(o *Order) { o.ReceiverKind = receiver.None }, ActReveal, false},
		{"a sealed receiver can be asked for", Shipped, func(o *Order) { o.ReceiverKind = receiver.Sealed }, ActReveal, true},
		{"a paid order keeps its price", AwaitingApproval, func(*Order) {}, ActAdjustPrice, false},
	} {
		o := sample(c.state)
		c.change(o)
		o.State = display(o)
		if got := o.Allows(c.action); got != c.allowed {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestEveryHoldHasItsRuleAndBothTexts(t *testing.T) {
	for _, r := range hold.Rules {
		if r.ZH == "" || r.EN == "" || r.Owner == "" {
			t.Errorf("%s lacks a text or an owner", r.Kind)
		}
		if r.StopsShip && !r.StopsAuto && r.Stored() {
			t.Errorf("%s stops shipping but not automatic approval", r.Kind)
		}
	}
	if len(hold.Rules) != 36 {
		t.Errorf("%d holds", len(hold.Rules))
	}
}
