// Package hold is the table of reasons why an order does not go on by itself
// (挂起、异常): what each stops, who must act, by when, and who ends it.
//
// Owns: the kinds and their rules, data only.
//
// Does not own: the open holds of an order and when they open and end (order), what
// raises those that others know of (fulfillment/obstacle, channel/send).
//
// Invariants: every kind has one rule; a kind that nobody may release ends by itself.
//
// Read next: hold.go.
package hold
