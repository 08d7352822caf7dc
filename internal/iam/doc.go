// Package iam knows merchants, their staff and what each may do: setup by a
// single-use token, users, roles, permissions, sessions, API keys, TOTP and the
// limits on guessing.
//
// Owns: iam_* tables, the permission matrix (permissions.go is its one source),
// password rules, the digests of sessions, keys and setup tokens.
// Does not own: the audit trail (package audit records through the command
// pipe), cookies and headers (kit/web and api/iamapi), the shops and warehouses
// a user is narrowed to.
//
// Invariants: a secret is stored as a digest only, and shown once; nobody hands
// out a permission or a scope that he does not hold; a merchant keeps at least
// one active owner; what is revoked stops working within 5 seconds in every
// process; a wrong password and an unknown user take the same time and the same
// answer; every guess is counted before it is checked.
//
// Read next: permissions.go, login.go, authenticate.go, update_user.go.
package iam
