// Package order owns orders (订单): what a buyer placed on a channel, its lines,
// its money by bearer, its holds and the state we display.
//
// Owns: order_head, order_line, order_hold, order_tag; through receiver
// order_receiver and order_token; through tally order_count and order_count_delta.
//
// Does not own: stock (inventory), what the shop sells (catalog), parcels and
// waybills (fulfillment), the raw inbox (intake), lists and search (view).
//
// Invariants:
//   - Header money is the exact sum of line money in every bearer column.
//   - 0 ≤ shipped ≤ ordered − cancelled, on every line.
//   - The displayed state is display() of the axes and counters and nothing
//     else; save is the only function that writes it.
//   - A document moves an axis forward only and never turns known into unknown.
//     A document that says nothing new writes nothing.
//   - History is not work: an order placed before its shop's live_from, or first
//     seen finished, reserves nothing and raises nothing until it is adopted.
//   - What changes on the channel after approval raises a hold; nothing that a
//     person approved is overwritten silently.
//   - Events, counters and stock change in the transaction of the order.
//
// Counter buckets (order_count, order_count_delta), each order outside the
// archive in: all; its state, where pending_payment to partly_shipped hold work
// only (history = 0); adoptable (history = 1 and a state in 20..40); problem,
// in_aftersale and unread (history = 0). Archived ones: archived alone. By day,
// archived or not: placed, paid and shipped, with buyer_paid_fen, and approved.
//
// Read next: status.go (states, actions, holds), order.go, apply.go, save.go, receiver/.
package order
