// Package seal keeps personal data and secrets unreadable in the database.
//
// Owns: seal_keyset: per merchant one AEAD keyset and versioned index keys, both
// wrapped by the installation's master key. Does not own: which columns are
// sealed; the capability that owns the table decides and names the place.
//
// Invariants: a sealed value opens only for the merchant and place (table, field,
// row) it was sealed for; keys never leave the process unwrapped; rotating the
// master key or a merchant's key leaves every sealed value readable.
//
// Read next: vault.go (keys), keys.go (seal, open, token), master.go (the file).
package seal
