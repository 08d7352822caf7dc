// Package location knows where a SKU lies in a warehouse (库位), so that people walk
// the shelves in order.
//
// Owns: inventory_location. Does not own: how much lies there (inventory).
//
// Invariants: a SKU has one location in a warehouse, or none.
//
// Read next: location.go, import.go.
package location
