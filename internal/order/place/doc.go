// Package place sets from which warehouse an order is to leave before it is approved
// (指定仓库): what it needs is reserved there.
//
// Owns: the column warehouse_id of order_head while an order is not approved.
//
// Does not own: every other column of it (order), which warehouses there are to choose
// from and what becomes of approved orders (fulfillment).
//
// Invariants: the whole order holds its goods in the warehouse, or nothing changed.
//
// Read next: place.go.
package place
