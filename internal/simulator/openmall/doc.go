// Package openmall is the server's side of docs/openmall.md: an own mall connected by
// signed REST. Shops with an even number keep their receivers ciphered.
//
// Owns: the wire of docs/openmall.md. Does not own: orders and faults (world).
//
// Read next: openmall.go, docs/openmall.md.
package openmall
