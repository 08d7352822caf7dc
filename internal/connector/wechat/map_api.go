package wechat

import (
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/money"
)

const (
	giftToTake   = "12"
	groupPending = "13"
	partlySent   = "21"
)

var statuses = map[wire.Text]channel.Status{"10": channel.PendingPayment, giftToTake: channel.AwaitingShipment, groupPending: channel.AwaitingShipment,
	"20": channel.AwaitingShipment, partlySent: channel.PartlyShipped, "30": channel.Shipped, "100": channel.Completed, "250": channel.Closed}

var holds = map[wire.Text]string{giftToTake: channel.HoldGiftPending, groupPending: channel.HoldGroupPending}

var payMethods = map[wire.Text]string{"1": "微信支付"}

// fullPresale is the stock_type of goods that are paid in full and sent later.
const fullPresale = "1"

// Map implements channel.Client.
func (c *client) Map(raw []byte) (channel.Order, error) {
	var s apiOrder
	if err := wire.Decode(raw, &s); err != nil {
		return channel.Order{}, err
	}
	d := &s.Detail
	o := channel.Order{
		ChannelOrderNo: s.ID.String(), Status: statuses[s.Status], StatusRaw: s.Status.String(),
		PlacedAt: s.CreateTime.N * second, PaidAt: d.Pay.PayTime.N * second, ModifiedAt: s.UpdateTime.N * second,
		BuyerKey: s.OpenID.String(), BuyerNote: d.Ext.CustomerNotes.String(), SellerNote: d.Ext.MerchantNotes.String(), MemoTold: true, Receiver: d.Delivery.Address.receiver(),
	}
	if o.PaidAt != 0 {
		o.PaymentMethod = payMethods[d.Pay.Method]
	}
	if h := holds[s.Status]; h != "" {
		o.Holds = append(o.Holds, h)
	}
	if o.Status == channel.Completed {
		o.CompletedAt = d.Ext.ConfirmedAt.N * second
	}
	presale := lines(&s, &o)
	if presale {
		o.Flags = append(o.Flags, channel.FlagPresale)
	}
	if s.Present.N == 1 {
		o.Flags = append(o.Flags, channel.FlagGiftOrder)
	}
	if wish := d.Delivery.Wish; wish != nil && wish.Name+wish.Tel+wish.Detail != "" {
		o.Flags = append(o.Flags, channel.FlagAddressWish)
	}
	parcels(&s, &o)
	o.Money = apiAmounts(&s, &o)
	o.RefundState = channel.FoldRefunds(o.Lines)
	if s.Aftersale.Open.N > 0 {
		o.RefundState = channel.RefundInProgress
	}
	return wire.Checked(o)
}

// lines reads the lines and tells whether goods are sold before they are there.
func lines(s *apiOrder, o *channel.Order) (presale bool) {
	sent, before := sentOf(*s), map[string]int{}
	for i, l := range s.Detail.Products {
		no := lineNo(l.ProductID.String(), l.SKUID.String(), l.Gift.N == 1, 0)
		line := channel.Line{
			ChannelLineNo: lineNo(l.ProductID.String(), l.SKUID.String(), l.Gift.N == 1, before[no]), Title: l.Title.String(), SKUText: l.spec(),
			MerchantSKUCode: channel.FirstOf(l.SKUCode.String(), l.OutSKUID.String(), l.OutProductID.String()),
			ChannelItemNo:   l.ProductID.String(), ChannelSKUNo: l.SKUID.String(), Quantity: l.Count.Ptr(), PriceFen: l.SalePrice.Ptr(), PaidFen: l.paid(),
			IsGift: l.Gift.N == 1, Status: o.Status, RefundState: l.refund(), ImageURL: l.Image.String(),
		}
		before[no]++
		if o.Status == channel.PartlyShipped {
			switch {
			case sent[i] == 0:
				line.Status = channel.AwaitingShipment
			case sent[i] >= l.Count.N:
				line.Status = channel.Shipped
			}
		}
		if at := l.ShipBy.N * second; at > 0 && (o.ShipByAt == 0 || at < o.ShipByAt) {
			o.ShipByAt = at
		}
		presale = presale || l.Deliver.StockType == fullPresale
		o.Lines = append(o.Lines, line)
	}
	return presale
}

