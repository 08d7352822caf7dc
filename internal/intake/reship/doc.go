// Package reship makes orders that make good for another one: goods sent again for
// nothing (补发), and goods sent for others that come back (换货).
//
// Owns: intake_followup, intake_followup_line.
//
// Does not own: orders and how they are taken in (order, intake), the return leg of an
// exchange and what came back of it (aftersale), parcels (fulfillment).
//
// Invariants:
//   - A reship has no price. An exchange is worth what its goods are worth; the difference
//     to what was paid for the goods sent back is what the person saw, or nothing is made.
//   - What comes back never exceeds what has left and neither came back nor is on its way
//     back. What goes out beyond what was ordered needs a person's word.
//   - The origin's counter reshipped is what its reships have shipped.
//   - A receiver that the channel masks or ciphers is not copied: nobody could print it.
//   - The channel never hears of these orders: they are none of its own.
//
// Read next: reship.go, plan.go (what may be made), make.go, follow.go (what follows later).
package reship
