// Package simulator is the platforms' side of the wire: a server that speaks each
// platform's protocol from the documented side, over one made-up truth
// (simulator/world) that changes with time and lets things go wrong as a profile says.
//
// Owns: the list of simulated platforms, the server, the admin API. Does not own:
// the truth (world), any wire format (one folder per platform).
//
// Invariants: it knows nothing of the product but kit, so a signature is checked by
// code of its own; it listens on loopback only unless told otherwise, and its admin
// API answers loopback only.
//
// Read next: world/doc.go, all.go, admin.go, docs/simulator.md.
package simulator
