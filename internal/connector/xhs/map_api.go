package xhs

import (
	"encoding/json"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/logistics"
)

var statuses = map[wire.Text]channel.Status{
	"1": channel.PendingPayment, "2": channel.AwaitingShipment, "3": channel.AwaitingShipment, "4": channel.AwaitingShipment, "5": channel.PartlyShipped,
	"6": channel.Shipped, "7": channel.Completed, "8": channel.Closed, "9": channel.Closed,
}

// worked are paid orders that the platform or the customs still look at.
var worked = map[wire.Text]bool{"2": true, "3": true}

var payTypes = map[int64]string{1: "支付宝", 2: "微信", 3: "Apple 内购", 4: "Apple Pay", 5: "花呗分期", 7: "支付宝免密支付", 8: "云闪付"}

var refundStates = map[wire.Text]channel.RefundState{"": channel.RefundNone, "0": channel.RefundNone, "1": channel.RefundNone, "2": channel.RefundInProgress,
	"3": channel.RefundDone, "4": channel.RefundRejected, "5": channel.RefundNone, "6": channel.RefundInProgress, "7": channel.RefundNone}

func refundState(t wire.Text) channel.RefundState {
	if s, ok := refundStates[t]; ok {
		return s
	}
	return channel.RefundUnknown
}

// Map implements channel.Client.
func (c *client) Map(raw []byte) (channel.Order, error) {
	var w struct {
		Order    apiOrder    `json:"order"`
		Receiver apiReceiver `json:"receiver"`
	}
	if err := wire.Decode(raw, &w); err != nil {
		return channel.Order{}, err
	}
	s := &w.Order
	o := channel.Order{
		ChannelOrderNo: s.ID.String(), Status: statuses[s.Status], StatusRaw: s.Status.String(), ShopHint: s.ShopName.String(), BuyerNick: s.UserID.String(), BuyerKey: s.UserID.String(),
		PlacedAt: s.Created.N, PaidAt: s.Paid.N, ShippedAt: s.Delivered.N, CompletedAt: s.Finished.N, ShipByAt: s.ShipBy.N, ModifiedAt: s.Updated.N,
		BuyerNote: s.BuyerNote.String(), SellerNote: s.SellerNote.String(), MemoTold: true, FlagTold: s.Flag.N <= 6, PaymentMethod: payTypes[s.PayType.N], Receiver: receiver(s, w.Receiver),
	}
	if s.Flag.N > 1 && s.Flag.N <= 6 {
		o.Flag = int(s.Flag.N - 1)
	}
	if s.Type == "2" || s.Type == "3" || s.Type == "4" {
		o.Flags = append(o.Flags, channel.FlagPresale)
	}
	o.Lines = s.lines(o.Status)
	s.waybills(&o)
	o.Money = s.amounts(&o)
	o.RefundState = channel.FoldRefunds(o.Lines)
	if worked[s.Status] || s.cancelling(&o) {
		o.Holds = append(o.Holds, channel.HoldPaused)
	}
	return wire.Checked(o)
}

// cancelling: the buyer wants the order cancelled and no after-sale case says so yet.
func (s *apiOrder) cancelling(o *channel.Order) bool {
	return s.Cancel.N == 1 && o.RefundState != channel.RefundInProgress && (o.Status == channel.AwaitingShipment || o.Status == channel.PartlyShipped)
}

// lines: the platform adds up what has the same SKU, so that the SKU's number is that
// of the line, unless it does not.
func (s *apiOrder) lines(order channel.Status) []channel.Line {
	seen := map[wire.Text]int{}
	for _, l := range s.items() {
		seen[l.SKUID]++
	}
	var out []channel.Line
	for _, l := range s.items() {
		one := channel.Line{Title: channel.FirstOf(l.SKUName.String(), l.ItemName.String()), SKUText: l.Spec.String(), MerchantSKUCode: l.Code.String(), ChannelSKUNo: l.SKUID.String(),
			ChannelItemNo: l.ItemID.String(), Quantity: l.Quantity.Ptr(), PaidFen: l.Paid.Ptr(), IsGift: l.Tag.N == 1, Status: s.statusOf(l.SKUID, order), ImageURL: l.Image.String()}
		if seen[l.SKUID] == 1 {
			one.ChannelLineNo = l.SKUID.String()
		}
		if one.RefundState = refundState(l.Refund); l.Refund == "" {
			one.RefundState = refundState(s.Refund)
		}
		if one.IsGift {
			one.PriceFen = channel.Zero()
		}
		out = append(out, one)
	}
	return out
}

// items has had two names.
func (s *apiOrder) items() []apiSKU {
	if len(s.SKUs) > 0 {
		return s.SKUs
	}
	return s.Items
}

// statusOf: of an order that is partly shipped, its parcels say what was.
func (s *apiOrder) statusOf(sku wire.Text, order channel.Status) channel.Status {
	if order != channel.PartlyShipped {
		return order
	}
	for _, p := range s.Parcels {
		for _, in := range p.SKUs {
			if in == sku {
				return statuses[p.Status]
			}
		}
	}
	return channel.AwaitingShipment
}

