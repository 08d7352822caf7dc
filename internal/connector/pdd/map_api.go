package pdd

import (
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/money"
)

var statuses = map[wire.Text]channel.Status{"1": channel.AwaitingShipment, "2": channel.Shipped, "3": channel.Completed}

var refundStatuses = map[wire.Text]channel.RefundState{"": channel.RefundNone, "0": channel.RefundNone, "1": channel.RefundNone,
	"2": channel.RefundInProgress, "3": channel.RefundInProgress, "4": channel.RefundDone}

// status: three members tell it. Cancelled and refunded orders are closed whatever
// the first one says.
func status(s *apiOrder) channel.Status {
	own, known := statuses[s.OrderStatus]
	switch {
	case s.ConfirmStatus == "2" || s.RefundStatus == "4":
		return channel.Closed
	case !known:
		return ""
	case own == channel.AwaitingShipment && s.Step != nil && s.Step.Status.Set && s.Step.Status.N == 0:
		return channel.PendingPayment
	case own == channel.AwaitingShipment && s.Step != nil && s.Step.Status.N == 1:
		return channel.PartlyPaid
	}
	return own
}

// Map implements channel.Client.
func (c *client) Map(raw []byte) (channel.Order, error) {
	var s apiOrder
	if err := wire.Decode(raw, &s); err != nil {
		return channel.Order{}, err
	}
	o := channel.Order{
		ChannelOrderNo: s.OrderSN.String(), Status: status(&s), StatusRaw: strings.Join([]string{s.OrderStatus.String(), s.RefundStatus.String(), s.ConfirmStatus.String()}, "/"),
		PlacedAt: int64(s.ConfirmTime), PlacedOn: dayOf(s.OrderSN.String()), PaidAt: int64(s.PayTime), ShippedAt: int64(s.ShippingTime),
		ShipByAt: int64(s.LastShipTime), ModifiedAt: int64(s.UpdatedAt), PaymentMethod: s.PayType.String(), BuyerNote: s.BuyerMemo.String(), SellerNote: s.Remark.String(), MemoTold: true,
	}
	if o.PlacedAt == 0 {
		o.PlacedAt = int64(s.CreatedTime)
	}
	if o.Status == channel.Completed || o.Status == channel.Closed {
		o.CompletedAt = int64(s.ReceiveTime)
	}
	if f := s.RemarkTag.N; f >= 0 && f <= 5 {
		o.Flag, o.FlagTold = int(f), true
	}
	state, ok := refundStatuses[s.RefundStatus]
	if !ok {
		state = channel.RefundUnknown
	}
	o.RefundState = state
	marks(&s, &o)
	o.Receiver = receiver(&s)
	for i, one := range append(s.Items, s.Gifts...) {
		gift := i >= len(s.Items)
		l := channel.Line{Title: one.Name.String(), SKUText: one.Spec.String(), MerchantSKUCode: channel.FirstOf(one.OuterID.String(), one.OuterGoodsID.String()),
			ChannelItemNo: one.GoodsID.String(), ChannelSKUNo: one.SKUID.String(), Quantity: one.Count.Ptr(), PriceFen: one.Price.Ptr(), ImageURL: one.Image.String(),
			IsGift: gift, Status: o.Status, RefundState: state}
		if gift {
			l.PriceFen, l.RefundState = channel.Zero(), channel.RefundNone
		}
		o.Lines = append(o.Lines, l)
	}
	if s.TrackingNumber != "" {
		// The carrier is a number of the platform's list, which a mapping cannot ask for.
		o.Waybill = &channel.Waybill{No: s.TrackingNumber.String()}
	}
	o.Money = amounts(&s, o.Status)
	return wire.Checked(o)
}

func marks(s *apiOrder, o *channel.Order) {
	if s.GroupStatus.Set && s.GroupStatus.N == 0 {
		o.Holds = append(o.Holds, channel.HoldGroupPending)
	}
	if s.RiskStatus.N == 1 {
		o.Holds = append(o.Holds, channel.HoldRiskReview)
	}
	if s.tagged(pausedTag) {
		o.Holds = append(o.Holds, channel.HoldPaused)
	}
	if s.UrgedAt != 0 {
		o.Flags = append(o.Flags, channel.FlagUrged)
	}
	if s.IsPreSale.N == 1 || s.TradeType.N == 1 || s.Step != nil {
		o.Flags = append(o.Flags, channel.FlagPresale)
	}
	promises(s, o)
	if c := s.Consolidate; c != nil && c.Type.Set {
		o.Flags = append(o.Flags, channel.FlagConsolidation)
		if to := transits[c.Type.N]; to != "" {
			o.Flags = append(o.Flags, channel.FlagConsolidationTo+to)
		}
	}
}

