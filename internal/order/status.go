package order

import (
	"slices"

	"github.com/ordercove/ordercove/internal/order/hold"
	"github.com/ordercove/ordercove/internal/order/receiver"
)

// State is the one state a person sees. Its number is stored as an index.
type State int64

const (
	PendingPayment   State = 10 // 待付款
	AwaitingApproval State = 20 // 待审核
	AwaitingShipment State = 30 // 待发货
	PartlyShipped    State = 40 // 部分发货
	Shipped          State = 50 // 已发货
	Delivered        State = 60 // 已签收
	Completed        State = 70 // 已完成
	Closed           State = 80 // 已关闭
)

// States lists every state in order.
var States = []State{PendingPayment, AwaitingApproval, AwaitingShipment, PartlyShipped, Shipped, Delivered, Completed, Closed}

var stateNames = map[State]string{
	PendingPayment: "pending_payment", AwaitingApproval: "awaiting_approval", AwaitingShipment: "awaiting_shipment",
	PartlyShipped: "partly_shipped", Shipped: "shipped", Delivered: "delivered", Completed: "completed", Closed: "closed",
}

func (s State) String() string { return stateNames[s] }

// MarshalText writes the state's name.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a state's name.
func (s *State) UnmarshalText(b []byte) error {
	v, ok := ParseState(string(b))
	if !ok {
		return ErrBadState.With("state", string(b))
	}
	*s = v
	return nil
}

// ParseState finds a state by name.
func ParseState(name string) (State, bool) {
	for _, s := range States {
		if s.String() == name {
			return s, true
		}
	}
	return 0, false
}

// Payment is the payment axis.
type Payment string

const (
	Unpaid       Payment = "none"
	PartPaid     Payment = "part" // deposit
	Paid         Payment = "paid"
	PartRefunded Payment = "part_refunded"
	Refunded     Payment = "refunded"
)

// progress orders the channel's words; a file moves an order up only.
var progress = map[ChannelStatus]int{
	"": 0, ChannelPendingPayment: 1, ChannelPartlyPaid: 2, ChannelAwaitingShipment: 3, ChannelPartlyShipped: 4,
	ChannelShipped: 5, ChannelDelivered: 6, ChannelCompleted: 7, ChannelClosed: 8,
}

var paymentProgress = map[Payment]int{"": 0, Unpaid: 1, PartPaid: 2, Paid: 3, PartRefunded: 4, Refunded: 5}

// channelState is the least state a channel's own word allows us to display.
var channelState = map[ChannelStatus]State{
	ChannelPartlyShipped: PartlyShipped, ChannelShipped: Shipped, ChannelDelivered: Delivered, ChannelCompleted: Completed,
}

// display is the displayed state: a pure function of axes and line counters.
func display(o *Order) State {
	if o.ClosedAt != 0 {
		return Closed
	}
	var open, shipped, kept int64
	for _, l := range o.Lines {
		open += l.Open()
		shipped += l.Shipped
		kept += l.Ordered - l.Cancelled
	}
	st := PendingPayment
	switch {
	case o.DeliveredAt != 0:
		st = Delivered
	case kept > 0 && open == 0:
		st = Shipped
	case shipped > 0:
		st = PartlyShipped
	case !payable(o):
	case o.ApprovedAt != 0:
		st = AwaitingShipment
	default:
		st = AwaitingApproval
	}
	if o.ChannelStatus == ChannelShipped && o.ParcelCount > 0 && open > 0 {
		return st // some channels call an order shipped with its first parcel; ours are not all out
	}
	return max(st, channelState[o.ChannelStatus])
}

// payable: the money is there, or is collected at the door.
func payable(o *Order) bool {
	switch o.Payment {
	case Paid, PartRefunded, Refunded:
		return true
	}
	return slices.Contains(o.ChannelFlags, FlagCashOnDelivery) && progress[o.ChannelStatus] >= progress[ChannelAwaitingShipment]
}

