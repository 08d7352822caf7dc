package order

import (
	"slices"

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
	// FlagUnknownStatus: the channel's last status is a word we do not know. It is
	// kept as it came; what we knew before stands.
	FlagUnknownStatus = "status_unknown"
)

// HoldKind is a typed reason why an order does not go on by itself.
type HoldKind string

const (
	HoldManual           HoldKind = "manual"
	HoldOutOfStock       HoldKind = "out_of_stock"
	HoldUnmapped         HoldKind = "sku_unmapped"
	HoldQuantity         HoldKind = "quantity_unknown"
	HoldChannelLock      HoldKind = "channel_lock"
	HoldRefund           HoldKind = "refund_open"
	HoldAddress          HoldKind = "address_incomplete"
	HoldBuyerNote        HoldKind = "buyer_note"
	HoldAddressChanged   HoldKind = "address_changed"
	HoldSKUChanged       HoldKind = "sku_changed"
	HoldNoteChanged      HoldKind = "note_changed"
	HoldFlagChanged      HoldKind = "flag_changed"
	HoldLatePayment      HoldKind = "late_payment"
	HoldStockNotDeducted HoldKind = "stock_not_deducted"
	HoldUnknownStatus    HoldKind = "channel_status_unknown"
	// The review rules open and end these; see policy.go.
	HoldOverLimit     HoldKind = "over_purchase_limit"
	HoldBlacklist     HoldKind = "blacklist"
	HoldPriceFloor    HoldKind = "price_below_floor"
	HoldDuplicate     HoldKind = "duplicate_suspected"
	HoldPayMethod     HoldKind = "payment_method"
	HoldSellerNote    HoldKind = "seller_note"
	HoldUndeliverable HoldKind = "address_undeliverable"
	HoldByRule        HoldKind = "review_rule"
	HoldFinance       HoldKind = "finance_approval"
)

// HoldRule says what a kind of hold stops and who ends it.
type HoldRule struct {
	Kind       HoldKind
	Owner      string // who must act: customer_service | warehouse | channel | buyer | owner
	StopsAuto  bool   // automatic approval waits
	StopsShip  bool   // neither approved by a person nor shipped while open
	Releasable bool   // a person may end it; the others end when their reason does
	ZH, EN     string
}

// HoldRules is the whole table.
var HoldRules = []HoldRule{
	{HoldManual, "customer_service", true, true, true, "人工挂起", "Put on hold by hand"},
	{HoldOutOfStock, "warehouse", true, false, false, "缺货,未能占用库存", "Out of stock: nothing could be reserved"},
	{HoldUnmapped, "customer_service", true, true, false, "有商品未对应 SKU", "A line is not mapped to a SKU"},
	{HoldQuantity, "customer_service", true, true, false, "文件未给出商品数量", "The file does not tell a line's quantity"},
	{HoldChannelLock, "channel", true, true, false, "平台锁定(拼团、风控或暂停)", "Locked by the channel (group, risk review or pause)"},
	{HoldUnknownStatus, "owner", true, true, false, "平台状态无法识别", "The channel's status is a word we do not know"},
	{HoldRefund, "customer_service", true, true, false, "退款处理中", "A refund is in progress"},
	{HoldAddress, "customer_service", true, true, true, "收件信息不完整", "The receiver's address is incomplete"},
	{HoldBuyerNote, "customer_service", true, false, true, "买家有留言,需阅读", "The buyer left a note to read"},
	{HoldAddressChanged, "customer_service", true, true, true, "审核后收件信息有变", "The address changed after approval"},
	{HoldSKUChanged, "customer_service", true, true, true, "审核后商品有变", "Lines changed after approval"},
	{HoldNoteChanged, "customer_service", true, true, true, "审核后备注或留言有变", "A note changed after approval"},
	{HoldFlagChanged, "customer_service", true, true, true, "审核后插旗有变", "The flag changed after approval"},
	{HoldLatePayment, "customer_service", true, true, true, "关闭后才付款", "Paid after the order was closed"},
	{HoldOverLimit, "customer_service", true, true, true, "超过限购数量", "Over the purchase limit"},
	{HoldBlacklist, "customer_service", true, true, true, "买家或收件人在黑名单中", "The buyer or receiver is on the blacklist"},
	{HoldPriceFloor, "owner", true, true, true, "成交价低于底价或成本", "Sold below the floor price or cost"},
	{HoldDuplicate, "customer_service", true, true, true, "疑似重复下单", "Looks like a duplicate order"},
	{HoldPayMethod, "customer_service", true, true, true, "支付方式不在允许范围", "The payment method is not allowed"},
	{HoldSellerNote, "customer_service", true, false, true, "卖家备注需阅读", "The seller's memo must be read"},
	{HoldUndeliverable, "customer_service", true, true, true, "收件地区不配送", "The area is not delivered to"},
	{HoldByRule, "customer_service", true, true, true, "审单规则要求人工处理", "A review rule asks for a person"},
	{HoldFinance, "owner", true, true, false, "待财务审核", "Waits for finance to approve"},
	{HoldStockNotDeducted, "warehouse", false, false, true, "平台已发货,但库存不足未扣减", "Shipped on the channel, but there was no stock to deduct"},
}

// RuleOf is the table's row of k.
func RuleOf(k HoldKind) HoldRule {
	for _, r := range HoldRules {
		if r.Kind == k {
			return r
		}
	}
	return HoldRule{Kind: k, Owner: "owner", StopsAuto: true, StopsShip: true}
}

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
