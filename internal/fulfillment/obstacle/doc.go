// Package obstacle raises on orders what keeps their fulfillment orders from leaving:
// no carrier takes them, a carrier has suspended the area, no number could be issued,
// an order merged with them changed. It ends each hold when its reason has gone.
//
// Owns: when those kinds of holds open and end, and fulfillment.HoldSuspended; no table.
//
// Does not own: what a hold is (order/hold), the rows (order), which carrier a parcel
// takes (logistics/choose, told by packing/issue), numbers (logistics/waybill), the
// check before each step of the way out (fulfillment.GuardTx): it refuses what is marked
// here as stopped by a suspension that began after its number was asked for.
//
// Invariants: judging an order twice changes nothing; a hold stands exactly while an
// open fulfillment order of its order bears the reason; a suspension's hold ends with
// it, without a person; merchants without a carrier account are not told of carriers.
//
// Read next: obstacle.go, judge.go, carrier.go.
package obstacle
