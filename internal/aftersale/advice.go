package aftersale

import "github.com/ordercove/ordercove/internal/kit/money"

// What we recommend to do with a case.
const (
	DoAgree      = "agree"         // agree to the refund
	DoAskGoods   = "agree_return"  // agree, once the goods are back
	DoRefuse     = "refuse"        // refuse, and ask for a return instead
	DoConfirm    = "confirm_goods" // the goods are here and whole: confirm, the money follows
	DoPerson     = "person"        // somebody has to read it
	DoWait       = "wait"          // nothing is asked of us
	DoInspect    = "inspect"       // the parcel is here: look into it
	DoBackOffice = "back_office"   // the channel takes no answer from us
)

// Why we recommend it; each is a code that has a text.
const (
	WhyUnshipped   = "unshipped"         // nothing has left: the parcel stays here
	WhyOnItsWay    = "shipped"           // the goods are with a carrier
	WhyDelivered   = "delivered"         // the buyer has the goods
	WhyGoodsReturn = "goods_return"      // the buyer sends the goods back
	WhyNotShipped  = "nothing_to_send"   // a return of goods that never left
	WhyGoodsBack   = "goods_back"        // inspected, all good
	WhyGoodsFaulty = "goods_faulty"      // inspected, something is missing or broken
	WhyParcelHere  = "parcel_here"       // arrived, nobody has looked into it
	WhyParcelAway  = "parcel_on_way"     // not here yet
	WhyOverLimit   = "over_limit"        // more than may be agreed to unread
	WhyOverPaid    = "over_paid"         // more than was paid for it
	WhyNoOrder     = "unknown_order"     // we do not hold the order
	WhyKind        = "kind"              // an exchange, a repair: a person arranges it
	WhyUnknown     = "unknown_state"     // a word of the channel that we do not know
	WhyBuyerSends  = "buyer_sends"       // it is the buyer's turn
	WhyMoney       = "money_on_way"      // agreed
	WhyEnded       = "ended"             // nothing is left to do
	WhyTold        = "told"              // decided; the channel is being told
	WhyOffline     = "decided_elsewhere" // no interface takes the answer
)

// Facts are all that a recommendation is made of.
type Facts struct {
	Kind      string
	State     State
	Goods     Goods
	Refund    money.Fen
	Paid      *money.Fen // for the lines of the case, nil unknown
	Limit     money.Fen
	OrderHeld bool
	Shipped   bool // something of it has left
	Delivered bool
	Faulty    bool // inspected, and not all of it was there and good
	Told      bool // decided, and the channel has not refused it
	Decides   bool // the channel takes decisions from us
}

// Advice is what we recommend, and why.
type Advice struct {
	Do  string
	Why string
}

// Advise is pure: the same facts give the same advice, and what it says is all that
// agreeing in bulk ever does.
func Advise(f Facts) Advice {
	switch {
	case f.State == Unknown:
		return Advice{DoPerson, WhyUnknown}
	case f.State == Returning && f.Goods == GoodsArrived, f.State == Receiving && f.Goods == GoodsArrived:
		return Advice{DoInspect, WhyParcelHere}
	case f.State == Returning:
		return Advice{DoWait, WhyBuyerSends}
	case f.State == Refunding:
		return Advice{DoWait, WhyMoney}
	case !f.State.decidable():
		return Advice{DoWait, WhyEnded}
	case f.Told:
		return Advice{DoWait, WhyTold}
	case f.State == Receiving && f.Goods == GoodsAwaited:
		return Advice{DoWait, WhyParcelAway}
	case !f.Decides:
		return Advice{DoBackOffice, WhyOffline}
	case f.State == Receiving && f.Faulty:
		return Advice{DoPerson, WhyGoodsFaulty}
	case f.Kind != KindRefund && f.Kind != KindReturn:
		return Advice{DoPerson, WhyKind}
	case !f.OrderHeld:
		return Advice{DoPerson, WhyNoOrder}
	case f.Paid != nil && f.Refund > *f.Paid:
		return Advice{DoPerson, WhyOverPaid}
	case f.Refund > f.Limit:
		return Advice{DoPerson, WhyOverLimit}
	case f.State == Receiving:
		return Advice{DoConfirm, WhyGoodsBack}
	case f.Kind == KindReturn && f.Shipped:
		return Advice{DoAskGoods, WhyGoodsReturn}
	case f.Kind == KindReturn:
		return Advice{DoPerson, WhyNotShipped}
	case !f.Shipped:
		return Advice{DoAgree, WhyUnshipped}
	case f.Delivered:
		return Advice{DoRefuse, WhyDelivered}
	}
	return Advice{DoRefuse, WhyOnItsWay}
}

// agreeable: what the advice says can be agreed to without reading the case.
func (a Advice) agreeable() bool { return a.Do == DoAgree || a.Do == DoAskGoods || a.Do == DoConfirm }
