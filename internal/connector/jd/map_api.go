package jd

import (
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/money"
)

const (
	lockedState = "LOCKED"
	pausedState = "POP_ORDER_PAUSE"
)

// asked are the states that the list is asked for: all that merchants see.
var asked = []string{"WAIT_SELLER_STOCK_OUT", "WAIT_SELLER_DELIVERY", lockedState, pausedState, "WAIT_GOODS_RECEIVE_CONFIRM", "FINISHED_L", "TRADE_CANCELED"}

var statuses = map[wire.Text]channel.Status{"NOT_PAY": channel.PendingPayment, "WAIT_SELLER_STOCK_OUT": channel.AwaitingShipment, "WAIT_SELLER_DELIVERY": channel.AwaitingShipment,
	lockedState: channel.AwaitingShipment, pausedState: channel.AwaitingShipment, "WAIT_GOODS_RECEIVE_CONFIRM": channel.Shipped, "FINISHED_L": channel.Completed, "TRADE_CANCELED": channel.Closed}

var holds = map[wire.Text]string{lockedState: channel.HoldLocked, pausedState: channel.HoldPaused}

// carriers are the platform's numbers of the usual carriers: an order names no other way.
var carriers = map[string]string{"2087": "京东快递", "467": "顺丰快递", "1499": "中通速递", "463": "圆通快递", "470": "申通快递", "1327": "韵达快递", "465": "邮政EMS", "2170": "邮政快递包裹", "3046": "德邦快递"}

// cashOnDelivery is the paymentType of orders that are paid at the door.
const cashOnDelivery = "1"

// Map implements channel.Client.
func (c *client) Map(raw []byte) (channel.Order, error) {
	var s apiOrder
	if err := wire.Decode(raw, &s); err != nil {
		return channel.Order{}, err
	}
	o := channel.Order{
		ChannelOrderNo: s.ID.String(), Status: statuses[s.Status], StatusRaw: s.Status.String(),
		PlacedAt: at(s.Created), PaidAt: at(s.Payment.ConfirmedAt), ShippedAt: at(s.Outbound), ModifiedAt: at(s.Modified), ShipByAt: at(s.Promise.PickBy),
		BuyerKey: s.Buyer.String(), BuyerNote: s.BuyerRemark.Text.String(), SellerNote: s.VenderRemark.Text.String(), MemoTold: true, PaymentMethod: s.Payment.TypeText.String(), Receiver: s.Consignee.receiver(),
	}
	if f := s.VenderRemark.Flag.N; f >= 0 && f <= 5 {
		o.Flag, o.FlagTold = int(f), true
	}
	if o.Status == channel.AwaitingShipment && s.Flags.Partial.N == 1 {
		o.Status = channel.PartlyShipped
	}
	if o.Status == channel.Completed {
		o.CompletedAt = at(s.Finished)
	}
	if h := holds[s.Status]; h != "" {
		o.Holds = append(o.Holds, h)
	}
	if s.Flags.Presale.N == 1 {
		o.Flags = append(o.Flags, channel.FlagPresale)
	}
	if s.Payment.Type == cashOnDelivery || strings.Contains(o.PaymentMethod, "货到付款") {
		o.Flags = append(o.Flags, channel.FlagCOD)
	}
	lines(&s, &o)
	parcels(&s, &o)
	o.Money = apiAmounts(&s, &o)
	// The platform locks an order whose buyer wants it cancelled; no case need exist.
	if o.RefundState = channel.FoldRefunds(o.Lines); o.RefundState == channel.RefundNone && s.Status == lockedState {
		o.RefundState = channel.RefundInProgress
	}
	return wire.Checked(o)
}

// at is an instant: the platform's zero time lies before ours.
func at(ms wire.Int) int64 { return max(0, ms.N) }

// giftType is the skuType of gifts.
const giftType = "2"

