package order

import (
	"maps"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/record"
	"github.com/ordercove/ordercove/internal/order/tally"
)

// Display lets the property test compare stored states with the function.
func Display(o Order) State { return display(&o) }

// Recount counts orders from scratch.
func Recount(orders []Order) tally.Counts {
	c := tally.Counts{}
	for i := range orders {
		count(c, &orders[i], 1)
	}
	maps.DeleteFunc(c, func(_ tally.Cell, v tally.Value) bool { return v == tally.Value{} })
	return c
}

// PaymentStep orders the payment axis.
func PaymentStep(p Payment) int { return paymentProgress[p] }

// SpareColumns are the columns an insert may leave out, by table.
func SpareColumns() map[string][]string {
	heads, _ := record.Rows(1, headColumns, []*Order{{}})
	lines, _ := record.Rows(1, lineColumns, []*OrderLine{{}})
	without := func(all, some []string) []string {
		return slices.DeleteFunc(slices.Clone(all), func(n string) bool { return slices.Contains(some, n) })
	}
	return map[string][]string{"order_head": without(headNames, heads), "order_line": without(lineNames, lines)}
}
