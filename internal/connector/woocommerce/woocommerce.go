// Package woocommerce is the connector of WooCommerce stores.
package woocommerce

import "github.com/ordercove/ordercove/internal/channel"

// Manifest declares the connector.
var Manifest = channel.Manifest{
	Code: "woocommerce", NameZH: "WooCommerce", NameEN: "WooCommerce", Color: "#6b3fa0",
	Capabilities: []channel.Capability{channel.OrderFiles},
	Files:        files, Words: words, RefundWords: refundWords,
}
