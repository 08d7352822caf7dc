// Package send brings back to the channels what happens here (回传): shipments,
// changed waybills, notes and flags, closed orders, prices, addresses, answers to
// buyers' wishes, after-sale decisions, review replies and stock.
//
// Owns: channel_effect, channel_sender, channel_stock_plan, channel_stock_quota,
// channel_stock_level.
//
// Does not own: how a channel is spoken to (connector/<code>), credentials and
// calls allowed (channel/access), parcels (fulfillment), balances (inventory).
//
// How an effect travels: an event (a parcel was shipped) or a command writes one
// row with a key that makes it the same effect however often it is asked for. The
// shop's sender takes the rows in order, one order's strictly one after the other.
// Before each request the row says "sending" on disk. An answer ends it; silence
// makes it unanswered, and the next attempt first asks the channel what it has. Only
// where the channel cannot be asked and would do it twice does the row become
// uncertain, for a person.
//
// Stock is not an effect but a level: what counts is the last one, so it is
// compared with what the listing was told and pushed in full, coalesced to a second.
//
// Invariants: an effect whose row is done was confirmed by the channel; an effect
// takes place at most once per key; a broken shop delays no other; nothing is sent
// inside a transaction.
//
// Read next: send.go, want.go, sender.go, perform.go, confirm.go, stock.go.
package send
