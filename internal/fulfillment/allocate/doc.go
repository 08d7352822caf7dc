// Package allocate decides which warehouses ship an order (分仓): a merchant's rules
// choose candidates, a strategy ranks them, a shortage policy says what happens when
// none has all of it. The decision is a pure function of facts, and explains itself.
//
// Owns: fulfillment_rule, fulfillment_area, fulfillment_dropship.
//
// Does not own: stock and its reservation (inventory), fulfillment orders and when an
// order is allocated (fulfillment).
//
// Invariants: the same facts give the same decision; no more is planned than is free;
// a bundle's piece leaves from one warehouse; every candidate has a reason in the trace.
//
// Read next: plan.go (the decision), rule.go (what people set), area.go.
package allocate
