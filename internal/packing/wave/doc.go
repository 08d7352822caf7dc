// Package wave picks fulfillment orders together (波次): it chooses them, tells what to
// fetch from where and into which basket, and what became of it.
//
// Owns: waves, their baskets (播种格), pick lists (拣货单), who picked what, shortages
// found and counted at the shelf, when couriers collect (截单). Tables packing_wave_*.
//
// Does not own: what a fulfillment order holds and whether it may go on
// (fulfillment), stock (inventory), where a SKU lies (inventory/location).
//
// Invariants: a fulfillment order is in one wave at a time, sealed while it is there;
// nothing that fulfillment.GuardTx refuses enters one; nothing is picked beyond what
// is wanted; one that is cancelled or refunded leaves by itself, and until then Hits
// names its basket.
//
// Read next: wave.go, choose.go (what goes into a wave), make.go, pick.go, count.go,
// leave.go.
package wave
