// Package seek finds out how a phone or a name that a person typed is searched among the
// receivers that channels cipher (密文检索).
//
// Owns: the questions to the channels, and for some minutes their answers, in memory
// and only as keyed tokens. Does not own: what an order's cipher texts bear (the
// connector's Map, order/receiver), the calls and their limits (pull), the search (view).
//
// Invariants: a channel that fails, is slow or limits calls never fails a search, it is
// named; a shop is asked for the same value once while the answer is kept, by whoever
// asks; neither the value nor a channel's index of it is kept or logged in clear.
//
// Read next: seek.go.
package seek
