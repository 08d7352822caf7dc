// Package intake is the one door through which orders come in: files, manual
// entry, pulls and pushes.
//
// Owns: intake_inbox, the raw rows and the quarantine. Does not own: what a
// channel's file means (channel, connector), what a document does to an order
// (order).
//
// Invariants:
//   - What came in is committed, sealed, before it is parsed. A file is one row
//     that points at the stored file; records that could not be taken follow as
//     rows of their own. A pulled order can be pulled again: its raw row commits
//     with the order, or with its reason in the quarantine.
//   - One bad record never stops the rest: it is quarantined with its error and
//     can be replayed or dismissed.
//   - The same record twice gives one order.
//
// Read next: intake.go, accept.go, pulled.go, replay.go.
package intake
