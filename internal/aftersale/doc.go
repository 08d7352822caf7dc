// Package aftersale is what happens after the sale (售后): the cases that buyers open
// at their channels, what we answer, and the goods that come back.
//
// Owns: aftersale_case, aftersale_parcel, aftersale_parcel_line.
//
// Does not own: how a case is read and how its channel is told (channel/pull and
// channel/send, through Around), what a refund does to an order (the order's own
// document says it), stock (inventory), parcels that leave (fulfillment).
//
// Invariants: a case is what its channel told last, and every later word replaces it
// whole; a version of a case is decided once, unless the channel refused the decision;
// money and goods are two facts: a refunded case stays on the list until its goods are
// here or given up; goods are restocked in the transaction that says what was in the
// parcel, once, and never more of a line than has shipped.
//
// Read next: aftersale.go, status.go, advice.go (what we recommend), absorb.go,
// decide.go, receive.go.
package aftersale
