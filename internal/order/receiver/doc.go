// Package receiver keeps who receives an order (收件人): sealed, masked for lists,
// and found again by keyed tokens of its parts.
//
// Owns: order_receiver and order_token. Does not own: province, city and district
// in clear and the masked text of the list (order_head, order).
//
// Invariants:
//   - What can be read of a receiver lies sealed; lists show the mask.
//   - The tokens of an order are those of the receiver it has, at its placed_at.
//   - Cipher text has no tokens, masked text only those of what it leaves open.
//
// Read next: receiver.go, token.go, write.go.
package receiver
