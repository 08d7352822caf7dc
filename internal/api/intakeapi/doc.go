// Package intakeapi offers imports and the inbox over HTTP.
//
// Owns: the operations under /imports and /inbox. Does not own: what they do
// (channel, intake).
package intakeapi