func lines(s *apiOrder, o *channel.Order) {
	sent := map[wire.Text]int64{}
	for _, p := range s.Transport.Shipments {
		for _, g := range p.Goods {
			sent[wire.Text(channel.FirstOf(g.UUID.String(), g.SKU.String()))] += g.Count.N
		}
	}
	for _, l := range s.Items {
		line := channel.Line{ChannelLineNo: l.UUID.String(), Title: l.Name.String(), SKUText: l.Spec.String(), MerchantSKUCode: channel.FirstOf(l.OuterSKU.String(), l.ProductNo.String()),
			ChannelItemNo: nonZero(l.Product), ChannelSKUNo: nonZero(l.SKU), Quantity: l.Count.Ptr(), PriceFen: l.Price.Ptr(), IsGift: l.Type == giftType || l.GiftOf != "",
			Status: o.Status, RefundState: channel.RefundNone, ImageURL: l.Image.String()}
		if o.Status == channel.PartlyShipped {
			switch n := sent[wire.Text(channel.FirstOf(l.UUID.String(), l.SKU.String()))]; {
			case n == 0:
				line.Status = channel.AwaitingShipment
			case n >= l.Count.N:
				line.Status = channel.Shipped
			}
		}
		for _, c := range l.Cases {
			line.RefundState = worse(line.RefundState, c.refund())
		}
		o.Lines = append(o.Lines, line)
	}
}

func nonZero(t wire.Text) string {
	if t == "0" {
		return ""
	}
	return t.String()
}

// refund is what a case says of its line.
func (c apiLineCase) refund() channel.RefundState {
	switch stateOf(c.Text.String()) {
	case channel.AftersaleRefused:
		return channel.RefundRejected
	case channel.AftersaleClosed:
		return channel.RefundNone
	case channel.AftersaleRefunded:
		return channel.RefundDone
	case channel.AftersaleUnknown:
		return channel.RefundUnknown
	}
	return channel.RefundInProgress
}

var weight = map[channel.RefundState]int{channel.RefundRejected: 1, channel.RefundDone: 2, channel.RefundUnknown: 3, channel.RefundInProgress: 4}

// worse: of a line's cases the one that keeps it most from being shipped counts.
func worse(a, b channel.RefundState) channel.RefundState {
	if weight[b] > weight[a] {
		return b
	}
	return a
}

func parcels(s *apiOrder, o *channel.Order) {
	add := func(carrier, nos wire.Text) {
		for no := range strings.SplitSeq(nos.String(), ",") {
			if no != "" {
				o.Waybills = append(o.Waybills, channel.Waybill{Carrier: channel.FirstOf(carriers[carrier.String()], carrier.String()), No: no})
			}
		}
	}
	for _, p := range s.Transport.Shipments {
		add(p.Carrier, p.Waybill)
	}
	if len(o.Waybills) == 0 {
		add(s.Transport.Carrier, s.Transport.Waybill)
	}
	if len(o.Waybills) == 0 {
		return
	}
	first := o.Waybills[0]
	o.Waybill = &first
	if len(o.Waybills) == 1 {
		o.Waybills = nil
	}
}

// apiAmounts by bearer. The platform tells what the merchant bears, what the payment
// service does and what is paid; the rest of the price is its own.
func apiAmounts(s *apiOrder, o *channel.Order) channel.Money {
	p, t := s.Payment, s.Trade
	m := channel.Money{Goods: t.Original.Ptr(), Freight: p.Freight.Ptr(), MerchantDiscount: t.Discount.Ptr(), PaymentDiscount: p.Discount.Ptr(), BuyerPaid: p.Actual.Ptr(), MerchantReceivable: t.Receivable.Ptr()}
	if m.Goods == nil {
		m.Goods = channel.GoodsTotal(o.Lines)
	}
	if m.Goods != nil && m.Freight != nil && m.MerchantDiscount != nil && m.BuyerPaid != nil {
		rest := *m.Goods + *m.Freight - *m.MerchantDiscount - *m.BuyerPaid - p.Discount.Fen + p.Service.Fee.Fen + p.Tax.Fee.Fen
		m.PlatformDiscount = new(money.Fen)
		*m.PlatformDiscount = max(0, rest)
	}
	if o.PaidAt == 0 {
		m.BuyerPaid = channel.Zero()
	}
	return m
}

// receiver as the platform masks it. The detail leaves out the areas, which stand
// before it.
func (c apiConsignee) receiver() channel.Receiver {
	r := channel.Receiver{Name: c.Name.String(), Phone: channel.FirstOf(c.Mobile.String(), c.Phone.String()), Province: c.Province.String(), City: c.City.String(), District: c.County.String(), Town: c.Town.String(),
		Detail: c.Address.String()}
	for _, area := range []string{r.Province, r.City, r.District, r.Town} {
		r.Detail = strings.TrimPrefix(r.Detail, area)
	}
	r.Encrypted = strings.HasPrefix(r.Name, "##")
	return r
}
