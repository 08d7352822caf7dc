// Package reach remembers where carriers said they do not deliver (可达性): what they
// answered when asked, and what came back when a number was asked for.
//
// Owns: logistics_reach. Does not own: what the merchant knows of suspensions and of areas
// nobody serves (logistics/choose), which account a parcel takes (logistics/choose), how a
// carrier is asked (carrier/<code>).
//
// Invariants: only a carrier's own no keeps a parcel from it, never silence; an answer
// counts for a week; nobody waits for a carrier's answer.
//
// Read next: reach.go, ask.go.
package reach
