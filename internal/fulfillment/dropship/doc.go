// Package dropship gives fulfillment orders to the suppliers that ship them (代发), and
// takes their waybill numbers back.
//
// Owns: fulfillment_dropship_batch, fulfillment_dropship_order.
//
// Does not own: suppliers and their doors (purchase), which orders are a supplier's
// (fulfillment/allocate), what shipping checks and writes (fulfillment.ShipOrderTx).
//
// Invariants: what is sent is sealed until it ships, is refused or taken back; it ships
// through the check that every other parcel passes, with the version that was sent, so
// a refund or another address stops it; a supplier sees its own orders alone, and of
// receivers what its contract says; what a channel sealed never leaves as text.
//
// Read next: dropship.go, send.go, answer.go, ship.go, paper.go.
package dropship