// Channel flags that change how an order is treated.
const (
	FlagCashOnDelivery = "cash_on_delivery"
	FlagPresale        = "presale"
	FlagGift           = "gift_order"
	// FlagConsolidation: it goes to a transit warehouse, which sends it on (集运、中转).
	FlagConsolidation = "consolidation"
	// FlagConsolidationTo, with a place behind it: where the transit warehouse sends it.
	FlagConsolidationTo = "consolidation:"
	// FlagSerial, with the channel's number of a line behind it: the channel is told the
	// number that each of its pieces bears (序列号, IMEI).
	FlagSerial = "serial:"
	// FlagUrged: the buyer urges (催发货). FlagShipFirst: it was promised to ship first (优先发货).
	FlagUrged     = "urged"
	FlagShipFirst = "ship_first"
	// FlagUnknownStatus: the channel's last status is a word we do not know. It is
	// kept as it came; what we knew before stands.
	FlagUnknownStatus = "status_unknown"
)

// HoldKind is a typed reason why an order does not go on by itself; package hold has
// the table.
type HoldKind = hold.Kind

// The kinds that this package and the review rules open and end.
const (
	HoldManual           = hold.Manual
	HoldOutOfStock       = hold.OutOfStock
	HoldUnmapped         = hold.Unmapped
	HoldQuantity         = hold.Quantity
	HoldChannelLock      = hold.ChannelLock
	HoldRefund           = hold.Refund
	HoldAddress          = hold.Address
	HoldBuyerNote        = hold.BuyerNote
	HoldAddressChanged   = hold.AddressChanged
	HoldSKUChanged       = hold.SKUChanged
	HoldNoteChanged      = hold.NoteChanged
	HoldFlagChanged      = hold.FlagChanged
	HoldLatePayment      = hold.LatePayment
	HoldStockNotDeducted = hold.StockNotDeducted
	HoldUnknownStatus    = hold.UnknownStatus
	HoldOverLimit        = hold.OverLimit
	HoldBlacklist        = hold.Blacklist
	HoldPriceFloor       = hold.PriceFloor
	HoldDuplicate        = hold.Duplicate
	HoldPayMethod        = hold.PayMethod
	HoldSellerNote       = hold.SellerNote
	HoldUndeliverable    = hold.Undeliverable
	HoldByRule           = hold.ByRule
	HoldFinance          = hold.Finance
)

// RuleOf is the table's row of k.
func RuleOf(k HoldKind) hold.Rule { return hold.Of(k) }

// Blocking lists the open holds that keep the order from being approved and shipped.
func (o *Order) Blocking() []HoldKind {
	var out []HoldKind
	for _, h := range o.Holds {
		if RuleOf(h.Kind).StopsShip {
			out = append(out, h.Kind)
		}
	}
	return out
}

// Action is something a person may do to an order.
type Action string

const (
	ActApprove        Action = "approve"
	ActRevoke         Action = "revoke_approval"
	ActApproveFinance Action = "approve_finance"
	ActHold           Action = "hold"
	ActRelease        Action = "release"
	ActClose          Action = "close"
	ActArchive        Action = "archive"
	ActUnarchive      Action = "unarchive"
	ActRead           Action = "read"
	ActUnread         Action = "unread"
	ActNote           Action = "note"
	ActFlag           Action = "flag"
	ActTag            Action = "tag"
	ActChangeAddress  Action = "change_address"
	ActAskAddress     Action = "request_address" // the channel is asked to change it
	ActChangeLines    Action = "change_lines"
	ActAdjustPrice    Action = "adjust_price"
	ActAdopt          Action = "adopt"
	ActAllocate       Action = "allocate"
	ActShip           Action = "ship"
	ActReveal         Action = "reveal"
)

// tri is a condition that must hold, must not hold, or does not matter.
type tri int8

const (
	any_ tri = iota
	yes
	no
)

func (t tri) fits(b bool) bool { return t == any_ || (t == yes) == b }

// rule says when an action is allowed. States empty means every state.
type rule struct {
	action   Action
	states   []State
	history  tri // facts only
	archived tri
	approved tri
	blocked  tri // an open hold stops shipping
	released tri // a hold that a person may end is open
	finance  tri // waits for finance
	unread   tri
	shipped  tri // something has shipped
	receiver tri // the source told a receiver
}

