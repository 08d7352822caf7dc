// Package address reads Chinese addresses (地址): it takes a pasted text apart into
// name, phone and place, and says what an address lacks to be delivered.
//
// Owns: the table of administrative divisions (行政区划, divisions.txt.gz, written by
// scripts/divisions), former names, the parser, the checks.
//
// Does not own: receivers (order), which places a carrier reaches (logistics), the
// channels' masked and sealed addresses, which nobody here may judge.
//
// Invariants: parsing never fails and loses no written character but separators and
// the labels of form fields; a place is named only when the text names it or leaves
// one possibility; the same text always gives the same answer.
//
// Read next: division.go (the table), place.go (finding a place in a text), parse.go,
// check.go.
package address
