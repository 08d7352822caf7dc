// Package choose decides which account a parcel takes (快递选择): what it must not take,
// what the merchant's rules prefer, and what is cheapest by the carriers' own prices or, where
// they said none, by the merchant's table.
//
// Owns: logistics_price, logistics_suspension, logistics_choice_rule. Does not own:
// accounts (logistics/account), what is asked of them (logistics/waybill), the parcel
// (fulfillment tells its facts).
//
// Invariants: Choose is pure: the same facts and the same snapshot give the same choice
// and the same trace; what the buyer was promised beats every rule, a refusal beats
// every preference; a parcel for which nothing is left gets no account rather than a
// wrong one.
//
// Read next: choose.go, price.go, suspension.go, put_rule.go.
package choose
