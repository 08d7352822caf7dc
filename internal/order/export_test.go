package order

import "github.com/ordercove/ordercove/internal/kit/id"

// Display lets the property test compare stored states with the function.
func Display(o Order) State { return display(&o) }

// Tally is one counter's value.
type Tally struct{ N, Fen int64 }

// Bucket names a counter.
type Bucket struct {
	Shop id.ID
	Name string
	Day  int64
}

// Recount counts orders from scratch.
func Recount(orders []Order) map[Bucket]Tally {
	c := counts{}
	for i := range orders {
		c.add(&orders[i], 1)
	}
	out := map[Bucket]Tally{}
	for k, v := range c {
		if v != (tally{}) {
			out[Bucket{k.shop, k.bucket, k.day}] = Tally{v.n, v.fen}
		}
	}
	return out
}

// PaymentStep orders the payment axis.
func PaymentStep(p Payment) int { return paymentProgress[p] }
