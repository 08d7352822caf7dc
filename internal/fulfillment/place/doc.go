// Package place lets a person say from which warehouse one order leaves (改仓), before
// it is approved and after.
//
// Owns nothing. Does not own: the wish before approval (order/place), allocation
// (fulfillment), the rules that allocate many (fulfillment/allocate).
//
// Invariants: the whole order is served by the warehouse, or it stays where it was.
//
// Read next: place.go.
package place
