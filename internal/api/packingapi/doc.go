// Package packingapi is the HTTP face of packing: waves and pick lists, prints,
// verification.
package packingapi

const tag = "packing"
