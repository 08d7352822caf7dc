package order

import (
	"maps"

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
