// Package waiting keeps the orders that wait for goods (等货): who waits since when and
// for which SKU, what was agreed with the buyer, and who is served when goods arrive.
//
// Owns: what was agreed, in fulfillment_waiting, and the end of its rows when an order
// waits no more.
//
// Does not own: that an order found no goods (fulfillment's routing writes the row,
// order the hold out_of_stock), stock (inventory), an order's lines (order), the refund
// that was agreed on.
//
// Invariants: an order waits while it is neither shipped nor closed, has pieces that no
// warehouse was given, and was either routed in vain or could not be reserved; what it
// lacks is counted from lines and reservations at each reading, so it is never out of
// date; goods that arrive, in any warehouse, go to the urgent first, then to those due
// first, approved or not, and nobody is passed over who could be given something; an
// order whose buyer agreed to a refund is given nothing more, and is on hold where
// nothing of it was allocated.
//
// Read next: arrivals.go (who is served), servable.go (who can be), missing.go (what is
// lacking), list.go, agree.go, replace.go, release.go.
package waiting
