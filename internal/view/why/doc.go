// Package why answers for one order: why is it not shipped, and why this warehouse,
// carrier and gift (为什么还没发货、为什么这样选).
//
// Owns: the answer's words. It only SELECTs.
//
// Does not own: any reason itself. Holds are the order's, the guard and the trace of
// allocation fulfillment's, numbers and choices of carriers logistics', papers, benches
// and hits packing's, what the channel was told channel/send's.
//
// Invariants: what GuardTx would refuse is in the answer; a reason stands in it once per
// parcel; an order that left, and of which the channel knows, has none; what the actor
// may not read is left out, not guessed.
//
// Read next: why.go, parcel.go (what follows from papers), chosen.go, words.go.
package why
