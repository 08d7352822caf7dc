// Package shopify is a Shopify shop's side of the wire: its webhooks, and the part of
// the Admin REST API that deals with orders, fulfilments and stock.
//
// Owns: that wire. Does not own: orders and faults (world).
//
// The facts at hand describe webhooks only. The Admin API is written from what is
// generally known of it: X-Shopify-Access-Token, page_info in Link headers, 429 with
// Retry-After, ids beyond 2^53 in webhooks and answers alike.
//
// Read next: shopify.go (dispatch), orders.go, effects.go, push.go.
package shopify
