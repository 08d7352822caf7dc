// Package world is the truth that the simulated platforms tell of: shops, orders,
// after-sale cases, stock, reviews and tokens, how they change with time, and what
// goes wrong on the way. It knows no platform; each platform's folder beside it
// renders the truth on its own wire.
//
// Owns: the truth, its life over time, faults, the journal of effects, the queue
// of pushes. Does not own: any wire format, signatures.
//
// Invariants: every decision follows from the seed, the shop and a serial number,
// or, for faults, from the order of requests; modified times never go back; an
// effect is journalled in the same step as the change it makes; what was answered
// is in the state file before the answer leaves.
//
// Read next: order.go (the words), shop.go (reads), effect.go (writes), life.go
// (what happens by itself), exchange.go (one request), fault.go (profiles).
package world