// sentOf is how many pieces of every line parcels hold. The platform counts by
// product and SKU: of lines that are alike the first is filled first.
func sentOf(s apiOrder) []int64 {
	type key struct{ product, sku wire.Text }
	count := map[key]int64{}
	for _, p := range s.Detail.Delivery.Parcels {
		for _, l := range p.Products {
			count[key{l.ProductID, l.SKUID}] += max(0, l.Count.N)
		}
	}
	out := make([]int64, len(s.Detail.Products))
	for i, l := range s.Detail.Products {
		k := key{l.ProductID, l.SKUID}
		out[i] = min(count[k], max(0, l.Count.N))
		count[k] -= out[i]
	}
	return out
}

// parcels reads the waybills, and when the last of an order's parcels left.
func parcels(s *apiOrder, o *channel.Order) {
	for _, p := range s.Detail.Delivery.Parcels {
		if p.Waybill == "" {
			continue
		}
		o.Waybills = append(o.Waybills, channel.Waybill{Carrier: channel.FirstOf(p.Name.String(), p.Company.String()), No: p.Waybill.String()})
		if o.Status != channel.PartlyShipped {
			o.ShippedAt = max(o.ShippedAt, p.At.N*second)
		}
	}
	if at := s.Detail.Delivery.DoneAt.N * second; at > 0 {
		o.ShippedAt = at
	}
	if len(o.Waybills) == 0 {
		return
	}
	o.Waybill = &o.Waybills[0]
	if len(o.Waybills) == 1 {
		first := o.Waybills[0]
		o.Waybill, o.Waybills = &first, nil
	}
}

// apiAmounts by bearer. Of the state's subsidy merchants bear a part; a price changed
// by hand is theirs.
func apiAmounts(s *apiOrder, o *channel.Order) channel.Money {
	p := s.Detail.Price
	m := channel.Money{Goods: p.Goods.Ptr(), Freight: p.Freight.Ptr(), TalentDiscount: p.Talent.Ptr(), PaymentDiscount: p.Points.Ptr(), MerchantReceivable: p.Receivable.Ptr(),
		MerchantDiscount: channel.Plus(p.Merchant.Ptr(), p.Lowered.Ptr(), p.SubsidyMerchant.Ptr()), PlatformDiscount: channel.Plus(p.Coupon.Ptr(), p.Subsidy.Ptr()), BuyerPaid: p.Paid.Ptr()}
	if m.PlatformDiscount != nil && p.SubsidyMerchant.Set {
		*m.PlatformDiscount -= money.Fen(p.SubsidyMerchant.N)
	}
	if p.FreightChanged.N == 1 && p.NewFreight.Set {
		m.Freight = p.NewFreight.Ptr()
	}
	if o.PaidAt == 0 {
		m.BuyerPaid = channel.Zero()
	}
	return m
}

func (l apiProduct) spec() string {
	var words []string
	for _, a := range l.Attrs {
		if a.Value != "" {
			words = append(words, a.Value.String())
		}
	}
	return strings.Join(words, ";")
}

// paid is what the whole line costs.
func (l apiProduct) paid() *money.Fen {
	switch {
	case l.Real.Set:
		return l.Real.Ptr()
	case l.PriceChanged.N == 1 && l.NewPrice.Set:
		return l.NewPrice.Ptr()
	}
	return l.Estimate.Ptr()
}

func (l apiProduct) refund() channel.RefundState {
	switch {
	case l.InCase.N > 0:
		return channel.RefundInProgress
	case l.Returned.N > 0 && l.Returned.N >= l.Count.N:
		return channel.RefundDone
	case l.Returned.N > 0:
		return channel.RefundPart
	}
	return channel.RefundNone
}

// phone is the number as it can be called: some orders have a virtual one only.
func (a apiAddress) phone() string {
	return channel.FirstOf(a.Tel.String(), a.VirtualTel.String(), a.Ext.Virtual.String(), a.Ext.Real.String())
}

func (a apiAddress) receiver() channel.Receiver {
	return channel.Receiver{Name: a.Name.String(), Phone: a.phone(), Province: a.Province.String(), City: a.City.String(), District: a.County.String(),
		Detail: a.Detail.String(), Zip: a.Zip.String(), Encrypted: strings.HasPrefix(a.Name.String(), "##"),
		GroupKey: a.HashCode.String()}
}
