// Package inventory is the stock (库存): how much of each SKU lies in each
// warehouse, how much of it orders hold, and every movement that changed either.
//
// Owns: inventory_warehouse, inventory_balance, inventory_reservation,
// inventory_movement. Does not own: what a SKU or a bundle is (catalog), which
// order needs what (order), which warehouse ships (fulfillment).
//
// Invariants: on_hand and reserved are the sums of their movements; reserved is
// the sum of the open reservations; on_hand − reserved never falls below
// −backorder; reserved and on_hand never fall below 0; every change of a balance
// has its movement in the same transaction. CHECKs guard them, Verify proves them.
//
// A bundle has no stock of its own: its components do.
//
// Read next: inventory.go, book.go (the one writer), reserve.go, deduct.go.
package inventory
