package issue

import (
	"slices"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/order"
)

// toDoorWord is what carriers and their couriers read, in China.
const toDoorWord = "送货上门"

// Terms are what the courier has to know of a parcel beside where it goes: what its number
// was asked for with, and its label says.
type Terms struct {
	Services   []string
	CollectFen money.Fen // at the door (代收货款), 0 is nothing
	WeightGram int64     // 0 where a SKU's weight is not known
}

// TermsOf are the terms of a fulfillment order whose orders and SKUs are at hand.
func TermsOf(f *fulfillment.FulfillmentOrder, orders []*order.Order, skus map[id.ID]catalog.SKU) Terms {
	t := Terms{WeightGram: weight(f, orders, skus)}
	t.CollectFen, _ = collect(f, orders)
	if _, toDoor := promises(orders); toDoor {
		t.Services = []string{toDoorWord}
	}
	return t
}

// each hands over every line that is still to ship, with how much of it.
func each(f *fulfillment.FulfillmentOrder, orders []*order.Order, do func(l *order.OrderLine, quantity int64)) {
	for _, fl := range f.Lines {
		for _, o := range orders {
			for i := range o.Lines {
				if l := &o.Lines[i]; o.ID == fl.OrderID && l.ID == fl.LineID && fl.Left() > 0 {
					do(l, fl.Left())
				}
			}
		}
	}
}

// weight is what the goods weigh in grams, 0 where a SKU's weight is not known.
func weight(f *fulfillment.FulfillmentOrder, orders []*order.Order, skus map[id.ID]catalog.SKU) (gram int64) {
	known := true
	each(f, orders, func(l *order.OrderLine, n int64) {
		w := skus[l.SKUID].WeightGram
		if known = known && w != nil; known {
			gram += *w * n
		}
	})
	if !known {
		return 0
	}
	return gram
}

// promises are what the buyers were told about the way: a carrier by our code, and
// delivery to the door.
func promises(orders []*order.Order) (carrier string, toDoor bool) {
	for _, o := range orders {
		if named, ok := logistics.Promised(o.ChannelFlags); ok && carrier == "" {
			carrier = named.Code
		}
		toDoor = toDoor || slices.Contains(o.ChannelFlags, logistics.FlagToDoor)
	}
	return carrier, toDoor
}

// collect is what the courier takes from the buyers (货到付款), fen. sure is false where
// nobody can tell: the amount is unknown, or part of an order leaves in another parcel.
func collect(f *fulfillment.FulfillmentOrder, orders []*order.Order) (sum money.Fen, sure bool) {
	sure = true
	for _, o := range orders {
		if !slices.Contains(o.ChannelFlags, order.FlagCashOnDelivery) || o.PaidAt != 0 {
			continue
		}
		left := int64(0)
		for _, l := range o.Lines {
			left += l.Ordered - l.Cancelled
		}
		for _, l := range f.Lines {
			if l.OrderID == o.ID {
				left -= l.Left()
			}
		}
		if o.Amounts.BuyerPaid == nil || left != 0 {
			sure = false
			continue
		}
		sum += *o.Amounts.BuyerPaid
	}
	return sum, sure
}
