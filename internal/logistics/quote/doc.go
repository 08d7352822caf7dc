// Package quote remembers what carriers said a parcel costs (实时报价): they are asked
// beforehand, about the areas and weights of the parcels that wait.
//
// Owns: logistics_quote. Does not own: the merchant's own price table and which account a
// parcel takes (logistics/choose), how a carrier is asked (carrier/<code>).
//
// Invariants: nobody waits for a carrier's answer: a choice reads what is known, and where
// that is nothing the price table counts; an answer counts for a day; a carrier that does
// not answer in seconds is left until the next time.
//
// Read next: quote.go, ask.go.
package quote
