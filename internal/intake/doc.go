// Package intake is the one door through which orders come in: files, manual
// entry and, later, pulls, pushes and the own mall's API.
//
// Owns: intake_inbox, the raw rows and the quarantine. Does not own: what a
// channel's file means (channel, connector), what a document does to an order
// (order).
//
// Invariants:
//   - What came in is committed, sealed, before it is parsed. A file is one row
//     that points at the stored file; records that could not be taken follow as
//     rows of their own.
//   - One bad record never stops the rest: it is quarantined with its error and
//     can be replayed or dismissed.
//   - The same record twice gives one order.
//
// Read next: intake.go, accept.go, replay.go.
package intake