var unshipped = []State{PendingPayment, AwaitingApproval, AwaitingShipment}

// rules is the whole table of actions: data only, effects live in the use cases.
var rules = []rule{
	{action: ActApprove, states: []State{AwaitingApproval}, history: no, archived: no, approved: no, blocked: no},
	{action: ActRevoke, states: []State{PendingPayment, AwaitingApproval, AwaitingShipment}, history: no, archived: no, approved: yes, shipped: no},
	{action: ActApproveFinance, states: []State{AwaitingShipment, PartlyShipped}, history: no, archived: no, approved: yes, finance: yes},
	{action: ActHold, states: []State{PendingPayment, AwaitingApproval, AwaitingShipment, PartlyShipped}, history: no, archived: no},
	{action: ActRelease, archived: no, released: yes},
	{action: ActClose, states: unshipped, archived: no, shipped: no},
	{action: ActArchive, states: []State{Shipped, Delivered, Completed, Closed}, archived: no},
	{action: ActUnarchive, archived: yes},
	{action: ActRead, unread: yes},
	{action: ActUnread, history: no, unread: no},
	{action: ActNote},
	{action: ActFlag},
	{action: ActTag},
	{action: ActChangeAddress, states: unshipped, archived: no, shipped: no},
	{action: ActAskAddress, states: []State{AwaitingApproval, AwaitingShipment}, archived: no, shipped: no},
	{action: ActChangeLines, states: unshipped, archived: no, shipped: no},
	{action: ActAdjustPrice, states: []State{PendingPayment}, archived: no},
	{action: ActAdopt, states: []State{AwaitingApproval, AwaitingShipment, PartlyShipped}, history: yes, archived: no},
	{action: ActAllocate, states: []State{AwaitingShipment, PartlyShipped}, history: no, archived: no, blocked: no},
	{action: ActShip, states: []State{AwaitingShipment, PartlyShipped}, history: no, archived: no, approved: yes, blocked: no},
	{action: ActReveal, receiver: yes},
}

// Actions lists every action.
func Actions() []Action {
	out := make([]Action, len(rules))
	for i, r := range rules {
		out[i] = r.action
	}
	return out
}

// Allows reports whether the table allows a on the order as it stands.
func (o *Order) Allows(a Action) bool {
	for _, r := range rules {
		if r.action == a {
			return r.fits(o)
		}
	}
	return false
}

func (r rule) fits(o *Order) bool {
	if len(r.states) > 0 && !slices.Contains(r.states, o.State) {
		return false
	}
	if !r.history.fits(o.History) || !r.archived.fits(o.Archived) || !r.approved.fits(o.ApprovedAt != 0) || !r.unread.fits(o.Unread) {
		return false
	}
	return (r.blocked == any_ || r.blocked.fits(len(o.Blocking()) > 0)) &&
		(r.released == any_ || r.released.fits(o.releasable())) &&
		(r.finance == any_ || r.finance.fits(o.OnHold(HoldFinance))) &&
		(r.shipped == any_ || r.shipped.fits(o.anyShipped())) &&
		r.receiver.fits(o.ReceiverKind != "" && o.ReceiverKind != receiver.None)
}

func (o *Order) releasable() bool {
	return slices.ContainsFunc(o.Holds, func(h Hold) bool { return RuleOf(h.Kind).Releasable })
}

func (o *Order) anyShipped() bool {
	return slices.ContainsFunc(o.Lines, func(l OrderLine) bool { return l.Shipped > 0 })
}

// AllowedActions lists what the screen may offer for an order of a shop in mode
// (shop.ModeAPI, …), rights aside.
func (s *Service) AllowedActions(o Order, mode string) []Action {
	var out []Action
	why := s.addressElsewhere(&o, mode)
	for _, r := range rules {
		if r.fits(&o) && (r.action != ActChangeAddress || why == nil) && (r.action != ActAskAddress || why == ErrAskChannel) {
			out = append(out, r.action)
		}
	}
	return out
}
