// Package customer is the buyers of each shop (客户), known by the id or nickname
// the channel gives.
//
// Owns: customer_customer. Does not own: receivers and their addresses, which
// stay sealed with the order (order); opinions about a buyer (a later capability).
//
// Invariants: a buyer's identity is per shop, never joined across shops here;
// first_order_at only falls and last_order_at only rises.
//
// Read next: customer.go.
package customer
