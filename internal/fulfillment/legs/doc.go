// Package legs follows orders that go by a transit warehouse (集运、中转): the parcel that
// we send there, and the one in which it is sent on.
//
// Owns: fulfillment_leg, the second leg's number.
//
// Does not own: which orders go so (the channel says it: order.FlagConsolidation), the
// first leg's parcels (fulfillment), the hold that names such orders (order).
//
// Invariants: only an order of the kind has a second leg, and only once a parcel of it is
// on its way; whoever said the number last, and when, stands beside it.
//
// Read next: legs.go.
package legs
