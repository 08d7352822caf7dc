// Package bulk does one action to many fulfillment orders (批量发货等), each by the use
// case of a single click.
//
// Owns nothing. Does not own: what shipping checks and writes (fulfillment), numbers
// (logistics/waybill), which fulfillment orders are chosen (the lists).
//
// Invariants: one that fails changes nothing and stops nothing; each has an audit entry
// of its own; a parcel leaves under the number that was issued for what it holds now; a
// job goes on where it stopped.
package bulk