func (s *apiOrder) waybills(o *channel.Order) {
	all := append([]apiParcel{}, s.Parcels...)
	if len(all) == 0 {
		all = append(all, apiParcel{No: s.ExpressNo, Company: s.Company})
	}
	var found []channel.Waybill
	known := map[string]bool{}
	for _, p := range all {
		if p.No != "" && !known[p.No.String()] {
			known[p.No.String()] = true
			found = append(found, channel.Waybill{Carrier: carrierName(p.Company), No: p.No.String()})
		}
	}
	if len(found) > 0 {
		first := found[0]
		o.Waybill = &first
	}
	if len(found) > 1 {
		o.Waybills = found
	}
}

func carrierName(code wire.Text) string {
	if one, ok := logistics.Find(code.String()); ok {
		return one.NameZH
	}
	return code.String()
}

// receiver: what is ciphered is told while the order is to be shipped, the region always.
func receiver(s *apiOrder, r apiReceiver) channel.Receiver {
	out := channel.Receiver{Province: channel.FirstOf(r.Province.String(), s.Province.String()), City: channel.FirstOf(r.City.String(), s.City.String()),
		District: channel.FirstOf(r.District.String(), s.District.String()), Town: channel.FirstOf(r.Town.String(), s.Town.String())}
	if r.Matched == "false" {
		return out
	}
	out.Name, out.Phone, out.Detail = r.Name.String(), r.Phone.String(), r.Address.String()
	out.Encrypted = out.Name+out.Phone+out.Detail != ""
	return out
}

// amounts: what the goods cost before their discounts is the sum of both, unless a
// price was changed by hand, of which the platform does not say whether it is in it.
func (s *apiOrder) amounts(o *channel.Order) channel.Money {
	m := channel.Money{MerchantDiscount: s.MerchantDiscount.Ptr(), PlatformDiscount: s.PlatformDiscount.Ptr(), PaymentDiscount: s.PaymentDiscount.Ptr(), Freight: s.Freight.Ptr(),
		BuyerPaid: s.PayAmount.Ptr(), MerchantReceivable: s.Receivable.Ptr()}
	if s.Changed.N == 0 && len(o.Lines) > 0 {
		var sum money.Fen
		known := true
		for _, l := range s.items() {
			known = known && l.Paid.Set && l.MerchantDiscount.Set && l.PlatformDiscount.Set
			sum += money.Fen(l.Paid.N + l.MerchantDiscount.N + l.PlatformDiscount.N)
		}
		if known {
			m.Goods = &sum
		}
	}
	if o.PaidAt == 0 && o.Status != "" {
		m.BuyerPaid = channel.Zero()
	}
	return m
}

var caseKinds = map[wire.Text]string{"1": "return", "2": "exchange", "3": "refund", "4": "refund", "5": "refund", "6": "price_protection"}

var caseStates = map[wire.Text]channel.AftersaleState{"1": channel.AftersaleRequested, "2": channel.AftersaleReturning, "3": channel.AftersaleReceiving, "4": channel.AftersaleRefunded,
	"5": channel.AftersaleClosed, "6": channel.AftersaleClosed, "9": channel.AftersaleRefused, "9001": channel.AftersaleRefused}

// MapAftersale implements channel.AftersaleLister. The detail has the case in a member
// and how the goods come back beside it.
func (c *client) MapAftersale(raw []byte) (channel.Case, error) {
	var d struct {
		Info  json.RawMessage `json:"afterSaleInfo"`
		Moves struct {
			Back json.RawMessage `json:"afterSale"`
		} `json:"logisticsInfo"`
	}
	if err := wire.Decode(raw, &d); err != nil {
		return channel.Case{}, err
	}
	if len(d.Info) == 0 || string(d.Info) == "null" {
		d.Info = raw
	}
	var s apiCase
	if err := wire.Decode(d.Info, &s); err != nil {
		return channel.Case{}, err
	}
	if s.ID == "" || s.OrderID == "" {
		return channel.Case{}, wire.Bad(channel.MissingOrderNo, "returnsId", s.ID)
	}
	out := channel.Case{No: s.ID.String(), OrderNo: s.OrderID.String(), Kind: caseKinds[s.Type], State: caseStates[s.Status], StateRaw: s.Status.String(), RefundFen: int64(s.Amount.Fen),
		Reason: s.Reason.String(), Note: s.Text.String(), CreatedAt: s.Applied.N, ModifiedAt: s.Updated.N, DecideByAt: max(s.Expires.N, 0),
		ReturnWaybill: channel.FirstOf(s.BackNo.String(), wire.Field(d.Moves.Back, "expressNo").String()),
		ReturnCarrier: channel.FirstOf(s.BackBy.String(), wire.Field(d.Moves.Back, "expressCompanyName", "expressCompanyCode").String())}
	if len(s.SKUs) == 1 {
		out.LineNo, out.Quantity = s.SKUs[0].SKUID.String(), s.SKUs[0].Count.N
	}
	if out.Kind == "" {
		out.Kind = "other"
	}
	switch {
	case out.State == channel.AftersaleRefunded && out.Kind == "exchange":
		out.State = channel.AftersaleExchanged
	case out.State == channel.AftersaleRefunded && s.Refund == "1":
		out.State = channel.AftersaleRefunding
	case out.State == "":
		out.State = channel.AftersaleUnknown
	}
	return out, nil
}