// sfTags are the marks by which SF was promised: paid for by the buyer (顺丰加价、加运费发顺丰)
// or by the seller (顺丰包邮).
var sfTags = []string{"has_sf_express_service", "has_ship_additional", "free_sf"}

// pausedTag: the platform has the order wait (暂停发货).
const pausedTag = "ship_hold"

// tagged reports whether the order bears one of the marks.
func (s *apiOrder) tagged(names ...string) bool {
	return slices.ContainsFunc(s.Tags, func(t apiTag) bool { return t.Value.N == 1 && slices.Contains(names, t.Name.String()) })
}

// promises are what the buyer was told about the way.
func promises(s *apiOrder, o *channel.Order) {
	if s.FreeSF.N == 1 || s.tagged(sfTags...) {
		o.Flags = append(o.Flags, channel.FlagCarrier+"SF")
	}
	if s.HomeDelivery.N > 0 {
		o.Flags = append(o.Flags, channel.FlagToDoor)
	}
}

// transits are where the platform's transit warehouses send parcels on to (集运、中转).
var transits = map[int64]string{0: "hong_kong", 1: "xinjiang", 2: "kazakhstan", 3: "tibet", 5: "japan", 6: "taiwan", 7: "korea", 8: "singapore", 9: "malaysia",
	10: "thailand", 11: "vietnam", 12: "kyrgyzstan", 13: "uzbekistan"}

// receiver: cipher text while the order is to ship, else what is masked. The
// platform's town is the district.
func receiver(s *apiOrder) channel.Receiver {
	r := channel.Receiver{Name: s.Name.String(), Phone: channel.FirstOf(s.Phone.String(), s.ContactMobile.String()), Detail: s.Address.String(),
		Province: s.Province.String(), City: s.City.String(), District: s.Town.String()}
	if r.Name+r.Phone+r.Detail == "" {
		r.Name, r.Phone, r.Detail = s.NameMask.String(), s.PhoneMask.String(), s.AddressMask.String()
		return r
	}
	r.NameIndex, _ = indexOf("name", r.Name)
	r.PhoneIndex, _ = indexOf("phone", r.Phone)
	for _, part := range []string{r.Name, r.Phone, r.Detail} {
		r.Encrypted = r.Encrypted || strings.HasPrefix(part, "~") || strings.HasPrefix(part, "$") || strings.HasPrefix(part, "#")
	}
	return r
}

// amounts by bearer. The reduction for the platform's own wallet is not yet in what
// it calls paid; what the merchant gets is not reduced by the platform.
func amounts(s *apiOrder, st channel.Status) channel.Money {
	m := channel.Money{Goods: s.GoodsAmount.Ptr(), Freight: s.Postage.Ptr(), MerchantDiscount: channel.Plus(s.SellerDiscount.Ptr(), s.FreeDiscount.Ptr()),
		PlatformDiscount: s.PlatformDiscount.Ptr(), PaymentDiscount: s.PayReduction.Ptr(), BuyerPaid: s.PayAmount.Ptr()}
	less := func(from *money.Fen, by ...*money.Fen) *money.Fen {
		if from == nil {
			return nil
		}
		left := *from
		if sum := channel.Plus(by...); sum != nil {
			left -= *sum
		}
		left = max(left, 0)
		return &left
	}
	m.BuyerPaid = less(m.BuyerPaid, m.PaymentDiscount)
	if m.Goods != nil && m.MerchantDiscount != nil {
		m.MerchantReceivable = less(channel.Plus(m.Goods, m.Freight), m.MerchantDiscount)
	}
	switch st {
	case channel.PendingPayment:
		m.BuyerPaid = channel.Zero()
	case channel.PartlyPaid:
		m.BuyerPaid = s.Step.Paid.Ptr()
	}
	return m
}
