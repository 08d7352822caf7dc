// Package account keeps the contracts under which a merchant gets waybills (月结账号、
// 电子面单账号): with a carrier directly, with a carrier's branch through a channel,
// or numbers at hand.
//
// Owns: logistics_account, logistics_account_use. Does not own: what is asked of an
// account (logistics/waybill), which one an order takes (logistics/choose), a
// channel's authorisation (channel/access).
//
// Invariants: credentials and sender addresses are sealed to their row, and
// credentials never leave the process again; an account that is switched off or
// banned is asked nothing.
//
// Read next: account.go, put.go, test.go, balance.go.
package account
