// Package waiting keeps the orders that wait for goods (等货): who waits since when,
// what was agreed with the buyer, and who is served when goods arrive.
//
// Owns: what was agreed, in fulfillment_waiting.
//
// Does not own: who begins and ends to wait (fulfillment's routing writes and removes
// the rows), stock (inventory), the refund or the other goods that were agreed on.
//
// Invariants: goods that arrive go to the urgent first, then to those due first; an
// order whose buyer agreed to a refund is given none.
//
// Read next: waiting.go.
package waiting
