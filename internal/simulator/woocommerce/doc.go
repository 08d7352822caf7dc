// Package woocommerce is a WooCommerce site: its REST API v3 and its webhooks.
//
// Owns: that wire. Does not own: orders and faults (world).
//
// A site knows no shipping of parts, no deposits, no requests for refunds and no
// waybills: an order that is set to completed is shipped, with the waybill of its
// tracking meta data where there is one. Requests are proved by HTTP Basic, by
// consumer_key and consumer_secret in the address, or by OAuth 1.0a, whatever the
// scheme: a simulator has no certificate.
//
// Read next: woocommerce.go (proof, dispatch), orders.go, effects.go, push.go.
package woocommerce
