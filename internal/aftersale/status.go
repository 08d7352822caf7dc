package aftersale

import "slices"

// State is what a case waits for. The channel says it; we never move it ourselves.
type State string

const (
	Requested State = "requested" // the seller decides
	Returning State = "returning" // the buyer sends goods back
	Receiving State = "receiving" // the seller confirms the return
	Refunding State = "refunding" // agreed; the money is on its way
	Refused   State = "refused"
	Closed    State = "closed"
	Refunded  State = "refunded"
	Exchanged State = "exchanged"
	Unknown   State = "unknown" // kept raw
)

// States lists them in the order in which screens show them.
func States() []State {
	return []State{Requested, Returning, Receiving, Refunding, Refunded, Exchanged, Refused, Closed, Unknown}
}

// Open reports whether something is still to come.
func (s State) Open() bool {
	return slices.Contains([]State{Requested, Returning, Receiving, Refunding, Unknown}, s)
}

// decidable reports whether the seller has something to say.
func (s State) decidable() bool { return s == Requested || s == Receiving }

// Kinds of case, in the words of the port.
const (
	KindRefund          = "refund" // 仅退款
	KindReturn          = "return" // 退货退款
	KindExchange        = "exchange"
	KindReship          = "reship"
	KindRepair          = "repair"
	KindPriceProtection = "price_protection"
	KindOther           = "other"
)

// Kinds lists them in the order in which screens show them.
func Kinds() []string {
	return []string{KindRefund, KindReturn, KindExchange, KindReship, KindRepair, KindPriceProtection, KindOther}
}

// Sources of a case: who told of it.
const (
	FromChannel = "channel"
	FromFile    = "file" // an export of the channel, which knows less than its interface
	Own         = "own"  // a return that we agreed on with the buyer ourselves
)

// Goods says where the goods of a case are: the other half of the truth, beside the money.
type Goods string

const (
	NoGoods       Goods = "none"     // nothing is to come back
	GoodsAwaited  Goods = "awaited"  // agreed or sent, not here yet
	GoodsArrived  Goods = "arrived"  // the parcel is here, nobody has looked into it
	GoodsReceived Goods = "received" // inspected
	GoodsGivenUp  Goods = "given_up" // a person said that they will not come
)

// follows is where the goods are once the channel says state. What people have seen
// with their eyes is not undone by a word of the channel.
func (g Goods) follows(kind string, s State) Goods {
	back := kind == KindReturn || kind == KindExchange || kind == KindRepair
	switch {
	case g != NoGoods && g != GoodsAwaited:
		return g
	case g == GoodsAwaited && (s == Refused || s == Closed):
		return NoGoods // the buyer keeps them
	case g == NoGoods && back && slices.Contains([]State{Returning, Receiving, Refunding, Refunded, Exchanged}, s):
		return GoodsAwaited
	}
	return g
}

// ParcelState is where a parcel that came back stands.
type ParcelState string

const (
	Unclaimed ParcelState = "unclaimed" // nobody knows whose it is (无主件)
	Arrived   ParcelState = "arrived"   // its case is known, nobody has looked into it
	Inspected ParcelState = "inspected"
)
