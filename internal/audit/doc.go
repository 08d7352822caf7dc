// Package audit keeps the operations log (操作日志): who did what to what, when and
// from where, in a chain that shows every later change to it.
//
// Owns: audit_entry, audit_chain, audit_checkpoint. Does not own: what an action
// means; the command pipe hands over an Entry that the use case described.
//
// Invariants: an entry commits with the change it tells of, or neither does;
// nothing here updates or deletes an entry once it is in the chain; an entry holds
// field names and ids, never personal data, so that erasing a person never breaks
// the chain; entries are numbered without gaps, and each hash covers the entry and
// the hash before it.
//
// The chain: hash = SHA-256(previous hash ‖ canonical JSON), where the first
// previous hash is 32 zero bytes and canonical JSON is what canonical in chain.go
// writes. A checkpoint is an ed25519 signature over "ordercove audit checkpoint",
// merchant, number, hash and time. Kept outside, it proves a later cut of the tail.
//
// Read next: record.go, seal.go, verify.go.
package audit
