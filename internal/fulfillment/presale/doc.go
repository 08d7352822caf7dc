// Package presale says from when a presale that the buyer has paid in full (全款预售) may
// leave: a lead before its promised time, which merchants set.
//
// Owns: the setting, and that open fulfillment orders follow it.
//
// Does not own: which orders are presales and what was promised (order), the instant on a
// fulfillment order (fulfillment writes it), a balance that is not paid (order's hold).
//
// Invariants: an open fulfillment order's instant is its presales' promise less the lead as
// it is set, as soon as the job that follows a change is through.
//
// Read next: presale.go.
package presale
